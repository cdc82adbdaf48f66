/* A guest with a memory of a given size that writes to it at a given rate, for a given number of steps.
 *
 *     steady MEBIBYTES MEBIBYTES-A-SECOND STEPS
 *
 * A step writes whole pages that its number chooses, and lasts 2 ms; every 50th prints a line. All that it prints follows
 * from the arguments, so that two runs print the same however often one of them moved.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PAGE = 4096, STEP_NS = 2000000, LINE_STEPS = 50 };

static uint64_t next(uint64_t *state) {
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

static void wait_until(int64_t due_ns) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = due_ns - (now.tv_sec * 1000000000LL + now.tv_nsec);
    if (left <= 0) return;
    struct timespec rest = {.tv_sec = left / 1000000000LL, .tv_nsec = left % 1000000000LL};
    nanosleep(&rest, NULL);
}

static uint64_t digest(const uint64_t *words, size_t count) {
    uint64_t sum = 1469598103934665603ULL;
    for (size_t i = 0; i < count; i++) sum = (sum ^ words[i]) * 1099511628211ULL;
    return sum;
}

int main(int argc, char **argv) {
    if (argc != 4) return fprintf(stderr, "steady MEBIBYTES MEBIBYTES-A-SECOND STEPS\n"), 2;
    size_t bytes = (size_t)atoll(argv[1]) << 20;
    double rate = atof(argv[2]) * 1048576.0;
    long steps = atol(argv[3]);
    size_t pages = bytes / PAGE, words = bytes / 8;
    uint64_t *memory = malloc(bytes);
    if (!memory) return fprintf(stderr, "no memory\n"), 1;
    uint64_t state = 88172645463325252ULL;
    for (size_t i = 0; i < words; i++) memory[i] = next(&state);
    printf("full %016llx\n", (unsigned long long)digest(memory, words));
    fflush(stdout);
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int64_t began = start.tv_sec * 1000000000LL + start.tv_nsec;
    double owed = 0;
    uint64_t sum = 0;
    for (long step = 1; step <= steps; step++) {
        for (owed += rate * STEP_NS / 1e9; owed >= PAGE; owed -= PAGE) {
            uint64_t *page = memory + next(&state) % pages * (PAGE / 8);
            for (int i = 0; i < PAGE / 8; i++) sum += page[i] = next(&state);
        }
        if (step % LINE_STEPS == 0) {
            printf("step %ld %016llx\n", step, (unsigned long long)sum);
            fflush(stdout);
        }
        wait_until(began + step * STEP_NS);
    }
    printf("done %016llx\n", (unsigned long long)digest(memory, words));
    return 0;
}
