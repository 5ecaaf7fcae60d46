// SPDX-License-Identifier: Apache-2.0
// sr_local_seq: the sequencer of learning in mode `local` (docs/numerics.md, section 8): the samples of the batch list, one after
// another; of each one step after another, since every step needs the whole result of the one before.
//
//   state    unit at work     what it gives
//   ENTRY    bank memory      the sample's place and label
//   FRONT    front, noise     base current of all steps; beside it the perturbation of pair 0
//   PLAIN    LIF              spike counts without perturbation, in bank 0
//   READ     readout, error   scores; errors. The sample's result is written. No error: the next sample
//   CREDIT   credit, LIF      q of every neuron; beside it the spike counts of pair 0's members (not where sigma or K is 0)
//   CLASSES  update           readout weights (not with K 0)
//   PAIR     LIF              spike counts of the pair's members, of later pairs        } for every pair; not where sigma or K is 0
//   MINUS    LIF              with MEMBERS 1: spike counts of the minus members, those above being of the plus members  }
//   FORM     credit           f of every neuron; the list of blocks where some f is not 0  } or every q
//   MOVE     update           hidden weights (not where the list is empty)                 }
//   NOISE    noise            the next pair's perturbation                                 }
//
// Banks of spike counts alternate from one LIF run to the next, from 0 after sample_o: pair p's are in bank 1 if p is even. With MEMBERS 1
// plus members' are in bank 1 and minus members' in bank 0.
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
    output wire               classes_o,      // with update_o and until it ends: of the readout
    input  wire               update_busy_i,
    output wire               y_bank_o,       // spike counts that FORM reads (MEMBERS 2); bank 0 with classes_o
    output wire               bank_re_o,
    output wire [PAIR_AW+1:0] bank_raddr_o,
    input  wire [31:0]        bank_rdata_i,
    output wire               bank_we_o,
    output wire [PAIR_AW+1:0] bank_waddr_o
);
    localparam [3:0] IDLE = 4'd0, ENTRY = 4'd1, TAKE = 4'd2, FRONT = 4'd3, PLAIN = 4'd4, READ = 4'd5, ERROR = 4'd6, CREDIT = 4'd7,
                     CLASSES = 4'd8, PAIR = 4'd9, FORM = 4'd10, MOVE = 4'd11, NOISE = 4'd12, NEXT = 4'd13, MINUS = 4'd14;
    localparam [3:0] PAIRED = MEMBERS > 1 ? FORM : MINUS;      // what follows the pair's (first) LIF run
    reg  [3:0]       state_q;
    reg  [1:0]       age_q;                   // cycles in this state, up to 2
    reg  [PAIR_AW:0] sample_q;
    reg  [15:0]      pair_q;
    reg  [X_AW-1:0]  x_base_q;
    reg  [3:0]       label_q;
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
            FRONT:   if (ended) state = PLAIN;
            PLAIN:   if (ended) state = READ;
            READ:    if (ended) state = ERROR;
            ERROR:   state = !error_i ? NEXT : CREDIT;
            CREDIT:  if (ended) state = readout_i ? CLASSES : perturbed ? PAIRED : NEXT;
            CLASSES: if (ended) state = perturbed ? PAIRED : NEXT;
            PAIR:    if (ended) state = PAIRED;
            MINUS:   if (ended) state = FORM;
            FORM:    if (ended) state = live_i ? MOVE : last_pair ? NEXT : NOISE;
            MOVE:    if (ended) state = last_pair ? NEXT : NOISE;
            NOISE:   if (ended) state = PAIR;
            default: state = last || stop_i ? IDLE : ENTRY;
        endcase
    end
    always @(posedge clk_i) begin
        state_q <= rst_i ? IDLE : state;
        age_q   <= state != state_q ? 2'd0 : settled ? 2'd2 : age_q + 2'd1;
        case (state_q)
            IDLE: sample_q <= {PAIR_AW + 1{1'b0}};
            ENTRY: pair_q <= 16'd0;
            TAKE: begin
                x_base_q <= bank_rdata_i[X_AW-1:0];
                label_q  <= bank_rdata_i[31:28];
            end
            FORM, MOVE: if (ended && state == NOISE) pair_q <= pair_q + 16'd1;
            NEXT: sample_q <= sample_q + 1'b1;
            default: ;
        endcase
    end
    assign busy_o       = state_q != IDLE;
    assign sample_o     = state_q == ENTRY;
    assign place_o      = place_i + {{15 - PAIR_AW{1'b0}}, sample_q};
    assign pair_o       = pair_q;
    assign x_base_o     = x_base_q;
    assign label_o      = label_q;
    assign noise_o      = go && ((state_q == FRONT && hidden_i) || state_q == NOISE);
    assign front_o      = go && state_q == FRONT;
    assign lif_o        = go && (state_q == PLAIN || state_q == PAIR || state_q == MINUS || (state_q == CREDIT && hidden_i));
    assign plain_o      = state_q == PLAIN;
    assign minus_o      = state_q == MINUS;
    assign read_o       = go && state_q == READ;
    assign credit_o     = go && (state_q == CREDIT || state_q == FORM);
    assign form_o       = state_q == FORM;
    assign update_o     = go && (state_q == CLASSES || state_q == MOVE);
    assign classes_o    = state_q == CLASSES;
    assign y_bank_o     = state_q == FORM && !pair_q[0];
    assign bank_re_o    = state_q == ENTRY;
    assign bank_raddr_o = {2'b10, sample_q[PAIR_AW-1:0]};
    assign bank_we_o    = state_q == ERROR;
    assign bank_waddr_o = {1'b0, sample_q};
    wire _unused = &{1'b0, batch_i, bank_rdata_i};

`ifdef FORMAL
    // formal: PAIR_AW=2 X_AW=4 DEPTH=20
    // formal: PAIR_AW=2 X_AW=4 MEMBERS=1 DEPTH=20
    // Assumed: settings legal and stable while busy_o; a unit is busy from the cycle after its pulse on, for as long as it likes, the
    // error unit out of the readout's work.
    reg  past_q = 1'b0;
    reg  bank_q;                       // of the next LIF run's spike counts
    wire started  = noise_o || front_o || lif_o || read_o || credit_o || update_o;
    wire at_once  = state_q == IDLE || state_q == ENTRY || state_q == TAKE || state_q == ERROR || state_q == NEXT;
    wire in_pairs = state_q == PAIR || state_q == MINUS || state_q == FORM || state_q == MOVE || state_q == NOISE;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        bank_q <= sample_o ? 1'b0 : bank_q ^ lif_o;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (batch_i != 0 && batch_i <= 1 << PAIR_AW && pairs_i != 0);
        if (past_q && ($past(start_i) || $past(busy_o)))
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
            if (started || sample_o || bank_we_o) assert (!busy);
            if (at_once || go) assert (!busy);
            assert (age_q <= 2'd2);
            // Samples and pairs are those of the run, and a result is that of the sample at work.
            if (busy_o) assert ({{15 - PAIR_AW{1'b0}}, sample_q} < batch_i);
            if (busy_o && state_q != ENTRY) assert (pair_q < pairs_i);
            if (bank_we_o) assert (bank_waddr_o[PAIR_AW-1:0] == bank_raddr_o[PAIR_AW-1:0] && !bank_waddr_o[PAIR_AW+1]);
            if (in_pairs) assert (hidden_i);
            if (busy_o && !in_pairs && state_q != ENTRY && state_q != NEXT) assert (pair_q == 0);
            // Banks of spike counts: the plain run's is 0, and f is of the pair's own.
            if (state_q == TAKE || state_q == FRONT) assert (!bank_q);
            if (state_q == PLAIN) assert (bank_q == !go);
            if (state_q == READ || state_q == ERROR || (state_q == CREDIT && go)) assert (bank_q);
            if (state_q == CREDIT && !go) assert (bank_q == !hidden_i);
            if (state_q == CLASSES) assert (bank_q == !hidden_i);
            if (MEMBERS > 1) begin
                if (state_q == FORM || state_q == MOVE || (state_q == PAIR && !go)) assert (bank_q == pair_q[0]);
                if (state_q == NOISE || (state_q == PAIR && go)) assert (bank_q == !pair_q[0]);
                if (state_q == FORM) assert (y_bank_o == !bank_q);
            end else begin
                if (state_q == NOISE || (state_q == PAIR && go)) assert (bank_q);
                if ((state_q == PAIR && !go) || (state_q == MINUS && go)) assert (!bank_q);
                if ((state_q == MINUS && !go) || state_q == FORM || state_q == MOVE) assert (bank_q);
            end
        end
        cover (past_q && state_q == (MEMBERS > 1 ? FORM : MINUS));
        cover (past_q && !busy_o && $past(state_q == NEXT && !rst_i));
    end
`endif
endmodule

`default_nettype wire
