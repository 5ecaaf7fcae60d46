// SPDX-License-Identifier: Apache-2.0
// sr_readout_ctl: takes groups in the order the LIF phase finishes them and times the readout of all engines.
//
// A group is announced by group_start_i (with its pairs, label and whether sums start anew) and is ready at group_done_i;
// its counts lie in half 0, 1, 0, ... of the stores. Several layers: deep_i, announced and ready at once by deep_group_i,
// always half 0. busy_o: some group is announced, being read out, or on its way to the fitness sums.
// Ages: 0 noise counters, 7 memory addresses, 8 operands, 11 rows, 13 currents. Reset: control only.
// Test: tests/test_sim.c
`default_nettype none

module sr_readout_ctl #(
    parameter ENGINES    = 1,
    parameter RANK_LANES = 4,
    parameter PAIR_AW    = 11
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               clear_i,        // a run begins
    // groups
    input  wire               deep_i,
    input  wire               group_start_i,
    input  wire               group_done_i,
    input  wire               deep_group_i,
    input  wire [15:0]        group_pair_i,
    input  wire [15:0]        group_left_i,
    input  wire [15:0]        pair_first_i,   // of the run
    input  wire [ 3:0]        label_i,
    input  wire               clear_sums_i,
    output wire               slot_free_o,    // another group may start
    output wire               busy_o,
    output wire               working_o,
    input  wire               fit_busy_i,
    // job
    input  wire               full_i,
    input  wire               sum_i,          // readout kind sum
    input  wire [ 5:0]        rank_i,
    input  wire [ 4:0]        classes_i,
    input  wire [ 7:0]        blocks_i,
    input  wire [ 9:0]        steps_i,
    input  wire [ 1:0]        region_i,       // last hidden layer
    // age 0
    output wire               r0_noise_o,
    output wire               r0_draw_o,
    output wire               r0_factor_o,
    output wire [ 7:0]        r0_part_o,
    output wire [ 5:0]        r0_k_o,
    output wire [ 3:0]        r0_class_o,
    output wire [15:0]        r0_pair_o,
    // age 7
    output wire               vec_re_o,
    output wire               vec_half_o,
    output wire [ 1:0]        vec_region_o,
    output wire [ 1:0]        vec_slot_o,
    output wire [ 9:0]        vec_step_o,
    output wire [ 7:0]        vec_block_o,
    output wire               w_re_o,
    output wire [15:0]        w_addr_o,
    // age 8
    output wire               r8_noise_o,
    output wire               r8_mac_o,
    output wire               r8_factor_o,
    output wire [ 7:0]        r8_part_o,
    output wire [ 3:0]        r8_class_o,
    output wire               r8_first_o,
    // age 11
    output wire               r11_noise_end_o,
    output wire               r11_draw_end_o,
    output wire               r11_class_end_o,
    output wire [ 5:0]        r11_k_o,
    // age 13
    output wire               r13_valid_o,
    output wire [ 3:0]        r13_class_o,
    output wire               r13_first_step_o,
    output wire               r13_score_o,
    output wire               r13_last_o,
    output wire [PAIR_AW-1:0] r13_row_o,
    output wire [15:0]        r13_slot_pair_o,
    output wire [15:0]        left_o,         // pairs in the group being read out
    output wire [ 3:0]        label_o,
    output wire               clear_sums_o
);
    // Announced groups: a description in each half
    localparam DESC_W = 16 + 16 + 4 + 1;
    reg [DESC_W-1:0] desc_q0, desc_q1;
    reg              wptr_q, rptr_q;
    reg [1:0]        announced_q, ready_q;
    wire             announce = deep_i ? deep_group_i : group_start_i;
    wire             ready    = deep_i ? deep_group_i : group_done_i;
    wire             start, done;
    wire [DESC_W-1:0] desc_new = {group_pair_i, group_left_i, label_i, clear_sums_i};
    always @(posedge clk_i) begin
        if (announce && !(wptr_q && !deep_i)) desc_q0 <= desc_new;
        if (announce && wptr_q && !deep_i) desc_q1 <= desc_new;
        if (announce) wptr_q <= !wptr_q;
        if (done) rptr_q <= !rptr_q;
        announced_q <= announced_q + {1'b0, announce} - {1'b0, done};
        ready_q     <= ready_q + {1'b0, ready} - {1'b0, start};
        if (rst_i || clear_i) begin
            wptr_q      <= 1'b0;
            rptr_q      <= 1'b0;
            announced_q <= 2'd0;
            ready_q     <= 2'd0;
        end
    end
    wire        half = rptr_q && !deep_i;
    wire [15:0] pair, left;
    assign {pair, left, label_o, clear_sums_o} = half ? desc_q1 : desc_q0;
    assign slot_free_o = deep_i || (sum_i ? announced_q != 2'd2 : announced_q == 2'd0);
    assign busy_o      = announced_q != 2'd0 || announce || fit_busy_i;
    assign left_o      = left;

    wire [15:0] slots     = (left + ENGINES[15:0] - 16'd1) / ENGINES[15:0];
    wire [ 1:0] slot_last = slots >= 16'd4 ? 2'd3 : slots[1:0] - 2'd1;
    wire [ 9:0] step_last = sum_i ? 10'd0 : steps_i - 10'd1;

    // Start now; the walk is seen again 7 and 11 cycles later
    reg  [16:0] run_q;      // the job's activity by age, to know when the last of it has left the pipeline
    reg  [11:1] start_q;
    wire        active0;
    reg         job_q;
    assign start = !job_q && ready_q != 2'd0;
    assign done  = job_q && !active0 && !(|run_q) && !(|start_q);
    always @(posedge clk_i) begin
        start_q <= {start_q[10:1], start};
        run_q   <= {run_q[15:0], active0};
        if (start) job_q <= 1'b1;
        else if (done) job_q <= 1'b0;
        if (rst_i) begin
            start_q <= 11'd0;
            run_q   <= 17'd0;
            job_q   <= 1'b0;
        end
    end
    assign working_o = job_q;

    wire [1:0] slot0;
    sr_readout_walk #(.RANK_LANES(RANK_LANES)) u_walk0 (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(start), .full_i(full_i), .rank_i(rank_i), .classes_i(classes_i),
        .blocks_i(blocks_i), .step_last_i(step_last), .slot_last_i(slot_last), .active_o(active0), .noise_o(r0_noise_o),
        .draw_o(r0_draw_o), .class_o(), .weight_o(), .factor_o(r0_factor_o), .first_o(), .row_end_o(), .part_o(r0_part_o),
        .k_o(r0_k_o), .class_index_o(r0_class_o), .class_last_o(), .step_o(), .step_last_o(), .slot_o(slot0)
    );
    assign r0_pair_o = pair + {14'd0, slot0} * ENGINES[15:0];

    wire       noise7, draw7, weight7, factor7, first7, row_end7, class7, class_last7;
    wire [7:0] part7;
    wire [3:0] index7;
    sr_readout_walk #(.RANK_LANES(RANK_LANES)) u_walk7 (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(start_q[7]), .full_i(full_i), .rank_i(rank_i), .classes_i(classes_i),
        .blocks_i(blocks_i), .step_last_i(step_last), .slot_last_i(slot_last), .active_o(), .noise_o(noise7),
        .draw_o(draw7), .class_o(class7), .weight_o(weight7), .factor_o(factor7), .first_o(first7), .row_end_o(row_end7),
        .part_o(part7), .k_o(), .class_index_o(index7), .class_last_o(class_last7), .step_o(vec_step_o), .step_last_o(),
        .slot_o(vec_slot_o)
    );
    reg [15:0] w_addr_q;  // weights lie in the order they are used
    reg        noise_q8, mac_q8, factor_q8, first_q8;
    reg [7:0]  part_q8;
    reg [3:0]  index_q8;
    always @(posedge clk_i) begin
        if (start || (class7 && row_end7 && class_last7)) w_addr_q <= 16'd0;
        else if (weight7) w_addr_q <= w_addr_q + 16'd1;
        noise_q8  <= noise7 || draw7;
        mac_q8    <= noise7 || draw7 || weight7;
        factor_q8 <= factor7;
        part_q8   <= part7;
        index_q8  <= index7;
        first_q8  <= first7;
    end
    assign vec_re_o     = noise7 || draw7 || weight7;
    assign vec_half_o   = half;
    assign vec_region_o = region_i;
    assign vec_block_o  = part7;
    assign w_re_o       = weight7;
    assign w_addr_o     = w_addr_q;
    assign r8_noise_o   = noise_q8;
    assign r8_mac_o     = mac_q8;
    assign r8_factor_o  = factor_q8;
    assign r8_part_o    = part_q8;
    assign r8_class_o   = index_q8;
    assign r8_first_o   = first_q8;

    wire       noise11, draw11, class11, row_end11, class_last11, step_last11;
    wire [3:0] index11;
    wire [9:0] step11;
    wire [1:0] slot11;
    sr_readout_walk #(.RANK_LANES(RANK_LANES)) u_walk11 (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(start_q[11]), .full_i(full_i), .rank_i(rank_i), .classes_i(classes_i),
        .blocks_i(blocks_i), .step_last_i(step_last), .slot_last_i(slot_last), .active_o(), .noise_o(noise11),
        .draw_o(draw11), .class_o(class11), .weight_o(), .factor_o(), .first_o(), .row_end_o(row_end11), .part_o(),
        .k_o(r11_k_o), .class_index_o(index11), .class_last_o(class_last11), .step_o(step11), .step_last_o(step_last11),
        .slot_o(slot11)
    );
    assign r11_noise_end_o = noise11 && row_end11;
    assign r11_draw_end_o  = draw11 && row_end11;
    assign r11_class_end_o = class11 && row_end11;

    wire [1:0] slot13;
    wire       valid13;
    sr_delay #(.WIDTH(10), .STAGES(2)) u_delay13 (
        .clk_i(clk_i), .x_i({r11_class_end_o, index11, step11 == 10'd0, step_last11, class_last11, slot11}),
        .y_o({valid13, r13_class_o, r13_first_step_o, r13_score_o, r13_last_o, slot13})
    );
    assign r13_valid_o     = valid13;
    assign r13_slot_pair_o = {14'd0, slot13} * ENGINES[15:0];
    wire [15:0] row = (pair - pair_first_i) / ENGINES[15:0] + {14'd0, slot13};
    assign r13_row_o = row[PAIR_AW-1:0];
    wire _unused = &{1'b0, row};
endmodule

`default_nettype wire
