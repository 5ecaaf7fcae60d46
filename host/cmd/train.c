/* SPDX-License-Identifier: Apache-2.0
 * spikeroll train: options, signals, the terminal, and the report at the end. The training itself is the library's
 * (spikeroll/train.h). */
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/progress.h"
#include "device/ranks.h"
#include "report/report.h"
#include "report/watch.h"
#include "train/strategy.h"

static const char intro[] =
    "usage: spikeroll train --data DIR --out RUN [OPTION]...\n"
    "\n"
    "Trains a spiking network on the device, by evolution strategies (--mode lowrank, full) or at the neuron (--mode local), "
    "or\n"
    "in float on the host, to compare with (the other modes). Writes RUN/history.csv (a line a generation), "
    "RUN/checkpoint.h5,\n"
    "RUN/best.h5 (best on the validation share of the training set) and RUN/last.h5. Ctrl-C finishes the generation, writes\n"
    "the checkpoint and stops; --resume goes on with bit-identical results. The test set is used once, at the end.\n"
    "mpirun -n K spikeroll train ... shares the work among K processes, with the same results (docs/mpi.md).\n"
    "\n"
    "  spikeroll train --preset nmnist --data DIR --out RUN            a good start on N-MNIST\n"
    "  spikeroll train --resume --data DIR --out RUN                   go on\n";

struct command {
    struct sr_options options;
    struct sr_data data;
    const struct sr_communicator *ranks; /* NULL: this process is the only one */
    struct sr_device *device;
    struct sr_training *training;
    struct sr_model *init;
    struct sr_progress_view view;
    struct sr_watch *watch;
    atomic_bool watchable; /* the run folder and the samples are there */
    char error[SR_ERROR_SIZE];
};

/* ---- signals ---- */

/* What a signal handler needs; nothing else in the program is global. */
static struct sr_training *volatile stoppable;
static volatile sig_atomic_t stop_asked;
static volatile time_t stop_time;

/* The first asks for a stop in good order, and says so at once: a generation may be long. Another, more than a second later,
 * stops at once: files are whole at any moment. */
static void on_signal(int number) {
    static const char heard[] = "\nstopping after this generation; once more stops at once\n";
    struct timespec now;
    int saved = errno;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (stop_asked && now.tv_sec > stop_time + 1) _exit(128 + number);
    if (!stop_asked) {
        stop_time = now.tv_sec;
        ssize_t ignored = write(STDERR_FILENO, heard, sizeof heard - 1);
        (void)ignored;
    }
    stop_asked = 1;
    if (stoppable) sr_training_stop(stoppable);
    errno = saved;
}

/* Ctrl-C to a run that a script started in the background reaches it too, and means the script's foreground. */
static void on_ignored_interrupt(int number) {
    static const char heard[] = "\ninterrupt ignored, as this run was started (in the background); SIGTERM stops it\n";
    int saved = errno;
    (void)number;
    ssize_t ignored = write(STDERR_FILENO, heard, sizeof heard - 1);
    (void)ignored;
    errno = saved;
}

/* What ends a training in good order. The last of them is what mpirun passes on to its processes, and means that there alone. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
enum { SIGNALS = sizeof signals / sizeof *signals };

/* A signal that the caller ignores stays without effect: nohup, background jobs of a script. */
static void catch_signals(struct sr_training *training, bool ranks) {
    stoppable = training;
    for (size_t i = 0; i < (ranks ? SIGNALS : SIGNALS - 1); i++) {
        struct sigaction before, action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
        sigemptyset(&action.sa_mask);
        if (sigaction(signals[i], NULL, &before) != 0) continue;
        if (before.sa_handler == SIG_IGN) {
            if (signals[i] != SIGINT) continue;
            action.sa_handler = on_ignored_interrupt;
        }
        sigaction(signals[i], &action, NULL);
    }
}

static enum sr_status fail(struct command *c, enum sr_status status, const char *text) {
    return sr_error(c->error, sizeof c->error, status, "%s", text);
}

static enum sr_status fail_training(struct command *c, enum sr_status status) {
    return fail(c, status, sr_training_error(c->training));
}

/* ---- the end ---- */

/* What there is to say at the end; `total` is 0 where the test set was not touched. */
struct ending {
    const char *text;
    double seconds;
    uint32_t correct, total;
};

