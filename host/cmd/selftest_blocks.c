/* SPDX-License-Identifier: Apache-2.0
 * The blocks of the self test: see selftest.h. */
#include "cmd/selftest.h"

#include <stdlib.h>

#include "device/device.h"
#include "device/noise.h"
#include "map/sr_map.h"

#define TRY(call)                           \
    do {                                    \
        enum sr_status try_status = (call); \
        if (try_status) return try_status;  \
    } while (0)

/* ---- answers ---- */

static const struct sr_answer_kind k_score = {"score", "sample", "class"}, k_predicted = {"predicted class", "sample", NULL},
                                   k_fitness = {"fitness", "member", NULL}, k_hits = {"hits", "member", NULL},
                                   k_credit = {"credit", "pair", NULL}, k_hidden = {"hidden weight", "row", "column"},
                                   k_readout = {"readout weight", "class", "column"};

static enum sr_status note(struct sr_subject *s, const struct sr_answer_kind *kind, uint32_t row, uint32_t col, int32_t value) {
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

/* ---- limits ---- */

static bool has_full(const struct sr_caps *caps) { return caps->modes & SR_MODES_FULL; }
static bool has_bell(const struct sr_caps *caps) { return caps->modes & SR_MODES_BELL; }

/* Pairs that a population of this rank may have. */
static uint32_t most_pairs(const struct sr_caps *caps, uint32_t rank) {
    uint32_t terms = caps->factors && caps->factors < 16384 ? caps->factors : 16384;
    return caps->pairs_max < terms / rank ? caps->pairs_max : terms / rank;
}

static bool has_layers(const struct sr_caps *caps) { return caps->layers_max > 1; }
static bool has_step_readout(const struct sr_caps *caps) { return caps->step_readout != 0; }

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Pairs that are projected at a time. */
static uint32_t group_of(const struct sr_caps *caps) {
    return caps->proj_units > 4 * caps->engines ? caps->proj_units : 4 * caps->engines;
}

/* More than two groups of pairs, the last one not full, where they fit. */
static uint32_t some_pairs(const struct sr_caps *caps, uint32_t rank) {
    uint32_t most = most_pairs(caps, rank), wanted = 2 * group_of(caps) + 3;
    return wanted < most ? wanted : most;
}

/* A rank that takes more than two items, where it fits. */
static uint32_t some_rank(const struct sr_caps *caps, uint32_t steps) {
    uint32_t rank = least(caps->rank_max, 2 * caps->rank_lanes + 1);
    if (caps->factors) rank = least(rank, caps->factors);
    while (rank > 1 &&
           (rank + caps->rank_lanes - 1) / caps->rank_lanes * steps * (group_of(caps) / caps->proj_units) > caps->cbuf_words)
        rank--;
    return rank;
}

/* A network of at most this shape, within the limits. */
static struct sr_net some_net(const struct sr_caps *caps, uint32_t inputs, uint32_t hidden, uint32_t steps) {
    struct sr_net net = {.layers = 1,
                         .inputs = least(inputs, caps->inputs_max),
                         .hidden = {least(hidden, caps->hidden_max)},
                         .classes = caps->classes_max,
                         .steps = least(steps, caps->steps_max),
                         .theta = {1, 1, 1, 1}};
    while (net.hidden[0] > 1 && (net.classes * sr_row_words(caps, net.hidden[0]) > caps->rweight_words ||
                                 sr_row_words(caps, net.hidden[0]) > caps->weight_words))
        net.hidden[0]--;
    uint32_t row = sr_row_words(caps, net.hidden[0]);
    uint64_t sample_bits = (uint64_t)caps->sample_words * caps->sample_w;
    while (net.classes > 2 && net.classes * row > caps->rweight_words) net.classes--;
    net.inputs = least(net.inputs, caps->weight_words / row);
    if (net.inputs > sample_bits) net.inputs = (uint32_t)sample_bits;
    if (!caps->factors) net.steps = least(net.steps, caps->cbuf_words / (group_of(caps) / caps->proj_units));
    net.steps = least(net.steps, caps->sample_words / ((net.inputs + caps->sample_w - 1) / caps->sample_w));
    return net;
}

/* Two blocks of weights or more and an end that is not full; more than one sample word. */
static struct sr_net usual_net(const struct sr_subject *s) {
    uint32_t ragged = s->quick ? 21 : 37;
    return some_net(&s->caps, s->quick ? 35 : 75, s->caps.col_lanes > ragged ? s->caps.col_lanes + ragged : ragged + 1, 7);
}

/* ---- vectors ---- */

uint32_t sr_selftest_mix(uint32_t tag, uint32_t row, uint32_t col) {
    return (uint32_t)(sr_permute(sr_permute((uint64_t)tag << 32 | row) ^ col) >> 32);
}

enum pattern {
    ZERO,
    ONE_TO_ONE, /* neuron n hears input n modulo inputs */
    RAILS       /* columns of the largest and the smallest weight */
};

static enum sr_status send(struct sr_subject *s, unsigned layer, int16_t *master) {
    enum sr_status status = master ? sr_device_write_weights(s->device, layer, master) : SR_ERR_MEMORY;
    free(master);
    return status;
}

static int16_t *room_for(const struct sr_net *net, unsigned layer) {
    return calloc((size_t)sr_net_rows(net, layer) * sr_net_cols(net, layer), sizeof(int16_t));
}

static enum sr_status load_pattern(struct sr_subject *s, const struct sr_net *net, unsigned layer, enum pattern pattern) {
    uint32_t rows = sr_net_rows(net, layer), cols = sr_net_cols(net, layer);
    int limit = 1 << (7 + s->caps.frac_w);
    int16_t *master = room_for(net, layer);
    for (uint32_t i = 0; master && i < rows * cols; i++) {
        uint32_t row = i / cols, col = i % cols;
        if (pattern == RAILS) master[i] = (int16_t)(col % 2 ? -limit : limit - 1);
        if (pattern == ONE_TO_ONE) master[i] = (int16_t)(col % rows == row ? limit - 1 : 0);
    }
    return send(s, layer, master);
}

/* Whole parts -range..range (-128..127 at most), any fraction. */
static enum sr_status load_random(struct sr_subject *s, const struct sr_net *net, unsigned layer, uint32_t range) {
    uint32_t rows = sr_net_rows(net, layer), cols = sr_net_cols(net, layer), span = (2 * range + 1) << s->caps.frac_w;
    int limit = 1 << (7 + s->caps.frac_w);
    int16_t *master = room_for(net, layer);
    for (uint32_t i = 0; master && i < rows * cols; i++) {
        int value = (int)(sr_selftest_mix(100 + layer, i / cols, i % cols) % span) - (int)(range << s->caps.frac_w);
        master[i] = (int16_t)(value < -limit ? -limit : value >= limit ? limit - 1 : value);
    }
    return send(s, layer, master);
}

struct samples {
    struct sr_batch batch;
    uint64_t *words;
    const uint64_t **bits;
    uint32_t *ids;
    uint8_t *labels;
};

static void drop(struct samples *x) {
    free(x->words), free(x->bits), free(x->ids), free(x->labels);
    *x = (struct samples){.words = NULL};
}

/* Random spikes, of every 256 inputs `density` on average; the first sample is empty if there are several. */
static enum sr_status draw(struct sr_subject *s, const struct sr_net *net, uint32_t count, uint32_t density,
                           struct samples *x) {
    uint32_t step_words = sr_net_step_words(net), each = net->steps * step_words;
    *x = (struct samples){.words = calloc((size_t)count * each, sizeof *x->words),
                          .bits = calloc(count, sizeof *x->bits),
                          .ids = calloc(count, sizeof *x->ids),
                          .labels = calloc(count, 1)};
    if (!x->words || !x->bits || !x->ids || !x->labels) {
        drop(x);
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

static struct sr_evaluation some_evaluation(uint32_t pairs, uint32_t rank, uint32_t scale, uint32_t readout_scale) {
    return (struct sr_evaluation){.noise = {.key = sr_generation_key(7, rank), .pairs = pairs, .rank = rank},
                                  .scale = {scale, scale, scale, readout_scale},
                                  .pair_count = pairs,
                                  .fitness = SR_FITNESS_MARGIN,
                                  .fitness_mul = 1};
}

/* ---- steps: do something on the device and note the answers ---- */

static enum sr_status ask_scores(struct sr_subject *s, const struct sr_net *net, const struct samples *x) {
    uint32_t count = x->batch.count, classes = net->classes;
    int32_t *scores = calloc((size_t)count * classes, sizeof *scores);
    uint8_t *predicted = calloc(count, 1);
    enum sr_status status = scores && predicted ? sr_device_infer(s->device, &x->batch, scores, predicted) : SR_ERR_MEMORY;
    for (uint32_t i = 0; i < count * classes && !status; i++) status = note(s, &k_score, i / classes, i % classes, scores[i]);
    for (uint32_t b = 0; b < count && !status; b++) status = note(s, &k_predicted, b, 0, predicted[b]);
    free(scores);
    free(predicted);
    return status;
}

static enum sr_status ask_fitness(struct sr_subject *s, const struct sr_evaluation *e, const struct sr_batch *batch) {
    uint32_t members = 2 * e->pair_count, from = 2 * e->pair_first;
    int32_t *fitness = calloc(members, sizeof *fitness);
    uint32_t *hits = calloc(members, sizeof *hits);
    enum sr_status status = fitness && hits ? sr_device_evaluate(s->device, e, batch, fitness, hits) : SR_ERR_MEMORY;
    for (uint32_t m = 0; m < members && !status; m++) {
        status = note(s, &k_fitness, from + m, 0, fitness[m]);
        if (!status) status = note(s, &k_hits, from + m, 0, (int32_t)hits[m]);
    }
    free(fitness);
    free(hits);
    return status;
}

static enum sr_status ask_weights(struct sr_subject *s, const struct sr_net *net) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        uint32_t rows = sr_net_rows(net, l), cols = sr_net_cols(net, l);
        int16_t *master = rows ? room_for(net, l) : NULL;
        if (!rows) continue;
        enum sr_status status = master ? sr_device_read_weights(s->device, l, master) : SR_ERR_MEMORY;
        for (uint32_t i = 0; i < rows * cols && !status; i++)
            status = note(s, l == SR_READOUT_LAYER ? &k_readout : &k_hidden, i / cols, i % cols, master[i]);
        free(master);
        TRY(status);
    }
    return SR_OK;
}

/* An update with credits from the host, small and large, and the weights that come of it. */
static enum sr_status ask_update(struct sr_subject *s, const struct sr_net *net, struct sr_noise noise, uint32_t mant,
                                 uint32_t shift) {
    struct sr_update update = {.noise = noise};
    int8_t *credit = malloc(noise.pairs);
    if (!credit) return SR_ERR_MEMORY;
    for (uint32_t p = 0; p < noise.pairs; p++) {
        uint32_t draw = sr_selftest_mix(400, p, shift);
        credit[p] = (int8_t)(draw & 1 ? (int)(draw >> 8) % 128 : (int)(draw >> 8) % 3 - 1);
    }
    for (unsigned l = 0; l < SR_LAYERS; l++) update.mant[l] = mant, update.shift[l] = shift;
    update.credit = credit;
    enum sr_status status = sr_device_update(s->device, &update);
    free(credit);
    return status ? status : ask_weights(s, net);
}

/* ---- blocks that the program's own interface shows ---- */

static enum sr_status try_scores(struct sr_subject *s, const struct sr_net *net, uint32_t density) {
    struct samples x;
    TRY(draw(s, net, 4, density, &x));
    enum sr_status status = ask_scores(s, net, &x);
    drop(&x);
    return status;
}

static enum sr_status try_fitness(struct sr_subject *s, const struct sr_net *net, const struct sr_evaluation *e,
                                  uint32_t density) {
    struct samples x;
    TRY(draw(s, net, 3, density, &x));
    enum sr_status status = ask_fitness(s, e, &x.batch);
    drop(&x);
    return status;
}

/* Spikes are the inputs, so that scores are sums of readout weights. */
static enum sr_status try_readout(struct sr_subject *s) {
    struct sr_net net = usual_net(s);
    net.inputs = least(s->caps.inputs_max, least(75, s->caps.weight_words / sr_row_words(&s->caps, net.hidden[0])));
    TRY(sr_device_configure(s->device, &net));
    TRY(load_pattern(s, &net, 0, ONE_TO_ONE));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 128));
    s->part = "few spikes";
    TRY(try_scores(s, &net, 20));
    s->part = "many spikes";
    TRY(try_scores(s, &net, 230));
    s->part = "all classes alike";
    TRY(load_pattern(s, &net, SR_READOUT_LAYER, RAILS));
    return try_scores(s, &net, 128);
}

