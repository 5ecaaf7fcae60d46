/* SPDX-License-Identifier: Apache-2.0
 * The report of runs: gathers what there is of each, and writes the page. See report.h. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report/sections.h"

struct gathering {
    const struct sr_report_how *how;
    struct sr_report_run *runs;
    struct sr_data loaded; /* of how->folder, for the run before */
    struct sr_data_options options;
    bool is_loaded;
    char *error;
    size_t error_size;
};

static void load_history(struct sr_report_run *r) {
    char path[4096 + 16];
    struct stat about;
    if (stat(r->name, &about) != 0 || !S_ISDIR(about.st_mode)) {
        sr_error(r->history_missing, sizeof r->history_missing, SR_OK, "This is a model file, which has no history.");
        return;
    }
    sr_format(path, sizeof path, "%.4095s/history.csv", r->name);
    r->has_history = sr_series_load(path, &r->run.config, &r->series, r->history_missing, sizeof r->history_missing) == SR_OK;
    if (r->has_history && !r->series.count) {
        r->has_history = false;
        sr_error(r->history_missing, sizeof r->history_missing, SR_OK, "No generation is done yet.");
    }
}

static bool same_data(const struct sr_data_options *a, const struct sr_data_options *b) {
    return a->width == b->width && a->height == b->height && a->pool == b->pool && a->steps == b->steps &&
           a->duration_us == b->duration_us && a->holdout_percent == b->holdout_percent && a->seed == b->seed &&
           a->rotate == b->rotate && a->limit_train == b->limit_train && a->limit_test == b->limit_test;
}

/* The data as the run read its own. A folder that cannot be read at all is the user's mistake, and ends the report. */
static enum sr_status load_data(struct gathering *g, const struct sr_run *run) {
    struct sr_data_options wanted;
    sr_config_data(&run->config, g->how->folder, &wanted);
    if (g->is_loaded && same_data(&wanted, &g->options)) return SR_OK;
    if (g->is_loaded) sr_data_free(&g->loaded);
    g->is_loaded = false;
    enum sr_status status = sr_data_load(&wanted, &g->loaded, g->error, g->error_size);
    g->is_loaded = status == SR_OK;
    g->options = wanted;
    return status;
}

/* The samples that the run's network is shown: *count of the set, those of `chosen` or the first. NULL: why is in the run. */
static const struct sr_data_set *samples_of(const struct gathering *g, struct sr_report_run *r, const uint32_t **chosen,
                                            uint32_t *count) {
    const struct sr_report_how *how = g->how;
    const struct sr_net *net = &r->run.net;
    const struct sr_data_set *set;
    *chosen = how->folder ? NULL : how->chosen;
    if (how->folder) {
        set = how->split == SR_SPLIT_TEST ? &g->loaded.test : &g->loaded.train;
        *count = set->count;
        sr_format(r->samples, sizeof r->samples, "%s samples",
                  how->split == SR_SPLIT_TRAIN ? "training"
                  : g->loaded.holdout          ? "held-out"
                                               : "test");
    } else if (how->data && how->chosen_count) {
        set = &how->data->train;
        *count = how->chosen_count;
        sr_format(r->samples, sizeof r->samples, "validation samples");
    } else {
        sr_error(r->activity_missing, sizeof r->activity_missing, SR_OK,
                 how->data ? "There are no validation samples to show the network." : "No data was given (--data).");
        return NULL;
    }
    if (set->inputs != net->inputs || set->steps != net->steps || set->classes > net->classes) {
        sr_error(r->activity_missing, sizeof r->activity_missing, SR_OK,
                 "The data has %u inputs, %u steps and %u classes, the network has %u, %u and %u.", set->inputs, set->steps,
                 set->classes, net->inputs, net->steps, net->classes);
        return NULL;
    }
    if (*count == 0) {
        sr_error(r->activity_missing, sizeof r->activity_missing, SR_OK, "The data has no such samples.");
        return NULL;
    }
    if (how->limit && *count > how->limit) *count = how->limit;
    return set;
}

