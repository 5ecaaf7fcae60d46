/* SPDX-License-Identifier: Apache-2.0
 * The option table, and what follows from it: parsing, presets, --help. */
#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/fitness.h"

#ifndef SR_PRESET_DIR
#define SR_PRESET_DIR "/usr/local/share/spikeroll/presets"
#endif

#define AT(field) offsetof(struct sr_options, field)
#define CFG(field) offsetof(struct sr_options, config.field)
#define T SR_CMD_TRAIN
#define E SR_CMD_EVAL
#define B SR_CMD_BENCH
#define I SR_CMD_INFO
#define S SR_CMD_SELFTEST
#define ANY (T | E | B | SR_CMD_DIFF | I | S)
#define MODES "lowrank|full"
#define U32 4294967295.0

static const struct sr_option table[] = {
    {"engine", "E", SR_OPT_TEXT, AT(engine), 0, 0, NULL, T | E | B | I | S, false, "Device",
     "ref (golden model in C), sim (Verilated RTL) or serial (a board); all agree bit for bit"},
    {"threads", "N", SR_OPT_UINT, AT(threads), 1, 256, NULL, T | E | B | I | S, false, "Device",
     "threads of ref, or simulators side by side; results do not depend on it"},
    {"port", "PATH", SR_OPT_TEXT, AT(port), 0, 0, NULL, T | E | B | I | S, false, "Device",
     "serial: port of the board (default: look for one)"},
    {"baud", "N", SR_OPT_UINT, AT(baud), 0, 20000000, NULL, T | E | B | I | S, false, "Device",
     "serial: baud rate, 0 for the board's own"},
    {"build", "NAME", SR_OPT_TEXT, AT(build), 0, 0, NULL, T | E | B | I | S, false, "Device",
     "sim: which of the builds that the program holds (default: its first)"},
    {"trace", "FILE.fst", SR_OPT_TEXT, AT(trace), 0, 0, NULL, T | E | B | S, false, "Device",
     "sim: write waveforms to this file"},
    {"reset-seed", "N", SR_OPT_UINT, AT(reset_seed), 0, U32, NULL, T | E | B | S, false, "Device",
     "sim: seed of the random values that registers wake up with"},
    {"frac-bits", "N", SR_OPT_UINT, CFG(frac_bits), 0, 8, NULL, T | B, true, "Device",
     "fraction bits of the master weights, 0 for the engine's own (8 on ref; sim and boards have theirs built in)"},

    {"quick", NULL, SR_OPT_FLAG, AT(quick), 0, 0, NULL, S, false, "Test",
     "of the memories only the ends and every address line; small networks"},

    {"preset", "NAME", SR_OPT_TEXT, AT(preset), 0, 0, NULL, T | B, false, "Files",
     "options from host/presets/NAME.preset, or from a file if NAME has a slash; other options override it"},
    {"data", "DIR", SR_OPT_TEXT, AT(data), 0, 0, NULL, T | E | B, false, "Files",
     "N-MNIST (Train/<digit>/*.bin, perhaps Test/) or MNIST (idx files, .gz or not)"},
    {"out", "RUN", SR_OPT_TEXT, AT(out), 0, 0, NULL, T, false, "Files",
     "folder for history.csv, checkpoint.h5, best.h5 and last.h5"},
    {"model", "RUN|FILE", SR_OPT_TEXT, AT(model), 0, 0, NULL, E | B | I, false, "Files",
     "a model file, or a run (its best model)"},
    {"resume", NULL, SR_OPT_FLAG, AT(resume), 0, 0, NULL, T, false, "Files",
     "go on from RUN/checkpoint.h5 with its settings, as if never interrupted"},
    {"force", NULL, SR_OPT_FLAG, AT(force), 0, 0, NULL, T, false, "Files", "overwrite an existing RUN"},

    {"hidden", "N[,N[,N]]", SR_OPT_LIST, CFG(hidden), 1, 4096, NULL, T | B, true, "Network", "neurons of each hidden layer"},
    {"theta", "N[,N..]", SR_OPT_LIST, CFG(theta), 1, 32767, NULL, T | B, true, "Network",
     "firing threshold, for all hidden layers or one each"},
    {"leak", "N[,N..]", SR_OPT_LIST, CFG(leak), 0, 255, NULL, T | B, true, "Network",
     "leak a step in 1/256, for all hidden layers or one each"},
    {"reset", "KIND", SR_OPT_CHOICE, CFG(reset), 0, 0, "hard|subtract", T | B, true, "Network",
     "what a spike does to the membrane"},
    {"readout", "KIND", SR_OPT_CHOICE, CFG(readout), 0, 0, "sum|membrane|spikes", T | B, true, "Network",
     "class score: summed current, membrane, or number of spikes"},
    {"readout-theta", "N", SR_OPT_UINT, CFG(readout_theta), 1, 32767, NULL, T | B, true, "Network",
     "threshold of the readout (kind spikes)"},
    {"readout-leak", "N", SR_OPT_UINT, CFG(readout_leak), 0, 255, NULL, T | B, true, "Network",
     "leak of the readout in 1/256 (kinds membrane, spikes)"},
    {"init-range", "N", SR_OPT_UINT, CFG(init_range), 0, 127, NULL, T | B, true, "Network",
     "initial hidden weights are uniform integers -N..N; 0: fitted to fan-in and threshold"},
    {"readout-init-range", "N", SR_OPT_UINT, CFG(readout_init_range), 0, 127, NULL, T | B, true, "Network",
     "the same for the readout (0: all zero)"},

    {"mode", "MODE", SR_OPT_CHOICE, CFG(mode), 0, 0, MODES, T, true, "Population",
     "perturbation: lowrank (factors) or full (one draw a weight and member)"},
    {"mode", "MODE[,MODE]", SR_OPT_CHOICES, AT(modes), 0, 0, MODES, B, false, "Population", "modes to measure"},
    {"readout-mode", "MODE", SR_OPT_CHOICE, CFG(readout_mode), 0, 0, "same|" MODES, T | B, true, "Population",
     "the readout's own mode; same: as --mode"},
    {"rank", "R", SR_OPT_UINT, CFG(rank), 1, 32, NULL, T, true, "Population", "rank of a perturbation (mode lowrank)"},
    {"rank", "R[,R..]", SR_OPT_LIST, AT(ranks), 1, 32, NULL, B, false, "Population", "ranks to measure"},
    {"dist", "KIND", SR_OPT_CHOICE, CFG(dist), 0, 0, "sign|bell", T | B, true, "Population",
     "factor entries: +-1, or a bell of -2..2"},
    {"population", "N", SR_OPT_UINT, CFG(population), 2, 65534, NULL, T | B, true, "Population",
     "members, in antithetic pairs: even"},
    {"sigma", "X", SR_OPT_REAL, CFG(sigma), 0, 16, NULL, T | B, true, "Population",
     "perturbation of a hidden weight, standard deviation in weight units"},
    {"readout-sigma", "X", SR_OPT_REAL, CFG(readout_sigma), 0, 16, NULL, T | B, true, "Population",
     "the same for a readout weight"},

    {"fitness", "KIND", SR_OPT_CHOICE, CFG(fitness), 0, 0, "correct|margin|logsoftmax", T | B, true, "Learning",
     "of a sample: right or wrong, margin, or log-softmax of the label"},
    {"temperature", "X", SR_OPT_REAL, CFG(temperature), 1, 1e9, NULL, T | B, true, "Learning",
     "score units a nat (logsoftmax), or a fitness unit times 64 (margin)"},
    {"step", "X", SR_OPT_REAL, CFG(step), 0, 16, NULL, T | B, true, "Learning",
     "change of a hidden weight a generation, root mean square in weight units"},
    {"readout-step", "X", SR_OPT_REAL, CFG(readout_step), 0, 16, NULL, T | B, true, "Learning",
     "the same for a readout weight"},
    {"step-decay", "KIND", SR_OPT_CHOICE, CFG(step_decay), 0, 0, "none|linear|smooth", T, true, "Learning",
     "how steps shrink over the planned generations (smooth: S-shaped, like a half cosine)"},
    {"step-final", "X", SR_OPT_REAL, CFG(step_final), 0, 1, NULL, T, true, "Learning", "last step as a fraction of the first"},
    {"shape", "KIND", SR_OPT_CHOICE, CFG(shape), 0, 0, "sign|scaled", T, true, "Learning",
     "weight of a pair: sign of its difference (made on the device), or the difference scaled to -127..127"},
    {"batch", "N", SR_OPT_UINT, CFG(batch), 1, SR_BATCH_LIMIT, NULL, T | B, true, "Learning", "samples a generation"},
    {"batch-every", "K", SR_OPT_UINT, CFG(batch_every), 1, 1000000, NULL, T, true, "Learning",
     "generations that a batch serves; a device that cannot hold the data set is sent samples only when it changes"},
    {"generations", "N", SR_OPT_UINT, CFG(generations), 1, 100000000, NULL, T, true, "Learning", "length of the run"},
    {"generations", "N", SR_OPT_UINT, AT(repeat), 1, 1000000, NULL, B, false, "Learning",
     "generations measured for each line, at least (and for a second)"},
    {"seed", "N", SR_OPT_U64, CFG(seed), 0, 0, NULL, T | B, true, "Learning",
     "decides weights, noise, batches and the validation share"},

    {"eval-every", "N", SR_OPT_UINT, CFG(eval_every), 1, 100000000, NULL, T, true, "Run",
     "generations between validations (the best model is chosen there)"},
    {"validation", "PERCENT", SR_OPT_UINT, CFG(validation), 0, 90, NULL, T, true, "Run",
     "share of the training set kept for validation; 0: none, and best is last"},
    {"checkpoint-every", "N", SR_OPT_UINT, AT(checkpoint_every), 1, 100000000, NULL, T, false, "Run",
     "generations between checkpoints"},
    {"time-limit", "SECONDS", SR_OPT_UINT, AT(time_limit), 0, 100000000, NULL, T, false, "Run",
     "stop in good order after so long; 0: no limit"},
    {"no-test", NULL, SR_OPT_FLAG, AT(no_test), 0, 0, NULL, T, false, "Run", "do not touch the test set at the end"},

    {"split", "SPLIT", SR_OPT_CHOICE, AT(split), 0, 0, "train|test", E, false, "Evaluation", "samples to evaluate"},
    {"confusion", NULL, SR_OPT_FLAG, AT(confusion), 0, 0, NULL, E, false, "Evaluation", "print the confusion matrix"},

    {"steps", "T", SR_OPT_UINT, CFG(steps), 0, 511, NULL, T | B, true, "Data",
     "time steps, 0 for the format's own (10; MNIST 16)"},
    {"pool", "N", SR_OPT_UINT, CFG(pool), 0, 64, NULL, T | B, true, "Data",
     "pooling in x and y, 0 for the format's own (2; MNIST 1)"},
    {"duration", "US", SR_OPT_UINT, CFG(duration_us), 0, 8388607, NULL, T | B, true, "Data",
     "length of a recording in microseconds, 0: 315000; later events are dropped"},
    {"width", "N", SR_OPT_UINT, CFG(width), 0, 256, NULL, T | B, true, "Data",
     "sensor width, 0 for the format's own (34; MNIST 28)"},
    {"height", "N", SR_OPT_UINT, CFG(height), 0, 256, NULL, T | B, true, "Data", "sensor height, 0 for the format's own"},
    {"holdout", "PERCENT", SR_OPT_UINT, CFG(holdout), 0, 90, NULL, T | B, true, "Data",
     "test share where there is no test set, 0: 20"},
    {"data-seed", "N", SR_OPT_U64, CFG(data_seed), 0, 0, NULL, T | B, true, "Data",
     "of the hold-out split and of MNIST's spikes"},
    {"limit-train", "N", SR_OPT_UINT, CFG(limit_train), 0, U32, NULL, T | B, true, "Data",
     "at most so many training samples, 0: all"},
    {"limit-test", "N", SR_OPT_UINT, CFG(limit_test), 0, U32, NULL, T | B, true, "Data",
     "at most so many test samples, 0: all"},
    {"sent-weights", NULL, SR_OPT_FLAG, AT(sent_weights), 0, 0, NULL, B, false, "Learning",
     "one line more: what a member costs a device that must be sent its weights"},
    {"inputs", "N", SR_OPT_UINT, AT(inputs), 1, 65535, NULL, B, false, "Data", "inputs of the random batch (without --data)"},
    {"classes", "N", SR_OPT_UINT, AT(classes), 2, SR_CLASSES, NULL, B, false, "Data", "classes (without --data)"},
    {"events", "N", SR_OPT_UINT, AT(events), 0, 100000000, NULL, B, false, "Data",
     "events a sample of the random batch; 0: 14.6 %, N-MNIST's density"},

    {"json", NULL, SR_OPT_FLAG, AT(json), 0, 0, NULL, T | E | B | I | S | SR_CMD_DIFF, false, "Output",
     "results as JSON on standard output"},
    {"help", NULL, SR_OPT_FLAG, AT(help), 0, 0, NULL, ANY, false, "Output", "this text"},
};
enum { TABLE_COUNT = sizeof table / sizeof *table };
_Static_assert((int)TABLE_COUNT <= (int)SR_OPTIONS_MAX, "given[] is too short");
#undef T
#undef E
#undef B
#undef I
#undef S

