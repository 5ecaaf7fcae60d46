/* SPDX-License-Identifier: Apache-2.0
 * Models and checkpoints: what stands where in the file, and what is believed of it. See run_file.h. */
#include "model/run_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "model/container.h"
#include "model/foreign.h"
#include "model/trial.h"

enum { FORMAT_VERSION = 2, LEGACY_VERSION = 1 };
static const size_t size_max = 1u << 31; /* of a file: four times the largest network's weights */
static const double u32_max = 4294967295.0;
static const char *const reset_words = "hard|subtract", *const readout_words = "sum|membrane|spikes";
static const char arrays_group[] = "arrays";

/* A value at the top, and in a group. */
static struct sr_place top(const char *name) { return (struct sr_place){NULL, name}; }
static struct sr_place in(const char *group, const char *name) { return (struct sr_place){group, name}; }

/* ---- writing ---- */

static void put_weights(struct sr_container *c, const char *group, const struct sr_weights *weights, const struct sr_net *net) {
    sr_put_group(c, group);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        if (!sr_layer_size(net, l)) continue;
        sr_put_matrix(c, in(group, sr_layer_name(l)), sr_net_rows(net, l), sr_net_cols(net, l), sizeof(int16_t),
                      weights->layer[l]);
    }
}

static void put_setting(struct sr_container *c, const struct sr_field *f, const void *value) {
    struct sr_place place = in("config", f->name);
    char word[32];
    switch (f->kind) {
        case SR_FIELD_UINT:
            sr_put_u32(c, place, *(const uint32_t *)value);
            break;
        case SR_FIELD_U64:
            sr_put_u64(c, place, *(const uint64_t *)value);
            break;
        case SR_FIELD_REAL:
            sr_put_real(c, place, *(const double *)value);
            break;
        case SR_FIELD_CHOICE:
            sr_choice_text(f->words, *(const uint32_t *)value, word, sizeof word);
            sr_put_text(c, place, word);
            break;
        case SR_FIELD_LIST: {
            const struct sr_list *list = value;
            sr_put_list(c, place, list->value, list->count);
            break;
        }
        case SR_FIELD_FLAG:
        case SR_FIELD_TEXT:
        case SR_FIELD_CHOICES:
            break; /* no setting of a run is one: tests/test_run_file.c sees that each comes back */
    }
}

static void put_config(struct sr_container *c, const struct sr_config *config) {
    size_t count;
    const struct sr_field *fields = sr_config_fields(&count);
    sr_put_group(c, "config");
    for (size_t i = 0; i < count; i++) put_setting(c, &fields[i], (const char *)config + fields[i].offset);
}

static void put_net(struct sr_container *c, const struct sr_net *net, uint32_t frac_bits) {
    char word[32];
    sr_put_group(c, "network");
    sr_put_u32(c, in("network", "inputs"), net->inputs);
    sr_put_u32(c, in("network", "classes"), net->classes);
    sr_put_u32(c, in("network", "steps"), net->steps);
    sr_put_u32(c, in("network", "frac_bits"), frac_bits);
    sr_put_list(c, in("network", "hidden"), net->hidden, net->layers);
    sr_put_list(c, in("network", "theta"), net->theta, SR_LAYERS);
    sr_put_list(c, in("network", "leak"), net->leak, SR_LAYERS);
    sr_choice_text(reset_words, (uint32_t)net->reset, word, sizeof word);
    sr_put_text(c, in("network", "reset"), word);
    sr_choice_text(readout_words, (uint32_t)net->readout, word, sizeof word);
    sr_put_text(c, in("network", "readout"), word);
}

static void put_arrays(struct sr_container *c, const struct sr_run *run) {
    sr_put_group(c, arrays_group);
    for (uint32_t i = 0; i < run->array_count; i++) {
        const struct sr_array *a = &run->arrays[i];
        sr_put_matrix(c, in(arrays_group, a->name), a->rows, a->cols, a->bytes, a->values);
    }
}

static void put_run(struct sr_container *c, const struct sr_run *run, bool checkpoint) {
    sr_put_text(c, top("format"), "spikeroll");
    sr_put_u32(c, top("version"), FORMAT_VERSION);
    sr_put_text(c, top("kind"), checkpoint ? "checkpoint" : "model");
    sr_put_u32(c, top("generation"), run->generation);
    sr_put_u64(c, top("data_hash"), run->data_hash);
    sr_put_real(c, top("seconds"), run->seconds);
    if (run->has_best) {
        sr_put_u32(c, top("best_generation"), run->best_generation);
        sr_put_u32(c, top("best_correct"), run->best_correct);
        sr_put_u32(c, top("best_total"), run->best_total);
    }
    put_net(c, &run->net, run->frac_bits);
    put_config(c, &run->config);
    put_weights(c, "weights", &run->weights, &run->net);
    if (checkpoint && run->has_best) put_weights(c, "best", &run->best, &run->net);
    if (checkpoint && run->array_count > 0) put_arrays(c, run);
}

