/* SPDX-License-Identifier: Apache-2.0
 * spikeroll train. Everything is checked before anything is written; then each generation is evaluate + update on the device,
 * a row of history, and now and then a validation and a checkpoint. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "model/history.h"
#include "model/run_file.h"
#include "train/trainer.h"

static const char intro[] =
    "usage: spikeroll train --data DIR --out RUN [OPTION]...\n"
    "\n"
    "Trains a spiking network by evolution strategies and writes RUN/history.csv (a line a generation), RUN/checkpoint.h5,\n"
    "RUN/best.h5 (best on the validation share of the training set) and RUN/last.h5. Ctrl-C finishes the generation, writes "
    "the\n"
    "checkpoint and stops; --resume goes on with bit-identical results. The test set is used once, at the end.\n"
    "\n"
    "  spikeroll train --preset nmnist --data DIR --out RUN            a good start on N-MNIST\n"
    "  spikeroll train --resume --data DIR --out RUN                   go on\n";

struct training {
    struct sr_options options;
    struct sr_data data;
    struct sr_plan plan;
    struct sr_run run;
    struct sr_device *device;
    uint32_t *samples, kept, held; /* training sample numbers: kept for training, then held for validation */
    struct sr_batcher batcher;
    struct sr_picker picker;
    int32_t *fitness;
    uint32_t *correct, *chosen; /* of each member; the batch's sample numbers */
    int8_t *credit;
    FILE *history;
    double started, earlier;   /* this process's start; seconds of the run before it */
    struct sr_history_row row; /* of the last generation */
    double shown, looped;      /* when progress was shown last; when generations began, and with which */
    uint32_t first;
    bool terminal, bar; /* bar: the cursor stands behind a progress bar */
    bool begun;         /* all input was good: what fails now is no bad input */
    char error[SR_ERROR_SIZE];
};

/* ---- signals ---- */

static volatile sig_atomic_t stop_signal;
static volatile time_t stop_time;

