// SPDX-License-Identifier: Apache-2.0
//
// techmap for synthesis: products with a factor of LIMIT bits or less become additions, so that DSP blocks are kept for the wide
// ones. Used where a board's .mk sets SOFT_MUL.
(* techmap_celltype = "$mul" *)
module soft_mul (A, B, Y);
    parameter A_SIGNED = 0;
    parameter B_SIGNED = 0;
    parameter A_WIDTH = 1;
    parameter B_WIDTH = 1;
    parameter Y_WIDTH = 1;
    parameter LIMIT = 6;
    input [A_WIDTH-1:0] A;
    input [B_WIDTH-1:0] B;
    output [Y_WIDTH-1:0] Y;

    generate
        if (A_WIDTH < B_WIDTH && A_WIDTH <= LIMIT) begin : g_swap
            soft_mul_sum #(.A_SIGNED(B_SIGNED), .B_SIGNED(A_SIGNED), .A_WIDTH(B_WIDTH), .B_WIDTH(A_WIDTH), .Y_WIDTH(Y_WIDTH))
                u (.A(B), .B(A), .Y(Y));
        end else if (B_WIDTH <= LIMIT) begin : g_sum
            soft_mul_sum #(.A_SIGNED(A_SIGNED), .B_SIGNED(B_SIGNED), .A_WIDTH(A_WIDTH), .B_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH))
                u (.A(A), .B(B), .Y(Y));
        end else begin : g_keep
            wire _TECHMAP_FAIL_ = 1'b1;
        end
    endgenerate
endmodule

// Y = A * B, one addition a bit of B; the top bit of a signed B counts negative.
module soft_mul_sum #(
    parameter A_SIGNED = 0,
    parameter B_SIGNED = 0,
    parameter A_WIDTH = 1,
    parameter B_WIDTH = 1,
    parameter Y_WIDTH = 1
) (
    input  [A_WIDTH-1:0] A,
    input  [B_WIDTH-1:0] B,
    output [Y_WIDTH-1:0] Y
);
    wire [Y_WIDTH+A_WIDTH-1:0] a = {{Y_WIDTH{A_SIGNED != 0 && A[A_WIDTH-1]}}, A};
    wire [Y_WIDTH*(B_WIDTH+1)-1:0] sum;
    assign sum[Y_WIDTH-1:0] = {Y_WIDTH{1'b0}};
    genvar i;
    generate
        for (i = 0; i < B_WIDTH; i = i + 1) begin : g_bit
            wire [Y_WIDTH-1:0] term = {Y_WIDTH{B[i]}} & (a[Y_WIDTH-1:0] << i);
            if (B_SIGNED != 0 && i == B_WIDTH - 1) begin : g_minus
                assign sum[(i+1)*Y_WIDTH +: Y_WIDTH] = sum[i*Y_WIDTH +: Y_WIDTH] - term;
            end else begin : g_plus
                assign sum[(i+1)*Y_WIDTH +: Y_WIDTH] = sum[i*Y_WIDTH +: Y_WIDTH] + term;
            end
        end
    endgenerate
    assign Y = sum[B_WIDTH*Y_WIDTH +: Y_WIDTH];
endmodule
