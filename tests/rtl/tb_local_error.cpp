/* SPDX-License-Identifier: Apache-2.0
 * sr_local_error against sr_sample_error: 2 to 16 classes, ties, scores at the rails, gaps between scores; every error, the fitness,
 * the hit, and the cycles that the header names. */
// params: -GSCORE_W=24
// params: -GSCORE_W=16
// params: -GSCORE_W=19 -GSERIAL=1
extern "C" {
#include "device/fitness.h"
}
#include "tb.h"
#include "Vsr_local_error.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned widths[] = {24, 16, 19};
    unsigned width = widths[tb::variant(argv)];
    bool serial = tb::variant(argv) == 2;
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_local_error top;
    top.rst_i = 1, top.valid_i = 0, top.only_i = 0, top.e_re_i = 0;
    for (int i = 0; i < 4; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    unsigned hits = 0, live = 0, cut = 0, samples = 6000;
    for (unsigned s = 0; s < samples; s++) {
        unsigned classes = random.range(2, 16), label = random.below(classes), spread = random.range(1, width);
        unsigned mul = random.below(16), shift = random.chance(30) ? random.below(32) : random.below(width - 6);
        unsigned gap = random.chance(50) ? 0 : random.below(60);
        int64_t score[16];
        for (unsigned o = 0; o < classes; o++) {
            score[o] = tb::sign_extend(random.word(), spread);
            if (random.chance(4)) score[o] = tb::sign_extend(1ull << (width - 1), width) - (int64_t)random.chance(50);
            score[o] = tb::sign_extend((uint64_t)score[o], width);
        }
        if (random.chance(30)) score[random.below(classes)] = score[random.below(classes)];
        if (random.chance(20)) score[label] = score[sr_predicted_class(score, classes)];
        int16_t error[16];
        struct sr_fitness_result want = sr_sample_error(mul, shift, score, classes, label, error);
        top.classes_i = (CData)classes, top.label_i = (CData)label, top.mul_i = (CData)mul, top.shift_i = (CData)shift;
        top.valid_i = 0;
        tb::settle(top), tb::edge(top); /* settings are there a cycle before */
        for (unsigned o = 0; o < classes;) {
            bool give = !random.chance(gap);
            top.valid_i = give, top.class_i = (CData)(give ? o : random.below(16));
            tb::set(top.score_i, 0, width, give ? (uint64_t)score[o] : random.word());
            tb::settle(top);
            if (top.busy_o) tb::fail("busy while scores come");
            tb::edge(top);
            o += give;
        }
        top.valid_i = 0;
        unsigned cycles = 0, due = serial ? classes * (10 + shift) + 6 : 2 * classes + 11;
        for (tb::settle(top); top.busy_o; tb::settle(top)) {
            tb::edge(top);
            if (++cycles > due) tb::fail("late");
        }
        if (cycles != due) tb::fail("not the header's cycles");
        if (tb::sign_extend(top.fitness_o, 17) != want.fitness) tb::fail("fitness");
        if (top.hit_o != want.correct) tb::fail("hit");
        if ((top.nonzero_o != 0) != want.error) tb::fail("whether there is an error");
        hits += want.correct, live += want.error;
        for (unsigned o = 0; o < classes; o++) {
            top.e_re_i = 1, top.e_addr_i = (CData)o;
            tb::settle(top), tb::edge(top);
            top.e_re_i = 0, top.e_addr_i = (CData)random.below(16);
            tb::settle(top);
            if (tb::sign_extend(top.e_o, 8) != error[o]) tb::fail("error of a class");
            if ((top.nonzero_o >> o & 1) != (error[o] != 0)) tb::fail("whether a class has an error");
        }
        if (top.nonzero_o >> classes) tb::fail("an error of a class that is not there");
        cut += error[label] == 127;
    }
    if (hits < samples / 10 || live < samples / 2 || live == samples || !cut) tb::fail("the draws miss cases");
    std::printf("local_error: %u samples, %u hits, %u with an error, %u of 127\n", samples, hits, live, cut);
    top.final();
    return 0;
}
