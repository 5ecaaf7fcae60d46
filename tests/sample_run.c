/* SPDX-License-Identifier: Apache-2.0
 * A run to write and read in tests: see sample_run.h. */
#include "sample_run.h"

#include <stdlib.h>
#include <zlib.h>

#include "train/random.h"

bool sample_run(struct sr_run *run) {
    static const char *const settings[][2] = {{"hidden", "30,20"}, {"theta", "200,300"},
                                              {"sigma", "1.1"},    {"seed", "12345678901234567890"},
                                              {"mode", "full"},    {"reset", "subtract"}};
    char error[SR_ERROR_SIZE];
    *run = (struct sr_run){.frac_bits = 8,
                           .generation = 77,
                           .data_hash = 0xfedcba9876543210u,
                           .seconds = 1.5,
                           .has_best = true,
                           .best_generation = 60,
                           .best_correct = 7,
                           .best_total = 9};
    sr_config_defaults(&run->config);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct sr_field *field = sr_config_field(settings[i][0]);
        if (!field || sr_field_parse(field, &run->config, settings[i][1], error, sizeof error) != SR_OK) return false;
    }
    sr_config_net(&run->config, 40, 10, 12, &run->net);
    if (sr_weights_init(&run->weights, &run->net) != SR_OK || sr_weights_init(&run->best, &run->net) != SR_OK) return false;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        for (size_t i = 0; i < sr_layer_size(&run->net, l); i++) {
            run->weights.layer[l][i] = (int16_t)sr_random(1, SR_PURPOSE_BENCH, l, (uint32_t)i);
            run->best.layer[l][i] = (int16_t)sr_random(2, SR_PURPOSE_BENCH, l, (uint32_t)i);
        }
    }
    return true;
}

size_t sample_bytes(const char *path, uint8_t **bytes) {
    enum { LIMIT = 1 << 20 };
    gzFile file = gzopen(path, "rb");
    uint8_t *all = file ? malloc(LIMIT) : NULL;
    int size = all ? gzread(file, all, LIMIT) : 0;
    if (file) gzclose(file);
    if (size <= 0) {
        free(all);
        return 0;
    }
    *bytes = all;
    return (size_t)size;
}
