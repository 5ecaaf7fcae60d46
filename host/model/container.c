/* SPDX-License-Identifier: Apache-2.0
 * HDF5 files in memory, and their seal: how they are written (see container.h). container_read.c reads them. */
#include "model/container_internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum {
    OPEN_FLAGS = 5,         /* of a superblock: open for writing, and by one writer beside readers */
    SUPERBLOCK_SIZE = 48,   /* of versions 2 and 3 */
    SUPERBLOCK_SUM = 44,    /* where its checksum is, of what comes before */
    ATTRIBUTES_MAX = 65535, /* how many stay in an object's header, which has a checksum */
};
static const uint8_t signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
static const uint8_t seal_mark[8] = {'S', 'R', 'S', 'E', 'A', 'L', '\r', '\n'};

/* ---- the library's own state ---- */

static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;
static H5E_auto2_t printer;
static void *printer_data;

void sr_container_lock(void) {
    pthread_mutex_lock(&library);
    H5Eget_auto2(H5E_DEFAULT, &printer, &printer_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void sr_container_unlock(void) {
    H5Eset_auto2(H5E_DEFAULT, printer, printer_data);
    pthread_mutex_unlock(&library);
}

/* Nothing can lie below a device, so no file has this name. */
void sr_container_name(const struct sr_container *container, char *name, size_t size) {
    snprintf(name, size, "/dev/null/%p", (const void *)container);
}

hid_t sr_container_access(void) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0 && H5Pset_fapl_core(access, 65536, false) >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0) {
        return access;
    }
    if (access >= 0) H5Pclose(access);
    return -1;
}

/* Attributes lie in the header, times are not kept: equal contents give equal bytes. */
static bool plain(hid_t create) {
    return create >= 0 && H5Pset_obj_track_times(create, false) >= 0 &&
           H5Pset_attr_phase_change(create, ATTRIBUTES_MAX, ATTRIBUTES_MAX) >= 0;
}

/* ---- the seal ---- */

static uint64_t get_le(const uint8_t *bytes, unsigned count) {
    uint64_t value = 0;
    while (count-- > 0) value = value << 8 | bytes[count];
    return value;
}

static void put_le(uint8_t *bytes, unsigned count, uint64_t value) {
    for (unsigned i = 0; i < count; i++, value >>= 8) bytes[i] = (uint8_t)value;
}

/* Over an image and the seal's first 16 bytes. */
static uint32_t checksum(const uint8_t *bytes, size_t size) {
    uLong crc = crc32(0, NULL, 0);
    while (size > 0) {
        uInt part = size > 1u << 30 ? 1u << 30 : (uInt)size;
        crc = crc32(crc, bytes, part);
        bytes += part;
        size -= part;
    }
    return (uint32_t)crc;
}

enum sr_seal sr_container_seal(const uint8_t *bytes, size_t size) {
    if (size < SUPERBLOCK_SIZE || memcmp(bytes, signature, sizeof signature) != 0) return SR_SEAL_FOREIGN;
    if (size > SR_SEAL_SIZE) {
        const uint8_t *seal = bytes + size - SR_SEAL_SIZE;
        if (!memcmp(seal, seal_mark, sizeof seal_mark)) {
            bool good = get_le(seal + 8, 8) == size - SR_SEAL_SIZE &&
                        get_le(seal + 16, 4) == checksum(bytes, size - SR_SEAL_SIZE + 16) && get_le(seal + 20, 4) == 0;
            if (good) return SR_SEAL_VALID;
            return bytes[8] == 3 && (bytes[11] & OPEN_FLAGS) ? SR_SEAL_WRITING : SR_SEAL_BROKEN;
        }
    }
    /* The superblock says where the file ends: at byte 28 in version 2 and 3 (with 8-byte addresses), at byte 40 in 0, 44 in 1. */
    uint8_t version = bytes[8], address_bytes = version >= 2 ? bytes[9] : bytes[13];
    if (address_bytes != 8 || version > 3) return version > 3 || address_bytes > 8 ? SR_SEAL_BROKEN : SR_SEAL_NONE;
    uint64_t end = get_le(bytes + (version >= 2 ? 28 : version == 1 ? 44 : 40), 8);
    if (version == 3 && (bytes[11] & OPEN_FLAGS)) return SR_SEAL_WRITING;
    return end == size ? SR_SEAL_NONE : SR_SEAL_BROKEN;
}

