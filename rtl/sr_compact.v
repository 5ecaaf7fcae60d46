// SPDX-License-Identifier: Apache-2.0
// sr_compact: the engine for small devices (docs/architecture.md, "The compact core"): the same numbers as sr_wide
// with one set of LANES columns that base current, LIF, readout and update use in turn, and the perturbation factors of a
// generation, a bit an entry, drawn once and kept.
//
//   sr_compact_seq     sequencer of a run, pair weights      sr_factors         noise, factors
//   sr_compact_front   events -> base current, projections   sr_compact_pair    scaling, LIF, readout of a pair
//   sr_compact_lane    a column: accumulator, two neurons    sr_compact_fitness scores -> fitness, sums of the members
//   sr_compact_credit  pair weights -> words by group        sr_compact_update  factors x pair weights -> sums
//   sr_compact_finish  sums, a word behind -> weights
// Bounds    one hidden layer, low rank, sign entries, readout kind sum, rank <= 16, pairs * rank <= FACTORS; the parameters of
//           sr_wide's other units have one value (rules below). Memories: see the end. COUNTERS 0: cycles in total only.
//           SOFT_LANES: lanes, the last ones, whose multipliers are of LUTs (sr_compact_mul), where DSP blocks do not suffice.
//           BASE_LUT 1: base buffer in LUT RAM, where block RAM is better spent on samples.
//           WEIGHT_HOLD 1: weights are held behind their memory, which is slow or far; 0: an address is held in front of it,
//           which takes fewer cells. FIT_BESIDE 1: a pair's fitness beside the next pair, in two units; 0: after it, in one
//           small unit.
// Reset     synchronous, control only. Test: tests/test_sim.c
`default_nettype none

module sr_compact #(
    parameter LANES         = 4,
    parameter ENGINES       = 1,
    parameter COL_LANES     = 4,
    parameter RANK_LANES    = 1,
    parameter PROJ_UNITS    = 4,
    parameter PROJ_HASH     = 1,
    parameter UPD_ROWS      = 1,
    parameter SAMPLE_W      = 16,
    parameter FRAC_W        = 4,
    parameter BUFFERS       = 1,
    parameter LAYERS_MAX    = 1,
    parameter INPUTS_MAX    = 592,
    parameter HIDDEN_MAX    = 64,
    parameter CLASSES_MAX   = 10,
    parameter STEPS_MAX     = 14,
    parameter RANK_MAX      = 4,
    parameter PAIRS_MAX     = 64,
    parameter SAMPLE_WORDS  = 16384,
    parameter RWEIGHT_WORDS = 256,
    parameter BATCH_MAX     = 64,
    parameter SCORE_WORDS   = 256,
    parameter STEP_READOUT  = 0,
    parameter FACTORS       = 64,
    parameter COUNTERS      = 1,
    parameter SOFT_LANES    = 0,
    parameter BASE_LUT      = 0,
    parameter WEIGHT_HOLD   = 1,
    parameter FIT_BESIDE    = 0,
    parameter WORD_W        = 64    // bits of the widest memory word, 32 at least
) (
    input  wire              clk_i,
    input  wire              rst_i,
    // registers: 32 bits an address (sr_cfg.vh, sr_st.vh)
    input  wire [2047:0]     cfg_i,
    output wire [511:0]      st_o,
    // memories, between runs: a word in the low bits; mem_rvalid_o brings what mem_re_i asked for
    input  wire [2:0]        mem_sel_i,
    input  wire [27:0]       mem_addr_i,
    input  wire              mem_we_i,
    input  wire [WORD_W-1:0] mem_wdata_i,
    input  wire              mem_re_i,
    output wire [WORD_W-1:0] mem_rdata_o,
    output wire              mem_rvalid_o,
    // runs
    input  wire              run_start_i,
    input  wire [5:0]        run_flags_i,
    input  wire              run_abort_i,
    output wire              run_busy_o,
    output wire [7:0]        run_code_o
);
    `include "sr_map.vh"
    `include "sr_cfg.vh"

    // ---- sizes ----
    `include "sr_compact.vh"
    localparam WEIGHT_WORDS = COMPACT_WEIGHT_WORDS;
    localparam CBUF_WORDS   = COMPACT_CBUF_WORDS;
    localparam MASTER_W = 8 + FRAC_W;
    localparam LANES_LOG = $clog2(LANES);
    localparam GROUP_W  = $clog2(GROUPS + 1);
    localparam RANK_W   = $clog2(RANK_MAX + 1);
    localparam RANK_AW  = RANK_MAX > 1 ? $clog2(RANK_MAX) : 1;
    localparam BLOCK_W0 = $clog2(BLOCKS + RANK_MAX + 2);                         // a class row's items and a gap
    localparam BLOCK_W1 = BLOCK_W0 > GROUP_W ? BLOCK_W0 : GROUP_W;
    localparam BLOCK_W  = BLOCK_W1 > RANK_W ? BLOCK_W1 : RANK_W;
    localparam STEP_W   = $clog2(STEPS_MAX + 1);
    localparam PAIR_AW  = $clog2(PAIRS_MAX);
    localparam CNT_W    = $clog2(STEPS_MAX + 1);
    localparam XW_W     = $clog2(X_WORDS + 1);
    localparam CUT      = LANES < 16 ? LANES : 16;
    localparam CUT_LOG  = $clog2(CUT);
    localparam ROW_AW0  = $clog2(GROUPS * X_WORDS * 16 / CUT);
    localparam ROW_AW   = ROW_AW0 > 9 ? ROW_AW0 : 9;
    localparam FACTOR_AW = $clog2(FACTORS);
    localparam COL_AW   = 1 + FACTOR_AW + BLOCK_AW;
    localparam CLASS_AW = FACTOR_AW + 4 - CUT_LOG;
    localparam UNIT_LOG = $clog2(PROJ_UNITS);
    localparam UNIT_W   = PROJ_UNITS > 1 ? UNIT_LOG : 1;
    localparam C_W      = $clog2(INPUTS_MAX + 1) + 1;                            // a projection count
    localparam SUM_W    = CNT_W + 8 + $clog2(HIDDEN_MAX);                        // a row of the readout
    localparam G_W      = CNT_W + 1 + $clog2(HIDDEN_MAX) + 12;                   // S g
    localparam Q_W      = G_W + $clog2(RANK_MAX);
    localparam SCORE_0  = (SUM_W > Q_W - 8 ? SUM_W : Q_W - 8) + 1;
    localparam SCORE_W  = SCORE_0 > 16 ? SCORE_0 : 16;
    localparam ROW_W    = SCORE_W + 8;
    localparam [ROW_W-1:0] FROM_M = 255;
    localparam D_W      = 12 + $clog2(RANK_MAX);
    localparam ACC_B    = $clog2(INPUTS_MAX + 1) + 8 + FRAC_W;                   // base current, shifted up
    localparam ACC_U    = 16;                                                    // A 2^e of the update
    localparam QUAD     = LANES < 4 ? LANES : 4;                                 // lanes that share a multiplier in the update
    localparam WINDOW   = LANES + 16;
    localparam ROWS_W   = XW_W + 4 > 5 ? XW_W + 4 : 5;
    localparam ACC_W    = (ACC_B > ACC_U ? ACC_B : ACC_U) + 1;
    localparam TREE     = LANES > 8 ? 2 : 1;
    localparam X_AW     = $clog2(SAMPLE_WORDS);
    localparam W_WORDS  = WEIGHT_WORDS + RWEIGHT_WORDS;
    localparam W_AW     = $clog2(W_WORDS);
    localparam BASE_AW  = STEP_AW + BLOCK_AW;
    localparam Y_AT     = (1 << BASE_AW) - BLOCKS * (LATER + 1);
    localparam SCORE_AT = (1 << BASE_AW) - 16;
    localparam G_AT     = (1 << STEP_AW) - 1;                                    // beyond; or results of inference
    localparam BASE_W   = LANES * 16 > 2 * SCORE_W ? LANES * 16 : 2 * SCORE_W;
    localparam COUNT_W0 = PROJ_UNITS * C_W > 2 * G_W ? PROJ_UNITS * C_W : 2 * G_W;
    localparam COUNT_W  = COUNT_W0 > 32 ? COUNT_W0 : 32;
    localparam OP_A0    = STEP_AW + RANK_AW;                                     // operands: {step, k}, or {plane, group}
    localparam OP_AW    = OP_A0 > 3 + GROUP_AW ? OP_A0 : 3 + GROUP_AW;
    localparam OP_W     = PROJ_UNITS > 8 ? 2 * PROJ_UNITS : 16;

    generate
        if (COL_LANES != LANES || ENGINES != 1 || RANK_LANES != 1 || PROJ_HASH != 1 || UPD_ROWS != 1 || SAMPLE_W != 16 ||
            BUFFERS != 1 || LAYERS_MAX != 1 || STEP_READOUT != 0) begin : g_rule_compact
            SR_COMPACT_HAS_COL_LANES_EQUAL_LANES_SAMPLE_W_16_AND_ONE_OF_THE_OTHER_UNITS u ();
        end
        if (LANES < 2 || LANES > 64 || (1 << $clog2(LANES)) != LANES || (1 << PAIR_AW) != PAIRS_MAX || PAIRS_MAX < 2 ||
            BATCH_MAX > PAIRS_MAX) begin : g_rule_pow
            SR_COMPACT_LANES_AND_PAIRS_MAX_ARE_POWERS_OF_TWO_BATCH_MAX_AT_MOST_PAIRS_MAX u ();
        end
        if (CNT_W > 7 || RANK_MAX > 16 || G_W > 28 || C_W > 12 || BLOCK_W > 8) begin : g_rule_width
            SR_COMPACT_STEPS_127_RANK_16_INPUTS_2047_GROUPS_255_HIDDEN_BY_STEPS_32767_AT_MOST u ();
        end
        if (SCORE_WORDS > CBUF_WORDS) begin : g_rule_score
            SR_COMPACT_SCORE_WORDS_IS_AT_MOST_CBUF_WORDS u ();
        end
        if (FACTORS > 256) begin : g_rule_sums
            SR_COMPACT_FACTORS_IS_AT_MOST_256_SO_THAT_SUMS_HAVE_16_BITS u ();
        end
        if (GROUPS < RANK_MAX || FACTOR_AW < RANK_W) begin : g_rule_factors
            SR_COMPACT_FACTORS_IS_AT_LEAST_PROJ_UNITS_BY_RANK_MAX_AND_ABOVE_RANK_MAX u ();
        end
        if (RWEIGHT_WORDS < CLASSES_MAX * BLOCKS) begin : g_rule_weights
            SR_RWEIGHT_WORDS_MUST_HOLD_CLASSES_MAX_ROWS u ();
        end
    endgenerate

    // ---- host ----
    wire [2:0]        mem_sel   = mem_sel_i;
    wire [27:0]       mem_addr  = mem_addr_i;
    wire              mem_we    = mem_we_i;
    wire              mem_re    = mem_re_i;
    wire [WORD_W-1:0] mem_wdata = mem_wdata_i;
    reg  [WORD_W-1:0] mem_rdata;
    reg               mem_read_q, mem_rvalid_q;
    wire              run_start = run_start_i;
    wire [5:0]        run_flags = run_flags_i;
    wire              run_busy;
    wire [7:0]        run_code;
    assign mem_rdata_o  = mem_rdata;
    assign mem_rvalid_o = mem_rvalid_q;
    assign run_busy_o   = run_busy;
    assign run_code_o   = run_code;
    reg  [31:0]       cyc_total_q, cyc_base_q, cyc_lif_q, cyc_busy_q, cyc_readout_q, cyc_update_q, events_q;
    wire [31:0]       st_cyc_total = cyc_total_q, st_cyc_base = cyc_base_q, st_cyc_project = 32'd0, st_cyc_lif = cyc_lif_q;
    wire [31:0]       st_cyc_lif_busy = cyc_busy_q, st_cyc_readout = cyc_readout_q, st_cyc_update = cyc_update_q;
    wire [31:0]       st_events = events_q;
    `include "sr_st.vh"

    // ---- what a run sees ----
    wire               infer;
    wire [RANK_W-1:0]  rank    = infer ? {{RANK_W - 1{1'b0}}, 1'b1} : cfg_rank[RANK_W-1:0];
    wire [STEP_W-1:0]  steps   = cfg_steps[STEP_W-1:0];
    wire [12:0]        rows_up = cfg_rows0 + 13'd15;
    wire [20:0]        cols_up = {8'd0, cfg_cols0} + {8'd0, LANES[12:0]} - 21'd1;
    reg  [XW_W-1:0]    x_words;             // a step's; X_STRIDE says the same
    reg  [BLOCK_W-1:0] blocks;              // held: settings do not change while a run needs them
    always @(posedge clk_i) begin
        x_words <= rows_up[4+:XW_W];
        blocks  <= cols_up[LANES_LOG+:BLOCK_W];
    end
    wire [PAIR_AW:0]   pairs   = cfg_pairs[PAIR_AW:0];

    // ---- limits, sequencer ----
    wire [7:0]  limit_code;
    wire [15:0] count = infer_start ? 16'd1 : cfg_pair_count;
    wire        infer_start = run_flags[4];
    sr_limits #(
        .LAYERS_MAX(LAYERS_MAX), .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX),
        .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .BATCH_MAX(BATCH_MAX), .PROJ_UNITS(PROJ_UNITS),
        .STEP_READOUT(STEP_READOUT)
    ) u_limits (
        .layers_i(cfg_layers), .steps_i(cfg_steps), .classes_i(cfg_classes), .readout_i(cfg_readout),
        .rows_i({26'd0, cfg_rows0}), .cols_i({26'd0, cfg_cols0}), .rank_i(infer_start ? 6'd1 : cfg_rank),
        .pairs_i(cfg_pairs), .count_i(count), .chunk_i(PROJ_UNITS[15:0]), .batch_i(cfg_batch),
        .theta_high_i({cfg_r_theta[15], cfg_theta2[15], cfg_theta1[15], cfg_theta0[15]}),
        .fitness_i(run_flags[0] ? cfg_fitness[1:0] : 2'd0),
        .evaluate_i(run_flags[0] || infer_start), .update_i(run_flags[2] || run_flags[3]), .code_o(limit_code)
    );
    wire        check_busy, check_re;
    wire [7:0]  check_code;
    wire [PAIR_AW-1:0] check_addr;
    wire        mode_bad   = (|cfg_mode && (run_flags[0] || run_flags[2])) || run_flags[5];
    wire [7:0]  code       = limit_code != SR_REPLY_OK ? limit_code : mode_bad ? SR_REPLY_LIMIT_MODE : SR_REPLY_OK;
    reg  [7:0]  fault_q;
    wire        run_clear, draw, draw_busy, draw_over, front, front_busy, pair_clear, pair_start, pair_busy, fit, fit_fresh,
                fit_busy, credit, credit_busy, update, update_busy, readout;
    wire [15:0] draw_first;
    wire [PAIR_AW:0] draw_pairs;
    wire [X_AW:0]    x_base;
    wire [3:0]  label;
    wire [PAIR_AW-1:0]  fit_pair;
    wire                seq_re, seq_we, fit_re, fit_we;
    wire [PAIR_AW+1:0]  seq_raddr, seq_waddr, fit_raddr, fit_waddr;
    wire [7:0]          seq_wdata;
    wire [31:0]         bank_held;
    wire [47:0]         fit_wdata, bank_rdata;
    sr_check #(
        .PAIR_AW(PAIR_AW), .FACTORS(FACTORS), .SCORE_WORDS(SCORE_WORDS), .SAMPLE_WORDS(SAMPLE_WORDS), .X_AW(X_AW), .XW_W(XW_W)
    ) u_check (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(run_clear), .limit_code_i(code), .busy_o(check_busy), .code_o(check_code),
        .evaluate_i(run_flags[0]), .update_i(run_flags[2]), .infer_i(infer_start), .steps_i(cfg_steps), .x_words_i(x_words),
        .classes_i(cfg_classes), .rank_i(cfg_rank), .count_i(cfg_pair_count[PAIR_AW:0]), .pairs_i(pairs),
        .batch_i(cfg_batch[PAIR_AW:0]), .re_o(check_re), .addr_o(check_addr), .data_i(bank_rdata[31:0])
    );
    sr_compact_seq #(.PAIR_AW(PAIR_AW), .X_AW(X_AW), .BESIDE(FIT_BESIDE)) u_seq (
        .clk_i(clk_i), .rst_i(rst_i), .run_start_i(run_start), .run_flags_i(run_flags[4:0]), .run_busy_o(run_busy),
        .run_code_o(run_code), .check_busy_i(check_busy), .check_code_i(check_code), .fault_i(fault_q), .clear_o(run_clear), .infer_o(infer),
        .batch_i(cfg_batch), .pairs_i(cfg_pairs), .pair_first_i(cfg_pair_first), .pair_count_i(cfg_pair_count),
        .step_hidden_i(|cfg_step0[15:0]), .step_readout_i(|cfg_step3[15:0]),
        .draw_o(draw), .draw_first_o(draw_first), .draw_pairs_o(draw_pairs), .draw_busy_i(draw_busy),
        .front_o(front), .x_base_o(x_base), .front_busy_i(front_busy), .pair_clear_o(pair_clear), .pair_o(pair_start),
        .pair_busy_i(pair_busy), .fit_o(fit), .fresh_o(fit_fresh), .fit_pair_o(fit_pair), .label_o(label),
        .fit_busy_i(fit_busy), .credit_o(credit), .credit_busy_i(credit_busy), .update_o(update), .readout_o(readout),
        .update_busy_i(update_busy),
        .bank_re_o(seq_re), .bank_raddr_o(seq_raddr), .bank_rdata_i(bank_rdata[31:0]), .bank_held_i(bank_held),
        .bank_we_o(seq_we), .bank_waddr_o(seq_waddr), .bank_wdata_o(seq_wdata)
    );

    // ---- factors ----
    reg                   upd_turn_q;       // update_busy, and a cycle after
    always @(posedge clk_i) upd_turn_q <= update || update_busy;
    wire [GROUP_W-1:0]    groups;
    wire                  upd_re, upd_row_re, upd_noise, noise_ready, front_row_re, pair_col_re, pair_class_re;
    wire [12:0]           upd_noise_row;
    wire [7:0]            upd_noise_block;
    wire [5:0]            upd_cut_at;
    wire [CUT-1:0]        cut;
    wire [ROW_AW-1:0]     front_row_addr, upd_row_addr;
    wire [COL_AW-1:0]     pair_col_addr, upd_col_addr;
    wire [CLASS_AW-1:0]   pair_class_addr, upd_class_addr;
    wire [3:0]            front_row_bit, pair_class_bit, upd_bit;
    wire [PROJ_UNITS-1:0] row_bits, class_bits;
    wire [LANES-1:0]      col_bits;
    wire [PROJ_UNITS*LANES-1:0] col_word;
    wire                  class_bit;
    wire [7:0]            blocks8 = {{8 - BLOCK_W{1'b0}}, blocks};
    sr_factors #(
        .LANES(LANES), .PROJ_UNITS(PROJ_UNITS), .FACTORS(FACTORS), .PAIR_W(PAIR_AW + 1), .X_WORDS(X_WORDS),
        .BLOCK_AW(BLOCK_AW), .ROW_AW(ROW_AW)
    ) u_factors (
        .clk_i(clk_i), .rst_i(rst_i), .key_i({cfg_key_hi, cfg_key_lo}), .start_i(draw), .first_i(draw_first),
        .pairs_i(draw_pairs), .rank_i(cfg_rank), .x_words_i({{9 - XW_W{1'b0}}, x_words}), .blocks_i(blocks8), .busy_o(draw_busy),
        .over_o(draw_over), .groups_o(groups),
        .dither_i(upd_noise), .dither_readout_i(readout), .dither_row_i(upd_noise_row), .dither_block_i(upd_noise_block),
        .dither_ready_o(noise_ready), .cut_at_i(upd_cut_at), .cut_o(cut),
        .row_re_i(front_row_re || upd_row_re), .row_addr_i(upd_turn_q ? upd_row_addr : front_row_addr),
        .row_bit_i(upd_turn_q ? upd_bit : front_row_bit), .row_o(row_bits),
        .col_re_i(pair_col_re || upd_re), .col_addr_i(upd_turn_q ? upd_col_addr : pair_col_addr), .col_o(col_bits),
        .cols_o(col_word),
        .class_re_i(pair_class_re || upd_row_re), .class_addr_i(upd_turn_q ? upd_class_addr : pair_class_addr),
        .class_bit_i(upd_turn_q ? upd_bit : pair_class_bit), .class_o(class_bit),
        .classes_o(class_bits)
    );

    // ---- front ----
    wire                x_re, x_over, add_base, add_count, mark, keep_base, keep_count;
    wire [X_AW-1:0]     x_addr;
    wire [15:0]         x_data;
    wire [XW_W+3+BLOCK_AW:0] front_w_addr;
    wire [BASE_AW-1:0]  base_at;
    wire [COUNT_AW-1:0] count_at;
    wire [BLOCK_W-1:0]  front_groups = infer ? {BLOCK_W{1'b0}} : {{BLOCK_W - GROUP_W{1'b0}}, groups};
    sr_compact_front #(
        .X_AW(X_AW), .SAMPLE_WORDS(SAMPLE_WORDS), .BLOCK_AW(BLOCK_AW), .GROUP_AW(GROUP_AW), .STEP_AW(STEP_AW), .XW_W(XW_W),
        .STEP_W(STEP_W), .PASS_W(BLOCK_W), .ROW_AW(ROW_AW), .CUT(CUT)
    ) u_front (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(front), .busy_o(front_busy), .x_base_i(x_base), .x_words_i(x_words),
        .rest_i(cfg_rows0[3:0]), .steps_i(steps), .blocks_i(blocks), .groups_i(front_groups), .x_re_o(x_re), .x_addr_o(x_addr), .x_data_i(x_data),
        .x_over_o(x_over), .w_addr_o(front_w_addr), .row_re_o(front_row_re),
        .row_addr_o(front_row_addr), .row_bit_o(front_row_bit), .add_base_o(add_base), .add_count_o(add_count), .mark_o(mark),
        .keep_base_o(keep_base), .base_at_o(base_at), .keep_count_o(keep_count), .count_at_o(count_at)
    );
    reg  [PROJ_UNITS*C_W-1:0] counts_q;
    reg  [PROJ_UNITS-1:0]     row_bits_q;
    always @(posedge clk_i) row_bits_q <= row_bits;
    genvar n, u;
    generate
        for (n = 0; n < PROJ_UNITS; n = n + 1) begin : g_count
            always @(posedge clk_i)
                if (mark) counts_q[n*C_W+:C_W] <= {C_W{1'b0}};
                else if (add_count) counts_q[n*C_W+:C_W] <= counts_q[n*C_W+:C_W] + {{C_W - 1{row_bits_q[n]}}, 1'b1};
        end
    endgenerate

    // ---- pair ----
    wire                pair_count_re, put_scale, scale_on, product, op_we, pair_op_re, pair_acc_next,
                        pair_acc_en, pair_first, base_re, lif, lif_busy, lif_clear, load, fire, last, edge_on, y_we, put_y,
                        g_row, w_row, rows_busy, row_en, row_first, row_clear, put_g, g_we, q_en, score_we;
    wire [COUNT_AW-1:0] pair_count_addr, g_addr;
    wire [UNIT_W-1:0]   put_unit;
    wire [OP_AW-1:0]    op_waddr, pair_op_addr;
    wire [BASE_AW-1:0]  base_addr, y_addr, score_addr;
    wire [W_AW-1:0]     pair_w_addr;
    sr_compact_pair #(
        .STEP_W(STEP_W), .BLOCK_W(BLOCK_W), .RANK_W(RANK_W), .STEP_AW(STEP_AW), .BLOCK_AW(BLOCK_AW),
        .RANK_AW(RANK_AW), .FACTOR_AW(FACTOR_AW), .GROUP_AW(GROUP_AW), .OP_AW(OP_AW), .CLASS_AW(CLASS_AW), .W_AW(W_AW),
        .CUT_LOG(CUT_LOG), .UNIT_LOG(UNIT_LOG), .UNIT_W(UNIT_W), .TREE(TREE), .GAP(LANES > 8 ? 0 : 1), .Y_AT(Y_AT),
        .SCORE_AT(SCORE_AT), .G_AT(G_AT), .W_READOUT(WEIGHT_WORDS)
    ) u_pair (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(pair_start), .clear_i(pair_clear), .busy_o(pair_busy),
        .lif_busy_o(lif_busy), .rows_busy_o(rows_busy), .steps_i(steps), .rank_i(rank), .blocks_i(blocks),
        .classes_i(cfg_classes), .count_re_o(pair_count_re), .count_addr_o(pair_count_addr),
        .put_scale_o(put_scale),
        .put_unit_o(put_unit), .scale_o(scale_on), .product_o(product), .op_we_o(op_we), .op_waddr_o(op_waddr),
        .op_re_o(pair_op_re), .op_raddr_o(pair_op_addr), .col_re_o(pair_col_re), .col_addr_o(pair_col_addr),
        .acc_next_o(pair_acc_next), .acc_en_o(pair_acc_en), .acc_first_o(pair_first), .base_re_o(base_re),
        .base_addr_o(base_addr), .lif_o(lif), .lif_clear_o(lif_clear), .load_o(load), .fire_o(fire), .last_o(last),
        .edge_o(edge_on), .y_we_o(y_we), .y_addr_o(y_addr), .put_y_o(put_y), .g_row_o(g_row), .w_row_o(w_row),
        .w_addr_o(pair_w_addr), .row_en_o(row_en), .row_first_o(row_first), .row_clear_o(row_clear), .put_g_o(put_g),
        .g_we_o(g_we), .g_addr_o(g_addr),
        .class_re_o(pair_class_re), .class_addr_o(pair_class_addr), .class_bit_o(pair_class_bit), .q_en_o(q_en),
        .score_we_o(score_we), .score_addr_o(score_addr)
    );

    // ---- update ----
    wire                credit_re, word_we, upd_sum_busy, upd_finish_busy, miss_next, total_next, upd_acc_en, upd_first, upd_double,
                        claim, claim_free, hand, fin_put, fin_load, fin_product, fin_low_rho, fin_weigh, fin_turn, upd_w_we;
    wire [PAIR_AW:0]    credit_addr;
    wire [2:0]          word_plane, top_plane, upd_plane;
    wire [GROUP_W-1:0]  word_group, upd_group;
    wire [2*PROJ_UNITS-1:0] word;
    wire [15:0]         total;
    wire [WINDOW-1:0]   window;
    wire [1:0]          fin_at;
    wire [7:0]          fin_k;
    wire [W_AW-1:0]     upd_w_addr;
    wire [ROWS_W-1:0]   upd_rows = readout ? {{ROWS_W - 5{1'b0}}, cfg_classes} : cfg_rows0[ROWS_W-1:0];
    wire [19:0]         upd_step = readout ? cfg_step3 : cfg_step0;
    sr_compact_credit #(.UNITS(PROJ_UNITS), .PAIR_W(PAIR_AW + 1), .RANK_W(RANK_W), .GROUP_W(GROUP_W)) u_credit (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(credit), .busy_o(credit_busy), .pairs_i(pairs), .rank_i(rank),
        .credit_re_o(credit_re), .credit_addr_o(credit_addr), .credit_i(bank_rdata[7:0]), .word_we_o(word_we),
        .word_plane_o(word_plane), .word_group_o(word_group), .word_o(word), .total_o(total), .top_o(top_plane)
    );
    sr_compact_update #(
        .CUT(CUT), .ROW_W(ROWS_W), .BLOCK_W(BLOCK_W), .GROUP_W(GROUP_W), .XW_W(XW_W), .ROW_AW(ROW_AW), .UNIT_LOG(UNIT_LOG),
        .FACTOR_AW(FACTOR_AW), .BLOCK_AW(BLOCK_AW), .CLASS_AW(CLASS_AW)
    ) u_update (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(update), .busy_o(upd_sum_busy), .readout_i(readout), .rows_i(upd_rows),
        .blocks_i(blocks), .groups_i(groups), .x_words_i(x_words), .top_i(top_plane), .doublings_i(upd_step[19:16]),
        .row_re_o(upd_row_re), .row_addr_o(upd_row_addr), .class_addr_o(upd_class_addr), .bit_o(upd_bit), .re_o(upd_re),
        .col_addr_o(upd_col_addr), .word_plane_o(upd_plane), .word_group_o(upd_group), .miss_next_o(miss_next),
        .total_next_o(total_next), .acc_en_o(upd_acc_en), .acc_first_o(upd_first), .acc_double_o(upd_double),
        .claim_o(claim), .free_i(claim_free), .hand_o(hand)
    );
    sr_compact_finish #(
        .LANES(LANES), .QUAD(QUAD), .CUT(CUT), .ROW_W(ROWS_W), .BLOCK_W(BLOCK_W), .BLOCK_AW(BLOCK_AW), .W_AW(W_AW),
        .W_READOUT(WEIGHT_WORDS)
    ) u_finish (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(update), .busy_o(upd_finish_busy), .readout_i(readout), .rows_i(upd_rows),
        .blocks_i(blocks), .step_i(upd_step[15:0]), .claim_i(claim), .free_o(claim_free), .hand_i(hand), .noise_o(upd_noise),
        .noise_row_o(upd_noise_row), .noise_block_o(upd_noise_block), .noise_ready_i(noise_ready), .cut_at_o(upd_cut_at),
        .cut_i(cut), .window_o(window), .put_o(fin_put), .load_o(fin_load), .product_o(fin_product), .low_rho_o(fin_low_rho),
        .weigh_o(fin_weigh), .turn_o(fin_turn), .at_o(fin_at), .k_o(fin_k), .write_o(upd_w_we), .w_addr_o(upd_w_addr)
    );
    assign update_busy = upd_sum_busy || upd_finish_busy;

    // ---- lanes: whose operands, whose turn. What memories give to accumulators and factors is held first. ----
    wire [OP_W-1:0]          op_rdata;
    wire                     pair_on = pair_acc_next && !infer;    // inference reads no perturbation: none was drawn
    wire [PROJ_UNITS-1:0]    upd_row = (readout ? class_bits_q : row_bits_q) ^ op_rdata[2*PROJ_UNITS-1:PROJ_UNITS];
    reg  signed [15:0]       op_q;
    reg  [LANES-1:0]         neg_q;
    reg  [PROJ_UNITS-1:0]    class_bits_q;
    reg                      class_bit_q;
    always @(posedge clk_i) begin
        class_bit_q  <= class_bit;
        class_bits_q <= class_bits;
        op_q         <= ({16{pair_on}} & op_rdata[15:0]) | ({16{total_next}} & total);
        neg_q        <= ({LANES{pair_on}} & col_bits) | {LANES{miss_next}};
    end
    wire [LANES*MASTER_W-1:0] w_rdata;
    reg  [LANES*MASTER_W-1:0] w_rdata_q, w_wdata_q;
    wire [LANES*MASTER_W-1:0] w_q = WEIGHT_HOLD != 0 ? w_rdata_q : w_rdata;
    wire [BASE_W-1:0]        base_rdata;
    wire [LANES*16-1:0]      base_new;
    wire [LANES*CNT_W-1:0]   y_p, y_m;
    wire [LANES*16-1:0]      u_p, u_m;
    wire [LANES_LOG-1:0]     rest = cfg_cols0[LANES_LOG-1:0];
    reg  [LANES-1:0]         on;             // of the last block
    always @(posedge clk_i) on <= rest == {LANES_LOG{1'b0}} ? {LANES{1'b1}} : ~({LANES{1'b1}} << rest);
    wire [LANES-1:0]         there = on | {LANES{!edge_on}};
    reg  [8:0]               leak_q;      // 256 - leak; 0 in rows
    always @(posedge clk_i) leak_q <= lif ? 9'd256 - {1'b0, cfg_leak0} : {1'b0, fin_k & {8{update_busy}}};
    wire [12:0]              scale = infer ? 13'd0 : {1'b0, put_g ? cfg_scale3 : cfg_scale0};
    wire signed [SUM_W-1:0]  row_sum_p, row_sum_m;
    reg  [ROW_W-1:0]         row_p_q, row_m_q;
    wire [COUNT_W-1:0]       count_rdata;
    wire signed [C_W-1:0]    put_count = count_rdata[put_unit*C_W+:C_W];
    wire signed [15:0]       put_lane0 = {{12 - C_W{put_count[C_W-1]}}, put_count, 4'd0};
    wire [28:0]              raw_p, raw_m;
    wire [LANES*16-1:0]      sums;
    wire [LANES*MASTER_W-1:0] w_turned;       // what is held of a quad's word moves down, and the new weight comes in
    generate
        for (n = 0; n < LANES; n = n + 1) begin : g_lane
            localparam F_W = n == 0 ? 13 : 10;
            wire signed [7:0]   wint = w_q[n*MASTER_W+FRAC_W+:8];
            wire [F_W-1:0]      entry  = {{F_W - 1{neg_q[n]}}, 1'b1} & {F_W{g_row}};
            wire [F_W-1:0]      weight = {{F_W - 8{wint[7]}}, wint} & {F_W{w_row}};
            wire [F_W-1:0]      shared;      // 0 in rows
            localparam FIRST = n % QUAD == 0 ? 1 : 0;    // of a quad
            wire signed [15:0]    put_p, put_m, y_put_p, y_put_m, b, put_sum;
            wire [7:0]            low;
            wire signed [F_W+15:0] lane_raw_p, lane_raw_m;
            assign y_put_p = {{8 - CNT_W{1'b0}}, base_rdata[n*2*CNT_W+:CNT_W], 8'd0};
            assign y_put_m = {{8 - CNT_W{1'b0}}, base_rdata[n*2*CNT_W+CNT_W+:CNT_W], 8'd0};
            if (n == 0) begin : g_first
                assign shared = scale_on ? scale : {4'd0, leak_q};
                assign put_p  = put_y ? y_put_p : put_g ? row_p_q[23:8] : update_busy ? put_sum : put_lane0;
                assign put_m  = put_y ? y_put_m : row_m_q[23:8];
                assign raw_p  = lane_raw_p;
                assign raw_m  = lane_raw_m;
            end else begin : g_other
                assign shared = {1'b0, leak_q};
                assign put_p  = FIRST != 0 && update_busy ? put_sum : y_put_p;
                assign put_m  = y_put_m;
                wire _unused = &{1'b0, lane_raw_p, lane_raw_m};
            end
            if (FIRST != 0) begin : g_quad
                reg  [QUAD*16-1:0]    sums_q;
                wire [QUAD*MASTER_W-1:0] word_q = w_q[n*MASTER_W+:QUAD*MASTER_W];
                wire signed [MASTER_W-1:0] weight_at = word_q[fin_at[$clog2(QUAD)-1:0]*MASTER_W+:MASTER_W];
                wire [15:0]           rho = window[n+1+:16] ^ {16{window[n]}};
                wire signed [15:0]    u_n = u_p[n*16+:16];
                wire signed [MASTER_W-1:0] weight_new;
                always @(posedge clk_i)
                    if (hand) sums_q <= sums[n*16+:QUAD*16];
                    else if (fin_put) sums_q <= sums_q >> 16;
                assign put_sum = sums_q[15:0];
                assign b   = !update_busy ? base_rdata[n*16+:16] : fin_weigh ? {{16 - MASTER_W{weight_at[MASTER_W-1]}}, weight_at}
                                                                             : {8'd0, rho[15:8]};
                assign low = {8{update_busy}} & (fin_low_rho ? rho[7:0] : u_n[7:0]);
                sr_sat #(.IN_W(16), .OUT_W(MASTER_W)) u_weight (.x_i(u_n), .y_o(weight_new));
                assign w_turned[n*MASTER_W+:QUAD*MASTER_W] = {weight_new, w_wdata_q[n*MASTER_W+MASTER_W+:(QUAD-1)*MASTER_W]};
            end else begin : g_rest
                assign put_sum = 16'd0;
                assign b       = base_rdata[n*16+:16];
                assign low     = 8'd0;
            end
            wire [PROJ_UNITS-1:0] col_bits_of;
            for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_col
                assign col_bits_of[u] = col_word[u*LANES+n];
            end
            sr_compact_lane #(
                .FRAC_W(FRAC_W), .ACC_W(ACC_W), .D_W(D_W), .CNT_W(CNT_W), .F_W(F_W), .LUT_MUL(n >= LANES - SOFT_LANES ? 1 : 0),
                .UNITS(PROJ_UNITS), .SUMS(FIRST)
            ) u_lane (
                .clk_i(clk_i), .acc_en_i(mark || add_base || pair_acc_en || upd_acc_en),
                .first_i(mark || (pair_acc_en && pair_first) || upd_first), .double_i(upd_double), .wint_i(add_base),
                .neg_i(neg_q[n]), .op_i(op_q), .miss_i(miss_next), .mask_i(op_rdata[PROJ_UNITS-1:0]), .row_i(upd_row),
                .col_i(col_bits_of), .w_i(w_q[n*MASTER_W+:MASTER_W]), .base_o(base_new[n*16+:16]), .sum_o(sums[n*16+:16]),
                .lif_i(lif), .sum_i(FIRST != 0 && update_busy), .weigh_i(FIRST != 0 && fin_weigh), .low_i(low),
                .clear_i(lif_clear), .load_i(load || (FIRST != 0 && fin_load)), .fire_i(fire), .last_i(last), .on_i(there[n]),
                .put_i(put_y || (n == 0 && (put_scale || put_g)) || (FIRST != 0 && fin_put)), .product_i(product || fin_product),
                .b_i(b),
                .put_p_i(put_p), .put_m_i(put_m), .f_i(shared | entry | weight), .theta_i(cfg_theta0),
                .subtract_i(cfg_reset_kind), .u_p_o(u_p[n*16+:16]), .u_m_o(u_m[n*16+:16]),
                .count_p_o(y_p[n*CNT_W+:CNT_W]), .count_m_o(y_m[n*CNT_W+:CNT_W]), .raw_p_o(lane_raw_p), .raw_m_o(lane_raw_m)
            );
        end
    endgenerate

    // ---- rows of the readout: sum over the lanes, over the row; scores ----
    sr_compact_tree #(.LANES(LANES), .IN_W(16), .OUT_W(SUM_W), .STAGES(TREE)) u_tree_p (
        .clk_i(clk_i), .x_i(u_p), .y_o(row_sum_p)
    );
    sr_compact_tree #(.LANES(LANES), .IN_W(16), .OUT_W(SUM_W), .STAGES(TREE)) u_tree_m (
        .clk_i(clk_i), .x_i(u_m), .y_o(row_sum_m)
    );
    // a row's sum, 8 fraction bits below: the lanes' sum, then +- S g. Minus starts from 255:
    // I - (q >> 8) = (256 I - q + 255) >> 8
    wire [ROW_W-1:0] g_p    = {{ROW_W - G_W{count_rdata[G_W-1]}}, count_rdata[G_W-1:0]};
    wire [ROW_W-1:0] g_m    = {{ROW_W - G_W{count_rdata[2*G_W-1]}}, count_rdata[2*G_W-1:G_W]};
    wire [ROW_W-1:0] sum_p  = {{ROW_W - 8 - SUM_W{row_sum_p[SUM_W-1]}}, row_sum_p, 8'd0};
    wire [ROW_W-1:0] sum_m  = {{ROW_W - 8 - SUM_W{row_sum_m[SUM_W-1]}}, row_sum_m, 8'd0};
    wire             q_neg  = q_en && class_bit_q;
    wire             q_less = q_en && !class_bit_q;
    wire [ROW_W-1:0] from_p = row_first ? {ROW_W{1'b0}} : row_p_q;
    wire [ROW_W-1:0] from_m = row_first ? FROM_M : row_m_q;
    reg  [ROW_W-1:0] term_p_q, term_m_q;      // held: memories and sum do not share a cycle
    reg              neg_p_q, neg_m_q, q_en_q;
    always @(posedge clk_i) begin
        term_p_q <= (q_en ? g_p : sum_p) ^ {ROW_W{q_neg}};
        term_m_q <= (q_en ? g_m : sum_m) ^ {ROW_W{q_less}};
        neg_p_q  <= q_neg;
        neg_m_q  <= q_less;
        q_en_q   <= q_en;
        if (row_en && !(q_en_q && infer)) begin   // in inference the results lie where S g would
            row_p_q <= from_p + term_p_q + {{ROW_W - 1{1'b0}}, neg_p_q};
            row_m_q <= from_m + term_m_q + {{ROW_W - 1{1'b0}}, neg_m_q};
        end
        if (row_clear) begin
            row_p_q <= {ROW_W{1'b0}};
            row_m_q <= FROM_M;
        end
    end
    wire signed [SCORE_W-1:0] score_p = row_p_q[ROW_W-1:8], score_m = row_m_q[ROW_W-1:8];

    // ---- fitness ----
    wire       fit_rd, pred_valid;
    wire [3:0] fit_class, pred;
    sr_compact_fitness #(.SCORE_W(SCORE_W), .PAIR_AW(PAIR_AW), .BESIDE(FIT_BESIDE)) u_fitness (
        .clk_i(clk_i), .rst_i(rst_i || run_clear), .start_i(fit), .busy_o(fit_busy), .infer_i(infer), .fresh_i(fit_fresh),
        .pair_i(fit_pair), .classes_i(cfg_classes), .label_i(label), .kind_i(cfg_fitness[1:0]), .mul_i(cfg_fitness[5:2]),
        .shift_i(cfg_fitness[10:6]), .score_we_i(score_we), .score_class_i(score_addr[3:0]), .score_p_i(score_p),
        .score_m_i(score_m), .rd_o(fit_rd), .rd_class_o(fit_class), .rdata_p_i(base_rdata[0+:SCORE_W]),
        .rdata_m_i(base_rdata[SCORE_W+:SCORE_W]), .pred_valid_o(pred_valid), .pred_o(pred), .bank_re_o(fit_re),
        .bank_raddr_o(fit_raddr), .bank_rdata_i(bank_rdata), .bank_we_o(fit_we), .bank_waddr_o(fit_waddr),
        .bank_wdata_o(fit_wdata), .bank_held_o(bank_held)
    );

    // ---- memories; the host has them between runs ----
    // samples
    wire host_x = mem_sel == SR_MEM_SAMPLE[2:0];
    sr_ram_sp #(.WIDTH(16), .DEPTH(SAMPLE_WORDS), .ADDR_W(X_AW)) u_samples (
        .clk_i(clk_i), .we_i(mem_we && host_x), .re_i(x_re || (mem_read_q && host_x)),
        .addr_i(run_busy ? x_addr : mem_addr[X_AW-1:0]), .wdata_i(mem_wdata[15:0]), .rdata_o(x_data)
    );
    // weights: hidden layer, then readout. The memory is wide: what goes there is held first, and it reads in every cycle but a
    // write's. The word is there three cycles after the address: one or the other is held once more (WEIGHT_HOLD).
    wire              host_w  = mem_sel == SR_MEM_WEIGHT[2:0] || mem_sel == SR_MEM_RWEIGHT[2:0];
    wire [W_AW-1:0]   host_at = mem_addr[W_AW-1:0] + (mem_sel == SR_MEM_RWEIGHT[2:0] ? WEIGHT_WORDS[W_AW-1:0] : {W_AW{1'b0}});
    wire [W_AW+XW_W+3+BLOCK_AW:0] front_w_at = {{W_AW{1'b0}}, front_w_addr};
    wire [W_AW-1:0]           walk_at = front_busy ? front_w_at[W_AW-1:0] : pair_w_addr;
    reg  [W_AW-1:0]           walk_at_q;
    wire [LANES*MASTER_W-1:0] host_weight;
    wire [LANES*16-1:0]       host_read;
    generate
        for (n = 0; n < LANES; n = n + 1) begin : g_host
            assign host_weight[n*MASTER_W+:MASTER_W] = mem_wdata[n*16+:MASTER_W];
            assign host_read[n*16+:16] = {{16 - MASTER_W{w_q[n*MASTER_W+MASTER_W-1]}}, w_q[n*MASTER_W+:MASTER_W]};
        end
    endgenerate
    reg                      w_we_q;
    reg [W_AW-1:0]           w_addr_q;
    always @(posedge clk_i) begin
        w_we_q    <= (upd_w_we || (mem_we && host_w)) && !rst_i;
        w_addr_q  <= front_busy || pair_busy ? (WEIGHT_HOLD != 0 ? walk_at : walk_at_q) : update_busy ? upd_w_addr : host_at;
        walk_at_q <= walk_at;
        if (fin_turn) w_wdata_q <= w_turned;
        else if (!update_busy) w_wdata_q <= host_weight;
        w_rdata_q <= w_rdata;
    end
    sr_ram_sp #(.WIDTH(LANES * MASTER_W), .DEPTH(W_WORDS), .ADDR_W(W_AW)) u_weights (
        .clk_i(clk_i), .we_i(w_we_q), .re_i(1'b1), .addr_i(w_addr_q), .wdata_i(w_wdata_q), .rdata_o(w_rdata)
    );
    // base buffer: base current by step and block; spike counts of the pair; scores of the pair
    wire [LANES*2*CNT_W-1:0] y_word;
    generate
        for (n = 0; n < LANES; n = n + 1) begin : g_y
            assign y_word[n*2*CNT_W+:2*CNT_W] = {y_m[n*CNT_W+:CNT_W], y_p[n*CNT_W+:CNT_W]};
        end
    endgenerate
    reg [BASE_W-1:0] base_word;     // bits that nobody reads: whatever costs no multiplexer
    always @* begin
        base_word = {BASE_W{1'b0}};
        base_word[LANES*16-1:0] = base_new;
        if (y_we) base_word[LANES*2*CNT_W-1:0] = y_word;
        if (score_we) base_word[2*SCORE_W-1:0] = {score_m, score_p};
    end
    sr_ram #(.WIDTH(BASE_W), .DEPTH(1 << BASE_AW), .ADDR_W(BASE_AW), .LUT(BASE_LUT), .HOLD(1)) u_base (
        .clk_i(clk_i), .we_i((keep_base || y_we || score_we) && !rst_i),
        .waddr_i(keep_base ? base_at : y_we ? y_addr : score_addr), .wdata_i(base_word),
        .re_i(base_re || fit_rd), .raddr_i(fit_rd ? {SCORE_AT[BASE_AW-1:4], fit_class} : base_addr), .rdata_o(base_rdata)
    );
    // count buffer: counts by factor group and step, or results of inference; S g of the pair
    reg  [COUNT_AW-1:0] result_q;
    wire                result = infer && (score_we || pred_valid);
    always @(posedge clk_i)
        if (run_clear) result_q <= {COUNT_AW{1'b0}};
        else if (result) result_q <= result_q + 1'b1;
    wire [COUNT_W-1:0] counts = {{COUNT_W - PROJ_UNITS*C_W{1'b0}}, counts_q};
    wire [COUNT_W-1:0] g_word, result_word;
    assign g_word[2*G_W-1:0] = {raw_m[G_W-1:0], raw_p[G_W-1:0]};
    assign result_word       = {counts[COUNT_W-1:SCORE_W], pred_valid ? {{SCORE_W - 4{1'b0}}, pred} : score_p};
    generate
        if (COUNT_W > 2 * G_W) begin : g_g_rest
            assign g_word[COUNT_W-1:2*G_W] = counts[COUNT_W-1:2*G_W];
        end
    endgenerate
    sr_ram #(.WIDTH(COUNT_W), .DEPTH(CBUF_WORDS), .ADDR_W(COUNT_AW), .HOLD(1)) u_counts (
        .clk_i(clk_i), .we_i((keep_count || (g_we && !infer) || result) && !rst_i),
        .waddr_i(keep_count ? count_at : infer ? result_q : g_addr), .wdata_i(keep_count ? counts : infer ? result_word : g_word),
        .re_i(pair_count_re || mem_read_q), .raddr_i(run_busy ? pair_count_addr : mem_addr[COUNT_AW-1:0]), .rdata_o(count_rdata)
    );
    // operands: c' by step and k, or pair weights by plane and group (sr_compact_credit)
    wire [OP_AW+GROUP_AW-1:0] word_at = {{OP_AW - 3{1'b0}}, word_plane, word_group[GROUP_AW-1:0]};
    wire [OP_AW+GROUP_AW-1:0] upd_op_at = {{OP_AW - 3{1'b0}}, upd_plane, upd_group[GROUP_AW-1:0]};
    reg  [OP_W-1:0]           op_wdata;
    always @* begin
        op_wdata = {OP_W{1'b0}};
        op_wdata[2*PROJ_UNITS-1:0] = word;
        if (!word_we) op_wdata[15:0] = u_p[15:0];
    end
    sr_ram #(.WIDTH(OP_W), .DEPTH(1 << OP_AW), .ADDR_W(OP_AW)) u_ops (
        .clk_i(clk_i), .we_i(op_we || word_we), .waddr_i(word_we ? word_at[OP_AW-1:0] : op_waddr), .wdata_i(op_wdata),
        .re_i(pair_op_re || upd_re), .raddr_i(upd_turn_q ? upd_op_at[OP_AW-1:0] : pair_op_addr), .rdata_o(op_rdata)
    );
    // bank: sums of the members, batch list, pair weights (sr_compact_seq)
    wire               host_list   = mem_sel == SR_MEM_BATCH[2:0];
    wire               host_credit = mem_sel == SR_MEM_CREDIT[2:0];
    wire [PAIR_AW+1:0] host_bank = host_list ? {2'b10, mem_addr[PAIR_AW-1:0]} : host_credit ? {2'b11, mem_addr[PAIR_AW-1:0]}
                                                                                           : {1'b0, mem_addr[PAIR_AW:0]};
    reg [47:0] bank_wdata;          // a pair weight is the low byte alone, and the host has 32 bits
    always @* begin
        bank_wdata = fit_wdata;
        if (!fit_we) bank_wdata[31:0] = {mem_wdata[31:8], seq_we ? seq_wdata : mem_wdata[7:0]};
    end
    sr_ram #(.WIDTH(48), .DEPTH(4 * PAIRS_MAX), .ADDR_W(PAIR_AW + 2), .HOLD(1)) u_bank (
        .clk_i(clk_i), .we_i((seq_we || fit_we || (mem_we && (host_list || host_credit))) && !rst_i),
        .waddr_i(fit_we ? fit_waddr : seq_we ? seq_waddr : host_bank), .wdata_i(bank_wdata),
        .re_i(seq_re || fit_re || credit_re || check_re || mem_read_q),
        .raddr_i(!run_busy ? host_bank : check_busy ? {2'b10, check_addr} : credit_re ? {2'b11, credit_addr[PAIR_AW-1:0]} : fit_re ? fit_raddr : seq_raddr),
        .rdata_o(bank_rdata)
    );

    // ---- host reads: the address stays until the word is there ----
    reg mem_read_q2;
    always @(posedge clk_i) begin
        mem_read_q   <= mem_re && !rst_i;
        mem_read_q2  <= mem_read_q && !rst_i;
        mem_rvalid_q <= mem_read_q2 && !rst_i;
    end
    always @* begin
        mem_rdata = {WORD_W{1'b0}};
        mem_rdata[LANES*16-1:0] = host_read;    // the host takes the low bits that a word has
        case (mem_sel)
            SR_MEM_SAMPLE[2:0]:  mem_rdata[15:0] = x_data;
            SR_MEM_BATCH[2:0]:   mem_rdata[31:0] = bank_rdata[31:0];
            SR_MEM_CREDIT[2:0]:  mem_rdata[7:0] = bank_rdata[7:0];
            SR_MEM_FITNESS[2:0]: mem_rdata[31:0] = bank_rdata[31:0];
            SR_MEM_CORRECT[2:0]: mem_rdata[15:0] = bank_rdata[47:32];
            SR_MEM_SCORE[2:0]:   mem_rdata[31:0] = {{32 - SCORE_W{count_rdata[SCORE_W-1]}}, count_rdata[SCORE_W-1:0]};
            default: ;
        endcase
    end

    // ---- faults and counters ----
    always @(posedge clk_i) begin
        if (run_clear) fault_q <= SR_REPLY_OK;
        else if (run_busy) begin
            if (run_abort_i) fault_q <= SR_REPLY_ABORTED;
        end
    end
    always @(posedge clk_i)
        if (run_clear) cyc_total_q <= 32'd0;
        else if (run_busy) cyc_total_q <= cyc_total_q + 32'd1;
    always @(posedge clk_i)
        if (run_clear || COUNTERS == 0) begin
            cyc_base_q    <= 32'd0;
            cyc_lif_q     <= 32'd0;
            cyc_busy_q    <= 32'd0;
            cyc_readout_q <= 32'd0;
            cyc_update_q  <= 32'd0;
            events_q      <= 32'd0;
        end else begin
            cyc_base_q    <= cyc_base_q + {31'd0, front_busy};
            cyc_lif_q     <= cyc_lif_q + {31'd0, lif_busy};
            cyc_busy_q    <= cyc_busy_q + {31'd0, load};
            cyc_readout_q <= cyc_readout_q + {31'd0, rows_busy};
            cyc_update_q  <= cyc_update_q + {31'd0, update_busy};
            events_q      <= events_q + {31'd0, add_base};
        end
    wire _unused = &{1'b0, draw_over, x_over, cols_up, rows_up, mem_addr, mem_wdata, credit_addr, upd_op_at, word_at, word_group, upd_group,
                      window, front_w_at, raw_p, raw_m, row_m_q[7:0]};
endmodule

`default_nettype wire
