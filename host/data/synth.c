/* SPDX-License-Identifier: Apache-2.0
 * The built-in data, written as an N-MNIST folder. Recording k of a split depends on (seed, split, k) only, so a longer set
 * begins with the shorter one. Everything is written into DIR/.partial and moved at the end, by one process at a time. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lock.h"
#include "data/synth_digits.h"

enum { DIGITS = 10, COUNT_MAX = 99999 };

static enum sr_status file_error(const char *path, const char *what, char *error, size_t error_size) {
    return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be %s: %s", path, what, strerror(errno));
}

/* Like mkdir -p. */
static enum sr_status make_dirs(const char *dir, char *error, size_t error_size) {
    char path[SR_PATH_MAX];
    size_t length = strlen(dir);
    if (length >= sizeof path)
        return sr_data_fail(error, error_size, SR_ERR_LIMIT, "%.80s...: path longer than %d bytes", dir, SR_PATH_MAX - 1);
    for (size_t i = 1; i <= length; i++) {
        if (dir[i] != '/' && dir[i] != 0) continue;
        memcpy(path, dir, i);
        path[i] = 0;
        if (mkdir(path, 0777) && errno != EEXIST) return file_error(path, "made", error, error_size);
    }
    return SR_OK;
}

/* Remove a tree of our own making: split folders, digit folders, *.bin. Best effort; anything foreign stays. */
static void remove_partial(const char *partial) {
    static const char *const split[] = {"Train", "Test"};
    for (unsigned s = 0; s < 2; s++) {
        for (unsigned digit = 0; digit < DIGITS; digit++) {
            char dir[SR_PATH_MAX], path[SR_PATH_MAX];
            int length = snprintf(dir, sizeof dir, "%s/%s/%u", partial, split[s], digit);
            DIR *open = length > 0 && length < SR_PATH_MAX ? opendir(dir) : NULL;
            if (!open) continue;
            for (struct dirent *item; (item = readdir(open));) {
                const char *dot = strrchr(item->d_name, '.');
                if (dot && !strcmp(dot, ".bin") && !sr_data_path(path, dir, item->d_name, NULL, 0)) (void)unlink(path);
            }
            closedir(open);
            (void)rmdir(dir);
        }
        char path[SR_PATH_MAX];
        if (!sr_data_path(path, partial, split[s], NULL, 0)) (void)rmdir(path);
    }
    (void)rmdir(partial);
}

struct work {
    struct sr_synth_image image;
    uint64_t events[SR_SYNTH_EVENTS_MAX];
    uint8_t bytes[SR_SYNTH_EVENTS_MAX * SR_EVENT_BYTES];
};

static enum sr_status write_file(const char *path, const uint8_t *bytes, size_t size, char *error, size_t error_size) {
    FILE *file = fopen(path, "wb");
    if (!file) return file_error(path, "written", error, error_size);
    bool short_write = fwrite(bytes, 1, size, file) != size;
    if (fclose(file) || short_write) return file_error(path, "written", error, error_size);
    return SR_OK;
}

/* Ten in a row hold every digit once, in random order: classes stay balanced. */
static unsigned digit_of(uint64_t key, uint32_t index) {
    struct sr_synth_random random = {sr_mix64(key ^ UINT64_C(0xd161) << 32) + index / DIGITS};
    unsigned order[DIGITS] = {0};
    for (unsigned i = 0; i < DIGITS; i++) {
        unsigned j = (unsigned)sr_synth_range(&random, 0, (int32_t)i);
        order[i] = order[j];
        order[j] = i;
    }
    return order[index % DIGITS];
}

