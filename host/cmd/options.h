/* SPDX-License-Identifier: Apache-2.0
 * Command-line options: one table gives parsing, ranges, presets, --help, and what a run file stores. */
#ifndef SR_OPTIONS_H
#define SR_OPTIONS_H

#include <spikeroll/spikeroll.h>
#include "data/data.h"

enum { SR_LIST_MAX = 16, SR_ERROR_SIZE = 512, SR_OPTIONS_MAX = 96 };

struct sr_list {
    uint32_t count;
    uint32_t value[SR_LIST_MAX];
};

enum sr_shape { SR_SHAPE_SIGN, SR_SHAPE_SCALED };
enum sr_decay { SR_DECAY_NONE, SR_DECAY_LINEAR, SR_DECAY_SMOOTH };
enum sr_split { SR_SPLIT_TRAIN, SR_SPLIT_TEST };

/* Everything that a run's results depend on, besides the data itself. Stored in model and checkpoint files. */
struct sr_config {
    /* network */
    struct sr_list hidden, theta, leak;
    uint32_t readout_theta, readout_leak;
    uint32_t reset, readout; /* enum sr_reset, sr_readout */
    /* population */
    uint32_t mode, readout_mode, rank, dist, population;
    double sigma, readout_sigma;
    /* fitness and update */
    uint32_t fitness, shape, step_decay;
    double temperature, step, readout_step, step_final;
    /* run */
    uint32_t batch, batch_every, generations, eval_every, validation;
    uint64_t seed;
    uint32_t frac_bits, init_range, readout_init_range;
    /* data */
    uint32_t width, height, pool, steps, duration_us, holdout, limit_train, limit_test;
    uint64_t data_seed;
};

struct sr_options {
    struct sr_config config;
    /* device */
    char *engine, *build, *trace, *port;
    uint32_t threads, baud, reset_seed;
    /* files */
    char *data, *out, *model, *preset;
    /* train */
    uint32_t checkpoint_every, time_limit;
    bool resume, force, no_test;
    /* eval, bench */
    uint32_t split;
    bool confusion, json, help, quick, sent_weights;
    struct sr_list modes, ranks;
    uint32_t inputs, classes, events, repeat;
    /* which of the table's options were given, on the command line or by the preset */
    bool given[SR_OPTIONS_MAX];
    /* positional arguments: diff */
    const char *argument[2];
    uint32_t arguments;
};

enum sr_command {
    SR_CMD_TRAIN = 1,
    SR_CMD_EVAL = 2,
    SR_CMD_BENCH = 4,
    SR_CMD_DIFF = 8,
    SR_CMD_INFO = 16,
    SR_CMD_SELFTEST = 32
};

enum sr_option_kind {
    SR_OPT_FLAG,
    SR_OPT_UINT,
    SR_OPT_U64,
    SR_OPT_REAL,
    SR_OPT_CHOICE,
    SR_OPT_CHOICES,
    SR_OPT_LIST,
    SR_OPT_TEXT
};

struct sr_option {
    const char *name, *argument; /* argument: its name in --help */
    enum sr_option_kind kind;
    size_t offset;     /* in struct sr_options */
    double min, max;   /* of numbers, both allowed */
    const char *words; /* choices: "lowrank|full", in the order of the enum */
    unsigned commands; /* the sr_command that take it */
    bool config;       /* part of struct sr_config */
    const char *group, *help;
};

/* The table, *count long. */
const struct sr_option *sr_option_table(size_t *count);

/* Defaults, then the preset, then the command line. argv[0] is the command's name. On failure error has one line.
 * Free in either case. */
SR_MUST_CHECK enum sr_status sr_options_parse(struct sr_options *options, enum sr_command command, int argc, char **argv,
                                              char *error, size_t error_size);
void sr_options_free(struct sr_options *options);
/* The options of a command, as --help shows them, on stdout; with defaults. */
void sr_options_help(enum sr_command command);
/* Value of an option as text, as one would type it. */
void sr_option_text(const struct sr_option *option, const struct sr_options *options, char *text, size_t size);
/* Was the option `name` given? */
bool sr_option_given(const struct sr_options *options, enum sr_command command, const char *name);
/* Word number `value` of "a|b|c". */
void sr_choice_text(const char *words, uint32_t value, char *text, size_t size);

/* Checks that need more than one option (contradictions, list lengths). */
SR_MUST_CHECK enum sr_status sr_config_check(const struct sr_options *options, char *error, size_t error_size);
/* Network of a configuration for data of this shape. */
void sr_config_net(const struct sr_config *config, uint32_t inputs, uint32_t classes, uint32_t steps, struct sr_net *net);
void sr_config_data(const struct sr_config *config, const char *dir, struct sr_data_options *data);
void sr_options_open(const struct sr_options *options, struct sr_open *open);

/* snprintf into error, returning status: for one-line failures. */
enum sr_status sr_error(char *error, size_t error_size, enum sr_status status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
