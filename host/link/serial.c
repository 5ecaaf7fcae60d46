/* SPDX-License-Identifier: Apache-2.0
 * Engine `serial`: the protocol of link.c over a serial port (libserialport). */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/serial.h>
#include <sys/ioctl.h>
#endif

#include "device/device.h"

/* Rates of the boards in constraints/, tried in this order when none is given. */
static const uint32_t rates[] = {3000000, 921600};

struct serial {
    struct sp_port *port; /* NULL for a pseudo-terminal */
    int handle;
    uint32_t baud;
};

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Waits until the port can be read or written: 1, or 0 at the deadline, or -1 when it is gone. A port that was unplugged is
 * readable and has nothing to read. */
static int wait_for(const struct serial *serial, short events, uint64_t deadline) {
    for (;;) {
        uint64_t now = now_ms();
        struct pollfd wait = {serial->handle, events, 0};
        int ready = poll(&wait, 1, now < deadline ? (int)(deadline - now) : 0);
        if (ready > 0) return wait.revents & events ? 1 : -1;
        if (ready == 0) return 0;
        if (errno != EINTR) return -1;
    }
}

static long serial_write(void *context, const uint8_t *bytes, size_t count) {
    struct serial *serial = context;
    uint64_t deadline = now_ms() + 2000 + (uint64_t)count * 20000 / serial->baud;
    for (size_t done = 0; done < count;) {
        if (wait_for(serial, POLLOUT, deadline) <= 0) return -1;
        ssize_t sent = write(serial->handle, bytes + done, count - done);
        if (sent < 0 && errno != EINTR && errno != EAGAIN) return -1;
        if (sent > 0) done += (size_t)sent;
    }
    return (long)count;
}

static long serial_read(void *context, uint8_t *bytes, size_t size, unsigned timeout_ms) {
    struct serial *serial = context;
    uint64_t deadline = now_ms() + timeout_ms;
    for (;;) {
        int ready = wait_for(serial, POLLIN, deadline);
        if (ready <= 0) return ready;
        ssize_t count = read(serial->handle, bytes, size);
        if (count > 0) return (long)count;
        if (count == 0 || (errno != EINTR && errno != EAGAIN)) return -1;
    }
}

static void serial_close(void *context) {
    struct serial *serial = context;
    if (serial->port) {
        sp_close(serial->port);
        sp_free_port(serial->port);
    } else if (serial->handle >= 0) {
        close(serial->handle);
    }
    free(serial);
}

/* FTDI bridges hold short answers back for 16 ms unless asked not to. Where that cannot be asked, it is only slower. */
static void ask_for_low_latency(int handle) {
#ifdef __linux__
    struct serial_struct settings;
    if (ioctl(handle, TIOCGSERIAL, &settings) == 0) {
        settings.flags = (int)((unsigned)settings.flags | ASYNC_LOW_LATENCY);
        (void)ioctl(handle, TIOCSSERIAL, &settings);
    }
#else
    (void)handle;
#endif
}

/* libserialport finds, opens and sets up what the system lists as a serial port. */
static enum sp_return open_listed(struct serial *serial, const char *name, const char **step) {
    *step = "find";
    enum sp_return result = sp_get_port_by_name(name, &serial->port);
    if (result != SP_OK) return result;
    *step = "open";
    result = sp_open(serial->port, SP_MODE_READ_WRITE);
    if (result != SP_OK) return result;
    *step = "set up";
    if ((result = sp_set_baudrate(serial->port, (int)serial->baud)) == SP_OK &&
        (result = sp_set_bits(serial->port, 8)) == SP_OK && (result = sp_set_parity(serial->port, SP_PARITY_NONE)) == SP_OK &&
        (result = sp_set_stopbits(serial->port, 1)) == SP_OK &&
        (result = sp_set_flowcontrol(serial->port, SP_FLOWCONTROL_NONE)) == SP_OK &&
        (result = sp_get_port_handle(serial->port, &serial->handle)) == SP_OK) {
        ask_for_low_latency(serial->handle);
        result = sp_flush(serial->port, SP_BUF_BOTH);
    }
    return result;
}

/* It refuses pseudo-terminals, which have no modem lines: those (the simulated board) are opened as what they are. */
static enum sp_return open_terminal(struct serial *serial, const char *name) {
    struct termios raw;
    serial->handle = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (serial->handle < 0) return SP_ERR_FAIL;
    if (tcgetattr(serial->handle, &raw) != 0) return SP_ERR_FAIL;
    cfmakeraw(&raw);
    if (tcsetattr(serial->handle, TCSANOW, &raw) != 0 || tcflush(serial->handle, TCIOFLUSH) != 0) return SP_ERR_FAIL;
    return SP_OK;
}

static enum sr_status open_port(const char *name, uint32_t baud, struct sr_device **device, char *error, size_t error_size) {
    struct serial *serial = calloc(1, sizeof *serial);
    char *real = realpath(name, NULL);
    if (!serial || (!real && errno == ENOMEM)) {
        free(serial);
        free(real);
        snprintf(error, error_size, "out of memory for port %s", name);
        return SR_ERR_MEMORY;
    }
    serial->handle = -1;
    serial->baud = baud;
    const char *step = "find", *path = real ? real : name;
    errno = 0;
    enum sp_return result = strncmp(path, "/dev/pts/", 9) == 0 ? open_terminal(serial, path) : open_listed(serial, path, &step);
    int code = errno;
    free(real);
    if (result != SP_OK) {
        snprintf(error, error_size, "port %s: cannot %s it: %s%s", name, step, code ? strerror(code) : "no such port",
                 code == EACCES ? " (is the user in the group that owns it, often dialout?)" : "");
        serial_close(serial);
        return SR_ERR_LINK;
    }
    struct sr_transport transport = {serial, serial_write, serial_read, serial_close};
    char why[200] = "";
    enum sr_status status = sr_link_open(&transport, "serial", device, why, sizeof why);
    if (status != SR_OK) snprintf(error, error_size, "port %s at %u baud: %s", name, (unsigned)baud, why);
    return status;
}

static enum sr_status open_rates(const char *name, uint32_t baud, struct sr_device **device, char *error, size_t error_size) {
    if (baud) return open_port(name, baud, device, error, error_size);
    enum sr_status status = SR_ERR_LINK;
    for (size_t i = 0; i < sizeof rates / sizeof *rates && status == SR_ERR_LINK; i++) {
        status = open_port(name, rates[i], device, error, error_size);
    }
    return status;
}

/* The USB ports in turn; a board of another build or protocol ends the search with its message. */
static enum sr_status look_for(uint32_t baud, struct sr_device **device, char *error, size_t error_size) {
    struct sp_port **list;
    if (sp_list_ports(&list) != SP_OK) {
        snprintf(error, error_size, "the serial ports cannot be listed");
        return SR_ERR_LINK;
    }
    enum sr_status status = SR_ERR_LINK;
    unsigned tried = 0;
    for (struct sp_port **port = list; *port && status == SR_ERR_LINK; port++) {
        if (sp_get_port_transport(*port) != SP_TRANSPORT_USB) continue;
        tried++;
        status = open_rates(sp_get_port_name(*port), baud, device, error, error_size);
    }
    sp_free_port_list(list);
    if (tried == 0) snprintf(error, error_size, "no USB serial port here: is the board plugged in? (or name a port)");
    return status;
}

enum sr_status sr_serial_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size) {
    if (how->port) return open_rates(how->port, how->baud, device, error, error_size);
    return look_for(how->baud, device, error, error_size);
}
