/* SPDX-License-Identifier: Apache-2.0
 * host/train/{hard,shape}.c: what evolution strategies evaluate, and what they make of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/hard.h"
#include "train/shape.h"

/* Every sample has the same spikes, all inputs on, so a sample's margin follows from its label alone: the readout's rows fall from
 * class 0 to class 3. */
static void the_hardest_candidates_are_chosen(void **state) {
    (void)state;
    enum { CLASSES = 4, HIDDEN = 8, INPUTS = 64, CANDIDATES = 12, CHOSEN = 4 };
    static const uint8_t labels[CANDIDATES] = {0, 3, 1, 0, 2, 3, 2, 0, 1, 0, 3, 2};
    static const uint32_t wanted[CHOSEN] = {1, 4, 5, 10}; /* all of label 3, and the first of label 2 */
    struct sr_config config;
    struct sr_net net;
    struct sr_hard hard;
    struct sr_device *device;
    struct sr_batch chosen;
    char error[SR_ERROR_SIZE];
    uint64_t spikes[2] = {UINT64_MAX, UINT64_MAX};
    const uint64_t *bits[CANDIDATES];
    uint32_t ids[CANDIDATES];
    int16_t hidden[INPUTS * HIDDEN], readout[CLASSES * HIDDEN];
    sr_config_defaults(&config);
    config.hidden = (struct sr_list){.count = 1, .value = {HIDDEN}};
    config.batch = CHOSEN;
    config.candidates = CANDIDATES / CHOSEN;
    sr_config_net(&config, INPUTS, CLASSES, 2, &net);
    for (int i = 0; i < INPUTS * HIDDEN; i++) hidden[i] = 10 * 256;
    for (int i = 0; i < CLASSES * HIDDEN; i++) readout[i] = (int16_t)(256 * (10 - i / HIDDEN));
    for (uint32_t b = 0; b < CANDIDATES; b++) {
        bits[b] = spikes;
        ids[b] = 100 + b;
    }
    assert_int_equal(sr_device_open(&(struct sr_open){.engine = "ref"}, &device, error, sizeof error), SR_OK);
    assert_int_equal(sr_device_configure(device, &net), SR_OK);
    assert_int_equal(sr_device_write_weights(device, 0, hidden), SR_OK);
    assert_int_equal(sr_device_write_weights(device, SR_READOUT_LAYER, readout), SR_OK);
    const struct sr_batch all = {.count = CANDIDATES, .ids = ids, .bits = bits, .labels = labels};
    assert_int_equal(sr_hard_init(&hard, &config, CLASSES), SR_OK);
    assert_int_equal(sr_hard_choose(&hard, device, &all, &chosen), SR_OK);
    assert_int_equal(chosen.count, CHOSEN);
    for (int i = 0; i < CHOSEN; i++) {
        assert_int_equal(chosen.ids[i], 100 + wanted[i]);
        assert_int_equal(chosen.labels[i], labels[wanted[i]]);
        assert_ptr_equal(chosen.bits[i], spikes);
    }
    sr_hard_free(&hard);
    config.candidates = 1;
    assert_int_equal(sr_hard_init(&hard, &config, CLASSES), SR_OK);
    assert_int_equal(sr_hard_choose(&hard, NULL, &all, &chosen), SR_OK); /* nobody is asked */
    assert_ptr_equal(chosen.ids, ids);
    sr_hard_free(&hard);
    sr_device_close(device);
}

static int8_t nearest(double value) {
    double size = floor(fabs(value) + 0.5);
    if (size > 127) size = 127;
    return (int8_t)(value < 0 ? -size : size);
}

/* Against floating point, over fitness of any size: sums of 'correct' on a few samples, and the largest that there are. */
static void fitness_is_shaped(void **state) {
    (void)state;
    enum { PAIRS = 200 };
    static int32_t fitness[2 * PAIRS];
    int8_t credit[PAIRS];
    uint32_t random = 1;
    for (int size = 2; size < 31; size++) {
        double largest = 0, squares = 0;
        for (int m = 0; m < 2 * PAIRS; m++) {
            random = random * 1664525u + 1013904223u;
            fitness[m] = (int32_t)random >> (31 - size);
        }
        for (int p = 0; p < PAIRS; p++) {
            double d = (double)fitness[2 * p] - fitness[2 * p + 1];
            largest = fmax(largest, fabs(d));
            squares += d * d;
        }
        for (int kind = 0; kind < 2; kind++) {
            const double unit = kind ? 2 * sqrt(squares / PAIRS) : largest;
            struct sr_shaped shaped = sr_shape(kind ? SR_SHAPE_ZSCORE : SR_SHAPE_SCALED, fitness, PAIRS, credit);
            uint64_t sum = 0, sizes = 0;
            assert_ptr_equal(shaped.credit, credit);
            for (int p = 0; p < PAIRS; p++) {
                double d = (double)fitness[2 * p] - fitness[2 * p + 1];
                int off = abs(credit[p] - nearest(127 * d / unit));
                assert_in_range(off, 0, kind); /* the root is rounded */
                sum += (uint64_t)(credit[p] * credit[p]);
                sizes += (uint64_t)abs(credit[p]);
            }
            assert_int_equal(shaped.squares, sum);
            assert_int_equal(shaped.sizes, sizes);
        }
    }
    assert_null(sr_shape(SR_SHAPE_SIGN, fitness, PAIRS, credit).credit);
    assert_int_equal(sr_shape(SR_SHAPE_SIGN, fitness, PAIRS, credit).squares, PAIRS);
    memset(fitness, 0, sizeof fitness);
    assert_int_equal(sr_shape(SR_SHAPE_ZSCORE, fitness, PAIRS, credit).squares, 0); /* all alike: nothing is learned */
    assert_int_equal(sr_shape(SR_SHAPE_SCALED, fitness, PAIRS, credit).squares, 0);
    fitness[0] = INT32_MAX; /* one pair alone, and the largest difference that there is */
    fitness[1] = INT32_MIN;
    assert_int_equal(sr_shape(SR_SHAPE_ZSCORE, fitness, PAIRS, credit).squares, 127 * 127);
    assert_int_equal(credit[0], 127);
    fitness[0] = 0;
    fitness[1] = 1;
    assert_int_equal(sr_shape(SR_SHAPE_ZSCORE, fitness, PAIRS, credit).squares, 127 * 127);
    assert_int_equal(credit[0], -127);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fitness_is_shaped),
        cmocka_unit_test(the_hardest_candidates_are_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
