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
// Job        start_i (pulse) once all scores are there, not while busy_o. bank_i, pair_i, minus_i, fresh_i and label_i stay one cycle longer
//            than busy_o: UNITS 0 and 1 write the last sums in the first cycle in which it is low again. infer_i: plus alone, no sums.
// UNITS 2    score_label_i is the label of the pair whose scores come. start_i comes in the cycle after a pair's last score, or, if a job is
//            at work then, in one of the first two cycles in which busy_o is low: after a later one the next pair's fitness could be in place of its own.
// Prediction pred_valid_o pulses once a job of infer_i, or with UNITS 2 in the cycle after each last score, in which score_label_i is still
//            that pair's.
// Reset      control only, and before each run. Test: tests/rtl/tb_member_fitness.cpp; proofs: tests/formal
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
`ifdef FORMAL
            // Registers of the unit: Yosys joins such a wire with the register of its name (an unknown name gives a free signal, which fails).
            (* hierconn *) wire \u_fitness.read_q , \u_fitness.wait_q , \u_fitness.scan_q , \u_fitness.verdict_q , \u_fitness.seek_q , \u_fitness.fetch_q ,
                \u_fitness.fetched_q , \u_fitness.own_q , \u_fitness.owned_q , \u_fitness.take_q , \u_fitness.mul_q , \u_fitness.four_q , \u_fitness.full_q ,
                \u_fitness.move_q , \u_fitness.size_q , \u_fitness.load_q , \u_fitness.norm_q , \u_fitness.ln_q , \u_fitness.lnb_q , \u_fitness.second_q ;
            (* hierconn *) wire [3:0] \u_fitness.class_q , \u_fitness.place_q , \u_fitness.arg_q ;
            (* hierconn *) wire [SCORE_W:0] \u_fitness.nref_q ;
            wire        begun    = \u_fitness.read_q || \u_fitness.wait_q || \u_fitness.scan_q ;
            wire [16:0] phases   = {begun, \u_fitness.verdict_q , \u_fitness.seek_q , \u_fitness.fetch_q , \u_fitness.fetched_q , \u_fitness.own_q ,
                                    \u_fitness.owned_q , \u_fitness.take_q , \u_fitness.mul_q , \u_fitness.four_q , \u_fitness.full_q , \u_fitness.move_q ,
                                    \u_fitness.size_q , \u_fitness.load_q , \u_fitness.norm_q , \u_fitness.ln_q || \u_fitness.lnb_q , done};
            wire        at_work  = phases != 17'd0;
            wire        verdict  = \u_fitness.verdict_q ;
            wire        second_f = \u_fitness.second_q ;
            wire [4:0]  at_place = \u_fitness.place_q + \u_fitness.wait_q + \u_fitness.scan_q ;
            wire        at_first = \u_fitness.place_q == 4'd0;
            wire [4:0]  at_class = {1'b0, \u_fitness.class_q };
            always @(posedge clk_i) if (past_q) begin
                // The unit is started when it is idle or done, by a job for each of its members, and never without a job.
                if (start) assert (!at_work || done);
                assert (job_q == (at_work || done_q1 || done_q2));
                assert (busy_q == job_q);
                // for the induction: the unit is in one phase (sr_fitness_serial), and this is what it works on
                assert ((phases & (phases - 17'd1)) == 17'd0 && !(\u_fitness.ln_q && \u_fitness.lnb_q ));
                if (at_work) assert (at_class < classes_i);
                if (\u_fitness.read_q ) assert (at_class == at_place);
                else if (begun) assert (at_place == classes_i);
                if (at_work) assert (told_q == {1'b0, second_q} + {1'b0, second_f || !(begun || verdict)});
                if (begun && at_first && !second_f) assert (\u_fitness.nref_q == {2'b01, {SCORE_W - 1{1'b0}}});    // any score is above it
                else if (at_work) assert ({1'b0, \u_fitness.arg_q } < classes_i);
                assert (!(done_q1 && done_q2) && !(done_q1 && at_work));
                if (again_q) assert (done_q1 && second_q);
                if (!job_q || MEMBERS == 1 || infer_i) assert (!again_q && !second_q && !add_minus_q);
                if (infer_i) assert (!done_q1 && !done_q2);
                if (at_work) assert (second_q == (add_minus_q || done_q2));
                if (done_q1) assert (again_q ? !add_minus_q : add_minus_q == (MEMBERS > 1) && !second_q);
                if (done_q2) assert (at_work ? !add_minus_q : add_minus_q == (MEMBERS > 1) && !second_q);
                if (job_q) assert (writes_q == {1'b0, add_minus_q} && reads_q == writes_q + {1'b0, done_q1} + {1'b0, done_q2});
            end
`endif
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
`ifdef FORMAL
            // Registers of the unit: Yosys joins such a wire with the register of its name (an unknown name gives a free signal, which fails).
            (* hierconn *) wire       \u_fitness.run_q ;
            (* hierconn *) wire [3:0] \u_fitness.index_q , \u_fitness.until_q , \u_fitness.count_q , \u_fitness.arg_q ;
            (* hierconn *) wire [7:1] \u_fitness.last_q ;
            wire [9:1]  ages    = {done_q2, done_q1, \u_fitness.last_q };      // of members that were looked at
            wire [3:0]  behind  = {3'd0, ages[1]} + {3'd0, ages[2]} + {3'd0, ages[3]} + {3'd0, ages[4]} + {3'd0, ages[5]} + {3'd0, ages[6]} + {3'd0, ages[7]};
            wire [3:0]  closing = {3'd0, done_q1} + {3'd0, done_q2};
            wire        at_work = scan_q || look_q;
            wire        told    = look_q && !come_q && !pred_valid_o;
            wire [3:0]  through = !at_work ? (infer_i ? 4'd1 : MEMBERS[3:0]) : {3'd0, second_q} + {3'd0, ages[1]};
            always @(posedge clk_i) if (past_q) begin
                assert (busy_q == job_q);
                // Members that were looked at are on their way, or written: none is lost, none is added twice, and they come so far apart that the
                // sums of one are written before those of the next are read.
                if (job_q) assert (behind + closing + {3'd0, add_minus_q} == through);
                else assert (behind + closing == 4'd0 && !add_minus_q && !at_work && !second_q && !come_q);
                assert ((ages & ages >> 1) == 9'd0 && (ages & ages >> 2) == 9'd0 && (ages & ages >> 3) == 9'd0);
                // One phase at a time; a score is scanned or looked at, and the unit gets the last one before it is asked what it found.
                assert (!(scan_q && look_q) && {1'b0, come_q} + {1'b0, pred_valid_o} + {1'b0, again} <= 2'd1);
                if (come_q) assert (come_last_q == look_q && (scan_q ? come_class_q + 4'd1 == class_q : {1'b0, come_class_q} == classes_i - 5'd1));
                // for the induction
                if (scan_q) assert ({1'b0, class_q} < classes_i && come_q == (class_q != 4'd0 && $past(!rd_wait_i)));
                if (!at_work) assert (!come_q);
                if (pred_valid_o || again) assert (look_q);
                if (pred_valid_o) assert ({1'b0, \u_fitness.count_q } == classes_i - 5'd1);
                if (again) assert (\u_fitness.until_q == (kind_i == 2'd2 ? classes_i[3:0] - 4'd1 : 4'd0) && \u_fitness.index_q <= \u_fitness.until_q );
                assert (ages[1] == (look_q && !come_q && !pred_valid_o && !again));
                if (job_q) assert (told_q == (at_work ? {1'b0, second_q} + {1'b0, told} : infer_i ? 2'd1 : MEMBERS[1:0]));
                if (MEMBERS == 1 || infer_i) assert (!second_q && !add_minus_q);
                if (infer_i) assert (!done_q1 && !done_q2);
                if (job_q) assert (writes_q == {1'b0, add_minus_q} && reads_q == writes_q + {1'b0, done_q1} + {1'b0, done_q2});
            end
`endif
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
`ifdef FORMAL
            // Assumed of the readout: classes in order, last scores as far apart as the header says, no score in the cycle after a reset. Of
            // sr_seq: a start for each last score that came, in the cycle after it, or when busy_o has been low for a cycle.
            // Registers of the units, likewise.
            (* hierconn *) wire       \u_fitness_p.run_q , \u_fitness_m.run_q , \u_fitness_m.end_q ;
            (* hierconn *) wire [3:0] \u_fitness_p.index_q , \u_fitness_p.until_q , \u_fitness_p.count_q ;
            (* hierconn *) wire [3:0] \u_fitness_m.index_q , \u_fitness_m.until_q , \u_fitness_m.count_q ;
            (* hierconn *) wire [7:1] \u_fitness_p.last_q , \u_fitness_m.last_q ;
            localparam [5:0] LONG = 6'd63;                         // ago, or longer
            reg  [3:0] come_q;                                     // class whose score comes next
            reg  [5:0] since_q, before_q;                          // cycles since the last score of a pair, and since that of the pair before
            reg  [2:0] scored_q, judged_q, taken_q, started_q;     // pairs whose last score came, whose fitness did, that state_q took, that were started
            wire       scored  = score_we_i && {1'b0, score_class_i} == classes_i - 5'd1;
            wire [6:0] apart   = {2'd0, classes_i} + 7'd6;
            wire [5:0] latency = kind_i == 2'd2 ? {1'b0, classes_i} + 6'd8 : 6'd9;   // from a last score to done_p
            wire [5:0] of_done = since_q > latency ? since_q : before_q;             // cycles since the last score of the pair that was judged last
            wire [7:1] due;
            genvar k_f;
            for (k_f = 1; k_f <= 7; k_f = k_f + 1) begin : g_due
                assign due[k_f] = since_q == latency - 6'd7 + k_f || before_q == latency - 6'd7 + k_f;
            end
            wire       running = since_q >= 6'd2 && since_q <= latency - 6'd7;
            wire       pending = scored_q != started_q;
            always @(posedge clk_i) begin
                if (rst_i) begin
                    come_q <= 4'd0;
                    {since_q, before_q} <= {LONG, LONG};
                    {scored_q, judged_q, taken_q, started_q} <= 12'd0;
                end else begin
                    if (score_we_i) come_q <= scored ? 4'd0 : come_q + 4'd1;
                    since_q  <= scored ? 6'd1 : since_q + {5'd0, since_q != LONG};
                    before_q <= scored ? since_q + {5'd0, since_q != LONG} : before_q + {5'd0, before_q != LONG};
                    scored_q  <= scored_q + {2'd0, scored};
                    judged_q  <= judged_q + {2'd0, done_p};
                    taken_q   <= taken_q + {2'd0, state_q == READ_P};
                    started_q <= started_q + {2'd0, start_i};
                end
                if (score_we_i) assume (score_class_i == come_q);
                if (scored) assume (since_q >= apart);
                if (!past2_q) assume (!score_we_i);
                if (start_i) assume (pending);
                if (past2_q && pending && !busy_o && !$past(busy_o)) assume (start_i);
                if (past_q && !infer_i) begin
                    // The fitness of each pair is taken once, before that of the next one comes, and stays until it has been added.
                    if (done_p) assert (done_m && state_q == WAIT && !done_q && started_q == judged_q + 3'd1);
                    if (state_q == READ_P || state_q == READ_M || state_q == ADD_P) assert (started_q == judged_q);
                    // Done so many cycles after the last score.
                    if (state_q > WAIT) assert (of_done <= {1'b0, classes_i} + 6'd16);
                    if (over_f) assert (of_done == latency + 6'd6);
                    // for the induction
                    assert (judged_q - taken_q == {2'd0, done_q} && started_q - taken_q == {2'd0, state_q == WAIT || state_q == READ_P});
                    if (done_q) assert (state_q == WAIT || state_q == READ_P);
                    if (state_q == WAIT) assert (done_q ? of_done == latency + 6'd1 : since_q <= latency);
                    if (state_q > WAIT) assert (state_q <= ADD_M && of_done == latency + {3'd0, state_q});
                    if (busy_o) assert (reads_q == (state_q < READ_M ? 2'd0 : state_q == READ_M ? 2'd1 : 2'd2) && writes_q == {1'b0, state_q == ADD_M});
                    else if (job_q) assert (reads_q == 2'd2 && writes_q == 2'd2);
                    if (state_q == IDLE && pending) assert (since_q == 6'd1 || of_done <= latency + 6'd7);
                end
                if (past_q && infer_i) assert (state_q == IDLE);
                if (past_q) begin
                    // A prediction is told in the cycle after the last score.
                    assert (pred_valid_o == (since_q == 6'd1));
                    // for the induction
                    assert (scored_q - judged_q == {2'd0, since_q <= latency} + {2'd0, before_q <= latency});
                    assert ({1'b0, come_q} < classes_i);
                    assert (before_q == LONG || before_q >= since_q + apart);
                    if (past2_q) assert (last_q == classes_i[3:0] - 4'd1);
                    assert (\u_fitness_m.end_q == pred_valid_o && \u_fitness_p.run_q == running && \u_fitness_m.run_q == running);
                    assert (\u_fitness_p.last_q == due && \u_fitness_m.last_q == due);
                    if (since_q == 6'd1) assert ({1'b0, \u_fitness_p.count_q } == classes_i - 5'd1 && {1'b0, \u_fitness_m.count_q } == classes_i - 5'd1);
                    if (running) assert (\u_fitness_p.until_q == latency[3:0] - 4'd9 && \u_fitness_p.index_q == since_q[3:0] - 4'd2);
                    if (running) assert (\u_fitness_m.until_q == latency[3:0] - 4'd9 && \u_fitness_m.index_q == since_q[3:0] - 4'd2);
                end
            end
`endif
        end
    endgenerate

