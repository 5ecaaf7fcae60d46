/* SPDX-License-Identifier: Apache-2.0
 * The program: finds the command and calls it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    {"report", "runs as one page of HTML: learning, answers, spikes, weights, cycles", sr_cmd_report},
    {"convert", "import a network from NIR, or export a model to it", sr_cmd_convert},
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

/* A descriptor below 3 that the caller closed would be given to the next file that is opened, and what is printed would end up
 * in that file. It is taken by something that cannot be written to (or, standard input, read from), so that its use fails. */
static void reserve_descriptors(void) {
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
        int taken = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
        (void)taken; /* fd itself, as the lowest that is free; if it cannot be opened there is no more to be done */
    }
}

/* Whether everything that was printed has arrived. */
static bool close_output(void) {
    int reason = 0;
    bool good = !ferror(stdout);
    if (fflush(stdout) != 0 || fclose(stdout) != 0) reason = errno;
    if (reason || !good)
        fprintf(stderr, "spikeroll: standard output: %s\n", reason ? strerror(reason) : "not everything could be written");
    return !reason && good && fflush(stderr) == 0 && !ferror(stderr);
}

static int run(int argc, char **argv) {
    if (argc < 2) {
        usage(stderr);
        return SR_EXIT_INPUT;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        usage(stdout);
        return SR_EXIT_OK;
    }
    if (!strcmp(argv[1], "--version")) {
        printf("spikeroll %s\n", sr_version());
        return SR_EXIT_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (!strcmp(argv[1], commands[i].name)) return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "spikeroll: no command '%s' (see spikeroll --help)\n", argv[1]);
    return SR_EXIT_INPUT;
}

int main(int argc, char **argv) {
    reserve_descriptors();
    int code = run(argc, argv);
    if (!close_output() && code == SR_EXIT_OK) code = SR_EXIT_FAILURE;
    return code;
}
