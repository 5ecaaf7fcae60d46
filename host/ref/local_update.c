/* SPDX-License-Identifier: Apache-2.0
 * The update of mode `local` of the engine `ref`: docs/numerics.md, section 8.6, for a column of hidden weights or a row of
 * the readout's. In 16-bit lanes where a bound allows it, else in 32 bits. All exact, so all the same. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-loop-unroll-and-jam") /* gcc 12 leaves its odd iterations scalar */
#endif

#include <string.h>

#include "ref/local.h"
#include "ref/local_vector.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define LOCAL_AVX2 1
#include <immintrin.h>
#endif

REF_VECTOR void local_masks(const uint64_t *bits, size_t stride, size_t steps, size_t size, uint16_t *mask, int16_t *count) {
    memset(count, 0, size * sizeof *count);
    for (size_t t = 0; t < steps; t += 16, mask += size) {
        const size_t end = steps - t < 16 ? steps - t : 16;
        for (size_t j = 0; j < size; j += 16) {
            const uint64_t *from = bits + t * stride + j / 64;
            ulanes m = {0}, each;
            uint16_t row[16];
            memcpy(&each, lane_bit, sizeof each);
            for (size_t s = 0; s < end; s++) {
                const uint16_t half = (uint16_t)(from[s * stride] >> j % 64), bit = (uint16_t)(1u << s);
                m |= (ulanes)((each & half) == each) & bit;
            }
            memcpy(row, &m, sizeof row);
            memcpy(mask + j, &m, sizeof row);
            for (size_t i = 0; i < 16; i++) count[j + i] = (int16_t)(count[j + i] + ones(row[i]));
        }
    }
}

/* z of 16 rows from row j on. */
REF_INLINE void signs16(const struct local_rows *rows, size_t j, const uint16_t *noise, int16_t *restrict z) {
    const int16_t *restrict count = rows->count + j;
    for (size_t i = 0; i < 16; i++) z[i] = count[i];
    for (size_t p = 0; p < rows->planes; p++) {
        const uint16_t *restrict m = rows->mask + p * rows->size + j, word = noise[p];
        for (size_t i = 0; i < 16; i++) z[i] = (int16_t)(z[i] - 2 * ones(m[i] & word));
    }
}

/* M + ((A k + rho) >> 16), clamped, in 16-bit lanes; a[i] * k = high[i] * 2^16 + low[i]. */
REF_INLINE void move16(int16_t *master, const int16_t *high, const uint16_t *low, const ulanes *rho, int16_t limit) {
    const int16_t least = (int16_t)-limit;
    lanes m, delta, sum, over, edge;
    ulanes l, with;
    memcpy(&m, master, sizeof m);
    memcpy(&delta, high, sizeof delta);
    memcpy(&l, low, sizeof l);
    with = l + *rho;
    delta -= (lanes)(with < l); /* the carry */
    sum = (lanes)((ulanes)m + (ulanes)delta);
    over = ((m ^ sum) & (delta ^ sum)) < 0;
    edge = (m < 0) ^ 32767;
    sum = (edge & over) | (sum & ~over);
    over = sum > limit;
    sum = (over & limit) | (sum & ~over);
    over = sum < least;
    sum = (over & least) | (sum & ~over);
    memcpy(master, &sum, sizeof sum);
}

/* Both halves of z[i] * f * k, f and k being such that z[i] * f fits 16 bits and k is unsigned. */
REF_INLINE void products16(const int16_t *restrict z, int16_t f, int16_t k, int16_t k_top, int16_t *restrict high,
                           uint16_t *restrict low) {
    int16_t a[16];
    for (size_t i = 0; i < 16; i++) a[i] = (int16_t)(z[i] * f);
    for (size_t i = 0; i < 16; i++) high[i] = (int16_t)((a[i] * k) >> 16);
    for (size_t i = 0; i < 16; i++) high[i] = (int16_t)(high[i] + (a[i] & k_top));
    for (size_t i = 0; i < 16; i++) low[i] = (uint16_t)((uint16_t)a[i] * (uint32_t)(uint16_t)k);
}

REF_INLINE int16_t moved_exact(int16_t m, const struct local_update *u, int32_t z, uint16_t rho, int32_t limit) {
    int32_t a = ref_sat16(u->f * z * (1 << u->up));
    return (int16_t)ref_sat(m + (int32_t)(((int64_t)a * u->k + rho) >> 16), limit);
}

REF_INLINE bool fits(const struct local_update *u) { return ((u->f < 0 ? -u->f : u->f) * u->z_max << u->up) <= 32767; }

