/* SPDX-License-Identifier: Apache-2.0
 * A fuzz harness is a file fuzz_NAME.c with the one function that libFuzzer calls, and a folder corpus/NAME of inputs.
 * `make fuzz` links it with libFuzzer (clang) and lets it search; `make test` links it with main.c (any compiler), which runs the
 * corpus and a few thousand changes of it, the same each time. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tries one input; returns 0. A finding is an abort, or the sanitizers'. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
