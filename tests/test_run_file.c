/* SPDX-License-Identifier: Apache-2.0
 * host/model/run_file.c and host/model/history.c: what is saved is what is loaded, damage is named, history is cut and compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/run_file.h"
#include "train/trainer.h"

static char folder[] = "/tmp/sr-run-XXXXXX", path[256], path2[256], error[SR_ERROR_SIZE];

static int set_up(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/a.h5", folder);
    snprintf(path2, sizeof path2, "%s/b.csv", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    remove(path);
    remove(path2);
    snprintf(path2, sizeof path2, "%s/a.csv", folder);
    remove(path2);
    return rmdir(folder);
}

static void make_run(struct sr_run *run) {
    static const char *const settings[][2] = {{"hidden", "30,20"}, {"theta", "200,300"},
                                              {"sigma", "1.1"},    {"seed", "12345678901234567890"},
                                              {"mode", "full"},    {"reset", "subtract"}};
    struct sr_config config;
    sr_config_defaults(&config);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct sr_field *field = sr_config_field(settings[i][0]);
        assert_non_null(field);
        assert_int_equal(sr_field_parse(field, &config, settings[i][1], error, sizeof error), SR_OK);
    }
    *run = (struct sr_run){.config = config,
                           .frac_bits = 8,
                           .generation = 77,
                           .data_hash = 0xfedcba9876543210u,
                           .seconds = 1.5,
                           .has_best = true,
                           .best_generation = 60,
                           .best_correct = 7,
                           .best_total = 9};
    sr_config_net(&run->config, 40, 10, 12, &run->net);
    assert_int_equal(sr_weights_init(&run->weights, &run->net), SR_OK);
    assert_int_equal(sr_weights_init(&run->best, &run->net), SR_OK);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        for (size_t i = 0; i < sr_layer_size(&run->net, l); i++) {
            run->weights.layer[l][i] = (int16_t)sr_random(1, SR_PURPOSE_BENCH, l, (uint32_t)i);
            run->best.layer[l][i] = (int16_t)sr_random(2, SR_PURPOSE_BENCH, l, (uint32_t)i);
        }
    }
}

static void what_is_saved_is_loaded(void **state) {
    (void)state;
    struct sr_run run, loaded;
    make_run(&run);
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
        assert_int_equal(sr_run_save(path, &run, checkpoint, error, sizeof error), SR_OK);
        assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
        assert_memory_equal(&loaded.config, &run.config, sizeof run.config);
        assert_memory_equal(&loaded.net, &run.net, sizeof run.net);
        assert_int_equal(loaded.generation, 77);
        assert_true(loaded.data_hash == run.data_hash && loaded.seconds == run.seconds && loaded.frac_bits == 8);
        assert_true(loaded.has_best);
        assert_int_equal(loaded.best_total, 9);
        assert_int_equal(sr_weights_compare(&loaded.weights, &run.weights, &run.net, error, sizeof error), SR_OK);
        if (checkpoint)
            assert_int_equal(sr_weights_compare(&loaded.best, &run.best, &run.net, error, sizeof error), SR_OK);
        else
            assert_null(loaded.best.layer[0]);
        sr_run_free(&loaded);
    }
    run.best.layer[3][11]++;
    sr_weights_copy(&run.weights, &run.best, &run.net);
    run.best.layer[3][11]--;
    assert_int_equal(sr_weights_compare(&run.weights, &run.best, &run.net, error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "readout[0][11]"));
    sr_run_free(&run);
}

static void a_failed_save_leaves_the_old_file(void **state) {
    (void)state;
    struct sr_run run, loaded;
    make_run(&run);
    assert_int_equal(sr_run_save("/nonsuch/x.h5", &run, true, error, sizeof error), SR_ERR_FILE);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    char temporary[300];
    snprintf(temporary, sizeof temporary, "%s.tmp", path); /* as a kill would leave it */
    FILE *file = fopen(temporary, "w");
    fputs("half", file);
    fclose(file);
    assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
    sr_run_free(&loaded);
    run.generation = 78;
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    assert_int_not_equal(access(temporary, F_OK), 0);
    sr_run_free(&run);
}

