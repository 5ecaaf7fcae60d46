/* SPDX-License-Identifier: Apache-2.0
 * sr_columns against docs/numerics.md in plain C: a step's base currents, projection counts and, in full rank, sums of entries; a word's
 * sums of an update, of factors over planes and groups or, in full rank, of entries over pairs. Idle cycles everywhere, in which what is
 * not asked for is random. */
// params: -GLANES=4 -GFRAC_W=4 -GPROJ_UNITS=4
// params: -GLANES=128 -GFRAC_W=8 -GPROJ_UNITS=64 -GRANK_LANES=4 -GHIDDEN_MAX=256 -GFULL=1
#include "tb.h"
#include "Vsr_columns.h"

namespace {

enum Field { MISS = 1, TOTAL = 2, ACC = 4, FIRST = 8, DOUBLE = 16, HAND = 32 };

struct Shape {
    unsigned lanes, frac_w, units, miss_w;
    bool loops;
};

struct Bench {
    Vsr_columns top;
    tb::Random &random;
    Shape shape;
    unsigned count_w = 11, sum_w;
    uint64_t bases = 0, rails = 0, sums = 0, full_sums = 0;

    Bench(tb::Random &r, const Shape &s) : random(r), shape(s), sum_w(s.loops ? 24 : 16) {}

    void idle() {
        top.mark_i = top.add_base_i = top.add_count_i = top.keep_i = 0;
        /* That an accumulator would start anew or be doubled says nothing where it is not to take anything. */
        top.ctl_i = (CData)(random.word() & (FIRST | DOUBLE));
        tb::draw(random, top.hidden_i, shape.lanes * (8 + shape.frac_w)), tb::draw(random, top.row_bits_i, shape.units);
        tb::draw(random, top.entries_i, shape.lanes), tb::draw(random, top.class_bits_i, shape.units);
        tb::draw(random, top.cols_i, shape.loops ? 1 : shape.units * shape.lanes),
            tb::draw(random, top.word_i, 2 * shape.units);
        tb::draw(random, top.missed_i, shape.lanes * shape.miss_w), tb::draw(random, top.total_i, sum_w);
        top.u_i = (CData)random.word();
    }
    void cycle() {
        tb::settle(top), tb::edge(top);
        idle();
    }
    void pause(unsigned percent) {
        while (random.chance(percent)) cycle();
    }

    /* A step of the front, events in any order with others' row bits: what stands there with keep_i. */
    void step(unsigned events, bool full, bool extreme) {
        const unsigned master = 8 + shape.frac_w;
        std::vector<int64_t> base(shape.lanes, 0), count(shape.units, 0), entry(shape.lanes, 0);
        top.full_i = full;
        top.mark_i = 1, top.ctl_i = 0;
        cycle();
        bool counted = false; /* the row bits of the cycle before are an event's */
        uint64_t bits = 0;
        for (unsigned e = 0; e < events || counted;) {
            top.add_count_i = counted;
            for (unsigned u = 0; u < shape.units && counted; u++) count[u] += bits >> u & 1 ? -1 : 1;
            bits = random.word(), tb::set(top.row_bits_i, 0, shape.units, bits);
            counted = e < events && random.chance(70);
            if (counted) e++;
            if (random.chance(70)) {
                top.add_base_i = 1, top.ctl_i = 0;
                for (unsigned n = 0; n < shape.lanes; n++) {
                    int64_t w = tb::sign_extend(random.word(), master), most = ((int64_t)1 << (master - 1)) - 1;
                    if (extreme) w = n & 1 ? most : -most - 1;
                    tb::set(top.hidden_i, n * master, master, (uint64_t)w);
                    base[n] += w >> shape.frac_w;
                    entry[n] += tb::get(top.entries_i, n, 1) ? -1 : 1;
                }
            }
            cycle();
            pause(counted ? 0 : 10);
        }
        /* Lanes as loops: with the mark of the next step all is registered. */
        top.keep_i = 1, top.mark_i = shape.loops, top.ctl_i = 0;
        tb::settle(top);
        if (shape.loops) cycle(), tb::settle(top);
        for (unsigned u = 0; u < shape.units; u++)
            if (tb::sign_extend(tb::get(top.counts_o, u * count_w, count_w), count_w) != count[u]) tb::fail("counts_o");
        for (unsigned n = 0; n < shape.lanes && full; n++)
            if (tb::sign_extend(tb::get(top.entry_sums_o, n * count_w, count_w), count_w) != entry[n]) tb::fail("entry_sums_o");
        for (unsigned n = 0; n < shape.lanes; n++) {
            const int64_t want = tb::sat(base[n], 16);
            if (tb::sign_extend(tb::get(top.base_o, n * 16, 16), 16) != want) tb::fail("base_o");
            bases++, rails += want != base[n];
        }
    }

