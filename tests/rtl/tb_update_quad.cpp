/* SPDX-License-Identifier: Apache-2.0
 * sr_update_quad against docs/numerics.md, section 7, in plain C: words of a quad, their weights one after the other in the order
 * of sr_update_finish's table, with a pause before some words. What a cycle does not name is random. */
// params: -GQUAD=4 -GFRAC_W=4
// params: -GQUAD=2 -GFRAC_W=8
#include "tb.h"
#include "Vsr_update_quad.h"

namespace {

struct Bench {
    Vsr_update_quad top;
    tb::Random random;
    unsigned quad, master;
    uint64_t weights = 0, rails = 0;
    Bench(uint64_t seed, unsigned q, unsigned frac_w) : random(seed), quad(q), master(8 + frac_w) {}

    void idle() {
        top.hand_i = top.put_i = top.load_i = top.product_i = 0;
        top.low_rho_i = random.chance(50), top.weigh_i = random.chance(50), top.at_i = random.below(quad);
        top.k_i = (CData)random.word();
        top.window_i = random.word() & 0x1ffff;
        for (unsigned n = 0; n < quad; n++) {
            tb::set(top.sums_i, 16 * n, 16, random.word());
            tb::set(top.word_i, master * n, master, random.word());
        }
    }
    void cycle() {
        tb::settle(top);
        tb::edge(top);
        idle();
        tb::settle(top);
    }
    int64_t extreme(int64_t most) { return random.chance(50) ? most : -most; }

    void word() {
        const int64_t most = ((int64_t)1 << (master - 1)) - 1;
        int64_t sum[4] = {0};
        int64_t k = random.chance(20) ? 65535 : random.chance(30) ? random.below(300) : random.below(65536), want = 0;
        for (unsigned n = 0; n < quad; n++)
            sum[n] = random.chance(10) ? extreme(32512) : tb::sign_extend(random.word(), random.range(2, 15));
        idle();
        for (unsigned n = 0; n < quad; n++) tb::set(top.sums_i, 16 * n, 16, (uint64_t)sum[n]);
        top.hand_i = 1;
        cycle();
        while (random.chance(30)) cycle();
        for (unsigned n = 0; n <= quad; n++) {
            /* put, with it the second pass of the weight before */
            uint32_t rho = random.chance(10) ? 65535 : random.below(65536), first = random.below(2);
            int64_t weight = random.chance(10) ? extreme(most) : tb::sign_extend(random.word(), master);
            if (n) top.product_i = 1, top.low_rho_i = 0;
            if (n < quad) {
                top.put_i = top.load_i = 1, top.weigh_i = 0, top.k_i = (CData)(k & 255);
                top.window_i = ((rho << 1) ^ (first ? 0x1fffe : 0)) | first;
            }
            cycle();
            if (n) {
                weights++, rails += want > most || want < -most;
                if (tb::sign_extend(top.weight_o, master) != (want > most ? most : want < -most ? -most : want)) {
                    std::printf("sum %lld k %lld: %lld, not %lld\n", (long long)sum[n - 1], (long long)k,
                                (long long)tb::sign_extend(top.weight_o, master), (long long)want);
                    tb::fail("weight_o");
                }
            }
            if (n == quad) return;
            top.product_i = top.low_rho_i = 1, top.window_i = ((rho << 1) ^ (first ? 0x1fffe : 0)) | first;
            cycle();
            top.load_i = top.weigh_i = 1, top.at_i = n, top.k_i = (CData)(k >> 8);
            tb::set(top.word_i, master * n, master, (uint64_t)weight);
            cycle();
            want = weight + ((sum[n] * k + rho) >> 16);
        }
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    const bool second = tb::variant(argv);
    Bench bench(tb::seed_from(argc, argv), second ? 2 : 4, second ? 8 : 4);
    bench.idle();
    bench.cycle();
    for (unsigned n = 0; n < 20000; n++) bench.word();
    std::printf("update_quad: %llu weights, %llu at the rail\n", (unsigned long long)bench.weights,
                (unsigned long long)bench.rails);
    if (!bench.rails || bench.rails * 2 > bench.weights) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
