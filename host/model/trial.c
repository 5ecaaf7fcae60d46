/* SPDX-License-Identifier: Apache-2.0
 * Work in a child process: see trial.h. */
#include "model/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_MAX = 20 };

/* What the child says first; bytes follow. */
struct answer {
    enum sr_status status;
    size_t size;
    char error[SR_ERROR_SIZE];
};

static bool send_all(int out, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    while (size > 0) {
        ssize_t wrote = write(out, at, size);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return false;
        at += wrote;
        size -= (size_t)wrote;
    }
    return true;
}

static void child(sr_work work, void *argument, int out) {
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct answer answer = {SR_OK, 0, ""};
    struct rlimit none = {0, 0};
    uint8_t *bytes = NULL;
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) signal(deadly[i], SIG_DFL); /* handlers are the parent's */
    setrlimit(RLIMIT_CORE, &none);
    int null = open("/dev/null", O_WRONLY);
    if (null >= 0) dup2(null, STDERR_FILENO);
    answer.status = work(argument, &bytes, &answer.size, answer.error, sizeof answer.error);
    bool sent = send_all(out, &answer, sizeof answer) && (answer.status != SR_OK || send_all(out, bytes, answer.size));
    _exit(!sent);
}

static long long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Exactly `size` bytes, if they come in time. */
static bool receive(int in, void *bytes, size_t size, long long end) {
    uint8_t *at = bytes;
    while (size > 0) {
        long long left = end - milliseconds();
        struct pollfd wait = {.fd = in, .events = POLLIN};
        int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR) continue;
        ssize_t got = ready > 0 ? read(in, at, size) : 0;
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

/* The child's answer, and the bytes behind it. */
static enum sr_status listen_to(int in, const char *path, size_t limit, uint8_t **bytes, size_t *size, char *error,
                                size_t error_size) {
    static const char dead[] = "%.300s: damaged: the HDF5 library fails on it";
    long long end = milliseconds() + SECONDS_MAX * 1000;
    struct answer answer = {SR_OK, 0, ""};
    if (!receive(in, &answer, sizeof answer, end)) return sr_error(error, error_size, SR_ERR_FORMAT, dead, path);
    answer.error[sizeof answer.error - 1] = '\0';
    if (answer.status != SR_OK) return sr_error(error, error_size, answer.status, "%s", answer.error);
    if (answer.size > limit) return sr_error(error, error_size, SR_ERR_LIMIT, "%.300s: more than %zu bytes", path, limit);
    uint8_t *all = malloc(answer.size + 1);
    if (!all) return sr_error(error, error_size, SR_ERR_MEMORY, "%.300s: out of memory", path);
    if (!receive(in, all, answer.size, end)) {
        free(all);
        return sr_error(error, error_size, SR_ERR_FORMAT, dead, path);
    }
    *bytes = all;
    *size = answer.size;
    return SR_OK;
}

enum sr_status sr_trial(sr_work work, void *argument, const char *path, size_t limit, uint8_t **bytes, size_t *size,
                        char *error, size_t error_size) {
    int ends[2];
    if (pipe(ends) != 0)
        return sr_error(error, error_size, SR_ERR_MEMORY, "%.300s: cannot be tried: %s", path, strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(work, argument, ends[1]);
    }
    int reason = errno;
    close(ends[1]);
    enum sr_status status;
    if (pid < 0)
        status = sr_error(error, error_size, SR_ERR_MEMORY, "%.300s: cannot be tried: %s", path, strerror(reason));
    else
        status = listen_to(ends[0], path, limit, bytes, size, error, error_size);
    close(ends[0]);
    if (pid > 0) {
        kill(pid, SIGKILL); /* it has said what it had to say, or never will */
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
    }
    return status;
}
