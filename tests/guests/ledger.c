/* A durable atom that notes numbers which must come once and in order: in its memory, in its store, and to somebody else. */
#include "sojourn.h"
#include <stdio.h>

SJ_ATOM_NAME("ledger");
SJ_REACTIVE;
SJ_DURABLE;

static long long last, noted, wrong;

/* One more in the store; what it says then. */
static long long count(int more)
{
    struct sj_value value = {0};
    int code = sj_kv_get("count", &value);
    long long now = code ? 0 : strtoll(value.data, NULL, 10);
    sj_value_free(&value);
    if (more) {
        char text[32];
        int length = snprintf(text, sizeof text, "%lld", ++now);
        if (sj_kv_put("count", text, (size_t)length, NULL))
            abort();
    }
    return now;
}

static void note(const struct sj_message *message)
{
    long long number = strtoll(message->data, NULL, 10);
    wrong += number != last + 1;
    last = number;
    noted++;
    count(1);
    struct sj_draft draft = {.type = "noted", .data = message->data, .length = message->length};
    if (sj_send_draft(message->subject, &draft, SJ_FOREVER, NULL))
        abort();
}

SJ_HANDLE
{
    static struct sj_message message;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    if (strcmp(message.type, "note") == 0) {
        note(&message);
        return;
    }
    char text[128];
    int length = snprintf(text, sizeof text, "%lld %lld %lld %lld", noted, wrong, last, count(0));
    sj_reply(&message, "told", text, (size_t)length);
}
