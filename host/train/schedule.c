/* SPDX-License-Identifier: Apache-2.0
 * How a quantity shrinks over a run: see schedule.h. */
#include "train/schedule.h"

uint32_t sr_schedule_q16(const struct sr_schedule *schedule, uint32_t generation, uint32_t time_spent) {
    if (schedule->decay == SR_DECAY_NONE || schedule->generations < 2) return 65536;
    uint32_t last = schedule->generations - 1, now = generation < last ? generation : last;
    uint64_t final = schedule->final_q16;
    uint64_t left = (uint64_t)(last - now) * 65536 / last; /* 1 down to 0 */
    if (left > 65536 - time_spent) left = 65536 - time_spent;
    if (schedule->decay == SR_DECAY_SMOOTH) left = left * left * (3 * 65536 - 2 * left) >> 32; /* 3x^2 - 2x^3 */
    return (uint32_t)(final + ((65536 - final) * left >> 16));
}
