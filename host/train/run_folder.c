/* SPDX-License-Identifier: Apache-2.0
 * The folder of a run: see run_folder.h. */
#include "train/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/lock.h"
#include "model/history.h"

enum { OUT_MAX = 3000, INNER = SR_RUN_PATH + 64 };

/* The models first and the checkpoint last: of a run that is being removed, what is left can still be resumed or is nothing. */
static const char *const model_names[] = {"best.h5", "last.h5", "checkpoint.h5"};
enum { MODEL_NAMES = sizeof model_names / sizeof *model_names };

static enum sr_status file_error(const char *path, char *error, size_t error_size) {
    return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
}

static void parent_of(const char *path, char *parent, size_t size) {
    char copy[SR_RUN_PATH];
    sr_format(copy, sizeof copy, "%s", path);
    sr_format(parent, size, "%s", dirname(copy));
}

void sr_run_folder_path(const struct sr_run_folder *folder, const char *name, char *path, size_t size) {
    sr_format(path, size, "%s/%s", folder->path, name);
}

/* Whether there are results in the folder. A history without a generation is what a process leaves that was killed in the moment
 * before its first checkpoint. */
static bool holds_run(const struct sr_run_folder *folder) {
    char path[INNER], text[2048];
    struct stat about;
    for (size_t i = 0; i < MODEL_NAMES; i++) {
        sr_run_folder_path(folder, model_names[i], path, sizeof path);
        if (lstat(path, &about) == 0) return true;
    }
    sr_run_folder_path(folder, "history.csv", path, sizeof path);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return errno != ENOENT;
    ssize_t length = read(fd, text, sizeof text);
    close(fd);
    if (length < 0 || length == (ssize_t)sizeof text) return true;
    const char *end = memchr(text, '\n', (size_t)length);
    return length > 0 && (!end || end + 1 < text + length);
}

enum sr_status sr_run_folder_open(struct sr_run_folder *folder, const char *path, enum sr_training_use use, char *error,
                                  size_t error_size) {
    struct stat about;
    size_t length = strlen(path);
    *folder = (struct sr_run_folder){.lock = -1, .replace = use == SR_TRAINING_REPLACE};
    if (length == 0) return sr_error(error, error_size, SR_ERR_ARGUMENT, "--out: empty");
    if (length > OUT_MAX) return sr_error(error, error_size, SR_ERR_ARGUMENT, "--out: path too long");
    memcpy(folder->path, path, length + 1);
    while (length > 1 && folder->path[length - 1] == '/') folder->path[--length] = '\0';
    path = folder->path;
    if (stat(path, &about) != 0) {
        char parent[SR_RUN_PATH];
        const char *option = use == SR_TRAINING_RESUME ? "--resume" : "--out";
        if (use == SR_TRAINING_RESUME || errno != ENOENT)
            return sr_error(error, error_size, SR_ERR_FILE, "%s %.300s: %s", option, path, strerror(errno));
        parent_of(path, parent, sizeof parent);
        if (lstat(path, &about) == 0) return sr_error(error, error_size, SR_ERR_FILE, "--out %.300s: a link to nowhere", path);
        if (stat(parent, &about) != 0 || !S_ISDIR(about.st_mode) || access(parent, W_OK) != 0) {
            return sr_error(error, error_size, SR_ERR_FILE,
                            "--out %.300s: cannot be made: %.150s is no folder one can write to", path, parent);
        }
        return SR_OK;
    }
    if (!S_ISDIR(about.st_mode)) return sr_error(error, error_size, SR_ERR_FILE, "--out %.300s: is a file, not a folder", path);
    folder->exists = true;
    enum sr_status status = sr_lock_take(path, "training", &folder->lock, error, error_size);
    if (status != SR_OK) return status;
    folder->locked = true;
    if (use == SR_TRAINING_NEW && holds_run(folder)) {
        sr_run_folder_close(folder);
        return sr_error(error, error_size, SR_ERR_FILE,
                        "--out %.300s: holds a run already (--resume goes on, --force overwrites)", path);
    }
    return SR_OK;
}

