/* SPDX-License-Identifier: Apache-2.0
 * spikeroll convert: networks from NIR, and models to NIR. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "data/samples.h"
#include "model/model.h"

#include <spikeroll/nir.h>

static const char intro[] =
    "usage: spikeroll convert --nir FILE --out MODEL.h5 [--data DIR] [OPTION]...\n"
    "       spikeroll convert --model RUN|FILE --out FILE [--data DIR] [OPTION]...\n"
    "\n"
    "Imports a network from NIR (Neuromorphic Intermediate Representation) as a model of 8-bit weights, or exports a model. "
    "NIR\n"
    "leaves the time step, the comparison and the reset open: the conventions below say them, and docs/nir.md which options "
    "of\n"
    "other frameworks mean them. With --data, accuracy before (the graph in double precision) and after (the model on an "
    "engine).\n";

struct conversion {
    struct sr_options options;
    struct sr_nir_rules rules;
    struct sr_nir *nir;
    struct sr_model *model;
    struct sr_nir_layer layer[SR_LAYERS];
    struct sr_data data;
    const struct sr_data_set *set; /* NULL: without data */
    struct sr_device *device;
    uint8_t *predicted;
    uint32_t before, after; /* samples that are right */
    char error[SR_ERROR_SIZE];
};

static enum sr_status fail(struct conversion *c, enum sr_status status, const char *text) {
    return sr_error(c->error, sizeof c->error, status, "%s", text);
}

/* Samples of the split, for a network of so many inputs and classes. */
static enum sr_status load_data(struct conversion *c, const struct sr_config *config, uint32_t inputs, uint32_t classes) {
    struct sr_data_options how;
    if (!c->options.data) return SR_OK;
    sr_config_data(config, c->options.data, &how);
    enum sr_status status = sr_data_load(&how, &c->data, c->error, sizeof c->error);
    if (status != SR_OK) return status;
    const struct sr_data_set *set = c->options.split == SR_SPLIT_TEST ? &c->data.test : &c->data.train;
    if (set->inputs != inputs || set->classes > classes)
        return sr_error(c->error, sizeof c->error, SR_ERR_MISMATCH,
                        "%.200s: %u inputs and %u classes, but the network has %u and %u", c->options.data, set->inputs,
                        set->classes, inputs, classes);
    if (set->count == 0) return sr_error(c->error, sizeof c->error, SR_ERR_FORMAT, "%.300s: no such samples", c->options.data);
    sr_print_warnings("convert", &c->data);
    c->set = set;
    return SR_OK;
}

/* Samples that the graph gets right; the lowest class wins among equals, as on a device. */
static enum sr_status run_graph(struct conversion *c, uint32_t *correct) {
    double scores[SR_CLASSES];
    uint32_t inputs, classes, layers;
    const struct sr_data_set *set = c->set;
    enum sr_status status = SR_OK;
    sr_nir_shape(c->nir, &inputs, &classes, &layers);
    *correct = 0;
    for (uint32_t i = 0; i < set->count && status == SR_OK; i++) {
        const uint64_t *bits = set->bits + (size_t)i * set->steps * set->step_words;
        uint32_t best = 0;
        status = sr_nir_run(c->nir, &c->rules, bits, set->steps, scores, c->error, sizeof c->error);
        for (uint32_t o = 1; o < classes; o++)
            if (scores[o] > scores[best]) best = o;
        *correct += status == SR_OK && best == set->labels[i];
    }
    return status;
}

static enum sr_status run_model(struct conversion *c, uint32_t *correct) {
    enum sr_status status =
        sr_open_device("convert", &c->options, sr_model_frac_bits(c->model), &c->device, c->error, sizeof c->error);
    if (status != SR_OK) return status;
    c->predicted = malloc(c->set->count);
    if (!c->predicted) return fail(c, SR_ERR_MEMORY, "out of memory");
    status = sr_model_to_device(c->model, c->device);
    if (status == SR_OK) status = sr_accuracy(c->device, c->set, 0, NULL, c->set->count, c->predicted, correct);
    return status == SR_OK ? SR_OK : fail(c, status, sr_device_error(c->device));
}

