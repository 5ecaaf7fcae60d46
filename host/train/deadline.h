/* SPDX-License-Identifier: Apache-2.0
 * A time limit and a schedule (--time-limit where something shrinks over the run): the schedule is over with the planned generations
 * or with the time, whichever comes first. The share of it that the clock has spent grows evenly over the limit, from what
 * earlier processes had spent to 1, and never falls. It is read once before each generation, by the process that has the
 * training (with mpirun that is rank 0), and everything that the generation computes depends on that one number: it stands in
 * the generation's row of the history, and what was spent when a checkpoint was made in its array "time-spent". */
#ifndef SR_DEADLINE_H
#define SR_DEADLINE_H

#include <spikeroll/spikeroll.h>

#include "model/config.h"

struct sr_training;

struct sr_deadline {
    bool counts;    /* this process has a limit, and something shrinks */
    bool recorded;  /* so it is, or it was so in an earlier process */
    uint32_t spent; /* 65536ths of the schedule, for sr_schedule_q16; 0 where nothing is recorded */
    uint32_t first; /* the same when generations began */
};

/* Whether anything shrinks over the length of a run with these settings. */
bool sr_config_shrinks(const struct sr_config *config);

/* Of a training whose run was loaded or set up, before its first file is made. */
SR_MUST_CHECK enum sr_status sr_deadline_open(struct sr_training *training);
/* Generations begin now. */
void sr_deadline_begin(struct sr_training *training);
/* Read the clock. */
void sr_deadline_read(struct sr_training *training);

#endif
