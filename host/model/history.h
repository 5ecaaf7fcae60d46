/* SPDX-License-Identifier: Apache-2.0
 * The history of a run as CSV, one line a generation: docs/files.md. It is appended to, and cut after a checkpoint's generation
 * by a resumed run; it is never rewritten. */
#ifndef SR_HISTORY_H
#define SR_HISTORY_H

#include <stdio.h>

#include <spikeroll/spikeroll.h>

#include "base/hash.h"

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
    bool in_float;          /* of modes that train in float on the host: */
    double spikes, active;  /* a sample, in the plain pass; share of (neuron, step) that learn */
    uint32_t float_correct; /* validation before the weights were made a device's */
    bool timed;             /* of runs whose steps shrink by the time limit: */
    uint32_t time_spent;    /* share of the schedule that the clock had spent when the generation began, 65536ths */
};
/* Add the fitness of the next member, or of the next sample in modes that have no members, to the row's sum, best and hash. */
void sr_history_add(struct sr_history_row *row, int32_t fitness, bool first);

SR_MUST_CHECK enum sr_status sr_history_create(const char *path, char *error, size_t error_size);
/* Keep the rows of generations 1..generation, and open for appending. *columns: which columns the history has, a bit
 * each. One that an older program began keeps the columns that it began with. */
SR_MUST_CHECK enum sr_status sr_history_open(const char *path, uint32_t generation, FILE **file, uint32_t *columns, char *error,
                                             size_t error_size);
SR_MUST_CHECK enum sr_status sr_history_append(FILE *file, const struct sr_history_row *row, uint32_t columns);
SR_MUST_CHECK enum sr_status sr_history_sync(FILE *file);
/* Compare results, and what a clock decided: all columns but cycles, link bytes, seconds and those of modes in float. SR_ERR_MISMATCH: difference has one line. */
SR_MUST_CHECK enum sr_status sr_history_compare(const char *path1, const char *path2, char *difference, size_t size);

#endif
