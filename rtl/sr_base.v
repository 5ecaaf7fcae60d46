// SPDX-License-Identifier: Apache-2.0
// sr_base: base current of one sample: b[n] = sat_16(sum_j w[j,n] x[j]) for every step (docs/numerics.md, section 4).
//
// Formats     w_data_i: COL_LANES integer weights s8; sums exact in s20 (4096 rows at most), saturated to s16 symmetrically.
// Job         start_i (pulse) with the job inputs, all held while busy_o; every word of the buffer's first blocks * steps is
//             then written once: b_addr_o = block * steps + t.
// Words       x_*: the scanner's port (sr_scan). w_data_i comes exactly one cycle after w_re_o, w_addr_o = base + row * blocks
//             + block; it is read once an event.
// Throughput  an event a cycle; 12 cycles or so more a column block. Latency from the last event to its write: 5 cycles.
// Reset       control only.
// Test        tests/rtl/tb_base.cpp
`default_nettype none
module sr_base #(
    parameter COL_LANES = 128,
    parameter FRAC_W    = 8,
    parameter SAMPLE_W  = 64,
    parameter ROW_W     = 13,
    parameter STEP_W    = 10,
    parameter ADDR_W    = 28
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    input  wire                    start_i,
    output wire                    busy_o,
    input  wire [ADDR_W-1:0]       x_base_i,
    input  wire [15:0]             x_stride_i,
    input  wire [15:0]             x_words_i,
    input  wire [STEP_W-1:0]       steps_i,
    input  wire [7:0]              blocks_i,
    input  wire [23:0]             w_base_i,
    output wire                    x_req_o,
    output wire [ADDR_W-1:0]       x_addr_o,
    input  wire                    x_gnt_i,
    input  wire                    x_valid_i,
    input  wire [SAMPLE_W-1:0]     x_data_i,
    output wire                    w_re_o,
    output wire [23:0]             w_addr_o,
    input  wire [COL_LANES*8-1:0]  w_data_i,
    output wire                    b_we_o,
    output wire [15:0]             b_addr_o,
    output wire [COL_LANES*16-1:0] b_data_o,
    output wire                    ev_count_o
);
    generate
        if (FRAC_W < 1 || FRAC_W > 8) begin : g_check
            SR_FRAC_W_MUST_BE_1_TO_8 u();
        end
    endgenerate

    // one scan of the sample for each column block
    reg        busy_q, scan_start_q;
    reg [7:0]  block_q;
    reg [23:0] block_addr_q;
    wire       scan_busy, ev_valid, ev_null, ev_last;
    wire [ROW_W-1:0] ev_row;
    reg  [4:0] valid_q;      // an item in each stage behind the scanner
    wire       scan_done = busy_q && !scan_start_q && !scan_busy && valid_q == 5'd0;
    wire       last_block = block_q == blocks_i - 8'd1;

    always @(posedge clk_i)
        if (rst_i) begin
            busy_q       <= 1'b0;
            scan_start_q <= 1'b0;
        end else begin
            if (start_i) busy_q <= 1'b1;
            else if (scan_done && last_block) busy_q <= 1'b0;
            scan_start_q <= start_i || (scan_done && !last_block);
        end

    always @(posedge clk_i)
        if (start_i) begin
            block_q      <= 8'd0;
            block_addr_q <= w_base_i;
        end else if (scan_done) begin
            block_q      <= block_q + 8'd1;
            block_addr_q <= block_addr_q + 24'd1;
        end

    sr_scan #(
        .SAMPLE_W(SAMPLE_W), .ROW_W(ROW_W), .STEP_W(STEP_W), .ADDR_W(ADDR_W)
    ) u_scan (
        .clk_i(clk_i), .rst_i(rst_i), .start_i(scan_start_q), .base_i(x_base_i), .stride_i(x_stride_i), .words_i(x_words_i),
        .steps_i(steps_i), .repeat_i(2'd0), .busy_o(scan_busy), .req_o(x_req_o), .addr_o(x_addr_o), .gnt_i(x_gnt_i),
        .data_valid_i(x_valid_i), .data_i(x_data_i), .ev_valid_o(ev_valid), .ev_ready_i(1'b1), .ev_row_o(ev_row),
        .ev_null_o(ev_null), .ev_last_o(ev_last)
    );

    // weight address, with a register before and after the multiplier
    reg [ROW_W-1:0] row_q;
    reg [23:0]      offset_q2, addr_q3;
    reg [3:0]       null_q;
    reg [4:0]       last_q;
    reg             re_q3;

    always @(posedge clk_i)
        if (rst_i) begin
            valid_q <= 5'd0;
            re_q3   <= 1'b0;
        end else begin
            valid_q <= {valid_q[3:0], ev_valid};
            re_q3   <= valid_q[1] && !null_q[1];
        end

    always @(posedge clk_i) begin
        null_q <= {null_q[2:0], ev_null};
        last_q <= {last_q[3:0], ev_last};
        if (ev_valid) row_q <= ev_row;
        if (valid_q[0]) offset_q2 <= {{(24 - ROW_W){1'b0}}, row_q} * {16'd0, blocks_i};
        if (valid_q[1]) addr_q3 <= block_addr_q + offset_q2;
    end

    // sums of a step, then the write
    reg        first_q;      // the next item is the first of its step
    reg        we_q;
    reg [15:0] count_q;
    wire       add = valid_q[3] && !null_q[3];
    wire       clear = valid_q[3] && null_q[3] && first_q;
    wire       store = valid_q[4] && last_q[4];

    always @(posedge clk_i)
        if (rst_i) we_q <= 1'b0;
        else we_q <= store;

    always @(posedge clk_i) begin
        if (start_i) first_q <= 1'b1;
        else if (valid_q[3]) first_q <= last_q[3];
        if (start_i) count_q <= 16'd0;
        else if (we_q) count_q <= count_q + 16'd1;
    end

    genvar n;
    generate
        for (n = 0; n < COL_LANES; n = n + 1) begin : g_lane
            reg signed [19:0] sum_q;
            reg        [15:0] sat_q;
            always @(posedge clk_i) begin
                if (store) sat_q <= sum_q > 20'sd32767 ? 16'h7fff : sum_q < -20'sd32767 ? 16'h8001 : sum_q[15:0];
                if (add || clear)
                    sum_q <= clear ? 20'sd0 : (first_q ? 20'sd0 : sum_q) + {{12{w_data_i[8*n+7]}}, w_data_i[8*n +: 8]};
            end
            assign b_data_o[16*n +: 16] = sat_q;
        end
    endgenerate

    assign busy_o     = busy_q;
    assign w_re_o     = re_q3;
    assign w_addr_o   = addr_q3;
    assign b_we_o     = we_q;
    assign b_addr_o   = count_q;
    assign ev_count_o = valid_q[0] && !null_q[0];
endmodule
`default_nettype wire
