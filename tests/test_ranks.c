/* SPDX-License-Identifier: Apache-2.0
 * Several ranks as one device (host/device/ranks.c), each a thread with an engine `ref` of its own, against one engine: every call,
 * for 1 to 5 ranks, also where there are more ranks than pairs, samples or blocks of columns. Without MPI, and under the sanitizers. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/noise.h"
#include "device/ranks.h"

/* ---- threads that talk like processes ---- */

enum { RANKS_MAX = 5, SUMS_MAX = 32 };

static struct {
    pthread_barrier_t barrier;
    void *bytes;
    int32_t sums[RANKS_MAX][SUMS_MAX];
    void *all;
    uint32_t size;
} team;

static _Thread_local uint32_t me;

static void meet(void) { pthread_barrier_wait(&team.barrier); }

static void thread_broadcast(void *bytes, size_t count) {
    if (!me) team.bytes = bytes;
    meet();
    if (me) memcpy(bytes, team.bytes, count);
    meet();
}

static void thread_sum(int32_t *values, size_t count) {
    assert_true(count <= SUMS_MAX);
    memcpy(team.sums[me], values, count * sizeof *values);
    meet();
    for (size_t i = 0; i < count; i++) {
        values[i] = 0;
        for (uint32_t r = 0; r < team.size; r++) values[i] += team.sums[r][i];
    }
    meet();
}

static void thread_gather(const void *mine, const size_t *counts, void *all) {
    size_t place = 0;
    for (uint32_t r = 0; r < me; r++) place += counts[r];
    if (!me) team.all = all;
    meet();
    if (counts[me]) memcpy((char *)team.all + place, mine, counts[me]);
    meet();
}

static void thread_abort(const char *why) {
    fprintf(stderr, "%s\n", why);
    abort();
}

static void thread_end(void) {}

static struct sr_communicator communicators[RANKS_MAX];
static const char *faults[RANKS_MAX];
static uint32_t frac_bits[RANKS_MAX];

static void *other_rank(void *argument) {
    const struct sr_communicator *c = argument;
    me = c->rank;
    sr_ranks_serve(c, &(struct sr_open){.engine = "ref", .frac_bits = frac_bits[me]}, 0, faults[me]);
    sr_ranks_end(c);
    return NULL;
}

static pthread_t threads[RANKS_MAX];

static enum sr_status begin(uint32_t size, uint32_t frac, struct sr_device **device, char *error, size_t error_size) {
    team.size = size;
    assert_int_equal(pthread_barrier_init(&team.barrier, NULL, size), 0);
    for (uint32_t r = 0; r < size; r++) {
        communicators[r] = (struct sr_communicator){.rank = r,
                                                    .size = size,
                                                    .broadcast = thread_broadcast,
                                                    .sum = thread_sum,
                                                    .gather = thread_gather,
                                                    .abort = thread_abort,
                                                    .end = thread_end};
        if (r) assert_int_equal(pthread_create(&threads[r], NULL, other_rank, &communicators[r]), 0);
    }
    me = 0;
    return sr_ranks_open(&communicators[0], &(struct sr_open){.engine = "ref", .threads = 1, .frac_bits = frac}, 0, device,
                         error, error_size);
}

static void end(uint32_t size, struct sr_device *device) {
    sr_device_close(device);
    sr_ranks_end(&communicators[0]);
    for (uint32_t r = 1; r < size; r++) pthread_join(threads[r], NULL);
    pthread_barrier_destroy(&team.barrier);
}

/* ---- one course of calls ---- */

enum { INPUTS = 70, HIDDEN = 150, CLASSES = 10, STEPS = 6, WORDS = 2, BATCH = 7, PAIRS = 9 };

struct answers {
    int32_t fitness[2][2 * PAIRS], scores[2][BATCH * CLASSES], learned[2][BATCH];
    uint32_t correct[2 * PAIRS];
    uint8_t predicted[BATCH], right[2][BATCH];
    int16_t hidden[4][INPUTS * HIDDEN], readout[4][CLASSES * HIDDEN];
};

static void fine(struct sr_device *device, enum sr_status status) {
    if (status != SR_OK) fail_msg("%s", sr_device_error(device));
}

static void read_both(struct sr_device *device, struct answers *a, unsigned place) {
    fine(device, sr_device_read_weights(device, 0, a->hidden[place]));
    fine(device, sr_device_read_weights(device, SR_READOUT_LAYER, a->readout[place]));
}

