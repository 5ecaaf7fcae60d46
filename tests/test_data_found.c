/* SPDX-License-Identifier: Apache-2.0
 * Data as people have it: what is read all the same, what is named with its cure, what a user is warned of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* after the headers that it needs */
#include <cmocka.h>

#include "data/stats.h"
#include "data_folder.h"

/* An "event" in row 240 says that 2^13 us have passed; it is none itself, and all that follow are later by that. */
static void the_sensors_clock_goes_round(void **state) {
    (void)state;
    const struct hand hand[] = {{0, 0, 0, 8191}, {0, 240, 0, 0},    {2, 0, 1, 100},      {0, 240, 1, 8191},
                                {7, 240, 0, 5},  {4, 0, 1, 300000}, {6, 0, 1, 0x7fffff}, {8, 0, 1, 0x7fffff - 3 * 8192}};
    put_folder("Train", 2, 1);
    put_folder("Test", 2, 1);
    put_events("Train/0/00000.bin", hand, 8);
    struct sr_data data = load(&(struct sr_data_options){.duration_us = 325000, .steps = 325});
    assert_int_equal(data.train.events[0], 4); /* the one at 2^23 and later has no time that the format can say */
    assert_true(spike(&data.train, 0, 8, 0));
    assert_true(spike(&data.train, 0, 8, 289 + 1));   /* 100 + 8192 us */
    assert_true(spike(&data.train, 0, 324, 289 + 2)); /* 300000 + 3 * 8192 us */
    assert_int_equal(ones(data.train.bits, (size_t)325 * data.train.step_words), 3);
    sr_data_free(&data);
    data = load(&(struct sr_data_options){.height = 241, .pool = 1}); /* a sensor that has such a row */
    assert_int_equal(data.train.events[0], 8);
    sr_data_free(&data);
}

static void folders_as_people_have_them(void **state) {
    (void)state;
    put_folder("Train", 3, 4);
    put_folder("Test", 3, 2);
    struct sr_data plain = load(&(struct sr_data_options){0});
    put("Train/__MACOSX/0/._00000.bin", "x", 1);
    put("Train/0/._00000.bin", "x", 1);
    put("Train/.DS_Store", "x", 1);
    put("Train/.git/x", "x", 1);
    put("__MACOSX/Train/._0", "x", 1);
    struct sr_data data = load(&(struct sr_data_options){0});
    assert_int_equal(data.train.count, 12);
    sr_data_free(&data);
    assert_int_equal(rename(at("Train"), at("train")), 0);
    assert_int_equal(rename(at("Test"), at("TEST")), 0);
    data = load(&(struct sr_data_options){0});
    assert_int_equal(data.test.count, 6);
    assert_false(data.holdout);
    assert_memory_equal(data.train.bits, plain.train.bits, (size_t)12 * 10 * plain.train.step_words * 8);
    sr_data_free(&data);

    /* a test set alone serves evaluation */
    assert_int_equal(rename(at("train"), at("elsewhere")), 0);
    data = load(&(struct sr_data_options){0});
    assert_int_equal(data.train.count, 0);
    assert_int_equal(data.test.count, 6);
    assert_int_equal(data.test.classes, 3);
    assert_int_equal(data.train.inputs, data.test.inputs);
    assert_false(data.holdout);
    assert_memory_equal(data.test.bits, plain.test.bits, (size_t)6 * 10 * plain.test.step_words * 8);
    sr_data_free(&data);
    sr_data_free(&plain);

    /* not unpacked, or one folder too high */
    assert_int_equal(rename(at("TEST"), at("elsewhere/Test")), 0);
    refuse(&(struct sr_data_options){0}, SR_ERR_FORMAT, data_root, "elsewhere holds a data set", "give that folder");
    assert_int_equal(rename(at("elsewhere/Test"), at("elsewhere/none")), 0);
    put("Train.zip", "x", 1);
    refuse(&(struct sr_data_options){0}, SR_ERR_FORMAT, data_root, "Train.zip is an archive", "unpack");
    refuse(&(struct sr_data_options){.dir = at("Train.zip")}, SR_ERR_FILE, "Train.zip", "an archive", "unpack");
    put_folder("Train", 2, 2);
    data = load(&(struct sr_data_options){0});
    assert_int_equal(data.warnings, 1); /* the archive may be the test set's */
    assert_non_null(strstr(data.warning[0], "Train.zip"));
    assert_non_null(strstr(data.warning[0], "not unpacked"));
    sr_data_free(&data);
}

