/* Atoms in C. Include this one header; it takes the calls as they are from sojourn_raw.h beside it.
 *
 *     #include "sojourn.h"
 *
 *     SJ_ATOM_NAME("greeter");
 *     SJ_REACTIVE;
 *
 *     SJ_HANDLE
 *     {
 *         struct sj_message message = {0};
 *         if (sj_receive(&message, SJ_NOW_ONLY) == SOJOURN_OK)
 *             sj_reply(&message, "greeting", "hello", 5);
 *         sj_free(&message);
 *     }
 *
 * Everything that can fail gives a code: SOJOURN_OK, or why not; `sj_error_text` says it in words, `sj_definite` whether
 * it surely did not happen. Time-outs are nanoseconds from now. While a call waits, callbacks that are due run inside it.
 * Atoms have one thread, and so has this. */
#ifndef SOJOURN_H
#define SOJOURN_H

#include "sojourn_raw.h"
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- what an atom says of itself */

/* A line of the custom section `sojourn`; both are string literals without quotes and backslashes in them. Clang has no
 * attribute for custom sections of WebAssembly, its assembler has. */
#define SJ_ANNOTATE(key, value)                                                                                         \
    __asm__(".section .custom_section.sojourn,\"\",@\n\t.ascii \"" key "=" value "\\n\"\n\t.text\n")

#define SJ_ATOM_NAME(name) SJ_ANNOTATE("name", name)                 /* local name: letters, digits, `.`, `_`, `-` */
#define SJ_REACTIVE SJ_ANNOTATE("kind", "reactive")                  /* has SJ_HANDLE; build with -mexec-model=reactor */
#define SJ_DAEMON SJ_ANNOTATE("kind", "daemon")                      /* has main */
#define SJ_ALIAS(scope, alias) SJ_ANNOTATE("alias", scope ":" alias) /* may be said more than once */
#define SJ_DURABLE SJ_ANNOTATE("durable", "true")                    /* messages are on the disk before they count */
#define SJ_NEEDS_MEMORY(size) SJ_ANNOTATE("needs.memory", size)      /* "64MiB" */
#define SJ_NEEDS_TAG(tag) SJ_ANNOTATE("needs.tag", tag)
#define SJ_NEEDS_FUNCTION(name) SJ_ANNOTATE("needs.function", name)
#define SJ_LIMIT_MEMORY(size) SJ_ANNOTATE("limit.memory", size)
#define SJ_LIMIT_MAILBOX(messages) SJ_ANNOTATE("limit.mailbox", messages)
#define SJ_CHECKPOINT(every) SJ_ANNOTATE("checkpoint", every) /* "5s" */
#define SJ_RESTART(how) SJ_ANNOTATE("restart", how)           /* "never", "start", "image" */
#define SJ_RESTARTS(a_minute) SJ_ANNOTATE("restarts", a_minute)
#define SJ_LAYOUT(name) SJ_ANNOTATE("layout", name) /* a reload keeps the memory where this is the same */
#define SJ_GRANT_CONNECT(place) SJ_ANNOTATE("grant.connect", place) /* "host:port", * for any */
#define SJ_GRANT_LISTEN(place) SJ_ANNOTATE("grant.listen", place)
#define SJ_OBJECTIVE(text) SJ_ANNOTATE("objective", text)

/* Head of the function that a reactive atom's node calls while messages wait. */
#define SJ_HANDLE                                                                                                       \
    __attribute__((export_name("handle"))) void sj_handle(void);                                                        \
    void sj_handle(void)

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- errors and time */

#define SJ_MILLISECOND 1000000LL
#define SJ_SECOND 1000000000LL
#define SJ_NOW_ONLY 0LL
#define SJ_FOREVER (-1LL)
/* How long `sj_send`, `sj_call` and `sj_reply` wait for room, when the way to the receiver is full. */
#ifndef SJ_PATIENCE
#define SJ_PATIENCE (30 * SJ_SECOND)
#endif
/* Room for any global name with its NUL. */
#define SJ_NAME_SIZE 160

/* The code's name as in the table of errors, such as "NoKey". */
static inline const char *sj_error_name(int code) { return sojourn_code_name(code); }

/* What the code says, for people. */
static inline const char *sj_error_text(int code) { return sojourn_code_text(code); }

