/* SPDX-License-Identifier: Apache-2.0
 * The self test's steps: see selftest_steps.h. */
#include "cmd/selftest_steps.h"

#include <stdlib.h>

#include "device/device.h"
#include "device/noise.h"

/* ---- answers ---- */

static const struct sr_answer_kind k_score = {"score", "sample", "class"}, k_predicted = {"predicted class", "sample", NULL},
                                   k_fitness = {"fitness", "member", NULL}, k_hits = {"hits", "member", NULL},
                                   k_hidden = {"hidden weight", "row", "column"},
                                   k_readout = {"readout weight", "class", "column"};

enum sr_status sr_note(struct sr_subject *s, const struct sr_answer_kind *kind, uint32_t row, uint32_t col, int32_t value) {
    struct sr_answers *a = &s->answers;
    if (a->count == a->room) {
        size_t room = a->room ? 2 * a->room : 1024;
        struct sr_answer *list = realloc(a->list, room * sizeof *list);
        if (!list) return SR_ERR_MEMORY;
        a->list = list;
        a->room = room;
    }
    a->list[a->count++] = (struct sr_answer){kind, s->part, row, col, value};
    return SR_OK;
}

/* ---- vectors ---- */

uint32_t sr_selftest_mix(uint32_t tag, uint32_t row, uint32_t col) {
    return (uint32_t)(sr_permute(sr_permute((uint64_t)tag << 32 | row) ^ col) >> 32);
}

static enum sr_status send(struct sr_subject *s, unsigned layer, int16_t *master) {
    enum sr_status status = master ? sr_device_write_weights(s->device, layer, master) : SR_ERR_MEMORY;
    free(master);
    return status;
}

static int16_t *room_for(const struct sr_net *net, unsigned layer) {
    return calloc((size_t)sr_net_rows(net, layer) * sr_net_cols(net, layer), sizeof(int16_t));
}

enum sr_status sr_load_pattern(struct sr_subject *s, const struct sr_net *net, unsigned layer, enum sr_pattern pattern) {
    uint32_t rows = sr_net_rows(net, layer), cols = sr_net_cols(net, layer);
    int limit = 1 << (7 + s->caps.frac_w);
    int16_t *master = room_for(net, layer);
    for (uint32_t i = 0; master && i < rows * cols; i++) {
        uint32_t row = i / cols, col = i % cols;
        if (pattern == SR_PATTERN_RAILS) master[i] = (int16_t)(col % 2 ? -limit : limit - 1);
        if (pattern == SR_PATTERN_ONE_TO_ONE) master[i] = (int16_t)(col % rows == row ? limit - 1 : 0);
    }
    return send(s, layer, master);
}

enum sr_status sr_load_random(struct sr_subject *s, const struct sr_net *net, unsigned layer, uint32_t range) {
    uint32_t rows = sr_net_rows(net, layer), cols = sr_net_cols(net, layer), span = (2 * range + 1) << s->caps.frac_w;
    int limit = 1 << (7 + s->caps.frac_w);
    int16_t *master = room_for(net, layer);
    for (uint32_t i = 0; master && i < rows * cols; i++) {
        int value = (int)(sr_selftest_mix(100 + layer, i / cols, i % cols) % span) - (int)(range << s->caps.frac_w);
        master[i] = (int16_t)(value < -limit ? -limit : value >= limit ? limit - 1 : value);
    }
    return send(s, layer, master);
}

void sr_drop_samples(struct sr_drawn *x) {
    free(x->words), free(x->bits), free(x->ids), free(x->labels);
    *x = (struct sr_drawn){.words = NULL};
}

enum sr_status sr_draw_samples(struct sr_subject *s, const struct sr_net *net, uint32_t count, uint32_t density,
                               struct sr_drawn *x) {
    uint32_t step_words = sr_net_step_words(net), each = net->steps * step_words;
    *x = (struct sr_drawn){.words = calloc((size_t)count * each, sizeof *x->words),
                           .bits = calloc(count, sizeof *x->bits),
                           .ids = calloc(count, sizeof *x->ids),
                           .labels = calloc(count, 1)};
    if (!x->words || !x->bits || !x->ids || !x->labels) {
        sr_drop_samples(x);
        return SR_ERR_MEMORY;
    }
    for (uint32_t b = 0; b < count; b++) {
        uint64_t *words = x->words + (size_t)b * each;
        for (uint32_t t = 0; t < net->steps; t++)
            for (uint32_t j = 0; j < net->inputs; j++)
                if ((b || count == 1) && (sr_selftest_mix(200 + b, t, j) & 255) < density)
                    words[t * step_words + j / 64] |= UINT64_C(1) << j % 64;
        x->bits[b] = words;
        x->ids[b] = s->next_id++;
        x->labels[b] = (uint8_t)(sr_selftest_mix(300, b, 0) % net->classes);
    }
    x->batch = (struct sr_batch){.count = count, .ids = x->ids, .bits = x->bits, .labels = x->labels};
    return SR_OK;
}