    /* Counts what is missed, and takes it from the accumulators a cycle later. */
    void miss(const std::vector<unsigned> &missed, bool first, bool twice, bool class_bits, uint64_t rows, uint64_t word_signs,
              uint64_t mask, const std::vector<uint64_t> &cols) {
        tb::set(class_bits ? top.class_bits_i : top.row_bits_i, 0, shape.units, rows);
        cycle();
        top.ctl_i = MISS;
        tb::set(top.word_i, 0, shape.units, mask), tb::set(top.word_i, shape.units, shape.units, word_signs);
        for (unsigned u = 0; u < shape.units && !shape.loops; u++) tb::set(top.cols_i, u * shape.lanes, shape.lanes, cols[u]);
        tb::settle(top);
        if (tb::get(top.signs_o, 0, shape.units) != (rows ^ word_signs)) tb::fail("signs_o");
        cycle();
        top.ctl_i = (CData)(ACC | (first ? FIRST : 0) | (twice ? DOUBLE : 0));
        for (unsigned n = 0; n < shape.lanes && !missed.empty(); n++)
            tb::set(top.missed_i, n * shape.miss_w, shape.miss_w, missed[n]);
        cycle();
        pause(10);
    }
    void hand(const std::vector<int64_t> &want, uint64_t total, unsigned doublings) {
        top.ctl_i = TOTAL, tb::set(top.total_i, 0, sum_w, total);
        cycle();
        top.ctl_i = ACC | DOUBLE, tb::set(top.total_i, 0, sum_w, total);
        cycle();
        for (unsigned e = 0; e < doublings; e++, pause(10)) top.ctl_i = ACC | DOUBLE, cycle();
        top.ctl_i = HAND;
        tb::settle(top);
        if (shape.loops) cycle(), tb::settle(top);
        for (unsigned n = 0; n < shape.lanes; n++)
            if (tb::sign_extend(tb::get(top.sums_o, n * sum_w, sum_w), sum_w) != want[n] * (1 << doublings)) tb::fail("sums_o");
        sums++;
        cycle();
    }

    /* A word's sums over all factors, as sr_update has them. */
    void update(unsigned factors, unsigned largest, unsigned doublings) {
        const unsigned groups = (factors + shape.units - 1) / shape.units;
        const bool readout = random.chance(50);
        std::vector<int> u(groups * shape.units, 0);
        std::vector<uint64_t> rows(groups), cols(u.size());
        std::vector<int64_t> want(shape.lanes, 0);
        int64_t total = 0;
        unsigned planes = 1;
        top.full_i = 0, top.readout_i = readout;
        for (uint64_t &r : rows) r = random.word() & (~0ull >> (64 - shape.units));
        std::vector<std::vector<bool>> col(u.size(), std::vector<bool>(shape.lanes));
        for (unsigned f = 0; f < u.size(); f++) {
            if (f < factors) u[f] = (int)random.below(2 * largest + 1) - (int)largest;
            for (unsigned n = 0; n < shape.lanes; n++) {
                col[f][n] = random.chance(50);
                if (n < 64) cols[f] |= (uint64_t)col[f][n] << n;
                want[n] += col[f][n] != (rows[f / shape.units] >> f % shape.units & 1) ? -u[f] : u[f];
            }
            total += std::abs(u[f]);
            while (std::abs(u[f]) >> planes) planes++;
        }
        for (unsigned plane = planes; plane--;)
            for (unsigned g = 0; g < groups; g++) {
                uint64_t mask = 0, signs = 0;
                std::vector<unsigned> missed(shape.lanes, 0);
                for (unsigned k = 0, f = g * shape.units; k < shape.units; k++, f++) {
                    const bool bit = std::abs(u[f]) >> plane & 1;
                    mask |= (uint64_t)bit << k, signs |= (uint64_t)(u[f] < 0) << k;
                    for (unsigned n = 0; n < shape.lanes; n++)
                        missed[n] += bit && (col[f][n] != ((rows[g] >> k & 1) != (u[f] < 0)));
                }
                const std::vector<uint64_t> group(cols.begin() + g * shape.units, cols.begin() + (g + 1) * shape.units);
                const bool begin = g == 0 && plane == planes - 1;
                miss(missed, begin, g == 0 && !begin, readout, rows[g], signs, mask, group);
            }
        hand(want, (uint64_t)total, doublings);
    }

    /* The same in full rank: u of each pair times its entry; the total of the last update of low rank does not count. */
    void update_full(unsigned pairs) {
        std::vector<int64_t> want(shape.lanes, 0);
        top.full_i = 1, top.readout_i = random.chance(50);
        for (unsigned p = 0; p < pairs; p++) {
            const int u = (int)random.below(255) - 127;
            top.ctl_i = MISS, top.u_i = (CData)u;
            for (unsigned n = 0; n < shape.lanes; n++) want[n] += tb::get(top.entries_i, n, 1) ? -u : u;
            cycle();
            top.ctl_i = (CData)(ACC | (p ? 0 : FIRST));
            cycle();
            pause(10);
        }
        hand(want, random.word() & 0xFFFF, random.below(4));
        full_sums++;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{4, 4, 4, 3, false}, {128, 8, 64, 7, true}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, shape);
    bench.idle();
    bench.cycle();
    for (unsigned n = 0; n < (shape.loops ? 150 : 1500); n++) {
        const bool extreme = random.chance(10);
        bench.step(extreme ? 500 : random.below(60), shape.loops && random.chance(50), extreme);
        const unsigned largest = 1u << random.below(7), factors = random.range(1, shape.loops ? 256 : 64);
        unsigned doublings = random.below(9);
        while ((factors * largest) << doublings > 32512) doublings--;
        if (random.chance(50)) bench.update(factors, largest, doublings);
        if (shape.loops && random.chance(50)) bench.update_full(random.range(1, 60));
    }
    std::printf("columns: %llu base currents (%llu at the rail), %llu words' sums, %llu of full rank\n",
                (unsigned long long)bench.bases, (unsigned long long)bench.rails, (unsigned long long)bench.sums,
                (unsigned long long)bench.full_sums);
    if (!bench.rails || bench.sums < 50 || (shape.loops && bench.full_sums < 20)) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
