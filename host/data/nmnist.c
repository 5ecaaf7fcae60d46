/* SPDX-License-Identifier: Apache-2.0
 * N-MNIST folders as published: Train|Test/<class>/<name>.bin. Files are read one at a time (recording.c); what stays in
 * memory is the binned spikes and, while loading, the list of names. */
#include "data/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- the list of a folder ---- */

struct entry {
    char *name;
    uint8_t label;
};
struct listing {
    struct entry *entries;
    uint32_t count, capacity, classes;
};

static void listing_free(struct listing *list) {
    for (uint32_t i = 0; i < list->count; i++) free(list->entries[i].name);
    free(list->entries);
    *list = (struct listing){0};
}

static bool listing_add(struct listing *list, const char *name, unsigned label) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 1024;
        struct entry *grown = capacity > list->capacity ? realloc(list->entries, capacity * sizeof *grown) : NULL;
        if (!grown) return false;
        list->entries = grown;
        list->capacity = capacity;
    }
    struct entry *entry = &list->entries[list->count];
    entry->label = (uint8_t)label;
    entry->name = strdup(name);
    if (!entry->name) return false;
    list->count++;
    return true;
}

/* By name, then class: N-MNIST names are MNIST indices, so this is MNIST's own, well mixed order. */
static int by_name(const void *a, const void *b) {
    const struct entry *l = a, *r = b;
    int order = strcmp(l->name, r->name);
    return order ? order : (int)l->label - (int)r->label;
}

static enum sr_status list_class(struct listing *list, const char *split_dir, unsigned label, char *error, size_t error_size) {
    char path[SR_PATH_MAX], digits[16];
    (void)snprintf(digits, sizeof digits, "%u", label);
    enum sr_status status = sr_data_path(path, split_dir, digits, error, error_size);
    if (status) return status;
    DIR *dir = opendir(path);
    if (!dir && errno == ENOENT)
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: class %u is missing, there are %u classes", path, label,
                            list->classes);
    if (!dir) return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    uint32_t before = list->count;
    for (;;) {
        errno = 0;
        struct dirent *item = readdir(dir);
        if (!item) {
            if (errno) status = sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %s", path, strerror(errno));
            break;
        }
        size_t length = strlen(item->d_name); /* ._00001.bin: what a Mac packs beside a file */
        if (item->d_name[0] == '.' || length < 5 || strcmp(item->d_name + length - 4, ".bin")) continue;
        if (!listing_add(list, item->d_name, label)) {
            status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for the list of files", path);
            break;
        }
    }
    closedir(dir);
    if (!status && list->count == before)
        status = sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: class %u is empty: no *.bin recording, at least 1 needed",
                              path, label);
    return status;
}

/* Highest class folder + 1. Folders that are no class are refused; stray files and what a Mac packs are not. */
static enum sr_status count_classes(const char *split_dir, uint32_t *classes, char *error, size_t error_size) {
    DIR *dir = opendir(split_dir);
    if (!dir) return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %s", split_dir, strerror(errno));
    enum sr_status status = SR_OK;
    uint32_t found = 0;
    for (struct dirent *item; !status && (item = readdir(dir));) {
        char path[SR_PATH_MAX];
        struct stat info;
        if (item->d_name[0] == '.' || !strcmp(item->d_name, "__MACOSX") ||
            sr_data_path(path, split_dir, item->d_name, NULL, 0) || stat(path, &info) || !S_ISDIR(info.st_mode))
            continue;
        char *end;
        unsigned long label = strtoul(item->d_name, &end, 10);
        if (item->d_name[0] < '0' || item->d_name[0] > '9' || *end || label >= SR_CLASSES ||
            (item->d_name[0] == '0' && item->d_name[1]))
            status = sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: folder name is not a class (0 to %d)", path,
                                  SR_CLASSES - 1);
        else if (label + 1 > found)
            found = (uint32_t)label + 1;
    }
    closedir(dir);
    if (!status && found < 2)
        status = sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: classes: %u found, at least 2 needed", split_dir, found);
    if (!status) *classes = found;
    return status;
}

/* classes: 0 to count them, otherwise how many there must be. */
static enum sr_status list_split(struct listing *list, const char *split_dir, uint32_t classes, char *error,
                                 size_t error_size) {
    uint32_t found;
    enum sr_status status = count_classes(split_dir, &found, error, error_size);
    if (status) return status;
    if (classes && found > classes)
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: classes: %u here but %u in Train", split_dir, found,
                            classes);
    list->classes = classes ? classes : found;
    for (unsigned c = 0; c < list->classes && !status; c++) status = list_class(list, split_dir, c, error, error_size);
    if (!status) qsort(list->entries, list->count, sizeof *list->entries, by_name);
    return status;
}

/* DIR/Train as published, or in another case. */
static bool split_folder(char path[SR_PATH_MAX], const char *dir, const char *const names[3]) {
    struct stat info;
    for (int i = 0; i < 3; i++) {
        if (!sr_data_path(path, dir, names[i], NULL, 0) && !stat(path, &info) && S_ISDIR(info.st_mode)) return true;
    }
    return false;
}
static const char *const train_names[3] = {"Train", "train", "TRAIN"}, *const test_names[3] = {"Test", "test", "TEST"};

