/* Answers each message with its data, and is at rest in between. */
#include "sojourn.h"

SJ_REACTIVE;

SJ_HANDLE
{
    static struct sj_message message;
    if (!sj_receive(&message, SJ_NOW_ONLY) && !sj_reply(&message, "echo", message.data, message.length))
        return;
    if (!message.call)
        sj_send(message.source, "echo", message.data, message.length);
}
