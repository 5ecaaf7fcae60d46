/* SPDX-License-Identifier: Apache-2.0
 * Factor tables of the engine `ref`: each noise word of a generation is drawn once and kept as bits, bytes or int16. */
#include <stdlib.h>
#include <string.h>

#include "ref/ref.h"

/* The 8 bits of b as 8 bytes of 0 or 1, bit i in byte i. */
static uint64_t spread(uint64_t b) {
    uint64_t x = (b & 0xff) * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
    return (x + UINT64_C(0x7f7f7f7f7f7f7f7f)) >> 7 & UINT64_C(0x0101010101010101);
}

void ref_expand8(uint64_t word, enum sr_dist dist, int8_t *entries) {
    struct sr_planes s = sr_noise_planes(word, dist);
    for (unsigned i = 0; i < 8; i++) {
        /* each byte: p0 + p1 + (1 - p2) + (1 - p3), two more than the entry */
        uint64_t x = spread(s.p[0] >> 8 * i) + spread(s.p[1] >> 8 * i) + spread(~s.p[2] >> 8 * i) + spread(~s.p[3] >> 8 * i);
        for (unsigned b = 0; b < 8; b++) entries[8 * i + b] = (int8_t)((int)(x >> 8 * b & 0xff) - 2);
    }
}

/* Words of all terms: words[term][block] for one kind. */
static void draw(const struct sr_noise *noise, enum sr_kind kind, unsigned layer, size_t blocks, uint64_t *room,
                 uint64_t *words) {
    for (unsigned k = 0; k < noise->rank; k++)
        for (unsigned block = 0; block < blocks; block++) {
            uint64_t next_pair = sr_counter(0, 0, 0, 1, 0, 0);
            ref_noise_words(noise->key, sr_counter(kind, layer, 0, 0, k, block), next_pair, noise->pairs, room);
            for (size_t p = 0; p < noise->pairs; p++) words[(p * noise->rank + k) * blocks + block] = room[p];
        }
}

/* row8[row][term] from row words, 64 x 64 entries at a time. */
static void transpose(const uint64_t *words, size_t blocks, size_t terms, size_t rows, enum sr_dist dist, int8_t *row8) {
    size_t stride = ref_pad(terms);
    int8_t tile[64][64];
    for (size_t first = 0; first < terms; first += 64)
        for (size_t block = 0; block < blocks; block++) {
            size_t count = terms - first < 64 ? terms - first : 64;
            for (size_t i = 0; i < count; i++) ref_expand8(words[(first + i) * blocks + block], dist, tile[i]);
            memset(tile[count == 64 ? 0 : count], 0, count == 64 ? 0 : (64 - count) * sizeof tile[0]);
            for (size_t row = block * 64; row < rows && row < block * 64 + 64; row++)
                for (size_t i = 0; i < 64; i++) row8[row * stride + first + i] = tile[i][row % 64];
        }
}

static void widen_columns(const uint64_t *words, size_t blocks, size_t terms, size_t cols, enum sr_dist dist, int16_t *col16) {
    size_t stride = ref_pad(cols);
    int8_t entries[64];
    for (size_t term = 0; term < terms; term++)
        for (size_t block = 0; block < blocks; block++) {
            ref_expand8(words[term * blocks + block], dist, entries);
            for (size_t i = 0; i < 64; i++) col16[term * stride + block * 64 + i] = block * 64 + i < cols ? entries[i] : 0;
        }
}

static void widen_classes(const int8_t *row8, size_t terms, size_t classes, int32_t *class32) {
    for (size_t term = 0; term < terms; term++)
        for (size_t o = 0; o < SR_CLASSES; o++)
            class32[term * SR_CLASSES + o] = o < classes ? row8[o * ref_pad(terms) + term] : 0;
}

bool ref_factors_make(struct ref_factors *factors, const struct sr_noise *noise, unsigned layer, size_t rows, size_t cols) {
    size_t terms = (size_t)noise->pairs * noise->rank;
    struct ref_factors f = {.row_words = ref_pad(rows) / 64, .col_words = ref_pad(cols) / 64};
    uint64_t *room = malloc(noise->pairs * sizeof *room);
    f.row = malloc(terms * f.row_words * sizeof *f.row);
    f.col = malloc(terms * f.col_words * sizeof *f.col);
    f.row8 = malloc(rows * ref_pad(terms));
    f.col16 = malloc(terms * ref_pad(cols) * sizeof *f.col16);
    bool readout = layer == SR_READOUT_LAYER;
    if (readout) f.class32 = malloc(terms * SR_CLASSES * sizeof *f.class32);
    ref_factors_free(factors);
    bool ok = room && f.row && f.col && f.row8 && f.col16 && (f.class32 || !readout);
    if (ok) {
        draw(noise, SR_KIND_ROW, layer, f.row_words, room, f.row);
        draw(noise, SR_KIND_COL, layer, f.col_words, room, f.col);
        transpose(f.row, f.row_words, terms, rows, noise->dist, f.row8);
        widen_columns(f.col, f.col_words, terms, cols, noise->dist, f.col16);
        if (readout) widen_classes(f.row8, terms, rows, f.class32);
        *factors = f;
    } else {
        ref_factors_free(&f);
    }
    free(room);
    return ok;
}

void ref_factors_free(struct ref_factors *factors) {
    free(factors->row);
    free(factors->col);
    free(factors->row8);
    free(factors->col16);
    free(factors->class32);
    *factors = (struct ref_factors){0};
}

void ref_full_table(const struct sr_noise *noise, unsigned layer, uint32_t pair, size_t rows, size_t cols, uint64_t *words,
                    int8_t *table) {
    size_t stride = ref_pad(cols);
    uint64_t next_row = sr_counter(0, 0, 1, 0, 0, 0);
    for (unsigned block = 0; block < stride / 64; block++) {
        ref_noise_words(noise->key, sr_counter(SR_KIND_FULL, layer, 0, pair, 0, block), next_row, rows, words);
        size_t kept = cols - block * 64 < 64 ? cols - block * 64 : 64;
        for (size_t row = 0; row < rows; row++) {
            int8_t *entries = table + row * stride + block * 64;
            ref_expand8(words[row], noise->dist, entries);
            for (size_t i = kept; i < 64; i++) entries[i] = 0;
        }
    }
}
