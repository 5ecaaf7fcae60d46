/* SPDX-License-Identifier: Apache-2.0
 * A spiking network in float: the forward pass, the loss, and what a device's weights are: see float_net.h. */
#include "train/float_net.h"

#include <math.h>
#include <stdlib.h>

#include "train/float_kernels.h"

enum sr_status sr_float_pass_init(struct sr_float_pass *pass, const struct sr_net *net, uint32_t samples_max) {
    size_t rows = (size_t)samples_max * net->steps, widest = 0;
    uint32_t last = net->hidden[net->layers - 1];
    bool good = true;
    *pass = (struct sr_float_pass){.samples_max = samples_max};
    for (uint32_t l = 0; l < net->layers; l++) {
        struct sr_float_layer *a = &pass->layer[l];
        a->neurons = net->hidden[l];
        a->words = (a->neurons + 63) / 64;
        float **const parts[] = {&a->u, &a->spike, &a->post, &a->error};
        for (int i = 0; i < 4; i++) good &= (*parts[i] = calloc(rows * a->neurons, sizeof(float))) != NULL;
        good &= (a->bits = calloc(rows * a->words, sizeof *a->bits)) != NULL;
        good &= (a->active = calloc(rows * a->neurons, sizeof *a->active)) != NULL;
        good &= (a->actives = calloc(rows, sizeof *a->actives)) != NULL;
        if (a->neurons > widest) widest = a->neurons;
    }
    good &= (pass->rows = calloc(samples_max, sizeof *pass->rows)) != NULL;
    good &= (pass->input = calloc(rows * net->inputs, sizeof *pass->input)) != NULL;
    good &= (pass->count = calloc((size_t)samples_max * last, sizeof *pass->count)) != NULL;
    good &= (pass->credit = calloc((size_t)samples_max * last, sizeof *pass->credit)) != NULL;
    good &= (pass->error = calloc((size_t)samples_max * net->classes, sizeof *pass->error)) != NULL;
    good &= (pass->v = calloc(widest, sizeof *pass->v)) != NULL;
    good &= (pass->d = calloc(widest, sizeof *pass->d)) != NULL;
    good &= (pass->list = calloc(widest, sizeof *pass->list)) != NULL;
    if (good) return SR_OK;
    sr_float_pass_free(pass);
    return SR_ERR_MEMORY;
}

void sr_float_pass_free(struct sr_float_pass *pass) {
    for (uint32_t l = 0; l < SR_HIDDEN_LAYERS; l++) {
        struct sr_float_layer *a = &pass->layer[l];
        free(a->u);
        free(a->spike);
        free(a->post);
        free(a->error);
        free(a->bits);
        free(a->active);
        free(a->actives);
    }
    free(pass->rows);
    free(pass->input);
    free(pass->count);
    free(pass->credit);
    free(pass->error);
    free(pass->v);
    free(pass->d);
    free(pass->list);
    *pass = (struct sr_float_pass){0};
}

