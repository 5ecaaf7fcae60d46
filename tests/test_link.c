/* SPDX-License-Identifier: Apache-2.0
 * The driver (link.c) and the group against a model of the device whose results come from engine ref: whatever the shape, the
 * store sizes and the line in between, what comes out is what ref itself says.
 * More than 400 lines, because its helpers, the device and the way to call it, serve all cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fake_device.h"
#include "map/sr_map.h"

enum { SAMPLES = 40, PAIRS_MAX = 64, MEMBERS = 2 * PAIRS_MAX };

struct data {
    struct sr_net net;
    uint64_t *bits[SAMPLES];
    uint8_t labels[SAMPLES];
};

static uint64_t state = 88172645463325252u;
static uint32_t draw(uint32_t below) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)((state >> 20) % below);
}

static void make_data(struct data *data, const struct sr_net *net) {
    uint32_t words = sr_net_step_words(net);
    data->net = *net;
    for (unsigned b = 0; b < SAMPLES; b++) {
        data->bits[b] = calloc((size_t)net->steps * words, sizeof(uint64_t));
        data->labels[b] = (uint8_t)draw(net->classes);
        for (uint32_t t = 0; t < net->steps; t++)
            for (uint32_t j = 0; j < net->inputs; j++)
                if (draw(4) == 0) data->bits[b][t * words + j / 64] |= UINT64_C(1) << (j % 64);
    }
}

static void free_data(struct data *data) {
    for (unsigned b = 0; b < SAMPLES; b++) free(data->bits[b]);
}

static void check(struct sr_device *device, enum sr_status status) {
    if (status) fail_msg("%s", sr_device_error(device));
}

static void write_random_weights(struct sr_device *a, struct sr_device *b, const struct sr_net *net) {
    for (unsigned layer = 0; layer < SR_LAYERS; layer++) {
        size_t count = (size_t)sr_net_rows(net, layer) * sr_net_cols(net, layer);
        if (!count) continue;
        int16_t *master = malloc(count * sizeof *master);
        for (size_t i = 0; i < count; i++) master[i] = (int16_t)((int)draw(20000) - 9000);
        check(a, sr_device_write_weights(a, layer, master));
        check(b, sr_device_write_weights(b, layer, master));
        free(master);
    }
}

static void same_weights(struct sr_device *a, struct sr_device *b, const struct sr_net *net) {
    for (unsigned layer = 0; layer < SR_LAYERS; layer++) {
        size_t count = (size_t)sr_net_rows(net, layer) * sr_net_cols(net, layer);
        if (!count) continue;
        int16_t *one = calloc(count, sizeof *one), *two = calloc(count, sizeof *two);
        check(a, sr_device_read_weights(a, layer, one));
        check(b, sr_device_read_weights(b, layer, two));
        assert_memory_equal(one, two, count * sizeof *one);
        free(one);
        free(two);
    }
}

static void pick_batch(const struct data *data, uint32_t count, uint32_t *ids, const uint64_t **bits, uint8_t *labels,
                       struct sr_batch *batch) {
    for (uint32_t b = 0; b < count; b++) {
        uint32_t sample = draw(SAMPLES);
        ids[b] = sample * 1000003u;
        bits[b] = data->bits[sample];
        labels[b] = data->labels[sample];
    }
    *batch = (struct sr_batch){count, ids, bits, labels};
}

/* A few generations on both devices: every fitness, every count, every weight, every score alike. */
static void train_alike(struct sr_device *device, struct sr_device *ref, const struct data *data, uint32_t pairs, uint32_t rank,
                        uint32_t batch_size) {
    uint32_t ids[100], correct[2][MEMBERS];
    const uint64_t *bits[100];
    uint8_t labels[100], predicted[2][100];
    int32_t fitness[2][MEMBERS], scores[2][100 * SR_CLASSES];
    int8_t credit[PAIRS_MAX];
    struct sr_batch batch;
    check(device, sr_device_configure(device, &data->net));
    check(ref, sr_device_configure(ref, &data->net));
    write_random_weights(device, ref, &data->net);
    for (uint32_t g = 0; g < 4; g++) {
        struct sr_evaluation e = {.noise = {.key = sr_generation_key(7, g), .pairs = pairs, .rank = rank},
                                  .pair_count = pairs,
                                  .fitness = (enum sr_fitness)(g % 3),
                                  .fitness_mul = 3,
                                  .fitness_shift = 5};
        uint32_t modes = sr_device_caps(device)->modes;
        e.noise.mode = g == 1 && modes & SR_MODES_FULL ? SR_MODE_FULL : SR_MODE_LOWRANK;
        e.noise.readout_mode = g == 2 && modes & SR_MODES_FULL ? SR_MODE_FULL : SR_MODE_LOWRANK;
        e.noise.dist = g & 1 && modes & SR_MODES_BELL ? SR_DIST_BELL : SR_DIST_SIGN;
        for (unsigned l = 0; l < SR_LAYERS; l++) e.scale[l] = 200 + 100 * l;
        struct sr_update u = {.noise = e.noise, .step = {65535, 40000, 0, 9}, .doublings = {2, 1, 0, 3}};
        if (g == 3) { /* part of the population, and credit from the host */
            e.pair_first = pairs / 3, e.pair_count = pairs - pairs / 3;
            for (uint32_t p = 0; p < pairs; p++) credit[p] = (int8_t)((int)draw(255) - 127);
            u.credit = credit;
            memset(u.doublings, 0, sizeof u.doublings);
        }
        pick_batch(data, batch_size, ids, bits, labels, &batch);
        struct sr_device *both[2] = {device, ref};
        for (unsigned i = 0; i < 2; i++) {
            check(both[i], sr_device_evaluate(both[i], &e, &batch, fitness[i], g == 2 ? NULL : correct[i]));
            if (g == 1) check(both[i], sr_device_infer(both[i], &batch, NULL, predicted[i]));
            check(both[i], sr_device_update(both[i], &u));
            check(both[i], sr_device_infer(both[i], &batch, scores[i], predicted[i]));
        }
        assert_memory_equal(fitness[0], fitness[1], 2 * e.pair_count * sizeof fitness[0][0]);
        if (g != 2) assert_memory_equal(correct[0], correct[1], 2 * e.pair_count * sizeof correct[0][0]);
        assert_memory_equal(scores[0], scores[1], (size_t)batch_size * data->net.classes * sizeof scores[0][0]);
        assert_memory_equal(predicted[0], predicted[1], batch_size);
        same_weights(device, ref, &data->net);
    }
}

