/* SPDX-License-Identifier: Apache-2.0
 * sr_local_lane against docs/numerics.md, 8.3 to 8.6, in wide arithmetic: credit over random classes, f, both updates, an item each
 * two cycles or with gaps; operands at the rails, so that every clamp is met. */
// params: -GFRAC_W=4 -GCNT_W=4 -GSTEPS_MAX=14
// params: -GFRAC_W=8 -GCNT_W=7 -GSTEPS_MAX=127
// params: -GFRAC_W=6 -GCNT_W=5 -GSTEPS_MAX=29
// params: -GFRAC_W=4 -GCNT_W=4 -GSTEPS_MAX=10 -GMEMBERS=1
#include "tb.h"
#include "Vsr_local_lane.h"

enum { CREDIT, FORM, MOVE, MOVE_READOUT };

static int64_t limited(int64_t x, int64_t most) { return x > most ? most : x < -most ? -most : x; }
/* to the nearest of x / 512, halves away from 0, from magnitudes */
static int64_t credit_of(int64_t c) {
    int64_t size = ((c < 0 ? -c : c) + 256) / 512;
    return limited(c < 0 ? -size : size, 127);
}

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const struct {
        unsigned frac, count, steps, members;
    } builds[] = {{4, 4, 14, 2}, {8, 7, 127, 2}, {6, 5, 29, 2}, {4, 4, 10, 1}};
    auto &build = builds[tb::variant(argv)];
    const unsigned frac = build.frac, steps = build.steps, width = 8 + frac;
    const int64_t most = (1 << (width - 1)) - 1;
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_local_lane top;
    auto eight = [&] { return random.chance(20) ? (random.chance(50) ? 127 : -127) : (int)random.below(255) - 127; };
    auto clock = [&] {
        bool x_en = top.x_en_i;
        tb::settle(top), tb::edge(top);
        top.p_en_i = x_en;
        tb::settle(top);
    };
    auto idle = [&] { top.x_en_i = top.acc_en_i = 0, top.v_i = 0; };
    unsigned clamped[4] = {0}, moved = 0;
    idle();
    clock();

    for (unsigned job = 0; job < 4000; job++) {
        unsigned classes = random.range(2, 16);
        int spread = random.chance(40) ? 20 : 127;
        int64_t c = 0, products[16];
        top.op_x_i = top.op_y_i = CREDIT;
        for (unsigned o = 0; o < classes + 2; o++) { /* operands, product, sum: an age each */
            idle();
            if (o < classes) {
                int w = random.chance(10)   ? -128
                        : random.chance(10) ? 127
                                            : (int)random.below(256) - 128,
                    e = eight() * spread / 127;
                top.x_en_i = 1, top.w_i = (CData)w, top.e_i = (CData)e;
                products[o] = w * e;
                c += products[o];
            } else {
                top.w_i = (CData)random.below(256), top.e_i = (CData)random.below(256);
            }
            if (o >= 2) top.acc_en_i = 1, top.acc_first_i = o == 2;
            clock();
        }
        idle();
        if (tb::sign_extend(top.q_o, 8) != credit_of(c)) tb::fail("credit");
        clamped[0] += credit_of(c) == 127 || credit_of(c) == -127;
    }
    for (unsigned job = 0; job < 4000; job++) {
        int q = eight(), plus = (int)random.below(steps + 1), minus = (int)random.below(steps + 1);
        idle();
        top.op_x_i = top.op_y_i = FORM, top.x_en_i = 1, top.q_i = (CData)q, top.plus_i = (CData)plus,
        top.minus_i = (CData)minus;
        if (build.members == 1) { /* the plus member's first, and an item that is not looked at */
            clock();
            top.plus_i = (CData)minus, top.minus_i = (CData)random.below(steps + 1);
        }
        clock();
        top.x_en_i = 0, top.q_i = (CData)random.below(256);
        clock();
        if (tb::sign_extend(top.f_o, 8) != limited(q * (plus - minus), 127)) tb::fail("f");
        clamped[1] += q * (plus - minus) > 127;
    }
    for (unsigned job = 0; job < 300; job++) {
        bool readout = random.chance(40);
        unsigned k = random.chance(20) ? 65535 : random.chance(20) ? random.below(4) : random.below(65536);
        struct Item {
            int64_t want, rho, master;
            unsigned age;
        };
        std::deque<Item> items;
        top.op_x_i = top.op_y_i = readout ? MOVE_READOUT : MOVE, top.k_i = (SData)k;
        unsigned wait = 0;
        for (unsigned n = 0; n < 60 || !items.empty();) {
            idle();
            top.rho_i = (SData)random.below(65536);
            tb::set(top.master_i, 0, width, random.word());
            if (wait) wait--;
            if (n < 60 && !wait) {
                int f = random.chance(20) ? 0 : eight(), plus = (int)random.below(steps + 1), z = 0;
                unsigned events = 0, share = random.below(101), minus = random.below(101);
                for (unsigned t = 0; t < steps; t++) {
                    bool x = random.chance(share), a = random.chance(minus);
                    tb::set(top.row_i, t, 1, x), tb::set(top.noise_i, t, 1, a);
                    events += x, z += x ? (a ? -1 : 1) : 0;
                }
                top.events_i = (CData)events, top.plus_i = (CData)plus;
                top.f_i = (CData)(readout ? (int)random.below(256) : f),
                top.e_i = (CData)(readout ? f : (int)random.below(256));
                top.x_en_i = 1;
                Item item;
                item.age = 1;
                item.rho = random.chance(10) ? 65535 : random.below(65536);
                item.master = random.chance(20) ? (random.chance(50) ? most : -most)
                                                : (int64_t)random.below((unsigned)(2 * most + 1)) - most;
                int64_t a = readout ? f * plus : (int64_t)f * z * (frac > 4 ? 1 << (frac - 4) : 1), delta;
                clamped[2] += a > 32767 || a < -32767;
                a = limited(a, 32767);
                delta = (a * (int64_t)k + item.rho) >> 16;
                item.want = limited(item.master + delta, most);
                clamped[3] += item.want != item.master + delta;
                moved += delta != 0;
                if (!a && delta) tb::fail("the model: A = 0 must not move");
                items.push_back(item);
                n++;
                wait = random.chance(80) ? 2 : random.range(2, 12);
            }
            for (Item &item : items) {
                if (item.age >= 3 && item.age <= 4) top.v_i |= (CData)(1 << (item.age - 3));
                if (item.age == 4) top.rho_i = (SData)item.rho;
                if (item.age == 6) tb::set(top.master_i, 0, width, (uint64_t)item.master);
            }
            tb::settle(top);
            if (!items.empty() && items.front().age == 6) {
                if (tb::sign_extend(tb::get(top.weight_o, 0, width), width) != items.front().want)
                    tb::fail(readout ? "a readout weight" : "a hidden weight");
                items.pop_front();
            }
            clock();
            for (Item &item : items) item.age++;
        }
    }
    if (!clamped[0] || !clamped[1] || (frac > 6 && !clamped[2]) || !clamped[3] || moved < 1000)
        tb::fail("the draws miss cases");
    std::printf("local_lane: clamped q %u, f %u, A %u, M %u\n", clamped[0], clamped[1], clamped[2], clamped[3]);
    top.final();
    return 0;
}
