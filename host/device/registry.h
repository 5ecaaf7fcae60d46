/* SPDX-License-Identifier: Apache-2.0
 * Where engines come from: those that are built in (ref, serial, and sim as the driver of a simulation), and the simulation
 * builds, which are loadable modules NAME.so that the library finds at run time and never links. Nothing here is mutable: the
 * engines are a constant table, and the modules are looked for on the disk each time.
 *
 * Modules are looked for in these folders, in this order:
 *   1. those of the environment variable SPIKEROLL_SIM_PATH, separated by colons;
 *   2. sim/ beside the running program (build/sim, in a source folder);
 *   3. ../lib/spikeroll from the running program's folder (an installed program);
 *   4. spikeroll/ beside libspikeroll.so (a program that uses the installed library);
 *   5. SR_MODULE_DIR, set when the library was built (/usr/local/lib/spikeroll).
 * Linux only, as far as 2 and 3 are concerned: they read /proc/self/exe. */
#ifndef SR_REGISTRY_H
#define SR_REGISTRY_H

#include <spikeroll/spikeroll.h>

#include "device/sim_model.h"

/* The model of the simulation build of this name (NULL: "default"), or of a file if the name has a slash. The module stays
 * loaded until the process ends, so the model is valid for ever. On failure, error has one line: which builds there are, and how
 * to build this one; or why the module cannot be loaded. */
enum sr_status sr_registry_model(const char *build, const struct sr_sim_model **model, char *error, size_t error_size);

enum { SR_MODULE_PATH = 4096 + 128 };
/* The path of another loadable module, which is no build, in the first of these folders that has it. */
bool sr_registry_file(const char *name, char *path, size_t size);

/* The names of the builds that are found, sorted, with ", " between them; "" if there are none. Returns how many; the text ends
 * in "..." where they do not all fit in. */
size_t sr_registry_builds(char *text, size_t size);

#endif
