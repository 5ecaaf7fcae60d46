// SPDX-License-Identifier: Apache-2.0
// sr_ln_rom against the formula of numerics section 6: every entry, one look-up a cycle.
// params:
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "verilated.h"
#include "Vsr_ln_rom.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Vsr_ln_rom dut;
    unsigned failures = 0;
    for (unsigned i = 0; i <= 128; i++) {
        dut.addr_i = static_cast<uint8_t>(i % 128);
        dut.clk_i = 0;
        dut.eval();
        if (i) failures += dut.data_o != std::lround(64 * std::log1p((i - 1.0) / 128));
        dut.clk_i = 1;
        dut.eval();
    }
    printf("tb_ln_rom: 128 entries: %s\n", failures ? "FAILED" : "ok");
    return failures != 0;
}
