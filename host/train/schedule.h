/* SPDX-License-Identifier: Apache-2.0
 * How a quantity shrinks over the planned length of a run: a pure function of the generation's number and of the share that a
 * clock has spent (train/deadline.h), in integers, so that engines agree and a resumed run goes on as if unbroken. */
#ifndef SR_SCHEDULE_H
#define SR_SCHEDULE_H

#include "model/config.h"

struct sr_schedule {
    enum sr_decay decay;
    uint32_t generations; /* planned */
    uint32_t final_q16;   /* last value / first value, 65536ths */
};

/* Fraction of the first value at this generation, 65536ths: 65536 at generation 0, final_q16 at the last and beyond it. time_spent,
 * 0..65536: the share of the schedule that is over at least, whatever the generation's number; 0 where no clock counts. */
uint32_t sr_schedule_q16(const struct sr_schedule *schedule, uint32_t generation, uint32_t time_spent);

#endif