/* Some calls of mode local, the batch longer than the device's list or store: every result and every weight alike. */
static void learn_alike(struct sr_device *device, struct sr_device *ref, const struct data *data, uint32_t batch_size) {
    uint32_t ids[100];
    const uint64_t *bits[100];
    uint8_t labels[100], correct[2][100];
    int32_t fitness[2][100];
    struct sr_batch batch;
    struct sr_device *both[2] = {device, ref};
    for (unsigned i = 0; i < 2; i++) check(both[i], sr_device_configure(both[i], &data->net));
    write_random_weights(device, ref, &data->net);
    for (uint32_t g = 0; g < 3; g++) {
        struct sr_learning learning = {.key = sr_generation_key(7, g),
                                       .first = g * 1000,
                                       .pairs = 1 + g,
                                       .sigma = {100 + g},
                                       .factor = {60000, 0, 0, 50000},
                                       .error_mul = 9,
                                       .error_shift = 6};
        pick_batch(data, batch_size, ids, bits, labels, &batch);
        memset(fitness, 0, sizeof fitness);
        memset(correct, 0, sizeof correct);
        for (unsigned i = 0; i < 2; i++)
            check(both[i], sr_device_learn(both[i], &learning, &batch, g == 1 ? NULL : fitness[i], g == 2 ? NULL : correct[i]));
        assert_memory_equal(fitness[0], fitness[1], sizeof fitness[0]);
        assert_memory_equal(correct[0], correct[1], sizeof correct[0]);
        same_weights(device, ref, &data->net);
    }
}

static const struct sr_net SMALL = {
    .layers = 1, .inputs = 70, .hidden = {10}, .classes = 5, .steps = 6, .theta = {300}, .leak = {32}};
static const struct sr_net WIDE = {.layers = 1,
                                   .inputs = 130,
                                   .hidden = {37},
                                   .classes = 3,
                                   .steps = 5,
                                   .theta = {400},
                                   .leak = {16},
                                   .reset = SR_RESET_SUBTRACT};

static struct sr_device *open_ref(uint32_t frac_bits) {
    char error[256];
    struct sr_device *ref = NULL;
    struct sr_open how = {.engine = "ref", .threads = 1, .frac_bits = frac_bits};
    assert_int_equal(sr_device_open(&how, &ref, error, sizeof error), SR_OK);
    return ref;
}

static struct sr_device *open_link(const struct fake_setup *setup, struct fake **fake) {
    char error[256] = "";
    struct sr_transport transport;
    struct sr_device *device = NULL;
    *fake = fake_open(setup, &transport);
    if (sr_link_open(&transport, "fake", &device, error, sizeof error) != SR_OK) fail_msg("%s", error);
    return device;
}

static void compare(const struct fake_setup *setup, const struct sr_net *net, uint32_t pairs, uint32_t rank, uint32_t batch,
                    struct fake_seen *seen, struct sr_counters *counters) {
    struct data data;
    struct fake *fake;
    make_data(&data, net);
    struct sr_device *device = open_link(setup, &fake), *ref = open_ref(setup->id[SR_REG_FRAC_W]);
    train_alike(device, ref, &data, pairs, rank, batch);
    if (counters) check(device, sr_device_counters(device, counters));
    if (seen) *seen = *fake_seen(fake);
    sr_device_close(device);
    sr_device_close(ref);
    fake_close(fake);
    free_data(&data);
}

static void link_equals_ref(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake_seen seen;
    struct sr_counters counters;
    fake_defaults(&setup);
    compare(&setup, &SMALL, 8, 1, 16, &seen, &counters);
    assert_int_equal(counters.link_retries, 0);
    assert_int_equal(seen.evaluations, 4);
    assert_int_equal(seen.updates, 4);
    assert_int_equal(counters.total, 100); /* of the inference, the last call */
    compare(&setup, &WIDE, 9, 3, 20, NULL, NULL);
    setup.run_reads = 5;
    compare(&setup, &SMALL, 64, 5, 33, NULL, NULL);
}

static void other_builds_equal_ref(void **unused) {
    (void)unused;
    struct fake_setup setup;
    fake_defaults(&setup);
    setup.id[SR_REG_SAMPLE_W] = 64, setup.id[SR_REG_LANES] = 32, setup.id[SR_REG_PACKET_MAX] = 4096;
    setup.id[SR_REG_PROJ_UNITS] = 16, setup.id[SR_REG_ROW_WORDS] = 9;
    compare(&setup, &WIDE, 20, 4, 20, NULL, NULL);
    setup.id[SR_REG_SAMPLE_W] = 128, setup.id[SR_REG_PACKET_MAX] = 128, setup.id[SR_REG_FRAC_W] = 8;
    compare(&setup, &SMALL, 20, 2, 20, NULL, NULL);
    setup.id[SR_REG_SAMPLE_W] = 8, setup.id[SR_REG_LANES] = 1;
    setup.id[SR_REG_ROW_WORDS] = 256, setup.id[SR_REG_RWEIGHT_WORDS] = 2048;
    compare(&setup, &SMALL, 5, 2, 7, NULL, NULL);
}

static void learning_equals_ref(void **unused) {
    (void)unused;
    struct fake_setup setup;
    fake_defaults(&setup);
    setup.id[SR_REG_PAIRS_MAX] = 8;
    for (unsigned small = 0; small < 2; small++) {
        struct data data;
        struct fake *fake;
        make_data(&data, &SMALL);
        if (small) setup.id[SR_REG_SAMPLE_WORDS] = 5 * 6 * 7 + 3; /* 7 samples of 70 inputs */
        struct sr_device *device = open_link(&setup, &fake), *ref = open_ref(setup.id[SR_REG_FRAC_W]);
        learn_alike(device, ref, &data, 30);
        struct sr_learning many = {.pairs = 9};
        uint32_t id = 0;
        const uint64_t *bits = data.bits[0];
        uint8_t label = 0;
        const struct sr_batch one = {1, &id, &bits, &label};
        assert_int_equal(sr_device_learn(device, &many, &one, NULL, NULL), SR_ERR_LIMIT);
        assert_string_equal(sr_device_error(device), "pairs = 9 exceeds the device's limit of 8 pairs");
        sr_device_close(device);
        sr_device_close(ref);
        fake_close(fake);
        free_data(&data);
    }
}

