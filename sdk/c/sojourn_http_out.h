/* Requests out, over the nearest gateway that makes some. Part of sojourn_http.h. */
#ifndef SOJOURN_HTTP_OUT_H
#define SOJOURN_HTTP_OUT_H

/* Bytes of an answer's body, where `most` says nothing, and at most. */
enum { SJH_FETCHED = 262144, SJH_FETCHED_MOST = 1000000 };
#define SJH_FETCH_NS (30 * SJ_SECOND)

/* A request; what is left out is usual. */
struct sjh_ask {
    const char *method; /* "GET" */
    const char *url;    /* http:// or https:// */
    const char *fields; /* "name: value\r\n", as many as there are */
    const void *body;
    size_t length;
    size_t most;        /* bytes of the answer's body: SJH_FETCHED; SJH_FETCHED_MOST at most */
    int64_t timeout_ns; /* SJH_FETCH_NS */
};

/* An answer. Begin with `= {0}`; it may be used again; ends with `sjh_answer_free`. */
struct sjh_answer {
    int status;       /* 0: there is none */
    const char *why;  /* why there is none, for people */
    const char *body; /* ended by NUL */
    size_t length;
    struct sjh_field *fields;
    uint32_t field_count;
    struct sj_message message;
};

static inline void sjh_answer_free(struct sjh_answer *answer)
{
    free(answer->fields);
    sj_free(&answer->message);
    memset(answer, 0, sizeof *answer);
}

/* The first field of a name, in lower case; NULL if there is none. */
static inline const char *sjh_answer_header(const struct sjh_answer *answer, const char *name)
{
    for (uint32_t n = 0; n < answer->field_count; n++)
        if (!strcmp(answer->fields[n].name, name))
            return answer->fields[n].value;
    return NULL;
}

/* The code of what a gateway says that has no answer. */
static inline int sjh_failure_(const char *why)
{
    static const struct {
        const char *why;
        int code;
    } known[] = {{"not granted", SOJOURN_NOT_GRANTED}, {"cannot connect", SOJOURN_UNREACHABLE}, {"timed out", SOJOURN_TIMED_OUT},
                 {"too large", SOJOURN_TOO_LARGE}, {"not a request", SOJOURN_INVALID_REQUEST}, {"busy", SOJOURN_BUSY}};
    for (size_t n = 0; n < sizeof known / sizeof *known; n++)
        if (!strncmp(why, known[n].why, strlen(known[n].why)))
            return known[n].code;
    return SOJOURN_INTERNAL;
}

/* Reads what a gateway has answered, in its message. */
static inline int sjh_read_answer_(struct sjh_answer *answer)
{
    struct sj_message *message = &answer->message;
    if (!strcmp(message->type, "http.failed")) {
        answer->why = message->data;
        return sjh_failure_(message->data);
    }
    /* It is read as a request is, but for its first line. */
    struct sjh_stream reader = {0};
    const char *data = message->data;
    int64_t status = message->length > 12 && !memcmp(data, "HTTP/1.1 ", 9) ? sjh_digits_(data + 9, 3) : -1;
    reader.message = *message;
    reader.is_answered = 1;
    int wrong = strcmp(message->type, "http.response") || status < 200 || sjh_read_head_(&reader);
    answer->fields = reader.fields, answer->field_count = wrong ? 0 : reader.field_count;
    if (wrong) {
        answer->why = "the gateway's answer is none";
        return SOJOURN_INTERNAL;
    }
    answer->status = (int)status, answer->body = reader.body, answer->length = reader.body_length;
    return SOJOURN_OK;
}

/* Whether a text has no blanks and nothing that ends a line. */
static inline int sjh_is_plain_(const char *text)
{
    while ((unsigned char)*text > ' ' && *text != 127)
        text++;
    return !*text;
}

/* A request as a gateway takes it; NULL: it makes no sense, or there is no room. */
static inline char *sjh_request_(const struct sjh_ask *ask, size_t *length)
{
    const char *method = ask->method ? ask->method : "GET", *fields = ask->fields ? ask->fields : "";
    const char *host = ask->url ? strstr(ask->url, "://") : NULL;
    size_t most = !ask->most ? SJH_FETCHED : ask->most > SJH_FETCHED_MOST ? SJH_FETCHED_MOST : ask->most;
    if (!host || !sjh_is_token_(method) || !sjh_is_plain_(ask->url) || strstr(fields, "\r\n\r\n") || !strncmp(fields, "\r\n", 2))
        return NULL;
    size_t size = strlen(method) + 2 * strlen(ask->url) + strlen(fields) + ask->length + 128;
    char *text = (char *)malloc(size);
    if (!text)
        return NULL;
    size_t named = strcspn(host += 3, "/?#");
    *length = (size_t)snprintf(text, size, "%s %s HTTP/1.1\r\nhost: %.*s\r\nx-sojourn-whole: %zu\r\ncontent-length: %zu\r\n%s\r\n", method,
                               ask->url, (int)named, host, most, ask->length, fields);
    if (ask->length)
        memcpy(text + *length, ask->body, ask->length);
    *length += ask->length;
    return text;
}

