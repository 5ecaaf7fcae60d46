/* SPDX-License-Identifier: Apache-2.0
 * The noise of docs/numerics.md, section 2: known answers, and that it is what it claims to be. Entries and dither are linear in
 * the bits of a word, so their independence is shown exactly, by linear algebra, given uniform words; that words behave as
 * uniform is tested on samples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "device/noise.h"

/* Computed once by an independent program (Python, unbounded integers, straight from the page). */
static void known_answers(void **state) {
    (void)state;
    assert_true(sr_permute(UINT64_C(0x0000000000000000)) == UINT64_C(0xeb11555d60967177));
    assert_true(sr_permute(UINT64_C(0x0000000000000001)) == UINT64_C(0x0253f1a2fdec3db6));
    assert_true(sr_permute(UINT64_C(0x8000000000000000)) == UINT64_C(0x9583a5d2273d2326));
    assert_true(sr_permute(UINT64_C(0xffffffffffffffff)) == UINT64_C(0xfa28610323e01477));
    assert_true(sr_permute(UINT64_C(0x0123456789abcdef)) == UINT64_C(0x2c578c4ea63b2ec4));
    assert_true(sr_permute(UINT64_C(0x5350494b45524f4c)) == UINT64_C(0x50b85408d6c62b85));
    assert_true(sr_permute(UINT64_C(0x1300020100ff1f03)) == UINT64_C(0x2453b6c63493d4b7));
    assert_true(sr_counter(SR_KIND_ROUND, 3, 0x0102, 0x0304, 0x0506, 0x07) == UINT64_C(0x3301020304050607));
    assert_true(sr_generation_key(0, 0) == UINT64_C(0x1668c23c0f36b821));
    assert_true(sr_generation_key(1, 0) == UINT64_C(0x24644ee44f1fb6cd));
    assert_true(sr_generation_key(1, 1) == UINT64_C(0x51e471075aa09d67));
    assert_true(sr_generation_key(42, 1000) == UINT64_C(0x7e0d3ee969267eb4));
    uint64_t word = sr_permute(sr_counter(SR_KIND_COL, 0, 0, 5, 2, 1) ^ sr_generation_key(1, 1));
    assert_true(word == UINT64_C(0x117d2469e9d5ce8f));
    static const int sign[64] = {-1, -1, -1, -1, 1,  1,  1,  -1, 1,  -1, -1, -1, 1,  1,  -1, -1, -1, 1, -1, 1, -1, 1,
                                 -1, -1, -1, 1,  1,  -1, 1,  -1, -1, -1, -1, 1,  1,  -1, 1,  -1, -1, 1, 1,  1, -1, 1,
                                 1,  -1, 1,  1,  -1, 1,  -1, -1, -1, -1, -1, 1,  -1, 1,  1,  1,  -1, 1, 1,  1};
    static const int bell[64] = {2, -1, 0, 1,  -2, -2, 1,  1, 0,  0, 0,  1,  -1, -1, -1, 1, 0, 1,  2,  -1, 1, -1,
                                 0, 1,  1, -1, -2, 1,  0,  0, -1, 0, -1, 0,  -1, -1, 0,  2, 1, -1, -2, -1, 1, 0,
                                 0, 0,  0, -1, 1,  -1, -1, 1, 0,  1, 0,  -2, 1,  0,  1,  0, 2, 0,  -1, 0};
    static const uint32_t dither[64] = {
        6328,  35932, 17966, 41751, 44660, 22330, 43933, 10801, 60135, 35468, 50502, 25251, 20142, 42839, 11348, 5674,
        2837,  31349, 49861, 40605, 45233, 42919, 11308, 38422, 51979, 6778,  36157, 47457, 9039,  28248, 46892, 56214,
        28107, 18714, 42125, 11705, 59683, 2926,  1463,  32036, 48786, 24393, 53339, 6098,  35817, 47627, 8954,  4477,
        30529, 50271, 7632,  3816,  34676, 50106, 57821, 36625, 47223, 41924, 53730, 59633, 35719, 14908, 40222, 52879};
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(sr_noise_entry(word, SR_DIST_SIGN, 64 + i), sign[i]);
        assert_int_equal(sr_noise_entry(word, SR_DIST_BELL, 64 + i), bell[i]);
        assert_int_equal(sr_noise_dither(word, 64 + i), dither[i]);
    }
}

