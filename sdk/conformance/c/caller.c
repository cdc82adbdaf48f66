/* Asks others: futures, time-outs, cancelling, callbacks. */
#include "answer.h"

SJ_ATOM_NAME("caller");
SJ_DAEMON;
SJ_CHECKPOINT("5s");

static struct record seen;

static void ask(const struct sj_message *message)
{
    struct sj_message reply = {0};
    int code = sj_ask(message->subject, "ask", message->data, message->length, PATIENCE, &reply);
    answer(message, code, code ? "" : reply.type, code ? "" : reply.data);
    sj_free(&reply);
}

static void pair(const struct sj_message *message)
{
    struct sj_message first = {0}, second = {0};
    struct record both = {0};
    uint64_t one, two;
    int code = sj_call(message->subject, "ask", "first", 5, PATIENCE, &one);
    if (!code)
        code = sj_call(message->subject, "ask", "second", 6, PATIENCE, &two);
    if (!code)
        code = sj_await(two, SJ_FOREVER, &second);
    if (!code)
        code = sj_await(one, SJ_FOREVER, &first);
    if (!code) {
        record_add(&both, second.data, "");
        record_add(&both, first.data, "");
    }
    answer(message, code, "pair", record_text(&both));
    record_clear(&both);
    sj_free(&first);
    sj_free(&second);
}

static void expire(const struct sj_message *message)
{
    struct sj_message reply = {0};
    uint64_t future;
    int code = sj_call(message->subject, "silent", NULL, 0, 50 * SJ_MILLISECOND, &future);
    if (!code)
        code = sj_await(future, SJ_FOREVER, &reply);
    answer(message, code, "expire", "");
    sj_free(&reply);
}

static void cancel(const struct sj_message *message)
{
    struct sj_message reply = {0};
    uint64_t future;
    int code = sj_call(message->subject, "silent", NULL, 0, SJ_FOREVER, &future);
    if (!code && (code = sj_await(future, SJ_NOW_ONLY, &reply)) == SOJOURN_TIMED_OUT)
        code = sj_cancel(future);
    if (!code)
        code = sj_cancel(future);
    answer(message, code, "cancel", "");
    sj_free(&reply);
}

static void answered(const struct sj_message *message, void *user)
{
    if (message->kind == SOJOURN_KIND_FAILED)
        record_add(user, "error:", sj_error_name((int)message->code));
    else
        record_add(user, message->data, "");
}

static void later(const struct sj_message *message)
{
    uint64_t future;
    int code = sj_call(message->subject, "ask", message->data, message->length, PATIENCE, &future);
    if (!code)
        code = sj_on_future(future, answered, &seen, 0);
    answer(message, code, "later", "");
}

int main(void)
{
    struct sj_message message = {0};
    while (!sj_receive(&message, SJ_FOREVER))
        if (is(&message, "ask"))
            ask(&message);
        else if (is(&message, "pair"))
            pair(&message);
        else if (is(&message, "expire"))
            expire(&message);
        else if (is(&message, "cancel"))
            cancel(&message);
        else if (is(&message, "later"))
            later(&message);
        else if (is(&message, "seen")) {
            answer(&message, 0, "seen", record_text(&seen));
            record_clear(&seen);
        } else
            answer_unknown(&message);
    return 1;
}
