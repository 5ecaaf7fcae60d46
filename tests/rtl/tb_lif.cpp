/* SPDX-License-Identifier: Apache-2.0
 * sr_lif between memories and a data path in C (docs/numerics.md, sections 3 and 4): runs of samples and pairs that start as soon as
 * they may or later; every spike count against plain loops over steps and terms, the base current and counts of the pair's own bank,
 * the factors of the pair's own number, a read and a term at the ages of the header, walks that are held, resets in the midst. */
// params: -GSTEP_W=4 -GBLOCK_AW=2 -GBLOCK_W=3
// params: -GSTEP_W=4 -GBLOCK_AW=2 -GBLOCK_W=3 -GRANK_LANES=2 -GUNIT_LOG=6 -GUNIT_W=6 -GGROUP_AW=1 -GYBANK_W=2
// params: -GSTEP_W=4 -GBLOCK_AW=2 -GBLOCK_W=3 -GMEMBERS=1
// params: -GSTEP_W=4 -GBLOCK_AW=2 -GBLOCK_W=3 -GRANK_W=1 -GUNIT_LOG=0 -GUNIT_W=1 -GGROUP_AW=6
#include "tb.h"
#include "Vsr_lif.h"

namespace {

enum Field { SUM = 1, SUM_FIRST = 2, LOAD = 4, FIRE = 8, STEP_FIRST = 16, STEP_LAST = 32, CLEAR = 64, MINUS = 128 };
const struct Shape {
    unsigned rank_lanes, members, unit_log, group_aw, y_banks, rank_max;
} kShapes[] = {{1, 2, 2, 4, 2, 4}, {2, 2, 6, 1, 4, 4}, {1, 1, 2, 4, 2, 4}, {1, 2, 0, 6, 2, 1}};
const unsigned kSteps = 16, kBlocks = 4, kFactors = 64;
const int kTheta = 40;

struct Bench {
    Vsr_lif top;
    tb::Random random;
    Shape shape;
    int count[2][kFactors][kSteps], base[2][kSteps][kBlocks];
    bool col[kFactors][kBlocks];
    struct Want {
        unsigned addr;
        int spikes[2];
    };
    std::deque<Want> wants;
    struct Cycle {
        bool item, base;
        unsigned count_at, col_at, base_at, unit, valid;
    };
    std::deque<Cycle> ages;
    int sum = 0, current[2] = {0}, v[2] = {0}, spikes[2] = {0};
    unsigned steps = 1, rank = 1, blocks = 1, y_bank = 0, holds = 0;
    uint64_t pairs_done = 0, pairs_begun = 0, joined = 0, resets = 0, counted = 0, held = 0;

    Bench(uint64_t seed, const Shape &s) : random(seed), shape(s) {}

    const Cycle &age(unsigned n) {
        static const Cycle none = {false, false, 0, 0, 0, 0, 0};
        return n < ages.size() ? ages[n] : none;
    }

    /* A step of one member's neuron. */
    static bool step(int &v, int input) {
        v = v - (v >> 3) + input;
        bool spike = v >= kTheta;
        if (spike) v = 0;
        return spike;
    }

    void cycle() {
        tb::settle(top);
        const bool early = shape.members == 1;
        ages.push_front({(bool)top.count_re_o, (bool)top.base_re_o, top.count_addr_o, top.col_addr_o, top.base_addr_o, 0, 0});
        if (ages.size() > 8) ages.pop_back();
        if (ages.size() > 1) ages[1].unit = top.unit_o, ages[1].valid = top.valid_o;
        if (top.count_re_o != top.col_re_o) tb::fail("counts and column factors at different ages");
        unsigned ctl = top.ctl_o;
        if (((ctl & SUM) != 0) != age(4).item) tb::fail("LIF_SUM not at age 4");
        if (top.hold_i && top.count_re_o) tb::fail("an item leaves a walk that is held");
        held += top.hold_i && top.busy_o;
        /* What is registered at the end of this cycle: fire and load see what was there before. */
        if (top.y_we_o) {
            if (wants.empty() || wants.front().addr != top.y_addr_o) tb::fail("y_addr_o");
            for (unsigned m = 0; m < shape.members; m++)
                if (spikes[m] != wants.front().spikes[m]) tb::fail("a spike count");
            counted += wants.front().spikes[0] != 0;
            wants.pop_front();
        }
        int next_current[2] = {current[0], current[1]};
        if (ctl & FIRE) {
            for (unsigned m = 0; m < shape.members; m++) {
                if (ctl & STEP_FIRST) spikes[m] = 0;
                spikes[m] += step(v[m], current[m]);
                if (ctl & STEP_LAST) v[m] = 0;
            }
        }
        if (ctl & LOAD && !early) {
            if (!age(1).base) tb::fail("LIF_LOAD not a cycle after base_re_o");
            int b = base_of(age(1).base_at);
            next_current[0] = b + sum, next_current[1] = b - sum;
        }
        if (ctl & SUM) {
            const Cycle &at = age(4);
            unsigned group = at.count_at / kSteps % (1u << shape.group_aw), bank = at.count_at / kSteps >> shape.group_aw;
            unsigned factor = (group << shape.unit_log) | at.unit;
            if (at.unit >> shape.unit_log && shape.unit_log) tb::fail("unit_o");
            if (factor != at.col_at / kBlocks) tb::fail("counts and column of different factors");
            int term = 0;
            for (unsigned k = 0; k < shape.rank_lanes; k++)
                if (at.valid >> k & 1) {
                    int c = count[bank & 1][(factor + k) % kFactors][at.count_at % kSteps];
                    term += col[(factor + k) % kFactors][at.col_at % kBlocks] ? -c : c;
                }
            if (!early) {
                sum = (ctl & SUM_FIRST ? 0 : sum) + term;
            } else {
                if (((ctl & SUM_FIRST) != 0) != age(1).base) tb::fail("base_re_o not a cycle before LIF_SUM_FIRST");
                sum = (ctl & SUM_FIRST ? base_of(age(1).base_at) : sum) + (ctl & MINUS ? -term : term);
                next_current[0] = sum;
            }
        }
        current[0] = next_current[0], current[1] = next_current[1];
        pairs_done += top.done_o;
        tb::edge(top);
        top.start_i = 0, top.hold_i = random.chance(holds);
        tb::settle(top);
    }
    int base_of(unsigned addr) const { return base[addr / kBlocks / kSteps][addr / kBlocks % kSteps][addr % kBlocks]; }

