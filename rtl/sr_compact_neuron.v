// SPDX-License-Identifier: Apache-2.0
// sr_compact_neuron: one member's neuron of a compact lane, described in sr_compact_lane.v. The product takes one 16 x F_W
// multiplier with its adder (sr_compact_mul): one DSP block where there are any. Test: tests/rtl/tb_compact_lane.cpp; proofs:
// tests/formal
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
    input  wire                   sum_i,      // i is loaded outside of LIF too; low_i may be other than 0
    input  wire [7:0]             low_i,
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
    reg               lif_q, left_q;          // left_q: what count_v_q counted is over

    wire signed [16:0] b = {b_i[15], b_i};
    wire signed [16:0] d = {{17 - D_W{d_i[D_W-1]}}, d_i};
    always @(posedge clk_i) begin
        lif_q <= lif_i;
        if (!lif_i && !sum_i) i_q <= 17'sd0;
        else if (load_i) i_q <= MINUS != 0 ? b - d : b + d;
    end

    // v * f + 256 i + 255, in F_W + 16 bits: below 2^25. Outside the LIF phase the 255 are not added, and i is 0 but with sum_i,
    // where low_i is added.
    wire signed [F_W+15:0] addend = {{F_W - 9{i_q[16]}}, i_q, {8{lif_q}} | low_i};
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
            count_u_q <= count_v_q & {CNT_W{!left_q}};
            count_v_q <= count;
            left_q    <= last_i;
        end
        if (clear_i) begin
            u_q       <= 16'sd0;
            count_u_q <= {CNT_W{1'b0}};
            left_q    <= 1'b1;
        end
        if (clear_i || (fire_i && last_i)) v_q <= 16'sd0;
    end
    assign u_o     = u_sat;
    assign count_o = count_v_q;
    assign raw_o   = raw;

`ifdef FORMAL
    // formal: DEPTH=3
    // formal: MINUS=1 DEPTH=3
    // What numerics.md, section 4 says of a step, and what the clock before did.
    localparam R_W = F_W + 16;
    reg                      past_q = 1'b0, load_q1, idle_q1, take_q1, clear_q1, put_q1, fire_q1, last_q1, left_q1, subtract_q1, on_q1;
    reg signed [17:0]        sum_q1;
    reg signed [R_W-1:0]     shifted_q1;
    reg signed [15:0]        x_q1, u_q1;
    reg        [15:0]        theta_q1;
    reg        [CNT_W-1:0]   count_u_q1, count_v_q1;
    wire signed [R_W-1:0]    shifted = raw_o >>> 8;
    wire signed [R_W-1:0]    vf      = v_q * f_i;
    wire signed [R_W-1:0]    vleak   = (v_q <<< 8) - vf;           // v * leak, leak = 256 - f
    wire signed [R_W-1:0]    lif     = v_q - (vleak >>> 8) + i_q;
    wire signed [R_W-1:0]    summed  = vf + (i_q <<< 8) + $signed({1'b0, low_i});
    wire                     spike1  = u_q1 >= $signed({1'b0, theta_q1});
    wire signed [16:0]       after1  = spike1 ? (subtract_q1 ? u_q1 - $signed({1'b0, theta_q1}) : 17'sd0) : u_q1;
    always @(posedge clk_i) begin
        past_q     <= 1'b1;
        load_q1    <= (lif_i || sum_i) && load_i;
        idle_q1    <= !lif_i && !sum_i;
        sum_q1     <= MINUS != 0 ? b_i - d_i : b_i + d_i;
        take_q1    <= (fire_i || product_i) && !clear_i;
        shifted_q1 <= shifted;
        {clear_q1, put_q1, fire_q1, last_q1}  <= {clear_i, put_i, fire_i, last_i};
        {left_q1, subtract_q1, on_q1}         <= {left_q, subtract_i, on_i};
        x_q1       <= x_i;
        u_q1       <= u_o;
        theta_q1   <= theta_i;
        count_u_q1 <= count_u_q;
        count_v_q1 <= count_v_q;
    end
    always @(posedge clk_i) begin
        assume (theta_i >= 16'd1 && theta_i <= 16'd32767);
        assert (u_o >= -16'sd32767);
        if (lif_i || !sum_i) assume (low_i == 8'd0);
        if (lif_q) assume (low_i == 8'd0);
        if (lif_q) assert (shifted == lif);
        else if (past_q) assert (raw_o == summed);
        if (past_q && idle_q1) assert (i_q == 17'sd0);
        if (past_q) begin
            if (load_q1) assert (i_q == sum_q1);
            if (take_q1) assert (u_o == (shifted_q1 > 32767 ? 32767 : shifted_q1 < -32767 ? -32767 : shifted_q1));
            if (clear_q1 || (fire_q1 && last_q1)) assert (v_q == 16'sd0 && left_q);
            else if (put_q1) assert (v_q == x_q1);
            else if (fire_q1) assert (v_q == after1);
            if (fire_q1 && !clear_q1) begin
                assert (count_u_q == (left_q1 ? {CNT_W{1'b0}} : count_v_q1) && left_q == last_q1);
                assert (count_o == count_u_q1 + (spike1 && on_q1 ? 1'b1 : 1'b0));
            end
        end
        cover (past_q && lif_q && take_q1 && shifted_q1 == -32768 && f_i == 10'sd200);
        cover (past_q && fire_q1 && !last_q1 && !clear_q1 && !put_q1 && spike1 && subtract_q1 && v_q > 0);
        cover (past_q && lif_q && vleak[7:0] != 8'd0 && v_q < 0 && f_i == 10'sd200);
        cover (past_q && !lif_q && u_o == -16'sd1 && take_q1);
    end
`endif
endmodule

`default_nettype wire
