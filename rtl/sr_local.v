// SPDX-License-Identifier: Apache-2.0
// sr_local: learning in mode `local` (docs/numerics.md, section 8): what sr_engine needs for it beside the front, the LIF unit and
// the readout, which a learned sample uses as an inference does.
//
//   sr_local_seq     the steps of a sample       sr_local_credit   q and f of every neuron, the list of live column blocks
//   sr_local_error   scores -> errors            sr_local_update   the words of weights that change
//   sr_local_noise   perturbation, dither        sr_local_lane     a column: its products
// What a unit's ports mean is said there. Memories here: q of each column block; the list {block, f of its columns}.
// What it asks of the others is one bundle of bits with names (LRN_*, sr_local.vh), with an address for each memory beside it.
// COLS          columns that credit and update work on together: LANES, which a block then has; or 1: a column is a block by itself for them,
//               and what is said of blocks in the addresses of y, w and m is said of columns (cols_i of them). Noise and LIF have LANES ever.
//   noise_bits_o  a bit for each column, a cycle after lif_re_i with lif_block_i and lif_step_i (1: -sigma)
//   y_*           spike counts {bank, block}, {minus, plus} of each column; data a cycle after. Banks: sr_local_seq; y_bank_o is the LIF run's
//   w_*           the readout's weights, of which the integer part is wanted, three cycles after LRN_WALK with w_addr_o
//   m_*           master weights: a read (LRN_WE low) three cycles after the address; a write. COLS 1: m_i is column m_col_o of the word that was
//                 there with LRN_TAKE; m_o goes to the same column of the word to be written with LRN_PUT, and LRN_WE writes the columns that did
// Bounds        one hidden layer; STEPS_MAX 127 at most; LANES above 64 for simulators (sr_loop_local).
// Reset         synchronous, control only. Test: tests/test_sim.c
`default_nettype none

module sr_local #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                          clk_i,
    input  wire                          rst_i,
    // a run, and its sizes
    input  wire                          start_i,
    input  wire                          stop_i,
    output wire                          busy_o,
    input  wire [2047:0]                 cfg_i,
    input  wire [BLOCK_W-1:0]            blocks_i,
    input  wire [ITEM_W-1:0]             cols_i,        // of COLS columns: blocks_i, or the columns
    input  wire [XW_W-1:0]               x_words_i,
    // what it asks of the units and memories of sr_engine (LRN_*, sr_local.vh), and which units are at work (UNIT_*, sr_units.vh)
    output wire [LRN_W-1:0]              ctl_o,
    input  wire [7:0]                    units_i,
    // front and LIF
    output wire [X_AW-1:0]               x_base_o,
    output wire [1:0]                    y_bank_o,
    input  wire                          lif_re_i,
    input  wire [BLOCK_AW-1:0]           lif_block_i,
    input  wire [STEP_AW-1:0]            lif_step_i,
    output wire [LANES-1:0]              noise_bits_o,
    // scores and products of the readout
    input  wire                          score_we_i,
    input  wire [3:0]                    score_class_i,
    input  wire signed [SCORE_W-1:0]     score_i,
    output wire [3:0]                    best_o,        // the class with the largest score, from the cycle after the last one on
    input  wire                          read_i,        // w_i times the plus member's counts: products_o, two cycles later
    output wire [COLS*16-1:0]            products_o,
    // memories
    output wire [X_AW-1:0]               x_addr_o,
    input  wire [15:0]                   x_data_i,
    output wire [ITEM_AW+1:0]            y_addr_o,
    input  wire [COLS*MEMBERS*CNT_W-1:0] y_i,
    output wire [ITEM_AW+3:0]            w_addr_o,
    input  wire [COLS*READ_W_W-1:0]      w_i,
    output wire [TURN_W-1:0]             m_col_o,
    output wire [XW_W+3+ITEM_AW:0]       m_addr_o,      // {row, block}
    input  wire [COLS*MASTER_W-1:0]      m_i,
    output wire [COLS*MASTER_W-1:0]      m_o,
    output wire [PAIR_AW+1:0]            bank_raddr_o,
    input  wire [31:0]                   bank_rdata_i,
    output wire [PAIR_AW+1:0]            bank_waddr_o,
    output wire [47:0]                   bank_wdata_o
);
    `include "sr_cfg.vh"
    `include "sr_units.vh"
    `include "sr_local.vh"
    localparam SEGMENT  = LANES < 64 ? 64 : LANES;
    localparam SEGMENTS = (HIDDEN_MAX + SEGMENT - 1) / SEGMENT;
    wire [STEP_W-1:0]  steps = cfg_steps[STEP_W-1:0];

    // ---- sequencer ----
    wire [15:0] place, pair;
    wire [3:0]  label;
    wire        noise, noise_busy, error_busy, credit, form, credit_busy, credit_any, update, classes, update_busy;
    wire [SEGMENTS*ITEM_W-1:0] ends;
    wire [15:0] nonzero;
    sr_local_seq #(.PAIR_AW(PAIR_AW), .X_AW(X_AW), .MEMBERS(MEMBERS)) u_seq (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(start_i), .stop_i(stop_i), .busy_o(busy_o), .batch_i(cfg_batch), .place_i(cfg_place),
        .pairs_i(cfg_pairs), .hidden_i(|cfg_scale0 && |cfg_step0[15:0]), .readout_i(|cfg_step3[15:0]), .sample_o(ctl_o[LRN_SAMPLE]), .place_o(place),
        .pair_o(pair), .x_base_o(x_base_o), .label_o(label), .noise_o(noise), .noise_busy_i(noise_busy), .front_o(ctl_o[LRN_FRONT]),
        .front_busy_i(units_i[UNIT_FRONT]), .lif_o(ctl_o[LRN_LIF]), .plain_o(ctl_o[LRN_PLAIN]), .minus_o(ctl_o[LRN_MINUS]),
        .lif_busy_i(units_i[UNIT_LIF]), .read_o(ctl_o[LRN_READ]), .read_busy_i(units_i[UNIT_READ]), .error_busy_i(error_busy), .error_i(|nonzero), .credit_o(credit), .form_o(form),
        .credit_busy_i(credit_busy), .credit_any_i(credit_any), .live_i(ends[(SEGMENTS-1)*ITEM_W+:ITEM_W] != {ITEM_W{1'b0}}),
        .update_o(update), .classes_o(classes), .update_busy_i(update_busy), .y_bank_o(y_bank_o), .bank_re_o(ctl_o[LRN_BANK_RE]),
        .bank_raddr_o(bank_raddr_o), .bank_rdata_i(bank_rdata_i), .bank_we_o(ctl_o[LRN_BANK_WE]), .bank_waddr_o(bank_waddr_o)
    );

    // ---- error ----
    wire               hit, error_re, update_e_re, credit_e_re;
    wire [3:0]         update_e_addr, credit_e_addr;
    wire signed [7:0]  e;
    wire signed [16:0] fitness;
    assign error_re = update_e_re || credit_e_re;
    sr_local_error #(.SCORE_W(SCORE_W), .SERIAL(COLS != LANES ? 1 : 0)) u_error (
        .clk_i(clk_i), .rst_i(rst_i), .valid_i(score_we_i && (busy_o || LOWRANK == 0)), .only_i(!busy_o), .best_o(best_o), .class_i(score_class_i),
        .score_i(score_i), .classes_i(cfg_classes), .label_i(label), .mul_i(cfg_fitness[5:2]), .shift_i(cfg_fitness[10:6]), .busy_o(error_busy), .fitness_o(fitness), .hit_o(hit),
        .nonzero_o(nonzero), .e_re_i(error_re), .e_addr_i(credit_e_re ? credit_e_addr : update_e_addr), .e_o(e)
    );
    assign bank_wdata_o = {15'd0, hit, {15{fitness[16]}}, fitness};

    // ---- noise ----
    wire                       dither, dither_ready, issue;
    wire [12:0]                dither_row;
    wire [7:0]                 dither_group;
    wire [SEGMENT-1:0]         dither_word;
    wire [ITEM_AW-1:0]         item_block;
    wire [ITEM_AW-1:0]         item_word = item_block >> TURN_LOG;       // the column block that it is in
    wire [STEPS_MAX*LANES-1:0] entries;
    reg  [STEP_AW-1:0]         lif_step_q;
    always @(posedge clk_i) lif_step_q <= lif_step_i;
    sr_local_noise #(
        .LANES(LANES), .BLOCK_W(BLOCK_W), .BLOCK_AW(BLOCK_AW), .STEPS_MAX(STEPS_MAX), .STEP_W(STEP_W), .ROUNDS(NOISE_ROUNDS),
        .LUT_RAM(LUT_RAM)
    ) u_noise (
        .clk_i(clk_i), .rst_i(rst_i), .key_i({cfg_key_hi, cfg_key_lo}), .place_i(place), .pair_i(pair), .start_i(noise), .steps_i(steps),
        .blocks_i(blocks_i), .busy_o(noise_busy), .re_i(update_busy ? issue : lif_re_i),
        .block_i(update_busy ? item_word[BLOCK_AW-1:0] : lif_block_i), .bits_o(entries), .dither_i(dither), .dither_readout_i(classes),
        .dither_row_i(dither_row), .dither_group_i(dither_group), .ready_o(dither_ready), .word_o(dither_word)
    );
    assign noise_bits_o = entries[{{$clog2(LANES){1'b0}}, lif_step_q} * LANES+:LANES];

    // ---- credit, list ----
    wire                  cre_re, cre_x_en, acc_en, acc_first, q_we, q_any, live, entry_we;
    wire                  cre_minus;
    wire [ITEM_AW-1:0]    cre_block, q_addr, entry_addr, entry_block;
    sr_local_credit #(.LANES(COLS), .BLOCK_W(ITEM_W), .BLOCK_AW(ITEM_AW), .MEMBERS(MEMBERS), .GROUPS(SEGMENTS)) u_credit (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(credit), .form_i(form), .busy_o(credit_busy), .blocks_i(cols_i),
        .classes_i(cfg_classes), .walk_o(ctl_o[LRN_WALK]), .w_addr_o(w_addr_o), .e_re_o(credit_e_re), .e_addr_o(credit_e_addr),
        .re_o(cre_re), .minus_o(cre_minus), .block_o(cre_block), .x_en_o(cre_x_en), .acc_en_o(acc_en), .acc_first_o(acc_first), .q_we_o(q_we),
        .q_addr_o(q_addr), .q_any_i(q_any), .live_i(live), .entry_we_o(entry_we), .entry_addr_o(entry_addr),
        .entry_block_o(entry_block), .ends_o(ends), .any_o(credit_any)
    );
    wire [COLS*8-1:0] q_new, q, f_new;
    sr_ram #(.WIDTH(COLS * 8), .DEPTH(1 << ITEM_AW), .ADDR_W(ITEM_AW), .LUT(LUT_RAM)) u_q (
        .clk_i(clk_i), .we_i(q_we), .waddr_i(q_addr), .wdata_i(q_new), .re_i(cre_re), .raddr_i(cre_block), .rdata_o(q)
    );
    assign q_any = |q_new;
    assign live  = |f_new;
    wire [ITEM_AW+COLS*8-1:0] entry;
    wire                      entry_re;
    wire [ITEM_AW-1:0]        entry_raddr;
    sr_ram #(.WIDTH(ITEM_AW + COLS * 8), .DEPTH(1 << ITEM_AW), .ADDR_W(ITEM_AW), .LUT(LUT_RAM)) u_list (
        .clk_i(clk_i), .we_i(entry_we), .waddr_i(entry_addr), .wdata_i({entry_block, f_new}), .re_i(entry_re),
        .raddr_i(entry_raddr), .rdata_o(entry)
    );

    // ---- update ----
    wire [5:1]           v;
    wire [STEPS_MAX-1:0] row;
    wire [CNT_W-1:0]     events;
    wire [COLS*16-1:0]   rho;
    wire [SEGMENT-1:0]   dither_words;
    sr_local_update #(
        .LANES(COLS), .STEPS_MAX(STEPS_MAX), .STEP_W(STEP_W), .CNT_W(CNT_W), .BLOCK_W(ITEM_W), .BLOCK_AW(ITEM_AW), .XW_W(XW_W),
        .X_AW(X_AW), .WORD_LOG(TURN_LOG), .GROUPS(SEGMENTS)
    ) u_update (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(update), .readout_i(classes), .busy_o(update_busy), .x_base_i(x_base_o),
        .x_words_i(x_words_i), .rest_i(cfg_rows0[3:0]), .steps_i(steps), .blocks_i(cols_i), .ends_i(ends), .nonzero_i(nonzero),
        .x_re_o(ctl_o[LRN_X]), .x_addr_o(x_addr_o), .x_data_i(x_data_i), .noise_o(dither), .noise_row_o(dither_row),
        .noise_group_o(dither_group), .noise_ready_i(dither_ready), .noise_i(dither_word), .e_re_o(update_e_re),
        .e_addr_o(update_e_addr), .entry_re_o(entry_re), .entry_addr_o(entry_raddr), .entry_block_i(entry[COLS*8+:ITEM_AW]),
        .issue_o(issue), .block_o(item_block), .v_o(v), .row_o(row), .events_o(events), .rho_o(rho), .dither_o(dither_words), .m_take_o(ctl_o[LRN_TAKE]),
        .m_put_o(ctl_o[LRN_PUT]), .m_col_o(m_col_o), .w_we_o(ctl_o[LRN_WE]),
        .w_addr_o(m_addr_o)
    );
    assign ctl_o[LRN_TURN]    = update_busy;
    assign ctl_o[LRN_READOUT] = classes;
    assign ctl_o[LRN_Y]       = cre_re || (issue && classes);
    assign y_addr_o           = cre_re ? {MEMBERS == 1 && cre_minus ? LOCAL_MINUS : LOCAL_PLUS, cre_block} : {LOCAL_PLAIN, item_block};

    // ---- columns ----
    wire       read = LOWRANK == 0 && read_i;
    wire [1:0] op = update_busy ? (classes ? LOCAL_MOVE_READOUT : LOCAL_MOVE) : form ? LOCAL_FORM : LOCAL_CREDIT;
    wire [1:0] op_x = read ? LOCAL_CREDIT : op, op_y = read ? LOCAL_MOVE_READOUT : op;
    wire       x_en = cre_x_en || v[1] || read;
    wire [15:0] k   = classes ? cfg_step3[15:0] : cfg_step0[15:0];
    reg        p_en_q;
    reg [TURN_W-1:0] turn_q;                   // COLS 1: which column of its block the item is, and its f
    reg [COLS*8-1:0] f_q;
    wire [COLS*8-1:0] f = COLS != LANES ? f_q : entry[COLS*8-1:0];
    always @(posedge clk_i) begin
        p_en_q <= x_en;
        if (issue) begin
            turn_q <= item_block[TURN_W-1:0];
            f_q    <= entry[COLS*8-1:0];
        end
    end
    genvar n, t;
    generate
        if (LANES > 64) begin : g_loop
            sr_loop_local #(.LANES(LANES), .FRAC_W(FRAC_W), .W_W(READ_W_W), .CNT_W(CNT_W), .STEPS_MAX(STEPS_MAX)) u_lanes (
                .clk_i(clk_i), .op_i(op), .x_en_i(x_en), .p_en_i(p_en_q), .acc_en_i(acc_en), .acc_first_i(acc_first), .v_i(v[5:3]),
                .row_i(row), .events_i(events), .noise_i(entries), .w_i(w_i), .e_i(e), .q_i(q), .f_i(f),
                .y_i(y_i), .k_i(k), .dither_i(dither_words), .master_i(m_i), .q_take_i(q_we),
                .q_o(q_new), .f_take_i(credit_busy && form), .f_o(f_new), .w_take_i(ctl_o[LRN_WE]), .weight_o(m_o)
            );
            assign products_o = {LANES * 16{1'b0}};
            wire _unused = &{1'b0, op_x, op_y};
        end else for (n = 0; n < COLS; n = n + 1) begin : g_lane
            wire [STEPS_MAX-1:0] noise_n;
            for (t = 0; t < STEPS_MAX; t = t + 1) begin : g_step
                if (COLS == LANES) begin : g_own
                    assign noise_n[t] = entries[t*LANES+n];
                end else begin : g_turn
                    assign noise_n[t] = entries[{t[$clog2(STEPS_MAX)-1:0], turn_q}];
                end
            end
            sr_local_lane #(.FRAC_W(FRAC_W), .CNT_W(CNT_W), .STEPS_MAX(STEPS_MAX), .MEMBERS(MEMBERS)) u_lane (
                .clk_i(clk_i), .op_x_i(op_x), .op_y_i(op_y), .p_o(products_o[n*16+:16]), .x_en_i(x_en), .p_en_i(p_en_q), .acc_en_i(acc_en), .acc_first_i(acc_first), .v_i(v[4:3]),
                .row_i(row), .events_i(events), .noise_i(noise_n), .w_i(w_i[n*READ_W_W+READ_W_W-8+:8]), .e_i(e), .q_i(q[n*8+:8]),
                .f_i(f[n*8+:8]), .plus_i(y_i[n*MEMBERS*CNT_W+:CNT_W]), .minus_i(y_i[(n*MEMBERS+MEMBERS-1)*CNT_W+:CNT_W]),
                .k_i(k), .rho_i(rho[n*16+:16]), .master_i(m_i[n*MASTER_W+:MASTER_W]),
                .q_o(q_new[n*8+:8]), .f_o(f_new[n*8+:8]), .weight_o(m_o[n*MASTER_W+:MASTER_W])
            );
        end
    endgenerate
    wire _unused = &{1'b0, v[2], v[5], dither_words, rho, read_i, item_word, turn_q, f_q};
endmodule

`default_nettype wire
