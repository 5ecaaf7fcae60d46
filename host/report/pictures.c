/* SPDX-License-Identifier: Apache-2.0
 * Pictures of one run: see pictures.h. Everything is drawn 360 units wide, as charts are. */
#include "report/pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 360 };

struct sr_retina sr_retina_of(const struct sr_config *config, uint32_t inputs) {
    static const uint32_t side[] = {28, 34}, pooled[] = {1, 2}; /* the defaults of MNIST, one plane, and of N-MNIST, two */
    for (uint32_t planes = 1; planes <= 2; planes++) {
        uint32_t width = config->width ? config->width : side[planes - 1];
        uint32_t height = config->height ? config->height : side[planes - 1];
        uint32_t pool = config->pool ? config->pool : pooled[planes - 1];
        struct sr_retina retina = {planes, (width + pool - 1) / pool, (height + pool - 1) / pool};
        if ((uint64_t)planes * retina.width * retina.height == inputs) return retina;
    }
    return (struct sr_retina){0};
}

/* ---- confusion ---- */

void sr_draw_confusion(struct sr_page *page, const struct sr_activity *a, uint32_t classes) {
    const double left = 34, top = 26, cell = (WIDTH - left - 2) / classes, height = top + cell * classes + 4;
    double font = cell * 0.42 < 12 ? cell * 0.42 : 12;
    sr_page_print(page,
                  "<svg viewBox=\"0 0 %d %.0f\" role=\"img\" class=\"confusion\" aria-label=\"confusion matrix: a row a label, "
                  "a column an answer\"><text x=\"%.0f\" y=\"9\" class=\"mid\">answer</text>"
                  "<text x=\"9\" y=\"%.0f\" class=\"mid\" transform=\"rotate(-90 9 %.0f)\">label</text>",
                  WIDTH, height, left + cell * classes / 2, top + cell * classes / 2, top + cell * classes / 2);
    for (uint32_t c = 0; c < classes; c++)
        sr_page_print(page,
                      "<text x=\"%.1f\" y=\"%.0f\" class=\"mid\">%u</text><text x=\"%.0f\" y=\"%.1f\" class=\"end\">%u</text>",
                      left + cell * (c + 0.5), top - 5, c, left - 6, top + cell * (c + 0.5) + 4, c);
    for (uint32_t label = 0; label < classes; label++) {
        uint32_t sum = 0;
        for (uint32_t c = 0; c < classes; c++) sum += a->confusion[label][c];
        for (uint32_t c = 0; c < classes; c++) {
            uint32_t count = a->confusion[label][c];
            double share = sum ? (double)count / sum : 0, x = left + cell * c, y = top + cell * label;
            sr_page_print(
                page,
                "<g data-label=\"%u\" data-answer=\"%u\" data-count=\"%u\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                "height=\"%.1f\" class=\"%s\" fill-opacity=\"%.3f\"/>",
                label, c, count, x + 0.5, y + 0.5, cell - 1, cell - 1, c == label ? "right" : "wrong",
                count ? 0.12 + 0.88 * share : 0.03);
            if (count)
                sr_page_print(page, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" class=\"mid%s\">%u</text>", x + cell / 2,
                              y + cell / 2 + font * 0.36, font, share > 0.45 ? " on" : "", count);
            sr_page_print(page, "<title>label %u, answered %u: %u of %u (%.1f %%)</title></g>", label, c, count, sum,
                          100 * share);
        }
    }
    sr_page_put(page, "</svg>");
}

/* ---- a sample and its spikes ---- */

enum { FRAMES = 10, NAMES = 46, GAP = 2, RASTER = 120 };

/* Steps that go into frame number i. */
static uint32_t frame_begin(const struct sr_net *net, uint32_t frames, uint32_t i) {
    return (uint32_t)((uint64_t)net->steps * i / frames);
}

static bool bit_of(const struct sr_net *net, const uint64_t *bits, uint32_t t, uint32_t j) {
    return bits[(size_t)t * sr_net_step_words(net) + j / 64] >> j % 64 & 1;
}

/* The pixels of a plane that are on in any step of a frame, as one path. */
static void draw_plane(struct sr_page *page, const struct sr_net *net, const struct sr_retina *retina, const uint64_t *bits,
                       uint32_t plane, uint32_t from, uint32_t to) {
    uint32_t first = plane * retina->height * retina->width, drawn = 0;
    for (uint32_t i = 0; i < retina->height * retina->width; i++) {
        bool on = false;
        for (uint32_t t = from; t < to && !on; t++) on = bit_of(net, bits, t, first + i);
        if (!on) continue;
        if (!drawn++) sr_page_print(page, "<path class=\"%s\" d=\"", plane || retina->planes == 1 ? "event-on" : "event-off");
        sr_page_print(page, "M%u %uh1v1h-1z", i % retina->width, i / retina->width);
    }
    if (drawn) sr_page_put(page, "\"/>");
}

