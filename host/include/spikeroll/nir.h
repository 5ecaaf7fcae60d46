/* SPDX-License-Identifier: Apache-2.0
 * NIR, the Neuromorphic Intermediate Representation: networks that other frameworks wrote, as models, and models for them.
 *
 * A NIR file says the equations of its neurons and leaves four things open: the length of a time step, how the equations become
 * steps, whether a membrane equal to the threshold spikes, and how a spike resets the membrane. struct sr_nir_rules says them;
 * docs/nir.md has what each framework means. A graph is an object of the caller's, used by one thread at a time.
 */
#ifndef SPIKEROLL_NIR_H
#define SPIKEROLL_NIR_H

#include <spikeroll/spikeroll.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sr_model;
struct sr_nir;

enum sr_nir_method {
    SR_NIR_EULER,      /* a step keeps 1 - dt/tau of the membrane */
    SR_NIR_EXPONENTIAL /* a step keeps exp(-dt/tau) */
};
enum sr_nir_comparison {
    SR_NIR_GREATER,  /* a membrane above the threshold spikes */
    SR_NIR_AT_LEAST, /* one that equals it, too */
};
enum sr_nir_moment {
    SR_NIR_SAME_STEP, /* a spike resets the membrane in its own step */
    SR_NIR_NEXT_STEP  /* at the start of the next step's sum, after the leak (subtract) or before it (hard) */
};

struct sr_nir_rules {
    double dt; /* seconds in a step; 0: 1e-4 */
    enum sr_nir_method method;
    enum sr_nir_comparison comparison;
    enum sr_reset reset;
    enum sr_nir_moment moment;
    bool drop_bias; /* leave out a bias that is not zero, which is refused otherwise */
};

/* Read a graph: a chain of Input, then Linear or Affine each followed by LIF, CubaLIF or IF, at most three such layers, then
 * a readout that is Linear or Affine and perhaps LIF, CubaLIF, IF or LI; then Output. Flatten may stand behind Input. Blocks. *nir
 * is set on success only; free it. SR_ERR_FILE: cannot be read; SR_ERR_FORMAT: damaged, or no NIR; SR_ERR_UNSUPPORTED: a graph of
 * another form, with the node's name. On failure error has one line. */
SR_MUST_CHECK enum sr_status sr_nir_load(const char *path, struct sr_nir **nir, char *error, size_t error_size);
/* The graph of a model, which is exact: weights are the whole numbers that inference sees. SR_ERR_UNSUPPORTED, SR_ERR_MEMORY. */
SR_MUST_CHECK enum sr_status sr_nir_of_model(const struct sr_model *model, const struct sr_nir_rules *rules,
                                             struct sr_nir **nir, char *error, size_t error_size);
/* Write as NIR, synced to the disk. What was at `path` is replaced, or on failure stays as it is. */
SR_MUST_CHECK enum sr_status sr_nir_save(const struct sr_nir *nir, const char *path, char *error, size_t error_size);
void sr_nir_free(struct sr_nir *nir); /* NULL is allowed */
void sr_nir_shape(const struct sr_nir *nir, uint32_t *inputs, uint32_t *classes, uint32_t *layers);

/* Check that the graph's neurons can be run by these rules: SR_ERR_UNSUPPORTED, with the node's name and what is wrong. */
SR_MUST_CHECK enum sr_status sr_nir_check(const struct sr_nir *nir, const struct sr_nir_rules *rules, char *error,
                                          size_t error_size);
/* Run the graph as it is, in double precision, on one sample (bits as in struct sr_batch). scores: [classes]; by the readout: the
 * sum of its currents, its membrane after the last step, or its number of spikes. */
SR_MUST_CHECK enum sr_status sr_nir_run(const struct sr_nir *nir, const struct sr_nir_rules *rules, const uint64_t *bits,
                                        uint32_t steps, double *scores, char *error, size_t error_size);

/* What became of a layer. */
struct sr_nir_layer {
    char name[64]; /* of the Linear or Affine node */
    uint32_t inputs, outputs;
    double scale;                     /* device weight = weight x scale (times what brings its neurons to one threshold) */
    bool exact;                       /* every weight is a whole number after scaling */
    double error;                     /* root mean square of the rounding, as a share of that of the weights */
    double rails;                     /* share of weights at +-127 */
    double theta_wanted, leak_wanted; /* before they became whole numbers; leak of 1 */
    uint32_t theta, leak;             /* as the device has them, leak in 256ths; 0 where the layer has no neurons */
    double bias;                      /* largest bias that was left out, as a share of the threshold (of a sum: as it was) */
};
/* Make a model for `steps` time steps with these fraction bits (0: 8). scale 0: a scale for each layer that uses the 8 bits;
 * otherwise this one for every layer. report: SR_LAYERS entries, or NULL; entry i is the i-th layer of the chain.
 * SR_ERR_UNSUPPORTED: neurons that the device has not, by name. */
SR_MUST_CHECK enum sr_status sr_nir_quantise(const struct sr_nir *nir, const struct sr_nir_rules *rules, uint32_t steps,
                                             uint32_t frac_bits, double scale, struct sr_model **model,
                                             struct sr_nir_layer *report, char *error, size_t error_size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
