/* SPDX-License-Identifier: Apache-2.0
 * sr_shape: sign of the difference for each pair, written once and in order, two cycles a pair; sums shown for one cycle. */
// params:
#include "tb.h"
#include "Vsr_shape.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_shape top;
    top.rst_i = 1;
    for (int i = 0; i < 3; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    for (int job = 0; job < 300; job++) {
        unsigned pairs = random.chance(10) ? random.range(200, 400) : random.range(1, 20), cycles = 0, written = 0;
        std::vector<int32_t> plus(pairs), minus(pairs);
        for (unsigned p = 0; p < pairs; p++) {
            plus[p] = (int32_t)random.word();
            minus[p] = random.chance(30) ? plus[p] + (int32_t)random.below(3) - 1 : (int32_t)random.word();
        }
        plus[0] = INT32_MIN, minus[0] = job & 1 ? INT32_MAX : INT32_MIN;
        int64_t read = -1;
        top.pairs_i = (SData)pairs;
        for (top.start_i = 1;; top.start_i = 0) {
            top.fit_p_i = read < 0 ? (IData)random.word() : (IData)plus.at((size_t)read);
            top.fit_m_i = read < 0 ? (IData)random.word() : (IData)minus.at((size_t)read);
            tb::settle(top);
            if (cycles && !top.busy_o) break;
            if (top.u_we_o) {
                if (top.u_addr_o != written) tb::fail("order of writing");
                int want = plus[written] > minus[written] ? 1 : plus[written] < minus[written] ? -1 : 0;
                if ((int8_t)top.u_data_o != want) tb::fail("u");
                written++;
            }
            read = top.sum_re_o ? (int64_t)top.sum_pair_o : -1;
            tb::edge(top);
            if (++cycles > 2000) tb::fail("hangs");
        }
        if (written != pairs) tb::fail("pairs left out");
        if (cycles > 2 * pairs + 2) tb::fail("slower than two cycles a pair");
    }
    top.final();
    return 0;
}
