/* SPDX-License-Identifier: Apache-2.0
 * A NIR graph run as it is, in double precision: what a quantised model is measured against. See spikeroll/nir.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nir/nir.h"

static enum sr_status unsupported(const struct sr_nir_stage *stage, char *error, size_t error_size, const char *what) {
    return sr_error(error, error_size, SR_ERR_UNSUPPORTED, "node %s (%s): %s", stage->neuron, sr_nir_kind_text(stage->kind),
                    what);
}

enum sr_status sr_nir_neuron(const struct sr_nir_stage *stage, uint32_t n, const struct sr_nir_rules *rules,
                             struct sr_nir_neuron *neuron, char *error, size_t error_size) {
    char text[160];
    double *const *p = stage->parameter;
    double dt = rules->dt > 0 ? rules->dt : 1e-4;
    bool euler = rules->method == SR_NIR_EULER;
    *neuron = (struct sr_nir_neuron){0, 1, 0};
    if (stage->kind == SR_NIR_NONE) return SR_OK;
    if (stage->kind == SR_NIR_IF) {
        neuron->gain = dt * p[SR_NIR_R][n];
    } else {
        double tau = p[SR_NIR_TAU][n];
        if (!(tau > 0) || (euler && dt > tau * 1.0001)) {
            sr_format(text, sizeof text, "%s of neuron %u is %g s, which is not at least the step of %g s",
                      sr_nir_parameter_text(stage->kind, SR_NIR_TAU), n, tau, dt);
            return unsupported(stage, error, error_size, text);
        }
        neuron->decay = euler ? fmin(dt / tau, 1) : -expm1(-dt / tau);
        neuron->gain = p[SR_NIR_R][n] * neuron->decay;
    }
    if (stage->kind == SR_NIR_CUBALIF) {
        /* A synapse that is over within a step is a factor. Any other is a second state, which the device has not. */
        double syn = p[SR_NIR_TAU_SYN][n], left = euler ? fabs(1 - dt / syn) : exp(-dt / syn);
        if (!(syn > 0) || left > 1.0 / 512) {
            sr_format(text, sizeof text,
                      "tau_syn of neuron %u is %g s: the device has no synaptic current that outlasts a step "
                      "of %g s",
                      n, syn, dt);
            return unsupported(stage, error, error_size, text);
        }
        neuron->gain *= p[SR_NIR_W_IN][n] * (euler ? dt / syn : 1);
    }
    if (!sr_nir_has(stage->kind, SR_NIR_V_THRESHOLD)) return SR_OK;
    neuron->threshold = p[SR_NIR_V_THRESHOLD][n] - p[SR_NIR_V_LEAK][n];
    if (!(neuron->threshold > 0)) return unsupported(stage, error, error_size, "v_threshold is not above v_leak");
    if (rules->reset == SR_RESET_HARD && fabs(p[SR_NIR_V_RESET][n] - p[SR_NIR_V_LEAK][n]) > 1e-6 * neuron->threshold) {
        sr_format(text, sizeof text, "v_reset of neuron %u is %g and v_leak %g: the device resets to where the leak leads", n,
                  p[SR_NIR_V_RESET][n], p[SR_NIR_V_LEAK][n]);
        return unsupported(stage, error, error_size, text);
    }
    return SR_OK;
}

enum sr_status sr_nir_check(const struct sr_nir *nir, const struct sr_nir_rules *rules, char *error, size_t error_size) {
    struct sr_nir_neuron neuron;
    enum sr_status status = SR_OK;
    for (uint32_t s = 0; s < nir->stages; s++) {
        for (uint32_t n = 0; n < nir->stage[s].outputs && status == SR_OK; n++)
            status = sr_nir_neuron(&nir->stage[s], n, rules, &neuron, error, error_size);
    }
    return status;
}

/* A stage while it runs. */
struct running {
    const struct sr_nir_stage *stage;
    struct sr_nir_neuron *neuron;
    double *current, *membrane, *score;
    bool *spike; /* of the step before, then of this one */
};

