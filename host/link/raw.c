/* SPDX-License-Identifier: Apache-2.0
 * Memories and registers of the device themselves, for the self test (device/device.h says what the driver forgets then). */
#include "link/link.h"
#include "map/sr_map.h"

static struct sr_link *link_of(struct sr_device *device) { return (struct sr_link *)device; }

static uint32_t word_size(const struct sr_link *link, unsigned memory) {
    switch (memory) {
        case SR_MEM_SAMPLE:
            return link->device.caps.sample_w / 8;
        case SR_MEM_WEIGHT:
        case SR_MEM_RWEIGHT:
            return 2 * link->device.caps.lanes;
        case SR_MEM_CREDIT:
            return 1;
        case SR_MEM_CORRECT:
            return 2;
        default:
            return 4;
    }
}

enum sr_status sr_link_raw_write_memory(struct sr_device *device, unsigned memory, uint32_t first, const uint8_t *bytes,
                                        uint32_t words) {
    struct sr_link *link = link_of(device);
    SR_TRY(sr_link_begin(link));
    if (memory == SR_MEM_SAMPLE || memory == SR_MEM_BATCH) sr_store_forget(link);
    return sr_link_write(link, (uint8_t)memory, first, bytes, words, word_size(link, memory));
}

enum sr_status sr_link_raw_read_memory(struct sr_device *device, unsigned memory, uint32_t first, uint8_t *bytes,
                                       uint32_t words) {
    SR_TRY(sr_link_begin(link_of(device)));
    return sr_link_read(link_of(device), (uint8_t)memory, first, bytes, words, word_size(link_of(device), memory));
}

enum sr_status sr_link_raw_write_registers(struct sr_device *device, unsigned first, unsigned count, const uint32_t *values) {
    struct sr_link *link = link_of(device);
    unsigned most = (link->packets.packet_max - 1) / 4;
    if (first + count > SR_LINK_REGS) return sr_fail(device, SR_ERR_ARGUMENT, "registers end at 0x%02X", SR_LINK_REGS - 1);
    SR_TRY(sr_link_begin(link));
    for (unsigned done = 0; done < count;) {
        uint8_t payload[1 + 4 * SR_LINK_REGS];
        unsigned part = count - done < most ? count - done : most;
        size_t length;
        payload[0] = (uint8_t)(first + done);
        for (unsigned i = 0; i < part; i++) {
            link->known[first + done + i] = false;
            sr_put_u32(payload + 1 + 4 * i, values[done + i]);
        }
        SR_TRY(sr_link_ask(link, SR_OP_WRITE_REG, payload, 1 + 4 * part, 0, &length));
        done += part;
    }
    return SR_OK;
}

enum sr_status sr_link_raw_read_registers(struct sr_device *device, unsigned first, unsigned count, uint32_t *values) {
    struct sr_link *link = link_of(device);
    unsigned most = link->packets.packet_max / 4;
    SR_TRY(sr_link_begin(link));
    for (unsigned done = 0, part; done < count; done += part) {
        part = count - done < most ? count - done : most;
        SR_TRY(sr_link_registers(link, (uint8_t)(first + done), (uint8_t)part, values + done));
    }
    return SR_OK;
}

enum sr_status sr_link_build(struct sr_device *device, uint32_t *build) {
    return sr_device_read_registers(device, SR_REG_BUILD, 1, build);
}