/* P is a bijection: undo it round by round. */
static uint64_t permute_back(uint64_t state) {
    static const uint32_t constant[16] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
                                          0x082efa98, 0xec4e6c89, 0x452821e6, 0x38d01377, 0xbe5466cf, 0x34e90c6c,
                                          0xc0ac29b7, 0xc97c50dd, 0x3f84d5b5, 0xb5470917};
    uint32_t x = (uint32_t)(state >> 32), y = (uint32_t)state;
    for (int i = 15; i >= 0; i--) {
        uint32_t old = y;
        y = x ^ ((old << 1 | old >> 31) & (old << 8 | old >> 24)) ^ (old << 2 | old >> 30) ^ constant[i];
        x = old;
    }
    return (uint64_t)x << 32 | y;
}

static void permutation_can_be_undone(void **state) {
    (void)state;
    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t counter = i * UINT64_C(0x9e3779b97f4a7c15);
        assert_true(permute_back(sr_permute(counter)) == counter);
    }
}

/* Flipping any input bit flips each output bit in half of the cases: 6 deviations of 2^14 samples, over 4096 pairs of bits. */
static void avalanche(void **state) {
    (void)state;
    enum { SAMPLES = 1 << 14 };
    static uint32_t flips[64][64];
    double worst = 0, chi2 = 0;
    for (uint32_t s = 0; s < SAMPLES; s++) {
        /* counters as they come, made even in parity so that no pair of inputs is met twice; and any input */
        uint64_t input = s < SAMPLES / 2 ? s << 1 | (unsigned)__builtin_parity(s) : sr_permute(s ^ UINT64_C(0x1234));
        uint64_t output = sr_permute(input);
        for (unsigned i = 0; i < 64; i++) {
            uint64_t changed = output ^ sr_permute(input ^ UINT64_C(1) << i);
            for (unsigned o = 0; o < 64; o++) flips[i][o] += (uint32_t)(changed >> o & 1);
        }
    }
    for (unsigned i = 0; i < 64; i++)
        for (unsigned o = 0; o < 64; o++) {
            double z = fabs(flips[i][o] - SAMPLES / 2.0) / sqrt(SAMPLES / 4.0);
            worst = z > worst ? z : worst;
            chi2 += z * z;
        }
    print_message("avalanche: worst of 4096 pairs %.2f deviations, mean square %.3f\n", worst, chi2 / 4096);
    assert_true(worst < 6);
    assert_true(fabs(chi2 / 4096 - 1) < 0.15);
}

/* ---- linear algebra over the bits of a word: a form is a mask, its value the parity of word & mask ---- */

static unsigned rank_of(const uint64_t *forms, unsigned count) {
    uint64_t basis[64] = {0};
    unsigned rank = 0;
    for (unsigned i = 0; i < count; i++) {
        uint64_t form = forms[i];
        for (unsigned b = 64; form && b-- > 0;) {
            if (!(form >> b & 1)) continue;
            if (!basis[b]) {
                basis[b] = form;
                rank++;
                break;
            }
            form ^= basis[b];
        }
    }
    return rank;
}

static uint64_t bit(unsigned i) { return UINT64_C(1) << i % 64; }

/* The planes of entry i as forms, by asking sr_noise_planes for every unit word. */
static void bell_forms(unsigned i, uint64_t form[4]) {
    for (unsigned p = 0; p < 4; p++) form[p] = 0;
    for (unsigned b = 0; b < 64; b++) {
        struct sr_planes s = sr_noise_planes(bit(b), SR_DIST_BELL);
        for (unsigned p = 0; p < 4; p++) form[p] |= (s.p[p] >> i & 1) << b;
    }
}

static void bell_bits_are_independent(void **state) {
    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        uint64_t a[4], b[4];
        bell_forms(i, a);
        assert_true(a[0] == bit(i) && a[1] == (bit(i) ^ bit(i + 21)) && a[2] == (bit(i) ^ bit(i + 11)) &&
                    a[3] == (bit(i) ^ bit(i + 27)));
        assert_int_equal(rank_of(a, 4), 4); /* an entry is exactly binomial: 1, 4, 6, 4, 1 of 16 */
        for (unsigned j = i + 1; j < 64; j++) {
            bell_forms(j, b);
            for (unsigned p = 0; p < 4; p++)
                for (unsigned q = 0; q < 4; q++) assert_true(a[p] != b[q]); /* so the covariance of i and j is exactly 0 */
        }
    }
}

