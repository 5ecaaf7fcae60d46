// SPDX-License-Identifier: Apache-2.0
// extern "C" shim around one Verilated sr_core. Compiled once a simulation build, with SR_MODEL its class and SR_BUILD its name.
#include <memory>
#include <new>
#include <vector>

#include "sim_model.h"
#include "verilated.h"
#ifndef SR_NO_TRACE
#include "verilated_fst_c.h"
#endif

#define SR_STRING2(x) #x
#define SR_STRING(x) SR_STRING2(x)
#define SR_JOIN2(a, b) a##b
#define SR_JOIN(a, b) SR_JOIN2(a, b)
#include SR_STRING(SR_MODEL.h)
#ifndef SR_NAME // as one types it: a board's name may have a dash, SR_BUILD may not
#define SR_NAME SR_STRING(SR_BUILD)
#endif

namespace {

#ifdef SR_NO_TRACE // a model that was built without waveforms: asking for them gives none
struct VerilatedFstC {
    void open(const char *) {}
    void close() {}
    void dump(uint64_t) {}
};
#endif

struct Core {
    VerilatedContext context;
    std::unique_ptr<SR_MODEL> top;
    std::unique_ptr<VerilatedFstC> fst;
    std::vector<uint8_t> sent; // by the core, not yet read
    size_t taken = 0;          // of `sent`, by read()

    Core(uint32_t seed, const char *trace) {
        context.threads(1);
        context.randReset(2);
        context.randSeed(static_cast<int>(seed % 0x7fffffffu) + 1);
        if (trace) context.traceEverOn(true);
        top = std::make_unique<SR_MODEL>(&context);
        if (trace) {
            fst = std::make_unique<VerilatedFstC>();
#ifndef SR_NO_TRACE
            top->trace(fst.get(), 99);
#endif
            fst->open(trace);
        }
        top->clk_i = 0;
        top->rst_i = 1;
        top->rx_valid_i = 0;
        top->rx_data_i = 0;
        top->tx_ready_i = 0;
        for (int i = 0; i < 16; i++) edges();
        top->rst_i = 0;
        top->tx_ready_i = 1;
        sent.clear();
    }
    ~Core() {
        if (fst) fst->close();
        top->final();
    }

    // Lets the inputs settle, says whether the byte on rx is taken at the coming edge, keeps the byte on tx, then clocks.
    bool edges() {
        top->clk_i = 0;
        top->eval();
        if (fst) fst->dump(context.time());
        bool taken_now = top->rx_valid_i && top->rx_ready_o;
        if (top->tx_valid_o && top->tx_ready_i) sent.push_back(top->tx_data_o);
        context.timeInc(1);
        top->clk_i = 1;
        top->eval();
        if (fst) fst->dump(context.time());
        context.timeInc(1);
        return taken_now;
    }

    size_t write(const uint8_t *bytes, size_t count, uint64_t cycles) {
        size_t done = 0;
        for (; done < count && cycles; cycles--) {
            top->rx_data_i = bytes[done];
            top->rx_valid_i = 1;
            if (edges()) done++;
        }
        top->rx_valid_i = 0;
        return done;
    }

    size_t read(uint8_t *bytes, size_t size, uint64_t cycles) {
        size_t quiet = 0; // a packet comes in one go: wait for its next byte only as long as a slow sender needs
        for (; cycles && sent.size() - taken < size && quiet < 64; cycles--) {
            size_t before = sent.size();
            edges();
            if (sent.size() > taken) quiet = sent.size() > before ? 0 : quiet + 1;
        }
        size_t count = sent.size() - taken < size ? sent.size() - taken : size;
        for (size_t i = 0; i < count; i++) bytes[i] = sent[taken + i];
        taken += count;
        if (taken == sent.size()) {
            sent.clear();
            taken = 0;
        }
        return count;
    }
};

void *create(uint32_t seed, const char *trace) {
    try {
        return new Core(seed, trace);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}
void destroy(void *core) { delete static_cast<Core *>(core); }
size_t write(void *core, const uint8_t *bytes, size_t count, uint64_t cycles) {
    return static_cast<Core *>(core)->write(bytes, count, cycles);
}
size_t read(void *core, uint8_t *bytes, size_t size, uint64_t cycles) {
    return static_cast<Core *>(core)->read(bytes, size, cycles);
}

} // namespace

extern "C" const struct sr_sim_model SR_JOIN(sr_sim_model_, SR_BUILD);
const struct sr_sim_model SR_JOIN(sr_sim_model_, SR_BUILD) = {SR_NAME, create, destroy, write, read};
