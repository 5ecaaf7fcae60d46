/* SPDX-License-Identifier: Apache-2.0
 * sr_column against docs/numerics.md in plain C: base currents, sums of updates with all planes and doublings. Idle cycles
 * everywhere, in which the inputs are random. */
// params: -GFRAC_W=4 -GACC_W=19 -GUNITS=4
// params: -GFRAC_W=8 -GACC_W=19 -GUNITS=16 -GMISS_FAR=1
// params: -GFRAC_W=4 -GACC_W=19 -GUNITS=1
// params: -GFRAC_W=8 -GACC_W=19 -GUNITS=8
// params: -GFRAC_W=4 -GACC_W=19 -GUNITS=4 -GUPDATE=0
#include "tb.h"
#include "Vsr_column.h"

namespace {

struct Shape {
    unsigned frac_w, acc_w, units;
    bool update;
};

int64_t sat(int64_t x, unsigned width) {
    int64_t most = ((int64_t)1 << (width - 1)) - 1;
    return x > most ? most : x < -most ? -most : x;
}

struct Bench {
    Vsr_column top;
    tb::Random &random;
    Shape shape;
    uint64_t bases = 0, bases_sat = 0, updates = 0, most = 0;

    Bench(tb::Random &r, const Shape &s) : random(r), shape(s) {}

    unsigned master() const { return 8 + shape.frac_w; }
    int64_t weight() {
        int64_t low = -((int64_t)1 << (master() - 1));
        unsigned form = random.below(10);
        return form == 0 ? low : form == 1 ? -low - 1 : tb::sign_extend(random.word(), master());
    }

    /* Nothing is asked of the accumulator; its other inputs are random. */
    void acc_idle() {
        top.acc_en_i = 0;
        top.first_i = random.chance(50), top.double_i = random.chance(50), top.wint_i = random.chance(50);
        top.neg_i = random.chance(50), top.miss_i = 0, top.op_en_i = random.chance(50);
        top.mask_i = random.word(), top.row_i = random.word(), top.col_i = random.word();
        top.op_i = (SData)random.word(), tb::set(top.w_i, 0, master(), random.word());
    }
    void acc(bool first, bool twice, bool wint, bool neg, int64_t op, int64_t w) {
        top.acc_en_i = 1, top.first_i = first, top.double_i = twice, top.wint_i = wint, top.neg_i = neg;
        top.op_en_i = op != 0, top.op_i = (SData)(op ? op : random.word()), tb::set(top.w_i, 0, master(), (uint64_t)w);
    }
    void cycle() {
        tb::settle(top);
        tb::edge(top);
        acc_idle();
        tb::settle(top);
    }
    void idles(unsigned percent) {
        while (random.chance(percent)) cycle();
    }

    /* The sum of the events' weights of one step, kept with the mark that begins the next. */
    void base(unsigned events, unsigned kind) {
        int64_t sum = 0;
        acc(true, false, false, false, 0, weight());
        cycle();
        for (unsigned i = 0; i < events; i++) {
            idles(10);
            int64_t w = weight();
            if (kind) w = (kind == 1 ? w | (int64_t)1 << (master() - 2) : w & ~((int64_t)1 << (master() - 2)));
            if (kind == 1) w = w < 0 ? ~w : w;
            if (kind == 2) w = w < 0 ? w : ~w;
            acc(false, false, true, false, 0, w);
            sum += w >> shape.frac_w;
            cycle();
        }
        idles(30);
        bases++, bases_sat += sat(sum, 16) != sum;
        if (tb::sign_extend(top.base_o, 16) != sat(sum, 16)) tb::fail("base_o");
    }

    /* The sum of some factors' u, their entries' signs and misses as sr_update has them. */
    void update(unsigned factors, unsigned doublings, unsigned largest) {
        unsigned groups = (factors + shape.units - 1) / shape.units, planes = 1;
        std::vector<int> u(groups * shape.units, 0);
        bool alike = random.chance(20);
        std::vector<bool> row(u.size()), col(u.size());
        int64_t sum = 0, total = 0;
        for (unsigned f = 0; f < u.size(); f++) {
            if (f < factors) u[f] = (int)random.below(2 * largest + 1) - (int)largest;
            row[f] = random.chance(50), col[f] = random.chance(50);
            if (alike) u[f] = f < factors ? (int)largest : 0, col[f] = row[f];
            sum += row[f] != col[f] ? -u[f] : u[f], total += std::abs(u[f]);
            while (std::abs(u[f]) >> planes) planes++;
        }
        for (unsigned plane = planes; plane--;)
            for (unsigned g = 0; g < groups; g++) {
                uint64_t mask = 0, rows = 0, cols = 0;
                for (unsigned f = g * shape.units, n = 0; n < shape.units; f++, n++) {
                    mask |= (uint64_t)(std::abs(u[f]) >> plane & 1) << n;
                    rows |= (uint64_t)(row[f] != (u[f] < 0)) << n, cols |= (uint64_t)col[f] << n;
                }
                idles(5);
                top.miss_i = 1, top.mask_i = mask, top.row_i = rows, top.col_i = cols;
                tb::settle(top);
                tb::edge(top);
                acc_idle();
                acc(plane == planes - 1 && g == 0, plane != planes - 1 && g == 0, false, true, 0, weight());
                cycle();
            }
        acc(random.chance(50), true, false, false, total, weight());
        cycle();
        for (unsigned e = 0; e < doublings; e++, idles(5)) acc(random.chance(50), true, false, false, 0, weight()), cycle();
        sum *= (int64_t)1 << doublings;
        idles(20);
        updates++, most += sum > 32000;
        if (tb::sign_extend(top.sum_o, 16) != sum) tb::fail("sum_o");
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{4, 19, 4, true}, {8, 19, 16, true}, {4, 19, 1, true}, {8, 19, 8, true}, {4, 19, 4, false}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, shape);
    bench.top.clk_i = 0;
    bench.acc_idle();
    bench.cycle();
    for (unsigned n = 0; n < 400; n++) {
        for (unsigned i = random.below(4); i; i--) bench.base(random.chance(20) ? 1023 : random.below(300), random.below(3));
        for (unsigned i = shape.update ? random.below(4) : 0; i; i--)
            bench.update(random.chance(20) ? 256 : random.range(1, 256), 0, 127);
    }
    for (unsigned i = 0; i < 1000 && shape.update; i++) {
        unsigned factors = random.range(1, 256), largest = 1u << random.below(4), doublings = random.below(9);
        while ((factors * largest) << doublings > 32512) doublings--;
        bench.update(factors, doublings, largest);
    }
    std::printf("column: %llu base currents (%llu at the rail), %llu sums (%llu of the largest)\n",
                (unsigned long long)bench.bases, (unsigned long long)bench.bases_sat, (unsigned long long)bench.updates,
                (unsigned long long)bench.most);
    if (!bench.bases_sat || (shape.update && !bench.most)) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