REF_INLINE void update_column16(const struct local_update *update, const struct local_rows *rows, const uint16_t *noise,
                                unsigned bit, int16_t *master, int16_t *weight) {
    const unsigned frac = update->frac, up = 15 - bit;
    const int16_t limit = (int16_t)((1 << (7 + frac)) - 1), f = (int16_t)(update->f * (1 << update->up));
    const int16_t k = (int16_t)update->k, k_top = k < 0 ? -1 : 0;
    for (size_t g = 0; g < rows->groups; g++) {
        const size_t j = rows->group[g];
        int16_t z[16], product[16];
        uint16_t rest[16];
        uint64_t changed[4];
        lanes was, is;
        ulanes l, h, rho;
        signs16(rows, j, noise, z);
        products16(z, f, k, k_top, product, rest);
        memcpy(&l, update->low + j, sizeof l);
        memcpy(&h, update->high + j, sizeof h);
        rho = (((l >> 1) >> bit) | (h << up)) ^ (ulanes)((lanes)(l << up) >> 15);
        memcpy(&was, master + j, sizeof was);
        move16(master + j, product, rest, &rho, limit);
        memcpy(&is, master + j, sizeof is);
        is >>= frac;
        was = (was >> frac) ^ is;
        memcpy(changed, &was, sizeof changed);
        if (!(changed[0] | changed[1] | changed[2] | changed[3])) continue; /* most often */
        for (size_t i = 0; i < 16; i++) weight[(j + i) * LOCAL_TILE] = is[i];
    }
}

#ifdef LOCAL_AVX2
/* update_column16 for up to 16 steps in the instructions that C has no words for: a table of bit counts, saturating
 * additions, and a test of a whole vector. A third of all time is spent here while many neurons have credit. */
__attribute__((target("avx2"))) static void update_column_avx2(const struct local_update *update, const struct local_rows *rows,
                                                               uint16_t noise, unsigned bit, int16_t *master, int16_t *weight) {
    const int limit = (1 << (7 + update->frac)) - 1;
    const __m256i word = _mm256_set1_epi16((short)noise), nibble = _mm256_set1_epi8(15), minus_two = _mm256_set1_epi8(-2);
    const __m256i ones =
        _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i f = _mm256_set1_epi16((short)(update->f * (1 << update->up))), k = _mm256_set1_epi16((short)update->k);
    const __m256i k_top = _mm256_srai_epi16(k, 15), one = _mm256_set1_epi16(1);
    const __m256i most = _mm256_set1_epi16((short)limit), least = _mm256_set1_epi16((short)-limit);
    const __m256i whole = _mm256_set1_epi16((short)-(1 << update->frac));
    const __m128i right = _mm_cvtsi32_si128((int)bit + 1), left = _mm_cvtsi32_si128(15 - (int)bit);
    const uint16_t *restrict group = rows->group, *restrict mask = rows->mask, *restrict low16 = update->low,
                             *restrict high16 = update->high;
    const int16_t *restrict count = rows->count;
    const size_t groups = rows->groups;
    const unsigned frac = update->frac;
    uint16_t changed[LOCAL_GROUPS_MAX + 4]; /* a bit a row, by groups */
    for (size_t g = 0; g < groups; g++) {
        const size_t j = group[g];
        const __m256i x = _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(mask + j)), word);
        const __m256i bytes = _mm256_add_epi8(_mm256_shuffle_epi8(ones, _mm256_and_si256(x, nibble)),
                                              _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble)));
        const __m256i z =
            _mm256_add_epi16(_mm256_loadu_si256((const __m256i *)(count + j)), _mm256_maddubs_epi16(bytes, minus_two));
        const __m256i a = _mm256_mullo_epi16(z, f), low = _mm256_mullo_epi16(a, k);
        const __m256i high = _mm256_add_epi16(_mm256_mulhi_epi16(a, k), _mm256_and_si256(a, k_top));
        const __m256i l = _mm256_loadu_si256((const __m256i *)(low16 + j));
        const __m256i h = _mm256_loadu_si256((const __m256i *)(high16 + j));
        const __m256i rho = _mm256_xor_si256(_mm256_or_si256(_mm256_srl_epi16(l, right), _mm256_sll_epi16(h, left)),
                                             _mm256_srai_epi16(_mm256_sll_epi16(l, left), 15));
        const __m256i with = _mm256_add_epi16(low, rho);
        const __m256i no_carry = _mm256_cmpeq_epi16(_mm256_max_epu16(with, low), with);
        const __m256i delta = _mm256_add_epi16(_mm256_add_epi16(high, one), no_carry);
        const __m256i was = _mm256_loadu_si256((const __m256i *)(master + j));
        const __m256i is = _mm256_max_epi16(_mm256_min_epi16(_mm256_adds_epi16(was, delta), most), least);
        const __m256i same = _mm256_cmpeq_epi16(_mm256_and_si256(_mm256_xor_si256(was, is), whole), _mm256_setzero_si256());
        _mm256_storeu_si256((__m256i *)(master + j), is);
        changed[g] =
            (uint16_t)~_mm_movemask_epi8(_mm_packs_epi16(_mm256_castsi256_si128(same), _mm256_extracti128_si256(same, 1)));
    }
    /* Integer parts that have changed, four groups together and four rows at once, whether there are so many or not: the others
     * are written as they are. Branches on single rows would be guessed wrong too often. */
    memset(changed + groups, 0, 4 * sizeof *changed);
    for (size_t g = 0; g < groups; g += 4) {
        uint64_t rest;
        memcpy(&rest, changed + g, sizeof rest);
        while (rest) {
            for (int i = 0; i < 4; i++, rest &= rest - 1) {
                const size_t at = (size_t)__builtin_ctzll(rest | UINT64_C(1) << 63), row = group[g + at / 16] + at % 16;
                weight[row * LOCAL_TILE] = (int16_t)(master[row] >> frac);
            }
        }
    }
}
#endif

