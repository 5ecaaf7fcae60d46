/* SPDX-License-Identifier: Apache-2.0
 * Line charts as SVG: see plot.h. */
#include "report/plot.h"

#include <math.h>

enum {
    WIDTH = 360,
    HEIGHT = 216,
    LEFT = 44,
    RIGHT = 8,
    TOP = 8,
    BOTTOM = 34,
    POINTS = 200, /* of a line */
    DOTS = 48     /* a line of so many points has a dot at each, with its numbers */
};

struct range {
    double least, most, tick;
};

struct frame {
    struct range x, y;
};

static double place(const struct range *range, double value, double from, double to) {
    return from + (value - range->least) / (range->most - range->least) * (to - from);
}
static double place_x(const struct frame *frame, double value) { return place(&frame->x, value, LEFT, WIDTH - RIGHT); }
static double place_y(const struct frame *frame, double value) { return place(&frame->y, value, HEIGHT - BOTTOM, TOP); }

/* Widen a range to whole ticks of 1, 2 or 5 times a power of ten, about `wanted` of them. */
static struct range round_range(double least, double most, int wanted) {
    double span = most - least;
    if (!(span > 0)) span = fabs(most) > 0 ? fabs(most) : 1;
    double raw = span / wanted, power = pow(10, floor(log10(raw))), share = raw / power;
    double tick = power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    struct range range = {floor(least / tick + 1e-9) * tick, ceil(most / tick - 1e-9) * tick, tick};
    if (!(range.most > range.least)) range.most = range.least + tick;
    return range;
}

/* 1.5k, 20M: at most some characters. */
static void put_number(struct sr_page *page, double value, double tick) {
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
    double size = fabs(value);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (size < units[i].unit) continue;
        sr_page_print(page, "%.4g%s", value / units[i].unit, units[i].name);
        return;
    }
    sr_page_print(page, "%.4g", size < tick * 1e-6 ? 0 : value);
}

static void put_value(struct sr_page *page, const struct sr_chart *chart, double value, double tick) {
    if (chart->percent)
        sr_page_print(page, "%.4g %%", fabs(value) < tick * 1e-6 ? 0 : 100 * value);
    else
        put_number(page, value, tick);
}

static void draw_axes(struct sr_page *page, const struct sr_chart *chart, const struct frame *frame) {
    const double right = WIDTH - RIGHT, low = HEIGHT - BOTTOM;
    int count = (int)floor((frame->y.most - frame->y.least) / frame->y.tick + 0.5);
    for (int i = 0; i <= count; i++) {
        double value = frame->y.least + i * frame->y.tick, y = place_y(frame, value);
        sr_page_print(page, "<path class=\"%s\" d=\"M%d %.1fH%.0f\"/><text x=\"%d\" y=\"%.1f\" class=\"end\">",
                      i ? "grid" : "axis", LEFT, y, right, LEFT - 5, y + 3.5);
        put_value(page, chart, value, frame->y.tick);
        sr_page_put(page, "</text>");
    }
    count = (int)floor((frame->x.most - frame->x.least) / frame->x.tick + 1e-6);
    for (int i = 0; i <= count; i++) {
        double value = frame->x.least + i * frame->x.tick, x = place_x(frame, value);
        sr_page_print(page, "<text x=\"%.1f\" y=\"%.0f\" class=\"%s\">", x, low + 13, x > right - 12 ? "end" : "mid");
        put_number(page, value, frame->x.tick);
        sr_page_put(page, "</text>");
    }
    sr_page_print(page, "<text x=\"%.1f\" y=\"%d\" class=\"mid name\">", (LEFT + right) / 2, HEIGHT - 5);
    sr_page_text(page, chart->x_name);
    sr_page_put(page, "</text>");
}

static uint32_t points_of(const struct sr_curve *curve) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < curve->count; i++) count += isnan(curve->y[i]) ? 0u : 1u;
    return count;
}

static void put_dot(struct sr_page *page, const struct sr_chart *chart, const struct frame *frame, const struct sr_curve *curve,
                    uint32_t i) {
    sr_page_print(page, "<circle class=\"c%u\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\"><title>", curve->colour,
                  place_x(frame, curve->x[i]), place_y(frame, curve->y[i]));
    sr_page_text(page, curve->name);
    sr_page_put(page, ", ");
    sr_page_text(page, chart->x_name);
    sr_page_print(page, chart->percent ? " %.10g: %.2f %%" : " %.10g: %.4f", curve->x[i],
                  chart->percent ? 100 * curve->y[i] : curve->y[i]);
    sr_page_put(page, "</title></circle>");
}

static void draw_curve(struct sr_page *page, const struct sr_chart *chart, const struct frame *frame,
                       const struct sr_curve *curve) {
    uint32_t total = points_of(curve), share = (total + POINTS - 1) / POINTS, in = 0, seen = 0, drawn = 0;
    double x = 0, y = 0;
    if (total == 0) return;
    sr_page_print(page, "<path class=\"line c%u%s\" d=\"", curve->colour, curve->faint ? " faint" : "");
    for (uint32_t i = 0; i < curve->count; i++) {
        if (isnan(curve->y[i])) continue;
        x += curve->x[i];
        y += curve->y[i];
        in++;
        if (++seen < total && in < share) continue;
        sr_page_print(page, "%s%.1f %.1f", drawn++ ? "L" : "M", place_x(frame, x / in), place_y(frame, y / in));
        if (seen == total && in > 1)
            sr_page_print(page, "L%.1f %.1f", place_x(frame, curve->x[i]), place_y(frame, curve->y[i]));
        x = y = 0;
        in = 0;
    }
    sr_page_put(page, "\"/>");
    for (uint32_t i = 0; i < curve->count && !curve->faint && total <= DOTS; i++)
        if (!isnan(curve->y[i])) put_dot(page, chart, frame, curve, i);
}

void sr_chart_draw(struct sr_page *page, const struct sr_chart *chart) {
    double x_most = 0, y_least = INFINITY, y_most = -INFINITY;
    bool any = false;
    for (uint32_t c = 0; c < chart->count; c++)
        for (uint32_t i = 0; i < chart->curves[c].count; i++) {
            double x = chart->curves[c].x[i], y = chart->curves[c].y[i];
            if (isnan(y)) continue;
            any = true;
            x_most = fmax(x_most, x);
            y_least = fmin(y_least, y);
            y_most = fmax(y_most, y);
        }
    sr_page_put(page, "<figure class=\"plot\"><figcaption>");
    sr_page_text(page, chart->title);
    sr_page_put(page, "</figcaption>");
    if (!any) {
        sr_page_put(page, "<p class=\"missing\">No run has these figures.</p></figure>");
        return;
    }
    struct frame frame = {.x = {0, x_most > 0 ? x_most : 1, 0}, .y = round_range(y_least, y_most, 5)};
    frame.x.tick = round_range(0, frame.x.most, 5).tick;
    if (chart->percent && frame.y.least < 0) frame.y.least = 0;
    sr_page_print(page, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
    sr_page_text(page, chart->title);
    sr_page_put(page, " over ");
    sr_page_text(page, chart->x_name);
    sr_page_put(page, "\">");
    draw_axes(page, chart, &frame);
    for (uint32_t c = 0; c < chart->count; c++)
        if (chart->curves[c].faint) draw_curve(page, chart, &frame, &chart->curves[c]);
    for (uint32_t c = 0; c < chart->count; c++)
        if (!chart->curves[c].faint) draw_curve(page, chart, &frame, &chart->curves[c]);
    sr_page_put(page, "</svg></figure>");
}
