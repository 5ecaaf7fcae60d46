/* SPDX-License-Identifier: Apache-2.0
 * Section 8 of docs/numerics.md word by word; see model.h. Everything of a sample is kept whole: currents, spikes, noise. */
#include <stdlib.h>
#include <string.h>

#include "device/noise.h"
#include "model.h"

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

struct cells { /* [step][index], of one layer or one signal */
    int64_t *value;
    unsigned width;
};

static struct cells make(unsigned steps, unsigned width) {
    struct cells cells = {calloc((size_t)steps * width, sizeof(int64_t)), width};
    if (!cells.value) abort();
    return cells;
}
static int64_t *at(struct cells cells, unsigned step, unsigned index) {
    return &cells.value[(size_t)step * cells.width + index];
}

static int64_t limited(int64_t x, int64_t limit) { return x > limit ? limit : x < -limit ? -limit : x; }

/* Division by 2^shift that rounds down. */
static int64_t down(int64_t x, unsigned shift) {
    int64_t d = (int64_t)1 << shift;
    return (x - ((x % d + d) % d)) / d;
}

/* x / 2^shift to the nearest, halves away from 0, then to 8 bits. */
static int64_t nearest(int64_t x, unsigned shift) {
    int64_t half = ((int64_t)1 << shift) / 2, size = x < 0 ? -x : x;
    size = (size + half) / ((int64_t)1 << shift);
    return limited(x < 0 ? -size : size, 127);
}

static int64_t weight(const struct model *m, unsigned layer, unsigned row, unsigned col) {
    return down(m->master[layer][(size_t)row * sr_net_cols(m->net, layer) + col], m->frac);
}

/* Spikes of a layer with currents base + sign * sigma * noise. */
static struct cells spikes_of(const struct sr_net *net, unsigned layer, struct cells base, struct cells noise, int64_t sigma) {
    struct cells spikes = make(net->steps, base.width);
    for (unsigned n = 0; n < base.width; n++) {
        int64_t v = 0;
        for (unsigned t = 0; t < net->steps; t++) {
            int64_t input = *at(base, t, n) + (sigma ? sigma * *at(noise, t, n) : 0);
            int64_t u = limited(v - down(v * net->leak[layer], 8) + input, 32767);
            *at(spikes, t, n) = u >= net->theta[layer];
            v = u < net->theta[layer] ? u : net->reset == SR_RESET_HARD ? 0 : u - net->theta[layer];
        }
    }
    return spikes;
}

static void move(struct model *m, const struct sr_learning *learning, unsigned layer, unsigned row, unsigned col, unsigned pair,
                 unsigned place, int64_t a) {
    int64_t rho = 0;
    uint64_t w = sr_permute(sr_counter(SR_KIND_ROUND, layer, row, pair, place, col / 64) ^ learning->key);
    unsigned i = col % 64;
    for (unsigned b = 0; b < 16; b++) rho |= (int64_t)((w >> i ^ w >> (i + 1 + b) % 64) & 1) << b;
    if (!a || !learning->factor[layer]) return;
    int16_t *master = &m->master[layer][(size_t)row * sr_net_cols(m->net, layer) + col];
    int64_t limit = ((int64_t)1 << (7 + m->frac)) - 1;
    *master = (int16_t)limited(*master + down(limited(a, 32767) * (int64_t)learning->factor[layer] + rho, 16), limit);
}

