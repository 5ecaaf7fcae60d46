/* SPDX-License-Identifier: Apache-2.0
 * How the loops of mode `local` are compiled: as in kernels.c, plain C over blocks of constant size, once for each
 * instruction set, and vectors of the compiler's where it would widen a loop's lanes. */
#ifndef SR_REF_LOCAL_VECTOR_H
#define SR_REF_LOCAL_VECTOR_H

#include "base/clones.h"

#include <stdint.h>

#define REF_VECTOR SR_CLONES("arch=x86-64-v4", "arch=x86-64-v3", "default")
#define REF_INLINE static inline __attribute__((always_inline))

/* Sixteen lanes of 16 bits, where the compiler would widen them to 32 if it were left a loop. A comparison gives 0 or -1 (all
 * ones). Reads and writes go through memcpy: nothing need be aligned. */
typedef int16_t lanes __attribute__((vector_size(32)));
typedef uint16_t ulanes __attribute__((vector_size(32)));

/* Bit i of a lane's half word. */
static const uint16_t lane_bit[16] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};

REF_INLINE int16_t ones(uint16_t x) {
    x = (uint16_t)(x - (x >> 1 & 0x5555));
    x = (uint16_t)((x & 0x3333) + (x >> 2 & 0x3333));
    x = (uint16_t)((x + (x >> 4)) & 0x0f0f);
    return (int16_t)((x + (x >> 8)) & 0x1f);
}

#endif
