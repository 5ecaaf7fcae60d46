/* SPDX-License-Identifier: Apache-2.0
 * The device interface: checks what does not depend on the engine, then calls it.
 * More than 400 lines, because all that a caller can get wrong is checked here, once, and said in one way. */
#include "device/device.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/fitness.h"
#include "device/noise.h"

const char *sr_status_text(enum sr_status status) {
    switch (status) {
#define SR_STATUS_CASE(name, text) \
    case name:                     \
        return text;
        SR_STATUS_LIST(SR_STATUS_CASE)
#undef SR_STATUS_CASE
    }
    return "unknown status";
}

uint32_t sr_net_rows(const struct sr_net *net, unsigned layer) {
    if (layer == SR_READOUT_LAYER) return net->classes;
    if (layer >= net->layers) return 0;
    return layer == 0 ? net->inputs : net->hidden[layer - 1];
}

uint32_t sr_net_cols(const struct sr_net *net, unsigned layer) {
    if (layer == SR_READOUT_LAYER)
        return net->layers >= 1 && net->layers <= SR_HIDDEN_LAYERS ? net->hidden[net->layers - 1] : 0;
    return layer < net->layers && layer < SR_HIDDEN_LAYERS ? net->hidden[layer] : 0;
}

uint32_t sr_net_step_words(const struct sr_net *net) { return net->inputs / 64 + (net->inputs % 64 != 0); }

uint64_t sr_generation_key(uint64_t seed, uint64_t generation) {
    return sr_permute(sr_permute(seed ^ UINT64_C(0x5350494b45524f4c)) ^ generation);
}

enum sr_status sr_fail(struct sr_device *device, enum sr_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(device->error, sizeof device->error, format, arguments);
    va_end(arguments);
    return status;
}

void sr_device_close(struct sr_device *device) {
    if (device) device->ops->close(device);
}

const char *sr_device_error(const struct sr_device *device) { return device->error; }

const char *sr_device_remark(const struct sr_device *device) { return device->remark; }

const struct sr_caps *sr_device_caps(const struct sr_device *device) { return &device->caps; }

/* ---- checks: each returns SR_OK or leaves a line that names the field, its value and the limit ---- */

static enum sr_status check_range(struct sr_device *d, const char *field, uint32_t value, uint32_t low, uint32_t high) {
    if (value >= low && value <= high) return SR_OK;
    return sr_fail(d, SR_ERR_ARGUMENT, "%s = %" PRIu32 " is outside %" PRIu32 "..%" PRIu32, field, value, low, high);
}

static enum sr_status check_limit(struct sr_device *d, const char *field, uint32_t value, uint32_t low, uint32_t limit,
                                  const char *unit) {
    if (value < low) return sr_fail(d, SR_ERR_ARGUMENT, "%s = %" PRIu32 " is below %" PRIu32, field, value, low);
    if (value <= limit) return SR_OK;
    return sr_fail(d, SR_ERR_LIMIT, "%s = %" PRIu32 " exceeds the device's limit of %" PRIu32 " %s", field, value, limit, unit);
}

static enum sr_status check_store(struct sr_device *d, const char *what, uint64_t words, uint32_t limit) {
    if (words <= limit) return SR_OK;
    return sr_fail(d, SR_ERR_LIMIT, "%s needs %" PRIu64 " words and exceeds the device's limit of %" PRIu32 " words", what,
                   words, limit);
}

static const char *indexed(char *text, size_t size, const char *field, unsigned index) {
    snprintf(text, size, "%s[%u]", field, index);
    return text;
}

#define TRY(call)                           \
    do {                                    \
        enum sr_status try_status = (call); \
        if (try_status) return try_status;  \
    } while (0)

static enum sr_status check_neuron(struct sr_device *d, const struct sr_net *net, unsigned layer) {
    char field[32];
    TRY(check_range(d, indexed(field, sizeof field, "theta", layer), net->theta[layer], 1, 32767));
    TRY(check_range(d, indexed(field, sizeof field, "leak", layer), net->leak[layer], 0, 255));
    if (net->leak[layer] == SR_LEAK_SHIFT || d->caps.modes & SR_MODES_LEAK) return SR_OK;
    return sr_fail(d, SR_ERR_LIMIT, "%s = %" PRIu32 " exceeds the device's limit: only leak %d is built", field,
                   net->leak[layer], SR_LEAK_SHIFT);
}