/* The first asks for a stop in good order. Another, more than a second later, stops at once: files are whole at any moment. */
static void on_signal(int number) {
    struct timespec now;
    int saved = errno;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (stop_signal && now.tv_sec > stop_time + 1) _exit(128 + number);
    if (!stop_signal) stop_time = now.tv_sec;
    stop_signal = number;
    errno = saved;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* ---- progress, on standard error ---- */

static void clear_bar(struct training *t) {
    if (t->bar) fputs("\r\033[K", stderr);
    t->bar = false;
}

static void show(struct training *t, bool evaluated) {
    const struct sr_history_row *row = &t->row;
    double now = sr_now(), samples = (double)row->members * row->batch;
    if (!evaluated && now - t->shown < (t->terminal ? 0.2 : 10)) return;
    double rate = (row->generation - t->first) / (now - t->looped);
    t->shown = now;
    char line[256], best[64] = "";
    double unit = t->plan.fitness == SR_FITNESS_LOGSOFTMAX ? 64 : 1;
    if (t->run.has_best) {
        snprintf(best, sizeof best, "  best %.4f at %u", (double)t->run.best_correct / t->run.best_total,
                 t->run.best_generation);
    }
    snprintf(line, sizeof line, "generation %u/%u  fitness %.4f  batch %.4f  %.3g gen/s  %.3g evaluations/s", row->generation,
             t->plan.generations, (double)row->fitness_sum / samples / unit, (double)row->correct / samples, rate,
             rate * samples);
    clear_bar(t);
    if (evaluated) {
        fprintf(stderr, "%s  validation %.4f%s\n", line, (double)row->validation_correct / row->validation_total, best);
    } else if (t->terminal) {
        char bar[25];
        uint32_t filled = (uint32_t)(24.0 * row->generation / t->plan.generations);
        for (uint32_t i = 0; i < 24; i++) bar[i] = i < filled ? '#' : '.';
        bar[24] = '\0';
        fprintf(stderr, "[%s] %s", bar, line);
        t->bar = true;
    } else {
        fprintf(stderr, "%s\n", line);
    }
    fflush(stderr);
}

/* ---- set-up: everything that can be refused ---- */

static enum sr_status fail(struct training *t, enum sr_status status, const char *text) {
    return sr_error(t->error, sizeof t->error, status, "%s", text);
}

static enum sr_status fail_device(struct training *t, enum sr_status status) {
    return fail(t, status, t->device ? sr_device_error(t->device) : sr_status_text(status));
}

static void path_in(const struct training *t, const char *name, char *path, size_t size) {
    snprintf(path, size, "%s/%s", t->options.out, name);
}

/* With --resume, the checkpoint's settings rule; one given anew must be the same. A run may be made longer if its steps do
 * not depend on its length. */
static enum sr_status adopt_checkpoint(struct training *t) {
    char path[4096], given[128], saved[128];
    path_in(t, "checkpoint.h5", path, sizeof path);
    enum sr_status status = sr_checkpoint_load(path, &t->run, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    size_t count;
    const struct sr_option *table = sr_option_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (!table[i].config || !t->options.given[i]) continue;
        const struct sr_field *field = sr_option_field(&table[i]);
        sr_field_text(field, &t->options.config, given, sizeof given);
        sr_field_text(field, &t->run.config, saved, sizeof saved);
        if (!strcmp(given, saved)) continue;
        bool length = !strcmp(field->name, "generations");
        if (length && t->run.config.step_decay == SR_DECAY_NONE && t->options.config.generations >= t->run.generation) {
            t->run.config.generations = t->options.config.generations;
            continue;
        }
        return sr_error(t->error, sizeof t->error, SR_ERR_MISMATCH, "%.200s: --%s is %s in this run, not %s%s", path,
                        field->name, saved, given, length ? " (its steps shrink over the planned length)" : "");
    }
    t->options.config = t->run.config;
    return SR_OK;
}

static enum sr_status check_out(struct training *t) {
    static const char *const names[] = {"checkpoint.h5", "best.h5", "last.h5", "history.csv"};
    char path[4096], *out = t->options.out;
    struct stat about;
    for (size_t length = strlen(out); length > 1 && out[length - 1] == '/'; length--) out[length - 1] = '\0';
    if (strlen(out) > 3000) return fail(t, SR_ERR_ARGUMENT, "--out: path too long");
    if (stat(out, &about) != 0) {
        if (t->options.resume)
            return sr_error(t->error, sizeof t->error, SR_ERR_FILE, "--resume: %.300s: %s", out, strerror(errno));
        snprintf(path, sizeof path, "%s", out);
        const char *parent = dirname(path);
        if (stat(parent, &about) != 0 || !S_ISDIR(about.st_mode) || access(parent, W_OK) != 0) {
            return sr_error(t->error, sizeof t->error, SR_ERR_FILE,
                            "--out %.300s: cannot be made: %.300s is no folder one can write to", out, parent);
        }
        return SR_OK;
    }
    if (!S_ISDIR(about.st_mode))
        return sr_error(t->error, sizeof t->error, SR_ERR_FILE, "--out %.300s: is a file, not a folder", out);
    if (t->options.resume || t->options.force) return SR_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        path_in(t, names[i], path, sizeof path);
        if (stat(path, &about) == 0) {
            return sr_error(t->error, sizeof t->error, SR_ERR_FILE,
                            "--out %.300s: holds a run already (--resume goes on, --force overwrites)", out);
        }
    }
    return SR_OK;
}

