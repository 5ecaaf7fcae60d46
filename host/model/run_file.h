/* SPDX-License-Identifier: Apache-2.0
 * Models and checkpoints as HDF5 files, and the history as CSV: docs/files.md. Writing never damages what was there: a file
 * is written beside its place, synced, and renamed. */
#ifndef SR_RUN_FILE_H
#define SR_RUN_FILE_H

#include <stdio.h>

#include "model/config.h"

struct sr_weights {
    int16_t *layer[SR_LAYERS]; /* master weights; NULL for a layer that is not there */
};

/* What a file holds. A model is a checkpoint without `best`. */
struct sr_run {
    struct sr_config config;
    struct sr_net net;
    uint32_t frac_bits;
    uint32_t generation; /* generations done */
    struct sr_weights weights;
    bool has_best; /* best by validation so far; its weights only in a checkpoint */
    uint32_t best_generation, best_correct, best_total;
    struct sr_weights best;
    uint64_t data_hash; /* of the training samples */
    double seconds;
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
size_t sr_layer_size(const struct sr_net *net, unsigned layer);
/* "hidden0".."hidden2", "readout". */
const char *sr_layer_name(unsigned layer);
void sr_net_text(const struct sr_net *net, char *text, size_t size);

/* Save atomically; checkpoint: with the best weights. */
SR_MUST_CHECK enum sr_status sr_run_save(const char *path, const struct sr_run *run, bool checkpoint, char *error,
                                         size_t error_size);
/* Load and validate everything. On failure *run is zero. */
SR_MUST_CHECK enum sr_status sr_run_load(const char *path, struct sr_run *run, char *error, size_t error_size);
void sr_run_free(struct sr_run *run);
/* The model file that --model names: the file itself, or of a run best.h5, else last.h5, else checkpoint.h5. */
SR_MUST_CHECK enum sr_status sr_model_path(const char *model, char *path, size_t size, char *error, size_t error_size);

/* History. */
struct sr_history_row {
    uint32_t generation, members, batch;
    int64_t fitness_sum;
    int32_t fitness_best;
    uint64_t correct;      /* over members and samples */
    uint64_t fitness_hash; /* of every member's fitness */
    bool evaluated;
    uint32_t validation_correct, validation_total;
    struct sr_counters counters;
    double seconds;
};
uint64_t sr_hash(uint64_t hash, const void *bytes, size_t size);
SR_MUST_CHECK enum sr_status sr_history_create(const char *path, char *error, size_t error_size);
/* Keep the rows of generations 1..generation, and open for appending. */
SR_MUST_CHECK enum sr_status sr_history_open(const char *path, uint32_t generation, FILE **file, char *error,
                                             size_t error_size);
SR_MUST_CHECK enum sr_status sr_history_append(FILE *file, const struct sr_history_row *row);
SR_MUST_CHECK enum sr_status sr_history_sync(FILE *file);
/* Compare all columns but cycles, link bytes and seconds. SR_ERR_MISMATCH: difference has one line. */
SR_MUST_CHECK enum sr_status sr_history_compare(const char *path1, const char *path2, char *difference, size_t size);

#endif
