/* SPDX-License-Identifier: Apache-2.0
 * The batch that bench measures with where it is given no data (bench.h). */
#include <stdlib.h>

#include "base/text.h"
#include "cmd/bench.h"
#include "train/random.h"

enum sr_status sr_bench_random(struct sr_data_set *set, const struct sr_config *config, const struct sr_net *net,
                               uint32_t wanted, char *error, size_t error_size) {
    const uint32_t count = config->batch, inputs = net->inputs, classes = net->classes, steps = net->steps;
    double cells = (double)inputs * steps, events = wanted ? wanted : 0.146 * cells;
    if (events > cells) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--events %u: a sample has room for %.0f", wanted, cells);
    }
    uint32_t threshold = (uint32_t)(events / cells * 65536 + 0.5);
    *set = (struct sr_data_set){
        .count = count, .classes = classes, .inputs = inputs, .steps = steps, .step_words = (inputs + 63) / 64};
    set->bits = calloc((size_t)count * steps * set->step_words, sizeof *set->bits);
    set->labels = malloc(count);
    if (!set->bits || !set->labels) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    uint64_t word = 0;
    uint32_t drawn = 0;
    for (size_t row = 0; row < (size_t)count * steps; row++) {
        for (uint32_t j = 0; j < inputs; j++, drawn++, word >>= 16) {
            if (drawn % 4 == 0) word = sr_random(config->seed, SR_PURPOSE_BENCH, 0, drawn / 4);
            if ((word & 0xffff) < threshold) set->bits[row * set->step_words + j / 64] |= (uint64_t)1 << j % 64;
        }
    }
    for (uint32_t i = 0; i < count; i++) set->labels[i] = (uint8_t)(i % classes);
    return SR_OK;
}
