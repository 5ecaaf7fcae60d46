/* SPDX-License-Identifier: Apache-2.0
 * Rules that train in float: gradients against finite differences of a smooth network, the sparse pass against the dense one, the
 * draws of LocalZO against their published mean, node perturbation and the three-factor rule against their definitions, matrix
 * products, and device weights both ways. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/float_kernels.h"
#include "train/float_matrix.h"
#include "train/float_net.h"

enum { SAMPLES = 3, STEPS = 7, INPUTS = 70, CLASSES = 4 };

static uint64_t bits[SAMPLES][STEPS][2];
static const uint64_t *rows[SAMPLES];
static const uint8_t labels[SAMPLES] = {2, 0, 3};

static float noise(uint64_t stream, uint64_t i) { return (float)(sr_float_mix(stream, i) >> 40) * 0x1p-23f - 1; }

static struct sr_float_net make_net(uint32_t layers, enum sr_reset reset, float smooth) {
    struct sr_float_net net = {.smooth = smooth,
                               .shape = {.layers = layers,
                                         .inputs = INPUTS,
                                         .hidden = {21, layers > 1 ? 66 : 0, layers > 2 ? 9 : 0},
                                         .classes = CLASSES,
                                         .steps = STEPS,
                                         .theta = {128, 128, 128, 1},
                                         .leak = {40, 0, 90},
                                         .reset = reset}};
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t size = sr_layer_size(&net.shape, l);
        net.weight[l] = size ? malloc(size * sizeof(float)) : NULL;
        for (size_t i = 0; i < size; i++)
            net.weight[l][i] = l == SR_READOUT_LAYER ? 0.5f * noise(9, i) : 0.1f + 0.5f * noise(l, i);
    }
    for (uint32_t b = 0; b < SAMPLES; b++) {
        rows[b] = &bits[b][0][0];
        for (uint32_t t = 0; t < STEPS; t++) {
            bits[b][t][0] = sr_float_mix(b, 2 * t) & sr_float_mix(b, 2 * t + 50) & sr_float_mix(b, 3 * t + 150);
            bits[b][t][1] = sr_float_mix(b, 2 * t + 1) & 63;
        }
    }
    return net;
}

static void free_net(struct sr_float_net *net, float *gradient[SR_LAYERS]) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        free(net->weight[l]);
        free(gradient[l]);
    }
}

static void make_gradient(const struct sr_float_net *net, float *gradient[SR_LAYERS]) {
    for (unsigned l = 0; l < SR_LAYERS; l++)
        gradient[l] = sr_layer_size(&net->shape, l) ? calloc(sr_layer_size(&net->shape, l), sizeof(float)) : NULL;
}

static double loss_of(const struct sr_float_net *net, const struct sr_float_rule *rule, struct sr_float_pass *pass) {
    double sum = 0;
    uint32_t predicted;
    sr_float_forward(net, rule, rows, 0, SAMPLES, pass);
    for (uint32_t b = 0; b < SAMPLES; b++) sum += (double)sr_float_loss(net, pass, b, labels[b], 1, &predicted);
    return sum;
}

/* The derivative along a direction: a random one of a whole layer, or a single weight. */
static void compare_slopes(struct sr_float_net *net, struct sr_float_pass *pass, unsigned l, const float *gradient,
                           int64_t single) {
    size_t size = sr_layer_size(&net->shape, l);
    const float h = single < 0 ? 2e-3f : 2e-2f;
    double wanted = 0, found[2];
    float *kept = malloc(size * sizeof *kept);
    memcpy(kept, net->weight[l], size * sizeof *kept);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < size; i++) {
            float direction = single < 0 ? noise(77, i) : (int64_t)i == single ? 1 : 0;
            net->weight[l][i] = kept[i] + (side ? -h : h) * direction;
            if (!side) wanted += (double)gradient[i] * (double)direction;
        }
        found[side] = loss_of(net, NULL, pass);
    }
    memcpy(net->weight[l], kept, size * sizeof *kept);
    free(kept);
    double slope = (found[0] - found[1]) / (2 * (double)h);
    if (fabs(slope - wanted) > 2e-3 + 0.02 * fabs(slope)) fail_msg("layer %u: slope %g, gradient %g", l, slope, wanted);
}

