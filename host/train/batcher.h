/* SPDX-License-Identifier: Apache-2.0
 * Which samples a generation uses, and which are kept for validation. Both depend on the seed and the number alone. */
#ifndef SR_BATCHER_H
#define SR_BATCHER_H

#include <spikeroll/spikeroll.h>

/* Training samples in reshuffled epochs of floor(count / batch) batches. */
struct sr_batcher {
    uint32_t count, batch;
    uint64_t seed;
    uint32_t *order, epoch; /* the order of this epoch, made when first needed */
    const uint32_t *pool;   /* sample numbers drawn from: the caller's, count long */
};
SR_MUST_CHECK enum sr_status sr_batcher_init(struct sr_batcher *batcher, const uint32_t *pool, uint32_t count, uint32_t batch,
                                             uint64_t seed);
void sr_batcher_free(struct sr_batcher *batcher);
/* Sample numbers of batch `number`. */
void sr_batcher_get(struct sr_batcher *batcher, uint32_t number, uint32_t *samples);

/* Split 0..count-1 into training samples (first) and *validation validation samples (last); each part ascending. */
void sr_split_validation(uint32_t count, uint32_t percent, uint64_t seed, uint32_t *samples, uint32_t *validation);

#endif
