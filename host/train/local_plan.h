/* SPDX-License-Identifier: Apache-2.0
 * The plan of mode local: settings turned into a device's integers, and from them the learning call of a generation. Everything
 * but sr_local_plan_make is a pure function of the plan and the generation's number, in integers. */
#ifndef SR_LOCAL_PLAN_H
#define SR_LOCAL_PLAN_H

#include "model/config.h"
#include "train/schedule.h"

struct sr_local_plan {
    uint64_t seed;
    struct sr_learning learning; /* key, sigma and factor left 0 */
    struct sr_schedule steps, strengths;
    uint64_t sigma_q16[SR_HIDDEN_LAYERS], factor_q16[SR_LAYERS]; /* at generation 0, 65536ths */
};

/* Conversion of the configuration, for a device of these limits: refusals are worded in options. */
SR_MUST_CHECK enum sr_status sr_local_plan_make(struct sr_local_plan *plan, const struct sr_config *config,
                                                const struct sr_net *net, const struct sr_caps *caps, char *error,
                                                size_t error_size);
/* time_spent: the share of the schedule that a clock has spent (train/deadline.h). */
void sr_local_plan_learning(const struct sr_local_plan *plan, uint32_t generation, uint32_t time_spent,
                            struct sr_learning *learning);

#endif