/* Whether it surely did not happen, and will not. */
static inline int sj_definite(int code) { return sojourn_code_definite(code); }

/* Nanoseconds on a clock that never goes back, also when the atom moves. */
static inline uint64_t sj_now(void)
{
    uint64_t now = 0;
    sojourn_raw_now(&now);
    return now;
}

/* When a time-out that begins now is over. */
static inline int64_t sj_deadline(int64_t timeout_ns)
{
    if (timeout_ns <= 0)
        return timeout_ns < 0 ? SJ_FOREVER : SJ_NOW_ONLY;
    uint64_t at = sj_now() + (uint64_t)timeout_ns;
    return at > INT64_MAX ? SJ_FOREVER : (int64_t)at;
}

static inline uint32_t sj_size_(const char *text) { return text ? (uint32_t)strlen(text) : 0; }

/* ---------------------------------------------------------------- messages */

/* A message that came. Texts end with NUL, and so does the data, which may have others in it. What they point at belongs
 * to the message: it stands until the message is received into again, or freed. Begin with `= {0}`. */
struct sj_message {
    uint64_t id;   /* its number, unique for its source */
    uint64_t call; /* 0: no answer is expected */
    uint32_t kind; /* SOJOURN_KIND_... */
    uint32_t code; /* of a failed call, or of an end */
    const char *source, *type, *subject, *content_type;
    const char *data;
    size_t length;
    char *room;
    uint32_t capacity;
};

/* A message to be sent. What is left out is empty. */
struct sj_draft {
    const char *type, *subject, *content_type;
    const void *data;
    size_t length;
    int interrupt; /* 1: handled inside the receiver's next call that waits */
};

/* Gives a message's room back; it may be used again. */
static inline void sj_free(struct sj_message *message)
{
    free(message->room);
    memset(message, 0, sizeof *message);
}

/* Room of at least this size; what is in it stays. */
static inline int sj_grow_(struct sj_message *message, size_t size)
{
    if (size <= message->capacity)
        return SOJOURN_OK;
    size = size < 256 ? 256 : size;
    char *room = size > UINT32_MAX ? NULL : (char *)realloc(message->room, size);
    if (!room)
        return SOJOURN_NO_ROOM;
    message->room = room;
    message->capacity = (uint32_t)size;
    return SOJOURN_OK;
}

static inline const char *sj_copy_(char **end, const char *from, uint32_t length)
{
    char *at = *end;
    memcpy(at, from, length);
    at[length] = 0;
    *end = at + length + 1;
    return at;
}

/* Makes a message of a head. The texts get their NULs in a copy behind the data, which is not copied itself unless
 * something lies behind it. */
static inline int sj_adopt_(struct sj_message *message, const sojourn_raw_head *head)
{
    const sojourn_raw_bytes *parts[] = {&head->source, &head->type, &head->subject, &head->content_type, &head->data};
    const char *old = message->room, *found[5];
    size_t places[5], total = head->needed;
    for (int n = 0; n < 5; n++) {
        places[n] = parts[n]->length ? (size_t)((const char *)parts[n]->at - old) : 0;
        total += parts[n]->length + 1;
    }
    if (sj_grow_(message, total))
        return SOJOURN_NO_ROOM;
    char *room = message->room, *end = room + head->needed;
    int last = head->data.length && places[4] + head->data.length == head->needed;
    if (last)
        *end++ = 0;
    for (int n = 0; n < 5; n++)
        found[n] = n == 4 && last ? room + places[4] : sj_copy_(&end, room + places[n], parts[n]->length);
    message->id = head->id, message->call = head->call, message->kind = head->kind, message->code = head->code;
    message->source = found[0], message->type = found[1], message->subject = found[2];
    message->content_type = found[3], message->data = found[4], message->length = head->data.length;
    return SOJOURN_OK;
}

/* ---------------------------------------------------------------- callbacks */

/* Runs inside a call that waits. The message is gone afterwards. */
typedef void sj_callback(const struct sj_message *message, void *user);

/* A function and what it is given, as the one number that a node keeps: both are 32 bits, and no function is 0. */
static inline uint64_t sj_context_(sj_callback *function, void *user)
{
    return (uint64_t)(uintptr_t)user << 32 | (uint32_t)(uintptr_t)function;
}

