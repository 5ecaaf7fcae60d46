/* SPDX-License-Identifier: Apache-2.0
 * The inner loops of the engine `ref`: plain C over blocks of constant size, which gcc vectorises once for each instruction
 * set; the best is chosen when the program starts. All exact, so all the same. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-loop-unroll-and-jam") /* gcc 12 leaves its odd iterations scalar */
#endif

#include "base/clones.h"
#include "ref/ref.h"

#include <string.h>

#define REF_VECTOR SR_CLONES("arch=x86-64-v4", "arch=x86-64-v3", "default")
#define REF_INLINE static inline __attribute__((always_inline))

/* ---- sums of table rows ---- */

REF_INLINE void sum_block8(const int8_t *restrict table, size_t stride, const uint16_t *restrict events, size_t count,
                           size_t flush, int16_t *restrict out, const size_t block) {
    int16_t total[256] = {0};
    for (size_t e = 0; e < count;) {
        int8_t sum[256] = {0};
        size_t end = count - e > flush ? e + flush : count;
        for (; e < end; e++) {
            const int8_t *row = table + events[e] * stride;
            for (size_t i = 0; i < block; i++) sum[i] = (int8_t)(sum[i] + row[i]);
        }
        for (size_t i = 0; i < block; i++) total[i] = (int16_t)(total[i] + sum[i]);
    }
    for (size_t i = 0; i < block; i++) out[i] = total[i];
}

REF_VECTOR void ref_sum_rows8(const int8_t *table, size_t stride, const uint16_t *events, size_t count, size_t width, int bound,
                              int16_t *out) {
    size_t flush = (size_t)(127 / bound), n = 0;
    for (; n + 256 <= width; n += 256) sum_block8(table + n, stride, events, count, flush, out + n, 256);
    for (; n + 128 <= width; n += 128) sum_block8(table + n, stride, events, count, flush, out + n, 128);
    for (; n < width; n += 64) sum_block8(table + n, stride, events, count, flush, out + n, 64);
}

REF_INLINE void sum_block16(const int16_t *restrict table, size_t stride, const uint16_t *restrict events, size_t count,
                            int16_t *restrict out, const size_t block) {
    enum { FLUSH = 255 }; /* 255 * -128 fits 16 bits */
    int32_t total[128] = {0};
    for (size_t e = 0; e < count;) {
        int16_t sum[128] = {0};
        size_t end = count - e > FLUSH ? e + FLUSH : count;
        for (; e < end; e++) {
            const int16_t *row = table + events[e] * stride;
            for (size_t i = 0; i < block; i++) sum[i] = (int16_t)(sum[i] + row[i]);
        }
        for (size_t i = 0; i < block; i++) total[i] += sum[i];
    }
    for (size_t i = 0; i < block; i++) out[i] = (int16_t)ref_sat16(total[i]);
}

REF_VECTOR void ref_sum_rows16(const int16_t *table, size_t stride, const uint16_t *events, size_t count, size_t width,
                               int16_t *out) {
    size_t n = 0;
    for (; n + 128 <= width; n += 128) sum_block16(table + n, stride, events, count, out + n, 128);
    for (; n < width; n += 64) sum_block16(table + n, stride, events, count, out + n, 64);
}

/* ---- small passes ---- */

REF_VECTOR void ref_scale(int16_t *values, size_t count, int32_t scale, int shift) {
    for (size_t i = 0; i < count; i++) values[i] = (int16_t)ref_sat16((values[i] * scale) >> shift);
}

REF_VECTOR int32_t ref_max_abs(const int16_t *values, size_t count) {
    int16_t high = 0, low = 0;
    for (size_t i = 0; i < count; i++) {
        high = values[i] > high ? values[i] : high;
        low = values[i] < low ? values[i] : low;
    }
    return high > -low ? high : -low;
}

/* ---- perturbation: rank terms to currents ---- */

