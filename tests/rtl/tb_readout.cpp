/* SPDX-License-Identifier: Apache-2.0
 * sr_readout between memories of weights, spike counts and factors in C, against docs/numerics.md, section 5: runs of samples and
 * pairs that start as soon as they may or later, inference, ranks and blocks that are shorter and longer than one another, kept
 * scores read at any time, resets in the midst. */
// params: -GLANES=4 -GCNT_W=4 -GBLOCK_W=4 -GBLOCK_AW=2 -GRANK_W=3 -GRANK_AW=2 -GFACTOR_AW=5 -GCLASS_AW=7
// params: -GLANES=4 -GCNT_W=4 -GBLOCK_W=4 -GBLOCK_AW=2 -GRANK_W=3 -GRANK_AW=2 -GFACTOR_AW=5 -GCLASS_AW=7 -GMEMBERS=1
// params: -GLANES=128 -GCNT_W=4 -GBLOCK_W=5 -GBLOCK_AW=2 -GRANK_W=4 -GRANK_AW=3 -GFACTOR_AW=5 -GCLASS_AW=9 -GCUT_LOG=0 -GSUM_W=22 -GG_W=26 -GQ_W=30 -GSCORE_W=24 -GRANK_LANES=4 -GYBANK_W=2 -GKEEP_SCORES=0 -GW_W=12
// params: -GLANES=4 -GCNT_W=4 -GBLOCK_W=4 -GBLOCK_AW=2 -GRANK_W=1 -GRANK_AW=1 -GFACTOR_AW=5 -GCLASS_AW=7 -GQ_W=23 -GMEMBERS=1 -GTREE=0 -GCHAIN=1
// params: -GLANES=4 -GCNT_W=4 -GBLOCK_W=4 -GBLOCK_AW=2 -GRANK_W=1 -GRANK_AW=1 -GFACTOR_AW=5 -GCLASS_AW=7 -GQ_W=23
// params: -GLANES=4 -GCNT_W=4 -GBLOCK_W=4 -GBLOCK_AW=2 -GRANK_W=3 -GRANK_AW=2 -GFACTOR_AW=5 -GCLASS_AW=7 -GSCALE_OWN=1 -GYBANK_W=2 -GSBANK_W=2
// params: -GLANES=4 -GCNT_W=4 -GBLOCK_W=4 -GBLOCK_AW=2 -GRANK_W=3 -GRANK_AW=2 -GFACTOR_AW=5 -GCLASS_AW=7 -GSCALE_OWN=1 -GYBANK_W=2 -GSBANK_W=2 -GMEMBERS=1 -GTREE=2
#include "tb.h"
#include "Vsr_readout.h"

namespace {

struct Shape {
    unsigned lanes, cnt_w, block_aw, cut_log, rank_max, rank_lanes, members, y_banks, s_banks, w_w, score_w;
    bool keep;
};
const unsigned kFactors = 32;

struct Bench {
    Vsr_readout top;
    tb::Random random;
    Shape shape;
    struct Score {
        unsigned of_class;
        int64_t value[2];
    };
    std::deque<Score> wants;
    std::vector<int> weight;     /* of class and column */
    std::vector<unsigned> count; /* of bank, column and member */
    std::vector<bool> col, cls;  /* of factor and column, of factor and class: 1 is -1 */
    unsigned blocks = 1, rank = 1, classes = 2, scale = 0, bank = 0, score_bank = 0;
    unsigned held = 0; /* banks of spike counts that are still to be read */
    bool infer = false;
    unsigned w_at[2] = {0, 0};
    int64_t kept[64][2] = {{0}};
    bool kept_known[64] = {false};
    uint64_t scores = 0, back_to_back = 0, resets = 0, reads = 0;

    Bench(uint64_t seed, const Shape &s)
        : random(seed),
          shape(s),
          weight(16 * columns()),
          count(s.y_banks * columns() * 2),
          col(kFactors * columns()),
          cls((kFactors + 4) * 16) {}

    unsigned columns() const { return shape.lanes << shape.block_aw; }

