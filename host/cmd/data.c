/* SPDX-License-Identifier: Apache-2.0
 * spikeroll data: write the built-in data, look at a data set. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "data/data.h"
#include "data/stats.h"

static const char help[] =
    "usage: spikeroll data synth DIR [--train N] [--test N] [--seed S]\n"
    "       spikeroll data stats DIR [--picture FILE.bin|INDEX] [--png OUT.png] [--json] [reading options]\n"
    "\n"
    "synth  writes the built-in data: handwriting-like digits before a moving event camera, in the N-MNIST format.\n"
    "       DIR is made if need be and must not hold a data set already. No download is needed.\n"
    "  --train N        training recordings, 10 to 99999 (2000)\n"
    "  --test N         test recordings, the same or 0 for none (500)\n"
    "  --seed S         another seed, other handwriting (1)\n"
    "\n"
    "stats  counts by class, events a recording, spikes after binning. DIR is N-MNIST (Train/<digit>/*.bin, perhaps\n"
    "       Test/) or MNIST (idx files, .gz or not); without a test set a seeded share of each class is held out.\n"
    "  --picture WHICH  event picture of one recording in the terminal: a file, or an index from 0 (training, then test)\n"
    "  --png OUT.png    write that picture (default: of recording 0) as PNG\n"
    "  --json           the numbers as JSON, for machines\n"
    "  --width N --height N   sensor (34 x 34; MNIST: as the file says)\n"
    "  --pool N         pooling in x and y (2; MNIST 1)\n"
    "  --steps T        time steps (10; MNIST 16)\n"
    "  --duration US    length of a recording in microseconds; later events are dropped (315000)\n"
    "  --holdout P      test share in percent where there is no test set (20)\n"
    "  --seed S         of the hold-out split and of MNIST's spikes (1)\n"
    "\n"
    "  --help           this text\n"
    "\n"
    "examples:\n"
    "  spikeroll data synth build/data\n"
    "  spikeroll data stats build/data --picture 0 --png digit.png\n"
    "exit code: 0 success, 1 failure, 2 bad input\n";

struct request {
    struct sr_data_options read;
    const char *picture, *png;
    uint32_t train, test;
    bool json;
};

static int report(enum sr_status status, const char *error) {
    fprintf(stderr, "spikeroll data: %s\n", error);
    return status == SR_ERR_MEMORY ? SR_EXIT_FAILURE : SR_EXIT_INPUT;
}

static bool parse_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value) {
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || number < min || number > max) {
        fprintf(stderr, "spikeroll data: --%s %s: a number from %" PRIu64 " to %" PRIu64 " expected\n", option, text, min, max);
        return false;
    }
    *value = number;
    return true;
}

static void print_set(const char *name, const struct sr_data_stats *s, uint32_t inputs) {
    printf("%s: %u samples\n  by class:", name, s->count);
    for (uint32_t c = 0; c < s->classes; c++) printf(" %u", s->by_class[c]);
    printf("\n  events a recording: mean %.0f, min %u, max %u\n", s->events_mean, s->events_min, s->events_max);
    printf("  spikes after binning: %.1f a sample, %.1f a step (%.2f %% of %u inputs)\n", s->spikes_sample, s->spikes_step,
           100 * s->spikes_share, inputs);
    printf("  inputs ever used: %.1f %%\n", 100 * s->inputs_used);
}

static void print_set_json(const char *name, const struct sr_data_stats *s) {
    printf("\"%s\": {\"samples\": %u, \"by_class\": [", name, s->count);
    for (uint32_t c = 0; c < s->classes; c++) printf("%s%u", c ? ", " : "", s->by_class[c]);
    printf("], \"events_mean\": %.3f, \"events_min\": %u, \"events_max\": %u, ", s->events_mean, s->events_min, s->events_max);
    printf("\"spikes_sample\": %.3f, \"spikes_step\": %.3f, \"spikes_share\": %.6f, \"inputs_used\": %.6f}", s->spikes_sample,
           s->spikes_step, s->spikes_share, s->inputs_used);
}

static void print_json_text(const char *text) {
    putchar('"');
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = sr_utf8_length(at);
        if (length == 0)
            printf("\\ufffd");
        else if (*at == '"' || *at == '\\')
            printf("\\%c", *at);
        else if (*at < 32)
            printf("\\u%04x", (unsigned)*at);
        else
            fwrite(at, 1, length, stdout);
        at += length ? length : 1;
    }
    putchar('"');
}

static uint32_t terminal_columns(void) {
    const char *variable = getenv("COLUMNS");
    unsigned long given = variable ? strtoul(variable, NULL, 10) : 0;
    if (given > 0 && given < 10000) return (uint32_t)given;
#ifdef TIOCGWINSZ
    struct winsize size;
    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col) return size.ws_col;
#endif
    return isatty(STDOUT_FILENO) ? 80 : 120;
}

/* The picture as asked for: PNG written, *text (free it) for the terminal or NULL. Nothing is printed but failures. */
static int make_picture(const struct request *request, const struct sr_data_options *used, char **text) {
    char error[512];
    struct sr_picture picture;
    int code = SR_EXIT_OK;
    enum sr_status status = sr_picture_make(used, request->picture ? request->picture : "0", &picture, error, sizeof error);
    if (status) return report(status, error);
    if (request->picture && !request->json)
        status = sr_picture_text(&picture, terminal_columns(), isatty(STDOUT_FILENO), text, error, sizeof error);
    if (status) {
        code = report(status, error);
    } else if (request->png && (status = sr_picture_png(&picture, request->png, error, sizeof error)) != SR_OK) {
        (void)report(status, error);
        code = SR_EXIT_FAILURE;
    }
    sr_picture_free(&picture);
    return code;
}

