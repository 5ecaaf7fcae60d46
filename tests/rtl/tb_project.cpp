/* SPDX-License-Identifier: Apache-2.0
 * sr_project against c[t][pair][k] = sum_j R_p[j,k] x[t][j] of docs/numerics.md: random shapes, ranks, steps from 1 on, both
 * distributions, random grants and delays; the count buffer starts with random contents and is never read where it is written.
 * Also the cycles of the N-MNIST shape. */
// params: -GPROJ_UNITS=32 -GPROJ_HASH=4 -GRANK_LANES=4 -GSAMPLE_W=64 -GCNT_W=16
// params: -GPROJ_UNITS=4 -GPROJ_HASH=1 -GRANK_LANES=1 -GSAMPLE_W=16 -GCNT_W=16
// params: -GPROJ_UNITS=2 -GPROJ_HASH=2 -GRANK_LANES=2 -GSAMPLE_W=8 -GBELL_TREES=1 -GNOISE_FIFO=1 -GCNT_W=16
// params: -GPROJ_UNITS=8 -GPROJ_HASH=2 -GRANK_LANES=16 -GSAMPLE_W=32 -GNOISE_FIFO=0 -GCNT_W=16
#include "tb.h"
#include "Vsr_project.h"

static const unsigned kSampleW = 8 * sizeof(Vsr_project::x_data_i);
// The build, by the width of a port of 16-bit counts
static const unsigned kCnt = 16, kUnits = 8 * sizeof(Vsr_project::c_wdata_o) / kCnt;
static const unsigned kRank = kUnits == 32 ? 4 : kUnits == 4 ? 1 : kUnits == 2 ? 2 : 16;
static const uint64_t kMask = kSampleW == 64 ? ~0ull : (1ull << (kSampleW % 64)) - 1;

struct Bench {
    Vsr_project top;
    tb::Random random;
    tb::WordPort port;
    explicit Bench(uint64_t seed) : random(seed) {}

    uint64_t job(unsigned words, unsigned steps, unsigned rank, unsigned pairs, bool bell, unsigned per_mille, unsigned stall,
                 unsigned delay) {
        unsigned stride = words + random.below(3), x_base = random.below(50), layer = random.below(4),
                 first = random.below(9000);
        unsigned blocks = (pairs + kUnits - 1) / kUnits, quotient = (rank + kRank - 1) / kRank,
                 depth = blocks * quotient * steps;
        uint64_t key = random.word();
        port.stall = stall;
        port.delay_max = delay;
        port.memory.assign(x_base + stride * steps, 0);
        for (uint64_t &w : port.memory)
            for (unsigned b = 0; b < kSampleW; b++) w |= (uint64_t)(random.below(1000) < per_mille) << b;
        std::vector<uint16_t> counts((size_t)kRank * depth * kUnits);
        for (uint16_t &c : counts) c = (uint16_t)(random.word() & (0xffffu));

        top.key_i = key, top.bell_i = bell, top.layer_i = layer, top.rank_i = rank, top.pair_first_i = first,
        top.pairs_i = pairs;
        top.steps_i = steps, top.x_base_i = x_base, top.x_stride_i = stride, top.x_words_i = words;
        uint64_t cycles = 0;
        int64_t read = -1;
        for (top.start_i = 1;; top.start_i = 0) {
            uint64_t data;
            port.drive(random, top.x_gnt_i, top.x_valid_i, data);
            top.x_data_i = data & kMask;
            for (unsigned u = 0; u < kUnits; u++)
                tb::set(top.c_rdata_i, kCnt * u, kCnt, read < 0 ? random.word() & (0xffffu) : counts[read * kUnits + u]);
            top.clk_i = 0;
            top.eval();
            if (cycles && !top.busy_o) break;
            read = -1;
            if (top.c_re_o) {
                if (top.c_raddr_o >= depth || top.c_rbank_o >= kRank) tb::fail("read address");
                if (top.c_we_o && top.c_waddr_o == top.c_raddr_o && top.c_wbank_o == top.c_rbank_o)
                    tb::fail("reads where it writes");
                read = (int64_t)top.c_rbank_o * depth + top.c_raddr_o;
            }
            /* the word read is what was there before this cycle's write: other address, so the order does not matter */
            if (top.c_we_o) {
                if (top.c_waddr_o >= depth || top.c_wbank_o >= kRank) tb::fail("write address");
                for (unsigned u = 0; u < kUnits; u++)
                    counts[((size_t)top.c_wbank_o * depth + top.c_waddr_o) * kUnits + u] =
                        (uint16_t)tb::get(top.c_wdata_o, kCnt * u, kCnt);
            }
            port.edge(random, top.x_req_o, top.x_gnt_i, top.x_addr_o);
            top.clk_i = 1;
            top.eval();
            if (++cycles > 10000000) tb::fail("hangs");
        }
        if (!port.flights.empty()) tb::fail("words left over");
        enum sr_dist dist = bell ? SR_DIST_BELL : SR_DIST_SIGN;
        for (unsigned p = 0; p < pairs; p++)
            for (unsigned k = 0; k < rank; k++) {
                std::vector<int> entry(words * kSampleW);
                for (unsigned j = 0; j < entry.size(); j++)
                    entry[j] =
                        sr_noise_entry(sr_permute(sr_counter(SR_KIND_ROW, layer, 0, first + p, k, j / 64) ^ key), dist, j);
                for (unsigned t = 0; t < steps; t++) {
                    int sum = 0;
                    for (unsigned j = 0; j < entry.size(); j++)
                        if (port.memory[x_base + t * stride + j / kSampleW] >> (j % kSampleW) & 1) sum += entry[j];
                    size_t word = (size_t)(k % kRank) * depth + (p / kUnits * quotient + k / kRank) * steps + t;
                    if (tb::sign_extend(counts[word * kUnits + p % kUnits], kCnt) != sum) {
                        std::printf("pair %u k %u t %u: %d, want %d\n", p, k, t,
                                    (int)tb::sign_extend(counts[word * kUnits + p % kUnits], kCnt), sum);
                        tb::fail("count");
                    }
                }
            }
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
    for (int job = 0; job < 150; job++) {
        static const unsigned dense[] = {0, 20, 300, 1000};
        bench.job(r.range(1, r.chance(20) ? 640 / kSampleW : 128 / kSampleW + 1), r.range(1, r.chance(50) ? 4 : 14),
                  r.chance(10) ? 32 : r.range(1, 6), r.range(1, 2 * kUnits + 1), r.chance(50), dense[r.below(4)],
                  r.chance(50) ? 0 : r.below(80), r.chance(50) ? 1 : r.range(1, 9));
    }
    unsigned words = (578 + kSampleW - 1) / kSampleW;
    for (unsigned rank = 1; rank <= 4; rank += 3)
        for (int bell = 0; bell < 2; bell++) {
            uint64_t cycles = bench.job(words, 10, rank, 64, bell, 146, 0, 1),
                     ideal = (64 + kUnits - 1) / kUnits * rank * words * 10;
            std::printf("project PU %u RK %u, %u bits: 578 inputs, T 10, 64 pairs, rank %u, %s: %llu cycles, %llu words\n",
                        kUnits, kRank, kSampleW, rank, bell ? "bell" : "sign", (unsigned long long)cycles,
                        (unsigned long long)ideal);
            if (kUnits == 32 && cycles > ideal * 105 / 100 + 40) tb::fail("slower than a word a cycle");
        }
    bench.top.final();
    return 0;
}
