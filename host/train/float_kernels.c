/* SPDX-License-Identifier: Apache-2.0
 * Inner loops of the rules that train in float: see float_kernels.h. */
#include "train/float_kernels.h"

#include "base/clones.h"

#include <stddef.h>
#include <string.h>

#define FLOAT_VECTOR SR_CLONES("avx2", "default")

FLOAT_VECTOR void sr_float_axpy(uint32_t n, float a, const float *restrict x, float *restrict y) {
    for (uint32_t i = 0; i < n; i++) y[i] += a * x[i];
}

/* Eight sums side by side, so that any width of vector adds in one order. */
FLOAT_VECTOR float sr_float_dot(uint32_t n, const float *restrict x, const float *restrict y) {
    float sum[8] = {0}, rest = 0;
    uint32_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (uint32_t k = 0; k < 8; k++) sum[k] += x[i + k] * y[i + k];
    for (; i < n; i++) rest += x[i] * y[i];
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7])) + rest;
}

FLOAT_VECTOR void sr_float_add_rows(const uint64_t *bits, uint32_t words, uint32_t n, const float *restrict w,
                                    float *restrict sum) {
    memset(sum, 0, n * sizeof *sum);
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t word = bits[i]; word; word &= word - 1) {
            const float *row = w + (size_t)(i * 64 + (uint32_t)__builtin_ctzll(word)) * n;
            for (uint32_t k = 0; k < n; k++) sum[k] += row[k];
        }
}

FLOAT_VECTOR void sr_float_add_to_rows(const uint64_t *bits, uint32_t words, uint32_t n, const float *restrict d,
                                       float *restrict w) {
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t word = bits[i]; word; word &= word - 1) {
            float *row = w + (size_t)(i * 64 + (uint32_t)__builtin_ctzll(word)) * n;
            for (uint32_t k = 0; k < n; k++) row[k] += d[k];
        }
}

void sr_float_add_to_some(const uint64_t *bits, uint32_t words, uint32_t n, const float *d, const uint16_t *list,
                          uint32_t count, float *w) {
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t word = bits[i]; word; word &= word - 1) {
            float *row = w + (size_t)(i * 64 + (uint32_t)__builtin_ctzll(word)) * n;
            for (uint32_t k = 0; k < count; k++) row[list[k]] += d[list[k]];
        }
}

FLOAT_VECTOR void sr_float_fire(uint32_t n, float keep, int hard, float *restrict u, float *restrict v, float *restrict spike) {
    for (uint32_t i = 0; i < n; i++) {
        float potential = u[i] + keep * v[i], fired = potential >= 1 ? 1.0f : 0.0f;
        u[i] = potential;
        spike[i] = fired;
        v[i] = hard ? potential * (1 - fired) : potential - fired;
    }
}

FLOAT_VECTOR void sr_float_recall(uint32_t n, float keep, int cut, const float *restrict spike, float *restrict d) {
    for (uint32_t i = 0; i < n; i++) d[i] *= cut ? keep * (1 - spike[i]) : keep;
}
