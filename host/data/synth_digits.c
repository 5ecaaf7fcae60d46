/* SPDX-License-Identifier: Apache-2.0
 * Digits as strokes: control points of Catmull-Rom splines, a few ways to write each digit (allographs), bent, slanted, turned
 * and scaled at random, then drawn with a soft round pen of varying width. docs/data.md */
#include <string.h>

#include "data/synth_digits.h"

enum { POINTS_MAX = 40, BOX_W = 100, BOX_H = 140, SUBDIVISION = 6 };

/* Points in a box of 100 x 140, y down. A point given twice running is a corner. {-1, -1}: pen up. {-2, -2}: end. */
struct allograph {
    uint8_t weight; /* of 100, summing to 100 over a digit */
    int16_t point[POINTS_MAX][2];
};
#define UP \
    { -1, -1 }
#define END \
    { -2, -2 }

enum { FORMS = 4 };
static const struct allograph forms[10][FORMS] = {
    {{55, {{52, 0}, {20, 20}, {4, 70}, {20, 120}, {52, 140}, {84, 118}, {96, 70}, {82, 20}, {48, 0}, END}},
     {25, {{66, 10}, {36, 4}, {10, 44}, {8, 96}, {36, 138}, {76, 126}, {94, 80}, {88, 30}, {58, 6}, {34, 16}, END}},
     {20, {{30, 10}, {8, 60}, {14, 116}, {48, 140}, {88, 108}, {92, 48}, {66, 4}, {38, 6}, END}}},
    {{60, {{52, 0}, {50, 45}, {48, 95}, {48, 140}, END}},
     {25, {{22, 34}, {40, 20}, {56, 0}, {56, 0}, {54, 70}, {54, 140}, END}},
     {15, {{26, 30}, {54, 0}, {54, 0}, {52, 70}, {52, 138}, UP, {22, 138}, {52, 138}, {84, 136}, END}}},
    {{45, {{8, 34}, {26, 6}, {60, 0}, {86, 24}, {76, 64}, {42, 104}, {6, 138}, {6, 138}, {50, 136}, {96, 134}, END}},
     {40,
      {{12, 28}, {40, 2}, {76, 10}, {80, 46}, {56, 90}, {20, 130}, {6, 124}, {20, 106}, {48, 122}, {74, 138}, {98, 122}, END}},
     {15, {{10, 8}, {50, 2}, {86, 10}, {86, 10}, {52, 70}, {12, 132}, {12, 132}, {60, 134}, {92, 136}, END}}},
    {{60, {{10, 20}, {42, 0}, {78, 16}, {72, 50}, {38, 66}, {38, 66}, {80, 80}, {88, 112}, {54, 140}, {8, 124}, END}},
     {20, {{12, 4}, {48, 4}, {84, 4}, {84, 4}, {42, 56}, {42, 56}, {80, 72}, {90, 106}, {58, 140}, {10, 124}, END}},
     {20, {{14, 14}, {50, 0}, {84, 24}, {62, 58}, {40, 64}, {62, 72}, {86, 104}, {52, 138}, {12, 132}, END}}},
    {{50, {{20, 4}, {14, 40}, {8, 78}, {8, 78}, {50, 76}, {96, 72}, UP, {80, 2}, {74, 66}, {68, 140}, END}},
     {25, {{66, 0}, {36, 44}, {4, 92}, {4, 92}, {50, 92}, {98, 90}, UP, {68, 0}, {66, 70}, {66, 140}, END}},
     {25, {{16, 6}, {10, 50}, {30, 72}, {64, 66}, {84, 36}, {88, 4}, {88, 4}, {82, 70}, {78, 140}, END}}},
    {{50, {{88, 4}, {56, 4}, {24, 6}, {24, 6}, {18, 58}, {18, 58}, {52, 48}, {86, 76}, {78, 122}, {40, 140}, {6, 124}, END}},
     {30,
      {{26, 6}, {18, 60}, {18, 60}, {60, 52}, {88, 84}, {74, 126}, {40, 140}, {8, 126}, UP, {26, 6}, {60, 4}, {92, 2}, END}},
     {20, {{92, 6}, {50, 0}, {30, 20}, {34, 52}, {70, 72}, {80, 110}, {48, 140}, {10, 126}, END}}},
    {{45, {{72, 2}, {36, 34}, {14, 82}, {24, 126}, {56, 140}, {84, 114}, {74, 82}, {44, 78}, {20, 100}, END}},
     {30, {{44, 0}, {22, 48}, {12, 100}, {36, 138}, {76, 130}, {84, 94}, {54, 78}, {18, 106}, END}},
     {25, {{84, 12}, {52, 2}, {20, 40}, {10, 96}, {38, 140}, {78, 126}, {80, 88}, {50, 72}, {18, 92}, END}}},
    {{50, {{6, 10}, {48, 8}, {90, 6}, {90, 6}, {66, 60}, {40, 140}, END}},
     {25, {{6, 26}, {10, 6}, {10, 6}, {50, 8}, {92, 8}, {92, 8}, {64, 70}, {48, 140}, END}},
     {25, {{8, 8}, {50, 8}, {92, 4}, {92, 4}, {62, 70}, {36, 140}, UP, {24, 74}, {52, 72}, {80, 68}, END}}},
    {{55,
      {{80, 20}, {50, 0}, {20, 22}, {36, 56}, {74, 86}, {82, 120}, {48, 140}, {16, 118}, {28, 86}, {66, 56}, {80, 22}, END}},
     {25,
      {{50, 64},
       {20, 44},
       {26, 10},
       {56, 0},
       {80, 24},
       {70, 54},
       {44, 66},
       {16, 98},
       {30, 134},
       {66, 138},
       {86, 106},
       {70, 74},
       {46, 64},
       END}},
     {20, {{86, 10}, {44, 2}, {20, 30}, {54, 62}, {82, 98}, {60, 136}, {22, 130}, {24, 94}, {60, 54}, {88, 14}, END}}},
    {{50, {{84, 30}, {54, 2}, {18, 22}, {22, 60}, {56, 70}, {84, 32}, {84, 32}, {82, 84}, {74, 140}, END}},
     {30, {{80, 20}, {44, 0}, {12, 34}, {32, 68}, {72, 50}, {82, 16}, {86, 70}, {76, 120}, {44, 140}, {18, 126}, END}},
     {20, {{82, 8}, {40, 4}, {14, 38}, {40, 64}, {78, 40}, {84, 6}, {84, 6}, {66, 70}, {44, 140}, END}}},
};

