/* SPDX-License-Identifier: Apache-2.0
 * What a model is: a network's master weights, as they lie in memory, in a device and side by side. */
#ifndef SR_WEIGHTS_H
#define SR_WEIGHTS_H

#include <spikeroll/spikeroll.h>

struct sr_weights {
    int16_t *layer[SR_LAYERS]; /* master weights; NULL for a layer that is not there */
};

SR_MUST_CHECK enum sr_status sr_weights_init(struct sr_weights *weights, const struct sr_net *net);
void sr_weights_free(struct sr_weights *weights);
void sr_weights_copy(struct sr_weights *to, const struct sr_weights *from, const struct sr_net *net);
SR_MUST_CHECK enum sr_status sr_weights_read(struct sr_weights *weights, struct sr_device *device, const struct sr_net *net);
SR_MUST_CHECK enum sr_status sr_weights_write(const struct sr_weights *weights, struct sr_device *device,
                                              const struct sr_net *net);
/* To a device with other fraction bits: the integer part, which is all that inference sees, stays. */
void sr_weights_rescale(struct sr_weights *weights, const struct sr_net *net, uint32_t from_bits, uint32_t to_bits);
/* First difference, as one line, or SR_OK. */
SR_MUST_CHECK enum sr_status sr_weights_compare(const struct sr_weights *a, const struct sr_weights *b,
                                                const struct sr_net *net, char *difference, size_t size);
/* Weights of a layer; 0 if the network has no such layer. */
size_t sr_layer_size(const struct sr_net *net, unsigned layer);
/* "hidden0".."hidden2", "readout". */
const char *sr_layer_name(unsigned layer);
/* "578-128-10" */
void sr_net_text(const struct sr_net *net, char *text, size_t size);

#endif
