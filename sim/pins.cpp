// SPDX-License-Identifier: Apache-2.0
// A simulation build around a Verilated board, by its pins alone: clk_i, uart_rx_i, uart_tx_o at the true bit timing. To the host
// it is a core like those of shim.cpp. SR_MODEL, SR_NAME as there; CLOCK_HZ, BAUD of the board.
#include "shim.h"

namespace {

constexpr double period = static_cast<double>(CLOCK_HZ) / BAUD; // clocks a bit

struct Board : Model {
    static constexpr uint64_t PATIENCE = static_cast<uint64_t>(40 * period); // four bytes
    uint64_t now = 0;
    int bit = -1; // of the byte that the board sends
    double next = 0;
    unsigned value = 0;

    Board(uint32_t seed, const char *) : Model(seed, false) {
        top->clk_i = 0;
        top->uart_rx_i = 1;
        for (int i = 0; i < 5000; i++) clock(); // its own reset takes 4,096
        sent.clear();
    }

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
};

} // namespace

SR_SIM_MODULE(Board);