static enum sr_status load_activity(struct gathering *g, struct sr_report_run *r) {
    uint32_t count = 0;
    const uint32_t *chosen;
    enum sr_status status = g->how->folder ? load_data(g, &r->run) : SR_OK;
    if (status != SR_OK) return status;
    const struct sr_data_set *set = samples_of(g, r, &chosen, &count);
    if (!set) return SR_OK;
    if (g->how->sample >= count)
        return sr_error(g->error, g->error_size, SR_ERR_ARGUMENT, "--sample %u: there are %u %s (0 to %u)", g->how->sample,
                        count, r->samples, count - 1);
    const struct sr_activity_how how = {.net = &r->run.net,
                                        .weights = &r->run.weights,
                                        .frac_bits = r->run.frac_bits,
                                        .set = set,
                                        .chosen = chosen,
                                        .count = count,
                                        .shown = g->how->sample,
                                        .stop = g->how->stop};
    const size_t words = (size_t)set->steps * set->step_words;
    status = sr_activity_run(&how, &r->activity);
    r->has_activity = status == SR_OK;
    if (status != SR_OK) return sr_error(g->error, g->error_size, status, "%s", sr_status_text(status));
    r->bits = malloc(words * sizeof *r->bits);
    if (!r->bits) return sr_error(g->error, g->error_size, SR_ERR_MEMORY, "out of memory");
    memcpy(r->bits, set->bits + r->activity.shown * words, words * sizeof *r->bits);
    return SR_OK;
}

static enum sr_status gather(struct gathering *g) {
    enum sr_status status = SR_OK;
    for (uint32_t i = 0; i < g->how->count && status == SR_OK; i++) {
        struct sr_report_run *r = &g->runs[i];
        r->name = g->how->runs[i];
        status = sr_model_path(r->name, r->model, sizeof r->model, g->error, g->error_size);
        if (status == SR_OK) status = sr_run_load(r->model, &r->run, g->error, g->error_size);
        if (status != SR_OK) return status;
        load_history(r);
        status = load_activity(g, r);
    }
    return status;
}

static void write_page(struct sr_page *page, const struct sr_report_run *runs, uint32_t count, bool live) {
    sr_section_head(page, runs, count, live);
    sr_section_cards(page, runs, count);
    sr_section_learning(page, runs, count);
    sr_section_network(page, runs, count);
    sr_section_cycles(page, runs, count);
    sr_section_table(page, runs, count);
    sr_page_put(page, "</main></body></html>\n");
}

enum sr_status sr_report_make(const struct sr_report_how *how, char **text, size_t *size, char *error, size_t error_size) {
    struct gathering g = {.how = how, .error = error, .error_size = error_size};
    struct sr_page page = {0};
    if (how->count < 1 || how->count > SR_REPORT_RUNS)
        return sr_error(error, error_size, SR_ERR_LIMIT, "%u runs: a report is of 1 to %d", how->count, SR_REPORT_RUNS);
    g.runs = calloc(how->count, sizeof *g.runs);
    if (!g.runs) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    enum sr_status status = gather(&g);
    if (status == SR_OK) {
        write_page(&page, g.runs, how->count, how->live);
        if (page.failed) status = sr_error(error, error_size, SR_ERR_MEMORY, "out of memory for the page");
    }
    for (uint32_t i = 0; i < how->count; i++) {
        sr_run_free(&g.runs[i].run);
        sr_series_free(&g.runs[i].series);
        sr_activity_free(&g.runs[i].activity);
        free(g.runs[i].bits);
    }
    free(g.runs);
    if (g.is_loaded) sr_data_free(&g.loaded);
    if (status != SR_OK) {
        free(page.text);
        return status;
    }
    *text = page.text;
    *size = page.length;
    return SR_OK;
}
