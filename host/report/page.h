/* SPDX-License-Identifier: Apache-2.0
 * A page of HTML while it is written: a text that grows, and the one place that escapes what comes from outside. */
#ifndef SR_REPORT_PAGE_H
#define SR_REPORT_PAGE_H

#include "base/text.h"

/* Starts as zeros. Once memory was short `failed` is set, and everything after that is dropped. */
struct sr_page {
    char *text; /* free it */
    size_t length, capacity;
    bool failed;
};

/* Markup that the program wrote itself. */
void sr_page_put(struct sr_page *page, const char *markup);
/* The same with numbers and with texts of the program's own in it, as printf in the C locale; at most 1023 bytes. */
void sr_page_print(struct sr_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A text from outside (a name, a setting), as what it is between tags and in quoted attributes alike: & < > " ' become entities,
 * and control characters and bytes that are not UTF-8 become U+FFFD. */
void sr_page_text(struct sr_page *page, const char *text);
/* Bytes in base 64, for a data URL. */
void sr_page_base64(struct sr_page *page, const uint8_t *bytes, size_t size);
/* A count with a thin space between thousands: 1 234 567. */
void sr_page_count(struct sr_page *page, uint64_t count);

/* A picture as <img> with a PNG in a data URL. rgba: [height][width], 8 bits each of red, green, blue, alpha. */
void sr_page_png(struct sr_page *page, const uint8_t *rgba, uint32_t width, uint32_t height, const char *alternative);

#endif
