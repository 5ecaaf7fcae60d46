/* SPDX-License-Identifier: Apache-2.0
 * What is looked at before data is used, whatever its format: limits that take of every class, samples without a spike, test
 * samples that were trained on. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "data/internal.h"

void sr_data_warn(struct sr_data *data, const char *format, ...) {
    va_list arguments;
    if (data->warnings == SR_WARNINGS_MAX) return;
    char *line = data->warning[data->warnings++];
    va_start(arguments, format);
    sr_vformat(line, SR_WARNING_SIZE, format, arguments);
    va_end(arguments);
    for (char *c = line; *c; c++)
        if (*c == '\n' || *c == '\r') *c = ' ';
}

uint64_t sr_data_hash(const uint8_t *bytes, size_t size) {
    uint64_t hash = sr_mix64(size);
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, size - i < 8 ? size - i : 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    hash = sr_mix64(hash);
    return hash ? hash : 1;
}

/* ---- limits ---- */

/* How many of each class, of `limit` in all: one of each, and of the others their share, rounded down; what is left goes to the
 * classes that lost most by rounding. Fewer samples than classes: one each of the first. */
static void share_out(const uint32_t by_class[SR_CLASSES], uint32_t classes, uint32_t count, uint32_t limit,
                      uint32_t share[SR_CLASSES]) {
    uint64_t lost[SR_CLASSES] = {0};
    uint32_t seen = 0, left = limit;
    for (uint32_t c = 0; c < classes; c++) {
        share[c] = by_class[c] > 0 && left > 0;
        left -= share[c];
        seen += by_class[c] > 0;
    }
    if (left == 0) return;
    uint64_t rest = left, others = count - seen; /* rest < others, so that a class gets no more than it has */
    for (uint32_t c = 0; c < classes; c++) {
        if (!by_class[c]) continue;
        uint64_t due = rest * (by_class[c] - 1);
        share[c] += (uint32_t)(due / others);
        lost[c] = due % others;
        left -= (uint32_t)(due / others);
    }
    for (; left > 0; left--) {
        uint32_t most = 0;
        for (uint32_t c = 1; c < classes; c++)
            if (lost[c] > lost[most]) most = c;
        share[most]++;
        lost[most] = 0;
    }
}

void sr_data_limit(uint32_t *chosen, uint8_t *labels, uint32_t *count, uint32_t classes, uint32_t limit) {
    uint32_t by_class[SR_CLASSES] = {0}, share[SR_CLASSES], kept = 0;
    if (!limit || *count <= limit) return;
    for (uint32_t i = 0; i < *count; i++) by_class[labels[i]]++;
    share_out(by_class, classes, *count, limit, share);
    for (uint32_t i = 0; i < *count; i++) {
        uint8_t label = labels[i];
        if (!share[label]) continue;
        share[label]--;
        chosen[kept] = chosen[i];
        labels[kept++] = label;
    }
    *count = kept;
}

/* ---- what was loaded ---- */

static bool has_spike(const struct sr_data_set *set, uint32_t sample) {
    size_t words = (size_t)set->steps * set->step_words;
    const uint64_t *bits = set->bits + sample * words;
    for (size_t i = 0; i < words; i++)
        if (bits[i]) return true;
    return false;
}

/* Classes of a set that have no sample, or no sample with a spike. */
static enum sr_status check_set(struct sr_data *data, const struct sr_data_set *set, const char *name, char *error,
                                size_t error_size) {
    uint32_t samples[SR_CLASSES] = {0}, spiking[SR_CLASSES] = {0}, silent = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        bool spikes = has_spike(set, i);
        samples[set->labels[i]]++;
        spiking[set->labels[i]] += spikes;
        silent += !spikes;
    }
    if (set->count && silent == set->count)
        return sr_data_fail(error, error_size, SR_ERR_FORMAT,
                            "%s: no %s sample has a spike (the recordings are empty, or later than --duration)",
                            data->options.dir, name);
    for (uint32_t c = 0; c < set->classes && set->count; c++) {
        if (!samples[c])
            sr_data_warn(data, "class %u has no %s sample (%u samples, %u classes)", c, name, set->count, set->classes);
        else if (!spiking[c])
            sr_data_warn(data, "class %u: none of its %u %s samples has a spike", c, samples[c], name);
        silent -= samples[c] - spiking[c] == samples[c] ? samples[c] : 0;
    }
    if (silent) sr_data_warn(data, "%u of %u %s samples have no spike", silent, set->count, name);
    return SR_OK;
}

static int by_value(const void *a, const void *b) {
    uint64_t l = *(const uint64_t *)a, r = *(const uint64_t *)b;
    return l < r ? -1 : l > r;
}

enum sr_status sr_data_check(struct sr_data *data, uint64_t *train_hashes, uint64_t *test_hashes, char *error,
                             size_t error_size) {
    uint32_t both = 0, trains = data->train.count;
    enum sr_status status = check_set(data, &data->train, "training", error, error_size);
    if (!status) status = check_set(data, &data->test, "test", error, error_size);
    if (status || !trains) return status;
    qsort(train_hashes, trains, sizeof *train_hashes, by_value);
    for (uint32_t i = 0; i < data->test.count; i++)
        both += bsearch(&test_hashes[i], train_hashes, trains, sizeof *train_hashes, by_value) != NULL;
    if (both)
        sr_data_warn(data,
                     "%u of %u test samples stand in the training set too, byte for byte: accuracy on them says nothing of new "
                     "data",
                     both, data->test.count);
    return SR_OK;
}
