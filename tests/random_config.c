/* SPDX-License-Identifier: Apache-2.0
 * Random configurations; see random_config.h. */
#include "random_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "device/noise.h"

struct dice {
    uint64_t key, count;
    bool tame; /* two thirds of the draws: neurons that fire now and then, so that members differ; the others: edges */
};

static uint64_t draw(struct dice *d) { return sr_permute(d->count++ ^ d->key); }

static uint32_t below(struct dice *d, uint32_t n) { return (uint32_t)((draw(d) >> 32) % n); }

static uint32_t between(struct dice *d, uint32_t low, uint32_t high) { return low + below(d, high - low + 1); }

static bool one_in(struct dice *d, uint32_t n) { return below(d, n) == 0; }

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

#define PICK(d, list) ((list)[below((d), (uint32_t)(sizeof(list) / sizeof((list)[0])))])

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    if (!memory) abort();
    return memory;
}

/* A number of inputs or neurons. */
static uint32_t draw_size(struct dice *d, uint32_t limit) {
    static const uint32_t edges[] = {1, 2, 7, 8, 31, 32, 33, 63, 64, 65, 127, 128, 129, 130, 200, 257};
    uint32_t size = one_in(d, 40) ? between(d, 1, 700) : one_in(d, 2) ? between(d, 1, 80) : PICK(d, edges);
    return least(size, limit);
}

static uint32_t draw_steps(struct dice *d, uint32_t limit) {
    uint32_t steps = one_in(d, 24) ? between(d, 30, 300) : one_in(d, 6) ? 1 : between(d, 2, 14);
    return least(steps, limit);
}

static uint32_t draw_theta(struct dice *d, uint32_t rows) {
    static const uint32_t edges[] = {1, 2, 256, 512, 32767};
    uint32_t spread = 4; /* about the deviation of a tame neuron's current: 9 * sqrt(rows / 6) */
    while (spread * spread < 14 * rows) spread++;
    if (d->tame) return between(d, spread / 4 + 1, 2 * spread);
    return one_in(d, 4) ? PICK(d, edges) : one_in(d, 8) ? between(d, 1, 32767) : between(d, 1, 1200);
}

static uint32_t draw_leak(struct dice *d) {
    static const uint32_t edges[] = {0, 1, 32, 127, 128, 129, 255};
    return one_in(d, 2) ? PICK(d, edges) : below(d, 256);
}

static uint64_t words_of(uint32_t n, uint32_t width) { return width ? (n + width - 1) / width : 0; }

static bool fits(const struct sr_net *net, const struct sr_caps *caps) {
    uint64_t weights = 0, readout = 0;
    if (caps->lanes) readout = (uint64_t)net->classes * sr_row_words(caps, sr_net_cols(net, SR_READOUT_LAYER));
    for (unsigned l = 0; l < net->layers; l++) {
        if (caps->lanes) weights += (uint64_t)sr_net_rows(net, l) * sr_row_words(caps, net->hidden[l]);
        if (l && sr_net_rows(net, l) > caps->inputs_max) return false;
    }
    if (caps->sample_w && words_of(net->inputs, caps->sample_w) * net->steps > caps->sample_words) return false;
    return weights <= caps->weight_words && readout <= caps->rweight_words;
}

static void draw_net(struct dice *d, const struct sr_caps *caps, struct sr_net *net) {
    memset(net, 0, sizeof *net);
    net->layers = one_in(d, 2) ? 1 : between(d, 1, least(caps->layers_max, SR_HIDDEN_LAYERS));
    net->inputs = draw_size(d, caps->inputs_max);
    if (d->tame && net->inputs < 20) net->inputs = least(net->inputs + 30, caps->inputs_max);
    for (unsigned l = 0; l < net->layers; l++) net->hidden[l] = draw_size(d, caps->hidden_max);
    net->classes = between(d, 2, least(caps->classes_max, SR_CLASSES));
    net->steps = draw_steps(d, caps->steps_max);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        net->theta[l] = draw_theta(d, sr_net_rows(net, l));
        net->leak[l] = draw_leak(d);
        if (!(caps->modes & SR_MODES_LEAK)) net->leak[l] = SR_LEAK_SHIFT;
    }
    net->reset = one_in(d, 2) ? SR_RESET_HARD : SR_RESET_SUBTRACT;
    if (!(caps->modes & SR_MODES_SUBTRACT)) net->reset = SR_RESET_HARD;
    net->readout = SR_READOUT_SUM;
    if (caps->step_readout && one_in(d, 2)) net->readout = one_in(d, 2) ? SR_READOUT_MEMBRANE : SR_READOUT_SPIKES;
    while (!fits(net, caps)) {
        net->inputs = (net->inputs + 1) / 2;
        net->steps = (net->steps + 1) / 2;
        for (unsigned l = 0; l < net->layers; l++) net->hidden[l] = (net->hidden[l] + 1) / 2;
    }
}

