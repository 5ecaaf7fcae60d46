/* SPDX-License-Identifier: Apache-2.0
 * sr_lif_columns against docs/numerics.md, section 4, in plain C: samples of steps of counts, which become terms with the signs of each
 * column's factors, scales up to where a term saturates; plain runs, in which counts and factors say nothing; mode `local`, whose
 * perturbation is sigma. What is not asked for is random. Lanes as loops: tb_loop_terms, tb_loop_lif. */
// params: -GLANES=4 -GLOCAL=1 -GLEAK_MUL=1
#include "tb.h"
#include "Vsr_lif_columns.h"

#include "map/sr_map.h"

namespace {

const unsigned SUM = 1, SUM_FIRST = 2, LOAD = 4, FIRE = 8, STEP_FIRST = 16, STEP_LAST = 32, CLEAR = 64;
const unsigned kLanes = 4, kUnits = 4, kCountW = 11, kSpikesW = 4, kRank = 4;

/* What comes three cycles after the count of an item: its bundle, base currents, whether the block is the last. */
struct Late {
    unsigned ctl;
    int64_t b[kLanes];
    bool block_last;
};

struct Bench {
    Vsr_lif_columns top;
    tb::Random &random;
    std::deque<Late> late;
    unsigned last_present = 1;
    uint64_t fires = 0, spikes = 0, rails = 0;

    explicit Bench(tb::Random &r) : random(r), late(3, Late{0, {0}, false}) {}

    void set(unsigned reg, uint32_t value) { tb::set(top.cfg_i, (reg - 64) * 32, 32, value); }
    int64_t s16() { return random.chance(10) ? (random.chance(50) ? 32767 : -32767) : (int64_t)random.below(8192) - 4096; }

    /* A cycle in which an item with these counts and signs is asked for, and `next` is to come three cycles later. */
    void cycle(const Late &next, const int64_t *count, unsigned unit, unsigned signs, bool learn) {
        late.push_back(next);
        const Late now = late.front();
        late.pop_front();
        top.ctl_i = (CData)(now.ctl ? now.ctl : random.word() & (SUM_FIRST | STEP_FIRST | STEP_LAST));
        const bool used = now.ctl & (LOAD | FIRE);
        top.block_last_i = used ? now.block_last : random.chance(50);
        top.last_present_i = (CData)last_present;
        for (unsigned n = 0; n < kLanes; n++) tb::set(top.base_i, n * 16, 16, used ? (uint64_t)now.b[n] : random.word());
        tb::draw(random, top.counts_i, kUnits * kCountW);
        top.unit_i = (CData)unit, top.bits_i = (CData)random.word(), top.learn_bits_i = (CData)random.word();
        if (count) {
            tb::set(top.counts_i, unit * kCountW, kCountW, (uint64_t)*count);
            (learn ? top.learn_bits_i : top.bits_i) = (CData)(signs & 15);
        }
        tb::settle(top), tb::edge(top), tb::settle(top);
    }
    void idle(unsigned ctl = 0) { cycle(Late{ctl, {0}, false}, nullptr, random.below(kUnits), 0, false); }

    /* A block's sample. mode 0: factors, 1: plain, 2: `local`. */
    void sample(unsigned steps, unsigned rank, unsigned mode, unsigned gaps) {
        const unsigned leak = random.below(256), theta = random.range(1, 1u << random.range(1, 14)), scale = random.below(4096);
        const bool subtract = random.chance(50), block_last = random.chance(50);
        const bool large = random.chance(30);
        for (unsigned i = 0; i < 4; i++) idle();
        tb::draw(random, top.cfg_i, 2048);
        set(SR_REG_LEAK0, leak), set(SR_REG_THETA0, theta), set(SR_REG_SCALE0, scale), set(SR_REG_RESET_KIND, subtract);
        top.plain_i = mode == 1 || (mode == 2 && random.chance(50)), top.learn_i = mode == 2, top.full_i = 0;
        last_present = (1u << random.range(1, kLanes)) - 1;
        idle(CLEAR);
        int64_t v[2][kLanes] = {{0}};
        unsigned spiked[2][kLanes] = {{0}};
        for (unsigned step = 0; step < steps; step++) {
            int64_t sum[kLanes] = {0};
            Late fire = {FIRE | (step ? 0u : STEP_FIRST) | (step == steps - 1 ? STEP_LAST : 0u), {0}, block_last};
            for (int64_t &b : fire.b) b = s16();
            for (unsigned k = 0; k < (mode == 2 ? 1 : rank); k++) {
                while (random.chance(gaps)) idle();
                const int64_t count = tb::sign_extend(random.word(), large ? kCountW : 6), exact = count * scale >> 4;
                const int64_t term = mode == 2 ? 16 * scale : mode == 1 ? 0 : tb::sat(exact, 16);
                const unsigned signs = random.below(16);
                rails += mode == 0 && term != exact;
                for (unsigned n = 0; n < kLanes; n++) sum[n] += signs >> n & 1 ? -term : term;
                cycle(Late{k ? SUM : SUM | SUM_FIRST, {0}, false}, &count, random.below(kUnits), signs, mode == 2);
            }
            Late load = fire;
            load.ctl = LOAD;
            while (random.chance(gaps)) idle();
            cycle(load, nullptr, random.below(kUnits), 0, false);
            while (random.chance(gaps)) idle();
            cycle(fire, nullptr, random.below(kUnits), 0, false);
            for (unsigned i = 0; i < 3; i++) idle(); /* until the step has fired */
            fires++;
            for (unsigned m = 0; m < 2; m++)
                for (unsigned n = 0; n < kLanes; n++) {
                    const int64_t d = sum[n] >> 4, in = m ? fire.b[n] - d : fire.b[n] + d;
                    const int64_t u = tb::sat(v[m][n] - ((v[m][n] * leak) >> 8) + in, 16);
                    const bool spike = u >= theta, present = !block_last || (last_present >> n & 1);
                    v[m][n] = spike ? subtract ? u - theta : 0 : u;
                    spiked[m][n] += spike && present, spikes += spike && present;
                    if (tb::get(top.count_o, (2 * n + m) * kSpikesW, kSpikesW) != spiked[m][n]) tb::fail("count_o");
                }
        }
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random);
    for (unsigned n = 0; n < 4000; n++)
        bench.sample(random.range(1, 14), random.range(1, kRank), random.below(3), random.chance(50) ? 0 : random.below(50));
    std::printf("lif_columns: %llu steps, %llu spikes, %llu terms at the rail\n", (unsigned long long)bench.fires,
                (unsigned long long)bench.spikes, (unsigned long long)bench.rails);
    if (!bench.rails || bench.spikes < bench.fires) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
