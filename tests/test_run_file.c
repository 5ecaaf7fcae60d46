/* SPDX-License-Identifier: Apache-2.0
 * host/model/run_file.c and host/model/history.c: what is saved is what is loaded, damage is named, history is cut and compared.
 * More than 400 lines, because its helpers serve all cases. */
#define _DEFAULT_SOURCE /* flock */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/history.h"
#include "model/run_file.h"
#include "sample_run.h"
#include "train/random.h"

static char folder[] = "/tmp/sr-run-XXXXXX", path[256], path2[256], error[SR_ERROR_SIZE];

static int set_up(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/a.h5", folder);
    snprintf(path2, sizeof path2, "%s/b.csv", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    remove(path);
    remove(path2);
    snprintf(path2, sizeof path2, "%s/a.csv", folder);
    remove(path2);
    return rmdir(folder);
}

static void make_run(struct sr_run *run) { assert_true(sample_run(run)); }

static void write_bytes(const char *name, const uint8_t *bytes, size_t size) {
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void what_is_saved_is_loaded(void **state) {
    (void)state;
    struct sr_run run, loaded;
    make_run(&run);
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
        assert_int_equal(sr_run_save(path, &run, checkpoint, error, sizeof error), SR_OK);
        assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
        assert_memory_equal(&loaded.config, &run.config, sizeof run.config);
        assert_memory_equal(&loaded.net, &run.net, sizeof run.net);
        assert_int_equal(loaded.generation, 77);
        assert_true(loaded.data_hash == run.data_hash && loaded.seconds == run.seconds && loaded.frac_bits == 8);
        assert_true(loaded.has_best);
        assert_int_equal(loaded.best_total, 9);
        assert_int_equal(sr_weights_compare(&loaded.weights, &run.weights, &run.net, error, sizeof error), SR_OK);
        if (checkpoint)
            assert_int_equal(sr_weights_compare(&loaded.best, &run.best, &run.net, error, sizeof error), SR_OK);
        else
            assert_null(loaded.best.layer[0]);
        sr_run_free(&loaded);
    }
    run.best.layer[3][11]++;
    sr_weights_copy(&run.weights, &run.best, &run.net);
    run.best.layer[3][11]--;
    assert_int_equal(sr_weights_compare(&run.weights, &run.best, &run.net, error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "readout[0][11]"));
    sr_run_free(&run);
}

static void a_failed_save_leaves_the_old_file(void **state) {
    (void)state;
    struct sr_run run, loaded;
    make_run(&run);
    assert_int_equal(sr_run_save("/nonsuch/x.h5", &run, true, error, sizeof error), SR_ERR_FILE);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    char temporary[300];
    snprintf(temporary, sizeof temporary, "%s.tmp", path); /* as a kill would leave it */
    FILE *file = fopen(temporary, "w");
    fputs("half", file);
    fclose(file);
    assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
    sr_run_free(&loaded);
    run.generation = 78;
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    assert_int_not_equal(access(temporary, F_OK), 0);
    sr_run_free(&run);
}

/* Cut short anywhere, or lengthened: refused with a line that names the file. */
static void files_of_another_length_are_refused(void **state) {
    (void)state;
    struct sr_run run, loaded;
    uint8_t *bytes = NULL;
    make_run(&run);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    sr_run_free(&run);
    size_t size = sample_bytes(path, &bytes);
    assert_true(size > 1000 && size < 1000000);
    for (size_t cut = 0; cut < size; cut += cut + 50 < size ? 509 : 1) {
        write_bytes(path, bytes, cut);
        assert_int_not_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
        assert_non_null(strstr(error, path));
        assert_null(loaded.weights.layer[0]);
    }
    bytes[size] = 0;
    write_bytes(path, bytes, size + 1);
    assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_ERR_FORMAT);
    free(bytes);
    assert_int_equal(sr_run_load("/nonsuch", &loaded, error, sizeof error), SR_ERR_FILE);
    assert_int_equal(sr_model_path(folder, path2, sizeof path2, error, sizeof error), SR_ERR_FILE);
    snprintf(path2, sizeof path2, "%s/b.csv", folder);
}

