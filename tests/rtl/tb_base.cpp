/* SPDX-License-Identifier: Apache-2.0
 * sr_base against the sum of docs/numerics.md, section 4: random shapes, densities and stalls, saturation included; weights
 * are shown for one cycle only. Also its rate on the N-MNIST shape. */
// params: -GCOL_LANES=4 -GSAMPLE_W=16 -GFRAC_W=4
// params: -GCOL_LANES=8 -GSAMPLE_W=8
// params: -GCOL_LANES=128 -GSAMPLE_W=64
#include "tb.h"
#include "Vsr_base.h"

static const unsigned kSampleW = 8 * sizeof(Vsr_base::x_data_i);
static const unsigned kLanes = sizeof(Vsr_base::w_data_i);
static const uint64_t kMask = kSampleW == 64 ? ~0ull : (1ull << (kSampleW % 64)) - 1;

struct Bench {
    Vsr_base top;
    tb::Random random;
    tb::WordPort port;
    uint64_t pulses = 0;
    explicit Bench(uint64_t seed) : random(seed) {}

    uint64_t job(unsigned words, unsigned steps, unsigned blocks, unsigned per_mille, int extreme, unsigned stall,
                 unsigned delay, uint64_t &events) {
        unsigned stride = words + random.below(3), x_base = random.below(50), w_base = random.below(70),
                 rows = words * kSampleW;
        port.stall = stall;
        port.delay_max = delay;
        port.memory.assign(x_base + stride * steps, 0);
        for (uint64_t &w : port.memory)
            for (unsigned b = 0; b < kSampleW; b++) w |= (uint64_t)(random.below(1000) < per_mille) << b;
        std::vector<int8_t> weights((w_base + rows * blocks) * (size_t)kLanes);
        for (int8_t &w : weights)
            w = extreme ? (int8_t)(random.chance(90) ? (extreme > 0 ? 127 : -128) : 0) : (int8_t)random.word();
        std::vector<int16_t> got(steps * blocks * (size_t)kLanes);
        std::vector<bool> written(steps * blocks, false);

        top.x_base_i = x_base, top.x_stride_i = stride, top.x_words_i = words, top.steps_i = steps;
        top.blocks_i = blocks, top.w_base_i = w_base;
        uint64_t cycles = 0, counted = 0, reads = 0;
        int64_t read = -1;
        for (top.start_i = 1;; top.start_i = 0) {
            uint64_t data;
            port.drive(random, top.x_gnt_i, top.x_valid_i, data);
            top.x_data_i = data & kMask;
            for (unsigned n = 0; n < kLanes; n++)
                tb::set(top.w_data_i, 8 * n, 8, read < 0 ? random.word() : (uint64_t)(uint8_t)weights.at(read * kLanes + n));
            top.clk_i = 0;
            top.eval();
            if (top.b_we_o) {
                if (top.b_addr_o >= steps * blocks || written[top.b_addr_o]) tb::fail("write address");
                written[top.b_addr_o] = true;
                for (unsigned n = 0; n < kLanes; n++)
                    got[top.b_addr_o * (size_t)kLanes + n] = (int16_t)tb::get(top.b_data_o, 16 * n, 16);
            }
            counted += top.ev_count_o;
            if (cycles && !top.busy_o) break;
            reads += top.w_re_o;
            read = top.w_re_o ? (int64_t)top.w_addr_o : -1;
            port.edge(random, top.x_req_o, top.x_gnt_i, top.x_addr_o);
            top.clk_i = 1;
            top.eval();
            if (++cycles > 10000000) tb::fail("hangs");
        }
        events = 0;
        for (unsigned cb = 0; cb < blocks; cb++)
            for (unsigned t = 0; t < steps; t++) {
                if (!written[cb * steps + t]) tb::fail("word not written");
                std::vector<int> sum(kLanes, 0);
                for (unsigned row = 0; row < rows; row++)
                    if (port.memory[x_base + t * stride + row / kSampleW] >> (row % kSampleW) & 1) {
                        events++;
                        for (unsigned n = 0; n < kLanes; n++)
                            sum[n] += weights[(w_base + row * blocks + cb) * (size_t)kLanes + n];
                    }
                for (unsigned n = 0; n < kLanes; n++) {
                    int want = sum[n] > 32767 ? 32767 : sum[n] < -32767 ? -32767 : sum[n];
                    if (got[(cb * steps + t) * (size_t)kLanes + n] != want) tb::fail("sum");
                }
            }
        if (counted != events) tb::fail("ev_count_o");
        if (reads != events) tb::fail("weights read without an event");
        return cycles;
    }
};

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv));
    bench.top.rst_i = 1;
    for (int i = 0; i < 6; i++) bench.top.clk_i = i & 1, bench.top.eval();
    bench.top.rst_i = 0;
    tb::Random &r = bench.random;
    uint64_t events, total = 0;
    for (int job = 0; job < 150; job++) {
        static const unsigned dense[] = {0, 2, 20, 300, 1000};
        int extreme = (int)r.below(4) - 1;
        if (extreme == 2) extreme = 0;
        bench.job(r.range(1, r.chance(30) ? 8 * 64 / kSampleW : 4), r.range(1, 6), r.chance(50) ? 1 : r.range(2, 5),
                  dense[r.below(5)], extreme, r.chance(50) ? 0 : r.below(80), r.chance(50) ? 1 : r.range(1, 7), events);
        total += events;
    }
    uint64_t cycles = bench.job((578 + kSampleW - 1) / kSampleW, 10, 1, 146, 0, 0, 1, events);
    std::printf("base %u lanes, %u bits: %llu events in random jobs; N-MNIST shape %llu cycles for %llu events\n", kLanes,
                kSampleW, (unsigned long long)total, (unsigned long long)cycles, (unsigned long long)events);
    if (cycles > events * (kSampleW == 8 ? 130 : 107) / 100 + 30) tb::fail("slower than an event a cycle");
    bench.top.final();
    return 0;
}
