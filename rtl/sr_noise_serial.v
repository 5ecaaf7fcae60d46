// SPDX-License-Identifier: Apache-2.0
// sr_noise_serial: one noise word (docs/numerics.md, section 2), a round a cycle: sr_noise for small devices.
//
// Formats     ctr_i, key_i, word_o: 64 plain bits, x = bits 63:32 of the state, y = bits 31:0.
// Handshake   start_i takes ctr_i and key_i, at any time; ready_o is low in the 16 cycles after it, then up, and word_o holds until
//             the next start_i.
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
    function [31:0] constant(input [3:0] round);
        case (round)
            4'd0:    constant = 32'h243f6a88;
            4'd1:    constant = 32'h85a308d3;
            4'd2:    constant = 32'h13198a2e;
            4'd3:    constant = 32'h03707344;
            4'd4:    constant = 32'ha4093822;
            4'd5:    constant = 32'h299f31d0;
            4'd6:    constant = 32'h082efa98;
            4'd7:    constant = 32'hec4e6c89;
            4'd8:    constant = 32'h452821e6;
            4'd9:    constant = 32'h38d01377;
            4'd10:   constant = 32'hbe5466cf;
            4'd11:   constant = 32'h34e90c6c;
            4'd12:   constant = 32'hc0ac29b7;
            4'd13:   constant = 32'hc97c50dd;
            4'd14:   constant = 32'h3f84d5b5;
            default: constant = 32'hb5470917;
        endcase
    endfunction

    reg  [4:0]  round_q;  // 16: ready
    reg  [31:0] x_q, y_q;
    wire [31:0] f = y_q ^ ({x_q[30:0], x_q[31]} & {x_q[23:0], x_q[31:24]}) ^ {x_q[29:0], x_q[31:30]};
    always @(posedge clk_i) begin
        if (start_i) begin
            {x_q, y_q} <= ctr_i ^ key_i;
            round_q    <= 5'd0;
        end else if (!round_q[4]) begin
            x_q     <= f ^ constant(round_q[3:0]);
            y_q     <= x_q;
            round_q <= round_q + 5'd1;
        end
        if (rst_i) round_q <= 5'd16;
    end
    assign ready_o = round_q[4];
    assign word_o  = {x_q, y_q};
endmodule

`default_nettype wire
