/* SPDX-License-Identifier: Apache-2.0
 * Random configurations for comparing engines: a network, its weights, a batch, an evaluation and an update, all drawn from a
 * seed and all within the limits of a device. The same seed and caps give the same configuration.
 *
 *     struct sr_random_config config;
 *     sr_random_config(seed, sr_device_caps(device), &config);
 *     sr_device_configure(device, &config.net);
 *     for each layer l with config.weights[l]: sr_device_write_weights(device, l, config.weights[l]);
 *     sr_device_evaluate(device, &config.evaluation, &config.batch, fitness, correct);
 *     sr_device_update(device, &config.update);
 *     sr_random_config_free(&config);
 *
 * Two thirds of the draws are tame (neurons that fire now and then); the others favour edges, and sizes always do: sizes next to multiples of 64, one neuron, one step, silent and all-firing inputs, weights and currents
 * that saturate, leak 0 and 255, scale 0 and 4095, K 0, 1 and 65535. Sizes are cut until the naive model needs about
 * SR_RANDOM_WORK multiplications, so that hundreds run in seconds. To compare a device with ref, open ref with
 * frac_bits = caps->frac_w. update.credit is NULL in a third of the draws (credit shaped on the device); the evaluation then
 * covers all pairs, else often a share. update.noise equals evaluation.noise. */
#ifndef SR_TEST_RANDOM_CONFIG_H
#define SR_TEST_RANDOM_CONFIG_H

#include <spikeroll/spikeroll.h>

enum { SR_RANDOM_WORK = 1500000 };

struct sr_random_config {
    uint64_t seed;
    struct sr_net net;
    struct sr_evaluation evaluation;
    struct sr_update update;     /* credit NULL or below */
    struct sr_batch batch;       /* arrays below */
    int16_t *weights[SR_LAYERS]; /* masters [rows][cols]; NULL for a layer that is not there */
    int8_t *credit;              /* [pairs], also when update.credit is NULL */
    uint64_t **bits;
    uint32_t *ids;
    uint8_t *labels;
    char text[256]; /* one line that describes it, for messages */
};

/* Replace what the device cannot do by what it can: full rank by low rank, bell by sign, and fewer pairs (or a lower rank) where
 * it does not hold their factors. What was replaced. */
enum { SR_OTHER_MODE = 1, SR_OTHER_DIST = 2, SR_OTHER_SIZE = 4 };
uint32_t sr_noise_within(const struct sr_caps *caps, struct sr_noise *noise);
/* A call of mode local for a configuration, of up to pairs_max pairs; it makes readout and weights such that there is one. Some
 * draws are so strong that everything saturates. */
struct sr_learning sr_random_learning(uint64_t seed, uint32_t frac_bits, uint32_t pairs_max, struct sr_random_config *config);
/* Aborts the test when out of memory. */
void sr_random_config(uint64_t seed, const struct sr_caps *caps, struct sr_random_config *out);
void sr_random_config_free(struct sr_random_config *config);

#endif
