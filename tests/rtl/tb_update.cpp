/* SPDX-License-Identifier: Apache-2.0
 * sr_update between factors, words of u and accumulators in C: layers of random rows, columns, populations and shifts; every sum
 * A 2^e against its definition (docs/numerics.md, section 7), the next word claimed as soon as it may be or much later, resets in
 * the midst, the cycles of the header. */
// params: -GCUT=4 -GUNIT_LOG=2
// params: -GCUT=16 -GUNIT_LOG=0 -GGROUP_W=7 -GCLASS_AW=6 -GROW_AW=12
// params: -GCUT=2 -GUNIT_LOG=4 -GROW_AW=13 -GCLASS_AW=9
#include "tb.h"
#include "Vsr_update.h"

namespace {

enum Field { MISS = 1, TOTAL = 2, ACC = 4, FIRST = 8, DOUBLE = 16, HAND = 32 };
const unsigned kLanes = 3, kBlocks = 16, kRows = 64, kFactors = 64;
const struct { unsigned cut_log, unit_log; } kBuilds[] = {{2, 2}, {4, 0}, {1, 4}};

struct Bench {
    Vsr_update top;
    tb::Random random;
    unsigned cut_log, unit_log, units;
    std::vector<int> u;         /* of each factor */
    std::vector<bool> row, col; /* of factor and row, of factor and column: 1 is -1 */
    uint64_t words = 0, resets = 0, doubled = 0;

    Bench(uint64_t seed, unsigned c, unsigned l)
        : random(seed),
          cut_log(c),
          unit_log(l),
          units(1u << l),
          u(kFactors),
          row(kFactors * kRows),
          col(kFactors * kBlocks * kLanes) {}

    void reset() {
        top.rst_i = 1, top.start_i = top.free_i = 0;
        for (unsigned i = 0; i < 4; i++) tb::settle(top), tb::edge(top); /* as long as a reset of the engine is at least */
        top.rst_i = 0;
        tb::settle(top);
        if (top.busy_o || top.row_re_o || top.re_o || top.ctl_o || top.claim_o) tb::fail("busy after a reset");
    }