/* One step: a neuron fires if its current reaches theta. */
static enum sr_status try_base(struct sr_subject *s) {
    static const struct {
        const char *part;
        uint32_t theta, range, density;
    } parts[] = {{"threshold 1", 1, 2, 12},       {"threshold 3", 3, 2, 25},        {"threshold 8", 8, 4, 40},
                 {"threshold 100", 100, 128, 60}, {"threshold 700", 700, 128, 200}, {"all inputs", 1, 128, 256}};
    struct sr_net net = some_net(&s->caps, s->quick ? 75 : 1 << 16, usual_net(s).hidden[0], 1);
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 128));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        s->part = parts[i].part;
        net.theta[0] = parts[i].theta;
        TRY(sr_device_configure(s->device, &net));
        if (!i || parts[i].range != parts[i - 1].range) TRY(load_random(s, &net, 0, parts[i].range));
        TRY(try_scores(s, &net, parts[i].density));
    }
    s->part = "saturation"; /* with enough inputs the sum leaves 16 bits */
    net.theta[0] = net.inputs > 258 ? 32767 : 127 * net.inputs;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_pattern(s, &net, 0, RAILS));
    return try_scores(s, &net, 256);
}

static enum sr_status try_lif(struct sr_subject *s, enum sr_reset reset, const uint32_t *leaks, size_t count) {
    struct sr_net net = usual_net(s);
    net.reset = reset;
    net.theta[0] = 90;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 128));
    s->part = "random currents";
    TRY(load_random(s, &net, 0, 30));
    for (size_t i = 0; i < count; i++) {
        net.leak[0] = leaks[i];
        net.theta[0] = 90 - 20 * (uint32_t)i;
        TRY(sr_device_configure(s->device, &net));
        TRY(try_scores(s, &net, 60));
    }
    s->part = "membranes at their rails";
    net.theta[0] = 32767;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_pattern(s, &net, 0, RAILS));
    return try_scores(s, &net, 256);
}

