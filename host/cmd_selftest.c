/* SPDX-License-Identifier: Apache-2.0
 * spikeroll selftest: known answers, block by block. A block is a function that drives a device and notes what it answers; run
 * on the device and on ref, the two notes must be the same. That ref is right is checked first: its notes for one fixed set of
 * limits have checks that are stored here. */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "device.h"
#include "noise.h"
#include "packet.h"
#include "sr_map.h"

static const char intro[] =
    "usage: spikeroll selftest [--engine E] [--port PATH] [--quick] [--json]\n"
    "\n"
    "Tries a device block by block against ref and prints a line for each: passed, failed with the first value that differs, "
    "or\n"
    "not built. Blocks come in the order in which they rest on one another: the first line that failed is where to look. What\n"
    "ref itself answers is checked against stored sums first (line 'ref'); --engine ref does only that. Weights, samples and\n"
    "registers of the device are overwritten. Exit code 1 if a line failed.\n";

/* A line that takes longer is a device that stays busy. */
enum { LINE_SECONDS = 300 };

#define TRY(call)                           \
    do {                                    \
        enum sr_status try_status = (call); \
        if (try_status) return try_status;  \
    } while (0)

/* ---- answers ---- */

/* What a value is: "score of sample ROW, class COL". */
struct kind {
    const char *what, *row, *col;
};
static const struct kind k_score = {"score", "sample", "class"}, k_predicted = {"predicted class", "sample", NULL},
                         k_fitness = {"fitness", "member", NULL}, k_hits = {"hits", "member", NULL},
                         k_credit = {"credit", "pair", NULL}, k_hidden = {"hidden weight", "row", "column"},
                         k_readout = {"readout weight", "class", "column"};

struct answer {
    const struct kind *kind;
    const char *part;
    uint32_t row, col;
    int32_t value;
};

struct answers {
    struct answer *list;
    size_t count, room;
};

/* A device under a block. */
struct subject {
    struct sr_device *device;
    struct sr_caps caps; /* the vectors are made for these limits: of the device that is tried, also on ref */
    bool quick, credits; /* credits: those that the device shapes are looked at in its memory */
    const char *part;    /* of the block, named if a value differs */
    uint32_t next_id;
    struct answers answers;
};

static enum sr_status note(struct subject *s, const struct kind *kind, uint32_t row, uint32_t col, int32_t value) {
    struct answers *a = &s->answers;
    if (a->count == a->room) {
        size_t room = a->room ? 2 * a->room : 1024;
        struct answer *list = realloc(a->list, room * sizeof *list);
        if (!list) return SR_ERR_MEMORY;
        a->list = list;
        a->room = room;
    }
    a->list[a->count++] = (struct answer){kind, s->part, row, col, value};
    return SR_OK;
}

/* ---- limits ---- */

static bool has_full(const struct sr_caps *caps) {
    (void)caps;
    return true;
}

static bool has_bell(const struct sr_caps *caps) {
    (void)caps;
    return true;
}

/* Pairs that a population of this rank may have. */
static uint32_t most_pairs(const struct sr_caps *caps, uint32_t rank) {
    return caps->pairs_max < 16384 / rank ? caps->pairs_max : 16384 / rank;
}

static bool has_layers(const struct sr_caps *caps) { return caps->layers_max > 1; }
static bool has_step_readout(const struct sr_caps *caps) { return caps->step_readout != 0; }

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t blocks(const struct sr_caps *caps, uint32_t cols) { return (cols + caps->col_lanes - 1) / caps->col_lanes; }

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
    while (net.hidden[0] > 1 && net.classes * blocks(caps, net.hidden[0]) > caps->rweight_words) net.hidden[0]--;
    net.inputs = least(net.inputs, caps->weight_words / blocks(caps, net.hidden[0]));
    net.steps = least(net.steps, caps->cbuf_words / (group_of(caps) / caps->proj_units));
    net.steps = least(net.steps, caps->sample_words / ((net.inputs + caps->sample_w - 1) / caps->sample_w));
    return net;
}

/* Two blocks of weights or more and an end that is not full; more than one sample word. */
static struct sr_net usual_net(const struct sr_caps *caps) {
    uint32_t hidden = least(caps->hidden_max, 2 * caps->col_lanes > 38 ? caps->col_lanes + 37 : 38);
    return some_net(caps, 75, hidden, 7);
}

/* ---- vectors ---- */

