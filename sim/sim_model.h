/* SPDX-License-Identifier: Apache-2.0
 * One Verilated sr_core, as C sees it. Each simulation build has one of these, made by shim.cpp. */
#ifndef SR_SIM_MODEL_H
#define SR_SIM_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sr_sim_model {
    const char *name;
    /* A core out of reset. seed: of its registers and memories before reset. trace: FST file or NULL. NULL: out of memory. */
    void *(*create)(uint32_t seed, const char *trace);
    void (*destroy)(void *core);
    /* Feed bytes, one a cycle when the core takes them. What the core sends meanwhile is kept. Returns the count taken: fewer
     * than `count` when `cycles` ran out. */
    size_t (*write)(void *core, const uint8_t *bytes, size_t count, uint64_t cycles);
    /* Clock until the core sends bytes; returns how many, 0 when `cycles` ran out. */
    size_t (*read)(void *core, uint8_t *bytes, size_t size, uint64_t cycles);
};

/* The builds of this program, NULL at the end; the first is the default. */
extern const struct sr_sim_model *const sr_sim_models[];

#ifdef __cplusplus
}
#endif
#endif
