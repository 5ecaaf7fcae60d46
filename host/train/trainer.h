/* SPDX-License-Identifier: Apache-2.0
 * What the trainer decides between generations: which samples, which key, how pairs are weighted, how far to step, where to
 * start from. What the device does in a generation is behind sr_device. Everything here is a pure function of the
 * configuration and the generation's number, in integers, so engines agree and a resumed run goes on as if unbroken. */
#ifndef SR_TRAINER_H
#define SR_TRAINER_H

#include "model/config.h"

struct sr_plan {
    struct sr_net net;
    uint32_t frac_bits, pairs, batch, generations;
    uint64_t seed;
    struct sr_noise noise; /* key left 0 */
    uint32_t scale[SR_LAYERS];
    enum sr_fitness fitness;
    uint32_t fitness_mul, fitness_shift;
    enum sr_shape shape;
    enum sr_decay decay;
    uint32_t final_q16;           /* last step / first step, 65536ths */
    uint64_t step_q24[SR_LAYERS]; /* wanted change at generation 0: 2^-24 of a master weight's unit, root mean square */
    uint32_t init_range[SR_LAYERS];
};

/* Conversion of the configuration to the device's integers; the one place with floating point. frac_bits: the device's. */
SR_MUST_CHECK enum sr_status sr_plan_make(struct sr_plan *plan, const struct sr_config *config, const struct sr_net *net,
                                          uint32_t frac_bits, char *error, size_t error_size);

/* Word `index` of the host's random stream `purpose`: a hash, no state. */
enum sr_purpose { SR_PURPOSE_WEIGHTS = 1, SR_PURPOSE_SPLIT, SR_PURPOSE_EPOCH, SR_PURPOSE_BENCH };
uint64_t sr_random(uint64_t seed, enum sr_purpose purpose, uint32_t stream, uint32_t index);
/* Fisher-Yates. */
void sr_shuffle(uint32_t *items, uint32_t count, uint64_t seed, enum sr_purpose purpose, uint32_t stream);

/* Initial master weights of a layer, rows * cols. */
void sr_plan_weights(const struct sr_plan *plan, unsigned layer, int16_t *master);

void sr_plan_evaluation(const struct sr_plan *plan, uint32_t generation, struct sr_evaluation *evaluation);
/* fitness: of all members. credit: room for plan->pairs; what update->credit points to afterwards, if anything. */
void sr_plan_update(const struct sr_plan *plan, uint32_t generation, const int32_t *fitness, int8_t *credit,
                    struct sr_update *update);
/* mant / 2^shift nearest to ratio_q24 / 2^24, mant in 128..255 where shift allows. */
void sr_step_encode(uint64_t ratio_q24, uint32_t *mant, uint32_t *shift);
/* Fraction of the first step at this generation, 65536ths. */
uint32_t sr_plan_decay(const struct sr_plan *plan, uint32_t generation);

/* Training samples in reshuffled epochs of floor(count / batch) batches. */
struct sr_batcher {
    uint32_t count, batch;
    uint64_t seed;
    uint32_t *order, epoch; /* the order of this epoch, made when first needed */
    const uint32_t *pool;   /* sample numbers drawn from: the caller's, count long */
};
SR_MUST_CHECK enum sr_status sr_batcher_init(struct sr_batcher *batcher, const uint32_t *pool, uint32_t count, uint32_t batch,
                                             uint64_t seed);
void sr_batcher_free(struct sr_batcher *batcher);
/* Sample numbers of a generation's batch. */
void sr_batcher_get(struct sr_batcher *batcher, uint32_t generation, uint32_t *samples);

/* Split 0..count-1 into training samples (first) and *validation validation samples (last); each part ascending. */
void sr_split_validation(uint32_t count, uint32_t percent, uint64_t seed, uint32_t *samples, uint32_t *validation);

#endif