static void bell_is_linear(void **state) {
    (void)state;
    for (uint64_t s = 0; s < 1000; s++) {
        uint64_t a = sr_permute(s), b = sr_permute(s + 5000);
        struct sr_planes pa = sr_noise_planes(a, SR_DIST_BELL), pb = sr_noise_planes(b, SR_DIST_BELL),
                         pc = sr_noise_planes(a ^ b, SR_DIST_BELL);
        for (unsigned p = 0; p < 4; p++) assert_true((pa.p[p] ^ pb.p[p]) == pc.p[p]);
    }
}

/* Histogram, mean, variance and pair products of entries drawn as the device draws them: neighbouring counters. */
static void entries_have_the_right_moments(void **state) {
    (void)state;
    enum { WORDS = 40000 };
    static int32_t product[64][64];
    uint64_t key = sr_generation_key(1, 1);
    for (unsigned dist = 0; dist < 2; dist++) {
        double histogram[5] = {0}, sum = 0, square = 0, worst = 0;
        const double want[2][5] = {{0, 0.5, 0, 0.5, 0}, {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0}};
        for (unsigned i = 0; i < 64; i++)
            for (unsigned j = 0; j < 64; j++) product[i][j] = 0;
        for (unsigned w = 0; w < WORDS; w++) {
            uint64_t word = sr_permute(sr_counter(SR_KIND_COL, w % 4, 0, w / 8, w % 32, w % 3) ^ key);
            int e[64];
            for (unsigned i = 0; i < 64; i++) {
                e[i] = sr_noise_entry(word, (enum sr_dist)dist, i);
                histogram[e[i] + 2]++;
                sum += e[i];
                square += e[i] * e[i];
            }
            for (unsigned i = 0; i < 64; i++)
                for (unsigned j = 0; j < i; j++) product[i][j] += e[i] * e[j];
        }
        for (unsigned v = 0; v < 5; v++) {
            double p = want[dist][v], n = 64.0 * WORDS;
            assert_true(fabs(histogram[v] - n * p) <= 5 * sqrt(n * p * (1 - p)));
        }
        for (unsigned i = 0; i < 64; i++)
            for (unsigned j = 0; j < i; j++) {
                double z = fabs(product[i][j] / sqrt(WORDS));
                worst = z > worst ? z : worst;
            }
        print_message("%s: mean %.5f, variance %.5f, worst correlation of 2016 pairs %.2f deviations\n", dist ? "bell" : "sign",
                      sum / (64.0 * WORDS), square / (64.0 * WORDS), worst);
        assert_true(fabs(sum) < 5 * sqrt(64.0 * WORDS));
        assert_true(fabs(square / (64.0 * WORDS) - 1) < 0.01);
        assert_true(worst < 5.5);
    }
}

/* Neighbouring pairs, ranks, layers, sides, rows and generations draw unrelated words. */
static void neighbouring_draws_are_uncorrelated(void **state) {
    (void)state;
    enum { WORDS = 1 << 16, NEIGHBOURS = 7 };
    int64_t same[NEIGHBOURS] = {0};
    for (unsigned w = 0; w < WORDS; w++) {
        unsigned pair = w & 0xff, row = w >> 8;
        uint64_t key = sr_generation_key(3, 0), here = sr_permute(sr_counter(SR_KIND_FULL, 0, row, pair, 0, 0) ^ key);
        uint64_t there[NEIGHBOURS] = {
            sr_permute(sr_counter(SR_KIND_FULL, 0, row, pair + 1, 0, 0) ^ key),
            sr_permute(sr_counter(SR_KIND_FULL, 0, row + 1, pair, 0, 0) ^ key),
            sr_permute(sr_counter(SR_KIND_FULL, 1, row, pair, 0, 0) ^ key),
            sr_permute(sr_counter(SR_KIND_FULL, 0, row, pair, 0, 1) ^ key),
            sr_permute(sr_counter(SR_KIND_FULL, 0, row, pair, 1, 0) ^ key),
            sr_permute(sr_counter(SR_KIND_ROUND, 0, row, pair, 0, 0) ^ key),
            sr_permute(sr_counter(SR_KIND_FULL, 0, row, pair, 0, 0) ^ sr_generation_key(3, 1)),
        };
        for (unsigned i = 0; i < NEIGHBOURS; i++) same[i] += 32 - __builtin_popcountll(here ^ there[i]);
    }
    for (unsigned i = 0; i < NEIGHBOURS; i++) assert_true(fabs((double)same[i]) < 5 * sqrt(16.0 * WORDS));
}