/* Fewer samples fit than a batch has: slices add up. */
static void slices_equal_ref(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake_seen seen;
    fake_defaults(&setup);
    setup.id[SR_REG_SAMPLE_WORDS] = 5 * 6 * 7 + 3; /* 7 samples of 70 inputs */
    setup.id[SR_REG_SCORE_WORDS] = 20;
    compare(&setup, &SMALL, 30, 3, 40, &seen, NULL);
    assert_true(seen.evaluations > 16);
    setup.id[SR_REG_SAMPLE_WORDS] = 4096;
    setup.id[SR_REG_BATCH_MAX] = 3;
    compare(&setup, &SMALL, 30, 3, 40, NULL, NULL);
}

static void faults_change_nothing(void **unused) {
    (void)unused;
    for (uint32_t seed = 1; seed <= 6; seed++) {
        struct fake_setup setup;
        struct fake_seen seen;
        struct sr_counters counters;
        fake_defaults(&setup);
        setup.seed = seed;
        setup.fault = seed == 1 ? 1000 : 150 + 100 * seed;
        setup.delay = seed & 1 ? 50 : 0;
        setup.run_reads = seed;
        if (seed == 4) setup.id[SR_REG_PACKET_MAX] = 4096;
        compare(&setup, &SMALL, 16, 2, 30, &seen, &counters);
        assert_true(seen.faults > 10);
        assert_true(counters.link_retries > 0);
        assert_int_equal(seen.updates, 4); /* no run was made twice */
    }
}

/* The answer to a RUN is lost: it is asked for again, and the run is not made again. */
static void a_run_is_made_once(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake_seen seen;
    struct sr_counters counters;
    for (uint32_t busy = 0; busy < 40; busy += 13) {
        fake_defaults(&setup);
        setup.lose_run = true;
        setup.run_reads = busy;
        compare(&setup, &SMALL, 6, 2, 10, &seen, &counters);
        assert_int_equal(seen.runs, 4 + 4 + 5); /* evaluations, updates, inferences */
        assert_int_equal(counters.link_retries, seen.runs + 1);
    }
}

/* Whatever number the last RUN of another host had, the first of this one is new to the device. */
static void the_first_run_is_made(void **unused) {
    (void)unused;
    for (uint32_t number = 0; number < 256; number++) {
        struct fake_setup setup;
        struct fake *fake;
        fake_defaults(&setup);
        setup.ran = true;
        setup.run_seq = (uint8_t)number;
        struct sr_device *device = open_link(&setup, &fake);
        check(device, sr_device_configure(device, &SMALL));
        uint32_t id = 0;
        uint64_t spikes[2 * 6] = {0};
        const uint64_t *bits = spikes;
        uint8_t predicted;
        struct sr_batch batch = {1, &id, &bits, NULL};
        check(device, sr_device_infer(device, &batch, NULL, &predicted));
        assert_int_equal(fake_seen(fake)->runs, 1);
        sr_device_close(device);
        fake_close(fake);
    }
}

/* However many requests lie between two RUNs, 8-bit numbers or not. */
static void every_run_is_made(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake *fake;
    fake_defaults(&setup);
    struct sr_device *device = open_link(&setup, &fake);
    check(device, sr_device_configure(device, &SMALL));
    uint32_t id = 0;
    uint64_t spikes[2 * 6] = {0};
    const uint64_t *bits = spikes;
    uint8_t predicted;
    struct sr_batch batch = {1, &id, &bits, NULL};
    for (uint32_t i = 0; i < 8; i++) {
        int16_t master[5 * 10];
        for (uint32_t reads = 0; reads < 246 + i; reads++)
            check(device, sr_device_read_weights(device, SR_READOUT_LAYER, master));
        check(device, sr_device_infer(device, &batch, NULL, &predicted));
        assert_int_equal(fake_seen(fake)->runs, i + 1);
    }
    sr_device_close(device);
    fake_close(fake);
}

static void samples_are_loaded_once(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake *fake;
    struct data data;
    struct sr_counters first, second;
    fake_defaults(&setup);
    make_data(&data, &SMALL);
    struct sr_device *device = open_link(&setup, &fake);
    check(device, sr_device_configure(device, &SMALL));
    uint32_t ids[20], n = 20;
    const uint64_t *bits[20];
    uint8_t labels[20];
    int32_t fitness[8];
    for (uint32_t b = 0; b < n; b++) ids[b] = b, bits[b] = data.bits[b], labels[b] = data.labels[b];
    struct sr_batch batch = {n, ids, bits, labels};
    struct sr_evaluation e = {.noise = {.key = 1, .pairs = 4, .rank = 1}, .pair_count = 4, .scale = {100, 0, 0, 100}};
    int16_t *zero = calloc(70 * 10, sizeof *zero);
    check(device, sr_device_write_weights(device, 0, zero));
    check(device, sr_device_write_weights(device, SR_READOUT_LAYER, zero));
    free(zero);
    check(device, sr_device_evaluate(device, &e, &batch, fitness, NULL));
    check(device, sr_device_counters(device, &first));
    assert_int_equal(fake_seen(fake)->sample_words, n * 5 * 6);
    assert_int_equal(fake_seen(fake)->batch_words, n);
    uint32_t registers = fake_seen(fake)->register_writes;
    e.noise.key = 2;
    check(device, sr_device_evaluate(device, &e, &batch, fitness, NULL));
    check(device, sr_device_counters(device, &second));
    assert_int_equal(fake_seen(fake)->sample_words, n * 5 * 6);
    assert_int_equal(fake_seen(fake)->batch_words, n);
    assert_int_equal(fake_seen(fake)->register_writes, registers + 1); /* the key's low half */
    assert_true(second.link_tx < 120);
    assert_true(second.link_tx < first.link_tx);
    /* overwritten behind the driver's back, samples and registers come again */
    uint8_t pattern[2 * 5 * 6];
    uint32_t values[0x40], read[3];
    int32_t again[8];
    memset(pattern, 0xA5, sizeof pattern);
    memset(values, 0x5A, sizeof values);
    check(device, sr_device_write_memory(device, SR_MEM_SAMPLE, 0, pattern, 5 * 6));
    check(device, sr_device_write_registers(device, 0x40, 0x40, values));
    check(device, sr_device_read_registers(device, SR_REG_KEY_LO, 3, read));
    assert_memory_equal(read, values, sizeof read);
    uint32_t words = fake_seen(fake)->sample_words;
    check(device, sr_device_evaluate(device, &e, &batch, again, NULL));
    assert_int_equal(fake_seen(fake)->sample_words, words + n * 5 * 6);
    assert_memory_equal(again, fitness, sizeof again);
    assert_int_equal(sr_device_write_registers(device, 0x60, 0x40, values), SR_ERR_ARGUMENT);
    sr_device_close(device);
    fake_close(fake);
    free_data(&data);
}

