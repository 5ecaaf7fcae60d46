// SPDX-License-Identifier: Apache-2.0
// sr_compact_lane: one column of the compact core: an accumulator that serves base current, perturbation and update in turn,
// and the neuron of both members of a pair, whose multiplier also serves the readout and, in the first lane of a quad, the update.
//
// Accumulator  acc <- (first ? 0 : double ? 2 acc : acc) +- operand. Operand: the weight's integer part (wint_i), op_i, or the
//              misses of the cycle before: ones of mask_i & (row_i ^ col_i), with miss_i, which are subtracted (neg_i). No two at
//              once: op_i is 0 with the others. Base current is held shifted up by FRAC_W.
// Neuron       i = b +- d, d = acc >> 4 (load_i); u = sat_16((v * f + 256 i + 255) >> 8), f = 256 - leak, which is
//              v - ((v * leak) >> 8) + i. Two threads: the ring u -> v moves on fire_i, a thread's step comes every other fire.
//              last_i: u is a thread's last step: v and its count start anew; the count stands until the next fire.
//              Elsewhere (lif_i low) u = (v * f) >> 8: with v = x << 8 (put_i) it is the product x * f.
// Update       sum_i: u = (v * f + 256 i + low_i) >> 8 in the plus neuron, i = b + (weigh_i ? u >> 8 : 0) with load_i
//              (sr_compact_finish). SUMS 0: a lane without it, these inputs low.
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
    parameter LUT_MUL = 0,
    parameter UNITS  = 4,    // factors counted side by side
    parameter SUMS   = 1
) (
    input  wire                     clk_i,
    // accumulator
    input  wire                     acc_en_i,
    input  wire                     first_i,
    input  wire                     double_i,
    input  wire                     wint_i,
    input  wire                     neg_i,
    input  wire signed [15:0]       op_i,
    input  wire                     miss_i,
    input  wire [UNITS-1:0]         mask_i,
    input  wire [UNITS-1:0]         row_i,
    input  wire [UNITS-1:0]         col_i,
    input  wire [7+FRAC_W:0]        w_i,
    output wire signed [15:0]       base_o,    // sat_16(acc >> FRAC_W)
    output wire signed [15:0]       sum_o,     // acc, its low bits
    // neuron
    input  wire                     lif_i,
    input  wire                     sum_i,
    input  wire                     weigh_i,
    input  wire [7:0]               low_i,
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

    `include "sr_popcount.vh"
    localparam MISS_W = $clog2(UNITS + 1);
    reg  signed [ACC_W-1:0]    acc_q;
    reg  [MISS_W-1:0]          miss_q;
    wire [6:0]                 misses = popcount({{64 - UNITS{1'b0}}, mask_i & (row_i ^ col_i)});
    wire signed [MASTER_W-1:0] w = w_i;
    wire [ACC_W-1:0] wide    = {{ACC_W - MASTER_W{w[MASTER_W-1]}}, w[MASTER_W-1:FRAC_W], {FRAC_W{1'b0}}};
    wire [ACC_W-1:0] shared  = {{ACC_W - 16{op_i[15]}}, op_i[15:MISS_W], op_i[MISS_W-1:0] | miss_q};
    wire [ACC_W-1:0] operand = (wint_i ? wide : shared) ^ {ACC_W{neg_i}};
    wire [ACC_W-1:0] from    = double_i ? {acc_q[ACC_W-2:0], 1'b0} : first_i ? {ACC_W{1'b0}} : acc_q;
    always @(posedge clk_i) begin
        miss_q <= misses[MISS_W-1:0] & {MISS_W{miss_i}};
        if (acc_en_i) acc_q <= from + operand + {{ACC_W - 1{1'b0}}, neg_i};
    end
    sr_sat #(.IN_W(ACC_W - FRAC_W), .OUT_W(16)) u_base (.x_i(acc_q[ACC_W-1:FRAC_W]), .y_o(base_o));
    assign sum_o = acc_q[15:0];

    wire signed [D_W-1:0] d = acc_q[D_W+3:4];
    wire signed [D_W-1:0] d_plus;
    generate
        if (SUMS != 0) begin : g_sums
            assign d_plus = sum_i ? {{D_W - 8{u_p_o[15]}}, u_p_o[15:8]} & {D_W{weigh_i}} : d;
        end else begin : g_no_sums
            assign d_plus = d;
            wire _unused_sums = &{1'b0, weigh_i};
        end
    endgenerate
    wire _unused = &{1'b0, misses, w[FRAC_W-1:0]};
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
        .clk_i(clk_i), .lif_i(lif_i), .sum_i(sum_i && SUMS != 0), .low_i(SUMS != 0 ? low_i : 8'd0), .clear_i(clear_i),
        .load_i(load_i), .fire_i(fire_i), .last_i(last_i), .on_i(on_i),
        .put_i(put_i), .product_i(product_i), .b_i(b_i), .d_i(d_plus), .x_i(put_p_i), .f_i(f), .theta_i(theta_i),
        .subtract_i(subtract_i), .u_o(u_p_o), .count_o(count_p_o), .raw_o(raw_p_o)
    );
    sr_compact_neuron #(.D_W(D_W), .CNT_W(CNT_W), .F_W(F_W), .MINUS(1), .LUT_MUL(LUT_MUL)) u_minus (
        .clk_i(clk_i), .lif_i(lif_i), .sum_i(1'b0), .low_i(8'd0), .clear_i(clear_i), .load_i(load_i), .fire_i(fire_i),
        .last_i(last_i), .on_i(on_i), .put_i(put_i), .product_i(product_i), .b_i(b_i), .d_i(d), .x_i(put_m_i), .f_i(f), .theta_i(theta_i),
        .subtract_i(subtract_i), .u_o(u_m_o), .count_o(count_m_o), .raw_o(raw_m_o)
    );

`ifdef FORMAL
    // formal: DEPTH=8
    localparam signed [ACC_W:0] MOST_BASE = 32767;
    reg                     past_q = 1'b0, past_q2 = 1'b0, en_q1;
    reg  signed [ACC_W-1:0] next_q1;
    reg         [6:0]       misses_q1;
    integer                 n;
    reg         [6:0]       ones;
    wire signed [ACC_W:0]   base   = acc_q >>> FRAC_W;
    wire signed [ACC_W-1:0] addend = wint_i ? w >>> FRAC_W <<< FRAC_W : op_i + $signed({1'b0, misses_q1});
    wire signed [ACC_W-1:0] next   = (double_i ? acc_q + acc_q : first_i ? {ACC_W{1'b0}} : acc_q) + (neg_i ? -addend : addend);
    always @* begin
        ones = 7'd0;
        for (n = 0; n < UNITS; n = n + 1) ones = ones + {6'd0, mask_i[n] && (row_i[n] != col_i[n])};
    end
    always @(posedge clk_i) begin
        past_q    <= 1'b1;
        past_q2   <= past_q;
        en_q1     <= acc_en_i;
        next_q1   <= next;
        misses_q1 <= miss_i ? ones : 7'd0;
    end
    always @(posedge clk_i) begin
        if (past_q) begin
            if (wint_i) assume (misses_q1 == 7'd0);
            if (wint_i || misses_q1 != 7'd0) assume (op_i == 16'sd0);
            assert (miss_q == misses_q1);
            if (past_q2 && en_q1) assert (acc_q == next_q1);
        end
        assert (base_o == (base > MOST_BASE ? MOST_BASE : base < -MOST_BASE ? -MOST_BASE : base));
        assert (sum_o == acc_q[15:0]);
        cover (base == -MOST_BASE - 1);
        cover (past_q && en_q1 && $past(neg_i && !first_i) && acc_q > 0);
        cover (past_q && en_q1 && $past(wint_i) && acc_q < 0);
        cover (past_q && en_q1 && $past(double_i && misses_q1 == 7'd3 && neg_i) && acc_q == -23'sd13);
    end
`endif
endmodule

`default_nettype wire