/* Write the two files into `where`, under these names, and sync them. */
static enum sr_status write_first(const char *history, const char *checkpoint, const struct sr_run *run, char *error,
                                  size_t error_size) {
    unlink(history); /* of an attempt that was killed */
    unlink(checkpoint);
    enum sr_status status = sr_history_create(history, error, error_size);
    if (status == SR_OK) status = sr_run_save(checkpoint, run, true, error, error_size);
    if (status != SR_OK) {
        unlink(history);
        unlink(checkpoint);
    }
    return status;
}

/* The folder is there and locked. The new files are written before the old ones go. */
static enum sr_status fill(struct sr_run_folder *folder, const struct sr_run *run, char *error, size_t error_size) {
    char history[INNER], checkpoint[INNER], path[INNER];
    sr_run_folder_path(folder, ".new-history.csv", history, sizeof history);
    sr_run_folder_path(folder, ".new-checkpoint.h5", checkpoint, sizeof checkpoint);
    enum sr_status status = write_first(history, checkpoint, run, error, error_size);
    if (status != SR_OK) return status;
    for (size_t i = 0; i < MODEL_NAMES && status == SR_OK; i++) {
        sr_run_folder_path(folder, model_names[i], path, sizeof path);
        if (unlink(path) != 0 && errno != ENOENT) status = file_error(path, error, error_size);
    }
    sr_run_folder_path(folder, "history.csv", path, sizeof path);
    if (status == SR_OK && rename(history, path) != 0) status = file_error(path, error, error_size);
    sr_run_folder_path(folder, "checkpoint.h5", path, sizeof path);
    if (status == SR_OK && rename(checkpoint, path) != 0) status = file_error(path, error, error_size);
    if (status != SR_OK) {
        unlink(history);
        unlink(checkpoint);
        return status;
    }
    return sr_folder_sync(folder->path, error, error_size);
}

/* A folder of our own beside the run's place; mkdir follows no link and takes no name that is there. */
static enum sr_status make_beside(const char *parent, char *path, size_t size, char *error, size_t error_size) {
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        double now = sr_now();
        unsigned part = (unsigned)((now - (double)(long)now) * 1e6);
        sr_format(path, size, "%s/.spikeroll-%ld-%u", parent, (long)getpid(), part + attempt);
        if (mkdir(path, 0777) == 0) return SR_OK;
        if (errno != EEXIST) break;
    }
    return file_error(path, error, error_size);
}

enum sr_status sr_run_folder_create(struct sr_run_folder *folder, const struct sr_run *run, char *error, size_t error_size) {
    if (folder->exists) return fill(folder, run, error, error_size);
    char parent[SR_RUN_PATH], beside[INNER], history[INNER + 32], checkpoint[INNER + 32];
    parent_of(folder->path, parent, sizeof parent);
    enum sr_status status = make_beside(parent, beside, sizeof beside, error, error_size);
    if (status != SR_OK) return status;
    sr_format(history, sizeof history, "%s/history.csv", beside);
    sr_format(checkpoint, sizeof checkpoint, "%s/checkpoint.h5", beside);
    status = sr_lock_take(beside, "training", &folder->lock, error, error_size);
    folder->locked = status == SR_OK;
    if (status == SR_OK) status = write_first(history, checkpoint, run, error, error_size);
    if (status == SR_OK) status = sr_folder_sync(beside, error, error_size);
    if (status == SR_OK && rename(beside, folder->path) != 0) {
        bool late = errno == ENOTEMPTY || errno == EEXIST;
        status = late ? sr_error(error, error_size, SR_ERR_FILE, "--out %.300s: another process made a run here meanwhile",
                                 folder->path)
                      : file_error(folder->path, error, error_size);
    }
    if (status == SR_OK) {
        folder->exists = true;
        return sr_folder_sync(parent, error, error_size);
    }
    unlink(history);
    unlink(checkpoint);
    if (folder->locked) sr_lock_release(beside, folder->lock);
    folder->locked = false;
    rmdir(beside);
    return status;
}

void sr_run_folder_close(struct sr_run_folder *folder) {
    if (folder->locked) sr_lock_release(folder->path, folder->lock);
    folder->locked = false;
}
