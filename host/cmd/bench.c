/* SPDX-License-Identifier: Apache-2.0
 * spikeroll bench: what a generation costs, low rank against full rank on the same device. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/bench.h"
#include "cmd/commands.h"
#include "data/samples.h"
#include "device/device.h"
#include "model/run_file.h"
#include "train/limits.h"
#include "train/local_plan.h"
#include "train/plan.h"
#include "train/random.h"

static const char intro[] =
    "usage: spikeroll bench [--engine E] [--mode lowrank,full,local] [--rank 1,2,4,8] [OPTION]...\n"
    "\n"
    "Runs whole generations (evaluate every member on a resident batch, then update) for each mode and rank and prints cycles "
    "by\n"
    "phase, busy lanes, link bytes, speed-up against full rank on the same device if that is among the modes, and "
    "member-sample evaluations a second.\n"
    "Phases overlap, so they add up to more than the whole. The batch is random spikes of N-MNIST's density, or from --data.\n"
    "Engine ref has no cycles: its speed-up is of time, and is marked so.\n"
    "Mode local learns the batch instead, from the initial weights, and prints samples a second.\n";

/* Seconds: a line is repeated at least so long, and not again after so long. */
enum { TIME_LEAST = 1, TIME_ENOUGH = 20 };

struct bench {
    struct sr_options options;
    struct sr_data data;       /* from --data */
    struct sr_data_set random; /* else */
    struct sr_run run;         /* from --model; its net and weights are used in any case */
    struct sr_picker picker;
    uint32_t *samples;
    struct sr_device *device;
    struct sr_net net;
    int32_t *fitness;
    int8_t *credit;
    char error[SR_ERROR_SIZE];
};

static enum sr_status fail(struct bench *b, enum sr_status status, const char *text) {
    return sr_error(b->error, sizeof b->error, status, "%s", text);
}

/* Seconds of the processor that this process has had, in all its threads: what other work on the machine does not lengthen. */
static double processor_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static enum sr_status choose_batch(struct bench *b) {
    struct sr_options *o = &b->options;
    struct sr_config *c = &o->config;
    const struct sr_data_set *set = &b->random;
    enum sr_status status;
    if (o->model) {
        char path[4096];
        status = sr_model_path(o->model, path, sizeof path, b->error, sizeof b->error);
        if (status == SR_OK) status = sr_run_load(path, &b->run, b->error, sizeof b->error);
        if (status != SR_OK) return status;
    }
    if (o->data) {
        struct sr_data_options how;
        sr_config_data(o->model ? &b->run.config : c, o->data, &how);
        status = sr_data_load(&how, &b->data, b->error, sizeof b->error);
        set = &b->data.train;
    } else if (o->model) {
        status = sr_bench_random(&b->random, c, &b->run.net, o->events, b->error, sizeof b->error);
    } else {
        struct sr_net shape = {.inputs = o->inputs, .classes = o->classes, .steps = c->steps ? c->steps : 10};
        status = sr_bench_random(&b->random, c, &shape, o->events, b->error, sizeof b->error);
    }
    if (status != SR_OK) return status;
    if (c->batch > set->count) {
        return sr_error(b->error, sizeof b->error, SR_ERR_LIMIT, "--batch %u: %.200s has %u training samples", c->batch,
                        o->data, set->count);
    }
    if (o->model)
        b->net = b->run.net;
    else
        sr_config_net(c, set->inputs, set->classes, set->steps, &b->net);
    if (set->inputs != b->net.inputs || set->steps != b->net.steps || set->classes > b->net.classes) {
        return sr_error(b->error, sizeof b->error, SR_ERR_MISMATCH, "%.200s: %u inputs, %u steps, but the model has %u and %u",
                        o->data, set->inputs, set->steps, b->net.inputs, b->net.steps);
    }
    b->samples = malloc(set->count * sizeof *b->samples);
    if (!b->samples) return fail(b, SR_ERR_MEMORY, "out of memory");
    for (uint32_t i = 0; i < set->count; i++) b->samples[i] = i;
    sr_shuffle(b->samples, set->count, c->seed, SR_PURPOSE_BENCH, 1);
    status = sr_picker_init(&b->picker, set, 0, c->batch);
    return status == SR_OK ? SR_OK : fail(b, status, "out of memory");
}

