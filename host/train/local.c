/* SPDX-License-Identifier: Apache-2.0
 * Mode local: learning at the neuron. A generation is one learning call on the batch. The weights that are judged and saved are
 * the device's, or their running mean over some generations; what the device learns on with is kept here meanwhile. */
#include <stdlib.h>

#include "train/local_plan.h"
#include "train/strategy.h"

enum { MEAN_BITS = 12 }; /* fraction bits of a mean, beside those of the weights */

struct local {
    struct sr_local_plan plan;
    struct sr_weights raw; /* what is learned on with */
    bool away;             /* the device may hold other weights than those */
    int32_t *fitness;
    uint8_t *correct;
};

static void array_name(char *name, const char *what, unsigned l) {
    sr_format(name, SR_ARRAY_NAME, "%s.%s", what, sr_layer_name(l));
}

static void *array_of(const struct sr_training *t, const char *what, unsigned l) {
    char name[SR_ARRAY_NAME];
    array_name(name, what, l);
    struct sr_array *array = sr_run_find_array(&t->run, name);
    return array ? array->values : NULL;
}

/* The mean's arrays: weights as they are, and means. A checkpoint has them. */
static enum sr_status make_arrays(struct sr_training *t) {
    enum sr_status status = SR_OK;
    struct sr_array *array;
    char name[SR_ARRAY_NAME];
    for (unsigned l = 0; l < SR_LAYERS && t->run.config.average; l++) {
        uint32_t rows = sr_net_rows(&t->run.net, l), cols = sr_net_cols(&t->run.net, l);
        if (!rows) continue;
        array_name(name, "raw", l);
        if (status == SR_OK) status = sr_run_array(&t->run, name, rows, cols, sizeof(int16_t), &array);
        array_name(name, "mean", l);
        if (status == SR_OK) status = sr_run_array(&t->run, name, rows, cols, sizeof(int32_t), &array);
    }
    return status;
}

static enum sr_status local_open(struct sr_training *t) {
    struct local *s = t->state = calloc(1, sizeof *s);
    if (!s) return sr_training_fail(t, SR_ERR_MEMORY, "out of memory");
    enum sr_status status =
        sr_local_plan_make(&s->plan, &t->run.config, &t->run.net, sr_device_caps(t->device), t->error, sizeof t->error);
    if (status != SR_OK) return status;
    s->fitness = calloc(t->run.config.batch, sizeof *s->fitness);
    s->correct = calloc(t->run.config.batch, sizeof *s->correct);
    status = s->fitness && s->correct ? sr_weights_init(&s->raw, &t->run.net) : SR_ERR_MEMORY;
    if (status == SR_OK) status = make_arrays(t);
    return status == SR_OK ? SR_OK : sr_training_fail(t, status, "%s", sr_status_text(status));
}

static void local_close(struct sr_training *t) {
    struct local *s = t->state;
    if (!s) return;
    sr_weights_free(&s->raw);
    free(s->fitness);
    free(s->correct);
    free(s);
    t->state = NULL;
}

static enum sr_status local_load(struct sr_training *t) {
    struct local *s = t->state;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const int16_t *saved = t->run.generation ? array_of(t, "raw", l) : NULL;
        if (!saved) saved = t->run.weights.layer[l];
        for (size_t i = 0; saved && i < sr_layer_size(&t->run.net, l); i++) s->raw.layer[l][i] = saved[i];
    }
    s->away = true;
    return SR_OK;
}

/* Bring the device's weights here, if they are not here. */
static enum sr_status fetch(struct sr_training *t) {
    struct local *s = t->state;
    enum sr_status status = s->away ? SR_OK : sr_weights_read(&s->raw, t->device, &t->run.net);
    return status == SR_OK ? SR_OK : sr_training_fail_device(t, status);
}

/* The mean follows with a weight of 1 / generations, at most of 1 / average. */
static void average(struct sr_training *t, uint32_t generation) {
    const struct local *s = t->state;
    uint32_t horizon = t->run.config.average < generation + 1 ? t->run.config.average : generation + 1;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        int32_t *mean = array_of(t, "mean", l);
        for (size_t i = 0; mean && i < sr_layer_size(&t->run.net, l); i++)
            mean[i] += (s->raw.layer[l][i] * (1 << MEAN_BITS) - mean[i]) / (int32_t)horizon;
    }
}

static enum sr_status local_store(struct sr_training *t) {
    struct local *s = t->state;
    enum sr_status status = fetch(t);
    if (status != SR_OK) return status;
    s->away = true; /* what is stored may be put onto the device to be judged */
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        int16_t *raw = array_of(t, "raw", l), *weight = t->run.weights.layer[l];
        const int32_t *mean = array_of(t, "mean", l);
        for (size_t i = 0; weight && i < sr_layer_size(&t->run.net, l); i++) {
            weight[i] =
                mean && t->run.generation ? (int16_t)((mean[i] + (1 << (MEAN_BITS - 1))) >> MEAN_BITS) : s->raw.layer[l][i];
            if (raw) raw[i] = s->raw.layer[l][i];
        }
    }
    return SR_OK;
}

static enum sr_status local_generation(struct sr_training *t, uint32_t number, const struct sr_batch *batch,
                                       struct sr_history_row *row) {
    struct local *s = t->state;
    struct sr_learning learning;
    enum sr_status status = s->away ? sr_weights_write(&s->raw, t->device, &t->run.net) : SR_OK;
    sr_local_plan_learning(&s->plan, number, &learning);
    if (status == SR_OK) status = sr_device_learn(t->device, &learning, batch, s->fitness, s->correct);
    if (status != SR_OK) return sr_training_fail_device(t, status);
    s->away = false;
    if (t->run.config.average) {
        if ((status = fetch(t)) != SR_OK) return status;
        average(t, number);
    }
    row->members = 1;
    row->batch = batch->count;
    row->fitness_best = s->fitness[0];
    for (uint32_t b = 0; b < batch->count; b++) {
        uint32_t fitness = (uint32_t)s->fitness[b];
        uint8_t bytes[4] = {(uint8_t)fitness, (uint8_t)(fitness >> 8), (uint8_t)(fitness >> 16), (uint8_t)(fitness >> 24)};
        row->fitness_sum += s->fitness[b];
        if (s->fitness[b] > row->fitness_best) row->fitness_best = s->fitness[b];
        row->fitness_hash = sr_hash(row->fitness_hash, bytes, sizeof bytes);
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
                                              .load = local_load,
                                              .store = local_store,
                                              .describe = local_describe,
                                              .fitness_unit = local_fitness_unit};
