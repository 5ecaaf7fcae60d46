/* SPDX-License-Identifier: Apache-2.0
 * Fitness shaping: how the fitness of all members becomes u, the weight of each pair in the update, -127..127. In integers, so
 * that engines agree and a resumed run goes on as if unbroken. docs/files.md says what each word of --shape means. */
#ifndef SR_TRAIN_SHAPE_H
#define SR_TRAIN_SHAPE_H

#include "model/config.h"

struct sr_shaped {
    const int8_t *credit;    /* u of each pair; NULL: the device makes it, the sign of the pair's difference */
    uint64_t squares, sizes; /* sums of u^2 and of |u| over the pairs, from which the step follows */
};

/* credit: room for a value of each pair. */
struct sr_shaped sr_shape(enum sr_shape shape, const int32_t *fitness, uint32_t pairs, int8_t *credit);

/* The square root, rounded down. */
uint64_t sr_square_root(uint64_t value);

#endif
