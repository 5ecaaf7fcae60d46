/* SPDX-License-Identifier: Apache-2.0
 * What the trainer decides between generations: see trainer.h. */
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "device/noise.h"

uint64_t sr_random(uint64_t seed, enum sr_purpose purpose, uint32_t stream, uint32_t index) {
    uint64_t key = sr_permute(seed ^ 0x53525452414e4400u) ^ (uint64_t)purpose << 56;
    return sr_permute(sr_permute(key ^ stream) ^ index);
}

void sr_shuffle(uint32_t *items, uint32_t count, uint64_t seed, enum sr_purpose purpose, uint32_t stream) {
    uint64_t key = sr_random(seed, purpose, stream, 0);
    for (uint32_t i = count; i > 1; i--) {
        uint32_t pick = (uint32_t)((sr_permute(key ^ i) >> 32) * i >> 32);
        uint32_t item = items[pick];
        items[pick] = items[i - 1];
        items[i - 1] = item;
    }
}

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

/* Nearest m / 2^h to `ratio`, m in 1..15: fitness scale of numerics section 6. */
static bool fitness_scale(double ratio, uint32_t *mul, uint32_t *shift) {
    double best = INFINITY;
    for (uint32_t h = 0; h < 32; h++) {
        double m = floor(ldexp(ratio, (int)h) + 0.5);
        if (m < 1 || m > 15) continue;
        double fault = fabs(ldexp(m, -(int)h) - ratio);
        if (fault < best) {
            best = fault;
            *mul = (uint32_t)m;
            *shift = h;
        }
    }
    return best < INFINITY;
}

/* Uniform range whose random current keeps a neuron near its threshold: with a share of 1/7 of the inputs active (what
 * N-MNIST has at T = 10), a step's current has a root mean square of 0.3 theta. */
static uint32_t fitted_range(uint32_t fan_in, uint32_t theta) {
    double range = 0.3 * theta * sqrt(3.0) / sqrt(fan_in / 7.0);
    return (uint32_t)(range < 2 ? 2 : range > 100 ? 100 : range + 0.5);
}

enum sr_status sr_plan_make(struct sr_plan *plan, const struct sr_config *config, const struct sr_net *net, uint32_t frac_bits,
                            char *error, size_t error_size) {
    *plan = (struct sr_plan){.net = *net,
                             .frac_bits = frac_bits,
                             .pairs = config->population / 2,
                             .batch = config->batch,
                             .generations = config->generations,
                             .seed = config->seed,
                             .fitness = (enum sr_fitness)config->fitness,
                             .shape = (enum sr_shape)config->shape,
                             .decay = (enum sr_decay)config->step_decay};
    enum sr_mode mode = (enum sr_mode)config->mode;
    plan->noise = (struct sr_noise){.pairs = plan->pairs,
                                    .rank = config->rank,
                                    .mode = mode,
                                    .readout_mode = config->readout_mode ? (enum sr_mode)(config->readout_mode - 1) : mode,
                                    .dist = (enum sr_dist)config->dist};
    uint64_t terms = (uint64_t)plan->pairs * config->rank;
    if (terms > 16384) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--population %u with --rank %u: pairs * rank is %llu, at most 16384",
                        config->population, config->rank, (unsigned long long)terms);
    }
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        bool readout = l == SR_READOUT_LAYER;
        if (!readout && l >= net->layers) continue;
        enum sr_mode own = readout ? plan->noise.readout_mode : mode;
        double sigma = readout ? config->readout_sigma : config->sigma, step = readout ? config->readout_step : config->step;
        double scale = floor(256 * sigma / (own == SR_MODE_LOWRANK ? sqrt(config->rank) : 1.0) + 0.5);
        if (scale > 4095 || (scale < 1 && sigma > 0)) {
            return sr_error(error, error_size, SR_ERR_LIMIT, "--%s %g: 256 * sigma%s is %g, must be 1..4095 (or sigma 0)",
                            readout ? "readout-sigma" : "sigma", sigma, own == SR_MODE_LOWRANK ? " / sqrt(rank)" : "", scale);
        }
        plan->scale[l] = (uint32_t)scale;
        plan->step_q24[l] = scale > 0 ? (uint64_t)(ldexp(step, (int)frac_bits + 24) + 0.5) : 0;
        double ratio = ldexp(step, (int)frac_bits) / sqrt(own == SR_MODE_LOWRANK ? (double)terms : plan->pairs);
        if (ratio > 255) {
            return sr_error(error, error_size, SR_ERR_LIMIT, "--%s %g: %g master units a pair, at most 255",
                            readout ? "readout-step" : "step", step, ratio);
        }
        plan->init_range[l] = readout              ? config->readout_init_range
                              : config->init_range ? config->init_range
                                                   : fitted_range(sr_net_rows(net, l), net->theta[l]);
    }
    plan->final_q16 = (uint32_t)(config->step_final * 65536 + 0.5);
    if (config->fitness != SR_FITNESS_CORRECT &&
        !fitness_scale(64 / config->temperature, &plan->fitness_mul, &plan->fitness_shift)) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--temperature %g: 64 / temperature must be 15 to 1/2^31",
                        config->temperature);
    }
    return SR_OK;
}

