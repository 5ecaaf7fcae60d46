/* SPDX-License-Identifier: Apache-2.0
 * sr_product: every x with every f that is not negative. */
// params: -GX_W=8 -GF_W=4 -GLUTS=1
// params: -GX_W=8 -GF_W=5 -GLUTS=1
// params: -GX_W=8 -GF_W=7 -GLUTS=1
// params: -GX_W=6 -GF_W=1 -GLUTS=1
// params: -GX_W=8 -GF_W=5 -GLUTS=0
#include "tb.h"
#include "Vsr_product.h"

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    static const unsigned shapes[][2] = {{8, 4}, {8, 5}, {8, 7}, {6, 1}, {8, 5}};
    const unsigned x_w = shapes[tb::variant(argv)][0], f_w = shapes[tb::variant(argv)][1];
    Vsr_product top;
    for (int x = -(1 << (x_w - 1)); x < 1 << (x_w - 1); x++)
        for (int f = 0; f < 1 << f_w; f++) {
            top.x_i = (CData)(x & ((1 << x_w) - 1)), top.f_i = (CData)f;
            top.eval();
            if (tb::sign_extend(top.y_o, x_w + f_w) != x * f) tb::fail("y_o");
        }
    std::printf("product: %u products\n", 1u << (x_w + f_w));
    top.final();
    return 0;
}
