/* SPDX-License-Identifier: Apache-2.0
 * What a mode does: one struct a family of modes, a file each (es.c: lowrank and full; local.c; float.c). The loop in training.c knows nothing of
 * modes but this. To add one: its word in SR_MODE_WORDS, its settings in model/config.c, a file with a struct sr_strategy, and a
 * line in strategy.c. */
#ifndef SR_STRATEGY_H
#define SR_STRATEGY_H

#include "model/history.h"
#include "train/training.h"

struct sr_strategy {
    /* Check settings, network and device, and make what generations need, in t->state: refusals are worded in the options that
     * the user typed. t->config, net, device, run.weights are set; nothing is written yet. */
    enum sr_status (*open)(struct sr_training *t);
    void (*close)(struct sr_training *t); /* t->state may be NULL */
    /* One generation on this batch (with --candidates: on the hardest of it): learn, and fill the row's results (generation is
     * set; counters are the loop's). Depends on the number, t->deadline.spent, the weights and the arrays in t->run alone, so
     * that a resumed run goes on bit for bit. */
    enum sr_status (*generation)(struct sr_training *t, uint32_t number, const struct sr_batch *batch,
                                 struct sr_history_row *row);
    /* For modes whose weights are not the device's own; NULL for those that train on the device. load: begin from t->run's
     * weights and arrays. store: put what was trained there, and what a checkpoint needs beside it (sr_run_array). The weights
     * stored are those that are validated and saved. */
    enum sr_status (*load)(struct sr_training *t);
    enum sr_status (*store)(struct sr_training *t);
    /* store sets t->run.net.theta as well: the thresholds belong to the weights. */
    bool own_thresholds;
    /* For modes that train in float: how many of these training samples the float weights have right. Else NULL. */
    enum sr_status (*judge)(struct sr_training *t, const uint32_t *samples, uint32_t count, uint32_t *correct);
    /* "low rank, population 128, batch 64, rank 1" */
    void (*describe)(const struct sr_training *t, char *text, size_t size);
    /* A fitness of 1 in the history, in the fitness's own unit; for people to read. */
    double (*fitness_unit)(const struct sr_training *t);
};

/* The strategy of the settings' mode. */
const struct sr_strategy *sr_strategy_of(const struct sr_config *config);

extern const struct sr_strategy sr_strategy_es, sr_strategy_es_averaged, sr_strategy_local, sr_strategy_float;

#endif
