/* SPDX-License-Identifier: Apache-2.0
 * The plan of evolution strategies, lowrank and full: see plan.h. */
#include "train/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "device/noise.h"
#include "train/shape.h"

bool sr_fitness_scale(double ratio, uint32_t *mul, uint32_t *shift) {
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

/* K 2^e / 2^16 at most (numerics, section 7). */
static double largest_ratio(uint64_t reach) {
    uint32_t step, doublings;
    sr_step_encode(UINT64_MAX >> 9, reach, &step, &doublings);
    return ldexp(step, (int)doublings - 16);
}

enum sr_status sr_plan_make(struct sr_plan *plan, const struct sr_config *config, const struct sr_net *net, uint32_t frac_bits,
                            char *error, size_t error_size) {
    *plan = (struct sr_plan){.net = *net,
                             .frac_bits = frac_bits,
                             .pairs = config->population / 2,
                             .batch = config->batch,
                             .seed = config->seed,
                             .fitness = (enum sr_fitness)config->fitness,
                             .shape = (enum sr_shape)config->shape};
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
        double size = sqrt(own == SR_MODE_LOWRANK ? (double)terms : plan->pairs), most = largest_ratio(terms) * size;
        if (plan->shape == SR_SHAPE_SIGN && ldexp(step, (int)frac_bits) > most) {
            return sr_error(error, error_size, SR_ERR_LIMIT, "--%s %g: at most %g with %u pairs of rank %u",
                            readout ? "readout-step" : "step", step, ldexp(most, -(int)frac_bits), plan->pairs, config->rank);
        }
    }
    plan->steps = (struct sr_schedule){.decay = (enum sr_decay)config->step_decay,
                                       .generations = config->generations,
                                       .final_q16 = (uint32_t)(config->step_final * 65536 + 0.5)};
    if (config->fitness != SR_FITNESS_CORRECT &&
        !sr_fitness_scale(64 / config->temperature, &plan->fitness_mul, &plan->fitness_shift)) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--temperature %g: 64 / temperature must be 15 to 1/2^31",
                        config->temperature);
    }
    return SR_OK;
}

enum sr_status sr_plan_limits(const struct sr_plan *plan, const struct sr_caps *caps, char *error, size_t error_size) {
    const struct sr_noise *noise = &plan->noise;
    bool full = noise->mode == SR_MODE_FULL, readout_full = noise->readout_mode == SR_MODE_FULL;
    uint64_t terms = (uint64_t)plan->pairs * noise->rank;
    if (!(caps->modes & SR_MODES_LOWRANK))
        return sr_error(error, error_size, SR_ERR_UNSUPPORTED,
                        "--mode %s: engine %s does not have it; it learns in --mode local", full ? "full" : "lowrank",
                        caps->engine);
    if (plan->pairs > caps->pairs_max) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--population %u: engine %s takes at most %u", 2 * plan->pairs,
                        caps->engine, 2 * caps->pairs_max);
    }
    if (noise->rank > caps->rank_max) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--rank %u: engine %s takes at most %u", noise->rank, caps->engine,
                        caps->rank_max);
    }
    if ((full || readout_full) && !(caps->modes & SR_MODES_FULL)) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--%s: engine %s has low rank only",
                        full ? "mode full" : "readout-mode full", caps->engine);
    }
    if (full != readout_full && !(caps->modes & SR_MODES_MIXED))
        return sr_error(error, error_size, SR_ERR_LIMIT, "--mode %s with --readout-mode %s: engine %s has one for both",
                        full ? "full" : "lowrank", readout_full ? "full" : "lowrank", caps->engine);
    if (noise->dist == SR_DIST_BELL && !(caps->modes & SR_MODES_BELL))
        return sr_error(error, error_size, SR_ERR_LIMIT, "--dist bell: engine %s has sign entries only", caps->engine);
    if (caps->factors && terms > caps->factors && !sr_noise_is_full(noise)) {
        return sr_error(error, error_size, SR_ERR_LIMIT,
                        "--population %u with --rank %u: pairs * rank is %llu, engine %s takes at most %u", 2 * plan->pairs,
                        noise->rank, (unsigned long long)terms, caps->engine, caps->factors);
    }
    return SR_OK;
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

void sr_step_encode(uint64_t ratio_q24, uint64_t reach, uint32_t *step, uint32_t *doublings) {
    uint32_t e = 0;
    uint64_t k = (ratio_q24 + 128) >> 8;
    while (k > 65535 && e < 8 && reach << (e + 1) <= SR_UPDATE_REACH) {
        e++;
        k = (ratio_q24 + ((uint64_t)128 << e)) >> (8 + e);
    }
    *step = (uint32_t)(k > 65535 ? 65535 : k);
    *doublings = e;
}

void sr_plan_update(const struct sr_plan *plan, uint32_t generation, const int32_t *fitness, int8_t *credit,
                    struct sr_update *update) {
    sr_plan_update_timed(plan, generation, 0, fitness, credit, update);
}

void sr_plan_update_timed(const struct sr_plan *plan, uint32_t generation, uint32_t time_spent, const int32_t *fitness,
                          int8_t *credit, struct sr_update *update) {
    *update = (struct sr_update){.noise = plan->noise};
    update->noise.key = sr_generation_key(plan->seed, generation);
    const struct sr_shaped shaped = sr_shape(plan->shape, fitness, plan->pairs, credit);
    update->credit = shaped.credit;
    uint64_t decay = sr_schedule_q16(&plan->steps, generation, time_spent);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        enum sr_mode own = l == SR_READOUT_LAYER ? plan->noise.readout_mode : plan->noise.mode;
        /* A is a sum over pairs and ranks of u times a random product of variance 1: root mean square sqrt(sum u^2 * rank). */
        uint64_t size_q16 = sr_square_root((shaped.squares * (own == SR_MODE_LOWRANK ? plan->noise.rank : 1)) << 32);
        uint64_t wanted = plan->step_q24[l] * decay >> 16;
        if (size_q16 == 0) continue;
        sr_step_encode((wanted << 16) / size_q16, shaped.sizes * plan->noise.rank, &update->step[l], &update->doublings[l]);
    }
}

enum sr_status sr_plan_new(const struct sr_config *config, const struct sr_net *net, const struct sr_caps *caps,
                           struct sr_plan **plan, char *error, size_t error_size) {
    enum sr_status status = sr_config_check(config, error, error_size);
    if (status != SR_OK) return status;
    if (config->mode != SR_MODE_LOWRANK && config->mode != SR_MODE_FULL)
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--mode: a plan is of lowrank or full");
    struct sr_plan *fresh = malloc(sizeof *fresh);
    if (!fresh) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    status = sr_plan_make(fresh, config, net, caps->frac_w, error, error_size);
    if (status == SR_OK) status = sr_plan_limits(fresh, caps, error, error_size);
    if (status == SR_OK)
        *plan = fresh;
    else
        free(fresh);
    return status;
}

void sr_plan_free(struct sr_plan *plan) { free(plan); }

uint32_t sr_plan_pairs(const struct sr_plan *plan) { return plan->pairs; }
