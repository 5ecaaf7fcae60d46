/* SPDX-License-Identifier: Apache-2.0
 * sr_lif_lane (with sr_neuron) against docs/numerics.md in plain C: samples of steps of terms, the pipeline of
 * sr_lif with random gaps in it, every kind of reset, thresholds and currents at their rails. In a cycle that asks for
 * nothing the other inputs are random. */
// params: -GRANK_LANES=1 -GD_W=14 -GCNT_W=4 -GLEAK_MUL=1
// params: -GRANK_LANES=1 -GD_W=12 -GCNT_W=5 -GLEAK_MUL=0
// params: -GRANK_LANES=4 -GD_W=16 -GCNT_W=7 -GLEAK_MUL=1
// params: -GRANK_LANES=1 -GD_W=14 -GCNT_W=4 -GLEAK_MUL=0 -GSUBTRACT=0 -GMEMBERS=1
// params: -GRANK_LANES=1 -GD_W=13 -GCNT_W=4 -GLEAK_MUL=0 -GSUBTRACT=1 -GMEMBERS=1 -GLEAK_DSP=1
// params: -GRANK_LANES=1 -GD_W=12 -GCNT_W=4 -GLEAK_MUL=0 -GSUBTRACT=0 -GMEMBERS=1 -GLEAK_DSP=1 -GONE_TERM=1
#include "tb.h"
#include "Vsr_lif_lane.h"

namespace {

enum Field { SUM = 1, SUM_FIRST = 2, LOAD = 4, FIRE = 8, STEP_FIRST = 16, STEP_LAST = 32, CLEAR = 64, MINUS = 128 };

struct Shape {
    unsigned rank_lanes, d_w, cnt_w;
    bool leak_mul, subtract;
    unsigned members;
    bool one_term;
};

int64_t sat16(int64_t x) { return x > 32767 ? 32767 : x < -32767 ? -32767 : x; }

struct Bench {
    Vsr_lif_lane top;
    tb::Random &random;
    Shape shape;
    uint64_t fires = 0, spikes = 0, rails = 0;

    Bench(tb::Random &r, const Shape &s) : random(r), shape(s) {}

    void idle() {
        top.ctl_i = (CData)((random.chance(50) ? SUM_FIRST : 0) | (random.chance(50) ? STEP_FIRST : 0) |
                            (random.chance(50) ? STEP_LAST : 0) | (random.chance(50) ? MINUS : 0));
        tb::set(top.neg_i, 0, shape.rank_lanes, random.word());
        for (unsigned k = 0; k < shape.rank_lanes; k++) tb::set(top.term_i, 16 * k, 16, random.word());
        top.b_i = (SData)random.word(), top.present_i = random.chance(50);
    }
    void cycle() {
        tb::settle(top);
        tb::edge(top);
        idle();
        tb::settle(top);
    }
    void pause(unsigned percent) {
        while (random.chance(percent)) cycle();
    }
    int64_t s16(bool small) {
        return random.chance(8) ? (random.chance(50) ? 32767 : -32767)
               : small          ? (int64_t)random.below(512) - 256
                                : sat16(tb::sign_extend(random.word(), 16));
    }

    /* A base current that brings one member to the threshold or to a rail, or next to it, where there is one; else b. */
    int64_t steer(int64_t b, int64_t rest, unsigned theta) {
        const int64_t rail = random.chance(50) ? 32767 : -32767;
        int64_t want = (random.chance(50) ? rail : (int64_t)theta) + (int64_t)random.below(3) - 1 - rest;
        return want >= -32767 && want <= 32767 ? want : b;
    }

    /* One block's samples, one after the other: the sums, loads and fires of its steps, which nothing else comes between. */
    void samples(unsigned count, unsigned steps, unsigned items, unsigned gaps) {
        unsigned leak = !shape.leak_mul ? 32 : random.chance(15) ? 0 : random.chance(15) ? 255 : random.below(256);
        unsigned theta = random.chance(10) ? 32767 : random.range(1, 1u << random.range(1, 14));
        bool hard = !shape.subtract || random.chance(50), minus = shape.members == 1 && random.chance(50),
             small = random.chance(50), present = random.chance(85);
        top.leak_i = (CData)leak, top.theta_i = (SData)theta, top.subtract_i = !hard;
        top.ctl_i = CLEAR;
        cycle();
        for (; count; count--) {
            int64_t v[2] = {0, 0};
            unsigned spiked[2] = {0, 0};
            for (unsigned step = 0; step < steps; step++) {
                int64_t sum = 0, b = s16(small);
                std::vector<std::pair<int64_t, bool>> terms;
                for (unsigned k = 0; k < items * shape.rank_lanes; k++) {
                    terms.push_back({random.chance(20) ? s16(small) / 16 * 16 : s16(small), random.chance(50)});
                    sum += terms[k].second ? -terms[k].first : terms[k].first;
                }
                const int64_t d = sum >> 4;
                const unsigned steered = shape.members > 1 ? random.below(2) : 0;
                if (random.chance(40))
                    b = steer(b, v[steered] - ((v[steered] * leak) >> 8) + (steered || minus ? -d : d), theta);
                for (unsigned item = 0; item < items; item++) {
                    pause(gaps);
                    top.ctl_i = (CData)(SUM | (item ? 0 : SUM_FIRST) | (minus ? MINUS : 0));
                    if (shape.members == 1 && !item) top.b_i = (SData)b;
                    for (unsigned k = 0; k < shape.rank_lanes; k++) {
                        const std::pair<int64_t, bool> &term = terms[item * shape.rank_lanes + k];
                        tb::set(top.term_i, 16 * k, 16, (uint64_t)term.first), tb::set(top.neg_i, k, 1, term.second);
                    }
                    cycle();
                }
                if (shape.members > 1) {
                    pause(gaps);
                    top.ctl_i = LOAD, top.b_i = (SData)b;
                    cycle();
                }
                pause(gaps);
                top.ctl_i = (CData)(FIRE | (step ? 0 : STEP_FIRST) | (step == steps - 1 ? STEP_LAST : 0)),
                top.present_i = present;
                cycle();
                fires++;
                for (unsigned m = 0; m < shape.members; m++) {
                    int64_t exact = v[m] - ((v[m] * leak) >> 8) + (m || minus ? b - d : b + d), u = sat16(exact);
                    bool spike = u >= theta;
                    rails += u != exact, spikes += spike;
                    v[m] = spike ? hard ? 0 : u - theta : u;
                    spiked[m] += spike && present;
                    if ((m ? top.count_m_o : top.count_p_o) != (spiked[m] & ((1u << shape.cnt_w) - 1))) tb::fail("count");
                }
            }
        }
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{1, 14, 4, true, true, 2, false},  {1, 12, 5, false, true, 2, false},
                                   {4, 16, 7, true, true, 2, false},  {1, 14, 4, false, false, 1, false},
                                   {1, 13, 4, false, true, 1, false}, {1, 12, 4, false, false, 1, true}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, shape);
    bench.top.clk_i = 0;
    bench.idle();
    bench.cycle();
    unsigned items_max = (1u << (shape.d_w - 12)) / shape.rank_lanes; /* what d holds */
    for (unsigned n = 0; n < 3000; n++)
        bench.samples(random.range(1, 3), random.range(1, 15), random.range(1, items_max),
                      random.chance(50) ? 0 : random.below(50));
    std::printf("lif_lane: %llu steps, %llu spikes, %llu at the rail\n", (unsigned long long)bench.fires,
                (unsigned long long)bench.spikes, (unsigned long long)bench.rails);
    if (!bench.rails || bench.spikes * 20 < bench.fires) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
