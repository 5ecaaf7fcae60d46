/* SPDX-License-Identifier: Apache-2.0
 * Inside of a NIR graph. The interface is spikeroll/nir.h; docs/nir.md tells what the numbers mean. */
#ifndef SR_NIR_H
#define SR_NIR_H

#include <spikeroll/nir.h>

#include "base/text.h"

enum { SR_NIR_NAME = 64 };

enum sr_nir_kind { SR_NIR_NONE, SR_NIR_IF, SR_NIR_LIF, SR_NIR_CUBALIF, SR_NIR_LI, SR_NIR_KINDS };

/* Parameters of a neuron node: a value for each neuron, also where the file has one for all. */
enum sr_nir_parameter {
    SR_NIR_TAU, /* tau_mem of a CubaLIF */
    SR_NIR_TAU_SYN,
    SR_NIR_W_IN,
    SR_NIR_R,
    SR_NIR_V_LEAK,
    SR_NIR_V_THRESHOLD,
    SR_NIR_V_RESET,
    SR_NIR_PARAMETERS
};

/* A linear map and the neurons behind it. */
struct sr_nir_stage {
    char linear[SR_NIR_NAME], neuron[SR_NIR_NAME]; /* names of the nodes */
    enum sr_nir_kind kind;
    bool affine;
    uint32_t inputs, outputs;
    double *weight;                       /* [inputs][outputs]: the file's, transposed */
    double *bias;                         /* [outputs]; 0 where there is none */
    double *parameter[SR_NIR_PARAMETERS]; /* [outputs]; those that the kind lacks are 0 */
};

struct sr_nir {
    uint32_t stages; /* hidden layers, and the readout */
    struct sr_nir_stage stage[SR_HIDDEN_LAYERS + 1];
};

/* Allocate a stage's arrays, all 0. False: no memory. */
bool sr_nir_stage_init(struct sr_nir_stage *stage);
/* The bytes of a graph's arrays in a row, and the graph of such bytes, whose sizes are checked: how it crosses to another process. */
SR_MUST_CHECK enum sr_status sr_nir_pack(const struct sr_nir *nir, uint8_t **bytes, size_t *size);
SR_MUST_CHECK enum sr_status sr_nir_unpack(const uint8_t *bytes, size_t size, struct sr_nir **nir);

/* "LIF", and "tau", as NIR spells them. A CubaLIF calls its tau tau_mem. */
const char *sr_nir_kind_text(enum sr_nir_kind kind);
const char *sr_nir_parameter_text(enum sr_nir_kind kind, enum sr_nir_parameter parameter);
bool sr_nir_has(enum sr_nir_kind kind, enum sr_nir_parameter parameter);

/* What a neuron does in a step, counted from its v_leak: v <- v - decay v + gain I, and a spike at `threshold`. */
struct sr_nir_neuron {
    double decay, gain, threshold;
};
SR_MUST_CHECK enum sr_status sr_nir_neuron(const struct sr_nir_stage *stage, uint32_t n, const struct sr_nir_rules *rules,
                                           struct sr_nir_neuron *neuron, char *error, size_t error_size);

/* From and to an HDF5 image. Both call the HDF5 library, and belong into a child process (model/trial.h). */
SR_MUST_CHECK enum sr_status sr_nir_parse(const uint8_t *bytes, size_t size, const char *path, struct sr_nir **nir, char *error,
                                          size_t error_size);
SR_MUST_CHECK enum sr_status sr_nir_image(const struct sr_nir *nir, uint8_t **bytes, size_t *size, char *error,
                                          size_t error_size);

#endif
