/* SPDX-License-Identifier: Apache-2.0
 * sr_compact_lane (with sr_compact_neuron, sr_compact_mul, sr_compact_digits) against docs/numerics.md in plain C: base currents,
 * updates with all planes, doublings and steps, two threads of neurons whose loads and fires come at random times, products. Idle cycles everywhere, in
 * which the inputs are random. */
// params: -GFRAC_W=4 -GACC_W=23 -GD_W=14 -GCNT_W=4 -GF_W=10 -GLUT_MUL=0 -GUNITS=4
// params: -GFRAC_W=8 -GACC_W=27 -GD_W=16 -GCNT_W=7 -GF_W=13 -GLUT_MUL=0 -GUNITS=16
// params: -GFRAC_W=4 -GACC_W=23 -GD_W=14 -GCNT_W=4 -GF_W=13 -GLUT_MUL=1 -GUNITS=1
// params: -GFRAC_W=8 -GACC_W=27 -GD_W=13 -GCNT_W=5 -GF_W=10 -GLUT_MUL=1 -GUNITS=8
#include "tb.h"
#include "Vsr_compact_lane.h"

namespace {

struct Shape {
    unsigned frac_w, acc_w, d_w, cnt_w, f_w, lut, units;
};

int64_t sat(int64_t x, unsigned width) {
    int64_t most = ((int64_t)1 << (width - 1)) - 1;
    return x > most ? most : x < -most ? -most : x;
}

struct Bench {
    Vsr_compact_lane top;
    tb::Random &random;
    Shape shape;
    uint64_t bases = 0, bases_sat = 0, updates = 0, updates_sat = 0, fires = 0, spikes = 0, rails = 0, products = 0;

    Bench(tb::Random &r, const Shape &s) : random(r), shape(s) {}

    unsigned master() const { return 8 + shape.frac_w; }
    int64_t weight() {
        int64_t low = -((int64_t)1 << (master() - 1));
        unsigned form = random.below(10);
        return form == 0 ? low : form == 1 ? -low - 1 : tb::sign_extend(random.word(), master());
    }
    int64_t s16() {
        return random.chance(10)   ? (random.chance(50) ? 32767 : -32767)
               : random.chance(30) ? (int)random.below(512) - 256
                                   : tb::sign_extend(random.word(), 16);
    }

