/* SPDX-License-Identifier: Apache-2.0
 * HDF5 files and their seal, written: see container.h. container_read.c reads them.
 *
 *   superblock | matrix values, then their header | ... | header of each group | header of the top | seal
 *
 * A header is "OHDR", version, flags, the size of its messages, the messages, a checksum. */
#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "model/container_internal.h"

static const uint8_t signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
static const uint8_t seal_mark[8] = {'S', 'R', 'S', 'E', 'A', 'L', '\r', '\n'};

struct buffer {
    uint8_t *bytes;
    size_t size, capacity;
};

struct group {
    char name[SR_PLACE_NAME];
    struct buffer messages;
};

/* The writer's half of a container: the reader has a struct of its own. */
struct writer {
    struct buffer image;
    struct group groups[SR_H5_GROUPS_MAX]; /* [0] is the top */
    unsigned count;
    bool failed;
};

/* ---- the seal ---- */

static uint32_t crc_of(const uint8_t *bytes, size_t size) {
    uLong crc = crc32(0, NULL, 0);
    while (size > 0) {
        uInt part = size > 1u << 30 ? 1u << 30 : (uInt)size;
        crc = crc32(crc, bytes, part);
        bytes += part;
        size -= part;
    }
    return (uint32_t)crc;
}

void sr_container_set_seal(uint8_t *bytes, size_t image_size) {
    uint8_t *seal = bytes + image_size;
    memcpy(seal, seal_mark, sizeof seal_mark);
    sr_put_le(seal + 8, 8, image_size);
    sr_put_le(seal + 16, 4, crc_of(bytes, image_size + 16));
    sr_put_le(seal + 20, 4, 0);
}

enum sr_seal sr_container_seal(const uint8_t *bytes, size_t size) {
    enum { OPEN_FLAGS = 5 }; /* of a superblock: open for writing, and by one writer beside readers */
    if (size < SR_H5_SUPERBLOCK || memcmp(bytes, signature, sizeof signature) != 0) return SR_SEAL_FOREIGN;
    bool open = bytes[8] == 3 && (bytes[11] & OPEN_FLAGS);
    if (size > SR_SEAL_SIZE + SR_H5_SUPERBLOCK) {
        const uint8_t *seal = bytes + size - SR_SEAL_SIZE;
        if (!memcmp(seal, seal_mark, sizeof seal_mark)) {
            bool good = sr_get_le(seal + 8, 8) == size - SR_SEAL_SIZE && sr_get_le(seal + 20, 4) == 0 &&
                        sr_get_le(seal + 16, 4) == crc_of(bytes, size - SR_SEAL_SIZE + 16);
            return good ? SR_SEAL_VALID : open ? SR_SEAL_WRITING : SR_SEAL_BROKEN;
        }
    }
    if (open) return SR_SEAL_WRITING;
    /* The superblock says where the file ends: at byte 28 in version 2 and 3 (with 8-byte addresses), at byte 40 in 0, 44 in 1. */
    uint8_t version = bytes[8], address_bytes = version >= 2 ? bytes[9] : bytes[13];
    if (address_bytes != 8 || version > 3) return version > 3 || address_bytes > 8 ? SR_SEAL_BROKEN : SR_SEAL_NONE;
    return sr_get_le(bytes + (version >= 2 ? 28 : version == 1 ? 44 : 40), 8) == size ? SR_SEAL_NONE : SR_SEAL_BROKEN;
}

/* ---- bytes ---- */

static uint32_t rotated(uint32_t word, unsigned bits) { return word << bits | word >> (32 - bits); }