static enum sr_status load_data(struct training *t) {
    const struct sr_config *c = &t->options.config;
    struct sr_data_options how;
    sr_config_data(c, t->options.data, &how);
    enum sr_status status = sr_data_load(&how, &t->data, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    const struct sr_data_set *train = &t->data.train;
    t->samples = malloc(sizeof *t->samples * (train->count ? train->count : 1));
    if (!t->samples) return fail(t, SR_ERR_MEMORY, "out of memory");
    sr_split_validation(train->count, c->validation, c->seed, t->samples, &t->held);
    t->kept = train->count - t->held;
    if (c->batch > t->kept) {
        return sr_error(t->error, sizeof t->error, SR_ERR_LIMIT, "--batch %u: %.200s has %u training samples%s", c->batch,
                        t->options.data, t->kept, t->held ? " besides the validation share" : "");
    }
    uint64_t hash = sr_hash(0, train->bits, (size_t)train->count * train->steps * train->step_words * sizeof *train->bits);
    hash = sr_hash(hash, train->labels, train->count);
    if (t->options.resume && hash != t->run.data_hash) {
        return sr_error(t->error, sizeof t->error, SR_ERR_MISMATCH,
                        "--data %.300s: not the samples that this run was trained on", t->options.data);
    }
    t->run.data_hash = hash;
    return SR_OK;
}

static enum sr_status open_device(struct training *t) {
    struct sr_config *c = &t->options.config;
    struct sr_open how;
    struct sr_net net;
    sr_options_open(&t->options, &how);
    enum sr_status status = sr_device_open(&how, &t->device, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    const struct sr_caps *caps = sr_device_caps(t->device);
    sr_config_net(c, t->data.train.inputs, t->data.train.classes, t->data.train.steps, &net);
    if (c->frac_bits && c->frac_bits != caps->frac_w) {
        return sr_error(t->error, sizeof t->error, SR_ERR_MISMATCH, "--frac-bits %u: engine %s has %u", c->frac_bits,
                        caps->engine, caps->frac_w);
    }
    if (t->options.resume) {
        char shape1[64], shape2[64];
        sr_net_text(&t->run.net, shape1, sizeof shape1);
        sr_net_text(&net, shape2, sizeof shape2);
        if (strcmp(shape1, shape2) || t->run.net.steps != net.steps) {
            return sr_error(t->error, sizeof t->error, SR_ERR_MISMATCH,
                            "%.300s/checkpoint.h5: network is %s with %u steps, the data asks for %s with %u", t->options.out,
                            shape1, t->run.net.steps, shape2, net.steps);
        }
        if (t->run.frac_bits != caps->frac_w) {
            return sr_error(t->error, sizeof t->error, SR_ERR_MISMATCH,
                            "%.300s/checkpoint.h5: weights have %u fraction bits, engine %s has %u", t->options.out,
                            t->run.frac_bits, caps->engine, caps->frac_w);
        }
    }
    status = sr_plan_make(&t->plan, c, &net, caps->frac_w, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    if (t->plan.pairs > caps->pairs_max || c->rank > caps->rank_max) {
        bool rank = c->rank > caps->rank_max;
        return sr_error(t->error, sizeof t->error, SR_ERR_LIMIT, "--%s %u: engine %s takes at most %u",
                        rank ? "rank" : "population", rank ? c->rank : c->population, caps->engine,
                        rank ? caps->rank_max : 2 * caps->pairs_max);
    }
    bool full = t->plan.noise.mode == SR_MODE_FULL, readout_full = t->plan.noise.readout_mode == SR_MODE_FULL;
    if ((full || readout_full) && !(caps->modes & SR_MODES_FULL)) {
        return sr_error(t->error, sizeof t->error, SR_ERR_LIMIT, "--%s: engine %s has low rank only",
                        full ? "mode full" : "readout-mode full", caps->engine);
    }
    if (t->plan.noise.dist == SR_DIST_BELL && !(caps->modes & SR_MODES_BELL)) {
        return sr_error(t->error, sizeof t->error, SR_ERR_LIMIT, "--dist bell: engine %s has sign entries only", caps->engine);
    }
    if (caps->factors && (uint64_t)t->plan.pairs * c->rank > caps->factors) {
        return sr_error(t->error, sizeof t->error, SR_ERR_LIMIT,
                        "--population %u with --rank %u: pairs * rank is %llu, engine %s takes at most %u", c->population,
                        c->rank, (unsigned long long)t->plan.pairs * c->rank, caps->engine, caps->factors);
    }
    status = sr_device_configure(t->device, &net);
    if (status != SR_OK) return fail_device(t, status);
    if (!t->options.resume) {
        t->run.config = *c;
        t->run.net = net;
        t->run.frac_bits = caps->frac_w;
        status = sr_weights_init(&t->run.weights, &net);
        for (unsigned l = 0; l < SR_LAYERS && status == SR_OK; l++) {
            if (t->run.weights.layer[l]) sr_plan_weights(&t->plan, l, t->run.weights.layer[l]);
        }
    }
    if (status == SR_OK && !t->run.has_best) status = sr_weights_init(&t->run.best, &net);
    if (status != SR_OK) return fail(t, status, "out of memory");
    status = sr_weights_write(&t->run.weights, t->device, &net);
    return status == SR_OK ? SR_OK : fail_device(t, status);
}

static enum sr_status make_room(struct training *t) {
    size_t members = 2 * (size_t)t->plan.pairs;
    t->fitness = calloc(members, sizeof *t->fitness);
    t->correct = calloc(members, sizeof *t->correct);
    t->credit = calloc(t->plan.pairs, sizeof *t->credit);
    t->chosen = calloc(t->plan.batch, sizeof *t->chosen);
    enum sr_status status = t->fitness && t->correct && t->credit && t->chosen ? SR_OK : SR_ERR_MEMORY;
    if (status == SR_OK) status = sr_batcher_init(&t->batcher, t->samples, t->kept, t->plan.batch, t->plan.seed);
    if (status == SR_OK) status = sr_picker_init(&t->picker, &t->data.train, 0, t->plan.batch);
    return status == SR_OK ? SR_OK : fail(t, status, sr_status_text(status));
}

/* ---- files ---- */

static enum sr_status save_model(struct training *t, const char *name, bool best) {
    char path[4096];
    path_in(t, name, path, sizeof path);
    struct sr_run model = t->run;
    if (best) {
        model.weights = t->run.best;
        model.generation = t->run.best_generation;
    }
    return sr_run_save(path, &model, false, t->error, sizeof t->error);
}

static enum sr_status save_checkpoint(struct training *t) {
    char path[4096];
    enum sr_status status = sr_weights_read(&t->run.weights, t->device, &t->run.net);
    if (status != SR_OK) return fail_device(t, status);
    if (sr_history_sync(t->history) != SR_OK) {
        return sr_error(t->error, sizeof t->error, SR_ERR_FILE, "%.300s/history.csv: %s", t->options.out, strerror(errno));
    }
    path_in(t, "checkpoint.h5", path, sizeof path);
    t->run.seconds = t->earlier + sr_now() - t->started;
    return sr_run_save(path, &t->run, true, t->error, sizeof t->error);
}

/* A new run appears whole: history and checkpoint are made in a folder beside it, which then takes its name. */
static enum sr_status create_run(struct training *t) {
    static const char *const stale[] = {"checkpoint.h5", "best.h5", "last.h5", "history.csv"};
    char folder[4096], history[4200], checkpoint[4200], path[4096];
    snprintf(folder, sizeof folder, "%s.new-%ld", t->options.out, (long)getpid());
    snprintf(history, sizeof history, "%s/history.csv", folder);
    snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.h5", folder);
    if (mkdir(folder, 0777) != 0)
        return sr_error(t->error, sizeof t->error, SR_ERR_FILE, "%.300s: %s", folder, strerror(errno));
    enum sr_status status = sr_history_create(history, t->error, sizeof t->error);
    if (status == SR_OK) status = sr_run_save(checkpoint, &t->run, true, t->error, sizeof t->error);
    bool moved = status == SR_OK && rename(folder, t->options.out) == 0;
    if (status == SR_OK && !moved &&
        (errno == ENOTEMPTY || errno == EEXIST)) { /* a folder with other things in it, or --force */
        for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) {
            path_in(t, stale[i], path, sizeof path);
            unlink(path);
        }
        path_in(t, "history.csv", path, sizeof path);
        moved = rename(history, path) == 0;
        path_in(t, "checkpoint.h5", path, sizeof path);
        moved = moved && rename(checkpoint, path) == 0;
    }
    if (status == SR_OK && !moved) {
        status = sr_error(t->error, sizeof t->error, SR_ERR_FILE, "%.300s: %s", t->options.out, strerror(errno));
    }
    unlink(history); /* what is left of it, if not moved as a whole */
    unlink(checkpoint);
    rmdir(folder);
    return status;
}

/* ---- generations ---- */

static enum sr_status generation(struct training *t) {
    struct sr_evaluation evaluation;
    struct sr_update update;
    struct sr_history_row *row = &t->row;
    uint32_t number = t->run.generation, members = 2 * t->plan.pairs;
    sr_batcher_get(&t->batcher, number / t->run.config.batch_every, t->chosen);
    struct sr_batch batch = sr_picker_batch(&t->picker, t->chosen, 0, t->plan.batch);
    sr_plan_evaluation(&t->plan, number, &evaluation);
    enum sr_status status = sr_device_evaluate(t->device, &evaluation, &batch, t->fitness, t->correct);
    if (status != SR_OK) return status;
    sr_plan_update(&t->plan, number, t->fitness, t->credit, &update);
    status = sr_device_update(t->device, &update);
    *row = (struct sr_history_row){.generation = number + 1, .members = members, .batch = t->plan.batch};
    if (status == SR_OK) status = sr_device_counters(t->device, &row->counters);
    if (status != SR_OK) return status;
    row->fitness_best = t->fitness[0];
    for (uint32_t m = 0; m < members; m++) {
        uint32_t fitness = (uint32_t)t->fitness[m];
        uint8_t bytes[4] = {(uint8_t)fitness, (uint8_t)(fitness >> 8), (uint8_t)(fitness >> 16), (uint8_t)(fitness >> 24)};
        row->fitness_sum += t->fitness[m];
        if (t->fitness[m] > row->fitness_best) row->fitness_best = t->fitness[m];
        row->fitness_hash = sr_hash(row->fitness_hash, bytes, sizeof bytes);
        row->correct += t->correct[m];
    }
    t->run.generation = number + 1;
    return SR_OK;
}

static enum sr_status validate(struct training *t, bool record) {
    uint32_t correct = 0;
    struct sr_counters ignored;
    enum sr_status status = sr_accuracy(t->device, &t->data.train, 0, t->samples + t->kept, t->held, NULL, &correct);
    if (status == SR_OK) status = sr_device_counters(t->device, &ignored); /* link bytes of a generation start anew */
    if (status != SR_OK) return fail_device(t, status);
    if (record) {
        t->row.evaluated = true;
        t->row.validation_correct = correct;
        t->row.validation_total = t->held;
    }
    if (t->run.has_best && correct <= t->run.best_correct) return SR_OK;
    status = sr_weights_read(&t->run.best, t->device, &t->run.net);
    if (status != SR_OK) return fail_device(t, status);
    t->run.has_best = true;
    t->run.best_correct = correct;
    t->run.best_total = t->held;
    t->run.best_generation = t->run.generation;
    return save_model(t, "best.h5", true);
}

static enum sr_status train(struct training *t) {
    uint32_t limit = t->options.time_limit, saved = t->run.generation;
    enum sr_status status = SR_OK;
    while (t->run.generation < t->plan.generations && !stop_signal && !(limit && sr_now() - t->started >= limit)) {
        status = generation(t);
        if (status != SR_OK) {
            char reason[SR_ERROR_SIZE];
            snprintf(reason, sizeof reason, "%s", sr_device_error(t->device));
            clear_bar(t);
            return sr_error(t->error, sizeof t->error, status,
                            "generation %u: %.300s; the checkpoint after generation %u is in "
                            "place, --resume goes on from it",
                            t->run.generation + 1, reason, saved);
        }
        bool evaluate = t->held && t->run.generation % t->run.config.eval_every == 0;
        if (evaluate && (status = validate(t, true)) != SR_OK) return status;
        t->row.seconds = t->earlier + sr_now() - t->started;
        if (sr_history_append(t->history, &t->row) != SR_OK) {
            return sr_error(t->error, sizeof t->error, SR_ERR_FILE, "%.300s/history.csv: %s", t->options.out, strerror(errno));
        }
        show(t, evaluate);
        if (t->run.generation % t->options.checkpoint_every == 0) {
            if ((status = save_checkpoint(t)) != SR_OK) return status;
            saved = t->run.generation;
        }
    }
    clear_bar(t);
    if ((status = save_checkpoint(t)) != SR_OK || (status = save_model(t, "last.h5", false)) != SR_OK) return status;
    /* Not in the history nor in the checkpoint, which are the same however often a run was broken. */
    if (!stop_signal && t->held && t->run.generation % t->run.config.eval_every) status = validate(t, false);
    return status;
}

/* ---- the end ---- */

static enum sr_status report(struct training *t) {
    uint32_t correct = 0, total = t->data.test.count;
    bool test = !stop_signal && !t->options.no_test && total > 0, complete = t->run.generation == t->plan.generations;
    const char *end = complete ? "complete" : stop_signal ? "interrupted" : "time limit";
    if (test) {
        enum sr_status status = sr_weights_write(t->run.has_best ? &t->run.best : &t->run.weights, t->device, &t->run.net);
        if (status == SR_OK) status = sr_accuracy(t->device, &t->data.test, t->data.train.count, NULL, total, NULL, &correct);
        if (status != SR_OK) return fail_device(t, status);
    }
    double seconds = t->earlier + sr_now() - t->started;
    if (t->options.json) {
        cJSON *json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "end", end);
        cJSON_AddStringToObject(json, "engine", sr_device_caps(t->device)->engine);
        cJSON_AddNumberToObject(json, "generations", t->run.generation);
        cJSON_AddNumberToObject(json, "seconds", seconds);
        if (t->run.has_best) {
            cJSON_AddNumberToObject(json, "validation_accuracy", (double)t->run.best_correct / t->run.best_total);
            cJSON_AddNumberToObject(json, "best_generation", t->run.best_generation);
        }
        if (test) {
            cJSON_AddNumberToObject(json, "accuracy", (double)correct / total);
            cJSON_AddNumberToObject(json, "correct", correct);
            cJSON_AddNumberToObject(json, "total", total);
            cJSON_AddBoolToObject(json, "holdout", t->data.holdout);
        }
        cJSON_AddNumberToObject(json, "cycles", (double)t->row.counters.total); /* of the last generation, as the next three */
        cJSON_AddNumberToObject(json, "link_tx", (double)t->row.counters.link_tx);
        cJSON_AddNumberToObject(json, "link_rx", (double)t->row.counters.link_rx);
        cJSON_AddNumberToObject(json, "link_requests", (double)t->row.counters.link_requests);
        cJSON_AddStringToObject(json, "run", t->options.out);
        char *text = cJSON_Print(json);
        if (text) puts(text);
        cJSON_free(text);
        cJSON_Delete(json);
        return SR_OK;
    }
    printf("%s after %u of %u generations, %.1f seconds\n", end, t->run.generation, t->plan.generations, seconds);
    if (t->run.has_best) {
        printf("validation %.4f (%u/%u) at generation %u\n", (double)t->run.best_correct / t->run.best_total,
               t->run.best_correct, t->run.best_total, t->run.best_generation);
    }
    if (test)
        printf("accuracy %.4f (%u/%u) on the %s\n", (double)correct / total, correct, total,
               t->data.holdout ? "held-out share" : "test set");
    printf("files in %s: history.csv checkpoint.h5 last.h5%s\n", t->options.out, t->run.has_best ? " best.h5" : "");
    if (!complete) {
        bool ref = !strcmp(t->options.engine, "ref");
        printf("to go on: spikeroll train --resume %s%s%s--data %s --out %s\n", ref ? "" : "--engine ",
               ref ? "" : t->options.engine, ref ? "" : " ", t->options.data, t->options.out);
    }
    return SR_OK;
}

static void announce(const struct training *t) {
    char shape[64];
    const struct sr_caps *caps = sr_device_caps(t->device);
    sr_net_text(&t->run.net, shape, sizeof shape);
    sr_print_warnings("train", &t->data);
    fprintf(stderr, "%s: %u training, %u validation, %u test samples%s\n", t->data.name, t->kept, t->held, t->data.test.count,
            t->data.holdout ? " (no test set in the data: a seeded share of it is held out)" : "");
    fprintf(stderr, "network %s, %u steps; engine %s", shape, t->run.net.steps, caps->engine);
    if (caps->devices > 1) fprintf(stderr, " x %u", caps->devices);
    fprintf(stderr, "; %s, population %u, batch %u", t->plan.noise.mode == SR_MODE_FULL ? "full rank" : "low rank",
            2 * t->plan.pairs, t->plan.batch);
    if (t->plan.noise.mode == SR_MODE_LOWRANK) fprintf(stderr, ", rank %u", t->plan.noise.rank);
    fputc('\n', stderr);
    if (t->options.resume) fprintf(stderr, "resumed after generation %u\n", t->run.generation);
}

static enum sr_status run_training(struct training *t) {
    struct sr_options *o = &t->options;
    char path[4096];
    enum sr_status status;
    t->started = sr_now();
    t->terminal = isatty(STDERR_FILENO) && !o->json;
    if (!o->data) return fail(t, SR_ERR_ARGUMENT, "--data is missing (see spikeroll train --help)");
    if (!o->out) return fail(t, SR_ERR_ARGUMENT, "--out is missing (see spikeroll train --help)");
    if (o->resume && o->force) return fail(t, SR_ERR_ARGUMENT, "--resume contradicts --force");
    if ((status = check_out(t)) != SR_OK) return status;
    if (o->resume && (status = adopt_checkpoint(t)) != SR_OK) return status;
    if ((status = sr_options_check(o, t->error, sizeof t->error)) != SR_OK) return status;
    if ((status = load_data(t)) != SR_OK || (status = open_device(t)) != SR_OK || (status = make_room(t)) != SR_OK)
        return status;
    t->earlier = t->run.seconds;
    catch_signals();
    if (!o->resume && (status = create_run(t)) != SR_OK) return status;
    path_in(t, "history.csv", path, sizeof path);
    if ((status = sr_history_open(path, t->run.generation, &t->history, t->error, sizeof t->error)) != SR_OK) return status;
    if (t->run.has_best && (status = save_model(t, "best.h5", true)) != SR_OK) return status;
    announce(t);
    t->begun = true;
    t->shown = t->looped = sr_now();
    t->first = t->run.generation;
    if ((status = train(t)) != SR_OK) return status;
    return report(t);
}

int sr_cmd_train(int argc, char **argv) {
    struct training t = {0};
    int code;
    if (!sr_command_begin(&t.options, SR_CMD_TRAIN, argc, argv, intro, &code)) return code;
    enum sr_status status = run_training(&t);
    code = status == SR_OK ? SR_EXIT_OK : sr_complain(argv[0], status, t.error);
    if (t.begun && code == SR_EXIT_INPUT) code = SR_EXIT_FAILURE;
    if (t.history) fclose(t.history);
    sr_batcher_free(&t.batcher);
    sr_picker_free(&t.picker);
    sr_device_close(t.device);
    sr_data_free(&t.data);
    sr_run_free(&t.run);
    free(t.samples);
    free(t.fitness);
    free(t.correct);
    free(t.credit);
    free(t.chosen);
    sr_options_free(&t.options);
    return code;
}
