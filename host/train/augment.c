/* SPDX-License-Identifier: Apache-2.0
 * Augmentation of training samples: see augment.h. */
#include "train/augment.h"

#include <stdlib.h>
#include <string.h>

#include "train/random.h"

/* Inputs lie plane by plane (polarities), row by row, so that a move is one of all bits, of those inputs that stay within their
 * plane. A bit of each input that does, for a move by dx, dy. */
static void find_staying(const struct sr_augment *a, int32_t dx, int32_t dy, uint64_t *stays) {
    int32_t width = (int32_t)a->width, height = (int32_t)a->height;
    for (int32_t j = 0; j < (int32_t)a->inputs; j++) {
        int32_t x = j % width + dx, y = j / width % height + dy;
        if (x >= 0 && x < width && y >= 0 && y < height) stays[j / 64] |= UINT64_C(1) << j % 64;
    }
}

static uint64_t *staying(const struct sr_augment *a, int32_t dx, int32_t dy) {
    int32_t reach = (int32_t)a->reach;
    return a->stays + (size_t)((dy + reach) * (2 * reach + 1) + dx + reach) * a->step_words;
}

static bool make_stays(struct sr_augment *a) {
    int32_t reach = (int32_t)a->reach, side = 2 * reach + 1;
    a->stays = calloc((size_t)(side * side) * a->step_words, sizeof *a->stays);
    for (int32_t dy = -reach; a->stays && dy <= reach; dy++)
        for (int32_t dx = -reach; dx <= reach; dx++) find_staying(a, dx, dy, staying(a, dx, dy));
    return a->stays;
}

enum sr_status sr_augment_init(struct sr_augment *a, const struct sr_config *config, const struct sr_data *data, char *error,
                               size_t error_size) {
    const struct sr_data_options *o = &data->options;
    const struct sr_data_set *set = &data->train;
    *a = (struct sr_augment){.reach = config->shift, .inputs = set->inputs, .steps = set->steps, .step_words = set->step_words};
    if (!a->reach) return SR_OK;
    const size_t batch = (size_t)config->batch * config->candidates;
    uint32_t side = 2 * a->reach + 1;
    a->pool = o->pool ? o->pool : 1;
    a->moved = set->moved;
    a->width = (o->width + a->pool - 1) / a->pool;
    a->height = (o->height + a->pool - 1) / a->pool;
    a->ids = set->count + data->test.count;
    a->seed = config->seed;
    if (!a->width || !a->height || a->inputs % (a->width * a->height))
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--shift %u: the %u inputs are not pixels of %u x %u", a->reach,
                        a->inputs, a->width, a->height);
    if (a->pool > 1 && !a->moved)
        return sr_error(error, error_size, SR_ERR_ARGUMENT,
                        "--shift %u: pixels are pooled by %u, and the data has no copies moved by less", a->reach, a->pool);
    if (a->ids + (uint64_t)set->count * side * side > UINT32_MAX)
        return sr_error(error, error_size, SR_ERR_LIMIT, "--shift %u: %u samples have more moved copies than identities",
                        a->reach, set->count);
    a->bits = malloc(batch * a->steps * a->step_words * sizeof *a->bits);
    a->rows = malloc(batch * sizeof *a->rows);
    a->id = malloc(batch * sizeof *a->id);
    if (a->bits && a->rows && a->id && make_stays(a)) return SR_OK;
    sr_augment_free(a);
    return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
}

void sr_augment_free(struct sr_augment *a) {
    free(a->bits);
    free(a->stays);
    free(a->rows);
    free(a->id);
    *a = (struct sr_augment){0};
}

/* One step, moved by so many bits; towards lower numbers if negative. */
static void move_step(const struct sr_augment *a, const uint64_t *stays, int32_t move, const uint64_t *from, uint64_t *to) {
    const int32_t count = (int32_t)a->step_words, words = move < 0 ? -((63 - move) / 64) : move / 64, bits = move - 64 * words;
    for (int32_t i = 0; i < count; i++) {
        int32_t j = i - words;
        uint64_t own = j >= 0 && j < count ? from[j] & stays[j] : 0,
                 before = j > 0 && j <= count ? from[j - 1] & stays[j - 1] : 0;
        to[i] = own << bits | before >> 1 >> (63 - bits);
    }
}

/* Of a move by some sensor pixels: whole inputs, and the rest, 0 to pool - 1. */
static int32_t whole(const struct sr_augment *a, int32_t move, uint32_t *rest) {
    int32_t pool = (int32_t)a->pool, left = (move % pool + pool) % pool;
    *rest = (uint32_t)left;
    return (move - left) / pool;
}

void sr_augment_batch(struct sr_augment *a, uint32_t generation, struct sr_batch *batch) {
    uint32_t side = 2 * a->reach + 1;
    if (!a->reach) return;
    for (uint32_t b = 0; b < batch->count; b++) {
        uint32_t draw = (uint32_t)((sr_random(a->seed, SR_PURPOSE_AUGMENT, generation, b) >> 32) * (side * side) >> 32);
        uint32_t right, down;
        int32_t dx = whole(a, (int32_t)(draw % side) - (int32_t)a->reach, &right);
        int32_t dy = whole(a, (int32_t)(draw / side) - (int32_t)a->reach, &down);
        size_t words = (size_t)a->steps * a->step_words;
        uint64_t *bits = a->bits + b * words;
        const uint64_t *from = batch->bits[b];
        if (a->moved) from = a->moved + ((size_t)batch->ids[b] * a->pool * a->pool + down * a->pool + right) * words;
        const uint64_t *stays = staying(a, dx, dy);
        int32_t move = dy * (int32_t)a->width + dx;
        for (uint32_t t = 0; t < a->steps; t++) move_step(a, stays, move, from + t * a->step_words, bits + t * a->step_words);
        a->rows[b] = bits;
        a->id[b] = a->ids + batch->ids[b] * side * side + draw;
    }
    batch->bits = a->rows;
    batch->ids = a->id;
}
