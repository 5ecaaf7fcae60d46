/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_lif against docs/numerics.md, section 4, in plain C, every lane with vectors of its own: low rank, whose sums, loads and
 * fires of neighbouring steps fall into one cycle or lie apart, and full rank, whose perturbation saturates. In a cycle that asks
 * for nothing the other inputs are random. */
// params: -GLANES=64 -GRANK_LANES=1 -GTERM_W=17 -GCNT_W=4 -GLEAK_MUL=0 -GFULL=0 -GD_W=13
// params: -GLANES=128 -GRANK_LANES=4 -GTERM_W=17 -GCNT_W=7 -GLEAK_MUL=1 -GFULL=1 -GD_W=13
#include "tb.h"
#include "Vsr_loop_lif.h"

namespace {

enum Field { SUM = 1, SUM_FIRST = 2, LOAD = 4, FIRE = 8, STEP_FIRST = 16, STEP_LAST = 32, CLEAR = 64, MINUS = 128 };
const unsigned kTerm = 17, kD = 13;

struct Shape {
    unsigned lanes, rank_lanes, cnt_w;
    bool leak_mul, full;
};

struct Lane {
    int64_t sum, b, in[2], v[2];
    unsigned spiked[2];
    bool present;
};

struct Bench {
    Vsr_loop_lif top;
    tb::Random &random;
    Shape shape;
    std::vector<Lane> lanes;
    unsigned leak = 32, theta = 1, fire_flags = 0;
    bool hard = false, small = false, full = false, load_due = false, fire_due = false, check_due = false;
    uint64_t steps = 0, spikes = 0, rails = 0, d_rails = 0;

    Bench(tb::Random &r, const Shape &s) : random(r), shape(s), lanes(s.lanes) {}

    void idle() {
        top.ctl_i = (CData)(random.word() & (SUM_FIRST | STEP_FIRST | STEP_LAST | MINUS));
        tb::draw(random, top.neg_i, shape.rank_lanes * shape.lanes), tb::draw(random, top.term_i, shape.rank_lanes * kTerm);
        tb::draw(random, top.b_i, shape.lanes * 16), tb::draw(random, top.d_i, shape.lanes * kD);
        tb::draw(random, top.present_i, shape.lanes);
    }
    void cycle() {
        tb::settle(top), tb::edge(top);
        idle();
        tb::settle(top);
        for (unsigned n = 0; n < shape.lanes && check_due; n++)
            for (unsigned m = 0; m < 2; m++)
                if (tb::get(top.count_o, (2 * n + m) * shape.cnt_w, shape.cnt_w) != lanes[n].spiked[m]) tb::fail("a count");
        check_due = false;
    }
    void pause(unsigned percent) {
        while (random.chance(percent)) cycle();
    }
    int64_t s16() {
        return random.chance(8) ? (random.chance(50) ? 32767 : -32767)
               : small          ? (int64_t)random.below(512) - 256
                                : tb::sat(tb::sign_extend(random.word(), 16), 16);
    }

