// SPDX-License-Identifier: Apache-2.0
// sr_noise_serial: one noise word (docs/numerics.md, section 2), a round a cycle: sr_noise for small devices.
//
// Formats     ctr_i, key_i, word_o: 64 plain bits, x = bits 63:32 of the state, y = bits 31:0.
// Handshake   start_i takes ctr_i and key_i, at any time; ready_o is low in the 16 cycles after it, then up, and word_o holds
//             until the next start_i.
// Throughput  a word every 17 cycles. Reset: ready_o rises (word_o undefined). Test: tests/rtl/tb_noise_serial.cpp
`default_nettype none

module sr_noise_serial (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire        start_i,
    input  wire [63:0] ctr_i,
    input  wire [63:0] key_i,
    output wire        ready_o,
    output wire [63:0] word_o
);
    `include "sr_simon.vh"

    reg  [4:0]  round_q;  // 16: ready
    reg  [63:0] state_q;
    always @(posedge clk_i) begin
        if (start_i) begin
            state_q <= ctr_i ^ key_i;
            round_q <= 5'd0;
        end else if (!round_q[4]) begin
            state_q <= simon_round(state_q, round_q[3:0]);
            round_q <= round_q + 5'd1;
        end
        if (rst_i) round_q <= 5'd16;
    end
    assign ready_o = round_q[4];
    assign word_o  = state_q;
endmodule

`default_nettype wire
