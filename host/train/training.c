/* SPDX-License-Identifier: Apache-2.0
 * A training until its first generation, and its end: opening, refusing, setting up. The loop is in loop.c. */
#include "train/training.h"

#include <spikeroll/plan.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/model.h"
#include "train/limits.h"
#include "train/strategy.h"

enum sr_status sr_training_fail(struct sr_training *t, enum sr_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    sr_vformat(t->error, sizeof t->error, format, arguments);
    va_end(arguments);
    return status;
}

enum sr_status sr_training_fail_device(struct sr_training *t, enum sr_status status) {
    return sr_training_fail(t, status, "%s", sr_device_error(t->device));
}

struct sr_run sr_training_best(const struct sr_training *t) {
    struct sr_run best = t->run;
    const struct sr_array *theta = sr_run_find_array(&t->run, SR_BEST_THETA);
    best.weights = t->run.best;
    best.generation = t->run.best_generation;
    if (theta && theta->rows == 1 && theta->cols == SR_LAYERS && theta->bytes == sizeof *best.net.theta)
        memcpy(best.net.theta, theta->values, sizeof best.net.theta);
    return best;
}

/* One value for all hidden layers, or one for each. */
static void list_constants(struct sr_list *list, const uint32_t *value, uint32_t layers) {
    bool same = true;
    for (uint32_t l = 0; l < layers; l++) {
        list->value[l] = value[l];
        same &= value[l] == value[0];
    }
    list->count = same ? 1 : layers;
}

/* The network's settings become those of the model that is begun with, and its weights are kept for start. */
static enum sr_status adopt(struct sr_training *t, const struct sr_run *model) {
    struct sr_config *c = &t->run.config;
    const struct sr_net *net = &model->net;
    c->hidden.count = net->layers;
    memcpy(c->hidden.value, net->hidden, sizeof net->hidden);
    list_constants(&c->theta, net->theta, net->layers);
    list_constants(&c->leak, net->leak, net->layers);
    c->reset = net->reset;
    c->readout = net->readout;
    c->readout_theta = net->theta[SR_READOUT_LAYER];
    c->readout_leak = net->leak[SR_READOUT_LAYER];
    t->init_net = *net;
    t->init_bits = model->frac_bits;
    if (sr_weights_init(&t->init, net) != SR_OK) return sr_training_fail(t, SR_ERR_MEMORY, "out of memory");
    sr_weights_copy(&t->init, &model->weights, net);
    return SR_OK;
}

static enum sr_status begin(struct sr_training *t, const struct sr_config *config) {
    bool resume = t->how.use == SR_TRAINING_RESUME;
    enum sr_status status = SR_OK;
    if (resume ? config || !t->how.out : !config)
        return sr_training_fail(t, SR_ERR_ARGUMENT,
                                "settings are given to a new training, and a folder to one that is resumed");
    if (resume && t->how.init)
        return sr_training_fail(t, SR_ERR_ARGUMENT, "a resumed training goes on with its own weights, not with a model's");
    if (config) t->run.config = *config;
    if (t->how.init && (status = adopt(t, &t->how.init->run)) != SR_OK) return status;
    t->how.init = NULL;
    if (t->how.out) {
        status = sr_run_folder_open(&t->folder, t->how.out, t->how.use, t->error, sizeof t->error);
        if (status != SR_OK) return status;
        t->files = true;
    }
    t->how.out = NULL; /* the caller's, and not kept */
    if (resume) {
        char path[SR_RUN_PATH];
        sr_run_folder_path(&t->folder, "checkpoint.h5", path, sizeof path);
        status = sr_checkpoint_load(path, &t->run, t->error, sizeof t->error);
        if (status != SR_OK) return status;
    }
    if (!t->how.checkpoint_every) t->how.checkpoint_every = 50;
    return sr_config_check(&t->run.config, t->error, sizeof t->error);
}

enum sr_status sr_training_open(const struct sr_training_how *how, const struct sr_config *config,
                                struct sr_training **training, char *error, size_t error_size) {
    struct sr_training *t = calloc(1, sizeof *t);
    if (!t) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    t->how = *how;
    t->now = sr_now;
    t->opened = t->now();
    atomic_init(&t->stop, false);
    enum sr_status status = begin(t, config);
    if (status == SR_OK) {
        *training = t;
        return SR_OK;
    }
    sr_error(error, error_size, status, "%s", t->error);
    sr_training_close(t);
    return status;
}

