/* SPDX-License-Identifier: Apache-2.0
 * Data sets made by hand in a temporary folder, for cmocka tests. */
#ifndef SR_DATA_FOLDER_H
#define SR_DATA_FOLDER_H

#include "data/data.h"

extern char data_root[128]; /* temporary folder of the running test */
extern char data_error[1024];

/* Set-up and tear-down of a test. */
int data_set_up(void **state);
int data_tear_down(void **state);

/* Path under the temporary folder; the last few stay valid. */
const char *at(const char *name);
/* Write a file there, making its folders. */
void put(const char *name, const void *bytes, size_t size);
struct hand {
    unsigned x, y, on, time_us;
};
/* Write a recording of at most 64 events. */
void put_events(const char *name, const struct hand *hand, unsigned count);
/* A folder of `classes` classes with `each` one-event recordings; the event's x is the recording's number. */
void put_folder(const char *split, unsigned classes, unsigned each);

/* Load, from the temporary folder where options name none; fails the test if that fails. */
struct sr_data load(const struct sr_data_options *options);
/* Loading fails with this status, in one line with these words, and leaves the output alone. */
void refuse(const struct sr_data_options *options, enum sr_status status, const char *file, const char *field,
            const char *limit);

unsigned ones(const uint64_t *bits, size_t words);
bool spike(const struct sr_data_set *set, unsigned sample, unsigned step, unsigned input);

#endif