/* The checksum of HDF5's headers: lookup3 by Bob Jenkins. */
static uint32_t lookup3(const uint8_t *bytes, size_t size) {
    uint32_t a = 0xdeadbeefu + (uint32_t)size, b = a, c = a;
    for (; size > 12; size -= 12, bytes += 12) {
        a += (uint32_t)sr_get_le(bytes, 4);
        b += (uint32_t)sr_get_le(bytes + 4, 4);
        c += (uint32_t)sr_get_le(bytes + 8, 4);
        a = (a - c) ^ rotated(c, 4), c += b;
        b = (b - a) ^ rotated(a, 6), a += c;
        c = (c - b) ^ rotated(b, 8), b += a;
        a = (a - c) ^ rotated(c, 16), c += b;
        b = (b - a) ^ rotated(a, 19), a += c;
        c = (c - b) ^ rotated(b, 4), b += a;
    }
    uint8_t last[12] = {0};
    memcpy(last, bytes, size);
    a += (uint32_t)sr_get_le(last, 4);
    b += (uint32_t)sr_get_le(last + 4, 4);
    c += (uint32_t)sr_get_le(last + 8, 4);
    c = (c ^ b) - rotated(b, 14);
    a = (a ^ c) - rotated(c, 11);
    b = (b ^ a) - rotated(a, 25);
    c = (c ^ b) - rotated(b, 16);
    a = (a ^ c) - rotated(c, 4);
    b = (b ^ a) - rotated(a, 14);
    return (c ^ b) - rotated(b, 24);
}

/* Room for `size` more bytes, which are zero, at the end; NULL where memory is short. */
static uint8_t *extend(struct writer *w, struct buffer *b, size_t size) {
    if (w->failed) return NULL;
    if (size > b->capacity - b->size) {
        size_t capacity = b->size + size + b->capacity / 2 + 256;
        uint8_t *grown = realloc(b->bytes, capacity);
        if (!grown) {
            w->failed = true;
            return NULL;
        }
        b->bytes = grown;
        b->capacity = capacity;
    }
    uint8_t *at = b->bytes + b->size;
    memset(at, 0, size);
    b->size += size;
    return at;
}

/* A message whose body is to be filled in. */
static uint8_t *message(struct writer *w, struct buffer *b, uint8_t type, size_t size) {
    uint8_t *at = extend(w, b, SR_H5_MESSAGE + size);
    if (!at) return NULL;
    at[0] = type;
    sr_put_le(at + 1, 2, size);
    return at + SR_H5_MESSAGE;
}

static const uint64_t undefined = UINT64_MAX; /* an address of nothing */

/* Write an object header; its address. */
static uint64_t header(struct writer *w, const struct buffer *messages) {
    size_t size = SR_H5_HEADER + messages->size;
    uint8_t *at = extend(w, &w->image, size + SR_H5_SUM);
    if (!at) return 0;
    memcpy(at, "OHDR\2\2", 6);
    sr_put_le(at + 6, 4, messages->size);
    if (messages->size) memcpy(at + SR_H5_HEADER, messages->bytes, messages->size);
    sr_put_le(at + size, 4, lookup3(at, size));
    return (uint64_t)(at - w->image.bytes);
}

static void link_to(struct writer *w, struct buffer *messages, const char *name, uint64_t address) {
    size_t length = strlen(name);
    uint8_t *at =
        message(w, messages, SR_H5_LINK, 3 + length + 8); /* version 1, flags 0: a hard link, a name length of a byte */
    if (!at) return;
    at[0] = 1;
    at[2] = (uint8_t)length;
    memcpy(at + 3, name, length);
    sr_put_le(at + 3 + length, 8, address);
}

/* ---- data types and spaces ---- */

static void integer_type(uint8_t *at, unsigned bytes, bool has_sign) {
    at[0] = 0x10;
    at[1] = has_sign ? 8 : 0;
    sr_put_le(at + 4, 4, bytes);
    sr_put_le(at + 10, 2, bytes * 8);
}

static void real_type(uint8_t *at) { /* IEEE, 64 bits, little endian */
    static const uint8_t type[SR_H5_REAL_TYPE] = {0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xff, 0x03, 0, 0};
    memcpy(at, type, sizeof type);
}

static void text_type(uint8_t *at, size_t size) {
    at[0] = 0x13;
    sr_put_le(at + 4, 4, size);
}

static size_t space_size(unsigned rank) { return 4 + 8 * (size_t)rank; }

