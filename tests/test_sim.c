/* SPDX-License-Identifier: Apache-2.0
 * sim = ref, bit for bit: fitness and hits of every member, every weight after the update, scores and predictions of inference,
 * over random configurations. The spine of the test suite (docs/architecture.md).
 *
 * SR_SIM_BUILD names simulation builds (default: all that are found), SR_SIM_COUNT the configurations a build (default
 * 110), SR_SIM_SEED the first seed (default 1). `make soak` runs thousands. Runs on one device are chained, as in training:
 * nothing is reset between configurations, so that left-over state would show.
 * Then directed cases, on each build: what random configurations seldom reach. Not with SR_SIM_SEED.
 * needs: simulation
 * Netlists (builds of that name) take the random configurations alone, bitstreams the few small generations of SR_SIM_COUNT.
 * More than 400 lines, because its helpers serve all cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/device.h"
#include "device/noise.h"
#include "device/registry.h"
#include "link/link.h"
#include "map/sr_map.h"
#include "random_config.h"

static unsigned long number(const char *name, unsigned long otherwise) {
    const char *text = getenv(name);
    return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

static struct sr_device *open_device(const struct sr_open *how) {
    char error[256];
    struct sr_device *device = NULL;
    if (sr_device_open(how, &device, error, sizeof error) != SR_OK) fail_msg("%s: %s", how->engine, error);
    return device;
}

static uint32_t told; /* SR_OTHER_* that the running case has spoken of */

static int begin(void **state) {
    (void)state;
    told = 0;
    return 0;
}

static struct sr_device *open_sim(const char *build, uint32_t threads) {
    return open_device(&(struct sr_open){.engine = "sim", .threads = threads, .reset_seed = 3, .build = build});
}

static struct sr_device *open_ref(const struct sr_device *sim) {
    return open_device(&(struct sr_open){.engine = "ref", .threads = 1, .frac_bits = sr_device_caps(sim)->frac_w});
}

/* What one engine makes of a configuration. later: inference after the update. */
struct outcome {
    int32_t *fitness, *scores, *later_scores;
    uint32_t *correct;
    uint8_t *predicted, *later_predicted;
    int16_t *weights[SR_LAYERS];
};

static void *room(size_t count, size_t size) {
    void *p = calloc(count ? count : 1, size);
    if (!p) fail_msg("out of memory");
    return p;
}

static void must(struct sr_device *device, enum sr_status status, const struct sr_random_config *config) {
    if (status != SR_OK)
        fail_msg("%s: %s (seed %llu: %s)", sr_device_caps(device)->engine, sr_device_error(device),
                 (unsigned long long)config->seed, config->text);
}

/* `evolves`: the device under test builds low rank; else inference is all that is compared here. */
static void run(struct sr_device *device, const struct sr_random_config *config, bool evolves, struct outcome *out) {
    const struct sr_net *net = &config->net;
    size_t members = 2u * config->evaluation.pair_count;
    must(device, sr_device_configure(device, net), config);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t count = (size_t)sr_net_rows(net, l) * sr_net_cols(net, l);
        if (!count) continue;
        must(device, sr_device_write_weights(device, l, config->weights[l]), config);
        out->weights[l] = room(count, sizeof(int16_t));
    }
    out->fitness = room(members, sizeof(int32_t));
    out->correct = room(members, sizeof(uint32_t));
    out->scores = room((size_t)config->batch.count * net->classes, sizeof(int32_t));
    out->later_scores = room((size_t)config->batch.count * net->classes, sizeof(int32_t));
    out->predicted = room(config->batch.count, 1);
    out->later_predicted = room(config->batch.count, 1);
    must(device, sr_device_infer(device, &config->batch, out->scores, out->predicted), config);
    if (evolves)
        must(device, sr_device_evaluate(device, &config->evaluation, &config->batch, out->fitness, out->correct), config);
    if (evolves) must(device, sr_device_update(device, &config->update), config);
    must(device, sr_device_infer(device, &config->batch, out->later_scores, out->later_predicted), config);
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (out->weights[l]) must(device, sr_device_read_weights(device, l, out->weights[l]), config);
}

static void drop(struct outcome *out) {
    free(out->fitness);
    free(out->correct);
    free(out->scores);
    free(out->later_scores);
    free(out->predicted);
    free(out->later_predicted);
    for (unsigned l = 0; l < SR_LAYERS; l++) free(out->weights[l]);
}

