/* SPDX-License-Identifier: Apache-2.0
 * Data sets: which format a folder holds, what the formats share (allocation, hold-out split, messages). docs/data.md */
#include "data/data.h"
#include "data/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum sr_status sr_data_fail(char *error, size_t error_size, enum sr_status status, const char *format, ...) {
    if (error && error_size) {
        va_list list;
        va_start(list, format);
        (void)vsnprintf(error, error_size, format, list);
        va_end(list);
        for (char *c = error; *c; c++)
            if (*c == '\n' || *c == '\r') *c = ' ';
    }
    return status;
}

enum sr_status sr_data_path(char path[SR_PATH_MAX], const char *dir, const char *name, char *error, size_t error_size) {
    int length = snprintf(path, SR_PATH_MAX, "%s/%s", dir, name);
    if (length < 0 || length >= SR_PATH_MAX)
        return sr_data_fail(error, error_size, SR_ERR_LIMIT, "%.80s...: path longer than %d bytes", dir, SR_PATH_MAX - 1);
    return SR_OK;
}

enum sr_status sr_data_set_alloc(struct sr_data_set *set, uint32_t count, uint32_t classes, uint32_t inputs, uint32_t steps,
                                 char *error, size_t error_size) {
    uint32_t step_words = (inputs + 63) / 64;
    uint64_t words = (uint64_t)step_words * steps; /* inputs and steps are bounded: no overflow here */
    *set = (struct sr_data_set){.count = count, .classes = classes, .inputs = inputs, .steps = steps, .step_words = step_words};
    if (count && words > SIZE_MAX / sizeof *set->bits / count)
        return sr_data_fail(error, error_size, SR_ERR_MEMORY, "%u samples of %u x %u spikes exceed the address space", count,
                            inputs, steps);
    set->bits = calloc((size_t)words * count + 1, sizeof *set->bits);
    set->labels = calloc((size_t)count + 1, sizeof *set->labels);
    set->events = calloc((size_t)count + 1, sizeof *set->events);
    if (!set->bits || !set->labels || !set->events) {
        sr_data_set_free(set);
        return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory: %u samples of %u x %u spikes need %llu MiB",
                            count, inputs, steps, (unsigned long long)(words * count * 8 >> 20));
    }
    return SR_OK;
}

void sr_data_set_free(struct sr_data_set *set) {
    free(set->bits);
    free(set->labels);
    free(set->events);
    free(set->moved);
    *set = (struct sr_data_set){0};
}

struct ranked {
    uint64_t key;
    uint32_t index;
};

static int by_key(const void *a, const void *b) {
    const struct ranked *l = a, *r = b;
    if (l->key != r->key) return l->key < r->key ? -1 : 1;
    return l->index < r->index ? -1 : l->index > r->index;
}

enum sr_status sr_data_holdout(const uint8_t *labels, uint32_t count, uint32_t classes, uint32_t percent, uint64_t seed,
                               bool *test, const char *where, char *error, size_t error_size) {
    struct ranked *rank = malloc(((size_t)count + 1) * sizeof *rank);
    if (!rank) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory for the hold-out split");
    enum sr_status status = SR_OK;
    for (uint32_t c = 0; c < classes && !status; c++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (labels[i] != c) continue;
            rank[n] = (struct ranked){sr_mix64(sr_mix64(seed ^ (uint64_t)c << 56) + n), i};
            test[i] = false;
            n++;
        }
        if (n < 2) {
            status =
                sr_data_fail(error, error_size, SR_ERR_FORMAT,
                             "%s: class %u has %u sample%s, a hold-out split needs at least 2", where, c, n, n == 1 ? "" : "s");
            break;
        }
        uint32_t held = (uint32_t)(((uint64_t)n * percent + 50) / 100);
        if (held < 1) held = 1;
        if (held > n - 1) held = n - 1;
        qsort(rank, n, sizeof *rank, by_key);
        for (uint32_t k = 0; k < held; k++) test[rank[k].index] = true;
    }
    free(rank);
    return status;
}

/* ---- which format ---- */

static bool ends_in(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    return length > tail && !strcmp(name + length - tail, end);
}

static bool is_archive(const char *name) {
    static const char *const ends[] = {".zip", ".ZIP", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".7z", ".rar"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_in(name, ends[i])) return true;
    return false;
}

/* An archive of the folder (copied into name), or a folder in it that holds a data set. */
static bool find_archive(const char *dir, char name[SR_PATH_MAX]) {
    DIR *open = opendir(dir);
    bool found = false;
    for (struct dirent *item; open && !found && (item = readdir(open));) {
        found = item->d_name[0] != '.' && is_archive(item->d_name);
        if (found) (void)snprintf(name, SR_PATH_MAX, "%s", item->d_name);
    }
    if (open) closedir(open);
    return found;
}

static bool find_inner(const char *dir, char path[SR_PATH_MAX]) {
    DIR *open = opendir(dir);
    bool found = false;
    for (struct dirent *item; open && !found && (item = readdir(open));) {
        found = item->d_name[0] != '.' && strcmp(item->d_name, "__MACOSX") != 0 &&
                !sr_data_path(path, dir, item->d_name, NULL, 0) && (sr_nmnist_present(path) || sr_mnist_present(path));
    }
    if (open) closedir(open);
    return found;
}

static enum sr_status unknown_format(const char *dir, char *error, size_t error_size) {
    char name[SR_PATH_MAX];
    if (find_inner(dir, name))
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: format unknown, but %s holds a data set: give that folder",
                            dir, name);
    if (find_archive(dir, name))
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: format unknown: %s is an archive, unpack it here first", dir,
                            name);
    return sr_data_fail(error, error_size, SR_ERR_FORMAT,
                        "%s: format unknown: neither Train/<class>/*.bin (N-MNIST) nor train-images-idx3-ubyte[.gz] "
                        "(MNIST) is here",
                        dir);
}

enum sr_status sr_data_load(const struct sr_data_options *options, struct sr_data *data, char *error, size_t error_size) {
    struct stat info;
    char archive[SR_PATH_MAX];
    if (!options || !data || !options->dir || !options->dir[0])
        return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "no data folder given");
    if (stat(options->dir, &info))
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: data folder cannot be read: %s", options->dir,
                            strerror(errno));
    if (!S_ISDIR(info.st_mode))
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: data folder expected, this is %s", options->dir,
                            is_archive(options->dir) ? "an archive: unpack it, and give the folder" : "a file");
    bool nmnist = sr_nmnist_present(options->dir);
    if (!nmnist && !sr_mnist_present(options->dir)) return unknown_format(options->dir, error, error_size);
    enum sr_status status =
        nmnist ? sr_nmnist_load(options, data, error, error_size) : sr_mnist_load(options, data, error, error_size);
    if (!status && data->holdout && find_archive(options->dir, archive))
        sr_data_warn(data,
                     "%.80s lies beside the training set and is not unpacked; a share of the training set is held out as test",
                     archive);
    return status;
}

void sr_data_free(struct sr_data *data) {
    if (!data) return;
    sr_data_set_free(&data->train);
    sr_data_set_free(&data->test);
}
