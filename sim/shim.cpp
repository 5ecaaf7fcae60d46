// SPDX-License-Identifier: Apache-2.0
// A simulation build: one Verilated sr_core as a loadable module. Compiled once a build, with SR_MODEL its class, SR_NAME its name.
#include "shim.h"
#ifndef SR_NO_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

#ifdef SR_NO_TRACE // a model that was built without waveforms: asking for them gives none
struct VerilatedFstC {
    void open(const char *) {}
    void close() {}
    void dump(uint64_t) {}
};
#endif

struct Core : Model {
    static constexpr uint64_t PATIENCE = 64;
    std::unique_ptr<VerilatedFstC> fst;

    Core(uint32_t seed, const char *trace) : Model(seed, trace != nullptr) {
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
        for (int i = 0; i < 16; i++) clock();
        top->rst_i = 0;
        top->tx_ready_i = 1;
        sent.clear();
    }
    ~Core() {
        if (fst) fst->close();
    }

    // Lets the inputs settle, says whether the byte on rx is taken at the coming edge, keeps the byte on tx, then clocks.
    bool clock() {
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
            if (clock()) done++;
        }
        top->rx_valid_i = 0;
        return done;
    }
};

} // namespace

SR_SIM_MODULE(Core);
