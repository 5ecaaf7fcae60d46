/* SPDX-License-Identifier: Apache-2.0
 * N-MNIST folders as published: Train|Test/<class>/<name>.bin, 40-bit big-endian events. Files are read one at a time;
 * what stays in memory is the binned spikes and, while loading, the list of names. */
#include "data/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- one recording ---- */

enum sr_status sr_recording_read(struct sr_recording *recording, const char *path, uint32_t width, uint32_t height, char *error,
                                 size_t error_size) {
    FILE *file = fopen(path, "rb");
    struct stat info;
    recording->count = 0;
    if (!file) return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    if (fstat(fileno(file), &info) || !S_ISREG(info.st_mode)) {
        fclose(file);
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: not a regular file", path);
    }
    uint64_t size = (uint64_t)info.st_size;
    if (size == 0 || size % SR_EVENT_BYTES || size > SR_RECORDING_BYTES_MAX) {
        fclose(file);
        if (size > SR_RECORDING_BYTES_MAX)
            return sr_data_fail(error, error_size, SR_ERR_LIMIT, "%s: size %llu bytes exceeds the limit %d", path,
                                (unsigned long long)size, SR_RECORDING_BYTES_MAX);
        return sr_data_fail(error, error_size, SR_ERR_FORMAT,
                            "%s: truncated recording: size %llu is not a positive multiple of %d bytes (one event)", path,
                            (unsigned long long)size, SR_EVENT_BYTES);
    }
    if (size > recording->capacity) {
        uint8_t *grown = realloc(recording->bytes, (size_t)size);
        if (!grown) {
            fclose(file);
            return sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for %llu bytes", path,
                                (unsigned long long)size);
        }
        recording->bytes = grown;
        recording->capacity = (size_t)size;
    }
    size_t got = fread(recording->bytes, 1, (size_t)size, file);
    fclose(file);
    if (got != size)
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %llu of %llu bytes came", path,
                            (unsigned long long)got, (unsigned long long)size);
    uint32_t count = (uint32_t)(size / SR_EVENT_BYTES);
    for (uint32_t i = 0; i < count; i++) {
        struct sr_event e = sr_recording_event(recording, i);
        if (e.x >= width || e.y >= height)
            return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: event %u: %c %u is off the sensor (%s %u, so 0 to %u)",
                                path, i, e.x >= width ? 'x' : 'y', e.x >= width ? e.x : e.y, e.x >= width ? "width" : "height",
                                e.x >= width ? width : height, (e.x >= width ? width : height) - 1);
    }
    recording->count = count;
    return SR_OK;
}

void sr_recording_free(struct sr_recording *recording) {
    free(recording->bytes);
    *recording = (struct sr_recording){0};
}

void sr_recording_bin(const struct sr_recording *recording, const struct sr_data_options *options, uint64_t *bits,
                      uint32_t step_words) {
    uint32_t pool = options->pool;
    uint32_t pooled_w = (options->width + pool - 1) / pool, pooled_h = (options->height + pool - 1) / pool;
    for (uint32_t i = 0; i < recording->count; i++) {
        struct sr_event e = sr_recording_event(recording, i);
        if (e.time_us >= options->duration_us) continue;
        uint32_t step = (uint32_t)((uint64_t)e.time_us * options->steps / options->duration_us);
        uint32_t input = (e.on * pooled_h + e.y / pool) * pooled_w + e.x / pool;
        bits[(size_t)step * step_words + input / 64] |= UINT64_C(1) << (input % 64);
    }
}

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
        size_t length = strlen(item->d_name);
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