static enum sr_status try_lif_hard(struct sr_subject *s) { return try_lif(s, SR_RESET_HARD, (const uint32_t[]){0}, 1); }
static enum sr_status try_lif_soft(struct sr_subject *s) { return try_lif(s, SR_RESET_SUBTRACT, (const uint32_t[]){0}, 1); }
static enum sr_status try_lif_leak(struct sr_subject *s) {
    static const uint32_t leaks[] = {1, 32, 255};
    TRY(try_lif(s, SR_RESET_HARD, leaks, 3));
    return try_lif(s, SR_RESET_SUBTRACT, leaks, 3);
}

/* No perturbation, and the scores of the readout's test: what is left is the fitness. A sample at a time, then all. */
static enum sr_status try_kind(struct sr_subject *s, enum sr_fitness fitness, const uint32_t (*scales)[2], size_t count) {
    struct sr_net net = usual_net(s);
    struct sr_evaluation e = some_evaluation(1, 1, 0, 0);
    struct samples x;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_pattern(s, &net, 0, ONE_TO_ONE));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 128));
    TRY(draw(s, &net, 6, 50, &x));
    enum sr_status status = SR_OK;
    e.fitness = fitness;
    for (size_t i = 0; i < count && !status; i++) {
        e.fitness_mul = scales[i][0];
        e.fitness_shift = scales[i][1];
        s->part = "a sample";
        for (uint32_t b = 0; b < x.batch.count && !status; b++) {
            struct sr_batch one = {.count = 1, .ids = x.ids + b, .bits = x.bits + b, .labels = x.labels + b};
            for (uint8_t label = 0; label < net.classes && !status; label = (uint8_t)(label + 3)) {
                x.labels[b] = label;
                status = ask_fitness(s, &e, &one);
            }
        }
        s->part = "a batch";
        if (!status) status = ask_fitness(s, &e, &x.batch);
    }
    drop(&x);
    return status;
}

