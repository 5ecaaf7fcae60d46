// SPDX-License-Identifier: Apache-2.0
// sr_update: the sums of an update (docs/numerics.md, section 7): A of a word of LANES weights at a time, in the lanes'
// accumulators, UNITS factors a cycle. sr_update_finish makes weights of them, a word behind.
//
// A factor's term is u, negative where the row's bit, the column's bit and the sign of u are odd in number. So with
//   miss = ones of (bits of |u| in a plane) & (signs of u ^ row bits ^ column bits)    over the factors of a group,
//   A    = total - 2 * sum over planes 2^plane * sum over groups of miss,
// which is Horner's rule on the accumulator: acc <- acc - miss for each group, doubled where a plane begins, then acc <- 2 acc +
// total. That is doubled `doublings` times, and is A 2^e.
//
// Order       row, column block, plane from top_i down, group of factors.
// Ages        0 row or class address, 1 its data and the others' addresses, 2 all data (UPD_MISS, UPD_TOTAL), 3 UPD_ACC;
//             4 UPD_HAND: the accumulators hold a word's A 2^e in this cycle and are taken over.
// Cycles      a word: planes * groups + 1 + doublings, or what sr_update_finish takes: claim_o asks for it, and waits for
//             free_i, 4 cycles (and the doublings) before UPD_HAND.
// Job         start_i (pulse) with the inputs, held while busy_o. Reset: control only.
// Test        tests/rtl/tb_update.cpp; proofs: tests/formal
`default_nettype none

module sr_update #(
    parameter CUT       = 4,
    parameter ROW_W     = 10,
    parameter BLOCK_W   = 5,
    parameter GROUP_W   = 5,
    parameter XW_W      = 6,
    parameter ROW_AW    = 12,
    parameter UNIT_LOG  = 2,      // log2 UNITS
    parameter FACTOR_AW = 6,
    parameter BLOCK_AW  = 4,
    parameter CLASS_AW  = 8
) (
    input  wire                clk_i,
    input  wire                rst_i,
    input  wire                start_i,
    output wire                busy_o,
    input  wire [ROW_W-1:0]    rows_i,
    input  wire [BLOCK_W-1:0]  blocks_i,
    input  wire [GROUP_W-1:0]  groups_i,
    input  wire [XW_W-1:0]     x_words_i,
    input  wire [2:0]          top_i,
    input  wire [3:0]          doublings_i,
    // age 0
    output wire                row_re_o,     // row or class factors
    output wire [ROW_AW-1:0]   row_addr_o,
    output wire [CLASS_AW-1:0] class_addr_o,
    output wire [3:0]          bit_o,        // of a row or class factor's word, with its data
    // age 1
    output wire                re_o,
    output wire [ROW_W-1:0]    row_o,
    output wire [FACTOR_AW+BLOCK_AW-1:0] col_addr_o,   // of the hidden layer or the readout
    output wire [2:0]          word_plane_o,
    output wire [GROUP_W-1:0]  word_group_o,
    output wire [5:0]          ctl_o,        // to the accumulators, each field at its age
    // to sr_update_finish
    output wire                claim_o,
    input  wire                free_i
);
    `include "sr_update.vh"
    localparam CUT_LOG = $clog2(CUT);
    localparam [1:0] IDLE = 2'd0, SUM = 2'd1, TOTAL = 2'd2, DOUBLE = 2'd3;
    reg  [1:0]          state_q;
    reg  [ROW_W-1:0]    row_q;
    reg  [BLOCK_W-1:0]  block_q;
    reg  [2:0]          plane_q;
    reg  [GROUP_W-1:0]  group_q;
    reg  [ROW_AW-1:0]   group_at_q;       // first word of 16 inputs of the factor group
    reg  [3:0]          left_q;           // doublings to come
    wire                group_end = group_q == groups_i - 1'b1;
    wire                block_end = block_q == blocks_i - 1'b1;
    wire                row_end   = row_q == rows_i - 1'b1;
    wire                sum       = state_q == SUM;
    wire                total     = state_q == TOTAL && free_i;
    wire                double    = state_q == DOUBLE;
    wire                word_end  = (total && doublings_i == 4'd0) || (double && left_q == 4'd1);
    always @(posedge clk_i) begin
        case (state_q)
            IDLE:    if (start_i) state_q <= SUM;
            SUM:     if (group_end && plane_q == 3'd0) state_q <= TOTAL;
            TOTAL:   if (total) state_q <= DOUBLE;
            default: ;
        endcase
        if (word_end) state_q <= row_end && block_end ? IDLE : SUM;
        if (sum) begin
            group_q    <= group_end ? {GROUP_W{1'b0}} : group_q + 1'b1;
            group_at_q <= group_end ? {ROW_AW{1'b0}} : group_at_q + {{ROW_AW - XW_W{1'b0}}, x_words_i};
            if (group_end) plane_q <= plane_q - 3'd1;
        end else begin
            group_q    <= {GROUP_W{1'b0}};
            group_at_q <= {ROW_AW{1'b0}};
            plane_q    <= top_i;
        end
        left_q <= double ? left_q - 4'd1 : doublings_i;
        if (word_end) begin
            block_q <= block_end ? {BLOCK_W{1'b0}} : block_q + 1'b1;
            if (block_end) row_q <= row_q + 1'b1;
        end
        if (state_q == IDLE) begin
            row_q   <= {ROW_W{1'b0}};
            block_q <= {BLOCK_W{1'b0}};
        end
        if (rst_i) state_q <= IDLE;
    end

    // ---- ages ----
    reg  [3:1]          sum_q, total_q, double_q, begin_q, first_q;    // first_q: of the word; begin_q: of a plane
    reg  [4:1]          hand_q;
    reg  [2:0]          plane_q1;
    reg  [GROUP_W-1:0]  group_q1;
    always @(posedge clk_i) begin
        sum_q    <= {sum_q[2:1], sum && !rst_i};
        total_q  <= {total_q[2:1], total && !rst_i};
        double_q <= {double_q[2:1], double && !rst_i};
        begin_q  <= {begin_q[2:1], group_q == {GROUP_W{1'b0}}};
        first_q  <= {first_q[2:1], group_q == {GROUP_W{1'b0}} && plane_q == top_i};
        hand_q   <= rst_i ? 4'd0 : {hand_q[3:1], word_end};
        plane_q1 <= plane_q;
        group_q1 <= group_q;
    end
    wire [FACTOR_AW+GROUP_W-1:0] factor  = {{FACTOR_AW{1'b0}}, group_q} << UNIT_LOG;
    wire [FACTOR_AW+GROUP_W-1:0] factor1 = {{FACTOR_AW{1'b0}}, group_q1} << UNIT_LOG;
    assign busy_o       = state_q != IDLE || |hand_q;
    assign row_re_o     = sum;
    assign row_addr_o   = (group_at_q + {{ROW_AW + 4 - ROW_W{1'b0}}, row_q[ROW_W-1:4]}) << (4 - CUT_LOG)
                        | {{ROW_AW - 4{1'b0}}, row_q[3:0] >> CUT_LOG};
    assign class_addr_o = {{CLASS_AW - FACTOR_AW{1'b0}}, factor[FACTOR_AW-1:0]} << (4 - CUT_LOG)
                        | {{CLASS_AW - 4{1'b0}}, row_q[3:0] >> CUT_LOG};
    assign bit_o        = row_q[3:0];
    assign re_o         = sum_q[1];
    assign col_addr_o   = {factor1[FACTOR_AW-1:0], block_q[BLOCK_AW-1:0]};
    assign row_o        = row_q;
    assign word_plane_o = plane_q1;
    assign word_group_o = group_q1;
    assign claim_o      = total;
    assign ctl_o[UPD_MISS]   = sum_q[2];
    assign ctl_o[UPD_TOTAL]  = total_q[2];
    assign ctl_o[UPD_ACC]    = sum_q[3] || total_q[3] || double_q[3];
    assign ctl_o[UPD_FIRST]  = sum_q[3] && first_q[3];
    assign ctl_o[UPD_DOUBLE] = total_q[3] || double_q[3] || (sum_q[3] && begin_q[3] && !first_q[3]);
    assign ctl_o[UPD_HAND]   = hand_q[4];
    wire _unused = &{1'b0, factor, factor1};

`ifdef FORMAL
    // formal: ROW_W=5 BLOCK_W=2 BLOCK_AW=1 GROUP_W=2 XW_W=1 ROW_AW=6 FACTOR_AW=4 CLASS_AW=6 DEPTH=14
    // Assumed: start_i only while not busy, inputs legal and stable while busy_o. A reset may be of one clock: what was on its way then still comes to
    // the accumulators in the two clocks after it, which does no harm, as all of it comes before the next job's UPD_FIRST, from which they begin anew.
    reg        past_q = 1'b0;
    reg  [1:0] stale_q;         // clocks after a reset in which there may be such
    reg        fresh_q;         // of the job at work, UPD_FIRST came
    reg  [3:0] due_q;           // words that were claimed and not handed over
    reg  [1:0] wait_q;          // cycles before a word that was claimed can be handed over
    reg  [ROW_W-1:0]   claim_row_q;                     // of the next word that is claimed
    reg  [BLOCK_W-1:0] claim_block_q;
    wire               claim_turn = claim_block_q == blocks_i - 1'b1;
    wire [3:0] on_way = {3'd0, hand_q[1]} + {3'd0, hand_q[2]} + {3'd0, hand_q[3]} + {3'd0, hand_q[4]} + {3'd0, double};
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        stale_q <= rst_i ? 2'd2 : stale_q - {1'b0, stale_q != 2'd0};
        fresh_q <= !start_i && !rst_i && (fresh_q || (ctl_o[UPD_FIRST] && stale_q == 2'd0));
        due_q  <= rst_i ? 4'd0 : due_q + {3'd0, claim_o} - {3'd0, ctl_o[UPD_HAND]};
        wait_q <= claim_o ? 2'd3 : wait_q - {1'b0, wait_q != 2'd0};
        if (!busy_o) {claim_row_q, claim_block_q} <= {ROW_W + BLOCK_W{1'b0}};
        else if (claim_o) begin
            claim_block_q <= claim_turn ? {BLOCK_W{1'b0}} : claim_block_q + 1'b1;
            claim_row_q   <= claim_row_q + {{ROW_W - 1{1'b0}}, claim_turn};
        end
        if (!past_q) assume (rst_i && sum_q == 3'd0 && total_q == 3'd0 && double_q == 3'd0);
        if (busy_o) assume (!start_i);
        assume (rows_i != 0 && blocks_i != 0 && blocks_i <= 1 << BLOCK_AW && groups_i != 0);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o)))
            assume ($stable(rows_i) && $stable(blocks_i) && $stable(groups_i) && $stable(top_i) && $stable(doublings_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (!busy_o) assert (!row_re_o && !claim_o && !ctl_o[UPD_HAND] && due_q == 4'd0);
            if (!busy_o && stale_q == 2'd0) assert (!re_o && ctl_o[UPD_ACC:UPD_MISS] == 3'd0);
            if (ctl_o[UPD_ACC] && stale_q == 2'd0) assert (fresh_q || ctl_o[UPD_FIRST]);
            // The walk stays in the layer.
            if (state_q != IDLE) assert (row_q < rows_i && block_q < blocks_i);
            if (sum) assert (group_q < groups_i && plane_q <= top_i);
            if (state_q == IDLE && $past(state_q != IDLE && !rst_i)) assert ($past(row_q == rows_i - 1'b1 && block_q == blocks_i - 1'b1));
            // A word is claimed where it may be, and is handed over once, when the accumulators have summed, added the total and doubled it.
            if (claim_o) assert (free_i);
            assert (due_q == on_way);
            if (past_q && $past(claim_o && !rst_i) && doublings_i == 4'd0) assert (hand_q[1]);
            if (ctl_o[UPD_HAND]) assert (!ctl_o[UPD_FIRST] || sum_q[3]);
            if (re_o) assert ($past(row_re_o));
            if (ctl_o[UPD_MISS]) assert ($past(re_o));
            assert (!(ctl_o[UPD_MISS] && ctl_o[UPD_TOTAL]));
            // What sr_update_finish assumes: a claim only where it is free and not in the cycle after the start, as many as there are words, and each
            // handed over four cycles later or more.
            if (claim_o) assert (busy_o && free_i && !$past(start_i) && claim_row_q == row_q && claim_block_q == block_q && claim_row_q < rows_i);
            if (ctl_o[UPD_HAND]) assert (due_q != 4'd0 && (due_q > 4'd1 || wait_q == 2'd0));
            if (!busy_o && $past(busy_o && !rst_i)) assert (claim_row_q == rows_i && claim_block_q == 0);
            // for the induction
            if (state_q == SUM || state_q == TOTAL) assert (claim_row_q == row_q && claim_block_q == block_q);
            if (state_q == DOUBLE)
                assert (claim_row_q == row_q + {{ROW_W - 1{1'b0}}, block_end} && claim_block_q == (block_end ? {BLOCK_W{1'b0}} : block_q + 1'b1));
            if (state_q == IDLE && busy_o) assert (claim_row_q == rows_i && claim_block_q == {BLOCK_W{1'b0}});
            if (stale_q == 2'd0 && busy_o && !fresh_q)
                assert (sum_q[3] ? first_q[3] : sum_q[2] ? first_q[2] : sum_q[1] ? first_q[1] : sum && group_q == 0 && plane_q == top_i);
            if (stale_q != 2'd0) assert (!fresh_q && !sum_q[1] && !total_q[1] && !double_q[1] && (state_q == IDLE || (sum && group_q == 0 && plane_q == top_i && stale_q == 2'd1)));
            if (double) assert (left_q != 4'd0 && left_q <= doublings_i);
            if (state_q == TOTAL) assert (left_q == doublings_i);
            if (!sum && state_q != IDLE) assert (state_q != DOUBLE || doublings_i != 4'd0);
            assert ((sum_q & total_q) == 3'd0 && (sum_q & double_q) == 3'd0 && (total_q & double_q) == 3'd0);
            if (state_q == IDLE && !busy_o && stale_q == 2'd0) assert (sum_q == 3'd0 && total_q == 3'd0 && double_q == 3'd0);
        end
        cover (past_q && !busy_o && $past(ctl_o[UPD_HAND]));
        cover (past_q && ctl_o[UPD_HAND] && block_q == 1);
    end
`endif
endmodule

`default_nettype wire
