/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_noise against sr_permute and sr_counter: random entries, held until the next are drawn. */
// params: -GLANES=64
// params: -GLANES=128
// params: -GLANES=256
#include "tb.h"
#include "Vsr_loop_noise.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    const unsigned words = 1u << tb::variant(argv);
    Vsr_loop_noise top;
    std::vector<uint64_t> due;
    unsigned seen = 0;
    for (int cycle = 0; cycle < 20000; cycle++) {
        const bool en = random.chance(70);
        const uint64_t key = random.chance(5) ? 0 : random.word();
        const unsigned layer = random.below(16), row = random.below(65536), pair = random.below(65536);
        const unsigned block = random.below(256 / words);
        top.en_i = en;
        top.key_i = key;
        top.layer_i = (uint8_t)layer;
        top.row_i = (uint16_t)row;
        top.pair_i = (uint16_t)pair;
        top.block_i = (uint8_t)block;
        top.clk_i = 0;
        top.eval();
        for (size_t w = 0; w < due.size(); w++)
            if (tb::get(top.bits_o, (unsigned)w * 64, 64) != due[w]) tb::fail("bits_o");
        seen += !due.empty();
        if (en) {
            due.clear();
            for (unsigned w = 0; w < words; w++)
                due.push_back(sr_permute(key ^ sr_counter(SR_KIND_FULL, layer, row, pair, 0, block * words + w)));
        }
        top.clk_i = 1;
        top.eval();
    }
    top.final();
    if (seen < 19000) tb::fail("too few words");
    std::printf("loop_noise: %u lanes, %u words\n", 64 * words, seen);
    return 0;
}
