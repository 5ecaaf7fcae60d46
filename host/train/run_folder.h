/* SPDX-License-Identifier: Apache-2.0
 * The folder of a run: history.csv, checkpoint.h5, best.h5, last.h5. One process at a time trains in it. A new run appears
 * whole, with its history and a checkpoint from which it can be resumed, and everything in it is on the disk by then. */
#ifndef SR_RUN_FOLDER_H
#define SR_RUN_FOLDER_H

#include <spikeroll/train.h>

#include "model/run_file.h"

enum { SR_RUN_PATH = 4096 };

struct sr_run_folder {
    char path[SR_RUN_PATH]; /* without a slash at its end */
    bool exists;            /* it was there when opened */
    bool replace;           /* a run in it may be overwritten */
    bool locked;
    int lock;
};

/* Check the folder, and lock it if it is there. NEW: there must be no run in it; if it is not there, it must be possible to
 * make it. Nothing is made yet, but the lock file. */
SR_MUST_CHECK enum sr_status sr_run_folder_open(struct sr_run_folder *folder, const char *path, enum sr_training_use use,
                                                char *error, size_t error_size);
/* Make the run's first files: an empty history, and `run` as a checkpoint. Where the folder is not there, it is made beside its
 * place and then takes its name; if another process was faster, SR_ERR_FILE. */
SR_MUST_CHECK enum sr_status sr_run_folder_create(struct sr_run_folder *folder, const struct sr_run *run, char *error,
                                                  size_t error_size);
/* "FOLDER/name". */
void sr_run_folder_path(const struct sr_run_folder *folder, const char *name, char *path, size_t size);
void sr_run_folder_close(struct sr_run_folder *folder);

#endif
