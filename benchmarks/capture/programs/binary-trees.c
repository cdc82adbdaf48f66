// Allocates, walks and frees many perfect binary trees.
#include "report.h"

struct node {
    struct node *left, *right;
};

static struct node *grow(int depth) {
    struct node *node = malloc(sizeof *node);
    node->left = depth > 0 ? grow(depth - 1) : NULL;
    node->right = depth > 0 ? grow(depth - 1) : NULL;
    return node;
}

static uint32_t count(const struct node *node) {
    return node->left ? 1 + count(node->left) + count(node->right) : 1;
}

static void fell(struct node *node) {
    if (node->left) {
        fell(node->left);
        fell(node->right);
    }
    free(node);
}

int main(int argc, char **argv) {
    int deepest = argument(argc, argv, 1, 18);
    uint64_t nodes = 0;
    struct node *lasting = grow(deepest);
    for (int depth = 4; depth <= deepest; depth += 4)
        for (int i = 0; i < 1 << (deepest - depth + 4); i++) {
            struct node *tree = grow(depth);
            nodes += count(tree);
            fell(tree);
        }
    return report("binary-trees", nodes + count(lasting));
}
