// SPDX-License-Identifier: Apache-2.0
// sr_fitness: scores of one member and sample -> predicted class and fitness (docs/numerics.md, section 6).
//
// Scores come one a valid_i, class 0 first, last_i with the last; label_i, kind_i, mul_i, shift_i stable around last_i.
// STORED  0: the scores are kept here for pass 2. 1: they are kept elsewhere, and again_o asks for the score of again_class_o once
//         more: again_score_i in the cycle after it, unless again_wait_i, when the request stays.
// Pass 1 (as they come): largest, its class (lowest index among equals), largest of the others than the label.
// Pass 2 (log-softmax: one class a cycle; margin: one cycle): scaled distance, table, sum. done_o pulses with fitness_o
// and hit_o some cycles after last_i, and both stay for 2 cycles at least; the next sample's last_i may come from classes + 2 cycles after this one on.
// pred_valid_o pulses with pred_o in the cycle after last_i. Scores: signed SCORE_W. Fitness: signed 17 bits.
// Reset: control only. Test: tests/rtl/tb_fitness.cpp
`default_nettype none

module sr_fitness #(
    parameter SCORE_W = 32,
    parameter STORED  = 0
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      valid_i,
    input  wire                      last_i,
    input  wire        [3:0]         class_i,
    input  wire signed [SCORE_W-1:0] score_i,
    input  wire        [3:0]         label_i,
    input  wire        [1:0]         kind_i,
    input  wire        [3:0]         mul_i,
    input  wire        [4:0]         shift_i,
    output wire                      again_o,
    output wire        [3:0]         again_class_o,
    input  wire                      again_wait_i,
    input  wire signed [SCORE_W-1:0] again_score_i,
    output wire                      pred_valid_o,
    output wire        [3:0]         pred_o,
    output wire                      done_o,
    output wire signed [16:0]        fitness_o,
    output wire                      hit_o
);
    `include "sr_map.vh"

    // Pass 1
    reg signed [SCORE_W-1:0] max_q, other_q, own_q;
    reg        [3:0]         arg_q;
    reg                      half_q, other_seen_q;
    wire                     top  = class_i == 4'd0 || score_i > max_q;
    wire                     mine = class_i == label_i;
    wire                     beat = !mine && (!other_seen_q || class_i == 4'd0 || score_i > other_q);
    reg                      end_q;
    reg        [3:0]         count_q;
    always @(posedge clk_i) begin
        if (valid_i) begin
            if (top) begin
                max_q <= score_i;
                arg_q <= class_i;
            end
            if (mine) own_q <= score_i;
            if (beat) other_q <= score_i;
            other_seen_q <= !mine || (other_seen_q && class_i != 4'd0);
            count_q <= class_i;
            if (last_i) half_q <= !half_q;
        end
        end_q <= valid_i && last_i;
        if (rst_i) begin
            end_q  <= 1'b0;
            half_q <= 1'b0;
        end
    end
    assign pred_valid_o = end_q;
    assign pred_o       = arg_q;

    // Pass 2: indices 0..count, then the table and the sum.
    reg                      run_q;
    reg        [3:0]         index_q, until_q, label_q, pred_q;
    reg signed [SCORE_W-1:0] ref_q;
    reg                      sign_q;
    wire signed [SCORE_W:0]  lead = {own_q[SCORE_W-1], own_q} - {other_q[SCORE_W-1], other_q};
    reg        [SCORE_W-1:0] lead_q;
    wire                     go       = run_q && !(STORED != 0 && again_wait_i);
    wire                     run_last = go && index_q == until_q;
    always @(posedge clk_i) begin
        if (end_q) begin
            run_q    <= 1'b1;
            index_q  <= 4'd0;
            until_q  <= kind_i == 2'd2 ? count_q : 4'd0;
            label_q  <= label_i;
            pred_q   <= arg_q;
            ref_q    <= max_q;
            sign_q   <= lead[SCORE_W];
            lead_q   <= lead[SCORE_W] ? -lead[SCORE_W-1:0] : lead[SCORE_W-1:0];
        end else if (go) begin
            index_q <= index_q + 4'd1;
            if (run_last) run_q <= 1'b0;
        end
        if (rst_i) run_q <= 1'b0;
    end

    wire signed [SCORE_W-1:0] held;
    assign again_o       = STORED != 0 && run_q;
    assign again_class_o = index_q;
    generate
        if (STORED != 0) begin : g_elsewhere
            assign held = again_score_i;
            wire _unused_half = &{1'b0, half_q};
        end else begin : g_kept
            sr_ram #(.WIDTH(SCORE_W), .DEPTH(32), .ADDR_W(5)) u_scores (
                .clk_i(clk_i), .we_i(valid_i), .waddr_i({half_q, class_i}), .wdata_i(score_i),
                .re_i(run_q), .raddr_i({!half_q, index_q}), .rdata_o(held)
            );
            wire _unused_again = &{1'b0, again_wait_i, again_score_i};
        end
    endgenerate

    // Stages behind index: 1 score, 2 distance, 3 product, 4 scaled, 5 table, 6 sum, 7 logarithm
    wire              is_margin = kind_i == 2'd1;
    wire              is_soft   = kind_i == 2'd2;
    reg [7:1]         last_q, hit_q, minus_q;
    reg [5:1]         v_q, first_q;
    reg [4:1]         own_v_q;
    reg signed [SCORE_W-1:0] ref_q1;
    reg [SCORE_W-1:0] gap_q2;
    reg [SCORE_W+3:0] prod_q3;
    reg [14:0]        z_q4, zown_q5, zown_q6, zown_q7;
    reg [12:0]        total_q6;
    reg [8:0]         base_q7;
    wire [SCORE_W-1:0] gap    = is_margin ? lead_q : ref_q1 - held;
    wire [SCORE_W+3:0] wide    = {4'd0, gap_q2};
    // times mul_i, by additions: no DSP block for this
    wire [SCORE_W+3:0] low     = (wide & {SCORE_W + 4{mul_i[0]}}) + ((wide & {SCORE_W + 4{mul_i[1]}}) << 1);
    wire [SCORE_W+3:0] high    = (wide & {SCORE_W + 4{mul_i[2]}}) + ((wide & {SCORE_W + 4{mul_i[3]}}) << 1);
    wire [SCORE_W+3:0] shifted = prod_q3 >> shift_i;
    wire [7:0]         exp;
    wire [5:0]         ln_mant;
    wire [2:0]         top_one = total_q6[11] ? 3'd4 : total_q6[10] ? 3'd3 : total_q6[9] ? 3'd2 : total_q6[8] ? 3'd1 : 3'd0;
    wire [12:0]        mant    = total_q6 >> top_one;
    sr_exp_rom u_exp (.clk_i(clk_i), .addr_i(|z_q4[14:9] ? 9'd511 : z_q4[8:0]), .data_o(exp));
    sr_ln_rom u_ln (.clk_i(clk_i), .addr_i(mant[6:0]), .data_o(ln_mant));
    always @(posedge clk_i) begin
        v_q     <= {v_q[4:1], go};
        last_q  <= {last_q[6:1], run_last};
        first_q <= {first_q[4:1], index_q == 4'd0};
        own_v_q <= {own_v_q[3:1], go && (is_margin || index_q == label_q)};
        hit_q   <= {hit_q[6:1], pred_q == label_q};
        minus_q <= {minus_q[6:1], sign_q};
        if (go) ref_q1 <= ref_q;
        if (v_q[1]) gap_q2 <= gap;
        if (v_q[2]) prod_q3 <= low + (high << 2);
        if (v_q[3]) z_q4 <= |shifted[SCORE_W+3:15] ? 15'h7fff : shifted[14:0];
        if (v_q[4] && own_v_q[4]) zown_q5 <= z_q4;
        if (v_q[5]) total_q6 <= (first_q[5] ? 13'd0 : total_q6) + {5'd0, exp};
        if (last_q[5]) zown_q6 <= zown_q5;
        if (last_q[6]) begin
            zown_q7 <= zown_q6;
            base_q7 <= top_one == 3'd4 ? SR_LNB4[8:0] : top_one == 3'd3 ? SR_LNB3[8:0] : top_one == 3'd2 ? SR_LNB2[8:0] :
                       top_one == 3'd1 ? SR_LNB1[8:0] : SR_LNB0[8:0];
        end
        if (rst_i) begin
            v_q    <= 5'd0;
            last_q <= 7'd0;
        end
    end
    wire signed [9:0]  ln   = {base_q7[8], base_q7} + {4'd0, ln_mant};
    wire _unused = &{1'b0, mant};
    wire signed [16:0] size = {2'b00, zown_q7};
    assign done_o    = last_q[7];
    assign hit_o     = hit_q[7];
    assign fitness_o = is_soft ? -(size + {{7{ln[9]}}, ln}) : is_margin ? (minus_q[7] ? -size : size) : {16'd0, hit_q[7]};
endmodule

`default_nettype wire