    void pair(unsigned bank, unsigned first_factor, bool minus) {
        for (unsigned b = 0; b < blocks; b++) {
            Want w = {y_bank * kBlocks + b, {0, 0}};
            int membrane[2] = {0, 0};
            for (unsigned m = 0; m < shape.members; m++)
                for (unsigned t = 0; t < steps; t++) {
                    int d = 0;
                    for (unsigned k = 0; k < rank; k++)
                        d += col[first_factor + k][b] ? -count[bank][first_factor + k][t] : count[bank][first_factor + k][t];
                    w.spikes[m] += step(membrane[m], base[bank][t][b] + (m || minus ? -d : d));
                }
            wants.push_back(w);
        }
        y_bank = (y_bank + 1) % shape.y_banks;
        pairs_begun++;
    }
    void clear(bool reset) {
        top.rst_i = reset, top.clear_i = 1, top.start_i = top.hold_i = 0;
        for (unsigned i = 0; i < (reset ? 4 : 1); i++) tb::settle(top), tb::edge(top);
        top.rst_i = top.clear_i = 0;
        tb::settle(top);
        if (top.busy_o || !top.ready_o || top.y_we_o) tb::fail("busy after a reset");
        ages.clear(), wants.clear();
        y_bank = 0, v[0] = v[1] = 0, pairs_done = pairs_begun = 0;
    }
    void run() {
        steps = random.range(1, 15), blocks = random.range(1, kBlocks);
        rank = shape.rank_max == 1 ? 1 : random.range(1, shape.rank_max);
        if (random.chance(20)) steps = blocks = 1;
        holds = random.chance(50) ? 0 : random.below(80);
        top.steps_i = (CData)steps, top.blocks_i = (CData)blocks, top.rank_i = (CData)rank;
        for (auto &f : col)
            for (bool &c : f) c = random.chance(50);
        clear(false);
        unsigned samples = random.range(1, 4), most = kFactors / rank - 1, pairs = random.range(1, most < 5 ? most : 5);
        unsigned gaps = random.chance(50) ? 0 : random.below(95), reset_at = random.chance(15) ? random.range(1, 200) : 0,
                 n = 0;
        uint64_t until[2] = {0, 0}; /* pairs that must be done before a bank may change */
        for (unsigned s = 0; s < samples; s++) {
            unsigned bank = s & 1;
            while (pairs_done < until[bank]) cycle();
            for (unsigned t = 0; t < kSteps; t++) {
                for (auto &f : count[bank]) f[t] = (int)random.below(31) - 15;
                for (int &b : base[bank][t]) b = (int)random.below(60) - 10;
            }
            for (unsigned p = 0; p < pairs; p++)
                for (unsigned m = 0; m < 3 - shape.members; m++) {
                    while (!top.ready_o || random.chance(gaps)) {
                        if (reset_at && ++n >= reset_at) return clear(true), void(resets++);
                        cycle();
                        if (wants.size() > 500) tb::fail("hangs");
                    }
                    joined += top.busy_o;
                    pair(bank, p * rank, m);
                    top.start_i = 1, top.first_i = !p, top.base_bank_i = bank, top.minus_i = m;
                    cycle();
                    top.base_bank_i = random.chance(50), top.minus_i = random.chance(50), top.first_i = random.chance(50);
                }
            until[bank] = pairs_begun;
        }
        for (unsigned i = 0; top.busy_o; i++) {
            if (i > 20000) tb::fail("busy_o");
            cycle();
        }
        if (!wants.empty() || pairs_done != pairs_begun) tb::fail("spike counts are missing");
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv), kShapes[tb::variant(argv)]);
    Verilated::randReset(2);
    Verilated::randSeed((int)bench.random.below(1u << 30) + 1);
    bench.top.steps_i = bench.top.blocks_i = bench.top.rank_i = 1;
    bench.clear(true);
    for (unsigned n = 0; n < 250; n++) bench.run();
    std::printf("lif: %llu counts of spikes, %llu pairs begun while one was at work, %llu cycles held, %llu resets\n",
                (unsigned long long)bench.counted, (unsigned long long)bench.joined, (unsigned long long)bench.held,
                (unsigned long long)bench.resets);
    if (bench.counted < 500 || !bench.joined || !bench.held || !bench.resets) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
