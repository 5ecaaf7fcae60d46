/* SPDX-License-Identifier: Apache-2.0
 * Handwriting-like digits, and the event camera that looks at them: the two halves of the built-in data (data_synth.c).
 * Integers only, so a seed gives the same bytes on every machine. Lengths are in 1/256 sensor pixel. */
#ifndef SR_SYNTH_DIGITS_H
#define SR_SYNTH_DIGITS_H

#include "data/internal.h"

enum {
    SR_SYNTH_SENSOR = 34, /* pixels */
    SR_SYNTH_MARGIN = 10, /* pixels around the sensor that the image may come from */
    SR_SYNTH_FINE = 4,    /* ink cells a pixel, each way */
    SR_SYNTH_CELLS = (SR_SYNTH_SENSOR + 2 * SR_SYNTH_MARGIN) * SR_SYNTH_FINE,
    SR_SYNTH_MS = 315,
    SR_SYNTH_EVENTS_MAX = 40000,
};

/* A stream of random numbers. */
struct sr_synth_random {
    uint64_t state;
};
static inline uint64_t sr_synth_next(struct sr_synth_random *random) {
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    return sr_mix64(random->state);
}
/* Uniform over lo..hi. */
static inline int32_t sr_synth_range(struct sr_synth_random *random, int32_t lo, int32_t hi) {
    return lo + (int32_t)((sr_synth_next(random) >> 32) * (uint64_t)(hi - lo + 1) >> 32);
}
/* About normal, mean 0: the sum of four uniform numbers. */
static inline int32_t sr_synth_bell(struct sr_synth_random *random, int32_t deviation) {
    uint64_t word = sr_synth_next(random);
    int64_t sum = (int64_t)((word & 0xffff) + (word >> 16 & 0xffff) + (word >> 32 & 0xffff) + (word >> 48)) - 131070;
    return (int32_t)(sum * deviation / 37837);
}

/* Ink 0..255 on a fine grid; cell (0, 0) lies MARGIN pixels left of and above the sensor's corner. */
struct sr_synth_image {
    uint8_t ink[SR_SYNTH_CELLS][SR_SYNTH_CELLS];
};

/* Draw digit 0..9 in a random hand. */
void sr_synth_draw(struct sr_synth_image *image, unsigned digit, struct sr_synth_random *random);

/* Move the image through three saccades before the camera. events: 40-bit packed in an integer that sorts by time,
 * time << 17 | y << 9 | x << 1 | on; sorted. Returns how many. */
uint32_t sr_synth_camera(const struct sr_synth_image *image, struct sr_synth_random *random,
                         uint64_t events[SR_SYNTH_EVENTS_MAX]);

#endif