static void expect_open(const struct fake_setup *setup, enum sr_status status, const char *text) {
    char error[256] = "";
    struct sr_transport transport;
    struct sr_device *device = NULL;
    struct fake *fake = fake_open(setup, &transport);
    assert_int_equal(sr_link_open(&transport, "fake", &device, error, sizeof error), status);
    assert_null(device);
    if (!strstr(error, text)) fail_msg("\"%s\" does not say \"%s\"", error, text);
    fake_close(fake);
}

static void other_devices_are_refused(void **unused) {
    (void)unused;
    struct fake_setup setup;
    fake_defaults(&setup);
    setup.id[SR_REG_MAGIC] = 0x12345678;
    expect_open(&setup, SR_ERR_MISMATCH, "magic 0x12345678, expected 0x53504B52");
    fake_defaults(&setup);
    setup.id[SR_REG_PROTOCOL] = 2;
    expect_open(&setup, SR_ERR_MISMATCH, "protocol 2, expected 1");
    fake_defaults(&setup);
    setup.id[SR_REG_MAP_HASH] = 0xABCDEF01;
    char text[64];
    snprintf(text, sizeof text, "list 0xABCDEF01, expected 0x%08X", (unsigned)SR_MAP_HASH);
    expect_open(&setup, SR_ERR_MISMATCH, text);
    fake_defaults(&setup);
    setup.id[SR_REG_FACTORS] = 0;
    expect_open(&setup, SR_ERR_MISMATCH, "FACTORS = 0, expected 1..65535");
    fake_defaults(&setup);
    setup.mute = true;
    expect_open(&setup, SR_ERR_LINK, "does not answer IDENTIFY");
    fake_defaults(&setup);
    setup.dies_after = 12;
    expect_open(&setup, SR_ERR_LINK, "the device is gone");
}

static void a_device_that_dies_is_reported(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake *fake;
    fake_defaults(&setup);
    setup.dies_after = 500;
    struct sr_device *device = open_link(&setup, &fake);
    check(device, sr_device_configure(device, &SMALL));
    int16_t zero[700] = {0};
    assert_int_equal(sr_device_write_weights(device, 0, zero), SR_ERR_LINK);
    assert_non_null(strstr(sr_device_error(device), "the device is gone: its port failed during WRITE_MEM"));
    assert_int_equal(sr_device_write_weights(device, 0, zero), SR_ERR_LINK);
    sr_device_close(device);
    fake_close(fake);
}

static void limits_are_named_before_anything_is_sent(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake *fake;
    struct sr_counters counters;
    fake_defaults(&setup);
    setup.id[SR_REG_FACTORS] = 19;
    struct sr_device *device = open_link(&setup, &fake);
    struct sr_net net = SMALL;
    net.layers = 2, net.hidden[1] = 4, net.theta[1] = 1, net.leak[1] = 32;
    assert_int_equal(sr_device_configure(device, &net), SR_ERR_LIMIT);
    assert_string_equal(sr_device_error(device), "layers = 2 exceeds the device's limit of 1 hidden layers");
    net = SMALL;
    net.readout = SR_READOUT_MEMBRANE;
    assert_int_equal(sr_device_configure(device, &net), SR_ERR_LIMIT);
    assert_non_null(strstr(sr_device_error(device), "only kind sum (0) is built"));
    check(device, sr_device_configure(device, &SMALL));
    check(device, sr_device_counters(device, &counters));
    uint32_t id = 0;
    uint64_t spikes[2 * 6] = {0};
    const uint64_t *bits = spikes;
    uint8_t label = 0;
    int32_t fitness[8];
    struct sr_batch batch = {1, &id, &bits, &label};
    struct sr_evaluation e = {.noise = {.pairs = 4, .rank = 5}, .pair_count = 4};
    assert_int_equal(sr_device_evaluate(device, &e, &batch, fitness, NULL), SR_ERR_LIMIT);
    assert_non_null(strstr(sr_device_error(device), "pair_count * rank = 20 exceeds the device's limit of 19 factors"));
    struct sr_update u = {.noise = {.pairs = 4, .rank = 1}};
    assert_int_equal(sr_device_update(device, &u), SR_ERR_ARGUMENT);
    check(device, sr_device_counters(device, &counters));
    assert_int_equal(counters.link_tx, 0);
    sr_device_close(device);
    fake_close(fake);
}

