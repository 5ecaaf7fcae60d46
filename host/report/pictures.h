/* SPDX-License-Identifier: Apache-2.0
 * Pictures of one run: what it answers, a sample and the spikes it causes, weights, and shares of neurons and weights that do
 * nothing or too much. */
#ifndef SR_REPORT_PICTURES_H
#define SR_REPORT_PICTURES_H

#include "model/run_file.h"
#include "report/activity.h"
#include "report/page.h"
#include "report/series.h"

/* Where input j of a network lies: input = (plane * height + y) * width + x. planes 0: unknown. */
struct sr_retina {
    uint32_t planes, width, height;
};
struct sr_retina sr_retina_of(const struct sr_config *config, uint32_t inputs);

void sr_draw_confusion(struct sr_page *page, const struct sr_activity *activity, uint32_t classes);
/* bits: of the sample that the activity shows. */
void sr_draw_sample(struct sr_page *page, const struct sr_run *run, const struct sr_activity *activity, const uint64_t *bits);
void sr_draw_weights(struct sr_page *page, const struct sr_run *run);
/* Rows of a table, a layer each. activity NULL: what neurons do is not known. */
void sr_draw_shares(struct sr_page *page, const struct sr_run *run, const struct sr_activity *activity);
void sr_draw_phases(struct sr_page *page, const struct sr_series *series);

#endif
