/* Atoms that serve HTTP, and that ask others, in C. Include this one header; a gateway has to run in the realm.
 *
 *     #include "sojourn_http.h"
 *
 *     SJ_ATOM_NAME("greeter");
 *     SJ_REACTIVE;
 *
 *     static void hello(struct sjh_stream *stream) { sjh_text(stream, 200, "hello, %s\n", sjh_param(stream, "name")); }
 *
 *     static const struct sjh_route routes[] = {{"GET", "/hello/{name}", .handle = hello}, {0}};
 *     static struct sjh_server server = {.routes = routes};
 *
 *     SJ_HANDLE { sjh_handle(&server); }
 *
 * All is driven by messages, in one thread; all state is in this memory, so it moves with the atom. Streams belong to the server:
 * a handler may keep a stream's number (`sjh_number`), not the stream. What goes between gateway and atom is in
 * docs/format/http-door.md. Hostile requests are answered 400 and the like, and take no more memory than the limits here. */
#ifndef SOJOURN_HTTP_H
#define SOJOURN_HTTP_H

#include "sojourn.h"
#include <stdarg.h>
#include <stdio.h>

/* ---------------------------------------------------------------- limits */

enum {
    SJH_HEAD = 65536,       /* bytes of a head */
    SJH_FIELDS = 128,       /* fields of one */
    SJH_PIECE = 65536,      /* bytes of a piece of a body */
    SJH_WINDOW = 262144,    /* bytes that a body may be ahead of what was granted */
    SJH_MESSAGES = 256,     /* messages that a WebSocket may be ahead, in one direction */
    SJH_WHOLE = 262144,     /* bytes of an answer that is sent whole; longer ones go in pieces */
    SJH_MESSAGE = 1 << 20,  /* bytes of a message of a WebSocket, and of whole requests and answers */
    SJH_ID = 64,            /* bytes of a stream's id */
    SJH_OPENERS = 64,       /* gateways at once */
    SJH_BATCH = 256,        /* messages that one `sjh_handle` takes */
    SJH_PARAMETERS = 16,    /* of a path */
};
#ifndef SJH_BODY
#define SJH_BODY (1 << 20) /* bytes of a request's body, where its route says nothing */
#endif
#ifndef SJH_STREAMS
#define SJH_STREAMS 16384 /* streams at once */
#endif
#ifndef SJH_COLLECTED
#define SJH_COLLECTED (64 << 20) /* bytes of all requests that are at hand, and bodies that are being collected */
#endif
/* How long a message waits for room on its way to a gateway, before its stream is given up. */
#ifndef SJH_PATIENCE
#define SJH_PATIENCE (10 * SJ_SECOND)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- routes */

struct sjh_stream;
struct sjh_server;

typedef void sjh_handler(struct sjh_stream *stream);

/* Room for more of the answer's body: puts up to `room` bytes into `into`. How many; 0: that was all; SJH_LATER: none now, ask
 * again at `sjh_pump`; SJH_FAILED: the stream is to be aborted. */
typedef long sjh_producer(struct sjh_stream *stream, char *into, size_t room);
enum { SJH_FAILED = -1, SJH_LATER = -2 };

/* What is done with a WebSocket client that does not read, when a message to it finds no window. */
enum sjh_full { SJH_CLOSE, SJH_DROP };

/* Who answers what. A table of them ends with one without a path. */
struct sjh_route {
    const char *method; /* "GET" is for HEAD, too; NULL: any */
    const char *path;   /* "/a/{name}": a segment as parameter `name`; a last segment "*": whatever follows, as parameter `*` */
    sjh_handler *handle; /* a request, with all of its body; it answers, or says `sjh_later` */
    size_t limit;        /* bytes of a body; 0: SJH_BODY, or without limit where `piece` is */
    size_t state;        /* bytes of `sjh_state` of each stream, zero in the beginning */
    /* Where `piece` is, bodies are not collected: it gets them as they come, and then `handle` runs. */
    void (*piece)(struct sjh_stream *stream, const char *data, size_t length);
    sjh_handler *room; /* there is window again, where `sjh_send` found none */
    /* The stream was ended by the other side, or by failure: `code` is that of a WebSocket, else 0. */
    void (*gone)(struct sjh_stream *stream, int code, const char *why);
    /* Where `message` is, this is a WebSocket: `handle` runs when one is opened, and accepts it or answers; without, all are accepted. */
    void (*message)(struct sjh_stream *stream, int text, const char *data, size_t length);
    enum sjh_full full;
};

