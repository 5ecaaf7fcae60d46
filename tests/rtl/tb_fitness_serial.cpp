/* SPDX-License-Identifier: Apache-2.0
 * sr_fitness_serial against host/device/fitness.c: every kind, 2 to 16 classes, every multiplier and shift, ties, scores at the rails,
 * spreads that land in the table, on its end and beyond; the cycle bound of the header, reads held off at random, random starts of
 * the registers, gaps between jobs or none, resets in the midst of one. */
// params: -GSCORE_W=24
// params: -GSCORE_W=32
// params: -GSCORE_W=16
extern "C" {
#include "device/fitness.h"
}
#include "tb.h"
#include "Vsr_fitness_serial.h"

namespace {

struct Bench {
    Vsr_fitness_serial top;
    tb::Random &random;
    unsigned width;
    int64_t score[16] = {0};
    bool read = false, known = false; /* the cycle before read a score; the register holds one */
    int64_t word = 0, kept = 0;
    unsigned hold = 0; /* percent of the cycles in which no score can be read */
    uint64_t waits = 0;
    uint64_t jobs = 0, hits = 0, cycles = 0, worst = 0;

    Bench(tb::Random &r, unsigned w) : random(r), width(w) {}

    /* A cycle: the memory answers the read of the cycle before; a register keeps the word until the next answer. In a cycle that is
     * held off somebody else reads, and the memory's word is another. */
    void cycle(unsigned classes) {
        bool wanted = top.rd_o, rd = wanted && !top.hold_i;
        unsigned o = top.rd_class_o;
        if (wanted && o >= classes) tb::fail("read beyond the last class");
        waits += wanted && !rd;
        tb::edge(top);
        if (read) kept = word, known = true;
        word = rd ? score[o] : (int64_t)random.word();
        read = rd;
        tb::set(top.score_i, 0, width, known ? (uint64_t)kept : random.word());
        top.start_i = 0, top.hold_i = random.chance(hold);
        tb::settle(top);
    }

    void reset() {
        top.rst_i = 1, top.start_i = 0;
        tb::settle(top);
        for (unsigned i = random.range(1, 4); i; i--) tb::edge(top), tb::settle(top);
        top.rst_i = 0;
        read = known = false;
        tb::settle(top);
    }

    static unsigned bound(const struct sr_evaluation &e, unsigned classes, unsigned label) {
        unsigned shifts = e.fitness_shift / 4 + e.fitness_shift % 4;
        return e.fitness == SR_FITNESS_CORRECT  ? classes + 5
               : e.fitness == SR_FITNESS_MARGIN ? 2 * classes + label + shifts + 21
                                                : classes + label + classes * (5 + shifts) + 24;
    }