/* One to three flipped bits anywhere: refused by the seal, before the library sees them. */
static void flipped_bits_are_refused(void **state) {
    (void)state;
    struct sr_run run, loaded;
    uint8_t *bytes = NULL, damaged[20000];
    make_run(&run);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    sr_run_free(&run);
    size_t size = sample_bytes(path, &bytes);
    assert_true(size > 1000 && size <= sizeof damaged);
    for (uint32_t n = 0; n < 5000; n++) {
        memcpy(damaged, bytes, size);
        for (uint32_t k = 0; k <= n % 3; k++) {
            uint32_t at = (uint32_t)sr_random(3, SR_PURPOSE_BENCH, n, k);
            damaged[at / 8 % size] ^= (uint8_t)(1u << at % 8);
        }
        if (!memcmp(damaged, bytes, size)) continue; /* the same bit twice */
        enum sr_status status = sr_run_parse(damaged, size, SR_RUN_RESUME, "flipped", &loaded, error, sizeof error);
        if (status != SR_ERR_FORMAT) fail_msg("flip %u: status %d", n, (int)status);
    }
    free(bytes);
}

/* A file of version 1 has no seal, and headers without checksums: whatever the library makes of flipped bits, it does so in a
 * child process. One byte of 128 is tried, and no answer but these two. */
static void a_damaged_version_1_file_crashes_nothing(void **state) {
    (void)state;
    struct sr_run loaded;
    uint8_t *bytes = NULL;
    unsigned refused = 0, read = 0;
    size_t size = sample_bytes(SAMPLE_VERSION1, &bytes);
    assert_true(size > 10000);
    for (size_t at = 7; at < size; at += 128) {
        bytes[at] ^= 0xca;
        enum sr_status status = sr_run_parse(bytes, size, SR_RUN_RESUME, "damaged", &loaded, error, sizeof error);
        bytes[at] ^= 0xca;
        if (status == SR_OK)
            read++;
        else
            refused++;
        assert_true(status == SR_OK || status == SR_ERR_FORMAT || status == SR_ERR_LIMIT || status == SR_ERR_ARGUMENT);
        sr_run_free(&loaded);
    }
    assert_true(refused > 5 && read > 5);
    free(bytes);
}

static void a_version_1_file_is_read(void **state) {
    (void)state;
    struct sr_run run, again;
    uint8_t *bytes = NULL;
    size_t size = sample_bytes(SAMPLE_VERSION1, &bytes);
    assert_int_equal(sr_run_parse(bytes, size, SR_RUN_RESUME, "version 1", &run, error, sizeof error), SR_OK);
    free(bytes);
    assert_int_equal(run.generation, 3);
    assert_int_equal(run.net.inputs, 50);
    assert_int_equal(run.net.hidden[0], 4);
    assert_true(run.config.seed == 12345678901234567890u);
    assert_int_equal(run.config.pool, 8);
    assert_int_equal(run.config.step_decay, SR_DECAY_NONE);
    assert_true(run.has_best && run.best_generation == 2 && run.best_correct == 1 && run.best_total == 10);
    assert_int_equal(run.array_count, 0);
    /* The sum that another reader (h5py) finds. */
    int32_t sum = 0;
    for (size_t i = 0; i < sr_layer_size(&run.net, SR_READOUT_LAYER); i++) sum += run.weights.layer[SR_READOUT_LAYER][i];
    assert_int_equal(sum, 31799);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    assert_int_equal(sr_checkpoint_load(path, &again, error, sizeof error), SR_OK);
    assert_int_equal(sr_weights_compare(&again.weights, &run.weights, &run.net, error, sizeof error), SR_OK);
    assert_int_equal(sr_weights_compare(&again.best, &run.best, &run.net, error, sizeof error), SR_OK);
    assert_memory_equal(&again.config, &run.config, sizeof run.config);
    sr_run_free(&run);
    sr_run_free(&again);
}

