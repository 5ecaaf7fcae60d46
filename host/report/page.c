/* SPDX-License-Identifier: Apache-2.0
 * A page of HTML while it is written: see page.h. */
#include "report/page.h"

#include <inttypes.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

static void append(struct sr_page *page, const char *text, size_t length) {
    if (page->failed) return;
    if (page->length + length + 1 > page->capacity) {
        size_t capacity = (page->capacity + length) * 2 + 4096;
        char *grown = realloc(page->text, capacity);
        if (!grown) {
            page->failed = true;
            return;
        }
        page->text = grown;
        page->capacity = capacity;
    }
    memcpy(page->text + page->length, text, length);
    page->length += length;
    page->text[page->length] = '\0';
}

void sr_page_put(struct sr_page *page, const char *markup) { append(page, markup, strlen(markup)); }

void sr_page_print(struct sr_page *page, const char *format, ...) {
    char piece[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = sr_vformat(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (length > 0) append(page, piece, strlen(piece));
}

void sr_page_text(struct sr_page *page, const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = sr_utf8_length(at);
        const char *entity = *at == '&'    ? "&amp;"
                             : *at == '<'  ? "&lt;"
                             : *at == '>'  ? "&gt;"
                             : *at == '"'  ? "&quot;"
                             : *at == '\'' ? "&#39;"
                                           : NULL;
        /* U+0080 to U+009F are control characters too, C2 80 to C2 9F. */
        bool control = *at < 0x20 || *at == 0x7F || (length == 2 && *at == 0xC2 && at[1] < 0xA0);
        if (length == 0 || control) entity = "\xEF\xBF\xBD";
        if (entity)
            sr_page_put(page, entity);
        else
            append(page, (const char *)at, length);
        at += length ? length : 1;
    }
}

void sr_page_base64(struct sr_page *page, const uint8_t *bytes, size_t size) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        uint32_t word = (uint32_t)bytes[i] << 16;
        if (i + 1 < size) word |= (uint32_t)bytes[i + 1] << 8;
        if (i + 2 < size) word |= bytes[i + 2];
        char four[4] = {digits[word >> 18], digits[word >> 12 & 63], digits[word >> 6 & 63], digits[word & 63]};
        if (i + 1 >= size) four[2] = '=';
        if (i + 2 >= size) four[3] = '=';
        append(page, four, sizeof four);
    }
}

void sr_page_count(struct sr_page *page, uint64_t count) {
    char digits[32];
    int length = sr_format(digits, sizeof digits, "%" PRIu64, count);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) sr_page_put(page, "\xE2\x80\x89");
        append(page, &digits[i], 1);
    }
}

void sr_page_png(struct sr_page *page, const uint8_t *rgba, uint32_t width, uint32_t height, const char *alternative) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGBA;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *bytes = malloc(size);
    if (bytes && png_image_write_to_memory(&image, bytes, &size, 0, rgba, 0, NULL)) {
        sr_page_print(page, "<img width=\"%u\" height=\"%u\" alt=\"", width, height);
        sr_page_text(page, alternative);
        sr_page_put(page, "\" src=\"data:image/png;base64,");
        sr_page_base64(page, bytes, size);
        sr_page_put(page, "\">");
    } else {
        page->failed = true;
    }
    png_image_free(&image);
    free(bytes);
}
