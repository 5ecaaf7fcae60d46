/* SPDX-License-Identifier: Apache-2.0
 * A NIR graph as a model of 8-bit weights: see spikeroll/nir.h and docs/nir.md.
 *
 * Each layer has a scale s of its own: the device's weight is round(s f w), where f is the neuron's gain and, where thresholds
 * differ within the layer, what brings them to the first one's. Membranes then are s times the graph's, and so is the threshold. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "nir/nir.h"

enum { RAIL = 127, THETA_MAX = 32767, HIDDEN_MAX = 4096 };
static const double whole = 1e-3; /* a value so near to a whole number is one: what single precision makes of it */

static bool is_whole(double x) { return fabs(x - round(x)) <= whole; }

static double clipped(double x) { return x > RAIL ? RAIL : x < -RAIL ? -RAIL : x; }

/* A layer on its way. */
struct layer {
    const struct sr_nir_stage *stage;
    double *factor;           /* [outputs] */
    double threshold, decay;  /* of all its neurons */
    struct sr_nir_layer told; /* what is told of it */
};

/* Weight of input j and output n before scaling. */
static double weight_of(const struct layer *l, uint32_t j, uint32_t n) {
    return l->factor[n] * l->stage->weight[(size_t)j * l->stage->outputs + n];
}

static enum sr_status no_layer(const struct layer *l, char *error, size_t error_size, const char *what) {
    return sr_error(error, error_size, SR_ERR_UNSUPPORTED, "node %s (%s): %s", l->stage->neuron,
                    sr_nir_kind_text(l->stage->kind), what);
}

/* What the neurons of a layer share, and what of each goes into its weights. */
static enum sr_status unify(struct layer *l, const struct sr_nir_rules *rules, char *error, size_t error_size) {
    bool fires = sr_nir_has(l->stage->kind, SR_NIR_V_THRESHOLD);
    double least = 1, most = 0;
    for (uint32_t n = 0; n < l->stage->outputs; n++) {
        struct sr_nir_neuron neuron;
        enum sr_status status = sr_nir_neuron(l->stage, n, rules, &neuron, error, error_size);
        if (status != SR_OK) return status;
        if (n == 0) l->threshold = neuron.threshold;
        l->factor[n] = fires ? neuron.gain * l->threshold / neuron.threshold : neuron.gain;
        least = fmin(least, neuron.decay);
        most = fmax(most, neuron.decay);
    }
    l->decay = (least + most) / 2;
    if (round(least * 256) != round(most * 256)) {
        char text[128];
        sr_format(text, sizeof text, "leaks from %.2f to %.2f of 256 a step: the device has one for a layer", least * 256,
                  most * 256);
        return no_layer(l, error, error_size, text);
    }
    if (fires && rules->moment == SR_NIR_NEXT_STEP && rules->reset == SR_RESET_SUBTRACT && most > 0)
        return no_layer(l, error, error_size,
                        "a threshold that is subtracted in the next step, past the leak, is not what the device does: it "
                        "subtracts in the spike's own step");
    return SR_OK;
}

static double largest_weight(const struct layer *l) {
    double most = 0;
    for (uint32_t j = 0; j < l->stage->inputs; j++)
        for (uint32_t n = 0; n < l->stage->outputs; n++) most = fmax(most, fabs(weight_of(l, j, n)));
    return most;
}

static bool is_exact(const struct layer *l, double scale) {
    for (uint32_t j = 0; j < l->stage->inputs; j++) {
        for (uint32_t n = 0; n < l->stage->outputs; n++) {
            double x = scale * weight_of(l, j, n);
            if (fabs(x) > RAIL + whole || !is_whole(x)) return false;
        }
    }
    return true;
}

/* Mean square of what rounding to `scale` takes away, in the graph's units; and the share of weights at the rails. */
static double rounding(const struct layer *l, double scale, double *rails) {
    double sum = 0, count = (double)l->stage->inputs * l->stage->outputs, at_rails = 0;
    for (uint32_t j = 0; j < l->stage->inputs; j++) {
        for (uint32_t n = 0; n < l->stage->outputs; n++) {
            double w = weight_of(l, j, n), x = floor(clipped(scale * w) + 0.5), e = x / scale - w;
            sum += e * e;
            at_rails += fabs(x) >= RAIL;
        }
    }
    if (rails) *rails = at_rails / count;
    return sum / count;
}

