/* SPDX-License-Identifier: Apache-2.0
 * What answers for an engine that was not linked in: weak, so that the engine's own file replaces it. */
#include <stdio.h>

#include "device.h"

#define SR_WEAK __attribute__((weak))

static enum sr_status missing(const char *engine, char *error, size_t error_size) {
    snprintf(error, error_size, "engine \"%s\" is not part of this build", engine);
    return SR_ERR_UNSUPPORTED;
}

SR_WEAK enum sr_status sr_sim_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size) {
    (void)how, (void)device;
    return missing("sim", error, error_size);
}

SR_WEAK enum sr_status sr_serial_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size) {
    (void)how, (void)device;
    return missing("serial", error, error_size);
}
