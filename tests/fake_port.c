/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "fake_port.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct fake_port {
    int master, slave; /* slave: kept open, so that the terminal outlives its users */
    char path[64];
    pthread_t thread;
    atomic_bool stop;
    atomic_size_t bytes;
    struct fake *fake;
    struct sr_transport transport;
    unsigned late_ms;
};

/* ---- the far end ---- */

static void nap(unsigned ms) {
    struct timespec time = {ms / 1000, (long)(ms % 1000) * 1000000};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) continue;
}

static void answer(struct fake_port *port) {
    uint8_t bytes[4096];
    for (bool first = true;; first = false) {
        long count = port->transport.read(port->transport.context, bytes, sizeof bytes, 0);
        if (count <= 0) return;
        if (first && port->late_ms) nap(port->late_ms);
        for (long done = 0; done < count;) {
            ssize_t n = write(port->master, bytes + done, (size_t)(count - done));
            if (n < 0 && errno != EINTR) return;
            if (n > 0) done += n;
        }
    }
}

static void *serve(void *context) {
    struct fake_port *port = context;
    while (!atomic_load(&port->stop)) {
        uint8_t bytes[4096];
        struct pollfd wait = {port->master, POLLIN, 0};
        if (poll(&wait, 1, 2) > 0 && wait.revents & POLLIN) {
            ssize_t count = read(port->master, bytes, sizeof bytes);
            if (count > 0) atomic_fetch_add(&port->bytes, (size_t)count);
            for (long done = 0; port->fake && done < count;)
                done += port->transport.write(port->transport.context, bytes + done, (size_t)(count - done));
        }
        if (port->fake) answer(port);
    }
    return NULL;
}

static void stop(struct fake_port *port) {
    if (atomic_exchange(&port->stop, true)) return;
    pthread_join(port->thread, NULL);
}

static void start(struct fake_port *port) {
    atomic_store(&port->stop, false);
    if (pthread_create(&port->thread, NULL, serve, port) != 0) abort();
}

struct fake_port *fake_port_open(void) {
    struct fake_port *port = calloc(1, sizeof *port);
    struct termios raw;
    if (!port) abort();
    port->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (port->master < 0 || grantpt(port->master) != 0 || unlockpt(port->master) != 0) abort();
    if (ptsname_r(port->master, port->path, sizeof port->path) != 0) abort();
    port->slave = open(port->path, O_RDWR | O_NOCTTY);
    if (port->slave < 0 || tcgetattr(port->slave, &raw) != 0) abort();
    cfmakeraw(&raw);
    if (tcsetattr(port->slave, TCSANOW, &raw) != 0) abort();
    start(port);
    return port;
}

void fake_port_attach(struct fake_port *port, const struct fake_setup *setup, unsigned late_ms) {
    stop(port);
    if (port->fake) fake_close(port->fake);
    port->fake = fake_open(setup, &port->transport);
    port->late_ms = late_ms;
    start(port);
}

struct fake *fake_port_device(struct fake_port *port) {
    return port->fake;
}
const char *fake_port_path(const struct fake_port *port) { return port->path; }
size_t fake_port_bytes(const struct fake_port *port) { return atomic_load(&port->bytes); }

void fake_port_unplug(struct fake_port *port) {
    stop(port);
    if (port->slave >= 0) close(port->slave);
    if (port->master >= 0) close(port->master);
    port->master = port->slave = -1;
}

void fake_port_close(struct fake_port *port) {
    fake_port_unplug(port);
    if (port->fake) fake_close(port->fake);
    free(port);
}

/* ---- what the system lists: a folder that stands for /sys, /dev/ttyXXX and /run ---- */

enum { LISTED = 8 };
static struct {
    char name[32], path[64];
    atomic_uint opened;
} listed[LISTED];
static unsigned listed_count;
static char root[64];
static atomic_bool exclusive;

static void make_folder(const char *path) {
    char part[512];
    for (size_t i = 1; i <= strlen(path); i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (mkdir(part, 0700) != 0 && errno != EEXIST) abort();
    }
}

static void make_root(void) {
    if (root[0]) return;
    snprintf(root, sizeof root, "/tmp/spikeroll-ports-XXXXXX");
    if (!mkdtemp(root)) abort();
}

const char *fake_port_folder(const char *what) {
    static char path[256];
    make_root();
    snprintf(path, sizeof path, "%s/%s", root, what);
    make_folder(path);
    return path;
}

static void write_number(const char *folder, const char *file, const char *format, int number) {
    char path[512];
    if (number < 0) return;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *stream = fopen(path, "w");
    if (!stream) abort();
    fprintf(stream, format, (unsigned)number);
    fclose(stream);
}

