/* SPDX-License-Identifier: Apache-2.0
 * sr_ram_sp against an array: a random read or write a cycle; the output holds between reads. */
// params: -GWIDTH=16 -GDEPTH=256 -GADDR_W=8
// params: -GWIDTH=56 -GDEPTH=300 -GADDR_W=9
// params: -GWIDTH=200 -GDEPTH=37 -GADDR_W=6
#include "tb.h"
#include "Vsr_ram_sp.h"

// Which of these builds this is, by the width of a port
static const unsigned kStored = 8 * sizeof(Vsr_ram_sp::wdata_i);
static const unsigned kWidth = kStored == 16   ? 16
                               : kStored == 64 ? 56
                                               : 200,
                      kDepth = kStored == 16   ? 256
                               : kStored == 64 ? 300
                                               : 37;

typedef std::vector<uint64_t> Word;

template <class T>
static Word load(const T &port) {
    Word w;
    for (unsigned b = 0; b < kWidth; b += 64) w.push_back(tb::get(port, b, kWidth - b < 64 ? kWidth - b : 64));
    return w;
}

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_ram_sp top;
    std::vector<Word> memory(kDepth);
    Word expected;
    for (int cycle = 0; cycle < 100000; cycle++) {
        unsigned wa = random.below(kDepth);
        bool we = random.chance(60), re = random.chance(60) && !memory[wa].empty();
        for (unsigned b = 0; b < kWidth; b += 32) tb::set(top.wdata_i, b, kWidth - b < 32 ? kWidth - b : 32, random.word());
        top.we_i = we;
        top.addr_i = wa;
        top.re_i = re;
        top.clk_i = 0;
        top.eval();
        if (!expected.empty() && load(top.rdata_o) != expected) tb::fail("rdata_o");
        if (we)
            expected.clear();
        else if (re)
            expected = memory[wa];
        if (we) memory[wa] = load(top.wdata_i);
        top.clk_i = 1;
        top.eval();
    }
    top.final();
    std::printf("ram_sp %u x %u: ok\n", kDepth, kWidth);
    return 0;
}
