// SPDX-License-Identifier: Apache-2.0
// sr_core: the device: LIF networks trained by evolution strategies, spoken to over one byte stream each way. The same module runs
// in simulation and on every board. It holds the host's side (sr_host: packets, registers) and an engine, which runs what the
// registers say on what the memories hold.
//
// COMPACT    0: engine sr_wide, throughput first, for simulation
//            1: engine sr_compact, for boards: one hidden layer, low rank, sign entries, readout kind sum. It holds the factors of
//               a generation, FACTORS of them (pairs x rank); sr_wide holds none and takes no bound.
//               COUNTERS 0: it counts cycles in total only. SOFT_LANES, BASE_LUT: what is built of LUTs. WEIGHT_HOLD,
//               FIT_BESIDE: see there.
// Parameters are named as in host/map/sr_map.def. Both engines give the same numbers wherever both can; what is built shows in MODES,
// FACTORS, ROW_WORDS (how weights lie) and the limits.
// BUILD      what register BUILD says.
// rx and tx are valid/ready, data stable while stalled. Reset: synchronous, control only. Test: tests/test_sim.c
`default_nettype none

module sr_core #(
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
    parameter PACKET_MAX    = 1024,
    parameter STEP_READOUT  = 1,
    parameter SPIKE_WORDS   = 32768,
    parameter CLOCK_HZ      = 0,
    parameter BUILD         = 0,
    parameter COMPACT       = 0,
    parameter FACTORS       = 0,
    parameter COUNTERS      = 1,
    parameter SOFT_LANES    = 0,
    parameter BASE_LUT      = 0,
    parameter WEIGHT_HOLD   = 1,
    parameter FIT_BESIDE    = 0
) (
    input  wire       clk_i,
    input  wire       rst_i,
    input  wire [7:0] rx_data_i,
    input  wire       rx_valid_i,
    output wire       rx_ready_o,
    output wire [7:0] tx_data_o,
    output wire       tx_valid_o,
    input  wire       tx_ready_i
);
    localparam WORD_0    = COL_LANES * 16 > SAMPLE_W ? COL_LANES * 16 : SAMPLE_W;
    localparam WORD_W    = WORD_0 > 32 ? WORD_0 : 32;
    localparam BLOCK_AW  = $clog2((HIDDEN_MAX + LANES - 1) / LANES);   // as sr_compact numbers column blocks
    localparam ROW_WORDS = COMPACT == 0 ? 0 : BLOCK_AW > 0 ? 1 << BLOCK_AW : 2;

    wire [511:0]      st;
    wire [2047:0]     cfg;
    wire [2:0]        mem_sel;
    wire [27:0]       mem_addr;
    wire              mem_we, mem_re, mem_rvalid, run_start, run_abort, run_busy, engine_rst;
    wire [WORD_W-1:0] mem_wdata, mem_rdata;
    wire [4:0]        run_flags;
    wire [7:0]        run_code;
    sr_host #(
        .LANES(LANES), .ENGINES(ENGINES), .COL_LANES(COL_LANES), .RANK_LANES(RANK_LANES), .PROJ_UNITS(PROJ_UNITS),
        .UPD_ROWS(UPD_ROWS), .SAMPLE_W(SAMPLE_W), .FRAC_W(FRAC_W), .BUFFERS(BUFFERS), .LAYERS_MAX(LAYERS_MAX),
        .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX), .STEPS_MAX(STEPS_MAX),
        .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .SAMPLE_WORDS(SAMPLE_WORDS), .WEIGHT_WORDS(WEIGHT_WORDS),
        .RWEIGHT_WORDS(RWEIGHT_WORDS), .BATCH_MAX(BATCH_MAX), .SCORE_WORDS(SCORE_WORDS), .CBUF_WORDS(CBUF_WORDS),
        .PACKET_MAX(PACKET_MAX), .STEP_READOUT(STEP_READOUT), .SPIKE_WORDS(SPIKE_WORDS), .CLOCK_HZ(CLOCK_HZ),
        .MODES(COMPACT != 0 ? 0 : 3), .FACTORS(FACTORS), .ROW_WORDS(ROW_WORDS), .BUILD(BUILD), .WORD_W(WORD_W)
    ) u_host (
        .clk_i(clk_i), .rst_i(rst_i), .rx_data_i(rx_data_i), .rx_valid_i(rx_valid_i), .rx_ready_o(rx_ready_o),
        .tx_data_o(tx_data_o), .tx_valid_o(tx_valid_o), .tx_ready_i(tx_ready_i),
        .mem_sel_o(mem_sel), .mem_addr_o(mem_addr), .mem_we_o(mem_we), .mem_wdata_o(mem_wdata), .mem_re_o(mem_re),
        .mem_rdata_i(mem_rdata), .mem_rvalid_i(mem_rvalid),
        .run_start_o(run_start), .run_flags_o(run_flags), .run_abort_o(run_abort), .run_busy_i(run_busy), .run_code_i(run_code),
        .engine_rst_o(engine_rst), .st_i(st), .cfg_o(cfg)
    );

    reg rst_q;   // of the engine, which opcode RESET resets too
    always @(posedge clk_i)
        rst_q <= rst_i || engine_rst;

    generate
        if (COMPACT != 0) begin : g_compact
            sr_compact #(
                .LANES(LANES), .ENGINES(ENGINES), .COL_LANES(COL_LANES), .RANK_LANES(RANK_LANES), .PROJ_UNITS(PROJ_UNITS),
                .PROJ_HASH(PROJ_HASH), .UPD_ROWS(UPD_ROWS), .SAMPLE_W(SAMPLE_W), .FRAC_W(FRAC_W), .BUFFERS(BUFFERS),
                .LAYERS_MAX(LAYERS_MAX), .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX),
                .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .SAMPLE_WORDS(SAMPLE_WORDS),
                .WEIGHT_WORDS(WEIGHT_WORDS), .RWEIGHT_WORDS(RWEIGHT_WORDS), .BATCH_MAX(BATCH_MAX), .SCORE_WORDS(SCORE_WORDS),
                .CBUF_WORDS(CBUF_WORDS), .STEP_READOUT(STEP_READOUT), .SPIKE_WORDS(SPIKE_WORDS), .FACTORS(FACTORS),
                .COUNTERS(COUNTERS), .SOFT_LANES(SOFT_LANES), .BASE_LUT(BASE_LUT), .WEIGHT_HOLD(WEIGHT_HOLD),
                .FIT_BESIDE(FIT_BESIDE), .WORD_W(WORD_W)
            ) u_engine (
                .clk_i(clk_i), .rst_i(rst_q), .cfg_i(cfg), .st_o(st), .mem_sel_i(mem_sel), .mem_addr_i(mem_addr),
                .mem_we_i(mem_we), .mem_wdata_i(mem_wdata), .mem_re_i(mem_re), .mem_rdata_o(mem_rdata),
                .mem_rvalid_o(mem_rvalid), .run_start_i(run_start), .run_flags_i(run_flags), .run_abort_i(run_abort),
                .run_busy_o(run_busy), .run_code_o(run_code)
            );
        end else begin : g_wide
            if (FACTORS != 0) begin : g_rule_factors
                SR_FACTORS_ARE_HELD_BY_THE_COMPACT_CORE_ONLY u ();
            end
            sr_wide #(
                .LANES(LANES), .ENGINES(ENGINES), .COL_LANES(COL_LANES), .RANK_LANES(RANK_LANES), .PROJ_UNITS(PROJ_UNITS),
                .PROJ_HASH(PROJ_HASH), .UPD_ROWS(UPD_ROWS), .SAMPLE_W(SAMPLE_W), .FRAC_W(FRAC_W), .BUFFERS(BUFFERS),
                .LAYERS_MAX(LAYERS_MAX), .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX),
                .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .SAMPLE_WORDS(SAMPLE_WORDS),
                .WEIGHT_WORDS(WEIGHT_WORDS), .RWEIGHT_WORDS(RWEIGHT_WORDS), .BATCH_MAX(BATCH_MAX), .SCORE_WORDS(SCORE_WORDS),
                .CBUF_WORDS(CBUF_WORDS), .STEP_READOUT(STEP_READOUT), .SPIKE_WORDS(SPIKE_WORDS), .WORD_W(WORD_W)
            ) u_engine (
                .clk_i(clk_i), .rst_i(rst_q), .cfg_i(cfg), .st_o(st), .mem_sel_i(mem_sel), .mem_addr_i(mem_addr),
                .mem_we_i(mem_we), .mem_wdata_i(mem_wdata), .mem_re_i(mem_re), .mem_rdata_o(mem_rdata),
                .mem_rvalid_o(mem_rvalid), .run_start_i(run_start), .run_flags_i(run_flags), .run_abort_i(run_abort),
                .run_busy_o(run_busy), .run_code_o(run_code)
            );
        end
    endgenerate
endmodule

`default_nettype wire