/* A device that holds the factors of a generation, low rank and sign entries only: what it cannot do is refused here. */
static void a_device_that_holds_factors(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake *fake;
    struct sr_counters counters;
    fake_defaults(&setup);
    setup.id[SR_REG_MODES] = SR_MODES_LOWRANK, setup.id[SR_REG_FACTORS] = 60;
    compare(&setup, &SMALL, 30, 2, 20, NULL, NULL);
    compare(&setup, &SMALL, 1, 3, 5, NULL, NULL);
    struct sr_device *device = open_link(&setup, &fake);
    assert_int_equal(sr_device_caps(device)->modes, SR_MODES_LOWRANK);
    assert_int_equal(sr_device_caps(device)->factors, 60);
    check(device, sr_device_configure(device, &SMALL));
    check(device, sr_device_counters(device, &counters));
    for (unsigned n = 0; n < 5; n++) {
        static const char *const texts[] = {"pair_count * rank = 62 exceeds the device's limit of 60 factors",
                                            "only low rank (0) is built", "only low rank (0) is built",
                                            "only sign entries (0) are built",
                                            "pairs * rank = 62 exceeds the device's limit of 60 factors"};
        uint32_t id = 0;
        uint64_t spikes[2 * 6] = {0};
        const uint64_t *bits = spikes;
        uint8_t label = 0;
        int32_t fitness[2 * 31];
        struct sr_batch batch = {1, &id, &bits, &label};
        struct sr_evaluation e = {.noise = {.pairs = 31, .rank = 2}, .pair_count = n ? 30 : 31};
        if (n == 1) e.noise.mode = SR_MODE_FULL;
        if (n == 2) e.noise.readout_mode = SR_MODE_FULL;
        if (n == 3) e.noise.dist = SR_DIST_BELL;
        struct sr_update u = {.noise = e.noise};
        if (n < 4) assert_int_equal(sr_device_evaluate(device, &e, &batch, fitness, NULL), SR_ERR_LIMIT);
        if (n > 0) assert_int_equal(sr_device_update(device, &u), SR_ERR_LIMIT);
        if (!strstr(sr_device_error(device), texts[n])) fail_msg("\"%s\" is not \"%s\"", sr_device_error(device), texts[n]);
    }
    check(device, sr_device_counters(device, &counters));
    assert_int_equal(counters.link_tx, 0);
    sr_device_close(device);
    fake_close(fake);
}

/* A host that comes back meets the RUN numbers and the run of the one before. */
static void a_second_host_takes_over(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct sr_transport transport;
    struct data data;
    char error[256];
    fake_defaults(&setup);
    setup.run_reads = 9;
    make_data(&data, &SMALL);
    struct fake *fake = fake_open(&setup, &transport);
    for (unsigned i = 0; i < 3; i++) {
        struct sr_device *device = NULL, *ref = open_ref(8);
        assert_int_equal(sr_link_open(&transport, "fake", &device, error, sizeof error), SR_OK);
        train_alike(device, ref, &data, 5, 1, 4);
        sr_device_close(device);
        sr_device_close(ref);
        static const uint8_t half[] = {0xA5, 0x5A, SR_OP_WRITE_MEM, 1, 200, 0, 0}; /* and it left in mid-packet */
        long written = transport.write(transport.context, half, sizeof half);
        assert_true(written > 0);
    }
    fake_close(fake);
    free_data(&data);
}

static void group_equals_ref(void **unused) {
    (void)unused;
    enum { COUNT = 3 };
    for (uint32_t fault = 0; fault < 2; fault++) {
        struct fake *fakes[COUNT];
        struct sr_device *devices[COUNT], *group = NULL, *ref = open_ref(8);
        struct data data;
        struct sr_counters counters;
        char error[256];
        make_data(&data, &WIDE);
        for (unsigned i = 0; i < COUNT; i++) {
            struct fake_setup setup;
            fake_defaults(&setup);
            setup.seed = i + 1;
            setup.fault = fault ? 800 : 0;
            setup.id[SR_REG_PAIRS_MAX] = 50 + i;
            devices[i] = open_link(&setup, &fakes[i]);
        }
        assert_int_equal(sr_group_open(devices, COUNT, &group, error, sizeof error), SR_OK);
        assert_int_equal(sr_device_caps(group)->devices, COUNT);
        assert_int_equal(sr_device_caps(group)->pairs_max, 50);
        train_alike(group, ref, &data, 10, 2, 9);
        train_alike(group, ref, &data, 2, 2, 1); /* fewer pairs and samples than devices */
        check(group, sr_device_counters(group, &counters));
        assert_true(counters.link_tx > 0 && counters.events > 0);
        sr_device_close(group);
        sr_device_close(ref);
        for (unsigned i = 0; i < COUNT; i++) fake_close(fakes[i]);
        free_data(&data);
    }
}

/* Modes that all members have; of those that hold factors, the fewest. An evaluation is shared, an update is not. */
static void a_group_has_the_limits_of_all(void **unused) {
    (void)unused;
    enum { COUNT = 3 };
    static const uint32_t modes[COUNT] = {35, 33, 35}, factors[COUNT] = {64, 12, 10};
    struct fake *fakes[COUNT];
    struct sr_device *devices[COUNT], *group = NULL;
    char error[256] = "";
    for (unsigned i = 0; i < COUNT; i++) {
        struct fake_setup setup;
        fake_defaults(&setup);
        setup.id[SR_REG_MODES] = modes[i], setup.id[SR_REG_FACTORS] = factors[i];
        devices[i] = open_link(&setup, &fakes[i]);
    }
    assert_int_equal(sr_group_open(devices, COUNT, &group, error, sizeof error), SR_OK);
    assert_int_equal(sr_device_caps(group)->modes, SR_MODES_FULL | SR_MODES_LOWRANK);
    assert_int_equal(sr_device_caps(group)->factors, 10);
    check(group, sr_device_configure(group, &SMALL));
    int16_t zero[700] = {0};
    check(group, sr_device_write_weights(group, 0, zero));
    check(group, sr_device_write_weights(group, SR_READOUT_LAYER, zero));
    uint32_t id = 0;
    uint64_t spikes[2 * 6] = {0};
    const uint64_t *bits = spikes;
    uint8_t label = 0;
    int32_t fitness[2 * 33];
    struct sr_batch batch = {1, &id, &bits, &label};
    struct sr_evaluation e = {.noise = {.pairs = 33, .rank = 1}, .pair_count = 30};
    check(group, sr_device_evaluate(group, &e, &batch, fitness, NULL));
    e.pair_count = 33;
    assert_int_equal(sr_device_evaluate(group, &e, &batch, fitness, NULL), SR_ERR_LIMIT);
    assert_non_null(
        strstr(sr_device_error(group), "device 2: pair_count * rank = 11 exceeds the device's limit of 10 factors"));
    struct sr_update u = {.noise = e.noise};
    assert_int_equal(sr_device_update(group, &u), SR_ERR_LIMIT);
    assert_non_null(strstr(sr_device_error(group), "pairs * rank = 33 exceeds the device's limit of 10 factors"));
    sr_device_close(group);
    for (unsigned i = 0; i < COUNT; i++) fake_close(fakes[i]);
}