static void gradients_are_those_of_finite_differences(void **state) {
    (void)state;
    for (uint32_t layers = 1; layers <= 3; layers++)
        for (int reset = 0; reset < 2; reset++) {
            struct sr_float_net net = make_net(layers, reset ? SR_RESET_SUBTRACT : SR_RESET_HARD, 3);
            const struct sr_float_rule rule = {.post = SR_POST_SURROGATE};
            struct sr_float_pass pass;
            float *gradient[SR_LAYERS];
            double size = 0;
            make_gradient(&net, gradient);
            assert_int_equal(sr_float_pass_init(&pass, &net.shape, SAMPLES), SR_OK);
            loss_of(&net, &rule, &pass);
            sr_float_readout(&net, &pass, gradient[SR_READOUT_LAYER]);
            sr_float_backward_dense(&net, &pass, false, gradient);
            for (unsigned l = 0; l < SR_LAYERS; l++) {
                size_t count = sr_layer_size(&net.shape, l);
                for (size_t i = 0; i < count; i++) size += fabs((double)gradient[l][i]);
                if (count) compare_slopes(&net, &pass, l, gradient[l], -1);
                for (size_t i = 0; i < count; i += count / 13) compare_slopes(&net, &pass, l, gradient[l], (int64_t)i);
            }
            assert_true(size > 1); /* there was something to compare */
            sr_float_pass_free(&pass);
            free_net(&net, gradient);
        }
}

static const struct sr_float_rule some_rules[] = {
    {.post = SR_POST_SURROGATE, .slope = 5},
    {.post = SR_POST_SPARSE, .slope = 5, .band = 0.3f},
    {.post = SR_POST_SPARSE, .slope = 5, .band = 0.02f}, /* few neurons: columns are visited by their list */
    {.post = SR_POST_LOCALZO, .delta = 0.3f, .draw = SR_DRAW_LAPLACE, .draws = 2, .key = 5},
    {.post = SR_POST_SPIKE}};

static void the_sparse_pass_is_the_dense_one(void **state) {
    (void)state;
    for (uint32_t layers = 1; layers <= 3; layers++)
        for (unsigned way = 0; way < 4 * sizeof some_rules / sizeof *some_rules; way++) {
            struct sr_float_net net = make_net(layers, way & 1 ? SR_RESET_SUBTRACT : SR_RESET_HARD, 0);
            struct sr_float_pass pass;
            float *dense[SR_LAYERS], *sparse[SR_LAYERS];
            double sum = 0;
            make_gradient(&net, dense);
            make_gradient(&net, sparse);
            assert_int_equal(sr_float_pass_init(&pass, &net.shape, SAMPLES), SR_OK);
            loss_of(&net, &some_rules[way / 4], &pass);
            assert_true(pass.active > 0 && pass.active <= pass.neurons && pass.spikes > 0);
            sr_float_readout(&net, &pass, dense[SR_READOUT_LAYER]);
            sr_float_backward_dense(&net, &pass, way & 2, dense);
            sr_float_backward_sparse(&net, &pass, way & 2, sparse);
            for (unsigned l = 0; l < layers; l++)
                for (size_t i = 0; i < sr_layer_size(&net.shape, l); i++) {
                    sum += fabs((double)dense[l][i]);
                    assert_true(fabsf(dense[l][i] - sparse[l][i]) <= 1e-4f * (1 + fabsf(dense[l][i])));
                }
            assert_true(sum > 0.001);
            sr_float_pass_free(&pass);
            free_net(&net, dense);
            for (unsigned l = 0; l < SR_LAYERS; l++) free(sparse[l]);
        }
}

/* The published means (arXiv 2302.00910): the surrogates that normal, uniform and Laplace draws come to. */
static double published(enum sr_float_draw draw, double x, double delta) {
    double a = fabs(x) / delta;
    if (draw == SR_DRAW_NORMAL) return exp(-a * a / 2) / (delta * sqrt(2 * acos(-1)));
    if (draw == SR_DRAW_UNIFORM) return a * a < 3 ? (3 - a * a) / (4 * sqrt(3) * delta) : 0;
    return (a + 1 / sqrt(2)) * exp(-sqrt(2) * a) / (2 * delta);
}