/* Takes the callback that is due, and runs it. */
static inline int sj_run_callback_(void)
{
    struct sj_message message = {0};
    sojourn_raw_head head = {0};
    uint64_t context = 0;
    int code = sj_grow_(&message, 512);
    while (!code && (code = sojourn_raw_callback(message.room, message.capacity, &head, &context)) == SOJOURN_TOO_SMALL)
        code = sj_grow_(&message, head.needed);
    if (!code) {
        code = sj_adopt_(&message, &head);
        if (!code)
            ((sj_callback *)(uintptr_t)(uint32_t)context)(&message, (void *)(uintptr_t)(context >> 32));
        sojourn_raw_callback_end();
    }
    sj_free(&message);
    return code == SOJOURN_NOTHING_DUE ? SOJOURN_OK : code;
}

/* Makes a call until it does not answer that a callback is due; deadlines do not change by that. */
#define SJ_WAIT_(code, call)                                                                                            \
    while (((code) = (call)) == SOJOURN_CALLBACK)                                                                       \
        if (((code) = sj_run_callback_()))                                                                              \
            break

/* Interrupts run this function from now on, one after the other; those that came before, too. NULL: they are messages,
 * as they are in the beginning. With SOJOURN_NESTED as flags they run also while another callback waits for something. */
static inline int sj_on_interrupt(sj_callback *function, void *user, uint32_t flags)
{
    return sojourn_raw_on_interrupt(function ? sj_context_(function, user) : 0, flags);
}

/* The answer of a future runs this function, instead of waiting for `sj_await`. */
static inline int sj_on_future(uint64_t future, sj_callback *function, void *user, uint32_t flags)
{
    return sojourn_raw_on_future(future, sj_context_(function, user), flags);
}

/* ---------------------------------------------------------------- sending and receiving */

static inline sojourn_raw_bytes sj_bytes_(const void *at, size_t length)
{
    sojourn_raw_bytes bytes = {at, (uint32_t)length};
    return bytes;
}

static inline sojourn_raw_draft sj_raw_draft_(const struct sj_draft *draft)
{
    sojourn_raw_draft raw;
    raw.type = sj_bytes_(draft->type, sj_size_(draft->type));
    raw.subject = sj_bytes_(draft->subject, sj_size_(draft->subject));
    raw.content_type = sj_bytes_(draft->content_type, sj_size_(draft->content_type));
    raw.data = sj_bytes_(draft->data, draft->length);
    raw.flags = draft->interrupt ? SOJOURN_INTERRUPT : 0;
    raw.reserved = 0;
    return raw;
}

static inline struct sj_draft sj_draft_(const char *type, const void *data, size_t length)
{
    struct sj_draft draft;
    memset(&draft, 0, sizeof draft);
    draft.type = type, draft.data = data, draft.length = length;
    return draft;
}

/* Sends a message, with all there is to say; waits so long for room. `id`, if it is not NULL: the number it got. */
static inline int sj_send_draft(const char *to, const struct sj_draft *draft, int64_t timeout_ns, uint64_t *id)
{
    uint64_t number = 0;
    sojourn_raw_draft raw = sj_raw_draft_(draft);
    int64_t deadline = sj_deadline(timeout_ns);
    int code;
    SJ_WAIT_(code, sojourn_raw_send(to, sj_size_(to), &raw, deadline, &number));
    if (id)
        *id = number;
    return code;
}

/* Sends a message to an atom: its global name, or a local name and then any that has it. */
static inline int sj_send(const char *to, const char *type, const void *data, size_t length)
{
    struct sj_draft draft = sj_draft_(type, data, length);
    return sj_send_draft(to, &draft, SJ_PATIENCE, NULL);
}

/* Sends an interrupt. */
static inline int sj_interrupt(const char *to, const char *type, const void *data, size_t length)
{
    struct sj_draft draft = sj_draft_(type, data, length);
    draft.interrupt = 1;
    return sj_send_draft(to, &draft, SJ_PATIENCE, NULL);
}

