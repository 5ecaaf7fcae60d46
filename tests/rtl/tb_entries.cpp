/* SPDX-License-Identifier: Apache-2.0
 * sr_entries against the entries of docs/numerics.md, section 2: every index of random and extreme words, both distributions. */
// params:
#include "tb.h"
#include "Vsr_entries.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_entries top;
    unsigned seen[5] = {0};
    for (int n = 0; n < 5000; n++) {
        uint64_t word = n == 0 ? 0 : n == 1 ? ~0ull : n < 66 ? 1ull << (n - 2) : random.word();
        for (int bell = 0; bell < 2; bell++) {
            top.word_i = word, top.bell_i = (CData)bell;
            top.eval();
            for (unsigned i = 0; i < 64; i++) {
                int size = (int)(top.one_o >> i & 1) + 2 * (int)(top.two_o >> i & 1), neg = (int)(top.neg_o >> i & 1);
                int want = sr_noise_entry(word, bell ? SR_DIST_BELL : SR_DIST_SIGN, i);
                if (size == 3) tb::fail("one and two at once");
                if ((neg ? -size : size) != want) tb::fail("entry");
                if (bell) seen[want + 2]++;
            }
        }
    }
    for (unsigned s : seen)
        if (!s) tb::fail("a value of the bell never came");
    top.final();
    return 0;
}
