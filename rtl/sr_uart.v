// SPDX-License-Identifier: Apache-2.0
//
// sr_uart: both directions of a serial line as byte streams with valid/ready: m_* what was received, s_* what to send.
// Errors     frame_o, overrun_o: see sr_uart_rx. The bytes are lost; the packet that they were part of fails its CRC.
// Reset      rst_i
// Test       tests/rtl/tb_uart.cpp
`default_nettype none

module sr_uart #(
    parameter CLOCK_HZ = 24000000,
    parameter BAUD     = 3000000
) (
    input  wire       clk_i,
    input  wire       rst_i,
    input  wire       rxd_i,
    output wire       txd_o,
    output wire [7:0] m_data_o,
    output wire       m_valid_o,
    input  wire       m_ready_i,
    input  wire [7:0] s_data_i,
    input  wire       s_valid_i,
    output wire       s_ready_o,
    output wire       frame_o,
    output wire       overrun_o
);
    sr_uart_rx #(
        .CLOCK_HZ (CLOCK_HZ),
        .BAUD     (BAUD)
    ) u_rx (
        .clk_i     (clk_i),
        .rst_i     (rst_i),
        .rxd_i     (rxd_i),
        .m_data_o  (m_data_o),
        .m_valid_o (m_valid_o),
        .m_ready_i (m_ready_i),
        .frame_o   (frame_o),
        .overrun_o (overrun_o)
    );

    sr_uart_tx #(
        .CLOCK_HZ (CLOCK_HZ),
        .BAUD     (BAUD)
    ) u_tx (
        .clk_i     (clk_i),
        .rst_i     (rst_i),
        .s_data_i  (s_data_i),
        .s_valid_i (s_valid_i),
        .s_ready_o (s_ready_o),
        .txd_o     (txd_o)
    );
endmodule

`default_nettype wire
