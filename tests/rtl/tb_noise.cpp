/* SPDX-License-Identifier: Apache-2.0
 * sr_noise against sr_permute: random words, random gaps, latency of exactly 8 cycles, reset in the midst. */
// params:
#include "tb.h"
#include "Vsr_noise.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_noise top;
    struct Item {
        bool valid;
        uint64_t word;
    };
    std::deque<Item> pipe(8, Item{false, 0});
    uint64_t seen = 0;
    for (int cycle = 0; cycle < 200000; cycle++) {
        bool reset = cycle < 2 || random.below(5000) == 0;
        bool valid = (cycle / 1000 % 3 == 0) || random.chance(40);
        uint64_t ctr = random.chance(5) ? 0 : random.word(), key = random.chance(5) ? 0 : random.word();
        top.rst_i = reset;
        top.valid_i = valid;
        top.ctr_i = ctr;
        top.key_i = key;
        top.clk_i = 0;
        top.eval();
        if (cycle >= 2) {
            if ((bool)top.valid_o != pipe.front().valid) tb::fail("valid_o");
            if (top.valid_o && top.word_o != pipe.front().word) tb::fail("word_o");
            seen += top.valid_o;
        }
        pipe.pop_front();
        pipe.push_back({valid, sr_permute(ctr ^ key)});
        if (reset)
            for (Item &item : pipe) item.valid = false;
        top.clk_i = 1;
        top.eval();
    }
    top.final();
    if (seen < 100000) tb::fail("too few words");
    std::printf("noise: %llu words\n", (unsigned long long)seen);
    return 0;
}
