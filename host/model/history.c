/* SPDX-License-Identifier: Apache-2.0
 * The history of a run, one CSV line a generation: docs/files.md. The columns before COMPARED are results, the same for every
 * engine; TIME_SPENT is what a clock decided; the others are what the run cost. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "model/history.h"

/* In the order in which they stand in a line. */
enum column {
    GENERATION,
    FITNESS_MEAN,
    FITNESS_BEST,
    CORRECT,
    FITNESS_HASH,
    VALIDATION,
    COMPARED,
    CYCLES = COMPARED,
    BASE,
    PROJECT, /* of older programs, always 0 */
    LIF,
    LIF_BUSY,
    READOUT,
    UPDATE,
    EVENTS,
    LINK_TX,
    LINK_RX,
    LINK_RETRIES,
    SECONDS,
    SPIKES,
    ACTIVE,
    FLOAT_VALIDATION,
    TIME_SPENT,
    COLUMNS
};
static const char *const names[COLUMNS] = {
    "generation",   "fitness_mean", "fitness_best", "correct", "fitness_hash",     "validation", "cycles",  "base",
    "project",      "lif",          "lif_busy",     "readout", "update",           "events",     "link_tx", "link_rx",
    "link_retries", "seconds",      "spikes",       "active",  "float_validation", "time_spent"};
/* A set of columns has a bit for each. A new history has all but the one of older programs. */
static const uint32_t new_columns = ((1u << COLUMNS) - 1) & ~(1u << PROJECT);

/* The columns that this first line of a history announces; 0: it is none. */
static uint32_t columns_of(const char *line) {
    uint32_t columns = 0;
    for (unsigned c = 0; c < COLUMNS && *line; c++) {
        size_t length = strlen(names[c]);
        if (strncmp(line, names[c], length) != 0 || (line[length] != ',' && line[length] != '\n')) continue;
        columns |= 1u << c;
        line += length + 1;
    }
    return *line || (columns & ((1u << COMPARED) - 1)) != (1u << COMPARED) - 1 ? 0 : columns;
}

void sr_history_add(struct sr_history_row *row, int32_t fitness, bool first) {
    const uint32_t word = (uint32_t)fitness;
    const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24)};
    row->fitness_sum += fitness;
    if (first || fitness > row->fitness_best) row->fitness_best = fitness;
    row->fitness_hash = sr_hash(row->fitness_hash, bytes, sizeof bytes);
}

enum sr_status sr_history_create(const char *path, char *error, size_t error_size) {
    char header[512];
    size_t length = 0;
    for (unsigned c = 0; c < COLUMNS; c++)
        if (new_columns >> c & 1)
            length += (size_t)snprintf(header + length, sizeof header - length, "%s%s", c ? "," : "", names[c]);
    header[length++] = '\n';
    return sr_file_replace(path, header, length, error, error_size);
}

/* The file is not rewritten: it is cut after the row of `generation`, which a kill cannot spoil. */
enum sr_status sr_history_open(const char *path, uint32_t generation, FILE **result, uint32_t *columns, char *error,
                               size_t error_size) {
    char line[1024];
    FILE *file = fopen(path, "r+");
    if (!file) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
    *columns = fgets(line, sizeof line, file) ? columns_of(line) : 0;
    bool good = *columns != 0;
    for (uint32_t g = 1; g <= generation && good; g++) {
        good = fgets(line, sizeof line, file) && strchr(line, '\n') && isdigit((unsigned char)line[0]) &&
               strtoull(line, NULL, 10) == g;
    }
    if (!good) {
        fclose(file);
        return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: does not hold generations 1 to %u as the checkpoint does",
                        path, generation);
    }
    long end = ftell(file);
    if (end < 0 || fflush(file) != 0 || ftruncate(fileno(file), end) != 0 || fseek(file, 0, SEEK_END) != 0) {
        sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
        fclose(file);
        return SR_ERR_FILE;
    }
    *result = file;
    return SR_OK;
}

