/* SPDX-License-Identifier: Apache-2.0
 * The loop of generations: learning, validation, history, checkpoints, and the decision to stop. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "model/model.h"
#include "train/strategy.h"
#include "train/training.h"

/* The one place that decides whether another generation follows. */
static enum sr_training_end decide(const struct sr_training *t) {
    if (t->run.generation >= t->run.config.generations) return SR_END_COMPLETE;
    if (atomic_load(&t->stop)) return SR_END_STOPPED;
    if (t->how.time_limit && t->now() - t->opened >= t->how.time_limit) return SR_END_TIME;
    return SR_END_NONE;
}

static double seconds_of(const struct sr_training *t) { return t->earlier + t->now() - t->opened; }

static enum sr_status save_model(struct sr_training *t, const char *name, const struct sr_run *model) {
    char path[SR_RUN_PATH];
    if (!t->files) return SR_OK;
    sr_run_folder_path(&t->folder, name, path, sizeof path);
    return sr_run_save(path, model, false, t->error, sizeof t->error);
}

/* Bring what was trained into t->run. */
static enum sr_status store(struct sr_training *t) {
    if (t->strategy->store) return t->strategy->store(t);
    enum sr_status status = sr_weights_read(&t->run.weights, t->device, &t->run.net);
    return status == SR_OK ? SR_OK : sr_training_fail_device(t, status);
}

static enum sr_status save_checkpoint(struct sr_training *t) {
    char path[SR_RUN_PATH];
    enum sr_status status = store(t);
    t->run.seconds = seconds_of(t);
    sr_deadline_read(t);
    if (status != SR_OK || !t->files) return status;
    if (sr_history_sync(t->history) != SR_OK)
        return sr_training_fail(t, SR_ERR_FILE, "%.300s/history.csv: %s", t->folder.path, strerror(errno));
    sr_run_folder_path(&t->folder, "checkpoint.h5", path, sizeof path);
    status = sr_run_save(path, &t->run, true, t->error, sizeof t->error);
    if (status == SR_OK) t->saved = t->run.generation;
    return status;
}

/* Weights onto the device, with the thresholds that are theirs. */
static enum sr_status load_device(struct sr_training *t, const struct sr_run *model) {
    enum sr_status status = t->strategy->own_thresholds ? sr_device_configure(t->device, &model->net) : SR_OK;
    if (status == SR_OK) status = sr_weights_write(&model->weights, t->device, &model->net);
    return status == SR_OK ? SR_OK : sr_training_fail_device(t, status);
}

/* Put the weights that are judged onto the device, if they are not the device's own. */
static enum sr_status show_weights(struct sr_training *t) {
    if (!t->strategy->store) return SR_OK;
    enum sr_status status = t->strategy->store(t);
    return status == SR_OK ? load_device(t, &t->run) : status;
}

static enum sr_status keep_best(struct sr_training *t, uint32_t correct) {
    struct sr_array *theta;
    enum sr_status status = sr_weights_read(&t->run.best, t->device, &t->run.net);
    if (status != SR_OK) return sr_training_fail_device(t, status);
    t->run.has_best = true;
    t->run.best_correct = correct;
    t->run.best_total = t->held;
    t->run.best_generation = t->run.generation;
    if (t->strategy->own_thresholds) { /* a checkpoint has one network, which is that of its other weights */
        status = sr_run_array(&t->run, SR_BEST_THETA, 1, SR_LAYERS, sizeof(uint32_t), &theta);
        if (status != SR_OK) return sr_training_fail(t, status, "%s", sr_status_text(status));
        memcpy(theta->values, t->run.net.theta, sizeof t->run.net.theta);
    }
    const struct sr_run best = sr_training_best(t);
    return save_model(t, "best.h5", &best);
}

static enum sr_status validate(struct sr_training *t, bool record) {
    uint32_t correct = 0;
    struct sr_counters ignored;
    enum sr_status status = show_weights(t);
    if (status != SR_OK) return status;
    status = sr_accuracy(t->device, &t->data->train, 0, t->samples + t->kept, t->held, NULL, &correct);
    if (status == SR_OK) status = sr_device_counters(t->device, &ignored); /* link bytes of a generation start anew */
    if (status != SR_OK) return sr_training_fail_device(t, status);
    if (record) {
        t->row.evaluated = true;
        t->row.validation_correct = correct;
        t->row.validation_total = t->held;
    }
    if (t->strategy->judge)
        if ((status = t->strategy->judge(t, t->samples + t->kept, t->held, &t->row.float_correct)) != SR_OK) return status;
    return t->run.has_best && correct <= t->run.best_correct ? SR_OK : keep_best(t, correct);
}

static enum sr_status generation(struct sr_training *t) {
    uint32_t number = t->run.generation;
    sr_batcher_get(&t->batcher, number / t->run.config.batch_every, t->chosen);
    struct sr_batch batch = sr_picker_batch(&t->picker, t->chosen, 0, t->picker.capacity);
    sr_augment_batch(&t->augment, number, &batch);
    sr_deadline_read(t);
    t->row = (struct sr_history_row){.generation = number + 1, .timed = t->deadline.recorded, .time_spent = t->deadline.spent};
    enum sr_status status = t->strategy->generation(t, number, &batch, &t->row);
    if (status == SR_OK && (status = sr_device_counters(t->device, &t->row.counters)) != SR_OK)
        sr_training_fail_device(t, status);
    if (status == SR_OK) {
        t->run.generation = number + 1;
        return SR_OK;
    }
    char reason[SR_ERROR_SIZE];
    memcpy(reason, t->error, sizeof reason);
    if (!t->files) return sr_training_fail(t, status, "generation %u: %.400s", number + 1, reason);
    return sr_training_fail(t, status,
                            "generation %u: %.300s; the checkpoint after generation %u is in place, --resume goes on from it",
                            number + 1, reason, t->saved);
}