REF_INLINE void combine16(const int16_t *restrict terms, size_t stride, const int16_t *restrict c, size_t rank, size_t width,
                          int16_t *restrict d) {
    for (size_t n = 0; n < width; n += 32) {
        int16_t sum[32] = {0};
        for (size_t k = 0; k < rank; k++)
            for (size_t i = 0; i < 32; i++) sum[i] = (int16_t)(sum[i] + terms[k * stride + n + i] * c[k]);
        for (size_t i = 0; i < 32; i++) d[n + i] = (int16_t)(sum[i] >> 4);
    }
}

REF_INLINE void combine32(const int16_t *restrict terms, size_t stride, const int16_t *restrict c, size_t rank, size_t width,
                          int16_t *restrict d) {
    for (size_t n = 0; n < width; n += 32) {
        int32_t sum[32] = {0};
        for (size_t k = 0; k < rank; k++)
            for (size_t i = 0; i < 32; i++) sum[i] += terms[k * stride + n + i] * c[k];
        for (size_t i = 0; i < 32; i++) d[n + i] = (int16_t)ref_sat16(sum[i] >> 4);
    }
}

REF_VECTOR void ref_combine(const int16_t *terms, size_t stride, const int16_t *c, size_t rank, size_t width, int32_t bound,
                            int16_t *d) {
    if (bound <= 32767 && rank == 1)
        combine16(terms, stride, c, 1, width, d);
    else if (bound <= 32767)
        combine16(terms, stride, c, rank, width, d);
    else
        combine32(terms, stride, c, rank, width, d);
}

/* ---- the neuron ---- */

/* (v * leak) >> 8 is the upper half of v * (leak << 8); for leak >= 128 that factor is taken minus 65536, which makes the
 * upper half come out v too small, so the v that is to be leaked from need not be added. */
REF_INLINE void lif16(const struct ref_lif *lif, const bool minus, const bool hard, const bool emit, const bool large_leak,
                      const size_t block) {
    const int16_t factor = (int16_t)((lif->leak - (large_leak ? 256 : 0)) * 256);
    const int16_t theta = (int16_t)lif->theta;
    const size_t stride = lif->stride;
    for (size_t n = 0; n < stride; n += block) {
        const int16_t *restrict b = lif->base + n, *restrict d = lif->delta + n;
        uint8_t *restrict spikes = emit ? lif->spikes + n : NULL;
        int16_t v[128] = {0}, count[128] = {0};
        for (size_t t = 0; t < lif->steps; t++, b += stride, d += stride) {
            for (size_t i = 0; i < block; i++) {
                int16_t leaked = (int16_t)((v[i] * factor) >> 16);
                int16_t kept = (int16_t)((large_leak ? 0 : v[i]) - leaked);
                int16_t input = (int16_t)(minus ? b[i] - d[i] : b[i] + d[i]);
                int16_t u = (int16_t)(kept + input);
                int16_t after = hard ? 0 : (int16_t)(u - theta);
                v[i] = u >= theta ? after : u;
                count[i] = (int16_t)(count[i] + (u >= theta));
                if (emit) spikes[i] = u >= theta;
            }
            if (emit) spikes += stride;
        }
        for (size_t i = 0; i < block; i++) lif->count[n + i] = count[i];
    }
}

REF_INLINE void lif32(const struct ref_lif *lif, const bool emit) {
    const size_t stride = lif->stride;
    const int32_t sign = lif->minus ? -1 : 1, leak = lif->leak, theta = lif->theta, keep = lif->hard ? 0 : -1;
    for (size_t n = 0; n < stride; n += 32) {
        const int16_t *restrict b = lif->base + n, *restrict d = lif->delta + n;
        uint8_t *restrict spikes = emit ? lif->spikes + n : NULL;
        int32_t v[32] = {0}, count[32] = {0};
        for (size_t t = 0; t < lif->steps; t++, b += stride, d += stride) {
            for (size_t i = 0; i < 32; i++) {
                int32_t u = ref_sat16(v[i] - ((v[i] * leak) >> 8) + b[i] + sign * d[i]);
                int32_t after = (u - theta) & keep;
                v[i] = u >= theta ? after : u;
                count[i] += u >= theta;
                if (emit) spikes[i] = u >= theta;
            }
            if (emit) spikes += stride;
        }
        for (size_t i = 0; i < 32; i++) lif->count[n + i] = (int16_t)count[i];
    }
}

