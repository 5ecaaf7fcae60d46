/* SPDX-License-Identifier: Apache-2.0
 * Data sets as binned spikes: bit-packed, 64 inputs a word, as sr_batch wants them (no conversion on the way to a device). */
#ifndef SR_DATA_H
#define SR_DATA_H

#include <spikeroll/data.h>

/* How recordings become spikes. Zero fields take the default of the format found (noted in brackets: N-MNIST; MNIST). */
struct sr_data_options {
    const char *dir;          /* N-MNIST: holds Train/<digit>/, Test/<digit>/ or both; MNIST: the idx files, .gz or not */
    uint32_t width, height;   /* sensor [34 x 34; 28 x 28] */
    uint32_t pool;            /* pooling factor in x and y [2; 1] */
    uint32_t steps;           /* T [10; 16] */
    uint32_t duration_us;     /* length of a recording; later events are dropped [315000] */
    uint32_t holdout_percent; /* test share where there is no test set [20] */
    uint64_t seed;            /* of the hold-out split and of MNIST's spike encoding */
    bool moved;               /* N-MNIST, pool > 1: fill train.moved */
    double rotate;            /* N-MNIST: recordings are turned by so many degrees, anticlockwise as they are shown */
    uint32_t limit_train, limit_test; /* at most so many samples, of every class its share; 0 all */
};

struct sr_data_set {
    uint32_t count, classes, inputs, steps, step_words;
    uint64_t *bits;   /* [count][steps][step_words] */
    uint8_t *labels;  /* [count] */
    uint32_t *events; /* [count] raw events of the recording */
    uint64_t
        *moved; /* [count][pool * pool][steps][step_words]: bits of the recording moved down by i / pool and right by i % pool
                       * sensor pixels, for moves that are no whole inputs; NULL: not asked for, or bits is all there is */
};

enum { SR_WARNINGS_MAX = 8, SR_WARNING_SIZE = 256 };
struct sr_data {
    struct sr_data_set train, test; /* train has no samples where only a test set is there */
    struct sr_data_options options; /* as used, defaults filled in */
    bool holdout;                   /* test was split off train */
    char name[32];                  /* "N-MNIST" or "MNIST" */
    uint32_t warnings;              /* what a user should know of this data: lines of text */
    char warning[SR_WARNINGS_MAX][SR_WARNING_SIZE];
};

/* Load. On failure *error has one line naming file, field and limit; *data is untouched. */
SR_MUST_CHECK enum sr_status sr_data_load(const struct sr_data_options *options, struct sr_data *data, char *error,
                                          size_t error_size);
void sr_data_free(struct sr_data *data);

#endif