const struct sr_option *sr_option_table(size_t *count) {
    *count = TABLE_COUNT;
    return table;
}

enum sr_status sr_error(char *error, size_t error_size, enum sr_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    return status;
}

static enum sr_status defaults(struct sr_options *options, enum sr_command command) {
    memset(options, 0, sizeof *options);
    options->config = (struct sr_config){.hidden = {1, {128}},
                                         .theta = {1, {128}},
                                         .leak = {1, {32}},
                                         .readout_theta = 1024,
                                         .readout_leak = 0,
                                         .reset = SR_RESET_HARD,
                                         .readout = SR_READOUT_SUM,
                                         .mode = SR_MODE_LOWRANK,
                                         .readout_mode = 0,
                                         .rank = 1,
                                         .dist = SR_DIST_SIGN,
                                         .population = 128,
                                         .sigma = 2,
                                         .readout_sigma = 2,
                                         .fitness = SR_FITNESS_LOGSOFTMAX,
                                         .shape = SR_SHAPE_SIGN,
                                         .step_decay = SR_DECAY_SMOOTH,
                                         .temperature = 200,
                                         .step = 0.8,
                                         .readout_step = 0.8,
                                         .step_final = 0.1,
                                         .batch = 64,
                                         .batch_every = 1,
                                         .generations = 200,
                                         .eval_every = 20,
                                         .validation = 10,
                                         .seed = 1,
                                         .readout_init_range = 16,
                                         .data_seed = 1};
    options->threads = 1;
    options->checkpoint_every = 50;
    options->split = SR_SPLIT_TEST;
    options->modes = (struct sr_list){2, {SR_MODE_LOWRANK, SR_MODE_FULL}};
    options->ranks = (struct sr_list){4, {1, 2, 4, 8}};
    options->inputs = 578;
    options->classes = 10;
    options->repeat = 3;
    options->engine = strdup(command == SR_CMD_SELFTEST ? "serial" : "ref");
    return options->engine ? SR_OK : SR_ERR_MEMORY;
}