/* Cut short anywhere, or with any byte of its first part flipped: refused with a line, or read; never a crash. */
static void damaged_files_are_refused(void **state) {
    (void)state;
    struct sr_run run, loaded;
    make_run(&run);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    sr_run_free(&run);
    static uint8_t bytes[65536];
    FILE *file = fopen(path, "rb");
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(size > 1000 && size < sizeof bytes);
    for (size_t cut = 0; cut < size; cut += 509) {
        file = fopen(path, "wb");
        fwrite(bytes, 1, cut, file);
        fclose(file);
        assert_int_not_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
        assert_non_null(strstr(error, path));
    }
    assert_int_equal(sr_run_load("/nonsuch", &loaded, error, sizeof error), SR_ERR_FILE);
    assert_int_equal(sr_model_path(folder, path2, sizeof path2, error, sizeof error), SR_ERR_FILE);
    snprintf(path2, sizeof path2, "%s/b.csv", folder);
}

static void history_is_cut_and_compared(void **state) {
    (void)state;
    char other[256];
    snprintf(other, sizeof other, "%s/a.csv", folder);
    for (int copy = 0; copy < 2; copy++) {
        const char *name = copy ? other : path2;
        FILE *file;
        assert_int_equal(sr_history_create(name, error, sizeof error), SR_OK);
        assert_int_equal(sr_history_open(name, 0, &file, error, sizeof error), SR_OK);
        for (uint32_t g = 1; g <= 9; g++) {
            struct sr_history_row row = {.generation = g,
                                         .members = 4,
                                         .batch = 2,
                                         .fitness_sum = -(int64_t)g * 1000,
                                         .correct = g % 8,
                                         .fitness_hash = g,
                                         .seconds = copy,
                                         .counters = {.total = (uint64_t)copy}};
            assert_int_equal(sr_history_append(file, &row), SR_OK);
        }
        fclose(file);
    }
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_OK);
    FILE *file = fopen(other, "a");
    fputs("10,half a li", file); /* as a kill would leave it */
    fclose(file);
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_ERR_MISMATCH);
    assert_int_equal(sr_history_open(other, 10, &file, error, sizeof error), SR_ERR_FORMAT);
    assert_int_equal(sr_history_open(other, 7, &file, error, sizeof error), SR_OK);
    struct sr_history_row row = {
        .generation = 8, .members = 4, .batch = 2, .fitness_sum = -8000, .correct = 0, .fitness_hash = 8};
    assert_int_equal(sr_history_append(file, &row), SR_OK);
    assert_int_equal(sr_history_sync(file), SR_OK);
    fclose(file);
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "ends after generation 8"));
    assert_int_equal(sr_history_open(path2, 8, &file, error, sizeof error), SR_OK);
    fclose(file);
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_OK);
    assert_int_equal(sr_history_open(path2, 7, &file, error, sizeof error), SR_OK);
    row.fitness_hash = 9;
    assert_int_equal(sr_history_append(file, &row), SR_OK);
    fclose(file);
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "generation 8, fitness_hash"));
}

static void rescaling_keeps_the_whole_part(void **state) {
    (void)state;
    struct sr_net net = {.layers = 1, .inputs = 256, .hidden = {1}, .classes = 2, .steps = 1};
    struct sr_weights weights;
    assert_int_equal(sr_weights_init(&weights, &net), SR_OK);
    for (int w = -127; w < 128; w++) weights.layer[0][w + 128] = (int16_t)(w * 256 + 77);
    sr_weights_rescale(&weights, &net, 8, 4);
    for (int w = -127; w < 128; w++) assert_int_equal(weights.layer[0][w + 128], w * 16);
    sr_weights_free(&weights);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_is_loaded),        cmocka_unit_test(a_failed_save_leaves_the_old_file),
        cmocka_unit_test(damaged_files_are_refused),      cmocka_unit_test(history_is_cut_and_compared),
        cmocka_unit_test(rescaling_keeps_the_whole_part),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
