/* SPDX-License-Identifier: Apache-2.0
 * Inner loops of the rules that train in float. Sums are taken in the same order whatever instructions the machine has. */
#ifndef SR_FLOAT_KERNELS_H
#define SR_FLOAT_KERNELS_H

#include <stdint.h>

/* y += a x */
void sr_float_axpy(uint32_t n, float a, const float *x, float *y);
float sr_float_dot(uint32_t n, const float *x, const float *y);
/* sum[n] = the sum of the rows of w[][n] whose bits are set. */
void sr_float_add_rows(const uint64_t *bits, uint32_t words, uint32_t n, const float *w, float *sum);
/* Add d[n] to every row of w[][n] whose bit is set. */
void sr_float_add_to_rows(const uint64_t *bits, uint32_t words, uint32_t n, const float *d, float *w);
/* The same for the columns in the list alone. */
void sr_float_add_to_some(const uint64_t *bits, uint32_t words, uint32_t n, const float *d, const uint16_t *list,
                          uint32_t count, float *w);
/* One step of leaky neurons with threshold 1: u = keep v + current (in u), a spike where u >= 1, and v after the reset. */
void sr_float_fire(uint32_t n, float keep, int hard, float *u, float *v, float *spike);
/* The error of the membranes one step earlier: d *= keep, and 0 across a hard reset. */
void sr_float_recall(uint32_t n, float keep, int cut, const float *spike, float *d);

#endif