static void draws_have_their_published_mean(void **state) {
    enum { NEURONS = 4096 };
    static const double at[] = {0, 0.02, -0.05, 0.08, -0.2};
    const struct sr_net shape = {.layers = 1, .inputs = 1, .hidden = {NEURONS}, .classes = 2, .steps = 1};
    struct sr_float_net net = {.shape = shape};
    struct sr_float_pass pass;
    const uint64_t one = 1, *sample = &one;
    (void)state;
    net.weight[0] = malloc(NEURONS * sizeof(float));
    net.weight[SR_READOUT_LAYER] = calloc(2 * NEURONS, sizeof(float));
    assert_int_equal(sr_float_pass_init(&pass, &shape, 1), SR_OK);
    for (int draw = 0; draw < 3; draw++)
        for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
            const struct sr_float_rule rule = {
                .post = SR_POST_LOCALZO, .delta = 0.05f, .draw = (enum sr_float_draw)draw, .draws = 50, .key = i};
            double mean = 0, wanted = published(rule.draw, at[i], 0.05);
            for (uint32_t n = 0; n < NEURONS; n++) net.weight[0][n] = (float)(1 + at[i]);
            sr_float_forward(&net, &rule, &sample, 0, 1, &pass);
            for (uint32_t n = 0; n < NEURONS; n++) mean += (double)pass.layer[0].post[n] / NEURONS;
            if (fabs(mean - wanted) > 0.02 + 0.02 * wanted) fail_msg("draw %d at %g: %g, not %g", draw, at[i], mean, wanted);
        }
    sr_float_pass_free(&pass);
    free(net.weight[0]);
    free(net.weight[SR_READOUT_LAYER]);
}

/* A network of one hidden layer with an input more for every neuron and step, which is on at its step and moves the neuron's
 * current. */
static double moved_loss(const struct sr_float_net *net, uint64_t key, float size) {
    const uint32_t n = net->shape.hidden[0], all = INPUTS + n * STEPS, words = (all + 63) / 64;
    struct sr_float_net more = *net;
    struct sr_float_pass pass;
    uint64_t *moved = calloc((size_t)STEPS * words, sizeof *moved);
    const uint64_t *sample = moved;
    uint32_t predicted;
    more.shape.inputs = all;
    more.weight[0] = calloc((size_t)all * n, sizeof(float));
    memcpy(more.weight[0], net->weight[0], (size_t)INPUTS * n * sizeof(float));
    for (uint32_t t = 0; t < STEPS; t++) {
        moved[t * words] = bits[0][t][0];
        moved[t * words + 1] = bits[0][t][1];
        for (uint32_t i = 0; i < n; i++) {
            uint32_t draw = t * n + i, input = INPUTS + draw;
            bool up = sr_float_mix(key, draw / 64) >> draw % 64 & 1;
            moved[t * words + input / 64] |= UINT64_C(1) << input % 64;
            more.weight[0][(size_t)input * n + i] = up ? size : -size;
        }
    }
    assert_int_equal(sr_float_pass_init(&pass, &more.shape, 1), SR_OK);
    sr_float_forward(&more, NULL, &sample, 0, 1, &pass);
    double loss = (double)sr_float_loss(&more, &pass, 0, labels[0], 1, &predicted);
    sr_float_pass_free(&pass);
    free(more.weight[0]);
    free(moved);
    return loss;
}