void sr_options_free(struct sr_options *options) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (table[i].kind != SR_OPT_TEXT) continue;
        char **text = (char **)((char *)options + table[i].offset);
        free(*text);
        *text = NULL;
    }
}

static bool parse_u64(const char *text, size_t length, uint64_t *value) {
    uint64_t result = 0;
    if (length == 0) return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (result > (UINT64_MAX - digit) / 10) return false;
        result = result * 10 + digit;
    }
    *value = result;
    return true;
}

static bool parse_choice(const char *words, const char *text, size_t length, uint32_t *value) {
    for (uint32_t n = 0;; n++) {
        size_t word = strcspn(words, "|");
        if (word == length && !memcmp(words, text, length)) {
            *value = n;
            return true;
        }
        if (words[word] == '\0') return false;
        words += word + 1;
    }
}

static enum sr_status range_error(const struct sr_option *option, const char *text, char *error, size_t error_size) {
    if (option->kind == SR_OPT_U64) {
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: must be a whole number below 2^64", option->name, text);
    }
    const char *kind = option->kind == SR_OPT_REAL   ? "a number"
                       : option->kind == SR_OPT_LIST ? "whole numbers"
                                                     : "a whole number";
    return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: must be %s in %.10g..%.10g", option->name, text, kind,
                    option->min, option->max);
}

