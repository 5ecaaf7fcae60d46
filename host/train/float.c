/* SPDX-License-Identifier: Apache-2.0
 * The rules that train in float on the host, to compare the device's with: surrogate gradients (dense), their sparse form, LocalZO,
 * node perturbation, and a three-factor Hebbian rule. A generation is a batch, its mean gradient, and a step of Adam. What was
 * trained becomes device weights whenever it is judged or saved. docs/training.md says what each rule is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/float_net.h"
#include "train/random.h"
#include "train/schedule.h"
#include "train/strategy.h"

enum { ROWS = 320 }; /* of a pass: enough for a matrix product to be fast, few enough for the caches */
static const float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;

struct host_float {
    struct sr_float_net net; /* its weights are the run's arrays */
    struct sr_float_pass pass;
    struct sr_float_rule rule;
    struct sr_schedule rates;
    float *gradient[SR_LAYERS], *mean[SR_LAYERS], *square[SR_LAYERS]; /* mean, square: Adam's, in the run's arrays */
    float *node;
};

/* A run's array has integers; these are the bits of floats. */
static enum sr_status float_array(struct sr_training *t, const char *what, unsigned l, float **values) {
    char name[SR_ARRAY_NAME];
    struct sr_array *array;
    sr_format(name, sizeof name, "%s.%s", what, sr_layer_name(l));
    enum sr_status status =
        sr_run_array(&t->run, name, sr_net_rows(&t->run.net, l), sr_net_cols(&t->run.net, l), sizeof(float), &array);
    if (status == SR_OK) *values = array->values;
    return status;
}

static enum sr_status make_room(struct sr_training *t, struct host_float *s) {
    const struct sr_net *net = &t->run.net;
    enum sr_status status = SR_OK;
    for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
        size_t size = sr_layer_size(net, l);
        if (!size) continue;
        s->gradient[l] = calloc(size, sizeof(float));
        status = s->gradient[l] ? float_array(t, "float", l, &s->net.weight[l]) : SR_ERR_MEMORY;
        if (status == SR_OK) status = float_array(t, "adam-mean", l, &s->mean[l]);
        if (status == SR_OK) status = float_array(t, "adam-square", l, &s->square[l]);
    }
    if (status != SR_OK) return status;
    uint32_t samples = net->steps < ROWS ? ROWS / net->steps : 1;
    s->node = malloc(sr_float_node_size(net) * sizeof(float));
    return s->node ? sr_float_pass_init(&s->pass, net, samples) : SR_ERR_MEMORY;
}

static enum sr_status float_open(struct sr_training *t) {
    const struct sr_config *c = &t->run.config;
    char mode[32];
    sr_choice_text(SR_MODE_WORDS, c->mode, mode, sizeof mode);
    if (t->run.net.readout != SR_READOUT_SUM)
        return sr_training_fail(t, SR_ERR_ARGUMENT, "--mode %s: needs --readout sum", mode);
    if (c->mode == SR_MODE_NODE && c->strength <= 0)
        return sr_training_fail(t, SR_ERR_ARGUMENT, "--mode node: --strength 0 perturbs nothing");
    struct host_float *s = t->state = calloc(1, sizeof *s);
    if (!s) return sr_training_fail(t, SR_ERR_MEMORY, "out of memory");
    s->net.shape = t->run.net;
    s->rates = (struct sr_schedule){.decay = (enum sr_decay)c->step_decay,
                                    .generations = c->generations,
                                    .final_q16 = (uint32_t)(c->step_final * 65536 + 0.5)};
    s->rule = (struct sr_float_rule){.slope = (float)c->slope,
                                     .band = (float)c->band,
                                     .delta = (float)c->delta,
                                     .draw = (enum sr_float_draw)c->draw,
                                     .draws = c->draws};
    s->rule.post = c->mode == SR_MODE_SURROGATE ? SR_POST_SURROGATE
                   : c->mode == SR_MODE_SPARSE  ? SR_POST_SPARSE
                   : c->mode == SR_MODE_LOCALZO ? SR_POST_LOCALZO
                                                : SR_POST_SPIKE;
    enum sr_status status = make_room(t, s);
    return status == SR_OK ? SR_OK : sr_training_fail(t, status, "%s", sr_status_text(status));
}

static void float_close(struct sr_training *t) {
    struct host_float *s = t->state;
    if (!s) return;
    for (unsigned l = 0; l < SR_LAYERS; l++) free(s->gradient[l]);
    free(s->node);
    sr_float_pass_free(&s->pass);
    free(s);
    t->state = NULL;
}

static enum sr_status float_load(struct sr_training *t) {
    struct host_float *s = t->state;
    if (t->run.generation == 0) sr_float_from_device(&s->net, &t->run.weights, t->run.frac_bits, t->run.config.temperature);
    return SR_OK;
}

static enum sr_status float_store(struct sr_training *t) {
    const struct host_float *s = t->state;
    sr_float_to_device(&s->net, t->run.frac_bits, t->run.config.temperature, &t->run.weights, t->run.net.theta);
    return SR_OK;
}

/* Adam (Kingma and Ba 2015). */
static void step(struct host_float *s, uint32_t number, float rate) {
    float correct1 = 1 - powf(beta1, (float)number + 1), correct2 = 1 - powf(beta2, (float)number + 1);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        float *w = s->net.weight[l], *mean = s->mean[l], *square = s->square[l];
        const float *g = s->gradient[l];
        for (size_t i = 0, size = sr_layer_size(&s->net.shape, l); i < size; i++) {
            mean[i] += (1 - beta1) * (g[i] - mean[i]);
            square[i] += (1 - beta2) * (g[i] * g[i] - square[i]);
            w[i] -= rate * (mean[i] / correct1) / (sqrtf(square[i] / correct2) + epsilon);
        }
    }
}

