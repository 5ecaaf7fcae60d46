/* SPDX-License-Identifier: Apache-2.0
 * Samples of a data set for a device: see samples.h. */
#include "data/samples.h"

#include <stdlib.h>

enum sr_status sr_picker_init(struct sr_picker *picker, const struct sr_data_set *set, uint32_t id_base, uint32_t capacity) {
    *picker = (struct sr_picker){.set = set, .id_base = id_base, .capacity = capacity};
    picker->ids = calloc(capacity, sizeof *picker->ids);
    picker->bits = calloc(capacity, sizeof *picker->bits);
    picker->labels = calloc(capacity, sizeof *picker->labels);
    if (picker->ids && picker->bits && picker->labels) return SR_OK;
    sr_picker_free(picker);
    return SR_ERR_MEMORY;
}

void sr_picker_free(struct sr_picker *picker) {
    free(picker->ids);
    free(picker->bits);
    free(picker->labels);
    *picker = (struct sr_picker){0};
}

struct sr_batch sr_picker_batch(struct sr_picker *picker, const uint32_t *samples, uint32_t first, uint32_t count) {
    const struct sr_data_set *set = picker->set;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sample = samples ? samples[first + i] : first + i;
        picker->ids[i] = picker->id_base + sample;
        picker->bits[i] = set->bits + (size_t)sample * set->steps * set->step_words;
        picker->labels[i] = set->labels[sample];
    }
    return (struct sr_batch){.count = count, .ids = picker->ids, .bits = picker->bits, .labels = picker->labels};
}

enum sr_status sr_accuracy(struct sr_device *device, const struct sr_data_set *set, uint32_t id_base, const uint32_t *samples,
                           uint32_t count, uint8_t *predicted, uint32_t *correct) {
    enum { SLICE = 1024 };
    struct sr_picker picker;
    uint8_t slice[SLICE];
    enum sr_status status = sr_picker_init(&picker, set, id_base, SLICE);
    uint32_t right = 0;
    if (status != SR_OK) return status;
    for (uint32_t first = 0; first < count && status == SR_OK; first += SLICE) {
        uint32_t part = count - first < SLICE ? count - first : SLICE;
        struct sr_batch batch = sr_picker_batch(&picker, samples, first, part);
        status = sr_device_infer(device, &batch, NULL, slice);
        for (uint32_t i = 0; i < part && status == SR_OK; i++) {
            right += slice[i] == picker.labels[i];
            if (predicted) predicted[first + i] = slice[i];
        }
    }
    sr_picker_free(&picker);
    if (status == SR_OK) *correct = right;
    return status;
}

enum sr_status sr_data_accuracy(const struct sr_data *data, enum sr_split split, struct sr_device *device, uint32_t *correct,
                                uint32_t *total) {
    bool test = split == SR_SPLIT_TEST;
    const struct sr_data_set *set = test ? &data->test : &data->train;
    enum sr_status status = sr_accuracy(device, set, test ? data->train.count : 0, NULL, set->count, NULL, correct);
    if (status == SR_OK) *total = set->count;
    return status;
}
