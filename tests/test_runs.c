/* SPDX-License-Identifier: Apache-2.0
 * What a device makes of runs that no call of the library asks for: settings and batch lists beyond its limits are refused before
 * anything is done, runs are ended and cut, and the device says so; after each of them it computes what ref does. On the simulation
 * builds of SR_SIM_BUILD (default: all that are there).
 * needs: simulation */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device/device.h"
#include "device/registry.h"
#include "link/link.h"
#include "map/sr_map.h"

enum { INPUTS = 40, HIDDEN = 13, CLASSES = 7, STEPS = 5, PAIRS = 3, SAMPLES = 4, WORDS = 1, MEMBERS = 2 * PAIRS };

/* A device and ref beside it, with the same network, weights and batch. */
struct bench {
    struct sr_device *sim, *ref;
    const struct sr_caps *caps;
    struct sr_net net;
    int16_t hidden[INPUTS * HIDDEN], readout[CLASSES * HIDDEN];
    uint64_t bits[SAMPLES][STEPS * WORDS];
    const uint64_t *rows[SAMPLES];
    uint32_t ids[SAMPLES];
    uint8_t labels[SAMPLES];
    struct sr_batch batch;
    struct sr_evaluation evaluation;
    uint32_t stride; /* sample words of a step */
};

static uint32_t dice = 1;
static uint32_t draw(uint32_t below) {
    dice = dice * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)dice * below >> 32);
}

static void must(struct sr_device *device, enum sr_status status) {
    if (status) fail_msg("%s", sr_device_error(device));
}

static struct sr_device *open_one(const struct sr_open *how) {
    char error[256];
    struct sr_device *device = NULL;
    if (sr_device_open(how, &device, error, sizeof error) != SR_OK) fail_msg("%s: %s", how->engine, error);
    return device;
}

/* sr_device_write_weights to both, and new samples. */
static void load(struct bench *b) {
    static uint32_t next_id = 1;
    for (unsigned i = 0; i < INPUTS * HIDDEN; i++)
        b->hidden[i] = (int16_t)((int)draw(60u << b->caps->frac_w) - (30 << b->caps->frac_w));
    for (unsigned i = 0; i < CLASSES * HIDDEN; i++)
        b->readout[i] = (int16_t)((int)draw(60u << b->caps->frac_w) - (30 << b->caps->frac_w));
    memset(b->bits, 0, sizeof b->bits);
    for (unsigned s = 0; s < SAMPLES; s++) {
        b->rows[s] = b->bits[s], b->ids[s] = next_id++, b->labels[s] = (uint8_t)draw(CLASSES);
        for (unsigned t = 0; t < STEPS; t++)
            for (unsigned j = 0; j < INPUTS; j++) b->bits[s][t] |= (uint64_t)(draw(3) == 0) << j;
    }
    struct sr_device *both[2] = {b->sim, b->ref};
    for (unsigned i = 0; i < 2; i++) {
        must(both[i], sr_device_configure(both[i], &b->net));
        must(both[i], sr_device_write_weights(both[i], 0, b->hidden));
        must(both[i], sr_device_write_weights(both[i], SR_READOUT_LAYER, b->readout));
    }
}