static void a_group_wants_one_kind_of_weight(void **unused) {
    (void)unused;
    struct fake *fakes[2];
    struct sr_device *devices[2], *group = NULL;
    char error[256] = "";
    for (unsigned i = 0; i < 2; i++) {
        struct fake_setup setup;
        fake_defaults(&setup);
        setup.id[SR_REG_FRAC_W] = i ? 4 : 8;
        devices[i] = open_link(&setup, &fakes[i]);
    }
    assert_int_equal(sr_group_open(devices, 2, &group, error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "device 1 has FRAC_W 4, device 0 has 8"));
    fake_close(fakes[0]);
    fake_close(fakes[1]);
}

/* A device that has run through everything once, with what a run needs, so that a lie of any kind can be told after it. */
struct subject {
    struct fake *fake;
    struct sr_device *device;
    struct data data;
    struct sr_batch batch;
    struct sr_evaluation evaluation;
    struct sr_update update;
    uint32_t ids[4];
    const uint64_t *bits[4];
    uint8_t labels[4], predicted[4], hits[4];
    int8_t credit[4];
    int32_t fitness[8], scores[4 * SR_CLASSES];
    uint32_t correct[8];
    int16_t master[70 * 10];
};

static void open_subject(struct subject *s, const struct fake_setup *setup) {
    memset(s, 0, sizeof *s);
    make_data(&s->data, &SMALL);
    s->device = open_link(setup, &s->fake);
    s->evaluation = (struct sr_evaluation){.noise = {.key = 1, .pairs = 4, .rank = 1}, .pair_count = 4};
    s->evaluation.fitness = SR_FITNESS_LOGSOFTMAX;
    s->update = (struct sr_update){.noise = s->evaluation.noise, .step = {65535, 65535, 65535, 65535}, .credit = s->credit};
    pick_batch(&s->data, 4, s->ids, s->bits, s->labels, &s->batch);
    check(s->device, sr_device_configure(s->device, &SMALL));
    check(s->device, sr_device_write_weights(s->device, 0, s->master));
    check(s->device, sr_device_write_weights(s->device, SR_READOUT_LAYER, s->master));
}

static void close_subject(struct subject *s) {
    sr_device_close(s->device);
    fake_close(s->fake);
    free_data(&s->data);
}

enum call { EVALUATE, UPDATE, INFER, READ_WEIGHTS, LEARN, CALLS };

static enum sr_status call_subject(struct subject *s, enum call call) {
    switch (call) {
        case EVALUATE:
            return sr_device_evaluate(s->device, &s->evaluation, &s->batch, s->fitness, s->correct);
        case UPDATE:
            return sr_device_update(s->device, &s->update);
        case INFER:
            return sr_device_infer(s->device, &s->batch, s->scores, s->predicted);
        case LEARN:
            return sr_device_learn(s->device, &(struct sr_learning){.pairs = 1}, &s->batch, s->fitness, s->hits);
        default:
            return sr_device_read_weights(s->device, 0, s->master);
    }
}

static void expect_call(struct subject *s, enum call call, enum sr_status status, const char *text) {
    enum sr_status got = call_subject(s, call);
    if (got != status || !strstr(sr_device_error(s->device), text))
        fail_msg("status %d, \"%s\"; expected %d, \"%s\"", (int)got, sr_device_error(s->device), (int)status, text);
}

