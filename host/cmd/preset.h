/* SPDX-License-Identifier: Apache-2.0
 * Where presets are found: beside the source, or where they were installed. */
#ifndef SR_PRESET_H
#define SR_PRESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The preset NAME, or the file of that name if it has a slash. path: where it was found, or the last place that was tried. NULL: there
 * is none, and errno says why. */
FILE *sr_preset_open(const char *name, char *path, size_t size);
/* Names of all presets there are, sorted, with commas between them; as many as fit. False if there is none. */
bool sr_preset_list(char *text, size_t size);

#endif
