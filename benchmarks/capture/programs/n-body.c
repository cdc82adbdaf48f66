// Five heavy bodies under gravity, symplectic Euler steps.
#include <math.h>

#include "report.h"

enum { BODIES = 5 };

struct body {
    double position[3], velocity[3], mass;
};

static struct body bodies[BODIES] = {
    {{0, 0, 0}, {0, 0, 0}, 39.5},
    {{4.8, -1.2, -0.1}, {0.6, 2.8, -0.02}, 0.038},
    {{8.3, 4.1, -0.4}, {-1.0, 1.8, 0.008}, 0.011},
    {{12.9, -15.1, -0.2}, {1.1, 0.9, -0.01}, 0.0017},
    {{15.4, -25.9, 0.2}, {1.0, 0.6, -0.03}, 0.0020},
};

static void attract(struct body *a, struct body *b, double step) {
    double d[3], squared = 0;
    for (int k = 0; k < 3; k++) {
        d[k] = a->position[k] - b->position[k];
        squared += d[k] * d[k];
    }
    double pull = step / (squared * sqrt(squared));
    for (int k = 0; k < 3; k++) {
        a->velocity[k] -= d[k] * b->mass * pull;
        b->velocity[k] += d[k] * a->mass * pull;
    }
}

__attribute__((noinline)) static void advance(double step) {
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) attract(&bodies[i], &bodies[j], step);
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++) bodies[i].position[k] += step * bodies[i].velocity[k];
}

int main(int argc, char **argv) {
    int steps = argument(argc, argv, 1, 9000000);
    for (int i = 0; i < steps; i++) advance(0.01);
    return report("n-body", hash_bytes(bodies, sizeof bodies));
}