/* Sends a message that is to be answered within a time, with all there is to say. The answer comes to a future. */
static inline int sj_call_draft(const char *to, const struct sj_draft *draft, int64_t expires_ns, uint64_t *future)
{
    sojourn_raw_draft raw = sj_raw_draft_(draft);
    /* 0 would be no time at all, and not a clock's reading. */
    int64_t expires = expires_ns == 0 ? 1 : sj_deadline(expires_ns), deadline = sj_deadline(SJ_PATIENCE);
    int code;
    SJ_WAIT_(code, sojourn_raw_call(to, sj_size_(to), &raw, deadline, expires, future));
    return code;
}

/* Sends a message that is to be answered within a time. The answer comes to a future. */
static inline int sj_call(const char *to, const char *type, const void *data, size_t length, int64_t expires_ns,
                          uint64_t *future)
{
    struct sj_draft draft = sj_draft_(type, data, length);
    return sj_call_draft(to, &draft, expires_ns, future);
}

/* Waits for a future and takes its answer. SOJOURN_TIMED_OUT with kind 0: none has come yet, and the future is as it was.
 * Any code with SOJOURN_KIND_FAILED: the call failed of it, and the future is gone. */
static inline int sj_await(uint64_t future, int64_t timeout_ns, struct sj_message *answer)
{
    sojourn_raw_head head = {0};
    int64_t deadline = sj_deadline(timeout_ns);
    int code = sj_grow_(answer, 512);
    answer->kind = 0;
    while (!code) {
        SJ_WAIT_(code, sojourn_raw_await(future, deadline, answer->room, answer->capacity, &head));
        if (code != SOJOURN_TOO_SMALL)
            break;
        code = sj_grow_(answer, head.needed);
    }
    if (!code)
        code = sj_adopt_(answer, &head);
    return !code && answer->kind == SOJOURN_KIND_FAILED ? (int)answer->code : code;
}

/* Gives a future up. */
static inline int sj_cancel(uint64_t future) { return sojourn_raw_cancel(future); }

/* Calls and awaits, for so long. */
static inline int sj_ask(const char *to, const char *type, const void *data, size_t length, int64_t timeout_ns,
                         struct sj_message *answer)
{
    uint64_t future = 0;
    int code = sj_call(to, type, data, length, timeout_ns, &future);
    return code ? code : sj_await(future, SJ_FOREVER, answer);
}

/* Takes the next message. */
static inline int sj_receive(struct sj_message *message, int64_t timeout_ns)
{
    sojourn_raw_head head = {0};
    int64_t deadline = sj_deadline(timeout_ns);
    int code = sj_grow_(message, 512);
    while (!code) {
        SJ_WAIT_(code, sojourn_raw_receive(deadline, message->room, message->capacity, &head));
        if (code != SOJOURN_TOO_SMALL)
            break;
        code = sj_grow_(message, head.needed);
    }
    return code ? code : sj_adopt_(message, &head);
}

/* Answers a message, with all there is to say. */
static inline int sj_reply_draft(const struct sj_message *message, const struct sj_draft *draft)
{
    sojourn_raw_draft raw = sj_raw_draft_(draft);
    int64_t deadline = sj_deadline(SJ_PATIENCE);
    int code;
    SJ_WAIT_(code, sojourn_raw_reply(message->call, &raw, deadline));
    return code;
}

/* Answers a message; each call once. */
static inline int sj_reply(const struct sj_message *message, const char *type, const void *data, size_t length)
{
    struct sj_draft draft = sj_draft_(type, data, length);
    return sj_reply_draft(message, &draft);
}

/* ---------------------------------------------------------------- lists */

/* One of a list; it ends with NUL, and may have others in it. */
struct sj_item {
    const char *at;
    size_t length;
};

/* Names, or keys. Begin with `= {0}`; ends with `sj_list_free`. */
struct sj_list {
    size_t count;
    struct sj_item *items;
};

static inline void sj_list_free(struct sj_list *list)
{
    for (size_t n = 0; n < list->count; n++)
        free((void *)list->items[n].at);
    free(list->items);
    list->items = NULL, list->count = 0;
}

