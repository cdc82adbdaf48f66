/* Counts in its own store, and shows what else the store does. */
#include "answer.h"

SJ_ATOM_NAME("counter");
SJ_REACTIVE;
SJ_DURABLE;

static long long handled;
static struct record changes;

static int count(long long *count, uint64_t *version)
{
    struct sj_value value = {0};
    int code = sj_kv_get("count", &value);
    *count = code ? 0 : strtoll(value.data, NULL, 10);
    *version = code ? 0 : value.version;
    sj_value_free(&value);
    return code == SOJOURN_NO_KEY ? SOJOURN_OK : code;
}

static void add(const struct sj_message *message)
{
    long long now = 0;
    uint64_t version;
    int code;
    do {
        char text[32];
        code = count(&now, &version);
        now += strtoll(message->data, NULL, 10);
        int length = snprintf(text, sizeof text, "%lld", now);
        if (!code)
            code = sj_kv_compare_and_set("count", version, text, (size_t)length, NULL);
    } while (code == SOJOURN_CONFLICT);
    answer_number(message, code, "count", now);
}

static void get(const struct sj_message *message)
{
    long long now;
    uint64_t version;
    int code = count(&now, &version);
    answer_number(message, code, "count", now);
}

static void read_key(const struct sj_message *message)
{
    struct sj_value value = {0};
    int code = sj_kv_get(message->subject, &value);
    answer(message, code, "read", code ? "" : value.data);
    sj_value_free(&value);
}

static void stale(const struct sj_message *message)
{
    struct sj_value value = {0};
    int code = sj_kv_get(message->subject, &value);
    if (!code || code == SOJOURN_NO_KEY)
        code = sj_kv_compare_and_set(message->subject, code ? 1 : value.version + 1, "stale", 5, NULL);
    answer(message, code, "stale", "");
    sj_value_free(&value);
}

static void keys(const struct sj_message *message)
{
    struct sj_list found = {0};
    int code = sj_kv_list(message->data, &found);
    answer_list(message, code, "keys", &found);
}

static void change(const struct sj_message *message)
{
    char type[64];
    snprintf(type, sizeof type, "%s ", message->type);
    record_add(&changes, type, message->subject);
}

static void store(const struct sj_message *message)
{
    const char *key = message->subject;
    if (is(message, "put"))
        answer(message, sj_kv_put(key, message->data, message->length, NULL), "put", "");
    else if (is(message, "delete"))
        answer(message, sj_kv_delete(key), "delete", "");
    else if (is(message, "watch"))
        answer(message, sj_kv_watch(message->data, 1), "watch", "");
    else if (is(message, "unwatch"))
        answer(message, sj_kv_watch(message->data, 0), "unwatch", "");
    else
        answer_unknown(message);
}

SJ_HANDLE
{
    static struct sj_message message;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    handled++;
    if (message.kind == SOJOURN_KIND_CHANGED)
        change(&message);
    else if (is(&message, "add"))
        add(&message);
    else if (is(&message, "get"))
        get(&message);
    else if (is(&message, "handled"))
        answer_number(&message, 0, "handled", handled);
    else if (is(&message, "read"))
        read_key(&message);
    else if (is(&message, "stale"))
        stale(&message);
    else if (is(&message, "keys"))
        keys(&message);
    else if (is(&message, "changes")) {
        answer(&message, 0, "changes", record_text(&changes));
        record_clear(&changes);
    } else
        store(&message);
}
