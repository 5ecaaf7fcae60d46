/* SPDX-License-Identifier: Apache-2.0
 * NIR graphs: out of models and back, run in double precision beside ref, quantised, and as damaged files. What other frameworks
 * write is read in tests/python. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <spikeroll/nir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "model/model.h"
#include "nir/nir.h"

static char error[SR_ERROR_SIZE];
static char path[64];

#define assert_ok(call)                                        \
    do {                                                       \
        if ((call) != SR_OK) fail_msg("%s: %s", #call, error); \
    } while (0)

static uint32_t seed = 1;
static uint32_t draw(uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* A model of 70 inputs whose membranes are exact in both: without a leak, or of whole numbers that a leak of a half divides. */
static struct sr_model *make_model(enum sr_reset reset, enum sr_readout readout, uint32_t leak, int32_t unit) {
    struct sr_net net = {
        .layers = 2, .inputs = 70, .hidden = {9, 7}, .classes = 5, .steps = 4, .reset = reset, .readout = readout};
    struct sr_model *model;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        net.theta[l] = 64;
        net.leak[l] = leak;
    }
    assert_ok(sr_model_new(&net, 4, &model));
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        int16_t *master = sr_model_weights(model, l);
        for (uint32_t i = 0; master && i < sr_net_rows(&net, l) * sr_net_cols(&net, l); i++)
            master[i] = (int16_t)(((int32_t)draw(7) - 2) * unit * 16 + (int32_t)draw(16));
    }
    return model;
}

static void fill(uint64_t bits[8]) {
    for (int i = 0; i < 8; i++) {
        bits[i] = 0;
        for (int k = 0; k < (i % 2 ? 6 : 64); k++) bits[i] |= (uint64_t)(draw(8) == 0) << k;
    }
}

/* ref and the graph give the same scores, and the graph comes back from a file as the same model. */
static void check_model(enum sr_reset reset, enum sr_readout readout, uint32_t leak, enum sr_nir_comparison comparison) {
    struct sr_nir_rules rules = {.reset = reset, .comparison = comparison};
    struct sr_model *model = make_model(reset, readout, leak, leak ? 16 : 11), *back;
    struct sr_nir *nir, *read;
    struct sr_nir_layer told[SR_LAYERS];
    struct sr_open open = {.engine = "ref", .threads = 1, .frac_bits = 4};
    struct sr_device *device;
    assert_ok(sr_nir_of_model(model, &rules, &nir, error, sizeof error));
    assert_ok(sr_nir_save(nir, path, error, sizeof error));
    assert_ok(sr_nir_load(path, &read, error, sizeof error));
    assert_ok(sr_nir_quantise(read, &rules, 4, 4, 0, &back, told, error, sizeof error));
    const struct sr_net *a = sr_model_net(model), *b = sr_model_net(back);
    assert_int_equal(a->layers, b->layers);
    assert_int_equal(a->reset, b->reset);
    assert_int_equal(told[0].rails, 0);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const int16_t *x = sr_model_weights(model, l), *y = sr_model_weights(back, l);
        for (uint32_t i = 0; x && i < sr_net_rows(a, l) * sr_net_cols(a, l); i++) assert_int_equal(x[i] >> 4, y[i] >> 4);
        if (!x || (l == SR_READOUT_LAYER && a->readout == SR_READOUT_SUM)) continue;
        assert_int_equal(a->leak[l], b->leak[l]);
        if (l < 2 || a->readout == SR_READOUT_SPIKES) assert_int_equal(a->theta[l], b->theta[l]);
    }
    assert_ok(sr_device_open(&open, &device, error, sizeof error));
    assert_ok(sr_model_to_device(back, device));
    uint32_t spoken = 0;
    for (uint32_t s = 0; s < 40; s++) {
        uint64_t bits[8];
        const uint64_t *all[1] = {bits};
        const uint8_t label = 0;
        struct sr_batch batch = {1, &s, all, &label};
        int32_t scores[5];
        double wanted[5];
        uint8_t predicted;
        fill(bits);
        assert_ok(sr_device_infer(device, &batch, scores, &predicted));
        assert_ok(sr_nir_run(read, &rules, bits, 4, wanted, error, sizeof error));
        for (int o = 0; o < 5; o++) {
            /* A readout membrane of the device is rounded at each step. */
            if (fabs(scores[o] - wanted[o]) > (readout == SR_READOUT_MEMBRANE && leak ? 4 : 1e-6))
                fail_msg("sample %u, class %d: %d and %g", s, o, scores[o], wanted[o]);
            spoken += scores[o] != 0;
        }
    }
    assert_true(spoken > 20);
    sr_device_close(device);
    sr_nir_free(nir);
    sr_nir_free(read);
    sr_model_free(model);
    sr_model_free(back);
}

static void models_go_there_and_back(void **state) {
    (void)state;
    static const uint32_t leaks[] = {0, 128};
    for (int reset = 0; reset < 2; reset++)
        for (int readout = 0; readout < 3; readout++)
            for (int leak = 0; leak < 2; leak++)
                for (int comparison = 0; comparison < 2; comparison++) {
                    check_model((enum sr_reset)reset, (enum sr_readout)readout, leaks[leak],
                                (enum sr_nir_comparison)comparison);
                }
}

