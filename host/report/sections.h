/* SPDX-License-Identifier: Apache-2.0
 * The sections of a report, over what was gathered of its runs. */
#ifndef SR_REPORT_SECTIONS_H
#define SR_REPORT_SECTIONS_H

#include "report/pictures.h"

/* A run, as far as it is known. */
struct sr_report_run {
    const char *name; /* as the user gave it */
    char model[4096]; /* the file that the weights are of */
    struct sr_run run;
    bool has_history;
    struct sr_series series;
    char history_missing[SR_ERROR_SIZE]; /* why there is none */
    bool has_activity;
    struct sr_activity activity;
    uint64_t *bits;   /* of the sample that the activity shows */
    char samples[64]; /* what the network was shown: "test samples" */
    char activity_missing[SR_ERROR_SIZE];
};

void sr_section_head(struct sr_page *page, const struct sr_report_run *runs, uint32_t count, bool live);
void sr_section_cards(struct sr_page *page, const struct sr_report_run *runs, uint32_t count);
void sr_section_learning(struct sr_page *page, const struct sr_report_run *runs, uint32_t count);
/* These two share a frame, which the first begins and the second ends. */
void sr_section_network(struct sr_page *page, const struct sr_report_run *runs, uint32_t count);
void sr_section_cycles(struct sr_page *page, const struct sr_report_run *runs, uint32_t count);
void sr_section_table(struct sr_page *page, const struct sr_report_run *runs, uint32_t count);
/* The style sheet, in parts until NULL, and the script of a page that asks for itself again. */
extern const char *const sr_report_style[];
extern const char sr_report_script[];

#endif