/* ---- writing ---- */

enum sr_status sr_container_create(struct sr_container **result) {
    char name[64];
    struct sr_container *c = calloc(1, sizeof *c);
    if (!c) return SR_ERR_MEMORY;
    sr_container_name(c, name, sizeof name);
    hid_t access = sr_container_access(), create = H5Pcreate(H5P_FILE_CREATE);
    c->file = access >= 0 && plain(create) ? H5Fcreate(name, H5F_ACC_TRUNC, create, access) : -1;
    if (create >= 0) H5Pclose(create);
    if (access >= 0) H5Pclose(access);
    if (c->file < 0) {
        free(c);
        return SR_ERR_MEMORY;
    }
    *result = c;
    return SR_OK;
}

hid_t sr_container_group(struct sr_container *c, const char *group) {
    return H5Gopen2(c->file, group ? group : "/", H5P_DEFAULT);
}

void sr_put_group(struct sr_container *c, const char *group) {
    hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    hid_t made = plain(create) ? H5Gcreate2(c->file, group, H5P_DEFAULT, create, H5P_DEFAULT) : -1;
    if (made < 0) c->failed = true;
    if (made >= 0) H5Gclose(made);
    if (create >= 0) H5Pclose(create);
}

/* count 0: a scalar. */
static void put_attribute(struct sr_container *c, struct sr_place place, hid_t stored, hid_t memory, hsize_t count,
                          const void *value) {
    hid_t group = sr_container_group(c, place.group), space = count ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = group >= 0 && space >= 0 ? H5Acreate2(group, place.name, stored, space, H5P_DEFAULT, H5P_DEFAULT) : -1;
    if (attribute < 0 || H5Awrite(attribute, memory, value) < 0) c->failed = true;
    if (attribute >= 0) H5Aclose(attribute);
    if (space >= 0) H5Sclose(space);
    if (group >= 0) H5Gclose(group);
}

void sr_put_u32(struct sr_container *c, struct sr_place place, uint32_t value) {
    put_attribute(c, place, H5T_STD_U32LE, H5T_NATIVE_UINT32, 0, &value);
}

void sr_put_u64(struct sr_container *c, struct sr_place place, uint64_t value) {
    put_attribute(c, place, H5T_STD_U64LE, H5T_NATIVE_UINT64, 0, &value);
}

void sr_put_real(struct sr_container *c, struct sr_place place, double value) {
    put_attribute(c, place, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &value);
}

void sr_put_text(struct sr_container *c, struct sr_place place, const char *text) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && H5Tset_size(type, strlen(text) + 1) >= 0)
        put_attribute(c, place, type, type, 0, text);
    else
        c->failed = true;
    if (type >= 0) H5Tclose(type);
}

void sr_put_list(struct sr_container *c, struct sr_place place, const uint32_t *values, size_t count) {
    put_attribute(c, place, H5T_STD_U32LE, H5T_NATIVE_UINT32, count, values);
}

/* Little endian, signed: as it is stored. */
static hid_t stored_type(unsigned bytes) {
    return bytes == 1 ? H5T_STD_I8LE : bytes == 2 ? H5T_STD_I16LE : bytes == 4 ? H5T_STD_I32LE : H5T_STD_I64LE;
}

hid_t sr_container_type(unsigned bytes) {
    return bytes == 1 ? H5T_NATIVE_INT8 : bytes == 2 ? H5T_NATIVE_INT16 : bytes == 4 ? H5T_NATIVE_INT32 : H5T_NATIVE_INT64;
}

