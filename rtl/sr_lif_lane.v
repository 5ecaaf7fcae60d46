// SPDX-License-Identifier: Apache-2.0
// sr_lif_lane: one column of the LIF unit: the perturbation d of a pair, and the neuron of each of its two members.
//
// Perturbation  sum <- (first term ? 0 : sum) + the terms of this cycle, +-c'[k], RANK_LANES of them; d = sum >> 4. The sum is
//               exact while RANK_MAX <= 16 (D_W = 12 + log2 RANK_MAX), and then d cannot saturate.
// Neurons       sr_neuron, plus b + d, minus b - d.
// MEMBERS 1     One neuron, for the member that LIF_MINUS names in LIF_SUM, and the sum is its whole input: it begins with 16 b in place
//               of 0, and i = sum >> 4. The minus member's begins with 16 b + 15 and subtracts: b - (s >> 4) = (16 b + 15 - s) >> 4.
// ONE_TERM 1    (MEMBERS 1) A step has one term, so the sum is i itself: b and the term's upper bits, complemented where it is subtracted. What its
//               lower four bits, if they are not 0, carry there depends on the member, whose rounding is the mirror of the other's.
// Control       ctl_i, the bundle of sr_lif: fields in sr_lif.vh. In a cycle with neither sum, load nor fire
//               nothing moves.
//   cycle         0           1            2             3
//   LIF_SUM       term                                             neg_i, term_i valid; MEMBERS 1: b_i with the step's first
//   LIF_LOAD                  b + d, b - d                         b_i valid; with the sum of the step's last term
//   LIF_FIRE                               v, count                MEMBERS 1: in cycle 1
//   count_*_o                                            valid     until the next fire
// LEAK_DSP      1: the plus member's neuron takes a DSP block for its leak (sr_neuron).
// Formats       term_i signed TERM_W each: 16, or 17 for the sigma of mode `local`, neg_i 1: subtract it; b_i s16; counts unsigned.
// Reset         none (LIF_CLEAR). Test: tests/rtl/tb_lif_lane.cpp
`default_nettype none

module sr_lif_lane #(
    parameter RANK_LANES = 1,
    parameter D_W        = 14,
    parameter TERM_W     = 16,
    parameter CNT_W      = 4,
    parameter LEAK_MUL   = 0,
    parameter LEAK_DSP   = 0,
    parameter SUBTRACT   = 1,
    parameter MEMBERS    = 2,
    parameter ONE_TERM   = 0
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
    `include "sr_lif.vh"
    localparam SUM_W = MEMBERS > 1 ? D_W + 4 : ONE_TERM != 0 ? 17 : 21;
    generate
        if (ONE_TERM != 0 && MEMBERS != 1) begin : g_rule_one_term
            SR_ONE_TERM_HAS_MEMBERS_1 u ();
        end
        if (MEMBERS == 1 && RANK_LANES != 1) begin : g_rule
            SR_MEMBERS_1_TAKES_A_TERM_A_CYCLE u ();
        end
    endgenerate

    reg  signed [SUM_W-1:0] sum_q;
    wire [SUM_W-1:0]        begin_at;          // what a step's first term is added to
    wire [SUM_W-1:0]        prior = ctl_i[LIF_SUM_FIRST] ? begin_at : sum_q;
    wire [SUM_W-1:0]        sum;
    genvar k;
    generate
        if (ONE_TERM != 0) begin : g_one_term
            wire          minus   = neg_i ^ ctl_i[LIF_MINUS];
            wire          whole   = term_i[3:0] == 4'd0;
            wire          carry   = minus ? whole || ctl_i[LIF_MINUS] : !whole && ctl_i[LIF_MINUS];
            wire [16:0]   term    = {{21 - TERM_W{term_i[TERM_W-1]}}, term_i[TERM_W-1:4]} ^ {17{minus}};
            wire [17:0]   carried = {begin_at, 1'b1} + {term, carry};
            assign sum = carried[17:1];
            wire _unused_prior = &{1'b0, prior, carried[0]};
        end else if (RANK_LANES == 1) begin : g_one
            wire             minus   = neg_i ^ (MEMBERS == 1 && ctl_i[LIF_MINUS]);
            wire [SUM_W-1:0] term    = {{SUM_W - TERM_W{term_i[TERM_W-1]}}, term_i} ^ {SUM_W{minus}};
            wire [SUM_W:0]   carried = {prior, 1'b1} + {term, minus};       // with the carry that completes a complement
            assign sum = carried[SUM_W:1];
            wire _unused_carry = &{1'b0, carried[0]};
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

    localparam LOW = ONE_TERM != 0 ? 0 : 4;
    localparam I_W = SUM_W - LOW;              // of d, or of the whole input
    wire signed [I_W-1:0] d = sum_q[SUM_W-1:LOW];
    wire [15:0] u_p;
    sr_neuron #(
        .D_W(I_W), .CNT_W(CNT_W), .MINUS(MEMBERS > 1 ? 0 : 2), .LEAK_MUL(LEAK_MUL), .LEAK_DSP(LEAK_DSP), .SUBTRACT(SUBTRACT)
    ) u_plus (
        .clk_i(clk_i), .clear_i(ctl_i[LIF_CLEAR]), .load_i(ctl_i[LIF_LOAD]), .fire_i(ctl_i[LIF_FIRE]),
        .first_i(ctl_i[LIF_STEP_FIRST]), .last_i(ctl_i[LIF_STEP_LAST]),
        .present_i(present_i), .b_i(b_i), .d_i(d), .leak_i(leak_i), .theta_i(theta_i), .subtract_i(subtract_i),
        .u_o(u_p), .count_o(count_p_o)
    );
    generate
        if (MEMBERS > 1) begin : g_minus
            wire [15:0] u_m;
            assign begin_at = {SUM_W{1'b0}};
            sr_neuron #(.D_W(I_W), .CNT_W(CNT_W), .MINUS(1), .LEAK_MUL(LEAK_MUL), .SUBTRACT(SUBTRACT)) u_minus (
                .clk_i(clk_i), .clear_i(ctl_i[LIF_CLEAR]), .load_i(ctl_i[LIF_LOAD]), .fire_i(ctl_i[LIF_FIRE]),
                .first_i(ctl_i[LIF_STEP_FIRST]), .last_i(ctl_i[LIF_STEP_LAST]),
                .present_i(present_i), .b_i(b_i), .d_i(d), .leak_i(leak_i), .theta_i(theta_i), .subtract_i(subtract_i),
                .u_o(u_m), .count_o(count_m_o)
            );
            wire _unused = &{1'b0, u_m, ctl_i[LIF_MINUS]};
        end else begin : g_no_minus
            wire [20:0] from = {b_i[15], b_i, {4{ctl_i[LIF_MINUS]}}};
            assign begin_at  = from[20-:SUM_W];
            wire _unused_from = &{1'b0, from};
            assign count_m_o = {CNT_W{1'b0}};
        end
    endgenerate
    wire _unused = &{1'b0, u_p};
endmodule

`default_nettype wire
