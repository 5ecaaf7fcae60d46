/* SPDX-License-Identifier: Apache-2.0
 * Samples of a data set as a device takes them, and the accuracy of a device's weights on them. */
#ifndef SR_SAMPLES_H
#define SR_SAMPLES_H

#include "data/data.h"

/* A batch of a data set's samples; pointers reused from call to call. id_base sets apart the ids of two sets. */
struct sr_picker {
    const struct sr_data_set *set;
    uint32_t id_base, capacity;
    uint32_t *ids;
    const uint64_t **bits;
    uint8_t *labels;
};
SR_MUST_CHECK enum sr_status sr_picker_init(struct sr_picker *picker, const struct sr_data_set *set, uint32_t id_base,
                                            uint32_t capacity);
void sr_picker_free(struct sr_picker *picker);
/* samples NULL: first, first + 1, .. ; count at most the capacity. */
struct sr_batch sr_picker_batch(struct sr_picker *picker, const uint32_t *samples, uint32_t first, uint32_t count);

/* Infer on samples (NULL: all of the set, then count is the set's); predicted: count, or NULL. */
SR_MUST_CHECK enum sr_status sr_accuracy(struct sr_device *device, const struct sr_data_set *set, uint32_t id_base,
                                         const uint32_t *samples, uint32_t count, uint8_t *predicted, uint32_t *correct);

#endif
