/* SPDX-License-Identifier: Apache-2.0
 * Moved samples (host/train/augment.c), pixel by pixel: every move of pictures that are no whole words wide, in two planes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/noise.h"
#include "train/augment.h"

enum { BATCH = 400, STEPS = 3, PLANES = 2 };

static bool bit(const uint64_t *words, uint32_t i) { return words[i / 64] >> i % 64 & 1; }

static void one_shape(uint32_t width, uint32_t height, uint32_t reach) {
    const uint32_t inputs = PLANES * width * height, words = (inputs + 63) / 64, side = 2 * reach + 1;
    uint64_t *bits = calloc(STEPS * words, sizeof *bits);
    const uint64_t *rows[BATCH];
    uint32_t ids[BATCH] = {0}, seen = 0;
    uint8_t labels[BATCH] = {0};
    assert_non_null(bits);
    for (uint32_t t = 0; t < STEPS; t++)
        for (uint32_t i = 0; i < inputs; i++)
            if (sr_generation_key(t, i) % 3 == 0) bits[t * words + i / 64] |= UINT64_C(1) << i % 64;
    for (uint32_t b = 0; b < BATCH; b++) rows[b] = bits;
    struct sr_data data = {.options = {.width = width, .height = height, .pool = 1},
                           .train = {.inputs = inputs, .steps = STEPS, .step_words = words, .count = 1}};
    struct sr_config config = {.shift = reach, .batch = BATCH, .candidates = 1, .seed = 5};
    struct sr_batch batch = {.count = BATCH, .ids = ids, .bits = rows, .labels = labels};
    struct sr_augment augment;
    char error[256];
    assert_int_equal(sr_augment_init(&augment, &config, &data, error, sizeof error), SR_OK);
    sr_augment_batch(&augment, 7, &batch);
    for (uint32_t b = 0; b < BATCH; b++) {
        uint32_t draw = batch.ids[b] - 1; /* one training sample, no test samples: identities of moved ones begin at 1 */
        int32_t dx = (int32_t)(draw % side) - (int32_t)reach, dy = (int32_t)(draw / side) - (int32_t)reach;
        assert_true(draw < side * side);
        seen |= draw < 32 ? 1u << draw : 0;
        for (uint32_t t = 0; t < STEPS; t++) {
            for (uint32_t plane = 0; plane < PLANES; plane++)
                for (int32_t y = 0; y < (int32_t)height; y++)
                    for (int32_t x = 0; x < (int32_t)width; x++) {
                        uint32_t at = (plane * height + (uint32_t)y) * width + (uint32_t)x;
                        int32_t u = x - dx, v = y - dy;
                        bool inside = u >= 0 && u < (int32_t)width && v >= 0 && v < (int32_t)height;
                        bool want = inside && bit(bits + t * words, (plane * height + (uint32_t)v) * width + (uint32_t)u);
                        assert_int_equal(bit(batch.bits[b] + t * words, at), want);
                    }
            for (uint32_t i = inputs; i < words * 64; i++) assert_false(bit(batch.bits[b] + t * words, i));
        }
    }
    if (side * side <= 32) assert_int_equal(seen, (1u << side * side) - 1);
    sr_augment_free(&augment);
    free(bits);
}

static void every_move(void **state) {
    (void)state;
    one_shape(17, 17, 2); /* N-MNIST */
    one_shape(34, 34, 2);
    one_shape(8, 4, 1); /* one word */
    one_shape(3, 5, 2);
    one_shape(40, 3, 6); /* further than the picture is high: nothing may be left */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_move)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
