/* SPDX-License-Identifier: Apache-2.0
 * See registry.h. */
#define _GNU_SOURCE /* dladdr */
#include "device/registry.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/device.h"

#ifndef SR_MODULE_DIR
#define SR_MODULE_DIR "/usr/local/lib/spikeroll"
#endif

enum { PATH_SIZE = 4096, NAME_SIZE = 64, BUILDS_MAX = 64 };

enum sr_status sr_device_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size) {
    static const struct {
        const char *name;
        enum sr_status (*open)(const struct sr_open *, struct sr_device **, char *, size_t);
    } engines[] = {{"ref", sr_ref_open}, {"sim", sr_sim_open}, {"serial", sr_serial_open}};
    char unused[1];
    if (!error || !error_size) error = unused, error_size = sizeof unused;
    error[0] = '\0';
    const char *name = how->engine ? how->engine : "";
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (strcmp(name, engines[i].name) == 0) return engines[i].open(how, device, error, error_size);
    snprintf(error, error_size, "engine = \"%s\" is none of ref, sim, serial", name);
    return SR_ERR_ARGUMENT;
}

/* ---- folders ---- */

/* The path of `file` up to its last slash, followed by `rest`; false if that is too long or there is no slash. */
static bool beside(const char *file, const char *rest, char *path) {
    const char *slash = strrchr(file, '/');
    if (!slash) return false;
    int length = snprintf(path, PATH_SIZE, "%.*s/%s", (int)(slash - file), file, rest);
    return length > 0 && length < PATH_SIZE;
}

/* Folder number n of the search order in `path` (PATH_SIZE bytes, "" if there is none under this number); false past the last. */
static bool folder(unsigned n, char *path) {
    path[0] = '\0';
    const char *list = getenv("SPIKEROLL_SIM_PATH");
    for (; list && *list; n--) {
        size_t length = strcspn(list, ":");
        if (n == 0) {
            if (length < PATH_SIZE) snprintf(path, PATH_SIZE, "%.*s", (int)length, list);
            return true;
        }
        list += length + (list[length] == ':');
    }
    char program[PATH_SIZE];
    static const char built_in[] = SR_MODULE_DIR; /* also an address in this library */
    Dl_info library;
    switch (n) {
        case 0:
        case 1: {
            ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
            if (length <= 0) return true;
            program[length] = '\0';
            if (!beside(program, n == 0 ? "sim" : "../lib/spikeroll", path)) path[0] = '\0';
            return true;
        }
        case 2:
            if (!dladdr(built_in, &library) || !library.dli_fname || !beside(library.dli_fname, "spikeroll", path))
                path[0] = '\0';
            return true;
        case 3:
            snprintf(path, PATH_SIZE, "%s", built_in);
            return true;
        default:
            return false;
    }
}

bool sr_registry_file(const char *name, char *path, size_t size) {
    char where[PATH_SIZE];
    for (unsigned n = 0; folder(n, where); n++) {
        int length = snprintf(path, size, "%s/%s", where, name);
        if (*where && length > 0 && (size_t)length < size && access(path, F_OK) == 0) return true;
    }
    return false;
}

/* ---- builds ---- */

/* Whether `file` is NAME.so with a name that a build may have. */
static bool is_module(const char *file) {
    size_t length = strspn(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    return length > 0 && length < NAME_SIZE && strcmp(file + length, ".so") == 0;
}

static int compare_names(const void *a, const void *b) { return strcmp(a, b); }

/* The builds that are found, sorted, each once; returns how many. */
static size_t find_builds(char (*name)[NAME_SIZE]) {
    char path[PATH_SIZE];
    size_t count = 0;
    for (unsigned n = 0; folder(n, path); n++) {
        DIR *listing = *path ? opendir(path) : NULL;
        for (struct dirent *entry; listing && count < BUILDS_MAX && (entry = readdir(listing));) {
            if (!is_module(entry->d_name)) continue;
            snprintf(name[count], NAME_SIZE, "%.*s", (int)(strlen(entry->d_name) - strlen(".so")), entry->d_name);
            size_t same = 0;
            while (strcmp(name[same], name[count])) same++;
            count += same == count;
        }
        if (listing) closedir(listing);
    }
    qsort(name, count, NAME_SIZE, compare_names);
    return count;
}

size_t sr_registry_builds(char *text, size_t size) {
    char name[BUILDS_MAX][NAME_SIZE];
    size_t count = find_builds(name), used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t room = strlen(name[i]) + (i ? 2 : 0);
        if (used + room + sizeof ", ..." > size) {
            snprintf(text + used, size - used, "%s", i ? ", ..." : "...");
            break;
        }
        snprintf(text + used, size - used, "%s%s", i ? ", " : "", name[i]);
        used += room;
    }
    return count;
}

static enum sr_status load(const char *path, const struct sr_sim_model **model, char *error, size_t error_size) {
    /* RTLD_NODELETE: the module stays when the handle is given back, as its threads and its model's class may. */
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!module) {
        const char *why = dlerror();
        snprintf(error, error_size, "%s", why ? why : "a module cannot be loaded");
        return SR_ERR_FILE;
    }
    const struct sr_sim_model *found = dlsym(module, SR_SIM_ENTRY_NAME);
    dlclose(module);
    if (!found) {
        snprintf(error, error_size, "%.180s is no simulation build of this edition (it has no %s)", path, SR_SIM_ENTRY_NAME);
        return SR_ERR_MISMATCH;
    }
    *model = found;
    return SR_OK;
}

enum sr_status sr_registry_model(const char *build, const struct sr_sim_model **model, char *error, size_t error_size) {
    char path[PATH_SIZE], file[PATH_SIZE + NAME_SIZE + 8], name[NAME_SIZE + 8], builds[128];
    if (!build) build = "default";
    if (strchr(build, '/')) return load(build, model, error, error_size);
    bool legal = snprintf(name, sizeof name, "%s.so", build) < (int)sizeof name && is_module(name);
    for (unsigned n = 0; legal && folder(n, path); n++) {
        snprintf(file, sizeof file, "%s/%s", path, name);
        if (*path && access(file, F_OK) == 0) return load(file, model, error, error_size);
    }
    bool any = sr_registry_builds(builds, sizeof builds) > 0;
    snprintf(error, error_size,
             "no simulation build \"%.40s\" (there %s%s); in the source folder, `make build/sim/%.40s.so` builds it", build,
             any ? "are: " : "are none", builds, legal ? build : "NAME");
    return SR_ERR_ARGUMENT;
}
