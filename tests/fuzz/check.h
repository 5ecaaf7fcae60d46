/* SPDX-License-Identifier: Apache-2.0
 * What fuzz harnesses share: conditions, and files of their own. */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* What must hold, whatever the input. */
static inline void check(bool holds) {
    if (!holds) abort();
}

/* A failure is told in one line of plain characters. */
static inline void check_line(const char *error) {
    check(*error != '\0');
    for (const char *c = error; *c; c++) check((unsigned char)*c >= ' ');
}

/* Write a file of the harness's own folder, which is made at the first call. path, of 256 bytes, gets its path. */
static inline void put_file(const char *name, const uint8_t *bytes, size_t size, char path[256]) {
    static char folder[64];
    if (!*folder) {
        snprintf(folder, sizeof folder, "%s/sr-fuzz-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        check(mkdtemp(folder) != NULL);
    }
    snprintf(path, 256, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    check(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

#endif
