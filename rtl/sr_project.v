// SPDX-License-Identifier: Apache-2.0
// sr_project: projections of one sample on the ROW factors of a chunk of pairs: c[t][pair][k] = sum_j R_p[j,k] x[t][j]
// (docs/numerics.md, section 3), PROJ_UNITS pairs side by side, 64 inputs of a word at a time.
//
// Formats     counts are signed CNT_W, exact; RANK_LANES banks outside: count k lies in bank k mod RANK_LANES, word
//             (pair block * ceil(rank / RANK_LANES) + k / RANK_LANES) * steps + t, PROJ_UNITS counts a word.
// Job         start_i (pulse) with the job inputs, held while busy_o; pairs_i, rank_i, steps_i, x_words_i >= 1. Units of pairs
//             past pairs_i in the last block count garbage.
// Words       x_req_o/x_addr_o stay until x_gnt_i; x_valid_i/x_data_i in order, any cycles >= 1 later. At most 31 on their way.
//             c_rdata_i one cycle after c_re_o; c_rbank_o and c_wbank_o go with their addresses.
// Throughput  a word of SAMPLE_W inputs a cycle, if 64 / SAMPLE_W * steps >= PROJ_UNITS / PROJ_HASH + 2 and steps >= 3; for steps
//             1 and 2 each word waits for the one before. BELL_TREES 0: bell takes three passes, and a third of the logic.
// Reset       control only.
// Test        tests/rtl/tb_project.cpp
`default_nettype none
module sr_project #(
    parameter PROJ_UNITS = 32,
    parameter PROJ_HASH  = 4,
    parameter RANK_LANES = 4,
    parameter SAMPLE_W   = 64,
    parameter CNT_W      = 14,
    parameter STEP_W     = 10,
    parameter ADDR_W     = 28,
    parameter BELL_TREES = SAMPLE_W > 16,
    parameter NOISE_FIFO = 64 / SAMPLE_W * 8 < PROJ_UNITS / PROJ_HASH + 10
) (
    input  wire                        clk_i,
    input  wire                        rst_i,
    input  wire                        start_i,
    output wire                        busy_o,
    input  wire [63:0]                 key_i,
    input  wire                        bell_i,
    input  wire [1:0]                  layer_i,
    input  wire [5:0]                  rank_i,
    input  wire [15:0]                 pair_first_i,
    input  wire [15:0]                 pairs_i,
    input  wire [STEP_W-1:0]           steps_i,
    input  wire [ADDR_W-1:0]           x_base_i,
    input  wire [15:0]                 x_stride_i,
    input  wire [15:0]                 x_words_i,
    output wire                        x_req_o,
    output wire [ADDR_W-1:0]           x_addr_o,
    input  wire                        x_gnt_i,
    input  wire                        x_valid_i,
    input  wire [SAMPLE_W-1:0]         x_data_i,
    output wire                        c_re_o,
    output wire [15:0]                 c_raddr_o,
    output wire [3:0]                  c_rbank_o,
    input  wire [PROJ_UNITS*CNT_W-1:0] c_rdata_i,
    output wire                        c_we_o,
    output wire [15:0]                 c_waddr_o,
    output wire [3:0]                  c_wbank_o,
    output wire [PROJ_UNITS*CNT_W-1:0] c_wdata_o
);
    `include "sr_popcount.vh"

    localparam BEATS   = PROJ_UNITS / PROJ_HASH;
    localparam BEAT_W  = BEATS > 1 ? $clog2(BEATS) : 1;
    localparam SUBS    = 64 / SAMPLE_W;
    localparam [2:0]        SUB_END  = SUBS[2:0] - 3'd1;
    localparam [3:0]        BANK_END = RANK_LANES[3:0] - 4'd1;
    localparam [STEP_W-1:0] STEP_ONE = {{(STEP_W - 1){1'b0}}, 1'b1};

    generate
        if (SAMPLE_W != 8 && SAMPLE_W != 16 && SAMPLE_W != 32 && SAMPLE_W != 64) begin : g_check_w
            SR_SAMPLE_W_MUST_BE_8_16_32_OR_64 u();
        end
        if (RANK_LANES > 16 || CNT_W < 10 || CNT_W > 16) begin : g_check_c
            SR_RANK_LANES_AT_MOST_16_AND_CNT_W_10_TO_16 u();
        end
    endgenerate

    reg  busy_q;
    wire noise_done, set_ready, set_taken, land;
    wire [BEAT_W-1:0]       land_beat;
    wire [64*PROJ_HASH-1:0] land_words;
    wire [1:0] pass_end = (bell_i && BELL_TREES == 0) ? 2'd2 : 2'd0;
    wire [15:0] word_end = x_words_i - 16'd1;
    wire [STEP_W-1:0] step_end = steps_i - STEP_ONE;

    sr_project_noise #(
        .PROJ_UNITS(PROJ_UNITS), .PROJ_HASH(PROJ_HASH), .SAMPLE_W(SAMPLE_W), .NOISE_FIFO(NOISE_FIFO), .BEAT_W(BEAT_W)
    ) u_noise (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(start_i), .key_i(key_i), .layer_i(layer_i), .rank_i(rank_i),
        .pair_first_i(pair_first_i), .pairs_i(pairs_i), .x_words_i(x_words_i), .land_o(land), .beat_o(land_beat),
        .words_o(land_words), .ready_o(set_ready), .taken_i(set_taken), .done_o(noise_done)
    );

    // requests: one 64-input word for each set of noise words that is ready
    reg               run_q, claimed_q;  // a word is being requested; the set in waiting is spoken for
    reg [2:0]         sub_q;
    reg [1:0]         pass_q;
    reg [STEP_W-1:0]  step_q;
    reg [15:0]        word_q;
    reg [ADDR_W-1:0]  column_q, addr_q;  // address of the word at step 0, and now
    reg [4:0]         flying_q;          // requests granted whose counts are not yet written
    wire              landed;
    wire              grant = x_req_o && x_gnt_i;
    wire              steps_end = step_q == step_end;
    wire              sub_end = steps_end && pass_q == pass_end;
    wire              row_end = sub_end && word_q == word_end;
    wire              set_end = row_end || (sub_end && sub_q == SUB_END);
    wire              claim = !run_q && set_ready && !claimed_q;
    wire              claim_next = grant && set_end && set_ready && !claimed_q;
    wire [ADDR_W-1:0] column_next = row_end ? x_base_i : column_q + {{(ADDR_W - 1){1'b0}}, 1'b1};

    assign x_req_o  = run_q && (steps_i < {{(STEP_W - 2){1'b0}}, 2'd3} ? flying_q == 5'd0 : flying_q != 5'd31);
    assign x_addr_o = addr_q;

    always @(posedge clk_i)
        if (rst_i) begin
            run_q     <= 1'b0;
            claimed_q <= 1'b0;
            flying_q  <= 5'd0;
        end else begin
            if (claim || claim_next) run_q <= 1'b1;
            else if (grant && set_end) run_q <= 1'b0;
            if (claim || claim_next) claimed_q <= 1'b1;
            else if (set_taken) claimed_q <= 1'b0;
            flying_q <= flying_q + {4'd0, grant} - {4'd0, landed};
        end

    always @(posedge clk_i)
        if (start_i) begin
            sub_q    <= 3'd0;
            pass_q   <= 2'd0;
            step_q   <= {STEP_W{1'b0}};
            word_q   <= 16'd0;
            column_q <= x_base_i;
            addr_q   <= x_base_i;
        end else if (grant) begin
            step_q <= steps_end ? {STEP_W{1'b0}} : step_q + STEP_ONE;
            if (steps_end) pass_q <= sub_end ? 2'd0 : pass_q + 2'd1;
            if (sub_end) begin
                sub_q    <= set_end ? 3'd0 : sub_q + 3'd1;
                word_q   <= row_end ? 16'd0 : word_q + 16'd1;
                column_q <= column_next;
            end
            addr_q <= sub_end ? column_next : steps_end ? column_q : addr_q + {{(ADDR_W - 16){1'b0}}, x_stride_i};
        end

    // answers: the same loop again, with the place of the counts
    reg [2:0]          in_sub_q;
    reg [1:0]          in_pass_q;
    reg [STEP_W-1:0]   in_step_q;
    reg [15:0]         in_word_q, place_q;
    reg [5:0]          in_k_q;
    reg [3:0]          bank_q;
    wire               in_steps_end = in_step_q == step_end;
    wire               in_sub_end = in_steps_end && in_pass_q == pass_end;
    wire               in_row_end = in_sub_end && in_word_q == word_end;
    wire               in_rank_end = in_row_end && in_k_q == rank_i - 6'd1;
    wire               in_first = in_word_q == 16'd0 && in_pass_q == 2'd0;
    wire               fresh = x_valid_i && in_step_q == {STEP_W{1'b0}} && in_pass_q == 2'd0;
    wire               load = fresh && in_sub_q == 3'd0;

    assign set_taken = load;

    always @(posedge clk_i)
        if (start_i) begin
            in_sub_q  <= 3'd0;
            in_pass_q <= 2'd0;
            in_step_q <= {STEP_W{1'b0}};
            in_word_q <= 16'd0;
            in_k_q    <= 6'd0;
            bank_q    <= 4'd0;
            place_q   <= 16'd0;
        end else if (x_valid_i) begin
            in_step_q <= in_steps_end ? {STEP_W{1'b0}} : in_step_q + STEP_ONE;
            if (in_steps_end) in_pass_q <= in_sub_end ? 2'd0 : in_pass_q + 2'd1;
            if (in_sub_end) begin
                in_sub_q  <= in_row_end || in_sub_q == SUB_END ? 3'd0 : in_sub_q + 3'd1;
                in_word_q <= in_row_end ? 16'd0 : in_word_q + 16'd1;
            end
            if (in_row_end) begin
                in_k_q <= in_rank_end ? 6'd0 : in_k_q + 6'd1;
                bank_q <= in_rank_end || bank_q == BANK_END ? 4'd0 : bank_q + 4'd1;
                if (in_rank_end || bank_q == BANK_END) place_q <= place_q + {{(16 - STEP_W){1'b0}}, steps_i};
            end
        end

    // count (q1), add (q2), write (q3)
    reg                valid_q1, valid_q2, valid_q3, first_q1, first_q2;
    reg [SAMPLE_W-1:0] x_q1;
    reg [1:0]          pass_q1, pass_q2;
    reg [15:0]         place_q1, place_q2, place_q3;
    reg [3:0]          bank_q1, bank_q2, bank_q3;
    reg [6:0]          ones_q2;

    assign landed = valid_q3;

    always @(posedge clk_i)
        if (rst_i) begin
            valid_q1 <= 1'b0;
            valid_q2 <= 1'b0;
            valid_q3 <= 1'b0;
        end else begin
            valid_q1 <= x_valid_i;
            valid_q2 <= valid_q1;
            valid_q3 <= valid_q2;
        end

    always @(posedge clk_i) begin
        if (x_valid_i) begin
            x_q1     <= x_data_i;
            first_q1 <= in_first;
            pass_q1  <= in_pass_q;
            place_q1 <= place_q + {{(16 - STEP_W){1'b0}}, in_step_q};
            bank_q1  <= bank_q;
        end
        if (valid_q1) begin
            ones_q2  <= popcount({{(64 - SAMPLE_W){1'b0}}, x_q1});
            first_q2 <= first_q1;
            pass_q2  <= pass_q1;
            place_q2 <= place_q1;
            bank_q2  <= bank_q1;
        end
        if (valid_q2) begin
            place_q3 <= place_q2;
            bank_q3  <= bank_q2;
        end
    end

    genvar u;
    generate
        for (u = 0; u < PROJ_UNITS; u = u + 1) begin : g_unit
            localparam BEAT = u / PROJ_HASH;
            sr_project_unit #(.SAMPLE_W(SAMPLE_W), .CNT_W(CNT_W), .BELL_TREES(BELL_TREES)) u_unit (
                .clk_i(clk_i), .bell_i(bell_i), .land_i(land && land_beat == BEAT[BEAT_W-1:0]),
                .word_i(land_words[64*(u%PROJ_HASH) +: 64]), .load_i(load), .rotate_i(fresh), .count_en_i(valid_q1), .x_i(x_q1),
                .pass_i(pass_q1), .add_en_i(valid_q2), .first_i(first_q2), .ones_i(ones_q2), .add_pass_i(pass_q2),
                .count_i(c_rdata_i[CNT_W*u +: CNT_W]), .count_o(c_wdata_o[CNT_W*u +: CNT_W])
            );
        end
    endgenerate

    always @(posedge clk_i)
        if (rst_i) busy_q <= 1'b0;
        else if (start_i) busy_q <= 1'b1;
        else if (noise_done && !run_q && flying_q == 5'd0) busy_q <= 1'b0;

    assign busy_o    = busy_q;
    assign c_re_o    = valid_q1 && !first_q1;
    assign c_raddr_o = place_q1;
    assign c_rbank_o = bank_q1;
    assign c_we_o    = valid_q3;
    assign c_waddr_o = place_q3;
    assign c_wbank_o = bank_q3;
endmodule
`default_nettype wire
