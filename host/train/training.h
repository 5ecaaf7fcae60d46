/* SPDX-License-Identifier: Apache-2.0
 * Inside of a training, for the loop, its strategies and the command that shows it. The interface is spikeroll/train.h. */
#ifndef SR_TRAINING_H
#define SR_TRAINING_H

#include <spikeroll/train.h>
#include <stdatomic.h>

#include "data/samples.h"
#include "model/history.h"
#include "model/run_file.h"
#include "train/augment.h"
#include "train/average.h"
#include "train/batcher.h"
#include "train/deadline.h"
#include "train/run_folder.h"

struct sr_strategy;

struct sr_training {
    struct sr_training_how how; /* how.out is not kept: see folder */
    struct sr_run run;          /* run.config: the settings; run.generation: those done; run.weights: of the last checkpoint */
    bool files;                 /* there is a run folder */
    struct sr_run_folder folder;
    const struct sr_strategy *strategy;
    void *state;               /* the strategy's own */
    struct sr_average average; /* of strategies that can save a mean of the weights */
    /* from start on; data and device are the caller's */
    bool accepted; /* Nothing was refused: data, device, plan and history are good. What fails from here on is no bad input. */
    bool started;
    const struct sr_data *data;
    struct sr_device *device;
    uint32_t *samples, kept, held; /* training sample numbers: kept for training, then held for validation */
    struct sr_batcher batcher;
    struct sr_picker picker;
    struct sr_augment augment;
    uint32_t *chosen; /* the batch's sample numbers */
    FILE *history;
    uint32_t columns;       /* of the history */
    struct sr_weights init; /* of the model to begin with, until start; NULL if there is none */
    uint32_t init_bits;
    struct sr_net init_net;
    double (*now)(void);    /* the clock; a test has its own */
    double opened, earlier; /* when this training was opened; seconds of the run before it */
    struct sr_deadline deadline;
    struct sr_history_row row; /* of the last generation */
    double looped;             /* when generations began, and with which */
    uint32_t first;
    uint32_t saved; /* generation of the last checkpoint */
    atomic_bool stop;
    enum sr_training_end end;
    char error[SR_ERROR_SIZE];
};

/* The array with the thresholds of the best weights, of modes that have their own. */
#define SR_BEST_THETA "best-theta"
/* The run with its best weights in place of the others; they stay the run's. */
struct sr_run sr_training_best(const struct sr_training *t);

/* Leave the line in t->error, and return status. */
enum sr_status sr_training_fail(struct sr_training *t, enum sr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the device's line. */
enum sr_status sr_training_fail_device(struct sr_training *t, enum sr_status status);

#endif
