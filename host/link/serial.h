/* SPDX-License-Identifier: Apache-2.0
 * Serial ports: one that is named (serial.c), and the search for a board among those that there are (ports.c). */
#ifndef SR_SERIAL_H
#define SR_SERIAL_H

#include "device/device.h"

/* Open a port at baud, or where that is 0 at each of these rates in turn, which end in 0, and make a device of it. tries: transmissions of the first request
 * at each rate. *answered: somebody spoke the protocol, so that another rate or port is no use. */
enum sr_status sr_serial_try(const char *name, uint32_t baud, const uint32_t *rates, unsigned tries, bool *answered,
                             struct sr_device **device, char *error, size_t error_size);

/* Try the ports that have a board's USB identity. */
enum sr_status sr_ports_look(uint32_t baud, struct sr_device **device, char *error, size_t error_size);
/* Milliseconds for which an FTDI adapter holds bytes back, or -1: no such adapter, or it does not say. name: "ttyUSB0". */
int sr_ports_latency_ms(const char *name);

#endif
