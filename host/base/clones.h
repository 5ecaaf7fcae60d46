/* SPDX-License-Identifier: Apache-2.0
 * SR_CLONES("arch=x86-64-v3", ..., "default") before a function: it is compiled once for each instruction set, and the best one that
 * the processor has is chosen when the program starts.
 * The dynamic loader chooses (an indirect function), which musl's cannot; the sanitizers start too late for it; clang's vectors are
 * left to its flags. There the function is compiled once. */
#ifndef SR_BASE_CLONES_H
#define SR_BASE_CLONES_H

#include <limits.h> /* any header of the C library: it says whether this is glibc */

#if defined(__GLIBC__) && defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define SR_CLONES(...) __attribute__((target_clones(__VA_ARGS__)))
#else
#define SR_CLONES(...)
#endif

#endif
