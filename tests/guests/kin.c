/* Watches others and is linked to them, counts in its memory, and ends as it is told. */
#include "../../sdk/conformance/c/answer.h"

SJ_ATOM_NAME("kin");
SJ_DAEMON;

static struct record ends;
static long long counted;

static void ended(const struct sj_message *message)
{
    char how[64];
    snprintf(how, sizeof how, " %s %u", message->type, (unsigned)message->code);
    record_add(&ends, message->source, how);
}

static void spawn(const struct sj_message *message, uint32_t flags)
{
    char name[SJ_NAME_SIZE];
    int code = sj_spawn("", message->subject, message->data, message->length, flags, name, sizeof name);
    answer(message, code, "spawned", name);
}

int main(int count, char **arguments)
{
    if (count > 1 && !strcmp(arguments[1], "exit"))
        return 7;
    struct sj_message message = {0};
    while (!sj_receive(&message, SJ_FOREVER))
        if (message.kind == SOJOURN_KIND_ENDED)
            ended(&message);
        else if (is(&message, "add"))
            answer_number(&message, 0, "count", ++counted);
        else if (is(&message, "count"))
            answer_number(&message, 0, "count", counted);
        else if (is(&message, "watch"))
            answer(&message, sj_watch(message.subject), "watch", "");
        else if (is(&message, "unwatch"))
            answer(&message, sj_unwatch(message.subject), "unwatch", "");
        else if (is(&message, "link"))
            answer(&message, sj_link(message.subject), "link", "");
        else if (is(&message, "spawn"))
            spawn(&message, SOJOURN_WATCHED);
        else if (is(&message, "spawn linked"))
            spawn(&message, SOJOURN_LINKED);
        else if (is(&message, "ends"))
            answer(&message, 0, "ends", record_text(&ends));
        else if (is(&message, "exit"))
            return atoi(message.data);
        else if (is(&message, "trap"))
            __builtin_trap();
        else
            answer_unknown(&message);
    return 1;
}
