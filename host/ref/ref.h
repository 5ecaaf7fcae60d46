/* SPDX-License-Identifier: Apache-2.0
 * Inside of the engine `ref`. Numbers: docs/numerics.md.
 *
 * Columns (neurons) are padded to a stride that is a multiple of 64; padded entries of weights and factors are 0, so a padded
 * neuron never spikes (theta >= 1). A "term" is one (pair, rank index): number pair * rank + k.
 */
#ifndef SR_REF_H
#define SR_REF_H

#include "device/device.h"
#include "device/noise.h"

enum { REF_BLOCK = 64 };

static inline size_t ref_pad(size_t n) { return (n + REF_BLOCK - 1) / REF_BLOCK * REF_BLOCK; }
static inline int32_t ref_sat(int32_t x, int32_t limit) { return x > limit ? limit : x < -limit ? -limit : x; }
static inline int32_t ref_sat16(int32_t x) { return ref_sat(x, 32767); }
static inline int32_t ref_bound(enum sr_dist dist) { return dist == SR_DIST_SIGN ? 1 : 2; } /* largest |entry| */

/* ---- ref_pool.c: worker threads ---- */

struct ref_pool;
struct ref_pool *ref_pool_open(unsigned threads); /* NULL: out of memory; may have fewer threads than asked for */
void ref_pool_close(struct ref_pool *pool);       /* NULL is allowed */
unsigned ref_pool_workers(const struct ref_pool *pool);
/* Call job(context, worker, index) once for each index < count, on any worker, in any order. */
void ref_pool_run(struct ref_pool *pool, uint32_t count, void (*job)(void *context, unsigned worker, uint32_t index),
                  void *context);

/* ---- ref_kernels.c: the loops that the compiler turns into vectors ---- */

/* out[n] = sum over events of table[event][n]; n < width (a multiple of 64). bound: largest |entry|. Exact in 16 bits. */
void ref_sum_rows8(const int8_t *table, size_t stride, const uint16_t *events, size_t count, size_t width, int bound,
                   int16_t *out);
/* The same for 8-bit weights held in int16, saturated to 16 bits. */
void ref_sum_rows16(const int16_t *table, size_t stride, const uint16_t *events, size_t count, size_t width, int16_t *out);
/* values[n] <- sat_16((values[n] * scale) >> shift). */
void ref_scale(int16_t *values, size_t count, int32_t scale, int shift);
int32_t ref_max_abs(const int16_t *values, size_t count);
/* d[n] = sat_16((sum_k terms[k][n] * c[k]) >> 4); bound: at least sum_k |terms[k][n] * c[k]|. */
void ref_combine(const int16_t *terms, size_t stride, const int16_t *c, size_t rank, size_t width, int32_t bound, int16_t *d);

struct ref_lif {
    const int16_t *base, *delta; /* [steps][stride]; delta NULL: none */
    bool minus;                  /* subtract delta */
    bool exact16;                /* the caller proved that no membrane can leave 16 bits */
    size_t steps, stride;
    int32_t leak, theta;
    bool hard;
    int16_t *count;  /* [stride]: spikes over all steps */
    uint8_t *spikes; /* [steps][stride], 0 or 1; NULL: not wanted */
};
void ref_lif(const struct ref_lif *lif);

/* sum_j entry[j] x[j] for bits x. */
int32_t ref_project(const uint64_t *words, const uint64_t *x, size_t count, enum sr_dist dist);
/* out[i] = sum_n y[n] * rows[i][n], n < stride. */
void ref_dot(const int16_t *y, const int16_t *rows, size_t stride, size_t count, int32_t *out);
/* current[o] +- ((scale * sum_k entries[k][o] * g[k]) >> 8) for all SR_CLASSES. */
void ref_move_classes(const int32_t *entries, const int32_t *g, size_t rank, int64_t scale, bool minus, int64_t *current);
/* sums[i][n] += sum_j coefficients[i][j] * table[j][n] for 4 rows i; products summed flush at a time fit 16 bits. */
void ref_accumulate4(const int16_t *table, size_t stride, const int16_t *const coefficients[4], size_t count, size_t flush,
                     size_t width, int32_t *sums);
