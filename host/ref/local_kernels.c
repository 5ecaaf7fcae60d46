/* SPDX-License-Identifier: Apache-2.0
 * The inner loops of mode `local` of the engine `ref`, but for the update (local_update.c): in 16-bit lanes where a bound
 * allows it, else in 32 bits. All exact, so all the same. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-loop-unroll-and-jam") /* gcc 12 leaves its odd iterations scalar */
#endif

#include <string.h>

#include "ref/local.h"
#include "ref/local_vector.h"

/* ---- base current ---- */

REF_VECTOR int32_t local_base(const int16_t *tile, const uint16_t *event, const uint32_t *first, size_t steps, int16_t *base) {
    enum { FLUSH = 255 }; /* 255 * -128 fits 16 bits */
    int16_t high[LOCAL_TILE] = {0}, low[LOCAL_TILE] = {0};
    for (size_t t = 0; t < steps; t++, base += LOCAL_TILE) {
        size_t e = first[t], end = first[t + 1];
        if (end - e <= FLUSH) {
            int16_t sum[LOCAL_TILE] = {0};
            for (; e < end; e++) {
                const int16_t *restrict row = tile + (size_t)event[e] * LOCAL_TILE;
                for (size_t i = 0; i < LOCAL_TILE; i++) sum[i] = (int16_t)(sum[i] + row[i]);
            }
            for (size_t i = 0; i < LOCAL_TILE; i++) base[i] = sum[i];
        } else {
            int32_t total[LOCAL_TILE] = {0};
            for (; e < end; e++)
                for (size_t i = 0; i < LOCAL_TILE; i++) total[i] += tile[(size_t)event[e] * LOCAL_TILE + i];
            for (size_t i = 0; i < LOCAL_TILE; i++) base[i] = (int16_t)ref_sat16(total[i]);
        }
        for (size_t i = 0; i < LOCAL_TILE; i++) {
            high[i] = base[i] > high[i] ? base[i] : high[i];
            low[i] = base[i] < low[i] ? base[i] : low[i];
        }
    }
    int32_t most = 0;
    for (size_t i = 0; i < LOCAL_TILE; i++) {
        most = high[i] > most ? high[i] : most;
        most = -low[i] > most ? -low[i] : most;
    }
    return most;
}

/* ---- neurons ---- */

/* One step of 16 neurons in 16 bits; count[] falls by 1 for each spike. factor: see lif16 in kernels.c. */
REF_INLINE void step16(int16_t *restrict v, int16_t *restrict count, const int16_t *restrict input, int16_t factor, bool large,
                       int16_t theta, bool hard, int16_t *restrict fired) {
    for (size_t i = 0; i < 16; i++) {
        int16_t leaked = (int16_t)((v[i] * factor) >> 16);
        int16_t kept = (int16_t)((large ? 0 : v[i]) - leaked);
        int16_t u = (int16_t)(kept + input[i]);
        int16_t spike = u >= theta ? -1 : 0;
        v[i] = (int16_t)(hard ? u & ~spike : u - (theta & spike));
        count[i] = (int16_t)(count[i] + spike);
        fired[i] = spike;
    }
}

REF_INLINE void plain16(const struct local_lif *lif, const bool large, const bool hard, const bool emit) {
    const int16_t factor = (int16_t)((lif->leak - (large ? 256 : 0)) * 256), theta = (int16_t)lif->theta;
    for (size_t half = 0; half < LOCAL_TILE; half += 16) {
        int16_t v[16] = {0}, count[16] = {0}, fired[16];
        const int16_t *restrict base = lif->base + half;
        int16_t *restrict spikes = emit ? lif->spikes + half : NULL;
        for (size_t t = 0; t < lif->steps; t++, base += LOCAL_TILE) {
            step16(v, count, base, factor, large, theta, hard, fired);
            if (emit) {
                for (size_t i = 0; i < 16; i++) spikes[i] = (int16_t)-fired[i];
                spikes += LOCAL_TILE;
            }
        }
        for (size_t i = 0; i < 16; i++) lif->count[half + i] = (int16_t)-count[i];
    }
}

REF_INLINE void pair16(const struct local_lif *lif, const bool large, const bool hard, const bool emit) {
    const int16_t factor = (int16_t)((lif->leak - (large ? 256 : 0)) * 256), theta = (int16_t)lif->theta;
    const int16_t sigma = (int16_t)lif->sigma;
    for (size_t half = 0; half < LOCAL_TILE; half += 16) {
        int16_t plus[16] = {0}, minus[16] = {0}, up[16] = {0}, down[16] = {0}, above[16], below[16], rises[16], falls[16];
        const int16_t *restrict base = lif->base + half;
        int16_t *restrict spikes = emit ? lif->spikes + half : NULL;
        ulanes bits;
        memcpy(&bits, lane_bit, sizeof bits);
        for (size_t t = 0; t < lif->steps; t++, base += LOCAL_TILE) {
            lanes b, more, less;
            lanes minus_one = (lanes)((bits & (uint16_t)(lif->noise[t] >> half)) == bits), d = (minus_one ^ sigma) - minus_one;
            memcpy(&b, base, sizeof b);
            more = b + d;
            less = b - d;
            memcpy(above, &more, sizeof above);
            memcpy(below, &less, sizeof below);
            step16(plus, up, above, factor, large, theta, hard, rises);
            step16(minus, down, below, factor, large, theta, hard, falls);
            if (emit) {
                for (size_t i = 0; i < 16; i++) spikes[i] = (int16_t)(falls[i] - rises[i]);
                spikes += LOCAL_TILE;
            }
        }
        for (size_t i = 0; i < 16; i++) lif->count[half + i] = (int16_t)(down[i] - up[i]);
    }
}

