/* SPDX-License-Identifier: Apache-2.0
 * sr_tree: random sums, all lanes at the same end of their range, STAGES cycles later. */
// params: -GLANES=2 -GOUT_W=17
// params: -GLANES=4 -GOUT_W=20
// params: -GLANES=8 -GOUT_W=19 -GSTAGES=2
// params: -GLANES=16 -GOUT_W=20 -GSTAGES=2
// params: -GLANES=64 -GOUT_W=22 -GSTAGES=2
// params: -GLANES=32 -GIN_W=9 -GOUT_W=14 -GSTAGES=1
#include "tb.h"
#include "Vsr_tree.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const struct {
        unsigned lanes, in_w, out_w, stages;
    } shapes[] = {{2, 16, 17, 1}, {4, 16, 20, 1}, {8, 16, 19, 2}, {16, 16, 20, 2}, {64, 16, 22, 2}, {32, 9, 14, 1}};
    auto shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_tree top;
    std::deque<int64_t> sums;
    unsigned seen = 0;
    for (unsigned cycle = 0; cycle < 50000; cycle++) {
        int64_t sum = 0, low = -((int64_t)1 << (shape.in_w - 1));
        unsigned form = random.below(8);
        for (unsigned n = 0; n < shape.lanes; n++) {
            int64_t x = form == 0 ? low : form == 1 ? -low - 1 : tb::sign_extend(random.word(), shape.in_w);
            tb::set(top.x_i, n * shape.in_w, shape.in_w, (uint64_t)x);
            sum += x;
        }
        tb::settle(top);
        if (sums.size() == shape.stages) {
            if (tb::sign_extend(tb::get(top.y_o, 0, shape.out_w), shape.out_w) != sums.front()) tb::fail("y_o");
            sums.pop_front();
            seen++;
        }
        sums.push_back(sum);
        tb::edge(top);
    }
    top.final();
    std::printf("tree: %u sums\n", seen);
    return 0;
}
