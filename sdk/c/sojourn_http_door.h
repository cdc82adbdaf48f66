/* What comes from gateways: heads are read, routes found, bodies collected, windows counted. Part of sojourn_http.h. */
#ifndef SOJOURN_HTTP_DOOR_H
#define SOJOURN_HTTP_DOOR_H

/* ---------------------------------------------------------------- texts from outside */

/* Decimal digits, 18 at most; -1: none, or something else. */
static inline int64_t sjh_digits_(const char *text, size_t length)
{
    int64_t number = 0;
    if (!length || length > 18)
        return -1;
    for (size_t n = 0; n < length; n++) {
        if (text[n] < '0' || text[n] > '9')
            return -1;
        number = number * 10 + (text[n] - '0');
    }
    return number;
}

static inline int sjh_is_utf8_(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    while (at < end) {
        unsigned char first = *at++;
        size_t more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 9;
        if ((size_t)(end - at) < more)
            return 0;
        if ((first == 0xe0 && *at < 0xa0) || (first == 0xed && *at > 0x9f) || (first == 0xf0 && *at < 0x90) || (first == 0xf4 && *at > 0x8f))
            return 0;
        for (; more; more--, at++)
            if ((*at & 0xc0) != 0x80)
                return 0;
    }
    return 1;
}