struct point {
    int32_t x, y;
};

/* How far from the stroke's middle there is how much ink: entry (d / w)^2 in 1/256, full to 0.5 w, none from 1.75 w on. */
enum { PEN_ENTRIES = 785 };
static void make_pen(uint8_t pen[PEN_ENTRIES]) {
    int32_t root = 0;
    for (int32_t q = 0; q < PEN_ENTRIES; q++) {
        while ((root + 1) * (root + 1) <= q * 256) root++; /* d / w in 1/256 */
        int32_t s = (448 - root) * 4 / 5;
        if (s > 256) s = 256;
        if (s < 0) s = 0;
        int32_t smooth = s * s * (768 - 2 * s) / 65536; /* 0..256 */
        pen[q] = (uint8_t)(smooth > 255 ? 255 : smooth);
    }
}

static void draw_segment(struct sr_synth_image *image, const uint8_t pen[PEN_ENTRIES], struct point a, struct point b,
                         int32_t width) {
    const int32_t cell = 256 / SR_SYNTH_FINE, reach = width * 7 / 4;
    int32_t x0 = (a.x < b.x ? a.x : b.x) - reach, x1 = (a.x < b.x ? b.x : a.x) + reach;
    int32_t y0 = (a.y < b.y ? a.y : b.y) - reach, y1 = (a.y < b.y ? b.y : a.y) + reach;
    if (x0 < 0) x0 = 0;
    if (y0 < 0) y0 = 0;
    if (x1 > (SR_SYNTH_CELLS - 1) * cell) x1 = (SR_SYNTH_CELLS - 1) * cell;
    if (y1 > (SR_SYNTH_CELLS - 1) * cell) y1 = (SR_SYNTH_CELLS - 1) * cell;
    int32_t dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    int32_t square = width * width / 256;
    for (int32_t cy = y0 / cell; cy * cell <= y1; cy++)
        for (int32_t cx = x0 / cell; cx * cell <= x1; cx++) {
            int32_t px = cx * cell - a.x, py = cy * cell - a.y;
            int64_t dot = (int64_t)px * dx + (int64_t)py * dy;
            if (dot > 0) {
                int32_t part = dot >= length2 ? 256 : (int32_t)(dot * 256 / length2);
                px -= dx * part / 256;
                py -= dy * part / 256;
            }
            int32_t q = (px * px + py * py) / square;
            if (q < PEN_ENTRIES && pen[q] > image->ink[cy][cx]) image->ink[cy][cx] = pen[q];
        }
}