static enum sr_status try_correct(struct sr_subject *s) {
    static const uint32_t scales[][2] = {{0, 0}};
    return try_kind(s, SR_FITNESS_CORRECT, scales, 1);
}
static enum sr_status try_margin(struct sr_subject *s) {
    static const uint32_t scales[][2] = {{1, 0}, {15, 0}, {11, 5}}; /* 15: beyond 32767 for some */
    return try_kind(s, SR_FITNESS_MARGIN, scales, 3);
}
static enum sr_status try_logsoftmax(struct sr_subject *s) {
    static const uint32_t scales[][2] = {{1, 0}, {5, 4}, {3, 6}, {1, 8}};
    return try_kind(s, SR_FITNESS_LOGSOFTMAX, scales, 4);
}

/* S = 0: every member is the base network. Both halves of a lane, all threads and engines. */
static enum sr_status try_members(struct sr_subject *s) {
    struct sr_net net = usual_net(s);
    struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, 1), 1, 0, 0);
    net.theta[0] = 90;
    net.leak[0] = 32;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, 0, 30));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 128));
    return try_fitness(s, &net, &e, 60);
}

/* No weights, S = 1: the current of a neuron is the projection of its pair, plus or minus. */
static enum sr_status try_projection(struct sr_subject *s) {
    static const struct {
        const char *part;
        uint32_t theta, steps, density;
    } parts[] = {{"threshold 1", 1, 1, 20}, {"threshold 4", 4, 1, 50}, {"threshold 9", 9, 1, 200}, {"steps", 3, 7, 40}};
    uint32_t pairs = some_pairs(&s->caps, 1);
    struct sr_net net;
    struct sr_evaluation e = some_evaluation(pairs, 1, 256, 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        s->part = parts[i].part;
        net = usual_net(s);
        net.steps = least(net.steps, parts[i].steps);
        net.theta[0] = parts[i].theta;
        net.leak[0] = 255;
        TRY(sr_device_configure(s->device, &net));
        if (!i || parts[i].steps != parts[i - 1].steps) {
            TRY(load_pattern(s, &net, 0, ZERO));
            TRY(load_random(s, &net, SR_READOUT_LAYER, 20));
        }
        TRY(try_fitness(s, &net, &e, parts[i].density));
    }
    s->part = "a share of the pairs";
    e.pair_first = pairs / 2;
    e.pair_count = pairs - pairs / 2;
    return try_fitness(s, &net, &e, 40);
}

