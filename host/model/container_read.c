/* SPDX-License-Identifier: Apache-2.0
 * Sealed HDF5 files, read: see container.h. Nothing is taken from the file without a look at where it ends. */
#include <stdlib.h>

#include "model/container_internal.h"

/* Bytes of the file. */
struct part {
    const uint8_t *at;
    size_t size;
};

/* The reader's half of a container. */
struct reader {
    struct part image;
    uint64_t top; /* address of the top group's header */
    const char *path;
    char *error;
    size_t error_size;
    enum sr_status status;
};

static struct reader *reader_of(struct sr_container *container) { return (struct reader *)(void *)container; }

enum sr_status sr_container_open(struct sr_container **container, const uint8_t *bytes, size_t size, const char *path,
                                 char *error, size_t error_size) {
    if (sr_container_seal(bytes, size) != SR_SEAL_VALID || bytes[8] != 3 || sr_get_le(bytes + 28, 8) != size - SR_SEAL_SIZE)
        return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: damaged", path);
    struct reader *r = calloc(1, sizeof *r);
    if (!r) return sr_error(error, error_size, SR_ERR_MEMORY, "%.300s: out of memory", path);
    *r = (struct reader){{bytes, size - SR_SEAL_SIZE}, sr_get_le(bytes + 36, 8), path, error, error_size, SR_ERR_FORMAT};
    *container = (struct sr_container *)(void *)r;
    return SR_OK;
}

void sr_container_free(struct sr_container *container) { free(container); }

bool sr_container_bad(struct sr_container *container, const char *name, const char *what) {
    struct reader *r = reader_of(container);
    r->status = sr_error(r->error, r->error_size, SR_ERR_FORMAT, "%.300s: %.80s: %s", r->path, name, what);
    return false;
}

bool sr_container_no_memory(struct sr_container *container, const char *name) {
    struct reader *r = reader_of(container);
    r->status = sr_error(r->error, r->error_size, SR_ERR_MEMORY, "%.300s: %.80s: out of memory", r->path, name);
    return false;
}

enum sr_status sr_container_status(const struct sr_container *container) {
    return ((const struct reader *)(const void *)container)->status;
}

/* ---- headers and messages ---- */

/* The messages of the header at an address; none if there is no header. */
static struct part messages_at(const struct reader *r, uint64_t address) {
    const struct part none = {NULL, 0};
    if (address > r->image.size || r->image.size - address < SR_H5_HEADER) return none;
    const uint8_t *at = r->image.at + address;
    uint64_t size = sr_get_le(at + 6, 4);
    if (memcmp(at, "OHDR\2\2", 6) != 0 || size > r->image.size - address - SR_H5_HEADER) return none;
    return (struct part){at + SR_H5_HEADER, (size_t)size};
}

/* Take the first message off; false behind the last. */
static bool next_message(struct part *messages, unsigned *type, struct part *body) {
    if (messages->size < SR_H5_MESSAGE) return false;
    size_t size = (size_t)sr_get_le(messages->at + 1, 2);
    if (size > messages->size - SR_H5_MESSAGE) return false;
    *type = messages->at[0];
    *body = (struct part){messages->at + SR_H5_MESSAGE, size};
    messages->at += SR_H5_MESSAGE + size;
    messages->size -= SR_H5_MESSAGE + size;
    return true;
}

/* The body of the first message of this type, of at least `least` bytes. */
static bool find_message(struct part messages, unsigned wanted, size_t least, struct part *body) {
    unsigned type;
    while (next_message(&messages, &type, body))
        if (type == wanted && body->size >= least) return true;
    return false;
}

/* The name and address of a link to an object in this file. */
static bool link_of(struct part body, struct part *name, uint64_t *address) {
    if (body.size < 3 || body.at[0] != 1 || body.at[1] != 0 || body.size != 3 + (size_t)body.at[2] + 8) return false;
    *name = (struct part){body.at + 3, body.at[2]};
    *address = sr_get_le(body.at + 3 + body.at[2], 8);
    return true;
}

static bool is_named(struct part name, const char *wanted) {
    return name.size == strlen(wanted) && memcmp(name.at, wanted, name.size) == 0;
}

/* The messages of the object `name` in a group, or none. */
static struct part object_in(const struct reader *r, struct part group, const char *name) {
    unsigned type;
    struct part body, found;
    uint64_t address;
    while (next_message(&group, &type, &body)) {
        if (type == SR_H5_LINK && link_of(body, &found, &address) && is_named(found, name)) return messages_at(r, address);
    }
    return (struct part){NULL, 0};
}

/* The messages of a group (NULL: the top), or none. */
static struct part group_of(const struct reader *r, const char *group) {
    struct part top = messages_at(r, r->top), body;
    struct part found = group ? object_in(r, top, group) : top;
    return find_message(found, SR_H5_LINK_INFO, 0, &body) ? found : (struct part){NULL, 0};
}

bool sr_has_group(struct sr_container *container, const char *group) {
    return group_of(reader_of(container), group).at != NULL;
}

/* ---- attributes ---- */

struct value {
    struct part name, type, data; /* name without its zero */
    bool row;                     /* of `count` elements; else a scalar, and count is 1 */
    uint64_t count;
};

