/* SPDX-License-Identifier: Apache-2.0
 * sr_project against c[t][pair][k] = sum_j R_p[j,k] x[t][j] of docs/numerics.md: random shapes, ranks, steps from 1 on, both
 * distributions, random grants and delays; the count buffer starts with random contents and is never read where it is written.
 * Also the cycles of the N-MNIST shape. */
// params: -GPROJ_UNITS=32 -GPROJ_HASH=4 -GRANK_LANES=4 -GSAMPLE_W=64 -CFLAGS -DPU=32 -CFLAGS -DHASH=4 -CFLAGS -DRK=4 -CFLAGS -DSAMPLE_W=64
// params: -GPROJ_UNITS=4 -GPROJ_HASH=1 -GRANK_LANES=1 -GSAMPLE_W=16 -CFLAGS -DPU=4 -CFLAGS -DHASH=1 -CFLAGS -DRK=1 -CFLAGS -DSAMPLE_W=16
// params: -GPROJ_UNITS=3 -GPROJ_HASH=3 -GRANK_LANES=2 -GSAMPLE_W=8 -GBELL_TREES=1 -GNOISE_FIFO=1 -CFLAGS -DPU=3 -CFLAGS -DHASH=3 -CFLAGS -DRK=2 -CFLAGS -DSAMPLE_W=8
// params: -GPROJ_UNITS=8 -GPROJ_HASH=2 -GRANK_LANES=16 -GSAMPLE_W=32 -GNOISE_FIFO=0 -CFLAGS -DPU=8 -CFLAGS -DHASH=2 -CFLAGS -DRK=16 -CFLAGS -DSAMPLE_W=32
#include "Vsr_project.h"
#include "tb.h"

static const uint64_t kMask = SAMPLE_W == 64 ? ~0ull : (1ull << (SAMPLE_W % 64)) - 1;
static const unsigned kCnt = 14;

struct Bench {
    Vsr_project top;
    tb::Random random;
    tb::WordPort port;
    explicit Bench(uint64_t seed) : random(seed) {}

    uint64_t job(unsigned words, unsigned steps, unsigned rank, unsigned pairs, bool bell, unsigned per_mille, unsigned stall, unsigned delay) {
        unsigned stride = words + random.below(3), x_base = random.below(50), layer = random.below(4), first = random.below(9000);
        unsigned blocks = (pairs + PU - 1) / PU, quotient = (rank + RK - 1) / RK, depth = blocks * quotient * steps;
        uint64_t key = random.word();
        port.stall = stall;
        port.delay_max = delay;
        port.memory.assign(x_base + stride * steps, 0);
        for (uint64_t &w : port.memory)
            for (unsigned b = 0; b < SAMPLE_W; b++) w |= (uint64_t)(random.below(1000) < per_mille) << b;
        std::vector<uint16_t> counts((size_t)RK * depth * PU);
        for (uint16_t &c : counts) c = (uint16_t)(random.word() & ((1u << kCnt) - 1));

        top.key_i = key, top.bell_i = bell, top.layer_i = layer, top.rank_i = rank, top.pair_first_i = first, top.pairs_i = pairs;
        top.steps_i = steps, top.x_base_i = x_base, top.x_stride_i = stride, top.x_words_i = words;
        uint64_t cycles = 0;
        int64_t read = -1;
        for (top.start_i = 1;; top.start_i = 0) {
            uint64_t data;
            port.drive(random, top.x_gnt_i, top.x_valid_i, data);
            top.x_data_i = data & kMask;
            for (unsigned u = 0; u < PU; u++)
                tb::set(top.c_rdata_i, kCnt * u, kCnt, read < 0 ? random.word() & ((1u << kCnt) - 1) : counts[read * PU + u]);
            top.clk_i = 0;
            top.eval();
            if (cycles && !top.busy_o) break;
            read = -1;
            if (top.c_re_o) {
                if (top.c_raddr_o >= depth || top.c_rbank_o >= RK) tb::fail("read address");
                if (top.c_we_o && top.c_waddr_o == top.c_raddr_o && top.c_wbank_o == top.c_rbank_o) tb::fail("reads where it writes");
                read = (int64_t)top.c_rbank_o * depth + top.c_raddr_o;
            }
            /* the word read is what was there before this cycle's write: other address, so the order does not matter */
            if (top.c_we_o) {
                if (top.c_waddr_o >= depth || top.c_wbank_o >= RK) tb::fail("write address");
                for (unsigned u = 0; u < PU; u++)
                    counts[((size_t)top.c_wbank_o * depth + top.c_waddr_o) * PU + u] = (uint16_t)tb::get(top.c_wdata_o, kCnt * u, kCnt);
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
                std::vector<int> entry(words * SAMPLE_W);
                for (unsigned j = 0; j < entry.size(); j++)
                    entry[j] = sr_noise_entry(sr_permute(sr_counter(SR_KIND_ROW, layer, 0, first + p, k, j / 64) ^ key), dist, j);
                for (unsigned t = 0; t < steps; t++) {
                    int sum = 0;
                    for (unsigned j = 0; j < entry.size(); j++)
                        if (port.memory[x_base + t * stride + j / SAMPLE_W] >> (j % SAMPLE_W) & 1) sum += entry[j];
                    size_t word = (size_t)(k % RK) * depth + (p / PU * quotient + k / RK) * steps + t;
                    if (tb::sign_extend(counts[word * PU + p % PU], kCnt) != sum) {
                        std::printf("pair %u k %u t %u: %d, want %d\n", p, k, t, (int)tb::sign_extend(counts[word * PU + p % PU], kCnt), sum);
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
        bench.job(r.range(1, r.chance(20) ? 640 / SAMPLE_W : 128 / SAMPLE_W + 1), r.range(1, r.chance(50) ? 4 : 14), r.chance(10) ? 32 : r.range(1, 6),
                  r.range(1, 2 * PU + 1), r.chance(50), dense[r.below(4)], r.chance(50) ? 0 : r.below(80), r.chance(50) ? 1 : r.range(1, 9));
    }
    unsigned words = (578 + SAMPLE_W - 1) / SAMPLE_W;
    for (unsigned rank = 1; rank <= 4; rank += 3)
        for (int bell = 0; bell < 2; bell++) {
            uint64_t cycles = bench.job(words, 10, rank, 64, bell, 146, 0, 1), ideal = (64 + PU - 1) / PU * rank * words * 10;
            std::printf("project PU %d HASH %d RK %d, %d bits: 578 inputs, T 10, 64 pairs, rank %u, %s: %llu cycles, %llu words\n", PU, HASH, RK,
                        SAMPLE_W, rank, bell ? "bell" : "sign", (unsigned long long)cycles, (unsigned long long)ideal);
            if (PU == 32 && cycles > ideal * 105 / 100 + 40) tb::fail("slower than a word a cycle");
        }
    bench.top.final();
    return 0;
}
