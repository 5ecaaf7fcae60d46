/* SPDX-License-Identifier: Apache-2.0
 * Inside of mode `local` of the engine `ref` (docs/numerics.md, section 8): its data while it learns, and its loops.
 *
 * Learning keeps the weights in two forms. The integer parts lie in tiles of 32 columns, a row of a tile a cache line, because the
 * base current adds rows of them and only a few hundred rows have events. The master weights lie column by column, because few
 * columns have credit, and the update of one is then a loop over contiguous rows.
 */
#ifndef SR_REF_LOCAL_H
#define SR_REF_LOCAL_H

#include "ref/ref.h"

enum { LOCAL_TILE = 32, LOCAL_GROUPS_MAX = 256 };

/* ---- local_kernels.c ---- */

/* One tile: currents of all steps, from the rows that events name; event numbers first[t] to first[t + 1] - 1 belong to step t.
 * Saturated to 16 bits. Returns the largest |current|. */
int32_t local_base(const int16_t *tile, const uint16_t *event, const uint32_t *first, size_t steps, int16_t *base);

struct local_lif {
    const int16_t *base;   /* [steps][LOCAL_TILE] */
    const uint32_t *noise; /* [steps]: a bit for each column, 1: -sigma; NULL: the plain pass */
    bool exact16;          /* no membrane can leave 16 bits */
    size_t steps;
    int32_t leak, theta, sigma;
    bool hard;
    int16_t *count;  /* [LOCAL_TILE]: spikes, or spikes of the plus member less spikes of the minus member */
    int16_t *spikes; /* [steps][LOCAL_TILE]: the same for each step; NULL: not wanted */
};
void local_plain(const struct local_lif *lif);
void local_pair(const struct local_lif *lif);

/* out[o] = sum over n < width of weight[o][n] * y[n]; rows lie stride apart; width is a multiple of 64. */
void local_dot(const int16_t *weight, size_t stride, size_t classes, const int16_t *y, size_t width, int32_t *out);
/* credit[n] = sat_8(round(sum_o weight[o][n] * error[o] / 512)) of one tile; false: all are 0. */
bool local_credit(const int16_t *weight, size_t stride, size_t classes, const int16_t *error, int16_t *credit);

/* Noise words of rows[0..count-1] of one block, x and y being the halves of counter ^ key for row 0. */
void local_words(uint32_t x, uint32_t y, const uint16_t *rows, size_t count, uint64_t *words);

/* For each row j bit t % 16 of mask[t / 16][j] from bits[t * stride + j / 64], and the number of these bits. */
void local_masks(const uint64_t *bits, size_t stride, size_t steps, size_t size, uint16_t *mask, int16_t *count);

/* The rows of a layer and the events of a sample in them. */
struct local_rows {
    size_t size, planes;   /* rows, rounded up; planes of 16 steps */
    const uint16_t *mask;  /* [planes][size]: bit t % 16 of plane t / 16 says that the row has an event in step t */
    const int16_t *count;  /* [size]: events of a row */
    const uint16_t *group; /* first rows of the groups of 16 that have any event; [groups + 4], the last four being any rows */
    size_t groups;
};

struct local_update { /* of one column or one readout row */
    int32_t f;        /* factor of z */
    unsigned up;      /* A = sat_16(f * z << up) */
    uint32_t k;
    unsigned frac;
    const uint16_t *low, *high; /* for each element the 16 bits of its ROUND word that hold its own bit, and the next 16 */
    int32_t z_max;              /* largest |z| */
};
/* master[j] <- sat(master[j] + ((A[j] * k + rho) >> 16)), and its integer part to weight[j * LOCAL_TILE], with
 * z[j] = count[j] - 2 popcount(mask[.][j] & noise[.]). bit: the column's place among its 16 bits. */
void local_update_column(const struct local_update *update, const struct local_rows *rows, const uint16_t *noise, unsigned bit,
                         int16_t *master, int16_t *weight);
/* The same for 64 columns of one row, with their ROUND word; also the integer parts. */
void local_update_row(const struct local_update *update, uint64_t word, const int16_t *z, int16_t *master, int16_t *weight);

#endif
