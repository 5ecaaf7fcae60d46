/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_finish between a noise unit, a sum unit and a weight memory in C: layers of random rows and blocks, sums handed over as
 * soon as they may be and much later, resets in the midst. Every word that it writes is compared with docs/numerics.md, section 7. */
// params: -GLANES=64 -GFRAC_W=4 -GSUM_W=24 -GROW_W=10 -GBLOCK_W=5 -GBLOCK_AW=4 -GW_AW=14 -GW_READOUT=8192
// params: -GLANES=128 -GFRAC_W=8 -GSUM_W=24 -GROW_W=10 -GBLOCK_W=3 -GBLOCK_AW=1 -GW_AW=12 -GW_READOUT=2048
#include "tb.h"
#include "Vsr_loop_finish.h"

namespace {

struct Shape {
    unsigned lanes, frac, block_aw, readout_at, blocks_max;
};

struct Bench {
    Vsr_loop_finish top;
    tb::Random random;
    Shape shape;
    unsigned master;
    uint64_t words = 0, resets = 0, rails = 0;
    Bench(uint64_t seed, const Shape &s) : random(seed), shape(s), master(8 + s.frac) {}

    static uint64_t noise(uint64_t key, bool readout, unsigned row, unsigned block) {
        return sr_permute(sr_counter(SR_KIND_ROUND, readout ? 3 : 0, row, 0, 0, block) ^ key);
    }
    void reset() {
        top.rst_i = 1, top.start_i = top.claim_i = top.hand_i = 0;
        tb::settle(top), tb::edge(top), tb::settle(top);
        top.rst_i = 0;
        tb::settle(top);
        if (top.busy_o || top.write_o || top.noise_o || !top.free_o) tb::fail("busy after a reset");
    }
    void job(unsigned rows, unsigned blocks, unsigned eager, unsigned reset_at) {
        const bool readout = random.chance(50);
        const uint64_t key = random.word();
        const unsigned step = random.chance(20) ? 65535 : random.below(65536), total = rows * blocks;
        unsigned claimed = 0, written = 0, hand_in = 0, addr[3] = {0, 0, 0};
        bool drawing = false, handing = false, check = false;
        uint64_t drawn = 0;
        std::vector<int64_t> sums(shape.lanes), memory(total * shape.lanes), want(shape.lanes);
        for (int64_t &w : memory)
            w = random.chance(10) ? tb::sat(random.chance(50) ? 1 << 20 : -(1 << 20), master)
                                  : tb::sat(tb::sign_extend(random.word(), master), master);
        top.readout_i = readout, top.rows_i = (SData)rows, top.blocks_i = (CData)blocks, top.step_i = (SData)step;
        for (unsigned n = 0;; n++) {
            top.start_i = n == 0, top.hand_i = hand_in == 1;
            tb::draw(random, top.sums_i, shape.lanes * 24);
            if (handing)
                for (unsigned i = 0; i < shape.lanes; i++) tb::set(top.sums_i, 24 * i, 24, (uint64_t)sums[i]);
            top.noise_i = drawing ? drawn : random.word();
            /* The word of the address that was out three cycles ago and has stayed. */
            tb::draw(random, top.word_i, shape.lanes * master);
            unsigned at = (addr[2] & ((1u << shape.block_aw) - 1)) + (addr[2] % shape.readout_at >> shape.block_aw) * blocks;
            if (n > 3 && addr[0] == addr[2] && at < total)
                for (unsigned i = 0; i < shape.lanes; i++)
                    tb::set(top.word_i, master * i, master, (uint64_t)memory[at * shape.lanes + i]);
            tb::settle(top);
            if (check)
                for (unsigned i = 0; i < shape.lanes; i++)
                    if (tb::sign_extend(tb::get(top.moved_o, master * i, master), master) != want[i]) tb::fail("a weight");
            check = false;
            if (n && !top.busy_o) break;
            if (n > 100000) tb::fail("hangs");
            top.claim_i = n && top.free_o && claimed < total && !hand_in && random.chance(eager);
            tb::settle(top);
            if (top.write_o) {
                unsigned row = written / blocks, block = written % blocks;
                if (written++ >= total || !handing) tb::fail("a word before its sums");
                if (top.w_addr_o != ((row << shape.block_aw) + block) + (readout ? shape.readout_at : 0)) tb::fail("w_addr_o");
                for (unsigned i = 0; i < shape.lanes; i++) {
                    unsigned col = block * shape.lanes + i;
                    int64_t rho = sr_noise_dither(noise(key, readout, row, col / 64), col % 64);
                    int64_t exact = memory[(written - 1) * shape.lanes + i] + ((sums[i] * step + rho) >> 16);
                    want[i] = tb::sat(exact, master), rails += want[i] != exact;
                }
                check = true, handing = false;
            }
            if (top.hand_i) {
                handing = true;
                for (int64_t &s : sums) s = random.chance(10) ? -8000000 : tb::sign_extend(random.word(), random.range(2, 24));
            }
            hand_in -= hand_in != 0;
            if (top.claim_i) claimed++, hand_in = random.chance(80) ? 4 : random.range(1, 30);
            drawing = top.noise_o;
            drawn = noise(key, readout, top.noise_row_o, top.noise_block_o);
            addr[2] = addr[1], addr[1] = addr[0], addr[0] = top.w_addr_o;
            tb::edge(top);
            if (reset_at && n == reset_at) return reset(), void(resets++);
        }
        if (written != total || claimed != total) tb::fail("words are missing");
        words += written;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{64, 4, 4, 8192, 4}, {128, 8, 1, 2048, 2}};
    Bench bench(tb::seed_from(argc, argv), shapes[tb::variant(argv)]);
    tb::Random &random = bench.random;
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    bench.reset();
    for (unsigned n = 0; n < 120; n++)
        bench.job(random.range(1, 12), random.range(1, bench.shape.blocks_max), random.chance(50) ? 100 : random.range(5, 60),
                  random.chance(20) ? random.range(1, 100) : 0);
    std::printf("loop_finish: %llu words, %llu resets, %llu weights at the rail\n", (unsigned long long)bench.words,
                (unsigned long long)bench.resets, (unsigned long long)bench.rails);
    if (bench.words < 500 || !bench.resets || !bench.rails) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
