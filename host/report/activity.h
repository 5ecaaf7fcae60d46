/* SPDX-License-Identifier: Apache-2.0
 * What a trained network does on samples: what it answers, and which of its neurons spike. A device tells its answers only, so
 * this is sections 4 and 5 of docs/numerics.md once more, without perturbations; it agrees with every engine bit for bit. */
#ifndef SR_REPORT_ACTIVITY_H
#define SR_REPORT_ACTIVITY_H

#include <stdatomic.h>

#include "data/data.h"
#include "model/weights.h"

struct sr_activity {
    uint32_t samples, correct;
    uint32_t confusion[SR_CLASSES][SR_CLASSES]; /* [label][predicted] */
    uint64_t *spikes[SR_HIDDEN_LAYERS];         /* [neuron]: over all samples and steps */
    uint32_t shown, label, predicted;           /* one sample by itself: its number in the set, */
    uint8_t *raster[SR_HIDDEN_LAYERS];          /* [steps][neurons]: 0 or 1, */
    int32_t score[SR_CLASSES];
};

struct sr_activity_how {
    const struct sr_net *net;
    const struct sr_weights *weights;
    uint32_t frac_bits;
    const struct sr_data_set *set; /* of the network's shape */
    const uint32_t *chosen;        /* numbers of the samples, or NULL: 0, 1, .. */
    uint32_t count;
    uint32_t shown;          /* place in these of the one to keep: below count */
    const atomic_bool *stop; /* NULL, or: give up once it is set */
};

/* SR_ERR_MEMORY, SR_ERR_INTERRUPTED. On failure *activity is zero. */
SR_MUST_CHECK enum sr_status sr_activity_run(const struct sr_activity_how *how, struct sr_activity *activity);
void sr_activity_free(struct sr_activity *activity);

#endif
