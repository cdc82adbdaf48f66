/* A bag of work, and those who do it. Arguments: program, role. As `bag` it gives out stretches of numbers to whoever asks, and
 * adds up what comes back; as anything else it looks for primes in stretches out of the bag, until that is empty. */
#include "say.h"

SJ_DAEMON;

enum { TASKS = 3000, STRETCH = 2500, WORKERS = 8 };

struct result {
    unsigned long long primes;
    char node[SJ_NAME_SIZE];
};

static struct sj_message message;

static int is_prime(unsigned long long value)
{
    for (unsigned long long divisor = 2; divisor * divisor <= value; divisor++)
        if (value % divisor == 0)
            return 0;
    return value > 1;
}

static unsigned long long primes(unsigned long long from)
{
    unsigned long long found = 0;
    for (unsigned long long value = from; value < from + STRETCH; value++)
        found += (unsigned long long)is_prime(value);
    return found;
}

/* How much each node has done. */
static struct {
    char node[SJ_NAME_SIZE];
    unsigned long long tasks;
} done[WORKERS];

static void count_for(const char *node)
{
    for (int at = 0; at < WORKERS; at++) {
        if (!done[at].node[0])
            memcpy(done[at].node, node, strlen(node) + 1);
        if (same(done[at].node, node)) {
            done[at].tasks++;
            return;
        }
    }
}

static void tell(unsigned long long tasks, unsigned long long sum)
{
    number(tasks);
    text(" of ");
    number(TASKS);
    text(" tasks done, ");
    number(sum);
    text(" primes found;");
    for (int at = 0; at < WORKERS && done[at].node[0]; at++) {
        text(at ? ", " : " ");
        text(done[at].node);
        text(" did ");
        number(done[at].tasks);
    }
    say();
}

static int bag(void)
{
    unsigned long long next = 0, results = 0, sum = 0;
    while (results < TASKS) {
        if (sj_receive(&message, SJ_FOREVER))
            return 2;
        if (same(message.type, "take")) {
            sj_reply(&message, next < TASKS ? "task" : "empty", &next, sizeof next);
            next += next < TASKS;
        } else if (same(message.type, "result") && message.length == sizeof(struct result)) {
            struct result result;
            memcpy(&result, message.data, sizeof result);
            result.node[sizeof result.node - 1] = 0;
            sum += result.primes;
            count_for(result.node);
            if (++results % 25 == 0)
                tell(results, sum);
        }
    }
    text("the bag is empty: all work is done, nothing was lost and nothing was done twice");
    return say();
}

static int worker(const char *program)
{
    static char name[SJ_NAME_SIZE];
    static struct sj_place here;
    if (find(program, "bag", name, sizeof name))
        return 1;
    for (unsigned long long count = 1;; count++) {
        struct result result = {0};
        unsigned long long task;
        int code = sj_ask(name, "take", "", 0, SJ_FOREVER, &message);
        if (code || !same(message.type, "task"))
            return 0;
        memcpy(&task, message.data, sizeof task);
        result.primes = primes(task * STRETCH);
        if (sj_here(&here))
            return 2;
        memcpy(result.node, here.node, strlen(here.node));
        if (sj_send(name, "result", &result, sizeof result))
            return 3;
        if (count % 10 == 0) {
            number(count);
            text(" tasks done, the last one on ");
            text(here.node);
            say();
        }
        usleep(100000);
    }
}

int main(int arguments, char **argument)
{
    if (arguments < 3)
        return 1;
    return same(argument[2], "bag") ? bag() : worker(argument[1]);
}
