// SPDX-License-Identifier: Apache-2.0
// sr_example: the smallest file that has the core in it: packets of docs/protocol.md on two AXI4-Stream ports, with the state of the runs
// beside them. With PORT 1 the same core is registers and memories on AXI4-Lite (rtl/sr_axil.v): then leave s_axis and m_axis
// alone and connect s_axil. docs/example/sr_example_tb.v talks to it; `make help` has what simulates and builds the rest.
//
// The network that this build holds: 112 inputs, 16 hidden neurons, 10 classes, 13 time steps; two columns of weights a word.
// Parameters are explained in docs/registers.md (limits) and docs/architecture.md (what each buys and costs).
`default_nettype none

module sr_example (
    input  wire       clk,
    input  wire       rst,             // synchronous, for 16 clocks or more
    input  wire [7:0] s_axis_tdata,    // requests
    input  wire       s_axis_tvalid,
    output wire       s_axis_tready,
    output wire [7:0] m_axis_tdata,    // replies
    output wire       m_axis_tvalid,
    input  wire       m_axis_tready,
    output wire       busy,            // a run is under way
    output wire       done,            // it has ended, for a clock
    output wire       fault            // with another code than OK
);
    sr_core #(
        .PORT(0), .CLOCK_HZ(50000000),
        // what works side by side
        .LANES(2), .PROJ_UNITS(4),
        .RANK_LANES(1), .BUFFERS(1),
        // limits of a network, of a population and of a batch
        .INPUTS_MAX(112), .HIDDEN_MAX(16), .CLASSES_MAX(10), .STEPS_MAX(13),
        .RANK_MAX(4), .PAIRS_MAX(64), .FACTORS(64), .BATCH_MAX(64),
        // memories, in words, and formats
        .SAMPLE_WORDS(1024), .RWEIGHT_WORDS(128), .SCORE_WORDS(256), .FRAC_W(4),
        .PACKET_MAX(256), .SOFT_LANES(2)
    ) core (
        .clk_i(clk), .rst_i(rst),
        .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .s_axil_awaddr(32'd0), .s_axil_awvalid(1'b0), .s_axil_awready(),
        .s_axil_wdata(32'd0), .s_axil_wstrb(4'd0), .s_axil_wvalid(1'b0), .s_axil_wready(),
        .s_axil_bresp(), .s_axil_bvalid(), .s_axil_bready(1'b0),
        .s_axil_araddr(32'd0), .s_axil_arvalid(1'b0), .s_axil_arready(),
        .s_axil_rdata(), .s_axil_rresp(), .s_axil_rvalid(), .s_axil_rready(1'b0),
        .busy_o(busy), .done_o(done), .fault_o(fault)
    );
endmodule

`default_nettype wire
