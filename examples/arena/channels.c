/* A light switch as ARENA's programs are written: what the world tells it, it reads from files, and what it has to tell,
 * it writes to one.
 *
 *   /ch/light/data   r   each message is a state of the light: "on", "off", any text
 *   /ch/state/data   w   what came so far: {"count":3,"light":"on"}
 *   /sys/signals     r   records of 128 bytes, the number of the signal in the first: 3 is to quit
 *
 * It knows nothing of Sojourn, imports nothing but WASI, and does nothing about being moved. ARENA's own runtimes begin a
 * program anew when it migrates, give it its memory back, and set CWLIB_JTEL so that it can tell. Here it goes on where it
 * stood, so there is nothing to tell; and its environment, which the C library has copied long before, stays what whoever
 * started it gave it, CWLIB_JTEL or not.
 *
 * With -DPREVIEW0 it is a program of WASI's preview 0 (`wasi_unstable`), as ARENA's are. Most calls are laid out alike in
 * both previews, so that another module name in the imports is all it takes; a poll is not, and is made here by hand. What
 * else differs (seeking, facts about files) the program does not do, and its build sees to that. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIGNAL_BYTES = 128, QUIT = 3, MOST_BYTES = 4096 };

static void say(const char *what, const char *why)
{
    char line[256];
    int length = snprintf(line, sizeof line, "%s: %s\n", what, why);
    if (write(2, line, (size_t)length) < 0)
        abort();
}

static int opened(const char *path, int flags)
{
    int fd = open(path, flags);
    if (fd < 0) {
        say(path, strerror(errno));
        exit(1);
    }
    return fd;
}

#ifdef PREVIEW0

#include <stdint.h>

/* As `poll_oneoff` of preview 0 has it: 56 bytes, where preview 1 has 48. */
struct subscription {
    uint64_t user_data;
    uint8_t type; /* 1: to read */
    uint32_t descriptor __attribute__((aligned(8)));
    uint64_t rest[4];
};

struct event {
    uint64_t user_data;
    uint16_t error;
    uint8_t type;
    uint64_t bytes;
    uint16_t flags;
};

_Static_assert(sizeof(struct subscription) == 56 && sizeof(struct event) == 32, "the layout of preview 0");

__attribute__((import_module("wasi_unstable"), import_name("poll_oneoff"))) int poll_oneoff(
    const struct subscription *, struct event *, size_t, size_t *);

static void wait_for(int one, int other)
{
    struct subscription wanted[2] = {
        {.type = 1, .descriptor = (uint32_t)one},
        {.type = 1, .descriptor = (uint32_t)other},
    };
    struct event events[2];
    size_t count;
    if (poll_oneoff(wanted, events, 2, &count) != 0)
        abort();
}

#else

#include <poll.h>

static void wait_for(int one, int other)
{
    struct pollfd wanted[2] = {{.fd = one, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    if (poll(wanted, 2, -1) < 1)
        abort();
}

#endif

/* Tells what came. */
static void tell(int state, int count, const char *light)
{
    char text[MOST_BYTES + 64];
    int length = snprintf(text, sizeof text, "{\"count\":%d,\"light\":\"%s\"}", count, light);
    if (write(state, text, (size_t)length) != length)
        say("/ch/state/data", strerror(errno));
}

int main(void)
{
    int light = opened("/ch/light/data", O_RDONLY | O_NONBLOCK);
    int signals = opened("/sys/signals", O_RDONLY | O_NONBLOCK);
    int state = opened("/ch/state/data", O_WRONLY);
    static char message[MOST_BYTES + 1];
    unsigned char record[SIGNAL_BYTES];
    int count = 0;
    ssize_t length;
    say("arena", "ready");
    for (;;) {
        while ((length = read(light, message, MOST_BYTES)) > 0) {
            message[length] = 0;
            tell(state, ++count, message);
        }
        while (read(signals, record, sizeof record) == sizeof record) {
            if (record[0] == QUIT) {
                tell(state, count, "quit");
                return 0;
            }
        }
        wait_for(light, signals);
    }
}