static uint32_t draw_scale(struct dice *d) {
    static const uint32_t edges[] = {0, 1, 16, 256, 4095};
    if (d->tame && !one_in(d, 8)) return between(d, 100, 1200);
    return one_in(d, 3) ? PICK(d, edges) : one_in(d, 4) ? below(d, 4096) : below(d, 600);
}

static void draw_noise(struct dice *d, const struct sr_caps *caps, struct sr_noise *noise) {
    memset(noise, 0, sizeof *noise);
    noise->key = draw(d);
    noise->rank = least(one_in(d, 4) ? between(d, 1, 32) : between(d, 1, 5), caps->rank_max);
    noise->pairs = one_in(d, 12) ? between(d, 30, 140) : between(d, 1, 20);
    noise->pairs = least(noise->pairs, least(caps->pairs_max, 16384 / noise->rank));
    noise->mode = one_in(d, 3) ? SR_MODE_FULL : SR_MODE_LOWRANK;
    noise->readout_mode = one_in(d, 2) ? SR_MODE_FULL : SR_MODE_LOWRANK;
    noise->dist = one_in(d, 2) ? SR_DIST_SIGN : SR_DIST_BELL;
    sr_noise_within(caps, noise); /* after the draws, which are the same for every device */
}

uint32_t sr_noise_within(const struct sr_caps *caps, struct sr_noise *noise) {
    struct sr_noise asked = *noise;
    if (!(caps->modes & SR_MODES_FULL)) noise->mode = noise->readout_mode = SR_MODE_LOWRANK;
    if (!(caps->modes & SR_MODES_MIXED)) noise->readout_mode = noise->mode;
    if (!(caps->modes & SR_MODES_BELL)) noise->dist = SR_DIST_SIGN;
    noise->rank = least(noise->rank, caps->rank_max);
    bool kept = caps->factors && !sr_noise_is_full(noise);
    if (kept) noise->rank = least(noise->rank, caps->factors);
    if (kept) noise->pairs = least(noise->pairs, caps->factors / noise->rank);
    return (noise->mode != asked.mode || noise->readout_mode != asked.readout_mode ? SR_OTHER_MODE : 0) |
           (noise->dist != asked.dist ? SR_OTHER_DIST : 0) |
           (noise->rank != asked.rank || noise->pairs != asked.pairs ? SR_OTHER_SIZE : 0);
}

static void draw_evaluation(struct dice *d, struct sr_evaluation *e) {
    e->pair_first = 0;
    e->pair_count = e->noise.pairs;
    for (unsigned l = 0; l < SR_LAYERS; l++) e->scale[l] = draw_scale(d);
    e->fitness = (enum sr_fitness)below(d, 3);
    e->fitness_mul = below(d, 16);
    e->fitness_shift = one_in(d, 4) ? below(d, 32) : below(d, 8);
    if (!d->tame) return;
    if (e->fitness == SR_FITNESS_CORRECT && !one_in(d, 3)) e->fitness = SR_FITNESS_LOGSOFTMAX;
    e->fitness_mul |= 1;
    e->fitness_shift %= 6;
}

static void draw_update(struct dice *d, struct sr_update *u) {
    static const uint32_t steps[] = {0, 1, 255, 256, 32768, 65535};
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        u->step[l] = one_in(d, 4) ? PICK(d, steps) : one_in(d, 3) ? below(d, 256) : below(d, 65536);
        u->doublings[l] = one_in(d, 3) ? below(d, 9) : 0;
    }
}

/* Multiplications of the naive model, roughly. */
static uint64_t work_of(const struct sr_random_config *c) {
    uint64_t weights = 0;
    for (unsigned l = 0; l < SR_LAYERS; l++) weights += (uint64_t)sr_net_rows(&c->net, l) * sr_net_cols(&c->net, l);
    return 2 * (uint64_t)c->evaluation.noise.pairs * weights * (c->batch.count * c->net.steps + c->evaluation.noise.rank);
}

