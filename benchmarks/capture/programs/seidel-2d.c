// Gauss-Seidel relaxation of a square grid: each cell becomes the mean of itself and its eight neighbours.
#include "report.h"

__attribute__((noinline)) static void relax(int steps, int n, double *a) {
    for (int t = 0; t < steps; t++)
        for (int i = 1; i < n - 1; i++)
            for (int j = 1; j < n - 1; j++) {
                double *up = a + (i - 1) * n + j, *here = up + n, *down = here + n;
                *here = (up[-1] + up[0] + up[1] + here[-1] + here[0] + here[1] + down[-1] + down[0] + down[1]) / 9;
            }
}

int main(int argc, char **argv) {
    int steps = argument(argc, argv, 1, 250), n = 500;
    double *a = malloc(sizeof(double) * (size_t)n * (size_t)n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) a[i * n + j] = ((double)i * (j + 2) + 2) / n;
    relax(steps, n, a);
    return report("seidel-2d", hash_bytes(a, sizeof(double) * (size_t)n * (size_t)n));
}
