/* SPDX-License-Identifier: Apache-2.0
 * docs/numerics.md word by word; see model.h. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "device/noise.h"

struct member { /* what perturbs one forward pass; evaluation NULL: nothing does */
    const struct sr_evaluation *evaluation;
    unsigned pair;
    int sign;
};

static int64_t clamp(int64_t x, unsigned bits) {
    int64_t limit = ((int64_t)1 << (bits - 1)) - 1;
    return x > limit ? limit : x < -limit ? -limit : x;
}

static int64_t floor_shift(int64_t x, unsigned shift) {
    int64_t d = (int64_t)1 << shift;
    return x >= 0 ? x / d : -((-x + d - 1) / d);
}

static int entry(const struct sr_noise *noise, enum sr_kind kind, unsigned layer, unsigned row, unsigned pair, unsigned k,
                 unsigned index) {
    uint64_t w = sr_permute(sr_counter(kind, layer, row, pair, k, index / 64) ^ noise->key);
    unsigned i = index % 64;
#define BIT(n) ((int)(w >> ((n) % 64) & 1))
    if (noise->dist == SR_DIST_SIGN) return BIT(i) ? -1 : 1;
    return BIT(i) + (BIT(i) ^ BIT(i + 21)) - (BIT(i) ^ BIT(i + 11)) - (BIT(i) ^ BIT(i + 27));
#undef BIT
}

static int64_t weight(const struct model *m, unsigned layer, unsigned row, unsigned col) {
    return floor_shift(m->master[layer][(size_t)row * sr_net_cols(m->net, layer) + col], m->frac);
}

/* Currents b[n] + s * d[n] of a hidden layer for input spikes x. */
static void hidden_current(const struct model *m, const struct member *who, unsigned layer, const uint8_t *x,
                           int64_t *current) {
    unsigned rows = sr_net_rows(m->net, layer), cols = sr_net_cols(m->net, layer);
    const struct sr_evaluation *e = who->evaluation;
    int64_t scale = e ? e->scale[layer] : 0, c[32];
    for (unsigned k = 0; scale && e->noise.mode == SR_MODE_LOWRANK && k < e->noise.rank; k++) {
        int64_t sum = 0;
        for (unsigned j = 0; j < rows; j++)
            if (x[j]) sum += entry(&e->noise, SR_KIND_ROW, layer, 0, who->pair, k, j);
        c[k] = clamp(floor_shift(sum * scale, 4), 16);
    }
    for (unsigned n = 0; n < cols; n++) {
        int64_t b = 0, d = 0;
        for (unsigned j = 0; j < rows; j++)
            if (x[j]) b += weight(m, layer, j, n);
        if (scale && e->noise.mode == SR_MODE_LOWRANK) {
            for (unsigned k = 0; k < e->noise.rank; k++) d += entry(&e->noise, SR_KIND_COL, layer, 0, who->pair, k, n) * c[k];
            d = clamp(floor_shift(d, 4), 16);
        } else if (scale) {
            for (unsigned j = 0; j < rows; j++)
                if (x[j]) d += entry(&e->noise, SR_KIND_FULL, layer, j, who->pair, 0, n);
            d = clamp(floor_shift(scale * d, 8), 16);
        }
        current[n] = clamp(b, 16) + who->sign * d;
    }
}

static void readout_current(const struct model *m, const struct member *who, const int64_t *y, int64_t *current) {
    unsigned cols = sr_net_cols(m->net, SR_READOUT_LAYER), l = SR_READOUT_LAYER;
    const struct sr_evaluation *e = who->evaluation;
    int64_t scale = e ? e->scale[l] : 0;
    for (unsigned o = 0; o < m->net->classes; o++) {
        int64_t sum = 0, q = 0;
        for (unsigned n = 0; n < cols; n++) sum += weight(m, l, o, n) * y[n];
        if (scale && e->noise.readout_mode == SR_MODE_LOWRANK)
            for (unsigned k = 0; k < e->noise.rank; k++) {
                int64_t g = 0;
                for (unsigned n = 0; n < cols; n++)
                    if (y[n]) g += entry(&e->noise, SR_KIND_COL, l, 0, who->pair, k, n) * y[n];
                q += entry(&e->noise, SR_KIND_ROW, l, 0, who->pair, k, o) * g;
            }
        else if (scale)
            for (unsigned n = 0; n < cols; n++)
                if (y[n]) q += entry(&e->noise, SR_KIND_FULL, l, o, who->pair, 0, n) * y[n];
        current[o] = sum + who->sign * floor_shift(scale * q, 8);
    }
}