static enum sr_status import(struct conversion *c) {
    struct sr_options *o = &c->options;
    struct sr_config *config = &o->config;
    uint32_t inputs, classes, layers;
    enum sr_status status = sr_nir_load(o->nir, &c->nir, c->error, sizeof c->error);
    if (status != SR_OK) return status;
    sr_nir_shape(c->nir, &inputs, &classes, &layers);
    status = load_data(c, config, inputs, classes);
    if (status != SR_OK) return status;
    uint32_t steps = c->set ? c->set->steps : config->steps ? config->steps : 10;
    status =
        sr_nir_quantise(c->nir, &c->rules, steps, config->frac_bits, o->scale, &c->model, c->layer, c->error, sizeof c->error);
    if (status != SR_OK) return status;
    /* How data is read, for `eval`. */
    struct sr_config *own = &c->model->run.config;
    own->pool = config->pool;
    own->duration_us = config->duration_us;
    own->width = config->width;
    own->height = config->height;
    own->rotate = config->rotate;
    own->holdout = config->holdout;
    own->data_seed = config->data_seed;
    own->limit_train = config->limit_train;
    own->limit_test = config->limit_test;
    if (c->set) status = run_graph(c, &c->before);
    if (c->set && status == SR_OK) status = run_model(c, &c->after);
    return status == SR_OK ? sr_model_save(c->model, o->out, c->error, sizeof c->error) : status;
}

static enum sr_status export(struct conversion *c) {
    struct sr_options *o = &c->options; enum sr_status status = sr_model_load(o->model, &c->model, c->error, sizeof c->error);
    if (status != SR_OK) return status;
    const struct sr_net *net = sr_model_net(c->model);
    if (!sr_option_given(o, SR_CMD_CONVERT, "reset")) c->rules.reset = net->reset;
    status = sr_nir_of_model(c->model, &c->rules, &c->nir, c->error, sizeof c->error);
    if (status == SR_OK) status = load_data(c, sr_model_config(c->model), net->inputs, net->classes);
    if (status == SR_OK && c->set && c->set->steps != net->steps)
        status = sr_error(c->error, sizeof c->error, SR_ERR_MISMATCH, "%.200s: %u steps, but the model has %u", o->data,
                          c->set->steps, net->steps);
    if (status == SR_OK && c->set) status = run_model(c, &c->before);
    if (status == SR_OK && c->set) status = run_graph(c, &c->after);
    return status == SR_OK ? sr_nir_save(c->nir, o->out, c->error, sizeof c->error) : status;
}

static void print_json(const struct conversion *c) {
    cJSON *json = cJSON_CreateObject(), *layers = c->options.nir ? cJSON_AddArrayToObject(json, "layers") : NULL;
    uint32_t count = sr_model_net(c->model)->layers + 1;
    for (uint32_t i = 0; layers && i < count; i++) {
        const struct sr_nir_layer *l = &c->layer[i];
        cJSON *layer = cJSON_CreateObject();
        sr_json_text(layer, "name", l->name);
        cJSON_AddNumberToObject(layer, "inputs", l->inputs);
        cJSON_AddNumberToObject(layer, "outputs", l->outputs);
        cJSON_AddNumberToObject(layer, "scale", l->scale);
        cJSON_AddBoolToObject(layer, "exact", l->exact);
        cJSON_AddNumberToObject(layer, "error", l->error);
        cJSON_AddNumberToObject(layer, "rails", l->rails);
        cJSON_AddNumberToObject(layer, "theta", l->theta);
        cJSON_AddNumberToObject(layer, "theta_wanted", l->theta_wanted);
        cJSON_AddNumberToObject(layer, "leak", l->leak);
        cJSON_AddNumberToObject(layer, "leak_wanted", 256 * l->leak_wanted);
        cJSON_AddNumberToObject(layer, "bias", l->bias);
        cJSON_AddItemToArray(layers, layer);
    }
    if (c->set) {
        cJSON_AddNumberToObject(json, "before", (double)c->before / c->set->count);
        cJSON_AddNumberToObject(json, "after", (double)c->after / c->set->count);
        cJSON_AddNumberToObject(json, "total", c->set->count);
    }
    char *text = cJSON_Print(json);
    if (text) puts(text);
    cJSON_free(text);
    cJSON_Delete(json);
}

