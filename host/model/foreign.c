/* SPDX-License-Identifier: Apache-2.0
 * Run files read by the HDF5 library: see foreign.h. It runs in a child process: what
 * is left open when something fails goes with that. */
#include "model/foreign.h"

#include <stdlib.h>
#include <string.h>

#include "model/container.h"
#include "model/untrusted.h"
#include "model/weights.h"

enum {
    SIDE_MAX = 1 << 20, /* of an array, either way */
    TEXT_SIZE = 256,    /* of a string, its zero included */
    LIST_MAX = 64,
    VALUES_MAX = 512, /* in a group */
    ARRAYS_MAX = 64
};

struct conversion {
    hid_t file;
    struct sr_container *out;
    const char *path;
    char *error;
    size_t error_size;
};

/* ---- attributes ---- */

/* A string of fixed or variable length; false if it is longer than TEXT_SIZE allows. */
static bool read_text(hid_t attribute, hid_t type, char text[TEXT_SIZE]) {
    htri_t variable = H5Tis_variable_str(type);
    size_t stored = H5Tget_size(type);
    hid_t memory = H5Tcopy(H5T_C_S1);
    char *found = NULL;
    if (memory < 0 || variable < 0 || H5Tset_cset(memory, H5Tget_cset(type)) < 0) return false;
    if (variable) {
        if (H5Tset_size(memory, H5T_VARIABLE) < 0 || H5Aread(attribute, memory, &found) < 0 || !found) return false;
    } else {
        if (stored < 1 || stored > TEXT_SIZE || H5Tset_size(memory, stored + 1) < 0) return false;
        found = calloc(1, stored + 2); /* one byte more than any padding fills: it ends in zero */
        if (!found || H5Aread(attribute, memory, found) < 0) return false;
    }
    if (strlen(found) >= TEXT_SIZE) return false;
    strcpy(text, found);
    return true;
}

static bool read_list(hid_t attribute, hsize_t count, uint32_t *list) {
    uint64_t wide[LIST_MAX];
    if (H5Aread(attribute, H5T_NATIVE_UINT64, wide) < 0) return false;
    for (hsize_t i = 0; i < count; i++) list[i] = wide[i] > UINT32_MAX ? UINT32_MAX : (uint32_t)wide[i];
    return true;
}

/* Whatever has a form that no run file has stands in the result as a value of unknown form. */
static void copy_value(struct conversion *c, hid_t group, struct sr_place place) {
    hid_t attribute = H5Aopen(group, place.name, H5P_DEFAULT);
    hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1, type = attribute >= 0 ? H5Aget_type(attribute) : -1;
    H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    bool scalar = space >= 0 && H5Sget_simple_extent_type(space) == H5S_SCALAR;
    hsize_t count = 0;
    if (space >= 0 && !scalar && H5Sget_simple_extent_type(space) == H5S_SIMPLE && H5Sget_simple_extent_ndims(space) == 1)
        H5Sget_simple_extent_dims(space, &count, NULL);
    bool narrow = type >= 0 && H5Tget_size(type) <= 8;
    char text[TEXT_SIZE];
    uint32_t list[LIST_MAX];
    uint64_t number;
    double real;
    if (scalar && narrow && class == H5T_INTEGER && H5Aread(attribute, H5T_NATIVE_UINT64, &number) >= 0)
        sr_put_u64(c->out, place, number);
    else if (scalar && narrow && class == H5T_FLOAT && H5Aread(attribute, H5T_NATIVE_DOUBLE, &real) >= 0)
        sr_put_real(c->out, place, real);
    else if (scalar && class == H5T_STRING && read_text(attribute, type, text))
        sr_put_text(c->out, place, text);
    else if (narrow && class == H5T_INTEGER && count >= 1 && count <= LIST_MAX && read_list(attribute, count, list))
        sr_put_list(c->out, place, list, (size_t)count);
    else
        sr_put_unknown(c->out, place);
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    if (attribute >= 0) H5Aclose(attribute);
}

/* The group's values; NULL: the top's. */
static void copy_values(struct conversion *c, const char *name) {
    char value[SR_PLACE_NAME];
    hid_t group = H5Gopen2(c->file, name ? name : "/", H5P_DEFAULT);
    for (hsize_t i = 0; group >= 0 && i < VALUES_MAX; i++) {
        ssize_t length = H5Aget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, value, sizeof value, H5P_DEFAULT);
        if (length <= 0) break;
        copy_value(c, group, (struct sr_place){name, value}); /* a name that was cut is that of no value, which is told */
    }
    if (group >= 0) H5Gclose(group);
}

