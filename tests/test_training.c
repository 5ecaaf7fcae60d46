/* SPDX-License-Identifier: Apache-2.0
 * The library's public interface, as a program of a user's calls it: settings, data from memory, training with a callback, models,
 * and what may be called after a failure. Public headers only. */
#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <spikeroll/spikeroll.h>

#include "remove_run.h"

enum { CLASSES = 4, INPUTS = 70, STEPS = 6, TRAIN = 200, TEST = 60, WORDS = 2 };

static char folder[] = "/tmp/sr-training-XXXXXX", run[64], error[512];
static struct sr_data *data;

/* Class c spikes in its own quarter of the inputs, and a little elsewhere. */
static struct sr_data *make_data(void) {
    static uint64_t bits[2][TRAIN * STEPS * WORDS];
    static uint8_t labels[2][TRAIN];
    struct sr_data_arrays arrays = {.classes = CLASSES, .inputs = INPUTS, .steps = STEPS, .count = {TRAIN, TEST}};
    uint32_t state = 1;
    for (int split = 0; split < 2; split++) {
        memset(bits[split], 0, sizeof bits[split]);
        for (uint32_t i = 0; i < arrays.count[split]; i++) {
            labels[split][i] = (uint8_t)(i % CLASSES);
            for (uint32_t t = 0; t < STEPS; t++) {
                for (uint32_t j = 0; j < INPUTS; j++) {
                    state = state * 1664525u + 1013904223u;
                    bool own = j / 18 == i % CLASSES;
                    if ((state >> 16) % 100 < (own ? 60u : 5u))
                        bits[split][(i * STEPS + t) * WORDS + j / 64] |= UINT64_C(1) << j % 64;
                }
            }
        }
        arrays.bits[split] = bits[split];
        arrays.labels[split] = labels[split];
    }
    struct sr_data *made = NULL;
    assert_int_equal(sr_data_make(&arrays, &made, error, sizeof error), SR_OK);
    bits[0][1] |= UINT64_C(1) << 6; /* input 70 */
    struct sr_data *bad = NULL;
    assert_int_equal(sr_data_make(&arrays, &bad, error, sizeof error), SR_ERR_ARGUMENT);
    assert_string_equal(error, "sample 0, step 0: a bit past the 70 inputs");
    bits[0][1] &= 63;
    labels[1][5] = CLASSES;
    assert_int_equal(sr_data_make(&arrays, &bad, error, sizeof error), SR_ERR_ARGUMENT);
    assert_string_equal(error, "sample 5: label 4 is not below 4");
    assert_null(bad);
    return made;
}

static int set_up(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(run, sizeof run, "%s/run", folder);
    data = make_data();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    remove_run(run);
    sr_data_close(data);
    return rmdir(folder);
}

static struct sr_config *settings(const char *generations) {
    static const char *const set[][2] = {{"hidden", "16"},     {"population", "32"},  {"batch", "20"},
                                         {"eval-every", "10"}, {"temperature", "50"}, {"step-decay", "none"}};
    struct sr_config *config = NULL;
    assert_int_equal(sr_config_new(&config), SR_OK);
    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
        assert_int_equal(sr_config_set(config, set[i][0], set[i][1], error, sizeof error), SR_OK);
    assert_int_equal(sr_config_set(config, "generations", generations, error, sizeof error), SR_OK);
    return config;
}

static struct sr_device *ref(void) {
    struct sr_device *device = NULL;
    const struct sr_open how = {.engine = "ref", .threads = 1};
    assert_int_equal(sr_device_open(&how, &device, error, sizeof error), SR_OK);
    return device;
}

struct seen {
    uint32_t calls, validated, stop_after;
    double best;
};

static bool see(void *context, const struct sr_progress *p) {
    struct seen *seen = context;
    seen->calls++;
    seen->validated += p->validated;
    if (p->has_best) seen->best = p->best;
    assert_true(p->generation <= p->generations);
    assert_true(p->accuracy >= 0 && p->accuracy <= 1);
    return seen->stop_after == 0 || seen->calls < seen->stop_after;
}

