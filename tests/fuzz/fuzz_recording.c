/* SPDX-License-Identifier: Apache-2.0
 * N-MNIST recordings: events of any kind, on sensors and with binnings of any size, moved by any distance. */
#include "check.h"

#include "data/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { HEAD = 7 };
    char error[256] = "";
    if (size < HEAD + SR_EVENT_BYTES) return 0;
    uint32_t events = (uint32_t)((size - HEAD) / SR_EVENT_BYTES);
    struct sr_data_options options = {.dir = "fuzz",
                                      .width = data[0] + 1u,
                                      .height = data[1] + 1u,
                                      .pool = data[2] % 64 + 1u,
                                      .steps = data[3] + 1u,
                                      .duration_us = (data[4] + 1u) << 15};
    check(sr_nmnist_options(&options, error, sizeof error) == SR_OK);
    uint32_t across = (options.width + options.pool - 1) / options.pool,
             down = (options.height + options.pool - 1) / options.pool;
    uint32_t inputs = 2 * across * down, words = (inputs + 63) / 64;
    struct sr_recording recording = {.bytes = malloc(events * SR_EVENT_BYTES), .capacity = events * SR_EVENT_BYTES};
    uint64_t *bits = calloc((size_t)words * options.steps, sizeof *bits); /* no larger: the sanitizer sees what is beyond */
    check(recording.bytes && bits);
    memcpy(recording.bytes, data + HEAD, events * SR_EVENT_BYTES);
    if (sr_recording_parse(&recording, events, "fuzz", options.width, options.height, error, sizeof error) == SR_OK) {
        check(recording.count <= events);
        sr_recording_bin(&recording, &options, (uint32_t)(int8_t)data[5], (uint32_t)(int8_t)data[6], bits, words);
        for (uint32_t t = 0; t < options.steps && inputs % 64; t++) check(bits[t * words + words - 1] >> inputs % 64 == 0);
    } else {
        check_line(error);
    }
    free(bits);
    sr_recording_free(&recording);
    return 0;
}
