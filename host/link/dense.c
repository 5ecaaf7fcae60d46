/* SPDX-License-Identifier: Apache-2.0
 * The dense form of words (dense.h). */
#include "link/dense.h"

size_t sr_dense_encode(const uint8_t *bytes, size_t count, uint8_t *out, size_t room, size_t *used) {
    size_t done = 0, at = 0;
    for (; done + SR_DENSE_GROUP <= count; done += SR_DENSE_GROUP) {
        uint8_t group[SR_DENSE_MOST] = {0};
        size_t size = 1;
        for (unsigned k = 0; k < SR_DENSE_GROUP; k++)
            if (bytes[done + k]) {
                group[0] |= (uint8_t)(1u << k);
                group[size++] = bytes[done + k];
            }
        if (at + size > room) break;
        for (size_t i = 0; i < size; i++) out[at++] = group[i];
    }
    *used = at;
    return done;
}

bool sr_dense_decode(const uint8_t *in, size_t count, uint8_t *bytes, size_t room, size_t *decoded) {
    size_t at = 0;
    *decoded = 0;
    while (at < count) {
        uint8_t mask = in[at++];
        if (*decoded + SR_DENSE_GROUP > room) return false;
        for (unsigned k = 0; k < SR_DENSE_GROUP; k++) {
            bool there = mask >> k & 1;
            if (there && at == count) return false;
            bytes[(*decoded)++] = there ? in[at++] : 0;
        }
    }
    return true;
}
