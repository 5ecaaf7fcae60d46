/* SPDX-License-Identifier: Apache-2.0
 * The self test's blocks of perturbation, shaping and update, those of builds that have more than the least, and the table of all
 * (selftest.h). */
#include <stdlib.h>

#include "cmd/selftest_steps.h"
#include "device/device.h"
#include "device/noise.h"
#include "map/sr_map.h"

static const struct sr_answer_kind k_credit = {"credit", "pair", NULL};

/* S = 0: every member is the base network. Both halves of a lane, all threads and engines. */
static enum sr_status try_members(struct sr_subject *s) {
    struct sr_net net = sr_fit_usual_net(s);
    struct sr_evaluation e = sr_some_evaluation(sr_fit_pairs(&s->caps, 1), 1, 0, 0);
    net.theta[0] = 90;
    net.leak[0] = 32;
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_random(s, &net, 0, 30));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 128));
    return sr_ask_fitness_of(s, &net, &e, 60);
}

/* No weights, S = 1: the current of a neuron is the projection of its pair, plus or minus. */
static enum sr_status try_projection(struct sr_subject *s) {
    static const struct {
        const char *part;
        uint32_t theta, steps, density;
    } parts[] = {{"threshold 1", 1, 1, 20}, {"threshold 4", 4, 1, 50}, {"threshold 9", 9, 1, 200}, {"steps", 3, 7, 40}};
    uint32_t pairs = sr_fit_pairs(&s->caps, 1);
    struct sr_net net;
    struct sr_evaluation e = sr_some_evaluation(pairs, 1, 256, 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        s->part = parts[i].part;
        net = sr_fit_usual_net(s);
        net.steps = sr_least(net.steps, parts[i].steps);
        net.theta[0] = parts[i].theta;
        net.leak[0] = sr_fit_leak(&s->caps, 255);
        TRY(sr_device_configure(s->device, &net));
        if (!i || parts[i].steps != parts[i - 1].steps) {
            TRY(sr_load_pattern(s, &net, 0, SR_PATTERN_ZERO));
            TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 20));
        }
        TRY(sr_ask_fitness_of(s, &net, &e, parts[i].density));
    }
    s->part = "a share of the pairs";
    e.pair_first = pairs / 2;
    e.pair_count = pairs - pairs / 2;
    return sr_ask_fitness_of(s, &net, &e, 40);
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
        struct sr_net net = sr_fit_usual_net(s);
        uint32_t rank = parts[i].ranks ? sr_fit_rank(&s->caps) : 1;
        struct sr_evaluation e = sr_some_evaluation(sr_fit_pairs(&s->caps, rank), rank, parts[i].scale, 0);
        s->part = parts[i].part;
        net.theta[0] = parts[i].theta;
        net.leak[0] = sr_fit_leak(&s->caps, 20);
        TRY(sr_device_configure(s->device, &net));
        TRY(sr_load_random(s, &net, 0, parts[i].range));
        TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 20));
        TRY(sr_ask_fitness_of(s, &net, &e, 60));
    }
    return SR_OK;
}

/* Only the readout is perturbed: spikes are the inputs, scores differ by member. */
static enum sr_status try_readout_noise(struct sr_subject *s, struct sr_noise noise, uint32_t most_rank) {
    struct sr_net net = sr_fit_usual_net(s);
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_pattern(s, &net, 0, SR_PATTERN_ONE_TO_ONE));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 20));
    for (uint32_t rank = 1; rank <= most_rank; rank += most_rank > 1 ? most_rank - 1 : 1) {
        struct sr_evaluation e = sr_some_evaluation(sr_fit_pairs(&s->caps, rank), rank, 0, 300);
        s->part = rank == 1 ? "rank 1" : "rank terms";
        e.noise.mode = noise.mode;
        e.noise.readout_mode = noise.readout_mode;
        e.noise.dist = noise.dist;
        TRY(sr_ask_fitness_of(s, &net, &e, 90));
    }
    return SR_OK;
}

