/* SPDX-License-Identifier: Apache-2.0
 * Single requests of the driver: memories and registers in packets, each answer checked, each failure a line.
 *
 * A request is repeated until its answer is whole, SR_PACKET_TRIES times at most. A call (sr_device_*) makes many requests; what
 * it may lose in all on answers that did not come is bounded too (LOST_MS), so that a bad line ends it in bounded time. */
#include <stdio.h>
#include <string.h>

#include "link/dense.h"
#include "link/link.h"
#include "map/sr_map.h"

/* A call that has waited so long in all for answers that did not come is given up: the line is of no use. */
enum { LOST_MS = 180000 };

static const char *op_name(uint8_t op) {
    switch (op) {
#define SR_OP(name, code, text) \
    case code:                  \
        return #name;
#include "map/sr_map.def"
        default:
            return "request";
    }
}

enum sr_status sr_link_silent(struct sr_link *link, uint8_t op, enum sr_packet_result result, unsigned tries) {
    if (result == SR_PACKET_CANCELLED) return sr_fail(&link->device, SR_ERR_INTERRUPTED, "cancelled during %s", op_name(op));
    if (result == SR_PACKET_GONE)
        return sr_fail(&link->device, SR_ERR_LINK, "the device is gone: its port failed during %s", op_name(op));
    if (result == SR_PACKET_BABBLE)
        return sr_fail(&link->device, SR_ERR_LINK, "the device does not answer %s: it sends bytes without end", op_name(op));
    return sr_fail(&link->device, SR_ERR_LINK, "the device does not answer %s: %u tries, last one %s", op_name(op), tries,
                   result == SR_PACKET_DAMAGED ? "damaged" : "silent");
}

enum sr_status sr_link_refused(struct sr_link *link, uint8_t op, uint8_t status) {
    return sr_fail(&link->device, SR_ERR_DEVICE, "the device refused %s: %s", op_name(op), sr_reply_text(status));
}

/* sr_packet_ask within what the call may lose. */
static enum sr_status ask(struct sr_link *link, uint8_t op, const uint8_t *payload, size_t count, size_t answer_max,
                          unsigned tries, enum sr_packet_result *result, uint8_t *status, size_t *length) {
    struct sr_packets *packets = &link->packets;
    *result = sr_packet_ask(packets, op, payload, count, answer_max, tries, status, length);
    if (*result == SR_PACKET_DONE || !link->device.patience || packets->lost_ms <= LOST_MS * (uint64_t)link->device.patience)
        return SR_OK;
    if (*result != SR_PACKET_SILENT && *result != SR_PACKET_DAMAGED) return SR_OK;
    return sr_fail(&link->device, SR_ERR_LINK, "the line to the device is too bad: this call lost %u s, last on %s",
                   (unsigned)(packets->lost_ms / 1000), op_name(op));
}

enum sr_status sr_link_ask(struct sr_link *link, uint8_t op, const uint8_t *payload, size_t count, size_t answer_max,
                           size_t *length) {
    uint8_t status = 0;
    enum sr_packet_result result;
    SR_TRY(ask(link, op, payload, count, answer_max, SR_PACKET_TRIES, &result, &status, length));
    if (result != SR_PACKET_DONE) return sr_link_silent(link, op, result, SR_PACKET_TRIES);
    return status == SR_REPLY_OK ? SR_OK : sr_link_refused(link, op, status);
}

/* ---- memories ---- */

/* The data of a packet that writes `*words` words, into `data`, which has room for `room` bytes: whole words as they are or, if
 * that is shorter, those of them that make whole groups in the dense form. *op and *words are set to what was chosen, and the
 * bytes are counted. A dense packet may carry more words than a plain one has room for, PACKET_MAX of them at most. */
static size_t pack(struct sr_link *link, uint8_t memory, const uint8_t *bytes, uint32_t most, uint32_t size, size_t room,
                   uint8_t *data, uint8_t *op, uint32_t *words) {
    if (memory == SR_MEM_SAMPLE && link->device.caps.modes & SR_MODES_DENSE) {
        size_t limit = (size_t)(most < link->packets.packet_max ? most : link->packets.packet_max) * size, used;
        size_t stands_for = sr_dense_encode(bytes, limit, data, room, &used);
        if (used < stands_for) {
            *op = SR_OP_WRITE_DENSE;
            *words = (uint32_t)(stands_for / size);
            return used;
        }
    }
    memcpy(data, bytes, (size_t)*words * size);
    return (size_t)*words * size;
}

