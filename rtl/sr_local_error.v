// SPDX-License-Identifier: Apache-2.0
// sr_local_error: class scores of the plain pass -> error e[o] of each class, fitness and hit of the sample (docs/numerics.md, 8.2).
//
//   state      cycles        what happens
//   COLLECT    as they come  Scores are stored; the largest, its class and the label's are kept.
//   SOFT       classes + 6   A class a cycle: z = min(scaled(largest - score), 511) takes its score's place; total += EXP[z].
//                            SERIAL 1: classes * (9 + shift_i) + 1. The product is made a bit of mul_i a cycle, and shifted down a place a cycle.
//   LOG        1             LN(total).
//   SHARE      classes + 3   A class a cycle: e = -(EXP[min(z + LN(total), 511)] >> 1), and their sum without the label's.
//   LABEL      1             e[label] = min(sum, 127).
//
// Scores      one a valid_i, class 0 first; classes_i, label_i, mul_i and shift_i stay from the first one on while busy_o.
// Handshake   busy_o rises in the cycle after the last score; when it falls all results are valid, until the next first score.
// Errors      e_o is e[e_addr_i], a cycle after e_re_i, then held; nonzero_o: a bit for each class, e[o] is not 0.
// Formats     scores signed SCORE_W; e signed 8 bits, -127..127; fitness signed 17 bits.
// Reset       control only. Test: tests/rtl/tb_local_error.cpp; proofs: tests/formal
`default_nettype none

module sr_local_error #(
    parameter SCORE_W = 24,
    parameter SERIAL  = 0
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      valid_i,
    input  wire                      only_i,       // of these scores only best_o is wanted
    output wire        [3:0]         best_o,       // the class with the largest score so far, the first of equals
    input  wire        [3:0]         class_i,
    input  wire signed [SCORE_W-1:0] score_i,
    input  wire        [4:0]         classes_i,
    input  wire        [3:0]         label_i,
    input  wire        [3:0]         mul_i,
    input  wire        [4:0]         shift_i,
    output wire                      busy_o,
    output wire signed [16:0]        fitness_o,
    output wire                      hit_o,
    output wire        [15:0]        nonzero_o,
    input  wire                      e_re_i,
    input  wire        [3:0]         e_addr_i,
    output wire signed [7:0]         e_o
);
    `include "sr_map.vh"
    generate
        if (SCORE_W < 16) begin : g_rule
            SR_SCORE_W_MUST_HOLD_A_SCALED_DISTANCE u ();
        end
    endgenerate

    // ---- control ----
    localparam [2:0] COLLECT = 3'd0, SOFT = 3'd1, SOFT_END = 3'd2, LOG = 3'd3, SHARE = 3'd4, SHARE_END = 3'd5, LABEL = 3'd6;
    reg  [2:0] state_q;
    reg  [3:0] index_q, last_q;                     // last_q: the last class
    reg  [5:1] soft_q;                              // ages of a class in SOFT
    reg  [2:1] share_q;                             // and in SHARE
    reg  [3:0] class_q1, class_q2, class_q3, class_q4;
    wire       made, making;                        // SERIAL: a product is done; at work
    wire       take = state_q == SOFT && (SERIAL == 0 || (soft_q == 5'd0 && !making));
    wire       walk = take || state_q == SHARE;
    wire       hold = SERIAL != 0 && (state_q == SOFT || state_q == SOFT_END);      // the class stays until it is through
    always @(posedge clk_i) begin
        last_q   <= classes_i[3:0] - 4'd1;
        index_q  <= hold ? index_q + {3'd0, soft_q[5]} : walk ? index_q + 4'd1 : 4'd0;
        soft_q   <= SERIAL != 0 ? {soft_q[4:3], made, 1'b0, take} : {soft_q[4:1], take};
        share_q  <= {share_q[1], state_q == SHARE};
        class_q1 <= index_q;
        class_q2 <= class_q1;
        class_q3 <= class_q2;
        class_q4 <= class_q3;
        case (state_q)
            COLLECT:   if (valid_i && class_i == last_q && !only_i) state_q <= SOFT;
            SOFT:      if (take && index_q == last_q) state_q <= SOFT_END;
            SOFT_END:  if (soft_q == 5'd0 && !making) state_q <= LOG;
            LOG:       state_q <= SHARE;
            SHARE:     if (index_q == last_q) state_q <= SHARE_END;
            SHARE_END: if (share_q == 2'd0) state_q <= LABEL;
            default:   state_q <= COLLECT;
        endcase
        if (rst_i) begin
            state_q <= COLLECT;
            soft_q  <= 5'd0;
            share_q <= 2'd0;
        end
    end
    assign busy_o = state_q != COLLECT;

    // ---- scores, and z in their places ----
    reg  signed [SCORE_W-1:0] most_q;
    reg         [3:0]         best_q;
    reg         [14:0]        z_q4;
    wire        [8:0]         z       = |z_q4[14:9] ? 9'd511 : z_q4[8:0];
    wire        [SCORE_W-1:0] kept;
    wire                      z_keep  = soft_q[4];
    always @(posedge clk_i)
        if (valid_i && (class_i == 4'd0 || score_i > most_q)) begin
            most_q <= score_i;
            best_q <= class_i;
        end
    sr_ram #(.WIDTH(SCORE_W), .DEPTH(16), .ADDR_W(4)) u_scores (
        .clk_i(clk_i), .we_i(valid_i || z_keep), .waddr_i(z_keep ? class_q4 : class_i),
        .wdata_i(z_keep ? {{SCORE_W - 9{1'b0}}, z} : score_i), .re_i(walk), .raddr_i(index_q), .rdata_o(kept)
    );
    assign hit_o  = best_q == label_i;
    assign best_o = best_q;

    // ---- SOFT. Age 1: score; 2: distance; 3: times mul_i, by additions; 4: scaled; 5: out of the table ----
    reg         [SCORE_W-1:0] gap_q2;
    wire        [SCORE_W+3:0] shifted;
    reg         [14:0]        own_q;                // the label's
    reg         [12:0]        total_q;
    generate
        if (SERIAL != 0) begin : g_serial
            // From the lowest bit of mul_i on: the sum of what was and 16 gaps or none, down a place; then down alone.
            reg                making_q;
            reg  [5:0]         at_q;
            reg  [SCORE_W+3:0] product_q;
            wire               add  = at_q[5:2] == 4'd0 && mul_i[at_q[1:0]];
            wire [SCORE_W:0]   more = {1'b0, product_q[SCORE_W+3:4]} + {1'b0, gap_q2};
            always @(posedge clk_i) begin
                if (soft_q[1]) begin
                    at_q      <= 6'd0;
                    product_q <= {SCORE_W + 4{1'b0}};
                end else if (making_q) begin
                    at_q      <= at_q + 6'd1;
                    product_q <= {add ? more : {1'b0, product_q[SCORE_W+3:4]}, product_q[3:1]};
                end
                making_q <= (soft_q[1] || (making_q && !made)) && !rst_i;
            end
            assign made    = making_q && at_q == {1'b0, shift_i} + 6'd3;
            assign making  = making_q;
            assign shifted = product_q;
        end else begin : g_together
            reg  [SCORE_W+3:0] product_q3;
            wire [SCORE_W+3:0] wide = {4'd0, gap_q2};
            wire [SCORE_W+3:0] low  = (wide & {SCORE_W + 4{mul_i[0]}}) + ((wide & {SCORE_W + 4{mul_i[1]}}) << 1);
            wire [SCORE_W+3:0] high = (wide & {SCORE_W + 4{mul_i[2]}}) + ((wide & {SCORE_W + 4{mul_i[3]}}) << 1);
            always @(posedge clk_i) if (soft_q[2]) product_q3 <= low + (high << 2);
            assign shifted = product_q3 >> shift_i;
            assign {made, making} = 2'b00;
        end
    endgenerate
    wire        [7:0]         table_out;
    always @(posedge clk_i) begin
        if (soft_q[1]) gap_q2 <= most_q - kept;     // not negative
        if (soft_q[3]) z_q4 <= |shifted[SCORE_W+3:15] ? 15'h7fff : shifted[14:0];
        if (soft_q[4] && class_q4 == label_i) own_q <= z_q4;
        if (state_q == COLLECT) total_q <= 13'd0;
        else if (soft_q[5]) total_q <= total_q + {5'd0, table_out};
    end

    // ---- LOG ----
    reg  [7:0]  log_q;
    wire [5:0]  ln_mantissa;
    wire [2:0]  top_one  = total_q[11] ? 3'd4 : total_q[10] ? 3'd3 : total_q[9] ? 3'd2 : total_q[8] ? 3'd1 : 3'd0;
    wire [12:0] mantissa = total_q >> top_one;
    wire [8:0]  ln_base  = top_one == 3'd4 ? SR_LNB4[8:0] : top_one == 3'd3 ? SR_LNB3[8:0] : top_one == 3'd2 ? SR_LNB2[8:0] :
                           top_one == 3'd1 ? SR_LNB1[8:0] : SR_LNB0[8:0];
    wire [8:0]  log      = ln_base + {3'd0, ln_mantissa};    // 0..177: the total is 255 at least
    always @(posedge clk_i) if (state_q == LOG) log_q <= log[7:0];
    sr_ln_rom u_ln (.clk_i(clk_i), .addr_i(mantissa[6:0]), .data_o(ln_mantissa));

    // ---- SHARE. Age 1: z; 2: out of the table ----
    reg  [10:0]  sum_q;
    reg  [15:0]  nonzero_q;
    wire [9:0]   away    = {1'b0, kept[8:0]} + {2'd0, log_q};
    wire [7:0]   half    = {1'b0, table_out[7:1]};
    wire         other   = share_q[2] && class_q2 != label_i;
    wire         closing = state_q == LABEL;
    wire [7:0]   own     = |sum_q[10:7] ? 8'd127 : {1'b0, sum_q[6:0]};
    always @(posedge clk_i) begin
        if (state_q == LOG) begin
            sum_q     <= 11'd0;
            nonzero_q <= 16'd0;
        end else if (other) begin
            sum_q               <= sum_q + {3'd0, half};
            nonzero_q[class_q2] <= half != 8'd0;
        end
        if (closing) nonzero_q[label_i] <= sum_q != 11'd0;
    end
    sr_exp_rom u_exp (.clk_i(clk_i), .addr_i(soft_q[4] ? z : away[9] ? 9'd511 : away[8:0]), .data_o(table_out));
    sr_ram #(.WIDTH(8), .DEPTH(16), .ADDR_W(4)) u_errors (
        .clk_i(clk_i), .we_i(other || closing), .waddr_i(closing ? label_i : class_q2), .wdata_i(closing ? own : -half),
        .re_i(e_re_i), .raddr_i(e_addr_i), .rdata_o(e_o)
    );
    assign nonzero_o = nonzero_q;
    assign fitness_o = -({2'b00, own_q} + {9'd0, log_q});
    wire _unused = &{1'b0, classes_i[4], mantissa[12:7], log[8], table_out[0]};

`ifdef FORMAL
    // formal: SCORE_W=16 DEPTH=18
    // formal: SCORE_W=16 SERIAL=1 DEPTH=18
    // Assumed: scores come class after class, not while busy_o; settings legal, and stable from a cycle before them on.
    reg        past_q = 1'b0;
    reg  [4:0] come_q;                  // scores that came; classes whose z was kept; whose share was taken
    reg  [4:0] kept_q, shared_q;
    wire       last_come = valid_i && {1'b0, class_i} == classes_i - 5'd1;
    wire       ending    = last_come && !only_i;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (rst_i || last_come) come_q <= 5'd0;
        else if (valid_i) come_q <= come_q + 5'd1;
        if (!busy_o) kept_q <= 5'd0;
        else if (z_keep) kept_q <= kept_q + 5'd1;
        if (!busy_o) shared_q <= 5'd0;
        else if (share_q[2]) shared_q <= shared_q + 5'd1;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!valid_i);
        if (valid_i) assume ({1'b0, class_i} == come_q);
        assume (classes_i >= 2 && classes_i <= 16 && {1'b0, label_i} < classes_i);
        if (past_q && ($past(busy_o) || busy_o || $past(valid_i) || valid_i || come_q != 0))
            assume ($stable(classes_i) && $stable(label_i) && $stable(shift_i) && $stable(only_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            else begin
                // Busy from the cycle after the last score on, and then until the label's error is written.
                if ($past(ending)) assert (busy_o);
                if (busy_o && !$past(busy_o)) assert ($past(ending));
                if (!busy_o && $past(busy_o)) assert ($past(state_q == LABEL) && kept_q == classes_i && shared_q == classes_i);
            end
            if (!busy_o) assert (!walk && !z_keep && !other && !closing && soft_q == 0 && share_q == 0);
            // Every class goes once through both passes, in order; nothing is written in the place of what comes.
            if (z_keep) assert ({1'b0, class_q4} == kept_q);
            if (share_q[2]) assert ({1'b0, class_q2} == shared_q);
            if (share_q != 0 || state_q == SHARE) assert (kept_q == classes_i && soft_q == 0);
            assert (!(other && closing) && !(valid_i && z_keep));
            // for the induction
            assert (state_q <= LABEL);
            if (busy_o || come_q != 0) assert (last_q == classes_i[3:0] - 4'd1);
            if (come_q != 0) assert (!busy_o && come_q < classes_i);
            if (state_q == SOFT || state_q == SHARE) assert (index_q <= last_q);
            if (state_q == LOG || state_q == SHARE_END || state_q == LABEL) assert (kept_q == classes_i);
            if (state_q == SOFT || state_q == SOFT_END || state_q == LOG) assert (shared_q == 0 && share_q == 0);
            if (state_q == LABEL) assert (shared_q == classes_i && share_q == 0 && soft_q == 0);
            if (state_q > SOFT_END) assert (soft_q == 0);
            if (state_q == SHARE) assert ({1'b0, index_q} == shared_q + {4'd0, share_q[1]} + {4'd0, share_q[2]});
            if (state_q == SHARE_END) assert (classes_i == shared_q + {4'd0, share_q[1]} + {4'd0, share_q[2]});
            if (share_q[1]) assert ({1'b0, class_q1} == shared_q + {4'd0, share_q[2]});
        end
        cover (past_q && state_q == (SERIAL != 0 ? SOFT_END : SHARE_END));
    end
    generate
        if (SERIAL != 0) begin : g_formal_serial
            // One class at a time, whose number stays for all of its ages.
            wire [4:0] on_way = {4'd0, soft_q[1]} + {4'd0, making} + {4'd0, soft_q[3]} + {4'd0, soft_q[4]};
            wire [5:0] at     = g_serial.at_q;
            always @(posedge clk_i)
                if (past_q) begin
                    assert (!soft_q[2] && on_way + {4'd0, soft_q[5]} <= 5'd1);
                    if (state_q != SOFT && state_q != SOFT_END) assert (!making);
                    if (state_q == SOFT) assert (kept_q == {1'b0, index_q} + {4'd0, soft_q[5]} && (on_way == 0 || index_q < last_q));
                    if (state_q == SOFT_END) assert (classes_i == kept_q + on_way);
                    if (state_q == SOFT_END && (on_way != 0 || soft_q[5])) assert (index_q == last_q);
                    if (soft_q[1] || making || soft_q[3] || soft_q[4]) assert (class_q1 == index_q);
                    if (making || soft_q[3] || soft_q[4]) assert (class_q2 == index_q);
                    if ((making && at != 0) || soft_q[3] || soft_q[4]) assert (class_q3 == index_q);
                    if ((making && at > 1) || soft_q[3] || soft_q[4]) assert (class_q4 == index_q);
                    if (making) assert (at <= {1'b0, shift_i} + 6'd3);
                end
        end else begin : g_formal_together
            wire [4:0] on_way = {4'd0, soft_q[1]} + {4'd0, soft_q[2]} + {4'd0, soft_q[3]} + {4'd0, soft_q[4]};
            always @(posedge clk_i)
                if (past_q) begin
                    if (state_q == SOFT) assert ({1'b0, index_q} == kept_q + on_way);
                    if (state_q == SOFT_END) assert (classes_i == kept_q + on_way);
                    if (soft_q[4]) assert ({1'b0, class_q4} == kept_q);
                    if (soft_q[3]) assert ({1'b0, class_q3} == kept_q + {4'd0, soft_q[4]});
                    if (soft_q[2]) assert ({1'b0, class_q2} == kept_q + {4'd0, soft_q[3]} + {4'd0, soft_q[4]});
                    if (soft_q[1]) assert ({1'b0, class_q1} == kept_q + {4'd0, soft_q[2]} + {4'd0, soft_q[3]} + {4'd0, soft_q[4]});
                end
        end
    endgenerate
`endif
endmodule

`default_nettype wire
