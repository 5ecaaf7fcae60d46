/* SPDX-License-Identifier: Apache-2.0
 * Which strategy a mode has: see strategy.h. */
#include "train/strategy.h"

const struct sr_strategy *sr_strategy_of(const struct sr_config *config) {
    const struct sr_strategy *es = config->average ? &sr_strategy_es_averaged : &sr_strategy_es;
    const struct sr_strategy *const of[] = {
        [SR_MODE_LOWRANK] = es,
        [SR_MODE_FULL] = es,
        [SR_MODE_LOCAL] = &sr_strategy_local,
        [SR_MODE_SURROGATE] = &sr_strategy_float,
        [SR_MODE_SPARSE] = &sr_strategy_float,
        [SR_MODE_LOCALZO] = &sr_strategy_float,
        [SR_MODE_NODE] = &sr_strategy_float,
        [SR_MODE_HEBBIAN] = &sr_strategy_float,
    };
    return of[config->mode];
}
