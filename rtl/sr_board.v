// SPDX-License-Identifier: Apache-2.0
//
// sr_board: the top of every board: clock, reset, UART and the core that simulation runs. A board is data: its pins and
//            parameters are in constraints/.
// Parameters the core's (see sr_core), of which CLOCK_HZ is that after the PLL; BAUD; LED_INVERT 1: a LED lights at 0;
//            PLL_*: see sr_clock of the family (rtl/ice40, rtl/ecp5; in simulation sim/sr_clock.v passes the clock on).
// Reset      2^RESET_W clocks after the PLL locked, and again when it loses lock (sr_reset).
// LEDs       led_o[0] blinks with the bytes sent; led_o[1] stays lit after a framing error or overrun, and blinks while the PLL has no
//            lock.
// Test       build/spikeroll-board runs this very top; tests/board.sh
`default_nettype none

module sr_board #(
    `include "sr_params.vh"
    parameter PACKET_MAX    = 256,
    parameter CLOCK_HZ      = 18000000,
    parameter BUILD         = 0,
    parameter DENSE         = 0,
    parameter BAUD          = 3000000,
    parameter LED_INVERT    = 0,
    parameter PLL_REF       = 0,
    parameter PLL_FB        = 0,
    parameter PLL_OUT       = 0,
    parameter PLL_FILTER    = 0,
    parameter PLL_PAD       = 0,
    parameter RESET_W       = 12
) (
    input  wire       clk_i,
    input  wire       uart_rx_i,
    output wire       uart_tx_o,
    output wire [1:0] led_o
);
    wire clk, locked, rst, blink;
    sr_clock #(.PLL_REF(PLL_REF), .PLL_FB(PLL_FB), .PLL_OUT(PLL_OUT), .PLL_FILTER(PLL_FILTER), .PLL_PAD(PLL_PAD)) u_clock (
        .clk_i(clk_i), .clk_o(clk), .locked_o(locked)
    );
    // It blinks every tenth of a second, about.
    sr_reset #(.RESET_W(RESET_W), .BLINK_W(RESET_W < 20 ? $clog2(CLOCK_HZ / 8) : RESET_W + 1)) u_reset (
        .clk_i(clk), .locked_i(locked), .rst_o(rst), .blink_o(blink)
    );

    wire [7:0] rx_data, tx_data;
    wire       rx_valid, rx_ready, tx_valid, tx_ready, frame, overrun;
    sr_uart #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_uart (
        .clk_i(clk), .rst_i(rst), .rxd_i(uart_rx_i), .txd_o(uart_tx_o), .m_data_o(rx_data), .m_valid_o(rx_valid), .m_ready_i(rx_ready),
        .s_data_i(tx_data), .s_valid_i(tx_valid), .s_ready_o(tx_ready), .frame_o(frame), .overrun_o(overrun)
    );

    sr_core #(
        `include "sr_pass.vh"
        , .PACKET_MAX(PACKET_MAX), .CLOCK_HZ(CLOCK_HZ), .BUILD(BUILD), .DENSE(DENSE)
    ) u_core (
        .clk_i(clk), .rst_i(rst), .s_axis_tdata(rx_data), .s_axis_tvalid(rx_valid), .s_axis_tready(rx_ready), .m_axis_tdata(tx_data),
        .m_axis_tvalid(tx_valid), .m_axis_tready(tx_ready), .s_axil_awaddr(32'd0), .s_axil_awvalid(1'b0), .s_axil_awready(), .s_axil_wdata(32'd0),
        .s_axil_wstrb(4'd0), .s_axil_wvalid(1'b0), .s_axil_wready(), .s_axil_bresp(), .s_axil_bvalid(), .s_axil_bready(1'b0), .s_axil_araddr(32'd0),
        .s_axil_arvalid(1'b0), .s_axil_arready(), .s_axil_rdata(), .s_axil_rresp(), .s_axil_rvalid(), .s_axil_rready(1'b0), .busy_o(), .done_o(),
        .fault_o()
    );

    reg fault_q;
    always @(posedge clk)
        fault_q <= !rst && (fault_q || frame || overrun);

    assign led_o = {2{LED_INVERT[0]}} ^ {fault_q || blink, ~uart_tx_o};
endmodule

`default_nettype wire