    /* A cycle: scores are compared as they come; the memories answer. */
    void cycle() {
        bool fit_re = shape.keep && random.chance(40);
        unsigned fit_at = random.below(16 * shape.s_banks);
        top.fit_re_i = fit_re, top.fit_addr_i = (CData)fit_at;
        tb::settle(top);
        if (top.score_we_o) {
            if (wants.empty() || top.score_class_o != wants.front().of_class) tb::fail("a score's class");
            for (unsigned m = 0; m < shape.members; m++) {
                int64_t got = tb::sign_extend(m ? top.score_m_o : top.score_p_o, shape.score_w);
                if (got != wants.front().value[m]) tb::fail(m ? "the minus member's score" : "a score");
            }
            unsigned at = score_bank * 16 + wants.front().of_class;
            if (fit_at == at) fit_re = false; /* read where it is written: nobody does */
            for (unsigned m = 0; m < 2; m++) kept[at][m] = wants.front().value[m];
            kept_known[at] = true;
            if (top.done_o != (wants.front().of_class == classes - 1)) tb::fail("done_o");
            if (top.done_o) score_bank = (score_bank + 1) % shape.s_banks;
            wants.pop_front();
            scores++;
        } else if (top.done_o) {
            tb::fail("done_o without a score");
        }
        if (top.free_o && !held--) tb::fail("free_o");
        bool y_re = top.y_re_o, col_re = top.col_re_o, class_re = top.class_re_o, read = fit_re && !top.fit_wait_o;
        unsigned y_at = top.y_addr_o, col_at = top.col_addr_o, class_at = top.class_addr_o;
        unsigned block_mask = (1u << shape.block_aw) - 1, w_now = w_at[1];
        w_at[1] = w_at[0], w_at[0] = top.w_addr_o;
        tb::edge(top);
        top.start_i = 0;
        for (unsigned n = 0; n < shape.lanes; n++) {
            unsigned c = (w_now & block_mask) * shape.lanes + n;
            tb::set(top.w_i, n * shape.w_w, shape.w_w, random.word());
            tb::set(top.w_i, (n + 1) * shape.w_w - 8, 8, (uint64_t)weight[(w_now >> shape.block_aw) % 16 * columns() + c]);
            c = (y_at & block_mask) * shape.lanes + n;
            for (unsigned m = 0; m < shape.members; m++)
                tb::set(top.y_i, (n * shape.members + m) * shape.cnt_w, shape.cnt_w,
                        y_re ? count[((y_at >> shape.block_aw) * columns() + c) * 2 + m] : random.word());
            c = (col_at & block_mask) * shape.lanes + n;
            tb::set(top.col_i, n, 1, col_re ? col[(col_at >> shape.block_aw) * columns() + c] : random.below(2));
        }
        tb::settle(top);
        unsigned factor = class_at >> (4 - shape.cut_log), part = class_at & ((1u << (4 - shape.cut_log)) - 1),
                 of = top.class_sel_o;
        if (class_re && of >> shape.cut_log != part) tb::fail("class_addr_o and class_sel_o do not fit");
        for (unsigned k = 0; k < shape.rank_lanes; k++)
            tb::set(top.class_bit_i, k, 1, class_re ? cls[(factor + k) * 16 + of] : random.below(2));
        if (read && kept_known[fit_at]) {
            reads++;
            if (tb::sign_extend(top.fit_p_o, shape.score_w) != kept[fit_at][0]) tb::fail("a kept score");
            if (shape.members > 1 && tb::sign_extend(top.fit_m_o, shape.score_w) != kept[fit_at][1]) tb::fail("a kept score");
        }
    }
    /* The spike counts of a pair, or of a member, and the scores that it must come to. */
    void pair(unsigned number, bool minus) {
        const unsigned cols = blocks * shape.lanes;
        unsigned *y = &count[bank * columns() * 2], share = random.chance(20) ? 100 : random.range(5, 100);
        for (unsigned c = 0; c < columns(); c++)
            for (unsigned m = 0; m < 2; m++)
                y[2 * c + m] = random.chance(share) ? (unsigned)random.word() & ((1u << shape.cnt_w) - 1) : 0;
        bank = (bank + 1) % shape.y_banks, held++;
        for (unsigned o = 0; o < classes; o++) {
            Score s = {o, {0, 0}};
            for (unsigned m = 0; m < 2; m++) {
                int64_t q = 0;
                for (unsigned k = 0; k < rank && !infer; k++) {
                    unsigned factor = number * rank + k;
                    int64_t g = 0;
                    for (unsigned c = 0; c < cols; c++)
                        g += col[factor * columns() + c] ? -(int64_t)y[2 * c + m] : y[2 * c + m];
                    q += cls[factor * 16 + o] ? -g * scale : g * scale;
                }
                for (unsigned c = 0; c < cols; c++) s.value[m] += (int64_t)weight[o * columns() + c] * y[2 * c + m];
                s.value[m] += m || minus ? -(q >> 8) : q >> 8;
            }
            wants.push_back(s);
        }
    }
    void clear(bool reset) {
        top.rst_i = reset, top.clear_i = 1, top.start_i = 0;
        cycle();
        top.rst_i = top.clear_i = 0;
        if (reset) wants.clear();
        bank = score_bank = held = 0;
        tb::settle(top);
        if (top.busy_o || !top.ready_o) tb::fail("busy after a reset");
    }
    void run() {
        bool extreme = random.chance(20);
        for (int &w : weight) w = extreme ? -128 : (int)random.below(256) - 128;
        for (size_t i = 0; i < col.size(); i++) col[i] = random.chance(extreme ? 5 : 50);
        for (size_t i = 0; i < cls.size(); i++) cls[i] = random.chance(50);
        bool small = random.chance(25); /* the next pair starts while this one's S g is on its way */
        classes = small ? 2 : random.range(2, 16), blocks = small ? 1 : random.range(1, 1u << shape.block_aw);
        rank = small ? 1 : random.range(1, shape.rank_max);
        infer = random.chance(20), scale = random.chance(20) ? 4095 : random.below(4096);
        unsigned samples = random.range(1, 3), most = kFactors / rank, pairs = infer ? 1 : random.range(1, most < 4 ? most : 4);
        unsigned gaps = random.chance(50) ? 0 : random.below(90), reset_at = random.chance(10) ? random.range(1, 300) : 0,
                 n = 0;
        top.infer_i = infer, top.full_i = 0, top.blocks_i = (CData)blocks, top.rank_i = (CData)rank;
        top.classes_i = (CData)classes, top.scale_i = (SData)scale;
        clear(false);
        cycle();
        for (unsigned s = 0; s < samples; s++)
            for (unsigned p = 0; p < pairs; p++)
                for (unsigned m = 0; m < (shape.members == 1 && !infer ? 2 : 1); m++) {
                    while (!top.ready_o || held == shape.y_banks || random.chance(gaps)) {
                        if (reset_at && ++n >= reset_at) return clear(true), void(resets++);
                        cycle();
                        if (wants.size() > 200) tb::fail("hangs");
                    }
                    back_to_back += top.busy_o;
                    pair(p, m);
                    top.start_i = 1, top.first_i = p == 0, top.minus_i = m;
                    cycle();
                    for (unsigned i = 0; i < 2000 && !top.ready_o; i++) {
                        if (reset_at && ++n >= reset_at) return clear(true), void(resets++);
                        cycle();
                    }
                    if (!top.ready_o) tb::fail("hangs");
                }
        for (unsigned i = 0; top.busy_o; i++) {
            if (i > 100) tb::fail("busy_o");
            cycle();
        }
        if (!wants.empty() || held) tb::fail("scores are missing");
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{4, 4, 2, 2, 4, 1, 2, 2, 2, 8, 19, true},     {4, 4, 2, 2, 4, 1, 1, 2, 2, 8, 19, true},
                                   {128, 4, 2, 0, 8, 4, 2, 4, 2, 12, 24, false}, {4, 4, 2, 2, 1, 1, 1, 2, 2, 8, 19, true},
                                   {4, 4, 2, 2, 1, 1, 2, 2, 2, 8, 19, true},     {4, 4, 2, 2, 4, 1, 2, 4, 4, 8, 19, true},
                                   {4, 4, 2, 2, 4, 1, 1, 4, 4, 8, 19, true}};
    const Shape &shape = shapes[tb::variant(argv)];
    Bench bench(tb::seed_from(argc, argv), shape);
    Verilated::randReset(2);
    Verilated::randSeed((int)bench.random.below(1u << 30) + 1);
    bench.top.classes_i = 2, bench.top.blocks_i = bench.top.rank_i = 1, bench.top.infer_i = bench.top.full_i = 0;
    bench.top.rst_i = bench.top.clear_i = 1, bench.top.start_i = 0;
    for (unsigned i = 0; i < 12; i++) tb::settle(bench.top), tb::edge(bench.top);
    bench.clear(true);
    for (unsigned n = 0; n < (shape.lanes > 64 ? 60 : 200); n++) bench.run();
    std::printf("readout: %llu scores, %llu pairs that began in the last cycle of the one before, %llu resets, %llu reads\n",
                (unsigned long long)bench.scores, (unsigned long long)bench.back_to_back, (unsigned long long)bench.resets,
                (unsigned long long)bench.reads);
    if (!bench.back_to_back || !bench.resets || (shape.keep && !bench.reads)) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
