// SPDX-License-Identifier: Apache-2.0
// sr_sum: sum of COUNT (a power of two) signed IN_W values as a tree of two-input adders, each as wide as it needs to be;
// combinational, exact while OUT_W holds the sum. Instantiates itself for its halves. Test: tests/rtl/tb_tree.cpp
`default_nettype none

module sr_sum #(
    parameter COUNT = 4,
    parameter IN_W  = 16,
    parameter OUT_W = 20
) (
    input  wire        [COUNT*IN_W-1:0] x_i,
    output wire signed [OUT_W-1:0]      y_o
);
    generate
        if (COUNT < 1 || (COUNT & (COUNT - 1)) != 0) begin : g_rule
            SR_SUM_COUNT_MUST_BE_A_POWER_OF_TWO u ();
        end
        if (COUNT == 1) begin : g_leaf
            if (OUT_W > IN_W) begin : g_extend
                assign y_o = {{OUT_W - IN_W{x_i[IN_W-1]}}, x_i};
            end else begin : g_same
                assign y_o = x_i[OUT_W-1:0];
            end
        end else begin : g_halves
            localparam GROWN  = IN_W + $clog2(COUNT / 2);
            localparam HALF_W = GROWN < OUT_W ? GROWN : OUT_W;
            wire signed [HALF_W-1:0] low, high;
            sr_sum #(.COUNT(COUNT / 2), .IN_W(IN_W), .OUT_W(HALF_W)) u_low (.x_i(x_i[COUNT/2*IN_W-1:0]), .y_o(low));
            sr_sum #(.COUNT(COUNT / 2), .IN_W(IN_W), .OUT_W(HALF_W)) u_high (.x_i(x_i[COUNT*IN_W-1:COUNT/2*IN_W]), .y_o(high));
            if (HALF_W < OUT_W) begin : g_grow
                assign y_o = {{OUT_W - HALF_W{low[HALF_W-1]}}, low} + {{OUT_W - HALF_W{high[HALF_W-1]}}, high};
            end else begin : g_fixed
                assign y_o = low + high;
            end
        end
    endgenerate
endmodule

`default_nettype wire
