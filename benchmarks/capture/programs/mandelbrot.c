// How long each point of the plane takes to leave the circle of radius 2.
#include "report.h"

static uint32_t escape(double x, double y, uint32_t limit) {
    double re = 0, im = 0;
    uint32_t i = 0;
    for (; i < limit && re * re + im * im <= 4; i++) {
        double next = re * re - im * im + x;
        im = 2 * re * im + y;
        re = next;
    }
    return i;
}

int main(int argc, char **argv) {
    int n = argument(argc, argv, 1, 1100);
    uint64_t sum = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) sum = sum * 31 + escape(3.0 * j / n - 2.25, 3.0 * i / n - 1.5, 1000);
    return report("mandelbrot", sum);
}
