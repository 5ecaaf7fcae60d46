/* SPDX-License-Identifier: Apache-2.0
 * sr_lif_ctl: every item of random jobs in the order of its header, with its noise counter fields, projection address, first and
 * last marks; absent slots, full-rank events with stalls, groups that wait for a free slot, single jobs, jobs inside a chunk. */
// params: -GENGINES=1 -GRANK_LANES=1 -GPROJ_UNITS=4
// params: -GENGINES=2 -GRANK_LANES=2 -GPROJ_UNITS=8
// params: -GENGINES=1 -GRANK_LANES=4 -GPROJ_UNITS=32
#include "tb.h"
#include "Vsr_lif_ctl.h"

static const unsigned kAges = 12;

struct Item {
    bool zero, first, last;
    unsigned pair, k, row, nb, c_addr, c_unit;
};
struct Event {
    unsigned row;
    bool null, last;
};

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned sets[][3] = {{1, 1, 4}, {2, 2, 8}, {1, 4, 32}};
    const unsigned *set = sets[tb::variant(argv)], engines = set[0], lanes = set[1], units = set[2], group = 4 * engines;
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_lif_ctl top;
    uint64_t items = 0, waits = 0;
    top.rst_i = 1, top.start_i = 0, top.ev_valid_i = 0, top.slot_free_i = 0;
    for (int i = 0; i < 20; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    for (int job = 0; job < 600; job++) {
        bool full = random.chance(50), single = random.chance(20);
        unsigned rank = random.range(1, random.chance(20) ? 32 : 6), steps = random.range(1, 5), nbs = random.range(1, 3);
        unsigned pairs = single ? 1 : random.range(1, 5 * group), pair_first = random.below(500),
                 sets_of = (rank + lanes - 1) / lanes;
        unsigned local = single ? 0 : random.below(6) * group, stall = random.chance(50) ? 0 : random.below(80);
        unsigned hold = random.chance(50) ? 0 : random.below(99);
        std::vector<std::vector<Event>> events(steps);
        for (auto &step : events) {
            unsigned count = random.below(4);
            for (unsigned i = 0; i < count; i++) step.push_back({random.below(4096), false, i + 1 == count});
            if (!count) step.push_back({random.below(4096), true, true});
        }
        std::vector<Item> want;
        for (unsigned g = 0; g < pairs; g += group)
            for (unsigned nb = 0; nb < nbs; nb++)
                for (unsigned t = 0; t < steps; t++)
                    for (unsigned slot = 0; slot < 4; slot++) {
                        unsigned of_group = slot * engines, at = local + g + of_group, pair = pair_first + g + of_group;
                        if (g + of_group >= pairs) {
                            want.push_back({true, true, true, 0, 0, 0, 0, 0, 0});
                            continue;
                        }
                        unsigned unit = at % units, word = (at / units) * sets_of;
                        for (unsigned q = 0; !full && q < sets_of; q++)
                            want.push_back(
                                {false, q == 0, q + 1 == sets_of, pair, q * lanes, 0, nb, (word + q) * steps + t, unit});
                        for (size_t i = 0; full && i < events[t].size(); i++)
                            want.push_back(
                                {events[t][i].null, i == 0, events[t][i].last, pair, 0, events[t][i].row, nb, 0, unit});
                    }
        std::deque<Event> queue;
        size_t at = 0;
        unsigned groups = 0, flush = 0, empty = 0, scans = 0;
        uint64_t cycles = 0, busy = 0;
        std::deque<uint8_t> item_age(kAges, 0), last_age(kAges, 0), zero_age(kAges, 0), first_age(kAges, 0);
        top.full_i = full, top.rank_i = (CData)rank, top.steps_i = (SData)steps, top.nb_last_i = (CData)(nbs - 1);
        top.pair_first_i = (SData)pair_first, top.local_first_i = (SData)local, top.pairs_i = (SData)pairs,
        top.single_i = single;
        for (top.start_i = 1;; top.start_i = 0) {
            top.slot_free_i = !random.chance(hold);
            if (cycles < 1) top.slot_free_i = 1;
            top.ev_valid_i = !queue.empty() && !random.chance(stall);
            Event e = top.ev_valid_i ? queue.front() : Event{random.below(4096), random.chance(50), random.chance(50)};
            top.ev_row_i = (SData)e.row, top.ev_null_i = e.null, top.ev_last_i = e.last;
            tb::settle(top);
            if (cycles && !top.busy_o) break;
            if (top.scan_start_o) {
                if (!full || !queue.empty()) tb::fail("scan_start_o");
                unsigned left = pairs - (groups - 1) * group, slots = (left + engines - 1) / engines,
                         present = slots < 4 ? slots : 4;
                if (top.scan_repeat_o != present - 1) tb::fail("scan_repeat_o");
                for (const auto &step : events)
                    for (unsigned r = 0; r < present; r++) queue.insert(queue.end(), step.begin(), step.end());
                scans++;
            }
            if (top.ev_valid_i && top.ev_ready_o) queue.pop_front();
            busy += top.busy_inc_o;
            for (unsigned a = 0; a < kAges; a++) {
                if (a == 0) {
                    item_age.push_front(top.item_o & 1), last_age.push_front(top.last_o & 1);
                    zero_age.push_front(top.zero_o & 1), first_age.push_front(top.first_o & 1);
                    item_age.pop_back(), last_age.pop_back(), zero_age.pop_back(), first_age.pop_back();
                }
                if ((top.item_o >> a & 1) != item_age[a] || (top.last_o >> a & 1) != last_age[a])
                    tb::fail("age of item or last");
                if (item_age[a] && ((top.zero_o >> a & 1) != zero_age[a] || (top.first_o >> a & 1) != first_age[a]))
                    tb::fail("age of zero or first");
            }
            if (top.item_o & 1) {
                if (at == want.size()) tb::fail("an item too many");
                const Item &w = want[at++];
                if ((top.zero_o & 1) != w.zero || (top.first_o & 1) != w.first || (top.last_o & 1) != w.last)
                    tb::fail("marks of an item");
                if (top.n_valid_o != !w.zero) tb::fail("n_valid_o");
                if (!w.zero && (top.n_pair_o != w.pair || top.n_nb_o != w.nb)) tb::fail("pair or column block");
                if (!w.zero && full && top.n_row_o != w.row) tb::fail("row");
                if (!w.zero && !full && top.n_k_o != w.k) tb::fail("k");
                if (!w.zero && !full && (top.c_addr_o != w.c_addr || top.c_unit_o != w.c_unit)) tb::fail("projection address");
            } else if (top.last_o & 1) {
                flush++;
                empty++;
            } else if (top.n_valid_o) {
                tb::fail("n_valid_o without an item");
            }
            if (top.group_start_o) {
                if (!top.slot_free_i) tb::fail("a group starts without a free slot");
                if (top.group_pair_o != pair_first + groups * group) tb::fail("group_pair_o");
                if (top.group_left_o != pairs - groups * group) tb::fail("group_left_o");
                if (flush != 0 && flush != 3) tb::fail("empty fires between groups");
                if (hold == 0 && flush != 0) tb::fail("empty fires without a wait");
                groups++;
                flush = 0;
            }
            tb::edge(top);
            if (++cycles > 200000) tb::fail("hangs");
        }
        if (at != want.size()) tb::fail("items left out");
        if (groups != (pairs + group - 1) / group) tb::fail("groups");
        if (flush != 3) tb::fail("empty fires at the end");
        if (full && scans != groups * nbs) tb::fail("scans");
        if (busy != (uint64_t)pairs * nbs * steps) tb::fail("busy_inc_o");
        if (!full && !hold && cycles > want.size() + groups + kAges + 6) tb::fail("slower than an item a cycle");
        items += want.size();
        waits += empty > 3;
    }
    std::printf("lif_ctl: %llu items, %llu jobs with waits\n", (unsigned long long)items, (unsigned long long)waits);
    if (waits < 50) tb::fail("too few waits");
    top.final();
    return 0;
}
