// What every program here shares: its size from the command line, and one line of result.
#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Argument number `index`, else what makes the program run for about a second on plain Wasmtime.
static inline int argument(int argc, char **argv, int index, int usual) {
    return argc > index ? atoi(argv[index]) : usual;
}

// Hash (FNV-1a, 64 bits) of bytes, so that a whole matrix is one number.
static inline uint64_t hash_bytes(const void *bytes, size_t length) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (const unsigned char *p = bytes; length-- > 0; p++) hash = (hash ^ *p) * 0x100000001b3u;
    return hash;
}

// Numbers that look random and are the same everywhere (xorshift, 32 bits).
static inline uint32_t next_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

// Prints "name result" with the result in hexadecimal; without printf, whose code would outweigh the program.
static inline int report(const char *name, uint64_t result) {
    char line[64];
    size_t at = strlen(name);
    memcpy(line, name, at);
    line[at++] = ' ';
    for (int shift = 60; shift >= 0; shift -= 4) line[at++] = "0123456789abcdef"[result >> shift & 15];
    line[at++] = '\n';
    return write(1, line, at) == (ssize_t)at ? 0 : 1;
}

#endif
