/* SPDX-License-Identifier: Apache-2.0
 * Engine `ref`: the golden model and the fast way to train on a processor. Here: the object, its weights, its calls. */
#include "ref/ref.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/fitness.h"
#include "ref/pair.h"

static struct ref *ref_of(struct sr_device *device) { return (struct ref *)(void *)device; }

/* Largest bound on |input current| under which no membrane can reach 16-bit saturation: then LIF may be done in int16. */
static int32_t exact_input(uint32_t steps, int32_t leak) {
    int32_t low = 0, high = 32768; /* low is fine, high is not */
    while (high - low > 1) {
        int32_t input = (low + high) / 2, membrane = 0;
        for (uint32_t t = 0; t < steps && membrane <= 32767; t++) membrane += input - ((membrane * leak) >> 8);
        if (membrane <= 32767)
            low = input;
        else
            high = input;
    }
    return low;
}

static void forget_layers(struct ref *ref) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        free(ref->layer[l].master);
        free(ref->layer[l].weight);
        ref->layer[l] = (struct ref_layer){0};
    }
}

static void forget_generation(struct ref *ref) {
    for (unsigned l = 0; l < SR_LAYERS; l++) ref_factors_free(&ref->factors[l]);
    ref->factors_valid = false;
    free(ref->last_fitness);
    ref->last_fitness = NULL;
    ref->last_pairs = 0;
}

static bool same_shape(const struct sr_net *a, const struct sr_net *b) {
    if (!a->layers) return false;
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (sr_net_rows(a, l) != sr_net_rows(b, l) || sr_net_cols(a, l) != sr_net_cols(b, l)) return false;
    return true;
}

static enum sr_status ref_configure(struct sr_device *device, const struct sr_net *net) {
    struct ref *ref = ref_of(device);
    ref_local_leave(ref); /* it is made for one network */
    if (!same_shape(&device->net, net)) {
        struct ref_layer fresh[SR_LAYERS] = {{0}};
        bool ok = true;
        for (unsigned l = 0; l < SR_LAYERS; l++) {
            struct ref_layer *layer = &fresh[l];
            layer->rows = sr_net_rows(net, l);
            layer->cols = sr_net_cols(net, l);
            layer->stride = ref_pad(layer->cols);
            if (!layer->rows) continue;
            layer->master = calloc(layer->rows * layer->cols, sizeof *layer->master);
            layer->weight = calloc(layer->rows * layer->stride, sizeof *layer->weight);
            ok = ok && layer->master && layer->weight;
        }
        if (!ok) {
            for (unsigned l = 0; l < SR_LAYERS; l++) free(fresh[l].master), free(fresh[l].weight);
            return sr_fail(device, SR_ERR_MEMORY, "no memory for the network's weights");
        }
        forget_generation(ref);
        forget_layers(ref);
        memcpy(ref->layer, fresh, sizeof fresh);
    }
    for (unsigned l = 0; l < net->layers; l++) ref->layer[l].exact_input = exact_input(net->steps, (int32_t)net->leak[l]);
    return SR_OK;
}

static enum sr_status ref_write_weights(struct sr_device *device, unsigned number, const int16_t *master) {
    struct ref_layer *layer = &ref_of(device)->layer[number];
    ref_local_leave(ref_of(device));
    memcpy(layer->master, master, layer->rows * layer->cols * sizeof *master);
    for (size_t row = 0; row < layer->rows; row++)
        for (size_t n = 0; n < layer->cols; n++)
            layer->weight[row * layer->stride + n] = (int16_t)(master[row * layer->cols + n] >> device->caps.frac_w);
    return SR_OK;
}

static enum sr_status ref_read_weights(struct sr_device *device, unsigned number, int16_t *master) {
    const struct ref_layer *layer = &ref_of(device)->layer[number];
    ref_local_leave(ref_of(device));
    memcpy(master, layer->master, layer->rows * layer->cols * sizeof *master);
    return SR_OK;
}

static bool same_noise(const struct sr_noise *a, const struct sr_noise *b) {
    return a->key == b->key && a->pairs == b->pairs && a->rank == b->rank && a->mode == b->mode &&
           a->readout_mode == b->readout_mode && a->dist == b->dist;
}

bool ref_factors_ready(struct ref *ref, const struct sr_noise *noise) {
    if (ref->factors_valid && same_noise(&ref->factors_noise, noise)) return true;
    ref->factors_valid = false;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const struct ref_layer *layer = &ref->layer[l];
        enum sr_mode mode = l == SR_READOUT_LAYER ? noise->readout_mode : noise->mode;
        ref_factors_free(&ref->factors[l]);
        if (!layer->rows || mode == SR_MODE_FULL) continue;
        if (!ref_factors_make(&ref->factors[l], noise, l, layer->rows, layer->cols)) return false;
    }
    ref->factors_noise = *noise;
    ref->factors_valid = true;
    return true;
}

static enum sr_status ref_evaluate(struct sr_device *device, const struct sr_evaluation *evaluation,
                                   const struct sr_batch *batch, int32_t *fitness, uint32_t *correct) {
    struct ref *ref = ref_of(device);
    uint32_t pairs = evaluation->noise.pairs;
    bool all = evaluation->pair_first == 0 && evaluation->pair_count == pairs;
    int32_t *keep = all ? malloc(2 * (size_t)pairs * sizeof *keep) : NULL;
    ref_local_leave(ref);
    if (all && !keep) return sr_fail(device, SR_ERR_MEMORY, "no memory for the fitness of %u pairs", (unsigned)pairs);
    ref->last_pairs = 0;
    enum sr_status status = ref_run(ref, evaluation, batch, fitness, correct, NULL, NULL);
    if (status) {
        free(keep);
        return status;
    }
    free(ref->last_fitness);
    ref->last_fitness = keep;
    ref->last_pairs = all ? pairs : 0;
    if (all) memcpy(keep, fitness, 2 * (size_t)pairs * sizeof *keep);
    return SR_OK;
}

