/* SPDX-License-Identifier: Apache-2.0
 * Progress of a training on standard error: a bar on a terminal, a line now and then elsewhere. */
#ifndef SR_PROGRESS_H
#define SR_PROGRESS_H

#include <spikeroll/train.h>

struct sr_progress_view {
    bool terminal; /* one that can erase a line */
    bool bar;      /* the cursor stands behind a progress bar */
    double shown;  /* when progress was shown last */
};

/* plain: no bar, whatever standard error is. */
void sr_progress_view_begin(struct sr_progress_view *view, bool plain);
/* A sr_progress_call; context is the view. */
bool sr_progress_show(void *context, const struct sr_progress *progress);
void sr_progress_view_end(struct sr_progress_view *view);

#endif
