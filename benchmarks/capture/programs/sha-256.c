// SHA-256 (FIPS 180-4) of a buffer, over and over. The constants are computed as the standard defines them:
// fractional parts of square and cube roots of the first primes.
#include <math.h>

#include "report.h"

enum { BLOCK = 64, ROUNDS = 64, WORDS = 8 };

static uint32_t constants[ROUNDS], initial[WORDS];

static uint32_t fraction(double root) { return (uint32_t)((root - floor(root)) * 4294967296.0); }

static void prepare(void) {
    for (int found = 0, n = 2; found < ROUNDS; n++) {
        int prime = 1;
        for (int d = 2; d * d <= n; d++) prime &= n % d != 0;
        if (!prime) continue;
        if (found < WORDS) initial[found] = fraction(sqrt(n));
        constants[found++] = fraction(cbrt(n));
    }
}

static uint32_t turn(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void compress(uint32_t *state, const unsigned char *block) {
    uint32_t w[ROUNDS], s[WORDS];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
               block[4 * i + 3];
    for (int i = 16; i < ROUNDS; i++) {
        uint32_t s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    for (int i = 0; i < WORDS; i++) s[i] = state[i];
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t sum1 = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25);
        uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        uint32_t t1 = s[7] + sum1 + choice + constants[i] + w[i];
        uint32_t sum0 = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22);
        uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        for (int k = WORDS - 1; k > 0; k--) s[k] = s[k - 1];
        s[4] += t1;
        s[0] = t1 + sum0 + majority;
    }
    for (int i = 0; i < WORDS; i++) state[i] += s[i];
}

// Digest of a message whose length is a multiple of the block's.
static void digest(uint32_t *state, const unsigned char *message, uint32_t length) {
    unsigned char last[BLOCK] = {0x80};
    for (int i = 0; i < WORDS; i++) state[i] = initial[i];
    for (uint32_t at = 0; at < length; at += BLOCK) compress(state, message + at);
    for (int i = 0; i < 4; i++) last[BLOCK - 1 - i] = (unsigned char)((length * 8) >> 8 * i);
    compress(state, last);
}

int main(int argc, char **argv) {
    int times = argument(argc, argv, 1, 70);
    static unsigned char message[1 << 20];
    uint32_t state[WORDS] = {0};
    prepare();
    for (int i = 0; i < times; i++) {
        memcpy(message, state, sizeof state);
        digest(state, message, sizeof message);
    }
    return report("sha-256", (uint64_t)state[0] << 32 | state[1]);
}
