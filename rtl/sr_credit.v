// SPDX-License-Identifier: Apache-2.0
// sr_credit: turns the pair weights u of an update (docs/numerics.md, section 7) into the words that the sums are made of.
//
// A factor has the u of its pair. Word {plane, group}, written in the order of planes 6 to 0: for each of the group's UNITS factors
// the bit `plane` of |u| (low half, factor 0 lowest) and the sign of u (high half, 1 is negative). Factors beyond the last pair of
// a group have bits of 0 and so do not count.
// Outputs     total_o: sum of |u| over the factors; top_o: the highest plane in which a bit is set (0 if none). Valid when busy_o
//             falls, until the next start_i.
// Cycles      7 * UNITS * groups + 2. Job: start_i (pulse) with the inputs, held while busy_o. Reset: control only.
// Test        tests/rtl/tb_credit.cpp; proofs: tests/formal
`default_nettype none

module sr_credit #(
    parameter UNITS   = 4,
    parameter PAIR_W  = 7,
    parameter RANK_W  = 3,
    parameter GROUP_W = 5,
    parameter UNIT_W  = UNITS > 1 ? $clog2(UNITS) : 1
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               start_i,
    output wire               busy_o,
    input  wire [PAIR_W-1:0]  pairs_i,
    input  wire [RANK_W-1:0]  rank_i,
    // pair weights: a cycle after the address
    output wire               credit_re_o,
    output wire [PAIR_W-1:0]  credit_addr_o,
    input  wire signed [7:0]  credit_i,
    // words
    output wire               word_we_o,
    output wire [2:0]         word_plane_o,
    output wire [GROUP_W-1:0] word_group_o,
    output wire [2*UNITS-1:0] word_o,
    output wire [15:0]        total_o,
    output wire [2:0]         top_o
);
    localparam UNIT_LAST = UNITS - 1;

    // ---- age 0: plane, factor; padding up to a whole group ----
    reg                walk_q, pad_q;
    reg  [2:0]         plane_q;
    reg  [GROUP_W-1:0] group_q;
    reg  [UNIT_W-1:0]  unit_q;
    reg  [PAIR_W-1:0]  pair_q;
    reg  [RANK_W-1:0]  k_q;
    wire               k_end     = RANK_W == 1 || k_q == rank_i - 1'b1;    // one bit: rank 1 alone
    wire               last      = pad_q || (k_end && pair_q == pairs_i - 1'b1);   // no factor after this
    wire               group_end = unit_q == UNIT_LAST[UNIT_W-1:0];
    wire               plane_end = last && group_end;
    always @(posedge clk_i) begin
        if (!walk_q) plane_q <= 3'd6;
        else if (plane_end) plane_q <= plane_q - 3'd1;
        if (!walk_q || plane_end) begin
            group_q <= {GROUP_W{1'b0}};
            unit_q  <= {UNIT_W{1'b0}};
            pair_q  <= {PAIR_W{1'b0}};
            k_q     <= {RANK_W{1'b0}};
            pad_q   <= 1'b0;
        end else begin
            if (group_end) group_q <= group_q + 1'b1;
            unit_q <= group_end ? {UNIT_W{1'b0}} : unit_q + 1'b1;
            k_q    <= k_end ? {RANK_W{1'b0}} : k_q + 1'b1;
            if (k_end) pair_q <= pair_q + 1'b1;
            pad_q  <= last;
        end
        if (start_i) walk_q <= 1'b1;
        else if (plane_end && plane_q == 3'd0) walk_q <= 1'b0;
        if (rst_i) walk_q <= 1'b0;
    end
    assign credit_re_o   = walk_q;
    assign credit_addr_o = pair_q;

    // ---- age 1: the pair weight is there; age 2: the word is whole ----
    reg                walk_q1, pad_q1, end_q1, end_q2;
    reg  [2:0]         plane_q1, plane_q2;
    reg  [GROUP_W-1:0] group_q1, group_q2;
    reg  [UNITS-1:0]   bits_q, signs_q;
    reg  [15:0]        total_q;
    reg  [6:0]         any_q;
    wire [7:0]         negated = -credit_i;
    wire [6:0]         size    = pad_q1 ? 7'd0 : credit_i[7] ? negated[6:0] : credit_i[6:0];
    wire [UNITS:0]     bits    = {size[plane_q1], bits_q};
    wire [UNITS:0]     signs   = {credit_i[7], signs_q};
    always @(posedge clk_i) begin
        walk_q1  <= walk_q && !rst_i;
        pad_q1   <= pad_q;
        end_q1   <= walk_q && group_end && !rst_i;
        end_q2   <= end_q1 && !rst_i;
        plane_q1 <= plane_q;
        plane_q2 <= plane_q1;
        group_q1 <= group_q;
        group_q2 <= group_q1;
        bits_q   <= bits[UNITS:1];
        signs_q  <= signs[UNITS:1];
        if (start_i) begin
            total_q <= 16'd0;
            any_q   <= 7'd0;
        end else if (walk_q1 && plane_q1 == 3'd6) begin
            total_q <= total_q + {9'd0, size};
            any_q   <= any_q | size;
        end
    end
    assign busy_o       = walk_q || walk_q1 || end_q2;
    assign word_we_o    = end_q2;
    assign word_plane_o = plane_q2;
    assign word_group_o = group_q2;
    assign word_o       = {signs_q, bits_q};
    assign total_o      = total_q;
    assign top_o        = any_q[6] ? 3'd6 : any_q[5] ? 3'd5 : any_q[4] ? 3'd4 : any_q[3] ? 3'd3 : any_q[2] ? 3'd2 : {2'd0, any_q[1]};
    wire _unused = &{1'b0, negated[7], bits[0], signs[0]};

`ifdef FORMAL
    // formal: UNITS=2 PAIR_W=2 RANK_W=2 GROUP_W=2 DEPTH=24
    // Assumed: start_i only while not busy, inputs legal and stable while busy_o.
    reg               past_q = 1'b0;
    reg [PAIR_W:0]    pair_due_q;     // whose weight is read next in the plane, so often
    reg [GROUP_W-1:0] group_due_q;    // of the word that is written next
    reg [2:0]         plane_due_q;
    wire [5:0]        factors = pairs_i * rank_i;
    wire [GROUP_W:0]  groups  = (factors + UNITS - 1) / UNITS;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (start_i) {plane_due_q, group_due_q} <= {3'd6, {GROUP_W{1'b0}}};
        else if (word_we_o) begin
            group_due_q <= group_due_q == groups - 1 ? 0 : group_due_q + 1;
            if (group_due_q == groups - 1) plane_due_q <= plane_due_q - 3'd1;
        end
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (pairs_i != 0 && rank_i != 0 && groups <= (1 << GROUP_W) - 1);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o))) assume ($stable(pairs_i) && $stable(rank_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (!busy_o) assert (!credit_re_o && !word_we_o);
            // Every word is written once and in order, planes from 6 down, and the job ends with the last. Weights of pairs that there are count.
            if (word_we_o) assert (word_group_o == group_due_q && word_plane_o == plane_due_q && plane_due_q != 3'd7);
            if (!busy_o && $past(busy_o && !rst_i)) assert (plane_due_q == 3'd7 && group_due_q == 0);
            if (credit_re_o && !pad_q) assert (pair_q < pairs_i && k_q < rank_i);
        end
        cover (past_q && !busy_o && $past(word_we_o));
    end
`endif
endmodule

`default_nettype wire
