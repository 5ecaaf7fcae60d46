/* SPDX-License-Identifier: Apache-2.0
 * host/link/dense.c: the dense form of words, there and back, and what is refused; and host/link/request.c, which chooses it, against
 * the model of a device behind good and bad lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_device.h"
#include "link/dense.h"
#include "map/sr_map.h"

enum { WORDS = 3000, SIZE = 2 };

static uint32_t random_state = 1;
static uint32_t draw(uint32_t below) {
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)random_state * below >> 32);
}
/* Bytes of which so many of 256 are not 0. */
static void fill(uint8_t *bytes, size_t count, uint32_t chance) {
    for (size_t i = 0; i < count; i++) bytes[i] = draw(256) < chance ? (uint8_t)(1 + draw(255)) : 0;
}

static void known_bytes(void **unused) {
    (void)unused;
    const uint8_t words[19] = {0, 0, 7, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9};
    const uint8_t form[4] = {0x84, 7, 0x80, 0x00};
    uint8_t out[32], back[16];
    size_t used, decoded;
    assert_int_equal(sr_dense_encode(words, sizeof words, out, sizeof out, &used), 16); /* the last three make no group */
    assert_int_equal(used, sizeof form);
    assert_memory_equal(out, form, sizeof form);
    assert_true(sr_dense_decode(form, sizeof form, back, sizeof back, &decoded));
    assert_int_equal(decoded, 16);
    assert_memory_equal(back, words, 16);
    assert_int_equal(sr_dense_encode(words, 16, out, 3, &used), 8); /* the second group has no room */
    assert_int_equal(used, 3);
    assert_int_equal(sr_dense_encode(words, 16, out, 2, &used), 0);
    assert_int_equal(used, 0);
    assert_false(sr_dense_decode(form, 2, back, sizeof back, &decoded)); /* ends inside a group */
    assert_false(sr_dense_decode(form, sizeof form, back, 15, &decoded));
}

static void there_and_back(void **unused) {
    (void)unused;
    static uint8_t words[800], form[900], back[800];
    for (unsigned round = 0; round < 2000; round++) {
        size_t count = draw(sizeof words + 1), room = draw(2) ? sizeof form : draw(sizeof form), used, decoded;
        fill(words, count, draw(257));
        size_t taken = sr_dense_encode(words, count, form, room, &used);
        assert_true(taken <= count && taken % SR_DENSE_GROUP == 0 && used <= room);
        if (room == sizeof form) assert_int_equal(taken, count / SR_DENSE_GROUP * SR_DENSE_GROUP);
        assert_true(sr_dense_decode(form, used, back, sizeof back, &decoded));
        assert_int_equal(decoded, taken);
        assert_memory_equal(back, words, taken);
    }
}

/* Words of every density, from every address: the device holds them, and never in more bytes than as they are. */
static void the_driver_chooses(uint32_t fault, bool built) {
    static uint8_t words[WORDS * SIZE], back[WORDS * SIZE];
    struct fake_setup setup;
    struct sr_transport transport;
    struct sr_device *device;
    char error[256];
    fake_defaults(&setup);
    if (built) setup.id[SR_REG_MODES] |= SR_MODES_DENSE;
    setup.fault = fault;
    struct fake *fake = fake_open(&setup, &transport);
    assert_non_null(fake);
    assert_int_equal(sr_link_open(&transport, "fake", &device, error, sizeof error), SR_OK);
    for (unsigned round = 0; round < 40; round++) {
        uint32_t chance = round % 4 ? draw(257) : 16, count = round % 5 ? 1 + draw(WORDS) : WORDS,
                 first = draw(WORDS - count + 1);
        struct sr_counters counters;
        fill(words, (size_t)count * SIZE, chance);
        uint32_t dense = fake_seen(fake)->dense_bytes;
        assert_int_equal(sr_device_counters(device, &counters), SR_OK);
        assert_int_equal(sr_device_write_memory(device, SR_MEM_SAMPLE, first, words, count), SR_OK);
        assert_int_equal(sr_device_counters(device, &counters), SR_OK);
        uint64_t plain = (uint64_t)count * SIZE + ((uint64_t)count * SIZE / 250 + 1) * 15;
        dense = fake_seen(fake)->dense_bytes - dense;
        if (!built) assert_int_equal(dense, 0);
        if (built && chance == 256) assert_int_equal(dense, 0);
        if (built && chance == 16 && count == WORDS) assert_in_range(dense, 1, WORDS * SIZE / 4);
        if (!fault) assert_true(counters.link_tx <= plain + 15);
        assert_int_equal(sr_device_read_memory(device, SR_MEM_SAMPLE, first, back, count), SR_OK);
        assert_memory_equal(back, words, (size_t)count * SIZE);
    }
    sr_device_close(device);
    fake_close(fake);
}

static void good_line(void **unused) {
    (void)unused;
    the_driver_chooses(0, true);
}
static void bad_line(void **unused) {
    (void)unused;
    the_driver_chooses(2000, true);
}
static void device_without_it(void **unused) {
    (void)unused;
    the_driver_chooses(0, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_bytes), cmocka_unit_test(there_and_back),
                                       cmocka_unit_test(good_line), cmocka_unit_test(bad_line),
                                       cmocka_unit_test(device_without_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
