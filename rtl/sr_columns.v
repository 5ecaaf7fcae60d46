// SPDX-License-Identifier: Apache-2.0
// sr_columns: what an event adds to, and the update's sums: the accumulators of LANES columns of weights (sr_column), PROJ_UNITS counters of
// projections, and with FULL a counter of entries a lane.
//
//   front    mark_i: all begin anew. add_base_i: a column adds its weight of hidden_i; add_count_i: a counter its entry +-1 of row_bits_i, which come
//            a cycle before. keep_i: base current is registered out (LOOPS) or stands in base_o; counts in counts_o.
//   update   ctl_i (sr_update.vh). A factor's bit is missed where its row bit, its column bit and the sign of its u are odd in number. signs_o: the
//            first two of them, for the misses of LOOPS, which sr_loop_factors finds.
// What memories give to accumulators is registered first. Reset: none. Test: tests/rtl/tb_columns.cpp
`default_nettype none

module sr_columns #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                        clk_i,
    // front
    input  wire                        mark_i,
    input  wire                        add_base_i,
    input  wire                        add_count_i,
    input  wire                        keep_i,
    input  wire [LANES*MASTER_W-1:0]   hidden_i,
    input  wire [PROJ_UNITS-1:0]       row_bits_i,
    output wire [LANES*16-1:0]         base_o,
    output wire [PROJ_UNITS*C_W-1:0]   counts_o,
    // full rank
    input  wire                        full_i,
    input  wire [LANES-1:0]            entries_i,
    input  wire [7:0]                  u_i,          // of the pair
    output wire [LANES*C_W-1:0]        entry_sums_o,
    // update
    input  wire [5:0]                  ctl_i,
    input  wire                        readout_i,
    input  wire [PROJ_UNITS-1:0]       class_bits_i,
    input  wire [GROUP_COLS_W-1:0]     cols_i,       // column factors of the group, {unit, lane}
    input  wire [2*PROJ_UNITS-1:0]     word_i,       // signs of u, bits of |u|
    output wire [PROJ_UNITS-1:0]       signs_o,
    input  wire [LANES*MISS_W-1:0]     missed_i,     // LOOPS
    input  wire [UPD_SUM_W-1:0]        total_i,
    output wire [LANES*UPD_SUM_W-1:0]  sums_o
);
    `include "sr_update.vh"
    localparam ACC_B = $clog2(INPUTS_MAX + 1) + 8;               // base current
    localparam ACC_W = (ACC_B > 16 ? ACC_B : 16) + 1;            // 16: A 2^e
    reg                   op_en_q, neg_q;
    reg  [PROJ_UNITS-1:0] row_bits_q, class_bits_q;
    always @(posedge clk_i) begin
        row_bits_q   <= row_bits_i;
        class_bits_q <= class_bits_i;
        op_en_q      <= ctl_i[UPD_TOTAL];
        neg_q        <= ctl_i[UPD_MISS];
    end
    assign signs_o = (readout_i ? class_bits_q : row_bits_q) ^ word_i[2*PROJ_UNITS-1:PROJ_UNITS];
    wire acc_en = mark_i || add_base_i || ctl_i[UPD_ACC];
    wire first  = mark_i || ctl_i[UPD_FIRST];
    genvar n, u;
    generate
        if (LOOPS != 0) begin : g_loop
            reg signed [UPD_SUM_W-1:0] op_q;
            always @(posedge clk_i) op_q <= {UPD_SUM_W{ctl_i[UPD_TOTAL] && !full_i}} & total_i;
            sr_loop_column #(.LANES(LANES), .FRAC_W(FRAC_W), .MISS_W(MISS_W), .SUM_W(UPD_SUM_W), .FULL(FULL)) u_columns (
                .clk_i(clk_i), .acc_en_i(acc_en), .first_i(first), .double_i(ctl_i[UPD_DOUBLE] && !(full_i && op_en_q)), .full_i(full_i), .u_i(u_i),
                .entries_i(entries_i), .wint_i(add_base_i), .neg_i(neg_q), .op_i(op_q), .miss_i(ctl_i[UPD_MISS]), .missed_i(missed_i),
                .w_i(hidden_i), .keep_i(keep_i), .base_o(base_o), .hand_i(ctl_i[UPD_HAND]), .sum_o(sums_o)
            );
            sr_loop_count #(.UNITS(PROJ_UNITS), .C_W(C_W)) u_counters (
                .clk_i(clk_i), .mark_i(mark_i), .add_i(add_count_i), .bits_i(row_bits_q), .counts_o(counts_o)
            );
            wire _unused = &{1'b0, cols_i, word_i};
        end else begin : g_lanes
            for (n = 0; n < LANES; n = n + 1) begin : g_column
                wire [PROJ_UNITS-1:0] col;
                for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_col
                    assign col[u] = cols_i[u*LANES+n];
                end
                sr_column #(.FRAC_W(FRAC_W), .ACC_W(ACC_W), .UNITS(PROJ_UNITS), .MISS_FAR(LANES > 16 ? 1 : 0), .UPDATE(LOWRANK)) u_column (
                    .clk_i(clk_i), .acc_en_i(acc_en), .first_i(first), .double_i(ctl_i[UPD_DOUBLE]), .wint_i(add_base_i), .neg_i(neg_q),
                    .op_en_i(op_en_q), .op_i(total_i), .miss_i(ctl_i[UPD_MISS]), .mask_i(word_i[PROJ_UNITS-1:0]), .row_i(signs_o), .col_i(col),
                    .w_i(hidden_i[n*MASTER_W+:MASTER_W]), .base_o(base_o[n*16+:16]), .sum_o(sums_o[n*16+:16])
                );
            end
            for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_counter
                reg [C_W-1:0] count_q;
                always @(posedge clk_i)
                    if (mark_i) count_q <= {C_W{1'b0}};
                    else if (add_count_i) count_q <= count_q + {{C_W - 1{row_bits_q[u]}}, 1'b1};
                assign counts_o[u*C_W+:C_W] = count_q;
            end
            wire _unused = &{1'b0, keep_i, full_i, u_i, missed_i, ctl_i[UPD_HAND]};
        end
        if (FULL != 0) begin : g_full
            sr_loop_count #(.UNITS(LANES), .C_W(C_W)) u_entry_sums (
                .clk_i(clk_i), .mark_i(full_i && mark_i), .add_i(full_i && add_base_i), .bits_i(entries_i), .counts_o(entry_sums_o)
            );
        end else begin : g_no_full
            assign entry_sums_o = {LANES * C_W{1'b0}};
            wire _unused_full = &{1'b0, entries_i};
        end
    endgenerate
endmodule

`default_nettype wire
