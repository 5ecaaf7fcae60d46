// SPDX-License-Identifier: Apache-2.0
// sr_core: the device: LIF networks trained by forward passes alone, at the neuron (mode `local`) or by evolution strategies. The same
// module runs in simulation and on every board. It holds the host's side (sr_host: packets, registers) and the engine, which runs
// what the registers say on what the memories hold.
//
// Parameters are in sr_params.vh; what can be built, in sr_rules.v. It shows in MODES, FACTORS, ROW_WORDS (how weights lie) and the limits.
// PACKET_MAX bytes of a packet. CLOCK_HZ: for the link's time-out; 0: none.
// BUILD      what register BUILD says.
// PORT       0: packets, a byte stream each way (AXI4-Stream; docs/protocol.md). 1: registers and memories on AXI4-Lite, without
//            packets and their CRC (sr_axil). The ports of the other stay 0, and its inputs may be tied to 0.
// GATE       1: for simulators, whose clocks may stand still (sr_gate).
// DENSE      1: samples may come in fewer bytes (opcode WRITE_DENSE).
// busy_o     a run is under way. done_o: it has ended, for a clock. fault_o: the last one ended with another code than OK.
// Reset      synchronous, control only. Test: tests/test_sim.c, tests/test_axil.c, tests/params.sh
`default_nettype none

module sr_core #(
    `include "sr_params.vh"
    parameter PACKET_MAX = 256,
    parameter CLOCK_HZ   = 0,
    parameter BUILD      = 0,
    parameter PORT       = 0,
    parameter GATE       = 0,
    parameter DENSE      = 0,
    `include "sr_engine.vh"
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

    sr_rules #(
        `include "sr_pass.vh"
        , .PORT(PORT)
    ) u_rules ();

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
        .PACKET_MAX(PACKET_MAX), .CLOCK_HZ(CLOCK_HZ), .BUILD(BUILD), .PORT(PORT), .GATE(GATE), .DENSE(DENSE),
        `include "sr_pass.vh"
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

    // The engine's clock stands still while nobody asks anything of it, some cycles after the last of it. Samples are written into their
    // store, which has a clock of its own, while the engine stands still.
    reg  [5:0] linger_q;
    wire host_x       = mem_sel == SR_MEM_SAMPLE[2:0];
    wire engine_asked = rst_i || engine_rst || rst_q || run_start || run_busy || (mem_we && !host_x) || mem_re || cfg_we;
    wire engine_on    = engine_asked || linger_q != 6'd0;
    wire engine_clk, samples_clk;
    always @(posedge clk_i)
        linger_q <= engine_asked ? 6'd63 : linger_q - {5'd0, linger_q != 6'd0};
    sr_gate #(.GATE(GATE)) u_gate (.clk_i(clk_i), .en_i(engine_on), .clk_o(engine_clk));
    sr_gate #(.GATE(GATE)) u_samples_gate (.clk_i(clk_i), .en_i(engine_on || mem_we), .clk_o(samples_clk));

    sr_engine #(
        .GATE(GATE),
        `include "sr_pass.vh"
    ) u_engine (
        .clk_i(engine_clk), .samples_clk_i(samples_clk), .rst_i(rst_q), .cfg_i(cfg), .cfg_we_i(cfg_we), .cfg_addr_i(cfg_addr),
        .st_o(st), .mem_sel_i(mem_sel), .mem_addr_i(mem_addr), .mem_we_i(mem_we), .mem_wdata_i(mem_wdata), .mem_re_i(mem_re),
        .mem_rdata_o(mem_rdata), .mem_rvalid_o(mem_rvalid), .run_start_i(run_start), .run_flags_i(run_flags),
        .run_abort_i(run_abort), .run_busy_o(run_busy), .run_code_o(run_code)
    );
endmodule

`default_nettype wire
