/* SPDX-License-Identifier: Apache-2.0
 * sr_local_credit between weights, errors, spike counts and a lane's sums in C (docs/numerics.md, 8.3 and 8.4): the credit of every
 * neuron, f of every neuron, the list of blocks where some f is not 0 and its ends; settings that grow and shrink from job to job,
 * resets in the midst, the cycles of the header. */
// params: -GLANES=4 -GBLOCK_W=5 -GBLOCK_AW=4 -GGROUPS=1
// params: -GLANES=32 -GBLOCK_W=4 -GBLOCK_AW=3 -GGROUPS=4
// params: -GLANES=32 -GBLOCK_W=3 -GBLOCK_AW=2 -GGROUPS=2 -GMEMBERS=1
// params: -GLANES=1 -GBLOCK_W=7 -GBLOCK_AW=6 -GGROUPS=1 -GMEMBERS=1
#include "tb.h"
#include "Vsr_local_credit.h"

namespace {

const struct {
    unsigned lanes, blocks, groups, members, block_w;
} kBuilds[] = {{4, 16, 1, 2, 5}, {32, 8, 4, 2, 4}, {32, 4, 2, 1, 3}, {1, 64, 1, 1, 7}};

/* What stands for a block's lanes: one neuron a block, whose place is where the control says. */
struct Bench {
    Vsr_local_credit top;
    tb::Random random;
    unsigned room, groups, members, block_w, of_group;
    int weight[16][64], error[16], plus[64], minus[64], q[64] = {0}, f[64];
    unsigned list[64];
    uint64_t entries = 0, empty = 0, resets = 0;

    Bench(uint64_t seed, unsigned variant)
        : random(seed),
          room(kBuilds[variant].blocks),
          groups(kBuilds[variant].groups),
          members(kBuilds[variant].members),
          block_w(kBuilds[variant].block_w),
          of_group(kBuilds[variant].lanes < 64 ? 64 / kBuilds[variant].lanes : 1) {}

    void reset() {
        top.rst_i = 1, top.start_i = 0;
        tb::settle(top), tb::edge(top), tb::settle(top);
        top.rst_i = 0;
        tb::settle(top);
        if (top.busy_o || top.walk_o || top.re_o || top.q_we_o || top.entry_we_o) tb::fail("busy after a reset");
    }

