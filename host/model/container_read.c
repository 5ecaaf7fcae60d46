/* SPDX-License-Identifier: Apache-2.0
 * HDF5 files in memory, read warily: see container.h. */
#include <stdlib.h>
#include <string.h>

#include "model/container_internal.h"

enum {
    PACKED_MOST = 1100,      /* deflate makes nothing more than some 1,030 times smaller */
    SIDE_MAX = 1 << 20,      /* of an array, either way */
    TEXT_STORED_MAX = 65536, /* a string of fixed length longer than that is none of ours */
};

enum sr_status sr_container_open(struct sr_container **result, const uint8_t *bytes, size_t size, const char *path, char *error,
                                 size_t error_size) {
    char name[64];
    struct sr_container *c = calloc(1, sizeof *c);
    if (!c) return sr_error(error, error_size, SR_ERR_MEMORY, "%.300s: out of memory", path);
    *c = (struct sr_container){.path = path, .error = error, .error_size = error_size};
    sr_container_name(c, name, sizeof name);
    if (sr_container_seal(bytes, size) == SR_SEAL_VALID) size -= SR_SEAL_SIZE;
    H5PLset_loading_state(0); /* no file makes this program load a filter from elsewhere */
    hid_t access = sr_container_access();
    c->file = access >= 0 && H5Pset_file_image(access, (void *)(uintptr_t)bytes, size) >= 0
                  ? H5Fopen(name, H5F_ACC_RDONLY, access)
                  : -1;
    if (access >= 0) H5Pclose(access);
    if (c->file < 0) {
        free(c);
        return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: damaged: the HDF5 library cannot open it", path);
    }
    *result = c;
    return SR_OK;
}

void sr_container_close(struct sr_container *c) {
    if (!c) return;
    H5Fclose(c->file);
    free(c);
}

bool sr_container_bad(struct sr_container *c, const char *name, const char *what) {
    c->status = sr_error(c->error, c->error_size, SR_ERR_FORMAT, "%.300s: %.80s: %s", c->path, name, what);
    return false;
}

bool sr_container_no_memory(struct sr_container *c, const char *name) {
    c->status = sr_error(c->error, c->error_size, SR_ERR_MEMORY, "%.300s: %.80s: out of memory", c->path, name);
    return false;
}

enum sr_status sr_container_status(const struct sr_container *c) { return c->status; }

/* Is `name` in `from` an object of this file (no link to elsewhere), of this kind? */
static bool is_own(hid_t from, const char *name, H5O_type_t kind) {
    H5L_info_t link;
    H5O_info_t object;
    return H5Lexists(from, name, H5P_DEFAULT) > 0 && H5Lget_info(from, name, &link, H5P_DEFAULT) >= 0 &&
           link.type == H5L_TYPE_HARD && H5Oget_info_by_name2(from, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
           object.type == kind;
}

bool sr_has_group(struct sr_container *c, const char *group) { return is_own(c->file, group, H5O_TYPE_GROUP); }

static hid_t own_group(struct sr_container *c, const char *group) {
    return !group || sr_has_group(c, group) ? sr_container_group(c, group) : -1;
}

bool sr_has_value(struct sr_container *c, struct sr_place place) {
    hid_t group = own_group(c, place.group);
    bool there = group >= 0 && H5Aexists(group, place.name) > 0;
    if (group >= 0) H5Gclose(group);
    return there;
}

bool sr_value_name(struct sr_container *c, const char *group_name, unsigned number, char *name, size_t size) {
    hid_t group = own_group(c, group_name);
    ssize_t length =
        group < 0 ? -1 : H5Aget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, number, name, size, H5P_DEFAULT);
    if (group >= 0) H5Gclose(group);
    return length > 0 && (size_t)length < size;
}

bool sr_array_name(struct sr_container *c, const char *group_name, unsigned number, char *name, size_t size) {
    hid_t group = own_group(c, group_name);
    ssize_t length =
        group < 0 ? -1 : H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, number, name, size, H5P_DEFAULT);
    if (group >= 0) H5Gclose(group);
    return length > 0 && (size_t)length < size;
}

/* An attribute, opened and looked at. */
struct value {
    hid_t group, attribute, space, type;
};

static void value_close(const struct value *v) {
    if (v->type >= 0) H5Tclose(v->type);
    if (v->space >= 0) H5Sclose(v->space);
    if (v->attribute >= 0) H5Aclose(v->attribute);
    if (v->group >= 0) H5Gclose(v->group);
}

