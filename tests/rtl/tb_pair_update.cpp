/* SPDX-License-Identifier: Apache-2.0
 * sr_pair_update between pair weights, factors, accumulators, a noise unit and a weight memory in C: updates of hidden layer and
 * readout of random shapes, populations, ranks and steps; every weight afterwards against docs/numerics.md, section 7. */
// params: -GLANES=4
// params: -GLANES=16 -GFRAC_W=8 -GPROJ_UNITS=16 -GBUFFERS=2
// params: -GLANES=128 -GFRAC_W=8 -GPROJ_UNITS=64 -GBUFFERS=2 -GRANK_LANES=4 -GHIDDEN_MAX=256 -GNOISE_ROUNDS=16
// params: -GLANES=4 -GLOCAL=1
#include "tb.h"
#include "Vsr_pair_update.h"

#include "map/sr_map.h"

namespace {

enum Field { MISS = 1, TOTAL = 2, ACC = 4, FIRST = 8, DOUBLE = 16, HAND = 32, TURN = 64, ROW = 128, COL = 256, DITHER = 512 };
const struct Build {
    unsigned lanes, frac, units, block_aw, rank_max, hidden;
    bool apart; /* a memory for each layer */
} kBuilds[] = {
    {4, 4, 4, 4, 4, 64, false}, {16, 8, 16, 2, 4, 64, true}, {128, 8, 64, 1, 4, 256, true}, {4, 4, 4, 4, 4, 64, true}};
const unsigned kRows = 40, kFactors = 64, kReadout = 3;

struct Bench {
    Vsr_pair_update top;
    tb::Random random;
    const Build &build;
    unsigned lanes, master, cut, readout_at;
    bool loops;
    std::vector<int> u; /* of each pair */
    std::vector<bool> row, col;
    std::vector<std::vector<int>> memory; /* of words of lanes */
    uint64_t key = 0, moved = 0, rails = 0, doubled = 0;

    Bench(uint64_t seed, const Build &b)
        : random(seed),
          build(b),
          lanes(b.lanes),
          master(8 + b.frac),
          cut(b.lanes < 16 ? b.lanes : 16),
          readout_at(b.apart ? 0 : 37 * 16 << b.block_aw),
          loops(b.lanes > 64),
          u(64),
          row(kFactors * kRows),
          col(kFactors * 32 * b.lanes),
          memory(readout_at + (kRows << b.block_aw), std::vector<int>(b.lanes)) {}

    uint64_t dither(bool readout, unsigned r, unsigned group) const {
        return sr_permute(sr_counter((enum sr_kind)SR_KIND_ROUND, readout ? kReadout : 0, r, 0, 0, group) ^ key);
    }
    void set(unsigned reg, unsigned value) { tb::set(top.cfg_i, (reg - 64) * 32, 32, value); }
    void clock() { tb::settle(top), tb::edge(top), tb::settle(top); }

