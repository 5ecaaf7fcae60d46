// SPDX-License-Identifier: Apache-2.0
// sr_sizes: the memories of the list: bytes of a word (their log2) and words. Combinational. Test: tests/rtl/tb_host.cpp, tests/test_axil.c
`default_nettype none

module sr_sizes #(
    parameter LANES         = 4,
    parameter SAMPLE_WORDS  = 1024,
    parameter BATCH_MAX     = 64,
    parameter WEIGHT_WORDS  = 1024,
    parameter RWEIGHT_WORDS = 256,
    parameter PAIRS_MAX     = 64,
    parameter SCORE_WORDS   = 128
) (
    input  wire [2:0]  mem_i,
    output reg  [3:0]  size_o,
    output reg  [31:0] depth_o
);
    `include "sr_map.vh"

    localparam integer K_WEIGHT = $clog2(LANES) + 1;

    always @* begin
        size_o = 4'd2;
        case (mem_i)
            SR_MEM_SAMPLE: begin
                size_o  = 4'd1;
                depth_o = SAMPLE_WORDS;
            end
            SR_MEM_BATCH: depth_o = BATCH_MAX;
            SR_MEM_WEIGHT: begin
                size_o  = K_WEIGHT[3:0];
                depth_o = WEIGHT_WORDS;
            end
            SR_MEM_RWEIGHT: begin
                size_o  = K_WEIGHT[3:0];
                depth_o = RWEIGHT_WORDS;
            end
            SR_MEM_CREDIT: begin
                size_o  = 4'd0;
                depth_o = PAIRS_MAX;
            end
            SR_MEM_FITNESS: depth_o = 2 * PAIRS_MAX;
            SR_MEM_CORRECT: begin
                size_o  = 4'd1;
                depth_o = 2 * PAIRS_MAX;
            end
            default: depth_o = SCORE_WORDS;
        endcase
    end
endmodule

`default_nettype wire