static enum sr_status try_readout_perturbation(struct sr_subject *s) {
    return try_readout_noise(s, (struct sr_noise){.rank = 1}, sr_fit_rank(&s->caps));
}

/* More samples than the batch list holds: fitness goes on from slice to slice. */
static enum sr_status try_slices(struct sr_subject *s) {
    struct sr_net net = sr_fit_net(&s->caps, 11, 6, 1);
    uint32_t slots = s->caps.sample_words / ((net.inputs + s->caps.sample_w - 1) / s->caps.sample_w * net.steps);
    struct sr_evaluation e = sr_some_evaluation(sr_least(3, sr_fit_most_pairs(&s->caps, 1)), 1, 200, 200);
    struct sr_drawn x;
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_random(s, &net, 0, 10));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 20));
    TRY(sr_draw_samples(s, &net, sr_least(slots, s->caps.batch_max) + 3, 128, &x));
    enum sr_status status = sr_ask_fitness(s, &e, &x.batch);
    sr_drop_samples(&x);
    return status;
}

/* Credits made on the device: of pairs that differ and of pairs that do not. */
static enum sr_status shape(struct sr_subject *s, const struct sr_net *net, const struct sr_evaluation *e,
                            const struct sr_drawn *x) {
    uint32_t pairs = e->noise.pairs;
    struct sr_update update = {.noise = e->noise, .step = {65535, 65535, 65535, 65535}};
    int32_t *fitness = calloc(2 * (size_t)pairs, sizeof *fitness);
    uint8_t *credit = calloc(pairs, 1);
    enum sr_status status = fitness && credit ? sr_device_evaluate(s->device, e, &x->batch, fitness, NULL) : SR_ERR_MEMORY;
    for (uint32_t p = 0; p < pairs && !status; p++)
        credit[p] = (uint8_t)((fitness[2 * p] > fitness[2 * p + 1]) - (fitness[2 * p] < fitness[2 * p + 1]));
    if (!status) status = sr_device_update(s->device, &update);
    if (!status && s->credits && s->device->ops->read_memory)
        status = sr_device_read_memory(s->device, SR_MEM_CREDIT, 0, credit, pairs);
    for (uint32_t p = 0; p < pairs && !status && s->credits; p++) status = sr_note(s, &k_credit, p, 0, (int8_t)credit[p]);
    if (!status) status = sr_ask_weights(s, net);
    free(fitness);
    free(credit);
    return status;
}

static enum sr_status try_shaping(struct sr_subject *s) {
    struct sr_net net = sr_fit_usual_net(s);
    struct sr_evaluation e = sr_some_evaluation(sr_fit_pairs(&s->caps, 1), 1, 256, 256);
    struct sr_drawn x;
    net.theta[0] = 40;
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_random(s, &net, 0, 10));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 20));
    TRY(sr_draw_samples(s, &net, 3, 60, &x));
    s->part = "few samples right or wrong: ties";
    e.fitness = SR_FITNESS_CORRECT;
    enum sr_status status = shape(s, &net, &e, &x);
    s->part = "margins";
    e.fitness = SR_FITNESS_MARGIN;
    e.noise.key = sr_generation_key(7, 99);
    if (!status) status = shape(s, &net, &e, &x);
    sr_drop_samples(&x);
    return status;
}

struct step {
    const char *part;
    uint32_t step, doublings;
};

static enum sr_status try_steps(struct sr_subject *s, struct sr_noise noise, uint32_t range, const struct step *steps,
                                size_t count) {
    struct sr_net net = sr_fit_usual_net(s);
    noise.key = sr_generation_key(11, noise.rank);
    noise.pairs = sr_fit_pairs(&s->caps, noise.rank);
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_random(s, &net, 0, range));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, range));
    for (size_t i = 0; i < count; i++) {
        s->part = steps[i].part;
        noise.key++;
        TRY(sr_ask_update(s, &net, noise, steps[i].step, steps[i].doublings));
    }
    return SR_OK;
}

