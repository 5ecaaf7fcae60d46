/* SPDX-License-Identifier: Apache-2.0
 * sr_entries against sr_permute and sr_counter: entries of events, whose addresses come two cycles before them, of rows and pairs of an
 * update, and of the classes of one pair after another, all at random gaps and side by side. */
// params: -GLANES=128 -GFULL=1 -GFRAC_W=8 -GHIDDEN_MAX=256 -GPROJ_UNITS=64
#include "tb.h"
#include "Vsr_entries.h"

#include "map/sr_map.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    const unsigned words = 2, block_aw = 1;
    Vsr_entries top;
    uint64_t key = 0;
    uint32_t pair_first = 0, read_pair = 0;
    std::vector<uint64_t> entries, read; /* due; empty: not known */
    std::deque<uint32_t> addresses(3, 0);
    unsigned events = 0, updates = 0, reads = 0, nexts = 0;
    const auto drawn = [&](unsigned layer, unsigned row, unsigned pair, unsigned block) {
        std::vector<uint64_t> word;
        for (unsigned w = 0; w < words; w++)
            word.push_back(
                sr_permute(key ^ sr_counter((sr_kind)SR_KIND_FULL, layer, row, pair & 0xFFFF, 0, block * words + w)));
        return word;
    };
    for (unsigned cycle = 0; cycle < 60000; cycle++) {
        if (cycle % 500 == 0) { /* between runs */
            key = random.word(), pair_first = random.chance(20) ? 0xFFFF : random.below(65536);
            tb::draw(random, top.cfg_i, 2048);
            tb::set(top.cfg_i, (SR_REG_KEY_LO - 64) * 32, 64, key);
            tb::set(top.cfg_i, (SR_REG_PAIR_FIRST - 64) * 32, 16, pair_first);
        }
        /* What a run reads first is the first pair's. */
        const bool begin = cycle % 500 == 0 || random.chance(5), first = cycle % 500 == 0 || random.chance(20);
        const bool full = random.chance(90), turn = random.chance(50), readout = random.chance(50);
        top.full_i = full, top.turn_i = turn, top.readout_i = readout, top.read_i = begin, top.read_first_i = first;
        top.event_i = !turn && random.chance(60), top.upd_re_i = turn && random.chance(60), top.read_re_i = random.chance(60);
        const uint32_t row = random.below(592), event_pair = random.below(64), upd_row = random.below(592);
        const uint32_t upd_pair = random.below(64), upd_addr = random.below(64 << block_aw),
                       read_addr = random.below(16 << block_aw);
        addresses.push_front(row << block_aw | random.below(2)), addresses.pop_back();
        top.event_addr_i = (SData)addresses[0], top.event_pair_i = (CData)event_pair;
        top.upd_row_i = (SData)upd_row, top.upd_pair_i = (CData)upd_pair, top.upd_addr_i = (CData)upd_addr;
        top.read_addr_i = (CData)read_addr;
        tb::settle(top);
        if (full && top.event_i)
            entries = drawn(0, addresses[2] >> block_aw, pair_first + event_pair, addresses[2] & 1), events += cycle > 2;
        if (full && top.upd_re_i) entries = drawn(readout ? SR_LAYER_READOUT : 0, upd_row, upd_pair, upd_addr & 1), updates++;
        if (full && top.read_re_i) read = drawn(SR_LAYER_READOUT, read_addr >> block_aw, read_pair, read_addr & 1), reads++;
        if (begin) read_pair = first ? pair_first : read_pair + 1, nexts += !first;
        tb::edge(top), tb::settle(top);
        for (unsigned w = 0; w < words && cycle > 2; w++) {
            if (!entries.empty() && tb::get(top.entries_o, 64 * w, 64) != entries[w]) tb::fail("entries_o");
            if (!read.empty() && tb::get(top.read_o, 64 * w, 64) != read[w]) tb::fail("read_o");
        }
    }
    std::printf("entries: %u events, %u rows of updates, %u rows of classes, %u further pairs\n", events, updates, reads,
                nexts);
    if (events < 1000 || updates < 1000 || reads < 1000 || nexts < 1000) tb::fail("too little was tried");
    top.final();
    return 0;
}