/* Set an option from its text. */
static enum sr_status apply(struct sr_options *options, const struct sr_option *option, const char *text, char *error,
                            size_t error_size) {
    void *field = (char *)options + option->offset;
    size_t length = text ? strlen(text) : 0;
    uint64_t number = 0;
    switch (option->kind) {
        case SR_OPT_FLAG:
            if (text && *text) return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s takes no value", option->name);
            *(bool *)field = true;
            break;
        case SR_OPT_UINT:
            if (!parse_u64(text, length, &number) || (double)number < option->min || (double)number > option->max) {
                return range_error(option, text, error, error_size);
            }
            *(uint32_t *)field = (uint32_t)number;
            break;
        case SR_OPT_U64:
            if (!parse_u64(text, length, &number)) return range_error(option, text, error, error_size);
            *(uint64_t *)field = number;
            break;
        case SR_OPT_REAL: {
            char *end = NULL;
            errno = 0;
            double real = strtod(text, &end);
            bool plain = length > 0 && strspn(text, "0123456789.eE+-") == length && end == text + length;
            if (!plain || errno || !(real >= option->min && real <= option->max))
                return range_error(option, text, error, error_size);
            *(double *)field = real;
            break;
        }
        case SR_OPT_CHOICE:
            if (!parse_choice(option->words, text, length, (uint32_t *)field)) {
                return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: must be one of %s", option->name, text,
                                option->words);
            }
            break;
        case SR_OPT_LIST:
        case SR_OPT_CHOICES: {
            struct sr_list list = {0, {0}};
            for (const char *item = text;; item++) {
                size_t part = strcspn(item, ",");
                uint32_t choice = 0;
                if (list.count == SR_LIST_MAX) {
                    return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: more than %d values", option->name, text,
                                    SR_LIST_MAX);
                }
                if (option->kind == SR_OPT_CHOICES) {
                    if (!parse_choice(option->words, item, part, &choice)) {
                        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: must be of %s, with commas between",
                                        option->name, text, option->words);
                    }
                } else {
                    if (!parse_u64(item, part, &number) || (double)number < option->min || (double)number > option->max) {
                        return range_error(option, text, error, error_size);
                    }
                    choice = (uint32_t)number;
                }
                list.value[list.count++] = choice;
                item += part;
                if (*item == '\0') break;
            }
            *(struct sr_list *)field = list;
            break;
        }
        case SR_OPT_TEXT: {
            if (length == 0) return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s: empty", option->name);
            char *copy = strdup(text);
            if (!copy) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
            free(*(char **)field);
            *(char **)field = copy;
            break;
        }
    }
    options->given[option - table] = true;
    return SR_OK;
}

