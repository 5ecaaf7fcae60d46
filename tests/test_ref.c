/* SPDX-License-Identifier: Apache-2.0
 * Engine ref against the naive model of docs/numerics.md, over random configurations; and the checks of sr_device_*.
 * More than 400 lines, because all of it opens the same engine on the same configurations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "random_config.h"
#include "ref/pair.h"

enum { CONFIGURATIONS = 600 };

static struct sr_device *open_ref(uint32_t threads, uint32_t frac) {
    struct sr_device *device = NULL;
    char error[256];
    assert_int_equal(
        sr_device_open(&(struct sr_open){.engine = "ref", .threads = threads, .frac_bits = frac}, &device, error, sizeof error),
        SR_OK);
    return device;
}

static void succeed(struct sr_device *device, enum sr_status status, const char *what) {
    if (status) fail_msg("%s: %s", what, sr_device_error(device));
}

static void load(struct sr_device *device, const struct sr_random_config *config) {
    succeed(device, sr_device_configure(device, &config->net), config->text);
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (config->weights[l]) succeed(device, sr_device_write_weights(device, l, config->weights[l]), config->text);
}

static void compare_weights(struct sr_device *device, const struct model *model, const char *text) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t count = (size_t)sr_net_rows(model->net, l) * sr_net_cols(model->net, l);
        if (!count) continue;
        int16_t *got = malloc(count * sizeof *got);
        succeed(device, sr_device_read_weights(device, l, got), text);
        for (size_t i = 0; i < count; i++)
            if (got[i] != model->master[l][i])
                fail_msg("%s: weight %zu of layer %u is %d, not %d", text, i, l, got[i], model->master[l][i]);
        free(got);
    }
}

static void compare_inference(struct sr_device *device, const struct model *model, const struct sr_random_config *config) {
    uint32_t count = config->batch.count, classes = config->net.classes;
    int32_t *scores = malloc(count * classes * sizeof *scores), *want = malloc(count * classes * sizeof *want);
    uint8_t *predicted = malloc(count), *want_predicted = malloc(count);
    succeed(device, sr_device_infer(device, &config->batch, scores, predicted), config->text);
    model_infer(model, &config->batch, want, want_predicted);
    for (uint32_t i = 0; i < count * classes; i++)
        if (scores[i] != want[i]) fail_msg("%s: score %u is %d, not %d", config->text, i, scores[i], want[i]);
    assert_memory_equal(predicted, want_predicted, count);
    free(scores);
    free(want);
    free(predicted);
    free(want_predicted);
}

/* Evaluate, update and infer on both. Returns whether members differ in fitness: a configuration that shows something. */
static bool compare(struct sr_device *device, const struct sr_random_config *config) {
    struct model model = {.net = &config->net, .frac = sr_device_caps(device)->frac_w};
    memcpy(model.master, config->weights, sizeof model.master);
    load(device, config);
    uint32_t members = 2 * config->evaluation.pair_count;
    bool telling = false;
    int32_t *fitness = malloc(members * sizeof *fitness), *want = malloc(members * sizeof *want);
    uint32_t *correct = malloc(members * sizeof *correct), *want_correct = malloc(members * sizeof *want_correct);
    succeed(device, sr_device_evaluate(device, &config->evaluation, &config->batch, fitness, correct), config->text);
    model_evaluate(&model, &config->evaluation, &config->batch, want, want_correct);
    for (uint32_t i = 0; i < members; i++) {
        if (fitness[i] != want[i]) fail_msg("%s: fitness %u is %d, not %d", config->text, i, fitness[i], want[i]);
        if (correct[i] != want_correct[i])
            fail_msg("%s: correct %u is %u, not %u", config->text, i, correct[i], want_correct[i]);
        telling = telling || want[i] != want[0];
    }
    for (uint32_t p = 0; !config->update.credit && p < config->evaluation.noise.pairs; p++)
        config->credit[p] = (int8_t)((want[2 * p] > want[2 * p + 1]) - (want[2 * p] < want[2 * p + 1]));
    succeed(device, sr_device_update(device, &config->update), config->text);
    model_update(&model, &config->update, config->credit);
    compare_weights(device, &model, config->text);
    compare_inference(device, &model, config);
    free(fitness);
    free(want);
    free(correct);
    free(want_correct);
    return telling;
}

