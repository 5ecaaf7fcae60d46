// SPDX-License-Identifier: Apache-2.0
// sr_tree: registered sum of LANES signed values (a power of two), STAGES cycles: 1, or 2 with the sums of four
// (of eight beyond 32 lanes) in between. Exact while OUT_W holds it. No reset. Test: tests/rtl/tb_tree.cpp
`default_nettype none

module sr_tree #(
    parameter LANES  = 4,
    parameter IN_W   = 16,
    parameter OUT_W  = 20,
    parameter STAGES = 1
) (
    input  wire                    clk_i,
    input  wire [LANES*IN_W-1:0]   x_i,
    output wire signed [OUT_W-1:0] y_o
);
    localparam PARTS = STAGES > 1 ? LANES / (LANES > 32 ? 8 : 4) : 1;
    wire [PARTS*OUT_W-1:0]   part;
    wire signed [OUT_W-1:0]  sum;
    reg  signed [OUT_W-1:0]  sum_q;
    genvar p;
    generate
        for (p = 0; p < PARTS; p = p + 1) begin : g_part
            wire signed [OUT_W-1:0] y;
            sr_sum #(.COUNT(LANES / PARTS), .IN_W(IN_W), .OUT_W(OUT_W)) u_sum (
                .x_i(x_i[p*(LANES/PARTS)*IN_W+:(LANES/PARTS)*IN_W]), .y_o(y)
            );
            if (STAGES > 1) begin : g_held
                reg signed [OUT_W-1:0] y_q;
                always @(posedge clk_i) y_q <= y;
                assign part[p*OUT_W+:OUT_W] = y_q;
            end else begin : g_through
                assign part[p*OUT_W+:OUT_W] = y;
            end
        end
    endgenerate
    sr_sum #(.COUNT(PARTS), .IN_W(OUT_W), .OUT_W(OUT_W)) u_all (.x_i(part), .y_o(sum));
    always @(posedge clk_i) sum_q <= sum;
    assign y_o = sum_q;
endmodule

`default_nettype wire
