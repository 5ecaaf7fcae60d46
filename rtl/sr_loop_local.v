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
    output reg  [LANES*8-1:0]         q_o,
    input  wire                       f_take_i,
    output reg  [LANES*8-1:0]         f_o,
    input  wire                       w_take_i,
    output wire [LANES*(8+FRAC_W)-1:0] weight_o
);
    `include "sr_local.vh"
    localparam MASTER_W = 8 + FRAC_W;
    localparam UP       = FRAC_W > 4 ? FRAC_W - 4 : 0;
    localparam WORDS    = LANES / 64;
    reg  signed [31:0]     x     [0:LANES-1];
    reg  signed [31:0]     y     [0:LANES-1];
    reg  signed [31:0]     a     [0:LANES-1];
    reg  signed [31:0]     m     [0:LANES-1];
    reg  [LANES*16-1:0]    p_q, delta_q;
    reg  [LANES*19-1:0]    acc_q;
    reg  [LANES*MASTER_W-1:0] weight_q;
    localparam signed [31:0] MOST = (1 << (MASTER_W - 1)) - 1;
    assign weight_o = weight_q;
    wire [127:0]           row = {{128 - STEPS_MAX{1'b0}}, row_i};
    localparam             TURNS = STEPS_MAX > 8 ? 128 : STEPS_MAX;    // more than 64: Verilator unrolls no such loop
    // verilator tracing_off
    integer                n, t, j;
    reg  signed [31:0]     p, acc, sum, taken, e, events, k, rho, moved;
    reg  [WORDS*80-1:0]    ring;              // of each dither word: itself and, behind it, its first 16 bits once more
    // verilator tracing_on
    always @(posedge clk_i) begin
        n     = 0;
        t     = 0;
        p     = 32'sd0;
        acc   = 32'sd0;
        sum   = 32'sd0;
        rho   = 32'sd0;
        moved = 32'sd0;
        ring  = {WORDS * 80{1'b0}};
        // an item of the update, last stage first
        if (w_take_i)
            for (n = 0; n < LANES; n = n + 1) begin
                sum = {{32 - MASTER_W{master_i[n*MASTER_W+MASTER_W-1]}}, master_i[n*MASTER_W+:MASTER_W]};
                sum = sum + {{16{delta_q[n*16+15]}}, delta_q[n*16+:16]};
                sum = sum > MOST ? MOST : sum < -MOST ? -MOST : sum;
                weight_q[n*MASTER_W+:MASTER_W] <= sum[MASTER_W-1:0];
            end
        if (v_i[5]) begin
            for (n = 0; n < WORDS; n = n + 1) ring[n*80+:80] = {dither_i[n*64+:16], dither_i[n*64+:64]};
            for (n = 0; n < LANES; n = n + 1) begin
                rho   = {16'd0, ring[n+n/64*16+1+:16] ^ {16{ring[n+n/64*16]}}};
                moved = m[n] + rho;
                delta_q[n*16+:16] <= moved[31:16];
            end
        end
        k = {16'd0, k_i};
        if (v_i[4]) for (n = 0; n < LANES; n = n + 1) m[n] = a[n] * k;
        if (v_i[3])
            for (n = 0; n < LANES; n = n + 1) begin
                p    = {{16{p_q[n*16+15]}}, p_q[n*16+:16]};
                if (op_i == LOCAL_MOVE) p = p << UP;
                a[n] = p > 32'sd32767 ? 32'sd32767 : p < -32'sd32767 ? -32'sd32767 : p;
            end
        // credit
        if (acc_en_i)
            for (n = 0; n < LANES; n = n + 1) begin
                acc = acc_first_i ? 32'sd0 : {{13{acc_q[n*19+18]}}, acc_q[n*19+:19]};
                acc = acc + {{16{p_q[n*16+15]}}, p_q[n*16+:16]};
                acc_q[n*19+:19] <= acc[18:0];
            end
        // products
        if (p_en_i)
            for (n = 0; n < LANES; n = n + 1) begin
                p = x[n] * y[n];
                p_q[n*16+:16] <= p[15:0];
            end
        e      = {{24{e_i[7]}}, e_i};
        events = {{32 - CNT_W{1'b0}}, events_i};
        if (x_en_i)
            case (op_i)
                LOCAL_CREDIT:
                    for (n = 0; n < LANES; n = n + 1) begin
                        x[n] = {{24{w_i[n*W_W+W_W-1]}}, w_i[n*W_W+W_W-8+:8]};
                        y[n] = e;
                    end
                LOCAL_FORM:
                    for (n = 0; n < LANES; n = n + 1) begin
                        x[n] = {{24{q_i[n*8+7]}}, q_i[n*8+:8]};
                        y[n] = {{32 - CNT_W{1'b0}}, y_i[n*2*CNT_W+:CNT_W]} - {{32 - CNT_W{1'b0}}, y_i[n*2*CNT_W+CNT_W+:CNT_W]};
                    end
                LOCAL_MOVE: begin
                    for (n = 0; n < LANES; n = n + 1) begin
                        x[n] = {{24{f_i[n*8+7]}}, f_i[n*8+:8]};
                        y[n] = events;
                    end
                    for (t = 0; t < TURNS; t = t + 1)
                        if (row[t])
                            for (n = 0; n < LANES; n = n + 1)
                                y[n] = y[n] - {30'd0, noise_i[t*LANES+n], 1'b0};
                end
                default:
                    for (n = 0; n < LANES; n = n + 1) begin
                        x[n] = e;
                        y[n] = {{32 - CNT_W{1'b0}}, y_i[n*2*CNT_W+:CNT_W]};
                    end
            endcase
    end

    // ---- what is taken ----
    always @* begin
        j        = 0;
        q_o      = {LANES * 8{1'b0}};
        f_o      = {LANES * 8{1'b0}};
        taken      = 32'sd0;
        if (q_take_i)
            for (j = 0; j < LANES; j = j + 1) begin
                taken = {{13{acc_q[j*19+18]}}, acc_q[j*19+:19]};
                taken = (taken + (taken < 0 ? 32'sd255 : 32'sd256)) >>> 9;
                taken = taken > 32'sd127 ? 32'sd127 : taken < -32'sd127 ? -32'sd127 : taken;
                q_o[j*8+:8] = taken[7:0];
            end
        if (f_take_i)
            for (j = 0; j < LANES; j = j + 1) begin
                taken = {{16{p_q[j*16+15]}}, p_q[j*16+:16]};
                taken = taken > 32'sd127 ? 32'sd127 : taken < -32'sd127 ? -32'sd127 : taken;
                f_o[j*8+:8] = taken[7:0];
            end
    end
    wire _unused = &{1'b0, w_i, rho, moved};
endmodule

`default_nettype wire
