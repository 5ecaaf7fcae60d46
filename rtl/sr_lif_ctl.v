// SPDX-License-Identifier: Apache-2.0
// sr_lif_ctl: walks the LIF phase of one job, issue side: which thread gets which item when. sr_lif_fire is its firing side.
//
// A group is 4 * ENGINES pairs: four barrel threads ("slots") an engine; all engines move in lockstep.
// Order: group, column block nb, step t, slot, item. Items of a thread's step: low-rank: ceil(rank / RANK_LANES) sets of
// rank terms; full rank: the events of the step, one an item (the scanner replays each step once a present slot). The
// last item of a thread's step fires the LIF ring. An absent slot (beyond pairs_i) takes one empty item, so that the ring
// keeps its order of four. Throughput: one item a cycle.
// Ages count cycles from issue: item and noise counter at 0, noise word at 8; x_o[a] of a vector port is its value at age a.
// c buffer: word (pb * Q + q) * steps + t of the chunk, pb = local pair / PROJ_UNITS, Q = ceil(rank / RANK_LANES).
// single_i: one pair only. start_i with job inputs held until busy_o falls. A group starts when slot_free_i; while it
// waits, and at the end of the job, three empty fires push the last threads out of the ring.
// Reset: control only. Test: tests/rtl/tb_lif_ctl.cpp
`default_nettype none

module sr_lif_ctl #(
    parameter ENGINES    = 1,
    parameter RANK_LANES = 4,
    parameter PROJ_UNITS = 32,
    parameter AGES       = 12
) (
    input  wire            clk_i,
    input  wire            rst_i,
    // job
    input  wire            start_i,
    output wire            busy_o,
    input  wire            full_i,
    input  wire [ 5:0]     rank_i,
    input  wire [ 9:0]     steps_i,
    input  wire [ 7:0]     nb_last_i,      // column blocks of LANES, less one
    input  wire [15:0]     pair_first_i,
    input  wire [15:0]     local_first_i,  // its index in the chunk that was projected
    input  wire [15:0]     pairs_i,
    input  wire            single_i,
    // groups
    input  wire            slot_free_i,
    output wire            group_start_o,
    output wire [15:0]     group_pair_o,
    output wire [15:0]     group_left_o,   // pairs from its first on
    // events of the full-rank mode
    output wire            scan_start_o,
    output wire [ 1:0]     scan_repeat_o,
    input  wire            ev_valid_i,
    output wire            ev_ready_o,
    input  wire [12:0]     ev_row_i,
    input  wire            ev_null_i,
    input  wire            ev_last_i,
    // age 0: noise counter fields
    output wire            n_valid_o,
    output wire [15:0]     n_pair_o,       // of engine 0
    output wire [ 5:0]     n_k_o,          // of rank lane 0
    output wire [12:0]     n_row_o,
    output wire [ 7:0]     n_nb_o,
    output wire [15:0]     c_addr_o,
    output wire [ 7:0]     c_unit_o,       // the pair's place in a projection word, of engine 0
    // by age
    output wire [AGES-1:0] item_o,         // an item
    output wire [AGES-1:0] zero_o,         // it adds nothing
    output wire [AGES-1:0] first_o,        // first of its thread's step
    output wire [AGES-1:0] last_o,         // last of its thread's step, or an empty fire
    output wire [ 7:0]     busy_inc_o      // pairs whose update was issued
);
    localparam GROUP = 4 * ENGINES;

    generate
        if (PROJ_UNITS % GROUP != 0) begin : g_rule
            SR_GROUP_MUST_DIVIDE_PROJ_UNITS u ();
        end
    endgenerate

    localparam S_IDLE = 2'd0, S_GROUP = 2'd1, S_RUN = 2'd2, S_FLUSH = 2'd3;
    reg [ 1:0] state_q;
    reg [15:0] pair_q, left_q, unit_q;   // first pair of the group, pairs left from it on, its place in the projection word
    reg [15:0] cb_q, c_q, c_far_q;       // c buffer: the group's word at q 0; the current q's; the last q's
    reg [ 7:0] nb_q;
    reg [ 9:0] t_q;
    reg [ 1:0] slot_q;
    reg [ 5:0] k_q;
    reg        item_first_q, primed_q, scan_start_q;  // primed: the ring holds threads that have not come out
    reg [ 1:0] flush_q;

    wire [15:0] slot_pair = {14'd0, slot_q} * ENGINES[15:0];
    wire        present   = slot_pair < left_q && !(single_i && slot_q != 2'd0);
    wire        run       = state_q == S_RUN;
    wire        flush     = state_q == S_FLUSH;
    wire [ 6:0] k_next    = {1'b0, k_q} + RANK_LANES[6:0];
    wire        item_last = !present || (full_i ? ev_last_i : k_next >= {1'b0, rank_i});
    wire        issue     = run && (!full_i || !present || ev_valid_i);
    wire        zero      = !present || (full_i && ev_null_i);
    wire        slot_end  = issue && item_last;
    wire        step_end  = slot_end && slot_q == 2'd3;
    wire        nb_end    = step_end && t_q == steps_i - 10'd1;
    wire        group_end = nb_end && nb_q == nb_last_i;
    wire        more      = left_q > GROUP[15:0] && !single_i;
    wire        go_group  = state_q == S_GROUP && slot_free_i;
    wire [15:0] unit_next = (unit_q + GROUP[15:0]) & (PROJ_UNITS[15:0] - 16'd1);

    always @(posedge clk_i) begin
        scan_start_q <= 1'b0;
        case (state_q)
            S_IDLE: if (start_i) begin
                state_q  <= S_GROUP;
                pair_q   <= pair_first_i;
                left_q   <= pairs_i;
                unit_q   <= local_first_i & (PROJ_UNITS[15:0] - 16'd1);
                cb_q     <= c_start;
                primed_q <= 1'b0;
            end
            S_GROUP: if (go_group) begin
                state_q      <= S_RUN;
                nb_q         <= 8'd0;
                t_q          <= 10'd0;
                slot_q       <= 2'd0;
                k_q          <= 6'd0;
                c_q          <= cb_q;
                item_first_q <= 1'b1;
                primed_q     <= 1'b1;
                scan_start_q <= full_i;
            end else if (primed_q) begin
                state_q <= S_FLUSH;
                flush_q <= 2'd0;
            end
            S_RUN: if (issue) begin
                item_first_q <= item_last;
                if (present) c_far_q <= c_q;
                if (!item_last) begin
                    k_q <= k_next[5:0];
                    c_q <= c_q + {6'd0, steps_i};
                end else begin
                    k_q    <= 6'd0;
                    c_q    <= cb_q;
                    slot_q <= slot_q + 2'd1;
                    if (step_end) t_q <= t_q + 10'd1;
                    if (nb_end) begin
                        t_q          <= 10'd0;
                        nb_q         <= nb_q + 8'd1;
                        scan_start_q <= full_i && !group_end;
                    end
                    if (group_end) begin
                        pair_q  <= pair_q + GROUP[15:0];
                        left_q  <= more ? left_q - GROUP[15:0] : 16'd0;
                        unit_q  <= unit_next;
                        if (unit_next == 16'd0) cb_q <= (present ? c_q : c_far_q) + {6'd0, steps_i};
                        state_q <= more ? S_GROUP : S_FLUSH;
                        flush_q <= 2'd0;
                    end
                end
            end
            default: begin
                flush_q <= flush_q + 2'd1;
                if (flush_q == 2'd2) begin
                    primed_q <= 1'b0;
                    state_q  <= left_q != 16'd0 ? S_GROUP : S_IDLE;
                end
            end
        endcase
        if (rst_i) begin
            state_q      <= S_IDLE;
            scan_start_q <= 1'b0;
        end
    end

    // A job that starts inside its chunk (a network of several layers: a group is a job) starts at this projection word.
    wire [ 6:0] q_sum   = {1'b0, rank_i} + RANK_LANES[6:0] - 7'd1;
    wire [ 6:0] q_count = q_sum / RANK_LANES[6:0];
    wire [15:0] c_start = (local_first_i / PROJ_UNITS[15:0]) * ({9'd0, q_count} * {6'd0, steps_i});

    assign ev_ready_o    = run && full_i && present;
    assign scan_start_o  = scan_start_q;
    wire [15:0] slots    = (left_q + ENGINES[15:0] - 16'd1) / ENGINES[15:0];
    assign scan_repeat_o = single_i ? 2'd0 : slots >= 16'd4 ? 2'd3 : slots[1:0] - 2'd1;
    assign group_start_o = go_group;
    assign group_pair_o  = pair_q;
    assign group_left_o  = single_i ? 16'd1 : left_q;

    // Delay line
    reg [AGES-1:0] item_q, zero_q, first_q, last_q;
    reg [15:0]     n_pair_q, c_addr_q;
    reg [ 5:0]     n_k_q;
    reg [12:0]     n_row_q;
    reg [ 7:0]     n_nb_q, c_unit_q;
    wire           moving = issue || flush || |item_q || |last_q;
    always @(posedge clk_i) begin
        if (issue) begin
            n_pair_q <= pair_q + slot_pair;
            n_k_q    <= k_q;
            n_row_q  <= ev_row_i;
            n_nb_q   <= nb_q;
            c_addr_q <= c_q + {6'd0, t_q};
            c_unit_q <= unit_q[7:0] + slot_pair[7:0];
        end
        if (moving) begin
            zero_q  <= {zero_q[AGES-2:0], zero};
            first_q <= {first_q[AGES-2:0], item_first_q};
        end
        item_q <= {item_q[AGES-2:0], issue};
        last_q <= {last_q[AGES-2:0], slot_end || flush};
        if (rst_i) begin
            item_q <= {AGES{1'b0}};
            last_q <= {AGES{1'b0}};
        end
    end
    assign busy_o    = state_q != S_IDLE || |last_q;
    assign n_valid_o = item_q[0] && !zero_q[0];
    assign n_pair_o  = n_pair_q;
    assign n_k_o     = n_k_q;
    assign n_row_o   = n_row_q;
    assign n_nb_o    = n_nb_q;
    assign c_addr_o  = c_addr_q;
    assign c_unit_o  = c_unit_q;
    assign item_o    = item_q;
    assign zero_o    = zero_q;
    assign first_o   = first_q;
    assign last_o    = last_q;

    wire [15:0] engines_left = left_q - slot_pair;
    assign busy_inc_o = !(slot_end && present) ? 8'd0 :
                        single_i ? 8'd1 : engines_left >= ENGINES[15:0] ? ENGINES[7:0] : engines_left[7:0];
endmodule

`default_nettype wire