    /* A job, to its end or, if cut > 0, to a reset after so many cycles. */
    void job(const struct sr_evaluation &e, unsigned classes, unsigned label, unsigned gap, unsigned cut) {
        if (gap && top.done_o) { /* else the job starts with the done_o of the one before */
            cycle(16);
            if (top.done_o) tb::fail("done_o is no pulse");
        }
        for (; gap; gap--) {
            unsigned pred = top.pred_o;
            top.classes_i = (CData)random.range(2, 16), top.label_i = (CData)random.below(16);
            top.kind_i = (CData)random.below(4), top.mul_i = (CData)random.below(16), top.shift_i = (CData)random.below(32);
            tb::settle(top);
            if (top.done_o || top.pred_valid_o || top.rd_o) tb::fail("an idle unit speaks");
            cycle(16);
            if (jobs && top.pred_o != pred) tb::fail("pred_o changed while idle");
        }
        int predicted = (int)sr_predicted_class(score, classes);
        uint32_t hit;
        int32_t fitness = sr_sample_fitness(&e, score, classes, label, &hit);
        top.classes_i = (CData)classes, top.label_i = (CData)label, top.kind_i = (CData)e.fitness;
        top.mul_i = (CData)e.fitness_mul, top.shift_i = (CData)e.fitness_shift, top.start_i = 1;
        tb::settle(top);
        unsigned n = 0, preds = 0;
        uint64_t before = waits;
        do {
            if (cut && n == cut) return reset();
            cycle(classes), n++;
            preds += top.pred_valid_o;
            if (preds && top.pred_o != predicted) tb::fail("predicted class");
            if (n - (waits - before) > bound(e, classes, label)) tb::fail("later than the header says");
        } while (!top.done_o);
        if (preds != 1) tb::fail("pred_valid_o not once a job");
        if (tb::sign_extend(top.fitness_o, 17) != fitness) {
            std::printf("kind %d m %u h %u classes %u label %u: %d, not %d\n", (int)e.fitness, (unsigned)e.fitness_mul,
                        (unsigned)e.fitness_shift, classes, label, (int)tb::sign_extend(top.fitness_o, 17), fitness);
            tb::fail("fitness");
        }
        if (top.hit_o != hit) tb::fail("hit");
        jobs++, hits += hit, cycles += n;
        if (n > worst) worst = n;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned widths[] = {24, 32, 16};
    unsigned width = widths[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, width);
    bench.top.clk_i = 0, bench.top.classes_i = 2;
    bench.reset();
    int64_t low = -((int64_t)1 << (width - 1)), high = -low - 1;
    struct sr_evaluation e = {};

    /* Directed: every kind, multiplier and shift with both rails, all equal, and distances 0 to 511 and more at mul 1, shift 0. */
    for (unsigned kind = 0; kind < 3; kind++)
        for (unsigned m = 0; m < 16; m++)
            for (unsigned h = 0; h < 32; h++)
                for (unsigned form = 0; form < 4; form++) {
                    e.fitness = (enum sr_fitness)kind, e.fitness_mul = m, e.fitness_shift = h;
                    unsigned classes = random.range(2, 16);
                    for (unsigned c = 0; c < classes; c++)
                        bench.score[c] = form == 0 ? low : form == 1 ? high : random.chance(50) ? low : high;
                    bench.job(e, classes, random.below(classes), random.below(2), 0);
                }
    e.fitness_mul = 1, e.fitness_shift = 0;
    for (unsigned d = 0; d < 1100; d++)
        for (unsigned kind = 1; kind < 3; kind++) {
            e.fitness = (enum sr_fitness)kind;
            unsigned classes = random.range(2, 16), at = random.below(classes);
            for (unsigned c = 0; c < classes; c++) bench.score[c] = c == at ? 0 : -(int64_t)d;
            bench.job(e, classes, random.below(classes), 0, 0);
        }
    for (int64_t d = 32760; d < 32775; d++) /* around the rail of the distance, both signs */
        for (unsigned kind = 1; kind < 3; kind++)
            for (unsigned label = 0; label < 2; label++) {
                e.fitness = (enum sr_fitness)kind;
                bench.score[0] = 20000, bench.score[1] = 20000 - d;
                bench.job(e, 2, label, 0, 0);
            }

    for (unsigned n = 0; n < 12000; n++) {
        bench.hold = n < 4000 ? 0 : random.chance(50) ? random.below(90) : random.below(20);
        e.fitness = (enum sr_fitness)random.below(3);
        e.fitness_mul = random.below(16), e.fitness_shift = random.chance(30) ? random.below(32) : random.below(width - 6);
        unsigned classes = random.range(2, 16), label = random.below(classes);
        unsigned spread = random.chance(50) ? random.range(1, width) : e.fitness_shift + random.range(2, 10);
        if (spread > width) spread = width;
        for (unsigned c = 0; c < classes; c++) {
            bench.score[c] = tb::sign_extend(random.word(), spread);
            if (random.chance(4)) bench.score[c] = random.chance(50) ? low : high;
        }
        if (random.chance(30)) bench.score[random.below(classes)] = bench.score[random.below(classes)];
        if (random.chance(20)) bench.score[label] = bench.score[sr_predicted_class(bench.score, classes)];
        bench.job(e, classes, label, random.chance(50) ? 0 : random.below(30), random.chance(3) ? random.range(1, 120) : 0);
    }
    std::printf("fitness_serial: %llu jobs, %llu hits, %.1f cycles on average, at most %llu\n", (unsigned long long)bench.jobs,
                (unsigned long long)bench.hits, (double)bench.cycles / (double)bench.jobs, (unsigned long long)bench.worst);
    bench.top.final();
    return 0;
}