/* What sr_net_limits would say of data that the user has not got: inputs and classes are options here. */
static enum sr_status own_limits(struct bench *b, const struct sr_caps *caps) {
    if (b->options.data || b->options.model) return SR_OK;
    if (b->net.inputs > caps->inputs_max) {
        return sr_error(b->error, sizeof b->error, SR_ERR_LIMIT, "--inputs %u: engine %s takes at most %u", b->net.inputs,
                        caps->engine, caps->inputs_max);
    }
    if (b->net.classes > caps->classes_max) {
        return sr_error(b->error, sizeof b->error, SR_ERR_LIMIT, "--classes %u: engine %s takes at most %u", b->net.classes,
                        caps->engine, caps->classes_max);
    }
    return SR_OK;
}

static enum sr_status set_up(struct bench *b) {
    struct sr_options *o = &b->options;
    enum sr_status status = sr_options_check(o, b->error, sizeof b->error);
    if (status == SR_OK) status = choose_batch(b);
    if (status != SR_OK) return status;
    status = sr_open_device("bench", o, o->model ? b->run.frac_bits : 0, &b->device, b->error, sizeof b->error);
    if (status != SR_OK) return status;
    const struct sr_caps *caps = sr_device_caps(b->device);
    if (o->sent_weights && !caps->packet_max) {
        return sr_error(b->error, sizeof b->error, SR_ERR_UNSUPPORTED, "--sent-weights: engine %s has no link", caps->engine);
    }
    status = own_limits(b, caps);
    if (status == SR_OK) status = sr_net_limits(&b->net, caps, b->error, sizeof b->error);
    if (status != SR_OK) return status;
    status = sr_device_configure(b->device, &b->net);
    if (status != SR_OK) return fail(b, status, sr_device_error(b->device));
    b->fitness = calloc(o->config.population, sizeof *b->fitness);
    b->credit = calloc(o->config.population, sizeof *b->credit);
    status = b->fitness && b->credit ? SR_OK : SR_ERR_MEMORY;
    if (status == SR_OK && o->model) {
        sr_weights_rescale(&b->run.weights, &b->net, b->run.frac_bits, caps->frac_w);
    } else if (status == SR_OK) {
        status = sr_weights_init(&b->run.weights, &b->net);
        for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
            if (b->run.weights.layer[l]) sr_start_weights(&o->config, &b->net, caps->frac_w, l, b->run.weights.layer[l]);
        }
    }
    return status == SR_OK ? SR_OK : fail(b, status, "out of memory");
}

static void account(struct sr_bench_line *r, const struct sr_counters *c) {
    r->total += (double)c->total;
    r->base += (double)c->base;
    r->lif += (double)c->lif;
    r->busy += (double)c->lif_busy;
    r->readout += (double)c->readout;
    r->update += (double)c->update;
    r->link_tx += (double)c->link_tx;
    r->link_rx += (double)c->link_rx;
    r->requests += (double)c->link_requests;
}

/* From sums to what a generation takes. */
static void conclude(struct bench *b, struct sr_bench_line *r) {
    const struct sr_caps *caps = sr_device_caps(b->device);
    double *const sums[] = {&r->total,   &r->base,    &r->lif,      &r->busy,    &r->readout,  &r->update,
                            &r->link_tx, &r->link_rx, &r->requests, &r->seconds, &r->processor};
    double neurons = 0, slots = 0;
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) *sums[i] /= r->generations;
    for (uint32_t l = 0; l < b->net.layers && caps->lanes; l++) { /* lanes beside the last neuron are issued but idle */
        neurons += b->net.hidden[l];
        slots += (b->net.hidden[l] + caps->lanes - 1) / caps->lanes * caps->lanes;
    }
    r->busy = r->lif > 0 && slots > 0 ? r->busy / r->lif / (caps->devices ? caps->devices : 1) * neurons / slots : NAN;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        uint32_t rows = sr_net_rows(&b->net, l), cols = sr_net_cols(&b->net, l);
        r->stored_full += (double)rows * cols;
        r->stored_lowrank += (double)r->rank * (rows + cols);
    }
    if (caps->factors && r->mode != SR_MODE_FULL) r->stored = r->stored_lowrank / 16;
}

