/* SPDX-License-Identifier: Apache-2.0
 * Which serial port is a board? Ports are told apart by what USB says of them, and only a port with a board's identity is ever
 * written to: a stranger's modem, printer or microcontroller is left alone. */
#include <libserialport.h>
#include <stdio.h>
#include <string.h>

#include "link/serial.h"

/* Identities of the bridges on the boards in constraints/. A bridge of two channels has the FPGA's UART on one of them; the other
 * one is wired to its configuration pins. */
static const struct {
    int vendor, product, interface; /* interface: of the UART; -1: it has one */
    uint32_t rates[3];              /* of the boards' UARTs (BAUD in constraints/), and 0 */
    const char *boards;
} identities[] = {
    {0x0403, 0x6010, 1, {4000000, 12000000}, "icebreaker, hx8k"}, /* FTDI FT2232H */
    {0x0403, 0x6015, -1, {3000000}, "ulx3s"},                     /* FTDI FT231X */
    {0x0d28, 0x0204, -1, {921600}, "colorlight-i5"}, /* DAPLink firmware of the extension board's microcontroller */
};

/* Two transmissions at each of at most two rates take half a second on a port that is silent. */
enum { TRIES = 2 };

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A number in a file of the port's folder in sysfs, or -1. */
static int sysfs_number(const char *port, const char *file, const char *format) {
    char path[256];
    int value;
    if (snprintf(path, sizeof path, "/sys/class/tty/%s/device/%s", port, file) >= (int)sizeof path) return -1;
    FILE *stream = fopen(path, "r");
    if (!stream) return -1;
    if (fscanf(stream, format, &value) != 1) value = -1;
    fclose(stream);
    return value;
}

int sr_ports_latency_ms(const char *name) { return sysfs_number(name, "latency_timer", "%9d"); }

/* The rates to try on this port, or NULL: it is no board's. */
static const uint32_t *rates_of(const struct sp_port *port) {
    int vendor, product;
    if (sp_get_port_transport(port) != SP_TRANSPORT_USB || sp_get_port_usb_vid_pid(port, &vendor, &product) != SP_OK)
        return NULL;
    int interface = sysfs_number(base_name(sp_get_port_name(port)), "../bInterfaceNumber", "%9x");
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
        if (identities[i].vendor != vendor || identities[i].product != product) continue;
        return identities[i].interface < 0 || interface < 0 || interface == identities[i].interface ? identities[i].rates
                                                                                                    : NULL;
    }
    return NULL;
}

static void append(char *text, size_t size, const char *word) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used ? ", " : "", word);
}

static void nothing_found(const char *tried, const char *others, const char *last, char *error, size_t error_size) {
    char boards[128] = "";
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) append(boards, sizeof boards, identities[i].boards);
    if (*tried)
        snprintf(error, error_size, "no board answers on %.120s: is the FPGA configured? Last: %.200s", tried, last);
    else if (*others)
        snprintf(error, error_size,
                 "no serial port here has the USB identity of a board (%s). Left alone: %.160s; name one with --port", boards,
                 others);
    else
        snprintf(error, error_size, "no USB serial port here: is the board (%s) plugged in? Or name a port with --port",
                 boards);
}

enum sr_status sr_ports_look(uint32_t baud, struct sr_device **device, char *error, size_t error_size) {
    struct sp_port **list;
    if (sp_list_ports(&list) != SP_OK) {
        snprintf(error, error_size, "the serial ports cannot be listed");
        return SR_ERR_LINK;
    }
    enum sr_status status = SR_ERR_LINK;
    char tried[256] = "", others[256] = "", last[400] = "";
    bool answered = false;
    for (struct sp_port **port = list; *port && status != SR_OK && !answered; port++) {
        const char *name = sp_get_port_name(*port);
        const uint32_t *rates = rates_of(*port);
        if (!rates) {
            if (sp_get_port_transport(*port) == SP_TRANSPORT_USB) append(others, sizeof others, name);
            continue;
        }
        append(tried, sizeof tried, name);
        status = sr_serial_try(name, baud, rates, TRIES, &answered, device, last, sizeof last);
    }
    sp_free_port_list(list);
    if (status == SR_OK) return status;
    if (answered) {
        snprintf(error, error_size, "%s", last);
        return status;
    }
    nothing_found(tried, others, last, error, error_size);
    return SR_ERR_LINK;
}
