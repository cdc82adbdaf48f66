// RNA folding: the most base pairs that do not cross, by dynamic programming.
#include "report.h"

static int larger(int a, int b) { return a > b ? a : b; }

static int pairs(char a, char b) { return a + b == 3; }

__attribute__((noinline)) static void fold(int n, const char *base, int *most) {
    for (int i = n - 1; i >= 0; i--)
        for (int j = i + 1; j < n; j++) {
            int best = larger(most[i * n + j - 1], i + 1 < n ? most[(i + 1) * n + j] : 0);
            if (i + 1 < n && i < j - 1) best = larger(best, most[(i + 1) * n + j - 1] + pairs(base[i], base[j]));
            for (int k = i + 1; k < j; k++) best = larger(best, most[i * n + k] + most[(k + 1) * n + j]);
            most[i * n + j] = best;
        }
}

int main(int argc, char **argv) {
    int n = argument(argc, argv, 1, 1500);
    char *base = malloc((size_t)n);
    int *most = calloc((size_t)n * (size_t)n, sizeof(int));
    for (int i = 0; i < n; i++) base[i] = (char)((i + 1) % 4);
    fold(n, base, most);
    return report("nussinov", hash_bytes(most, sizeof(int) * (size_t)n * (size_t)n));
}
