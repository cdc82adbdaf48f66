/* One of two who talk. Arguments: program, own name, name of the other. Who comes first in the alphabet asks, the other answers:
 * each question has a number, and the one who answers looks whether one is missing or came twice. */
#include "say.h"

SJ_DAEMON;

static struct sj_message message;

static void tell_of_a_move(const char *me)
{
    static struct sj_place before, here;
    if (sj_here(&here) || (before.node[0] && here.moves == before.moves))
        return;
    if (before.node[0]) {
        text("-- ");
        text(me);
        text(" hopped from ");
        text(before.node);
        text(" to ");
        text(here.node);
        text("; the talk goes on");
        say();
    }
    before = here;
}

static int ask(const char *me, const char *other, const char *name)
{
    for (unsigned long long count = 1;; count++) {
        tell_of_a_move(me);
        uint64_t began = sj_now();
        int code = sj_ask(name, "question", &count, sizeof count, SJ_FOREVER, &message);
        if (code) {
            sj_log(SOJOURN_ERROR, sj_error_text(code));
            return 2;
        }
        number(count);
        text(": ");
        text(other);
        text(" answers from ");
        text(message.data);
        text(" after ");
        milliseconds(sj_now() - began);
        if (say())
            return 3;
        usleep(1000000);
    }
}

static int answer(const char *me, const char *other)
{
    unsigned long long last = 0, count;
    for (;;) {
        static struct sj_place here;
        if (sj_receive(&message, SJ_FOREVER) || sj_here(&here))
            return 2;
        tell_of_a_move(me);
        if (!message.call || message.length != sizeof count)
            continue;
        memcpy(&count, message.data, sizeof count);
        /* Whoever asks may have been started anew. */
        int right = count == last + 1 || count == 1;
        last = count;
        text("question ");
        number(count);
        text(" of ");
        text(other);
        text(right ? ": none missing, none twice" : ": NOT THE NEXT ONE");
        say();
        sj_reply(&message, "answer", here.node, strlen(here.node));
    }
}

int main(int arguments, char **argument)
{
    char name[SJ_NAME_SIZE];
    if (arguments < 4)
        return 1;
    if (strcmp(argument[2], argument[3]) > 0)
        return answer(argument[2], argument[3]);
    return find(argument[1], argument[3], name, sizeof name) ? 1 : ask(argument[2], argument[3], name);
}
