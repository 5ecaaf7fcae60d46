/* SPDX-License-Identifier: Apache-2.0
 * Another thread ends a call of engine `ref` that would go on for long; the device is used on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <spikeroll/spikeroll.h>

enum { INPUTS = 1023, HIDDEN = 1000, STEPS = 32, SAMPLES = 2000, PAIRS = 1024, WORDS = STEPS * (INPUTS + 1) / 64 };

struct subject {
    struct sr_device *device;
    struct sr_net net;
    struct sr_batch batch;
    uint64_t words[WORDS]; /* every sample has these */
    uint32_t ids[SAMPLES];
    const uint64_t *bits[SAMPLES];
    uint8_t labels[SAMPLES];
    int32_t fitness[2 * PAIRS];
    uint8_t predicted[SAMPLES];
    int8_t credit[PAIRS];
};

static void write_weights(struct subject *s) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t count = (size_t)sr_net_rows(&s->net, l) * sr_net_cols(&s->net, l);
        int16_t *master = count ? malloc(count * sizeof *master) : NULL;
        if (!count) continue;
        assert_non_null(master);
        for (size_t i = 0; i < count; i++) master[i] = (int16_t)((int)(i * 40503 % 4096) - 2048);
        assert_int_equal(sr_device_write_weights(s->device, l, master), SR_OK);
        free(master);
    }
}

static struct subject *open_subject(uint32_t threads) {
    struct subject *s = calloc(1, sizeof *s);
    struct sr_open how = {.engine = "ref", .threads = threads};
    char error[256];
    assert_non_null(s);
    assert_int_equal(sr_device_open(&how, &s->device, error, sizeof error), SR_OK);
    s->net = (struct sr_net){.layers = 1, .inputs = INPUTS, .hidden = {HIDDEN}, .classes = 10, .steps = STEPS, .theta = {50}};
    for (size_t i = 0; i < WORDS; i++)
        s->words[i] = UINT64_C(0x1248124812481248) << i % 4 & (i % 16 == 15 ? INT64_MAX : ~UINT64_C(0));
    for (uint32_t b = 0; b < SAMPLES; b++) s->ids[b] = b, s->bits[b] = s->words, s->labels[b] = (uint8_t)(b % 10);
    for (uint32_t p = 0; p < PAIRS; p++) s->credit[p] = (int8_t)(p % 255) - 127;
    s->batch = (struct sr_batch){.count = SAMPLES, .ids = s->ids, .bits = s->bits, .labels = s->labels};
    assert_int_equal(sr_device_configure(s->device, &s->net), SR_OK);
    write_weights(s);
    return s;
}

static void close_subject(struct subject *s) {
    sr_device_close(s->device);
    free(s);
}

static struct sr_noise noise_of(uint32_t pairs) { return (struct sr_noise){.key = 7, .pairs = pairs, .rank = 1}; }

static enum sr_status evaluate(struct subject *s, uint32_t pairs, uint32_t samples) {
    struct sr_evaluation evaluation = {
        .noise = noise_of(pairs), .scale = {256}, .pair_count = pairs, .fitness = SR_FITNESS_MARGIN, .fitness_mul = 1};
    s->batch.count = samples;
    return sr_device_evaluate(s->device, &evaluation, &s->batch, s->fitness, NULL);
}

static enum sr_status update(struct subject *s) {
    struct sr_update update = {.noise = noise_of(PAIRS), .step = {25600, 25600, 25600, 25600}, .credit = s->credit};
    update.noise.mode = update.noise.readout_mode = SR_MODE_FULL; /* takes its time */
    return sr_device_update(s->device, &update);
}

static enum sr_status learn(struct subject *s) {
    struct sr_learning learning = {
        .key = 7, .pairs = 64, .sigma = {300}, .factor = {900, 0, 0, 900}, .error_mul = 1, .error_shift = 2};
    s->batch.count = SAMPLES;
    return sr_device_learn(s->device, &learning, &s->batch, NULL, NULL);
}

static enum sr_status infer(struct subject *s) {
    s->batch.count = SAMPLES;
    return sr_device_infer(s->device, &s->batch, NULL, s->predicted);
}

static enum sr_status evaluate_all(struct subject *s) { return evaluate(s, PAIRS, SAMPLES); }

static void *cancel_soon(void *device) {
    struct timespec a_while = {0, 30000000};
    nanosleep(&a_while, NULL);
    sr_device_cancel(device);
    return NULL;
}

static void expect_cancelled(struct subject *s, enum sr_status (*call)(struct subject *)) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, s->device), 0);
    assert_int_equal(call(s), SR_ERR_INTERRUPTED);
    pthread_join(thread, NULL);
    assert_string_equal(sr_device_error(s->device), "cancelled");
}

/* Each call ends; the next is not cancelled with it, and gives what a device gives on which nothing was. */
static void calls_end(uint32_t threads) {
    struct subject *s = open_subject(threads), *untouched = open_subject(1);
    enum sr_status (*const calls[])(struct subject *) = {evaluate_all, update, learn, infer};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        expect_cancelled(s, calls[i]);
        write_weights(s);
        assert_int_equal(evaluate(s, 3, 2), SR_OK);
        assert_int_equal(evaluate(untouched, 3, 2), SR_OK);
        assert_memory_equal(s->fitness, untouched->fitness, 6 * sizeof *s->fitness);
    }
    close_subject(s);
    close_subject(untouched);
}

static void with_one_thread(void **unused) {
    (void)unused;
    calls_end(1);
}

static void with_three_threads(void **unused) {
    (void)unused;
    calls_end(3);
}

/* An evaluation that was cancelled leaves no fitness that an update could be shaped by. */
static void no_fitness_is_left(void **unused) {
    (void)unused;
    struct subject *s = open_subject(1);
    struct sr_update shaped = {.noise = noise_of(PAIRS), .step = {65535, 65535, 65535, 65535}};
    assert_int_equal(evaluate(s, PAIRS, 1), SR_OK);
    expect_cancelled(s, evaluate_all);
    assert_int_equal(sr_device_update(s->device, &shaped), SR_ERR_ARGUMENT);
    close_subject(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_one_thread),
        cmocka_unit_test(with_three_threads),
        cmocka_unit_test(no_fitness_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
