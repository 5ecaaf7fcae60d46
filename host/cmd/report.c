/* SPDX-License-Identifier: Apache-2.0
 * spikeroll report: runs as one page of HTML. The page itself is made by host/report. */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cmd/commands.h"

static const char intro[] =
    "usage: spikeroll report RUN|FILE [RUN|FILE]... [--data DIR] [--out FILE]\n"
    "\n"
    "Writes one page of HTML about a run, or about up to 8 runs side by side: accuracy and fitness over samples, evaluations,\n"
    "cycles and seconds; what the network answers; a sample and the spikes it causes; weights of the first layer; silent and\n"
    "saturated neurons and weights; cycles by phase. The page stands alone: it fetches nothing and runs no script. What a run\n"
    "does not tell is said in its place. Without --data networks are shown nothing.\n"
    "\n"
    "  spikeroll report RUN --data DIR                    writes RUN/report.html\n"
    "  spikeroll report RUN1 RUN2 --out both.html         two runs, from their histories and weights alone\n";

static enum sr_status place(const struct sr_options *o, char *path, size_t size, char *error, size_t error_size) {
    struct stat about;
    if (o->out) {
        sr_format(path, size, "%s", o->out);
    } else if (stat(o->argument[0], &about) != 0) {
        return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", o->argument[0], strerror(errno));
    } else if (S_ISDIR(about.st_mode)) {
        const char *slash = o->argument[0][strlen(o->argument[0]) - 1] == '/' ? "" : "/";
        sr_format(path, size, "%s%sreport.html", o->argument[0], slash);
    } else {
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--out is missing: %.300s is no folder of a run", o->argument[0]);
    }
    return SR_OK;
}

static enum sr_status run_report(const struct sr_options *o, char *error, size_t error_size) {
    char path[4096], *page;
    size_t size;
    if (!o->arguments) return sr_error(error, error_size, SR_ERR_ARGUMENT, "a run is missing (see spikeroll report --help)");
    if (!o->data && (sr_option_given(o, SR_CMD_REPORT, "sample") || sr_option_given(o, SR_CMD_REPORT, "split")))
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--sample and --split need --data");
    const struct sr_report_how how = {
        .runs = o->argument, .count = o->arguments, .folder = o->data, .split = o->split, .sample = o->sample};
    enum sr_status status = place(o, path, sizeof path, error, error_size);
    if (status == SR_OK) status = sr_report_make(&how, &page, &size, error, error_size);
    if (status != SR_OK) return status;
    status = sr_file_replace(path, page, size, error, error_size);
    free(page);
    if (status != SR_OK) return status;
    printf("wrote ");
    sr_print_visible(stdout, path);
    printf(" (%zu bytes)\n", size);
    return SR_OK;
}

int sr_cmd_report(int argc, char **argv) {
    struct sr_options options;
    char error[SR_ERROR_SIZE] = "";
    int code;
    if (!sr_command_begin(&options, SR_CMD_REPORT, argc, argv, intro, &code)) return code;
    enum sr_status status = run_report(&options, error, sizeof error);
    code = status == SR_OK ? SR_EXIT_OK : sr_complain(argv[0], status, error);
    sr_options_free(&options);
    return code;
}
