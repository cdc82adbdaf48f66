// Dense matrix product C = alpha A B + beta C, rows in the inner loop.
#include "report.h"

static double *matrix(int n, int seed) {
    double *m = malloc(sizeof(double) * (size_t)n * (size_t)n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) m[i * n + j] = (double)((i * j + seed * i + j) % n) / n;
    return m;
}

__attribute__((noinline)) static void gemm(int n, double alpha, double beta, double *c, const double *a,
                                           const double *b) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) c[i * n + j] *= beta;
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++) c[i * n + j] += alpha * a[i * n + k] * b[k * n + j];
    }
}

int main(int argc, char **argv) {
    int n = argument(argc, argv, 1, 900);
    double *a = matrix(n, 1), *b = matrix(n, 2), *c = matrix(n, 3);
    gemm(n, 1.5, 1.2, c, a, b);
    return report("gemm", hash_bytes(c, sizeof(double) * (size_t)n * (size_t)n));
}
