/* SPDX-License-Identifier: Apache-2.0
 * sr_local_noise against sr_permute and the counters of docs/numerics.md: draws of random shapes, every entry read back as LIF and
 * update do; dither words of hidden rows and of classes in between; a draw cut by a reset. */
// params: -GLANES=4 -GBLOCK_W=5 -GBLOCK_AW=4 -GSTEPS_MAX=14
// params: -GLANES=2 -GBLOCK_W=4 -GBLOCK_AW=3 -GSTEPS_MAX=5 -GSTEP_W=3
// params: -GLANES=32 -GBLOCK_W=4 -GBLOCK_AW=3 -GSTEPS_MAX=29 -GSTEP_W=5 -GROUNDS=4
// params: -GLANES=64 -GBLOCK_W=3 -GBLOCK_AW=2 -GSTEPS_MAX=12 -GROUNDS=16
#include "tb.h"
#include "Vsr_local_noise.h"

static const struct {
    unsigned lanes, blocks, steps, rounds;
} builds[] = {{4, 16, 14, 1}, {2, 8, 5, 1}, {32, 8, 29, 4}, {64, 4, 12, 16}};

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    auto &build = builds[tb::variant(argv)];
    const unsigned lanes = build.lanes;
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_local_noise top;
    auto clock = [&] { tb::settle(top), tb::edge(top), tb::settle(top); };
    auto reset = [&] {
        top.rst_i = 1, top.start_i = top.dither_i = top.re_i = 0;
        clock();
        top.rst_i = 0;
    };
    reset();
    unsigned words = 0, entries = 0;
    for (unsigned job = 0; job < 150; job++) {
        const unsigned steps = random.chance(20) ? build.steps : random.range(1, build.steps);
        const unsigned blocks = random.chance(20) ? build.blocks : random.range(1, build.blocks);
        const uint64_t key = random.word();
        const unsigned place = random.below(65536), pair = random.chance(50) ? 0 : random.below(256);
        top.key_i = key, top.place_i = (SData)place, top.pair_i = (SData)pair;
        tb::set(top.steps_i, 0, 8, steps), tb::set(top.blocks_i, 0, 8, blocks);
        top.dither_readout_i = random.chance(50), top.dither_row_i = (SData)random.below(8192);
        top.dither_group_i = (CData)random.below(4); /* of no account in a draw */
        top.start_i = 1;
        clock();
        top.start_i = 0;
        if (random.chance(10)) {
            for (unsigned n = random.below(40); n; n--) clock();
            reset();
            if (top.busy_o) tb::fail("busy after a reset");
            continue;
        }
        unsigned cycles = 0, groups = (blocks * lanes + 63) / 64;
        for (; top.busy_o; clock())
            if (++cycles > 100000) tb::fail("a draw does not end");
        const unsigned wait = build.rounds == 16 ? 0 : 16 / build.rounds; /* for a word */
        if (cycles != steps * (groups * (wait + 2) + blocks)) tb::fail("not the header's cycles");
        for (unsigned n = 0; n < blocks; n++) {
            unsigned block = random.below(blocks);
            top.re_i = 1, top.block_i = (CData)block;
            clock();
            top.re_i = 0, top.block_i = (CData)random.below(blocks);
            if (random.chance(30)) clock();
            for (unsigned t = 0; t < steps; t++) {
                uint64_t word = sr_permute(sr_counter(SR_KIND_LOCAL, 0, t, pair, place, block * lanes / 64) ^ key);
                uint64_t want = word >> block * lanes % 64, mask = lanes == 64 ? ~0ull : (1ull << lanes) - 1;
                if (tb::get(top.bits_o, t * lanes, lanes) != (want & mask)) tb::fail("entries");
                entries += lanes;
            }
        }
        for (unsigned n = random.below(6); n; n--) {
            bool readout = random.chance(30);
            unsigned row = readout ? random.below(16) : random.below(8192), group = random.below(256);
            top.dither_i = 1, top.dither_readout_i = readout, top.dither_row_i = (SData)row, top.dither_group_i = (CData)group;
            clock();
            top.dither_i = 0;
            if (top.ready_o != !wait) tb::fail("ready at once");
            for (cycles = 0; !top.ready_o; clock())
                if (++cycles > 16) tb::fail("a dither word does not come");
            if (cycles != wait) tb::fail("dither cycles");
            uint64_t counter = readout ? sr_counter(SR_KIND_ROUND, SR_READOUT_LAYER, row, 0, place, group)
                                       : sr_counter(SR_KIND_ROUND, 0, row, pair, place, group);
            if (top.word_o != sr_permute(counter ^ key)) tb::fail("dither word");
            words++;
        }
    }
    if (words < 100 || entries < 3000) tb::fail("too little was tried");
    std::printf("local_noise: %u entries, %u dither words\n", entries, words);
    top.final();
    return 0;
}