static const struct sr_option *find(const char *name, unsigned commands) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if ((table[i].commands & commands) && !strcmp(table[i].name, name)) return &table[i];
    }
    return NULL;
}

bool sr_option_given(const struct sr_options *options, enum sr_command command, const char *name) {
    const struct sr_option *option = find(name, command);
    return option && options->given[option - table];
}

/* A preset is found beside the source (../host/presets from the program), or where it was installed. */
static FILE *preset_open(const char *name, char *path, size_t size) {
    if (strchr(name, '/')) {
        snprintf(path, size, "%s", name);
        return fopen(path, "r");
    }
    char self[2048];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0) {
        self[length] = '\0';
        char *slash = strrchr(self, '/');
        if (slash) *slash = '\0';
        for (int up = 0; up < 2; up++) { /* build/spikeroll, and a test in build/tests */
            snprintf(path, size, "%s/%s../host/presets/%s.preset", self, up ? "../" : "", name);
            FILE *file = fopen(path, "r");
            if (file) return file;
        }
    }
    snprintf(path, size, "%s/%s.preset", SR_PRESET_DIR, name);
    return fopen(path, "r");
}

/* Lines `option value`; # begins a comment. Options of other commands are checked for their name and left out. */
static enum sr_status preset_apply(struct sr_options *options, enum sr_command command, const char *name, char *error,
                                   size_t error_size) {
    char path[4096], line[1024];
    FILE *file = preset_open(name, path, sizeof path);
    if (!file) {
        return sr_error(error, error_size, SR_ERR_FILE, "--preset %s: no such preset (looked for %s%.300s)", name,
                        strchr(name, '/') ? "" : "one in host/presets beside the program's folder, and for ", path);
    }
    enum sr_status status = SR_OK;
    for (unsigned number = 1; status == SR_OK && fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "#\r\n")] = '\0';
        char *rest = NULL, *word = strtok_r(line, " \t", &rest), *value = strtok_r(NULL, " \t", &rest);
        if (!word) continue;
        const struct sr_option *known = find(word, ~0u), *option = find(word, command);
        char inner[SR_ERROR_SIZE] = "";
        if (!known || !strcmp(word, "preset")) {
            status = sr_error(inner, sizeof inner, SR_ERR_ARGUMENT, "no option '%s'", word);
        } else if (strtok_r(NULL, " \t", &rest)) {
            status = sr_error(inner, sizeof inner, SR_ERR_ARGUMENT, "more than one value for '%s'", word);
        } else if (!value && known->kind != SR_OPT_FLAG) {
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

enum sr_status sr_options_parse(struct sr_options *options, enum sr_command command, int argc, char **argv, char *error,
                                size_t error_size) {
    if (defaults(options, command) != SR_OK) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    struct option longs[TABLE_COUNT + 1];
    size_t count = 0;
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (!(table[i].commands & command)) continue;
        longs[count++] =
            (struct option){table[i].name, table[i].kind == SR_OPT_FLAG ? no_argument : required_argument, NULL, (int)i + 256};
    }
    longs[count] = (struct option){NULL, 0, NULL, 0};
    /* Twice over the command line: first for the preset, which the rest then overrides. */
    enum sr_status status = SR_OK;
    for (int pass = 0; pass < 2 && status == SR_OK; pass++) {
        opterr = 0;
        optind = 1;
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
                bool preset = !strcmp(option->name, "preset");
                if (pass == 0 && preset) {
                    status = apply(options, option, optarg, error, error_size);
                    if (status == SR_OK) status = preset_apply(options, command, optarg, error, error_size);
                } else if (pass == 1 && !preset) {
                    status = apply(options, option, optarg, error, error_size);
                }
            }
        }
    }
    for (; status == SR_OK && optind < argc; optind++) {
        if (command != SR_CMD_DIFF || options->arguments == 2) {
            status = sr_error(error, error_size, SR_ERR_ARGUMENT, "unexpected argument '%s' (see spikeroll %s --help)",
                              argv[optind], argv[0]);
        } else {
            options->argument[options->arguments++] = argv[optind];
        }
    }
    return status;
}

