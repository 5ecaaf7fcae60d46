// SPDX-License-Identifier: Apache-2.0
// sr_seq: sequencer of a run on the core.
//
//   state              what happens
//   CHECK              the limits
//   DRAW, DRAWING      the factors of the pairs to evaluate are drawn, unless they still lie there
//   EVALUATE           four units, each an item behind the one before it, until the last pair's fitness is done:
//                        front of a sample -> LIF of a pair -> readout of the pair before -> fitness of the pair before that
//   SHAPE*             pair weights from the members' sums: the sign of their difference, 4 cycles a pair
//   REDRAW, REDRAWING  the factors of the population, unless it is the one that was evaluated
//   CREDIT, CREDITING  the pair weights become the words that the sums of the update are made of (sr_credit)
//   UPDATE ... LAYER   update of the hidden layer, then of the readout (none where K is 0)
//   LEARN, LEARNING    mode `local`: sr_local runs the samples of the list
//
// Between two units lie two banks of a memory (base current and counts: BUFFERS), and a bank is in one of three states:
// free; taken, since the unit that fills it began; full, until the unit that empties it is done. A unit begins when its input bank
// is full and its output bank is free. Units take pairs in one order, so each counts them for itself; of which sample a pair is travels
// with the bank as a ticket {last of the run, last of its sample, sums begin anew, label}. With BUFFERS 1 a sample's front waits
// until the sample before is done with altogether: front and readout share the weights' port, and one label is enough.
//
//   front    | s + 1 ..............................................
//   LIF      | s, p + 1        | s, p + 2        | s, p + 3
//   readout  | s, p            | s, p + 1        | s, p + 2
//   fitness  | s, p - 1        | s, p            | s, p + 1
//
// Full rank (full_i): a front is a pair's, so a bank holds the base current of one pair and is free once that is done; nothing is
// drawn, and the update begins without words.
//
// Bank memory: {0, member} sums (sr_member_fitness), {2, entry} batch list, {3, pair} pair weights. fit_re_i goes first.
// Codes: check_code_i at the start of a run; fault_i, a code raised while it runs, ends it when the units at work have finished: a
// sample's front, a pair, the draw, a layer's update. Reset: control only.
// Test: tests/test_sim.c; proofs: tests/formal
`default_nettype none

module sr_seq #(
    parameter PAIR_AW = 6,    // log2 of the pairs; the batch list is no longer
    parameter X_AW    = 14,
    parameter BUFFERS = 1,
    parameter MEMBERS = 2,    // of a pair, that units work on at a time
    parameter SCORES  = 2,    // pairs between the readout's start and the end of their fitness: 2 or 4
    parameter FULL    = 0,    // 1: full rank is built
    parameter COUNTS  = 2,    // pairs between the LIF unit's start and the readout's last look at their spike counts: 2 or 4
    parameter LOWRANK = 1     // 0: inference and learning alone
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               run_start_i,
    input  wire [ 5:0]        run_flags_i,
    output wire               run_busy_o,
    output wire [ 7:0]        run_code_o,
    output wire               clear_o,        // a run begins
    output wire               infer_o,
    input  wire               check_busy_i,   // sr_check, which starts with the run
    input  wire [ 7:0]        check_code_i,
    input  wire [ 7:0]        fault_i,        // SR_REPLY_OK: none; stays once raised
    // settings, and what follows from them
    input  wire [2047:0]      cfg_i,
    input  wire               full_i,         // the generation is one of full rank
    input  wire [15:0]        pair_first_i,   // in a draw
    input  wire               pair_zero_i,    // it is 0
    input  wire               forget_i,       // a setting that factors follow from is written: what was drawn before is stale
    input  wire               step_hidden_i,  // the update's K is not 0
    input  wire               step_readout_i,
    // units (sr_units.vh), and what they are given with the pulse that starts them, or while they are busy
    output wire [7:0]         start_o,
    input  wire [7:0]         busy_i,
    output wire [15:0]        draw_first_o,
    output wire [PAIR_AW:0]   draw_pairs_o,
    output wire [X_AW:0]      x_base_o,       // front
    output wire               front_bank_o,
    output wire [PAIR_AW-1:0] front_pair_o,   // full rank: the front is this pair's
    output wire [2:0]         lif_job_o,
    input  wire               lif_ready_i,
    input  wire               lif_done_i,
    output wire [1:0]         read_job_o,
    input  wire               read_ready_i,
    input  wire               read_free_i,    // the pair's spike counts are read: at read_done_i or before
    input  wire               read_done_i,
    output wire [ 3:0]        score_label_o,  // of the pair whose scores come
    output wire [1:0]         fit_job_o,
    output wire [$clog2(SCORES)-1:0] fit_bank_o,      // of scores
    output wire [PAIR_AW-1:0] fit_pair_o,
    output wire [ 3:0]        fit_label_o,
    output wire               readout_o,      // the update is of the readout
    // bank memory: data a cycle after
    input  wire               fit_re_i,
    output wire               bank_re_o,
    output wire [PAIR_AW+1:0] bank_raddr_o,
    input  wire [31:0]        bank_rdata_i,
    output wire               bank_we_o,
    output wire [PAIR_AW+1:0] bank_waddr_o,
    output wire [ 7:0]        bank_wdata_o
);
    `include "sr_map.vh"
    `include "sr_cfg.vh"
    `include "sr_units.vh"

    localparam [4:0] IDLE = 5'd0, CHECK = 5'd1, DRAW = 5'd2, DRAWING = 5'd3, EVALUATE = 5'd4, SHAPE = 5'd5, SHAPE_M = 5'd6,
                     SHAPE_U = 5'd7, SHAPE_W = 5'd8, REDRAW = 5'd9, REDRAWING = 5'd10, CREDIT = 5'd11, CREDITING = 5'd12,
                     UPDATE = 5'd13, UPDATING = 5'd14, LAYER = 5'd15, LEARN = 5'd16, LEARNING = 5'd17;
    reg  [4:0]         state_q;
    reg  [5:0]         flags_q;
    reg  [7:0]         code_q;
    reg  [PAIR_AW:0]   shape_pair_q;
    reg                readout_q;
    reg                drawn_q;                 // the store holds the factors of the pairs to evaluate; this outlives a run
    wire               infer       = |(flags_q & SR_RUN_INFER);
    wire               learn       = |(flags_q & SR_RUN_LEARN);
    wire               want_eval   = LOWRANK != 0 && |(flags_q & SR_RUN_EVALUATE);
    wire               want_update = LOWRANK != 0 && |(flags_q & SR_RUN_UPDATE);
    wire               want_shape  = LOWRANK != 0 && |(flags_q & SR_RUN_SHAPE);
    wire               fault       = fault_i != SR_REPLY_OK;
    wire [PAIR_AW:0]   shape_up    = shape_pair_q + 1'b1;
    wire               shape_end   = shape_up == cfg_pairs[PAIR_AW:0];
    wire               step        = readout_q ? step_readout_i : step_hidden_i;
    wire               full        = FULL != 0 && full_i && !infer && !learn;
    wire [4:0]         to_update   = full ? UPDATE : REDRAW;
    wire [4:0]         after_eval  = want_shape ? SHAPE : want_update ? to_update : IDLE;
    wire               whole       = pair_zero_i && cfg_pair_count == cfg_pairs;      // the pairs to evaluate are the population
    wire               evaluated;
    wire               draw_busy   = busy_i[UNIT_DRAW], front_busy = busy_i[UNIT_FRONT], fit_busy = busy_i[UNIT_FIT];
    always @(posedge clk_i) begin
        case (state_q)
            IDLE: begin
                flags_q      <= run_flags_i;
                code_q       <= run_start_i ? SR_REPLY_OK : code_q;
                readout_q    <= 1'b0;
                shape_pair_q <= {PAIR_AW + 1{1'b0}};
                if (run_start_i) state_q <= CHECK;
            end
            CHECK: if (!check_busy_i) begin
                code_q  <= check_code_i;
                state_q <= check_code_i != SR_REPLY_OK ? IDLE : infer ? EVALUATE : learn ? LEARN : !want_eval ? after_eval : full ? EVALUATE : DRAW;
            end
            DRAW:    state_q <= DRAWING;
            DRAWING: if (!draw_busy) begin
                drawn_q <= !fault;
                state_q <= EVALUATE;
            end
            EVALUATE: if (evaluated) state_q <= infer ? IDLE : after_eval;
            SHAPE:   state_q <= SHAPE_M;
            SHAPE_M: state_q <= SHAPE_U;
            SHAPE_U: state_q <= SHAPE_W;
            SHAPE_W: begin
                shape_pair_q <= shape_up;
                state_q      <= !shape_end ? SHAPE : want_update ? to_update : IDLE;
            end
            REDRAW:    state_q <= REDRAWING;
            REDRAWING: if (!draw_busy) begin
                drawn_q <= whole && !fault;
                state_q <= CREDIT;
            end
            CREDIT:    state_q <= CREDITING;
            CREDITING: if (!busy_i[UNIT_CREDIT]) state_q <= UPDATE;
            UPDATE:    state_q <= step ? UPDATING : LAYER;
            UPDATING:  if (!busy_i[UNIT_UPDATE]) state_q <= LAYER;
            LEARN:     state_q <= LEARNING;
            LEARNING:  if (!busy_i[UNIT_LEARN]) state_q <= IDLE;
            default: begin
                readout_q <= 1'b1;
                state_q   <= readout_q ? IDLE : UPDATE;
            end
        endcase
        if (fault && state_q != IDLE && state_q != CHECK) begin
            code_q  <= fault_i;
            if (busy_i == 8'd0) state_q <= IDLE;
        end
        if (forget_i || rst_i) drawn_q <= 1'b0;
        if (rst_i) state_q <= IDLE;
    end
    wire go = !fault;
    assign run_busy_o   = state_q != IDLE;
    assign run_code_o   = code_q;
    assign clear_o      = state_q == IDLE && run_start_i;
    assign infer_o      = infer;
    assign start_o[UNIT_LEARN]  = go && state_q == LEARN;
    assign start_o[UNIT_DRAW]   = go && ((state_q == DRAW && !drawn_q) || (state_q == REDRAW && !(drawn_q && whole)));
    assign start_o[UNIT_CREDIT] = go && state_q == CREDIT;
    assign start_o[UNIT_UPDATE] = go && state_q == UPDATE && step;
    assign draw_first_o = state_q == DRAW || state_q == DRAWING ? pair_first_i : 16'd0;
    assign draw_pairs_o = state_q == DRAW || state_q == DRAWING ? cfg_pair_count[PAIR_AW:0] : cfg_pairs[PAIR_AW:0];
    assign readout_o    = readout_q;

    // ---- the evaluation: front ----
    localparam [1:0] F_WAIT = 2'd0, F_ENTRY = 2'd1, F_START = 2'd2, F_RUN = 2'd3;
    reg  [1:0]         front_q;
    reg  [PAIR_AW:0]   sample_q;                      // of the batch list, next
    reg                sample_bank_q;
    reg  [1:0]         base_taken_q, base_full_q, base_last_q;   // by bank; the sample is the batch's last
    reg  [3:0]         base_label_q [0:1];
    reg  [1:0]         base_fresh_q;
    reg  [X_AW:0]      x_base_q;                      // top bit: beyond the sample store
    localparam COUNTS_W = $clog2(COUNTS);
    reg  [COUNTS-1:0]  y_taken_q, y_full_q;
    reg  [SCORES-1:0]  s_taken_q, s_full_q;
    wire               evaluating = state_q == EVALUATE && go;
    wire               sample_none = sample_q == cfg_batch[PAIR_AW:0];
    wire               sample_last = sample_q == cfg_batch[PAIR_AW:0] - 1'b1;
    wire               list = evaluating && front_q == F_WAIT && !sample_none && !base_taken_q[sample_bank_q] && !fit_re_i &&
                              (BUFFERS > 1 || (base_taken_q == 2'd0 && y_taken_q == {COUNTS{1'b0}} && s_taken_q == {SCORES{1'b0}}));
    wire               front_end = front_q == F_RUN && !front_busy;
    reg  [PAIR_AW-1:0] front_pair_q;
    wire               front_pair_last = !full || {1'b0, front_pair_q} == cfg_pair_count[PAIR_AW:0] - 1'b1;
    wire               front_start = evaluating && front_q == F_START;
    // With BUFFERS 1 nothing else reads the bank memory during a front, and the entry stays on its port.
    assign x_base_o     = BUFFERS > 1 ? x_base_q : {|bank_rdata_i[27:X_AW], bank_rdata_i[X_AW-1:0]};
    assign front_bank_o = sample_bank_q && BUFFERS > 1;
    assign front_pair_o = front_pair_q;

    // ---- LIF: pairs of the sample in base_bank_q ----
    localparam TICKET_W = 7;
    reg  [PAIR_AW-1:0]  pair_q;
    reg                 minus_q;
    reg                 base_bank_q;
    reg  [COUNTS_W-1:0] y_bank_q, y_done_q;                   // y_done_q: the bank that lif_done_i fills
    reg  [TICKET_W-1:0] y_ticket_q [0:COUNTS-1], s_ticket_q [0:SCORES-1];
    wire                pair_over = MEMBERS > 1 || infer || minus_q;
    wire                pair_last = infer || (pair_over && {1'b0, pair_q} == cfg_pair_count[PAIR_AW:0] - 1'b1);
    wire [TICKET_W-1:0] lif_ticket = {pair_last && base_last_q[base_bank_q], pair_last, base_fresh_q[base_bank_q], base_label_q[base_bank_q]};
    wire [TICKET_W-1:0] done_ticket = y_ticket_q[y_done_q];
    wire                base_over = lif_done_i && (done_ticket[5] || full);
    reg                 base_free_q;                          // the bank whose last pair is next to be done
    wire                lif_start = evaluating && lif_ready_i && base_full_q[base_bank_q] && !y_taken_q[y_bank_q];
    wire                lif_minus = minus_q && MEMBERS == 1;
    assign lif_job_o[JOB_FIRST] = pair_q == {PAIR_AW{1'b0}} && !lif_minus;
    assign lif_job_o[JOB_MINUS] = lif_minus;
    assign lif_job_o[JOB_BANK]  = base_bank_q && BUFFERS > 1;

    // ---- readout of the pair in y_read_q; its scores come some cycles after its walk, into s_score_q ----
    localparam SCORES_W = $clog2(SCORES);
    reg  [COUNTS_W-1:0] y_read_q, y_free_q;
    reg                 fit_run_q;
    reg                 read_first_q, read_minus_q;    // the next pair is its sample's first; the next member is a minus member
    reg  [SCORES_W-1:0] s_bank_q, s_score_q, s_fit_q;
    reg                 scored_q;             // read_done_i, a cycle later: until then the label is looked at (sr_fitness)
    wire [TICKET_W-1:0] read_ticket = y_ticket_q[y_read_q];
    wire [TICKET_W-1:0] score_ticket = s_ticket_q[s_score_q], fit_ticket = s_ticket_q[s_fit_q];
    wire                read_over = MEMBERS > 1 || infer || read_minus_q;
    wire                fit_end = fit_run_q && !fit_busy;
    wire                read_start = evaluating && read_ready_i && y_full_q[y_read_q] && !s_taken_q[s_bank_q] &&
                                     (!infer || s_taken_q == {SCORES{1'b0}});
    wire                read_minus = read_minus_q && MEMBERS == 1;
    assign read_job_o[JOB_FIRST] = read_first_q && !read_minus;
    assign read_job_o[JOB_MINUS] = read_minus;
    assign score_label_o = BUFFERS > 1 ? score_ticket[3:0] : base_label_q[0];

    // ---- fitness ----
    reg  [PAIR_AW-1:0]  fit_pair_q;
    reg                 fit_minus_q;
    wire                fit_over = MEMBERS > 1 || infer || fit_minus_q;
    wire                fit_start = evaluating && !fit_run_q && s_full_q[s_fit_q];
    assign fit_job_o[JOB_FIRST] = BUFFERS > 1 ? fit_ticket[4] : base_fresh_q[0];
    assign fit_job_o[JOB_MINUS] = fit_minus_q && MEMBERS == 1;
    assign fit_bank_o  = s_fit_q;
    assign fit_pair_o  = fit_pair_q;
    assign fit_label_o = BUFFERS > 1 ? fit_ticket[3:0] : base_label_q[0];
    assign evaluated   = fit_end && (BUFFERS > 1 ? fit_ticket[6] : fit_ticket[5] && base_last_q[0]);
    assign start_o[UNIT_FRONT]  = front_start;
    assign start_o[UNIT_LIF]    = lif_start;
    assign start_o[UNIT_READ]   = read_start;
    assign start_o[UNIT_FIT]    = fit_start;
    always @(posedge clk_i) begin
        case (front_q)
            F_WAIT: if (list) begin
                front_q <= F_ENTRY;
                base_taken_q[sample_bank_q] <= 1'b1;
            end
            F_ENTRY: begin
                x_base_q <= {|bank_rdata_i[27:X_AW], bank_rdata_i[X_AW-1:0]};
                base_label_q[sample_bank_q] <= bank_rdata_i[31:28];
                base_last_q[sample_bank_q]  <= sample_last;
                base_fresh_q[sample_bank_q] <= sample_q == {PAIR_AW + 1{1'b0}} && !(|(flags_q & SR_RUN_ACCUMULATE));
                front_q  <= F_START;
            end
            F_START: front_q <= F_RUN;
            default: if (front_end) begin
                front_q  <= F_WAIT;
                sample_q <= sample_q + {{PAIR_AW{1'b0}}, front_pair_last};
                front_pair_q <= front_pair_last ? {PAIR_AW{1'b0}} : front_pair_q + 1'b1;
                base_full_q[sample_bank_q] <= 1'b1;
                if (BUFFERS > 1) sample_bank_q <= !sample_bank_q;
            end
        endcase
        if (lif_start) begin
            y_taken_q[y_bank_q]  <= 1'b1;
            y_ticket_q[y_bank_q] <= lif_ticket;
            y_bank_q             <= COUNTS > 2 ? y_bank_q + 1'b1 : ~y_bank_q;
            pair_q               <= pair_last ? {PAIR_AW{1'b0}} : pair_q + {{PAIR_AW - 1{1'b0}}, pair_over};
            minus_q              <= !pair_over;
            // The bank's last pair is on its way: it is not full for another, and free once that pair is done.
            if (pair_last || full) begin
                base_full_q[base_bank_q] <= 1'b0;
                if (BUFFERS > 1) base_bank_q <= !base_bank_q;
            end
        end
        if (lif_done_i) begin
            y_full_q[y_done_q] <= 1'b1;
            y_done_q           <= COUNTS > 2 ? y_done_q + 1'b1 : ~y_done_q;
            if (base_over) begin
                base_taken_q[base_free_q] <= 1'b0;
                if (BUFFERS > 1) base_free_q <= !base_free_q;
            end
        end
        if (read_start) begin
            y_full_q[y_read_q]   <= 1'b0;
            y_read_q             <= COUNTS > 2 ? y_read_q + 1'b1 : ~y_read_q;
            s_taken_q[s_bank_q]  <= 1'b1;
            s_ticket_q[s_bank_q] <= read_ticket;
            s_bank_q             <= s_bank_q + 1'b1;
            read_minus_q         <= !read_over;
            if (read_over) read_first_q <= read_ticket[5];
        end
        if (read_free_i) begin
            y_taken_q[y_free_q] <= 1'b0;
            y_free_q            <= COUNTS > 2 ? y_free_q + 1'b1 : ~y_free_q;
        end
        if (read_done_i) s_full_q[s_score_q] <= 1'b1;
        scored_q <= read_done_i;
        if (scored_q) s_score_q <= s_score_q + 1'b1;
        if (fit_start) fit_run_q <= 1'b1;
        if (fit_end) begin
            fit_run_q          <= 1'b0;
            s_taken_q[s_fit_q] <= 1'b0;
            s_full_q[s_fit_q]  <= 1'b0;
            s_fit_q            <= s_fit_q + 1'b1;
            fit_minus_q        <= !fit_over;
            fit_pair_q         <= fit_ticket[5] ? {PAIR_AW{1'b0}} : fit_pair_q + {{PAIR_AW - 1{1'b0}}, fit_over};
        end
        if (state_q == IDLE || rst_i) begin
            front_q       <= F_WAIT;
            sample_q      <= {PAIR_AW + 1{1'b0}};
            front_pair_q  <= {PAIR_AW{1'b0}};
            pair_q        <= {PAIR_AW{1'b0}};
            minus_q       <= 1'b0;
            base_taken_q  <= 2'd0;
            base_full_q   <= 2'd0;
            y_taken_q     <= {COUNTS{1'b0}};
            y_full_q      <= {COUNTS{1'b0}};
            s_taken_q     <= {SCORES{1'b0}};
            s_full_q      <= {SCORES{1'b0}};
            fit_run_q     <= 1'b0;
            scored_q      <= 1'b0;
            read_first_q  <= 1'b1;
            read_minus_q  <= 1'b0;
            fit_minus_q   <= 1'b0;
            fit_pair_q    <= {PAIR_AW{1'b0}};
            {sample_bank_q, base_bank_q, base_free_q} <= 3'd0;
            {y_bank_q, y_done_q, y_read_q, y_free_q} <= {4 * COUNTS_W{1'b0}};
            {s_bank_q, s_score_q, s_fit_q} <= {3 * SCORES_W{1'b0}};
        end
    end

    // ---- bank memory: list; pair weights from sums ----
    // The members' sums come in SHAPE_M and SHAPE_U. A bit of the register, its adder and its complement are one logic cell: from -1 it goes to
    // -plus, and from there to plus - minus - 1, which is -1 where they are equal.
    reg  [32:0] lead_q;
    wire        differ = !(&lead_q);
    always @(posedge clk_i)
        if (state_q == SHAPE) lead_q <= {33{1'b1}};
        else lead_q <= ~(lead_q + {bank_rdata_i[31], bank_rdata_i});
    assign bank_re_o    = list || state_q == SHAPE || state_q == SHAPE_M;
    assign bank_raddr_o = state_q == EVALUATE ? {2'b10, sample_q[PAIR_AW-1:0]} : {1'b0, shape_pair_q[PAIR_AW-1:0], state_q == SHAPE_M};
    assign bank_we_o    = LOWRANK != 0 && state_q == SHAPE_W;
    assign bank_waddr_o = {2'b11, shape_pair_q[PAIR_AW-1:0]};
    assign bank_wdata_o = {{7{lead_q[32] && differ}}, differ};      // the sign of the difference
    wire _unused = &{1'b0, base_free_q, base_bank_q, sample_bank_q, score_ticket, done_ticket, fit_ticket};

`ifdef FORMAL
    // formal: FULL=1 BUFFERS=2 PAIR_AW=2 X_AW=4 DEPTH=20
    // An evaluation of full rank: a front for each pair, and LIF takes them in their order. Assumed: no fault, settings stable
    // in a run, lif_done_i for a pair that was begun.
    reg                past_q = 1'b0;
    reg  [1:0]         begun_q;               // pairs that LIF has begun and not done
    reg  [PAIR_AW-1:0] of_q [0:1];            // the pair of which a bank is, or is to be
    wire [1:0]         taken  = {1'b0, base_taken_q[0]} + {1'b0, base_taken_q[1]};
    wire [1:0]         filled = {1'b0, base_full_q[0]} + {1'b0, base_full_q[1]};
    wire               filling = front_q != F_WAIT;
    wire [PAIR_AW-1:0] after_1 = {1'b0, pair_q} + 1'b1 == cfg_pair_count[PAIR_AW:0] ? {PAIR_AW{1'b0}} : pair_q + 1'b1;
    wire [PAIR_AW-1:0] after_2 = {1'b0, after_1} + 1'b1 == cfg_pair_count[PAIR_AW:0] ? {PAIR_AW{1'b0}} : after_1 + 1'b1;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (!past_q) assume (rst_i);
        assume (fault_i == SR_REPLY_OK && run_flags_i == SR_RUN_EVALUATE[5:0]);
        assume (full_i && cfg_pair_count != 0 && cfg_pair_count <= 1 << PAIR_AW && cfg_batch != 0 && cfg_batch <= 1 << PAIR_AW);
        if (past_q && $past(run_busy_o)) assume ($stable(cfg_pair_count) && $stable(cfg_batch));
        if (begun_q == 0) assume (!lif_done_i);
        // of the readout and of the fitness unit, which is busy after a start alone
        if (!s_taken_q[s_score_q] || s_full_q[s_score_q] || scored_q) assume (!read_done_i);
        if (!fit_run_q) assume (!fit_busy);
        begun_q <= begun_q + {1'b0, lif_start} - {1'b0, lif_done_i};
        if (front_start) of_q[sample_bank_q] <= front_pair_o;
        if (state_q == IDLE || rst_i) begun_q <= 2'd0;
        if (past_q) assert (state_q == IDLE || ((state_q == CHECK || state_q == EVALUATE) && flags_q == SR_RUN_EVALUATE[5:0]));
        if (past_q && (state_q == CHECK || state_q == EVALUATE)) begin
            if (state_q == CHECK) assert (taken == 0 && filled == 0 && !filling && begun_q == 0 && pair_q == 0);
            // LIF takes the pair that it counts, and the front's does not change while it runs
            if (lif_start) assert (of_q[base_bank_q] == pair_q);
            if (front_q == F_RUN) assert (of_q[sample_bank_q] == front_pair_o);
            if (front_start) assert (!base_full_q[sample_bank_q] && {1'b0, front_pair_o} < cfg_pair_count);
            // The fitness unit's inputs stay from its start to the first cycle in which it is not busy (sr_member_fitness), and it is not started
            // before the cycle after that; then at once, if scores are there.
            if ($past(state_q == EVALUATE && !rst_i && (fit_start || (fit_run_q && fit_busy))))
                assert (fit_run_q && !fit_start && $stable({fit_bank_o, fit_pair_o, fit_job_o, fit_label_o}));
            if (evaluating && s_full_q[s_fit_q] && !fit_busy && !$past(fit_busy) && !fit_end) assert (fit_start);
            // for the induction
            assert ((s_full_q & ~s_taken_q) == 0);
            if (fit_run_q) assert (s_taken_q[s_fit_q] && s_full_q[s_fit_q]);
            assert ({1'b0, pair_q} < cfg_pair_count && taken == filled + begun_q + {1'b0, filling} && (base_full_q & ~base_taken_q) == 0);
            assert (front_pair_q == (filled == 0 ? pair_q : filled == 1 ? after_1 : after_2));
            assert (sample_bank_q == (base_bank_q ^ filled[0]) && base_free_q == (base_bank_q ^ begun_q[0]));
            if (filled != 0) assert (base_full_q[base_bank_q] && of_q[base_bank_q] == pair_q);
            if (filled == 2) assert (of_q[!base_bank_q] == after_1);
            if (filling) assert (base_taken_q[sample_bank_q] && !base_full_q[sample_bank_q]);
            if (begun_q != 0) assert (base_taken_q[base_free_q] && !base_full_q[base_free_q]);
        end
        cover (past_q && lif_start && front_q == F_RUN && front_pair_o == 1 && cfg_pair_count == 2);
        cover (past_q && evaluated && cfg_pair_count == 2);
    end
`endif
endmodule

`default_nettype wire