static void random_configurations(void **state) {
    (void)state;
    const char *first = getenv("SR_TEST_SEED");
    uint64_t from = first ? strtoull(first, NULL, 0) : 1;
    unsigned telling = 0;
    for (uint64_t seed = from; seed < from + CONFIGURATIONS; seed++) {
        struct sr_device *device = open_ref(1 + (uint32_t)(seed / 5 % 3), 4 + (uint32_t)(seed % 5));
        struct sr_random_config config;
        sr_random_config(seed, sr_device_caps(device), &config);
        telling += compare(device, &config);
        sr_random_config_free(&config);
        sr_device_close(device);
    }
    assert_true(telling > CONFIGURATIONS / 3);
}

/* Every input fires into the widest layer there is, every weight is extreme, and the update sums as many terms as it may:
 * whatever is accumulated in few bits and flushed shows here. */
static void longest_sums(void **state) {
    (void)state;
    enum { INPUTS = 4095, HIDDEN = 3, PAIRS = 512, RANK = 32 };
    static uint64_t bits[2 * 64];
    static int16_t masters[3][INPUTS * HIDDEN];
    static int8_t credit[PAIRS];
    const uint64_t *samples[1] = {bits};
    uint32_t id = 9;
    uint8_t label = 1;
    for (size_t i = 0; i < 128; i++) bits[i] = i % 64 == 63 ? ~UINT64_C(0) >> 1 : ~UINT64_C(0);
    memset(credit, 127, sizeof credit);
    for (unsigned variant = 0; variant < 8; variant++) {
        struct sr_random_config config = {
            .net = {.layers = 1, .inputs = INPUTS, .hidden = {HIDDEN}, .classes = 2, .steps = 2, .theta = {32767, 1, 1, 1}},
            .evaluation = {.noise = {.key = variant,
                                     .pairs = PAIRS,
                                     .rank = RANK,
                                     .mode = (enum sr_mode)(variant % 2),
                                     .readout_mode = (enum sr_mode)(variant % 2),
                                     .dist = (enum sr_dist)(variant / 2 % 2)},
                           .scale = {4095, 0, 0, 4095},
                           .pair_first = 100,
                           .pair_count = 1,
                           .fitness = SR_FITNESS_MARGIN,
                           .fitness_mul = 1,
                           .fitness_shift = 2},
            .batch = {.count = 1, .ids = &id, .bits = samples, .labels = &label},
            .weights = {masters[0], NULL, NULL, masters[2]}};
        int16_t extreme = variant / 4 ? 32767 : -32768;
        for (size_t i = 0; i < INPUTS * HIDDEN; i++) masters[0][i] = i % HIDDEN == 2 ? (int16_t)-1 : extreme;
        for (size_t i = 0; i < 2 * HIDDEN; i++) masters[2][i] = i % 2 ? 32767 : -32768;
        config.update = (struct sr_update){.noise = config.evaluation.noise, .step = {0, 0, 0, 1}};
        config.update.credit = config.credit = credit;
        struct sr_device *device = open_ref(2, 0);
        snprintf(config.text, sizeof config.text, "longest sums, variant %u", variant);
        compare(device, &config);
        sr_device_close(device);
    }
}

/* ---- the kernels for a pair and a sample (host/ref/pair_kernels.c), each forced in turn ---- */

