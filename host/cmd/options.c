/* SPDX-License-Identifier: Apache-2.0
 * The option table and what follows from it alone: defaults, --help. Parsing is in parse.c. */
#include "cmd/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct sr_options, field)
#define T SR_CMD_TRAIN
#define E SR_CMD_EVAL
#define B SR_CMD_BENCH
#define I SR_CMD_INFO
#define S SR_CMD_SELFTEST
#define C SR_CMD_CONVERT
#define R SR_CMD_REPORT
#define ANY (T | E | B | SR_CMD_DIFF | I | S | C | R)
#define U32 4294967295.0
/* A setting of the run, which model/config.c describes. */
#define CONFIG(name, commands, group) \
    { name, {0}, commands, group }

static const struct sr_option table[] = {
    {NULL,
     {"engine", "E", SR_FIELD_TEXT, AT(engine), 0, 0, NULL, "ref",
      "ref (golden model in C), sim (Verilated RTL) or serial (a board); all agree bit for bit"},
     T | E | B | I | S | C,
     "Device"},
    {NULL,
     {"threads", "N", SR_FIELD_UINT, AT(threads), 1, 256, NULL, "1",
      "threads of ref, or simulators side by side; results do not depend on it"},
     T | E | B | I | S | C,
     "Device"},
    {NULL,
     {"port", "PATH[,PATH..]", SR_FIELD_TEXT, AT(port), 0, 0, NULL, NULL,
      "serial: port of the board, or ports of several that share the work (default: look for one)"},
     T | E | B | I | S | C,
     "Device"},
    {NULL,
     {"baud", "N", SR_FIELD_UINT, AT(baud), 0, 20000000, NULL, NULL, "serial: baud rate, 0 for the board's own"},
     T | E | B | I | S | C,
     "Device"},
    {NULL,
     {"patience", "N", SR_FIELD_UINT, AT(patience), 0, 1000000, NULL, "1",
      "sim, serial: wait N times as long as usual before a device counts as gone; 0: for ever"},
     T | E | B | I | S | C,
     "Device"},
    {NULL,
     {"build", "NAME", SR_FIELD_TEXT, AT(build), 0, 0, NULL, NULL,
      "sim: name of a simulation build, or the file of one if it has a slash (default: default)"},
     T | E | B | I | S | C,
     "Device"},
    {NULL,
     {"trace", "FILE.fst", SR_FIELD_TEXT, AT(trace), 0, 0, NULL, NULL, "sim: write waveforms to this file"},
     T | E | B | S,
     "Device"},
    {NULL,
     {"reset-seed", "N", SR_FIELD_UINT, AT(reset_seed), 0, U32, NULL, NULL,
      "sim: seed of the random values that registers wake up with"},
     T | E | B | S,
     "Device"},
    CONFIG("frac-bits", T | B | C, "Device"),

    {NULL,
     {"quick", NULL, SR_FIELD_FLAG, AT(quick), 0, 0, NULL, NULL,
      "of the memories only the ends and every address line; small networks"},
     S,
     "Test"},

    {NULL,
     {"preset", "NAME", SR_FIELD_TEXT, AT(preset), 0, 0, NULL, NULL,
      "options from host/presets/NAME.preset, or from a file if NAME has a slash; other options override it"},
     T | B,
     "Files"},
    {NULL,
     {"data", "DIR", SR_FIELD_TEXT, AT(data), 0, 0, NULL, NULL,
      "N-MNIST (Train/<digit>/*.bin, perhaps Test/) or MNIST (idx files, .gz or not)"},
     T | E | B | C | R,
     "Files"},
    {NULL,
     {"out", "RUN", SR_FIELD_TEXT, AT(out), 0, 0, NULL, NULL, "folder for history.csv, checkpoint.h5, best.h5 and last.h5"},
     T,
     "Files"},
    {NULL, {"nir", "FILE", SR_FIELD_TEXT, AT(nir), 0, 0, NULL, NULL, "the NIR file to import"}, C, "Files"},
    {NULL,
     {"out", "FILE", SR_FIELD_TEXT, AT(out), 0, 0, NULL, NULL, "the model file, or with --model the NIR file, to write"},
     C,
     "Files"},
    {NULL,
     {"out", "FILE", SR_FIELD_TEXT, AT(out), 0, 0, NULL, NULL, "the page to write (default: report.html in the first RUN)"},
     R,
     "Files"},
    {NULL,
     {"model", "RUN|FILE", SR_FIELD_TEXT, AT(model), 0, 0, NULL, NULL, "a model file, or a run (its best model)"},
     E | B | I | C,
     "Files"},
    {NULL,
     {"init", "RUN|FILE", SR_FIELD_TEXT, AT(init), 0, 0, NULL, NULL,
      "begin with this model's network and weights, by any --mode, instead of random weights"},
     T,
     "Files"},
    {NULL,
     {"resume", NULL, SR_FIELD_FLAG, AT(resume), 0, 0, NULL, NULL,
      "go on from RUN/checkpoint.h5 with its settings, as if never interrupted"},
     T,
     "Files"},
    {NULL, {"force", NULL, SR_FIELD_FLAG, AT(force), 0, 0, NULL, NULL, "overwrite an existing RUN"}, T, "Files"},

    CONFIG("hidden", T | B, "Network"),
    CONFIG("theta", T | B, "Network"),
    CONFIG("leak", T | B, "Network"),
    CONFIG("reset", T | B | C, "Network"),
    CONFIG("readout", T | B, "Network"),
    CONFIG("readout-theta", T | B, "Network"),
    CONFIG("readout-leak", T | B, "Network"),
    CONFIG("init-range", T | B, "Network"),
    CONFIG("readout-init-range", T | B, "Network"),

    {NULL,
     {"dt", "SECONDS", SR_FIELD_REAL, AT(dt), 1e-12, 1e6, NULL, "0.0001", "length of a time step, which NIR leaves open"},
     C,
     "Conventions"},
    {NULL,
     {"method", "METHOD", SR_FIELD_CHOICE, AT(method), 0, 0, "euler|exponential", "euler",
      "what a step keeps of a membrane: 1 - dt/tau, or exp(-dt/tau)"},
     C,
     "Conventions"},
    {NULL,
     {"comparison", "HOW", SR_FIELD_CHOICE, AT(comparison), 0, 0, "greater|at-least", "greater",
      "a membrane spikes that is greater than the threshold, or at least as great"},
     C,
     "Conventions"},
    {NULL,
     {"moment", "STEP", SR_FIELD_CHOICE, AT(moment), 0, 0, "same|next", "same",
      "a spike resets the membrane in the same step, or in the next one's sum"},
     C,
     "Conventions"},
    {NULL,
     {"scale", "X", SR_FIELD_REAL, AT(scale), 0, 1e9, NULL, NULL,
      "device weight of a weight of 1, in every layer; 0: for each layer what uses its 8 bits best"},
     C,
     "Conventions"},
    {NULL,
     {"drop-bias", NULL, SR_FIELD_FLAG, AT(drop_bias), 0, 0, NULL, NULL, "leave out a bias that is not zero"},
     C,
     "Conventions"},

    CONFIG("mode", T, "Population"),
    {NULL,
     {"mode", "MODE[,MODE]", SR_FIELD_CHOICES, AT(modes), 0, 0, SR_DEVICE_MODE_WORDS, "lowrank,full", "modes to measure"},
     B,
     "Population"},
    CONFIG("readout-mode", T | B, "Population"),
    CONFIG("rank", T, "Population"),
    {NULL, {"rank", "R[,R..]", SR_FIELD_LIST, AT(ranks), 1, 32, NULL, "1,2,4,8", "ranks to measure"}, B, "Population"},
    CONFIG("dist", T | B, "Population"),
    CONFIG("population", T | B, "Population"),
    CONFIG("sigma", T | B, "Population"),
    CONFIG("readout-sigma", T | B, "Population"),

    CONFIG("fitness", T | B, "Learning"),
    CONFIG("temperature", T | B, "Learning"),
    CONFIG("step", T | B, "Learning"),
    CONFIG("readout-step", T | B, "Learning"),
    CONFIG("step-decay", T, "Learning"),
    CONFIG("step-final", T, "Learning"),
    CONFIG("shape", T, "Learning"),
    CONFIG("pairs", T | B, "Learning"),
    CONFIG("strength", T | B, "Learning"),
    CONFIG("strength-final", T, "Learning"),
    CONFIG("local-step", T | B, "Learning"),
    CONFIG("local-readout-step", T | B, "Learning"),
    CONFIG("credit-shift", T | B, "Learning"),
    CONFIG("average", T, "Learning"),
    CONFIG("learning-rate", T, "Learning"),
    CONFIG("slope", T | B, "Learning"),
    CONFIG("band", T | B, "Learning"),
    CONFIG("delta", T | B, "Learning"),
    CONFIG("draw", T | B, "Learning"),
    CONFIG("draws", T | B, "Learning"),
    CONFIG("shift", T, "Learning"),
    CONFIG("batch", T | B, "Learning"),
    CONFIG("candidates", T, "Learning"),
    CONFIG("batch-every", T, "Learning"),
    CONFIG("generations", T, "Learning"),
    {NULL,
     {"generations", "N", SR_FIELD_UINT, AT(repeat), 1, 1000000, NULL, "3",
      "generations measured for each line, at least (and for a second)"},
     B,
     "Learning"},
    CONFIG("seed", T | B, "Learning"),

    CONFIG("eval-every", T, "Run"),
    CONFIG("validation", T, "Run"),
    {NULL,
     {"checkpoint-every", "N", SR_FIELD_UINT, AT(checkpoint_every), 1, 100000000, NULL, "50",
      "generations between checkpoints"},
     T,
     "Run"},
    {NULL,
     {"time-limit", "SECONDS", SR_FIELD_UINT, AT(time_limit), 0, 100000000, NULL, NULL,
      "stop in good order after so long, with steps that have shrunk to --step-final by then; 0: no limit"},
     T,
     "Run"},
    {NULL,
     {"watch", "PORT", SR_FIELD_UINT, AT(watch), 0, 65535, NULL, NULL,
      "serve the report of the run under way at http://127.0.0.1:PORT/, to this machine alone; 0: a free port"},
     T,
     "Run"},
    {NULL, {"no-test", NULL, SR_FIELD_FLAG, AT(no_test), 0, 0, NULL, NULL, "do not touch the test set at the end"}, T, "Run"},

    {NULL,
     {"split", "SPLIT", SR_FIELD_CHOICE, AT(split), 0, 0, "train|test", "test", "samples to evaluate"},
     E | C | R,
     "Evaluation"},
    {NULL,
     {"sample", "N", SR_FIELD_UINT, AT(sample), 0, U32, NULL, NULL,
      "the sample of the split to draw, with the spikes it causes"},
     R,
     "Evaluation"},
    {NULL, {"confusion", NULL, SR_FIELD_FLAG, AT(confusion), 0, 0, NULL, NULL, "print the confusion matrix"}, E, "Evaluation"},

    CONFIG("steps", T | B | C, "Data"),
    CONFIG("pool", T | B | C, "Data"),
    CONFIG("duration", T | B | C, "Data"),
    CONFIG("width", T | B | C, "Data"),
    CONFIG("height", T | B | C, "Data"),
    CONFIG("rotate", T | B | E | C, "Data"),
    CONFIG("holdout", T | B | C, "Data"),
    CONFIG("data-seed", T | B | C, "Data"),
    CONFIG("limit-train", T | B | C, "Data"),
    CONFIG("limit-test", T | B | C, "Data"),

    {NULL,
     {"backward", NULL, SR_FIELD_FLAG, AT(backward), 0, 0, NULL, NULL,
      "instead: the dense and the sparse backward pass of training in float, side by side"},
     B,
     "Learning"},
    {NULL,
     {"sent-weights", NULL, SR_FIELD_FLAG, AT(sent_weights), 0, 0, NULL, NULL,
      "one line more: what a member costs a device that must be sent its weights"},
     B,
     "Learning"},

    {NULL,
     {"inputs", "N", SR_FIELD_UINT, AT(inputs), 1, 65535, NULL, "578", "inputs of the random batch (without --data)"},
     B,
     "Data"},
    {NULL, {"classes", "N", SR_FIELD_UINT, AT(classes), 2, SR_CLASSES, NULL, "10", "classes (without --data)"}, B, "Data"},
    {NULL,
     {"events", "N", SR_FIELD_UINT, AT(events), 0, 100000000, NULL, NULL,
      "events a sample of the random batch; 0: 14.6 %, N-MNIST's density"},
     B,
     "Data"},

    {NULL,
     {"json", NULL, SR_FIELD_FLAG, AT(json), 0, 0, NULL, NULL, "results as JSON on standard output"},
     T | E | B | I | S | C | SR_CMD_DIFF,
     "Output"},
    {NULL, {"help", NULL, SR_FIELD_FLAG, AT(help), 0, 0, NULL, NULL, "this text"}, ANY, "Output"},
};
enum { TABLE_COUNT = sizeof table / sizeof *table };
_Static_assert((int)TABLE_COUNT <= (int)SR_OPTIONS_MAX, "given[] is too short");
#undef T
#undef E
#undef B
#undef I
#undef S
#undef C
#undef R

