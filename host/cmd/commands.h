/* SPDX-License-Identifier: Apache-2.0
 * The commands of the program, and what they share. argv[0] is the command's name; each returns the exit code. */
#ifndef SR_COMMANDS_H
#define SR_COMMANDS_H

#include "cmd/options.h"

#define SR_VERSION "0.1.0"

/* 0 success, 1 failure or a difference, 2 bad input. */
enum sr_exit { SR_EXIT_OK, SR_EXIT_FAILURE, SR_EXIT_INPUT };

int sr_cmd_train(int argc, char **argv);
int sr_cmd_eval(int argc, char **argv);
int sr_cmd_bench(int argc, char **argv);
int sr_cmd_data(int argc, char **argv);
int sr_cmd_diff(int argc, char **argv);
int sr_cmd_selftest(int argc, char **argv);
int sr_cmd_info(int argc, char **argv);

/* Parse; on --help print `intro` and the options. True: go on; else *exit_code is what to return and options are freed. */
bool sr_command_begin(struct sr_options *options, enum sr_command command, int argc, char **argv, const char *intro,
                      int *exit_code);
/* Print "spikeroll COMMAND: text" on standard error and return the exit code of `status`. */
int sr_complain(const char *command, enum sr_status status, const char *text);
int sr_exit_code(enum sr_status status);
/* What a user should know of the data, on standard error. */
void sr_print_warnings(const char *command, const struct sr_data *data);
double sr_now(void);

/* A batch of a data set's samples; pointers reused from call to call. id_base sets apart the ids of two sets. */
struct sr_picker {
    const struct sr_data_set *set;
    uint32_t id_base, capacity;
    uint32_t *ids;
    const uint64_t **bits;
    uint8_t *labels;
};
SR_MUST_CHECK enum sr_status sr_picker_init(struct sr_picker *picker, const struct sr_data_set *set, uint32_t id_base,
                                            uint32_t capacity);
void sr_picker_free(struct sr_picker *picker);
/* samples NULL: first, first + 1, .. ; count at most the capacity. */
struct sr_batch sr_picker_batch(struct sr_picker *picker, const uint32_t *samples, uint32_t first, uint32_t count);

/* Infer on samples (NULL: all of the set, then count is the set's); predicted: count, or NULL. */
SR_MUST_CHECK enum sr_status sr_accuracy(struct sr_device *device, const struct sr_data_set *set, uint32_t id_base,
                                         const uint32_t *samples, uint32_t count, uint8_t *predicted, uint32_t *correct);

#endif
