/* SPDX-License-Identifier: Apache-2.0
 * State of a training beside the weights, as arrays under names: see run_file.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/run_file.h"

struct sr_array *sr_run_find_array(const struct sr_run *run, const char *name) {
    for (uint32_t i = 0; i < run->array_count; i++) {
        if (!strcmp(run->arrays[i].name, name)) return &run->arrays[i];
    }
    return NULL;
}

static bool is_array_name(const char *name) {
    size_t length = strlen(name);
    return length > 0 && length < SR_ARRAY_NAME && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == length;
}

enum sr_status sr_run_array(struct sr_run *run, const char *name, uint32_t rows, uint32_t cols, unsigned bytes,
                            struct sr_array **result) {
    struct sr_array *array = sr_run_find_array(run, name);
    if (array) {
        *result = array;
        return array->rows == rows && array->cols == cols && array->bytes == bytes ? SR_OK : SR_ERR_MISMATCH;
    }
    if (!is_array_name(name) || rows == 0 || cols == 0 || (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8))
        return SR_ERR_ARGUMENT;
    if (run->array_count == SR_ARRAYS_MAX) return SR_ERR_LIMIT;
    struct sr_array *grown = realloc(run->arrays, (run->array_count + 1) * sizeof *grown);
    if (!grown) return SR_ERR_MEMORY;
    run->arrays = grown;
    array = &grown[run->array_count];
    *array = (struct sr_array){.rows = rows, .cols = cols, .bytes = bytes, .values = calloc((size_t)rows * cols, bytes)};
    if (!array->values) return SR_ERR_MEMORY;
    snprintf(array->name, sizeof array->name, "%s", name);
    run->array_count++;
    *result = array;
    return SR_OK;
}

enum sr_status sr_arrays_compare(const struct sr_run *a, const struct sr_run *b, char *difference, size_t size) {
    for (uint32_t i = 0; i < b->array_count; i++) {
        if (!sr_run_find_array(a, b->arrays[i].name))
            return sr_error(difference, size, SR_ERR_MISMATCH, "array %s: in one only", b->arrays[i].name);
    }
    for (uint32_t i = 0; i < a->array_count; i++) {
        const struct sr_array *x = &a->arrays[i], *y = sr_run_find_array(b, x->name);
        if (!y) return sr_error(difference, size, SR_ERR_MISMATCH, "array %s: in one only", x->name);
        if (x->rows != y->rows || x->cols != y->cols || x->bytes != y->bytes) {
            return sr_error(difference, size, SR_ERR_MISMATCH, "array %s: %u x %u of %u bytes and %u x %u of %u bytes", x->name,
                            x->rows, x->cols, x->bytes, y->rows, y->cols, y->bytes);
        }
        for (size_t k = 0; k < (size_t)x->rows * x->cols; k++) {
            if (memcmp((const char *)x->values + k * x->bytes, (const char *)y->values + k * x->bytes, x->bytes) == 0) continue;
            return sr_error(difference, size, SR_ERR_MISMATCH, "array %s[%zu][%zu] differs", x->name, k / x->cols, k % x->cols);
        }
    }
    return SR_OK;
}
