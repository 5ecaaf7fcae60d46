// SPDX-License-Identifier: Apache-2.0
// sr_skid under random stalls on both sides: what goes in comes out, once and in order, and nothing moves while stalled.
// params:
#include <cstdint>
#include <cstdio>
#include <deque>
#include <random>

#include "verilated.h"
#include "Vsr_skid.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    std::mt19937 rng(1);
    Vsr_skid dut;
    std::deque<uint8_t> inside;
    unsigned failures = 0, moved = 0, full = 0;
    bool offered = false, stalled = false;
    uint8_t held = 0;
    auto check = [&](bool ok, const char *what) {
        if (!ok && failures++ < 10) fprintf(stderr, "FAIL %s\n", what);
    };
    dut.rst_i = 1;
    dut.s_valid_i = 0;
    for (unsigned n = 0; n < 200000; n++) {
        unsigned phase = n / 1000 % 4; // both free, slow source, slow sink, both slow
        if (n == 3) dut.rst_i = 0;
        if (!dut.rst_i && !offered) {
            dut.s_valid_i = phase & 1 ? rng() % 4 == 0 : 1;
            dut.s_data_i = static_cast<uint8_t>(rng());
        }
        dut.m_ready_i = phase & 2 ? rng() % 4 == 0 : 1;
        dut.clk_i = 0;
        dut.eval();
        if (!dut.rst_i) {
            if (stalled) check(dut.m_valid_o && dut.m_data_o == held, "output stable while stalled");
            bool in = dut.s_valid_i && dut.s_ready_o, out = dut.m_valid_o && dut.m_ready_i;
            if (in) inside.push_back(dut.s_data_i);
            check(dut.m_valid_o == !inside.empty(), "valid exactly when a word is inside");
            if (out && !inside.empty()) {
                check(dut.m_data_o == inside.front(), "words in order");
                inside.pop_front();
                moved++;
            }
            check(inside.size() <= 1, "at most one word kept");
            full += inside.size() == 1;
            offered = dut.s_valid_i && !in;
            stalled = dut.m_valid_o && !dut.m_ready_i;
            held = dut.m_data_o;
        }
        dut.clk_i = 1;
        dut.eval();
    }
    check(moved > 50000 && full > 1000, "the test moved and stalled words");
    printf("tb_skid: %u words: %s\n", moved, failures ? "FAILED" : "ok");
    return failures != 0;
}
