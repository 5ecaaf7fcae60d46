// SPDX-License-Identifier: Apache-2.0
// sr_update_finish: the second half of an update (docs/numerics.md, section 7): M <- sat(M + ((A 2^e K + rho) >> 16)), a word of
// LANES weights behind sr_update. Lanes stand in quads (QUAD of them); a quad's weights take its product
// (sr_update_quad) in turn, a weight every three cycles.
//
// With K = 256 K1 + K0 the product is made in two passes through u = (v k + addend) >> 8:
//   t = (A K0 + rho) >> 8,   M + ((A K1 + t) >> 8) = (A K1 + t + 256 M) >> 8.
//   cycle  put_o       v <- A of the next weight; i <- upper byte of rho
//          +1          k = K0, low byte of the addend is rho's (low_rho_o): u <- t (product_o)
//          +2          i <- M + (t >> 8) (weigh_o)
//          +3          k = K1, low byte of the addend is that of t: u <- the weight; put_o of the next
//          +4          turn_o: the weight is clamped and joins the word; after the last, write_o
// k_o: K0 or K1, a cycle ahead. load_o: i takes its sum. at_o: the weight at work, from put_o to +2.
//
// Dither      rho of lane n has bits w[i] ^ w[i + 1 + b], i the lane's column mod 64. window_o holds w from the column of each
//             quad's lane at work on; it moves on by a bit a weight. The word w is drawn where 64 columns begin, ahead of time.
// Handshake   claim_i: a word will be handed over, hand_i: it is, 4 cycles later or more; claim_i only with free_o. The quads take
//             A of all lanes with hand_i and give one with each put_o.
// Weights     w_addr_o: the word at work, read three cycles before its first weigh_o or earlier, and written with write_o.
// Job         start_i (pulse) with the inputs, held while busy_o; as many words as sr_update hands over. Reset: control.
// Test        tests/rtl/tb_update_finish.cpp; proofs: tests/formal
`default_nettype none

module sr_update_finish #(
    parameter LANES     = 4,
    parameter QUAD      = LANES < 4 ? LANES : 4,
    parameter CUT       = LANES < 16 ? LANES : 16,
    parameter ROW_W     = 10,
    parameter BLOCK_W   = 5,
    parameter BLOCK_AW  = 4,
    parameter W_AW      = 14,
    parameter W_READOUT = 16128,  // first readout weight word
    parameter WINDOW    = LANES + 16
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               start_i,
    output wire               busy_o,
    input  wire               readout_i,
    input  wire [ROW_W-1:0]   rows_i,
    input  wire [BLOCK_W-1:0] blocks_i,
    input  wire [15:0]        step_i,
    input  wire               claim_i,
    output wire               free_o,
    input  wire               hand_i,
    // dither
    output wire               noise_o,     // draw the word of noise_row_o, noise_block_o
    output wire [12:0]        noise_row_o,
    output wire [7:0]         noise_block_o,
    input  wire               noise_ready_i,
    output wire [5:0]         cut_at_o,
    input  wire [CUT-1:0]     cut_i,
    output wire [WINDOW-1:0]  window_o,
    // quads
    output wire               put_o,
    output wire               load_o,
    output wire               product_o,
    output wire               low_rho_o,
    output wire               weigh_o,
    output wire               turn_o,
    output wire [1:0]         at_o,
    output wire [7:0]         k_o,
    // weights
    output wire               write_o,
    output wire [W_AW-1:0]    w_addr_o
);
    localparam LANES_LOG = $clog2(LANES);
    localparam CUT_LOG   = $clog2(CUT);
    localparam LOADS     = WINDOW / CUT;
    localparam LOAD_W    = $clog2(LOADS + 1);
    localparam PER_LOG   = LANES < 64 ? $clog2(64 / LANES) : 0;  // column blocks of a noise word

    localparam [1:0] IDLE = 2'd0, LOAD = 2'd1, WAIT = 2'd2, RUN = 2'd3;
    reg  [1:0]         state_q, phase_q, at_q;
    reg                claim_q, there_q;     // a word was claimed; it is there
    reg                fresh_q;              // row and block are new
    reg                over_q;               // no word after the one at work
    reg  [ROW_W-1:0]   row_q;                // of the window
    reg  [BLOCK_W-1:0] block_q;
    reg  [LOAD_W-1:0]  loaded_q;
    reg  [WINDOW-1:0]  window_q;
    reg  [W_AW-1:0]    w_addr_q;
    reg  [4:1]         put_q, last_q;        // ages of put_o
    wire               put       = state_q == RUN && phase_q == 2'd0;
    wire               last      = at_q == QUAD[1:0] - 2'd1;
    wire               run_end   = state_q == RUN && phase_q == 2'd1 && last;
    wire               behind    = put_q[2] || put_q[3] || put_q[4];   // the word before is not written yet
    wire               load      = state_q == LOAD && !fresh_q && noise_ready_i && loaded_q != LOADS[LOAD_W-1:0];
    wire               load_end  = state_q == LOAD && !behind && (load ? loaded_q == LOADS[LOAD_W-1:0] - 1'b1
                                                                       : loaded_q == LOADS[LOAD_W-1:0]);
    wire               block_end = block_q == blocks_i - 1'b1;
    wire               row_end   = row_q == rows_i - 1'b1;
    wire               word_end  = block_end && row_end;
    wire [7:0]         block8    = {{8 - BLOCK_W{1'b0}}, block_q};
    wire [7:0]         cut0      = block8 << (LANES_LOG - CUT_LOG);
    wire [7:0]         cut_at    = cut0 + {{8 - LOAD_W{1'b0}}, loaded_q};
    always @(posedge clk_i) begin
        fresh_q <= start_i || (load_end && !word_end);
        phase_q <= state_q != RUN || phase_q == 2'd2 ? 2'd0 : phase_q + 2'd1;
        put_q   <= rst_i ? 4'd0 : {put_q[3:1], put};
        last_q  <= {last_q[3:1], last};
        case (state_q)
            IDLE: begin
                row_q    <= {ROW_W{1'b0}};
                block_q  <= {BLOCK_W{1'b0}};
                loaded_q <= {LOAD_W{1'b0}};
                if (start_i) state_q <= LOAD;
            end
            LOAD: if (load_end) begin
                state_q  <= WAIT;
                loaded_q <= {LOAD_W{1'b0}};
                over_q   <= word_end;
                block_q  <= block_end ? {BLOCK_W{1'b0}} : block_q + 1'b1;
                if (block_end) row_q <= row_q + 1'b1;
            end else if (load) loaded_q <= loaded_q + 1'b1;
            WAIT: begin
                at_q <= 2'd0;
                if (there_q) state_q <= RUN;
            end
            default: begin
                if (phase_q == 2'd2) at_q <= at_q + 2'd1;
                if (run_end) state_q <= over_q ? IDLE : LOAD;
            end
        endcase
        if (state_q == LOAD && !behind)
            w_addr_q <= {{W_AW - ROW_W - BLOCK_AW{1'b0}}, row_q, block_q[BLOCK_AW-1:0]} | (readout_i ? W_READOUT[W_AW-1:0] : {W_AW{1'b0}});
        if (load) window_q <= {cut_i, window_q[WINDOW-1:CUT]};
        else if (put_q[1]) window_q <= window_q >> 1;
        if (state_q == WAIT && there_q) begin
            claim_q <= 1'b0;
            there_q <= 1'b0;
        end
        if (claim_i) claim_q <= 1'b1;
        if (hand_i) there_q <= 1'b1;
        if (rst_i) begin
            state_q <= IDLE;
            claim_q <= 1'b0;
            there_q <= 1'b0;
            fresh_q <= 1'b0;
        end
    end
    assign busy_o        = state_q != IDLE || behind;
    // 4 cycles on, when the word comes, the A of all lanes are out
    assign free_o        = !claim_q && (state_q != RUN || QUAD < 4 || at_q[1]);
    assign noise_o       = fresh_q && (block8 & ((8'd1 << PER_LOG) - 8'd1)) == 8'd0;
    assign noise_row_o   = {{13 - ROW_W{1'b0}}, row_q};
    assign noise_block_o = block8 >> PER_LOG;
    assign cut_at_o      = cut_at[5:0];
    assign window_o      = window_q;
    assign put_o         = put;
    assign load_o        = put || put_q[2];
    assign product_o     = put_q[1] || put_q[3];
    assign low_rho_o     = put_q[1];
    assign weigh_o       = put_q[2];
    assign turn_o        = put_q[4];
    assign at_o          = at_q;
    assign k_o           = put_q[2] ? step_i[15:8] : step_i[7:0];
    assign write_o       = put_q[4] && last_q[4];
    assign w_addr_o      = w_addr_q;
    wire _unused = &{1'b0, cut_at[7:6]};

`ifdef FORMAL
    // formal: LANES=4 ROW_W=3 BLOCK_W=2 BLOCK_AW=1 W_AW=6 W_READOUT=32 DEPTH=28
    // formal: LANES=2 ROW_W=3 BLOCK_W=2 BLOCK_AW=1 W_AW=6 W_READOUT=32 DEPTH=28
    // Assumed: start_i only while not busy; of sr_update, which proves it, as many claims as there are words, each where free_o is, handed over 4
    // cycles later or more; of the noise unit nothing, as noise_ready_i may be up in any cycle (sr_noise_serial with ROUNDS 16). Resets
    // come at any time, and may be of one clock: nothing is written after one, and the next job is as the first.
    reg                past_q = 1'b0;
    reg                due_q;                           // a word was claimed and not handed over
    reg  [1:0]         wait_q;                          // cycles before it can be
    reg  [ROW_W-1:0]   claim_row_q, write_row_q;        // of the next word that is claimed, that is written
    reg  [BLOCK_W-1:0] claim_block_q, write_block_q;
    reg  [ROW_W-1:0]   drawn_row_q;                     // of the word that was asked for last
    reg  [7:0]         drawn_block_q;
    wire               drawn = drawn_row_q == row_q && drawn_block_q == noise_block_o;
    wire               begins = (block8 & ((8'd1 << PER_LOG) - 8'd1)) == 8'd0;      // a word of dither, with this block
    wire               claim_turn = claim_block_q == blocks_i - 1'b1, write_turn = write_block_q == blocks_i - 1'b1;
    wire [ROW_W-1:0]   after_row   = write_row_q + {{ROW_W - 1{1'b0}}, write_turn};      // of the word after the one that is written next
    wire [BLOCK_W-1:0] after_block = write_turn ? {BLOCK_W{1'b0}} : write_block_q + 1'b1;
    wire [W_AW-1:0]    write_at    = {{W_AW - ROW_W - BLOCK_AW{1'b0}}, write_row_q, write_block_q[BLOCK_AW-1:0]}
                                   | (readout_i ? W_READOUT[W_AW-1:0] : {W_AW{1'b0}});
    wire [ROW_W-1:0]   base_row    = state_q == LOAD ? row_q : state_q == WAIT ? write_row_q : after_row;       // the first word that is not at work
    wire [BLOCK_W-1:0] base_block  = state_q == LOAD ? block_q : state_q == WAIT ? write_block_q : after_block;
    wire               base_turn   = base_block == blocks_i - 1'b1;
    wire               putting     = state_q == RUN && !(last && phase_q != 2'd0);     // sums of the word at work are still to be put
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        due_q  <= (claim_i || (due_q && !hand_i)) && !rst_i;
        if (noise_o) {drawn_row_q, drawn_block_q} <= {row_q, noise_block_o};
        wait_q <= claim_i ? 2'd3 : wait_q - {1'b0, wait_q != 2'd0};
        if (!busy_o) {claim_row_q, claim_block_q, write_row_q, write_block_q} <= {2 * (ROW_W + BLOCK_W){1'b0}};
        else begin
            if (claim_i) begin
                claim_block_q <= claim_turn ? {BLOCK_W{1'b0}} : claim_block_q + 1'b1;
                claim_row_q   <= claim_row_q + {{ROW_W - 1{1'b0}}, claim_turn};
            end
            if (write_o) {write_row_q, write_block_q} <= {after_row, after_block};
        end
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (rows_i != 0 && rows_i < 4 && blocks_i != 0 && blocks_i <= 1 << BLOCK_AW);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o))) assume ($stable(rows_i) && $stable(blocks_i) && $stable(readout_i));
        if (claim_i) assume (busy_o && free_o && !due_q && claim_row_q < rows_i && !(past_q && $past(start_i)));
        if (hand_i) assume (due_q && wait_q == 2'd0);
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (!busy_o) assert (!put_o && !write_o && !noise_o && !due_q);
            // No sum is lost: a word is handed over when all sums of the one before have been put, and waits until its own are.
            if (hand_i) assert (!putting && !there_q);
            // Dither is that of the row and block, asked for in a cycle before.
            if (load) assert (drawn && !noise_o);
            // Words are written in order, each at its own place, which has been there for three cycles when a weight is first wanted.
            if (write_o) assert (w_addr_o == write_at);
            if (weigh_o) assert (w_addr_o == write_at && w_addr_o == $past(w_addr_o, 3));
            if (!busy_o && $past(busy_o && !rst_i)) assert (write_row_q == rows_i && write_block_q == 0 && claim_row_q == rows_i);
            // for the induction
            if ((state_q == LOAD || (state_q != IDLE && !over_q)) && (!fresh_q || !begins)) assert (drawn);
            assert (!(there_q && !claim_q) && !(there_q && due_q) && (claim_q == (due_q || there_q)));
            if (due_q || claim_q) assert (state_q != IDLE);
            if (state_q == WAIT || state_q == RUN || behind) assert (w_addr_q == write_at);
            if (state_q == WAIT) assert (put_q == 4'd0 && phase_q == 2'd0);
            if (state_q != RUN) assert (!put_q[1] && (put_q & ~last_q) == 4'd0 && {1'b0, put_q[2]} + {1'b0, put_q[3]} + {1'b0, put_q[4]} <= 2'd1);
            if (state_q == RUN) begin
                assert (at_q < QUAD && phase_q != 2'd3 && (last_q[4:3] & put_q[4:3]) == 2'd0);
                assert (put_q == (phase_q == 2'd0 ? {1'b0, at_q != 2'd0, 2'b00} : phase_q == 2'd1 ? {at_q != 2'd0, 3'b001} : 4'b0010));
                if (phase_q == 2'd1) assert (last_q[1] == last);
                if (phase_q == 2'd2) assert (!last && !last_q[2]);
            end
            if (state_q != IDLE)
                assert ({claim_row_q, claim_block_q} == (claim_q ? {base_row + {{ROW_W - 1{1'b0}}, base_turn}, base_turn ? {BLOCK_W{1'b0}} : base_block + 1'b1}
                                                                 : {base_row, base_block}));
            if (state_q == IDLE && behind) assert (claim_row_q == rows_i && claim_block_q == 0);
            if (state_q == WAIT || state_q == RUN)
                assert (over_q ? write_row_q == rows_i - 1'b1 && write_turn : row_q == after_row && block_q == after_block);
            if (state_q == LOAD)
                assert (behind || put_q[1] ? row_q == after_row && block_q == after_block : row_q == write_row_q && block_q == write_block_q);
            if (state_q == IDLE && behind) assert (write_row_q == rows_i - 1'b1 && write_turn);
            if (busy_o) assert (write_row_q < rows_i && write_block_q < blocks_i);
            if (state_q == LOAD || ((state_q == WAIT || state_q == RUN) && !over_q)) assert (row_q < rows_i && block_q < blocks_i);
        end
        cover (past_q && !busy_o && $past(write_o));
    end
`endif
endmodule

`default_nettype wire
