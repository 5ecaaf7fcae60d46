/* SPDX-License-Identifier: Apache-2.0
 * sr_front between models of the sample store, the weights, the row factors and the accumulators: which words, events,
 * marks and addresses in which order, what is kept where, the cycles of the header, and that empty words cost none where they need not.
 * Empty words, one step, one word, no factor groups, more groups than blocks and fewer; bits beyond the inputs; jobs back to back, gaps, resets
 * in the midst, samples beyond the store; with and without the queue, in block RAM and in LUT RAM. */
// params: -GX_AW=10 -GSAMPLE_WORDS=1000 -GBLOCK_AW=4 -GGROUP_AW=4 -GSTEP_AW=4 -GXW_W=6 -GSTEP_W=4 -GPASS_W=5 -GROW_AW=12 -GCUT=4 -GAHEAD=1 -GLUT_RAM=0
// params: -GX_AW=9 -GSAMPLE_WORDS=512 -GBLOCK_AW=3 -GGROUP_AW=4 -GSTEP_AW=5 -GXW_W=3 -GSTEP_W=4 -GPASS_W=6 -GROW_AW=10 -GCUT=2 -GAHEAD=0
// params: -GX_AW=11 -GSAMPLE_WORDS=1100 -GBLOCK_AW=1 -GGROUP_AW=6 -GSTEP_AW=6 -GXW_W=4 -GSTEP_W=6 -GPASS_W=7 -GROW_AW=10 -GCUT=16 -GAHEAD=1 -GLUT_RAM=1
#include <algorithm>
#include "tb.h"
#include "Vsr_front.h"

namespace {

struct Shape {
    unsigned x_aw, sample_words, block_aw, group_aw, step_aw, x_words, steps, row_aw, cut, ahead;
};

struct Job {
    unsigned base, x_words, rest, steps, blocks, groups; /* rest: inputs in the last word of a step, 0 for all */
    bool dense = false;                                  /* words with events come fast enough: no other takes a cycle */
};

enum Kind { EVENT, MARK };
struct Item { /* in the order of the data */
    Kind kind;
    bool base, count; /* of an event: add; of a mark: keep */
    unsigned base_at = 0, count_at = 0, weight_at = 0, bit = 0;
    uint64_t base_sum = 0, count_sum = 0;
};

/* The cycles of a job, from start_i in cycle 0 on, as the header has the words: a word is read, is on the port from the cycle after, moves
 * into in_q, and leaves it for the queue or for x_q. Without a queue each waits for room; with one it is read when the queue holds fewer than 8. */
struct Clock {
    bool ahead;
    uint64_t read = 0, in_left = 0, free = 1; /* free: x_q, from its last cycle on. The first mark is in cycle 1. */
    uint64_t taken = 0;
    std::vector<uint64_t> put = {}, got = {}; /* cycles in which words were written into the queue and read out of it */

    size_t queued(uint64_t cycle) const {
        return std::lower_bound(put.begin(), put.end(), cycle) - put.begin() -
               (std::lower_bound(got.begin(), got.end(), cycle) - got.begin());
    }
    void word(unsigned events, bool step_last, bool pass_last) {
        read++;
        if (ahead) {
            while (queued(read) >= 8) read++;
            if (!events && !step_last) return;
            put.push_back(read + 2);
            got.push_back(std::max({read + 3, got.empty() ? 0 : got.back() + 1, taken}));
            taken = std::max(got.back() + 1, free);
        } else {
            uint64_t moved = std::max(read + 1, in_left);
            in_left = moved + 1, read = moved + pass_last - 1;
            if (!events && !step_last) return;
            in_left = taken = std::max(in_left, free);
        }
        free = taken + events + step_last;
    }
    uint64_t cycles() const { return free + 3; }
};

struct Bench {
    Vsr_front top;
    tb::Random &random;
    Shape shape;
    std::vector<uint16_t> store;
    uint64_t salt, events = 0, jobs = 0, overs = 0, cycles = 0;

    Bench(tb::Random &r, const Shape &s) : random(r), shape(s), store((size_t)1 << s.x_aw), salt(r.word()) {}

    uint64_t weight(unsigned at) const { return sr_permute(salt ^ at); }
    uint64_t row(unsigned at) const { return sr_permute(~salt ^ at); }
    uint64_t factor(uint64_t word, unsigned bit) const { return sr_permute(word ^ bit % shape.cut); }