`ifdef FORMAL
    // formal: UNITS=0 MEMBERS=2 SCORE_W=12 PAIR_AW=1 DEPTH=24
    // formal: UNITS=0 MEMBERS=1 SCORE_W=12 PAIR_AW=1 DEPTH=16
    // formal: UNITS=1 MEMBERS=2 SCORE_W=12 PAIR_AW=1 DEPTH=28
    // formal: UNITS=1 MEMBERS=1 SCORE_W=12 PAIR_AW=1 DEPTH=20
    // formal: UNITS=2 SCORE_W=12 PAIR_AW=1 DEPTH=24
    // Assumed: start_i only while not busy_o; inputs legal, and those of a job stable from start_i to the cycle in which busy_o is low again, that one
    // included; of UNITS 2 also what is said where its scores are counted. Resets come at any time, and may be of one clock.
    reg        past_q = 1'b0, past2_q = 1'b0;      // this many clocks are past, and the last was without reset
    reg        job_q;                              // a job is at work
    reg  [1:0] reads_q, writes_q, told_q;          // sums that were read, that were written, predictions that were told: of this job
    wire       over_f = job_q && !busy_o;          // busy_o fell
    wire [1:0] members = infer_i ? 2'd0 : MEMBERS[1:0];    // that have sums
    always @(posedge clk_i) begin
        past_q  <= 1'b1;
        past2_q <= past_q && !rst_i;
        job_q   <= (start_i || (job_q && busy_o)) && !rst_i;
        if (start_i || rst_i) {reads_q, writes_q, told_q} <= 6'd0;
        else begin
            reads_q  <= reads_q + {1'b0, bank_re_o};
            writes_q <= writes_q + {1'b0, bank_we_o};
            told_q   <= told_q + {1'b0, pred_valid_o};
        end
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (classes_i >= 5'd2 && classes_i <= 5'd16 && {1'b0, label_i} < classes_i);
        if (past_q && !$past(rst_i) && ($past(start_i) || job_q))
            assume ($stable(bank_i) && $stable(fresh_i) && $stable(minus_i) && $stable(pair_i) && $stable(label_i));
        if (past_q && !$past(rst_i) && (UNITS == 2 || $past(start_i) || job_q))
            assume ($stable(infer_i) && $stable(classes_i) && $stable(kind_i) && $stable(mul_i) && $stable(shift_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o && !rd_o && !bank_re_o && !bank_we_o && !pred_valid_o);
            // A job begins with start_i, is busy, and ends when the sums of all its members have been written, or with nothing to write.
            if ($past(start_i && !rst_i)) assert (busy_o || (UNITS == 2 && infer_i));
            if (busy_o) assert (job_q);
            if (bank_re_o || bank_we_o) assert (job_q && !infer_i);
            if (over_f) assert (reads_q == members && writes_q + {1'b0, bank_we_o} == members);
            if (UNITS != 2 && over_f) assert (told_q == (infer_i ? 2'd1 : MEMBERS[1:0]));
            if (!job_q) assert (!rd_o && !bank_re_o && !bank_we_o);
            // Members in order: each one's sums are read once, and written two cycles later where they were read.
            if (bank_re_o) assert (reads_q < members && bank_raddr_o == {1'b0, pair_i, MEMBERS == 1 ? minus_i : reads_q[0]});
            if (bank_we_o) assert (writes_q < members && bank_waddr_o == {1'b0, pair_i, MEMBERS == 1 ? minus_i : writes_q[0]});
            // Scores: of the job's bank, of classes that are there; a request stays until it is answered.
            if (rd_o) assert (rd_addr_o[SBANK_W+3:4] == bank_i && {1'b0, rd_addr_o[3:0]} < classes_i);
            if ($past(rd_o && rd_wait_i && !rst_i)) assert (rd_o && $stable(rd_addr_o));
            // for the induction
            assert (reads_q <= 2'd2 && writes_q <= reads_q);
        end
        if (past2_q && $past(past2_q)) begin
            assert (bank_we_o == $past(bank_re_o, 2));
            if (bank_we_o) assert (bank_waddr_o == $past(bank_raddr_o, 2));
            if (bank_we_o) assert (bank_wdata_o[31:0] == ($past(fresh_i) ? 32'd0 : $past(bank_rdata_i[31:0])) + $past(more));
            if (bank_we_o) assert (bank_wdata_o[47:32] == ($past(fresh_i) ? 16'd0 : $past(bank_rdata_i[47:32])) + {15'd0, $past(hit)});
        end
        cover (past_q && over_f && !infer_i && !$past(rst_i));
        cover (past_q && pred_valid_o && infer_i);
    end
`endif
endmodule

`default_nettype wire
