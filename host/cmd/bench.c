/* SPDX-License-Identifier: Apache-2.0
 * spikeroll bench: what a generation costs, low rank against full rank on the same device. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "data/samples.h"
#include "device/device.h"
#include "link/packet.h"
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

struct result {
    enum sr_mode mode;
    uint32_t rank, generations;
    double seconds;                                    /* a generation */
    double total, base, project, lif, readout, update; /* a generation; cycles */
    double link_tx, link_rx, requests;                 /* bytes, packets sent */
    double busy;                                       /* NAN: not measured */
    double speedup;
    bool by_time;
    double samples;                     /* learned a second; mode local */
    double stored_lowrank, stored_full; /* bytes a member, were perturbations stored */
    double stored;                      /* bytes a member of those that are: a bit an entry, shared by a pair */
};

/* What a member costs a device that is sent its weights, and evaluates it on the resident batch. */
struct sent {
    double evaluate;            /* cycles */
    uint64_t weights, command;  /* bytes on the link, both ways: its weights as this device takes them, and all else */
    uint64_t packed16, packed8; /* weights counted from the packets: as above; of 8 bits, and no gap between rows */
};

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

static const char *mode_word(enum sr_mode mode) {
    return mode == SR_MODE_FULL ? "full" : mode == SR_MODE_LOCAL ? "local" : "lowrank";
}

static enum sr_status fail(struct bench *b, enum sr_status status, const char *text) {
    return sr_error(b->error, sizeof b->error, status, "%s", text);
}

static enum sr_status random_set(struct bench *b, uint32_t inputs, uint32_t classes, uint32_t steps) {
    struct sr_data_set *set = &b->random;
    uint32_t count = b->options.config.batch;
    double cells = (double)inputs * steps, events = b->options.events ? b->options.events : 0.146 * cells;
    if (events > cells) {
        return sr_error(b->error, sizeof b->error, SR_ERR_LIMIT, "--events %u: a sample has room for %.0f", b->options.events,
                        cells);
    }
    uint32_t threshold = (uint32_t)(events / cells * 65536 + 0.5);
    *set = (struct sr_data_set){
        .count = count, .classes = classes, .inputs = inputs, .steps = steps, .step_words = (inputs + 63) / 64};
    set->bits = calloc((size_t)count * steps * set->step_words, sizeof *set->bits);
    set->labels = malloc(count);
    if (!set->bits || !set->labels) return fail(b, SR_ERR_MEMORY, "out of memory");
    uint64_t word = 0;
    uint32_t drawn = 0;
    for (size_t row = 0; row < (size_t)count * steps; row++) {
        for (uint32_t j = 0; j < inputs; j++, drawn++, word >>= 16) {
            if (drawn % 4 == 0) word = sr_random(b->options.config.seed, SR_PURPOSE_BENCH, 0, drawn / 4);
            if ((word & 0xffff) < threshold) set->bits[row * set->step_words + j / 64] |= (uint64_t)1 << j % 64;
        }
    }
    for (uint32_t i = 0; i < count; i++) set->labels[i] = (uint8_t)(i % classes);
    return SR_OK;
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
        status = random_set(b, b->run.net.inputs, b->run.net.classes, b->run.net.steps);
    } else {
        status = random_set(b, o->inputs, o->classes, c->steps ? c->steps : 10);
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

static enum sr_status set_up(struct bench *b) {
    struct sr_options *o = &b->options;
    struct sr_open open;
    enum sr_status status = sr_options_check(o, b->error, sizeof b->error);
    if (status == SR_OK) status = choose_batch(b);
    if (status != SR_OK) return status;
    sr_options_open(o, &open);
    if (o->model) open.frac_bits = b->run.frac_bits;
    status = sr_device_open(&open, &b->device, b->error, sizeof b->error);
    if (status == SR_OK) sr_print_remark("bench", b->device);
    if (status != SR_OK) return status;
    const struct sr_caps *caps = sr_device_caps(b->device);
    if (o->sent_weights && !caps->packet_max) {
        return sr_error(b->error, sizeof b->error, SR_ERR_UNSUPPORTED, "--sent-weights: engine %s has no link", caps->engine);
    }
    status = sr_net_limits(&b->net, caps, b->error, sizeof b->error);
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

static void account(struct result *r, const struct sr_counters *c) {
    r->total += (double)c->total;
    r->base += (double)c->base;
    r->project += (double)c->project;
    r->lif += (double)c->lif;
    r->busy += (double)c->lif_busy;
    r->readout += (double)c->readout;
    r->update += (double)c->update;
    r->link_tx += (double)c->link_tx;
    r->link_rx += (double)c->link_rx;
    r->requests += (double)c->link_requests;
}

/* From sums to what a generation takes. */
static void conclude(struct bench *b, struct result *r) {
    const struct sr_caps *caps = sr_device_caps(b->device);
    double *const sums[] = {&r->total,  &r->base,    &r->project, &r->lif,      &r->busy,   &r->readout,
                            &r->update, &r->link_tx, &r->link_rx, &r->requests, &r->seconds};
    double neurons = 0, slots = 0;
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) *sums[i] /= r->generations;
    for (uint32_t l = 0; l < b->net.layers && caps->lanes; l++) { /* lanes beside the last neuron are issued but idle */
        neurons += b->net.hidden[l];
        slots += (b->net.hidden[l] + caps->lanes - 1) / caps->lanes * caps->lanes;
    }
    r->busy = r->lif > 0 && slots > 0 ? r->busy / r->lif / caps->engines / (caps->devices ? caps->devices : 1) * neurons / slots
                                      : NAN;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        uint32_t rows = sr_net_rows(&b->net, l), cols = sr_net_cols(&b->net, l);
        r->stored_full += (double)rows * cols;
        r->stored_lowrank += (double)r->rank * (rows + cols);
    }
    if (caps->factors) r->stored = r->stored_lowrank / 16;
}

