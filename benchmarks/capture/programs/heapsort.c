// Heapsort of random doubles.
#include "report.h"

static void sink(double *a, int root, int n) {
    double value = a[root];
    for (int child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && a[child] < a[child + 1]) child++;
        if (value >= a[child]) break;
        a[root] = a[child];
    }
    a[root] = value;
}

__attribute__((noinline)) static void heapsort(double *a, int n) {
    for (int i = n / 2 - 1; i >= 0; i--) sink(a, i, n);
    for (int end = n - 1; end > 0; end--) {
        double largest = a[0];
        a[0] = a[end];
        a[end] = largest;
        sink(a, 0, end);
    }
}

int main(int argc, char **argv) {
    int n = argument(argc, argv, 1, 2500000);
    double *a = malloc(sizeof(double) * (size_t)n);
    uint32_t state = 42;
    for (int i = 0; i < n; i++) a[i] = next_random(&state) / 4294967296.0;
    heapsort(a, n);
    return report("heapsort", hash_bytes(a, sizeof(double) * (size_t)n));
}
