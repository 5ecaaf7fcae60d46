/* SPDX-License-Identifier: Apache-2.0
 * Texts and numbers, the same under any locale: a decimal point is a point, whatever LC_NUMERIC says. Nothing here allocates
 * memory or keeps state. This is the lowest layer: every folder may include it. */
#ifndef SR_TEXT_H
#define SR_TEXT_H

#include <spikeroll/spikeroll.h>
#include <stdarg.h>

enum { SR_ERROR_SIZE = 512 }; /* room for a failure's one line */

/* snprintf and vsnprintf in the C locale. */
int sr_format(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int sr_vformat(char *text, size_t size, const char *format, va_list arguments) __attribute__((format(printf, 3, 0)));

/* Write a failure's one line into error, and return status. A size of 0 writes nothing. */
enum sr_status sr_error(char *error, size_t error_size, enum sr_status status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Bytes of the UTF-8 character at text, 0 if there is none. */
size_t sr_utf8_length(const unsigned char *text);

/* The whole of text[0..length-1] as a decimal number: digits only, below 2^64. False if it is none. */
bool sr_parse_u64(const char *text, size_t length, uint64_t *value);
/* The whole of text as a finite decimal number such as -1.5e3; no spaces, hexadecimals, infinities. False if it is none. */
bool sr_parse_real(const char *text, double *value);

#endif