/* Inference, evaluation, update and weights alike on both. */
static void alike(struct bench *b) {
    int32_t scores[2][SAMPLES * CLASSES], fitness[2][MEMBERS];
    uint32_t correct[2][MEMBERS];
    uint8_t predicted[2][SAMPLES];
    int16_t hidden[2][INPUTS * HIDDEN], readout[2][CLASSES * HIDDEN];
    struct sr_update update = {.noise = b->evaluation.noise, .step = {51200, 0, 0, 51200}, .doublings = {4, 0, 0, 4}};
    struct sr_device *both[2] = {b->sim, b->ref};
    for (unsigned i = 0; i < 2; i++) {
        must(both[i], sr_device_infer(both[i], &b->batch, scores[i], predicted[i]));
        must(both[i], sr_device_evaluate(both[i], &b->evaluation, &b->batch, fitness[i], correct[i]));
        must(both[i], sr_device_update(both[i], &update));
        must(both[i], sr_device_read_weights(both[i], 0, hidden[i]));
        must(both[i], sr_device_read_weights(both[i], SR_READOUT_LAYER, readout[i]));
    }
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    assert_memory_equal(predicted[0], predicted[1], sizeof predicted[0]);
    assert_memory_equal(fitness[0], fitness[1], sizeof fitness[0]);
    assert_memory_equal(correct[0], correct[1], sizeof correct[0]);
    assert_memory_equal(hidden[0], hidden[1], sizeof hidden[0]);
    assert_memory_equal(readout[0], readout[1], sizeof readout[0]);
}

static int begin(void **state) {
    struct bench *b = calloc(1, sizeof *b);
    if (!b) return -1;
    b->sim = open_one(&(struct sr_open){.engine = "sim", .threads = 1, .reset_seed = 5, .build = *state});
    b->caps = sr_device_caps(b->sim);
    b->ref = open_one(&(struct sr_open){.engine = "ref", .threads = 1, .frac_bits = b->caps->frac_w});
    b->net = (struct sr_net){
        .layers = 1, .inputs = INPUTS, .hidden = {HIDDEN}, .classes = CLASSES, .steps = STEPS, .theta = {60}, .leak = {32}};
    b->evaluation = (struct sr_evaluation){.noise = {.key = 99, .pairs = PAIRS, .rank = 2, .dist = SR_DIST_SIGN},
                                           .pair_count = PAIRS,
                                           .scale = {512, 0, 0, 512},
                                           .fitness = SR_FITNESS_LOGSOFTMAX,
                                           .fitness_mul = 3,
                                           .fitness_shift = 2};
    b->batch = (struct sr_batch){SAMPLES, b->ids, b->rows, b->labels};
    b->stride = (INPUTS + b->caps->sample_w - 1) / b->caps->sample_w;
    *state = b;
    return 0;
}

static int end(void **state) {
    struct bench *b = *state;
    sr_device_close(b->sim);
    sr_device_close(b->ref);
    free(b);
    return 0;
}

/* ---- requests of our own ---- */

/* `text` NULL: the device obeys; else its refusal says so. */
static void ask(struct bench *b, uint8_t op, const uint8_t *payload, size_t count, const char *text) {
    size_t length = 0;
    enum sr_status status = sr_link_ask((struct sr_link *)b->sim, op, payload, count, 0, &length);
    if (!text && status) fail_msg("%s", sr_device_error(b->sim));
    if (text && (status != SR_ERR_DEVICE || !strstr(sr_device_error(b->sim), text)))
        fail_msg("expected %s: %s", text, status ? sr_device_error(b->sim) : "obeyed");
}

static void run(struct bench *b, uint8_t flags, const char *text) {
    ask(b, SR_OP_RUN, &flags, 1, NULL);
    ask(b, SR_OP_WAIT, NULL, 0, text);
}

static void put(struct bench *b, unsigned address, uint32_t value) {
    must(b->sim, sr_device_write_registers(b->sim, address, 1, &value));
}

static uint32_t get(struct bench *b, unsigned address) {
    uint32_t value = 0;
    must(b->sim, sr_device_read_registers(b->sim, address, 1, &value));
    return value;
}

/* The registers of an evaluation of everything, and its batch list; returns in `list` what it wrote. */
static void prepare(struct bench *b, uint32_t *list) {
    uint8_t bytes[4 * SAMPLES];
    load(b);
    alike(b); /* which leaves registers, samples and list on the device */
    must(b->sim, sr_device_read_memory(b->sim, SR_MEM_BATCH, 0, bytes, SAMPLES));
    for (unsigned s = 0; s < SAMPLES; s++)
        list[s] = bytes[4 * s] | (uint32_t)bytes[4 * s + 1] << 8 | (uint32_t)bytes[4 * s + 2] << 16 |
                  (uint32_t)bytes[4 * s + 3] << 24;
}

