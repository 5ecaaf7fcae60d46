/* SPDX-License-Identifier: Apache-2.0
 * Which samples a generation uses: see batcher.h. */
#include "train/batcher.h"

#include <stdlib.h>
#include <string.h>

#include "train/random.h"

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

void sr_split_validation(uint32_t count, uint32_t percent, uint64_t seed, uint32_t *samples, uint32_t *validation) {
    uint32_t held = (uint32_t)((uint64_t)count * percent / 100), kept = count - held;
    for (uint32_t i = 0; i < count; i++) samples[i] = i;
    if (held) {
        sr_shuffle(samples, count, seed, SR_PURPOSE_SPLIT, 0);
        qsort(samples, kept, sizeof *samples, ascending);
        qsort(samples + kept, held, sizeof *samples, ascending);
    }
    *validation = held;
}

enum sr_status sr_batcher_init(struct sr_batcher *batcher, const uint32_t *pool, uint32_t count, uint32_t batch,
                               uint64_t seed) {
    uint32_t *order = batch > 0 && count >= batch ? malloc(count * sizeof *order) : NULL;
    if (!order) return batch == 0 || count < batch ? SR_ERR_ARGUMENT : SR_ERR_MEMORY;
    *batcher =
        (struct sr_batcher){.count = count, .batch = batch, .seed = seed, .order = order, .epoch = UINT32_MAX, .pool = pool};
    return SR_OK;
}

void sr_batcher_free(struct sr_batcher *batcher) {
    free(batcher->order);
    *batcher = (struct sr_batcher){0};
}

void sr_batcher_get(struct sr_batcher *batcher, uint32_t generation, uint32_t *samples) {
    uint32_t batches = batcher->count / batcher->batch, epoch = generation / batches;
    if (epoch != batcher->epoch) {
        memcpy(batcher->order, batcher->pool, batcher->count * sizeof *batcher->order);
        sr_shuffle(batcher->order, batcher->count, batcher->seed, SR_PURPOSE_EPOCH, epoch);
        batcher->epoch = epoch;
    }
    memcpy(samples, batcher->order + (size_t)(generation % batches) * batcher->batch, batcher->batch * sizeof *samples);
}
