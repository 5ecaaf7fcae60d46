/* SPDX-License-Identifier: Apache-2.0
 * The dense form of words: what WRITE_DENSE carries (docs/protocol.md). Samples are bitmaps with few ones, and most of their bytes
 * are 0. Eight bytes make a group: a mask byte, bit k for byte k, then those of the eight that are not 0, in their order. */
#ifndef SR_DENSE_H
#define SR_DENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SR_DENSE_GROUP = 8, SR_DENSE_MOST = 9 }; /* bytes that a group stands for; bytes that it takes at most */

/* Encode whole groups from the beginning of `bytes`, as many as there are in `count` and as fit into `room`. Returns the bytes
 * that they stand for, a multiple of eight; *used: the bytes written to `out`. */
size_t sr_dense_encode(const uint8_t *bytes, size_t count, uint8_t *out, size_t room, size_t *used);

/* The bytes that `count` encoded bytes stand for, at most `room` of them. False: they end inside a group, or stand for more. */
bool sr_dense_decode(const uint8_t *in, size_t count, uint8_t *bytes, size_t room, size_t *decoded);

#endif
