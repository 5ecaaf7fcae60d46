// SPDX-License-Identifier: Apache-2.0
// sr_loop_finish: the second half of an update as one loop, for simulators (sr_loop_lif says why): what sr_update_finish and its quads
// compute, M <- sat(M + ((A 2^e K + rho) >> 16)), a whole word in a cycle.
//
//   state   cycles                   what happens
//   DRAW    WORDS                    The dither word of 64 columns is asked for: noise_o. A cycle later it is kept.
//   WAIT    until the sums are there and the word of weights has been read
//   MOVE    1                        The new word is computed: write_o, and moved_o a cycle later.
//
// Handshake   claim_i: a word will be handed over; hand_i: it is, and sums_i are valid from the cycle after until the next; claim_i
//             only with free_o, which is high while no word is on its way, or one is done.
// Weights     w_addr_o is the word at work; word_i comes three cycles after. moved_o is valid from the cycle after write_o, until the next.
// Job         start_i (pulse) with the inputs, held while busy_o; as many words as sr_update hands over. Reset: control.
// Test        tests/rtl/tb_loop_finish.cpp; proofs: tests/formal
`default_nettype none

module sr_loop_finish #(
    parameter LANES     = 128,    // a multiple of 64
    parameter FRAC_W    = 8,
    parameter SUM_W     = 24,     // of a sum, 32 at most
    parameter ROW_W     = 10,
    parameter BLOCK_W   = 5,
    parameter BLOCK_AW  = 4,
    parameter W_AW      = 14,
    parameter W_READOUT = 0       // first readout weight word
) (
    input  wire                        clk_i,
    input  wire                        rst_i,
    input  wire                        start_i,
    output wire                        busy_o,
    input  wire                        readout_i,
    input  wire [ROW_W-1:0]            rows_i,
    input  wire [BLOCK_W-1:0]          blocks_i,
    input  wire [15:0]                 step_i,
    input  wire                        claim_i,
    output wire                        free_o,
    input  wire                        hand_i,
    input  wire [LANES*SUM_W-1:0]      sums_i,
    // dither
    output wire                        noise_o,     // draw the word of noise_row_o, noise_block_o: it is there a cycle after
    output wire [12:0]                 noise_row_o,
    output wire [7:0]                  noise_block_o,
    input  wire [63:0]                 noise_i,
    // weights
    input  wire [LANES*(8+FRAC_W)-1:0] word_i,
    output wire [LANES*(8+FRAC_W)-1:0] moved_o,
    output wire                        write_o,
    output wire [W_AW-1:0]             w_addr_o
);
    localparam MASTER_W = 8 + FRAC_W;
    localparam WORDS    = LANES / 64;
    localparam WORDS_W  = $clog2(WORDS) > 0 ? $clog2(WORDS) : 1;
    localparam [1:0] IDLE = 2'd0, DRAW = 2'd1, WAIT = 2'd2, MOVE = 2'd3;
    reg  [1:0]         state_q;
    reg                claim_q, there_q;     // a word was claimed; its sums are there
    reg  [ROW_W-1:0]   row_q;
    reg  [BLOCK_W-1:0] block_q;
    reg                keep_q;               // a word of dither is there
    reg  [WORDS_W-1:0] word_q, word_q1;      // of the dither
    reg  [2:0]         read_q;               // cycles that the address of the word has been there, 4 at most
    reg  [LANES-1:0]   dither_q;
    wire               word_last = word_q == WORDS[WORDS_W-1:0] - 1'b1;
    wire               block_end = block_q == blocks_i - 1'b1;
    wire               row_end   = row_q == rows_i - 1'b1;
    always @(posedge clk_i) begin
        if (read_q != 3'd4) read_q <= read_q + 3'd1;
        case (state_q)
            IDLE: begin
                row_q   <= {ROW_W{1'b0}};
                block_q <= {BLOCK_W{1'b0}};
                word_q  <= {WORDS_W{1'b0}};
                read_q  <= 3'd0;
                if (start_i) state_q <= DRAW;
            end
            DRAW: begin
                word_q  <= word_last ? {WORDS_W{1'b0}} : word_q + 1'b1;
                if (word_last) state_q <= WAIT;
            end
            WAIT: if (there_q && read_q == 3'd4) state_q <= MOVE;
            default: begin
                block_q <= block_end ? {BLOCK_W{1'b0}} : block_q + 1'b1;
                if (block_end) row_q <= row_q + 1'b1;
                read_q  <= 3'd0;
                state_q <= block_end && row_end ? IDLE : DRAW;
            end
        endcase
        keep_q  <= state_q == DRAW;
        word_q1 <= word_q;
        if (keep_q) dither_q[{word_q1, 6'd0}+:64] <= noise_i;
        if (hand_i) there_q <= 1'b1;
        if (state_q == MOVE) begin
            claim_q <= 1'b0;
            there_q <= 1'b0;
        end
        if (claim_i) claim_q <= 1'b1;
        if (rst_i) begin
            state_q <= IDLE;
            claim_q <= 1'b0;
            there_q <= 1'b0;
        end
    end
    wire [W_AW+ROW_W+BLOCK_AW-1:0] at = {{W_AW{1'b0}}, row_q, block_q[BLOCK_AW-1:0]};
    wire [7:0] first = {{8 - BLOCK_W{1'b0}}, block_q} << $clog2(WORDS);
    assign busy_o        = state_q != IDLE;
    assign free_o        = !claim_q || state_q == MOVE;
    assign noise_o       = state_q == DRAW;
    assign noise_row_o   = busy_o ? {{13 - ROW_W{1'b0}}, row_q} : 13'd0;
    assign noise_block_o = busy_o ? first | {{8 - WORDS_W{1'b0}}, word_q} : 8'd0;
    assign write_o       = state_q == MOVE;
    assign w_addr_o      = at[W_AW-1:0] | (readout_i ? W_READOUT[W_AW-1:0] : {W_AW{1'b0}});

    // ---- a word ----
    reg  [LANES*MASTER_W-1:0] moved_q;
    localparam signed [63:0] MOST = (1 << (MASTER_W - 1)) - 1;
    // verilator tracing_off
    integer                n;
    reg  signed [63:0]     a, k, rho, weight;
    reg  [WORDS*80-1:0]    ring;              // of each dither word: itself and, behind it, its first 16 bits once more
    // verilator tracing_on
    always @(posedge clk_i) begin
        n      = 0;
        a      = 64'sd0;
        rho    = 64'sd0;
        weight = 64'sd0;
        ring   = {WORDS * 80{1'b0}};
        k      = {48'd0, step_i};
        if (write_o) begin
            for (n = 0; n < WORDS; n = n + 1) ring[n*80+:80] = {dither_q[n*64+:16], dither_q[n*64+:64]};
            for (n = 0; n < LANES; n = n + 1) begin
                rho    = {48'd0, ring[n+n/64*16+1+:16] ^ {16{ring[n+n/64*16]}}};
                a      = {{64 - SUM_W{sums_i[n*SUM_W+SUM_W-1]}}, sums_i[n*SUM_W+:SUM_W]};
                weight = {{64 - MASTER_W{word_i[n*MASTER_W+MASTER_W-1]}}, word_i[n*MASTER_W+:MASTER_W]};
                weight = weight + ((a * k + rho) >>> 16);
                weight = weight > MOST ? MOST : weight < -MOST ? -MOST : weight;
                moved_q[n*MASTER_W+:MASTER_W] <= weight[MASTER_W-1:0];
            end
        end
    end
    assign moved_o = moved_q;
    wire _unused = &{1'b0, at};

`ifdef FORMAL
    // formal: LANES=128 ROW_W=3 BLOCK_W=2 BLOCK_AW=1 W_AW=6 W_READOUT=32 DEPTH=24
    // Assumed: start_i only while not busy, inputs stable while busy_o; of sr_update as many claims as there are words, each where free_o is, and
    // each handed over 4 cycles later or more.
    reg                past_q = 1'b0;
    reg                due_q;                           // a word was claimed and not handed over
    reg  [1:0]         wait_q;                          // cycles before it can be
    reg  [ROW_W-1:0]   claim_row_q, write_row_q;        // of the next word that is claimed, that is written
    reg  [BLOCK_W-1:0] claim_block_q, write_block_q;
    wire               claim_turn = claim_block_q == blocks_i - 1'b1, write_turn = write_block_q == blocks_i - 1'b1;
    wire [ROW_W-1:0]   after_row   = write_row_q + write_turn;      // of the word after the one that is written next
    wire [BLOCK_W-1:0] after_block = write_turn ? 0 : write_block_q + 1'b1;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        due_q  <= (claim_i || (due_q && !hand_i)) && !rst_i;
        wait_q <= claim_i ? 2'd3 : wait_q - {1'b0, wait_q != 2'd0};
        if (!busy_o) {claim_row_q, claim_block_q, write_row_q, write_block_q} <= 0;
        else begin
            if (claim_i) {claim_row_q, claim_block_q} <= {claim_row_q + {{ROW_W - 1{1'b0}}, claim_turn}, claim_turn ? {BLOCK_W{1'b0}} : claim_block_q + 1'b1};
            if (write_o) {write_row_q, write_block_q} <= {after_row, after_block};
        end
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (rows_i != 0 && rows_i < 4 && blocks_i != 0 && blocks_i <= 1 << BLOCK_AW);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o))) assume ($stable(rows_i) && $stable(blocks_i) && $stable(readout_i));
        if (claim_i) assume (busy_o && free_o && !due_q && claim_row_q < rows_i && !(past_q && $past(start_i)));
        if (hand_i) assume (due_q && wait_q == 2'd0);
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o && free_o);
            if (!busy_o) assert (!write_o && !noise_o && !due_q);
            // No sum is lost: a word is handed over when the one before has been computed.
            if (hand_i) assert (!there_q && state_q != MOVE);
            // Words are written in order, each at its own place, which has been there for three cycles, when its sums and its dither are there.
            if (write_o) assert (w_addr_o == ((write_row_q << BLOCK_AW) | write_block_q[BLOCK_AW-1:0] | (readout_i ? W_READOUT : 0)) && w_addr_o == $past(w_addr_o, 3));
            if (write_o) assert (there_q && !keep_q);
            if (noise_o) assert (noise_row_o == write_row_q && noise_block_o == write_block_q * WORDS + word_q);
            if (!busy_o && $past(busy_o && !rst_i)) assert (write_row_q == rows_i && write_block_q == 0 && claim_row_q == rows_i);
            // for the induction
            assert (!(there_q && due_q) && claim_q == (due_q || there_q));
            if (busy_o) assert (state_q == DRAW ? keep_q == (word_q != 0) && word_q < WORDS : word_q == 0);
            if (busy_o) assert (write_row_q < rows_i && write_block_q < blocks_i && row_q == write_row_q && block_q == write_block_q && read_q <= 3'd4);
            if (state_q == MOVE) assert (read_q == 3'd4 && there_q && !keep_q);
            if (state_q == WAIT) assert (keep_q == (read_q == WORDS));
            if (state_q == DRAW) assert (read_q == word_q);
            if (busy_o) assert ({claim_row_q, claim_block_q} == (claim_q ? {after_row, after_block} : {write_row_q, write_block_q}));
            else assert (!claim_q);
        end
        cover (past_q && !busy_o && $past(write_o && readout_i && !rst_i));
    end
`endif
endmodule

`default_nettype wire
