/* SPDX-License-Identifier: Apache-2.0
 * Run files that somebody made by hand: each is a good file in which the HDF5 library, as any program could, changed one thing.
 * What could lead out of the file, past its end or over a buffer is refused in one line; what only looks different is read.
 * More than 400 lines, because a table of one case each. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>

#include "sample_run.h"

static char folder[] = "/tmp/sr-crafted-XXXXXX", path[256], other[256], error[SR_ERROR_SIZE];

static int set_up(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/a.h5", folder);
    snprintf(other, sizeof other, "%s/b.h5", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    remove(path);
    remove(other);
    return rmdir(folder);
}

static hid_t space_of(hsize_t count) { return count ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR); }

/* In place of attribute `name` of `object`, one of this type and count (0: scalar). */
static void attribute(hid_t file, const char *object, const char *name, hid_t type, hsize_t count, const void *value) {
    hid_t group = H5Gopen2(file, object, H5P_DEFAULT), space = space_of(count);
    if (H5Aexists(group, name) > 0) assert_true(H5Adelete(group, name) >= 0);
    hid_t made = H5Acreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(made >= 0 && H5Awrite(made, type, value) >= 0);
    H5Aclose(made);
    H5Sclose(space);
    H5Gclose(group);
}

static hid_t text_type(size_t size) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    return type;
}

static void text(hid_t file, const char *object, const char *name, const char *value) {
    hid_t type = text_type(strlen(value) + 1);
    attribute(file, object, name, type, 0, value);
    H5Tclose(type);
}

