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
    function [63:0] two_rounds(input [63:0] state, input [31:0] c0, input [31:0] c1);
        reg [31:0] x0, x1, x2;
        begin
            x0 = state[63:32];
            x1 = state[31:0] ^ ({x0[30:0], x0[31]} & {x0[23:0], x0[31:24]}) ^ {x0[29:0], x0[31:30]} ^ c0;
            x2 = x0 ^ ({x1[30:0], x1[31]} & {x1[23:0], x1[31:24]}) ^ {x1[29:0], x1[31:30]} ^ c1;
            two_rounds = {x2, x1};
        end
    endfunction

    reg [7:0]  valid_q;
    reg [63:0] state_q1, state_q2, state_q3, state_q4, state_q5, state_q6, state_q7, state_q8;

    always @(posedge clk_i)
        if (rst_i) valid_q <= 8'd0;
        else valid_q <= {valid_q[6:0], valid_i};

    always @(posedge clk_i) begin
        if (valid_i) state_q1 <= two_rounds(ctr_i ^ key_i, 32'h243f6a88, 32'h85a308d3);
        if (valid_q[0]) state_q2 <= two_rounds(state_q1, 32'h13198a2e, 32'h03707344);
        if (valid_q[1]) state_q3 <= two_rounds(state_q2, 32'ha4093822, 32'h299f31d0);
        if (valid_q[2]) state_q4 <= two_rounds(state_q3, 32'h082efa98, 32'hec4e6c89);
        if (valid_q[3]) state_q5 <= two_rounds(state_q4, 32'h452821e6, 32'h38d01377);
        if (valid_q[4]) state_q6 <= two_rounds(state_q5, 32'hbe5466cf, 32'h34e90c6c);
        if (valid_q[5]) state_q7 <= two_rounds(state_q6, 32'hc0ac29b7, 32'hc97c50dd);
        if (valid_q[6]) state_q8 <= two_rounds(state_q7, 32'h3f84d5b5, 32'hb5470917);
    end

    assign valid_o = valid_q[7];
    assign word_o  = state_q8;
endmodule
`default_nettype wire
