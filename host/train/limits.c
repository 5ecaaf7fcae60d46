/* SPDX-License-Identifier: Apache-2.0
 * A device's limits on the network, in the user's words: see limits.h. */
#include "train/limits.h"

#include "device/device.h"

static enum sr_status hidden_layers(const struct sr_net *net, const struct sr_caps *caps, char *error, size_t error_size) {
    uint64_t words = 0;
    if (net->layers > caps->layers_max) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--hidden: %u layers, engine %s takes at most %u", net->layers,
                        caps->engine, caps->layers_max);
    }
    for (uint32_t l = 0; l < net->layers; l++) {
        uint32_t limit = caps->hidden_max;
        if (l + 1 < net->layers && caps->inputs_max < limit) limit = caps->inputs_max; /* inputs of the next layer */
        if (net->hidden[l] > limit) {
            return sr_error(error, error_size, SR_ERR_LIMIT, "--hidden %u: engine %s takes at most %u neurons in that layer",
                            net->hidden[l], caps->engine, limit);
        }
        if (caps->lanes) words += (uint64_t)sr_net_rows(net, l) * sr_row_words(caps, net->hidden[l]);
    }
    if (caps->devices == 1 && words > caps->weight_words) { /* a group's devices lay out their weights each in its own way */
        return sr_error(error, error_size, SR_ERR_LIMIT,
                        "--hidden: the weights of %u inputs and these layers are %llu words, engine %s has room for %u "
                        "(fewer neurons, or fewer inputs: --pool)",
                        net->inputs, (unsigned long long)words, caps->engine, caps->weight_words);
    }
    return SR_OK;
}

enum sr_status sr_net_limits(const struct sr_net *net, const struct sr_caps *caps, char *error, size_t error_size) {
    if (net->inputs > caps->inputs_max) {
        return sr_error(error, error_size, SR_ERR_LIMIT,
                        "the data has %u inputs, engine %s takes at most %u (--pool makes them fewer)", net->inputs,
                        caps->engine, caps->inputs_max);
    }
    if (net->classes > caps->classes_max) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "the data has %u classes, engine %s takes at most %u", net->classes,
                        caps->engine, caps->classes_max);
    }
    if (net->steps > caps->steps_max) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--steps %u: engine %s takes at most %u", net->steps, caps->engine,
                        caps->steps_max);
    }
    if (net->readout != SR_READOUT_SUM && !caps->step_readout) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--readout %s: engine %s has sum only",
                        net->readout == SR_READOUT_MEMBRANE ? "membrane" : "spikes", caps->engine);
    }
    return hidden_layers(net, caps, error, error_size);
}
