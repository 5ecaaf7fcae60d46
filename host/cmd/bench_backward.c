/* SPDX-License-Identifier: Apache-2.0
 * bench --backward: the dense backward pass and the sparse one on the same batch, network and weights, in float on one core. Both
 * are measured in processor time, so that other work on the machine does not count. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/commands.h"
#include "train/float_matrix.h"
#include "train/float_net.h"

enum { ROWS = 320, LINES = 4 };

struct line {
    const char *name, *what;
    struct sr_float_rule rule;
    bool dense;
    double forward, backward; /* seconds a batch */
    double active, spikes;    /* share of (neuron, step); a sample */
};

static double processor_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void measure(const struct sr_float_net *net, const struct sr_batch *batch, uint32_t repeat, struct sr_float_pass *pass,
                    float *const gradient[SR_LAYERS], struct line *line) {
    uint32_t rounds = 0;
    line->forward = line->backward = 0;
    pass->spikes = pass->active = pass->neurons = 0;
    while (rounds < repeat || line->backward < 0.2) {
        for (uint32_t first = 0; first < batch->count; first += pass->samples_max) {
            uint32_t left = batch->count - first, count = left < pass->samples_max ? left : pass->samples_max, predicted;
            double began = processor_time();
            line->rule.key = rounds;
            sr_float_forward(net, &line->rule, batch->bits + first, first, count, pass);
            for (uint32_t b = 0; b < count; b++)
                sr_float_loss(net, pass, b, batch->labels[first + b], 1 / (float)batch->count, &predicted);
            double middle = processor_time();
            sr_float_readout(net, pass, gradient[SR_READOUT_LAYER]);
            if (line->dense)
                sr_float_backward_dense(net, pass, false, gradient);
            else
                sr_float_backward_sparse(net, pass, false, gradient);
            line->backward += processor_time() - middle;
            line->forward += middle - began;
        }
        rounds++;
    }
    line->forward /= rounds;
    line->backward /= rounds;
    line->active = (double)pass->active / (double)pass->neurons;
    line->spikes = (double)pass->spikes / rounds / batch->count;
}

static void report(const struct sr_options *o, const struct sr_net *net, const struct line *lines) {
    char shape[64];
    cJSON *array = o->json ? cJSON_CreateArray() : NULL;
    sr_net_text(net, shape, sizeof shape);
    if (!o->json) {
        printf("network %s, %u steps, batch %u; matrix products by %s; processor time of one core\n\n", shape, net->steps,
               o->config.batch, sr_matrix_library());
        printf("%-16s %9s %12s %12s %9s %10s  %s\n", "pass", "active", "forward ms", "backward ms", "speed-up", "spikes", "");
    }
    for (int i = 0; i < LINES; i++) {
        const struct line *l = &lines[i];
        double speed_up = lines[0].backward / l->backward;
        if (!o->json) {
            printf("%-16s %7.2f %% %12.2f %12.2f %9.2f %10.1f  %s\n", l->name, 100 * l->active, 1e3 * l->forward,
                   1e3 * l->backward, speed_up, l->spikes, l->what);
            continue;
        }
        cJSON *json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "pass", l->name);
        cJSON_AddStringToObject(json, "matrix_library", sr_matrix_library());
        cJSON_AddNumberToObject(json, "active", l->active);
        cJSON_AddNumberToObject(json, "spikes", l->spikes);
        cJSON_AddNumberToObject(json, "forward_ms", 1e3 * l->forward);
        cJSON_AddNumberToObject(json, "backward_ms", 1e3 * l->backward);
        cJSON_AddNumberToObject(json, "speed_up", speed_up);
        cJSON_AddItemToArray(array, json);
    }
    char *text = array ? cJSON_Print(array) : NULL;
    if (text) puts(text);
    cJSON_free(text);
    cJSON_Delete(array);
}

enum sr_status sr_bench_backward(const struct sr_options *o, const struct sr_net *shape, const struct sr_weights *weights,
                                 uint32_t frac_bits, const struct sr_batch *batch, char *error, size_t error_size) {
    const struct sr_config *c = &o->config;
    const struct sr_float_rule own = {.slope = (float)c->slope,
                                      .band = (float)c->band,
                                      .delta = (float)c->delta,
                                      .draw = (enum sr_float_draw)c->draw,
                                      .draws = c->draws};
    struct line lines[LINES] = {
        {.name = "dense", .what = "all neurons, all inputs: matrix products", .rule = own, .dense = true},
        {.name = "events", .what = "all neurons, inputs by their events; the same gradient", .rule = own},
        {.name = "sparse", .what = "neurons within --band, inputs by their events", .rule = own},
        {.name = "localzo", .what = "neurons within their draw, inputs by their events", .rule = own}};
    lines[0].rule.post = lines[1].rule.post = SR_POST_SURROGATE;
    lines[2].rule.post = SR_POST_SPARSE;
    lines[3].rule.post = SR_POST_LOCALZO;
    struct sr_float_net net = {.shape = *shape};
    struct sr_float_pass pass = {0};
    float *gradient[SR_LAYERS] = {NULL};
    if (shape->readout != SR_READOUT_SUM)
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--backward: needs --readout sum");
    enum sr_status status = sr_float_pass_init(&pass, shape, shape->steps < ROWS ? ROWS / shape->steps : 1);
    for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
        size_t size = sr_layer_size(shape, l);
        if (!size) continue;
        net.weight[l] = calloc(size, sizeof(float));
        gradient[l] = calloc(size, sizeof(float));
        if (!net.weight[l] || !gradient[l]) status = SR_ERR_MEMORY;
    }
    if (status == SR_OK) {
        sr_float_from_device(&net, weights, frac_bits, c->temperature);
        for (int i = 0; i < LINES; i++) measure(&net, batch, o->repeat, &pass, gradient, &lines[i]);
        report(o, shape, lines);
    } else {
        sr_error(error, error_size, status, "out of memory");
    }
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        free(net.weight[l]);
        free(gradient[l]);
    }
    sr_float_pass_free(&pass);
    return status;
}
