/* SPDX-License-Identifier: Apache-2.0
 * The noise of docs/numerics.md, section 2, one word at a time: the golden functions that RTL blocks are tested against. */
#ifndef SR_NOISE_H
#define SR_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include <spikeroll/spikeroll.h>

/* Hidden layers and readout draw an entry a weight: there are no factors. */
static inline bool sr_noise_is_full(const struct sr_noise *noise) {
    return noise->mode == SR_MODE_FULL && noise->readout_mode == SR_MODE_FULL;
}

enum sr_kind { SR_KIND_ROW, SR_KIND_COL, SR_KIND_FULL, SR_KIND_ROUND, SR_KIND_LOCAL };

static inline uint64_t sr_permute(uint64_t state) {
    static const uint32_t constant[16] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
                                          0x082efa98, 0xec4e6c89, 0x452821e6, 0x38d01377, 0xbe5466cf, 0x34e90c6c,
                                          0xc0ac29b7, 0xc97c50dd, 0x3f84d5b5, 0xb5470917};
    uint32_t x = (uint32_t)(state >> 32), y = (uint32_t)state;
    for (int i = 0; i < 16; i++) {
        uint32_t next = y ^ ((x << 1 | x >> 31) & (x << 8 | x >> 24)) ^ (x << 2 | x >> 30) ^ constant[i];
        y = x;
        x = next;
    }
    return (uint64_t)x << 32 | y;
}

static inline uint64_t sr_counter(enum sr_kind kind, unsigned layer, unsigned row, unsigned pair, unsigned k, unsigned block) {
    return (uint64_t)kind << 60 | (uint64_t)layer << 56 | (uint64_t)row << 40 | (uint64_t)pair << 24 | (uint64_t)k << 8 | block;
}

static inline uint64_t sr_rotr64(uint64_t w, unsigned n) { return n ? w >> n | w << (64 - n) : w; }

/* The four bit planes of a word: entry i = p0 + p1 - p2 - p3 at bit i, for both distributions. */
struct sr_planes {
    uint64_t p[4];
};
static inline struct sr_planes sr_noise_planes(uint64_t w, enum sr_dist dist) {
    if (dist == SR_DIST_SIGN) return (struct sr_planes){{~w, 0, w, 0}};
    return (struct sr_planes){{w, w ^ sr_rotr64(w, 21), w ^ sr_rotr64(w, 11), w ^ sr_rotr64(w, 27)}};
}
static inline int sr_noise_entry(uint64_t w, enum sr_dist dist, unsigned index) {
    struct sr_planes s = sr_noise_planes(w, dist);
    unsigned i = index % 64;
    return (int)(s.p[0] >> i & 1) + (int)(s.p[1] >> i & 1) - (int)(s.p[2] >> i & 1) - (int)(s.p[3] >> i & 1);
}
/* 16 bits of dither for column `index` from its ROUND word. */
static inline uint32_t sr_noise_dither(uint64_t w, unsigned index) {
    unsigned i = index % 64;
    uint32_t flip = (w >> i & 1) ? 0xffffu : 0u;
    return ((uint32_t)sr_rotr64(w, (i + 1) % 64) ^ flip) & 0xffffu;
}

#endif