const struct sr_option *sr_option_table(size_t *count) {
    *count = TABLE_COUNT;
    return table;
}

const struct sr_field *sr_option_field(const struct sr_option *option) {
    return option->config ? sr_config_field(option->config) : &option->own;
}

void *sr_option_object(const struct sr_option *option, struct sr_options *options) {
    return option->config ? (void *)&options->config : (void *)options;
}

const struct sr_option *sr_option_find(const char *name, unsigned commands) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if ((table[i].commands & commands) && !strcmp(sr_option_field(&table[i])->name, name)) return &table[i];
    }
    return NULL;
}

bool sr_option_given(const struct sr_options *options, enum sr_command command, const char *name) {
    const struct sr_option *option = sr_option_find(name, command);
    return option && options->given[option - table];
}

enum sr_status sr_options_defaults(struct sr_options *options, enum sr_command command) {
    memset(options, 0, sizeof *options);
    sr_config_defaults(&options->config);
    enum sr_status status = SR_OK;
    for (size_t i = 0; i < TABLE_COUNT && status == SR_OK; i++) {
        if (table[i].config) continue;
        bool board = command == SR_CMD_SELFTEST && !strcmp(table[i].own.name, "engine"); /* what a self test is for */
        status = board ? sr_field_parse(&table[i].own, options, "serial", NULL, 0) : sr_field_reset(&table[i].own, options);
    }
    return status;
}

