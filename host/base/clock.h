/* SPDX-License-Identifier: Apache-2.0
 * Time that only ever goes forward. */
#ifndef SR_CLOCK_H
#define SR_CLOCK_H

#include <time.h>

/* Seconds since some moment in the past. */
static inline double sr_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
