/* SPDX-License-Identifier: Apache-2.0
 * sr_limits against the list of its limits in plain C: every setting at random, most of them legal, and each of the others at 0, at its
 * limit, just beyond it and far beyond it; what a run does not ask for is not looked at. */
// params: -GINPUTS_MAX=592 -GHIDDEN_MAX=64 -GCLASSES_MAX=10 -GSTEPS_MAX=14 -GRANK_MAX=4 -GPAIRS_MAX=64 -GBATCH_MAX=48
#include "tb.h"
#include "Vsr_limits.h"

#include "map/sr_map.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_limits top;
    unsigned seen[256] = {0};
    for (unsigned n = 0; n < 400000; n++) {
        /* One of eight is drawn about its limits, `width` bits of it. */
        const auto draw = [&](uint32_t least, uint32_t most, unsigned width) {
            const uint32_t beyond[] = {0, 1, least, most, most + 1, random.range(most + 1, (1u << width) - 1)};
            return random.chance(88) ? random.range(least, most) : beyond[random.below(6)] & ((1u << width) - 1);
        };
        const bool evaluate = random.chance(60), update = random.chance(60), theta_high = random.chance(5);
        const uint32_t fitness = random.chance(5) ? 3 : random.below(3);
        const uint32_t rows = draw(1, 592, 13), cols = draw(1, 64, 13), steps = draw(1, 14, 10), classes = draw(2, 10, 5);
        const uint32_t rank = draw(1, 4, 6), pairs = draw(1, 64, 16), count = draw(1, 64, 16), batch = draw(1, 48, 16);
        const auto bad = [](uint32_t value, uint32_t least, uint32_t most) { return value < least || value > most; };
        const unsigned want = bad(steps, 1, 14)                                                  ? SR_REPLY_LIMIT_STEPS
                              : bad(classes, 2, 10)                                              ? SR_REPLY_LIMIT_CLASSES
                              : bad(rows, 1, 592)                                                ? SR_REPLY_LIMIT_ROWS
                              : bad(cols, 1, 64)                                                 ? SR_REPLY_LIMIT_COLS
                              : bad(rank, 1, 4)                                                  ? SR_REPLY_LIMIT_RANK
                              : (update && bad(pairs, 1, 64)) || (evaluate && bad(count, 1, 64)) ? SR_REPLY_LIMIT_PAIRS
                              : evaluate && bad(batch, 1, 48)                                    ? SR_REPLY_LIMIT_BATCH
                              : theta_high                                                       ? SR_REPLY_LIMIT_THETA
                              : fitness == 3                                                     ? SR_REPLY_LIMIT_FITNESS
                                                                                                 : SR_REPLY_OK;
        top.fitness_i = (CData)fitness;
        top.rows_i = (SData)rows, top.cols_i = (SData)cols, top.steps_i = (SData)steps, top.classes_i = (CData)classes;
        top.rank_i = (CData)rank, top.pairs_i = (SData)pairs, top.count_i = (SData)count, top.batch_i = (SData)batch;
        top.theta_high_i = theta_high, top.evaluate_i = evaluate, top.update_i = update;
        top.eval();
        if (top.code_o != want) tb::fail("code_o");
        seen[want]++;
    }
    for (uint8_t code :
         {SR_REPLY_OK, SR_REPLY_LIMIT_STEPS, SR_REPLY_LIMIT_CLASSES, SR_REPLY_LIMIT_ROWS, SR_REPLY_LIMIT_COLS,
          SR_REPLY_LIMIT_RANK, SR_REPLY_LIMIT_PAIRS, SR_REPLY_LIMIT_BATCH, SR_REPLY_LIMIT_THETA, SR_REPLY_LIMIT_FITNESS})
        if (seen[code] < 1000) tb::fail("too little was tried");
    std::printf("limits: %u legal settings\n", seen[SR_REPLY_OK]);
    top.final();
    return 0;
}