static void cut(struct dice *d, struct sr_random_config *c) {
    while (work_of(c) > SR_RANDOM_WORK) {
        uint32_t *sizes[] = {&c->batch.count, &c->evaluation.noise.pairs, &c->evaluation.noise.pairs, &c->net.steps,
                             &c->net.inputs,  &c->net.hidden[0],          &c->net.hidden[1],          &c->net.hidden[2]};
        uint32_t *size = PICK(d, sizes);
        if (size == &c->net.inputs || (size >= c->net.hidden && size < c->net.hidden + SR_HIDDEN_LAYERS)) {
            if (*size > 130) *size = between(d, 60, 130);
        } else if (*size > 1) {
            *size -= (*size + 3) / 4;
        }
        if (c->batch.count == 1 && c->evaluation.noise.pairs == 1 && c->net.steps == 1) return;
    }
}

static int16_t draw_weight(struct dice *d, unsigned kind, int limit) {
    int any = (int)below(d, (uint32_t)(2 * limit)) - limit;
    switch (kind) {
        case 0:
            return (int16_t)any;
        case 1:
            return (int16_t)(limit - 1); /* everything fires, the current saturates */
        case 2:
            return (int16_t)-limit; /* the least number that the store holds */
        case 3:
            return (int16_t)(one_in(d, 8) ? any : 0);
        case 4:
            return (int16_t)(any < 0 ? any / 8 : any / 4); /* leans to firing */
        default:
            return (int16_t)(any / 8);
    }
}

static void draw_weights(struct dice *d, unsigned frac, struct sr_random_config *c) {
    static const unsigned kinds[] = {0, 0, 1, 2, 3, 4, 4, 4, 5, 5, 5, 5};
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t count = (size_t)sr_net_rows(&c->net, l) * sr_net_cols(&c->net, l);
        unsigned kind = PICK(d, kinds);
        if (!count) continue;
        if (d->tame) kind = l == SR_READOUT_LAYER && one_in(d, 2) ? 0 : 5;
        c->weights[l] = allocate(count, sizeof *c->weights[l]);
        for (size_t i = 0; i < count; i++) c->weights[l][i] = draw_weight(d, kind, 1 << (7 + frac));
    }
}

static uint64_t draw_spikes(struct dice *d, unsigned kind) {
    uint64_t a = draw(d);
    switch (kind) {
        case 0:
            return 0;
        case 1:
            return ~UINT64_C(0);
        case 2:
            return one_in(d, 2) ? ~UINT64_C(0) : 0;
        case 3:
            return a;
        case 4:
            return a & draw(d) & draw(d) & draw(d) & draw(d);
        default:
            return a & draw(d) & draw(d);
    }
}

static void draw_batch(struct dice *d, struct sr_random_config *c) {
    static const unsigned kinds[] = {0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 5, 5};
    uint32_t count = c->batch.count, words = sr_net_step_words(&c->net);
    uint64_t last = c->net.inputs % 64 ? (UINT64_C(1) << c->net.inputs % 64) - 1 : ~UINT64_C(0);
    c->bits = allocate(count, sizeof *c->bits);
    c->ids = allocate(count, sizeof *c->ids);
    c->labels = allocate(count, sizeof *c->labels);
    for (uint32_t b = 0; b < count; b++) {
        unsigned kind = PICK(d, kinds);
        if (d->tame && kind < 3) kind = 5;
        c->ids[b] = b;
        c->labels[b] = (uint8_t)below(d, c->net.classes);
        c->bits[b] = allocate((size_t)c->net.steps * words, sizeof *c->bits[b]);
        for (uint32_t t = 0; t < c->net.steps; t++)
            for (uint32_t i = 0; i < words; i++)
                c->bits[b][t * words + i] = draw_spikes(d, kind) & (i + 1 == words ? last : ~UINT64_C(0));
    }
    c->batch = (struct sr_batch){.count = count, .ids = c->ids, .bits = (const uint64_t *const *)c->bits, .labels = c->labels};
}

/* Doublings as an update may have them (numerics, section 7). */
static void keep_within_reach(struct sr_random_config *c) {
    uint64_t reach = c->update.credit ? 0 : c->evaluation.noise.pairs;
    for (uint32_t p = 0; c->update.credit && p < c->evaluation.noise.pairs; p++) reach += (uint64_t)abs(c->credit[p]);
    reach *= c->evaluation.noise.rank;
    for (unsigned l = 0; l < SR_LAYERS; l++)
        while (c->update.doublings[l] && reach << c->update.doublings[l] > SR_UPDATE_REACH) c->update.doublings[l]--;
}