uint32_t sr_row_words(const struct sr_caps *caps, uint32_t cols) {
    return caps->row_words ? caps->row_words : (cols + caps->lanes - 1) / caps->lanes;
}

enum sr_status sr_check_stores(struct sr_device *d, const struct sr_net *net) {
    const struct sr_caps *caps = &d->caps;
    if (caps->sample_w) {
        uint64_t stride = (net->inputs + caps->sample_w - 1) / caps->sample_w;
        TRY(check_store(d, "one sample (inputs x steps)", stride * net->steps, caps->sample_words));
    }
    if (caps->lanes && caps->devices == 1) { /* the devices of a group lay out their weights each in its own way */
        uint64_t words = 0;
        for (unsigned l = 0; l < net->layers; l++) words += (uint64_t)sr_net_rows(net, l) * sr_row_words(caps, net->hidden[l]);
        TRY(check_store(d, "hidden weights", words, caps->weight_words));
        words = (uint64_t)net->classes * sr_row_words(caps, sr_net_cols(net, SR_READOUT_LAYER));
        TRY(check_store(d, "readout weights", words, caps->rweight_words));
    }
    return SR_OK;
}

static enum sr_status check_net(struct sr_device *d, const struct sr_net *net) {
    const struct sr_caps *caps = &d->caps;
    char field[32];
    TRY(check_range(d, "layers", net->layers, 1, SR_HIDDEN_LAYERS));
    TRY(check_limit(d, "layers", net->layers, 1, caps->layers_max, "hidden layers"));
    TRY(check_limit(d, "inputs", net->inputs, 1, caps->inputs_max, "inputs"));
    TRY(check_range(d, "classes", net->classes, 2, SR_CLASSES));
    TRY(check_limit(d, "classes", net->classes, 2, caps->classes_max, "classes"));
    TRY(check_limit(d, "steps", net->steps, 1, caps->steps_max, "time steps"));
    for (unsigned l = 0; l < net->layers; l++) {
        indexed(field, sizeof field, "hidden", l);
        TRY(check_limit(d, field, net->hidden[l], 1, caps->hidden_max, "neurons"));
        if (l + 1 < net->layers) TRY(check_limit(d, field, net->hidden[l], 1, caps->inputs_max, "inputs of the next layer"));
        TRY(check_neuron(d, net, l));
    }
    TRY(check_range(d, "reset", net->reset, SR_RESET_HARD, SR_RESET_SUBTRACT));
    if (net->reset == SR_RESET_SUBTRACT && !(d->caps.modes & SR_MODES_SUBTRACT))
        return sr_fail(d, SR_ERR_LIMIT, "reset = subtract exceeds the device's limit: only the hard reset is built");
    TRY(check_range(d, "readout", net->readout, SR_READOUT_SUM, SR_READOUT_SPIKES));
    if (net->readout != SR_READOUT_SUM) {
        if (!caps->step_readout)
            return sr_fail(d, SR_ERR_LIMIT, "readout = %u exceeds the device's limit: only kind sum (0) is built",
                           (unsigned)net->readout);
        TRY(check_range(d, "leak[3]", net->leak[SR_READOUT_LAYER], 0, 255));
        if (net->readout == SR_READOUT_SPIKES) TRY(check_neuron(d, net, SR_READOUT_LAYER));
    }
    return sr_check_stores(d, net);
}

static enum sr_status check_configured(struct sr_device *d) {
    return d->net.layers ? SR_OK : sr_fail(d, SR_ERR_ARGUMENT, "the device has no network yet: configure it first");
}

static bool layer_exists(const struct sr_net *net, unsigned layer) { return layer < net->layers || layer == SR_READOUT_LAYER; }

