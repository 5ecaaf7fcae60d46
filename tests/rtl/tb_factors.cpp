/* SPDX-License-Identifier: Apache-2.0
 * sr_factors against the C noise functions: draws of random populations, ranks, rows and blocks, back to back, after gaps and
 * after resets in the midst; then every row, column and class bit read back; populations that just fit and that do not; dither
 * words and their cuts between the draws; the cycles of the header. */
// params: -GLANES=4 -GPROJ_UNITS=4
// params: -GLANES=16 -GPROJ_UNITS=4
// params: -GLANES=32 -GPROJ_UNITS=8
// params: -GLANES=2 -GPROJ_UNITS=2 -GFACTORS=32
// params: -GLANES=8 -GPROJ_UNITS=1 -GFACTORS=16 -GX_WORDS=7 -GBLOCK_AW=3
// params: -GLANES=4 -GPROJ_UNITS=4 -GX_WORDS=37 -GTOGETHER=1
// params: -GLANES=2 -GPROJ_UNITS=4 -GX_WORDS=7 -GBLOCK_AW=3 -GTOGETHER=1
// params: -GLANES=32 -GPROJ_UNITS=16 -GBLOCK_AW=2 -GROUNDS=8
#include "tb.h"
#include "Vsr_factors.h"

namespace {

struct Shape {
    unsigned lanes, units, factors, x_words, blocks, rounds; /* rounds of the noise unit in a cycle */
};

struct Job {
    unsigned first, pairs, rank, x_words, blocks;
    uint64_t key;
};

struct Bench {
    Vsr_factors top;
    tb::Random &random;
    Shape shape;
    unsigned cut;
    uint64_t draws = 0, overs = 0, bits = 0, dithers = 0;

    Bench(tb::Random &r, const Shape &s) : random(r), shape(s), cut(s.lanes < 16 ? s.lanes : 16) {}

    /* A cycle; the pulses last no longer. What nobody looks at is random. */
    void cycle() {
        tb::edge(top);
        top.start_i = top.dither_i = top.row_re_i = top.col_re_i = top.rcol_re_i = top.class_re_i = 0;
        top.row_addr_i = random.below(64);
        top.col_addr_i = random.below(64), top.rcol_addr_i = random.below(64);
        top.class_addr_i = random.below(16);
        tb::settle(top);
    }

    /* Fields that are 0 outside a draw; the others as random as they may be. */
    void rest() {
        top.first_i = 0;
        top.pairs_i = (CData)random.below(128), top.rank_i = (CData)random.below(64);
        top.x_words_i = (SData)random.range(1, shape.x_words), top.blocks_i = (CData)random.range(1, shape.blocks);
    }

    void reset() {
        top.rst_i = 1, top.start_i = 0, top.dither_i = 0;
        tb::settle(top);
        for (unsigned i = random.range(1, 3); i; i--) cycle();
        top.rst_i = 0, top.first_i = 0;
        tb::settle(top);
        if (top.busy_o || !top.dither_ready_o) tb::fail("busy after a reset");
    }

    uint64_t word(const Job &j, enum sr_kind kind, unsigned layer, unsigned factor, unsigned index) const {
        return sr_permute(sr_counter(kind, layer, 0, j.first + factor / j.rank, factor % j.rank, index / 64) ^ j.key);
    }
    bool minus(const Job &j, enum sr_kind kind, unsigned layer, unsigned factor, unsigned index) {
        bits++;
        return sr_noise_entry(word(j, kind, layer, factor, index), SR_DIST_SIGN, index) < 0;
    }

    static unsigned up(unsigned n, unsigned by) { return (n + by - 1) / by; }
    /* Cycles of n factors in a store of `entries` each: 16 / rounds + 2 a noise word, one a cut. */
    uint64_t cycles(uint64_t n, unsigned entries) const {
        return n * (up(entries, 64) * (16 / shape.rounds + 2) + entries / cut);
    }

    /* To its end or, if cut_at > 0, to a reset after so many cycles. */
    bool draw(const Job &j, uint64_t cut_at) {
        uint64_t n = 0, factors = (uint64_t)j.pairs * j.rank;
        bool over = factors > shape.factors;
        uint64_t expected =
            over ? cycles(shape.factors, j.x_words * 16) + 1
                 : cycles(factors, j.x_words * 16) + 2 * cycles(factors, j.blocks * shape.lanes) + cycles(factors, 16);
        top.dither_row_i = 0, top.dither_block_i = 0, top.dither_readout_i = random.below(2) & 1;
        top.key_i = j.key, top.first_i = (SData)j.first, top.pairs_i = (CData)j.pairs, top.rank_i = (CData)j.rank;
        top.x_words_i = (SData)j.x_words, top.blocks_i = (CData)j.blocks, top.start_i = 1;
        tb::settle(top);
        if (top.busy_o) tb::fail("busy before the start");
        for (cycle(); top.busy_o; n++) {
            if (top.over_o) tb::fail("over_o too early");
            if (cut_at && n == cut_at) return reset(), false;
            if (n > expected) tb::fail("later than the header says");
            top.cut_at_i = (CData)random.below(64);
            cycle();
        }
        if (n != expected) {
            std::printf("%llu cycles, not %llu\n", (unsigned long long)n, (unsigned long long)expected);
            tb::fail("cycles of a draw");
        }
        if ((bool)top.over_o != over) tb::fail("over_o");
        rest();
        if (over) {
            cycle();
            if (top.over_o) tb::fail("over_o is no pulse");
            overs++;
            return false;
        }
        if (top.groups_o != up((unsigned)factors, shape.units)) tb::fail("groups_o");
        draws++;
        return true;
    }

