/* A bag of tasks: whoever asks takes one, and puts its result back. */
#include "sojourn.h"
#include <stdio.h>

SJ_ATOM_NAME("bag");
SJ_REACTIVE;

static long long next, count, results, sum;

static void answer(const struct sj_message *message, const char *type, long long number)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%lld", number);
    if (message->call)
        sj_reply(message, type, text, (size_t)length);
}

SJ_HANDLE
{
    static struct sj_message message;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    if (strcmp(message.type, "fill") == 0) {
        next = results = sum = 0;
        count = strtoll(message.data, NULL, 10);
        answer(&message, "filled", count);
    } else if (strcmp(message.type, "take") == 0) {
        if (next < count)
            answer(&message, "task", next++);
        else
            answer(&message, "empty", 0);
    } else if (strcmp(message.type, "result") == 0) {
        sum += strtoll(message.data, NULL, 10);
        results++;
    } else if (strcmp(message.type, "sum") == 0) {
        answer(&message, results == count ? "sum" : "unfinished", sum);
    }
}
