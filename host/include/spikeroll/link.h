/* SPDX-License-Identifier: Apache-2.0
 * Devices of one's own: behind a byte transport that the caller brings (a socket, a bridge that is no serial port, a simulator),
 * and several devices as one. */
#ifndef SPIKEROLL_LINK_H
#define SPIKEROLL_LINK_H

#include <spikeroll/spikeroll.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* A stream of bytes each way to something that speaks docs/protocol.md. The functions are called by one thread at a time: the
 * one that is in a call on the device. They must not call the device. */
struct sr_transport {
    void *context; /* the caller's; passed to each function */
    /* Send at least one byte; returns how many, or <= 0 when the device is gone. May block, but not for ever. */
    long (*write)(void *context, const uint8_t *bytes, size_t count);
    /* Receive at least one byte, at most `size`; returns how many, 0 when none came within timeout_ms, < 0 when the device is
     * gone. What is received need not be whole packets, nor sound: the driver finds packets, checks them and asks again. */
    long (*read)(void *context, uint8_t *bytes, size_t size, unsigned timeout_ms);
    /* Called once, last. */
    void (*close)(void *context);
    /* The longest read to ask for at a time: sr_device_cancel takes effect in between. 0: 50 ms. */
    unsigned slice_ms;
};

/* Make a device of a transport: identifies it, checks magic, protocol, list and limits. engine: what sr_device_caps calls it, at
 * most 15 characters. The structure is copied; the transport is taken over and closed with the device, or here on failure. */
SR_MUST_CHECK enum sr_status sr_link_open(const struct sr_transport *transport, const char *engine, struct sr_device **device,
                                          char *error, size_t error_size);

/* Several devices as one, which needs them to have the same number of fraction bits: each evaluates its share of the pairs and
 * infers its share of the samples, all apply the whole update, and what comes out is what one device gives. Limits are the
 * smallest of the members'. The devices are taken over and closed with the group, or here on failure.
 * A call fails when it fails in one member, whose number the error names. If the members' weights may differ after that, the
 * group refuses to go on until they have been written anew; and after a failed configure, until another. */
SR_MUST_CHECK enum sr_status sr_group_open(struct sr_device **devices, uint32_t count, struct sr_device **device, char *error,
                                           size_t error_size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