enum sr_status sr_run_save(const char *path, const struct sr_run *run, bool checkpoint, char *error, size_t error_size) {
    struct sr_container *c;
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum sr_status status = sr_container_create(&c);
    if (status == SR_OK) {
        put_run(c, run, checkpoint);
        status = sr_container_finish(c, &bytes, &size);
    }
    if (status != SR_OK) return sr_error(error, error_size, status, "%.300s: out of memory for the file", path);
    status = sr_file_replace(path, bytes, size, error, error_size);
    free(bytes);
    return status;
}

/* ---- reading ---- */

static bool get_choice(struct sr_container *c, struct sr_place place, const char *words, uint32_t *value) {
    char text[32] = "", word[32];
    if (!sr_get_text(c, place, text, sizeof text)) return false;
    for (uint32_t n = 0;; n++) {
        sr_choice_text(words, n, word, sizeof word);
        if (!*word) return sr_container_bad(c, place.name, "unknown word");
        if (!strcmp(word, text)) {
            *value = n;
            return true;
        }
    }
}

static bool get_setting(struct sr_container *c, const struct sr_field *f, void *value) {
    struct sr_place place = in("config", f->name);
    switch (f->kind) {
        case SR_FIELD_UINT:
            return sr_get_u32(c, place, f->min, f->max, value);
        case SR_FIELD_U64:
            return sr_get_u64(c, place, value);
        case SR_FIELD_REAL:
            return sr_get_real(c, place, f->min, f->max, value);
        case SR_FIELD_CHOICE:
            return get_choice(c, place, f->words, value);
        case SR_FIELD_LIST: {
            struct sr_list *list = value;
            return sr_get_list(c, place, f->min, f->max, SR_LIST_MAX, list->value, &list->count);
        }
        case SR_FIELD_FLAG:
        case SR_FIELD_TEXT:
        case SR_FIELD_CHOICES:
            break;
    }
    return false;
}

/* Does the setting say how data is read? */
static bool reads_data(const char *name) {
    static const char *const names[] = {"steps",   "pool",      "duration",    "width",     "height",
                                        "holdout", "data-seed", "limit-train", "limit-test"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(names[i], name)) return true;
    }
    return false;
}

/* A setting that only a newer program knows would change what a resumed run computes. */
static bool knows_settings(struct sr_container *c) {
    char name[SR_PLACE_NAME], text[128];
    for (unsigned i = 0; sr_value_name(c, "config", i, name); i++) {
        if (sr_config_field(name)) continue;
        snprintf(text, sizeof text, "--%s is unknown here: a newer program began this run", name);
        return sr_container_bad(c, "config", text);
    }
    return true;
}

static bool get_config(struct sr_container *c, enum sr_run_use use, struct sr_config *config) {
    size_t count;
    const struct sr_field *fields = sr_config_fields(&count);
    sr_config_defaults(config);
    for (size_t i = 0; i < count; i++) {
        struct sr_config read = *config;
        if (!sr_has_value(c, in("config", fields[i].name))) continue;
        if (get_setting(c, &fields[i], (char *)&read + fields[i].offset))
            *config = read;
        else if (use == SR_RUN_RESUME || reads_data(fields[i].name))
            return false;
    }
    return use != SR_RUN_RESUME || knows_settings(c);
}

static bool get_net(struct sr_container *c, struct sr_net *net, uint32_t *frac_bits) {
    uint32_t reset = 0, readout = 0, thetas = 0, leaks = 0;
    const struct sr_field *hidden = sr_config_field("hidden");
    if (!sr_has_group(c, "network")) return sr_container_bad(c, "network", "missing");
    if (!(sr_get_u32(c, in("network", "inputs"), 1, 65535, &net->inputs) &&
          sr_get_u32(c, in("network", "classes"), 2, SR_CLASSES, &net->classes) &&
          sr_get_u32(c, in("network", "steps"), 1, 65535, &net->steps) &&
          sr_get_u32(c, in("network", "frac_bits"), 0, 8, frac_bits) &&
          sr_get_list(c, in("network", "hidden"), hidden->min, hidden->max, SR_HIDDEN_LAYERS, net->hidden, &net->layers) &&
          sr_get_list(c, in("network", "theta"), 1, 32767, SR_LAYERS, net->theta, &thetas) &&
          sr_get_list(c, in("network", "leak"), 0, 255, SR_LAYERS, net->leak, &leaks) &&
          get_choice(c, in("network", "reset"), reset_words, &reset) &&
          get_choice(c, in("network", "readout"), readout_words, &readout))) {
        return false;
    }
    if (thetas != SR_LAYERS || leaks != SR_LAYERS) return sr_container_bad(c, "theta, leak", "must have 4 values");
    net->reset = (enum sr_reset)reset;
    net->readout = (enum sr_readout)readout;
    return true;
}

