/* SPDX-License-Identifier: Apache-2.0
 * Fitness shaping: see shape.h. */
#include "train/shape.h"

#include <stdlib.h>

uint64_t sr_square_root(uint64_t value) {
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 62; bit; bit >>= 2) {
        if (value >= root + bit) {
            value -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return root;
}

static int64_t difference(const int32_t *fitness, uint32_t pair) { return (int64_t)fitness[2 * pair] - fitness[2 * pair + 1]; }

/* u = 127 difference / unit, to the nearest and halves away from zero, clipped to -127..127; 0 where the unit is, which is given in
 * 64ths. */
static void divide(const int32_t *fitness, uint32_t pairs, int64_t unit_q6, int8_t *credit) {
    for (uint32_t p = 0; p < pairs; p++) {
        int64_t value = difference(fitness, p), u = unit_q6 ? (2 * 127 * 64 * llabs(value) + unit_q6) / (2 * unit_q6) : 0;
        if (u > 127) u = 127;
        credit[p] = (int8_t)(value < 0 ? -u : u);
    }
}

static int64_t largest_difference(const int32_t *fitness, uint32_t pairs) {
    int64_t largest = 0;
    for (uint32_t p = 0; p < pairs; p++) {
        int64_t size = llabs(difference(fitness, p));
        if (size > largest) largest = size;
    }
    return largest;
}

static void shape_scaled(const int32_t *fitness, uint32_t pairs, int8_t *credit) {
    divide(fitness, pairs, 64 * largest_difference(fitness, pairs), credit);
}

/* The unit is twice the root mean square, found from differences of 16 bits so that the sum of squares has room. */
static void shape_zscore(const int32_t *fitness, uint32_t pairs, int8_t *credit) {
    unsigned cut = 0;
    uint64_t squares = 0;
    while (largest_difference(fitness, pairs) >> cut > 65535) cut++;
    for (uint32_t p = 0; p < pairs; p++) {
        uint64_t size = (uint64_t)llabs(difference(fitness, p)) >> cut;
        squares += size * size;
    }
    divide(fitness, pairs, (int64_t)(sr_square_root((squares << 14) / pairs) << cut), credit);
}

struct sr_shaped sr_shape(enum sr_shape shape, const int32_t *fitness, uint32_t pairs, int8_t *credit) {
    static void (*const make[])(const int32_t *, uint32_t, int8_t *) = {
        [SR_SHAPE_SIGN] = NULL, [SR_SHAPE_SCALED] = shape_scaled, [SR_SHAPE_ZSCORE] = shape_zscore};
    if (!make[shape]) return (struct sr_shaped){.squares = pairs, .sizes = pairs};
    make[shape](fitness, pairs, credit);
    struct sr_shaped shaped = {.credit = credit};
    for (uint32_t p = 0; p < pairs; p++) {
        shaped.squares += (uint64_t)(credit[p] * credit[p]);
        shaped.sizes += (uint64_t)abs(credit[p]);
    }
    return shaped;
}
