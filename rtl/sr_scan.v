// SPDX-License-Identifier: Apache-2.0
// sr_scan: event scanner: turns bit-packed words into a stream of events, step by step, rows ascending within a step.
//
// Job         start_i (pulse, not while busy_o) takes base_i; word w of step t is at base_i + t * stride_i + w. stride_i, words_i
//             (>= 1), steps_i (>= 1), repeat_i are held during the job: each step is scanned repeat_i + 1 times. busy_o falls
//             after the last item was taken.
// Words       req_o/addr_o stay until gnt_i; data_valid_i/data_i return in order, one or more cycles after their grant. At most
//             4 words are on their way or waiting.
// Events      ev_valid_o/ev_ready_i, stable while stalled. ev_row_o = word * SAMPLE_W + bit; ev_last_o ends a step, exactly once;
//             ev_null_o: no row, only the marker: a step without events, or one whose trailing words turned out empty too late.
// Throughput  an event a cycle; an empty word costs nothing while others wait, the end of a step at most one cycle.
// Latency     5 cycles from grant to event with data a cycle after the grant.
// Reset       control only.
// Test        tests/rtl/tb_scan.cpp
`default_nettype none
module sr_scan #(
    parameter SAMPLE_W = 64,
    parameter ROW_W    = 13,
    parameter STEP_W   = 10,
    parameter ADDR_W   = 28
) (
    input  wire                clk_i,
    input  wire                rst_i,
    input  wire                start_i,
    input  wire [ADDR_W-1:0]   base_i,
    input  wire [15:0]         stride_i,
    input  wire [15:0]         words_i,
    input  wire [STEP_W-1:0]   steps_i,
    input  wire [1:0]          repeat_i,
    output wire                busy_o,
    output wire                req_o,
    output wire [ADDR_W-1:0]   addr_o,
    input  wire                gnt_i,
    input  wire                data_valid_i,
    input  wire [SAMPLE_W-1:0] data_i,
    output wire                ev_valid_o,
    input  wire                ev_ready_i,
    output wire [ROW_W-1:0]    ev_row_o,
    output wire                ev_null_o,
    output wire                ev_last_o
);
    localparam GROUPS  = SAMPLE_W / 8;
    localparam GROUP_W = $clog2(GROUPS);
    localparam WORD_W  = ROW_W - 3 - GROUP_W;

    generate
        if (SAMPLE_W != 8 && SAMPLE_W != 16 && SAMPLE_W != 32 && SAMPLE_W != 64) begin : g_check
            SR_SAMPLE_W_MUST_BE_8_16_32_OR_64 u();
        end
    endgenerate

    // lowest set bit of eight, as its number; the eighth need not be looked at
    function [2:0] lowest(input [6:0] bits);
        lowest = {bits[3:0] == 4'd0,
                  bits[3:0] == 4'd0 ? bits[5:4] == 2'd0 : bits[1:0] == 2'd0,
                  bits[3:0] == 4'd0 ? (bits[5:4] == 2'd0 ? !bits[6] : !bits[4]) : (bits[1:0] == 2'd0 ? !bits[2] : !bits[0])};
    endfunction

    // fetch: word addresses, as long as there is room for the answer
    reg               fetch_q;
    reg [2:0]         room_q;
    reg [STEP_W-1:0]  fetch_left_q;
    reg [15:0]        fetch_word_q;
    reg [ADDR_W-1:0]  line_q, addr_q;
    reg  [1:0]        again_q;
    wire              grant = req_o && gnt_i;
    wire              pass_end = fetch_word_q == words_i - 16'd1;
    wire              fetch_end = pass_end && again_q == repeat_i;
    wire [ADDR_W-1:0] line_next = line_q + {{(ADDR_W - 16){1'b0}}, stride_i};
    wire              release_drop, release_pop;

    assign req_o  = fetch_q && room_q != 3'd0;
    assign addr_o = addr_q;

    always @(posedge clk_i)
        if (rst_i) begin
            fetch_q <= 1'b0;
            room_q  <= 3'd4;
        end else begin
            if (start_i) fetch_q <= 1'b1;
            else if (grant && fetch_end && fetch_left_q == {{(STEP_W - 1){1'b0}}, 1'b1}) fetch_q <= 1'b0;
            room_q <= room_q + {2'd0, release_drop} + {2'd0, release_pop} - {2'd0, grant};
        end

    always @(posedge clk_i)
        if (start_i) begin
            fetch_left_q <= steps_i;
            fetch_word_q <= 16'd0;
            line_q       <= base_i;
            addr_q       <= base_i;
            again_q      <= 2'd0;
        end else if (grant) begin
            if (fetch_end) begin
                fetch_left_q <= fetch_left_q - {{(STEP_W - 1){1'b0}}, 1'b1};
                fetch_word_q <= 16'd0;
                line_q       <= line_next;
                addr_q       <= line_next;
                again_q      <= 2'd0;
            end else if (pass_end) begin
                fetch_word_q <= 16'd0;
                addr_q       <= line_q;
                again_q      <= again_q + 2'd1;
            end else begin
                fetch_word_q <= fetch_word_q + 16'd1;
                addr_q       <= addr_q + {{(ADDR_W - 1){1'b0}}, 1'b1};
            end
        end

    // landing: empty words are dropped; an empty last word marks its predecessor if that still waits
    reg                in_valid_q;
    reg [SAMPLE_W-1:0] in_q;
    reg [15:0]         in_word_q;
    reg [GROUPS-1:0]   in_some;
    integer            i;

    always @* for (i = 0; i < GROUPS; i = i + 1) in_some[i] = |in_q[8*i +: 8];

    reg [SAMPLE_W-1:0] fifo_data [0:3];
    reg [GROUPS-1:0]   fifo_some [0:3];
    reg [WORD_W-1:0]   fifo_word [0:3];
    reg [3:0]          fifo_last_q;
    reg [2:0]          fill_q;
    reg [1:0]          head_q, tail_q;   // oldest entry, next free entry
    wire [1:0]         newest = tail_q - 2'd1;
    wire               in_end = in_word_q == words_i - 16'd1;
    wire               in_zero = in_some == {GROUPS{1'b0}};
    wire               mark = in_valid_q && in_zero && in_end && !fifo_last_q[newest] && fill_q > {2'd0, release_pop};
    wire               push = in_valid_q && !mark && (in_end || !in_zero);

    assign release_drop = in_valid_q && !push;

    always @(posedge clk_i)
        if (rst_i) begin
            in_valid_q <= 1'b0;
            fill_q     <= 3'd0;
            head_q     <= 2'd0;
            tail_q     <= 2'd0;
        end else begin
            in_valid_q <= data_valid_i;
            fill_q     <= fill_q + {2'd0, push} - {2'd0, release_pop};
            if (release_pop) head_q <= head_q + 2'd1;
            if (push) tail_q <= tail_q + 2'd1;
        end

    always @(posedge clk_i) begin
        if (data_valid_i) in_q <= data_i;
        if (start_i) in_word_q <= 16'd0;
        else if (in_valid_q) in_word_q <= in_end ? 16'd0 : in_word_q + 16'd1;
        if (push) begin
            fifo_data[tail_q]   <= in_q;
            fifo_some[tail_q]   <= in_some;
            fifo_word[tail_q]   <= in_word_q[WORD_W-1:0];
            fifo_last_q[tail_q] <= in_end;
        end
        if (mark) fifo_last_q[newest] <= 1'b1;
    end

    // groups of eight bits of the oldest word, empty ones skipped
    reg  [GROUPS-1:0] taken_q;
    wire [GROUPS-1:0] left = fifo_some[head_q] & ~taken_q;
    wire [GROUPS-1:0] left_next = left & (left - {{(GROUPS - 1){1'b0}}, 1'b1});
    wire              word_end = left_next == {GROUPS{1'b0}};
    wire [2:0]        group;
    wire [7:0]        group_bits;
    wire [ROW_W-4:0]  group_row;
    reg               bits_valid_q, bits_last_q;
    reg  [7:0]        bits_q;
    reg  [ROW_W-4:0]  row_q;
    wire [7:0]        bits_next = bits_q & (bits_q - 8'd1);
    wire              bits_end = bits_next == 8'd0;
    wire              take = fill_q != 3'd0 && (!bits_valid_q || (ev_ready_i && bits_end));

    assign release_pop = take && word_end;

    generate
        if (GROUPS == 1) begin : g_one
            wire unused = &{1'b0, group};
            assign group      = 3'd0;
            assign group_bits = fifo_data[head_q];
            assign group_row  = fifo_word[head_q];
        end else begin : g_many
            wire [7:0] left_byte = {{(8 - GROUPS){1'b0}}, left};
            wire       unused = &{1'b0, left_byte[7], group};
            assign group      = lowest(left_byte[6:0]);
            assign group_bits = fifo_data[head_q][{group[GROUP_W-1:0], 3'd0} +: 8];
            assign group_row  = {fifo_word[head_q], group[GROUP_W-1:0]};
        end
    endgenerate

    always @(posedge clk_i)
        if (rst_i) begin
            taken_q      <= {GROUPS{1'b0}};
            bits_valid_q <= 1'b0;
        end else begin
            if (take) taken_q <= word_end ? {GROUPS{1'b0}} : taken_q | (left & ~left_next);
            if (take) bits_valid_q <= 1'b1;
            else if (ev_ready_i && bits_end) bits_valid_q <= 1'b0;
        end

    // events of the group in hand
    reg              busy_q;
    reg [STEP_W-1:0] steps_left_q;
    reg [1:0]        passes_q;       // of this step

    always @(posedge clk_i)
        if (take) begin
            bits_q      <= group_bits;
            row_q       <= group_row;
            bits_last_q <= fifo_last_q[head_q] && word_end;
        end else if (ev_ready_i) bits_q <= bits_next;

    wire             pass_done = ev_valid_o && ev_ready_i && ev_last_o;
    wire             step_done = pass_done && passes_q == repeat_i;

    always @(posedge clk_i)
        if (rst_i) busy_q <= 1'b0;
        else if (start_i) busy_q <= 1'b1;
        else if (step_done && steps_left_q == {{(STEP_W - 1){1'b0}}, 1'b1}) busy_q <= 1'b0;

    always @(posedge clk_i)
        if (start_i) begin
            steps_left_q <= steps_i;
            passes_q     <= 2'd0;
        end else if (pass_done) begin
            passes_q <= step_done ? 2'd0 : passes_q + 2'd1;
            if (step_done) steps_left_q <= steps_left_q - {{(STEP_W - 1){1'b0}}, 1'b1};
        end

    assign ev_valid_o = bits_valid_q;
    assign ev_null_o  = bits_q == 8'd0;
    assign ev_last_o  = bits_last_q && bits_end;
    assign ev_row_o   = {row_q, lowest(bits_q[6:0])};
    assign busy_o     = busy_q;
endmodule
`default_nettype wire
