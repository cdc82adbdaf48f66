/* Serves HTTP in all the ways that there are. */
#include "sojourn_http.h"

SJ_ATOM_NAME("web");
SJ_REACTIVE;
SJ_ALIAS("sdk", "web");
SJ_GRANT_CONNECT("example.org:443");

static struct sjh_server server;
static unsigned long long numbered, ticks, gone;

static char made(uint64_t place) { return (char)(place * 31 % 251); }

static void hello(struct sjh_stream *stream)
{
    const char *greeting = sjh_query(stream, "greeting");
    sjh_text(stream, 200, "%s, %s\n", greeting ? greeting : "hello", sjh_param(stream, "name"));
}

static void echo(struct sjh_stream *stream)
{
    size_t length;
    const char *body = sjh_body(stream, &length);
    sjh_set(stream, "x-method", sjh_method(stream));
    sjh_answer(stream, 200, sjh_header(stream, "content-type"), body, length);
}

static void files(struct sjh_stream *stream) { sjh_text(stream, 200, "%s", sjh_param(stream, "*")); }

struct upload {
    uint64_t count, hash;
};

static void upload_piece(struct sjh_stream *stream, const char *data, size_t length)
{
    struct upload *upload = sjh_state(stream);
    for (size_t n = 0; n < length; n++)
        upload->hash = (upload->hash ^ (unsigned char)data[n]) * 1099511628211u;
    upload->count += length;
}

static void upload_end(struct sjh_stream *stream)
{
    struct upload *upload = sjh_state(stream);
    sjh_text(stream, 200, "%llu %016llx", (unsigned long long)upload->count, (unsigned long long)upload->hash);
}

struct download {
    uint64_t at, end;
};

static long download_more(struct sjh_stream *stream, char *into, size_t room)
{
    struct download *download = sjh_state(stream);
    size_t length = 0;
    while (length < room && download->at < download->end)
        into[length++] = made(download->at++);
    return (long)length;
}

static void download(struct sjh_stream *stream)
{
    struct download *download = sjh_state(stream);
    download->end = strtoull(sjh_param(stream, "bytes"), NULL, 10);
    sjh_start(stream, 200, "application/octet-stream", download_more);
}

static void whole(struct sjh_stream *stream)
{
    size_t length = strtoul(sjh_param(stream, "bytes"), NULL, 10);
    char *data = malloc(length + 1);
    if (!data)
        return (void)sjh_problem(stream, 503, "too much");
    for (size_t n = 0; n < length; n++)
        data[n] = made(n);
    sjh_answer(stream, 200, "application/octet-stream", data, length);
    free(data);
}

static uint64_t kept;
static void later(struct sjh_stream *stream) { kept = sjh_later(stream); }

static void ticking(struct sjh_stream *stream) { sjh_events(stream); }

static void went(struct sjh_stream *stream, int code, const char *why)
{
    (void)stream, (void)code, (void)why;
    gone++;
}

static void open_echo(struct sjh_stream *stream)
{
    const char *offered = sjh_header(stream, "sec-websocket-protocol");
    if (sjh_query(stream, "refuse"))
        sjh_problem(stream, 403, "refused");
    else
        sjh_accept(stream, offered && strstr(offered, "echo") ? "echo" : NULL);
}

static void echo_message(struct sjh_stream *stream, int text, const char *data, size_t length)
{
    if (text && length == 3 && !memcmp(data, "bye", 3))
        sjh_close(stream, 4000, "goodbye");
    else
        sjh_message(stream, text, data, length);
}

static void room_message(struct sjh_stream *stream, int text, const char *data, size_t length)
{
    char *line = malloc(length + 32);
    if (!line)
        return;
    size_t size = (size_t)sprintf(line, "%llu ", ++numbered);
    memcpy(line + size, data, length);
    sjh_message_all(&server, stream->route->path, text, line, size + length);
    free(line);
}

static void fetched(int code, const struct sjh_answer *answer, void *user)
{
    struct sjh_stream *stream = sjh_find(&server, *(uint64_t *)user);
    free(user);
    if (stream && code)
        sjh_text(stream, 502, "%s %s", sj_error_name(code), answer->why);
    else if (stream)
        sjh_text(stream, 200, "%d %zu %s", answer->status, answer->length, answer->body);
}

static void fetch(struct sjh_stream *stream)
{
    size_t length;
    const char *url = sjh_query(stream, "url"), *body = sjh_body(stream, &length);
    struct sjh_ask ask = {.method = sjh_method(stream), .url = url, .body = body, .length = length, .fields = "x-test: yes\r\n"};
    uint64_t *number = malloc(sizeof *number);
    struct sjh_answer answer = {0};
    if (!number)
        return;
    *number = sjh_later(stream);
    if (sjh_query(stream, "wait")) {
        fetched(sjh_fetch(&ask, &answer), &answer, number);
        sjh_answer_free(&answer);
        return;
    }
    int code = sjh_fetch_then(&ask, fetched, number);
    if (code) {
        free(number);
        sjh_text(stream, 502, "%s ", sj_error_name(code));
    }
}

static void other(const struct sj_message *message)
{
    char text[64];
    struct sjh_stream *stream = NULL;
    if (!strcmp(message->type, "release") && (stream = sjh_find(&server, kept)))
        sjh_answer(stream, 200, "text/plain", message->data, message->length);
    if (!strcmp(message->type, "tick")) {
        snprintf(text, sizeof text, "%llu", ++ticks);
        while ((stream = sjh_next(&server, "/ticks", stream)))
            sjh_event(stream, text, "tick", message->data);
    }
    if (!strcmp(message->type, "stop"))
        while ((stream = sjh_next(&server, "/ticks", stream)))
            sjh_end(stream);
    int length = snprintf(text, sizeof text, "%u %llu", server.streams, gone);
    if (message->call && !strcmp(message->type, "streams"))
        sj_reply(message, "streams", text, (size_t)length);
    else if (message->call)
        sj_reply(message, message->type, message->data, message->length);
}

static const struct sjh_route routes[] = {
    {"GET", "/hello/{name}", .handle = hello},
    {NULL, "/echo", .handle = echo},
    {"POST", "/small", .handle = echo, .limit = 16},
    {"GET", "/files/*", .handle = files},
    {"POST", "/upload", .handle = upload_end, .piece = upload_piece, .gone = went, .state = sizeof(struct upload)},
    {"GET", "/download/{bytes}", .handle = download, .gone = went, .state = sizeof(struct download)},
    {"GET", "/whole/{bytes}", .handle = whole, .gone = went},
    {"GET", "/later", .handle = later, .gone = went},
    {"GET", "/ticks", .handle = ticking, .gone = went},
    {NULL, "/fetch", .handle = fetch},
    {NULL, "/ws/echo", .handle = open_echo, .message = echo_message, .gone = went},
    {NULL, "/ws/room", .message = room_message, .gone = went},
    {NULL, "/ws/lossy", .message = room_message, .gone = went, .full = SJH_DROP},
    {0},
};
static struct sjh_server server = {.routes = routes, .other = other};

SJ_HANDLE { sjh_handle(&server); }
