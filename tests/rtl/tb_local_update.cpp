/* SPDX-License-Identifier: Apache-2.0
 * sr_local_update between samples, a list and a noise unit in C (docs/numerics.md, 8.6): every item, once and in order: its place, the
 * events of its row, its dither out of sr_noise_dither, the word that it is read from and written to at the ages of the header; hidden
 * rows and classes, dither words that take their time, resets in the midst. */
// params: -GLANES=4 -GBLOCK_W=5 -GBLOCK_AW=4
// params: -GLANES=32 -GBLOCK_W=4 -GBLOCK_AW=3 -GGROUPS=4 -GSTEPS_MAX=7 -GSTEP_W=3 -GCNT_W=3
// params: -GLANES=1 -GBLOCK_W=7 -GBLOCK_AW=6 -GWORD_LOG=2
// params: -GLANES=128 -GBLOCK_W=3 -GBLOCK_AW=2 -GGROUPS=4
#include "tb.h"
#include "Vsr_local_update.h"

namespace {

const struct Build {
    unsigned lanes, blocks, block_w, block_aw, groups, steps_max, word_log;
} kBuilds[] = {{4, 16, 5, 4, 1, 14, 0}, {32, 8, 4, 3, 4, 7, 0}, {1, 64, 7, 6, 1, 14, 2}, {128, 4, 3, 2, 4, 14, 0}};

struct Item {
    unsigned row, block;
    uint64_t at = 0; /* the cycle of its issue */
};

struct Bench {
    Vsr_local_update top;
    tb::Random random;
    const Build &build;
    unsigned of_group; /* blocks of a segment */
    bool turning;
    uint64_t key = 0, items_done = 0, resets = 0, moved = 0;
    std::vector<uint16_t> x;

    Bench(uint64_t seed, const Build &b)
        : random(seed), build(b), of_group(b.lanes < 64 ? 64 / b.lanes : 1), turning(b.lanes == 1), x(1u << 14) {}

    void reset() {
        top.rst_i = 1, top.start_i = 0;
        for (unsigned i = 0; i < 4; i++) tb::settle(top), tb::edge(top);
        top.rst_i = 0;
        tb::settle(top);
        if (top.busy_o || top.issue_o || top.w_we_o || top.noise_o) tb::fail("busy after a reset");
    }
    uint64_t noise(unsigned row, unsigned group, unsigned word) const {
        return sr_permute(key ^ (row << 12 | group << 4 | word));
    }
    /* The dither of column `col` of a block, as the machine has it: of the word of each 64 columns. */
    uint32_t rho(const Item &item, unsigned lane) const {
        unsigned col = item.block * build.lanes + lane, group = item.block / of_group;
        return sr_noise_dither(noise(item.row, group, build.lanes > 64 ? lane / 64 : 0), col % 64);
    }