static enum sr_status try_update(struct sr_subject *s) {
    static const struct step steps[] = {{"K 0", 0, 0}, {"K 2^15", 32768, 0}}, ranks[] = {{"rank terms", 65535, 0}};
    TRY(try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 2));
    return try_steps(s, (struct sr_noise){.rank = sr_least(sr_fit_rank(&s->caps), 5)}, 20, ranks, 1);
}

static enum sr_status try_dither(struct sr_subject *s) {
    static const struct step steps[] = {{"K 2^14", 16384, 0}, {"K 1000", 1000, 0}, {"K 255", 255, 0}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 3);
}

static enum sr_status try_small_steps(struct sr_subject *s) {
    static const struct step steps[] = {{"K 128", 128, 0}, {"K 7", 7, 0}, {"K 1", 1, 0}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 20, steps, 3);
}

static enum sr_status try_saturation(struct sr_subject *s) {
    static const struct step steps[] = {{"K 65535", 65535, 0}, {"doubled", 65535, 4}, {"and again", 40000, 5}};
    return try_steps(s, (struct sr_noise){.rank = 1}, 128, steps, 3);
}

/* Evaluation and update with another mode or other entries. */
static enum sr_status try_noise(struct sr_subject *s, struct sr_noise noise) {
    static const struct step steps[] = {{"large steps", 65535, 0}, {"small steps", 500, 0}};
    struct sr_net net = sr_fit_usual_net(s);
    struct sr_evaluation e = sr_some_evaluation(sr_fit_pairs(&s->caps, noise.rank), noise.rank, 256, 0);
    s->part = "hidden layer";
    net.theta[0] = 30;
    net.leak[0] = sr_fit_leak(&s->caps, 20);
    e.noise.mode = noise.mode;
    e.noise.readout_mode = noise.readout_mode; /* of no effect here: S is 0 */
    e.noise.dist = noise.dist;
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_random(s, &net, 0, 10));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 20));
    TRY(sr_ask_fitness_of(s, &net, &e, 60));
    TRY(try_readout_noise(s, noise, 1));
    return try_steps(s, noise, 20, steps, 2);
}

static enum sr_status try_full(struct sr_subject *s) {
    return try_noise(s, (struct sr_noise){.rank = 1, .mode = SR_MODE_FULL, .readout_mode = SR_MODE_FULL});
}
static enum sr_status try_bell(struct sr_subject *s) {
    return try_noise(s, (struct sr_noise){.rank = sr_fit_rank(&s->caps), .dist = SR_DIST_BELL});
}

static enum sr_status try_layers(struct sr_subject *s) {
    for (uint32_t layers = 2; layers <= s->caps.layers_max; layers++) {
        struct sr_net net = sr_fit_usual_net(s);
        struct sr_evaluation e = sr_some_evaluation(sr_fit_pairs(&s->caps, 1), 1, 256, 256);
        s->part = layers == 2 ? "two" : "three";
        net.layers = layers;
        net.inputs = sr_least(net.inputs, 40);
        for (uint32_t l = 0; l < layers; l++) {
            net.hidden[l] = sr_least(sr_least(s->caps.hidden_max, s->caps.inputs_max), 23 - 3 * l);
            net.theta[l] = 40 - 12 * l;
            net.leak[l] = sr_fit_leak(&s->caps, 16 + 8 * l);
        }
        TRY(sr_device_configure(s->device, &net));
        for (unsigned l = 0; l < layers; l++) TRY(sr_load_random(s, &net, l, 20));
        TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 20));
        TRY(sr_ask_scores_of(s, &net, 90));
        TRY(sr_ask_fitness_of(s, &net, &e, 90));
        TRY(sr_ask_update(s, &net, e.noise, 2, 0));
    }
    return SR_OK;
}

