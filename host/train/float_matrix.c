/* SPDX-License-Identifier: Apache-2.0
 * Products of dense float matrices: see float_matrix.h. */
#include "train/float_matrix.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "train/float_kernels.h"

/* What the standard interface of BLAS calls these. */
enum { ROW_MAJOR = 101, AS_IS = 111, TRANSPOSED = 112 };
typedef void (*sgemm_call)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
                           int lda, const float *b, int ldb, float beta, float *c, int ldc);
typedef void (*threads_call)(int threads);

static sgemm_call sgemm; /* NULL: plain loops. Set once. */

static void look_for_library(void) {
    const char *name = getenv("SPIKEROLL_BLAS");
    if (name && !strcmp(name, "none")) return;
    void *library = dlopen(name && *name ? name : "libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    void *multiply = dlsym(library, "cblas_sgemm"), *threads = dlsym(library, "openblas_set_num_threads");
    if (!multiply || !threads) return; /* Another's threads could not be told. */
    threads_call set_threads;
    memcpy(&set_threads, &threads, sizeof threads);
    memcpy(&sgemm, &multiply, sizeof multiply);
    set_threads(1);
}

static sgemm_call library(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, look_for_library);
    return sgemm;
}

void sr_matrix_add_tn(uint32_t m, uint32_t n, uint32_t k, const float *a, const float *b, float *c) {
    if (library()) {
        sgemm(ROW_MAJOR, TRANSPOSED, AS_IS, (int)m, (int)n, (int)k, 1, a, (int)m, b, (int)n, 1, c, (int)n);
        return;
    }
    for (uint32_t r = 0; r < k; r++)
        for (uint32_t i = 0; i < m; i++) sr_float_axpy(n, a[(size_t)r * m + i], b + (size_t)r * n, c + (size_t)i * n);
}

void sr_matrix_nt(uint32_t m, uint32_t n, uint32_t k, const float *a, const float *b, float *c) {
    if (library()) {
        sgemm(ROW_MAJOR, AS_IS, TRANSPOSED, (int)m, (int)n, (int)k, 1, a, (int)k, b, (int)k, 0, c, (int)n);
        return;
    }
    for (uint32_t i = 0; i < m; i++)
        for (uint32_t j = 0; j < n; j++) c[(size_t)i * n + j] = sr_float_dot(k, a + (size_t)i * k, b + (size_t)j * k);
}

const char *sr_matrix_library(void) { return library() ? "OpenBLAS" : "plain loops"; }
