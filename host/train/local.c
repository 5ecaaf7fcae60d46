/* SPDX-License-Identifier: Apache-2.0
 * Mode local: learning at the neuron. A generation is one learning call on the batch. The weights that are judged and saved are
 * the device's, or their running mean over some generations (average.h). */
#include <stdlib.h>

#include "train/local_plan.h"
#include "train/strategy.h"

struct local {
    struct sr_local_plan plan;
    int32_t *fitness;
    uint8_t *correct;
};

static enum sr_status local_open(struct sr_training *t) {
    struct local *s = t->state = calloc(1, sizeof *s);
    if (!s) return sr_training_fail(t, SR_ERR_MEMORY, "out of memory");
    enum sr_status status =
        sr_local_plan_make(&s->plan, &t->run.config, &t->run.net, sr_device_caps(t->device), t->error, sizeof t->error);
    if (status != SR_OK) return status;
    s->fitness = calloc(t->run.config.batch, sizeof *s->fitness);
    s->correct = calloc(t->run.config.batch, sizeof *s->correct);
    if (s->fitness && s->correct) return sr_average_open(t);
    return sr_training_fail(t, SR_ERR_MEMORY, "out of memory for a batch of %u", t->run.config.batch);
}

static void local_close(struct sr_training *t) {
    struct local *s = t->state;
    if (!s) return;
    sr_average_close(t);
    free(s->fitness);
    free(s->correct);
    free(s);
    t->state = NULL;
}

static enum sr_status local_generation(struct sr_training *t, uint32_t number, const struct sr_batch *batch,
                                       struct sr_history_row *row) {
    struct local *s = t->state;
    struct sr_learning learning;
    enum sr_status status = sr_average_before(t);
    if (status != SR_OK) return status;
    sr_local_plan_learning(&s->plan, number, t->deadline.spent, &learning);
    status = sr_device_learn(t->device, &learning, batch, s->fitness, s->correct);
    if (status != SR_OK) return sr_training_fail_device(t, status);
    if ((status = sr_average_after(t, number)) != SR_OK) return status;
    row->members = 1;
    row->batch = batch->count;
    for (uint32_t b = 0; b < batch->count; b++) {
        sr_history_add(row, s->fitness[b], b == 0);
        row->correct += s->correct[b];
    }
    return SR_OK;
}

static void local_describe(const struct sr_training *t, char *text, size_t size) {
    const struct sr_config *c = &t->run.config;
    sr_format(text, size, "local, batch %u, %u pair%s a sample", c->batch, c->pairs, c->pairs == 1 ? "" : "s");
}

static double local_fitness_unit(const struct sr_training *t) {
    (void)t;
    return 64;
}

const struct sr_strategy sr_strategy_local = {.open = local_open,
                                              .close = local_close,
                                              .generation = local_generation,
                                              .load = sr_average_load,
                                              .store = sr_average_store,
                                              .describe = local_describe,
                                              .fitness_unit = local_fitness_unit};
