/* SPDX-License-Identifier: Apache-2.0
 * The self test's blocks that have no perturbation: scores, neurons and the kinds of fitness. A device that fails one of them
 * computes its base network wrongly. */
#include "cmd/selftest_steps.h"
#include "device/device.h"

/* Spikes are the inputs, so that scores are sums of readout weights. */
enum sr_status sr_try_readout(struct sr_subject *s) {
    struct sr_net net = sr_fit_usual_net(s);
    net.inputs = sr_least(s->caps.inputs_max, sr_least(75, s->caps.weight_words / sr_row_words(&s->caps, net.hidden[0])));
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_pattern(s, &net, 0, SR_PATTERN_ONE_TO_ONE));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 128));
    s->part = "few spikes";
    TRY(sr_ask_scores_of(s, &net, 20));
    s->part = "many spikes";
    TRY(sr_ask_scores_of(s, &net, 230));
    s->part = "all classes alike";
    TRY(sr_load_pattern(s, &net, SR_READOUT_LAYER, SR_PATTERN_RAILS));
    return sr_ask_scores_of(s, &net, 128);
}

/* One step: a neuron fires if its current reaches theta. */
enum sr_status sr_try_base(struct sr_subject *s) {
    static const struct {
        const char *part;
        uint32_t theta, range, density;
    } parts[] = {{"threshold 1", 1, 2, 12},       {"threshold 3", 3, 2, 25},        {"threshold 8", 8, 4, 40},
                 {"threshold 100", 100, 128, 60}, {"threshold 700", 700, 128, 200}, {"all inputs", 1, 128, 256}};
    struct sr_net net = sr_fit_net(&s->caps, s->quick ? 75 : 1 << 16, sr_fit_usual_net(s).hidden[0], 1);
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 128));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        s->part = parts[i].part;
        net.theta[0] = parts[i].theta;
        TRY(sr_device_configure(s->device, &net));
        if (!i || parts[i].range != parts[i - 1].range) TRY(sr_load_random(s, &net, 0, parts[i].range));
        TRY(sr_ask_scores_of(s, &net, parts[i].density));
    }
    s->part = "saturation"; /* with enough inputs the sum leaves 16 bits */
    net.theta[0] = net.inputs > 258 ? 32767 : 127 * net.inputs;
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_pattern(s, &net, 0, SR_PATTERN_RAILS));
    return sr_ask_scores_of(s, &net, 256);
}

static enum sr_status try_lif(struct sr_subject *s, enum sr_reset reset, const uint32_t *leaks, size_t count) {
    struct sr_net net = sr_fit_usual_net(s);
    net.reset = s->caps.modes & SR_MODES_SUBTRACT ? reset : SR_RESET_HARD;
    net.theta[0] = 90;
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 128));
    s->part = "random currents";
    TRY(sr_load_random(s, &net, 0, 30));
    for (size_t i = 0; i < count; i++) {
        net.leak[0] = sr_fit_leak(&s->caps, leaks[i]);
        net.theta[0] = 90 - 20 * (uint32_t)i;
        TRY(sr_device_configure(s->device, &net));
        TRY(sr_ask_scores_of(s, &net, 60));
    }
    s->part = "membranes at their rails";
    net.theta[0] = 32767;
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_pattern(s, &net, 0, SR_PATTERN_RAILS));
    return sr_ask_scores_of(s, &net, 256);
}

enum sr_status sr_try_lif_hard(struct sr_subject *s) { return try_lif(s, SR_RESET_HARD, (const uint32_t[]){0}, 1); }
enum sr_status sr_try_lif_soft(struct sr_subject *s) { return try_lif(s, SR_RESET_SUBTRACT, (const uint32_t[]){0}, 1); }
enum sr_status sr_try_lif_leak(struct sr_subject *s) {
    static const uint32_t leaks[] = {1, 32, 255};
    TRY(try_lif(s, SR_RESET_HARD, leaks, 3));
    return try_lif(s, SR_RESET_SUBTRACT, leaks, 3);
}

/* No perturbation, and the scores of the readout's test: what is left is the fitness. A sample at a time, then all. */
static enum sr_status try_kind(struct sr_subject *s, enum sr_fitness fitness, const uint32_t (*scales)[2], size_t count) {
    struct sr_net net = sr_fit_usual_net(s);
    struct sr_evaluation e = sr_some_evaluation(1, 1, 0, 0);
    struct sr_drawn x;
    TRY(sr_device_configure(s->device, &net));
    TRY(sr_load_pattern(s, &net, 0, SR_PATTERN_ONE_TO_ONE));
    TRY(sr_load_random(s, &net, SR_READOUT_LAYER, 128));
    TRY(sr_draw_samples(s, &net, 6, 50, &x));
    enum sr_status status = SR_OK;
    e.fitness = fitness;
    for (size_t i = 0; i < count && !status; i++) {
        e.fitness_mul = scales[i][0];
        e.fitness_shift = scales[i][1];
        s->part = "a sample";
        for (uint32_t b = 0; b < x.batch.count && !status; b++) {
            struct sr_batch one = {.count = 1, .ids = x.ids + b, .bits = x.bits + b, .labels = x.labels + b};
            for (uint8_t label = 0; label < net.classes && !status; label = (uint8_t)(label + 3)) {
                x.labels[b] = label;
                status = sr_ask_fitness(s, &e, &one);
            }
        }
        s->part = "a batch";
        if (!status) status = sr_ask_fitness(s, &e, &x.batch);
    }
    sr_drop_samples(&x);
    return status;
}

enum sr_status sr_try_correct(struct sr_subject *s) {
    static const uint32_t scales[][2] = {{0, 0}};
    return try_kind(s, SR_FITNESS_CORRECT, scales, 1);
}
enum sr_status sr_try_margin(struct sr_subject *s) {
    static const uint32_t scales[][2] = {{1, 0}, {15, 0}, {11, 5}}; /* 15: beyond 32767 for some */
    return try_kind(s, SR_FITNESS_MARGIN, scales, 3);
}
enum sr_status sr_try_logsoftmax(struct sr_subject *s) {
    static const uint32_t scales[][2] = {{1, 0}, {5, 4}, {3, 6}, {1, 8}};
    return try_kind(s, SR_FITNESS_LOGSOFTMAX, scales, 4);
}
