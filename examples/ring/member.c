/* A member of a ring: knows its number, how many there are, and so the name of its neighbour. Arguments: number, members,
 * rounds. In each round a token goes around once (point to point), and then all members get the sum of all their vectors
 * (all-reduce: around once with partial sums, and once more with whole ones, a part at each step). */
#include "sojourn.h"
#include <stdio.h>
#include <unistd.h>

enum { MOST = 16, PART = 32 };

static int number, members;
static char right[32];
static struct sj_message came;

static void check(int code)
{
    if (code) {
        sj_log(SOJOURN_ERROR, sj_error_text(code));
        exit(2);
    }
}

static void give(const char *type, const void *data, size_t length) { check(sj_send(right, type, data, length)); }

/* The next message; of the ring there is only one who sends, so it is what comes next in turn. */
static void take(const char *type, void *data, size_t length)
{
    check(sj_receive(&came, SJ_FOREVER));
    if (strcmp(came.type, type) != 0 || came.length != length) {
        sj_log(SOJOURN_ERROR, "a message that was not the next one");
        exit(3);
    }
    memcpy(data, came.data, length);
}

static void token(void)
{
    int value = number;
    if (number == 0) {
        give("token", &value, sizeof value);
        take("token", &value, sizeof value);
    } else {
        take("token", &value, sizeof value);
        value += number;
        give("token", &value, sizeof value);
    }
    if (number == 0 && value != members * (members - 1) / 2)
        exit(4);
}

static void all_reduce(double (*vector)[PART])
{
    double part[PART];
    for (int step = 0; step < 2 * (members - 1); step++) {
        int send = (number - step + 2 * members) % members, into = (send - 1 + members) % members;
        give("part", vector[send], sizeof part);
        take("part", part, sizeof part);
        for (int n = 0; n < PART; n++)
            vector[into][n] = part[n] + (step < members - 1 ? vector[into][n] : 0);
    }
}

/* Names spread from node to node, and that takes a moment. */
static void find_neighbour(void)
{
    char name[SJ_NAME_SIZE];
    int code;
    while ((code = sj_find_any("", right, name, sizeof name)) == SOJOURN_UNKNOWN_ATOM)
        usleep(1000);
    check(code);
}

int main(int count, char **arguments)
{
    double vector[MOST][PART];
    long rounds = count > 3 ? atol(arguments[3]) : 0;
    number = count > 3 ? atoi(arguments[1]) : 0, members = count > 3 ? atoi(arguments[2]) : 0;
    if (members < 2 || members > MOST)
        return 1;
    snprintf(right, sizeof right, "ring-%d", (number + 1) % members);
    find_neighbour();
    for (long round = 0; round < rounds; round++) {
        token();
        for (int part = 0; part < members; part++)
            for (int n = 0; n < PART; n++)
                vector[part][n] = (double)((number + 1) * (part * PART + n) + round);
        all_reduce(vector);
        for (int part = 0; part < members; part++)
            for (int n = 0; n < PART; n++)
                if (vector[part][n] != (double)(members * (members + 1) / 2 * (part * PART + n) + members * round))
                    return 5;
    }
    struct sj_place place;
    check(sj_here(&place));
    printf("%ld rounds, %llu moves\n", rounds, (unsigned long long)place.moves);
    return 0;
}
