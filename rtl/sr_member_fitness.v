// SPDX-License-Identifier: Apache-2.0
// sr_member_fitness: fitness of a pair's members from their scores, added to the members' sums in the bank memory, while the
// readout works on the next pair.
//
// MEMBERS    2: a job is a pair. 1: a job is a member, and minus_i says which (UNITS 0 or 1).
// UNITS      0: sr_fitness_serial, one member after the other, from stored scores: few cells, some 100 cycles a member.
//            1: a pipelined sr_fitness, likewise from stored scores, each of which is read twice: 2 classes + 5 cycles a member and 12
//            a job, and one more wherever a score has to wait.
//            2: an sr_fitness a member, from the scores as they come. It is done at most classes + 16 cycles after the last score;
//            the next pair's last score comes no sooner than classes + 6 cycles after this one's (sr_readout).
// Sums       {correct u16, fitness s32} at {0, pair, minus}; fresh_i: they begin with this pair's.
// Job        start_i (pulse) once all scores are there, not while busy_o; bank_i, pair_i, fresh_i and label_i stay while busy_o.
//            score_label_i is the label of the pair whose scores come (UNITS 2). infer_i: plus alone, no sums; pred_valid_o pulses
//            once a job, or with UNITS 2 in the cycle after the last score, in which score_label_i is still that pair's.
// Reset      control only, and before each run. Test: tests/rtl/tb_member_fitness.cpp
`default_nettype none

module sr_member_fitness #(
    parameter SCORE_W = 24,
    parameter PAIR_AW = 6,
    parameter UNITS   = 0,
    parameter MEMBERS = 2,
    parameter SBANK_W = 1     // log2 of the banks of scores
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      start_i,
    output wire                      busy_o,
    input  wire                      infer_i,
    input  wire [SBANK_W-1:0]        bank_i,
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
    output wire [SBANK_W+3:0]        rd_addr_o,     // {bank, class}
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
    // A member's sums come out of the bank memory, and go back with this sample's a cycle later. Whether they begin with it is asked behind the
    // adder: that, the adder and the register are one logic cell a bit.
    wire               hit;
    wire signed [16:0] fitness;
    wire [31:0]        more    = {{15{fitness[16]}}, fitness};
    wire [31:0]        total   = bank_rdata_i[31:0] + more;
    wire [15:0]        correct = bank_rdata_i[47:32] + {15'd0, hit};
    reg  [47:0]        sums_q;
    always @(posedge clk_i) sums_q <= fresh_i ? {15'd0, hit, more} : {correct, total};
    assign bank_wdata_o = sums_q;
    // UNITS 0 and 1: they are read when the member's fitness is there, and written two cycles later.
    wire               done;
    reg                done_q1, done_q2, add_minus_q;   // the member whose fitness comes next is the minus member
    wire               add_minus = MEMBERS > 1 ? add_minus_q : minus_i;
    wire               over      = infer_i ? done : done_q2 && (MEMBERS == 1 || add_minus_q);
    always @(posedge clk_i) begin
        done_q1     <= done && !infer_i && !rst_i;
        done_q2     <= done_q1 && !rst_i;
        add_minus_q <= (add_minus_q ^ done_q2) && !over && !rst_i;
    end
    generate
        if (UNITS == 0) begin : g_serial
            reg                      again_q, second_q, busy_q, score_read_q;
            reg signed [SCORE_W-1:0] score_q;      // registered before it is compared
            wire                     start = start_i || again_q;
            wire                     hold  = rd_o && rd_wait_i;
            wire [3:0]               rd_class;
            wire                     both  = MEMBERS == 1 || second_q || infer_i;
            always @(posedge clk_i) begin
                score_read_q <= rd_o && !rd_wait_i;
                if (score_read_q) score_q <= second_q ? rdata_m_i : rdata_p_i;
                again_q <= done && !both && !rst_i;
                second_q <= (done ? !both : second_q) && !rst_i;
                busy_q  <= (start_i || busy_o) && !rst_i;
            end
            sr_fitness_serial #(.SCORE_W(SCORE_W)) u_fitness (
                .clk_i(clk_i), .rst_i(rst_i), .start_i(start), .hold_i(hold), .classes_i(classes_i), .label_i(label_i),
                .kind_i(kind_i), .mul_i(mul_i), .shift_i(shift_i), .rd_o(rd_o), .rd_class_o(rd_class), .score_i(score_q),
                .pred_valid_o(pred_valid_o), .pred_o(pred_o), .done_o(done), .fitness_o(fitness), .hit_o(hit)
            );
            assign rd_addr_o    = {bank_i, rd_class};
            assign busy_o       = busy_q && !over;
            assign bank_re_o    = done && !infer_i;
            assign bank_raddr_o = {1'b0, pair_i, add_minus};
            assign bank_we_o    = done_q2;
            assign bank_waddr_o = {1'b0, pair_i, add_minus};
            wire _unused = &{1'b0, minus_i, score_we_i, score_class_i, score_label_i, score_p_i, score_m_i};
        end else if (UNITS == 1) begin : g_one
            // Scan and look (pass 1 and 2 of sr_fitness) of plus, then of minus.
            reg        busy_q, scan_q, look_q, second_q;      // the member that is scanned or looked at: minus
            reg  [3:0] class_q, come_class_q;
            reg        come_q, come_last_q;
            wire       scan_last = class_q + 4'd1 == classes_i[3:0];     // 16 classes: 0
            wire       scanned   = scan_q && !rd_wait_i;
            wire       again;
            wire [3:0] again_class;
            wire       looked    = look_q && !again && !come_q && !pred_valid_o;
            wire       both      = MEMBERS == 1 || second_q || infer_i;
            wire signed [SCORE_W-1:0] score = second_q ? rdata_m_i : rdata_p_i;
            always @(posedge clk_i) begin
                busy_q       <= (start_i || busy_o) && !rst_i;
                scan_q       <= (start_i || (scan_q && !(scanned && scan_last)) || (looked && !both)) && !rst_i;
                look_q       <= ((scanned && scan_last) || (look_q && !looked)) && !rst_i;
                second_q     <= (looked ? !both : second_q) && !rst_i;
                class_q      <= !scan_q ? 4'd0 : class_q + {3'd0, scanned};
                come_q       <= scanned && !rst_i;
                come_class_q <= class_q;
                come_last_q  <= scan_last;
            end
            sr_fitness #(.SCORE_W(SCORE_W), .STORED(1)) u_fitness (
                .clk_i(clk_i), .rst_i(rst_i), .valid_i(come_q), .last_i(come_last_q), .class_i(come_class_q), .score_i(score),
                .label_i(label_i), .kind_i(kind_i), .mul_i(mul_i), .shift_i(shift_i), .again_o(again), .again_class_o(again_class),
                .again_wait_i(rd_wait_i), .again_score_i(score), .pred_valid_o(pred_valid_o), .pred_o(pred_o), .done_o(done),
                .fitness_o(fitness), .hit_o(hit)
            );
            assign rd_o         = scan_q || again;
            assign rd_addr_o    = {bank_i, scan_q ? class_q : again_class};
            assign busy_o       = busy_q && !over;
            assign bank_re_o    = done && !infer_i;
            assign bank_raddr_o = {1'b0, pair_i, add_minus};
            assign bank_we_o    = done_q2;
            assign bank_waddr_o = {1'b0, pair_i, add_minus};
            wire _unused = &{1'b0, minus_i, score_we_i, score_class_i, score_label_i, score_p_i, score_m_i, classes_i[4]};
        end else begin : g_beside
            localparam [2:0] IDLE = 3'd0, WAIT = 3'd1, READ_P = 3'd2, READ_M = 3'd3, ADD_P = 3'd4, ADD_M = 3'd5;
            reg  [2:0]          state_q;
            reg                 done_q, hit_p_q, hit_m_q;
            reg  [3:0]          last_q;
            reg  signed [16:0]  fit_p_q, fit_m_q;
            wire                last = score_class_i == last_q;
            wire                done_p, done_m, hit_p, hit_m, pred_m_valid, again_p, again_m;
            wire [3:0]          pred_m, again_class_p, again_class_m;
            wire signed [16:0]  fit_p, fit_m;
            sr_fitness #(.SCORE_W(SCORE_W)) u_fitness_p (
                .clk_i(clk_i), .rst_i(rst_i), .valid_i(score_we_i), .last_i(last), .class_i(score_class_i), .score_i(score_p_i),
                .label_i(score_label_i), .kind_i(kind_i), .mul_i(mul_i), .shift_i(shift_i), .again_o(again_p), .again_class_o(again_class_p),
                .again_wait_i(1'b0), .again_score_i({SCORE_W{1'b0}}), .pred_valid_o(pred_valid_o), .pred_o(pred_o), .done_o(done_p), .fitness_o(fit_p), .hit_o(hit_p)
            );
            sr_fitness #(.SCORE_W(SCORE_W)) u_fitness_m (
                .clk_i(clk_i), .rst_i(rst_i), .valid_i(score_we_i), .last_i(last), .class_i(score_class_i), .score_i(score_m_i),
                .label_i(score_label_i), .kind_i(kind_i), .mul_i(mul_i), .shift_i(shift_i), .again_o(again_m), .again_class_o(again_class_m),
                .again_wait_i(1'b0), .again_score_i({SCORE_W{1'b0}}), .pred_valid_o(pred_m_valid), .pred_o(pred_m), .done_o(done_m), .fitness_o(fit_m), .hit_o(hit_m)
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
            assign fitness      = state_q == ADD_P ? fit_m_q : fit_p_q;
            assign hit          = state_q == ADD_P ? hit_m_q : hit_p_q;
            assign done         = 1'b0;
            assign busy_o       = state_q != IDLE;
            assign rd_o         = 1'b0;
            assign rd_addr_o    = {SBANK_W + 4{1'b0}};
            assign bank_re_o    = state_q == READ_P || state_q == READ_M;
            assign bank_raddr_o = {1'b0, pair_i, state_q == READ_M};
            assign bank_we_o    = state_q == ADD_P || state_q == ADD_M;
            assign bank_waddr_o = {1'b0, pair_i, state_q == ADD_M};
            wire _unused = &{1'b0, minus_i, add_minus, over, rdata_p_i, rdata_m_i, rd_wait_i, bank_i, label_i, done_m, pred_m_valid, pred_m, again_p, again_m,
                                again_class_p, again_class_m, classes_i[4]};
        end
    endgenerate
endmodule

`default_nettype wire