static void course(struct sr_device *device, struct answers *a) {
    static uint64_t bits[BATCH][STEPS * WORDS];
    static int16_t weight[INPUTS * HIDDEN];
    const uint64_t *rows[BATCH];
    uint32_t ids[BATCH];
    uint8_t labels[BATCH];
    struct sr_counters counters;
    memset(a, 0, sizeof *a);
    for (uint32_t b = 0; b < BATCH; b++) {
        for (uint32_t i = 0; i < STEPS * WORDS; i++)
            bits[b][i] = sr_generation_key(b, i) & sr_generation_key(b + 50, i) & (i % 2 ? 0x3f : ~UINT64_C(0));
        rows[b] = bits[b];
        ids[b] = b;
        labels[b] = (uint8_t)(b % CLASSES);
    }
    for (size_t i = 0; i < INPUTS * HIDDEN; i++) weight[i] = (int16_t)((int)(sr_generation_key(7, i) % 8192) - 3800);
    const struct sr_net net = {.layers = 1,
                               .inputs = INPUTS,
                               .hidden = {HIDDEN},
                               .classes = CLASSES,
                               .steps = STEPS,
                               .theta = {90, 1, 1, 1},
                               .leak = {32}};
    const struct sr_batch batch = {.count = BATCH, .ids = ids, .bits = rows, .labels = labels};
    struct sr_evaluation evaluation = {.noise = {.key = 3, .pairs = PAIRS, .rank = 2},
                                       .scale = {300, 0, 0, 300},
                                       .pair_count = PAIRS,
                                       .fitness = SR_FITNESS_LOGSOFTMAX,
                                       .fitness_mul = 3,
                                       .fitness_shift = 4};
    const struct sr_update update = {.noise = evaluation.noise, .step = {9000, 0, 0, 9000}};
    struct sr_learning learning = {
        .key = 4, .pairs = 1, .sigma = {90}, .factor = {8000, 0, 0, 6000}, .error_mul = 3, .error_shift = 4};
    fine(device, sr_device_configure(device, &net));
    fine(device, sr_device_write_weights(device, 0, weight));
    fine(device, sr_device_write_weights(device, SR_READOUT_LAYER, weight));
    fine(device, sr_device_evaluate(device, &evaluation, &batch, a->fitness[0], a->correct));
    fine(device, sr_device_update(device, &update)); /* the device shapes */
    read_both(device, a, 0);
    fine(device, sr_device_learn(device, &learning, &batch, a->learned[0], a->right[0]));
    learning.key = 5;
    fine(device, sr_device_learn(device, &learning, &batch, a->learned[1], a->right[1]));
    read_both(device, a, 1); /* each rank knows its own columns */
    fine(device, sr_device_infer(device, &batch, a->scores[0], a->predicted));
    read_both(device, a, 2);
    fine(device, sr_device_learn(device, &learning, &batch, NULL, NULL));
    evaluation.pair_first = 2;
    evaluation.pair_count = 3;
    fine(device, sr_device_evaluate(device, &evaluation, &batch, a->fitness[1], NULL)); /* whole weights again */
    assert_int_equal(sr_device_update(device, &update), SR_ERR_ARGUMENT);               /* it has not seen all pairs */
    fine(device, sr_device_learn(device, &learning, &batch, NULL, NULL));
    fine(device, sr_device_write_weights(device, SR_READOUT_LAYER, weight)); /* one layer stays split */
    fine(device, sr_device_infer(device, &batch, a->scores[1], a->predicted));
    read_both(device, a, 3);
    fine(device, sr_device_counters(device, &counters));
}

static void every_call(void **state) {
    (void)state;
    static struct answers want, got;
    struct sr_device *device;
    char error[256];
    assert_int_equal(sr_device_open(&(struct sr_open){.engine = "ref", .threads = 1}, &device, error, sizeof error), SR_OK);
    course(device, &want);
    sr_device_close(device);
    assert_memory_not_equal(want.hidden[0], want.hidden[1], sizeof want.hidden[0]);
    assert_memory_not_equal(want.hidden[2], want.hidden[3], sizeof want.hidden[0]);
    for (uint32_t size = 1; size <= RANKS_MAX; size++) {
        assert_int_equal(begin(size, 0, &device, error, sizeof error), SR_OK);
        assert_int_equal(sr_device_caps(device)->devices, size);
        assert_true(sr_device_caps(device)->modes & SR_MODES_LOCAL);
        course(device, &got);
        assert_memory_equal(&got, &want, sizeof want);
        end(size, device);
    }
}

static void ranks_that_cannot(void **state) {
    (void)state;
    struct sr_device *device = NULL;
    char error[256];
    faults[2] = "no board";
    assert_int_equal(begin(3, 0, &device, error, sizeof error), SR_ERR_ARGUMENT);
    assert_string_equal(error, "rank 2: no board");
    end(3, NULL);
    faults[2] = NULL;
    /* Fraction bits are those of rank 0. */
    frac_bits[1] = 5;
    assert_int_equal(begin(2, 4, &device, error, sizeof error), SR_OK);
    assert_int_equal(sr_device_caps(device)->frac_w, 4);
    const struct sr_net net = {.layers = 2, .inputs = 4, .hidden = {5, 6}, .classes = 2, .steps = 1, .theta = {1, 1, 1, 1}};
    const uint64_t row = 5, *rows[1] = {&row};
    const uint32_t id = 0;
    const uint8_t label = 1;
    const struct sr_batch batch = {.count = 1, .ids = &id, .bits = rows, .labels = &label};
    const struct sr_learning learning = {.pairs = 1, .credit_shift = {8, 8, 8}};
    const int16_t weights[30] = {0};
    fine(device, sr_device_configure(device, &net));
    assert_int_equal(sr_device_learn(device, &learning, &batch, NULL, NULL), SR_ERR_UNSUPPORTED);
    assert_string_equal(sr_device_error(device), "mode local over several ranks needs one hidden layer: the network has 2");
    sr_device_cancel(device); /* of the next call */
    assert_int_equal(sr_device_write_weights(device, 0, weights), SR_ERR_INTERRUPTED);
    fine(device, sr_device_write_weights(device, 0, weights));
    end(2, device);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_call), cmocka_unit_test(ranks_that_cannot)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