/* ---- dither ---- */

static void dither_bits_are_independent(void **state) {
    (void)state;
    static uint64_t form[64][16];
    for (unsigned i = 0; i < 64; i++) {
        for (unsigned u = 0; u < 64; u++)
            for (unsigned b = 0; b < 16; b++) form[i][b] |= (uint64_t)(sr_noise_dither(bit(u), i) >> b & 1) << u;
        for (unsigned b = 0; b < 16; b++) assert_true(form[i][b] == (bit(i) ^ bit(i + 1 + b)));
        assert_int_equal(rank_of(form[i], 16), 16); /* rho is exactly uniform over 0..65535: rounding is unbiased */
    }
    for (unsigned i = 0; i < 64; i++)
        for (unsigned j = i + 1; j < 64; j++)
            for (unsigned a = 0; a < 16; a++)
                for (unsigned b = 0; b < 16; b++) assert_true(form[i][a] != form[j][b]);
}

/* The mean of (A K + rho) >> 16 is A K / 2^16, for numbers of either sign, over the words of an update. */
static void rounding_is_unbiased(void **state) {
    (void)state;
    enum { DRAWS = 200000 };
    const int32_t sums[] = {0, 1, 7, 100, 255, 32512, -1, -7, -100, -255, -32512}, steps[] = {1, 2, 40, 997, 32768, 65535};
    uint64_t key = sr_generation_key(2, 9);
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++)
        for (size_t k = 0; k < sizeof sums / sizeof sums[0]; k++) {
            double sum = 0;
            for (unsigned d = 0; d < DRAWS / 64; d++) {
                uint64_t word = sr_permute(sr_counter(SR_KIND_ROUND, 0, d, 0, 0, 0) ^ key);
                for (unsigned i = 0; i < 64; i++) {
                    sum += (double)(((int64_t)sums[k] * steps[s] + sr_noise_dither(word, i)) >> 16);
                }
            }
            double want = ldexp((double)sums[k] * steps[s], -16), n = DRAWS / 64 * 64;
            double p = want - floor(want);
            assert_true(fabs(sum - n * want) <= 5 * sqrt(n * p * (1 - p)) + 1e-6 * n);
        }
}

/* Fields are packed: two different draws never share a counter, also at the ends of their ranges. */
static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void counters_do_not_collide(void **state) {
    (void)state;
    static const unsigned layers[] = {0, 1, 2, 3}, rows[] = {0, 1, 255, 256, 4094, 65535},
                          pairs[] = {0, 1, 255, 256, 16383, 65535}, ranks[] = {0, 1, 31, 255, 256, 65535},
                          blocks[] = {0, 1, 63, 64, 255};
    static uint64_t seen[4 * 4 * 6 * 6 * 6 * 5];
    size_t count = 0;
    for (unsigned kind = 0; kind < 4; kind++)
        for (unsigned l = 0; l < 4; l++)
            for (unsigned r = 0; r < 6; r++)
                for (unsigned p = 0; p < 6; p++)
                    for (unsigned k = 0; k < 6; k++)
                        for (unsigned b = 0; b < 5; b++)
                            seen[count++] = sr_counter((enum sr_kind)kind, layers[l], rows[r], pairs[p], ranks[k], blocks[b]);
    qsort(seen, count, sizeof seen[0], by_value);
    for (size_t i = 1; i < count; i++) assert_true(seen[i] != seen[i - 1]);
}

static void generation_keys_differ(void **state) {
    (void)state;
    static uint64_t keys[300 * 300];
    size_t count = 0;
    for (uint64_t seed = 0; seed < 300; seed++)
        for (uint64_t generation = 0; generation < 300; generation++) keys[count++] = sr_generation_key(seed, generation);
    qsort(keys, count, sizeof keys[0], by_value);
    for (size_t i = 1; i < count; i++) assert_true(keys[i] != keys[i - 1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(permutation_can_be_undone),
        cmocka_unit_test(avalanche),
        cmocka_unit_test(bell_bits_are_independent),
        cmocka_unit_test(bell_is_linear),
        cmocka_unit_test(entries_have_the_right_moments),
        cmocka_unit_test(neighbouring_draws_are_uncorrelated),
        cmocka_unit_test(dither_bits_are_independent),
        cmocka_unit_test(rounding_is_unbiased),
        cmocka_unit_test(counters_do_not_collide),
        cmocka_unit_test(generation_keys_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
