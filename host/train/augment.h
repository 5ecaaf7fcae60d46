/* SPDX-License-Identifier: Apache-2.0
 * Augmentation: each sample of a batch moved by a few pixels, drawn anew for every generation. */
#ifndef SR_AUGMENT_H
#define SR_AUGMENT_H

#include "data/data.h"
#include "model/config.h"

struct sr_augment {
    uint32_t reach;        /* sensor pixels to each side; 0: none, and the batch stays as it is */
    uint32_t pool;         /* sensor pixels of an input; 1 where a move is always one of whole inputs */
    const uint64_t *moved; /* of the training samples, for the rest of such a move; NULL where pool is 1 */
    uint32_t width, height, inputs, steps, step_words, ids;
    uint64_t seed;
    uint64_t *stays;       /* [dy + reach][dx + reach][step_words]: inputs that a move leaves in the picture */
    uint64_t *bits;        /* [candidates][steps][step_words] */
    const uint64_t **rows; /* [candidates] */
    uint32_t *id;          /* [candidates] */
};

/* For batches of this data's training samples, whose identities are their numbers. Refused: inputs that are not rows of pixels,
 * pooled data that was loaded without moved copies, and more moved samples than there are identities. */
SR_MUST_CHECK enum sr_status sr_augment_init(struct sr_augment *augment, const struct sr_config *config,
                                             const struct sr_data *data, char *error, size_t error_size);
void sr_augment_free(struct sr_augment *augment);
/* Put copies in place of the batch's samples, valid until the next call. A copy has an identity of its own, one for each sample
 * and move: a device that keeps samples would otherwise take an old one for it. */
void sr_augment_batch(struct sr_augment *augment, uint32_t generation, struct sr_batch *batch);

#endif
