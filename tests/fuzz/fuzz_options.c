/* SPDX-License-Identifier: Apache-2.0
 * Options and presets: the first byte chooses a command, or a preset for it; then the words, or the preset's lines, one a line. */
#include "check.h"

#include "cmd/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { WORDS_MAX = 40 };
    static const enum sr_command commands[] = {SR_CMD_TRAIN, SR_CMD_EVAL, SR_CMD_BENCH,
                                               SR_CMD_DIFF,  SR_CMD_INFO, SR_CMD_SELFTEST};
    char path[256], error[SR_ERROR_SIZE] = "", *argv[WORDS_MAX + 1] = {"command"}, text[1 << 13];
    int argc = 1;
    if (size < 1 || size > sizeof text) return 0;
    enum sr_command command = commands[data[0] % 6];
    bool preset = data[0] & 0x80;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (preset) {
        put_file("fuzz.preset", data + 1, size - 1, path);
        argv[argc++] = "--preset";
        argv[argc++] = path;
    } else {
        for (char *rest = text, *word; argc < WORDS_MAX && (word = strtok_r(rest, "\n", &rest));) {
            if (!strncmp(word, "--p", 3)) continue; /* no file but the harness's own is opened */
            argv[argc++] = word;
        }
    }
    struct sr_options options;
    enum sr_status status = sr_options_parse(&options, command, argc, argv, error, sizeof error);
    if (status == SR_OK) {
        check(options.config.hidden.count <= SR_LIST_MAX && options.config.rank >= 1 && options.config.rank <= 32);
        check(options.config.sigma >= 0 && options.config.sigma <= 16);
    } else {
        check(*error != '\0');
    }
    sr_options_free(&options);
    return 0;
}