/* Whole numbers stay as they are. Weights on a grid of powers of two stay exact, as large as they can be. Others get the scale
 * with the least square error: a little above the one that brings the largest to the rail, if the largest is far out. */
static double scale_for(const struct layer *l) {
    double most = largest_weight(l), limit = l->threshold > 0 ? (THETA_MAX - 1) / l->threshold : 1e30, best = 1, least = -1;
    if (most == 0 || (limit >= 1 && is_exact(l, 1))) return fmin(1, limit);
    for (int power = 24; power >= -24; power--) {
        double scale = ldexp(1, power);
        if (scale <= limit && most * scale <= RAIL + whole && is_exact(l, scale)) return scale;
        if (most * scale < 0.5) break;
    }
    for (int eighth = 0; eighth <= 24; eighth++) {
        double scale = fmin(RAIL / most * pow(2, eighth / 8.0), limit), error = rounding(l, scale, NULL);
        if (least >= 0 && error >= least) continue;
        least = error;
        best = scale;
    }
    return best;
}

/* The whole number that spikes where the wanted threshold does, for whole membranes. */
static uint32_t theta_of(double wanted, enum sr_nir_comparison comparison) {
    double near = is_whole(wanted) ? round(wanted) : wanted;
    return (uint32_t)fmin(fmax(comparison == SR_NIR_GREATER ? floor(near) + 1 : ceil(near), 1), THETA_MAX);
}

static enum sr_status quantise(struct layer *l, const struct sr_nir_rules *rules, double scale, char *error,
                               size_t error_size) {
    const struct sr_nir_stage *stage = l->stage;
    struct sr_nir_layer *told = &l->told;
    enum sr_status status = unify(l, rules, error, error_size);
    if (status != SR_OK) return status;
    sr_format(told->name, sizeof told->name, "%s", stage->linear);
    told->inputs = stage->inputs;
    told->outputs = stage->outputs;
    for (uint32_t n = 0; n < stage->outputs; n++) {
        double bias = fabs(l->factor[n] * stage->bias[n]);
        told->bias = fmax(told->bias, l->threshold > 0 ? bias / l->threshold : bias);
    }
    if (told->bias > 0 && !rules->drop_bias)
        return sr_error(
            error, error_size, SR_ERR_UNSUPPORTED,
            "node %s (Affine): its bias, %.3g%s at most, is not zero and the device has none: train without it, or ask "
            "to drop it",
            stage->linear, told->bias, l->threshold > 0 ? " of the threshold" : "");
    told->scale = scale > 0 ? scale : scale_for(l);
    told->theta_wanted = l->threshold * told->scale;
    if (told->theta_wanted > THETA_MAX) {
        char text[128];
        sr_format(text, sizeof text, "at scale %g its threshold is %g, above 32767", told->scale, told->theta_wanted);
        return no_layer(l, error, error_size, text);
    }
    told->leak_wanted = l->decay;
    if (l->threshold > 0) told->theta = theta_of(told->theta_wanted, rules->comparison);
    told->leak = (uint32_t)fmin(round(256 * l->decay), 255);
    told->exact = is_exact(l, told->scale);
    double square = 0, count = (double)stage->inputs * stage->outputs;
    for (uint32_t j = 0; j < stage->inputs; j++)
        for (uint32_t n = 0; n < stage->outputs; n++) square += weight_of(l, j, n) * weight_of(l, j, n) / count;
    told->error = square > 0 ? sqrt(rounding(l, told->scale, &told->rails) / square) : 0;
    return SR_OK;
}

/* The middle of an integer's range in the master weights is the integer itself: the device rounds down. */
static void write_weights(const struct layer *l, struct sr_model *model, unsigned layer) {
    int16_t *master = sr_model_weights(model, layer);
    double one = ldexp(1, (int)sr_model_frac_bits(model));
    for (uint32_t j = 0; j < l->stage->inputs; j++) {
        for (uint32_t n = 0; n < l->stage->outputs; n++) {
            double x = clipped(l->told.scale * weight_of(l, j, n));
            if (is_whole(x)) x = round(x);
            size_t at = layer == SR_READOUT_LAYER ? (size_t)n * l->stage->inputs + j : (size_t)j * l->stage->outputs + n;
            master[at] = (int16_t)floor((x + 0.5) * one);
        }
    }
}