    /* Nothing is asked of the accumulator; its other inputs are random. */
    void acc_idle() {
        top.acc_en_i = 0;
        top.first_i = random.chance(50), top.double_i = random.chance(50), top.wint_i = random.chance(50);
        top.neg_i = random.chance(50), top.miss_i = 0;
        top.mask_i = random.word(), top.row_i = random.word(), top.col_i = random.word();
        top.op_i = (SData)random.word(), tb::set(top.w_i, 0, master(), random.word());
    }
    void neuron_idle() {
        top.sum_i = top.weigh_i = 0, top.low_i = 0;
        top.lif_i = top.clear_i = top.load_i = top.fire_i = top.put_i = top.product_i = 0;
        top.last_i = random.chance(50), top.on_i = random.chance(50);
        top.b_i = (SData)random.word(), top.put_p_i = (SData)random.word(), top.put_m_i = (SData)random.word();
        tb::set(top.f_i, 0, shape.f_w, random.word());
    }
    void acc(bool first, bool twice, bool wint, bool neg, int64_t op, int64_t w) {
        top.acc_en_i = 1, top.first_i = first, top.double_i = twice, top.wint_i = wint, top.neg_i = neg;
        top.op_i = (SData)op, tb::set(top.w_i, 0, master(), (uint64_t)w);
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

    /* The sum of some factors' u, their entries' signs and misses as sr_compact_update has them, and a step with it as
     * sr_compact_finish takes it. */
    void update(unsigned factors, unsigned doublings, int64_t step, unsigned largest) {
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
        if (alike) step = 65535;
        neuron_idle();
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
        if (tb::sign_extend(top.sum_o, 16) != sum) tb::fail("sum_o");

        int64_t rho = random.chance(20) ? 65535 : (int64_t)random.below(65536), m = weight();
        int64_t most = ((int64_t)1 << 15) - 1, want = m + ((sum * step + rho) >> 16);
        top.sum_i = 1, top.put_i = 1, top.put_p_i = (SData)sum, top.load_i = 1, top.b_i = (SData)(rho >> 8);
        tb::set(top.f_i, 0, shape.f_w, (uint64_t)step & 255);
        cycle();
        top.put_i = top.load_i = 0, top.put_p_i = (SData)random.word();
        top.low_i = (CData)(rho & 255), top.product_i = 1;
        cycle();
        top.product_i = 0, top.load_i = 1, top.weigh_i = 1, top.b_i = (SData)m;
        tb::set(top.f_i, 0, shape.f_w, (uint64_t)step >> 8);
        uint8_t low = (uint8_t)top.u_p_o;
        cycle();
        top.load_i = 0, top.weigh_i = random.chance(50), top.low_i = low, top.product_i = 1;
        cycle();
        neuron_idle();
        updates++, updates_sat += sat(want, 16) != want;
        if (tb::sign_extend(top.u_p_o, 16) != (want > most ? most : want < -most ? -most : want)) {
            std::printf("sum %lld step %lld dither %lld weight %lld: %lld, not %lld\n", (long long)sum, (long long)step,
                        (long long)rho, (long long)m, (long long)tb::sign_extend(top.u_p_o, 16), (long long)want);
            tb::fail("a step");
        }
    }

    /* Two threads in turn: each a row of samples of `steps` steps. Sums and loads for the next fire go on meanwhile. */
    void lif(unsigned steps, unsigned samples, unsigned pace) {
        struct Thread {
            int64_t v[2] = {0, 0};
            unsigned count[2] = {0, 0}, step = 0;
        } thread[2];
        unsigned leak = random.chance(15)   ? 0
                        : random.chance(15) ? 255
                                            : random.below(256),
                 theta = random.range(1, 1u << random.range(1, 14));
        if (random.chance(10)) theta = 32767;
        bool hard = random.chance(50), small = random.chance(50);
        unsigned rank = random.range(1, 1u << (shape.d_w - 12)), k = 0;
        int64_t sum = 0, in[2] = {0, 0}, u[2] = {0, 0};
        unsigned counted[2] = {0, 0}, before[2] = {0, 0}, at = 0, left = 2 * steps * samples + 1;
        bool loaded = false, first = true, moved = false, last = false, known = false, spike[2] = {false, false};

        neuron_idle();
        top.theta_i = (SData)theta, top.subtract_i = !hard, tb::set(top.f_i, 0, shape.f_w, 256 - leak);
        top.clear_i = 1, top.lif_i = 0;
        cycle();
        top.clear_i = 0, top.lif_i = 1;
        while (left) {
            /* The column is there or not: that is of the u that is held, until the fire that moves it on. */
            bool on = first ? random.chance(50) : random.chance(90), fire = (loaded || left == 1) && random.chance(pace);
            bool sums = random.chance(80), load = known && (!loaded || fire) && left > 1 && random.chance(pace);
            int64_t op = s16(), b = small ? tb::sign_extend(random.word(), 10) : s16();
            bool neg = random.chance(50);
            if (small) op >>= 4;
            if (op == -32768) op = -32767;
            if (sums) acc(k == 0, false, false, neg, op, weight());
            top.b_i = (SData)b, top.load_i = load, top.fire_i = fire, top.last_i = last, top.on_i = on;
            if (!fire) top.last_i = random.chance(50);
            tb::settle(top);
            if (!first)
                for (unsigned m = 0; m < 2; m++) {
                    if (tb::sign_extend(m ? top.u_m_o : top.u_p_o, 16) != u[m]) tb::fail("u");
                    if (moved && (m ? top.count_m_o : top.count_p_o) != (counted[m] & ((1u << shape.cnt_w) - 1)))
                        tb::fail("count");
                }
            if (fire) { /* what was held goes back to its thread, the other one's step is computed */
                if (!first)
                    for (unsigned m = 0; m < 2; m++) {
                        counted[m] = before[m] + (spike[m] && on);
                        thread[!at].count[m] = last ? 0 : counted[m];
                    }
                moved = !first;
                Thread &t = thread[at];
                last = ++t.step == steps;
                for (unsigned m = 0; m < 2; m++) {
                    int64_t sum_u = t.v[m] - ((t.v[m] * leak) >> 8) + in[m];
                    u[m] = sat(sum_u, 16), rails += u[m] != sum_u;
                    spike[m] = u[m] >= theta, spikes += spike[m];
                    t.v[m] = spike[m] ? hard ? 0 : u[m] - theta : u[m];
                    before[m] = t.count[m];
                    if (last) t.v[m] = 0;
                }
                if (last) t.step = 0;
                at = !at, first = false, loaded = false, left--, fires++;
            }
            if (load) {
                int64_t d = sum >> 4;
                in[0] = b + d, in[1] = b - d, loaded = true;
            }
            if (sums) {
                sum = (k == 0 ? 0 : sum) + (neg ? -op : op);
                k = k + 1 == rank ? 0 : k + 1, known = true;
            }
            tb::edge(top);
            acc_idle();
        }
        neuron_idle();
        tb::settle(top);
    }

    /* x * f: the raw product in the cycle after x is put and f given, its saturated upper part in u one later. */
    void multiply(unsigned count) {
        int64_t x[2] = {0, 0}, f = 0, kept[2] = {0, 0};
        int64_t low = -((int64_t)1 << (shape.f_w - (shape.lut ? 2 : 1))), high = ((int64_t)1 << (shape.f_w - 1)) - 1;
        bool put = false, product = false;
        neuron_idle();
        cycle(); /* i is 0 a cycle after */
        for (unsigned i = 0; i < count; i++) {
            neuron_idle();
            int64_t next[2], f_next = random.chance(10)   ? low
                                      : random.chance(10) ? high
                                                          : low + (int64_t)(random.word() % (uint64_t)(high - low + 1));
            for (int64_t &n : next)
                n = random.chance(10) ? -32768 : random.chance(10) ? 32767 : tb::sign_extend(random.word(), 16);
            bool put_next = random.chance(70), take = put && random.chance(70);
            tb::set(top.f_i, 0, shape.f_w, (uint64_t)f_next);
            top.put_i = put_next, top.put_p_i = (SData)next[0], top.put_m_i = (SData)next[1], top.product_i = take;
            tb::settle(top);
            for (unsigned m = 0; m < 2; m++) {
                if (product && tb::sign_extend(m ? top.u_m_o : top.u_p_o, 16) != kept[m]) tb::fail("a product's upper part");
                if (put &&
                    tb::sign_extend(tb::get(m ? top.raw_m_o : top.raw_p_o, 0, shape.f_w + 16), shape.f_w + 16) != x[m] * f) {
                    std::printf("%lld * %lld\n", (long long)x[m], (long long)f);
                    tb::fail("a product");
                }
                if (take) kept[m] = sat((x[m] * f) >> 8, 16);
                if (put_next) x[m] = next[m];
            }
            products += put, product = product || take, put = put || put_next, f = f_next;
            tb::edge(top);
            acc_idle();
        }
        neuron_idle();
        tb::settle(top);
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {
        {4, 23, 14, 4, 10, 0, 4}, {8, 27, 16, 7, 13, 0, 16}, {4, 23, 14, 4, 13, 1, 1}, {8, 27, 13, 5, 10, 1, 8}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, shape);
    bench.top.clk_i = 0;
    bench.neuron_idle(), bench.acc_idle();
    bench.cycle();
    unsigned steps_max = (1u << shape.cnt_w) - 1;
    for (unsigned n = 0; n < 400; n++) {
        bench.neuron_idle();
        for (unsigned i = random.below(4); i; i--) bench.base(random.chance(20) ? 1023 : random.below(300), random.below(3));
        for (unsigned i = random.below(4); i; i--)
            bench.update(random.chance(20) ? 256 : random.range(1, 256), 0, (int64_t)random.below(65536), 127);
        for (unsigned i = random.below(3); i; i--)
            bench.lif(random.chance(30) ? steps_max : random.range(1, steps_max), random.range(1, 4),
                      random.chance(50) ? 100 : random.range(20, 90));
        for (unsigned i = random.below(3); i; i--) bench.multiply(random.range(1, 300));
    }
    for (unsigned i = 0; i < 1000; i++) {
        unsigned factors = random.range(1, 256), largest = 1u << random.below(4), doublings = random.below(9);
        while ((factors * largest) << doublings > 32512) doublings--;
        bench.update(factors, doublings, random.chance(20) ? 65535 : (int64_t)random.below(65536), largest);
    }
    std::printf(
        "compact_lane: %llu base currents (%llu at the rail), %llu updates (%llu), %llu fires, %llu spikes, %llu at the rail, "
        "%llu products\n",
        (unsigned long long)bench.bases, (unsigned long long)bench.bases_sat, (unsigned long long)bench.updates,
        (unsigned long long)bench.updates_sat, (unsigned long long)bench.fires, (unsigned long long)bench.spikes,
        (unsigned long long)bench.rails, (unsigned long long)bench.products);
    if (!bench.bases_sat || !bench.updates_sat || !bench.rails || bench.spikes * 20 < bench.fires)
        tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