/* What is measured in such a line, and whether the device takes it. */
static enum sr_status plan_line(struct bench *b, enum sr_mode mode, uint32_t rank, struct sr_config *config,
                                struct sr_plan *plan) {
    const struct sr_caps *caps = sr_device_caps(b->device);
    *config = b->options.config;
    config->mode = mode;
    config->rank = rank;
    config->step_decay = SR_DECAY_NONE;
    enum sr_status status = sr_plan_make(plan, config, &b->net, caps->frac_w, b->error, sizeof b->error);
    return status == SR_OK ? sr_plan_limits(plan, caps, b->error, sizeof b->error) : status;
}

/* All lines, before the first is measured. Of the ranks that are measured unasked, those that the device takes. */
static enum sr_status plan_all(struct bench *b, bool with_full) {
    struct sr_options *o = &b->options;
    struct sr_config config;
    struct sr_plan plan;
    struct sr_local_plan local;
    enum sr_status status = SR_OK;
    for (uint32_t m = 0; m < o->modes.count && status == SR_OK; m++) {
        if (o->modes.value[m] == SR_MODE_LOCAL) {
            status = sr_local_plan_make(&local, &o->config, &b->net, sr_device_caps(b->device), b->error, sizeof b->error);
        } else if (o->modes.value[m] == SR_MODE_FULL) {
            if (with_full) status = plan_line(b, SR_MODE_FULL, 1, &config, &plan);
        } else {
            for (uint32_t k = 0; k < o->ranks.count && status == SR_OK; k++) {
                status = plan_line(b, SR_MODE_LOWRANK, o->ranks.value[k], &config, &plan);
                if (status != SR_ERR_LIMIT || k == 0 || sr_option_given(o, SR_CMD_BENCH, "rank")) continue;
                o->ranks.count = k;
                status = SR_OK;
            }
        }
    }
    return status;
}

static enum sr_status measure(struct bench *b, enum sr_mode mode, uint32_t rank, struct sr_bench_line *r) {
    struct sr_config config;
    struct sr_plan plan;
    struct sr_counters counters;
    *r = (struct sr_bench_line){.mode = mode, .rank = rank};
    fprintf(stderr, "measuring %s, rank %u ...\n", sr_bench_mode(mode), rank);
    enum sr_status status = plan_line(b, mode, rank, &config, &plan);
    if (status != SR_OK) return status;
    struct sr_batch batch = sr_picker_batch(&b->picker, b->samples, 0, config.batch);
    struct sr_evaluation evaluation;
    struct sr_update update;
    status = sr_weights_write(&b->run.weights, b->device, &b->net);
    /* One pair, to bring the batch onto the device: generations are measured with it resident. */
    sr_plan_evaluation(&plan, 0, &evaluation);
    evaluation.pair_count = 1;
    if (status == SR_OK) status = sr_device_evaluate(b->device, &evaluation, &batch, b->fitness, NULL);
    if (status == SR_OK) status = sr_device_counters(b->device, &counters);
    while (status == SR_OK && r->seconds < TIME_ENOUGH && (r->generations < b->options.repeat || r->seconds < TIME_LEAST)) {
        double start = sr_now(), processor = processor_now();
        sr_plan_evaluation(&plan, r->generations, &evaluation);
        status = sr_device_evaluate(b->device, &evaluation, &batch, b->fitness, NULL);
        if (status != SR_OK) break;
        sr_plan_update(&plan, r->generations, b->fitness, b->credit, &update);
        status = sr_device_update(b->device, &update);
        if (status == SR_OK) status = sr_device_counters(b->device, &counters);
        if (status != SR_OK) break;
        r->seconds += sr_now() - start;
        r->processor += processor_now() - processor;
        r->generations++;
        account(r, &counters);
    }
    if (status != SR_OK) return fail(b, status, sr_device_error(b->device));
    conclude(b, r);
    return SR_OK;
}

