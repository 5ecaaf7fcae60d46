/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_count against counters in plain C: runs of additions of random lengths up to what a counter holds, all alike or not,
 * with idle cycles; marks one after the other as well. */
// params: -GUNITS=64 -GC_W=12
#include "tb.h"
#include "Vsr_loop_count.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    const unsigned units = 64, width = 12, most = (1u << (width - 1)) - 1;
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_loop_count top;
    unsigned full = 0;
    for (unsigned job = 0; job < 300; job++) {
        std::vector<int> count(units);
        unsigned adds = !job ? 0 : random.chance(5) ? most : random.below(random.chance(20) ? most + 1 : 20);
        unsigned alike = random.below(3); /* all 1, all -1, at random */
        full += adds == most && alike < 2;
        for (unsigned n = 0; n < adds;) {
            top.mark_i = 0, top.add_i = random.chance(90);
            for (unsigned at = 0; at < units; at += 64)
                tb::set(top.bits_i, at, 64, alike == 2 ? random.word() : alike ? ~0ull : 0);
            for (unsigned u = 0; u < units && top.add_i; u++) count[u] += tb::get(top.bits_i, u, 1) ? -1 : 1;
            n += top.add_i;
            tb::settle(top), tb::edge(top);
        }
        top.mark_i = 1, top.add_i = random.chance(50), tb::draw(random, top.bits_i, units);
        tb::settle(top), tb::edge(top);
        top.mark_i = top.add_i = 0;
        tb::settle(top);
        for (unsigned u = 0; u < units && job; u++)
            if (tb::sign_extend(tb::get(top.counts_o, u * width, width), width) != count[u]) tb::fail("a count");
    }
    if (!full) tb::fail("too little was tried");
    top.final();
    return 0;
}
