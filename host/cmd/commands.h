/* SPDX-License-Identifier: Apache-2.0
 * The commands of the program, and what they share. argv[0] is the command's name; each returns the exit code. */
#ifndef SR_COMMANDS_H
#define SR_COMMANDS_H

#include <stdio.h>

#include "base/clock.h"
#include "cmd/options.h"
#include "model/weights.h"

/* 0 success, 1 failure or a difference, 2 bad input. */
enum sr_exit { SR_EXIT_OK, SR_EXIT_FAILURE, SR_EXIT_INPUT };

int sr_cmd_train(int argc, char **argv);
int sr_cmd_eval(int argc, char **argv);
int sr_cmd_bench(int argc, char **argv);
int sr_cmd_data(int argc, char **argv);
int sr_cmd_diff(int argc, char **argv);
int sr_cmd_selftest(int argc, char **argv);
int sr_cmd_info(int argc, char **argv);
int sr_cmd_convert(int argc, char **argv);
int sr_cmd_report(int argc, char **argv);

/* Parse; on --help print `intro` and the options. True: go on; else *exit_code is what to return and options are freed. */
bool sr_command_begin(struct sr_options *options, enum sr_command command, int argc, char **argv, const char *intro,
                      int *exit_code);
/* A text that may hold a name from outside: control characters, and bytes that are not UTF-8, as \xNN. */
void sr_print_visible(FILE *stream, const char *text);
/* The same in JSON, which must be UTF-8: a replacement character for each byte that is not. */
struct cJSON;
void sr_json_text(struct cJSON *json, const char *name, const char *text);
/* The engine that the options ask for, with the patience that they have. frac_bits: of a model's weights; 0: as the options say. What
 * the user should know of the device (a slow port) goes to standard error. */
SR_MUST_CHECK enum sr_status sr_open_device(const char *command, const struct sr_options *options, uint32_t frac_bits,
                                            struct sr_device **device, char *error, size_t error_size);
void sr_say_remark(const char *command, const struct sr_device *device);
/* Print "spikeroll COMMAND: text" on standard error and return the exit code of `status`. */
int sr_complain(const char *command, enum sr_status status, const char *text);
int sr_exit_code(enum sr_status status);
/* bench --backward: time the passes of training in float on a batch, and print them. */
enum sr_status sr_bench_backward(const struct sr_options *options, const struct sr_net *net, const struct sr_weights *weights,
                                 uint32_t frac_bits, const struct sr_batch *batch, char *error, size_t error_size);
/* What a user should know of the data, on standard error. */
void sr_print_warnings(const char *command, const struct sr_data *data);

#endif
