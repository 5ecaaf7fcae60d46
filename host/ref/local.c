/* SPDX-License-Identifier: Apache-2.0
 * Mode `local` of the engine `ref`: docs/numerics.md, section 8.
 *
 * Threads share the columns of every layer. Each worker goes through all samples of the batch with the blocks of 64 columns
 * that it owns, and meets the others where a result of all is needed: at the spikes of a layer that another one reads, at
 * the class scores, and, with several hidden layers, around the walk of the credit downwards. What a worker computes does
 * not depend on which columns are its own, so results do not depend on the number of threads. */
#include "ref/local.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "device/fitness.h"

/* A call. A sample has an index in it, and a place in the generation. */
struct learn {
    struct ref *ref;
    struct ref_local *local;
    const struct sr_learning *learning;
    const struct sr_batch *batch;
    const struct sr_column_share *share; /* NULL: all columns are here */
    int32_t *fitness;
    uint8_t *correct;
};

/* ---- meeting ---- */

/* Returns when all workers have called it. They spin a little, then give the processor away. */
static void meet(struct ref_local *local) {
    if (local->workers == 1) return;
    unsigned phase = atomic_load_explicit(&local->phase, memory_order_relaxed);
    if (atomic_fetch_add(&local->arrived, 1) + 1 == local->workers) {
        atomic_store(&local->arrived, 0);
        atomic_fetch_add(&local->phase, 1);
        return;
    }
    for (unsigned turn = 0; atomic_load_explicit(&local->phase, memory_order_acquire) == phase; turn++)
        if (turn > 2000) sched_yield();
}

/* ---- the sample's events ---- */

/* bits: of step t from bits[t * stride] on. */
static void list_events(const struct local_layer *layer, size_t steps, const uint64_t *bits, size_t stride,
                        struct local_input *input) {
    size_t words = (layer->rows + 63) / 64;
    uint16_t *event = input->event;
    for (size_t t = 0; t < steps; t++) {
        input->first[t] = (uint32_t)(event - input->event);
        for (size_t i = 0; i < words; i++)
            for (uint64_t w = bits[t * stride + i]; w; w &= w - 1) *event++ = (uint16_t)(i * 64 + (size_t)__builtin_ctzll(w));
    }
    input->first[steps] = (uint32_t)(event - input->event);
}

/* What the update needs besides: a bit for each step of a row, and the rows that have any. */
static void list_rows(const struct local_layer *layer, size_t steps, const uint64_t *bits, size_t stride,
                      struct local_input *input) {
    local_masks(bits, stride, steps, layer->size, input->mask, input->count);
    input->rows = input->groups = 0;
    for (size_t i = 0; i < (layer->rows + 63) / 64; i++) {
        uint64_t any = 0;
        for (size_t t = 0; t < steps; t++) any |= bits[t * stride + i];
        for (size_t part = 0; part < 64; part += 16)
            if (any >> part & 0xffff) input->group[input->groups++] = (uint16_t)(i * 64 + part);
        for (; any; any &= any - 1) input->row[input->rows++] = (uint16_t)(i * 64 + (size_t)__builtin_ctzll(any));
    }
}

/* ---- noise of the perturbation and of the rounding ---- */

static void draw(uint64_t key, uint64_t counter, const uint16_t *rows, size_t count, uint64_t *words) {
    uint64_t start = counter ^ key;
    local_words((uint32_t)(start >> 32), (uint32_t)start, rows, count, words);
}

/* The ROUND words of one block of a layer for all rows with an event, by pieces of 16 bits. */
static void draw_rounding(const struct learn *call, struct local_worker *w, unsigned l, uint32_t pair, uint32_t place,
                          size_t block) {
    const struct local_input *input = &w->input[l];
    size_t size = call->local->layer[l].size;
    draw(call->learning->key, sr_counter(SR_KIND_ROUND, l, 0, pair, place, (unsigned)block), input->row, input->rows, w->words);
    for (size_t r = 0; r < input->rows; r++) {
        uint64_t word = w->words[r];
        uint16_t *piece = w->piece + input->row[r];
        piece[0] = piece[4 * size] = (uint16_t)word;
        piece[size] = (uint16_t)(word >> 16);
        piece[2 * size] = (uint16_t)(word >> 32);
        piece[3 * size] = (uint16_t)(word >> 48);
    }
}

