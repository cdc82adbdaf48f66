/* @NAME@ greets, and counts whom it has greeted. */
#include "sojourn/sojourn.h"
#include <stdio.h>

SJ_ATOM_NAME("@NAME@");
SJ_REACTIVE;

/* One more than the store has; the store goes along when the atom moves, and stays when its code changes. */
static long long next(void)
{
    struct sj_value value = {0};
    long long count = sj_kv_get("count", &value) == SOJOURN_OK ? strtoll(value.data, NULL, 10) + 1 : 1;
    char text[32];
    sj_kv_put("count", text, (size_t)snprintf(text, sizeof text, "%lld", count), NULL);
    sj_value_free(&value);
    return count;
}

/* Runs when a message comes. */
SJ_HANDLE
{
    struct sj_message message = {0};
    if (sj_receive(&message, SJ_NOW_ONLY) == SOJOURN_OK && message.call) {
        char text[256];
        int length = snprintf(text, sizeof text, "hello, %.200s: you are number %lld", message.data, next());
        sj_reply(&message, "greeting", text, (size_t)length);
    }
    sj_free(&message);
}
