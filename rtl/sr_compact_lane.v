// SPDX-License-Identifier: Apache-2.0
// sr_compact_lane: one column of the compact core: an accumulator that serves base current, perturbation and update in turn,
// and the neuron of both members of a pair, whose multiplier also serves the readout.
//
// Accumulator  acc <- (first ? 0 : shift ? acc >> 1 : acc) +- operand. Operand: the weight's integer part (wint_i), the whole
//              weight (wall_i, with the carry of the dither), or op_i (both low). op_i is 0 with wint_i and while it shifts;
//              neg_i is low when op_i is not the operand. Base current is held shifted up by FRAC_W.
//              Shifting collects the carry of acc + dither, bit by bit from the lowest: after s cycles acc + carry is
//              (acc + dither) >> s (docs/numerics.md, section 7).
// Neuron       i = b +- d, d = acc >> 4 (load_i); u = sat_16((v * f + 256 i + 255) >> 8), f = 256 - leak, which is
//              v - ((v * leak) >> 8) + i. Two threads: the ring u -> v moves on fire_i, a thread's step comes every other fire.
//              last_i: u is a thread's last step: v and its count start anew; the count stands until the next fire.
//              Elsewhere (lif_i low) u = (v * f) >> 8: with v = x << 8 (put_i) it is the product x * f.
// Formats      acc signed ACC_W, exact (RANK_MAX at most 16); b, v, u s16; f signed F_W; counts unsigned CNT_W.
//              f_i is held for a cycle first, as memory and multiplier should not share one.
// LUT_MUL      1: multipliers of LUTs (sr_compact_mul).
// Reset        none: clear_i empties the ring. Test: tests/rtl/tb_compact_lane.cpp; proofs: tests/formal
`default_nettype none

module sr_compact_lane #(
    parameter FRAC_W = 4,
    parameter ACC_W  = 23,
    parameter D_W    = 14,   // bits of d
    parameter CNT_W  = 4,
    parameter F_W    = 10,
    parameter LUT_MUL = 0
) (
    input  wire                     clk_i,
    // accumulator
    input  wire                     acc_en_i,
    input  wire                     first_i,
    input  wire                     shift_i,
    input  wire                     wint_i,
    input  wire                     wall_i,
    input  wire                     neg_i,
    input  wire                     dither_i,
    input  wire signed [15:0]       op_i,
    input  wire [7+FRAC_W:0]        w_i,
    output wire signed [15:0]       base_o,    // sat_16(acc >> FRAC_W)
    output wire signed [7+FRAC_W:0] weight_o,  // sat(acc)
    // neuron
    input  wire                     lif_i,
    input  wire                     clear_i,
    input  wire                     load_i,
    input  wire                     fire_i,
    input  wire                     last_i,
    input  wire                     on_i,      // the column is there
    input  wire                     put_i,
    input  wire                     product_i,
    input  wire signed [15:0]       b_i,
    input  wire signed [15:0]       put_p_i,
    input  wire signed [15:0]       put_m_i,
    input  wire signed [F_W-1:0]    f_i,
    input  wire [15:0]              theta_i,
    input  wire                     subtract_i,
    output wire signed [15:0]       u_p_o,
    output wire signed [15:0]       u_m_o,
    output wire [CNT_W-1:0]         count_p_o, // spikes of the thread that the last fire moved on
    output wire [CNT_W-1:0]         count_m_o,
    output wire signed [F_W+15:0]   raw_p_o,   // v * f + addend
    output wire signed [F_W+15:0]   raw_m_o
);
    localparam MASTER_W = 8 + FRAC_W;

    reg  signed [ACC_W-1:0] acc_q;
    reg                     carry_q;
    wire signed [MASTER_W-1:0] w = w_i;
    wire [ACC_W-1:0] wide    = {{ACC_W - MASTER_W{w[MASTER_W-1]}}, w};
    wire [ACC_W-1:0] shared  = {{ACC_W - 16{op_i[15]}}, op_i};
    wire [ACC_W-1:0] take    = {{ACC_W - FRAC_W{wint_i || wall_i}}, {FRAC_W{wall_i}}};
    wire [ACC_W-1:0] operand = ((take & wide) | (~take & shared)) ^ {ACC_W{neg_i}};
    wire [ACC_W-1:0] held    = shift_i ? {acc_q[ACC_W-1], acc_q[ACC_W-1:1]} : first_i ? {ACC_W{1'b0}} : acc_q;
    wire             cin     = neg_i || (wall_i && carry_q);
    always @(posedge clk_i) begin
        if (acc_en_i) begin
            acc_q   <= held + operand + {{ACC_W - 1{1'b0}}, cin};
            carry_q <= shift_i && ((acc_q[0] && dither_i) || (acc_q[0] && carry_q) || (dither_i && carry_q));
        end
    end
    sr_sat #(.IN_W(ACC_W - FRAC_W), .OUT_W(16)) u_base (.x_i(acc_q[ACC_W-1:FRAC_W]), .y_o(base_o));
    sr_sat #(.IN_W(ACC_W), .OUT_W(MASTER_W)) u_weight (.x_i(acc_q), .y_o(weight_o));

    wire signed [D_W-1:0] d = acc_q[D_W+3:4];
    localparam FIN_W = LUT_MUL != 0 ? (F_W + 1) / 2 * 2 : F_W;
    wire signed [FIN_W-1:0] f;
    generate
        if (LUT_MUL != 0) begin : g_digits
            sr_compact_digits #(.F_W(F_W)) u_digits (.clk_i(clk_i), .f_i(f_i), .f_o(f));
        end else begin : g_plain
            reg signed [F_W-1:0] f_q;
            always @(posedge clk_i) f_q <= f_i;
            assign f = f_q;
        end
    endgenerate
    sr_compact_neuron #(.D_W(D_W), .CNT_W(CNT_W), .F_W(F_W), .MINUS(0), .LUT_MUL(LUT_MUL)) u_plus (
        .clk_i(clk_i), .lif_i(lif_i), .clear_i(clear_i), .load_i(load_i), .fire_i(fire_i), .last_i(last_i), .on_i(on_i),
        .put_i(put_i), .product_i(product_i), .b_i(b_i), .d_i(d), .x_i(put_p_i), .f_i(f), .theta_i(theta_i),
        .subtract_i(subtract_i), .u_o(u_p_o), .count_o(count_p_o), .raw_o(raw_p_o)
    );
    sr_compact_neuron #(.D_W(D_W), .CNT_W(CNT_W), .F_W(F_W), .MINUS(1), .LUT_MUL(LUT_MUL)) u_minus (
        .clk_i(clk_i), .lif_i(lif_i), .clear_i(clear_i), .load_i(load_i), .fire_i(fire_i), .last_i(last_i), .on_i(on_i),
        .put_i(put_i), .product_i(product_i), .b_i(b_i), .d_i(d), .x_i(put_m_i), .f_i(f), .theta_i(theta_i),
        .subtract_i(subtract_i), .u_o(u_m_o), .count_o(count_m_o), .raw_o(raw_m_o)
    );

`ifdef FORMAL
    // formal: DEPTH=8
    // exact_q: (acc + dither) / 2^s, exact, with up to 24 fraction bits, of which those in free_q are still to be used.
    localparam X_W = ACC_W + 25;
    localparam signed [ACC_W:0] MOST_BASE   = 32767;
    localparam signed [ACC_W:0] MOST_WEIGHT = (1 << (MASTER_W - 1)) - 1;
    reg                     past_q = 1'b0, begun_q = 1'b0;
    reg  signed [X_W-1:0]   exact_q;
    reg         [23:0]      free_q;
    wire signed [X_W-1:0]   exact  = &free_q ? {acc_q[ACC_W-1], acc_q, 24'd0} : exact_q;
    wire signed [X_W-1:0]   raised = exact + $signed({1'b0, dither_i, 24'd0});
    wire signed [ACC_W:0]   whole  = exact[X_W-1:24];                        // (acc + dither) >> s
    wire signed [ACC_W:0]   sum    = whole + w;
    wire signed [ACC_W:0]   base   = acc_q >>> FRAC_W;
    wire signed [ACC_W-1:0] addend = wall_i ? w : wint_i ? w >>> FRAC_W <<< FRAC_W : op_i;
    wire signed [ACC_W-1:0] next   = (first_i ? {ACC_W{1'b0}} : acc_q) + (neg_i ? -addend : addend);
    reg                     acc_q1, plain_q1, add_q1;                        // what the clock before did
    reg  signed [ACC_W-1:0] next_q1;
    reg  signed [ACC_W:0]   sum_q1;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (acc_en_i && shift_i) begin
            exact_q <= raised >>> 1;
            free_q  <= free_q >> 1;
        end else if (acc_en_i) begin
            begun_q <= 1'b1;
            free_q  <= ~24'd0;
        end
        plain_q1 <= begun_q && acc_en_i && !shift_i && !wall_i;
        add_q1   <= begun_q && acc_en_i && wall_i && !(&free_q);
        next_q1  <= next;
        sum_q1   <= sum;
    end
    always @(posedge clk_i) begin
        assume ({1'b0, shift_i} + {1'b0, wint_i} + {1'b0, wall_i} <= 2'd1);
        if (shift_i || wint_i || wall_i) assume (!neg_i);
        if (shift_i || wint_i) assume (op_i == 16'sd0);
        if (wall_i) assume (!first_i);
        if (acc_en_i && shift_i) assume (|free_q);
        if (begun_q) begin
            assert ((exact[23:0] & free_q) == 24'd0);
            if (&free_q) assert (!carry_q);
            else assert (acc_q[ACC_W-1] == acc_q[ACC_W-2]);
            assert (acc_q + $signed({1'b0, carry_q}) == whole);
        end
        assert (base_o == (base > MOST_BASE ? MOST_BASE : base < -MOST_BASE ? -MOST_BASE : base));
        if (past_q && plain_q1) assert (acc_q == next_q1);
        // M <- sat(M + ((A * mant + dither) >> shift)); shift 0 where the sum fits acc
        if (past_q && add_q1)
            assert (weight_o == (sum_q1 > MOST_WEIGHT ? MOST_WEIGHT : sum_q1 < -MOST_WEIGHT ? -MOST_WEIGHT : sum_q1));
        cover (begun_q && free_q == ~24'd0 >> 4 && carry_q && acc_q < -23'sd1);
        cover (past_q && add_q1 && $past(carry_q) && sum_q1 > MOST_WEIGHT);
        cover (past_q && add_q1 && sum_q1 < 0 && weight_o == sum_q1);
        cover (base == -MOST_BASE - 1);
        cover (past_q && plain_q1 && $past(neg_i && !first_i) && acc_q > 0);
        cover (past_q && plain_q1 && $past(wint_i) && acc_q < 0);
    end
`endif
endmodule

`default_nettype wire