static enum sr_status try_perturbation(struct sr_subject *s) {
    static const struct {
        const char *part;
        uint32_t scale, range, theta;
        bool ranks;
    } parts[] = {{"S = 37/256", 37, 4, 12, false},
                 {"S = 700/256", 700, 10, 40, false},
                 {"S = 4095/256", 4095, 30, 1000, false},
                 {"rank terms", 300, 10, 60, true},
                 {"rank terms, S = 4095/256", 4095, 30, 2000, true}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct sr_net net = usual_net(s);
        uint32_t rank = parts[i].ranks ? some_rank(&s->caps, net.steps) : 1;
        struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, rank), rank, parts[i].scale, 0);
        s->part = parts[i].part;
        net.theta[0] = parts[i].theta;
        net.leak[0] = 20;
        TRY(sr_device_configure(s->device, &net));
        TRY(load_random(s, &net, 0, parts[i].range));
        TRY(load_random(s, &net, SR_READOUT_LAYER, 20));
        TRY(try_fitness(s, &net, &e, 60));
    }
    return SR_OK;
}

/* Only the readout is perturbed: spikes are the inputs, scores differ by member. */
static enum sr_status try_readout_noise(struct sr_subject *s, struct sr_noise noise, uint32_t most_rank) {
    struct sr_net net = usual_net(s);
    TRY(sr_device_configure(s->device, &net));
    TRY(load_pattern(s, &net, 0, ONE_TO_ONE));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 20));
    for (uint32_t rank = 1; rank <= most_rank; rank += most_rank > 1 ? most_rank - 1 : 1) {
        struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, rank), rank, 0, 300);
        s->part = rank == 1 ? "rank 1" : "rank terms";
        e.noise.mode = noise.mode;
        e.noise.readout_mode = noise.readout_mode;
        e.noise.dist = noise.dist;
        TRY(try_fitness(s, &net, &e, 90));
    }
    return SR_OK;
}

