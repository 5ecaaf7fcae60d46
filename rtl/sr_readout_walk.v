// SPDX-License-Identifier: Apache-2.0
// sr_readout_walk: the order of the readout's work, one row part a cycle, without stalls. Three copies run at fixed
// distances (ages 0, 7 and 11 of the pipeline) so that no counter has to be carried down it.
//
// For each present slot of a group, for each step (one for kind sum, where counts stand for all steps):
//   low-rank: NOISE rows k = 0..rank-1 (blocks_i parts each), GAP of 3 cycles (projections settle), then CLASS rows
//             o = 0..classes-1 of max(blocks_i, ceil(rank / RANK_LANES)) parts: weights and the class factors together
//   full:     for each class a DRAW row, then a CLASS row (blocks_i parts each)
// start_i with inputs held until active_o falls. row_end_o: last part of a row. Reset: control only.
// Test: tests/rtl/tb_readout_walk.cpp
`default_nettype none

module sr_readout_walk #(
    parameter RANK_LANES = 4
) (
    input  wire       clk_i,
    input  wire       rst_i,
    input  wire       start_i,
    input  wire       full_i,
    input  wire [5:0] rank_i,
    input  wire [4:0] classes_i,
    input  wire [7:0] blocks_i,
    input  wire [9:0] step_last_i,
    input  wire [1:0] slot_last_i,
    output wire       active_o,
    output wire       noise_o,     // NOISE row
    output wire       draw_o,      // DRAW row
    output wire       class_o,     // CLASS row
    output wire       weight_o,    // CLASS row, this part has weights
    output wire       factor_o,    // CLASS row, this part has class factors
    output wire       first_o,     // first part of the row
    output wire       row_end_o,
    output wire [7:0] part_o,
    output wire [5:0] k_o,
    output wire [3:0] class_index_o,
    output wire       class_last_o,
    output wire [9:0] step_o,
    output wire       step_last_o,
    output wire [1:0] slot_o
);
    localparam S_IDLE = 3'd0, S_NOISE = 3'd1, S_GAP = 3'd2, S_DRAW = 3'd3, S_CLASS = 3'd4;
    reg [2:0] state_q;
    reg [7:0] part_q;
    reg [5:0] k_q;
    reg [3:0] o_q;
    reg [9:0] step_q;
    reg [1:0] slot_q;

    wire [6:0] q_sum  = {1'b0, rank_i} + RANK_LANES[6:0] - 7'd1;
    wire [6:0] q_last = q_sum / RANK_LANES[6:0] - 7'd1;
    wire [7:0] blocks_last = blocks_i - 8'd1;
    wire [7:0] class_parts = !full_i && {1'b0, q_last} > blocks_last ? {1'b0, q_last} : blocks_last;
    wire [7:0] parts_last  = state_q == S_CLASS ? class_parts : state_q == S_GAP ? 8'd2 : blocks_last;

    wire row_end    = part_q == parts_last;
    wire class_last = {1'b0, o_q} == classes_i - 5'd1;
    wire step_last  = step_q == step_last_i;
    wire slot_last  = slot_q == slot_last_i;
    wire [2:0] head = full_i ? S_DRAW : S_NOISE;

    always @(posedge clk_i) begin
        if (state_q == S_IDLE) begin
            part_q <= 8'd0;
            k_q    <= 6'd0;
            o_q    <= 4'd0;
            step_q <= 10'd0;
            slot_q <= 2'd0;
            if (start_i) state_q <= head;
        end else begin
            part_q <= row_end ? 8'd0 : part_q + 8'd1;
            if (row_end) begin
                case (state_q)
                    S_NOISE: begin
                        k_q <= k_q + 6'd1;
                        if (k_q == rank_i - 6'd1) state_q <= S_GAP;
                    end
                    S_GAP:   state_q <= S_CLASS;
                    S_DRAW:  state_q <= S_CLASS;
                    default: begin
                        o_q <= o_q + 4'd1;
                        if (full_i) state_q <= S_DRAW;
                        if (class_last) begin
                            o_q     <= 4'd0;
                            k_q     <= 6'd0;
                            state_q <= head;
                            step_q  <= step_last ? 10'd0 : step_q + 10'd1;
                            if (step_last) begin
                                slot_q <= slot_q + 2'd1;
                                if (slot_last) state_q <= S_IDLE;
                            end
                        end
                    end
                endcase
            end
        end
        if (rst_i) state_q <= S_IDLE;
    end

    assign active_o      = state_q != S_IDLE;
    assign noise_o       = state_q == S_NOISE;
    assign draw_o        = state_q == S_DRAW;
    assign class_o       = state_q == S_CLASS;
    assign weight_o      = class_o && part_q <= blocks_last;
    assign factor_o      = class_o && !full_i && part_q <= {1'b0, q_last};
    assign first_o       = part_q == 8'd0;
    assign row_end_o     = row_end;
    assign part_o        = part_q;
    assign k_o           = k_q;
    assign class_index_o = o_q;
    assign class_last_o  = class_last;
    assign step_o        = step_q;
    assign step_last_o   = step_last;
    assign slot_o        = slot_q;
endmodule

`default_nettype wire
