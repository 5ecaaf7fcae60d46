// SPDX-License-Identifier: Apache-2.0
// sr_gate: a clock that stands still while what it drives has nothing to do. In a simulator a clock that stands still costs nothing.
// GATE    1: clk_o has the edges of clk_i in whose cycle en_i is 1. 0: clk_o is clk_i, as FPGAs want it, whose clocks have no gates.
// Timing  en_i is taken at the falling edge, in the middle of its cycle; so it is valid by then, and clk_o has no glitches.
// Test    tests/rtl/tb_gate.cpp
`default_nettype none

module sr_gate #(
    parameter GATE = 1
) (
    input  wire clk_i,
    input  wire en_i,
    output wire clk_o
);
    generate
        if (GATE != 0) begin : g_gate
            reg open_q;
            initial open_q = 1'b1;
            always @(negedge clk_i)
                open_q <= en_i;
            assign clk_o = clk_i & open_q;
        end else begin : g_wire
            assign clk_o = clk_i;
            wire _unused = &{1'b0, en_i};
        end
    endgenerate
endmodule

`default_nettype wire
