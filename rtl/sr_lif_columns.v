// SPDX-License-Identifier: Apache-2.0
// sr_lif_columns: the data path of LIF, under sr_lif: the terms of the perturbation, one for all columns with the sign of each column's factor,
// and the LANES columns of neurons.
//
//   age 1    the count that sr_lif asked for, with the factors' bits
//   age 2    its count_q2; a factor's sign waits beside it
//   age 3    times S
//   age 4    c' = sat_16((c * S) >> 4): the term, with its signs. In mode `local` it is sigma, with the signs of its perturbation.
// From there on sr_lif's bundle (sr_lif.vh) says what a lane does (sr_lif_lane). LOOPS: RANK_LANES terms at a time, whose counts are kept here
// (sr_loop_terms); they are written a cycle after keep_i.
// Formats    counts signed C_W; base_i and full_i's sums as sr_base_store has them; count_o: MEMBERS spike counts a lane, the plus member's low.
// Reset      none. Test: tests/rtl/tb_lif_columns.cpp (lanes), tests/test_sim.c (LOOPS)
`default_nettype none

module sr_lif_columns #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                            clk_i,
    input  wire [2047:0]                   cfg_i,
    input  wire                            plain_i,        // no perturbation by factors
    input  wire                            full_i,
    input  wire                            learn_i,        // mode `local`: its perturbation
    input  wire [LANES-1:0]                learn_bits_i,
    // counts
    input  wire                            keep_i,
    input  wire [COUNT_AW:0]               keep_addr_i,
    input  wire [PROJ_UNITS*C_W-1:0]       keep_counts_i,
    input  wire                            count_re_i,
    input  wire [COUNT_AW:0]               count_addr_i,
    input  wire [COUNT_W-1:0]              counts_i,
    // sr_lif
    input  wire [COL_AW-1:0]               factor_addr_i,  // {factor, block}
    input  wire [UNIT_W-1:0]               unit_i,
    input  wire [RANK_LANES-1:0]           valid_i,
    input  wire [7:0]                      ctl_i,
    input  wire                            block_last_i,
    input  wire [LANES-1:0]                last_present_i, // columns of the last block
    input  wire [RANK_LANES*LANES-1:0]     bits_i,         // column factors
    input  wire [LANES*16-1:0]             base_i,
    input  wire [LANES*C_W-1:0]            sums_i,         // full rank: of a pair's entries
    output wire [LANES*MEMBERS*CNT_W-1:0]  count_o
);
    `include "sr_cfg.vh"
    localparam TERM_W = C_W + 9 > 17 ? C_W + 9 : 17;
    wire [LIF_TERM_W-1:0] sigma   = {{LIF_TERM_W - 16{1'b0}}, cfg_scale0, 4'd0};
    wire [LANES-1:0]      present = last_present_i | {LANES{!block_last_i}};
    // A plain run has no term, and looks at no factor's bit: no run may have written it.
    wire [RANK_LANES*LANES-1:0] learn_bits = {{RANK_LANES * LANES - LANES{1'b0}}, learn_bits_i};
    reg  [RANK_LANES*LANES-1:0] neg_q2, neg_q3, neg_q4;
    always @(posedge clk_i) begin
        neg_q2 <= learn_i ? learn_bits : bits_i & {RANK_LANES * LANES{!plain_i}};
        neg_q3 <= neg_q2;
        neg_q4 <= neg_q3;
    end
    genvar n;
    generate
        if (LOOPS != 0) begin : g_loop
            wire                             perturbed = !plain_i && !full_i;
            wire [RANK_LANES*16-1:0]         term;
            wire [RANK_LANES*LIF_TERM_W-1:0] term_q4;
            reg                              keep_q;
            reg  [COUNT_AW:0]                keep_addr_q;
            always @(posedge clk_i) begin
                keep_q      <= keep_i;
                keep_addr_q <= keep_addr_i;
            end
            sr_loop_terms #(
                .UNITS(PROJ_UNITS), .FACTORS(FACTORS), .RANK_LANES(RANK_LANES), .STEP_AW(STEP_AW), .GROUP_AW(GROUP_AW), .C_W(C_W)
            ) u_terms (
                .clk_i(clk_i), .we_i(keep_q), .bank_i(keep_addr_q[COUNT_AW]), .group_i(keep_addr_q[STEP_AW+:GROUP_AW]),
                .step_i(keep_addr_q[STEP_AW-1:0]), .counts_i(keep_counts_i), .re_i(count_re_i && perturbed), .rbank_i(count_addr_i[COUNT_AW]),
                .rstep_i(count_addr_i[STEP_AW-1:0]), .factor_i(factor_addr_i[BLOCK_AW+:FACTOR_AW]), .valid_i(valid_i & {RANK_LANES{perturbed}}),
                .scale_i(cfg_scale0), .term_o(term)
            );
            for (n = 0; n < RANK_LANES; n = n + 1) begin : g_term
                assign term_q4[n*LIF_TERM_W+:LIF_TERM_W] = !learn_i ? {{LIF_TERM_W - 15{term[n*16+15]}}, term[n*16+:15]} :
                                                           n == 0 ? sigma : {LIF_TERM_W{1'b0}};
            end
            sr_loop_lif #(
                .LANES(LANES), .RANK_LANES(RANK_LANES), .TERM_W(LIF_TERM_W), .CNT_W(CNT_W), .LEAK_MUL(LEAK_MUL), .FULL(FULL), .D_W(C_W)
            ) u_lanes (
                .clk_i(clk_i), .ctl_i(ctl_i), .neg_i(neg_q4), .term_i(term_q4), .b_i(base_i), .present_i(present), .full_i(full_i), .d_i(sums_i),
                .scale_i(cfg_scale0), .leak_i(cfg_leak0), .theta_i(cfg_theta0), .subtract_i(cfg_reset_kind), .count_o(count_o)
            );
            wire _unused = &{1'b0, unit_i, counts_i, factor_addr_i};
        end else begin : g_lanes
            reg  signed [C_W-1:0]        count_q2;
            reg  signed [TERM_W+3:0]     scaled_q3;
            reg  signed [LIF_TERM_W-1:0] term_q4;
            wire signed [15:0]           term;
            sr_sat #(.IN_W(TERM_W), .OUT_W(16)) u_term (.x_i(scaled_q3[TERM_W+3:4]), .y_o(term));
            always @(posedge clk_i) begin
                count_q2  <= plain_i || LOWRANK == 0 ? {C_W{1'b0}} : counts_i[unit_i*C_W+:C_W];
                scaled_q3 <= count_q2 * $signed({1'b0, cfg_scale0});
                term_q4   <= learn_i ? sigma : {{LIF_TERM_W - 15{term[15]}}, term[14:0]};
            end
            for (n = 0; n < LANES; n = n + 1) begin : g_lane
                wire [2*CNT_W-1:0] counts;
                sr_lif_lane #(
                    .D_W(12 + $clog2(RANK_MAX)), .TERM_W(LIF_TERM_W), .CNT_W(CNT_W), .LEAK_MUL(LEAK_MUL), .LEAK_DSP(n < LEAK_DSP ? 1 : 0),
                    .SUBTRACT(SUBTRACT), .MEMBERS(MEMBERS), .ONE_TERM(MEMBERS == 1 && (LOWRANK == 0 || RANK_MAX == 1) ? 1 : 0)
                ) u_lane (
                    .clk_i(clk_i), .ctl_i(ctl_i), .neg_i(neg_q4[n]), .term_i(term_q4), .b_i(base_i[n*16+:16]), .present_i(present[n]),
                    .leak_i(cfg_leak0), .theta_i(cfg_theta0), .subtract_i(cfg_reset_kind),
                    .count_p_o(counts[CNT_W-1:0]), .count_m_o(counts[2*CNT_W-1:CNT_W])
                );
                assign count_o[n*MEMBERS*CNT_W+:MEMBERS*CNT_W] = counts[MEMBERS*CNT_W-1:0];
                wire _unused = &{1'b0, counts};
            end
            wire _unused = &{1'b0, full_i, keep_i, keep_addr_i, keep_counts_i, count_re_i, count_addr_i, factor_addr_i, valid_i, sums_i, scaled_q3[3:0]};
        end
    endgenerate
endmodule

`default_nettype wire
