/* SPDX-License-Identifier: Apache-2.0
 * Training: the loop of generations, validation, checkpoints and history, on a device and a data set.
 *
 *     open -> (set) -> start -> run -> test -> close
 *
 * A training is used by one thread at a time; sr_training_stop alone may be called from anywhere. On failure a function returns
 * the status and leaves one line for sr_training_error; unless said otherwise the training can then only be closed. What was
 * written before a failure is whole, and is gone on from with SR_TRAINING_RESUME.
 */
#ifndef SPIKEROLL_TRAIN_H
#define SPIKEROLL_TRAIN_H

#include <spikeroll/spikeroll.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sr_config;
struct sr_data;
struct sr_model;
struct sr_training;

enum sr_training_use {
    SR_TRAINING_NEW,     /* make the run folder, or use one that holds no run */
    SR_TRAINING_REPLACE, /* the same; a run that is there is overwritten */
    SR_TRAINING_RESUME   /* go on from the run's checkpoint, bit for bit as if never interrupted */
};

struct sr_training_how {
    const char *out; /* run folder: history.csv, checkpoint.h5, best.h5, last.h5. NULL: nothing is written */
    enum sr_training_use use;
    uint32_t checkpoint_every; /* generations between checkpoints; 0: 50 */
    /* Seconds from open, after which the run stops in good order; 0: none. What shrinks over the planned generations (step-decay,
     * strength-final) then shrinks over the time as well, and is at its last value when either is over. A run that is resumed
     * goes on from what it had shrunk to. */
    uint32_t time_limit;
    /* NEW and REPLACE: begin with this model's weights instead of random ones, or NULL. The settings of the network (hidden, theta,
     * leak, reset, readout and its own) become the model's, whatever mode it was trained in. Copied. */
    const struct sr_model *init;
};

/* Begin: check the run folder and lock it against other processes until the training is closed. The settings are copied; with
 * SR_TRAINING_RESUME they are the checkpoint's and config must be NULL. *training is set on success only; close it. Does not
 * block on a folder that is in use: SR_ERR_FILE. SR_ERR_FORMAT: the checkpoint is none, or is damaged. SR_ERR_ARGUMENT: the
 * settings contradict one another. */
SR_MUST_CHECK enum sr_status sr_training_open(const struct sr_training_how *how, const struct sr_config *config,
                                              struct sr_training **training, char *error, size_t error_size);

/* Between open and start of a resumed run: a setting given once more, as text. It must be what it is in the run, or
 * SR_ERR_MISMATCH; only `generations` may change, to no fewer than are done, where no step depends on it. After a failure the
 * training is as it was. */
SR_MUST_CHECK enum sr_status sr_training_set(struct sr_training *training, const char *name, const char *text);

/* The settings, valid until close: data must be loaded as they say. */
const struct sr_config *sr_training_config(const struct sr_training *training);

/* Everything that can be refused is refused here, before the first file is made: the data, the device's limits, the plan. Then
 * the device is configured and given its weights, and the run folder is filled. Data and device stay the caller's, must outlive
 * the training, and are not to be used by others until it is closed. */
SR_MUST_CHECK enum sr_status sr_training_start(struct sr_training *training, const struct sr_data *data,
                                               struct sr_device *device);

/* State of the run after a generation. */
struct sr_progress {
    uint32_t generation, generations; /* done, and planned */
    double fitness;                   /* mean over members and samples; of log-softmax in nats */
    double accuracy;                  /* share of the batch that was right, over all members */
    bool validated;                   /* validation was done after this generation */
    double validation;                /* its accuracy */
    bool has_best;                    /* there is a best model so far */
    double best;                      /* its validation accuracy */
    uint32_t best_generation;
    double seconds;              /* of training, those of earlier processes included */
    double generations_second;   /* since run was called */
    double evaluations_second;   /* members times samples */
    struct sr_counters counters; /* of this generation */
    bool in_float;               /* a mode that trains in float on the host: */
    double spikes, active;       /* spikes of hidden neurons a sample; share of neurons and steps that errors pass through */
    double float_validation;     /* validation of the float weights; `validation` is that of the device's */
    double done;                 /* share of the run that is over: of its generations or of the time limit, the larger */
};
/* Called by the thread that runs, after each generation and before its checkpoint. Returning false stops the run in good order.
 * It must not call the training, except sr_training_stop. */
typedef bool (*sr_progress_call)(void *context, const struct sr_progress *progress);

/* Run generations until the planned number is done, the time limit is over or the run is stopped; then write the last checkpoint
 * and model. Blocks. call may be NULL. After SR_OK it can be called again to go on, if it was stopped. */
SR_MUST_CHECK enum sr_status sr_training_run(struct sr_training *training, sr_progress_call call, void *context);

/* Stop after the generation under way. From any thread or signal handler, until close has been called. (To end a generation
 * at once: sr_device_cancel, after which run fails with SR_ERR_INTERRUPTED.) */
void sr_training_stop(struct sr_training *training);

/* Why the last run returned. */
enum sr_training_end { SR_END_NONE, SR_END_COMPLETE, SR_END_STOPPED, SR_END_TIME };
enum sr_training_end sr_training_ended(const struct sr_training *training);

/* After run: accuracy of the best model (or of the last, if there is none) on the test samples. Blocks. *total is 0 if there
 * are none. Another run then goes on from where training stood. */
SR_MUST_CHECK enum sr_status sr_training_test(struct sr_training *training, uint32_t *correct, uint32_t *total);

/* The best model so far (or the last), as a copy of the caller's own. */
SR_MUST_CHECK enum sr_status sr_training_model(struct sr_training *training, struct sr_model **model);

/* One line on the last failure; valid until the next call. */
const char *sr_training_error(const struct sr_training *training);
/* NULL is allowed. Writes nothing; gives the folder's lock up. */
void sr_training_close(struct sr_training *training);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