struct sjh_field {
    const char *name, *value;
};

struct sjh_opener_ {
    char *name;
    uint32_t streams;
    int watched;
};

/* A server: routes, and if there are any, what messages that are no requests go to. */
struct sjh_server {
    const struct sjh_route *routes;
    void (*other)(const struct sj_message *message);
    /* `sjh_serve` runs it each time so many nanoseconds are over. */
    void (*tick)(void);
    int64_t every_ns;
    /* From here on: its own. */
    struct sjh_stream **slots, **buckets;
    uint32_t slot_count, bucket_count, streams, generation;
    size_t collected, depth;
    struct sjh_stream *dead;
    struct sjh_opener_ openers[SJH_OPENERS];
};

/* A request and its answer, or a WebSocket. */
struct sjh_stream {
    struct sjh_server *server;
    const struct sjh_route *route;
    void *user; /* the application's own */
    /* From here on: the server's. */
    struct sj_message message;
    uint64_t call, received, granted, consumed, sent, credit;
    uint32_t slot, generation, hash, opener;
    struct sjh_stream *chain;
    char id[SJH_ID + 1];
    const char *method, *path, *query, *query_end;
    struct sjh_field *fields;
    uint32_t field_count, parameter_count;
    struct sjh_field parameters[SJH_PARAMETERS];
    char *decoded, *body, *head, *rest;
    size_t body_length, body_capacity, head_length, rest_length, rest_at, kept;
    sjh_producer *producer;
    void *state;
    unsigned is_socket : 1, is_open : 1, is_whole : 1, is_answered : 1, is_later : 1, is_sending : 1, is_over : 1, wants_room : 1,
        no_body : 1, is_begun : 1;
};

/* ---------------------------------------------------------------- requests */

static inline const char *sjh_method(const struct sjh_stream *stream) { return stream->method; }

/* The path as it came, percent-encoded, without the query. */
static inline const char *sjh_path(const struct sjh_stream *stream) { return stream->path; }

/* Whether a parameter has this name in its pattern: `{name}`, or `*`. */
static inline int sjh_is_named_(const char *in_pattern, const char *name)
{
    size_t length = strlen(name);
    return *in_pattern == '*' ? !strcmp(name, "*") : !strncmp(in_pattern + 1, name, length) && in_pattern[length + 1] == '}';
}

/* A parameter of the path, decoded; "" if there is none. */
static inline const char *sjh_param(const struct sjh_stream *stream, const char *name)
{
    for (uint32_t n = 0; n < stream->parameter_count; n++)
        if (sjh_is_named_(stream->parameters[n].name, name))
            return stream->parameters[n].value;
    return "";
}

