/* SPDX-License-Identifier: Apache-2.0
 * sr_times_entry: x times every entry, x at the rails and random; zero whatever its sign bit says. */
// params: -GIN_W=26 -GOUT_W=32
// params: -GIN_W=13 -GOUT_W=24
#include "tb.h"
#include "Vsr_times_entry.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    unsigned in = tb::variant(argv) ? 13 : 26, out = tb::variant(argv) ? 24 : 32;
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_times_entry top;
    for (int n = 0; n < 50000; n++) {
        int64_t x = tb::sign_extend(random.word(), in), rail = 1ll << (in - 1);
        if (random.chance(10)) x = random.chance(50) ? rail - 1 : -rail;
        int size = (int)random.below(3), neg = (int)random.below(2);
        tb::set(top.x_i, 0, in, (uint64_t)x);
        top.neg_i = (CData)neg, top.one_i = size == 1, top.two_i = size == 2;
        top.eval();
        if (tb::sign_extend(tb::get(top.y_o, 0, out), out) != (neg ? -size : size) * x) tb::fail("product");
    }
    top.final();
    return 0;
}