static inline int sj_list_add_(struct sj_list *list, const char *at, size_t length)
{
    struct sj_item *items = (struct sj_item *)realloc(list->items, (list->count + 1) * sizeof *items);
    char *copy = (char *)malloc(length + 1);
    if (items)
        list->items = items;
    if (!items || !copy) {
        free(copy);
        return SOJOURN_NO_ROOM;
    }
    memcpy(copy, at, length);
    copy[length] = 0;
    items[list->count].at = copy, items[list->count++].length = length;
    return SOJOURN_OK;
}

/* ---------------------------------------------------------------- names */

/* A text that a node has put into `into`, with its NUL. */
static inline int sj_ended_(int code, char *into, size_t size, uint32_t length)
{
    if (!code)
        into[length < size ? length : size - 1] = 0;
    return code;
}

/* The atom's own global name; SJ_NAME_SIZE is enough. */
static inline int sj_self(char *into, size_t size)
{
    uint32_t length = 0;
    int code = size ? sojourn_raw_self(into, (uint32_t)size - 1, &length) : SOJOURN_TOO_SMALL;
    return sj_ended_(code, into, size, length);
}

static inline int sj_alias_set(const char *scope, const char *alias)
{
    return sojourn_raw_alias_set(scope, sj_size_(scope), alias, sj_size_(alias));
}

/* Takes an alias back; an empty one: all of the scope. */
static inline int sj_alias_clear(const char *scope, const char *alias)
{
    return sojourn_raw_alias_clear(scope, sj_size_(scope), alias, sj_size_(alias));
}

/* Any atom that fits, the nearest: by its name, or with a scope by an alias of it. The pattern is a regular expression. */
static inline int sj_find_any(const char *scope, const char *pattern, char *into, size_t size)
{
    uint32_t length = 0;
    if (!size)
        return SOJOURN_TOO_SMALL;
    int code = sojourn_raw_find_any(scope, sj_size_(scope), pattern, sj_size_(pattern), into, (uint32_t)size - 1, &length);
    return sj_ended_(code, into, size, length);
}

/* All atoms that fit, in order. */
static inline int sj_find_all(const char *scope, const char *pattern, struct sj_list *names)
{
    uint32_t length = 0, capacity = 1024;
    char *room = NULL;
    int code;
    sj_list_free(names);
    do {
        char *larger = (char *)realloc(room, capacity);
        if (!larger) {
            free(room);
            return SOJOURN_NO_ROOM;
        }
        room = larger;
        code = sojourn_raw_find_all(scope, sj_size_(scope), pattern, sj_size_(pattern), room, capacity, &length);
        capacity = length;
    } while (code == SOJOURN_TOO_SMALL);
    for (const char *at = room, *end = room + length; !code && at < end;) {
        const char *stop = (const char *)memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        code = sj_list_add_(names, at, (size_t)(stop - at));
        at = stop + 1;
    }
    free(room);
    return code;
}

/* Sends a message to all atoms that have this alias of the scope `topic`. `sent`, if it is not NULL: how many they are.
 * Those that have ended meanwhile are left out; the code is that of the last one that could not be sent to. */
static inline int sj_publish(const char *topic, const struct sj_draft *draft, size_t *sent)
{
    struct sj_list names = {0, NULL};
    size_t count = 0;
    char *pattern = (char *)malloc(2 * strlen(topic) + 1), *end = pattern;
    if (!pattern)
        return SOJOURN_NO_ROOM;
    for (const char *at = topic; *at; at++) {
        if (strchr("\\.+*?()|[]{}^$#&-~", *at))
            *end++ = '\\';
        *end++ = *at;
    }
    *end = 0;
    int code = sj_find_all("topic", pattern, &names);
    for (size_t n = 0; n < names.count; n++) {
        int one = sj_send_draft(names.items[n].at, draft, SJ_PATIENCE, NULL);
        count += one == SOJOURN_OK;
        code = one == SOJOURN_OK || one == SOJOURN_UNKNOWN_ATOM ? code : one;
    }
    free(pattern);
    sj_list_free(&names);
    if (sent)
        *sent = count;
    return code;
}

/* ---------------------------------------------------------------- life */

/* Starts an atom at this node. `module`: "" for one's own, an atom's name for its module, or a hash in hexadecimal. An
 * empty name: one is chosen. `flags`: SOJOURN_WATCHED, SOJOURN_LINKED. `into` gets its global name. */
