/* SPDX-License-Identifier: Apache-2.0
 * The history of a run as columns of numbers: see series.h. */
#include "report/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

const char *const sr_phase_name[SR_PHASES] = {"base", "lif", "readout", "update"};

/* What a row must have comes first. */
enum column {
    GENERATION,
    FITNESS,
    CORRECT,
    SECONDS,
    NEEDED,
    VALIDATION = NEEDED,
    FLOAT_VALIDATION,
    CYCLES,
    PHASE,
    LIF_BUSY = PHASE + SR_PHASES,
    LINK_TX,
    LINK_RX,
    COLUMNS
};
static const char *const names[COLUMNS] = {"generation",       "fitness_mean", "correct", "seconds", "validation",
                                           "float_validation", "cycles",       "base",    "lif",     "readout",
                                           "update",           "lif_busy",     "link_tx", "link_rx"};
enum { FIELDS_MAX = 64 };

/* Bounds what a file that is no history of ours can make this program take: ten million generations. */
static const struct sr_file_kind kind = {
    .limit = (size_t)1 << 30, .head = "generation,", .head_size = 11, .otherwise = "is no history of a run"};

struct reader {
    const char *path;
    unsigned line;
    int place[FIELDS_MAX]; /* column of each field, or -1 */
    uint32_t fields;
};

/* Cut a line at its commas; number of fields, at most FIELDS_MAX + 1. */
static uint32_t split(char *line, char *field[FIELDS_MAX]) {
    for (uint32_t count = 0; count < FIELDS_MAX;) {
        char *comma = strchr(line, ',');
        field[count++] = line;
        if (!comma) return count;
        *comma = '\0';
        line = comma + 1;
    }
    return FIELDS_MAX + 1;
}

static enum sr_status read_header(struct reader *reader, char *line, char *error, size_t error_size) {
    char *field[FIELDS_MAX];
    uint32_t needed = 0;
    reader->fields = split(line, field);
    for (uint32_t i = 0; i < reader->fields && reader->fields <= FIELDS_MAX; i++) {
        reader->place[i] = -1;
        for (int c = 0; c < COLUMNS; c++)
            if (!strcmp(field[i], names[c])) reader->place[i] = c;
        needed += reader->place[i] >= 0 && reader->place[i] < NEEDED;
    }
    if (needed == NEEDED) return SR_OK;
    return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: is no history of a run", reader->path);
}

static enum sr_status read_row(struct reader *reader, char *line, double value[COLUMNS], char *error, size_t error_size) {
    char *field[FIELDS_MAX];
    bool good = split(line, field) == reader->fields;
    for (int c = 0; c < COLUMNS; c++) value[c] = c == VALIDATION || c == FLOAT_VALIDATION ? NAN : 0;
    for (uint32_t i = 0; good && i < reader->fields; i++) {
        int c = reader->place[i];
        if (c < 0 || (!*field[i] && c >= NEEDED)) continue;
        good = sr_parse_real(field[i], &value[c]);
    }
    if (good) return SR_OK;
    return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: line %u is no row of a history", reader->path, reader->line);
}

static void add_row(struct sr_series *s, const double value[COLUMNS], const struct sr_config *config) {
    uint32_t i = s->count++;
    bool population = config->mode == SR_MODE_LOWRANK || config->mode == SR_MODE_FULL;
    s->generation[i] = value[GENERATION];
    s->fitness[i] = value[FITNESS];
    s->correct[i] = value[CORRECT];
    s->validation[i] = value[VALIDATION];
    s->float_validation[i] = value[FLOAT_VALIDATION];
    s->seconds[i] = value[SECONDS];
    s->samples[i] = value[GENERATION] * config->batch;
    s->evaluations[i] = population ? s->samples[i] * (config->population / 2 * 2) : 0;
    s->total += value[CYCLES];
    s->counted += value[CYCLES] > 0;
    s->cycles[i] = s->total;
    for (int p = 0; p < SR_PHASES; p++) s->phase[p] += value[PHASE + p];
    s->lif_busy += value[LIF_BUSY];
    s->link += value[LINK_TX] + value[LINK_RX];
    if (isnan(value[VALIDATION])) return;
    if (!s->validated++ || value[VALIDATION] > s->validation[s->best]) s->best = i;
}

static enum sr_status read_all(char *text, size_t size, const char *path, const struct sr_config *config,
                               struct sr_series *series, char *error, size_t error_size) {
    struct reader reader = {.path = path, .line = 1};
    double value[COLUMNS];
    char *end = strchr(text, '\n');
    if (!end || strlen(text) != size) return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: is no history of a run", path);
    *end = '\0';
    enum sr_status status = read_header(&reader, text, error, error_size);
    for (char *line = end + 1; status == SR_OK && (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        reader.line++;
        status = read_row(&reader, line, value, error, error_size);
        if (status == SR_OK) add_row(series, value, config);
    }
    return status;
}

enum sr_status sr_series_load(const char *path, const struct sr_config *config, struct sr_series *series, char *error,
                              size_t error_size) {
    uint8_t *bytes;
    size_t size, rows = 0;
    *series = (struct sr_series){0};
    enum sr_status status = sr_file_read(path, &kind, &bytes, &size, error, error_size);
    if (status != SR_OK) return status;
    char *text = realloc(bytes, size + 1);
    double **const columns[] = {&series->generation, &series->fitness,          &series->correct,
                                &series->validation, &series->float_validation, &series->seconds,
                                &series->samples,    &series->evaluations,      &series->cycles};
    enum { KEPT = sizeof columns / sizeof *columns };
    if (!text) {
        free(bytes);
        return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory for %.300s", path);
    }
    text[size] = '\0';
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++) rows++;
    for (size_t i = 0; i < KEPT && status == SR_OK; i++) {
        *columns[i] = malloc((rows + 1) * sizeof(double));
        if (!*columns[i]) status = sr_error(error, error_size, SR_ERR_MEMORY, "out of memory for %.300s", path);
    }
    if (status == SR_OK) status = read_all(text, size, path, config, series, error, error_size);
    if (!series->validated) series->best = series->count;
    free(text);
    if (status != SR_OK) sr_series_free(series);
    return status;
}

void sr_series_free(struct sr_series *series) {
    free(series->generation);
    free(series->fitness);
    free(series->correct);
    free(series->validation);
    free(series->float_validation);
    free(series->seconds);
    free(series->samples);
    free(series->evaluations);
    free(series->cycles);
    *series = (struct sr_series){0};
}