/* Begins a request. SOJOURN_UNKNOWN_ATOM: no gateway of this realm makes requests out. */
static inline int sjh_fetch_begin(const struct sjh_ask *ask, uint64_t *future)
{
    static uint64_t count;
    char gateway[SJ_NAME_SIZE], id[48];
    struct sj_draft draft = sj_draft_("http.request", NULL, 0);
    int code = sj_find_any("door", "http", gateway, sizeof gateway);
    if (code == SOJOURN_UNKNOWN_ALIAS)
        code = SOJOURN_UNKNOWN_ATOM;
    char *text = code ? NULL : sjh_request_(ask, &draft.length);
    if (!text)
        return code ? code : SOJOURN_INVALID_REQUEST;
    snprintf(id, sizeof id, "~%llx.%llx", (unsigned long long)sj_now(), (unsigned long long)++count);
    draft.subject = id, draft.content_type = "message/http", draft.data = text;
    code = draft.length > SJH_MESSAGE ? SOJOURN_TOO_LARGE
                                      : sj_call_draft(gateway, &draft, ask->timeout_ns ? ask->timeout_ns : SJH_FETCH_NS, future);
    free(text);
    return code;
}

/* Waits for the answer, for so long. SOJOURN_OK: `status` and what belongs to it. SOJOURN_NOT_GRANTED: the atom has no grant for that
 * host (`SJ_GRANT_CONNECT`); SOJOURN_UNREACHABLE, SOJOURN_TOO_LARGE, SOJOURN_TIMED_OUT ...: `why` says it in words. */
static inline int sjh_fetch_end(uint64_t future, int64_t timeout_ns, struct sjh_answer *answer)
{
    sjh_answer_free(answer);
    int code = sj_await(future, timeout_ns, &answer->message);
    if (!code)
        return sjh_read_answer_(answer);
    answer->why = sj_error_text(code);
    return code;
}

/* Asks, and waits for the answer. */
static inline int sjh_fetch(const struct sjh_ask *ask, struct sjh_answer *answer)
{
    uint64_t future = 0;
    int code = sjh_fetch_begin(ask, &future);
    if (!code)
        return sjh_fetch_end(future, SJ_FOREVER, answer);
    sjh_answer_free(answer);
    answer->why = code == SOJOURN_UNKNOWN_ATOM ? "no gateway of this realm makes requests out" : sj_error_text(code);
    return code;
}

/* Runs inside a call that waits, when the answer has come, or `code` says why not. The answer is gone afterwards. */
typedef void sjh_fetched(int code, const struct sjh_answer *answer, void *user);

struct sjh_waiting_ {
    sjh_fetched *function;
    void *user;
};

static inline void sjh_fetched_(const struct sj_message *message, void *user)
{
    struct sjh_waiting_ waiting = *(struct sjh_waiting_ *)user;
    struct sjh_answer answer;
    memset(&answer, 0, sizeof answer);
    free(user);
    int code = message->kind == SOJOURN_KIND_FAILED ? (int)message->code : SOJOURN_OK;
    answer.message = *message;
    if (code)
        answer.why = sj_error_text(code);
    else
        code = sjh_read_answer_(&answer);
    waiting.function(code, &answer, waiting.user);
    free(answer.fields);
}

/* Asks, and goes on; the answer runs a function. */
static inline int sjh_fetch_then(const struct sjh_ask *ask, sjh_fetched *function, void *user)
{
    uint64_t future = 0;
    struct sjh_waiting_ *waiting = (struct sjh_waiting_ *)malloc(sizeof *waiting);
    if (!waiting)
        return SOJOURN_NO_ROOM;
    waiting->function = function, waiting->user = user;
    int code = sjh_fetch_begin(ask, &future);
    if (!code)
        code = sj_on_future(future, sjh_fetched_, waiting, 0);
    if (code)
        free(waiting);
    return code;
}

#endif
