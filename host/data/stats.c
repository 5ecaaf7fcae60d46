/* SPDX-License-Identifier: Apache-2.0
 * Statistics of a data set and event pictures. */
#include "data/stats.h"

#include <errno.h>
#include <png.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "data/internal.h"

static uint32_t popcount(uint64_t w) {
    w -= w >> 1 & UINT64_C(0x5555555555555555);
    w = (w & UINT64_C(0x3333333333333333)) + (w >> 2 & UINT64_C(0x3333333333333333));
    w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(w * UINT64_C(0x0101010101010101) >> 56);
}

enum sr_status sr_data_stats(const struct sr_data_set *set, struct sr_data_stats *stats, char *error, size_t error_size) {
    struct sr_data_stats s = {.count = set->count, .classes = set->classes, .events_min = set->count ? UINT32_MAX : 0};
    uint64_t events = 0, spikes = 0;
    uint64_t *used = calloc((size_t)set->step_words + 1, sizeof *used);
    if (!used) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory");
    for (uint32_t i = 0; i < set->count; i++) {
        const uint64_t *bits = set->bits + (size_t)i * set->steps * set->step_words;
        s.by_class[set->labels[i] % SR_CLASSES]++;
        events += set->events[i];
        if (set->events[i] < s.events_min) s.events_min = set->events[i];
        if (set->events[i] > s.events_max) s.events_max = set->events[i];
        for (uint32_t t = 0; t < set->steps; t++)
            for (uint32_t w = 0; w < set->step_words; w++) {
                uint64_t word = bits[t * set->step_words + w];
                used[w] |= word;
                spikes += popcount(word);
            }
    }
    uint32_t inputs_used = 0;
    for (uint32_t w = 0; w < set->step_words; w++) inputs_used += popcount(used[w]);
    free(used);
    if (set->count) {
        s.events_mean = (double)events / set->count;
        s.spikes_sample = (double)spikes / set->count;
        s.spikes_step = s.spikes_sample / set->steps;
        s.spikes_share = s.spikes_step / set->inputs;
        s.inputs_used = (double)inputs_used / set->inputs;
    }
    *stats = s;
    return SR_OK;
}

/* ---- pictures ---- */

static enum sr_status picture_alloc(struct sr_picture *picture, uint32_t width, uint32_t height, char *error,
                                    size_t error_size) {
    size_t cells = (size_t)width * height * SR_PANELS;
    *picture = (struct sr_picture){.width = width, .height = height};
    for (int on = 0; on < 2; on++) picture->count[on] = calloc(cells, sizeof(uint32_t));
    if (picture->count[0] && picture->count[1]) return SR_OK;
    sr_picture_free(picture);
    return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory for a picture");
}

void sr_picture_free(struct sr_picture *picture) {
    free(picture->count[0]);
    free(picture->count[1]);
    *picture = (struct sr_picture){0};
}

static size_t cell_of(const struct sr_picture *picture, uint32_t panel, uint32_t x, uint32_t y) {
    return ((size_t)panel * picture->height + y) * picture->width + x;
}

static void picture_add(struct sr_picture *picture, unsigned on, uint32_t panel, uint32_t x, uint32_t y) {
    uint32_t *count = &picture->count[on][cell_of(picture, panel, x, y)];
    if (++*count > picture->most) picture->most = *count;
    picture->events++;
}

static enum sr_status picture_of_file(const struct sr_data_options *options, const char *path, struct sr_picture *picture,
                                      char *error, size_t error_size) {
    struct sr_recording recording = {0};
    enum sr_status status = sr_recording_read(&recording, path, options->width, options->height, error, error_size);
    if (!status) status = picture_alloc(picture, options->width, options->height, error, error_size);
    for (uint32_t i = 0; i < recording.count && !status; i++) {
        struct sr_event e = sr_recording_event(&recording, i);
        if (e.time_us >= options->duration_us) continue;
        picture_add(picture, e.on, (uint32_t)((uint64_t)e.time_us * SR_PANELS / options->duration_us), e.x, e.y);
    }
    sr_recording_free(&recording);
    if (!status) (void)snprintf(picture->source, sizeof picture->source, "%.255s", path);
    return status;
}