    void job(unsigned reset_at) {
        const bool readout = random.chance(30);
        unsigned steps = random.range(1, build.steps_max), rows = random.range(1, 64), x_words = (rows + 15) / 16;
        unsigned blocks = random.range(1, build.blocks), base = random.below(512), share = random.below(30);
        unsigned dense = random.below(101), wait = random.chance(50) ? 0 : random.range(1, 40);
        uint64_t nonzero = 0;
        key = random.word();
        for (uint16_t &word : x) word = (uint16_t)random.word(); /* of other samples */
        auto event = [&](unsigned row, unsigned step) { return x[base + step * x_words + row / 16] >> row % 16 & 1; };
        for (unsigned s = 0; s < steps; s++)
            for (unsigned row = 0; row < rows; row++) {
                uint16_t &word = x[base + s * x_words + row / 16];
                word = (uint16_t)((word & ~(1u << row % 16)) | (random.chance(share) ? 1u << row % 16 : 0));
            }
        std::vector<unsigned> list;
        std::vector<unsigned> ends(build.groups);
        while (list.empty() && !readout)
            for (unsigned b = 0; b < blocks; b++)
                if (random.chance(dense))
                    list.push_back(b);
                else
                    dense += dense < 100;
        for (unsigned g = 0, n = 0; g < build.groups; g++) {
            while (n < list.size() && list[n] < (g + 1) * of_group) n++;
            ends[g] = n;
            tb::set(top.ends_i, g * build.block_w, build.block_w, readout ? random.word() : n);
        }
        if (readout) {
            while (!nonzero) nonzero = random.word() & random.word() & 0xffff;
            for (unsigned b = 0; b < blocks; b++) list.push_back(b);
        }
        std::deque<Item> todo, flying;
        for (unsigned row = 0; row < (readout ? 16 : rows); row++) {
            bool any = readout && (nonzero >> row & 1);
            for (unsigned s = 0; s < steps && !readout; s++) any |= event(row, s);
            if (any)
                for (unsigned b : list) todo.push_back({row, b});
        }
        top.readout_i = readout, top.x_base_i = (SData)base, top.x_words_i = (CData)x_words, top.rest_i = rows % 16;
        top.steps_i = (CData)steps, top.blocks_i = (CData)blocks, top.nonzero_i = (SData)nonzero;
        uint64_t now = 0;
        unsigned noise_left = 0, error_of = ~0u;
        top.noise_ready_i = 1, top.start_i = 1;
        for (;; now++) {
            tb::settle(top);
            if (now && !top.busy_o) break;
            if (now > 200000) tb::fail("hangs");
            /* an item, at its ages */
            if (top.issue_o) {
                if (todo.empty() || top.block_o != todo.front().block) tb::fail("an item's block");
                if (readout && error_of != todo.front().row) tb::fail("the error of another class");
                flying.push_back(todo.front());
                flying.back().at = now;
                todo.pop_front();
                items_done++;
            }
            for (unsigned a = 1; a <= 5; a++) {
                bool there = false;
                for (const Item &item : flying) there |= now - item.at == a;
                if (((top.v_o >> (a - 1) & 1) != 0) != there) tb::fail("v_o");
            }
            for (size_t i = 0; i < flying.size(); i++) {
                const Item &item = flying[i];
                const uint64_t age = now - item.at;
                unsigned addr = item.row << build.block_aw | item.block;
                if (age == 1 && !readout) {
                    unsigned events = 0;
                    for (unsigned s = 0; s < steps; s++) {
                        if ((top.row_o >> s & 1) != event(item.row, s)) tb::fail("row_o");
                        events += event(item.row, s);
                    }
                    if (top.events_o != events) tb::fail("events_o");
                }
                if (age == 4 && build.lanes <= 64)
                    for (unsigned lane = 0; lane < build.lanes; lane++)
                        if (tb::get(top.rho_o, 16 * lane, 16) != rho(item, lane)) tb::fail("rho_o");
                if (age == 5 && build.lanes > 64)
                    for (unsigned w = 0; w < build.lanes / 64; w++)
                        if (tb::get(top.dither_o, 64 * w, 64) != noise(item.row, item.block / of_group, w))
                            tb::fail("dither_o");
                if (!turning) {
                    if (age == 3 && top.w_addr_o != addr) tb::fail("the address of a read");
                    if (age == 6 && (!top.w_we_o || top.w_addr_o != addr)) tb::fail("a write");
                    continue;
                }
                /* A word is read with the first of its items that follow one another, and written with the last. */
                auto same = [&](const Item &other) {
                    return other.row == item.row && other.block >> build.word_log == item.block >> build.word_log;
                };
                bool first = i ? !same(flying[i - 1]) : !before_known || !same(before);
                bool last = i + 1 < flying.size() ? !same(flying[i + 1]) : todo.empty() || !same(todo.front());
                if (age == 2 && first) {
                    if (top.w_we_o) tb::fail("a read in the cycle of a write");
                    if (top.w_addr_o >> build.word_log != addr >> build.word_log) tb::fail("the address of a read");
                }
                if (age == 4 && top.m_take_o != first) tb::fail("m_take_o");
                if (age == 5) {
                    if (!top.m_put_o || top.m_col_o != item.block % (1u << build.word_log)) tb::fail("m_put_o or m_col_o");
                    if (top.w_we_o != last) tb::fail("a word's write");
                    if (last && top.w_addr_o >> build.word_log != addr >> build.word_log) tb::fail("the address of a write");
                }
            }
            if (top.w_we_o) {
                bool due = false;
                for (const Item &item : flying) due |= now - item.at == (turning ? 5 : 6);
                if (!due) tb::fail("a write of nothing");
                moved++;
            }
            if (!flying.empty() && now - flying.front().at >= 7)
                before = flying.front(), before_known = true, flying.pop_front();
            /* memories and the noise unit */
            bool x_re = top.x_re_o, entry_re = top.entry_re_o;
            unsigned x_at = top.x_addr_o, entry_at = top.entry_addr_o;
            if (top.e_re_o) error_of = top.e_addr_o;
            noise_left -= noise_left != 0;
            if (top.noise_o) {
                unsigned row = top.noise_row_o, group = top.noise_group_o;
                if (row >= (readout ? 16 : rows) || group >= build.groups) tb::fail("a dither word of nothing");
                for (unsigned w = 0; w < (build.lanes + 63) / 64; w++) drawn[w] = noise(row, group, w);
                noise_left = wait;
            }
            tb::edge(top);
            top.start_i = 0;
            top.noise_ready_i = !noise_left;
            for (unsigned w = 0; w < (build.lanes + 63) / 64; w++)
                tb::set(top.noise_i, 64 * w, 64, top.noise_ready_i ? drawn[w] : random.word());
            top.x_data_i = x_re ? x[x_at] : (SData)random.word();
            if (entry_re)
                top.entry_block_i = entry_at < list.size() ? (CData)list[entry_at] : (CData)random.below(build.blocks);
            if (reset_at && now == reset_at) return reset(), void(resets++);
        }
        if (!todo.empty()) tb::fail("items are missing");
        for (const Item &item : flying)
            if (now - item.at < (turning ? 6u : 7u)) tb::fail("busy_o fell before the last write");
        before_known = false;
    }
    Item before = {0, 0};
    bool before_known = false;
    uint64_t drawn[4] = {0};
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv), kBuilds[tb::variant(argv)]);
    tb::Random &random = bench.random;
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    bench.reset();
    for (unsigned n = 0; n < 200; n++) bench.job(random.chance(10) ? random.range(1, 300) : 0);
    std::printf("local_update: %llu items, %llu writes, %llu resets\n", (unsigned long long)bench.items_done,
                (unsigned long long)bench.moved, (unsigned long long)bench.resets);
    if (bench.items_done < 1000 || !bench.resets) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
