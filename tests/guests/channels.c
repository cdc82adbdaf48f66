/* A plain WASI program that gives back what comes on one channel, by all ways that C has to a file: blocking reads, reads
 * without waiting, polls, several descriptors, short reads. It knows nothing of messages. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHANNEL "/ch/light/data"

static void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static void fails_with(long result, int error, const char *what)
{
    must(result == -1 && errno == error, what);
}

static void look_at(int fd)
{
    struct stat facts;
    char byte;
    must(fstat(fd, &facts) == 0 && facts.st_size == 0, "fstat");
    fails_with(lseek(fd, 0, SEEK_CUR), ESPIPE, "lseek");
    must((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR, "F_GETFL");
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    must(poll(&room, 1, -1) == 1 && room.revents == POLLOUT, "a poll for room");
    /* Nothing comes on this one: there may be something on the other by now. */
    int quiet = open("/sys/signals", O_RDONLY);
    must(quiet >= 0, "/sys/signals");
    int flags = fcntl(quiet, F_GETFL);
    must(fcntl(quiet, F_SETFL, flags | O_NONBLOCK) == 0, "F_SETFL");
    fails_with(read(quiet, &byte, 1), EAGAIN, "a read without waiting");
    struct pollfd wanted = {.fd = quiet, .events = POLLIN};
    must(poll(&wanted, 1, 0) == 0, "a poll while nothing is there");
    must(fcntl(quiet, F_SETFL, flags) == 0 && close(quiet) == 0, "F_SETFL back");
    fails_with(open("/ch/light/none", O_RDONLY), ENOENT, "another path");
    fails_with(open("/sys/signals", O_RDWR), EACCES, "another mode");
    fails_with(unlink(CHANNEL), EROFS, "unlink");
}

/* A message, in as many reads as its length takes, the first of them in the way that `turn` says. */
static size_t next(int fd, int turn, char *into, size_t room)
{
    size_t total = 0;
    if (turn % 3 == 1) {
        struct pollfd wanted = {.fd = fd, .events = POLLIN};
        must(poll(&wanted, 1, -1) == 1, "poll");
    }
    /* Each message ends with a newline, and is read seven bytes at a time. */
    do {
        size_t most = room - total < 7 ? room - total : 7;
        ssize_t count = read(fd, into + total, most);
        must(count > 0, "read");
        total += (size_t)count;
    } while (into[total - 1] != '\n');
    return total;
}

int main(void)
{
    int one = open(CHANNEL, O_RDWR);
    must(one >= 0, CHANNEL);
    look_at(one);
    int other = open(CHANNEL, O_RDWR | O_CREAT | O_TRUNC, 0666);
    must(other >= 0, "a second descriptor");
    FILE *lines = fopen("/ch/lines/data", "w");
    must(lines != NULL, "fopen");
    char text[4096];
    puts("ready");
    fflush(stdout);
    for (int turn = 0;; turn++) {
        int fd = turn % 2 ? one : other;
        size_t length = next(fd, turn, text, sizeof text);
        if (strncmp(text, "end", 3) == 0)
            break;
        if (turn % 5 == 4) {
            must(fwrite(text, 1, length, lines) == length && fflush(lines) == 0, "fwrite");
        } else {
            must(write(fd, text, length) == (ssize_t)length, "write");
        }
    }
    must(close(one) == 0, "close");
    fails_with(read(one, text, 1), EBADF, "a read of what is closed");
    must(write(other, "bye\n", 4) == 4, "the descriptor that is left");
    return 7;
}
