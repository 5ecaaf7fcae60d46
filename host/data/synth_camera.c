/* SPDX-License-Identifier: Apache-2.0
 * The event camera of the built-in data: every pixel keeps the log intensity at its last event and fires ON or OFF when the
 * present one has moved a threshold away from it. The image makes three saccades along a triangle. docs/data.md */
#include <stdlib.h>
#include <string.h>

#include "data/synth_digits.h"

enum {
    SENSOR = SR_SYNTH_SENSOR,
    FINE = SR_SYNTH_FINE,
    SIDE = SR_SYNTH_CELLS / FINE, /* pixels of the image with its margin */
    LOG_ONE = 1024,               /* one natural unit of log intensity */
    DARK = 40,                    /* background intensity; full ink adds 215 */
    THRESHOLD = 310,              /* 0.30 natural units */
    SACCADES = 3,
    CAMERA_KEY = 0x5eed, /* which camera: its pixels differ from each other, the same in all recordings */
};

/* log(value) in 1/1024 natural units, value 1..511, by repeated squaring of the mantissa. */
static int32_t log_natural(uint32_t value) {
    uint32_t whole = 0;
    while (value >> (whole + 1)) whole++;
    uint64_t mantissa = (uint64_t)value << 30 >> whole; /* 1..2 in 2.30 */
    uint32_t fraction = 0;
    for (int bit = 0; bit < 16; bit++) {
        mantissa = mantissa * mantissa >> 30;
        fraction <<= 1;
        if (mantissa >> 31) {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    return (int32_t)((uint64_t)(whole << 16 | fraction) * 45426 >> 22); /* times ln 2 in 0.16, to 10 fraction bits */
}

/* Log image split by sub-pixel phase, so that a row of pixels at any offset is contiguous. */
struct phases {
    int16_t level[FINE][FINE][SIDE][SIDE];
};

struct pixels {
    int32_t reference[SENSOR][SENSOR];
    int16_t base[SENSOR][SENSOR];                    /* threshold of the pixel */
    int16_t on[SENSOR][SENSOR], off[SENSOR][SENSOR]; /* of its next event */
};

/* Offset of the image in 1/256 pixel at each ms. */
struct path {
    int32_t x[SR_SYNTH_MS], y[SR_SYNTH_MS];
};

static void make_path(struct path *path, struct sr_synth_random *random) {
    /* the corners of the triangle, shaken; the eye returns near to where it began */
    static const int32_t corner[SACCADES + 1][2] = {{-700, -500}, {60, 720}, {720, -440}, {-640, -420}};
    int32_t x[SACCADES + 1], y[SACCADES + 1], gain = 256 + sr_synth_bell(random, 14);
    for (int k = 0; k <= SACCADES; k++) {
        x[k] = corner[k][0] * gain / 256 + sr_synth_bell(random, 50);
        y[k] = corner[k][1] * gain / 256 + sr_synth_bell(random, 50);
    }
    for (int32_t k = 0; k < SACCADES; k++) {
        int32_t start = 6 + sr_synth_range(random, 0, 10), length = sr_synth_range(random, 74, 88);
        for (int32_t ms = 0; ms < SR_SYNTH_MS / SACCADES; ms++) {
            int32_t u = (ms - start) * 1024 / length; /* slow, fast, slow */
            if (u < 0) u = 0;
            if (u > 1024) u = 1024;
            int32_t s = (int32_t)((int64_t)u * u * (3072 - 2 * u) >> 20);
            path->x[k * (SR_SYNTH_MS / SACCADES) + ms] = x[k] + (x[k + 1] - x[k]) * s / 1024;
            path->y[k * (SR_SYNTH_MS / SACCADES) + ms] = y[k] + (y[k + 1] - y[k]) * s / 1024;
        }
    }
}

static void make_phases(struct phases *phases, const struct sr_synth_image *image) {
    int16_t level[256];
    for (uint32_t ink = 0; ink < 256; ink++) level[ink] = (int16_t)log_natural(DARK + ink * 215 / 255);
    for (int y = 0; y < SR_SYNTH_CELLS; y++)
        for (int x = 0; x < SR_SYNTH_CELLS; x++)
            phases->level[y % FINE][x % FINE][y / FINE][x / FINE] = level[image->ink[y][x]];
}

/* Row y of the sensor with the image at offset (ox, oy), bilinear between cells. */
static void sample_row(const struct phases *phases, int32_t ox, int32_t oy, int y, int32_t row[SENSOR]) {
    const int32_t cell = 256 / FINE;
    int32_t ax = SR_SYNTH_MARGIN * 256 - ox, ay = (SR_SYNTH_MARGIN + y) * 256 - oy;
    int32_t cx = ax / cell, cy = ay / cell, fx = ax % cell, fy = ay % cell;
    const int16_t *p00 = &phases->level[cy % FINE][cx % FINE][cy / FINE][cx / FINE];
    const int16_t *p01 = &phases->level[cy % FINE][(cx + 1) % FINE][cy / FINE][(cx + 1) / FINE];
    const int16_t *p10 = &phases->level[(cy + 1) % FINE][cx % FINE][(cy + 1) / FINE][cx / FINE];
    const int16_t *p11 = &phases->level[(cy + 1) % FINE][(cx + 1) % FINE][(cy + 1) / FINE][(cx + 1) / FINE];
    int32_t w00 = (cell - fx) * (cell - fy), w01 = fx * (cell - fy), w10 = (cell - fx) * fy, w11 = fx * fy;
    for (int x = 0; x < SENSOR; x++) row[x] = (w00 * p00[x] + w01 * p01[x] + w10 * p10[x] + w11 * p11[x]) / (cell * cell);
}

static uint64_t pack(uint32_t time_us, int x, int y, bool on) {
    return (uint64_t)time_us << 17 | (uint64_t)y << 9 | (uint64_t)x << 1 | on;
}

static int by_value(const void *a, const void *b) {
    uint64_t l = *(const uint64_t *)a, r = *(const uint64_t *)b;
    return l < r ? -1 : l > r;
}

static int16_t next_threshold(int16_t base, struct sr_synth_random *random) {
    int32_t value = base + sr_synth_bell(random, base / 8);
    return (int16_t)(value < THRESHOLD / 3 ? THRESHOLD / 3 : value);
}

uint32_t sr_synth_camera(const struct sr_synth_image *image, struct sr_synth_random *random,
                         uint64_t events[SR_SYNTH_EVENTS_MAX]) {
    struct phases phases;
    struct pixels pixels;
    struct path path;
    struct sr_synth_random camera = {CAMERA_KEY};
    int32_t row[SENSOR], sensitivity = 256 + sr_synth_bell(random, 20);
    uint32_t count = 0;

    make_path(&path, random);
    make_phases(&phases, image);
    for (int y = 0; y < SENSOR; y++) {
        sample_row(&phases, path.x[0], path.y[0], y, row);
        for (int x = 0; x < SENSOR; x++) {
            int32_t base = (THRESHOLD + sr_synth_bell(&camera, THRESHOLD / 12)) * 256 / sensitivity;
            pixels.base[y][x] = (int16_t)base;
            pixels.on[y][x] = next_threshold((int16_t)base, random);
            pixels.off[y][x] = next_threshold((int16_t)base, random);
            pixels.reference[y][x] = row[x] + sr_synth_range(random, -base / 2, base / 2); /* what came before is unknown */
        }
    }
    for (uint32_t ms = 1; ms < SR_SYNTH_MS; ms++) {
        if (path.x[ms] == path.x[ms - 1] && path.y[ms] == path.y[ms - 1]) continue;
        for (int y = 0; y < SENSOR; y++) {
            sample_row(&phases, path.x[ms], path.y[ms], y, row);
            for (int x = 0; x < SENSOR; x++) {
                int32_t moved = row[x] - pixels.reference[y][x];
                bool on = moved > pixels.on[y][x];
                if (!on && -moved <= pixels.off[y][x]) continue;
                /* at most one event a ms and pixel: that is its refractory period */
                if (count < SR_SYNTH_EVENTS_MAX)
                    events[count++] = pack(ms * 1000 + (uint32_t)sr_synth_range(random, 0, 999), x, y, on);
                if (on) {
                    pixels.reference[y][x] += pixels.on[y][x];
                    pixels.on[y][x] = next_threshold(pixels.base[y][x], random);
                } else {
                    pixels.reference[y][x] -= pixels.off[y][x];
                    pixels.off[y][x] = next_threshold(pixels.base[y][x], random);
                }
            }
        }
    }
    /* background activity, and a few pixels that never rest */
    int32_t noise = sr_synth_range(random, 60, 220), hot_count = 4;
    for (int32_t i = 0; i < noise && count < SR_SYNTH_EVENTS_MAX; i++) {
        /* A statement a draw: in which order arguments are evaluated is the compiler's choice, and the data would depend on it. */
        int32_t on = sr_synth_range(random, 0, 1);
        int32_t y = sr_synth_range(random, 0, SENSOR - 1);
        int32_t x = sr_synth_range(random, 0, SENSOR - 1);
        events[count++] = pack((uint32_t)sr_synth_range(random, 0, SR_SYNTH_MS * 1000 - 1), x, y, on);
    }
    for (int32_t h = 0; h < hot_count; h++) {
        int32_t x = sr_synth_range(&camera, 0, SENSOR - 1), y = sr_synth_range(&camera, 0, SENSOR - 1);
        for (int32_t i = sr_synth_range(random, 0, 40); i > 0 && count < SR_SYNTH_EVENTS_MAX; i--) {
            int32_t on = sr_synth_range(random, 0, 1);
            events[count++] = pack((uint32_t)sr_synth_range(random, 0, SR_SYNTH_MS * 1000 - 1), x, y, on);
        }
    }
    qsort(events, count, sizeof *events, by_value);
    return count;
}