static enum sr_status check_layer(struct sr_device *d, unsigned layer) {
    TRY(check_configured(d));
    if (layer_exists(&d->net, layer)) return SR_OK;
    return sr_fail(d, SR_ERR_ARGUMENT, "layer = %u is not in a network of %" PRIu32 " hidden layers (readout: %d)", layer,
                   d->net.layers, SR_READOUT_LAYER);
}

static enum sr_status check_mode(struct sr_device *d, const char *field, uint32_t mode) {
    TRY(check_range(d, field, mode, SR_MODE_LOWRANK, SR_MODE_FULL));
    if (mode == SR_MODE_LOWRANK || d->caps.modes & SR_MODES_FULL) return SR_OK;
    return sr_fail(d, SR_ERR_LIMIT, "%s = %" PRIu32 " exceeds the device's limit: only low rank (%d) is built", field, mode,
                   SR_MODE_LOWRANK);
}

static enum sr_status check_factors(struct sr_device *d, const char *field, uint32_t pairs, const struct sr_noise *noise) {
    uint64_t factors = (uint64_t)pairs * noise->rank;
    if (!d->caps.factors || factors <= d->caps.factors || sr_noise_is_full(noise)) return SR_OK;
    return sr_fail(d, SR_ERR_LIMIT, "%s * rank = %" PRIu64 " exceeds the device's limit of %" PRIu32 " factors", field, factors,
                   d->caps.factors);
}

static enum sr_status check_noise(struct sr_device *d, const struct sr_noise *noise) {
    if (!(d->caps.modes & SR_MODES_LOWRANK))
        return sr_fail(d, SR_ERR_UNSUPPORTED, "low rank is not in this device: engine %s infers and learns in mode local alone",
                       d->caps.engine);
    TRY(check_limit(d, "pairs", noise->pairs, 1, d->caps.pairs_max, "pairs"));
    TRY(check_range(d, "rank", noise->rank, 1, 32));
    TRY(check_limit(d, "rank", noise->rank, 1, d->caps.rank_max, "rank terms"));
    if ((uint64_t)noise->pairs * noise->rank > 16384)
        return sr_fail(d, SR_ERR_LIMIT, "pairs * rank = %" PRIu64 " exceeds the limit of 16384 (the update's sum has 24 bits)",
                       (uint64_t)noise->pairs * noise->rank);
    TRY(check_mode(d, "mode", noise->mode));
    TRY(check_mode(d, "readout_mode", noise->readout_mode));
    if (noise->mode != noise->readout_mode && !(d->caps.modes & SR_MODES_MIXED))
        return sr_fail(d, SR_ERR_LIMIT,
                       "readout_mode = %u is not mode = %u, and the device has one rank for hidden layers and readout",
                       (unsigned)noise->readout_mode, (unsigned)noise->mode);
    TRY(check_range(d, "dist", noise->dist, SR_DIST_SIGN, SR_DIST_BELL));
    if (noise->dist == SR_DIST_SIGN || d->caps.modes & SR_MODES_BELL) return SR_OK;
    return sr_fail(d, SR_ERR_LIMIT, "dist = %u exceeds the device's limit: only sign entries (%d) are built",
                   (unsigned)noise->dist, SR_DIST_SIGN);
}

static enum sr_status check_evaluation(struct sr_device *d, const struct sr_evaluation *e) {
    TRY(check_noise(d, &e->noise));
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        char field[32];
        if (layer_exists(&d->net, l)) TRY(check_range(d, indexed(field, sizeof field, "scale", l), e->scale[l], 0, 4095));
    }
    if (e->pair_count < 1) return sr_fail(d, SR_ERR_ARGUMENT, "pair_count = 0 is below 1");
    if ((uint64_t)e->pair_first + e->pair_count > e->noise.pairs)
        return sr_fail(d, SR_ERR_ARGUMENT, "pair_first + pair_count = %" PRIu64 " exceeds the population's %" PRIu32 " pairs",
                       (uint64_t)e->pair_first + e->pair_count, e->noise.pairs);
    /* several devices share the pairs: each looks at its own */
    if (d->caps.devices == 1) TRY(check_factors(d, "pair_count", e->pair_count, &e->noise));
    TRY(check_range(d, "fitness", e->fitness, SR_FITNESS_CORRECT, SR_FITNESS_LOGSOFTMAX));
    TRY(check_range(d, "fitness_mul", e->fitness_mul, 0, 15));
    return check_range(d, "fitness_shift", e->fitness_shift, 0, 31);
}