/* The engine with the kernel of that name; NULL where this processor has none. */
static struct sr_device *open_forced(const char *name, uint32_t threads, uint32_t frac) {
    struct sr_device *device = NULL;
    char error[256], want[64];
    assert_int_equal(setenv("SPIKEROLL_REF", name, 1), 0);
    enum sr_status status =
        sr_device_open(&(struct sr_open){.engine = "ref", .threads = threads, .frac_bits = frac}, &device, error, sizeof error);
    assert_int_equal(unsetenv("SPIKEROLL_REF"), 0);
    if (status == SR_OK) return device;
    assert_int_equal(status, SR_ERR_ARGUMENT);
    snprintf(want, sizeof want, "SPIKEROLL_REF = \"%s\" is none of general", name);
    assert_memory_equal(error, want, strlen(want));
    return NULL;
}

/* Whether the last evaluation of this device went through a kernel. */
static bool served_by(struct sr_device *device, const struct sr_evaluation *evaluation, const char *name) {
    const struct ref *ref = (const struct ref *)(const void *)device;
    struct ref_pairs pairs;
    assert_true(ref_pairs_make(&pairs, ref, evaluation));
    bool served = pairs.kernel && strcmp(pairs.kernel->name, name) == 0;
    ref_pairs_free(&pairs);
    return served;
}

/* Make a random configuration one that a kernel serves, if it has one hidden layer. */
static bool suit_kernels(struct sr_random_config *config, uint64_t seed) {
    struct sr_noise *noise = &config->evaluation.noise;
    if (config->net.layers != 1) return false;
    config->net.readout = SR_READOUT_SUM;
    config->net.leak[0] %= 128;
    noise->mode = noise->readout_mode = SR_MODE_LOWRANK;
    noise->dist = SR_DIST_SIGN;
    noise->rank = 1 + (uint32_t)(seed % 6);
    config->evaluation.scale[0] |= 1;
    config->evaluation.scale[SR_READOUT_LAYER] |= 1;
    config->update.noise = *noise;
    return true;
}

static const char *const kernel_names[] = {"general", "avx512", "avx2", "sse41", "neon"};

static void kernels_are_the_model(void **state) {
    (void)state;
    unsigned kernels = 0;
    for (size_t i = 0; i < sizeof kernel_names / sizeof kernel_names[0]; i++) {
        unsigned telling = 0, served = 0, tried = 0;
        for (uint64_t seed = 5000; seed < 5120; seed++) {
            struct sr_device *device = open_forced(kernel_names[i], 1 + (uint32_t)(seed % 2), 4 + (uint32_t)(seed % 5));
            if (!device) break;
            struct sr_random_config config;
            sr_random_config(seed, sr_device_caps(device), &config);
            if (suit_kernels(&config, seed / 5)) {
                tried++;
                telling += compare(device, &config);
                served += served_by(device, &config.evaluation, kernel_names[i]);
            }
            sr_random_config_free(&config);
            sr_device_close(device);
        }
        if (!tried) continue;
        print_message("%s: %u configurations, %u by the kernel, members differ in %u\n", kernel_names[i], tried, served,
                      telling);
        assert_true(telling > tried / 4);
        assert_true(i == 0 ? served == 0 : served > tried * 3 / 4);
        kernels++;
    }
    assert_true(kernels >= 1);
    assert_null(open_forced("fastest", 1, 0));
}

/* The widest layer and the most steps that a kernel serves, every neuron firing at every step into extreme weights: bytes and
 * 16-bit sums at their limits. */
