// SPDX-License-Identifier: Apache-2.0
// sr_loop_credit: the words of pair weights that the sums of an update are made of, as sr_credit makes them, but a pair a
// cycle and kept here, for simulators (sr_loop_lif says why).
//
// Word {plane, group}: for each of the group's UNITS factors the bit `plane` of |u| (low half, factor 0 lowest) and the sign of u (high
// half, 1 is negative). Factors beyond the last pair have bits of 0 and so do not count.
// Outputs     total_o: sum of |u| over the factors; top_o: the highest plane in which a bit is set (0 if none). Valid when busy_o
//             falls, until the next start_i. word_o: the word of word_plane_i and word_group_i, a cycle after word_re_i.
// Cycles      pairs + 2. Job: start_i (pulse) with the inputs, held while busy_o. Reset: control only.
// Test        tests/rtl/tb_loop_credit.cpp; proofs: tests/formal
`default_nettype none

module sr_loop_credit #(
    parameter UNITS   = 64,
    parameter FACTORS = 256,
    parameter PAIR_W  = 9,
    parameter RANK_W  = 3,
    parameter GROUP_AW = 2,
    parameter TOTAL_W = 24
) (
    input  wire                clk_i,
    input  wire                rst_i,
    input  wire                start_i,
    output wire                busy_o,
    input  wire [PAIR_W-1:0]   pairs_i,
    input  wire [RANK_W-1:0]   rank_i,
    // pair weights: a cycle after the address
    output wire                credit_re_o,
    output wire [PAIR_W-1:0]   credit_addr_o,
    input  wire signed [7:0]   credit_i,
    // words
    input  wire                word_re_i,
    input  wire [2:0]          word_plane_i,
    input  wire [GROUP_AW-1:0] word_group_i,
    output wire [2*UNITS-1:0]  word_o,
    output wire [TOTAL_W-1:0]  total_o,
    output wire [2:0]          top_o
);
    localparam UNIT_LOG = $clog2(UNITS);
    reg                walk_q, walk_q1;
    reg  [PAIR_W-1:0]  pair_q;
    reg  [TOTAL_W-1:0] total_q;
    reg  [6:0]         any_q;
    reg  [2*UNITS-1:0] words [0:(8<<GROUP_AW)-1];     // {plane, group}
    reg  [2*UNITS-1:0] word_q;
    // verilator tracing_off
    integer            k, p, at, factor;              // factor: the next pair's first
    reg  [31:0]        size;
    // verilator tracing_on
    always @(posedge clk_i) begin
        if (word_re_i) word_q <= words[{word_plane_i, word_group_i}];
        walk_q1 <= walk_q && !rst_i;
        pair_q  <= walk_q ? pair_q + 1'b1 : {PAIR_W{1'b0}};
        if (walk_q && pair_q == pairs_i - 1'b1) walk_q <= 1'b0;
        if (walk_q1) begin
            size    = credit_i < 0 ? -{{24{credit_i[7]}}, credit_i} : {24'd0, credit_i};
            any_q   <= any_q | size[6:0];
            total_q <= total_q + size[TOTAL_W-1:0] * {{TOTAL_W - RANK_W{1'b0}}, rank_i};
`ifndef FORMAL    // Yosys takes constant bounds alone
            for (k = 0; k < {{32 - RANK_W{1'b0}}, rank_i}; k = k + 1) begin
                at = (factor + k) & (UNITS - 1);
                for (p = 0; p < 7; p = p + 1) begin
                    words[(p<<GROUP_AW)+((factor+k)>>UNIT_LOG)][at]       = size[p];
                    words[(p<<GROUP_AW)+((factor+k)>>UNIT_LOG)][at+UNITS] = credit_i < 0;
                end
            end
`endif
            factor = factor + {{32 - RANK_W{1'b0}}, rank_i};
        end
        if (start_i) begin
            walk_q  <= 1'b1;
            total_q <= {TOTAL_W{1'b0}};
            any_q   <= 7'd0;
            factor  = 0;
`ifndef FORMAL
            for (p = 0; p < 8 << GROUP_AW; p = p + 1) words[p] = {2 * UNITS{1'b0}};
`endif
        end
        if (rst_i) walk_q <= 1'b0;
    end
    assign busy_o        = walk_q || walk_q1;
    assign credit_re_o   = walk_q;
    assign credit_addr_o = pair_q;
    assign word_o        = word_q;
    assign total_o       = total_q;
    assign top_o         = any_q[6] ? 3'd6 : any_q[5] ? 3'd5 : any_q[4] ? 3'd4 : any_q[3] ? 3'd3 : any_q[2] ? 3'd2 : {2'd0, any_q[1]};
    generate
        if ((1 << UNIT_LOG) != UNITS || FACTORS > UNITS << GROUP_AW) begin : g_rule
            SR_LOOP_CREDIT_UNITS_IS_A_POWER_OF_TWO_AND_GROUPS_HOLD_THE_FACTORS u ();
        end
    endgenerate

`ifdef FORMAL
    // formal: UNITS=2 FACTORS=8 PAIR_W=3 RANK_W=2 GROUP_AW=2 TOTAL_W=11 DEPTH=12
    // Assumed: start_i only while not busy, inputs legal and stable while busy_o.
    reg              past_q = 1'b0;
    reg [PAIR_W-1:0] asked_q, added_q;      // pair weights that were asked for, that were added
    always @(posedge clk_i) begin
        past_q  <= 1'b1;
        asked_q <= start_i ? 0 : asked_q + credit_re_o;
        added_q <= start_i ? 0 : added_q + walk_q1;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (pairs_i != 0 && rank_i != 0 && pairs_i * rank_i <= FACTORS);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o))) assume ($stable(pairs_i) && $stable(rank_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!credit_re_o);
            // The weight of every pair is read once and in order, and added a cycle later, to factors that there are.
            if (credit_re_o) assert (credit_addr_o == asked_q && asked_q < pairs_i);
            if (busy_o) assert (factor == added_q * rank_i && added_q + walk_q1 == asked_q && asked_q <= pairs_i);
            if (!busy_o && $past(busy_o && !rst_i)) assert (added_q == pairs_i && factor == pairs_i * rank_i);
            if (busy_o && !walk_q) assert (asked_q == pairs_i);     // for the induction
        end
        cover (past_q && !busy_o && $past(busy_o && !rst_i) && pairs_i == 2);
    end
`endif
endmodule

`default_nettype wire
