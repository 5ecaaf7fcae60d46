// SPDX-License-Identifier: Apache-2.0
// sr_compact_mul: x * f + addend, the multiplier of a compact neuron. Combinational.
//
// LUTS    0: left to synthesis, which takes a DSP block with its adder; f_i is f.
//         1: of LUTs, for devices without. f_i is f in digits of base 4 (sr_compact_digits), two bits each: 0, 1, 2 and 3 for -1,
//            so that a digit's row (0, x, 2 x, ~x) is a LUT a bit; a tree of carry chains, whose carries in complete ~x to -x.
// Format  x s16, f F_W bits signed (10 or 13), y and the addend signed F_W + 16, the sum exact.
// Test    tests/rtl/tb_compact_lane.cpp, the variants with LUT_MUL=1
`default_nettype none

module sr_compact_mul #(
    parameter F_W  = 10,
    parameter LUTS = 0,
    parameter FIN_W = LUTS != 0 ? (F_W + 1) / 2 * 2 : F_W
) (
    input  wire signed [15:0]     x_i,
    input  wire signed [FIN_W-1:0] f_i,
    input  wire signed [F_W+15:0] addend_i,
    output wire signed [F_W+15:0] y_o
);
    localparam DIGITS = (F_W + 1) / 2;
    localparam W      = F_W + 16;
    generate
        if (LUTS == 0) begin : g_dsp
            assign y_o = x_i * f_i + addend_i;
        end else begin : g_lut
            if (DIGITS != 5 && DIGITS != 7) begin : g_check
                SR_COMPACT_MUL_F_W_IS_10_OR_13 u_illegal ();
            end
            wire [DIGITS-1:0]    neg;
            wire [DIGITS*17-1:0] row;
            genvar k, n;
            for (k = 0; k < DIGITS; k = k + 1) begin : g_digit
                wire one = f_i[2*k];
                wire two = f_i[2*k+1];
                assign neg[k] = one && two;
                for (n = 0; n < 17; n = n + 1) begin : g_bit
                    wire x1 = x_i[n < 16 ? n : 15];
                    wire x2 = n > 0 ? x_i[n > 0 ? n - 1 : 0] : 1'b0;
                    assign row[k*17+n] = one ? x1 ^ two : two && x2;
                end
            end

            // Digits 2 p and 2 p + 1: 20 bits, short of neg[2 p]. {a, 1} + {b, c} is an addition with carry in.
            wire [20*(DIGITS/2)-1:0] pair;
            for (k = 0; k < DIGITS / 2; k = k + 1) begin : g_pair
                wire [16:0] low = row[34*k+:17], high = row[34*k+17+:17];
                wire [18:0] sum = {{3{low[16]}}, low[16:2], 1'b1} + {high[16], high, neg[2*k+1]};
                assign pair[20*k+:20] = {sum[18:1], low[1:0]};
                wire _unused = sum[0];
            end
            // Digits 0 to 3: 24 bits, short of neg[0].
            wire [20:0] quad_sum = {{4{pair[19]}}, pair[19:4], 1'b1} + {pair[39:20], neg[2]};
            wire [23:0] quad     = {quad_sum[20:1], pair[3:0]};
            // The others and the addend, from bit 8 on.
            wire [16:0]  top = row[17*(DIGITS-1)+:17];
            wire [W-8:0] rest;
            if (DIGITS == 5) begin : g_five
                assign rest = {addend_i[W-1:8], 1'b1} + {{W - 25{top[16]}}, top, neg[4]};
            end else begin : g_seven
                wire [W-12:0] part = {addend_i[W-1:12], 1'b1} + {top[W-13:0], neg[6]};
                assign rest = {part[W-12:1], addend_i[11:8], 1'b1} + {{W - 28{pair[59]}}, pair[59:40], neg[4]};
                wire _unused = part[0];
            end
            wire [W:0] all = {rest[W-8:1], addend_i[7:0], 1'b1} + {{W - 24{quad[23]}}, quad, neg[0]};
            assign y_o = all[W:1];
            wire _unused = &{1'b0, pair, top, all[0], quad_sum[0], rest[0]};
        end
    endgenerate
endmodule

`default_nettype wire
