/* SPDX-License-Identifier: Apache-2.0
 * Models and checkpoints as HDF5 files: docs/files.md. */
#include "model/run_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hdf5.h>

enum { FORMAT_VERSION = 1 };

size_t sr_layer_size(const struct sr_net *net, unsigned layer) {
    return (size_t)sr_net_rows(net, layer) * sr_net_cols(net, layer);
}

const char *sr_layer_name(unsigned layer) {
    static const char *const name[SR_LAYERS] = {"hidden0", "hidden1", "hidden2", "readout"};
    return name[layer];
}

void sr_net_text(const struct sr_net *net, char *text, size_t size) {
    int used = snprintf(text, size, "%u", net->inputs);
    for (uint32_t l = 0; l < net->layers && used > 0 && (size_t)used < size; l++) {
        used += snprintf(text + used, size - (size_t)used, "-%u", net->hidden[l]);
    }
    if (used > 0 && (size_t)used < size) snprintf(text + used, size - (size_t)used, "-%u", net->classes);
}

enum sr_status sr_weights_init(struct sr_weights *weights, const struct sr_net *net) {
    *weights = (struct sr_weights){{NULL}};
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t size = sr_layer_size(net, l);
        if (!size) continue;
        weights->layer[l] = calloc(size, sizeof(int16_t));
        if (!weights->layer[l]) {
            sr_weights_free(weights);
            return SR_ERR_MEMORY;
        }
    }
    return SR_OK;
}

void sr_weights_free(struct sr_weights *weights) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        free(weights->layer[l]);
        weights->layer[l] = NULL;
    }
}

void sr_weights_copy(struct sr_weights *to, const struct sr_weights *from, const struct sr_net *net) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        if (to->layer[l]) memcpy(to->layer[l], from->layer[l], sr_layer_size(net, l) * sizeof(int16_t));
    }
}

enum sr_status sr_weights_read(struct sr_weights *weights, struct sr_device *device, const struct sr_net *net) {
    enum sr_status status = SR_OK;
    for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
        if (sr_layer_size(net, l)) status = sr_device_read_weights(device, l, weights->layer[l]);
    }
    return status;
}

enum sr_status sr_weights_write(const struct sr_weights *weights, struct sr_device *device, const struct sr_net *net) {
    enum sr_status status = SR_OK;
    for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
        if (sr_layer_size(net, l)) status = sr_device_write_weights(device, l, weights->layer[l]);
    }
    return status;
}

void sr_weights_rescale(struct sr_weights *weights, const struct sr_net *net, uint32_t from_bits, uint32_t to_bits) {
    for (unsigned l = 0; l < SR_LAYERS && from_bits != to_bits; l++) {
        for (size_t i = 0; i < sr_layer_size(net, l); i++) {
            int32_t whole = weights->layer[l][i] >> from_bits, limit = (1 << (7 + to_bits)) - 1, value = whole * (1 << to_bits);
            weights->layer[l][i] = (int16_t)(value < -limit ? -limit : value);
        }
    }
}

enum sr_status sr_weights_compare(const struct sr_weights *a, const struct sr_weights *b, const struct sr_net *net,
                                  char *difference, size_t size) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t count = sr_layer_size(net, l), cols = sr_net_cols(net, l);
        for (size_t i = 0; i < count; i++) {
            if (a->layer[l][i] == b->layer[l][i]) continue;
            return sr_error(difference, size, SR_ERR_MISMATCH, "weights %s[%zu][%zu]: %d and %d", sr_layer_name(l), i / cols,
                            i % cols, a->layer[l][i], b->layer[l][i]);
        }
    }
    return SR_OK;
}

/* ---- writing ---- */

static bool put_attribute(hid_t object, const char *name, hid_t stored, hid_t memory, hsize_t count, const void *value) {
    hid_t space = count ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT);
    bool good = attribute >= 0 && H5Awrite(attribute, memory, value) >= 0;
    if (attribute >= 0) H5Aclose(attribute);
    if (space >= 0) H5Sclose(space);
    return good;
}

static bool put_u32(hid_t object, const char *name, uint32_t value) {
    return put_attribute(object, name, H5T_STD_U32LE, H5T_NATIVE_UINT32, 0, &value);
}

static bool put_u64(hid_t object, const char *name, uint64_t value) {
    return put_attribute(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, 0, &value);
}

static bool put_real(hid_t object, const char *name, double value) {
    return put_attribute(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &value);
}

