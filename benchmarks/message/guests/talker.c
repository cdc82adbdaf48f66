/* One of two atoms that talk, for figures about messages.
 *
 *     talker pong                          answers each message with its data, until one of type `end` comes
 *     talker ping TO COUNT BYTES           sends and waits for the answer, one after the other
 *     talker wake PREFIX COUNT ATOMS       as `ping`, to PREFIX0, PREFIX1 ... in turn; prints whole round trips
 *     talker flood TO COUNT BYTES [RATE]   sends without waiting, or so many a second, numbered from 0 on, then `end`
 *     talker sink                          counts what comes until `end`: lost, repeated, out of order
 *
 * `ping` prints half of the round trip in nanoseconds as `p50 p90 p99`; `sink` prints
 * `count lost repeated reordered nanoseconds`, from its first message to its last.
 */
#include "sojourn.h"
#include <stdio.h>
#include <time.h>

enum { WARM_UP = 1000, MOST_BYTES = 1 << 20 };

static struct sj_message message;
static char data[MOST_BYTES];

static int is(const char *type) { return strcmp(message.type, type) == 0; }

static void must(int code, const char *what)
{
    if (!code)
        return;
    fprintf(stderr, "%s: %s\n", what, sj_error_text(code));
    exit(1);
}

static int pong(void)
{
    for (;;) {
        must(sj_receive(&message, SJ_FOREVER), "receive");
        if (is("end"))
            return 0;
        must(sj_send(message.source, "pong", message.data, message.length), "send");
    }
}

static int by_size(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

static int ping(const char *to, long count, size_t bytes)
{
    uint64_t *halves = malloc((size_t)count * sizeof *halves);
    if (!halves)
        return 1;
    for (long n = -WARM_UP; n < count; n++) {
        uint64_t began = sj_now();
        must(sj_send(to, "ping", data, bytes), "send");
        must(sj_receive(&message, SJ_FOREVER), "receive");
        if (n >= 0)
            halves[n] = (sj_now() - began) / 2;
    }
    must(sj_send(to, "end", "", 0), "send");
    qsort(halves, (size_t)count, sizeof *halves, by_size);
    printf("%llu %llu %llu\n", (unsigned long long)halves[count / 2], (unsigned long long)halves[count * 9 / 10],
           (unsigned long long)halves[count * 99 / 100]);
    return 0;
}

static int wake(const char *prefix, long count, long atoms)
{
    uint64_t *trips = malloc((size_t)count * sizeof *trips);
    if (!trips || atoms < 1)
        return 1;
    for (long n = 0; n < count; n++) {
        char to[SJ_NAME_SIZE];
        /* Far from those before, so that none of them is awake still. */
        snprintf(to, sizeof to, "%s%ld", prefix, n * 7919 % atoms);
        struct timespec rest = {.tv_nsec = 1000000};
        nanosleep(&rest, NULL);
        uint64_t began = sj_now();
        must(sj_send(to, "ping", data, 64), "send");
        must(sj_receive(&message, SJ_FOREVER), "receive");
        trips[n] = sj_now() - began;
    }
    qsort(trips, (size_t)count, sizeof *trips, by_size);
    printf("%llu %llu %llu\n", (unsigned long long)trips[count / 2], (unsigned long long)trips[count * 9 / 10],
           (unsigned long long)trips[count * 99 / 100]);
    return 0;
}

static int flood(const char *to, uint64_t count, size_t bytes, uint64_t rate)
{
    uint64_t began = sj_now();
    for (uint64_t n = 0; n < count; n++) {
        uint64_t due = rate ? began + n * 1000000000 / rate : 0, now = rate ? sj_now() : 0;
        if (due > now + 1000000) {
            struct timespec rest = {.tv_sec = (time_t)((due - now) / 1000000000), .tv_nsec = (long)((due - now) % 1000000000)};
            nanosleep(&rest, NULL);
        }
        memcpy(data, &n, sizeof n);
        must(sj_send(to, "item", data, bytes), "send");
    }
    must(sj_send(to, "end", "", 0), "send");
    return 0;
}

static int sink(void)
{
    uint64_t count = 0, next = 0, lost = 0, repeated = 0, reordered = 0, began = 0, now = 0;
    for (;;) {
        must(sj_receive(&message, SJ_FOREVER), "receive");
        if (is("end"))
            break;
        uint64_t number;
        memcpy(&number, message.data, sizeof number);
        if (count++ == 0)
            began = sj_now();
        if (number >= next)
            lost += number - next, next = number + 1;
        else if (number + 1 == next)
            repeated++;
        else
            reordered++;
    }
    now = sj_now();
    /* What came late was counted as lost when it was missed. */
    lost -= reordered < lost ? reordered : lost;
    printf("%llu %llu %llu %llu %llu\n", (unsigned long long)count, (unsigned long long)lost,
           (unsigned long long)repeated, (unsigned long long)reordered, (unsigned long long)(now - began));
    return 0;
}

int main(int argc, char **argv)
{
    const char *role = argc > 1 ? argv[1] : "";
    if (argc == 2 && !strcmp(role, "pong"))
        return pong();
    if (argc == 2 && !strcmp(role, "sink"))
        return sink();
    long count = argc > 3 ? atol(argv[3]) : 0, last = argc > 4 ? atol(argv[4]) : 0;
    if (argc == 5 && count > 0 && !strcmp(role, "wake"))
        return wake(argv[2], count, last);
    int fits = last >= 8 && last <= MOST_BYTES;
    if (argc == 5 && count > 0 && fits && !strcmp(role, "ping"))
        return ping(argv[2], count, (size_t)last);
    if ((argc == 5 || argc == 6) && count > 0 && fits && !strcmp(role, "flood"))
        return flood(argv[2], (uint64_t)count, (size_t)last, argc == 6 ? (uint64_t)atoll(argv[5]) : 0);
    return fprintf(stderr, "talker pong | sink | ping, wake or flood TO COUNT BYTES\n"), 2;
}
