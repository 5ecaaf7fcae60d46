// SPDX-License-Identifier: Apache-2.0
// sr_compact_update: control of the update of one layer (docs/numerics.md, section 7) by the accumulators of the lanes, a word of
// LANES weights at a time: the sum over factors of mant * u times both entries; shift right by `shift`, the dither's carry
// collected on the way; plus the weights; saturated, written back.
//
// Cycles     a word: factors + shift + 6, or what the dither word takes, every 64 columns. mant * u lies in the operand memory.
// Ages       0 row or class address, 1 its data and the others' addresses, 2 all data (add_next_o), 3 acc_en_o. Dither: bit b of
//            lane n is w[i] ^ w[i + 1 + b], i the lane's column: window_q holds w[i..], moved on by a bit a cycle.
// Job        start_i (pulse) with the inputs, held while busy_o. Reset: control only.
// Test       tests/test_sim.c; proofs: tests/formal
`default_nettype none

module sr_compact_update #(
    parameter LANES    = 4,
    parameter CUT      = 4,
    parameter UNIT_LOG = 2,       // log2 PROJ_UNITS
    parameter UNIT_W   = 2,
    parameter RANK_W   = 3,
    parameter PAIR_W   = 7,
    parameter BLOCK_W  = 5,
    parameter XW_W     = 6,
    parameter ROW_AW   = 12,
    parameter FACTOR_AW = 6,
    parameter BLOCK_AW = 4,
    parameter CLASS_AW = 8,
    parameter W_AW     = 14,
    parameter W_READOUT = 16128   // first readout weight word
) (
    input  wire                clk_i,
    input  wire                rst_i,
    input  wire                start_i,
    output wire                busy_o,
    input  wire                readout_i,
    input  wire [12:0]         rows_i,
    input  wire [BLOCK_W-1:0]  blocks_i,
    input  wire [PAIR_W-1:0]   pairs_i,
    input  wire [RANK_W-1:0]   rank_i,
    input  wire [XW_W-1:0]     x_words_i,
    input  wire [4:0]          shift_i,
    // age 0
    output wire                row_re_o,    // row or class factors
    output wire                re_o,        // age 1: operand, columns
    output wire [PAIR_W-1:0]   op_addr_o,
    output wire [FACTOR_AW+BLOCK_AW:0] col_addr_o,
    output wire [ROW_AW-1:0]   row_addr_o,
    output wire [CLASS_AW-1:0] class_addr_o,
    output wire [3:0]          bit_o,       // of a row or class factor's word
    output wire [UNIT_W-1:0]   unit_o,      // age 2
    output wire                add_next_o,  // age 2: the accumulators' operands are taken
    // accumulators
    output wire                acc_en_o,
    output wire                acc_first_o,
    output wire                shift_o,
    output wire                last_o,      // the operand is the weight
    output wire [LANES-1:0]    dither_o,
    // dither
    output wire                noise_o,     // draw the word of noise_row_o, noise_block_o
    output wire [12:0]         noise_row_o,
    output wire [7:0]          noise_block_o,
    input  wire                noise_ready_i,
    output wire [5:0]          cut_at_o,
    input  wire [CUT-1:0]      cut_i,
    // weights
    output wire                w_we_o,
    output wire [W_AW-1:0]     w_addr_o     // of the word at work
);
    localparam CUT_LOG  = $clog2(CUT);
    localparam WINDOW   = LANES + 16;
    localparam LOADS    = WINDOW / CUT;
    localparam ROW_W    = XW_W + 4;
    localparam [FACTOR_AW-1:0] UNIT_MASK = (1 << UNIT_LOG) - 1;  // a factor's place in its group
    localparam PER_LOG  = LANES < 64 ? $clog2(64 / LANES) : 0;  // column blocks of a noise word

    localparam [2:0] IDLE = 3'd0, BEGIN = 3'd1, SUM = 3'd2, SETTLE = 3'd3, SHIFT = 3'd4, ADD = 3'd5, WRITE = 3'd6;
    reg  [2:0]          state_q;
    reg  [ROW_W-1:0]    row_q;
    reg  [BLOCK_W-1:0]  block_q;
    reg  [PAIR_W-1:0]   pair_q;
    reg  [RANK_W-1:0]   k_q;
    reg  [ROW_AW-1:0]   group_q;            // first word of 16 inputs of the factor group
    reg  [FACTOR_AW-1:0] factor_q;
    reg  [4:0]          shift_q;
    reg                 sum_q1, sum_q2, sum_q3, first_q, first_q1, first_q2, first_q3;
    reg  [PAIR_W-1:0]   pair_q1;
    reg  [FACTOR_AW-1:0] factor_q1;
    reg  [UNIT_W-1:0]   unit_q2;
    wire                sum       = state_q == SUM;
    wire                k_end     = k_q == rank_i - 1'b1;
    wire                sum_end   = k_end && pair_q == pairs_i - 1'b1;
    wire                group_end = (factor_q & UNIT_MASK) == UNIT_MASK;
    wire                block_end = block_q == blocks_i - 1'b1;
    wire                row_end   = row_q == rows_i[ROW_W-1:0] - 1'b1;
    wire                window_ready;
    always @(posedge clk_i) begin
        sum_q1    <= sum && !rst_i;
        sum_q2    <= sum_q1 && !rst_i;
        first_q1  <= first_q;
        sum_q3    <= sum_q2 && !rst_i;
        first_q2  <= first_q1;
        first_q3  <= first_q2;
        pair_q1   <= pair_q;
        factor_q1 <= factor_q;
        unit_q2   <= factor_q1[UNIT_W-1:0] & UNIT_MASK[UNIT_W-1:0];
        case (state_q)
            IDLE: begin
                row_q   <= {ROW_W{1'b0}};
                block_q <= {BLOCK_W{1'b0}};
                if (start_i) state_q <= BEGIN;
            end
            BEGIN: begin
                pair_q   <= {PAIR_W{1'b0}};
                k_q      <= {RANK_W{1'b0}};
                group_q  <= {ROW_AW{1'b0}};
                factor_q <= {FACTOR_AW{1'b0}};
                first_q  <= 1'b1;
                shift_q  <= shift_i;
                state_q  <= SUM;
            end
            SUM: begin
                first_q  <= 1'b0;
                k_q      <= k_end ? {RANK_W{1'b0}} : k_q + 1'b1;
                if (k_end) pair_q <= pair_q + 1'b1;
                factor_q <= factor_q + 1'b1;
                if (group_end) group_q <= group_q + {{ROW_AW - XW_W{1'b0}}, x_words_i};
                if (sum_end) state_q <= SETTLE;
            end
            SETTLE: if (window_ready && !sum_q1 && !sum_q2) state_q <= shift_q == 5'd0 ? ADD : SHIFT;
            SHIFT: begin
                shift_q <= shift_q - 5'd1;
                if (shift_q == 5'd1) state_q <= ADD;
            end
            ADD: state_q <= WRITE;
            default: begin
                block_q <= block_end ? {BLOCK_W{1'b0}} : block_q + 1'b1;
                if (block_end) row_q <= row_q + 1'b1;
                state_q <= block_end && row_end ? IDLE : BEGIN;
            end
        endcase
        if (rst_i) state_q <= IDLE;
    end
    assign busy_o       = state_q != IDLE;
    assign row_re_o     = sum;
    assign re_o         = sum_q1;
    assign op_addr_o    = pair_q1;
    assign col_addr_o   = {readout_i, factor_q1, block_q[BLOCK_AW-1:0]};
    assign row_addr_o   = (group_q + {{ROW_AW - XW_W{1'b0}}, row_q[ROW_W-1:4]}) << (4 - CUT_LOG)
                        | {{ROW_AW - 4{1'b0}}, row_q[3:0] >> CUT_LOG};
    assign class_addr_o = {{CLASS_AW - FACTOR_AW{1'b0}}, factor_q} << (4 - CUT_LOG)
                        | {{CLASS_AW - 4{1'b0}}, row_q[3:0] >> CUT_LOG};
    assign bit_o        = row_q[3:0];
    assign unit_o       = unit_q2;
    assign add_next_o   = sum_q2;
    assign acc_en_o     = sum_q3 || shift_o || last_o;
    assign acc_first_o  = sum_q3 && first_q3;
    assign shift_o      = state_q == SHIFT;
    assign last_o       = state_q == ADD;
    assign w_we_o       = state_q == WRITE;
    assign w_addr_o     = {{W_AW - ROW_W - BLOCK_AW{1'b0}}, row_q, block_q[BLOCK_AW-1:0]}
                        | (readout_i ? W_READOUT[W_AW-1:0] : {W_AW{1'b0}});

    // ---- dither ----
    reg  [WINDOW-1:0]      window_q;
    reg  [LANES-1:0]       own_q;           // w[i] of each lane
    reg  [5:0]             cut_q;
    reg  [$clog2(LOADS):0] loads_q;         // cuts to come
    wire                   dithering = shift_o && shift_q <= 5'd16;
    wire                   load = loads_q != 0 && noise_ready_i && state_q != BEGIN;
    wire [7:0]             block8 = {{8 - BLOCK_W{1'b0}}, block_q};
    wire [7:0]             column_cut = block8 << ($clog2(LANES) - CUT_LOG);
    always @(posedge clk_i) begin
        if (load) window_q <= {cut_i, window_q[WINDOW-1:CUT]};
        else if (dithering) window_q <= window_q >> 1;
        if (load) cut_q <= cut_q + 6'd1;
        if (load) loads_q <= loads_q - 1'b1;
        if (!shift_o) own_q <= window_q[LANES-1:0];
        if (state_q == BEGIN) begin
            cut_q   <= column_cut[5:0];
            loads_q <= LOADS[$clog2(LOADS):0];
        end
        if (rst_i) loads_q <= 0;
    end
    assign window_ready  = loads_q == 0 && state_q == SETTLE;
    assign dither_o      = {LANES{dithering}} & (own_q ^ window_q[LANES:1]);
    assign noise_o       = state_q == BEGIN && (block8 & ((8'd1 << PER_LOG) - 8'd1)) == 8'd0;
    assign noise_row_o   = {{13 - ROW_W{1'b0}}, row_q};
    assign noise_block_o = block8 >> PER_LOG;
    assign cut_at_o      = cut_q;
    wire _unused = &{1'b0, column_cut[7:6], rows_i};

`ifdef FORMAL
    // formal: DEPTH=13
    // word_q: the noise word that noise_o asked for, of which cut_i is a cut. mine_q: w[i], w[i + 1].. of lane 0; ahead_q the
    // same after the dither's bits so far, of which window_q has those in left_q.
    (* anyseq *) reg [63:0] drawn;
    reg                past_q = 1'b0, added_q;
    reg  [63:0]        word_q, mine_q, ahead_q;
    reg  [WINDOW-1:0]  left_q;
    reg  [4:0]         asked_q, shifts_q;
    wire [63:0]        word  = noise_o ? drawn : word_q;
    wire [5:0]         place = block_q * LANES;          // column mod 64
    wire [5:0]         cut_place = cut_at_o * CUT;
    wire [127:0]       turned = {word, word} >> place;
    wire [LANES-1:0]   rho    = mine_q[LANES-1:0] ^ ahead_q[LANES:1];   // w[i] ^ w[i + 1 + b] of every lane
    wire [4:0]         zeros  = asked_q > 5'd16 ? asked_q - 5'd16 : 5'd0;
    integer n;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        word_q <= word;
        if (state_q == BEGIN) begin
            {asked_q, shifts_q, added_q} <= {shift_i, 5'd0, 1'b0};
            mine_q  <= turned[63:0];
            ahead_q <= turned[63:0];
            left_q  <= {WINDOW{1'b1}};
        end
        if (sum_q3) added_q <= 1'b1;
        if (shift_o) shifts_q <= shifts_q + 5'd1;
        if (shift_o && shifts_q >= zeros) begin
            ahead_q <= {ahead_q[0], ahead_q[63:1]};
            left_q  <= left_q >> 1;
        end
    end
    always @(posedge clk_i) begin
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (shift_i <= 5'd24);
        for (n = 0; n < 64; n = n + CUT) if (cut_place == n) assume (cut_i == word_q[n+:CUT]);
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (!busy_o) assert (!acc_en_o && !shift_o && !last_o && !w_we_o && !row_re_o && !re_o && !noise_o);
            // one thing at a time; the weight is added once, after the sum and as many shifts as asked for, then written
            assert ({1'b0, sum_q3} + {1'b0, shift_o} + {1'b0, last_o} <= 2'd1 && acc_en_o == (sum_q3 || shift_o || last_o));
            if (shift_o) assert (added_q && shifts_q < asked_q);
            if (last_o) assert (added_q && shifts_q == asked_q);
            assert (w_we_o == $past(last_o && !rst_i));
            // the word of (row, col / 64), drawn where its columns begin
            assert (noise_o == (state_q == BEGIN && place == 6'd0));
            if (noise_o) assert (noise_row_o == row_q && noise_block_o == block_q * LANES / 64);
            // dither: rho mod 2^shift, or rho << (shift - 16), lowest bit first
            assert (dither_o == (shift_o && shifts_q >= zeros ? rho : {LANES{1'b0}}));
            // for the induction
            if (state_q == SUM || state_q == SETTLE || state_q == SHIFT)
                assert (asked_q <= 5'd24 && shift_q == asked_q - shifts_q);
            if (state_q == SUM || state_q == SETTLE) begin
                assert (shifts_q == 5'd0 && &left_q);
                assert (mine_q == turned[63:0] && ahead_q == mine_q);
                assert (loads_q <= LOADS && cut_q == column_cut[5:0] + LOADS - loads_q);
            end
            if (state_q == SETTLE) assert (added_q || sum_q1 || sum_q2 || sum_q3);
            if (state_q == SHIFT) begin
                assert (loads_q == 0 && own_q == mine_q[LANES-1:0]);
                assert (((window_q ^ ahead_q[WINDOW-1:0]) & left_q) == 0);
                assert (left_q == {WINDOW{1'b1}} >> (shifts_q > zeros ? shifts_q - zeros : 5'd0));
            end
        end
        cover (past_q && shift_o && asked_q == 5'd2 && shifts_q == 5'd1 && &dither_o);
        cover (past_q && shift_o && asked_q == 5'd17 && shifts_q == 5'd1 && dither_o == 4'b0110);
        cover (past_q && w_we_o && asked_q == 5'd0 && readout_i);
        cover (past_q && noise_o && $past(w_we_o));
    end
    genvar c;
    generate
        for (c = 1; c <= LOADS; c = c + 1) begin : g_loaded
            always @(posedge clk_i)
                if (past_q && (state_q == SUM || state_q == SETTLE) && loads_q == LOADS - c)
                    assert (window_q[WINDOW-1-:CUT*c] == mine_q[CUT*c-1:0]);
        end
    endgenerate
`endif
endmodule

`default_nettype wire