static inline int sjh_hex_(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes percent-encoding into a place that may be the same; the length, or -1: it is wrong, no UTF-8, or has a NUL. */
static inline long sjh_decode_(const char *from, size_t length, char *into, int plus)
{
    char *end = into;
    for (size_t n = 0; n < length; n++) {
        char c = from[n];
        if (c == '%') {
            int high = n + 2 < length ? sjh_hex_(from[n + 1]) : -1, low = high < 0 ? -1 : sjh_hex_(from[n + 2]);
            if (low < 0 || !(high | low))
                return -1;
            c = (char)(high << 4 | low), n += 2;
        } else if (c == '+' && plus)
            c = ' ';
        *end++ = c;
    }
    return sjh_is_utf8_(into, (size_t)(end - into)) ? (long)(end - into) : -1;
}

/* The query becomes names and values, each ended by NUL; it has room for as many bytes as it is long, and two. */
static inline int sjh_read_query_(struct sjh_stream *stream, const char *from, char *into)
{
    stream->query = into;
    for (const char *at = from; *at;) {
        size_t length = strcspn(at, "&"), name = 0;
        while (name < length && at[name] != '=')
            name++;
        long size = length ? sjh_decode_(at, name, into, 1) : 0;
        if (size < 0)
            return 400;
        if (length) {
            into += size, *into++ = 0;
            size = name < length ? sjh_decode_(at + name + 1, length - name - 1, into, 1) : 0;
            if (size < 0)
                return 400;
            into += size, *into++ = 0;
        }
        at += length + (at[length] == '&');
    }
    stream->query_end = into;
    return 0;
}

static inline int sjh_is_token_(const char *text)
{
    const char *at = text;
    while ((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at && strchr("!#$%&'*+-.^_`|~", *at)))
        at++;
    return at > text && !*at;
}

/* `METHOD TARGET HTTP/1.1`, ended by NUL. */
static inline int sjh_read_line_(struct sjh_stream *stream, char *line)
{
    char *target = strchr(line, ' '), *version = target ? strchr(target + 1, ' ') : NULL;
    if (!version || strcmp(version + 1, "HTTP/1.1") || target[1] != '/')
        return 400;
    *target++ = 0, *version = 0;
    if (!sjh_is_token_(line) || strlen(line) > 32)
        return 400;
    stream->method = line, stream->path = target;
    char *query = strchr(target, '?');
    if (query)
        *query++ = 0;
    size_t path = strlen(target);
    /* Parameters, each ended by NUL, then the query: no longer than what they came as. */
    stream->decoded = (char *)malloc(2 * path + (query ? 2 * strlen(query) : 0) + SJH_PARAMETERS + 8);
    if (!stream->decoded)
        return 503;
    if (sjh_decode_(target, path, stream->decoded, 0) < 0)
        return 400;
    stream->no_body = !strcmp(line, "HEAD");
    return sjh_read_query_(stream, query ? query : "", stream->decoded + path + SJH_PARAMETERS + 4);
}

static inline int sjh_read_field_(struct sjh_stream *stream, char *line)
{
    char *value = strchr(line, ':');
    if (!value || stream->field_count == SJH_FIELDS)
        return value ? 431 : 400;
    *value++ = 0;
    for (char *at = line; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at += 'a' - 'A';
    value += strspn(value, " \t");
    for (char *end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t');)
        *--end = 0;
    if (!sjh_is_token_(line))
        return 400;
    stream->fields[stream->field_count].name = line, stream->fields[stream->field_count++].value = value;
    return 0;
}

/* Reads the head of a request, in the message that it came in; 0, or the status of the answer. */
static inline int sjh_read_head_(struct sjh_stream *stream)
{
    char *at = (char *)(uintptr_t)stream->message.data, *end = at;
    size_t length = stream->message.length, most = length < SJH_HEAD ? length : SJH_HEAD;
    while (end && (size_t)(end - at) + 4 <= most && memcmp(end, "\r\n\r\n", 4))
        end = (char *)memchr(end + 1, '\r', most - (size_t)(end - at) - 1);
    if (!end || (size_t)(end - at) + 4 > most)
        return length > SJH_HEAD ? 431 : 400;
    stream->body = end + 4, stream->body_length = length - (size_t)(end - at) - 4;
    stream->fields = (struct sjh_field *)calloc(SJH_FIELDS, sizeof *stream->fields);
    if (!stream->fields)
        return 503;
    int status = 0;
    for (char *line = at; !status && line < end + 2;) {
        char *stop = line;
        while ((unsigned char)*stop >= ' ' || *stop == '\t')
            stop++;
        if (stop[0] != '\r' || stop[1] != '\n' || memchr(line, 127, (size_t)(stop - line)))
            return 400;
        *stop = 0;
        if (line != at)
            status = sjh_read_field_(stream, line);
        else if (!stream->is_answered)
            status = sjh_read_line_(stream, line);
        line = stop + 2;
    }
    struct sjh_field *fields = (struct sjh_field *)realloc(stream->fields, (stream->field_count + 1) * sizeof *fields);
    stream->fields = fields ? fields : stream->fields;
    return status;
}

/* ---------------------------------------------------------------- routes */

/* Whether a path fits a pattern; its parameters. */
static inline int sjh_fits_(struct sjh_stream *stream, const char *pattern)
{
    const char *path = stream->path;
    char *into = stream->decoded;
    stream->parameter_count = 0;
    while (*pattern == '/' && *path == '/') {
        size_t want = strcspn(++pattern, "/"), have = strcspn(++path, "/");
        int named = want > 2 && pattern[0] == '{' && pattern[want - 1] == '}', rest = want == 1 && *pattern == '*' && !pattern[1];
        long length = sjh_decode_(path, rest ? have = strlen(path) : have, into, 0);
        if (length < 0)
            return 0;
        if (named || rest) {
            if ((named && !length) || stream->parameter_count == SJH_PARAMETERS)
                return 0;
            struct sjh_field *parameter = &stream->parameters[stream->parameter_count++];
            parameter->name = rest ? "*" : pattern, parameter->value = into;
            into += length, *into++ = 0;
        } else if ((size_t)length != want || memcmp(into, pattern, want))
            return 0;
        pattern += want, path += have;
    }
    return !*pattern && !*path;
}

/* Finds the route of a request; 0, or the status of the answer. */
static inline int sjh_find_route_(struct sjh_stream *stream)
{
    const struct sjh_route *route = stream->server->routes;
    const char *method = stream->no_body ? "GET" : stream->method;
    int status = 404;
    for (; route && route->path; route++) {
        if (!sjh_fits_(stream, route->path))
            continue;
        if (route->message && !stream->is_socket) {
            status = 426;
            continue;
        }
        if (!route->message && stream->is_socket)
            continue;
        if (!route->message && route->method && strcmp(route->method, method)) {
            status = status == 404 ? 405 : status;
            continue;
        }
        stream->route = route;
        stream->state = route->state ? calloc(1, route->state) : NULL;
        return route->state && !stream->state ? 503 : 0;
    }
    return status;
}

/* Methods of the routes that a path fits. */
static inline void sjh_allow_(struct sjh_stream *stream)
{
    char text[128] = "";
    for (const struct sjh_route *route = stream->server->routes; route && route->path; route++)
        if (route->method && !route->message && sjh_fits_(stream, route->path) && strlen(text) + strlen(route->method) < sizeof text - 4)
            sprintf(text + strlen(text), "%s%s", *text ? ", " : "", route->method);
    sjh_set(stream, "allow", text);
}

/* Answers what no handler has to do with. */
static inline void sjh_refuse_(struct sjh_stream *stream, int status)
{
    const char *why = status == 404   ? "nothing is here"
                      : status == 405 ? "another method is needed"
                      : status == 413 ? "the body is too large"
                      : status == 426 ? "this is a WebSocket"
                      : status == 431 ? "the head is too large"
                      : status == 503 ? "no room for it now"
                      : status == 500 ? "no answer was given"
                                      : "not a request";
    if (status == 405)
        sjh_allow_(stream);
    if (status == 426)
        sjh_set(stream, "upgrade", "websocket");
    if (status == 503)
        sjh_set(stream, "retry-after", "1");
    sjh_problem(stream, status, why);
}

/* ---------------------------------------------------------------- requests that come */

/* Runs the handler of a whole request. */
static inline void sjh_run_(struct sjh_stream *stream)
{
    stream->is_whole = 1;
    if (stream->route->handle)
        stream->route->handle(stream);
    else if (stream->is_socket)
        sjh_accept(stream, NULL);
    if (!stream->is_over && !stream->is_answered && !stream->is_later)
        sjh_refuse_(stream, 500);
}

/* What is consumed is granted again, in portions. */
static inline void sjh_grant_(struct sjh_stream *stream, uint64_t amount, uint64_t portion)
{
    char text[24];
    stream->consumed += amount;
    uint64_t more = stream->consumed - stream->granted;
    if (stream->is_over || stream->is_whole * !stream->is_socket || more < portion)
        return;
    int length = snprintf(text, sizeof text, "%llu", (unsigned long long)more);
    stream->granted = stream->consumed;
    sjh_post_(stream, stream->is_socket ? "ws.credit" : "http.credit", 0, text, (size_t)length);
}

/* Bytes of a body that a route takes. */
static inline uint64_t sjh_limit_(const struct sjh_route *route)
{
    return route->limit ? route->limit : route->piece ? UINT64_MAX : SJH_BODY;
}

/* Keeps a piece of a body that is being collected; 0, or the status of the answer. */
static inline int sjh_collect_(struct sjh_stream *stream, const char *data, size_t length)
{
    size_t limit = (size_t)sjh_limit_(stream->route), need = stream->body_length + length + 1;
    if (need > stream->body_capacity) {
        size_t size = 2 * stream->body_capacity > need ? 2 * stream->body_capacity : need;
        size = size > limit + 1 ? limit + 1 : size;
        if (stream->server->collected + size - stream->body_capacity > SJH_COLLECTED)
            return 503;
        char *body = (char *)realloc(stream->body_capacity ? stream->body : NULL, size);
        if (!body)
            return 503;
        stream->server->collected += size - stream->body_capacity;
        stream->body = body, stream->body_capacity = size;
    }
    memcpy(stream->body + stream->body_length, data, length);
    stream->body_length += length;
    stream->body[stream->body_length] = 0;
    return 0;
}

/* A piece of a request's body, the last one or not. */
static inline void sjh_piece_(struct sjh_stream *stream, const char *data, size_t length, int last)
{
    const struct sjh_route *route = stream->route;
    int status = 0;
    stream->received += length;
    if (stream->received > sjh_limit_(route))
        status = 413;
    else if (route->piece && length)
        route->piece(stream, data, length);
    else if (!route->piece)
        status = sjh_collect_(stream, data, length);
    if (status && !stream->is_answered)
        sjh_refuse_(stream, status);
    else if (status)
        sjh_fail_(stream, 1, 413, "the body is too large");
    stream->is_whole = stream->is_whole || last;
    if (stream->is_over)
        return;
    if (!last)
        sjh_grant_(stream, length, SJH_WINDOW / 4);
    else if (!stream->is_answered)
        sjh_run_(stream);
}

/* A request without its body, or with its beginning. */
static inline void sjh_opened_(struct sjh_stream *stream)
{
    const char *length = sjh_header(stream, "content-length"), *body = stream->body;
    size_t have = stream->body_length;
    uint64_t limit = sjh_limit_(stream->route);
    int64_t told = length ? sjh_digits_(length, strlen(length)) : 0;
    stream->body = NULL, stream->body_length = 0;
    if (told < 0 || have > SJH_WINDOW)
        sjh_refuse_(stream, 400);
    else if ((uint64_t)told > limit)
        sjh_refuse_(stream, 413);
    else
        sjh_piece_(stream, body, have, 0);
}

/* A whole request. */
static inline void sjh_requested_(struct sjh_stream *stream)
{
    const struct sjh_route *route = stream->route;
    uint64_t limit = sjh_limit_(route);
    stream->received = stream->body_length;
    stream->is_whole = 1;
    if (stream->body_length > limit)
        return sjh_refuse_(stream, 413);
    if (route->piece && stream->body_length) {
        size_t length = stream->body_length;
        stream->body_length = 0;
        route->piece(stream, stream->body, length);
    }
    if (!stream->is_answered && !stream->is_over)
        sjh_run_(stream);
}

/* A stream that goes on hears of its opener's end. */
static inline void sjh_watch_(struct sjh_stream *stream)
{
    struct sjh_opener_ *opener = &stream->server->openers[stream->opener];
    if (!stream->is_over && !opener->watched)
        opener->watched = sj_watch(opener->name) == SOJOURN_OK;
}

/* Answers a call for which there is no stream. */
static inline void sjh_turn_away_(const struct sj_message *message, const char *head)
{
    struct sj_draft draft = sj_draft_("http.response", head, strlen(head));
    draft.subject = message->subject, draft.content_type = "message/http";
    sj_reply_draft(message, &draft);
}

/* Something is to be answered. */
static inline void sjh_asked_(struct sjh_server *server, struct sj_message *message)
{
    size_t id = strlen(message->subject);
    int opener = (int)sjh_opener_of_(server, message->source, 0), is_socket = !strcmp(message->type, "ws.open"),
        is_open = !strcmp(message->type, "http.open");
    int printable = id && id <= SJH_ID && *message->subject != '~';
    for (size_t n = 0; printable && n < id; n++)
        printable = message->subject[n] > ' ' && message->subject[n] < 127;
    if (!printable || sjh_known_(server, (uint32_t)opener, message->subject))
        return sjh_turn_away_(message, "HTTP/1.1 400 Bad Request\r\n\r\n");
    struct sjh_stream *stream = sjh_begin_(server, message);
    if (!stream)
        return sjh_turn_away_(message, "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\r\n");
    stream->is_socket = is_socket, stream->is_open = is_open;
    int status = sjh_read_head_(stream);
    if (!status)
        status = sjh_find_route_(stream);
    if (status)
        return sjh_refuse_(stream, status);
    stream->is_begun = 1;
    if (is_socket)
        sjh_run_(stream);
    else if (is_open)
        sjh_opened_(stream);
    else
        sjh_requested_(stream);
    sjh_watch_(stream);
}

/* ---------------------------------------------------------------- messages of streams */

/* Whether what came is the next one: it says how many came before it. */
static inline int sjh_is_next_(const struct sjh_stream *stream, const struct sj_message *message)
{
    size_t length = strlen(message->content_type);
    return !length || sjh_digits_(message->content_type, length) == (int64_t)stream->received;
}

static inline void sjh_credited_(struct sjh_stream *stream, const struct sj_message *message)
{
    int64_t more = sjh_digits_(message->data, message->length);
    if (more < 0)
        return sjh_fail_(stream, 1, stream->is_socket ? 1002 : 400, "no number");
    stream->credit += (uint64_t)more;
    if (stream->credit > (uint64_t)1 << 62)
        stream->credit = (uint64_t)1 << 62;
    if (stream->wants_room && stream->route->room) {
        stream->wants_room = 0;
        stream->route->room(stream);
    }
    sjh_pump(stream);
}

/* A message of a WebSocket. */
static inline void sjh_heard_(struct sjh_stream *stream, const struct sj_message *message, int text)
{
    if (!stream->is_answered)
        return sjh_fail_(stream, 1, 1002, "not accepted yet");
    if (!sjh_is_next_(stream, message))
        return sjh_fail_(stream, 1, 1012, "messages are missing");
    if (message->length > SJH_MESSAGE)
        return sjh_fail_(stream, 1, 1009, "too large");
    if (text && !sjh_is_utf8_(message->data, message->length))
        return sjh_fail_(stream, 1, 1007, "not UTF-8");
    if (stream->received - stream->granted >= SJH_MESSAGES)
        return sjh_fail_(stream, 1, 1002, "more than the window");
    stream->received++;
    stream->route->message(stream, text, message->data, message->length);
    sjh_grant_(stream, 1, SJH_MESSAGES / 4);
}

static inline void sjh_closed_(struct sjh_stream *stream, const struct sj_message *message)
{
    size_t digits = strcspn(message->data, " ");
    int64_t code = digits ? sjh_digits_(message->data, digits) : 1000;
    sjh_over_(stream, 1, code < 1000 || code > 4999 ? 1005 : (int)code, message->data[digits] ? message->data + digits + 1 : "");
}

/* A piece of the body of a stream. */
static inline void sjh_came_(struct sjh_stream *stream, const struct sj_message *message, int last)
{
    if (stream->is_whole || !stream->is_open)
        return sjh_fail_(stream, 1, 400, "after the end");
    if (!sjh_is_next_(stream, message))
        return sjh_fail_(stream, 1, 503, "a piece is missing");
    if (message->length > SJH_PIECE || stream->received + message->length > stream->granted + SJH_WINDOW)
        return sjh_fail_(stream, 1, 400, "more than the window");
    sjh_piece_(stream, message->data, message->length, last);
}

/* Something of a stream that is not known. */
static inline void sjh_stray_(const struct sj_message *message)
{
    int socket = !strncmp(message->type, "ws.", 3), body = !strcmp(message->type, "http.data");
    struct sj_draft draft = sj_draft_(socket ? "ws.close" : "http.abort", socket ? "1012 not known" : "not known", socket ? 14 : 9);
    draft.subject = message->subject;
    /* It is said once, if there is room. */
    if (body || !strcmp(message->type, "ws.text") || !strcmp(message->type, "ws.binary"))
        sj_send_draft(message->source, &draft, SJ_NOW_ONLY, NULL);
}

static inline void sjh_told_(struct sjh_stream *stream, const struct sj_message *message)
{
    const char *type = message->type;
    int socket = !strncmp(type, "ws.", 3);
    if (socket != (int)stream->is_socket && strcmp(type, "http.abort"))
        sjh_fail_(stream, 1, stream->is_socket ? 1002 : 400, "not of this stream");
    else if (!strcmp(type, "http.abort"))
        sjh_over_(stream, 1, stream->is_socket ? 1006 : 0, message->data);
    else if (!strcmp(type, "ws.close"))
        sjh_closed_(stream, message);
    else if (!strcmp(type, "http.credit") || !strcmp(type, "ws.credit"))
        sjh_credited_(stream, message);
    else if (!strcmp(type, "http.data") || !strcmp(type, "http.end"))
        sjh_came_(stream, message, type[5] == 'e');
    else
        sjh_heard_(stream, message, type[3] == 't');
}

/* All streams of an opener that has ended are over. Whether it was one. */
static inline int sjh_ended_(struct sjh_server *server, const char *name)
{
    uint32_t opener = sjh_opener_of_(server, name, 0);
    if (opener == SJH_OPENERS || !server->openers[opener].watched)
        return 0;
    server->openers[opener].watched = 0;
    for (uint32_t n = 0; n < server->slot_count; n++)
        if (server->slots[n] && server->slots[n]->opener == opener)
            sjh_over_(server->slots[n], 1, server->slots[n]->is_socket ? 1006 : 0, "the gateway has ended");
    return 1;
}

/* Which part of the door a type is of: 1 asks, 2 tells. */
static inline int sjh_part_(const char *type)
{
    static const char *const parts[] = {"http.request", "http.open", "ws.open", "http.data", "http.end", "http.abort", "http.credit",
                                        "ws.text", "ws.binary", "ws.close", "ws.credit"};
    for (int n = 0; n < 11; n++)
        if (!strcmp(type, parts[n]))
            return n < 3 ? 1 : 2;
    return 0;
}

/* ---------------------------------------------------------------- taking messages */

/* Does what a message is for, if it is of the door; else 0, and it is the application's. For those that receive themselves. */
static inline int sjh_take(struct sjh_server *server, struct sj_message *message)
{
    sjh_sweep_(server);
    if (message->kind == SOJOURN_KIND_ENDED)
        return sjh_ended_(server, message->source);
    int part = message->kind == SOJOURN_KIND_MESSAGE ? sjh_part_(message->type) : 0;
    if (!part)
        return 0;
    server->depth++;
    if (part == 1 && message->call)
        sjh_asked_(server, message);
    else if (part == 2 && message->call)
        sjh_turn_away_(message, "HTTP/1.1 400 Bad Request\r\n\r\n");
    else if (part == 2) {
        struct sjh_stream *stream = sjh_known_(server, sjh_opener_of_(server, message->source, 0), message->subject);
        if (stream)
            sjh_told_(stream, message);
        else
            sjh_stray_(message);
    }
    server->depth--;
    sjh_sweep_(server);
    return 1;
}

static inline int sjh_next_message_(struct sjh_server *server, struct sj_message *message, int64_t timeout_ns)
{
    int code = sj_receive(message, timeout_ns);
    if (!code && !sjh_take(server, message) && server->other)
        server->other(message);
    return code;
}

/* Takes what has come; for the handle of a reactive atom. */
static inline void sjh_handle(struct sjh_server *server)
{
    struct sj_message message = {0};
    for (int n = 0; n < SJH_BATCH && !sjh_next_message_(server, &message, SJ_NOW_ONLY); n++)
        ;
    sj_free(&message);
}

/* Takes messages for ever; for the main of a daemon. */
static inline int sjh_serve(struct sjh_server *server)
{
    struct sj_message message = {0};
    uint64_t due = sj_now() + (uint64_t)server->every_ns;
    int code = SOJOURN_OK;
    while (!code) {
        uint64_t now = sj_now();
        int64_t wait = !server->tick ? SJ_FOREVER : now < due ? (int64_t)(due - now) : SJ_NOW_ONLY;
        code = sjh_next_message_(server, &message, wait);
        if (server->tick && sj_now() >= due) {
            due += (uint64_t)server->every_ns;
            server->tick();
        }
        code = code == SOJOURN_TIMED_OUT && server->tick ? SOJOURN_OK : code;
    }
    sj_free(&message);
    return code;
}

#include "sojourn_http_out.h"
#endif
