// SPDX-License-Identifier: Apache-2.0
//
// sr_host: the host's side of the core: registers, memories and runs, reached in one of two ways.
// DENSE       1: WRITE_DENSE is built (PORT 0), and bit 7 of MODES says so.
// GATE        1: the clock stands still during a run while no byte comes (PORT 0; sr_gate).
// PORT        0: packets on byte streams (sr_link, sr_exec, docs/protocol.md). 1: AXI4-Lite (sr_axil). The ports of the other are 0.
// Parameters  those of the core (sr_params.vh); sr_regs tells the host of them. CLOCK_HZ and BUILD as in sr_core.
// cfg_o       RW registers, from the list, 32 bits an address (sr_cfg.vh names them); undefined until written.
// cfg_we_o    a register is written: its address in cfg_addr_o, its value in the low bits of mem_wdata_o. For engines that hold some
//             settings in a memory.
// st_i        ST registers, likewise (sr_st.vh); STATUS is made here.
// Memories    mem_sel_o, mem_addr_o (word index, in range): mem_we_o writes mem_wdata_o, mem_re_o asks, mem_rvalid_i answers
//             with mem_rdata_i a cycle later or any time after; words sit in the low bits. Never during a run.
// Run         run_start_o pulses, run_flags_o holds; run_busy_i from the next cycle on; run_code_i when it falls. run_abort_o: end the
//             run at its next boundary, with ABORTED. engine_rst_o: reset whatever runs, and nothing here. code_o: what
//             the host is told of the last run, NO_RUN until one was started.
// Handshake   s_axis and m_axis are AXI4-Stream bytes; tready of s_axis, tvalid and tdata of m_axis are flip-flops.
// Time-out    a request that stays unfinished for 40 to 80 ms (CLOCK_HZ 0: for ever) is forgotten.
// Reset       rst_i: hunting for a packet, no RUN remembered, EPOCH forgotten; registers keep their values.
// Test        tests/rtl/tb_host.cpp
`default_nettype none

module sr_host #(
    `include "sr_params.vh"
    parameter PACKET_MAX = 256,
    parameter CLOCK_HZ   = 0,
    parameter BUILD      = 0,
    parameter PORT       = 0,
    parameter GATE       = 0,
    parameter DENSE      = 1,
    `include "sr_engine.vh"
) (
    input  wire              clk_i,
    input  wire              rst_i,
    input  wire [7:0]        s_axis_tdata,
    input  wire              s_axis_tvalid,
    output wire              s_axis_tready,
    output wire [7:0]        m_axis_tdata,
    output wire              m_axis_tvalid,
    input  wire              m_axis_tready,
    input  wire [31:0]       s_axil_awaddr,
    input  wire              s_axil_awvalid,
    output wire              s_axil_awready,
    input  wire [31:0]       s_axil_wdata,
    input  wire [3:0]        s_axil_wstrb,
    input  wire              s_axil_wvalid,
    output wire              s_axil_wready,
    output wire [1:0]        s_axil_bresp,
    output wire              s_axil_bvalid,
    input  wire              s_axil_bready,
    input  wire [31:0]       s_axil_araddr,
    input  wire              s_axil_arvalid,
    output wire              s_axil_arready,
    output wire [31:0]       s_axil_rdata,
    output wire [1:0]        s_axil_rresp,
    output wire              s_axil_rvalid,
    input  wire              s_axil_rready,
    output wire [2:0]        mem_sel_o,
    output wire [27:0]       mem_addr_o,
    output wire              mem_we_o,
    output wire [WORD_W-1:0] mem_wdata_o,
    output wire              mem_re_o,
    input  wire [WORD_W-1:0] mem_rdata_i,
    input  wire              mem_rvalid_i,
    output wire              run_start_o,
    output wire [5:0]        run_flags_o,
    output wire              run_abort_o,
    input  wire              run_busy_i,
    input  wire [7:0]        run_code_i,
    output wire              engine_rst_o,
    output wire [7:0]        code_o,
    input  wire [511:0]      st_i,
    output wire [2047:0]     cfg_o,
    output wire              cfg_we_o,
    output wire [6:0]        cfg_addr_o
);
    localparam LEN_W = $clog2(PACKET_MAX) + 1;

    `include "sr_map.vh"

    wire       _unused = &{1'b0, st_i[31:0]};
    wire       reg_we, reg_bwe, host_clk, asked;
    wire [6:0] reg_waddr;
    wire [1:0] reg_bsel;
    wire [8:0] reg_raddr;
    wire [7:0] reg_bdata, reg_rdata, code;
    sr_gate #(.GATE(GATE)) u_gate (.clk_i(clk_i), .en_i(asked || rst_i), .clk_o(host_clk));

    generate
        if (PORT == 0) begin : g_link
            // a request, byte by byte, and what becomes of it; its answer, and the payload of that
            wire             link_idle, exec_idle, req_valid, req_drop, req_head, arg_valid, index_last, pkt_next, pkt_hold;
            wire             rep_valid, rep_ready, pay_open, pay_valid, pay_ready;
            wire [1:0]       req_fault;
            wire [7:0]       req_op, req_seq, pkt_data, rep_status, pay_data;
            wire [LEN_W-1:0] req_len, index, rep_len;
            sr_link #(
                .PACKET_MAX(PACKET_MAX), .LEN_W(LEN_W), .TIMEOUT_W(CLOCK_HZ > 0 ? $clog2(CLOCK_HZ / 25) : 0)
            ) u_link (
                .clk_i(host_clk), .rst_i(rst_i), .rx_data_i(s_axis_tdata), .rx_valid_i(s_axis_tvalid), .rx_ready_o(s_axis_tready),
                .tx_data_o(m_axis_tdata), .tx_valid_o(m_axis_tvalid), .tx_ready_i(m_axis_tready), .req_valid_o(req_valid),
                .req_fault_o(req_fault), .req_op_o(req_op), .req_seq_o(req_seq), .req_len_o(req_len), .req_drop_i(req_drop),
                .req_head_o(req_head), .arg_valid_o(arg_valid), .index_o(index), .index_last_o(index_last), .pkt_next_i(pkt_next),
                .pkt_hold_i(pkt_hold), .pkt_data_o(pkt_data), .rep_valid_i(rep_valid), .rep_ready_o(rep_ready),
                .rep_status_i(rep_status), .rep_len_i(rep_len), .pay_open_o(pay_open), .pay_valid_i(pay_valid),
                .pay_ready_o(pay_ready), .pay_data_i(pay_data), .idle_o(link_idle)
            );
            sr_exec #(
                .LANES(LANES), .WORD_W(WORD_W), .PACKET_MAX(PACKET_MAX), .LEN_W(LEN_W), .SAMPLE_WORDS(SAMPLE_WORDS),
                .BATCH_MAX(BATCH_MAX), .WEIGHT_WORDS(WEIGHT_WORDS), .RWEIGHT_WORDS(RWEIGHT_WORDS), .PAIRS_MAX(PAIRS_MAX),
                .SCORE_WORDS(SCORE_WORDS), .DENSE(DENSE)
            ) u_exec (
                .clk_i(host_clk), .rst_i(rst_i), .req_valid_i(req_valid), .req_fault_i(req_fault), .req_op_i(req_op),
                .req_seq_i(req_seq), .req_len_i(req_len), .req_drop_o(req_drop), .req_head_i(req_head), .arg_valid_i(arg_valid),
                .arg_data_i(s_axis_tdata), .index_i(index), .index_last_i(index_last), .pkt_next_o(pkt_next), .pkt_hold_o(pkt_hold),
                .pkt_data_i(pkt_data), .rep_valid_o(rep_valid), .rep_ready_i(rep_ready), .rep_status_o(rep_status),
                .rep_len_o(rep_len), .pay_open_i(pay_open), .pay_valid_o(pay_valid), .pay_ready_i(pay_ready), .pay_data_o(pay_data),
                .reg_we_o(reg_we), .reg_waddr_o(reg_waddr), .reg_bwe_o(reg_bwe), .reg_bsel_o(reg_bsel), .reg_raddr_o(reg_raddr),
                .reg_rdata_i(reg_rdata), .mem_sel_o(mem_sel_o), .mem_addr_o(mem_addr_o), .mem_we_o(mem_we_o),
                .wr_word_o(mem_wdata_o), .mem_re_o(mem_re_o), .mem_rdata_i(mem_rdata_i), .mem_rvalid_i(mem_rvalid_i),
                .run_start_o(run_start_o), .run_flags_o(run_flags_o), .run_abort_o(run_abort_o), .run_busy_i(run_busy_i),
                .run_code_i(code), .engine_rst_o(engine_rst_o), .idle_o(exec_idle)
            );
            // While the engine runs and no byte comes, the clock stands still.
            assign asked = s_axis_tvalid || !link_idle || !exec_idle || !run_busy_i;
            assign reg_bdata = mem_wdata_o[31:24];
            assign {s_axil_awready, s_axil_wready, s_axil_bresp, s_axil_bvalid, s_axil_arready, s_axil_rdata, s_axil_rresp,
                    s_axil_rvalid} = 41'd0;
            wire _unused_axil = &{1'b0, s_axil_awaddr, s_axil_awvalid, s_axil_wdata, s_axil_wstrb, s_axil_wvalid, s_axil_bready,
                             s_axil_araddr, s_axil_arvalid, s_axil_rready};
        end else begin : g_axil
            sr_axil #(
                .LANES(LANES), .WORD_W(WORD_W), .SAMPLE_WORDS(SAMPLE_WORDS), .BATCH_MAX(BATCH_MAX), .WEIGHT_WORDS(WEIGHT_WORDS),
                .RWEIGHT_WORDS(RWEIGHT_WORDS), .PAIRS_MAX(PAIRS_MAX), .SCORE_WORDS(SCORE_WORDS)
            ) u_axil (
                .clk_i(host_clk), .rst_i(rst_i), .s_axil_awaddr(s_axil_awaddr), .s_axil_awvalid(s_axil_awvalid),
                .s_axil_awready(s_axil_awready), .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb),
                .s_axil_wvalid(s_axil_wvalid), .s_axil_wready(s_axil_wready), .s_axil_bresp(s_axil_bresp),
                .s_axil_bvalid(s_axil_bvalid), .s_axil_bready(s_axil_bready), .s_axil_araddr(s_axil_araddr),
                .s_axil_arvalid(s_axil_arvalid), .s_axil_arready(s_axil_arready), .s_axil_rdata(s_axil_rdata),
                .s_axil_rresp(s_axil_rresp), .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready), .reg_we_o(reg_we),
                .reg_waddr_o(reg_waddr), .reg_bwe_o(reg_bwe), .reg_bsel_o(reg_bsel), .reg_raddr_o(reg_raddr),
                .reg_rdata_i(reg_rdata), .mem_sel_o(mem_sel_o), .mem_addr_o(mem_addr_o), .mem_we_o(mem_we_o),
                .wr_word_o(mem_wdata_o), .reg_bdata_o(reg_bdata), .mem_re_o(mem_re_o), .mem_rdata_i(mem_rdata_i),
                .mem_rvalid_i(mem_rvalid_i), .run_start_o(run_start_o), .run_flags_o(run_flags_o), .run_abort_o(run_abort_o),
                .run_busy_i(run_busy_i), .engine_rst_o(engine_rst_o)
            );
            assign asked = 1'b1;
            assign {s_axis_tready, m_axis_tdata, m_axis_tvalid} = 10'd0;
            wire _unused_link = &{1'b0, s_axis_tdata, s_axis_tvalid, m_axis_tready};
        end
    endgenerate

    // What the host is told of the last run, and whether EPOCH was written since the reset.
    reg ran_q, epoch_q;
    always @(posedge host_clk)
        if (rst_i || engine_rst_o) begin
            ran_q   <= 1'b0;
            epoch_q <= 1'b0;
        end else begin
            if (run_start_o)
                ran_q <= 1'b1;
            if (reg_we && reg_waddr == SR_REG_EPOCH[6:0])
                epoch_q <= 1'b1;
        end
    assign code       = ran_q ? run_code_i : SR_REPLY_NO_RUN;
    assign cfg_we_o   = reg_we;
    assign cfg_addr_o = reg_waddr;
    assign code_o     = code;

    sr_regs #(
        .PACKET_MAX(PACKET_MAX), .CLOCK_HZ(CLOCK_HZ), .BUILD(BUILD), .DENSE(PORT == 0 ? DENSE : 0),
        `include "sr_pass.vh"
    ) u_regs (
        .clk_i(host_clk), .we_i(reg_we), .waddr_i(reg_waddr), .wdata_i(mem_wdata_o[31:0]), .bwe_i(reg_bwe), .bsel_i(reg_bsel),
        .bdata_i(reg_bdata), .raddr_i(reg_raddr), .rdata_o(reg_rdata),
        .st_i({st_i[511:32], 16'd0, code, 6'd0, epoch_q, run_busy_i}), .cfg_o(cfg_o)
    );
endmodule

`default_nettype wire