static void print_layers(const struct conversion *c) {
    printf("%-16s %11s %10s %8s %8s %7s %10s %5s %8s\n", "layer", "shape", "scale", "error", "at rails", "theta", "wanted",
           "leak", "wanted");
    for (uint32_t i = 0; i <= sr_model_net(c->model)->layers; i++) {
        const struct sr_nir_layer *l = &c->layer[i];
        char shape[32], theta[48] = "", leak[48] = "";
        snprintf(shape, sizeof shape, "%u x %u", l->inputs, l->outputs);
        if (l->theta) snprintf(theta, sizeof theta, "%7u %10.3f", l->theta, l->theta_wanted);
        if (l->theta || l->leak) snprintf(leak, sizeof leak, "%5u %8.3f", l->leak, 256 * l->leak_wanted);
        sr_print_visible(stdout, l->name);
        printf("%*s %11s %10.5g %7.3f%% %7.3f%% %18s %14s\n", (int)(16 - strlen(l->name) % 16), "", shape, l->scale,
               100 * l->error, 100 * l->rails, theta, leak);
        if (l->bias > 0)
            printf("  its bias was dropped: %.3g%s at most\n", l->bias, l->theta ? " of the threshold" : " a step");
    }
}

static void print(const struct conversion *c) {
    char text[64];
    const struct sr_options *o = &c->options;
    if (o->json) {
        print_json(c);
        return;
    }
    sr_net_text(sr_model_net(c->model), text, sizeof text);
    sr_print_visible(stdout, o->nir ? o->nir : o->model);
    printf(": %s\n", text);
    if (o->nir) print_layers(c);
    if (!c->set) return;
    const char *graph = "of the graph in double precision", *model = "of the model";
    double total = c->set->count;
    printf("accuracy %.4f (%u/%u) %s\n", c->before / total, c->before, c->set->count, o->nir ? graph : model);
    printf("accuracy %.4f (%u/%u) %s\n", c->after / total, c->after, c->set->count, o->nir ? model : graph);
}

int sr_cmd_convert(int argc, char **argv) {
    struct conversion c = {0};
    int code;
    if (!sr_command_begin(&c.options, SR_CMD_CONVERT, argc, argv, intro, &code)) return code;
    const struct sr_options *o = &c.options;
    c.rules = (struct sr_nir_rules){.dt = o->dt,
                                    .method = (enum sr_nir_method)o->method,
                                    .comparison = (enum sr_nir_comparison)o->comparison,
                                    .reset = (enum sr_reset)o->config.reset,
                                    .moment = (enum sr_nir_moment)o->moment,
                                    .drop_bias = o->drop_bias};
    enum sr_status status;
    if (!o->out)
        status = fail(&c, SR_ERR_ARGUMENT, "--out is missing (see spikeroll convert --help)");
    else if (!o->nir == !o->model)
        status = fail(&c, SR_ERR_ARGUMENT, "either --nir (to import) or --model (to export) is needed");
    else
        status = o->nir ? import(&c) : export(&c);
    if (status == SR_OK) print(&c);
    code = status == SR_OK ? SR_EXIT_OK : sr_complain(argv[0], status, c.error);
    free(c.predicted);
    sr_device_close(c.device);
    sr_data_free(&c.data);
    sr_model_free(c.model);
    sr_nir_free(c.nir);
    sr_options_free(&c.options);
    return code;
}
