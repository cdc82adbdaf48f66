// Recursive Fibonacci: nothing but calls.
#include "report.h"

__attribute__((noinline)) static uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(int argc, char **argv) { return report("fib", fib((uint32_t)argument(argc, argv, 1, 40))); }