REF_VECTOR void local_update_column(const struct local_update *update, const struct local_rows *rows, const uint16_t *noise,
                                    unsigned bit, int16_t *master, int16_t *weight) {
#ifdef LOCAL_AVX2
    if (fits(update) && rows->planes == 1 && __builtin_cpu_supports("avx2")) {
        update_column_avx2(update, rows, noise[0], bit, master, weight);
        return;
    }
#endif
    if (fits(update) && rows->planes == 1) {
        struct local_rows one = *rows;
        one.planes = 1; /* so that the compiler knows */
        update_column16(update, &one, noise, bit, master, weight);
        return;
    }
    if (fits(update)) {
        update_column16(update, rows, noise, bit, master, weight);
        return;
    }
    const int16_t limit = (int16_t)((1 << (7 + update->frac)) - 1);
    for (size_t g = 0; g < rows->groups; g++) {
        int16_t z[16];
        signs16(rows, rows->group[g], noise, z);
        for (size_t i = 0; i < 16; i++) {
            size_t j = rows->group[g] + i;
            uint32_t low = update->low[j], high = update->high[j], own = low >> bit & 1 ? 0xffff : 0;
            master[j] = moved_exact(master[j], update, z[i], (uint16_t)(((high << 16 | low) >> (bit + 1)) ^ own), limit);
            weight[j * LOCAL_TILE] = (int16_t)(master[j] >> update->frac);
        }
    }
}

REF_VECTOR void local_update_row(const struct local_update *update, uint64_t word, const int16_t *z, int16_t *master,
                                 int16_t *weight) {
    static const uint16_t up[16] = {32768, 16384, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1};
    const unsigned frac = update->frac;
    const int16_t limit = (int16_t)((1 << (7 + frac)) - 1), f = (int16_t)(update->f * (1 << update->up));
    const int16_t k = (int16_t)update->k, k_top = k < 0 ? -1 : 0;
    if (!fits(update)) {
        for (unsigned n = 0; n < 64; n++) {
            master[n] = moved_exact(master[n], update, z[n], (uint16_t)sr_noise_dither(word, n), limit);
            weight[n] = (int16_t)(master[n] >> frac);
        }
        return;
    }
    for (unsigned i = 0; i < 64; i += 16) {
        const uint16_t low = (uint16_t)(word >> i), high = (uint16_t)(word >> (i + 16) % 64);
        int16_t product[16];
        uint16_t rest[16], down[16];
        ulanes own, right;
        lanes m;
        products16(z + i, f, k, k_top, product, rest);
        for (size_t n = 0; n < 16; n++) down[n] = (uint16_t)((uint32_t)low * up[n] >> 16); /* low >> (n + 1) */
        memcpy(&own, up, sizeof own);
        memcpy(&right, down, sizeof right);
        right = (right | own * high) ^ (ulanes)((lanes)(own * low) >> 15);
        move16(master + i, product, rest, &right, limit);
        memcpy(&m, master + i, sizeof m);
        m >>= frac;
        memcpy(weight + i, &m, sizeof m);
    }
}
