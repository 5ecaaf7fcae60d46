/* SPDX-License-Identifier: Apache-2.0
 * What the block tests share: random numbers, clock, ports of any width by bit range, a word port with random stalls. */
#ifndef TB_H
#define TB_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <type_traits>
#include <vector>

#include "verilated.h"

#include "device/noise.h"

/* Verilated programs want it. */
inline double sc_time_stamp() { return 0; }

namespace tb {

struct Random {
    uint64_t state;
    explicit Random(uint64_t seed) : state(sr_permute(seed ^ 0x74657374)) {}
    uint64_t word() { return sr_permute(++state); }
    uint32_t below(uint32_t n) { return (uint32_t)(word() % n); }
    uint32_t range(uint32_t lo, uint32_t hi) { return lo + below(hi - lo + 1); }
    bool chance(uint32_t percent) { return below(100) < percent; }
};

template <class T>
typename std::enable_if<std::is_integral<T>::value, uint64_t>::type get(const T &port, unsigned lsb, unsigned width) {
    uint64_t v = (uint64_t)port >> lsb;
    return width >= 64 ? v : v & ((1ull << width) - 1);
}
template <class T>
typename std::enable_if<!std::is_integral<T>::value, uint64_t>::type get(const T &port, unsigned lsb, unsigned width) {
    uint64_t v = 0;
    for (unsigned done = 0; done < width;) {
        unsigned bit = lsb + done, take = 32 - bit % 32;
        if (take > width - done) take = width - done;
        uint64_t part = (uint64_t)port[bit / 32] >> (bit % 32) & ((1ull << take) - 1);
        v |= part << done;
        done += take;
    }
    return v;
}
template <class T>
typename std::enable_if<std::is_integral<T>::value>::type set(T &port, unsigned lsb, unsigned width, uint64_t v) {
    uint64_t mask = (width >= 64 ? ~0ull : (1ull << width) - 1) << lsb;
    port = (T)(((uint64_t)port & ~mask) | (v << lsb & mask));
}
template <class T>
typename std::enable_if<!std::is_integral<T>::value>::type set(T &port, unsigned lsb, unsigned width, uint64_t v) {
    for (unsigned done = 0; done < width;) {
        unsigned bit = lsb + done, take = 32 - bit % 32;
        if (take > width - done) take = width - done;
        uint32_t mask = (uint32_t)((1ull << take) - 1) << (bit % 32);
        port[bit / 32] = (port[bit / 32] & ~mask) | ((uint32_t)(v >> done) << (bit % 32) & mask);
        done += take;
    }
}

/* Every bit of a port of `bits` bits at random. */
template <class T>
void draw(Random &random, T &port, unsigned bits) {
    for (unsigned at = 0; at < bits; at += 64) set(port, at, bits - at < 64 ? bits - at : 64, random.word());
}

/* Clamped to `width` bits, symmetrically (docs/numerics.md). */
inline int64_t sat(int64_t x, unsigned width) {
    const int64_t most = ((int64_t)1 << (width - 1)) - 1;
    return x > most ? most : x < -most ? -most : x;
}

inline int64_t sign_extend(uint64_t v, unsigned width) { return (int64_t)(v << (64 - width)) >> (64 - width); }

/* Words on request, in order, after a random number of cycles: req/addr/gnt and valid/data. Call before() with the clock low
 * and the requests settled, after() past the rising edge. */
struct WordPort {
    std::vector<uint64_t> memory;
    unsigned stall = 0, delay_max = 1; /* percent of cycles without grant; cycles from grant to data, 1..delay_max */
    struct Flight {
        uint64_t due, addr;
    };
    std::deque<Flight> flights;
    uint64_t now = 0, grants = 0;
    bool granted = false;

    template <class Gnt, class Valid>
    void drive(Random &random, Gnt &gnt, Valid &valid, uint64_t &data) {
        gnt = !random.chance(stall);
        valid = !flights.empty() && flights.front().due <= now;
        data = random.word();
        if (valid) {
            data = memory.at(flights.front().addr);
            flights.pop_front();
        }
    }
    void edge(Random &random, bool req, bool gnt, uint64_t addr) {
        if (req && gnt) {
            uint64_t due = now + 1 + (delay_max > 1 ? random.below(delay_max) : 0);
            flights.push_back({due, addr});
            grants++;
        }
        now++;
    }
};

[[noreturn]] inline void fail(const char *what) {
    std::printf("FAIL %s\n", what);
    std::exit(1);
}

inline uint64_t seed_from(int argc, char **argv) { return argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 1; }

/* Which `// params:` line this program was built from, by the number at the end of its name: 0, 1, ... */
inline unsigned variant(char **argv) {
    const char *dash = std::strrchr(argv[0], '-');
    unsigned number = dash ? (unsigned)std::strtoul(dash + 1, nullptr, 10) : 0;
    if (!number) fail("no number of a params line in the program's name");
    return number - 1;
}

/* Inputs settle with the clock low; then its edge. */
template <class Top>
void settle(Top &top) {
    top.clk_i = 0;
    top.eval();
}
template <class Top>
void edge(Top &top) {
    top.clk_i = 1;
    top.eval();
}

} // namespace tb
#endif
