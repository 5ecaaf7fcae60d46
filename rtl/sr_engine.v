// SPDX-License-Identifier: Apache-2.0
// sr_engine: the engine (docs/architecture.md): one set of LANES columns that base current, LIF, readout and update use in turn, and
// the perturbation factors of a generation, a bit an entry, drawn once and kept.
//
//   sr_seq             sequencer of a run, pair weights                     sr_factors         noise, factors
//   sr_front           events -> base current, projections                  sr_column          accumulator of a column: base current, update
//   sr_lif             control of LIF                                       sr_lif_lane        a column of LIF: perturbation, two neurons
//   sr_readout         spike counts -> scores of a pair                     sr_member_fitness  scores -> fitness, sums of the members
//   sr_credit          pair weights -> words by group                       sr_update          factors x pair weights -> sums
//   sr_update_finish   control of sums, a word behind -> weights            sr_update_quad     its data path, for QUAD lanes
//   sr_loop_*          LANES above 64, for simulators: all lanes of such a module as one loop
// In an evaluation front, LIF, readout and fitness work each an item behind the one before it (sr_seq).
// Bounds    one hidden layer, sign entries, readout kind sum, rank <= 16, low rank with pairs * rank <= FACTORS. Memories: see the end. COUNTERS 0: cycles in total only.
//           BUFFERS 2: base current and counts in two banks, readout weights in a memory of their own: the front of the next
//           sample runs beside the pairs of this one. 1: it runs after them.
//           SOFT_LANES: lanes, the last ones, whose products are of LUTs, where DSP blocks do not suffice.
//           BASE_LUT 1: base buffer in LUT RAM, where block RAM is better spent on samples.
//           WEIGHT_HOLD 1: weights are registered behind their memory, which is slow or far; 0: an address is registered in front
//           of it, and what goes to the other memories is not registered, which takes fewer cells.
//           FIT_UNITS: fitness in 2 pipelined units, a member each; in 1, from scores that are kept; 0: in one small serial unit.
//           LUT_RAM 1: the family has RAM of LUTs, and the small memories are built of it. There, and where LOWRANK 0 leaves block RAM, the front
//           has a queue of words.
//           LEAK_MUL 1: any leak; 0: leak 32/256 alone, without multipliers. SUBTRACT 1: either reset; 0: the hard reset alone.
//           CFG_RAM 1: settings that one unit at a time looks at (the update's K, PAIR_FIRST) lie in a block RAM, not in flip-flops.
//           LEAK_DSP: lanes, the first ones, whose neuron takes a DSP block for leak and input (sr_neuron).
//           MEMBERS 2: LIF and readout work on both members of a pair; 1: on one after the other, in half the cells.
//           LOCAL 1: it learns in mode `local` too (sr_local). NOISE_ROUNDS: rounds of a noise unit in a cycle, here and there.
//           FULL 1, with LANES above 64: full rank too, of hidden layer and readout together. The front runs once a pair and adds up the
//           entries of the events' rows beside their weights (sr_loop_noise); no factors are drawn.
//           SERIAL 1, with LOWRANK 0: readout and learning work on one column after another, not on LANES, in a fraction of the cells.
//           LOWRANK 0, with LOCAL 1: mode `local` and inference alone. Factors, projections, the readout's S g, fitness and the update of
//           pairs are left out, and the readout's products are those of sr_local.
// Reset     synchronous, control only. Test: tests/test_sim.c
`default_nettype none

module sr_engine #(
    parameter LANES         = 4,
    parameter RANK_LANES    = 1,
    parameter PROJ_UNITS    = 4,
    parameter FRAC_W        = 4,
    parameter BUFFERS       = 1,
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
    parameter FACTORS       = 64,
    parameter COUNTERS      = 1,
    parameter SOFT_LANES    = 0,
    parameter BASE_LUT      = 0,
    parameter WEIGHT_HOLD   = 1,
    parameter FIT_UNITS     = 0,
    parameter LEAK_MUL      = 1,
    parameter LUT_RAM       = 0,
    parameter LOCAL         = 0,
    parameter NOISE_ROUNDS  = 1,
    parameter SUBTRACT      = 1,
    parameter MEMBERS       = 2,
    parameter LEAK_DSP      = 0,
    parameter CFG_RAM       = 0,
    parameter LOWRANK       = 1,
    parameter FULL          = 0,
    parameter SERIAL        = 0,
    parameter WORD_W        = 64    // bits of the widest memory word, 32 at least
) (
    input  wire              clk_i,
    input  wire              rst_i,
    // registers: 32 bits an address (sr_cfg.vh, sr_st.vh)
    input  wire [2047:0]     cfg_i,
    input  wire              cfg_we_i,      // a register is written: its address; its value is in mem_wdata_i
    input  wire [6:0]        cfg_addr_i,
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
    `include "sr_engine.vh"
    localparam MASTER_W = 8 + FRAC_W;
    localparam LANES_LOG = $clog2(LANES);
    localparam GROUP_W  = $clog2(GROUPS + 1);
    localparam RANK_W   = $clog2(RANK_MAX + 1);
    localparam RANK_AW  = RANK_MAX > 1 ? $clog2(RANK_MAX) : 1;
    localparam READ_RANK_W  = FULL != 0 ? 5 : RANK_W;                            // of the readout's rows of factors; full rank: a class each
    localparam READ_RANK_AW = FULL != 0 ? 4 : RANK_AW;
    localparam BLOCK_W0 = $clog2(BLOCKS + RANK_MAX + 2);                         // a class row's items and a gap
    localparam BLOCK_W1 = BLOCK_W0 > GROUP_W ? BLOCK_W0 : GROUP_W;
    localparam BLOCK_W  = BLOCK_W1 > READ_RANK_W ? BLOCK_W1 : READ_RANK_W;
    localparam STEP_W   = $clog2(STEPS_MAX + 1);
    localparam PAIR_AW  = $clog2(PAIRS_MAX);
    localparam UPD_GROUP_W = FULL != 0 ? PAIR_AW + 1 : GROUP_W;                  // full rank: a pair each
    localparam CNT_W    = $clog2(STEPS_MAX + 1);
    localparam XW_W     = $clog2(X_WORDS + 1);
    localparam CUT      = LANES < 16 ? LANES : 16;
    localparam CUT_LOG  = $clog2(CUT);
    localparam TOGETHER = BUFFERS > 1 ? 0 : 1;                                   // row and class factors in one store
    localparam ROW_AW0  = $clog2(GROUPS * (X_WORDS + TOGETHER) * 16 / CUT);
    localparam ROW_AW   = ROW_AW0 > 9 ? ROW_AW0 : 9;
    localparam FACTOR_AW = $clog2(FACTORS);
    localparam COL_AW   = FACTOR_AW + BLOCK_AW;
    localparam CLASS_AW = FACTOR_AW + 4 - CUT_LOG;
    localparam UNIT_LOG = $clog2(PROJ_UNITS);
    localparam UNIT_W   = PROJ_UNITS > 1 ? UNIT_LOG : 1;
    localparam C_W      = $clog2(INPUTS_MAX + 1) + 1;                            // a projection count
    localparam SUM_W    = CNT_W + 8 + $clog2(HIDDEN_MAX);                        // a row of the readout
    localparam G_W      = CNT_W + 1 + $clog2(HIDDEN_MAX) + 12;                   // S g
    localparam Q_W      = G_W + $clog2(RANK_MAX);
    localparam SCORE_0  = (SUM_W > Q_W - 8 ? SUM_W : Q_W - 8) + 1;
    localparam SCORE_W  = SCORE_0 > 16 ? SCORE_0 : 16;
    localparam D_W      = 12 + $clog2(RANK_MAX);
    localparam LIF_TERM_W = LOCAL != 0 ? 17 : 16;                                  // c' or, sixteenfold, sigma
    localparam ACC_B    = $clog2(INPUTS_MAX + 1) + 8 + FRAC_W;                   // base current, shifted up
    localparam ACC_U    = 16;                                                    // A 2^e of the update; LOOPS: UPD_SUM_W
    localparam QUAD     = LANES < 4 ? LANES : 4;                                 // lanes that share a product in the update
    localparam QUADS    = LANES / QUAD;
    localparam WINDOW   = LANES + 16;
    localparam ROWS_W   = XW_W + 4 > 5 ? XW_W + 4 : 5;
    localparam ACC_W    = (ACC_B > ACC_U ? ACC_B : ACC_U) + 1;
    localparam LOOPS    = LANES > 64 ? 1 : 0;                                    // lanes as loops, for simulators (sr_loop_*)
    localparam UPD_SUM_W = LOOPS != 0 ? 24 : 16;                                 // of a sum of the update, and of all |u|
    localparam Y_BANKS  = LOOPS != 0 ? 4 : 2;                                    // of spike counts
    localparam YBANK_W  = $clog2(Y_BANKS);
    localparam Y_AW     = YBANK_W + BLOCK_AW;
    localparam TREE     = LANES > 8 && LOOPS == 0 ? 2 : 1;
    localparam READ_W_W = LOOPS != 0 ? MASTER_W : 8;                             // of a weight, what readout and credit are given
    localparam X_AW     = $clog2(SAMPLE_WORDS);
    localparam W_WORDS  = WEIGHT_WORDS + RWEIGHT_WORDS;
    localparam W_AW     = $clog2(W_WORDS);
    localparam RW_AW    = $clog2(RWEIGHT_WORDS);
    localparam HW_AW    = BUFFERS > 1 ? $clog2(WEIGHT_WORDS) : W_AW;             // of the hidden layer's store
    localparam COLS     = SERIAL != 0 ? 1 : LANES;                              // columns that readout and learning work on together
    localparam TURN_LOG = SERIAL != 0 ? LANES_LOG : 0;
    localparam ITEM_W   = BLOCK_W + TURN_LOG;                                    // their number, and the address of COLS of them
    localparam ITEM_AW  = BLOCK_AW + TURN_LOG;
    localparam COUNT_W0 = PROJ_UNITS * C_W;
    localparam COUNT_W  = COUNT_W0 > 32 ? COUNT_W0 : 32;

    generate
        if (LOOPS != 0 && (BUFFERS != 2 || MEMBERS != 2 || SUBTRACT != 1 || SOFT_LANES != 0)) begin : g_rule_loops
            SR_WITH_MORE_THAN_64_LANES_HAS_BUFFERS_2_MEMBERS_2_SUBTRACT_1_AND_NO_SOFT_LANES u ();
        end
        if (FULL != 0 && (LOOPS == 0 || LOWRANK == 0 || FACTOR_AW < 5)) begin : g_rule_full
            SR_FULL_NEEDS_MORE_THAN_64_LANES_LOWRANK_AND_32_FACTORS u ();
        end
        if (BUFFERS < 1 || BUFFERS > 2) begin : g_rule_buffers
            SR_BUFFERS_IS_1_OR_2 u ();
        end
        if (RANK_LANES != 1 && LOOPS == 0) begin : g_rule_rank_lanes
            SR_RANK_LANES_ABOVE_1_NEED_MORE_THAN_64_LANES u ();
        end
        if (RANK_LANES < 1 || RANK_LANES > 16 || (1 << $clog2(RANK_LANES)) != RANK_LANES || RANK_MAX % RANK_LANES != 0) begin : g_rule_rank
            SR_RANK_LANES_MUST_BE_A_POWER_OF_TWO_AND_DIVIDE_RANK_MAX u ();
        end
        if (LANES < 2 || LANES > 256 || (1 << $clog2(LANES)) != LANES || (1 << PAIR_AW) != PAIRS_MAX || PAIRS_MAX < 2 ||
            BATCH_MAX > PAIRS_MAX) begin : g_rule_pow
            SR_LANES_AND_PAIRS_MAX_ARE_POWERS_OF_TWO_BATCH_MAX_AT_MOST_PAIRS_MAX u ();
        end
        if (CNT_W > 7 || RANK_MAX > 16 || G_W > 28 || C_W > (LOOPS != 0 ? 13 : 12) || BLOCK_W > 8) begin : g_rule_width
            SR_STEPS_127_RANK_16_INPUTS_2047_GROUPS_255_HIDDEN_BY_STEPS_32767_AT_MOST u ();
        end
        if (LOCAL != 0 && MEMBERS > 1 && RANK_MAX < 2) begin : g_rule_local
            SR_LOCAL_WITH_MEMBERS_2_NEEDS_RANK_MAX_OF_2_SO_THAT_SIGMA_FITS u ();
        end
        if (LOWRANK == 0 && (LOCAL == 0 || SOFT_LANES != 0 || LANES > 64)) begin : g_rule_lowrank
            SR_WITHOUT_LOWRANK_HAS_LOCAL_AND_ITS_PRODUCTS u ();
        end
        if (SERIAL != 0 && (LOWRANK != 0 || BUFFERS != 1 || WEIGHT_HOLD != 0)) begin : g_rule_serial
            SR_SERIAL_HAS_NO_LOWRANK_BUFFERS_1_AND_WEIGHT_HOLD_0 u ();
        end
        if (CFG_RAM != 0 && LOCAL != 0) begin : g_rule_cfg
            SR_CFG_RAM_IS_FOR_ONE_UNIT_AT_A_TIME_AND_LOCAL_HAS_TWO u ();
        end
        if (SCORE_WORDS > CBUF_WORDS && LOOPS == 0) begin : g_rule_score
            SR_SCORE_WORDS_IS_AT_MOST_CBUF_WORDS u ();
        end
        if (FIT_UNITS < 0 || FIT_UNITS > 2) begin : g_rule_fitness
            SR_FIT_UNITS_IS_0_TO_2 u ();
        end
        if (MEMBERS < 1 || MEMBERS > 2 || (MEMBERS == 1 && (FIT_UNITS == 2 || (LOCAL != 0 && LOWRANK != 0)))) begin : g_rule_members
            SR_MEMBERS_IS_1_OR_2_AND_1_HAS_ONE_FITNESS_UNIT_AND_NOT_BOTH_RULES u ();
        end
        if (LOOPS != 0 && FACTORS > 16384) begin : g_rule_sums_loops
            SR_FACTORS_IS_AT_MOST_16384_SO_THAT_SUMS_HAVE_24_BITS u ();
        end
        if (LOOPS == 0 && FACTORS > 256) begin : g_rule_sums
            SR_FACTORS_IS_AT_MOST_256_SO_THAT_SUMS_HAVE_16_BITS u ();
        end
        if (GROUPS < RANK_MAX || FACTOR_AW < RANK_W) begin : g_rule_factors
            SR_FACTORS_IS_AT_LEAST_PROJ_UNITS_BY_RANK_MAX_AND_ABOVE_RANK_MAX u ();
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
    wire               plain;               // no perturbation by factors: inference, or learning, which has its own
    wire               full;                // the perturbation is of full rank: no factors, an entry a weight
    wire [RANK_W-1:0]  rank    = plain || full || RANK_MAX == 1 ? {{RANK_W - 1{1'b0}}, 1'b1} : cfg_rank[RANK_W-1:0];
    wire [STEP_W-1:0]  steps   = cfg_steps[STEP_W-1:0];
    wire [12:0]        rows_up = cfg_rows0 + 13'd15;
    wire [20:0]        cols_up = {8'd0, cfg_cols0} + {8'd0, LANES[12:0]} - 21'd1;
    reg  [XW_W-1:0]    x_words;             // a step's; X_STRIDE says the same
    reg  [BLOCK_W-1:0] blocks;              // held: settings do not change while a run needs them
    always @(posedge clk_i) begin
        x_words <= rows_up[4+:XW_W];
        blocks  <= cols_up[LANES_LOG+:BLOCK_W];
    end
    wire [ITEM_W-1:0]  items   = SERIAL != 0 ? cfg_cols0[ITEM_W-1:0] : {{TURN_LOG{1'b0}}, blocks};     // of COLS columns
    wire [PAIR_AW:0]   pairs   = cfg_pairs[PAIR_AW:0];
    // PAIR_FIRST in a draw, K in an update, and whether they are 0
    wire [15:0]        pair_first;
    wire [19:0]        upd_step;
    wire               pair_zero, step_hidden, step_readout;
    assign upd_step[19:16] = readout ? cfg_step3[19:16] : cfg_step0[19:16];
    generate
        if (CFG_RAM != 0) begin : g_cfg_ram
            reg         zero_first_q, zero_hidden_q, zero_readout_q;
            wire        of_first   = cfg_addr_i == SR_REG_PAIR_FIRST[6:0];
            wire        of_hidden  = cfg_addr_i == SR_REG_STEP0[6:0];
            wire        of_readout = cfg_addr_i == SR_REG_STEP3[6:0];
            wire        zero       = mem_wdata_i[15:0] == 16'd0;
            wire [15:0] word;
            always @(posedge clk_i)
                if (cfg_we_i) begin
                    if (of_first) zero_first_q <= zero;
                    if (of_hidden) zero_hidden_q <= zero;
                    if (of_readout) zero_readout_q <= zero;
                end
            // The low halves of all registers: a memory that is too small would be built of flip-flops.
            sr_ram #(.WIDTH(16), .DEPTH(128), .ADDR_W(7)) u_ram (
                .clk_i(clk_i), .we_i(cfg_we_i), .waddr_i(cfg_addr_i), .wdata_i(mem_wdata_i[15:0]), .re_i(1'b1),
                .raddr_i(draw || draw_busy ? SR_REG_PAIR_FIRST[6:0] : readout ? SR_REG_STEP3[6:0] : SR_REG_STEP0[6:0]), .rdata_o(word)
            );
            assign pair_first     = word;
            assign upd_step[15:0] = word;
            assign pair_zero      = zero_first_q;
            assign step_hidden    = !zero_hidden_q;
            assign step_readout   = !zero_readout_q;
        end else begin : g_cfg_registers
            assign pair_first     = cfg_pair_first;
            assign upd_step[15:0] = readout ? cfg_step3[15:0] : cfg_step0[15:0];
            assign pair_zero      = cfg_pair_first == 16'd0;
            assign step_hidden    = |cfg_step0[15:0];
            assign step_readout   = |cfg_step3[15:0];
            wire _unused_cfg_write = &{1'b0, cfg_we_i, cfg_addr_i};
        end
    endgenerate

    // ---- limits, sequencer ----
    wire [7:0]  limit_code;
    wire [15:0] count = infer_start || learn_start ? 16'd1 : cfg_pair_count;
    wire        infer_start = run_flags[4], learn_start = run_flags[5];
    sr_limits #(
        .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX), .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX),
        .PAIRS_MAX(PAIRS_MAX), .BATCH_MAX(BATCH_MAX), .PROJ_UNITS(PROJ_UNITS)
    ) u_limits (
        .layers_i(cfg_layers), .steps_i(cfg_steps), .classes_i(cfg_classes), .readout_i(cfg_readout),
        .rows_i(cfg_rows0), .cols_i(cfg_cols0), .rank_i(infer_start || learn_start ? 6'd1 : cfg_rank),
        .pairs_i(cfg_pairs), .count_i(count), .chunk_i(PROJ_UNITS[15:0]), .batch_i(cfg_batch),
        .theta_high_i(cfg_theta0[15]),
        .fitness_i(run_flags[0] ? cfg_fitness[1:0] : 2'd0),
        .evaluate_i(run_flags[0] || infer_start || learn_start), .update_i(run_flags[2] || run_flags[3] || learn_start), .code_o(limit_code)
    );
    wire        check_busy, check_re;
    wire [7:0]  check_code;
    wire [PAIR_AW-1:0] check_addr;
    wire        mode_built = cfg_mode == 3'd0 || (FULL != 0 && cfg_mode == 3'd3);       // hidden layer and readout alike
    wire        mode_bad   = ((!mode_built || LOWRANK == 0) && (run_flags[0] || run_flags[2])) || (LOWRANK == 0 && run_flags[3]) ||
                             (LOCAL == 0 && learn_start);
    wire [7:0]  code       = limit_code != SR_REPLY_OK ? limit_code : mode_bad ? SR_REPLY_LIMIT_MODE : SR_REPLY_OK;
    reg  [7:0]  fault_q;
    wire        run_clear, draw, draw_busy, draw_over, front, front_bank, front_busy, lif, lif_first, lif_bank, lif_minus, lif_ready, lif_busy,
                lif_done, read, read_first, read_minus, fit_minus, read_ready, read_busy, read_free, read_done, fit, fit_bank, fit_fresh, fit_busy, credit,
                credit_busy, update, update_busy, readout;
    wire [15:0] draw_first;
    wire [PAIR_AW:0] draw_pairs;
    wire [X_AW:0]    x_base;
    wire [3:0]  score_label, fit_label;
    wire [PAIR_AW-1:0]  fit_pair, front_pair;
    wire                seq_re, seq_we, fit_re, fit_we;
    wire [PAIR_AW+1:0]  seq_raddr, seq_waddr, fit_raddr, fit_waddr;
    wire [7:0]          seq_wdata;
    wire [47:0]         fit_wdata, bank_rdata;
    sr_check #(
        .PAIR_AW(PAIR_AW), .FACTORS(FACTORS), .SCORE_WORDS(SCORE_WORDS), .SAMPLE_WORDS(SAMPLE_WORDS), .X_AW(X_AW), .XW_W(XW_W)
    ) u_check (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(run_clear), .limit_code_i(code), .busy_o(check_busy), .code_o(check_code),
        .evaluate_i(run_flags[0]), .update_i(run_flags[2]), .infer_i(infer_start), .learn_i(learn_start), .steps_i(cfg_steps), .x_words_i(x_words),
        .classes_i(cfg_classes), .rank_i(full ? 6'd0 : RANK_MAX == 1 ? 6'd1 : cfg_rank), .count_i(cfg_pair_count[PAIR_AW:0]), .pairs_i(pairs),
        .batch_i(cfg_batch[PAIR_AW:0]), .re_o(check_re), .addr_o(check_addr), .data_i(bank_rdata[31:0])
    );
    sr_seq #(
        .PAIR_AW(PAIR_AW), .X_AW(X_AW), .BUFFERS(BUFFERS), .MEMBERS(MEMBERS), .SCORES(LOOPS != 0 && FIT_UNITS == 2 ? 4 : 2),
        .COUNTS(Y_BANKS), .LOWRANK(LOWRANK), .FULL(FULL)
    ) u_seq (
        .clk_i(clk_i), .rst_i(rst_i), .run_start_i(run_start), .run_flags_i(run_flags), .run_busy_o(run_busy),
        .run_code_o(run_code), .check_busy_i(check_busy), .check_code_i(check_code), .fault_i(fault_q), .clear_o(run_clear), .infer_o(infer),
        .learn_o(learn), .learn_busy_i(learn_busy),
        .batch_i(cfg_batch), .pairs_i(cfg_pairs), .pair_first_i(pair_first), .pair_zero_i(pair_zero), .pair_count_i(cfg_pair_count), .full_i(full),
        .step_hidden_i(step_hidden), .step_readout_i(step_readout),
        .draw_o(draw), .draw_first_o(draw_first), .draw_pairs_o(draw_pairs), .draw_busy_i(draw_busy),
        .front_o(front), .x_base_o(x_base), .front_bank_o(front_bank), .front_pair_o(front_pair), .front_busy_i(front_busy),
        .lif_o(lif), .lif_first_o(lif_first), .lif_bank_o(lif_bank), .lif_minus_o(lif_minus), .lif_ready_i(lif_ready), .lif_busy_i(lif_busy),
        .lif_done_i(lif_done), .read_o(read), .read_first_o(read_first), .read_minus_o(read_minus), .fit_minus_o(fit_minus), .read_ready_i(read_ready), .read_busy_i(read_busy),
        .read_free_i(LOOPS != 0 ? read_free : read_done), .read_done_i(read_done), .score_label_o(score_label), .fit_o(fit), .fit_bank_o(fit_bank), .fit_fresh_o(fit_fresh),
        .fit_pair_o(fit_pair), .fit_label_o(fit_label), .fit_busy_i(fit_busy), .credit_o(credit), .credit_busy_i(credit_busy),
        .update_o(update), .readout_o(readout), .update_busy_i(update_busy),
        .fit_re_i(fit_re), .bank_re_o(seq_re), .bank_raddr_o(seq_raddr), .bank_rdata_i(bank_rdata[31:0]), .bank_we_o(seq_we),
        .bank_waddr_o(seq_waddr), .bank_wdata_o(seq_wdata)
    );

    // ---- factors ----
    reg                   upd_turn_q;       // update_busy, and a cycle after
    always @(posedge clk_i) upd_turn_q <= update || update_busy;
    wire [GROUP_W-1:0]    groups;
    wire                  upd_re, upd_row_re, upd_noise, noise_ready, front_row_re, lif_col_re, read_col_re, read_class_re;
    wire [12:0]           upd_noise_row;
    wire [7:0]            upd_noise_block;
    wire [5:0]            upd_cut_at;
    wire [CUT-1:0]        cut;
    wire [63:0]           upd_dither;
    wire [ROW_AW-1:0]     front_row_addr, upd_row_addr;
    wire [COL_AW-1:0]     lif_col_addr, upd_col_addr;
    wire [COL_AW+TURN_LOG-1:0] read_col_addr;
    wire [CLASS_AW-1:0]   read_class_addr, upd_class_addr;
    wire [3:0]            front_row_bit, read_class_sel, upd_bit;
    wire [PROJ_UNITS-1:0] row_bits, class_bits, upd_row;
    wire [2*PROJ_UNITS-1:0] word_rdata;
    wire                  miss_next;
    wire [RANK_LANES*LANES-1:0] col_bits;
    wire [LANES-1:0]      rcol_bits;
    localparam COLS_W = LOOPS != 0 ? 1 : PROJ_UNITS * LANES;
    wire [COLS_W-1:0]     cols, rcols;            // not LOOPS: of a group
    localparam MISS_W = $clog2(PROJ_UNITS + 1);
    wire [LANES*MISS_W-1:0] missed;               // LOOPS
    wire [RANK_LANES-1:0] class_bit;
    wire [7:0]            blocks8 = {{8 - BLOCK_W{1'b0}}, blocks};
    generate if (LOOPS != 0) begin : g_loop_factors
        sr_loop_factors #(
            .LANES(LANES), .UNITS(PROJ_UNITS), .FACTORS(FACTORS), .PAIR_W(PAIR_AW + 1), .XW_W(XW_W), .X_WORDS(X_WORDS), .BLOCK_AW(BLOCK_AW),
            .RANK_LANES(RANK_LANES), .ROW_AW(ROW_AW)
        ) u_factors (
            .clk_i(clk_i), .rst_i(rst_i), .key_i({cfg_key_hi, cfg_key_lo}), .start_i(draw), .first_i(draw_first),
            .pairs_i(draw_pairs), .rank_i(cfg_rank), .x_words_i(x_words), .blocks_i(blocks8), .busy_o(draw_busy), .groups_o(groups),
            .dither_i(upd_noise), .dither_readout_i(readout), .dither_row_i(upd_noise_row), .dither_block_i(upd_noise_block), .dither_o(upd_dither),
            .row_re_i(front_row_re || (upd_row_re && !readout && !full)), .row_addr_i(upd_turn_q ? upd_row_addr : front_row_addr),
            .row_bit_i(upd_turn_q ? upd_bit : front_row_bit), .row_o(row_bits), .cols_re_i(upd_re && !full), .cols_addr_i(upd_col_addr),
            .readout_i(readout), .miss_i(miss_next && !full), .mask_i(word_rdata[PROJ_UNITS-1:0]), .row_i(upd_row), .miss_o(missed),
            .col_re_i(lif_col_re && !plain && !full), .col_addr_i(lif_col_addr), .col_o(col_bits),
            .rcol_re_i(read_col_re && !full), .rcol_addr_i(read_col_addr), .rcol_o(rcol_bits),
            .class_re_i((read_class_re || (upd_row_re && readout)) && !full), .class_addr_i(upd_turn_q ? upd_class_addr : read_class_addr),
            .class_bit_i(upd_turn_q ? upd_bit : read_class_sel), .group_i(upd_turn_q), .class_o(class_bit), .classes_o(class_bits)
        );
        assign draw_over   = 1'b0;
        assign noise_ready = 1'b1;
        assign cut         = {CUT{1'b0}};
        assign cols        = 1'b0;
        assign rcols       = 1'b0;
        wire _unused_factors = &{1'b0, upd_cut_at};
    end else if (LOWRANK != 0) begin : g_factors
    assign missed     = {LANES * MISS_W{1'b0}};
    assign upd_dither = 64'd0;
    sr_factors #(
        .LANES(LANES), .PROJ_UNITS(PROJ_UNITS), .FACTORS(FACTORS), .PAIR_W(PAIR_AW + 1), .X_WORDS(X_WORDS),
        .BLOCK_AW(BLOCK_AW), .TOGETHER(TOGETHER), .LUT_RAM(LUT_RAM), .ROUNDS(NOISE_ROUNDS), .RANK_MAX(RANK_MAX), .ROW_AW(ROW_AW)
    ) u_factors (
        .clk_i(clk_i), .rst_i(rst_i), .key_i({cfg_key_hi, cfg_key_lo}), .start_i(draw), .first_i(draw_first),
        .pairs_i(draw_pairs), .rank_i(cfg_rank), .x_words_i({{9 - XW_W{1'b0}}, x_words}), .blocks_i(blocks8), .busy_o(draw_busy),
        .over_o(draw_over), .groups_o(groups),
        .dither_i(upd_noise), .dither_readout_i(readout), .dither_row_i(upd_noise_row), .dither_block_i(upd_noise_block),
        .dither_ready_o(noise_ready), .cut_at_i(upd_cut_at), .cut_o(cut),
        .row_re_i(front_row_re || (upd_row_re && !readout)), .row_addr_i(upd_turn_q ? upd_row_addr : front_row_addr),
        .row_bit_i(upd_turn_q ? upd_bit : front_row_bit), .row_o(row_bits),
        .col_re_i(lif_col_re || upd_re), .col_addr_i(upd_turn_q ? upd_col_addr : lif_col_addr), .col_o(col_bits), .cols_o(cols),
        .rcol_re_i(read_col_re || upd_re), .rcol_addr_i(upd_turn_q ? upd_col_addr : read_col_addr[COL_AW-1:0]), .rcol_o(rcol_bits),
        .rcols_o(rcols),
        .class_re_i(read_class_re || (upd_row_re && readout)), .class_addr_i(upd_turn_q ? upd_class_addr : read_class_addr),
        .class_bit_i(upd_turn_q ? upd_bit : read_class_sel), .class_o(class_bit), .classes_o(class_bits)
    );
    end else begin : g_no_factors
        assign missed     = {LANES * MISS_W{1'b0}};
        assign {draw_busy, draw_over, noise_ready} = 3'd0;
        assign class_bit  = {RANK_LANES{1'b0}};
        assign upd_dither = 64'd0;
        assign groups     = {GROUP_W{1'b0}};
        assign cut        = {CUT{1'b0}};
        assign row_bits   = {PROJ_UNITS{1'b0}};
        assign class_bits = {PROJ_UNITS{1'b0}};
        assign col_bits   = {RANK_LANES * LANES{1'b0}};
        assign rcol_bits  = {LANES{1'b0}};
        assign cols       = {PROJ_UNITS * LANES{1'b0}};
        assign rcols      = {PROJ_UNITS * LANES{1'b0}};
        wire _unused_factors = &{1'b0, draw, draw_first, draw_pairs, upd_noise, upd_noise_row, upd_noise_block, upd_cut_at, front_row_re,
                                 upd_row_re, front_row_addr, upd_row_addr, front_row_bit, upd_bit, lif_col_addr, upd_re, upd_col_addr,
                                 read_col_re, read_col_addr, read_class_re, read_class_addr, upd_class_addr, read_class_sel, upd_turn_q, blocks8};
    end endgenerate

    // ---- front ----
    wire                x_re, x_over, event_next, add_base, add_count, mark, keep_base, keep_count;
    wire [X_AW-1:0]     x_addr;
    wire [15:0]         x_data;
    wire [XW_W+3+BLOCK_AW:0] front_w_addr;
    wire [BASE_AW-1:0]  base_at;
    wire [COUNT_AW-1:0] count_at;
    wire [BLOCK_W-1:0]  front_groups = plain || full ? {BLOCK_W{1'b0}} : {{BLOCK_W - GROUP_W{1'b0}}, groups};
    sr_front #(
        .X_AW(X_AW), .SAMPLE_WORDS(SAMPLE_WORDS), .BLOCK_AW(BLOCK_AW), .GROUP_AW(GROUP_AW), .STEP_AW(STEP_AW), .XW_W(XW_W),
        .STEP_W(STEP_W), .PASS_W(BLOCK_W), .ROW_AW(ROW_AW), .CUT(CUT), .AHEAD(LUT_RAM != 0 || LOWRANK == 0 || LOOPS != 0 ? 1 : 0), .LUT_RAM(LUT_RAM)
    ) u_front (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(front || lrn_front), .busy_o(front_busy), .x_base_i(learning ? {1'b0, lrn_x_base} : x_base), .x_words_i(x_words),
        .rest_i(cfg_rows0[3:0]), .steps_i(steps), .blocks_i(blocks), .groups_i(front_groups), .x_re_o(x_re), .x_addr_o(x_addr), .x_data_i(x_data),
        .x_over_o(x_over), .w_addr_o(front_w_addr), .row_re_o(front_row_re),
        .row_addr_o(front_row_addr), .row_bit_o(front_row_bit), .event_next_o(event_next), .add_base_o(add_base), .add_count_o(add_count), .mark_o(mark),
        .keep_base_o(keep_base), .base_at_o(base_at), .keep_count_o(keep_count), .count_at_o(count_at)
    );
    wire [PROJ_UNITS*C_W-1:0] counts_now;
    reg  [PROJ_UNITS-1:0]     row_bits_q;
    always @(posedge clk_i) row_bits_q <= row_bits;
    genvar n, u;
    generate
        if (LOOPS != 0) begin : g_count_loop
            sr_loop_count #(.UNITS(PROJ_UNITS), .C_W(C_W)) u_counters (
                .clk_i(clk_i), .mark_i(mark), .add_i(add_count), .bits_i(row_bits_q), .counts_o(counts_now)
            );
        end else for (n = 0; n < PROJ_UNITS; n = n + 1) begin : g_count
            reg [C_W-1:0] count_q;
            always @(posedge clk_i)
                if (mark) count_q <= {C_W{1'b0}};
                else if (add_count) count_q <= count_q + {{C_W - 1{row_bits_q[n]}}, 1'b1};
            assign counts_now[n*C_W+:C_W] = count_q;
        end
    endgenerate

    // ---- full rank: the entries of an event's row, and their sums, for a pair at a time; in an update those of a row and pair ----
    wire [LANES-1:0]     entries, read_entries;
    wire [LANES*C_W-1:0] full_sums, full_d;
    wire                 full_u_re   = full && upd_re;
    wire [PAIR_AW+UPD_GROUP_W-1:0] upd_pair = {{PAIR_AW{1'b0}}, upd_group};
    wire [PAIR_AW-1:0]   full_u_addr = upd_pair[PAIR_AW-1:0];
    generate
        if (FULL != 0) begin : g_full
            reg  [XW_W+3+BLOCK_AW:0] at_q1, at_q2;         // of the event, as old as event_next
            reg  [15:0]              read_pair_q;          // of which the readout walks rows of factors
            wire [7:0]               front_block = {{8 - BLOCK_AW{1'b0}}, at_q2[BLOCK_AW-1:0]};
            wire [7:0]               upd_block   = {{8 - BLOCK_AW{1'b0}}, upd_col_addr[BLOCK_AW-1:0]};
            always @(posedge clk_i) begin
                at_q1 <= front_w_addr;
                at_q2 <= at_q1;
                if (read) read_pair_q <= read_first ? cfg_pair_first : read_pair_q + 16'd1;
            end
            sr_loop_noise #(.LANES(LANES)) u_entries (
                .clk_i(clk_i), .en_i(full && (event_next || upd_re)), .key_i({cfg_key_hi, cfg_key_lo}),
                .layer_i(upd_turn_q && readout ? SR_LAYER_READOUT : 4'd0),
                .row_i(upd_turn_q ? {{16 - ROWS_W{1'b0}}, upd_row_at} : {{12 - XW_W{1'b0}}, at_q2[BLOCK_AW+:XW_W+4]}),
                .pair_i(upd_turn_q ? {{16 - PAIR_AW{1'b0}}, full_u_addr} : cfg_pair_first + {{16 - PAIR_AW{1'b0}}, front_pair}),
                .block_i(upd_turn_q ? upd_block : front_block), .bits_o(entries)
            );
            sr_loop_count #(.UNITS(LANES), .C_W(C_W)) u_sums (
                .clk_i(clk_i), .mark_i(full && mark), .add_i(full && add_base), .bits_i(entries), .counts_o(full_sums)
            );
            wire [FACTOR_AW-1:0] read_row = read_col_addr[BLOCK_AW+:FACTOR_AW];
            sr_loop_noise #(.LANES(LANES)) u_read_entries (
                .clk_i(clk_i), .en_i(full && read_col_re), .key_i({cfg_key_hi, cfg_key_lo}), .layer_i(SR_LAYER_READOUT),
                .row_i({{16 - FACTOR_AW{1'b0}}, read_row}), .pair_i(read_pair_q),
                .block_i({{8 - BLOCK_AW{1'b0}}, read_col_addr[BLOCK_AW-1:0]}), .bits_o(read_entries)
            );
        end else begin : g_no_full
            assign entries      = {LANES{1'b0}};
            assign read_entries = {LANES{1'b0}};
            assign full_sums    = {LANES * C_W{1'b0}};
            wire _unused_full = &{1'b0, event_next, front_pair, upd_row_at, upd_pair, full_u_addr, full_d, entries};
        end
    endgenerate

    // ---- LIF: a pair's perturbation and neurons ----
    wire                lif_count_re, base_re, block_last, y_we;
    wire [COUNT_AW:0]   lif_count_addr;
    wire [UNIT_W-1:0]   lif_unit;
    wire [BASE_AW:0]    base_raddr;
    wire [7:0]          lif_ctl;
    wire [Y_AW-1:0]     y_waddr;
    wire [RANK_LANES-1:0] lif_valid;
    sr_lif #(
        .STEP_W(STEP_W), .BLOCK_W(BLOCK_W), .RANK_W(RANK_W), .STEP_AW(STEP_AW), .BLOCK_AW(BLOCK_AW), .FACTOR_AW(FACTOR_AW),
        .GROUP_AW(GROUP_AW), .UNIT_LOG(UNIT_LOG), .UNIT_W(UNIT_W), .RANK_LANES(RANK_LANES), .MEMBERS(MEMBERS), .YBANK_W(YBANK_W)
    ) u_lif (
        .clk_i(clk_i), .rst_i(rst_i), .clear_i(run_clear || lrn_sample), .start_i(lif || lrn_lif), .first_i(learning || lif_first), .base_bank_i(lif_bank),
        .minus_i(lif_minus || lrn_minus),
        .ready_o(lif_ready), .busy_o(lif_busy), .done_o(lif_done), .steps_i(steps), .rank_i(rank), .blocks_i(blocks),
        .count_re_o(lif_count_re), .count_addr_o(lif_count_addr), .unit_o(lif_unit), .valid_o(lif_valid), .col_re_o(lif_col_re),
        .col_addr_o(lif_col_addr), .base_re_o(base_re), .base_addr_o(base_raddr), .ctl_o(lif_ctl), .block_last_o(block_last),
        .y_we_o(y_we), .y_addr_o(y_waddr)
    );
    // ages 2 to 4: count, product with S, term c' = sat_16((c * S) >> 4); the column factors wait
    wire [COUNT_W-1:0]          count_rdata;
    localparam TERM_W = C_W + 9 > 17 ? C_W + 9 : 17;
    wire [RANK_LANES*LIF_TERM_W-1:0] term_q4;
    wire [RANK_LANES*LANES-1:0]      neg_q4;
    generate
        if (LOOPS != 0) begin : g_terms_loop
            wire [RANK_LANES*16-1:0]    term;
            reg  [RANK_LANES*LANES-1:0] neg_q2, neg_q3, neg_now_q;
            sr_loop_terms #(
                .UNITS(PROJ_UNITS), .FACTORS(FACTORS), .RANK_LANES(RANK_LANES), .STEP_AW(STEP_AW), .GROUP_AW(GROUP_AW), .C_W(C_W)
            ) u_terms (
                .clk_i(clk_i), .we_i(count_we_q), .bank_i(count_waddr_q[COUNT_AW]), .group_i(count_waddr_q[STEP_AW+:GROUP_AW]),
                .step_i(count_waddr_q[STEP_AW-1:0]), .counts_i(counts_now), .re_i(lif_count_re && !plain && !full), .rbank_i(lif_count_addr[COUNT_AW]),
                .rstep_i(lif_count_addr[STEP_AW-1:0]), .factor_i(lif_col_addr[BLOCK_AW+:FACTOR_AW]),
                .valid_i(lif_valid & {RANK_LANES{!plain && !full}}), .scale_i(cfg_scale0), .term_o(term)
            );
            always @(posedge clk_i) begin
                neg_q2    <= lrn_pair ? {{(RANK_LANES - 1) * LANES{1'b0}}, lrn_bits} : col_bits & {RANK_LANES * LANES{!plain}};
                neg_q3    <= neg_q2;
                neg_now_q <= neg_q3;
            end
            assign neg_q4 = neg_now_q;
            for (n = 0; n < RANK_LANES; n = n + 1) begin : g_term
                assign term_q4[n*LIF_TERM_W+:LIF_TERM_W] = !lrn_pair ? {{LIF_TERM_W - 15{term[n*16+15]}}, term[n*16+:15]} :
                                                           n == 0 ? lrn_term : {LIF_TERM_W{1'b0}};
            end
            wire _unused_terms = &{1'b0, lif_unit, count_rdata};
        end else begin : g_term
            reg  signed [C_W-1:0]        count_q2;
            reg  signed [TERM_W+3:0]     scaled_q3;
            reg  signed [LIF_TERM_W-1:0] term_now_q;
            reg  [LANES-1:0]             neg_q2, neg_q3, neg_now_q;
            wire signed [15:0]           term;
            sr_sat #(.IN_W(TERM_W), .OUT_W(16)) u_term (.x_i(scaled_q3[TERM_W+3:4]), .y_o(term));
            always @(posedge clk_i) begin
                count_q2   <= plain || LOWRANK == 0 ? {C_W{1'b0}} : count_rdata[lif_unit*C_W+:C_W];
                scaled_q3  <= count_q2 * $signed({1'b0, cfg_scale0});
                term_now_q <= lrn_pair ? lrn_term : {{LIF_TERM_W - 15{term[15]}}, term[14:0]};
                // A plain run has no term, and looks at no factor's bit: no run may have written it.
                neg_q2     <= lrn_pair ? lrn_bits : col_bits & {LANES{!plain}};
                neg_q3     <= neg_q2;
                neg_now_q  <= neg_q3;
            end
            assign term_q4 = term_now_q;
            assign neg_q4  = neg_now_q;
            wire _unused_terms = &{1'b0, lif_valid, scaled_q3[3:0]};
        end
    endgenerate
    wire [LANES_LOG-1:0]     rest = cfg_cols0[LANES_LOG-1:0];
    reg  [LANES-1:0]         last_present;           // columns of the last block
    always @(posedge clk_i) last_present <= rest == {LANES_LOG{1'b0}} ? {LANES{1'b1}} : ~({LANES{1'b1}} << rest);
    wire [LANES-1:0]         present = last_present | {LANES{!block_last}};
    wire [LANES*16-1:0]      base_rdata;
    wire [LANES*MEMBERS*CNT_W-1:0] y_wdata, y_rdata;
    generate
        if (LOOPS != 0) begin : g_lif_loop
            sr_loop_lif #(.LANES(LANES), .RANK_LANES(RANK_LANES), .TERM_W(LIF_TERM_W), .CNT_W(CNT_W), .LEAK_MUL(LEAK_MUL), .FULL(FULL), .D_W(C_W)) u_lanes (
                .clk_i(clk_i), .ctl_i(lif_ctl), .neg_i(neg_q4), .term_i(term_q4), .b_i(base_rdata), .present_i(present),
                .full_i(full), .d_i(full_d), .scale_i(cfg_scale0), .leak_i(cfg_leak0), .theta_i(cfg_theta0), .subtract_i(cfg_reset_kind), .count_o(y_wdata)
            );
        end else for (n = 0; n < LANES; n = n + 1) begin : g_lane
            wire [2*CNT_W-1:0] counts_of;
            sr_lif_lane #(
                .D_W(D_W), .TERM_W(LIF_TERM_W), .CNT_W(CNT_W), .LEAK_MUL(LEAK_MUL), .LEAK_DSP(n < LEAK_DSP ? 1 : 0), .SUBTRACT(SUBTRACT),
                .MEMBERS(MEMBERS), .SIGMA(LOWRANK == 0 && MEMBERS == 1 ? 1 : 0)
            ) u_lane (
                .clk_i(clk_i), .ctl_i(lif_ctl), .neg_i(neg_q4[n]), .term_i(term_q4), .b_i(base_rdata[n*16+:16]),
                .present_i(present[n]), .leak_i(cfg_leak0), .theta_i(cfg_theta0), .subtract_i(cfg_reset_kind),
                .count_p_o(counts_of[CNT_W-1:0]), .count_m_o(counts_of[2*CNT_W-1:CNT_W])
            );
            assign y_wdata[n*MEMBERS*CNT_W+:MEMBERS*CNT_W] = counts_of[MEMBERS*CNT_W-1:0];
            wire _unused = &{1'b0, counts_of};
        end
    endgenerate

    // ---- readout of a pair ----
    wire                      read_walk, y_re, score_we, fit_rd, fit_wait;
    wire [ITEM_AW+3:0]        read_w_addr;
    wire [Y_AW+TURN_LOG-1:0]  y_raddr;
    wire [COLS*READ_W_W-1:0]  read_w;
    wire [COLS*MEMBERS*CNT_W-1:0] read_y;
    wire [3:0]                score_class;
    wire [4:0]                fit_rd_addr;
    wire signed [SCORE_W-1:0] score_p, score_m, kept_p, kept_m;
    wire [READ_RANK_W-1:0]    read_rank = full ? cfg_classes[READ_RANK_W-1:0] : {{READ_RANK_W - RANK_W{1'b0}}, rank};
    sr_readout #(
        .LANES(COLS), .CNT_W(CNT_W), .BLOCK_W(ITEM_W), .BLOCK_AW(ITEM_AW), .RANK_W(READ_RANK_W), .RANK_AW(READ_RANK_AW),
        .FACTOR_AW(FACTOR_AW), .CLASS_AW(CLASS_AW), .CUT_LOG(CUT_LOG), .SUM_W(SUM_W), .G_W(G_W), .Q_W(Q_W), .SCORE_W(SCORE_W),
        .TREE(TREE), .SOFT_LANES(SOFT_LANES), .MEMBERS(MEMBERS), .RANK_LANES(RANK_LANES), .YBANK_W(YBANK_W), .LUT_RAM(LUT_RAM), .KEEP_SCORES(FIT_UNITS == 2 || LOWRANK == 0 ? 0 : 1),
        .W_W(READ_W_W), .LOWRANK(LOWRANK), .FULL(FULL)
    ) u_readout (
        .clk_i(clk_i), .rst_i(rst_i), .clear_i(run_clear || lrn_sample), .start_i(read || lrn_read), .first_i(read_first), .minus_i(read_minus), .ready_o(read_ready),
        .busy_o(read_busy), .done_o(read_done), .free_o(read_free), .infer_i(plain), .full_i(full), .blocks_i(items), .rank_i(read_rank), .classes_i(cfg_classes),
        .scale_i(cfg_scale3), .walk_o(read_walk), .w_addr_o(read_w_addr), .w_i(read_w), .y_re_o(y_re), .y_addr_o(y_raddr),
        .y_i(read_y), .col_re_o(read_col_re), .col_addr_o(read_col_addr), .col_i(full ? read_entries[COLS-1:0] : rcol_bits[COLS-1:0]), .class_re_o(read_class_re),
        .class_addr_o(read_class_addr), .class_sel_o(read_class_sel), .class_bit_i(class_bit), .score_we_o(score_we),
        .score_class_o(score_class), .score_p_o(score_p), .score_m_o(score_m), .fit_re_i(fit_rd), .fit_addr_i(fit_rd_addr),
        .fit_wait_o(fit_wait), .fit_p_o(kept_p), .fit_m_o(kept_m), .x_en_o(read_x_en), .products_i(lrn_products)
    );

    // ---- update: words of pair weights, sums, and a word behind them weights ----
    wire                credit_re, word_we, upd_sum_busy, upd_finish_busy, total_next, upd_acc_en, upd_first, upd_double,
                        claim, claim_free, hand, fin_put, fin_load, fin_product, fin_low_rho, fin_weigh, fin_turn, upd_w_we;
    wire [PAIR_AW:0]    credit_addr;
    wire [2:0]          word_plane, top_plane, upd_plane;
    wire [ROWS_W-1:0]   upd_row_at;
    wire [GROUP_W-1:0]  word_group;
    wire [UPD_GROUP_W-1:0] upd_group, upd_groups;
    wire [2*PROJ_UNITS-1:0] word;
    wire [UPD_SUM_W-1:0] total;
    wire [WINDOW-1:0]   window;
    wire [1:0]          fin_at;
    wire [7:0]          fin_k;
    wire [W_AW-1:0]     upd_w_addr;
    generate
        if (FULL != 0) begin : g_groups_full
            assign upd_groups = full ? pairs : {{UPD_GROUP_W - GROUP_W{1'b0}}, groups};
        end else begin : g_groups
            assign upd_groups = groups;
        end
    endgenerate
    wire [ROWS_W-1:0]   upd_rows = readout ? {{ROWS_W - 5{1'b0}}, cfg_classes} : cfg_rows0[ROWS_W-1:0];
    generate if (LOWRANK != 0) begin : g_update
    if (LOOPS != 0) begin : g_credit_loop
        sr_loop_credit #(
            .UNITS(PROJ_UNITS), .FACTORS(FACTORS), .PAIR_W(PAIR_AW + 1), .RANK_W(RANK_W), .GROUP_AW(GROUP_AW), .TOTAL_W(UPD_SUM_W)
        ) u_credit (
            .clk_i(clk_i), .rst_i(rst_i), .start_i(credit), .busy_o(credit_busy), .pairs_i(pairs), .rank_i(rank),
            .credit_re_o(credit_re), .credit_addr_o(credit_addr), .credit_i(bank_rdata[7:0]), .word_re_i(upd_re),
            .word_plane_i(upd_plane), .word_group_i(upd_group[GROUP_AW-1:0]), .word_o(word_rdata), .total_o(total), .top_o(top_plane)
        );
        assign word_we    = 1'b0;
        assign word_plane = 3'd0;
        assign word_group = {GROUP_W{1'b0}};
        assign word       = {2 * PROJ_UNITS{1'b0}};
    end else begin : g_credit
        sr_credit #(.UNITS(PROJ_UNITS), .PAIR_W(PAIR_AW + 1), .RANK_W(RANK_W), .GROUP_W(GROUP_W)) u_credit (
            .clk_i(clk_i), .rst_i(rst_i), .start_i(credit), .busy_o(credit_busy), .pairs_i(pairs), .rank_i(rank),
            .credit_re_o(credit_re), .credit_addr_o(credit_addr), .credit_i(bank_rdata[7:0]), .word_we_o(word_we),
            .word_plane_o(word_plane), .word_group_o(word_group), .word_o(word), .total_o(total), .top_o(top_plane)
        );
    end
    sr_update #(
        .CUT(CUT), .ROW_W(ROWS_W), .BLOCK_W(BLOCK_W), .GROUP_W(UPD_GROUP_W), .XW_W(XW_W), .ROW_AW(ROW_AW), .UNIT_LOG(UNIT_LOG),
        .FACTOR_AW(FACTOR_AW), .BLOCK_AW(BLOCK_AW), .CLASS_AW(CLASS_AW)
    ) u_update (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(update), .busy_o(upd_sum_busy), .rows_i(upd_rows),
        .blocks_i(blocks), .groups_i(upd_groups), .x_words_i(x_words), .top_i(full ? 3'd0 : top_plane), .doublings_i(upd_step[19:16]),
        .row_re_o(upd_row_re), .row_addr_o(upd_row_addr), .class_addr_o(upd_class_addr), .bit_o(upd_bit), .re_o(upd_re), .row_o(upd_row_at),
        .col_addr_o(upd_col_addr), .word_plane_o(upd_plane), .word_group_o(upd_group), .miss_next_o(miss_next),
        .total_next_o(total_next), .acc_en_o(upd_acc_en), .acc_first_o(upd_first), .acc_double_o(upd_double),
        .claim_o(claim), .free_i(claim_free), .hand_o(hand)
    );
    if (LOOPS != 0) begin : g_finish_loop
        sr_loop_finish #(
            .LANES(LANES), .FRAC_W(FRAC_W), .SUM_W(UPD_SUM_W), .ROW_W(ROWS_W), .BLOCK_W(BLOCK_W), .BLOCK_AW(BLOCK_AW), .W_AW(W_AW)
        ) u_finish (
            .clk_i(clk_i), .rst_i(rst_i), .start_i(update), .busy_o(upd_finish_busy), .readout_i(readout), .rows_i(upd_rows),
            .blocks_i(blocks), .step_i(upd_step[15:0]), .claim_i(claim), .free_o(claim_free), .hand_i(hand), .sums_i(sums),
            .noise_o(upd_noise), .noise_row_o(upd_noise_row), .noise_block_o(upd_noise_block), .noise_i(upd_dither),
            .word_i(upd_word), .moved_o(w_turned), .write_o(upd_w_we), .w_addr_o(upd_w_addr)
        );
        assign fin_turn   = upd_w_we;
        assign upd_cut_at = 6'd0;
        assign {fin_put, fin_load, fin_product, fin_low_rho, fin_weigh} = 5'd0;
        assign fin_at     = 2'd0;
        assign fin_k      = 8'd0;
        assign window     = {WINDOW{1'b0}};
        wire _unused_finish = &{1'b0, cut, noise_ready, fin_put, fin_load, fin_product, fin_low_rho, fin_weigh, fin_at, fin_k};
    end else begin : g_finish
        sr_update_finish #(
            .LANES(LANES), .QUAD(QUAD), .CUT(CUT), .ROW_W(ROWS_W), .BLOCK_W(BLOCK_W), .BLOCK_AW(BLOCK_AW), .W_AW(W_AW),
            .W_READOUT(BUFFERS > 1 ? 0 : WEIGHT_WORDS)
        ) u_finish (
            .clk_i(clk_i), .rst_i(rst_i), .start_i(update), .busy_o(upd_finish_busy), .readout_i(readout), .rows_i(upd_rows),
            .blocks_i(blocks), .step_i(upd_step[15:0]), .claim_i(claim), .free_o(claim_free), .hand_i(hand), .noise_o(upd_noise),
            .noise_row_o(upd_noise_row), .noise_block_o(upd_noise_block), .noise_ready_i(noise_ready), .cut_at_o(upd_cut_at),
            .cut_i(cut), .window_o(window), .put_o(fin_put), .load_o(fin_load), .product_o(fin_product), .low_rho_o(fin_low_rho),
            .weigh_o(fin_weigh), .turn_o(fin_turn), .at_o(fin_at), .k_o(fin_k), .write_o(upd_w_we), .w_addr_o(upd_w_addr)
        );
    end
    end else begin : g_no_update
        assign {credit_busy, credit_re, word_we, upd_sum_busy, upd_finish_busy, miss_next, total_next, upd_acc_en, upd_first, upd_double,
                claim, claim_free, hand, fin_put, fin_load, fin_product, fin_low_rho, fin_weigh, fin_turn, upd_w_we, upd_re, upd_row_re,
                upd_noise} = 23'd0;
        assign credit_addr     = {PAIR_AW + 1{1'b0}};
        assign word_plane      = 3'd0;
        assign top_plane       = 3'd0;
        assign upd_plane       = 3'd0;
        assign word_group      = {GROUP_W{1'b0}};
        assign upd_group       = {UPD_GROUP_W{1'b0}};
        assign upd_row_at      = {ROWS_W{1'b0}};
        assign word            = {2 * PROJ_UNITS{1'b0}};
        assign total           = {UPD_SUM_W{1'b0}};
        assign window          = {WINDOW{1'b0}};
        assign fin_at          = 2'd0;
        assign fin_k           = 8'd0;
        assign upd_w_addr      = {W_AW{1'b0}};
        assign upd_row_addr    = {ROW_AW{1'b0}};
        assign upd_class_addr  = {CLASS_AW{1'b0}};
        assign upd_col_addr    = {COL_AW{1'b0}};
        assign upd_bit         = 4'd0;
        assign upd_noise_row   = 13'd0;
        assign upd_noise_block = 8'd0;
        assign upd_cut_at      = 6'd0;
        wire _unused_update = &{1'b0, credit, update, upd_rows, upd_step, claim, claim_free, noise_ready, cut, top_plane, groups};
    end endgenerate
    assign update_busy = upd_sum_busy || upd_finish_busy;

    // ---- columns: base current, sums of the update. What memories give to accumulators is registered first. ----
    reg                      op_en_q, neg_q;
    reg  [PROJ_UNITS-1:0]    class_bits_q;
    assign upd_row = (readout ? class_bits_q : row_bits_q) ^ word_rdata[2*PROJ_UNITS-1:PROJ_UNITS];
    wire [COLS_W-1:0]        upd_cols = readout ? rcols : cols;
    always @(posedge clk_i) begin
        class_bits_q <= class_bits;
        op_en_q      <= total_next;
        neg_q        <= miss_next;
    end
    wire [LANES*MASTER_W-1:0] w_q, rw_q;             // the hidden layer's word, the readout's
    wire [LANES*MASTER_W-1:0] upd_word = BUFFERS > 1 && readout ? rw_q : w_q;
    wire [LANES*16-1:0]       base_new;
    wire [LANES*UPD_SUM_W-1:0] sums;
    generate
        if (LOOPS != 0) begin : g_column_loop
            reg signed [UPD_SUM_W-1:0] op_q;
            always @(posedge clk_i) op_q <= {UPD_SUM_W{total_next && !full}} & total;
            sr_loop_column #(.LANES(LANES), .FRAC_W(FRAC_W), .MISS_W(MISS_W), .SUM_W(UPD_SUM_W), .FULL(FULL)) u_columns (
                .clk_i(clk_i), .acc_en_i(mark || add_base || upd_acc_en), .first_i(mark || upd_first), .double_i(upd_double && !(full && op_en_q)),
                .full_i(full), .u_i(bank_rdata[7:0]), .entries_i(entries), .wint_i(add_base), .neg_i(neg_q), .op_i(op_q), .miss_i(miss_next), .missed_i(missed),
                .w_i(w_q), .keep_i(keep_base), .base_o(base_new), .hand_i(hand), .sum_o(sums)
            );
            assign read_w = rw_q;
            assign read_y = y_rdata;
            wire _unused_cols = &{1'b0, upd_cols, row_bits_q};
        end else for (n = 0; n < LANES; n = n + 1) begin : g_column
            wire [PROJ_UNITS-1:0] col_of;
            for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_col
                assign col_of[u] = upd_cols[u*LANES+n];
            end
            sr_column #(.FRAC_W(FRAC_W), .ACC_W(ACC_W), .UNITS(PROJ_UNITS), .UPDATE(LOWRANK)) u_column (
                .clk_i(clk_i), .acc_en_i(mark || add_base || upd_acc_en), .first_i(mark || upd_first), .double_i(upd_double),
                .wint_i(add_base), .neg_i(neg_q), .op_en_i(op_en_q), .op_i(total), .miss_i(miss_next), .mask_i(word_rdata[PROJ_UNITS-1:0]),
                .row_i(upd_row), .col_i(col_of), .w_i(w_q[n*MASTER_W+:MASTER_W]), .base_o(base_new[n*16+:16]),
                .sum_o(sums[n*16+:16])
            );
            if (SERIAL == 0) begin : g_own
                assign read_w[n*READ_W_W+:READ_W_W] = rw_q[n*MASTER_W+MASTER_W-READ_W_W+:READ_W_W];
                assign read_y[n*MEMBERS*CNT_W+:MEMBERS*CNT_W] = y_rdata[n*MEMBERS*CNT_W+:MEMBERS*CNT_W];
            end
        end
    endgenerate
    // SERIAL: one weight of the word that comes three cycles after its address (two, where a word is to change), one column's spike counts
    wire [MASTER_W-1:0]       turn_w;
    generate
        if (SERIAL != 0) begin : g_turns
            reg  [TURN_LOG-1:0] w_turn_q1, w_turn_q2, w_turn_q3, y_turn_q;
            always @(posedge clk_i) begin
                w_turn_q1 <= lrn_walk ? lrn_w_addr[TURN_LOG-1:0] : read_w_addr[TURN_LOG-1:0];
                w_turn_q2 <= lrn_turn ? lrn_m_addr[TURN_LOG-1:0] : w_turn_q1;
                w_turn_q3 <= w_turn_q2;
                if (y_re || lrn_y_re) y_turn_q <= lrn_y_re ? lrn_y_addr[TURN_LOG-1:0] : y_raddr[TURN_LOG-1:0];
            end
            // Selected bit by bit: an offset that is no power of two would be a shifter.
            wire [MASTER_W*LANES-1:0] by_bit;
            for (n = 0; n < LANES; n = n + 1) begin : g_turn
                for (u = 0; u < MASTER_W; u = u + 1) begin : g_bit
                    assign by_bit[u*LANES+n] = w_q[n*MASTER_W+u];
                end
            end
            for (u = 0; u < MASTER_W; u = u + 1) begin : g_selected
                assign turn_w[u] = by_bit[{u[$clog2(MASTER_W)-1:0], w_turn_q3}];
            end
            assign read_w = turn_w[MASTER_W-1-:READ_W_W];
            assign read_y = y_rdata[y_turn_q*MEMBERS*CNT_W+:MEMBERS*CNT_W];
        end else begin : g_no_turns
            assign turn_w = {MASTER_W{1'b0}};
            wire _unused_turn = &{1'b0, turn_w};
        end
    endgenerate
    // What goes to the weight memory is registered here. In an update a quad's part moves down, and its new weight comes in.
    reg  [LANES*MASTER_W-1:0] w_wdata_q;
    wire [LANES*MASTER_W-1:0] w_turned;
    generate
        for (n = 0; n < QUADS && LOOPS == 0; n = n + 1) begin : g_quad
            wire [MASTER_W-1:0] weight;
            if (LOWRANK != 0) begin : g_built
            sr_update_quad #(.QUAD(QUAD), .FRAC_W(FRAC_W)) u_quad (
                .clk_i(clk_i), .hand_i(hand), .sums_i(sums[n*QUAD*16+:QUAD*16]), .put_i(fin_put), .load_i(fin_load),
                .product_i(fin_product), .low_rho_i(fin_low_rho), .weigh_i(fin_weigh), .at_i(fin_at), .k_i(fin_k),
                .window_i(window[n*QUAD+:17]), .word_i(upd_word[n*QUAD*MASTER_W+:QUAD*MASTER_W]), .weight_o(weight)
            );
            end else begin : g_none
                assign weight = {MASTER_W{1'b0}};
                wire _unused_quad = &{1'b0, upd_word, sums, hand, fin_put, fin_load, fin_product, fin_low_rho, fin_weigh, fin_at, fin_k, window};
            end
            assign w_turned[n*QUAD*MASTER_W+:QUAD*MASTER_W] = {weight, w_wdata_q[n*QUAD*MASTER_W+MASTER_W+:(QUAD-1)*MASTER_W]};
        end
    endgenerate

    // ---- mode `local` ----
    localparam LRN_ROW_W = XW_W + 4;
    wire                          lrn_minus;
    wire                          learn, learn_busy, lrn_sample, lrn_front, lrn_lif, lrn_plain, lrn_read, lrn_x_re, lrn_y_re, lrn_walk,
                                  lrn_turn, lrn_readout, lrn_we, lrn_bank_re, lrn_bank_we;
    wire [X_AW-1:0]               lrn_x_base, lrn_x_addr;
    wire [LANES-1:0]              lrn_bits;
    wire [ITEM_AW:0]              lrn_y_addr;
    wire [ITEM_AW+3:0]            lrn_w_addr;
    wire [LRN_ROW_W+ITEM_AW-1:0]  lrn_m_addr;
    wire [COLS*MASTER_W-1:0]      lrn_m;
    wire [PAIR_AW+1:0]            lrn_bank_raddr, lrn_bank_waddr;
    wire [47:0]                   lrn_bank_wdata;
    wire [W_AW-1:0]               lrn_m_at;
    wire [3:0]                    lrn_best;
    wire [COLS*16-1:0]            lrn_products;
    wire                          read_x_en;
    wire                          learning = LOCAL != 0 && learn_busy;
    wire                          lrn_pair = learning && !lrn_plain;         // LIF's perturbation is sigma's
    wire [LIF_TERM_W-1:0]         lrn_term = {{LIF_TERM_W - 16{1'b0}}, cfg_scale0, 4'd0};
    assign plain = LOWRANK == 0 || infer || learning;
    assign full  = FULL != 0 && cfg_mode[0] && !plain;
    generate
        if (LOCAL != 0) begin : g_local
            // The word three cycles after its address, whatever the store does.
            wire [COLS*MASTER_W-1:0] m_now;
            wire [COLS*MASTER_W-1:0] m;
            if (SERIAL != 0) begin : g_turn
                assign m_now = turn_w;
            end else begin : g_word
                assign m_now = BUFFERS > 1 && lrn_readout ? rw_q : w_q;
            end
            if (WEIGHT_HOLD != 0) begin : g_hold
                assign m = m_now;
            end else begin : g_now
                reg [COLS*MASTER_W-1:0] m_q;
                always @(posedge clk_i) m_q <= m_now;
                assign m = m_q;
            end
            sr_local #(
                .LANES(LANES), .COLS(COLS), .MEMBERS(MEMBERS), .FRAC_W(FRAC_W), .HIDDEN_MAX(HIDDEN_MAX), .STEPS_MAX(STEPS_MAX),
                .STEP_W(STEP_W), .STEP_AW(STEP_AW), .CNT_W(CNT_W), .BLOCK_W(BLOCK_W), .BLOCK_AW(BLOCK_AW), .XW_W(XW_W), .X_AW(X_AW), .PAIR_AW(PAIR_AW),
                .SCORE_W(SCORE_W), .ROUNDS(NOISE_ROUNDS), .LUT_RAM(LUT_RAM), .W_W(READ_W_W), .LOWRANK(LOWRANK)
            ) u_local (
                .clk_i(clk_i), .rst_i(rst_i), .start_i(learn), .stop_i(fault_q != SR_REPLY_OK), .busy_o(learn_busy),
                .key_i({cfg_key_hi, cfg_key_lo}), .batch_i(cfg_batch), .place_i(cfg_place), .pairs_i(cfg_pairs),
                .sigma_i(cfg_scale0), .k_hidden_i(cfg_step0[15:0]), .k_readout_i(cfg_step3[15:0]), .mul_i(cfg_fitness[5:2]),
                .shift_i(cfg_fitness[10:6]), .classes_i(cfg_classes), .steps_i(steps), .blocks_i(blocks), .cols_i(items), .x_words_i(x_words),
                .rest_i(cfg_rows0[3:0]), .sample_o(lrn_sample), .front_o(lrn_front), .x_base_o(lrn_x_base),
                .front_busy_i(front_busy), .lif_o(lrn_lif), .plain_o(lrn_plain), .minus_o(lrn_minus), .lif_busy_i(lif_busy), .lif_re_i(lif_col_re),
                .lif_block_i(lif_col_addr[BLOCK_AW-1:0]), .lif_step_i(lif_count_addr[STEP_AW-1:0]), .noise_bits_o(lrn_bits),
                .read_o(lrn_read), .read_busy_i(read_busy), .score_we_i(score_we && (learning || LOWRANK == 0)), .score_class_i(score_class),
                .score_only_i(!learning), .best_o(lrn_best), .read_i(read_x_en), .products_o(lrn_products),
                .score_i(score_p), .x_re_o(lrn_x_re), .x_addr_o(lrn_x_addr), .x_data_i(x_data), .y_re_o(lrn_y_re),
                .y_addr_o(lrn_y_addr), .y_i(read_y), .walk_o(lrn_walk), .w_addr_o(lrn_w_addr), .w_i(read_w),
                .m_turn_o(lrn_turn), .m_readout_o(lrn_readout), .m_we_o(lrn_we), .m_addr_o(lrn_m_addr), .m_i(m), .m_o(lrn_m),
                .bank_re_o(lrn_bank_re), .bank_raddr_o(lrn_bank_raddr), .bank_rdata_i(bank_rdata[31:0]),
                .bank_we_o(lrn_bank_we), .bank_waddr_o(lrn_bank_waddr), .bank_wdata_o(lrn_bank_wdata)
            );
        end else begin : g_no_local
            assign {learn_busy, lrn_sample, lrn_front, lrn_lif, lrn_plain, lrn_read, lrn_x_re, lrn_y_re, lrn_walk, lrn_turn,
                    lrn_readout, lrn_we, lrn_bank_re, lrn_bank_we, lrn_minus} = 15'd0;
            assign lrn_x_base     = {X_AW{1'b0}};
            assign lrn_x_addr     = {X_AW{1'b0}};
            assign lrn_bits       = {LANES{1'b0}};
            assign lrn_y_addr     = {ITEM_AW + 1{1'b0}};
            assign lrn_w_addr     = {ITEM_AW + 4{1'b0}};
            assign lrn_m_addr     = {LRN_ROW_W + ITEM_AW{1'b0}};
            assign lrn_m          = {COLS*MASTER_W{1'b0}};
            assign lrn_bank_raddr = {PAIR_AW + 2{1'b0}};
            assign lrn_bank_waddr = {PAIR_AW + 2{1'b0}};
            assign lrn_bank_wdata = 48'd0;
            assign lrn_best       = 4'd0;
            assign lrn_products   = {COLS*16{1'b0}};
            wire _unused = &{1'b0, learn, cfg_place, lrn_best, read_x_en};
        end
    endgenerate
    wire [W_AW+LRN_ROW_W+ITEM_AW-1:0] lrn_m_wide = {{W_AW{1'b0}}, lrn_m_addr} >> TURN_LOG;
    assign lrn_m_at = lrn_m_wide[W_AW-1:0] | (BUFFERS == 1 && lrn_readout ? WEIGHT_WORDS[W_AW-1:0] : {W_AW{1'b0}});

    // ---- fitness ----
    wire       pred_valid;
    wire [3:0] pred;
    generate if (LOWRANK != 0) begin : g_fitness
    sr_member_fitness #(.SCORE_W(SCORE_W), .PAIR_AW(PAIR_AW), .UNITS(FIT_UNITS), .MEMBERS(MEMBERS)) u_fitness (
        .clk_i(clk_i), .rst_i(rst_i || run_clear), .start_i(fit), .busy_o(fit_busy), .infer_i(infer), .bank_i(fit_bank),
        .fresh_i(fit_fresh), .minus_i(fit_minus), .pair_i(fit_pair), .label_i(fit_label), .classes_i(cfg_classes), .kind_i(cfg_fitness[1:0]),
        .mul_i(cfg_fitness[5:2]), .shift_i(cfg_fitness[10:6]), .score_we_i(score_we), .score_class_i(score_class),
        .score_label_i(score_label), .score_p_i(score_p), .score_m_i(score_m), .rd_o(fit_rd), .rd_addr_o(fit_rd_addr),
        .rd_wait_i(fit_wait), .rdata_p_i(kept_p), .rdata_m_i(kept_m), .pred_valid_o(pred_valid), .pred_o(pred),
        .bank_re_o(fit_re), .bank_raddr_o(fit_raddr), .bank_rdata_i(bank_rdata), .bank_we_o(fit_we), .bank_waddr_o(fit_waddr),
        .bank_wdata_o(fit_wdata)
    );
    end else begin : g_no_fitness
        // Only what an inference predicts, which the error unit of mode `local` knows with the last score.
        assign pred_valid = fit;
        assign pred       = lrn_best;
        assign {fit_busy, fit_rd, fit_re, fit_we} = 4'd0;
        assign fit_rd_addr = 5'd0;
        assign fit_raddr   = {PAIR_AW + 2{1'b0}};
        assign fit_waddr   = {PAIR_AW + 2{1'b0}};
        assign fit_wdata   = 48'd0;
        wire _unused_fitness = &{1'b0, fit_bank, fit_fresh, fit_minus, fit_pair, fit_label, score_label, score_m, fit_wait, kept_p, kept_m};
    end endgenerate

    // ---- memories; the host has them between runs ----
    // samples
    wire host_x = mem_sel == SR_MEM_SAMPLE[2:0];
    sr_ram_sp #(.WIDTH(16), .DEPTH(SAMPLE_WORDS), .ADDR_W(X_AW)) u_samples (
        .clk_i(clk_i), .we_i(mem_we && host_x), .re_i(x_re || lrn_x_re || (mem_read_q && host_x)),
        .addr_i(!run_busy ? mem_addr[X_AW-1:0] : lrn_turn ? lrn_x_addr : x_addr), .wdata_i(mem_wdata[15:0]), .rdata_o(x_data)
    );
    // Weights. The memory is wide: what goes there is registered first, and it reads in every cycle but a write's. The word is
    // there three cycles after the address: one or the other is registered once more (WEIGHT_HOLD). With BUFFERS 1 the readout's
    // words lie behind the hidden layer's, with BUFFERS 2 in a memory of their own.
    wire                      host_w  = mem_sel == SR_MEM_WEIGHT[2:0], host_rw = mem_sel == SR_MEM_RWEIGHT[2:0];
    wire [LANES*MASTER_W-1:0] host_weight;
    wire [LANES*16-1:0]       host_read;
    wire [LANES*MASTER_W-1:0] host_read_w = BUFFERS > 1 && host_rw ? rw_q : w_q;
    generate
        if (MASTER_W == 16) begin : g_host_whole
            assign host_weight = mem_wdata[LANES*16-1:0];
            assign host_read   = host_read_w;
        end else for (n = 0; n < LANES; n = n + 1) begin : g_host
            assign host_weight[n*MASTER_W+:MASTER_W] = mem_wdata[n*16+:MASTER_W];
            assign host_read[n*16+:16] = {{16 - MASTER_W{host_read_w[n*MASTER_W+MASTER_W-1]}}, host_read_w[n*MASTER_W+:MASTER_W]};
        end
    endgenerate
    reg                       moved_q, learned_q;     // LOOPS: new weights come registered
    always @(posedge clk_i) begin
        moved_q   <= upd_w_we;
        learned_q <= lrn_we;
        if (fin_turn && LOOPS == 0) w_wdata_q <= w_turned;
        else if (!update_busy) w_wdata_q <= lrn_turn && LOOPS == 0 ? {LANES / COLS{lrn_m}} : host_weight;
    end
    wire [LANES*MASTER_W-1:0] w_wdata = LOOPS == 0 ? w_wdata_q : moved_q ? w_turned : learned_q ? {LANES / COLS{lrn_m}} : w_wdata_q;
    wire [W_AW+XW_W+3+BLOCK_AW:0] front_w_at = {{W_AW{1'b0}}, front_w_addr};
    wire [W_AW+ITEM_AW+3:0]       read_w_at  = {{W_AW{1'b0}}, lrn_walk ? lrn_w_addr : read_w_addr} >> TURN_LOG;
    wire                          walk       = read_walk || lrn_walk;
    wire [W_AW-1:0]               change_at  = lrn_turn ? lrn_m_at : upd_w_addr;       // of a word that is to change
    wire                          changing   = update_busy || lrn_turn;
    wire                          hidden_we  = (upd_w_we && !readout) || (lrn_we && !lrn_readout);
    wire                          readout_we = (upd_w_we && readout) || (lrn_we && lrn_readout);
    generate
        if (BUFFERS > 1) begin : g_weights_apart
            sr_weights #(.WIDTH(LANES * MASTER_W), .DEPTH(WEIGHT_WORDS), .ADDR_W(HW_AW), .HOLD(WEIGHT_HOLD)) u_hidden (
                .clk_i(clk_i), .we_i((hidden_we || (mem_we && host_w)) && !rst_i), .walk_i(front_busy),
                .walk_addr_i(front_w_at[HW_AW-1:0]), .addr_i(changing ? change_at[HW_AW-1:0] : mem_addr[HW_AW-1:0]),
                .wdata_i(w_wdata), .rdata_o(w_q)
            );
            sr_weights #(.WIDTH(LANES * MASTER_W), .DEPTH(RWEIGHT_WORDS), .ADDR_W(RW_AW), .HOLD(WEIGHT_HOLD), .LUT(LUT_RAM)) u_readout (
                .clk_i(clk_i), .we_i((readout_we || (mem_we && host_rw)) && !rst_i), .walk_i(walk),
                .walk_addr_i(read_w_at[RW_AW-1:0]), .addr_i(changing ? change_at[RW_AW-1:0] : mem_addr[RW_AW-1:0]),
                .wdata_i(w_wdata), .rdata_o(rw_q)
            );
        end else begin : g_weights_together
            // SERIAL: learning writes one weight of the word.
            localparam PARTS = LANES / COLS;
            wire [PARTS-1:0] w_parts = {PARTS{PARTS == 1 || !lrn_turn}} | {{PARTS - 1{1'b0}}, 1'b1} << lrn_m_addr[(TURN_LOG>0?TURN_LOG:1)-1:0];
            wire [W_AW-1:0] host_at = mem_addr[W_AW-1:0] + (host_rw ? WEIGHT_WORDS[W_AW-1:0] : {W_AW{1'b0}});
            sr_weights #(.WIDTH(LANES * MASTER_W), .DEPTH(W_WORDS), .ADDR_W(W_AW), .HOLD(WEIGHT_HOLD), .PARTS(PARTS)) u_all (
                .clk_i(clk_i), .we_i(w_parts & {PARTS{(hidden_we || readout_we || (mem_we && (host_w || host_rw))) && !rst_i}}), .walk_i(front_busy || walk),
                .walk_addr_i(front_busy ? front_w_at[W_AW-1:0] : read_w_at[W_AW-1:0] | WEIGHT_WORDS[W_AW-1:0]),
                .addr_i(changing ? change_at : host_at), .wdata_i(w_wdata), .rdata_o(w_q)
            );
            assign rw_q = w_q;
        end
    endgenerate
    // base buffer: base current by bank, step and block
    // (sr_loop_column gives the word a cycle late, as HOLD would write it)
    reg               base_we_q;
    reg  [BASE_AW:0]  base_waddr_q;
    always @(posedge clk_i) begin
        base_we_q    <= keep_base && !rst_i;
        base_waddr_q <= base_waddr;
    end
    wire              base_we    = LOOPS != 0 ? base_we_q : keep_base && !rst_i;
    wire [BASE_AW:0]  base_to    = LOOPS != 0 ? base_waddr_q : base_waddr;
    sr_ram #(
        .WIDTH(LANES * 16), .DEPTH(BUFFERS << BASE_AW), .ADDR_W(BASE_AW + BANK_AW), .LUT(BASE_LUT), .HOLD(LOOPS != 0 ? 0 : WEIGHT_HOLD)
    ) u_base (
        .clk_i(clk_i), .we_i(base_we), .waddr_i(base_to[BASE_AW+BANK_AW-1:0]), .wdata_i(base_new),
        .re_i(base_re), .raddr_i(base_raddr[BASE_AW+BANK_AW-1:0]), .rdata_o(base_rdata)
    );
    wire [BASE_AW:0]  base_waddr = {front_bank, base_at};
    // full rank: sums of entries, beside the base current of the same pair, step and block
    generate
        if (FULL != 0) begin : g_full_sums
            sr_ram #(.WIDTH(LANES * C_W), .DEPTH(BUFFERS << BASE_AW), .ADDR_W(BASE_AW + BANK_AW)) u_full (
                .clk_i(clk_i), .we_i(base_we && full), .waddr_i(base_to[BASE_AW+BANK_AW-1:0]), .wdata_i(full_sums),
                .re_i(base_re && full), .raddr_i(base_raddr[BASE_AW+BANK_AW-1:0]), .rdata_o(full_d)
            );
        end else begin : g_no_full_sums
            assign full_d = {LANES * C_W{1'b0}};
            wire _unused_full = &{1'b0, full_sums};
        end
    endgenerate
    // spike counts of some pairs, by bank and block; mode `local` knows of two banks
    localparam [Y_AW-1:0] Y_TWO = (2 << BLOCK_AW) - 1;
    wire [Y_AW+ITEM_AW:0] lrn_y_wide = {{Y_AW{1'b0}}, lrn_y_addr} >> TURN_LOG;
    wire [Y_AW-1:0]   y_write = y_waddr & (Y_BANKS > 2 && learning ? Y_TWO : {Y_AW{1'b1}});
    wire [Y_AW+TURN_LOG-1:0] y_at = y_raddr >> TURN_LOG;
    wire [Y_AW-1:0]   y_read  = lrn_y_re ? lrn_y_wide[Y_AW-1:0] : y_at[Y_AW-1:0];
    sr_ram #(.WIDTH(LANES * MEMBERS * CNT_W), .DEPTH(Y_BANKS << BLOCK_AW), .ADDR_W(Y_AW), .LUT(LUT_RAM)) u_y (
        .clk_i(clk_i), .we_i(y_we), .waddr_i(y_write), .wdata_i(y_wdata), .re_i(y_re || lrn_y_re), .raddr_i(y_read), .rdata_o(y_rdata)
    );
    // count buffer: counts by bank, factor group and step, or results of inference. LOOPS: results alone, counts are in sr_loop_terms
    localparam RESULT_AW = LOOPS != 0 ? $clog2(SCORE_WORDS) : CBUF_AW;
    reg  [RESULT_AW-1:0] result_q;
    wire               result = infer && (score_we || pred_valid);
    always @(posedge clk_i)
        if (run_clear) result_q <= {RESULT_AW{1'b0}};
        else if (result) result_q <= result_q + 1'b1;
    wire [COUNT_W-1:0] counts = {{COUNT_W - PROJ_UNITS*C_W{1'b0}}, counts_now & {PROJ_UNITS*C_W{LOWRANK != 0}}};
    wire [COUNT_W-1:0] result_word;
    assign result_word = {counts[COUNT_W-1:SCORE_W], pred_valid ? {{SCORE_W - 4{1'b0}}, pred} : score_p};
    wire [COUNT_AW:0]  count_waddr = {front_bank, count_at};
    reg                count_we_q;                       // LOOPS: the counts are there a cycle after
    reg  [COUNT_AW:0]  count_waddr_q;
    always @(posedge clk_i) begin
        count_we_q    <= keep_count && !rst_i;
        count_waddr_q <= count_waddr;
    end
    generate
        if (LOOPS != 0) begin : g_results
            wire [SCORE_W-1:0] result_rdata;
            sr_ram #(.WIDTH(SCORE_W), .DEPTH(SCORE_WORDS), .ADDR_W(RESULT_AW)) u_results (
                .clk_i(clk_i), .we_i(result && !rst_i), .waddr_i(result_q), .wdata_i(result_word[SCORE_W-1:0]), .re_i(mem_read_q),
                .raddr_i(mem_addr[RESULT_AW-1:0]), .rdata_o(result_rdata)
            );
            assign count_rdata = {{COUNT_W - SCORE_W{1'b0}}, result_rdata};
        end else begin : g_counts
            sr_ram #(.WIDTH(COUNT_W), .DEPTH(CBUF_WORDS), .ADDR_W(CBUF_AW), .HOLD(WEIGHT_HOLD)) u_counts (
                .clk_i(clk_i), .we_i((keep_count || result) && !rst_i),
                .waddr_i(infer ? result_q : count_waddr[CBUF_AW-1:0]), .wdata_i(infer ? result_word : counts),
                .re_i(lif_count_re || mem_read_q), .raddr_i(run_busy ? lif_count_addr[CBUF_AW-1:0] : mem_addr[CBUF_AW-1:0]),
                .rdata_o(count_rdata)
            );
        end
    endgenerate
    // pair weights of the update by plane and group (sr_credit; sr_loop_credit keeps its own)
    localparam WORD_AW = 3 + GROUP_AW;
    generate if (LOWRANK != 0 && LOOPS == 0) begin : g_words
    sr_ram #(.WIDTH(2 * PROJ_UNITS), .DEPTH(1 << WORD_AW), .ADDR_W(WORD_AW)) u_words (
        .clk_i(clk_i), .we_i(word_we), .waddr_i({word_plane, word_group[GROUP_AW-1:0]}), .wdata_i(word), .re_i(upd_re),
        .raddr_i({upd_plane, upd_group[GROUP_AW-1:0]}), .rdata_o(word_rdata)
    );
    end else begin : g_no_words
        if (LOWRANK == 0) begin : g_none
            assign word_rdata = {2 * PROJ_UNITS{1'b0}};
        end
        wire _unused_words = &{1'b0, word_we, word_plane, word, upd_plane};
    end endgenerate
    // bank: sums of the members, batch list, pair weights (sr_seq)
    wire               host_list   = mem_sel == SR_MEM_BATCH[2:0];
    wire               host_credit = mem_sel == SR_MEM_CREDIT[2:0];
    wire [PAIR_AW+1:0] host_bank = host_list ? {2'b10, mem_addr[PAIR_AW-1:0]} : host_credit ? {2'b11, mem_addr[PAIR_AW-1:0]}
                                                                                           : {1'b0, mem_addr[PAIR_AW:0]};
    reg [47:0] bank_wdata;          // a pair weight is the low byte alone, and the host has 32 bits
    always @* begin
        bank_wdata = lrn_bank_we ? lrn_bank_wdata : fit_wdata;
        if (!fit_we && !lrn_bank_we) bank_wdata[31:0] = {mem_wdata[31:8], seq_we ? seq_wdata : mem_wdata[7:0]};
    end
    sr_ram #(.WIDTH(48), .DEPTH(4 * PAIRS_MAX), .ADDR_W(PAIR_AW + 2), .HOLD(WEIGHT_HOLD)) u_bank (
        .clk_i(clk_i), .we_i((seq_we || fit_we || lrn_bank_we || (mem_we && (host_list || host_credit))) && !rst_i),
        .waddr_i(lrn_bank_we ? lrn_bank_waddr : fit_we ? fit_waddr : seq_we ? seq_waddr : host_bank), .wdata_i(bank_wdata),
        .re_i(seq_re || fit_re || credit_re || full_u_re || check_re || lrn_bank_re || mem_read_q),
        .raddr_i(!run_busy ? host_bank : check_busy ? {2'b10, check_addr} : credit_re ? {2'b11, credit_addr[PAIR_AW-1:0]} : full_u_re ? {2'b11, full_u_addr} : fit_re ? fit_raddr :
                 lrn_bank_re ? lrn_bank_raddr : seq_raddr),
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
            cyc_busy_q    <= cyc_busy_q + {31'd0, lif_ctl[2]};
            cyc_readout_q <= cyc_readout_q + {31'd0, read_busy};
            cyc_update_q  <= cyc_update_q + {31'd0, changing};
            events_q      <= events_q + {31'd0, add_base};
        end
    wire _unused = &{1'b0, draw_over, x_over, upd_pair, cols_up, rows_up, mem_addr, mem_wdata, credit_addr, word_group, upd_group, window, front_w_at, read_w_at, read_w_addr, base_waddr, base_raddr,
                     count_waddr, lif_count_addr, front_bank, upd_w_addr, lrn_m_wide, read_free, change_at, count_we_q, count_waddr_q, moved_q, learned_q, base_to, base_we_q, base_waddr_q, upd_dither, lrn_best, lrn_y_wide, counts, result_word, missed, rcol_bits, y_at, read_entries, upd_groups};
endmodule

`default_nettype wire
