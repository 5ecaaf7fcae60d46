/* SPDX-License-Identifier: Apache-2.0
 * Line charts as SVG. A chart is drawn 360 units wide, so that its texts can be read where a phone shows it at that width; its
 * colours are classes of the page's style sheet. */
#ifndef SR_REPORT_PLOT_H
#define SR_REPORT_PLOT_H

#include "report/page.h"

struct sr_curve {
    const double *x, *y; /* [count], x ascending; points where y is NaN are left out */
    uint32_t count;
    uint32_t colour;  /* number of the run that it belongs to */
    bool faint;       /* a noisy line behind the one that matters */
    const char *name; /* of the run: a text from outside */
};

struct sr_chart {
    const char *title, *x_name;
    bool percent; /* y is a share of one */
    const struct sr_curve *curves;
    uint32_t count;
};

/* Draws the curves that have a point, each with at most some hundred points: of a longer one a point is the mean of its share of
 * the curve, but for the last, which is exact. Without any point it says so in place of a picture. */
void sr_chart_draw(struct sr_page *page, const struct sr_chart *chart);

#endif
