/* SPDX-License-Identifier: Apache-2.0
 * sr_lif_lane against docs/numerics.md, section 4: four threads in turn, random gaps between fires, both resets, leak 0..255,
 * saturation both ways, padding; outputs hold between fires. */
// params: -GCNT_W=9
// params: -GCNT_W=4
#include "tb.h"
#include "Vsr_lif_lane.h"

struct Member {
    int v = 0;
    unsigned count = 0;
};
struct Flight { /* a thread on its way: what stages 1 and 2 made of it */
    int u[2];
    unsigned thread;
};

static int saturate(int x) { return x > 32767 ? 32767 : x < -32767 ? -32767 : x; }

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    unsigned steps_max = tb::variant(argv) ? 15 : 300;
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_lif_lane top;
    uint64_t spikes = 0, rails = 0, silent = 0;
    for (int job = 0; job < 400; job++) {
        static const int leaks[] = {0, 1, 127, 128, 255};
        int leak = random.chance(50) ? leaks[random.below(5)] : (int)random.below(256);
        int theta =
            (int)(random.chance(20) ? (random.chance(50) ? 1 : 32767) : random.range(1, random.chance(50) ? 200 : 20000));
        bool subtract = random.chance(50);
        unsigned gap = random.chance(40) ? 0 : random.below(90), width = random.range(2, 16),
                 padded = random.chance(50) ? 0 : 30;
        unsigned steps = random.range(1, random.chance(10) ? steps_max : 12), fires = 4 * steps;
        Member member[2][4];
        std::deque<Flight> ring;
        top.leak_i = (CData)leak, top.theta_i = (SData)theta, top.subtract_i = subtract;
        for (unsigned n = 0; n < fires + 2;) {
            bool fire = !random.chance(gap), first = n < 4, on = !random.chance(padded), real = n < fires;
            int b = saturate((int)tb::sign_extend(random.word(), width)),
                d = saturate((int)tb::sign_extend(random.word(), width));
            if (random.chance(5)) b = random.chance(50) ? 32767 : -32767;
            if (random.chance(5)) d = random.chance(50) ? 32767 : -32767;
            top.fire_i = fire, top.first_i = fire ? first : random.chance(50), top.on_i = on;
            top.b_i = (SData)b, top.d_i = (SData)d;
            if (!fire && !random.chance(10)) top.b_i = (SData)random.word(), top.d_i = (SData)random.word();
            tb::settle(top);
            tb::edge(top);
            if (fire && real) {
                Flight f = {{0, 0}, n % 4};
                for (int s = 0; s < 2; s++) {
                    Member &m = member[s][n % 4];
                    if (first) m = Member();
                    int x = m.v - ((m.v * leak) >> 8) + (s ? b - d : b + d);
                    f.u[s] = saturate(x);
                    rails += x != f.u[s];
                }
                ring.push_back(f);
            }
            if (fire && n >= 2) { /* the thread of two fires ago has been through stage 3 */
                Flight f = ring.front();
                ring.pop_front();
                for (int s = 0; s < 2; s++) {
                    Member &m = member[s][f.thread];
                    bool spike = on && f.u[s] >= theta;
                    silent += !on && f.u[s] >= theta;
                    m.count += spike;
                    spikes += spike;
                    m.v = !spike ? f.u[s] : subtract ? f.u[s] - theta : 0;
                    if ((s ? top.spike_m_o : top.spike_p_o) != spike) tb::fail("spike");
                    if ((s ? top.count_m_o : top.count_p_o) != m.count) tb::fail("count");
                }
                for (unsigned hold = random.below(3); hold--;) { /* nothing moves without a fire */
                    CData was = top.spike_p_o;
                    unsigned count = top.count_m_o;
                    top.fire_i = 0, top.b_i = (SData)random.word(), top.on_i = random.chance(50),
                    top.first_i = random.chance(50);
                    tb::settle(top);
                    tb::edge(top);
                    if (top.spike_p_o != was || top.count_m_o != count) tb::fail("outputs moved without a fire");
                }
            }
            n += fire;
        }
    }
    std::printf("lif_lane: %llu spikes, %llu saturated, %llu held back by padding\n", (unsigned long long)spikes,
                (unsigned long long)rails, (unsigned long long)silent);
    if (spikes < 1000 || rails < 500 || silent < 100) tb::fail("the stimulus is too tame");
    top.final();
    return 0;
}