struct sr_evaluation sr_some_evaluation(uint32_t pairs, uint32_t rank, uint32_t scale, uint32_t readout_scale) {
    return (struct sr_evaluation){.noise = {.key = sr_generation_key(7, rank), .pairs = pairs, .rank = rank},
                                  .scale = {scale, scale, scale, readout_scale},
                                  .pair_count = pairs,
                                  .fitness = SR_FITNESS_MARGIN,
                                  .fitness_mul = 1};
}

/* ---- steps: do something on the device and note the answers ---- */

enum sr_status sr_ask_scores(struct sr_subject *s, const struct sr_net *net, const struct sr_drawn *x) {
    uint32_t count = x->batch.count, classes = net->classes;
    int32_t *scores = calloc((size_t)count * classes, sizeof *scores);
    uint8_t *predicted = calloc(count, 1);
    enum sr_status status = scores && predicted ? sr_device_infer(s->device, &x->batch, scores, predicted) : SR_ERR_MEMORY;
    for (uint32_t i = 0; i < count * classes && !status; i++)
        status = sr_note(s, &k_score, i / classes, i % classes, scores[i]);
    for (uint32_t b = 0; b < count && !status; b++) status = sr_note(s, &k_predicted, b, 0, predicted[b]);
    free(scores);
    free(predicted);
    return status;
}

enum sr_status sr_ask_fitness(struct sr_subject *s, const struct sr_evaluation *e, const struct sr_batch *batch) {
    uint32_t members = 2 * e->pair_count, from = 2 * e->pair_first;
    int32_t *fitness = calloc(members, sizeof *fitness);
    uint32_t *hits = calloc(members, sizeof *hits);
    enum sr_status status = fitness && hits ? sr_device_evaluate(s->device, e, batch, fitness, hits) : SR_ERR_MEMORY;
    for (uint32_t m = 0; m < members && !status; m++) {
        status = sr_note(s, &k_fitness, from + m, 0, fitness[m]);
        if (!status) status = sr_note(s, &k_hits, from + m, 0, (int32_t)hits[m]);
    }
    free(fitness);
    free(hits);
    return status;
}

enum sr_status sr_ask_weights(struct sr_subject *s, const struct sr_net *net) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        uint32_t rows = sr_net_rows(net, l), cols = sr_net_cols(net, l);
        int16_t *master = rows ? room_for(net, l) : NULL;
        if (!rows) continue;
        enum sr_status status = master ? sr_device_read_weights(s->device, l, master) : SR_ERR_MEMORY;
        for (uint32_t i = 0; i < rows * cols && !status; i++)
            status = sr_note(s, l == SR_READOUT_LAYER ? &k_readout : &k_hidden, i / cols, i % cols, master[i]);
        free(master);
        TRY(status);
    }
    return SR_OK;
}

enum sr_status sr_ask_update(struct sr_subject *s, const struct sr_net *net, struct sr_noise noise, uint32_t step,
                             uint32_t doublings) {
    struct sr_update update = {.noise = noise};
    int8_t *credit = malloc(noise.pairs);
    if (!credit) return SR_ERR_MEMORY;
    for (uint32_t p = 0; p < noise.pairs; p++) {
        uint32_t draw = sr_selftest_mix(400, p, step);
        bool large = draw & 1 && !doublings;
        credit[p] = (int8_t)(large ? (int)(draw >> 8) % 128 : (int)(draw >> 8) % 3 - 1);
    }
    for (unsigned l = 0; l < SR_LAYERS; l++) update.step[l] = step, update.doublings[l] = doublings;
    update.credit = credit;
    enum sr_status status = sr_device_update(s->device, &update);
    free(credit);
    return status ? status : sr_ask_weights(s, net);
}

enum sr_status sr_ask_scores_of(struct sr_subject *s, const struct sr_net *net, uint32_t density) {
    struct sr_drawn x;
    TRY(sr_draw_samples(s, net, 4, density, &x));
    enum sr_status status = sr_ask_scores(s, net, &x);
    sr_drop_samples(&x);
    return status;
}

enum sr_status sr_ask_fitness_of(struct sr_subject *s, const struct sr_net *net, const struct sr_evaluation *e,
                                 uint32_t density) {
    struct sr_drawn x;
    TRY(sr_draw_samples(s, net, 3, density, &x));
    enum sr_status status = sr_ask_fitness(s, e, &x.batch);
    sr_drop_samples(&x);
    return status;
}
