// Quicksort of random integers: recursion and short loops.
#include "report.h"

__attribute__((noinline)) static void quicksort(int *a, int low, int high) {
    if (low >= high) return;
    int pivot = a[low + (high - low) / 2], i = low, j = high;
    while (i <= j) {
        while (a[i] < pivot) i++;
        while (a[j] > pivot) j--;
        if (i > j) break;
        int held = a[i];
        a[i++] = a[j];
        a[j--] = held;
    }
    quicksort(a, low, j);
    quicksort(a, i, high);
}

int main(int argc, char **argv) {
    int n = argument(argc, argv, 1, 6000000);
    int *a = malloc(sizeof(int) * (size_t)n);
    uint32_t state = 7;
    for (int i = 0; i < n; i++) a[i] = (int)(next_random(&state) >> 1);
    quicksort(a, 0, n - 1);
    return report("quicksort", hash_bytes(a, sizeof(int) * (size_t)n));
}