static void same(const char *what, const void *a, const void *b, size_t count, size_t size,
                 const struct sr_random_config *config) {
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < count; i++) {
        if (memcmp(x + i * size, y + i * size, size) == 0) continue;
        long long vx = 0, vy = 0;
        if (size == 4) vx = ((const int32_t *)a)[i], vy = ((const int32_t *)b)[i];
        if (size == 2) vx = ((const int16_t *)a)[i], vy = ((const int16_t *)b)[i];
        if (size == 1) vx = x[i], vy = y[i];
        fail_msg("%s %zu of %zu: ref %lld, sim %lld (seed %llu: %s)", what, i, count, vx, vy, (unsigned long long)config->seed,
                 config->text);
    }
}

/* Inference, evaluation, update and inference with the new weights, on both. */
static void compare(struct sr_device *ref, struct sr_device *sim, const struct sr_random_config *config) {
    struct outcome a = {0}, b = {0};
    bool evolves = sr_device_caps(sim)->modes & SR_MODES_LOWRANK;
    run(ref, config, evolves, &a);
    run(sim, config, evolves, &b);
    size_t members = 2u * config->evaluation.pair_count, samples = config->batch.count;
    same("score", a.scores, b.scores, samples * config->net.classes, 4, config);
    same("prediction", a.predicted, b.predicted, samples, 1, config);
    same("score after the update", a.later_scores, b.later_scores, samples * config->net.classes, 4, config);
    same("prediction after the update", a.later_predicted, b.later_predicted, samples, 1, config);
    same("fitness", a.fitness, b.fitness, members, 4, config);
    same("hits", a.correct, b.correct, members, 4, config);
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (a.weights[l])
            same("weight", a.weights[l], b.weights[l], (size_t)sr_net_rows(&config->net, l) * sr_net_cols(&config->net, l), 2,
                 config);
    drop(&a);
    drop(&b);
}

static void test_random(void **state) {
    const char *build = *state;
    struct sr_device *sim = open_sim(build, 1), *ref = open_ref(sim);
    unsigned long first = number("SR_SIM_SEED", 1), count = number("SR_SIM_COUNT", 110);
    for (unsigned long seed = first; seed < first + count; seed++) {
        struct sr_random_config config;
        sr_random_config(seed, sr_device_caps(sim), &config);
        compare(ref, sim, &config);
        sr_random_config_free(&config);
    }
    printf("# sim %s = ref over %lu random configurations\n", build, count);
    sr_device_close(sim);
    sr_device_close(ref);
}

/* Mode local: two calls on the batch, each sample's result, every weight; then inference and an evaluation, so that what learning
 * leaves behind would show. Whether the hidden layer has changed. */
