/* SPDX-License-Identifier: Apache-2.0
 * The core on AXI4-Lite, in Icarus Verilog (tests/rtl/axil_tb.v), against ref: the bench writes a network, a batch and a generation
 * by the formulas below and prints what it reads back; here stands what that must be. A four-state simulator: no undefined bit may
 * come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/device.h"
#include "map/sr_map.h"

enum { INPUTS = 40, HIDDEN = 13, CLASSES = 7, STEPS = 5, SAMPLES = 4, PAIRS = 3 };

static struct {
    int32_t score[SAMPLES * (CLASSES + 1)], fitness[2 * PAIRS], correct[2 * PAIRS], hidden[INPUTS * HIDDEN];
    int32_t readout[CLASSES * HIDDEN], later[SAMPLES * (CLASSES + 1)], status[6], fault[2];
    int32_t magic, stride, key, busy, dones, end;
} got;

static const struct {
    const char *name;
    int32_t *at;
    int count;
} NAMES[] = {{"score", got.score, SAMPLES *(CLASSES + 1)},
             {"fitness", got.fitness, 2 * PAIRS},
             {"correct", got.correct, 2 * PAIRS},
             {"hidden", got.hidden, INPUTS *HIDDEN},
             {"readout", got.readout, CLASSES *HIDDEN},
             {"later", got.later, SAMPLES *(CLASSES + 1)},
             {"status", got.status, 6},
             {"fault", got.fault, 2},
             {"magic", &got.magic, 1},
             {"stride", &got.stride, 1},
             {"key", &got.key, 1},
             {"busy", &got.busy, 1},
             {"dones", &got.dones, 1},
             {"end", &got.end, 1}};

/* Every line that is no value of the list is a complaint of the bench. */
static void simulate(void) {
    const char *folder = getenv("B"), *icarus = getenv("IVERILOG");
    char command[1024], line[256];
    int lines = 0;
    if (!folder || !*folder) folder = "build";
    got.end = 1;
    snprintf(
        command, sizeof command,
        "mkdir -p %.150s && %.100s -g2005 -Irtl -y rtl -o %.150s/axil.vvp tests/rtl/axil_tb.v 2>&1 && vvp %.150s/axil.vvp 2>&1",
        folder, icarus && *icarus ? icarus : "iverilog", folder, folder);
    FILE *pipe = popen(command, "r");
    if (!pipe) fail_msg("no pipe");
    while (fgets(line, sizeof line, pipe)) {
        char name[32];
        int index, value, n, names = sizeof NAMES / sizeof NAMES[0];
        if (strstr(line, "$finish called")) continue;
        if (sscanf(line, "%31s %d %d", name, &index, &value) != 3) fail_msg("%s", line);
        for (n = 0; n < names && strcmp(NAMES[n].name, name) != 0; n++) continue;
        if (n == names || index < 0 || index >= NAMES[n].count) fail_msg("%s", line);
        NAMES[n].at[index] = value;
        lines++;
    }
    assert_int_equal(pclose(pipe), 0);
    assert_int_equal(got.end, 0);
    printf("# %d values read over AXI4-Lite\n", lines);
}

static void must(struct sr_device *device, enum sr_status status) {
    if (status) fail_msg("%s", sr_device_error(device));
}

