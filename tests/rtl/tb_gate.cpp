/* SPDX-License-Identifier: Apache-2.0
 * sr_gate: clk_o has a whole pulse for each cycle at whose end, while clk_i is low, en_i was 1, and none for the others, whatever
 * en_i does before, and while clk_i is high. */
// params: -GGATE=1
#include "tb.h"
#include "Vsr_gate.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_gate top;
    bool open = false; /* what en_i is as clk_i rises */
    unsigned pulses = 0, cycles = 5000;
    top.clk_i = 0, top.en_i = 0;
    top.eval();
    for (unsigned n = 0; n < cycles; n++) {
        for (unsigned high : {1u, 0u}) {
            top.clk_i = high;
            for (unsigned change = 0; change < 4; change++) {
                top.eval();
                if (top.clk_o != (high && open)) tb::fail(high ? "clk_o while clk_i is high" : "clk_o while clk_i is low");
                top.en_i = random.chance(50);
            }
            top.eval();
            if (!high) open = top.en_i;
            pulses += high && top.clk_o;
        }
    }
    if (pulses < cycles / 3 || pulses > cycles * 2 / 3) tb::fail("too little was tried");
    std::printf("gate: %u pulses in %u cycles\n", pulses, cycles);
    top.final();
    return 0;
}
