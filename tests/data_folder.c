/* SPDX-License-Identifier: Apache-2.0
 * Data sets made by hand: see data_folder.h. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "data_folder.h"

#include <ftw.h>
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

char data_root[128], data_error[1024];

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

int data_set_up(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(data_root, sizeof data_root, "%.80s/spikeroll-data-XXXXXX", base ? base : "/tmp");
    memset(data_error, 0, sizeof data_error);
    return mkdtemp(data_root) ? 0 : -1;
}

int data_tear_down(void **state) {
    (void)state;
    return nftw(data_root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Path under the temporary folder; the last few stay valid. */
const char *at(const char *name) {
    static char path[8][400];
    static unsigned next;
    char *p = path[next++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", data_root, name);
    return p;
}

void put(const char *name, const void *bytes, size_t size) {
    const char *path = at(name);
    char dir[400];
    snprintf(dir, sizeof dir, "%s", path);
    for (char *slash = dir + strlen(data_root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        (void)mkdir(dir, 0777);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void put_events(const char *name, const struct hand *hand, unsigned count) {
    uint8_t bytes[64 * 5];
    assert_true(count <= 64);
    for (unsigned i = 0; i < count; i++) {
        uint8_t *b = bytes + i * 5;
        b[0] = (uint8_t)hand[i].x;
        b[1] = (uint8_t)hand[i].y;
        b[2] = (uint8_t)(hand[i].on << 7 | hand[i].time_us >> 16);
        b[3] = (uint8_t)(hand[i].time_us >> 8);
        b[4] = (uint8_t)hand[i].time_us;
    }
    put(name, bytes, count * 5);
}

/* A folder of `classes` classes with `each` one-event recordings; the event's x is the recording's number. */
void put_folder(const char *split, unsigned classes, unsigned each) {
    for (unsigned c = 0; c < classes; c++)
        for (unsigned k = 0; k < each; k++) {
            char name[64];
            struct hand e = {k % 34, c, 1, 0};
            snprintf(name, sizeof name, "%s/%u/%05u.bin", split, c, k * classes + c);
            put_events(name, &e, 1);
        }
}

struct sr_data load(const struct sr_data_options *options) {
    struct sr_data data;
    struct sr_data_options used = *options;
    if (!used.dir) used.dir = data_root;
    enum sr_status status = sr_data_load(&used, &data, data_error, sizeof data_error);
    if (status) fail_msg("%s", data_error);
    return data;
}

/* Loading fails with this status, in one line with these words, and leaves the output alone. */
void refuse(const struct sr_data_options *options, enum sr_status status, const char *file, const char *field,
            const char *limit) {
    struct sr_data data, before;
    struct sr_data_options used = *options;
    if (!used.dir) used.dir = data_root;
    memset(&data, 0x5a, sizeof data);
    memcpy(&before, &data, sizeof data);
    enum sr_status got = sr_data_load(&used, &data, data_error, sizeof data_error);
    if (got != status) fail_msg("status %d, not %d, for %s%s %s: %s", (int)got, (int)status, file, field, limit, data_error);
    assert_memory_equal(&data, &before, sizeof data);
    assert_null(strchr(data_error, '\n'));
    const char *word[] = {file, field, limit};
    for (int i = 0; i < 3; i++)
        if (!strstr(data_error, word[i])) fail_msg("\"%s\" lacks \"%s\"", data_error, word[i]);
}

unsigned ones(const uint64_t *bits, size_t words) {
    unsigned count = 0;
    for (size_t i = 0; i < words; i++)
        for (uint64_t w = bits[i]; w; w &= w - 1) count++;
    return count;
}

bool spike(const struct sr_data_set *set, unsigned sample, unsigned step, unsigned input) {
    return set->bits[((size_t)sample * set->steps + step) * set->step_words + input / 64] >> (input % 64) & 1;
}