enum sr_status sr_training_set(struct sr_training *t, const char *name, const char *text) {
    char given[128], saved[128];
    struct sr_config *config = &t->run.config, wanted = *config;
    const struct sr_field *field = sr_config_field(name);
    if (!field) return sr_training_fail(t, SR_ERR_ARGUMENT, "no setting '%.100s'", name);
    if (t->started || t->how.use != SR_TRAINING_RESUME)
        return sr_training_fail(t, SR_ERR_ARGUMENT, "--%s: the training has its settings already", name);
    enum sr_status status = sr_field_parse(field, &wanted, text, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    sr_field_text(field, &wanted, given, sizeof given);
    sr_field_text(field, config, saved, sizeof saved);
    if (!strcmp(given, saved)) return SR_OK;
    bool length = !strcmp(name, "generations");
    if (length && !sr_config_shrinks(config) && wanted.generations >= t->run.generation) {
        config->generations = wanted.generations;
        return SR_OK;
    }
    return sr_training_fail(t, SR_ERR_MISMATCH, "%.200s/checkpoint.h5: --%s is %s in this run, not %s%s", t->folder.path, name,
                            saved, given, length ? " (its steps shrink over the planned length)" : "");
}

const struct sr_config *sr_training_config(const struct sr_training *training) { return &training->run.config; }

static enum sr_status take_data(struct sr_training *t) {
    const struct sr_config *c = &t->run.config;
    const struct sr_data_set *train = &t->data->train;
    const char *where = t->data->options.dir ? t->data->options.dir : t->data->name;
    t->samples = malloc(sizeof *t->samples * (train->count ? train->count : 1));
    if (!t->samples) return sr_training_fail(t, SR_ERR_MEMORY, "out of memory");
    sr_split_validation(train->count, c->validation, c->seed, t->samples, &t->held);
    t->kept = train->count - t->held;
    if (c->batch * c->candidates > t->kept) {
        char with[32] = "";
        if (c->candidates > 1) sr_format(with, sizeof with, " with --candidates %u", c->candidates);
        return sr_training_fail(t, SR_ERR_LIMIT, "--batch %u%s: %.200s has %u training samples%s", c->batch, with, where,
                                t->kept, t->held ? " besides the validation share" : "");
    }
    uint64_t hash = sr_hash(0, train->bits, (size_t)train->count * train->steps * train->step_words * sizeof *train->bits);
    hash = sr_hash(hash, train->labels, train->count);
    if (t->how.use == SR_TRAINING_RESUME && hash != t->run.data_hash)
        return sr_training_fail(t, SR_ERR_MISMATCH, "--data %.300s: not the samples that this run was trained on", where);
    t->run.data_hash = hash;
    return SR_OK;
}

/* The network that the data asks for; of a resumed run it must be the checkpoint's. */
static enum sr_status take_device(struct sr_training *t) {
    const struct sr_config *c = &t->run.config;
    const struct sr_caps *caps = sr_device_caps(t->device);
    const struct sr_data_set *train = &t->data->train;
    struct sr_net net;
    sr_config_net(c, train->inputs, train->classes, train->steps, &net);
    if (c->frac_bits && c->frac_bits != caps->frac_w) {
        return sr_training_fail(t, SR_ERR_MISMATCH, "--frac-bits %u: engine %s has %u", c->frac_bits, caps->engine,
                                caps->frac_w);
    }
    enum sr_status status = sr_net_limits(&net, caps, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    if (t->init_net.layers) {
        char shape1[64], shape2[64];
        sr_net_text(&t->init_net, shape1, sizeof shape1);
        sr_net_text(&net, shape2, sizeof shape2);
        if (strcmp(shape1, shape2) || t->init_net.steps != net.steps)
            return sr_training_fail(t, SR_ERR_MISMATCH, "--init: the model is %s with %u steps, the data asks for %s with %u",
                                    shape1, t->init_net.steps, shape2, net.steps);
    }
    if (t->how.use != SR_TRAINING_RESUME) {
        t->run.net = net;
        t->run.frac_bits = caps->frac_w;
        return SR_OK;
    }
    char shape1[64], shape2[64];
    sr_net_text(&t->run.net, shape1, sizeof shape1);
    sr_net_text(&net, shape2, sizeof shape2);
    if (strcmp(shape1, shape2) || t->run.net.steps != net.steps) {
        return sr_training_fail(t, SR_ERR_MISMATCH,
                                "%.300s/checkpoint.h5: network is %s with %u steps, the data asks for %s with %u",
                                t->folder.path, shape1, t->run.net.steps, shape2, net.steps);
    }
    if (t->run.frac_bits != caps->frac_w) {
        return sr_training_fail(t, SR_ERR_MISMATCH, "%.300s/checkpoint.h5: weights have %u fraction bits, engine %s has %u",
                                t->folder.path, t->run.frac_bits, caps->engine, caps->frac_w);
    }
    return SR_OK;
}

static enum sr_status make_room(struct sr_training *t) {
    const struct sr_config *c = &t->run.config;
    enum sr_status status = SR_OK;
    const uint32_t batch = c->batch * c->candidates;
    t->chosen = calloc(batch, sizeof *t->chosen);
    if (!t->chosen) status = SR_ERR_MEMORY;
    if (status == SR_OK) status = sr_batcher_init(&t->batcher, t->samples, t->kept, batch, c->seed);
    if (status == SR_OK) status = sr_picker_init(&t->picker, &t->data->train, 0, batch);
    if (status == SR_OK && t->how.use != SR_TRAINING_RESUME) {
        status = sr_weights_init(&t->run.weights, &t->run.net);
        for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
            if (t->run.weights.layer[l]) sr_start_weights(c, &t->run.net, t->run.frac_bits, l, t->run.weights.layer[l]);
        }
        if (status == SR_OK && t->init_net.layers) {
            sr_weights_copy(&t->run.weights, &t->init, &t->run.net);
            sr_weights_rescale(&t->run.weights, &t->run.net, t->init_bits, t->run.frac_bits);
        }
    }
    if (status == SR_OK && !t->run.has_best) status = sr_weights_init(&t->run.best, &t->run.net);
    if (status != SR_OK) return sr_training_fail(t, status, "%s", sr_status_text(status));
    return sr_augment_init(&t->augment, c, t->data, t->error, sizeof t->error);
}

static enum sr_status open_files(struct sr_training *t) {
    char path[SR_RUN_PATH];
    enum sr_status status = SR_OK;
    if (!t->files) return SR_OK;
    if (t->how.use != SR_TRAINING_RESUME) status = sr_run_folder_create(&t->folder, &t->run, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    sr_run_folder_path(&t->folder, "history.csv", path, sizeof path);
    status = sr_history_open(path, t->run.generation, &t->history, &t->columns, t->error, sizeof t->error);
    if (status == SR_ERR_FORMAT) t->accepted = false;
    if (status != SR_OK || !t->run.has_best) return status;
    /* The process before this one may have ended between its checkpoint and its model. */
    const struct sr_run best = sr_training_best(t);
    sr_run_folder_path(&t->folder, "best.h5", path, sizeof path);
    return sr_run_save(path, &best, false, t->error, sizeof t->error);
}

enum sr_status sr_training_start(struct sr_training *t, const struct sr_data *data, struct sr_device *device) {
    if (t->data) return sr_training_fail(t, SR_ERR_ARGUMENT, "the training was started already");
    t->data = data;
    t->device = device;
    t->strategy = sr_strategy_of(&t->run.config);
    enum sr_status status = take_data(t);
    if (status == SR_OK) status = take_device(t);
    if (status == SR_OK) status = make_room(t);
    if (status == SR_OK) status = t->strategy->open(t);
    if (status == SR_OK) status = sr_deadline_open(t);
    if (status != SR_OK) return status;
    if ((status = sr_device_configure(device, &t->run.net)) != SR_OK) return sr_training_fail_device(t, status);
    status = t->strategy->load ? t->strategy->load(t) : sr_weights_write(&t->run.weights, device, &t->run.net);
    if (status != SR_OK) return t->strategy->load ? status : sr_training_fail_device(t, status);
    t->accepted = true;
    if ((status = open_files(t)) != SR_OK) return status;
    t->earlier = t->run.seconds;
    t->saved = t->run.generation;
    t->started = true;
    return SR_OK;
}

enum sr_training_end sr_training_ended(const struct sr_training *training) { return training->end; }

const char *sr_training_error(const struct sr_training *training) { return training->error; }

void sr_training_stop(struct sr_training *training) { atomic_store(&training->stop, true); }

void sr_training_close(struct sr_training *t) {
    if (!t) return;
    if (t->history) fclose(t->history); /* every row was flushed when it was written, and failures were reported then */
    if (t->strategy) t->strategy->close(t);
    if (t->files) sr_run_folder_close(&t->folder);
    sr_batcher_free(&t->batcher);
    sr_picker_free(&t->picker);
    sr_augment_free(&t->augment);
    sr_run_free(&t->run);
    sr_weights_free(&t->init);
    free(t->samples);
    free(t->chosen);
    free(t);
}
