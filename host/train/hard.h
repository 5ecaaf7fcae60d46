/* SPDX-License-Identifier: Apache-2.0
 * Hard samples (--candidates): of a batch of candidates, those whose margin is smallest by the device's unperturbed weights. A
 * sample that is right by a wide margin has next to no gradient, and would cost every member an evaluation; to find that out
 * costs one inference. */
#ifndef SR_HARD_H
#define SR_HARD_H

#include "model/config.h"

struct sr_hard {
    uint32_t candidates, count, classes; /* count: samples to choose */
    int32_t *scores;                     /* [candidates][classes] */
    uint8_t *predicted;                  /* [candidates] */
    int64_t *order;                      /* [candidates] */
    uint32_t *ids;                       /* of the chosen ones: [count], as what follows */
    const uint64_t **bits;
    uint8_t *labels;
};

SR_MUST_CHECK enum sr_status sr_hard_init(struct sr_hard *hard, const struct sr_config *config, uint32_t classes);
void sr_hard_free(struct sr_hard *hard);
/* The margin is the label's score less the largest of the others; of equal ones the first counts as smaller. The chosen ones stand
 * in the candidates' order and are valid until the next call. Nothing is inferred if all candidates are wanted. */
SR_MUST_CHECK enum sr_status sr_hard_choose(struct sr_hard *hard, struct sr_device *device, const struct sr_batch *candidates,
                                            struct sr_batch *chosen);

#endif