static bool learn_alike(struct sr_device *ref, struct sr_device *sim, struct sr_learning learning,
                        const struct sr_random_config *config) {
    struct sr_device *both[2] = {ref, sim};
    const uint32_t count = config->batch.count, members = 2u * config->evaluation.pair_count;
    const size_t hidden = (size_t)config->net.inputs * config->net.hidden[0];
    int32_t *fitness[2], *scores[2];
    uint32_t *hits[2];
    uint8_t *correct[2];
    int16_t *weights[2];
    bool changed = false;
    for (unsigned i = 0; i < 2; i++) {
        must(both[i], sr_device_configure(both[i], &config->net), config);
        must(both[i], sr_device_write_weights(both[i], 0, config->weights[0]), config);
        must(both[i], sr_device_write_weights(both[i], SR_READOUT_LAYER, config->weights[SR_READOUT_LAYER]), config);
        fitness[i] = room(count + members, sizeof(int32_t));
        hits[i] = room(members, sizeof(uint32_t));
        scores[i] = room((size_t)count * config->net.classes, sizeof(int32_t));
        correct[i] = room(count, 1);
        weights[i] = room(hidden > 16u * config->net.hidden[0] ? hidden : 16u * config->net.hidden[0], sizeof(int16_t));
    }
    for (unsigned turn = 0; turn < 2; turn++, learning.key++) {
        for (unsigned i = 0; i < 2; i++)
            must(both[i], sr_device_learn(both[i], &learning, &config->batch, fitness[i], correct[i]), config);
        same("fitness of sample", fitness[0], fitness[1], count, 4, config);
        same("hit of sample", correct[0], correct[1], count, 1, config);
        for (unsigned l = 0; l < SR_LAYERS; l++) {
            size_t cells = (size_t)sr_net_rows(&config->net, l) * sr_net_cols(&config->net, l);
            if (!cells) continue;
            for (unsigned i = 0; i < 2; i++) must(both[i], sr_device_read_weights(both[i], l, weights[i]), config);
            same(l ? "readout weight" : "hidden weight", weights[0], weights[1], cells, 2, config);
            changed |= !l && memcmp(weights[0], config->weights[0], cells * 2);
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        must(both[i], sr_device_infer(both[i], &config->batch, scores[i], correct[i]), config);
        if (sr_device_caps(sim)->modes & SR_MODES_LOWRANK)
            must(both[i], sr_device_evaluate(both[i], &config->evaluation, &config->batch, fitness[i], hits[i]), config);
    }
    same("score after learning", scores[0], scores[1], (size_t)count * config->net.classes, 4, config);
    if (sr_device_caps(sim)->modes & SR_MODES_LOWRANK)
        same("fitness after learning", fitness[0], fitness[1], members, 4, config);
    same("hits after learning", hits[0], hits[1], members, 4, config);
    for (unsigned i = 0; i < 2; i++) free(fitness[i]), free(hits[i]), free(scores[i]), free(correct[i]), free(weights[i]);
    return changed;
}

static void test_learn(void **state) {
    const char *build = *state;
    struct sr_device *sim = open_sim(build, 1), *ref = open_ref(sim);
    const struct sr_caps *caps = sr_device_caps(sim);
    unsigned long first = number("SR_SIM_SEED", 1), count = number("SR_SIM_COUNT", 110), changed = 0;
    if (!(caps->modes & SR_MODES_LOCAL)) {
        printf("# sim %s does not learn in mode local\n", build);
        count = 0;
    }
    for (unsigned long seed = first; seed < first + count; seed++) {
        struct sr_random_config config;
        sr_random_config(seed, caps, &config);
        struct sr_learning learning = sr_random_learning(seed, caps->frac_w, 3, &config);
        changed += learn_alike(ref, sim, learning, &config);
        sr_random_config_free(&config);
    }
    if (count)
        printf("# sim %s = ref over %lu random configurations of mode local, %lu of which learned\n", build, count, changed);
    if (count > 20) assert_true(changed > count / 3);
    sr_device_close(sim);
    sr_device_close(ref);
}

/* ---- directed cases ---- */

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

static uint32_t next_id = 1000; /* a device keeps samples that it has seen: none is the same twice */

/* A noise that the device can do, in the evaluation of all pairs and in the update; once a case, what took whose place. */
static void set_noise(const struct sr_caps *caps, struct sr_noise noise, struct sr_random_config *c) {
    uint32_t other = sr_noise_within(caps, &noise), news = other & ~told;
    if (news & SR_OTHER_MODE) printf("# full rank, or full and low rank in one run, is not built: one that is in its place\n");
    if (news & SR_OTHER_DIST) printf("# bell entries are not built: sign in their place\n");
    if (news & SR_OTHER_SIZE) printf("# %u factors at most: fewer pairs, or a lower rank\n", (unsigned)caps->factors);
    told |= other;
    c->evaluation.noise = c->update.noise = noise;
    c->evaluation.pair_count = noise.pairs;
}

/* A network with one hidden layer, as far as the device holds it; `chance` of 256 inputs spike; weights are drawn. */
static void make(const struct sr_caps *caps, uint32_t inputs, uint32_t hidden, uint32_t steps, uint32_t pairs, uint32_t batch,
                 unsigned chance, struct sr_random_config *c) {
    memset(c, 0, sizeof *c);
    snprintf(c->text, sizeof c->text, "directed");
    c->net = (struct sr_net){.layers = 1, .classes = least(10, caps->classes_max), .reset = SR_RESET_HARD};
    c->net.inputs = least(inputs, caps->inputs_max);
    c->net.hidden[0] = least(hidden, caps->hidden_max);
    c->net.steps = least(steps, caps->steps_max);
    c->net.theta[0] = 300;
    c->net.theta[SR_READOUT_LAYER] = 1000;
    c->net.leak[0] = c->net.leak[SR_READOUT_LAYER] = 32;
    c->evaluation = (struct sr_evaluation){.scale = {512, 512, 512, 512}};
    c->evaluation.fitness = SR_FITNESS_LOGSOFTMAX;
    c->evaluation.fitness_mul = 3;
    c->evaluation.fitness_shift = 4;
    c->update = (struct sr_update){.step = {51200, 51200, 51200, 51200}, .doublings = {2, 2, 2, 2}};
    set_noise(caps, (struct sr_noise){.key = 0x1234567, .pairs = pairs, .rank = 1, .dist = SR_DIST_BELL}, c);
    uint64_t dice = 1;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t count = (size_t)sr_net_rows(&c->net, l) * sr_net_cols(&c->net, l);
        if (!count) continue;
        c->weights[l] = room(count, sizeof(int16_t));
        for (size_t i = 0; i < count; i++) {
            int any = (int)(sr_permute(dice++) % (256u << caps->frac_w)) - (128 << caps->frac_w);
            c->weights[l][i] = (int16_t)(any / 8);
        }
    }
    uint32_t words = sr_net_step_words(&c->net);
    c->bits = room(batch, sizeof *c->bits);
    c->ids = room(batch, sizeof *c->ids);
    c->labels = room(batch, 1);
    for (uint32_t b = 0; b < batch; b++) {
        c->ids[b] = next_id++;
        c->labels[b] = (uint8_t)(sr_permute(dice++) % c->net.classes);
        c->bits[b] = room((size_t)c->net.steps * words, sizeof(uint64_t));
        for (uint32_t t = 0; t < c->net.steps; t++)
            for (uint32_t j = 0; j < c->net.inputs; j++)
                if (sr_permute(dice++) % 256 < chance) c->bits[b][t * words + j / 64] |= UINT64_C(1) << j % 64;
    }
    c->batch = (struct sr_batch){.count = batch, .ids = c->ids, .bits = (const uint64_t *const *)c->bits, .labels = c->labels};
}