static enum sr_status check_batch(struct sr_device *d, const struct sr_batch *batch, bool labelled) {
    const struct sr_net *net = &d->net;
    uint32_t words = sr_net_step_words(net);
    uint64_t past = net->inputs % 64 ? ~UINT64_C(0) << net->inputs % 64 : 0;
    if (!batch->count) return sr_fail(d, SR_ERR_ARGUMENT, "batch count = 0 is below 1");
    if (!batch->bits || !batch->ids || (labelled && !batch->labels))
        return sr_fail(d, SR_ERR_ARGUMENT, "batch without %s", !batch->bits ? "bits" : !batch->ids ? "ids" : "labels");
    for (uint32_t b = 0; b < batch->count; b++) {
        if (labelled && batch->labels[b] >= net->classes)
            return sr_fail(d, SR_ERR_ARGUMENT, "labels[%" PRIu32 "] = %u is not below the network's %" PRIu32 " classes", b,
                           (unsigned)batch->labels[b], net->classes);
        uint64_t stray = 0;
        for (uint32_t t = 0; t < net->steps; t++) stray |= batch->bits[b][(size_t)t * words + words - 1] & past;
        if (stray)
            return sr_fail(d, SR_ERR_ARGUMENT, "bits[%" PRIu32 "] has spikes past the network's %" PRIu32 " inputs", b,
                           net->inputs);
    }
    return SR_OK;
}

static enum sr_status check_learning(struct sr_device *d, const struct sr_learning *learning, const struct sr_batch *batch) {
    char field[32];
    if (!d->ops->learn || !(d->caps.modes & SR_MODES_LOCAL))
        return sr_fail(d, SR_ERR_UNSUPPORTED, "mode local is not in this device: engine %s cannot learn with it",
                       d->caps.engine);
    if (d->net.readout != SR_READOUT_SUM)
        return sr_fail(d, SR_ERR_ARGUMENT, "mode local needs readout kind sum: the error of kind %u is not one of each spike",
                       (unsigned)d->net.readout);
    TRY(check_range(d, "pairs", learning->pairs, 1, 256));
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        if (!layer_exists(&d->net, l)) continue;
        TRY(check_range(d, indexed(field, sizeof field, "factor", l), learning->factor[l], 0, 65535));
        if (l < d->net.layers) TRY(check_range(d, indexed(field, sizeof field, "sigma", l), learning->sigma[l], 0, 4095));
        if (l + 1 < d->net.layers)
            TRY(check_range(d, indexed(field, sizeof field, "credit_shift", l), learning->credit_shift[l], 1, 15));
        if (d->lowest[l])
            return sr_fail(d, SR_ERR_ARGUMENT,
                           "mode local needs weights above %d, the lowest of %" PRIu32 " bits: layer %u has one",
                           -(1 << (7 + d->caps.frac_w)), 8 + d->caps.frac_w, l);
    }
    TRY(check_range(d, "error_mul", learning->error_mul, 0, 15));
    TRY(check_range(d, "error_shift", learning->error_shift, 0, 31));
    if ((uint64_t)learning->first + batch->count <= SR_BATCH_LIMIT) return SR_OK;
    return sr_fail(d, SR_ERR_LIMIT,
                   "first + batch count = %" PRIu64 " exceeds the limit of %d (a draw's name has 16 bits for it)",
                   (uint64_t)learning->first + batch->count, SR_BATCH_LIMIT);
}

/* ---- the interface ---- */

/* A call ends here. A cancellation is used up by the call that it ends. */
static enum sr_status leave(struct sr_device *device, enum sr_status status) {
    if (status == SR_ERR_INTERRUPTED) atomic_store(&device->cancelled, false);
    return status;
}

