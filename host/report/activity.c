/* SPDX-License-Identifier: Apache-2.0
 * What a trained network does on samples: see activity.h. */
#include "report/activity.h"

#include <stdlib.h>
#include <string.h>

struct layer {
    size_t rows, cols;
    int16_t *weight;   /* [rows][cols]: integer parts */
    int32_t *current;  /* [cols] */
    int32_t *membrane; /* [cols] */
    uint8_t *spike;    /* [steps][cols] of the sample under way */
};

struct forward {
    const struct sr_net *net;
    struct layer hidden[SR_HIDDEN_LAYERS], readout;
    uint32_t *counts; /* [neurons of the last hidden layer] */
};

static int32_t saturate(int32_t x, int32_t limit) { return x > limit ? limit : x < -limit ? -limit : x; }

static void layer_free(struct layer *layer) {
    free(layer->weight);
    free(layer->current);
    free(layer->membrane);
    free(layer->spike);
}

static bool layer_make(struct layer *layer, const struct sr_activity_how *how, unsigned number) {
    const int16_t *master = how->weights->layer[number];
    layer->rows = sr_net_rows(how->net, number);
    layer->cols = sr_net_cols(how->net, number);
    size_t size = layer->rows * layer->cols, room = number == SR_READOUT_LAYER ? SR_CLASSES : layer->cols;
    layer->weight = malloc(size * sizeof *layer->weight);
    layer->current = calloc(room, sizeof *layer->current);
    layer->membrane = calloc(room, sizeof *layer->membrane);
    layer->spike = calloc(room * how->net->steps, 1);
    if (!layer->weight || !layer->current || !layer->membrane || !layer->spike) return false;
    for (size_t i = 0; i < size; i++) layer->weight[i] = (int16_t)(master[i] >> how->frac_bits);
    return true;
}

static void forward_free(struct forward *f) {
    for (unsigned l = 0; l < SR_HIDDEN_LAYERS; l++) layer_free(&f->hidden[l]);
    layer_free(&f->readout);
    free(f->counts);
}

static bool forward_make(struct forward *f, const struct sr_activity_how *how) {
    bool good = true;
    *f = (struct forward){.net = how->net};
    for (unsigned l = 0; l < how->net->layers && good; l++) good = layer_make(&f->hidden[l], how, l);
    f->counts = calloc(how->net->hidden[how->net->layers - 1], sizeof *f->counts);
    return good && f->counts && layer_make(&f->readout, how, SR_READOUT_LAYER);
}

static void add_row(struct layer *layer, size_t row) {
    const int16_t *weight = layer->weight + row * layer->cols;
    for (size_t n = 0; n < layer->cols; n++) layer->current[n] += weight[n];
}

/* Section 4. The sum of a step is exact in 32 bits: at most 65,535 weights of 8 bits. */
static void fire(const struct sr_net *net, unsigned number, struct layer *layer, uint8_t *spike) {
    const int32_t leak = (int32_t)net->leak[number], theta = (int32_t)net->theta[number];
    for (size_t n = 0; n < layer->cols; n++) {
        int32_t v = layer->membrane[n];
        int32_t u = saturate(v - ((v * leak) >> 8) + saturate(layer->current[n], 32767), 32767);
        spike[n] = u >= theta;
        layer->membrane[n] = !spike[n] ? u : net->reset == SR_RESET_HARD ? 0 : u - theta;
    }
}

static void step_hidden(struct forward *f, const uint64_t *bits, uint32_t t) {
    const uint8_t *below = NULL;
    for (unsigned l = 0; l < f->net->layers; l++) {
        struct layer *layer = &f->hidden[l];
        uint8_t *spike = layer->spike + t * layer->cols;
        memset(layer->current, 0, layer->cols * sizeof *layer->current);
        if (l == 0) {
            for (size_t i = 0; i < sr_net_step_words(f->net); i++)
                for (uint64_t word = bits[i]; word; word &= word - 1) add_row(layer, i * 64 + (size_t)__builtin_ctzll(word));
        } else {
            for (size_t j = 0; j < layer->rows; j++)
                if (below[j]) add_row(layer, j);
        }
        fire(f->net, l, layer, spike);
        below = spike;
    }
}

