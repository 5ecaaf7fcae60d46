/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_factors against the C noise functions: draws of random populations, ranks, rows and blocks, back to back, after gaps and
 * after resets in the midst; then every row, column and class bit read back, and misses under random masks; dither words between
 * the draws; the cycles of the header. */
// params: -GLANES=128 -GUNITS=64
// params: -GLANES=128 -GUNITS=8 -GFACTORS=64 -GRANK_LANES=2 -GBLOCK_AW=2
// params: -GLANES=256 -GUNITS=16 -GFACTORS=128 -GRANK_LANES=1 -GX_WORDS=7 -GPAIR_W=8
#include "tb.h"
#include "Vsr_loop_factors.h"

namespace {

struct Shape {
    unsigned lanes, units, factors, rank_lanes, x_words, blocks;
};

struct Job {
    unsigned first, pairs, rank, x_words, blocks;
    uint64_t key;
};

struct Bench {
    Vsr_loop_factors top;
    tb::Random &random;
    Shape shape;
    uint64_t draws = 0, bits = 0, dithers = 0, misses = 0;

    Bench(tb::Random &r, const Shape &s) : random(r), shape(s) {}

    /* A cycle; the pulses last no longer. */
    void cycle() {
        tb::edge(top);
        top.start_i = top.dither_i = top.row_re_i = top.cols_re_i = top.col_re_i = top.rcol_re_i = top.class_re_i = top.miss_i =
            0;
        top.row_addr_i = random.below(16), top.cols_addr_i = random.below(16), top.col_addr_i = random.below(16);
        top.rcol_addr_i = random.below(16), top.class_addr_i = random.below(16);
        tb::settle(top);
    }
    void gap() {
        for (; random.chance(20);) cycle();
    }
    void reset() {
        top.rst_i = 1, top.start_i = 0, top.dither_i = 0;
        tb::settle(top);
        for (unsigned i = random.range(1, 3); i; i--) cycle();
        top.rst_i = 0;
        tb::settle(top);
        if (top.busy_o) tb::fail("busy after a reset");
    }

    bool minus(const Job &j, enum sr_kind kind, unsigned layer, unsigned factor, unsigned index) {
        uint64_t w = sr_permute(sr_counter(kind, layer, 0, j.first + factor / j.rank, factor % j.rank, index / 64) ^ j.key);
        bits++;
        return sr_noise_entry(w, SR_DIST_SIGN, index) < 0;
    }
    static unsigned up(unsigned n, unsigned by) { return (n + by - 1) / by; }

    /* To its end or, if cut_at > 0, to a reset after so many cycles. */
    bool draw(const Job &j, uint64_t cut_at) {
        uint64_t n = 0, expected = (uint64_t)j.pairs * j.rank * (up(j.x_words, 4) + 2 * j.blocks * shape.lanes / 64 + 1);
        top.dither_row_i = (SData)random.below(8192), top.dither_block_i = (CData)random.below(256);
        top.key_i = j.key, top.first_i = (SData)j.first, top.pairs_i = (SData)j.pairs, top.rank_i = (CData)j.rank;
        top.x_words_i = (CData)j.x_words, top.blocks_i = (CData)j.blocks, top.start_i = 1;
        tb::settle(top);
        if (top.busy_o) tb::fail("busy before the start");
        for (cycle(); top.busy_o; n++) {
            if (cut_at && n == cut_at) return reset(), false;
            if (n > expected) tb::fail("later than the header says");
            cycle();
        }
        if (n != expected) tb::fail("cycles of a draw");
        if (top.groups_o != up(j.pairs * j.rank, shape.units)) tb::fail("groups_o");
        draws++;
        return true;
    }

