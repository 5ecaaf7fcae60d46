// SPDX-License-Identifier: Apache-2.0
// sr_loop_factors: the perturbation factors of a generation, drawn once and kept, as sr_factors does it, but a noise word a cycle and
// with stores as their readers want them, for simulators (sr_loop_lif says why). Also the dither words of the update.
//
// Factor f = pair * rank + k, pair counted from first_i; a bit an entry, 1 is -1. Stores:
//   rows      ROW entries of the hidden layer: the UNITS factors of a group in a word, {group, input}
//   columns   COL entries, of the hidden layer and of the readout: 64 columns in a word, {factor, column / 64}
//   classes   ROW entries of the readout: 16 classes in a word, by factor
// Draw        start_i (pulse) with the job inputs, held while busy_o; pairs * rank is at most FACTORS (sr_check). groups_o: groups of
//             UNITS factors. A cycle a noise word: pairs * rank * (ceil(x_words / 4) + 2 * blocks * LANES / 64 + 1).
// Dither      dither_i (pulse, not during a draw) with its row and block: dither_o from the cycle after on, until the next.
// Reads       a cycle after the enable, held (class_o, classes_o: in that cycle alone). row_o and classes_o are of all the group that the address names; col_o ({k, lane}), and
//             class_o of RANK_LANES factors from the one that it names on; rcol_o of that one.
// Misses      miss_i, a cycle after cols_re_i or later: for each column the units of mask_i whose entry in it differs from their bit of
//             row_i (sr_update). miss_o from the cycle after on, until the next. No word of a group's columns is made.
// Reset       control only. Test: tests/rtl/tb_loop_factors.cpp; proofs: tests/formal
`default_nettype none

module sr_loop_factors #(
    parameter LANES      = 128,   // a multiple of 64
    parameter UNITS      = 64,
    parameter FACTORS    = 256,
    parameter PAIR_W     = 9,
    parameter XW_W       = 6,
    parameter X_WORDS    = 40,    // words of 16 inputs, at most
    parameter BLOCK_AW   = 1,
    parameter RANK_LANES = 4,
    parameter ROW_AW     = $clog2(FACTORS / UNITS * X_WORDS),
    parameter FACTOR_AW  = $clog2(FACTORS),
    parameter COL_AW     = FACTOR_AW + BLOCK_AW,
    parameter GROUP_W    = $clog2(FACTORS / UNITS + 1),
    parameter MISS_W     = $clog2(UNITS + 1)
) (
    input  wire                  clk_i,
    input  wire                  rst_i,
    input  wire [63:0]           key_i,
    // draw
    input  wire                  start_i,
    input  wire [15:0]           first_i,
    input  wire [PAIR_W-1:0]     pairs_i,
    input  wire [ 5:0]           rank_i,
    input  wire [XW_W-1:0]       x_words_i,
    input  wire [ 7:0]           blocks_i,
    output wire                  busy_o,
    output wire [GROUP_W-1:0]    groups_o,
    // dither
    input  wire                  dither_i,
    input  wire                  dither_readout_i,
    input  wire [12:0]           dither_row_i,
    input  wire [ 7:0]           dither_block_i,
    output wire [63:0]           dither_o,
    // reads: of the group, addresses as in sr_factors; an input's bit goes with the data
    input  wire                  row_re_i,
    input  wire [ROW_AW-1:0]     row_addr_i,
    input  wire [ 3:0]           row_bit_i,
    output wire [UNITS-1:0]      row_o,
    input  wire                  cols_re_i,
    input  wire [COL_AW-1:0]     cols_addr_i,      // {factor, block}
    input  wire                  readout_i,        // of the readout
    input  wire                  miss_i,
    input  wire [UNITS-1:0]      mask_i,
    input  wire [UNITS-1:0]      row_i,
    output wire [LANES*MISS_W-1:0] miss_o,
    // reads: of factors
    input  wire                  col_re_i,
    input  wire [COL_AW-1:0]     col_addr_i,       // {factor, block}
    output wire [RANK_LANES*LANES-1:0] col_o,
    input  wire                  rcol_re_i,
    input  wire [COL_AW-1:0]     rcol_addr_i,      // {factor, block}
    output wire [LANES-1:0]      rcol_o,
    input  wire                  class_re_i,
    input  wire [FACTOR_AW-1:0]  class_addr_i,     // factor
    input  wire [ 3:0]           class_bit_i,
    input  wire                  group_i,          // classes_o is looked at
    output wire [RANK_LANES-1:0] class_o,
    output wire [UNITS-1:0]      classes_o
);
    `include "sr_map.vh"
    localparam SIMON_ROUNDS = 16;
    `include "sr_simon.vh"
    localparam WORDS     = LANES / 64;            // noise words of a column block
    localparam COL_WORDS = WORDS << BLOCK_AW;     // of a factor
    localparam UNIT_LOG  = $clog2(UNITS);
    localparam UNIT_W    = UNIT_LOG > 0 ? UNIT_LOG : 1;
    localparam INPUTS    = X_WORDS * 16;
    localparam MOST      = UNITS > RANK_LANES ? UNITS : RANK_LANES;
    localparam WORD_W    = $clog2(INPUTS / 64 + COL_WORDS + 2);
    reg  [UNITS-1:0] rows    [0:FACTORS/UNITS*INPUTS-1];
    reg  [63:0]      hidden  [0:FACTORS*COL_WORDS-1];
    reg  [63:0]      readout [0:FACTORS*COL_WORDS-1];
    reg  [15:0]      classes [0:FACTORS-1];

    // ---- the draw: pair, k, store, word of the factor ----
    localparam [1:0] ROWS = 2'd0, COLS = 2'd1, COLS_READOUT = 2'd2, CLASSES = 2'd3;
    reg                 busy_q;
    reg  [1:0]          store_q;
    reg  [PAIR_W-1:0]   pair_q;
    reg  [5:0]          k_q;
    reg  [FACTOR_AW-1:0] factor_q;
    reg  [WORD_W-1:0]   word_q;
    reg  [ROW_AW-1:0]   group_at_q;             // first word of 16 inputs of the group
    reg  [GROUP_W-1:0]  groups_q;
    wire [31:0]         row_words  = ({{32 - XW_W{1'b0}}, x_words_i} + 32'd3) >> 2;
    wire [31:0]         col_words  = {24'd0, blocks_i} * WORDS;
    wire [31:0]         words      = store_q == ROWS ? row_words : store_q == CLASSES ? 32'd1 : col_words;
    wire                store_end  = {{32 - WORD_W{1'b0}}, word_q} == words - 32'd1;
    wire                factor_end = store_end && store_q == CLASSES;
    wire                pair_end   = factor_end && k_q == rank_i - 6'd1;
    wire [PAIR_W-1:0]   pair_up    = pair_q + 1'b1;
    wire [FACTOR_AW-1:0] group     = factor_q >> UNIT_LOG;
    wire [FACTOR_AW-1:0] factor_up = factor_q + 1'b1;
    wire                group_end  = factor_up >> UNIT_LOG != group;
    always @(posedge clk_i) begin
        if (busy_q) begin
            word_q <= store_end ? {WORD_W{1'b0}} : word_q + 1'b1;
            if (store_end) store_q <= store_q + 2'd1;
            if (factor_end) begin
                factor_q <= factor_up;
                groups_q <= group[GROUP_W-1:0] + 1'b1;
                k_q      <= pair_end ? 6'd0 : k_q + 6'd1;
                if (group_end) group_at_q <= group_at_q + {{ROW_AW - XW_W{1'b0}}, x_words_i};
                if (pair_end) pair_q <= pair_up;
                if (pair_end && pair_up == pairs_i) busy_q <= 1'b0;
            end
        end
        if (start_i) begin
            busy_q     <= 1'b1;
            store_q    <= ROWS;
            pair_q     <= {PAIR_W{1'b0}};
            k_q        <= 6'd0;
            factor_q   <= {FACTOR_AW{1'b0}};
            word_q     <= {WORD_W{1'b0}};
            group_at_q <= {ROW_AW{1'b0}};
        end
        if (rst_i) busy_q <= 1'b0;
    end
    assign busy_o   = busy_q;
    assign groups_o = groups_q;

`ifndef FORMAL    // Yosys takes loops with constant bounds alone
    // ---- noise, stores ----
    wire        by_row = store_q == ROWS || store_q == CLASSES;
    wire [3:0]  kind   = !busy_q ? SR_KIND_ROUND[3:0] : by_row ? SR_KIND_ROW[3:0] : SR_KIND_COL[3:0];
    wire        last   = busy_q ? store_q[1] : dither_readout_i;         // of the readout
    wire [15:0] pair   = busy_q ? first_i + {{16 - PAIR_W{1'b0}}, pair_q} : 16'd0;
    wire [7:0]  block  = busy_q ? {{8 - WORD_W{1'b0}}, word_q} : dither_block_i;
    wire [63:0] ctr    = {kind, 2'd0, {2{last}}, 3'd0, busy_q ? 13'd0 : dither_row_i, pair, 10'd0, busy_q ? k_q : 6'd0, block};
    reg  [63:0] dither_q;
    // verilator tracing_off
    reg  [63:0] noise;
    integer     i, at, left;
    // verilator tracing_on
    wire [UNIT_W-1:0] unit = factor_q[UNIT_W-1:0] & {UNIT_W{UNITS > 1}};
    always @(posedge clk_i) begin
        i     = 0;
        at    = 0;
        left  = 0;
        noise = 64'd0;
        if (busy_q || dither_i) begin
            noise = simon_rounds(ctr ^ key_i, 4'd0);
            if (!busy_q) dither_q <= noise;
            else
                case (store_q)
                    ROWS: begin
                        at   = {{28 - ROW_AW{1'b0}}, group_at_q, 4'd0} + {{26 - WORD_W{1'b0}}, word_q, 6'd0};
                        left = {{28 - XW_W{1'b0}}, x_words_i, 4'd0} - {{26 - WORD_W{1'b0}}, word_q, 6'd0};
                        for (i = 0; i < 64 && i < left; i = i + 1) rows[at+i][unit] = noise[i[5:0]];
                    end
                    COLS:         hidden[{{32 - FACTOR_AW{1'b0}}, factor_q} * COL_WORDS + {{32 - WORD_W{1'b0}}, word_q}] = noise;
                    COLS_READOUT: readout[{{32 - FACTOR_AW{1'b0}}, factor_q} * COL_WORDS + {{32 - WORD_W{1'b0}}, word_q}] = noise;
                    default:      classes[factor_q] = noise[15:0];
                endcase
        end
    end
    assign dither_o = dither_q;

    // ---- reads ----
    reg  [ROW_AW-1:0]           row_at_q;
    reg  [COL_AW-1:0]           cols_at_q;
    reg  [LANES*MISS_W-1:0]     miss_q;
    reg  [RANK_LANES*LANES-1:0] col_q;
    reg  [LANES-1:0]            rcol_q;
    reg                         class_read_q;    // a cycle after class_re_i
    reg  [FACTOR_AW-1:0]        class_at_q;
    // verilator tracing_off
    integer                     u, from;
    // verilator tracing_on
    // {factor, block} as a place in words; that of factor + u is u * COL_WORDS further, and wraps round at the end
    always @(posedge clk_i) begin
        u    = 0;
        from = 0;
        if (row_re_i) row_at_q <= row_addr_i;
        if (cols_re_i) cols_at_q <= cols_addr_i;
        if (col_re_i) begin
            from = {{32 - COL_AW{1'b0}}, col_addr_i} * WORDS;
            for (u = 0; u < RANK_LANES * WORDS; u = u + 1)
                col_q[u*64+:64] <= hidden[(from+u/WORDS*COL_WORDS+u%WORDS)&(FACTORS*COL_WORDS-1)];
        end
        if (rcol_re_i) begin
            from = {{32 - COL_AW{1'b0}}, rcol_addr_i} * WORDS;
            for (u = 0; u < WORDS; u = u + 1) rcol_q[u*64+:64] <= readout[from+u];
        end
        if (class_re_i) class_at_q <= class_addr_i;
        class_read_q <= class_re_i;
    end

    // ---- misses, counted in bit planes: an addition is a carry through a few words, not a turn for each column
    reg  [63:0]  plane [0:MISS_W-1];
    // verilator tracing_off
    integer      m, w, p, n, first;
    reg  [63:0]  carry, now;
    reg  [31:0]  count [0:63];
    // verilator tracing_on
    always @(posedge clk_i) begin
        m     = 0;
        w     = 0;
        p     = 0;
        n     = 0;
        carry = 64'd0;
        now   = 64'd0;
        first = {{32 - COL_AW{1'b0}}, cols_at_q} * WORDS;
        if (miss_i)
            for (w = 0; w < WORDS; w = w + 1) begin
                for (p = 0; p < MISS_W; p = p + 1) plane[p] = 64'd0;
                for (m = 0; m < UNITS; m = m + 1)
                    if (mask_i[m]) begin
                        carry = (readout_i ? readout[first+m*COL_WORDS+w] : hidden[first+m*COL_WORDS+w]) ^ {64{row_i[m]}};
                        for (p = 0; p < MISS_W && carry != 64'd0; p = p + 1) begin
                            now      = plane[p];
                            plane[p] = now ^ carry;
                            carry    = now & carry;
                        end
                    end
                for (n = 0; n < 64; n = n + 1) count[n] = 32'd0;
                for (p = 0; p < MISS_W; p = p + 1) begin
                    now = plane[p];
                    for (n = 0; n < 64; n = n + 1) count[n] = count[n] | {31'd0, now[n]} << p;
                end
                for (n = 0; n < 64; n = n + 1) miss_q[(w*64+n)*MISS_W+:MISS_W] <= count[n][MISS_W-1:0];
            end
    end
    assign row_o  = rows[{row_at_q, row_bit_i}];
    assign miss_o = miss_q;
    assign col_o  = col_q;
    assign rcol_o = rcol_q;
    // The entries of class `which` of so many factors from `place` on. A function, so that a cycle without such a read costs a
    // simulator nothing.
    function [MOST-1:0] classes_at(input on, input [31:0] most, input [FACTOR_AW-1:0] place, input [3:0] which);
        reg [15:0] entry;
        integer    c;
        begin
            classes_at = {MOST{1'b0}};
            if (on)
                for (c = 0; c < most; c = c + 1) begin
                    entry         = classes[place+c[FACTOR_AW-1:0]];
                    classes_at[c] = entry[which];
                end
        end
    endfunction
    wire [MOST-1:0] item  = classes_at(class_read_q, RANK_LANES, class_at_q, class_bit_i);
    wire [MOST-1:0] whole = classes_at(class_read_q && group_i, UNITS, class_at_q >> UNIT_LOG << UNIT_LOG, class_bit_i);
    assign class_o   = item[RANK_LANES-1:0];
    assign classes_o = whole[UNITS-1:0];
    wire _unused = &{1'b0, words, group, factor_up, item};
`endif
    generate
        if ((1 << UNIT_LOG) != UNITS || (1 << FACTOR_AW) != FACTORS || LANES % 64 != 0) begin : g_rule
            SR_LOOP_FACTORS_HAS_POWERS_OF_TWO_AND_LANES_BY_64 u ();
        end
    endgenerate

`ifdef FORMAL
    // formal: LANES=64 UNITS=2 FACTORS=4 PAIR_W=3 XW_W=3 X_WORDS=6 BLOCK_AW=1 RANK_LANES=1 DEPTH=16
    assign {dither_o, row_o, miss_o, col_o, rcol_o, class_o, classes_o} = 0;
    // Assumed: start_i only while not busy, inputs legal and stable while busy_o, no more than FACTORS (sr_check).
    reg        past_q = 1'b0;
    wire [8:0] factors = pairs_i * rank_i;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (pairs_i != 0 && rank_i != 0 && factors <= FACTORS && x_words_i != 0 && x_words_i <= X_WORDS && blocks_i != 0 && blocks_i <= 1 << BLOCK_AW);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o)))
            assume ($stable(pairs_i) && $stable(rank_i) && $stable(x_words_i) && $stable(blocks_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (busy_o) begin
                // Words are drawn of factors, stores and words of a store that there are; rows go to the place of the factor's group.
                assert (pair_q < pairs_i && k_q < rank_i && factor_q == pair_q * rank_i + k_q && word_q < words);
                assert (group_at_q == group * x_words_i && (store_q != ROWS || word_q * 4 < x_words_i));
                // A word of a store is drawn after the one before it, its first after the last of the store before.
                if ($past(busy_o)) assert (word_q == 0 ? $past(store_end) && store_q == $past(store_q) + 2'd1 : word_q == $past(word_q) + 1'b1 && $stable(store_q));
            end
            // The job ends with the last word of the last factor.
            if (!busy_o && $past(busy_o && !rst_i)) assert ($past(store_q) == CLASSES && $past(factor_q) + 1 == factors && groups_o == (factors + UNITS - 1) / UNITS);
        end
        cover (past_q && !busy_o && $past(busy_o && !rst_i) && factors == 2);
    end
`endif
endmodule

`default_nettype wire