static void put_entry(struct bench *b, uint32_t place, uint32_t entry) {
    const uint8_t bytes[4] = {(uint8_t)entry, (uint8_t)(entry >> 8), (uint8_t)(entry >> 16), (uint8_t)(entry >> 24)};
    must(b->sim, sr_device_write_memory(b->sim, SR_MEM_BATCH, place, bytes, 1));
}

enum { WHOLE = SR_RUN_EVALUATE | SR_RUN_SHAPE | SR_RUN_UPDATE };

/* A run that is refused leaves fitness, pair weights and weights as they were. */
static void refused(struct bench *b, uint8_t flags, const char *text) {
    int16_t hidden[2][INPUTS * HIDDEN], readout[2][CLASSES * HIDDEN];
    uint8_t fitness[2][4 * MEMBERS], credit[2][PAIRS];
    for (unsigned i = 0; i < 2; i++) {
        if (i) run(b, flags, text);
        must(b->sim, sr_device_read_weights(b->sim, 0, hidden[i]));
        must(b->sim, sr_device_read_weights(b->sim, SR_READOUT_LAYER, readout[i]));
        must(b->sim, sr_device_read_memory(b->sim, SR_MEM_FITNESS, 0, fitness[i], MEMBERS));
        must(b->sim, sr_device_read_memory(b->sim, SR_MEM_CREDIT, 0, credit[i], PAIRS));
    }
    assert_memory_equal(hidden[0], hidden[1], sizeof hidden[0]);
    assert_memory_equal(readout[0], readout[1], sizeof readout[0]);
    assert_memory_equal(fitness[0], fitness[1], sizeof fitness[0]);
    assert_memory_equal(credit[0], credit[1], sizeof credit[0]);
}

/* ---- cases ---- */

/* The runs here are of low rank. A build for mode local alone has none of them. */
static void needs_low_rank(const struct bench *b) {
    if (b->caps->modes & SR_MODES_LOWRANK) return;
    printf("# low rank is not in this build\n");
    skip();
}

static void limits_are_met_before_the_run(void **state) {
    struct bench *b = *state;
    uint32_t list[SAMPLES];
    needs_low_rank(b);
    prepare(b, list);
    static const uint8_t flags[] = {WHOLE, SR_RUN_EVALUATE};
    for (unsigned n = 0; n < 2; n++) {
        for (unsigned place = 0; place < SAMPLES; place += SAMPLES - 1) {
            for (uint32_t label = CLASSES; label < 16; label += 4) {
                put_entry(b, place, (list[place] & 0x0FFFFFFF) | label << 28);
                refused(b, flags[n], "LIMIT_LABEL");
            }
            const uint32_t beyond[] = {b->caps->sample_words - STEPS * b->stride + 1, b->caps->sample_words, 0x08000000,
                                       0x0FFFFFFF};
            for (unsigned i = 0; i < 4; i++) {
                put_entry(b, place, (list[place] & 0xF0000000) | beyond[i]);
                refused(b, flags[n], "LIMIT_BATCH");
            }
            put_entry(b, place, list[place]);
        }
        static const struct {
            unsigned address;
            uint32_t value;
            const char *text;
        } wrong[] = {{SR_REG_THETA0, 0x8000, "LIMIT_THETA"}, {SR_REG_THETA0, 0xFFFF, "LIMIT_THETA"},
                     {SR_REG_FITNESS, 3, "LIMIT_FITNESS"},   {SR_REG_STEPS, 0, "LIMIT_STEPS"},
                     {SR_REG_CLASSES, 1, "LIMIT_CLASSES"},   {SR_REG_ROWS0, 0, "LIMIT_ROWS"},
                     {SR_REG_COLS0, 0, "LIMIT_COLS"},        {SR_REG_RANK, 0, "LIMIT_RANK"},
                     {SR_REG_PAIR_COUNT, 0, "LIMIT_PAIRS"},  {SR_REG_BATCH, 0, "LIMIT_BATCH"}};
        for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            uint32_t before = get(b, wrong[i].address);
            put(b, wrong[i].address, wrong[i].value);
            refused(b, flags[n], wrong[i].text);
            put(b, wrong[i].address, before);
        }
    }
    if (b->caps->factors < b->caps->rank_max * b->caps->pairs_max) { /* an update of more than was evaluated */
        uint32_t rank = get(b, SR_REG_RANK);
        put(b, SR_REG_RANK, b->caps->rank_max);
        put(b, SR_REG_PAIR_COUNT, 1);
        put(b, SR_REG_PAIRS, b->caps->factors / b->caps->rank_max + 1);
        refused(b, SR_RUN_EVALUATE | SR_RUN_UPDATE, "LIMIT_FACTORS");
        put(b, SR_REG_RANK, rank);
        put(b, SR_REG_PAIR_COUNT, PAIRS);
        put(b, SR_REG_PAIRS, PAIRS);
    }
    load(b);
    alike(b);
}