/* The inputs as pictures, one for each frame; returns their height. */
static double draw_frames(struct sr_page *page, const struct sr_net *net, const struct sr_retina *retina, const uint64_t *bits,
                          uint32_t frames) {
    const double wide = (double)(WIDTH - NAMES) / frames - GAP;
    double scale = wide / retina->width, high = scale * retina->height;
    if (high > 200) { /* an upright sensor, or few steps */
        scale *= 200 / high;
        high = 200;
    }
    for (uint32_t i = 0; i < frames; i++) {
        double x = NAMES + i * (wide + GAP);
        sr_page_print(page, "<rect class=\"ground\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%.1f\"/>", x,
                      scale * retina->width, high);
        sr_page_print(page, "<g transform=\"translate(%.1f 0) scale(%.3f)\">", x, scale);
        for (uint32_t plane = 0; plane < retina->planes; plane++)
            draw_plane(page, net, retina, bits, plane, frame_begin(net, frames, i), frame_begin(net, frames, i + 1));
        sr_page_put(page, "</g>");
    }
    return high;
}

/* Spikes in time: a row for each of `count` neurons (or inputs, of which `bits` tells), from y downwards; returns the height. */
static double draw_raster(struct sr_page *page, const struct sr_net *net, const uint64_t *bits, const uint8_t *raster,
                          uint32_t count, uint32_t frames, double y) {
    const double wide = (double)(WIDTH - NAMES) / frames, high = count < 20 ? 6 * count : RASTER, row = high / count;
    double thick = row < 1.2 ? 1.2 : row * 0.9;
    sr_page_print(page,
                  "<rect class=\"ground\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/><path class=\"spikes\" d=\"",
                  NAMES, y, wide * frames - GAP, high);
    for (uint32_t i = 0; i < frames; i++) {
        uint32_t from = frame_begin(net, frames, i), to = frame_begin(net, frames, i + 1);
        double step = (wide - GAP) / (to - from);
        for (uint32_t t = from; t < to; t++)
            for (uint32_t n = 0; n < count; n++)
                if (raster ? raster[(size_t)t * count + n] : bits && bit_of(net, bits, t, n))
                    sr_page_print(page, "M%.1f %.1fh%.2fv%.1fh-%.2fz", NAMES + i * wide + step * (t - from), y + n * row,
                                  step * 0.85, thick, step * 0.85);
    }
    sr_page_put(page, "\"/>");
    return high;
}

static void draw_name(struct sr_page *page, double y, const char *first, uint32_t count) {
    sr_page_print(page, "<text x=\"0\" y=\"%.1f\">%s</text><text x=\"0\" y=\"%.1f\">%u</text>", y + 9, first, y + 21, count);
}

/* A bar for each class, from the middle where there are scores below 0. */
static double draw_scores(struct sr_page *page, const struct sr_activity *a, uint32_t classes, double y) {
    int32_t most = 1, least = 0;
    for (uint32_t c = 0; c < classes; c++) {
        if (a->score[c] > most) most = a->score[c];
        if (a->score[c] < least) least = a->score[c];
    }
    const double high = 11, from = NAMES, room = WIDTH - NAMES - 60,
                 zero = from + room * -(double)least / ((double)most - least);
    for (uint32_t c = 0; c < classes; c++) {
        double end = from + room * ((double)a->score[c] - least) / ((double)most - least), at = y + high * c;
        sr_page_print(
            page,
            "<text x=\"%d\" y=\"%.1f\" class=\"end\">%u</text><rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
            "height=\"8\"/><text x=\"%d\" y=\"%.1f\" class=\"end\" data-score=\"%u\">%d</text>",
            NAMES - 6, at + 8, c,
            c == a->label       ? "right"
            : c == a->predicted ? "wrong"
                                : "other",
            fmin(zero, end), at, fmax(fabs(end - zero), 0.5), WIDTH - 2, at + 8, c, a->score[c]);
    }
    sr_page_print(page, "<text x=\"0\" y=\"%.1f\">score</text>", y + 8);
    return high * classes;
}

