/* SPDX-License-Identifier: Apache-2.0
 * Shared between the data loaders, the statistics and the synthesiser; nothing else includes it. */
#ifndef SR_DATA_INTERNAL_H
#define SR_DATA_INTERNAL_H

#include "data/data.h"

enum {
    SR_EVENT_BYTES = 5,
    SR_SENSOR_MAX = 256,       /* 8-bit coordinates */
    SR_DURATION_MAX = 1 << 23, /* 23-bit time, us */
    SR_STEPS_MAX = 4096,
    SR_RECORDING_BYTES_MAX = 1 << 28, /* 53 million events: no N-MNIST recording is near it */
    SR_PATH_MAX = 4096,
    SR_OVERFLOW_ROW = 240,   /* an event in this row stands for */
    SR_OVERFLOW_US = 1 << 13 /* time that passed: sensors that have so many rows have no such row */
};

/* Write one line into error (if there is room) and return status. */
enum sr_status sr_data_fail(char *error, size_t error_size, enum sr_status status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The 64-bit finaliser of splitmix64: a good hash of a counter. */
static inline uint64_t sr_mix64(uint64_t x) {
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* "dir/a", refused where it does not fit. */
enum sr_status sr_data_path(char path[SR_PATH_MAX], const char *dir, const char *name, char *error, size_t error_size);

/* Arrays for `count` samples, bits zeroed. */
enum sr_status sr_data_set_alloc(struct sr_data_set *set, uint32_t count, uint32_t classes, uint32_t inputs, uint32_t steps,
                                 char *error, size_t error_size);
void sr_data_set_free(struct sr_data_set *set);

/* Choose the hold-out: test[i] for each of count labels, `percent` of every class (at least one, never all). where names
 * the data in the message. Depends on labels, their order and the seed only. */
enum sr_status sr_data_holdout(const uint8_t *labels, uint32_t count, uint32_t classes, uint32_t percent, uint64_t seed,
                               bool *test, const char *where, char *error, size_t error_size);

/* At most `limit` (0: all) of the *count samples, with a fair share of every class: chosen[] and labels[], which belong to one
 * another, keep their order. Depends on the labels and their order only. */
void sr_data_limit(uint32_t *chosen, uint8_t *labels, uint32_t *count, uint32_t classes, uint32_t limit);

/* Look at what was loaded: data without a spike is refused; a class without one or without a sample, and test samples that stand
 * in the training set too (by the hashes of their raw contents, one a sample; sorted here), leave a warning in *data. */
enum sr_status sr_data_check(struct sr_data *data, uint64_t *train_hashes, uint64_t *test_hashes, char *error,
                             size_t error_size);
/* Leave a warning: one line. */
void sr_data_warn(struct sr_data *data, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of a sample's raw contents; never 0. */
uint64_t sr_data_hash(const uint8_t *bytes, size_t size);

/* One recording, raw: 40-bit big-endian events, checked against the sensor. The buffer grows and is reused. */
struct sr_recording {
    uint8_t *bytes;
    size_t capacity;
    uint32_t count;
    uint64_t hash; /* of the file */
};
struct sr_event {
    uint32_t time_us;
    uint8_t x, y, on;
};
static inline struct sr_event sr_recording_event(const struct sr_recording *recording, uint32_t index) {
    const uint8_t *b = recording->bytes + (size_t)index * SR_EVENT_BYTES;
    return (struct sr_event){(uint32_t)(b[2] & 0x7f) << 16 | (uint32_t)b[3] << 8 | b[4], b[0], b[1], (uint8_t)(b[2] >> 7)};
}
enum sr_status sr_recording_read(struct sr_recording *recording, const char *path, uint32_t width, uint32_t height, char *error,
                                 size_t error_size);
/* The same of `events` events that are in recording->bytes already. */
enum sr_status sr_recording_parse(struct sr_recording *recording, uint32_t events, const char *path, uint32_t width,
                                  uint32_t height, char *error, size_t error_size);
/* Turn by so many degrees about the middle of the sensor, anticlockwise where y points down; what leaves the sensor is dropped. */
void sr_recording_rotate(struct sr_recording *recording, double degrees, uint32_t width, uint32_t height);
void sr_recording_free(struct sr_recording *recording);
/* Set the spikes of one recording in bits[steps][step_words], which are zero. */
void sr_recording_bin(const struct sr_recording *recording, const struct sr_data_options *options, uint32_t right,
                      uint32_t down, uint64_t *bits, uint32_t step_words);

/* Fill defaults and check ranges. */
enum sr_status sr_nmnist_options(struct sr_data_options *options, char *error, size_t error_size);
enum sr_status sr_nmnist_load(const struct sr_data_options *options, struct sr_data *data, char *error, size_t error_size);
/* Path of the recording at `index` of the training set (or, past its end, of the test set) as sr_nmnist_load orders it. */
enum sr_status sr_nmnist_path(const struct sr_data_options *options, uint32_t index, char path[SR_PATH_MAX], char *error,
                              size_t error_size);
bool sr_nmnist_present(const char *dir);

enum sr_status sr_mnist_load(const struct sr_data_options *options, struct sr_data *data, char *error, size_t error_size);
bool sr_mnist_present(const char *dir);

#endif
