// SPDX-License-Identifier: Apache-2.0
// sr_entries: the 64 entries of a noise word (docs/numerics.md, section 2) as three bit vectors.
// Entry i = 0 if neither one[i] nor two[i]; else its magnitude is 1 or 2, negative where neg[i]. bell_i 0: +-1; 1: -2..2.
// Combinational. Test: tests/rtl/tb_entries.cpp
`default_nettype none

module sr_entries (
    input  wire [63:0] word_i,
    input  wire        bell_i,
    output wire [63:0] neg_o,
    output wire [63:0] one_o,
    output wire [63:0] two_o
);
    wire [63:0] p0, p1, p2, p3;
    sr_planes u_planes (.word_i(word_i), .bell_i(bell_i), .p0_o(p0), .p1_o(p1), .p2_o(p2), .p3_o(p3));

    wire [63:0] up_one = p0 ^ p1;  // p0 + p1 = 1
    wire [63:0] up_two = p0 & p1;
    wire [63:0] dn_one = p2 ^ p3;
    wire [63:0] dn_two = p2 & p3;

    assign one_o = up_one ^ dn_one;
    assign two_o = (up_two & ~dn_one & ~dn_two) | (dn_two & ~up_one & ~up_two);
    assign neg_o = (dn_two & ~up_two) | (dn_one & ~up_one & ~up_two);
endmodule

`default_nettype wire
