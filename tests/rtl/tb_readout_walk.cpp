/* SPDX-License-Identifier: Apache-2.0
 * sr_readout_walk: the order that its header gives, part by part, without a pause; random jobs of both modes. */
// params: -GRANK_LANES=1
// params: -GRANK_LANES=2
// params: -GRANK_LANES=4
#include "tb.h"
#include "Vsr_readout_walk.h"

enum Row { kNoise, kGap, kDraw, kClass };
struct Part {
    Row row;
    bool weight, factor, first, end;
    unsigned part, k, o, step, slot;
};

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    unsigned lanes = 1u << tb::variant(argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_readout_walk top;
    top.rst_i = 1, top.start_i = 0;
    for (int i = 0; i < 4; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    for (int job = 0; job < 400; job++) {
        bool full = random.chance(40);
        unsigned rank = random.range(1, random.chance(30) ? 32 : 5), classes = random.range(2, 16), blocks = random.range(1, 5);
        unsigned steps = random.range(1, 4), slots = random.range(1, 4), sets = (rank + lanes - 1) / lanes;
        unsigned parts = full || blocks > sets ? blocks : sets;
        std::vector<Part> want;
        for (unsigned slot = 0; slot < slots; slot++)
            for (unsigned step = 0; step < steps; step++) {
                auto row = [&](Row kind, unsigned count, unsigned k, unsigned o) {
                    for (unsigned p = 0; p < count; p++)
                        want.push_back({kind, kind == kClass && p < blocks, kind == kClass && !full && p < sets, p == 0,
                                        p + 1 == count, p, k, o, step, slot});
                };
                for (unsigned k = 0; !full && k < rank; k++) row(kNoise, blocks, k, 0);
                if (!full) row(kGap, 3, 0, 0);
                for (unsigned o = 0; o < classes; o++) {
                    if (full) row(kDraw, blocks, 0, o);
                    row(kClass, parts, 0, o);
                }
            }
        top.full_i = full, top.rank_i = (CData)rank, top.classes_i = (CData)classes, top.blocks_i = (CData)blocks;
        top.step_last_i = (SData)(steps - 1), top.slot_last_i = (CData)(slots - 1), top.start_i = 1;
        tb::settle(top);
        if (top.active_o) tb::fail("active before start");
        tb::edge(top);
        top.start_i = 0;
        for (const Part &p : want) {
            tb::settle(top);
            if (!top.active_o) tb::fail("ends early");
            if (top.noise_o != (p.row == kNoise) || top.draw_o != (p.row == kDraw) || top.class_o != (p.row == kClass))
                tb::fail("kind of row");
            if (top.weight_o != p.weight || top.factor_o != p.factor) tb::fail("weights and factors of a part");
            if (p.row != kGap && (top.first_o != p.first || top.row_end_o != p.end || top.part_o != p.part)) tb::fail("part");
            if (p.row == kNoise && top.k_o != p.k) tb::fail("k");
            bool classy = p.row == kClass || p.row == kDraw;
            if (classy && (top.class_index_o != p.o || top.class_last_o != (p.o + 1 == classes))) tb::fail("class");
            if (top.step_o != p.step || top.step_last_o != (p.step + 1 == steps) || top.slot_o != p.slot)
                tb::fail("step and slot");
            tb::edge(top);
        }
        tb::settle(top);
        if (top.active_o) tb::fail("goes on");
        for (unsigned idle = random.below(4); idle--;) tb::edge(top), tb::settle(top);
    }
    top.final();
    return 0;
}
