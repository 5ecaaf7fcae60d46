/* SPDX-License-Identifier: Apache-2.0
 * host/train/{plan,batcher,schedule,start}.c, host/cmd/options.c and parse.c: batches, steps, credit, schedules and option parsing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/options.h"
#include "train/batcher.h"
#include "train/limits.h"
#include "train/plan.h"

static void parse(struct sr_options *options, enum sr_command command, enum sr_status wanted, const char *text) {
    char line[1024], error[SR_ERROR_SIZE] = "", *rest = NULL, *argv[64] = {"train"};
    int argc = 1;
    snprintf(line, sizeof line, "%s", text);
    for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) argv[argc++] = word;
    enum sr_status status = sr_options_parse(options, command, argc, argv, error, sizeof error);
    if (status == SR_OK) status = sr_options_check(options, error, sizeof error);
    if ((status == SR_OK) != (wanted == SR_OK)) print_message("'%s': status %d, %s\n", text, (int)status, error);
    assert_int_equal(status, wanted);
    if (wanted != SR_OK) assert_true(strlen(error) > 0);
}

static void make_plan(struct sr_plan *plan, enum sr_status wanted, const char *text) {
    struct sr_options options;
    struct sr_net net;
    char error[SR_ERROR_SIZE] = "";
    parse(&options, SR_CMD_TRAIN, SR_OK, text);
    sr_config_net(&options.config, 578, 10, 10, &net);
    assert_int_equal(sr_plan_make(plan, &options.config, &net, 8, error, sizeof error), wanted);
    sr_options_free(&options);
}

static void good_options_are_taken(void **state) {
    (void)state;
    struct sr_options o;
    parse(
        &o, SR_CMD_TRAIN, SR_OK,
        "--hidden 100,50 --theta 300 --leak 8,16 --sigma 1.5 --mode full --seed 18446744073709551615 --resume --population=64");
    assert_int_equal(o.config.hidden.count, 2);
    assert_int_equal(o.config.hidden.value[1], 50);
    assert_int_equal(o.config.mode, SR_MODE_FULL);
    assert_int_equal(o.config.population, 64);
    assert_true(o.config.seed == UINT64_MAX);
    assert_true(o.config.sigma == 1.5);
    assert_true(o.resume);
    assert_true(sr_option_given(&o, SR_CMD_TRAIN, "sigma"));
    assert_false(sr_option_given(&o, SR_CMD_TRAIN, "step"));
    struct sr_net net;
    sr_config_net(&o.config, 578, 10, 10, &net);
    assert_int_equal(net.theta[1], 300);
    assert_int_equal(net.leak[1], 16);
    sr_options_free(&o);
    parse(&o, SR_CMD_BENCH, SR_OK, "--mode full,lowrank --rank 1,32");
    assert_int_equal(o.modes.value[0], SR_MODE_FULL);
    assert_int_equal(o.ranks.value[1], 32);
    sr_options_free(&o);
}

static void bad_options_are_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"--rank 0",
                                      "--rank 33",
                                      "--rank -1",
                                      "--rank 1x",
                                      "--rank ",
                                      "--rank 99999999999999999999",
                                      "--population 7",
                                      "--population 0",
                                      "--hidden 1,2,3,4",
                                      "--hidden 128,",
                                      "--hidden ,",
                                      "--hidden 0",
                                      "--theta 1,2",
                                      "--theta 32768",
                                      "--leak 256",
                                      "--sigma nan",
                                      "--sigma inf",
                                      "--sigma 0x1",
                                      "--sigma -1",
                                      "--sigma 17",
                                      "--step-final 1.5",
                                      "--mode half",
                                      "--mode lowran",
                                      "--dist ",
                                      "--nonsense",
                                      "--nonsense 3",
                                      "-q",
                                      "stray",
                                      "--json=3",
                                      "--mode full --rank 4",
                                      "--seed 18446744073709551616",
                                      "--seed -1",
                                      "--preset nonsuch",
                                      "--preset /nonsuch/file",
                                      "--frac-bits 9",
                                      "--data",
                                      "--confusion"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sr_options o;
        parse(&o, SR_CMD_TRAIN,
              !strncmp(bad[i], "--preset", 8)       ? SR_ERR_FILE
              : !strcmp(bad[i], "--hidden 1,2,3,4") ? SR_ERR_LIMIT
                                                    : SR_ERR_ARGUMENT,
              bad[i]);
        sr_options_free(&o);
    }
}

static void presets_give_way_to_the_command_line(void **state) {
    (void)state;
    char path[] = "/tmp/sr-preset-XXXXXX", line[128];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    fputs("# comment\nrank 4   # trailing\npopulation 32\n\nevents 5\n", file);
    fclose(file);
    struct sr_options o;
    snprintf(line, sizeof line, "--population 64 --preset %s", path);
    parse(&o, SR_CMD_TRAIN, SR_OK, line);
    assert_int_equal(o.config.rank, 4);
    assert_int_equal(o.config.population, 64);
    sr_options_free(&o);
    file = fopen(path, "a");
    fputs("rank 99\n", file);
    fclose(file);
    parse(&o, SR_CMD_TRAIN, SR_ERR_ARGUMENT, line);
    sr_options_free(&o);
    remove(path);
}

static void batches_cover_each_epoch_once(void **state) {
    (void)state;
    enum { COUNT = 103, BATCH = 10 };
    uint32_t samples[COUNT], held, chosen[BATCH], again[BATCH], first[BATCH];
    struct sr_batcher batcher;
    sr_split_validation(COUNT, 20, 5, samples, &held);
    assert_int_equal(held, 20);
    uint8_t used[COUNT] = {0};
    for (uint32_t i = 0; i < COUNT; i++) used[samples[i]]++;
    for (uint32_t i = 0; i < COUNT; i++) assert_int_equal(used[i], 1);
    assert_int_equal(sr_batcher_init(&batcher, samples, COUNT - held, BATCH, 5), SR_OK);
    for (uint32_t epoch = 0; epoch < 3; epoch++) {
        uint8_t drawn[COUNT] = {0};
        for (uint32_t b = 0; b < 8; b++) {
            sr_batcher_get(&batcher, epoch * 8 + b, chosen);
            if (epoch + b == 0) memcpy(first, chosen, sizeof first);
            for (uint32_t i = 0; i < BATCH; i++) assert_int_equal(drawn[chosen[i]]++, 0);
        }
        for (uint32_t i = COUNT - held; i < COUNT; i++) assert_int_equal(drawn[samples[i]], 0);
    }
    sr_batcher_get(&batcher, 0, again); /* back in time: no hidden state */
    assert_memory_equal(first, again, sizeof first);
    sr_batcher_get(&batcher, 8, again);
    assert_memory_not_equal(first, again, sizeof first);
    sr_batcher_free(&batcher);
    assert_int_equal(sr_batcher_init(&batcher, samples, 9, BATCH, 5), SR_ERR_ARGUMENT);
}