static void node_perturbation_is_its_definition(void **state) {
    const float strength = 0.7f;
    struct sr_float_net net = make_net(1, SR_RESET_HARD, 0);
    struct sr_float_pass pass;
    float *gradient[SR_LAYERS], *scratch = malloc(sr_float_node_size(&net.shape) * sizeof(float));
    const uint32_t n = net.shape.hidden[0];
    double sum = 0;
    (void)state;
    make_gradient(&net, gradient);
    assert_int_equal(sr_float_pass_init(&pass, &net.shape, SAMPLES), SR_OK);
    loss_of(&net, NULL, &pass);
    sr_float_node(&net, &pass, 0, 40, labels[0], 1234, 2, strength, 0.25f, scratch, gradient);
    for (uint32_t p = 0; p < 2; p++) {
        uint64_t key = sr_float_mix(sr_float_mix(1234, 40), p);
        double slope = (moved_loss(&net, key, strength) - moved_loss(&net, key, -strength)) / (2 * (double)strength);
        sum += fabs(slope);
        for (uint32_t j = 0; j < INPUTS; j++)
            for (uint32_t i = 0; i < n; i++)
                for (uint32_t t = 0; t < STEPS; t++) {
                    uint32_t draw = t * n + i;
                    bool up = sr_float_mix(key, draw / 64) >> draw % 64 & 1, on = bits[0][t][j / 64] >> j % 64 & 1;
                    if (on) gradient[0][j * n + i] -= (float)(slope * 0.25 / 2 * (up ? 1 : -1));
                }
    }
    assert_true(sum > 0.01);
    for (size_t i = 0; i < sr_layer_size(&net.shape, 0); i++) assert_true(fabsf(gradient[0][i]) < 1e-4f);
    sr_float_pass_free(&pass);
    free(scratch);
    free_net(&net, gradient);
}

/* Trace of the input, times the spike, times the neuron's share of the error. */
static void the_three_factor_rule_is_its_definition(void **state) {
    struct sr_float_net net = make_net(1, SR_RESET_HARD, 0);
    struct sr_float_pass pass;
    float *gradient[SR_LAYERS];
    const uint32_t n = net.shape.hidden[0];
    const float keep = 1 - 40 / 256.0f;
    (void)state;
    make_gradient(&net, gradient);
    assert_int_equal(sr_float_pass_init(&pass, &net.shape, SAMPLES), SR_OK);
    loss_of(&net, &(struct sr_float_rule){.post = SR_POST_SPIKE}, &pass);
    sr_float_readout(&net, &pass, gradient[SR_READOUT_LAYER]);
    sr_float_backward_sparse(&net, &pass, true, gradient);
    for (uint32_t j = 0; j < INPUTS; j++)
        for (uint32_t i = 0; i < n; i++) {
            float wanted = 0;
            for (uint32_t b = 0; b < SAMPLES; b++) {
                float trace = 0, error = 0;
                for (uint32_t o = 0; o < CLASSES; o++)
                    error += pass.error[b * CLASSES + o] * net.weight[SR_READOUT_LAYER][o * n + i];
                for (uint32_t t = 0; t < STEPS; t++) {
                    trace = keep * trace + (bits[b][t][j / 64] >> j % 64 & 1 ? 1.0f : 0.0f);
                    wanted += trace * error * pass.layer[0].spike[(b * STEPS + t) * n + i];
                }
            }
            assert_true(fabsf(wanted - gradient[0][j * n + i]) <= 1e-4f * (1 + fabsf(wanted)));
        }
    sr_float_pass_free(&pass);
    free_net(&net, gradient);
}

static void matrix_products(void **state) {
    enum { M = 13, N = 37, K = 21 };
    float a[K * M], b[K * N], c[M * N], d[M * K], e[N * K], f[M * N];
    (void)state;
    print_message("products by %s\n", sr_matrix_library());
    for (uint32_t i = 0; i < K * M; i++) a[i] = noise(1, i);
    for (uint32_t i = 0; i < K * N; i++) b[i] = noise(2, i);
    for (uint32_t i = 0; i < M * N; i++) c[i] = noise(3, i);
    for (uint32_t i = 0; i < M * K; i++) d[i] = a[i % K * M + i / K];
    for (uint32_t i = 0; i < N * K; i++) e[i] = b[i % K * N + i / K];
    sr_matrix_nt(M, N, K, d, e, f);
    sr_matrix_add_tn(M, N, K, a, b, c);
    for (uint32_t i = 0; i < M * N; i++) {
        double sum = 0;
        for (uint32_t k = 0; k < K; k++) sum += (double)a[k * M + i / N] * (double)b[k * N + i % N];
        assert_true(fabs((double)f[i] - sum) < 1e-4);
        assert_true(fabs((double)c[i] - (double)noise(3, i) - sum) < 1e-4);
    }
}

