// SPDX-License-Identifier: Apache-2.0
//
// sr_clock, simulation: the test bench drives the core's clock itself.
`default_nettype none

module sr_clock #(
    parameter PLL_REF    = 0,
    parameter PLL_FB     = 0,
    parameter PLL_OUT    = 0,
    parameter PLL_FILTER = 0,
    parameter PLL_PAD    = 0
) (
    input  wire clk_i,
    output wire clk_o,
    output wire locked_o
);
    assign clk_o    = clk_i;
    assign locked_o = 1'b1;
endmodule

`default_nettype wire
