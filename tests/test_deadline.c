/* SPDX-License-Identifier: Apache-2.0
 * host/train/{deadline,schedule,loop}.c, host/model/history.c: a time limit and a schedule. The clock is the test's own: it moves by a
 * second with each generation, and by nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/history.h"
#include "model/model.h"
#include "train/schedule.h"
#include "train/training.h"

#include "remove_run.h"

enum { CLASSES = 4, INPUTS = 70, STEPS = 6, TRAIN = 80, WORDS = 2, PARTS = 16, READING = 4 };

static char folder[] = "/tmp/sr-deadline-XXXXXX", run1[64], run2[64], error[512];
static struct sr_data *data;
static double seconds; /* of the test's clock */

static double clock_of_the_test(void) { return seconds; }

static int set_up(void **state) {
    static uint64_t bits[TRAIN * STEPS * WORDS];
    static uint8_t labels[TRAIN];
    struct sr_data_arrays arrays = {.classes = CLASSES, .inputs = INPUTS, .steps = STEPS, .count = {TRAIN, 0}};
    uint64_t word = 1;
    (void)state;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        word = word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bits[i] = (word >> 32 & word) & (i % WORDS ? (UINT64_C(1) << (INPUTS - 64)) - 1 : ~UINT64_C(0));
    }
    for (uint32_t i = 0; i < TRAIN; i++) labels[i] = (uint8_t)(i % CLASSES);
    arrays.bits[0] = arrays.bits[1] = bits;
    arrays.labels[0] = arrays.labels[1] = labels;
    if (!mkdtemp(folder)) return -1;
    snprintf(run1, sizeof run1, "%s/1", folder);
    snprintf(run2, sizeof run2, "%s/2", folder);
    return sr_data_make(&arrays, &data, error, sizeof error) == SR_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    sr_data_close(data);
    return rmdir(folder);
}