    void reset() {
        top.rst_i = 1, top.start_i = 0;
        tb::settle(top);
        for (unsigned i = random.range(1, 3); i; i--) tb::edge(top), tb::settle(top);
        top.rst_i = 0;
        tb::settle(top);
        if (top.busy_o) tb::fail("busy after a reset");
    }
    void silent() {
        if (top.busy_o || top.x_re_o || top.row_re_o || top.add_base_o || top.add_count_o || top.mark_o || top.keep_base_o ||
            top.keep_count_o || top.x_over_o)
            tb::fail("an idle unit speaks");
    }
    void idle(unsigned count) {
        for (; count; count--) {
            tb::edge(top);
            top.x_base_i = random.below(2u << shape.x_aw), top.x_words_i = random.range(1, shape.x_words),
            top.rest_i = random.below(16);
            top.steps_i = random.range(1, shape.steps), top.blocks_i = random.range(1, 1u << shape.block_aw);
            top.groups_i = random.below(4), top.x_data_i = random.below(65536);
            tb::settle(top);
            silent();
        }
    }

    void fill(const Job &j) {
        unsigned form = random.below(5), gap = shape.ahead ? 4 : 2;
        for (unsigned i = 0; i < j.steps * j.x_words; i++) {
            uint64_t w = random.word();
            store[(j.base + i) & ((1u << shape.x_aw) - 1)] = (uint16_t)(j.dense ? i % j.x_words % gap ? 0 : 0x8421 | w | w >> 16
                                                                        : form == 0   ? w
                                                                        : form == 1   ? w & w >> 16 & w >> 32 & w >> 48
                                                                        : form == 2   ? 1u << w % 16
                                                                        : form == 3   ? 0
                                                                        : w >> 60 < 2 ? 0xffff
                                                                        : w >> 60 < 9 ? 0
                                                                                      : w & w >> 16);
        }
    }