static void learn_pass(struct sr_training *t, const struct sr_batch *batch, uint32_t first, uint32_t count,
                       struct sr_history_row *row) {
    struct host_float *s = t->state;
    const struct sr_config *c = &t->run.config;
    const bool node = c->mode == SR_MODE_NODE;
    const float scale = 1 / (float)batch->count;
    sr_float_forward(&s->net, node ? NULL : &s->rule, batch->bits + first, first, count, &s->pass);
    for (uint32_t b = 0; b < count; b++) {
        uint32_t predicted;
        uint8_t label = batch->labels[first + b];
        float loss = sr_float_loss(&s->net, &s->pass, b, label, scale, &predicted);
        sr_history_add(row, -(int32_t)lrintf(64 * fminf(loss, 1e6f)), first + b == 0);
        row->correct += predicted == label;
        if (node)
            sr_float_node(&s->net, &s->pass, b, first + b, label, s->rule.key, c->pairs, (float)c->strength, scale, s->node,
                          s->gradient);
    }
    sr_float_readout(&s->net, &s->pass, s->gradient[SR_READOUT_LAYER]);
    if (c->mode == SR_MODE_SURROGATE)
        sr_float_backward_dense(&s->net, &s->pass, false, s->gradient);
    else if (!node)
        sr_float_backward_sparse(&s->net, &s->pass, c->mode == SR_MODE_HEBBIAN, s->gradient);
}

static enum sr_status float_generation(struct sr_training *t, uint32_t number, const struct sr_batch *batch,
                                       struct sr_history_row *row) {
    struct host_float *s = t->state;
    struct sr_float_pass *pass = &s->pass;
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (s->gradient[l]) memset(s->gradient[l], 0, sr_layer_size(&s->net.shape, l) * sizeof(float));
    s->rule.key = sr_random(t->run.config.seed, SR_PURPOSE_FLOAT, number, 0);
    pass->spikes = pass->active = pass->neurons = 0;
    row->members = 1;
    row->batch = batch->count;
    for (uint32_t first = 0; first < batch->count; first += pass->samples_max) {
        uint32_t left = batch->count - first;
        learn_pass(t, batch, first, left < pass->samples_max ? left : pass->samples_max, row);
    }
    step(s, number, (float)(t->run.config.learning_rate * sr_schedule_q16(&s->rates, number, t->deadline.spent) / 65536));
    row->in_float = true;
    row->spikes = (double)pass->spikes / batch->count;
    row->active = pass->neurons ? (double)pass->active / (double)pass->neurons : 0;
    return SR_OK;
}

static enum sr_status float_judge(struct sr_training *t, const uint32_t *samples, uint32_t count, uint32_t *correct) {
    struct host_float *s = t->state;
    const struct sr_data_set *set = &t->data->train;
    const size_t words = (size_t)set->steps * set->step_words;
    const uint64_t **bits = malloc(s->pass.samples_max * sizeof *bits);
    if (!bits) return sr_training_fail(t, SR_ERR_MEMORY, "out of memory");
    *correct = 0;
    for (uint32_t first = 0; first < count; first += s->pass.samples_max) {
        uint32_t n = count - first < s->pass.samples_max ? count - first : s->pass.samples_max;
        for (uint32_t b = 0; b < n; b++) bits[b] = set->bits + samples[first + b] * words;
        sr_float_forward(&s->net, NULL, bits, 0, n, &s->pass);
        for (uint32_t b = 0; b < n; b++) {
            uint32_t predicted;
            sr_float_loss(&s->net, &s->pass, b, 0, 1, &predicted);
            *correct += predicted == set->labels[samples[first + b]];
        }
    }
    free(bits);
    return SR_OK;
}

static void float_describe(const struct sr_training *t, char *text, size_t size) {
    const struct sr_config *c = &t->run.config;
    char mode[32], draw[32], detail[128] = "";
    sr_choice_text(SR_MODE_WORDS, c->mode, mode, sizeof mode);
    sr_choice_text(SR_DRAW_WORDS, c->draw, draw, sizeof draw);
    if (c->mode == SR_MODE_LOCALZO)
        sr_format(detail, sizeof detail, ", delta %g, %u %s draw%s", c->delta, c->draws, draw, c->draws == 1 ? "" : "s");
    if (c->mode == SR_MODE_SPARSE) sr_format(detail, sizeof detail, ", slope %g, band %g", c->slope, c->band);
    if (c->mode == SR_MODE_SURROGATE) sr_format(detail, sizeof detail, ", slope %g", c->slope);
    if (c->mode == SR_MODE_NODE) sr_format(detail, sizeof detail, ", %u pair%s a sample", c->pairs, c->pairs == 1 ? "" : "s");
    sr_format(text, size, "%s in float on the host, batch %u%s", mode, c->batch, detail);
}

static double float_fitness_unit(const struct sr_training *t) {
    (void)t;
    return 64;
}

const struct sr_strategy sr_strategy_float = {.open = float_open,
                                              .close = float_close,
                                              .generation = float_generation,
                                              .load = float_load,
                                              .store = float_store,
                                              .own_thresholds = true,
                                              .judge = float_judge,
                                              .describe = float_describe,
                                              .fitness_unit = float_fitness_unit};