/* ---- matrices ---- */

static const char *copy_set(struct conversion *c, hid_t set, struct sr_place place) {
    hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    size_t bytes = type >= 0 ? H5Tget_size(type) : 0;
    hsize_t shape[2] = {0, 0};
    if (space < 0 || type < 0 || H5Sget_simple_extent_type(space) != H5S_SIMPLE || H5Sget_simple_extent_ndims(space) != 2 ||
        H5Sget_simple_extent_dims(space, shape, NULL) != 2 || H5Tget_class(type) != H5T_INTEGER ||
        H5Tget_sign(type) != H5T_SGN_2 || (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8))
        return "not a matrix of whole numbers";
    if (shape[0] < 1 || shape[1] < 1 || shape[0] > SIDE_MAX || shape[1] > SIDE_MAX) return "a side is out of range 1..1048576";
    uint64_t size = (uint64_t)(shape[0] * shape[1] * bytes);
    if (!sr_h5_is_stored_here(set, 2, shape, size)) return "its values are not in this file";
    hid_t memory = bytes == 1   ? H5T_NATIVE_INT8
                   : bytes == 2 ? H5T_NATIVE_INT16
                   : bytes == 4 ? H5T_NATIVE_INT32
                                : H5T_NATIVE_INT64;
    void *values = malloc((size_t)size);
    if (!values) return "out of memory";
    bool good = H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    if (good) sr_put_matrix(c->out, place, (uint32_t)shape[0], (uint32_t)shape[1], (unsigned)bytes, values);
    free(values);
    H5Tclose(type);
    H5Sclose(space);
    return good ? NULL : "damaged";
}

/* A matrix of a group, if it is one of this file. */
static bool copy_matrix(struct conversion *c, hid_t group, struct sr_place place) {
    if (!sr_h5_is_own(group, place.name, H5O_TYPE_DATASET)) return true;
    hid_t set = H5Dopen2(group, place.name, H5P_DEFAULT);
    const char *fault = set >= 0 ? copy_set(c, set, place) : "damaged";
    if (set >= 0) H5Dclose(set);
    if (!fault) return true;
    sr_error(c->error, c->error_size, SR_ERR_FORMAT, "%.300s: %s/%s: %s", c->path, place.group, place.name, fault);
    return false;
}

/* ---- the file ---- */

static bool copy_all(struct conversion *c) {
    static const char *const valued[] = {"network", "config"}, *const layered[] = {"weights", "best"};
    copy_values(c, NULL);
    for (size_t i = 0; i < 2; i++) {
        if (!sr_h5_is_own(c->file, valued[i], H5O_TYPE_GROUP)) continue;
        sr_put_group(c->out, valued[i]);
        copy_values(c, valued[i]);
    }
    for (size_t i = 0; i < 2; i++) {
        if (!sr_h5_is_own(c->file, layered[i], H5O_TYPE_GROUP)) continue;
        hid_t group = H5Gopen2(c->file, layered[i], H5P_DEFAULT);
        sr_put_group(c->out, layered[i]);
        for (unsigned l = 0; l < SR_LAYERS; l++)
            if (!copy_matrix(c, group, (struct sr_place){layered[i], sr_layer_name(l)})) return false;
    }
    if (!sr_h5_is_own(c->file, "arrays", H5O_TYPE_GROUP)) return true;
    hid_t group = H5Gopen2(c->file, "arrays", H5P_DEFAULT);
    sr_put_group(c->out, "arrays");
    for (hsize_t i = 0; i < ARRAYS_MAX; i++) {
        char name[SR_PLACE_NAME];
        ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
        if (length <= 0) break;
        if ((size_t)length < sizeof name && !copy_matrix(c, group, (struct sr_place){"arrays", name})) return false;
    }
    return true;
}

enum sr_status sr_foreign_convert(const uint8_t *bytes, size_t size, const char *path, uint8_t **sealed, size_t *sealed_size,
                                  char *error, size_t error_size) {
    struct conversion c = {-1, NULL, path, error, error_size};
    c.file = sr_h5_open_image(bytes, size);
    if (c.file < 0) return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: damaged: the HDF5 library cannot open it", path);
    enum sr_status status = sr_container_create(&c.out);
    if (status == SR_OK && !copy_all(&c)) return SR_ERR_FORMAT;
    if (status == SR_OK) status = sr_container_finish(c.out, sealed, sealed_size);
    if (status != SR_OK) sr_error(error, error_size, status, "%.300s: out of memory", path);
    return status;
}