/* ---- the plain pass ---- */

static struct local_lif neurons(const struct local_layer *layer, const struct sr_net *net, unsigned l, size_t tile,
                                const struct ref *ref, int32_t sigma) {
    return (struct local_lif){.base = layer->base + tile * net->steps * LOCAL_TILE,
                              .exact16 = layer->reach[tile] + sigma <= ref->layer[l].exact_input,
                              .steps = net->steps,
                              .leak = (int32_t)net->leak[l],
                              .theta = (int32_t)net->theta[l],
                              .sigma = sigma,
                              .hard = net->reset == SR_RESET_HARD};
}

/* Spikes of a tile (0 or 1 for each column and step) into the bits of its layer. */
static void keep_spikes(struct local_layer *layer, size_t steps, size_t tile, const int16_t *spikes) {
    for (size_t t = 0; t < steps; t++) {
        uint64_t bits = 0, *word = &layer->spikes[t * layer->blocks + tile / 2];
        for (size_t n = 0; n < LOCAL_TILE; n++) bits |= (uint64_t)(spikes[t * LOCAL_TILE + n] & 1) << n;
        *word = tile % 2 ? *word | bits << 32 : bits;
    }
}

static const uint64_t *input_bits(const struct learn *call, unsigned l, uint32_t index, size_t *stride) {
    const struct ref_local *local = call->local;
    *stride = l ? local->layer[l - 1].blocks : sr_net_step_words(&local->net);
    return l ? local->layer[l - 1].spikes : call->batch->bits[index];
}

static void plain_layer(const struct learn *call, struct local_worker *w, unsigned l, uint32_t index) {
    struct ref_local *local = call->local;
    struct local_layer *layer = &local->layer[l];
    bool last = l + 1 == local->net.layers;
    size_t stride, steps = local->net.steps;
    const uint64_t *bits = input_bits(call, l, index, &stride);
    int16_t unused[LOCAL_TILE] = {0};
    if (w->block[l] == w->block_end[l]) return;
    list_events(layer, steps, bits, stride, &w->input[l]);
    for (size_t tile = 2 * w->block[l]; tile < 2 * w->block_end[l]; tile++) {
        layer->reach[tile] = local_base(layer->weight + tile * layer->size * LOCAL_TILE, w->input[l].event, w->input[l].first,
                                        steps, layer->base + tile * steps * LOCAL_TILE);
        struct local_lif lif = neurons(layer, &local->net, l, tile, call->ref, 0);
        lif.count = last ? local->y + tile * LOCAL_TILE : unused;
        lif.spikes = last ? NULL : w->step_spikes;
        local_plain(&lif);
        if (!last) keep_spikes(layer, steps, tile, w->step_spikes);
    }
}

/* ---- credit and update of a layer ---- */

static int32_t rounded(int32_t x, unsigned shift) { return ref_sat((x + (1 << (shift - 1)) - (x < 0)) >> shift, 127); }

/* E of section 8.5 for one tile of layer l, from the credit of layer l + 1. */
static void walk_down(const struct learn *call, struct local_worker *w, unsigned l, size_t tile) {
    const struct local_layer *above = &call->local->layer[l + 1];
    size_t steps = call->local->net.steps, width = above->rows - tile * LOCAL_TILE;
    const uint32_t frac = call->ref->device.caps.frac_w;
    memset(w->below, 0, steps * LOCAL_TILE * sizeof *w->below);
    if (tile * LOCAL_TILE >= above->rows) return;
    if (width > LOCAL_TILE) width = LOCAL_TILE;
    for (size_t n = 0; n < above->cols; n++) {
        if (!above->f[n]) continue;
        const int16_t *master = above->master + n * above->size + tile * LOCAL_TILE;
        const uint64_t *noise = above->noise + n / 64 * steps;
        int32_t product[LOCAL_TILE] = {0};
        for (size_t j = 0; j < width; j++) product[j] = (master[j] >> frac) * above->f[n];
        for (size_t t = 0; t < steps; t++) {
            int32_t sign = noise[t] >> n % 64 & 1 ? -1 : 1, *sum = w->below + t * LOCAL_TILE;
            for (size_t j = 0; j < LOCAL_TILE; j++) sum[j] += sign * product[j];
        }
    }
}