/* The general case, one neuron at a time. */
static void exact_neuron(const struct local_lif *lif, size_t n, bool pair) {
    int32_t v[2] = {0}, count = 0;
    for (size_t t = 0; t < lif->steps; t++) {
        int32_t b = lif->base[t * LOCAL_TILE + n], spikes = 0;
        int32_t d = !pair ? 0 : lif->noise[t] >> n & 1 ? -lif->sigma : lif->sigma;
        for (unsigned s = 0; s < (pair ? 2u : 1u); s++) {
            int32_t u = ref_sat16(v[s] - ((v[s] * lif->leak) >> 8) + (s ? b - d : b + d));
            bool spike = u >= lif->theta;
            v[s] = !spike ? u : lif->hard ? 0 : u - lif->theta;
            spikes += s ? -spike : spike;
        }
        count += spikes;
        if (lif->spikes) lif->spikes[t * LOCAL_TILE + n] = (int16_t)spikes;
    }
    lif->count[n] = (int16_t)count;
}

REF_VECTOR void local_plain(const struct local_lif *lif) {
    if (!lif->exact16) {
        for (size_t n = 0; n < LOCAL_TILE; n++) exact_neuron(lif, n, false);
    } else if (lif->leak >= 128) {
        if (lif->spikes)
            plain16(lif, true, lif->hard, true);
        else
            plain16(lif, true, lif->hard, false);
    } else if (lif->spikes) {
        if (lif->hard)
            plain16(lif, false, true, true);
        else
            plain16(lif, false, false, true);
    } else if (lif->hard) {
        plain16(lif, false, true, false);
    } else {
        plain16(lif, false, false, false);
    }
}

REF_VECTOR void local_pair(const struct local_lif *lif) {
    if (!lif->exact16) {
        for (size_t n = 0; n < LOCAL_TILE; n++) exact_neuron(lif, n, true);
    } else if (lif->leak >= 128) {
        if (lif->spikes)
            pair16(lif, true, lif->hard, true);
        else
            pair16(lif, true, lif->hard, false);
    } else if (lif->spikes) {
        if (lif->hard)
            pair16(lif, false, true, true);
        else
            pair16(lif, false, false, true);
    } else if (lif->hard) {
        pair16(lif, false, true, false);
    } else {
        pair16(lif, false, false, false);
    }
}

/* ---- readout and credit ---- */

REF_VECTOR void local_dot(const int16_t *weight, size_t stride, size_t classes, const int16_t *y, size_t width, int32_t *out) {
    for (size_t o = 0; o < classes; o++) {
        const int16_t *restrict row = weight + o * stride;
        int32_t sum = 0;
        for (size_t n = 0; n < width; n += 64)
            for (size_t i = 0; i < 64; i++) sum += row[n + i] * y[n + i];
        out[o] = sum;
    }
}

REF_VECTOR bool local_credit(const int16_t *weight, size_t stride, size_t classes, const int16_t *error, int16_t *credit) {
    int32_t reach = 0, any = 0;
    for (size_t o = 0; o < classes; o++) reach += error[o] < 0 ? -error[o] : error[o];
    if (reach <= 255) { /* 255 * -128 fits 16 bits */
        int16_t sum[LOCAL_TILE] = {0}, some[LOCAL_TILE];
        for (size_t o = 0; o < classes; o++) {
            const int16_t *restrict row = weight + o * stride, e = error[o];
            if (!e) continue;
            for (size_t n = 0; n < LOCAL_TILE; n++) sum[n] = (int16_t)(sum[n] + (int16_t)(row[n] * e));
        }
        for (size_t n = 0; n < LOCAL_TILE; n++) { /* (c + 256 - (c < 0)) >> 9, without leaving 16 bits */
            int16_t q = (int16_t)((((sum[n] + (sum[n] < 0 ? -1 : 0)) >> 8) + 1) >> 1);
            credit[n] = q;
            some[n] = q;
        }
        for (size_t n = 0; n < LOCAL_TILE; n++) any |= some[n];
        return any != 0;
    }
    for (size_t n = 0; n < LOCAL_TILE; n++) {
        int32_t sum = 0;
        for (size_t o = 0; o < classes; o++) sum += weight[o * stride + n] * error[o];
        credit[n] = (int16_t)ref_sat((sum + 256 - (sum < 0)) >> 9, 127);
        any |= credit[n];
    }
    return any != 0;
}

/* ---- noise ---- */

REF_VECTOR void local_words(uint32_t x0, uint32_t y0, const uint16_t *rows, size_t count, uint64_t *words) {
    static const uint32_t constant[16] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
                                          0x082efa98, 0xec4e6c89, 0x452821e6, 0x38d01377, 0xbe5466cf, 0x34e90c6c,
                                          0xc0ac29b7, 0xc97c50dd, 0x3f84d5b5, 0xb5470917};
    enum { SIDE = 16 };
    for (size_t done = 0; done < count; done += SIDE) { /* sr_permute on 16 counters side by side */
        uint32_t x[SIDE], y[SIDE];
        size_t left = count - done < SIDE ? count - done : SIDE;
        uint16_t row[SIDE] = {0};
        memcpy(row, rows + done, left * sizeof *row);
        for (size_t i = 0; i < SIDE; i++) {
            x[i] = x0 ^ (uint32_t)row[i] << 8;
            y[i] = y0;
        }
        for (size_t r = 0; r < 16; r++)
            for (size_t i = 0; i < SIDE; i++) {
                uint32_t old = x[i];
                x[i] = y[i] ^ ((old << 1 | old >> 31) & (old << 8 | old >> 24)) ^ (old << 2 | old >> 30) ^ constant[r];
                y[i] = old;
            }
        for (size_t i = 0; i < left; i++) words[done + i] = (uint64_t)x[i] << 32 | y[i];
    }
}
