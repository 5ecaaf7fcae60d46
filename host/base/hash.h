/* SPDX-License-Identifier: Apache-2.0
 * FNV-1a, 64 bits: tells contents apart that nobody forged. */
#ifndef SR_HASH_H
#define SR_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of what was hashed before (0: nothing) and of these bytes behind it. */
static inline uint64_t sr_hash(uint64_t hash, const void *bytes, size_t size) {
    const uint8_t *byte = bytes;
    if (hash == 0) hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * 0x100000001b3u;
    return hash;
}

#endif