static void set_mode(const struct sr_caps *caps, enum sr_mode mode, uint32_t rank, struct sr_random_config *c) {
    struct sr_noise noise = c->evaluation.noise;
    noise.mode = noise.readout_mode = mode;
    noise.rank = rank;
    set_noise(caps, noise, c);
}

/* More samples than the batch list, the score memory or the sample store hold: slices that add up. */
static void test_slices(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    const struct sr_caps *caps = sr_device_caps(sim);
    if (caps->batch_max > 100) { /* inference alone goes through in slices here: 16384 result words */
        struct sr_random_config c;
        make(caps, 20, 20, 2, 3, 1600, 60, &c);
        compare(ref, sim, &c);
        sr_random_config_free(&c);
    } else {
        for (unsigned mode = 0; mode < 2; mode++) {
            struct sr_random_config c;
            make(caps, 20, 20, 2, 5, 2 * caps->batch_max + 7, 60, &c);
            set_mode(caps, mode ? SR_MODE_FULL : SR_MODE_LOWRANK, 2, &c);
            compare(ref, sim, &c);
            sr_random_config_free(&c);
            make(caps, 1000, 20, 16, 5, least(60, caps->batch_max), 10, &c); /* the sample store is full first */
            set_mode(caps, mode ? SR_MODE_FULL : SR_MODE_LOWRANK, 1, &c);
            compare(ref, sim, &c);
            sr_random_config_free(&c);
        }
    }
    sr_device_close(sim);
    sr_device_close(ref);
}

/* Full rank of more pairs than a device has factors for, with pair weights whose sums need more than 16 bits; in its first and last
 * pairs alone; and the low rank of a device that has factors before and after it. */
static void test_full(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    const struct sr_caps *caps = sr_device_caps(sim);
    for (unsigned n = 0; n < 5 && caps->modes & SR_MODES_FULL; n++) {
        struct sr_random_config c;
        make(caps, 20, 200, 3, 300, 2, 90, &c);
        struct sr_noise noise = c.evaluation.noise;
        noise.pairs = least(600, caps->pairs_max);
        noise.rank = caps->rank_max; /* full rank knows none: it does not count as factors */
        if (n < 4) noise.mode = noise.readout_mode = SR_MODE_FULL;
        set_noise(caps, noise, &c);
        c.net.theta[0] = 60;
        c.net.classes = caps->classes_max;
        int16_t *readout = room((size_t)c.net.classes * c.net.hidden[0], sizeof(int16_t));
        for (size_t i = 0; i < (size_t)c.net.classes * c.net.hidden[0]; i++) readout[i] = (int16_t)(sr_permute(i) % 4000);
        free(c.weights[SR_READOUT_LAYER]);
        c.weights[SR_READOUT_LAYER] = readout;
        int8_t *credit = room(c.evaluation.noise.pairs, 1);
        for (uint32_t p = 0; p < c.evaluation.noise.pairs; p++) credit[p] = p % 150 < 140 ? 127 : -127;
        if (n != 3) c.update.credit = credit; /* else u is made on the device */
        if (n == 1) c.evaluation.pair_count = 1;
        if (n == 2) c.evaluation.pair_first = c.evaluation.noise.pairs - 3, c.evaluation.pair_count = 3;
        for (unsigned l = 0; l < SR_LAYERS; l++) c.update.doublings[l] = 0, c.update.step[l] = 300 + 1000 * n;
        compare(ref, sim, &c);
        free(credit);
        sr_random_config_free(&c);
    }
    sr_device_close(sim);
    sr_device_close(ref);
}

/* Two simulators share the pairs of a generation. */
static void test_two_simulators(void **state) {
    struct sr_device *sim = open_sim(*state, 2), *ref = open_ref(sim);
    assert_int_equal(sr_device_caps(sim)->devices, 2);
    for (unsigned seed = 1; seed <= 8; seed++) {
        struct sr_random_config config;
        sr_random_config(1000000 + seed, sr_device_caps(sim), &config);
        compare(ref, sim, &config);
        sr_random_config_free(&config);
    }
    sr_device_close(sim);
    sr_device_close(ref);
}