/* Section 5, of the readout kinds with a membrane: 24 bits of it, and currents of at most 8,192 neurons. */
static void step_readout(struct forward *f, const uint8_t *spike, int32_t *score) {
    const struct sr_net *net = f->net;
    const int32_t leak = (int32_t)net->leak[SR_READOUT_LAYER], theta = (int32_t)net->theta[SR_READOUT_LAYER];
    const int32_t limit = (1 << 23) - 1;
    for (uint32_t o = 0; o < net->classes; o++) {
        const int16_t *weight = f->readout.weight + (size_t)o * f->readout.cols;
        int64_t current = 0, v = f->readout.membrane[o];
        for (size_t n = 0; n < f->readout.cols; n++)
            if (spike[n]) current += weight[n];
        int64_t sum = v - ((v * leak) >> 8) + current;
        int32_t u = (int32_t)(sum > limit ? limit : sum < -limit ? -limit : sum);
        if (net->readout == SR_READOUT_SPIKES && u >= theta) {
            score[o]++;
            u = net->reset == SR_RESET_HARD ? 0 : u - theta;
        }
        f->readout.membrane[o] = u;
        if (net->readout == SR_READOUT_MEMBRANE) score[o] = u;
    }
}

static void run_sample(struct forward *f, const uint64_t *bits, int32_t score[SR_CLASSES]) {
    const struct sr_net *net = f->net;
    const struct layer *last = &f->hidden[net->layers - 1];
    for (unsigned l = 0; l < net->layers; l++)
        memset(f->hidden[l].membrane, 0, f->hidden[l].cols * sizeof *f->hidden[l].membrane);
    memset(f->readout.membrane, 0, SR_CLASSES * sizeof *f->readout.membrane);
    memset(f->counts, 0, last->cols * sizeof *f->counts);
    memset(score, 0, SR_CLASSES * sizeof *score);
    for (uint32_t t = 0; t < net->steps; t++) {
        step_hidden(f, bits + (size_t)t * sr_net_step_words(net), t);
        const uint8_t *spike = last->spike + t * last->cols;
        if (net->readout != SR_READOUT_SUM) step_readout(f, spike, score);
        for (size_t n = 0; n < last->cols; n++) f->counts[n] += spike[n];
    }
    for (uint32_t o = 0; o < net->classes && net->readout == SR_READOUT_SUM; o++) {
        const int16_t *weight = f->readout.weight + (size_t)o * f->readout.cols;
        int64_t sum = 0;
        for (size_t n = 0; n < last->cols; n++) sum += weight[n] * (int64_t)f->counts[n];
        score[o] = (int32_t)sum; /* 28 bits within the device's bounds */
    }
}

/* The largest score; the lowest index among equals. */
static uint32_t best_class(const int32_t score[SR_CLASSES], uint32_t classes) {
    uint32_t best = 0;
    for (uint32_t o = 1; o < classes; o++)
        if (score[o] > score[best]) best = o;
    return best;
}

static void count_spikes(struct sr_activity *a, const struct forward *f) {
    for (unsigned l = 0; l < f->net->layers; l++) {
        const struct layer *layer = &f->hidden[l];
        for (uint32_t t = 0; t < f->net->steps; t++)
            for (size_t n = 0; n < layer->cols; n++) a->spikes[l][n] += layer->spike[t * layer->cols + n];
    }
}

static enum sr_status run_all(const struct sr_activity_how *how, struct forward *f, struct sr_activity *a) {
    const struct sr_data_set *set = how->set;
    const size_t words = (size_t)set->steps * set->step_words;
    for (unsigned l = 0; l < how->net->layers; l++) {
        a->spikes[l] = calloc(how->net->hidden[l], sizeof *a->spikes[l]);
        a->raster[l] = malloc((size_t)how->net->hidden[l] * how->net->steps);
        if (!a->spikes[l] || !a->raster[l]) return SR_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < how->count; i++) {
        int32_t score[SR_CLASSES];
        uint32_t number = how->chosen ? how->chosen[i] : i, label = set->labels[number];
        if (how->stop && atomic_load(how->stop)) return SR_ERR_INTERRUPTED;
        run_sample(f, set->bits + number * words, score);
        uint32_t predicted = best_class(score, how->net->classes);
        a->samples++;
        a->correct += predicted == label;
        a->confusion[label][predicted]++;
        count_spikes(a, f);
        if (i != how->shown) continue;
        a->shown = number;
        a->label = label;
        a->predicted = predicted;
        memcpy(a->score, score, sizeof score);
        for (unsigned l = 0; l < how->net->layers; l++)
            memcpy(a->raster[l], f->hidden[l].spike, f->hidden[l].cols * how->net->steps);
    }
    return SR_OK;
}

enum sr_status sr_activity_run(const struct sr_activity_how *how, struct sr_activity *activity) {
    struct forward forward;
    *activity = (struct sr_activity){0};
    enum sr_status status = forward_make(&forward, how) ? run_all(how, &forward, activity) : SR_ERR_MEMORY;
    forward_free(&forward);
    if (status != SR_OK) sr_activity_free(activity);
    return status;
}

void sr_activity_free(struct sr_activity *activity) {
    for (unsigned l = 0; l < SR_HIDDEN_LAYERS; l++) {
        free(activity->spikes[l]);
        free(activity->raster[l]);
    }
    *activity = (struct sr_activity){0};
}
