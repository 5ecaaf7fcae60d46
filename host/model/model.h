/* SPDX-License-Identifier: Apache-2.0
 * Inside of a model. The interface is spikeroll/model.h. */
#ifndef SR_MODEL_H
#define SR_MODEL_H

#include <spikeroll/model.h>

#include "model/run_file.h"

struct sr_model {
    struct sr_run run; /* without best weights and arrays, unless loaded from a checkpoint */
};

/* A copy of a run with these weights. */
SR_MUST_CHECK enum sr_status sr_model_of_run(const struct sr_run *run, const struct sr_weights *weights, uint32_t generation,
                                             struct sr_model **model);

#endif