void sr_options_free(struct sr_options *options) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (table[i].config || table[i].own.kind != SR_FIELD_TEXT) continue;
        char **text = (char **)((char *)options + table[i].own.offset);
        free(*text);
        *text = NULL;
    }
}

void sr_options_help(enum sr_command command) {
    struct sr_options options;
    const char *group = "";
    if (sr_options_defaults(&options, command) != SR_OK) return;
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        const struct sr_field *f = sr_option_field(&table[i]);
        if (!(table[i].commands & command)) continue;
        if (strcmp(group, table[i].group)) printf("\n%s\n", table[i].group);
        group = table[i].group;
        char left[64], value[128];
        snprintf(left, sizeof left, "--%s %s", f->name, f->argument ? f->argument : "");
        sr_field_text(f, sr_option_object(&table[i], &options), value, sizeof value);
        printf("  %-28s %s", left, f->help);
        if (f->words) printf(": %s", f->words);
        if (f->kind != SR_FIELD_FLAG && *value) printf(" [%s]", value);
        putchar('\n');
    }
    sr_options_free(&options);
}

void sr_options_open(const struct sr_options *options, struct sr_open *open) {
    *open = (struct sr_open){.engine = options->engine,
                             .threads = options->threads,
                             .frac_bits = options->config.frac_bits,
                             .trace = options->trace,
                             .port = options->port,
                             .baud = options->baud,
                             .reset_seed = options->reset_seed,
                             .build = options->build};
}

enum sr_status sr_options_check(const struct sr_options *options, char *error, size_t error_size) {
    const struct sr_config *c = &options->config;
    enum sr_status status = sr_config_check(c, error, error_size);
    if (status != SR_OK) return status;
    if (sr_option_given(options, SR_CMD_TRAIN, "rank") && c->mode == SR_MODE_FULL && c->readout_mode != 1 + SR_MODE_LOWRANK &&
        c->rank != 1) {
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--rank %u contradicts --mode full, which has no rank", c->rank);
    }
    return SR_OK;
}