static void kernels_at_their_limits(void **state) {
    (void)state;
    enum { INPUTS = 2, HIDDEN = 4090, STEPS = PAIR_STEPS_MAX, CLASSES = 15 };
    static uint64_t bits[STEPS];
    static int16_t hidden[INPUTS * HIDDEN], readout[CLASSES * HIDDEN];
    static int8_t credit[1] = {1};
    const uint64_t *samples[1] = {bits};
    uint32_t id = 0;
    uint8_t label = 14;
    for (size_t t = 0; t < STEPS; t++) bits[t] = t % 3 ? 3 : 1;
    for (size_t n = 0; n < HIDDEN; n++) hidden[n] = hidden[HIDDEN + n] = (int16_t)(n % 5 ? 32767 : 300 * (int)(n % 100));
    for (size_t o = 0; o < CLASSES; o++)
        for (size_t n = 0; n < HIDDEN; n++)
            readout[o * HIDDEN + n] = o % 3 == 0 ? 32767 : o % 3 == 1 ? -32768 : (int16_t)(n % 7 ? 32767 : -32768);
    for (size_t i = 0; i < sizeof kernel_names / sizeof kernel_names[0]; i++)
        for (unsigned variant = 0; variant < 4; variant++) {
            struct sr_device *device = open_forced(kernel_names[i], 1, 0);
            if (!device) break;
            struct sr_random_config config = {
                .net = {.layers = 1, .inputs = INPUTS, .hidden = {HIDDEN}, .classes = CLASSES, .steps = STEPS},
                .evaluation = {.noise = {.key = variant, .pairs = 1, .rank = 1},
                               .scale = {4095, 0, 0, 4095},
                               .pair_count = 1,
                               .fitness = variant % 2 ? SR_FITNESS_MARGIN : SR_FITNESS_LOGSOFTMAX,
                               .fitness_mul = 15,
                               .fitness_shift = variant / 2 ? 12 : 0},
                .batch = {.count = 1, .ids = &id, .bits = samples, .labels = &label},
                .weights = {hidden, NULL, NULL, readout}};
            config.net.theta[0] = variant / 2 ? 1 : 255;
            config.net.leak[0] = 127;
            config.net.reset = variant % 2 ? SR_RESET_SUBTRACT : SR_RESET_HARD;
            for (unsigned l = 1; l < SR_LAYERS; l++) config.net.theta[l] = 1;
            config.update = (struct sr_update){.noise = config.evaluation.noise, .credit = credit};
            config.credit = credit;
            snprintf(config.text, sizeof config.text, "kernel %s at its limits, variant %u", kernel_names[i], variant);
            compare(device, &config);
            if (i) assert_true(served_by(device, &config.evaluation, kernel_names[i]));
            sr_device_close(device);
        }
}

/* Kernels round the leak by a multiplication that is set up for each value of it. Membranes of either sign, with and without spikes. */
static void kernels_know_every_leak(void **state) {
    (void)state;
    enum { INPUTS = 3, HIDDEN = 100, STEPS = 14, CLASSES = 10 };
    static uint64_t bits[STEPS];
    static int16_t hidden[INPUTS * HIDDEN], readout[CLASSES * HIDDEN];
    static int8_t credit[2] = {1, -1};
    const uint64_t *samples[1] = {bits};
    uint32_t id = 0;
    uint8_t label = 3;
    for (size_t t = 0; t < STEPS; t++) bits[t] = t % 8;
    for (size_t i = 0; i < INPUTS * HIDDEN; i++) hidden[i] = (int16_t)(sr_generation_key(1, i) % 65536 - 32768);
    for (size_t i = 0; i < CLASSES * HIDDEN; i++) readout[i] = (int16_t)(sr_generation_key(2, i) % 65536 - 32768);
    for (size_t i = 1; i < sizeof kernel_names / sizeof kernel_names[0]; i++)
        for (uint32_t leak = 0; leak < 128; leak++) {
            struct sr_device *device = open_forced(kernel_names[i], 1, 0);
            if (!device) break;
            struct sr_random_config config = {.net = {.layers = 1,
                                                      .inputs = INPUTS,
                                                      .hidden = {HIDDEN},
                                                      .classes = CLASSES,
                                                      .steps = STEPS,
                                                      .theta = {leak % 3 ? 150 : 32767, 1, 1, 1},
                                                      .leak = {leak},
                                                      .reset = leak % 5 < 2 ? SR_RESET_SUBTRACT : SR_RESET_HARD},
                                              .evaluation = {.noise = {.key = leak, .pairs = 2, .rank = 1 + leak % 4},
                                                             .scale = {3000, 0, 0, 200},
                                                             .pair_count = 2,
                                                             .fitness = SR_FITNESS_LOGSOFTMAX,
                                                             .fitness_mul = 3,
                                                             .fitness_shift = 9},
                                              .batch = {.count = 1, .ids = &id, .bits = samples, .labels = &label},
                                              .weights = {hidden, NULL, NULL, readout}};
            config.update =
                (struct sr_update){.noise = config.evaluation.noise, .credit = credit, .step = {40000, 0, 0, 65535}};
            config.credit = credit;
            snprintf(config.text, sizeof config.text, "kernel %s, leak %u", kernel_names[i], (unsigned)leak);
            compare(device, &config);
            assert_true(served_by(device, &config.evaluation, kernel_names[i]));
            sr_device_close(device);
        }
}

