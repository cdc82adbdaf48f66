// LU decomposition in place, without pivoting, of a diagonally dominant matrix.
#include "report.h"

__attribute__((noinline)) static void decompose(int n, double *a) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
            for (int k = 0; k < j; k++) a[i * n + j] -= a[i * n + k] * a[k * n + j];
            a[i * n + j] /= a[j * n + j];
        }
        for (int j = i; j < n; j++)
            for (int k = 0; k < i; k++) a[i * n + j] -= a[i * n + k] * a[k * n + j];
    }
}

static void fill(int n, double *a) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) a[i * n + j] = i == j ? n : (double)((i * 7 + j * 3) % n) / n;
}

int main(int argc, char **argv) {
    int n = argument(argc, argv, 1, 400), times = argument(argc, argv, 2, 25);
    double *a = malloc(sizeof(double) * (size_t)n * (size_t)n);
    for (int i = 0; i < times; i++) {
        fill(n, a);
        decompose(n, a);
    }
    return report("lu", hash_bytes(a, sizeof(double) * (size_t)n * (size_t)n));
}
