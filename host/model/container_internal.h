/* SPDX-License-Identifier: Apache-2.0
 * What writing and reading of HDF5 files in memory share; nothing else includes it. */
#ifndef SR_CONTAINER_INTERNAL_H
#define SR_CONTAINER_INTERNAL_H

#include <hdf5.h>

#include "model/container.h"

enum { SR_SEAL_SIZE = 24 }; /* "SRSEAL\r\n", the image's length, the CRC-32 of all of this, and four zero bytes */

struct sr_container {
    hid_t file;
    bool failed;
    const char *path;
    char *error;
    size_t error_size;
    enum sr_status status;
};

/* The library wants a name, tries whether a file of that name exists, and takes two open files of one name for the same. */
void sr_container_name(const struct sr_container *container, char *name, size_t size);
/* A property list for files in memory (close it), or below 0. */
hid_t sr_container_access(void);
/* Open a group, the top for NULL. */
hid_t sr_container_group(struct sr_container *container, const char *group);
/* The native type of signed integers of so many bytes. */
hid_t sr_container_type(unsigned bytes);

#endif
