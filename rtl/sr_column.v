// SPDX-License-Identifier: Apache-2.0
// sr_column: the accumulator of one column of weights, for base current and update in turn.
//
// Accumulator  acc <- (first ? 0 : double ? 2 acc : acc) +- operand. Operand: the weight's integer part (wint_i), op_i (op_en_i), or
//              the misses of the cycle before: ones of mask_i & (row_i ^ col_i), with miss_i, which are subtracted (neg_i). No two
//              at once, and neg_i with misses alone.
// MISS_FAR     1: mask, row and column bits come from far and late, so what is missed is registered as it comes, a bit each, and counted in front
//              of the accumulator's adder; 0: counted as it comes, and the number registered. The same cycles.
// UPDATE       0: base current alone, without what else an operand can be: acc <- 0 with first_i, else acc + the weight's integer part.
// Formats      acc signed ACC_W, exact; op_i s16; base_o s16, saturated; sum_o the low 16 bits of acc.
// Reset        none. Test: tests/rtl/tb_column.cpp; proofs: tests/formal
`default_nettype none

module sr_column #(
    parameter FRAC_W = 4,
    parameter ACC_W  = 19,
    parameter UNITS  = 4,    // factors counted side by side
    parameter MISS_FAR = 0,
    parameter UPDATE = 1
) (
    input  wire                clk_i,
    input  wire                acc_en_i,
    input  wire                first_i,
    input  wire                double_i,
    input  wire                wint_i,
    input  wire                neg_i,
    input  wire                op_en_i,
    input  wire signed [15:0]  op_i,
    input  wire                miss_i,
    input  wire [UNITS-1:0]    mask_i,
    input  wire [UNITS-1:0]    row_i,
    input  wire [UNITS-1:0]    col_i,
    input  wire [7+FRAC_W:0]   w_i,
    output wire signed [15:0]  base_o,    // sat_16(acc)
    output wire signed [15:0]  sum_o
);
    localparam MASTER_W = 8 + FRAC_W;
    localparam MISS_W   = $clog2(UNITS + 1);

    `include "sr_popcount.vh"
    wire signed [ACC_W-1:0]    acc_q;
    wire [UNITS-1:0]           missing = mask_i & (row_i ^ col_i);
    wire [MISS_W-1:0]          miss_1;      // how many were missing in the cycle before
    wire [6:0]                 misses;
    wire signed [MASTER_W-1:0] w = w_i;
    wire [ACC_W-1:0] wide    = {{ACC_W - 8{w[MASTER_W-1]}}, w[MASTER_W-1:FRAC_W]};
    wire [ACC_W-1:0] shared  = {{ACC_W - 16{op_i[15]}}, op_i};
    // In this code a bit of the operand is a function of four: 0 misses, 1 misses subtracted, 2 op_i, 3 the weight.
    wire [1:0]       pick    = {wint_i || op_en_i, wint_i || neg_i};
    wire [ACC_W-1:0] missed  = {{ACC_W - MISS_W{1'b0}}, miss_1} ^ {ACC_W{pick[0]}};
    wire [ACC_W-1:0] operand = pick[1] ? (pick[0] ? wide : shared) : missed;
    wire [ACC_W-1:0] from    = double_i ? {acc_q[ACC_W-2:0], 1'b0} : first_i ? {ACC_W{1'b0}} : acc_q;
    wire [ACC_W:0]   sum     = {from, 1'b1} + {operand, neg_i};     // with the carry that completes a complement
    generate
        if (MISS_FAR != 0) begin : g_far
            reg [UNITS-1:0] missing_q;
            always @(posedge clk_i) missing_q <= missing & {UNITS{miss_i}};
            assign misses = popcount({{64 - UNITS{1'b0}}, missing_q});
            assign miss_1 = misses[MISS_W-1:0];
        end else begin : g_near
            reg [MISS_W-1:0] miss_q;
            always @(posedge clk_i) miss_q <= misses[MISS_W-1:0] & {MISS_W{miss_i}};
            assign misses = popcount({{64 - UNITS{1'b0}}, missing});
            assign miss_1 = miss_q;
        end
        if (UPDATE != 0) begin : g_all
            reg signed [ACC_W-1:0] held_q;
            always @(posedge clk_i) if (acc_en_i) held_q <= sum[ACC_W:1];
            assign acc_q = held_q;
        end else begin : g_base
            reg signed [ACC_W-1:0] held_q;
            always @(posedge clk_i)
                if (acc_en_i) begin
                    if (first_i) held_q <= {ACC_W{1'b0}};
                    else held_q <= held_q + wide;
                end
            assign acc_q = held_q;
            wire _unused_sum = &{1'b0, sum};
        end
    endgenerate
    sr_sat #(.IN_W(ACC_W), .OUT_W(16)) u_base (.x_i(acc_q), .y_o(base_o));
    assign sum_o = acc_q[15:0];
    wire _unused = &{1'b0, misses, w[FRAC_W-1:0], sum[0]};

`ifdef FORMAL
    // formal: DEPTH=8
    // formal: MISS_FAR=1 DEPTH=8
    localparam signed [ACC_W:0] MOST_BASE = 32767;
    reg                     past_q = 1'b0, past_q2 = 1'b0, en_q1;
    reg  signed [ACC_W-1:0] next_q1;
    reg         [6:0]       misses_q1;
    integer                 n;
    reg         [6:0]       ones;
    wire signed [ACC_W:0]   base   = acc_q;
    wire signed [ACC_W-1:0] addend = wint_i ? w >>> FRAC_W : op_en_i ? op_i : $signed({1'b0, misses_q1});
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
            if (wint_i || op_en_i) assume (misses_q1 == 7'd0 && !neg_i);
            assume (!wint_i || !op_en_i);
            assert ({{7 - MISS_W{1'b0}}, miss_1} == misses_q1);
            if (past_q2 && en_q1) assert (acc_q == next_q1);
        end
        assert (base_o == (base > MOST_BASE ? MOST_BASE : base < -MOST_BASE ? -MOST_BASE : base));
        assert (sum_o == acc_q[15:0]);
        cover (base == -MOST_BASE - 1);
        cover (past_q && en_q1 && $past(neg_i && !first_i) && acc_q > 0);
        cover (past_q && en_q1 && $past(wint_i) && acc_q < 0);
        cover (past_q && en_q1 && $past(double_i && misses_q1 == 7'd3 && neg_i) && acc_q == -19'sd13);
    end
`endif
endmodule

`default_nettype wire
