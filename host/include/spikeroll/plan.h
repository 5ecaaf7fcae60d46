/* SPDX-License-Identifier: Apache-2.0
 * The plan of evolution strategies (modes lowrank and full), for a loop of one's own: settings such as sigma, step and
 * temperature turned into a device's integers, and from them what sr_device_evaluate and sr_device_update are told in each
 * generation. A plan does not change: any number of threads may use it.
 */
#ifndef SPIKEROLL_PLAN_H
#define SPIKEROLL_PLAN_H

#include <spikeroll/spikeroll.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sr_config;
struct sr_plan;

/* Make a plan for a network on a device with these limits. Settings and network are copied. *plan is set on success only; free
 * it. SR_ERR_LIMIT: a setting is beyond the device or the numerics (the line names the setting, its value and the limit);
 * SR_ERR_ARGUMENT: settings that contradict one another, or another mode. */
SR_MUST_CHECK enum sr_status sr_plan_new(const struct sr_config *config, const struct sr_net *net, const struct sr_caps *caps,
                                         struct sr_plan **plan, char *error, size_t error_size);
void sr_plan_free(struct sr_plan *plan); /* NULL is allowed */

/* Antithetic pairs; members are twice as many. */
uint32_t sr_plan_pairs(const struct sr_plan *plan);
/* What generation 0, 1, .. evaluates. */
void sr_plan_evaluation(const struct sr_plan *plan, uint32_t generation, struct sr_evaluation *evaluation);
/* What it updates. fitness: of all members, as evaluated. credit: room for a value of each pair; the update may point to it. */
void sr_plan_update(const struct sr_plan *plan, uint32_t generation, const int32_t *fitness, int8_t *credit,
                    struct sr_update *update);
/* Initial master weights of a layer, [rows][cols], as training starts from. The settings must be good by sr_config_check. */
void sr_start_weights(const struct sr_config *config, const struct sr_net *net, uint32_t frac_bits, unsigned layer,
                      int16_t *master);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