static void steps_are_encoded_to_the_nearest(void **state) {
    (void)state;
    uint32_t step = 1, doublings = 1;
    for (double ratio = 1e-4; ratio < 255; ratio *= 1.37) {
        sr_step_encode((uint64_t)ldexp(ratio, 24), 100, &step, &doublings);
        assert_in_range(step, 1, 65535);
        assert_in_range(doublings, 0, 8);
        assert_true(fabs(ldexp(step, (int)doublings) - ldexp(ratio, 16)) <= ldexp(0.5, (int)doublings) + 0.01);
        assert_true(!doublings || step >= 32768); /* no more doublings than it takes */
    }
    sr_step_encode(0, 1, &step, &doublings);
    assert_int_equal(step, 0);
    assert_int_equal(doublings, 0);
    sr_step_encode(127, 1, &step, &doublings); /* less than half of the smallest */
    assert_int_equal(step, 0);
    sr_step_encode((uint64_t)300 << 24, 127, &step, &doublings);
    assert_int_equal(step, 65535);
    assert_int_equal(doublings, 8);
    sr_step_encode((uint64_t)300 << 24, 128, &step, &doublings); /* 128 * 2^8 is beyond SR_UPDATE_REACH */
    assert_int_equal(step, 65535);
    assert_int_equal(doublings, 7);
    sr_step_encode((uint64_t)300 << 24, 16384 * 127, &step, &doublings);
    assert_int_equal(step, 65535);
    assert_int_equal(doublings, 0);
}

static double ratio_of(const struct sr_update *update, unsigned layer) {
    return ldexp(update->step[layer], (int)update->doublings[layer] - 16);
}