static void equal_runs_make_equal_files(void **state) {
    (void)state;
    struct sr_run run;
    uint8_t *bytes[2] = {NULL, NULL};
    size_t size[2];
    make_run(&run);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
        size[i] = sample_bytes(path, &bytes[i]);
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    free(bytes[0]);
    free(bytes[1]);
    sr_run_free(&run);
}

static void arrays_come_back_under_their_names(void **state) {
    (void)state;
    struct sr_run run, loaded;
    struct sr_array *momentum, *average, *other;
    make_run(&run);
    assert_int_equal(sr_run_array(&run, "momentum.hidden0", 40, 30, 4, &momentum), SR_OK);
    for (int i = 0; i < 1200; i++) ((int32_t *)momentum->values)[i] = i * -1000003;
    assert_int_equal(sr_run_array(&run, "average-readout", 10, 20, 8, &average), SR_OK);
    for (int i = 0; i < 200; i++) ((int64_t *)average->values)[i] = i * -1000000000003;
    assert_int_equal(sr_run_array(&run, "average-readout", 10, 21, 8, &other), SR_ERR_MISMATCH);
    assert_int_equal(sr_run_array(&run, "no/name", 1, 1, 1, &other), SR_ERR_ARGUMENT);
    assert_int_equal(sr_run_array(&run, "", 1, 1, 1, &other), SR_ERR_ARGUMENT);
    assert_int_equal(sr_run_array(&run, "size", 1, 1, 3, &other), SR_ERR_ARGUMENT);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    assert_int_equal(sr_checkpoint_load(path, &loaded, error, sizeof error), SR_OK);
    assert_int_equal(loaded.array_count, 2);
    assert_int_equal(sr_arrays_compare(&run, &loaded, error, sizeof error), SR_OK);
    ((int32_t *)sr_run_find_array(&loaded, "momentum.hidden0")->values)[31]++;
    assert_int_equal(sr_arrays_compare(&run, &loaded, error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "momentum.hidden0[1][1]"));
    sr_run_free(&loaded);
    assert_int_equal(sr_run_save(path, &run, false, error, sizeof error), SR_OK);
    assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
    assert_int_equal(loaded.array_count, 0); /* a model has none */
    assert_int_equal(sr_arrays_compare(&run, &loaded, error, sizeof error), SR_ERR_MISMATCH);
    assert_int_equal(sr_arrays_compare(&loaded, &run, error, sizeof error), SR_ERR_MISMATCH);
    sr_run_free(&loaded);
    sr_run_free(&run);
}

static void a_model_is_no_checkpoint(void **state) {
    (void)state;
    struct sr_run run, loaded;
    make_run(&run);
    assert_int_equal(sr_run_save(path, &run, false, error, sizeof error), SR_OK);
    assert_int_equal(sr_checkpoint_load(path, &loaded, error, sizeof error), SR_ERR_FORMAT);
    assert_non_null(strstr(error, "a model, not a checkpoint"));
    sr_run_free(&run);
}

