// SPDX-License-Identifier: Apache-2.0
// sr_lif_half: one member's membrane ring of a pair lane; see sr_lif_lane for stages, formats and timing.
// MINUS: 0 adds the perturbation d to the base current b, 1 subtracts it. Test: tests/rtl/tb_lif_lane.cpp
`default_nettype none

module sr_lif_half #(
    parameter CNT_W = 9,
    parameter MINUS = 0
) (
    input  wire               clk_i,
    input  wire               fire_i,
    input  wire               first_i,
    input  wire               on_i,
    input  wire signed [15:0] b_i,
    input  wire signed [15:0] d_i,
    input  wire        [ 7:0] leak_i,
    input  wire        [15:0] theta_i,
    input  wire               subtract_i,
    output wire               spike_o,
    output wire [CNT_W-1:0]   count_o
);
    reg signed [15:0] v_q, lost_q;
    reg signed [16:0] i_q;
    reg signed [15:0] u_q2, u_q3, v_q4;
    reg               spike_q3;
    reg [CNT_W-1:0]   count_q, count_q2, count_q3, count_q4;

    function signed [15:0] sat16(input signed [17:0] x);  // sr_sat, as a function: see the order of the block below
        sat16 = x > 18'sd32767 ? 16'sd32767 : x < -18'sd32767 ? -16'sd32767 : x[15:0];
    endfunction
    function signed [15:0] lost(input signed [15:0] v, input [7:0] leak);
        reg signed [24:0] product;
        reg               unused;
        reg        [ 7:0] unused_low;
        begin
            product = v * $signed({1'b0, leak});
            {unused, lost, unused_low} = product;
        end
    endfunction

    wire signed [15:0] v_in = first_i ? 16'sd0 : v_q4;

    // A register's readers stand before it: a simulator then needs no copy of its old value.
    always @(posedge clk_i) begin
        if (fire_i) begin
            v_q4     <= !spike_q3 ? u_q3 : subtract_i ? u_q3 - $signed(theta_i) : 16'sd0;
            count_q4 <= count_q3;
            count_q3 <= count_q2 + {{CNT_W - 1{1'b0}}, on_i && u_q2 >= $signed(theta_i)};
            spike_q3 <= on_i && u_q2 >= $signed(theta_i);
            u_q3     <= u_q2;
            count_q2 <= count_q;
            u_q2     <= sat16({{2{v_q[15]}}, v_q} - {{2{lost_q[15]}}, lost_q} + {i_q[16], i_q});
            v_q      <= v_in;
            lost_q   <= lost(v_in, leak_i);
            i_q      <= MINUS != 0 ? {b_i[15], b_i} - {d_i[15], d_i} : {b_i[15], b_i} + {d_i[15], d_i};
            count_q  <= first_i ? {CNT_W{1'b0}} : count_q4;
        end
    end

    assign spike_o = spike_q3;
    assign count_o = count_q3;
endmodule

`default_nettype wire
