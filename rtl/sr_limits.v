// SPDX-License-Identifier: Apache-2.0
// sr_limits: does the configuration fit what was built? Reply code of the first limit it breaks, SR_REPLY_OK if none.
// Combinational over registers that are stable when it is looked at (start of a run). What depends on products (buffer and
// store addresses) is checked by sr_check. Test: tests/rtl/tb_limits.cpp
`default_nettype none

module sr_limits #(
    parameter INPUTS_MAX   = 4095,
    parameter HIDDEN_MAX   = 256,
    parameter CLASSES_MAX  = 16,
    parameter STEPS_MAX    = 512,
    parameter RANK_MAX     = 32,
    parameter PAIRS_MAX    = 2048,
    parameter BATCH_MAX    = 4096
) (
    input  wire [ 9:0] steps_i,
    input  wire [ 4:0] classes_i,
    input  wire [12:0] rows_i,     // of the hidden layer
    input  wire [12:0] cols_i,
    input  wire [ 5:0] rank_i,
    input  wire [15:0] pairs_i,
    input  wire [15:0] count_i,    // pairs to evaluate
    input  wire [15:0] batch_i,
    input  wire        theta_high_i,   // bit 15 of its threshold
    input  wire [ 1:0] fitness_i,      // kind; 0 where nothing is evaluated
    input  wire        evaluate_i,
    input  wire        update_i,
    output wire [ 7:0] code_o
);
    `include "sr_map.vh"

    // value > most, for a constant: a LUT chain, smaller than a comparator on carries
    function above(input [15:0] value, input [15:0] most);
        integer n;
        begin
            above = 1'b0;
            for (n = 0; n < 16; n = n + 1)
                above = most[n] ? value[n] & above : value[n] | above;
        end
    endfunction

    wire rows_bad    = rows_i == 13'd0 || above({3'd0, rows_i}, INPUTS_MAX[15:0]);
    wire cols_bad    = cols_i == 13'd0 || above({3'd0, cols_i}, HIDDEN_MAX[15:0]);
    wire steps_bad   = steps_i == 10'd0 || above({6'd0, steps_i}, STEPS_MAX[15:0]);
    wire classes_bad = classes_i[4:1] == 4'd0 || above({11'd0, classes_i}, CLASSES_MAX[15:0]);
    wire rank_bad    = rank_i == 6'd0 || above({10'd0, rank_i}, RANK_MAX[15:0]);
    wire pairs_bad   = (update_i && (pairs_i == 16'd0 || above(pairs_i, PAIRS_MAX[15:0]))) ||
                       (evaluate_i && (count_i == 16'd0 || above(count_i, PAIRS_MAX[15:0])));
    wire batch_bad   = evaluate_i && (batch_i == 16'd0 || above(batch_i, BATCH_MAX[15:0]));

    assign code_o = steps_bad ? SR_REPLY_LIMIT_STEPS :
                    classes_bad ? SR_REPLY_LIMIT_CLASSES : rows_bad ? SR_REPLY_LIMIT_ROWS : cols_bad ? SR_REPLY_LIMIT_COLS :
                    rank_bad ? SR_REPLY_LIMIT_RANK : pairs_bad ? SR_REPLY_LIMIT_PAIRS :
                    batch_bad ? SR_REPLY_LIMIT_BATCH : theta_high_i ? SR_REPLY_LIMIT_THETA :
                    fitness_i == 2'd3 ? SR_REPLY_LIMIT_FITNESS : SR_REPLY_OK;
endmodule

`default_nettype wire