static enum sr_status try_readout_perturbation(struct sr_subject *s) {
    return try_readout_noise(s, (struct sr_noise){.rank = 1}, some_rank(&s->caps, usual_net(s).steps));
}

/* More samples than the batch list holds: fitness goes on from slice to slice. */
static enum sr_status try_slices(struct sr_subject *s) {
    struct sr_net net = some_net(&s->caps, 11, 6, 1);
    uint32_t slots = s->caps.sample_words / ((net.inputs + s->caps.sample_w - 1) / s->caps.sample_w * net.steps);
    struct sr_evaluation e = some_evaluation(least(3, most_pairs(&s->caps, 1)), 1, 200, 200);
    struct samples x;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, 0, 10));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 20));
    TRY(draw(s, &net, least(slots, s->caps.batch_max) + 3, 128, &x));
    enum sr_status status = ask_fitness(s, &e, &x.batch);
    drop(&x);
    return status;
}

/* Credits made on the device: of pairs that differ and of pairs that do not. */
static enum sr_status shape(struct sr_subject *s, const struct sr_net *net, const struct sr_evaluation *e,
                            const struct samples *x) {
    uint32_t pairs = e->noise.pairs;
    struct sr_update update = {.noise = e->noise, .mant = {128, 128, 128, 128}};
    int32_t *fitness = calloc(2 * (size_t)pairs, sizeof *fitness);
    uint8_t *credit = calloc(pairs, 1);
    enum sr_status status = fitness && credit ? sr_device_evaluate(s->device, e, &x->batch, fitness, NULL) : SR_ERR_MEMORY;
    for (uint32_t p = 0; p < pairs && !status; p++)
        credit[p] = (uint8_t)((fitness[2 * p] > fitness[2 * p + 1]) - (fitness[2 * p] < fitness[2 * p + 1]));
    if (!status) status = sr_device_update(s->device, &update);
    if (!status && s->credits && s->device->ops->read_memory)
        status = sr_device_read_memory(s->device, SR_MEM_CREDIT, 0, credit, pairs);
    for (uint32_t p = 0; p < pairs && !status && s->credits; p++) status = note(s, &k_credit, p, 0, (int8_t)credit[p]);
    if (!status) status = ask_weights(s, net);
    free(fitness);
    free(credit);
    return status;
}

static enum sr_status try_shaping(struct sr_subject *s) {
    struct sr_net net = usual_net(s);
    struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, 1), 1, 256, 256);
    struct samples x;
    net.theta[0] = 40;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, 0, 10));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 20));
    TRY(draw(s, &net, 3, 60, &x));
    s->part = "few samples right or wrong: ties";
    e.fitness = SR_FITNESS_CORRECT;
    enum sr_status status = shape(s, &net, &e, &x);
    s->part = "margins";
    e.fitness = SR_FITNESS_MARGIN;
    e.noise.key = sr_generation_key(7, 99);
    if (!status) status = shape(s, &net, &e, &x);
    drop(&x);
    return status;
}

struct step {
    const char *part;
    uint32_t mant, shift;
};

static enum sr_status try_steps(struct sr_subject *s, struct sr_noise noise, uint32_t range, const struct step *steps,
                                size_t count) {
    struct sr_net net = usual_net(s);
    noise.key = sr_generation_key(11, noise.rank);
    noise.pairs = some_pairs(&s->caps, noise.rank);
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, 0, range));
    TRY(load_random(s, &net, SR_READOUT_LAYER, range));
    for (size_t i = 0; i < count; i++) {
        s->part = steps[i].part;
        noise.key++;
        TRY(ask_update(s, &net, noise, steps[i].mant, steps[i].shift));
    }
    return SR_OK;
}

static enum sr_status try_update(struct sr_subject *s) {
    static const struct step steps[] = {{"mant 0", 0, 0}, {"mant 1", 1, 0}}, ranks[] = {{"rank terms", 1, 0}};
    TRY(try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 2));
    return try_steps(s, (struct sr_noise){.rank = least(some_rank(&s->caps, 1), 5)}, 20, ranks, 1);
}

static enum sr_status try_dither(struct sr_subject *s) {
    static const struct step steps[] = {{"shift 1", 3, 1}, {"shift 7", 130, 7}, {"shift 16", 255, 16}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 3);
}

