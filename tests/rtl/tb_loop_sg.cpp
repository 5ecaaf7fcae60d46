/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_sg against plain C: S g written for every k, items from any k on, ranks that end within an item, idle cycles, in which
 * the terms are 0. */
// params: -GRANK_LANES=4 -GK_AW=4 -GK_W=5 -GG_W=28 -GQ_W=32
#include "tb.h"
#include "Vsr_loop_sg.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const struct { unsigned lanes, ks, g, q; } shape = {4, 16, 28, 32};
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_loop_sg top;
    std::vector<int64_t> of[2] = {std::vector<int64_t>(shape.ks), std::vector<int64_t>(shape.ks)};
    unsigned cut = 0;
    for (unsigned n = 0; n < 40000; n++) {
        unsigned k = n < shape.ks ? n : random.below(shape.ks);
        int64_t g[2] = {tb::sign_extend(random.word(), random.range(4, shape.g)), tb::sign_extend(random.word(), shape.g)};
        top.we_i = n < shape.ks || random.chance(30);
        top.k_i = (CData)k, top.p_i = (IData)g[0] & ((1u << shape.g) - 1), top.m_i = (IData)g[1] & ((1u << shape.g) - 1);
        unsigned count = random.range(1, shape.ks), at = random.below(count);
        top.valid_i = n >= shape.ks && random.chance(70);
        top.at_i = (CData)at, top.count_i = (CData)count, top.bits_i = (CData)(random.word() & ((1u << shape.lanes) - 1));
        int64_t term[2] = {0, 0};
        for (unsigned j = 0; j < shape.lanes && top.valid_i; j++) {
            if (at + j >= count) {
                cut++;
                continue;
            }
            bool minus = top.bits_i >> j & 1;
            term[0] += minus ? -of[0][at + j] : of[0][at + j], term[1] += minus ? of[1][at + j] : -of[1][at + j];
        }
        if (top.we_i) of[0][k] = g[0], of[1][k] = g[1];
        tb::settle(top), tb::edge(top), tb::settle(top);
        if (tb::sign_extend(top.term_p_o, shape.q) != term[0]) tb::fail("the plus member's term");
        if (tb::sign_extend(top.term_m_o, shape.q) != term[1]) tb::fail("the minus member's term");
    }
    if (!cut) tb::fail("too little was tried");
    top.final();
    return 0;
}