static void test_nmnist_shape(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    for (unsigned mode = 0; mode < 2; mode++) {
        struct sr_random_config c;
        make(sr_device_caps(sim), 578, 128, 10, 8, 4, 37, &c);
        set_mode(sr_device_caps(sim), mode ? SR_MODE_FULL : SR_MODE_LOWRANK, 1, &c);
        compare(ref, sim, &c);
        sr_random_config_free(&c);
    }
    sr_device_close(sim);
    sr_device_close(ref);
}

/* Nothing spikes; everything does. Each mode. */
static void test_silent_and_firing(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    for (unsigned n = 0; n < 12; n++) {
        struct sr_random_config c;
        make(sr_device_caps(sim), 130, 40, 5, 5, 3, n & 1 ? 256 : 0, &c);
        set_mode(sr_device_caps(sim), n & 2 ? SR_MODE_FULL : SR_MODE_LOWRANK, 3, &c);
        for (size_t i = 0; n & 1 && i < (size_t)c.net.inputs * c.net.hidden[0]; i++)
            c.weights[0][i] = (int16_t)abs(c.weights[0][i]);
        compare(ref, sim, &c);
        sr_random_config_free(&c);
    }
    sr_device_close(sim);
    sr_device_close(ref);
}

/* Weights at the rails under inputs that all fire: base current, membrane and update saturate both ways. */
static void test_saturation(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    const struct sr_caps *caps = sr_device_caps(sim);
    int16_t rail = (int16_t)((128 << caps->frac_w) - 1);
    /* Bits of n that choose what the device does not have would say the same again. */
    unsigned again = (caps->modes & SR_MODES_FULL ? 0u : 1u) | (caps->modes & SR_MODES_SUBTRACT ? 0u : 2u) |
                     (caps->modes & SR_MODES_LEAK ? 0u : 8u);
    for (unsigned n = 0; n < 16; n++) {
        if (n & again) continue;
        struct sr_random_config c;
        make(caps, 300, 24, 8, 4, 2, 256, &c);
        set_mode(caps, n & 1 ? SR_MODE_FULL : SR_MODE_LOWRANK, 2, &c);
        c.net.reset = n & 2 && caps->modes & SR_MODES_SUBTRACT ? SR_RESET_SUBTRACT : SR_RESET_HARD;
        c.net.theta[0] = n & 4 ? 32767 : 20000;
        if (caps->modes & SR_MODES_LEAK) c.net.leak[0] = n & 8 ? 255 : 3;
        for (unsigned l = 0; l < SR_LAYERS; l++) c.evaluation.scale[l] = n % 3 ? 4095 : 700;
        for (uint32_t j = 0; j < c.net.inputs; j++)
            for (uint32_t i = 0; i < c.net.hidden[0]; i++) {
                int16_t *w = &c.weights[0][j * c.net.hidden[0] + i];
                if (i % 3 == 0) *w = rail;
                if (i % 3 == 1) *w = (int16_t)-rail;
            }
        for (unsigned l = 0; l < SR_LAYERS; l++) c.update.step[l] = 65535, c.update.doublings[l] = n & 4 ? 2 : 0;
        compare(ref, sim, &c);
        sr_random_config_free(&c);
    }
    /* As many inputs as there can be, all firing: scaled projections leave 16 bits where the device holds some 4,000 inputs. */
    for (unsigned n = caps->modes & SR_MODES_BELL ? 0 : 1; n < 2; n++) {
        struct sr_random_config c;
        make(caps, caps->inputs_max, 8, 2, 24, 1, 256, &c);
        c.evaluation.noise.dist = n ? SR_DIST_SIGN : SR_DIST_BELL;
        set_mode(caps, SR_MODE_LOWRANK, 4, &c);
        for (unsigned l = 0; l < SR_LAYERS; l++) c.evaluation.scale[l] = 4095;
        compare(ref, sim, &c);
        sr_random_config_free(&c);
    }
    sr_device_close(sim);
    sr_device_close(ref);
}

/* Pairs that take so few cycles that one begins before the pair before it has left the pipelines: a column block, few steps, few
 * classes. Each unit is then behind another in turn. */
static void test_short_pairs(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    const struct sr_caps *caps = sr_device_caps(sim);
    for (unsigned n = 0; n < 36; n++) {
        struct sr_random_config c;
        make(caps, 30, least(n % 2 ? caps->lanes : 3, 40), 1 + n % 4, 9, 3, 120, &c);
        c.net.classes = least(2 + n / 2 % 3, caps->classes_max);
        for (uint32_t b = 0; b < c.batch.count; b++) c.labels[b] = (uint8_t)(b % c.net.classes);
        c.net.theta[0] = 40;
        set_mode(caps, SR_MODE_LOWRANK, 1 + n / 6 % 3, &c);
        c.evaluation.scale[SR_READOUT_LAYER] = 3000;
        compare(ref, sim, &c);
        sr_random_config_free(&c);
    }
    sr_device_close(sim);
    sr_device_close(ref);
}