/* Mode local: the batch learned again and again, from the weights that a training begins with. */
static enum sr_status measure_local(struct bench *b, struct sr_bench_line *r) {
    const struct sr_config *config = &b->options.config;
    struct sr_local_plan plan;
    struct sr_learning learning;
    *r = (struct sr_bench_line){.mode = SR_MODE_LOCAL, .busy = NAN};
    fprintf(stderr, "measuring local ...\n");
    enum sr_status status = sr_local_plan_make(&plan, config, &b->net, sr_device_caps(b->device), b->error, sizeof b->error);
    if (status != SR_OK) return status;
    struct sr_batch batch = sr_picker_batch(&b->picker, b->samples, 0, config->batch);
    status = sr_weights_write(&b->run.weights, b->device, &b->net);
    while (status == SR_OK && r->seconds < TIME_ENOUGH && (r->generations < b->options.repeat || r->seconds < TIME_LEAST)) {
        struct sr_counters counters;
        double start = sr_now(), processor = processor_now();
        sr_local_plan_learning(&plan, r->generations, 0, &learning);
        status = sr_device_learn(b->device, &learning, &batch, NULL, NULL);
        if (status == SR_OK) status = sr_device_counters(b->device, &counters);
        if (status != SR_OK) break;
        r->seconds += sr_now() - start;
        r->processor += processor_now() - processor;
        r->generations++;
        account(r, &counters);
    }
    if (status != SR_OK) return fail(b, status, sr_device_error(b->device));
    conclude(b, r);
    r->samples = config->batch / r->seconds;
    return SR_OK;
}

static enum sr_status measure_sent(struct bench *b, struct sr_bench_sent *sent) {
    struct sr_config config = b->options.config;
    const struct sr_caps *caps = sr_device_caps(b->device);
    struct sr_plan plan;
    struct sr_evaluation evaluation;
    struct sr_counters counters;
    config.rank = 1;
    *sent = (struct sr_bench_sent){.evaluate = 0};
    enum sr_status status = sr_plan_make(&plan, &config, &b->net, caps->frac_w, b->error, sizeof b->error);
    if (status != SR_OK) return status;
    struct sr_batch batch = sr_picker_batch(&b->picker, b->samples, 0, config.batch);
    sr_plan_evaluation(&plan, 0, &evaluation);
    memset(evaluation.scale, 0, sizeof evaluation.scale);
    evaluation.pair_count = 1; /* both members are the weights that were sent: they cost the cycles of one */
    for (unsigned time = 0; time < 2 && status == SR_OK; time++) { /* the first brings batch and registers to the device */
        status = sr_device_counters(b->device, &counters);
        if (status == SR_OK) status = sr_weights_write(&b->run.weights, b->device, &b->net);
        if (status == SR_OK) status = sr_device_counters(b->device, &counters);
        sent->weights = counters.link_tx + counters.link_rx;
        if (status == SR_OK) status = sr_device_evaluate(b->device, &evaluation, &batch, b->fitness, NULL);
        if (status == SR_OK) status = sr_device_counters(b->device, &counters);
        sent->command = counters.link_tx + counters.link_rx;
        sent->evaluate = (double)counters.total;
    }
    if (status != SR_OK) return fail(b, status, sr_device_error(b->device));
    sr_bench_count_sent(sent, &b->net, caps);
    return SR_OK;
}

/* full: NULL if it was not measured. */
static void compare(struct sr_bench_line *r, const struct sr_bench_line *full) {
    r->speedup = NAN;
    if (!full) return;
    r->by_time = !(full->total > 0 && r->total > 0);
    r->speedup = r->by_time ? full->seconds / r->seconds : full->total / r->total;
}

