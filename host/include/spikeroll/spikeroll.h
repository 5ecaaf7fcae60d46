/* SPDX-License-Identifier: Apache-2.0
 * Spikeroll: one device interface, three engines (ref, sim, serial) that agree bit for bit.
 *
 * Numbers: docs/numerics.md. Nothing here is floating point. Functions return an enum sr_status; SR_OK is 0, and on failure
 * sr_device_error() has one line naming what was wrong and the limit. A failed call leaves outputs untouched; the device stays
 * open and must be closed. A device is used by one thread at a time; different devices are independent.
 * The library never prints and never exits.
 */
#ifndef SPIKEROLL_H
#define SPIKEROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Version of this header, and of the library that runs. */
#define SR_VERSION "0.1.0"
const char *sr_version(void);

#define SR_MUST_CHECK __attribute__((warn_unused_result))

#define SR_STATUS_LIST(X)                                \
    X(SR_OK, "success")                                  \
    X(SR_ERR_MEMORY, "out of memory")                    \
    X(SR_ERR_ARGUMENT, "invalid argument")               \
    X(SR_ERR_LIMIT, "exceeds a limit of the device")     \
    X(SR_ERR_FILE, "file cannot be read or written")     \
    X(SR_ERR_FORMAT, "malformed data")                   \
    X(SR_ERR_LINK, "device does not answer")             \
    X(SR_ERR_DEVICE, "device refused")                   \
    X(SR_ERR_MISMATCH, "does not match")                 \
    X(SR_ERR_UNSUPPORTED, "not supported in this build") \
    X(SR_ERR_INTERRUPTED, "interrupted")

enum sr_status {
#define SR_STATUS_ENUM(name, text) name,
    SR_STATUS_LIST(SR_STATUS_ENUM)
#undef SR_STATUS_ENUM
};
const char *sr_status_text(enum sr_status status);

enum { SR_HIDDEN_LAYERS = 3, SR_READOUT_LAYER = 3, SR_LAYERS = 4, SR_CLASSES = 16 };

enum sr_readout { SR_READOUT_SUM, SR_READOUT_MEMBRANE, SR_READOUT_SPIKES };
enum sr_reset { SR_RESET_HARD, SR_RESET_SUBTRACT };
enum sr_mode { SR_MODE_LOWRANK, SR_MODE_FULL, SR_MODE_LOCAL }; /* local: sr_device_learn; not a mode of noise */
enum sr_dist { SR_DIST_SIGN, SR_DIST_BELL };
enum sr_fitness { SR_FITNESS_CORRECT, SR_FITNESS_MARGIN, SR_FITNESS_LOGSOFTMAX };

/* Network: shape and neuron constants. Widths and meaning: numerics, sections 4 and 5. */
struct sr_net {
    uint32_t layers;                   /* hidden layers, 1..3 */
    uint32_t inputs;                   /* I */
    uint32_t hidden[SR_HIDDEN_LAYERS]; /* neurons of each hidden layer */
    uint32_t classes;                  /* O, 2..16 */
    uint32_t steps;                    /* T */
    uint32_t theta[SR_LAYERS];         /* 1..32767; [3]: readout kind spikes */
    uint32_t leak[SR_LAYERS];          /* 0..255, /256; [3]: readout kinds membrane, spikes */
    enum sr_reset reset;
    enum sr_readout readout;
};

/* Rows and columns of a layer's weights (layer 0..layers-1, or SR_READOUT_LAYER); 0 for a layer that is not there. */
uint32_t sr_net_rows(const struct sr_net *net, unsigned layer);
uint32_t sr_net_cols(const struct sr_net *net, unsigned layer);
/* 64-bit words of one time step of one sample: ceil(inputs / 64). A sample has steps * that many. */
uint32_t sr_net_step_words(const struct sr_net *net);

/* What a generation's noise is: shared by evaluation and update. */
struct sr_noise {
    uint64_t key;   /* generation key, see sr_generation_key */
    uint32_t pairs; /* N/2, of the whole population */
    uint32_t rank;  /* 1..32 */
    enum sr_mode mode, readout_mode;
    enum sr_dist dist;
};
uint64_t sr_generation_key(uint64_t seed, uint64_t generation);