static enum sr_status try_readout_kind(struct sr_subject *s, enum sr_readout readout, enum sr_reset reset) {
    struct sr_net net = sr_fit_usual_net(s);
    struct sr_evaluation e = sr_some_evaluation(sr_fit_pairs(&s->caps, 1), 1, 0, 200);
    net.readout = readout;
    net.reset = reset;
    net.theta[SR_READOUT_LAYER] = 150;
    net.leak[SR_READOUT_LAYER] = sr_fit_leak(&s->caps, 40);
    s->part = reset == SR_RESET_HARD ? "hard reset" : "soft reset";
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_pattern(s, &net, 0, SR_PATTERN_ONE_TO_ONE));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 60));
    TRY(sr_ask_scores_of(s, &net, 90));
    return sr_ask_fitness_of(s, &net, &e, 90);
}

static enum sr_status try_membrane(struct sr_subject *s) { return try_readout_kind(s, SR_READOUT_MEMBRANE, SR_RESET_HARD); }
static enum sr_status try_spikes(struct sr_subject *s) {
    TRY(try_readout_kind(s, SR_READOUT_SPIKES, SR_RESET_HARD));
    return try_readout_kind(s, SR_READOUT_SPIKES, SR_RESET_SUBTRACT);
}

/* What a training begins with: a configured network with random weights, and samples. */
static enum sr_status begin_training(struct sr_subject *s, struct sr_net *net, uint32_t count, struct sr_drawn *x) {
    net->theta[0] = 60;
    net->leak[0] = 32;
    TRY(sr_device_configure(s->device, net));
    TRY(sr_load_random(s, net, 0, 20));
    TRY(sr_load_random(s, net, SR_READOUT_LAYER, 20));
    return sr_draw_samples(s, net, count, 40, x);
}

/* Three generations as in training: nothing but fitness leaves the device, and the weights at the end. */
static enum sr_status try_generations(struct sr_subject *s) {
    struct sr_net net = sr_fit_usual_net(s);
    struct sr_evaluation e = sr_some_evaluation(sr_fit_pairs(&s->caps, 1), 1, 512, 512);
    struct sr_drawn x;
    TRY(begin_training(s, &net, 5, &x));
    enum sr_status status = SR_OK;
    e.fitness = SR_FITNESS_LOGSOFTMAX;
    e.fitness_mul = 5;
    e.fitness_shift = 4;
    for (uint32_t g = 0; g < 3 && !status; g++) {
        struct sr_update update = {.step = {40000, 40000, 40000, 40000}, .doublings = {1, 1, 1, 1}};
        e.noise.key = sr_generation_key(13, g);
        update.noise = e.noise;
        s->part = "fitness";
        status = sr_ask_fitness(s, &e, &x.batch);
        if (!status) status = sr_device_update(s->device, &update);
    }
    s->part = "the weights in the end";
    if (!status) status = sr_ask_weights(s, &net);
    sr_drop_samples(&x);
    return status;
}

/* Mode local: samples learned one after another, in two calls; the result of each, and the weights in the end. */
static enum sr_status try_learning(struct sr_subject *s) {
    static const struct sr_answer_kind k_fitness = {"fitness", "sample", NULL}, k_hits = {"hits", "sample", NULL};
    enum { COUNT = 6 };
    struct sr_net net = sr_fit_usual_net(s);
    struct sr_learning learning = {.pairs = sr_least(2, s->caps.pairs_max),
                                   .sigma = {60},
                                   .factor = {20000, 0, 0, 20000},
                                   .error_mul = 10,
                                   .error_shift = 4};
    int32_t fitness[COUNT];
    uint8_t correct[COUNT];
    struct sr_drawn x;
    TRY(begin_training(s, &net, COUNT, &x));
    enum sr_status status = SR_OK;
    for (uint32_t g = 0; g < 2 && !status; g++) {
        learning.key = sr_generation_key(17, g);
        s->part = g ? "the second call" : "the first call";
        status = sr_device_learn(s->device, &learning, &x.batch, fitness, correct);
        for (uint32_t b = 0; b < COUNT && !status; b++) {
            status = sr_note(s, &k_fitness, b, 0, fitness[b]);
            if (!status) status = sr_note(s, &k_hits, b, 0, correct[b]);
        }
    }
    s->part = "the weights in the end";
    if (!status) status = sr_ask_weights(s, &net);
    sr_drop_samples(&x);
    return status;
}