static enum sr_status record(struct sr_training *t) {
    t->row.seconds = seconds_of(t);
    if (!t->files || sr_history_append(t->history, &t->row, t->columns) == SR_OK) return SR_OK;
    return sr_training_fail(t, SR_ERR_FILE, "%.300s/history.csv: %s", t->folder.path, strerror(errno));
}

/* False: the caller wants to stop. */
static bool tell(const struct sr_training *t, sr_progress_call call, void *context) {
    const struct sr_history_row *row = &t->row;
    double samples = (double)row->members * row->batch, now = t->now(), since = now - t->looped;
    double rate = since > 0 ? (row->generation - t->first) / since : 0;
    if (!call) return true;
    struct sr_progress progress = {.generation = row->generation,
                                   .generations = t->run.config.generations,
                                   .fitness = (double)row->fitness_sum / samples / t->strategy->fitness_unit(t),
                                   .accuracy = (double)row->correct / samples,
                                   .validated = row->evaluated,
                                   .has_best = t->run.has_best,
                                   .best_generation = t->run.best_generation,
                                   .seconds = row->seconds,
                                   .generations_second = rate,
                                   .evaluations_second = rate * samples,
                                   .counters = row->counters,
                                   .in_float = row->in_float,
                                   .spikes = row->spikes,
                                   .active = row->active,
                                   .done = (double)row->generation / t->run.config.generations};
    if (t->how.time_limit) {
        double spent = (now - t->opened) / t->how.time_limit;
        if (spent > progress.done) progress.done = spent < 1 ? spent : 1;
    }
    if (row->evaluated) {
        progress.validation = (double)row->validation_correct / row->validation_total;
        if (row->in_float) progress.float_validation = (double)row->float_correct / row->validation_total;
    }
    if (t->run.has_best) progress.best = (double)t->run.best_correct / t->run.best_total;
    return call(context, &progress);
}

enum sr_status sr_training_run(struct sr_training *t, sr_progress_call call, void *context) {
    enum sr_status status = SR_OK;
    if (!t->started) return sr_training_fail(t, SR_ERR_ARGUMENT, "the training was not started, or failed");
    if (t->end != SR_END_NONE) atomic_store(&t->stop, false); /* a run after another */
    t->first = t->run.generation;
    t->looped = t->now();
    sr_deadline_begin(t);
    t->started = false; /* until all went well */
    while ((t->end = decide(t)) == SR_END_NONE) {
        if ((status = generation(t)) != SR_OK) return status;
        bool evaluate = t->held && t->run.generation % t->run.config.eval_every == 0;
        if (evaluate && (status = validate(t, true)) != SR_OK) return status;
        if ((status = record(t)) != SR_OK) return status;
        if (!tell(t, call, context)) atomic_store(&t->stop, true);
        if (t->run.generation % t->how.checkpoint_every == 0 && (status = save_checkpoint(t)) != SR_OK) return status;
    }
    if ((status = save_checkpoint(t)) != SR_OK) return status;
    if ((status = save_model(t, "last.h5", &t->run)) != SR_OK) return status;
    /* Not in the history nor in the checkpoint, which are the same however often a run was broken. */
    bool stopped = atomic_load(&t->stop);
    if (!stopped && t->held && t->run.generation % t->run.config.eval_every) status = validate(t, false);
    t->started = status == SR_OK;
    return status;
}

enum sr_status sr_training_test(struct sr_training *t, uint32_t *correct, uint32_t *total) {
    const struct sr_data_set *test = t->data ? &t->data->test : NULL;
    struct sr_counters ignored;
    if (!t->started || t->end == SR_END_NONE) return sr_training_fail(t, SR_ERR_ARGUMENT, "the training has not run");
    uint32_t right = 0;
    enum sr_status status = SR_OK;
    if (test->count) {
        t->started = false;
        const struct sr_run best = sr_training_best(t);
        if ((status = load_device(t, t->run.has_best ? &best : &t->run)) != SR_OK) return status;
        status = sr_accuracy(t->device, test, t->data->train.count, NULL, test->count, NULL, &right);
        if (status == SR_OK && !t->strategy->load) status = sr_weights_write(&t->run.weights, t->device, &t->run.net);
        if (status == SR_OK) status = sr_device_counters(t->device, &ignored);
        if (status != SR_OK) return sr_training_fail_device(t, status);
        t->started = true;
    }
    *correct = right;
    *total = test->count;
    return SR_OK;
}

enum sr_status sr_training_model(struct sr_training *t, struct sr_model **model) {
    if (t->end == SR_END_NONE) return sr_training_fail(t, SR_ERR_ARGUMENT, "the training has not run");
    const struct sr_run best = sr_training_best(t), *run = t->run.has_best ? &best : &t->run;
    enum sr_status status = sr_model_of_run(run, &run->weights, run->generation, model);
    return status == SR_OK ? SR_OK : sr_training_fail(t, status, "%s", sr_status_text(status));
}
