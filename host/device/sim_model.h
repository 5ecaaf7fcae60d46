/* SPDX-License-Identifier: Apache-2.0
 * A simulation build, as C sees it: one Verilated sr_core in a loadable module, build/sim/NAME.so.
 *
 * A module exports exactly one symbol, the object sr_sim_model_v1 of type struct sr_sim_model; everything else in it (the model,
 * Verilator's run-time library) is hidden, so that several modules live side by side in one process. The number in the name is
 * the edition of this file: whoever changes the struct or what its functions promise raises SR_SIM_EDITION, and an old module
 * is then refused by name when it is opened. A module is made by sim/shim.cpp (a core) or sim/pins.cpp (a board's pins). */
#ifndef SR_SIM_MODEL_H
#define SR_SIM_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SR_SIM_EDITION 1
#define SR_SIM_PASTE(name, edition) name##edition
#define SR_SIM_PASTED(name, edition) SR_SIM_PASTE(name, edition)
#define SR_SIM_TEXT(name) #name
#define SR_SIM_TEXT_OF(name) SR_SIM_TEXT(name)
/* The entry symbol, as a word of C and as a string for dlsym. */
#define SR_SIM_ENTRY SR_SIM_PASTED(sr_sim_model_v, SR_SIM_EDITION)
#define SR_SIM_ENTRY_NAME SR_SIM_TEXT_OF(SR_SIM_ENTRY)

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

#ifdef __cplusplus
}
#endif
#endif