static inline int sj_spawn(const char *module, const char *name, const void *argument, size_t length, uint32_t flags,
                           char *into, size_t size)
{
    uint32_t named = 0;
    int code;
    /* A name that found no room would be one of an atom that runs. */
    if (size < SJ_NAME_SIZE)
        return SOJOURN_TOO_SMALL;
    SJ_WAIT_(code, sojourn_raw_spawn(module, sj_size_(module), name, sj_size_(name), argument, (uint32_t)length, flags,
                                     into, (uint32_t)size - 1, &named));
    return sj_ended_(code, into, size, named);
}

/* Ends the atom. */
_Noreturn static inline void sj_exit(uint32_t status)
{
    sojourn_raw_exit(status);
    __builtin_trap();
}

/* A message of SOJOURN_KIND_ENDED comes, once, when that atom ends. */
static inline int sj_watch(const char *name) { return sojourn_raw_watch(name, sj_size_(name), 0); }

/* The same; and when one of the two ends otherwise than with status 0, the other is ended. */
static inline int sj_link(const char *name) { return sojourn_raw_watch(name, sj_size_(name), SOJOURN_LINKED); }

static inline int sj_unwatch(const char *name) { return sojourn_raw_unwatch(name, sj_size_(name)); }

/* ---------------------------------------------------------------- the atom's own store: keys are texts here */

/* A value, ended by NUL. Begin with `= {0}`; it may be used again and again; ends with `sj_value_free`. */
struct sj_value {
    char *data;
    size_t length;
    uint64_t version;
    uint32_t capacity;
};

static inline void sj_value_free(struct sj_value *value)
{
    free(value->data);
    memset(value, 0, sizeof *value);
}

static inline int sj_kv_get(const char *key, struct sj_value *value)
{
    uint32_t length = value->capacity ? value->capacity - 1 : 255;
    int code = SOJOURN_TOO_SMALL;
    while (code == SOJOURN_TOO_SMALL) {
        if (!value->data || length >= value->capacity) {
            char *data = (char *)realloc(value->data, (size_t)length + 1);
            if (!data)
                return SOJOURN_NO_ROOM;
            value->data = data, value->capacity = length + 1;
        }
        code = sojourn_raw_kv_get(key, sj_size_(key), value->data, value->capacity - 1, &length, &value->version);
    }
    value->length = code ? 0 : length;
    value->data[value->length] = 0;
    return code;
}

/* Sets a key. `version`, if it is not NULL: its version now. */
static inline int sj_kv_put(const char *key, const void *value, size_t length, uint64_t *version)
{
    uint64_t number = 0;
    int code = sojourn_raw_kv_put(key, sj_size_(key), value, (uint32_t)length, &number);
    if (version)
        *version = number;
    return code;
}

static inline int sj_kv_delete(const char *key) { return sojourn_raw_kv_delete(key, sj_size_(key)); }

/* Sets a key if it has this version (0: if there is none); else SOJOURN_CONFLICT. `version` has the one now, in each case. */
static inline int sj_kv_compare_and_set(const char *key, uint64_t expected, const void *value, size_t length,
                                        uint64_t *version)
{
    uint64_t number = 0;
    int code = sojourn_raw_kv_compare_and_set(key, sj_size_(key), expected, value, (uint32_t)length, &number);
    if (version)
        *version = number;
    return code;
}

/* All keys with a prefix, in order. */
static inline int sj_kv_list(const char *prefix, struct sj_list *keys)
{
    enum { ROOM = 4096 };
    uint32_t more = 1, length = 0, capacity = ROOM;
    char *room = (char *)malloc(capacity);
    int code = room ? SOJOURN_OK : SOJOURN_NO_ROOM;
    sj_list_free(keys);
    while (!code && more) {
        struct sj_item last = keys->count ? keys->items[keys->count - 1] : (struct sj_item){"", 0};
        code = sojourn_raw_kv_list(prefix, sj_size_(prefix), last.at, (uint32_t)last.length, room, capacity, &length,
                                   &more);
        if (code == SOJOURN_TOO_SMALL) { /* a single key is longer */
            char *larger = (char *)realloc(room, capacity *= 2);
            room = larger ? larger : room;
            code = larger ? SOJOURN_OK : SOJOURN_NO_ROOM;
            more = 1;
            continue;
        }
        for (uint32_t at = 0, size; !code && at + 4 <= length; at += 4 + size) {
            memcpy(&size, room + at, 4);
            code = sj_list_add_(keys, room + at + 4, size);
        }
        more = more && length;
    }
    free(room);
    return code;
}