/* Generations that take few bytes: what a bitstream behind its UART pins can do in a minute or two. */
static void test_small(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    const struct sr_caps *caps = sr_device_caps(sim);
    unsigned long count = number("SR_SIM_COUNT", 4);
    for (uint32_t n = 0; n < count; n++) {
        struct sr_random_config c;
        make(caps, 9 + 11 * (n % 3), 5 + 4 * (n % 2), 3 + n % 3, 3 + n % 2, 2 + n % 2, 100, &c);
        set_mode(caps, SR_MODE_LOWRANK, 1 + n % 2, &c);
        c.net.theta[0] = 60;
        if (caps->modes & SR_MODES_LEAK) c.net.leak[0] = 37 * n % 256;
        c.net.reset = n & 1 && caps->modes & SR_MODES_SUBTRACT ? SR_RESET_SUBTRACT : SR_RESET_HARD;
        c.evaluation.fitness = (enum sr_fitness)((n + 2) % 3);
        c.evaluation.noise.key = c.update.noise.key = 77 + n;
        compare(ref, sim, &c);
        sr_random_config_free(&c);
    }
    printf("# sim %s = ref over %lu small generations; %u lanes, %u inputs, %u neurons at most\n", (char *)*state, count,
           (unsigned)caps->lanes, (unsigned)caps->inputs_max, (unsigned)caps->hidden_max);
    sr_device_close(sim);
    sr_device_close(ref);
}

/* What does not fit is refused, and the text names the limit; the device goes on. */
static void test_limits(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    const struct sr_caps *caps = sr_device_caps(sim);
    struct sr_random_config c;
    make(caps, 20, 20, 2, 3, 2, 60, &c);
    for (unsigned n = 0; n < 6; n++) {
        struct sr_net net = c.net;
        struct sr_evaluation e = c.evaluation;
        uint32_t limit = 0;
        int32_t fitness[8];
        if (n >= 4 && !(caps->modes & SR_MODES_LOWRANK)) continue;
        if (n == 0) net.inputs = (limit = caps->inputs_max) + 1;
        if (n == 1) net.hidden[0] = (limit = caps->hidden_max) + 1;
        if (n == 2) net.steps = (limit = caps->steps_max) + 1;
        if (n == 3) net.classes = (limit = caps->classes_max) + 1;
        if (n == 4) e.noise.rank = (limit = caps->rank_max) + 1;
        if (n == 5) e.noise.pairs = (limit = caps->pairs_max) + 1;
        enum sr_status status = sr_device_configure(sim, &net);
        if (n >= 4) {
            assert_int_equal(status, SR_OK);
            status = sr_device_evaluate(sim, &e, &c.batch, fitness, NULL);
        }
        char text[16];
        snprintf(text, sizeof text, "%u", (unsigned)limit);
        if (status != SR_ERR_LIMIT && status != SR_ERR_ARGUMENT) /* the latter where no device could hold it */
            fail_msg("limit %u: status %d, %s", n, (int)status, sr_device_error(sim));
        if (!strstr(sr_device_error(sim), text)) fail_msg("%s does not name the limit %s", sr_device_error(sim), text);
    }
    if (!(caps->modes & SR_MODES_LOWRANK)) {
        int32_t fitness[8];
        assert_int_equal(sr_device_configure(sim, &c.net), SR_OK);
        assert_int_equal(sr_device_evaluate(sim, &c.evaluation, &c.batch, fitness, NULL), SR_ERR_UNSUPPORTED);
        if (!strstr(sr_device_error(sim), "low rank")) fail_msg("%s does not say low rank", sr_device_error(sim));
    }
    for (unsigned n = 0; n < 4; n++) { /* what a core leaves out */
        static const char *const texts[] = {"low rank", "low rank", "sign entries", "factors"};
        struct sr_evaluation e = c.evaluation;
        int32_t fitness[8];
        e.noise.dist = SR_DIST_SIGN;
        if (n == 0) e.noise.mode = SR_MODE_FULL;
        if (n == 1) e.noise.readout_mode = SR_MODE_FULL;
        if (n == 2) e.noise.dist = SR_DIST_BELL;
        if (n == 3) e.noise.rank = caps->rank_max, e.noise.pairs = e.pair_count = caps->factors / caps->rank_max + 1;
        const char *text = n < 2 && caps->modes & SR_MODES_FULL ? "one rank" : texts[n];
        bool mixed = caps->modes & SR_MODES_MIXED;
        bool there = n < 2 ? caps->modes & SR_MODES_FULL && mixed : n == 2 ? caps->modes & SR_MODES_BELL : !caps->factors;
        if (there || !(caps->modes & SR_MODES_LOWRANK) || (n == 3 && e.noise.pairs > caps->pairs_max))
            continue; /* the other cases use it */
        assert_int_equal(sr_device_configure(sim, &c.net), SR_OK);
        assert_int_equal(sr_device_evaluate(sim, &e, &c.batch, fitness, NULL), SR_ERR_LIMIT);
        if (!strstr(sr_device_error(sim), text)) fail_msg("%s does not say %s", sr_device_error(sim), text);
    }
    compare(ref, sim, &c);
    sr_random_config_free(&c);
    sr_device_close(sim);
    sr_device_close(ref);
}

