/* SPDX-License-Identifier: Apache-2.0
 * A run to write and read in tests, and the bytes of files. */
#ifndef SR_SAMPLE_RUN_H
#define SR_SAMPLE_RUN_H

#include "model/run_file.h"

/* A small run after 77 generations, with a best model, random weights and settings that are not the defaults; free it. False if
 * memory is short. */
bool sample_run(struct sr_run *run);
/* The whole of a file, .gz or not, into *bytes (free it); its size, or 0. */
size_t sample_bytes(const char *path, uint8_t **bytes);
/* A checkpoint of version 1, as the program wrote it before files had a seal. */
#define SAMPLE_VERSION1 "tests/version1.checkpoint.h5.gz"

#endif