enum sr_status sr_history_append(FILE *file, const struct sr_history_row *row, uint32_t columns) {
    const struct sr_counters *c = &row->counters;
    const double samples = (double)row->members * row->batch;
    const uint64_t counts[COLUMNS] = {[CYCLES] = c->total,    [BASE] = c->base,
                                      [LIF] = c->lif,         [LIF_BUSY] = c->lif_busy,
                                      [READOUT] = c->readout, [UPDATE] = c->update,
                                      [EVENTS] = c->events,   [LINK_TX] = c->link_tx,
                                      [LINK_RX] = c->link_rx, [LINK_RETRIES] = c->link_retries};
    char text[COLUMNS][32] = {""};
    for (unsigned i = CYCLES; i <= LINK_RETRIES; i++) sr_format(text[i], sizeof text[i], "%" PRIu64, counts[i]);
    sr_format(text[GENERATION], sizeof *text, "%u", row->generation);
    sr_format(text[FITNESS_MEAN], sizeof *text, "%.4f", (double)row->fitness_sum / samples);
    sr_format(text[FITNESS_BEST], sizeof *text, "%.4f", (double)row->fitness_best / row->batch);
    sr_format(text[CORRECT], sizeof *text, "%.6f", (double)row->correct / samples);
    sr_format(text[FITNESS_HASH], sizeof *text, "%016" PRIx64, row->fitness_hash);
    sr_format(text[SECONDS], sizeof *text, "%.3f", row->seconds);
    const bool evaluated = row->evaluated && row->validation_total;
    if (evaluated) sr_format(text[VALIDATION], sizeof *text, "%.6f", (double)row->validation_correct / row->validation_total);
    if (row->in_float) {
        sr_format(text[SPIKES], sizeof *text, "%.2f", row->spikes);
        sr_format(text[ACTIVE], sizeof *text, "%.6f", row->active);
        if (evaluated)
            sr_format(text[FLOAT_VALIDATION], sizeof *text, "%.6f", (double)row->float_correct / row->validation_total);
    }
    if (row->timed) sr_format(text[TIME_SPENT], sizeof *text, "%.6f", row->time_spent / 65536.0);
    for (unsigned i = 0; i < COLUMNS; i++)
        if (columns >> i & 1) fprintf(file, "%s%s", i ? "," : "", text[i]);
    fputc('\n', file);
    return ferror(file) || fflush(file) != 0 ? SR_ERR_FILE : SR_OK;
}

enum sr_status sr_history_sync(FILE *file) { return fflush(file) == 0 && fsync(fileno(file)) == 0 ? SR_OK : SR_ERR_FILE; }

/* Split a line into these columns; those that it does not have are empty. False: it is cut short. */
static bool split(char *line, uint32_t columns, const char *column[COLUMNS]) {
    bool more = true;
    for (unsigned i = 0; i < COLUMNS; i++) {
        column[i] = "";
        if (!(columns >> i & 1)) continue;
        if (!more) return false;
        size_t length = strcspn(line, ",\n");
        more = line[length] == ',';
        column[i] = line;
        line[length] = '\0';
        line += length + 1;
    }
    return true;
}

enum sr_status sr_history_compare(const char *path1, const char *path2, char *difference, size_t size) {
    FILE *file1 = fopen(path1, "r"), *file2 = fopen(path2, "r");
    char line1[1024], line2[1024];
    const char *column1[COLUMNS], *column2[COLUMNS];
    uint32_t columns1 = 0, columns2 = 0;
    enum sr_status status = SR_OK;
    if (!file1 || !file2) {
        status = sr_error(difference, size, SR_ERR_FILE, "%.300s: %s", file1 ? path2 : path1, strerror(errno));
    } else if (!fgets(line1, sizeof line1, file1) || !(columns1 = columns_of(line1)) || !fgets(line2, sizeof line2, file2) ||
               !(columns2 = columns_of(line2))) {
        status = sr_error(difference, size, SR_ERR_FORMAT, "%.300s: is no history", columns1 ? path2 : path1);
    }
    for (unsigned number = 1; status == SR_OK; number++) {
        bool more1 = fgets(line1, sizeof line1, file1), more2 = fgets(line2, sizeof line2, file2);
        if (!more1 && !more2) break;
        if (more1 != more2) {
            status = sr_error(difference, size, SR_ERR_MISMATCH, "history: %.300s ends after generation %u, the other goes on",
                              more1 ? path2 : path1, number - 1);
        } else if (!split(line1, columns1, column1) || !split(line2, columns2, column2)) {
            status = sr_error(difference, size, SR_ERR_FORMAT, "history: line %u is cut short", number + 1);
        }
        for (int i = 0; i < COLUMNS && status == SR_OK; i++) {
            if ((i >= COMPARED && i != TIME_SPENT) || strcmp(column1[i], column2[i]) == 0) continue;
            status = sr_error(difference, size, SR_ERR_MISMATCH, "history, generation %u, %s: %.60s and %.60s", number,
                              names[i], column1[i], column2[i]);
        }
    }
    if (file1) fclose(file1);
    if (file2) fclose(file2);
    return status;
}
