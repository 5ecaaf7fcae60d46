// SPDX-License-Identifier: Apache-2.0
// sr_uart against a line that is built from real times: rates off by up to 2 % (half a per cent where a bit has fewer
// than 6 clocks), stalls on both byte streams, spikes, breaks.
// The bit time of the line is a real number of clocks, computed here from the rate; nothing of the RTL's divider is used.
// params: -GCLOCK_HZ=24000000 -GBAUD=3000000
// params: -GCLOCK_HZ=21000000 -GBAUD=4000000
// params: -GCLOCK_HZ=50000000 -GBAUD=3000000
// params: -GCLOCK_HZ=25000000 -GBAUD=115200
// params: -GCLOCK_HZ=70000000 -GBAUD=2000000
// params: -GCLOCK_HZ=50250000 -GBAUD=12000000
// params: -GCLOCK_HZ=21000000 -GBAUD=5052632
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "verilated.h"
#include "Vsr_uart.h"

namespace {

int checks = 0, failures = 0;
void check(bool good, const char *what) {
    checks++;
    if (!good) failures++;
    std::printf("%s %d - %s\n", good ? "ok" : "not ok", checks, what);
}

// The clocks a bit are measured from the transmitter: ten bits of a 0x00 byte are nine low, so from fall to rise.
struct Bench {
    std::unique_ptr<Vsr_uart> top = std::make_unique<Vsr_uart>();
    std::mt19937 random{1};
    double now = 0;                            // clocks
    double bit = 0;                            // clocks a bit of the line driven here
    std::deque<std::pair<double, bool>> edges; // of rxd, to come
    double edge_end = 0;
    std::vector<uint8_t> received; // by the device
    int frames = 0, overruns = 0;
    int ready_percent = 100;
    std::deque<uint8_t> to_send; // through the device's transmitter
    int valid_percent = 100;
    std::vector<bool> txd; // samples, one a clock

    Bench() {
        top->rxd_i = 1;
        top->rst_i = 1;
        top->m_ready_i = 0;
        top->s_valid_i = 0;
        for (int i = 0; i < 5; i++) clock();
        top->rst_i = 0;
        for (int i = 0; i < 5; i++) clock();
    }
    bool chance(int percent) { return static_cast<int>(random() % 100) < percent; }
    void level(double length, bool value) {
        if (edge_end < now) edge_end = now;
        edges.emplace_back(edge_end, value);
        edge_end += length;
    }
    void byte(uint8_t value) {
        level(bit, false);
        for (int i = 0; i < 8; i++) level(bit, (value >> i & 1) != 0);
        level(bit, true);
    }
    void clock() {
        while (!edges.empty() && edges.front().first <= now) {
            top->rxd_i = edges.front().second;
            edges.pop_front();
        }
        top->clk_i = 0;
        top->m_ready_i = chance(ready_percent);
        if (!top->s_valid_i && !to_send.empty() && chance(valid_percent)) {
            top->s_valid_i = 1;
            top->s_data_i = to_send.front();
        }
        top->eval();
        bool take = top->m_valid_o && top->m_ready_i, give = top->s_valid_i && top->s_ready_o;
        uint8_t data = top->m_data_o;
        frames += top->frame_o;
        overruns += top->overrun_o;
        top->clk_i = 1;
        top->eval();
        if (take) received.push_back(data);
        if (give) {
            to_send.pop_front();
            top->s_valid_i = 0;
        }
        txd.push_back(top->txd_o);
        now += 1;
    }
    void run(double clocks) {
        for (double end = now + clocks; now < end;) clock();
    }
    void drain() {
        while (!edges.empty() || now < edge_end) clock();
        run(3 * bit + 10);
    }
    double measure() {
        to_send.push_back(0);
        txd.clear();
        run(20000);
        int low = 0;
        for (bool b : txd) low += !b;
        txd.clear();
        return low / 9.0;
    }
    // What a receiver elsewhere makes of txd, sampling in the middle of bits of `period` clocks.
    std::vector<uint8_t> decode(double period) const {
        std::vector<uint8_t> bytes;
        for (size_t i = 1; i < txd.size(); i++) {
            if (txd[i] || !txd[i - 1]) continue;
            double start = static_cast<double>(i);
            unsigned value = 0;
            bool whole = true;
            for (int k = 0; k < 10; k++) {
                size_t at = static_cast<size_t>(start + (k + 0.5) * period);
                if (at >= txd.size()) return bytes;
                if (k == 0) whole = !txd[at];
                if (k >= 1 && k <= 8) value |= static_cast<unsigned>(txd[at]) << (k - 1);
                if (k == 9) whole = whole && txd[at];
            }
            if (!whole) return bytes;
            bytes.push_back(static_cast<uint8_t>(value));
            i = static_cast<size_t>(start + 9.4 * period);
        }
        return bytes;
    }
};

std::vector<uint8_t> noise(Bench &b, size_t count) {
    std::vector<uint8_t> bytes(count);
    for (auto &v : bytes) v = static_cast<uint8_t>(b.random());
    bytes[0] = 0x00;
    bytes[1] = 0xff;
    bytes[2] = 0x55;
    return bytes;
}

} // namespace

