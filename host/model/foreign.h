/* SPDX-License-Identifier: Apache-2.0
 * Run files that are not as container.h writes them: of version 1, or changed or written by another program. The HDF5 library
 * reads them, in a child process, since it may crash on what is damaged, and the bytes come back in the form of container.h. */
#ifndef SR_FOREIGN_H
#define SR_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Convert an HDF5 file's bytes; *sealed is to be freed. Values and matrices of the groups that a run file has are taken, never
 * through a link that leads out of the file; their class, count and stored size are checked before anything is allocated. What
 * is left out is missing in the result. On failure error has one line. */
SR_MUST_CHECK enum sr_status sr_foreign_convert(const uint8_t *bytes, size_t size, const char *path, uint8_t **sealed,
                                                size_t *sealed_size, char *error, size_t error_size);

#endif
