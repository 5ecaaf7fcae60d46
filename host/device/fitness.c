/* SPDX-License-Identifier: Apache-2.0
 * Class scores to fitness, with integer tables only. */
#include "device/fitness.h"

static const uint8_t exp_table[512] = {
#define SR_TABLE_EXP(z, value) [z] = value,
#include "map/tables.def"
};
static const uint8_t ln_mantissa[128] = {
#define SR_TABLE_LNM(i, value) [i] = value,
#include "map/tables.def"
};
static const int16_t ln_exponent[5] = {
#define SR_TABLE_LNB(i, value) [i] = value,
#include "map/tables.def"
};

static int64_t scaled(int64_t x, const struct sr_evaluation *e, int64_t limit) {
    int64_t y = (x * (int64_t)e->fitness_mul) >> e->fitness_shift;
    return y < limit ? y : limit;
}

static int32_t log_total(uint32_t total) {
    unsigned n = 31 - (unsigned)__builtin_clz(total); /* 7..11 */
    return ln_exponent[n - 7] + ln_mantissa[(total >> (n - 7)) & 127];
}

uint32_t sr_predicted_class(const int64_t *score, uint32_t classes) {
    uint32_t best = 0;
    for (uint32_t o = 1; o < classes; o++)
        if (score[o] > score[best]) best = o;
    return best;
}

static int32_t margin(const struct sr_evaluation *e, const int64_t *score, uint32_t classes, uint32_t label) {
    int64_t other = INT64_MIN;
    for (uint32_t o = 0; o < classes; o++)
        if (o != label && score[o] > other) other = score[o];
    int64_t x = score[label] - other;
    return (int32_t)(x < 0 ? -scaled(-x, e, 32767) : scaled(x, e, 32767));
}

static int32_t log_softmax(const struct sr_evaluation *e, const int64_t *score, uint32_t classes, uint32_t label, int64_t max) {
    uint32_t total = 0;
    for (uint32_t o = 0; o < classes; o++) total += exp_table[scaled(max - score[o], e, 511)];
    return -((int32_t)scaled(max - score[label], e, 32767) + log_total(total));
}

int32_t sr_sample_fitness(const struct sr_evaluation *evaluation, const int64_t *score, uint32_t classes, uint32_t label,
                          uint32_t *correct) {
    uint32_t best = sr_predicted_class(score, classes);
    *correct = best == label;
    if (evaluation->fitness == SR_FITNESS_CORRECT) return (int32_t)*correct;
    if (evaluation->fitness == SR_FITNESS_MARGIN) return margin(evaluation, score, classes, label);
    return log_softmax(evaluation, score, classes, label, score[best]);
}

int32_t sr_log_softmax(const uint32_t *distance, uint32_t fours, uint32_t own) {
    uint32_t total = 0;
    for (const uint32_t *d = distance; d < distance + 4 * fours; d += 4)
        total += (uint32_t)exp_table[d[0]] + exp_table[d[1]] + exp_table[d[2]] + exp_table[d[3]];
    return -((own < 32767 ? (int32_t)own : 32767) + log_total(total));
}

struct sr_fitness_result sr_sample_error(uint32_t mul, uint32_t shift, const int64_t *score, uint32_t classes, uint32_t label,
                                         int16_t *error) {
    const struct sr_evaluation e = {.fitness_mul = mul, .fitness_shift = shift};
    uint32_t best = sr_predicted_class(score, classes), total = 0, sum = 0;
    uint16_t z[SR_CLASSES];
    for (uint32_t o = 0; o < classes; o++) {
        z[o] = (uint16_t)scaled(score[best] - score[o], &e, 511);
        total += exp_table[z[o]];
    }
    int32_t log = log_total(total);
    for (uint32_t o = 0; o < classes; o++) {
        int32_t away = z[o] + log;
        uint32_t half = exp_table[away < 511 ? away : 511] >> 1;
        error[o] = (int16_t) - (int32_t)half;
        if (o != label) sum += half;
    }
    error[label] = (int16_t)(sum < 127 ? sum : 127);
    return (struct sr_fitness_result){.fitness = -((int32_t)scaled(score[best] - score[label], &e, 32767) + log),
                                      .correct = best == label,
                                      .error = sum != 0};
}

void sr_shape_signs(const int32_t *fitness, uint32_t pairs, int8_t *credit) {
    for (uint32_t p = 0; p < pairs; p++) {
        int32_t plus = fitness[2 * (size_t)p], minus = fitness[2 * (size_t)p + 1];
        credit[p] = (int8_t)((plus > minus) - (plus < minus));
    }
}
