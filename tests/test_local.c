/* SPDX-License-Identifier: Apache-2.0
 * Mode local: engine ref against the naive model of docs/numerics.md over random configurations, and what sr_device_learn
 * refuses. SR_TEST_SEED starts at another configuration, SR_TEST_COUNT makes more of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/noise.h"
#include "model.h"
#include "random_config.h"

enum { CONFIGURATIONS = 250 };

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

static uint32_t number(uint64_t *dice, uint32_t low, uint32_t high) {
    return low + (uint32_t)((sr_permute(++*dice) >> 32) % (high - low + 1));
}

/* Two calls on the same samples; the first's results are from before the second's. Whether every hidden layer has learned. */
static bool compare(uint64_t seed, uint32_t threads, uint32_t frac) {
    struct sr_device *device = open_ref(threads, frac);
    struct sr_random_config config;
    sr_random_config(seed, sr_device_caps(device), &config);
    struct sr_learning learning = sr_random_learning(seed, frac, 3, &config);
    struct model model = {.net = &config.net, .frac = frac};
    uint32_t count = config.batch.count;
    int32_t *fitness = malloc(count * sizeof *fitness), *want = malloc(count * sizeof *want);
    uint8_t *correct = malloc(count), *want_correct = malloc(count);
    bool learned = true;
    succeed(device, sr_device_configure(device, &config.net), config.text);
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (config.weights[l]) succeed(device, sr_device_write_weights(device, l, config.weights[l]), config.text);
    memcpy(model.master, config.weights, sizeof model.master);
    for (unsigned turn = 0; turn < 2; turn++, learning.key++) {
        succeed(device, sr_device_learn(device, &learning, &config.batch, fitness, correct), config.text);
        model_learn(&model, &learning, &config.batch, want, want_correct);
        for (uint32_t b = 0; b < count; b++)
            if (fitness[b] != want[b] || correct[b] != want_correct[b])
                fail_msg("seed %d, %s: sample %u has fitness %d and %u, not %d and %u", (int)seed, config.text, b, fitness[b],
                         correct[b], want[b], want_correct[b]);
    }
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t cells = (size_t)sr_net_rows(&config.net, l) * sr_net_cols(&config.net, l), changed = 0;
        if (!cells) continue;
        int16_t *got = malloc(cells * sizeof *got);
        succeed(device, sr_device_read_weights(device, l, got), config.text);
        struct sr_random_config fresh;
        sr_random_config(seed, sr_device_caps(device), &fresh);
        for (size_t i = 0; i < cells; i++) {
            changed += got[i] != fresh.weights[l][i];
            if (got[i] != model.master[l][i])
                fail_msg("seed %d, %s: weight %zu of layer %u is %d, not %d", (int)seed, config.text, i, l, got[i],
                         model.master[l][i]);
        }
        learned = learned && changed;
        sr_random_config_free(&fresh);
        free(got);
    }
    free(fitness), free(want), free(correct), free(want_correct);
    sr_random_config_free(&config);
    sr_device_close(device);
    return learned;
}

static void random_configurations(void **state) {
    (void)state;
    const char *first = getenv("SR_TEST_SEED"), *more = getenv("SR_TEST_COUNT");
    uint64_t from = first ? strtoull(first, NULL, 0) : 1, count = more ? strtoull(more, NULL, 0) : CONFIGURATIONS;
    unsigned learned = 0;
    for (uint64_t seed = from; seed < from + count; seed++)
        learned += compare(seed, 1 + (uint32_t)(seed % 3), 1 + (uint32_t)(seed / 3 % 8));
    print_message("%u of %u configurations changed weights in every layer\n", learned, (unsigned)count);
    assert_true(learned > count / 3);
}

/* ---- a small network for what follows ---- */

enum { INPUTS = 70, HIDDEN = 130, CLASSES = 4, STEPS = 9, SAMPLES = 6 };

