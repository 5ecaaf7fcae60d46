// SPDX-License-Identifier: Apache-2.0
// sr_loop_column: the accumulators of all columns as one loop: what LANES of sr_column compute, in the same cycles, for
// simulators (sr_loop_lif says why).
//
// Ports       as of sr_column; what is missed is counted by sr_loop_factors: missed_i, a cycle after miss_i. base_o and sum_o take the accumulators with keep_i and hand_i, and are
//             valid from the cycle after.
// Formats     base_o s16, saturated; sum_o signed SUM_W each, exact while they hold it. Reset: none. Test: tests/rtl/tb_loop_column.cpp
`default_nettype none

module sr_loop_column #(
    parameter LANES  = 64,
    parameter FRAC_W = 8,
    parameter MISS_W = 3,     // of what is missed
    parameter SUM_W  = 24,    // of a sum of an update, 32 at most
    parameter FULL   = 0      // 1: full rank is built
) (
    input  wire                       clk_i,
    input  wire                       acc_en_i,
    input  wire                       first_i,
    input  wire                       double_i,
    input  wire                       wint_i,
    input  wire                       neg_i,
    input  wire signed [SUM_W-1:0]    op_i,
    input  wire                       miss_i,
    input  wire [LANES*MISS_W-1:0]    missed_i,
    // full rank: what is missed is -u for an entry of 1, u for one of -1 (bit 1), so that acc takes up u times the entry
    input  wire                       full_i,
    input  wire signed [7:0]          u_i,
    input  wire [LANES-1:0]           entries_i,
    input  wire [LANES*(8+FRAC_W)-1:0] w_i,
    input  wire                       keep_i,
    output wire [LANES*16-1:0]        base_o,
    input  wire                       hand_i,
    output wire [LANES*SUM_W-1:0]     sum_o
);
    localparam MASTER_W = 8 + FRAC_W;
    reg  signed [31:0] acc  [0:LANES-1];
    reg  signed [31:0] miss [0:LANES-1];    // of full rank
    reg                missed_q;            // miss_i a cycle before
    reg  [LANES*16-1:0] base_q;
    reg  [LANES*SUM_W-1:0] sum_q;
    // verilator tracing_off
    integer            n;
    reg  signed [31:0] op, from, base;
    // verilator tracing_on
    always @(posedge clk_i) begin
        n    = 0;
        op   = 32'sd0;
        from = 32'sd0;
        base = 32'sd0;
        if (keep_i)
            for (n = 0; n < LANES; n = n + 1) begin
                base = acc[n] > 32'sd32767 ? 32'sd32767 : acc[n] < -32'sd32767 ? -32'sd32767 : acc[n];
                base_q[n*16+:16] <= base[15:0];
            end
        if (hand_i)
            for (n = 0; n < LANES; n = n + 1) sum_q[n*SUM_W+:SUM_W] <= acc[n][SUM_W-1:0];
        if (acc_en_i) begin
            if (wint_i)
                for (n = 0; n < LANES; n = n + 1)
                    acc[n] = acc[n] + {{24{w_i[n*MASTER_W+MASTER_W-1]}}, w_i[n*MASTER_W+FRAC_W+:8]};
            else
                for (n = 0; n < LANES; n = n + 1) begin
                    op     = !missed_q ? {{32 - SUM_W{op_i[SUM_W-1]}}, op_i} :
                             FULL != 0 && full_i ? miss[n] : {{32 - MISS_W{1'b0}}, missed_i[n*MISS_W+:MISS_W]};
                    from   = double_i ? acc[n] + acc[n] : first_i ? 32'sd0 : acc[n];
                    acc[n] = neg_i ? from - op : from + op;
                end
        end
        missed_q <= miss_i;
        if (FULL != 0 && miss_i && full_i)
            for (n = 0; n < LANES; n = n + 1) miss[n] = entries_i[n] ? {{24{u_i[7]}}, u_i} : -{{24{u_i[7]}}, u_i};
    end
    assign base_o = base_q;
    assign sum_o  = sum_q;
    wire _unused = &{1'b0, full_i, u_i, entries_i};
endmodule

`default_nettype wire
