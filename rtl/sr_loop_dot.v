// SPDX-License-Identifier: Apache-2.0
// sr_loop_dot: the products of a row of the readout and their sum over the columns as one loop, for simulators (sr_loop_lif says why):
// what the products and trees of sr_readout give, in the same cycles.
//
// Latency     en_i with weights or, with grow_i, factors (1 is -1), and counts {minus, plus} of each column: the sums come 2 + TREE
//             cycles later, for one cycle; where no en_i was, they are 0. Exact while SUM_W holds them.
// Reset       none. Test: tests/rtl/tb_loop_dot.cpp
`default_nettype none

module sr_loop_dot #(
    parameter LANES = 128,
    parameter W_W   = 16,    // bits of a weight, of which the upper eight are its integer part
    parameter CNT_W = 5,
    parameter SUM_W = 20,
    parameter TREE  = 1
) (
    input  wire                     clk_i,
    input  wire                     en_i,
    input  wire                     grow_i,
    input  wire [LANES*W_W-1:0]     w_i,
    input  wire [LANES-1:0]         col_i,
    input  wire [LANES*2*CNT_W-1:0] y_i,
    output wire signed [SUM_W-1:0]  p_o,
    output wire signed [SUM_W-1:0]  m_o
);
    reg  [(2+TREE)*SUM_W-1:0] p_q, m_q;       // newest lowest
    // verilator tracing_off
    reg  signed [31:0]        total_p, total_m, w;
    integer                   n;
    // verilator tracing_on
    always @(posedge clk_i) begin
        n       = 0;
        w       = 32'sd0;
        total_p = 32'sd0;
        total_m = 32'sd0;
        if (en_i) begin
            if (grow_i)
                for (n = 0; n < LANES; n = n + 1) begin
                    w = col_i[n] ? -32'sd1 : 32'sd1;
                    total_p = total_p + w * $signed({{32 - CNT_W{1'b0}}, y_i[n*2*CNT_W+:CNT_W]});
                    total_m = total_m + w * $signed({{32 - CNT_W{1'b0}}, y_i[n*2*CNT_W+CNT_W+:CNT_W]});
                end
            else
                for (n = 0; n < LANES; n = n + 1) begin
                    w = {{24{w_i[n*W_W+W_W-1]}}, w_i[n*W_W+W_W-8+:8]};
                    total_p = total_p + w * $signed({{32 - CNT_W{1'b0}}, y_i[n*2*CNT_W+:CNT_W]});
                    total_m = total_m + w * $signed({{32 - CNT_W{1'b0}}, y_i[n*2*CNT_W+CNT_W+:CNT_W]});
                end
        end
        p_q <= {p_q[(1+TREE)*SUM_W-1:0], total_p[SUM_W-1:0]};
        m_q <= {m_q[(1+TREE)*SUM_W-1:0], total_m[SUM_W-1:0]};
    end
    assign p_o = p_q[(1+TREE)*SUM_W+:SUM_W];
    assign m_o = m_q[(1+TREE)*SUM_W+:SUM_W];
    wire _unused = &{1'b0, w_i};
endmodule

`default_nettype wire
