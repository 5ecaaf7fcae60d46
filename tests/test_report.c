/* SPDX-License-Identifier: Apache-2.0
 * Reports of runs: the forward pass beside ref, histories as they are found, and escaping. What pages look like is in tests/report.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "random_config.h"
#include "report/activity.h"
#include "report/page.h"
#include "report/series.h"

static char error[SR_ERROR_SIZE];

#define assert_ok(call)                                        \
    do {                                                       \
        if ((call) != SR_OK) fail_msg("%s: %s", #call, error); \
    } while (0)

/* ---- activity ---- */

/* Bits of a batch's samples, and their labels, as a data set. */
static struct sr_data_set set_of(const struct sr_random_config *config) {
    const struct sr_net *net = &config->net;
    const size_t words = (size_t)net->steps * sr_net_step_words(net);
    struct sr_data_set set = {.count = config->batch.count,
                              .classes = net->classes,
                              .inputs = net->inputs,
                              .steps = net->steps,
                              .step_words = sr_net_step_words(net),
                              .labels = config->labels};
    set.bits = malloc(set.count * words * sizeof *set.bits);
    assert_non_null(set.bits);
    for (uint32_t i = 0; i < set.count; i++) memcpy(set.bits + i * words, config->bits[i], words * sizeof *set.bits);
    return set;
}

static void the_network_answers_as_ref_does(void **state) {
    (void)state;
    struct sr_device *device;
    const struct sr_open open = {.engine = "ref", .threads = 1, .frac_bits = 5};
    uint64_t spikes = 0;
    assert_ok(sr_device_open(&open, &device, error, sizeof error));
    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct sr_random_config config;
        struct sr_activity activity;
        struct sr_weights weights = {{NULL}};
        sr_random_config(seed, sr_device_caps(device), &config);
        struct sr_data_set set = set_of(&config);
        int32_t *score = malloc(sizeof *score * set.count * SR_CLASSES);
        uint8_t *predicted = malloc(set.count);
        uint32_t correct = 0, sum = 0;
        assert_true(score && predicted);
        assert_int_equal(sr_device_configure(device, &config.net), SR_OK);
        for (unsigned l = 0; l < SR_LAYERS; l++) {
            weights.layer[l] = config.weights[l];
            if (config.weights[l]) assert_int_equal(sr_device_write_weights(device, l, config.weights[l]), SR_OK);
        }
        assert_int_equal(sr_device_infer(device, &config.batch, score, predicted), SR_OK);
        const uint32_t shown = (uint32_t)(seed % set.count);
        const struct sr_activity_how how = {
            .net = &config.net, .weights = &weights, .frac_bits = 5, .set = &set, .count = set.count, .shown = shown};
        assert_int_equal(sr_activity_run(&how, &activity), SR_OK);
        for (uint32_t i = 0; i < set.count; i++) {
            correct += predicted[i] == set.labels[i];
            assert_true(activity.confusion[set.labels[i]][predicted[i]] > 0);
        }
        for (int label = 0; label < SR_CLASSES; label++)
            for (int answer = 0; answer < SR_CLASSES; answer++) sum += activity.confusion[label][answer];
        if (activity.correct != correct || sum != set.count || activity.predicted != predicted[shown] ||
            memcmp(activity.score, score + shown * config.net.classes, config.net.classes * sizeof *score) != 0)
            fail_msg("%s", config.text);
        for (uint32_t n = 0; n < config.net.hidden[0]; n++) spikes += activity.spikes[0][n];
        sr_activity_free(&activity);
        free(set.bits);
        free(score);
        free(predicted);
        sr_random_config_free(&config);
    }
    assert_true(spikes > 1000);
    sr_device_close(device);
}

