/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_dot against plain C: rows of weights and rows of factors in random order, with idle cycles between them in which the
 * inputs are random; every sum in the very cycle of the header. */
// params: -GLANES=128 -GW_W=16 -GCNT_W=7 -GSUM_W=24 -GTREE=2
#include "tb.h"
#include "Vsr_loop_dot.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const struct { unsigned lanes, w, cnt, sum, tree; } shape = {128, 16, 7, 24, 2};
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_loop_dot top;
    struct Row {
        unsigned due;
        int64_t sum[2];
    };
    std::deque<Row> rows;
    for (unsigned n = 0; n < 6000; n++) {
        unsigned ends = random.below(4); /* 0: all products large and of one sign */
        top.en_i = random.chance(70), top.grow_i = random.chance(40);
        tb::draw(random, top.w_i, shape.lanes * shape.w), tb::draw(random, top.col_i, shape.lanes);
        tb::draw(random, top.y_i, shape.lanes * 2 * shape.cnt);
        Row row = {n + 2 + shape.tree, {0, 0}};
        for (unsigned i = 0; i < shape.lanes; i++) {
            if (!ends)
                tb::set(top.w_i, i * shape.w + shape.w - 8, 8, 128), tb::set(top.y_i, i * 2 * shape.cnt, 2 * shape.cnt, ~0ull);
            int64_t w = tb::sign_extend(tb::get(top.w_i, i * shape.w + shape.w - 8, 8), 8);
            if (top.grow_i) w = tb::get(top.col_i, i, 1) ? -1 : 1;
            for (unsigned m = 0; m < 2; m++) row.sum[m] += w * (int64_t)tb::get(top.y_i, (2 * i + m) * shape.cnt, shape.cnt);
        }
        if (top.en_i) rows.push_back(row);
        tb::settle(top), tb::edge(top), tb::settle(top);
        if (rows.empty() || rows.front().due != n + 1) continue;
        if (tb::sign_extend(top.p_o, shape.sum) != rows.front().sum[0]) tb::fail("the plus member's sum");
        if (tb::sign_extend(top.m_o, shape.sum) != rows.front().sum[1]) tb::fail("the minus member's sum");
        rows.pop_front();
    }
    if (rows.size() > 2 + shape.tree) tb::fail("sums are missing");
    top.final();
    return 0;
}