/* Runs the pair on one tile and sets f of its columns; the number of those that are not 0. */
static uint32_t pair_tile(const struct learn *call, struct local_worker *w, unsigned l, size_t tile) {
    struct ref_local *local = call->local;
    struct local_layer *layer = &local->layer[l];
    size_t steps = local->net.steps;
    bool last = l + 1 == local->net.layers;
    const uint64_t *noise = layer->noise + tile / 2 * steps;
    int16_t *f = layer->f + tile * LOCAL_TILE, difference[LOCAL_TILE];
    struct local_lif lif = neurons(layer, &local->net, l, tile, call->ref, (int32_t)call->learning->sigma[l]);
    for (size_t t = 0; t < steps; t++) w->noise_bits[t] = (uint32_t)(noise[t] >> tile % 2 * 32);
    lif.noise = w->noise_bits;
    lif.count = difference;
    lif.spikes = last ? NULL : w->step_spikes;
    local_pair(&lif);
    uint32_t live = 0;
    if (last) {
        const int16_t *credit = layer->credit + tile * LOCAL_TILE;
        for (size_t n = 0; n < LOCAL_TILE; n++) f[n] = (int16_t)ref_sat(credit[n] * difference[n], 127);
    } else {
        int32_t sum[LOCAL_TILE] = {0};
        walk_down(call, w, l, tile);
        for (size_t t = 0; t < steps; t++)
            for (size_t n = 0; n < LOCAL_TILE; n++) {
                int32_t moved = w->step_spikes[t * LOCAL_TILE + n];
                if (moved) sum[n] += moved * rounded(w->below[t * LOCAL_TILE + n], call->learning->credit_shift[l]);
            }
        for (size_t n = 0; n < LOCAL_TILE; n++) f[n] = (int16_t)ref_sat(sum[n], 127);
    }
    for (size_t n = 0; n < LOCAL_TILE; n++) live += f[n] != 0;
    return live;
}

/* The pair on all own columns of a layer; the number of those with f != 0. */
static uint32_t pair_layer(const struct learn *call, struct local_worker *w, unsigned l, uint32_t pair, uint32_t place) {
    struct ref_local *local = call->local;
    struct local_layer *layer = &local->layer[l];
    bool last = l + 1 == local->net.layers;
    size_t steps = local->net.steps;
    uint32_t live = 0;
    for (size_t block = w->block[l]; block < w->block_end[l]; block++) {
        bool drawn = false;
        for (size_t tile = 2 * block; tile < 2 * block + 2; tile++) {
            int16_t any = last ? 0 : 1;
            for (size_t n = 0; last && n < LOCAL_TILE; n++) any |= layer->credit[tile * LOCAL_TILE + n];
            if (!any || !call->learning->sigma[l]) {
                memset(layer->f + tile * LOCAL_TILE, 0, LOCAL_TILE * sizeof *layer->f);
                continue;
            }
            if (!drawn)
                draw(call->learning->key, sr_counter(SR_KIND_LOCAL, l, 0, pair, place, (unsigned)block), w->numbers, steps,
                     layer->noise + block * steps);
            drawn = true;
            live += pair_tile(call, w, l, tile);
        }
    }
    return live;
}

