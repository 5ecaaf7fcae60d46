/* SPDX-License-Identifier: Apache-2.0
 * A spiking network in float, as the rules that train on the host see it: the device's network (docs/numerics.md, sections 4 and 5)
 * with readout kind `sum`, without its rounding. Weights of hidden layers are in thresholds, so every threshold is 1; those of the
 * readout are in nats, so the scores are logits. A pass holds some samples at once; a row is a sample and a step. */
#ifndef SR_FLOAT_NET_H
#define SR_FLOAT_NET_H

#include "model/weights.h"

struct sr_float_net {
    struct sr_net shape;
    float *weight[SR_LAYERS]; /* the caller's: [rows][cols] as in a device */
    float smooth; /* 0: spikes. Else the slope of a sigmoid in their place, and exact derivatives: for checks of gradients */
};

enum sr_float_draw { SR_DRAW_NORMAL, SR_DRAW_UNIFORM, SR_DRAW_LAPLACE };

/* What stands for the derivative of a spike by its membrane potential. A neuron at a step where it is not 0 is active. */
struct sr_float_rule {
    enum { SR_POST_SURROGATE, SR_POST_SPARSE, SR_POST_LOCALZO, SR_POST_SPIKE } post;
    float slope, band, delta;
    enum sr_float_draw draw;
    uint32_t draws;
    uint64_t key; /* of the generation: decides the draws */
};

struct sr_float_layer {
    uint32_t neurons, words;    /* words: of a row of bits */
    float *u, *spike, *post;    /* [rows][neurons]: potential before the reset, spike, derivative */
    float *error;               /* [rows][neurons]: of the spike, then of the potential */
    uint64_t *bits;             /* [rows][words]: spikes */
    uint16_t *active, *actives; /* [rows][neurons]: numbers of the active neurons; [rows]: how many */
};

struct sr_float_pass {
    uint32_t samples_max, samples;
    struct sr_float_layer layer[SR_HIDDEN_LAYERS];
    const uint64_t **rows; /* [samples_max]: of each sample's input bits */
    float *input;          /* [rows][inputs]: the same, for dense products */
    float *count, *credit; /* [samples_max][neurons of the last layer]: spikes, and the error of each of them */
    float *error;          /* [samples_max][classes]: scores, then their error */
    float *v, *d;          /* [neurons] of the widest layer */
    uint16_t *list;
    uint64_t spikes, active, neurons; /* counted over forward passes: neurons is what active is a share of */
};

/* Room for up to samples_max samples. */
SR_MUST_CHECK enum sr_status sr_float_pass_init(struct sr_float_pass *pass, const struct sr_net *net, uint32_t samples_max);
void sr_float_pass_free(struct sr_float_pass *pass);

/* Scores of `count` samples, and the derivatives, unless rule is NULL. first: number of the first sample in its generation. */
void sr_float_forward(const struct sr_float_net *net, const struct sr_float_rule *rule, const uint64_t *const *bits,
                      uint32_t first, uint32_t count, struct sr_float_pass *pass);
/* Of sample b: loss in nats and predicted class; the scores become their error times `scale`. */
float sr_float_loss(const struct sr_float_net *net, struct sr_float_pass *pass, uint32_t b, uint8_t label, float scale,
                    uint32_t *predicted);
/* After loss of every sample: add the readout's gradient, and find the credit of the last layer's spikes. */
void sr_float_readout(const struct sr_float_net *net, struct sr_float_pass *pass, float *gradient);
/* After readout: add the gradients of the hidden layers. Errors go back through time along the membranes; the path through a
 * spike's own reset is left out, as is usual. free_trace: not cut by hard resets either (the three-factor rule). Both passes give
 * the same, but for rounding. Dense: by matrix products, all neurons and inputs. Sparse: visits active neurons and events. */
void sr_float_backward_dense(const struct sr_float_net *net, struct sr_float_pass *pass, bool free_trace,
                             float *const gradient[SR_LAYERS]);
void sr_float_backward_sparse(const struct sr_float_net *net, struct sr_float_pass *pass, bool free_trace,
                              float *const gradient[SR_LAYERS]);

/* Node perturbation, after forward and loss of sample b: `pairs` times the currents of all hidden neurons are moved up and down
 * by `strength` thresholds in random directions, and the difference of the loss, one number, is what every neuron learns by.
 * Adds to the gradients. scratch: sr_float_node_size floats. */
size_t sr_float_node_size(const struct sr_net *net);
void sr_float_node(const struct sr_float_net *net, struct sr_float_pass *pass, uint32_t b, uint32_t number, uint8_t label,
                   uint64_t key, uint32_t pairs, float strength, float scale, float *scratch, float *const gradient[SR_LAYERS]);

/* A number that depends on all of these. */
uint64_t sr_float_mix(uint64_t key, uint64_t value);

/* From a device's weights, and to them. To: every layer gets the finest scale that its weights have room in, which becomes its
 * threshold; the readout's is `temperature` score units a nat, or less. */
void sr_float_from_device(struct sr_float_net *net, const struct sr_weights *weights, uint32_t frac_bits, double temperature);
void sr_float_to_device(const struct sr_float_net *net, uint32_t frac_bits, double temperature, struct sr_weights *weights,
                        uint32_t theta[SR_LAYERS]);

#endif