static uint32_t mix(uint32_t tag, uint32_t row, uint32_t col) {
    return (uint32_t)(sr_permute(sr_permute((uint64_t)tag << 32 | row) ^ col) >> 32);
}

enum pattern {
    ZERO,
    ONE_TO_ONE, /* neuron n hears input n modulo inputs */
    RAILS       /* columns of the largest and the smallest weight */
};

static enum sr_status send(struct subject *s, unsigned layer, int16_t *master) {
    enum sr_status status = master ? sr_device_write_weights(s->device, layer, master) : SR_ERR_MEMORY;
    free(master);
    return status;
}

static int16_t *room_for(const struct sr_net *net, unsigned layer) {
    return calloc((size_t)sr_net_rows(net, layer) * sr_net_cols(net, layer), sizeof(int16_t));
}

static enum sr_status load_pattern(struct subject *s, const struct sr_net *net, unsigned layer, enum pattern pattern) {
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
static enum sr_status load_random(struct subject *s, const struct sr_net *net, unsigned layer, uint32_t range) {
    uint32_t rows = sr_net_rows(net, layer), cols = sr_net_cols(net, layer), span = (2 * range + 1) << s->caps.frac_w;
    int limit = 1 << (7 + s->caps.frac_w);
    int16_t *master = room_for(net, layer);
    for (uint32_t i = 0; master && i < rows * cols; i++) {
        int value = (int)(mix(100 + layer, i / cols, i % cols) % span) - (int)(range << s->caps.frac_w);
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
static enum sr_status draw(struct subject *s, const struct sr_net *net, uint32_t count, uint32_t density, struct samples *x) {
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
                if ((b || count == 1) && (mix(200 + b, t, j) & 255) < density)
                    words[t * step_words + j / 64] |= UINT64_C(1) << j % 64;
        x->bits[b] = words;
        x->ids[b] = s->next_id++;
        x->labels[b] = (uint8_t)(mix(300, b, 0) % net->classes);
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

static enum sr_status ask_scores(struct subject *s, const struct sr_net *net, const struct samples *x) {
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

static enum sr_status ask_fitness(struct subject *s, const struct sr_evaluation *e, const struct sr_batch *batch) {
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

static enum sr_status ask_weights(struct subject *s, const struct sr_net *net) {
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
static enum sr_status ask_update(struct subject *s, const struct sr_net *net, struct sr_noise noise, uint32_t mant,
                                 uint32_t shift) {
    struct sr_update update = {.noise = noise};
    int8_t *credit = malloc(noise.pairs);
    if (!credit) return SR_ERR_MEMORY;
    for (uint32_t p = 0; p < noise.pairs; p++) {
        uint32_t draw = mix(400, p, shift);
        credit[p] = (int8_t)(draw & 1 ? (int)(draw >> 8) % 128 : (int)(draw >> 8) % 3 - 1);
    }
    for (unsigned l = 0; l < SR_LAYERS; l++) update.mant[l] = mant, update.shift[l] = shift;
    update.credit = credit;
    enum sr_status status = sr_device_update(s->device, &update);
    free(credit);
    return status ? status : ask_weights(s, net);
}

/* ---- blocks that the program's own interface shows ---- */

static enum sr_status try_scores(struct subject *s, const struct sr_net *net, uint32_t density) {
    struct samples x;
    TRY(draw(s, net, 4, density, &x));
    enum sr_status status = ask_scores(s, net, &x);
    drop(&x);
    return status;
}

static enum sr_status try_fitness(struct subject *s, const struct sr_net *net, const struct sr_evaluation *e,
                                  uint32_t density) {
    struct samples x;
    TRY(draw(s, net, 3, density, &x));
    enum sr_status status = ask_fitness(s, e, &x.batch);
    drop(&x);
    return status;
}

/* Spikes are the inputs, so that scores are sums of readout weights. */
static enum sr_status try_readout(struct subject *s) {
    struct sr_net net = usual_net(&s->caps);
    net.inputs = least(s->caps.inputs_max, least(75, s->caps.weight_words / blocks(&s->caps, net.hidden[0])));
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
static enum sr_status try_base(struct subject *s) {
    static const struct {
        const char *part;
        uint32_t theta, range, density;
    } parts[] = {{"threshold 1", 1, 2, 12},       {"threshold 3", 3, 2, 25},        {"threshold 8", 8, 4, 40},
                 {"threshold 100", 100, 128, 60}, {"threshold 700", 700, 128, 200}, {"all inputs", 1, 128, 256}};
    struct sr_net net = some_net(&s->caps, s->quick ? 75 : 1 << 16, usual_net(&s->caps).hidden[0], 1);
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

static enum sr_status try_lif(struct subject *s, enum sr_reset reset, const uint32_t *leaks, size_t count) {
    struct sr_net net = usual_net(&s->caps);
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

static enum sr_status try_lif_hard(struct subject *s) { return try_lif(s, SR_RESET_HARD, (const uint32_t[]){0}, 1); }
static enum sr_status try_lif_soft(struct subject *s) { return try_lif(s, SR_RESET_SUBTRACT, (const uint32_t[]){0}, 1); }
static enum sr_status try_lif_leak(struct subject *s) {
    static const uint32_t leaks[] = {1, 32, 255};
    TRY(try_lif(s, SR_RESET_HARD, leaks, 3));
    return try_lif(s, SR_RESET_SUBTRACT, leaks, 3);
}

/* No perturbation, and the scores of the readout's test: what is left is the fitness. A sample at a time, then all. */
static enum sr_status try_kind(struct subject *s, enum sr_fitness fitness, const uint32_t (*scales)[2], size_t count) {
    struct sr_net net = usual_net(&s->caps);
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

static enum sr_status try_correct(struct subject *s) {
    static const uint32_t scales[][2] = {{0, 0}};
    return try_kind(s, SR_FITNESS_CORRECT, scales, 1);
}
static enum sr_status try_margin(struct subject *s) {
    static const uint32_t scales[][2] = {{1, 0}, {15, 0}, {11, 5}}; /* 15: beyond 32767 for some */
    return try_kind(s, SR_FITNESS_MARGIN, scales, 3);
}
static enum sr_status try_logsoftmax(struct subject *s) {
    static const uint32_t scales[][2] = {{1, 0}, {5, 4}, {3, 6}, {1, 8}};
    return try_kind(s, SR_FITNESS_LOGSOFTMAX, scales, 4);
}

/* S = 0: every member is the base network. Both halves of a lane, all threads and engines. */
static enum sr_status try_members(struct subject *s) {
    struct sr_net net = usual_net(&s->caps);
    struct sr_evaluation e = some_evaluation(some_pairs(&s->caps, 1), 1, 0, 0);
    net.theta[0] = 90;
    net.leak[0] = 32;
    TRY(sr_device_configure(s->device, &net));
    TRY(load_random(s, &net, 0, 30));
    TRY(load_random(s, &net, SR_READOUT_LAYER, 128));
    return try_fitness(s, &net, &e, 60);
}

/* No weights, S = 1: the current of a neuron is the projection of its pair, plus or minus. */
static enum sr_status try_projection(struct subject *s) {
    static const struct {
        const char *part;
        uint32_t theta, steps, density;
    } parts[] = {{"threshold 1", 1, 1, 20}, {"threshold 4", 4, 1, 50}, {"threshold 9", 9, 1, 200}, {"steps", 3, 7, 40}};
    uint32_t pairs = some_pairs(&s->caps, 1);
    struct sr_net net;
    struct sr_evaluation e = some_evaluation(pairs, 1, 256, 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        s->part = parts[i].part;
        net = usual_net(&s->caps);
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

static enum sr_status try_perturbation(struct subject *s) {
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
        struct sr_net net = usual_net(&s->caps);
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
static enum sr_status try_readout_noise(struct subject *s, struct sr_noise noise, uint32_t most_rank) {
    struct sr_net net = usual_net(&s->caps);
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

static enum sr_status try_readout_perturbation(struct subject *s) {
    return try_readout_noise(s, (struct sr_noise){.rank = 1}, some_rank(&s->caps, usual_net(&s->caps).steps));
}

/* More samples than the batch list holds: fitness goes on from slice to slice. */
static enum sr_status try_slices(struct subject *s) {
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
static enum sr_status shape(struct subject *s, const struct sr_net *net, const struct sr_evaluation *e,
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

static enum sr_status try_shaping(struct subject *s) {
    struct sr_net net = usual_net(&s->caps);
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

static enum sr_status try_steps(struct subject *s, struct sr_noise noise, uint32_t range, const struct step *steps,
                                size_t count) {
    struct sr_net net = usual_net(&s->caps);
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

static enum sr_status try_update(struct subject *s) {
    static const struct step steps[] = {{"mant 0", 0, 0}, {"mant 1", 1, 0}}, ranks[] = {{"rank terms", 1, 0}};
    TRY(try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 2));
    return try_steps(s, (struct sr_noise){.rank = least(some_rank(&s->caps, 1), 5)}, 20, ranks, 1);
}

static enum sr_status try_dither(struct subject *s) {
    static const struct step steps[] = {{"shift 1", 3, 1}, {"shift 7", 130, 7}, {"shift 16", 255, 16}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 3);
}

static enum sr_status try_dither_wide(struct subject *s) {
    static const struct step steps[] = {{"shift 17", 255, 17}, {"shift 20", 200, 20}, {"shift 24", 255, 24}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 3);
}

static enum sr_status try_saturation(struct subject *s) {
    static const struct step steps[] = {{"mant 255", 255, 0}, {"and again", 255, 1}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 128, steps, 2);
}

/* Evaluation and update with another mode or other entries. */
static enum sr_status try_noise(struct subject *s, struct sr_noise noise) {
    static const struct step steps[] = {{"whole steps", 3, 0}, {"shift 9", 255, 9}};
    struct sr_net net = usual_net(&s->caps);
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

static enum sr_status try_full(struct subject *s) {
    return try_noise(s, (struct sr_noise){.rank = 1, .mode = SR_MODE_FULL, .readout_mode = SR_MODE_FULL});
}
static enum sr_status try_bell(struct subject *s) {
    return try_noise(s, (struct sr_noise){.rank = some_rank(&s->caps, usual_net(&s->caps).steps), .dist = SR_DIST_BELL});
}

static enum sr_status try_layers(struct subject *s) {
    for (uint32_t layers = 2; layers <= s->caps.layers_max; layers++) {
        struct sr_net net = usual_net(&s->caps);
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

static enum sr_status try_readout_kind(struct subject *s, enum sr_readout readout, enum sr_reset reset) {
    struct sr_net net = usual_net(&s->caps);
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

static enum sr_status try_membrane(struct subject *s) { return try_readout_kind(s, SR_READOUT_MEMBRANE, SR_RESET_HARD); }
static enum sr_status try_spikes(struct subject *s) {
    TRY(try_readout_kind(s, SR_READOUT_SPIKES, SR_RESET_HARD));
    return try_readout_kind(s, SR_READOUT_SPIKES, SR_RESET_SUBTRACT);
}

/* Three generations as in training: nothing but fitness leaves the device, and the weights at the end. */
static enum sr_status try_generations(struct subject *s) {
    struct sr_net net = usual_net(&s->caps);
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

/* check: CRC-32 of ref's answers under `standard`. */
static const struct block {
    const char *name, *text;
    enum sr_status (*run)(struct subject *s);
    bool (*built)(const struct sr_caps *caps);
    uint32_t check;
} table[] = {
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
enum { BLOCKS = sizeof table / sizeof *table };

/* Limits of no device in particular, for which the checks hold. */
static const struct sr_caps standard = {.lanes = 4,
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
                                        .step_readout = 1};

/* ---- the run ---- */

enum verdict { PASSED, FAILED, NOT_BUILT };

struct selftest {
    struct sr_options options;
    struct sr_device *device, *ref, *golden; /* golden: ref under `standard` */
    struct sr_caps caps;
    bool gone;        /* the link is dead: nothing more to try */
    uint32_t next_id; /* of samples: no two blocks' are the same, or the driver would not send the second's */
    uint32_t count[3];
    cJSON *json;
    char error[SR_ERROR_SIZE];
};

static const char *line_name = "";

static void on_alarm(int number) {
    static const char text[] = "\nspikeroll selftest: no end to this line: the device stays busy. It is: ";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    ignored = write(STDERR_FILENO, line_name, strlen(line_name));
    ignored = write(STDERR_FILENO, "\n", 1);
    (void)ignored;
    (void)number;
    _exit(SR_EXIT_FAILURE);
}

static void begin_line(const char *name) {
    line_name = name;
    alarm(LINE_SECONDS);
}

static void end_line(struct selftest *t, enum verdict verdict, const char *text) {
    static const char *const words[] = {"passed", "failed", "not built"};
    alarm(0);
    t->count[verdict]++;
    if (t->options.json) {
        cJSON *line = cJSON_CreateObject();
        cJSON_AddStringToObject(line, "block", line_name);
        cJSON_AddStringToObject(line, "verdict", words[verdict]);
        cJSON_AddStringToObject(line, "text", text);
        cJSON_AddItemToArray(t->json, line);
    } else {
        printf("%-20s %-10s %s\n", line_name, words[verdict], text);
        fflush(stdout);
    }
}

static enum sr_status answers_of(const struct block *block, struct sr_device *device, const struct sr_caps *caps,
                                 struct selftest *t, bool credits, struct subject *s) {
    *s = (struct subject){.device = device,
                          .caps = *caps,
                          .quick = t->options.quick && device != t->golden,
                          .credits = credits,
                          .part = "",
                          .next_id = t->next_id};
    enum sr_status status = block->run(s);
    t->next_id = s->next_id;
    return status;
}

static uint32_t check_of(const struct answers *a) {
    uint8_t *bytes = malloc(4 * a->count + 1);
    for (size_t i = 0; bytes && i < a->count; i++)
        for (unsigned k = 0; k < 4; k++) bytes[4 * i + k] = (uint8_t)((uint32_t)a->list[i].value >> (8 * k));
    uint32_t check = bytes ? sr_crc32(bytes, 4 * a->count) : 0;
    free(bytes);
    return check;
}

/* ref itself. */
static bool ref_is_right(struct selftest *t, const struct block *block, char *text, size_t size) {
    struct subject s;
    enum sr_status status = answers_of(block, t->golden, &standard, t, true, &s);
    uint32_t check = check_of(&s.answers);
    size_t count = s.answers.count;
    free(s.answers.list);
    if (status != SR_OK)
        snprintf(text, size, "%s", *sr_device_error(t->golden) ? sr_device_error(t->golden) : sr_status_text(status));
    else if (check != block->check)
        snprintf(text, size, "%zu answers have check 0x%08X, expected 0x%08X", count, (unsigned)check, (unsigned)block->check);
    else
        snprintf(text, size, "%s (%zu answers, check 0x%08X)", block->text, count, (unsigned)check);
    return status == SR_OK && check == block->check;
}

static bool same(const struct answers *expected, const struct answers *got, char *text, size_t size) {
    size_t differ = 0, first = 0, count = expected->count < got->count ? expected->count : got->count;
    for (size_t i = count; i-- > 0;) {
        if (expected->list[i].value == got->list[i].value) continue;
        differ++;
        first = i;
    }
    if (!differ) return true;
    const struct answer *e = &expected->list[first];
    char where[96];
    if (e->kind->col)
        snprintf(where, sizeof where, "%s %" PRIu32 ", %s %" PRIu32, e->kind->row, e->row, e->kind->col, e->col);
    else
        snprintf(where, sizeof where, "%s %" PRIu32, e->kind->row, e->row);
    snprintf(text, size, "%s%s%s of %s: expected %" PRId32 ", got %" PRId32 " (%zu of %zu values differ)", e->part,
             *e->part ? ": " : "", e->kind->what, where, e->value, got->list[first].value, differ, count);
    return false;
}

static void try_block(struct selftest *t, const struct block *block) {
    char text[SR_ERROR_SIZE];
    struct subject expected, got = {.part = ""};
    bool credits = t->device->ops->read_memory != NULL;
    begin_line(block->name);
    if (block->built && !block->built(&t->caps)) {
        end_line(t, NOT_BUILT, "");
        return;
    }
    enum verdict verdict = FAILED;
    enum sr_status status = answers_of(block, t->ref, &t->caps, t, credits, &expected);
    if (status != SR_OK) {
        snprintf(text, sizeof text, "ref: %s", sr_device_error(t->ref));
    } else if ((status = answers_of(block, t->device, &t->caps, t, credits, &got)) != SR_OK) {
        snprintf(text, sizeof text, "%s%s%s", got.part, *got.part ? ": " : "", sr_device_error(t->device));
        t->gone = status == SR_ERR_LINK;
    } else if (same(&expected.answers, &got.answers, text, sizeof text)) {
        snprintf(text, sizeof text, "%s (%zu answers)", block->text, got.answers.count);
        verdict = PASSED;
    }
    free(expected.answers.list);
    free(got.answers.list);
    end_line(t, verdict, text);
}

/* ---- identity, registers and memories ---- */

static void try_identity(struct selftest *t) {
    const struct sr_caps *c = &t->caps;
    uint32_t id[SR_ID_REGS] = {0};
    char text[SR_ERROR_SIZE];
    begin_line("identity");
    const struct {
        const char *name;
        unsigned reg;
        uint32_t value;
    } fields[] = {{"MAGIC", SR_REG_MAGIC, SR_MAGIC_VALUE},
                  {"PROTOCOL", SR_REG_PROTOCOL, c->protocol},
                  {"MAP_HASH", SR_REG_MAP_HASH, SR_MAP_HASH},
                  {"LANES", SR_REG_LANES, c->lanes},
                  {"ENGINES", SR_REG_ENGINES, c->engines},
                  {"COL_LANES", SR_REG_COL_LANES, c->col_lanes},
                  {"FRAC_W", SR_REG_FRAC_W, c->frac_w},
                  {"INPUTS_MAX", SR_REG_INPUTS_MAX, c->inputs_max},
                  {"HIDDEN_MAX", SR_REG_HIDDEN_MAX, c->hidden_max},
                  {"PACKET_MAX", SR_REG_PACKET_MAX, c->packet_max},
                  {"CLOCK_HZ", SR_REG_CLOCK_HZ, c->clock_hz}};
    enum sr_status status = sr_device_read_registers(t->device, 0, SR_ID_REGS, id);
    snprintf(text, sizeof text,
             "protocol %u, map 0x%08X, %u x %u LIF lanes, %u fraction bits, %u inputs, %u neurons, %u pairs, %.4g MHz",
             (unsigned)c->protocol, (unsigned)c->map_hash, (unsigned)c->engines, (unsigned)(2 * c->lanes), (unsigned)c->frac_w,
             (unsigned)c->inputs_max, (unsigned)c->hidden_max, (unsigned)c->pairs_max, c->clock_hz / 1e6);
    enum verdict verdict = status == SR_OK ? PASSED : FAILED;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && verdict == PASSED; i++) {
        if (id[fields[i].reg] == fields[i].value) continue;
        verdict = FAILED;
        snprintf(text, sizeof text, "READ_REG %s: expected 0x%08X as IDENTIFY says, got 0x%08X", fields[i].name,
                 (unsigned)fields[i].value, (unsigned)id[fields[i].reg]);
    }
    if (status != SR_OK) snprintf(text, sizeof text, "%s", sr_device_error(t->device));
    t->gone = status == SR_ERR_LINK;
    end_line(t, verdict, text);
}

static void try_registers(struct selftest *t) {
    enum { FIRST = 0x40, COUNT = 0x40, ROUNDS = 34 };
    static const struct {
        const char *name;
        unsigned address;
    } rw[] = {
#define RW(name, address) {name, address},
#define RO(name, address)
#define ST(name, address)
#define SR_REG(name, addr, access, bits, text) access(#name, addr)
#include "sr_map.def"
#undef RW
#undef RO
#undef ST
    };
    char text[SR_ERROR_SIZE];
    uint32_t wrote[COUNT], got[COUNT];
    enum sr_status status = SR_OK;
    enum verdict verdict = PASSED;
    begin_line("registers");
    for (unsigned round = 0; round < ROUNDS && status == SR_OK && verdict == PASSED; round++) {
        /* a bit that walks from register to register, then the address in the data and its complement */
        for (unsigned i = 0; i < COUNT; i++)
            wrote[i] = round < 32 ? 1u << (round + i) % 32 : round == 32 ? mix(1, i, 0) : ~mix(1, i, 0);
        status = sr_device_write_registers(t->device, FIRST, COUNT, wrote);
        if (status == SR_OK) status = sr_device_read_registers(t->device, FIRST, COUNT, got);
        for (size_t r = 0; r < sizeof rw / sizeof *rw && status == SR_OK && verdict == PASSED; r++) {
            unsigned i = rw[r].address - FIRST;
            if (got[i] == wrote[i]) continue;
            verdict = FAILED;
            snprintf(text, sizeof text, "%s (0x%02X): expected 0x%08X, got 0x%08X", rw[r].name, rw[r].address,
                     (unsigned)wrote[i], (unsigned)got[i]);
        }
    }
    if (status != SR_OK) {
        verdict = FAILED;
        snprintf(text, sizeof text, "%s", sr_device_error(t->device));
        t->gone = status == SR_ERR_LINK;
    }
    if (verdict == PASSED)
        snprintf(text, sizeof text, "%zu written and read back: walking bits, address in data", sizeof rw / sizeof *rw);
    end_line(t, verdict, text);
}

struct memory {
    const char *name;
    unsigned number;
    uint32_t words, lanes, bits; /* a word is `lanes` values of `bits` bits, kept in bytes_each */
    uint32_t bytes_each;
    bool is_signed;
};

/* Round 0: the value depends on the address alone, and differs from that of every other address that one wrong line reaches;
 * round 1: its complement. The first words of round 0 hold a walking bit. */
static uint32_t pattern_of(const struct memory *m, uint32_t word, uint32_t lane, unsigned round) {
    uint32_t width = m->lanes * m->bits, value = mix(500 + m->number, word, lane);
    if (round == 0 && word < width) value = word / m->bits == lane ? 1u << word % m->bits : 0;
    if (round == 1) value = ~value;
    return m->bits < 32 ? value & ((1u << m->bits) - 1) : value;
}

static void pattern_bytes(const struct memory *m, uint32_t first, uint32_t count, unsigned round, uint8_t *bytes) {
    for (uint32_t i = 0; i < count * m->lanes; i++) {
        uint32_t value = pattern_of(m, first + i / m->lanes, i % m->lanes, round);
        if (m->number == SR_MEM_BATCH) value = (value % 2) << 28 | (value >> 4 & 0xff); /* label and address that are legal */
        if (m->is_signed && value >> (m->bits - 1)) value |= ~UINT32_C(0) << (m->bits - 1);
        for (uint32_t k = 0; k < m->bytes_each; k++) bytes[(size_t)i * m->bytes_each + k] = (uint8_t)(value >> (8 * k));
    }
}

enum { PART = 512 }; /* words of a memory that are written or read at a time */

/* Parts of the memory: all of it, or with --quick the ends and the neighbourhood of each power of two. */
static bool next_part(const struct memory *m, bool quick, uint32_t *first, uint32_t *count, uint32_t *line) {
    enum { NEAR = 4 };
    if (!quick) {
        *first += *count;
        *count = least(PART, m->words - *first);
        return *count > 0;
    }
    uint32_t end = *first + *count, width = m->lanes * m->bits;
    if (!*line) {
        *line = 1;
        *first = 0;
        *count = least(m->words, width > 16 ? width : 16);
        return true;
    }
    while (*line < m->words && *line < end) *line *= 2;
    if (*line < m->words) {
        *first = *line;
        *count = least(NEAR, m->words - *first);
        *line *= 2;
        return true;
    }
    if (end >= m->words) return false;
    *first = m->words - least(NEAR, m->words - end);
    *count = m->words - *first;
    return true;
}

static void try_memory(struct selftest *t, const struct memory *m) {
    uint32_t size = m->lanes * m->bytes_each, most = m->lanes * m->bits, tried = 0;
    if (most < PART) most = PART;
    uint8_t *wrote = malloc((size_t)most * size), *got = malloc((size_t)most * size);
    char text[SR_ERROR_SIZE];
    enum sr_status status = wrote && got ? SR_OK : SR_ERR_MEMORY;
    enum verdict verdict = PASSED;
    begin_line(m->name);
    for (unsigned round = 0; round < 2; round++) {
        for (int reading = 0; reading < 2; reading++) {
            uint32_t first = 0, count = 0, line = 0;
            while (status == SR_OK && verdict == PASSED && next_part(m, t->options.quick, &first, &count, &line)) {
                pattern_bytes(m, first, count, round, wrote);
                if (!reading) {
                    status = sr_device_write_memory(t->device, m->number, first, wrote, count);
                    tried += round ? 0 : count;
                    continue;
                }
                status = sr_device_read_memory(t->device, m->number, first, got, count);
                for (uint32_t i = 0; i < count * size && status == SR_OK && verdict == PASSED; i++) {
                    if (got[i] == wrote[i]) continue;
                    verdict = FAILED;
                    snprintf(text, sizeof text, "word %u, byte %u: expected 0x%02X, got 0x%02X", (unsigned)(first + i / size),
                             (unsigned)(i % size), (unsigned)wrote[i], (unsigned)got[i]);
                }
            }
        }
    }
    if (status != SR_OK) {
        verdict = FAILED;
        snprintf(text, sizeof text, "%s", status == SR_ERR_MEMORY ? sr_status_text(status) : sr_device_error(t->device));
        t->gone = status == SR_ERR_LINK;
    } else if (verdict == PASSED) {
        snprintf(text, sizeof text, "%u of %u words written and read back: walking bits, address in data, complement",
                 (unsigned)tried, (unsigned)m->words);
    }
    free(wrote);
    free(got);
    end_line(t, verdict, text);
}

static void try_memories(struct selftest *t) {
    const struct sr_caps *c = &t->caps;
    uint32_t sample_lane = c->sample_w > 32 ? 32 : c->sample_w;
    const struct memory memories[] = {
        {"sample memory", SR_MEM_SAMPLE, c->sample_words, c->sample_w / sample_lane, sample_lane, sample_lane / 8, false},
        {"batch list", SR_MEM_BATCH, c->batch_max, 1, 32, 4, false},
        {"weight memory", SR_MEM_WEIGHT, c->weight_words, c->col_lanes, 8 + c->frac_w, 2, true},
        {"readout weights", SR_MEM_RWEIGHT, c->rweight_words, c->col_lanes, 8 + c->frac_w, 2, true},
        {"credit memory", SR_MEM_CREDIT, c->pairs_max, 1, 8, 1, true}};
    for (size_t i = 0; i < sizeof memories / sizeof *memories && !t->gone; i++) try_memory(t, &memories[i]);
}

/* ---- the command ---- */

static enum sr_status run_selftest(struct selftest *t) {
    struct sr_open open, plain = {.engine = "ref", .frac_bits = standard.frac_w};
    char text[SR_ERROR_SIZE];
    bool is_ref = !strcmp(t->options.engine, "ref"), right = true;
    sr_options_open(&t->options, &open);
    enum sr_status status = sr_device_open(&plain, &t->golden, t->error, sizeof t->error);
    if (status == SR_OK && !is_ref) status = sr_device_open(&open, &t->device, t->error, sizeof t->error);
    if (status == SR_OK && !is_ref) {
        t->caps = *sr_device_caps(t->device);
        plain.frac_bits = t->caps.frac_w;
        status = sr_device_open(&plain, &t->ref, t->error, sizeof t->error);
    }
    for (size_t i = 0; i < BLOCKS && status == SR_OK; i++) {
        if (is_ref || right) begin_line(is_ref ? table[i].name : "ref");
        bool good = ref_is_right(t, &table[i], text, sizeof text);
        if (is_ref) {
            end_line(t, good ? PASSED : FAILED, text);
        } else if (!good) {
            char named[SR_ERROR_SIZE + 32];
            snprintf(named, sizeof named, "%s: %s", table[i].name, text);
            end_line(t, FAILED, named);
            right = false;
        }
    }
    if (status != SR_OK || is_ref) return status;
    snprintf(text, sizeof text, "the answers expected below have their stored checks, all %d blocks", (int)BLOCKS);
    if (right) end_line(t, PASSED, text);
    if (t->device->ops->read_memory) {
        try_identity(t);
        if (!t->gone) try_registers(t);
        if (!t->gone) try_memories(t);
    }
    for (size_t i = 0; i < BLOCKS && !t->gone; i++) try_block(t, &table[i]);
    return SR_OK;
}

int sr_cmd_selftest(int argc, char **argv) {
    struct selftest t = {.device = NULL};
    int code;
    if (!sr_command_begin(&t.options, SR_CMD_SELFTEST, argc, argv, intro, &code)) return code;
    signal(SIGALRM, on_alarm);
    t.json = t.options.json ? cJSON_CreateArray() : NULL;
    enum sr_status status = run_selftest(&t);
    code = status != SR_OK ? sr_complain(argv[0], status, t.error) : t.count[FAILED] ? SR_EXIT_FAILURE : SR_EXIT_OK;
    if (status == SR_OK && t.options.json) {
        char *text = cJSON_Print(t.json);
        if (text) puts(text);
        cJSON_free(text);
    } else if (status == SR_OK) {
        printf("%u passed, %u failed, %u not built%s\n", (unsigned)t.count[PASSED], (unsigned)t.count[FAILED],
               (unsigned)t.count[NOT_BUILT], t.gone ? "; the rest was not tried: the device is gone" : "");
    }
    cJSON_Delete(t.json);
    sr_device_close(t.device);
    sr_device_close(t.ref);
    sr_device_close(t.golden);
    sr_options_free(&t.options);
    return code;
}
