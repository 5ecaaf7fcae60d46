// SPDX-License-Identifier: Apache-2.0
// extern "C" shim around a Verilated board, by its pins alone: clk_i, uart_rx_i, uart_tx_o at the true bit timing. To sim_engine.c
// it is a core like those of shim.cpp. SR_MODEL, SR_BUILD as there; CLOCK_HZ, BAUD of the board.
#include <memory>
#include <new>
#include <vector>

#include "sim_model.h"
#include "verilated.h"

#define SR_STRING2(x) #x
#define SR_STRING(x) SR_STRING2(x)
#define SR_JOIN2(a, b) a##b
#define SR_JOIN(a, b) SR_JOIN2(a, b)
#include SR_STRING(SR_MODEL.h)

namespace {

constexpr double period = static_cast<double>(CLOCK_HZ) / BAUD; // clocks a bit

struct Board {
    VerilatedContext context;
    std::unique_ptr<SR_MODEL> top;
    std::vector<uint8_t> sent; // by the board, not yet read
    size_t taken = 0;          // of `sent`, by read()
    uint64_t now = 0;
    int bit = -1; // of the byte that the board sends
    double next = 0;
    unsigned value = 0;

    explicit Board(uint32_t seed) {
        context.threads(1);
        context.randReset(2);
        context.randSeed(static_cast<int>(seed % 0x7fffffffu) + 1);
        top = std::make_unique<SR_MODEL>(&context);
        top->clk_i = 0;
        top->uart_rx_i = 1;
        for (int i = 0; i < 5000; i++) clock(); // its own reset takes 4,096
        sent.clear();
    }
    ~Board() { top->final(); }

    void clock() {
        top->clk_i = 0;
        top->eval();
        top->clk_i = 1;
        top->eval();
        now++;
        double at = static_cast<double>(now);
        if (bit < 0) {
            if (top->uart_tx_o) return;
            bit = 0;
            next = at + period / 2;
            value = 0;
        }
        if (at < next) return;
        next += period;
        if (bit >= 1 && bit <= 8) value |= static_cast<unsigned>(top->uart_tx_o) << (bit - 1);
        if (bit == 9) {
            if (top->uart_tx_o) sent.push_back(static_cast<uint8_t>(value));
            bit = -1;
        } else {
            bit++;
        }
    }

    size_t write(const uint8_t *bytes, size_t count, uint64_t cycles) {
        size_t done = 0;
        uint64_t first = now;
        double end = static_cast<double>(now);
        for (; done < count && now - first < cycles; done++) {
            unsigned frame = 0x200u | static_cast<unsigned>(bytes[done]) << 1; // start bit, data, stop bit
            for (unsigned n = 0; n < 10; n++) {
                end += period;
                top->uart_rx_i = frame >> n & 1;
                while (static_cast<double>(now) < end) clock();
            }
        }
        return done;
    }

    size_t read(uint8_t *bytes, size_t size, uint64_t cycles) {
        double quiet = 0; // a packet comes in one go: wait for its next byte only as long as the sender needs
        for (; cycles && sent.size() - taken < size && quiet < 40 * period; cycles--) {
            size_t before = sent.size();
            clock();
            if (sent.size() > taken) quiet = sent.size() > before ? 0 : quiet + 1;
        }
        size_t count = sent.size() - taken < size ? sent.size() - taken : size;
        for (size_t i = 0; i < count; i++) bytes[i] = sent[taken + i];
        taken += count;
        if (taken == sent.size()) {
            sent.clear();
            taken = 0;
        }
        return count;
    }
};

void *create(uint32_t seed, const char *) {
    try {
        return new Board(seed);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}
void destroy(void *board) { delete static_cast<Board *>(board); }
size_t write(void *board, const uint8_t *bytes, size_t count, uint64_t cycles) {
    return static_cast<Board *>(board)->write(bytes, count, cycles);
}
size_t read(void *board, uint8_t *bytes, size_t size, uint64_t cycles) {
    return static_cast<Board *>(board)->read(bytes, size, cycles);
}

} // namespace

extern "C" const struct sr_sim_model SR_JOIN(sr_sim_model_, SR_BUILD);
const struct sr_sim_model SR_JOIN(sr_sim_model_, SR_BUILD) = {SR_STRING(SR_BUILD), create, destroy, write, read};
