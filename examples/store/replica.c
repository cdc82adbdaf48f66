/* As publish and subscribe: every replica has all keys. One is told a change and publishes it; each answers from its own. */
#include "sojourn.h"

SJ_REACTIVE;
SJ_ALIAS("topic", "changes");

static void change(const struct sj_message *message)
{
    if (strcmp(message->content_type, "deleted") == 0)
        sj_kv_delete(message->subject);
    else
        sj_kv_put(message->subject, message->data, message->length, NULL);
}

static int publish(const struct sj_message *message, const char *how)
{
    struct sj_draft draft = {.type = "changed", .subject = message->subject, .content_type = how};
    draft.data = message->data, draft.length = message->length;
    return sj_publish("changes", &draft, NULL);
}

SJ_HANDLE
{
    static struct sj_message message;
    struct sj_value value = {0};
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    if (strcmp(message.type, "changed") == 0) {
        change(&message);
        return;
    }
    int code = SOJOURN_OK;
    if (strcmp(message.type, "get") == 0)
        code = sj_kv_get(message.subject, &value);
    else
        code = publish(&message, strcmp(message.type, "delete") == 0 ? "deleted" : "");
    sj_reply(&message, code ? (code == SOJOURN_NO_KEY ? "none" : sj_error_name(code)) : "done", value.data, value.length);
    sj_value_free(&value);
}
