/* Takes tasks out of the bag until it is empty, then ends. A task is a stretch of numbers; its result, how many are prime. */
#include "sojourn.h"
#include <stdio.h>

enum { STRETCH = 4000 };

static int is_prime(long long number)
{
    if (number < 2)
        return 0;
    for (long long divisor = 2; divisor * divisor <= number; divisor++)
        if (number % divisor == 0)
            return 0;
    return 1;
}

static long long primes(long long from)
{
    long long found = 0;
    for (long long number = from; number < from + STRETCH; number++)
        found += is_prime(number);
    return found;
}

int main(void)
{
    struct sj_message task = {0};
    char text[32];
    for (;;) {
        int code = sj_ask("bag", "take", "", 0, SJ_FOREVER, &task);
        if (code)
            return code;
        if (strcmp(task.type, "task") != 0)
            break;
        int length = snprintf(text, sizeof text, "%lld", primes(strtoll(task.data, NULL, 10) * STRETCH));
        code = sj_send("bag", "result", text, (size_t)length);
        if (code)
            return code;
    }
    return 0;
}
