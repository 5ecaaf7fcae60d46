/* SPDX-License-Identifier: Apache-2.0
 * sim = ref, bit for bit: fitness and hits of every member, every weight after the update, scores and predictions of inference,
 * over random configurations. The spine of the test suite (docs/architecture.md).
 *
 * SR_SIM_BUILD names one simulation build (default: all that are linked in), SR_SIM_COUNT the configurations a build (default
 * 110), SR_SIM_SEED the first seed (default 1). `make soak` runs thousands. Runs on one device are chained, as in training:
 * nothing is reset between configurations, so that left-over state would show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"
#include "random_config.h"

static unsigned long number(const char *name, unsigned long otherwise) {
    const char *text = getenv(name);
    return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

static struct sr_device *open_device(const char *engine, const char *build, uint32_t frac_bits, uint32_t reset_seed) {
    char error[256];
    struct sr_device *device = NULL;
    struct sr_open how = {.engine = engine, .threads = 1, .frac_bits = frac_bits, .reset_seed = reset_seed, .build = build};
    if (sr_device_open(&how, &device, error, sizeof error) != SR_OK) fail_msg("%s: %s", engine, error);
    return device;
}

/* What one engine makes of a configuration. */
struct outcome {
    int32_t *fitness, *scores;
    uint32_t *correct;
    uint8_t *predicted;
    int16_t *weights[SR_LAYERS];
};

static void *room(size_t count, size_t size) {
    void *p = calloc(count ? count : 1, size);
    if (!p) fail_msg("out of memory");
    return p;
}

static void must(struct sr_device *device, enum sr_status status, const struct sr_random_config *config) {
    if (status != SR_OK) fail_msg("%s: %s (seed %llu: %s)", sr_device_caps(device)->engine, sr_device_error(device),
                                  (unsigned long long)config->seed, config->text);
}

static void run(struct sr_device *device, const struct sr_random_config *config, struct outcome *out) {
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
    out->predicted = room(config->batch.count, 1);
    must(device, sr_device_infer(device, &config->batch, out->scores, out->predicted), config);
    must(device, sr_device_evaluate(device, &config->evaluation, &config->batch, out->fitness, out->correct), config);
    must(device, sr_device_update(device, &config->update), config);
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (out->weights[l]) must(device, sr_device_read_weights(device, l, out->weights[l]), config);
}

static void drop(struct outcome *out) {
    free(out->fitness);
    free(out->correct);
    free(out->scores);
    free(out->predicted);
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

static void compare_build(const char *build) {
    struct sr_device *sim = open_device("sim", build, 0, 1);
    struct sr_caps caps = *sr_device_caps(sim);
    struct sr_device *ref = open_device("ref", NULL, caps.frac_w, 0);
    unsigned long first = number("SR_SIM_SEED", 1), count = number("SR_SIM_COUNT", 110);
    for (unsigned long seed = first; seed < first + count; seed++) {
        struct sr_random_config config;
        struct outcome a = {0}, b = {0};
        sr_random_config(seed, &caps, &config);
        run(ref, &config, &a);
        run(sim, &config, &b);
        size_t members = 2u * config.evaluation.pair_count, samples = config.batch.count;
        same("score", a.scores, b.scores, samples * config.net.classes, 4, &config);
        same("prediction", a.predicted, b.predicted, samples, 1, &config);
        same("fitness", a.fitness, b.fitness, members, 4, &config);
        same("hits", a.correct, b.correct, members, 4, &config);
        for (unsigned l = 0; l < SR_LAYERS; l++)
            if (a.weights[l])
                same("weight", a.weights[l], b.weights[l],
                     (size_t)sr_net_rows(&config.net, l) * sr_net_cols(&config.net, l), 2, &config);
        drop(&a);
        drop(&b);
        sr_random_config_free(&config);
    }
    printf("# sim %s = ref over %lu random configurations\n", build ? build : "default", count);
    sr_device_close(sim);
    sr_device_close(ref);
}

static void test_default(void **state) {
    (void)state;
    compare_build("default");
}
static void test_mid(void **state) {
    (void)state;
    compare_build("mid");
}
static void test_small(void **state) {
    (void)state;
    compare_build("small");
}
static void test_named(void **state) {
    (void)state;
    compare_build(getenv("SR_SIM_BUILD"));
}

int main(void) {
    const struct CMUnitTest all[] = {cmocka_unit_test(test_default), cmocka_unit_test(test_mid),
                                     cmocka_unit_test(test_small)};
    const struct CMUnitTest one[] = {cmocka_unit_test(test_named)};
    if (getenv("SR_SIM_BUILD")) return cmocka_run_group_tests(one, NULL, NULL);
    return cmocka_run_group_tests(all, NULL, NULL);
}
