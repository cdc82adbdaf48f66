/* How the test atoms answer. */
#ifndef ANSWER_H
#define ANSWER_H

#include "sojourn.h"
#include <stdarg.h>
#include <stdio.h>

/* The outcome of a request: `type` and `text` when it went well, else the error's name. */
static inline void answer(const struct sj_message *message, int code, const char *type, const char *text)
{
    if (code)
        type = "error", text = sj_error_name(code);
    if (message->call)
        sj_reply(message, type, text, strlen(text));
}

static inline void answer_number(const struct sj_message *message, int code, const char *type, long long number)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", number);
    answer(message, code, type, text);
}

static inline void answer_unknown(const struct sj_message *message)
{
    if (message->call)
        sj_reply(message, "error", "UnknownType", 11);
}

static inline int is(const struct sj_message *message, const char *type)
{
    return message->kind != SOJOURN_KIND_INTERRUPT && strcmp(message->type, type) == 0;
}

/* A list of texts, as it is told: with commas between them. */
struct record {
    char *text;
};

static inline void record_add(struct record *record, const char *first, const char *second)
{
    size_t old = record->text ? strlen(record->text) : 0;
    size_t size = old + strlen(first) + strlen(second) + 2;
    char *text = (char *)realloc(record->text, size);
    if (!text)
        abort();
    snprintf(text + old, size - old, "%s%s%s", old ? "," : "", first, second);
    record->text = text;
}

static inline const char *record_text(const struct record *record) { return record->text ? record->text : ""; }

static inline void record_clear(struct record *record)
{
    free(record->text);
    record->text = NULL;
}

/* The list that a call filled. */
static inline void answer_list(const struct sj_message *message, int code, const char *type, struct sj_list *list)
{
    struct record record = {0};
    for (size_t n = 0; n < list->count; n++)
        record_add(&record, list->items[n].at, "");
    answer(message, code, type, record_text(&record));
    record_clear(&record);
    sj_list_free(list);
}

enum { PATIENCE_S = 30 };
#define PATIENCE (PATIENCE_S * SJ_SECOND)

#endif
