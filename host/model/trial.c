/* SPDX-License-Identifier: Apache-2.0
 * Work in a child process: see trial.h. */
#include "model/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_MAX = 20 };

/* What the child says. It is below PIPE_BUF bytes, so it arrives whole or not at all. */
struct answer {
    enum sr_status status;
    char error[SR_ERROR_SIZE];
};

static void child(enum sr_status (*work)(void *argument, char *error, size_t error_size), void *argument, int out) {
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct answer answer = {SR_OK, ""};
    struct rlimit none = {0, 0};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) signal(deadly[i], SIG_DFL); /* handlers are the parent's */
    setrlimit(RLIMIT_CORE, &none);
    int null = open("/dev/null", O_WRONLY);
    if (null >= 0) dup2(null, STDERR_FILENO);
    answer.status = work(argument, answer.error, sizeof answer.error);
    ssize_t wrote = write(out, &answer, sizeof answer);
    _exit(wrote != (ssize_t)sizeof answer);
}

static long long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The answer, if one comes in time. */
static bool listen_to(int in, struct answer *answer) {
    long long end = milliseconds() + SECONDS_MAX * 1000;
    for (;;) {
        long long left = end - milliseconds();
        struct pollfd wait = {.fd = in, .events = POLLIN};
        int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR) continue;
        return ready > 0 && read(in, answer, sizeof *answer) == (ssize_t)sizeof *answer;
    }
}

enum sr_status sr_trial(enum sr_status (*work)(void *argument, char *error, size_t error_size), void *argument,
                        const char *path, char *error, size_t error_size) {
    int ends[2];
    struct answer answer = {SR_OK, ""};
    if (pipe(ends) != 0)
        return sr_error(error, error_size, SR_ERR_MEMORY, "%.300s: cannot be tried: %s", path, strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(work, argument, ends[1]);
    }
    int reason = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return sr_error(error, error_size, SR_ERR_MEMORY, "%.300s: cannot be tried: %s", path, strerror(reason));
    }
    bool answered = listen_to(ends[0], &answer);
    close(ends[0]);
    if (!answered) kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
    if (!answered) return sr_error(error, error_size, SR_ERR_FORMAT, "%.300s: damaged: the HDF5 library fails on it", path);
    answer.error[sizeof answer.error - 1] = '\0';
    return answer.status == SR_OK ? SR_OK : sr_error(error, error_size, answer.status, "%s", answer.error);
}
