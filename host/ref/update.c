/* SPDX-License-Identifier: Apache-2.0
 * The update of the engine `ref`: docs/numerics.md, section 7. Four rows of a layer a job. */
#include <stdlib.h>
#include <string.h>

#include "ref/ref.h"

enum { ROWS = 4 };

struct update_room {      /* of one worker */
    int16_t *coefficient; /* [ROWS][terms] */
    int32_t *sum;         /* [ROWS][stride] */
    uint64_t *words;      /* [pairs] */
};

struct update {
    struct ref *ref;
    const struct sr_update *update;
    const int8_t *credit;
    int16_t *term_credit; /* [terms]: the credit of a term's pair */
    int32_t credit_max;
    unsigned layer;
    bool full;
    struct update_room *room;
};

static void sum_lowrank(const struct update *u, struct update_room *room, size_t row, size_t rows) {
    const struct sr_noise *noise = &u->update->noise;
    const struct ref_layer *layer = &u->ref->layer[u->layer];
    const struct ref_factors *factors = &u->ref->factors[u->layer];
    size_t terms = (size_t)noise->pairs * noise->rank;
    const int16_t *coefficients[ROWS];
    for (size_t r = 0; r < ROWS; r++) {
        int16_t *coefficient = room->coefficient + r * terms;
        coefficients[r] = coefficient;
        if (r >= rows) {
            memset(coefficient, 0, terms * sizeof *coefficient);
            continue;
        }
        const int8_t *entry = factors->row8 + (row + r) * ref_pad(terms);
        for (size_t i = 0; i < terms; i++) coefficient[i] = (int16_t)(u->term_credit[i] * entry[i]);
    }
    int32_t bound = ref_bound(noise->dist), largest = u->credit_max * bound * bound;
    ref_accumulate4(factors->col16, layer->stride, coefficients, terms, (size_t)(32767 / (largest ? largest : 1)),
                    layer->stride, room->sum);
}

static void sum_full(const struct update *u, struct update_room *room, size_t row, int32_t *sum) {
    const struct sr_noise *noise = &u->update->noise;
    uint64_t next_pair = sr_counter(0, 0, 0, 1, 0, 0);
    int8_t entries[64];
    for (unsigned block = 0; block < u->ref->layer[u->layer].stride / 64; block++) {
        ref_noise_words(noise->key, sr_counter(SR_KIND_FULL, u->layer, (unsigned)row, 0, 0, block), next_pair, noise->pairs,
                        room->words);
        for (size_t p = 0; p < noise->pairs; p++) {
            if (!u->credit[p]) continue;
            ref_expand8(room->words[p], noise->dist, entries);
            ref_accumulate(entries, u->credit[p], 64, sum + block * 64);
        }
    }
}

static void apply_row(const struct update *u, size_t row, const int32_t *sum) {
    const struct ref_layer *layer = &u->ref->layer[u->layer];
    const uint32_t frac = u->ref->device.caps.frac_w;
    int16_t *master = layer->master + row * layer->cols, *weight = layer->weight + row * layer->stride;
    for (size_t n = 0; n < layer->cols; n += 64) {
        uint64_t counter = sr_counter(SR_KIND_ROUND, u->layer, (unsigned)row, 0, 0, (unsigned)(n / 64));
        const struct ref_step step = {.word = sr_permute(counter ^ u->update->noise.key),
                                      .factor = u->update->step[u->layer],
                                      .doublings = u->update->doublings[u->layer],
                                      .frac = frac,
                                      .limit = (1 << (7 + frac)) - 1};
        ref_step(&step, sum + n, layer->cols - n < 64 ? layer->cols - n : 64, master + n, weight + n);
    }
}

static void update_rows(void *context, unsigned worker, uint32_t index) {
    const struct update *u = context;
    const struct ref_layer *layer = &u->ref->layer[u->layer];
    struct update_room *room = &u->room[worker];
    if (ref_cancelled(u->ref)) return;
    size_t row = (size_t)index * ROWS, rows = layer->rows - row < ROWS ? layer->rows - row : ROWS;
    memset(room->sum, 0, ROWS * layer->stride * sizeof *room->sum);
    if (!u->full)
        sum_lowrank(u, room, row, rows);
    else
        for (size_t r = 0; r < rows; r++) sum_full(u, room, row + r, room->sum + r * layer->stride);
    for (size_t r = 0; r < rows; r++) apply_row(u, row + r, room->sum + r * layer->stride);
}

static void free_rooms(struct update_room *room, unsigned workers) {
    for (unsigned i = 0; room && i < workers; i++) {
        free(room[i].coefficient);
        free(room[i].sum);
        free(room[i].words);
    }
    free(room);
}

static struct update_room *make_rooms(const struct ref *ref, const struct sr_noise *noise, unsigned workers) {
    size_t stride = 0;
    for (unsigned l = 0; l < SR_LAYERS; l++) stride = ref->layer[l].stride > stride ? ref->layer[l].stride : stride;
    struct update_room *room = calloc(workers, sizeof *room);
    bool ok = room;
    for (unsigned i = 0; ok && i < workers; i++) {
        room[i].coefficient = malloc(ROWS * (size_t)noise->pairs * noise->rank * sizeof *room[i].coefficient);
        room[i].sum = malloc(ROWS * stride * sizeof *room[i].sum);
        room[i].words = malloc(noise->pairs * sizeof *room[i].words);
        ok = room[i].coefficient && room[i].sum && room[i].words;
    }
    if (ok) return room;
    free_rooms(room, workers);
    return NULL;
}

enum sr_status ref_update(struct ref *ref, const struct sr_update *update, const int8_t *credit) {
    unsigned workers = ref_pool_workers(ref->pool);
    struct update u = {.ref = ref, .update = update, .credit = credit};
    u.room = make_rooms(ref, &update->noise, workers);
    u.term_credit = malloc((size_t)update->noise.pairs * update->noise.rank * sizeof *u.term_credit);
    if (!u.room || !u.term_credit || !ref_factors_ready(ref, &update->noise)) {
        free_rooms(u.room, workers);
        free(u.term_credit);
        return sr_fail(&ref->device, SR_ERR_MEMORY, "no memory for the update");
    }
    for (uint32_t p = 0; p < update->noise.pairs; p++) {
        int32_t size = credit[p] < 0 ? -credit[p] : credit[p];
        u.credit_max = size > u.credit_max ? size : u.credit_max;
        for (size_t k = 0; k < update->noise.rank; k++) u.term_credit[p * (size_t)update->noise.rank + k] = credit[p];
    }
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        if (!ref->layer[l].rows || !update->step[l]) continue;
        u.layer = l;
        u.full = (l == SR_READOUT_LAYER ? update->noise.readout_mode : update->noise.mode) == SR_MODE_FULL;
        ref_pool_run(ref->pool, (uint32_t)((ref->layer[l].rows + ROWS - 1) / ROWS), update_rows, &u);
    }
    free_rooms(u.room, workers);
    free(u.term_credit);
    return ref_end(ref);
}