void sr_plan_weights(const struct sr_plan *plan, unsigned layer, int16_t *master) {
    uint32_t count = sr_net_rows(&plan->net, layer) * sr_net_cols(&plan->net, layer), range = plan->init_range[layer];
    for (uint32_t i = 0; i < count; i++) {
        uint64_t word = sr_random(plan->seed, SR_PURPOSE_WEIGHTS, layer, i);
        int32_t whole = (int32_t)((word >> 32) * (2 * (uint64_t)range + 1) >> 32) - (int32_t)range;
        int32_t half = plan->frac_bits ? 1 << (plan->frac_bits - 1) : 0;
        master[i] = (int16_t)(whole * (1 << plan->frac_bits) + half);
    }
}

void sr_plan_evaluation(const struct sr_plan *plan, uint32_t generation, struct sr_evaluation *evaluation) {
    *evaluation = (struct sr_evaluation){.noise = plan->noise,
                                         .pair_count = plan->pairs,
                                         .fitness = plan->fitness,
                                         .fitness_mul = plan->fitness_mul,
                                         .fitness_shift = plan->fitness_shift};
    evaluation->noise.key = sr_generation_key(plan->seed, generation);
    memcpy(evaluation->scale, plan->scale, sizeof plan->scale);
}

uint32_t sr_plan_decay(const struct sr_plan *plan, uint32_t generation) {
    if (plan->decay == SR_DECAY_NONE || plan->generations < 2) return 65536;
    uint32_t last = plan->generations - 1, now = generation < last ? generation : last;
    uint64_t left = (uint64_t)(last - now) * 65536 / last;                                 /* 1 down to 0 */
    if (plan->decay == SR_DECAY_SMOOTH) left = left * left * (3 * 65536 - 2 * left) >> 32; /* 3x^2 - 2x^3 */
    return (uint32_t)(plan->final_q16 + ((65536 - (uint64_t)plan->final_q16) * left >> 16));
}

static uint64_t square_root(uint64_t value) {
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 62; bit; bit >>= 2) {
        if (value >= root + bit) {
            value -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return root;
}

void sr_step_encode(uint64_t ratio_q24, uint32_t *mant, uint32_t *shift) {
    *mant = 0;
    *shift = 0;
    if (ratio_q24 >= (uint64_t)255 << 24) {
        *mant = 255;
        return;
    }
    for (uint32_t s = 24;; s--) {
        uint64_t m = ((ratio_q24 << s) + (1 << 23)) >> 24;
        if (m > 255 && s > 0) continue;
        *mant = (uint32_t)(m > 255 ? 255 : m);
        *shift = s;
        return;
    }
}

/* u = round(127 diff / max |diff|), halves away from zero. Returns the sum of squares. */
static uint64_t scale_credit(const int32_t *fitness, uint32_t pairs, int8_t *credit) {
    int64_t largest = 0;
    uint64_t squares = 0;
    for (uint32_t p = 0; p < pairs; p++) {
        int64_t diff = (int64_t)fitness[2 * p] - fitness[2 * p + 1];
        if (diff < 0) diff = -diff;
        if (diff > largest) largest = diff;
    }
    for (uint32_t p = 0; p < pairs; p++) {
        int64_t diff = (int64_t)fitness[2 * p] - fitness[2 * p + 1], size = diff < 0 ? -diff : diff;
        int64_t u = largest ? (2 * 127 * size + largest) / (2 * largest) : 0;
        squares += (uint64_t)(u * u);
        credit[p] = (int8_t)(diff < 0 ? -u : u);
    }
    return squares;
}

void sr_plan_update(const struct sr_plan *plan, uint32_t generation, const int32_t *fitness, int8_t *credit,
                    struct sr_update *update) {
    *update = (struct sr_update){.noise = plan->noise};
    update->noise.key = sr_generation_key(plan->seed, generation);
    uint64_t squares = plan->pairs; /* sum of u^2, every u being +-1 */
    if (plan->shape == SR_SHAPE_SCALED) {
        squares = scale_credit(fitness, plan->pairs, credit);
        update->credit = credit;
    }
    uint64_t decay = sr_plan_decay(plan, generation);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        enum sr_mode own = l == SR_READOUT_LAYER ? plan->noise.readout_mode : plan->noise.mode;
        /* A is a sum over pairs and ranks of u times a random product of variance 1: root mean square sqrt(sum u^2 * rank). */
        uint64_t size_q16 = square_root((squares * (own == SR_MODE_LOWRANK ? plan->noise.rank : 1)) << 32);
        uint64_t wanted = plan->step_q24[l] * decay >> 16;
        if (size_q16 == 0) continue;
        sr_step_encode((wanted << 16) / size_q16, &update->mant[l], &update->shift[l]);
    }
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