static enum sr_status measure(struct bench *b, enum sr_mode mode, uint32_t rank, struct result *r) {
    struct sr_config config = b->options.config;
    struct sr_plan plan;
    struct sr_counters counters;
    *r = (struct result){.mode = mode, .rank = rank};
    config.mode = mode;
    config.rank = rank;
    config.step_decay = SR_DECAY_NONE;
    fprintf(stderr, "measuring %s, rank %u ...\n", mode_word(mode), rank);
    enum sr_status status = sr_plan_make(&plan, &config, &b->net, sr_device_caps(b->device)->frac_w, b->error, sizeof b->error);
    if (status == SR_OK) status = sr_plan_limits(&plan, sr_device_caps(b->device), b->error, sizeof b->error);
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
        double start = sr_now();
        sr_plan_evaluation(&plan, r->generations, &evaluation);
        status = sr_device_evaluate(b->device, &evaluation, &batch, b->fitness, NULL);
        if (status != SR_OK) break;
        sr_plan_update(&plan, r->generations, b->fitness, b->credit, &update);
        status = sr_device_update(b->device, &update);
        if (status == SR_OK) status = sr_device_counters(b->device, &counters);
        if (status != SR_OK) break;
        r->seconds += sr_now() - start;
        r->generations++;
        account(r, &counters);
    }
    if (status != SR_OK) return fail(b, status, sr_device_error(b->device));
    conclude(b, r);
    return SR_OK;
}

/* Mode local: the batch learned again and again, from the weights that a training begins with. */
static enum sr_status measure_local(struct bench *b, struct result *r) {
    const struct sr_config *config = &b->options.config;
    struct sr_local_plan plan;
    struct sr_learning learning;
    *r = (struct result){.mode = SR_MODE_LOCAL, .busy = NAN};
    fprintf(stderr, "measuring local ...\n");
    enum sr_status status = sr_local_plan_make(&plan, config, &b->net, sr_device_caps(b->device), b->error, sizeof b->error);
    if (status != SR_OK) return status;
    struct sr_batch batch = sr_picker_batch(&b->picker, b->samples, 0, config->batch);
    status = sr_weights_write(&b->run.weights, b->device, &b->net);
    while (status == SR_OK && r->seconds < TIME_ENOUGH && (r->generations < b->options.repeat || r->seconds < TIME_LEAST)) {
        struct sr_counters counters;
        double start = sr_now();
        sr_local_plan_learning(&plan, r->generations, &learning);
        status = sr_device_learn(b->device, &learning, &batch, NULL, NULL);
        if (status == SR_OK) status = sr_device_counters(b->device, &counters);
        if (status != SR_OK) break;
        r->seconds += sr_now() - start;
        r->generations++;
        account(r, &counters);
    }
    if (status != SR_OK) return fail(b, status, sr_device_error(b->device));
    conclude(b, r);
    r->samples = config->batch / r->seconds;
    return SR_OK;
}

/* Bytes on the link, both ways, to write a layer's words of `size` bytes. */
static uint64_t write_bytes(const struct sr_caps *caps, uint32_t words, uint32_t size) {
    enum { HEAD = 5 }; /* memory and first word */
    uint32_t each = (caps->packet_max - HEAD) / size, packets = (words + each - 1) / each;
    return (uint64_t)words * size + (uint64_t)packets * (HEAD + SR_PACKET_FRAME - 1 + SR_PACKET_FRAME);
}

