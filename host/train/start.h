/* SPDX-License-Identifier: Apache-2.0
 * Where training starts from: random weights, the same for every mode and engine. */
#ifndef SR_START_H
#define SR_START_H

#include "model/config.h"

/* Initial master weights of a layer, [rows][cols] as on the device: uniform whole numbers, each with half a unit added, from
 * --init-range, --readout-init-range and --seed. */
void sr_start_weights(const struct sr_config *config, const struct sr_net *net, uint32_t frac_bits, unsigned layer,
                      int16_t *master);

#endif
