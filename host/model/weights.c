/* SPDX-License-Identifier: Apache-2.0
 * Master weights: see weights.h. */
#include "model/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

size_t sr_layer_size(const struct sr_net *net, unsigned layer) {
    return (size_t)sr_net_rows(net, layer) * sr_net_cols(net, layer);
}

const char *sr_layer_name(unsigned layer) {
    static const char *const name[SR_LAYERS] = {"hidden0", "hidden1", "hidden2", "readout"};
    return name[layer];
}

void sr_net_text(const struct sr_net *net, char *text, size_t size) {
    int used = snprintf(text, size, "%u", net->inputs);
    for (uint32_t l = 0; l < net->layers && used > 0 && (size_t)used < size; l++) {
        used += snprintf(text + used, size - (size_t)used, "-%u", net->hidden[l]);
    }
    if (used > 0 && (size_t)used < size) snprintf(text + used, size - (size_t)used, "-%u", net->classes);
}

enum sr_status sr_weights_init(struct sr_weights *weights, const struct sr_net *net) {
    *weights = (struct sr_weights){{NULL}};
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t size = sr_layer_size(net, l);
        if (!size) continue;
        weights->layer[l] = calloc(size, sizeof(int16_t));
        if (!weights->layer[l]) {
            sr_weights_free(weights);
            return SR_ERR_MEMORY;
        }
    }
    return SR_OK;
}

void sr_weights_free(struct sr_weights *weights) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        free(weights->layer[l]);
        weights->layer[l] = NULL;
    }
}

void sr_weights_copy(struct sr_weights *to, const struct sr_weights *from, const struct sr_net *net) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        if (to->layer[l]) memcpy(to->layer[l], from->layer[l], sr_layer_size(net, l) * sizeof(int16_t));
    }
}

enum sr_status sr_weights_read(struct sr_weights *weights, struct sr_device *device, const struct sr_net *net) {
    enum sr_status status = SR_OK;
    for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
        if (sr_layer_size(net, l)) status = sr_device_read_weights(device, l, weights->layer[l]);
    }
    return status;
}

enum sr_status sr_weights_write(const struct sr_weights *weights, struct sr_device *device, const struct sr_net *net) {
    enum sr_status status = SR_OK;
    for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
        if (sr_layer_size(net, l)) status = sr_device_write_weights(device, l, weights->layer[l]);
    }
    return status;
}

void sr_weights_rescale(struct sr_weights *weights, const struct sr_net *net, uint32_t from_bits, uint32_t to_bits) {
    for (unsigned l = 0; l < SR_LAYERS && from_bits != to_bits; l++) {
        for (size_t i = 0; i < sr_layer_size(net, l); i++) {
            int32_t whole = weights->layer[l][i] >> from_bits, limit = (1 << (7 + to_bits)) - 1, value = whole * (1 << to_bits);
            weights->layer[l][i] = (int16_t)(value < -limit ? -limit : value);
        }
    }
}

enum sr_status sr_weights_compare(const struct sr_weights *a, const struct sr_weights *b, const struct sr_net *net,
                                  char *difference, size_t size) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t count = sr_layer_size(net, l), cols = sr_net_cols(net, l);
        for (size_t i = 0; i < count; i++) {
            if (a->layer[l][i] == b->layer[l][i]) continue;
            return sr_error(difference, size, SR_ERR_MISMATCH, "weights %s[%zu][%zu]: %d and %d", sr_layer_name(l), i / cols,
                            i % cols, a->layer[l][i], b->layer[l][i]);
        }
    }
    return SR_OK;
}
