// SPDX-License-Identifier: Apache-2.0
// sr_update: the update of one layer (docs/numerics.md, section 7): for every tile of UPD_ROWS rows x COL_LANES columns, the sum
// over pairs and ranks of credit x ROW entry x COL entry (or FULL entry), then dither and the saturating step of the weights.
//
// Formats     credit s8, -127..127; weights signed 8 + FRAC_W, COL_LANES a word; K u16, e 0..8; K 0 does nothing.
// Job         start_i (pulse) with the job inputs, held while busy_o. Rows past rows_i are not touched; padding columns are.
// Words       u_data_i one cycle after u_re_o; weights: one access a cycle, w_rdata_i one cycle after w_re_o,
//             w_addr_o = w_base + row * blocks + block.
// Throughput  cycles a tile: lowrank pairs * ceil(rank / RANK_LANES), full pairs * ceil(UPD_ROWS / RANK_LANES), and 1 + UPD_ROWS
//             more; at least 3 + UPD_ROWS * max(2, COL_LANES / UPD_MULS). Noise units: RANK_LANES * (1 + ceil(COL_LANES / 64)).
//             UPD_SHARE 1 (RANK_LANES 1, COL_LANES <= 64): one unit makes COL and ROW words in turn, 2 cycles a pair and rank.
// Reset       control only.
// Test        tests/rtl/tb_update.cpp
`default_nettype none
module sr_update #(
    parameter COL_LANES  = 128,
    parameter UPD_ROWS   = 4,
    parameter RANK_LANES = 4,
    parameter FRAC_W     = 8,
    parameter UPD_MULS   = COL_LANES < 8 ? 1 : COL_LANES < 128 ? COL_LANES / 8 : COL_LANES,
    parameter UPD_SHARE  = RANK_LANES == 1 && COL_LANES < 16
) (
    input  wire                            clk_i,
    input  wire                            rst_i,
    input  wire                            start_i,
    output wire                            busy_o,
    input  wire [63:0]                     key_i,
    input  wire                            bell_i,
    input  wire                            full_i,
    input  wire [1:0]                      layer_i,
    input  wire [5:0]                      rank_i,
    input  wire [15:0]                     pairs_i,
    input  wire [12:0]                     rows_i,
    input  wire [7:0]                      blocks_i,
    input  wire [23:0]                     w_base_i,
    input  wire [15:0]                     step_i,
    input  wire [3:0]                      doublings_i,
    output wire                            u_re_o,
    output wire [15:0]                     u_addr_o,
    input  wire [7:0]                      u_data_i,
    output wire                            w_re_o,
    output wire                            w_we_o,
    output wire [23:0]                     w_addr_o,
    output wire [COL_LANES*(8+FRAC_W)-1:0] w_wdata_o,
    input  wire [COL_LANES*(8+FRAC_W)-1:0] w_rdata_i
);
    localparam GROUPS  = COL_LANES < 64 ? 1 : COL_LANES / 64;
    localparam COL_LOG = COL_LANES < 64 ? $clog2(COL_LANES) : 6;
    localparam ROW_LOG = $clog2(UPD_ROWS);
    localparam BEATS   = COL_LANES / UPD_MULS;
    localparam GAP     = BEATS == 1 ? 2 : BEATS;     // cycles from row to row of the finish
    localparam GAP_END = GAP - 1;
    localparam TAG_W   = 23 + RANK_LANES;

    generate
        if (COL_LANES % 64 != 0 && 64 % COL_LANES != 0) begin : g_check_col
            SR_COL_LANES_MUST_DIVIDE_64_OR_BE_A_MULTIPLE u();
        end
        if (64 % UPD_ROWS != 0) begin : g_check_row
            SR_UPD_ROWS_MUST_DIVIDE_64 u();
        end
        if (COL_LANES % UPD_MULS != 0 || (UPD_MULS < 64 ? 64 % UPD_MULS : UPD_MULS % 64) != 0) begin : g_check_mul
            SR_UPD_MULS_MUST_DIVIDE_COL_LANES_AND_64 u();
        end
        if (UPD_SHARE != 0 && (RANK_LANES != 1 || GROUPS != 1)) begin : g_check_share
            SR_UPD_SHARE_NEEDS_RANK_LANES_1_AND_COL_LANES_64_AT_MOST u();
        end
        if (RANK_LANES > 32 || FRAC_W < 1 || FRAC_W > 8) begin : g_check
            SR_RANK_LANES_AT_MOST_32_AND_FRAC_W_1_TO_8 u();
        end
    endgenerate

    // the loop: tile of rows, block of columns, pair, rank slots (full: rows)
    reg         busy_q, run_q, turn_q, second_q;    // turn_q: a tile ended in the last cycle
    // second_q: the shared noise unit is at the ROW word
    reg  [12:0] row_q;
    reg  [7:0]  block_q;
    reg  [15:0] pair_q;
    reg  [5:0]  slot_q, phase_q;                    // rank or row of slot 0; how many times RANK_LANES that is
    wire [5:0]  slot_next = slot_q + RANK_LANES[5:0];
    wire [6:0]  slot_end = full_i ? UPD_ROWS[6:0] : {1'b0, rank_i};
    wire        pair_end = {1'b0, slot_q} + RANK_LANES[6:0] >= slot_end;
    wire        tile_end = pair_end && pair_q == pairs_i - 16'd1;
    wire        block_end = block_q == blocks_i - 8'd1;
    wire [13:0] row_next = {1'b0, row_q} + UPD_ROWS[13:0];
    wire        rows_end = row_next >= {1'b0, rows_i};
    wire        two_words = UPD_SHARE != 0 && !full_i;
    wire        item_end = second_q || !two_words;  // the item's last cycle
    wire        item, round;

    // rows of the tile before, to be finished
    reg  [6:0]  todo_q;
    reg  [12:0] round_row_q;
    reg  [7:0]  round_block_q, gap_q;
    reg         round_first_q, round_block_end_q;
    wire        quiet = gap_q == 8'd0;

    assign round = todo_q != 7'd0 && quiet;
    assign item  = run_q && !round && !turn_q && !(tile_end && item_end && (todo_q != 7'd0 || !quiet));

    always @(posedge clk_i)
        if (rst_i) begin
            run_q    <= 1'b0;
            turn_q   <= 1'b0;
            second_q <= 1'b0;
            todo_q   <= 7'd0;
            gap_q    <= 8'd0;
        end else begin
            if (start_i) run_q <= step_i != 16'd0;
            else if (item && item_end && tile_end && block_end && rows_end) run_q <= 1'b0;
            turn_q <= item && item_end && tile_end;
            if (item) second_q <= two_words && !second_q;
            if (item && item_end && tile_end) todo_q <= rows_end ? rows_i[6:0] - row_q[6:0] : UPD_ROWS[6:0];
            else if (round) todo_q <= todo_q - 7'd1;
            if (item && item_end && tile_end) gap_q <= 8'd2;
            else if (round) gap_q <= GAP_END[7:0];
            else if (!quiet) gap_q <= gap_q - 8'd1;
        end

    always @(posedge clk_i)
        if (start_i) begin
            row_q   <= 13'd0;
            block_q <= 8'd0;
            pair_q  <= 16'd0;
            slot_q  <= 6'd0;
            phase_q <= 6'd0;
        end else if (item && item_end) begin
            slot_q  <= pair_end ? 6'd0 : slot_next;
            phase_q <= pair_end ? 6'd0 : phase_q + 6'd1;
            if (pair_end) pair_q <= tile_end ? 16'd0 : pair_q + 16'd1;
            if (tile_end) begin
                block_q <= block_end ? 8'd0 : block_q + 8'd1;
                if (block_end) row_q <= row_next[12:0];
            end
        end

    always @(posedge clk_i)
        if (item && item_end && tile_end) begin
            round_row_q       <= row_q;
            round_block_q     <= block_q;
            round_block_end_q <= block_end;
            round_first_q     <= 1'b1;
        end else if (round) begin
            round_row_q   <= round_row_q + 13'd1;
            round_first_q <= 1'b0;
        end

    // noise units: COL (or FULL, or ROUND) words, and ROW words
    wire [7:0]  at_block = round ? round_block_q : block_q;
    wire [13:0] at_col = {6'd0, at_block} << COL_LOG;        // of the first lane, in units of GROUPS when COL_LANES > 64
    wire [7:0]  col_word = COL_LANES > 64 ? at_block * GROUPS[7:0] : at_col[13:6];
    wire [5:0]  col_bit = COL_LANES < 64 ? at_col[5:0] : 6'd0;
    wire [64*RANK_LANES*GROUPS-1:0] col_words;
    wire [64*RANK_LANES-1:0]        row_words;
    wire [RANK_LANES-1:0]           on;
    genvar k, g;
    generate
        for (k = 0; k < RANK_LANES; k = k + 1) begin : g_slot
            wire [5:0]  at = slot_q + k[5:0];
            wire [12:0] full_row = row_q + {7'd0, at};
            assign on[k] = {1'b0, slot_q} + k[6:0] < slot_end;
            for (g = 0; g < GROUPS; g = g + 1) begin : g_col
                wire [63:0] ctr = round ? {4'd3, 2'd0, layer_i, 3'd0, round_row_q, 32'd0, col_word + g[7:0]}
                                : full_i ? {4'd2, 2'd0, layer_i, 3'd0, full_row, pair_q, 16'd0, col_word + g[7:0]}
                                : second_q ? {4'd0, 2'd0, layer_i, 16'd0, pair_q, 10'd0, at, 1'b0, row_q[12:6]}
                                : {4'd1, 2'd0, layer_i, 16'd0, pair_q, 10'd0, at, col_word + g[7:0]};
                wire valid;
                sr_noise u_noise (
                    .clk_i(clk_i), .rst_i(rst_i), .valid_i(round ? k == 0 : item && on[k]), .ctr_i(ctr), .key_i(key_i),
                    .valid_o(valid), .word_o(col_words[64*(GROUPS*k+g) +: 64])
                );
                wire unused = &{1'b0, valid};
            end
            if (UPD_SHARE != 0) begin : g_share
                assign row_words = col_words;
            end else begin : g_row
                wire valid;
                sr_noise u_noise (
                    .clk_i(clk_i), .rst_i(rst_i), .valid_i(item && !full_i && on[k]),
                    .ctr_i({4'd0, 2'd0, layer_i, 16'd0, pair_q, 10'd0, at, 1'b0, row_q[12:6]}), .key_i(key_i),
                    .valid_o(valid), .word_o(row_words[64*k +: 64])
                );
                wire unused = &{1'b0, valid};
            end
        end
    endgenerate

    // what goes with the words, for the same 8 cycles
    wire [2:0]       enable = {item && (!two_words || !second_q), item && item_end, round};
    wire [TAG_W-1:0] tag = {pair_end, tile_end, round_first_q, todo_q == 7'd1,
                            round_block_end_q, on, phase_q, row_q[5:0], col_bit};
    wire             col_en, row_en, round_en, pair_end_d, last_d, round_first_d, round_last_d, block_end_d;
    wire [RANK_LANES-1:0] on_d;
    wire [5:0]       phase_d, row_bit_d, col_bit_d;
    genvar s;
    generate
        for (s = 0; s < 8; s = s + 1) begin : g_tag
            wire [2:0]       enable_d;
            wire [TAG_W-1:0] tag_d;
            reg  [2:0]       enable_q;
            reg  [TAG_W-1:0] tag_q;
            if (s == 0) begin : g_in
                assign enable_d = enable;
                assign tag_d    = tag;
            end else begin : g_next
                assign enable_d = g_tag[s-1].enable_q;
                assign tag_d    = g_tag[s-1].tag_q;
            end
            always @(posedge clk_i)
                if (rst_i) enable_q <= 3'd0;
                else enable_q <= enable_d;
            always @(posedge clk_i) if (enable_d != 3'd0) tag_q <= tag_d;
        end
    endgenerate
    assign {col_en, row_en, round_en} = g_tag[7].enable_q;
    assign {pair_end_d, last_d, round_first_d, round_last_d, block_end_d, on_d, phase_d, row_bit_d, col_bit_d} = g_tag[7].tag_q;

    // credits: asked for one cycle before the words are there
    reg  [15:0] credit_q;
    wire        credit_re = g_tag[6].enable_q[1];
    assign u_re_o   = credit_re;
    assign u_addr_o = credit_q;
    always @(posedge clk_i)
        if (start_i) credit_q <= 16'd0;
        else if (credit_re && g_tag[6].tag_q[TAG_W-1]) credit_q <= g_tag[6].tag_q[TAG_W-2] ? 16'd0 : credit_q + 16'd1;

    // lanes
    wire [RANK_LANES-1:0] slots;
    wire                  read_pre, write_pre, lanes_idle;
    generate
        for (k = 0; k < RANK_LANES; k = k + 1) begin : g_slots
            assign slots[k] = full_i || k[5:0] < rank_i;
        end
    endgenerate
    sr_update_lanes #(
        .COL_LANES(COL_LANES), .UPD_ROWS(UPD_ROWS), .RANK_LANES(RANK_LANES), .FRAC_W(FRAC_W), .UPD_MULS(UPD_MULS), .GROUPS(GROUPS)
    ) u_lanes (
        .clk_i(clk_i), .rst_i(rst_i), .clear_i(start_i), .bell_i(bell_i), .full_i(full_i), .slot_i(slots), .step_i(step_i),
        .doublings_i(doublings_i), .col_en_i(col_en), .col_words_i(col_words), .col_bit_i(col_bit_d), .row_en_i(row_en),
        .row_words_i(row_words), .row_bit_i(row_bit_d), .credit_i(u_data_i), .on_i(on_d), .phase_i(phase_d),
        .last_i(last_d), .round_en_i(round_en), .read_pre_o(read_pre), .write_pre_o(write_pre), .idle_o(lanes_idle),
        .w_rdata_i(w_rdata_i), .w_wdata_o(w_wdata_o)
    );

    // weight port: the address of the row whose dither word came, of the read, of the write
    reg  [23:0] tile_addr_q, block_addr_q, row_addr_q, addr_q, back_addr_q;
    reg         re_q, we_q;
    wire [23:0] tile_addr_next = tile_addr_q + ({16'd0, blocks_i} << ROW_LOG);

    always @(posedge clk_i)
        if (rst_i) begin
            re_q <= 1'b0;
            we_q <= 1'b0;
        end else begin
            re_q <= read_pre;
            we_q <= write_pre;
        end

    always @(posedge clk_i) begin
        if (start_i) begin
            tile_addr_q  <= w_base_i;
            block_addr_q <= w_base_i;
        end else if (round_en && round_last_d) begin
            block_addr_q <= block_end_d ? tile_addr_next : block_addr_q + 24'd1;
            if (block_end_d) tile_addr_q <= tile_addr_next;
        end
        if (round_en) row_addr_q <= round_first_d ? block_addr_q : row_addr_q + {16'd0, blocks_i};
        if (read_pre) addr_q <= row_addr_q;
        else if (write_pre) addr_q <= back_addr_q;
        if (re_q) back_addr_q <= addr_q;
    end

    wire [7:0] in_flight;
    generate
        for (s = 0; s < 8; s = s + 1) begin : g_flight
            assign in_flight[s] = g_tag[s].enable_q != 3'd0;
        end
    endgenerate

    always @(posedge clk_i)
        if (rst_i) busy_q <= 1'b0;
        else if (start_i) busy_q <= 1'b1;
        else if (!run_q && todo_q == 7'd0 && in_flight == 8'd0 && lanes_idle && !we_q) busy_q <= 1'b0;

    wire unused = &{1'b0, pair_end_d};
    assign busy_o   = busy_q;
    assign w_re_o   = re_q;
    assign w_we_o   = we_q;
    assign w_addr_o = addr_q;
endmodule
`default_nettype wire
