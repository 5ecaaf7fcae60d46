/* SPDX-License-Identifier: Apache-2.0
 * sr_reset: a lock that comes, goes, comes for too short a time, and never comes. */
// params: -GRESET_W=5 -GBLINK_W=8
#include "tb.h"
#include "Vsr_reset.h"

namespace {

enum { RESET = 1 << 5, HALF = 1 << 7 };
Vsr_reset top;
unsigned changes; /* of blink_o */

/* So many clocks; whether the reset held throughout, or never. */
struct Seen {
    bool all = true, none = true;
};
Seen clocks(unsigned count, bool locked) {
    Seen seen;
    bool blink = top.blink_o;
    changes = 0;
    for (; count; count--) {
        top.locked_i = locked;
        tb::settle(top);
        tb::edge(top);
        seen.all = seen.all && top.rst_o, seen.none = seen.none && !top.rst_o;
        changes += top.blink_o != blink, blink = top.blink_o;
    }
    return seen;
}

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    top.locked_i = 0;
    tb::settle(top);
    if (!top.rst_o) tb::fail("reset from power-up on");
    if (!clocks(10 * HALF + 5, false).all) tb::fail("no lock, no end of the reset");
    if (changes != 10) tb::fail("blink_o while there is no lock");
    for (int round = 0; round < 20; round++) {
        if (!clocks(RESET, true).all) tb::fail("reset until the lock is old enough");
        clocks(6, true);
        if (!clocks(500, true).none || changes || top.blink_o) tb::fail("no reset and no blinking while the lock holds");
        clocks(4, false);
        if (!clocks(3 * HALF, false).all || changes < 2) tb::fail("reset and blinking after the lock is lost");
        clocks(RESET / 2, true); /* a lock that is lost too soon */
        if (!clocks(50 + 7 * (unsigned)round, false).all) tb::fail("a short lock");
    }
    top.final();
    return 0;
}