static enum sr_status enter(struct sr_device *device) {
    if (!atomic_load(&device->cancelled)) return SR_OK;
    return leave(device, sr_fail(device, SR_ERR_INTERRUPTED, "cancelled"));
}

void sr_device_cancel(struct sr_device *device) {
    atomic_store(&device->cancelled, true);
    if (device->ops->cancel) device->ops->cancel(device);
}

void sr_device_set_patience(struct sr_device *device, uint32_t times) {
    device->patience = times;
    if (device->ops->set_patience) device->ops->set_patience(device, times);
}

enum sr_status sr_device_configure(struct sr_device *device, const struct sr_net *net) {
    TRY(enter(device));
    TRY(check_net(device, net));
    TRY(leave(device, device->ops->configure(device, net)));
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (sr_net_rows(&device->net, l) != sr_net_rows(net, l) || sr_net_cols(&device->net, l) != sr_net_cols(net, l))
            device->lowest[l] = false; /* weights are forgotten with the shape */
    device->net = *net;
    return SR_OK;
}

enum sr_status sr_device_write_weights(struct sr_device *device, unsigned layer, const int16_t *master) {
    TRY(enter(device));
    TRY(check_layer(device, layer));
    uint32_t rows = sr_net_rows(&device->net, layer), cols = sr_net_cols(&device->net, layer);
    int limit = 1 << (7 + device->caps.frac_w);
    bool lowest = false;
    for (size_t i = 0; i < (size_t)rows * cols; i++) {
        lowest |= master[i] == -limit;
        if (master[i] < -limit || master[i] >= limit)
            return sr_fail(device, SR_ERR_ARGUMENT, "weight [%zu][%zu] of layer %u = %d is outside %d..%d (%" PRIu32 " bits)",
                           i / cols, i % cols, layer, master[i], -limit, limit - 1, 8 + device->caps.frac_w);
    }
    TRY(leave(device, device->ops->write_weights(device, layer, master)));
    device->lowest[layer] = lowest;
    return SR_OK;
}

enum sr_status sr_device_read_weights(struct sr_device *device, unsigned layer, int16_t *master) {
    TRY(enter(device));
    TRY(check_layer(device, layer));
    return leave(device, device->ops->read_weights(device, layer, master));
}

enum sr_status sr_device_evaluate(struct sr_device *device, const struct sr_evaluation *evaluation,
                                  const struct sr_batch *batch, int32_t *fitness, uint32_t *correct) {
    TRY(enter(device));
    TRY(check_configured(device));
    TRY(check_evaluation(device, evaluation));
    TRY(check_batch(device, batch, true));
    if (batch->count > SR_BATCH_LIMIT)
        return sr_fail(device, SR_ERR_LIMIT, "batch count = %" PRIu32 " exceeds the limit of %d (fitness has 32 bits)",
                       batch->count, SR_BATCH_LIMIT);
    return leave(device, device->ops->evaluate(device, evaluation, batch, fitness, correct));
}

enum sr_status sr_device_update(struct sr_device *device, const struct sr_update *update) {
    TRY(enter(device));
    TRY(check_configured(device));
    TRY(check_noise(device, &update->noise));
    TRY(check_factors(device, "pairs", update->noise.pairs, &update->noise));
    uint32_t doublings = 0;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        char field[32];
        if (!layer_exists(&device->net, l)) continue;
        TRY(check_range(device, indexed(field, sizeof field, "step", l), update->step[l], 0, 65535));
        TRY(check_range(device, indexed(field, sizeof field, "doublings", l), update->doublings[l], 0, 8));
        if (update->step[l] && update->doublings[l] > doublings) doublings = update->doublings[l];
    }
    uint64_t reach = update->credit ? 0 : update->noise.pairs;
    for (uint32_t p = 0; update->credit && p < update->noise.pairs; p++) {
        if (update->credit[p] == -128)
            return sr_fail(device, SR_ERR_ARGUMENT, "credit[%" PRIu32 "] = -128 is outside -127..127", p);
        reach += (uint64_t)abs(update->credit[p]);
    }
    reach *= update->noise.rank;
    if (doublings && reach << doublings > SR_UPDATE_REACH)
        return sr_fail(device, SR_ERR_ARGUMENT,
                       "doublings = %" PRIu32 ": rank * sum of |credit| = %" PRIu64 " times 2^doublings is above %d", doublings,
                       reach, SR_UPDATE_REACH);
    return leave(device, device->ops->update(device, update));
}