bool sr_nmnist_present(const char *dir) {
    char path[SR_PATH_MAX];
    return split_folder(path, dir, train_names) || split_folder(path, dir, test_names);
}

/* Both splits as lists of (folder, name, label), and which of them are taken. */
struct split {
    char dir[SR_PATH_MAX];
    struct listing list;
    uint32_t *chosen; /* indices into list of the samples of this split */
    uint32_t count;
};
struct plan {
    struct split train, test;
    uint32_t classes;
    bool holdout; /* test is chosen from train's list */
};

static void plan_free(struct plan *plan) {
    if (!plan) return;
    listing_free(&plan->train.list);
    listing_free(&plan->test.list);
    free(plan->train.chosen);
    free(plan->test.chosen);
    free(plan);
}

/* The samples of one list that are (held) or are not (!held) held out, cut to the limit. */
static enum sr_status choose(struct split *split, const struct listing *list, const bool *held, bool want, uint32_t classes,
                             uint32_t limit, char *error, size_t error_size) {
    split->chosen = calloc((size_t)list->count + 1, sizeof *split->chosen);
    uint8_t *labels = calloc((size_t)list->count + 1, sizeof *labels);
    enum sr_status status = SR_OK;
    if (!split->chosen || !labels) {
        status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for the list of files", split->dir);
    } else {
        for (uint32_t i = 0; i < list->count; i++) {
            if (held[i] != want) continue;
            labels[split->count] = list->entries[i].label;
            split->chosen[split->count++] = i;
        }
        sr_data_limit(split->chosen, labels, &split->count, classes, limit);
    }
    free(labels);
    return status;
}

static enum sr_status hold_out(const struct listing *list, const struct sr_data_options *options, const char *where, bool *held,
                               char *error, size_t error_size) {
    uint8_t *labels = calloc((size_t)list->count + 1, sizeof *labels);
    if (!labels) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for the list of files", where);
    for (uint32_t i = 0; i < list->count; i++) labels[i] = list->entries[i].label;
    enum sr_status status = sr_data_holdout(labels, list->count, list->classes, options->holdout_percent, options->seed, held,
                                            where, error, error_size);
    free(labels);
    return status;
}

static enum sr_status plan_fill(struct plan *plan, const struct sr_data_options *options, char *error, size_t error_size) {
    struct split *train = &plan->train, *test = &plan->test;
    enum sr_status status = SR_OK;
    bool has_train = split_folder(train->dir, options->dir, train_names);
    plan->holdout = !split_folder(test->dir, options->dir, test_names);
    if (has_train) status = list_split(&train->list, train->dir, 0, error, error_size);
    if (!status && !plan->holdout) status = list_split(&test->list, test->dir, train->list.classes, error, error_size);
    if (status) return status;
    plan->classes = has_train ? train->list.classes : test->list.classes;
    const struct listing *list = plan->holdout ? &train->list : &test->list;
    if (plan->holdout) memcpy(test->dir, train->dir, sizeof test->dir);
    size_t most = train->list.count > test->list.count ? train->list.count : test->list.count;
    bool *held = calloc(most + 1, sizeof *held);
    if (!held) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for the list of files", options->dir);
    if (plan->holdout) status = hold_out(&train->list, options, train->dir, held, error, error_size);
    if (!status) status = choose(train, &train->list, held, false, plan->classes, options->limit_train, error, error_size);
    if (!status) status = choose(test, list, held, plan->holdout, plan->classes, options->limit_test, error, error_size);
    free(held);
    return status;
}

static enum sr_status plan_make(const struct sr_data_options *options, struct plan **out, char *error, size_t error_size) {
    struct plan *plan = calloc(1, sizeof *plan);
    if (!plan) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory");
    enum sr_status status = plan_fill(plan, options, error, error_size);
    if (status)
        plan_free(plan);
    else
        *out = plan;
    return status;
}

static enum sr_status split_path(const struct split *split, const struct listing *list, uint32_t k, char path[SR_PATH_MAX],
                                 char *error, size_t error_size) {
    const struct entry *entry = &list->entries[split->chosen[k]];
    int length = snprintf(path, SR_PATH_MAX, "%s/%u/%s", split->dir, entry->label, entry->name);
    if (length < 0 || length >= SR_PATH_MAX)
        return sr_data_fail(error, error_size, SR_ERR_LIMIT, "%.80s...: path longer than %d bytes", split->dir,
                            SR_PATH_MAX - 1);
    return SR_OK;
}

/* ---- loading ---- */

