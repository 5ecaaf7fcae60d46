/* SPDX-License-Identifier: Apache-2.0
 * Where training starts from: see start.h. */
#include <spikeroll/plan.h>

#include <math.h>

#include "model/config.h"
#include "train/random.h"

/* Uniform range whose random current keeps a neuron near its threshold: with a share of 1/7 of the inputs active (what
 * N-MNIST has at T = 10), a step's current has a root mean square of 0.3 theta. */
static uint32_t fitted_range(uint32_t fan_in, uint32_t theta) {
    double range = 0.3 * theta * sqrt(3.0) / sqrt(fan_in / 7.0);
    return (uint32_t)(range < 2 ? 2 : range > 100 ? 100 : range + 0.5);
}

void sr_start_weights(const struct sr_config *config, const struct sr_net *net, uint32_t frac_bits, unsigned layer,
                      int16_t *master) {
    uint32_t range = layer == SR_READOUT_LAYER ? config->readout_init_range
                     : config->init_range      ? config->init_range
                                               : fitted_range(sr_net_rows(net, layer), net->theta[layer]);
    uint32_t count = sr_net_rows(net, layer) * sr_net_cols(net, layer);
    int32_t half = frac_bits ? 1 << (frac_bits - 1) : 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t word = sr_random(config->seed, SR_PURPOSE_WEIGHTS, layer, i);
        int32_t whole = (int32_t)((word >> 32) * (2 * (uint64_t)range + 1) >> 32) - (int32_t)range;
        master[i] = (int16_t)(whole * (1 << frac_bits) + half);
    }
}
