/* SPDX-License-Identifier: Apache-2.0
 * The self test: networks, populations and ranks that a device's limits hold (selftest_steps.h). */
#include "cmd/selftest_steps.h"
#include "device/device.h"

uint32_t sr_fit_most_pairs(const struct sr_caps *caps, uint32_t rank) {
    uint32_t terms = caps->factors && caps->factors < 16384 ? caps->factors : 16384;
    return caps->pairs_max < terms / rank ? caps->pairs_max : terms / rank;
}

uint32_t sr_least(uint32_t a, uint32_t b) { return a < b ? a : b; }

uint32_t sr_fit_pairs(const struct sr_caps *caps, uint32_t rank) {
    uint32_t most = sr_fit_most_pairs(caps, rank), wanted = 2 * (caps->proj_units > 4 ? caps->proj_units : 4) + 3;
    return wanted < most ? wanted : most;
}

uint32_t sr_fit_rank(const struct sr_caps *caps) {
    uint32_t rank = sr_least(caps->rank_max, 2 * caps->rank_lanes + 1);
    if (caps->factors) rank = sr_least(rank, caps->factors);
    return rank;
}

uint32_t sr_fit_leak(const struct sr_caps *caps, uint32_t leak) { return caps->modes & SR_MODES_LEAK ? leak : SR_LEAK_SHIFT; }

struct sr_net sr_fit_net(const struct sr_caps *caps, uint32_t inputs, uint32_t hidden, uint32_t steps) {
    struct sr_net net = {.layers = 1,
                         .inputs = sr_least(inputs, caps->inputs_max),
                         .hidden = {sr_least(hidden, caps->hidden_max)},
                         .classes = caps->classes_max,
                         .steps = sr_least(steps, caps->steps_max),
                         .theta = {1, 1, 1, 1}};
    for (unsigned l = 0; l < SR_LAYERS; l++) net.leak[l] = sr_fit_leak(caps, 0);
    while (net.hidden[0] > 1 && (net.classes * sr_row_words(caps, net.hidden[0]) > caps->rweight_words ||
                                 sr_row_words(caps, net.hidden[0]) > caps->weight_words))
        net.hidden[0]--;
    uint32_t row = sr_row_words(caps, net.hidden[0]);
    uint64_t sample_bits = (uint64_t)caps->sample_words * caps->sample_w;
    while (net.classes > 2 && net.classes * row > caps->rweight_words) net.classes--;
    net.inputs = sr_least(net.inputs, caps->weight_words / row);
    if (net.inputs > sample_bits) net.inputs = (uint32_t)sample_bits;
    net.steps = sr_least(net.steps, caps->sample_words / ((net.inputs + caps->sample_w - 1) / caps->sample_w));
    return net;
}

struct sr_net sr_fit_usual_net(const struct sr_subject *s) {
    uint32_t ragged = s->quick ? 21 : 37;
    return sr_fit_net(&s->caps, s->quick ? 35 : 75, s->caps.lanes > ragged ? s->caps.lanes + ragged : ragged + 1, 7);
}
