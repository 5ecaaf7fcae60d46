/* SPDX-License-Identifier: Apache-2.0
 * Class scores to fitness: docs/numerics.md, section 6. */
#ifndef SR_FITNESS_H
#define SR_FITNESS_H

#include <spikeroll/spikeroll.h>

/* Largest batch whose fitness sum cannot leave 32 bits: 65000 * (32767 + 177) < 2^31. */
enum { SR_BATCH_LIMIT = 65000 };

/* The class with the largest score, the lowest index among equals. */
uint32_t sr_predicted_class(const int64_t *score, uint32_t classes);

/* Fitness of one sample; *correct is set to 1 if the predicted class is the label, else to 0. */
int32_t sr_sample_fitness(const struct sr_evaluation *evaluation, const int64_t *score, uint32_t classes, uint32_t label,
                          uint32_t *correct);

/* The same for SR_FITNESS_LOGSOFTMAX when the scaled distances to the largest score are known: distance[o], at most 511 each, for
 * four classes `fours` times, those past the classes 511 (whose exponential is 0); and own, that of the label and not cut. */
int32_t sr_log_softmax(const uint32_t *distance, uint32_t fours, uint32_t own);

struct sr_fitness_result {
    int32_t fitness; /* log-softmax */
    uint8_t correct;
    bool error; /* some error is not 0 */
};
/* Of mode local: fitness of one sample with scale mul and shift, and error[0..classes-1] of docs/numerics.md, section 8.2. */
struct sr_fitness_result sr_sample_error(uint32_t mul, uint32_t shift, const int64_t *score, uint32_t classes, uint32_t label,
                                         int16_t *error);

/* Shaping by sign, in one place for every engine: credit[p] = sign(fitness[2p] - fitness[2p + 1]), for the pairs p. */
void sr_shape_signs(const int32_t *fitness, uint32_t pairs, int8_t *credit);

#endif
