/* SPDX-License-Identifier: Apache-2.0
 * Run files: any bytes under a valid seal, to infer with and to go on from. */
#include "check.h"
#include "model/container.h"
#include "model/run_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { SUPERBLOCK = 48, SIZE_MAX_TRIED = 1 << 16 };
    static const uint8_t signature[9] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 3};
    char error[SR_ERROR_SIZE] = "";
    struct sr_run run;
    if (size < SUPERBLOCK || size > SIZE_MAX_TRIED) return 0;
    uint8_t *bytes = malloc(size + SR_SEAL_SIZE);
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    memcpy(bytes, signature, sizeof signature); /* what the seal's check asks for, so that the reader is reached */
    for (int i = 0; i < 8; i++) bytes[28 + i] = (uint8_t)((uint64_t)size >> 8 * i);
    sr_container_set_seal(bytes, size);
    for (int use = SR_RUN_INFER; use <= SR_RUN_RESUME; use++) {
        enum sr_status status =
            sr_run_parse(bytes, size + SR_SEAL_SIZE, (enum sr_run_use)use, "fuzz", &run, error, sizeof error);
        if (status == SR_OK) {
            check(run.net.layers >= 1 && run.net.layers <= SR_HIDDEN_LAYERS && run.net.hidden[run.net.layers - 1] <= 4096);
            check(run.weights.layer[0] && run.weights.layer[SR_READOUT_LAYER]);
        } else {
            check(!run.weights.layer[0] && !run.arrays);
            check_line(error);
        }
        sr_run_free(&run);
    }
    free(bytes);
    return 0;
}
