/* SPDX-License-Identifier: Apache-2.0
 * sr_pert_lane against docs/numerics.md, section 3: random items of up to RANK_LANES terms with random gaps, entries of both
 * distributions, a at the rails, sums that saturate; full rank (one term, a = S) over thousands of events. */
// params: -GRANK_LANES=1
// params: -GRANK_LANES=2
// params: -GRANK_LANES=4
#include "tb.h"
#include "Vsr_pert_lane.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    unsigned lanes = 1u << tb::variant(argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_pert_lane top;
    uint64_t rails = 0, checked = 0;
    int64_t acc = 0, term = 0;
    bool acc_next = false, first_next = false, check_next = false;
    for (int job = 0; job < 1500; job++) {
        bool full = random.chance(30), bell = random.chance(50);
        unsigned rank = random.range(1, 32), gap = random.chance(40) ? 0 : random.below(80), width = random.range(1, 15);
        unsigned items = full ? random.range(1, random.chance(5) ? 4095 : 60) : (rank + lanes - 1) / lanes;
        int64_t scale = random.chance(20) ? 4095 : random.below(4096);
        int lean = random.chance(30) ? (random.chance(50) ? 1 : -1) : 0; /* all entries alike: the sum leaves 16 bits */
        for (unsigned n = 0; n < items || acc_next || check_next;) {
            bool item = n < items && !random.chance(gap);
            unsigned terms = full ? 1 : n + 1 == items ? rank - n * lanes : lanes;
            bool one = full || terms == 1;
            int64_t sum = 0;
            for (unsigned k = 0; k < lanes; k++) {
                int entry = lean ? lean * (bell ? 2 : 1) : sr_noise_entry(random.word(), bell ? SR_DIST_BELL : SR_DIST_SIGN, 0);
                int64_t a = full ? scale
                                 : 16 * (random.chance(lean ? 70 : 10) ? (lean || random.chance(50) ? 32767 : -32767)
                                                                       : tb::sign_extend(random.word(), width + 1));
                bool there = item && k < terms, neg = entry < 0;
                if (!there) a = tb::sign_extend(random.word(), 20);
                if (item && !there && !one) entry = 0;   /* an absent word shows no magnitude */
                if (entry == 0) neg = random.chance(50); /* and its sign bit means nothing */
                tb::set(top.neg_i, k, 1, neg);
                tb::set(top.mag1_i, k, 1, entry == 1 || entry == -1);
                tb::set(top.mag2_i, k, 1, entry == 2 || entry == -2);
                tb::set(top.a_i, 20 * k, 20, (uint64_t)a);
                if (there) sum += entry * a;
            }
            top.one_i = one, top.term_en_i = item;
            top.acc_en_i = lanes == 1 ? item : acc_next;
            top.first_i = lanes == 1 ? n == 0 : acc_next ? first_next : random.chance(50);
            if (check_next) {
                tb::settle(top);
                int64_t want = acc >> 8;
                rails += want > 32767 || want < -32767;
                want = want > 32767 ? 32767 : want < -32767 ? -32767 : want;
                if (tb::sign_extend(top.d_o, 16) != want) tb::fail("d");
                checked++;
            }
            tb::settle(top);
            tb::edge(top);
            check_next = top.acc_en_i;
            if (top.acc_en_i) acc = (top.first_i ? 0 : acc) + (lanes == 1 ? sum : term);
            acc_next = lanes > 1 && item;
            if (item) {
                term = sum;
                first_next = n == 0;
                n++;
            }
        }
    }
    std::printf("pert_lane %u: %llu sums, %llu saturated\n", lanes, (unsigned long long)checked, (unsigned long long)rails);
    if (rails < 100) tb::fail("nothing saturated");
    top.final();
    return 0;
}
