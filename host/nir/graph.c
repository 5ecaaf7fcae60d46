/* SPDX-License-Identifier: Apache-2.0
 * A NIR graph in memory, in a file, and from a model: see nir.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/model.h"
#include "model/trial.h"
#include "nir/nir.h"

static const size_t size_max = 1u << 29;
enum { SIDE_MAX = 65535, WEIGHTS_MAX = 1 << 24 };

const char *sr_nir_kind_text(enum sr_nir_kind kind) {
    static const char *const text[SR_NIR_KINDS] = {"", "IF", "LIF", "CubaLIF", "LI"};
    return text[kind];
}

const char *sr_nir_parameter_text(enum sr_nir_kind kind, enum sr_nir_parameter parameter) {
    static const char *const text[SR_NIR_PARAMETERS] = {"tau", "tau_syn", "w_in", "r", "v_leak", "v_threshold", "v_reset"};
    return kind == SR_NIR_CUBALIF && parameter == SR_NIR_TAU ? "tau_mem" : text[parameter];
}

bool sr_nir_has(enum sr_nir_kind kind, enum sr_nir_parameter parameter) {
    switch (parameter) {
        case SR_NIR_TAU:
        case SR_NIR_V_LEAK:
            return kind == SR_NIR_LIF || kind == SR_NIR_CUBALIF || kind == SR_NIR_LI;
        case SR_NIR_TAU_SYN:
        case SR_NIR_W_IN:
            return kind == SR_NIR_CUBALIF;
        case SR_NIR_R:
            return kind != SR_NIR_NONE;
        case SR_NIR_V_THRESHOLD:
        case SR_NIR_V_RESET:
            return kind == SR_NIR_IF || kind == SR_NIR_LIF || kind == SR_NIR_CUBALIF;
        case SR_NIR_PARAMETERS:
            break;
    }
    return false;
}

/* ---- memory ---- */

bool sr_nir_stage_init(struct sr_nir_stage *stage) {
    size_t outputs = stage->outputs;
    stage->weight = calloc(outputs * stage->inputs, sizeof(double));
    stage->bias = calloc(outputs, sizeof(double));
    bool good = stage->weight && stage->bias;
    for (int p = 0; p < SR_NIR_PARAMETERS; p++) {
        stage->parameter[p] = calloc(outputs, sizeof(double));
        good = good && stage->parameter[p];
    }
    return good;
}

void sr_nir_free(struct sr_nir *nir) {
    for (uint32_t s = 0; nir && s < nir->stages; s++) {
        struct sr_nir_stage *stage = &nir->stage[s];
        free(stage->weight);
        free(stage->bias);
        for (int p = 0; p < SR_NIR_PARAMETERS; p++) free(stage->parameter[p]);
    }
    free(nir);
}

void sr_nir_shape(const struct sr_nir *nir, uint32_t *inputs, uint32_t *classes, uint32_t *layers) {
    *inputs = nir->stage[0].inputs;
    *classes = nir->stage[nir->stages - 1].outputs;
    *layers = nir->stages - 1;
}

/* ---- between processes of this program ---- */

static size_t stage_values(const struct sr_nir_stage *stage) {
    return (size_t)stage->outputs * (stage->inputs + 1 + SR_NIR_PARAMETERS);
}

/* Copies one array there or back, and steps on. */
static void move(uint8_t **at, double *values, size_t count, bool out) {
    if (out)
        memcpy(*at, values, count * sizeof *values);
    else
        memcpy(values, *at, count * sizeof *values);
    *at += count * sizeof *values;
}

static void move_stage(uint8_t **at, const struct sr_nir_stage *stage, bool out) {
    move(at, stage->weight, (size_t)stage->outputs * stage->inputs, out);
    move(at, stage->bias, stage->outputs, out);
    for (int p = 0; p < SR_NIR_PARAMETERS; p++) move(at, stage->parameter[p], stage->outputs, out);
}

