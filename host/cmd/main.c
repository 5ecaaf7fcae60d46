/* SPDX-License-Identifier: Apache-2.0
 * The program: finds the command and calls it. */
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"

static const struct {
    const char *name, *text;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"train", "train a network by evolution strategies on an engine", sr_cmd_train},
    {"eval", "accuracy of a trained model", sr_cmd_eval},
    {"bench", "cycles, link bytes and speed of a generation, low rank against full rank", sr_cmd_bench},
    {"data", "statistics and pictures of a data set; write the built-in one", sr_cmd_data},
    {"diff", "compare two runs bit for bit", sr_cmd_diff},
    {"selftest", "known answers through a device, block by block: for the day the board arrives", sr_cmd_selftest},
    {"info", "versions, an engine's identity and limits, a model's contents", sr_cmd_info},
};

static void usage(FILE *out) {
    fprintf(out,
            "spikeroll %s: trains spiking neural networks on a spiking accelerator by low-rank evolution strategies\n\n"
            "usage: spikeroll COMMAND [OPTION]...\n\n",
            SR_VERSION);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].text);
    }
    fprintf(
        out,
        "\n`spikeroll COMMAND --help` explains a command. Exit codes: 0 success, 1 failure or a difference, 2 bad input.\n");
}

int main(int argc, char **argv) {
    if (argc < 2) {
        usage(stderr);
        return SR_EXIT_INPUT;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        usage(stdout);
        return SR_EXIT_OK;
    }
    if (!strcmp(argv[1], "--version")) {
        printf("spikeroll %s\n", SR_VERSION);
        return SR_EXIT_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name)) continue;
        int code = commands[i].run(argc - 1, argv + 1);
        if (fflush(stdout) != 0 || ferror(stdout)) {
            perror("spikeroll: standard output");
            if (code == SR_EXIT_OK) code = SR_EXIT_FAILURE;
        }
        return code;
    }
    fprintf(stderr, "spikeroll: no command '%s' (see spikeroll --help)\n", argv[1]);
    return SR_EXIT_INPUT;
}