static void icarus_equals_ref(void **state) {
    (void)state;
    char error[256];
    struct sr_device *ref = NULL;
    struct sr_open how = {.engine = "ref", .threads = 1, .frac_bits = 4};
    if (sr_device_open(&how, &ref, error, sizeof error)) fail_msg("%s", error);
    const struct sr_net net = {
        .layers = 1, .inputs = INPUTS, .hidden = {HIDDEN}, .classes = CLASSES, .steps = STEPS, .theta = {60}, .leak = {32}};
    int16_t hidden[INPUTS * HIDDEN], readout[CLASSES * HIDDEN];
    for (int i = 0; i < INPUTS * HIDDEN; i++) hidden[i] = (int16_t)(((i * 37 + 11) % 61 - 30) * 16 + i % 16);
    for (int i = 0; i < CLASSES * HIDDEN; i++) readout[i] = (int16_t)(((i * 29 + 5) % 53 - 26) * 16 + i % 7);
    uint64_t bits[SAMPLES][STEPS] = {{0}};
    const uint64_t *rows[SAMPLES];
    uint32_t ids[SAMPLES];
    uint8_t labels[SAMPLES], predicted[SAMPLES];
    for (unsigned s = 0; s < SAMPLES; s++) {
        rows[s] = bits[s], ids[s] = s, labels[s] = (uint8_t)(s * 3 % CLASSES);
        for (unsigned t = 0; t < STEPS; t++)
            for (unsigned j = 0; j < INPUTS; j++)
                bits[s][t] |= (uint64_t)(((s * STEPS + t) * INPUTS + j) * UINT32_C(2654435761) >> 28 < 5) << j;
    }
    const struct sr_batch batch = {SAMPLES, ids, rows, labels};
    const struct sr_evaluation e = {.noise = {.key = 99, .pairs = PAIRS, .rank = 2, .dist = SR_DIST_SIGN},
                                    .pair_count = PAIRS,
                                    .scale = {512, 0, 0, 512},
                                    .fitness = SR_FITNESS_LOGSOFTMAX,
                                    .fitness_mul = 3,
                                    .fitness_shift = 2};
    const struct sr_update u = {.noise = e.noise, .step = {51200, 0, 0, 51200}, .doublings = {4, 0, 0, 4}};
    int32_t scores[SAMPLES * CLASSES], fitness[2 * PAIRS];
    uint32_t correct[2 * PAIRS];

    simulate();
    must(ref, sr_device_configure(ref, &net));
    must(ref, sr_device_write_weights(ref, 0, hidden));
    must(ref, sr_device_write_weights(ref, SR_READOUT_LAYER, readout));
    for (unsigned later = 0; later < 2; later++) {
        const int32_t *have = later ? got.later : got.score;
        must(ref, sr_device_infer(ref, &batch, scores, predicted));
        for (unsigned s = 0; s < SAMPLES; s++) {
            for (unsigned o = 0; o < CLASSES; o++) assert_int_equal(have[s * (CLASSES + 1) + o], scores[s * CLASSES + o]);
            assert_int_equal(have[s * (CLASSES + 1) + CLASSES], predicted[s]);
        }
        if (later) break;
        must(ref, sr_device_evaluate(ref, &e, &batch, fitness, correct));
        must(ref, sr_device_update(ref, &u));
        for (unsigned m = 0; m < 2 * PAIRS; m++) {
            assert_int_equal(got.fitness[m], fitness[m]);
            assert_int_equal(got.correct[m], correct[m]);
        }
        must(ref, sr_device_read_weights(ref, 0, hidden));
        must(ref, sr_device_read_weights(ref, SR_READOUT_LAYER, readout));
        for (unsigned i = 0; i < INPUTS * HIDDEN; i++) assert_int_equal(got.hidden[i], hidden[i]);
        for (unsigned i = 0; i < CLASSES * HIDDEN; i++) assert_int_equal(got.readout[i], readout[i]);
    }
    assert_int_equal(got.magic, SR_MAGIC_VALUE);
    assert_int_equal(got.stride, 8);
    assert_int_equal(got.key, 99);
    const int32_t status[6] = {SR_REPLY_NO_RUN << 8,          2, SR_REPLY_ABORTED << 8 | 2,
                               SR_REPLY_LIMIT_STEPS << 8 | 2, 2, SR_REPLY_NO_RUN << 8};
    assert_memory_equal(got.status, status, sizeof status);
    assert_int_equal(got.busy, 1);
    assert_int_equal(got.fault[0], 1);
    assert_int_equal(got.fault[1], 0);
    assert_int_equal(got.dones, 6); /* every run but the one that RESET cut */
    sr_device_close(ref);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(icarus_equals_ref)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