/* "name value name value ..." */
static struct sr_config *settings(const char *text) {
    char line[256], *rest = NULL;
    struct sr_config *config = NULL;
    assert_int_equal(sr_config_new(&config), SR_OK);
    snprintf(line, sizeof line, "hidden 16 population 32 batch 20 validation 0 step-final 0.05 %s", text);
    for (char *name = strtok_r(line, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        assert_int_equal(sr_config_set(config, name, strtok_r(NULL, " ", &rest), error, sizeof error), SR_OK);
    return config;
}

struct watch {
    uint32_t left; /* generations until the run is stopped */
    double done;
};

/* A generation took a second. */
static bool tick(void *context, const struct sr_progress *progress) {
    struct watch *watch = context;
    seconds++;
    assert_true(progress->done >= watch->done && progress->done <= 1);
    watch->done = progress->done;
    return --watch->left > 0;
}

/* Train for at most `most` generations; reading the data takes READING seconds, which the limit counts. text NULL: resume.
 * Returns the last model. out NULL: in memory. */
static struct sr_model *train(const char *out, const char *text, uint32_t limit, uint32_t most, enum sr_training_end wanted) {
    struct sr_config *config = text ? settings(text) : NULL;
    const struct sr_training_how how = {
        .out = out, .use = text ? SR_TRAINING_NEW : SR_TRAINING_RESUME, .time_limit = limit ? limit + READING : 0};
    const struct sr_open open = {.engine = "ref", .threads = 1};
    struct watch watch = {.left = most};
    struct sr_training *training = NULL;
    struct sr_device *device = NULL;
    struct sr_model *model = NULL;
    assert_int_equal(sr_device_open(&open, &device, error, sizeof error), SR_OK);
    assert_int_equal(sr_training_open(&how, config, &training, error, sizeof error), SR_OK);
    training->now = clock_of_the_test;
    training->opened = seconds = 0;
    seconds = READING;
    assert_int_equal(sr_training_start(training, data, device), SR_OK);
    assert_int_equal(sr_training_run(training, tick, &watch), SR_OK);
    assert_int_equal(sr_training_ended(training), wanted);
    assert_int_equal(sr_training_model(training, &model), SR_OK);
    sr_training_close(training);
    sr_device_close(device);
    sr_config_free(config);
    return model;
}

/* Frees both. */
static bool equal(struct sr_model *a, struct sr_model *b) {
    const struct sr_net *net = sr_model_net(a);
    bool same = sr_model_generation(a) == sr_model_generation(b);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t size = (size_t)sr_net_rows(net, l) * sr_net_cols(net, l) * sizeof(int16_t);
        same &= !size || !memcmp(sr_model_weights(a, l), sr_model_weights(b, l), size);
    }
    sr_model_free(a);
    sr_model_free(b);
    return same;
}

static void the_larger_share_of_a_schedule_counts(void **state) {
    const struct sr_schedule linear = {.decay = SR_DECAY_LINEAR, .generations = 101, .final_q16 = 0};
    (void)state;
    for (uint32_t g = 0; g <= 100; g++) {
        const uint32_t planned = sr_schedule_q16(&linear, g, 0);
        assert_int_equal(planned, (100 - g) * 65536 / 100);
        assert_int_equal(sr_schedule_q16(&linear, g, 32768), planned < 32768 ? planned : 32768);
        assert_int_equal(sr_schedule_q16(&linear, g, 65536), 0);
    }
    const struct sr_schedule smooth = {.decay = SR_DECAY_SMOOTH, .generations = 1000000, .final_q16 = 6554};
    assert_int_equal(sr_schedule_q16(&smooth, 0, 0), 65536);
    assert_int_equal(sr_schedule_q16(&smooth, 0, 32768), 6554 + (65536 - 6554) / 2);
    assert_int_equal(sr_schedule_q16(&smooth, 0, 65536), 6554);
    const struct sr_schedule none = {.decay = SR_DECAY_NONE, .generations = 10, .final_q16 = 6554};
    assert_int_equal(sr_schedule_q16(&none, 9, 65536), 65536);
}

/* PARTS generations in as many seconds take the steps of a run that is planned to end just then. */
static void steps_shrink_over_the_time(void **state) {
    static const char *const modes[] = {"mode lowrank",
                                        "mode lowrank average 4 shape zscore",
                                        "mode full step-decay linear",
                                        "mode local",
                                        "mode local step-decay none strength-final 0.25",
                                        "mode surrogate"};
    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char endless[128], planned[128];
        snprintf(endless, sizeof endless, "%s generations 1000000", modes[i]);
        snprintf(planned, sizeof planned, "%s generations %d", modes[i], PARTS + 1);
        struct sr_model *timed = train(run1, endless, PARTS, 1000, SR_END_TIME);
        remove_run(run1);
        assert_int_equal(sr_model_generation(timed), PARTS);
        assert_true(equal(timed, train(NULL, planned, 0, PARTS, SR_END_STOPPED)));
        /* Without the clock they would have been others. */
        assert_false(equal(train(NULL, endless, PARTS, 1000, SR_END_TIME), train(NULL, endless, 0, PARTS, SR_END_STOPPED)));
    }
}

static void a_limit_that_is_far_off_changes_nothing(void **state) {
    (void)state;
    assert_true(equal(train(NULL, "generations 17", 1000, 1000, SR_END_COMPLETE),
                      train(NULL, "generations 17", 0, 1000, SR_END_COMPLETE)));
    /* Nor does a near one where nothing shrinks: then there is nothing to record. */
    assert_true(equal(train(run1, "generations 1000 step-decay none", PARTS, 1000, SR_END_TIME),
                      train(run2, "generations 1000 step-decay none", 0, PARTS, SR_END_STOPPED)));
    char path[2][128];
    struct sr_run run;
    for (int i = 0; i < 2; i++) snprintf(path[i], sizeof path[i], "%s/history.csv", i ? run2 : run1);
    assert_int_equal(sr_history_compare(path[0], path[1], error, sizeof error), SR_OK);
    snprintf(path[0], sizeof path[0], "%s/checkpoint.h5", run1);
    assert_int_equal(sr_run_load(path[0], &run, error, sizeof error), SR_OK);
    assert_null(sr_run_find_array(&run, "time-spent"));
    sr_run_free(&run);
    remove_run(run1);
    remove_run(run2);
}