static int stats(const struct request *request) {
    char error[512], *text = NULL;
    struct sr_data data;
    struct sr_data_stats train, test;
    enum sr_status status = sr_data_load(&request->read, &data, error, sizeof error);
    if (status) return report(status, error);
    status = sr_data_stats(&data.train, &train, error, sizeof error);
    if (!status) status = sr_data_stats(&data.test, &test, error, sizeof error);
    struct sr_data_options used = data.options;
    uint32_t inputs = data.train.inputs;
    bool holdout = data.holdout;
    char name[sizeof data.name];
    memcpy(name, data.name, sizeof name);
    sr_print_warnings("data", &data);
    sr_data_free(&data);
    if (status) return report(status, error);
    if (request->picture || request->png) {
        int code = make_picture(request, &used, &text);
        if (code) {
            free(text);
            return code;
        }
    }
    bool recordings = used.duration_us != 0 && strcmp(name, "MNIST") != 0;
    if (request->json) {
        printf("{\"format\": \"%s\", \"dir\": ", name);
        print_json_text(used.dir);
        printf(", \"width\": %u, \"height\": %u, \"pool\": %u, \"steps\": %u, \"inputs\": %u, ", used.width, used.height,
               used.pool, used.steps, inputs);
        if (recordings) printf("\"duration_us\": %u, ", used.duration_us);
        printf("\"holdout\": %s, \"holdout_percent\": %u, \"seed\": %" PRIu64 ", ", holdout ? "true" : "false",
               holdout ? used.holdout_percent : 0, used.seed);
        print_set_json("train", &train);
        printf(", ");
        print_set_json("test", &test);
        printf("}\n");
    } else {
        printf("%s: %s, %u x %u, pool %u, %u steps, %u inputs", used.dir, name, used.width, used.height, used.pool, used.steps,
               inputs);
        if (recordings) printf(", %.1f ms", used.duration_us / 1000.0);
        printf("\n");
        if (holdout)
            printf("no test set here: %u %% of each class held out as test (seed %" PRIu64 ")\n", used.holdout_percent,
                   used.seed);
        print_set("train", &train, inputs);
        print_set("test", &test, inputs);
    }
    if (text) printf("\n%s", text);
    if (request->png && !request->json) printf("wrote %s\n", request->png);
    free(text);
    return SR_EXIT_OK;
}

static int synth(const struct request *request) {
    char error[512];
    const char *dir = request->read.dir;
    enum sr_status status = sr_data_synth(dir, request->train, request->test, request->read.seed, error, sizeof error);
    if (status == SR_ERR_FILE) {
        report(status, error);
        return SR_EXIT_FAILURE;
    }
    if (status) return report(status, error);
    printf("wrote %u training and %u test recordings to %s (N-MNIST format, seed %" PRIu64 ")\n", request->train, request->test,
           dir, request->read.seed);
    return SR_EXIT_OK;
}

