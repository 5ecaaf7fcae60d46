/* SPDX-License-Identifier: Apache-2.0
 * Packets over a byte transport: framing, CRC, time-outs, retries and resynchronisation. */
#include "link/packet.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "map/sr_map.h"

/* Waits, each times the patience: for the first byte of an answer, and between two bytes. A byte takes 0.09 ms at 115200 baud. */
enum { FIRST_MS = 100, BYTES_PER_MS = 10, GAP_MS = 40, QUIET_MS = 20 };
/* What has begun to arrive makes an answer after so long and some times the patience, or the device babbles. */
enum { BABBLE_MS = 3000, BABBLE_TIMES = 4 };
/* A cancelled call ends after so long at most, unless the transport says otherwise. */
enum { SLICE_MS = 50 };

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint32_t sr_crc32(const uint8_t *bytes, size_t count) {
    static const uint32_t nibble[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
                                        0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ nibble[crc & 15];
        crc = (crc >> 4) ^ nibble[crc & 15];
    }
    return ~crc;
}

bool sr_packets_init(struct sr_packets *packets, const struct sr_transport *transport) {
    memset(packets, 0, sizeof *packets);
    packets->transport = *transport;
    packets->packet_max = SR_PACKET_LIMIT;
    packets->transfer = SR_PACKET_LIMIT;
    packets->in_size = 2 * (SR_PACKET_LIMIT + SR_PACKET_FRAME);
    packets->out = malloc(SR_PACKET_LIMIT + SR_PACKET_FRAME);
    packets->in = malloc(packets->in_size);
    return packets->out && packets->in;
}

void sr_packets_free(struct sr_packets *packets) {
    packets->transport.close(packets->transport.context);
    free(packets->out);
    free(packets->in);
}

uint8_t sr_packet_number(struct sr_packets *packets, uint8_t op) {
    packets->seq++;
    if (op == SR_OP_RUN) {
        if (packets->seq == packets->run_seq) packets->seq++;
        packets->run_seq = packets->seq;
    }
    return packets->seq;
}

/* So long, times the patience; a second at most for each millisecond. */
static unsigned times_patience(const struct sr_packets *packets, unsigned ms) {
    uint32_t times = packets->patience && *packets->patience ? *packets->patience : 1;
    return ms * (times < 1000 ? times : 1000);
}

static bool is_cancelled(const struct sr_packets *packets) {
    return packets->cancelled && atomic_load_explicit(packets->cancelled, memory_order_relaxed);
}

static bool write_all(struct sr_packets *packets, const uint8_t *bytes, size_t count) {
    while (count) {
        long n = is_cancelled(packets) ? 0 : packets->transport.write(packets->transport.context, bytes, count);
        if (n == 0 && is_cancelled(packets)) return false; /* what was begun ends with the next request's resynchronisation */
        if (n <= 0 || (size_t)n > count) {
            packets->gone = true;
            return false;
        }
        packets->tx += (uint64_t)n;
        bytes += n;
        count -= (size_t)n;
    }
    return true;
}

/* Bytes received, 0 at the deadline, < 0 when the device is gone or the call is cancelled. */
static long read_some(struct sr_packets *packets, unsigned timeout_ms) {
    unsigned most = packets->transport.slice_ms ? packets->transport.slice_ms : SLICE_MS;
    long n = 0;
    do {
        unsigned slice = timeout_ms < most ? timeout_ms : most;
        size_t room = packets->in_size - packets->in_count;
        if (is_cancelled(packets)) return -1;
        n = packets->transport.read(packets->transport.context, packets->in + packets->in_count, room, slice);
        if (n < 0 || (size_t)n > room) { /* a transport of somebody's own may be wrong about what it read */
            packets->gone = true;
            return -1;
        }
        timeout_ms -= slice;
    } while (n == 0 && timeout_ms);
    packets->rx += (uint64_t)n;
    packets->in_count += (size_t)n;
    return n;
}

static enum sr_packet_result why_not(const struct sr_packets *packets) {
    return packets->gone ? SR_PACKET_GONE : SR_PACKET_CANCELLED;
}

static void drop(struct sr_packets *packets, size_t count) {
    packets->in_count -= count;
    memmove(packets->in, packets->in + count, packets->in_count);
}

/* Bring the first reply that is whole to the start of the buffer: its size in bytes, or 0 if more bytes are needed. */
static size_t find_reply(struct sr_packets *packets, bool *damaged) {
    size_t skip = 0, size = 0;
    for (; skip < packets->in_count; skip++) {
        const uint8_t *at = packets->in + skip;
        size_t left = packets->in_count - skip;
        if (at[0] != SR_SYNC0_REPLY || (left > 1 && at[1] != (uint8_t)~SR_SYNC0_REPLY)) {
            *damaged = true;
            continue;
        }
        if (left < 7) break;
        size_t length = (size_t)at[5] | (size_t)at[6] << 8;
        if (length <= packets->packet_max) {
            if (left < length + SR_PACKET_FRAME) break;
            uint32_t crc = sr_crc32(at + 2, length + 5);
            const uint8_t *found = at + 7 + length;
            if (found[0] == (uint8_t)crc && found[1] == (uint8_t)(crc >> 8) && found[2] == (uint8_t)(crc >> 16) &&
                found[3] == (uint8_t)(crc >> 24)) {
                size = length + SR_PACKET_FRAME;
                break;
            }
        }
        *damaged = true;
    }
    if (skip) drop(packets, skip);
    return size;
}

