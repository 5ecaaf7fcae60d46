/* SPDX-License-Identifier: Apache-2.0
 * sr_noise_serial against sr_permute: random words, random gaps, words back to back, starts while one is under way (the new one
 * counts), word held until the next start, ready exactly 16 / ROUNDS cycles after the start (ROUNDS 16: at once), resets in the midst. */
// params:
// params: -GROUNDS=4
// params: -GROUNDS=16
#include "tb.h"
#include "Vsr_noise_serial.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned rounds[] = {1, 4, 16};
    const unsigned cycles = rounds[tb::variant(argv)] == 16 ? 0 : 16 / rounds[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_noise_serial top;
    uint64_t words = 0, late = 0, cut_short = 0, word = 0;
    bool known = false;
    unsigned left = 0; /* cycles until ready */
    for (int cycle = 0; cycle < 400000; cycle++) {
        bool reset = cycle < 2 || random.below(3000) == 0;
        /* Starts: as soon as ready, after a while, or at any time. */
        unsigned form = (unsigned)cycle / 2000 % 3;
        bool start = form == 0 ? !left : form == 1 ? !left && random.chance(20) : random.chance(7);
        uint64_t ctr = random.chance(5) ? 0 : random.word(), key = random.chance(5) ? 0 : random.word();
        top.rst_i = reset, top.start_i = start, top.ctr_i = ctr, top.key_i = key;
        tb::settle(top);
        if (cycle >= 2) {
            if ((bool)top.ready_o != !left) tb::fail("ready_o");
            if (!left && known && top.word_o != word) tb::fail("word_o");
            late += !left && known && !start;
        }
        if (start && left) cut_short++;
        if (left && left-- == 1) words++;
        if (start) word = sr_permute(ctr ^ key), known = true, left = cycles, words += !cycles;
        if (reset) left = 0, known = false;
        tb::edge(top);
    }
    top.final();
    if (words < 10000 || late < 10000 || cut_short < (cycles == 16 ? 3000u : cycles ? 300u : 0u))
        tb::fail("too little was tried");
    std::printf("noise_serial: %llu words, %llu held, %llu starts while busy\n", (unsigned long long)words,
                (unsigned long long)late, (unsigned long long)cut_short);
    return 0;
}