static void print_json(const struct command *c, const struct ending *end) {
    const struct sr_training *t = c->training;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "end", end->text);
    cJSON_AddStringToObject(json, "engine", sr_device_caps(c->device)->engine);
    cJSON_AddNumberToObject(json, "generations", t->run.generation);
    cJSON_AddNumberToObject(json, "seconds", end->seconds);
    if (t->row.in_float) { /* of the last generation; float_validation of the last validation */
        cJSON_AddNumberToObject(json, "spikes", t->row.spikes);
        cJSON_AddNumberToObject(json, "active", t->row.active);
        if (t->row.validation_total) {
            cJSON_AddNumberToObject(json, "float_validation", (double)t->row.float_correct / t->row.validation_total);
            cJSON_AddNumberToObject(json, "device_validation", (double)t->row.validation_correct / t->row.validation_total);
        }
    }
    if (t->run.has_best) {
        cJSON_AddNumberToObject(json, "validation_accuracy", (double)t->run.best_correct / t->run.best_total);
        cJSON_AddNumberToObject(json, "best_generation", t->run.best_generation);
    }
    if (end->total) {
        cJSON_AddNumberToObject(json, "accuracy", (double)end->correct / end->total);
        cJSON_AddNumberToObject(json, "correct", end->correct);
        cJSON_AddNumberToObject(json, "total", end->total);
        cJSON_AddBoolToObject(json, "holdout", c->data.holdout);
    }
    cJSON_AddNumberToObject(json, "cycles", (double)t->row.counters.total); /* of the last generation, as the next three */
    cJSON_AddNumberToObject(json, "link_tx", (double)t->row.counters.link_tx);
    cJSON_AddNumberToObject(json, "link_rx", (double)t->row.counters.link_rx);
    cJSON_AddNumberToObject(json, "link_requests", (double)t->row.counters.link_requests);
    sr_json_text(json, "run", t->folder.path);
    char *text = cJSON_Print(json);
    if (text) puts(text);
    cJSON_free(text);
    cJSON_Delete(json);
}

/* The command that goes on with a run that is not complete. */
static void print_resume(const struct command *c) {
    const struct sr_training *t = c->training;
    const bool ref = !strcmp(c->options.engine, "ref"), timed = t->deadline.counts;
    printf("to go on%s: spikeroll train --resume %s%s%s--data %s --out %s",
           timed && t->end == SR_END_TIME ? " with steps as small as they are now" : "", ref ? "" : "--engine ",
           ref ? "" : c->options.engine, ref ? "" : " ", c->options.data, t->folder.path);
    if (timed && t->end == SR_END_STOPPED)
        printf(" --time-limit %.0f", fmax(1, ceil(t->opened + t->how.time_limit - sr_now())));
    puts("");
}

static void print_text(const struct command *c, const struct ending *end) {
    const struct sr_training *t = c->training;
    printf("%s after %u of %u generations, %.1f seconds\n", end->text, t->run.generation, t->run.config.generations,
           end->seconds);
    if (t->run.has_best) {
        printf("validation %.4f (%u/%u) at generation %u\n", (double)t->run.best_correct / t->run.best_total,
               t->run.best_correct, t->run.best_total, t->run.best_generation);
    }
    if (t->row.in_float && t->row.validation_total) {
        double before = (double)t->row.float_correct / t->row.validation_total;
        double after = (double)t->row.validation_correct / t->row.validation_total;
        printf("last weights on the validation share: %.4f in float, %.4f as a device has them: a loss of %.4f\n", before,
               after, before - after);
    }
    if (end->total)
        printf("accuracy %.4f (%u/%u) on the %s\n", (double)end->correct / end->total, end->correct, end->total,
               c->data.holdout ? "held-out share" : "test set");
    printf("files in %s: history.csv checkpoint.h5 last.h5%s\n", t->folder.path, t->run.has_best ? " best.h5" : "");
    if (t->end != SR_END_COMPLETE) print_resume(c);
}

static enum sr_status report(struct command *c) {
    const struct sr_training *t = c->training;
    struct ending end = {.text = t->end == SR_END_COMPLETE  ? "complete"
                                 : t->end == SR_END_STOPPED ? "interrupted"
                                                            : "time limit"};
    if (!stop_asked && !c->options.no_test) {
        enum sr_status status = sr_training_test(c->training, &end.correct, &end.total);
        if (status != SR_OK) return fail_training(c, status);
    }
    end.seconds = t->earlier + sr_now() - t->opened;
    if (c->options.json)
        print_json(c, &end);
    else
        print_text(c, &end);
    return SR_OK;
}

