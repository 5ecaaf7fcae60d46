/* SPDX-License-Identifier: Apache-2.0
 * sr_fitness against host/device/fitness.c: every kind, 2 to 16 classes, ties, scores at the rails; samples back to back at the least
 * distance the header names, or with gaps between scores and between samples. */
// params: -GSCORE_W=32
// params: -GSCORE_W=24
// params: -GSCORE_W=16
extern "C" {
#include "device/fitness.h"
}
#include "tb.h"
#include "Vsr_fitness.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned widths[] = {32, 24, 16};
    unsigned width = widths[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_fitness top;
    top.rst_i = 1, top.valid_i = 0;
    for (int i = 0; i < 4; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    struct Want {
        int32_t fitness;
        uint32_t hit;
        uint64_t last;
    };
    uint64_t samples = 0, hits = 0, now = 0;
    for (int job = 0; job < 1200; job++) {
        struct sr_evaluation e = {};
        e.fitness = (enum sr_fitness)random.below(3);
        e.fitness_mul = random.below(16), e.fitness_shift = random.chance(30) ? random.below(32) : random.below(width - 6);
        unsigned classes = random.range(2, 16), count = random.range(1, 12), gap = random.chance(50) ? 0 : random.below(60);
        unsigned spread = random.range(1, width);
        bool tight = random.chance(60);
        std::deque<Want> wants;
        int64_t score[16] = {0};
        unsigned n = 0, o = 0, label = 0, wait = 0;
        int predicted = -1;
        top.kind_i = (CData)e.fitness, top.mul_i = (CData)e.fitness_mul, top.shift_i = (CData)e.fitness_shift;
        while (n < count || !wants.empty() || predicted >= 0) {
            bool give = n < count && !wait && !random.chance(gap);
            if (wait) wait--;
            if (give && o == 0) {
                label = random.below(classes);
                for (unsigned c = 0; c < classes; c++) {
                    score[c] = tb::sign_extend(random.word(), spread);
                    if (random.chance(4)) score[c] = tb::sign_extend(1ull << (width - 1), width) - (int64_t)random.chance(50);
                    score[c] = tb::sign_extend((uint64_t)score[c], width);
                }
                if (random.chance(30)) score[random.below(classes)] = score[random.below(classes)];
                if (random.chance(20)) score[label] = score[sr_predicted_class(score, classes)];
                top.label_i = (CData)label;
            }
            top.valid_i = give, top.last_i = give ? o == classes - 1 : random.chance(50);
            top.class_i = (CData)(give ? o : random.below(16));
            tb::set(top.score_i, 0, width, give ? (uint64_t)score[o] : random.word());
            tb::settle(top);
            if (top.pred_valid_o != (predicted >= 0)) tb::fail("pred_valid_o");
            if (predicted >= 0 && top.pred_o != predicted) tb::fail("predicted class");
            predicted = -1;
            if (top.done_o) {
                if (wants.empty()) tb::fail("done_o without a sample");
                if (tb::sign_extend(top.fitness_o, 17) != wants.front().fitness) tb::fail("fitness");
                if (top.hit_o != wants.front().hit) tb::fail("hit");
                wants.pop_front();
            } else if (!wants.empty() && now - wants.front().last > classes + 12) {
                tb::fail("late");
            }
            if (give && ++o == classes) {
                Want want;
                want.fitness = sr_sample_fitness(&e, score, classes, label, &want.hit);
                want.last = now;
                wants.push_back(want);
                predicted = (int)sr_predicted_class(score, classes);
                hits += want.hit;
                samples++, n++;
                o = 0;
                wait = tight ? 2 : random.range(2, 30);
            }
            tb::edge(top);
            now++;
        }
    }
    std::printf("fitness: %llu samples, %llu hits\n", (unsigned long long)samples, (unsigned long long)hits);
    top.final();
    return 0;
}
