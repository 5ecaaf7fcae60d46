// SPDX-License-Identifier: Apache-2.0
// sr_sat: symmetric saturation, the one idiom of the project: clamps to +-(2^(OUT_W-1) - 1), so that x and -x
// saturate alike (docs/numerics.md). Combinational. Two's complement in and out. Test: tests/rtl/tb_sat.cpp; proofs: tests/formal
`default_nettype none

module sr_sat #(
    parameter IN_W  = 20,
    parameter OUT_W = 16
) (
    input  wire signed [IN_W-1:0]  x_i,
    output wire signed [OUT_W-1:0] y_o
);
    // In range: the bits above the sign bit of the result all equal it. -2^(OUT_W-1) is clamped too, which sets its lowest bit.
    wire sign = x_i[IN_W-1];
    wire over = !(&x_i[IN_W-1:OUT_W-1]) && |x_i[IN_W-1:OUT_W-1];
    wire most = sign && !(|x_i[OUT_W-2:0]);
    assign y_o = {sign, over ? {OUT_W - 2{!sign}} : x_i[OUT_W-2:1], x_i[0] || over || most};

`ifdef FORMAL
    // formal: IN_W=20 DEPTH=1
    // formal: IN_W=17 DEPTH=1
    // formal: IN_W=26 OUT_W=24 DEPTH=1
    localparam signed [IN_W-1:0] MOST = (1 << (OUT_W - 1)) - 1;
    wire signed [IN_W-1:0] clamped = x_i > MOST ? MOST : x_i < -MOST ? -MOST : x_i;
    always @* begin
        assert (y_o == clamped);
        cover (x_i > MOST);
        cover (x_i < -MOST - 1);
        cover (x_i == -MOST - 1);
        cover (x_i == -MOST);
        cover (x_i < 0 && y_o == x_i);
    end
`endif
endmodule

`default_nettype wire