static bool value_of(struct part body, struct value *v) {
    if (body.size < SR_H5_ATTRIBUTE_HEAD || body.at[0] != 3 || body.at[1] != 0) return false;
    size_t name = (size_t)sr_get_le(body.at + 2, 2), type = (size_t)sr_get_le(body.at + 4, 2);
    size_t space = (size_t)sr_get_le(body.at + 6, 2), rest = body.size - SR_H5_ATTRIBUTE_HEAD;
    if (name < 1 || type < SR_H5_TEXT_TYPE || space < 4 || name + type + space > rest) return false;
    const uint8_t *at = body.at + SR_H5_ATTRIBUTE_HEAD, *sides = at + name + type;
    if (at[name - 1] != 0 || sides[0] != 2 || sides[1] > 1 || space != 4 + 8u * sides[1]) return false;
    v->name = (struct part){at, name - 1};
    v->type = (struct part){at + name, type};
    v->data = (struct part){sides + space, rest - name - type - space};
    v->row = sides[1] == 1;
    v->count = v->row ? sr_get_le(sides + 4, 8) : 1;
    return true;
}

static bool find_value(struct sr_container *container, struct sr_place place, struct value *v) {
    struct part messages = group_of(reader_of(container), place.group), body;
    unsigned type;
    while (next_message(&messages, &type, &body)) {
        if (type == SR_H5_ATTRIBUTE && value_of(body, v) && is_named(v->name, place.name)) return true;
    }
    return false;
}

bool sr_has_value(struct sr_container *container, struct sr_place place) {
    struct value v;
    return find_value(container, place, &v);
}

/* For messages too, so in plain characters and not too long: what nothing is looked for under may be cut. */
static void copy_name(struct part name, char text[SR_PLACE_NAME]) {
    size_t size = name.size < SR_PLACE_NAME ? name.size : SR_PLACE_NAME - 1;
    for (size_t i = 0; i < size; i++) text[i] = name.at[i] >= ' ' && name.at[i] <= '~' ? (char)name.at[i] : '?';
    text[size] = '\0';
}

bool sr_value_name(struct sr_container *container, const char *group, unsigned number, char name[SR_PLACE_NAME]) {
    struct part messages = group_of(reader_of(container), group), body;
    struct value v;
    unsigned type;
    while (next_message(&messages, &type, &body)) {
        if (type != SR_H5_ATTRIBUTE || !value_of(body, &v) || number-- > 0) continue;
        copy_name(v.name, name);
        return true;
    }
    return false;
}

bool sr_array_name(struct sr_container *container, const char *group, unsigned number, char name[SR_PLACE_NAME]) {
    struct part messages = group_of(reader_of(container), group), body, found;
    uint64_t address;
    unsigned type;
    while (next_message(&messages, &type, &body)) {
        if (type != SR_H5_LINK || !link_of(body, &found, &address) || number-- > 0) continue;
        copy_name(found, name);
        return true;
    }
    return false;
}

static const char form[] = "not of the form that docs/files.md gives";

/* Bytes of an element of a type whose first byte is `kind`, little endian; 0 if it is another. */
static unsigned element_size(struct part type, uint8_t kind, size_t type_size) {
    uint64_t bytes = sr_get_le(type.at + 4, 4);
    return type.size == type_size && type.at[0] == kind && !(type.at[1] & 1) && bytes >= 1 && bytes <= 8 ? (unsigned)bytes : 0;
}

/* Read whole numbers: `limit` 0 wants a scalar, otherwise 1 to `limit` values in a row. */
static bool get_integers(struct sr_container *container, struct sr_place place, uint32_t limit, uint32_t *count,
                         uint64_t *values) {
    struct value v;
    if (!find_value(container, place, &v)) return sr_container_bad(container, place.name, "missing");
    unsigned bytes = element_size(v.type, 0x10, SR_H5_INTEGER_TYPE);
    if (!bytes || v.row != (limit > 0) || v.count < 1 || v.count > (limit ? limit : 1) || v.data.size < v.count * bytes)
        return sr_container_bad(container, place.name, form);
    for (uint64_t i = 0; i < v.count; i++) values[i] = sr_get_le(v.data.at + i * bytes, bytes);
    if (count) *count = (uint32_t)v.count;
    return true;
}

bool sr_get_u64(struct sr_container *container, struct sr_place place, uint64_t *value) {
    return get_integers(container, place, 0, NULL, value);
}

static bool out_of_range(struct sr_container *container, const char *name, uint64_t value, double min, double max) {
    char text[96];
    sr_format(text, sizeof text, "%llu is out of range %.0f..%.0f", (unsigned long long)value, min, max);
    return sr_container_bad(container, name, text);
}

bool sr_get_u32(struct sr_container *container, struct sr_place place, double min, double max, uint32_t *value) {
    uint64_t wide = 0;
    if (!sr_get_u64(container, place, &wide)) return false;
    if ((double)wide < min || (double)wide > max) return out_of_range(container, place.name, wide, min, max);
    *value = (uint32_t)wide;
    return true;
}

