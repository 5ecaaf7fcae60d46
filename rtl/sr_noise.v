// SPDX-License-Identifier: Apache-2.0
// sr_noise: the counter hash of docs/numerics.md, section 2: word = P(ctr ^ key), 16 rounds of SIMON-64's round function.
//
// Formats     ctr_i, key_i, word_o: 64 plain bits, x = bits 63:32 of the state, y = bits 31:0.
// Latency     8 cycles from valid_i to valid_o (two rounds a stage, word_o registered). Throughput one word a cycle.
// Handshake   valid only, no stall: what goes in comes out. key_i is taken with ctr_i.
// Reset       the valid bits; data stages load only behind a set valid bit.
// Test        tests/rtl/tb_noise.cpp
`default_nettype none
module sr_noise (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire        valid_i,
    input  wire [63:0] ctr_i,
    input  wire [63:0] key_i,
    output wire        valid_o,
    output wire [63:0] word_o
);
    `include "sr_simon.vh"

    function [63:0] two_rounds(input [63:0] state, input [3:0] first);
        two_rounds = simon_round(simon_round(state, first), first | 4'd1);
    endfunction

    reg [7:0]  valid_q;
    reg [63:0] state_q1, state_q2, state_q3, state_q4, state_q5, state_q6, state_q7, state_q8;

    always @(posedge clk_i)
        if (rst_i) valid_q <= 8'd0;
        else valid_q <= {valid_q[6:0], valid_i};

    always @(posedge clk_i) begin
        if (valid_i) state_q1 <= two_rounds(ctr_i ^ key_i, 4'd0);
        if (valid_q[0]) state_q2 <= two_rounds(state_q1, 4'd2);
        if (valid_q[1]) state_q3 <= two_rounds(state_q2, 4'd4);
        if (valid_q[2]) state_q4 <= two_rounds(state_q3, 4'd6);
        if (valid_q[3]) state_q5 <= two_rounds(state_q4, 4'd8);
        if (valid_q[4]) state_q6 <= two_rounds(state_q5, 4'd10);
        if (valid_q[5]) state_q7 <= two_rounds(state_q6, 4'd12);
        if (valid_q[6]) state_q8 <= two_rounds(state_q7, 4'd14);
    end

    assign valid_o = valid_q[7];
    assign word_o  = state_q8;
endmodule
`default_nettype wire
