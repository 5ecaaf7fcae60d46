// SPDX-License-Identifier: Apache-2.0
//
// sr_clock, iCE40: clk_o = clk_i * (PLL_FB + 1) / (PLL_REF + 1) / 2^PLL_OUT, the numbers DIVF, DIVR, DIVQ and FILTER_RANGE of
// `icepll`. PLL_PAD 1: the clock pin is a PLL's own pad.
`default_nettype none

module sr_clock #(
    parameter PLL_REF    = 0,
    parameter PLL_FB     = 47,
    parameter PLL_OUT    = 5,
    parameter PLL_FILTER = 1,
    parameter PLL_PAD    = 0
) (
    input  wire clk_i,
    output wire clk_o,
    output wire locked_o
);
    generate
        if (PLL_PAD != 0) begin : g_pad
            SB_PLL40_PAD #(
                .FEEDBACK_PATH ("SIMPLE"),
                .DIVR          (PLL_REF[3:0]),
                .DIVF          (PLL_FB[6:0]),
                .DIVQ          (PLL_OUT[2:0]),
                .FILTER_RANGE  (PLL_FILTER[2:0])
            ) u_pll (
                .PACKAGEPIN   (clk_i),
                .PLLOUTGLOBAL (clk_o),
                .LOCK         (locked_o),
                .RESETB       (1'b1),
                .BYPASS       (1'b0)
            );
        end else begin : g_core
            SB_PLL40_CORE #(
                .FEEDBACK_PATH ("SIMPLE"),
                .DIVR          (PLL_REF[3:0]),
                .DIVF          (PLL_FB[6:0]),
                .DIVQ          (PLL_OUT[2:0]),
                .FILTER_RANGE  (PLL_FILTER[2:0])
            ) u_pll (
                .REFERENCECLK (clk_i),
                .PLLOUTGLOBAL (clk_o),
                .LOCK         (locked_o),
                .RESETB       (1'b1),
                .BYPASS       (1'b0)
            );
        end
    endgenerate
endmodule

`default_nettype wire