    void job(unsigned eager, unsigned reset_at) {
        const bool readout = random.chance(30); /* whose factors the data are */
        unsigned rows = readout ? random.range(2, 16) : random.range(1, kRows), x_words = (rows + 15) / 16;
        unsigned groups = random.range(1, kFactors / units), blocks = random.range(1, 3), most = (1u << random.range(0, 7)) - 1;
        unsigned doublings = random.chance(40) ? 0 : random.range(1, 12), top_plane = 0;
        int total = 0;
        for (unsigned f = 0; f < kFactors; f++) {
            u[f] = f < groups * units && !random.chance(15) ? (int)random.below(2 * most + 1) - (int)most : 0;
            total += std::abs(u[f]);
            while (std::abs(u[f]) >> (top_plane + 1)) top_plane++;
        }
        for (size_t i = 0; i < row.size(); i++) row[i] = random.chance(50);
        for (size_t i = 0; i < col.size(); i++) col[i] = random.chance(50);
        top.rows_i = (SData)rows, top.blocks_i = (CData)blocks, top.groups_i = (CData)groups, top.x_words_i = (CData)x_words;
        top.top_i = (CData)top_plane, top.doublings_i = (CData)doublings;
        doubled += doublings != 0;

        int64_t acc[kLanes] = {0}, miss[kLanes] = {0}, add = 0;
        unsigned done = 0, claimed = 0, n = 0;
        std::deque<unsigned> hands;            /* cycles of UPD_HAND to come */
        bool row_came = false, came = false;   /* age 1: a row factor's word is there; age 2: all data are */
        unsigned row_group = 0, row_first = 0; /* where it was read */
        unsigned group = 0, plane = 0, at_row = 0, at_block = 0;
        top.start_i = 1;
        for (;; n++) {
            top.free_i = random.chance(eager);
            tb::settle(top);
            if (n && !top.busy_o) break;
            if (n > 2000000) tb::fail("hangs");
            /* age 3 and 4 */
            if (top.ctl_o & HAND) {
                unsigned r = done / blocks, b = done % blocks;
                if (hands.empty() || hands.front() != n) tb::fail("UPD_HAND not when the header says");
                hands.pop_front();
                if (r >= rows) tb::fail("a word too many");
                for (unsigned lane = 0; lane < kLanes; lane++) {
                    int64_t a = 0;
                    for (unsigned f = 0; f < groups * units; f++)
                        a += row[f * kRows + r] != col[(f * kBlocks + b) * kLanes + lane] ? -u[f] : u[f];
                    if (acc[lane] != a * ((int64_t)1 << doublings)) tb::fail("a sum");
                }
                done++;
            }
            if (top.claim_o) {
                if (!top.free_i) tb::fail("a claim of what is not free");
                claimed++, hands.push_back(n + 4 + doublings);
            }
            int64_t next[kLanes];
            for (unsigned lane = 0; lane < kLanes; lane++) {
                next[lane] = acc[lane];
                if (top.ctl_o & ACC)
                    next[lane] = (top.ctl_o & DOUBLE ? 2 * acc[lane] : top.ctl_o & FIRST ? 0 : acc[lane]) + add - miss[lane];
            }
            /* age 2: all data */
            if (((top.ctl_o & MISS) != 0) != came) tb::fail("UPD_MISS not with the data");
            for (unsigned lane = 0; lane < kLanes; lane++) {
                miss[lane] = 0, acc[lane] = next[lane];
                for (unsigned k = 0; k < units && came; k++) {
                    unsigned f = group * units + k;
                    bool odd = row[f * kRows + at_row] != col[(f * kBlocks + at_block) * kLanes + lane];
                    miss[lane] += (std::abs(u[f]) >> plane & 1) && odd != (u[f] < 0);
                }
            }
            add = top.ctl_o & TOTAL ? total : 0;
            /* age 1: the row factors' word, and the others' addresses */
            if (top.re_o != row_came) tb::fail("re_o not a cycle after row_re_o");
            came = top.re_o;
            if (came) {
                unsigned f = top.col_addr_o / kBlocks;
                group = top.word_group_o, plane = top.word_plane_o, at_block = top.col_addr_o % kBlocks;
                at_row = row_first + (top.bit_o & ((1u << cut_log) - 1));
                if (group != row_group || f != group * units) tb::fail("factors of different groups");
                if (at_row != top.row_o || at_row >= rows || at_block >= blocks || plane > top_plane)
                    tb::fail("a word that is not there");
            }
            /* age 0 */
            row_came = top.row_re_o;
            if (row_came) {
                unsigned parts = 16u >> cut_log, word = top.row_addr_o / parts;
                row_group = word / x_words, row_first = word % x_words * 16 + (top.row_addr_o % parts << cut_log);
                if (readout) row_group = top.class_addr_o / parts >> unit_log, row_first = top.class_addr_o % parts << cut_log;
            }
            tb::edge(top);
            top.start_i = 0;
            if (reset_at && n == reset_at) return reset(), void(resets++);
        }
        if (done != rows * blocks || claimed != done) tb::fail("words are missing");
        unsigned cycles = done * ((top_plane + 1) * groups + 1 + doublings) + 4;
        if (eager == 100 ? n - 1 != cycles : n - 1 < cycles) tb::fail("not the header's cycles");
        words += done;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    auto &build = kBuilds[tb::variant(argv)];
    Bench bench(tb::seed_from(argc, argv), build.cut_log, build.unit_log);
    tb::Random &random = bench.random;
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    bench.reset();
    for (unsigned n = 0; n < 60; n++)
        bench.job(random.chance(50) ? 100 : random.range(5, 60), random.chance(20) ? random.range(1, 300) : 0);
    std::printf("update: %llu words, %llu layers with doublings, %llu resets\n", (unsigned long long)bench.words,
                (unsigned long long)bench.doubled, (unsigned long long)bench.resets);
    if (bench.words < 1000 || !bench.doubled || !bench.resets) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