    void job() {
        const bool readout = random.chance(40);
        const unsigned rank = random.range(1, build.rank_max), pairs = random.range(1, kFactors / rank);
        const unsigned groups = (pairs * rank + build.units - 1) / build.units, most = (1u << random.range(0, 7)) - 1;
        const unsigned rows = random.range(2, readout ? 10 : kRows), x_words = (rows + 15) / 16;
        const unsigned blocks = random.range(1, build.hidden / lanes < 4 ? build.hidden / lanes : 4);
        const int64_t limit = ((int64_t)1 << (master - 1)) - 1;
        const unsigned k = random.chance(20) ? 65535 : random.chance(30) ? random.range(1, 300) : random.range(1, 65535);
        int total = 0;
        for (unsigned p = 0; p < 64; p++) {
            u[p] = random.chance(15) ? 0 : (int)random.below(2 * most + 1) - (int)most;
            if (p < pairs) total += (int)rank * std::abs(u[p]);
        }
        unsigned doublings = random.chance(50) ? 0 : random.range(1, 8);
        while (doublings && total << doublings > 32512) doublings--;
        doubled += doublings != 0;
        for (size_t i = 0; i < row.size(); i++) row[i] = random.chance(50);
        for (size_t i = 0; i < col.size(); i++) col[i] = random.chance(50);
        for (auto &word : memory)
            for (int &w : word)
                w = (int)(random.chance(10)   ? random.chance(50) ? limit : -limit
                          : random.chance(10) ? tb::sign_extend(random.word(), 4)
                                              : (int64_t)random.below((unsigned)(2 * limit + 1)) - limit);
        key = random.word();
        std::vector<std::vector<int>> want = memory;
        for (unsigned r = 0; r < rows; r++)
            for (unsigned n = 0; n < blocks * lanes; n++) {
                int64_t a = 0;
                for (unsigned f = 0; f < pairs * rank; f++)
                    a += row[f * kRows + r] != col[(f * 32 + n / lanes) * lanes + n % lanes] ? -u[f / rank] : u[f / rank];
                int &w = want[(readout ? readout_at : 0) + (r << build.block_aw) + n / lanes][n % lanes];
                int64_t rho = sr_noise_dither(dither(readout, r, n / 64), n % 64);
                int64_t exact = w + ((a * ((int64_t)1 << doublings) * (int64_t)k + rho) >> 16);
                int next = (int)tb::sat(exact, master);
                moved += next != w, rails += exact != next;
                w = next;
            }

        set(SR_REG_PAIRS, pairs), set(SR_REG_CLASSES, rows), set(SR_REG_ROWS0, rows);
        top.readout_i = readout, top.full_i = 0, top.rank_i = (CData)rank, top.groups_i = (CData)groups;
        top.blocks_i = (CData)blocks, top.x_words_i = (CData)x_words, top.step_i = doublings << 16 | k;
        if (!readout) set(SR_REG_CLASSES, random.range(2, 10));
        top.credit_i = 1;
        for (unsigned n = 0; n == 0 || top.credit_busy_o; n++) {
            if (n > 5000) tb::fail("the credit hangs");
            tb::settle(top);
            bool re = top.u_re_o;
            unsigned at = top.u_addr_o;
            tb::edge(top);
            top.credit_i = 0, top.u_i = re ? (CData)u[at] : (CData)random.word();
            tb::settle(top);
        }

        std::vector<int64_t> acc(lanes), miss(lanes), handed(lanes); /* handed: LOOPS keep a word's sums until the next */
        int64_t add = 0;
        bool row_came = false, came = false, write = false, out_known = false;
        unsigned row_group = 0, row_first = 0, group = 0, at_row = 0, at_block = 0;
        unsigned address[2] = {0, 0}, write_at = 0, noise_left = 0, writes = 0;
        uint64_t drawn = 0;
        std::vector<int> out(lanes), held(lanes);
        const unsigned cut_log = cut == 16 ? 4 : cut == 4 ? 2 : 1, parts = 16 / cut;
        top.update_i = 1, top.noise_ready_i = 1;
        for (unsigned n = 0;; n++) {
            tb::settle(top);
            if (n && !top.update_busy_o && !write) break;
            if (n > 2000000) tb::fail("the update hangs");
            if (n && top.update_busy_o && !(top.ctl_o & TURN)) tb::fail("UPD_TURN");
            uint64_t here = drawn;
            if (noise_left) here = random.word();
            top.cut_i = (SData)(here >> top.cut_at_o * cut % 64 & ((1u << cut) - 1));
            tb::set(top.dither_i, 0, 64, here);
            tb::settle(top);
            /* the accumulators, from what was there; ages as in tb_update */
            std::vector<int64_t> next = acc;
            for (unsigned l = 0; l < lanes; l++) {
                if (top.ctl_o & ACC)
                    next[l] = (top.ctl_o & DOUBLE ? 2 * acc[l] : top.ctl_o & FIRST ? 0 : acc[l]) + add - miss[l];
                miss[l] = 0;
                for (unsigned i = 0; i < build.units && came && (top.ctl_o & MISS); i++) {
                    unsigned f = group * build.units + i;
                    bool odd = f < kFactors && row[f * kRows + at_row] != col[(f * 32 + at_block) * lanes + l];
                    miss[l] += tb::get(top.word_o, i, 1) && odd != (bool)tb::get(top.word_o, build.units + i, 1);
                }
            }
            add = top.ctl_o & TOTAL ? (int64_t)top.total_o : 0;
            came = (top.ctl_o & COL) != 0;
            if (came) {
                at_block = top.col_addr_o & ((1u << build.block_aw) - 1);
                group = (top.col_addr_o >> build.block_aw) / build.units;
                at_row = row_first + (top.bit_o & (cut - 1));
                if (group != row_group || at_row >= rows || at_block >= blocks) tb::fail("factors of different places");
            }
            row_came = (top.ctl_o & ROW) != 0;
            if (row_came) {
                unsigned word = top.row_addr_o / parts;
                row_group = word / x_words, row_first = word % x_words * 16 + (top.row_addr_o % parts << cut_log);
                if (readout)
                    row_group = top.class_addr_o / parts / build.units, row_first = top.class_addr_o % parts << cut_log;
            }
            /* the weight memory (sr_weight_store): a word three cycles after its address, a write with the word of the next cycle */
            std::vector<int> turned(lanes);
            for (unsigned l = 0; l < lanes; l++)
                turned[l] = (int)tb::sign_extend(tb::get(top.turned_o, l * master, master), master);
            if (write) {
                if (write_at >= memory.size()) tb::fail("the address of a write");
                memory[write_at] = loops ? turned : held;
                writes++;
            }
            if (top.w_turn_o) held = turned;
            write = top.w_we_o, write_at = top.w_addr_o;
            std::vector<int> read = out_known && address[1] < memory.size() ? memory[address[1]] : std::vector<int>(lanes);
            out_known = true;
            address[1] = address[0], address[0] = top.w_addr_o;
            noise_left -= noise_left != 0;
            if (top.ctl_o & DITHER) {
                if (noise_left) tb::fail("a draw during a draw");
                drawn = dither(readout, top.noise_row_o, top.noise_block_o), noise_left = loops ? 0 : random.range(1, 17);
            }
            bool u_re = top.u_re_o;
            if (u_re) tb::fail("pair weights are read");
            if (top.ctl_o & HAND) handed = acc;
            tb::edge(top);
            acc = next;
            top.update_i = 0, top.noise_ready_i = !noise_left;
            for (unsigned l = 0; l < lanes; l++) {
                tb::set(top.sums_i, l * (loops ? 24 : 16), loops ? 24 : 16, (uint64_t)(loops ? handed : acc)[l]);
                tb::set(top.w_i, l * master, master, (uint64_t)read[l]);
                tb::set(top.wdata_i, l * master, master, (uint64_t)held[l]);
            }
        }
        if (writes != rows * blocks) tb::fail("words are missing");
        for (size_t i = 0; i < memory.size(); i++)
            if (memory[i] != want[i]) tb::fail("a weight");
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv), kBuilds[tb::variant(argv)]);
    Verilated::randReset(2);
    Verilated::randSeed((int)bench.random.below(1u << 30) + 1);
    Vsr_pair_update &top = bench.top;
    top.rst_i = 1, top.credit_i = top.update_i = 0;
    for (unsigned i = 0; i < 8; i++) bench.clock();
    top.rst_i = 0;
    for (unsigned n = 0; n < 24; n++) bench.job();
    std::printf("pair_update: %llu weights moved, %llu to the rail, %llu layers with doublings\n",
                (unsigned long long)bench.moved, (unsigned long long)bench.rails, (unsigned long long)bench.doubled);
    if (bench.moved < 1000 || !bench.rails || !bench.doubled) tb::fail("too little was tried");
    top.final();
    return 0;
}