void sr_choice_text(const char *words, uint32_t value, char *text, size_t size) {
    while (value-- > 0 && *words) {
        words += strcspn(words, "|");
        if (*words) words++;
    }
    snprintf(text, size, "%.*s", (int)strcspn(words, "|"), words);
}

void sr_option_text(const struct sr_option *option, const struct sr_options *options, char *text, size_t size) {
    const void *field = (const char *)options + option->offset;
    switch (option->kind) {
        case SR_OPT_FLAG:
            snprintf(text, size, "%s", *(const bool *)field ? "yes" : "no");
            break;
        case SR_OPT_UINT:
            snprintf(text, size, "%u", *(const uint32_t *)field);
            break;
        case SR_OPT_U64:
            snprintf(text, size, "%llu", (unsigned long long)*(const uint64_t *)field);
            break;
        case SR_OPT_REAL:
            snprintf(text, size, "%.10g", *(const double *)field);
            break;
        case SR_OPT_CHOICE:
            sr_choice_text(option->words, *(const uint32_t *)field, text, size);
            break;
        case SR_OPT_TEXT: {
            const char *value = *(char *const *)field;
            snprintf(text, size, "%s", value ? value : "");
            break;
        }
        case SR_OPT_LIST:
        case SR_OPT_CHOICES: {
            const struct sr_list *list = field;
            size_t used = 0;
            text[0] = '\0';
            for (uint32_t i = 0; i < list->count && used < size; i++) {
                char word[32];
                if (option->kind == SR_OPT_LIST)
                    snprintf(word, sizeof word, "%u", list->value[i]);
                else
                    sr_choice_text(option->words, list->value[i], word, sizeof word);
                int wrote = snprintf(text + used, size - used, "%s%s", i ? "," : "", word);
                used += wrote > 0 ? (size_t)wrote : 0;
            }
            break;
        }
    }
}