static void weights_stay_while_the_shape_does(void **state) {
    (void)state;
    struct sr_device *device = open_ref(1, 0);
    struct sr_net net = {.layers = 1, .inputs = 3, .hidden = {2}, .classes = 2, .steps = 1, .theta = {5, 1, 1, 1}};
    const int16_t weight[6] = {1, -2, 300, -400, 32767, -32768};
    int16_t got[8];
    succeed(device, sr_device_configure(device, &net), "configure");
    succeed(device, sr_device_write_weights(device, 0, weight), "write");
    net.leak[0] = 3;
    net.steps = 7;
    succeed(device, sr_device_configure(device, &net), "configure");
    succeed(device, sr_device_read_weights(device, 0, got), "read");
    assert_memory_equal(got, weight, sizeof weight);
    net.inputs = 4;
    succeed(device, sr_device_configure(device, &net), "configure");
    succeed(device, sr_device_read_weights(device, 0, got), "read");
    for (size_t i = 0; i < 8; i++) assert_int_equal(got[i], 0);
    sr_device_close(device);
}

/* Large enough for several slices and groups; any number of threads, any share of the pairs: the same numbers. */
static void threads_and_shares_agree(void **state) {
    (void)state;
    enum { PAIRS = 37, BATCH = 70, INPUTS = 150, STEPS = 30, WORDS = 3 };
    static uint64_t bits[BATCH][STEPS * WORDS];
    static int16_t weight[INPUTS * 200];
    const uint64_t *samples[BATCH];
    uint32_t ids[BATCH];
    uint8_t labels[BATCH];
    for (uint32_t b = 0; b < BATCH; b++) {
        samples[b] = bits[b];
        ids[b] = b;
        labels[b] = (uint8_t)(b % 10);
        for (uint32_t i = 0; i < STEPS * WORDS; i++)
            bits[b][i] = sr_generation_key(b, i) & sr_generation_key(b, i + 1000) & (i % WORDS == 2 ? 0x3fffff : ~UINT64_C(0));
    }
    for (size_t i = 0; i < INPUTS * 200; i++) weight[i] = (int16_t)((int)(sr_generation_key(7, i) % 8192) - 3800);
    for (unsigned variant = 0; variant < 4; variant++) {
        struct sr_net net = {.layers = 1 + variant % 2,
                             .inputs = INPUTS,
                             .hidden = {200, 100},
                             .classes = 10,
                             .steps = STEPS,
                             .theta = {150, 100, 1, 50},
                             .leak = {32, 20, 0, 3},
                             .readout = (enum sr_readout)(variant % 3)};
        struct sr_evaluation whole = {.noise = {.key = 5, .pairs = PAIRS, .rank = 3, .mode = (enum sr_mode)(variant / 2)},
                                      .scale = {200, 100, 0, 90},
                                      .pair_count = PAIRS,
                                      .fitness = SR_FITNESS_LOGSOFTMAX,
                                      .fitness_mul = 3,
                                      .fitness_shift = 3};
        struct sr_update update = {.noise = whole.noise, .step = {51200, 51200, 0, 51200}};
        struct sr_batch batch = {.count = BATCH, .ids = ids, .bits = samples, .labels = labels};
        int32_t want[2 * PAIRS], got[2 * PAIRS];
        int16_t want_weight[INPUTS * 200], got_weight[INPUTS * 200];
        for (uint32_t threads = 1; threads <= 5; threads += 2) {
            struct sr_device *device = open_ref(threads, 0);
            succeed(device, sr_device_configure(device, &net), "configure");
            for (unsigned l = 0; l < net.layers; l++) succeed(device, sr_device_write_weights(device, l, weight), "weights");
            succeed(device, sr_device_write_weights(device, SR_READOUT_LAYER, weight), "weights");
            for (uint32_t first = 0; first < PAIRS; first += 10) {
                struct sr_evaluation share = whole;
                share.pair_first = first;
                share.pair_count = PAIRS - first < 10 ? PAIRS - first : 10;
                succeed(device, sr_device_evaluate(device, &share, &batch, got + 2 * first, NULL), "evaluate a share");
            }
            assert_int_equal(sr_device_update(device, &update), SR_ERR_ARGUMENT); /* a share cannot be shaped */
            int32_t again[2 * PAIRS];
            succeed(device, sr_device_evaluate(device, &whole, &batch, again, NULL), "evaluate");
            assert_memory_equal(got, again, sizeof got);
            succeed(device, sr_device_update(device, &update), "update");
            succeed(device, sr_device_read_weights(device, 0, got_weight), "read");
            if (threads == 1) {
                memcpy(want, got, sizeof want);
                memcpy(want_weight, got_weight, sizeof want_weight);
            }
            assert_memory_equal(got, want, sizeof want);
            assert_memory_equal(got_weight, want_weight, sizeof want_weight);
            sr_device_close(device);
        }
        assert_true(memcmp(want_weight, weight, sizeof weight) != 0);
    }
}

