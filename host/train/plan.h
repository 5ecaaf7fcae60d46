/* SPDX-License-Identifier: Apache-2.0
 * The plan of evolution strategies, lowrank and full: settings turned into a device's integers, and from them a generation's key,
 * the weight of each pair, how far to step, where to start from. Everything but sr_plan_make is a pure function of the plan and
 * the generation's number, in integers, so engines agree and a resumed run goes on as if unbroken. */
#ifndef SR_PLAN_H
#define SR_PLAN_H

#include <spikeroll/plan.h>

#include "model/config.h"
#include "train/schedule.h"

struct sr_plan {
    struct sr_net net;
    uint32_t frac_bits, pairs, batch;
    uint64_t seed;
    struct sr_noise noise; /* key left 0 */
    uint32_t scale[SR_LAYERS];
    enum sr_fitness fitness;
    uint32_t fitness_mul, fitness_shift;
    enum sr_shape shape;
    struct sr_schedule steps;
    uint64_t step_q24[SR_LAYERS]; /* wanted change at generation 0: 2^-24 of a master weight's unit, root mean square */
};

/* Conversion of the configuration to the device's integers; the one place with floating point. frac_bits: the device's. */
SR_MUST_CHECK enum sr_status sr_plan_make(struct sr_plan *plan, const struct sr_config *config, const struct sr_net *net,
                                          uint32_t frac_bits, char *error, size_t error_size);

/* Whether a device of these limits takes the plan. The one place that words a device's limits in the options of lowrank and
 * full; those of the network and the data are the device's own to say when it is configured. */
SR_MUST_CHECK enum sr_status sr_plan_limits(const struct sr_plan *plan, const struct sr_caps *caps, char *error,
                                            size_t error_size);

/* sr_plan_update where a clock has spent a share of the schedule (train/deadline.h). */
void sr_plan_update_timed(const struct sr_plan *plan, uint32_t generation, uint32_t time_spent, const int32_t *fitness,
                          int8_t *credit, struct sr_update *update);

/* Nearest mul / 2^shift to `ratio`, mul in 1..15: scale of docs/numerics.md, section 6. False: there is none. */
bool sr_fitness_scale(double ratio, uint32_t *mul, uint32_t *shift);

/* K 2^e / 2^16 nearest to ratio_q24 / 2^24, with the least e; the largest there is where none is as large. reach: rank * sum |u|. */
void sr_step_encode(uint64_t ratio_q24, uint64_t reach, uint32_t *step, uint32_t *doublings);

#endif
