/* SPDX-License-Identifier: Apache-2.0
 * One process at a time in a folder: see lock.h. */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4200, ATTEMPTS = 100 };

enum sr_status sr_lock_take(const char *folder, const char *doing, int *lock, char *error, size_t error_size) {
    char path[PATH_SIZE];
    int length = sr_format(path, sizeof path, "%s/.lock", folder);
    if (length < 0 || length >= PATH_SIZE)
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "%.100s...: path too long", folder);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0) return sr_error(error, error_size, SR_ERR_FILE, "%.300s: %s", path, strerror(errno));
        int failed;
        do {
            failed = flock(fd, LOCK_EX | LOCK_NB);
        } while (failed && errno == EINTR);
        if (failed && errno == EWOULDBLOCK) {
            close(fd);
            return sr_error(error, error_size, SR_ERR_FILE, "%.300s: another process is %s here", folder, doing);
        }
        if (failed) { /* a file system without locks */
            close(fd);
            unlink(path);
            *lock = -1;
            return SR_OK;
        }
        /* The file may have been removed, by the process that held it, after it was opened here: then it locks nothing. */
        struct stat mine, named;
        if (fstat(fd, &mine) == 0 && lstat(path, &named) == 0 && mine.st_ino == named.st_ino && mine.st_dev == named.st_dev) {
            *lock = fd;
            return SR_OK;
        }
        close(fd);
    }
    return sr_error(error, error_size, SR_ERR_FILE, "%.300s: another process is %s here", folder, doing);
}

void sr_lock_release(const char *folder, int lock) {
    char path[PATH_SIZE];
    struct stat mine, named;
    if (lock < 0) return;
    int length = sr_format(path, sizeof path, "%s/.lock", folder);
    if (length > 0 && length < PATH_SIZE && fstat(lock, &mine) == 0 && lstat(path, &named) == 0 &&
        mine.st_ino == named.st_ino && mine.st_dev == named.st_dev) {
        unlink(path); /* still held: nobody else can have taken it in between */
    }
    close(lock);
}
