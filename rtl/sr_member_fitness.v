// SPDX-License-Identifier: Apache-2.0
// sr_member_fitness: fitness of a pair's members from their scores, added to the members' sums in the bank memory, while the
// readout works on the next pair.
//
// MEMBERS    2: a job is a pair. 1: a job is a member, and minus_i says which (BESIDE 0 alone).
// BESIDE     0: sr_fitness_serial, one member after the other, from stored scores: few cells.
//            1: an sr_fitness a member, from the scores as they come. It is done at most classes + 16 cycles after the last score;
//            the next pair's last score comes no sooner than classes + 2 cycles after this one's.
// Sums       {correct u16, fitness s32} at {0, pair, minus}; fresh_i: they begin with this pair's.
// Job        start_i (pulse) once all scores are there, not while busy_o; bank_i, pair_i, fresh_i and label_i stay while busy_o.
//            score_label_i is the label of the pair whose scores come (BESIDE). infer_i: plus alone, no sums; pred_valid_o pulses
//            once a job, or with BESIDE in the cycle after the last score.
// Reset      control only. Test: tests/test_sim.c
`default_nettype none

module sr_member_fitness #(
    parameter SCORE_W = 24,
    parameter PAIR_AW = 6,
    parameter BESIDE  = 0,
    parameter MEMBERS = 2
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      start_i,
    output wire                      busy_o,
    input  wire                      infer_i,
    input  wire                      bank_i,
    input  wire                      fresh_i,
    input  wire                      minus_i,
    input  wire [PAIR_AW-1:0]        pair_i,
    input  wire [3:0]                label_i,
    input  wire [4:0]                classes_i,
    input  wire [1:0]                kind_i,
    input  wire [3:0]                mul_i,
    input  wire [4:0]                shift_i,
    // scores as they come
    input  wire                      score_we_i,
    input  wire [3:0]                score_class_i,
    input  wire [3:0]                score_label_i,
    input  wire signed [SCORE_W-1:0] score_p_i,
    input  wire signed [SCORE_W-1:0] score_m_i,
    // scores kept: data a cycle after, unless rd_wait_i: then the request stays
    output wire                      rd_o,
    output wire [4:0]                rd_addr_o,     // {bank, class}
    input  wire                      rd_wait_i,
    input  wire signed [SCORE_W-1:0] rdata_p_i,
    input  wire signed [SCORE_W-1:0] rdata_m_i,
    output wire                      pred_valid_o,
    output wire [3:0]                pred_o,
    // bank memory: data a cycle after
    output wire                      bank_re_o,
    output wire [PAIR_AW+1:0]        bank_raddr_o,
    input  wire [47:0]               bank_rdata_i,
    output wire                      bank_we_o,
    output wire [PAIR_AW+1:0]        bank_waddr_o,
    output wire [47:0]               bank_wdata_o
);
    reg  [47:0]        sums_q;
    reg                sums_read_q;            // the member's sums come out of the bank memory
    wire               hit;
    wire signed [16:0] fitness;
    always @(posedge clk_i) begin
        sums_read_q <= bank_re_o;
        if (sums_read_q) sums_q <= fresh_i ? 48'd0 : bank_rdata_i;
    end
    assign bank_wdata_o[31:0]  = sums_q[31:0] + {{15{fitness[16]}}, fitness};
    assign bank_wdata_o[47:32] = sums_q[47:32] + {15'd0, hit};
    generate
        if (BESIDE == 0) begin : g_after
            reg                      again_q, second_q, busy_q, score_read_q;
            wire                     minus = MEMBERS > 1 ? second_q : minus_i;
            reg signed [SCORE_W-1:0] score_q;      // registered before it is compared
            wire                     start = start_i || again_q;
            wire                     hold  = rd_o && rd_wait_i;
            wire [3:0]               rd_class;
            wire                     done;
            wire                     over  = done && (MEMBERS == 1 || second_q || infer_i);
            always @(posedge clk_i) begin
                score_read_q <= rd_o && !rd_wait_i;
                if (score_read_q) score_q <= second_q ? rdata_m_i : rdata_p_i;
                again_q <= done && !over && !rst_i;
                second_q <= (done ? !over : second_q) && !rst_i;
                busy_q  <= (start_i || busy_o) && !rst_i;
            end
            sr_fitness_serial #(.SCORE_W(SCORE_W)) u_fitness (
                .clk_i(clk_i), .rst_i(rst_i), .start_i(start), .hold_i(hold), .classes_i(classes_i), .label_i(label_i),
                .kind_i(kind_i), .mul_i(mul_i), .shift_i(shift_i), .rd_o(rd_o), .rd_class_o(rd_class), .score_i(score_q),
                .pred_valid_o(pred_valid_o), .pred_o(pred_o), .done_o(done), .fitness_o(fitness), .hit_o(hit)
            );
            assign rd_addr_o    = {bank_i, rd_class};
            assign busy_o       = busy_q && !over;
            assign bank_re_o    = start;
            assign bank_raddr_o = {1'b0, pair_i, minus};
            assign bank_we_o    = done && !infer_i;
            assign bank_waddr_o = {1'b0, pair_i, minus};
            wire _unused = &{1'b0, minus_i, score_we_i, score_class_i, score_label_i, score_p_i, score_m_i};
        end else begin : g_beside
            localparam [2:0] IDLE = 3'd0, WAIT = 3'd1, READ_P = 3'd2, READ_M = 3'd3, ADD_P = 3'd4, ADD_M = 3'd5;
            reg  [2:0]          state_q;
            reg                 done_q, hit_p_q, hit_m_q;
            reg  [3:0]          last_q;
            reg  signed [16:0]  fit_p_q, fit_m_q;
            wire                last = score_class_i == last_q;
            wire                done_p, done_m, hit_p, hit_m, pred_m_valid;
            wire [3:0]          pred_m;
            wire signed [16:0]  fit_p, fit_m;
            sr_fitness #(.SCORE_W(SCORE_W)) u_fitness_p (
                .clk_i(clk_i), .rst_i(rst_i), .valid_i(score_we_i), .last_i(last), .class_i(score_class_i), .score_i(score_p_i),
                .label_i(score_label_i), .kind_i(kind_i), .mul_i(mul_i), .shift_i(shift_i), .pred_valid_o(pred_valid_o),
                .pred_o(pred_o), .done_o(done_p), .fitness_o(fit_p), .hit_o(hit_p)
            );
            sr_fitness #(.SCORE_W(SCORE_W)) u_fitness_m (
                .clk_i(clk_i), .rst_i(rst_i), .valid_i(score_we_i), .last_i(last), .class_i(score_class_i), .score_i(score_m_i),
                .label_i(score_label_i), .kind_i(kind_i), .mul_i(mul_i), .shift_i(shift_i), .pred_valid_o(pred_m_valid),
                .pred_o(pred_m), .done_o(done_m), .fitness_o(fit_m), .hit_o(hit_m)
            );
            always @(posedge clk_i) begin
                last_q <= classes_i[3:0] - 4'd1;
                if (done_p) begin
                    fit_p_q <= fit_p;
                    fit_m_q <= fit_m;
                    hit_p_q <= hit_p;
                    hit_m_q <= hit_m;
                end
                done_q <= (done_p || (done_q && state_q != READ_P)) && !rst_i;
                case (state_q)
                    IDLE:    if (start_i && !infer_i) state_q <= WAIT;
                    WAIT:    if (done_q) state_q <= READ_P;
                    READ_P:  state_q <= READ_M;
                    READ_M:  state_q <= ADD_P;
                    ADD_P:   state_q <= ADD_M;
                    default: state_q <= IDLE;
                endcase
                if (rst_i) state_q <= IDLE;
            end
            assign fitness      = state_q == ADD_M ? fit_m_q : fit_p_q;
            assign hit          = state_q == ADD_M ? hit_m_q : hit_p_q;
            assign busy_o       = state_q != IDLE;
            assign rd_o         = 1'b0;
            assign rd_addr_o    = 5'd0;
            assign bank_re_o    = state_q == READ_P || state_q == READ_M;
            assign bank_raddr_o = {1'b0, pair_i, state_q == READ_M};
            assign bank_we_o    = state_q == ADD_P || state_q == ADD_M;
            assign bank_waddr_o = {1'b0, pair_i, state_q == ADD_M};
            wire _unused = &{1'b0, minus_i, rdata_p_i, rdata_m_i, rd_wait_i, bank_i, label_i, done_m, pred_m_valid, pred_m, classes_i[4]};
        end
    endgenerate
endmodule

`default_nettype wire
