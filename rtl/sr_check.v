// SPDX-License-Identifier: Apache-2.0
// sr_check: what a run asks for in products and in its batch list, checked before the run starts, so that no limit is met half way.
//
//   state    cycles          what happens
//   PRODUCT  4 + the counts  The room left of a limit, less an operand in every cycle. In turn: FACTORS less RANK for every pair to
//                            evaluate, and again for every pair of an update; SCORE_WORDS less CLASSES + 1 for every sample of an
//                            inference; SAMPLE_WORDS less the words of every step, which leaves the last place where a sample may
//                            start.
//   LIST     2 a sample      An entry of the batch list is asked for and compared: its label with CLASSES, its place with that, by the
//                            same subtraction.
//
// What a run does not ask for takes one cycle; with rank_i 0 (full rank) FACTORS is no limit. Limits of single registers are sr_limits'; its code comes in and goes out first.
// Job       start_i (pulse) with the settings, which hold while busy_o; then code_o, until the next start_i.
// List      data_i is the entry of addr_o, a cycle after re_o.
// Reset     control only. Test: tests/rtl/tb_check.cpp; proofs: tests/formal
`default_nettype none

module sr_check #(
    parameter PAIR_AW      = 6,      // log2 of the pairs and of the batch list
    parameter FACTORS      = 64,
    parameter SCORE_WORDS  = 256,
    parameter SAMPLE_WORDS = 16384,
    parameter X_AW         = 14,     // log2 of SAMPLE_WORDS, rounded up
    parameter XW_W         = 6       // bits of x_words_i
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               start_i,
    input  wire [7:0]         limit_code_i,
    output wire               busy_o,
    output wire [7:0]         code_o,
    input  wire               evaluate_i,
    input  wire               update_i,
    input  wire               infer_i,
    input  wire               learn_i,
    input  wire [9:0]         steps_i,
    input  wire [XW_W-1:0]    x_words_i,    // words of a step
    input  wire [4:0]         classes_i,
    input  wire [5:0]         rank_i,
    input  wire [PAIR_AW:0]   count_i,      // pairs to evaluate
    input  wire [PAIR_AW:0]   pairs_i,      // pairs of an update
    input  wire [PAIR_AW:0]   batch_i,
    output wire               re_o,
    output wire [PAIR_AW-1:0] addr_o,
    input  wire [31:0]        data_i
);
    `include "sr_map.vh"

    localparam N_W    = PAIR_AW + 1 > 10 ? PAIR_AW + 1 : 10;
    localparam MOST_0 = FACTORS > SCORE_WORDS ? FACTORS : SCORE_WORDS;
    localparam MOST   = MOST_0 > SAMPLE_WORDS ? MOST_0 : SAMPLE_WORDS;
    localparam ROOM_0 = $clog2(MOST + 1) + 1;          // and a sign
    localparam ROOM_W = ROOM_0 > 11 ? ROOM_0 : 11;
    localparam OP_0   = XW_W > 6 ? XW_W : 6;
    localparam OP_W   = OP_0;

    localparam [1:0] IDLE = 2'd0, PRODUCT = 2'd1, LIST = 2'd2, ENTRY = 2'd3;
    localparam [1:0] EVALUATE = 2'd0, UPDATE = 2'd1, RESULTS = 2'd2, SAMPLE = 2'd3;   // product_q
    reg  [1:0]        state_q, product_q;
    reg  [7:0]        code_q;
    reg  [N_W-1:0]    n_q;
    reg  [ROOM_W-1:0] room_q;

    wire            list  = evaluate_i || infer_i || learn_i;
    wire [N_W-1:0]  batch = {{N_W - PAIR_AW - 1{1'b0}}, batch_i};
    reg  [N_W-1:0]  times;
    reg  [OP_W-1:0] operand;
    reg  [7:0]      code;
    reg  [31:0]     next_limit;
    always @* begin
        operand    = {{OP_W - 6{1'b0}}, rank_i};
        code       = SR_REPLY_LIMIT_FACTORS;
        next_limit = FACTORS;
        case (product_q)
            EVALUATE: times = evaluate_i ? {{N_W - PAIR_AW - 1{1'b0}}, count_i} : {N_W{1'b0}};
            UPDATE: begin
                times      = update_i ? {{N_W - PAIR_AW - 1{1'b0}}, pairs_i} : {N_W{1'b0}};
                next_limit = SCORE_WORDS;
            end
            RESULTS: begin
                times      = infer_i ? batch : {N_W{1'b0}};
                operand    = {{OP_W - 5{1'b0}}, classes_i} + {{OP_W - 1{1'b0}}, 1'b1};
                code       = SR_REPLY_LIMIT_SCORE;
                next_limit = SAMPLE_WORDS;
            end
            default: begin
                times   = list ? {{N_W - 10{1'b0}}, steps_i} : {N_W{1'b0}};
                operand = {{OP_W - XW_W{1'b0}}, x_words_i};
                code    = SR_REPLY_LIMIT_BATCH;
            end
        endcase
    end

    wire [ROOM_W-1:0] less = state_q == ENTRY ? {{ROOM_W - X_AW{1'b0}}, data_i[X_AW-1:0]} : {{ROOM_W - OP_W{1'b0}}, operand};
    wire [ROOM_W-1:0] rest = room_q - less;
    wire              far  = |data_i[27:X_AW] || rest[ROOM_W-1];     // the last place is one of the store
    always @(posedge clk_i) begin
        n_q <= n_q + {{N_W - 1{1'b0}}, 1'b1};
        case (state_q)
            IDLE: begin
                n_q       <= {N_W{1'b0}};
                product_q <= EVALUATE;
                room_q    <= FACTORS[ROOM_W-1:0];
                if (start_i) begin
                    code_q  <= limit_code_i;
                    state_q <= limit_code_i == SR_REPLY_OK ? PRODUCT : IDLE;
                end
            end
            PRODUCT:
                if (n_q == times) begin
                    n_q       <= {N_W{1'b0}};
                    product_q <= product_q + 2'd1;
                    if (product_q == SAMPLE) state_q <= list ? LIST : IDLE;
                    else room_q <= next_limit[ROOM_W-1:0];
                end else begin
                    room_q <= rest;
                    if (rest[ROOM_W-1]) begin
                        code_q  <= code;
                        state_q <= IDLE;
                    end
                end
            LIST: begin
                n_q     <= n_q;
                state_q <= ENTRY;
            end
            default: begin   // ENTRY
                state_q <= n_q == batch - {{N_W - 1{1'b0}}, 1'b1} ? IDLE : LIST;
                if (far || {1'b0, data_i[31:28]} >= classes_i) begin
                    code_q  <= far ? SR_REPLY_LIMIT_BATCH : SR_REPLY_LIMIT_LABEL;
                    state_q <= IDLE;
                end
            end
        endcase
        if (rst_i) state_q <= IDLE;
    end
    assign busy_o = state_q != IDLE;
    assign code_o = code_q;
    assign re_o   = state_q == LIST;
    assign addr_o = n_q[PAIR_AW-1:0];
    wire _unused = &{1'b0, next_limit};

`ifdef FORMAL
    // formal: PAIR_AW=2 FACTORS=4 SCORE_WORDS=8 SAMPLE_WORDS=8 X_AW=3 XW_W=2 DEPTH=20
    // Assumed: start_i only while not busy, settings stable while busy_o, and within the limits of single registers (sr_limits).
    reg               past_q = 1'b0;
    reg [PAIR_AW:0]   read_q;           // entries of the list that were asked for
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        read_q <= !busy_o ? 0 : read_q + re_o;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o)))
            assume ($stable(evaluate_i) && $stable(update_i) && $stable(infer_i) && $stable(learn_i) && $stable(steps_i) && $stable(x_words_i)
                    && $stable(classes_i) && $stable(rank_i) && $stable(count_i) && $stable(pairs_i) && $stable(batch_i));
        assume (count_i <= 1 << PAIR_AW && pairs_i <= 1 << PAIR_AW && batch_i != 0 && batch_i <= 1 << PAIR_AW);
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            // The first limit that is broken ends the check, and its code stays; a job that came with a code does nothing.
            if (busy_o) assert (code_o == SR_REPLY_OK);
            if (!$past(busy_o) && !$past(start_i)) assert ($stable(code_o) && !busy_o);
            if ($past(start_i && !rst_i)) assert (busy_o == $past(limit_code_i == SR_REPLY_OK) && code_o == $past(limit_code_i));
            // The list is read where it is used, once from its first entry to its last, unless one of them breaks a limit.
            if (re_o) assert (list && addr_o == read_q[PAIR_AW-1:0] && read_q < batch_i);
            if (!busy_o && $past(busy_o && !rst_i) && code_o == SR_REPLY_OK) assert ($past(read_q) == (list ? batch_i : 0));
            // for the induction
            if (state_q == LIST || state_q == ENTRY) assert (list && n_q < batch && read_q == n_q + (state_q == ENTRY));
            if (state_q == PRODUCT) assert (n_q <= times && read_q == 0);
            if (busy_o) assert (!room_q[ROOM_W-1]);
        end
        cover (past_q && !busy_o && $past(busy_o) && $past(read_q) == 2 && code_o == SR_REPLY_OK);
        cover (past_q && !busy_o && $past(busy_o) && code_o == SR_REPLY_LIMIT_SCORE);
    end
`endif
endmodule

`default_nettype wire
