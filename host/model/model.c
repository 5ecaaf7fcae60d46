/* SPDX-License-Identifier: Apache-2.0
 * Models as objects of the library's users, and data as settings want it: see spikeroll/model.h and data.h. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "device/device.h"

enum sr_status sr_model_load(const char *path, struct sr_model **model, char *error, size_t error_size) {
    char file[4096];
    struct sr_model *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    enum sr_status status = sr_model_path(path, file, sizeof file, error, error_size);
    if (status == SR_OK) status = sr_run_load(file, &fresh->run, error, error_size);
    if (status == SR_OK)
        *model = fresh;
    else
        free(fresh);
    return status;
}

static bool net_is_good(const struct sr_net *net, uint32_t frac_bits) {
    bool good = net->layers >= 1 && net->layers <= SR_HIDDEN_LAYERS && net->inputs >= 1 && net->inputs <= 65535 &&
                net->classes >= 2 && net->classes <= SR_CLASSES && net->steps >= 1 && net->steps <= 65535 && frac_bits <= 8;
    for (uint32_t l = 0; good && l < net->layers; l++) good = net->hidden[l] >= 1 && net->hidden[l] <= 65535;
    return good;
}

enum sr_status sr_model_new(const struct sr_net *net, uint32_t frac_bits, struct sr_model **model) {
    if (!net_is_good(net, frac_bits)) return SR_ERR_ARGUMENT;
    struct sr_model *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return SR_ERR_MEMORY;
    sr_config_defaults(&fresh->run.config);
    fresh->run.net = *net;
    fresh->run.frac_bits = frac_bits;
    if (sr_weights_init(&fresh->run.weights, net) != SR_OK) {
        free(fresh);
        return SR_ERR_MEMORY;
    }
    *model = fresh;
    return SR_OK;
}

enum sr_status sr_model_of_run(const struct sr_run *run, const struct sr_weights *weights, uint32_t generation,
                               struct sr_model **model) {
    struct sr_model *fresh;
    enum sr_status status = sr_model_new(&run->net, run->frac_bits, &fresh);
    if (status != SR_OK) return status;
    struct sr_weights own = fresh->run.weights;
    sr_weights_copy(&own, weights, &run->net);
    fresh->run = *run;
    fresh->run.weights = own;
    fresh->run.best = (struct sr_weights){{NULL}};
    fresh->run.arrays = NULL;
    fresh->run.array_count = 0;
    fresh->run.generation = generation;
    *model = fresh;
    return SR_OK;
}

void sr_model_free(struct sr_model *model) {
    if (model) sr_run_free(&model->run);
    free(model);
}

const struct sr_net *sr_model_net(const struct sr_model *model) { return &model->run.net; }

const struct sr_config *sr_model_config(const struct sr_model *model) { return &model->run.config; }

uint32_t sr_model_frac_bits(const struct sr_model *model) { return model->run.frac_bits; }

uint32_t sr_model_generation(const struct sr_model *model) { return model->run.generation; }

int16_t *sr_model_weights(struct sr_model *model, unsigned layer) {
    return layer < SR_LAYERS ? model->run.weights.layer[layer] : NULL;
}

enum sr_status sr_model_to_device(const struct sr_model *model, struct sr_device *device) {
    const struct sr_run *run = &model->run;
    uint32_t bits = sr_device_caps(device)->frac_w;
    enum sr_status status = sr_device_configure(device, &run->net);
    if (status != SR_OK || bits == run->frac_bits) {
        return status != SR_OK ? status : sr_weights_write(&run->weights, device, &run->net);
    }
    struct sr_weights scaled;
    if (sr_weights_init(&scaled, &run->net) != SR_OK) return sr_fail(device, SR_ERR_MEMORY, "out of memory");
    sr_weights_copy(&scaled, &run->weights, &run->net);
    sr_weights_rescale(&scaled, &run->net, run->frac_bits, bits);
    status = sr_weights_write(&scaled, device, &run->net);
    sr_weights_free(&scaled);
    return status;
}

enum sr_status sr_model_from_device(struct sr_model *model, struct sr_device *device) {
    struct sr_run *run = &model->run;
    if (sr_device_caps(device)->frac_w != run->frac_bits)
        return sr_fail(device, SR_ERR_MISMATCH, "the device has other fraction bits than the model");
    return sr_weights_read(&run->weights, device, &run->net);
}

enum sr_status sr_model_save(const struct sr_model *model, const char *path, char *error, size_t error_size) {
    return sr_run_save(path, &model->run, false, error, error_size);
}

enum sr_status sr_data_open(const struct sr_config *config, const char *folder, struct sr_data **data, char *error,
                            size_t error_size) {
    struct sr_data_options options;
    struct sr_data *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    sr_config_data(config, folder, &options);
    options.moved = config->shift != 0; /* a training that moves recordings needs copies of them */
    enum sr_status status = sr_data_load(&options, fresh, error, error_size);
    if (status == SR_OK)
        *data = fresh;
    else
        free(fresh);
    return status;
}
