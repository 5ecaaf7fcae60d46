// SPDX-License-Identifier: Apache-2.0
// sr_fitness_serial: scores of one member and sample -> predicted class and fitness (docs/numerics.md, section 6), a class after
// the other through one subtracter, one shift-add register and one table.
//
// Formats    scores signed SCORE_W (12 or more); fitness signed 17 bits; classes_i 2..16; label_i below classes_i (another ends
//            with fitness 0 and no hit).
// Handshake  start_i pulses; classes, label, kind, mul, shift and scores stay as they are until done_o pulses, with fitness_o and
//            hit_o; start_i again from that cycle on. pred_valid_o pulses once a job; pred_o holds until the next start_i.
//            rd_o asks for the score of rd_class_o: score_i from the second cycle after it to the first after the next rd_o.
//            hold_i, with rd_o: the score cannot be read in this cycle; the request stays, and what waits for the score waits.
// Latency    C classes, L label, H = shift_i / 4 + shift_i % 4: from start_i to done_o at most
//            correct C + 5, margin 2C + L + H + 21, log-softmax C + L + C (5 + H) + 24 cycles; a job at a time.
// Steps      scan, a class a cycle: largest score (ref), lowest index. Margin of a hit: scan of the others, then own score as
//            ref.
//            class: x = ref - score; acc = x * mul, a bit of mul a cycle, each shifting right by one, as shift_i % 4 more
//            cycles do; then by four; look-up; sum of the table. The label comes last: its scaled distance stays in acc.
//            end: sum to ref, ref to x, x to acc; fitness starts from the distance; acc shifts to eight bits; look-up.
// Reset      control only; a job that it interrupts is forgotten. Test: tests/rtl/tb_fitness_serial.cpp; proofs: tests/formal
`default_nettype none

module sr_fitness_serial #(
    parameter SCORE_W = 24
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      start_i,
    input  wire                      hold_i,
    input  wire        [4:0]         classes_i,
    input  wire        [3:0]         label_i,
    input  wire        [1:0]         kind_i,
    input  wire        [3:0]         mul_i,
    input  wire        [4:0]         shift_i,
    output wire                      rd_o,
    output wire        [3:0]         rd_class_o,
    input  wire signed [SCORE_W-1:0] score_i,
    output wire                      pred_valid_o,
    output wire        [3:0]         pred_o,
    output wire                      done_o,
    output wire signed [16:0]        fitness_o,
    output wire                      hit_o
);
    localparam ACC_W = SCORE_W + 4;
    generate
        if (SCORE_W < 12) begin : g_check
            SR_SCORE_W_MUST_HOLD_THE_TABLE_SUM u();
        end
    endgenerate

    // One bit a state.
    reg read_q, wait_q, scan_q, verdict_q, seek_q, fetch_q, fetched_q, own_q, owned_q, take_q, mul_q, four_q, full_q, move_q,
        size_q, load_q, norm_q, ln_q, lnb_q, done_q;
    reg second_q, last_q, hit_q, add_q;
    reg [3:0] class_q, pred_q, arg_q;
    reg [2:0] cnt_q;
    reg [SCORE_W:0]   nref_q;
    reg [SCORE_W-1:0] x_q;
    reg [ACC_W-1:0]   acc_q;
    reg signed [16:0] sum_q;

    wire is_soft = kind_i[1];

    // Classes
    wire [3:0] class_next = class_q + 4'd1;
    wire       at_end     = class_next == classes_i[3:0]; // 16 classes: 0
    reg  [3:0] place_q;                                   // whose score is scanned
    wire [3:0] place_up   = place_q + 4'd1;
    wire       own        = place_q == label_i;
    wire       mine       = class_q == label_i;
    wire       lost       = seek_q && at_end && !mine;    // the label is no class

    // Scaling: ends of the two kinds of steps
    wire mul     = mul_q && !hold_i;
    wire mul_end = mul && cnt_q == {1'b0, shift_i[1:0]} + 3'd3;
    wire look    = four_q && cnt_q == shift_i[4:2];
    wire step    = (read_q && !hold_i) || take_q || look || (seek_q && (!mine || is_soft));

    // Reference, kept complemented: score - ref - 1, not negative where score > ref; its complement is ref - score.
    wire [SCORE_W:0] over   = {score_i[SCORE_W-1], score_i} + nref_q;
    wire             better = scan_q && !over[SCORE_W] && !(second_q && own);
    wire             again  = verdict_q && kind_i == 2'd1 && hit_q && !second_q;
    always @(posedge clk_i) begin
        if (start_i || again) nref_q <= {2'b01, {SCORE_W - 1{1'b0}}};
        else if (move_q || own_q || better)
            nref_q <= move_q ? {{SCORE_W - 11{1'b0}}, sum_q[11:0]} : {~score_i[SCORE_W-1], ~score_i};
        if (take_q || look || size_q) x_q <= size_q ? nref_q[SCORE_W-1:0] : ~over[SCORE_W-1:0];
        if (start_i || again) place_q <= 4'd0;
        else if (scan_q) place_q <= place_q + 4'd1;
        if (better) arg_q <= place_q;
        if (better && !second_q) begin
            pred_q <= place_q;
            hit_q  <= own;
        end
        if (start_i) class_q <= 4'd0;
        else if (step) class_q <= at_end ? 4'd0 : class_next;
        if (take_q || look) last_q <= mine;
    end
    assign rd_o         = read_q || fetch_q || own_q || mul_q;
    assign rd_class_o   = own_q ? arg_q : class_q;
    assign pred_valid_o = verdict_q && !second_q;
    assign pred_o       = pred_q;
    assign hit_o        = hit_q;

    // Product and shifts. Beyond 9 bits nothing is counted, beyond 15 the distance saturates.
    wire               over15 = |acc_q[ACC_W-1:15];
    wire               over9  = over15 || |acc_q[14:9];
    wire               big    = over9 || acc_q[8];
    wire               plus   = load_q || (mul_q && !cnt_q[2] && mul_i[cnt_q[1:0]]);
    wire [SCORE_W:0]   added  = {1'b0, acc_q[ACC_W-1:4]} + {1'b0, x_q};
    wire [SCORE_W:0]   upper  = plus ? added : {1'b0, acc_q[ACC_W-1:4]};
    wire               ones   = full_q || (norm_q && !big);
    wire [ACC_W-1:0]   by4    = {4'd0, acc_q[ACC_W-1:4]} | {{ACC_W - 15{1'b0}}, {15{ones}}};
    always @(posedge clk_i) begin
        if (read_q || (look && !last_q) || size_q) acc_q <= {ACC_W{1'b0}};
        else if (mul || (four_q && !look) || load_q || norm_q || (full_q && over15))
            acc_q <= four_q || ones ? by4 : {upper, acc_q[3:1]};
        if (take_q || mul_end || look) cnt_q <= 3'd0;
        else if (mul || four_q || (norm_q && big) || lnb_q) cnt_q <= lnb_q ? cnt_q - 3'd1 : cnt_q + 3'd1;
    end

    // Table: EXP below 384 (the entries 352..383 stand for 384..399, all 1), complement of LNM above, where all ones is the
    // step of LNB. The sum of EXP, then the fitness.
    wire [7:0]  rom;
    wire [8:0]  addr = {acc_q[8] || !four_q, !four_q || (acc_q[7] && !acc_q[8]),
                        acc_q[6:5] | {2{acc_q[8] && acc_q[7]}}, acc_q[4:0]};
    wire        none = over9 || (acc_q[8] && acc_q[7] && |acc_q[6:4]);
    wire        neg  = is_soft || (kind_i[0] && !hit_q);
    wire        lnb_last = cnt_q[1:0] == 2'd1;
    wire        ln   = ln_q || lnb_q;
    wire [1:0]  pick = {ln || (size_q && neg), ln || (size_q && !neg)}; // table, +acc, -acc, -table
    wire        cin  = ln_q || (lnb_q && !lnb_last) || (size_q && (is_soft || kind_i[0] ^ hit_q));
    wire [16:0] term;
    assign term[16:15] = {2{pick[1]}};
    assign term[14:8]  = pick == 2'd1 ? acc_q[14:8] : pick == 2'd2 ? ~acc_q[14:8] : {7{pick[1]}};
    assign term[7:0]   = pick == 2'd1 ? acc_q[7:0] : pick == 2'd2 ? ~acc_q[7:0] : rom;
    wire [17:0] total = {sum_q, 1'b1} + {term, cin};
    wire        _unused = &{1'b0, total[0], classes_i[4]};
    sr_fit_rom u_rom (.clk_i(clk_i), .addr_i(addr), .data_o(rom));
    always @(posedge clk_i) begin
        add_q <= look && !none;
        if (read_q || move_q) sum_q <= 17'd0;
        else if (add_q || size_q || ln) sum_q <= total[17:1];
    end
    assign done_o    = done_q;
    assign fitness_o = sum_q;

    always @(posedge clk_i) begin
        if (start_i) second_q <= 1'b0;
        else if (again) second_q <= 1'b1;
        read_q    <= start_i || (read_q && (!at_end || hold_i)) || again;
        wait_q    <= read_q && !hold_i;
        scan_q    <= wait_q;
        verdict_q <= scan_q && place_up == classes_i[3:0];
        seek_q    <= (verdict_q && kind_i != 2'd0 && !again) || (seek_q && !mine && !lost);
        fetch_q   <= (seek_q && mine) || (fetch_q && hold_i);
        fetched_q <= fetch_q && !hold_i;
        own_q     <= (fetched_q && second_q) || (own_q && hold_i);
        owned_q   <= own_q && !hold_i;
        take_q    <= owned_q || (fetched_q && !second_q);
        mul_q     <= take_q || (look && !last_q) || (mul_q && !mul_end);
        four_q    <= mul_end || (four_q && !look);
        full_q    <= look && last_q;
        move_q    <= full_q;
        size_q    <= move_q || (verdict_q && kind_i == 2'd0);
        load_q    <= size_q && is_soft;
        norm_q    <= load_q || (norm_q && big);
        ln_q      <= norm_q && !big && cnt_q[2];
        lnb_q     <= (ln_q && cnt_q[1:0] != 2'd0) || (lnb_q && !lnb_last);
        done_q    <= lost || (size_q && !is_soft) || (norm_q && !big && !cnt_q[2]) || (ln_q && cnt_q[1:0] == 2'd0) ||
                     (lnb_q && lnb_last);
        if (rst_i) {read_q, wait_q, scan_q, verdict_q, seek_q, fetch_q, fetched_q, own_q, owned_q, take_q, mul_q, four_q, full_q,
                    move_q, size_q, load_q, norm_q, ln_q, lnb_q, done_q} <= 20'd0;
    end

`ifdef FORMAL
    // formal: SCORE_W=12 DEPTH=16
    // Assumed: start_i only when no job is at work, or with its done_o; settings stable in a job.
    reg       past_q = 1'b0;
    reg       job_q, told_q;       // a job is at work; its prediction was told
    wire [16:0] phases = {read_q || wait_q || scan_q, verdict_q, seek_q, fetch_q, fetched_q, own_q, owned_q, take_q, mul_q, four_q, full_q, move_q,
                          size_q, load_q, norm_q, ln_q || lnb_q, done_q};
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        job_q  <= (start_i || (job_q && !done_o)) && !rst_i;
        told_q <= !start_i && (told_q || pred_valid_o);
        if (!past_q) assume (rst_i);
        if (job_q && !done_o) assume (!start_i);
        assume (classes_i >= 5'd2 && classes_i <= 5'd16);
        if (past_q && ($past(start_i) || job_q)) assume ($stable(classes_i) && $stable(label_i) && $stable(kind_i) && $stable(mul_i) && $stable(shift_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!job_q && !done_o && !rd_o);
            // One phase at a time while there is a job, and none without: so it is done once.
            assert (job_q == (phases != 17'd0) && (phases & (phases - 17'd1)) == 17'd0 && !(ln_q && lnb_q));
            // The prediction is told once, before the job is done.
            if (pred_valid_o) assert (!told_q);
            if (done_o) assert (told_q);
            // A request stays until it can be read, and nobody takes its score before that; classes that are asked for there are.
            if ($past(rd_o && hold_i && !rst_i)) assert (rd_o && $stable(rd_class_o));
            if ($past(rd_o && hold_i)) assert (!wait_q && !fetched_q && !owned_q);
            if (rd_o && !own_q) assert ({1'b0, rd_class_o} < classes_i);
            // for the induction
            if (job_q) assert ({1'b0, class_q} < classes_i);
            if (job_q && !read_q && !wait_q && !scan_q) assert (told_q || (verdict_q && !second_q));
            if (read_q) assert ({1'b0, class_q} == place_q + wait_q + scan_q);
            else if (wait_q || scan_q) assert (place_q + wait_q + scan_q == classes_i);
            if (second_q && job_q) assert (told_q);
            if (job_q && (read_q || wait_q || scan_q) && !second_q) assert (!told_q);
        end
        cover (past_q && done_o && !$past(rst_i) && kind_i == 2'd0);
        cover (past_q && fetched_q && $past(hold_i, 2));
    end
`endif
endmodule

`default_nettype wire
