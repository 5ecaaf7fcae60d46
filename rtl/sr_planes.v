// SPDX-License-Identifier: Apache-2.0
// sr_planes: the four bit planes of a noise word (docs/numerics.md, section 2): entry i = p0[i] + p1[i] - p2[i] - p3[i].
//
// Formats     bell_i 0: entries +-1 (p1 = p3 = 0); 1: entries -2..2, binomial.
// Latency     combinational. In hot spots that idle, write the planes inside the clocked `if` instead: Verilator
//             evaluates this module every cycle.
// Test        tests/rtl/tb_noise.cpp covers the hash; tb_project.cpp and tb_update.cpp the planes' arithmetic.
`default_nettype none
module sr_planes (
    input  wire [63:0] word_i,
    input  wire        bell_i,
    output wire [63:0] p0_o,
    output wire [63:0] p1_o,
    output wire [63:0] p2_o,
    output wire [63:0] p3_o
);
    assign p0_o = bell_i ? word_i : ~word_i;
    assign p1_o = bell_i ? word_i ^ {word_i[20:0], word_i[63:21]} : 64'd0;
    assign p2_o = bell_i ? word_i ^ {word_i[10:0], word_i[63:11]} : word_i;
    assign p3_o = bell_i ? word_i ^ {word_i[26:0], word_i[63:27]} : 64'd0;
endmodule
`default_nettype wire
