/* SPDX-License-Identifier: Apache-2.0
 * Makes the n-th call of a kind fail: preloaded by tests/inject/run before a program's libraries (glibc).
 *   INJECT_KIND   memory, open, write, sync, rename: which calls are counted
 *   INJECT_AT     the number, from 1, of the one that fails; 0: none
 *   INJECT_ON     set: all after it fail too (a disk that stays full, memory that stays short)
 *   INJECT_COUNT  a file that gets the number of calls there were, when the program ends */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

enum kind { NONE, MEMORY, OPEN, WRITE, SYNC, RENAME };
static const char *const names[] = {"", "memory", "open", "write", "sync", "rename"};

static enum kind wanted;
static long at;
static bool from_then_on;
static atomic_long calls;

/* No memory is asked for here: it would be counted. */
__attribute__((constructor)) static void begin(void) {
    const char *kind = getenv("INJECT_KIND"), *number = getenv("INJECT_AT");
    for (int k = MEMORY; kind && k <= RENAME; k++)
        if (!strcmp(kind, names[k])) wanted = (enum kind)k;
    at = number ? strtol(number, NULL, 10) : 0;
    from_then_on = getenv("INJECT_ON") != NULL;
    calls = 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("INJECT_COUNT");
    char text[32];
    if (!path) return;
    int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
    wanted = NONE;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd >= 0 && write(fd, text, (size_t)length) != length) abort();
}

/* Count a call; true: it fails. */
static bool fails(enum kind kind, int reason) {
    if (kind != wanted) return false;
    long number = atomic_fetch_add(&calls, 1) + 1;
    if (!at || (from_then_on ? number < at : number != at)) return false;
    errno = reason;
    return true;
}

/* The next library's function of this name: POSIX lets a pointer to it be a void *; ISO C (-pedantic) does not. */
#define NEXT(type, name) \
    static type next;    \
    if (!next) next = (type)dlsym(RTLD_NEXT, name)

void *malloc(size_t size) { return fails(MEMORY, ENOMEM) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails(MEMORY, ENOMEM) ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return fails(MEMORY, ENOMEM) ? NULL : __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { return fails(MEMORY, ENOMEM) ? NULL : __libc_memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (fails(MEMORY, ENOMEM)) return ENOMEM;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

typedef int (*open_function)(const char *, int, ...);
static int open_next(const char *name, const char *path, int flags, mode_t mode) {
    open_function next = (open_function)dlsym(RTLD_NEXT, name);
    return fails(OPEN, EMFILE) ? -1 : next(path, flags, mode);
}
static mode_t mode_of(int flags, va_list list) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; }
int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    return open_next("open", path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    return open_next("open64", path, flags, mode);
}
FILE *fopen(const char *path, const char *mode) {
    typedef FILE *(*function)(const char *, const char *);
    NEXT(function, "fopen");
    return fails(OPEN, EMFILE) ? NULL : next(path, mode);
}
int mkdir(const char *path, mode_t mode) {
    typedef int (*function)(const char *, mode_t);
    NEXT(function, "mkdir");
    return fails(OPEN, ENOSPC) ? -1 : next(path, mode);
}

/* A write that fails has written a part. */
ssize_t write(int fd, const void *bytes, size_t size) {
    typedef ssize_t (*function)(int, const void *, size_t);
    NEXT(function, "write");
    if (!fails(WRITE, ENOSPC)) return next(fd, bytes, size);
    ssize_t part = next(fd, bytes, size / 2);
    errno = ENOSPC;
    return part < 0 || size < 2 ? -1 : part; /* the rest fails next, where all do; else it goes on: also a thing to bear */
}
/* The library's own writes cannot be caught, so those behind a stream fail here; the standard streams are no file of a run. */
int fflush(FILE *file) {
    typedef int (*function)(FILE *);
    NEXT(function, "fflush");
    return file && file != stderr && file != stdout && fails(WRITE, ENOSPC) ? EOF : next(file);
}
int fclose(FILE *file) {
    typedef int (*function)(FILE *);
    NEXT(function, "fclose");
    bool lost = file != stderr && file != stdout && fails(WRITE, ENOSPC);
    int code = next(file);
    if (lost) errno = ENOSPC;
    return lost ? EOF : code;
}
int ftruncate(int fd, off_t length) {
    typedef int (*function)(int, off_t);
    NEXT(function, "ftruncate");
    return fails(WRITE, EIO) ? -1 : next(fd, length);
}

int fsync(int fd) {
    typedef int (*function)(int);
    NEXT(function, "fsync");
    return fails(SYNC, EIO) ? -1 : next(fd);
}
int close(int fd) {
    typedef int (*function)(int);
    NEXT(function, "close");
    bool lost = fails(SYNC, EIO);
    int code = next(fd);
    if (lost) errno = EIO;
    return lost ? -1 : code;
}
int rename(const char *from, const char *to) {
    typedef int (*function)(const char *, const char *);
    NEXT(function, "rename");
    return fails(RENAME, EIO) ? -1 : next(from, to);
}
