/* SPDX-License-Identifier: Apache-2.0
 * sr_weight_store against two arrays of weights: the host's reads and writes, also in a reset; walks of front, readout and credit at
 * random addresses; words that an update of pairs or mode `local` changes, in part where it takes one weight after another, and
 * beside a walk of the front where the memories are two. After each kind of work all words are compared through the host's port. What is not asked for is random. */
// params: -GLANES=4 -GFRAC_W=4 -GINPUTS_MAX=48 -GHIDDEN_MAX=16 -GRWEIGHT_WORDS=64 -GWEIGHT_HOLD=0 -GLOCAL=1 -GLOWRANK=0 -GSERIAL=1
// params: -GLANES=16 -GFRAC_W=8 -GINPUTS_MAX=48 -GHIDDEN_MAX=64 -GRWEIGHT_WORDS=64 -GLOCAL=1 -GBUFFERS=2
// params: -GLANES=16 -GFRAC_W=8 -GINPUTS_MAX=48 -GHIDDEN_MAX=64 -GRWEIGHT_WORDS=64
#include "tb.h"
#include "Vsr_weight_store.h"

namespace {

const unsigned kRows = 48, kClasses = 16, kBlocks = 4, kHidden = kRows * kBlocks, kReadout = kClasses * kBlocks;

typedef std::vector<int64_t> Word;

struct Bench {
    Vsr_weight_store top;
    tb::Random &random;
    const bool serial, apart; /* with mode `local`, and a memory for each layer */
    const unsigned lanes, master, cols;
    std::vector<Word> layers[2]; /* hidden layer, readout */
    unsigned walked = 0, changed = 0;
    bool beside = false;      /* the front walks while readout weights change */
    std::deque<int> front_at; /* its addresses of the last three cycles, -1: none */

    Bench(tb::Random &r, bool s, bool a)
        : random(r), serial(s), apart(a), lanes(s ? 4 : 16), master(s ? 12 : 16), cols(s ? 1 : lanes) {
        layers[0].assign(kHidden, Word(lanes, 0)), layers[1].assign(kReadout, Word(lanes, 0));
    }

    /* Nothing is asked for, and all addresses and words are random. */
    void idle() {
        top.host_we_i = top.front_walk_i = top.read_walk_i = top.credit_walk_i = top.update_we_i = top.turn_i = 0;
        top.learn_we_i = top.learn_take_i = top.learn_put_i = 0;
        tb::draw(random, top.front_addr_i, 8), tb::draw(random, top.read_addr_i, serial ? 8 : 6);
        tb::draw(random, top.credit_addr_i, serial ? 8 : 6);
        tb::draw(random, top.host_wdata_i, lanes * 16), tb::draw(random, top.turned_i, lanes * master);
        tb::draw(random, top.learn_wdata_i, cols * master);
    }
    void cycle() {
        if (beside) top.front_walk_i = 1, top.front_addr_i = (CData)random.below(kHidden);
        front_at.push_back(beside ? (int)top.front_addr_i : -1);
        tb::settle(top), tb::edge(top);
        idle();
        tb::settle(top);
        if (front_at.size() < 3) return;
        if (front_at[0] >= 0)
            is(top.hidden_o, layers[0][(unsigned)front_at[0]], master, "hidden_o beside an update of the readout");
        front_at.pop_front();
    }
    Word draw() {
        Word word(lanes);
        for (int64_t &w : word) w = tb::sign_extend(random.word(), master);
        return word;
    }
    template <class Port>
    void is(const Port &port, const Word &word, unsigned width, const char *what) {
        for (unsigned n = 0; n < lanes; n++)
            if (tb::sign_extend(tb::get(port, n * width, width), width) != word[n]) tb::fail(what);
    }

    void host(bool readout, unsigned at) {
        top.update_i = top.learn_i = 0;
        top.host_i = !readout, top.host_readout_i = readout, top.host_addr_i = (CData)at;
    }
    void write(bool readout, unsigned at, bool in_reset) {
        const Word word = draw();
        host(readout, at);
        top.host_we_i = 1, top.rst_i = in_reset;
        for (unsigned n = 0; n < lanes; n++) tb::set(top.host_wdata_i, n * 16, 16, (uint64_t)word[n]);
        cycle();
        top.rst_i = 0;
        if (!in_reset) layers[readout][at] = word;
        cycle();
    }
    void compare() {
        for (unsigned readout = 0; readout < 2; readout++)
            for (unsigned at = 0; at < layers[readout].size(); at++) {
                host(readout, at);
                for (unsigned i = 0; i < 3; i++) cycle();
                is(top.host_rdata_o, layers[readout][at], 16, "host_rdata_o");
            }
    }

