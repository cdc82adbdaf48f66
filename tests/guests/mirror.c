/* Answers each call with what came, and sends back each message, with a number of its own; does as its type says. */
#include "sojourn.h"
#include <stdio.h>

SJ_ATOM_NAME("mirror");
SJ_DAEMON;

int main(void)
{
    struct sj_message message = {0};
    for (long long number = 1; !sj_receive(&message, SJ_FOREVER); number++) {
        char text[32];
        snprintf(text, sizeof text, "%lld", number);
        struct sj_draft draft = {.type = text, .subject = message.subject, .data = message.data, .length = message.length};
        if (strcmp(message.type, "end") == 0)
            return 3;
        if (strcmp(message.type, "mute") == 0)
            continue;
        int code = message.call ? sj_reply_draft(&message, &draft) : sj_send_draft(message.source, &draft, SJ_FOREVER, NULL);
        if (code && code != SOJOURN_UNKNOWN_ATOM)
            return code;
    }
    return 1;
}
