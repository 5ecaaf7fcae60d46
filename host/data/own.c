/* SPDX-License-Identifier: Apache-2.0
 * Data sets as objects of the library's users: from memory, and what can be asked of one. See spikeroll/data.h. */
#include <stdlib.h>
#include <string.h>

#include "data/internal.h"

static const struct sr_data_set *set_of(const struct sr_data *data, enum sr_split split) {
    return split == SR_SPLIT_TEST ? &data->test : &data->train;
}

/* Copy a split and check it: a bit past the inputs, or a label past the classes, would be believed by a device. */
static enum sr_status take_split(const struct sr_data_arrays *arrays, enum sr_split split, struct sr_data_set *set, char *error,
                                 size_t error_size) {
    uint32_t count = arrays->count[split];
    enum sr_status status = sr_data_set_alloc(set, count, arrays->classes, arrays->inputs, arrays->steps, error, error_size);
    if (status != SR_OK) return status;
    size_t words = (size_t)count * set->steps * set->step_words;
    uint64_t beyond = arrays->inputs % 64 ? ~UINT64_C(0) << arrays->inputs % 64 : 0;
    if (words) memcpy(set->bits, arrays->bits[split], words * sizeof *set->bits);
    if (count) memcpy(set->labels, arrays->labels[split], count);
    for (uint32_t i = 0; i < count; i++) {
        if (set->labels[i] >= arrays->classes)
            return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "sample %u: label %u is not below %u", i, set->labels[i],
                                arrays->classes);
        for (uint32_t t = 0; t < set->steps; t++) {
            const uint64_t *step = set->bits + ((size_t)i * set->steps + t) * set->step_words;
            if (step[set->step_words - 1] & beyond)
                return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "sample %u, step %u: a bit past the %u inputs", i, t,
                                    arrays->inputs);
            for (uint32_t w = 0; w < set->step_words; w++) set->events[i] += (uint32_t)__builtin_popcountll(step[w]);
        }
    }
    return SR_OK;
}

enum sr_status sr_data_make(const struct sr_data_arrays *arrays, struct sr_data **data, char *error, size_t error_size) {
    if (arrays->classes < 2 || arrays->classes > SR_CLASSES || arrays->inputs < 1 || arrays->inputs > 65535 ||
        arrays->steps < 1 || arrays->steps > SR_STEPS_MAX) {
        return sr_data_fail(error, error_size, SR_ERR_ARGUMENT,
                            "%u classes, %u inputs, %u steps: must be 2..%d, 1..65535 and 1..%d", arrays->classes,
                            arrays->inputs, arrays->steps, SR_CLASSES, SR_STEPS_MAX);
    }
    struct sr_data *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory");
    memcpy(fresh->name, "samples", sizeof "samples");
    enum sr_status status = take_split(arrays, SR_SPLIT_TRAIN, &fresh->train, error, error_size);
    if (status == SR_OK) status = take_split(arrays, SR_SPLIT_TEST, &fresh->test, error, error_size);
    if (status == SR_OK)
        *data = fresh;
    else
        sr_data_close(fresh);
    return status;
}

void sr_data_close(struct sr_data *data) {
    sr_data_free(data);
    free(data);
}

uint32_t sr_data_count(const struct sr_data *data, enum sr_split split) { return set_of(data, split)->count; }

void sr_data_shape(const struct sr_data *data, uint32_t *classes, uint32_t *inputs, uint32_t *steps) {
    const struct sr_data_set *set = data->train.count ? &data->train : &data->test;
    *classes = set->classes;
    *inputs = set->inputs;
    *steps = set->steps;
}

const uint64_t *sr_data_sample(const struct sr_data *data, enum sr_split split, uint32_t index, uint8_t *label) {
    const struct sr_data_set *set = set_of(data, split);
    if (label) *label = set->labels[index];
    return set->bits + (size_t)index * set->steps * set->step_words;
}

bool sr_data_is_holdout(const struct sr_data *data) { return data->holdout; }

const char *sr_data_warning(const struct sr_data *data, uint32_t index) {
    return index < data->warnings ? data->warning[index] : NULL;
}