static enum sr_status measure_sent(struct bench *b, struct sent *sent) {
    struct sr_config config = b->options.config;
    const struct sr_caps *caps = sr_device_caps(b->device);
    struct sr_plan plan;
    struct sr_evaluation evaluation;
    struct sr_counters counters;
    config.rank = 1;
    *sent = (struct sent){.evaluate = 0};
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
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        uint32_t rows = sr_net_rows(&b->net, l), cols = sr_net_cols(&b->net, l);
        if (!rows) continue;
        sent->packed16 += write_bytes(caps, rows * sr_row_words(caps, cols), 2 * caps->col_lanes);
        sent->packed8 += write_bytes(caps, rows * ((cols + caps->col_lanes - 1) / caps->col_lanes), caps->col_lanes);
    }
    return SR_OK;
}

static cJSON *sent_json(const struct sent *sent) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "mode", "sent");
    cJSON_AddNumberToObject(json, "evaluate_cycles", sent->evaluate);
    cJSON_AddNumberToObject(json, "weight_bytes", (double)sent->weights);
    cJSON_AddNumberToObject(json, "weight_bytes_counted", (double)sent->packed16);
    cJSON_AddNumberToObject(json, "weight_bytes_of_8_bits", (double)sent->packed8);
    cJSON_AddNumberToObject(json, "command_bytes", (double)sent->command);
    return json;
}

static void print_sent(const struct sent *sent) {
    printf(
        "\na member whose weights are sent: %.0f cycles to evaluate; link %.0f bytes with weights of 8 bits, %.0f as this "
        "device"
        "\ntakes them, and %.0f for the rest\n",
        sent->evaluate, (double)sent->packed8, (double)sent->weights, (double)sent->command);
}

/* full: NULL if it was not measured. */
static void compare(struct result *r, const struct result *full) {
    r->speedup = NAN;
    if (!full) return;
    r->by_time = !(full->total > 0 && r->total > 0);
    r->speedup = r->by_time ? full->seconds / r->seconds : full->total / r->total;
}

static cJSON *to_json(const struct bench *b, const struct result *r) {
    const struct sr_config *c = &b->options.config;
    uint32_t population = r->mode == SR_MODE_LOCAL ? 1 + 2 * c->pairs : c->population; /* passes of a sample */
    cJSON *json = cJSON_CreateObject();
    char shape[64];
    bool cycles = r->total > 0;
    const struct {
        const char *name;
        double value;
    } phases[] = {{"base", r->base}, {"project", r->project}, {"lif", r->lif}, {"readout", r->readout}, {"update", r->update}};
    sr_net_text(&b->net, shape, sizeof shape);
    cJSON_AddStringToObject(json, "mode", mode_word(r->mode));
    if (r->mode == SR_MODE_LOCAL) {
        cJSON_AddNumberToObject(json, "samples_per_second", r->samples);
        cJSON_AddNumberToObject(json, "pairs", c->pairs);
    } else {
        cJSON_AddNumberToObject(json, "rank", r->rank);
    }
    if (cycles)
        cJSON_AddNumberToObject(json, "cycles", r->total);
    else
        cJSON_AddNullToObject(json, "cycles");
    cJSON *by_phase = cJSON_AddObjectToObject(json, "phases");
    for (size_t i = 0; cycles && i < sizeof phases / sizeof *phases; i++)
        cJSON_AddNumberToObject(by_phase, phases[i].name, phases[i].value);
    if (isnan(r->busy))
        cJSON_AddNullToObject(json, "lif_busy");
    else
        cJSON_AddNumberToObject(json, "lif_busy", r->busy);
    if (cycles)
        cJSON_AddNumberToObject(json, "cycles_per_member", r->total / population);
    else
        cJSON_AddNullToObject(json, "cycles_per_member");
    double link = r->link_tx + r->link_rx;
    cJSON_AddNumberToObject(json, "link_bytes", link);
    cJSON_AddNumberToObject(json, "link_tx", r->link_tx);
    cJSON_AddNumberToObject(json, "link_rx", r->link_rx);
    cJSON_AddNumberToObject(json, "link_requests", r->requests);
    cJSON_AddNumberToObject(json, "link_bytes_per_member", link / population);
    cJSON_AddNumberToObject(json, "evaluations_per_second", (double)population * c->batch / r->seconds);
    cJSON_AddNumberToObject(json, "seconds", r->seconds);
    if (isnan(r->speedup))
        cJSON_AddNullToObject(json, "speedup_vs_full");
    else
        cJSON_AddNumberToObject(json, "speedup_vs_full", r->speedup);
    cJSON_AddStringToObject(json, "speedup_of", r->by_time ? "time" : "cycles");
    cJSON_AddNumberToObject(json, "perturbation_bytes_stored", r->stored);
    if (r->mode != SR_MODE_LOCAL)
        cJSON_AddNumberToObject(json, "perturbation_bytes_if_stored",
                                r->mode == SR_MODE_FULL ? r->stored_full : r->stored_lowrank);
    cJSON_AddNumberToObject(json, "generations", r->generations);
    cJSON_AddNumberToObject(json, "population", population);
    cJSON_AddNumberToObject(json, "batch", c->batch);
    cJSON_AddStringToObject(json, "network", shape);
    cJSON_AddStringToObject(json, "engine", sr_device_caps(b->device)->engine);
    return json;
}