    void check(const Job &j) {
        const unsigned factors = j.pairs * j.rank;
        for (unsigned n = 0; n < 300; n++) {
            unsigned factor = n < 4 ? factors - 1 : random.below(factors), group = factor / shape.units;
            unsigned input = random.below(j.x_words * 16), block = random.below(j.blocks), o = random.below(16);
            unsigned lane = random.below(shape.lanes), column = block * shape.lanes + lane, at = factor * shape.blocks + block;
            top.row_re_i = 1, top.row_addr_i = group * j.x_words + input / 16;
            top.col_re_i = 1, top.col_addr_i = at;
            top.rcol_re_i = 1, top.rcol_addr_i = at;
            tb::settle(top);
            cycle();
            gap();
            top.row_bit_i = (CData)(input % 16);
            tb::settle(top);
            for (unsigned u = 0; u < shape.units && group * shape.units + u < factors; u++)
                if (tb::get(top.row_o, u, 1) != minus(j, SR_KIND_ROW, 0, group * shape.units + u, input))
                    tb::fail("a row entry");
            for (unsigned k = 0; k < shape.rank_lanes && factor + k < factors; k++)
                if (tb::get(top.col_o, k * shape.lanes + lane, 1) != minus(j, SR_KIND_COL, 0, factor + k, column))
                    tb::fail("a column entry");
            if (tb::get(top.rcol_o, lane, 1) != minus(j, SR_KIND_COL, 3, factor, column))
                tb::fail("a column entry of the readout");
            top.class_re_i = 1, top.class_addr_i = factor, top.group_i = random.below(2) & 1;
            tb::settle(top);
            cycle();
            top.class_bit_i = (CData)o;
            tb::settle(top);
            for (unsigned k = 0; k < shape.rank_lanes && factor + k < factors; k++)
                if (tb::get(top.class_o, k, 1) != minus(j, SR_KIND_ROW, 3, factor + k, o)) tb::fail("a class entry");
            for (unsigned u = 0; top.group_i && u < shape.units && group * shape.units + u < factors; u++)
                if (tb::get(top.classes_o, u, 1) != minus(j, SR_KIND_ROW, 3, group * shape.units + u, o))
                    tb::fail("a class entry of the group");
        }
        for (unsigned n = 0; n < 20; n++) {
            unsigned group = random.below(up(factors, shape.units)), block = random.below(j.blocks), readout = random.below(2);
            top.cols_re_i = 1, top.cols_addr_i = group * shape.units * shape.blocks + block;
            tb::settle(top);
            cycle();
            gap();
            bool all = random.chance(30);
            for (unsigned u = 0; u < shape.units; u++) {
                tb::set(top.mask_i, u, 1, group * shape.units + u < factors && (all || random.chance(50)));
                tb::set(top.row_i, u, 1, random.below(2));
            }
            top.miss_i = 1, top.readout_i = readout & 1;
            tb::settle(top);
            std::vector<unsigned> expected(shape.lanes);
            for (unsigned lane = 0; lane < shape.lanes; lane++)
                for (unsigned u = 0; u < shape.units; u++)
                    if (tb::get(top.mask_i, u, 1))
                        expected[lane] +=
                            tb::get(top.row_i, u, 1) !=
                            minus(j, SR_KIND_COL, readout ? 3 : 0, group * shape.units + u, block * shape.lanes + lane);
            cycle();
            gap();
            unsigned width = 0;
            while (1u << width < shape.units + 1) width++;
            for (unsigned lane = 0; lane < shape.lanes; lane++)
                if (tb::get(top.miss_o, lane * width, width) != expected[lane]) tb::fail("misses");
            misses++;
        }
    }

    void dither() {
        unsigned row = random.below(8192), block = random.below(256), layer = random.chance(50) ? 3 : 0;
        uint64_t key = random.word(), expected = sr_permute(sr_counter(SR_KIND_ROUND, layer, row, 0, 0, block) ^ key);
        top.key_i = key, top.dither_row_i = (SData)row, top.dither_block_i = (CData)block, top.dither_readout_i = layer == 3;
        top.dither_i = 1;
        tb::settle(top);
        cycle();
        top.dither_row_i = (SData)random.below(8192), top.dither_block_i = (CData)random.below(256); /* taken already */
        gap();
        if (top.dither_o != expected || top.busy_o) tb::fail("dither_o");
        dithers++;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{128, 64, 256, 4, 40, 2}, {128, 8, 64, 2, 40, 4}, {256, 16, 128, 1, 7, 2}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, shape);
    bench.top.clk_i = 0;
    bench.reset();
    for (unsigned n = 0; n < 30; n++) {
        Job j;
        bool whole = n % 4 == 0; /* the store is filled to the last factor */
        j.rank = whole ? 1u << random.below(4) : random.range(1, 32);
        j.pairs = whole ? shape.factors / j.rank : random.range(1, shape.factors / j.rank);
        j.first = random.chance(30) ? 0 : random.below(65536 - 256);
        j.x_words = random.chance(20) ? shape.x_words : random.range(1, shape.x_words);
        j.blocks = random.chance(20) ? shape.blocks : random.range(1, shape.blocks);
        j.key = random.word();
        if (random.chance(10)) bench.draw(j, random.range(1, 30));
        bool drawn = bench.draw(j, 0);
        if (drawn && random.chance(80)) bench.check(j);
        for (unsigned i = random.below(3); i; i--) bench.dither();
        if (drawn && random.chance(20)) bench.check(j); /* dither words leave the stores alone */
        for (unsigned i = random.chance(50) ? random.below(30) : 0; i; i--) {
            bench.cycle();
            if (bench.top.busy_o) tb::fail("an idle unit speaks");
        }
    }
    std::printf("loop_factors: %llu draws, %llu entries, %llu misses, %llu dither words\n", (unsigned long long)bench.draws,
                (unsigned long long)bench.bits, (unsigned long long)bench.misses, (unsigned long long)bench.dithers);
    if (bench.draws < 20 || bench.misses < 100 || bench.dithers < 10) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
