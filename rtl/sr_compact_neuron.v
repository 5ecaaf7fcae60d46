// SPDX-License-Identifier: Apache-2.0
// sr_compact_neuron: one member's neuron of a compact lane, described in sr_compact_lane.v. The product takes one 16 x F_W
// multiplier with its adder (sr_compact_mul): one DSP block where there are any. Test: tests/rtl/tb_compact_lane.cpp
`default_nettype none

module sr_compact_neuron #(
    parameter D_W   = 14,
    parameter CNT_W = 4,
    parameter F_W   = 10,
    parameter MINUS = 0,
    parameter LUT_MUL = 0,
    parameter FIN_W = LUT_MUL != 0 ? (F_W + 1) / 2 * 2 : F_W
) (
    input  wire                   clk_i,
    input  wire                   lif_i,
    input  wire                   clear_i,
    input  wire                   load_i,
    input  wire                   fire_i,
    input  wire                   last_i,
    input  wire                   on_i,
    input  wire                   put_i,
    input  wire                   product_i,
    input  wire signed [15:0]     b_i,
    input  wire signed [D_W-1:0]  d_i,
    input  wire signed [15:0]     x_i,
    input  wire signed [FIN_W-1:0] f_i,       // LUT_MUL 1: in digits
    input  wire [15:0]            theta_i,
    input  wire                   subtract_i,
    output wire signed [15:0]     u_o,
    output wire [CNT_W-1:0]       count_o,
    output wire signed [F_W+15:0] raw_o
);
    reg signed [16:0] i_q;
    reg signed [15:0] u_q, v_q;
    reg [CNT_W-1:0]   count_u_q, count_v_q;
    reg               lif_q;

    wire signed [16:0] b = {b_i[15], b_i};
    wire signed [16:0] d = {{17 - D_W{d_i[D_W-1]}}, d_i};
    always @(posedge clk_i) begin
        lif_q <= lif_i;
        if (!lif_i) i_q <= 17'sd0;
        else if (load_i) i_q <= MINUS != 0 ? b - d : b + d;
    end

    // v * f + 256 i + 255, in F_W + 16 bits: below 2^25. Outside the LIF phase i is 0 and the 255 are not added.
    wire signed [F_W+15:0] addend = {{F_W - 9{i_q[16]}}, i_q, {8{lif_q}}};
    wire signed [F_W+15:0] raw;
    sr_compact_mul #(.F_W(F_W), .LUTS(LUT_MUL)) u_mul (.x_i(v_q), .f_i(f_i), .addend_i(addend), .y_o(raw));
    // sat_16 as sr_sat does it, -2^15 put right behind the register: that takes all of its bits, the rest only the upper ones.
    wire               far   = !(&raw[F_W+15:23]) && |raw[F_W+15:23];
    wire signed [15:0] u     = {raw[F_W+15], far ? {15{!raw[F_W+15]}} : raw[22:8]};
    wire signed [15:0] u_sat = {u_q[15:1], u_q[0] || (u_q[15] && !(|u_q[14:1]))};

    wire signed [16:0] over  = {u_sat[15], u_sat} - $signed({1'b0, theta_i});
    wire               spike = !over[16];
    wire [CNT_W-1:0]   count = count_u_q + {{CNT_W - 1{1'b0}}, spike && on_i};
    always @(posedge clk_i) begin
        if (fire_i || product_i) u_q <= u;
        if (put_i) v_q <= x_i;
        else if (fire_i) v_q <= spike ? (subtract_i ? over[15:0] : 16'sd0) : u_sat;
        if (fire_i) begin
            count_u_q <= count_v_q;
            count_v_q <= count;
        end
        if (clear_i) begin
            u_q       <= 16'sd0;
            count_u_q <= {CNT_W{1'b0}};
        end
        if (clear_i || (fire_i && last_i)) begin
            v_q       <= 16'sd0;
            count_v_q <= {CNT_W{1'b0}};
        end
    end
    assign u_o     = u_sat;
    assign count_o = count;
    assign raw_o   = raw;
endmodule

`default_nettype wire