static enum sr_packet_result await(struct sr_packets *packets, uint8_t op, uint8_t seq, unsigned timeout_ms, uint8_t *status,
                                   size_t *length) {
    bool damaged = false, begun = false;
    uint64_t end_ms = 0; /* a device that babbles does not hold us for ever */
    for (;;) {
        size_t size = find_reply(packets, &damaged);
        if (size) {
            const uint8_t *reply = packets->in;
            /* A request that arrived damaged is answered with what arrived of its op and seq, so these say nothing. */
            if (reply[4] == SR_REPLY_BAD_CRC || reply[4] == SR_REPLY_BAD_LENGTH) {
                drop(packets, size);
                return SR_PACKET_DAMAGED;
            }
            if (reply[2] == op && reply[3] == seq) {
                *status = reply[4];
                *length = size - SR_PACKET_FRAME;
                return SR_PACKET_DONE;
            }
            drop(packets, size);
            continue;
        }
        if (begun && now_ms() > end_ms) {
            packets->in_count = 0;
            return SR_PACKET_BABBLE;
        }
        long n = read_some(packets, packets->in_count ? times_patience(packets, GAP_MS) : timeout_ms);
        if (n < 0) return why_not(packets);
        if (n > 0 && !begun) {
            begun = true;
            end_ms = now_ms() + BABBLE_MS + BABBLE_TIMES * (uint64_t)timeout_ms;
        }
        if (n == 0) {
            if (!packets->in_count) return damaged ? SR_PACKET_DAMAGED : SR_PACKET_SILENT;
            damaged = true; /* what looked like the start of a reply was none, or has lost its end */
            drop(packets, 1);
            timeout_ms = times_patience(packets, GAP_MS);
        }
    }
}

enum sr_packet_result sr_packet_once(struct sr_packets *packets, uint8_t op, uint8_t seq, const uint8_t *payload, size_t count,
                                     unsigned timeout_ms, uint8_t *status, size_t *length) {
    uint8_t *out = packets->out;
    packets->in_count = 0;
    packets->requests++;
    out[0] = SR_SYNC0_REQUEST;
    out[1] = (uint8_t)~SR_SYNC0_REQUEST;
    out[2] = op;
    out[3] = seq;
    out[4] = (uint8_t)count;
    out[5] = (uint8_t)(count >> 8);
    if (count) memcpy(out + 6, payload, count);
    uint32_t crc = sr_crc32(out + 2, count + 4);
    for (unsigned i = 0; i < 4; i++) out[6 + count + i] = (uint8_t)(crc >> (8 * i));
    if (packets->gone || !write_all(packets, out, count + SR_PACKET_FRAME - 1)) return why_not(packets);
    return await(packets, op, seq, timeout_ms, status, length);
}

bool sr_packet_resynchronise(struct sr_packets *packets, uint32_t zeros) {
    static const uint8_t zero[256] = {0};
    while (zeros) {
        uint32_t n = zeros < sizeof zero ? zeros : (uint32_t)sizeof zero;
        if (!write_all(packets, zero, n)) return false;
        zeros -= n;
    }
    for (unsigned i = 0; i < 64; i++) {
        packets->in_count = 0;
        long n = read_some(packets, QUIET_MS);
        if (n < 0) return false;
        if (n == 0) break;
    }
    packets->in_count = 0;
    return true;
}

enum sr_packet_result sr_packet_ask(struct sr_packets *packets, uint8_t op, const uint8_t *payload, size_t count,
                                    size_t answer_max, unsigned tries, uint8_t *status, size_t *length) {
    uint8_t seq = sr_packet_number(packets, op);
    unsigned patience = times_patience(packets, FIRST_MS + (unsigned)((count + answer_max) / BYTES_PER_MS));
    enum sr_packet_result result = SR_PACKET_SILENT;
    for (unsigned i = 0; i < tries; i++) {
        if (i) {
            packets->retries++;
            packets->transfer = packets->transfer / 2 > SR_PACKET_SMALL ? packets->transfer / 2 : SR_PACKET_SMALL;
            /* Before the device is identified its PACKET_MAX is not known: try small ones first. */
            uint32_t known = packets->packet_max < SR_PACKET_LIMIT ? packets->packet_max : 1024u << (i < 6 ? i - 1 : 5);
            if (result == SR_PACKET_SILENT && !sr_packet_resynchronise(packets, known + 16)) return why_not(packets);
        }
        result = sr_packet_once(packets, op, seq, payload, count, patience, status, length);
        if (result == SR_PACKET_DONE) {
            if (!i && packets->transfer < packets->packet_max) packets->transfer += packets->transfer / 8 + 1;
            if (packets->transfer > packets->packet_max) packets->transfer = packets->packet_max;
            return SR_PACKET_DONE;
        }
        if (result != SR_PACKET_SILENT && result != SR_PACKET_DAMAGED) return result;
        packets->lost_ms += patience;
    }
    return result;
}