/* Train; returns the weights' model. out NULL: in memory. */
static struct sr_model *train(const char *out, enum sr_training_use use, struct sr_config *config, struct seen *seen,
                              enum sr_training_end wanted) {
    struct sr_training *training = NULL;
    struct sr_training_how how = {.out = out, .use = use, .checkpoint_every = 7};
    struct sr_device *device = ref();
    struct sr_model *model = NULL;
    uint32_t correct = 0, total = 0;
    enum sr_status status = sr_training_open(&how, config, &training, error, sizeof error);
    if (status != SR_OK) print_message("%s\n", error);
    assert_int_equal(status, SR_OK);
    assert_int_equal(sr_training_run(training, NULL, NULL), SR_ERR_ARGUMENT); /* not started: nothing lost by asking */
    assert_int_equal(sr_training_start(training, data, device), SR_OK);
    status = sr_training_run(training, see, seen);
    if (status != SR_OK) print_message("%s\n", sr_training_error(training));
    assert_int_equal(status, SR_OK);
    assert_int_equal(sr_training_ended(training), wanted);
    assert_int_equal(sr_training_test(training, &correct, &total), SR_OK);
    assert_int_equal(total, TEST);
    assert_int_equal(sr_training_model(training, &model), SR_OK);
    sr_training_close(training);
    /* The model, on a device of its own, is what the training said. */
    uint32_t again = 0;
    assert_int_equal(sr_model_to_device(model, device), SR_OK);
    assert_int_equal(sr_data_accuracy(data, SR_SPLIT_TEST, device, &again, &total), SR_OK);
    assert_int_equal(again, correct);
    sr_device_close(device);
    sr_config_free(config);
    return model;
}

static void same_weights(struct sr_model *a, struct sr_model *b) {
    const struct sr_net *net = sr_model_net(a);
    assert_int_equal(sr_model_generation(a), sr_model_generation(b));
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t size = (size_t)sr_net_rows(net, l) * sr_net_cols(net, l) * sizeof(int16_t);
        if (size) assert_memory_equal(sr_model_weights(a, l), sr_model_weights(b, l), size);
    }
}

static void a_network_is_trained_in_memory(void **state) {
    (void)state;
    struct seen seen = {0};
    struct sr_model *model = train(NULL, SR_TRAINING_NEW, settings("60"), &seen, SR_END_COMPLETE);
    assert_int_equal(seen.calls, 60);
    assert_int_equal(seen.validated, 6);
    assert_true(seen.best > 0.7); /* a guess is right in 0.25 */
    char path[600];
    snprintf(path, sizeof path, "%s/model.h5", folder);
    assert_int_equal(sr_model_save(model, path, error, sizeof error), SR_OK);
    struct sr_model *loaded = NULL;
    assert_int_equal(sr_model_load(path, &loaded, error, sizeof error), SR_OK);
    same_weights(model, loaded);
    unlink(path);
    sr_model_free(loaded);
    sr_model_free(model);
}