/* ---- neurons, by hand ---- */

/* One input that spikes at every step, one neuron of this kind, and a readout that counts its spikes for class 0. */
static struct sr_nir *one_neuron(enum sr_nir_kind kind, double weight, double threshold) {
    struct sr_nir *nir = calloc(1, sizeof *nir);
    nir->stages = 2;
    for (int s = 0; s < 2; s++) {
        struct sr_nir_stage *stage = &nir->stage[s];
        stage->inputs = 1;
        stage->outputs = s == 0 ? 1 : 2;
        strcpy(stage->linear, s == 0 ? "w" : "count");
        assert_true(sr_nir_stage_init(stage));
    }
    strcpy(nir->stage[0].neuron, "n");
    nir->stage[0].kind = kind;
    nir->stage[0].weight[0] = weight;
    nir->stage[1].weight[0] = 1;
    double *const *p = nir->stage[0].parameter;
    p[SR_NIR_TAU][0] = 2e-4; /* half of the membrane is left after a step of 1e-4 s */
    p[SR_NIR_R][0] = kind == SR_NIR_IF ? 1e4 : 2;
    p[SR_NIR_TAU_SYN][0] = 1e-4;
    p[SR_NIR_W_IN][0] = 1;
    p[SR_NIR_V_THRESHOLD][0] = threshold;
    return nir;
}