    /* A read of one store; in idle cycles between, what was read holds. */
    template <class Enable, class Addr>
    void read(Enable &enable, Addr &addr, unsigned at) {
        enable = 1, addr = at;
        tb::settle(top);
        cycle();
        for (; random.chance(5);) cycle();
    }

    void check(const Job &j) {
        for (unsigned factor = 0; factor < j.pairs * j.rank; factor++) {
            uint64_t w[16]; /* of the row that is compared: noise words of one factor */
            if (factor % shape.units == 0)
                for (unsigned input = 0; input < j.x_words * 16; input++) {
                    if (input % cut == 0)
                        read(top.row_re_i, top.row_addr_i,
                             (factor / shape.units * j.x_words + input / 16) * 16 / cut + input % 16 / cut);
                    top.row_bit_i = (CData)(input % 16);
                    tb::settle(top);
                    for (unsigned u = 0; u < shape.units && factor + u < j.pairs * j.rank; u++)
                        if ((top.row_o >> u & 1) != minus(j, SR_KIND_ROW, 0, factor + u, input)) tb::fail("a row entry");
                }
            for (unsigned layer = 0; layer <= 3; layer += 3) {
                for (unsigned i = 0; i < j.blocks * shape.lanes; i += 64) w[i / 64] = word(j, SR_KIND_COL, layer, factor, i);
                for (unsigned block = 0; block < j.blocks; block++) {
                    if (layer)
                        read(top.rcol_re_i, top.rcol_addr_i, factor * shape.blocks + block);
                    else
                        read(top.col_re_i, top.col_addr_i, factor * shape.blocks + block);
                    for (unsigned n = 0; n < shape.lanes; n++, bits++) {
                        unsigned i = block * shape.lanes + n;
                        bool negative = sr_noise_entry(w[i / 64], SR_DIST_SIGN, i) < 0;
                        if (((layer ? top.rcol_o : top.col_o) >> n & 1) != negative) tb::fail("a column entry");
                        unsigned at = factor % shape.units * shape.lanes + n;
                        if ((layer ? tb::get(top.rcols_o, at, 1) : tb::get(top.cols_o, at, 1)) != negative)
                            tb::fail("a column entry of the group");
                    }
                }
            }
            for (unsigned o = 0; o < 16; o++) {
                read(top.class_re_i, top.class_addr_i, factor * (16 / cut) + o / cut);
                top.class_bit_i = (CData)o;
                tb::settle(top);
                if (top.class_o != minus(j, SR_KIND_ROW, 3, factor, o)) tb::fail("a class entry");
                if ((top.classes_o >> factor % shape.units & 1) != top.class_o) tb::fail("a class entry of the group");
            }
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
        for (unsigned i = 0; i < 16 / shape.rounds; i++) {
            if (top.dither_ready_o) tb::fail("dither_ready_o too early");
            cycle();
        }
        if (!top.dither_ready_o) tb::fail("dither_ready_o");
        for (unsigned i = 0; i < 64; i++) {
            unsigned at = random.chance(50) ? i : random.below(64);
            top.cut_at_i = (CData)at;
            tb::settle(top);
            if (top.cut_o != (expected >> at * cut % 64 & ((1u << cut) - 1))) tb::fail("cut_o");
            if (random.chance(30)) cycle();
            if (!top.dither_ready_o || top.busy_o) tb::fail("the dither word goes");
        }
        dithers++;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{4, 4, 64, 40, 16, 1}, {16, 4, 64, 40, 16, 1}, {32, 8, 64, 40, 16, 1},
                                   {2, 2, 32, 40, 16, 1}, {8, 1, 16, 7, 8, 1},    {4, 4, 64, 37, 16, 1},
                                   {2, 4, 64, 7, 8, 1},   {32, 16, 64, 40, 4, 8}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, shape);
    bench.top.clk_i = 0;
    bench.reset();
    for (unsigned n = 0; n < 60; n++) {
        Job j;
        /* Some fill the store to the last factor, some are one too many. */
        bool whole = n % 4 == 0, over = n % 4 == 1;
        j.rank = whole ? 1u << random.below(4) : random.range(1, shape.factors < 32 ? shape.factors : 32);
        j.pairs = whole ? shape.factors / j.rank : over ? shape.factors / j.rank + 1 : random.range(1, shape.factors / j.rank);
        if (over && random.chance(30)) j.pairs = random.range(j.pairs, 127);
        j.first = random.chance(30) ? 0 : random.below(65536 - 128);
        j.x_words = random.chance(20) ? shape.x_words : random.range(1, shape.x_words);
        j.blocks = random.chance(20) ? shape.blocks : random.range(1, shape.blocks);
        j.key = random.word();
        if (random.chance(10)) bench.draw(j, random.range(1, 3000));
        bool drawn = bench.draw(j, 0);
        if (drawn && random.chance(80)) bench.check(j);
        for (unsigned i = random.below(3); i; i--) bench.dither();
        if (drawn && random.chance(20)) bench.check(j); /* dither words leave the stores alone */
        for (unsigned i = random.chance(50) ? random.below(30) : 0; i; i--) {
            bench.cycle();
            if (bench.top.busy_o || bench.top.over_o) tb::fail("an idle unit speaks");
        }
    }
    std::printf("factors: %llu draws, %llu too large, %llu entries, %llu dither words\n", (unsigned long long)bench.draws,
                (unsigned long long)bench.overs, (unsigned long long)bench.bits, (unsigned long long)bench.dithers);
    if (bench.draws < 20 || bench.overs < 10 || bench.dithers < 10) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
