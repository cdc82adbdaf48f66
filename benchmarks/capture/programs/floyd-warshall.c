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

int main(int argc, char **argv) {
    int n = size_from(argc, argv, 1000);
    int *path = malloc(sizeof(int) * (size_t)n * (size_t)n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) path[i * n + j] = (i + j) % 13 == 0 || (i + j) % 7 == 0 ? 999 : i * j % 7 + 1;
    shortest_paths(n, path);
    return report("floyd-warshall", hash_bytes(path, sizeof(int) * (size_t)n * (size_t)n));
}