enum sr_status sr_device_learn(struct sr_device *device, const struct sr_learning *learning, const struct sr_batch *batch,
                               int32_t *fitness, uint8_t *correct) {
    TRY(enter(device));
    TRY(check_configured(device));
    TRY(check_batch(device, batch, true));
    TRY(check_learning(device, learning, batch));
    return leave(device, device->ops->learn(device, learning, batch, fitness, correct));
}

static enum sr_status check_share(struct sr_device *device, const struct sr_learning *learning, const struct sr_batch *batch) {
    TRY(enter(device));
    TRY(check_configured(device));
    TRY(check_batch(device, batch, true));
    TRY(check_learning(device, learning, batch));
    if (!device->ops->learn_share)
        return sr_fail(device, SR_ERR_UNSUPPORTED, "engine %s cannot share the columns of mode local with others",
                       device->caps.engine);
    if (device->net.layers == 1) return SR_OK;
    return sr_fail(device, SR_ERR_UNSUPPORTED,
                   "columns of mode local can be shared in networks of one hidden layer: this has %" PRIu32,
                   device->net.layers);
}

enum sr_status sr_device_learn_share(struct sr_device *device, const struct sr_learning *learning, const struct sr_batch *batch,
                                     const struct sr_column_share *share, int32_t *fitness, uint8_t *correct) {
    enum sr_status status = check_share(device, learning, batch);
    int32_t refused = status != SR_OK;
    share->sum(share->context, &refused, 1); /* nobody begins what another does not */
    if (status != SR_OK) return status;
    if (refused) return sr_fail(device, SR_ERR_INTERRUPTED, "another device refused the call");
    return leave(device, device->ops->learn_share(device, learning, batch, share, fitness, correct));
}

enum sr_status sr_device_infer(struct sr_device *device, const struct sr_batch *batch, int32_t *scores, uint8_t *predicted) {
    TRY(enter(device));
    TRY(check_configured(device));
    TRY(check_batch(device, batch, false));
    return leave(device, device->ops->infer(device, batch, scores, predicted));
}

enum sr_status sr_device_counters(struct sr_device *device, struct sr_counters *counters) {
    return device->ops->counters(device, counters);
}

static enum sr_status no_link(struct sr_device *d) {
    return sr_fail(d, SR_ERR_UNSUPPORTED, "engine %s has no link: its memories and registers cannot be reached",
                   d->caps.engine);
}

enum sr_status sr_device_write_memory(struct sr_device *device, unsigned memory, uint32_t first, const uint8_t *bytes,
                                      uint32_t words) {
    if (!device->ops->write_memory) return no_link(device);
    TRY(enter(device));
    return leave(device, device->ops->write_memory(device, memory, first, bytes, words));
}

enum sr_status sr_device_read_memory(struct sr_device *device, unsigned memory, uint32_t first, uint8_t *bytes,
                                     uint32_t words) {
    if (!device->ops->read_memory) return no_link(device);
    TRY(enter(device));
    return leave(device, device->ops->read_memory(device, memory, first, bytes, words));
}

enum sr_status sr_device_write_registers(struct sr_device *device, unsigned first, unsigned count, const uint32_t *values) {
    if (!device->ops->write_registers) return no_link(device);
    TRY(enter(device));
    return leave(device, device->ops->write_registers(device, first, count, values));
}

enum sr_status sr_device_read_registers(struct sr_device *device, unsigned first, unsigned count, uint32_t *values) {
    if (!device->ops->read_registers) return no_link(device);
    TRY(enter(device));
    return leave(device, device->ops->read_registers(device, first, count, values));
}
