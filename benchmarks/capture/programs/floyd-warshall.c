// All shortest paths of a dense graph.
#include "report.h"

__attribute__((noinline)) static void shortest_paths(int n, int *path) {
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                int through = path[i * n + k] + path[k * n + j];
                path[i * n + j] = path[i * n + j] < through ? path[i * n + j] : through;
            }
}

static void fill(int n, int *path) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) path[i * n + j] = (i + j) % 13 == 0 || (i + j) % 7 == 0 ? 999 : i * j % 7 + 1;
}

int main(int argc, char **argv) {
    int n = argument(argc, argv, 1, 500), times = argument(argc, argv, 2, 8);
    int *path = malloc(sizeof(int) * (size_t)n * (size_t)n);
    for (int i = 0; i < times; i++) {
        fill(n, path);
        shortest_paths(n, path);
    }
    return report("floyd-warshall", hash_bytes(path, sizeof(int) * (size_t)n * (size_t)n));
}