static bool has_local(const struct sr_caps *caps) { return caps->modes & SR_MODES_LOCAL; }
static bool has_lowrank(const struct sr_caps *caps) { return caps->modes & SR_MODES_LOWRANK; }
static bool has_full(const struct sr_caps *caps) { return caps->modes & SR_MODES_FULL; }
static bool has_subtract(const struct sr_caps *caps) { return caps->modes & SR_MODES_SUBTRACT; }
static bool has_bell(const struct sr_caps *caps) { return caps->modes & SR_MODES_BELL; }
static bool has_layers(const struct sr_caps *caps) { return caps->layers_max > 1; }
static bool has_step_readout(const struct sr_caps *caps) { return caps->step_readout != 0; }

const struct sr_block sr_selftest_blocks[] = {
    {"readout", "scores of inference where a spike is an input", sr_try_readout, NULL, 0xb8110d9f},
    {"base current", "scores of a single step, by thresholds; saturation", sr_try_base, NULL, 0x919fa9a5},
    {"LIF, hard reset", "scores over several steps; membranes at their rails", sr_try_lif_hard, NULL, 0x85d17a16},
    {"LIF, soft reset", "the same", sr_try_lif_soft, has_subtract, 0x5d8baa5d},
    {"LIF, leak", "the same with leaks 1, 32 and 255", sr_try_lif_leak, NULL, 0xa3bcc64b},
    {"fitness correct", "hits and fitness of one sample, of a batch", sr_try_correct, has_lowrank, 0x2193116b},
    {"fitness margin", "the same, by scales; clipping", sr_try_margin, has_lowrank, 0x07706863},
    {"fitness logsoftmax", "the same", sr_try_logsoftmax, has_lowrank, 0x17359b93},
    {"members", "S = 0: both members of every pair are the base network", try_members, has_lowrank, 0x3a0dadc7},
    {"projection", "no weights: the projection alone makes the current", try_projection, has_lowrank, 0xfb16c3da},
    {"perturbation", "scales, several rank terms, rails", try_perturbation, has_lowrank, 0x73aba046},
    {"readout noise", "only the readout is perturbed", try_readout_perturbation, has_lowrank, 0x4ca227ea},
    {"batch in slices", "more samples than the batch list holds", try_slices, has_lowrank, 0x0d76de7d},
    {"shaping", "signs of differences, ties among them", try_shaping, has_lowrank, 0x354be5d9},
    {"update", "large steps, several rank terms", try_update, has_lowrank, 0xac29e253},
    {"update, dither", "K from 255 to 2^14", try_dither, has_lowrank, 0x0f654657},
    {"update, small steps", "K of 128 and less", try_small_steps, has_lowrank, 0x8c7647d7},
    {"update, saturation", "weights at their rails, sums doubled", try_saturation, has_lowrank, 0x7ad5d706},
    {"full rank", "evaluation and update", try_full, has_full, 0x76daab56},
    {"bell", "evaluation and update", try_bell, has_bell, 0xec8a6bdb},
    {"several layers", "scores, fitness and update", try_layers, has_layers, 0x078f1b0f},
    {"readout membrane", "scores and fitness", try_membrane, has_step_readout, 0x6066466e},
    {"readout spikes", "scores and fitness, both resets", try_spikes, has_step_readout, 0x2964bd2f},
    {"mode local", "samples learned, and the weights in the end", try_learning, has_local, 0x24a5de60},
    {"three generations", "fitness, and the weights in the end", try_generations, has_lowrank, 0x7c50e66b},
};
const size_t sr_selftest_count = sizeof sr_selftest_blocks / sizeof *sr_selftest_blocks;

const struct sr_caps sr_selftest_caps = {.lanes = 4,
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
                                         .step_readout = 1,
                                         .modes = SR_MODES_ALL};