static void space(uint8_t *at, unsigned rank, const uint64_t *sides) {
    at[0] = 2;
    at[1] = (uint8_t)rank;
    at[3] = rank > 0;
    for (unsigned i = 0; i < rank; i++) sr_put_le(at + 4 + 8 * i, 8, sides[i]);
}

/* ---- writing ---- */

static struct writer *writer_of(struct sr_container *container) { return (struct writer *)(void *)container; }

static struct buffer *messages_of(struct writer *w, const char *group) {
    for (unsigned i = 0; i < w->count; i++) {
        if (!strcmp(w->groups[i].name, group ? group : "")) return &w->groups[i].messages;
    }
    w->failed = true; /* a group that was not made: tests would see it */
    return &w->groups[0].messages;
}

static void add_group(struct writer *w, const char *name) {
    if (w->count == SR_H5_GROUPS_MAX) {
        w->failed = true;
        return;
    }
    struct group *group = &w->groups[w->count++];
    snprintf(group->name, sizeof group->name, "%s", name);
    uint8_t *links = message(w, &group->messages, SR_H5_LINK_INFO, 18); /* links lie in the header: neither heap nor index */
    if (links) sr_put_le(links + 2, 8, undefined), sr_put_le(links + 10, 8, undefined);
    (void)message(w, &group->messages, SR_H5_GROUP_INFO, 2);
    uint8_t *attributes = message(w, &group->messages, SR_H5_ATTRIBUTE_INFO, 18); /* so do attributes */
    if (attributes) sr_put_le(attributes + 2, 8, undefined), sr_put_le(attributes + 10, 8, undefined);
}

enum sr_status sr_container_create(struct sr_container **container) {
    struct writer *w = calloc(1, sizeof *w);
    if (!w) return SR_ERR_MEMORY;
    (void)extend(w, &w->image, SR_H5_SUPERBLOCK);
    add_group(w, "");
    *container = (struct sr_container *)(void *)w;
    return SR_OK;
}

void sr_put_group(struct sr_container *container, const char *group) { add_group(writer_of(container), group); }

/* An attribute, its type and its values to be filled in. count 0: a scalar. */
static uint8_t *attribute(struct sr_container *container, struct sr_place place, size_t type_size, uint64_t count,
                          size_t value_size, uint8_t **type) {
    struct writer *w = writer_of(container);
    size_t name = strlen(place.name) + 1, spaces = space_size(count > 0);
    uint8_t *at =
        message(w, messages_of(w, place.group), SR_H5_ATTRIBUTE, SR_H5_ATTRIBUTE_HEAD + name + type_size + spaces + value_size);
    if (!at) return NULL;
    at[0] = 3;
    sr_put_le(at + 2, 2, name);
    sr_put_le(at + 4, 2, type_size);
    sr_put_le(at + 6, 2, spaces);
    at += SR_H5_ATTRIBUTE_HEAD;
    memcpy(at, place.name, name);
    *type = at + name;
    space(at + name + type_size, count > 0, &count);
    return at + name + type_size + spaces;
}

static void put_integers(struct sr_container *container, struct sr_place place, unsigned bytes, uint64_t count,
                         const uint32_t *list, uint64_t single) {
    uint8_t *type, *at = attribute(container, place, SR_H5_INTEGER_TYPE, count, bytes * (count ? count : 1), &type);
    if (!at) return;
    integer_type(type, bytes, false);
    if (!count) sr_put_le(at, bytes, single);
    for (uint64_t i = 0; i < count; i++) sr_put_le(at + bytes * i, bytes, list[i]);
}

void sr_put_u32(struct sr_container *container, struct sr_place place, uint32_t value) {
    put_integers(container, place, 4, 0, NULL, value);
}

void sr_put_u64(struct sr_container *container, struct sr_place place, uint64_t value) {
    put_integers(container, place, 8, 0, NULL, value);
}

void sr_put_list(struct sr_container *container, struct sr_place place, const uint32_t *values, size_t count) {
    put_integers(container, place, 4, count, values, 0);
}

