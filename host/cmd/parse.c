/* SPDX-License-Identifier: Apache-2.0
 * Options from presets and from the command line. The order of what overrides what: defaults, preset, command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/options.h"
#include "cmd/preset.h"

static enum sr_status apply(struct sr_options *options, const struct sr_option *option, const char *text, char *error,
                            size_t error_size) {
    size_t count;
    enum sr_status status = sr_field_parse(sr_option_field(option), sr_option_object(option, options), text, error, error_size);
    if (status == SR_OK) options->given[option - sr_option_table(&count)] = true;
    return status;
}

/* Reads past what of a line did not fit: it is no line of its own. false: there was such a rest. */
static bool end_line(const char *line, FILE *file) {
    if (strchr(line, '\n')) return true;
    int next = getc(file);
    if (next == EOF) return true;
    while (next != '\n' && next != EOF) next = getc(file);
    return false;
}

/* Lines `option value`; # begins a comment. Options of other commands are checked for their name and left out. */
static enum sr_status preset_apply(struct sr_options *options, enum sr_command command, const char *name, char *error,
                                   size_t error_size) {
    char path[4096], line[1024];
    FILE *file = sr_preset_open(name, path, sizeof path);
    if (!file && strchr(name, '/'))
        return sr_error(error, error_size, SR_ERR_FILE, "--preset %.300s: %s", name, strerror(errno));
    if (!file) {
        char there[SR_ERROR_SIZE / 2];
        bool any = sr_preset_list(there, sizeof there);
        return sr_error(error, error_size, SR_ERR_FILE, "--preset %.100s: no such preset%s%s", name,
                        any ? "; there are " : ", nor any other: a file of one's own has a slash in its name", there);
    }
    enum sr_status status = SR_OK;
    for (unsigned number = 1; status == SR_OK && fgets(line, sizeof line, file); number++) {
        bool whole = end_line(line, file);
        size_t comment = strcspn(line, "#");
        if (!whole && !line[comment]) {
            status = sr_error(error, error_size, SR_ERR_FORMAT, "%.200s:%u: the line is too long (more than %zu characters)",
                              path, number, sizeof line - 2);
            break;
        }
        line[strcspn(line, "#\r\n")] = '\0';
        char *rest = NULL, *word = strtok_r(line, " \t", &rest), *value = strtok_r(NULL, " \t", &rest);
        if (!word) continue;
        const struct sr_option *known = sr_option_find(word, ~0u), *option = sr_option_find(word, command);
        char inner[SR_ERROR_SIZE] = "";
        if (!known || !strcmp(word, "preset")) {
            status = sr_error(inner, sizeof inner, SR_ERR_ARGUMENT, "no option '%s'", word);
        } else if (strtok_r(NULL, " \t", &rest)) {
            status = sr_error(inner, sizeof inner, SR_ERR_ARGUMENT, "more than one value for '%s'", word);
        } else if (!value && sr_option_field(known)->kind != SR_FIELD_FLAG) {
            status = sr_error(inner, sizeof inner, SR_ERR_ARGUMENT, "no value for '%s'", word);
        } else if (option && (option->config || !known->config)) { /* not what bench sweeps under the same name */
            status = apply(options, option, value, inner, sizeof inner);
        }
        if (status != SR_OK) sr_error(error, error_size, status, "%.200s:%u: %.250s", path, number, inner);
    }
    if (status == SR_OK && ferror(file)) status = sr_error(error, error_size, SR_ERR_FILE, "%s: cannot be read", path);
    fclose(file);
    return status;
}

/* An option that the engine would not look at is refused where it was typed: what it asks for would not happen. A preset may name
 * more than one engine's. */
static enum sr_status check_engine(const struct sr_options *options, const struct sr_option *option, char *error,
                                   size_t error_size) {
    static const struct {
        const char *name, *engines;
    } uses[] = {{"trace", "sim"},   {"build", "sim"},   {"reset-seed", "sim"},      {"threads", "ref, sim"},
                {"port", "serial"}, {"baud", "serial"}, {"patience", "sim, serial"}};
    const char *name = sr_option_field(option)->name;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        if (strcmp(uses[i].name, name) || !options->engine || strstr(uses[i].engines, options->engine)) continue;
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s has no effect on engine %s (it is for %s)", name,
                        options->engine, uses[i].engines);
    }
    return SR_OK;
}

enum sr_status sr_options_parse(struct sr_options *options, enum sr_command command, int argc, char **argv, char *error,
                                size_t error_size) {
    size_t table_count;
    const struct sr_option *table = sr_option_table(&table_count);
    if (sr_options_defaults(options, command) != SR_OK) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    struct option longs[SR_OPTIONS_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < table_count; i++) {
        if (!(table[i].commands & command)) continue;
        const struct sr_field *field = sr_option_field(&table[i]);
        longs[count++] =
            (struct option){field->name, field->kind == SR_FIELD_FLAG ? no_argument : required_argument, NULL, (int)i + 256};
    }
    longs[count] = (struct option){NULL, 0, NULL, 0};
    /* Twice over the command line: first for the preset, which the rest then overrides. */
    enum sr_status status = SR_OK;
    bool typed[SR_OPTIONS_MAX] = {false};
    for (int pass = 0; pass < 2 && status == SR_OK; pass++) {
        opterr = 0;
        optind = 0; /* also forgets a cluster of letters that an earlier call did not finish */
        for (int code; status == SR_OK;) {
            code = getopt_long(argc, argv, ":h", longs, NULL);
            if (code == -1) break;
            const char *word = argv[optind > 1 ? optind - 1 : 1];
            char letter[3] = {'-', (char)optopt, '\0'};
            if (code == '?' && optopt > 0 && optopt < 256) word = letter;
            if (code == ':' || code == '?') {
                const char *fault = code == ':'     ? "%s needs a value (see spikeroll %s --help)"
                                    : optopt >= 256 ? "%s takes no value (see spikeroll %s --help)"
                                                    : "no option %s (see spikeroll %s --help)";
                status = sr_error(error, error_size, SR_ERR_ARGUMENT, fault, word, argv[0]);
            } else if (code == 'h') {
                options->help = true;
            } else {
                const struct sr_option *option = &table[code - 256];
                bool preset = !strcmp(sr_option_field(option)->name, "preset");
                if (pass == 0 && preset) {
                    status = apply(options, option, optarg, error, error_size);
                    if (status == SR_OK) status = preset_apply(options, command, optarg, error, error_size);
                } else if (pass == 1 && !preset) {
                    status = apply(options, option, optarg, error, error_size);
                    typed[code - 256] = true;
                }
            }
        }
    }
    for (size_t i = 0; i < table_count && status == SR_OK && !options->help; i++)
        if (typed[i]) status = check_engine(options, &table[i], error, error_size);
    for (; status == SR_OK && optind < argc; optind++) {
        uint32_t most = command == SR_CMD_DIFF ? 2 : command == SR_CMD_REPORT ? SR_ARGUMENTS_MAX : 0;
        if (options->arguments == most) {
            status = sr_error(error, error_size, SR_ERR_ARGUMENT, "unexpected argument '%s' (see spikeroll %s --help)",
                              argv[optind], argv[0]);
        } else {
            options->argument[options->arguments++] = argv[optind];
        }
    }
    return status;
}