static void announce(const struct command *c) {
    const struct sr_training *t = c->training;
    char shape[64], mode[128];
    const struct sr_caps *caps = sr_device_caps(c->device);
    sr_net_text(&t->run.net, shape, sizeof shape);
    t->strategy->describe(t, mode, sizeof mode);
    sr_print_warnings("train", &c->data);
    fprintf(stderr, "%s: %u training, %u validation, %u test samples%s\n", c->data.name, t->kept, t->held, c->data.test.count,
            c->data.holdout ? " (no test set in the data: a seeded share of it is held out)" : "");
    fprintf(stderr, "network %s, %u steps; engine %s", shape, t->run.net.steps, caps->engine);
    if (caps->devices > 1) fprintf(stderr, " x %u", caps->devices);
    fprintf(stderr, "; %s\n", mode);
    if (c->watch) fprintf(stderr, "watch it at http://127.0.0.1:%u/\n", sr_watch_port(c->watch));
    if (c->options.resume) fprintf(stderr, "resumed after generation %u\n", t->run.generation);
}

/* Of a run that is resumed, every setting that was given must be what it is in the run. */
static enum sr_status repeat_settings(struct command *c) {
    size_t count;
    const struct sr_option *table = sr_option_table(&count);
    enum sr_status status = SR_OK;
    for (size_t i = 0; i < count && status == SR_OK; i++) {
        char text[128];
        if (!table[i].config || !c->options.given[i]) continue;
        sr_field_text(sr_option_field(&table[i]), &c->options.config, text, sizeof text);
        status = sr_training_set(c->training, table[i].config, text);
    }
    return status == SR_OK ? SR_OK : fail_training(c, status);
}

/* Settings of the network are those of the model that is begun with; one that was given must be the same. */
static enum sr_status check_network(struct command *c, const struct sr_config *used) {
    static const char *const names[] = {"hidden", "theta", "leak", "reset", "readout", "readout-theta", "readout-leak"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char given[128], models[128];
        if (!sr_option_given(&c->options, SR_CMD_TRAIN, names[i])) continue;
        sr_field_text(sr_config_field(names[i]), &c->options.config, given, sizeof given);
        sr_field_text(sr_config_field(names[i]), used, models, sizeof models);
        if (strcmp(given, models))
            return sr_error(c->error, sizeof c->error, SR_ERR_MISMATCH, "--%s %s: the model of --init has %s", names[i], given,
                            models);
    }
    return SR_OK;
}

/* ---- the page of a run under way ---- */

enum { WATCH_SAMPLES = 1000 }; /* so many of the validation samples: what a page may cost */

/* Called by the server's thread. The page is made of the run's files, and of samples and data that do not change any more. */
static enum sr_status make_page(void *context, const atomic_bool *stop, char **page, size_t *size, char *error,
                                size_t error_size) {
    const struct command *c = context;
    if (!atomic_load(&c->watchable)) return sr_error(error, error_size, SR_ERR_FILE, "the training has not begun");
    const struct sr_training *t = c->training;
    const char *run = t->folder.path;
    const struct sr_report_how how = {.runs = &run,
                                      .count = 1,
                                      .data = &c->data,
                                      .chosen = t->samples + t->kept,
                                      .chosen_count = t->held,
                                      .limit = WATCH_SAMPLES,
                                      .live = true,
                                      .stop = stop};
    return sr_report_make(&how, page, size, error, error_size);
}

/* A port that cannot be had is refused before the run begins; from then on nothing about the page ends the run. */
static enum sr_status open_watch(struct command *c) {
    char reason[SR_ERROR_SIZE];
    if (!sr_option_given(&c->options, SR_CMD_TRAIN, "watch")) return SR_OK;
    enum sr_status status = sr_watch_open((uint16_t)c->options.watch, make_page, c, &c->watch, reason, sizeof reason);
    return status == SR_OK ? SR_OK : sr_error(c->error, sizeof c->error, status, "--watch %.400s", reason);
}

static enum sr_status open_ranks(struct command *c) {
    struct sr_open open;
    sr_options_open(&c->options, &open);
    enum sr_status status = sr_ranks_open(c->ranks, &open, c->options.patience, &c->device, c->error, sizeof c->error);
    if (status == SR_OK) sr_say_remark("train", c->device);
    return status;
}