static bool value_open(struct sr_container *c, struct sr_place place, struct value *v) {
    *v = (struct value){own_group(c, place.group), -1, -1, -1};
    if (v->group < 0 || H5Aexists(v->group, place.name) <= 0) {
        value_close(v);
        return sr_container_bad(c, place.name, "missing");
    }
    v->attribute = H5Aopen(v->group, place.name, H5P_DEFAULT);
    v->space = v->attribute >= 0 ? H5Aget_space(v->attribute) : -1;
    v->type = v->attribute >= 0 ? H5Aget_type(v->attribute) : -1;
    if (v->space >= 0 && v->type >= 0) return true;
    value_close(v);
    return sr_container_bad(c, place.name, "damaged");
}

static const char form[] = "not of the form that docs/files.md gives";

/* Read numbers of this class: `limit` 0 wants a scalar, otherwise 1 to `limit` values in a row. The room is for 64-bit values. */
static bool get_numbers(struct sr_container *c, struct sr_place place, H5T_class_t class, uint32_t limit, uint32_t *count,
                        void *values) {
    struct value v;
    if (!value_open(c, place, &v)) return false;
    hsize_t size = 0;
    bool scalar = H5Sget_simple_extent_type(v.space) == H5S_SCALAR;
    bool row = H5Sget_simple_extent_type(v.space) == H5S_SIMPLE && H5Sget_simple_extent_ndims(v.space) == 1 &&
               H5Sget_simple_extent_dims(v.space, &size, NULL) == 1;
    bool good = (limit ? row && size >= 1 && size <= limit : scalar) && H5Tget_class(v.type) == class &&
                H5Tget_size(v.type) <= 8 &&
                H5Aread(v.attribute, class == H5T_FLOAT ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT64, values) >= 0;
    if (count) *count = (uint32_t)size;
    value_close(&v);
    return good || sr_container_bad(c, place.name, form);
}

bool sr_get_u64(struct sr_container *c, struct sr_place place, uint64_t *value) {
    return get_numbers(c, place, H5T_INTEGER, 0, NULL, value);
}

static bool out_of_range(struct sr_container *c, const char *name, uint64_t value, double min, double max) {
    char text[96];
    sr_format(text, sizeof text, "%llu is out of range %.0f..%.0f", (unsigned long long)value, min, max);
    return sr_container_bad(c, name, text);
}

bool sr_get_u32(struct sr_container *c, struct sr_place place, double min, double max, uint32_t *value) {
    uint64_t wide = 0;
    if (!sr_get_u64(c, place, &wide)) return false;
    if ((double)wide < min || (double)wide > max) return out_of_range(c, place.name, wide, min, max);
    *value = (uint32_t)wide;
    return true;
}

bool sr_get_real(struct sr_container *c, struct sr_place place, double min, double max, double *value) {
    double real = 0;
    if (!get_numbers(c, place, H5T_FLOAT, 0, NULL, &real)) return false;
    if (!(real >= min && real <= max)) return sr_container_bad(c, place.name, "out of range");
    *value = real;
    return true;
}

bool sr_get_list(struct sr_container *c, struct sr_place place, double min, double max, uint32_t limit, uint32_t *values,
                 uint32_t *count) {
    uint64_t wide[64];
    uint32_t got = 0;
    if (limit > 64) limit = 64;
    if (!get_numbers(c, place, H5T_INTEGER, limit, &got, wide)) return false;
    for (uint32_t i = 0; i < got; i++) {
        if ((double)wide[i] < min || (double)wide[i] > max) return out_of_range(c, place.name, wide[i], min, max);
    }
    for (uint32_t i = 0; i < got; i++) values[i] = (uint32_t)wide[i];
    *count = got;
    return true;
}

/* The text of an attribute whose type is a string and whose space is a scalar. */
static bool read_text(const struct value *v, char *text, size_t size) {
    htri_t variable = H5Tis_variable_str(v->type);
    size_t stored = H5Tget_size(v->type);
    hid_t memory = H5Tcopy(H5T_C_S1);
    bool good = false;
    if (memory >= 0 && variable > 0 && H5Tset_size(memory, H5T_VARIABLE) >= 0 &&
        H5Tset_cset(memory, H5Tget_cset(v->type)) >= 0) {
        char *found = NULL;
        good = H5Aread(v->attribute, memory, &found) >= 0 && found && strlen(found) < size;
        if (good) memcpy(text, found, strlen(found) + 1);
        H5free_memory(found);
    } else if (memory >= 0 && variable == 0 && stored >= 1 && stored <= TEXT_STORED_MAX &&
               H5Tset_size(memory, stored + 1) >= 0 && H5Tset_cset(memory, H5Tget_cset(v->type)) >= 0) {
        char *found = calloc(1, stored + 2); /* one byte more than any padding fills: it ends in zero */
        good = found && H5Aread(v->attribute, memory, found) >= 0 && strlen(found) < size;
        if (good) memcpy(text, found, strlen(found) + 1);
        free(found);
    }
    if (memory >= 0) H5Tclose(memory);
    return good;
}

