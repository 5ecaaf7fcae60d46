/* SPDX-License-Identifier: Apache-2.0
 * A file of named values in the HDF5 format, as bytes in memory.
 *
 * What is written is the plainest file that every HDF5 reader of 1.10 and later takes: groups with their links and attributes in
 * one header, matrices in one piece, a checksum in every header. Behind the HDF5 image stands a seal of 24 bytes, a CRC-32 of all
 * that comes before it, which HDF5 readers ignore; a program that changes the file drops the seal.
 *
 * What is read is that and nothing else: a file under a valid seal, whose offsets and sizes are checked all the same. Other files
 * are converted first (foreign.h). The HDF5 library is not called here: it crashes where memory is short or a header is damaged. */
#ifndef SR_CONTAINER_H
#define SR_CONTAINER_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct sr_container;
/* A place in the file: a value's group (NULL: the top) and name. */
struct sr_place {
    const char *group, *name;
};
enum { SR_PLACE_NAME = 64 }; /* bytes of a name, its zero included */

/* ---- writing: a failure (memory) is kept, and reported by the end ---- */

SR_MUST_CHECK enum sr_status sr_container_create(struct sr_container **container);
/* Groups lie at the top; make one before what is in it. */
void sr_put_group(struct sr_container *container, const char *group);
void sr_put_u32(struct sr_container *container, struct sr_place place, uint32_t value);
void sr_put_u64(struct sr_container *container, struct sr_place place, uint64_t value);
void sr_put_real(struct sr_container *container, struct sr_place place, double value);
void sr_put_text(struct sr_container *container, struct sr_place place, const char *text);
void sr_put_list(struct sr_container *container, struct sr_place place, const uint32_t *values, size_t count);
/* A value of a form that nobody asks for: of what another file held, only that it was there is known. */
void sr_put_unknown(struct sr_container *container, struct sr_place place);
/* A matrix of signed integers of `bytes` bytes each: 1, 2, 4 or 8. */
void sr_put_matrix(struct sr_container *container, struct sr_place place, uint32_t rows, uint32_t cols, unsigned bytes,
                   const void *values);
/* The file's bytes (free them), sealed. Frees the container in either case. */
SR_MUST_CHECK enum sr_status sr_container_finish(struct sr_container *container, uint8_t **bytes, size_t *size);

/* ---- reading: every function that fails leaves one line in error ---- */

/* What an image looks like from outside, by its own numbers alone. */
enum sr_seal {
    SR_SEAL_VALID,   /* as it was written */
    SR_SEAL_NONE,    /* an older file, or one that another program wrote */
    SR_SEAL_BROKEN,  /* damaged or cut short */
    SR_SEAL_WRITING, /* its headers say that a program has it open for writing: it has, or ended without closing it */
    SR_SEAL_FOREIGN  /* no HDF5 file */
};
enum sr_seal sr_container_seal(const uint8_t *bytes, size_t size);
/* Set the seal behind an image; there must be room for SR_SEAL_SIZE bytes. */
enum { SR_SEAL_SIZE = 24 };
void sr_container_set_seal(uint8_t *bytes, size_t image_size);

/* Read a sealed image. bytes, path and error must outlive the container, which sr_container_free frees. */
SR_MUST_CHECK enum sr_status sr_container_open(struct sr_container **container, const uint8_t *bytes, size_t size,
                                               const char *path, char *error, size_t error_size);
void sr_container_free(struct sr_container *container);
/* Leave "PATH: NAME: what" in error; false. */
bool sr_container_bad(struct sr_container *container, const char *name, const char *what);
/* The same for want of memory, which is no fault of the file. */
bool sr_container_no_memory(struct sr_container *container, const char *name);
/* What failed last: SR_ERR_FORMAT or SR_ERR_MEMORY. */
enum sr_status sr_container_status(const struct sr_container *container);

bool sr_has_value(struct sr_container *container, struct sr_place place);
bool sr_has_group(struct sr_container *container, const char *group);
/* Names of the values (attributes) or arrays (data sets) of a group, by number; false behind the last. */
bool sr_value_name(struct sr_container *container, const char *group, unsigned number, char name[SR_PLACE_NAME]);
bool sr_array_name(struct sr_container *container, const char *group, unsigned number, char name[SR_PLACE_NAME]);

bool sr_get_u32(struct sr_container *container, struct sr_place place, double min, double max, uint32_t *value);
bool sr_get_u64(struct sr_container *container, struct sr_place place, uint64_t *value);
bool sr_get_real(struct sr_container *container, struct sr_place place, double min, double max, double *value);
/* A string of fewer than `size` bytes. */
bool sr_get_text(struct sr_container *container, struct sr_place place, char *text, size_t size);
/* 1 to `limit` whole numbers. */
bool sr_get_list(struct sr_container *container, struct sr_place place, double min, double max, uint32_t limit,
                 uint32_t *values, uint32_t *count);
/* The shape of a matrix whose values are all in the file. */
struct sr_matrix {
    uint32_t rows, cols;
    unsigned bytes; /* of a value: 1, 2, 4 or 8 */
};
bool sr_get_shape(struct sr_container *container, struct sr_place place, struct sr_matrix *matrix);
/* Into values, which has room for the shape that sr_get_shape gave. */
bool sr_get_matrix(struct sr_container *container, struct sr_place place, const struct sr_matrix *matrix, void *values);

#endif
