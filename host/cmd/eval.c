/* SPDX-License-Identifier: Apache-2.0
 * spikeroll eval: accuracy of a model on a split of a data set. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "data/samples.h"
#include "model/run_file.h"

static const char intro[] =
    "usage: spikeroll eval --model RUN|FILE --data DIR [--split test|train] [OPTION]...\n"
    "\n"
    "Runs a trained network on the samples of a split and prints `accuracy 0.8630 (518/600)`. Pooling, steps, hold-out share\n"
    "and its seed are those that the model was trained with, and so is the rotation, unless --rotate says another. All "
    "engines\n"
    "give the same answer.\n";

struct evaluation {
    struct sr_options options;
    struct sr_run run;
    struct sr_data data;
    struct sr_device *device;
    uint8_t *predicted;
    char error[SR_ERROR_SIZE];
};

static enum sr_status fail(struct evaluation *e, enum sr_status status, const char *text) {
    return sr_error(e->error, sizeof e->error, status, "%s", text);
}

static void print_json(const struct evaluation *e, const struct sr_data_set *set, uint32_t correct,
                       uint32_t confusion[SR_CLASSES][SR_CLASSES]) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "accuracy", (double)correct / set->count);
    cJSON_AddNumberToObject(json, "correct", correct);
    cJSON_AddNumberToObject(json, "total", set->count);
    cJSON_AddStringToObject(json, "split", e->options.split == SR_SPLIT_TEST ? "test" : "train");
    cJSON_AddBoolToObject(json, "holdout", e->data.holdout);
    cJSON_AddStringToObject(json, "engine", sr_device_caps(e->device)->engine);
    cJSON_AddNumberToObject(json, "generation", e->run.generation);
    if (e->options.confusion) {
        cJSON *rows = cJSON_AddArrayToObject(json, "confusion");
        for (uint32_t label = 0; label < set->classes; label++) {
            cJSON *row = cJSON_CreateArray();
            for (uint32_t c = 0; c < set->classes; c++) cJSON_AddItemToArray(row, cJSON_CreateNumber(confusion[label][c]));
            cJSON_AddItemToArray(rows, row);
        }
    }
    char *text = cJSON_Print(json);
    if (text) puts(text);
    cJSON_free(text);
    cJSON_Delete(json);
}

static void print_confusion(const struct sr_data_set *set, uint32_t confusion[SR_CLASSES][SR_CLASSES]) {
    printf("label \\ predicted\n     ");
    for (uint32_t c = 0; c < set->classes; c++) printf("%6u", c);
    putchar('\n');
    for (uint32_t label = 0; label < set->classes; label++) {
        printf("%5u", label);
        for (uint32_t c = 0; c < set->classes; c++) printf("%6u", confusion[label][c]);
        putchar('\n');
    }
}

static enum sr_status run_eval(struct evaluation *e) {
    struct sr_options *o = &e->options;
    char path[4096], wanted[64];
    struct sr_data_options how;
    if (!o->model) return fail(e, SR_ERR_ARGUMENT, "--model is missing (see spikeroll eval --help)");
    if (!o->data) return fail(e, SR_ERR_ARGUMENT, "--data is missing (see spikeroll eval --help)");
    enum sr_status status = sr_model_path(o->model, path, sizeof path, e->error, sizeof e->error);
    if (status == SR_OK) status = sr_run_load(path, &e->run, e->error, sizeof e->error);
    if (status != SR_OK) return status;
    const struct sr_net *net = &e->run.net;
    sr_config_data(&e->run.config, o->data, &how);
    if (sr_option_given(o, SR_CMD_EVAL, "rotate")) how.rotate = o->config.rotate;
    status = sr_data_load(&how, &e->data, e->error, sizeof e->error);
    if (status != SR_OK) return status;
    const struct sr_data_set *set = o->split == SR_SPLIT_TEST ? &e->data.test : &e->data.train;
    if (set->inputs != net->inputs || set->steps != net->steps || set->classes > net->classes) {
        sr_net_text(net, wanted, sizeof wanted);
        return sr_error(e->error, sizeof e->error, SR_ERR_MISMATCH,
                        "%.200s: %u inputs, %u steps and %u classes, but the network of %.150s is %s with %u steps", o->data,
                        set->inputs, set->steps, set->classes, path, wanted, net->steps);
    }
    if (set->count == 0)
        return sr_error(e->error, sizeof e->error, SR_ERR_FORMAT, "--split %s: %.300s has no such samples",
                        o->split == SR_SPLIT_TEST ? "test" : "train", o->data);
    status = sr_open_device("eval", o, e->run.frac_bits, &e->device, e->error, sizeof e->error);
    if (status != SR_OK) return status;
    sr_print_warnings("eval", &e->data);
    uint32_t correct = 0, confusion[SR_CLASSES][SR_CLASSES] = {{0}};
    e->predicted = malloc(set->count);
    if (!e->predicted) return fail(e, SR_ERR_MEMORY, "out of memory");
    sr_weights_rescale(&e->run.weights, net, e->run.frac_bits, sr_device_caps(e->device)->frac_w);
    status = sr_device_configure(e->device, net);
    if (status == SR_OK) status = sr_weights_write(&e->run.weights, e->device, net);
    if (status == SR_OK) status = sr_accuracy(e->device, set, 0, NULL, set->count, e->predicted, &correct);
    if (status != SR_OK) return fail(e, status, sr_device_error(e->device));
    for (uint32_t i = 0; i < set->count; i++) confusion[set->labels[i]][e->predicted[i]]++;
    if (o->json) {
        print_json(e, set, correct, confusion);
        return SR_OK;
    }
    if (e->data.holdout && o->split == SR_SPLIT_TEST) {
        fprintf(stderr, "%s has no test set: %u %% of it, held out by seed %llu, is the test split\n", o->data,
                e->data.options.holdout_percent, (unsigned long long)e->data.options.seed);
    }
    printf("accuracy %.4f (%u/%u)\n", (double)correct / set->count, correct, set->count);
    if (o->confusion) print_confusion(set, confusion);
    return SR_OK;
}

int sr_cmd_eval(int argc, char **argv) {
    struct evaluation e = {0};
    int code;
    if (!sr_command_begin(&e.options, SR_CMD_EVAL, argc, argv, intro, &code)) return code;
    enum sr_status status = run_eval(&e);
    code = status == SR_OK ? SR_EXIT_OK : sr_complain(argv[0], status, e.error);
    free(e.predicted);
    sr_device_close(e.device);
    sr_data_free(&e.data);
    sr_run_free(&e.run);
    sr_options_free(&e.options);
    return code;
}
