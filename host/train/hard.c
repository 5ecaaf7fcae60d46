/* SPDX-License-Identifier: Apache-2.0
 * Hard samples of a batch: see hard.h. */
#include "train/hard.h"

#include <stdlib.h>

enum sr_status sr_hard_init(struct sr_hard *hard, const struct sr_config *config, uint32_t classes) {
    size_t count = config->batch, candidates = count * config->candidates;
    *hard = (struct sr_hard){.candidates = (uint32_t)candidates, .count = (uint32_t)count, .classes = classes};
    if (candidates == count) return SR_OK;
    hard->scores = malloc(candidates * classes * sizeof *hard->scores);
    hard->predicted = malloc(candidates);
    hard->order = malloc(candidates * sizeof *hard->order);
    hard->labels = malloc(count);
    hard->ids = malloc(count * sizeof *hard->ids);
    hard->bits = malloc(count * sizeof *hard->bits);
    if (hard->scores && hard->predicted && hard->order && hard->labels && hard->ids && hard->bits) return SR_OK;
    return SR_ERR_MEMORY;
}

void sr_hard_free(struct sr_hard *hard) {
    free(hard->scores);
    free(hard->predicted);
    free(hard->order);
    free(hard->labels);
    free(hard->ids);
    free(hard->bits);
    *hard = (struct sr_hard){0};
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Score of the label less the largest of the others. */
static int64_t margin(const int32_t *score, uint32_t classes, uint32_t label) {
    int64_t other = INT64_MIN;
    for (uint32_t o = 0; o < classes; o++)
        if (o != label && score[o] > other) other = score[o];
    return score[label] - other;
}

enum sr_status sr_hard_choose(struct sr_hard *hard, struct sr_device *device, const struct sr_batch *candidates,
                              struct sr_batch *chosen) {
    *chosen = *candidates;
    if (hard->candidates == hard->count) return SR_OK;
    enum sr_status status = sr_device_infer(device, candidates, hard->scores, hard->predicted);
    if (status != SR_OK) return status;
    for (uint32_t b = 0; b < hard->candidates; b++) /* equal margins: the first one */
        hard->order[b] = margin(hard->scores + (size_t)b * hard->classes, hard->classes, candidates->labels[b]) * 65536 + b;
    qsort(hard->order, hard->candidates, sizeof *hard->order, ascending);
    for (uint32_t i = 0; i < hard->count; i++) hard->order[i] &= 65535;
    qsort(hard->order, hard->count, sizeof *hard->order, ascending);
    for (uint32_t i = 0; i < hard->count; i++) {
        uint32_t b = (uint32_t)hard->order[i];
        hard->ids[i] = candidates->ids[b];
        hard->bits[i] = candidates->bits[b];
        hard->labels[i] = candidates->labels[b];
    }
    *chosen = (struct sr_batch){.count = hard->count, .ids = hard->ids, .bits = hard->bits, .labels = hard->labels};
    return SR_OK;
}