static void update_column(const struct learn *call, struct local_worker *w, unsigned l, size_t n) {
    struct local_layer *layer = &call->local->layer[l];
    size_t steps = call->local->net.steps;
    const uint64_t *noise = layer->noise + n / 64 * steps;
    const uint32_t frac = call->ref->device.caps.frac_w;
    memset(w->plane, 0, layer->planes * sizeof *w->plane);
    for (size_t t = 0; t < steps; t++)
        w->plane[t / LOCAL_PLANE] = (uint16_t)(w->plane[t / LOCAL_PLANE] | (noise[t] >> n % 64 & 1) << t % LOCAL_PLANE);
    const struct local_input *input = &w->input[l];
    const struct local_rows rows = {layer->size, layer->planes, input->mask, input->count, input->group, input->groups};
    struct local_update update = {.f = layer->f[n],
                                  .up = frac > 4 ? frac - 4 : 0,
                                  .k = call->learning->factor[l],
                                  .frac = frac,
                                  .low = w->piece + n % 64 / 16 * layer->size,
                                  .high = w->piece + (n % 64 / 16 + 1) * layer->size,
                                  .z_max = (int32_t)steps};
    int16_t *master = layer->master + n * layer->size;
    int16_t *weight = layer->weight + n / LOCAL_TILE * layer->size * LOCAL_TILE + n % LOCAL_TILE;
    local_update_column(&update, &rows, w->plane, n % 16, master, weight);
}

static void update_layer(const struct learn *call, struct local_worker *w, unsigned l, uint32_t pair, uint32_t place) {
    const struct local_layer *layer = &call->local->layer[l];
    if (!call->learning->factor[l]) return;
    for (size_t block = w->block[l]; block < w->block_end[l]; block++) {
        bool drawn = false;
        for (size_t n = block * 64; n < block * 64 + 64; n++) {
            if (!layer->f[n]) continue;
            if (!drawn) draw_rounding(call, w, l, pair, place, block);
            drawn = true;
            update_column(call, w, l, n);
        }
    }
}

static void update_readout(const struct learn *call, struct local_worker *w, const int16_t *error, uint32_t place) {
    struct local_layer *layer = &call->local->layer[SR_READOUT_LAYER];
    unsigned last = call->local->net.layers - 1;
    if (!call->learning->factor[SR_READOUT_LAYER]) return;
    for (size_t block = w->block[last]; block < w->block_end[last]; block++) {
        draw(call->learning->key, sr_counter(SR_KIND_ROUND, SR_READOUT_LAYER, 0, 0, place, (unsigned)block), w->numbers,
             layer->rows, w->words);
        for (size_t o = 0; o < layer->rows; o++) {
            if (!error[o]) continue;
            struct local_update update = {.f = error[o],
                                          .k = call->learning->factor[SR_READOUT_LAYER],
                                          .frac = call->ref->device.caps.frac_w,
                                          .z_max = (int32_t)call->local->net.steps};
            size_t at = o * layer->padded + block * 64;
            local_update_row(&update, w->words[o], call->local->y + block * 64, layer->master + at, layer->weight + at);
        }
    }
}

/* ---- one sample ---- */

/* All pairs, with the credit of the last hidden layer in place. */
static void learn_hidden(const struct learn *call, struct local_worker *w, unsigned *turn, uint32_t index) {
    struct ref_local *local = call->local;
    const uint32_t place = call->learning->first + index;
    unsigned layers = local->net.layers;
    bool listed[SR_HIDDEN_LAYERS] = {false};
    for (uint32_t pair = 0; pair < call->learning->pairs; pair++) {
        unsigned bottom = 0;
        uint32_t live[SR_HIDDEN_LAYERS] = {0};
        for (unsigned l = layers; l-- > 0;) {
            live[l] = w->live[*turn & 1] = pair_layer(call, w, l, pair, place);
            if (!l) break;
            meet(local); /* f and noise of this layer are complete */
            uint32_t all = 0;
            for (unsigned i = 0; i < local->workers; i++) all += local->worker[i].live[*turn & 1];
            ++*turn;
            if (!all) { /* no credit goes further down */
                bottom = l;
                break;
            }
        }
        if (layers > 1) meet(local); /* nobody reads weights of other columns any more */
        for (unsigned l = bottom; l < layers; l++) {
            size_t stride;
            const uint64_t *bits = input_bits(call, l, index, &stride);
            if (!live[l]) continue;
            if (!listed[l]) list_rows(&local->layer[l], local->net.steps, bits, stride, &w->input[l]);
            listed[l] = true;
            update_layer(call, w, l, pair, place);
        }
    }
    if (layers > 1) meet(local); /* nobody reads this sample's spikes any more */
}