static void the_network_gives_up_when_told(void **state) {
    (void)state;
    struct sr_device *device;
    const struct sr_open open = {.engine = "ref", .threads = 1};
    struct sr_random_config config;
    struct sr_activity activity;
    struct sr_weights weights = {{NULL}};
    atomic_bool stop = true;
    assert_ok(sr_device_open(&open, &device, error, sizeof error));
    sr_random_config(3, sr_device_caps(device), &config);
    struct sr_data_set set = set_of(&config);
    for (unsigned l = 0; l < SR_LAYERS; l++) weights.layer[l] = config.weights[l];
    const struct sr_activity_how how = {
        .net = &config.net, .weights = &weights, .frac_bits = 8, .set = &set, .count = set.count, .stop = &stop};
    assert_int_equal(sr_activity_run(&how, &activity), SR_ERR_INTERRUPTED);
    free(set.bits);
    sr_random_config_free(&config);
    sr_device_close(device);
}

/* ---- histories ---- */

static enum sr_status load_text(const char *text, struct sr_series *series) {
    char path[] = "/tmp/spikeroll-historyXXXXXX";
    struct sr_config config;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    size_t length = strlen(text);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    close(fd);
    sr_config_defaults(&config);
    config.batch = 10;
    config.population = 8;
    enum sr_status status = sr_series_load(path, &config, series, error, sizeof error);
    unlink(path);
    return status;
}

static void histories_are_read_by_their_columns(void **state) {
    (void)state;
    struct sr_series s;
    /* An unfinished last line; columns in another order; one that this program does not know. */
    assert_ok(
        load_text("generation,new,seconds,correct,fitness_mean,validation,cycles,lif\n"
                  "1,x,0.5,0.25,-100.5,,1000,600\n2,y,1.5,0.5,-50.25,0.75,3000,2000\n3,z,2.5,0.5,-40.5,0.75,0,0\n4,w,3.",
                  &s));
    assert_int_equal(s.count, 3);
    assert_true(s.samples[2] == 30 && s.evaluations[2] == 240 && s.cycles[2] == 4000 && s.total == 4000 && s.counted == 2);
    assert_true(isnan(s.validation[0]) && s.validation[1] == 0.75 && s.best == 1 && s.validated == 2);
    assert_true(s.fitness[0] == -100.5 && s.phase[1] == 2600 && s.seconds[2] == 2.5 && isnan(s.float_validation[1]));
    sr_series_free(&s);
    assert_ok(load_text("generation,fitness_mean,correct,seconds\n", &s));
    assert_true(s.count == 0 && s.best == 0 && s.validated == 0);
    sr_series_free(&s);
    static const char *const bad[] = {
        "",
        "generation,fitness_mean,correct,seconds",
        "generation,fitness_mean,correct\n1,2,3\n",
        "other,generation,fitness_mean,correct,seconds\n",
        "generation,fitness_mean,correct,seconds\n1,2,3\n",
        "generation,fitness_mean,correct,seconds\n1,2,,4\n",
        "generation,fitness_mean,correct,seconds\n1,2,nan,4\n",
        "generation,fitness_mean,correct,seconds\n1,2,3,4,5\n",
        "generation,fitness_mean,correct,seconds,cycles\n1,2,3,4,0x10\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (load_text(bad[i], &s) != SR_ERR_FORMAT) fail_msg("taken: %s", bad[i]);
}

/* ---- pages ---- */

static void texts_from_outside_are_escaped(void **state) {
    (void)state;
    struct sr_page page = {0};
    sr_page_text(&page, "<b a=\"1\" c='2'>&amp;\x01\x7f\xff\xc2\x85 \xc3\xa9\xe2\x82\xac");
    assert_string_equal(page.text,
                        "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD "
                        "\xc3\xa9\xe2\x82\xac");
    free(page.text);
    static const struct {
        const char *bytes, *text;
    } pairs[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        page = (struct sr_page){0};
        sr_page_put(&page, "");
        sr_page_base64(&page, (const uint8_t *)pairs[i].bytes, strlen(pairs[i].bytes));
        assert_string_equal(page.text, pairs[i].text);
        free(page.text);
    }
    page = (struct sr_page){0};
    sr_page_count(&page, 1234567);
    assert_string_equal(page.text,
                        "1\xE2\x80\x89"
                        "234\xE2\x80\x89"
                        "567");
    free(page.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_network_answers_as_ref_does),
        cmocka_unit_test(the_network_gives_up_when_told),
        cmocka_unit_test(histories_are_read_by_their_columns),
        cmocka_unit_test(texts_from_outside_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
