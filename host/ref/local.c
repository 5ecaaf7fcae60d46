/* SPDX-License-Identifier: Apache-2.0
 * Mode `local` of the engine `ref`: docs/numerics.md, section 8.
 *
 * Threads share the columns of every layer. Each worker goes through all samples of the batch with the blocks of 64 columns that it owns, and
 * meets the others where a result of all is needed: at the spikes of a layer that another one reads, at the class scores, and,
 * with several hidden layers, around the walk of the credit downwards. What a worker computes does not depend on which
 * columns are its own, so results do not depend on the number of threads. */
#include "ref/local.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "device/fitness.h"

enum { PLANE = 16, CACHE_LINE = 64 };

/* ---- data ---- */

struct local_layer {
    size_t rows, cols, blocks; /* of 64 columns */
    size_t padded;             /* columns of whole blocks */
    size_t size;               /* rows, rounded up to a multiple of LOCAL_TILE: the stride of a column */
    size_t planes;             /* of 16 steps */
    int16_t *weight;           /* integer parts, [padded / LOCAL_TILE][size][LOCAL_TILE]; readout: [classes][padded] */
    int16_t *master;           /* [padded][size]; readout: as weight */
    /* Of the sample, or of the pair in work. Columns have their owner's values; a barrier stands before others read them. */
    int16_t *base;    /* [padded / LOCAL_TILE][steps][LOCAL_TILE] */
    int32_t *reach;   /* [padded / LOCAL_TILE]: largest |base| */
    uint64_t *spikes; /* [steps][blocks]: of the plain pass, a bit a column; not for the last layer */
    uint64_t *noise;  /* [blocks][steps] */
    int16_t *credit;  /* [padded]: q_top; of the last layer only */
    int16_t *f;       /* [padded] */
};

struct local_input { /* of a layer, in one worker */
    uint16_t *event; /* row of each event, by step */
    uint32_t *first; /* [steps + 1] */
    uint16_t *mask;  /* [planes][size]: bit t % 16 of plane t / 16 says that the row has an event in step t */
    int16_t *count;  /* [size]: events of a row */
    uint16_t *row;   /* rows with an event, ascending */
    uint16_t *group; /* first rows of the groups of 16 with an event */
    size_t rows, groups;
};

struct local_worker {
    size_t block[SR_HIDDEN_LAYERS], block_end[SR_HIDDEN_LAYERS]; /* what it owns */
    struct local_input input[SR_HIDDEN_LAYERS];
    int16_t *step_spikes; /* [steps][LOCAL_TILE] */
    uint16_t *piece;      /* [5][size max]: the ROUND words of a block by 16 bits, the first piece again at the end */
    uint64_t *words;      /* [size max] */
    int32_t *below;       /* [steps][size max]: E of section 8.5 */
    uint32_t *noise_bits; /* [steps]: of one tile */
    uint16_t *plane;      /* noise of one column */
    uint16_t *numbers;    /* 0, 1, 2...: steps or classes as rows of noise words */
    _Alignas(CACHE_LINE) int32_t score[2][SR_CLASSES]; /* its share, of this sample and of the one before */
    uint32_t live[2]; /* its columns with f != 0, of this pair and layer, and of the ones before */
};

struct ref_local {
    struct sr_net net;
    struct local_layer layer[SR_LAYERS];
    struct local_worker *worker;
    unsigned workers;
    int16_t *y; /* [padded]: spike counts of the last layer */
    atomic_uint arrived, phase;
};

struct learn { /* a call */
    struct ref *ref;
    struct ref_local *local;
    const struct sr_learning *learning;
    const struct sr_batch *batch;
    int32_t *fitness;
    uint8_t *correct;
};

/* ---- memory ---- */

static void *room(size_t count, size_t size) {
    size_t bytes = (count * size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    void *memory = aligned_alloc(CACHE_LINE, bytes ? bytes : CACHE_LINE);
    if (memory) memset(memory, 0, bytes);
    return memory;
}

static void free_local(struct ref_local *local) {
    if (!local) return;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        struct local_layer *layer = &local->layer[l];
        free(layer->weight), free(layer->master), free(layer->base), free(layer->reach);
        free(layer->spikes), free(layer->noise), free(layer->credit), free(layer->f);
    }
    for (unsigned i = 0; local->worker && i < local->workers; i++) {
        struct local_worker *w = &local->worker[i];
        for (unsigned l = 0; l < SR_HIDDEN_LAYERS; l++) {
            free(w->input[l].event), free(w->input[l].first), free(w->input[l].mask);
            free(w->input[l].count), free(w->input[l].row), free(w->input[l].group);
        }
        free(w->step_spikes), free(w->piece), free(w->words), free(w->below);
        free(w->noise_bits), free(w->plane), free(w->numbers);
    }
    free(local->worker);
    free(local->y);
    free(local);
}

