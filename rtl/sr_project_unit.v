// SPDX-License-Identifier: Apache-2.0
// sr_project_unit: one pair of sr_project: noise words in use and in waiting, popcounts, sum. Controls are sr_project's.
//
// Formats     word_i: ROW noise word; x_i: SAMPLE_W inputs; count_i, count_o: signed CNT_W, modulo 2^CNT_W.
//             An entry is -1 or +1 (sign: n - 2 w), or b0 + low - 2 high (bell) with b0 = w[i] and low - ... the two's complement
//             pair of b1 - b2 - b3. BELL_TREES 1: the three planes in one cycle; 0: plane pass_i = 0, 1, 2 of three passes.
// Latency     2 cycles from x_i (count_en_i) to count_o (add_en_i a cycle later, with count_i).
// Reset       none. Wraps; the core's limits keep counts within CNT_W.
// Test        tests/rtl/tb_project.cpp
`default_nettype none
module sr_project_unit #(
    parameter SAMPLE_W   = 64,
    parameter CNT_W      = 14,
    parameter BELL_TREES = 1
) (
    input  wire                clk_i,
    input  wire                bell_i,
    input  wire                land_i,      // word_i becomes the word in waiting
    input  wire [63:0]         word_i,
    input  wire                load_i,      // the word in waiting comes into use
    input  wire                rotate_i,    // next SAMPLE_W bits of the word in use
    input  wire                count_en_i,
    input  wire [SAMPLE_W-1:0] x_i,
    input  wire [1:0]          pass_i,      // with count_en_i
    input  wire                add_en_i,
    input  wire                first_i,     // with add_en_i: count_i is not there yet
    input  wire [6:0]          ones_i,      // with add_en_i: ones of x_i
    input  wire [1:0]          add_pass_i,  // with add_en_i
    input  wire [CNT_W-1:0]    count_i,
    output wire [CNT_W-1:0]    count_o
);
    `include "sr_popcount.vh"

    // planes of 64 bits, of which the low SAMPLE_W are used
    function [63:0] plane_low(input [63:0] w);
        plane_low = w ^ {w[20:0], w[63:21]} ^ {w[10:0], w[63:11]} ^ {w[26:0], w[63:27]};
    endfunction
    // b1 - b2 - b3 < 0, given b = w ^ rotated w: (b2 | b3) & ~(b1 & ~(b2 & b3))
    function [63:0] plane_high(input [63:0] w);
        reg [63:0] b1, b2, b3;
        begin
            b1 = w ^ {w[20:0], w[63:21]};
            b2 = w ^ {w[10:0], w[63:11]};
            b3 = w ^ {w[26:0], w[63:27]};
            plane_high = (b2 & b3) | ((b2 | b3) & ~b1);
        end
    endfunction
    function [63:0] masked(input [63:0] w, input [SAMPLE_W-1:0] x);
        masked = w & {{(64 - SAMPLE_W){1'b0}}, x};
    endfunction

    reg [63:0]      next_q, word_q;
    reg [6:0]       ones_q;
    reg [CNT_W-1:0] sum_q;
    wire [CNT_W-1:0] base = first_i ? {CNT_W{1'b0}} : count_i;

    always @(posedge clk_i) begin
        if (land_i) next_q <= word_i;
        if (load_i) word_q <= next_q;
        else if (rotate_i) word_q <= word_q << (64 - SAMPLE_W) | word_q >> SAMPLE_W;
    end

    generate
        if (BELL_TREES != 0) begin : g_trees
            wire      unused = &{1'b0, pass_i, add_pass_i};
            reg [6:0] low_q, high_q;
            always @(posedge clk_i) begin
                if (count_en_i) begin
                    ones_q <= popcount(masked(word_q, x_i));
                    if (bell_i) begin
                        low_q  <= popcount(masked(plane_low(word_q), x_i));
                        high_q <= popcount(masked(plane_high(word_q), x_i));
                    end
                end
                if (add_en_i) begin
                    if (bell_i) sum_q <= base + {{(CNT_W - 7){1'b0}}, ones_q} + {{(CNT_W - 7){1'b0}}, low_q}
                                         - {{(CNT_W - 8){1'b0}}, high_q, 1'b0};
                    else sum_q <= base + {{(CNT_W - 7){1'b0}}, ones_i} - {{(CNT_W - 8){1'b0}}, ones_q, 1'b0};
                end
            end
        end else begin : g_passes
            wire [63:0] plane = !pass_i[1] ? (pass_i[0] ? plane_low(word_q) : word_q) : plane_high(word_q);
            wire        twice = !bell_i || add_pass_i[1];
            wire        unused = &{1'b0, add_pass_i[0]};
            always @(posedge clk_i) begin
                if (count_en_i) ones_q <= popcount(masked(plane, x_i));
                if (add_en_i)
                    sum_q <= base + (bell_i ? {CNT_W{1'b0}} : {{(CNT_W - 7){1'b0}}, ones_i})
                             + (twice ? ~{{(CNT_W - 8){1'b0}}, ones_q, 1'b0} : {{(CNT_W - 7){1'b0}}, ones_q})
                             + {{(CNT_W - 1){1'b0}}, twice};
            end
        end
    endgenerate

    assign count_o = sum_q;
endmodule
`default_nettype wire
