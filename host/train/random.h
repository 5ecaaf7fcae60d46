/* SPDX-License-Identifier: Apache-2.0
 * The host's random numbers. Every one is a hash of what it is for, so there is no state: a resumed run draws what an unbroken
 * one would have drawn. */
#ifndef SR_RANDOM_H
#define SR_RANDOM_H

#include <spikeroll/spikeroll.h>

enum sr_purpose {
    SR_PURPOSE_WEIGHTS = 1,
    SR_PURPOSE_SPLIT,
    SR_PURPOSE_EPOCH,
    SR_PURPOSE_BENCH,
    SR_PURPOSE_AUGMENT,
    SR_PURPOSE_FLOAT
};

/* Word `index` of stream `stream` of this purpose. */
uint64_t sr_random(uint64_t seed, enum sr_purpose purpose, uint32_t stream, uint32_t index);
/* Fisher-Yates. */
void sr_shuffle(uint32_t *items, uint32_t count, uint64_t seed, enum sr_purpose purpose, uint32_t stream);

#endif