/* Scores of the sample over all workers, and over all devices where those share the columns. False if the call was cancelled, which
 * all see at the same sample. */
static bool add_scores(const struct learn *call, const struct local_worker *w, uint32_t index, int64_t *score) {
    struct ref_local *local = call->local;
    const size_t classes = local->layer[SR_READOUT_LAYER].rows;
    meet(local);
    if (call->share && w == local->worker) {
        for (size_t o = 0; o < classes; o++) {
            local->sum[o] = 0;
            for (unsigned i = 0; i < local->workers; i++) local->sum[o] += local->worker[i].score[index & 1][o];
        }
        local->sum[classes] = local->stop[index & 1];
        call->share->sum(call->share->context, local->sum, classes + 1);
        local->stop[index & 1] = local->sum[classes] != 0;
    }
    if (call->share) meet(local);
    if (local->stop[index & 1]) return false;
    for (size_t o = 0; o < classes; o++) {
        score[o] = call->share ? local->sum[o] : 0;
        for (unsigned i = 0; i < local->workers && !call->share; i++) score[o] += local->worker[i].score[index & 1][o];
    }
    return true;
}

/* False if the call was cancelled. */
static bool learn_sample(const struct learn *call, struct local_worker *w, unsigned *turn, uint32_t index) {
    struct ref_local *local = call->local;
    const struct local_layer *readout = &local->layer[SR_READOUT_LAYER];
    const struct sr_learning *learning = call->learning;
    unsigned last = local->net.layers - 1;
    size_t from = w->block[last] * 64, width = w->block_end[last] * 64 - from;
    int64_t score[SR_CLASSES] = {0};
    int16_t error[SR_CLASSES];
    if (w == local->worker) local->stop[index & 1] = ref_cancelled(call->ref);
    for (unsigned l = 0; l <= last; l++) {
        if (l) meet(local); /* the spikes below are complete */
        plain_layer(call, w, l, index);
    }
    local_dot(readout->weight + from, readout->padded, readout->rows, local->y + from, width, w->score[index & 1]);
    if (!add_scores(call, w, index, score)) return false;
    struct sr_fitness_result result = sr_sample_error(learning->error_mul, learning->error_shift, score,
                                                      (uint32_t)readout->rows, call->batch->labels[index], error);
    if (w == local->worker) {
        if (call->fitness) call->fitness[index] = result.fitness;
        if (call->correct) call->correct[index] = result.correct;
    }
    if (!result.error) return true;
    bool any = false;
    for (size_t tile = w->block[last] * 2; tile < w->block_end[last] * 2; tile++)
        any |= local_credit(readout->weight + tile * LOCAL_TILE, readout->padded, readout->rows, error,
                            local->layer[last].credit + tile * LOCAL_TILE);
    if (any || last) learn_hidden(call, w, turn, index);
    update_readout(call, w, error, learning->first + index);
    return true;
}

static void learn_columns(void *context, unsigned worker, uint32_t index) {
    const struct learn *call = context;
    unsigned turn = 0;
    (void)worker;
    for (uint32_t b = 0; b < call->batch->count; b++)
        if (!learn_sample(call, &call->local->worker[index], &turn, b)) return;
}

enum sr_status ref_learn(struct ref *ref, const struct sr_learning *learning, const struct sr_batch *batch,
                         const struct sr_column_share *share, int32_t *fitness, uint8_t *correct) {
    int32_t without = !local_enter(ref, share);
    const bool own = without;
    if (share) share->sum(share->context, &without, 1); /* nobody begins without the others */
    if (without)
        return sr_fail(&ref->device, SR_ERR_MEMORY, "no memory to learn in mode local%s", own ? "" : " in another device");
    struct learn call = {ref, ref->local, learning, batch, share, fitness, correct};
    ref->local->stop[0] = ref->local->stop[1] = false;
    ref_pool_run(ref->pool, ref->local->workers, learn_columns, &call);
    if (share && (ref->local->stop[0] || ref->local->stop[1]))
        return sr_fail(&ref->device, SR_ERR_INTERRUPTED, "cancelled, here or in another device");
    return ref_end(ref);
}
