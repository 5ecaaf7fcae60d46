// SPDX-License-Identifier: Apache-2.0
// An empty model: Verilator says for it which files of its run-time library a build with waveforms needs (sim/verilated.mk).
`default_nettype none
module runtime (
    input  wire clk_i,
    output reg  q_o
);
    always @(posedge clk_i) q_o <= ~q_o;
endmodule
`default_nettype wire
