// SPDX-License-Identifier: Apache-2.0
// sr_core: the device: LIF networks trained by forward passes alone, at the neuron (mode `local`) or by evolution strategies. The same
// module runs in simulation and on every board. It holds the host's side (sr_host: packets, registers) and the engine, which runs
// what the registers say on what the memories hold.
//
// Parameters are named as in host/map/sr_map.def; those of the engine are explained there (sr_engine). What is built shows in MODES,
// FACTORS, ROW_WORDS (how weights lie) and the limits.
// BUILD      what register BUILD says.
// PORT       0: packets, a byte stream each way (AXI4-Stream; docs/protocol.md). 1: registers and memories on AXI4-Lite, without
//            packets and their CRC (sr_axil). The ports of the other stay 0, and its inputs may be tied to 0.
// busy_o     a run is under way. done_o: it has ended, for a clock. fault_o: the last one ended with another code than OK.
// Reset      synchronous, control only. Test: tests/test_sim.c, tests/test_axil.c, tests/params.sh
`default_nettype none

module sr_core #(
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
    parameter PACKET_MAX    = 256,
    parameter CLOCK_HZ      = 0,
    parameter BUILD         = 0,
    parameter PORT          = 0,
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
    parameter SERIAL        = 0
) (
    input  wire        clk_i,
    input  wire        rst_i,
    // PORT 0
    input  wire [7:0]  s_axis_tdata,
    input  wire        s_axis_tvalid,
    output wire        s_axis_tready,
    output wire [7:0]  m_axis_tdata,
    output wire        m_axis_tvalid,
    input  wire        m_axis_tready,
    // PORT 1
    input  wire [31:0] s_axil_awaddr,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output wire        s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [31:0] s_axil_araddr,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output wire        s_axil_rvalid,
    input  wire        s_axil_rready,
    // state of the runs
    output wire        busy_o,
    output reg         done_o,
    output wire        fault_o
);
    `include "sr_map.vh"

    localparam WORD_W    = LANES * 16 > 32 ? LANES * 16 : 32;
    `include "sr_engine.vh"

    generate
        if (CLASSES_MAX < 2 || CLASSES_MAX > 16) begin : g_rule_classes
            SR_CLASSES_MAX_MUST_BE_2_TO_16 u ();
        end
        if (INPUTS_MAX < 1 || INPUTS_MAX > 4095) begin : g_rule_inputs
            SR_INPUTS_MAX_MUST_BE_1_TO_4095 u ();
        end
        if (FRAC_W < 1 || FRAC_W > 8) begin : g_rule_frac
            SR_FRAC_W_MUST_BE_1_TO_8 u ();
        end
        if (PAIRS_MAX < 2 || PAIRS_MAX > 32767 || BATCH_MAX < 2 || BATCH_MAX > 65534) begin : g_rule_pairs
            SR_PAIRS_MAX_MUST_BE_2_TO_32767_AND_BATCH_MAX_2_TO_65534 u ();
        end
        if (STEPS_MAX < 1 || STEPS_MAX > 1022 || RANK_MAX < 1 || RANK_MAX > 62) begin : g_rule_steps
            SR_STEPS_MAX_MUST_BE_1_TO_1022_AND_RANK_MAX_1_TO_62 u ();
        end
        if (PORT != 0 && PORT != 1) begin : g_rule_port
            SR_PORT_MUST_BE_0_OR_1 u ();
        end
    endgenerate

    wire [511:0]      st;
    wire [2047:0]     cfg;
    wire [2:0]        mem_sel;
    wire [27:0]       mem_addr;
    wire              mem_we, mem_re, mem_rvalid, run_start, run_abort, run_busy, engine_rst;
    wire [WORD_W-1:0] mem_wdata, mem_rdata;
    wire [5:0]        run_flags;
    wire [7:0]        run_code, code;
    wire              cfg_we;
    wire [6:0]        cfg_addr;
    sr_host #(
        .LANES(LANES), .ENGINES(1), .COL_LANES(LANES), .RANK_LANES(RANK_LANES), .PROJ_UNITS(PROJ_UNITS),
        .UPD_ROWS(1), .SAMPLE_W(16), .FRAC_W(FRAC_W), .BUFFERS(BUFFERS), .LAYERS_MAX(1),
        .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX), .STEPS_MAX(STEPS_MAX),
        .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .SAMPLE_WORDS(SAMPLE_WORDS), .WEIGHT_WORDS(WEIGHT_WORDS),
        .RWEIGHT_WORDS(RWEIGHT_WORDS), .BATCH_MAX(BATCH_MAX), .SCORE_WORDS(SCORE_WORDS), .CBUF_WORDS(CBUF_WORDS),
        .PACKET_MAX(PACKET_MAX), .STEP_READOUT(0), .SPIKE_WORDS(1), .CLOCK_HZ(CLOCK_HZ),
        .MODES((FULL != 0 ? 1 : 0) + (LOWRANK != 0 ? 32 : 0) + (LEAK_MUL != 0 ? 8 : 0) + (SUBTRACT != 0 ? 16 : 0) + (LOCAL != 0 ? 4 : 0)), .FACTORS(FACTORS), .ROW_WORDS(BLOCKS), .BUILD(BUILD), .WORD_W(WORD_W), .PORT(PORT)
    ) u_host (
        .clk_i(clk_i), .rst_i(rst_i), .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .s_axil_awaddr(s_axil_awaddr), .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb), .s_axil_wvalid(s_axil_wvalid), .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp), .s_axil_bvalid(s_axil_bvalid), .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr), .s_axil_arvalid(s_axil_arvalid), .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp), .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready),
        .mem_sel_o(mem_sel), .mem_addr_o(mem_addr), .mem_we_o(mem_we), .mem_wdata_o(mem_wdata), .mem_re_o(mem_re),
        .mem_rdata_i(mem_rdata), .mem_rvalid_i(mem_rvalid),
        .run_start_o(run_start), .run_flags_o(run_flags), .run_abort_o(run_abort), .run_busy_i(run_busy), .run_code_i(run_code),
        .engine_rst_o(engine_rst), .code_o(code), .st_i(st), .cfg_o(cfg), .cfg_we_o(cfg_we), .cfg_addr_o(cfg_addr)
    );
    reg busy_q;
    always @(posedge clk_i) begin
        busy_q <= run_busy && !rst_i && !engine_rst;
        done_o <= busy_q && !run_busy && !rst_i && !engine_rst;
    end
    assign busy_o  = run_busy;
    assign fault_o = !run_busy && code != SR_REPLY_OK && code != SR_REPLY_NO_RUN;

    reg rst_q;   // of the engine, which opcode RESET resets too
    always @(posedge clk_i)
        rst_q <= rst_i || engine_rst;

    sr_engine #(
        .LANES(LANES), .RANK_LANES(RANK_LANES), .PROJ_UNITS(PROJ_UNITS),
        .FRAC_W(FRAC_W), .BUFFERS(BUFFERS),
        .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX),
        .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .SAMPLE_WORDS(SAMPLE_WORDS),
        .RWEIGHT_WORDS(RWEIGHT_WORDS), .BATCH_MAX(BATCH_MAX), .SCORE_WORDS(SCORE_WORDS), 
        .FACTORS(FACTORS),
        .COUNTERS(COUNTERS), .SOFT_LANES(SOFT_LANES), .BASE_LUT(BASE_LUT), .WEIGHT_HOLD(WEIGHT_HOLD),
        .FIT_UNITS(FIT_UNITS), .LEAK_MUL(LEAK_MUL), .LUT_RAM(LUT_RAM), .LOCAL(LOCAL), .SUBTRACT(SUBTRACT),
        .NOISE_ROUNDS(NOISE_ROUNDS), .MEMBERS(MEMBERS), .LEAK_DSP(LEAK_DSP), .CFG_RAM(CFG_RAM), .LOWRANK(LOWRANK), .FULL(FULL), .SERIAL(SERIAL), .WORD_W(WORD_W)
    ) u_engine (
        .clk_i(clk_i), .rst_i(rst_q), .cfg_i(cfg), .cfg_we_i(cfg_we), .cfg_addr_i(cfg_addr), .st_o(st), .mem_sel_i(mem_sel), .mem_addr_i(mem_addr),
        .mem_we_i(mem_we), .mem_wdata_i(mem_wdata), .mem_re_i(mem_re), .mem_rdata_o(mem_rdata),
        .mem_rvalid_o(mem_rvalid), .run_start_i(run_start), .run_flags_i(run_flags), .run_abort_i(run_abort),
        .run_busy_o(run_busy), .run_code_o(run_code)
    );
endmodule

`default_nettype wire
