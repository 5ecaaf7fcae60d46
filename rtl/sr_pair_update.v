// SPDX-License-Identifier: Apache-2.0
// sr_pair_update: the update out of pair weights (docs/numerics.md, section 7), of one layer at a time:
//
//   sr_credit           pair weights -> words {plane, group} of bits and signs        credit_i, once an update
//   sr_update           control of the sums of a word of LANES weights                update_i, once a layer
//   sr_update_finish    a word behind it: control of sums -> new weights
//   sr_update_quad      the data path of that, for each QUAD lanes
// The sums are made by the accumulators (sr_columns) out of factors (sr_factor_store); the weights turn in the register in front of their memory
// (sr_weight_store). LOOPS: sr_loop_credit and sr_loop_finish. LOWRANK 0: nothing is built.
// Full rank  A group is a pair, whose u is read from the bank and whose entries are drawn (sr_entries): neither words nor planes.
// Reset      control only. Test: tests/rtl/tb_pair_update.cpp
`default_nettype none

module sr_pair_update #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                       clk_i,
    input  wire                       rst_i,
    input  wire                       credit_i,
    output wire                       credit_busy_o,
    input  wire                       update_i,
    output wire                       update_busy_o,
    output wire [UPD_W-1:0]           ctl_o,           // what it asks of columns and factors (sr_update.vh)
    // settings
    input  wire [2047:0]              cfg_i,
    input  wire                       readout_i,       // the layer
    input  wire                       full_i,
    input  wire [RANK_W-1:0]          rank_i,
    input  wire [GROUP_W-1:0]         groups_i,
    input  wire [BLOCK_W-1:0]         blocks_i,
    input  wire [XW_W-1:0]            x_words_i,
    input  wire [19:0]                step_i,          // e and K
    // pair weights, in the bank memory
    output wire                       u_re_o,
    output wire [PAIR_AW-1:0]         u_addr_o,
    input  wire [7:0]                 u_i,
    // factors, and what the columns make of them
    output wire [ROW_AW-1:0]          row_addr_o,
    output wire [CLASS_AW-1:0]        class_addr_o,
    output wire [3:0]                 bit_o,
    output wire [COL_AW-1:0]          col_addr_o,
    output wire [ROWS_W-1:0]          row_o,
    output wire [2*PROJ_UNITS-1:0]    word_o,          // of the group: signs of u, bits of |u| in the plane
    output wire [UPD_SUM_W-1:0]       total_o,
    input  wire [LANES*UPD_SUM_W-1:0] sums_i,
    // dither: of the factors' noise unit
    output wire [12:0]                noise_row_o,
    output wire [7:0]                 noise_block_o,
    input  wire                       noise_ready_i,
    output wire [5:0]                 cut_at_o,
    input  wire [CUT-1:0]             cut_i,
    input  wire [63:0]                dither_i,
    // weights
    output wire [W_AW-1:0]            w_addr_o,
    input  wire [LANES*MASTER_W-1:0]  w_i,             // the word at that address
    input  wire [LANES*MASTER_W-1:0]  wdata_i,         // the register in front of the memory
    output wire                       w_turn_o,        // it takes turned_o
    output wire [LANES*MASTER_W-1:0]  turned_o,
    output wire                       w_we_o
);
    `include "sr_cfg.vh"
    `include "sr_update.vh"
    reg turn_q;
    always @(posedge clk_i) turn_q <= update_i || update_busy_o;
    assign ctl_o[UPD_TURN] = turn_q;
    wire [PAIR_AW:0]  pairs = cfg_pairs[PAIR_AW:0];
    wire [ROWS_W-1:0] rows  = readout_i ? {{ROWS_W - 5{1'b0}}, cfg_classes} : cfg_rows0[ROWS_W-1:0];
    generate
        if (LOWRANK != 0) begin : g_built
            wire                   credit_re, sum_busy, finish_busy, claim, claim_free;
            wire [PAIR_AW:0]       credit_addr;
            wire [2:0]             top_plane, plane;
            wire [UPD_GROUP_W-1:0] group, groups;
            wire [PAIR_AW+UPD_GROUP_W-1:0] pair = {{PAIR_AW{1'b0}}, group};
            if (FULL != 0) begin : g_groups_full
                assign groups = full_i ? pairs : {{UPD_GROUP_W - GROUP_W{1'b0}}, groups_i};
            end else begin : g_groups
                assign groups = groups_i;
            end
            assign u_re_o   = credit_re || (full_i && ctl_o[UPD_COL]);
            assign u_addr_o = credit_re ? credit_addr[PAIR_AW-1:0] : pair[PAIR_AW-1:0];
            assign update_busy_o = sum_busy || finish_busy;
            sr_update #(
                .CUT(CUT), .ROW_W(ROWS_W), .BLOCK_W(BLOCK_W), .GROUP_W(UPD_GROUP_W), .XW_W(XW_W), .ROW_AW(ROW_AW), .UNIT_LOG(UNIT_LOG),
                .FACTOR_AW(FACTOR_AW), .BLOCK_AW(BLOCK_AW), .CLASS_AW(CLASS_AW)
            ) u_update (
                .clk_i(clk_i), .rst_i(rst_i), .start_i(update_i), .busy_o(sum_busy), .rows_i(rows), .blocks_i(blocks_i), .groups_i(groups),
                .x_words_i(x_words_i), .top_i(full_i ? 3'd0 : top_plane), .doublings_i(step_i[19:16]), .row_re_o(ctl_o[UPD_ROW]),
                .row_addr_o(row_addr_o), .class_addr_o(class_addr_o), .bit_o(bit_o), .re_o(ctl_o[UPD_COL]), .row_o(row_o), .col_addr_o(col_addr_o),
                .word_plane_o(plane), .word_group_o(group), .ctl_o(ctl_o[UPD_HAND:0]), .claim_o(claim), .free_i(claim_free)
            );
            if (LOOPS != 0) begin : g_loop
                sr_loop_credit #(
                    .UNITS(PROJ_UNITS), .FACTORS(FACTORS), .PAIR_W(PAIR_AW + 1), .RANK_W(RANK_W), .GROUP_AW(GROUP_AW), .TOTAL_W(UPD_SUM_W)
                ) u_credit (
                    .clk_i(clk_i), .rst_i(rst_i), .start_i(credit_i), .busy_o(credit_busy_o), .pairs_i(pairs), .rank_i(rank_i),
                    .credit_re_o(credit_re), .credit_addr_o(credit_addr), .credit_i(u_i), .word_re_i(ctl_o[UPD_COL]), .word_plane_i(plane),
                    .word_group_i(group[GROUP_AW-1:0]), .word_o(word_o), .total_o(total_o), .top_o(top_plane)
                );
                sr_loop_finish #(
                    .LANES(LANES), .FRAC_W(FRAC_W), .SUM_W(UPD_SUM_W), .ROW_W(ROWS_W), .BLOCK_W(BLOCK_W), .BLOCK_AW(BLOCK_AW), .W_AW(W_AW)
                ) u_finish (
                    .clk_i(clk_i), .rst_i(rst_i), .start_i(update_i), .busy_o(finish_busy), .readout_i(readout_i), .rows_i(rows),
                    .blocks_i(blocks_i), .step_i(step_i[15:0]), .claim_i(claim), .free_o(claim_free), .hand_i(ctl_o[UPD_HAND]), .sums_i(sums_i),
                    .noise_o(ctl_o[UPD_DITHER]), .noise_row_o(noise_row_o), .noise_block_o(noise_block_o), .noise_i(dither_i),
                    .word_i(w_i), .moved_o(turned_o), .write_o(w_we_o), .w_addr_o(w_addr_o)
                );
                assign w_turn_o = w_we_o;
                assign cut_at_o = 6'd0;
                wire _unused = &{1'b0, noise_ready_i, cut_i, wdata_i};
            end else begin : g_quads
                localparam TURNS   = LANES < QUAD ? LANES : QUAD;
                localparam WORD_AW = 3 + GROUP_AW;
                wire                    word_we, put, load, product, low_rho, weigh;
                wire [2:0]              word_plane;
                wire [GROUP_W-1:0]      word_group;
                wire [2*PROJ_UNITS-1:0] word;
                wire [LANES+15:0]       window;
                wire [1:0]              at;
                wire [7:0]              k;
                sr_credit #(.UNITS(PROJ_UNITS), .PAIR_W(PAIR_AW + 1), .RANK_W(RANK_W), .GROUP_W(GROUP_W)) u_credit (
                    .clk_i(clk_i), .rst_i(rst_i), .start_i(credit_i), .busy_o(credit_busy_o), .pairs_i(pairs), .rank_i(rank_i),
                    .credit_re_o(credit_re), .credit_addr_o(credit_addr), .credit_i(u_i), .word_we_o(word_we), .word_plane_o(word_plane),
                    .word_group_o(word_group), .word_o(word), .total_o(total_o), .top_o(top_plane)
                );
                sr_ram #(.WIDTH(2 * PROJ_UNITS), .DEPTH(1 << WORD_AW), .ADDR_W(WORD_AW)) u_words (
                    .clk_i(clk_i), .we_i(word_we), .waddr_i({word_plane, word_group[GROUP_AW-1:0]}), .wdata_i(word), .re_i(ctl_o[UPD_COL]),
                    .raddr_i({plane, group[GROUP_AW-1:0]}), .rdata_o(word_o)
                );
                sr_update_finish #(
                    .LANES(LANES), .QUAD(TURNS), .CUT(CUT), .ROW_W(ROWS_W), .BLOCK_W(BLOCK_W), .BLOCK_AW(BLOCK_AW), .W_AW(W_AW),
                    .W_READOUT(APART != 0 ? 0 : WEIGHT_WORDS)
                ) u_finish (
                    .clk_i(clk_i), .rst_i(rst_i), .start_i(update_i), .busy_o(finish_busy), .readout_i(readout_i), .rows_i(rows),
                    .blocks_i(blocks_i), .step_i(step_i[15:0]), .claim_i(claim), .free_o(claim_free), .hand_i(ctl_o[UPD_HAND]), .noise_o(ctl_o[UPD_DITHER]),
                    .noise_row_o(noise_row_o), .noise_block_o(noise_block_o), .noise_ready_i(noise_ready_i), .cut_at_o(cut_at_o),
                    .cut_i(cut_i), .window_o(window), .put_o(put), .load_o(load), .product_o(product), .low_rho_o(low_rho),
                    .weigh_o(weigh), .turn_o(w_turn_o), .at_o(at), .k_o(k), .write_o(w_we_o), .w_addr_o(w_addr_o)
                );
                genvar n;
                for (n = 0; n < LANES / TURNS; n = n + 1) begin : g_quad
                    wire [MASTER_W-1:0] weight;
                    sr_update_quad #(.QUAD(TURNS), .FRAC_W(FRAC_W)) u_quad (
                        .clk_i(clk_i), .hand_i(ctl_o[UPD_HAND]), .sums_i(sums_i[n*TURNS*16+:TURNS*16]), .put_i(put), .load_i(load), .product_i(product),
                        .low_rho_i(low_rho), .weigh_i(weigh), .at_i(at), .k_i(k), .window_i(window[n*TURNS+:17]),
                        .word_i(w_i[n*TURNS*MASTER_W+:TURNS*MASTER_W]), .weight_o(weight)
                    );
                    // A quad's part of the word moves down, and its new weight comes in.
                    assign turned_o[n*TURNS*MASTER_W+:TURNS*MASTER_W] = {weight, wdata_i[n*TURNS*MASTER_W+MASTER_W+:(TURNS-1)*MASTER_W]};
                end
                wire _unused = &{1'b0, word_group, dither_i, window, wdata_i};
            end
            wire _unused = &{1'b0, credit_addr, pair, group};
        end else begin : g_none
            assign {credit_busy_o, update_busy_o, u_re_o, u_addr_o, row_addr_o, class_addr_o, bit_o, col_addr_o, row_o,
                    ctl_o[UPD_DITHER:UPD_ROW], ctl_o[UPD_HAND:0], word_o, total_o, noise_row_o, noise_block_o, cut_at_o, w_addr_o, w_turn_o, turned_o, w_we_o} = 0;
            wire _unused = &{1'b0, rst_i, credit_i, full_i, rank_i, groups_i, blocks_i, x_words_i, step_i, u_i, sums_i, noise_ready_i, cut_i, dither_i,
                             w_i, wdata_i, pairs, rows};
        end
    endgenerate
endmodule

`default_nettype wire
