/* SPDX-License-Identifier: Apache-2.0
 * Files read and written whole. Reading never waits and never takes more than it was allowed; writing never damages what was
 * there, and either leaves the new bytes on the disk under their name or says which step failed and why. */
#ifndef SR_FILE_H
#define SR_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Read a regular file of at most `limit` bytes into *bytes (free it; never NULL on success). A pipe, a device or a folder is
 * refused without waiting for it. `head`, of head_size bytes and at most 64, is what the file must begin with (NULL: anything);
 * another file is refused before it is read, as "%s: " and `otherwise`. */
struct sr_file_kind {
    size_t limit;
    const void *head;
    size_t head_size;
    const char *otherwise;
};
SR_MUST_CHECK enum sr_status sr_file_read(const char *path, const struct sr_file_kind *kind, uint8_t **bytes, size_t *size,
                                          char *error, size_t error_size);

/* Make `path` hold these bytes: they are written to PATH.tmp, which is made anew and follows no link, synced, and renamed; then
 * the folder is synced. On failure what was at `path` is still there and PATH.tmp is not. Only one process at a time may
 * replace a path; where two do, one of them fails and the file is of one piece. */
SR_MUST_CHECK enum sr_status sr_file_replace(const char *path, const void *bytes, size_t size, char *error, size_t error_size);

/* Write a folder's entries to the disk: after files in it were made or renamed. */
SR_MUST_CHECK enum sr_status sr_folder_sync(const char *folder, char *error, size_t error_size);

#endif
