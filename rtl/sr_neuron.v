// SPDX-License-Identifier: Apache-2.0
// sr_neuron: the LIF neuron of one member in one column (docs/numerics.md, section 4). Described in sr_lif_lane.v.
//
// A step takes two cycles in a row of feed-forward registers and one loop:
//   load_i  i_q <- b + d; MINUS 1: b - d; MINUS 2: there is no such register, and i is d_i (17 bits) in the cycle of fire_i
//   fire_i  v_q <- the membrane after leak, input, threshold and reset; count_q <- spikes so far
// The loop v -> leak -> + i -> saturate -> threshold -> v closes in one cycle, so a new step may fire every cycle.
// LEAK_MUL    0: the leak is 32/256, v - (v >> 3). 1: any leak, v - ((v * leak) >> 8). 0 with LEAK_DSP 1: leak and input are one product
//             and its addend, v - (v >> 3) + i = (7 v + 8 i + 7) >> 3, for a DSP block that is left over.
// SUBTRACT    0: the hard reset alone (subtract_i low). Where it does not fire, u is below theta and needs no clamp from above; v is
//             the sum's bits, cleared by a spike, or -32767 where the sum is below that, which are zeros but for both ends.
// Reset       none: clear_i empties the membrane; so does the fire of a sample's last step (last_i).
// Test        tests/rtl/tb_lif_lane.cpp; proofs: tests/formal
`default_nettype none

module sr_neuron #(
    parameter D_W      = 14,
    parameter CNT_W    = 4,
    parameter MINUS    = 0,
    parameter LEAK_MUL = 0,
    parameter LEAK_DSP = 0,
    parameter SUBTRACT = 1
) (
    input  wire                  clk_i,
    input  wire                  clear_i,
    input  wire                  load_i,
    input  wire                  fire_i,
    input  wire                  first_i,     // the first step: the count starts anew
    input  wire                  last_i,      // the last step: the membrane is empty afterwards
    input  wire                  present_i,   // the column exists: its spikes are counted
    input  wire signed [15:0]    b_i,
    input  wire signed [D_W-1:0] d_i,
    input  wire [7:0]            leak_i,
    input  wire [15:0]           theta_i,
    input  wire                  subtract_i,
    output wire signed [15:0]    u_o,         // u of the step that fires
    output wire [CNT_W-1:0]      count_o
);
    reg signed [15:0] v_q;
    reg [CNT_W-1:0]   count_q;

    wire signed [16:0] b = {b_i[15], b_i};
    wire [D_W+16:0]    d_wide = {{17{d_i[D_W-1]}}, d_i};
    wire signed [16:0] d = d_wide[16:0];
    wire               _unused_d = &{1'b0, d_wide};
    wire signed [16:0] i;
    generate
        if (MINUS == 2) begin : g_whole
            assign i = d;
            wire _unused = &{1'b0, b, load_i};
        end else begin : g_sum
            reg signed [16:0] i_q;
            always @(posedge clk_i) if (load_i) i_q <= MINUS != 0 ? b - d : b + d;
            assign i = i_q;
        end
    endgenerate

    // |v after leak| <= 32767 and |i| < 2^16: 18 bits. sat_16 is symmetric: -2^15 becomes -2^15 + 1.
    wire signed [17:0] sum;
    generate
        if (LEAK_MUL != 0) begin : g_any_leak
            wire signed [24:0] product = v_q * $signed({1'b0, leak_i});
            wire signed [15:0] decayed = v_q - product[23:8];
            assign sum = {{2{decayed[15]}}, decayed} + {i[16], i};
            wire _unused = &{1'b0, product[24], product[7:0]};
        end else if (LEAK_DSP != 0) begin : g_product
            wire signed [20:0] eighths = v_q * 4'sd7 + $signed({i, 3'd7});
            assign sum = eighths[20:3];
            wire _unused = &{1'b0, leak_i, eighths[2:0]};
        end else begin : g_shift
            wire signed [15:0] decayed = v_q - {{3{v_q[15]}}, v_q[15:3]};
            assign sum = {{2{decayed[15]}}, decayed} + {i[16], i};
            wire _unused = &{1'b0, leak_i};
        end
    endgenerate
    wire               fits  = sum[17:15] == 3'b000 || (sum[17:15] == 3'b111 && |sum[14:0]);
    wire               spike;
    generate
        if (SUBTRACT != 0) begin : g_both
            wire signed [15:0] u     = fits ? sum[15:0] : {sum[17], {14{!sum[17]}}, 1'b1};
            wire signed [16:0] above = {u[15], u} - $signed({1'b0, theta_i});
            assign spike = !above[16];
            always @(posedge clk_i)
                if (clear_i || (fire_i && last_i)) v_q <= 16'sd0;
                else if (fire_i) v_q <= spike ? (subtract_i ? above[15:0] : 16'sd0) : u;
            assign u_o = u;
        end else begin : g_hard
            wire signed [17:0] above = sum - $signed({2'b00, theta_i});
            wire               below = sum[17] && !fits;
            wire               begun = clear_i || last_i;
            assign spike = !above[17];
            always @(posedge clk_i)
                if (clear_i || fire_i) begin
                    if (begun || spike || below) v_q <= {below && !begun, 14'd0, below && !begun};
                    else v_q <= sum[15:0];
                end
            assign u_o = fits ? sum[15:0] : {sum[17], {14{!sum[17]}}, 1'b1};
            wire _unused = &{1'b0, subtract_i, above[16:0]};
        end
    endgenerate
    always @(posedge clk_i)
        if (fire_i) count_q <= (count_q & {CNT_W{!first_i}}) + {{CNT_W - 1{1'b0}}, spike && present_i};
    assign count_o = count_q;

`ifdef FORMAL
    // formal: DEPTH=3
    // formal: MINUS=1 DEPTH=3
    // formal: MINUS=2 SUBTRACT=0 D_W=17 DEPTH=3
    // formal: MINUS=2 SUBTRACT=0 LEAK_DSP=1 D_W=17 DEPTH=3
    // What numerics.md, section 4 says of a step, and what the clock before did.
    reg                    past_q = 1'b0, fire_q1, last_q1, first_q1, clear_q1, load_q1, subtract_q1, present_q1;
    reg signed [17:0]      in_q1;
    reg signed [15:0]      u_q1;
    reg        [15:0]      theta_q1;
    reg        [CNT_W-1:0] count_q1;
    wire signed [24:0]     leaked  = v_q * $signed({1'b0, LEAK_MUL != 0 ? leak_i : 8'd32});
    wire signed [19:0]     exact   = v_q - (leaked >>> 8) + i;
    wire                   spike_1 = u_q1 >= $signed({1'b0, theta_q1});
    wire signed [16:0]     after_1 = spike_1 ? (subtract_q1 ? u_q1 - $signed({1'b0, theta_q1}) : 17'sd0) : u_q1;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        {fire_q1, last_q1, first_q1, clear_q1} <= {fire_i, last_i, first_i, clear_i};
        {load_q1, subtract_q1, present_q1}     <= {load_i, subtract_i, present_i};
        in_q1    <= MINUS == 1 ? b_i - d_i : b_i + d_i;
        u_q1     <= u_o;
        theta_q1 <= theta_i;
        count_q1 <= count_q;
    end
    always @(posedge clk_i) begin
        assume (theta_i >= 16'd1 && theta_i <= 16'd32767);
        if (SUBTRACT == 0) assume (!subtract_i);
        if (!past_q) assume (v_q >= -16'sd32767);
        assert (v_q >= -16'sd32767);
        assert (u_o == (exact > 32767 ? 32767 : exact < -32767 ? -32767 : exact));
        if (past_q) begin
            if (load_q1 && MINUS != 2) assert (i == in_q1);
            if (clear_q1 || (fire_q1 && last_q1)) assert (v_q == 16'sd0);
            else if (fire_q1) assert (v_q == after_1);
            if (fire_q1) assert (count_o == ((first_q1 ? 0 : count_q1) + (spike_1 && present_q1)) % (1 << CNT_W));
        end
        cover (past_q && fire_i && exact == -32768 && v_q < -16'sd100);
        cover (past_q && fire_q1 && !last_q1 && spike_1 && (subtract_q1 ? v_q > 0 : SUBTRACT == 0));
        cover (past_q && fire_q1 && !last_q1 && v_q == -16'sd32767 && u_q1 == -16'sd32767);
        cover (past_q && fire_i && v_q < 0 && v_q[2:0] != 3'd0);
    end
`endif
endmodule

`default_nettype wire
