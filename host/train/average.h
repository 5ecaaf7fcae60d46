/* SPDX-License-Identifier: Apache-2.0
 * The running mean of a training's weights (--average): what is validated and saved, while the device learns on with the weights
 * themselves. With --average 0 the weights are their own mean. */
#ifndef SR_AVERAGE_H
#define SR_AVERAGE_H

#include "model/weights.h"

struct sr_training;

struct sr_average {
    struct sr_weights raw; /* the weights that the device learns with */
    bool away;             /* The device may hold other weights than those: the mean, to be judged. */
};

/* Room for the mean of a training whose network is known; its arrays become part of the checkpoint. */
SR_MUST_CHECK enum sr_status sr_average_open(struct sr_training *training);
void sr_average_close(struct sr_training *training);

/* For the strategy's load and store. */
SR_MUST_CHECK enum sr_status sr_average_load(struct sr_training *training);
SR_MUST_CHECK enum sr_status sr_average_store(struct sr_training *training);

/* Around a generation: put the learned weights back onto the device, and let the mean follow what the device has learned. */
SR_MUST_CHECK enum sr_status sr_average_before(struct sr_training *training);
SR_MUST_CHECK enum sr_status sr_average_after(struct sr_training *training, uint32_t number);

#endif
