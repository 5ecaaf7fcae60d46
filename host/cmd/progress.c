/* SPDX-License-Identifier: Apache-2.0
 * Progress of a training on standard error: see progress.h. */
#include "cmd/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

enum { BAR = 24, LINE = 256 };

void sr_progress_view_begin(struct sr_progress_view *view, bool plain) {
    const char *kind = getenv("TERM");
    bool dumb = !kind || !*kind || !strcmp(kind, "dumb"); /* such a terminal shows escape sequences instead of obeying them */
    *view = (struct sr_progress_view){.terminal = !plain && !dumb && isatty(STDERR_FILENO), .shown = sr_now()};
}

/* Columns of the terminal now: it may be made narrower while a run goes on. */
static size_t columns(void) {
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

static void clear_bar(struct sr_progress_view *view) {
    if (view->bar) fputs("\r\033[K", stderr);
    view->bar = false;
}

/* The bar gives way to the text, and the end of the text to the edge: a line that wraps could not be erased. The last column
 * stays empty, as many terminals wrap when it is written. */
static void show_bar(struct sr_progress_view *view, const struct sr_progress *p, const char *text) {
    char line[LINE + BAR + 4] = "[";
    size_t width = columns() - 1, length = strlen(text), used = 0;
    if (width >= length + 11) { /* a bar of 8 at least */
        size_t bar = width - length - 3 < BAR ? width - length - 3 : BAR;
        size_t filled = (size_t)((double)bar * p->done);
        for (used = 1; used <= bar; used++) line[used] = used <= filled ? '#' : '.';
        line[used++] = ']';
        line[used++] = ' ';
    }
    snprintf(line + used, sizeof line - used, "%s", text);
    if (width < sizeof line) line[width] = '\0';
    fputs(line, stderr);
    view->bar = true;
}

bool sr_progress_show(void *context, const struct sr_progress *p) {
    struct sr_progress_view *view = context;
    double now = sr_now();
    if (!p->validated && now - view->shown < (view->terminal ? 0.2 : 10)) return true;
    view->shown = now;
    char line[LINE];
    clear_bar(view);
    if (!p->validated && view->terminal && columns() < 110) { /* what matters most, in short */
        snprintf(line, sizeof line, "%u/%u  fitness %.4f  batch %.4f  %.3g gen/s", p->generation, p->generations, p->fitness,
                 p->accuracy, p->generations_second);
        show_bar(view, p, line);
        fflush(stderr);
        return true;
    }
    snprintf(line, sizeof line, "generation %u/%u  fitness %.4f  batch %.4f  %.3g gen/s  %.3g evaluations/s", p->generation,
             p->generations, p->fitness, p->accuracy, p->generations_second, p->evaluations_second);
    if (p->validated) {
        fprintf(stderr, "%s  validation %.4f", line, p->validation);
        if (p->in_float)
            fprintf(stderr, " (float %.4f)  active %.2f %%  %.0f spikes a sample", p->float_validation, 100 * p->active,
                    p->spikes);
        if (p->has_best) fprintf(stderr, "  best %.4f at %u", p->best, p->best_generation);
        fputc('\n', stderr);
    } else if (view->terminal) {
        show_bar(view, p, line);
    } else {
        fprintf(stderr, "%s\n", line);
    }
    fflush(stderr);
    return true;
}

void sr_progress_view_end(struct sr_progress_view *view) { clear_bar(view); }
