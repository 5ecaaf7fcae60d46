/* SPDX-License-Identifier: Apache-2.0
 * The history of a run, one CSV line a generation: docs/files.md. The first COMPARED columns are results, the same for every
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

enum { COMPARED = 6, TIME_SPENT = 21, COLUMNS };
static const char header[] =
    "generation,fitness_mean,fitness_best,correct,fitness_hash,validation,"
    "cycles,base,project,lif,lif_busy,readout,update,events,link_tx,link_rx,link_retries,seconds,"
    "spikes,active,float_validation,time_spent\n";
/* How many of these columns this program and older ones write. */
static const unsigned widths[] = {COLUMNS, 21, 18};

/* Length of a line's first columns, without the comma behind them; of the whole line without its end, if it has no more. */
static size_t length_of(const char *line, unsigned columns) {
    size_t length = strcspn(line, ",\n");
    while (--columns > 0 && line[length] == ',') length += 1 + strcspn(line + length + 1, ",\n");
    return length;
}

/* The number of columns that this first line of a history announces, or 0 if it is none. */
static unsigned width_of(const char *line) {
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        size_t length = length_of(header, widths[i]);
        if (!strncmp(line, header, length) && !strcmp(line + length, "\n")) return widths[i];
    }
    return 0;
}

void sr_history_add(struct sr_history_row *row, int32_t fitness, bool first) {
    const uint32_t word = (uint32_t)fitness;
    const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24)};
    row->fitness_sum += fitness;
    if (first || fitness > row->fitness_best) row->fitness_best = fitness;
    row->fitness_hash = sr_hash(row->fitness_hash, bytes, sizeof bytes);
}

enum sr_status sr_history_create(const char *path, char *error, size_t error_size) {
    return sr_file_replace(path, header, sizeof header - 1, error, error_size);
}

/* The file is not rewritten: it is cut after the row of `generation`, which a kill cannot spoil. */
enum sr_status sr_history_open(const char *path, uint32_t generation, FILE **result, unsigned *columns, char *error,
                               size_t error_size) {
    char line[1024];
    FILE *file = fopen(path, "r+");
    if (!file) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
    *columns = fgets(line, sizeof line, file) ? width_of(line) : 0;
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

enum sr_status sr_history_append(FILE *file, const struct sr_history_row *row, unsigned columns) {
    const struct sr_counters *c = &row->counters;
    double samples = (double)row->members * row->batch;
    char line[1024], text[512], share[32] = "", host[96] = ",,", spent[32] = "";
    if (row->evaluated && row->validation_total)
        sr_format(share, sizeof share, "%.6f", (double)row->validation_correct / row->validation_total);
    sr_format(text, sizeof text,
              "%u,%.4f,%.4f,%.6f,%016" PRIx64 ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
              ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.3f",
              row->generation, (double)row->fitness_sum / samples, (double)row->fitness_best / row->batch,
              (double)row->correct / samples, row->fitness_hash, share, c->total, c->base, c->project, c->lif, c->lif_busy,
              c->readout, c->update, c->events, c->link_tx, c->link_rx, c->link_retries, row->seconds);
    if (row->in_float) {
        char more[32] = "";
        if (*share) sr_format(more, sizeof more, "%.6f", (double)row->float_correct / row->validation_total);
        sr_format(host, sizeof host, "%.2f,%.6f,%s", row->spikes, row->active, more);
    }
    if (row->timed) sr_format(spent, sizeof spent, "%.6f", row->time_spent / 65536.0);
    sr_format(line, sizeof line, "%s,%s,%s", text, host, spent);
    fprintf(file, "%.*s\n", (int)length_of(line, columns), line);
    return ferror(file) || fflush(file) != 0 ? SR_ERR_FILE : SR_OK;
}

enum sr_status sr_history_sync(FILE *file) { return fflush(file) == 0 && fsync(fileno(file)) == 0 ? SR_OK : SR_ERR_FILE; }

/* Split a line into its columns; those that it does not have are empty. False: it does not have all that are compared. */
static bool split(char *line, const char *column[COLUMNS]) {
    unsigned count = 0;
    for (unsigned i = 0; i < COLUMNS; i++) {
        size_t length = strcspn(line, ",\n");
        bool more = line[length] == ',';
        column[i] = line;
        line[length] = '\0';
        line += length + more;
        count += more;
    }
    return count >= COMPARED;
}

enum sr_status sr_history_compare(const char *path1, const char *path2, char *difference, size_t size) {
    FILE *file1 = fopen(path1, "r"), *file2 = fopen(path2, "r");
    char line1[1024], line2[1024], names[sizeof header];
    const char *column1[COLUMNS], *column2[COLUMNS], *name[COLUMNS];
    enum sr_status status = SR_OK;
    memcpy(names, header, sizeof header);
    split(names, name);
    if (!file1 || !file2) {
        status = sr_error(difference, size, SR_ERR_FILE, "%.300s: %s", file1 ? path2 : path1, strerror(errno));
    }
    for (unsigned number = 0; status == SR_OK; number++) {
        bool more1 = fgets(line1, sizeof line1, file1), more2 = fgets(line2, sizeof line2, file2);
        if (!more1 && !more2) break;
        if (more1 != more2) {
            status = sr_error(difference, size, SR_ERR_MISMATCH, "history: %.300s ends after generation %u, the other goes on",
                              more1 ? path2 : path1, number ? number - 1 : 0);
        } else if (!split(line1, column1) || !split(line2, column2)) {
            status = sr_error(difference, size, SR_ERR_FORMAT, "history: line %u is cut short", number + 1);
        }
        for (int i = 0; i < COLUMNS && status == SR_OK; i++) {
            bool compared = i < COMPARED || (i == TIME_SPENT && number > 0); /* older programs do not write that name */
            if (!compared || strcmp(column1[i], column2[i]) == 0) continue;
            status = sr_error(difference, size, SR_ERR_MISMATCH, "history, generation %u, %s: %.60s and %.60s", number, name[i],
                              column1[i], column2[i]);
        }
    }
    if (file1) fclose(file1);
    if (file2) fclose(file2);
    return status;
}
