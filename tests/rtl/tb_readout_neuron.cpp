/* SPDX-License-Identifier: Apache-2.0
 * sr_readout_neuron against docs/numerics.md, section 5: each kind, both resets, all classes in turn with random gaps, currents
 * that saturate 24 bits. STEP_EN = 0: kind sum only, whatever kind_i says. */
// params: -GSCORE_W=32 -GSTEP_EN=1
// params: -GSCORE_W=26 -GSTEP_EN=1
// params: -GSCORE_W=24 -GSTEP_EN=0
#include "tb.h"
#include "Vsr_readout_neuron.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned widths[] = {32, 26, 24};
    unsigned width = widths[tb::variant(argv)];
    bool step_en = tb::variant(argv) < 2;
    tb::Random random(tb::seed_from(argc, argv));
    Vsr_readout_neuron top;
    uint64_t rails = 0, spikes = 0;
    top.rst_i = 1, top.valid_i = 0;
    for (int i = 0; i < 4; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    for (int job = 0; job < 1000; job++) {
        unsigned kind = random.below(3), leak = random.chance(30) ? 255 * random.below(2) : random.below(256);
        unsigned theta = random.chance(20) ? 32767 : random.range(1, 2000), classes = random.range(3, 16),
                 steps = random.range(1, 30);
        unsigned spread = random.range(2, width), gap = random.chance(50) ? 0 : random.below(70);
        bool subtract = random.chance(50);
        int64_t v[16] = {0}, count[16] = {0};
        top.kind_i = (CData)kind, top.leak_i = (CData)leak, top.theta_i = (SData)theta, top.subtract_i = subtract;
        for (unsigned n = 0; n < classes * steps;) {
            unsigned o = n % classes;
            bool valid = !random.chance(gap);
            int64_t current = tb::sign_extend(random.word(), spread), score = current;
            top.valid_i = valid, top.class_i = (CData)(valid ? o : random.below(16));
            top.first_i = valid ? n < classes : random.chance(50);
            tb::set(top.current_i, 0, width, (uint64_t)current);
            tb::settle(top);
            tb::edge(top);
            if (top.score_valid_o != valid) tb::fail("score_valid_o");
            if (!valid) continue;
            if (step_en && kind) {
                int64_t x = v[o] - ((v[o] * (int64_t)leak) >> 8) + current, rail = (1 << 23) - 1;
                int64_t u = x > rail ? rail : x < -rail ? -rail : x;
                bool spike = kind == 2 && u >= (int64_t)theta;
                rails += u != x;
                spikes += spike;
                count[o] += spike;
                v[o] = !spike ? u : subtract ? u - (int64_t)theta : 0;
                score = kind == 1 ? u : count[o];
            }
            if (tb::sign_extend(tb::get(top.score_o, 0, width), width) != score) tb::fail("score");
            n++;
        }
    }
    std::printf("readout_neuron: %llu saturated, %llu spikes\n", (unsigned long long)rails, (unsigned long long)spikes);
    if (step_en && (rails < 100 || spikes < 100)) tb::fail("the stimulus is too tame");
    top.final();
    return 0;
}
