// SPDX-License-Identifier: Apache-2.0
// sr_factors: the perturbation factors of a generation, drawn once and kept: a bit an entry (sign entries, 1 is -1). Also the
// dither words of the update, from the same noise unit.
//
// Factor f = pair * rank + k, pair counted from first_i. Three stores, filled by a draw in this order:
//   rows      ROW entries of the hidden layer, PROJ_UNITS banks, factor f in bank f % PROJ_UNITS, group f / PROJ_UNITS; a bank's
//             word holds CUT = min(LANES, 16) entries; input j lies at word (group * x_words + j / 16) * 16 / CUT + j % 16 / CUT
//   columns   COL entries, the readout's in the upper half of the addresses; factor f, column block n of LANES entries at
//             f * blocks + n
//   classes   ROW entries of the readout, factor f, class o at word f * 16 / CUT + o / CUT
// Draw        start_i (pulse) with the job inputs, held while busy_o; over_o: more than FACTORS, given up. groups_o: row groups.
//             A word takes 18 cycles and one for each CUT entries.
// Dither      dither_i (pulse, not during a draw); dither_ready_o until the next; cut_o: entries cut_at_i * CUT and on.
// Reads       a cycle after the enable; bit selects go with the data. Reset: control only. Test: tests/rtl/tb_factors.cpp
`default_nettype none

module sr_factors #(
    parameter LANES      = 4,
    parameter PROJ_UNITS = 4,
    parameter FACTORS    = 64,
    parameter PAIR_W     = 7,
    parameter X_WORDS    = 40,   // words of 16 inputs, at most
    parameter BLOCKS     = 16,   // column blocks, at most
    parameter CUT        = LANES < 16 ? LANES : 16,
    parameter ROW_AW     = $clog2((FACTORS + PROJ_UNITS - 1) / PROJ_UNITS * X_WORDS * 16 / CUT),
    parameter COL_AW     = $clog2(FACTORS * BLOCKS) + 1,
    parameter CLASS_AW   = $clog2(FACTORS * 16 / CUT),
    parameter GROUP_W    = $clog2(FACTORS / PROJ_UNITS + 1)
) (
    input  wire                  clk_i,
    input  wire                  rst_i,
    input  wire [63:0]           key_i,
    // draw
    input  wire                  start_i,
    input  wire [15:0]           first_i,
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
    input  wire                  class_re_i,
    input  wire [CLASS_AW-1:0]   class_addr_i,
    input  wire [ 3:0]           class_bit_i,
    output wire                  class_o
);
    `include "sr_map.vh"
    localparam CUTS      = 64 / CUT;        // of a noise word
    localparam CUT_W     = $clog2(CUTS);
    localparam CUT_LOG   = $clog2(CUT);
    localparam WIDE      = LANES / CUT;     // cuts of a column word
    localparam WIDE_LOG  = $clog2(WIDE);
    localparam GROUPS    = (FACTORS + PROJ_UNITS - 1) / PROJ_UNITS;
    localparam ROW_DEPTH = GROUPS * X_WORDS * 16 / CUT;
    localparam FACTOR_W  = $clog2(FACTORS + 1);
    localparam CLASS_CUTS = 16 / CUT;
    localparam MOST_CUTS  = X_WORDS * 16 / CUT > BLOCKS * WIDE ? X_WORDS * 16 / CUT : BLOCKS * WIDE;
    localparam LEFT_W     = MOST_CUTS > 16 ? $clog2(MOST_CUTS + 1) : 5;
    localparam COL_READOUT = (1 << (COL_AW - 1)) * WIDE;   // cuts before the readout's columns
    localparam AT_W      = (COL_AW + WIDE_LOG > ROW_AW ? COL_AW + WIDE_LOG : ROW_AW) + 1;
    localparam UNIT_W    = PROJ_UNITS > 1 ? $clog2(PROJ_UNITS) : 1;

    // ---- the draw: store, factor, word, cut ----
    localparam [1:0] ROWS = 2'd0, COLS = 2'd1, COLS_READOUT = 2'd2, CLASSES = 2'd3;
    localparam [1:0] IDLE = 2'd0, HASH = 2'd1, WAIT = 2'd2, KEEP = 2'd3;
    reg  [1:0]          state_q, store_q;
    reg  [15:0]         pair_q;
    reg  [PAIR_W-1:0]   pairs_left_q;
    reg  [5:0]          k_q;
    reg  [7:0]          word_q;
    reg  [CUT_W-1:0]    cut_q;
    reg  [FACTOR_W-1:0] factor_q;                // of the store rows: to know what is too many
    reg  [AT_W-1:0]     at_q, group_at_q;        // next cut's place in its store; of the group
    reg  [UNIT_W-1:0]   unit_q;
    reg  [GROUP_W-1:0]  groups_q;
    reg  [LEFT_W-1:0]   left_q;                  // cuts of this factor yet to be kept
    reg                 over_q;
    wire                ready;
    // cuts of a factor in each store; the store whose factor comes next
    wire [1:0]  store_next = state_q == IDLE ? ROWS : store_q + {1'b0, store_end};
    wire [15:0] row_cuts   = {3'd0, x_words_i, 4'd0} >> CUT_LOG;
    wire [15:0] col_cuts   = {8'd0, blocks_i} << WIDE_LOG;
    wire [LEFT_W-1:0] cuts = store_next == ROWS ? row_cuts[LEFT_W-1:0] : store_next == CLASSES ? CLASS_CUTS[LEFT_W-1:0]
                                                                       : col_cuts[LEFT_W-1:0];
    wire        keep       = state_q == KEEP;
    wire        factor_end = keep && left_q == {{LEFT_W - 1{1'b0}}, 1'b1};
    wire        pair_end   = factor_end && k_q == rank_i - 6'd1;
    wire        store_end  = pair_end && pairs_left_q == {{PAIR_W - 1{1'b0}}, 1'b1};
    wire        unit_end   = unit_q == PROJ_UNITS[UNIT_W-1:0] - 1'b1 || PROJ_UNITS == 1;
    wire        too_many   = factor_q == FACTORS[FACTOR_W-1:0];
    always @(posedge clk_i) begin
        over_q <= 1'b0;
        case (state_q)
            IDLE: begin
                store_q      <= ROWS;
                pair_q       <= first_i;
                pairs_left_q <= pairs_i;
                k_q          <= 6'd0;
                word_q       <= 8'd0;
                cut_q        <= {CUT_W{1'b0}};
                factor_q     <= {FACTOR_W{1'b0}};
                at_q         <= {AT_W{1'b0}};
                group_at_q   <= {AT_W{1'b0}};
                unit_q       <= {UNIT_W{1'b0}};
                left_q       <= cuts;
                if (start_i) begin
                    state_q  <= HASH;
                    groups_q <= {{GROUP_W - 1{1'b0}}, 1'b1};
                end
            end
            HASH: begin
                state_q <= WAIT;
                if (store_q == ROWS && too_many) begin
                    state_q <= IDLE;
                    over_q  <= 1'b1;
                end
            end
            WAIT: if (ready) state_q <= KEEP;
            default: begin
                cut_q  <= cut_q + 1'b1;
                at_q   <= at_q + 1'b1;
                left_q <= left_q - 1'b1;
                if (&cut_q) begin
                    word_q  <= word_q + 8'd1;
                    state_q <= HASH;
                end
                if (factor_end) begin
                    state_q <= HASH;
                    word_q  <= 8'd0;
                    cut_q   <= {CUT_W{1'b0}};
                    left_q  <= cuts;
                    k_q     <= pair_end ? 6'd0 : k_q + 6'd1;
                    if (store_q == ROWS) begin
                        factor_q <= factor_q + 1'b1;
                        unit_q   <= unit_end ? {UNIT_W{1'b0}} : unit_q + 1'b1;
                        at_q     <= group_at_q;
                        if (unit_end) begin
                            at_q       <= at_q + 1'b1;
                            group_at_q <= at_q + 1'b1;
                            if (!store_end) groups_q <= groups_q + 1'b1;
                        end
                    end
                    if (pair_end) begin
                        pair_q       <= pair_q + 16'd1;
                        pairs_left_q <= pairs_left_q - 1'b1;
                    end
                    if (store_end) begin
                        pair_q       <= first_i;
                        pairs_left_q <= pairs_i;
                        store_q      <= store_q + 2'd1;
                        at_q         <= store_q == COLS ? COL_READOUT[AT_W-1:0] : {AT_W{1'b0}};
                        if (store_q == CLASSES) state_q <= IDLE;
                    end
                end
            end
        endcase
        if (rst_i) state_q <= IDLE;
    end
    assign busy_o   = state_q != IDLE;
    assign over_o   = over_q;
    assign groups_o = groups_q;

    // ---- noise ----
    wire        by_row = store_q == ROWS || store_q == CLASSES;
    wire [1:0]  layer  = store_q[1] ? SR_LAYER_READOUT[1:0] : 2'd0;
    wire [63:0] draw   = {by_row ? SR_KIND_ROW[3:0] : SR_KIND_COL[3:0], 2'd0, layer, 16'd0, pair_q, 10'd0, k_q, word_q};
    wire [63:0] dither = {SR_KIND_ROUND[3:0], 2'd0, {2{dither_readout_i}}, 3'd0, dither_row_i, 32'd0, dither_block_i};
    wire [63:0] noise;
    sr_noise_serial u_noise (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(dither_i || state_q == HASH), .ctr_i(busy_o ? draw : dither), .key_i(key_i),
        .ready_o(ready), .word_o(noise)
    );
    wire [CUT_W-1:0] cut_at = keep ? cut_q : cut_at_i[CUT_W-1:0];
    wire [CUT-1:0]   cut    = noise[{cut_at, {CUT_LOG{1'b0}}}+:CUT];
    assign dither_ready_o = ready;
    assign cut_o          = cut;

    // ---- stores ----
    genvar u;
    generate
        if ((1 << CUT_LOG) != CUT || (1 << WIDE_LOG) != WIDE || FACTORS % PROJ_UNITS != 0) begin : g_rule
            SR_LANES_MUST_BE_A_POWER_OF_TWO_AND_PROJ_UNITS_DIVIDE_FACTORS u ();
        end
        for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_rows
            wire [CUT-1:0] word;
            sr_ram #(.WIDTH(CUT), .DEPTH(ROW_DEPTH), .ADDR_W(ROW_AW)) u_ram (
                .clk_i(clk_i), .we_i(keep && store_q == ROWS && unit_q == u[UNIT_W-1:0]), .waddr_i(at_q[ROW_AW-1:0]),
                .wdata_i(cut), .re_i(row_re_i), .raddr_i(row_addr_i), .rdata_o(word)
            );
            assign row_o[u] = word[row_bit_i[CUT_LOG-1:0]];
        end
        for (u = 0; u < WIDE; u = u + 1) begin : g_cols
            wire part = WIDE == 1 || (at_q & (WIDE[AT_W-1:0] - 1'b1)) == u[AT_W-1:0];
            sr_ram #(.WIDTH(CUT), .DEPTH(1 << COL_AW), .ADDR_W(COL_AW)) u_ram (
                .clk_i(clk_i), .we_i(keep && (store_q == COLS || store_q == COLS_READOUT) && part),
                .waddr_i(at_q[WIDE_LOG+:COL_AW]), .wdata_i(cut), .re_i(col_re_i), .raddr_i(col_addr_i),
                .rdata_o(col_o[u*CUT+:CUT])
            );
        end
    endgenerate
    wire [CUT-1:0] class_word;
    sr_ram #(.WIDTH(CUT), .DEPTH(FACTORS * 16 / CUT), .ADDR_W(CLASS_AW)) u_classes (
        .clk_i(clk_i), .we_i(keep && store_q == CLASSES), .waddr_i(at_q[CLASS_AW-1:0]), .wdata_i(cut),
        .re_i(class_re_i), .raddr_i(class_addr_i), .rdata_o(class_word)
    );
    assign class_o = class_word[class_bit_i[CUT_LOG-1:0]];
    wire _unused = &{1'b0, row_cuts, col_cuts, at_q, cut_at_i, row_bit_i, class_bit_i};
endmodule

`default_nettype wire