static void tables_are_their_formulas(void **state) {
    (void)state;
#define SR_TABLE_EXP(z, value) assert_int_equal(value, lround(255 * exp(-(z) / 64.0)));
#define SR_TABLE_LNM(i, value) assert_int_equal(value, lround(64 * log(1 + (i) / 128.0)));
#define SR_TABLE_LNB(i, value) assert_int_equal(value, lround(64 * log(ldexp(1, (i) + 7) / 255)));
#include "map/tables.def"
}

/* ---- refusals: a status, and a line that names field, value and limit ---- */

static void refused(struct sr_device *device, enum sr_status got, enum sr_status want, const char *line) {
    assert_int_equal(got, want);
    assert_string_equal(sr_device_error(device), line);
}

static const struct sr_net small = {.layers = 1, .inputs = 3, .hidden = {2}, .classes = 2, .steps = 1, .theta = {5, 1, 1, 1}};

static void bad_networks_are_refused(void **state) {
    (void)state;
    struct sr_device *d = open_ref(1, 4);
    int16_t weight[6] = {0};
#define REFUSE(change, status, line)                            \
    do {                                                        \
        struct sr_net net = small;                              \
        net.change;                                             \
        refused(d, sr_device_configure(d, &net), status, line); \
    } while (0)
    refused(d, sr_device_write_weights(d, 0, weight), SR_ERR_ARGUMENT, "the device has no network yet: configure it first");
    REFUSE(hidden[0] = 4096, SR_ERR_LIMIT, "hidden[0] = 4096 exceeds the device's limit of 4095 neurons");
    REFUSE(hidden[0] = 0, SR_ERR_ARGUMENT, "hidden[0] = 0 is below 1");
    REFUSE(inputs = 5000, SR_ERR_LIMIT, "inputs = 5000 exceeds the device's limit of 4095 inputs");
    REFUSE(inputs = 0, SR_ERR_ARGUMENT, "inputs = 0 is below 1");
    REFUSE(layers = 4, SR_ERR_ARGUMENT, "layers = 4 is outside 1..3");
    REFUSE(classes = 1, SR_ERR_ARGUMENT, "classes = 1 is outside 2..16");
    REFUSE(classes = 17, SR_ERR_ARGUMENT, "classes = 17 is outside 2..16");
    REFUSE(steps = 1024, SR_ERR_LIMIT, "steps = 1024 exceeds the device's limit of 1023 time steps");
    REFUSE(theta[0] = 0, SR_ERR_ARGUMENT, "theta[0] = 0 is outside 1..32767");
    REFUSE(theta[0] = 32768, SR_ERR_ARGUMENT, "theta[0] = 32768 is outside 1..32767");
    REFUSE(leak[0] = 256, SR_ERR_ARGUMENT, "leak[0] = 256 is outside 0..255");
    REFUSE(readout = (enum sr_readout)3, SR_ERR_ARGUMENT, "readout = 3 is outside 0..2");
    REFUSE(reset = (enum sr_reset)2, SR_ERR_ARGUMENT, "reset = 2 is outside 0..1");
#undef REFUSE
    assert_int_equal(sr_device_configure(d, &small), SR_OK);
    weight[5] = 2048;
    refused(d, sr_device_write_weights(d, 0, weight), SR_ERR_ARGUMENT,
            "weight [2][1] of layer 0 = 2048 is outside -2048..2047 (12 bits)");
    refused(d, sr_device_write_weights(d, 1, weight), SR_ERR_ARGUMENT,
            "layer = 1 is not in a network of 1 hidden layers (readout: 3)");
    weight[5] = 2047;
    assert_int_equal(sr_device_write_weights(d, 0, weight), SR_OK);
    sr_device_close(d);
}

