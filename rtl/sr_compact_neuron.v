// SPDX-License-Identifier: Apache-2.0
// sr_compact_neuron: one member's neuron of a compact lane, described in sr_compact_lane.v. The product takes one 16 x F_W
// multiplier with its adder: one DSP block where there are any.
`default_nettype none

module sr_compact_neuron #(
    parameter D_W   = 14,
    parameter CNT_W = 4,
    parameter F_W   = 10,
    parameter MINUS = 0,
    parameter SOFT  = 0    // 1: the product from logic, for what a device lacks in DSP blocks; F_W at most 10
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
    input  wire signed [F_W-1:0]  f_i,
    input  wire [15:0]            theta_i,
    input  wire                   subtract_i,
    output wire signed [15:0]     u_o,
    output wire [CNT_W-1:0]       count_o,
    output wire signed [F_W+15:0] raw_o
);
    reg signed [16:0] i_q;
    reg signed [15:0] u_q, v_q;
    reg [CNT_W-1:0]   count_u_q, count_v_q;

    wire signed [16:0] b = {b_i[15], b_i};
    wire signed [16:0] d = {{17 - D_W{d_i[D_W-1]}}, d_i};
    always @(posedge clk_i)
        if (!lif_i) i_q <= 17'sd0;
        else if (load_i) i_q <= MINUS != 0 ? b - d : b + d;

    // v * f + 256 i + 255, in F_W + 16 bits: below 2^25. Outside the LIF phase i is 0 and the 255 are not added.
    wire signed [F_W+15:0] addend = {{F_W - 9{i_q[16]}}, i_q, {8{lif_i}}};
    wire signed [F_W+15:0] raw;
    function signed [17:0] two(input [15:0] a, input [15:0] b);   // a + 2 b
        two = {{{2{a[15]}}, a[15:1]} + {b[15], b}, a[0]};
    endfunction
    generate
        if (SOFT != 0) begin : g_soft
            // Digits of two bits, then a tree of short adders; what lies below an adder passes beside it, which also keeps Yosys
            // from making one wide carry-save sum of it all, several times the size.
            wire signed [9:0]  f  = {{10 - F_W{f_i[F_W-1]}}, f_i};
            wire signed [17:0] p0 = two(v_q & {16{f[0]}}, v_q & {16{f[1]}});
            wire signed [17:0] p1 = two(v_q & {16{f[2]}}, v_q & {16{f[3]}});
            wire signed [17:0] p2 = two(v_q & {16{f[4]}}, v_q & {16{f[5]}});
            wire signed [17:0] p3 = two(v_q & {16{f[6]}}, v_q & {16{f[7]}});
            wire signed [15:0] v8 = v_q & {16{f[8]}}, v9 = v_q & {16{f[9]}};
            wire signed [16:0] p4 = {{2{v8[15]}}, v8[15:1]} - {v9[15], v9};
            wire [17:0] q0 = {{2{p0[17]}}, p0[17:2]} + p1;      // of p0 + 4 p1, above p0[1:0]
            wire [17:0] q1 = {{2{p2[17]}}, p2[17:2]} + p3;
            wire [19:0] r  = {{4{q0[17]}}, q0[17:2]} + {q1, p2[1:0]};
            wire [17:0] t  = {i_q[16], i_q} + {p4, v8[0]};
            assign raw = {t, {8{lif_i}}} + {{F_W - 8{r[19]}}, r, q0[1:0], p0[1:0]};
        end else begin : g_dsp
            assign raw = v_q * f_i + addend;
        end
    endgenerate
    wire signed [15:0]     u;
    sr_sat #(.IN_W(F_W + 8), .OUT_W(16)) u_sat (.x_i(raw[F_W+15:8]), .y_o(u));

    wire signed [16:0] over  = {u_q[15], u_q} - $signed({1'b0, theta_i});
    wire               spike = !over[16];
    wire [CNT_W-1:0]   count = count_u_q + {{CNT_W - 1{1'b0}}, spike && on_i};
    always @(posedge clk_i) begin
        if (fire_i || product_i) u_q <= u;
        if (put_i) v_q <= x_i;
        else if (fire_i) v_q <= spike ? (subtract_i ? over[15:0] : 16'sd0) : u_q;
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
    assign u_o     = u_q;
    assign count_o = count;
    assign raw_o   = raw;
endmodule

`default_nettype wire