static int fires(int64_t *v, int64_t current, int64_t leak, int64_t theta, unsigned bits, enum sr_reset reset) {
    int64_t u = clamp(*v - floor_shift(*v * leak, 8) + current, bits);
    int spike = u >= theta;
    *v = !spike ? u : reset == SR_RESET_HARD ? 0 : u - theta;
    return spike;
}

static void forward(const struct model *m, const struct member *who, const uint64_t *bits, int64_t *score) {
    const struct sr_net *net = m->net;
    unsigned words = sr_net_step_words(net), last = net->layers - 1;
    unsigned r = SR_READOUT_LAYER;
    int64_t *v[SR_HIDDEN_LAYERS], *current = calloc(4096, sizeof *current), *count = calloc(net->hidden[last], sizeof *count),
                                  *step = calloc(net->hidden[last], sizeof *step), class_v[SR_CLASSES] = {0},
                                  class_current[SR_CLASSES];
    uint8_t *x = calloc(4096, 1);
    for (unsigned l = 0; l < net->layers; l++) v[l] = calloc(net->hidden[l], sizeof *v[l]);
    for (unsigned o = 0; o < net->classes; o++) score[o] = 0;
    for (unsigned t = 0; t < net->steps; t++) {
        for (unsigned j = 0; j < net->inputs; j++) x[j] = bits[(size_t)t * words + j / 64] >> j % 64 & 1;
        for (unsigned l = 0; l < net->layers; l++) {
            hidden_current(m, who, l, x, current);
            for (unsigned n = 0; n < net->hidden[l]; n++)
                x[n] = (uint8_t)fires(&v[l][n], current[n], net->leak[l], net->theta[l], 16, net->reset);
        }
        for (unsigned n = 0; n < net->hidden[last]; n++) step[n] = x[n], count[n] += x[n];
        if (net->readout == SR_READOUT_SUM) continue;
        readout_current(m, who, step, class_current);
        for (unsigned o = 0; o < net->classes; o++) {
            int64_t theta = net->readout == SR_READOUT_SPIKES ? net->theta[r] : INT32_MAX; /* membrane: never fires */
            score[o] += fires(&class_v[o], class_current[o], net->leak[r], theta, 24, net->reset);
            if (net->readout == SR_READOUT_MEMBRANE) score[o] = class_v[o];
        }
    }
    if (net->readout == SR_READOUT_SUM) readout_current(m, who, count, score);
    for (unsigned l = 0; l < net->layers; l++) free(v[l]);
    free(current);
    free(count);
    free(step);
    free(x);
}

static uint32_t best_class(const int64_t *score, uint32_t classes) {
    uint32_t best = classes - 1;
    for (uint32_t o = classes; o-- > 0;)
        if (score[o] >= score[best]) best = o;
    return best;
}

static int64_t scaled(const struct sr_evaluation *e, int64_t x) {
    return floor_shift(x * (int64_t)e->fitness_mul, e->fitness_shift);
}

static int64_t at_most(int64_t x, int64_t limit) { return x > limit ? limit : x; }

