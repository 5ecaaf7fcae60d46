/* SPDX-License-Identifier: Apache-2.0
 * sr_ram against an array: random reads and writes, never both at one address; the output holds between reads. A held write
 * happens a cycle later; a part of a word is written alone. */
// params: -GWIDTH=16 -GDEPTH=256 -GADDR_W=8
// params: -GWIDTH=56 -GDEPTH=300 -GADDR_W=9
// params: -GWIDTH=200 -GDEPTH=37 -GADDR_W=6
// params: -GWIDTH=16 -GDEPTH=256 -GADDR_W=8 -GHOLD=1
// params: -GWIDTH=200 -GDEPTH=37 -GADDR_W=6 -GPARTS=5
#include "tb.h"
#include "Vsr_ram.h"

// Which of these builds this is, by the width of a port
static const unsigned kStored = 8 * sizeof(Vsr_ram::wdata_i);
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
    bool hold = tb::variant(argv) == 3, held = false;
    unsigned parts = tb::variant(argv) == 4 ? 5 : 1;
    unsigned held_at = 0;
    Word held_word;
    Vsr_ram top;
    std::vector<Word> memory(kDepth);
    Word expected;
    for (int cycle = 0; cycle < 100000; cycle++) {
        unsigned wa = random.below(kDepth), ra = random.below(kDepth);
        unsigned we = random.chance(60) ? random.range(1, (1u << parts) - 1) : 0;
        if (we && memory[wa].empty()) we = (1u << parts) - 1;
        bool re = random.chance(60) && !(hold ? held && held_at == ra : we && wa == ra) && !memory[ra].empty();
        for (unsigned b = 0; b < kWidth; b += 32) tb::set(top.wdata_i, b, kWidth - b < 32 ? kWidth - b : 32, random.word());
        top.we_i = (CData)we;
        top.waddr_i = wa;
        top.re_i = re;
        top.raddr_i = ra;
        top.clk_i = 0;
        top.eval();
        if (!expected.empty() && load(top.rdata_o) != expected) tb::fail("rdata_o");
        if (re) expected = memory[ra];
        if (hold && held) memory[held_at] = held_word;
        held = we, held_at = wa, held_word = load(top.wdata_i);
        if (!hold && we && memory[wa].empty()) memory[wa] = held_word;
        for (unsigned b = 0; b < kWidth && !hold; b++)
            if (we >> b / (kWidth / parts) & 1) {
                uint64_t bit = 1ull << b % 64;
                memory[wa][b / 64] = (memory[wa][b / 64] & ~bit) | (held_word[b / 64] & bit);
            }
        top.clk_i = 1;
        top.eval();
    }
    top.final();
    std::printf("ram %u x %u%s: ok\n", kDepth, kWidth, hold ? ", held" : "");
    return 0;
}
