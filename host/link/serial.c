/* SPDX-License-Identifier: Apache-2.0
 * Engine `serial`: the protocol of link.c over a serial port (libserialport). */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libserialport.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/serial.h>
#endif

#include "link/link.h"
#include "link/serial.h"

/* Rates of the boards in constraints/, tried in this order on a port that is named without one. */
static const uint32_t all_rates[] = {4000000, 3000000, 12000000, 921600, 0};

struct serial {
    struct sp_port *port; /* NULL for a pseudo-terminal */
    int handle;           /* what is read and written */
    int lock;             /* holds the lock; the handle itself on a pseudo-terminal */
    uint32_t baud;
};

static uint64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t now_ms(void) { return now_us() / 1000; }

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
    }
    if (serial->lock >= 0) close(serial->lock);
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

/* ---- one program at a time ---- */

/* Programs that lock by files (minicom, old terminals): the process that has the port, if it still runs. */
static long file_lock_holder(const char *name, char *path, size_t size) {
    static const char *const folders[] = {"/run/lock", "/var/lock"};
    const char *slash = strrchr(name, '/');
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        long holder = 0;
        if (snprintf(path, size, "%s/LCK..%s", folders[i], slash ? slash + 1 : name) >= (int)size) continue;
        FILE *file = fopen(path, "r");
        if (!file) continue;
        bool read = fscanf(file, "%10ld", &holder) == 1;
        fclose(file);
        if (read && holder > 0 && holder != (long)getpid() && (kill((pid_t)holder, 0) == 0 || errno == EPERM)) return holder;
    }
    return 0;
}

/* Why a file that is there may not be opened: who may. */
static void explain_permission(const char *path, char *text, size_t size) {
    struct stat about;
    struct group entry, *group = NULL;
    char names[1024];
    text[0] = '\0';
    if (stat(path, &about) != 0) return;
    if (getgrgid_r(about.st_gid, &entry, names, sizeof names, &group) != 0) group = NULL;
    const char *name = group ? group->gr_name : "nameless";
    if ((about.st_mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP))
        snprintf(text, size, ": group %s may use it (sudo usermod -aG %s $USER, then log in again)", name, name);
    else
        snprintf(text, size, ": neither may its group (%s): its owner must allow it", name);
}

/* The port opened once more for its lock, before anything about it is changed. Refused in one line when another program has it:
 * flock is what others that open the device (and this program) see, TIOCEXCL, set in open_listed, what those see that take no
 * lock at all, and lock files are read and never made, since they need a group that few users are in. */
static enum sr_status lock_port(struct serial *serial, const char *name, const char *path, char *error, size_t error_size) {
    char text[256];
    serial->lock = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (serial->lock < 0) {
        int code = errno;
        text[0] = '\0';
        if (code == EACCES) explain_permission(path, text, sizeof text);
        if (code == EBUSY)
            snprintf(error, error_size, "port %s: another program has it open, for itself alone", name);
        else
            snprintf(error, error_size, "port %s: cannot open it: %s%s", name, strerror(code), text);
        return SR_ERR_LINK;
    }
    if (!isatty(serial->lock)) {
        snprintf(error, error_size, "port %s: this is not a serial port", name);
        return SR_ERR_LINK;
    }
    if (flock(serial->lock, LOCK_EX | LOCK_NB) != 0) {
        snprintf(error, error_size, "port %s: in use: another program has locked it", name);
        return SR_ERR_LINK;
    }
    long holder = file_lock_holder(path, text, sizeof text);
    if (!holder) return SR_OK;
    snprintf(error, error_size, "port %s: in use by process %ld (lock file %s)", name, holder, text);
    return SR_ERR_LINK;
}

/* ---- opening ---- */

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
        (void)ioctl(serial->handle, TIOCEXCL); /* ends when the port is closed; not on a pseudo-terminal, where it would stay */
        ask_for_low_latency(serial->handle);
        result = sp_flush(serial->port, SP_BUF_BOTH);
    }
    return result;
}

/* libserialport knows the ports of /sys/class/tty alone: sp_get_port_by_name says of a pseudo-terminal that there is no such
 * device, and sp_open would fail at its modem lines (TIOCMGET). So those (the simulated board) are set up here, as what they are:
 * no rate, no lines, and the same poll, read and write as a board's. */
static enum sp_return open_terminal(struct serial *serial) {
    struct termios raw;
    serial->handle = serial->lock;
    if (tcgetattr(serial->handle, &raw) != 0) return SP_ERR_FAIL;
    cfmakeraw(&raw);
    if (tcsetattr(serial->handle, TCSANOW, &raw) != 0 || tcflush(serial->handle, TCIOFLUSH) != 0) return SP_ERR_FAIL;
    return SP_OK;
}

static enum sr_status open_port(const char *name, const char *path, uint32_t baud, unsigned tries, bool *answered,
                                struct sr_device **device, char *error, size_t error_size) {
    struct serial *serial = calloc(1, sizeof *serial);
    if (!serial) {
        snprintf(error, error_size, "out of memory for port %s", name);
        return SR_ERR_MEMORY;
    }
    serial->handle = serial->lock = -1;
    serial->baud = baud;
    enum sr_status status = lock_port(serial, name, path, error, error_size);
    if (status != SR_OK) {
        *answered = true; /* another rate would not help */
        serial_close(serial);
        return status;
    }
    const char *step = "set up";
    errno = 0;
    enum sp_return result = strncmp(path, "/dev/pts/", 9) == 0 ? open_terminal(serial) : open_listed(serial, path, &step);
    if (result != SP_OK) {
        int code = result == SP_ERR_FAIL ? errno : 0;
        const char *why = code                    ? strerror(code)
                          : result == SP_ERR_ARG  ? "the system lists no such serial port"
                          : result == SP_ERR_SUPP ? "it cannot do that"
                          : result == SP_ERR_MEM  ? "out of memory"
                                                  : "no reason given";
        snprintf(error, error_size, "port %s at %u baud: cannot %s it: %s", name, (unsigned)baud, step, why);
        serial_close(serial);
        return SR_ERR_LINK;
    }
    struct sr_transport transport = {.context = serial, .write = serial_write, .read = serial_read, .close = serial_close};
    char why[256] = "";
    status = sr_link_try(&transport, "serial", tries, answered, device, why, sizeof why);
    if (status != SR_OK) snprintf(error, error_size, "port %s at %u baud: %s", name, (unsigned)baud, why);
    return status;
}

