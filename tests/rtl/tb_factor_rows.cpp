/* SPDX-License-Identifier: Apache-2.0
 * sr_factor_rows against an array: parts written in any order, words read at random, beside writes of other words. */
// params: -GCUT=4 -GUNITS=4 -GDEPTH=2432 -GADDR_W=12 -GSPLIT=1
// params: -GCUT=2 -GUNITS=4 -GDEPTH=1000 -GADDR_W=10 -GSPLIT=1
// params: -GCUT=4 -GUNITS=4 -GDEPTH=512 -GADDR_W=9 -GSPLIT=1
// params: -GCUT=16 -GUNITS=8 -GDEPTH=600 -GADDR_W=10 -GSPLIT=0
// params: -GCUT=2 -GUNITS=1 -GDEPTH=40 -GADDR_W=6 -GSPLIT=1
#include "tb.h"
#include "Vsr_factor_rows.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned shapes[][3] = {{4, 4, 2432}, {2, 4, 1000}, {4, 4, 512}, {16, 8, 600}, {2, 1, 40}};
    const unsigned *shape = shapes[tb::variant(argv)], cut = shape[0], units = shape[1], depth = shape[2];
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_factor_rows top;
    std::vector<uint32_t> store(depth * units), known(depth * units);
    std::vector<uint32_t> expected(units), sure(units);
    unsigned long long reads = 0;
    top.clk_i = top.we_i = top.re_i = 0;
    tb::settle(top);
    for (unsigned n = 0; n < depth * units * 12; n++) {
        /* First the whole store in order, then at random. */
        unsigned at = n < depth * units ? n / units : random.below(depth),
                 unit = n < depth * units ? n % units : random.below(units);
        bool write = n < depth * units || random.chance(30), read = random.chance(70);
        unsigned from = random.below(depth);
        uint32_t value = (uint32_t)random.word() & ((1u << cut) - 1);
        if (write && from == at) read = false;
        top.we_i = write ? 1u << unit : 0, top.waddr_i = (SData)at, top.wdata_i = (SData)value;
        top.re_i = read, top.raddr_i = (SData)from;
        tb::settle(top);
        tb::edge(top);
        tb::settle(top);
        for (unsigned u = 0; read && u < units; u++) expected[u] = store[from * units + u], sure[u] = known[from * units + u];
        if (write) store[at * units + unit] = value, known[at * units + unit] = 1;
        for (unsigned u = 0; u < units; u++) {
            reads += read;
            if (sure[u] && tb::get(top.rdata_o, u * cut, cut) != expected[u]) tb::fail("a part of a word");
        }
    }
    std::printf("factor_rows: %llu parts read\n", reads);
    top.final();
    return 0;
}