    void job(unsigned blocks, unsigned classes, bool form, unsigned reset_at) {
        unsigned share = random.below(101);
        for (unsigned b = 0; b < 64; b++) {
            for (unsigned o = 0; o < 16; o++) weight[o][b] = (int)random.below(256) - 128;
            bool same = random.chance(share);
            plus[b] = (int)random.below(15), minus[b] = same ? plus[b] : (int)random.below(15);
        }
        for (unsigned o = 0; o < 16; o++) error[o] = random.chance(share) ? 0 : (int)random.below(255) - 127;
        struct Item {
            unsigned block, class_at;
            bool second;
        };
        std::deque<Item> items; /* by age: 0 first */
        int w = 0, e = 0, read = 0, product = 0, sum = 0;
        unsigned n = 0, written = 0, listed = 0, done_f = 0;
        bool any = false;
        top.start_i = 1, top.form_i = form, top.blocks_i = (CData)blocks, top.classes_i = (CData)classes;
        for (;; n++) {
            top.q_any_i = random.chance(50), top.live_i = random.chance(50);
            tb::settle(top);
            if (n && !top.busy_o) break;
            if (n > 10000) tb::fail("hangs");
            bool walks = form ? top.re_o : top.walk_o;
            if (form ? top.walk_o : top.re_o) tb::fail("the other job's walk");
            items.push_front(walks ? form ? Item{top.block_o, 0, (bool)top.minus_o}
                                          : Item{top.w_addr_o % room, top.w_addr_o / room, false}
                                   : Item{~0u, 0, false});
            if (items.size() > 8) items.pop_back();
            auto item = [&](unsigned age) { return age < items.size() ? items[age] : Item{~0u, 0, false}; };
            if (!form) {
                /* operands are registered at age 3, their product is at age 5, the sum with it at age 6 */
                if ((item(3).block != ~0u) != (bool)top.x_en_o) tb::fail("x_en_o not at age 3");
                if ((item(5).block != ~0u) != (bool)top.acc_en_o) tb::fail("acc_en_o not at age 5");
                if ((item(2).block != ~0u) != (bool)top.e_re_o) tb::fail("e_re_o not at age 2");
                if (top.e_re_o && top.e_addr_o != item(2).class_at) tb::fail("e_addr_o");
            } else if (top.e_re_o || top.acc_en_o || top.q_we_o) {
                tb::fail("credit while f is formed");
            } else if (top.x_en_o != (item(1).block != ~0u)) {
                tb::fail("x_en_o not at age 1");
            }
            if (top.q_we_o) {
                unsigned b = top.q_addr_o;
                int want = 0;
                for (unsigned o = 0; o < classes; o++) want += weight[o][b] * error[o];
                if (b != written || b >= blocks) tb::fail("q_addr_o");
                if (sum != want) tb::fail("a credit");
                q[b] = want, any |= want != 0, written++;
                top.q_any_i = want != 0;
            }
            bool formed = form && item(3).block != ~0u && (members > 1 || item(3).second);
            if (formed) {
                unsigned b = item(3).block;
                if (members > 1 && item(3).second) tb::fail("minus_o");
                if (b != done_f) tb::fail("the order of blocks");
                f[b] = q[b] * (plus[b] - minus[b]), done_f++;
                top.live_i = f[b] != 0;
                tb::settle(top);
                if (top.entry_we_o != (f[b] != 0)) tb::fail("entry_we_o");
                if (top.entry_we_o) {
                    if (top.entry_addr_o != listed || top.entry_block_o != b) tb::fail("an entry");
                    list[listed++] = b;
                }
            } else if (top.entry_we_o) {
                tb::fail("an entry of nothing");
            }
            tb::settle(top);
            if (top.acc_en_o) sum = (top.acc_first_o ? 0 : sum) + product;
            product = w * e;
            if (top.x_en_o && !form) w = weight[item(3).class_at][item(3).block], e = read;
            if (top.e_re_o) read = error[top.e_addr_o];
            tb::edge(top);
            top.start_i = 0, top.form_i = random.chance(50);
            if (reset_at && n == reset_at) return reset(), void(resets++);
        }
        if (n - 1 != (form ? blocks * (members > 1 ? 1 : 2) + 6 : blocks * classes + 6)) tb::fail("not the header's cycles");
        if (!form) {
            if (written != blocks || (bool)top.any_o != any) tb::fail("any_o, or credits are missing");
            return;
        }
        if (done_f != blocks) tb::fail("blocks are missing");
        for (unsigned g = 0, before = 0; g < groups; g++) {
            while (before < listed && list[before] < (g + 1) * of_group) before++;
            if (tb::get(top.ends_o, g * block_w, block_w) != before) tb::fail("ends_o");
        }
        entries += listed, empty += !listed;
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    Bench bench(tb::seed_from(argc, argv), tb::variant(argv));
    tb::Random &random = bench.random;
    Verilated::randReset(2);
    Verilated::randSeed((int)random.below(1u << 30) + 1);
    bench.reset();
    for (unsigned n = 0; n < 400; n++) {
        unsigned blocks = random.range(1, bench.room), classes = random.range(2, 16);
        bool cut = random.chance(10);
        bench.job(blocks, classes, false, cut ? random.range(1, 20) : 0);
        for (unsigned pair = 0; pair < 3 && !cut; pair++) bench.job(blocks, classes, true, random.chance(5) ? 3 : 0);
    }
    std::printf("local_credit: %llu entries, %llu empty lists, %llu resets\n", (unsigned long long)bench.entries,
                (unsigned long long)bench.empty, (unsigned long long)bench.resets);
    if (bench.entries < 500 || !bench.empty || !bench.resets) tb::fail("too little was tried");
    bench.top.final();
    return 0;
}
