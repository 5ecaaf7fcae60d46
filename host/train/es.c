/* SPDX-License-Identifier: Apache-2.0
 * Modes lowrank and full: evolution strategies. A generation is one evaluation of all members on the batch, or on the hardest of
 * its candidates, and one update. The weights are the device's own, and what is judged and saved is those or their mean. */
#include <stdlib.h>

#include "train/hard.h"
#include "train/plan.h"
#include "train/strategy.h"

struct es {
    struct sr_plan plan;
    int32_t *fitness; /* of each member */
    uint32_t *correct;
    int8_t *credit;      /* of each pair */
    struct sr_hard hard; /* the batch's choice among its candidates */
};

static enum sr_status es_open(struct sr_training *t) {
    const struct sr_caps *caps = sr_device_caps(t->device);
    struct es *es = t->state = calloc(1, sizeof *es);
    if (!es) return sr_training_fail(t, SR_ERR_MEMORY, "out of memory");
    enum sr_status status = sr_plan_make(&es->plan, &t->run.config, &t->run.net, caps->frac_w, t->error, sizeof t->error);
    if (status == SR_OK) status = sr_plan_limits(&es->plan, caps, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    size_t members = 2 * (size_t)es->plan.pairs;
    es->fitness = calloc(members, sizeof *es->fitness);
    es->correct = calloc(members, sizeof *es->correct);
    es->credit = calloc(es->plan.pairs, sizeof *es->credit);
    status = sr_hard_init(&es->hard, &t->run.config, t->run.net.classes);
    if (status == SR_OK && es->fitness && es->correct && es->credit) return SR_OK;
    return sr_training_fail(t, SR_ERR_MEMORY, "out of memory for a population of %zu", members);
}

static void es_close(struct sr_training *t) {
    struct es *es = t->state;
    if (!es) return;
    sr_average_close(t);
    free(es->fitness);
    free(es->correct);
    free(es->credit);
    sr_hard_free(&es->hard);
    free(es);
    t->state = NULL;
}

static enum sr_status es_generation(struct sr_training *t, uint32_t number, const struct sr_batch *candidates,
                                    struct sr_history_row *row) {
    struct es *es = t->state;
    struct sr_batch chosen, *batch = &chosen;
    struct sr_evaluation evaluation;
    struct sr_update update;
    uint32_t members = 2 * es->plan.pairs;
    sr_plan_evaluation(&es->plan, number, &evaluation);
    enum sr_status status = sr_hard_choose(&es->hard, t->device, candidates, batch);
    if (status == SR_OK) status = sr_device_evaluate(t->device, &evaluation, batch, es->fitness, es->correct);
    if (status != SR_OK) return sr_training_fail_device(t, status);
    sr_plan_update_timed(&es->plan, number, t->deadline.spent, es->fitness, es->credit, &update);
    status = sr_device_update(t->device, &update);
    if (status != SR_OK) return sr_training_fail_device(t, status);
    row->members = members;
    row->batch = batch->count;
    for (uint32_t m = 0; m < members; m++) {
        sr_history_add(row, es->fitness[m], m == 0);
        row->correct += es->correct[m];
    }
    return SR_OK;
}

static void es_describe(const struct sr_training *t, char *text, size_t size) {
    const struct es *es = t->state;
    bool full = es->plan.noise.mode == SR_MODE_FULL;
    int used = sr_format(text, size, "%s, population %u, batch %u", full ? "full rank" : "low rank", 2 * es->plan.pairs,
                         es->plan.batch);
    if (!full && used > 0 && (size_t)used < size) sr_format(text + used, size - (size_t)used, ", rank %u", es->plan.noise.rank);
}

static double es_fitness_unit(const struct sr_training *t) {
    const struct es *es = t->state;
    return es->plan.fitness == SR_FITNESS_LOGSOFTMAX ? 64 : 1;
}

const struct sr_strategy sr_strategy_es = {
    .open = es_open, .close = es_close, .generation = es_generation, .describe = es_describe, .fitness_unit = es_fitness_unit};

/* The same with a mean of the weights, for which the host reads them after every generation. */
static enum sr_status averaged_open(struct sr_training *t) {
    enum sr_status status = es_open(t);
    return status == SR_OK ? sr_average_open(t) : status;
}

static enum sr_status averaged_generation(struct sr_training *t, uint32_t number, const struct sr_batch *batch,
                                          struct sr_history_row *row) {
    enum sr_status status = sr_average_before(t);
    if (status == SR_OK) status = es_generation(t, number, batch, row);
    return status == SR_OK ? sr_average_after(t, number) : status;
}

const struct sr_strategy sr_strategy_es_averaged = {.open = averaged_open,
                                                    .close = es_close,
                                                    .generation = averaged_generation,
                                                    .load = sr_average_load,
                                                    .store = sr_average_store,
                                                    .describe = es_describe,
                                                    .fitness_unit = es_fitness_unit};