static void a_step_is_the_root_mean_square_asked_for(void **state) {
    (void)state;
    struct sr_plan plan;
    struct sr_update update;
    int32_t fitness[128] = {0};
    int8_t credit[64];
    make_plan(&plan, SR_OK,
              "--population 128 --rank 4 --step 0.25 --readout-step 0.5 --step-decay none --readout-mode full --sigma 2 "
              "--readout-sigma 2");
    assert_int_equal(plan.scale[0], 256);
    assert_int_equal(plan.scale[SR_READOUT_LAYER], 512);
    assert_int_equal(plan.scale[1], 0);
    sr_plan_update(&plan, 0, fitness, credit, &update);
    assert_null(update.credit);
    assert_true(fabs(ratio_of(&update, 0) * sqrt(64 * 4) / 256 - 0.25) < 0.002);
    assert_true(fabs(ratio_of(&update, 3) * sqrt(64) / 256 - 0.5) < 0.004);
    assert_int_equal(update.step[1], 0);
    make_plan(&plan, SR_OK, "--population 128 --shape scaled --step 0.25 --step-decay none");
    for (int p = 0; p < 64; p++) fitness[2 * p] = (p % 2 ? -1 : 1) * p * 1000;
    sr_plan_update(&plan, 0, fitness, credit, &update);
    assert_ptr_equal(update.credit, credit);
    assert_int_equal(credit[63], -127);
    assert_int_equal(credit[0], 0);
    assert_int_equal(credit[32], 65); /* round(127 * 32 / 63) */
    double squares = 0;
    for (int p = 0; p < 64; p++) squares += (double)credit[p] * credit[p];
    assert_true(fabs(ratio_of(&update, 0) * sqrt(squares) / 256 - 0.25) < 0.002);
    memset(fitness, 0, sizeof fitness); /* nothing to learn: nothing moves */
    sr_plan_update(&plan, 0, fitness, credit, &update);
    assert_int_equal(update.step[0], 0);
}

static void steps_shrink_to_the_final_fraction(void **state) {
    (void)state;
    static const char *const kinds[] = {"linear", "smooth"};
    for (int k = 0; k < 2; k++) {
        struct sr_plan plan;
        char text[96];
        snprintf(text, sizeof text, "--generations 1001 --step-final 0.25 --step-decay %s", kinds[k]);
        make_plan(&plan, SR_OK, text);
        uint32_t before = sr_schedule_q16(&plan.steps, 0, 0);
        assert_int_equal(before, 65536);
        for (uint32_t g = 1; g <= 1000; g++) {
            uint32_t now = sr_schedule_q16(&plan.steps, g, 0);
            assert_true(now <= before);
            before = now;
        }
        assert_int_equal(before, 16384);
        assert_in_range(sr_schedule_q16(&plan.steps, 500, 0), 40950, 40970); /* half way between */
    }
}

static void initial_weights_fill_their_range(void **state) {
    (void)state;
    struct sr_options o;
    struct sr_net net;
    parse(&o, SR_CMD_TRAIN, SR_OK, "--init-range 20 --readout-init-range 0 --seed 3");
    sr_config_net(&o.config, 578, 10, 10, &net);
    int16_t *weights = malloc(578 * 128 * sizeof *weights);
    assert_non_null(weights);
    sr_start_weights(&o.config, &net, 8, 0, weights);
    double sum = 0, squares = 0;
    for (int i = 0; i < 578 * 128; i++) {
        int whole = weights[i] >> 8;
        assert_in_range(whole + 20, 0, 40);
        assert_int_equal(weights[i] & 255, 128);
        sum += whole;
        squares += whole * whole;
    }
    assert_true(fabs(sum / (578 * 128)) < 0.2);
    assert_true(fabs(squares / (578 * 128) - 20 * 21 / 3.0) < 2);
    sr_start_weights(&o.config, &net, 8, SR_READOUT_LAYER, weights);
    for (int i = 0; i < 1280; i++) assert_int_equal(weights[i], 128);
    free(weights);
    sr_options_free(&o);
}