/* Two rounds of a multiply-and-shift permutation of 64 bits: quick, and good enough for draws. */
uint64_t sr_float_mix(uint64_t key, uint64_t value) {
    uint64_t x = key + (value + 1) * 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* |z| of one draw, of mean 0 and variance 1. No draw of 32 bits is beyond `reach` below. */
static float draw_size(enum sr_float_draw draw, uint64_t word) {
    float a = ((float)(word >> 40) + 0.5f) * 0x1p-24f, b = (float)(word & 0xffffff) * 0x1p-24f;
    if (draw == SR_DRAW_UNIFORM) return 1.7320508f * a;
    if (draw == SR_DRAW_LAPLACE) return -0.70710678f * logf(a);
    return sqrtf(-2 * logf(a)) * fabsf(cosf(6.2831853f * b));
}

/* The two-point estimate of LocalZO: (H(x + z delta) - H(x - z delta)) z / (2 delta), the mean of some draws. */
static float local_zo(const struct sr_float_rule *rule, float x, uint64_t key) {
    static const float reach[] = {[SR_DRAW_NORMAL] = 6, [SR_DRAW_UNIFORM] = 1.7320509f, [SR_DRAW_LAPLACE] = 12.5f};
    float size = fabsf(x), sum = 0;
    if (size >= reach[rule->draw] * rule->delta) return 0;
    for (uint32_t m = 0; m < rule->draws; m++) {
        float z = draw_size(rule->draw, sr_float_mix(key, m));
        if (size < z * rule->delta) sum += z / (2 * rule->delta);
    }
    return sum / (float)rule->draws;
}

static void derivatives(const struct sr_float_net *net, const struct sr_float_rule *rule, uint64_t key, uint32_t n,
                        const float *u, const float *spike, float *post) {
    for (uint32_t i = 0; i < n; i++) {
        float x = u[i] - 1, size = fabsf(x), slope = 1 / (1 + rule->slope * size);
        if (net->smooth > 0)
            post[i] = net->smooth * spike[i] * (1 - spike[i]);
        else if (rule->post == SR_POST_SURROGATE)
            post[i] = slope * slope;
        else if (rule->post == SR_POST_SPARSE)
            post[i] = size < rule->band ? slope * slope : 0;
        else if (rule->post == SR_POST_SPIKE)
            post[i] = spike[i];
        else
            post[i] = local_zo(rule, x, sr_float_mix(key, i));
    }
}

static void fire_smoothly(uint32_t n, float slope, float keep, int hard, float *u, float *v, float *spike) {
    for (uint32_t i = 0; i < n; i++) {
        u[i] += keep * v[i];
        spike[i] = 1 / (1 + expf(-slope * (u[i] - 1)));
        v[i] = hard ? u[i] * (1 - spike[i]) : u[i] - spike[i];
    }
}

static void note_spikes(struct sr_float_pass *pass, struct sr_float_layer *a, size_t row) {
    const float *spike = a->spike + row * a->neurons;
    uint64_t *bits = a->bits + row * a->words;
    for (uint32_t i = 0; i < a->words; i++) bits[i] = 0;
    for (uint32_t n = 0; n < a->neurons; n++) bits[n / 64] |= (uint64_t)(spike[n] != 0) << n % 64;
    for (uint32_t i = 0; i < a->words; i++) pass->spikes += (uint64_t)__builtin_popcountll(bits[i]);
}

static void note_active(struct sr_float_pass *pass, struct sr_float_layer *a, size_t row) {
    const float *post = a->post + row * a->neurons;
    uint16_t *active = a->active + row * a->neurons;
    uint32_t count = 0;
    for (uint32_t n = 0; n < a->neurons; n++) {
        active[count] = (uint16_t)n;
        count += post[n] != 0;
    }
    a->actives[row] = (uint16_t)count;
    pass->active += count;
    pass->neurons += a->neurons;
}

void sr_float_forward(const struct sr_float_net *net, const struct sr_float_rule *rule, const uint64_t *const *bits,
                      uint32_t first, uint32_t count, struct sr_float_pass *pass) {
    const struct sr_net *shape = &net->shape;
    const uint32_t steps = shape->steps, words = sr_net_step_words(shape), last = shape->layers - 1;
    const int hard = shape->reset == SR_RESET_HARD;
    pass->samples = count;
    for (uint32_t b = 0; b < count; b++) pass->rows[b] = bits[b];
    for (uint32_t l = 0; l < shape->layers; l++) {
        struct sr_float_layer *a = &pass->layer[l];
        const float keep = 1 - (float)shape->leak[l] / 256;
        for (size_t row = 0; row < (size_t)count * steps; row++) {
            uint32_t b = (uint32_t)(row / steps), t = (uint32_t)(row % steps);
            float *u = a->u + row * a->neurons, *spike = a->spike + row * a->neurons;
            if (net->smooth > 0 && l > 0) {
                const struct sr_float_layer *below = a - 1;
                for (uint32_t n = 0; n < a->neurons; n++) u[n] = 0;
                for (uint32_t j = 0; j < below->neurons; j++)
                    sr_float_axpy(a->neurons, below->spike[row * below->neurons + j], net->weight[l] + (size_t)j * a->neurons,
                                  u);
            } else {
                const uint64_t *x = l ? (a - 1)->bits + row * (a - 1)->words : bits[b] + (size_t)t * words;
                sr_float_add_rows(x, l ? (a - 1)->words : words, a->neurons, net->weight[l], u);
            }
            for (uint32_t n = 0; n < a->neurons && t == 0; n++) pass->v[n] = 0;
            if (net->smooth > 0)
                fire_smoothly(a->neurons, net->smooth, keep, hard, u, pass->v, spike);
            else
                sr_float_fire(a->neurons, keep, hard, u, pass->v, spike);
            note_spikes(pass, a, row);
            if (!rule) continue;
            uint64_t key = sr_float_mix(sr_float_mix(rule->key, (uint64_t)l << 32 | (first + b)), t);
            derivatives(net, rule, key, a->neurons, u, spike, a->post + row * a->neurons);
            note_active(pass, a, row);
        }
    }
    const struct sr_float_layer *top = &pass->layer[last];
    for (uint32_t b = 0; b < count; b++) {
        float *y = pass->count + (size_t)b * top->neurons;
        for (uint32_t n = 0; n < top->neurons; n++) y[n] = 0;
        for (uint32_t t = 0; t < steps; t++)
            sr_float_axpy(top->neurons, 1, top->spike + ((size_t)b * steps + t) * top->neurons, y);
        for (uint32_t o = 0; o < shape->classes; o++)
            pass->error[(size_t)b * shape->classes + o] =
                sr_float_dot(top->neurons, net->weight[SR_READOUT_LAYER] + (size_t)o * top->neurons, y);
    }
}

float sr_float_loss(const struct sr_float_net *net, struct sr_float_pass *pass, uint32_t b, uint8_t label, float scale,
                    uint32_t *predicted) {
    const uint32_t classes = net->shape.classes;
    float *score = pass->error + (size_t)b * classes, sum;
    uint32_t best = 0;
    for (uint32_t o = 1; o < classes; o++)
        if (score[o] > score[best]) best = o;
    float most = score[best], own = score[label];
    sum = score[0] = expf(score[0] - most);
    for (uint32_t o = 1; o < classes; o++) sum += score[o] = expf(score[o] - most);
    for (uint32_t o = 0; o < classes; o++) score[o] = (score[o] / sum - (o == label ? 1.0f : 0.0f)) * scale;
    *predicted = best;
    return logf(sum) + most - own;
}

void sr_float_readout(const struct sr_float_net *net, struct sr_float_pass *pass, float *gradient) {
    const uint32_t neurons = pass->layer[net->shape.layers - 1].neurons, classes = net->shape.classes;
    for (uint32_t b = 0; b < pass->samples; b++) {
        float *credit = pass->credit + (size_t)b * neurons;
        for (uint32_t n = 0; n < neurons; n++) credit[n] = 0;
        for (uint32_t o = 0; o < classes; o++) {
            float e = pass->error[(size_t)b * classes + o];
            sr_float_axpy(neurons, e, net->weight[SR_READOUT_LAYER] + (size_t)o * neurons, credit);
            sr_float_axpy(neurons, e, pass->count + (size_t)b * neurons, gradient + (size_t)o * neurons);
        }
    }
}

/* ---- a device's weights ---- */

enum { WEIGHT_MAX = 127, THETA_MAX = 8191 };

void sr_float_from_device(struct sr_float_net *net, const struct sr_weights *weights, uint32_t frac_bits, double temperature) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        double unit = l == SR_READOUT_LAYER ? temperature : net->shape.theta[l];
        for (size_t i = 0; i < sr_layer_size(&net->shape, l); i++)
            net->weight[l][i] = (float)((weights->layer[l][i] >> frac_bits) / unit);
    }
}

void sr_float_to_device(const struct sr_float_net *net, uint32_t frac_bits, double temperature, struct sr_weights *weights,
                        uint32_t theta[SR_LAYERS]) {
    const int half = frac_bits ? 1 << (frac_bits - 1) : 0;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        float most = 0;
        size_t size = sr_layer_size(&net->shape, l);
        for (size_t i = 0; i < size; i++) most = fmaxf(most, fabsf(net->weight[l][i]));
        if (!size) continue;
        double room = most > 0 ? WEIGHT_MAX / (double)most : INFINITY, scale;
        if (l == SR_READOUT_LAYER)
            scale = fmin(room, temperature);
        else
            scale = theta[l] = (uint32_t)fmax(1, floor(fmin(room, THETA_MAX)));
        for (size_t i = 0; i < size; i++) {
            double whole = fmin(fmax(round(net->weight[l][i] * scale), -WEIGHT_MAX), WEIGHT_MAX);
            weights->layer[l][i] = (int16_t)((int)whole * (1 << frac_bits) + half);
        }
    }
}
