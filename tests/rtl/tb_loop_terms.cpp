/* SPDX-License-Identifier: Apache-2.0
 * sr_loop_terms against docs/numerics.md, section 4, in plain C: counts written to one bank while terms are read from the other,
 * ranks that end within a word of factors, scales up to where the term saturates. */
// params: -GUNITS=16 -GFACTORS=64 -GRANK_LANES=4 -GSTEP_AW=3 -GGROUP_AW=2 -GC_W=12
#include "tb.h"
#include "Vsr_loop_terms.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const struct { unsigned units, factors, lanes, steps, c; } shape = {16, 64, 4, 8, 12};
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_loop_terms top;
    std::vector<int64_t> counts[2];
    for (auto &bank : counts) bank.assign(shape.steps * shape.factors, 0);
    struct Read {
        unsigned due;
        int64_t term[4];
    };
    std::deque<Read> reads;
    unsigned rails = 0, left_out = 0, valid_next = 0;
    for (unsigned job = 0; job < 40; job++) {
        const unsigned write = job % 2, read = !write, cycles = 600;
        top.scale_i = (SData)(random.chance(20) ? 4095 : random.below(4096));
        for (unsigned n = 0; n < cycles; n++) {
            bool quiet = n + 6 > cycles; /* the pipeline empties before the scale changes */
            top.valid_i = (CData)valid_next;
            valid_next = (unsigned)random.word() & ((1u << shape.lanes) - 1);
            /* Every group of the bank once, whatever else there is; then at random. */
            unsigned groups = shape.factors / shape.units,
                     at = n < shape.steps * groups ? n : random.below(shape.steps * groups);
            unsigned step = at / groups, group = at % groups;
            top.we_i = !quiet && (n < shape.steps * groups || random.chance(50));
            top.bank_i = write, top.step_i = (CData)step, top.group_i = (CData)group;
            for (unsigned u = 0; u < shape.units; u++) {
                int64_t c = tb::sign_extend(random.word(), random.range(3, shape.c));
                tb::set(top.counts_i, u * shape.c, shape.c, (uint64_t)c);
                if (top.we_i) counts[write][step * shape.factors + group * shape.units + u] = c;
            }
            top.re_i = job && !quiet && random.chance(80), top.rbank_i = read;
            top.rstep_i = (CData)random.below(shape.steps), top.factor_i = (CData)random.below(shape.factors);
            if (top.re_i) {
                Read r = {n + 4, {0}};
                for (unsigned k = 0; k < shape.lanes; k++) {
                    int64_t c = counts[read][top.rstep_i * shape.factors + (top.factor_i + k) % shape.factors];
                    int64_t exact = c * top.scale_i >> 4;
                    bool valid = valid_next >> k & 1;
                    r.term[k] = valid ? tb::sat(exact, 16) : 0;
                    rails += valid && r.term[k] != exact, left_out += !valid;
                }
                reads.push_back(r);
            }
            tb::settle(top), tb::edge(top), tb::settle(top);
            if (reads.empty() || reads.front().due != n + 1) continue;
            for (unsigned k = 0; k < shape.lanes; k++)
                if (tb::sign_extend(tb::get(top.term_o, 16 * k, 16), 16) != reads.front().term[k]) tb::fail("a term");
            reads.pop_front();
        }
        if (!reads.empty()) tb::fail("terms are missing");
    }
    std::printf("loop_terms: %u terms at the rail, %u left out\n", rails, left_out);
    if (!rails || !left_out) tb::fail("too little was tried");
    top.final();
    return 0;
}