static enum sr_status picture_of_mnist(const struct sr_data_options *options, uint32_t index, struct sr_picture *picture,
                                       char *error, size_t error_size) {
    struct sr_data data;
    enum sr_status status = sr_mnist_load(options, &data, error, error_size);
    if (status) return status;
    const struct sr_data_set *set = index < data.train.count ? &data.train : &data.test;
    uint32_t sample = index < data.train.count ? index : index - data.train.count;
    uint32_t width = (data.options.width + data.options.pool - 1) / data.options.pool;
    if (sample >= set->count)
        status = sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: sample %u: there are %u (0 to %u)", options->dir, index,
                              data.train.count + data.test.count, data.train.count + data.test.count - 1);
    if (!status) status = picture_alloc(picture, width, set->inputs / width, error, error_size);
    for (uint32_t t = 0; t < set->steps && !status; t++)
        for (uint32_t j = 0; j < set->inputs; j++)
            if (set->bits[((size_t)sample * set->steps + t) * set->step_words + j / 64] >> (j % 64) & 1)
                picture_add(picture, 1, t * SR_PANELS / set->steps, j % width, j / width);
    if (!status)
        (void)snprintf(picture->source, sizeof picture->source, "sample %u of %.100s (digit %u)", index, options->dir,
                       set->labels[sample]);
    sr_data_free(&data);
    return status;
}

enum sr_status sr_picture_make(const struct sr_data_options *options, const char *which, struct sr_picture *picture,
                               char *error, size_t error_size) {
    struct sr_data_options used = *options;
    char path[SR_PATH_MAX];
    struct stat info;
    bool number = which[0] && strlen(which) <= 9 && strspn(which, "0123456789") == strlen(which);
    uint32_t index = number ? (uint32_t)strtoul(which, NULL, 10) : 0;
    if (!sr_nmnist_present(options->dir) && sr_mnist_present(options->dir)) {
        if (number) return picture_of_mnist(options, index, picture, error, error_size);
        return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: picture %.200s: MNIST samples go by index", options->dir,
                            which);
    }
    enum sr_status status = sr_nmnist_options(&used, error, error_size);
    if (status) return status;
    if (number) {
        status = sr_nmnist_path(&used, index, path, error, error_size);
    } else if (stat(which, &info) && !sr_data_path(path, options->dir, which, NULL, 0) && !stat(path, &info)) {
        status = SR_OK; /* path is inside the folder */
    } else if (strlen(which) < sizeof path) {
        memcpy(path, which, strlen(which) + 1);
    } else {
        status = sr_data_fail(error, error_size, SR_ERR_LIMIT, "%.80s...: path longer than %d bytes", which, SR_PATH_MAX - 1);
    }
    if (!status) status = picture_of_file(&used, path, picture, error, error_size);
    return status;
}

struct rgb {
    uint8_t r, g, b;
};
/* Orange for ON, blue for OFF (told apart by colour-blind eyes too), mixed where both are, brighter with the count. */
static struct rgb colour_of(const struct sr_picture *picture, uint32_t panel, uint32_t x, uint32_t y) {
    static const struct rgb ground = {16, 20, 26}, tint[2] = {{50, 140, 255}, {255, 150, 20}};
    size_t cell = cell_of(picture, panel, x, y);
    uint32_t on = picture->count[1][cell], off = picture->count[0][cell], sum = on + off;
    if (!sum) return ground;
    uint32_t full = picture->most > 6 ? 6 : picture->most, level = sum > full ? full : sum;
    uint32_t light = 90 + 165 * level / full; /* one event is well visible, 6 or more are brightest */
    const uint8_t base[3] = {ground.r, ground.g, ground.b};
    const uint8_t a[3] = {tint[0].r, tint[0].g, tint[0].b}, b[3] = {tint[1].r, tint[1].g, tint[1].b};
    uint8_t out[3];
    for (int i = 0; i < 3; i++) out[i] = (uint8_t)((((a[i] * off + b[i] * on) / sum) * light + base[i] * (255 - light)) / 255);
    return (struct rgb){out[0], out[1], out[2]};
}

struct text {
    char *bytes;
    size_t length, capacity;
    bool failed;
};

