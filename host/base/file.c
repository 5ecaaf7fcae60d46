/* SPDX-License-Identifier: Apache-2.0
 * Files read and written whole: see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

/* Read exactly `size` bytes: 0, or the errno of what went wrong (EIO where the file ended early). */
static int read_all(int fd, uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t got = read(fd, bytes, size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) return EIO;
        bytes += got;
        size -= (size_t)got;
    }
    return 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t wrote = write(fd, bytes, size);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return errno;
        if (wrote == 0) return EIO;
        bytes += wrote;
        size -= (size_t)wrote;
    }
    return 0;
}

static enum sr_status read_open(int fd, const char *path, const struct sr_file_kind *kind, uint8_t **bytes, size_t *size,
                                char *error, size_t error_size) {
    struct stat about;
    uint8_t head[64];
    if (fstat(fd, &about) != 0) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode)) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: not a regular file", path);
    size_t length = (size_t)about.st_size, begin = kind->head_size < sizeof head ? kind->head_size : sizeof head;
    if (length < begin || (begin && (read_all(fd, head, begin) != 0 || memcmp(head, kind->head, begin) != 0))) {
        return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: %s", path, kind->otherwise);
    }
    if ((uint64_t)about.st_size > kind->limit) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "%.300s: %llu bytes exceed the limit of %zu", path,
                        (unsigned long long)about.st_size, kind->limit);
    }
    uint8_t *all = malloc(length + 1);
    if (!all) return sr_error(error, error_size, SR_ERR_MEMORY, "%.300s: out of memory for its %zu bytes", path, length);
    memcpy(all, head, begin);
    int reason = read_all(fd, all + begin, length - begin);
    if (reason != 0) {
        free(all);
        return sr_error(error, error_size, SR_ERR_FILE, "%.300s: cannot be read: %s", path, strerror(reason));
    }
    *bytes = all;
    *size = length;
    return SR_OK;
}

enum sr_status sr_file_read(const char *path, const struct sr_file_kind *kind, uint8_t **bytes, size_t *size, char *error,
                            size_t error_size) {
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); /* opening a pipe would wait for its writer */
    if (fd < 0) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
    enum sr_status status = read_open(fd, path, kind, bytes, size, error, error_size);
    close(fd);
    return status;
}

/* fsync of a folder, or the errno. Some file systems cannot, and say EINVAL. */
static int sync_folder(const char *folder) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    int reason = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
    close(fd);
    return reason;
}

enum sr_status sr_folder_sync(const char *folder, char *error, size_t error_size) {
    int reason = sync_folder(folder);
    if (reason == 0) return SR_OK;
    return sr_error(error, error_size, SR_ERR_FILE, "%.300s: cannot be synced to the disk: %s", folder, strerror(reason));
}

/* Write and sync the file that fd is. *step names what failed. */
static int fill(int fd, const void *bytes, size_t size, const char **step) {
    *step = "written";
    int reason = write_all(fd, bytes, size);
    if (reason != 0) return reason;
    *step = "synced to the disk";
    return fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
}

/* Is fd still what is at `path`? Another process may have put its own file there. */
static bool still_there(int fd, const char *path) {
    struct stat own, there;
    return fstat(fd, &own) == 0 && lstat(path, &there) == 0 && own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

enum sr_status sr_file_replace(const char *path, const void *bytes, size_t size, char *error, size_t error_size) {
    char temporary[PATH_SIZE], folder[PATH_SIZE];
    const char *step = "made";
    int length = snprintf(temporary, sizeof temporary, "%s.tmp", path), reason = 0;
    if (length < 0 || (size_t)length >= sizeof temporary) {
        return sr_error(error, error_size, SR_ERR_FILE, "%.200s...: path longer than %d bytes", path, PATH_SIZE - 5);
    }
    snprintf(folder, sizeof folder, "%s", path);
    if (unlink(temporary) != 0 && errno != ENOENT) reason = errno; /* left by a process that was killed */
    int fd = reason ? -1 : open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) {
        if (!reason) reason = errno;
        return sr_error(error, error_size, SR_ERR_FILE, "%.300s.tmp: cannot be made: %s", path, strerror(reason));
    }
    reason = fill(fd, bytes, size, &step);
    bool own = still_there(fd, temporary);
    if (close(fd) != 0 && reason == 0) {
        step = "closed";
        reason = errno;
    }
    if (reason != 0) {
        if (own) unlink(temporary);
        return sr_error(error, error_size, SR_ERR_FILE, "%.300s: cannot be %s: %s", path, step, strerror(reason));
    }
    if (!own) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: another process is writing it too", path);
    if (rename(temporary, path) != 0) {
        reason = errno;
        unlink(temporary);
        return sr_error(error, error_size, SR_ERR_FILE, "%.300s: cannot take its name: %s", path, strerror(reason));
    }
    return sr_folder_sync(dirname(folder), error, error_size);
}
