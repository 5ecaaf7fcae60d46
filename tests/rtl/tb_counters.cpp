/* SPDX-License-Identifier: Apache-2.0
 * sr_counters against counters in plain C: every unit busy at random, runs that begin in the midst, so long a run that a counter
 * carries over its low half. */
// params: -GCOUNTERS=1
#include "tb.h"
#include "Vsr_counters.h"

#include "map/sr_map.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_counters top;
    static const unsigned places[7] = {SR_REG_CYC_TOTAL,   SR_REG_CYC_BASE,   SR_REG_CYC_LIF, SR_REG_CYC_LIF_BUSY,
                                       SR_REG_CYC_READOUT, SR_REG_CYC_UPDATE, SR_REG_EVENTS};
    uint32_t want[16] = {0}, most = 0;
    for (unsigned run = 0; run < 40; run++) {
        const unsigned length = run == 20 ? 140000 : random.range(0, 3000), busy = run == 20 ? 90 : random.below(101);
        for (unsigned cycle = 0; cycle <= length; cycle++) {
            top.clear_i = cycle == 0;
            CData *ports[7] = {&top.run_i,     &top.base_i,   &top.lif_i,  &top.lif_busy_i,
                               &top.readout_i, &top.update_i, &top.event_i};
            for (unsigned k = 0; k < 7; k++) {
                *ports[k] = random.chance(busy);
                want[places[k] - SR_REG_STATUS] = cycle == 0 ? 0 : want[places[k] - SR_REG_STATUS] + *ports[k];
            }
            tb::settle(top), tb::edge(top), tb::settle(top);
            for (unsigned k = 0; k < 16; k++)
                if (tb::get(top.st_o, 32 * k, 32) != want[k]) tb::fail("st_o");
            most = want[SR_REG_EVENTS - SR_REG_STATUS] > most ? want[SR_REG_EVENTS - SR_REG_STATUS] : most;
        }
    }
    std::printf("counters: %u events at most\n", most);
    if (most < 1u << 16) tb::fail("too little was tried");
    top.final();
    return 0;
}
