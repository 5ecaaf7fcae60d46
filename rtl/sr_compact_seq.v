// SPDX-License-Identifier: Apache-2.0
// sr_compact_seq: sequencer of a run on the compact core, one thing after another:
//   draw the factors; each sample: front, then each pair: scaling, LIF, readout, fitness of both members; pair weights from
//   fitness; draw again if the population is not the one evaluated; update of the hidden layer, of the readout.
// The bank memory holds the members' sums (sr_compact_fitness), the batch list and the pair weights: {0, member}, {2, entry of
// the list}, {3, pair}. BESIDE 1: a pair's fitness runs beside the next pair of the sample,
// which takes longer: 33 + 2 classes cycles or more; else the next one waits for it.
//
// Codes: check_code_i at the start of a run; fault_i, a code raised while it runs, ends it when the unit at work has finished: a
// sample's front, a pair, the draw, a layer's update. Reset: control only.
// Test: tests/test_sim.c
`default_nettype none

module sr_compact_seq #(
    parameter PAIR_AW = 6,    // log2 of the pairs; the batch list is no longer
    parameter X_AW    = 14,
    parameter BESIDE  = 0
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               run_start_i,
    input  wire [ 4:0]        run_flags_i,
    output wire               run_busy_o,
    output wire [ 7:0]        run_code_o,
    input  wire               check_busy_i,   // sr_check, which starts with the run
    input  wire [ 7:0]        check_code_i,
    input  wire [ 7:0]        fault_i,        // SR_REPLY_OK: none; stays once raised
    output wire               clear_o,        // a run begins
    output wire               infer_o,
    input  wire [15:0]        batch_i,
    input  wire [15:0]        pairs_i,
    input  wire [15:0]        pair_first_i,
    input  wire [15:0]        pair_count_i,
    input  wire               step_hidden_i,  // the update's K is not 0
    input  wire               step_readout_i,
    // units
    output wire               draw_o,
    output wire [15:0]        draw_first_o,
    output wire [PAIR_AW:0]   draw_pairs_o,
    input  wire               draw_busy_i,
    output wire               front_o,
    output wire [X_AW:0]      x_base_o,
    input  wire               front_busy_i,
    output wire               pair_clear_o,
    output wire               pair_o,
    input  wire               pair_busy_i,
    output wire               fit_o,
    output wire               fresh_o,        // sums begin anew
    output wire [PAIR_AW-1:0] fit_pair_o,
    output wire [ 3:0]        label_o,
    input  wire               fit_busy_i,
    output wire               credit_o,
    input  wire               credit_busy_i,
    output wire               update_o,
    output wire               readout_o,
    input  wire               update_busy_i,
    // bank memory: batch list, sums, pair weights
    output wire               bank_re_o,
    output wire [PAIR_AW+1:0] bank_raddr_o,
    input  wire [31:0]        bank_rdata_i,   // a cycle after
    input  wire [31:0]        bank_held_i,    // a cycle later still
    output wire               bank_we_o,
    output wire [PAIR_AW+1:0] bank_waddr_o,
    output wire [ 7:0]        bank_wdata_o
);
    `include "sr_map.vh"

    localparam [4:0] IDLE = 5'd0, CHECK = 5'd1, DRAW = 5'd2, DRAWING = 5'd3, LIST = 5'd4, ENTRY = 5'd5, FRONT = 5'd6,
                     FRONTING = 5'd7, PAIR = 5'd8, PAIRING = 5'd9, FIT = 5'd10, FITTING = 5'd11, NEXT = 5'd12, SHAPE = 5'd13,
                     SHAPE_M = 5'd14, SHAPE_U = 5'd15, REDRAW = 5'd16, REDRAWING = 5'd17, CREDIT = 5'd18, CREDITING = 5'd19,
                     UPDATE = 5'd20, UPDATING = 5'd21, LAYER = 5'd22, SHAPE_W = 5'd23;
    reg  [4:0]         state_q, flags_q;
    reg  [7:0]         code_q;
    reg  [PAIR_AW:0]   sample_q;
    reg  [PAIR_AW:0]   pair_q;
    reg                readout_q, resident_q;   // resident_q: the factors are of pairs 0..pairs_i-1
    reg  [X_AW:0]      x_base_q;              // top bit: beyond the sample store
    reg  [3:0]         label_q;
    wire               infer       = |(flags_q & SR_RUN_INFER[4:0]);
    wire               want_eval   = |(flags_q & SR_RUN_EVALUATE[4:0]);
    wire               want_update = |(flags_q & SR_RUN_UPDATE[4:0]);
    wire               want_shape  = |(flags_q & SR_RUN_SHAPE[4:0]);
    wire               fault       = fault_i != SR_REPLY_OK;
    wire [PAIR_AW:0]   pair_up     = pair_q + 1'b1;
    wire               pair_end    = infer || pair_up == pair_count_i[PAIR_AW:0];
    wire               shape_end   = pair_up == pairs_i[PAIR_AW:0];
    wire               sample_end  = sample_q == batch_i[PAIR_AW:0] - 1'b1;
    wire               step        = readout_q ? step_readout_i : step_hidden_i;
    wire [4:0]         after_eval  = want_shape ? SHAPE : want_update ? REDRAW : IDLE;
    always @(posedge clk_i) begin
        case (state_q)
            IDLE: begin
                flags_q    <= run_flags_i;
                code_q     <= run_start_i ? SR_REPLY_OK : code_q;
                sample_q   <= {PAIR_AW + 1{1'b0}};
                readout_q  <= 1'b0;
                resident_q <= 1'b0;
                pair_q     <= {PAIR_AW + 1{1'b0}};
                if (run_start_i) state_q <= CHECK;
            end
            CHECK: if (!check_busy_i) begin
                code_q  <= check_code_i;
                state_q <= check_code_i != SR_REPLY_OK ? IDLE : infer ? LIST : want_eval ? DRAW : after_eval;
            end
            DRAW:    state_q <= DRAWING;
            DRAWING: if (!draw_busy_i) begin
                resident_q <= pair_first_i == 16'd0 && pair_count_i == pairs_i;
                state_q    <= LIST;
            end
            LIST:    state_q <= ENTRY;
            ENTRY: begin
                x_base_q <= {|bank_rdata_i[27:X_AW], bank_rdata_i[X_AW-1:0]};
                label_q  <= bank_rdata_i[31:28];
                state_q  <= FRONT;
            end
            FRONT:    state_q <= FRONTING;
            FRONTING: if (!front_busy_i) state_q <= PAIR;
            PAIR:     state_q <= PAIRING;
            PAIRING: if (!pair_busy_i) state_q <= FIT;
            FIT:      state_q <= BESIDE != 0 ? NEXT : FITTING;
            FITTING:  if (!fit_busy_i) state_q <= NEXT;
            NEXT: if (!pair_end || !fit_busy_i) begin
                pair_q <= pair_end ? {PAIR_AW + 1{1'b0}} : pair_up;
                if (pair_end) sample_q <= sample_q + 1'b1;
                state_q <= !pair_end ? PAIR : !sample_end ? LIST : infer ? IDLE : after_eval;
            end
            SHAPE:   state_q <= SHAPE_M;
            SHAPE_M: state_q <= SHAPE_U;
            SHAPE_U: state_q <= SHAPE_W;
            SHAPE_W: begin
                pair_q  <= shape_end ? {PAIR_AW + 1{1'b0}} : pair_up;
                state_q <= !shape_end ? SHAPE : want_update ? REDRAW : IDLE;
            end
            REDRAW:    state_q <= REDRAWING;
            REDRAWING: if (!draw_busy_i) state_q <= CREDIT;
            CREDIT:    state_q <= CREDITING;
            CREDITING: if (!credit_busy_i) state_q <= UPDATE;
            UPDATE:    state_q <= step ? UPDATING : LAYER;
            UPDATING:  if (!update_busy_i) state_q <= LAYER;
            default: begin
                readout_q <= 1'b1;
                state_q   <= readout_q ? IDLE : UPDATE;
            end
        endcase
        if (fault && state_q != IDLE && state_q != CHECK) begin
            code_q  <= fault_i;
            if (!draw_busy_i && !front_busy_i && !pair_busy_i && !credit_busy_i && !update_busy_i) state_q <= IDLE;
        end
        if (rst_i) state_q <= IDLE;
    end
    wire go = !fault;
    assign run_busy_o   = state_q != IDLE;
    assign run_code_o   = code_q;
    assign clear_o      = state_q == IDLE && run_start_i;
    assign infer_o      = infer;
    assign draw_o       = go && (state_q == DRAW || (state_q == REDRAW && !resident_q));
    assign draw_first_o = state_q == DRAW || state_q == DRAWING ? pair_first_i : 16'd0;
    assign draw_pairs_o = state_q == DRAW || state_q == DRAWING ? pair_count_i[PAIR_AW:0] : pairs_i[PAIR_AW:0];
    assign front_o      = go && state_q == FRONT;
    assign x_base_o     = x_base_q;
    assign pair_clear_o = state_q == FRONT;
    assign pair_o       = go && state_q == PAIR;
    assign fit_o        = go && state_q == FIT;
    assign fresh_o      = sample_q == {PAIR_AW + 1{1'b0}} && !(|(flags_q & SR_RUN_ACCUMULATE[4:0]));
    assign fit_pair_o   = pair_q[PAIR_AW-1:0];
    assign label_o      = label_q;
    assign credit_o     = go && state_q == CREDIT;
    assign update_o     = go && state_q == UPDATE && step;
    assign readout_o    = readout_q;

    // ---- bank memory: list; pair weights from sums ----
    reg  signed [31:0] plus_q;
    always @(posedge clk_i) plus_q <= bank_held_i;
    wire signed [31:0] minus = bank_held_i;
    assign bank_re_o    = state_q == LIST || state_q == SHAPE || state_q == SHAPE_M;
    assign bank_raddr_o = state_q == LIST ? {2'b10, sample_q[PAIR_AW-1:0]} : {1'b0, pair_q[PAIR_AW-1:0], state_q == SHAPE_M};
    assign bank_we_o    = state_q == SHAPE_W;
    assign bank_waddr_o = {2'b11, pair_q[PAIR_AW-1:0]};
    assign bank_wdata_o = {{7{plus_q < minus}}, plus_q != minus};   // the sign of the difference
    wire _unused = &{1'b0, batch_i};
endmodule

`default_nettype wire