    /* To its end or, if cut_at > 0, to a reset after so many cycles. */
    void job(const Job &j, unsigned cut_at) {
        unsigned passes = j.blocks > j.groups ? j.blocks : j.groups, words = j.steps * j.x_words;
        std::vector<unsigned> reads; /* of the sample store, a pass: with the address bit that is beyond the store */
        std::deque<unsigned> rows;   /* row factors asked for */
        std::deque<Item> items;
        uint64_t n = 0, before = events;
        size_t read = 0;
        Clock clock = {shape.ahead != 0};
        Item mark = {MARK, false, false};
        for (unsigned pass = 0; pass < passes; pass++)
            for (unsigned step = 0; step < j.steps; step++) {
                items.push_back(mark);
                mark = {MARK, pass < j.blocks, pass < j.groups, step << shape.block_aw | pass, pass << shape.step_aw | step};
                for (unsigned w = 0; w < j.x_words; w++) {
                    unsigned at = (j.base + step * j.x_words + w) & ((2u << shape.x_aw) - 1), here = 0;
                    if (!pass) reads.push_back(at);
                    for (unsigned bit = 0; bit < 16; bit++) {
                        if (!(store[at & ((1u << shape.x_aw) - 1)] >> bit & 1)) continue;
                        if (w == j.x_words - 1 && j.rest && bit >= j.rest) continue;
                        unsigned weight_at = (w << 4 | bit) << shape.block_aw | pass;
                        unsigned row_at = ((pass * j.x_words + w) * 16 + bit) / shape.cut;
                        if (mark.count) rows.push_back(row_at);
                        items.push_back({EVENT, mark.base, mark.count, 0, 0, weight_at, bit});
                        if (mark.base) mark.base_sum += weight(weight_at);
                        if (mark.count) mark.count_sum += factor(row(row_at), bit);
                        here++, events++;
                    }
                    clock.word(here, w == j.x_words - 1, w == j.x_words - 1 && step == j.steps - 1);
                }
            }
        items.push_back(mark);
        uint64_t expected = clock.cycles();
        if (j.dense && expected != passes * j.steps + events - before + (shape.ahead ? 8 : 6))
            tb::fail("words that come fast enough");

        top.x_base_i = j.base, top.x_words_i = j.x_words, top.rest_i = j.rest, top.steps_i = j.steps, top.blocks_i = j.blocks,
        top.groups_i = j.groups;
        top.start_i = 1;
        tb::settle(top);
        silent();
        unsigned w_at[3] = {0, 0, 0}; /* the address that the event's, the next one's, the one's after that came with */
        bool row_there = false, row_held = false;
        unsigned row_bit = 0;
        uint64_t row_data = 0, row_factor = 0, base_sum = 0, count_sum = 0;
        uint16_t x_data = (uint16_t)random.word();
        bool over = false;
        for (;; n++) {
            /* A sample's word is there in the next cycle; factor bits are then chosen of a row's word and held; a weight is held
             * before and behind its memory. */
            bool x_re = top.x_re_o, row_re = top.row_re_o;
            unsigned x_at = top.x_addr_o, w_next = top.w_addr_o, row_at = top.row_addr_o;
            if (x_re) { /* behind the last pass it reads on as if another came */
                unsigned at = reads[read++ % reads.size()];
                if (x_at != (at & ((1u << shape.x_aw) - 1))) tb::fail("x_addr_o");
                if (top.x_over_o != (at >= shape.sample_words)) tb::fail("x_over_o");
                over |= top.x_over_o;
            } else if (top.x_over_o)
                tb::fail("x_over_o without a read");
            if (row_re) {
                if (rows.empty() || row_at != rows.front()) tb::fail("row_addr_o");
                rows.pop_front();
            }
            if (row_there) row_bit = top.row_bit_o, row_factor = factor(row_data, row_bit);
            row_held = row_there, row_there = row_re;
            tb::edge(top);
            top.start_i = 0;
            if (x_re) x_data = store[x_at];
            w_at[0] = w_at[1], w_at[1] = w_at[2], w_at[2] = w_next;
            row_data = row_re ? row(row_at) : random.word();
            top.x_data_i = x_data;
            tb::settle(top);
            if (!top.busy_o) break;
            if (cut_at && n == cut_at) return reset();
            if (n > expected) tb::fail("later than the header says");

            bool add = top.add_base_o || top.add_count_o;
            if (top.add_count_o != row_held) tb::fail("an event comes with its row factors");
            if (add && top.mark_o) tb::fail("a mark and an event at once");
            if ((top.keep_base_o || top.keep_count_o) && !top.mark_o) tb::fail("kept without a mark");
            if (!add && !top.mark_o) continue;
            if (items.empty()) tb::fail("too many events and marks");
            const Item &i = items.front();
            if ((i.kind == MARK) != (bool)top.mark_o) tb::fail("order of events and marks");
            if (i.kind == EVENT) {
                if (top.add_base_o != i.base || top.add_count_o != i.count) tb::fail("add_base_o, add_count_o");
                if (i.base && w_at[0] != i.weight_at) tb::fail("w_addr_o");
                if (i.count && row_bit != i.bit) tb::fail("row_bit_o");
                if (top.add_base_o) base_sum += weight(w_at[0]);
                if (top.add_count_o) count_sum += row_factor;
            } else {
                if (top.keep_base_o != i.base || top.keep_count_o != i.count) tb::fail("keep_base_o, keep_count_o");
                if (i.base && (top.base_at_o != i.base_at || base_sum != i.base_sum)) tb::fail("base current kept");
                if (i.count && (top.count_at_o != i.count_at || count_sum != i.count_sum)) tb::fail("counts kept");
                base_sum = count_sum = 0;
            }
            items.pop_front();
        }
        if (n != expected) {
            std::printf("%llu cycles, not %llu\n", (unsigned long long)n, (unsigned long long)expected);
            tb::fail("cycles of a job");
        }
        if (!items.empty() || read < passes * reads.size() || !rows.empty()) tb::fail("events, marks or reads are missing");
        if (over != (j.base + words > shape.sample_words)) tb::fail("x_over_o of the job");
        silent();
        jobs++, overs += over, cycles += n;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const Shape shapes[] = {
        {10, 1000, 4, 4, 4, 37, 14, 12, 4, 1}, {9, 512, 3, 4, 5, 7, 13, 10, 2, 0}, {11, 1100, 1, 6, 6, 15, 32, 10, 16, 1}};
    const Shape &shape = shapes[tb::variant(argv)];
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, shape);
    bench.top.clk_i = 0;
    bench.reset();
    for (unsigned n = 0; n < 1200; n++) {
        Job j;
        j.x_words = random.chance(20) ? 1 : random.chance(20) ? shape.x_words : random.range(1, shape.x_words);
        j.steps = random.chance(20) ? 1 : random.chance(20) ? shape.steps : random.range(1, shape.steps);
        if (j.x_words * j.steps > 150) j.x_words = random.range(1, 4);
        j.blocks = random.range(1, random.chance(10) ? 1u << shape.block_aw : 2);
        unsigned groups_most = (1u << shape.row_aw) * shape.cut / 16 / j.x_words; /* what the row factors hold */
        if (groups_most > 1u << shape.group_aw) groups_most = 1u << shape.group_aw;
        j.groups = random.chance(20) ? 0 : random.range(0, random.chance(10) || groups_most < 5 ? groups_most : 5);
        unsigned words = j.x_words * j.steps;
        j.rest = random.chance(50) ? 0 : random.below(16);
        j.base = random.below(shape.sample_words - words + 1);
        if (random.chance(5)) j.base = shape.sample_words - words;
        if (random.chance(10))
            j.base = random.chance(50) ? shape.sample_words - words + random.range(1, words) : random.below(2u << shape.x_aw);
        if (random.chance(10)) j.dense = true, j.rest = 0;
        bench.fill(j);
        if (random.chance(10)) bench.job(j, random.range(1, 200));
        bench.job(j, 0);
        bench.idle(random.chance(50) ? 0 : random.below(10));
    }
    std::printf("front: %llu jobs, %llu beyond the store, %llu events, %llu cycles\n", (unsigned long long)bench.jobs,
                (unsigned long long)bench.overs, (unsigned long long)bench.events, (unsigned long long)bench.cycles);
    if (bench.overs < 20) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
