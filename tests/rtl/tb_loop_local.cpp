/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_local against docs/numerics.md, 8.3 to 8.6, in wide arithmetic, every lane with operands of its own: credit over random
 * classes, f, both updates, an item each two cycles or with gaps; operands at the rails, so that every clamp is met. */
// params: -GLANES=64 -GFRAC_W=4 -GW_W=12 -GCNT_W=3 -GSTEPS_MAX=7
// params: -GLANES=128 -GFRAC_W=8 -GW_W=16 -GCNT_W=5 -GSTEPS_MAX=29
#include "tb.h"
#include "Vsr_loop_local.h"

namespace {

enum { CREDIT, FORM, MOVE, MOVE_READOUT };

/* to the nearest of x / 512, halves away from 0, from magnitudes */
int64_t credit_of(int64_t c) {
    int64_t size = ((c < 0 ? -c : c) + 256) / 512;
    return tb::sat(c < 0 ? -size : size, 8);
}

struct Bench {
    Vsr_loop_local top;
    tb::Random random;
    unsigned lanes, frac, w_w, cnt, steps, master;
    unsigned clamped[4] = {0}, moved = 0;

    Bench(uint64_t seed, bool second)
        : random(seed),
          lanes(second ? 128 : 64),
          frac(second ? 8 : 4),
          w_w(second ? 16 : 12),
          cnt(second ? 5 : 3),
          steps(second ? 29 : 7),
          master(8 + frac) {}

    int eight() { return random.chance(20) ? (random.chance(50) ? 127 : -127) : (int)random.below(255) - 127; }
    /* All inputs at random and nothing asked. */
    void idle() {
        top.x_en_i = top.acc_en_i = top.v_i = top.q_take_i = top.f_take_i = top.w_take_i = 0, top.e_i = (CData)random.word();
        tb::draw(random, top.row_i, steps), tb::draw(random, top.events_i, cnt), tb::draw(random, top.noise_i, steps * lanes);
        tb::draw(random, top.w_i, lanes * w_w), tb::draw(random, top.q_i, lanes * 8), tb::draw(random, top.f_i, lanes * 8);
        tb::draw(random, top.y_i, lanes * 2 * cnt), tb::draw(random, top.dither_i, lanes);
        tb::draw(random, top.master_i, lanes * master);
    }
    void clock() {
        bool x_en = top.x_en_i;
        tb::settle(top), tb::edge(top);
        idle();
        top.p_en_i = x_en;
        tb::settle(top);
    }
    unsigned count() { return random.below(steps + 1); }
    template <class T>
    int64_t eight_of(const T &port, unsigned n) {
        return tb::sign_extend(tb::get(port, 8 * n, 8), 8);
    }

