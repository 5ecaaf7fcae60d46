/* SPDX-License-Identifier: Apache-2.0
 * Errors back through time and layers, by the derivatives that the forward pass left: see float_net.h.
 *
 *     d[t] = post[t] error[t] + keep d[t+1] (0 across a hard reset)        error of neuron n's potential at step t
 *     gradient[j][n] += sum_t x[t][j] d[t][n];   error of the layer below [t][j] = sum_n weight[j][n] d[t][n]
 */
#include "train/float_kernels.h"
#include "train/float_matrix.h"
#include "train/float_net.h"

static const uint64_t *input_bits(const struct sr_float_net *net, const struct sr_float_pass *pass, uint32_t l, uint32_t b,
                                  uint32_t t, uint32_t *words) {
    if (l == 0) {
        *words = sr_net_step_words(&net->shape);
        return pass->rows[b] + (size_t)t * *words;
    }
    const struct sr_float_layer *below = &pass->layer[l - 1];
    *words = below->words;
    return below->bits + ((size_t)b * net->shape.steps + t) * below->words;
}

/* ---- dense ---- */

/* The errors of a layer's spikes become those of its potentials, sample by sample and back in time. */
static void through_time(const struct sr_float_net *net, struct sr_float_pass *pass, uint32_t l, bool free_trace) {
    struct sr_float_layer *a = &pass->layer[l];
    const uint32_t n = a->neurons, steps = net->shape.steps;
    const bool hard = net->shape.reset == SR_RESET_HARD;
    const float keep = 1 - (float)net->shape.leak[l] / 256;
    for (uint32_t b = 0; b < pass->samples; b++) {
        for (uint32_t i = 0; i < n; i++) pass->d[i] = 0;
        for (uint32_t t = steps; t-- > 0;) {
            size_t row = (size_t)b * steps + t;
            float *error = a->error + row * n;
            const float *post = a->post + row * n, *spike = a->spike + row * n, *u = a->u + row * n;
            sr_float_recall(n, keep, hard && !free_trace, spike, pass->d); /* keep d[t+1]: the error of v[t], past the reset */
            if (net->smooth > 0) {                                         /* exact: d[t+1] keep (dv/du), all of it */
                for (uint32_t i = 0; i < n; i++) {
                    float back = t + 1 < steps ? keep * a->error[(row + 1) * n + i] : 0;
                    pass->d[i] = back * (hard ? 1 - spike[i] - u[i] * post[i] : 1 - post[i]);
                }
            }
            for (uint32_t i = 0; i < n; i++) pass->d[i] = error[i] = pass->d[i] + post[i] * error[i];
        }
    }
}

static void spread_inputs(const struct sr_float_net *net, struct sr_float_pass *pass) {
    const uint32_t inputs = net->shape.inputs, words = sr_net_step_words(&net->shape), steps = net->shape.steps;
    for (size_t row = 0; row < (size_t)pass->samples * steps; row++) {
        const uint64_t *x = pass->rows[row / steps] + row % steps * words;
        for (uint32_t j = 0; j < inputs; j++) pass->input[row * inputs + j] = x[j / 64] >> j % 64 & 1 ? 1.0f : 0.0f;
    }
}

void sr_float_backward_dense(const struct sr_float_net *net, struct sr_float_pass *pass, bool free_trace,
                             float *const gradient[SR_LAYERS]) {
    const uint32_t steps = net->shape.steps, last = net->shape.layers - 1, rows = pass->samples * steps;
    struct sr_float_layer *top = &pass->layer[last];
    for (size_t row = 0; row < rows; row++)
        for (uint32_t n = 0; n < top->neurons; n++)
            top->error[row * top->neurons + n] = pass->credit[row / steps * top->neurons + n];
    spread_inputs(net, pass);
    for (uint32_t l = last + 1; l-- > 0;) {
        struct sr_float_layer *a = &pass->layer[l], *below = l ? a - 1 : NULL;
        uint32_t inputs = below ? below->neurons : net->shape.inputs;
        through_time(net, pass, l, free_trace);
        sr_matrix_add_tn(inputs, a->neurons, rows, below ? below->spike : pass->input, a->error, gradient[l]);
        if (below) sr_matrix_nt(rows, inputs, a->neurons, a->error, net->weight[l], below->error);
    }
}

/* ---- sparse ---- */

/* Whether few enough columns have an error to visit those alone: then their list. */
static bool few(const struct sr_float_pass *pass, uint32_t n, uint32_t *count) {
    *count = 0;
    for (uint32_t i = 0; i < n; i++) {
        pass->list[*count] = (uint16_t)i;
        *count += pass->d[i] != 0;
    }
    return *count < n / 8;
}

/* The error of the spikes of the layer below, where they count: its active neurons. */
static void pass_down(const struct sr_float_net *net, struct sr_float_pass *pass, uint32_t l, size_t row) {
    struct sr_float_layer *below = &pass->layer[l - 1];
    const uint32_t n = pass->layer[l].neurons;
    const uint16_t *active = below->active + row * below->neurons;
    float *error = below->error + row * below->neurons;
    for (uint32_t k = 0; k < below->actives[row]; k++)
        error[active[k]] = sr_float_dot(n, net->weight[l] + (size_t)active[k] * n, pass->d);
}

void sr_float_backward_sparse(const struct sr_float_net *net, struct sr_float_pass *pass, bool free_trace,
                              float *const gradient[SR_LAYERS]) {
    const uint32_t steps = net->shape.steps, last = net->shape.layers - 1;
    const bool hard = net->shape.reset == SR_RESET_HARD;
    for (uint32_t b = 0; b < pass->samples; b++)
        for (uint32_t l = last + 1; l-- > 0;) {
            struct sr_float_layer *a = &pass->layer[l];
            const uint32_t n = a->neurons;
            const float keep = 1 - (float)net->shape.leak[l] / 256;
            bool any = false; /* an active neuron was met: until then there is no error */
            for (uint32_t i = 0; i < n; i++) pass->d[i] = 0;
            for (uint32_t t = steps; t-- > 0;) {
                const size_t row = (size_t)b * steps + t;
                const uint16_t *active = a->active + row * n;
                const float *error = l == last ? pass->credit + (size_t)b * n : a->error + row * n;
                if (any) sr_float_recall(n, keep, hard && !free_trace, a->spike + row * n, pass->d);
                for (uint32_t k = 0; k < a->actives[row]; k++)
                    pass->d[active[k]] += a->post[row * n + active[k]] * error[active[k]];
                any |= a->actives[row] > 0;
                if (l > 0) pass_down(net, pass, l, row);
                uint32_t words, count;
                const uint64_t *x = input_bits(net, pass, l, b, t, &words);
                if (!any) continue;
                if (few(pass, n, &count))
                    sr_float_add_to_some(x, words, n, pass->d, pass->list, count, gradient[l]);
                else
                    sr_float_add_to_rows(x, words, n, pass->d, gradient[l]);
            }
        }
}
