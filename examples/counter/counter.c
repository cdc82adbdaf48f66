/* Counts in a plain variable. It has no store, and writes nothing to a disk: what it knows is its memory, which goes along. */
#include "sojourn.h"
#include <stdio.h>

SJ_ATOM_NAME("counter");
SJ_REACTIVE;

static long long count;

SJ_HANDLE
{
    static struct sj_message message;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    count += strtoll(message.data, NULL, 10);
    struct sj_place place;
    char answer[SJ_NAME_SIZE + 64];
    if (!message.call || sj_here(&place))
        return;
    int length = snprintf(answer, sizeof answer, "%lld %s %llu", count, place.node, (unsigned long long)place.moves);
    sj_reply(&message, "count", answer, (size_t)length);
}
