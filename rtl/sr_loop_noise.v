// SPDX-License-Identifier: Apache-2.0
// sr_loop_noise: the entries of full rank (docs/numerics.md, section 2) of a word of LANES weights, drawn in one cycle, for simulators
// (sr_loop_lif says why): ceil(LANES / 64) words of kind FULL, all 16 rounds of them as one function.
//
// en_i        draws the entries of (layer_i, row_i, pair_i) and column block block_i of LANES columns.
// bits_o      entry n at bit n, 1 is -1: valid from the cycle after en_i, until the next.
// Reset       none. Test: tests/rtl/tb_loop_noise.cpp
`default_nettype none

module sr_loop_noise #(
    parameter LANES = 128     // a multiple of 64
) (
    input  wire             clk_i,
    input  wire             en_i,
    input  wire [63:0]      key_i,
    input  wire [3:0]       layer_i,
    input  wire [15:0]      row_i,
    input  wire [15:0]      pair_i,
    input  wire [7:0]       block_i,
    output wire [LANES-1:0] bits_o
);
    `include "sr_map.vh"
    localparam SIMON_ROUNDS = 16;
    `include "sr_simon.vh"

    localparam WORDS     = LANES / 64;
    localparam WORDS_LOG = $clog2(WORDS);
    reg [LANES-1:0] bits_q;
    // verilator tracing_off
    integer         n;
    // verilator tracing_on
    always @(posedge clk_i)
        if (en_i)
            for (n = 0; n < WORDS; n = n + 1)
                bits_q[n*64+:64] <= simon_rounds(key_i ^ {SR_KIND_FULL[3:0], layer_i, row_i, pair_i, 16'd0, block_i << WORDS_LOG | n[7:0]}, 4'd0);
    assign bits_o = bits_q;
endmodule

`default_nettype wire
