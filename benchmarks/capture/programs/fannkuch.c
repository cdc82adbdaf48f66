// Pancake flipping over all permutations of n numbers: the longest sequence of flips, and a checksum.
#include "report.h"

enum { LONGEST = 16 };

static int flips(const int *permutation, int n) {
    int cakes[LONGEST], count = 0;
    for (int i = 0; i < n; i++) cakes[i] = permutation[i];
    for (int first = cakes[0]; first != 0; first = cakes[0], count++)
        for (int low = 0, high = first; low < high; low++, high--) {
            int held = cakes[low];
            cakes[low] = cakes[high];
            cakes[high] = held;
        }
    return count;
}

// The next permutation by rotating prefixes; false after the last one.
static int next(int *permutation, int *turns, int n) {
    for (int r = 1; r < n; r++) {
        int first = permutation[0];
        for (int i = 0; i < r; i++) permutation[i] = permutation[i + 1];
        permutation[r] = first;
        if (++turns[r] <= r) return 1;
        turns[r] = 0;
    }
    return 0;
}

int main(int argc, char **argv) {
    int n = argument(argc, argv, 1, 10), times = argument(argc, argv, 2, 2);
    int longest = 0, checksum = 0, sign = 1;
    for (int round = 0; round < times; round++) {
        int permutation[LONGEST], turns[LONGEST] = {0};
        for (int i = 0; i < n; i++) permutation[i] = i;
        do {
            int count = flips(permutation, n);
            longest = count > longest ? count : longest;
            checksum += sign * count;
            sign = -sign;
        } while (next(permutation, turns, n));
    }
    return report("fannkuch", (uint64_t)(uint32_t)checksum << 32 | (uint32_t)longest);
}
