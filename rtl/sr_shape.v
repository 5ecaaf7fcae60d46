// SPDX-License-Identifier: Apache-2.0
// sr_shape: pair weights on the device: u_p = sign of (fitness of 2p) - (fitness of 2p + 1), for pairs 0..pairs-1.
// Two cycles a pair: read the sums (pair p: engine p % ENGINES, row p / ENGINES; data one cycle after the address), write u.
// start_i pulse, busy_o until done. Reset: control only. Test: tests/rtl/tb_shape.cpp
`default_nettype none

module sr_shape (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               start_i,
    output wire               busy_o,
    input  wire        [15:0] pairs_i,
    output wire               sum_re_o,
    output wire        [15:0] sum_pair_o,
    input  wire signed [31:0] fit_p_i,
    input  wire signed [31:0] fit_m_i,
    output wire               u_we_o,
    output wire        [15:0] u_addr_o,
    output wire        [ 7:0] u_data_o
);
    reg        busy_q, read_q;
    reg [15:0] pair_q;
    always @(posedge clk_i) begin
        if (!busy_q) begin
            busy_q <= start_i;
            read_q <= 1'b1;
            pair_q <= 16'd0;
        end else begin
            read_q <= !read_q;
            if (!read_q) begin
                pair_q <= pair_q + 16'd1;
                busy_q <= pair_q != pairs_i - 16'd1;
            end
        end
        if (rst_i) busy_q <= 1'b0;
    end
    assign busy_o     = busy_q;
    assign sum_re_o   = busy_q && read_q;
    assign sum_pair_o = pair_q;
    assign u_we_o     = busy_q && !read_q;
    assign u_addr_o   = pair_q;
    assign u_data_o   = fit_p_i > fit_m_i ? 8'd1 : fit_p_i < fit_m_i ? 8'hff : 8'd0;
endmodule

`default_nettype wire