    void credit() {
        unsigned classes = random.range(2, 16), spread = random.chance(40) ? 20 : 127;
        std::vector<int64_t> c(lanes);
        top.op_i = CREDIT;
        for (unsigned o = 0; o < classes + 2; o++) { /* operands, product, sum: an age each */
            if (o < classes) {
                int e = eight() * (int)spread / 127;
                top.x_en_i = 1, top.e_i = (CData)e;
                for (unsigned n = 0; n < lanes; n++) {
                    int w = random.chance(10) ? -128 : random.chance(10) ? 127 : (int)random.below(256) - 128;
                    tb::set(top.w_i, n * w_w + w_w - 8, 8, (uint64_t)w);
                    c[n] += w * e;
                }
            }
            if (o >= 2) top.acc_en_i = 1, top.acc_first_i = o == 2;
            clock();
        }
        for (unsigned n = 0; n < lanes; n++)
            if (eight_of(top.q_o, n) || eight_of(top.f_o, n)) tb::fail("an output that was not taken");
        top.q_take_i = 1;
        tb::settle(top);
        for (unsigned n = 0; n < lanes; n++) {
            if (eight_of(top.q_o, n) != credit_of(c[n])) tb::fail("credit");
            clamped[0] += credit_of(c[n]) == 127 || credit_of(c[n]) == -127;
        }
        clock();
    }
    void form() {
        std::vector<int64_t> f(lanes);
        top.op_i = FORM, top.x_en_i = 1;
        for (unsigned n = 0; n < lanes; n++) {
            int q = eight(), plus = (int)count(), minus = (int)count();
            tb::set(top.q_i, 8 * n, 8, (uint64_t)q), tb::set(top.y_i, 2 * n * cnt, 2 * cnt, (uint64_t)(plus | minus << cnt));
            f[n] = q * (plus - minus);
        }
        clock(), clock();
        top.f_take_i = 1;
        tb::settle(top);
        for (unsigned n = 0; n < lanes; n++) {
            if (eight_of(top.f_o, n) != tb::sat(f[n], 8)) tb::fail("f");
            clamped[1] += f[n] > 127;
        }
        clock();
    }
    void move() {
        struct Item {
            std::vector<int64_t> a, want;
            uint64_t dither[2];
            unsigned age;
        };
        std::deque<Item> items;
        const bool readout = random.chance(40);
        const unsigned k = random.chance(20) ? 65535 : random.chance(20) ? random.below(4) : random.below(65536);
        top.op_i = readout ? MOVE_READOUT : MOVE, top.k_i = (SData)k;
        unsigned wait = 0;
        for (unsigned n = 0; n < 40 || !items.empty();) {
            if (wait) wait--;
            if (n < 40 && !wait) {
                Item item = {std::vector<int64_t>(lanes), std::vector<int64_t>(lanes), {random.word(), random.word()}, 1};
                unsigned events = 0, share = random.below(101), minus = random.below(101);
                for (unsigned t = 0; t < steps; t++) {
                    bool x = random.chance(share);
                    tb::set(top.row_i, t, 1, x), events += x;
                }
                int e = random.chance(20) ? 0 : eight();
                top.events_i = (CData)events, top.e_i = (CData)e, top.x_en_i = 1;
                for (unsigned i = 0; i < lanes; i++) {
                    int f = random.chance(20) ? 0 : eight(), plus = (int)count(), z = 0;
                    for (unsigned t = 0; t < steps; t++) {
                        bool a = random.chance(minus);
                        tb::set(top.noise_i, t * lanes + i, 1, a);
                        z += tb::get(top.row_i, t, 1) ? (a ? -1 : 1) : 0;
                    }
                    tb::set(top.f_i, 8 * i, 8, (uint64_t)f), tb::set(top.y_i, 2 * i * cnt, cnt, (uint64_t)plus);
                    int64_t a = readout ? e * plus : (int64_t)f * z * (frac > 4 ? 1 << (frac - 4) : 1);
                    clamped[2] += a > 32767 || a < -32767;
                    item.a[i] = tb::sat(a, 16);
                }
                items.push_back(item);
                n++;
                wait = random.chance(80) ? 2 : random.range(2, 12);
            }
            for (Item &item : items) {
                if (item.age >= 3 && item.age <= 5) top.v_i |= (CData)(1 << (item.age - 3));
                if (item.age == 5)
                    for (unsigned at = 0; at < lanes; at += 64) tb::set(top.dither_i, at, 64, item.dither[at / 64]);
                if (item.age != 6) continue;
                top.w_take_i = 1;
                for (unsigned i = 0; i < lanes; i++) {
                    int64_t most = tb::sat(1 << 20, master),
                            weight = random.chance(20) ? (random.chance(50) ? most : -most)
                                                       : (int64_t)random.below((unsigned)(2 * most + 1)) - most;
                    int64_t delta = (item.a[i] * k + sr_noise_dither(item.dither[i / 64], i % 64)) >> 16;
                    tb::set(top.master_i, master * i, master, (uint64_t)weight);
                    item.want[i] = tb::sat(weight + delta, master);
                    clamped[3] += item.want[i] != weight + delta, moved += delta != 0;
                }
            }
            clock();
            for (Item &item : items) item.age++;
            if (items.empty() || items.front().age != 7) continue;
            for (unsigned i = 0; i < lanes; i++)
                if (tb::sign_extend(tb::get(top.weight_o, master * i, master), master) != items.front().want[i])
                    tb::fail(readout ? "a readout weight" : "a hidden weight");
            items.pop_front();
        }
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv), tb::variant(argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)bench.random.below(1u << 30) + 1);
    bench.top.p_en_i = 0;
    bench.idle();
    bench.clock();
    for (unsigned job = 0; job < 24; job++) {
        for (unsigned n = 0; n < 4; n++) bench.credit();
        bench.form(), bench.move();
    }
    const unsigned *clamped = bench.clamped;
    std::printf("loop_local: clamped q %u, f %u, A %u, M %u\n", clamped[0], clamped[1], clamped[2], clamped[3]);
    if (!clamped[0] || !clamped[1] || (bench.frac > 6 && !clamped[2]) || !clamped[3] || bench.moved < 1000)
        tb::fail("the draws miss cases");
    bench.top.final();
    return 0;
}
