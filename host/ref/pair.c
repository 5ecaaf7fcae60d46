/* SPDX-License-Identifier: Apache-2.0
 * What the kernels of pair_kernels.c need: which evaluations they serve, and the tables of a generation in their layout. */
#include "ref/pair.h"

#include <stdlib.h>

static size_t table_count(size_t rank) { return (rank + PAIR_BITS - 1) / PAIR_BITS; }

/* With T steps, H neurons (padded) and rank r, T * H * r <= 2^19 keeps scale * q within 31 bits, and every distance of two
 * scores below 2^28, which fits 32 bits when scaled. */
static bool served(const struct ref *ref, const struct sr_evaluation *e) {
    const struct sr_net *net = &ref->device.net;
    return net->layers == 1 && net->readout == SR_READOUT_SUM && net->leak[0] < 128 && net->steps <= PAIR_STEPS_MAX &&
           e->noise.dist == SR_DIST_SIGN && e->noise.mode == SR_MODE_LOWRANK && e->noise.readout_mode == SR_MODE_LOWRANK &&
           e->scale[0] && e->scale[SR_READOUT_LAYER] && e->noise.rank <= PAIR_BITS * PAIR_TABLES &&
           net->steps * ref->layer[0].stride * e->noise.rank <= (size_t)1 << 19;
}

/* Bit j of a neuron's number in a table is 1 where its entry of rank index 3 * table + j is -1. Padded neurons have number 0, so
 * that their currents are within the bounds of the others. */
static void make_places(uint8_t *places, const uint64_t *words, size_t blocks, size_t rank, size_t cols, size_t stride) {
    for (size_t i = 0; i < table_count(rank) * stride; i++) {
        places[2 * i] = 0;
        places[2 * i + 1] = 1;
    }
    for (size_t n = 0; n < cols; n++)
        for (size_t k = 0; k < rank; k++) {
            uint8_t *place = places + k / PAIR_BITS * 2 * stride + 2 * n;
            uint8_t bit = (uint8_t)((words[k * blocks + n / 64] >> n % 64 & 1) << (1 + k % PAIR_BITS));
            place[0] |= bit;
            place[1] |= bit;
        }
}

/* A membrane v after the leak is v - ((v * leak) >> 8), which is -((-v * f) >> 8) with f = 256 - leak. One rounding multiplication
 * of 16-bit lanes makes that: with u = v + lift,
 *     (u * (-128 f) + 2^14) >> 15 = (-v f + 128 - lift * f) >> 8 = ((-v f) >> 8) + rest,    rest = (128 - lift * f) >> 8,
 * where lift is chosen so that 128 - lift * f is a multiple of 256: f = odd * 2^s with s <= 6, lift = 2^(7-s). (Without a leak f
 * is 256; then -v f is such a multiple, and lift is 0.) So neurons carry rest - v from step to step, and the next u is
 * (b + rest + lift) + d - (rest - v): b is raised by rest + lift once for all pairs, and a spike is u > theta + lift - 1. */
static void plan_leak(struct ref_pairs *pairs, uint32_t leak, uint32_t theta) {
    const int32_t f = 256 - (int32_t)leak, lift = leak ? 128 / (f & -f) : 0, below = (int32_t)theta + lift - 1;
    pairs->work.leak_factor = (int16_t)(-128 * f);
    pairs->work.rest = (int16_t)((128 - lift * f) >> 8);
    pairs->work.below =
        (int16_t)(below < 32767 ? below : 32767); /* which no u of a sample that ref_pairs_hold allows exceeds */
    pairs->raise = (int16_t)(pairs->work.rest + lift);
}

bool ref_pairs_make(struct ref_pairs *pairs, const struct ref *ref, const struct sr_evaluation *e) {
    const struct ref_layer *hidden = &ref->layer[0], *readout = &ref->layer[SR_READOUT_LAYER];
    const struct ref_factors *factors = &ref->factors[0], *readout_factors = &ref->factors[SR_READOUT_LAYER];
    *pairs = (struct ref_pairs){0};
    if (!ref->pair_kernel || !served(ref, e)) return true;
    size_t rank = e->noise.rank, stride = hidden->stride, classes = readout->rows, terms = e->pair_count * rank;
    size_t scored = classes <= 12 ? 12 : 16, row_count = (classes + rank + 3) / 4 * 4;
    size_t place_bytes = table_count(rank) * 2 * stride;
    pairs->places = malloc(e->pair_count * place_bytes);
    pairs->rows = calloc(1 + classes + terms, stride);
    if (!pairs->places || !pairs->rows) return false;
    for (size_t p = 0; p < e->pair_count; p++)
        make_places(pairs->places + p * place_bytes, factors->col + (e->pair_first + p) * rank * factors->col_words,
                    factors->col_words, rank, hidden->cols, stride);
    int8_t *row = pairs->rows + stride;
    for (size_t i = 0; i < classes * stride; i++) *row++ = (int8_t)readout->weight[i];
    for (size_t i = 0; i < terms * stride; i++) *row++ = (int8_t)readout_factors->col16[e->pair_first * rank * stride + i];
    pairs->pair_first = e->pair_first;
    pairs->kernel = ref->pair_kernel;
    pairs->work = (struct ref_pair_work){.steps = ref->device.net.steps,
                                         .stride = stride,
                                         .rank = rank,
                                         .theta = (int16_t)ref->device.net.theta[0],
                                         .hard = ref->device.net.reset == SR_RESET_HARD,
                                         .row_count = row_count < scored ? scored : row_count,
                                         .classes = ref->device.net.classes,
                                         .fitness_mul = e->fitness_mul,
                                         .fitness_shift = e->fitness_shift,
                                         .readout_scale = (int32_t)e->scale[SR_READOUT_LAYER]};
    plan_leak(pairs, ref->device.net.leak[0], ref->device.net.theta[0]);
    for (size_t o = classes; o < SR_CLASSES; o++) pairs->work.absent[o] = -1;
    return true;
}

void ref_pairs_free(struct ref_pairs *pairs) {
    free(pairs->places);
    free(pairs->rows);
    *pairs = (struct ref_pairs){0};
}

bool ref_pairs_hold(const struct ref_pairs *pairs, const struct ref *ref, int32_t base_max, int32_t projection_max) {
    int32_t sum_max = projection_max * (int32_t)pairs->work.rank;
    return sum_max <= 32767 && base_max + sum_max / 16 + 1 + PAIR_LIFT_MAX <= ref->layer[0].exact_input;
}

void ref_pairs_raise(const struct ref_pairs *pairs, int16_t *base) {
    for (size_t i = 0; i < pairs->work.steps * pairs->work.stride; i++) base[i] = (int16_t)(base[i] + pairs->raise);
}

void ref_pairs_work(const struct ref_pairs *pairs, const struct ref *ref, uint32_t pair, struct ref_pair_work *work) {
    size_t own = pair - pairs->pair_first, rank = pairs->work.rank, stride = pairs->work.stride, classes = pairs->work.classes;
    *work = pairs->work;
    for (size_t i = 0; i < classes; i++) work->rows[i] = pairs->rows + (1 + i) * stride;
    for (size_t k = 0; k < rank; k++) work->rows[classes + k] = pairs->rows + (1 + classes + own * rank + k) * stride;
    for (size_t i = classes + rank; i < work->row_count; i++) work->rows[i] = pairs->rows;
    work->places = pairs->places + own * table_count(rank) * 2 * stride;
    work->class_entries = ref->factors[SR_READOUT_LAYER].class32 + (size_t)pair * rank * SR_CLASSES;
}
