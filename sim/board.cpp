// SPDX-License-Identifier: Apache-2.0
// A simulated board: the Verilated board top, its UART pins wired to a pseudo-terminal at the true bit timing.
// Compiled once a board with BOARD_NAME, CLOCK_HZ and BAUD. See `spikeroll-board --help`.
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <random>

#include "verilated.h"
#include "verilated_fst_c.h"
#include "Vsr_board.h"

namespace {

volatile std::sig_atomic_t stopped = 0;
void stop(int) { stopped = 1; }

struct Faults {
    double drop = 0, flip = 0, delay = 0;
    std::mt19937_64 random;
    uint64_t dropped = 0, flipped = 0;
    double unit() { return static_cast<double>(random() >> 11) * 0x1p-53; }
    // A byte on its way: true if it arrives, perhaps damaged.
    bool pass(uint8_t &byte) {
        if (drop > 0 && unit() < drop) {
            dropped++;
            return false;
        }
        if (flip > 0 && unit() < flip) {
            flipped++;
            byte = static_cast<uint8_t>(byte ^ 1u << (random() % 8));
        }
        return true;
    }
    double pause() { return delay > 0 && unit() < delay ? unit() * 2000 : 0; } // bits
};

// Host to board: a level on the pin as a function of time in clocks, a bit being `period` of them, a real number.
struct Driver {
    double period, start = 0;
    unsigned frame = 0; // start bit, data, stop bit; 0 when idle
    explicit Driver(double p) : period(p) {}
    bool idle(double now) const { return !frame || now >= start + 10 * period; }
    void send(uint8_t byte, double now) {
        start = (frame && now - (start + 10 * period) < 1) ? start + 10 * period : now;
        frame = 0x200u | static_cast<unsigned>(byte) << 1;
    }
    bool level(double now) const {
        if (!frame) return true;
        int bit = static_cast<int>((now - start) / period);
        return bit > 9 || bit < 0 || (frame >> bit & 1) != 0;
    }
};

// Board to host: samples the pin in the middle of each bit.
struct Sampler {
    double period, next = 0;
    int bit = -1;
    unsigned value = 0;
    uint64_t bad = 0;
    explicit Sampler(double p) : period(p) {}
    bool sample(bool pin, double now, uint8_t &byte) {
        if (bit < 0) {
            if (!pin) {
                bit = 0;
                next = now + period / 2;
                value = 0;
            }
            return false;
        }
        if (now < next) return false;
        next += period;
        if (bit == 9) {
            bit = -1;
            bad += !pin;
            byte = static_cast<uint8_t>(value);
            return pin;
        }
        if (bit > 0) value |= static_cast<unsigned>(pin) << (bit - 1);
        bit++;
        return false;
    }
};

const char usage[] =
    "usage: spikeroll-board BOARD [options]\n"
    "Runs the board's top in cycle-accurate simulation and prints the name of the pseudo-terminal its UART is wired to.\n"
    "  --drop-rate P    each byte is lost with probability P, in both directions\n"
    "  --flip-rate P    each byte has one bit flipped with probability P, in both directions\n"
    "  --delay-rate P   before a byte to the board, a pause of up to 2,000 bits with probability P\n"
    "  --mismatch F     the host's bit is longer than the board's by F, say 0.01 (default 0)\n"
    "  --seed N         of the faults and of the values before reset (default 1)\n"
    "  --trace FILE     waveforms, FST\n"
    "  --fast           the shortest bit that the UART takes, 4 clocks, in place of the board's rate\n"
    "Ends at a signal and then says how many bytes went through.\n";

void set_raw(int fd) {
    termios t{};
    if (tcgetattr(fd, &t) != 0) return;
    cfmakeraw(&t);
    tcsetattr(fd, TCSANOW, &t);
}

} // namespace

