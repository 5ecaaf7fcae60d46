// SPDX-License-Identifier: Apache-2.0
// sr_loop_lif: all columns of the LIF unit as one loop: what LANES of sr_lif_lane compute, in the same cycles, for simulators.
//
// A simulator runs a loop over an array faster than as many instances: the code is small, and nothing of it runs in a cycle without
// control. Synthesis would take it too; boards have instances, whose cells are counted.
// Temporaries  of a block are assigned at its top: so Verilator makes local variables of them, and the compiler vectors of the loops.
// Numbers      are unsigned by their type, loop variables as well: Verilator compares signed ones in 64 bits, and then a compiler makes no vectors.
// Control     ctl_i, the bundle of sr_lif: fields in sr_lif.vh. Stages stand last first: each reads what the stage
//             before it left in an earlier cycle.
// Formats     as in sr_lif_lane; count_o {minus, plus} of each column, valid from the cycle after the fire of a last step on.
// Reset       none (LIF_CLEAR). Test: tests/rtl/tb_loop_lif.cpp
`default_nettype none

module sr_loop_lif #(
    parameter LANES    = 128,
    parameter RANK_LANES = 1,   // terms a cycle
    parameter TERM_W   = 17,
    parameter CNT_W    = 5,
    parameter LEAK_MUL = 1,
    parameter FULL     = 0,     // 1: full rank is built
    parameter D_W      = 12     // bits of a sum of entries
) (
    input  wire                     clk_i,
    input  wire [7:0]               ctl_i,
    input  wire [RANK_LANES*LANES-1:0] neg_i,  // {term, lane}
    input  wire [RANK_LANES*TERM_W-1:0] term_i,
    input  wire [LANES*16-1:0]      b_i,
    input  wire                     full_i,      // d is made of d_i and scale_i, not of terms
    input  wire [LANES*D_W-1:0]     d_i,
    input  wire [11:0]              scale_i,
    input  wire [LANES-1:0]         present_i,
    input  wire [7:0]               leak_i,
    input  wire [15:0]              theta_i,
    input  wire                     subtract_i,
    output wire [LANES*2*CNT_W-1:0] count_o
);
    `include "sr_lif.vh"
    localparam HALF = LANES / 2;
    // Of column n the entry n / 2 of half n % 2, so that a turn takes two columns out of a word. Numbers are in two's complement.
    reg  [31:0]        sum     [0:LANES-1];
    reg  [31:0]        in_p    [0:LANES-1];   // b + d, b - d
    reg  [31:0]        in_m    [0:LANES-1];
    reg  [31:0]        v_p     [0:LANES-1];
    reg  [31:0]        v_m     [0:LANES-1];
    reg  [31:0]        count_p [0:LANES-1];
    reg  [31:0]        count_m [0:LANES-1];
    reg  [LANES*2*CNT_W-1:0] count_q;
    reg  [31:0]        one     [0:31];        // bit n of 32, in that order: lanes look at a word without a shift each
    // verilator tracing_off
    reg  [31:0]        n, k, c, j, half, span, u_p, u_m, over_p, over_m, b, d, theta, leak, kept, begun, term, scale, neg, words [0:HALF-1];
    reg                here, here2;
    // verilator tracing_on
    initial begin
        for (j = 0; j < 16; j = j + 1) one[j] = 32'd1 << (2 * j);
        for (j = 0; j < 16; j = j + 1) one[16+j] = 32'd2 << (2 * j);
    end

    // The value, or the nearer of 32767 and -32767.
    function [31:0] clamp(input [31:0] value);
        clamp = value + 32'd32767 <= 32'd65534 ? value : value[31] ? -32'd32767 : 32'd32767;
    endfunction

    always @(posedge clk_i) begin
        n       = 32'd0;
        k       = 32'd0;
        c       = 32'd0;
        j       = 32'd0;
        u_p     = 32'd0;
        u_m     = 32'd0;
        over_p  = 32'd0;
        over_m  = 32'd0;
        b       = 32'd0;
        d       = 32'd0;
        term    = 32'd0;
        neg     = 32'd0;
        kept    = 32'd0;
        begun   = 32'd0;
        here    = 1'b0;
        here2   = 1'b0;
        half    = HALF;                     // variables, or Verilator would unroll the loops, which compilers make vectors of
        span    = 32'd16;
        theta   = {16'd0, theta_i};
        leak    = LEAK_MUL != 0 ? {24'd0, leak_i} : 32'd32;
        scale   = {20'd0, scale_i};
        if (ctl_i[LIF_FIRE]) begin
            kept  = {32{subtract_i}};                // of what is above theta
            begun = {32{!ctl_i[LIF_STEP_FIRST]}};
            for (n = 0; n < LANES; n = n + 1) begin
                u_p     = v_p[n] * leak;
                u_m     = v_m[n] * leak;
                u_p     = clamp(v_p[n] - {{8{u_p[31]}}, u_p[31:8]} + in_p[n]);
                u_m     = clamp(v_m[n] - {{8{u_m[31]}}, u_m[31:8]} + in_m[n]);
                over_p  = u_p - theta;
                over_m  = u_m - theta;
                v_p[n]  = over_p[31] ? u_p : over_p & kept;
                v_m[n]  = over_m[31] ? u_m : over_m & kept;
                count_p[n] = (count_p[n] & begun) + {31'd0, !over_p[31]};
                count_m[n] = (count_m[n] & begun) + {31'd0, !over_m[31]};
            end
            if (ctl_i[LIF_STEP_LAST])
                for (n = 0; n < half; n = n + 1) begin
                    here  = present_i[2*n];
                    here2 = present_i[2*n+1];
                    count_q[n*4*CNT_W+:4*CNT_W] <= {count_m[HALF+n][CNT_W-1:0] & {CNT_W{here2}}, count_p[HALF+n][CNT_W-1:0] & {CNT_W{here2}},
                                                    count_m[n][CNT_W-1:0] & {CNT_W{here}}, count_p[n][CNT_W-1:0] & {CNT_W{here}}};
                end
        end
        if (ctl_i[LIF_CLEAR] || (ctl_i[LIF_FIRE] && ctl_i[LIF_STEP_LAST]))
            for (n = 0; n < LANES; n = n + 1) begin
                v_p[n] = 32'd0;
                v_m[n] = 32'd0;
            end
        if (ctl_i[LIF_LOAD]) begin
            if (FULL != 0 && full_i)
                for (n = 0; n < half; n = n + 1) begin
                    d = {{32 - D_W{d_i[n*2*D_W+D_W-1]}}, d_i[n*2*D_W+:D_W]} * scale;
                    sum[n] = clamp({{8{d[31]}}, d[31:8]}) << 4;
                    d = {{32 - D_W{d_i[n*2*D_W+2*D_W-1]}}, d_i[n*2*D_W+D_W+:D_W]} * scale;
                    sum[HALF+n] = clamp({{8{d[31]}}, d[31:8]}) << 4;
                end
            for (n = 0; n < half; n = n + 1) words[n] = b_i[n*32+:32];
            for (n = 0; n < half; n = n + 1) begin
                in_p[n]      = {{16{words[n][15]}}, words[n][15:0]};
                in_p[HALF+n] = {{16{words[n][31]}}, words[n][31:16]};
            end
            for (n = 0; n < LANES; n = n + 1) begin
                b = in_p[n];
                d = {{4{sum[n][31]}}, sum[n][31:4]};
                in_p[n] = b + d;
                in_m[n] = b - d;
            end
        end
        if (ctl_i[LIF_SUM]) begin
            if (ctl_i[LIF_SUM_FIRST])
                for (n = 0; n < LANES; n = n + 1) sum[n] = 32'd0;
            for (k = 0; k < RANK_LANES; k = k + 1) begin
                term = {{32 - TERM_W{term_i[k*TERM_W+TERM_W-1]}}, term_i[k*TERM_W+:TERM_W]};
                if (term != 0)
                    for (c = 0; c < LANES / 32; c = c + 1) begin
                        neg = neg_i[k*LANES+c*32+:32];
                        for (j = 0; j < span; j = j + 1) sum[c*16+j] = sum[c*16+j] + ((neg & one[j]) != 32'd0 ? -term : term);
                        for (j = 0; j < span; j = j + 1) sum[HALF+c*16+j] = sum[HALF+c*16+j] + ((neg & one[16+j]) != 32'd0 ? -term : term);
                    end
            end
        end
    end
    assign count_o = count_q;
    wire _unused = &{1'b0, leak_i, full_i, d_i, ctl_i[LIF_MINUS]};
endmodule

`default_nettype wire
