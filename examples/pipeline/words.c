/* First of three: lines come, words go. */
#include "sojourn.h"
#include <ctype.h>

SJ_ATOM_NAME("words");
SJ_REACTIVE;

static void word(char *at, size_t length)
{
    for (size_t n = 0; n < length; n++)
        at[n] = (char)tolower((unsigned char)at[n]);
    sj_send("tally", "word", at, length);
}

SJ_HANDLE
{
    static struct sj_message message;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    if (strcmp(message.type, "end") == 0) {
        struct sj_draft end = {.type = "end", .subject = message.subject};
        sj_send_draft("tally", &end, SJ_PATIENCE, NULL);
        return;
    }
    char *line = (char *)message.data;
    for (size_t at = 0, from = 0; at <= message.length; at++) {
        if (at < message.length && isalpha((unsigned char)line[at]))
            continue;
        if (at > from)
            word(line + from, at - from);
        from = at + 1;
    }
}