static void append(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(struct text *text, const char *format, ...) {
    char piece[512];
    va_list list;
    va_start(list, format);
    int wrote = vsnprintf(piece, sizeof piece, format, list);
    va_end(list);
    if (text->failed || wrote < 0) return;
    size_t length = strlen(piece);
    if (text->length + length + 1 > text->capacity) {
        size_t capacity = (text->capacity + length) * 2 + 1024;
        char *grown = realloc(text->bytes, capacity);
        if (!grown) {
            text->failed = true;
            return;
        }
        text->bytes = grown;
        text->capacity = capacity;
    }
    memcpy(text->bytes + text->length, piece, length + 1);
    text->length += length;
}

/* Two pixels, one above the other, as one character. */
static void append_pair(struct text *text, const struct sr_picture *picture, uint32_t panel, uint32_t x, uint32_t y,
                        bool colour) {
    bool second = y + 1 < picture->height;
    if (colour) {
        struct rgb top = colour_of(picture, panel, x, y);
        struct rgb low = second ? colour_of(picture, panel, x, y + 1) : (struct rgb){16, 20, 26};
        append(text, "\033[38;2;%u;%u;%um\033[48;2;%u;%u;%um\xe2\x96\x80", top.r, top.g, top.b, low.r, low.g, low.b);
        return;
    }
    uint32_t on = 0, off = 0;
    for (uint32_t k = y; k <= y + second; k++) {
        on += picture->count[1][cell_of(picture, panel, x, k)];
        off += picture->count[0][cell_of(picture, panel, x, k)];
    }
    append(text, "%c", !on && !off ? '.' : on > off ? '+' : off > on ? '-' : '*');
}

enum sr_status sr_picture_text(const struct sr_picture *picture, uint32_t columns, bool colour, char **out, char *error,
                               size_t error_size) {
    struct text text = {0};
    uint32_t across = (columns + 1) / (picture->width + 1);
    if (!across) across = 1;
    append(&text, "%s: %u events, thirds of the time left to right, %s\n", picture->source, picture->events,
           colour ? "orange ON, blue OFF" : "+ ON, - OFF, * as many of both");
    for (uint32_t first = 0; first < SR_PANELS; first += across) {
        for (uint32_t y = 0; y < picture->height; y += 2) {
            for (uint32_t panel = first; panel < SR_PANELS && panel < first + across; panel++) {
                if (panel > first) append(&text, "%s ", colour ? "\033[0m" : "");
                for (uint32_t x = 0; x < picture->width; x++) append_pair(&text, picture, panel, x, y, colour);
            }
            append(&text, "%s\n", colour ? "\033[0m" : "");
        }
        if (first + across < SR_PANELS) append(&text, "\n");
    }
    if (text.failed) {
        free(text.bytes);
        return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory for a picture");
    }
    *out = text.bytes;
    return SR_OK;
}

/* In memory first, then in place of what was there. What is no file (a device, a pipe), and what a link leads to, is written as
 * it is. */
static enum sr_status write_image(png_image *image, const uint8_t *pixels, const char *path, char *error, size_t error_size) {
    struct stat info;
    png_alloc_size_t size = 0;
    if (!lstat(path, &info) && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        if (png_image_write_to_file(image, path, 0, pixels, 0, NULL)) return SR_OK;
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be written: %s", path, image->message);
    }
    if (!png_image_write_to_memory(image, NULL, &size, 0, pixels, 0, NULL))
        return sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: cannot be made: %s", path, image->message);
    uint8_t *bytes = malloc(size);
    if (!bytes) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory for a picture");
    enum sr_status status = SR_OK;
    if (png_image_write_to_memory(image, bytes, &size, 0, pixels, 0, NULL))
        status = sr_file_replace(path, bytes, size, error, error_size);
    else
        status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: cannot be made: %s", path, image->message);
    free(bytes);
    return status;
}

enum sr_status sr_picture_png(const struct sr_picture *picture, const char *path, char *error, size_t error_size) {
    const uint32_t zoom = picture->width > 100 ? 3 : 8, gap = 8;
    const uint32_t wide = SR_PANELS * picture->width * zoom + (SR_PANELS + 1) * gap, high = picture->height * zoom + 2 * gap;
    uint8_t *pixels = malloc((size_t)wide * high * 3);
    if (!pixels) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory for a picture");
    memset(pixels, 70, (size_t)wide * high * 3);
    for (uint32_t panel = 0; panel < SR_PANELS; panel++)
        for (uint32_t y = 0; y < picture->height * zoom; y++)
            for (uint32_t x = 0; x < picture->width * zoom; x++) {
                struct rgb c = colour_of(picture, panel, x / zoom, y / zoom);
                size_t left = gap + panel * (picture->width * zoom + gap);
                memcpy(pixels + ((y + gap) * (size_t)wide + left + x) * 3, (uint8_t[]){c.r, c.g, c.b}, 3);
            }
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = wide;
    image.height = high;
    image.format = PNG_FORMAT_RGB;
    enum sr_status status = write_image(&image, pixels, path, error, error_size);
    png_image_free(&image);
    free(pixels);
    return status;
}
