// SPDX-License-Identifier: Apache-2.0
// iCE40: an addition or comparison of 8 bits or fewer goes to LUTs: the ends of a carry chain cost logic cells of their own. For
// `techmap`, between the coarse steps of synth_ice40 and its own mapping of $alu.
(* techmap_celltype = "$alu" *)
module lut_add (A, B, CI, BI, X, Y, CO);
    parameter A_SIGNED = 0;
    parameter B_SIGNED = 0;
    parameter A_WIDTH  = 1;
    parameter B_WIDTH  = 1;
    parameter Y_WIDTH  = 1;
    (* force_downto *) input  [A_WIDTH-1:0] A;
    (* force_downto *) input  [B_WIDTH-1:0] B;
    input CI, BI;
    (* force_downto *) output [Y_WIDTH-1:0] X, Y, CO;
    wire _TECHMAP_FAIL_ = Y_WIDTH > 8;
    (* force_downto *) wire [Y_WIDTH-1:0] a, b;
    \$pos #(.A_SIGNED(A_SIGNED), .A_WIDTH(A_WIDTH), .Y_WIDTH(Y_WIDTH)) ca (.A(A), .Y(a));
    \$pos #(.A_SIGNED(B_SIGNED), .A_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)) cb (.A(B), .Y(b));
    wire [Y_WIDTH-1:0] bb = BI ? ~b : b;
    genvar i;
    generate
        for (i = 0; i < Y_WIDTH; i = i + 1) begin : g
            wire c;
            if (i == 0) assign c = CI; else assign c = CO[i-1];
            assign Y[i]  = a[i] ^ bb[i] ^ c;
            assign CO[i] = (a[i] & bb[i]) | (c & (a[i] ^ bb[i]));
        end
    endgenerate
    assign X = a ^ bb;
endmodule
