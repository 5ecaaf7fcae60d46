// SPDX-License-Identifier: Apache-2.0
// Made by `make map` from host/map/tables.def; do not edit.
//
// sr_ln_rom: LNM[i] = round(64 ln(1 + i/128)), numerics section 6.
// Latency  1 cycle, one look-up a cycle. No reset.
// Test     tests/rtl/tb_ln_rom.cpp
`default_nettype none

module sr_ln_rom (
    input  wire       clk_i,
    input  wire [6:0] addr_i,
    output reg  [5:0] data_o
);
    // 32 entries a line, two digits each, the first one on the left
    localparam [1023:0] TABLE = {
        256'h0000010102020303040405050606070708080809090a0a0b0b0b0c0c0d0d0d0e,
        256'h0e0f0f0f1010111111121213131314141415151516161717171818181919191a,
        256'h1a1a1b1b1b1c1c1c1d1d1d1e1e1e1e1f1f1f2020202121212122222223232324,
        256'h2424242525252626262627272727282828282929292a2a2a2a2b2b2b2b2c2c2c};
    reg [5:0] mem_q [0:127];
    integer n;
    initial for (n = 0; n < 128; n = n + 1) mem_q[n] = TABLE[8 * (127 - n) +: 6];
    always @(posedge clk_i)
        data_o <= mem_q[addr_i];
endmodule

`default_nettype wire