void sr_put_matrix(struct sr_container *c, struct sr_place place, uint32_t rows, uint32_t cols, unsigned bytes,
                   const void *values) {
    /* A checksum needs chunks; whole rows, of 1 MiB at most where a row allows it. */
    hsize_t shape[2] = {rows, cols}, chunk[2] = {(1u << 20) / ((hsize_t)cols * bytes), cols};
    if (chunk[0] == 0) chunk[0] = 1;
    if (chunk[0] > rows) chunk[0] = rows;
    hid_t group = sr_container_group(c, place.group), space = H5Screate_simple(2, shape, NULL),
          create = H5Pcreate(H5P_DATASET_CREATE);
    bool good =
        group >= 0 && space >= 0 && plain(create) && H5Pset_chunk(create, 2, chunk) >= 0 && H5Pset_fletcher32(create) >= 0;
    hid_t set = good ? H5Dcreate2(group, place.name, stored_type(bytes), space, H5P_DEFAULT, create, H5P_DEFAULT) : -1;
    if (set < 0 || H5Dwrite(set, sr_container_type(bytes), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) c->failed = true;
    if (set >= 0 && H5Dclose(set) < 0) c->failed = true;
    if (create >= 0) H5Pclose(create);
    if (space >= 0) H5Sclose(space);
    if (group >= 0) H5Gclose(group);
}

static uint32_t rotated(uint32_t word, unsigned bits) { return word << bits | word >> (32 - bits); }

/* The checksum of HDF5's own headers: lookup3 by Bob Jenkins, over SUPERBLOCK_SUM bytes. */
static uint32_t lookup3(const uint8_t *bytes) {
    uint32_t a = 0xdeadbeefu + SUPERBLOCK_SUM, b = a, c = a;
    unsigned left = SUPERBLOCK_SUM;
    for (; left > 12; left -= 12, bytes += 12) {
        a += (uint32_t)get_le(bytes, 4);
        b += (uint32_t)get_le(bytes + 4, 4);
        c += (uint32_t)get_le(bytes + 8, 4);
        a = (a - c) ^ rotated(c, 4), c += b;
        b = (b - a) ^ rotated(a, 6), a += c;
        c = (c - b) ^ rotated(b, 8), b += a;
        a = (a - c) ^ rotated(c, 16), c += b;
        b = (b - a) ^ rotated(a, 19), a += c;
        c = (c - b) ^ rotated(b, 4), b += a;
    }
    a += (uint32_t)get_le(bytes, 4); /* eight bytes are left of 44 */
    b += (uint32_t)get_le(bytes + 4, 4);
    c = (c ^ b) - rotated(b, 14);
    a = (a ^ c) - rotated(c, 11);
    b = (b ^ a) - rotated(a, 25);
    c = (c ^ b) - rotated(b, 16);
    a = (a ^ c) - rotated(c, 4);
    b = (b ^ a) - rotated(a, 14);
    return (c ^ b) - rotated(b, 24);
}

/* The library takes the mark "open for writing" out of the image that it hands over, and forgets (seen in 1.10.8) to compute the
 * superblock's checksum anew. */
static void mend_superblock(uint8_t *image) {
    if (image[8] == 2 || image[8] == 3) put_le(image + SUPERBLOCK_SUM, 4, lookup3(image));
}

enum sr_status sr_container_finish(struct sr_container *c, uint8_t **bytes, size_t *size) {
    ssize_t length = c->failed || H5Fflush(c->file, H5F_SCOPE_GLOBAL) < 0 ? -1 : H5Fget_file_image(c->file, NULL, 0);
    uint8_t *image = length > 0 ? malloc((size_t)length + SR_SEAL_SIZE) : NULL;
    bool good = image && length >= SUPERBLOCK_SIZE && H5Fget_file_image(c->file, image, (size_t)length) == length;
    good = H5Fclose(c->file) >= 0 && good;
    free(c);
    if (!good) {
        free(image);
        return SR_ERR_MEMORY; /* there is no disk that could fail: only memory can */
    }
    mend_superblock(image);
    uint8_t *seal = image + length;
    memcpy(seal, seal_mark, sizeof seal_mark);
    put_le(seal + 8, 8, (uint64_t)length);
    put_le(seal + 16, 4, checksum(image, (size_t)length + 16));
    put_le(seal + 20, 4, 0);
    *bytes = image;
    *size = (size_t)length + SR_SEAL_SIZE;
    return SR_OK;
}
