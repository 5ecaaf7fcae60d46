/* SPDX-License-Identifier: Apache-2.0
 * sr_settings against plain C: registers written in any order, whose sizes follow in the next cycle, and of which PAIR_FIRST or the K of
 * a layer is told a cycle after it is asked for; whether they are 0, at any time. With CFG_RAM cfg_i has not the low halves. */
// params: -GCFG_RAM=1
// params: -GLANES=16 -GHIDDEN_MAX=128
#include "tb.h"
#include "Vsr_settings.h"

#include "map/sr_map.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    const bool ram = tb::variant(argv) == 0;
    const unsigned lanes = ram ? 4 : 16, hidden = ram ? 64 : 128, inputs = 592;
    Vsr_settings top;
    uint32_t regs[128] = {0};
    unsigned zeros = 0, whole = 0;
    const auto cycle = [&] { tb::settle(top), tb::edge(top), tb::settle(top); };
    const auto write = [&](unsigned reg, uint32_t value) {
        top.cfg_we_i = 1, top.cfg_addr_i = (CData)reg, top.cfg_wdata_i = (SData)value;
        cycle();
        regs[reg] = value;
        /* The low halves of what the RAM has are random to all others. */
        const bool kept = reg == SR_REG_PAIR_FIRST || reg == SR_REG_STEP0 || reg == SR_REG_STEP3;
        if (ram && kept) value = (value & 0xFFFF0000) | (random.word() & 0xFFFF);
        tb::set(top.cfg_i, (reg - 64) * 32, 32, value);
        top.cfg_we_i = 0, top.cfg_addr_i = (CData)random.below(128), top.cfg_wdata_i = (SData)random.word();
    };
    const auto k = [&] { return random.chance(20) ? 0 : (uint32_t)random.word() & 0xFFFFF; };
    for (unsigned n = 0; n < 20000; n++) {
        const unsigned which = n < 5 ? n : random.below(6);
        if (which == 0) write(SR_REG_ROWS0, random.range(1, inputs));
        if (which == 1)
            write(SR_REG_COLS0, random.chance(30) ? random.range(1, hidden / lanes) * lanes : random.range(1, hidden));
        if (which == 2) write(SR_REG_PAIR_FIRST, k() & 0xFFFF);
        if (which == 3) write(SR_REG_STEP0, k());
        if (which == 4) write(SR_REG_STEP3, k());
        if (which == 5) write(0x70 + random.below(8), (uint32_t)random.word()); /* of no interest here */
        cycle();
        if (n < 5) continue;
        for (unsigned i = 0; i < 3; i++) {
            const unsigned rows = regs[SR_REG_ROWS0], cols = regs[SR_REG_COLS0], rest = cols % lanes;
            const bool draw = random.chance(50), readout = random.chance(50);
            const uint32_t step = regs[readout ? SR_REG_STEP3 : SR_REG_STEP0];
            top.draw_i = draw, top.readout_i = readout;
            cycle();
            if (top.x_words_o != (rows + 15) / 16) tb::fail("x_words_o");
            if (top.blocks_o != (cols + lanes - 1) / lanes) tb::fail("blocks_o");
            if (top.last_present_o != (1u << (rest ? rest : lanes)) - 1) tb::fail("last_present_o");
            if ((!ram || draw) && top.pair_first_o != regs[SR_REG_PAIR_FIRST]) tb::fail("pair_first_o");
            if ((!ram || !draw) && top.step_o != step) tb::fail("step_o");
            if (top.pair_zero_o != (regs[SR_REG_PAIR_FIRST] == 0)) tb::fail("pair_zero_o");
            if (top.step_hidden_o != ((regs[SR_REG_STEP0] & 0xFFFF) != 0)) tb::fail("step_hidden_o");
            if (top.step_readout_o != ((regs[SR_REG_STEP3] & 0xFFFF) != 0)) tb::fail("step_readout_o");
            zeros += top.pair_zero_o, whole += rest == 0;
        }
    }
    std::printf("settings: %u with PAIR_FIRST 0, %u with a whole last block\n", zeros, whole);
    if (zeros < 1000 || whole < 1000) tb::fail("too little was tried");
    top.final();
    return 0;
}