bool sr_get_text(struct sr_container *c, struct sr_place place, char *text, size_t size) {
    struct value v;
    if (!value_open(c, place, &v)) return false;
    bool good =
        H5Tget_class(v.type) == H5T_STRING && H5Sget_simple_extent_type(v.space) == H5S_SCALAR && read_text(&v, text, size);
    value_close(&v);
    return good || sr_container_bad(c, place.name, "not a short string");
}

/* Values that lie in this file, behind no filter but the library's own. */
static bool is_stored_here(hid_t set, uint64_t bytes) {
    hid_t create = H5Dget_create_plist(set);
    H5D_layout_t layout = create >= 0 ? H5Pget_layout(create) : H5D_LAYOUT_ERROR;
    int filters = create >= 0 ? H5Pget_nfilters(create) : -1;
    uint64_t stored = H5Dget_storage_size(set);
    bool good = (layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED) && filters >= 0 &&
                H5Pget_external_count(create) == 0 && stored > 0 && stored >= (filters ? bytes / PACKED_MOST : bytes);
    for (int i = 0; i < filters && good; i++) {
        unsigned flags, settings;
        size_t count = 0;
        H5Z_filter_t filter = H5Pget_filter2(create, (unsigned)i, &flags, &count, &settings, 0, NULL, NULL);
        good = filter == H5Z_FILTER_FLETCHER32 || filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE;
    }
    if (create >= 0) H5Pclose(create);
    return good;
}

/* Chunks are no larger than the array they make up: the library allocates them whole. */
static bool chunks_fit(hid_t set, const hsize_t shape[2]) {
    hsize_t chunk[2] = {0, 0};
    hid_t create = H5Dget_create_plist(set);
    bool good = create >= 0 && (H5Pget_layout(create) != H5D_CHUNKED ||
                                (H5Pget_chunk(create, 2, chunk) == 2 && chunk[0] <= SIDE_MAX && chunk[1] <= SIDE_MAX &&
                                 chunk[0] * chunk[1] <= 2 * shape[0] * shape[1] + 65536));
    if (create >= 0) H5Pclose(create);
    return good;
}

static hid_t own_set(struct sr_container *c, struct sr_place place, hid_t *group) {
    *group = own_group(c, place.group);
    return *group >= 0 && is_own(*group, place.name, H5O_TYPE_DATASET) ? H5Dopen2(*group, place.name, H5P_DEFAULT) : -1;
}

static void name_array(struct sr_place place, char *name, size_t size) {
    sr_format(name, size, "%s%s%s", place.group ? place.group : "", place.group ? "/" : "", place.name);
}

bool sr_get_shape(struct sr_container *c, struct sr_place place, struct sr_matrix *matrix) {
    char name[80];
    const char *fault = NULL;
    hsize_t shape[2] = {0, 0};
    hid_t group, set = own_set(c, place, &group);
    hid_t space = set >= 0 ? H5Dget_space(set) : -1, type = set >= 0 ? H5Dget_type(set) : -1;
    size_t bytes = type >= 0 ? H5Tget_size(type) : 0;
    if (set < 0) {
        fault = "missing, or not an array in this file";
    } else if (space < 0 || type < 0 || H5Sget_simple_extent_type(space) != H5S_SIMPLE ||
               H5Sget_simple_extent_ndims(space) != 2 || H5Sget_simple_extent_dims(space, shape, NULL) != 2 ||
               H5Tget_class(type) != H5T_INTEGER || H5Tget_sign(type) != H5T_SGN_2 ||
               (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)) {
        fault = "not a matrix of whole numbers";
    } else if (shape[0] < 1 || shape[1] < 1 || shape[0] > SIDE_MAX || shape[1] > SIDE_MAX) {
        fault = "a side is out of range 1..1048576";
    } else if (!is_stored_here(set, (uint64_t)(shape[0] * shape[1] * bytes)) || !chunks_fit(set, shape)) {
        fault = "its values are not in this file";
    }
    *matrix = (struct sr_matrix){(uint32_t)shape[0], (uint32_t)shape[1], (unsigned)bytes};
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    if (group >= 0) H5Gclose(group);
    name_array(place, name, sizeof name);
    return !fault || sr_container_bad(c, name, fault);
}

bool sr_get_matrix(struct sr_container *c, struct sr_place place, const struct sr_matrix *matrix, void *values) {
    char name[80];
    struct sr_matrix there;
    if (!sr_get_shape(c, place, &there)) return false;
    hid_t group, set = own_set(c, place, &group);
    bool good = set >= 0 && there.rows == matrix->rows && there.cols == matrix->cols && there.bytes == matrix->bytes &&
                H5Dread(set, sr_container_type(matrix->bytes), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    if (set >= 0) H5Dclose(set);
    if (group >= 0) H5Gclose(group);
    name_array(place, name, sizeof name);
    return good || sr_container_bad(c, name, "damaged");
}