static void plans_beyond_the_numerics_are_refused(void **state) {
    (void)state;
    struct sr_plan plan;
    make_plan(&plan, SR_ERR_LIMIT, "--population 65534 --rank 32");
    make_plan(&plan, SR_ERR_LIMIT, "--sigma 16");
    make_plan(&plan, SR_ERR_LIMIT, "--sigma 0.001");
    make_plan(&plan, SR_ERR_LIMIT, "--temperature 2");
    make_plan(&plan, SR_ERR_LIMIT, "--step 16 --population 2");
    make_plan(&plan, SR_OK, "--sigma 0 --readout-sigma 1");
    assert_int_equal(plan.step_q24[0], 0);
    make_plan(&plan, SR_OK, "--temperature 100");
    assert_true(fabs(ldexp(plan.fitness_mul, -(int)plan.fitness_shift) * 100 / 64 - 1) < 0.04);
}

static void limits_are_told_in_options(void **state) {
    (void)state;
    struct sr_caps caps = {.engine = "small",
                           .lanes = 8,
                           .layers_max = 2,
                           .inputs_max = 600,
                           .hidden_max = 64,
                           .classes_max = 10,
                           .steps_max = 12,
                           .pairs_max = 64,
                           .rank_max = 4,
                           .weight_words = 5000,
                           .devices = 1,
                           .factors = 100};
    static const struct {
        const char *options, *wanted;
        uint32_t inputs;
        bool full;
    } cases[] = {
        {"--hidden 64", "", 578, false},
        {"--hidden 64", "the data has 700 inputs, engine small takes at most 600 (--pool makes them fewer)", 700, false},
        {"--hidden 65", "--hidden 65: engine small takes at most 64 neurons in that layer", 578, false},
        {"--hidden 8,8,8", "--hidden: 3 layers, engine small takes at most 2", 578, false},
        {"--hidden 8 --readout membrane", "--readout membrane: engine small has sum only", 578, false},
        {"--hidden 64,64",
         "--hidden: the weights of 578 inputs and these layers are 5136 words, engine small has room for 5000 (fewer neurons, "
         "or fewer inputs: --pool)",
         578, false},
        {"--hidden 8 --population 130", "--population 130: engine small takes at most 128", 578, false},
        {"--hidden 8 --rank 5", "--rank 5: engine small takes at most 4", 578, false},
        {"--hidden 8 --mode full", "--mode full: engine small has low rank only", 578, false},
        {"--hidden 8 --readout-mode full", "--readout-mode full: engine small has low rank only", 578, false},
        {"--hidden 8 --dist bell", "--dist bell: engine small has sign entries only", 578, false},
        {"--hidden 8 --mode full --population 128", "", 578, true},
        {"--hidden 8 --mode full --readout-mode lowrank",
         "--mode full with --readout-mode lowrank: engine small has one for both", 578, true},
        {"--hidden 8 --readout-mode full", "--mode lowrank with --readout-mode full: engine small has one for both", 578, true},
        {"--hidden 8 --rank 2", "--population 128 with --rank 2: pairs * rank is 128, engine small takes at most 100", 578,
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sr_options o;
        struct sr_net net;
        struct sr_plan plan;
        char error[SR_ERROR_SIZE] = "";
        parse(&o, SR_CMD_TRAIN, SR_OK, cases[i].options);
        caps.modes = SR_MODES_LOWRANK | SR_MODES_LEAK | SR_MODES_SUBTRACT | (cases[i].full ? SR_MODES_FULL : 0);
        caps.factors = cases[i].full ? 50 : 100;
        sr_config_net(&o.config, cases[i].inputs, 10, 10, &net);
        enum sr_status status = sr_net_limits(&net, &caps, error, sizeof error);
        if (status == SR_OK) status = sr_plan_make(&plan, &o.config, &net, 8, error, sizeof error);
        if (status == SR_OK) status = sr_plan_limits(&plan, &caps, error, sizeof error);
        assert_int_equal(status, *cases[i].wanted ? SR_ERR_LIMIT : SR_OK);
        assert_string_equal(error, cases[i].wanted);
        sr_options_free(&o);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_options_are_taken),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(presets_give_way_to_the_command_line),
        cmocka_unit_test(batches_cover_each_epoch_once),
        cmocka_unit_test(steps_are_encoded_to_the_nearest),
        cmocka_unit_test(a_step_is_the_root_mean_square_asked_for),
        cmocka_unit_test(steps_shrink_to_the_final_fraction),
        cmocka_unit_test(initial_weights_fill_their_range),
        cmocka_unit_test(plans_beyond_the_numerics_are_refused),
        cmocka_unit_test(limits_are_told_in_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