/* flock is how HDF5 keeps others out; a file that is replaced as a whole needs no such thing. */
static void a_locked_file_is_read(void **state) {
    (void)state;
    struct sr_run run, loaded;
    make_run(&run);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    int fd = open(path, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
    sr_run_free(&loaded);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    close(fd);
    sr_run_free(&run);
}

/* Nothing waits for a pipe's other end, and nothing else than a file is read. */
static void what_is_no_file_is_refused(void **state) {
    (void)state;
    struct sr_run loaded;
    remove(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_ERR_FILE);
    assert_non_null(strstr(error, "not a regular file"));
    remove(path);
    assert_int_equal(sr_run_load(folder, &loaded, error, sizeof error), SR_ERR_FILE);
    assert_int_equal(sr_run_load("/dev/zero", &loaded, error, sizeof error), SR_ERR_FILE);
}

/* The disk is full (here: a limit on the size of files, which gives the same short writes): named by its reason, and what was
 * there stays. A link under the temporary file's name is not followed. */
static void a_failed_write_costs_nothing(void **state) {
    (void)state;
    struct sr_run run, loaded;
    char temporary[300], victim[300];
    struct rlimit limit, before;
    make_run(&run);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    run.generation = 78;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = (struct rlimit){4096, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_ERR_FILE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_non_null(strstr(error, "cannot be written: File too large"));
    snprintf(temporary, sizeof temporary, "%s.tmp", path);
    assert_int_not_equal(access(temporary, F_OK), 0);
    assert_int_equal(sr_checkpoint_load(path, &loaded, error, sizeof error), SR_OK);
    assert_int_equal(loaded.generation, 77);
    sr_run_free(&loaded);

    snprintf(victim, sizeof victim, "%s/a.csv", folder);
    write_bytes(victim, (const uint8_t *)"precious", 8);
    assert_int_equal(symlink(victim, temporary), 0);
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    uint8_t *bytes = NULL;
    assert_int_equal(sample_bytes(victim, &bytes), 8);
    free(bytes);
    remove(victim);

    assert_int_equal(mkdir(temporary, 0700), 0); /* cannot be removed as a file */
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_ERR_FILE);
    assert_non_null(strstr(error, ".tmp: cannot be made: Is a directory"));
    assert_int_equal(rmdir(temporary), 0);
    sr_run_free(&run);
}

static void history_is_cut_and_compared(void **state) {
    (void)state;
    char other[256];
    uint32_t columns = 0;
    snprintf(other, sizeof other, "%s/a.csv", folder);
    for (int copy = 0; copy < 2; copy++) {
        const char *name = copy ? other : path2;
        FILE *file;
        assert_int_equal(sr_history_create(name, error, sizeof error), SR_OK);
        assert_int_equal(sr_history_open(name, 0, &file, &columns, error, sizeof error), SR_OK);
        for (uint32_t g = 1; g <= 9; g++) {
            struct sr_history_row row = {.generation = g,
                                         .members = 4,
                                         .batch = 2,
                                         .fitness_sum = -(int64_t)g * 1000,
                                         .correct = g % 8,
                                         .fitness_hash = g,
                                         .seconds = copy,
                                         .counters = {.total = (uint64_t)copy}};
            assert_int_equal(sr_history_append(file, &row, columns), SR_OK);
        }
        fclose(file);
    }
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_OK);
    FILE *file = fopen(other, "a");
    fputs("10,half a li", file); /* as a kill would leave it */
    fclose(file);
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_ERR_MISMATCH);
    assert_int_equal(sr_history_open(other, 10, &file, &columns, error, sizeof error), SR_ERR_FORMAT);
    assert_int_equal(sr_history_open(other, 7, &file, &columns, error, sizeof error), SR_OK);
    struct sr_history_row row = {
        .generation = 8, .members = 4, .batch = 2, .fitness_sum = -8000, .correct = 0, .fitness_hash = 8};
    assert_int_equal(sr_history_append(file, &row, columns), SR_OK);
    assert_int_equal(sr_history_sync(file), SR_OK);
    fclose(file);
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "ends after generation 8"));
    assert_int_equal(sr_history_open(path2, 8, &file, &columns, error, sizeof error), SR_OK);
    fclose(file);
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_OK);
    assert_int_equal(sr_history_open(path2, 7, &file, &columns, error, sizeof error), SR_OK);
    row.fitness_hash = 9;
    assert_int_equal(sr_history_append(file, &row, columns), SR_OK);
    fclose(file);
    assert_int_equal(sr_history_compare(path2, other, error, sizeof error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error, "generation 8, fitness_hash"));
}

/* A history that began without the columns of modes in float, or without the clock's, stays without them; one with them has them in
 * every row. */
