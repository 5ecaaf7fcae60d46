/* SPDX-License-Identifier: Apache-2.0
 * Weights of a layer, as the engine's interface has them and as the device's stores hold them (link.h). */
#include <stdlib.h>

#include "link/link.h"
#include "map/sr_map.h"

/* A layer's weights as words of LANES int16, the columns beyond the last as 0, up to the next row: words between rows
 * cost bytes, but whole packets; a packet a row would cost more time. */
static enum sr_status weight_words(struct sr_link *link, unsigned layer, uint8_t **bytes, uint32_t *count) {
    uint32_t size = 2 * link->device.caps.lanes;
    *count = sr_net_rows(&link->net, layer) * link->device.caps.row_words;
    *bytes = calloc(*count, size);
    return *bytes ? SR_OK : sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for the weights of layer %u", layer);
}

enum sr_status sr_link_write_weights(struct sr_device *device, unsigned layer, const int16_t *master) {
    struct sr_link *link = (struct sr_link *)device;
    uint32_t rows = sr_net_rows(&link->net, layer), cols = sr_net_cols(&link->net, layer);
    uint32_t lanes = device->caps.lanes, row_bytes = link->device.caps.row_words * lanes * 2, count;
    uint8_t *bytes;
    SR_TRY(sr_link_begin(link));
    SR_TRY(weight_words(link, layer, &bytes, &count));
    for (uint32_t j = 0; j < rows; j++)
        for (uint32_t n = 0; n < cols; n++) {
            uint16_t value = (uint16_t)master[(size_t)j * cols + n];
            uint8_t *at = bytes + (size_t)j * row_bytes + 2 * (size_t)n;
            at[0] = (uint8_t)value;
            at[1] = (uint8_t)(value >> 8);
        }
    enum sr_status status =
        sr_link_write(link, layer == SR_READOUT_LAYER ? SR_MEM_RWEIGHT : SR_MEM_WEIGHT, 0, bytes, count, 2 * lanes);
    free(bytes);
    return status;
}

static int16_t weight_at(const uint8_t *row, uint32_t col) {
    return (int16_t)(row[2 * (size_t)col] | row[2 * (size_t)col + 1] << 8);
}

static enum sr_status check_row(struct sr_link *link, unsigned layer, uint32_t row, uint32_t cols, const uint8_t *bytes) {
    int limit = 1 << (7 + link->device.caps.frac_w);
    for (uint32_t n = 0; n < cols; n++) {
        int16_t weight = weight_at(bytes, n);
        if (weight < -limit || weight >= limit)
            return sr_fail(&link->device, SR_ERR_DEVICE,
                           "the device holds %d as weight [%u][%u] of layer %u, which has %u bits (%d..%d)", weight,
                           (unsigned)row, (unsigned)n, layer, 8 + (unsigned)link->device.caps.frac_w, -limit, limit - 1);
    }
    return SR_OK;
}

enum sr_status sr_link_read_weights(struct sr_device *device, unsigned layer, int16_t *master) {
    struct sr_link *link = (struct sr_link *)device;
    uint32_t rows = sr_net_rows(&link->net, layer), cols = sr_net_cols(&link->net, layer);
    uint32_t lanes = device->caps.lanes, row_bytes = link->device.caps.row_words * lanes * 2, count;
    uint8_t *bytes;
    SR_TRY(sr_link_begin(link));
    SR_TRY(weight_words(link, layer, &bytes, &count));
    enum sr_status status =
        sr_link_read(link, layer == SR_READOUT_LAYER ? SR_MEM_RWEIGHT : SR_MEM_WEIGHT, 0, bytes, count, 2 * lanes);
    if (!status) status = sr_link_remembers(link);
    for (uint32_t j = 0; j < rows && !status; j++) status = check_row(link, layer, j, cols, bytes + (size_t)j * row_bytes);
    for (uint32_t j = 0; j < rows && !status; j++)
        for (uint32_t n = 0; n < cols; n++) master[(size_t)j * cols + n] = weight_at(bytes + (size_t)j * row_bytes, n);
    free(bytes);
    return status;
}
