// SPDX-License-Identifier: Apache-2.0
// sr_factors: the perturbation factors of a generation, drawn once and kept: a bit an entry (sign entries, 1 is -1). Also the
// dither words of the update, from the same noise unit.
//
// Factor f = pair * rank + k, pair counted from first_i. Three stores, filled by a draw in this order; a word holds the CUT =
// min(LANES, 16) entries that a cycle writes, column words LANES:
//   rows      ROW entries of the hidden layer in PROJ_UNITS banks: factor f in bank f % PROJ_UNITS, group f / PROJ_UNITS; input j
//             at word (group * x_words + j / 16) * 16 / CUT + j % 16 / CUT
//   columns   COL entries, of the hidden layer and, in a memory of their own, of the readout: {group, column block}, a group's
//             PROJ_UNITS factors in a word
//   classes   ROW entries of the readout: {group, class / CUT}, likewise; TOGETHER 1: behind the rows, in one store with them, which
//             is read for one or the other, and built for small block RAMs (sr_factor_rows, SPLIT)
// Draw        start_i (pulse) with the job inputs, held while busy_o; over_o: more than FACTORS, given up. groups_o: row groups.
//             A noise word takes 16 / ROUNDS + 2 cycles (ROUNDS 16: 2) and one for each CUT entries.
// Dither      dither_i (pulse, not during a draw; its row and block are 0 during one); dither_ready_o until the next; cut_o:
//             entries cut_at_i * CUT and on.
// Reads       a cycle after the enable; bit selects go with the data. col_o, rcol_o (readout) and class_o are of the factor that the
//             address names, cols_o, rcols_o ({unit, lane}) and classes_o of all of its group. Reset: control only. Test: tests/rtl/tb_factors.cpp; proofs: tests/formal
`default_nettype none

module sr_factors #(
    parameter LANES      = 4,
    parameter PROJ_UNITS = 4,
    parameter FACTORS    = 64,
    parameter PAIR_W     = 7,
    parameter X_WORDS    = 40,   // words of 16 inputs, at most
    parameter BLOCK_AW   = 4,    // bits of a column block's number
    parameter TOGETHER   = 0,
    parameter LUT_RAM    = 0,    // 1: columns in RAM of LUTs
    parameter CLASS_LUT  = 0,    // classes, too, where they are not TOGETHER with the rows
    parameter ROUNDS     = 1,    // of the noise unit in a cycle
    parameter RANK_MAX   = 32,
    parameter CUT        = LANES < 16 ? LANES : 16,
    parameter ROW_AW     = $clog2(FACTORS / PROJ_UNITS * (X_WORDS + TOGETHER) * 16 / CUT),
    parameter FACTOR_AW  = $clog2(FACTORS),
    parameter COL_AW     = FACTOR_AW + BLOCK_AW,
    parameter CLASS_AW   = FACTOR_AW + $clog2(16 / CUT),
    parameter GROUP_W    = $clog2(FACTORS / PROJ_UNITS + 1)
) (
    input  wire                  clk_i,
    input  wire                  rst_i,
    input  wire [63:0]           key_i,
    // draw
    input  wire                  start_i,
    input  wire [15:0]           first_i,      // 0 outside a draw
    input  wire [PAIR_W-1:0]     pairs_i,
    input  wire [ 5:0]           rank_i,
    input  wire [ 8:0]           x_words_i,
    input  wire [ 7:0]           blocks_i,
    output wire                  busy_o,
    output wire                  over_o,
    output wire [GROUP_W-1:0]    groups_o,
    // dither
    input  wire                  dither_i,
    input  wire                  dither_readout_i,
    input  wire [12:0]           dither_row_i,
    input  wire [ 7:0]           dither_block_i,
    output wire                  dither_ready_o,
    input  wire [ 5:0]           cut_at_i,
    output wire [CUT-1:0]        cut_o,
    // reads
    input  wire                  row_re_i,
    input  wire [ROW_AW-1:0]     row_addr_i,
    input  wire [ 3:0]           row_bit_i,
    output wire [PROJ_UNITS-1:0] row_o,
    input  wire                  col_re_i,
    input  wire [COL_AW-1:0]     col_addr_i,
    output wire [LANES-1:0]      col_o,
    output wire [PROJ_UNITS*LANES-1:0] cols_o,
    input  wire                  rcol_re_i,
    input  wire [COL_AW-1:0]     rcol_addr_i,
    output wire [LANES-1:0]      rcol_o,
    output wire [PROJ_UNITS*LANES-1:0] rcols_o,
    input  wire                  class_re_i,
    input  wire [CLASS_AW-1:0]   class_addr_i,
    input  wire [ 3:0]           class_bit_i,
    output wire                  class_o,
    output wire [PROJ_UNITS-1:0] classes_o
);
    `include "sr_map.vh"
    localparam CUTS      = 64 / CUT;        // of a noise word
    localparam CUT_W     = $clog2(CUTS);
    localparam CUT_LOG   = $clog2(CUT);
    localparam WIDE      = LANES / CUT;     // cuts of a column word
    localparam WIDE_LOG  = $clog2(WIDE);
    localparam UNIT_LOG  = $clog2(PROJ_UNITS);
    localparam UNIT_W    = PROJ_UNITS > 1 ? UNIT_LOG : 1;
    localparam [FACTOR_AW-1:0] UNIT_MASK = (1 << UNIT_LOG) - 1;
    localparam COL_RAM_AW   = COL_AW - UNIT_LOG;
    localparam CLASS_RAM_AW = CLASS_AW - UNIT_LOG;
    localparam CUTS_LOG  = 4 - CUT_LOG;                         // of a class's number, bits that name its cut
    localparam CLASS_AT  = FACTORS / PROJ_UNITS * X_WORDS * 16 / CUT;   // a multiple of what follows
    localparam ROW_DEPTH = FACTORS / PROJ_UNITS * (X_WORDS + TOGETHER) * 16 / CUT;
    localparam ROW_CUTS  = X_WORDS * 16 / CUT;
    localparam COL_CUTS  = (1 << BLOCK_AW) * WIDE;
    localparam CUTS_MOST = ROW_CUTS > COL_CUTS ? ROW_CUTS : COL_CUTS;
    localparam DONE_0    = CUTS_MOST > 16 ? $clog2(CUTS_MOST + 1) : 5;
    localparam DONE_W    = DONE_0 > CUT_W ? DONE_0 : CUT_W + 1;
    localparam DONE_C    = CUT < 16 ? 4 - CUT_LOG : 1;       // of done_q, bits of the store of classes' address (16 classes
                                                             // in one cut: done_q is 0)

    // ---- the draw: store, pair, k, cut of the factor ----
    localparam [1:0] ROWS = 2'd0, COLS = 2'd1, COLS_READOUT = 2'd2, CLASSES = 2'd3;
    localparam [1:0] IDLE = 2'd0, HASH = 2'd1, WAIT = 2'd2, KEEP = 2'd3;
    reg  [1:0]          state_q, store_q;
    reg  [PAIR_W-1:0]   pair_q;
    reg  [5:0]          k_q;
    reg  [FACTOR_AW:0]  factor_q;
    reg  [DONE_W-1:0]   done_q;                 // cuts of the factor that are kept
    reg  [ROW_AW-1:0]   group_at_q;             // first word of the row group
    reg  [GROUP_W-1:0]  groups_q;
    reg                 over_q;
    wire                ready;
    wire [15:0]         row_cuts   = {3'd0, x_words_i, 4'd0} >> CUT_LOG;
    wire [15:0]         col_cuts   = {8'd0, blocks_i} << WIDE_LOG;
    wire [15:0]         cuts       = store_q == ROWS ? row_cuts : store_q == CLASSES ? 16'd16 >> CUT_LOG : col_cuts;
    wire [DONE_W-1:0]   done_up    = done_q + 1'b1;
    wire                keep       = state_q == KEEP;
    wire                factor_end = keep && done_up == cuts[DONE_W-1:0];
    wire                pair_end   = factor_end && (RANK_MAX == 1 || k_q == rank_i - 6'd1);
    wire [PAIR_W-1:0]   pair_up    = pair_q + 1'b1;
    wire                store_end  = pair_end && pair_up == pairs_i;
    wire                group_end  = PROJ_UNITS == 1 || &(factor_q | ~(PROJ_UNITS[FACTOR_AW:0] - 1'b1));
    wire [FACTOR_AW:0]  group      = factor_q >> UNIT_LOG;
    always @(posedge clk_i) begin
        over_q <= 1'b0;
        case (state_q)
            IDLE: if (start_i) state_q <= HASH;
            HASH: begin
                state_q <= factor_q[FACTOR_AW] ? IDLE : WAIT;
                over_q  <= factor_q[FACTOR_AW];
            end
            WAIT: if (ready) state_q <= KEEP;
            default: begin
                done_q <= factor_end ? {DONE_W{1'b0}} : done_up;
                if (factor_end) begin
                    factor_q <= factor_q + 1'b1;
                    k_q      <= pair_end ? 6'd0 : k_q + 6'd1;
                    if (group_end) group_at_q <= group_at_q + row_cuts[ROW_AW-1:0];
                    if (pair_end) pair_q <= pair_up;
                    if (store_q == ROWS) groups_q <= group[GROUP_W-1:0] + 1'b1;
                end
                if (store_end) begin
                    pair_q   <= {PAIR_W{1'b0}};
                    factor_q <= {FACTOR_AW + 1{1'b0}};
                    store_q  <= store_q + 2'd1;
                end
                if (store_end && store_q == CLASSES) state_q <= IDLE;
                else if (factor_end || &done_q[CUT_W-1:0]) state_q <= HASH;
            end
        endcase
        if (state_q == IDLE) begin
            store_q    <= ROWS;
            pair_q     <= {PAIR_W{1'b0}};
            k_q        <= 6'd0;
            factor_q   <= {FACTOR_AW + 1{1'b0}};
            done_q     <= {DONE_W{1'b0}};
            group_at_q <= {ROW_AW{1'b0}};
        end
        if (rst_i) state_q <= IDLE;
    end
    assign busy_o   = state_q != IDLE;
    assign over_o   = over_q;
    assign groups_o = groups_q;

    // ---- noise: the fields of a draw are 0 outside it, those of a dither word outside an update ----
    wire             by_row = store_q == ROWS || store_q == CLASSES;
    wire [3:0]       kind   = !busy_o ? SR_KIND_ROUND[3:0] : by_row ? SR_KIND_ROW[3:0] : SR_KIND_COL[3:0];
    wire             readout = busy_o ? store_q[1] : dither_readout_i;
    wire [15:0]      pair   = first_i + {{16 - PAIR_W{1'b0}}, pair_q};
    wire [7:0]       word   = {{8 - DONE_W + CUT_W{1'b0}}, done_q[DONE_W-1:CUT_W]} | dither_block_i;
    wire [63:0]      ctr    = {kind, 2'd0, {2{readout}}, 3'd0, dither_row_i, pair, 10'd0, k_q, word};
    wire [63:0]      noise;
    sr_noise_serial #(.ROUNDS(ROUNDS)) u_noise (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(dither_i || state_q == HASH), .ctr_i(ctr), .key_i(key_i),
        .ready_o(ready), .word_o(noise)
    );
    wire [CUT_W-1:0] cut_at = busy_o ? done_q[CUT_W-1:0] : cut_at_i[CUT_W-1:0];
    wire [CUT-1:0]   cut    = noise[{cut_at, {CUT_LOG{1'b0}}}+:CUT];
    assign dither_ready_o = ready;
    assign cut_o          = cut;

    // ---- stores ----
    wire [ROW_AW-1:0]    row_at = group_at_q + {{ROW_AW - DONE_W{1'b0}}, done_q};
    wire [FACTOR_AW-1:0] factor = factor_q[FACTOR_AW-1:0];
    wire [DONE_W-1:0]    col_at = done_q >> WIDE_LOG;
    wire [UNIT_W-1:0]    unit = factor[UNIT_W-1:0] & UNIT_MASK[UNIT_W-1:0];
    wire [PROJ_UNITS*CUT-1:0]  row_word;
    wire [PROJ_UNITS-1:0]      row_we;
    wire                       class_turn;            // TOGETHER: the word is of classes
    wire [3:0]                 row_bit = class_turn ? class_bit_i : row_bit_i;
    genvar u, w;
    generate
        if ((1 << CUT_LOG) != CUT || (1 << UNIT_LOG) != PROJ_UNITS || (1 << FACTOR_AW) != FACTORS) begin : g_rule
            SR_LANES_PROJ_UNITS_AND_FACTORS_MUST_BE_POWERS_OF_TWO u ();
        end
        for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_rows
            wire [CUT-1:0] row_cut = row_word[u*CUT+:CUT];
            assign row_o[u]  = row_cut[row_bit[CUT_LOG-1:0]];
            assign row_we[u] = keep && unit == u[UNIT_W-1:0] && (store_q == ROWS || (TOGETHER != 0 && store_q == CLASSES));
        end
    endgenerate

    // Columns and classes: a word holds all factors of a group, written cut by cut. What a reader asks for by factor is of the unit
    // of its address.
    wire [PROJ_UNITS*WIDE-1:0]  col_we;
    wire [PROJ_UNITS-1:0]       class_we;
    wire [FACTOR_AW-1:0]        col_factor   = col_addr_i[BLOCK_AW+:FACTOR_AW], rcol_factor = rcol_addr_i[BLOCK_AW+:FACTOR_AW];
    wire [FACTOR_AW-1:0]        class_factor = class_addr_i[CUTS_LOG+:FACTOR_AW];
    wire [COL_RAM_AW:0]         col_word_at, col_read_at, rcol_read_at;
    wire [CLASS_AW-1:0]         class_at, class_read_at;
    reg  [UNIT_W-1:0]           col_unit_q, rcol_unit_q, class_unit_q;
    assign col_word_at   = {1'b0, factor[FACTOR_AW-1:UNIT_LOG], col_at[BLOCK_AW-1:0]};
    assign col_read_at   = {1'b0, col_factor[FACTOR_AW-1:UNIT_LOG], col_addr_i[BLOCK_AW-1:0]};
    assign rcol_read_at  = {1'b0, rcol_factor[FACTOR_AW-1:UNIT_LOG], rcol_addr_i[BLOCK_AW-1:0]};
    assign class_at      = {{CLASS_AW - FACTOR_AW{1'b0}}, factor >> UNIT_LOG} << CUTS_LOG | {{CLASS_AW - DONE_C{1'b0}}, done_q[DONE_C-1:0]};
    assign class_read_at = {{CLASS_AW - FACTOR_AW{1'b0}}, class_factor >> UNIT_LOG} << CUTS_LOG
                         | (class_addr_i & ~({CLASS_AW{1'b1}} << CUTS_LOG));
    always @(posedge clk_i) begin
        if (col_re_i) col_unit_q <= col_factor[UNIT_W-1:0] & UNIT_MASK[UNIT_W-1:0];
        if (rcol_re_i) rcol_unit_q <= rcol_factor[UNIT_W-1:0] & UNIT_MASK[UNIT_W-1:0];
        if (class_re_i) class_unit_q <= class_factor[UNIT_W-1:0] & UNIT_MASK[UNIT_W-1:0];
    end
    generate
        for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_units
            for (w = 0; w < WIDE; w = w + 1) begin : g_cuts
                wire here = WIDE == 1 || (done_q & (WIDE[DONE_W-1:0] - 1'b1)) == w[DONE_W-1:0];
                assign col_we[u*WIDE+w] = keep && here && unit == u[UNIT_W-1:0];
            end
            assign class_we[u] = keep && store_q == CLASSES && unit == u[UNIT_W-1:0];
        end
    endgenerate
    sr_ram #(.WIDTH(PROJ_UNITS * LANES), .PARTS(PROJ_UNITS * WIDE), .DEPTH(1 << COL_RAM_AW), .ADDR_W(COL_RAM_AW), .LUT(LUT_RAM == 1 ? 1 : 0)) u_hidden (
        .clk_i(clk_i), .we_i(col_we & {PROJ_UNITS * WIDE{store_q == COLS}}), .waddr_i(col_word_at[COL_RAM_AW-1:0]),
        .wdata_i({PROJ_UNITS * WIDE{cut}}), .re_i(col_re_i), .raddr_i(col_read_at[COL_RAM_AW-1:0]), .rdata_o(cols_o)
    );
    sr_ram #(.WIDTH(PROJ_UNITS * LANES), .PARTS(PROJ_UNITS * WIDE), .DEPTH(1 << COL_RAM_AW), .ADDR_W(COL_RAM_AW), .LUT(LUT_RAM == 1 ? 1 : 0)) u_readout (
        .clk_i(clk_i), .we_i(col_we & {PROJ_UNITS * WIDE{store_q == COLS_READOUT}}), .waddr_i(col_word_at[COL_RAM_AW-1:0]),
        .wdata_i({PROJ_UNITS * WIDE{cut}}), .re_i(rcol_re_i), .raddr_i(rcol_read_at[COL_RAM_AW-1:0]), .rdata_o(rcols_o)
    );
    generate
        if (TOGETHER != 0) begin : g_together
            wire [ROW_AW+CLASS_AW-1:0] class_write = {{ROW_AW{1'b0}}, class_at}, class_read = {{ROW_AW{1'b0}}, class_read_at};
            reg class_q;
            always @(posedge clk_i) if (row_re_i || class_re_i) class_q <= class_re_i;
            assign class_turn = class_q;
            sr_factor_rows #(.CUT(CUT), .UNITS(PROJ_UNITS), .DEPTH(ROW_DEPTH), .ADDR_W(ROW_AW), .SPLIT(PROJ_UNITS * CUT > 16 ? 0 : 1)) u_rows (
                .clk_i(clk_i), .we_i(row_we), .waddr_i(store_q == CLASSES ? CLASS_AT[ROW_AW-1:0] | class_write[ROW_AW-1:0] : row_at),
                .wdata_i(cut), .re_i(row_re_i || class_re_i),
                .raddr_i(class_re_i ? CLASS_AT[ROW_AW-1:0] | class_read[ROW_AW-1:0] : row_addr_i), .rdata_o(row_word)
            );
            assign classes_o = row_o;
            wire _unused_class = &{1'b0, class_write, class_read, class_we};
        end else begin : g_apart
            wire [PROJ_UNITS*CUT-1:0] class_word;
            sr_factor_rows #(.CUT(CUT), .UNITS(PROJ_UNITS), .DEPTH(ROW_DEPTH), .ADDR_W(ROW_AW), .SPLIT(0)) u_rows (
                .clk_i(clk_i), .we_i(row_we), .waddr_i(row_at), .wdata_i(cut), .re_i(row_re_i), .raddr_i(row_addr_i), .rdata_o(row_word)
            );
            sr_ram #(.WIDTH(PROJ_UNITS * CUT), .PARTS(PROJ_UNITS), .DEPTH(1 << CLASS_RAM_AW), .ADDR_W(CLASS_RAM_AW), .LUT(CLASS_LUT)) u_classes (
                .clk_i(clk_i), .we_i(class_we), .waddr_i(class_at[CLASS_RAM_AW-1:0]), .wdata_i({PROJ_UNITS{cut}}), .re_i(class_re_i),
                .raddr_i(class_read_at[CLASS_RAM_AW-1:0]), .rdata_o(class_word)
            );
            for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_class
                wire [CUT-1:0] class_cut = class_word[u*CUT+:CUT];
                assign classes_o[u] = class_cut[class_bit_i[CUT_LOG-1:0]];
            end
            assign class_turn = 1'b0;
        end
    endgenerate
    assign col_o   = cols_o[{{32 - UNIT_W{1'b0}}, col_unit_q}*LANES+:LANES];
    assign rcol_o  = rcols_o[{{32 - UNIT_W{1'b0}}, rcol_unit_q}*LANES+:LANES];
    assign class_o = classes_o[class_unit_q];
    wire _unused = &{1'b0, row_cuts, cuts, group, col_at, cut_at_i, row_bit, row_bit_i, class_bit_i, col_word_at, col_read_at, rcol_read_at, class_at, class_read_at};

`ifdef FORMAL
    // formal: LANES=16 PROJ_UNITS=2 FACTORS=4 PAIR_W=3 X_WORDS=5 BLOCK_AW=1 ROUNDS=8 RANK_MAX=3 DEPTH=25
    // Assumed: start_i only while not busy, inputs legal and stable while busy_o, no dither in a draw.
    reg        past_q = 1'b0;
    // In as few bits as these parameters need.
    wire [4:0] factors = pairs_i * rank_i[1:0], factor_at = pair_q * rank_i[1:0] + k_q[1:0], group_at = group[1:0] * row_cuts[2:0];
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i && !dither_i);
        assume (pairs_i != 0 && rank_i != 0 && rank_i <= RANK_MAX && x_words_i != 0 && x_words_i <= X_WORDS && blocks_i != 0 && blocks_i <= 1 << BLOCK_AW);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o)))
            assume ($stable(pairs_i) && $stable(rank_i) && $stable(x_words_i) && $stable(blocks_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (busy_o) begin
                assert (pair_q < pairs_i && k_q < rank_i && factor_q == factor_at && factor_q <= FACTORS && done_q < cuts);
                if (store_q == ROWS) assert (group_at_q == group_at);
            end
            // Kept is what the noise unit has made, from the first cut of a word on, of factors that there is room for.
            if (keep) assert (ready && factor_q < FACTORS && (store_q != ROWS || row_at < ROW_DEPTH));
            if (state_q == HASH || state_q == WAIT) assert (done_q[CUT_W-1:0] == 0);
            if (keep && done_q[CUT_W-1:0] == 0) assert ($past(state_q == WAIT));
            // A job ends with the last cut of the last factor's classes, or with the first factor that there is no room for.
            if (over_o) assert ($past(rst_i) || (!busy_o && factors > FACTORS));
            if (!busy_o && $past(busy_o && !rst_i) && !over_o)
                assert ($past(store_end && store_q == CLASSES) && factors <= FACTORS && groups_o == (factors + PROJ_UNITS - 1) / PROJ_UNITS);
            // for the induction
            if (state_q == WAIT || keep) assert (factor_q < FACTORS);
            if (busy_o && store_q != ROWS) assert (factors <= FACTORS && groups_o == (factors + PROJ_UNITS - 1) / PROJ_UNITS);
        end
        cover (past_q && !busy_o && $past(keep && !rst_i));
        cover (past_q && over_o && !$past(rst_i));
    end
`endif
endmodule

`default_nettype wire
