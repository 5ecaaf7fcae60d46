// SPDX-License-Identifier: Apache-2.0
// sr_wide: the engine as a wide, throughput-first machine: every readout kind, mode and number of layers.
// Parameters are named as in host/map/sr_map.def, and are sr_core's, which chooses between this and sr_compact.
//
//   sr_seq      sequencer of a run
//   sr_base     events x columns -> base current            sr_project  events x factors -> counts
//   sr_lif_*    walk of the LIF phase, sr_engine x ENGINES: lanes, readout, fitness
//   sr_update   factors x pair weights -> master weights    sr_shape    pair weights from fitness
// docs/architecture.md draws it; docs/numerics.md defines every bit. PROJ_HASH: noise words a cycle in sr_project.
// No factor is stored: each unit draws what it needs (FACTORS 0).
// Reset: synchronous, control only. Test: tests/test_sim.c
`default_nettype none

module sr_wide #(
    parameter LANES         = 64,
    parameter ENGINES       = 1,
    parameter COL_LANES     = 128,
    parameter RANK_LANES    = 4,
    parameter PROJ_UNITS    = 32,
    parameter PROJ_HASH     = 4,
    parameter UPD_ROWS      = 4,
    parameter SAMPLE_W      = 64,
    parameter FRAC_W        = 8,
    parameter BUFFERS       = 2,
    parameter LAYERS_MAX    = 3,
    parameter INPUTS_MAX    = 4095,
    parameter HIDDEN_MAX    = 256,
    parameter CLASSES_MAX   = 16,
    parameter STEPS_MAX     = 512,
    parameter RANK_MAX      = 32,
    parameter PAIRS_MAX     = 2048,
    parameter SAMPLE_WORDS  = 1048576,
    parameter WEIGHT_WORDS  = 8192,
    parameter RWEIGHT_WORDS = 32,
    parameter BATCH_MAX     = 4096,
    parameter SCORE_WORDS   = 16384,
    parameter CBUF_WORDS    = 8192,
    parameter STEP_READOUT  = 1,
    parameter SPIKE_WORDS   = 32768,
    parameter WORD_W        = 2048   // bits of the widest memory word, 32 at least
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

    // ---- derived sizes ----
    localparam SUB      = COL_LANES / LANES;
    localparam BLOCKS   = (HIDDEN_MAX + COL_LANES - 1) / COL_LANES;
    localparam BLOCK_W  = BLOCKS > 1 ? $clog2(BLOCKS) : 1;
    localparam NB_W     = BLOCK_W + $clog2(SUB);             // a step's words in the spike store, as an address shift
    localparam STEP_W   = $clog2(STEPS_MAX);
    localparam REGION_W = LAYERS_MAX > 2 ? 2 : 1;
    localparam CNT_W    = $clog2(STEPS_MAX + 1);
    localparam PC_W     = $clog2(2 * INPUTS_MAX + 1) + 1;
    localparam SUM_W    = CNT_W + 8 + $clog2(HIDDEN_MAX);
    localparam SCORE_0  = CNT_W + $clog2(HIDDEN_MAX) + $clog2(RANK_MAX) + 8;
    localparam SCORE_W  = SCORE_0 < SUM_W + 2 ? SUM_W + 2 : SCORE_0 < 26 && STEP_READOUT != 0 ? 26 : SCORE_0;
    localparam MASTER_W = 8 + FRAC_W;
    localparam SPIKE_EN = LAYERS_MAX > 1 || STEP_READOUT != 0 ? 1 : 0;
    localparam ROWS_OF  = PAIRS_MAX / ENGINES;               // fitness sums of an engine
    localparam PAIR_AW  = $clog2(ROWS_OF) > 0 ? $clog2(ROWS_OF) : 1;
    localparam CB_AW    = $clog2(CBUF_WORDS);
    localparam BB_WORDS = BUFFERS * BLOCKS * STEPS_MAX;
    localparam BB_AW    = $clog2(BB_WORDS);
    localparam X_AW     = $clog2(SAMPLE_WORDS);
    localparam W_AW     = $clog2(WEIGHT_WORDS);
    localparam RW_AW    = $clog2(RWEIGHT_WORDS);
    localparam L_AW     = $clog2(BATCH_MAX);
    localparam U_AW     = $clog2(PAIRS_MAX);
    localparam S_AW     = $clog2(SCORE_WORDS);
    localparam FIRE_AGE = RANK_LANES > 1 ? 11 : 10;

    generate
        if (COL_LANES % LANES != 0) begin : g_rule_lanes
            SR_LANES_MUST_DIVIDE_COL_LANES u ();
        end
        if ((PROJ_UNITS & (PROJ_UNITS - 1)) != 0) begin : g_rule_proj
            SR_PROJ_UNITS_MUST_BE_A_POWER_OF_TWO u ();
        end
        if (PAIRS_MAX % ENGINES != 0) begin : g_rule_engines
            SR_ENGINES_MUST_DIVIDE_PAIRS_MAX u ();
        end
        if (64 % LANES != 0) begin : g_rule_words
            SR_LANES_MUST_DIVIDE_64 u ();
        end
        if (LAYERS_MAX > 1 && (SAMPLE_W != LANES || BUFFERS != 2)) begin : g_rule_deep
            SR_SEVERAL_LAYERS_NEED_SAMPLE_W_EQUAL_LANES_AND_TWO_BUFFERS u ();
        end
        if (SPIKE_EN != 0 && SPIKE_WORDS < (1 << (REGION_W + 2 + STEP_W + BLOCK_W)) * SUB) begin : g_rule_spike
            SR_SPIKE_WORDS_TOO_SMALL u ();
        end
    endgenerate

    // ---- host ----
    wire [2:0]        mem_sel   = mem_sel_i;
    wire [27:0]       mem_addr  = mem_addr_i;
    wire              mem_we    = mem_we_i;
    wire              mem_re    = mem_re_i;
    wire [WORD_W-1:0] mem_wdata = mem_wdata_i;
    reg  [WORD_W-1:0] mem_rdata;
    reg               mem_rvalid_q;
    wire              run_start = run_start_i;
    wire [5:0]        run_flags = run_flags_i;
    wire              run_busy;
    wire [7:0]        run_code;
    assign mem_rdata_o  = mem_rdata;
    assign mem_rvalid_o = mem_rvalid_q;
    assign run_busy_o   = run_busy;
    assign run_code_o   = run_code;
    reg  [31:0]       cyc_total_q, cyc_base_q, cyc_project_q, cyc_lif_q, cyc_busy_q, cyc_readout_q, cyc_update_q, events_q;
    wire [31:0]       st_cyc_total = cyc_total_q, st_cyc_base = cyc_base_q, st_cyc_project = cyc_project_q;
    wire [31:0]       st_cyc_lif = cyc_lif_q, st_cyc_lif_busy = cyc_busy_q, st_cyc_readout = cyc_readout_q;
    wire [31:0]       st_cyc_update = cyc_update_q, st_events = events_q;
    `include "sr_st.vh"

    // ---- what a run sees: inference has one pair, rank 1 and no perturbation ----
    wire        infer;
    wire [63:0] key      = {cfg_key_hi, cfg_key_lo};
    wire        bell     = cfg_mode[2];
    wire        full     = cfg_mode[0] && !infer;
    wire        rfull    = cfg_mode[1] && !infer;
    wire [5:0]  rank     = infer ? 6'd1 : cfg_rank;
    wire [15:0] first    = infer ? 16'd0 : cfg_pair_first;
    wire [15:0] count    = infer ? 16'd1 : cfg_pair_count;
    wire        sum_kind = cfg_readout == 2'd0 || STEP_READOUT == 0;
    wire [1:0]  top      = LAYERS_MAX > 1 ? cfg_layers - 2'd1 : 2'd0;  // last hidden layer

    function [12:0] by_layer13(input [1:0] layer, input [12:0] a, input [12:0] b, input [12:0] c);
        by_layer13 = LAYERS_MAX > 2 && layer == 2'd2 ? c : LAYERS_MAX > 1 && layer == 2'd1 ? b : a;
    endfunction
    function [15:0] by_layer16(input [1:0] layer, input [15:0] a, input [15:0] b, input [15:0] c);
        by_layer16 = LAYERS_MAX > 2 && layer == 2'd2 ? c : LAYERS_MAX > 1 && layer == 2'd1 ? b : a;
    endfunction
    function [7:0] col_blocks(input [12:0] cols);
        reg [12:0] up;
        begin
            up = (cols + COL_LANES[12:0] - 13'd1) / COL_LANES[12:0];
            col_blocks = up[7:0] | {8{|up[12:8]}};
        end
    endfunction

    // ---- sequencer ----
    wire [7:0]  limit_code;
    reg  [7:0]  fault_q;
    wire        run_clear, list_re, base_start, base_busy, proj_start, proj_busy, front_deep, front_bhalf, front_chalf;
    wire [15:0] list_addr, proj_pair, proj_count, lif_pair, lif_local, lif_count, deep_pair, deep_left;
    wire [31:0] list_data;
    wire [27:0] front_x_base, lif_x_base;
    wire [1:0]  front_layer, lif_layer, member_slot, upd_layer;
    wire        lif_start, lif_busy, lif_single, lif_bhalf, lif_chalf, member_minus, deep_group, item_clear;
    wire [7:0]  member_engine;
    wire [3:0]  item_label;
    wire        readout_busy, shape_start, shape_busy, upd_start, upd_busy;
    wire        deep = LAYERS_MAX > 1 && cfg_layers > 2'd1;

    sr_limits #(
        .LAYERS_MAX(LAYERS_MAX), .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX),
        .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .BATCH_MAX(BATCH_MAX), .PROJ_UNITS(PROJ_UNITS),
        .STEP_READOUT(STEP_READOUT)
    ) u_limits (
        .layers_i(cfg_layers), .steps_i(cfg_steps), .classes_i(cfg_classes), .readout_i(cfg_readout),
        .rows_i({cfg_rows2, cfg_rows1, cfg_rows0}), .cols_i({cfg_cols2, cfg_cols1, cfg_cols0}), .rank_i(rank),
        .pairs_i(cfg_pairs), .count_i(count), .chunk_i(cfg_chunk), .batch_i(cfg_batch),
        .theta_high_i({cfg_r_theta[15], cfg_theta2[15], cfg_theta1[15], cfg_theta0[15]}),
        .fitness_i(run_flags[0] ? cfg_fitness[1:0] : 2'd0),
        .evaluate_i(run_flags[0] || run_flags[4]), .update_i(run_flags[2] || run_flags[3]), .code_o(limit_code)
    );
    // whether a layer's weights lie in their store
    function beyond(input used, input [23:0] base, input [12:0] rows, input [12:0] cols, input [31:0] words);
        beyond = used && {8'd0, base} + {19'd0, rows} * {24'd0, col_blocks(cols)} > words;
    endfunction
    wire weights_over = beyond(1'b1, 24'd0, cfg_rows0, cfg_cols0, WEIGHT_WORDS) ||
                        beyond(LAYERS_MAX > 1 && cfg_layers > 2'd1, cfg_wbase1, cfg_rows1, cfg_cols1, WEIGHT_WORDS) ||
                        beyond(LAYERS_MAX > 2 && cfg_layers > 2'd2, cfg_wbase2, cfg_rows2, cfg_cols2, WEIGHT_WORDS) ||
                        beyond(1'b1, 24'd0, {8'd0, cfg_classes}, by_layer13(top, cfg_cols0, cfg_cols1, cfg_cols2), RWEIGHT_WORDS);
    wire label_over;
    sr_seq #(.ENGINES(ENGINES), .BUFFERS(BUFFERS), .LAYERS_MAX(LAYERS_MAX)) u_seq (
        .clk_i(clk_i), .rst_i(rst_i), .run_start_i(run_start), .run_flags_i(run_flags[4:0]), .run_busy_o(run_busy),
        .run_code_o(run_code), .limit_code_i(limit_code != SR_REPLY_OK ? limit_code : run_flags[5] ? SR_REPLY_LIMIT_MODE :
                                           weights_over ? SR_REPLY_LIMIT_WEIGHTS : SR_REPLY_OK),
        .fault_code_i(fault_q), .classes_i(cfg_classes), .label_over_o(label_over), .clear_o(run_clear), .infer_o(infer),
        .layers_i(cfg_layers), .full_i(full), .batch_i(cfg_batch), .pair_first_i(first), .pair_count_i(count),
        .chunk_i(cfg_chunk), .list_re_o(list_re), .list_addr_o(list_addr), .list_data_i(list_data),
        .base_start_o(base_start), .base_busy_i(base_busy), .proj_start_o(proj_start), .proj_busy_i(proj_busy),
        .front_deep_o(front_deep), .front_x_base_o(front_x_base), .proj_pair_o(proj_pair), .proj_count_o(proj_count),
        .front_bhalf_o(front_bhalf), .front_chalf_o(front_chalf), .front_layer_o(front_layer),
        .lif_start_o(lif_start), .lif_busy_i(lif_busy), .lif_layer_o(lif_layer), .lif_pair_o(lif_pair),
        .lif_local_o(lif_local), .lif_count_o(lif_count), .lif_single_o(lif_single), .lif_bhalf_o(lif_bhalf),
        .lif_chalf_o(lif_chalf), .lif_x_base_o(lif_x_base), .member_slot_o(member_slot), .member_engine_o(member_engine),
        .member_minus_o(member_minus), .deep_group_o(deep_group), .item_label_o(item_label), .item_clear_o(item_clear),
        .group_pair_o(deep_pair), .group_left_o(deep_left), .readout_busy_i(readout_busy),
        .shape_start_o(shape_start), .shape_busy_i(shape_busy), .upd_start_o(upd_start), .upd_layer_o(upd_layer),
        .upd_busy_i(upd_busy)
    );
    sr_ram #(.WIDTH(32), .DEPTH(BATCH_MAX), .ADDR_W(L_AW)) u_list (
        .clk_i(clk_i), .we_i(mem_we && mem_sel == SR_MEM_BATCH[2:0]), .waddr_i(mem_addr[L_AW-1:0]), .wdata_i(mem_wdata[31:0]),
        .re_i(list_re || mem_re), .raddr_i(list_re ? list_addr[L_AW-1:0] : mem_addr[L_AW-1:0]), .rdata_o(list_data)
    );

    // ---- sample store and spike store: one word a cycle for base, projection and the event scanner of full rank ----
    wire                x_base_req, x_proj_req, x_scan_req, x_base_gnt, x_proj_gnt, x_scan_gnt;
    wire [27:0]         x_base_addr, x_proj_addr, x_scan_addr;
    reg                 x_base_valid_q, x_proj_valid_q, x_scan_valid_q, x_spike_q;
    wire [SAMPLE_W-1:0] x_sample, x_spikes, x_data;
    assign x_base_gnt = x_base_req;
    assign x_proj_gnt = x_proj_req && !x_base_req;
    assign x_scan_gnt = x_scan_req && !x_base_req && !x_proj_req;
    wire        x_re    = x_base_req || x_proj_req || x_scan_req;
    wire [27:0] x_addr  = x_base_req ? x_base_addr : x_proj_req ? x_proj_addr : x_scan_addr;
    wire        x_spike = SPIKE_EN != 0 && deep && (x_base_req || x_proj_req ? front_deep : lif_single);
    wire        x_over  = x_re && !x_spike && {4'd0, x_addr} >= SAMPLE_WORDS;
    always @(posedge clk_i) begin
        x_base_valid_q <= x_base_gnt && !rst_i;
        x_proj_valid_q <= x_proj_gnt && !rst_i;
        x_scan_valid_q <= x_scan_gnt && !rst_i;
        if (x_re) x_spike_q <= x_spike;
    end
    wire x_host = mem_sel == SR_MEM_SAMPLE[2:0];
    sr_ram_sp #(.WIDTH(SAMPLE_W), .DEPTH(SAMPLE_WORDS), .ADDR_W(X_AW)) u_samples (
        .clk_i(clk_i), .we_i(mem_we && x_host), .re_i((x_re && !x_spike) || (mem_re && x_host)),
        .addr_i(x_re && !x_spike ? x_addr[X_AW-1:0] : mem_addr[X_AW-1:0]), .wdata_i(mem_wdata[SAMPLE_W-1:0]),
        .rdata_o(x_sample)
    );
    assign x_data = x_spike_q ? x_spikes : x_sample;

    // words of a step: hidden layer 0 reads samples, later layers the spike store
    wire [12:0] front_rows = by_layer13(front_layer, cfg_rows0, cfg_rows1, cfg_rows2);
    wire [12:0] front_cols = by_layer13(front_layer, cfg_cols0, cfg_cols1, cfg_cols2);
    wire [12:0] lif_rows   = by_layer13(lif_layer, cfg_rows0, cfg_rows1, cfg_rows2);
    wire [12:0] lif_cols   = by_layer13(lif_layer, cfg_cols0, cfg_cols1, cfg_cols2);
    wire [12:0] front_words = (front_rows + SAMPLE_W[12:0] - 13'd1) / SAMPLE_W[12:0];
    wire [12:0] lif_words   = (lif_rows + SAMPLE_W[12:0] - 13'd1) / SAMPLE_W[12:0];
    wire [15:0] deep_stride = 16'd1 << NB_W;

    // ---- weights ----
    wire                   base_w_re, upd_w_re, upd_w_we;
    wire [23:0]            base_w_addr, upd_w_addr;
    wire [COL_LANES*MASTER_W-1:0] w_rdata, rw_rdata, upd_w_wdata, host_master;
    wire [COL_LANES*8-1:0] w_int, rw_int;
    wire                   upd_top  = upd_layer == SR_LAYER_READOUT[1:0];
    wire                   w_host   = mem_sel == SR_MEM_WEIGHT[2:0];
    wire                   rw_host  = mem_sel == SR_MEM_RWEIGHT[2:0];
    wire                   rw_re;
    wire [15:0]            rw_addr;
    wire                   upd_hidden = upd_busy && !upd_top;
    wire                   upd_rw     = upd_busy && upd_top;
    wire [23:0]            w_addr   = base_busy ? base_w_addr : upd_hidden ? upd_w_addr : mem_addr[23:0];
    wire                   w_over   = ((base_busy && base_w_re) || (upd_hidden && (upd_w_re || upd_w_we))) &&
                                      {8'd0, w_addr} >= WEIGHT_WORDS;
    wire [23:0]            rw_at    = upd_rw ? upd_w_addr : rw_re ? {8'd0, rw_addr} : mem_addr[23:0];
    sr_ram_sp #(.WIDTH(COL_LANES * MASTER_W), .DEPTH(WEIGHT_WORDS), .ADDR_W(W_AW)) u_weights (
        .clk_i(clk_i), .we_i((upd_hidden && upd_w_we && !w_over) || (mem_we && w_host)),
        .re_i(base_w_re || (upd_hidden && upd_w_re) || (mem_re && w_host)), .addr_i(w_addr[W_AW-1:0]),
        .wdata_i(upd_hidden ? upd_w_wdata : host_master), .rdata_o(w_rdata)
    );
    sr_ram_sp #(.WIDTH(COL_LANES * MASTER_W), .DEPTH(RWEIGHT_WORDS), .ADDR_W(RW_AW)) u_rweights (
        .clk_i(clk_i), .we_i((upd_rw && upd_w_we) || (mem_we && rw_host)),
        .re_i(rw_re || (upd_rw && upd_w_re) || (mem_re && rw_host)), .addr_i(rw_at[RW_AW-1:0]),
        .wdata_i(upd_rw ? upd_w_wdata : host_master), .rdata_o(rw_rdata)
    );
    wire [COL_LANES*16-1:0] host_word;
    genvar n, h, k, e;
    generate
        for (n = 0; n < COL_LANES; n = n + 1) begin : g_weight
            assign host_master[n*MASTER_W+:MASTER_W] = mem_wdata[n*16+:MASTER_W];
            assign w_int[n*8+:8]  = w_rdata[n*MASTER_W+FRAC_W+:8];
            assign rw_int[n*8+:8] = rw_rdata[n*MASTER_W+FRAC_W+:8];
            wire [MASTER_W-1:0] master = rw_sel_q ? rw_rdata[n*MASTER_W+:MASTER_W] : w_rdata[n*MASTER_W+:MASTER_W];
            if (MASTER_W < 16) begin : g_extend
                assign host_word[n*16+:16] = {{16 - MASTER_W{master[MASTER_W-1]}}, master};
            end else begin : g_whole
                assign host_word[n*16+:16] = master;
            end
        end
    endgenerate

    // ---- base current ----
    wire                    b_we, b_re, b_load, ev_count;
    wire [15:0]             b_waddr, b_raddr;
    wire [COL_LANES*16-1:0] b_wdata, b_rdata;
    wire [7:0]              b_nb;
    reg  [LANES*16-1:0]     b_q;
    sr_base #(.COL_LANES(COL_LANES), .FRAC_W(FRAC_W), .SAMPLE_W(SAMPLE_W)) u_base (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(base_start), .busy_o(base_busy), .x_base_i(front_x_base),
        .x_stride_i(front_deep ? deep_stride : cfg_x_stride), .x_words_i({3'd0, front_words}), .steps_i(cfg_steps),
        .blocks_i(col_blocks(front_cols)),
        .w_base_i(LAYERS_MAX > 2 && front_layer == 2'd2 ? cfg_wbase2
                  : LAYERS_MAX > 1 && front_layer == 2'd1 ? cfg_wbase1 : 24'd0),
        .x_req_o(x_base_req), .x_addr_o(x_base_addr), .x_gnt_i(x_base_gnt), .x_valid_i(x_base_valid_q), .x_data_i(x_data),
        .w_re_o(base_w_re), .w_addr_o(base_w_addr), .w_data_i(w_int),
        .b_we_o(b_we), .b_addr_o(b_waddr), .b_data_o(b_wdata), .ev_count_o(ev_count)
    );
    localparam B_HALF = BUFFERS > 1 ? BLOCKS * STEPS_MAX : 0;
    wire [15:0] b_wat = b_waddr + (front_bhalf ? B_HALF[15:0] : 16'd0);
    wire [15:0] b_rat = b_raddr + (lif_bhalf ? B_HALF[15:0] : 16'd0);
    sr_ram #(.WIDTH(COL_LANES * 16), .DEPTH(BB_WORDS), .ADDR_W(BB_AW)) u_bbuf (
        .clk_i(clk_i), .we_i(b_we), .waddr_i(b_wat[BB_AW-1:0]), .wdata_i(b_wdata), .re_i(b_re), .raddr_i(b_rat[BB_AW-1:0]),
        .rdata_o(b_rdata)
    );
    wire [7:0] b_part = b_nb & (SUB[7:0] - 8'd1);
    always @(posedge clk_i) if (b_load) b_q <= b_rdata[b_part*LANES*16+:LANES*16];

    // ---- projection and its buffer: one memory a half and rank lane ----
    localparam C_W = PROJ_UNITS * PC_W;
    wire                      c_pre, c_we, c_lre;
    wire [15:0]               c_praddr, c_waddr, c_lraddr;
    wire [3:0]                c_rbank, c_wbank;
    wire [C_W-1:0]            c_wdata;
    wire [RANK_LANES*C_W-1:0] c_half0, c_half1;
    reg  [3:0]                c_rbank_q;
    wire [RANK_LANES*C_W-1:0] c_front = BUFFERS > 1 && front_chalf ? c_half1 : c_half0;
    wire [RANK_LANES*C_W-1:0] c_back  = BUFFERS > 1 && lif_chalf ? c_half1 : c_half0;
    always @(posedge clk_i) if (c_pre) c_rbank_q <= c_rbank;
    sr_project #(
        .PROJ_UNITS(PROJ_UNITS), .PROJ_HASH(PROJ_HASH), .RANK_LANES(RANK_LANES), .SAMPLE_W(SAMPLE_W), .CNT_W(PC_W)
    ) u_project (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(proj_start), .busy_o(proj_busy), .key_i(key), .bell_i(bell),
        .layer_i(front_layer), .rank_i(rank), .pair_first_i(proj_pair), .pairs_i(proj_count), .steps_i(cfg_steps),
        .x_base_i(front_x_base), .x_stride_i(front_deep ? deep_stride : cfg_x_stride), .x_words_i({3'd0, front_words}),
        .x_req_o(x_proj_req), .x_addr_o(x_proj_addr), .x_gnt_i(x_proj_gnt), .x_valid_i(x_proj_valid_q), .x_data_i(x_data),
        .c_re_o(c_pre), .c_raddr_o(c_praddr), .c_rbank_o(c_rbank), .c_rdata_i(c_front[c_rbank_q*C_W+:C_W]),
        .c_we_o(c_we), .c_waddr_o(c_waddr), .c_wbank_o(c_wbank), .c_wdata_o(c_wdata)
    );
    wire c_over = c_we && {16'd0, c_waddr} >= CBUF_WORDS;
    generate
        for (h = 0; h < 2; h = h + 1) begin : g_chalf
            for (k = 0; k < RANK_LANES; k = k + 1) begin : g_bank
                wire [C_W-1:0] rdata;
                if (h == 0) begin : g_first
                    assign c_half0[k*C_W+:C_W] = rdata;
                end else begin : g_second
                    assign c_half1[k*C_W+:C_W] = rdata;
                end
                if (h < BUFFERS) begin : g_built
                    wire front = proj_busy && (BUFFERS == 1 || front_chalf == h[0]);
                    wire lread = c_lre && (BUFFERS == 1 || lif_chalf == h[0]);
                    sr_ram #(.WIDTH(C_W), .DEPTH(CBUF_WORDS), .ADDR_W(CB_AW)) u_cbuf (
                        .clk_i(clk_i), .we_i(c_we && front && !c_over && c_wbank == k[3:0]), .waddr_i(c_waddr[CB_AW-1:0]),
                        .wdata_i(c_wdata), .re_i(front ? c_pre && c_rbank == k[3:0] : lread),
                        .raddr_i(front ? c_praddr[CB_AW-1:0] : c_lraddr[CB_AW-1:0]), .rdata_o(rdata)
                    );
                end else begin : g_absent
                    assign rdata = {C_W{1'b0}};
                end
            end
        end
    endgenerate

    // ---- LIF phase ----
    localparam AGES = 12;
    wire             group_start, group_done, scan_start, scan_busy, ev_valid, ev_ready, ev_null, ev_last, n_valid;
    wire [15:0]      group_pair, group_left, n_pair, c_addr0, c_addr5;
    wire [1:0]       scan_repeat, out_slot;
    wire [12:0]      ev_row, n_row;
    wire [5:0]       n_k;
    wire [7:0]       n_nb, c_unit0, c_unit6, busy_inc, out_nb;
    wire [AGES-1:0]  item, zero, item_first, item_last;
    wire             fire_first, on_last, out_valid, out_t_last, out_half, slot_free;
    wire [9:0]       out_t;
    wire [12:0]      nb_up   = (lif_cols + LANES[12:0] - 13'd1) / LANES[12:0];
    wire [7:0]       nb_last = nb_up[7:0] - 8'd1;
    sr_lif_ctl #(.ENGINES(ENGINES), .RANK_LANES(RANK_LANES), .PROJ_UNITS(PROJ_UNITS), .AGES(AGES)) u_lif_ctl (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(lif_start), .busy_o(lif_busy), .full_i(full), .rank_i(rank),
        .steps_i(cfg_steps), .nb_last_i(nb_last), .pair_first_i(lif_pair), .local_first_i(LAYERS_MAX > 1 ? lif_local : 16'd0),
        .pairs_i(lif_count), .single_i(lif_single), .slot_free_i(slot_free), .group_start_o(group_start),
        .group_pair_o(group_pair), .group_left_o(group_left), .scan_start_o(scan_start), .scan_repeat_o(scan_repeat),
        .ev_valid_i(ev_valid), .ev_ready_o(ev_ready), .ev_row_i(ev_row), .ev_null_i(ev_null), .ev_last_i(ev_last),
        .n_valid_o(n_valid), .n_pair_o(n_pair), .n_k_o(n_k), .n_row_o(n_row), .n_nb_o(n_nb), .c_addr_o(c_addr0),
        .c_unit_o(c_unit0), .item_o(item), .zero_o(zero), .first_o(item_first), .last_o(item_last), .busy_inc_o(busy_inc)
    );
    sr_scan #(.SAMPLE_W(SAMPLE_W)) u_scan (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(scan_start), .base_i(lif_x_base), .repeat_i(scan_repeat),
        .stride_i(lif_single ? deep_stride : cfg_x_stride), .words_i({3'd0, lif_words}), .steps_i(cfg_steps),
        .busy_o(scan_busy), .req_o(x_scan_req), .addr_o(x_scan_addr), .gnt_i(x_scan_gnt), .data_valid_i(x_scan_valid_q),
        .data_i(x_data), .ev_valid_o(ev_valid), .ev_ready_i(ev_ready), .ev_row_o(ev_row), .ev_null_o(ev_null),
        .ev_last_o(ev_last)
    );
    wire fire = item_last[FIRE_AGE];
    sr_lif_fire #(.LANES(LANES), .COL_LANES(COL_LANES)) u_lif_fire (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(lif_start), .fire_i(fire), .real_i(item[FIRE_AGE]), .steps_i(cfg_steps),
        .nb_last_i(nb_last), .first_o(fire_first), .b_re_o(b_re), .b_addr_o(b_raddr), .b_load_o(b_load), .b_nb_o(b_nb),
        .on_last_o(on_last), .out_valid_o(out_valid), .out_slot_o(out_slot), .out_t_o(out_t), .out_t_last_o(out_t_last),
        .out_nb_o(out_nb), .out_half_o(out_half), .group_done_o(group_done), .half_clear_i(run_clear || deep)
    );
    // projection words: address at age 5, data at 6
    sr_delay #(.WIDTH(16), .STAGES(5)) u_caddr (.clk_i(clk_i), .x_i(c_addr0), .y_o(c_addr5));
    sr_delay #(.WIDTH(8), .STAGES(6)) u_cunit (.clk_i(clk_i), .x_i(c_unit0), .y_o(c_unit6));
    assign c_lre    = item[5] && !full;
    assign c_lraddr = c_addr5;

    wire acc_at   = RANK_LANES > 1 ? item[10] : item[9];
    wire acc_one  = RANK_LANES > 1 ? item_first[10] : item_first[9];

    // ---- readout ----
    wire        r0_noise, r0_draw, r0_factor, r8_noise, r8_mac, r8_factor, r8_first, r11_noise_end, r11_draw_end, r11_class_end;
    wire        r13_valid, r13_first_step, r13_score, r13_last, clear_sums, readout_working, vec_re, vec_half;
    wire [7:0]  r0_part, r8_part, vec_block;
    wire [5:0]  r0_k, r11_k;
    wire [3:0]  r0_class, r8_class, r13_class, label;
    wire [15:0] r0_pair, r13_slot_pair, readout_left;
    wire [1:0]  vec_region, vec_slot;
    wire [9:0]  vec_step;
    wire [PAIR_AW-1:0] r13_row;
    wire [ENGINES-1:0] fit_busy;
    wire [12:0] top_cols = by_layer13(top, cfg_cols0, cfg_cols1, cfg_cols2);
    wire [12:0] top_nb_up = (top_cols + LANES[12:0] - 13'd1) / LANES[12:0];
    sr_readout_ctl #(.ENGINES(ENGINES), .RANK_LANES(RANK_LANES), .PAIR_AW(PAIR_AW)) u_readout_ctl (
        .clk_i(clk_i), .rst_i(rst_i), .clear_i(run_clear), .deep_i(deep), .group_start_i(group_start),
        .group_done_i(group_done), .deep_group_i(deep_group), .group_pair_i(deep ? deep_pair : group_pair),
        .group_left_i(deep ? deep_left : group_left), .pair_first_i(first), .label_i(item_label), .clear_sums_i(item_clear),
        .slot_free_o(slot_free), .busy_o(readout_busy), .working_o(readout_working), .fit_busy_i(|fit_busy),
        .full_i(rfull), .sum_i(sum_kind), .rank_i(rank), .classes_i(cfg_classes), .blocks_i(col_blocks(top_cols)),
        .steps_i(cfg_steps), .region_i(top),
        .r0_noise_o(r0_noise), .r0_draw_o(r0_draw), .r0_factor_o(r0_factor), .r0_part_o(r0_part), .r0_k_o(r0_k),
        .r0_class_o(r0_class), .r0_pair_o(r0_pair), .vec_re_o(vec_re), .vec_half_o(vec_half), .vec_region_o(vec_region),
        .vec_slot_o(vec_slot), .vec_step_o(vec_step), .vec_block_o(vec_block), .w_re_o(rw_re), .w_addr_o(rw_addr),
        .r8_noise_o(r8_noise), .r8_mac_o(r8_mac), .r8_factor_o(r8_factor), .r8_part_o(r8_part), .r8_class_o(r8_class),
        .r8_first_o(r8_first), .r11_noise_end_o(r11_noise_end), .r11_draw_end_o(r11_draw_end),
        .r11_class_end_o(r11_class_end), .r11_k_o(r11_k), .r13_valid_o(r13_valid), .r13_class_o(r13_class),
        .r13_first_step_o(r13_first_step), .r13_score_o(r13_score), .r13_last_o(r13_last), .r13_row_o(r13_row),
        .r13_slot_pair_o(r13_slot_pair), .left_o(readout_left), .label_o(label), .clear_sums_o(clear_sums)
    );

    // ---- engines ----
    // The spike store's read port serves the readout, or, for a later layer, base, projection and scanner.
    wire        x_spike_re = x_re && x_spike;
    wire [9:0]  x_step     = x_addr[NB_W+:10];
    wire [7:0]  x_nb       = {{8 - NB_W{1'b0}}, x_addr[NB_W-1:0]};
    wire [1:0]  lower      = (x_base_req || x_proj_req ? front_layer : lif_layer) - 2'd1;
    reg  [7:0]  x_bank_q;
    always @(posedge clk_i) if (x_spike_re) x_bank_q <= x_nb & (SUB[7:0] - 8'd1);
    wire        out_mine    = out_valid && !(lif_single && out_slot != 2'd0);  // a single job's other slots are empty
    wire        keep_counts = lif_layer == top && sum_kind && out_mine && out_t_last;
    wire        keep_spikes = SPIKE_EN != 0 && out_mine && (lif_layer != top || !sum_kind);
    wire [ENGINES*COL_LANES-1:0] bits_p, bits_m;
    wire [ENGINES*48-1:0]        sums_p, sums_m;
    wire                         sum_re;
    wire [15:0]                  sum_pair;
    wire [15:0]                  sum_row = sum_pair / ENGINES[15:0];
    wire [ENGINES-1:0]           score_valid, pred_valid;
    wire [ENGINES*SCORE_W-1:0]   score;
    wire [ENGINES*4-1:0]         pred;
    wire [11:0] scale  = infer ? 12'd0 : lif_layer == 2'd2 && LAYERS_MAX > 2 ? cfg_scale2
                                       : lif_layer == 2'd1 && LAYERS_MAX > 1 ? cfg_scale1 : cfg_scale0;
    wire [15:0] theta  = by_layer16(lif_layer, cfg_theta0, cfg_theta1, cfg_theta2);
    wire [15:0] leak   = by_layer16(lif_layer, {8'd0, cfg_leak0}, {8'd0, cfg_leak1}, {8'd0, cfg_leak2});
    generate
        for (e = 0; e < ENGINES; e = e + 1) begin : g_engine
            wire       mine   = !lif_single || member_engine == e[7:0];
            wire [1:0] signs  = lif_single ? {member_minus, !member_minus} : 2'b11;
            sr_engine #(
                .NUMBER(e), .LANES(LANES), .COL_LANES(COL_LANES), .RANK_LANES(RANK_LANES), .RANK_MAX(RANK_MAX),
                .PROJ_UNITS(PROJ_UNITS), .PC_W(PC_W), .CNT_W(CNT_W), .SUM_W(SUM_W), .SCORE_W(SCORE_W), .STEP_W(STEP_W),
                .BLOCK_W(BLOCK_W), .REGION_W(REGION_W), .STEP_EN(SPIKE_EN), .RSTEP_EN(STEP_READOUT), .PAIR_AW(PAIR_AW)
            ) u_engine (
                .clk_i(clk_i), .rst_i(rst_i), .key_i(key), .bell_i(bell), .full_i(full), .rank_i(rank), .scale_i(scale),
                .rscale_i(infer ? 12'd0 : cfg_scale3), .leak_i(leak[7:0]), .theta_i(theta), .subtract_i(cfg_reset_kind),
                .layer_i(lif_layer), .cols_i(lif_cols), .readout_i(STEP_READOUT != 0 ? cfg_readout : 2'd0),
                .rleak_i(cfg_r_leak), .rtheta_i(cfg_r_theta), .fitness_i(cfg_fitness),
                .n_valid_i(n_valid), .n_pair_i(n_pair), .n_k_i(n_k), .n_row_i(n_row), .n_nb_i(n_nb), .c6_i(c_back),
                .unit6_i(c_unit6), .item8_i(item[8]), .term_en_i(item[9]), .acc_en_i(acc_at), .acc_first_i(acc_one),
                .fire_i(fire), .fire_first_i(fire_first), .b_i(b_q), .on_last_i(on_last),
                .count_we_i(signs & {2{keep_counts && mine}}), .spike_we_i(signs & {2{keep_spikes && mine}}),
                .out_half_i(out_half), .out_slot_i(lif_single ? member_slot : out_slot), .out_step_i(out_t),
                .out_nb_i(out_nb),
                .vec_re_i(vec_re || x_spike_re), .vec_spikes_i(x_spike_re || !sum_kind),
                .vec_half_i(vec_half), .vec_region_i(x_spike_re ? lower : vec_region),
                .vec_slot_i(x_spike_re ? member_slot : vec_slot), .vec_step_i(x_spike_re ? x_step : vec_step),
                .vec_block_i(x_spike_re ? x_nb / SUB[7:0] : vec_block), .vec_nb_last_i(top_nb_up[7:0] - 8'd1),
                .bits_p_o(bits_p[e*COL_LANES+:COL_LANES]), .bits_m_o(bits_m[e*COL_LANES+:COL_LANES]),
                .r0_noise_i(r0_noise), .r0_draw_i(r0_draw), .r0_factor_i(r0_factor), .r0_part_i(r0_part), .r0_k_i(r0_k),
                .r0_class_i(r0_class), .r0_pair_i(r0_pair), .r8_noise_i(r8_noise), .r8_mac_i(r8_mac),
                .r8_factor_i(r8_factor), .r8_part_i(r8_part), .r8_class_i(r8_class), .r8_first_i(r8_first),
                .r8_weight_i(rw_int), .r11_noise_end_i(r11_noise_end), .r11_draw_end_i(r11_draw_end),
                .r11_class_end_i(r11_class_end), .r11_k_i(r11_k), .r13_valid_i(r13_valid), .r13_class_i(r13_class),
                .r13_first_step_i(r13_first_step), .r13_score_i(r13_score), .r13_last_i(r13_last), .label_i(label),
                .r13_row_i(r13_row), .r13_mine_i(r13_slot_pair + e[15:0] < readout_left), .r13_clear_i(clear_sums),
                .fit_busy_o(fit_busy[e]), .score_valid_o(score_valid[e]), .score_o(score[e*SCORE_W+:SCORE_W]),
                .pred_valid_o(pred_valid[e]), .pred_o(pred[e*4+:4]), .sum_re_i(sum_re), .sum_row_i(sum_row[PAIR_AW-1:0]),
                .sum_p_o(sums_p[e*48+:48]), .sum_m_o(sums_m[e*48+:48])
            );
        end
        if (LAYERS_MAX > 1) begin : g_spikes
            wire [ENGINES*COL_LANES-1:0] bits = member_minus ? bits_m : bits_p;
            wire [31:0] bit_at = {24'd0, member_engine} * COL_LANES + {24'd0, x_bank_q} * LANES;
            assign x_spikes = bits[bit_at+:SAMPLE_W];
            wire _unused = &{1'b0, bit_at};
        end else begin : g_no_spikes
            assign x_spikes = {SAMPLE_W{1'b0}};
            wire _unused = &{1'b0, bits_p, bits_m, x_bank_q};
        end
    endgenerate

    // ---- pair weights, update ----
    wire        shape_re, u_we, u_re;
    wire [15:0] shape_pair, u_waddr, u_raddr;
    wire [7:0]  u_wdata, u_rdata;
    wire [15:0] host_pair = mem_addr[16:1];
    reg  [15:0] sum_pair_q;
    assign sum_re   = shape_re || mem_re;
    assign sum_pair = shape_busy ? shape_pair : host_pair;
    always @(posedge clk_i) if (sum_re) sum_pair_q <= sum_pair;
    wire [15:0] sum_of = sum_pair_q % ENGINES[15:0];
    wire [47:0] sum_p = sums_p[sum_of*48+:48];
    wire [47:0] sum_m = sums_m[sum_of*48+:48];
    sr_shape u_shape (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(shape_start), .busy_o(shape_busy), .pairs_i(cfg_pairs), .sum_re_o(shape_re),
        .sum_pair_o(shape_pair), .fit_p_i(sum_p[31:0]), .fit_m_i(sum_m[31:0]), .u_we_o(u_we), .u_addr_o(u_waddr),
        .u_data_o(u_wdata)
    );
    wire credit_host = mem_sel == SR_MEM_CREDIT[2:0];
    sr_ram #(.WIDTH(8), .DEPTH(PAIRS_MAX), .ADDR_W(U_AW)) u_credit (
        .clk_i(clk_i), .we_i(u_we || (mem_we && credit_host)), .waddr_i(u_we ? u_waddr[U_AW-1:0] : mem_addr[U_AW-1:0]),
        .wdata_i(u_we ? u_wdata : mem_wdata[7:0]), .re_i(u_re || (mem_re && credit_host)),
        .raddr_i(u_re ? u_raddr[U_AW-1:0] : mem_addr[U_AW-1:0]), .rdata_o(u_rdata)
    );
    wire [12:0] upd_rows = upd_top ? {8'd0, cfg_classes} : by_layer13(upd_layer, cfg_rows0, cfg_rows1, cfg_rows2);
    wire [12:0] upd_cols = upd_top ? top_cols : by_layer13(upd_layer, cfg_cols0, cfg_cols1, cfg_cols2);
    wire [19:0] upd_step = upd_top ? cfg_step3 : LAYERS_MAX > 2 && upd_layer == 2'd2 ? cfg_step2
                         : LAYERS_MAX > 1 && upd_layer == 2'd1 ? cfg_step1 : cfg_step0;
    sr_update #(.COL_LANES(COL_LANES), .UPD_ROWS(UPD_ROWS), .RANK_LANES(RANK_LANES), .FRAC_W(FRAC_W)) u_update (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(upd_start), .busy_o(upd_busy), .key_i(key), .bell_i(bell),
        .full_i(upd_top ? rfull : full), .layer_i(upd_layer), .rank_i(rank), .pairs_i(cfg_pairs), .rows_i(upd_rows),
        .blocks_i(col_blocks(upd_cols)),
        .w_base_i(upd_top ? 24'd0 : LAYERS_MAX > 2 && upd_layer == 2'd2 ? cfg_wbase2 :
                  LAYERS_MAX > 1 && upd_layer == 2'd1 ? cfg_wbase1 : 24'd0),
        .step_i(upd_step[15:0]), .doublings_i(upd_step[19:16]), .u_re_o(u_re), .u_addr_o(u_raddr), .u_data_i(u_rdata),
        .w_re_o(upd_w_re), .w_we_o(upd_w_we), .w_addr_o(upd_w_addr), .w_wdata_o(upd_w_wdata),
        .w_rdata_i(upd_top ? rw_rdata : w_rdata)
    );

    // ---- inference results: for each sample its scores, then the predicted class ----
    reg  [S_AW:0] score_at_q;
    wire          s_we   = infer && (score_valid[0] || pred_valid[0]);
    wire          s_over = s_we && score_at_q == SCORE_WORDS[S_AW:0];
    wire [31:0]   s_rdata;
    wire [31:0]   s_wide = {{32 - SCORE_W{score[SCORE_W-1]}}, score[SCORE_W-1:0]};
    always @(posedge clk_i) begin
        if (run_clear) score_at_q <= {S_AW + 1{1'b0}};
        else if (s_we && !s_over) score_at_q <= score_at_q + 1'b1;
    end
    sr_ram #(.WIDTH(32), .DEPTH(SCORE_WORDS), .ADDR_W(S_AW)) u_scores (
        .clk_i(clk_i), .we_i(s_we && !s_over), .waddr_i(score_at_q[S_AW-1:0]),
        .wdata_i(pred_valid[0] ? {28'd0, pred[3:0]} : s_wide), .re_i(mem_re), .raddr_i(mem_addr[S_AW-1:0]), .rdata_o(s_rdata)
    );

    // ---- host reads ----
    reg [2:0] mem_sel_q;
    reg       member_minus_q;
    wire      rw_sel_q = mem_sel_q == SR_MEM_RWEIGHT[2:0];
    wire [47:0] host_sum = member_minus_q ? sum_m : sum_p;
    always @(posedge clk_i) begin
        mem_rvalid_q <= mem_re && !rst_i;
        if (mem_re) begin
            mem_sel_q      <= mem_sel;
            member_minus_q <= mem_addr[0];
        end
    end
    always @* begin
        mem_rdata = {WORD_W{1'b0}};
        case (mem_sel_q)
            SR_MEM_SAMPLE[2:0]:  mem_rdata[SAMPLE_W-1:0] = x_sample;
            SR_MEM_BATCH[2:0]:   mem_rdata[31:0] = list_data;
            SR_MEM_CREDIT[2:0]:  mem_rdata[7:0] = u_rdata;
            SR_MEM_FITNESS[2:0]: mem_rdata[31:0] = host_sum[31:0];
            SR_MEM_CORRECT[2:0]: mem_rdata[15:0] = host_sum[47:32];
            SR_MEM_SCORE[2:0]:   mem_rdata[31:0] = s_rdata;
            default:             mem_rdata[COL_LANES*16-1:0] = host_word;
        endcase
    end

    // ---- counters and faults ----
    always @(posedge clk_i) begin
        if (run_clear) begin
            cyc_total_q   <= 32'd0;
            cyc_base_q    <= 32'd0;
            cyc_project_q <= 32'd0;
            cyc_lif_q     <= 32'd0;
            cyc_busy_q    <= 32'd0;
            cyc_readout_q <= 32'd0;
            cyc_update_q  <= 32'd0;
            events_q      <= 32'd0;
            fault_q       <= SR_REPLY_OK;
        end else if (run_busy) begin
            cyc_total_q   <= cyc_total_q + 32'd1;
            cyc_base_q    <= cyc_base_q + {31'd0, base_busy};
            cyc_project_q <= cyc_project_q + {31'd0, proj_busy};
            cyc_lif_q     <= cyc_lif_q + {31'd0, lif_busy};
            cyc_busy_q    <= cyc_busy_q + {24'd0, busy_inc};
            cyc_readout_q <= cyc_readout_q + {31'd0, readout_working};
            cyc_update_q  <= cyc_update_q + {31'd0, upd_busy};
            events_q      <= events_q + {31'd0, ev_count};
            if (c_over) fault_q <= SR_REPLY_LIMIT_CHUNK;
            if (x_over) fault_q <= SR_REPLY_LIMIT_BATCH;
            if (w_over) fault_q <= SR_REPLY_LIMIT_ROWS;
            if (s_over) fault_q <= SR_REPLY_LIMIT_SCORE;
            if (label_over) fault_q <= SR_REPLY_LIMIT_LABEL;
            if (run_abort_i) fault_q <= SR_REPLY_ABORTED;
        end
    end
    wire _unused = &{1'b0, scan_busy, zero, item, item_first, item_last, x_addr, score_valid, pred_valid, score, pred, mem_addr,
                     list_addr, rw_at, b_wat, b_rat, c_praddr, c_lraddr, mem_wdata, nb_up, sum_row, leak, u_waddr, u_raddr,
                     top_nb_up};
endmodule

`default_nettype wire
