/* SPDX-License-Identifier: Apache-2.0
 * Engine `sim`: the protocol of link.c over a Verilated core, which is a loadable module (device/sim_model.h). Time is counted in
 * cycles, so that results never depend on the speed of the machine that simulates. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "device/registry.h"

/* What a millisecond of the driver's patience is worth: a 20 MHz clock. */
#define CYCLES_PER_MS 20000u
/* A core that takes no byte for this long never will. */
#define WRITE_CYCLES 100000000u

struct sim {
    const struct sr_sim_model *model;
    void *core;
};

static long sim_write(void *context, const uint8_t *bytes, size_t count) {
    struct sim *sim = context;
    return sim->model->write(sim->core, bytes, count, WRITE_CYCLES) == count ? (long)count : -1;
}

static long sim_read(void *context, uint8_t *bytes, size_t size, unsigned timeout_ms) {
    struct sim *sim = context;
    return (long)sim->model->read(sim->core, bytes, size, (uint64_t)timeout_ms * CYCLES_PER_MS + 1);
}

static void sim_close(void *context) {
    struct sim *sim = context;
    sim->model->destroy(sim->core);
    free(sim);
}

static enum sr_status open_one(const struct sr_sim_model *model, uint32_t seed, const char *trace, struct sr_device **device,
                               char *error, size_t error_size) {
    struct sim *sim = malloc(sizeof *sim);
    if (!sim || !(sim->core = model->create(seed, trace))) {
        free(sim);
        snprintf(error, error_size, "out of memory for a simulator");
        return SR_ERR_MEMORY;
    }
    sim->model = model;
    struct sr_transport transport = {.context = sim, .write = sim_write, .read = sim_read, .close = sim_close, .slice_ms = 1};
    // cppcheck-suppress memleak; the transport owns it, and sr_link_open the transport
    return sr_link_open(&transport, "sim", device, error, error_size);
}

enum sr_status sr_sim_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size) {
    const struct sr_sim_model *model = NULL;
    enum sr_status status = sr_registry_model(how->build, &model, error, error_size);
    if (status != SR_OK) return status;
    uint32_t count = how->threads ? how->threads : 1;
    if (count > 256) {
        snprintf(error, error_size, "%u simulators asked for, limit 256", (unsigned)count);
        return SR_ERR_LIMIT;
    }
    if (how->trace) { /* the simulator itself would go on without a word */
        FILE *file = fopen(how->trace, "wb");
        if (!file || fclose(file) != 0) {
            snprintf(error, error_size, "trace %s: cannot be written: %s", how->trace, strerror(errno));
            return SR_ERR_FILE;
        }
    }
    struct sr_device *devices[256];
    for (uint32_t i = 0; i < count; i++) {
        status = open_one(model, how->reset_seed + i, i == 0 ? how->trace : NULL, &devices[i], error, error_size);
        if (status != SR_OK) {
            while (i > 0) sr_device_close(devices[--i]);
            return status;
        }
    }
    if (count > 1) return sr_group_open(devices, count, device, error, error_size);
    // cppcheck-suppress uninitvar; the loop ran at least once
    *device = devices[0];
    return SR_OK;
}
