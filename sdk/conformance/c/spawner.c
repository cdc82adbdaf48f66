/* Starts atoms, and hears of their ends. */
#include "answer.h"

SJ_ATOM_NAME("spawner");
SJ_DAEMON;
SJ_RESTART("never");

static void spawn(const struct sj_message *message)
{
    char name[SJ_NAME_SIZE];
    int code = sj_spawn(message->subject, message->data, "child", 5, SOJOURN_WATCHED, name, sizeof name);
    answer(message, code, "spawn", name);
}

int main(void)
{
    static struct record ends;
    struct sj_message message = {0};
    while (!sj_receive(&message, SJ_FOREVER))
        if (message.kind == SOJOURN_KIND_ENDED) {
            char code[16];
            snprintf(code, sizeof code, " %u", (unsigned)message.code);
            record_add(&ends, message.source, code);
        } else if (is(&message, "spawn"))
            spawn(&message);
        else if (is(&message, "watch"))
            answer(&message, sj_watch(message.subject), "watch", "");
        else if (is(&message, "unwatch"))
            answer(&message, sj_unwatch(message.subject), "unwatch", "");
        else if (is(&message, "ends"))
            answer(&message, 0, "ends", record_text(&ends));
        else
            answer_unknown(&message);
    return 1;
}
