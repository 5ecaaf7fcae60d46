/* SPDX-License-Identifier: Apache-2.0
 * Node perturbation with one global difference: see float_net.h. */
#include <math.h>

#include "train/float_kernels.h"
#include "train/float_net.h"

static uint32_t neurons_of(const struct sr_net *net) {
    uint32_t sum = 0;
    for (uint32_t l = 0; l < net->layers; l++) sum += net->hidden[l];
    return sum;
}

/* For every step: a direction and an error of each neuron; then membranes, potentials and spikes of a step, and spike counts. */
size_t sr_float_node_size(const struct sr_net *net) {
    return (size_t)2 * net->steps * neurons_of(net) + 3 * (size_t)neurons_of(net) + net->hidden[net->layers - 1];
}

static void draw_directions(const struct sr_net *net, uint64_t key, float *direction) {
    size_t count = (size_t)net->steps * neurons_of(net);
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++, word >>= 1) {
        if (i % 64 == 0) word = sr_float_mix(key, i / 64);
        direction[i] = word & 1 ? 1 : -1;
    }
}

/* The loss of sample b when the currents are moved by `size` along the directions. */
static float moved_loss(const struct sr_float_net *net, const struct sr_float_pass *pass, uint32_t b, uint8_t label, float size,
                        const float *direction, float *scratch) {
    const struct sr_net *shape = &net->shape;
    const uint32_t all = neurons_of(shape), last = shape->layers - 1, words = sr_net_step_words(shape);
    const int hard = shape->reset == SR_RESET_HARD;
    float *v = scratch, *u = scratch + all, *spike = scratch + 2 * (size_t)all, *count = scratch + 3 * (size_t)all;
    float score[SR_CLASSES] = {0}, most = -INFINITY, sum;
    for (uint32_t i = 0; i < all; i++) v[i] = 0;
    for (uint32_t n = 0; n < shape->hidden[last]; n++) count[n] = 0;
    for (uint32_t t = 0; t < shape->steps; t++)
        for (uint32_t l = 0, at = 0; l < shape->layers; at += shape->hidden[l], l++) {
            const uint32_t n = shape->hidden[l];
            if (l == 0) {
                sr_float_add_rows(pass->rows[b] + (size_t)t * words, words, n, net->weight[l], u);
            } else {
                const float *below = spike + at - shape->hidden[l - 1];
                for (uint32_t i = 0; i < n; i++) u[at + i] = 0;
                for (uint32_t j = 0; j < shape->hidden[l - 1]; j++)
                    if (below[j] != 0) sr_float_axpy(n, 1, net->weight[l] + (size_t)j * n, u + at);
            }
            sr_float_axpy(n, size, direction + (size_t)t * all + at, u + at);
            sr_float_fire(n, 1 - (float)shape->leak[l] / 256, hard, u + at, v + at, spike + at);
            if (l == last) sr_float_axpy(n, 1, spike + at, count);
        }
    for (uint32_t o = 0; o < shape->classes; o++) {
        score[o] = sr_float_dot(shape->hidden[last], net->weight[SR_READOUT_LAYER] + (size_t)o * shape->hidden[last], count);
        most = fmaxf(most, score[o]);
    }
    sum = expf(score[0] - most);
    for (uint32_t o = 1; o < shape->classes; o++) sum += expf(score[o] - most);
    return logf(sum) + most - score[label];
}

void sr_float_node(const struct sr_float_net *net, struct sr_float_pass *pass, uint32_t b, uint32_t number, uint8_t label,
                   uint64_t key, uint32_t pairs, float strength, float scale, float *scratch,
                   float *const gradient[SR_LAYERS]) {
    const struct sr_net *shape = &net->shape;
    const uint32_t all = neurons_of(shape), steps = shape->steps;
    const size_t count = (size_t)steps * all;
    float *direction = scratch, *error = scratch + count, *rest = scratch + 2 * count;
    for (size_t i = 0; i < count; i++) error[i] = 0;
    for (uint32_t p = 0; p < pairs; p++) {
        draw_directions(shape, sr_float_mix(sr_float_mix(key, number), p), direction);
        float up = moved_loss(net, pass, b, label, strength, direction, rest);
        float down = moved_loss(net, pass, b, label, -strength, direction, rest);
        float slope = (up - down) / (2 * strength) * scale / (float)pairs;
        if (slope != 0) sr_float_axpy((uint32_t)count, slope, direction, error);
    }
    for (uint32_t t = 0; t < steps; t++)
        for (uint32_t l = 0, at = 0; l < shape->layers; at += shape->hidden[l], l++) {
            const struct sr_float_layer *below = l ? &pass->layer[l - 1] : NULL;
            uint32_t words = below ? below->words : sr_net_step_words(shape);
            const uint64_t *x = below ? below->bits + ((size_t)b * steps + t) * words : pass->rows[b] + (size_t)t * words;
            sr_float_add_to_rows(x, words, shape->hidden[l], error + (size_t)t * all + at, gradient[l]);
        }
}
