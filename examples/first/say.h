/* A line to standard output, put together without `printf`, which would be most of such a small program. */
#ifndef SAY_H
#define SAY_H

#include "sojourn.h"
#include <unistd.h>

static char line[512];
static size_t length;

static inline void text(const char *part)
{
    for (; *part && length < sizeof line - 1; part++)
        line[length++] = *part;
}

static inline void number(unsigned long long value)
{
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count && length < sizeof line - 1)
        line[length++] = digits[--count];
}

/* Milliseconds, with one digit after the point. */
static inline void milliseconds(unsigned long long nanoseconds)
{
    unsigned long long tenths = (nanoseconds + 50000) / 100000;
    number(tenths / 10);
    text(".");
    number(tenths % 10);
    text(" ms");
}

/* Writes what was put together; 1: nobody takes it. */
static inline int say(void)
{
    line[length++] = '\n';
    size_t size = length, done = 0;
    length = 0;
    while (done < size) {
        ssize_t wrote = write(1, line + done, size - done);
        if (wrote <= 0)
            return 1;
        done += (size_t)wrote;
    }
    return 0;
}

/* Whether two texts are the same. */
static inline int same(const char *one, const char *other) { return strcmp(one, other) == 0; }

/* An atom's name by its alias: a part of a program has its own name as one, in a scope that is called as the program. */
static inline int find(const char *program, const char *part, char *name, size_t size)
{
    int code;
    /* Names spread from node to node, and that takes a moment. */
    while ((code = sj_find_any(program, part, name, size)) == SOJOURN_UNKNOWN_ALIAS || code == SOJOURN_UNKNOWN_ATOM)
        usleep(20000);
    return code;
}

#endif