REF_INLINE void lif16_leak(const struct ref_lif *lif, const bool minus, const bool hard, const bool emit) {
    if (lif->leak >= 128)
        lif16(lif, minus, hard, emit, true, 64);
    else if (lif->stride % 128)
        lif16(lif, minus, hard, emit, false, 64);
    else
        lif16(lif, minus, hard, emit, false, 128); /* more neurons at a time hide the latency of a step */
}

REF_INLINE void lif16_emit(const struct ref_lif *lif, const bool minus, const bool hard) {
    if (lif->spikes)
        lif16_leak(lif, minus, hard, true);
    else
        lif16_leak(lif, minus, hard, false);
}

REF_VECTOR void ref_lif(const struct ref_lif *lif) {
    if (!lif->exact16) {
        if (lif->spikes)
            lif32(lif, true);
        else
            lif32(lif, false);
    } else if (lif->minus && lif->hard) {
        lif16_emit(lif, true, true);
    } else if (lif->minus) {
        lif16_emit(lif, true, false);
    } else if (lif->hard) {
        lif16_emit(lif, false, true);
    } else {
        lif16_emit(lif, false, false);
    }
}

REF_VECTOR int32_t ref_project(const uint64_t *words, const uint64_t *x, size_t count, enum sr_dist dist) {
    int32_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        struct sr_planes planes = sr_noise_planes(words[i], dist);
        sum += __builtin_popcountll(planes.p[0] & x[i]) + __builtin_popcountll(planes.p[1] & x[i]);
        sum -= __builtin_popcountll(planes.p[2] & x[i]) + __builtin_popcountll(planes.p[3] & x[i]);
    }
    return sum;
}

/* ---- readout ---- */

REF_INLINE void dot_rows(const int16_t *restrict y, const int16_t *restrict rows, const size_t stride, size_t count,
                         int32_t *restrict out) {
    for (size_t o = 0; o < count; o++) {
        int32_t sum = 0;
        for (size_t n = 0; n < stride; n++) sum += y[n] * rows[o * stride + n];
        out[o] = sum;
    }
}

REF_VECTOR void ref_dot(const int16_t *y, const int16_t *rows, size_t stride, size_t count, int32_t *out) {
    if (stride == 64)
        dot_rows(y, rows, 64, count, out);
    else if (stride == 128)
        dot_rows(y, rows, 128, count, out);
    else if (stride == 256)
        dot_rows(y, rows, 256, count, out);
    else
        dot_rows(y, rows, stride, count, out);
}

/* |sum| <= 32 * 2 * 2 * 4095 * 1023 (rank, entries, neurons, spikes): fits 32 bits. */
REF_VECTOR void ref_move_classes(const int32_t *restrict entries, const int32_t *restrict g, size_t rank, int64_t scale,
                                 bool minus, int64_t *restrict current) {
    int32_t sum[SR_CLASSES] = {0};
    int64_t sign = minus ? -1 : 1;
    for (size_t k = 0; k < rank; k++)
        for (size_t o = 0; o < SR_CLASSES; o++) sum[o] += entries[k * SR_CLASSES + o] * g[k];
    for (size_t o = 0; o < SR_CLASSES; o++) current[o] += sign * ((scale * sum[o]) >> 8);
}

/* ---- update ---- */

