// SPDX-License-Identifier: Apache-2.0
// sr_lif_fire: firing side of the LIF phase: follows the fires of sr_lif_ctl by counting them (thread order is fixed),
// reads the base current ahead, and tags what comes out of the ring.
//
// Thread order: column block nb, step t, slot; a group is (nb_last_i + 1) * steps_i * 4 fires. The base current of the
// next (nb, t) is read at the second slot's fire and loaded at the fourth's: b word = column * steps + t.
// out_valid_o pulses in the cycle after a fire, when the thread in ring stage 3 has new outputs.
// start_i: first base current is read; it must come at least four cycles before the first fire. Reset: control only.
// Test: tests/test_sim.c
`default_nettype none

module sr_lif_fire #(
    parameter LANES     = 64,
    parameter COL_LANES = 128
) (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire        start_i,
    input  wire        fire_i,
    input  wire        real_i,        // 0: an empty fire
    input  wire [ 9:0] steps_i,
    input  wire [ 7:0] nb_last_i,
    output wire        first_o,       // t = 0: the entering thread starts at 0
    output wire        b_re_o,
    output wire [15:0] b_addr_o,
    output wire        b_load_o,
    output wire [ 7:0] b_nb_o,        // column block of the word to load
    output wire        on_last_o,     // the thread in stage 2 is in the last column block
    output wire        out_valid_o,
    output wire [ 1:0] out_slot_o,
    output wire [ 9:0] out_t_o,
    output wire        out_t_last_o,
    output wire [ 7:0] out_nb_o,
    output wire        out_half_o,    // toggles from group to group, 0 for the first of all
    output wire        group_done_o,  // last output of a group
    input  wire        half_clear_i
);
    localparam SUB = COL_LANES / LANES;

    reg [ 1:0] slot_q, start_q;
    reg [ 9:0] t_q;
    reg [ 7:0] nb_q;
    reg [15:0] col_q;    // column * steps
    reg        half_q;
    wire       t_end  = t_q == steps_i - 10'd1;
    wire       nb_end = nb_q == nb_last_i;

    // next (nb, t)
    wire [ 9:0] t_next  = t_end ? 10'd0 : t_q + 10'd1;
    wire [ 7:0] nb_next = !t_end ? nb_q : nb_end ? 8'd0 : nb_q + 8'd1;
    wire        col_up  = t_end && !nb_end && (nb_next & (SUB[7:0] - 8'd1)) == 8'd0;
    wire [15:0] col_next = t_end && nb_end ? 16'd0 : col_up ? col_q + {6'd0, steps_i} : col_q;

    wire step = fire_i && real_i;
    always @(posedge clk_i) begin
        if (start_i) begin
            slot_q <= 2'd0;
            t_q    <= 10'd0;
            nb_q   <= 8'd0;
            col_q  <= 16'd0;
        end else if (step) begin
            slot_q <= slot_q + 2'd1;
            if (slot_q == 2'd3) begin
                t_q   <= t_next;
                nb_q  <= nb_next;
                col_q <= col_next;
            end
        end
        if (half_clear_i) half_q <= 1'b0;
        else if (step && slot_q == 2'd3 && t_end && nb_end) half_q <= !half_q;
        start_q <= {start_q[0], start_i};
        if (rst_i) start_q <= 2'b00;
    end
    assign first_o  = t_q == 10'd0;
    assign b_re_o   = start_q[0] || (step && slot_q == 2'd1);
    assign b_addr_o = start_q[0] ? 16'd0 : col_next + {6'd0, t_next};
    assign b_load_o = start_q[1] || (step && slot_q == 2'd3);
    assign b_nb_o   = start_q[1] ? 8'd0 : nb_next;

    // Ring tags: {valid, half, slot, t, nb}
    localparam TAG_W = 22;
    reg [TAG_W-1:0] tag_q1, tag_q2, tag_q3;
    reg             fired_q;
    always @(posedge clk_i) begin
        if (fire_i) begin
            tag_q1 <= {real_i, half_q, slot_q, t_q, nb_q};
            tag_q2 <= tag_q1;
            tag_q3 <= tag_q2;
        end
        fired_q <= fire_i;
        if (rst_i) begin
            fired_q <= 1'b0;
            tag_q1  <= {TAG_W{1'b0}};
            tag_q2  <= {TAG_W{1'b0}};
            tag_q3  <= {TAG_W{1'b0}};
        end
    end
    wire [9:0] out_t = tag_q3[17:8];
    assign on_last_o    = tag_q2[7:0] == nb_last_i;
    assign out_valid_o  = fired_q && tag_q3[21];
    assign out_half_o   = tag_q3[20];
    assign out_slot_o   = tag_q3[19:18];
    assign out_t_o      = out_t;
    assign out_t_last_o = out_t == steps_i - 10'd1;
    assign out_nb_o     = tag_q3[7:0];
    assign group_done_o = out_valid_o && out_slot_o == 2'd3 && out_t_last_o && out_nb_o == nb_last_i;
endmodule

`default_nettype wire
