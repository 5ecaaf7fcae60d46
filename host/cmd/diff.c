/* SPDX-License-Identifier: Apache-2.0
 * spikeroll diff: two runs, or two model files, bit for bit. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/commands.h"
#include "model/history.h"
#include "model/run_file.h"

static const char intro[] =
    "usage: spikeroll diff RUN1 RUN2\n"
    "       spikeroll diff FILE1.h5 FILE2.h5\n"
    "\n"
    "Compares two runs bit for bit: network, weights, best weights and history (all but cycles, link bytes and seconds, which\n"
    "depend on the engine). Prints `identical` and exits with 0, or prints the first difference and exits with 1.\n"
    "Two model files are compared in network, generation and weights.\n";

static bool is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* SR_ERR_MISMATCH with a line of text, if they differ. */
static enum sr_status compare_runs(const struct sr_run *a, const struct sr_run *b, char *text, size_t size) {
    char shape1[64], shape2[64];
    enum sr_status status = SR_OK;
    sr_net_text(&a->net, shape1, sizeof shape1);
    sr_net_text(&b->net, shape2, sizeof shape2);
    if (strcmp(shape1, shape2)) return sr_error(text, size, SR_ERR_MISMATCH, "network: %s and %s", shape1, shape2);
    if (a->net.steps != b->net.steps || a->net.reset != b->net.reset || a->net.readout != b->net.readout ||
        memcmp(a->net.theta, b->net.theta, sizeof a->net.theta) || memcmp(a->net.leak, b->net.leak, sizeof a->net.leak)) {
        return sr_error(text, size, SR_ERR_MISMATCH, "network: steps, thresholds, leaks, reset or readout differ");
    }
    if (a->frac_bits != b->frac_bits) {
        return sr_error(text, size, SR_ERR_MISMATCH, "fraction bits: %u and %u", a->frac_bits, b->frac_bits);
    }
    if (a->generation != b->generation) {
        return sr_error(text, size, SR_ERR_MISMATCH, "generations done: %u and %u", a->generation, b->generation);
    }
    status = sr_weights_compare(&a->weights, &b->weights, &a->net, text, size);
    if (status == SR_OK) status = sr_arrays_compare(a, b, text, size);
    if (status != SR_OK) return status;
    bool best1 = a->best.layer[0], best2 = b->best.layer[0];
    if (best1 != best2) return sr_error(text, size, SR_ERR_MISMATCH, "best: only one run has been validated");
    if (!best1) return SR_OK;
    if (a->best_generation != b->best_generation || a->best_correct != b->best_correct) {
        return sr_error(text, size, SR_ERR_MISMATCH, "best: %u correct at generation %u and %u at %u", a->best_correct,
                        a->best_generation, b->best_correct, b->best_generation);
    }
    char inner[SR_ERROR_SIZE];
    status = sr_weights_compare(&a->best, &b->best, &a->net, inner, sizeof inner);
    return status == SR_OK ? SR_OK : sr_error(text, size, status, "best %s", inner);
}

static enum sr_status run_diff(const struct sr_options *options, char *text, size_t size) {
    char path[2][4096];
    struct sr_run run[2] = {{.generation = 0}, {.generation = 0}};
    const char *const *argument = options->argument;
    if (options->arguments != 2)
        return sr_error(text, size, SR_ERR_ARGUMENT, "two runs are wanted (see spikeroll diff --help)");
    bool folder = is_folder(argument[0]);
    if (folder != is_folder(argument[1])) {
        return sr_error(text, size, SR_ERR_ARGUMENT, "%.200s is a run, %.200s is not", argument[!folder], argument[folder]);
    }
    enum sr_status status = SR_OK;
    for (int i = 0; i < 2 && status == SR_OK; i++) {
        snprintf(path[i], sizeof path[i], folder ? "%s/checkpoint.h5" : "%s", argument[i]);
        status = sr_run_load(path[i], &run[i], text, size);
        if (status == SR_ERR_MISMATCH) status = SR_ERR_FORMAT;
    }
    if (status == SR_OK) status = compare_runs(&run[0], &run[1], text, size);
    if (status == SR_OK && folder) {
        for (int i = 0; i < 2; i++) snprintf(path[i], sizeof path[i], "%s/history.csv", argument[i]);
        status = sr_history_compare(path[0], path[1], text, size);
    }
    sr_run_free(&run[0]);
    sr_run_free(&run[1]);
    return status;
}

int sr_cmd_diff(int argc, char **argv) {
    struct sr_options options;
    char text[SR_ERROR_SIZE] = "";
    int code;
    if (!sr_command_begin(&options, SR_CMD_DIFF, argc, argv, intro, &code)) return code;
    enum sr_status status = run_diff(&options, text, sizeof text);
    if (status != SR_OK && status != SR_ERR_MISMATCH) {
        code = sr_complain(argv[0], status, text);
    } else {
        code = status == SR_OK ? SR_EXIT_OK : SR_EXIT_FAILURE;
        if (options.json) {
            cJSON *json = cJSON_CreateObject();
            cJSON_AddBoolToObject(json, "identical", status == SR_OK);
            if (status != SR_OK) sr_json_text(json, "difference", text);
            char *printed = cJSON_Print(json);
            if (printed) puts(printed);
            cJSON_free(printed);
            cJSON_Delete(json);
        } else {
            puts(status == SR_OK ? "identical" : text);
        }
    }
    sr_options_free(&options);
    return code;
}