/* All layers are looked at before any is allocated. */
static bool get_weights(struct sr_container *c, const char *group, const struct sr_net *net, struct sr_weights *weights) {
    struct sr_matrix shape[SR_LAYERS];
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        char name[64], text[128];
        if (!sr_layer_size(net, l)) continue;
        if (!sr_get_shape(c, in(group, sr_layer_name(l)), &shape[l])) return false;
        snprintf(name, sizeof name, "%s/%s", group, sr_layer_name(l));
        if (shape[l].bytes != sizeof(int16_t)) return sr_container_bad(c, name, "not a matrix of 16-bit integers");
        if (shape[l].rows != sr_net_rows(net, l) || shape[l].cols != sr_net_cols(net, l)) {
            snprintf(text, sizeof text, "%u x %u, but the network wants %u x %u", shape[l].rows, shape[l].cols,
                     sr_net_rows(net, l), sr_net_cols(net, l));
            return sr_container_bad(c, name, text);
        }
    }
    if (sr_weights_init(weights, net) != SR_OK) return sr_container_no_memory(c, group);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        if (sr_layer_size(net, l) && !sr_get_matrix(c, in(group, sr_layer_name(l)), &shape[l], weights->layer[l])) return false;
    }
    return true;
}

static bool get_arrays(struct sr_container *c, struct sr_run *run) {
    char name[SR_PLACE_NAME];
    struct sr_matrix shape;
    if (!sr_has_group(c, arrays_group)) return true;
    for (unsigned i = 0; sr_array_name(c, arrays_group, i, name); i++) {
        struct sr_array *array;
        if (!sr_get_shape(c, in(arrays_group, name), &shape)) return false;
        enum sr_status status = sr_run_array(run, name, shape.rows, shape.cols, shape.bytes, &array);
        if (status == SR_ERR_MEMORY) return sr_container_no_memory(c, name);
        if (status != SR_OK) return sr_container_bad(c, name, "not an array that docs/files.md allows");
        if (!sr_get_matrix(c, in(arrays_group, name), &shape, array->values)) return false;
    }
    return true;
}

static bool get_run(struct sr_container *c, enum sr_run_use use, struct sr_run *run) {
    char text[32] = "";
    uint32_t version = 0;
    if (!sr_get_text(c, top("format"), text, sizeof text)) return false;
    if (strcmp(text, "spikeroll") != 0) return sr_container_bad(c, "format", "not a spikeroll file");
    if (!sr_get_u32(c, top("version"), LEGACY_VERSION, u32_max, &version)) return false;
    if (version > FORMAT_VERSION) {
        snprintf(text, sizeof text, "%u is newer than %d", version, FORMAT_VERSION);
        return sr_container_bad(c, "version", text);
    }
    if (!sr_get_text(c, top("kind"), text, sizeof text)) return false;
    bool checkpoint = !strcmp(text, "checkpoint");
    if (!checkpoint && strcmp(text, "model") != 0) return sr_container_bad(c, "kind", "neither model nor checkpoint");
    if (use == SR_RUN_RESUME && !checkpoint)
        return sr_container_bad(c, "kind", "a model, not a checkpoint: training cannot go on from it");
    if (!sr_get_u32(c, top("generation"), 0, u32_max, &run->generation) || !sr_get_u64(c, top("data_hash"), &run->data_hash) ||
        !sr_get_real(c, top("seconds"), 0, 1e12, &run->seconds)) {
        return false;
    }
    run->has_best = sr_has_value(c, top("best_generation"));
    if (run->has_best && !(sr_get_u32(c, top("best_generation"), 0, u32_max, &run->best_generation) &&
                           sr_get_u32(c, top("best_total"), 1, u32_max, &run->best_total) &&
                           sr_get_u32(c, top("best_correct"), 0, run->best_total, &run->best_correct))) {
        return false;
    }
    if (!get_net(c, &run->net, &run->frac_bits) || !get_config(c, use, &run->config) ||
        !get_weights(c, "weights", &run->net, &run->weights)) {
        return false;
    }
    return !checkpoint || ((!run->has_best || get_weights(c, "best", &run->net, &run->best)) && get_arrays(c, run));
}

