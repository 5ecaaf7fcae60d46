/* SPDX-License-Identifier: Apache-2.0
 * sr_check against the limits themselves: products at, just below and beyond each limit, entries of the batch list whose sample ends
 * at or beyond the end of the store or whose label is no class, in every place of the list; what a run does not ask for is not looked
 * at; the code that came in goes out first. Jobs back to back, resets in the midst. */
// params: -GPAIR_AW=6 -GFACTORS=64 -GSCORE_WORDS=256 -GSAMPLE_WORDS=16384 -GX_AW=14 -GXW_W=6
// params: -GPAIR_AW=4 -GFACTORS=16 -GSCORE_WORDS=100 -GSAMPLE_WORDS=1000 -GX_AW=10 -GXW_W=3
#include "tb.h"
#include "Vsr_check.h"

#include "map/sr_map.h"

namespace {

struct Shape {
    unsigned pair_aw, factors, score_words, sample_words, x_words;
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {{6, 64, 256, 16384, 37}, {4, 16, 100, 1000, 7}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Vsr_check top;
    top.rst_i = 1, top.start_i = 0;
    for (int i = 0; i < 3; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    const unsigned most = 1u << shape.pair_aw;
    unsigned seen[256] = {0};
    for (unsigned job = 0; job < 6000; job++) {
        const unsigned flags = random.below(6); /* nothing, evaluate, update, both, infer, a code that comes in */
        const bool evaluate = flags == 1 || flags == 3, update = flags == 2 || flags == 3, infer = flags == 4;
        const uint8_t limit = flags == 5 ? SR_REPLY_LIMIT_STEPS : SR_REPLY_OK;
        const unsigned rank = random.range(1, 16), classes = random.range(2, 16), steps = random.range(1, 14);
        const unsigned x_words = random.range(1, shape.x_words), length = steps * x_words;
        /* around the limit half of the time, where the range has it */
        const auto around = [&](unsigned limit_words, unsigned each) {
            unsigned n = random.chance(70) ? limit_words / each + random.below(2) : random.range(1, most);
            return n < 1 ? 1 : n > most ? most : n;
        };
        const unsigned count = around(shape.factors, rank), pairs = around(shape.factors, rank);
        const unsigned batch = random.chance(50) ? around(shape.score_words, classes + 1) : random.range(1, 5);
        std::vector<uint32_t> list(most);
        for (uint32_t &entry : list) entry = random.below(classes) << 28 | random.below(shape.sample_words - length + 1);
        unsigned bad = random.below(8), place = random.below(batch);
        if (bad == 1) list[place] = (list[place] & 0x0FFFFFFF) | random.range(classes, 15) << 28;
        if (bad == 1 && classes == 16) bad = 0, list[place] = 0;
        if (bad == 2) list[place] = (list[place] & 0xF0000000) | (shape.sample_words - length + 1);
        if (bad == 3) list[place] = (list[place] & 0xF0000000) | random.range(shape.sample_words, 0x0FFFFFFF);
        if (bad == 4) list[place] = (list[place] & 0xF0000000) | (shape.sample_words - length);
        uint8_t want = limit;
        const bool reads = evaluate || infer;
        if (!want && ((evaluate && count * rank > shape.factors) || (update && pairs * rank > shape.factors)))
            want = SR_REPLY_LIMIT_FACTORS;
        if (!want && infer && batch * (classes + 1) > shape.score_words) want = SR_REPLY_LIMIT_SCORE;
        if (!want && reads && bad == 1) want = SR_REPLY_LIMIT_LABEL;
        if (!want && reads && (bad == 2 || bad == 3)) want = SR_REPLY_LIMIT_BATCH;

        top.limit_code_i = limit, top.evaluate_i = evaluate, top.update_i = update, top.infer_i = infer;
        top.steps_i = (SData)steps, top.x_words_i = (CData)x_words, top.classes_i = (CData)classes, top.rank_i = (CData)rank;
        top.count_i = (CData)count, top.pairs_i = (CData)pairs, top.batch_i = (CData)batch;
        const unsigned cut = random.chance(5) ? random.range(1, 40) : 0;
        unsigned cycles = 0, bound = 6 + count + pairs + batch + steps + 2 * batch;
        int64_t read = -1;
        for (top.start_i = 1;; top.start_i = 0) {
            top.data_i = read < 0 ? (IData)random.word() : list[(size_t)read];
            top.rst_i = cut && cycles == cut;
            tb::settle(top);
            if (cycles && !top.busy_o) break;
            if (top.re_o && top.addr_o >= batch) tb::fail("beyond the list");
            read = top.re_o ? (int64_t)top.addr_o : -1;
            tb::edge(top);
            if (++cycles > bound) tb::fail("later than the header says");
        }
        top.rst_i = 0;
        tb::settle(top);
        if (cut && cycles == cut + 1) continue;
        if (top.code_o != want) {
            std::printf("expected %s, got %s\n", sr_reply_text(want), sr_reply_text(top.code_o));
            tb::fail("code");
        }
        seen[want]++;
    }
    for (uint8_t code : {SR_REPLY_OK, SR_REPLY_LIMIT_FACTORS, SR_REPLY_LIMIT_SCORE, SR_REPLY_LIMIT_LABEL, SR_REPLY_LIMIT_BATCH})
        if (seen[code] < 50) tb::fail("too little was tried");
    top.final();
    return 0;
}