enum option_code {
    OPT_TRAIN = 256,
    OPT_TEST,
    OPT_SEED,
    OPT_PICTURE,
    OPT_PNG,
    OPT_JSON,
    OPT_HELP,
    OPT_WIDTH,
    OPT_HEIGHT,
    OPT_POOL,
    OPT_STEPS,
    OPT_DURATION,
    OPT_HOLDOUT
};
static const struct option synth_options[] = {{"train", required_argument, NULL, OPT_TRAIN},
                                              {"test", required_argument, NULL, OPT_TEST},
                                              {"seed", required_argument, NULL, OPT_SEED},
                                              {"help", no_argument, NULL, OPT_HELP},
                                              {NULL, 0, NULL, 0}};
static const struct option stats_options[] = {{"picture", required_argument, NULL, OPT_PICTURE},
                                              {"png", required_argument, NULL, OPT_PNG},
                                              {"json", no_argument, NULL, OPT_JSON},
                                              {"seed", required_argument, NULL, OPT_SEED},
                                              {"width", required_argument, NULL, OPT_WIDTH},
                                              {"height", required_argument, NULL, OPT_HEIGHT},
                                              {"pool", required_argument, NULL, OPT_POOL},
                                              {"steps", required_argument, NULL, OPT_STEPS},
                                              {"duration", required_argument, NULL, OPT_DURATION},
                                              {"holdout", required_argument, NULL, OPT_HOLDOUT},
                                              {"help", no_argument, NULL, OPT_HELP},
                                              {NULL, 0, NULL, 0}};

/* The numbers among the options: where they go and their ranges. */
static bool take_number(struct request *request, int code, const char *text) {
    const struct {
        int code;
        const char *name;
        uint32_t *value;
        uint32_t min, max;
    } number[] = {{OPT_TRAIN, "train", &request->train, 10, 99999},
                  {OPT_TEST, "test", &request->test, 0, 99999},
                  {OPT_WIDTH, "width", &request->read.width, 1, 1024},
                  {OPT_HEIGHT, "height", &request->read.height, 1, 1024},
                  {OPT_POOL, "pool", &request->read.pool, 1, 64},
                  {OPT_STEPS, "steps", &request->read.steps, 1, 511},
                  {OPT_DURATION, "duration", &request->read.duration_us, 1, 8388607},
                  {OPT_HOLDOUT, "holdout", &request->read.holdout_percent, 1, 90}};
    uint64_t value;
    if (code == OPT_SEED) return parse_number("seed", text, 0, UINT64_MAX, &request->read.seed);
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        if (number[i].code != code) continue;
        if (!parse_number(number[i].name, text, number[i].min, number[i].max, &value)) return false;
        *number[i].value = (uint32_t)value;
    }
    return true;
}

int sr_cmd_data(int argc, char **argv) {
    struct request request = {.read = {.seed = 1}, .train = 2000, .test = 500};
    if (argc < 2) {
        fprintf(stderr, "spikeroll data: synth or stats expected, see spikeroll data --help\n");
        return SR_EXIT_INPUT;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        fputs(help, stdout);
        return SR_EXIT_OK;
    }
    bool is_synth = !strcmp(argv[1], "synth");
    if (!is_synth && strcmp(argv[1], "stats") != 0) {
        fprintf(stderr, "spikeroll data: %s: synth or stats expected, see spikeroll data --help\n", argv[1]);
        return SR_EXIT_INPUT;
    }
    argc--;
    argv++;
    optind = 0; /* also forgets what an earlier call did not finish */
    opterr = 0;
    for (int code; (code = getopt_long(argc, argv, ":h", is_synth ? synth_options : stats_options, NULL)) != -1;) {
        switch (code) {
            case 'h':
            case OPT_HELP:
                fputs(help, stdout);
                return SR_EXIT_OK;
            case OPT_PICTURE:
                request.picture = optarg;
                break;
            case OPT_PNG:
                request.png = optarg;
                break;
            case OPT_JSON:
                request.json = true;
                break;
            case ':':
                fprintf(stderr, "spikeroll data: %s needs a value\n", argv[optind - 1]);
                return SR_EXIT_INPUT;
            case '?':
                fprintf(stderr, "spikeroll data %s: unknown option %s, see spikeroll data --help\n", argv[0], argv[optind - 1]);
                return SR_EXIT_INPUT;
            default:
                if (!take_number(&request, code, optarg)) return SR_EXIT_INPUT;
        }
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "spikeroll data %s: one folder DIR expected, %d given\n", argv[0], argc - optind);
        return SR_EXIT_INPUT;
    }
    request.read.dir = argv[optind];
    return is_synth ? synth(&request) : stats(&request);
}
