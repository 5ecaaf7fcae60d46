/* SPDX-License-Identifier: Apache-2.0
 * What the commands share: beginning and complaining. */
#include <stdio.h>

#include "cmd/commands.h"

int sr_exit_code(enum sr_status status) {
    switch (status) {
        case SR_OK:
            return SR_EXIT_OK;
        case SR_ERR_ARGUMENT:
        case SR_ERR_LIMIT:
        case SR_ERR_FILE:
        case SR_ERR_FORMAT:
        case SR_ERR_MISMATCH:
        case SR_ERR_UNSUPPORTED:
            return SR_EXIT_INPUT;
        default:
            return SR_EXIT_FAILURE;
    }
}

int sr_complain(const char *command, enum sr_status status, const char *text) {
    fflush(stdout);
    fprintf(stderr, "spikeroll %s: %s\n", command, *text ? text : sr_status_text(status));
    return sr_exit_code(status);
}

void sr_print_warnings(const char *command, const struct sr_data *data) {
    for (uint32_t i = 0; i < data->warnings; i++) fprintf(stderr, "spikeroll %s: warning: %s\n", command, data->warning[i]);
}

bool sr_command_begin(struct sr_options *options, enum sr_command command, int argc, char **argv, const char *intro,
                      int *exit_code) {
    char error[SR_ERROR_SIZE] = "";
    enum sr_status status = sr_options_parse(options, command, argc, argv, error, sizeof error);
    if (options->help) {
        printf("%s", intro);
        sr_options_help(command);
        *exit_code = SR_EXIT_OK;
    } else if (status != SR_OK) {
        *exit_code = sr_complain(argv[0], status, error);
    } else {
        return true;
    }
    sr_options_free(options);
    return false;
}