static bool put_text(hid_t object, const char *name, const char *text) {
    hid_t type = H5Tcopy(H5T_C_S1);
    bool good = type >= 0 && H5Tset_size(type, strlen(text) + 1) >= 0 && put_attribute(object, name, type, type, 0, text);
    if (type >= 0) H5Tclose(type);
    return good;
}

static bool put_weights(hid_t file, const char *group_name, const struct sr_weights *weights, const struct sr_net *net) {
    hid_t group = H5Gcreate2(file, group_name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    bool good = group >= 0 && create >= 0 && H5Pset_obj_track_times(create, false) >= 0;
    for (unsigned l = 0; l < SR_LAYERS && good; l++) {
        if (!sr_layer_size(net, l)) continue;
        hsize_t shape[2] = {sr_net_rows(net, l), sr_net_cols(net, l)};
        hid_t space = H5Screate_simple(2, shape, NULL);
        H5Pset_chunk(create, 2, shape); /* a checksum needs chunks */
        H5Pset_fletcher32(create);
        hid_t set = H5Dcreate2(group, sr_layer_name(l), H5T_STD_I16LE, space, H5P_DEFAULT, create, H5P_DEFAULT);
        good = set >= 0 && H5Dwrite(set, H5T_NATIVE_INT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, weights->layer[l]) >= 0;
        if (set >= 0) good = H5Dclose(set) >= 0 && good;
        if (space >= 0) H5Sclose(space);
    }
    if (create >= 0) H5Pclose(create);
    if (group >= 0) H5Gclose(group);
    return good;
}

static bool put_config(hid_t file, const struct sr_config *config) {
    size_t count;
    const struct sr_field *fields = sr_config_fields(&count);
    hid_t group = H5Gcreate2(file, "config", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool good = group >= 0;
    for (size_t i = 0; i < count && good; i++) {
        const struct sr_field *f = &fields[i];
        const void *field = (const char *)config + f->offset;
        char word[32];
        switch (f->kind) {
            case SR_FIELD_UINT:
                good = put_u32(group, f->name, *(const uint32_t *)field);
                break;
            case SR_FIELD_U64:
                good = put_u64(group, f->name, *(const uint64_t *)field);
                break;
            case SR_FIELD_REAL:
                good = put_real(group, f->name, *(const double *)field);
                break;
            case SR_FIELD_CHOICE:
                sr_choice_text(f->words, *(const uint32_t *)field, word, sizeof word);
                good = put_text(group, f->name, word);
                break;
            case SR_FIELD_LIST: {
                const struct sr_list *list = field;
                good = put_attribute(group, f->name, H5T_STD_U32LE, H5T_NATIVE_UINT32, list->count, list->value);
                break;
            }
            case SR_FIELD_FLAG:
            case SR_FIELD_TEXT:
            case SR_FIELD_CHOICES:
                good = false;
                break;
        }
    }
    if (group >= 0) H5Gclose(group);
    return good;
}

static bool put_net(hid_t file, const struct sr_net *net, uint32_t frac_bits) {
    hid_t group = H5Gcreate2(file, "network", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    static const char *const reset[] = {"hard", "subtract"}, *const readout[] = {"sum", "membrane", "spikes"};
    bool good = group >= 0 && put_u32(group, "inputs", net->inputs) && put_u32(group, "classes", net->classes) &&
                put_u32(group, "steps", net->steps) && put_u32(group, "frac_bits", frac_bits) &&
                put_attribute(group, "hidden", H5T_STD_U32LE, H5T_NATIVE_UINT32, net->layers, net->hidden) &&
                put_attribute(group, "theta", H5T_STD_U32LE, H5T_NATIVE_UINT32, SR_LAYERS, net->theta) &&
                put_attribute(group, "leak", H5T_STD_U32LE, H5T_NATIVE_UINT32, SR_LAYERS, net->leak) &&
                put_text(group, "reset", reset[net->reset]) && put_text(group, "readout", readout[net->readout]);
    if (group >= 0) H5Gclose(group);
    return good;
}

static bool put_run(hid_t file, const struct sr_run *run, bool checkpoint) {
    bool good = put_text(file, "format", "spikeroll") && put_u32(file, "version", FORMAT_VERSION) &&
                put_text(file, "kind", checkpoint ? "checkpoint" : "model") && put_u32(file, "generation", run->generation) &&
                put_u64(file, "data_hash", run->data_hash) && put_real(file, "seconds", run->seconds);
    if (good && run->has_best) {
        good = put_u32(file, "best_generation", run->best_generation) && put_u32(file, "best_correct", run->best_correct) &&
               put_u32(file, "best_total", run->best_total);
    }
    good = good && put_net(file, &run->net, run->frac_bits) && put_config(file, &run->config) &&
           put_weights(file, "weights", &run->weights, &run->net);
    return good && (!checkpoint || !run->has_best || put_weights(file, "best", &run->best, &run->net));
}

static bool sync_path(const char *path) {
    int fd = open(path, O_RDONLY);
    if (fd < 0) return false;
    bool good = fsync(fd) == 0 || errno == EINVAL; /* a file system that cannot sync folders */
    return close(fd) == 0 && good;
}

enum sr_status sr_run_save(const char *path, const struct sr_run *run, bool checkpoint, char *error, size_t error_size) {
    char temporary[4096], folder[4096];
    int length = snprintf(temporary, sizeof temporary, "%s.tmp", path);
    if (length < 0 || (size_t)length >= sizeof temporary)
        return sr_error(error, error_size, SR_ERR_FILE, "%.200s: path too long", path);
    snprintf(folder, sizeof folder, "%s", path);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file = H5Fcreate(temporary, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    bool good = file >= 0 && put_run(file, run, checkpoint);
    if (file >= 0) good = H5Fclose(file) >= 0 && good;
    good = good && sync_path(temporary) && rename(temporary, path) == 0;
    if (!good) {
        int reason = errno;
        unlink(temporary);
        return sr_error(error, error_size, SR_ERR_FILE, "%.200s: cannot be written (%s)", path,
                        reason ? strerror(reason) : "HDF5");
    }
    (void)sync_path(dirname(folder)); /* the rename itself; the file is whole either way */
    return SR_OK;
}

/* ---- reading ---- */

struct reader {
    const char *path;
    char *error;
    size_t error_size;
};

static bool bad(const struct reader *reader, const char *name, const char *what) {
    sr_error(reader->error, reader->error_size, SR_ERR_FORMAT, "%.300s: %s: %s", reader->path, name, what);
    return false;
}

/* Read an attribute of at most `limit` elements (0: a scalar); *count gets their number. */
static bool get_attribute(const struct reader *reader, hid_t object, const char *name, H5T_class_t kind, hid_t memory,
                          hsize_t limit, hsize_t *count, void *value) {
    if (H5Aexists(object, name) <= 0) return bad(reader, name, "missing");
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), space = -1, type = -1;
    bool good = attribute >= 0 && (space = H5Aget_space(attribute)) >= 0 && (type = H5Aget_type(attribute)) >= 0;
    if (good) {
        hsize_t size = 0;
        int rank = H5Sget_simple_extent_ndims(space);
        if (rank == 1) H5Sget_simple_extent_dims(space, &size, NULL);
        good = H5Tget_class(type) == kind && (limit ? rank == 1 && size >= 1 && size <= limit : rank == 0) &&
               H5Aread(attribute, memory, value) >= 0;
        if (count) *count = size;
    }
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    if (attribute >= 0) H5Aclose(attribute);
    return good || bad(reader, name, "not of the form that docs/files.md gives");
}

static bool get_u32(const struct reader *reader, hid_t object, const char *name, double min, double max, uint32_t *value) {
    uint64_t wide = 0;
    if (!get_attribute(reader, object, name, H5T_INTEGER, H5T_NATIVE_UINT64, 0, NULL, &wide)) return false;
    char text[80];
    snprintf(text, sizeof text, "%llu is out of range %.0f..%.0f", (unsigned long long)wide, min, max);
    if ((double)wide < min || (double)wide > max) return bad(reader, name, text);
    *value = (uint32_t)wide;
    return true;
}

static bool get_list(const struct reader *reader, hid_t object, const char *name, double min, double max, uint32_t limit,
                     uint32_t *count, uint32_t *value) {
    hsize_t got = 0;
    if (!get_attribute(reader, object, name, H5T_INTEGER, H5T_NATIVE_UINT32, limit, &got, value)) return false;
    for (hsize_t i = 0; i < got; i++) {
        if (value[i] < min || value[i] > max) return bad(reader, name, "a value is out of range");
    }
    *count = (uint32_t)got;
    return true;
}

static bool get_text(const struct reader *reader, hid_t object, const char *name, char *text, size_t size) {
    if (H5Aexists(object, name) <= 0) return bad(reader, name, "missing");
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = attribute >= 0 ? H5Aget_type(attribute) : -1;
    bool good = type >= 0 && H5Tget_class(type) == H5T_STRING && !H5Tis_variable_str(type) && H5Tget_size(type) <= size &&
                H5Aread(attribute, type, text) >= 0;
    if (good) text[size - 1] = '\0';
    if (type >= 0) H5Tclose(type);
    if (attribute >= 0) H5Aclose(attribute);
    return good || bad(reader, name, "not a short string");
}

static bool get_choice(const struct reader *reader, hid_t object, const char *name, const char *words, uint32_t *value) {
    char text[32] = "", word[32];
    if (!get_text(reader, object, name, text, sizeof text)) return false;
    for (uint32_t n = 0;; n++) {
        sr_choice_text(words, n, word, sizeof word);
        if (!*word) return bad(reader, name, "unknown word");
        if (!strcmp(word, text)) {
            *value = n;
            return true;
        }
    }
}

static bool get_config(const struct reader *reader, hid_t group, struct sr_config *config) {
    size_t count;
    const struct sr_field *fields = sr_config_fields(&count);
    for (size_t i = 0; i < count; i++) {
        const struct sr_field *f = &fields[i];
        void *field = (char *)config + f->offset;
        bool good = true;
        switch (f->kind) {
            case SR_FIELD_UINT:
                good = get_u32(reader, group, f->name, f->min, f->max, field);
                break;
            case SR_FIELD_U64:
                good = get_attribute(reader, group, f->name, H5T_INTEGER, H5T_NATIVE_UINT64, 0, NULL, field);
                break;
            case SR_FIELD_REAL:
                good = get_attribute(reader, group, f->name, H5T_FLOAT, H5T_NATIVE_DOUBLE, 0, NULL, field);
                if (good && !(*(double *)field >= f->min && *(double *)field <= f->max))
                    good = bad(reader, f->name, "out of range");
                break;
            case SR_FIELD_CHOICE:
                good = get_choice(reader, group, f->name, f->words, field);
                break;
            case SR_FIELD_LIST: {
                struct sr_list *list = field;
                good = get_list(reader, group, f->name, f->min, f->max, SR_LIST_MAX, &list->count, list->value);
                break;
            }
            case SR_FIELD_FLAG:
            case SR_FIELD_TEXT:
            case SR_FIELD_CHOICES:
                break;
        }
        if (!good) return false;
    }
    return sr_config_check(config, reader->error, reader->error_size) == SR_OK;
}

static bool get_net(const struct reader *reader, hid_t group, struct sr_net *net, uint32_t *frac_bits) {
    uint32_t reset = 0, readout = 0, four = 0;
    if (!(get_u32(reader, group, "inputs", 1, 65535, &net->inputs) &&
          get_u32(reader, group, "classes", 2, SR_CLASSES, &net->classes) &&
          get_u32(reader, group, "steps", 1, 65535, &net->steps) && get_u32(reader, group, "frac_bits", 0, 8, frac_bits) &&
          get_list(reader, group, "hidden", 1, 65535, SR_HIDDEN_LAYERS, &net->layers, net->hidden) &&
          get_list(reader, group, "theta", 1, 32767, SR_LAYERS, &four, net->theta) &&
          get_list(reader, group, "leak", 0, 255, SR_LAYERS, &four, net->leak) &&
          get_choice(reader, group, "reset", "hard|subtract", &reset) &&
          get_choice(reader, group, "readout", "sum|membrane|spikes", &readout))) {
        return false;
    }
    if (four != SR_LAYERS) return bad(reader, "theta, leak", "must have 4 values");
    net->reset = (enum sr_reset)reset;
    net->readout = (enum sr_readout)readout;
    return true;
}

static bool get_weights(const struct reader *reader, hid_t file, const char *group_name, const struct sr_net *net,
                        struct sr_weights *weights) {
    if (H5Lexists(file, group_name, H5P_DEFAULT) <= 0) return bad(reader, group_name, "missing");
    hid_t group = H5Gopen2(file, group_name, H5P_DEFAULT);
    bool good = group >= 0 || bad(reader, group_name, "not a group");
    if (good && sr_weights_init(weights, net) != SR_OK) good = bad(reader, group_name, "out of memory");
    for (unsigned l = 0; l < SR_LAYERS && good; l++) {
        if (!sr_layer_size(net, l)) continue;
        char name[64], text[128];
        snprintf(name, sizeof name, "%s/%s", group_name, sr_layer_name(l));
        if (H5Lexists(group, sr_layer_name(l), H5P_DEFAULT) <= 0) {
            good = bad(reader, name, "missing");
            break;
        }
        hid_t set = H5Dopen2(group, sr_layer_name(l), H5P_DEFAULT), space = set >= 0 ? H5Dget_space(set) : -1;
        hid_t type = set >= 0 ? H5Dget_type(set) : -1;
        hsize_t shape[2] = {0, 0};
        if (space < 0 || H5Sget_simple_extent_ndims(space) != 2 || H5Sget_simple_extent_dims(space, shape, NULL) != 2 ||
            H5Tget_class(type) != H5T_INTEGER || H5Tget_size(type) != 2) {
            good = bad(reader, name, "not a matrix of 16-bit integers");
        } else if (shape[0] != sr_net_rows(net, l) || shape[1] != sr_net_cols(net, l)) {
            snprintf(text, sizeof text, "%llu x %llu, but the network wants %u x %u", (unsigned long long)shape[0],
                     (unsigned long long)shape[1], sr_net_rows(net, l), sr_net_cols(net, l));
            good = bad(reader, name, text);
        } else if (H5Dread(set, H5T_NATIVE_INT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, weights->layer[l]) < 0) {
            good = bad(reader, name, "damaged");
        }
        if (type >= 0) H5Tclose(type);
        if (space >= 0) H5Sclose(space);
        if (set >= 0) H5Dclose(set);
    }
    if (group >= 0) H5Gclose(group);
    return good;
}

static bool get_run(const struct reader *reader, hid_t file, struct sr_run *run) {
    char text[32] = "";
    uint32_t version = 0;
    if (!get_text(reader, file, "format", text, sizeof text)) return false;
    if (strcmp(text, "spikeroll")) return bad(reader, "format", "not a spikeroll file");
    if (!get_u32(reader, file, "version", FORMAT_VERSION, FORMAT_VERSION, &version) ||
        !get_text(reader, file, "kind", text, sizeof text) ||
        !get_u32(reader, file, "generation", 0, 4294967295.0, &run->generation) ||
        !get_attribute(reader, file, "data_hash", H5T_INTEGER, H5T_NATIVE_UINT64, 0, NULL, &run->data_hash) ||
        !get_attribute(reader, file, "seconds", H5T_FLOAT, H5T_NATIVE_DOUBLE, 0, NULL, &run->seconds)) {
        return false;
    }
    run->has_best = H5Aexists(file, "best_generation") > 0;
    if (run->has_best && !(get_u32(reader, file, "best_generation", 0, 4294967295.0, &run->best_generation) &&
                           get_u32(reader, file, "best_total", 1, 4294967295.0, &run->best_total) &&
                           get_u32(reader, file, "best_correct", 0, run->best_total, &run->best_correct))) {
        return false;
    }
    hid_t network = H5Gopen2(file, "network", H5P_DEFAULT), config = H5Gopen2(file, "config", H5P_DEFAULT);
    bool good = (network >= 0 || bad(reader, "network", "missing")) && (config >= 0 || bad(reader, "config", "missing")) &&
                get_net(reader, network, &run->net, &run->frac_bits) && get_config(reader, config, &run->config);
    if (network >= 0) H5Gclose(network);
    if (config >= 0) H5Gclose(config);
    good = good && get_weights(reader, file, "weights", &run->net, &run->weights);
    if (good && run->has_best && !strcmp(text, "checkpoint")) good = get_weights(reader, file, "best", &run->net, &run->best);
    return good;
}

enum sr_status sr_run_load(const char *path, struct sr_run *run, char *error, size_t error_size) {
    struct reader reader = {path, error, error_size};
    *run = (struct sr_run){0};
    int fd = open(path, O_RDONLY);
    if (fd < 0) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
    close(fd);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: not an HDF5 file, or cut short", path);
    bool good = get_run(&reader, file, run);
    H5Fclose(file);
    if (good) return SR_OK;
    sr_run_free(run);
    return SR_ERR_FORMAT;
}

void sr_run_free(struct sr_run *run) {
    sr_weights_free(&run->weights);
    sr_weights_free(&run->best);
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