static enum sr_status try_dither_wide(struct sr_subject *s) {
    static const struct step steps[] = {{"shift 17", 255, 17}, {"shift 20", 200, 20}, {"shift 24", 255, 24}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 3);
}

static enum sr_status try_saturation(struct sr_subject *s) {
    static const struct step steps[] = {{"mant 255", 255, 0}, {"and again", 255, 1}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 128, steps, 2);
}

/* Evaluation and update with another mode or other entries. */
static enum sr_status try_noise(struct sr_subject *s, struct sr_noise noise) {
    static const struct step steps[] = {{"whole steps", 3, 0}, {"shift 9", 255, 9}};
    struct sr_net net = usual_net(s);
    struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, noise.rank), noise.rank, 256, 0);
    s->part = "hidden layer";
    net.theta[0] = 30;
    net.leak[0] = 20;
    e.noise.mode = noise.mode;
    e.noise.dist = noise.dist;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, 0, 10));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 20));
    TRY(try_fitness(s, &net, &e, 60));
    TRY(try_readout_noise(s, noise, 1));
    return try_steps(s, noise, 20, steps, 2);
}

static enum sr_status try_full(struct sr_subject *s) {
    return try_noise(s, (struct sr_noise){.rank = 1, .mode = SR_MODE_FULL, .readout_mode = SR_MODE_FULL});
}
static enum sr_status try_bell(struct sr_subject *s) {
    return try_noise(s, (struct sr_noise){.rank = some_rank(&s->caps, usual_net(s).steps), .dist = SR_DIST_BELL});
}

static enum sr_status try_layers(struct sr_subject *s) {
    for (uint32_t layers = 2; layers <= s->caps.layers_max; layers++) {
        struct sr_net net = usual_net(s);
        struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, 1), 1, 256, 256);
        s->part = layers == 2 ? "two" : "three";
        net.layers = layers;
        net.inputs = least(net.inputs, 40);
        for (uint32_t l = 0; l < layers; l++) {
            net.hidden[l] = least(least(s->caps.hidden_max, s->caps.inputs_max), 23 - 3 * l);
            net.theta[l] = 40 - 12 * l;
            net.leak[l] = 16 + 8 * l;
        }
        TRY(sr_device_configure(s->device, &net));
        for (unsigned l = 0; l < layers; l++) TRY(load_random(s, &net, l, 20));
        TRY(load_random(s, &net, SR_READOUT_LAYER, 20));
        TRY(try_scores(s, &net, 90));
        TRY(try_fitness(s, &net, &e, 90));
        TRY(ask_update(s, &net, e.noise, 2, 0));
    }
    return SR_OK;
}

static enum sr_status try_readout_kind(struct sr_subject *s, enum sr_readout readout, enum sr_reset reset) {
    struct sr_net net = usual_net(s);
    struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, 1), 1, 0, 200);
    net.readout = readout;
    net.reset = reset;
    net.theta[SR_READOUT_LAYER] = 150;
    net.leak[SR_READOUT_LAYER] = 40;
    s->part = reset == SR_RESET_HARD ? "hard reset" : "soft reset";
    TRY(sr_device_configure(s->device, &net));
    TRY(load_pattern(s, &net, 0, ONE_TO_ONE));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 60));
    TRY(try_scores(s, &net, 90));
    return try_fitness(s, &net, &e, 90);
}

static enum sr_status try_membrane(struct sr_subject *s) { return try_readout_kind(s, SR_READOUT_MEMBRANE, SR_RESET_HARD); }
static enum sr_status try_spikes(struct sr_subject *s) {
    TRY(try_readout_kind(s, SR_READOUT_SPIKES, SR_RESET_HARD));
    return try_readout_kind(s, SR_READOUT_SPIKES, SR_RESET_SUBTRACT);
}

