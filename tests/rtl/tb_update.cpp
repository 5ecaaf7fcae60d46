/* SPDX-License-Identifier: Apache-2.0
 * sr_update against docs/numerics.md, section 7: random layers, both modes, both distributions, weights at the rails; the weight
 * store keeps to one access a cycle and shows a word for one cycle only; words outside the layer stay as they are.
 * Also the cycles of the N-MNIST shape. */
// params: -GCOL_LANES=128 -GUPD_ROWS=4 -GRANK_LANES=4 -GFRAC_W=8
// params: -GCOL_LANES=4 -GUPD_ROWS=2 -GRANK_LANES=1 -GFRAC_W=4
// params: -GCOL_LANES=64 -GUPD_ROWS=2 -GRANK_LANES=2 -GFRAC_W=6 -GUPD_MULS=8
// params: -GCOL_LANES=192 -GUPD_ROWS=1 -GRANK_LANES=3 -GFRAC_W=8 -GUPD_MULS=32
// params: -GCOL_LANES=32 -GUPD_ROWS=8 -GRANK_LANES=2 -GFRAC_W=8 -GUPD_MULS=32
// params: -GCOL_LANES=128 -GUPD_ROWS=2 -GRANK_LANES=1 -GFRAC_W=7 -GUPD_MULS=64
#include <algorithm>

#include "tb.h"
#include "Vsr_update.h"

// Which of these builds this is, by the width of a port
struct Build {
    unsigned stored, lanes, rows, rank, frac;
};
static const unsigned kStored = 8 * sizeof(Vsr_update::w_wdata_o);
static const Build kBuilds[] = {{2048, 128, 4, 4, 8}, {64, 4, 2, 1, 4},   {896, 64, 2, 2, 6},
                                {3072, 192, 1, 3, 8}, {512, 32, 8, 2, 8}, {1920, 128, 2, 1, 7}};
static const Build &kBuild =
    *std::find_if(std::begin(kBuilds), std::end(kBuilds), [](const Build &b) { return b.stored == kStored; });
static const unsigned kLanes = kBuild.lanes, kRows = kBuild.rows, kRank = kBuild.rank, kFrac = kBuild.frac;
static const unsigned kW = 8 + kFrac;
static const int64_t kTop = (1 << (kW - 1)) - 1;

struct Bench {
    Vsr_update top;
    tb::Random random;
    explicit Bench(uint64_t seed) : random(seed) {}

    static uint64_t noise(uint64_t key, enum sr_kind kind, unsigned layer, unsigned row, unsigned pair, unsigned k,
                          unsigned block) {
        return sr_permute(sr_counter(kind, layer, row, pair, k, block) ^ key);
    }