struct sr_evaluation {
    struct sr_noise noise;
    uint32_t scale[SR_LAYERS];       /* S, u12 with 8 fraction bits, a layer */
    uint32_t pair_first, pair_count; /* the share of the population evaluated by this call */
    enum sr_fitness fitness;
    uint32_t fitness_mul, fitness_shift; /* m 0..15, h 0..31 */
};

enum { SR_UPDATE_REACH = 32512 };
struct sr_update {
    struct sr_noise noise;
    uint32_t step[SR_LAYERS];      /* K, 0..65535: a weight moves by A K 2^e / 65536; 0 leaves the layer alone */
    uint32_t doublings[SR_LAYERS]; /* e, 0..8; above 0 only where rank * sum |u| * 2^e is at most SR_UPDATE_REACH */
    const int8_t *credit;          /* u, one a pair, -127..127; NULL: sign of the pair's difference, shaped on the device
                                    from the evaluation just made (which must have covered all pairs) */
};

/* Learning at the neuron, mode local: numerics, section 8. */
struct sr_learning {
    uint64_t key;                     /* generation key */
    uint32_t first;                   /* place of the batch's first sample in the generation; 0 if the batch is all of it */
    uint32_t pairs;                   /* a sample, 1..256 */
    uint32_t sigma[SR_HIDDEN_LAYERS]; /* strength of the perturbation, u12, weight units; 0: the layer learns nothing */
    uint32_t factor[SR_LAYERS];       /* K of the update, u16, 2^-16; 0 leaves the layer alone */
    uint32_t credit_shift[SR_HIDDEN_LAYERS]; /* 1..15; of all hidden layers but the last, which has 9 */
    uint32_t error_mul, error_shift;         /* m 0..15, h 0..31: scale of the scores */
};

/* A batch of samples. The arrays stay the caller's and are only read during the call. */
struct sr_batch {
    uint32_t count;
    const uint32_t *ids;         /* identity of each sample in the caller's data set: a device keeps samples that
                                        it has room for and does not load an id twice */
    const uint64_t *const *bits; /* bits[b]: steps * sr_net_step_words() words, step-major; input j of step t is bit j%64
                                        of word t*step_words + j/64; bits past inputs are 0 */
    const uint8_t *labels;       /* < classes */
};

/* Build limits, as the device reports them (ref: its own generous ones). Names follow host/sr_map.def. */
enum {
    SR_MODES_FULL = 1,
    SR_MODES_BELL = 2,
    SR_MODES_LOCAL = 4,
    SR_MODES_LEAK = 8,
    SR_MODES_SUBTRACT = 16,
    SR_MODES_LOWRANK = 32,
    SR_MODES_MIXED = 64,
    SR_MODES_ALL = 127,  /* of these: what a network can ask for */
    SR_MODES_DENSE = 128 /* the link takes samples in fewer bytes */
};
enum { SR_LEAK_SHIFT = 32 }; /* the one leak of a device without SR_MODES_LEAK: v - (v >> 3) */
struct sr_caps {
    char engine[16]; /* "ref", "sim", "serial" */
    uint32_t lanes, rank_lanes, proj_units, sample_w, frac_w, buffers;
    uint32_t layers_max, inputs_max, hidden_max, classes_max, steps_max, rank_max, pairs_max;
    uint32_t sample_words, weight_words, rweight_words, batch_max, score_words, packet_max;
    uint32_t step_readout, clock_hz, map_hash, protocol;
    uint32_t modes;     /* SR_MODES_*: what is built beside inference */
    uint32_t factors;   /* pairs x rank of an evaluation here, or of an update, at most; 0: no bound */
    uint32_t row_words; /* from row to row of the weight stores, in words of `lanes` weights; 0: as many as the columns need */
    uint32_t devices;   /* simulators or boards side by side */
};

/* Cycles by phase of the last evaluation + update (phases overlap; total does not double count), and link bytes since the
 * last sr_device_counters call. With several devices: cycles are the maximum, busy and bytes are sums. ref: cycles 0. */
struct sr_counters {
    uint64_t total, base, lif, lif_busy, readout, update;
    uint64_t events;           /* input events, each column block counted */
    uint64_t link_tx, link_rx; /* bytes to and from the device, packets and retries included */
    uint64_t link_requests;    /* packets sent; each is answered before the next goes out */
    uint64_t link_retries;
};