static int64_t fitness_of(const struct sr_evaluation *e, const int64_t *score, uint32_t classes, uint32_t label) {
    static const int exp_list[] = {
#define SR_TABLE_EXP(z, value) value,
#include "map/tables.def"
    };
    static const int lnm_list[] = {
#define SR_TABLE_LNM(i, value) value,
#include "map/tables.def"
    };
    static const int lnb_list[] = {
#define SR_TABLE_LNB(i, value) value,
#include "map/tables.def"
    };
    uint32_t best = best_class(score, classes);
    if (e->fitness == SR_FITNESS_CORRECT) return best == label;
    if (e->fitness == SR_FITNESS_MARGIN) {
        uint32_t other = label ? 0 : 1;
        for (uint32_t o = 0; o < classes; o++)
            if (o != label && score[o] > score[other]) other = o;
        int64_t x = score[label] - score[other];
        return x < 0 ? -at_most(scaled(e, -x), 32767) : at_most(scaled(e, x), 32767);
    }
    int total = 0, n = 7;
    for (uint32_t o = 0; o < classes; o++) total += exp_list[at_most(scaled(e, score[best] - score[o]), 511)];
    while (total >= 2 << n) n++;
    return -(at_most(scaled(e, score[best] - score[label]), 32767) + lnb_list[n - 7] + lnm_list[(total >> (n - 7)) % 128]);
}

void model_evaluate(const struct model *model, const struct sr_evaluation *evaluation, const struct sr_batch *batch,
                    int32_t *fitness, uint32_t *correct) {
    for (uint32_t i = 0; i < 2 * evaluation->pair_count; i++) {
        struct member who = {evaluation, evaluation->pair_first + i / 2, i % 2 ? -1 : 1};
        int64_t sum = 0;
        correct[i] = 0;
        for (uint32_t b = 0; b < batch->count; b++) {
            int64_t score[SR_CLASSES];
            forward(model, &who, batch->bits[b], score);
            sum += fitness_of(evaluation, score, model->net->classes, batch->labels[b]);
            correct[i] += best_class(score, model->net->classes) == batch->labels[b];
        }
        fitness[i] = (int32_t)sum;
    }
}

void model_infer(const struct model *model, const struct sr_batch *batch, int32_t *scores, uint8_t *predicted) {
    const struct member nobody = {NULL, 0, 1};
    uint32_t classes = model->net->classes;
    for (uint32_t b = 0; b < batch->count; b++) {
        int64_t score[SR_CLASSES];
        forward(model, &nobody, batch->bits[b], score);
        for (uint32_t o = 0; o < classes; o++) scores[b * classes + o] = (int32_t)score[o];
        predicted[b] = (uint8_t)best_class(score, classes);
    }
}

void model_update(struct model *model, const struct sr_update *update, const int8_t *credit) {
    const struct sr_noise *noise = &update->noise;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        unsigned rows = sr_net_rows(model->net, l), cols = sr_net_cols(model->net, l);
        int full = (l == SR_READOUT_LAYER ? noise->readout_mode : noise->mode) == SR_MODE_FULL;
        if (!update->step[l]) continue;
        for (unsigned row = 0; row < rows; row++)
            for (unsigned col = 0; col < cols; col++) {
                int64_t a = 0, rho = 0;
                for (unsigned p = 0; p < noise->pairs; p++) {
                    int64_t sum = full ? entry(noise, SR_KIND_FULL, l, row, p, 0, col) : 0;
                    for (unsigned k = 0; !full && k < noise->rank; k++)
                        sum += entry(noise, SR_KIND_ROW, l, 0, p, k, row) * entry(noise, SR_KIND_COL, l, 0, p, k, col);
                    a += credit[p] * sum;
                }
                uint64_t w = sr_permute(sr_counter(SR_KIND_ROUND, l, row, 0, 0, col / 64) ^ noise->key);
                unsigned i = col % 64;
                for (unsigned b = 0; b < 16; b++) rho |= (int64_t)((w >> i ^ w >> (i + 1 + b) % 64) & 1) << b;
                int16_t *master = &model->master[l][(size_t)row * cols + col];
                for (unsigned e = 0; e < update->doublings[l]; e++) a *= 2;
                *master = (int16_t)clamp(*master + floor_shift(a * (int64_t)update->step[l] + rho, 16), 8 + model->frac);
            }
    }
}
