// SPDX-License-Identifier: Apache-2.0
// sr_project_noise: the ROW words of a projection, set by set: for each block of PROJ_UNITS pairs, each k, each 64 inputs, one
// word a pair, PROJ_HASH of them a cycle ("beat").
//
// Handshake   land_o: beat beat_o of words_o goes into the registers in waiting; ready_o: they hold a whole set; taken_i: they
//             have been moved on. done_o: the last set has been taken. start_i (pulse) with the job inputs, held until done_o.
// Throughput  NOISE_FIFO 1: a set every PROJ_UNITS / PROJ_HASH + 1 cycles, made ahead, up to 16 beats; 0: no buffer, a set is
//             begun when the one before is taken, and takes PROJ_UNITS / PROJ_HASH + 9 cycles.
// Reset       control only.
// Test        tests/rtl/tb_project.cpp
`default_nettype none
module sr_project_noise #(
    parameter PROJ_UNITS = 32,
    parameter PROJ_HASH  = 4,
    parameter SAMPLE_W   = 64,
    parameter NOISE_FIFO = 1,
    parameter BEAT_W     = 3
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    input  wire                    start_i,
    input  wire [63:0]             key_i,
    input  wire [1:0]              layer_i,
    input  wire [5:0]              rank_i,
    input  wire [15:0]             pair_first_i,
    input  wire [15:0]             pairs_i,
    input  wire [15:0]             x_words_i,
    output wire                    land_o,
    output wire [BEAT_W-1:0]       beat_o,
    output wire [64*PROJ_HASH-1:0] words_o,
    output wire                    ready_o,
    input  wire                    taken_i,
    output wire                    done_o
);
    localparam BEATS   = PROJ_UNITS / PROJ_HASH;
    localparam SUB_LOG = $clog2(64 / SAMPLE_W);
    localparam [BEAT_W-1:0] BEAT_END = BEATS[BEAT_W-1:0] - {{(BEAT_W - 1){1'b0}}, 1'b1};
    localparam [BEAT_W-1:0] BEAT_ONE = {{(BEAT_W - 1){1'b0}}, 1'b1};

    generate
        if (PROJ_UNITS % PROJ_HASH != 0) begin : g_check
            SR_PROJ_HASH_MUST_DIVIDE_PROJ_UNITS u();
        end
    endgenerate

    // counters of the next beat
    reg              issue_q;
    reg [BEAT_W-1:0] beat_q;
    reg [7:0]        block_q;
    reg [5:0]        k_q;
    reg [15:0]       pair_q, left_q;     // first pair of this beat's block, pairs from it on
    reg [15:0]       beat_pair_q;
    wire             issue;
    wire [15:0]      words_end = x_words_i - 16'd1;
    wire             set_end = beat_q == BEAT_END;
    wire             row_end = set_end && {8'd0, block_q} == words_end >> SUB_LOG;
    wire             rank_end = row_end && k_q == rank_i - 6'd1;
    wire             all_end = rank_end && left_q <= PROJ_UNITS[15:0];
    wire [15:0]      pair_next = pair_q + PROJ_UNITS[15:0];

    always @(posedge clk_i)
        if (rst_i) issue_q <= 1'b0;
        else if (start_i) issue_q <= 1'b1;
        else if (issue && all_end) issue_q <= 1'b0;

    always @(posedge clk_i)
        if (start_i) begin
            beat_q      <= {BEAT_W{1'b0}};
            block_q     <= 8'd0;
            k_q         <= 6'd0;
            pair_q      <= pair_first_i;
            beat_pair_q <= pair_first_i;
            left_q      <= pairs_i;
        end else if (issue) begin
            beat_q      <= set_end ? {BEAT_W{1'b0}} : beat_q + BEAT_ONE;
            beat_pair_q <= rank_end ? pair_next : set_end ? pair_q : beat_pair_q + PROJ_HASH[15:0];
            if (set_end) block_q <= row_end ? 8'd0 : block_q + 8'd1;
            if (row_end) k_q <= rank_end ? 6'd0 : k_q + 6'd1;
            if (rank_end) begin
                pair_q <= pair_next;
                left_q <= left_q - PROJ_UNITS[15:0];
            end
        end

    wire [64*PROJ_HASH-1:0] hash_words;
    wire [PROJ_HASH-1:0]    hash_valid;
    genvar h;
    generate
        for (h = 0; h < PROJ_HASH; h = h + 1) begin : g_hash
            wire [15:0] pair = beat_pair_q + h[15:0];
            sr_noise u_noise (
                .clk_i(clk_i), .rst_i(rst_i), .valid_i(issue),
                .ctr_i({4'd0, 2'd0, layer_i, 16'd0, pair, 10'd0, k_q, block_q}), .key_i(key_i),
                .valid_o(hash_valid[h]), .word_o(hash_words[64*h +: 64])
            );
        end
        if (PROJ_HASH > 1) begin : g_unused
            wire unused = &{1'b0, hash_valid[PROJ_HASH-1:1]};
        end
    endgenerate

    // landing
    reg              ready_q;
    reg [BEAT_W-1:0] land_q;
    wire             land;
    wire             land_end = land && land_q == BEAT_END;
    wire             idle;

    always @(posedge clk_i)
        if (rst_i || start_i) begin
            ready_q <= 1'b0;
            land_q  <= {BEAT_W{1'b0}};
        end else begin
            if (land_end) ready_q <= 1'b1;
            else if (taken_i) ready_q <= 1'b0;
            if (land) land_q <= land_end ? {BEAT_W{1'b0}} : land_q + BEAT_ONE;
        end

    generate
        if (NOISE_FIFO != 0) begin : g_fifo
            reg [64*PROJ_HASH-1:0] fifo [0:15];
            reg [3:0]              head_q, tail_q;
            reg [4:0]              room_q, fill_q;
            assign issue   = issue_q && room_q != 5'd0;
            assign land    = fill_q != 5'd0 && (!ready_q || taken_i);
            assign words_o = fifo[head_q];
            assign idle    = room_q == 5'd16;
            always @(posedge clk_i) if (hash_valid[0]) fifo[tail_q] <= hash_words;
            always @(posedge clk_i)
                if (rst_i) begin
                    room_q <= 5'd16;
                    fill_q <= 5'd0;
                    head_q <= 4'd0;
                    tail_q <= 4'd0;
                end else begin
                    room_q <= room_q + {4'd0, land} - {4'd0, issue};
                    fill_q <= fill_q + {4'd0, hash_valid[0]} - {4'd0, land};
                    if (land) head_q <= head_q + 4'd1;
                    if (hash_valid[0]) tail_q <= tail_q + 4'd1;
                end
        end else begin : g_direct
            reg wait_q;      // a set is on its way or in waiting
            assign issue   = issue_q && !wait_q;
            assign land    = hash_valid[0];
            assign words_o = hash_words;
            assign idle    = !wait_q;
            always @(posedge clk_i)
                if (rst_i) wait_q <= 1'b0;
                else if (issue && set_end) wait_q <= 1'b1;
                else if (taken_i) wait_q <= 1'b0;
        end
    endgenerate

    assign land_o  = land;
    assign beat_o  = land_q;
    assign ready_o = ready_q;
    assign done_o  = !issue_q && idle && !ready_q && land_q == {BEAT_W{1'b0}};
endmodule
`default_nettype wire
