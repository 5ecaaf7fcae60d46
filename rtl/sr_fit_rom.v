// SPDX-License-Identifier: Apache-2.0
// Made by `make map` from host/map/tables.def; do not edit.
//
// sr_fit_rom: EXP[0..383], then 255 - LNM[0..127], numerics section 6.
// Latency  1 cycle, one look-up a cycle. No reset.
// Test     tests/rtl/tb_fit_rom.cpp
`default_nettype none

module sr_fit_rom (
    input  wire       clk_i,
    input  wire [8:0] addr_i,
    output reg  [7:0] data_o
);
    // 32 entries a line, two digits each, the first one on the left
    localparam [4095:0] TABLE = {
        256'hfffbf7f3f0ece8e5e1dedad7d3d0cdcac7c4c0bdbbb8b5b2afadaaa7a5a2a09d,
        256'h9b989694918f8d8b88868482807e7c7a78777573716f6e6c6a6967656462615f,
        256'h5e5c5b5a585755545352504f4e4d4b4a4948474645444341403f3e3e3d3c3b3a,
        256'h3938373635353433323131302f2e2e2d2c2c2b2a2a2928282726262525242423,
        256'h2322212120201f1f1e1e1e1d1d1c1c1b1b1a1a1a191918181817171716161615,
        256'h15151414141313131212121211111111101010100f0f0f0f0e0e0e0e0e0d0d0d,
        256'h0d0c0c0c0c0c0c0b0b0b0b0b0b0a0a0a0a0a0a09090909090909080808080808,
        256'h0808070707070707070707060606060606060606060605050505050505050505,
        256'h0505050404040404040404040404040404040403030303030303030303030303,
        256'h0303030303030303020202020202020202020202020202020202020202020202,
        256'h0202020202020202020101010101010101010101010101010101010101010101,
        256'h0101010101010101010101010101010101010101010101010101010101010101,
        256'hfffffefefdfdfcfcfbfbfafaf9f9f8f8f7f7f7f6f6f5f5f4f4f4f3f3f2f2f2f1,
        256'hf1f0f0f0efefeeeeeeededecececebebebeaeaeae9e9e8e8e8e7e7e7e6e6e6e5,
        256'he5e5e4e4e4e3e3e3e2e2e2e1e1e1e1e0e0e0dfdfdfdededededddddddcdcdcdb,
        256'hdbdbdbdadadad9d9d9d9d8d8d8d8d7d7d7d7d6d6d6d5d5d5d5d4d4d4d4d3d3d3};
    reg [7:0] mem_q [0:511];
    integer n;
    initial for (n = 0; n < 512; n = n + 1) mem_q[n] = TABLE[8 * (511 - n) +: 8];
    always @(posedge clk_i)
        data_o <= mem_q[addr_i];
endmodule

`default_nettype wire
