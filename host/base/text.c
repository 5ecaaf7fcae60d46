/* SPDX-License-Identifier: Apache-2.0
 * Texts and numbers, the same under any locale: see text.h. */
#include "base/text.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The C locale becomes this thread's for a while. Other threads keep theirs, which setlocale could not promise. */
struct plain {
    locale_t own, before;
};

static struct plain plain_begin(void) {
    struct plain plain = {newlocale(LC_ALL_MASK, "C", (locale_t)0), (locale_t)0};
    if (plain.own) plain.before = uselocale(plain.own);
    return plain;
}

static void plain_end(struct plain plain) {
    if (!plain.own) return;
    uselocale(plain.before);
    freelocale(plain.own);
}

int sr_vformat(char *text, size_t size, const char *format, va_list arguments) {
    struct plain plain = plain_begin();
    int length = vsnprintf(text, size, format, arguments);
    plain_end(plain);
    return length;
}

int sr_format(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = sr_vformat(text, size, format, arguments);
    va_end(arguments);
    return length;
}

enum sr_status sr_error(char *error, size_t error_size, enum sr_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (error_size) sr_vformat(error, error_size, format, arguments);
    va_end(arguments);
    return status;
}

size_t sr_utf8_length(const unsigned char *text) {
    size_t length = text[0] < 0x80 ? 1 : text[0] >= 0xC2 && text[0] < 0xE0 ? 2 : (text[0] & 0xF0) == 0xE0 ? 3 : 0;
    if (text[0] >= 0xF0 && text[0] < 0xF5) length = 4;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80) return 0;
    if (length == 3 && ((text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xED && text[1] >= 0xA0))) return 0;
    if (length == 4 && ((text[0] == 0xF0 && text[1] < 0x90) || (text[0] == 0xF4 && text[1] >= 0x90))) return 0;
    return length;
}

bool sr_parse_u64(const char *text, size_t length, uint64_t *value) {
    uint64_t result = 0;
    if (length == 0) return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (result > (UINT64_MAX - digit) / 10) return false;
        result = result * 10 + digit;
    }
    *value = result;
    return true;
}

bool sr_parse_real(const char *text, double *value) {
    size_t length = strlen(text);
    if (length == 0 || strspn(text, "0123456789.eE+-") != length) return false;
    struct plain plain = plain_begin();
    char *end = NULL;
    double real = strtod(text, &end);
    plain_end(plain);
    if (end != text + length || !isfinite(real)) return false;
    *value = real;
    return true;
}

const char *sr_version(void) { return SR_VERSION; }