enum { SLOW_US = 5000, ROUNDS = 3 };

/* An adapter that holds answers back costs more time than the device and the line together: say so, and what helps. */
static void remark_slow(struct sr_device *device, const char *name, const char *path) {
    const char *slash = strrchr(path, '/'), *port = slash ? slash + 1 : path;
    uint64_t best = UINT64_MAX;
    uint32_t value;
    if (strncmp(path, "/dev/pts/", 9) == 0) return; /* a simulated board is as slow as its simulation */
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = now_us();
        if (sr_device_read_registers(device, 0, 1, &value) != SR_OK) return;
        uint64_t took = now_us() - start;
        if (took < best) best = took;
    }
    if (best <= SLOW_US) return;
    int latency = sr_ports_latency_ms(port);
    if (latency > 1)
        snprintf(device->remark, sizeof device->remark,
                 "port %s: a round trip takes %.1f ms, for the adapter holds bytes back for %d ms: echo 1 | sudo tee "
                 "/sys/bus/usb-serial/devices/%s/latency_timer",
                 name, (double)best / 1000, latency, port);
    else
        snprintf(device->remark, sizeof device->remark,
                 "port %s: a round trip takes %.1f ms; a short cable to a port of the computer's own, without a hub, may help",
                 name, (double)best / 1000);
}

enum sr_status sr_serial_try(const char *name, uint32_t baud, const uint32_t *rates, unsigned tries, bool *answered,
                             struct sr_device **device, char *error, size_t error_size) {
    enum sr_status status = SR_ERR_LINK;
    const uint32_t given[] = {baud, 0};
    char *real = realpath(name, NULL);
    if (baud) rates = given;
    *answered = false;
    if (!real) {
        snprintf(error, error_size, "port %s: %s", name, strerror(errno));
        *answered = true;
        return SR_ERR_LINK;
    }
    for (; *rates && status == SR_ERR_LINK && !*answered; rates++)
        status = open_port(name, real, *rates, tries, answered, device, error, error_size);
    if (status == SR_OK) {
        snprintf((*device)->name, sizeof(*device)->name, "port %s", name);
        remark_slow(*device, name, real);
    }
    free(real);
    return status;
}

/* ---- several ports ---- */

/* Two names of one port would wait for each other's lock. */
static bool named_before(char *const *names, size_t count) {
    bool same = false;
    char *real = realpath(names[count], NULL);
    for (size_t i = 0; real && i < count && !same; i++) {
        char *other = realpath(names[i], NULL);
        same = other && strcmp(real, other) == 0;
        free(other);
    }
    free(real);
    return same;
}

static enum sr_status open_several(const struct sr_open *how, char **names, size_t count, struct sr_device **device,
                                   char *error, size_t error_size) {
    struct sr_device **devices = calloc(count, sizeof(struct sr_device *));
    enum sr_status status = devices ? SR_OK : SR_ERR_MEMORY;
    size_t opened = 0;
    bool answered;
    if (!devices) snprintf(error, error_size, "out of memory for %zu ports", count);
    for (size_t i = 0; i < count && status == SR_OK; i++) {
        if (!names[i][0] || named_before(names, i)) {
            snprintf(error, error_size, names[i][0] ? "port %s is named twice" : "--port %s: an empty name",
                     names[i][0] ? names[i] : how->port);
            status = SR_ERR_ARGUMENT;
        } else {
            status = sr_serial_try(names[i], how->baud, all_rates, SR_PACKET_TRIES, &answered, &devices[i], error, error_size);
            opened += status == SR_OK;
        }
    }
    if (status == SR_OK)
        status = sr_group_open(devices, (uint32_t)count, device, error, error_size);
    else
        while (opened > 0) sr_device_close(devices[--opened]);
    free(devices);
    return status;
}

/* Names in a list, apart; the caller frees the first and the list. */
static char **split(const char *list, size_t *count) {
    *count = 1;
    for (const char *at = list; *at; at++) *count += *at == ',';
    char **names = calloc(*count, sizeof(char *)), *copy = strdup(list);
    if (!names || !copy) {
        free(names);
        free(copy);
        return NULL;
    }
    for (size_t i = 0; i < *count; i++) {
        names[i] = copy;
        copy += strcspn(copy, ",");
        *copy++ = '\0';
    }
    return names;
}

enum sr_status sr_serial_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size) {
    bool answered;
    if (!how->port) return sr_ports_look(how->baud, device, error, error_size);
    if (!strchr(how->port, ','))
        return sr_serial_try(how->port, how->baud, all_rates, SR_PACKET_TRIES, &answered, device, error, error_size);
    size_t count;
    char **names = split(how->port, &count);
    if (!names) {
        snprintf(error, error_size, "out of memory for ports %.200s", how->port);
        return SR_ERR_MEMORY;
    }
    enum sr_status status = open_several(how, names, count, device, error, error_size);
    free(names[0]);
    free(names);
    return status;
}
