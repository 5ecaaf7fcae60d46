/* SPDX-License-Identifier: Apache-2.0
 * Packets over a byte transport (docs/protocol.md): one request, one answer, retried until it is whole. */
#ifndef SR_PACKET_H
#define SR_PACKET_H

#include <stdatomic.h>

#include "device/device.h"

enum {
    SR_PACKET_LIMIT = 32768, /* largest PACKET_MAX there can be */
    SR_PACKET_FRAME = 11,    /* bytes around the payload of a reply; a request has one less */
    SR_PACKET_TRIES = 12,
    SR_PACKET_SMALL = 64 /* payload to which transfers shrink on a bad line */
};

struct sr_packets {
    struct sr_transport transport;
    uint32_t packet_max; /* of the device; SR_PACKET_LIMIT until it is known */
    uint32_t transfer;   /* payload bytes worth sending at once on this line */
    uint8_t seq, run_seq;
    bool gone;                    /* The transport has failed: nothing will come any more. */
    const atomic_bool *cancelled; /* Set by another thread: every wait ends at once. NULL: nobody can. */
    const uint32_t *patience;     /* Times the usual waits; 0, or NULL: once. */
    uint64_t lost_ms;             /* Patience spent on answers that did not come, of the device call under way. */
    uint64_t tx, rx, requests, retries;
    uint8_t *out; /* a request */
    uint8_t *in;  /* bytes received, from a possible packet on */
    size_t in_count, in_size;
};

enum sr_packet_result {
    SR_PACKET_DONE,
    SR_PACKET_SILENT,
    SR_PACKET_DAMAGED,
    SR_PACKET_BABBLE, /* bytes without end that make no answer */
    SR_PACKET_GONE,
    SR_PACKET_CANCELLED
};

uint32_t sr_crc32(const uint8_t *bytes, size_t count);

/* false: out of memory. Takes the transport over in either case. */
bool sr_packets_init(struct sr_packets *packets, const struct sr_transport *transport);
void sr_packets_free(struct sr_packets *packets);

/* A new sequence number; that of a RUN differs from the RUN before. */
uint8_t sr_packet_number(struct sr_packets *packets, uint8_t op);

/* Send once and await the answer for so long. *status and the payload (in packets->in + 7, *length bytes, until the next call)
 * are set when the answer came whole. Ends in bounded time whatever arrives: after the patience if nothing does, and a few
 * seconds after the first byte if what does makes no answer. */
enum sr_packet_result sr_packet_once(struct sr_packets *packets, uint8_t op, uint8_t seq, const uint8_t *payload, size_t count,
                                     unsigned timeout_ms, uint8_t *status, size_t *length);

/* The same with retries, at most `tries` transmissions, resynchronising after silence. answer_max: bytes expected at most. */
enum sr_packet_result sr_packet_ask(struct sr_packets *packets, uint8_t op, const uint8_t *payload, size_t count,
                                    size_t answer_max, unsigned tries, uint8_t *status, size_t *length);

/* End whatever packet the device believes it is in, and throw away what it says of it. */
bool sr_packet_resynchronise(struct sr_packets *packets, uint32_t zeros);

#endif