struct small {
    struct sr_net net;
    uint64_t bits[SAMPLES][STEPS * 2];
    const uint64_t *rows[SAMPLES];
    uint32_t ids[SAMPLES];
    uint8_t labels[SAMPLES];
    int16_t hidden[INPUTS * HIDDEN], readout[CLASSES * HIDDEN];
    struct sr_batch batch;
    struct sr_learning learning;
};

static void make_small(struct small *s) {
    uint64_t dice = 77;
    memset(s, 0, sizeof *s);
    s->net = (struct sr_net){
        .layers = 1, .inputs = INPUTS, .hidden = {HIDDEN}, .classes = CLASSES, .steps = STEPS, .theta = {60}, .leak = {32}};
    for (unsigned b = 0; b < SAMPLES; b++) {
        for (unsigned t = 0; t < STEPS; t++) {
            s->bits[b][2 * t] = sr_permute(dice) & sr_permute(dice + 1);
            s->bits[b][2 * t + 1] = sr_permute(dice + 2) & 0x3f;
            dice += 3;
        }
        s->rows[b] = s->bits[b];
        s->ids[b] = b;
        s->labels[b] = (uint8_t)(b % CLASSES);
    }
    for (size_t i = 0; i < INPUTS * HIDDEN; i++) s->hidden[i] = (int16_t)(number(&dice, 0, 5120) - 2560);
    for (size_t i = 0; i < CLASSES * HIDDEN; i++) s->readout[i] = (int16_t)(number(&dice, 0, 5120) - 2560);
    s->batch = (struct sr_batch){SAMPLES, s->ids, s->rows, s->labels};
    s->learning = (struct sr_learning){
        .key = 5, .pairs = 1, .sigma = {60}, .factor = {20000, 0, 0, 20000}, .error_mul = 10, .error_shift = 4};
}

static void load_small(struct sr_device *device, const struct small *s) {
    succeed(device, sr_device_configure(device, &s->net), "configure");
    succeed(device, sr_device_write_weights(device, 0, s->hidden), "hidden weights");
    succeed(device, sr_device_write_weights(device, SR_READOUT_LAYER, s->readout), "readout weights");
}

/* A batch learned at once, in two calls, and by three threads: the same weights. Learning goes up on the samples learned. */
static void calls_and_threads(void **state) {
    (void)state;
    static struct small s;
    static int16_t want[INPUTS * HIDDEN], got[INPUTS * HIDDEN];
    int32_t fitness[SAMPLES], first = 0, last = 0;
    make_small(&s);
    for (unsigned how = 0; how < 3; how++) {
        struct sr_device *device = open_ref(how == 2 ? 3 : 1, 8);
        load_small(device, &s);
        for (unsigned generation = 0; generation < 40; generation++) {
            struct sr_learning learning = s.learning;
            learning.key = generation;
            if (how != 1) {
                succeed(device, sr_device_learn(device, &learning, &s.batch, fitness, NULL), "learn");
            } else {
                for (uint32_t b = 0; b < SAMPLES; b += 2) {
                    struct sr_batch part = {2, s.ids + b, s.rows + b, s.labels + b};
                    learning.first = b;
                    succeed(device, sr_device_learn(device, &learning, &part, fitness + b, NULL), "learn a part");
                    if (generation % 8 == 0) succeed(device, sr_device_read_weights(device, 0, got), "read between");
                }
            }
            for (unsigned b = 0; b < SAMPLES; b++) *(generation ? &last : &first) += fitness[b];
            if (generation < 39) last = 0;
        }
        if (last <= first / 3) fail_msg("fitness went from %d to %d", first, last); /* both below 0 */
        succeed(device, sr_device_read_weights(device, 0, how ? got : want), "read");
        if (how) assert_memory_equal(got, want, sizeof want);
        first = last = 0;
        sr_device_close(device);
    }
}

