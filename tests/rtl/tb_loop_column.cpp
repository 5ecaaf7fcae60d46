/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_column against plain C, every lane with operands of its own: weights, operands for all and misses in random order, the
 * entries of full rank, doublings, base currents and sums taken at any time. In a cycle that asks for nothing all inputs are random. */
// params: -GLANES=64 -GFRAC_W=4 -GMISS_W=3 -GSUM_W=24 -GFULL=0
// params: -GLANES=128 -GFRAC_W=8 -GMISS_W=7 -GSUM_W=24 -GFULL=1
#include "tb.h"
#include "Vsr_loop_column.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const struct {
        unsigned lanes, frac, miss;
        bool full;
    } shapes[] = {{64, 4, 3, false}, {128, 8, 7, true}};
    const auto &shape = shapes[tb::variant(argv)];
    const unsigned lanes = shape.lanes, master = 8 + shape.frac;
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_loop_column top;
    std::vector<int64_t> acc(lanes), missed(lanes), base(lanes), sum(lanes);
    bool full = false, missed_before = false, known = false, kept = false, handed = false;
    unsigned rails[2] = {0}, entries = 0;
    top.acc_en_i = top.miss_i = top.keep_i = top.hand_i = 0;
    tb::settle(top), tb::edge(top);
    for (unsigned n = 0; n < 20000; n++) {
        if (n % 200 == 0) full = shape.full && random.chance(50), missed_before = false;
        int64_t most = 0;
        for (int64_t a : acc) most = a > most ? a : -a > most ? -a : most;
        bool first = !known || most > 1 << 20 || random.chance(n / 1000 % 2 ? 2 : 10), twice = !first && random.chance(5);
        bool weight = !missed_before && !first && !twice && random.chance(60);
        top.acc_en_i = !known || missed_before || random.chance(80);
        top.first_i = first || (twice && random.chance(50)), top.double_i = twice, top.wint_i = weight;
        top.neg_i = missed_before && random.chance(80), top.full_i = full;
        if (!top.acc_en_i) top.first_i = random.chance(50), top.double_i = random.chance(50), top.wint_i = random.chance(50);
        top.miss_i = random.chance(30) && n % 200 != 199;
        int64_t op = random.chance(30) ? 0 : (int64_t)random.below(65536) - 32768;
        top.op_i = (IData)op & 0xffffff;
        tb::draw(random, top.missed_i, lanes * shape.miss), tb::draw(random, top.entries_i, lanes);
        tb::draw(random, top.w_i, lanes * master);
        int u = (int)random.below(255) - 127;
        top.u_i = (CData)u;
        top.keep_i = known && random.chance(20), top.hand_i = known && random.chance(20);
        for (unsigned i = 0; i < lanes; i++) {
            if (top.keep_i) base[i] = tb::sat(acc[i], 16), rails[acc[i] < 0] += base[i] != acc[i];
            if (top.hand_i) sum[i] = acc[i];
            int64_t operand = weight           ? tb::sign_extend(tb::get(top.w_i, i * master + shape.frac, 8), 8)
                              : !missed_before ? op
                              : full           ? missed[i]
                                               : (int64_t)tb::get(top.missed_i, i * shape.miss, shape.miss);
            if (top.acc_en_i) acc[i] = (twice ? 2 * acc[i] : first ? 0 : acc[i]) + (top.neg_i ? -operand : operand);
            if (top.miss_i) missed[i] = tb::get(top.entries_i, i, 1) ? u : -u;
        }
        entries += full && missed_before;
        kept |= top.keep_i, handed |= top.hand_i, known = true;
        missed_before = top.miss_i;
        tb::settle(top), tb::edge(top), tb::settle(top);
        for (unsigned i = 0; i < lanes; i++) {
            if (kept && tb::sign_extend(tb::get(top.base_o, 16 * i, 16), 16) != base[i]) tb::fail("base_o");
            if (handed && tb::sign_extend(tb::get(top.sum_o, 24 * i, 24), 24) != sum[i]) tb::fail("sum_o");
        }
    }
    std::printf("loop_column: %u and %u base currents at the rails, %u operands of entries\n", rails[0], rails[1], entries);
    if (!rails[0] || !rails[1] || (shape.full && !entries)) tb::fail("too little was tried");
    top.final();
    return 0;
}
