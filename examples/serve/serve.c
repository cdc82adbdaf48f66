/* Serves whoever connects: first the lines of a file, then what comes is sent back.
 *
 *   serve [FILE] [COUNT]     sojourn run --listen 127.0.0.1:7000 --dir . serve.wasm motd.txt
 *
 * One thread, one poll for all. Ends when COUNT connections have come and gone; without COUNT it goes on. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTENER = 3, CLIENTS = 64, HELD = 16384 };

struct client {
    int fd;
    size_t start, length;
    int ended;
    char bytes[HELD];
};

static struct client *clients[CLIENTS];

static void fail(const char *what)
{
    fprintf(stderr, "serve: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The lines to begin with: as many as a client holds. */
static size_t greet(const char *file, char *into)
{
    if (!file)
        return 0;
    int fd = open(file, O_RDONLY);
    if (fd < 0)
        fail(file);
    ssize_t length = read(fd, into, HELD);
    if (length < 0)
        fail(file);
    close(fd);
    return (size_t)length;
}

static void welcome(const char *file)
{
    struct sockaddr address;
    socklen_t size = sizeof address;
    int fd = accept4(LISTENER, &address, &size, SOCK_NONBLOCK);
    if (fd < 0)
        fail("accept");
    for (int n = 0; n < CLIENTS; n++)
        if (!clients[n]) {
            clients[n] = calloc(1, sizeof *clients[n]);
            clients[n]->fd = fd;
            clients[n]->length = greet(file, clients[n]->bytes);
            return;
        }
    close(fd);
}

/* Whether it is over. */
static int serve(struct client *client, short events)
{
    if (events & (POLLIN | POLLHUP) && !client->length && !client->ended) {
        ssize_t count = recv(client->fd, client->bytes, HELD, 0);
        if (count < 0 && errno != EAGAIN)
            return 1;
        if (count > 0)
            client->start = 0, client->length = (size_t)count;
        client->ended = count == 0;
    }
    if (client->length) {
        ssize_t count = send(client->fd, client->bytes + client->start, client->length, 0);
        if (count < 0 && errno != EAGAIN)
            return 1;
        if (count > 0)
            client->start += (size_t)count, client->length -= (size_t)count;
    }
    if (client->ended && !client->length) {
        shutdown(client->fd, SHUT_WR);
        return 1;
    }
    return 0;
}

static int turn(const char *file)
{
    struct pollfd asked[CLIENTS + 1] = { { .fd = LISTENER, .events = POLLIN } };
    int places[CLIENTS + 1], count = 1, gone = 0;
    for (int n = 0; n < CLIENTS; n++)
        if (clients[n]) {
            places[count] = n;
            asked[count++] = (struct pollfd){
                .fd = clients[n]->fd,
                .events = clients[n]->length ? POLLOUT : POLLIN,
            };
        }
    if (poll(asked, (nfds_t)count, -1) < 0)
        fail("poll");
    for (int n = 1; n < count; n++)
        if (asked[n].revents && serve(clients[places[n]], asked[n].revents)) {
            close(asked[n].fd);
            free(clients[places[n]]);
            clients[places[n]] = NULL;
            gone++;
        }
    if (asked[0].revents)
        welcome(file);
    return gone;
}

int main(int argc, char **argv)
{
    const char *listeners = getenv("LISTEN_FDS");
    if (!listeners || atoi(listeners) < 1) {
        fputs("serve: nobody gave it an address to listen on; use --listen\n", stderr);
        return 1;
    }
    int left = argc > 2 ? atoi(argv[2]) : -1;
    puts("serving");
    fflush(stdout);
    while (left != 0) {
        int gone = turn(argc > 1 && *argv[1] ? argv[1] : NULL);
        if (left > 0)
            left = gone < left ? left - gone : 0;
    }
    puts("done");
    return 0;
}
