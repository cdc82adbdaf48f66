/* @NAME@ is reached over HTTP: /hello/NAME, /upload, and a WebSocket /chat on which everybody hears everybody. */
#include "sojourn/sojourn_http.h"

SJ_ATOM_NAME("@NAME@");
SJ_REACTIVE;

static void hello(struct sjh_stream *stream) { sjh_text(stream, 200, "hello, %s\n", sjh_param(stream, "name")); }

static void piece(struct sjh_stream *stream, const char *data, size_t length)
{
    *(size_t *)sjh_state(stream) += data ? length : 0;
}

static void counted(struct sjh_stream *stream) { sjh_text(stream, 200, "%zu bytes\n", *(size_t *)sjh_state(stream)); }

static const struct sjh_route routes[] = {
    {"GET", "/hello/{name}", .handle = hello},
    {"POST", "/upload", .piece = piece, .handle = counted, .state = sizeof(size_t)},
    {NULL, "/chat", .message = sjh_tell_all},
    {0},
};
static struct sjh_server server = {.routes = routes};

SJ_HANDLE { sjh_handle(&server); }
