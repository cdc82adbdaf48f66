/* One of a pair that talk: sends the other one numbered messages, and keeps count of what comes from there. Arguments: name of
 * the other one, how many messages. At the end a line: how many came, how many were lost, came twice, or out of order. */
#include "sojourn.h"
#include <stdio.h>
#include <unistd.h>

enum { WAIT_FOR_LATE_S = 5 };

static unsigned char *seen;
static long count, received, repeated, reordered, highest = -1;

static void note(long number)
{
    if (number < 0 || number >= count)
        exit(3);
    if (seen[number / 8] & 1 << number % 8) {
        repeated++;
        return;
    }
    seen[number / 8] |= (unsigned char)(1 << number % 8);
    received++;
    if (number < highest)
        reordered++;
    else
        highest = number;
}

/* Takes what is there, and if something lacks at the end waits for it; whether all has come. */
static int take(int64_t timeout_ns)
{
    static struct sj_message message;
    while (received < count) {
        int code = sj_receive(&message, timeout_ns);
        if (code == SOJOURN_TIMED_OUT)
            return 0;
        if (code)
            exit(2);
        if (strcmp(message.type, "number") == 0)
            note(atol(message.data));
    }
    return 1;
}

int main(int arguments, char **argument)
{
    char name[SJ_NAME_SIZE], text[32];
    if (arguments < 3 || (count = atol(argument[2])) <= 0 || !(seen = (unsigned char *)calloc((size_t)count / 8 + 1, 1)))
        return 1;
    /* Names spread from node to node, and that takes a moment. */
    while (sj_find_any("", argument[1], name, sizeof name) == SOJOURN_UNKNOWN_ATOM)
        usleep(1000);
    for (long number = 0; number < count; number++) {
        int length = snprintf(text, sizeof text, "%ld", number);
        int code = sj_send(name, "number", text, (size_t)length);
        if (code) {
            sj_log(SOJOURN_ERROR, sj_error_text(code));
            return 2;
        }
        take(SJ_NOW_ONLY);
    }
    take(WAIT_FOR_LATE_S * SJ_SECOND);
    /* One that came twice may still be there. */
    for (long last = received; last == received && sj_receive(&(struct sj_message){0}, SJ_NOW_ONLY) == 0;)
        repeated++;
    struct sj_place place;
    sj_here(&place);
    printf("%ld %ld %ld %ld %llu\n", received, count - received, repeated, reordered, (unsigned long long)place.moves);
    return 0;
}
