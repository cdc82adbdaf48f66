/* As actors: a few atoms, each with a part of the keys, that answer messages. */
#include "sojourn.h"

SJ_REACTIVE;

SJ_HANDLE
{
    static struct sj_message message;
    struct sj_value value = {0};
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    const char *key = message.subject, *type = "done";
    int code = SOJOURN_OK;
    if (strcmp(message.type, "put") == 0)
        code = sj_kv_put(key, message.data, message.length, NULL);
    else if (strcmp(message.type, "delete") == 0)
        code = sj_kv_delete(key);
    else
        code = sj_kv_get(key, &value);
    if (code == SOJOURN_NO_KEY)
        type = "none";
    else if (code)
        type = sj_error_name(code);
    sj_reply(&message, type, value.data, value.length);
    sj_value_free(&value);
}
