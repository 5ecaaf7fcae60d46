// SPDX-License-Identifier: Apache-2.0
// sr_exp_rom against the formula of numerics section 6: every entry, one look-up a cycle.
// params:
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "verilated.h"
#include "Vsr_exp_rom.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Vsr_exp_rom dut;
    unsigned failures = 0;
    for (unsigned i = 0; i <= 512; i++) {
        dut.addr_i = static_cast<uint16_t>(i % 512);
        dut.clk_i = 0;
        dut.eval();
        if (i) failures += dut.data_o != std::lround(255 * std::exp(-(i - 1.0) / 64));
        dut.clk_i = 1;
        dut.eval();
    }
    printf("tb_exp_rom: 512 entries: %s\n", failures ? "FAILED" : "ok");
    return failures != 0;
}
