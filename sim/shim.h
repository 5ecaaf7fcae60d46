// SPDX-License-Identifier: Apache-2.0
// What shim.cpp and pins.cpp share: a Verilated model, and how C sees it. SR_MODEL is its class, SR_NAME its name, a string.
// Everything is compiled hidden but the module's one entry symbol.
#ifndef SR_SHIM_H
#define SR_SHIM_H

#include <memory>
#include <new>
#include <vector>

#include "device/sim_model.h"
#include "verilated.h"

#define SR_STRING2(x) #x
#define SR_STRING(x) SR_STRING2(x)
#include SR_STRING(SR_MODEL.h)

namespace {

// A core adds to it: clock(), which keeps in `sent` what the model sends; write(); PATIENCE, see read() below.
struct Model {
    VerilatedContext context;
    std::unique_ptr<SR_MODEL> top;
    std::vector<uint8_t> sent; // by the model, not yet read
    size_t taken = 0;          // of `sent`, by read()

    Model(uint32_t seed, bool trace) {
        context.threads(1);
        context.randReset(2);
        context.randSeed(static_cast<int>(seed % 0x7fffffffu) + 1);
        if (trace) context.traceEverOn(true);
        top = std::make_unique<SR_MODEL>(&context);
    }
    ~Model() { top->final(); }
};

template <typename Core>
void *create(uint32_t seed, const char *trace) {
    try {
        return new Core(seed, trace);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

template <typename Core>
void destroy(void *core) {
    delete static_cast<Core *>(core);
}

template <typename Core>
size_t write(void *core, const uint8_t *bytes, size_t count, uint64_t cycles) {
    return static_cast<Core *>(core)->write(bytes, count, cycles);
}

// A packet comes in one go: its next byte is waited for only PATIENCE clocks, as long as a slow sender needs.
template <typename Core>
size_t read(void *core, uint8_t *bytes, size_t size, uint64_t cycles) {
    Core &c = *static_cast<Core *>(core);
    uint64_t quiet = 0;
    for (; cycles && c.sent.size() - c.taken < size && quiet < Core::PATIENCE; cycles--) {
        size_t before = c.sent.size();
        c.clock();
        if (c.sent.size() > c.taken) quiet = c.sent.size() > before ? 0 : quiet + 1;
    }
    size_t count = c.sent.size() - c.taken < size ? c.sent.size() - c.taken : size;
    for (size_t i = 0; i < count; i++) bytes[i] = c.sent[c.taken + i];
    c.taken += count;
    if (c.taken == c.sent.size()) {
        c.sent.clear();
        c.taken = 0;
    }
    return count;
}

} // namespace

// The module's entry symbol: see host/device/sim_model.h.
#define SR_SIM_MODULE(Core)                                                            \
    extern "C" __attribute__((visibility("default"))) const sr_sim_model SR_SIM_ENTRY; \
    const sr_sim_model SR_SIM_ENTRY = {SR_NAME, create<Core>, destroy<Core>, write<Core>, read<Core>}

#endif