/* Without an error, a strength or a factor nothing moves. */
static void nothing_to_do(void **state) {
    (void)state;
    static struct small s;
    static int16_t got[INPUTS * HIDDEN];
    make_small(&s);
    for (unsigned what = 0; what < 3; what++) {
        struct sr_learning learning = s.learning;
        if (what == 0) learning.sigma[0] = 0;
        if (what == 1) learning.factor[0] = 0;
        if (what == 2) { /* every sample is of class 0, and its score is far above the others */
            for (size_t i = 0; i < CLASSES * HIDDEN; i++) s.readout[i] = i < HIDDEN ? 5000 : -5000;
            memset(s.labels, 0, sizeof s.labels);
        }
        struct sr_device *device = open_ref(1, 8);
        load_small(device, &s);
        succeed(device, sr_device_learn(device, &learning, &s.batch, NULL, NULL), "learn");
        succeed(device, sr_device_read_weights(device, 0, got), "read");
        if (memcmp(got, s.hidden, sizeof got)) fail_msg("%u: hidden weights have changed", what);
        succeed(device, sr_device_read_weights(device, SR_READOUT_LAYER, got), "read");
        assert_int_equal(what == 2, !memcmp(got, s.readout, sizeof s.readout));
        sr_device_close(device);
    }
}

static void refuse(struct sr_device *device, const struct sr_learning *learning, const struct sr_batch *batch,
                   enum sr_status status, const char *text) {
    assert_int_equal(sr_device_learn(device, learning, batch, NULL, NULL), status);
    if (!strstr(sr_device_error(device), text)) fail_msg("\"%s\" does not say \"%s\"", sr_device_error(device), text);
}

static void refusals(void **state) {
    (void)state;
    static struct small s;
    make_small(&s);
    struct sr_device *device = open_ref(1, 8);
    struct sr_learning learning = s.learning;
    refuse(device, &learning, &s.batch, SR_ERR_ARGUMENT, "no network yet");
    load_small(device, &s);
#define REFUSE(field, value, text) \
    learning = s.learning;         \
    learning.field = value;        \
    refuse(device, &learning, &s.batch, SR_ERR_ARGUMENT, text)
    REFUSE(pairs, 0, "pairs = 0 is outside 1..256");
    REFUSE(pairs, 257, "pairs = 257");
    REFUSE(sigma[0], 4096, "sigma[0] = 4096 is outside 0..4095");
    REFUSE(factor[0], 65536, "factor[0] = 65536 is outside 0..65535");
    REFUSE(factor[3], 65536, "factor[3]");
    REFUSE(error_mul, 16, "error_mul = 16");
    REFUSE(error_shift, 32, "error_shift = 32");
    learning = s.learning;
    learning.first = 64996;
    refuse(device, &learning, &s.batch, SR_ERR_LIMIT, "first + batch count = 65002 exceeds the limit of 65000");
    s.hidden[3] = -32768;
    load_small(device, &s);
    refuse(device, &s.learning, &s.batch, SR_ERR_ARGUMENT, "mode local needs weights above -32768");
    s.hidden[3] = -32767;
    load_small(device, &s);
    succeed(device, sr_device_learn(device, &s.learning, &s.batch, NULL, NULL), "learn");
    s.net.readout = SR_READOUT_MEMBRANE;
    load_small(device, &s);
    refuse(device, &s.learning, &s.batch, SR_ERR_ARGUMENT, "mode local needs readout kind sum");
    s.net = (struct sr_net){.layers = 2, .inputs = INPUTS, .hidden = {3, 4}, .classes = 2, .steps = STEPS, .theta = {60, 60}};
    succeed(device, sr_device_configure(device, &s.net), "configure two layers");
    for (unsigned b = 0; b < SAMPLES; b++) s.labels[b] = 0;
    refuse(device, &s.learning, &s.batch, SR_ERR_ARGUMENT, "credit_shift[0] = 0 is outside 1..15");
    sr_device_close(device);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_configurations),
        cmocka_unit_test(calls_and_threads),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