    /* Asks for the step of the neurons that is due. */
    void fire() {
        if (!fire_due) return;
        fire_due = false, check_due = fire_flags & STEP_LAST, steps++;
        top.ctl_i = (CData)((top.ctl_i & ~(STEP_FIRST | STEP_LAST)) | FIRE | fire_flags);
        for (unsigned n = 0; n < shape.lanes; n++) {
            Lane &lane = lanes[n];
            tb::set(top.present_i, n, 1, lane.present);
            for (unsigned m = 0; m < 2; m++) {
                int64_t exact = lane.v[m] - ((lane.v[m] * leak) >> 8) + lane.in[m], u = tb::sat(exact, 16);
                bool spike = u >= theta;
                rails += u != exact, spikes += spike;
                lane.v[m] = fire_flags & STEP_LAST ? 0 : spike ? hard ? 0 : u - theta : u;
                lane.spiked[m] = (fire_flags & STEP_FIRST ? 0 : lane.spiked[m]) + (spike && lane.present);
            }
        }
    }
    /* Asks for the inputs of the step that is due, and, in that cycle or before it, for the step before. */
    void load(unsigned flags) {
        if (!load_due) return;
        if (fire_due && random.chance(50)) fire(), cycle();
        fire();
        load_due = false, fire_due = true, fire_flags = flags;
        unsigned scale = random.chance(20) ? 4095 : random.below(1024);
        top.ctl_i |= LOAD, top.full_i = full;
        if (full) top.scale_i = (SData)scale;
        for (unsigned n = 0; n < shape.lanes; n++) {
            int64_t of = random.chance(5) ? 4095 : tb::sign_extend(random.word(), random.range(4, kD)), exact = of * scale >> 8;
            int64_t d = full ? tb::sat(exact, 16) : lanes[n].sum >> 4;
            d_rails += full && d != exact;
            tb::set(top.b_i, 16 * n, 16, (uint64_t)lanes[n].b);
            if (full) tb::set(top.d_i, kD * n, kD, (uint64_t)of);
            lanes[n].in[0] = lanes[n].b + d, lanes[n].in[1] = lanes[n].b - d;
        }
    }
    void samples(unsigned count, unsigned steps_of, unsigned items, unsigned gaps) {
        leak = !shape.leak_mul ? 32 : random.chance(15) ? 0 : random.chance(15) ? 255 : random.below(256);
        theta = random.chance(10) ? 32767 : random.range(1, 1u << random.range(1, 14));
        hard = random.chance(50), small = random.chance(50), full = shape.full && random.chance(40);
        top.leak_i = (CData)leak, top.theta_i = (SData)theta, top.subtract_i = !hard;
        top.ctl_i = CLEAR;
        cycle();
        for (Lane &lane : lanes) lane.v[0] = lane.v[1] = 0, lane.present = random.chance(85);
        unsigned flags = 0;
        for (unsigned step = 0; step < count * steps_of; step++) {
            for (unsigned item = 0; item < items && !full; item++) {
                pause(gaps);
                if (load_due && random.chance(50)) load(flags), cycle();
                load(flags);
                top.ctl_i = (CData)((top.ctl_i & ~SUM_FIRST) | SUM | (item ? 0 : SUM_FIRST));
                for (unsigned k = 0; k < shape.rank_lanes; k++) {
                    int64_t term = random.chance(10) ? 0 : s16();
                    tb::set(top.term_i, kTerm * k, kTerm, (uint64_t)term);
                    for (unsigned n = 0; n < shape.lanes; n++) {
                        if (!item && !k) lanes[n].sum = 0;
                        lanes[n].sum += tb::get(top.neg_i, k * shape.lanes + n, 1) ? -term : term;
                    }
                }
                cycle();
            }
            if (full) load(flags), cycle();
            for (Lane &lane : lanes) lane.b = s16();
            load_due = true;
            flags = (step % steps_of ? 0 : STEP_FIRST) | (step % steps_of == steps_of - 1 ? STEP_LAST : 0);
        }
        load(flags), cycle();
        pause(gaps);
        fire(), cycle();
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{64, 1, 4, false, false}, {128, 4, 7, true, true}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, shape);
    bench.top.full_i = 0, bench.top.scale_i = 0;
    bench.idle();
    bench.cycle();
    for (unsigned n = 0; n < 200; n++)
        bench.samples(random.range(1, 3), random.range(1, 15), random.range(1, 16 / shape.rank_lanes),
                      random.chance(50) ? 0 : random.below(40));
    std::printf("loop_lif: %llu steps, %llu spikes, %llu at the rail, %llu perturbations at theirs\n",
                (unsigned long long)bench.steps, (unsigned long long)bench.spikes, (unsigned long long)bench.rails,
                (unsigned long long)bench.d_rails);
    if (!bench.rails || bench.spikes < bench.steps || (shape.full && !bench.d_rails)) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