/* In place of data set `name`, an empty one made as `create` says. */
static hid_t set(hid_t file, const char *name, hid_t type, int rank, const hsize_t *shape, hid_t create) {
    hid_t space = H5Screate_simple(rank, shape, NULL);
    assert_true(H5Ldelete(file, name, H5P_DEFAULT) >= 0);
    hid_t made = H5Dcreate2(file, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    assert_true(made >= 0);
    H5Sclose(space);
    return made;
}

static const hsize_t hidden1[2] = {30, 20};

static void refill(hid_t file, hid_t type, hid_t create) {
    int16_t values[600];
    for (int i = 0; i < 600; i++) values[i] = (int16_t)(i * 50);
    hid_t made = set(file, "weights/hidden1", type, 2, hidden1, create);
    assert_true(H5Dwrite(made, H5T_NATIVE_INT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(made);
}

/* ---- what is done to a file ---- */

static void many_formats(hid_t f) {
    static char values[4096][32];
    hid_t type = text_type(32);
    memset(values, 'A', sizeof values);
    attribute(f, "/", "format", type, 200, values);
    H5Tclose(type);
}
static void many_kinds(hid_t f) {
    static char values[4096][6];
    hid_t type = text_type(6);
    for (int i = 0; i < 4096; i++) strcpy(values[i], "model");
    attribute(f, "/", "kind", type, 4096, values);
    H5Tclose(type);
}
static void long_format(hid_t f) {
    static char value[5000];
    memset(value, 'A', sizeof value - 1);
    text(f, "/", "format", value);
}
static void many_generations(hid_t f) {
    static uint32_t values[1000];
    attribute(f, "/", "generation", H5T_NATIVE_UINT32, 1000, values);
}
static void one_generation_in_a_row(hid_t f) {
    uint32_t value = 1;
    attribute(f, "/", "generation", H5T_NATIVE_UINT32, 1, &value);
}
static void no_generations(hid_t f) {
    hid_t group = H5Gopen2(f, "/", H5P_DEFAULT), space = H5Screate(H5S_NULL);
    H5Adelete(group, "generation");
    H5Aclose(H5Acreate2(group, "generation", H5T_NATIVE_UINT32, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Gclose(group);
}
static void real_generation(hid_t f) {
    double value = 1;
    attribute(f, "/", "generation", H5T_NATIVE_DOUBLE, 0, &value);
}
static void generation_of_16_bytes(hid_t f) {
    hid_t type = H5Tcopy(H5T_NATIVE_UINT64);
    uint64_t value[2] = {1, 0};
    H5Tset_size(type, 16);
    attribute(f, "/", "generation", type, 0, value);
    H5Tclose(type);
}
static void seconds_as_text(hid_t f) { text(f, "/", "seconds", "12"); }
static void seconds_are_none(hid_t f) {
    double value = NAN;
    attribute(f, "/", "seconds", H5T_NATIVE_DOUBLE, 0, &value);
}
static void many_thetas(hid_t f) {
    static uint32_t values[2000];
    for (int i = 0; i < 2000; i++) values[i] = 1;
    attribute(f, "network", "theta", H5T_NATIVE_UINT32, 2000, values);
}
static void three_thetas(hid_t f) {
    uint32_t values[3] = {1, 1, 1};
    attribute(f, "network", "theta", H5T_NATIVE_UINT32, 3, values);
}
static void many_neurons(hid_t f) {
    uint32_t value[2] = {30, 12000};
    attribute(f, "network", "hidden", H5T_NATIVE_UINT32, 2, value);
}
static void no_network(hid_t f) { H5Ldelete(f, "network", H5P_DEFAULT); }
static void network_is_a_set(hid_t f) {
    hid_t space = space_of(0);
    H5Ldelete(f, "network", H5P_DEFAULT);
    H5Dclose(H5Dcreate2(f, "network", H5T_STD_I16LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
}
static void external_group(hid_t f) {
    H5Ldelete(f, "weights", H5P_DEFAULT);
    assert_true(H5Lcreate_external(other, "weights", f, "weights", H5P_DEFAULT, H5P_DEFAULT) >= 0);
}
static void external_set(hid_t f) {
    H5Ldelete(f, "weights/hidden1", H5P_DEFAULT);
    assert_true(H5Lcreate_external(other, "weights/hidden1", f, "weights/hidden1", H5P_DEFAULT, H5P_DEFAULT) >= 0);
}
static void soft_set(hid_t f) {
    H5Ldelete(f, "weights/hidden1", H5P_DEFAULT);
    assert_true(H5Lcreate_soft("/best/hidden1", f, "weights/hidden1", H5P_DEFAULT, H5P_DEFAULT) >= 0);
}
static void dangling_set(hid_t f) {
    H5Ldelete(f, "weights/hidden1", H5P_DEFAULT);
    assert_true(H5Lcreate_soft("/nowhere", f, "weights/hidden1", H5P_DEFAULT, H5P_DEFAULT) >= 0);
}
static void set_is_a_group(hid_t f) {
    H5Ldelete(f, "weights/hidden1", H5P_DEFAULT);
    H5Gclose(H5Gcreate2(f, "weights/hidden1", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}
static void external_storage(hid_t f) {
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(create, "/etc/passwd", 0, 1200);
    H5Dclose(set(f, "weights/hidden1", H5T_STD_I16LE, 2, hidden1, create));
    H5Pclose(create);
}
static void virtual_set(hid_t f) {
    hid_t create = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, hidden1, NULL);
    assert_true(H5Pset_virtual(create, space, other, "/weights/hidden1", space) >= 0);
    H5Dclose(set(f, "weights/hidden1", H5T_STD_I16LE, 2, hidden1, create));
    H5Sclose(space);
    H5Pclose(create);
}
static void huge_set(hid_t f) {
    hsize_t shape[2] = {1u << 31, 1u << 31}, chunk[2] = {1024, 1024};
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 2, chunk);
    H5Dclose(set(f, "weights/hidden1", H5T_STD_I16LE, 2, shape, create));
    H5Pclose(create);
}
static void set_without_values(hid_t f) {
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 2, hidden1);
    H5Dclose(set(f, "weights/hidden1", H5T_STD_I16LE, 2, hidden1, create));
    H5Pclose(create);
}
/* 8 KB that ask for half a gigabyte. */
static void network_without_values(hid_t f) {
    uint32_t inputs = 65535, hidden = 4096;
    hsize_t shape[2] = {65535, 4096}, readout[2] = {10, 4096}, chunk[2] = {1024, 1024}, low[2] = {10, 1024};
    attribute(f, "network", "inputs", H5T_NATIVE_UINT32, 0, &inputs);
    attribute(f, "network", "hidden", H5T_NATIVE_UINT32, 1, &hidden);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 2, low);
    H5Dclose(set(f, "weights/readout", H5T_STD_I16LE, 2, readout, create));
    H5Pset_chunk(create, 2, chunk);
    H5Dclose(set(f, "weights/hidden0", H5T_STD_I16LE, 2, shape, create));
    H5Pclose(create);
}
/* One chunk is there, of a size that no array of this shape needs. */
static void huge_chunk(hid_t f) {
    hsize_t most[2] = {H5S_UNLIMITED, H5S_UNLIMITED}, chunk[2] = {8192, 8192};
    int16_t values[600] = {0};
    hid_t create = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, hidden1, most);
    H5Pset_chunk(create, 2, chunk);
    H5Pset_deflate(create, 9);
    H5Ldelete(f, "weights/hidden1", H5P_DEFAULT);
    hid_t made = H5Dcreate2(f, "weights/hidden1", H5T_STD_I16LE, space, H5P_DEFAULT, create, H5P_DEFAULT);
    assert_true(made >= 0 && H5Dwrite(made, H5T_NATIVE_INT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(made);
    H5Sclose(space);
    H5Pclose(create);
}
static void set_of_three_sides(hid_t f) {
    hsize_t shape[3] = {30, 20, 2};
    H5Dclose(set(f, "weights/hidden1", H5T_STD_I16LE, 3, shape, H5P_DEFAULT));
}
static void set_of_another_shape(hid_t f) {
    hsize_t shape[2] = {20, 30};
    int16_t values[600] = {0};
    hid_t made = set(f, "weights/hidden1", H5T_STD_I16LE, 2, shape, H5P_DEFAULT);
    H5Dwrite(made, H5T_NATIVE_INT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(made);
}
static void set_of_reals(hid_t f) { refill(f, H5T_IEEE_F32LE, H5P_DEFAULT); }
static void set_of_long_integers(hid_t f) { refill(f, H5T_STD_I32LE, H5P_DEFAULT); }
static void set_of_positive_integers(hid_t f) { refill(f, H5T_STD_U16LE, H5P_DEFAULT); }
static void scaled_set(hid_t f) { /* a filter that is the library's own, but none that weights need */
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 2, hidden1);
    H5Pset_scaleoffset(create, H5Z_SO_INT, 3);
    refill(f, H5T_STD_I16LE, create);
    H5Pclose(create);
}
static void newer_version(hid_t f) {
    uint32_t value = 3;
    attribute(f, "/", "version", H5T_NATIVE_UINT32, 0, &value);
}
static void no_version(hid_t f) {
    uint32_t value = 0;
    attribute(f, "/", "version", H5T_NATIVE_UINT32, 0, &value);
}
static void another_kind(hid_t f) { text(f, "/", "kind", "optimizer"); }
static void another_format(hid_t f) { text(f, "/", "format", "torch"); }
static void another_reset(hid_t f) { text(f, "network", "reset", "soft"); }
static void impossible_pooling(hid_t f) {
    uint32_t value = 65;
    attribute(f, "config", "pool", H5T_NATIVE_UINT32, 0, &value);
}
static void a_folder_of_arrays(hid_t f) {
    H5Gclose(H5Gcreate2(f, "arrays", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Gclose(H5Gcreate2(f, "arrays/x", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}
static void an_array_of_another_name(hid_t f) {
    hid_t space = H5Screate_simple(2, hidden1, NULL);
    int16_t values[600] = {0};
    H5Gclose(H5Gcreate2(f, "arrays", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    hid_t made = H5Dcreate2(f, "arrays/a b", H5T_STD_I16LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(made, H5T_NATIVE_INT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(made);
    H5Sclose(space);
}

/* Good files that look different. */
static void nothing(hid_t f) { (void)f; }
static void variable_text(hid_t f) {
    const char *format = "spikeroll", *reset = "subtract";
    hid_t type = text_type(H5T_VARIABLE);
    attribute(f, "/", "format", type, 0, &format);
    H5Tset_cset(type, H5T_CSET_UTF8); /* as h5py writes them */
    attribute(f, "network", "reset", type, 0, &reset);
    H5Tclose(type);
}
static void padded_text(hid_t f) {
    hid_t type = text_type(10);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    attribute(f, "/", "kind", type, 0, "checkpoint"); /* no zero byte behind it */
    H5Tclose(type);
}
static void wide_integers(hid_t f) {
    int64_t value = 77;
    attribute(f, "/", "generation", H5T_STD_I64BE, 0, &value);
    value = 77;
    attribute(f, "/", "generation", H5T_NATIVE_INT64, 0, &value);
}
static void packed_set(hid_t f) {
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 2, hidden1);
    H5Pset_shuffle(create);
    H5Pset_deflate(create, 9);
    refill(f, H5T_STD_I16LE, create);
    H5Pclose(create);
}
static void big_endian_set(hid_t f) { refill(f, H5T_STD_I16BE, H5P_DEFAULT); }
static void newer_shape(hid_t f) { text(f, "config", "shape", "ranked"); }
static void newer_option(hid_t f) {
    uint32_t value = 1;
    attribute(f, "config", "augmentation", H5T_NATIVE_UINT32, 0, &value);
}
static void option_of_a_strange_name(hid_t f) {
    uint32_t value = 1;
    attribute(f, "config", "two\nlines", H5T_NATIVE_UINT32, 0, &value);
}
static void option_of_a_long_name(hid_t f) {
    char name[200];
    uint32_t value = 1;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    attribute(f, "config", name, H5T_NATIVE_UINT32, 0, &value);
}
static void older_options(hid_t f) {
    hid_t group = H5Gopen2(f, "config", H5P_DEFAULT);
    H5Adelete(group, "batch-every");
    H5Adelete(group, "data-seed");
    H5Gclose(group);
}
static void no_options(hid_t f) { H5Ldelete(f, "config", H5P_DEFAULT); }

struct craft {
    const char *name;
    void (*make)(hid_t file);
    const char *load, *resume; /* what the refusal says, NULL: it is read; to infer with, and to go on from */
};
#define REFUSED(name, words) \
    { #name, name, words, words }

static const struct craft crafts[] = {
    REFUSED(many_formats, "format: not a short string"),
    REFUSED(many_kinds, "kind: not a short string"),
    REFUSED(long_format, "format: not a short string"),
    REFUSED(many_generations, "generation: not of the form"),
    REFUSED(one_generation_in_a_row, "generation: not of the form"),
    REFUSED(no_generations, "generation: not of the form"),
    REFUSED(real_generation, "generation: not of the form"),
    REFUSED(generation_of_16_bytes, "generation: not of the form"),
    REFUSED(seconds_as_text, "seconds: not of the form"),
    REFUSED(seconds_are_none, "seconds: out of range"),
    REFUSED(many_thetas, "theta: not of the form"),
    REFUSED(three_thetas, "must have 4 values"),
    REFUSED(many_neurons, "hidden: 12000 is out of range 1..4096"),
    REFUSED(no_network, "network: missing"),
    REFUSED(network_is_a_set, "network: missing"),
    REFUSED(external_group, "weights/hidden0: missing"),
    REFUSED(external_set, "weights/hidden1: missing"),
    REFUSED(soft_set, "weights/hidden1: missing"),
    REFUSED(dangling_set, "weights/hidden1: missing"),
    REFUSED(set_is_a_group, "weights/hidden1: missing"),
    REFUSED(external_storage, "weights/hidden1: its values are not in this file"),
    REFUSED(virtual_set, "weights/hidden1: its values are not in this file"),
    REFUSED(huge_set, "weights/hidden1: a side is out of range"),
    REFUSED(set_without_values, "weights/hidden1: its values are not in this file"),
    REFUSED(network_without_values, "weights/hidden0: its values are not in this file"),
    REFUSED(huge_chunk, "weights/hidden1: its values are not in this file"),
    REFUSED(set_of_three_sides, "weights/hidden1: not a matrix"),
    REFUSED(set_of_another_shape, "weights/hidden1: 20 x 30, but the network wants 30 x 20"),
    REFUSED(set_of_reals, "weights/hidden1: not a matrix"),
    REFUSED(set_of_long_integers, "weights/hidden1: not a matrix of 16-bit"),
    REFUSED(set_of_positive_integers, "weights/hidden1: not a matrix"),
    REFUSED(scaled_set, "weights/hidden1: its values are not in this file"),
    REFUSED(newer_version, "version: 3 is newer than 2"),
    REFUSED(no_version, "version: 0 is out of range"),
    REFUSED(another_kind, "kind: neither"),
    REFUSED(another_format, "not a spikeroll file"),
    REFUSED(another_reset, "reset: unknown word"),
    REFUSED(impossible_pooling, "pool: 65 is out of range 0..64"),
    REFUSED(a_folder_of_arrays, NULL),
    REFUSED(an_array_of_another_name, "a b: not an array that"),
    REFUSED(nothing, NULL),
    REFUSED(variable_text, NULL),
    REFUSED(padded_text, NULL),
    REFUSED(wide_integers, NULL),
    REFUSED(packed_set, NULL),
    REFUSED(big_endian_set, NULL),
    REFUSED(older_options, NULL),
    {"newer_shape", newer_shape, NULL, "shape: unknown word"},
    {"newer_option", newer_option, NULL, "--augmentation is unknown here: a newer program"},
    {"option_of_a_strange_name", option_of_a_strange_name, NULL, "--two?lines is unknown here"},
    {"option_of_a_long_name", option_of_a_long_name, NULL, "nnn is unknown here"},
    {"no_options", no_options, NULL, NULL},
};

static void expect(const char *name, const char *words, enum sr_status status, const struct sr_run *run) {
    if (!words && status != SR_OK) fail_msg("%s: %s", name, error);
    if (!words) {
        assert_int_equal(run->generation, 77);
        return;
    }
    if (status != SR_ERR_FORMAT) fail_msg("%s: status %d, %s", name, (int)status, error);
    if (!strstr(error, words) || !strstr(error, path) || strchr(error, '\n')) fail_msg("%s: %s", name, error);
    assert_null(run->weights.layer[0]);
}

static void crafted_files(void **state) {
    (void)state;
    struct sr_run run, loaded;
    assert_true(sample_run(&run));
    assert_int_equal(sr_run_save(other, &run, true, error, sizeof error), SR_OK); /* what links could lead to */
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    for (size_t i = 0; i < sizeof crafts / sizeof *crafts; i++) {
        assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        assert_true(file >= 0);
        crafts[i].make(file);
        assert_true(H5Fclose(file) >= 0);
        expect(crafts[i].name, crafts[i].load, sr_run_load(path, &loaded, error, sizeof error), &loaded);
        sr_run_free(&loaded);
        expect(crafts[i].name, crafts[i].resume, sr_checkpoint_load(path, &loaded, error, sizeof error), &loaded);
        sr_run_free(&loaded);
    }
    sr_run_free(&run);
}

/* The same in the oldest format, which other programs write by default. */
static void files_in_the_oldest_format(void **state) {
    (void)state;
    struct sr_run run, loaded;
    assert_true(sample_run(&run));
    assert_int_equal(sr_run_save(other, &run, true, error, sizeof error), SR_OK);
    for (size_t i = 0; i < sizeof crafts / sizeof *crafts; i++) {
        hid_t from = H5Fopen(other, H5F_ACC_RDONLY, H5P_DEFAULT);
        hid_t to = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        static const char *const groups[] = {"network", "config", "weights", "best"};
        static const char *const values[] = {"format",  "version",         "kind",         "generation", "data_hash",
                                             "seconds", "best_generation", "best_correct", "best_total"};
        assert_true(from >= 0 && to >= 0);
        for (size_t k = 0; k < sizeof groups / sizeof *groups; k++)
            assert_true(H5Ocopy(from, groups[k], to, groups[k], H5P_DEFAULT, H5P_DEFAULT) >= 0);
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            char value[64];
            hid_t a = H5Aopen(from, values[k], H5P_DEFAULT), type = H5Aget_type(a);
            assert_true(H5Aread(a, type, value) >= 0);
            attribute(to, "/", values[k], type, 0, value);
            H5Tclose(type);
            H5Aclose(a);
        }
        H5Fclose(from);
        crafts[i].make(to);
        assert_true(H5Fclose(to) >= 0);
        expect(crafts[i].name, crafts[i].load, sr_run_load(path, &loaded, error, sizeof error), &loaded);
        sr_run_free(&loaded);
        expect(crafts[i].name, crafts[i].resume, sr_checkpoint_load(path, &loaded, error, sizeof error), &loaded);
        sr_run_free(&loaded);
    }
    sr_run_free(&run);
}

/* A program that has the file open to change it is named as the reason; when it has closed it, the file is read. */
static void a_file_that_is_being_written(void **state) {
    (void)state;
    struct sr_run run, loaded;
    assert_true(sample_run(&run));
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    newer_option(file);
    H5Fflush(file, H5F_SCOPE_GLOBAL);
    assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_ERR_FORMAT);
    assert_non_null(strstr(error, "another program has it open"));
    H5Fclose(file);
    assert_int_equal(sr_run_load(path, &loaded, error, sizeof error), SR_OK);
    sr_run_free(&loaded);
    sr_run_free(&run);
}

/* The library's state is the caller's: its messages, and what it has open. */
static void the_library_is_left_alone(void **state) {
    (void)state;
    struct sr_run run, loaded;
    H5E_auto2_t after = NULL;
    void *data = NULL;
    H5Eset_auto2(H5E_DEFAULT, (H5E_auto2_t)H5Eprint2, stderr);
    uint8_t *bytes = NULL;
    size_t size = sample_bytes(SAMPLE_VERSION1, &bytes);
    assert_int_equal(sr_run_parse(bytes, size, SR_RUN_INFER, "old", &loaded, error, sizeof error), SR_OK);
    free(bytes);
    sr_run_free(&loaded);
    assert_true(sample_run(&run));
    assert_int_equal(sr_run_save(path, &run, true, error, sizeof error), SR_OK);
    sr_run_free(&run);
    H5Eget_auto2(H5E_DEFAULT, &after, &data);
    assert_true(after == (H5E_auto2_t)H5Eprint2 && data == stderr);
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crafted_files),
        cmocka_unit_test(files_in_the_oldest_format),
        cmocka_unit_test(a_file_that_is_being_written),
        cmocka_unit_test(the_library_is_left_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
