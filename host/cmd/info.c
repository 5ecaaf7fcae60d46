/* SPDX-License-Identifier: Apache-2.0
 * spikeroll info: versions, an engine's identity and limits, a model's contents. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include <hdf5.h>

#include "cmd/commands.h"
#include "link/link.h"
#include "model/run_file.h"

static const char intro[] =
    "usage: spikeroll info [--engine E] [--model RUN|FILE] [--json]\n"
    "\n"
    "Prints versions; with --engine the engine's identity and build limits; with --model what a model file holds.\n";

static void add(cJSON *json, const char *name, uint32_t value) { cJSON_AddNumberToObject(json, name, value); }

static cJSON *caps_json(const struct sr_caps *c) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "engine", c->engine);
    add(json, "devices", c->devices);
    add(json, "protocol", c->protocol);
    add(json, "map_hash", c->map_hash);
    add(json, "clock_hz", c->clock_hz);
    add(json, "lanes", c->lanes);
    add(json, "rank_lanes", c->rank_lanes);
    add(json, "proj_units", c->proj_units);
    add(json, "sample_w", c->sample_w);
    add(json, "frac_w", c->frac_w);
    add(json, "buffers", c->buffers);
    add(json, "layers_max", c->layers_max);
    add(json, "inputs_max", c->inputs_max);
    add(json, "hidden_max", c->hidden_max);
    add(json, "classes_max", c->classes_max);
    add(json, "steps_max", c->steps_max);
    add(json, "rank_max", c->rank_max);
    add(json, "pairs_max", c->pairs_max);
    add(json, "sample_words", c->sample_words);
    add(json, "weight_words", c->weight_words);
    add(json, "rweight_words", c->rweight_words);
    add(json, "batch_max", c->batch_max);
    add(json, "score_words", c->score_words);
    add(json, "packet_max", c->packet_max);
    add(json, "step_readout", c->step_readout);
    add(json, "modes", c->modes);
    add(json, "factors", c->factors);
    add(json, "row_words", c->row_words);
    return json;
}

/* What the device was built from, where it can say that: the same number as another device's, the same RTL and parameters. */
static enum sr_status add_build(cJSON *json, struct sr_device *device, char *error, size_t error_size) {
    uint32_t build = 0;
    char text[16] = "not told";
    enum sr_status status = sr_link_build(device, &build);
    if (status == SR_ERR_UNSUPPORTED) return SR_OK;
    if (status == SR_ERR_MISMATCH) {
        sr_json_text(json, "build", "not one");
        return SR_OK;
    }
    if (status != SR_OK) return sr_error(error, error_size, status, "%s", sr_device_error(device));
    if (build) snprintf(text, sizeof text, "0x%08X", (unsigned)build);
    cJSON_AddStringToObject(json, "build", text);
    return SR_OK;
}

static cJSON *model_json(const struct sr_run *run, const char *path) {
    cJSON *json = cJSON_CreateObject();
    char text[128];
    size_t count;
    const struct sr_field *fields = sr_config_fields(&count);
    sr_net_text(&run->net, text, sizeof text);
    sr_json_text(json, "file", path);
    cJSON_AddStringToObject(json, "network", text);
    add(json, "steps", run->net.steps);
    add(json, "frac_bits", run->frac_bits);
    add(json, "generation", run->generation);
    if (run->has_best) {
        add(json, "best_generation", run->best_generation);
        cJSON_AddNumberToObject(json, "best_validation_accuracy", (double)run->best_correct / run->best_total);
    }
    cJSON_AddNumberToObject(json, "seconds", run->seconds);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t size = sr_layer_size(&run->net, l);
        if (!size) continue;
        int32_t least = 127, most = -128;
        size_t limit = 0;
        for (size_t i = 0; i < size; i++) {
            int32_t whole = run->weights.layer[l][i] >> run->frac_bits;
            if (whole < least) least = whole;
            if (whole > most) most = whole;
            limit += whole <= -127 || whole >= 127;
        }
        char name[32];
        snprintf(name, sizeof name, "weights_%s", sr_layer_name(l));
        snprintf(text, sizeof text, "%u x %u, %d to %d, %zu at the limit", sr_net_rows(&run->net, l), sr_net_cols(&run->net, l),
                 least, most, limit);
        cJSON_AddStringToObject(json, name, text);
    }
    cJSON *config = cJSON_AddObjectToObject(json, "config");
    for (size_t i = 0; i < count; i++) {
        sr_field_text(&fields[i], &run->config, text, sizeof text);
        cJSON_AddStringToObject(config, fields[i].name, text);
    }
    return json;
}

static void print_plain(const cJSON *json, const char *indent) {
    for (const cJSON *item = json->child; item; item = item->next) {
        if (cJSON_IsObject(item)) {
            printf("%s%s\n", indent, item->string);
            print_plain(item, *indent ? "    " : "  ");
        } else if (cJSON_IsString(item)) {
            printf("%s%-26s %s\n", indent, item->string, item->valuestring);
        } else {
            printf("%s%-26s %.12g\n", indent, item->string, item->valuedouble);
        }
    }
}

static enum sr_status run_info(const struct sr_options *o, cJSON *json, char *error, size_t error_size) {
    unsigned major = 0, minor = 0, release = 0;
    char text[64];
    enum sr_status status = SR_OK;
    H5get_libversion(&major, &minor, &release);
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, release);
    cJSON_AddStringToObject(json, "spikeroll", SR_VERSION);
    cJSON_AddStringToObject(json, "hdf5", text);
    cJSON_AddStringToObject(json, "cjson", cJSON_Version());
    if (o->model) {
        struct sr_run run;
        char path[4096];
        status = sr_model_path(o->model, path, sizeof path, error, error_size);
        if (status == SR_OK) status = sr_run_load(path, &run, error, error_size);
        if (status != SR_OK) return status;
        cJSON_AddItemToObject(json, "model", model_json(&run, path));
        sr_run_free(&run);
    }
    if (!o->model || sr_option_given(o, SR_CMD_INFO, "engine")) {
        struct sr_device *device = NULL;
        status = sr_open_device("info", o, 0, &device, error, error_size);
        if (status != SR_OK) return status;
        cJSON *about = caps_json(sr_device_caps(device));
        cJSON_AddItemToObject(json, "device", about);
        status = add_build(about, device, error, error_size);
        sr_device_close(device);
    }
    return status;
}

int sr_cmd_info(int argc, char **argv) {
    struct sr_options options;
    char error[SR_ERROR_SIZE] = "";
    int code;
    if (!sr_command_begin(&options, SR_CMD_INFO, argc, argv, intro, &code)) return code;
    cJSON *json = cJSON_CreateObject();
    enum sr_status status = run_info(&options, json, error, sizeof error);
    code = status == SR_OK ? SR_EXIT_OK : sr_complain(argv[0], status, error);
    if (status == SR_OK && options.json) {
        char *text = cJSON_Print(json);
        if (text) puts(text);
        cJSON_free(text);
    } else if (status == SR_OK) {
        print_plain(json, "");
    }
    cJSON_Delete(json);
    sr_options_free(&options);
    return code;
}
