// SPDX-License-Identifier: Apache-2.0
// sr_fitness_sums: fitness and hits of an engine's members, summed over the samples of a run.
// push_i announces a sample's row (pair) and whether its sums start anew; done_i delivers its results some cycles later,
// in order (at most three on their way). A row is added to at most once in four cycles. Sums: s32 fitness, u16 hits, wrap.
// Reading: data one cycle after re_i, only while nothing is on its way. Reset: control only. Test: tests/rtl/tb_fitness_sums.cpp
`default_nettype none

module sr_fitness_sums #(
    parameter PAIR_AW = 11
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               push_i,
    input  wire [PAIR_AW-1:0] row_i,
    input  wire               clear_i,
    input  wire               done_i,
    input  wire signed [16:0] fit_p_i,
    input  wire signed [16:0] fit_m_i,
    input  wire               hit_p_i,
    input  wire               hit_m_i,
    output wire               busy_o,
    input  wire               re_i,
    input  wire [PAIR_AW-1:0] rrow_i,
    output wire [47:0]        sum_p_o,
    output wire [47:0]        sum_m_o
);
    reg [PAIR_AW:0] fifo_q [0:3];
    reg [1:0]       head_q, tail_q;
    reg             done_q, clear_q, write_q;
    reg [PAIR_AW-1:0] row_q;
    reg signed [16:0] fit_p_q, fit_m_q;
    reg               hit_p_q, hit_m_q;
    wire [PAIR_AW:0]  front = fifo_q[tail_q];
    always @(posedge clk_i) begin
        if (push_i) begin
            fifo_q[head_q] <= {clear_i, row_i};
            head_q         <= head_q + 2'd1;
        end
        done_q <= done_i;
        if (done_i) begin
            tail_q  <= tail_q + 2'd1;
            clear_q <= front[PAIR_AW];
            row_q   <= front[PAIR_AW-1:0];
            fit_p_q <= fit_p_i;
            fit_m_q <= fit_m_i;
            hit_p_q <= hit_p_i;
            hit_m_q <= hit_m_i;
        end
        write_q <= done_q;
        if (rst_i) begin
            head_q  <= 2'd0;
            tail_q  <= 2'd0;
            done_q  <= 1'b0;
            write_q <= 1'b0;
        end
    end
    assign busy_o = head_q != tail_q || done_q || write_q;

    // done_i: read the row; next cycle: old sums at the output, new ones written
    wire               re   = re_i || done_i;
    wire [PAIR_AW-1:0] addr = done_i ? front[PAIR_AW-1:0] : rrow_i;
    wire [47:0] new_p = clear_q ? {15'd0, hit_p_q, {15{fit_p_q[16]}}, fit_p_q}
                                : {sum_p_o[47:32] + {15'd0, hit_p_q}, sum_p_o[31:0] + {{15{fit_p_q[16]}}, fit_p_q}};
    wire [47:0] new_m = clear_q ? {15'd0, hit_m_q, {15{fit_m_q[16]}}, fit_m_q}
                                : {sum_m_o[47:32] + {15'd0, hit_m_q}, sum_m_o[31:0] + {{15{fit_m_q[16]}}, fit_m_q}};
    sr_ram #(.WIDTH(48), .DEPTH(1 << PAIR_AW), .ADDR_W(PAIR_AW)) u_p (
        .clk_i(clk_i), .we_i(done_q), .waddr_i(row_q), .wdata_i(new_p), .re_i(re), .raddr_i(addr), .rdata_o(sum_p_o)
    );
    sr_ram #(.WIDTH(48), .DEPTH(1 << PAIR_AW), .ADDR_W(PAIR_AW)) u_m (
        .clk_i(clk_i), .we_i(done_q), .waddr_i(row_q), .wdata_i(new_m), .re_i(re), .raddr_i(addr), .rdata_o(sum_m_o)
    );
endmodule

`default_nettype wire