static bool begin(struct running *r, const struct sr_nir_stage *stage, const struct sr_nir_rules *rules) {
    size_t outputs = stage->outputs;
    *r = (struct running){stage,
                          calloc(outputs, sizeof *r->neuron),
                          calloc(outputs, sizeof(double)),
                          calloc(outputs, sizeof(double)),
                          calloc(outputs, sizeof(double)),
                          calloc(outputs, sizeof(bool))};
    if (!r->neuron || !r->current || !r->membrane || !r->score || !r->spike) return false;
    for (uint32_t n = 0; n < outputs; n++) {
        char text[SR_ERROR_SIZE];
        if (sr_nir_neuron(stage, n, rules, &r->neuron[n], text, sizeof text) != SR_OK) return false;
    }
    return true;
}

static void end(struct running *r) {
    free(r->neuron);
    free(r->current);
    free(r->membrane);
    free(r->score);
    free(r->spike);
}

static void add_input(struct running *r, uint32_t input) {
    const double *weight = r->stage->weight + (size_t)input * r->stage->outputs;
    for (uint32_t n = 0; n < r->stage->outputs; n++) r->current[n] += weight[n];
}

/* One step of the neurons, from their currents. */
static void step(struct running *r, const struct sr_nir_rules *rules) {
    bool fires = sr_nir_has(r->stage->kind, SR_NIR_V_THRESHOLD), late = rules->moment == SR_NIR_NEXT_STEP;
    for (uint32_t n = 0; n < r->stage->outputs; n++) {
        const struct sr_nir_neuron *neuron = &r->neuron[n];
        double v = r->membrane[n], current = neuron->gain * r->current[n];
        if (r->stage->kind == SR_NIR_NONE) {
            r->score[n] += current;
            continue;
        }
        bool was = r->spike[n];
        if (late && was && rules->reset == SR_RESET_HARD) v = 0;
        v += current - neuron->decay * v;
        if (late && was && rules->reset == SR_RESET_SUBTRACT) v -= neuron->threshold;
        r->spike[n] = fires && (rules->comparison == SR_NIR_GREATER ? v > neuron->threshold : v >= neuron->threshold);
        if (r->spike[n] && !late) v = rules->reset == SR_RESET_HARD ? 0 : v - neuron->threshold;
        r->membrane[n] = v;
        r->score[n] = fires ? r->score[n] + r->spike[n] : v;
    }
}

enum sr_status sr_nir_run(const struct sr_nir *nir, const struct sr_nir_rules *rules, const uint64_t *bits, uint32_t steps,
                          double *scores, char *error, size_t error_size) {
    struct running r[SR_HIDDEN_LAYERS + 1] = {{0}};
    uint32_t words = (nir->stage[0].inputs + 63) / 64;
    bool good = true;
    enum sr_status status = sr_nir_check(nir, rules, error, error_size);
    if (status != SR_OK) return status;
    for (uint32_t s = 0; s < nir->stages; s++) good = begin(&r[s], &nir->stage[s], rules) && good;
    for (uint32_t t = 0; t < steps && good; t++) {
        for (uint32_t s = 0; s < nir->stages; s++) {
            memcpy(r[s].current, nir->stage[s].bias, nir->stage[s].outputs * sizeof(double));
            for (uint32_t j = 0; j < nir->stage[s].inputs; j++) {
                bool spike = s == 0 ? bits[(size_t)t * words + j / 64] >> j % 64 & 1 : r[s - 1].spike[j];
                if (spike) add_input(&r[s], j);
            }
            step(&r[s], rules);
        }
    }
    if (good) memcpy(scores, r[nir->stages - 1].score, nir->stage[nir->stages - 1].outputs * sizeof(double));
    for (uint32_t s = 0; s < nir->stages; s++) end(&r[s]);
    return good ? SR_OK : sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
}
