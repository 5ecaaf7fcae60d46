/* SPDX-License-Identifier: Apache-2.0
 * What the commands share: beginning and complaining. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void sr_print_visible(FILE *stream, const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = sr_utf8_length(at);
        if (length == 0 || *at < 0x20 || *at == 0x7F) {
            fprintf(stream, "\\x%02x", *at++);
            continue;
        }
        fwrite(at, 1, length, stream);
        at += length;
    }
}

void sr_json_text(struct cJSON *json, const char *name, const char *text) {
    char *copy = malloc(3 * strlen(text) + 1), *to = copy;
    if (!copy) return;
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = sr_utf8_length(at);
        memcpy(to, length ? (const char *)at : "\xEF\xBF\xBD", length ? length : 3);
        to += length ? length : 3;
        at += length ? length : 1;
    }
    *to = '\0';
    cJSON_AddStringToObject(json, name, copy);
    free(copy);
}

int sr_complain(const char *command, enum sr_status status, const char *text) {
    fflush(stdout);
    fprintf(stderr, "spikeroll %s: ", command);
    sr_print_visible(stderr, *text ? text : sr_status_text(status));
    putc('\n', stderr);
    return sr_exit_code(status);
}

void sr_say_remark(const char *command, const struct sr_device *device) {
    const char *remark = sr_device_remark(device);
    if (!*remark) return;
    fprintf(stderr, "spikeroll %s: ", command);
    sr_print_visible(stderr, remark);
    putc('\n', stderr);
}

enum sr_status sr_open_device(const char *command, const struct sr_options *options, uint32_t frac_bits,
                              struct sr_device **device, char *error, size_t error_size) {
    struct sr_open open;
    sr_options_open(options, &open);
    if (frac_bits) open.frac_bits = frac_bits;
    enum sr_status status = sr_device_open(&open, device, error, error_size);
    if (status != SR_OK) return status;
    sr_device_set_patience(*device, options->patience);
    sr_say_remark(command, *device);
    return SR_OK;
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
