/* SPDX-License-Identifier: Apache-2.0
 * What a data set is like: counts, events, spikes; and an event picture of one recording, in the terminal or as PNG. */
#ifndef SR_DATA_STATS_H
#define SR_DATA_STATS_H

#include "data/data.h"

struct sr_data_stats {
    uint32_t count, classes;
    uint32_t by_class[SR_CLASSES];
    double events_mean; /* of a sample, before binning */
    uint32_t events_min, events_max;
    double spikes_sample, spikes_step; /* mean, after binning */
    double spikes_share;               /* of inputs x steps that spike */
    double inputs_used;                /* share of inputs that spike in any sample */
};
SR_MUST_CHECK enum sr_status sr_data_stats(const struct sr_data_set *set, struct sr_data_stats *stats, char *error,
                                           size_t error_size);

/* ON and OFF events by pixel, in three panels of equal time (N-MNIST: one a saccade; MNIST: thirds of the spikes). */
enum { SR_PANELS = 3 };
struct sr_picture {
    uint32_t width, height, most; /* most: the largest count */
    uint32_t *count[2];           /* [on][panel][y][x] */
    uint32_t events;
    char source[256]; /* file, or what the picture shows */
};
/* which: a recording's file, as it is or inside the data folder, or a decimal index into the training set and, past its end,
 * the test set, in the order and with the split of sr_data_load. MNIST: an index only. */
SR_MUST_CHECK enum sr_status sr_picture_make(const struct sr_data_options *options, const char *which,
                                             struct sr_picture *picture, char *error, size_t error_size);
void sr_picture_free(struct sr_picture *picture);
/* Text for a terminal `columns` wide, allocated into *text (free it): half blocks in 24-bit colour, or plain ASCII. */
SR_MUST_CHECK enum sr_status sr_picture_text(const struct sr_picture *picture, uint32_t columns, bool colour, char **text,
                                             char *error, size_t error_size);
SR_MUST_CHECK enum sr_status sr_picture_png(const struct sr_picture *picture, const char *path, char *error, size_t error_size);

#endif
