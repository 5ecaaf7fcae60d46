/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_credit: populations and ranks that fill their last group and that do not, pair weights small, large and 0; every word of
 * every plane, the total, the highest plane, the cycles of the header; resets in the midst. */
// params: -GUNITS=16 -GFACTORS=64 -GPAIR_W=7 -GRANK_W=3 -GGROUP_AW=2
#include "tb.h"
#include "Vsr_loop_credit.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    const unsigned units = 16, factors = 4 * units, rank_max = 5;
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_loop_credit top;
    unsigned resets = 0, part = 0;
    top.rst_i = 1, top.start_i = top.word_re_i = 0;
    tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    for (unsigned job = 0; job < 300; job++) {
        unsigned rank = random.range(1, rank_max), pairs = random.range(1, factors / rank), total = 0, any = 0, n = 0;
        unsigned largest = random.chance(50) ? 1 : random.range(1, 127), at = pairs;
        std::vector<int> u(pairs);
        for (int &x : u) {
            x = random.chance(10) ? (int)largest : (int)random.below(2 * largest + 1) - (int)largest;
            if (random.chance(job % 5 == 0 ? 100 : 10)) x = 0;
            total += rank * (unsigned)std::abs(x), any |= (unsigned)std::abs(x);
        }
        part += pairs * rank % units != 0;
        unsigned cut = random.chance(20) ? random.range(1, 30) : 0;
        top.pairs_i = (CData)pairs, top.rank_i = (CData)rank;
        for (top.start_i = 1;; top.start_i = 0, n++) {
            top.credit_i = at < pairs ? (CData)u[at] : (CData)random.word();
            tb::settle(top);
            if (top.start_i && top.busy_o) tb::fail("busy before the start");
            if (n && (!top.busy_o || n == cut)) break;
            if (n > 1000) tb::fail("hangs");
            at = top.credit_re_o ? top.credit_addr_o : pairs;
            tb::edge(top);
        }
        if (n == cut) {
            top.rst_i = 1;
            tb::edge(top), tb::settle(top);
            top.rst_i = 0, resets++;
            tb::edge(top), tb::settle(top);
            if (top.busy_o || top.credit_re_o) tb::fail("busy after a reset");
            continue;
        }
        if (n - 1 != pairs + 2 - 1) tb::fail("cycles");
        for (unsigned idle = random.below(4); idle; idle--) tb::edge(top), top.credit_i = (CData)random.word(), tb::settle(top);
        unsigned highest = 0;
        while (any >> (highest + 1)) highest++;
        if (top.total_o != total || top.top_o != highest) tb::fail("total_o and top_o");
        for (unsigned word = 0; word < 7 * 4; word++) {
            unsigned plane = word / 4, group = word % 4;
            top.word_re_i = 1, top.word_plane_i = (CData)plane, top.word_group_i = (CData)group;
            tb::settle(top), tb::edge(top);
            top.word_re_i = 0, top.word_plane_i = (CData)random.below(7), top.word_group_i = (CData)random.below(4);
            if (random.chance(20)) tb::settle(top), tb::edge(top);
            tb::settle(top);
            for (unsigned i = 0; i < units; i++) {
                unsigned factor = group * units + i;
                int x = factor < pairs * rank ? u[factor / rank] : 0;
                bool bit = std::abs(x) >> plane & 1;
                if (tb::get(top.word_o, i, 1) != bit) tb::fail("a bit of |u|");
                if (bit && tb::get(top.word_o, units + i, 1) != (x < 0)) tb::fail("a sign of u");
            }
        }
    }
    std::printf("loop_credit: %u resets, %u jobs with a group that is not full\n", resets, part);
    if (!resets || !part) tb::fail("too little was tried");
    top.final();
    return 0;
}