/* The settings say what the network says, for whoever trains on. */
static void settle(struct sr_config *config, const struct sr_net *net, double readout_scale) {
    config->hidden.count = config->theta.count = config->leak.count = net->layers;
    for (uint32_t l = 0; l < net->layers; l++) {
        config->hidden.value[l] = net->hidden[l];
        config->theta.value[l] = net->theta[l];
        config->leak.value[l] = net->leak[l];
    }
    config->readout_theta = net->theta[SR_READOUT_LAYER];
    config->readout_leak = net->leak[SR_READOUT_LAYER];
    config->reset = (uint32_t)net->reset;
    config->readout = (uint32_t)net->readout;
    config->steps = net->steps;
    if (net->readout != SR_READOUT_SPIKES) config->temperature = fmin(fmax(readout_scale, 1), 1e9);
}

static enum sr_status build(const struct sr_nir *nir, struct layer *layers, const struct sr_nir_rules *rules, uint32_t steps,
                            uint32_t frac_bits, double scale, struct sr_model **model, char *error, size_t error_size) {
    uint32_t last = nir->stages - 1;
    static const enum sr_readout readouts[SR_NIR_KINDS] = {SR_READOUT_SUM, SR_READOUT_SPIKES, SR_READOUT_SPIKES,
                                                           SR_READOUT_SPIKES, SR_READOUT_MEMBRANE};
    struct sr_net net = {.layers = last,
                         .inputs = nir->stage[0].inputs,
                         .classes = nir->stage[last].outputs,
                         .steps = steps,
                         .reset = rules->reset,
                         .readout = readouts[nir->stage[last].kind]};
    for (unsigned l = 0; l < SR_LAYERS; l++) net.theta[l] = 1;
    if (net.classes < 2 || net.classes > SR_CLASSES)
        return sr_error(error, error_size, SR_ERR_UNSUPPORTED, "node %s: %u outputs, but classes are 2 to %d",
                        nir->stage[last].linear, net.classes, SR_CLASSES);
    for (uint32_t s = 0; s <= last; s++) {
        struct layer *l = &layers[s];
        unsigned to = s == last ? SR_READOUT_LAYER : s;
        l->stage = &nir->stage[s];
        if (s < last && l->stage->outputs > HIDDEN_MAX)
            return sr_error(error, error_size, SR_ERR_UNSUPPORTED, "node %s: %u outputs, but a hidden layer has at most %d",
                            l->stage->linear, l->stage->outputs, HIDDEN_MAX);
        l->factor = calloc(l->stage->outputs, sizeof(double));
        if (!l->factor) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
        enum sr_status status = quantise(l, rules, scale, error, error_size);
        if (status != SR_OK) return status;
        if (s < last) net.hidden[s] = l->stage->outputs;
        net.theta[to] = l->told.theta ? l->told.theta : 1;
        net.leak[to] = l->told.leak;
    }
    enum sr_status status = sr_model_new(&net, frac_bits ? frac_bits : 8, model);
    if (status != SR_OK) return sr_error(error, error_size, status, "no such network: %s", sr_status_text(status));
    for (uint32_t s = 0; s <= last; s++) write_weights(&layers[s], *model, s == last ? SR_READOUT_LAYER : s);
    settle(&(*model)->run.config, &net, layers[last].told.scale);
    return SR_OK;
}

enum sr_status sr_nir_quantise(const struct sr_nir *nir, const struct sr_nir_rules *rules, uint32_t steps, uint32_t frac_bits,
                               double scale, struct sr_model **model, struct sr_nir_layer *report, char *error,
                               size_t error_size) {
    struct layer layers[SR_HIDDEN_LAYERS + 1] = {{0}};
    enum sr_status status = build(nir, layers, rules, steps, frac_bits, scale, model, error, error_size);
    for (uint32_t s = 0; s < nir->stages; s++) {
        free(layers[s].factor);
        if (report) report[s] = layers[s].told;
    }
    return status;
}