/* Three generations as in training: nothing but fitness leaves the device, and the weights at the end. */
static enum sr_status try_generations(struct sr_subject *s) {
    struct sr_net net = usual_net(s);
    struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, 1), 1, 512, 512);
    struct samples x;
    net.theta[0] = 60;
    net.leak[0] = 32;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, 0, 20));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 20));
    TRY(draw(s, &net, 5, 40, &x));
    enum sr_status status = SR_OK;
    e.fitness = SR_FITNESS_LOGSOFTMAX;
    e.fitness_mul = 5;
    e.fitness_shift = 4;
    for (uint32_t g = 0; g < 3 && !status; g++) {
        struct sr_update update = {.mant = {140, 140, 140, 140}, .shift = {6, 6, 6, 6}};
        e.noise.key = sr_generation_key(13, g);
        update.noise = e.noise;
        s->part = "fitness";
        status = ask_fitness(s, &e, &x.batch);
        if (!status) status = sr_device_update(s->device, &update);
    }
    s->part = "the weights in the end";
    if (!status) status = ask_weights(s, &net);
    drop(&x);
    return status;
}

const struct sr_block sr_selftest_blocks[] = {
    {"readout", "scores of inference where a spike is an input", try_readout, NULL, 0xb8110d9f},
    {"base current", "scores of a single step, by thresholds; saturation", try_base, NULL, 0x919fa9a5},
    {"LIF, hard reset", "scores over several steps; membranes at their rails", try_lif_hard, NULL, 0x85d17a16},
    {"LIF, soft reset", "the same", try_lif_soft, NULL, 0x5d8baa5d},
    {"LIF, leak", "the same with leaks 1, 32 and 255", try_lif_leak, NULL, 0xa3bcc64b},
    {"fitness correct", "hits and fitness of one sample, of a batch", try_correct, NULL, 0x2193116b},
    {"fitness margin", "the same, by scales; clipping", try_margin, NULL, 0x07706863},
    {"fitness logsoftmax", "the same", try_logsoftmax, NULL, 0x17359b93},
    {"members", "S = 0: both members of every pair are the base network", try_members, NULL, 0x3a0dadc7},
    {"projection", "no weights: the projection alone makes the current", try_projection, NULL, 0xfb16c3da},
    {"perturbation", "scales, several rank terms, rails", try_perturbation, NULL, 0x73aba046},
    {"readout noise", "only the readout is perturbed", try_readout_perturbation, NULL, 0x4ca227ea},
    {"batch in slices", "more samples than the batch list holds", try_slices, NULL, 0x0d76de7d},
    {"shaping", "signs of differences, ties among them", try_shaping, NULL, 0x1a07d6ab},
    {"update", "whole steps, several rank terms", try_update, NULL, 0xb7670b03},
    {"update, dither", "shifts of up to 16", try_dither, NULL, 0xf9002bd7},
    {"update, wide dither", "shifts of 17 to 24", try_dither_wide, NULL, 0xad7a6296},
    {"update, saturation", "weights at their rails", try_saturation, NULL, 0xcc5fff98},
    {"full rank", "evaluation and update", try_full, has_full, 0x8132c1de},
    {"bell", "evaluation and update", try_bell, has_bell, 0xb5b5369e},
    {"several layers", "scores, fitness and update", try_layers, has_layers, 0xf391fdfa},
    {"readout membrane", "scores and fitness", try_membrane, has_step_readout, 0x6066466e},
    {"readout spikes", "scores and fitness, both resets", try_spikes, has_step_readout, 0x2964bd2f},
    {"three generations", "fitness, and the weights in the end", try_generations, NULL, 0x3955f378},
};
const size_t sr_selftest_count = sizeof sr_selftest_blocks / sizeof *sr_selftest_blocks;

const struct sr_caps sr_selftest_caps = {.lanes = 4,
                                         .engines = 1,
                                         .col_lanes = 4,
                                         .rank_lanes = 1,
                                         .proj_units = 4,
                                         .sample_w = 16,
                                         .frac_w = 4,
                                         .layers_max = 3,
                                         .inputs_max = 1023,
                                         .hidden_max = 64,
                                         .classes_max = 10,
                                         .steps_max = 16,
                                         .rank_max = 32,
                                         .pairs_max = 64,
                                         .sample_words = 32768,
                                         .weight_words = 16384,
                                         .rweight_words = 256,
                                         .batch_max = 64,
                                         .score_words = 256,
                                         .cbuf_words = 1024,
                                         .step_readout = 1,
                                         .modes = SR_MODES_FULL | SR_MODES_BELL};
