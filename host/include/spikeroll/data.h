/* SPDX-License-Identifier: Apache-2.0
 * Data sets as binned spikes, in two splits. A data set does not change once it is there: any number of threads may read it. All
 * functions that load block, and leave one line in error on failure.
 */
#ifndef SPIKEROLL_DATA_H
#define SPIKEROLL_DATA_H

#include <spikeroll/spikeroll.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sr_config;
struct sr_data;

enum sr_split { SR_SPLIT_TRAIN, SR_SPLIT_TEST };

/* Load a folder: N-MNIST recordings (Train/<class>, Test/<class>) or MNIST idx files, binned as the settings say. *data is set
 * on success only; close it. SR_ERR_FILE: cannot be read; SR_ERR_FORMAT: not of a known format, or damaged; SR_ERR_LIMIT,
 * SR_ERR_MEMORY: too large. */
SR_MUST_CHECK enum sr_status sr_data_open(const struct sr_config *config, const char *folder, struct sr_data **data,
                                          char *error, size_t error_size);

/* Samples from memory. bits: [count][steps][ceil(inputs / 64)] words, input j of a step being bit j % 64 of word j / 64, and bits
 * past the inputs 0; labels below classes. A split may have no samples. Everything is copied. SR_ERR_ARGUMENT: a label or bit out
 * of range. */
struct sr_data_arrays {
    uint32_t classes, inputs, steps;
    uint32_t count[2]; /* by sr_split */
    const uint64_t *bits[2];
    const uint8_t *labels[2];
};
SR_MUST_CHECK enum sr_status sr_data_make(const struct sr_data_arrays *arrays, struct sr_data **data, char *error,
                                          size_t error_size);
void sr_data_close(struct sr_data *data); /* NULL is allowed */

uint32_t sr_data_count(const struct sr_data *data, enum sr_split split);
/* Shape of every sample. */
void sr_data_shape(const struct sr_data *data, uint32_t *classes, uint32_t *inputs, uint32_t *steps);
/* One sample: its words, as struct sr_batch wants them, valid until close, and its label. index < the split's count. */
const uint64_t *sr_data_sample(const struct sr_data *data, enum sr_split split, uint32_t index, uint8_t *label);
/* The test split was taken from the training samples, since the folder has none. */
bool sr_data_is_holdout(const struct sr_data *data);
/* What a user should know of this data, line 0, 1, ..; NULL past the last. Valid until close. */
const char *sr_data_warning(const struct sr_data *data, uint32_t index);

/* Accuracy of the weights that a device has on a split. Blocks; on failure see sr_device_error. The device must be configured
 * for this shape. */
SR_MUST_CHECK enum sr_status sr_data_accuracy(const struct sr_data *data, enum sr_split split, struct sr_device *device,
                                              uint32_t *correct, uint32_t *total);

/* Write the built-in default data as N-MNIST recordings: FOLDER/{Train,Test}/<digit>/NNNNN.bin, the same for the same seed. The
 * folder is made; SR_ERR_ARGUMENT if it holds data. One process at a time: SR_ERR_FILE to another. */
SR_MUST_CHECK enum sr_status sr_data_synth(const char *folder, uint32_t train, uint32_t test, uint64_t seed, char *error,
                                           size_t error_size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