/* What the clock had spent is in the row of each generation. */
static void check_rows(const char *path, uint32_t rows) {
    char line[1024], wanted[64];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    for (uint32_t g = 0; g < rows; g++) {
        snprintf(wanted, sizeof wanted, ",,,,%.6f\n", (g < PARTS ? g : PARTS) / (double)PARTS);
        assert_non_null(fgets(line, sizeof line, file));
        if (!strstr(line, wanted)) print_message("generation %u: %s", g + 1, line);
        assert_non_null(strstr(line, wanted));
    }
    assert_null(fgets(line, sizeof line, file));
    fclose(file);
}

/* Stopped at half time, and gone on with for as long as was left, a run is the unbroken one. */
static void a_resumed_run_goes_on_where_the_clock_was(void **state) {
    char path[2][128];
    (void)state;
    for (int i = 0; i < 2; i++) snprintf(path[i], sizeof path[i], "%s/history.csv", i ? run2 : run1);
    struct sr_model *whole = train(run1, "generations 1000000", PARTS, 1000, SR_END_TIME);
    sr_model_free(train(run2, "generations 1000000", PARTS, PARTS / 2, SR_END_STOPPED));
    assert_true(equal(whole, train(run2, NULL, PARTS / 2, 1000, SR_END_TIME)));
    check_rows(path[0], PARTS);
    check_rows(path[1], PARTS);
    assert_int_equal(sr_history_compare(path[0], path[1], error, sizeof error), SR_OK);
    /* Beyond the time, with a limit or without, steps stay as small as they are: neither the clock nor a number makes them grow. */
    assert_true(equal(train(run1, NULL, 3, 1000, SR_END_TIME), train(run2, NULL, 0, 3, SR_END_STOPPED)));
    check_rows(path[0], PARTS + 3);
    check_rows(path[1], PARTS + 3);
    remove_run(run2);
    /* A clock that ran otherwise is what a comparison names. */
    sr_model_free(train(run2, "generations 1000000", 2 * PARTS, PARTS + 3, SR_END_STOPPED));
    assert_int_equal(sr_history_compare(path[0], path[1], error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "generation 2, time_spent: 0.062500 and 0.031250"));
    remove_run(run1);
    remove_run(run2);
}

static void a_share_that_is_none_is_refused(void **state) {
    static const int32_t bad[] = {-1, 65537};
    const struct sr_training_how how = {.out = run1, .use = SR_TRAINING_RESUME};
    const struct sr_open open = {.engine = "ref", .threads = 1};
    char path[128];
    (void)state;
    sr_model_free(train(run1, "generations 1000000", PARTS, 3, SR_END_STOPPED));
    snprintf(path, sizeof path, "%s/checkpoint.h5", run1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sr_run run;
        struct sr_training *training = NULL;
        struct sr_device *device = NULL;
        assert_int_equal(sr_checkpoint_load(path, &run, error, sizeof error), SR_OK);
        *(int32_t *)sr_run_find_array(&run, "time-spent")->values = bad[i];
        assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
        sr_run_free(&run);
        assert_int_equal(sr_device_open(&open, &device, error, sizeof error), SR_OK);
        assert_int_equal(sr_training_open(&how, NULL, &training, error, sizeof error), SR_OK);
        assert_int_equal(sr_training_start(training, data, device), SR_ERR_FORMAT);
        assert_non_null(strstr(sr_training_error(training), "checkpoint.h5: array time-spent: not a share in 65536ths"));
        sr_training_close(training);
        sr_device_close(device);
    }
    remove_run(run1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_larger_share_of_a_schedule_counts),   cmocka_unit_test(steps_shrink_over_the_time),
        cmocka_unit_test(a_limit_that_is_far_off_changes_nothing), cmocka_unit_test(a_resumed_run_goes_on_where_the_clock_was),
        cmocka_unit_test(a_share_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
