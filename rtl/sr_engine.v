// SPDX-License-Identifier: Apache-2.0
// sr_engine: the engine: it runs what the registers say on what the memories hold, on one set of LANES columns that base current, LIF, readout and
// update use in turn. This file is the drawing in docs/architecture.md: an instance for each of its parts, in the order of the data.
//
//   before a run   sr_settings (sizes of the network), sr_limits and sr_check (may it begin)
//   control        sr_seq, which starts the others: sr_front, sr_lif, sr_readout, sr_member_fitness, sr_pair_update; sr_local, which has them for itself
//                  in mode `local` (wires lrn_*)
//   data paths     sr_factor_store and sr_entries (perturbations), sr_columns (base current, projections, sums of the update), sr_lif_columns
//   memories       samples, sr_weight_store, sr_base_store, sr_count_store, sr_spike_store, sr_bank: each with those who share its ports
// In an evaluation front, LIF, readout and fitness work each an item behind the one before it (sr_seq).
//
// Bounds     one hidden layer, readout kind sum, sign entries. Parameters: sr_params.vh.
// Memories   The host has them between runs, a word in the low bits; mem_rvalid_o brings what mem_re_i asked for.
// Reset      synchronous, control only. Test: tests/test_sim.c
`default_nettype none

module sr_engine #(
    parameter GATE = 0,     // 1: clocks of what has nothing to do stand still, for simulators (sr_gate)
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire              clk_i,
    input  wire              samples_clk_i, // of the sample store: clk_i, and where clocks are gated its edges in writes alone as well
    input  wire              rst_i,
    // registers: 32 bits an address (sr_cfg.vh, sr_st.vh)
    input  wire [2047:0]     cfg_i,
    input  wire              cfg_we_i,      // a register is written: its address; its value is in mem_wdata_i
    input  wire [6:0]        cfg_addr_i,
    output wire [511:0]      st_o,
    // memories, between runs
    input  wire [2:0]        mem_sel_i,
    input  wire [27:0]       mem_addr_i,
    input  wire              mem_we_i,
    input  wire [WORD_W-1:0] mem_wdata_i,
    input  wire              mem_re_i,
    output reg  [WORD_W-1:0] mem_rdata_o,
    output reg               mem_rvalid_o,
    // runs
    input  wire              run_start_i,
    input  wire [5:0]        run_flags_i,
    input  wire              run_abort_i,
    output wire              run_busy_o,
    output wire [7:0]        run_code_o
);
    `include "sr_map.vh"
    `include "sr_cfg.vh"
    `include "sr_lif.vh"
    `include "sr_local.vh"
    `include "sr_units.vh"
    `include "sr_update.vh"

    // ---- what a run is, and its sizes ----
    wire               infer;                   // it is an inference
    wire               learning = LOCAL != 0 && busy[UNIT_LEARN];
    wire               plain    = LOWRANK == 0 || infer || learning;       // no perturbation by factors
    wire               full     = FULL != 0 && cfg_mode[0] && !plain;      // full rank: no factors, an entry a weight
    wire [RANK_W-1:0]  rank     = plain || full || RANK_MAX == 1 ? {{RANK_W - 1{1'b0}}, 1'b1} : cfg_rank[RANK_W-1:0];
    wire [STEP_W-1:0]  steps    = cfg_steps[STEP_W-1:0];
    wire [PAIR_AW:0]   pairs    = cfg_pairs[PAIR_AW:0];
    wire [XW_W-1:0]    x_words;
    wire [BLOCK_W-1:0] blocks;
    wire [LANES-1:0]   last_present;
    wire [ITEM_W-1:0]  items    = SERIAL != 0 ? cfg_cols0[ITEM_W-1:0] : {{TURN_LOG{1'b0}}, blocks};     // of COLS columns
    wire [15:0]        pair_first;
    wire [19:0]        upd_step;
    wire               pair_zero, step_hidden, step_readout;
    wire               readout;                 // the update is of the readout
    sr_settings #(
        `include "sr_pass.vh"
    ) u_settings (
        .clk_i(clk_i), .cfg_i(cfg_i), .cfg_we_i(cfg_we_i), .cfg_addr_i(cfg_addr_i), .cfg_wdata_i(mem_wdata_i[15:0]),
        .draw_i(start[UNIT_DRAW] || busy[UNIT_DRAW]), .readout_i(readout), .x_words_o(x_words), .blocks_o(blocks), .last_present_o(last_present),
        .pair_first_o(pair_first), .step_o(upd_step), .pair_zero_o(pair_zero), .step_hidden_o(step_hidden), .step_readout_o(step_readout)
    );

    // ---- may it begin ----
    wire        evaluate_start = run_flags_i[0], update_start = run_flags_i[2], shape_start = run_flags_i[3];
    wire        infer_start = run_flags_i[4], learn_start = run_flags_i[5];
    wire        one_pair    = infer_start || learn_start;
    wire [7:0]  limit_code;
    sr_limits #(
        .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX), .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX),
        .PAIRS_MAX(PAIRS_MAX), .BATCH_MAX(BATCH_MAX)
    ) u_limits (
        .steps_i(cfg_steps), .classes_i(cfg_classes), .rows_i(cfg_rows0), .cols_i(cfg_cols0),
        .rank_i(one_pair ? 6'd1 : cfg_rank), .pairs_i(cfg_pairs), .count_i(one_pair ? 16'd1 : cfg_pair_count), .batch_i(cfg_batch),
        .theta_high_i(cfg_theta0[15]), .fitness_i(evaluate_start ? cfg_fitness[1:0] : 2'd0), .evaluate_i(evaluate_start || one_pair),
        .update_i(update_start || shape_start || learn_start), .code_o(limit_code)
    );
    wire        mode_built = cfg_mode == 3'd0 || (FULL != 0 && cfg_mode == 3'd3);       // hidden layer and readout alike
    wire        mode_bad   = ((!mode_built || LOWRANK == 0) && (evaluate_start || update_start)) || (LOWRANK == 0 && shape_start) ||
                             (LOCAL == 0 && learn_start);
    wire [7:0]  start, busy;    // of the units in sr_units.vh
    wire        clear;          // a run begins
    wire        check_busy, check_re;
    wire [7:0]  check_code;
    wire [PAIR_AW-1:0] check_addr;
    wire [47:0] bank_rdata;
    // Where clocks are gated (simulators) the units of one rule stand still while the other is at work, and while mode `local` learns what it
    // does not use at the moment. Each unit gets 7 cycles more, in which what is in its pipelines comes out.
    wire       pairs_clk, base_clk, neuron_clk;       // of low rank alone; of the front; of LIF and readout
    reg  [2:0] learn_q;                               // cycles since mode `local` began, and down from there since it ended
    reg  [2:0] base_q, neuron_q;                      // cycles that the units are still awake
    wire       awake       = rst_i || !busy[UNIT_LEARN] || learn_q != 3'd7;
    wire       base_work   = awake || lrn[LRN_SAMPLE] || lrn[LRN_FRONT] || busy[UNIT_FRONT];
    wire       neuron_work = awake || lrn[LRN_SAMPLE] || lrn[LRN_LIF] || lrn[LRN_READ] || busy[UNIT_LIF] || busy[UNIT_READ];
    always @(posedge clk_i) begin
        base_q   <= base_work ? 3'd7 : base_q - {2'd0, base_q != 3'd0};
        neuron_q <= neuron_work ? 3'd7 : neuron_q - {2'd0, neuron_q != 3'd0};
        if (rst_i) learn_q <= 3'd0;
        else if (busy[UNIT_LEARN]) learn_q <= learn_q + {2'd0, learn_q != 3'd7};
        else learn_q <= learn_q - {2'd0, learn_q != 3'd0};
    end
    sr_gate #(.GATE(GATE)) u_pairs_gate (.clk_i(clk_i), .en_i(awake), .clk_o(pairs_clk));
    sr_gate #(.GATE(GATE)) u_base_gate (.clk_i(clk_i), .en_i(base_work || base_q != 3'd0), .clk_o(base_clk));
    sr_gate #(.GATE(GATE)) u_neuron_gate (.clk_i(clk_i), .en_i(neuron_work || neuron_q != 3'd0), .clk_o(neuron_clk));

    sr_check #(
        .PAIR_AW(PAIR_AW), .FACTORS(FACTORS), .SCORE_WORDS(SCORE_WORDS), .SAMPLE_WORDS(SAMPLE_WORDS), .X_AW(X_AW), .XW_W(XW_W)
    ) u_check (
        .clk_i(pairs_clk), .rst_i(rst_i), .start_i(clear), .busy_o(check_busy), .code_o(check_code),
        .limit_code_i(limit_code != SR_REPLY_OK ? limit_code : mode_bad ? SR_REPLY_LIMIT_MODE : SR_REPLY_OK),
        .evaluate_i(evaluate_start), .update_i(update_start), .infer_i(infer_start), .learn_i(learn_start), .steps_i(cfg_steps), .x_words_i(x_words),
        .classes_i(cfg_classes), .rank_i(full ? 6'd0 : RANK_MAX == 1 ? 6'd1 : cfg_rank), .count_i(cfg_pair_count[PAIR_AW:0]), .pairs_i(pairs),
        .batch_i(cfg_batch[PAIR_AW:0]), .re_o(check_re), .addr_o(check_addr), .data_i(bank_rdata[31:0])
    );

    // ---- sequencer ----
    reg  [7:0]  fault_q;
    always @(posedge clk_i)
        if (clear) fault_q <= SR_REPLY_OK;
        else if (run_busy_o && run_abort_i) fault_q <= SR_REPLY_ABORTED;
    wire [2:0]         lif_job;
    wire [1:0]         read_job, fit_job;
    wire [SBANK_W-1:0] fit_bank;
    wire               front_bank, lif_ready, lif_done, read_ready, read_free, read_done;
    wire [15:0]        draw_first;
    wire [PAIR_AW:0]   draw_pairs;
    wire [X_AW:0]      x_base;
    wire [3:0]         score_label, fit_label;
    wire [PAIR_AW-1:0] front_pair, fit_pair;
    wire               seq_re, seq_we, fit_re, fit_we;
    wire [PAIR_AW+1:0] seq_raddr, seq_waddr, fit_raddr, fit_waddr;
    wire [7:0]         seq_wdata;
    wire [47:0]        fit_wdata;
    sr_seq #(
        .PAIR_AW(PAIR_AW), .X_AW(X_AW), .BUFFERS(BUFFERS), .MEMBERS(MEMBERS), .SCORES(Y_BANKS),
        .COUNTS(Y_BANKS), .LOWRANK(LOWRANK), .FULL(FULL)
    ) u_seq (
        .clk_i(clk_i), .rst_i(rst_i), .run_start_i(run_start_i), .run_flags_i(run_flags_i), .run_busy_o(run_busy_o), .run_code_o(run_code_o),
        .clear_o(clear), .infer_o(infer), .check_busy_i(check_busy), .check_code_i(check_code), .fault_i(fault_q), .cfg_i(cfg_i), .full_i(full),
        .pair_first_i(pair_first), .pair_zero_i(pair_zero), .forget_i(cfg_we_i && cfg_addr_i < SR_REG_BATCH[6:0]), .step_hidden_i(step_hidden), .step_readout_i(step_readout),
        .start_o(start), .busy_i(busy), .draw_first_o(draw_first), .draw_pairs_o(draw_pairs), .x_base_o(x_base), .front_bank_o(front_bank),
        .front_pair_o(front_pair), .lif_job_o(lif_job), .lif_ready_i(lif_ready), .lif_done_i(lif_done), .read_job_o(read_job),
        .read_ready_i(read_ready), .read_free_i(Y_BANKS > 2 ? read_free : read_done), .read_done_i(read_done), .score_label_o(score_label),
        .fit_job_o(fit_job), .fit_bank_o(fit_bank), .fit_pair_o(fit_pair), .fit_label_o(fit_label), .readout_o(readout),
        .fit_re_i(fit_re), .bank_re_o(seq_re), .bank_raddr_o(seq_raddr), .bank_rdata_i(bank_rdata[31:0]), .bank_we_o(seq_we),
        .bank_waddr_o(seq_waddr), .bank_wdata_o(seq_wdata)
    );

    // ---- factors, entries of full rank ----
    wire [GROUP_W-1:0]      groups;
    wire                    front_row_re, lif_col_re, read_col_re, read_class_re, dither_ready;
    wire [ROW_AW-1:0]       front_row_addr, upd_row_addr;
    wire [3:0]              front_row_bit, read_class_sel, upd_bit;
    wire [COL_AW-1:0]       lif_col_addr, upd_col_addr;
    wire [COL_AW+TURN_LOG-1:0] read_col_addr;
    wire [CLASS_AW-1:0]     read_class_addr, upd_class_addr;
    wire [PROJ_UNITS-1:0]   row_bits, class_bits, upd_signs;
    wire [RANK_LANES*LANES-1:0] col_bits;
    wire [LANES-1:0]        rcol_bits;
    wire [RANK_LANES-1:0]   class_bit;
    wire [GROUP_COLS_W-1:0] group_cols;
    wire [LANES*MISS_W-1:0] missed;
    wire [UPD_W-1:0]        upd;                 // what the update of pairs asks for (sr_update.vh)
    wire [5:0]              cut_at;
    wire [2*PROJ_UNITS-1:0] upd_word;
    wire [12:0]             dither_row;
    wire [7:0]              dither_block;
    wire [CUT-1:0]          cut;
    wire [63:0]             dither_word;
    sr_factor_store #(
        `include "sr_pass.vh"
    ) u_factors (
        .clk_i(pairs_clk), .rst_i(rst_i), .cfg_i(cfg_i), .x_words_i(x_words), .blocks_i(blocks), .plain_i(plain), .full_i(full),
        .start_i(start[UNIT_DRAW]), .busy_o(busy[UNIT_DRAW]), .first_i(draw_first), .pairs_i(draw_pairs), .groups_o(groups),
        .front_re_i(front_row_re), .front_addr_i(front_row_addr), .front_bit_i(front_row_bit), .row_o(row_bits),
        .lif_re_i(lif_col_re), .lif_addr_i(lif_col_addr), .col_o(col_bits),
        .read_re_i(read_col_re), .read_addr_i(read_col_addr[COL_AW-1:0]), .rcol_o(rcol_bits),
        .class_re_i(read_class_re), .class_addr_i(read_class_addr), .class_bit_i(read_class_sel), .class_o(class_bit),
        .upd_i(upd), .readout_i(readout), .upd_row_addr_i(upd_row_addr), .upd_class_addr_i(upd_class_addr), .upd_bit_i(upd_bit),
        .upd_addr_i(upd_col_addr), .classes_o(class_bits), .cols_o(group_cols), .mask_i(upd_word[PROJ_UNITS-1:0]), .signs_i(upd_signs),
        .missed_o(missed), .dither_row_i(dither_row), .dither_block_i(dither_block), .dither_ready_o(dither_ready), .cut_at_i(cut_at), .cut_o(cut),
        .dither_o(dither_word)
    );
    wire                     event_next;
    wire [XW_W+3+BLOCK_AW:0] front_w_addr;
    wire [ROWS_W-1:0]        upd_row;
    wire [PAIR_AW-1:0]       u_addr;
    wire [LANES-1:0]         entries, read_entries;
    sr_entries #(
        `include "sr_pass.vh"
    ) u_entries (
        .clk_i(clk_i), .cfg_i(cfg_i), .full_i(full), .event_i(event_next), .event_addr_i(front_w_addr), .event_pair_i(front_pair),
        .turn_i(upd[UPD_TURN]), .readout_i(readout), .upd_re_i(upd[UPD_COL]), .upd_row_i(upd_row), .upd_pair_i(u_addr), .upd_addr_i(upd_col_addr),
        .entries_o(entries), .read_i(start[UNIT_READ]), .read_first_i(read_job[JOB_FIRST]), .read_re_i(read_col_re),
        .read_addr_i(read_col_addr[COL_AW-1:0]),
        .read_o(read_entries)
    );

    // ---- front: a sample's events, to the columns ----
    wire                x_re, x_over, add_base, add_count, mark, keep_base, keep_count;
    wire [X_AW-1:0]     x_addr;
    wire [15:0]         x_data;
    wire [BASE_AW-1:0]  base_at;
    wire [COUNT_AW-1:0] count_at;
    wire [BLOCK_W-1:0]  front_groups = plain || full ? {BLOCK_W{1'b0}} : {{BLOCK_W - GROUP_W{1'b0}}, groups};
    sr_front #(
        .X_AW(X_AW), .SAMPLE_WORDS(SAMPLE_WORDS), .BLOCK_AW(BLOCK_AW), .GROUP_AW(GROUP_AW), .STEP_AW(STEP_AW), .XW_W(XW_W),
        .STEP_W(STEP_W), .PASS_W(BLOCK_W), .ROW_AW(ROW_AW), .CUT(CUT),
        .AHEAD(LUT_RAM != 0 || LOWRANK == 0 || LOOPS != 0 ? 1 : 0), .LUT_RAM(LUT_RAM)
    ) u_front (
        .clk_i(base_clk), .rst_i(rst_i), .start_i(start[UNIT_FRONT] || lrn[LRN_FRONT]), .busy_o(busy[UNIT_FRONT]),
        .x_base_i(learning ? {1'b0, lrn_x_base} : x_base), .x_words_i(x_words),
        .rest_i(cfg_rows0[3:0]), .steps_i(steps), .blocks_i(blocks), .groups_i(front_groups), .x_re_o(x_re), .x_addr_o(x_addr), .x_data_i(x_data),
        .x_over_o(x_over), .w_addr_o(front_w_addr), .row_re_o(front_row_re),
        .row_addr_o(front_row_addr), .row_bit_o(front_row_bit), .event_next_o(event_next), .add_base_o(add_base), .add_count_o(add_count),
        .mark_o(mark),
        .keep_base_o(keep_base), .base_at_o(base_at), .keep_count_o(keep_count), .count_at_o(count_at)
    );
    wire [LANES*MASTER_W-1:0]  hidden_word;
    wire [LANES*16-1:0]        base_new;
    wire [PROJ_UNITS*C_W-1:0]  counts_new;
    wire [LANES*C_W-1:0]       entry_sums;
    wire [UPD_SUM_W-1:0]       upd_total;
    wire [LANES*UPD_SUM_W-1:0] upd_sums;
    sr_columns #(
        `include "sr_pass.vh"
    ) u_columns (
        .clk_i(base_clk), .mark_i(mark), .add_base_i(add_base), .add_count_i(add_count), .keep_i(keep_base), .hidden_i(hidden_word),
        .row_bits_i(row_bits), .base_o(base_new), .counts_o(counts_new), .full_i(full), .entries_i(entries), .u_i(bank_rdata[7:0]),
        .entry_sums_o(entry_sums), .ctl_i(upd[UPD_HAND:0]), .readout_i(readout), .class_bits_i(class_bits), .cols_i(group_cols), .word_i(upd_word),
        .signs_o(upd_signs), .missed_i(missed), .total_i(upd_total), .sums_o(upd_sums)
    );

    // ---- LIF of a pair ----
    wire                  lif_count_re, base_re, block_last, y_we;
    wire [COUNT_AW:0]     lif_count_addr;
    wire [UNIT_W-1:0]     lif_unit;
    wire [BASE_AW:0]      base_raddr;
    wire [7:0]            lif_ctl;
    wire [Y_AW-1:0]       y_waddr;
    wire [RANK_LANES-1:0] lif_valid;
    // In mode `local` the plain run begins while the front is at work, and keeps behind it.
    wire                  lif_hold = learning && busy[UNIT_FRONT] && lif_col_addr[BLOCK_AW-1:0] == base_at[BLOCK_AW-1:0];
    sr_lif #(
        .STEP_W(STEP_W), .BLOCK_W(BLOCK_W), .RANK_W(RANK_W), .STEP_AW(STEP_AW), .BLOCK_AW(BLOCK_AW), .FACTOR_AW(FACTOR_AW),
        .GROUP_AW(GROUP_AW), .UNIT_LOG(UNIT_LOG), .UNIT_W(UNIT_W), .RANK_LANES(RANK_LANES), .MEMBERS(MEMBERS), .YBANK_W(YBANK_W)
    ) u_lif (
        .clk_i(neuron_clk), .rst_i(rst_i), .clear_i(clear || lrn[LRN_SAMPLE]), .start_i(start[UNIT_LIF] || lrn[LRN_LIF]), .first_i(learning || lif_job[JOB_FIRST]),
        .base_bank_i(lif_job[JOB_BANK]), .minus_i(lif_job[JOB_MINUS] || lrn[LRN_MINUS]), .hold_i(lif_hold), .ready_o(lif_ready), .busy_o(busy[UNIT_LIF]), .done_o(lif_done),
        .steps_i(steps), .rank_i(rank),
        .blocks_i(blocks), .count_re_o(lif_count_re), .count_addr_o(lif_count_addr), .unit_o(lif_unit), .valid_o(lif_valid),
        .col_re_o(lif_col_re), .col_addr_o(lif_col_addr), .base_re_o(base_re), .base_addr_o(base_raddr), .ctl_o(lif_ctl),
        .block_last_o(block_last), .y_we_o(y_we), .y_addr_o(y_waddr)
    );
    wire [COUNT_W-1:0]    count_rdata;
    wire [LANES*16-1:0]   base_rdata;
    wire [LANES*C_W-1:0]  entry_sums_rdata;
    wire [LANES*MEMBERS*CNT_W-1:0] y_wdata;
    sr_lif_columns #(
        `include "sr_pass.vh"
    ) u_lif_columns (
        .clk_i(neuron_clk), .cfg_i(cfg_i), .plain_i(plain), .full_i(full), .learn_i(learning && !lrn[LRN_PLAIN]), .learn_bits_i(lrn_bits),
        .keep_i(keep_count && !rst_i), .keep_addr_i({front_bank, count_at}), .keep_counts_i(counts_new), .count_re_i(lif_count_re),
        .count_addr_i(lif_count_addr), .counts_i(count_rdata), .factor_addr_i(lif_col_addr), .unit_i(lif_unit), .valid_i(lif_valid), .ctl_i(lif_ctl),
        .block_last_i(block_last), .last_present_i(last_present), .bits_i(col_bits), .base_i(base_rdata), .sums_i(entry_sums_rdata),
        .count_o(y_wdata)
    );

    // ---- readout of a pair ----
    wire                          read_walk, read_y_re, score_we, fit_rd, fit_wait, read_x_en;
    wire [ITEM_AW+3:0]            read_w_addr;
    wire [Y_AW+TURN_LOG-1:0]      read_y_addr;
    wire [COLS*READ_W_W-1:0]      read_w;
    wire [COLS*MEMBERS*CNT_W-1:0] read_y;
    wire [3:0]                    score_class;
    wire [SBANK_W+3:0]            fit_rd_addr;
    wire signed [SCORE_W-1:0]     score_p, score_m, kept_p, kept_m;
    wire [READ_RANK_W-1:0]        read_rank = full ? cfg_classes[READ_RANK_W-1:0] : {{READ_RANK_W - RANK_W{1'b0}}, rank};
    sr_readout #(
        .LANES(COLS), .CNT_W(CNT_W), .BLOCK_W(ITEM_W), .BLOCK_AW(ITEM_AW), .RANK_W(READ_RANK_W), .RANK_AW(READ_RANK_AW),
        .FACTOR_AW(FACTOR_AW), .CLASS_AW(CLASS_AW), .CUT_LOG(CUT_LOG), .SUM_W(SUM_W), .G_W(G_W), .Q_W(Q_W), .SCORE_W(SCORE_W),
        .TREE(DSP_CHAIN != 0 ? 0 : LANES > 8 && LOOPS == 0 ? 2 : 1), .SOFT_LANES(SOFT_LANES), .MEMBERS(MEMBERS), .RANK_LANES(RANK_LANES), .YBANK_W(YBANK_W),
        .SBANK_W(SBANK_W), .SCALE_OWN(SCALE_OWN), .LUT_RAM(LUT_RAM), .KEEP_SCORES(FIT_UNITS == 2 || LOWRANK == 0 ? 0 : 1), .W_W(READ_W_W),
        .LOWRANK(LOWRANK), .FULL(FULL), .CHAIN(DSP_CHAIN)
    ) u_readout (
        .clk_i(neuron_clk), .rst_i(rst_i), .clear_i(clear || lrn[LRN_SAMPLE]), .start_i(start[UNIT_READ] || lrn[LRN_READ]), .first_i(read_job[JOB_FIRST]),
        .minus_i(read_job[JOB_MINUS]), .ready_o(read_ready), .busy_o(busy[UNIT_READ]), .done_o(read_done), .free_o(read_free), .infer_i(plain),
        .full_i(full), .blocks_i(items), .rank_i(read_rank), .classes_i(cfg_classes),
        .scale_i(cfg_scale3), .walk_o(read_walk), .w_addr_o(read_w_addr), .w_i(read_w), .y_re_o(read_y_re), .y_addr_o(read_y_addr),
        .y_i(read_y), .col_re_o(read_col_re), .col_addr_o(read_col_addr), .col_i(full ? read_entries[COLS-1:0] : rcol_bits[COLS-1:0]),
        .class_re_o(read_class_re),
        .class_addr_o(read_class_addr), .class_sel_o(read_class_sel), .class_bit_i(class_bit), .score_we_o(score_we),
        .score_class_o(score_class), .score_p_o(score_p), .score_m_o(score_m), .fit_re_i(fit_rd), .fit_addr_i(fit_rd_addr),
        .fit_wait_o(fit_wait), .fit_p_o(kept_p), .fit_m_o(kept_m), .x_en_o(read_x_en), .products_i(lrn_products)
    );

    // ---- fitness of a pair ----
    wire       pred_valid;
    wire [3:0] pred, lrn_best;
    generate
        if (LOWRANK != 0) begin : g_fitness
            sr_member_fitness #(.SCORE_W(SCORE_W), .PAIR_AW(PAIR_AW), .UNITS(FIT_UNITS), .MEMBERS(MEMBERS), .SBANK_W(SBANK_W)) u_fitness (
                .clk_i(pairs_clk), .rst_i(rst_i || clear), .start_i(start[UNIT_FIT]), .busy_o(busy[UNIT_FIT]), .infer_i(infer),
                .bank_i(fit_bank), .fresh_i(fit_job[JOB_FIRST]), .minus_i(fit_job[JOB_MINUS]), .pair_i(fit_pair), .label_i(fit_label),
                .classes_i(cfg_classes), .kind_i(cfg_fitness[1:0]),
                .mul_i(cfg_fitness[5:2]), .shift_i(cfg_fitness[10:6]), .score_we_i(score_we), .score_class_i(score_class),
                .score_label_i(score_label), .score_p_i(score_p), .score_m_i(score_m), .rd_o(fit_rd), .rd_addr_o(fit_rd_addr),
                .rd_wait_i(fit_wait), .rdata_p_i(kept_p), .rdata_m_i(kept_m), .pred_valid_o(pred_valid), .pred_o(pred),
                .bank_re_o(fit_re), .bank_raddr_o(fit_raddr), .bank_rdata_i(bank_rdata), .bank_we_o(fit_we), .bank_waddr_o(fit_waddr),
                .bank_wdata_o(fit_wdata)
            );
        end else begin : g_no_fitness
            // Only what an inference predicts, which the error unit of mode `local` knows with the last score.
            assign pred_valid = start[UNIT_FIT];
            assign pred       = lrn_best;
            assign {busy[UNIT_FIT], fit_rd, fit_rd_addr, fit_re, fit_raddr, fit_we, fit_waddr, fit_wdata} = 0;
            wire _unused_fitness = &{1'b0, fit_job, fit_bank, fit_pair, fit_label, score_label, score_m, fit_wait, kept_p, kept_m};
        end
    endgenerate

    // ---- update of pairs ----
    wire                      u_re, upd_w_turn, upd_w_we;
    wire [W_AW-1:0]           upd_w_addr;
    wire [LANES*MASTER_W-1:0] upd_w, w_wdata, w_turned;
    sr_pair_update #(
        `include "sr_pass.vh"
    ) u_update (
        .clk_i(pairs_clk), .rst_i(rst_i), .credit_i(start[UNIT_CREDIT]), .credit_busy_o(busy[UNIT_CREDIT]), .update_i(start[UNIT_UPDATE]),
        .update_busy_o(busy[UNIT_UPDATE]), .ctl_o(upd), .cfg_i(cfg_i), .readout_i(readout), .full_i(full), .rank_i(rank), .groups_i(groups),
        .blocks_i(blocks), .x_words_i(x_words), .step_i(upd_step), .u_re_o(u_re), .u_addr_o(u_addr), .u_i(bank_rdata[7:0]), .row_addr_o(upd_row_addr),
        .class_addr_o(upd_class_addr), .bit_o(upd_bit), .col_addr_o(upd_col_addr), .row_o(upd_row), .word_o(upd_word), .total_o(upd_total),
        .sums_i(upd_sums), .noise_row_o(dither_row), .noise_block_o(dither_block), .noise_ready_i(dither_ready), .cut_at_o(cut_at), .cut_i(cut),
        .dither_i(dither_word), .w_addr_o(upd_w_addr), .w_i(upd_w), .wdata_i(w_wdata), .w_turn_o(upd_w_turn), .turned_o(w_turned), .w_we_o(upd_w_we)
    );

    // ---- mode `local` ----
    wire [LRN_W-1:0]            lrn;
    wire [X_AW-1:0]             lrn_x_base, lrn_x_addr;
    wire [LANES-1:0]            lrn_bits;
    wire [1:0]                  lrn_bank;
    wire [ITEM_AW+1:0]          lrn_y_addr;
    wire [ITEM_AW+3:0]          lrn_w_addr;
    wire [XW_W+3+ITEM_AW:0]     lrn_m_addr;
    wire [COLS*MASTER_W-1:0]    lrn_m, lrn_m_new;
    wire [TURN_W-1:0]           lrn_col;
    wire [PAIR_AW+1:0]          lrn_bank_raddr, lrn_bank_waddr;
    wire [47:0]                 lrn_bank_wdata;
    wire [COLS*16-1:0]          lrn_products;
    generate
        if (LOCAL != 0) begin : g_local
            wire local_clk;
            sr_gate #(.GATE(GATE)) u_gate (
                .clk_i(clk_i), .en_i(rst_i || start[UNIT_LEARN] || busy[UNIT_LEARN] || learn_q != 3'd0), .clk_o(local_clk)
            );
            sr_local #(
                `include "sr_pass.vh"
            ) u_local (
                .clk_i(local_clk), .rst_i(rst_i), .start_i(start[UNIT_LEARN]), .stop_i(fault_q != SR_REPLY_OK), .busy_o(busy[UNIT_LEARN]),
                .cfg_i(cfg_i), .blocks_i(blocks), .cols_i(items), .x_words_i(x_words), .ctl_o(lrn), .units_i(busy), .x_base_o(lrn_x_base),
                .y_bank_o(lrn_bank), .lif_re_i(lif_col_re), .lif_block_i(lif_col_addr[BLOCK_AW-1:0]),
                .lif_step_i(lif_count_addr[STEP_AW-1:0]), .noise_bits_o(lrn_bits), .score_we_i(score_we), .score_class_i(score_class),
                .score_i(score_p), .best_o(lrn_best), .read_i(read_x_en), .products_o(lrn_products), .x_addr_o(lrn_x_addr), .x_data_i(x_data),
                .y_addr_o(lrn_y_addr), .y_i(read_y), .w_addr_o(lrn_w_addr), .w_i(read_w), .m_col_o(lrn_col), .m_addr_o(lrn_m_addr), .m_i(lrn_m),
                .m_o(lrn_m_new), .bank_raddr_o(lrn_bank_raddr), .bank_rdata_i(bank_rdata[31:0]), .bank_waddr_o(lrn_bank_waddr),
                .bank_wdata_o(lrn_bank_wdata)
            );
        end else begin : g_no_local
            assign {busy[UNIT_LEARN], lrn, lrn_x_base, lrn_bank, lrn_bits, lrn_best, lrn_products, lrn_x_addr, lrn_y_addr, lrn_w_addr, lrn_m_addr,
                    lrn_m_new, lrn_col, lrn_bank_raddr, lrn_bank_waddr, lrn_bank_wdata} = 0;
            wire _unused_local = &{1'b0, lrn_m, read_x_en};
        end
    endgenerate

    // ---- memories; the host has them between runs ----
    wire host_x = mem_sel_i == SR_MEM_SAMPLE[2:0];
    reg  mem_read_q;
    sr_ram_sp #(.WIDTH(16), .DEPTH(SAMPLE_WORDS), .ADDR_W(X_AW)) u_samples (
        .clk_i(samples_clk_i), .we_i(mem_we_i && host_x), .re_i(x_re || lrn[LRN_X] || (mem_read_q && host_x)),
        .addr_i(!run_busy_o ? mem_addr_i[X_AW-1:0] : lrn[LRN_X] ? lrn_x_addr : x_addr), .wdata_i(mem_wdata_i[15:0]), .rdata_o(x_data)
    );
    wire [LANES*16-1:0] host_weights;
    sr_weight_store #(
        `include "sr_pass.vh"
    ) u_weights (
        .clk_i(clk_i), .rst_i(rst_i), .host_i(mem_sel_i == SR_MEM_WEIGHT[2:0]), .host_readout_i(mem_sel_i == SR_MEM_RWEIGHT[2:0]),
        .host_we_i(mem_we_i), .host_addr_i(mem_addr_i[W_AW-1:0]), .host_wdata_i(mem_wdata_i[LANES*16-1:0]), .host_rdata_o(host_weights),
        .front_walk_i(busy[UNIT_FRONT]), .front_addr_i(front_w_addr), .read_walk_i(read_walk), .read_addr_i(read_w_addr), .credit_walk_i(lrn[LRN_WALK]),
        .credit_addr_i(lrn_w_addr), .hidden_o(hidden_word), .read_o(read_w), .update_i(busy[UNIT_UPDATE]), .readout_i(readout),
        .update_we_i(upd_w_we),
        .update_addr_i(upd_w_addr), .turn_i(upd_w_turn), .turned_i(w_turned), .word_o(upd_w), .wdata_o(w_wdata), .learn_i(lrn[LRN_TURN]),
        .learn_readout_i(lrn[LRN_READOUT]), .learn_we_i(lrn[LRN_WE]), .learn_addr_i(lrn_m_addr), .learn_wdata_i(lrn_m_new), .learn_word_o(lrn_m),
        .learn_take_i(lrn[LRN_TAKE]), .learn_put_i(lrn[LRN_PUT]), .learn_col_i(lrn_col)
    );
    sr_base_store #(
        `include "sr_pass.vh"
    ) u_base (
        .clk_i(clk_i), .rst_i(rst_i), .full_i(full), .keep_i(keep_base), .addr_i({front_bank, base_at}), .base_i(base_new), .sums_i(entry_sums),
        .re_i(base_re), .raddr_i(base_raddr), .base_o(base_rdata), .sums_o(entry_sums_rdata)
    );
    sr_count_store #(
        `include "sr_pass.vh"
    ) u_counts (
        .clk_i(clk_i), .rst_i(rst_i), .run_i(run_busy_o), .clear_i(clear), .infer_i(infer), .keep_i(keep_count), .addr_i({front_bank, count_at}),
        .counts_i(counts_new), .score_i(score_we), .score_p_i(score_p), .pred_valid_i(pred_valid), .pred_i(pred), .re_i(lif_count_re),
        .raddr_i(lif_count_addr), .host_re_i(mem_read_q), .host_addr_i(mem_addr_i), .rdata_o(count_rdata)
    );
    sr_spike_store #(
        `include "sr_pass.vh"
    ) u_spikes (
        .clk_i(clk_i), .learning_i(learning), .learn_bank_i(lrn_bank), .we_i(y_we), .waddr_i(y_waddr), .wdata_i(y_wdata), .read_re_i(read_y_re), .read_addr_i(read_y_addr),
        .learn_re_i(lrn[LRN_Y]), .learn_addr_i(lrn_y_addr), .rdata_o(read_y)
    );
    sr_bank #(
        `include "sr_pass.vh"
    ) u_bank (
        .clk_i(clk_i), .rst_i(rst_i), .run_i(run_busy_o), .host_re_i(mem_read_q), .host_we_i(mem_we_i), .host_sel_i(mem_sel_i),
        .host_addr_i(mem_addr_i[PAIR_AW:0]), .host_wdata_i(mem_wdata_i[31:0]), .check_i(check_busy), .check_re_i(check_re), .check_addr_i(check_addr),
        .weight_re_i(u_re), .weight_addr_i(u_addr), .seq_re_i(seq_re), .seq_raddr_i(seq_raddr), .seq_we_i(seq_we), .seq_waddr_i(seq_waddr),
        .seq_wdata_i(seq_wdata), .fit_re_i(fit_re), .fit_raddr_i(fit_raddr), .fit_we_i(fit_we), .fit_waddr_i(fit_waddr), .fit_wdata_i(fit_wdata),
        .learn_re_i(lrn[LRN_BANK_RE]), .learn_raddr_i(lrn_bank_raddr), .learn_we_i(lrn[LRN_BANK_WE]), .learn_waddr_i(lrn_bank_waddr),
        .learn_wdata_i(lrn_bank_wdata), .rdata_o(bank_rdata)
    );

    // ---- host reads: the address stays until the word is there ----
    reg mem_read_q2;
    always @(posedge clk_i) begin
        mem_read_q   <= mem_re_i && !rst_i;
        mem_read_q2  <= mem_read_q && !rst_i;
        mem_rvalid_o <= mem_read_q2 && !rst_i;
    end
    always @* begin
        mem_rdata_o = {WORD_W{1'b0}};
        mem_rdata_o[LANES*16-1:0] = host_weights;    // the host takes the low bits that a word has
        case (mem_sel_i)
            SR_MEM_SAMPLE[2:0]:  mem_rdata_o[15:0] = x_data;
            SR_MEM_BATCH[2:0]:   mem_rdata_o[31:0] = bank_rdata[31:0];
            SR_MEM_CREDIT[2:0]:  mem_rdata_o[7:0] = bank_rdata[7:0];
            SR_MEM_FITNESS[2:0]: mem_rdata_o[31:0] = bank_rdata[31:0];
            SR_MEM_CORRECT[2:0]: mem_rdata_o[15:0] = bank_rdata[47:32];
            SR_MEM_SCORE[2:0]:   mem_rdata_o[31:0] = {{32 - SCORE_W{count_rdata[SCORE_W-1]}}, count_rdata[SCORE_W-1:0]};
            default: ;
        endcase
    end

    sr_counters #(.COUNTERS(COUNTERS)) u_counters (
        .clk_i(clk_i), .clear_i(clear), .run_i(run_busy_o), .base_i(busy[UNIT_FRONT]), .lif_i(busy[UNIT_LIF]), .lif_busy_i(lif_ctl[LIF_LOAD]),
        .readout_i(busy[UNIT_READ]), .update_i(busy[UNIT_UPDATE] || lrn[LRN_TURN]), .event_i(add_base), .st_o(st_o)
    );
    wire _unused = &{1'b0, x_over, mem_addr_i, mem_wdata_i, read_free, read_job, start[UNIT_LEARN], read_col_addr, rcol_bits, read_entries, lrn_best};
endmodule

`default_nettype wire
