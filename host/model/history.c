/* SPDX-License-Identifier: Apache-2.0
 * The history of a run, one CSV line a generation: docs/files.md. The first COMPARED columns are results, the same for every
 * engine; the others are what the run cost. */
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

/* LATER: characters of the columns that older programs do not write. */
enum { COMPARED = 6, LATER = sizeof ",spikes,active,float_validation\n" - 1 };
static const char header[] =
    "generation,fitness_mean,fitness_best,correct,fitness_hash,validation,"
    "cycles,base,project,lif,lif_busy,readout,update,events,link_tx,link_rx,link_retries,seconds,"
    "spikes,active,float_validation\n";

enum sr_status sr_history_create(const char *path, char *error, size_t error_size) {
    return sr_file_replace(path, header, sizeof header - 1, error, error_size);
}

/* The file is not rewritten: it is cut after the row of `generation`, which a kill cannot spoil. */
enum sr_status sr_history_open(const char *path, uint32_t generation, FILE **result, bool *wide, char *error,
                               size_t error_size) {
    char line[1024];
    const size_t narrow = sizeof header - 1 - LATER;
    FILE *file = fopen(path, "r+");
    if (!file) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
    bool good = fgets(line, sizeof line, file) != NULL;
    *wide = good && !strcmp(line, header);
    good = *wide || (good && strlen(line) == narrow + 1 && line[narrow] == '\n' && !strncmp(line, header, narrow));
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

enum sr_status sr_history_append(FILE *file, const struct sr_history_row *row, bool wide) {
    const struct sr_counters *c = &row->counters;
    double samples = (double)row->members * row->batch;
    char text[512], share[32] = "", host[96] = ",,,";
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
        sr_format(host, sizeof host, ",%.2f,%.6f,%s", row->spikes, row->active, more);
    }
    fputs(text, file);
    if (wide) fputs(host, file);
    fputc('\n', file);
    return ferror(file) || fflush(file) != 0 ? SR_ERR_FILE : SR_OK;
}

enum sr_status sr_history_sync(FILE *file) { return fflush(file) == 0 && fsync(fileno(file)) == 0 ? SR_OK : SR_ERR_FILE; }

/* Split a line into its compared columns; false if there are fewer. */
static bool columns(char *line, char *column[COMPARED]) {
    for (int i = 0; i < COMPARED; i++) {
        column[i] = line;
        line = strchr(line, ',');
        if (!line) return false;
        *line++ = '\0';
    }
    return true;
}

enum sr_status sr_history_compare(const char *path1, const char *path2, char *difference, size_t size) {
    FILE *file1 = fopen(path1, "r"), *file2 = fopen(path2, "r");
    char line1[1024], line2[1024], names[sizeof header], *column1[COMPARED], *column2[COMPARED], *name[COMPARED];
    enum sr_status status = SR_OK;
    memcpy(names, header, sizeof header);
    columns(names, name);
    if (!file1 || !file2) {
        status = sr_error(difference, size, SR_ERR_FILE, "%.300s: %s", file1 ? path2 : path1, strerror(errno));
    }
    for (unsigned number = 0; status == SR_OK; number++) {
        bool more1 = fgets(line1, sizeof line1, file1), more2 = fgets(line2, sizeof line2, file2);
        if (!more1 && !more2) break;
        if (more1 != more2) {
            status = sr_error(difference, size, SR_ERR_MISMATCH, "history: %.300s ends after generation %u, the other goes on",
                              more1 ? path2 : path1, number ? number - 1 : 0);
        } else if (!columns(line1, column1) || !columns(line2, column2)) {
            status = sr_error(difference, size, SR_ERR_FORMAT, "history: line %u is cut short", number + 1);
        }
        for (int i = 0; i < COMPARED && status == SR_OK; i++) {
            if (strcmp(column1[i], column2[i]) == 0) continue;
            status = sr_error(difference, size, SR_ERR_MISMATCH, "history, generation %u, %s: %.60s and %.60s", number, name[i],
                              column1[i], column2[i]);
        }
    }
    if (file1) fclose(file1);
    if (file2) fclose(file2);
    return status;
}