int main(int argc, char **argv) {
    Faults down, up;
    double mismatch = 0;
    uint64_t seed = 1;
    const char *trace = nullptr;
    static const option options[] = {
        {"drop-rate", 1, nullptr, 'd'}, {"flip-rate", 1, nullptr, 'f'}, {"delay-rate", 1, nullptr, 'l'},
        {"mismatch", 1, nullptr, 'm'},  {"seed", 1, nullptr, 's'},      {"trace", 1, nullptr, 't'},
        {"fast", 0, nullptr, 'F'},      {"help", 0, nullptr, 'h'},      {nullptr, 0, nullptr, 0}};
    for (int c; (c = getopt_long(argc, argv, "h", options, nullptr)) != -1;) {
        char *end = nullptr;
        double number = optarg ? std::strtod(optarg, &end) : 0;
        if (optarg && c != 't' && (*end || end == optarg)) {
            std::fprintf(stderr, "spikeroll-board: %s is no number\n", optarg);
            return 2;
        }
        switch (c) {
            case 'd':
                down.drop = up.drop = number;
                break;
            case 'f':
                down.flip = up.flip = number;
                break;
            case 'l':
                down.delay = number;
                break;
            case 'm':
                mismatch = number;
                break;
            case 's':
                seed = static_cast<uint64_t>(number);
                break;
            case 't':
                trace = optarg;
                break;
            case 'F':
                break; // chosen by the launcher: it is another build
            case 'h':
                std::fputs(usage, stdout);
                return 0;
            default:
                std::fputs(usage, stderr);
                return 2;
        }
    }
    down.random.seed(seed);
    up.random.seed(seed + 0x9e3779b9u);

    int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        std::fprintf(stderr, "spikeroll-board: no pseudo-terminal: %s\n", std::strerror(errno));
        return 1;
    }
    const char *name = ptsname(master);
    int slave = open(name, O_RDWR | O_NOCTTY); // held open, so that the terminal outlives its users
    if (slave < 0) return 1;
    set_raw(slave);
    struct sigaction action {};
    action.sa_handler = stop;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);

    VerilatedContext context;
    context.randReset(2);
    context.randSeed(static_cast<int>(seed % 0x7fffffff) + 1);
    context.traceEverOn(trace != nullptr);
    auto top = std::make_unique<Vsr_board>(&context);
    std::unique_ptr<VerilatedFstC> fst;
    if (trace) {
        fst = std::make_unique<VerilatedFstC>();
        top->trace(fst.get(), 99);
        fst->open(trace);
    }
    std::printf("%s\n", name);
    std::printf("%s: %.6g MHz, %.6g baud\n", BOARD_NAME, CLOCK_HZ / 1e6, static_cast<double>(BAUD));
    std::fflush(stdout);

    const double period = static_cast<double>(CLOCK_HZ) / BAUD * (1 + mismatch);
    Driver driver(period);
    Sampler sampler(period);
    std::deque<uint8_t> to_board, to_host;
    double hold = 0;
    uint64_t bytes_down = 0, bytes_up = 0, cycle = 0;
    top->uart_rx_i = 1;
    for (; !stopped; cycle++) {
        if (cycle % 64 == 0) {
            uint8_t buffer[512];
            ssize_t got = to_board.size() < 4096 ? read(master, buffer, sizeof buffer) : -1;
            if (got > 0) {
                to_board.insert(to_board.end(), buffer, buffer + got);
            }
            if (!to_host.empty()) {
                size_t count = 0;
                for (; count < sizeof buffer && count < to_host.size(); count++) buffer[count] = to_host[count];
                ssize_t put = write(master, buffer, count);
                if (put > 0) to_host.erase(to_host.begin(), to_host.begin() + put);
            }
        }
        double now = static_cast<double>(cycle);
        if (!to_board.empty() && driver.idle(now) && now >= hold) {
            uint8_t byte = to_board.front();
            double pause = down.pause();
            if (pause > 0) {
                hold = now + pause * period;
            } else {
                to_board.pop_front();
                bytes_down++;
                if (down.pass(byte)) driver.send(byte, now);
            }
        }
        top->uart_rx_i = driver.level(now);
        top->clk_i = 0;
        top->eval();
        if (fst) fst->dump(context.time());
        context.timeInc(1);
        top->clk_i = 1;
        top->eval();
        if (fst) fst->dump(context.time());
        context.timeInc(1);
        uint8_t byte = 0;
        if (sampler.sample(top->uart_tx_o, now, byte)) {
            bytes_up++;
            if (up.pass(byte)) to_host.push_back(byte);
        }
    }
    top->final();
    if (fst) fst->close();
    close(slave);
    close(master);
    std::fprintf(stderr,
                 "spikeroll-board: %" PRIu64 " cycles; %" PRIu64 " bytes in (%" PRIu64 " dropped, %" PRIu64
                 " flipped), %" PRIu64 " out (%" PRIu64 " dropped, %" PRIu64 " flipped); receive fault LED %s\n",
                 cycle, bytes_down, down.dropped, down.flipped, bytes_up, up.dropped, up.flipped,
                 (top->led_o >> 1 & 1) != LED_INVERT ? "lit" : "dark");
    return 0;
}
