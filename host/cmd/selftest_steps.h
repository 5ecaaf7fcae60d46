/* SPDX-License-Identifier: Apache-2.0
 * What the blocks of the self test are made of: networks that the device's limits hold, weights and samples that follow from their
 * position alone, and steps, each of which does something on the device and notes the answers. Every function that returns a status
 * leaves the reason of a failure in the device (sr_device_error). */
#ifndef SR_SELFTEST_STEPS_H
#define SR_SELFTEST_STEPS_H

#include "cmd/selftest.h"

/* ---- within the limits (selftest_fit.c) ---- */

uint32_t sr_least(uint32_t a, uint32_t b);
/* Pairs that a population of this rank may have. */
uint32_t sr_fit_most_pairs(const struct sr_caps *caps, uint32_t rank);
/* More than two groups of pairs, the last one not full, where they fit. */
uint32_t sr_fit_pairs(const struct sr_caps *caps, uint32_t rank);
/* A rank that takes more than two items, where it fits. */
uint32_t sr_fit_rank(const struct sr_caps *caps);
/* The leak, or the one that is built. */
uint32_t sr_fit_leak(const struct sr_caps *caps, uint32_t leak);
/* A network of at most this shape. */
struct sr_net sr_fit_net(const struct sr_caps *caps, uint32_t inputs, uint32_t hidden, uint32_t steps);
/* Two blocks of weights or more and an end that is not full; more than one sample word. */
struct sr_net sr_fit_usual_net(const struct sr_subject *s);

/* ---- vectors (selftest_steps.c) ---- */

enum sr_pattern {
    SR_PATTERN_ZERO,
    SR_PATTERN_ONE_TO_ONE, /* neuron n hears input n modulo inputs */
    SR_PATTERN_RAILS       /* columns of the largest and the smallest weight */
};
enum sr_status sr_load_pattern(struct sr_subject *s, const struct sr_net *net, unsigned layer, enum sr_pattern pattern);
/* Whole parts -range..range (-128..127 at most), any fraction. */
enum sr_status sr_load_random(struct sr_subject *s, const struct sr_net *net, unsigned layer, uint32_t range);

/* A batch and the memory that it points to. */
struct sr_drawn {
    struct sr_batch batch;
    uint64_t *words;
    const uint64_t **bits;
    uint32_t *ids;
    uint8_t *labels;
};
/* Random spikes, of every 256 inputs `density` on average; the first sample is empty if there are several. The caller drops them,
 * unless the call failed. */
enum sr_status sr_draw_samples(struct sr_subject *s, const struct sr_net *net, uint32_t count, uint32_t density,
                               struct sr_drawn *drawn);
void sr_drop_samples(struct sr_drawn *drawn);
/* Of a whole population, by margins. */
struct sr_evaluation sr_some_evaluation(uint32_t pairs, uint32_t rank, uint32_t scale, uint32_t readout_scale);

/* ---- steps (selftest_steps.c) ---- */

enum sr_status sr_note(struct sr_subject *s, const struct sr_answer_kind *kind, uint32_t row, uint32_t col, int32_t value);
enum sr_status sr_ask_scores(struct sr_subject *s, const struct sr_net *net, const struct sr_drawn *drawn);
enum sr_status sr_ask_fitness(struct sr_subject *s, const struct sr_evaluation *evaluation, const struct sr_batch *batch);
enum sr_status sr_ask_weights(struct sr_subject *s, const struct sr_net *net);
/* An update with credits from the host, small and large, and the weights that come of it. */
enum sr_status sr_ask_update(struct sr_subject *s, const struct sr_net *net, struct sr_noise noise, uint32_t step,
                             uint32_t doublings);
/* The scores of a few samples that are drawn for it; the fitness of a population on them. */
enum sr_status sr_ask_scores_of(struct sr_subject *s, const struct sr_net *net, uint32_t density);
enum sr_status sr_ask_fitness_of(struct sr_subject *s, const struct sr_net *net, const struct sr_evaluation *evaluation,
                                 uint32_t density);

/* ---- the blocks of selftest_scores.c ---- */

enum sr_status sr_try_readout(struct sr_subject *s);
enum sr_status sr_try_base(struct sr_subject *s);
enum sr_status sr_try_lif_hard(struct sr_subject *s);
enum sr_status sr_try_lif_soft(struct sr_subject *s);
enum sr_status sr_try_lif_leak(struct sr_subject *s);
enum sr_status sr_try_correct(struct sr_subject *s);
enum sr_status sr_try_margin(struct sr_subject *s);
enum sr_status sr_try_logsoftmax(struct sr_subject *s);

#endif
