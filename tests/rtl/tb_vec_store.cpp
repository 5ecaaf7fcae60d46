/* SPDX-License-Identifier: Apache-2.0
 * sr_vec_store against plain arrays: counts by half and slot, spikes by region, slot and step, both signs written apart; blocks
 * beyond the last written read as 0. */
// params: -GLANES=4 -GCOL_LANES=8 -GCNT_W=3 -GSTEP_W=3 -GBLOCK_W=2 -GREGION_W=2 -GSTEP_EN=1
// params: -GLANES=4 -GCOL_LANES=4 -GCNT_W=5 -GSTEP_W=4 -GBLOCK_W=4 -GREGION_W=1 -GSTEP_EN=0
// params: -GLANES=16 -GCOL_LANES=64 -GCNT_W=9 -GSTEP_W=2 -GBLOCK_W=1 -GREGION_W=1 -GSTEP_EN=1
#include "tb.h"
#include "Vsr_vec_store.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned sets[][7] = {{4, 8, 3, 3, 2, 2, 1}, {4, 4, 5, 4, 4, 1, 0}, {16, 64, 9, 2, 1, 1, 1}};
    const unsigned *set = sets[tb::variant(argv)];
    unsigned lanes = set[0], cols = set[1], width = set[2], steps = 1u << set[3], blocks = 1u << set[4], regions = 1u << set[5];
    unsigned sub = cols / lanes, nbs = blocks * sub;
    bool step_en = set[6];
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_vec_store top;
    // [sign][half][slot][nb][lane] and [sign][region][slot][step][nb][lane]
    std::vector<unsigned> counts(2 * 2 * 4 * nbs * lanes), spikes(2 * regions * 4 * steps * nbs * lanes);
    std::vector<bool> counted(2 * 2 * 4 * nbs), spiked(2 * regions * 4 * steps * nbs);
    auto count_at = [&](unsigned sign, unsigned half, unsigned slot, unsigned nb) {
        return ((sign * 2 + half) * 4 + slot) * nbs + nb;
    };
    auto spike_at = [&](unsigned sign, unsigned region, unsigned slot, unsigned step, unsigned nb) {
        return (((sign * regions + region) * 4 + slot) * steps + step) * nbs + nb;
    };
    uint64_t compared = 0;
    struct Read {
        bool on = false, spikes = false;
        unsigned half = 0, region = 0, slot = 0, step = 0, block = 0, nb_last = 0;
    } read;
    for (int n = 0; n < 120000; n++) {
        unsigned half = random.below(2), slot = random.below(4), nb = random.below(nbs), region = random.below(regions);
        unsigned step = random.below(steps);
        bool writing = random.chance(60);
        top.half_i = (CData)half, top.slot_i = (CData)slot, top.nb_i = (CData)nb, top.region_i = (CData)region,
        top.step_i = (SData)step;
        for (unsigned i = 0; i < lanes; i++) {
            tb::set(top.spike_p_i, i, 1, random.below(2));
            tb::set(top.spike_m_i, i, 1, random.below(2));
            tb::set(top.count_p_i, i * width, width, random.word());
            tb::set(top.count_m_i, i * width, width, random.word());
        }
        top.count_we_i = (CData)(writing ? random.below(4) : 0);
        top.spike_we_i = (CData)(writing && step_en ? random.below(4) : 0);
        Read next;
        next.on = random.chance(50), next.spikes = step_en && random.chance(50), next.half = random.below(2);
        next.region = random.below(regions), next.slot = random.below(4), next.step = random.below(steps);
        next.block = random.below(blocks), next.nb_last = random.chance(50) ? nbs - 1 : random.below(nbs);
        bool same = next.slot == slot && next.block == nb / sub &&
                    (next.spikes ? next.region == region && next.step == step : next.half == half);
        if (same && (next.spikes ? top.spike_we_i : top.count_we_i)) next.on = false;
        top.re_i = next.on, top.spikes_i = read.on ? read.spikes : next.spikes;
        if (read.on && next.on && read.spikes != next.spikes) top.re_i = next.on = false;
        if (!read.on) top.spikes_i = next.spikes;
        top.rhalf_i = (CData)next.half, top.rregion_i = (CData)next.region, top.rslot_i = (CData)next.slot;
        top.rstep_i = (SData)next.step, top.rblock_i = (CData)next.block, top.rnb_last_i = (CData)next.nb_last;
        tb::settle(top);
        for (unsigned c = 0; read.on && c < cols; c++)
            for (unsigned sign = 0; sign < 2; sign++) {
                unsigned from = read.block * sub + c / lanes;
                unsigned at = read.spikes ? spike_at(sign, read.region, read.slot, read.step, from)
                                          : count_at(sign, read.half, read.slot, from);
                bool beyond = sub > 1 && from > read.nb_last;
                if (!(read.spikes ? spiked[at] : counted[at]) && !beyond) continue;
                unsigned held = read.spikes ? spikes[at * lanes + c % lanes] : counts[at * lanes + c % lanes];
                uint64_t got = sign ? tb::get(top.vec_m_o, c * width, width) : tb::get(top.vec_p_o, c * width, width);
                if (got != (beyond ? 0 : held)) tb::fail("vector");
                if (read.spikes && spiked[at] && (sign ? tb::get(top.bits_m_o, c, 1) : tb::get(top.bits_p_o, c, 1)) != held)
                    tb::fail("bits");
                compared++;
            }
        for (unsigned sign = 0; sign < 2; sign++) {
            unsigned c = count_at(sign, half, slot, nb), s = spike_at(sign, region, slot, step, nb);
            for (unsigned i = 0; i < lanes; i++) {
                if (top.count_we_i >> sign & 1)
                    counts[c * lanes + i] =
                        (unsigned)(sign ? tb::get(top.count_m_i, i * width, width) : tb::get(top.count_p_i, i * width, width));
                if (top.spike_we_i >> sign & 1)
                    spikes[s * lanes + i] = (unsigned)(sign ? tb::get(top.spike_m_i, i, 1) : tb::get(top.spike_p_i, i, 1));
            }
            if (top.count_we_i >> sign & 1) counted[c] = true;
            if (top.spike_we_i >> sign & 1) spiked[s] = true;
        }
        read = next;
        tb::edge(top);
    }
    std::printf("vec_store: %llu values compared\n", (unsigned long long)compared);
    top.final();
    return 0;
}