    uint64_t job(unsigned rows, unsigned blocks, unsigned pairs, unsigned rank, bool full, bool bell, unsigned step,
                 unsigned doublings, bool check) {
        unsigned layer = random.below(4), w_base = random.below(40), cols = blocks * kLanes;
        uint64_t key = random.word();
        enum sr_dist dist = bell ? SR_DIST_BELL : SR_DIST_SIGN;
        std::vector<int8_t> credit(pairs);
        int extreme = (int)random.below(3);
        for (int8_t &u : credit) u = (int8_t)(extreme == 0 ? (random.chance(50) ? 127 : -127) : (int)random.below(255) - 127);
        std::vector<int32_t> weights((w_base + rows * blocks + 40) * (size_t)kLanes);
        for (int32_t &w : weights)
            w = (int32_t)(random.chance(30) ? (random.chance(50) ? kTop - random.below(9) : (int64_t)random.below(9) - kTop)
                                            : tb::sign_extend(random.word(), kW));
        std::vector<int32_t> before = weights;
        std::vector<bool> written(weights.size() / kLanes, false);

        top.key_i = key, top.bell_i = bell, top.full_i = full, top.layer_i = layer, top.rank_i = rank, top.pairs_i = pairs;
        top.rows_i = rows, top.blocks_i = blocks, top.w_base_i = w_base, top.step_i = step, top.doublings_i = doublings;
        uint64_t cycles = 0;
        int64_t read = -1, asked = -1;
        for (top.start_i = 1;; top.start_i = 0) {
            for (unsigned n = 0; n < kLanes; n++)
                tb::set(top.w_rdata_i, kW * n, kW,
                        (read < 0 ? random.word() : (uint64_t)weights.at(read * kLanes + n)) & ((1ull << kW) - 1));
            top.u_data_i = asked < 0 ? (uint8_t)random.word() : (uint8_t)credit.at(asked);
            top.clk_i = 0;
            top.eval();
            if (cycles && !top.busy_o) break;
            if (top.w_re_o && top.w_we_o) tb::fail("reads and writes at once");
            read = top.w_re_o ? (int64_t)top.w_addr_o : -1;
            asked = top.u_re_o ? (int64_t)top.u_addr_o : -1;
            if (top.w_we_o) {
                if (top.w_addr_o < w_base || top.w_addr_o >= w_base + rows * blocks) tb::fail("write address");
                if (written[top.w_addr_o]) tb::fail("written twice");
                written[top.w_addr_o] = true;
                for (unsigned n = 0; n < kLanes; n++)
                    weights[top.w_addr_o * (size_t)kLanes + n] =
                        (int32_t)tb::sign_extend(tb::get(top.w_wdata_o, kW * n, kW), kW);
            }
            top.clk_i = 1;
            top.eval();
            if (++cycles > 100000000) tb::fail("hangs");
        }
        if (!check) return cycles;
        for (unsigned row = 0; row < rows; row++) {
            std::vector<int64_t> sum(cols, 0);
            for (unsigned p = 0; p < pairs; p++)
                for (unsigned k = 0; k < (full ? 1 : rank); k++) {
                    int r = full ? 1 : sr_noise_entry(noise(key, SR_KIND_ROW, layer, 0, p, k, row / 64), dist, row);
                    for (unsigned block = 0; block < (cols + 63) / 64; block++) {
                        uint64_t w = full ? noise(key, SR_KIND_FULL, layer, row, p, 0, block)
                                          : noise(key, SR_KIND_COL, layer, 0, p, k, block);
                        for (unsigned n = block * 64; n < cols && n < block * 64 + 64; n++)
                            sum[n] += credit[p] * r * sr_noise_entry(w, dist, n);
                    }
                }
            for (unsigned n = 0; n < cols; n++) {
                uint32_t rho = sr_noise_dither(noise(key, SR_KIND_ROUND, layer, row, 0, 0, n / 64), n);
                size_t at = (w_base + row * blocks + n / kLanes) * (size_t)kLanes + n % kLanes;
                int64_t want = before[at] + (((sum[n] << doublings) * step + rho) >> 16);
                want = want > kTop ? kTop : want < -kTop ? -kTop : want;
                if (step == 0) want = before[at];
                if (weights[at] != want) {
                    std::printf("row %u col %u: %d, want %d (before %d, sum %d, K %u, e %u)\n", row, n, weights[at], (int)want,
                                before[at], (int)sum[n], step, doublings);
                    tb::fail("weight");
                }
            }
        }
        for (size_t w = 0; w < written.size(); w++)
            if (written[w] != (step != 0 && w >= w_base && w < w_base + rows * blocks)) tb::fail("words written");
        return cycles;
    }
};

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv));
    bench.top.rst_i = 1;
    bench.top.start_i = 0;
    for (int i = 0; i < 6; i++) bench.top.clk_i = i & 1, bench.top.eval();
    bench.top.rst_i = 0;
    tb::Random &r = bench.random;
    for (int job = 0; job < 150; job++)
        bench.job(r.range(1, r.chance(10) ? 150 : 12), r.range(1, r.chance(10) ? (kLanes < 64 ? 36 : 4) : 2),
                  r.range(1, r.chance(20) ? 60 : 5), r.chance(10) ? 32 : r.range(1, 6), r.chance(40), r.chance(50),
                  r.chance(5)    ? 0
                  : r.chance(20) ? 65535
                                 : r.range(1, 65535),
                  r.chance(50) ? 0 : r.below(9), true);
    bench.job(kRows + 1, 1, 512, 32, false, true, 65535, 0, true);
    unsigned blocks = (128 + kLanes - 1) / kLanes;
    for (unsigned rank = 1; rank <= 4; rank += 3)
        for (int full = 0; full < 2; full++)
            std::printf("update CL %u UR %u RK %u: 578 x %u, 64 pairs, %s %u: %llu cycles\n", kLanes, kRows, kRank,
                        blocks * kLanes, full ? "full, rank" : "rank", rank,
                        (unsigned long long)bench.job(578, blocks, 64, rank, full, false, 16384, 0, false));
    bench.top.final();
    return 0;
}