    /* Walks: of the front, of readout or credit; with two memories both at once. */
    void walk(unsigned length) {
        const bool credit = random.chance(50), both = apart && random.chance(50), front = both || random.chance(50);
        std::deque<unsigned> hidden, read;
        host(random.chance(50), random.below(64));
        for (unsigned i = 0; i < length + 3; i++) {
            if (front) top.front_walk_i = 1, hidden.push_back(random.below(kHidden)), top.front_addr_i = (CData)hidden.back();
            if (!front || both) {
                const unsigned at = random.below(kReadout * (serial ? lanes : 1));
                read.push_back(at);
                (credit ? top.credit_walk_i : top.read_walk_i) = 1;
                (credit ? top.credit_addr_i : top.read_addr_i) = (CData)at;
            }
            cycle();
            if (i >= 2 && front) is(top.hidden_o, layers[0][hidden[i - 2]], master, "hidden_o");
            for (unsigned n = 0; i >= 2 && !read.empty() && n < cols; n++) {
                const unsigned at = read[i - 2];
                const int64_t w = serial ? layers[1][at / lanes][at % lanes] : layers[1][at][n];
                if (tb::sign_extend(tb::get(top.read_o, n * 8, 8), 8) != w >> (master - 8)) tb::fail("read_o");
            }
            walked++;
        }
        cycle(); /* the last address of a walk may still be on its way; a write comes later */
    }

    /* A word of an update of pairs. */
    void update(bool readout) {
        const unsigned at = random.below((unsigned)layers[readout].size());
        const Word word = draw();
        host(random.chance(50), random.below(64));
        top.update_i = 1, top.readout_i = readout;
        top.update_addr_i = (CData)(!apart && readout ? kHidden + at : at);
        for (unsigned i = random.range(3, 6); i; i--) cycle();
        is(top.word_o, layers[readout][at], master, "word_o");
        top.turn_i = top.update_we_i = 1;
        for (unsigned n = 0; n < lanes; n++) tb::set(top.turned_i, n * master, master, (uint64_t)word[n]);
        cycle();
        is(top.wdata_o, word, master, "wdata_o");
        layers[readout][at] = word, changed++;
        cycle();
        top.update_i = 0;
    }

    /* A word of mode `local`: all of it, or some of its weights one after another. */
    void learn(bool readout) {
        const unsigned at = random.below((unsigned)layers[readout].size());
        Word &word = layers[readout][at];
        host(random.chance(50), random.below(64));
        top.learn_i = 1, top.learn_readout_i = readout;
        const unsigned turns = serial ? random.range(1, lanes) : 1;
        beside = readout && random.chance(50);
        std::vector<unsigned> order = {0, 1, 2, 3};
        for (unsigned i = 0; i < 4; i++) std::swap(order[i], order[random.below(4)]);
        tb::set(top.learn_addr_i, 0, serial ? 10 : 8, serial ? at * lanes + random.below(lanes) : at);
        for (unsigned i = 0; i < (serial ? 2 : 3); i++) cycle();
        if (serial) top.learn_take_i = 1, cycle();
        const Word next = draw();
        for (unsigned t = 0; t < turns; t++) {
            while (random.chance(20)) cycle();
            if (serial) top.learn_col_i = (CData)order[t];
            tb::settle(top);
            for (unsigned n = 0; n < cols; n++) {
                const unsigned lane = serial ? order[t] : n;
                if (tb::sign_extend(tb::get(top.learn_word_o, n * master, master), master) != word[lane])
                    tb::fail("learn_word_o");
                tb::set(top.learn_wdata_i, n * master, master, (uint64_t)next[lane]);
                word[lane] = next[lane];
            }
            top.learn_put_i = 1, top.learn_we_i = t == turns - 1;
            cycle();
        }
        changed++;
        cycle();
        top.learn_i = 0;
        beside = false;
        for (unsigned i = 0; i < 3; i++) cycle();
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    Bench bench(random, tb::variant(argv) == 0, tb::variant(argv) != 2);
    bench.top.rst_i = 0, bench.top.update_i = bench.top.learn_i = bench.top.readout_i = bench.top.learn_readout_i = 0;
    bench.idle();
    bench.cycle();
    for (unsigned readout = 0; readout < 2; readout++)
        for (unsigned at = 0; at < bench.layers[readout].size(); at++) bench.write(readout, at, false);
    bench.compare();
    for (unsigned n = 0; n < 200; n++) {
        for (unsigned i = random.below(20); i; i--) bench.update(random.chance(50));
        for (unsigned i = bench.apart ? random.below(20) : 0; i; i--) bench.learn(random.chance(50));
        for (unsigned i = random.below(4); i; i--) bench.walk(random.below(40));
        for (unsigned i = random.below(8); i; i--) {
            const bool readout = random.chance(50);
            bench.write(readout, random.below((unsigned)bench.layers[readout].size()), random.chance(20));
        }
        bench.compare();
    }
    std::printf("weight_store: %u words walked, %u changed\n", bench.walked, bench.changed);
    if (bench.walked < 5000 || bench.changed < 1000) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