/* A pipe, a device or a folder among the recordings is refused at once, and nobody waits for a pipe's other end. */
static void what_is_no_recording_is_refused(void **state) {
    (void)state;
    put_folder("Train", 2, 2);
    assert_int_equal(mkfifo(at("Train/0/99999.bin"), 0600), 0);
    refuse(&(struct sr_data_options){0}, SR_ERR_FILE, "99999.bin", "not a regular file", "");
    assert_int_equal(unlink(at("Train/0/99999.bin")), 0);
    assert_int_equal(symlink("/dev/zero", at("Train/0/99999.bin")), 0);
    refuse(&(struct sr_data_options){0}, SR_ERR_FILE, "99999.bin", "not a regular file", "");
    assert_int_equal(unlink(at("Train/0/99999.bin")), 0);
    assert_int_equal(mkfifo(at("pipe"), 0600), 0);
    refuse(&(struct sr_data_options){.dir = at("pipe")}, SR_ERR_FILE, "pipe", "folder expected", "");
}

/* Files whose names are ordered by class: a limit takes of every class. */
static void limits_take_of_every_class(void **state) {
    (void)state;
    for (unsigned c = 0; c < 4; c++)
        for (unsigned k = 0; k < (c == 0 ? 20 : 4); k++) {
            char name[64];
            struct hand e = {k, c, 1, 0};
            snprintf(name, sizeof name, "Train/%u/%u_%05u.bin", c, c, k);
            put_events(name, &e, 1);
            snprintf(name, sizeof name, "Test/%u/%u_%05u.bin", c, c, k);
            e.y += 10;
            put_events(name, &e, 1);
        }
    static const struct {
        unsigned limit, by_class[4];
    } cases[] = {{4, {1, 1, 1, 1}},   {8, {4, 2, 1, 1}},   {16, {9, 3, 2, 2}},
                 {31, {19, 4, 4, 4}}, {32, {20, 4, 4, 4}}, {99, {20, 4, 4, 4}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sr_data data = load(&(struct sr_data_options){.limit_train = cases[i].limit, .limit_test = 5});
        unsigned by_class[4] = {0};
        for (unsigned k = 0; k < data.train.count; k++) by_class[data.train.labels[k]]++;
        for (unsigned c = 0; c < 4; c++) assert_int_equal(by_class[c], cases[i].by_class[c]);
        assert_int_equal(data.test.count, 5);
        assert_int_equal(data.test.labels[4], 3);
        assert_int_equal(data.warnings, 0);
        sr_data_free(&data);
    }
    struct sr_data data = load(&(struct sr_data_options){.limit_train = 3});
    assert_int_equal(data.train.count, 3);
    assert_int_equal(data.warnings, 1);
    assert_non_null(strstr(data.warning[0], "class 3 has no training sample"));
    sr_data_free(&data);
}

static void what_a_user_should_know(void **state) {
    (void)state;
    const struct hand late = {1, 1, 1, 400000};
    put_folder("Train", 3, 3);
    put_folder("Test", 3, 2); /* the same events as the first two of the training set */
    struct sr_data data = load(&(struct sr_data_options){0});
    assert_int_equal(data.warnings, 1);
    assert_non_null(strstr(data.warning[0], "6 of 6 test samples stand in the training set too"));
    sr_data_free(&data);
    put_events("Test/1/00001.bin", &late, 1);
    data = load(&(struct sr_data_options){0});
    assert_int_equal(data.warnings, 2);
    assert_non_null(strstr(data.warning[0], "1 of 6 test samples have no spike"));
    assert_non_null(strstr(data.warning[1], "5 of 6 test samples stand"));
    sr_data_free(&data);
    put_events("Test/1/00004.bin", &late, 1);
    data = load(&(struct sr_data_options){0});
    assert_int_equal(data.warnings, 2);
    assert_non_null(strstr(data.warning[0], "class 1: none of its 2 test samples has a spike"));
    sr_data_free(&data);
    for (unsigned c = 0; c < 3; c++)
        for (unsigned k = 0; k < 2; k++) {
            char name[64];
            snprintf(name, sizeof name, "Test/%u/%05u.bin", c, k * 3 + c);
            put_events(name, &late, 1);
        }
    refuse(&(struct sr_data_options){0}, SR_ERR_FORMAT, data_root, "no test sample has a spike", "duration");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_sensors_clock_goes_round, data_set_up, data_tear_down),
        cmocka_unit_test_setup_teardown(folders_as_people_have_them, data_set_up, data_tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_recording_is_refused, data_set_up, data_tear_down),
        cmocka_unit_test_setup_teardown(limits_take_of_every_class, data_set_up, data_tear_down),
        cmocka_unit_test_setup_teardown(what_a_user_should_know, data_set_up, data_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