static void history_of_an_older_program_keeps_its_columns(void **state) {
    static const char old[] =
        "generation,fitness_mean,fitness_best,correct,fitness_hash,validation,cycles,base,project,lif,lif_busy,readout,update,"
        "events,link_tx,link_rx,link_retries,seconds";
    const struct sr_history_row row = {.generation = 2,
                                       .members = 1,
                                       .batch = 4,
                                       .evaluated = true,
                                       .validation_correct = 3,
                                       .validation_total = 4,
                                       .in_float = true,
                                       .spikes = 7.25,
                                       .active = 0.125,
                                       .float_correct = 2,
                                       .timed = true,
                                       .time_spent = 16384};
    char line[512], name[256];
    FILE *file;
    uint32_t columns = 0;
    (void)state;
    snprintf(name, sizeof name, "%s/old.csv", folder);
    for (int later = 0; later < 2; later++) {
        file = fopen(name, "w");
        fprintf(file, "%s%s\n%s%s\n", old, later ? ",spikes,active,float_validation" : "",
                "1,0,0,0,0,,0,0,0,0,0,0,0,0,0,0,0,1.000", later ? ",,," : "");
        fclose(file);
        assert_int_equal(sr_history_open(name, 1, &file, &columns, error, sizeof error), SR_OK);
        assert_int_equal(sr_history_append(file, &row, columns), SR_OK);
        fclose(file);
        file = fopen(name, "r");
        for (int i = 0; i < 3; i++) assert_non_null(fgets(line, sizeof line, file));
        assert_non_null(
            strstr(line, later ? ",0,0,0,0,0,0,0,0,0,0,0,0.000,7.25,0.125000,0.500000\n" : ",0,0,0,0,0,0,0,0,0,0,0,0.000\n"));
        fclose(file);
    }
    assert_int_equal(sr_history_create(name, error, sizeof error), SR_OK);
    assert_int_equal(sr_history_open(name, 0, &file, &columns, error, sizeof error), SR_OK);
    assert_int_equal(sr_history_append(file, &row, columns), SR_OK);
    rewind(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line,
                        "generation,fitness_mean,fitness_best,correct,fitness_hash,validation,cycles,base,lif,lif_busy,readout,"
                        "update,events,link_tx,link_rx,link_retries,seconds,spikes,active,float_validation,time_spent\n");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(
        line, "2,0.0000,0.0000,0.000000,0000000000000000,0.750000,0,0,0,0,0,0,0,0,0,0,0.000,7.25,0.125000,0.500000,0.250000\n");
    fclose(file);
    unlink(name);
}

static void rescaling_keeps_the_whole_part(void **state) {
    (void)state;
    struct sr_net net = {.layers = 1, .inputs = 256, .hidden = {1}, .classes = 2, .steps = 1};
    struct sr_weights weights;
    assert_int_equal(sr_weights_init(&weights, &net), SR_OK);
    for (int w = -127; w < 128; w++) weights.layer[0][w + 128] = (int16_t)(w * 256 + 77);
    sr_weights_rescale(&weights, &net, 8, 4);
    for (int w = -127; w < 128; w++) assert_int_equal(weights.layer[0][w + 128], w * 16);
    sr_weights_free(&weights);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_is_loaded),
        cmocka_unit_test(a_failed_save_leaves_the_old_file),
        cmocka_unit_test(files_of_another_length_are_refused),
        cmocka_unit_test(flipped_bits_are_refused),
        cmocka_unit_test(a_damaged_version_1_file_crashes_nothing),
        cmocka_unit_test(a_version_1_file_is_read),
        cmocka_unit_test(equal_runs_make_equal_files),
        cmocka_unit_test(arrays_come_back_under_their_names),
        cmocka_unit_test(a_model_is_no_checkpoint),
        cmocka_unit_test(a_locked_file_is_read),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_failed_write_costs_nothing),
        cmocka_unit_test(history_is_cut_and_compared),
        cmocka_unit_test(history_of_an_older_program_keeps_its_columns),
        cmocka_unit_test(rescaling_keeps_the_whole_part),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