int main() {
    const int count = 400;
    double period;
    {
        Bench b;
        period = b.measure();
        std::printf("# %.3f clocks a bit\n", period);
    }
    const double most = period < 6 ? 0.005 : 0.02;
    for (double mismatch : {-most, -most / 2, 0.0, most / 2, most}) {
        Bench b;
        b.bit = period * (1 + mismatch);
        b.ready_percent = 60;
        auto bytes = noise(b, count);
        for (size_t i = 0; i < bytes.size(); i++) {
            b.byte(bytes[i]);
            if (b.chance(20)) b.level((b.random() % 300) / 100.0 * b.bit, true);
        }
        b.drain();
        char name[80];
        std::snprintf(name, sizeof name, "%d bytes received, line off by %+.2f %%", count, mismatch * 100);
        check(b.received == bytes && b.frames == 0 && b.overruns == 0, name);
    }
    for (double mismatch : {-most, 0.0, most}) {
        Bench b;
        b.valid_percent = 30;
        auto bytes = noise(b, count);
        b.to_send.assign(bytes.begin(), bytes.end());
        b.txd.clear();
        while (!b.to_send.empty()) b.clock();
        b.run(14 * period);
        char name[80];
        std::snprintf(name, sizeof name, "%d bytes sent, read by a clock off by %+.2f %%", count, mismatch * 100);
        check(b.decode(period * (1 + mismatch)) == bytes, name);
    }
    {
        Bench b;
        b.bit = period;
        b.ready_percent = 0;
        for (uint8_t v : {1, 2, 3}) b.byte(v);
        b.drain();
        b.ready_percent = 100;
        b.run(10);
        check(b.received == std::vector<uint8_t>{1} && b.overruns == 2,
              "overrun keeps the first byte and tells of each lost one");
    }
    {
        Bench b;
        b.bit = period;
        b.byte(0x11);
        b.level(30 * period, false);
        b.level(2 * period, true);
        b.byte(0x22);
        b.drain();
        check(b.received == std::vector<uint8_t>({0x11, 0x22}) && b.frames == 1,
              "a break is one framing error, then it hears again");
    }
    {
        Bench b;
        b.bit = period;
        std::vector<uint8_t> want;
        for (int i = 0; i < 50; i++) {
            uint8_t v = static_cast<uint8_t>(b.random());
            want.push_back(v);
            b.byte(v);
            b.level(2 * period, true);
            b.level(1.0, false); // a spike of one clock on an idle line
            b.level(2 * period, true);
        }
        b.drain();
        check(b.received == want && b.frames == 0, "spikes of one clock on an idle line are ignored");
    }
    if (period >= 6) { // where a bit has fewer clocks, none of them may be lost
        Bench b;
        b.bit = period;
        std::vector<uint8_t> want;
        for (int i = 0; i < 100; i++) {
            uint8_t v = static_cast<uint8_t>(b.random());
            want.push_back(v);
            for (int k = -1; k <= 8; k++) { // each bit with a spike of one clock somewhere in it, away from the edges
                bool value = k < 0 ? false : k == 8 || (v >> k & 1) != 0;
                double at = 1.5 + (b.random() % 100) / 100.0 * (period - 4);
                b.level(at, value);
                b.level(1.0, !value);
                b.level(period - at - 1.0, value);
            }
        }
        b.drain();
        check(b.received == want, "a spike of one clock in every bit changes nothing");
    }
    {
        Bench b;
        b.bit = period;
        for (int i = 0; i < 3000; i++) b.level((b.random() % 400) / 100.0 * period, (i & 1) != 0);
        b.level(12 * period, true);
        b.drain();
        b.received.clear();
        auto bytes = noise(b, 50);
        for (uint8_t v : bytes) b.byte(v);
        b.drain();
        check(b.received == bytes, "after any garbage and a pause it hears again");
    }
    std::printf("1..%d\n", checks);
    return failures != 0;
}