static void learn(struct model *m, const struct sr_learning *learning, const uint64_t *bits, unsigned label, unsigned place,
                  int32_t *fitness, uint8_t *correct) {
    const struct sr_net *net = m->net;
    const unsigned steps = net->steps, last = net->layers - 1, classes = net->classes, words = sr_net_step_words(net);
    struct cells input[SR_HIDDEN_LAYERS + 1], base[SR_HIDDEN_LAYERS];
    /* plain pass */
    input[0] = make(steps, net->inputs);
    for (unsigned t = 0; t < steps; t++)
        for (unsigned j = 0; j < net->inputs; j++) *at(input[0], t, j) = bits[(size_t)t * words + j / 64] >> j % 64 & 1;
    for (unsigned l = 0; l <= last; l++) {
        base[l] = make(steps, net->hidden[l]);
        for (unsigned t = 0; t < steps; t++)
            for (unsigned n = 0; n < net->hidden[l]; n++) {
                int64_t sum = 0;
                for (unsigned j = 0; j < sr_net_rows(net, l); j++)
                    if (*at(input[l], t, j)) sum += weight(m, l, j, n);
                *at(base[l], t, n) = limited(sum, 32767);
            }
        input[l + 1] = spikes_of(net, l, base[l], base[l], 0);
    }
    unsigned hidden = net->hidden[last], best = 0, log = 7;
    struct cells y = make(1, hidden), q = make(steps, hidden);
    int64_t score[SR_CLASSES] = {0}, e[SR_CLASSES] = {0}, z[SR_CLASSES], total = 0, others = 0;
    for (unsigned t = 0; t < steps; t++)
        for (unsigned n = 0; n < hidden; n++) *at(y, 0, n) += *at(input[last + 1], t, n);
    for (unsigned o = 0; o < classes; o++) {
        for (unsigned n = 0; n < hidden; n++) score[o] += weight(m, SR_READOUT_LAYER, o, n) * *at(y, 0, n);
        if (score[o] > score[best]) best = o;
    }
    /* error */
    for (unsigned o = 0; o < classes; o++) {
        int64_t distance = down((score[best] - score[o]) * (int64_t)learning->error_mul, learning->error_shift);
        z[o] = distance > 511 ? 511 : distance;
        total += exp_list[z[o]];
    }
    while (total >= 2 << log) log++;
    int64_t log_total = lnb_list[log - 7] + lnm_list[(total >> (log - 7)) % 128];
    for (unsigned o = 0; o < classes; o++) {
        int64_t away = z[o] + log_total;
        if (o == label) continue;
        e[o] = -(exp_list[away > 511 ? 511 : away] / 2);
        others -= e[o];
    }
    e[label] = others > 127 ? 127 : others;
    int64_t missing = down((score[best] - score[label]) * (int64_t)learning->error_mul, learning->error_shift);
    *fitness = (int32_t) - ((missing > 32767 ? 32767 : missing) + log_total);
    *correct = best == label;
    /* credit of the last hidden layer: the same at every step */
    for (unsigned n = 0; n < hidden; n++) {
        int64_t c = 0;
        for (unsigned o = 0; o < classes; o++) c += weight(m, SR_READOUT_LAYER, o, n) * e[o];
        for (unsigned t = 0; t < steps; t++) *at(q, t, n) = nearest(c, 9);
    }
    /* pairs */
    for (unsigned pair = 0; pair < learning->pairs; pair++) {
        struct cells credit = q, noise[SR_HIDDEN_LAYERS], f[SR_HIDDEN_LAYERS];
        for (unsigned l = last + 1; l-- > 0;) {
            unsigned width = net->hidden[l], below = sr_net_rows(net, l);
            noise[l] = make(steps, width);
            f[l] = make(1, width);
            for (unsigned t = 0; t < steps; t++)
                for (unsigned n = 0; n < width; n++) {
                    uint64_t w = sr_permute(sr_counter(SR_KIND_LOCAL, l, t, pair, place, n / 64) ^ learning->key);
                    *at(noise[l], t, n) = w >> n % 64 & 1 ? -1 : 1;
                }
            struct cells plus = spikes_of(net, l, base[l], noise[l], learning->sigma[l]);
            struct cells minus = spikes_of(net, l, base[l], noise[l], -(int64_t)learning->sigma[l]);
            for (unsigned n = 0; n < width; n++) {
                int64_t sum = 0;
                for (unsigned t = 0; t < steps; t++) sum += *at(credit, t, n) * (*at(plus, t, n) - *at(minus, t, n));
                *at(f[l], 0, n) = limited(sum, 127);
            }
            free(plus.value);
            free(minus.value);
            if (l < last) free(credit.value);
            if (!l) break;
            credit = make(steps, below);
            for (unsigned t = 0; t < steps; t++)
                for (unsigned j = 0; j < below; j++) {
                    int64_t sum = 0;
                    for (unsigned n = 0; n < width; n++) sum += weight(m, l, j, n) * *at(f[l], 0, n) * *at(noise[l], t, n);
                    *at(credit, t, j) = nearest(sum, learning->credit_shift[l - 1]);
                }
        }
        for (unsigned l = 0; l <= last; l++) {
            for (unsigned j = 0; j < sr_net_rows(net, l); j++)
                for (unsigned n = 0; n < net->hidden[l]; n++) {
                    int64_t signs = 0;
                    if (!*at(f[l], 0, n)) continue;
                    for (unsigned t = 0; t < steps; t++) signs += *at(input[l], t, j) * *at(noise[l], t, n);
                    move(m, learning, l, j, n, pair, place, *at(f[l], 0, n) * signs * (m->frac > 4 ? 1 << (m->frac - 4) : 1));
                }
            free(noise[l].value);
            free(f[l].value);
        }
    }
    for (unsigned o = 0; o < classes; o++)
        for (unsigned n = 0; n < hidden; n++) move(m, learning, SR_READOUT_LAYER, o, n, 0, place, e[o] * *at(y, 0, n));
    for (unsigned l = 0; l <= last; l++) free(base[l].value), free(input[l].value);
    free(input[last + 1].value);
    free(y.value);
    free(q.value);
}

void model_learn(const struct model *model, const struct sr_learning *learning, const struct sr_batch *batch, int32_t *fitness,
                 uint8_t *correct) {
    struct model changed = *model;
    for (uint32_t b = 0; b < batch->count; b++)
        learn(&changed, learning, batch->bits[b], batch->labels[b], learning->first + b, &fitness[b], &correct[b]);
}
