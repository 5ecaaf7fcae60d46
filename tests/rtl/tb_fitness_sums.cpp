/* SPDX-License-Identifier: Apache-2.0
 * sr_fitness_sums against plain sums: random rows, clears and delays, up to three samples on their way, reads when idle. */
// params: -GPAIR_AW=3
// params: -GPAIR_AW=7
#include "tb.h"
#include "Vsr_fitness_sums.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    unsigned rows = tb::variant(argv) ? 128 : 8;
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_fitness_sums top;
    struct Sum {
        uint32_t fitness = 0;
        uint16_t hits = 0;
        uint64_t last = 0;
        bool known = false;
    };
    struct Push {
        unsigned row;
        bool clear;
    };
    std::vector<Sum> plus(rows), minus(rows);
    std::deque<Push> flying;
    uint64_t now = 8, read = 0;
    int asked = -1;
    top.rst_i = 1, top.push_i = 0, top.done_i = 0, top.re_i = 0;
    for (int i = 0; i < 4; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    for (; now < 200000; now++) {
        bool rush = now / 1000 % 2;
        top.done_i = !flying.empty() && (rush ? now - plus[flying.front().row].last >= 4 : random.chance(20));
        if (top.done_i && now - plus[flying.front().row].last < 4) top.done_i = 0;
        bool quiet = now % 1000 < 400;
        top.push_i = flying.size() < 3 && (quiet ? random.chance(2) : rush || random.chance(40));
        top.row_i = (CData)random.below(random.chance(50) ? rows : 3);
        top.clear_i = random.chance(20) || !plus[top.row_i].known;
        for (const Push &p : flying)
            if (p.row == top.row_i && !plus[top.row_i].known) top.clear_i = 1;
        int fit_p = (int)random.below(65535) - 32767 - (int)random.below(178), fit_m = (int)random.below(65535) - 32767;
        top.fit_p_i = (IData)fit_p & 0x1ffff, top.fit_m_i = (IData)fit_m & 0x1ffff;
        top.hit_p_i = random.chance(50), top.hit_m_i = random.chance(50);
        top.re_i = 0;
        tb::settle(top);
        if (!flying.empty() && !top.busy_o) tb::fail("not busy with a sample on its way");
        if (asked >= 0) {
            const Sum &p = plus[(unsigned)asked], &m = minus[(unsigned)asked];
            if ((uint32_t)top.sum_p_o != p.fitness || top.sum_p_o >> 32 != p.hits) tb::fail("sum of plus");
            if ((uint32_t)top.sum_m_o != m.fitness || top.sum_m_o >> 32 != m.hits) tb::fail("sum of minus");
            read++;
        }
        asked = -1;
        if (flying.empty() && !top.busy_o && random.chance(60)) {
            unsigned row = random.below(rows);
            if (plus[row].known) asked = (int)row;
            top.re_i = 1, top.rrow_i = (CData)row;
            tb::settle(top);
        }
        if (top.done_i) {
            Push done = flying.front();
            flying.pop_front();
            for (int s = 0; s < 2; s++) {
                Sum &sum = s ? minus[done.row] : plus[done.row];
                sum.fitness = (done.clear ? 0 : sum.fitness) + (uint32_t)(s ? fit_m : fit_p);
                sum.hits = (uint16_t)((done.clear ? 0 : sum.hits) + (s ? top.hit_m_i : top.hit_p_i));
                sum.known = true;
                sum.last = now;
            }
        }
        if (top.push_i) flying.push_back({top.row_i, (bool)top.clear_i});
        tb::edge(top);
    }
    std::printf("fitness_sums: %llu reads\n", (unsigned long long)read);
    if (read < 1000) tb::fail("too few reads");
    top.final();
    return 0;
}