static bool make_layer(struct ref_local *local, unsigned l) {
    const struct sr_net *net = &local->net;
    struct local_layer *layer = &local->layer[l];
    layer->rows = sr_net_rows(net, l);
    layer->cols = sr_net_cols(net, l);
    layer->blocks = (layer->cols + 63) / 64;
    layer->padded = layer->blocks * 64;
    layer->size = (layer->rows + LOCAL_TILE - 1) / LOCAL_TILE * LOCAL_TILE;
    layer->planes = (net->steps + PLANE - 1) / PLANE;
    size_t padded = layer->padded;
    if (l == SR_READOUT_LAYER) {
        layer->weight = room(layer->rows * padded, sizeof *layer->weight);
        layer->master = room(layer->rows * padded, sizeof *layer->master);
        return layer->weight && layer->master;
    }
    layer->weight = room(padded * layer->size, sizeof *layer->weight);
    layer->master = room(padded * layer->size, sizeof *layer->master);
    layer->base = room(padded * net->steps, sizeof *layer->base);
    layer->reach = room(padded / LOCAL_TILE, sizeof *layer->reach);
    layer->spikes = room(net->steps * layer->blocks, sizeof *layer->spikes);
    layer->noise = room(layer->blocks * net->steps, sizeof *layer->noise);
    layer->credit = room(padded, sizeof *layer->credit);
    layer->f = room(padded, sizeof *layer->f);
    return layer->weight && layer->master && layer->base && layer->reach && layer->spikes && layer->noise && layer->credit &&
           layer->f;
}

static bool make_worker(struct ref_local *local, unsigned number) {
    struct local_worker *w = &local->worker[number];
    size_t steps = local->net.steps, size = local->layer[SR_READOUT_LAYER].padded, many = SR_CLASSES;
    bool ok = true;
    for (unsigned l = 0; l < local->net.layers; l++) {
        const struct local_layer *layer = &local->layer[l];
        struct local_input *input = &w->input[l];
        w->block[l] = layer->blocks * number / local->workers;
        w->block_end[l] = layer->blocks * (number + 1) / local->workers;
        input->event = room(layer->rows * steps, sizeof *input->event);
        input->first = room(steps + 1, sizeof *input->first);
        input->mask = room(layer->planes * layer->size, sizeof *input->mask);
        input->count = room(layer->size, sizeof *input->count);
        input->row = room(layer->rows, sizeof *input->row);
        input->group = room(layer->size / 16 + 4, sizeof *input->group);
        ok = ok && input->event && input->first && input->mask && input->count && input->row && input->group;
        if (layer->size > size) size = layer->size;
    }
    if (steps > many) many = steps;
    w->step_spikes = room(steps * LOCAL_TILE, sizeof *w->step_spikes);
    w->piece = room(5 * size, sizeof *w->piece);
    w->words = room(size > many ? size : many, sizeof *w->words);
    w->below = room(local->net.layers > 1 ? steps * LOCAL_TILE : 1, sizeof *w->below);
    w->noise_bits = room(steps, sizeof *w->noise_bits);
    w->plane = room((steps + PLANE - 1) / PLANE, sizeof *w->plane);
    w->numbers = room(many, sizeof *w->numbers);
    for (size_t i = 0; w->numbers && i < many; i++) w->numbers[i] = (uint16_t)i;
    return ok && w->step_spikes && w->piece && w->words && w->below && w->noise_bits && w->plane && w->numbers;
}

static void enter(struct ref *ref, struct ref_local *local) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const struct ref_layer *from = &ref->layer[l];
        struct local_layer *to = &local->layer[l];
        for (size_t j = 0; j < from->rows; j++)
            for (size_t n = 0; n < from->cols; n++) {
                int16_t master = from->master[j * from->cols + n], weight = from->weight[j * from->stride + n];
                if (l == SR_READOUT_LAYER) {
                    to->master[j * to->padded + n] = master;
                    to->weight[j * to->padded + n] = weight;
                } else {
                    to->master[n * to->size + j] = master;
                    to->weight[(n / LOCAL_TILE * to->size + j) * LOCAL_TILE + n % LOCAL_TILE] = weight;
                }
            }
    }
}