void sr_put_real(struct sr_container *container, struct sr_place place, double value) {
    uint64_t bits;
    uint8_t *type, *at = attribute(container, place, SR_H5_REAL_TYPE, 0, 8, &type);
    if (!at) return;
    real_type(type);
    memcpy(&bits, &value, sizeof bits);
    sr_put_le(at, 8, bits);
}

void sr_put_text(struct sr_container *container, struct sr_place place, const char *text) {
    size_t size = strlen(text) + 1;
    uint8_t *type, *at = attribute(container, place, SR_H5_TEXT_TYPE, 0, size, &type);
    if (!at) return;
    text_type(type, size);
    memcpy(at, text, size);
}

void sr_put_unknown(struct sr_container *container, struct sr_place place) { /* a row of one text */
    uint8_t *type, *at = attribute(container, place, SR_H5_TEXT_TYPE, 1, 1, &type);
    if (at) text_type(type, 1);
}

/* Copy integers to little endian. */
static void copy_values(uint8_t *to, const void *values, size_t count, unsigned bytes) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *from = (const uint8_t *)values + i * bytes;
        uint64_t value = 0;
        if (bytes == 1) value = *from;
        if (bytes == 2) value = (uint16_t) * (const int16_t *)(const void *)from;
        if (bytes == 4) value = (uint32_t) * (const int32_t *)(const void *)from;
        if (bytes == 8) value = (uint64_t) * (const int64_t *)(const void *)from;
        sr_put_le(to + i * bytes, bytes, value);
    }
}

void sr_put_matrix(struct sr_container *container, struct sr_place place, uint32_t rows, uint32_t cols, unsigned bytes,
                   const void *values) {
    struct writer *w = writer_of(container);
    struct buffer messages = {NULL, 0, 0};
    const uint64_t sides[2] = {rows, cols};
    uint64_t address = w->image.size, size = (uint64_t)rows * cols * bytes;
    uint8_t *at = extend(w, &w->image, (size_t)size);
    if (at) copy_values(at, values, (size_t)rows * cols, bytes);
    if ((at = message(w, &messages, SR_H5_DATASPACE, space_size(2)))) space(at, 2, sides);
    if ((at = message(w, &messages, SR_H5_DATATYPE, SR_H5_INTEGER_TYPE))) integer_type(at, bytes, true);
    if ((at = message(w, &messages, SR_H5_FILL, 2))) memcpy(at, "\3\12", 2); /* version 3; late, if set: there is none */
    if ((at = message(w, &messages, SR_H5_LAYOUT, SR_H5_LAYOUT_SIZE))) {
        memcpy(at, "\3\1", 2); /* version 3, in one piece */
        sr_put_le(at + 2, 8, address);
        sr_put_le(at + 10, 8, size);
    }
    link_to(w, messages_of(w, place.group), place.name, header(w, &messages));
    free(messages.bytes);
}

enum sr_status sr_container_finish(struct sr_container *container, uint8_t **bytes, size_t *size) {
    struct writer *w = writer_of(container);
    for (unsigned i = 1; i < w->count; i++)
        link_to(w, &w->groups[0].messages, w->groups[i].name, header(w, &w->groups[i].messages));
    uint64_t top = header(w, &w->groups[0].messages);
    size_t image = w->image.size;
    bool good = extend(w, &w->image, SR_SEAL_SIZE) != NULL;
    if (good) {
        uint8_t *block = w->image.bytes;
        memcpy(block, signature, sizeof signature);
        memcpy(block + 8, "\3\10\10", 3); /* version 3, addresses and lengths of 8 bytes */
        sr_put_le(block + 20, 8, undefined);
        sr_put_le(block + 28, 8, image);
        sr_put_le(block + 36, 8, top);
        sr_put_le(block + SR_H5_SUPERBLOCK_SUM, 4, lookup3(block, SR_H5_SUPERBLOCK_SUM));
        sr_container_set_seal(block, image);
        *bytes = block;
        *size = w->image.size;
    } else {
        free(w->image.bytes);
    }
    for (unsigned i = 0; i < w->count; i++) free(w->groups[i].messages.bytes);
    free(w);
    return good ? SR_OK : SR_ERR_MEMORY;
}
