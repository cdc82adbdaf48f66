/* Publishes prices to all that have the alias `prices` of the scope `topic` at that moment. */
#include "sojourn.h"
#include <stdio.h>

SJ_ATOM_NAME("ticker");
SJ_REACTIVE;

SJ_HANDLE
{
    static struct sj_message message;
    static long long next;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    char price[32];
    size_t sent = 0;
    for (long long left = strtoll(message.data, NULL, 10); left > 0; left--) {
        int length = snprintf(price, sizeof price, "%lld", next++);
        struct sj_draft draft = {.type = "price", .subject = "tea", .content_type = "text/plain", .data = price};
        draft.length = (size_t)length;
        sj_publish("prices", &draft, &sent);
    }
    char answer[32];
    int length = snprintf(answer, sizeof answer, "%zu", sent);
    if (message.call)
        sj_reply(&message, "published", answer, (size_t)length);
}
