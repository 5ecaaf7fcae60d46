// SPDX-License-Identifier: Apache-2.0
// sr_gate: a clock that stands still while what it drives has nothing to do. In a simulator a clock that stands still costs nothing.
// GATE    1: clk_o has the edges of clk_i in whose cycle en_i is 1. 0: clk_o is clk_i, as FPGAs want it, whose clocks have no gates.
// Timing  en_i is taken while clk_i is low, the second half of its cycle, in whose end it counts; so clk_o has no glitches. A latch, as in
//         the gates of chips: a flip-flop of the falling edge would make a simulator run a block at that edge.
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
            reg open;
            always @*
                if (!clk_i) open = en_i;
            assign clk_o = clk_i & open;
        end else begin : g_wire
            assign clk_o = clk_i;
            wire _unused = &{1'b0, en_i};
        end
    endgenerate
endmodule

`default_nettype wire