enum sr_status sr_nir_pack(const struct sr_nir *nir, uint8_t **bytes, size_t *size) {
    size_t total = sizeof *nir;
    for (uint32_t s = 0; s < nir->stages; s++) total += stage_values(&nir->stage[s]) * sizeof(double);
    uint8_t *at = malloc(total);
    if (!at) return SR_ERR_MEMORY;
    *bytes = at;
    *size = total;
    memcpy(at, nir, sizeof *nir); /* its addresses mean nothing over there, and are made anew */
    at += sizeof *nir;
    for (uint32_t s = 0; s < nir->stages; s++) move_stage(&at, &nir->stage[s], true);
    return SR_OK;
}

static bool is_sound(const struct sr_nir *nir, size_t size) {
    size_t total = sizeof *nir;
    if (nir->stages < 2 || nir->stages > SR_HIDDEN_LAYERS + 1) return false;
    for (uint32_t s = 0; s < nir->stages; s++) {
        const struct sr_nir_stage *stage = &nir->stage[s];
        if (stage->inputs < 1 || stage->inputs > SIDE_MAX || stage->outputs < 1 || stage->outputs > SIDE_MAX ||
            (size_t)stage->inputs * stage->outputs > WEIGHTS_MAX || (unsigned)stage->kind >= SR_NIR_KINDS ||
            (s > 0 && stage->inputs != nir->stage[s - 1].outputs))
            return false;
        total += stage_values(stage) * sizeof(double);
    }
    return total == size;
}

enum sr_status sr_nir_unpack(const uint8_t *bytes, size_t size, struct sr_nir **nir) {
    if (size < sizeof **nir) return SR_ERR_FORMAT;
    struct sr_nir *fresh = malloc(sizeof *fresh);
    if (!fresh) return SR_ERR_MEMORY;
    memcpy(fresh, bytes, sizeof *fresh);
    if (!is_sound(fresh, size)) {
        free(fresh);
        return SR_ERR_FORMAT;
    }
    bool good = true;
    for (uint32_t s = 0; s < fresh->stages; s++) {
        struct sr_nir_stage *stage = &fresh->stage[s];
        stage->linear[SR_NIR_NAME - 1] = stage->neuron[SR_NIR_NAME - 1] = '\0';
        good = sr_nir_stage_init(stage) && good;
    }
    uint8_t *at = (uint8_t *)(uintptr_t)bytes + sizeof *fresh; /* only read from */
    for (uint32_t s = 0; s < fresh->stages && good; s++) move_stage(&at, &fresh->stage[s], false);
    if (!good) {
        sr_nir_free(fresh);
        return SR_ERR_MEMORY;
    }
    *nir = fresh;
    return SR_OK;
}

/* ---- files ---- */

struct image {
    const uint8_t *bytes;
    size_t size;
    const char *path;
};

static enum sr_status read_in_child(void *argument, uint8_t **bytes, size_t *size, char *error, size_t error_size) {
    const struct image *image = argument;
    struct sr_nir *nir;
    enum sr_status status = sr_nir_parse(image->bytes, image->size, image->path, &nir, error, error_size);
    return status != SR_OK ? status : sr_nir_pack(nir, bytes, size);
}