/* Of a sealed image. */
static enum sr_status parse(const uint8_t *bytes, size_t size, enum sr_run_use use, const char *path, struct sr_run *run,
                            char *error, size_t error_size) {
    struct sr_container *c;
    enum sr_status status = sr_container_open(&c, bytes, size, path, error, error_size);
    if (status != SR_OK) return status;
    if (!get_run(c, use, run)) status = sr_container_status(c);
    sr_container_free(c);
    if (status == SR_OK && use == SR_RUN_RESUME) {
        char reason[SR_ERROR_SIZE];
        status = sr_config_check(&run->config, reason, sizeof reason);
        if (status != SR_OK) sr_error(error, error_size, status, "%.300s: %.150s", path, reason);
    }
    if (status != SR_OK) sr_run_free(run);
    return status;
}

/* An image that the HDF5 library is to convert. */
struct foreign {
    const uint8_t *bytes;
    size_t size;
    const char *path;
};

static enum sr_status convert(void *argument, uint8_t **bytes, size_t *size, char *error, size_t error_size) {
    const struct foreign *f = argument;
    return sr_foreign_convert(f->bytes, f->size, f->path, bytes, size, error, error_size);
}

enum sr_status sr_run_parse(const uint8_t *bytes, size_t size, enum sr_run_use use, const char *path, struct sr_run *run,
                            char *error, size_t error_size) {
    struct foreign foreign = {bytes, size, path};
    uint8_t *converted = NULL;
    size_t converted_size = 0;
    enum sr_status status = SR_ERR_FORMAT;
    *run = (struct sr_run){0};
    switch (sr_container_seal(bytes, size)) {
        case SR_SEAL_FOREIGN:
            sr_error(error, error_size, status, "%.300s: not an HDF5 file, or cut short", path);
            break;
        case SR_SEAL_BROKEN:
            sr_error(error, error_size, status, "%.300s: damaged or cut short: its checksum or its length is wrong", path);
            break;
        case SR_SEAL_WRITING:
            sr_error(error, error_size, status, "%.300s: another program has it open for writing, or ended without closing it",
                     path);
            break;
        case SR_SEAL_NONE:
            status = sr_trial(convert, &foreign, path, size_max, &converted, &converted_size, error, error_size);
            if (status == SR_OK) status = parse(converted, converted_size, use, path, run, error, error_size);
            break;
        case SR_SEAL_VALID:
            status = parse(bytes, size, use, path, run, error, error_size);
            break;
    }
    free(converted);
    return status;
}

static enum sr_status load(const char *path, enum sr_run_use use, struct sr_run *run, char *error, size_t error_size) {
    static const uint8_t head[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    const struct sr_file_kind kind = {size_max, head, sizeof head, "not an HDF5 file, or cut short"};
    uint8_t *bytes = NULL;
    size_t size = 0;
    *run = (struct sr_run){0};
    enum sr_status status = sr_file_read(path, &kind, &bytes, &size, error, error_size);
    if (status == SR_OK) status = sr_run_parse(bytes, size, use, path, run, error, error_size);
    free(bytes);
    return status;
}

enum sr_status sr_run_load(const char *path, struct sr_run *run, char *error, size_t error_size) {
    return load(path, SR_RUN_INFER, run, error, error_size);
}

enum sr_status sr_checkpoint_load(const char *path, struct sr_run *run, char *error, size_t error_size) {
    return load(path, SR_RUN_RESUME, run, error, error_size);
}

void sr_run_free(struct sr_run *run) {
    sr_weights_free(&run->weights);
    sr_weights_free(&run->best);
    for (uint32_t i = 0; i < run->array_count; i++) free(run->arrays[i].values);
    free(run->arrays);
    *run = (struct sr_run){0};
}

enum sr_status sr_model_path(const char *model, char *path, size_t size, char *error, size_t error_size) {
    static const char *const name[] = {"best.h5", "last.h5", "checkpoint.h5"};
    struct stat about;
    if (stat(model, &about) != 0) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", model, strerror(errno));
    if (!S_ISDIR(about.st_mode)) {
        snprintf(path, size, "%s", model);
        return SR_OK;
    }
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        snprintf(path, size, "%s/%s", model, name[i]);
        if (stat(path, &about) == 0) return SR_OK;
    }
    return sr_error(error, error_size, SR_ERR_FILE, "%.300s: holds no best.h5, last.h5 or checkpoint.h5", model);
}
