/* SPDX-License-Identifier: Apache-2.0
 * sr_sat against the clamp of docs/numerics.md: values around both rails, powers of two, random ones of every size. */
// params: -GIN_W=18 -GOUT_W=16
// params: -GIN_W=36 -GOUT_W=24
// params: -GIN_W=12 -GOUT_W=8
// params: -GIN_W=17 -GOUT_W=16
#include "tb.h"
#include "Vsr_sat.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned widths[][2] = {{18, 16}, {36, 24}, {12, 8}, {17, 16}};
    unsigned in = widths[tb::variant(argv)][0], out = widths[tb::variant(argv)][1];
    int64_t rail = (1ll << (out - 1)) - 1;
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_sat top;
    for (int n = 0; n < 100000; n++) {
        int64_t x = tb::sign_extend(random.word(), random.range(1, in)), near = (int64_t)random.below(9) - 4;
        if (random.chance(30)) x = (random.chance(50) ? rail : -rail) + near;
        if (random.chance(5)) x = (int64_t)(random.chance(50) ? 1 : -1) * (1ll << random.below(in - 1));
        if (n == 0) x = -(1ll << (in - 1));
        x = tb::sign_extend((uint64_t)x, in);
        tb::set(top.x_i, 0, in, (uint64_t)x);
        top.eval();
        int64_t want = x > rail ? rail : x < -rail ? -rail : x;
        if (tb::sign_extend(tb::get(top.y_o, 0, out), out) != want) tb::fail("clamp");
    }
    top.final();
    return 0;
}