/* Highest class folder + 1. Folders that are no class are refused, stray files are not. */
static enum sr_status count_classes(const char *split_dir, uint32_t *classes, char *error, size_t error_size) {
    DIR *dir = opendir(split_dir);
    if (!dir) return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %s", split_dir, strerror(errno));
    enum sr_status status = SR_OK;
    uint32_t found = 0;
    for (struct dirent *item; !status && (item = readdir(dir));) {
        char path[SR_PATH_MAX];
        struct stat info;
        if (item->d_name[0] == '.' || sr_data_path(path, split_dir, item->d_name, NULL, 0) || stat(path, &info) ||
            !S_ISDIR(info.st_mode))
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

bool sr_nmnist_present(const char *dir) {
    char path[SR_PATH_MAX];
    struct stat info;
    return !sr_data_path(path, dir, "Train", NULL, 0) && !stat(path, &info) && S_ISDIR(info.st_mode);
}

/* Both splits as lists of (folder, name, label), limits not yet applied. */
struct split {
    char dir[SR_PATH_MAX];
    struct listing list;
    uint32_t *chosen; /* indices into list of the samples of this split */
    uint32_t count;
};
struct plan {
    struct split train, test;
    bool holdout;
};

static void plan_free(struct plan *plan) {
    if (!plan) return;
    listing_free(&plan->train.list);
    listing_free(&plan->test.list);
    free(plan->train.chosen);
    free(plan->test.chosen);
    free(plan);
}

static enum sr_status plan_make(const struct sr_data_options *options, struct plan **out, char *error, size_t error_size) {
    struct stat info;
    struct plan *plan = calloc(1, sizeof *plan);
    if (!plan) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory");
    enum sr_status status = sr_data_path(plan->train.dir, options->dir, "Train", error, error_size);
    if (!status) status = sr_data_path(plan->test.dir, options->dir, "Test", error, error_size);
    if (!status) status = list_split(&plan->train.list, plan->train.dir, 0, error, error_size);
    if (status) {
        plan_free(plan);
        return status;
    }
    plan->holdout = stat(plan->test.dir, &info) != 0 && errno == ENOENT;
    if (!plan->holdout) status = list_split(&plan->test.list, plan->test.dir, plan->train.list.classes, error, error_size);

    struct listing *list = &plan->train.list;
    uint32_t tests = plan->holdout ? list->count : plan->test.list.count;
    bool *held = calloc((size_t)list->count + 1, sizeof *held);
    uint8_t *labels = calloc((size_t)list->count + 1, sizeof *labels);
    plan->train.chosen = calloc((size_t)list->count + 1, sizeof *plan->train.chosen);
    plan->test.chosen = calloc((size_t)tests + 1, sizeof *plan->test.chosen);
    if (!status && (!held || !labels || !plan->train.chosen || !plan->test.chosen))
        status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for the list of files", options->dir);
    if (!status && plan->holdout) {
        for (uint32_t i = 0; i < list->count; i++) labels[i] = list->entries[i].label;
        status = sr_data_holdout(labels, list->count, list->classes, options->holdout_percent, options->seed, held,
                                 plan->train.dir, error, error_size);
        memcpy(plan->test.dir, plan->train.dir, sizeof plan->test.dir);
    }
    if (!status) {
        for (uint32_t i = 0; i < list->count; i++) {
            if (held[i])
                plan->test.chosen[plan->test.count++] = i;
            else
                plan->train.chosen[plan->train.count++] = i;
        }
        if (!plan->holdout)
            for (uint32_t i = 0; i < tests; i++) plan->test.chosen[plan->test.count++] = i;
        if (options->limit_train && plan->train.count > options->limit_train) plan->train.count = options->limit_train;
        if (options->limit_test && plan->test.count > options->limit_test) plan->test.count = options->limit_test;
    }
    free(held);
    free(labels);
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

static enum sr_status load_split(const struct split *split, const struct listing *list, const struct sr_data_options *options,
                                 struct sr_data_set *set, char *error, size_t error_size) {
    uint32_t pooled_w = (options->width + options->pool - 1) / options->pool;
    uint32_t pooled_h = (options->height + options->pool - 1) / options->pool;
    enum sr_status status =
        sr_data_set_alloc(set, split->count, list->classes, 2 * pooled_w * pooled_h, options->steps, error, error_size);
    struct sr_recording recording = {0};
    for (uint32_t k = 0; k < split->count && !status; k++) {
        char path[SR_PATH_MAX];
        status = split_path(split, list, k, path, error, error_size);
        if (!status) status = sr_recording_read(&recording, path, options->width, options->height, error, error_size);
        if (status) break;
        sr_recording_bin(&recording, options, set->bits + (size_t)k * set->steps * set->step_words, set->step_words);
        set->labels[k] = list->entries[split->chosen[k]].label;
        set->events[k] = recording.count;
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
    status = load_split(&plan->train, &plan->train.list, &loaded.options, &loaded.train, error, error_size);
    if (!status) status = load_split(&plan->test, test_list, &loaded.options, &loaded.test, error, error_size);
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
