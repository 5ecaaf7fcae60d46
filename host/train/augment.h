/* SPDX-License-Identifier: Apache-2.0
 * Augmentation: each sample of a batch moved by a few pixels, drawn anew for every generation. */
#ifndef SR_AUGMENT_H
#define SR_AUGMENT_H

#include "data/data.h"
#include "model/config.h"

struct sr_augment {
    uint32_t reach; /* Pixels, of those that are inputs, to each side; 0: none, and the batch stays as it is. */
    uint32_t width, height, inputs, steps, step_words, ids;
    uint64_t seed;
    uint64_t *bits;        /* [batch][steps][step_words] */
    const uint64_t **rows; /* [batch] */
    uint32_t *id;          /* [batch] */
};

/* For batches of this data's training samples. ids: identities that the data itself uses. SR_ERR_ARGUMENT: the inputs are not
 * rows of pixels, or the moved samples would need more identities than there are. */
SR_MUST_CHECK enum sr_status sr_augment_init(struct sr_augment *augment, const struct sr_config *config,
                                             const struct sr_data *data, char *error, size_t error_size);
void sr_augment_free(struct sr_augment *augment);
/* Put copies in place of the batch's samples, valid until the next call. A copy has an identity of its own, one for each sample
 * and move: a device that keeps samples would otherwise take an old one for it. */
void sr_augment_batch(struct sr_augment *augment, uint32_t generation, struct sr_batch *batch);

#endif
