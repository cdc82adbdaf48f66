/* A daemon that tells the time, in its own units, to whoever listens. */
#include "sojourn_http.h"

SJ_ATOM_NAME("clock");
SJ_DAEMON;

static struct sjh_server server;
static unsigned long long now;

static void listen_to(struct sjh_stream *stream) { sjh_events(stream); }

static void tick(void)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", ++now);
    struct sjh_stream *stream = NULL;
    while ((stream = sjh_next(&server, "/time", stream)))
        sjh_event(stream, NULL, NULL, text);
}

static const struct sjh_route routes[] = {{"GET", "/time", .handle = listen_to}, {0}};
static struct sjh_server server = {.routes = routes, .tick = tick, .every_ns = 10 * SJ_MILLISECOND};

int main(void) { return sjh_serve(&server); }
