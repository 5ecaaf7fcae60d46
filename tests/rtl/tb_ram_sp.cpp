/* SPDX-License-Identifier: Apache-2.0
 * sr_ram_sp against an array: a random read or write a cycle, of a word's parts as well; the output holds between reads. */
// params: -GWIDTH=16 -GDEPTH=256 -GADDR_W=8
// params: -GWIDTH=56 -GDEPTH=300 -GADDR_W=9
// params: -GWIDTH=200 -GDEPTH=37 -GADDR_W=6
// params: -GWIDTH=48 -GDEPTH=100 -GADDR_W=7 -GPARTS=4
#include "tb.h"
#include "Vsr_ram_sp.h"

static const struct { unsigned width, depth, parts; } kBuilds[] = {{16, 256, 1}, {56, 300, 1}, {200, 37, 1}, {48, 100, 4}};
static unsigned kWidth, kDepth, kParts;

typedef std::vector<uint64_t> Word;

template <class T>
static Word load(const T &port) {
    Word w;
    for (unsigned b = 0; b < kWidth; b += 64) w.push_back(tb::get(port, b, kWidth - b < 64 ? kWidth - b : 64));
    return w;
}

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    auto &build = kBuilds[tb::variant(argv)];
    kWidth = build.width, kDepth = build.depth, kParts = build.parts;
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_ram_sp top;
    std::vector<Word> memory(kDepth);
    Word expected;
    for (int cycle = 0; cycle < 100000; cycle++) {
        unsigned wa = random.below(kDepth);
        unsigned all = (1u << kParts) - 1, we = random.chance(60) ? random.range(1, all) : 0;
        if (we && memory[wa].empty()) we = all;
        bool re = random.chance(60) && !memory[wa].empty();
        for (unsigned b = 0; b < kWidth; b += 32) tb::set(top.wdata_i, b, kWidth - b < 32 ? kWidth - b : 32, random.word());
        top.we_i = (CData)we;
        top.addr_i = wa;
        top.re_i = re;
        top.clk_i = 0;
        top.eval();
        if (!expected.empty() && load(top.rdata_o) != expected) tb::fail("rdata_o");
        if (we)
            expected.clear();
        else if (re)
            expected = memory[wa];
        if (we == all)
            memory[wa] = load(top.wdata_i);
        else if (we) /* PARTS above 1: a word of 64 bits at most */
            for (unsigned part = 0, wide = kWidth / kParts; part < kParts; part++) {
                uint64_t mask = ((1ull << wide) - 1) << part * wide;
                if (we >> part & 1) memory[wa][0] = (memory[wa][0] & ~mask) | (load(top.wdata_i)[0] & mask);
            }
        top.clk_i = 1;
        top.eval();
    }
    top.final();
    std::printf("ram_sp %u x %u: ok\n", kDepth, kWidth);
    return 0;
}
