/* SPDX-License-Identifier: Apache-2.0
 * See preset.h. */
#include "cmd/preset.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SR_PRESET_DIR
#define SR_PRESET_DIR "/usr/local/share/spikeroll/presets"
#endif

enum { FOLDER_SIZE = 4096, NAME_SIZE = 64, NAMES_MAX = 256 };
static const char suffix[] = ".preset";

/* Folder number n of those that are searched; false past the last. */
static bool folder(unsigned n, char *path) {
    /* From build/spikeroll, from a test in build/tests, and from an installed program in PREFIX/bin. */
    static const char *const beside[] = {"../host/presets", "../../host/presets", "../share/spikeroll/presets"};
    enum { BESIDE = sizeof beside / sizeof *beside };
    char self[FOLDER_SIZE / 2];
    if (n > BESIDE) return false;
    snprintf(path, FOLDER_SIZE, "%s", SR_PRESET_DIR);
    if (n == BESIDE) return true;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return true;
    self[length] = '\0';
    char *slash = strrchr(self, '/');
    if (slash) *slash = '\0';
    snprintf(path, FOLDER_SIZE, "%s/%s", self, beside[n]);
    return true;
}

FILE *sr_preset_open(const char *name, char *path, size_t size) {
    char where[FOLDER_SIZE];
    FILE *file = NULL;
    if (strchr(name, '/')) {
        snprintf(path, size, "%s", name);
        return fopen(path, "r");
    }
    for (unsigned n = 0; !file && folder(n, where); n++) {
        int length = snprintf(path, size, "%s/%s%s", where, name, suffix);
        file = length > 0 && (size_t)length < size ? fopen(path, "r") : NULL;
    }
    return file;
}

static int compare(const void *a, const void *b) { return strcmp(a, b); }

bool sr_preset_list(char *text, size_t size) {
    char where[FOLDER_SIZE], name[NAMES_MAX][NAME_SIZE];
    size_t count = 0, used = 0;
    for (unsigned n = 0; folder(n, where); n++) {
        DIR *listing = opendir(where);
        for (struct dirent *entry; listing && count < NAMES_MAX && (entry = readdir(listing));) {
            size_t length = strlen(entry->d_name), end = sizeof suffix - 1;
            if (length <= end || length - end >= NAME_SIZE || strcmp(entry->d_name + length - end, suffix)) continue;
            memcpy(name[count], entry->d_name, length - end);
            name[count++][length - end] = '\0';
        }
        if (listing) closedir(listing);
    }
    qsort(name, count, NAME_SIZE, compare);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (i && !strcmp(name[i], name[i - 1])) continue;
        if (used + strlen(name[i]) + 3 > size) break;
        used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", name[i]);
    }
    return count > 0;
}
