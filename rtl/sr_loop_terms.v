// SPDX-License-Identifier: Apache-2.0
// sr_loop_terms: the counts of the projection by factor, and the LIF unit's terms c' = sat_16((c * S) >> 4) of RANK_LANES factors at a
// time, for simulators (sr_loop_lif says why): count buffer, product and saturation of sr_engine, in the same cycles.
//
// Counts      we_i writes those of a group's UNITS factors, of bank_i and step_i.
// Terms       re_i with bank, step and the first factor (age 0 of sr_lif); valid_i, a cycle later, which of them there are: the
//             others are 0. term_o four cycles after re_i. Reset: none. Test: tests/rtl/tb_loop_terms.cpp
`default_nettype none

module sr_loop_terms #(
    parameter UNITS      = 64,
    parameter FACTORS    = 256,
    parameter RANK_LANES = 4,
    parameter STEP_AW    = 5,
    parameter GROUP_AW   = 2,
    parameter C_W        = 12,
    parameter FACTOR_AW  = $clog2(FACTORS)
) (
    input  wire                     clk_i,
    input  wire                     we_i,
    input  wire                     bank_i,
    input  wire [GROUP_AW-1:0]      group_i,
    input  wire [STEP_AW-1:0]       step_i,
    input  wire [UNITS*C_W-1:0]     counts_i,
    input  wire                     re_i,
    input  wire                     rbank_i,
    input  wire [STEP_AW-1:0]       rstep_i,
    input  wire [FACTOR_AW-1:0]     factor_i,
    input  wire [RANK_LANES-1:0]    valid_i,
    input  wire [11:0]              scale_i,
    output wire [RANK_LANES*16-1:0] term_o
);
    reg  [C_W-1:0] counts [0:(2*FACTORS<<STEP_AW)-1];        // {bank, step, factor}
    reg  [RANK_LANES*C_W-1:0] count_q1;
    reg  [RANK_LANES*16-1:0]  term_q2, term_q3, term_q4;
    // verilator tracing_off
    integer               u, at, k, from;
    reg  signed [31:0]    term, scale;
    // verilator tracing_on
    always @(posedge clk_i) begin
        u       = 0;
        at      = 0;
        from    = 0;
        term_q4 <= term_q3;
        term_q3 <= term_q2;
        scale   = {20'd0, scale_i};
        for (k = 0; k < RANK_LANES; k = k + 1) begin
            term = {{32 - C_W{count_q1[k*C_W+C_W-1]}}, count_q1[k*C_W+:C_W]};
            term = (term * scale) >>> 4;
            term = term > 32'sd32767 ? 32'sd32767 : term < -32'sd32767 ? -32'sd32767 : term;
            term_q2[k*16+:16] <= valid_i[k] ? term[15:0] : 16'd0;
        end
        if (re_i) begin
            from = {{31 - STEP_AW{1'b0}}, rbank_i, rstep_i} * FACTORS;
            for (k = 0; k < RANK_LANES; k = k + 1)
                count_q1[k*C_W+:C_W] <= counts[from+(({{32 - FACTOR_AW{1'b0}}, factor_i}+k)&(FACTORS-1))];
        end
        if (we_i) begin
            at = {{31 - STEP_AW{1'b0}}, bank_i, step_i} * FACTORS + {{32 - GROUP_AW{1'b0}}, group_i} * UNITS;
            for (u = 0; u < UNITS; u = u + 1) counts[at+u] = counts_i[u*C_W+:C_W];
        end
    end
    assign term_o = term_q4;
endmodule

`default_nettype wire