static void draw_credit(struct dice *d, struct sr_random_config *c) {
    static const uint32_t largest[] = {1, 1, 3, 127};
    uint32_t pairs = c->evaluation.noise.pairs, size = PICK(d, largest);
    c->credit = allocate(pairs, sizeof *c->credit);
    for (uint32_t p = 0; p < pairs; p++) c->credit[p] = (int8_t)((int)below(d, 2 * size + 1) - (int)size);
    c->update.credit = one_in(d, 3) ? NULL : c->credit;
    if (c->update.credit && one_in(d, 2)) {
        c->evaluation.pair_first = below(d, pairs);
        c->evaluation.pair_count = between(d, 1, pairs - c->evaluation.pair_first);
    }
}

void sr_random_config(uint64_t seed, const struct sr_caps *caps, struct sr_random_config *out) {
    struct dice dice = {.key = sr_permute(seed ^ UINT64_C(0x72616e646f6d))}, *d = &dice;
    memset(out, 0, sizeof *out);
    out->seed = seed;
    d->tame = !one_in(d, 3);
    draw_net(d, caps, &out->net);
    draw_noise(d, caps, &out->evaluation.noise);
    out->batch.count = one_in(d, 10) ? between(d, 8, 40) : between(d, 1, 6);
    cut(d, out);
    draw_evaluation(d, &out->evaluation);
    draw_update(d, &out->update);
    out->update.noise = out->evaluation.noise;
    draw_weights(d, caps->frac_w, out);
    draw_batch(d, out);
    draw_credit(d, out);
    keep_within_reach(out);
    const struct sr_net *n = &out->net;
    const struct sr_noise *m = &out->evaluation.noise;
    snprintf(
        out->text, sizeof out->text,
        "seed %llu: %u-%u-%u-%u-%u, %u layers, T %u, readout %d, reset %d, pairs %u+%u/%u, rank %u, mode %d/%d, dist %d, B %u",
        (unsigned long long)seed, n->inputs, n->hidden[0], n->hidden[1], n->hidden[2], n->classes, n->layers, n->steps,
        (int)n->readout, (int)n->reset, out->evaluation.pair_first, out->evaluation.pair_count, m->pairs, m->rank, (int)m->mode,
        (int)m->readout_mode, (int)m->dist, out->batch.count);
}

static uint32_t number(uint64_t *dice, uint32_t low, uint32_t high) {
    return low + (uint32_t)((sr_permute(++*dice) >> 32) % (high - low + 1));
}

struct sr_learning sr_random_learning(uint64_t seed, uint32_t frac_bits, uint32_t pairs_max, struct sr_random_config *config) {
    uint64_t dice = seed << 20;
    bool wild = number(&dice, 0, 3) == 0;
    int16_t lowest = (int16_t) - (1 << (7 + frac_bits));
    struct sr_learning learning = {.key = sr_permute(seed),
                                   .first = wild ? number(&dice, 0, 60000) : 0,
                                   .pairs = number(&dice, 1, pairs_max),
                                   .error_mul = number(&dice, 1, 15),
                                   .error_shift = number(&dice, 0, wild ? 31 : 6)};
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t count = (size_t)sr_net_rows(&config->net, l) * sr_net_cols(&config->net, l);
        learning.factor[l] = number(&dice, 0, 7) ? number(&dice, 1, wild ? 65535 : 8000) : 0;
        if (l < SR_HIDDEN_LAYERS) {
            learning.sigma[l] = number(&dice, 0, 15) ? number(&dice, 1, wild ? 4095 : 200) : 0;
            learning.credit_shift[l] = number(&dice, 1, wild ? 15 : 8);
        }
        for (size_t i = 0; i < count; i++)
            if (config->weights[l][i] == lowest) config->weights[l][i]++;
    }
    config->net.readout = SR_READOUT_SUM;
    return learning;
}

void sr_random_config_free(struct sr_random_config *config) {
    for (unsigned l = 0; l < SR_LAYERS; l++) free(config->weights[l]);
    for (uint32_t b = 0; config->bits && b < config->batch.count; b++) free(config->bits[b]);
    free(config->bits);
    free(config->ids);
    free(config->labels);
    free(config->credit);
    memset(config, 0, sizeof *config);
}