bool sr_get_list(struct sr_container *container, struct sr_place place, double min, double max, uint32_t limit,
                 uint32_t *values, uint32_t *count) {
    uint64_t wide[64];
    uint32_t got = 0;
    if (!get_integers(container, place, limit > 64 ? 64 : limit, &got, wide)) return false;
    for (uint32_t i = 0; i < got; i++) {
        if ((double)wide[i] < min || (double)wide[i] > max) return out_of_range(container, place.name, wide[i], min, max);
    }
    for (uint32_t i = 0; i < got; i++) values[i] = (uint32_t)wide[i];
    *count = got;
    return true;
}

bool sr_get_real(struct sr_container *container, struct sr_place place, double min, double max, double *value) {
    struct value v;
    double real;
    if (!find_value(container, place, &v)) return sr_container_bad(container, place.name, "missing");
    if (v.row || element_size(v.type, 0x11, SR_H5_REAL_TYPE) != 8 || v.data.size < 8)
        return sr_container_bad(container, place.name, form);
    uint64_t bits = sr_get_le(v.data.at, 8);
    memcpy(&real, &bits, sizeof real);
    if (!(real >= min && real <= max)) return sr_container_bad(container, place.name, "out of range");
    *value = real;
    return true;
}

bool sr_get_text(struct sr_container *container, struct sr_place place, char *text, size_t size) {
    struct value v;
    if (!find_value(container, place, &v)) return sr_container_bad(container, place.name, "missing");
    uint64_t bytes = sr_get_le(v.type.at + 4, 4);
    if (v.row || v.type.at[0] != 0x13 || bytes > v.data.size || bytes > size || !memchr(v.data.at, 0, (size_t)bytes))
        return sr_container_bad(container, place.name, "not a short string");
    memcpy(text, v.data.at, (size_t)bytes);
    return true;
}

/* ---- matrices ---- */

struct place_of_values {
    struct sr_matrix matrix;
    const uint8_t *at;
};

static const char *find_matrix(struct sr_container *container, struct sr_place place, struct place_of_values *p) {
    struct reader *r = reader_of(container);
    struct part object = object_in(r, group_of(r, place.group), place.name), space, type, layout;
    if (!object.at || !find_message(object, SR_H5_DATASPACE, 4, &space)) return "missing, or not an array in this file";
    if (!find_message(object, SR_H5_DATATYPE, SR_H5_TEXT_TYPE, &type) ||
        !find_message(object, SR_H5_LAYOUT, SR_H5_LAYOUT_SIZE, &layout))
        return "damaged";
    unsigned bytes = element_size(type, 0x10, SR_H5_INTEGER_TYPE);
    if (space.at[0] != 2 || space.at[1] != 2 || space.size < 20 || !(type.at[1] & 8) ||
        (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8))
        return "not a matrix of whole numbers";
    uint64_t rows = sr_get_le(space.at + 4, 8), cols = sr_get_le(space.at + 12, 8);
    if (rows < 1 || cols < 1 || rows > SR_H5_SIDE_MAX || cols > SR_H5_SIDE_MAX) return "a side is out of range 1..1048576";
    uint64_t address = sr_get_le(layout.at + 2, 8), size = sr_get_le(layout.at + 10, 8);
    if (layout.at[0] != 3 || layout.at[1] != 1 || size != rows * cols * bytes || address > r->image.size ||
        size > r->image.size - address)
        return "its values are not in this file";
    *p = (struct place_of_values){{(uint32_t)rows, (uint32_t)cols, bytes}, r->image.at + address};
    return NULL;
}

static bool bad_matrix(struct sr_container *container, struct sr_place place, const char *fault) {
    char name[2 * SR_PLACE_NAME];
    sr_format(name, sizeof name, "%s%s%s", place.group ? place.group : "", place.group ? "/" : "", place.name);
    return sr_container_bad(container, name, fault);
}

bool sr_get_shape(struct sr_container *container, struct sr_place place, struct sr_matrix *matrix) {
    struct place_of_values p;
    const char *fault = find_matrix(container, place, &p);
    if (fault) return bad_matrix(container, place, fault);
    *matrix = p.matrix;
    return true;
}

bool sr_get_matrix(struct sr_container *container, struct sr_place place, const struct sr_matrix *matrix, void *values) {
    struct place_of_values p;
    const char *fault = find_matrix(container, place, &p);
    if (fault) return bad_matrix(container, place, fault);
    unsigned bytes = p.matrix.bytes;
    if (p.matrix.rows != matrix->rows || p.matrix.cols != matrix->cols || bytes != matrix->bytes)
        return bad_matrix(container, place, "of another shape");
    for (size_t i = 0; i < (size_t)matrix->rows * matrix->cols; i++) {
        uint64_t value = sr_get_le(p.at + i * bytes, bytes);
        if (bytes == 1) ((int8_t *)values)[i] = (int8_t)value;
        if (bytes == 2) ((int16_t *)values)[i] = (int16_t)value;
        if (bytes == 4) ((int32_t *)values)[i] = (int32_t)value;
        if (bytes == 8) ((int64_t *)values)[i] = (int64_t)value;
    }
    return true;
}
