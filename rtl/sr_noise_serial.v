// SPDX-License-Identifier: Apache-2.0
// sr_noise_serial: one noise word (docs/numerics.md, section 2), ROUNDS rounds a cycle: sr_noise for small devices.
//
// Formats     ctr_i, key_i, word_o: 64 plain bits, x = bits 63:32 of the state, y = bits 31:0.
// Handshake   start_i takes ctr_i and key_i, at any time; ready_o is low in the 16 / ROUNDS cycles after it, then up, and word_o
//             holds until the next start_i. With ROUNDS 16 the word is there in the cycle after start_i, and ready_o is always up.
// Throughput  a word every 16 / ROUNDS + 1 cycles, with ROUNDS 16 every cycle; ROUNDS is 1, 2, 4, 8 or 16. Reset: ready_o rises (word_o undefined). Test: tests/rtl/tb_noise_serial.cpp; proofs: tests/formal
`default_nettype none

module sr_noise_serial #(
    parameter ROUNDS = 1
) (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire        start_i,
    input  wire [63:0] ctr_i,
    input  wire [63:0] key_i,
    output wire        ready_o,
    output wire [63:0] word_o
);
    localparam SIMON_ROUNDS = ROUNDS;
    `include "sr_simon.vh"

    generate
        if (ROUNDS < 1 || ROUNDS > 16 || (ROUNDS & (ROUNDS - 1)) != 0) begin : g_rule
            SR_ROUNDS_MUST_BE_1_2_4_8_OR_16 u ();
        end
    endgenerate

    reg  [63:0] state_q;
    generate
        if (ROUNDS == 16) begin : g_at_once
            always @(posedge clk_i) if (start_i) state_q <= simon_rounds(ctr_i ^ key_i, 4'd0);
            assign ready_o = 1'b1;
            wire _unused = rst_i;
        end else begin : g_serial
            reg [4:0] round_q;  // 16: ready
            always @(posedge clk_i) begin
                if (start_i) begin
                    state_q <= ctr_i ^ key_i;
                    round_q <= 5'd0;
                end else if (!round_q[4]) begin
                    state_q <= simon_rounds(state_q, round_q[3:0]);
                    round_q <= round_q + ROUNDS[4:0];
                end
                if (rst_i) round_q <= 5'd16;
            end
            assign ready_o = round_q[4];
        end
    endgenerate
    assign word_o = state_q;

`ifdef FORMAL
    // formal: ROUNDS=8 DEPTH=6
    // ROUNDS 16 has no sequence to prove.
    localparam [4:0] CYCLES = 16 / ROUNDS;
    reg       past_q = 1'b0;
    reg [4:0] left_q;               // cycles in which the word is not there yet
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        left_q <= rst_i ? 5'd0 : start_i ? CYCLES : left_q - {4'd0, left_q != 5'd0};
        if (!past_q) assume (rst_i);
        if (past_q) begin
            assert (left_q <= CYCLES && ready_o == (left_q == 5'd0));
            assert (g_serial.round_q == 5'd16 - left_q * ROUNDS);    // for the induction
            if ($past(ready_o && !start_i)) assert ($stable(word_o));
        end
        cover (past_q && ready_o && $past(!ready_o && !rst_i));
    end
`endif
endmodule

`default_nettype wire