enum sr_status sr_nir_load(const char *path, struct sr_nir **nir, char *error, size_t error_size) {
    static const uint8_t head[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    const struct sr_file_kind kind = {size_max, head, sizeof head, "not an HDF5 file, or cut short"};
    struct image image = {.path = path};
    uint8_t *bytes = NULL, *packed = NULL;
    size_t size = 0;
    enum sr_status status = sr_file_read(path, &kind, &bytes, &image.size, error, error_size);
    image.bytes = bytes;
    if (status == SR_OK) status = sr_trial(read_in_child, &image, path, size_max, &packed, &size, error, error_size);
    free(bytes);
    if (status != SR_OK) return status;
    status = sr_nir_unpack(packed, size, nir);
    free(packed);
    return status == SR_OK ? SR_OK : sr_error(error, error_size, status, "%.300s: %s", path, sr_status_text(status));
}

static enum sr_status write_in_child(void *argument, uint8_t **bytes, size_t *size, char *error, size_t error_size) {
    return sr_nir_image(argument, bytes, size, error, error_size);
}

enum sr_status sr_nir_save(const struct sr_nir *nir, const char *path, char *error, size_t error_size) {
    uint8_t *bytes;
    size_t size;
    enum sr_status status = sr_trial(write_in_child, (void *)(uintptr_t)nir, path, size_max, &bytes, &size, error, error_size);
    if (status != SR_OK) return status;
    status = sr_file_replace(path, bytes, size, error, error_size);
    free(bytes);
    return status;
}

/* ---- from a model ---- */

/* The threshold that makes another framework spike where the device does, whether it compares by > or >=. Membranes of the device
 * are whole numbers: above theta - 1 all spike. Half a unit below theta is farthest from what single precision makes of either.
 * Where the threshold is subtracted it should be theta itself, and is only as far below it as needed. */
static double threshold_of(uint32_t theta, enum sr_reset reset) { return theta - (reset == SR_RESET_HARD ? 0.5 : 1.0 / 256); }

static void fill_stage(struct sr_nir_stage *stage, const struct sr_model *model, unsigned layer,
                       const struct sr_nir_rules *rules) {
    const struct sr_net *net = sr_model_net(model);
    const int16_t *master = model->run.weights.layer[layer];
    double dt = rules->dt > 0 ? rules->dt : 1e-4, keep = 1 - net->leak[layer] / 256.0;
    bool by_rows = layer == SR_READOUT_LAYER; /* of the readout a row is a class; of hidden layers a column is a neuron */
    for (uint32_t n = 0; n < stage->outputs; n++) {
        for (uint32_t j = 0; j < stage->inputs; j++) {
            size_t at = by_rows ? (size_t)n * stage->inputs + j : (size_t)j * stage->outputs + n;
            stage->weight[(size_t)j * stage->outputs + n] = master[at] >> model->run.frac_bits;
        }
        double tau = rules->method == SR_NIR_EULER ? dt / (1 - keep) : -dt / log(keep);
        if (stage->kind == SR_NIR_IF) {
            stage->parameter[SR_NIR_R][n] = 1 / dt;
        } else if (stage->kind != SR_NIR_NONE) {
            stage->parameter[SR_NIR_TAU][n] = tau;
            stage->parameter[SR_NIR_R][n] = 1 / (1 - keep); /* so that a current counts whole */
        }
        if (sr_nir_has(stage->kind, SR_NIR_V_THRESHOLD))
            stage->parameter[SR_NIR_V_THRESHOLD][n] = threshold_of(net->theta[layer], net->reset);
    }
}

enum sr_status sr_nir_of_model(const struct sr_model *model, const struct sr_nir_rules *rules, struct sr_nir **nir, char *error,
                               size_t error_size) {
    const struct sr_net *net = sr_model_net(model);
    if (rules->reset != net->reset)
        return sr_error(error, error_size, SR_ERR_UNSUPPORTED, "the model's reset is %s: ask for that",
                        net->reset == SR_RESET_HARD ? "hard" : "subtract");
    if (rules->moment == SR_NIR_NEXT_STEP && net->reset == SR_RESET_SUBTRACT)
        return sr_error(error, error_size, SR_ERR_UNSUPPORTED,
                        "a membrane that loses its threshold in the next step is not the model's: its own step is");
    struct sr_nir *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    bool good = true;
    fresh->stages = net->layers + 1;
    for (uint32_t s = 0; s < fresh->stages; s++) {
        struct sr_nir_stage *stage = &fresh->stage[s];
        bool last = s == net->layers;
        unsigned layer = last ? SR_READOUT_LAYER : s;
        stage->inputs = s == 0 ? net->inputs : net->hidden[s - 1];
        stage->outputs = last ? net->classes : net->hidden[s];
        stage->kind = net->leak[layer] ? SR_NIR_LIF : SR_NIR_IF;
        if (last && net->readout == SR_READOUT_SUM) stage->kind = SR_NIR_NONE;
        /* A readout membrane without a leak is the sum of its currents. */
        if (last && net->readout == SR_READOUT_MEMBRANE) stage->kind = net->leak[layer] ? SR_NIR_LI : SR_NIR_NONE;
        sr_format(stage->linear, sizeof stage->linear, last ? "readout" : "hidden%u", s);
        sr_format(stage->neuron, sizeof stage->neuron, last ? "readout_neurons" : "neurons%u", s);
        good = sr_nir_stage_init(stage) && good;
        if (good) fill_stage(stage, model, layer, rules);
    }
    if (!good) {
        sr_nir_free(fresh);
        return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    }
    *nir = fresh;
    return SR_OK;
}
