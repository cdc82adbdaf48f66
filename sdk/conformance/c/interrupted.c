/* Is interrupted while it waits, and while it is interrupted. */
#include "answer.h"

SJ_ATOM_NAME("interrupted");
SJ_DAEMON;
SJ_LIMIT_MAILBOX("512");

static struct record told;
static int closed;

static void ask(const char *name)
{
    struct sj_message reply = {0};
    int code = sj_ask(name, "ask", "asked", 5, PATIENCE, &reply);
    record_add(&told, code ? sj_error_name(code) : reply.data, "");
    sj_free(&reply);
}

static void wait_until_closed(const char *name)
{
    struct sj_message reply = {0};
    uint64_t future;
    int code = sj_call(name, "silent", NULL, 0, SJ_FOREVER, &future);
    closed = 0;
    while (!code && !closed) {
        code = sj_await(future, 10 * SJ_MILLISECOND, &reply);
        code = code == SOJOURN_TIMED_OUT ? SOJOURN_OK : code;
    }
    sj_cancel(future);
    record_add(&told, "done", "");
    sj_free(&reply);
}

static void interrupted(const struct sj_message *message, void *user)
{
    (void)user;
    record_add(&told, message->data, "");
    if (strncmp(message->data, "ask:", 4) == 0)
        ask(message->data + 4);
    else if (strncmp(message->data, "open:", 5) == 0)
        wait_until_closed(message->data + 5);
    else if (strcmp(message->data, "close") == 0)
        closed = 1;
    if (message->call)
        answer(message, 0, "interrupted", message->data);
}

int main(void)
{
    struct sj_message message = {0};
    int code = sj_on_interrupt(interrupted, NULL, 0);
    while (!code && !(code = sj_receive(&message, SJ_FOREVER)))
        if (message.kind == SOJOURN_KIND_INTERRUPT || is(&message, "note"))
            record_add(&told, "message:", message.data);
        else if (is(&message, "record")) {
            answer(&message, 0, "record", record_text(&told));
            record_clear(&told);
        } else if (is(&message, "off"))
            answer(&message, sj_on_interrupt(NULL, NULL, 0), "off", "");
        else if (is(&message, "on"))
            answer(&message, sj_on_interrupt(interrupted, NULL, 0), "on", "");
        else if (is(&message, "nest"))
            answer(&message, sj_on_interrupt(interrupted, NULL, SOJOURN_NESTED), "nest", "");
        else
            answer_unknown(&message);
    return 1;
}