/* One memory packet of at most `most` words; *moved says how many. On a bad line the packets shrink. */
static enum sr_status transfer(struct sr_link *link, uint8_t op, uint8_t memory, uint32_t first, uint8_t *bytes, uint32_t most,
                               uint32_t size, uint32_t *moved) {
    uint8_t payload[SR_PACKET_LIMIT];
    bool writing = op == SR_OP_WRITE_MEM;
    payload[0] = memory;
    sr_put_u32(payload + 1, first);
    for (;;) {
        uint32_t head = writing ? 5 : 0, room = link->packets.transfer;
        if (room > link->packets.packet_max) room = link->packets.packet_max;
        uint32_t words = room > head + size ? (room - head) / size : 1;
        if (words > most) words = most;
        if (words > 0xFFFF) words = 0xFFFF;
        bool smallest = room <= SR_PACKET_SMALL || words == 1;
        size_t data = (size_t)words * size, count = 5, length = 0;
        if (writing) {
            op = SR_OP_WRITE_MEM;
            count += pack(link, memory, bytes, most, size, room > head ? room - head : 0, payload + 5, &op, &words);
        } else {
            payload[5] = (uint8_t)words;
            payload[6] = (uint8_t)(words >> 8);
            count += 2;
        }
        uint8_t status = 0;
        unsigned tries = smallest ? SR_PACKET_TRIES : 3;
        enum sr_packet_result result;
        SR_TRY(ask(link, op, payload, count, writing ? 0 : data, tries, &result, &status, &length));
        if ((result == SR_PACKET_SILENT || result == SR_PACKET_DAMAGED) && !smallest) {
            link->packets.retries++; /* a transfer has no effect until it is whole: start it again, smaller */
            continue;
        }
        if (result != SR_PACKET_DONE) return sr_link_silent(link, op, result, tries);
        if (status != SR_REPLY_OK) return sr_link_refused(link, op, status);
        if (!writing) {
            if (length != data)
                return sr_fail(&link->device, SR_ERR_DEVICE, "READ_MEM of %zu bytes was answered with %zu", data, length);
            memcpy(bytes, link->packets.in + 7, data);
        }
        *moved = words;
        return SR_OK;
    }
}

enum sr_status sr_link_read(struct sr_link *link, uint8_t memory, uint32_t first, uint8_t *bytes, uint32_t count,
                            uint32_t size) {
    for (uint32_t done = 0, moved; done < count; done += moved)
        SR_TRY(transfer(link, SR_OP_READ_MEM, memory, first + done, bytes + (size_t)done * size, count - done, size, &moved));
    return SR_OK;
}

enum sr_status sr_link_write(struct sr_link *link, uint8_t memory, uint32_t first, const uint8_t *bytes, uint32_t count,
                             uint32_t size) {
    for (uint32_t done = 0, moved; done < count; done += moved)
        SR_TRY(transfer(link, SR_OP_WRITE_MEM, memory, first + done, (uint8_t *)(uintptr_t)(bytes + (size_t)done * size),
                        count - done, size, &moved));
    return SR_OK;
}

/* ---- registers ---- */

enum sr_status sr_link_registers(struct sr_link *link, uint8_t first, uint8_t count, uint32_t *values) {
    uint8_t payload[2] = {first, count};
    size_t length = 0;
    SR_TRY(sr_link_ask(link, SR_OP_READ_REG, payload, sizeof payload, 4u * count, &length));
    if (length != 4u * count)
        return sr_fail(&link->device, SR_ERR_DEVICE, "READ_REG of %u registers was answered with %zu bytes", (unsigned)count,
                       length);
    for (unsigned i = 0; i < count; i++) values[i] = sr_get_u32(link->packets.in + 7 + 4 * i);
    return SR_OK;
}

static bool stale(const struct sr_link *link, unsigned address) {
    return link->used[address] && (!link->known[address] || link->want[address] != link->have[address]);
}

/* A gap of four registers costs less than another packet. */
enum sr_status sr_link_update_registers(struct sr_link *link) {
    enum { GAP = 4 };
    unsigned most = (link->packets.packet_max - 1) / 4;
    for (unsigned first = 0; first < SR_LINK_REGS; first++) {
        if (!stale(link, first)) continue;
        unsigned last = first;
        for (unsigned a = first + 1; a < SR_LINK_REGS && a <= last + GAP + 1 && a - first < most; a++)
            if (stale(link, a)) last = a;
        uint8_t payload[1 + 4 * SR_LINK_REGS];
        payload[0] = (uint8_t)first;
        for (unsigned a = first; a <= last; a++) {
            sr_put_u32(payload + 1 + 4 * (a - first), link->want[a]);
            link->known[a] = false;
        }
        size_t length;
        SR_TRY(sr_link_ask(link, SR_OP_WRITE_REG, payload, 1 + 4 * (last - first + 1), 0, &length));
        for (unsigned a = first; a <= last; a++) {
            link->known[a] = true;
            link->have[a] = link->want[a];
        }
        first = last;
    }
    return SR_OK;
}
