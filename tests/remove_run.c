/* SPDX-License-Identifier: Apache-2.0 */
#include "remove_run.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

void remove_run(const char *path) {
    char file[512];
    DIR *open = opendir(path);
    if (!open) return;
    for (struct dirent *item; (item = readdir(open));) {
        snprintf(file, sizeof file, "%s/%s", path, item->d_name);
        unlink(file);
    }
    closedir(open);
    rmdir(path);
}
