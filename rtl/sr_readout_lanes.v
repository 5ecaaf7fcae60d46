// SPDX-License-Identifier: Apache-2.0
// sr_readout_lanes: the data path of a row of the readout, under sr_readout: MEMBERS products a lane, and their sums over the lanes.
//
//   cycle 0     w_i, y_i and col_i are valid: weights and spike counts, or with grow_i factors +-1 in place of weights
//   cycle 1     operands registered; products
//   cycle 2     products registered; sum over the lanes (sr_tree), TREE cycles, to p_o and m_o
// S g         scale_en_i: the sums g of a row of factors are multiplied by S, which is there two cycles later. Lane 0's products do it, which have
//             no other work then; with SCALE_OWN, or with LANES above 64 (for simulators: sr_loop_dot), it is no lane's work.
// CHAIN 1     A product and the sum of those before it are one DSP block, and the last one's register ends cycle 1: there is no tree (TREE 0).
// SOFT_LANES  lanes, the last ones, whose products are of LUTs. LOWRANK 0: products come from outside, two cycles after their operands, and there
//             is no S g. MEMBERS 1: the plus member's ports alone mean something.
// Formats     w_i the integer part of a weight, s8, in the top bits of W_W; y_i u CNT_W, a lane's plus member low; sums s SUM_W. Reset: none.
// Test        tests/rtl/tb_readout.cpp, tests/rtl/tb_product.cpp
`default_nettype none

module sr_readout_lanes #(
    parameter LANES      = 4,
    parameter CNT_W      = 4,
    parameter SUM_W      = 18,
    parameter G_W        = 23,
    parameter TREE       = 1,
    parameter SOFT_LANES = 0,
    parameter MEMBERS    = 2,
    parameter W_W        = 8,
    parameter LOWRANK    = 1,
    parameter SCALE_OWN  = 0,
    parameter CHAIN      = 0
) (
    input  wire                           clk_i,
    input  wire                           en_i,           // the operands are of a row (LOOPS alone asks)
    input  wire                           grow_i,
    input  wire [LANES*W_W-1:0]           w_i,
    input  wire [LANES*MEMBERS*CNT_W-1:0] y_i,
    input  wire [LANES-1:0]               col_i,
    input  wire [LANES*16-1:0]            products_i,
    output wire signed [SUM_W-1:0]        p_o,
    output wire signed [SUM_W-1:0]        m_o,
    input  wire                           scale_en_i,
    input  wire [11:0]                    scale_i,
    input  wire signed [SUM_W-1:0]        g_p_i,
    input  wire signed [SUM_W-1:0]        g_m_i,
    output wire [G_W-1:0]                 sg_p_o,
    output wire [G_W-1:0]                 sg_m_o
);
    localparam Y_W = 8 + CNT_W;                 // a product of a weight and a count
    localparam G0_W = G_W - 12;                 // g
    genvar n;
    generate
        if (LANES > 64) begin : g_loop
            reg  signed [G_W-1:0]   p_q, m_q, p_q2, m_q2;
            wire signed [G0_W+12:0] p = $signed(g_p_i[G0_W-1:0]) * $signed({1'b0, scale_i});
            wire signed [G0_W+12:0] m = $signed(g_m_i[G0_W-1:0]) * $signed({1'b0, scale_i});
            always @(posedge clk_i) begin
                if (scale_en_i) begin
                    p_q <= p[G_W-1:0];
                    m_q <= m[G_W-1:0];
                end
                p_q2 <= p_q;
                m_q2 <= m_q;
            end
            assign sg_p_o = p_q2;
            assign sg_m_o = m_q2;
            sr_loop_dot #(.LANES(LANES), .W_W(W_W), .CNT_W(CNT_W), .SUM_W(SUM_W), .TREE(TREE)) u_dot (
                .clk_i(clk_i), .en_i(en_i), .grow_i(grow_i), .w_i(w_i), .col_i(col_i), .y_i(y_i), .p_o(p_o), .m_o(m_o)
            );
            wire _unused = &{1'b0, p[G0_W+12:G_W], m[G0_W+12:G_W]};
        end else if (CHAIN != 0) begin : g_chain
            // Lane 1's product first, and lane 0's register at the end, through which S g comes too: the others give 0 then.
            localparam P_W = G0_W + 13;
            reg  signed [G0_W-1:0]  x_p_q, x_m_q;
            reg  signed [12:0]      f_q;
            reg  signed [P_W-1:0]   p_q, m_q;
            wire [7:0]              factor_0 = grow_i ? {{7{col_i[0]}}, 1'b1} : w_i[W_W-8+:8];
            for (n = 1; n < LANES; n = n + 1) begin : g_lane
                wire [CNT_W-1:0]     count_p = y_i[n*MEMBERS*CNT_W+:CNT_W];
                wire [CNT_W-1:0]     count_m = y_i[n*MEMBERS*CNT_W+(MEMBERS-1)*CNT_W+:CNT_W];
                wire [7:0]           factor  = grow_i ? {{7{col_i[n]}}, 1'b1} : w_i[n*W_W+W_W-8+:8];
                reg  signed [CNT_W:0] count_p_q, count_m_q;
                reg  signed [7:0]    w_q;
                always @(posedge clk_i) begin
                    count_p_q <= {1'b0, count_p};
                    count_m_q <= {1'b0, count_m};
                    w_q       <= scale_en_i ? 8'sd0 : factor;
                end
                wire signed [P_W-1:0] before_p, before_m;           // of the lanes before
                wire signed [P_W-1:0] sum_p = w_q * count_p_q + before_p, sum_m = w_q * count_m_q + before_m;
                if (n == 1) begin : g_begin
                    assign before_p = {P_W{1'b0}};
                    assign before_m = {P_W{1'b0}};
                end else begin : g_go_on
                    assign before_p = g_lane[n-1].sum_p;
                    assign before_m = g_lane[n-1].sum_m;
                end
            end
            always @(posedge clk_i) begin
                x_p_q <= scale_en_i ? g_p_i[G0_W-1:0] : {{G0_W - CNT_W{1'b0}}, y_i[CNT_W-1:0]};
                x_m_q <= scale_en_i ? g_m_i[G0_W-1:0] : {{G0_W - CNT_W{1'b0}}, y_i[(MEMBERS-1)*CNT_W+:CNT_W]};
                f_q   <= scale_en_i ? {1'b0, scale_i} : {{5{factor_0[7]}}, factor_0};
                p_q   <= x_p_q * f_q + g_lane[LANES-1].sum_p;
                m_q   <= x_m_q * f_q + g_lane[LANES-1].sum_m;
            end
            assign p_o    = p_q[SUM_W-1:0];
            assign m_o    = m_q[SUM_W-1:0];
            assign sg_p_o = p_q[G_W-1:0];
            assign sg_m_o = m_q[G_W-1:0];
            wire _unused_lanes = &{1'b0, p_q, m_q, products_i};
        end else begin : g_lanes
            wire [LANES*Y_W-1:0] y_p, y_m;
            sr_tree #(.LANES(LANES), .IN_W(Y_W), .OUT_W(SUM_W), .STAGES(TREE)) u_tree_p (.clk_i(clk_i), .x_i(y_p), .y_o(p_o));
            sr_tree #(.LANES(LANES), .IN_W(Y_W), .OUT_W(SUM_W), .STAGES(TREE)) u_tree_m (.clk_i(clk_i), .x_i(y_m), .y_o(m_o));
            for (n = 0; n < LANES; n = n + 1) begin : g_lane
                wire [CNT_W-1:0] count_p = y_i[n*MEMBERS*CNT_W+:CNT_W];
                wire [CNT_W-1:0] count_m = y_i[n*MEMBERS*CNT_W+(MEMBERS-1)*CNT_W+:CNT_W];     // MEMBERS 1: used by nothing that is built
                wire [7:0]       factor  = grow_i ? {{7{col_i[n]}}, 1'b1} : w_i[n*W_W+W_W-8+:8];
                if (LOWRANK == 0) begin : g_outside
                    assign y_p[n*Y_W+:Y_W] = products_i[n*16+:Y_W];
                    assign y_m[n*Y_W+:Y_W] = {Y_W{1'b0}};
                    wire _unused = &{1'b0, count_p, count_m, factor, products_i[n*16+:16]};
                end else if (n == 0 && SCALE_OWN == 0) begin : g_first
                    // x is g or a count, f is S or a weight.
                    reg  signed [G0_W-1:0] x_p_q, x_m_q;
                    reg  signed [12:0]     f_q;
                    reg  signed [G_W-1:0]  p_q, m_q;
                    wire signed [G0_W+12:0] p = x_p_q * f_q, m = x_m_q * f_q;
                    always @(posedge clk_i) begin
                        x_p_q <= scale_en_i ? g_p_i[G0_W-1:0] : {{G0_W - CNT_W{1'b0}}, count_p};
                        x_m_q <= scale_en_i ? g_m_i[G0_W-1:0] : {{G0_W - CNT_W{1'b0}}, count_m};
                        f_q   <= scale_en_i ? {1'b0, scale_i} : {{5{factor[7]}}, factor};
                        p_q   <= p[G_W-1:0];
                        m_q   <= m[G_W-1:0];
                    end
                    assign y_p[n*Y_W+:Y_W] = p_q[Y_W-1:0];
                    assign y_m[n*Y_W+:Y_W] = m_q[Y_W-1:0];
                    assign sg_p_o = p_q;
                    assign sg_m_o = m_q;
                    wire _unused = &{1'b0, p[G0_W+12:G_W], m[G0_W+12:G_W]};
                end else begin : g_other
                    localparam LUTS = n >= LANES - SOFT_LANES ? 1 : 0;
                    reg  [CNT_W-1:0]      count_p_q, count_m_q;
                    reg  signed [7:0]     f_q;
                    reg  signed [Y_W-1:0] p_q, m_q;
                    wire signed [Y_W-1:0] p, m;
                    sr_product #(.X_W(8), .F_W(CNT_W), .LUTS(LUTS)) u_p (.x_i(f_q), .f_i({1'b0, count_p_q}), .y_o(p));
                    sr_product #(.X_W(8), .F_W(CNT_W), .LUTS(LUTS)) u_m (.x_i(f_q), .f_i({1'b0, count_m_q}), .y_o(m));
                    always @(posedge clk_i) begin
                        count_p_q <= count_p;
                        count_m_q <= count_m;
                        f_q       <= factor;
                        p_q       <= p;
                        m_q       <= m;
                    end
                    assign y_p[n*Y_W+:Y_W] = p_q;
                    assign y_m[n*Y_W+:Y_W] = m_q;
                end
            end
        end
    endgenerate

    generate
        if (LOWRANK == 0) begin : g_no_sg
            assign sg_p_o = {G_W{1'b0}};
            assign sg_m_o = {G_W{1'b0}};
            wire _unused_sg = &{1'b0, scale_en_i, scale_i, col_i};
        end else if (SCALE_OWN != 0 && LANES <= 64) begin : g_own
            reg  signed [G0_W-1:0]  p_q, m_q;
            reg  signed [12:0]      f_q;
            reg  signed [G_W-1:0]   sg_p_q, sg_m_q;
            wire signed [G0_W+12:0] p = p_q * f_q, m = m_q * f_q;
            always @(posedge clk_i) begin
                p_q    <= g_p_i[G0_W-1:0];
                m_q    <= g_m_i[G0_W-1:0];
                f_q    <= {1'b0, scale_i};
                sg_p_q <= p[G_W-1:0];
                sg_m_q <= m[G_W-1:0];
            end
            assign sg_p_o = sg_p_q;
            assign sg_m_o = sg_m_q;
            wire _unused_own = &{1'b0, products_i, scale_en_i, p[G0_W+12:G_W], m[G0_W+12:G_W]};
        end else begin : g_in_lane
            wire _unused_products = &{1'b0, products_i};
        end
    endgenerate
    wire _unused = &{1'b0, en_i, g_p_i, g_m_i};
endmodule

`default_nettype wire
