/* SPDX-License-Identifier: Apache-2.0
 * sr_credit: populations and ranks that fill their last group and that do not, pair weights small, large and 0; every word,
 * once and in order, the total, the highest plane, the cycles of the header; resets in the midst. */
// params: -GUNITS=4
// params: -GUNITS=1 -GGROUP_W=7
// params: -GUNITS=16
#include "tb.h"
#include "Vsr_credit.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    static const unsigned widths[] = {4, 1, 16};
    unsigned units = widths[tb::variant(argv)], words = 0, resets = 0;
    Vsr_credit top;
    top.rst_i = 1, top.start_i = 0;
    for (int i = 0; i < 4; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    for (unsigned job = 0; job < 400; job++) {
        unsigned rank = random.range(1, 5), pairs = random.range(1, 63 / rank), total = 0;
        unsigned groups = (pairs * rank + units - 1) / units, largest = random.chance(50) ? 1 : random.range(1, 127), any = 0;
        std::vector<int> u(pairs);
        for (int &x : u) {
            x = random.chance(10) ? (int)largest : (int)random.below(2 * largest + 1) - (int)largest;
            if (random.chance(job % 5 == 0 ? 100 : 10)) x = 0;
            total += rank * (unsigned)std::abs(x), any |= (unsigned)std::abs(x);
        }
        unsigned at = 0, plane = 6, group = 0, n = 0, cut = random.chance(20) ? random.range(1, 30) : 0;
        top.pairs_i = (CData)pairs, top.rank_i = (CData)rank;
        for (top.start_i = 1;; top.start_i = 0, n++) {
            top.credit_i = at < pairs ? (CData)u[at] : (CData)random.word();
            tb::settle(top);
            if (top.start_i && top.busy_o) tb::fail("busy before the start");
            if (n && !top.busy_o) break;
            if (top.word_we_o) {
                if (top.word_plane_o != plane || top.word_group_o != group) tb::fail("the order of words");
                for (unsigned i = 0; i < units; i++) {
                    unsigned factor = group * units + i;
                    int x = factor < pairs * rank ? u[factor / rank] : 0;
                    bool bit = std::abs(x) >> plane & 1;
                    if ((top.word_o >> i & 1) != bit) tb::fail("a bit of |u|");
                    if (bit && (top.word_o >> (units + i) & 1) != (x < 0)) tb::fail("a sign of u");
                }
                words++;
                if (++group == groups) group = 0, plane--;
            }
            at = top.credit_re_o ? top.credit_addr_o : pairs;
            if (cut && n == cut) {
                top.rst_i = 1;
                tb::edge(top), tb::settle(top);
                top.rst_i = 0, resets++;
                if (top.busy_o || top.word_we_o || top.credit_re_o) tb::fail("busy after a reset");
                break;
            }
            tb::edge(top);
        }
        if (cut && n <= cut) continue;
        if (plane != ~0u || group) tb::fail("words are missing");
        if (n - 1 != 7 * units * groups + 2) tb::fail("cycles");
        if (top.total_o != total) tb::fail("total_o");
        for (unsigned idle = random.below(4); idle; idle--) tb::edge(top), top.credit_i = (CData)random.word(), tb::settle(top);
        unsigned highest = 0;
        while (any >> (highest + 1)) highest++;
        if (top.total_o != total || top.top_o != highest) tb::fail("total_o and top_o stay");
    }
    std::printf("credit: %u words, %u resets\n", words, resets);
    if (!words || !resets) tb::fail("too little was tried");
    top.final();
    return 0;
}