void fake_port_list(struct fake_port *port, const char *name, int vendor, int product, int interface, int latency) {
    char device[256], function[256], tty[256], link[256], target[256];
    if (listed_count == LISTED) abort();
    snprintf(listed[listed_count].name, sizeof listed->name, "/dev/%s", name);
    snprintf(listed[listed_count++].path, sizeof listed->path, "%s", port->path);
    fake_port_folder("sys/class/tty");
    /* as the kernel has it: .../usb1/1-NAME is the device, 1-NAME:1.0 the function, and in it the port and its tty */
    const char *bus = vendor ? "usb1" : "pnp0";
    snprintf(device, sizeof device, "%s/sys/devices/%s/1-%s", root, bus, name);
    snprintf(function, sizeof function, "%.120s/1-%.20s:1.0", device, name);
    snprintf(tty, sizeof tty, "%.160s/%.20s/tty/%.20s", function, name, name);
    make_folder(tty);
    if (vendor) {
        write_number(device, "busnum", "%u\n", 1);
        write_number(device, "devnum", "%u\n", 2);
        write_number(device, "idVendor", "%04x\n", vendor);
        write_number(device, "idProduct", "%04x\n", product);
        write_number(function, "bInterfaceNumber", "%02x\n", interface);
        snprintf(link, sizeof link, "%.200s/%.20s", function, name);
        write_number(link, "latency_timer", "%u\n", latency);
    }
    snprintf(link, sizeof link, "%.200s/device", tty);
    if (symlink("../../", link) != 0) abort();
    snprintf(link, sizeof link, "%s/sys/class/tty/%s", root, name);
    snprintf(target, sizeof target, "../../devices/%s/1-%s/1-%s:1.0/%s/tty/%s", bus, name, name, name, name);
    if (symlink(target, link) != 0) abort();
}

unsigned fake_port_opened(const char *name) {
    for (unsigned i = 0; i < listed_count; i++)
        if (strcmp(listed[i].name + 5, name) == 0) return listed[i].opened;
    return 0;
}

bool fake_port_exclusive(void) { return exclusive; }

void fake_port_unlist_all(void) {
    char command[128];
    listed_count = 0;
    memset(listed, 0, sizeof listed);
    exclusive = false;
    if (!root[0]) return;
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    if (system(command) != 0) abort();
    root[0] = '\0';
}

/* ---- calls of the C library, in whose place these stand ---- */

int __open_2(const char *path, int flags);
int __lxstat(int version, const char *path, struct stat *about);

/* `path` as it is meant: a listed port is its terminal, and a folder of the system the one that stands for it. */
static const char *meant(const char *path, char *text, size_t size, bool open_it) {
    static const char *const folders[] = {"/sys/class/tty", "/run/lock", "/var/lock"};
    for (unsigned i = 0; i < listed_count; i++) {
        if (strcmp(path, listed[i].name) != 0) continue;
        if (open_it) listed[i].opened++;
        return listed[i].path;
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders && root[0]; i++) {
        if (strncmp(path, folders[i], strlen(folders[i])) != 0) continue;
        snprintf(text, size, "%s%s", root, path);
        return text;
    }
    return path;
}

#define REAL(type, name) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

int open(const char *path, int flags, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = flags & O_CREAT ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return REAL(int (*)(const char *, int, ...), "open")(meant(path, text, sizeof text, true), flags, mode);
}

int __open_2(const char *path, int flags) { return open(path, flags); }

FILE *fopen(const char *path, const char *mode) {
    char text[512];
    return REAL(FILE * (*)(const char *, const char *), "fopen")(meant(path, text, sizeof text, false), mode);
}

DIR *opendir(const char *path) {
    char text[512];
    return REAL(DIR * (*)(const char *), "opendir")(meant(path, text, sizeof text, false));
}

ssize_t readlink(const char *path, char *bytes, size_t size) {
    char text[512];
    bool tty = strncmp(path, "/sys/", 5) == 0;
    return REAL(ssize_t(*)(const char *, char *, size_t), "readlink")(tty ? meant(path, text, sizeof text, false) : path, bytes,
                                                                      size);
}

int lstat(const char *path, struct stat *about) {
    char text[512];
    return fstatat(AT_FDCWD, meant(path, text, sizeof text, false), about, AT_SYMLINK_NOFOLLOW);
}

/* What a library that was compiled against an old glibc calls for it. */
int __lxstat(int version, const char *path, struct stat *about) {
    (void)version;
    return lstat(path, about);
}

char *realpath(const char *path, char *resolved) {
    for (unsigned i = 0; i < listed_count; i++)
        if (strcmp(path, listed[i].name) == 0 && !resolved) return strdup(path);
    return REAL(char *(*)(const char *, char *), "realpath")(path, resolved);
}

int ioctl(int file, ioctl_request request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    switch (request) {
        case TIOCMGET:
            *(int *)argument = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
            return 0;
        case TIOCMSET:
        case TIOCMBIS:
        case TIOCMBIC:
        case TIOCSSERIAL:
            return 0;
        case TIOCGSERIAL:
            memset(argument, 0, sizeof(struct serial_struct));
            return 0;
        case TIOCEXCL:
            exclusive = true;
            return 0;
        default:
            return REAL(int (*)(int, ioctl_request, ...), "ioctl")(file, request, argument);
    }
}
