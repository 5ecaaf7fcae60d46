// SPDX-License-Identifier: Apache-2.0
// sr_loop_local: the columns of mode `local` as one loop, for simulators (sr_loop_lif says why): what LANES of sr_local_lane compute,
// in the same cycles.
//
// Ports       as of sr_local_lane, a column's field after another: w_i and y_i ({minus, plus}) of the readout's memories, noise_i {step,
//             lane}, dither_i the words of each 64 columns. q_i and f_i are the columns' credit and f.
// Outputs     q_o is valid with q_take_i, f_o with f_take_i, and 0 otherwise; weight_o from the cycle after w_take_i on, until the next.
// Reset       none. Test: tests/rtl/tb_loop_local.cpp
`default_nettype none

module sr_loop_local #(
    parameter LANES     = 64,     // a multiple of 64
    parameter FRAC_W    = 8,
    parameter W_W       = 16,     // bits of a readout weight, of which the upper eight are its integer part
    parameter CNT_W     = 2,
    parameter STEPS_MAX = 3
) (
    input  wire                       clk_i,
    input  wire [1:0]                 op_i,
    input  wire                       x_en_i,
    input  wire                       p_en_i,
    input  wire                       acc_en_i,
    input  wire                       acc_first_i,
    input  wire [5:3]                 v_i,
    input  wire [STEPS_MAX-1:0]       row_i,
    input  wire [CNT_W-1:0]           events_i,
    input  wire [STEPS_MAX*LANES-1:0] noise_i,
    input  wire [LANES*W_W-1:0]       w_i,
    input  wire signed [7:0]          e_i,
    input  wire [LANES*8-1:0]         q_i,
    input  wire [LANES*8-1:0]         f_i,
    input  wire [LANES*2*CNT_W-1:0]   y_i,
    input  wire [15:0]                k_i,
    input  wire [LANES-1:0]           dither_i,
    input  wire [LANES*(8+FRAC_W)-1:0] master_i,
    input  wire                       q_take_i,
    output wire [LANES*8-1:0]         q_o,
    input  wire                       f_take_i,
    output wire [LANES*8-1:0]         f_o,
    input  wire                       w_take_i,
    output wire [LANES*(8+FRAC_W)-1:0] weight_o
);
    `include "sr_local.vh"
    localparam MASTER_W = 8 + FRAC_W;
    localparam UP       = FRAC_W > 4 ? FRAC_W - 4 : 0;
    localparam HALF     = LANES / 2;
    localparam ROW_W    = STEPS_MAX > 64 ? 128 : 64;
    localparam [31:0] MOST = (1 << (MASTER_W - 1)) - 1;
    // Of column n the entry n / 2 of half n % 2, so that a turn takes two columns out of a word.
    reg  [31:0]            x     [0:LANES-1];
    reg  [31:0]            y     [0:LANES-1];
    reg  [31:0]            p     [0:LANES-1];
    reg  [31:0]            acc   [0:LANES-1];
    reg  [31:0]            m     [0:LANES-1];
    reg  [31:0]            delta [0:LANES-1];
    reg  [31:0]            words [0:HALF-1];  // of two weights each
    reg  [LANES*8-1:0]     q_q, f_q;
    reg  [LANES*MASTER_W-1:0] weight_q;
    assign weight_o = weight_q;
    assign q_o      = q_take_i ? q_q : {LANES * 8{1'b0}};
    assign f_o      = f_take_i ? f_q : {LANES * 8{1'b0}};
    // Of column n of 32 or 16, in the same order: bit n, and 2^(15 - n), a factor that shifts as compilers cannot in a vector.
    reg  [31:0]            one   [0:31];
    reg  [31:0]            shift [0:15];

    // The value, or the nearer of most and -most. All numbers here are in two's complement, without a type that says so.
    function [31:0] clamp(input [31:0] value, input [31:0] most);
        clamp = value + most <= most + most ? value : value[31] ? -most : most;
    endfunction

    // verilator tracing_off
    reg  [31:0]            n, j, c, t, half, span, even, odd, word, k, e;
    reg  [ROW_W-1:0]       row;
    reg  [79:0]            ring;              // a dither word and, behind it, its first 16 bits once more
    // verilator tracing_on
    initial begin
        for (j = 0; j < 16; j = j + 1) one[j] = 32'd1 << (2 * j);
        for (j = 0; j < 16; j = j + 1) one[16+j] = 32'd2 << (2 * j);
        for (j = 0; j < 8; j = j + 1) shift[j] = 32'h8000 >> (2 * j);
        for (j = 0; j < 8; j = j + 1) shift[8+j] = 32'h4000 >> (2 * j);
    end
    always @(posedge clk_i) begin
        n    = 32'd0;
        c    = 32'd0;
        t    = 32'd0;
        j    = 32'd0;
        half = HALF;                          // variables, or Verilator would unroll the loops, which compilers make vectors of
        span = 32'd0;
        even = 32'd0;
        odd  = 32'd0;
        word = 32'd0;
        row  = {ROW_W{1'b0}};
        ring = 80'd0;
        k    = {16'd0, k_i};
        e    = {{24{e_i[7]}}, e_i};
        // an item of the update, last stage first
        if (w_take_i) begin
            for (n = 0; n < half; n = n + 1) words[n] = {{32 - 2 * MASTER_W{1'b0}}, master_i[n*2*MASTER_W+:2*MASTER_W]};
            for (n = 0; n < half; n = n + 1) begin
                word = words[n];
                even = clamp({{32 - MASTER_W{word[MASTER_W-1]}}, word[MASTER_W-1:0]} + delta[n], MOST);
                odd  = clamp({{32 - MASTER_W{word[2*MASTER_W-1]}}, word[2*MASTER_W-1:MASTER_W]} + delta[HALF+n], MOST);
                words[n] = odd << MASTER_W | {{32 - MASTER_W{1'b0}}, even[MASTER_W-1:0]};
            end
            for (n = 0; n < half; n = n + 1) weight_q[n*2*MASTER_W+:2*MASTER_W] <= words[n][2*MASTER_W-1:0];
        end
        if (v_i[5]) begin
            span = 32'd8;
            for (c = 0; c < LANES / 16; c = c + 1) begin
                ring = c % 4 == 0 ? {dither_i[c/4*64+:16], dither_i[c/4*64+:64]} : ring >> 16;
                word = ring[31:0];
                for (j = 0; j < span; j = j + 1) begin
                    even = m[c*8+j] + ((word * shift[j]) >> 16 ^ ((word & one[j]) != 0 ? 32'hffff : 32'd0));
                    delta[c*8+j] = {{16{even[31]}}, even[31:16]};
                end
                for (j = 0; j < span; j = j + 1) begin
                    odd = m[HALF+c*8+j] + ((word * shift[8+j]) >> 16 ^ ((word & one[16+j]) != 0 ? 32'hffff : 32'd0));
                    delta[HALF+c*8+j] = {{16{odd[31]}}, odd[31:16]};
                end
            end
        end
        if (v_i[4]) begin
            if (op_i == LOCAL_MOVE) for (n = 0; n < LANES; n = n + 1) m[n] = clamp(p[n] << UP, 32'd32767) * k;
            else for (n = 0; n < LANES; n = n + 1) m[n] = clamp(p[n], 32'd32767) * k;
        end
        // credit
        if (acc_en_i) begin
            for (n = 0; n < LANES; n = n + 1) acc[n] = (acc_first_i ? 32'd0 : acc[n]) + p[n];
            for (n = 0; n < half; n = n + 1) begin
                even = acc[n] + (acc[n][31] ? 32'd255 : 32'd256);
                odd  = acc[HALF+n] + (acc[HALF+n][31] ? 32'd255 : 32'd256);
                even = clamp({{9{even[31]}}, even[31:9]}, 32'd127);
                odd  = clamp({{9{odd[31]}}, odd[31:9]}, 32'd127);
                q_q[n*16+:16] <= {odd[7:0], even[7:0]};
            end
        end
        // products
        if (p_en_i) begin
            for (n = 0; n < LANES; n = n + 1) p[n] = x[n] * y[n];
            if (op_i == LOCAL_FORM)
                for (n = 0; n < half; n = n + 1) begin
                    even = clamp(p[n], 32'd127);
                    odd  = clamp(p[HALF+n], 32'd127);
                    f_q[n*16+:16] <= {odd[7:0], even[7:0]};
                end
        end
        if (x_en_i)
            case (op_i)
                LOCAL_CREDIT:
                    for (n = 0; n < half; n = n + 1) begin
                        x[n]      = {{24{w_i[n*2*W_W+W_W-1]}}, w_i[n*2*W_W+W_W-8+:8]};
                        x[HALF+n] = {{24{w_i[n*2*W_W+2*W_W-1]}}, w_i[n*2*W_W+2*W_W-8+:8]};
                        y[n]      = e;
                        y[HALF+n] = e;
                    end
                LOCAL_FORM:
                    for (n = 0; n < half; n = n + 1) begin
                        x[n]      = {{24{q_i[n*16+7]}}, q_i[n*16+:8]};
                        x[HALF+n] = {{24{q_i[n*16+15]}}, q_i[n*16+8+:8]};
                        y[n]      = {{32 - CNT_W{1'b0}}, y_i[n*4*CNT_W+:CNT_W]} - {{32 - CNT_W{1'b0}}, y_i[n*4*CNT_W+CNT_W+:CNT_W]};
                        y[HALF+n] = {{32 - CNT_W{1'b0}}, y_i[n*4*CNT_W+2*CNT_W+:CNT_W]} - {{32 - CNT_W{1'b0}}, y_i[n*4*CNT_W+3*CNT_W+:CNT_W]};
                    end
                LOCAL_MOVE: begin
                    for (n = 0; n < half / 2; n = n + 1) begin
                        word            = f_i[n*32+:32];
                        x[2*n]          = {{24{word[7]}}, word[7:0]};
                        x[HALF+2*n]     = {{24{word[15]}}, word[15:8]};
                        x[2*n+1]        = {{24{word[23]}}, word[23:16]};
                        x[HALF+2*n+1]   = {{24{word[31]}}, word[31:24]};
                    end
                    for (n = 0; n < LANES; n = n + 1) y[n] = {{32 - CNT_W{1'b0}}, events_i};
                    span = 32'd16;
                    row  = {{ROW_W - STEPS_MAX{1'b0}}, row_i};
                    for (t = 0; row != 0; t = t + 1) begin
                        if (row[0])
                            for (c = 0; c < LANES / 32; c = c + 1) begin
                                word = noise_i[t*LANES+c*32+:32];
                                for (j = 0; j < span; j = j + 1)
                                    y[c*16+j] = y[c*16+j] - ((word & one[j]) != 0 ? 32'd2 : 32'd0);
                                for (j = 0; j < span; j = j + 1)
                                    y[HALF+c*16+j] = y[HALF+c*16+j] - ((word & one[16+j]) != 0 ? 32'd2 : 32'd0);
                            end
                        row = row >> 1;
                    end
                end
                default:
                    for (n = 0; n < half; n = n + 1) begin
                        x[n]      = e;
                        x[HALF+n] = e;
                        y[n]      = {{32 - CNT_W{1'b0}}, y_i[n*4*CNT_W+:CNT_W]};
                        y[HALF+n] = {{32 - CNT_W{1'b0}}, y_i[n*4*CNT_W+2*CNT_W+:CNT_W]};
                    end
            endcase
    end
    wire _unused = &{1'b0, w_i, v_i[3]};
endmodule

`default_nettype wire