/* INFER and LEARN go alone, and flags that nobody has defined mean nothing: RUN itself is refused. */
static void flags_are_refused(void **state) {
    struct bench *b = *state;
    uint32_t list[SAMPLES];
    needs_low_rank(b);
    prepare(b, list);
    for (unsigned flags = 1; flags < 256; flags += flags < 65 ? 1 : 31) {
        const uint8_t byte = (uint8_t)flags;
        if (flags > 16 && flags != SR_RUN_LEARN) ask(b, SR_OP_RUN, &byte, 1, "BAD_FLAGS");
    }
    put(b, SR_REG_FITNESS, 3); /* which inference does not ask for */
    run(b, SR_RUN_INFER, NULL);
    load(b);
    alike(b);
}

/* Bits of a sample's words beyond the inputs are no events: they would add rows of weights that the network does not have. */
static void bits_beyond_the_inputs_are_nothing(void **state) {
    struct bench *b = *state;
    uint32_t list[SAMPLES], bytes = b->caps->sample_w / 8;
    needs_low_rank(b);
    prepare(b, list);
    uint8_t word[8], scores[2][4 * SAMPLES * (CLASSES + 1)], fitness[2][4 * MEMBERS];
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned s = 0; s < SAMPLES && i; s++)
            for (unsigned t = 0; t < STEPS; t++) {
                uint32_t at = (list[s] & 0x0FFFFFFF) + t * b->stride + b->stride - 1;
                must(b->sim, sr_device_read_memory(b->sim, SR_MEM_SAMPLE, at, word, 1));
                for (unsigned bit = INPUTS % b->caps->sample_w; bit < 8 * bytes; bit++)
                    word[bit / 8] |= (uint8_t)(1u << bit % 8);
                must(b->sim, sr_device_write_memory(b->sim, SR_MEM_SAMPLE, at, word, 1));
            }
        run(b, SR_RUN_EVALUATE, NULL);
        must(b->sim, sr_device_read_memory(b->sim, SR_MEM_FITNESS, 0, fitness[i], MEMBERS));
        run(b, SR_RUN_INFER, NULL);
        must(b->sim, sr_device_read_memory(b->sim, SR_MEM_SCORE, 0, scores[i], SAMPLES * (CLASSES + 1)));
    }
    assert_memory_equal(fitness[0], fitness[1], sizeof fitness[0]);
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    load(b);
    alike(b);
}