static void bad_evaluations_are_refused(void **state) {
    (void)state;
    struct sr_device *d = open_ref(1, 0);
    const struct sr_evaluation good = {.noise = {.pairs = 4, .rank = 1}, .pair_count = 4};
    uint64_t bits = 7;
    const uint64_t *samples[1] = {&bits};
    uint32_t id = 0;
    uint8_t label = 1;
    struct sr_batch batch = {.count = 1, .ids = &id, .bits = samples, .labels = &label};
    int32_t fitness[8] = {1, 2, 3, 4, 5, 6, 7, 8}, untouched[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    assert_int_equal(sr_device_configure(d, &small), SR_OK);
#define REFUSE(change, status, line)                                                \
    do {                                                                            \
        struct sr_evaluation e = good;                                              \
        e.change;                                                                   \
        refused(d, sr_device_evaluate(d, &e, &batch, fitness, NULL), status, line); \
    } while (0)
    REFUSE(scale[0] = 4096, SR_ERR_ARGUMENT, "scale[0] = 4096 is outside 0..4095");
    REFUSE(noise.rank = 33, SR_ERR_ARGUMENT, "rank = 33 is outside 1..32");
    REFUSE(noise.rank = 0, SR_ERR_ARGUMENT, "rank = 0 is outside 1..32");
    REFUSE(noise.pairs = 0, SR_ERR_ARGUMENT, "pairs = 0 is below 1");
    REFUSE(noise.pairs = 20000, SR_ERR_LIMIT, "pairs = 20000 exceeds the device's limit of 16384 pairs");
    REFUSE(pair_first = 1, SR_ERR_ARGUMENT, "pair_first + pair_count = 5 exceeds the population's 4 pairs");
    REFUSE(pair_first = UINT32_MAX, SR_ERR_ARGUMENT, "pair_first + pair_count = 4294967299 exceeds the population's 4 pairs");
    REFUSE(pair_count = 0, SR_ERR_ARGUMENT, "pair_count = 0 is below 1");
    REFUSE(fitness_mul = 16, SR_ERR_ARGUMENT, "fitness_mul = 16 is outside 0..15");
    REFUSE(fitness_shift = 32, SR_ERR_ARGUMENT, "fitness_shift = 32 is outside 0..31");
    REFUSE(fitness = (enum sr_fitness)3, SR_ERR_ARGUMENT, "fitness = 3 is outside 0..2");
    struct sr_evaluation wide = good;
    wide.noise.pairs = 1000;
    wide.noise.rank = 32;
    refused(d, sr_device_evaluate(d, &wide, &batch, fitness, NULL), SR_ERR_LIMIT,
            "pairs * rank = 32000 exceeds the limit of 16384 (the update's sum has 24 bits)");
#undef REFUSE
    label = 2;
    refused(d, sr_device_evaluate(d, &good, &batch, fitness, NULL), SR_ERR_ARGUMENT,
            "labels[0] = 2 is not below the network's 2 classes");
    label = 1;
    bits = 8;
    refused(d, sr_device_evaluate(d, &good, &batch, fitness, NULL), SR_ERR_ARGUMENT,
            "bits[0] has spikes past the network's 3 inputs");
    batch.count = 0;
    refused(d, sr_device_evaluate(d, &good, &batch, fitness, NULL), SR_ERR_ARGUMENT, "batch count = 0 is below 1");
    assert_memory_equal(fitness, untouched, sizeof fitness);

    int8_t credit[4] = {127, -127, 0, 1};
    struct sr_update update = {
        .noise = good.noise, .credit = credit, .step = {1, 99999, 99999, 1}, .doublings = {0, 99, 99, 0}};
    assert_int_equal(sr_device_update(d, &update), SR_OK); /* fields of layers that are not there do not matter */
    credit[2] = -128;
    refused(d, sr_device_update(d, &update), SR_ERR_ARGUMENT, "credit[2] = -128 is outside -127..127");
    update.step[0] = 65536;
    refused(d, sr_device_update(d, &update), SR_ERR_ARGUMENT, "step[0] = 65536 is outside 0..65535");
    update.step[0] = 1;
    update.doublings[3] = 9;
    refused(d, sr_device_update(d, &update), SR_ERR_ARGUMENT, "doublings[3] = 9 is outside 0..8");
    update.doublings[3] = 8;
    update.credit = NULL;
    refused(d, sr_device_update(d, &update), SR_ERR_ARGUMENT,
            "credit is missing, and the last evaluation did not cover all 4 pairs");
    sr_device_close(d);
}

static void bad_openings_are_refused(void **state) {
    (void)state;
    struct sr_device *d = NULL;
    char error[256];
    assert_int_equal(sr_device_open(&(struct sr_open){.engine = "gpu"}, &d, error, sizeof error), SR_ERR_ARGUMENT);
    assert_string_equal(error, "engine = \"gpu\" is none of ref, sim, serial");
    assert_int_equal(sr_device_open(&(struct sr_open){.engine = "ref", .frac_bits = 9}, &d, error, sizeof error),
                     SR_ERR_ARGUMENT);
    assert_null(d);
    sr_device_close(NULL);
    assert_string_equal(sr_status_text(SR_OK), "success");
    assert_string_equal(sr_status_text(SR_ERR_LIMIT), "exceeds a limit of the device");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_configurations),    cmocka_unit_test(longest_sums),
        cmocka_unit_test(kernels_are_the_model),    cmocka_unit_test(kernels_at_their_limits),
        cmocka_unit_test(kernels_know_every_leak),  cmocka_unit_test(weights_stay_while_the_shape_does),
        cmocka_unit_test(threads_and_shares_agree), cmocka_unit_test(tables_are_their_formulas),
        cmocka_unit_test(bad_networks_are_refused), cmocka_unit_test(bad_evaluations_are_refused),
        cmocka_unit_test(bad_openings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