static void a_stopped_run_goes_on_as_if_unbroken(void **state) {
    (void)state;
    struct seen seen = {0}, part = {.stop_after = 25};
    struct sr_model *whole = train(NULL, SR_TRAINING_NEW, settings("40"), &seen, SR_END_COMPLETE);
    sr_model_free(train(run, SR_TRAINING_NEW, settings("40"), &part, SR_END_STOPPED));
    struct sr_training *training = NULL;
    struct sr_training_how how = {.out = run, .use = SR_TRAINING_NEW};
    struct sr_config *config = settings("40");
    assert_int_equal(sr_training_open(&how, config, &training, error, sizeof error), SR_ERR_FILE);
    assert_non_null(strstr(error, "holds a run already"));
    sr_config_free(config);
    how.use = SR_TRAINING_RESUME;
    assert_int_equal(sr_training_open(&how, NULL, &training, error, sizeof error), SR_OK);
    /* One at a time, in one process too. */
    struct sr_training *second = NULL;
    assert_int_equal(sr_training_open(&how, NULL, &second, error, sizeof error), SR_ERR_FILE);
    assert_non_null(strstr(error, "another process is training here"));
    assert_int_equal(sr_training_set(training, "hidden", "16"), SR_OK);
    assert_int_equal(sr_training_set(training, "hidden", "17"), SR_ERR_MISMATCH);
    assert_int_equal(sr_training_set(training, "generations", "10"), SR_ERR_MISMATCH); /* fewer than are done */
    assert_int_equal(sr_training_set(training, "nonsense", "1"), SR_ERR_ARGUMENT);
    sr_training_close(training); /* the lock goes with it */
    part = (struct seen){0};
    struct sr_model *resumed = train(run, SR_TRAINING_RESUME, NULL, &part, SR_END_COMPLETE);
    assert_int_equal(part.calls, 15);
    same_weights(whole, resumed);
    sr_model_free(whole);
    sr_model_free(resumed);
}

static void *stop_soon(void *training) {
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    sr_training_stop(training);
    return NULL;
}

static void another_thread_stops_a_run(void **state) {
    (void)state;
    struct sr_training *training = NULL;
    struct sr_training_how how = {.out = NULL};
    struct sr_config *config = settings("100000000");
    struct sr_device *device = ref();
    assert_int_equal(sr_training_open(&how, config, &training, error, sizeof error), SR_OK);
    assert_int_equal(sr_training_start(training, data, device), SR_OK);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, training), 0);
    assert_int_equal(sr_training_run(training, NULL, NULL), SR_OK);
    pthread_join(thread, NULL);
    assert_int_equal(sr_training_ended(training), SR_END_STOPPED);
    /* And on, until a call on the device is cancelled: then the training can only be closed. */
    sr_device_cancel(device);
    assert_int_equal(sr_training_run(training, NULL, NULL), SR_ERR_INTERRUPTED);
    assert_non_null(strstr(sr_training_error(training), "cancelled"));
    assert_int_equal(sr_training_run(training, NULL, NULL), SR_ERR_ARGUMENT);
    sr_training_close(training);
    sr_device_close(device);
    sr_config_free(config);
}

static void what_is_refused_leaves_no_folder(void **state) {
    (void)state;
    static const struct {
        const char *name, *text, *wanted;
        enum sr_status status;
    } bad[] = {{"batch", "500", "--batch 500: ", SR_ERR_LIMIT},
               {"frac-bits", "4", "--frac-bits 4: engine ref has 8", SR_ERR_MISMATCH},
               {"sigma", "16", "--sigma 16: ", SR_ERR_LIMIT}};
    char path[600];
    snprintf(path, sizeof path, "%s/never", folder);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sr_training *training = NULL;
        struct sr_training_how how = {.out = path};
        struct sr_config *config = settings("5");
        struct sr_device *device = ref();
        assert_int_equal(sr_config_set(config, bad[i].name, bad[i].text, error, sizeof error), SR_OK);
        assert_int_equal(sr_training_open(&how, config, &training, error, sizeof error), SR_OK);
        assert_int_equal(sr_training_start(training, data, device), bad[i].status);
        if (!strstr(sr_training_error(training), bad[i].wanted)) print_message("%s\n", sr_training_error(training));
        assert_non_null(strstr(sr_training_error(training), bad[i].wanted));
        assert_int_equal(sr_training_run(training, NULL, NULL), SR_ERR_ARGUMENT);
        sr_training_close(training);
        sr_device_close(device);
        sr_config_free(config);
        assert_int_equal(access(path, F_OK), -1);
    }
}