/* ---- registers that no call of the library would set so ---- */

/* `text` NULL: the device obeys; else its refusal says so. */
static void ask(struct sr_device *sim, uint8_t op, const uint8_t *payload, size_t count, size_t answer, const char *text) {
    size_t length = 0;
    enum sr_status status = sr_link_ask((struct sr_link *)sim, op, payload, count, answer, &length);
    if (!text) {
        if (status != SR_OK) fail_msg("%s", sr_device_error(sim));
        assert_int_equal(length, answer);
    } else if (status != SR_ERR_DEVICE || !strstr(sr_device_error(sim), text)) {
        fail_msg("expected %s: %s", text, status ? sr_device_error(sim) : "obeyed");
    }
}

static void write_register(struct sr_device *sim, unsigned address, uint32_t value) {
    const uint8_t bytes[5] = {(uint8_t)address, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24)};
    ((struct sr_link *)sim)->known[address] = false; /* so that the library writes it again */
    ask(sim, SR_OP_WRITE_REG, bytes, sizeof bytes, 0, NULL);
}

static void raw_run(struct sr_device *sim, uint8_t flags, const char *text) {
    ask(sim, SR_OP_RUN, &flags, 1, 0, NULL);
    ask(sim, SR_OP_WAIT, NULL, 0, 0, text);
}

/* Inference has no perturbation, whatever the registers of a generation hold. The device itself refuses what is not built. */
static void test_registers(void **state) {
    struct sr_device *sim = open_sim(*state, 1), *ref = open_ref(sim);
    const struct sr_caps *caps = sr_device_caps(sim);
    struct sr_random_config c;
    make(caps, 40, 20, 8, 2, 2, 100, &c);
    c.net.theta[0] = 20;
    compare(ref, sim, &c);
    uint32_t words = 2 * (c.net.classes + 1);
    int32_t scores[2 * SR_CLASSES];
    uint8_t predicted[2], got[2 * 4 * (SR_CLASSES + 1)];
    must(ref, sr_device_infer(ref, &c.batch, scores, predicted), &c);
    for (unsigned l = 0; l < SR_LAYERS; l++) write_register(sim, SR_REG_SCALE0 + l, 4095);
    write_register(sim, SR_REG_MODE, 7);
    write_register(sim, SR_REG_RANK, caps->rank_max);
    write_register(sim, SR_REG_PAIR_FIRST, 1);
    write_register(sim, SR_REG_PAIR_COUNT, caps->pairs_max);
    raw_run(sim, SR_RUN_INFER, NULL);
    must(sim, sr_link_read((struct sr_link *)sim, SR_MEM_SCORE, 0, got, words, 4), &c);
    for (uint32_t b = 0; b < 2; b++)
        for (uint32_t o = 0; o <= c.net.classes; o++) {
            const uint8_t *at = got + 4 * (b * (c.net.classes + 1) + o);
            int32_t value = (int32_t)(at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
            assert_int_equal(value, o < c.net.classes ? scores[b * c.net.classes + o] : predicted[b]);
        }
    write_register(sim, SR_REG_RANK, 1);
    write_register(sim, SR_REG_PAIR_FIRST, 0);
    write_register(sim, SR_REG_PAIR_COUNT, c.evaluation.pair_count);
    for (uint32_t mode = 0; mode < 8; mode++) {
        bool built = caps->modes & SR_MODES_LOWRANK && (!(mode & 3) || caps->modes & SR_MODES_FULL) &&
                     (!(mode & 4) || caps->modes & SR_MODES_BELL) &&
                     ((mode & 1) == (mode >> 1 & 1) || caps->modes & SR_MODES_MIXED);
        write_register(sim, SR_REG_MODE, mode);
        raw_run(sim, SR_RUN_EVALUATE, built ? NULL : "LIMIT_MODE");
        raw_run(sim, SR_RUN_UPDATE, built ? NULL : "LIMIT_MODE");
    }
    write_register(sim, SR_REG_MODE, 0);
    if (!(caps->modes & SR_MODES_LOWRANK))
        raw_run(sim, SR_RUN_SHAPE, "LIMIT_MODE");
    else if (caps->factors < caps->rank_max * caps->pairs_max) {
        uint32_t pairs = caps->factors / caps->rank_max + 1;
        write_register(sim, SR_REG_RANK, caps->rank_max);
        write_register(sim, SR_REG_PAIR_COUNT, pairs);
        raw_run(sim, SR_RUN_EVALUATE, "LIMIT_FACTORS");
        write_register(sim, SR_REG_PAIRS, pairs);
        raw_run(sim, SR_RUN_UPDATE, "LIMIT_FACTORS");
    }
    compare(ref, sim, &c);
    sr_random_config_free(&c);
    sr_device_close(sim);
    sr_device_close(ref);
}

/* Whatever the registers held before reset, the device is the same after it. */
static void test_reset(void **state) {
    struct sr_device *ref = NULL;
    struct sr_caps first;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        struct sr_device *sim = open_device(&(struct sr_open){.engine = "sim", .reset_seed = 1000 * seed, .build = *state});
        if (!ref) {
            ref = open_ref(sim);
            first = *sr_device_caps(sim);
        }
        if (memcmp(&first, sr_device_caps(sim), sizeof first)) fail_msg("reset seed %u: another identity", 1000 * seed);
        struct sr_random_config c;
        make(sr_device_caps(sim), 9, 5, 2, 2, 2, 100, &c);
        c.net.theta[0] = 40;
        compare(ref, sim, &c);
        sr_random_config_free(&c);
        sr_device_close(sim);
    }
    sr_device_close(ref);
}