/* Without leak and with thresholds that are powers of two nothing is rounded: the device's scores are the float network's. */
static void a_device_has_the_scores_of_the_float_network(void **state) {
    (void)state;
    for (uint32_t layers = 1; layers <= 3; layers++)
        for (int reset = 0; reset < 2; reset++) {
            struct sr_float_net net = make_net(layers, reset ? SR_RESET_SUBTRACT : SR_RESET_HARD, 0);
            struct sr_float_pass pass;
            struct sr_weights weights;
            struct sr_device *device;
            char error[256];
            int32_t scores[SAMPLES * CLASSES];
            uint8_t predicted[SAMPLES];
            const uint32_t ids[SAMPLES] = {0, 1, 2};
            const struct sr_batch batch = {.count = SAMPLES, .ids = ids, .bits = rows, .labels = labels};
            memset(net.shape.leak, 0, sizeof net.shape.leak);
            assert_int_equal(sr_weights_init(&weights, &net.shape), SR_OK);
            for (unsigned l = 0; l < SR_LAYERS; l++)
                for (size_t i = 0; i < sr_layer_size(&net.shape, l); i++)
                    weights.layer[l][i] = (int16_t)(lrintf(20 + 90 * noise(l, i)) * 16 + (int)(i % 16));
            sr_float_from_device(&net, &weights, 4, 64);
            assert_int_equal(sr_float_pass_init(&pass, &net.shape, SAMPLES), SR_OK);
            sr_float_forward(&net, NULL, rows, 0, SAMPLES, &pass);
            const struct sr_open how = {.engine = "ref", .threads = 1, .frac_bits = 4};
            assert_int_equal(sr_device_open(&how, &device, error, sizeof error), SR_OK);
            assert_int_equal(sr_device_configure(device, &net.shape), SR_OK);
            assert_int_equal(sr_weights_write(&weights, device, &net.shape), SR_OK);
            assert_int_equal(sr_device_infer(device, &batch, scores, predicted), SR_OK);
            assert_true(pass.spikes > 20);
            for (uint32_t i = 0; i < SAMPLES * CLASSES; i++) assert_true(pass.error[i] * 64 == (float)scores[i]);
            sr_device_close(device);
            sr_weights_free(&weights);
            sr_float_pass_free(&pass);
            free_net(&net, (float *[SR_LAYERS]){NULL});
        }
}

static void weights_keep_their_values_as_a_devices(void **state) {
    struct sr_float_net net = make_net(2, SR_RESET_HARD, 0);
    struct sr_weights weights;
    uint32_t theta[SR_LAYERS] = {0};
    (void)state;
    assert_int_equal(sr_weights_init(&weights, &net.shape), SR_OK);
    for (uint32_t frac = 0; frac <= 8; frac += 4) {
        sr_float_to_device(&net, frac, 200, &weights, theta);
        for (unsigned l = 0; l < SR_LAYERS; l++) {
            float most = 0;
            size_t count = sr_layer_size(&net.shape, l);
            for (size_t i = 0; i < count; i++) most = fmaxf(most, fabsf(net.weight[l][i]));
            double scale = l == SR_READOUT_LAYER ? fmin(200, 127 / (double)most) : theta[l];
            if (count && l != SR_READOUT_LAYER) assert_true(theta[l] == (uint32_t)floor(127 / (double)most));
            for (size_t i = 0; i < count; i++) {
                double whole = weights.layer[l][i] >> frac;
                assert_true(fabs(whole) <= 127 && fabs(whole - (double)net.weight[l][i] * scale) <= 0.5001);
            }
        }
    }
    memset(net.weight[0], 0, sr_layer_size(&net.shape, 0) * sizeof(float)); /* a layer of zeros has a threshold all the same */
    sr_float_to_device(&net, 8, 200, &weights, theta);
    assert_true(theta[0] >= 1 && theta[0] <= 32767);
    sr_weights_free(&weights);
    free_net(&net, (float *[SR_LAYERS]){NULL});
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gradients_are_those_of_finite_differences),
                                       cmocka_unit_test(the_sparse_pass_is_the_dense_one),
                                       cmocka_unit_test(draws_have_their_published_mean),
                                       cmocka_unit_test(node_perturbation_is_its_definition),
                                       cmocka_unit_test(the_three_factor_rule_is_its_definition),
                                       cmocka_unit_test(matrix_products),
                                       cmocka_unit_test(a_device_has_the_scores_of_the_float_network),
                                       cmocka_unit_test(weights_keep_their_values_as_a_devices)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
