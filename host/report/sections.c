/* SPDX-License-Identifier: Apache-2.0
 * The sections of a report: see sections.h. Every text that is not the program's own goes through sr_page_text. */
#include "report/sections.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/plot.h"
#include "report/report.h"

void sr_section_head(struct sr_page *page, const struct sr_report_run *runs, uint32_t count, bool live) {
    sr_page_put(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    if (live) sr_page_put(page, "; script-src 'self'; connect-src 'self'");
    sr_page_put(page, "\"><link rel=\"icon\" href=\"data:,\"><title>Spikeroll: ");
    for (uint32_t i = 0; i < count; i++) {
        if (i) sr_page_put(page, ", ");
        sr_page_text(page, runs[i].name);
    }
    sr_page_put(page, "</title><style>");
    for (size_t i = 0; sr_report_style[i]; i++) sr_page_put(page, sr_report_style[i]);
    sr_page_put(page, "</style>");
    if (live) sr_page_put(page, "<script src=\"/watch.js\" defer></script>");
    sr_page_put(page, "</head><body>");
    sr_page_print(page, "<header><h1>Spikeroll</h1><p>%s</p></header><main%s>",
                  live         ? "<span id=\"live\" role=\"status\">a training under way; this page keeps up with it</span>"
                  : count == 1 ? "report of one run"
                               : "report of runs, side by side",
                  count == 1 ? " class=\"single\"" : "");
}

/* ---- the runs at a glance ---- */

static void put_term(struct sr_page *page, const char *name, const char *value) {
    sr_page_print(page, "<div><dt>%s</dt><dd>", name);
    sr_page_text(page, value);
    sr_page_put(page, "</dd></div>");
}

static void put_settings(struct sr_page *page, const struct sr_config *config) {
    size_t count;
    const struct sr_field *fields = sr_config_fields(&count);
    sr_page_put(page, "<details><summary>All settings</summary><dl class=\"settings\">");
    for (size_t i = 0; i < count; i++) {
        char value[160];
        sr_field_text(&fields[i], config, value, sizeof value);
        put_term(page, fields[i].name, value);
    }
    sr_page_put(page, "</dl></details>");
}

static void put_figure(struct sr_page *page, const char *id, double share, const char *what) {
    sr_page_print(page, "<p class=\"figure\"><b data-figure=\"%s\">%.2f %%</b> ", id, 100 * share);
    sr_page_text(page, what);
    sr_page_put(page, "</p>");
}

static void put_figures(struct sr_page *page, const struct sr_report_run *r) {
    char what[160];
    if (r->has_activity) {
        sr_format(what, sizeof what, "right of %s (%u/%u)", r->samples, r->activity.correct, r->activity.samples);
        put_figure(page, "accuracy", (double)r->activity.correct / r->activity.samples, what);
    }
    if (r->has_history && r->series.validated) {
        uint32_t best = r->series.best;
        if (r->run.has_best)
            sr_format(what, sizeof what, "best validation (%u/%u), at generation %u", r->run.best_correct, r->run.best_total,
                      r->run.best_generation);
        else
            sr_format(what, sizeof what, "best validation, at generation %.0f", r->series.generation[best]);
        put_figure(page, "validation", r->series.validation[best], what);
    } else if (r->has_history) {
        uint32_t last = r->series.count - 1;
        put_figure(page, "batch", r->series.correct[last], "right in the last batch; there was no validation");
    }
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_card(struct sr_page *page, const struct sr_report_run *r, uint32_t number) {
    const struct sr_config *c = &r->run.config;
    char text[160], mode[32], shape[64];
    sr_page_print(page, "<article class=\"card\"><h2><span class=\"key c%u\"></span>", number);
    sr_page_text(page, r->name);
    sr_page_put(page, "</h2>");
    put_figures(page, r);
    sr_page_put(page, "<dl>");
    sr_net_text(&r->run.net, shape, sizeof shape);
    sr_format(text, sizeof text, "%s, %u step%s", shape, r->run.net.steps, r->run.net.steps == 1 ? "" : "s");
    put_term(page, "network", text);
    sr_choice_text(SR_MODE_WORDS, c->mode, mode, sizeof mode);
    if (c->mode == SR_MODE_LOWRANK)
        sr_format(text, sizeof text, "%s, rank %u, population %u", mode, c->rank, c->population);
    else if (c->mode == SR_MODE_FULL)
        sr_format(text, sizeof text, "%s, population %u", mode, c->population);
    else
        sr_format(text, sizeof text, "%s", mode);
    put_term(page, "mode", text);
    sr_format(text, sizeof text, "%u, seed %" PRIu64, c->batch, c->seed);
    put_term(page, "batch", text);
    if (r->has_history) {
        uint32_t last = r->series.count - 1;
        sr_format(text, sizeof text, "%.0f of %u", r->series.generation[last], c->generations);
        put_term(page, "generations", text);
        sr_format(text, sizeof text, "%.1f s", r->series.seconds[last]);
        put_term(page, "time", text);
    }
    sr_format(text, sizeof text, "%.100s, generation %u", file_name(r->model), r->run.generation);
    put_term(page, "weights", text);
    sr_page_put(page, "</dl>");
    if (!r->has_history) {
        sr_page_put(page, "<p class=\"missing\">No history: ");
        sr_page_text(page, r->history_missing);
        sr_page_put(page, "</p>");
    }
    put_settings(page, c);
    sr_page_put(page, "</article>");
}

void sr_section_cards(struct sr_page *page, const struct sr_report_run *runs, uint32_t count) {
    sr_page_put(page, "<section class=\"grid\" aria-label=\"the runs\">");
    for (uint32_t i = 0; i < count; i++) put_card(page, &runs[i], i);
    sr_page_put(page, "</section>");
}

/* ---- learning ---- */

enum axis { SAMPLES, EVALUATIONS, CYCLES, SECONDS, AXES };
static const char *const axis_name[AXES] = {"samples", "evaluations", "cycles", "seconds"};

static const double *axis_of(const struct sr_series *s, enum axis axis) {
    const double *const columns[AXES] = {s->samples, s->evaluations, s->cycles, s->seconds};
    return columns[axis];
}

/* Whether the run's history has this axis at all. */
static bool has_axis(const struct sr_report_run *r, enum axis axis) {
    return r->has_history && axis_of(&r->series, axis)[r->series.count - 1] > 0;
}

static void draw_chart(struct sr_page *page, const struct sr_report_run *runs, uint32_t count, enum axis axis, bool accuracy) {
    struct sr_curve curves[2 * SR_REPORT_RUNS];
    uint32_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct sr_series *s = &runs[i].series;
        if (!has_axis(&runs[i], axis)) continue;
        struct sr_curve curve = {.x = axis_of(s, axis), .count = s->count, .colour = i, .name = runs[i].name};
        curve.y = accuracy ? s->correct : s->fitness;
        curve.faint = accuracy && s->validated;
        curves[used++] = curve;
        if (!curve.faint) continue;
        curve.y = s->validation;
        curve.faint = false;
        curves[used++] = curve;
    }
    const struct sr_chart chart = {.title = accuracy ? "accuracy" : "fitness",
                                   .x_name = axis_name[axis],
                                   .percent = accuracy,
                                   .curves = curves,
                                   .count = used};
    sr_chart_draw(page, &chart);
}

static void put_legend(struct sr_page *page, const struct sr_report_run *runs, uint32_t count) {
    sr_page_put(page, "<ul class=\"legend\">");
    for (uint32_t i = 0; i < count; i++) {
        sr_page_print(page, "<li><span class=\"key c%u\"></span>", i);
        sr_page_text(page, runs[i].name);
        sr_page_put(page, "</li>");
    }
    sr_page_put(page, "</ul>");
}

static void put_without_axis(struct sr_page *page, const struct sr_report_run *runs, uint32_t count, enum axis axis) {
    for (uint32_t i = 0; i < count; i++) {
        if (has_axis(&runs[i], axis)) continue;
        sr_page_put(page, "<p class=\"missing\"><b>");
        sr_page_text(page, runs[i].name);
        sr_page_print(page, "</b> is not drawn: %s.</p>",
                      !runs[i].has_history  ? "there is no history"
                      : axis == EVALUATIONS ? "its mode has no population"
                      : axis == CYCLES      ? "its engine counts no cycles"
                                            : "the history does not say");
    }
}

void sr_section_learning(struct sr_page *page, const struct sr_report_run *runs, uint32_t count) {
    sr_page_put(page, "<section><h2>Learning</h2>");
    put_legend(page, runs, count);
    sr_page_put(page, "<div class=\"axes\">");
    for (int a = 0; a < AXES; a++)
        sr_page_print(page, "<input type=\"radio\" name=\"axis\" id=\"axis-%s\"%s><label for=\"axis-%s\">%s</label>",
                      axis_name[a], a ? "" : " checked", axis_name[a], axis_name[a]);
    for (enum axis a = 0; a < AXES; a++) {
        sr_page_print(page, "<div class=\"axis\" id=\"over-%s\"><div class=\"grid\">", axis_name[a]);
        draw_chart(page, runs, count, a, true);
        draw_chart(page, runs, count, a, false);
        sr_page_put(page, "</div>");
        put_without_axis(page, runs, count, a);
        sr_page_put(page, "</div>");
    }
    sr_page_put(
        page,
        "</div><p class=\"note\">Accuracy: strong lines are validation, faint ones the batch over all members. Fitness is the "
        "mean of a sample over all members, in the history's units (64 a nat for log-softmax)");
    for (uint32_t i = 1; i < count; i++)
        if (runs[i].run.config.fitness != runs[0].run.config.fitness) {
            sr_page_put(page, "; these runs are of different kinds of fitness, which cannot be compared");
            break;
        }
    sr_page_put(page,
                ". An evaluation is one member on one sample; samples are counted each time they are shown.</p></section>");
}

/* ---- what the network does ---- */

/* A figure for each run, side by side. */
static void begin_figure(struct sr_page *page, const struct sr_report_run *r, uint32_t number) {
    sr_page_print(page, "<figure class=\"of-run\"><figcaption><span class=\"key c%u\"></span>", number);
    sr_page_text(page, r->name);
    sr_page_put(page, "</figcaption>");
}

static void put_missing(struct sr_page *page, const char *text) {
    sr_page_put(page, "<p class=\"missing\">");
    sr_page_text(page, text);
    sr_page_put(page, "</p>");
}

void sr_section_network(struct sr_page *page, const struct sr_report_run *runs, uint32_t count) {
    sr_page_put(page, "<div class=\"flow\"><section><h2>Answers</h2><div class=\"grid\">");
    for (uint32_t i = 0; i < count; i++) {
        begin_figure(page, &runs[i], i);
        if (runs[i].has_activity) {
            sr_draw_confusion(page, &runs[i].activity, runs[i].run.net.classes);
            sr_page_print(page, "<p class=\"note\">%u ", runs[i].activity.samples);
            sr_page_text(page, runs[i].samples);
            sr_page_put(page, "; the colour is the share of the label's row.</p>");
        } else {
            put_missing(page, runs[i].activity_missing);
        }
        sr_page_put(page, "</figure>");
    }
    sr_page_put(page, "</div></section><section><h2>A sample and its spikes</h2><div class=\"grid\">");
    for (uint32_t i = 0; i < count; i++) {
        begin_figure(page, &runs[i], i);
        if (runs[i].has_activity)
            sr_draw_sample(page, &runs[i].run, &runs[i].activity, runs[i].bits);
        else
            put_missing(page, runs[i].activity_missing);
        sr_page_put(page, "</figure>");
    }
    sr_page_put(page, "</div></section><section><h2>Weights of the first layer</h2><div class=\"grid\">");
    for (uint32_t i = 0; i < count; i++) {
        begin_figure(page, &runs[i], i);
        sr_draw_weights(page, &runs[i].run);
        sr_page_put(page, "</figure>");
    }
    sr_page_put(page, "</div></section><section><h2>Silent and saturated</h2><div class=\"grid\">");
    for (uint32_t i = 0; i < count; i++) {
        begin_figure(page, &runs[i], i);
        sr_page_put(page,
                    "<div class=\"scroll\"><table><thead><tr><th></th><th>silent neurons</th><th>saturated neurons</th>"
                    "<th>zero weights</th><th>weights at the limit</th></tr></thead><tbody>");
        sr_draw_shares(page, &runs[i].run, runs[i].has_activity ? &runs[i].activity : NULL);
        sr_page_put(page, "</tbody></table></div>");
        if (!runs[i].has_activity) put_missing(page, runs[i].activity_missing);
        sr_page_put(page, "</figure>");
    }
    sr_page_put(page,
                "</div><p class=\"note\">Silent: no spike in any sample. Saturated: a spike in more than nine of ten steps. "
                "Weights are "
                "the whole numbers that inference sees; the limit is 127 either way.</p></section>");
}

void sr_section_cycles(struct sr_page *page, const struct sr_report_run *runs, uint32_t count) {
    sr_page_put(page, "<section><h2>Cycles by phase</h2><div class=\"grid\">");
    for (uint32_t i = 0; i < count; i++) {
        begin_figure(page, &runs[i], i);
        if (runs[i].has_history && runs[i].series.counted)
            sr_draw_phases(page, &runs[i].series);
        else
            put_missing(page, runs[i].has_history ? "The engine of this run counts no cycles." : "There is no history.");
        sr_page_put(page, "</figure>");
    }
    sr_page_put(page, "</div></section></div>");
}

/* ---- the figures ---- */

enum { ROWS = 200 };

static void put_row(struct sr_page *page, const struct sr_series *s, uint32_t i) {
    sr_page_print(page, "<tr><td>%.0f</td><td>%.0f</td><td>", s->generation[i], s->samples[i]);
    if (s->evaluations[i] > 0) sr_page_print(page, "%.0f", s->evaluations[i]);
    sr_page_put(page, "</td><td>");
    if (s->cycles[i] > 0) sr_page_print(page, "%.0f", s->cycles[i]);
    sr_page_print(page, "</td><td>%.3f</td><td>%.4f</td><td>%.6f</td><td>", s->seconds[i], s->fitness[i], s->correct[i]);
    if (!isnan(s->validation[i])) sr_page_print(page, "%.6f", s->validation[i]);
    sr_page_put(page, "</td></tr>");
}

void sr_section_table(struct sr_page *page, const struct sr_report_run *runs, uint32_t count) {
    sr_page_put(page, "<section><h2>Figures</h2>");
    for (uint32_t i = 0; i < count; i++) {
        const struct sr_series *s = &runs[i].series;
        uint32_t wanted = s->validated ? s->validated : s->count, share = (wanted + ROWS - 1) / ROWS, seen = 0;
        sr_page_print(page, "<details id=\"figures-%u\"><summary><span class=\"key c%u\"></span>", i, i);
        sr_page_text(page, runs[i].name);
        sr_page_put(page, "</summary>");
        if (!runs[i].has_history) {
            put_missing(page, "There is no history.");
        } else {
            sr_page_put(
                page,
                "<div class=\"scroll\"><table class=\"figures\"><thead><tr><th>generation</th><th>samples</th><th>evaluations"
                "</th><th>cycles</th><th>seconds</th><th>fitness</th><th>batch</th><th>validation</th></tr></thead><tbody>");
            for (uint32_t g = 0; g < s->count; g++) {
                bool last = g + 1 == s->count, listed = !s->validated || !isnan(s->validation[g]);
                if (listed) seen++;
                if (last || (listed && (seen % share == 0 || g == s->best))) put_row(page, s, g);
            }
            sr_page_put(page, "</tbody></table></div>");
        }
        sr_page_put(page, "</details>");
    }
    sr_page_put(page, "</section>");
}