static void test_trace(void **state) {
    if (getenv("SR_SIM_NO_TRACE")) skip(); /* models without waveforms: tests/mutate */
    char path[64];
    snprintf(path, sizeof path, "%s/trace-%s.fst", getenv("B") && strlen(getenv("B")) < 20 ? getenv("B") : "/tmp",
             (char *)*state);
    remove(path);
    struct sr_device *sim = open_device(&(struct sr_open){.engine = "sim", .reset_seed = 1, .build = *state, .trace = path});
    struct sr_device *ref = open_ref(sim);
    struct sr_random_config c;
    make(sr_device_caps(sim), 8, 4, 2, 1, 1, 100, &c);
    compare(ref, sim, &c);
    sr_random_config_free(&c);
    sr_device_close(sim);
    sr_device_close(ref);
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s was not written", path);
    unsigned char head[9];
    assert_int_equal(fread(head, 1, sizeof head, file), sizeof head);
    assert_int_equal(head[0], 0); /* an FST header block, 329 bytes */
    assert_int_equal(head[7] << 8 | head[8], 329);
    fclose(file);
    remove(path);
}

int main(void) {
    static const struct {
        const char *name;
        CMUnitTestFunction function;
    } cases[] = {{"random", test_random},
                 {"learn", test_learn},
                 {"small", test_small},
                 {"short_pairs", test_short_pairs},
                 {"full", test_full},
                 {"two_simulators", test_two_simulators},
                 {"slices", test_slices},
                 {"limits", test_limits},
                 {"registers", test_registers},
                 {"reset", test_reset},
                 {"nmnist_shape", test_nmnist_shape},
                 {"saturation", test_saturation},
                 {"silent_and_firing", test_silent_and_firing},
                 {"trace", test_trace}};
    static struct CMUnitTest tests[128];
    static char names[128][64];
    size_t count = 0;
    const char *only = getenv("SR_SIM_BUILD"), *folder = getenv("B");
    char path[256], builds[1024];
    snprintf(path, sizeof path, "%.200s/sim", folder && *folder ? folder : "build");
    setenv("SPIKEROLL_SIM_PATH", path, 0);
    if (only && *only)
        snprintf(builds, sizeof builds, "%s", only);
    else
        sr_registry_builds(builds, sizeof builds);
    for (char *rest = builds, *build; (build = strtok_r(rest, " ,", &rest));) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0] && count < 128; i++) {
            if (i > 1 && (getenv("SR_SIM_SEED") || strncmp(build, "netlist", 7) == 0)) continue;
            if (cases[i].function != test_small && strncmp(build, "bitstream", 9) == 0) continue;
            snprintf(names[count], sizeof names[count], "%s_%.40s", cases[i].name, build);
            tests[count] = (struct CMUnitTest){names[count], cases[i].function, begin, NULL, build};
            count++;
        }
    }
    if (!count) {
        fprintf(stderr, "no simulation build in %s\n", getenv("SPIKEROLL_SIM_PATH"));
        return 2;
    }
    return _cmocka_run_group_tests("sim", tests, count, NULL, NULL);
}
