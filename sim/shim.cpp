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
        top->s_axis_tvalid = 0;
        top->s_axis_tdata = 0;
        top->m_axis_tready = 0;
        for (int i = 0; i < 16; i++) clock();
        top->rst_i = 0;
        top->m_axis_tready = 1;
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
        bool taken_now = top->s_axis_tvalid && top->s_axis_tready;
        if (top->m_axis_tvalid && top->m_axis_tready) sent.push_back(top->m_axis_tdata);
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
            top->s_axis_tdata = bytes[done];
            top->s_axis_tvalid = 1;
            if (clock()) done++;
        }
        top->s_axis_tvalid = 0;
        return done;
    }
};

} // namespace

SR_SIM_MODULE(Core);