static void answers_out_of_range_are_refused(void **unused) {
    (void)unused;
    static const struct {
        enum call call;
        uint8_t memory;
        uint32_t word, lie;
        const char *text;
    } lies[] = {
        {INFER, SR_MEM_SCORE, 5, 255, "predicts class 255 for a sample, of a network of 5 classes"},
        {INFER, SR_MEM_SCORE, 5, 5, "predicts class 5 "},
        {INFER, SR_MEM_SCORE, 5, 0x100, "predicts class 256 "},
        {EVALUATE, SR_MEM_CORRECT, 3, 5, "counts 5 hits of member 3 in 4 samples"},
        {EVALUATE, SR_MEM_FITNESS, 7, 1, "gives member 7 the fitness 1, which 4 samples cannot have (-131776..0)"},
        {EVALUATE, SR_MEM_FITNESS, 0, 0xFFFDFD3F, "gives member 0 the fitness -131777"},
        {LEARN, SR_MEM_FITNESS, 3, 1, "gives sample 3 the fitness 1 and "},
        {LEARN, SR_MEM_FITNESS, 2, 0xFFFF7F4F, "gives sample 2 the fitness -32945 and "},
        {LEARN, SR_MEM_CORRECT, 1, 2, " and 2 hits, which no sample has"},
        {READ_WEIGHTS, SR_MEM_WEIGHT, 0, 2048, "holds 2048 as weight [0][0] of layer 0, which has 12 bits (-2048..2047)"},
        {READ_WEIGHTS, SR_MEM_WEIGHT, 0, 0xFFFFF7FF, "holds -2049 as weight [0][0]"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct subject s;
        struct fake_setup setup;
        fake_defaults(&setup);
        setup.id[SR_REG_FRAC_W] = 4;
        open_subject(&s, &setup);
        struct fake_setup *now = fake_setup(s.fake);
        now->lie_memory = true, now->memory_lied = lies[i].memory, now->word_lied = lies[i].word, now->lie = lies[i].lie;
        expect_call(&s, lies[i].call, SR_ERR_DEVICE, lies[i].text);
        now->lie_memory = false;
        for (unsigned call = 0; call < CALLS; call++)
            check(s.device, call_subject(&s, (enum call)call)); /* it may be used on */
        close_subject(&s);
    }
    struct subject s;
    struct fake_setup setup;
    fake_defaults(&setup);
    open_subject(&s, &setup);
    struct fake_setup *now = fake_setup(s.fake);
    now->lie_register = true, now->register_lied = SR_REG_EVENTS, now->lie = 0xFFFFFFFF;
    expect_call(&s, UPDATE, SR_ERR_DEVICE, "reports EVENTS = 4294967295 of a run that can take no more than ");
    close_subject(&s);
}

static void a_device_that_stays_busy_is_given_up(void **unused) {
    (void)unused;
    for (unsigned call = EVALUATE; call <= INFER; call++) {
        struct subject s;
        struct fake_setup setup;
        fake_defaults(&setup);
        open_subject(&s, &setup);
        fake_setup(s.fake)->still = true;
        expect_call(&s, (enum call)call, SR_ERR_LINK, "the device stays busy: its cycle counter stands still");
        expect_call(&s, READ_WEIGHTS, SR_ERR_LINK, "the device stays busy"); /* it still does, and each call ends */
        close_subject(&s);
        open_subject(&s, &setup);
        fake_setup(s.fake)->stuck = true;
        expect_call(&s, (enum call)call, SR_ERR_LINK,
                    "the device stays busy: its run takes far more cycles than there is work");
        close_subject(&s);
    }
    /* patience multiplies what a device may take */
    struct subject s;
    struct fake_setup setup;
    fake_defaults(&setup);
    setup.run_reads = 150;
    open_subject(&s, &setup);
    fake_setup(s.fake)->still = false;
    check(s.device, call_subject(&s, EVALUATE));
    close_subject(&s);
}

/* A device whose answers take longer than usual: silent, and with more patience merely slow. */
static void patience_waits_for_answers(void **unused) {
    (void)unused;
    struct subject s;
    struct fake_setup setup;
    fake_defaults(&setup);
    open_subject(&s, &setup);
    fake_setup(s.fake)->late_ms = 250;
    expect_call(&s, READ_WEIGHTS, SR_ERR_LINK, "does not answer READ_MEM: 12 tries, last one silent");
    sr_device_set_patience(s.device, 4);
    struct sr_counters counters;
    check(s.device, sr_device_counters(s.device, &counters));
    check(s.device, call_subject(&s, READ_WEIGHTS));
    check(s.device, sr_device_counters(s.device, &counters));
    assert_int_equal(counters.link_retries, 0);
    close_subject(&s);
}

/* Bytes without end that are no answer: given up at once, not twelve times. */
static void a_device_that_babbles_is_given_up(void **unused) {
    (void)unused;
    struct subject s;
    struct fake_setup setup;
    fake_defaults(&setup);
    open_subject(&s, &setup);
    fake_setup(s.fake)->drip = 0x5A;
    expect_call(&s, READ_WEIGHTS, SR_ERR_LINK, "does not answer READ_MEM: it sends bytes without end");
    close_subject(&s);
}

/* Limits of no device: zero, odd, not a power of two, too small for any network, too large for any memory. */
static void limits_of_no_device_are_refused(void **unused) {
    (void)unused;
    static const struct {
        unsigned reg;
        uint32_t value;
        unsigned other;
        uint32_t other_value;
        const char *text;
    } limits[] = {
        {SR_REG_SAMPLE_W, 24, 0, 0, "SAMPLE_W = 24, expected a power of two"},
        {SR_REG_SAMPLE_W, 255, 0, 0, "SAMPLE_W = 255, expected 8..128"},
        {SR_REG_PROJ_UNITS, 0, 0, 0, "PROJ_UNITS = 0, expected 1..4096"},
        {SR_REG_ROW_WORDS, 63, 0, 0, "ROW_WORDS = 63, too few for HIDDEN_MAX = 256"},
        {SR_REG_ROW_WORDS, 65535, 0, 0, "RWEIGHT_WORDS = 1024: no two rows of 65535 words fit"},
        {SR_REG_WEIGHT_WORDS, 63, 0, 0, "WEIGHT_WORDS = 63: no row of 64 words fits"},
        {SR_REG_ROW_WORDS, 600, 0, 0, "RWEIGHT_WORDS = 1024: no two rows of 600 words fit"},
        {SR_REG_LANES, 126, 0, 0, "LANES = 126: a word of weights exceeds PACKET_MAX = 256"},
        {SR_REG_LANES, 8000, SR_REG_PACKET_MAX, 32768, NULL},
        {SR_REG_WEIGHT_WORDS, 1 << 24, SR_REG_LANES, 120, NULL},
        {SR_REG_WEIGHT_WORDS, 0, 0, 0, "WEIGHT_WORDS = 0, expected 1..16777216"},
        {SR_REG_LANES, 0, 0, 0, "LANES = 0, expected 1..8192"},
        {SR_REG_RANK_LANES, 0, 0, 0, "RANK_LANES = 0, expected 1..255"},
        {SR_REG_RANK_MAX, 0, 0, 0, "RANK_MAX = 0, expected 1..63"},
        {SR_REG_CLASSES_MAX, 17, 0, 0, "CLASSES_MAX = 17, expected 2..16"},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct fake_setup setup;
        fake_defaults(&setup);
        setup.id[limits[i].reg] = limits[i].value;
        if (limits[i].other) setup.id[limits[i].other] = limits[i].other_value;
        if (limits[i].text) {
            expect_open(&setup, SR_ERR_MISMATCH, limits[i].text);
            continue;
        }
        setup.id[SR_REG_LANES] = 8192, setup.id[SR_REG_PACKET_MAX] = 32768, setup.id[SR_REG_WEIGHT_WORDS] = 1 << 20;
        expect_open(&setup, SR_ERR_MISMATCH, "weight stores of 1048576 and 1024 words of 16384 bytes: more than 4 GB");
    }
}

static void *cancel_soon(void *device) {
    struct timespec a_while = {0, 100000000};
    nanosleep(&a_while, NULL);
    sr_device_cancel(device);
    return NULL;
}

/* Another thread ends a call that would go on; what it left behind is settled by the next. */
static void a_call_can_be_cancelled(void **unused) {
    (void)unused;
    struct subject s;
    struct fake_setup setup;
    pthread_t thread;
    fake_defaults(&setup);
    open_subject(&s, &setup);
    sr_device_set_patience(s.device, 0);
    fake_setup(s.fake)->still = true;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, s.device), 0);
    expect_call(&s, EVALUATE, SR_ERR_INTERRUPTED, "cancelled during");
    pthread_join(thread, NULL);
    fake_setup(s.fake)->still = false;
    fake_end_run(s.fake);
    for (unsigned call = 0; call < CALLS; call++) check(s.device, call_subject(&s, (enum call)call));
    sr_device_cancel(s.device); /* with no call under way it ends the next, and that one only */
    expect_call(&s, INFER, SR_ERR_INTERRUPTED, "cancelled");
    check(s.device, call_subject(&s, INFER));
    close_subject(&s);
}