static int32_t spline(int32_t p0, int32_t p1, int32_t p2, int32_t p3, int32_t i) {
    const int32_t n = SUBDIVISION;
    int64_t c1 = p2 - p0, c2 = 2 * p0 - 5 * p1 + 4 * p2 - p3, c3 = -p0 + 3 * p1 - 3 * p2 + p3;
    return p1 + (int32_t)((c1 * i * n * n + c2 * i * i * n + c3 * i * i * i) / (2 * n * n * n));
}

static void draw_stroke(struct sr_synth_image *image, const uint8_t pen[PEN_ENTRIES], const struct point *p, unsigned count,
                        int32_t width, struct sr_synth_random *random) {
    int32_t pressure = 256 + sr_synth_bell(random, 24);
    for (unsigned k = 0; k + 1 < count; k++) {
        struct point from = p[k], before = p[k ? k - 1 : 0], after = p[k + 2 < count ? k + 2 : k + 1];
        if (p[k].x == p[k + 1].x && p[k].y == p[k + 1].y) continue; /* a corner */
        pressure += sr_synth_bell(random, 12);
        if (pressure < 190) pressure = 190;
        if (pressure > 330) pressure = 330;
        for (int32_t i = 1; i <= SUBDIVISION; i++) {
            struct point to = {spline(before.x, p[k].x, p[k + 1].x, after.x, i),
                               spline(before.y, p[k].y, p[k + 1].y, after.y, i)};
            draw_segment(image, pen, from, to, width * pressure / 256);
            from = to;
        }
    }
}

void sr_synth_draw(struct sr_synth_image *image, unsigned digit, struct sr_synth_random *random) {
    const struct allograph *form = forms[digit];
    uint8_t pen[PEN_ENTRIES];
    make_pen(pen);
    for (int32_t pick = sr_synth_range(random, 0, 99); pick >= form->weight;) pick -= form++->weight;

    /* the hand: all of it in 1/256 */
    const int32_t height = sr_synth_range(random, 4300, 5300); /* of the digit: 16.8 to 20.7 pixels */
    const int32_t aspect = 236 + sr_synth_bell(random, 36);    /* stretch of x */
    const int32_t slant = 34 + sr_synth_bell(random, 52), turn = sr_synth_bell(random, 22);
    const int32_t width = sr_synth_range(random, 240, 370); /* of the pen, half */
    const int32_t wobble = sr_synth_range(random, 3, 11);   /* of a control point, in box units */
    const int32_t bend = sr_synth_bell(random, 26), taper = sr_synth_bell(random, 30);

    struct point point[POINTS_MAX];
    unsigned count = 0;
    struct point low = {INT32_MAX, INT32_MAX}, high = {INT32_MIN, INT32_MIN};
    for (; form->point[count][0] != -2; count++) {
        int32_t bx = form->point[count][0], by = form->point[count][1];
        if (bx == -1) continue;
        if (count && bx == form->point[count - 1][0] && by == form->point[count - 1][1]) {
            point[count] = point[count - 1];
            continue;
        }
        bx = (bx - BOX_W / 2) * 256 + sr_synth_bell(random, wobble * 256); /* box units, 1/256 */
        by = (by - BOX_H / 2) * 256 + sr_synth_bell(random, wobble * 256);
        bx += (int32_t)((int64_t)bx * by / (BOX_H * 128) * taper / 256); /* wider below or above */
        bx += (int32_t)((int64_t)by * by / (BOX_H * 128) * bend / 256);  /* bent sideways */
        int32_t x = (int32_t)((int64_t)bx * height / (BOX_H * 256) * aspect / 256);
        int32_t y = (int32_t)((int64_t)by * height / (BOX_H * 256));
        x -= y * slant / 256;
        point[count] = (struct point){x - y * turn / 256, y + x * turn / 256};
        if (point[count].x < low.x) low.x = point[count].x;
        if (point[count].y < low.y) low.y = point[count].y;
        if (point[count].x > high.x) high.x = point[count].x;
        if (point[count].y > high.y) high.y = point[count].y;
    }
    const int32_t middle = (SR_SYNTH_MARGIN * 2 + SR_SYNTH_SENSOR) * 128;
    const int32_t shift_x = sr_synth_bell(random, 150), shift_y = sr_synth_bell(random, 150);
    struct point shift = {middle - (low.x + high.x) / 2 + shift_x, middle - (low.y + high.y) / 2 + shift_y};
    memset(image, 0, sizeof *image);
    for (unsigned first = 0, k = 0; k <= count; k++) {
        if (k < count && form->point[k][0] != -1) {
            point[k].x += shift.x;
            point[k].y += shift.y;
            continue;
        }
        draw_stroke(image, pen, point + first, k - first, width, random);
        first = k + 1;
    }
}
