/* SPDX-License-Identifier: Apache-2.0
 * A second transcription of docs/numerics.md: naive, scalar, one entry at a time, sharing with the engines only the noise word
 * (host/device/noise.h) and the tables (host/map/tables.def). What ref is compared with; too slow for anything else. */
#ifndef SR_TEST_MODEL_H
#define SR_TEST_MODEL_H

#include <spikeroll/spikeroll.h>

struct model {
    const struct sr_net *net;
    unsigned frac;              /* fraction bits of the master weights */
    int16_t *master[SR_LAYERS]; /* [rows][cols], changed by model_update; NULL for a layer that is not there */
};

/* Fitness and correct answers of the share of pairs that the evaluation names. */
void model_evaluate(const struct model *model, const struct sr_evaluation *evaluation, const struct sr_batch *batch,
                    int32_t *fitness, uint32_t *correct);
/* credit: one a pair, given. */
void model_update(struct model *model, const struct sr_update *update, const int8_t *credit);
/* Mode local: the samples of the batch one after another; also changes master. */
void model_learn(const struct model *model, const struct sr_learning *learning, const struct sr_batch *batch, int32_t *fitness,
                 uint8_t *correct);
void model_infer(const struct model *model, const struct sr_batch *batch, int32_t *scores, uint8_t *predicted);

#endif
