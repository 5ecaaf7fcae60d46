// SPDX-License-Identifier: Apache-2.0
// sr_product: x * f, a product of the readout. Combinational.
//
// LUTS    0: left to synthesis, which takes a DSP block where there are any.
//         1: of LUTs: a row of x for each bit of the unsigned f, added as a tree of short carry chains.
// Format  x signed X_W; f unsigned F_W with LUTS, else signed F_W + 1; y signed X_W + F_W, exact.
// Test    tests/rtl/tb_product.cpp
`default_nettype none

module sr_product #(
    parameter X_W  = 8,
    parameter F_W  = 4,
    parameter LUTS = 0
) (
    input  wire signed [X_W-1:0]     x_i,
    input  wire signed [F_W:0]       f_i,      // LUTS: not negative
    output wire signed [X_W+F_W-1:0] y_o
);
    localparam Y_W   = X_W + F_W;
    localparam PAIRS = 1 << $clog2((F_W + 1) / 2);
    generate
        if (LUTS == 0) begin : g_dsp
            wire signed [X_W+F_W:0] product = x_i * f_i;
            assign y_o = product[Y_W-1:0];
            wire _unused = product[Y_W];
        end else begin : g_lut
            // Two bits of f at a time: 0, x, 2 x or 3 x, at its place.
            wire [PAIRS*Y_W-1:0]    part;
            wire signed [X_W+1:0]   x_1 = {{2{x_i[X_W-1]}}, x_i};
            wire signed [Y_W-1:0]   sum;
            genvar p;
            for (p = 0; p < PAIRS; p = p + 1) begin : g_pair
                wire one = 2 * p < F_W && f_i[2*p < F_W ? 2*p : 0];
                wire two = 2 * p + 1 < F_W && f_i[2*p+1 < F_W ? 2*p+1 : 0];
                wire signed [X_W+1:0] twice = {X_W + 2{two}} & {x_1[X_W:0], 1'b0};
                wire signed [X_W+1:0] row   = ({X_W + 2{one}} & x_1) + twice;
                wire signed [Y_W+X_W+1:0] wide = {{Y_W{row[X_W+1]}}, row};
                wire [Y_W+X_W+1:0] placed = wide << 2 * p;
                assign part[p*Y_W+:Y_W] = placed[Y_W-1:0];
                wire _unused = &{1'b0, placed[Y_W+X_W+1:Y_W]};
            end
            sr_sum #(.COUNT(PAIRS), .IN_W(Y_W), .OUT_W(Y_W)) u_sum (.x_i(part), .y_o(sum));
            assign y_o = sum;
            wire _unused = f_i[F_W];
        end
    endgenerate
endmodule

`default_nettype wire
