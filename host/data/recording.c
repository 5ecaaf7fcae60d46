/* SPDX-License-Identifier: Apache-2.0
 * One recording: a sequence of 40-bit big-endian events, x, y, polarity and time in microseconds. docs/data.md */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/internal.h"

/* Open a regular file and tell its size. A pipe is not waited for. */
static enum sr_status open_regular(const char *path, int *fd, uint64_t *size, char *error, size_t error_size) {
    struct stat info;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*fd < 0) return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    if (!fstat(*fd, &info) && S_ISREG(info.st_mode)) {
        *size = (uint64_t)info.st_size;
        return SR_OK;
    }
    close(*fd);
    return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: not a regular file", path);
}

static enum sr_status check_size(const char *path, uint64_t size, char *error, size_t error_size) {
    if (size > SR_RECORDING_BYTES_MAX)
        return sr_data_fail(error, error_size, SR_ERR_LIMIT, "%s: size %llu bytes exceeds the limit %d", path,
                            (unsigned long long)size, SR_RECORDING_BYTES_MAX);
    if (size == 0 || size % SR_EVENT_BYTES)
        return sr_data_fail(error, error_size, SR_ERR_FORMAT,
                            "%s: truncated recording: size %llu is not a positive multiple of %d bytes (one event)", path,
                            (unsigned long long)size, SR_EVENT_BYTES);
    return SR_OK;
}

static enum sr_status make_room(struct sr_recording *recording, const char *path, size_t size, char *error, size_t error_size) {
    if (size <= recording->capacity) return SR_OK;
    uint8_t *grown = realloc(recording->bytes, size);
    if (!grown) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for %zu bytes", path, size);
    recording->bytes = grown;
    recording->capacity = size;
    return SR_OK;
}

/* The sensor has 240 rows. An "event" in row 240 says that its clock of 13 bits went round: 2^13 us have passed, and what follows
 * is later by that. Such marks go, and times become what they mean; events later than the format can say go too, since no
 * recording is that long. */
static uint32_t unfold_time(uint8_t *bytes, uint32_t count) {
    uint64_t passed = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *from = bytes + (size_t)i * SR_EVENT_BYTES, *to = bytes + (size_t)kept * SR_EVENT_BYTES;
        if (from[1] == SR_OVERFLOW_ROW) {
            passed += SR_OVERFLOW_US;
            continue;
        }
        uint64_t time = ((uint32_t)(from[2] & 0x7f) << 16 | (uint32_t)from[3] << 8 | from[4]) + passed;
        if (time >= SR_DURATION_MAX) continue;
        to[0] = from[0];
        to[1] = from[1];
        to[2] = (uint8_t)((from[2] & 0x80) | (uint8_t)(time >> 16));
        to[3] = (uint8_t)(time >> 8);
        to[4] = (uint8_t)time;
        kept++;
    }
    return kept;
}

enum sr_status sr_recording_parse(struct sr_recording *recording, uint32_t events, const char *path, uint32_t width,
                                  uint32_t height, char *error, size_t error_size) {
    uint32_t count = height > SR_OVERFLOW_ROW ? events : unfold_time(recording->bytes, events);
    recording->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct sr_event e = sr_recording_event(recording, i);
        if (e.x >= width || e.y >= height)
            return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: event %u: %c %u is off the sensor (%s %u, so 0 to %u)",
                                path, i, e.x >= width ? 'x' : 'y', e.x >= width ? e.x : e.y, e.x >= width ? "width" : "height",
                                e.x >= width ? width : height, (e.x >= width ? width : height) - 1);
    }
    recording->count = count;
    return SR_OK;
}

enum sr_status sr_recording_read(struct sr_recording *recording, const char *path, uint32_t width, uint32_t height, char *error,
                                 size_t error_size) {
    int fd;
    uint64_t size = 0, got = 0;
    recording->count = 0;
    enum sr_status status = open_regular(path, &fd, &size, error, error_size);
    if (status) return status;
    status = check_size(path, size, error, error_size);
    if (!status) status = make_room(recording, path, (size_t)size, error, error_size);
    int reason = 0;
    while (!status && got < size && !reason) {
        ssize_t part = read(fd, recording->bytes + got, (size_t)(size - got));
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) reason = errno;
        if (part == 0) reason = EIO; /* it has become shorter */
        if (part > 0) got += (uint64_t)part;
    }
    close(fd);
    if (status) return status;
    if (reason)
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %s (%llu of %llu bytes came)", path,
                            strerror(reason), (unsigned long long)got, (unsigned long long)size);
    recording->hash = sr_data_hash(recording->bytes, (size_t)size);
    return sr_recording_parse(recording, (uint32_t)(size / SR_EVENT_BYTES), path, width, height, error, error_size);
}

void sr_recording_rotate(struct sr_recording *recording, double degrees, uint32_t width, uint32_t height) {
    const double angle = degrees * (3.14159265358979323846 / 180), c = cos(angle), s = sin(angle);
    const double middle_x = (width - 1) / 2.0, middle_y = (height - 1) / 2.0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < recording->count; i++) {
        uint8_t *from = recording->bytes + (size_t)i * SR_EVENT_BYTES, *to = recording->bytes + (size_t)kept * SR_EVENT_BYTES;
        double x = from[0] - middle_x, y = from[1] - middle_y;
        double new_x = floor(middle_x + c * x + s * y + 0.5), new_y = floor(middle_y - s * x + c * y + 0.5);
        if (new_x < 0 || new_x >= width || new_y < 0 || new_y >= height) continue;
        memmove(to, from, SR_EVENT_BYTES);
        to[0] = (uint8_t)new_x;
        to[1] = (uint8_t)new_y;
        kept++;
    }
    recording->count = kept;
}

void sr_recording_free(struct sr_recording *recording) {
    free(recording->bytes);
    *recording = (struct sr_recording){0};
}

void sr_recording_bin(const struct sr_recording *recording, const struct sr_data_options *options, uint32_t right,
                      uint32_t down, uint64_t *bits, uint32_t step_words) {
    uint32_t pool = options->pool;
    uint32_t pooled_w = (options->width + pool - 1) / pool, pooled_h = (options->height + pool - 1) / pool;
    for (uint32_t i = 0; i < recording->count; i++) {
        struct sr_event e = sr_recording_event(recording, i);
        uint32_t x = e.x + right, y = e.y + down;
        if (e.time_us >= options->duration_us || x >= options->width || y >= options->height) continue;
        uint32_t step = (uint32_t)((uint64_t)e.time_us * options->steps / options->duration_us);
        uint32_t input = (e.on * pooled_h + y / pool) * pooled_w + x / pool;
        bits[(size_t)step * step_words + input / 64] |= UINT64_C(1) << (input % 64);
    }
}