static void print_line(const struct bench *b, const struct result *r) {
    if (r->mode == SR_MODE_LOCAL) {
        printf("local: %.0f samples learned a second, %.2f us each, %u pair%s a sample\n", r->samples, 1e6 / r->samples,
               b->options.config.pairs, b->options.config.pairs == 1 ? "" : "s");
        return;
    }
    uint32_t population = b->options.config.population;
    char rank[16] = "-", busy[16] = "-", speedup[32] = "-";
    if (!isnan(r->speedup)) snprintf(speedup, sizeof speedup, "%.2f", r->speedup);
    if (r->mode == SR_MODE_LOWRANK) snprintf(rank, sizeof rank, "%u", r->rank);
    if (!isnan(r->busy)) snprintf(busy, sizeof busy, "%.1f %%", 100 * r->busy);
    printf("%-8s %4s", mode_word(r->mode), rank);
    if (r->total > 0) {
        printf(" %11.0f %10.0f %10.0f %11.0f %10.0f %10.0f %8s %11.0f", r->total, r->base, r->project, r->lif, r->readout,
               r->update, busy, r->total / population);
    } else {
        printf(" %11s %10s %10s %11s %10s %10s %8s %11s", "-", "-", "-", "-", "-", "-", "-", "-");
    }
    double link = r->link_tx + r->link_rx;
    printf(" %9.0f %8.1f %8s%s %11.0f %9.0f\n", link, link / population, speedup, r->by_time ? "t" : " ",
           (double)population * b->options.config.batch / r->seconds,
           r->mode == SR_MODE_FULL ? r->stored_full : r->stored_lowrank);
}

static void print_head(const struct bench *b) {
    char shape[64];
    const struct sr_caps *caps = sr_device_caps(b->device);
    sr_net_text(&b->net, shape, sizeof shape);
    printf("network %s, %u steps, population %u, batch %u; engine %s", shape, b->net.steps, b->options.config.population,
           b->options.config.batch, caps->engine);
    if (caps->lanes && strcmp(caps->engine, "ref"))
        printf(", %u x %u x %u LIF lanes", caps->devices ? caps->devices : 1, caps->engines, 2 * caps->lanes);
    printf(
        "\ncycles a generation by phase (phases overlap); speed-up of %s against full rank; perturbation bytes a member are "
        "what\n"
        "storing them would take: this device %s\n\n",
        strcmp(caps->engine, "ref") ? "cycles" : "time (t)",
        caps->factors ? "keeps a generation's factors, a bit an entry, one set a pair" : "regenerates them and stores 0");
    printf("%-8s %4s %11s %10s %10s %11s %10s %10s %8s %11s %9s %8s %9s %11s %9s\n", "mode", "rank", "cycles", "base",
           "project", "lif", "readout", "update", "busy", "/member", "link", "/member", "speed-up", "evals/s", "perturb.");
}

/* Full rank is what the others are compared with, if it is asked for. By default it is, where it is built. */
static bool wants_full(const struct bench *b) {
    if (!(sr_device_caps(b->device)->modes & SR_MODES_FULL) && !sr_option_given(&b->options, SR_CMD_BENCH, "mode"))
        return false;
    for (uint32_t m = 0; m < b->options.modes.count; m++)
        if (b->options.modes.value[m] == SR_MODE_FULL) return true;
    return false;
}

static enum sr_status run_bench(struct bench *b) {
    const struct sr_options *o = &b->options;
    struct result full, lines[2 * SR_LIST_MAX];
    struct sent sent = {.evaluate = 0};
    size_t count = 0;
    enum sr_status status = set_up(b);
    bool with_full = status == SR_OK && wants_full(b);
    if (with_full) status = measure(b, SR_MODE_FULL, 1, &full);
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
    cJSON *array = o->json ? cJSON_CreateArray() : NULL;
    if (!o->json) print_head(b);
    for (size_t i = 0; i < count; i++) {
        compare(&lines[i], with_full && lines[i].mode != SR_MODE_LOCAL ? &full : NULL);
        if (o->json)
            cJSON_AddItemToArray(array, to_json(b, &lines[i]));
        else
            print_line(b, &lines[i]);
    }
    if (o->sent_weights && o->json) cJSON_AddItemToArray(array, sent_json(&sent));
    if (o->sent_weights && !o->json) print_sent(&sent);
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
