/* SPDX-License-Identifier: Apache-2.0
 * The history of a run as columns of numbers, for plots. Columns are found by their names, so that histories of older and newer
 * programs are read; a last line without its end, which a training under way is just writing, is left out. */
#ifndef SR_REPORT_SERIES_H
#define SR_REPORT_SERIES_H

#include "model/config.h"

/* Phases of a generation that an engine counts cycles of, in the order of docs/files.md; they overlap. */
enum { SR_PHASES = 4 };
extern const char *const sr_phase_name[SR_PHASES];

struct sr_series {
    uint32_t count;
    double *generation;        /* [count]: as in the file, like the next five */
    double *fitness, *correct; /* mean of a sample over all members; share of samples right over all members */
    double *validation;        /* NaN where none was made */
    double *float_validation;  /* the same; of modes in float */
    double *seconds;           /* since the start of the run */
    double *samples;           /* shown so far: generation x batch */
    double *evaluations;       /* one network on one sample, so far; 0 throughout where the mode is none of a population */
    double *cycles;            /* so far; 0 where the engine counts none */
    double total;              /* cycles of all generations, 0 as above */
    double phase[SR_PHASES], lif_busy; /* the same by phase */
    double link;                       /* bytes to and from the device */
    uint32_t counted;                  /* rows that have cycles */
    uint32_t best;                     /* index of the first row with the best validation; count if there is none */
    uint32_t validated;                /* rows that have one */
};

/* Read RUN/history.csv. SR_ERR_FILE: it cannot be read; SR_ERR_FORMAT: it is no history. On failure *series is zero. */
SR_MUST_CHECK enum sr_status sr_series_load(const char *path, const struct sr_config *config, struct sr_series *series,
                                            char *error, size_t error_size);
void sr_series_free(struct sr_series *series);

#endif
