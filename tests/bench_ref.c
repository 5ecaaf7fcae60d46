/* SPDX-License-Identifier: Apache-2.0
 * Speed of the engine `ref`: member-sample evaluations a second of whole generations, evaluation and update.
 *   bench_ref [seconds [mode [rank [threads [kernel]]]]]    mode: lowrank, full, local, local-on; kernel: as in SPIKEROLL_REF
 * Without a kernel the fastest, the general path and each kernel of this processor take turns, a generation each, so that other
 * work on the machine slows all of them alike. A line each, the fastest first.
 * Mode local: samples learned a second. At the beginning of a training, when most neurons have credit: random weights are
 * written again every 16 batches. local-on: one batch goes on to be learned, and a few neurons have credit, as later in a
 * training. Shape of N-MNIST: 578-128-10, T 10, N 512, B 128, +-1 factors, summed readout, 844 events a sample. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spikeroll/spikeroll.h>
#include "device/noise.h"

enum {
    INPUTS = 578,
    HIDDEN = 128,
    CLASSES = 10,
    STEPS = 10,
    PAIRS = 256,
    BATCH = 128,
    EVENTS = 844,
    WORDS = (INPUTS + 63) / 64
};

/* One thread: processor time, so that other work on the machine does not count. */
static double now(uint32_t threads) {
    struct timespec t;
    if (threads == 1) return (double)clock() / CLOCKS_PER_SEC;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t draw(uint64_t *state) { return sr_permute((*state)++); }

static void die(const struct sr_device *device) {
    fprintf(stderr, "bench_ref: %s\n", sr_device_error(device));
    exit(1);
}

/* Mode local, with the settings of the preset nmnist-local. */
static void bench_local(struct sr_device *device, const int16_t *weight, const struct sr_batch *batch, double seconds,
                        uint32_t threads, bool on) {
    struct sr_learning learning = {.pairs = 1, .sigma = {256}, .factor = {8389, 0, 0, 6606}, .error_mul = 5, .error_shift = 3};
    uint64_t generations = 0;
    double start = now(threads), elapsed = 0;
    do {
        if (!on && generations % 16 == 0 &&
            (sr_device_write_weights(device, 0, weight) || sr_device_write_weights(device, SR_READOUT_LAYER, weight)))
            die(device);
        learning.key = sr_generation_key(1, generations++);
        if (sr_device_learn(device, &learning, batch, NULL, NULL)) die(device);
        elapsed = now(threads) - start;
    } while (elapsed < seconds);
    printf("ref local%s, %u thread%s: %.0f samples learned a second\n", on ? ", going on" : "", (unsigned)threads,
           threads == 1 ? "" : "s", (double)generations * BATCH / elapsed);
}

struct device {
    const char *name;
    struct sr_device *device;
    double seconds, updating;
    uint64_t generations;
};

/* The engine with the kernel that SPIKEROLL_REF would name; false where this processor has none of that name. */
static bool open_device(const char *name, uint32_t threads, const int16_t *weight, struct device *d) {
    char error[256];
    struct sr_net net = {.layers = 1,
                         .inputs = INPUTS,
                         .hidden = {HIDDEN},
                         .classes = CLASSES,
                         .steps = STEPS,
                         .theta = {256, 256, 256, 256},
                         .leak = {32, 32, 32, 32}};
    *d = (struct device){.name = name};
    setenv("SPIKEROLL_REF", name, 1);
    if (sr_device_open(&(struct sr_open){.engine = "ref", .threads = threads}, &d->device, error, sizeof error)) return false;
    if (sr_device_configure(d->device, &net)) die(d->device);
    if (sr_device_write_weights(d->device, 0, weight) || sr_device_write_weights(d->device, SR_READOUT_LAYER, weight))
        die(d->device);
    return true;
}

static void run_generation(struct device *d, struct sr_evaluation *evaluation, const struct sr_batch *batch, uint32_t threads) {
    static int32_t fitness[2 * PAIRS];
    static uint32_t correct[2 * PAIRS];
    evaluation->noise.key = sr_generation_key(1, d->generations++);
    struct sr_update update = {.noise = evaluation->noise, .step = {4096, 0, 0, 4096}};
    double from = now(threads);
    if (sr_device_evaluate(d->device, evaluation, batch, fitness, correct)) die(d->device);
    double middle = now(threads);
    if (sr_device_update(d->device, &update)) die(d->device);
    double end = now(threads);
    d->seconds += end - from;
    d->updating += end - middle;
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 2.0;
    const char *mode = argc > 2 ? argv[2] : "lowrank";
    uint32_t rank = argc > 3 ? (uint32_t)atoi(argv[3]) : 1, threads = argc > 4 ? (uint32_t)atoi(argv[4]) : 1;
    uint64_t state = 1;
    static int16_t weight[INPUTS * HIDDEN];
    for (size_t i = 0; i < INPUTS * HIDDEN; i++) weight[i] = (int16_t)((int)(draw(&state) % 8192) - 4096); /* +-16 */
    static uint64_t bits[BATCH][STEPS * WORDS];
    static uint8_t labels[BATCH];
    static uint32_t ids[BATCH];
    const uint64_t *samples[BATCH];
    for (uint32_t b = 0; b < BATCH; b++) {
        for (uint32_t placed = 0; placed < EVENTS;) {
            uint64_t r = draw(&state);
            uint32_t t = (uint32_t)(r % STEPS), j = (uint32_t)((r >> 32) % INPUTS);
            uint64_t *word = &bits[b][t * WORDS + j / 64], bit = UINT64_C(1) << j % 64;
            placed += !(*word & bit);
            *word |= bit;
        }
        samples[b] = bits[b];
        labels[b] = (uint8_t)(b % CLASSES);
        ids[b] = b;
    }
    struct sr_batch batch = {.count = BATCH, .ids = ids, .bits = samples, .labels = labels};
    static const char *const names[] = {"", "general", "sse41", "avx2", "avx512", "neon"}; /* "": the fastest */
    struct device devices[sizeof names / sizeof names[0]];
    size_t count = 0;
    const bool local = strncmp(mode, "local", 5) == 0;
    const char *wanted = argc > 5 ? argv[5] : local ? "" : NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if ((!wanted || strcmp(names[i], wanted) == 0) && open_device(names[i], threads, weight, &devices[count])) count++;
    if (!count) {
        fprintf(stderr, "bench_ref: no kernel \"%s\" here\n", wanted);
        return 1;
    }
    if (local) {
        bench_local(devices[0].device, weight, &batch, seconds, threads, !strcmp(mode, "local-on"));
        sr_device_close(devices[0].device);
        return 0;
    }
    struct sr_evaluation evaluation = {.noise = {.pairs = PAIRS, .rank = rank},
                                       .scale = {256, 256, 256, 256},
                                       .pair_count = PAIRS,
                                       .fitness = SR_FITNESS_LOGSOFTMAX,
                                       .fitness_mul = 5,
                                       .fitness_shift = 3};
    evaluation.noise.mode = strcmp(mode, "full") ? SR_MODE_LOWRANK : SR_MODE_FULL;
    evaluation.noise.readout_mode = evaluation.noise.mode;
    while (devices[0].seconds < seconds)
        for (size_t i = 0; i < count; i++) run_generation(&devices[i], &evaluation, &batch, threads);
    for (size_t i = 0; i < count; i++) {
        const struct device *d = &devices[i];
        printf(
            "ref %s rank %u, %u thread%s, %s: %.0f member-sample evaluations a second, update included (update %.1f %% of "
            "the time)\n",
            mode, (unsigned)rank, (unsigned)threads, threads == 1 ? "" : "s", *d->name ? d->name : "fastest",
            (double)d->generations * 2 * PAIRS * BATCH / d->seconds, 100 * d->updating / d->seconds);
        sr_device_close(d->device);
    }
    return 0;
}
