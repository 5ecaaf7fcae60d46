/* SPDX-License-Identifier: Apache-2.0
 * The HDF5 format, as far as it is written and read here (File Format Specification, version 3); nothing else includes it. */
#ifndef SR_CONTAINER_INTERNAL_H
#define SR_CONTAINER_INTERNAL_H

#include <string.h>

#include "model/container.h"

enum {
    SR_H5_SUPERBLOCK = 48,     /* bytes of a superblock of version 3 */
    SR_H5_SUPERBLOCK_SUM = 44, /* where its checksum is */
    SR_H5_HEADER = 10,         /* bytes of an object header before its messages: "OHDR", version 2, flags 2, their size */
    SR_H5_MESSAGE = 4,         /* bytes of a message before its body: type, size (2), flags */
    SR_H5_SUM = 4,
    SR_H5_GROUPS_MAX = 8,
    SR_H5_SIDE_MAX = 1 << 20, /* of a matrix, either way */

    /* messages */
    SR_H5_DATASPACE = 1,
    SR_H5_LINK_INFO = 2,
    SR_H5_DATATYPE = 3,
    SR_H5_FILL = 5,
    SR_H5_LINK = 6,
    SR_H5_LAYOUT = 8,
    SR_H5_GROUP_INFO = 10,
    SR_H5_ATTRIBUTE = 12,
    SR_H5_ATTRIBUTE_INFO = 21,

    /* bodies */
    SR_H5_INTEGER_TYPE = 12, /* bytes of a data type of whole numbers, of reals, of text */
    SR_H5_REAL_TYPE = 20,
    SR_H5_TEXT_TYPE = 8,
    SR_H5_LAYOUT_SIZE = 18,
    SR_H5_ATTRIBUTE_HEAD = 9 /* of an attribute before its name: version 3, flags, three sizes (2 each), encoding */
};

static inline uint64_t sr_get_le(const uint8_t *bytes, unsigned count) {
    uint64_t value = 0;
    while (count-- > 0) value = value << 8 | bytes[count];
    return value;
}

static inline void sr_put_le(uint8_t *bytes, unsigned count, uint64_t value) {
    for (unsigned i = 0; i < count; i++, value >>= 8) bytes[i] = (uint8_t)value;
}

#endif
