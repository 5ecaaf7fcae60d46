/* SPDX-License-Identifier: Apache-2.0
 * Command-line options: one table gives parsing, presets and --help. Settings of a run are described in model/config.h. */
#ifndef SR_OPTIONS_H
#define SR_OPTIONS_H

#include "model/config.h"

enum { SR_OPTIONS_MAX = 112, SR_ARGUMENTS_MAX = 8 };

struct sr_options {
    struct sr_config config;
    /* device */
    char *engine, *build, *trace, *port;
    uint32_t threads, baud, reset_seed, patience;
    /* files */
    char *data, *out, *model, *preset, *init, *nir;
    /* train */
    uint32_t checkpoint_every, time_limit, watch;
    bool resume, force, no_test;
    /* eval, bench */
    uint32_t split, sample;
    bool confusion, json, help, quick, sent_weights, backward;
    struct sr_list modes, ranks;
    uint32_t inputs, classes, events, repeat;
    /* convert */
    double dt, scale;
    uint32_t method, comparison, moment; /* enum sr_nir_method, sr_nir_comparison, sr_nir_moment */
    bool drop_bias;
    /* which of the table's options were given, on the command line or by the preset */
    bool given[SR_OPTIONS_MAX];
    /* positional arguments: diff, report */
    const char *argument[SR_ARGUMENTS_MAX];
    uint32_t arguments;
};

enum sr_command {
    SR_CMD_TRAIN = 1,
    SR_CMD_EVAL = 2,
    SR_CMD_BENCH = 4,
    SR_CMD_DIFF = 8,
    SR_CMD_INFO = 16,
    SR_CMD_SELFTEST = 32,
    SR_CMD_CONVERT = 64,
    SR_CMD_REPORT = 128
};

/* An option of some of the commands: a setting of the run, or one of the program's own. */
struct sr_option {
    const char *config;  /* name of the setting in model/config.c, or NULL */
    struct sr_field own; /* where there is no such setting: a field of struct sr_options */
    unsigned commands;   /* the sr_command that take it */
    const char *group;   /* heading in --help */
};

/* The table, *count long. */
const struct sr_option *sr_option_table(size_t *count);

/* Defaults, then the preset, then the command line. argv[0] is the command's name. On failure error has one line.
 * Free in either case. */
SR_MUST_CHECK enum sr_status sr_options_parse(struct sr_options *options, enum sr_command command, int argc, char **argv,
                                              char *error, size_t error_size);
SR_MUST_CHECK enum sr_status sr_options_defaults(struct sr_options *options, enum sr_command command);
void sr_options_free(struct sr_options *options);
/* The options of a command, as --help shows them, on stdout; with defaults. */
void sr_options_help(enum sr_command command);
/* What describes the option's value, and the struct that the value is in. */
const struct sr_field *sr_option_field(const struct sr_option *option);
void *sr_option_object(const struct sr_option *option, struct sr_options *options);
/* The option of this name that one of the commands takes, or NULL. */
const struct sr_option *sr_option_find(const char *name, unsigned commands);
/* Was the option `name` given? */
bool sr_option_given(const struct sr_options *options, enum sr_command command, const char *name);
/* What the options contradict one another in, the settings' own check included. */
SR_MUST_CHECK enum sr_status sr_options_check(const struct sr_options *options, char *error, size_t error_size);
void sr_options_open(const struct sr_options *options, struct sr_open *open);

#endif