static enum sr_status set_up(struct command *c) {
    struct sr_options *o = &c->options;
    struct sr_data_options data;
    if (!o->data) return fail(c, SR_ERR_ARGUMENT, "--data is missing (see spikeroll train --help)");
    if (!o->out) return fail(c, SR_ERR_ARGUMENT, "--out is missing (see spikeroll train --help)");
    if (o->resume && o->force) return fail(c, SR_ERR_ARGUMENT, "--resume contradicts --force");
    if (o->resume && o->init) return fail(c, SR_ERR_ARGUMENT, "--resume contradicts --init");
    struct sr_training_how how = {.out = o->out,
                                  .use = o->resume  ? SR_TRAINING_RESUME
                                         : o->force ? SR_TRAINING_REPLACE
                                                    : SR_TRAINING_NEW,
                                  .checkpoint_every = o->checkpoint_every,
                                  .time_limit = o->time_limit};
    enum sr_status status = o->resume ? SR_OK : sr_options_check(o, c->error, sizeof c->error);
    if (status == SR_OK && o->init) status = sr_model_load(o->init, &c->init, c->error, sizeof c->error);
    how.init = c->init;
    if (status == SR_OK)
        status = sr_training_open(&how, o->resume ? NULL : &o->config, &c->training, c->error, sizeof c->error);
    if (status == SR_OK && o->resume) status = repeat_settings(c);
    if (status == SR_OK && o->init) status = check_network(c, sr_training_config(c->training));
    if (status != SR_OK) return status;
    o->config = *sr_training_config(c->training);
    sr_config_data(&o->config, o->data, &data);
    data.moved = o->config.shift != 0;
    if ((status = sr_data_load(&data, &c->data, c->error, sizeof c->error)) != SR_OK) return status;
    status = c->ranks ? open_ranks(c) : sr_open_device("train", o, 0, &c->device, c->error, sizeof c->error);
    if (status != SR_OK) return status;
    if ((status = open_watch(c)) != SR_OK) return status;
    catch_signals(c->training, c->ranks);
    status = sr_training_start(c->training, &c->data, c->device);
    if (status != SR_OK) return fail_training(c, status);
    atomic_store(&c->watchable, true);
    return SR_OK;
}

static enum sr_status run_training(struct command *c) {
    enum sr_status status = set_up(c);
    if (status != SR_OK) return status;
    announce(c);
    sr_progress_view_begin(&c->view, c->options.json);
    status = sr_training_run(c->training, sr_progress_show, &c->view);
    sr_progress_view_end(&c->view);
    return status == SR_OK ? report(c) : fail_training(c, status);
}

static int train(int argc, char **argv, const struct sr_communicator *ranks) {
    struct command c = {.ranks = ranks};
    int code;
    atomic_init(&c.watchable, false);
    if (!sr_command_begin(&c.options, SR_CMD_TRAIN, argc, argv, intro, &code)) return code;
    enum sr_status status = run_training(&c);
    code = status == SR_OK ? SR_EXIT_OK : sr_complain(argv[0], status, c.error);
    if (c.training && c.training->accepted && code == SR_EXIT_INPUT) code = SR_EXIT_FAILURE;
    stoppable = NULL;
    sr_watch_close(c.watch);
    sr_training_close(c.training);
    sr_model_free(c.init);
    sr_device_close(c.device);
    sr_data_free(&c.data);
    sr_options_free(&c.options);
    return code;
}

/* A process that rank 0 commands. Signals are for rank 0, which ends this one in good order. */
static int serve(int argc, char **argv, const struct sr_communicator *ranks) {
    struct sr_options options;
    struct sr_open open = {0};
    char fault[SR_ERROR_SIZE] = "";
    for (size_t i = 0; i < SIGNALS; i++) signal(signals[i], SIG_IGN);
    enum sr_status status = sr_options_parse(&options, SR_CMD_TRAIN, argc, argv, fault, sizeof fault);
    sr_options_open(&options, &open);
    sr_ranks_serve(ranks, &open, options.patience, status == SR_OK ? NULL : fault);
    sr_ranks_end(ranks);
    sr_options_free(&options);
    return SR_EXIT_OK;
}

int sr_cmd_train(int argc, char **argv) {
    const struct sr_communicator *ranks;
    char error[SR_ERROR_SIZE];
    enum sr_status status = sr_ranks_begin(&ranks, error, sizeof error);
    if (status != SR_OK) return sr_complain(argv[0], status, error);
    if (ranks && ranks->rank) return serve(argc, argv, ranks);
    int code = train(argc, argv, ranks);
    if (ranks) sr_ranks_end(ranks);
    return code;
}