static enum sr_status ref_apply(struct sr_device *device, const struct sr_update *update) {
    struct ref *ref = ref_of(device);
    uint32_t pairs = update->noise.pairs;
    ref_local_leave(ref);
    if (update->credit) return ref_update(ref, update, update->credit);
    if (ref->last_pairs != pairs)
        return sr_fail(device, SR_ERR_ARGUMENT, "credit is missing, and the last evaluation did not cover all %u pairs",
                       (unsigned)pairs);
    int8_t *credit = malloc(pairs);
    if (!credit) return sr_fail(device, SR_ERR_MEMORY, "no memory for the credit of %u pairs", (unsigned)pairs);
    sr_shape_signs(ref->last_fitness, pairs, credit);
    enum sr_status status = ref_update(ref, update, credit);
    free(credit);
    return status;
}

static enum sr_status ref_infer(struct sr_device *device, const struct sr_batch *batch, int32_t *scores, uint8_t *predicted) {
    ref_local_leave(ref_of(device));
    return ref_run(ref_of(device), NULL, batch, NULL, NULL, scores, predicted);
}

static enum sr_status ref_learn_batch(struct sr_device *device, const struct sr_learning *learning,
                                      const struct sr_batch *batch, int32_t *fitness, uint8_t *correct) {
    return ref_learn(ref_of(device), learning, batch, NULL, fitness, correct);
}

static enum sr_status ref_learn_columns(struct sr_device *device, const struct sr_learning *learning,
                                        const struct sr_batch *batch, const struct sr_column_share *share, int32_t *fitness,
                                        uint8_t *correct) {
    return ref_learn(ref_of(device), learning, batch, share, fitness, correct);
}

static enum sr_status ref_counters(struct sr_device *device, struct sr_counters *counters) {
    (void)device;
    *counters = (struct sr_counters){0};
    return SR_OK;
}

static void ref_close(struct sr_device *device) {
    struct ref *ref = ref_of(device);
    ref_local_leave(ref);
    forget_generation(ref);
    forget_layers(ref);
    ref_pool_close(ref->pool);
    free(ref);
}

/* The kernel that SPIKEROLL_REF names ("general": none), else the fastest that this processor runs. False: there is none of
 * that name; *names then lists those that there are. */
static bool choose_kernel(const struct ref_pair_kernel **chosen, char *names, size_t size) {
    const char *asked = getenv("SPIKEROLL_REF");
    const struct ref_pair_kernel *kernel;
    *chosen = ref_pair_kernel(0);
    if (!asked || !*asked) return true;
    *chosen = NULL;
    if (strcmp(asked, "general") == 0) return true;
    int used = snprintf(names, size, "general");
    for (size_t i = 0; (kernel = ref_pair_kernel(i)); i++) {
        if (strcmp(asked, kernel->name) == 0) *chosen = kernel;
        if (used >= 0 && (size_t)used < size) used += snprintf(names + used, size - (size_t)used, ", %s", kernel->name);
    }
    return *chosen != NULL;
}

enum sr_status sr_ref_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size) {
    static const struct sr_engine_ops ops = {.close = ref_close,
                                             .configure = ref_configure,
                                             .write_weights = ref_write_weights,
                                             .read_weights = ref_read_weights,
                                             .evaluate = ref_evaluate,
                                             .update = ref_apply,
                                             .learn = ref_learn_batch,
                                             .learn_share = ref_learn_columns,
                                             .infer = ref_infer,
                                             .counters = ref_counters};
    if (how->frac_bits > 8) {
        snprintf(error, error_size, "frac_bits = %u is outside 1..8", (unsigned)how->frac_bits);
        return SR_ERR_ARGUMENT;
    }
    if (how->threads > 1024) {
        snprintf(error, error_size, "threads = %u is outside 1..1024", (unsigned)how->threads);
        return SR_ERR_ARGUMENT;
    }
    const struct ref_pair_kernel *kernel;
    char names[64];
    if (!choose_kernel(&kernel, names, sizeof names)) {
        snprintf(error, error_size, "SPIKEROLL_REF = \"%.20s\" is none of %s, which this processor runs",
                 getenv("SPIKEROLL_REF"), names);
        return SR_ERR_ARGUMENT;
    }
    struct ref *ref = calloc(1, sizeof *ref);
    struct ref_pool *pool = ref_pool_open(how->threads ? how->threads : 1);
    if (!ref || !pool) {
        ref_pool_close(pool);
        free(ref);
        snprintf(error, error_size, "no memory for the engine ref");
        return SR_ERR_MEMORY;
    }
    ref->pool = pool;
    ref->pair_kernel = kernel;
    ref->device.ops = &ops;
    ref->device.caps = (struct sr_caps){.engine = "ref",
                                        .frac_w = how->frac_bits ? how->frac_bits : 8,
                                        .layers_max = SR_HIDDEN_LAYERS,
                                        .inputs_max = 4095,
                                        .hidden_max = 4095,
                                        .classes_max = SR_CLASSES,
                                        .steps_max = 1023,
                                        .rank_max = 32,
                                        .pairs_max = 16384,
                                        .sample_words = UINT32_MAX,
                                        .weight_words = UINT32_MAX,
                                        .rweight_words = UINT32_MAX,
                                        .batch_max = UINT32_MAX,
                                        .score_words = UINT32_MAX,
                                        .step_readout = 1,
                                        .modes = SR_MODES_ALL,
                                        .devices = 1};
    *device = &ref->device;
    return SR_OK;
}