void sr_draw_sample(struct sr_page *page, const struct sr_run *run, const struct sr_activity *a, const uint64_t *bits) {
    const struct sr_net *net = &run->net;
    const struct sr_retina retina = sr_retina_of(&run->config, net->inputs);
    uint32_t frames = net->steps < FRAMES ? net->steps : FRAMES;
    struct sr_page inside = {0}; /* how high it becomes is known afterwards */
    double y = 0, high;
    if (retina.planes)
        high = draw_frames(&inside, net, &retina, bits, frames);
    else
        high = draw_raster(&inside, net, bits, NULL, net->inputs, frames, 0);
    draw_name(&inside, 0, "inputs", net->inputs);
    y = (high < 24 ? 24 : high) + 8;
    for (unsigned l = 0; l < net->layers; l++) {
        char name[32];
        high = draw_raster(&inside, net, NULL, a->raster[l], net->hidden[l], frames, y);
        sr_format(name, sizeof name, net->layers > 1 ? "layer %u" : "hidden", l + 1);
        draw_name(&inside, y, name, net->hidden[l]);
        y += (high < 24 ? 24 : high) + 8;
    }
    y += draw_scores(&inside, a, net->classes, y) + 2;
    sr_page_print(
        page,
        "<svg viewBox=\"0 0 %d %.0f\" role=\"img\" class=\"sample\" aria-label=\"sample %u of class %u: its events, the "
        "spikes of hidden neurons, and the scores; answered %u\">",
        WIDTH, y, a->shown, a->label, a->predicted);
    if (inside.failed || !inside.text)
        page->failed = true;
    else
        sr_page_put(page, inside.text);
    free(inside.text);
    sr_page_put(page, "</svg>");
    sr_page_print(page, "<p class=\"note\">Sample %u, class %u, answered %u. Time goes to the right, %u step%s%s. ", a->shown,
                  a->label, a->predicted, net->steps, net->steps == 1 ? "" : "s",
                  frames < net->steps ? ", some to a picture" : "");
    if (!retina.planes) sr_page_put(page, "The inputs are no picture that this page knows, so they are drawn as rows. ");
    if (retina.planes == 2)
        sr_page_put(page, "<span class=\"key event-on\"></span> ON, <span class=\"key event-off\"></span> OFF.");
    sr_page_put(page, "</p>");
}

/* ---- weights of the first layer ---- */

enum { IMAGES = 48 };

static void draw_neuron(struct sr_page *page, const struct sr_run *run, const struct sr_retina *retina, uint32_t n, double full,
                        uint8_t *rgba) {
    const uint32_t wide = retina->planes * (retina->width + 1) - 1, cols = run->net.hidden[0];
    char name[32];
    memset(rgba, 0, (size_t)4 * wide * retina->height);
    for (uint32_t j = 0; j < run->net.inputs; j++) {
        uint32_t plane = j / (retina->width * retina->height), at = j % (retina->width * retina->height);
        uint32_t x = plane * (retina->width + 1) + at % retina->width, y = at / retina->width;
        int32_t weight = run->weights.layer[0][(size_t)j * cols + n] >> run->frac_bits;
        double strength = fmin(abs(weight) / full, 1);
        uint8_t *pixel = rgba + 4 * ((size_t)y * wide + x);
        memcpy(pixel, weight > 0 ? (const uint8_t[3]){214, 96, 0} : (const uint8_t[3]){24, 110, 220}, 3);
        pixel[3] = (uint8_t)(255 * strength);
    }
    sr_format(name, sizeof name, "weights of neuron %u", n);
    sr_page_png(page, rgba, wide, retina->height, name);
}

void sr_draw_weights(struct sr_page *page, const struct sr_run *run) {
    const struct sr_net *net = &run->net;
    const struct sr_retina retina = sr_retina_of(&run->config, net->inputs);
    uint32_t count = net->hidden[0] < IMAGES ? net->hidden[0] : IMAGES;
    if (!retina.planes) {
        sr_page_put(page, "<p class=\"missing\">The inputs are no picture that this page knows: nothing is drawn.</p>");
        return;
    }
    double square = 0;
    size_t size = sr_layer_size(net, 0);
    for (size_t i = 0; i < size; i++) {
        double weight = run->weights.layer[0][i] >> run->frac_bits;
        square += weight * weight;
    }
    double mean = sqrt(square / (double)size), full = fmax(3 * mean, 1);
    uint8_t *rgba = malloc((size_t)4 * (retina.planes * (retina.width + 1)) * retina.height);
    if (!rgba) {
        page->failed = true;
        return;
    }
    sr_page_print(page, "<div class=\"tiles planes%u\">", retina.planes);
    for (uint32_t n = 0; n < count; n++) draw_neuron(page, run, &retina, n, full, rgba);
    free(rgba);
    sr_page_print(page,
                  "</div><p class=\"note\">%u of %u neurons. <span class=\"key plus\"></span> positive, "
                  "<span class=\"key minus\"></span> negative; full colour from %.1f on, three times the root mean square. ",
                  count, net->hidden[0], full);
    if (retina.planes == 2) sr_page_put(page, "Left: inputs of OFF events, right: of ON events.");
    sr_page_put(page, "</p>");
}

