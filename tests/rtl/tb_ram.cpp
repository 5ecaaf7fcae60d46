/* SPDX-License-Identifier: Apache-2.0
 * sr_ram against an array: random reads and writes, never both at one address; the output holds between reads. */
// params: -GWIDTH=16 -GDEPTH=256 -GADDR_W=8 -CFLAGS -DWIDTH=16 -CFLAGS -DDEPTH=256
// params: -GWIDTH=56 -GDEPTH=300 -GADDR_W=9 -CFLAGS -DWIDTH=56 -CFLAGS -DDEPTH=300
// params: -GWIDTH=200 -GDEPTH=37 -GADDR_W=6 -CFLAGS -DWIDTH=200 -CFLAGS -DDEPTH=37
#include "Vsr_ram.h"
#include "tb.h"

typedef std::vector<uint64_t> Word;

template <class T> static Word load(const T &port) {
    Word w;
    for (unsigned b = 0; b < WIDTH; b += 64) w.push_back(tb::get(port, b, WIDTH - b < 64 ? WIDTH - b : 64));
    return w;
}

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_ram top;
    std::vector<Word> memory(DEPTH);
    Word expected;
    for (int cycle = 0; cycle < 100000; cycle++) {
        unsigned wa = random.below(DEPTH), ra = random.below(DEPTH);
        bool we = random.chance(60), re = random.chance(60) && !(we && wa == ra) && !memory[ra].empty();
        for (unsigned b = 0; b < WIDTH; b += 32) tb::set(top.wdata_i, b, WIDTH - b < 32 ? WIDTH - b : 32, random.word());
        top.we_i = we;
        top.waddr_i = wa;
        top.re_i = re;
        top.raddr_i = ra;
        top.clk_i = 0;
        top.eval();
        if (!expected.empty() && load(top.rdata_o) != expected) tb::fail("rdata_o");
        if (re) expected = memory[ra];
        if (we) memory[wa] = load(top.wdata_i);
        top.clk_i = 1;
        top.eval();
    }
    top.final();
    std::printf("ram %d x %d: ok\n", DEPTH, WIDTH);
    return 0;
}
