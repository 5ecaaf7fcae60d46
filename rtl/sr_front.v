// SPDX-License-Identifier: Apache-2.0
// sr_front: walks the events of a sample for base current and projection together. Pass n accumulates column block n of
// the base current and the counts of factor group n; all steps within a pass, an event a cycle.
//
// Order       pass, step, word of 16 inputs, event. A job begins with a mark and every step ends with one, which tells to keep what was
//             accumulated since the mark before (keep_base_o, keep_count_o, at base_at_o, count_at_o) and to start from 0; the job's first
//             keeps nothing. An event comes with the weight word and row factor bits whose addresses were given before.
// Addresses   weights: {input, block}; row factors as in sr_factors; base current: {step, block}; counts: {group, step}.
// Words       go from the sample store's port to in_q, and from there to x_q, where their events are issued, a word a cycle while there is room.
//             In in_q a word without an event is left out, unless it is its step's last. AHEAD 1: there is a queue between in_q and x_q,
//             which runs ahead across steps and passes. A word is asked for while the queue holds fewer than 8, which flip-flops alone
//             tell; it has room for those that are then still on their way, so that none ever waits in front of it. AHEAD 0: there is no
//             queue, words wait on the port and in in_q, and it takes fewer cells.
// Cycles      passes * (steps + events) + 5, where the words come fast enough; what is waited for them besides. They come a word a cycle from 3
//             cycles after start_i on (AHEAD 1: 5), and with AHEAD 0 a cycle later behind the last of a pass.
// Job         start_i (pulse) with the inputs, held while busy_o; x_base_i in words (top bit: beyond the store), x_words_i a
//             step, the sample's words in a row. x_over_o: a word is read whose address is beyond what is there. Reset: control only.
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
    parameter CUT          = 4,
    parameter AHEAD        = 1,
    parameter LUT_RAM      = 0     // 1: the queue in LUT RAM
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

    // ---- words: asked for, on the store's port, in in_q, in the queue ----
    localparam ENTRY_W = XW_W + 18;
    reg                run_q;
    reg                port_q;           // a word is on the port
    reg  [X_AW:0]      x_addr_q;         // next word to be asked for; the top bit: beyond
    reg  [XW_W-1:0]    at_word_q;        // a word of its step, and its step: AHEAD 1: of the next word to be asked for; AHEAD 0: of the port's
    reg  [STEP_W-1:0]  at_step_q;
    reg  [XW_W-1:0]    x_last_q;         // held: before the first word counts
    reg  [15:0]        rest_q;           // inputs in the last word, a bit each
    reg                in_valid_q;
    reg  [ENTRY_W-1:0] in_q;             // {last of its pass, last of its step, number, inputs}
    wire               at_last   = at_word_q == x_last_q;
    wire               at_end    = at_last && at_step_q == steps_i - 1'b1;
    wire [XW_W+1:0]    at        = {at_end, at_last, at_word_q};
    wire [XW_W+1:0]    port_at;          // of the port's word
    wire               in_some   = |in_q[15:0] || in_q[XW_W+16];   // it is wanted
    wire               room;             // AHEAD 1: a word that is asked for now will find room in the queue
    wire               next_take;
    wire               in_free   = AHEAD != 0 || !in_valid_q || !in_some || next_take;
    wire               port_next = port_q && in_free;              // to in_q
    wire               at_next   = AHEAD != 0 ? x_re_o : port_next;
    assign x_re_o   = run_q && (AHEAD != 0 ? room : !port_q || (in_free && !at_end));
    assign x_addr_o = x_addr_q[X_AW-1:0];
    assign x_over_o = x_re_o && {{31 - X_AW{1'b0}}, x_addr_q} >= SAMPLE_WORDS;
    always @(posedge clk_i) begin
        x_last_q <= x_words_i - 1'b1;
        rest_q   <= rest_i == 4'd0 ? 16'hffff : ~(16'hffff << rest_i);
        port_q   <= run_q && (x_re_o || (port_q && !in_free));
        if (!run_q || (at_next && at_end)) x_addr_q <= x_base_i;
        else if (x_re_o) x_addr_q <= x_addr_q + 1'b1;
        if (!run_q) begin
            at_word_q <= {XW_W{1'b0}};
            at_step_q <= {STEP_W{1'b0}};
        end else if (at_next) begin
            at_word_q <= at_last ? {XW_W{1'b0}} : at_word_q + 1'b1;
            if (at_last) at_step_q <= at_end ? {STEP_W{1'b0}} : at_step_q + 1'b1;
        end
        if (in_free) in_q <= {port_at, x_data_i & (port_at[XW_W] ? rest_q : 16'hffff)};
        in_valid_q <= run_q && (port_q || !in_free);
    end
    wire               next_valid;
    wire [ENTRY_W-1:0] next;
    generate
        if (AHEAD != 0) begin : g_queue
            // count_q words are in the memory; one more stands on its port. A word that is asked for while there are 7 comes behind two others, on
            // the store's port and in in_q, so that there are 10 at most.
            reg  [XW_W+1:0] port_at_q;
            reg  [3:0] put_q, get_q, count_q;
            reg        next_q;
            wire       put = in_valid_q && in_some;
            wire       get = count_q != 4'd0 && (!next_q || next_take);
            localparam AW = LUT_RAM != 0 ? 4 : 8;      // 4 is what it needs; one of block RAM as small would be built of flip-flops
            sr_ram #(.WIDTH(ENTRY_W), .DEPTH(1 << AW), .ADDR_W(AW), .LUT(LUT_RAM)) u_queue (
                .clk_i(clk_i), .we_i(put), .waddr_i({{AW - 4{1'b0}}, put_q}), .wdata_i(in_q), .re_i(get), .raddr_i({{AW - 4{1'b0}}, get_q}), .rdata_o(next)
            );
            always @(posedge clk_i) begin
                port_at_q <= at;
                put_q   <= put_q + {3'd0, put};
                get_q   <= get_q + {3'd0, get};
                count_q <= count_q + {{3{!put && get}}, put ^ get};
                next_q  <= get || (next_q && !next_take);
                if (!run_q) begin
                    put_q   <= 4'd0;
                    get_q   <= 4'd0;
                    count_q <= 4'd0;
                    next_q  <= 1'b0;
                end
            end
            assign room       = !count_q[3];
            assign port_at    = port_at_q;
            assign next_valid = next_q;
        end else begin : g_no_queue
            assign room       = 1'b0;
            assign port_at    = at;
            assign next_valid = in_valid_q && in_some;
            assign next       = in_q;
        end
    endgenerate

    // ---- the word at work; without an event: a mark ----
    reg                have_q;
    reg                last_q, end_q;    // it is the last of its step, of its pass
    reg  [15:0]        x_q;
    reg  [XW_W-1:0]    word_q;
    reg  [PASS_W-1:0]  pass_q;
    wire [PASS_W-1:0]  pass_up  = pass_q + 1'b1;
    wire               pass_end = pass_up >= blocks_i && pass_up >= groups_i;
    wire [15:0]        rest     = x_q & (x_q - 16'd1);
    wire               event_is = have_q && |x_q;
    wire               mark_is  = have_q && !(|x_q);
    wire               job_end  = mark_is && end_q && pass_end;
    assign next_take = !have_q || (!several(x_q) && !(last_q && |x_q));
    always @(posedge clk_i) begin
        have_q <= run_q && !job_end && (!next_take || next_valid);
        x_q    <= next_take ? next[15:0] : rest;
        if (next_take) {end_q, last_q, word_q} <= next[ENTRY_W-1:16];
        if (mark_is && end_q) pass_q <= pass_up;
        if (job_end) run_q <= 1'b0;
        if (!run_q) begin
            run_q  <= start_i;
            have_q <= start_i;           // the first mark
            x_q    <= 16'd0;
            end_q  <= 1'b0;
            pass_q <= {PASS_W{1'b0}};
        end
        if (rst_i) begin
            run_q  <= 1'b0;
            have_q <= 1'b0;
        end
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
    wire [3:0]          bit_0 = lowest(x_q[14:0]);
    reg                 event_q1, event_q2, event_q3, mark_q1, mark_q2, mark_q3, end_q1, end_q2, end_q3;
    reg                 base_on_q1, base_on_q2, base_on_q3, count_on_q1, count_on_q2, count_on_q3;     // of the pass
    reg  [3:0]          bit_q1, bit_q2;
    reg  [XW_W-1:0]     word_q1;
    reg  [ROW_AW-1:0]   row_group_q1;              // of the factor group, in words of 16 inputs
    wire [ROW_AW-1:0]   row_at_1 = row_group_q1 + {{ROW_AW - XW_W{1'b0}}, word_q1};
    // of the step whose events come, until the mark that ends it has come
    reg                 open_q3;
    reg  [STEP_AW-1:0]  step_q3;
    reg  [PASS_W-1:0]   pass_q3;
    always @(posedge clk_i) begin
        event_q1 <= event_is && !rst_i;
        event_q2 <= event_q1 && !rst_i;
        event_q3 <= event_q2 && !rst_i;
        mark_q1  <= mark_is && !rst_i;
        mark_q2  <= mark_q1 && !rst_i;
        mark_q3  <= mark_q2 && !rst_i;
        end_q1   <= end_q;
        end_q2   <= end_q1;
        end_q3   <= end_q2;
        base_on_q1  <= pass_q < blocks_i;
        base_on_q2  <= base_on_q1;
        base_on_q3  <= base_on_q2;
        count_on_q1 <= pass_q < groups_i;
        count_on_q2 <= count_on_q1;
        count_on_q3 <= count_on_q2;
        word_q1  <= word_q;
        bit_q1   <= bit_0;
        bit_q2   <= bit_q1;
        if (mark_q1 && end_q1) row_group_q1 <= row_at_1 + 1'b1;
        if (mark_q3) open_q3 <= 1'b1;
        if (mark_q3 && open_q3) begin
            step_q3 <= end_q3 ? {STEP_AW{1'b0}} : step_q3 + 1'b1;
            if (end_q3) pass_q3 <= pass_q3 + 1'b1;
        end
        if (!busy_o) begin
            row_group_q1 <= {ROW_AW{1'b0}};
            open_q3      <= 1'b0;
            step_q3      <= {STEP_AW{1'b0}};
            pass_q3      <= {PASS_W{1'b0}};
        end
    end
    assign w_addr_o   = {word_q, bit_0, pass_q[BLOCK_AW-1:0]};
    assign row_re_o   = event_q1 && count_on_q1;
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
    assign busy_o       = run_q || mark_q1 || mark_q2 || mark_q3;

`ifdef FORMAL
    // formal: LUT_RAM=1 X_AW=4 SAMPLE_WORDS=16 XW_W=3 DEPTH=18
    // formal: AHEAD=0 DEPTH=16
    // Assumed: start_i only while not busy, inputs held as the header says.
    reg  past_q = 1'b0;
    wire keep     = keep_base_o || keep_count_o;
    wire no_pass  = pass_q >= blocks_i && pass_q >= groups_i;
    wire begun    = open_q3 || mark_q1 || mark_q2 || mark_q3;
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
            // A word that is asked for finds room on the port, and so does one of the port in in_q, of in_q where it goes.
            if (x_re_o) assert (!port_q || port_next);
            if (port_next && in_valid_q && in_some) assert (AHEAD != 0 || (next_take && next_valid));
            // for the induction
            if (run_q) assert (!no_pass);
            if (run_q && !have_q) assert (begun);
            if (have_q) assert (run_q);
            if (have_q && (|x_q || end_q)) assert (begun);
            if (event_q1 || event_q2 || event_q3) assert (begun);
            if (event_q1 || mark_q1) assert (base_on_q1 || count_on_q1);
            if (event_q2 || mark_q2) assert (base_on_q2 || count_on_q2);
            if (event_q3 || mark_q3) assert (base_on_q3 || count_on_q3);
            if (busy_o && !run_q) assert (open_q3 || (mark_q1 + mark_q2 + mark_q3 > 1));
        end
        cover (past_q && keep_base_o && !keep_count_o && $past(add_base_o, 3) && $past(mark_o, 2));
        cover (past_q && !busy_o && $past(keep_count_o && !keep_base_o && !rst_i) && pass_q3 == 2);
        cover (past_q && add_base_o && add_count_o && $past(row_bit_o) == 4'd11 && $past(add_base_o));
        cover (past_q && keep && $past(keep));
    end
    generate
        if (AHEAD != 0) begin : g_formal_queue
            always @(posedge clk_i)
                if (past_q && run_q) begin
                    // what is on the way has room in it
                    assert ({1'b0, g_queue.count_q} + {4'd0, port_q} + {4'd0, in_valid_q} <= 5'd10);
                    assert (g_queue.count_q == g_queue.put_q - g_queue.get_q);
                    if (g_queue.get && g_queue.put) assert (g_queue.put_q != g_queue.get_q);
                    cover (g_queue.count_q == 4'd10);
                end
        end
    endgenerate
`endif
endmodule

`default_nettype wire