/* The first value of a key of the query, decoded; NULL if there is none. */
static inline const char *sjh_query(const struct sjh_stream *stream, const char *key)
{
    for (const char *at = stream->query; at < stream->query_end;) {
        const char *value = at + strlen(at) + 1;
        if (!strcmp(at, key))
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

/* The first field of a name, in lower case; NULL if there is none. */
static inline const char *sjh_header(const struct sjh_stream *stream, const char *name)
{
    for (uint32_t n = 0; n < stream->field_count; n++)
        if (!strcmp(stream->fields[n].name, name))
            return stream->fields[n].value;
    return NULL;
}

/* The body, ended by NUL. */
static inline const char *sjh_body(const struct sjh_stream *stream, size_t *length)
{
    if (length)
        *length = stream->body_length;
    return stream->body ? stream->body : "";
}

/* Its own memory, as large as the route says. */
static inline void *sjh_state(struct sjh_stream *stream) { return stream->state; }

/* By this number it is found again, as long as it lasts. */
static inline uint64_t sjh_number(const struct sjh_stream *stream)
{
    return (uint64_t)stream->generation << 32 | (stream->slot + 1);
}

static inline struct sjh_stream *sjh_find(struct sjh_server *server, uint64_t number)
{
    uint32_t slot = (uint32_t)number - 1;
    struct sjh_stream *stream = slot < server->slot_count ? server->slots[slot] : NULL;
    return stream && !stream->is_over && stream->generation == number >> 32 ? stream : NULL;
}

/* Whether messages can be sent over it: a WebSocket that was accepted. */
static inline int sjh_is_socket(const struct sjh_stream *stream)
{
    return stream->is_socket && stream->is_answered && !stream->is_over;
}

/* The next one of all streams of a route (its path; NULL: of all), that have an answer under way or are WebSockets; NULL first, NULL at the end. */
static inline struct sjh_stream *sjh_next(struct sjh_server *server, const char *path, const struct sjh_stream *last)
{
    for (uint32_t n = last ? last->slot + 1 : 0; n < server->slot_count; n++) {
        struct sjh_stream *one = server->slots[n];
        if (one && !one->is_over && one->route && (!path || !strcmp(one->route->path, path)) && (one->is_sending || sjh_is_socket(one)))
            return one;
    }
    return NULL;
}

/* ---------------------------------------------------------------- streams: made, found, given back */

static inline uint32_t sjh_hash_(uint32_t opener, const char *id)
{
    uint32_t hash = 2166136261u ^ opener;
    while (*id)
        hash = (hash ^ (unsigned char)*id++) * 16777619u;
    return hash;
}

static inline struct sjh_stream *sjh_known_(struct sjh_server *server, uint32_t opener, const char *id)
{
    uint32_t hash = sjh_hash_(opener, id);
    if (opener >= SJH_OPENERS || !server->bucket_count)
        return NULL;
    struct sjh_stream *at = server->buckets[hash % server->bucket_count];
    while (at && (at->hash != hash || at->opener != opener || strcmp(at->id, id)))
        at = at->chain;
    return at;
}

/* The number of an opener; SJH_OPENERS: not known, or no room. */
static inline uint32_t sjh_opener_of_(struct sjh_server *server, const char *name, int make)
{
    uint32_t free_one = SJH_OPENERS;
    for (uint32_t n = 0; n < SJH_OPENERS; n++) {
        struct sjh_opener_ *one = &server->openers[n];
        if (one->name && !strcmp(one->name, name))
            return n;
        if (!one->streams && (free_one == SJH_OPENERS || !one->name))
            free_one = n;
    }
    if (!make || free_one == SJH_OPENERS)
        return SJH_OPENERS;
    struct sjh_opener_ *one = &server->openers[free_one];
    char *copy = (char *)malloc(strlen(name) + 1);
    if (!copy)
        return SJH_OPENERS;
    if (one->watched)
        sj_unwatch(one->name);
    free(one->name);
    one->name = strcpy(copy, name), one->watched = 0;
    return free_one;
}

/* More slots, and buckets for them. */
static inline int sjh_larger_(struct sjh_server *server)
{
    uint32_t count = server->slot_count ? server->slot_count * 2 : 16;
    if (server->slot_count >= SJH_STREAMS)
        return SOJOURN_NO_ROOM;
    struct sjh_stream **buckets = (struct sjh_stream **)calloc(count, sizeof *buckets);
    struct sjh_stream **slots = (struct sjh_stream **)realloc(server->slots, count * sizeof *slots);
    if (slots)
        server->slots = slots;
    if (!slots || !buckets) {
        free(buckets);
        return SOJOURN_NO_ROOM;
    }
    memset(slots + server->slot_count, 0, (count - server->slot_count) * sizeof *slots);
    for (uint32_t n = 0; n < server->slot_count; n++)
        if (slots[n]) {
            struct sjh_stream **bucket = &buckets[slots[n]->hash % count];
            slots[n]->chain = *bucket, *bucket = slots[n];
        }
    free(server->buckets);
    server->buckets = buckets, server->bucket_count = count, server->slot_count = count;
    return SOJOURN_OK;
}

/* Takes the message, and a place; NULL: there is none. */
static inline struct sjh_stream *sjh_begin_(struct sjh_server *server, struct sj_message *message)
{
    uint32_t opener = sjh_opener_of_(server, message->source, 1), slot = 0;
    if (opener == SJH_OPENERS || (server->streams == server->slot_count && sjh_larger_(server)))
        return NULL;
    if (server->collected + message->length > SJH_COLLECTED)
        return NULL;
    /* A place that was given last is given again last. */
    for (slot = server->generation % server->slot_count; server->slots[slot];)
        slot = (slot + 1) % server->slot_count;
    struct sjh_stream *stream = (struct sjh_stream *)calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->server = server, stream->slot = slot, stream->generation = ++server->generation, stream->opener = opener;
    stream->message = *message, stream->call = message->call;
    memset(message, 0, sizeof *message);
    strcpy(stream->id, stream->message.subject);
    stream->hash = sjh_hash_(opener, stream->id);
    stream->chain = server->buckets[stream->hash % server->bucket_count];
    server->buckets[stream->hash % server->bucket_count] = stream;
    server->slots[slot] = stream;
    server->streams++, server->openers[opener].streams++;
    stream->kept = stream->message.length, server->collected += stream->kept;
    return stream;
}

/* Gives back what is over, when no handler can have it in its hands. */
static inline void sjh_sweep_(struct sjh_server *server)
{
    while (!server->depth && server->dead) {
        struct sjh_stream *stream = server->dead;
        server->dead = stream->chain;
        if (stream->body_capacity)
            free(stream->body);
        free(stream->fields), free(stream->decoded), free(stream->head), free(stream->rest), free(stream->state);
        sj_free(&stream->message);
        free(stream);
    }
}

/* It is over; the application is told if it is to be. */
static inline void sjh_over_(struct sjh_stream *stream, int tell, int code, const char *why)
{
    struct sjh_server *server = stream->server;
    if (stream->is_over)
        return;
    stream->is_over = 1;
    struct sjh_stream **at = &server->buckets[stream->hash % server->bucket_count];
    while (*at != stream)
        at = &(*at)->chain;
    *at = stream->chain;
    stream->chain = server->dead, server->dead = stream;
    server->slots[stream->slot] = NULL;
    server->streams--, server->openers[stream->opener].streams--;
    server->collected -= stream->body_capacity + stream->kept;
    if (tell && stream->is_begun && stream->route->gone)
        stream->route->gone(stream, code, why);
}

/* ---------------------------------------------------------------- what is sent */

static inline int sjh_say_(const char *to, const char *id, const char *type, const char *place, const void *data, size_t length)
{
    struct sj_draft draft = sj_draft_(type, data, length);
    draft.subject = id, draft.content_type = place;
    return sj_send_draft(to, &draft, SJH_PATIENCE, NULL);
}

/* A message of a stream; one that cannot be sent ends it. */
static inline int sjh_post_(struct sjh_stream *stream, const char *type, int numbered, const void *data, size_t length)
{
    char place[24] = "";
    if (stream->is_over)
        return SOJOURN_ENDED;
    if (numbered)
        snprintf(place, sizeof place, "%llu", (unsigned long long)stream->sent);
    int code = sjh_say_(stream->server->openers[stream->opener].name, stream->id, type, place, data, length);
    if (code)
        sjh_over_(stream, 1, stream->is_socket ? 1006 : 0, sj_error_text(code));
    return code;
}

static inline const char *sjh_reason_(int status)
{
    static const struct {
        int status;
        const char *reason;
    } known[] = {
        {101, "Switching Protocols"}, {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
        {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"}, {307, "Temporary Redirect"},
        {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
        {409, "Conflict"}, {413, "Content Too Large"}, {426, "Upgrade Required"}, {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {502, "Bad Gateway"},
        {503, "Service Unavailable"}, {504, "Gateway Timeout"},
    };
    for (size_t n = 0; n < sizeof known / sizeof *known; n++)
        if (known[n].status == status)
            return known[n].reason;
    return "";
}

/* Adds a field to the answer, before it is given. One that could not be a field is left out: SOJOURN_INVALID_REQUEST. */
static inline int sjh_set(struct sjh_stream *stream, const char *name, const char *value)
{
    size_t add = strlen(name) + strlen(value) + 4;
    for (const char *at = name; !*name || *at; at++)
        if (*at <= ' ' || *at >= 127 || *at == ':')
            return SOJOURN_INVALID_REQUEST;
    for (const unsigned char *at = (const unsigned char *)value; *at; at++)
        if ((*at < ' ' && *at != '\t') || *at == 127)
            return SOJOURN_INVALID_REQUEST;
    if (stream->head_length + add > SJH_HEAD - 256)
        return SOJOURN_TOO_LARGE;
    char *head = (char *)realloc(stream->head, stream->head_length + add + 1);
    if (!head)
        return SOJOURN_NO_ROOM;
    stream->head = head;
    stream->head_length += (size_t)sprintf(head + stream->head_length, "%s: %s\r\n", name, value);
    return SOJOURN_OK;
}

/* Replies to the call of a stream: a head with all fields, and what follows it. */
static inline int sjh_reply_(struct sjh_stream *stream, const char *type, int status, const void *data, size_t length)
{
    size_t size = stream->head_length + length + 128;
    char *text = stream->is_answered || stream->is_over ? NULL : (char *)malloc(size);
    if (!text)
        return stream->is_answered || stream->is_over ? SOJOURN_UNKNOWN_CALL : SOJOURN_NO_ROOM;
    size_t at = (size_t)snprintf(text, 128, "HTTP/1.1 %d %s\r\n", status < 100 || status > 999 ? 500 : status, sjh_reason_(status));
    if (stream->head_length)
        memcpy(text + at, stream->head, stream->head_length);
    at += stream->head_length;
    memcpy(text + at, "\r\n", 2);
    if (length)
        memcpy(text + at + 2, data, length);
    struct sj_message to = {0};
    struct sj_draft draft = sj_draft_(type, text, at + 2 + length);
    draft.subject = stream->id, draft.content_type = "message/http";
    to.call = stream->call;
    stream->is_answered = 1;
    int code = sj_reply_draft(&to, &draft);
    free(text);
    if (code)
        sjh_over_(stream, 1, stream->is_socket ? 1006 : 0, sj_error_text(code));
    return code;
}

static inline void sjh_fail_(struct sjh_stream *stream, int tell, int code, const char *why);

/* Gives as much of the answer's body as there is window and the producer has. */
static inline void sjh_pump(struct sjh_stream *stream)
{
    char *room = stream->producer && stream->is_sending && !stream->is_over ? (char *)malloc(SJH_PIECE) : NULL;
    if (!room)
        return;
    while (stream->producer && !stream->is_over) {
        uint64_t window = SJH_WINDOW + stream->credit - stream->sent;
        if (!window)
            break;
        sjh_producer *producer = stream->producer;
        /* A blocking call in it may pump again. */
        stream->producer = NULL;
        long made = producer(stream, room, window < SJH_PIECE ? (size_t)window : SJH_PIECE);
        stream->producer = producer;
        if (stream->is_over || made == SJH_LATER)
            break;
        if (made < 0 || (uint64_t)made > window) {
            sjh_fail_(stream, 1, 500, "the body cannot be made");
        } else if (!made) {
            if (!sjh_post_(stream, "http.end", 1, NULL, 0))
                sjh_over_(stream, 0, 0, "");
        } else if (!sjh_post_(stream, "http.data", 1, room, (size_t)made))
            stream->sent += (uint64_t)made;
    }
    free(room);
}

static inline long sjh_rest_(struct sjh_stream *stream, char *into, size_t room)
{
    size_t left = stream->rest_length - stream->rest_at, length = left < room ? left : room;
    memcpy(into, stream->rest + stream->rest_at, length);
    stream->rest_at += length;
    return (long)length;
}

/* Begins an answer whose body follows: by `sjh_send` and `sjh_end`, or from a producer. */
static inline int sjh_start(struct sjh_stream *stream, int status, const char *content_type, sjh_producer *producer)
{
    if (content_type)
        sjh_set(stream, "content-type", content_type);
    if (stream->no_body) {
        int code = sjh_reply_(stream, "http.response", status, NULL, 0);
        sjh_over_(stream, 0, 0, "");
        return code;
    }
    int code = sjh_reply_(stream, "http.open", status, NULL, 0);
    if (code)
        return code;
    stream->is_sending = 1;
    stream->producer = producer;
    sjh_pump(stream);
    return SOJOURN_OK;
}

/* Answers with all there is; a long body goes in pieces, from a copy. */
static inline int sjh_answer(struct sjh_stream *stream, int status, const char *content_type, const void *data, size_t length)
{
    char size[24];
    int code = SOJOURN_OK;
    if (stream->is_answered || stream->is_over)
        return SOJOURN_UNKNOWN_CALL;
    snprintf(size, sizeof size, "%zu", length);
    if (status != 204 && status != 304)
        sjh_set(stream, "content-length", size);
    else
        length = 0;
    if (length <= SJH_WHOLE || stream->no_body) {
        if (content_type && length)
            sjh_set(stream, "content-type", content_type);
        code = sjh_reply_(stream, "http.response", status, data, stream->no_body ? 0 : length);
        sjh_over_(stream, 0, 0, "");
        return code;
    }
    stream->rest = (char *)malloc(length);
    if (!stream->rest)
        return SOJOURN_NO_ROOM;
    memcpy(stream->rest, data, length);
    stream->rest_length = length;
    return sjh_start(stream, status, content_type, sjh_rest_);
}

/* Answers with a text, made as printf does. */
__attribute__((format(printf, 3, 4))) static inline int sjh_text(struct sjh_stream *stream, int status, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values), code = SOJOURN_NO_ROOM;
    char *text = length < 0 ? NULL : (char *)malloc((size_t)length + 1);
    if (text) {
        vsnprintf(text, (size_t)length + 1, format, again);
        code = sjh_answer(stream, status, "text/plain; charset=utf-8", text, (size_t)length);
    }
    va_end(again);
    va_end(values);
    free(text);
    return code;
}

/* Answers that it was not done, for programs and people (RFC 9457). `why` is plain text. */
static inline int sjh_problem(struct sjh_stream *stream, int status, const char *why)
{
    char text[512];
    size_t at = (size_t)snprintf(text, 160, "{\"title\":\"%s\",\"status\":%d,\"detail\":\"", sjh_reason_(status), status);
    for (; *why && at < sizeof text - 4; why++) {
        if (*why == '"' || *why == '\\')
            text[at++] = '\\';
        text[at++] = (unsigned char)*why < ' ' ? ' ' : *why;
    }
    memcpy(text + at, "\"}", 2);
    return sjh_answer(stream, status, "application/problem+json", text, at + 2);
}

/* Ends a stream, and tells the other side why: by `code` of a WebSocket, by an answer with this status when there was none yet. */
static inline void sjh_fail_(struct sjh_stream *stream, int tell, int code, const char *why)
{
    char text[128];
    int length = stream->is_socket ? snprintf(text, sizeof text, "%d %s", code, why) : snprintf(text, sizeof text, "%s", why);
    if (stream->is_over)
        return;
    if (!stream->is_answered) {
        if (tell && stream->is_begun && stream->route->gone)
            stream->route->gone(stream, 0, why);
        sjh_problem(stream, stream->is_socket ? 400 : code, why);
        return;
    }
    sjh_say_(stream->server->openers[stream->opener].name, stream->id, stream->is_socket ? "ws.close" : "http.abort", "", text,
             (size_t)(length < (int)sizeof text ? length : (int)sizeof text - 1));
    sjh_over_(stream, tell, stream->is_socket ? code : 0, why);
}

/* The answer comes later, from whoever finds the stream by this number. */
static inline uint64_t sjh_later(struct sjh_stream *stream)
{
    stream->is_later = 1;
    return sjh_number(stream);
}

/* How many bytes `sjh_send` takes now. */
static inline size_t sjh_room(const struct sjh_stream *stream)
{
    uint64_t window = SJH_WINDOW + stream->credit - stream->sent;
    return stream->is_over || !stream->is_sending ? 0 : window > SIZE_MAX ? SIZE_MAX : (size_t)window;
}

/* Sends more of an answer that was begun, all of it or nothing. SOJOURN_BUSY: there is no window for it; `room` of the route
 * runs when there is more. */
static inline int sjh_send(struct sjh_stream *stream, const void *data, size_t length)
{
    const char *at = (const char *)data;
    int code = stream->is_over || !stream->is_sending ? SOJOURN_ENDED : SOJOURN_OK;
    if (!code && length > sjh_room(stream)) {
        stream->wants_room = 1;
        return SOJOURN_BUSY;
    }
    for (size_t size; !code && length; at += size, length -= size) {
        size = length < SJH_PIECE ? length : SJH_PIECE;
        code = sjh_post_(stream, "http.data", 1, at, size);
        stream->sent += size;
    }
    return code;
}

/* The answer that was begun is whole. */
static inline int sjh_end(struct sjh_stream *stream)
{
    int code = stream->is_sending ? sjh_post_(stream, "http.end", 1, NULL, 0) : SOJOURN_ENDED;
    sjh_over_(stream, 0, 0, "");
    return code;
}

/* Gives up an answer that was begun. */
static inline void sjh_abort(struct sjh_stream *stream, const char *why)
{
    sjh_fail_(stream, 0, stream->is_socket ? 1011 : 500, why);
}

/* Begins server-sent events. */
static inline int sjh_events(struct sjh_stream *stream)
{
    sjh_set(stream, "cache-control", "no-store");
    return sjh_start(stream, 200, "text/event-stream", NULL);
}

/* Sends an event: `id` and `event` may be NULL; `data` may have lines. As `sjh_send`. */
static inline int sjh_event(struct sjh_stream *stream, const char *id, const char *event, const char *data)
{
    size_t lines = 1, size;
    for (const char *at = data; *at; at++)
        lines += *at == '\n';
    size = strlen(data) + lines * 7 + (id ? strlen(id) + 5 : 0) + (event ? strlen(event) + 8 : 0) + 2;
    char *text = (char *)malloc(size), *end = text;
    if (!text)
        return SOJOURN_NO_ROOM;
    if (id)
        end += sprintf(end, "id: %.*s\n", (int)strcspn(id, "\r\n"), id);
    if (event)
        end += sprintf(end, "event: %.*s\n", (int)strcspn(event, "\r\n"), event);
    for (const char *at = data;;) {
        size_t length = strcspn(at, "\r\n");
        end += sprintf(end, "data: %.*s\n", (int)length, at);
        if (!at[length])
            break;
        at += length + (at[length] == '\r' && at[length + 1] == '\n' ? 2 : 1);
    }
    *end++ = '\n';
    int code = sjh_send(stream, text, (size_t)(end - text));
    free(text);
    return code;
}

/* ---------------------------------------------------------------- WebSockets */

/* Accepts one, in `handle` of its route; `protocol` is one of those that the client offers (`sec-websocket-protocol`), or NULL. */
static inline int sjh_accept(struct sjh_stream *stream, const char *protocol)
{
    if (!stream->is_socket)
        return SOJOURN_INVALID_REQUEST;
    if (protocol)
        sjh_set(stream, "sec-websocket-protocol", protocol);
    return sjh_reply_(stream, "ws.accept", 101, NULL, 0);
}

/* Closes one; nothing is heard of it any more. */
static inline void sjh_close(struct sjh_stream *stream, int code, const char *why)
{
    sjh_fail_(stream, 0, code, why);
}

/* Sends a message. SOJOURN_BUSY: there was no window, and it was dropped; SOJOURN_ENDED: the client was closed for that, or is gone. */
static inline int sjh_message(struct sjh_stream *stream, int text, const void *data, size_t length)
{
    int code = sjh_is_socket(stream) ? SOJOURN_OK : SOJOURN_ENDED;
    if (!code && length > SJH_MESSAGE)
        return SOJOURN_TOO_LARGE;
    if (!code && stream->sent >= stream->credit + SJH_MESSAGES) {
        code = stream->route->full == SJH_DROP ? SOJOURN_BUSY : SOJOURN_ENDED;
        if (code == SOJOURN_ENDED)
            sjh_fail_(stream, 1, 1013, "the client does not read");
    } else if (!code) {
        code = sjh_post_(stream, text ? "ws.text" : "ws.binary", 1, data, length);
        stream->sent++;
    }
    return code;
}

/* Sends a message to all WebSockets of a route, given by its path; to how many. */
static inline size_t sjh_message_all(struct sjh_server *server, const char *path, int text, const void *data, size_t length)
{
    size_t sent = 0;
    for (uint32_t n = 0; n < server->slot_count; n++) {
        struct sjh_stream *one = server->slots[n];
        if (one && sjh_is_socket(one) && !strcmp(one->route->path, path))
            sent += !sjh_message(one, text, data, length);
    }
    return sent;
}

/* Sends a message to all WebSockets of the same route; it can be a route's `message`. */
static inline void sjh_tell_all(struct sjh_stream *stream, int text, const char *data, size_t length)
{
    sjh_message_all(stream->server, stream->route->path, text, data, length);
}

#include "sojourn_http_door.h"

#ifdef __cplusplus
}
#endif
#endif
