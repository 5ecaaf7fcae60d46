// SPDX-License-Identifier: Apache-2.0
// sr_local_lane: a column of mode `local` (docs/numerics.md, 8.3 to 8.6): credit, f and update with two products.
//
// Operands    op_x_i selects x and op_y_i y, as a rule both by the same of these, which x_en_i registers, p_en_i a cycle later their product p.
//   op                 x     y           then
//   LOCAL_CREDIT       w     e           acc <- (acc_first_i ? 0 : acc) + p with acc_en_i; q_o = sat_8(acc / 512, rounded)
//   LOCAL_FORM         q     y+ - y-     f_o = sat_8(p)
//   LOCAL_MOVE         f     z           weight_o = sat(M + ((A K + rho) >> 16)), A = sat_16(p 2^max(FRAC_W - 4, 0))
//   LOCAL_MOVE_READOUT e     y+          the same, without the power of two
//             z = (events of the row) - 2 (those where the entry is -1).
// Ages        of an item of the update: 1 x_en_i; 3 A, 4 A K + rho, with rho_i valid, each with its bit of v_i; 6 master_i valid and, in the
//             same cycle, weight_o. Items are two cycles apart.
// Formats     w, e, q, f signed 8; counts unsigned CNT_W; p signed 16, exact; acc signed 19, exact for 16 classes; K unsigned 16;
//             |A K| + rho is below 2^31.
// Reset       none. Test: tests/rtl/tb_local_lane.cpp
`default_nettype none

module sr_local_lane #(
    parameter FRAC_W    = 4,
    parameter CNT_W     = 4,      // 7 at most
    parameter STEPS_MAX = 14,
    parameter MEMBERS   = 2
) (
    input  wire                       clk_i,
    input  wire [1:0]                 op_x_i,
    input  wire [1:0]                 op_y_i,
    input  wire                       x_en_i,
    input  wire                       p_en_i,     // a cycle after x_en_i
    input  wire                       acc_en_i,
    input  wire                       acc_first_i,
    input  wire [4:3]                 v_i,
    input  wire [STEPS_MAX-1:0]       row_i,      // events of the row, a bit a step
    input  wire [CNT_W-1:0]           events_i,   // and their number
    input  wire [STEPS_MAX-1:0]       noise_i,    // entries of the column, 1 is -1
    input  wire signed [7:0]          w_i,
    input  wire signed [7:0]          e_i,
    input  wire signed [7:0]          q_i,
    input  wire signed [7:0]          f_i,
    input  wire [CNT_W-1:0]           plus_i,
    input  wire [CNT_W-1:0]           minus_i,    // MEMBERS 1: unused. LOCAL_FORM has the plus member's in plus_i in the cycle before the minus member's
    input  wire [15:0]                k_i,
    input  wire [15:0]                rho_i,
    input  wire signed [7+FRAC_W:0]   master_i,
    output wire signed [15:0]         p_o,
    output wire signed [7:0]          q_o,
    output wire signed [7:0]          f_o,
    output wire signed [7+FRAC_W:0]   weight_o
);
    `include "sr_local.vh"
    localparam MASTER_W = 8 + FRAC_W;
    localparam UP       = FRAC_W > 4 ? FRAC_W - 4 : 0;
    generate
        if (CNT_W > 7) begin : g_rule
            SR_LOCAL_STEPS_ARE_AT_MOST_127 u ();
        end
    endgenerate

    // ---- z: a popcount ----
    wire [STEPS_MAX-1:0]  missed = row_i & noise_i;
    reg  [CNT_W-1:0]      misses;
    integer               t;
    always @* begin
        misses = {CNT_W{1'b0}};
        for (t = 0; t < STEPS_MAX; t = t + 1) misses = misses + {{CNT_W - 1{1'b0}}, missed[t]};
    end
    wire [CNT_W:0]        z      = {1'b0, events_i} - {misses, 1'b0};
    wire [CNT_W-1:0]      plus, minus;                  // of a pair
    generate
        if (MEMBERS > 1) begin : g_together
            assign plus  = plus_i;
            assign minus = minus_i;
        end else begin : g_in_turn
            reg [CNT_W-1:0] before_q;
            always @(posedge clk_i) before_q <= plus_i;
            assign plus  = before_q;
            assign minus = plus_i;
            wire _unused_minus = &{1'b0, minus_i};
        end
    endgenerate
    wire [CNT_W:0]        change = {1'b0, plus} - {1'b0, minus};

    // ---- one product of 8 x 8 bits for all that has 8 bits ----
    reg  signed [7:0]     x_q, y_q;
    reg  signed [15:0]    p_q;
    wire [7:0]            y = op_y_i == LOCAL_CREDIT ? e_i :
                              op_y_i == LOCAL_FORM ? {{7 - CNT_W{change[CNT_W]}}, change} :
                              op_y_i == LOCAL_MOVE ? {{7 - CNT_W{z[CNT_W]}}, z} : {{8 - CNT_W{1'b0}}, plus_i};
    always @(posedge clk_i) begin
        if (x_en_i) begin
            x_q <= op_x_i == LOCAL_CREDIT ? w_i : op_x_i == LOCAL_FORM ? q_i : op_x_i == LOCAL_MOVE ? f_i : e_i;
            y_q <= y;
        end
        if (p_en_i) p_q <= x_q * y_q;
    end

    assign p_o = p_q;

    // ---- credit: c / 512, halves away from 0; f ----
    reg  signed [18:0]    acc_q;
    wire signed [18:0]    round = acc_q[18] ? 19'sd255 : 19'sd256;
    wire signed [18:0]    near  = acc_q + round;
    always @(posedge clk_i)
        if (acc_en_i) acc_q <= (acc_first_i ? 19'sd0 : acc_q) + {{3{p_q[15]}}, p_q};
    sr_sat #(.IN_W(10), .OUT_W(8)) u_credit (.x_i(near[18:9]), .y_o(q_o));
    sr_sat #(.IN_W(16), .OUT_W(8)) u_form (.x_i(p_q), .y_o(f_o));

    // ---- update ----
    reg  signed [15:0]         a_q;
    reg  signed [31:0]         m_q;
    wire signed [15:0]         a;
    generate
        if (UP > 0) begin : g_up
            wire signed [15+UP:0] raised = {p_q, {UP{1'b0}}};
            wire signed [15:0]    most;
            sr_sat #(.IN_W(16 + UP), .OUT_W(16)) u_most (.x_i(raised), .y_o(most));
            assign a = op_y_i == LOCAL_MOVE ? most : p_q;
        end else begin : g_plain
            assign a = p_q;        // 127 * 127 at most
        end
    endgenerate
    wire signed [16:0]         sum   = {{17 - MASTER_W{master_i[MASTER_W-1]}}, master_i} + {m_q[31], m_q[31:16]};
    sr_sat #(.IN_W(17), .OUT_W(MASTER_W)) u_weight (.x_i(sum), .y_o(weight_o));
    always @(posedge clk_i) begin
        if (v_i[3]) a_q <= a;
        if (v_i[4]) m_q <= a_q * $signed({1'b0, k_i}) + $signed({16'd0, rho_i});
    end
    wire _unused = &{1'b0, m_q[15:0], near[8:0]};
endmodule

`default_nettype wire
