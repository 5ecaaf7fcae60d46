/* SPDX-License-Identifier: Apache-2.0
 * The report of runs: one page of HTML that needs nothing else, neither a network nor a script. What a run does not tell is said in
 * its place. The same runs and data give the same bytes. */
#ifndef SR_REPORT_H
#define SR_REPORT_H

#include <stdatomic.h>

#include "data/data.h"

enum { SR_REPORT_RUNS = 8 }; /* as many as there are colours */

struct sr_report_how {
    const char *const *runs; /* folders of runs, or model files; SR_REPORT_RUNS at most */
    uint32_t count;
    const char *folder;         /* of the data that networks are shown on, read as each run read its own; or NULL: */
    const struct sr_data *data; /* data that is there already, or NULL: networks are shown on nothing */
    const uint32_t *chosen;     /* which training samples of it: `chosen_count` of them */
    uint32_t chosen_count;
    enum sr_split split;     /* of the folder's samples; with data it is always training */
    uint32_t sample;         /* place of the sample to draw, among those that the network is shown */
    uint32_t limit;          /* show a network at most so many samples; 0: all */
    bool live;               /* a training under way: the page asks for itself again */
    const atomic_bool *stop; /* NULL, or: give up once it is set */
};

/* *page, ended by a zero byte, is the caller's to free. SR_ERR_INTERRUPTED: stop was set. On failure error has one line. */
SR_MUST_CHECK enum sr_status sr_report_make(const struct sr_report_how *how, char **page, size_t *size, char *error,
                                            size_t error_size);

#endif