/* The loop that the library has, once more by hand: plan, evaluate, update. */
static void a_plan_makes_the_same_generations(void **state) {
    (void)state;
    struct seen seen = {0};
    struct sr_config *config = settings("3");
    assert_int_equal(sr_config_set(config, "validation", "0", error, sizeof error), SR_OK);
    assert_int_equal(sr_config_set(config, "batch", "200", error, sizeof error), SR_OK);
    struct sr_config *copy = NULL;
    assert_int_equal(sr_config_copy(config, &copy), SR_OK);
    struct sr_model *wanted = train(NULL, SR_TRAINING_NEW, copy, &seen, SR_END_COMPLETE);
    struct sr_net net;
    struct sr_plan *plan = NULL;
    struct sr_device *device = ref();
    sr_config_net(config, INPUTS, CLASSES, STEPS, &net);
    assert_int_equal(sr_plan_new(config, &net, sr_device_caps(device), &plan, error, sizeof error), SR_OK);
    assert_int_equal(sr_plan_pairs(plan), 16);
    struct sr_model *model = NULL;
    assert_int_equal(sr_model_new(&net, 8, &model), SR_OK);
    for (unsigned l = 0; l < SR_LAYERS; l++)
        if (sr_model_weights(model, l)) sr_start_weights(config, &net, 8, l, sr_model_weights(model, l));
    assert_int_equal(sr_model_to_device(model, device), SR_OK);
    uint32_t ids[TRAIN];
    uint8_t labels[TRAIN];
    const uint64_t *bits[TRAIN];
    for (uint32_t i = 0; i < TRAIN; i++) { /* all of them, so their order does not matter */
        ids[i] = i;
        bits[i] = sr_data_sample(data, SR_SPLIT_TRAIN, i, &labels[i]);
    }
    const struct sr_batch batch = {.count = TRAIN, .ids = ids, .bits = bits, .labels = labels};
    for (uint32_t g = 0; g < 3; g++) {
        struct sr_evaluation evaluation;
        struct sr_update update;
        int32_t fitness[32];
        int8_t credit[16];
        sr_plan_evaluation(plan, g, &evaluation);
        assert_int_equal(sr_device_evaluate(device, &evaluation, &batch, fitness, NULL), SR_OK);
        sr_plan_update(plan, g, fitness, credit, &update);
        assert_int_equal(sr_device_update(device, &update), SR_OK);
    }
    assert_int_equal(sr_model_from_device(model, device), SR_OK);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        size_t size = (size_t)sr_net_rows(&net, l) * sr_net_cols(&net, l) * sizeof(int16_t);
        if (size) assert_memory_equal(sr_model_weights(model, l), sr_model_weights(wanted, l), size);
    }
    sr_plan_free(plan);
    sr_model_free(model);
    sr_model_free(wanted);
    sr_device_close(device);
    sr_config_free(config);
}

static void settings_are_asked_by_name(void **state) {
    (void)state;
    char text[64];
    struct sr_config *config = settings("9");
    size_t count = 0;
    while (sr_config_name(count)) assert_non_null(sr_config_help(sr_config_name(count++)));
    assert_true(count > 30);
    assert_int_equal(sr_config_get(config, "generations", text, sizeof text), SR_OK);
    assert_string_equal(text, "9");
    assert_int_equal(sr_config_get(config, "nonsense", text, sizeof text), SR_ERR_ARGUMENT);
    assert_int_equal(sr_config_set(config, "population", "33", NULL, 0), SR_OK);
    assert_int_equal(sr_config_check(config, error, sizeof error), SR_ERR_ARGUMENT);
    assert_string_equal(sr_version(), SR_VERSION);
    sr_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_asked_by_name),           cmocka_unit_test(a_network_is_trained_in_memory),
        cmocka_unit_test(a_stopped_run_goes_on_as_if_unbroken), cmocka_unit_test(another_thread_stops_a_run),
        cmocka_unit_test(what_is_refused_leaves_no_folder),     cmocka_unit_test(a_plan_makes_the_same_generations),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