static enum sr_status write_split(struct work *work, const char *partial, const char *name, uint32_t count, uint64_t key,
                                  char *error, size_t error_size) {
    char dir[SR_PATH_MAX], path[SR_PATH_MAX + 32];
    enum sr_status status = sr_data_path(dir, partial, name, error, error_size);
    for (unsigned digit = 0; digit < DIGITS && !status; digit++) {
        (void)snprintf(path, sizeof path, "%s/%u", dir, digit);
        status = make_dirs(path, error, error_size);
    }
    for (uint32_t i = 0; i < count && !status; i++) {
        unsigned digit = digit_of(key, i);
        struct sr_synth_random random = {sr_mix64(key + i)};
        sr_synth_draw(&work->image, digit, &random);
        uint32_t events = sr_synth_camera(&work->image, &random, work->events);
        for (uint32_t k = 0; k < events; k++) {
            uint64_t e = work->events[k];
            uint32_t time_us = (uint32_t)(e >> 17);
            uint8_t *b = work->bytes + (size_t)k * SR_EVENT_BYTES;
            b[0] = (uint8_t)(e >> 1 & 0xff);
            b[1] = (uint8_t)(e >> 9 & 0xff);
            b[2] = (uint8_t)((e & 1) << 7 | time_us >> 16);
            b[3] = (uint8_t)(time_us >> 8 & 0xff);
            b[4] = (uint8_t)(time_us & 0xff);
        }
        (void)snprintf(path, sizeof path, "%s/%u/%05u.bin", dir, digit, i + 1);
        status = write_file(path, work->bytes, (size_t)events * SR_EVENT_BYTES, error, error_size);
    }
    return status;
}

static enum sr_status check_count(const char *dir, const char *name, uint32_t count, bool zero, char *error,
                                  size_t error_size) {
    if ((zero && count == 0) || (count >= DIGITS && count <= COUNT_MAX)) return SR_OK;
    return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: %s recordings: %u is out of range (%s%d to %d)", dir, name,
                        count, zero ? "0 or " : "", DIGITS, COUNT_MAX);
}

/* Neither split is in the folder. */
static enum sr_status check_absent(const char *dir, char *error, size_t error_size) {
    static const char *const split[] = {"Test", "Train"};
    char to[SR_PATH_MAX];
    struct stat info;
    for (unsigned s = 0; s < 2; s++) {
        enum sr_status status = sr_data_path(to, dir, split[s], error, error_size);
        if (status) return status;
        if (!lstat(to, &info))
            return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: is there already; choose a new folder or remove it",
                                to);
    }
    return SR_OK;
}

/* Both splits into DIR/.partial, then to their places. */
static enum sr_status write_splits(const char *dir, uint32_t train, uint32_t test, uint64_t seed, char *error,
                                   size_t error_size) {
    static const char *const split[] = {"Test", "Train"}; /* Train last: with both the folder is whole */
    char partial[SR_PATH_MAX], from[SR_PATH_MAX], to[SR_PATH_MAX];
    enum sr_status status = sr_data_path(partial, dir, ".partial", error, error_size);
    struct work *work = status ? NULL : malloc(sizeof *work);
    if (!status && !work) status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory");
    if (status) return status;
    remove_partial(partial); /* of an attempt that was killed */
    status = write_split(work, partial, "Train", train, sr_mix64(seed) ^ UINT64_C(0x7261) << 48, error, error_size);
    if (!status && test)
        status = write_split(work, partial, "Test", test, sr_mix64(seed) ^ UINT64_C(0x7465) << 48, error, error_size);
    free(work);
    for (unsigned s = test ? 0 : 1; s < 2 && !status; s++) {
        status = sr_data_path(from, partial, split[s], error, error_size);
        if (!status) status = sr_data_path(to, dir, split[s], error, error_size);
        if (!status && rename(from, to)) status = file_error(to, "made", error, error_size);
    }
    remove_partial(partial);
    return status;
}

enum sr_status sr_data_synth(const char *dir, uint32_t train, uint32_t test, uint64_t seed, char *error, size_t error_size) {
    int lock = -1;
    if (!dir || !dir[0]) return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "no folder to write to given");
    enum sr_status status = check_count(dir, "Train", train, false, error, error_size);
    if (!status) status = check_count(dir, "Test", test, true, error, error_size);
    if (!status) status = check_absent(dir, error, error_size);
    if (!status) status = make_dirs(dir, error, error_size);
    if (!status) status = sr_lock_take(dir, "writing data", &lock, error, error_size);
    if (status) return status;
    status = check_absent(dir, error, error_size); /* another process may have been faster */
    if (!status) status = write_splits(dir, train, test, seed, error, error_size);
    sr_lock_release(dir, lock);
    return status;
}
