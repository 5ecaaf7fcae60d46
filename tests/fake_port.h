/* SPDX-License-Identifier: Apache-2.0
 * Serial ports for tests: the model of the device (fake_device.h) behind pseudo-terminals, under their own names (/dev/pts/N) or,
 * through calls of the C library that this file takes the place of, as what the system would list of USB: then libserialport's
 * own code finds, opens and sets them up. What a pseudo-terminal lacks (modem lines, serial_struct) is answered here. */
#ifndef FAKE_PORT_H
#define FAKE_PORT_H

#include "fake_device.h"

struct fake_port;

/* What ioctl takes for a request: glibc and musl differ. */
#ifdef __GLIBC__
typedef unsigned long ioctl_request;
#else
typedef int ioctl_request;
#endif

/* A port with nobody behind it: bytes sent to it are counted, none comes back. */
struct fake_port *fake_port_open(void);
/* From now on a device answers there, each of its answers so many milliseconds late. */
void fake_port_attach(struct fake_port *port, const struct fake_setup *setup, unsigned late_ms);
struct fake *fake_port_device(struct fake_port *port);
const char *fake_port_path(const struct fake_port *port); /* /dev/pts/N */
size_t fake_port_bytes(const struct fake_port *port);     /* that were sent to it */
void fake_port_unplug(struct fake_port *port);            /* as a cable is pulled */
void fake_port_close(struct fake_port *port);

/* List the port as /dev/NAME with a USB identity; vendor 0: no USB port. interface, latency: -1: the system does not say. */
void fake_port_list(struct fake_port *port, const char *name, int vendor, int product, int interface, int latency);
unsigned fake_port_opened(const char *name);    /* how often /dev/NAME was opened */
bool fake_port_exclusive(void);                 /* TIOCEXCL was asked for since the lists were emptied */
const char *fake_port_folder(const char *what); /* "run/lock": a folder that stands for the system's */
void fake_port_unlist_all(void);

#endif
