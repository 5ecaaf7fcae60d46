// SPDX-License-Identifier: Apache-2.0
// sr_times_entry: x times a noise entry of -2..2, given as sign and magnitude bits (sr_entries). Combinational, exact while
// OUT_W holds it. Test: tests/rtl/tb_times_entry.cpp
`default_nettype none

module sr_times_entry #(
    parameter IN_W  = 26,
    parameter OUT_W = 32
) (
    input  wire signed [IN_W-1:0]  x_i,
    input  wire                    neg_i,
    input  wire                    one_i,
    input  wire                    two_i,
    output wire signed [OUT_W-1:0] y_o
);
    wire signed [OUT_W-1:0] x    = {{OUT_W - IN_W{x_i[IN_W-1]}}, x_i};
    wire signed [OUT_W-1:0] size = two_i ? x <<< 1 : one_i ? x : {OUT_W{1'b0}};
    assign y_o = neg_i ? -size : size;
endmodule

`default_nettype wire