struct sr_device;

/* Open an engine. *device is set on success only. threads: worker threads (ref) or simulators side by side (sim).
 * frac_bits: fraction bits of the master weights (ref only; 0 means 8). trace: FST file for waveforms, or NULL (sim only). */
struct sr_open {
    const char *engine; /* "ref", "sim" or "serial" */
    uint32_t threads;
    uint32_t frac_bits;
    const char *trace;
    const char *port;    /* serial: device path, or several with commas between for a group, or NULL to look for one */
    uint32_t baud;       /* serial: 0 means the board's default */
    uint32_t reset_seed; /* sim: seed of random reset values */
    const char *build;   /* sim: name of a simulation build, or NULL for the default one */
};
SR_MUST_CHECK enum sr_status sr_device_open(const struct sr_open *how, struct sr_device **device, char *error,
                                            size_t error_size);
void sr_device_close(struct sr_device *device); /* NULL is allowed */
const char *sr_device_error(const struct sr_device *device);
/* One line about a device that works and could work better (a slow port, and what makes it faster), or "". */
const char *sr_device_remark(const struct sr_device *device);
const struct sr_caps *sr_device_caps(const struct sr_device *device);

/* Set shape and constants; forgets weights and samples if the shape changed. */
SR_MUST_CHECK enum sr_status sr_device_configure(struct sr_device *device, const struct sr_net *net);
/* Master weights, int16, row-major [rows][cols] as in numerics section 1. layer: 0..layers-1 or SR_READOUT_LAYER. */
SR_MUST_CHECK enum sr_status sr_device_write_weights(struct sr_device *device, unsigned layer, const int16_t *master);
SR_MUST_CHECK enum sr_status sr_device_read_weights(struct sr_device *device, unsigned layer, int16_t *master);
/* Evaluate pair_count pairs on the batch (any size: a batch beyond the device's memory goes through in slices).
 * fitness: 2*pair_count int32, members 2p and 2p+1 of each pair; correct: the same number of u32, or NULL. */
SR_MUST_CHECK enum sr_status sr_device_evaluate(struct sr_device *device, const struct sr_evaluation *evaluation,
                                                const struct sr_batch *batch, int32_t *fitness, uint32_t *correct);
SR_MUST_CHECK enum sr_status sr_device_update(struct sr_device *device, const struct sr_update *update);
/* Learn the samples of the batch one after another. fitness, correct (0 or 1): one for each sample, of the plain pass before it is
 * learned; either may be NULL. Needs readout kind sum, a device with SR_MODES_LOCAL, and weights above -2^(7+F). */
SR_MUST_CHECK enum sr_status sr_device_learn(struct sr_device *device, const struct sr_learning *learning,
                                             const struct sr_batch *batch, int32_t *fitness, uint8_t *correct);
/* Inference, no perturbation: scores [count][classes] (or NULL) and predicted class [count]. */
SR_MUST_CHECK enum sr_status sr_device_infer(struct sr_device *device, const struct sr_batch *batch, int32_t *scores,
                                             uint8_t *predicted);
SR_MUST_CHECK enum sr_status sr_device_counters(struct sr_device *device, struct sr_counters *counters);

/* From another thread: the call under way on the device, or else the next one, ends with SR_ERR_INTERRUPTED as soon as it can.
 * The one function that may be called while another thread is in a call on the same device, though not while it is closed.
 * After it weights are unknown if the call was one that changes them, and the outputs may be touched; the device may be used on. */
void sr_device_cancel(struct sr_device *device);
/* How long a device may keep the host waiting: `times` the usual bounds, which are generous; 0: for ever. Where there is no
 * link it changes nothing. A device that exceeds them ends the call with SR_ERR_LINK. */
void sr_device_set_patience(struct sr_device *device, uint32_t times);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#include <spikeroll/config.h>
#include <spikeroll/data.h>
#include <spikeroll/link.h>
#include <spikeroll/model.h>
#include <spikeroll/nir.h>
#include <spikeroll/plan.h>
#include <spikeroll/train.h>

#endif