/* sums[n] += credit * entries[n]. */
void ref_accumulate(const int8_t *entries, int32_t credit, size_t width, int32_t *sums);
/* M and w of up to 64 columns of a row from their A, sums[64]: section 7 of docs/numerics.md. */
struct ref_step {
    uint64_t word; /* of the dither */
    uint32_t factor, doublings, frac;
    int32_t limit;
};
void ref_step(const struct ref_step *step, const int32_t *sums, size_t count, int16_t *master, int16_t *weight);
/* words[i] = P((counter + i * step) ^ key). */
void ref_noise_words(uint64_t key, uint64_t counter, uint64_t step, size_t count, uint64_t *words);

/* ---- ref_noise.c: factor tables of a generation ---- */

/* Factors of one layer in mode lowrank, for all terms. */
struct ref_factors {
    size_t row_words, col_words; /* words of one term */
    uint64_t *row, *col;         /* [term][words] */
    int8_t *row8;                /* [row][term, padded]: entries */
    int16_t *col16;              /* [term][stride]: entries */
    int32_t *class32;            /* readout only, [term][SR_CLASSES]: row entries, 0 past the classes */
};

void ref_expand8(uint64_t word, enum sr_dist dist, int8_t *entries); /* 64 entries */
bool ref_factors_make(struct ref_factors *factors, const struct sr_noise *noise, unsigned layer, size_t rows, size_t cols);
void ref_factors_free(struct ref_factors *factors);
/* FULL noise of one pair: table [rows][stride] of entries, those past cols 0. words: room for `rows` of them. */
void ref_full_table(const struct sr_noise *noise, unsigned layer, uint32_t pair, size_t rows, size_t cols, uint64_t *words,
                    int8_t *table);

/* ---- the engine object ---- */

struct ref_layer {
    size_t rows, cols, stride; /* rows 0: not there */
    int16_t *master;           /* [rows][cols] */
    int16_t *weight;           /* [rows][stride]: integer parts */
    int32_t exact_input;       /* while |b| + |d| stays within this, no membrane leaves 16 bits */
};

struct ref {
    struct sr_device device;
    struct ref_pool *pool;
    const struct ref_pair_kernel *pair_kernel; /* pair.h; NULL: the general path for everything */
    struct ref_layer layer[SR_LAYERS];
    bool factors_valid;
    struct sr_noise factors_noise;
    struct ref_factors factors[SR_LAYERS];
    int32_t *last_fitness;   /* of the last evaluation, if that covered all pairs */
    uint32_t last_pairs;     /* 0: no such evaluation */
    struct ref_local *local; /* not NULL: the weights are there, not in layer[] */
};

/* Whether another thread has cancelled the call under way. Once true it stays so until the call has ended: a job may leave out its
 * work, and the call then fails. */
static inline bool ref_cancelled(const struct ref *ref) {
    return atomic_load_explicit(&ref->device.cancelled, memory_order_relaxed);
}
/* The end of a call whose jobs looked at that. */
static inline enum sr_status ref_end(struct ref *ref) {
    return ref_cancelled(ref) ? sr_fail(&ref->device, SR_ERR_INTERRUPTED, "cancelled") : SR_OK;
}

/* Make the factor tables of this generation, if they are not there already. */
bool ref_factors_ready(struct ref *ref, const struct sr_noise *noise);

/* evaluation NULL: inference into scores (or NULL) and predicted. */
enum sr_status ref_run(struct ref *ref, const struct sr_evaluation *evaluation, const struct sr_batch *batch, int32_t *fitness,
                       uint32_t *correct, int32_t *scores, uint8_t *predicted);                   /* ref_eval.c */
enum sr_status ref_update(struct ref *ref, const struct sr_update *update, const int8_t *credit); /* ref_update.c */

/* Mode local (local.c). Weights stay in a form of their own from one call to the next, until ref_local_leave brings them back
 * into ref->layer, which every other use of them needs. */
enum sr_status ref_learn(struct ref *ref, const struct sr_learning *learning, const struct sr_batch *batch,
                         const struct sr_column_share *share, int32_t *fitness, uint8_t *correct); /* share NULL: all columns */
void ref_local_leave(struct ref *ref);

#endif