/* The steps, of eight, in which the neuron spikes, the first in the lowest bit. */
static unsigned spikes(const struct sr_nir *nir, const struct sr_nir_rules *rules) {
    static const uint64_t bits[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    unsigned result = 0;
    double before = 0, scores[2];
    for (uint32_t t = 1; t <= 8; t++) {
        assert_ok(sr_nir_run(nir, rules, bits, t, scores, error, sizeof error));
        if (scores[0] > before) result |= 1u << (t - 1);
        before = scores[0];
    }
    return result;
}

static void conventions_differ_as_they_should(void **state) {
    (void)state;
    struct sr_nir *nir = one_neuron(SR_NIR_IF, 1, 2);
    struct sr_nir_rules rules = {0};
    assert_int_equal(spikes(nir, &rules), 0x24); /* 1 2 3! 1 2 3! 1 2: above 2 */
    rules.comparison = SR_NIR_AT_LEAST;
    assert_int_equal(spikes(nir, &rules), 0xAA); /* 1 2! 1 2! */
    rules.comparison = SR_NIR_GREATER;
    rules.reset = SR_RESET_SUBTRACT;
    assert_int_equal(spikes(nir, &rules), 0x54); /* 1 2 3! 2 3! 2 3! 2 */
    rules.moment = SR_NIR_NEXT_STEP;             /* without a leak no difference */
    assert_int_equal(spikes(nir, &rules), 0x54);
    sr_nir_free(nir);
    nir = one_neuron(SR_NIR_LIF, 4, 6.5);
    rules = (struct sr_nir_rules){.reset = SR_RESET_SUBTRACT};
    assert_int_equal(spikes(nir, &rules), 0x24); /* 4 6 7! 4.25 6.125 7.06! 4.28 6.14 */
    rules.moment = SR_NIR_NEXT_STEP;             /* 4 6 7! 1 4.5 6.25 7.125! 1.06 */
    assert_int_equal(spikes(nir, &rules), 0x44);
    rules.reset = SR_RESET_HARD; /* 4 6 7! 4 6 7! */
    assert_int_equal(spikes(nir, &rules), 0x24);
    rules.moment = SR_NIR_SAME_STEP;
    assert_int_equal(spikes(nir, &rules), 0x24);
    nir->stage[0].kind = SR_NIR_CUBALIF; /* a synapse of one step is none */
    assert_int_equal(spikes(nir, &rules), 0x24);
    sr_nir_free(nir);
}

/* The quantiser refuses, and names the node. */
static void refused(struct sr_nir *nir, const struct sr_nir_rules *rules, const char *what) {
    struct sr_model *model;
    assert_int_equal(sr_nir_quantise(nir, rules, 4, 8, 0, &model, NULL, error, sizeof error), SR_ERR_UNSUPPORTED);
    if (!strstr(error, what)) fail_msg("'%s' is not in '%s'", what, error);
    sr_nir_free(nir);
}

static void what_the_device_lacks_is_refused(void **state) {
    (void)state;
    struct sr_nir_rules rules = {.reset = SR_RESET_SUBTRACT, .moment = SR_NIR_NEXT_STEP};
    refused(one_neuron(SR_NIR_LIF, 1, 1), &rules, "node n (LIF): a threshold that is subtracted in the next step");
    rules = (struct sr_nir_rules){0};
    struct sr_nir *nir = one_neuron(SR_NIR_CUBALIF, 1, 1);
    nir->stage[0].parameter[SR_NIR_TAU_SYN][0] = 5e-3;
    refused(nir, &rules, "node n (CubaLIF): tau_syn of neuron 0 is 0.005 s");
    nir = one_neuron(SR_NIR_LIF, 1, 1);
    nir->stage[0].parameter[SR_NIR_V_RESET][0] = 0.25;
    refused(nir, &rules, "v_reset of neuron 0 is 0.25 and v_leak 0");
    nir = one_neuron(SR_NIR_LIF, 1, 1);
    nir->stage[0].bias[0] = 0.5;
    refused(nir, &rules, "node w (Affine): its bias, 0.5 of the threshold at most");
    nir = one_neuron(SR_NIR_LIF, 1, 0);
    refused(nir, &rules, "v_threshold is not above v_leak");
    rules.dt = 1e-3;
    refused(one_neuron(SR_NIR_LIF, 1, 1), &rules, "not at least the step of 0.001 s");
}

/* Weights of another magnitude use the 8 bits all the same, and the threshold goes with them. */
static void each_layer_has_its_scale(void **state) {
    (void)state;
    struct sr_nir_rules rules = {0};
    struct sr_nir_layer told[SR_LAYERS];
    struct sr_model *model;
    struct sr_nir *nir = one_neuron(SR_NIR_IF, 0.00123, 0.0037);
    nir->stage[1].weight[1] = -1.0 / 64;
    assert_ok(sr_nir_quantise(nir, &rules, 4, 8, 0, &model, told, error, sizeof error));
    assert_int_equal(sr_model_weights(model, 0)[0] >> 8, 127);
    assert_true(fabs(told[0].theta_wanted - 127 / 0.00123 * 0.0037) < 1e-6);
    assert_int_equal(told[0].theta, (uint32_t)told[0].theta_wanted + 1);
    assert_true(told[1].exact && told[1].scale == 64); /* the largest power of two that keeps both within 8 bits */
    assert_int_equal(sr_model_weights(model, SR_READOUT_LAYER)[1] >> 8, -1);
    sr_model_free(model);
    sr_nir_free(nir);
}

/* ---- damaged files ---- */

static void damaged_files_are_refused(void **state) {
    (void)state;
    struct sr_nir_rules rules = {0};
    struct sr_model *model = make_model(SR_RESET_HARD, SR_READOUT_SUM, 32, 5);
    struct sr_nir *nir;
    uint8_t *bytes;
    size_t size;
    const struct sr_file_kind any = {1 << 20, NULL, 0, ""};
    assert_ok(sr_nir_of_model(model, &rules, &nir, error, sizeof error));
    assert_ok(sr_nir_save(nir, path, error, sizeof error));
    assert_ok(sr_file_read(path, &any, &bytes, &size, error, sizeof error));
    sr_nir_free(nir);
    for (int i = 0; i < 120; i++) {
        size_t at = draw((uint32_t)size), length = i % 4 ? size : at;
        uint8_t was = bytes[at];
        bytes[at] ^= (uint8_t)(1 + draw(255));
        assert_ok(sr_file_replace(path, bytes, length, error, sizeof error));
        error[0] = '\0';
        enum sr_status status = sr_nir_load(path, &nir, error, sizeof error); /* in a number, say, it may go unseen */
        if (status == SR_OK)
            sr_nir_free(nir);
        else
            assert_true(error[0] && !strchr(error, '\n'));
        bytes[at] = was;
    }
    free(bytes);
    assert_ok(sr_model_save(model, path, error, sizeof error));
    assert_int_equal(sr_nir_load(path, &nir, error, sizeof error), SR_ERR_FORMAT);
    assert_non_null(strstr(error, "this is no NIR graph"));
    assert_int_equal(sr_nir_load("/dev/zero", &nir, error, sizeof error), SR_ERR_FILE);
    sr_model_free(model);
}

/* What another process hands over is measured before it is believed. */
static void packed_graphs_are_measured(void **state) {
    (void)state;
    struct sr_nir *nir = one_neuron(SR_NIR_LIF, 1, 1), *back;
    uint8_t *bytes;
    size_t size;
    assert_ok(sr_nir_pack(nir, &bytes, &size));
    assert_int_equal(sr_nir_unpack(bytes, size - 1, &back), SR_ERR_FORMAT);
    assert_int_equal(sr_nir_unpack(bytes, 3, &back), SR_ERR_FORMAT);
    ((struct sr_nir *)(void *)bytes)->stage[0].outputs = 60000;
    assert_int_equal(sr_nir_unpack(bytes, size, &back), SR_ERR_FORMAT);
    free(bytes);
    sr_nir_free(nir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_go_there_and_back),         cmocka_unit_test(conventions_differ_as_they_should),
        cmocka_unit_test(what_the_device_lacks_is_refused), cmocka_unit_test(each_layer_has_its_scale),
        cmocka_unit_test(damaged_files_are_refused),        cmocka_unit_test(packed_graphs_are_measured),
    };
    snprintf(path, sizeof path, "/tmp/spikeroll-nir-%ld", (long)getpid());
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