enum sr_status sr_nmnist_options(struct sr_data_options *options, char *error, size_t error_size) {
    if (!options->width) options->width = 34;
    if (!options->height) options->height = 34;
    if (!options->pool) options->pool = 2;
    if (!options->steps) options->steps = 10;
    if (!options->duration_us) options->duration_us = 315000;
    if (!options->holdout_percent) options->holdout_percent = 20;
    const struct {
        const char *name;
        uint32_t value, max;
    } limit[] = {{"sensor width", options->width, SR_SENSOR_MAX},
                 {"sensor height", options->height, SR_SENSOR_MAX},
                 {"pool", options->pool, SR_SENSOR_MAX},
                 {"steps", options->steps, SR_STEPS_MAX},
                 {"duration", options->duration_us, SR_DURATION_MAX},
                 {"holdout percent", options->holdout_percent, 99}};
    for (size_t i = 0; i < sizeof limit / sizeof *limit; i++)
        if (limit[i].value > limit[i].max)
            return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: option %s %u exceeds the limit %u", options->dir,
                                limit[i].name, limit[i].value, limit[i].max);
    return SR_OK;
}

static enum sr_status load_split(const struct split *split, const struct listing *list, uint32_t classes,
                                 const struct sr_data_options *options, struct sr_data_set *set, uint64_t **hashes, char *error,
                                 size_t error_size) {
    uint32_t pooled_w = (options->width + options->pool - 1) / options->pool;
    uint32_t pooled_h = (options->height + options->pool - 1) / options->pool;
    enum sr_status status =
        sr_data_set_alloc(set, split->count, classes, 2 * pooled_w * pooled_h, options->steps, error, error_size);
    struct sr_recording recording = {0};
    const size_t words = (size_t)set->steps * set->step_words, moves = options->moved ? options->pool * options->pool : 1;
    if (!status && moves > 1) {
        set->moved = calloc(words * moves, set->count * sizeof *set->moved);
        if (!set->moved)
            status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for moved copies of %u samples",
                                  split->dir, set->count);
    }
    *hashes = calloc((size_t)split->count + 1, sizeof **hashes);
    if (!status && !*hashes)
        status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for the list of files", split->dir);
    for (uint32_t k = 0; k < split->count && !status; k++) {
        char path[SR_PATH_MAX];
        status = split_path(split, list, k, path, error, error_size);
        if (!status) status = sr_recording_read(&recording, path, options->width, options->height, error, error_size);
        if (status) break;
        if (options->rotate != 0) sr_recording_rotate(&recording, options->rotate, options->width, options->height);
        sr_recording_bin(&recording, options, 0, 0, set->bits + k * words, set->step_words);
        for (uint32_t i = 0; i < moves && set->moved; i++)
            sr_recording_bin(&recording, options, i % options->pool, i / options->pool, set->moved + (k * moves + i) * words,
                             set->step_words);
        set->labels[k] = list->entries[split->chosen[k]].label;
        set->events[k] = recording.count;
        (*hashes)[k] = recording.hash;
    }
    sr_recording_free(&recording);
    return status;
}

enum sr_status sr_nmnist_load(const struct sr_data_options *options, struct sr_data *data, char *error, size_t error_size) {
    struct sr_data loaded = {.options = *options, .name = "N-MNIST"};
    struct plan *plan = NULL;
    enum sr_status status = sr_nmnist_options(&loaded.options, error, error_size);
    if (!status) status = plan_make(&loaded.options, &plan, error, error_size);
    if (status) return status;
    loaded.holdout = plan->holdout;
    const struct listing *test_list = plan->holdout ? &plan->train.list : &plan->test.list;
    uint64_t *train_hashes = NULL, *test_hashes = NULL;
    status = load_split(&plan->train, &plan->train.list, plan->classes, &loaded.options, &loaded.train, &train_hashes, error,
                        error_size);
    struct sr_data_options unmoved = loaded.options;
    unmoved.moved = false; /* nobody learns from the test set */
    if (!status)
        status = load_split(&plan->test, test_list, plan->classes, &unmoved, &loaded.test, &test_hashes, error, error_size);
    if (!status) status = sr_data_check(&loaded, train_hashes, test_hashes, error, error_size);
    free(train_hashes);
    free(test_hashes);
    plan_free(plan);
    if (status)
        sr_data_free(&loaded);
    else
        *data = loaded;
    return status;
}

enum sr_status sr_nmnist_path(const struct sr_data_options *options, uint32_t index, char path[SR_PATH_MAX], char *error,
                              size_t error_size) {
    struct sr_data_options used = *options;
    struct plan *plan = NULL;
    enum sr_status status = sr_nmnist_options(&used, error, error_size);
    if (!status) status = plan_make(&used, &plan, error, error_size);
    if (status) return status;
    const struct listing *test_list = plan->holdout ? &plan->train.list : &plan->test.list;
    uint32_t train = plan->train.count, test = plan->test.count;
    if (index < train)
        status = split_path(&plan->train, &plan->train.list, index, path, error, error_size);
    else if (index - train < test)
        status = split_path(&plan->test, test_list, index - train, path, error, error_size);
    else
        status = sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: recording %u: there are %u (0 to %u)", options->dir,
                              index, train + test, train + test - 1);
    plan_free(plan);
    return status;
}
