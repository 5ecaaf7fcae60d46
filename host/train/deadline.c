/* SPDX-License-Identifier: Apache-2.0
 * A time limit and a schedule: see deadline.h. */
#include "train/deadline.h"

#include "train/training.h"

enum { WHOLE = 65536 };
static const char array_name[] = "time-spent";

bool sr_config_shrinks(const struct sr_config *config) {
    return config->step_decay != SR_DECAY_NONE || config->strength_final != 1;
}

enum sr_status sr_deadline_open(struct sr_training *t) {
    struct sr_deadline *d = &t->deadline;
    struct sr_array *array;
    *d = (struct sr_deadline){.counts = t->how.time_limit && sr_config_shrinks(&t->run.config)};
    d->recorded = d->counts || sr_run_find_array(&t->run, array_name);
    if (!d->recorded) return SR_OK;
    enum sr_status status = sr_run_array(&t->run, array_name, 1, 1, sizeof(int32_t), &array);
    if (status == SR_ERR_MEMORY) return sr_training_fail(t, status, "%s", sr_status_text(status));
    const int32_t *spent = status == SR_OK ? array->values : NULL;
    if (!spent || *spent < 0 || *spent > WHOLE)
        return sr_training_fail(t, SR_ERR_FORMAT, "%.300s/checkpoint.h5: array %s: not a share in 65536ths", t->folder.path,
                                array_name);
    d->spent = (uint32_t)*spent;
    return SR_OK;
}

void sr_deadline_begin(struct sr_training *t) { t->deadline.first = t->deadline.spent; }

void sr_deadline_read(struct sr_training *t) {
    struct sr_deadline *d = &t->deadline;
    if (!d->counts) return;
    double limit = t->opened + t->how.time_limit - t->looped, gone = t->now() - t->looped;
    double share = gone < limit ? gone / limit : 1;
    d->spent = d->first + (uint32_t)((WHOLE - d->first) * share);
    const struct sr_array *array = sr_run_find_array(&t->run, array_name);
    *(int32_t *)array->values = (int32_t)d->spent;
}