/* ABORT ends a run where it stands, RESET cuts it; after either the next run is whole. Before any run there is no code to report. */
static void runs_are_ended_and_cut(void **state) {
    struct bench *b = *state;
    uint32_t list[SAMPLES];
    const uint8_t flags = WHOLE;
    needs_low_rank(b);
    ask(b, SR_OP_WAIT, NULL, 0, "NO_RUN");
    assert_int_equal(get(b, SR_REG_STATUS), SR_REPLY_NO_RUN << 8);
    prepare(b, list);
    put(b, SR_REG_EPOCH, 1234);
    assert_int_equal(get(b, SR_REG_STATUS), 2);
    run(b, flags, NULL);
    const uint32_t whole = get(b, SR_REG_CYC_TOTAL);
    ask(b, SR_OP_ABORT, NULL, 0, NULL); /* of nothing */
    ask(b, SR_OP_WAIT, NULL, 0, NULL);
    unsigned aborted = 0;
    for (unsigned n = 0; n < 8; n++) { /* at various places of the run, as long as it is under way */
        ask(b, SR_OP_RUN, &flags, 1, NULL);
        for (unsigned i = 0; i < n; i++) (void)get(b, SR_REG_STATUS);
        ask(b, SR_OP_ABORT, NULL, 0, NULL);
        size_t length = 0;
        if (sr_link_ask((struct sr_link *)b->sim, SR_OP_WAIT, NULL, 0, 0, &length) == SR_OK) {
            assert_true(b->caps->lanes >= 64); /* Only so wide a build is done before ABORT comes. */
            break;
        }
        aborted++;
        ask(b, SR_OP_WAIT, NULL, 0, "ABORTED");
        assert_true(get(b, SR_REG_CYC_TOTAL) < whole);
        assert_int_equal(get(b, SR_REG_STATUS), SR_REPLY_ABORTED << 8 | 2);
        load(b);
        alike(b);
    }
    assert_true(aborted > 0);
    for (unsigned n = 0; n < 8; n++) {
        put(b, SR_REG_EPOCH, 1234);
        ask(b, SR_OP_RUN, &flags, 1, NULL);
        for (unsigned i = 0; i < n; i++) (void)get(b, SR_REG_STATUS);
        ask(b, SR_OP_RESET, NULL, 0, NULL);
        assert_int_equal(get(b, SR_REG_STATUS), SR_REPLY_NO_RUN << 8);
        ask(b, SR_OP_WAIT, NULL, 0, "NO_RUN");
        load(b);
        alike(b);
    }
}

int main(void) {
    static const struct {
        const char *name;
        CMUnitTestFunction function;
    } cases[] = {{"limits_are_met_before_the_run", limits_are_met_before_the_run},
                 {"flags_are_refused", flags_are_refused},
                 {"bits_beyond_the_inputs_are_nothing", bits_beyond_the_inputs_are_nothing},
                 {"runs_are_ended_and_cut", runs_are_ended_and_cut}};
    enum { CASES = sizeof cases / sizeof cases[0] };
    static struct CMUnitTest tests[64];
    static char names[64][64];
    size_t count = 0;
    const char *only = getenv("SR_SIM_BUILD"), *folder = getenv("B");
    char path[256], builds[1024];
    snprintf(path, sizeof path, "%.200s/sim", folder && *folder ? folder : "build");
    setenv("SPIKEROLL_SIM_PATH", path, 0);
    if (only && *only)
        snprintf(builds, sizeof builds, "%s", only);
    else
        sr_registry_builds(builds, sizeof builds);
    for (char *rest = builds, *build; (build = strtok_r(rest, " ,", &rest));)
        for (size_t i = 0; i < CASES && count < 64; i++, count++) {
            snprintf(names[count], sizeof names[count], "%.40s_%.20s", cases[i].name, build);
            tests[count] = (struct CMUnitTest){names[count], cases[i].function, begin, end, build};
        }
    if (!count) {
        fprintf(stderr, "no simulation build in %s\n", getenv("SPIKEROLL_SIM_PATH"));
        return 2;
    }
    return _cmocka_run_group_tests("runs", tests, count, NULL, NULL);
}