/* After a call that failed in one member only, the group goes on when its weights have been written anew, and not before. */
static void a_group_whose_member_failed(void **unused) {
    (void)unused;
    struct fake *fakes[2];
    struct sr_device *devices[2], *group = NULL, *ref = open_ref(8);
    struct data data;
    char error[256] = "";
    make_data(&data, &SMALL);
    for (unsigned i = 0; i < 2; i++) {
        struct fake_setup setup;
        fake_defaults(&setup);
        devices[i] = open_link(&setup, &fakes[i]);
    }
    assert_int_equal(sr_group_open(devices, 2, &group, error, sizeof error), SR_OK);
    train_alike(group, ref, &data, 6, 1, 5);
    uint32_t ids[4];
    const uint64_t *bits[4];
    uint8_t labels[4], predicted[4];
    int8_t credit[4] = {1, 1, -1, 1};
    int16_t zero[700] = {0};
    struct sr_batch batch;
    struct sr_update update = {.noise = {.pairs = 4, .rank = 1}, .step = {65535, 65535, 65535, 65535}, .credit = credit};
    pick_batch(&data, 4, ids, bits, labels, &batch);
    struct fake_setup *now = fake_setup(fakes[1]);
    now->lie_register = true, now->register_lied = SR_REG_EVENTS, now->lie = 0xFFFFFFFF;
    assert_int_equal(sr_device_update(group, &update), SR_ERR_DEVICE);
    assert_non_null(strstr(sr_device_error(group), "device 1: the device reports EVENTS"));
    now->lie_register = false;
    assert_int_equal(sr_device_infer(group, &batch, NULL, predicted), SR_ERR_ARGUMENT);
    assert_int_equal(sr_device_update(group, &update), SR_ERR_ARGUMENT);
    assert_int_equal(sr_device_read_weights(group, 0, zero), SR_ERR_ARGUMENT);
    assert_non_null(strstr(sr_device_error(group), "write the weights of every layer again"));
    check(group, sr_device_write_weights(group, 0, zero));
    assert_int_equal(sr_device_infer(group, &batch, NULL, predicted), SR_ERR_ARGUMENT);
    check(group, sr_device_write_weights(group, SR_READOUT_LAYER, zero));
    train_alike(group, ref, &data, 6, 1, 5);
    /* cancelled by another thread: both members stop, and neither takes it along into its next call */
    pthread_t thread;
    sr_device_set_patience(group, 0);
    fake_setup(fakes[0])->still = fake_setup(fakes[1])->still = true;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, group), 0);
    assert_int_equal(sr_device_infer(group, &batch, NULL, predicted), SR_ERR_INTERRUPTED);
    pthread_join(thread, NULL);
    for (unsigned i = 0; i < 2; i++) fake_setup(fakes[i])->still = false, fake_end_run(fakes[i]);
    check(group, sr_device_infer(group, &batch, NULL, predicted));
    /* one that is gone for good: the group says which, and is closed like any other */
    now->dies_after = 1;
    assert_int_equal(sr_device_infer(group, &batch, NULL, predicted), SR_ERR_LINK);
    assert_non_null(strstr(sr_device_error(group), "device 1: the device is gone"));
    sr_device_close(group);
    sr_device_close(ref);
    for (unsigned i = 0; i < 2; i++) fake_close(fakes[i]);
    free_data(&data);
}

/* A reset in the middle of a run, between two calls, or of a device that waits: never a success, and after configure and new
 * weights it goes on. */
static void a_device_that_was_reset_is_noticed(void **unused) {
    (void)unused;
    static const char text[] = "the device was reset or configured anew and has forgotten its weights";
    for (unsigned call = EVALUATE; call < CALLS; call++) {
        struct subject s;
        struct fake_setup setup;
        fake_defaults(&setup);
        open_subject(&s, &setup);
        check(s.device, call_subject(&s, INFER));
        fake_reset(s.fake);
        expect_call(&s, (enum call)call, SR_ERR_DEVICE, text);
        expect_call(&s, (enum call)call, SR_ERR_ARGUMENT, "configure it first");
        check(s.device, sr_device_configure(s.device, &SMALL));
        check(s.device, sr_device_write_weights(s.device, 0, s.master));
        check(s.device, sr_device_write_weights(s.device, SR_READOUT_LAYER, s.master));
        if (call != READ_WEIGHTS) {
            fake_setup(s.fake)->resets = 1;
            expect_call(&s, (enum call)call, SR_ERR_DEVICE, text);
        }
        struct sr_device *ref = open_ref(8);
        train_alike(s.device, ref, &s.data, 8, 1, 10);
        sr_device_close(ref);
        close_subject(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_equals_ref),
        cmocka_unit_test(other_builds_equal_ref),
        cmocka_unit_test(slices_equal_ref),
        cmocka_unit_test(learning_equals_ref),
        cmocka_unit_test(faults_change_nothing),
        cmocka_unit_test(a_run_is_made_once),
        cmocka_unit_test(the_first_run_is_made),
        cmocka_unit_test(every_run_is_made),
        cmocka_unit_test(samples_are_loaded_once),
        cmocka_unit_test(other_devices_are_refused),
        cmocka_unit_test(a_device_that_dies_is_reported),
        cmocka_unit_test(limits_are_named_before_anything_is_sent),
        cmocka_unit_test(a_device_that_holds_factors),
        cmocka_unit_test(a_second_host_takes_over),
        cmocka_unit_test(answers_out_of_range_are_refused),
        cmocka_unit_test(a_device_that_stays_busy_is_given_up),
        cmocka_unit_test(patience_waits_for_answers),
        cmocka_unit_test(a_device_that_babbles_is_given_up),
        cmocka_unit_test(limits_of_no_device_are_refused),
        cmocka_unit_test(a_call_can_be_cancelled),
        cmocka_unit_test(a_group_whose_member_failed),
        cmocka_unit_test(a_device_that_was_reset_is_noticed),
        cmocka_unit_test(group_equals_ref),
        cmocka_unit_test(a_group_has_the_limits_of_all),
        cmocka_unit_test(a_group_wants_one_kind_of_weight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