void sr_options_help(enum sr_command command) {
    struct sr_options options;
    const char *group = "";
    if (defaults(&options, command) != SR_OK) return;
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        const struct sr_option *o = &table[i];
        if (!(o->commands & command)) continue;
        if (strcmp(group, o->group)) printf("\n%s\n", o->group);
        group = o->group;
        char left[64], value[128];
        snprintf(left, sizeof left, "--%s %s", o->name, o->argument ? o->argument : "");
        sr_option_text(o, &options, value, sizeof value);
        printf("  %-28s %s", left, o->help);
        if (o->words) printf(": %s", o->words);
        if (o->kind != SR_OPT_FLAG && *value) printf(" [%s]", value);
        putchar('\n');
    }
    sr_options_free(&options);
}

enum sr_status sr_config_check(const struct sr_options *options, char *error, size_t error_size) {
    const struct sr_config *c = &options->config;
    const struct {
        const char *name;
        const struct sr_list *list;
    } lists[] = {{"theta", &c->theta}, {"leak", &c->leak}};
    if (c->hidden.count > SR_HIDDEN_LAYERS) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--hidden: %u layers, at most %d", c->hidden.count, SR_HIDDEN_LAYERS);
    }
    for (size_t i = 0; i < 2; i++) {
        if (lists[i].list->count != 1 && lists[i].list->count != c->hidden.count) {
            return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s: %u values for %u hidden layers (give 1 or %u)",
                            lists[i].name, lists[i].list->count, c->hidden.count, c->hidden.count);
        }
    }
    if (c->population % 2) {
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--population %u: must be even (antithetic pairs)", c->population);
    }
    if (sr_option_given(options, SR_CMD_TRAIN, "rank") && c->mode == SR_MODE_FULL && c->readout_mode != 1 + SR_MODE_LOWRANK &&
        c->rank != 1) {
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--rank %u contradicts --mode full, which has no rank", c->rank);
    }
    return SR_OK;
}

void sr_config_net(const struct sr_config *c, uint32_t inputs, uint32_t classes, uint32_t steps, struct sr_net *net) {
    *net = (struct sr_net){.layers = c->hidden.count,
                           .inputs = inputs,
                           .classes = classes,
                           .steps = steps,
                           .reset = (enum sr_reset)c->reset,
                           .readout = (enum sr_readout)c->readout};
    for (uint32_t l = 0; l < SR_HIDDEN_LAYERS; l++) {
        /* constants of an absent layer stay legal: they are written to the device all the same */
        net->hidden[l] = l < c->hidden.count ? c->hidden.value[l] : 0;
        net->theta[l] = c->theta.value[l < c->theta.count ? l : 0];
        net->leak[l] = c->leak.value[l < c->leak.count ? l : 0];
    }
    net->theta[SR_READOUT_LAYER] = c->readout_theta;
    net->leak[SR_READOUT_LAYER] = c->readout_leak;
}

void sr_config_data(const struct sr_config *c, const char *dir, struct sr_data_options *data) {
    *data = (struct sr_data_options){.dir = dir,
                                     .width = c->width,
                                     .height = c->height,
                                     .pool = c->pool,
                                     .steps = c->steps,
                                     .duration_us = c->duration_us,
                                     .holdout_percent = c->holdout,
                                     .seed = c->data_seed,
                                     .limit_train = c->limit_train,
                                     .limit_test = c->limit_test};
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
