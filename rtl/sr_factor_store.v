// SPDX-License-Identifier: Apache-2.0
// sr_factor_store: the factors of a generation as the engine reads them, each port by two units in turns: front, LIF and readout in an
// evaluation, the update of pairs in its own time. What stores them, and draws them and the update's dither, is sr_factors, or sr_loop_factors
// where lanes are loops; with LOWRANK 0 there is nothing.
// Latency    as in those: data a cycle after an enable, col_o, rcol_o and class_o of the factor that the address names, the others of its group.
// full_i     Full rank has entries of its own (sr_entries): nothing is read here, but dither is drawn.
// Reset      control only. Test: tests/test_sim.c
`default_nettype none

module sr_factor_store #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                   clk_i,
    input  wire                   rst_i,
    input  wire [2047:0]          cfg_i,
    input  wire [XW_W-1:0]        x_words_i,
    input  wire [BLOCK_W-1:0]     blocks_i,
    input  wire                   plain_i,          // no perturbation by factors
    input  wire                   full_i,
    // draw
    input  wire                   start_i,
    output wire                   busy_o,
    input  wire [15:0]            first_i,
    input  wire [PAIR_AW:0]       pairs_i,
    output wire [GROUP_W-1:0]     groups_o,
    // front
    input  wire                   front_re_i,
    input  wire [ROW_AW-1:0]      front_addr_i,
    input  wire [3:0]             front_bit_i,
    output wire [PROJ_UNITS-1:0]  row_o,
    // LIF
    input  wire                   lif_re_i,
    input  wire [COL_AW-1:0]      lif_addr_i,
    output wire [RANK_LANES*LANES-1:0] col_o,
    // readout
    input  wire                   read_re_i,
    input  wire [COL_AW-1:0]      read_addr_i,
    output wire [LANES-1:0]       rcol_o,
    input  wire                   class_re_i,
    input  wire [CLASS_AW-1:0]    class_addr_i,
    input  wire [3:0]             class_bit_i,
    output wire [RANK_LANES-1:0]  class_o,
    // update
    input  wire [UPD_W-1:0]       upd_i,            // what it asks for (sr_update.vh)
    input  wire                   readout_i,
    input  wire [ROW_AW-1:0]      upd_row_addr_i,
    input  wire [CLASS_AW-1:0]    upd_class_addr_i,
    input  wire [3:0]             upd_bit_i,
    input  wire [COL_AW-1:0]      upd_addr_i,
    output wire [PROJ_UNITS-1:0]  classes_o,
    output wire [GROUP_COLS_W-1:0] cols_o,          // of the layer, {unit, lane}; LOOPS: misses in their place
    input  wire [PROJ_UNITS-1:0]  mask_i,
    input  wire [PROJ_UNITS-1:0]  signs_i,
    output wire [LANES*MISS_W-1:0] missed_o,
    // dither
    input  wire [12:0]            dither_row_i,
    input  wire [7:0]             dither_block_i,
    output wire                   dither_ready_o,
    input  wire [5:0]             cut_at_i,
    output wire [CUT-1:0]         cut_o,
    output wire [63:0]            dither_o          // LOOPS: the word, in place of cuts
);
    `include "sr_cfg.vh"
    `include "sr_update.vh"
    wire [63:0]         key        = {cfg_key_hi, cfg_key_lo};
    wire [7:0]          blocks     = {{8 - BLOCK_W{1'b0}}, blocks_i};
    wire                row_re     = front_re_i || (upd_i[UPD_ROW] && !readout_i);
    wire [ROW_AW-1:0]   row_addr   = upd_i[UPD_TURN] ? upd_row_addr_i : front_addr_i;
    wire [3:0]          row_bit    = upd_i[UPD_TURN] ? upd_bit_i : front_bit_i;
    wire                class_re   = class_re_i || (upd_i[UPD_ROW] && readout_i);
    wire [CLASS_AW-1:0] class_addr = upd_i[UPD_TURN] ? upd_class_addr_i : class_addr_i;
    wire [3:0]          class_bit  = upd_i[UPD_TURN] ? upd_bit_i : class_bit_i;
    generate
        if (LOOPS != 0) begin : g_loop
            sr_loop_factors #(
                .LANES(LANES), .UNITS(PROJ_UNITS), .FACTORS(FACTORS), .PAIR_W(PAIR_AW + 1), .XW_W(XW_W), .X_WORDS(X_WORDS), .BLOCK_AW(BLOCK_AW),
                .RANK_LANES(RANK_LANES), .ROW_AW(ROW_AW)
            ) u_factors (
                .clk_i(clk_i), .rst_i(rst_i), .key_i(key), .start_i(start_i), .first_i(first_i), .pairs_i(pairs_i), .rank_i(cfg_rank),
                .x_words_i(x_words_i), .blocks_i(blocks), .busy_o(busy_o), .groups_o(groups_o),
                .dither_i(upd_i[UPD_DITHER]), .dither_readout_i(readout_i), .dither_row_i(dither_row_i),
                .dither_block_i(dither_block_i), .dither_o(dither_o),
                .row_re_i(front_re_i || (upd_i[UPD_ROW] && !readout_i && !full_i)), .row_addr_i(row_addr), .row_bit_i(row_bit), .row_o(row_o),
                .cols_re_i(upd_i[UPD_COL] && !full_i), .cols_addr_i(upd_addr_i), .readout_i(readout_i), .miss_i(upd_i[UPD_MISS] && !full_i), .mask_i(mask_i),
                .row_i(signs_i), .miss_o(missed_o), .col_re_i(lif_re_i && !plain_i && !full_i), .col_addr_i(lif_addr_i), .col_o(col_o),
                .rcol_re_i(read_re_i && !full_i), .rcol_addr_i(read_addr_i), .rcol_o(rcol_o),
                .class_re_i(class_re && !full_i), .class_addr_i(class_addr), .class_bit_i(class_bit), .group_i(upd_i[UPD_TURN]), .class_o(class_o),
                .classes_o(classes_o)
            );
            assign dither_ready_o = 1'b1;
            assign cut_o          = {CUT{1'b0}};
            assign cols_o         = 1'b0;
            wire _unused = &{1'b0, cut_at_i, row_re, upd_i};
        end else if (LOWRANK != 0) begin : g_built
            wire [GROUP_COLS_W-1:0] cols, rcols;
            wire                    over;
            sr_factors #(
                .LANES(LANES), .PROJ_UNITS(PROJ_UNITS), .FACTORS(FACTORS), .PAIR_W(PAIR_AW + 1), .X_WORDS(X_WORDS), .BLOCK_AW(BLOCK_AW),
                .TOGETHER(TOGETHER), .LUT_RAM(LUT_RAM), .CLASS_LUT(BASE_LUT), .ROUNDS(NOISE_ROUNDS), .RANK_MAX(RANK_MAX), .ROW_AW(ROW_AW)
            ) u_factors (
                .clk_i(clk_i), .rst_i(rst_i), .key_i(key), .start_i(start_i), .first_i(first_i), .pairs_i(pairs_i), .rank_i(cfg_rank),
                .x_words_i({{9 - XW_W{1'b0}}, x_words_i}), .blocks_i(blocks), .busy_o(busy_o), .over_o(over), .groups_o(groups_o),
                .dither_i(upd_i[UPD_DITHER]), .dither_readout_i(readout_i), .dither_row_i(dither_row_i), .dither_block_i(dither_block_i),
                .dither_ready_o(dither_ready_o), .cut_at_i(cut_at_i), .cut_o(cut_o),
                .row_re_i(row_re), .row_addr_i(row_addr), .row_bit_i(row_bit), .row_o(row_o),
                .col_re_i(lif_re_i || upd_i[UPD_COL]), .col_addr_i(upd_i[UPD_TURN] ? upd_addr_i : lif_addr_i), .col_o(col_o), .cols_o(cols),
                .rcol_re_i(read_re_i || upd_i[UPD_COL]), .rcol_addr_i(upd_i[UPD_TURN] ? upd_addr_i : read_addr_i), .rcol_o(rcol_o), .rcols_o(rcols),
                .class_re_i(class_re), .class_addr_i(class_addr), .class_bit_i(class_bit), .class_o(class_o), .classes_o(classes_o)
            );
            assign cols_o   = readout_i ? rcols : cols;
            assign missed_o = {LANES * MISS_W{1'b0}};
            assign dither_o = 64'd0;
            wire _unused = &{1'b0, over, plain_i, full_i, upd_i, mask_i, signs_i};
        end else begin : g_none
            assign {busy_o, groups_o, row_o, col_o, rcol_o, class_o, classes_o, cols_o, missed_o, dither_ready_o, cut_o, dither_o} = 0;
            wire _unused = &{1'b0, clk_i, rst_i, key, x_words_i, blocks, plain_i, full_i, start_i, first_i, pairs_i, row_re, row_addr, row_bit, lif_re_i,
                             lif_addr_i, read_re_i, read_addr_i, class_re, class_addr, class_bit, upd_i, upd_addr_i, mask_i, signs_i,
                             dither_row_i, dither_block_i, cut_at_i};
        end
    endgenerate
endmodule

`default_nettype wire
