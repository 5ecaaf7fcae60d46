// SPDX-License-Identifier: Apache-2.0
// sr_compact_digits: the factor of sr_compact_mul in digits of base 4, a cycle later: 0, 1, 2, and 3 for -1.
// Format  f signed F_W, at least -2^(F_W-2). No reset. Test: tests/rtl/tb_compact_lane.cpp, with LUT_MUL=1
`default_nettype none

module sr_compact_digits #(
    parameter F_W   = 10,
    parameter OUT_W = (F_W + 1) / 2 * 2
) (
    input  wire                  clk_i,
    input  wire signed [F_W-1:0] f_i,
    output wire [OUT_W-1:0]      f_o
);
    // A digit of 3, or of 4, is -1, or 0, and one more of the next.
    function [OUT_W-1:0] digits(input [OUT_W-1:0] plain);
        integer n;
        reg     more;
        begin
            more = 1'b0;
            for (n = 0; n < OUT_W; n = n + 2) begin
                digits[n]   = plain[n] ^ more;
                digits[n+1] = plain[n+1] ^ (plain[n] & more);
                more        = plain[n+1] & (plain[n] | more);
            end
        end
    endfunction

    reg [OUT_W-1:0] f_q;
    always @(posedge clk_i) f_q <= digits({{OUT_W - F_W + 1{f_i[F_W-1]}}, f_i[F_W-2:0]});
    assign f_o = f_q;
endmodule

`default_nettype wire
