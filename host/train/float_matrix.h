/* SPDX-License-Identifier: Apache-2.0
 * Products of dense float matrices, for the rules that train in float. Row-major. By OpenBLAS, on one core, so that results do not
 * depend on how many there are. It is looked for when the first product is asked for: a program that never asks has none of its
 * threads and memory, and one that does not find it uses plain loops, which are slower and round otherwise. SPIKEROLL_BLAS in the
 * environment names another library with its interface, or is "none". */
#ifndef SR_FLOAT_MATRIX_H
#define SR_FLOAT_MATRIX_H

#include <stdint.h>

/* c[m][n] += transpose of a[k][m], times b[k][n]. */
void sr_matrix_add_tn(uint32_t m, uint32_t n, uint32_t k, const float *a, const float *b, float *c);
/* c[m][n] = a[m][k] times the transpose of b[n][k]. */
void sr_matrix_nt(uint32_t m, uint32_t n, uint32_t k, const float *a, const float *b, float *c);
/* "OpenBLAS", or "plain loops". */
const char *sr_matrix_library(void);

#endif
