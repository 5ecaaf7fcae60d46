// SPDX-License-Identifier: Apache-2.0
// sr_local_seq: the sequencer of learning in mode `local` (docs/numerics.md, section 8): the samples of the batch list, one after
// another; of each one step after another, since every step needs the whole result of the one before.
//
//   state    unit at work     what it gives
//   ENTRY    bank memory      the sample's place and label
//   FRONT    front, update    base current of all steps; beside it the readout weights of the sample before (`owed`)
//   PLAIN    LIF, noise       spike counts without perturbation, a column block behind the front; beside them the perturbation of pair 0
//   READ     readout, error   scores; errors. Beside them the spike counts of pair 0 (not where sigma or K is 0). The sample's result is
//                             written. No error: the next sample
//   CREDIT   credit           q of every neuron. MEMBERS 1: beside it the spike counts of pair 0's minus members. Readout weights are owed from
//                             here on (not with K 0)
//   PAIR     LIF              spike counts of the pair's members, of later pairs           }
//   MINUS    LIF              with MEMBERS 1: those of the minus members, of later pairs   } for every pair; not where
//   FORM     credit           f of every neuron; the list of blocks where some f is not 0  } sigma or K is 0 or every q
//   MOVE     update           hidden weights (not where the list is empty)                 }
//   NOISE    noise            the next pair's perturbation                                 }
//   CLASSES  update           readout weights of the last sample, if they are owed
//
// y_bank_o is the bank of spike counts that the LIF unit writes (sr_local.vh). The plain run's stays until the readout weights are through.
// A unit is started by a pulse and waited for: its busy is looked at from the second cycle after the pulse on.
// Bank memory  {2, sample} batch list; {0, sample} results {hit u16, fitness s32}. Data a cycle after.
// stop_i       the run ends with the sample at work. Job: start_i (pulse). Reset: control only. Test: tests/test_sim.c; proofs: tests/formal
`default_nettype none

module sr_local_seq #(
    parameter PAIR_AW = 6,
    parameter X_AW    = 14,
    parameter MEMBERS = 2
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               start_i,
    input  wire               stop_i,
    output wire               busy_o,
    input  wire [15:0]        batch_i,
    input  wire [15:0]        place_i,        // of the list's first sample
    input  wire [15:0]        pairs_i,
    input  wire               hidden_i,       // neither sigma nor K is 0
    input  wire               readout_i,      // K of the readout is not 0
    output wire               sample_o,       // a sample begins
    output wire [15:0]        place_o,
    output wire [15:0]        pair_o,
    output wire [X_AW-1:0]    x_base_o,
    output wire [3:0]         label_o,
    output wire               noise_o,
    input  wire               noise_busy_i,
    output wire               front_o,
    input  wire               front_busy_i,
    output wire               lif_o,
    output wire               plain_o,        // the LIF run is the plain one
    output wire               minus_o,        // of the minus members (MEMBERS 1)
    input  wire               lif_busy_i,
    output wire               read_o,
    input  wire               read_busy_i,
    input  wire               error_busy_i,
    input  wire               error_i,        // some error is not 0
    output wire               credit_o,
    output wire               form_o,         // with credit_o: f
    input  wire               credit_busy_i,
    input  wire               credit_any_i,   // some q is not 0
    input  wire               live_i,         // the list is not empty
    output wire               update_o,
    output wire               classes_o,      // with update_o and until it ends: of the readout, of the sample before in FRONT
    input  wire               update_busy_i,
    output wire [1:0]         y_bank_o,       // spike counts that the LIF unit writes
    output wire               bank_re_o,
    output wire [PAIR_AW+1:0] bank_raddr_o,
    input  wire [31:0]        bank_rdata_i,
    output wire               bank_we_o,
    output wire [PAIR_AW+1:0] bank_waddr_o
);
    `include "sr_local.vh"
    localparam [3:0] IDLE = 4'd0, ENTRY = 4'd1, TAKE = 4'd2, FRONT = 4'd3, PLAIN = 4'd4, READ = 4'd5, ERROR = 4'd6, CREDIT = 4'd7,
                     CLASSES = 4'd8, PAIR = 4'd9, FORM = 4'd10, MOVE = 4'd11, NOISE = 4'd12, NEXT = 4'd13, MINUS = 4'd14;
    reg  [3:0]       state_q;
    reg  [1:0]       age_q;                   // cycles in this state, up to 2
    reg  [PAIR_AW:0] sample_q;
    reg  [15:0]      pair_q;
    reg  [X_AW-1:0]  x_base_q;
    reg  [3:0]       label_q;
    reg  [15:0]      place_q;                 // of the sample whose noise is drawn
    reg              owed_q;                  // the sample's readout weights are still to be changed
    wire             go        = age_q == 2'd0;
    wire             settled   = age_q == 2'd2;
    wire             busy      = noise_busy_i || front_busy_i || lif_busy_i || read_busy_i || error_busy_i || credit_busy_i ||
                                 update_busy_i;
    wire             ended     = settled && !busy;
    wire             last_pair = pair_q + 16'd1 == pairs_i;
    wire             last      = sample_q == batch_i[PAIR_AW:0] - 1'b1;
    wire             perturbed = hidden_i && credit_any_i;
    reg  [3:0]       state;
    always @* begin
        state = state_q;
        case (state_q)
            IDLE:    if (start_i) state = ENTRY;
            ENTRY:   state = TAKE;
            TAKE:    state = FRONT;
            FRONT:   if (settled && !update_busy_i) state = PLAIN;
            PLAIN:   if (ended) state = READ;
            READ:    if (ended) state = ERROR;
            ERROR:   state = !error_i ? NEXT : CREDIT;
            CREDIT:  if (ended) state = perturbed ? FORM : NEXT;
            PAIR:    if (ended) state = MEMBERS > 1 ? FORM : MINUS;
            MINUS:   if (ended) state = FORM;
            FORM:    if (ended) state = live_i ? MOVE : last_pair ? NEXT : NOISE;
            MOVE:    if (ended) state = last_pair ? NEXT : NOISE;
            NOISE:   if (ended) state = PAIR;
            CLASSES: if (ended) state = IDLE;
            default: state = !last && !stop_i ? ENTRY : owed_q ? CLASSES : IDLE;
        endcase
    end
    always @(posedge clk_i) begin
        state_q <= rst_i ? IDLE : state;
        age_q   <= state != state_q ? 2'd0 : settled ? 2'd2 : age_q + 2'd1;
        case (state_q)
            IDLE: begin
                sample_q <= {PAIR_AW + 1{1'b0}};
                owed_q   <= 1'b0;
            end
            ENTRY: pair_q <= 16'd0;
            TAKE: begin
                x_base_q <= bank_rdata_i[X_AW-1:0];
                label_q  <= bank_rdata_i[31:28];
            end
            FRONT: if (state == PLAIN) begin
                place_q <= place_i + {{15 - PAIR_AW{1'b0}}, sample_q};
                owed_q  <= 1'b0;
            end
            CREDIT: owed_q <= readout_i;
            FORM, MOVE: if (ended && state == NOISE) pair_q <= pair_q + 16'd1;
            NEXT: sample_q <= sample_q + 1'b1;
            default: ;
        endcase
    end
    assign busy_o       = state_q != IDLE;
    assign sample_o     = state_q == ENTRY;
    assign place_o      = place_q;
    assign pair_o       = pair_q;
    assign x_base_o     = x_base_q;
    assign label_o      = label_q;
    assign noise_o      = go && ((state_q == PLAIN && hidden_i) || state_q == NOISE);
    assign front_o      = go && state_q == FRONT;
    assign lif_o        = go && (state_q == PLAIN || state_q == PAIR || state_q == MINUS ||
                                 (hidden_i && (state_q == READ || (MEMBERS == 1 && state_q == CREDIT))));
    assign plain_o      = state_q == PLAIN;
    assign minus_o      = MEMBERS == 1 && (state_q == MINUS || state_q == CREDIT);
    assign read_o       = go && state_q == READ;
    assign credit_o     = go && (state_q == CREDIT || state_q == FORM);
    assign form_o       = state_q == FORM;
    assign update_o     = go && (state_q == CLASSES || state_q == MOVE || (state_q == FRONT && owed_q));
    assign classes_o    = state_q == CLASSES || state_q == FRONT;
    assign y_bank_o     = plain_o ? LOCAL_PLAIN : minus_o ? LOCAL_MINUS : LOCAL_PLUS;
    assign bank_re_o    = state_q == ENTRY;
    assign bank_raddr_o = {2'b10, sample_q[PAIR_AW-1:0]};
    assign bank_we_o    = state_q == ERROR;
    assign bank_waddr_o = {1'b0, sample_q};
    wire _unused = &{1'b0, batch_i, bank_rdata_i};

`ifdef FORMAL
    // formal: PAIR_AW=2 X_AW=4 DEPTH=24
    // formal: PAIR_AW=2 X_AW=4 MEMBERS=1 DEPTH=24
    // Assumed: settings legal and stable while busy_o; a unit is busy from the cycle after its pulse on, for as long as it likes, the
    // error unit out of the readout's work.
    reg  past_q = 1'b0;
    wire started  = noise_o || front_o || lif_o || read_o || credit_o || update_o;
    wire at_once  = state_q == IDLE || state_q == ENTRY || state_q == TAKE || state_q == ERROR || state_q == NEXT;
    wire in_pairs = state_q == PAIR || state_q == MINUS || state_q == FORM || state_q == MOVE || state_q == NOISE;
    wire others   = noise_busy_i || lif_busy_i || read_busy_i || error_busy_i || credit_busy_i;     // than front and update
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (batch_i != 0 && batch_i <= 1 << PAIR_AW && pairs_i != 0);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o)))
            assume ($stable(batch_i) && $stable(pairs_i) && $stable(hidden_i) && $stable(readout_i));
        if (!past_q || $past(rst_i)) assume (!busy);
        else begin
            assume (!noise_busy_i || $past(noise_busy_i || noise_o));
            assume (!front_busy_i || $past(front_busy_i || front_o));
            assume (!lif_busy_i || $past(lif_busy_i || lif_o));
            assume (!read_busy_i || $past(read_busy_i || read_o));
            assume (!error_busy_i || $past(error_busy_i || read_busy_i || read_o));
            assume (!credit_busy_i || $past(credit_busy_i || credit_o));
            assume (!update_busy_i || $past(update_busy_i || update_o));
        end
        if (past_q) begin
            assert (state_q <= MINUS && (MEMBERS == 1 || state_q != MINUS));
            if ($past(rst_i)) assert (!busy_o);
            if (!busy_o) assert (!started && !sample_o && !bank_we_o && !bank_re_o);
            // A pulse is a cycle long, and nothing is started, read or written while a unit is at work.
            if ($past(started)) assert (!started);
            if (started || sample_o || bank_we_o || at_once || go) assert (!others && !update_busy_i && (!front_busy_i || state_q == PLAIN));
            if (front_busy_i) assert (state_q == FRONT || state_q == PLAIN);
            if (state_q == FRONT) assert (!others);
            assert (age_q <= 2'd2);
            // Samples and pairs are those of the run, and a result is that of the sample at work.
            if (busy_o && state_q != CLASSES) assert ({{15 - PAIR_AW{1'b0}}, sample_q} < batch_i);
            if (busy_o && state_q != ENTRY) assert (pair_q < pairs_i);
            if (bank_we_o) assert (bank_waddr_o[PAIR_AW-1:0] == bank_raddr_o[PAIR_AW-1:0] && !bank_waddr_o[PAIR_AW+1]);
            if (in_pairs) assert (hidden_i);
            if (busy_o && !in_pairs && state_q != ENTRY && state_q != NEXT && state_q != CLASSES) assert (pair_q == 0);
            // The plain run's spike counts stay until the readout weights that are owed are through, and no noise is drawn beside these.
            if (lif_o || lif_busy_i) assert ((y_bank_o == LOCAL_PLAIN) == (state_q == PLAIN) && !classes_o);
            if (classes_o && update_busy_i) assert (!noise_busy_i && !noise_o);
            if (update_busy_i) assert (state_q == FRONT || state_q == CLASSES || state_q == MOVE);
            if (state_q == PLAIN || state_q == READ || state_q == ERROR) assert (!owed_q);
            if (busy_o && owed_q) assert (readout_i);
            if (state_q == CLASSES || in_pairs) assert (owed_q == readout_i);
        end
        cover (past_q && state_q == FORM);
        cover (past_q && update_o && state_q == FRONT);
        cover (past_q && !busy_o && $past(state_q == NEXT && !rst_i));
    end
`endif
endmodule

`default_nettype wire
