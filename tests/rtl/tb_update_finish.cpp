/* SPDX-License-Identifier: Apache-2.0
 * sr_update_finish between a noise unit and a sum unit in C: layers of random rows and columns, words handed over as soon as they
 * may be and much later, resets in the midst. What it does is written down cycle by cycle and compared afterwards with the table
 * of its header: dither of each quad's lane (docs/numerics.md), K's bytes ahead of their passes, addresses of reads and writes. */
// params: -GLANES=4
// params: -GLANES=2
// params: -GLANES=16
// params: -GLANES=32
// params: -GLANES=64
// params: -GLANES=16 -GQUAD=2
#include "tb.h"
#include "Vsr_update_finish.h"

namespace {

const unsigned kReadout = 16128, kLanes[] = {4, 2, 16, 32, 64, 16}, kQuad[] = {4, 2, 4, 4, 4, 2};

struct Cycle {
    bool put, load, product, low, weigh, turn, write, hand;
    unsigned at, k, addr;
    std::vector<uint32_t> rho; /* of each quad, as the window has it */
};

struct Bench {
    Vsr_update_finish top;
    tb::Random random;
    unsigned lanes, quad, cut;
    uint64_t words = 0, resets = 0, fewest = ~0ull;
    Bench(uint64_t seed, unsigned n, unsigned q) : random(seed), lanes(n), quad(q), cut(n < 16 ? n : 16) {}

    static uint64_t noise(uint64_t key, bool readout, unsigned row, unsigned block) {
        return sr_permute(sr_counter(SR_KIND_ROUND, readout ? 3 : 0, row, 0, 0, block) ^ key);
    }
    void reset() {
        top.rst_i = 1, top.start_i = top.claim_i = top.hand_i = 0;
        tb::settle(top), tb::edge(top), tb::settle(top);
        top.rst_i = 0;
        if (top.busy_o || top.write_o || top.put_o || top.noise_o) tb::fail("busy after a reset");
    }

    void job(unsigned rows, unsigned blocks, unsigned eager, unsigned reset_at) {
        bool readout = random.chance(50);
        uint64_t key = random.word(), drawn = 0;
        unsigned step = random.below(65536), total = rows * blocks, claimed = 0, noise_left = 0, hand_in = 0;
        std::vector<Cycle> log;
        top.readout_i = readout, top.rows_i = (SData)rows, top.blocks_i = (CData)blocks, top.step_i = (SData)step;
        for (unsigned n = 0;; n++) {
            top.start_i = n == 0, top.claim_i = 0, top.hand_i = hand_in == 1, top.noise_ready_i = noise_left == 0;
            tb::settle(top);
            if (n && !top.busy_o) break;
            if (n > 300000) tb::fail("hangs");
            top.cut_i = (SData)((noise_left ? random.word() : drawn >> top.cut_at_o * cut % 64) & ((1u << cut) - 1));
            top.claim_i = n && top.free_o && claimed < total && !hand_in && random.chance(eager);
            tb::settle(top);
            Cycle c = {(bool)top.put_o,   (bool)top.load_o, (bool)top.product_o, (bool)top.low_rho_o,
                       (bool)top.weigh_o, (bool)top.turn_o, (bool)top.write_o,   (bool)top.hand_i,
                       top.at_o,          top.k_o,          top.w_addr_o,        {}};
            for (unsigned q = 0; q < lanes; q += quad)
                c.rho.push_back((uint32_t)tb::get(top.window_o, q + 1, 16) ^ (tb::get(top.window_o, q, 1) ? 65535u : 0u));
            log.push_back(c);
            hand_in -= hand_in != 0;
            noise_left -= noise_left != 0;
            if (top.claim_i) claimed++, hand_in = random.chance(80) ? 4 : random.range(4, 30);
            if (top.noise_o) {
                if (noise_left) tb::fail("a draw during a draw");
                drawn = noise(key, readout, top.noise_row_o, top.noise_block_o), noise_left = 17;
            }
            tb::edge(top);
            if (reset_at && n == reset_at) return reset(), void(resets++);
        }
        check(log, rows, blocks, step, key, readout);
    }

    void check(const std::vector<Cycle> &log, unsigned rows, unsigned blocks, unsigned step, uint64_t key, bool readout) {
        unsigned puts = 0, handed = 0, written = 0;
        std::vector<unsigned> product(log.size() + 5), load(product), low(product), weigh(product), turn(product),
            write(product);
        for (unsigned n = 0; n < log.size(); n++) {
            if (log[n].hand && puts + log[n].put < quad * handed++) tb::fail("a word comes before the one before it is out");
            if (!log[n].put) continue;
            unsigned word = puts / quad, at = puts % quad, row = word / blocks, block = word % blocks;
            unsigned addr = row * 16 + block + (readout ? kReadout : 0);
            puts++;
            if (word >= rows * blocks || word >= handed) tb::fail("a put before its word");
            if (n + 4 >= log.size() || n < 2) tb::fail("busy_o");
            load[n] = low[n + 1] = product[n + 1] = load[n + 2] = weigh[n + 2] = product[n + 3] = turn[n + 4] = 1;
            write[n + 4] = at == quad - 1;
            if (log[n].at != at || log[n + 2].at != at) tb::fail("at_o");
            if (log[n].k != (step & 255) || log[n + 2].k != step >> 8) tb::fail("k_o");
            for (unsigned q = 0; q < log[n].rho.size(); q++) {
                unsigned col = block * lanes + q * quad + at;
                uint32_t rho = sr_noise_dither(noise(key, readout, row, col / 64), col % 64);
                if (log[n].rho[q] != rho || log[n + 1].rho[q] != rho) tb::fail("dither");
            }
            /* A read of the memory: the address goes out, is held, and the word is held: there with weigh_o. */
            if (log[n - 1].addr != addr || log[n + 2].addr != addr) tb::fail("the address of a read");
            if (write[n + 4] && log[n + 4].addr != addr) tb::fail("the address of a write");
            written += write[n + 4];
        }
        for (unsigned n = 0; n < log.size(); n++)
            if (log[n].load != load[n] || log[n].low != low[n] || log[n].weigh != weigh[n] || log[n].product != product[n] ||
                log[n].turn != turn[n] || log[n].write != write[n])
                tb::fail("the table of the header");
        if (written != rows * blocks || handed != written) tb::fail("words are missing");
        words += written;
        if (written >= 40 && log.size() / written < fewest) fewest = log.size() / written;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv), kLanes[tb::variant(argv)], kQuad[tb::variant(argv)]);
    tb::Random &random = bench.random;
    bench.reset();
    for (unsigned n = 0; n < 150; n++) {
        unsigned rows = random.range(1, 12), blocks = random.range(1, 256 / bench.lanes < 16 ? 256 / bench.lanes : 16);
        bench.job(rows, blocks, random.chance(50) ? 100 : random.range(5, 60), random.chance(20) ? random.range(1, 300) : 0);
    }
    std::printf("update_finish: %u lanes, %llu words, %llu cycles a word at best, %llu resets\n", bench.lanes,
                (unsigned long long)bench.words, (unsigned long long)bench.fewest, (unsigned long long)bench.resets);
    if (bench.words < 1000 || !bench.resets) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
