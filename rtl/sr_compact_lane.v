// SPDX-License-Identifier: Apache-2.0
// sr_compact_lane: one column of the LIF unit: the perturbation d of a pair, and the neuron of each of its two members.
//
// Perturbation  sum <- (first term ? 0 : sum) + the terms of this cycle, +-c'[k], RANK_LANES of them; d = sum >> 4. The sum is
//               exact while RANK_MAX <= 16 (D_W = 12 + log2 RANK_MAX), and then d cannot saturate.
// Neurons       sr_compact_neuron, plus b + d, minus b - d. MEMBERS 1: one, for the member that LIF_MINUS names in LIF_LOAD.
// Control       ctl_i, the bundle of sr_compact_lif: fields in sr_compact_lif.vh. In a cycle with neither sum, load nor fire
//               nothing moves.
//   cycle         0           1            2             3
//   LIF_SUM       term                                             neg_i, term_i valid
//   LIF_LOAD                  b + d, b - d                         b_i valid; with the sum of the step's last term
//   LIF_FIRE                               v, count
//   count_*_o                                            valid     until the next fire
// Formats       term_i signed TERM_W each: 16, or 17 for the sigma of mode `local`, neg_i 1: subtract it; b_i s16; counts unsigned.
// Reset         none (LIF_CLEAR). Test: tests/rtl/tb_compact_lane.cpp
`default_nettype none

module sr_compact_lane #(
    parameter RANK_LANES = 1,
    parameter D_W        = 14,
    parameter TERM_W     = 16,
    parameter CNT_W      = 4,
    parameter LEAK_MUL   = 0,
    parameter SUBTRACT   = 1,
    parameter MEMBERS    = 2
) (
    input  wire                     clk_i,
    input  wire [7:0]               ctl_i,
    input  wire [RANK_LANES-1:0]    neg_i,
    input  wire [RANK_LANES*TERM_W-1:0] term_i,
    input  wire signed [15:0]       b_i,
    input  wire                     present_i,
    input  wire [7:0]               leak_i,
    input  wire [15:0]              theta_i,
    input  wire                     subtract_i,
    output wire [CNT_W-1:0]         count_p_o,
    output wire [CNT_W-1:0]         count_m_o
);
    `include "sr_compact_lif.vh"
    localparam SUM_W = D_W + 4;

    reg  signed [SUM_W-1:0] sum_q;
    wire [SUM_W-1:0]        prior = ctl_i[LIF_SUM_FIRST] ? {SUM_W{1'b0}} : sum_q;
    wire [SUM_W-1:0]        sum;
    genvar k;
    generate
        if (RANK_LANES == 1) begin : g_one
            wire [SUM_W-1:0] term = {{SUM_W - TERM_W{term_i[TERM_W-1]}}, term_i} ^ {SUM_W{neg_i}};
            assign sum = prior + term + {{SUM_W - 1{1'b0}}, neg_i};
        end else begin : g_several
            localparam SIGNED_W = TERM_W + 1;
            wire [RANK_LANES*SIGNED_W-1:0] terms;
            wire signed [SUM_W-1:0]  total;
            for (k = 0; k < RANK_LANES; k = k + 1) begin : g_term
                wire signed [SIGNED_W-1:0] term = {term_i[TERM_W*k+TERM_W-1], term_i[TERM_W*k+:TERM_W]};
                assign terms[SIGNED_W*k+:SIGNED_W] = neg_i[k] ? -term : term;
            end
            sr_sum #(.COUNT(RANK_LANES), .IN_W(SIGNED_W), .OUT_W(SUM_W)) u_sum (.x_i(terms), .y_o(total));
            assign sum = prior + total;
        end
    endgenerate
    always @(posedge clk_i) if (ctl_i[LIF_SUM]) sum_q <= sum;

    wire signed [D_W-1:0] d = sum_q[SUM_W-1:4];
    wire [15:0] u_p;
    sr_compact_neuron #(.D_W(D_W), .CNT_W(CNT_W), .MINUS(MEMBERS > 1 ? 0 : 2), .LEAK_MUL(LEAK_MUL), .SUBTRACT(SUBTRACT)) u_plus (
        .clk_i(clk_i), .clear_i(ctl_i[LIF_CLEAR]), .load_i(ctl_i[LIF_LOAD]), .fire_i(ctl_i[LIF_FIRE]),
        .minus_i(ctl_i[LIF_MINUS]), .first_i(ctl_i[LIF_STEP_FIRST]), .last_i(ctl_i[LIF_STEP_LAST]),
        .present_i(present_i), .b_i(b_i), .d_i(d), .leak_i(leak_i), .theta_i(theta_i), .subtract_i(subtract_i),
        .u_o(u_p), .count_o(count_p_o)
    );
    generate
        if (MEMBERS > 1) begin : g_minus
            wire [15:0] u_m;
            sr_compact_neuron #(.D_W(D_W), .CNT_W(CNT_W), .MINUS(1), .LEAK_MUL(LEAK_MUL), .SUBTRACT(SUBTRACT)) u_minus (
                .clk_i(clk_i), .clear_i(ctl_i[LIF_CLEAR]), .load_i(ctl_i[LIF_LOAD]), .fire_i(ctl_i[LIF_FIRE]),
                .minus_i(ctl_i[LIF_MINUS]), .first_i(ctl_i[LIF_STEP_FIRST]), .last_i(ctl_i[LIF_STEP_LAST]),
                .present_i(present_i), .b_i(b_i), .d_i(d), .leak_i(leak_i), .theta_i(theta_i), .subtract_i(subtract_i),
                .u_o(u_m), .count_o(count_m_o)
            );
            wire _unused = &{1'b0, u_m};
        end else begin : g_no_minus
            assign count_m_o = {CNT_W{1'b0}};
        end
    endgenerate
    wire _unused = &{1'b0, u_p};
endmodule

`default_nettype wire
