// SPDX-License-Identifier: Apache-2.0
// sr_front: walks the events of a sample for base current and projection together. Pass n accumulates column block n of
// the base current and the counts of factor group n; all steps within a pass, an event a cycle.
//
// Order       pass, step, word of 16 inputs, event. Every step begins with a mark, and one more mark ends the job: it tells to
//             keep what was accumulated since the mark before (keep_base_o, keep_count_o, at base_at_o, count_at_o) and to
//             start from 0. An event comes with the weight word and row factor bits whose addresses were given before.
// Addresses   weights: {input, block}; row factors as in sr_factors; base current: {step, block}; counts: {group, step}.
// Empty words The sample store's port holds the word that comes next. While a word with several events is at work, empty words behind
//             it are passed over, one a cycle; never the last of a step.
// Cycles      passes * (steps * (1 + sum over words that are not passed over of max(1, events)) + 1) + 5.
// Job         start_i (pulse) with the inputs, held while busy_o; x_base_i in words (top bit: beyond the store), x_words_i a
//             step, the sample's words in a row. x_over_o: an address beyond what is there. Reset: control only.
// Test        tests/rtl/tb_front.cpp; proofs: tests/formal
`default_nettype none

module sr_front #(
    parameter X_AW         = 14,
    parameter SAMPLE_WORDS = 16384,
    parameter BLOCK_AW     = 4,
    parameter GROUP_AW     = 4,
    parameter STEP_AW      = 4,
    parameter XW_W         = 6,    // bits of x_words_i
    parameter STEP_W       = 4,
    parameter PASS_W       = 5,
    parameter ROW_AW       = 12,
    parameter CUT          = 4
) (
    input  wire                clk_i,
    input  wire                rst_i,
    input  wire                start_i,
    output wire                busy_o,
    input  wire [X_AW:0]       x_base_i,
    input  wire [XW_W-1:0]     x_words_i,
    input  wire [3:0]          rest_i,      // inputs in the last word of a step, 0: all 16; those beyond are no events
    input  wire [STEP_W-1:0]   steps_i,
    input  wire [PASS_W-1:0]   blocks_i,
    input  wire [PASS_W-1:0]   groups_i,
    // sample store: data a cycle after, held
    output wire                x_re_o,
    output wire [X_AW-1:0]     x_addr_o,
    input  wire [15:0]         x_data_i,
    output wire                x_over_o,
    // an event's weights: address three cycles before the event; its row factors: two cycles, the bit one cycle before
    output wire [XW_W+3+BLOCK_AW:0] w_addr_o,
    output wire                row_re_o,
    output wire [ROW_AW-1:0]   row_addr_o,
    output wire [3:0]          row_bit_o,
    // events and marks
    output wire                event_next_o, // an event comes in the next cycle
    output wire                add_base_o,
    output wire                add_count_o,
    output wire                mark_o,
    output wire                keep_base_o,
    output wire [STEP_AW+BLOCK_AW-1:0] base_at_o,
    output wire                keep_count_o,
    output wire [GROUP_AW+STEP_AW-1:0] count_at_o
);
    localparam CUT_LOG = $clog2(CUT);

    // two ones or more: in a four, or in two fours
    function several(input [15:0] x);
        reg [3:0] any, two;
        integer   n;
        begin
            for (n = 0; n < 4; n = n + 1) begin
                any[n] = |x[4*n+:4];
                two[n] = (x[4*n] && x[4*n+1]) || (x[4*n+2] && x[4*n+3]) || ((x[4*n] || x[4*n+1]) && (x[4*n+2] || x[4*n+3]));
            end
            several = |two || (any[0] && any[1]) || (any[2] && any[3]) || ((any[0] || any[1]) && (any[2] || any[3]));
        end
    endfunction

    // ---- scanner ----
    localparam [1:0] IDLE = 2'd0, FETCH = 2'd1, MARK = 2'd2, SCAN = 2'd3;
    reg  [1:0]         state_q;
    reg                end_q;            // the mark that ends the job
    reg  [X_AW:0]      x_addr_q;         // next word to be asked for; the top bit: beyond
    reg  [15:0]        x_q;
    reg  [XW_W-1:0]    word_q, ahead_q;  // the word at work; the one on the sample store's port
    reg  [STEP_W-1:0]  step_q;
    reg  [PASS_W-1:0]  pass_q;
    reg  [XW_W-1:0]    x_last_q;         // held: before the first word counts
    reg  [15:0]        rest_q;           // inputs in the last word, a bit each
    wire               word_end  = word_q == x_last_q;
    wire               step_end  = step_q == steps_i - 1'b1;
    wire [PASS_W-1:0]  pass_up   = pass_q + 1'b1;
    wire               pass_end  = pass_up >= blocks_i && pass_up >= groups_i;
    wire [15:0]        rest      = x_q & (x_q - 16'd1);
    wire               scan      = state_q == SCAN;
    wire               event_is  = scan && |x_q;
    wire               next_word = scan && !several(x_q);
    wire               take      = (state_q == MARK && !end_q) || (next_word && !word_end);
    wire               ahead_last = ahead_q == x_last_q;
    wire               pass_over = scan && !next_word && !word_end && !ahead_last && x_data_i == 16'd0;
    wire               take_last = step_end && ahead_last;          // of the pass: the next begins anew
    assign x_re_o   = state_q == FETCH || take || pass_over;        // what comes after the last is not looked at
    assign x_addr_o = x_addr_q[X_AW-1:0];
    assign x_over_o = (state_q == FETCH || pass_over || (take && !take_last)) && {{31 - X_AW{1'b0}}, x_addr_q} >= SAMPLE_WORDS;
    always @(posedge clk_i) begin
        x_last_q <= x_words_i - 1'b1;
        rest_q   <= rest_i == 4'd0 ? 16'hffff : ~(16'hffff << rest_i);
        if (x_re_o) x_addr_q <= x_addr_q + 1'b1;
        if (take) x_q <= x_data_i & (ahead_last ? rest_q : 16'hffff);
        else if (scan) x_q <= rest;
        if (take || pass_over) ahead_q <= ahead_last ? {XW_W{1'b0}} : ahead_q + 1'b1;
        case (state_q)
            IDLE: begin
                x_addr_q <= x_base_i;
                step_q   <= {STEP_W{1'b0}};
                pass_q   <= {PASS_W{1'b0}};
                end_q    <= 1'b0;
                ahead_q  <= {XW_W{1'b0}};
                if (start_i) state_q <= FETCH;
            end
            FETCH: state_q <= MARK;
            MARK: begin
                word_q  <= {XW_W{1'b0}};
                state_q <= end_q ? IDLE : SCAN;
            end
            default: if (next_word) begin
                word_q <= ahead_q;
                if (word_end) begin
                    state_q <= MARK;
                    step_q  <= step_q + 1'b1;
                    if (step_end) begin
                        state_q  <= FETCH;
                        x_addr_q <= x_base_i;
                        step_q   <= {STEP_W{1'b0}};
                        pass_q   <= pass_up;
                        end_q    <= pass_end;
                    end
                end
            end
        endcase
        if (rst_i) state_q <= IDLE;
    end

    // ---- pipeline: 0 weight address, 1 row address, 2 its data, 3 event ----
    function [3:0] lowest(input [14:0] x);
        begin
            lowest[3] = !(|x[7:0]);
            lowest[2] = !(|x[3:0]) && (|x[7:4] || !(|x[11:8]));
            lowest[1] = !(|x[1:0]) && (|x[3:2] || (!(|x[5:4]) && (|x[7:6] || (!(|x[9:8]) && (|x[11:10] || !(|x[13:12]))))));
            lowest[0] = !x[0] && (x[1] || (!x[2] && (x[3] || (!x[4] && (x[5] || (!x[6] && (x[7] || (!x[8] && (x[9] ||
                        (!x[10] && (x[11] || (!x[12] && (x[13] || !x[14])))))))))))));
        end
    endfunction
    wire [3:0]          bit_0     = lowest(x_q[14:0]);
    wire                step_done = next_word && word_end;
    reg                 event_q1, event_q2, event_q3, mark_q1, mark_q2, mark_q3, done_q1, done_q2, end_q1, end_q2;
    reg  [3:0]          bit_q1, bit_q2;
    reg  [XW_W-1:0]     word_q1;
    reg  [ROW_AW-1:0]   row_group_q1;              // of the factor group, in words of 16 inputs
    wire [ROW_AW-1:0]   row_at_1 = row_group_q1 + {{ROW_AW - XW_W{1'b0}}, word_q1};
    reg  [PASS_W-1:0]   pass_q1;
    reg                 base_on_q2, count_on_q2;
    // of the step whose events come, until the mark that ends it has come
    reg                 open_q3, base_on_q3, count_on_q3, last_q3;
    reg  [STEP_AW-1:0]  step_q3;
    reg  [PASS_W-1:0]   pass_q3;
    wire                count_on1 = pass_q1 < groups_i;
    always @(posedge clk_i) begin
        event_q1 <= event_is && !rst_i;
        event_q2 <= event_q1 && !rst_i;
        event_q3 <= event_q2 && !rst_i;
        mark_q1  <= state_q == MARK && !rst_i;
        mark_q2  <= mark_q1 && !rst_i;
        mark_q3  <= mark_q2 && !rst_i;
        word_q1  <= word_q;
        done_q1  <= step_done && !rst_i;
        done_q2  <= done_q1;
        end_q1   <= step_end;
        end_q2   <= end_q1;
        bit_q1   <= bit_0;
        bit_q2   <= bit_q1;
        base_on_q2  <= pass_q1 < blocks_i;
        count_on_q2 <= count_on1;
        if (done_q1) begin
            pass_q1   <= pass_q1 + {{PASS_W - 1{1'b0}}, end_q1};
            if (end_q1) row_group_q1 <= row_at_1 + 1'b1;
        end
        if (done_q2) last_q3 <= end_q2;
        if (event_q2 || done_q2) begin
            base_on_q3  <= base_on_q2;
            count_on_q3 <= count_on_q2;
        end
        if (mark_q3) open_q3 <= 1'b1;
        if (mark_q3 && open_q3) begin
            step_q3 <= last_q3 ? {STEP_AW{1'b0}} : step_q3 + 1'b1;
            if (last_q3) pass_q3 <= pass_q3 + 1'b1;
        end
        if (!busy_o) begin
            row_group_q1 <= {ROW_AW{1'b0}};
            pass_q1      <= {PASS_W{1'b0}};
            open_q3      <= 1'b0;
            step_q3      <= {STEP_AW{1'b0}};
            pass_q3      <= {PASS_W{1'b0}};
        end
    end
    assign w_addr_o   = {word_q, bit_0, pass_q[BLOCK_AW-1:0]};
    assign row_re_o   = event_q1 && count_on1;
    assign row_addr_o = row_at_1 << (4 - CUT_LOG) | {{ROW_AW - 4{1'b0}}, bit_q1 >> CUT_LOG};
    assign row_bit_o  = bit_q2;

    assign event_next_o = event_q2;
    assign add_base_o   = event_q3 && base_on_q3;
    assign add_count_o  = event_q3 && count_on_q3;
    assign mark_o       = mark_q3;
    assign keep_base_o  = mark_q3 && open_q3 && base_on_q3;
    assign base_at_o    = {step_q3, pass_q3[BLOCK_AW-1:0]};
    assign keep_count_o = mark_q3 && open_q3 && count_on_q3;
    assign count_at_o   = {pass_q3[GROUP_AW-1:0], step_q3};
    assign busy_o       = state_q != IDLE || mark_q1 || mark_q2 || mark_q3;

`ifdef FORMAL
    // formal: DEPTH=16
    // Assumed: start_i only while not busy, inputs held as the header says.
    reg  past_q = 1'b0;
    wire keep     = keep_base_o || keep_count_o;
    wire no_pass  = pass_q >= blocks_i && pass_q >= groups_i;
    wire begun    = open_q3 || mark_q1 || mark_q2 || mark_q3;
    wire [PASS_W-1:0] pass_due = pass_q1 + {{PASS_W - 1{1'b0}}, done_q1 && end_q1};
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (x_words_i != 0 && steps_i != 0 && (blocks_i != 0 || groups_i != 0));
        if (past_q && ($past(start_i) || ($past(busy_o) && busy_o)))
            assume ($stable(x_words_i) && $stable(rest_i) && $stable(steps_i) && $stable(blocks_i) && $stable(groups_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (!busy_o) assert (!mark_o && !add_base_o && !add_count_o && !x_re_o && !x_over_o && !row_re_o);
            assert (!(mark_o && event_q3));
            // an event follows a mark and belongs to a pass; every mark but a job's first keeps, and nothing else does; a keep
            // ends a job
            if (event_q3) assert (open_q3 && (add_base_o || add_count_o));
            assert (keep == (mark_o && open_q3));
            if (!busy_o && $past(busy_o && !rst_i)) assert ($past(keep));
            // for the induction
            if (state_q != IDLE) assert (end_q == no_pass && pass_q == pass_due);
            if (state_q == SCAN) assert (!end_q && begun);
            if (end_q && state_q != IDLE) assert (begun);
        end
        cover (past_q && keep_base_o && !keep_count_o && $past(add_base_o, 3) && $past(mark_o, 2));
        cover (past_q && !busy_o && $past(keep_count_o && !keep_base_o && !rst_i) && pass_q3 == 2);
        cover (past_q && add_base_o && add_count_o && $past(row_bit_o) == 4'd11 && $past(add_base_o));
    end
`endif
endmodule

`default_nettype wire
