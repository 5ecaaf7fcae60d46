/* SPDX-License-Identifier: Apache-2.0
 * The fast way to evaluate a pair on a sample, for the networks that are trained most: one hidden layer, summed readout, factors
 * of +1 and -1 in both layers. pair_kernels.c walks through it. Everything else, and what this is compared with bit for bit, is
 * the general path of evaluate.c. */
#ifndef SR_REF_PAIR_H
#define SR_REF_PAIR_H

#include "ref/ref.h"

enum {
    PAIR_BITS = 3,   /* rank indices that one table of 8 currents stands for */
    PAIR_TABLES = 2, /* such tables at most: ranks up to 6 */
    PAIR_ROWS_MAX = (SR_CLASSES + PAIR_BITS * PAIR_TABLES + 3) / 4 * 4,
    PAIR_LIFT_MAX = 128,
    PAIR_STEPS_MAX = 127 /* spike counts are bytes, and two products of a count and a weight fit 16 bits */
};

/* One pair on one sample. */
struct ref_pair_work {
    size_t steps, stride, rank;
    int16_t theta;
    int16_t leak_factor, rest, below; /* the leak in one instruction: see plan_leak in pair.c */
    bool hard;
    const int16_t *base;       /* [steps][stride]: b of section 4 of docs/numerics.md, raised by ref_pairs_raise */
    const int16_t *projection; /* [rank] at step 0, the next step projection_stride further: c' of section 3 */
    size_t projection_stride;
    const uint8_t *places;        /* [tables][2 * stride]: for each neuron the two bytes of its current in a table of 8 */
    const int32_t *class_entries; /* [rank][SR_CLASSES] */
    int32_t readout_scale;
    uint32_t classes, fitness_mul, fitness_shift;
    int32_t absent[SR_CLASSES]; /* -1 past the classes, else 0 */
    size_t row_count;
    const int8_t *rows[PAIR_ROWS_MAX]; /* rows of weights that spike counts are multiplied with: the classes, then the pair's
                                          factors, then zeros up to a multiple of 4 */
};

/* Result for a member. Up to the next multiple of 4 after the classes, distance_cut is 511; all else past the classes means nothing. */
struct ref_pair_member {
    int32_t score[SR_CLASSES];
    uint32_t predicted;
    uint32_t distance[SR_CLASSES], distance_cut[SR_CLASSES]; /* to the largest score, scaled; cut: at most 511 */
};

/* An instruction set, and the function made for it. */
struct ref_pair_kernel {
    const char *name;
    void (*run)(const struct ref_pair_work *work, struct ref_pair_member member[2]);
};

/* Kernel number i of those that this processor can run, the fastest first; NULL past the last. */
const struct ref_pair_kernel *ref_pair_kernel(size_t i);

/* What the pairs of an evaluation share. kernel NULL: the general path is wanted, or the evaluation is none of this kind. */
struct ref_pairs {
    const struct ref_pair_kernel *kernel;
    struct ref_pair_work work; /* all but the fields of a pair and of a sample */
    int16_t raise;             /* added to b */
    uint8_t *places;           /* [pair of the share][tables][2 * stride] */
    int8_t *rows;              /* [1 + classes + terms of the share][stride]; row 0 is zero */
    uint32_t pair_first;
};

/* Needs the factors of the generation. False: out of memory. */
bool ref_pairs_make(struct ref_pairs *pairs, const struct ref *ref, const struct sr_evaluation *evaluation);
void ref_pairs_free(struct ref_pairs *pairs);
/* Whether 16 bits hold every current and membrane of a sample, given its largest |b| and |c'|. */
bool ref_pairs_hold(const struct ref_pairs *pairs, const struct ref *ref, int32_t base_max, int32_t projection_max);
/* Turn the b of such a sample into what kernels read; the general path cannot read it any more. */
void ref_pairs_raise(const struct ref_pairs *pairs, int16_t *base);
/* The work of a pair, all but the fields of a sample: base and projection. */
void ref_pairs_work(const struct ref_pairs *pairs, const struct ref *ref, uint32_t pair, struct ref_pair_work *work);

#endif
