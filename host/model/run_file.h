/* SPDX-License-Identifier: Apache-2.0
 * Models and checkpoints as files: docs/files.md. A file is laid out whole in memory and then replaces the one before it, so
 * that no failure costs what was there. A file that is read is checked whole before anything of it is used. */
#ifndef SR_RUN_FILE_H
#define SR_RUN_FILE_H

#include "model/config.h"
#include "model/weights.h"

/* State of a training beside the weights (an optimiser's, say): a matrix of signed integers under a name. */
enum { SR_ARRAY_NAME = 32, SR_ARRAYS_MAX = 64 };
struct sr_array {
    char name[SR_ARRAY_NAME]; /* letters, digits, and any of -_. */
    uint32_t rows, cols;
    unsigned bytes; /* of a value: 1, 2, 4 or 8 */
    void *values;   /* [rows][cols] */
};

/* What a file holds. A model is a checkpoint without `best` and arrays. */
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
    struct sr_array *arrays; /* [array_count], of sr_run_array; only in a checkpoint */
    uint32_t array_count;
};

/* The run's array of this name, or NULL. */
struct sr_array *sr_run_find_array(const struct sr_run *run, const char *name);
/* The same; if there is none, a new one of this shape, all zero. SR_ERR_MISMATCH: there is one of another shape. Valid until
 * the next call and sr_run_free. */
SR_MUST_CHECK enum sr_status sr_run_array(struct sr_run *run, const char *name, uint32_t rows, uint32_t cols, unsigned bytes,
                                          struct sr_array **array);

/* First difference between the arrays of two runs, as one line, or SR_OK. */
SR_MUST_CHECK enum sr_status sr_arrays_compare(const struct sr_run *a, const struct sr_run *b, char *difference, size_t size);

/* Save, as a checkpoint or as a model. What was at `path` is replaced, or stays as it is. */
SR_MUST_CHECK enum sr_status sr_run_save(const char *path, const struct sr_run *run, bool checkpoint, char *error,
                                         size_t error_size);
/* Load a model or a checkpoint to infer with: network and weights must be good, and so must those settings that say how data
 * is read. Other settings that are not there, or that a newer program gave, take their defaults. On failure *run is zero. */
SR_MUST_CHECK enum sr_status sr_run_load(const char *path, struct sr_run *run, char *error, size_t error_size);
/* Load a checkpoint to go on from. A setting that is not there takes its default, which is what programs did that did not
 * have it; one that this program does not know is refused. */
SR_MUST_CHECK enum sr_status sr_checkpoint_load(const char *path, struct sr_run *run, char *error, size_t error_size);
/* The same from a file's bytes; path is for messages. */
enum sr_run_use { SR_RUN_INFER, SR_RUN_RESUME };
SR_MUST_CHECK enum sr_status sr_run_parse(const uint8_t *bytes, size_t size, enum sr_run_use use, const char *path,
                                          struct sr_run *run, char *error, size_t error_size);
void sr_run_free(struct sr_run *run);
/* The model file that --model names: the file itself, or of a run best.h5, else last.h5, else checkpoint.h5. */
SR_MUST_CHECK enum sr_status sr_model_path(const char *model, char *path, size_t size, char *error, size_t error_size);

#endif
