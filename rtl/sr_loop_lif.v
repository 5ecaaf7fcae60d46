// SPDX-License-Identifier: Apache-2.0
// sr_loop_lif: all columns of the LIF unit as one loop: what LANES of sr_lif_lane compute, in the same cycles, for simulators.
//
// A simulator runs a loop over an array faster than as many instances: the code is small, and nothing of it runs in a cycle without
// control. Synthesis would take it too; boards have instances, whose cells are counted.
// Temporaries  of a block are assigned at its top: so Verilator makes local variables of them, and the compiler vectors of the loops.
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
    reg  signed [31:0] sum     [0:LANES-1];
    reg  signed [31:0] in_p    [0:LANES-1];   // b + d, b - d
    reg  signed [31:0] in_m    [0:LANES-1];
    reg  signed [31:0] v_p     [0:LANES-1];
    reg  signed [31:0] v_m     [0:LANES-1];
    reg  [31:0]        count_p [0:LANES-1];
    reg  [31:0]        count_m [0:LANES-1];
    reg  [LANES*2*CNT_W-1:0] count_q;
    // verilator tracing_off
    integer            n, k, c, j, span;
    reg  [31:0]        neg, one [0:31];     // one[j]: bit j, so that 32 lanes look at a word without a shift each
    reg  signed [31:0] u_p, u_m, b, d, theta, leak, term, scale;
    reg                spike_p, spike_m, here;
    // verilator tracing_on
    initial for (j = 0; j < 32; j = j + 1) one[j] = 32'd1 << j;
    always @(posedge clk_i) begin
        n       = 0;
        k       = 0;
        u_p     = 32'sd0;
        u_m     = 32'sd0;
        b       = 32'sd0;
        d       = 32'sd0;
        term    = 32'sd0;
        spike_p = 1'b0;
        spike_m = 1'b0;
        here    = 1'b0;
        neg     = 32'd0;
        c       = 0;
        j       = 0;
        span    = 32;                       // a variable, or Verilator would unroll the loop, which compilers make vectors of
        theta = {16'd0, theta_i};
        leak  = LEAK_MUL != 0 ? {24'd0, leak_i} : 32'sd32;
        scale = {20'd0, scale_i};
        if (ctl_i[LIF_FIRE]) begin
            for (n = 0; n < LANES; n = n + 1) begin
                here = present_i[n];
                u_p  = v_p[n] - ((v_p[n] * leak) >>> 8) + in_p[n];
                u_m  = v_m[n] - ((v_m[n] * leak) >>> 8) + in_m[n];
                u_p  = u_p > 32'sd32767 ? 32'sd32767 : u_p < -32'sd32767 ? -32'sd32767 : u_p;
                u_m  = u_m > 32'sd32767 ? 32'sd32767 : u_m < -32'sd32767 ? -32'sd32767 : u_m;
                spike_p = u_p >= theta;
                spike_m = u_m >= theta;
                v_p[n]  = spike_p ? (subtract_i ? u_p - theta : 32'sd0) : u_p;
                v_m[n]  = spike_m ? (subtract_i ? u_m - theta : 32'sd0) : u_m;
                count_p[n] = (ctl_i[LIF_STEP_FIRST] ? 32'd0 : count_p[n]) + {31'd0, spike_p && here};
                count_m[n] = (ctl_i[LIF_STEP_FIRST] ? 32'd0 : count_m[n]) + {31'd0, spike_m && here};
            end
            if (ctl_i[LIF_STEP_LAST])
                for (n = 0; n < LANES; n = n + 1)
                    count_q[n*2*CNT_W+:2*CNT_W] <= {count_m[n][CNT_W-1:0], count_p[n][CNT_W-1:0]};
        end
        if (ctl_i[LIF_CLEAR] || (ctl_i[LIF_FIRE] && ctl_i[LIF_STEP_LAST]))
            for (n = 0; n < LANES; n = n + 1) begin
                v_p[n] = 32'sd0;
                v_m[n] = 32'sd0;
            end
        if (ctl_i[LIF_LOAD]) begin
            if (FULL != 0 && full_i)
                for (n = 0; n < LANES; n = n + 1) begin
                    d = {{32 - D_W{d_i[n*D_W+D_W-1]}}, d_i[n*D_W+:D_W]};
                    d = (d * scale) >>> 8;
                    sum[n] = (d > 32'sd32767 ? 32'sd32767 : d < -32'sd32767 ? -32'sd32767 : d) <<< 4;
                end
            for (n = 0; n < LANES; n = n + 1) begin
                b = {{16{b_i[n*16+15]}}, b_i[n*16+:16]};
                d = sum[n] >>> 4;
                in_p[n] = b + d;
                in_m[n] = b - d;
            end
        end
        if (ctl_i[LIF_SUM]) begin
            if (ctl_i[LIF_SUM_FIRST])
                for (n = 0; n < LANES; n = n + 1) sum[n] = 32'sd0;
            for (k = 0; k < RANK_LANES; k = k + 1) begin
                term = {{32 - TERM_W{term_i[k*TERM_W+TERM_W-1]}}, term_i[k*TERM_W+:TERM_W]};
                if (term != 0)
                    for (c = 0; c < LANES / 32; c = c + 1) begin
                        neg = neg_i[k*LANES+c*32+:32];
                        for (j = 0; j < span; j = j + 1) sum[c*32+j] = sum[c*32+j] + ((neg & one[j]) != 32'd0 ? -term : term);
                    end
            end
        end
    end
    assign count_o = count_q;
    wire _unused = &{1'b0, leak_i, full_i, d_i, scale, ctl_i[LIF_MINUS]};
endmodule

`default_nettype wire