REF_VECTOR void ref_accumulate4(const int16_t *table, size_t stride, const int16_t *const coefficients[4], size_t count,
                                size_t flush, size_t width, int32_t *sums) {
    for (size_t n = 0; n < width; n += 32) {
        int32_t total[4][32] = {{0}};
        for (size_t j = 0; j < count;) {
            int16_t sum[4][32] = {{0}};
            size_t end = count - j > flush ? j + flush : count;
            for (; j < end; j++) {
                const int16_t *restrict entries = table + j * stride + n;
                for (size_t r = 0; r < 4; r++)
                    for (size_t i = 0; i < 32; i++) sum[r][i] = (int16_t)(sum[r][i] + coefficients[r][j] * entries[i]);
            }
            for (size_t r = 0; r < 4; r++)
                for (size_t i = 0; i < 32; i++) total[r][i] += sum[r][i];
        }
        for (size_t r = 0; r < 4; r++)
            for (size_t i = 0; i < 32; i++) sums[r * stride + n + i] += total[r][i];
    }
}

REF_VECTOR void ref_accumulate(const int8_t *entries, int32_t credit, size_t width, int32_t *sums) {
    for (size_t n = 0; n < width; n++) sums[n] += credit * entries[n];
}

/* (A * K + rho) >> 16 in 32 bits: the upper part of A times K is whole, and the lower 16 bits of A times K, with rho, fit 32 bits
 * without a sign. The dither of column i is 17 bits of the word from bit i on, so eight columns take theirs from one window. */
REF_VECTOR void ref_step(const struct ref_step *step, const int32_t *sums, size_t count, int16_t *master, int16_t *weight) {
    const uint32_t factor = step->factor, doublings = step->doublings, frac = step->frac;
    const int32_t limit = step->limit;
    uint32_t rho[64];
    int16_t m[64] = {0}, w[64];
    for (unsigned first = 0; first < 64; first += 8) {
        const uint32_t window = (uint32_t)sr_rotr64(step->word, first);
        for (unsigned i = 0; i < 8; i++) rho[first + i] = (window >> (i + 1) ^ (0u - (window >> i & 1u))) & 0xffffu;
    }
    memcpy(m, master, count * sizeof *m);
    for (size_t i = 0; i < 64; i++) {
        int32_t a = (int32_t)((uint32_t)sums[i] << doublings);
        int32_t low = (int32_t)(((uint32_t)(a & 0xffff) * factor + rho[i]) >> 16);
        int32_t moved = ref_sat(m[i] + (a >> 16) * (int32_t)factor + low, limit);
        m[i] = (int16_t)moved;
        w[i] = (int16_t)(moved >> frac);
    }
    memcpy(master, m, count * sizeof *m);
    memcpy(weight, w, count * sizeof *w);
}

/* ---- noise ---- */

REF_VECTOR void ref_noise_words(uint64_t key, uint64_t counter, uint64_t step, size_t count, uint64_t *words) {
    static const uint32_t constant[16] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
                                          0x082efa98, 0xec4e6c89, 0x452821e6, 0x38d01377, 0xbe5466cf, 0x34e90c6c,
                                          0xc0ac29b7, 0xc97c50dd, 0x3f84d5b5, 0xb5470917};
    size_t done = 0;
    for (; done + 16 <= count; done += 16) { /* sr_permute on 16 counters side by side */
        uint32_t x[16], y[16];
        for (size_t i = 0; i < 16; i++) {
            uint64_t state = (counter + (done + i) * step) ^ key;
            x[i] = (uint32_t)(state >> 32);
            y[i] = (uint32_t)state;
        }
        for (size_t r = 0; r < 16; r++)
            for (size_t i = 0; i < 16; i++) {
                uint32_t old = x[i];
                x[i] = y[i] ^ ((old << 1 | old >> 31) & (old << 8 | old >> 24)) ^ (old << 2 | old >> 30) ^ constant[r];
                y[i] = old;
            }
        for (size_t i = 0; i < 16; i++) words[done + i] = (uint64_t)x[i] << 32 | y[i];
    }
    for (; done < count; done++) words[done] = sr_permute((counter + done * step) ^ key);
}