/* Changes of keys with this prefix come as messages of SOJOURN_KIND_CHANGED from now on, or no more. */
static inline int sj_kv_watch(const char *prefix, int on)
{
    return sojourn_raw_kv_watch(prefix, sj_size_(prefix), on ? 1 : 0);
}

/* ---------------------------------------------------------------- connections that survive a move */

/* Opens a TCP connection to `host:port`. Descriptors are also WASI's. */
static inline int sj_connect(const char *address, int64_t timeout_ns, uint32_t *fd)
{
    int64_t deadline = sj_deadline(timeout_ns);
    int code;
    SJ_WAIT_(code, sojourn_raw_connect(address, sj_size_(address), deadline, fd));
    return code;
}

static inline int sj_listen(const char *address, uint32_t *fd)
{
    return sojourn_raw_listen(address, sj_size_(address), fd);
}

static inline int sj_accept(uint32_t listener, int64_t timeout_ns, uint32_t *fd)
{
    int64_t deadline = sj_deadline(timeout_ns);
    int code;
    SJ_WAIT_(code, sojourn_raw_accept(listener, deadline, fd));
    return code;
}

/* Reads what is there; 0 bytes at the end. */
static inline int sj_read(uint32_t fd, void *into, size_t capacity, int64_t timeout_ns, size_t *length)
{
    int64_t deadline = sj_deadline(timeout_ns);
    uint32_t got = 0;
    int code;
    SJ_WAIT_(code, sojourn_raw_read(fd, into, (uint32_t)capacity, deadline, &got));
    *length = got;
    return code;
}

/* Writes all of it. When it fails, some of it may have gone out. */
static inline int sj_write(uint32_t fd, const void *bytes, size_t length, int64_t timeout_ns)
{
    int64_t deadline = sj_deadline(timeout_ns);
    int code = SOJOURN_OK;
    for (size_t at = 0; !code && at < length;) {
        uint32_t wrote = 0;
        SJ_WAIT_(code, sojourn_raw_write(fd, (const char *)bytes + at, (uint32_t)(length - at), deadline, &wrote));
        at += wrote;
    }
    return code;
}

static inline int sj_close(uint32_t fd) { return sojourn_raw_close(fd); }

/* ---------------------------------------------------------------- where it is */

struct sj_place {
    uint64_t moves;
    uint64_t downtime_ns; /* of the last move */
    uint64_t moved_bytes; /* by the last move */
    char node[SJ_NAME_SIZE];
    char tags[1024]; /* with commas between them */
};

static inline int sj_here(struct sj_place *place)
{
    char room[sizeof place->node + sizeof place->tags - 2];
    sojourn_raw_place raw = {0};
    int code = sojourn_raw_here(room, sizeof room, &raw);
    if (!code && (raw.node.length >= sizeof place->node || raw.tags.length >= sizeof place->tags))
        code = SOJOURN_TOO_SMALL;
    if (code)
        return code;
    place->moves = raw.moves, place->downtime_ns = raw.downtime_ns, place->moved_bytes = raw.moved_bytes;
    memcpy(place->node, raw.node.at, raw.node.length);
    place->node[raw.node.length] = 0;
    memcpy(place->tags, raw.tags.at, raw.tags.length);
    place->tags[raw.tags.length] = 0;
    return SOJOURN_OK;
}

/* The atom does not move for so long, at most 1 s, or until `sj_wander`. */
static inline int sj_stay(uint64_t nanoseconds) { return sojourn_raw_stay(nanoseconds); }

static inline int sj_wander(void) { return sojourn_raw_wander(); }

/* A line to the atom's standard error. `level`: SOJOURN_DEBUG, SOJOURN_INFO, SOJOURN_WARNING, SOJOURN_ERROR. */
static inline int sj_log(uint32_t level, const char *line)
{
    int code;
    SJ_WAIT_(code, sojourn_raw_log(level, line, sj_size_(line)));
    return code;
}

#ifdef __cplusplus
}
#endif

#endif
