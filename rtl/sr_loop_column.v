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
    localparam HALF     = LANES / 2;
    // Of column n the entry n / 2 of half n % 2 (sr_loop_local). All numbers are in two's complement, without a type that says so.
    reg  [31:0]        acc  [0:LANES-1];
    reg  [31:0]        miss [0:LANES-1];
    reg                missed_q;            // miss_i a cycle before
    reg  [LANES*16-1:0] base_q;
    reg  [LANES*SUM_W-1:0] sum_q;
    // verilator tracing_off
    reg  [31:0]        n, half, op, even, odd, word, words [0:HALF-1];
    // verilator tracing_on
    always @(posedge clk_i) begin
        n    = 32'd0;
        half = HALF;                        // a variable, or Verilator would unroll the loops, which compilers make vectors of
        op   = {{32 - SUM_W{op_i[SUM_W-1]}}, op_i};
        even = 32'd0;
        odd  = 32'd0;
        word = 32'd0;
        if (keep_i) begin
            for (n = 0; n < half; n = n + 1) begin
                even = acc[n] + 32'd32767 <= 32'd65534 ? acc[n] : acc[n][31] ? -32'd32767 : 32'd32767;
                odd  = acc[HALF+n] + 32'd32767 <= 32'd65534 ? acc[HALF+n] : acc[HALF+n][31] ? -32'd32767 : 32'd32767;
                words[n] = {odd[15:0], even[15:0]};
            end
            for (n = 0; n < half; n = n + 1) base_q[n*32+:32] <= words[n];
        end
        if (hand_i)
            for (n = 0; n < half; n = n + 1) sum_q[n*2*SUM_W+:2*SUM_W] <= {acc[HALF+n][SUM_W-1:0], acc[n][SUM_W-1:0]};
        if (acc_en_i && wint_i) begin
            for (n = 0; n < half; n = n + 1) words[n] = {{32 - 2 * MASTER_W{1'b0}}, w_i[n*2*MASTER_W+:2*MASTER_W]};
            for (n = 0; n < half; n = n + 1) begin
                word        = words[n];
                acc[n]      = acc[n] + {{24{word[MASTER_W-1]}}, word[FRAC_W+:8]};
                acc[HALF+n] = acc[HALF+n] + {{24{word[2*MASTER_W-1]}}, word[MASTER_W+FRAC_W+:8]};
            end
        end else if (acc_en_i) begin
            if (double_i || first_i) for (n = 0; n < LANES; n = n + 1) acc[n] = double_i ? acc[n] + acc[n] : 32'd0;
            if (missed_q && !(FULL != 0 && full_i))
                for (n = 0; n < half; n = n + 1) begin
                    miss[n]      = {{32 - MISS_W{1'b0}}, missed_i[n*2*MISS_W+:MISS_W]};
                    miss[HALF+n] = {{32 - MISS_W{1'b0}}, missed_i[n*2*MISS_W+MISS_W+:MISS_W]};
                end
            if (!missed_q) for (n = 0; n < LANES; n = n + 1) acc[n] = acc[n] + (neg_i ? -op : op);
            else if (neg_i) for (n = 0; n < LANES; n = n + 1) acc[n] = acc[n] - miss[n];
            else for (n = 0; n < LANES; n = n + 1) acc[n] = acc[n] + miss[n];
        end
        missed_q <= miss_i;
        if (FULL != 0 && miss_i && full_i)
            for (n = 0; n < half; n = n + 1) begin
                miss[n]      = entries_i[2*n] ? {{24{u_i[7]}}, u_i} : -{{24{u_i[7]}}, u_i};
                miss[HALF+n] = entries_i[2*n+1] ? {{24{u_i[7]}}, u_i} : -{{24{u_i[7]}}, u_i};
            end
    end
    assign base_o = base_q;
    assign sum_o  = sum_q;
    wire _unused = &{1'b0, full_i, u_i, entries_i};
endmodule

`default_nettype wire