/* ---- shares ---- */

static void put_share(struct sr_page *page, const char *what, uint64_t count, uint64_t total) {
    double share = total ? 100 * (double)count / (double)total : 0;
    sr_page_print(page, "<td data-what=\"%s\" data-count=\"%llu\"><span class=\"bar\" style=\"--share:%.2f%%\"></span> %.1f %%",
                  what, (unsigned long long)count, share, share);
    sr_page_put(page, "<small> ");
    sr_page_count(page, count);
    sr_page_put(page, "</small></td>");
}

void sr_draw_shares(struct sr_page *page, const struct sr_run *run, const struct sr_activity *a) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const struct sr_net *net = &run->net;
        size_t size = sr_layer_size(net, l), zero = 0, limit = 0;
        if (!size) continue;
        for (size_t i = 0; i < size; i++) {
            int32_t whole = run->weights.layer[l][i] >> run->frac_bits;
            zero += whole == 0;
            limit += whole <= -127 || whole >= 127;
        }
        sr_page_print(page, "<tr data-layer=\"%s\"><th scope=\"row\">%s</th>", sr_layer_name(l), sr_layer_name(l));
        if (l == SR_READOUT_LAYER) {
            sr_page_put(page, "<td class=\"none\">\xE2\x80\x93</td><td class=\"none\">\xE2\x80\x93</td>");
        } else if (!a) {
            sr_page_put(page, "<td class=\"none\">not known</td><td class=\"none\">not known</td>");
        } else {
            uint64_t silent = 0, busy = 0, all = (uint64_t)a->samples * net->steps;
            for (uint32_t n = 0; n < net->hidden[l]; n++) {
                silent += a->spikes[l][n] == 0;
                busy += a->spikes[l][n] * 10 > all * 9;
            }
            put_share(page, "silent", silent, net->hidden[l]);
            put_share(page, "saturated", busy, net->hidden[l]);
        }
        put_share(page, "zero", zero, size);
        put_share(page, "limit", limit, size);
        sr_page_put(page, "</tr>");
    }
}

/* ---- cycles ---- */

void sr_draw_phases(struct sr_page *page, const struct sr_series *s) {
    const double row = 20, from = 64, room = WIDTH - from - 92;
    sr_page_print(page, "<svg viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"cycles of a generation by phase\">", WIDTH,
                  row * (SR_PHASES + 1));
    for (int p = 0; p <= SR_PHASES; p++) {
        double cycles = (p ? s->phase[p - 1] : s->total) / s->counted, share = cycles * s->counted / s->total, y = row * p;
        const char *name = p ? sr_phase_name[p - 1] : "all";
        sr_page_print(
            page,
            "<g><text x=\"%.0f\" y=\"%.1f\" class=\"end\">%s</text><rect class=\"%s\" x=\"%.0f\" y=\"%.1f\" width=\"%.1f\" "
            "height=\"12\"/><text x=\"%d\" y=\"%.1f\" class=\"end\" data-phase=\"%s\">",
            from - 6, y + 12, name, p ? "phase" : "phase all", from, y + 3, fmax(room * fmin(share, 1), 0.5), WIDTH - 2, y + 12,
            name);
        sr_page_count(page, (uint64_t)(cycles + 0.5));
        sr_page_print(page, "</text><title>%s: %.1f %% of all cycles</title></g>", name, 100 * share);
    }
    sr_page_print(page,
                  "</svg><p class=\"note\">Cycles of a generation, mean of %u. Phases overlap, so they do not add up to all. ",
                  s->counted);
    if (s->phase[2] > 0) sr_page_print(page, "Lanes are busy in %.1f %% of the LIF phase.", 100 * s->lif_busy / s->phase[2]);
    if (s->link > 0) {
        sr_page_put(page, " The link carries ");
        sr_page_count(page, (uint64_t)(s->link / s->count + 0.5));
        sr_page_put(page, " bytes a generation.");
    }
    sr_page_put(page, "</p>");
}
