/* SPDX-License-Identifier: Apache-2.0
 * sr_scan against a loop over the bits: random shapes and densities, random grant, data and consumer stalls; payload stable
 * while stalled; and its rate with a free memory and consumer. */
// params: -GSAMPLE_W=8
// params: -GSAMPLE_W=16
// params: -GSAMPLE_W=32
// params: -GSAMPLE_W=64
#include "tb.h"
#include "Vsr_scan.h"

static const unsigned kSampleW = 8 * sizeof(Vsr_scan::data_i);
static const uint64_t kMask = kSampleW == 64 ? ~0ull : (1ull << (kSampleW % 64)) - 1;

struct Bench {
    Vsr_scan top;
    tb::Random random;
    tb::WordPort port;
    bool gnt = false;
    explicit Bench(uint64_t seed) : random(seed) {}

    void low(bool ready) {
        uint64_t data;
        port.drive(random, top.gnt_i, top.data_valid_i, data);
        top.data_i = data & kMask;
        top.ev_ready_i = ready;
        top.clk_i = 0;
        top.eval();
    }
    void high() {
        port.edge(random, top.req_o, top.gnt_i, top.addr_o);
        top.clk_i = 1;
        top.eval();
    }

    /* Runs one job; returns cycles from start to idle and counts items. */
    uint64_t job(unsigned words, unsigned steps, unsigned density, unsigned stall, unsigned delay, unsigned ready,
                 unsigned repeat, uint64_t &events) {
        unsigned stride = words + (random.chance(30) ? random.below(3) : 0), base = random.below(50);
        port.memory.assign(base + stride * steps, 0);
        port.stall = stall;
        port.delay_max = delay;
        for (uint64_t &w : port.memory) {
            w = 0;
            if (density == 100)
                w = kMask;
            else if (random.chance(80))
                for (unsigned b = 0; b < kSampleW; b++) w |= (uint64_t)random.chance(density) << b;
        }
        top.base_i = base;
        top.stride_i = stride;
        top.words_i = words;
        top.steps_i = steps;
        top.repeat_i = repeat;
        top.start_i = 1;
        low(ready);
        if (top.busy_o || top.ev_valid_o) tb::fail("busy before start");
        high();
        top.start_i = 0;
        uint64_t cycles = 1;
        bool held = false;
        uint64_t held_item = 0;
        events = 0;
        for (unsigned pass = 0; pass < steps * (repeat + 1); pass++) {
            unsigned t = pass / (repeat + 1);
            std::vector<unsigned> rows;
            for (unsigned w = 0; w < words; w++)
                for (unsigned b = 0; b < kSampleW; b++)
                    if (port.memory[base + t * stride + w] >> b & 1) rows.push_back(w * kSampleW + b);
            size_t next = 0;
            for (bool last = false; !last;) {
                low(random.chance(ready));
                if (!top.busy_o) tb::fail("idle too early");
                if (++cycles > 1000000) tb::fail("hangs");
                uint64_t item = top.ev_row_o | (uint64_t)top.ev_null_o << 32 | (uint64_t)top.ev_last_o << 33;
                if (held && (!top.ev_valid_o || item != held_item)) tb::fail("item changes while stalled");
                held = top.ev_valid_o && !top.ev_ready_i;
                held_item = item;
                if (top.ev_valid_o && top.ev_ready_i) {
                    if (top.ev_null_o) {
                        if (next != rows.size() || !top.ev_last_o) tb::fail("null item out of place");
                    } else {
                        if (next >= rows.size() || top.ev_row_o != rows[next]) tb::fail("row");
                        next++;
                        events++;
                    }
                    last = top.ev_last_o;
                    if (last && next != rows.size()) tb::fail("last too early");
                }
                high();
            }
        }
        low(true);
        if (top.busy_o || top.ev_valid_o || top.req_o) tb::fail("not idle after the last item");
        if (!port.flights.empty()) tb::fail("words left over");
        high();
        return cycles;
    }
};

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv));
    bench.top.rst_i = 1;
    bench.top.start_i = 0;
    for (int i = 0; i < 3; i++) bench.low(false), bench.high();
    bench.top.rst_i = 0;
    static const unsigned densities[] = {0, 1, 5, 30, 100};
    uint64_t events, total = 0;
    for (int job = 0; job < 600; job++) {
        tb::Random &r = bench.random;
        bench.job(r.range(1, r.chance(20) ? 40 : 6), r.range(1, 12), densities[r.below(5)], r.chance(50) ? 0 : r.below(90),
                  r.chance(50) ? 1 : r.range(1, 9), r.chance(50) ? 100 : r.range(10, 90), r.chance(60) ? 0 : r.range(1, 3),
                  events);
        total += events;
    }
    uint64_t cycles = bench.job(10 * 64 / kSampleW, 10, 15, 0, 1, 100, 0, events);
    uint64_t bound = events + 10 + 12 + (kSampleW < 32 ? events / 4 : 0);
    std::printf("scan %u: %llu events in random jobs; free running %llu cycles for %llu events, 10 steps\n", kSampleW,
                (unsigned long long)total, (unsigned long long)cycles, (unsigned long long)events);
    if (cycles > bound) tb::fail("slower than an event a cycle");
    cycles = bench.job(10, 10, 0, 0, 1, 100, 0, events);
    if (cycles > 100 + 12) tb::fail("slower than an empty word a cycle");
    bench.top.final();
    return 0;
}
