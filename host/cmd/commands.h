/* SPDX-License-Identifier: Apache-2.0
 * The commands of the program, and what they share. argv[0] is the command's name; each returns the exit code. */
#ifndef SR_COMMANDS_H
#define SR_COMMANDS_H

#include "base/clock.h"
#include "cmd/options.h"

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

#endif