void ref_local_leave(struct ref *ref) {
    struct ref_local *local = ref->local;
    if (!local) return;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        struct ref_layer *to = &ref->layer[l];
        const struct local_layer *from = &local->layer[l];
        for (size_t j = 0; j < to->rows; j++)
            for (size_t n = 0; n < to->cols; n++) {
                bool readout = l == SR_READOUT_LAYER;
                int16_t master = from->master[readout ? j * from->padded + n : n * from->size + j];
                to->master[j * to->cols + n] = master;
                to->weight[j * to->stride + n] = (int16_t)(master >> ref->device.caps.frac_w);
            }
    }
    ref->local = NULL;
    free_local(local);
}

static bool prepare(struct ref *ref) {
    if (ref->local) return true;
    struct ref_local *local = room(1, sizeof *local);
    if (!local) return false;
    size_t most = 1;
    for (unsigned l = 0; l < ref->device.net.layers; l++) {
        size_t blocks = (ref->device.net.hidden[l] + 63) / 64;
        most = blocks > most ? blocks : most;
    }
    local->net = ref->device.net;
    local->workers = ref_pool_workers(ref->pool) < most ? ref_pool_workers(ref->pool) : (unsigned)most;
    local->worker = room(local->workers, sizeof *local->worker);
    bool ok = local->worker != NULL;
    for (unsigned l = 0; l < SR_LAYERS && ok; l++)
        if (sr_net_rows(&local->net, l)) ok = make_layer(local, l);
    local->y = room(local->layer[SR_READOUT_LAYER].padded, sizeof *local->y);
    ok = ok && local->y;
    for (unsigned i = 0; i < local->workers && ok; i++) ok = make_worker(local, i);
    if (!ok) {
        free_local(local);
        return false;
    }
    enter(ref, local);
    ref->local = local;
    return true;
}

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

/* index: of the sample in the call; place: in the generation. */

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
        w->plane[t / PLANE] = (uint16_t)(w->plane[t / PLANE] | (noise[t] >> n % 64 & 1) << t % PLANE);
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

static void learn_sample(const struct learn *call, struct local_worker *w, unsigned *turn, uint32_t index) {
    struct ref_local *local = call->local;
    const struct local_layer *readout = &local->layer[SR_READOUT_LAYER];
    const struct sr_learning *learning = call->learning;
    unsigned last = local->net.layers - 1;
    size_t from = w->block[last] * 64, width = w->block_end[last] * 64 - from;
    int64_t score[SR_CLASSES] = {0};
    int16_t error[SR_CLASSES];
    for (unsigned l = 0; l <= last; l++) {
        if (l) meet(local); /* the spikes below are complete */
        plain_layer(call, w, l, index);
    }
    local_dot(readout->weight + from, readout->padded, readout->rows, local->y + from, width, w->score[index & 1]);
    meet(local);
    for (unsigned i = 0; i < local->workers; i++)
        for (size_t o = 0; o < readout->rows; o++) score[o] += local->worker[i].score[index & 1][o];
    struct sr_fitness_result result = sr_sample_error(learning->error_mul, learning->error_shift, score,
                                                      (uint32_t)readout->rows, call->batch->labels[index], error);
    if (w == local->worker) {
        if (call->fitness) call->fitness[index] = result.fitness;
        if (call->correct) call->correct[index] = result.correct;
    }
    if (!result.error) return;
    bool any = false;
    for (size_t tile = w->block[last] * 2; tile < w->block_end[last] * 2; tile++)
        any |= local_credit(readout->weight + tile * LOCAL_TILE, readout->padded, readout->rows, error,
                            local->layer[last].credit + tile * LOCAL_TILE);
    if (any || last) learn_hidden(call, w, turn, index);
    update_readout(call, w, error, learning->first + index);
}

static void learn_columns(void *context, unsigned worker, uint32_t index) {
    const struct learn *call = context;
    unsigned turn = 0;
    (void)worker;
    for (uint32_t b = 0; b < call->batch->count; b++) learn_sample(call, &call->local->worker[index], &turn, b);
}

enum sr_status ref_learn(struct ref *ref, const struct sr_learning *learning, const struct sr_batch *batch, int32_t *fitness,
                         uint8_t *correct) {
    if (!prepare(ref)) return sr_fail(&ref->device, SR_ERR_MEMORY, "no memory to learn in mode local");
    struct learn call = {ref, ref->local, learning, batch, fitness, correct};
    ref_pool_run(ref->pool, ref->local->workers, learn_columns, &call);
    return SR_OK;
}
