/* SPDX-License-Identifier: Apache-2.0
 * Inside of mode `local` of the engine `ref` (docs/numerics.md, section 8): its data while it learns, and its loops.
 *
 * Learning keeps the weights in two forms. The integer parts lie in tiles of 32 columns, a row of a tile a cache line,
 * because the base current adds rows of them and only a few hundred rows have events. The master weights lie column by
 * column, because few columns have credit, and the update of one is then a loop over contiguous rows.
 */
#ifndef SR_REF_LOCAL_H
#define SR_REF_LOCAL_H

#include <stdatomic.h>

#include "ref/ref.h"

enum { LOCAL_TILE = 32, LOCAL_GROUPS_MAX = 256, LOCAL_PLANE = 16, LOCAL_LINE = 64 };

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

/* ---- local_update.c ---- */

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

/* ---- local_room.c: what is kept from call to call ---- */

struct local_layer {
    size_t rows, cols, blocks; /* of 64 columns */
    size_t padded;             /* columns of whole blocks */
    size_t size;               /* rows, rounded up to a multiple of LOCAL_TILE: the stride of a column */
    size_t planes;             /* of 16 steps */
    int16_t *weight;           /* integer parts, [padded / LOCAL_TILE][size][LOCAL_TILE]; readout: [classes][padded] */
    int16_t *master;           /* [padded][size]; readout: as weight */
    /* Of the sample, or of the pair in work. Columns have their owner's values; a barrier stands before others read them. */
    int16_t *base;    /* [padded / LOCAL_TILE][steps][LOCAL_TILE] */
    int32_t *reach;   /* [padded / LOCAL_TILE]: largest |base| */
    uint64_t *spikes; /* [steps][blocks]: of the plain pass, a bit a column; not for the last layer */
    uint64_t *noise;  /* [blocks][steps] */
    int16_t *credit;  /* [padded]: q_top; of the last layer only */
    int16_t *f;       /* [padded] */
};

struct local_input { /* of a layer, in one worker */
    uint16_t *event; /* row of each event, by step */
    uint32_t *first; /* [steps + 1] */
    uint16_t *mask;  /* [planes][size]: bit t % 16 of plane t / 16 says that the row has an event in step t */
    int16_t *count;  /* [size]: events of a row */
    uint16_t *row;   /* rows with an event, ascending */
    uint16_t *group; /* first rows of the groups of 16 with an event */
    size_t rows, groups;
};

struct local_worker {
    size_t block[SR_HIDDEN_LAYERS], block_end[SR_HIDDEN_LAYERS]; /* what it owns */
    struct local_input input[SR_HIDDEN_LAYERS];
    int16_t *step_spikes; /* [steps][LOCAL_TILE] */
    uint16_t *piece;      /* [5][size max]: the ROUND words of a block by 16 bits, the first piece again at the end */
    uint64_t *words;      /* [size max] */
    int32_t *below;       /* [steps][size max]: E of section 8.5 */
    uint32_t *noise_bits; /* [steps]: of one tile */
    uint16_t *plane;      /* noise of one column */
    uint16_t *numbers;    /* 0, 1, 2...: steps or classes as rows of noise words */
    _Alignas(LOCAL_LINE) int32_t score[2][SR_CLASSES]; /* its share, of this sample and of the one before */
    uint32_t live[2]; /* its columns with f != 0, of this pair and layer, and of the ones before */
};

struct ref_local {
    struct sr_net net;
    struct local_layer layer[SR_LAYERS];
    struct local_worker *worker;
    unsigned workers;
    int16_t *y; /* [padded]: spike counts of the last layer */
    atomic_uint arrived, phase;
    size_t first, end;           /* blocks of 64 columns of the layers that are learned here: all, or a share */
    int32_t sum[SR_CLASSES + 1]; /* scores over all devices, where the columns are shared, and how many want to stop */
    bool stop[2]; /* the call was cancelled: worker 0 says so before the others meet it in a sample; even and odd samples */
};

/* Make ref->local from the weights of ref->layer, if it is not there or is for other columns; share NULL: for all. False: out of
 * memory. ref_local_leave takes it down. */
bool local_enter(struct ref *ref, const struct sr_column_share *share);

#endif