/* Full rank is what the others are compared with, if it is asked for. By default it is, where it is built. */
static bool wants_full(const struct bench *b) {
    if (!(sr_device_caps(b->device)->modes & SR_MODES_FULL) && !sr_option_given(&b->options, SR_CMD_BENCH, "mode"))
        return false;
    for (uint32_t m = 0; m < b->options.modes.count; m++)
        if (b->options.modes.value[m] == SR_MODE_FULL) return true;
    return false;
}

/* The passes of training in float, which need no device: it is open for the limits it puts on the network. */
static enum sr_status run_backward(struct bench *b) {
    struct sr_batch batch = sr_picker_batch(&b->picker, b->samples, 0, b->options.config.batch);
    return sr_bench_backward(&b->options, &b->net, &b->run.weights, sr_device_caps(b->device)->frac_w, &batch, b->error,
                             sizeof b->error);
}

static enum sr_status run_bench(struct bench *b) {
    const struct sr_options *o = &b->options;
    struct sr_bench_line full, lines[2 * SR_LIST_MAX];
    struct sr_bench_sent sent = {.evaluate = 0};
    size_t count = 0;
    enum sr_status status = set_up(b);
    if (status == SR_OK && o->backward) return run_backward(b);
    bool with_full = status == SR_OK && wants_full(b);
    if (status == SR_OK) status = plan_all(b, with_full);
    if (status == SR_OK && with_full) status = measure(b, SR_MODE_FULL, 1, &full);
    for (uint32_t m = 0; m < o->modes.count && status == SR_OK; m++) {
        bool is_full = o->modes.value[m] == SR_MODE_FULL;
        if (o->modes.value[m] == SR_MODE_LOCAL && count < 2 * SR_LIST_MAX) {
            status = measure_local(b, &lines[count++]);
            continue;
        }
        if (is_full && !with_full) continue;
        for (uint32_t k = 0; k < (is_full ? 1 : o->ranks.count) && status == SR_OK && count < 2 * SR_LIST_MAX; k++, count++) {
            if (is_full)
                lines[count] = full;
            else
                status = measure(b, SR_MODE_LOWRANK, o->ranks.value[k], &lines[count]);
        }
    }
    if (status == SR_OK && o->sent_weights) status = measure_sent(b, &sent);
    if (status != SR_OK) return status;
    const struct sr_bench_what what = {&o->config, &b->net, sr_device_caps(b->device)};
    cJSON *array = o->json ? cJSON_CreateArray() : NULL;
    if (!o->json) sr_bench_print_head(&what);
    for (size_t i = 0; i < count; i++) {
        compare(&lines[i], with_full && lines[i].mode != SR_MODE_LOCAL ? &full : NULL);
        if (o->json)
            cJSON_AddItemToArray(array, sr_bench_json(&what, &lines[i]));
        else
            sr_bench_print_line(&what, &lines[i]);
    }
    if (o->sent_weights && o->json) cJSON_AddItemToArray(array, sr_bench_sent_json(&sent));
    if (o->sent_weights && !o->json) sr_bench_print_sent(&sent);
    if (o->json) {
        char *text = cJSON_Print(array);
        if (text) puts(text);
        cJSON_free(text);
        cJSON_Delete(array);
    }
    return SR_OK;
}

int sr_cmd_bench(int argc, char **argv) {
    struct bench b = {.device = NULL};
    int code;
    if (!sr_command_begin(&b.options, SR_CMD_BENCH, argc, argv, intro, &code)) return code;
    enum sr_status status = run_bench(&b);
    code = status == SR_OK ? SR_EXIT_OK : sr_complain(argv[0], status, b.error);
    sr_picker_free(&b.picker);
    free(b.samples);
    free(b.random.bits);
    free(b.random.labels);
    free(b.fitness);
    free(b.credit);
    sr_device_close(b.device);
    sr_data_free(&b.data);
    sr_run_free(&b.run);
    sr_options_free(&b.options);
    return code;
}
