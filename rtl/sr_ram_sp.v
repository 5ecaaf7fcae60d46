// SPDX-License-Identifier: Apache-2.0
// sr_ram_sp: memory with one port: a read or a write a cycle (a write wins).
//
// Latency     rdata_o one cycle after re_i (without a write), then held until the next such cycle; a write may leave it undefined.
// Parts       we_i has a bit for each of PARTS equal parts of the word, the lowest first; parts whose bit is 0 stay as they are.
// Handshake   none. Addresses from DEPTH up are undefined.
// Reset       none; contents undefined until written.
// Built as    (Yosys 0.23) synth_ice40 -spram: 32 x 16384 becomes 2 SB_SPRAM256KA (units of 16 x 16384; depth is cut into
//             16384s, so 48 x 18500 takes 6); 16 x 512 becomes 2 SB_RAM40_4K (units of 16 x 256, 8 x 512, ...).
//             synth_ecp5: 32 x 16384 becomes 32 DP16KD; depths that are no power of two cost multiplexers: avoid them there.
//             sr_ram: 56 x 320 becomes 7 SB_RAM40_4K or 2 DP16KD, no logic besides.
// Test        tests/rtl/tb_ram_sp.cpp
`default_nettype none
module sr_ram_sp #(
    parameter WIDTH  = 16,
    parameter DEPTH  = 256,
    parameter ADDR_W = 8,
    parameter PARTS  = 1
) (
    input  wire              clk_i,
    input  wire [PARTS-1:0]  we_i,
    input  wire              re_i,
    input  wire [ADDR_W-1:0] addr_i,
    input  wire [WIDTH-1:0]  wdata_i,
    output wire [WIDTH-1:0]  rdata_o
);
    generate
        if ((1 << ADDR_W) < DEPTH) begin : g_check
            SR_RAM_ADDR_W_MUST_COVER_DEPTH u();
        end
        if (WIDTH % PARTS != 0) begin : g_check_parts
            SR_RAM_PARTS_MUST_DIVIDE_WIDTH u();
        end
    endgenerate

    (* no_rw_check *) reg [WIDTH-1:0] mem [0:DEPTH-1];
    reg [WIDTH-1:0] rdata_q;
    localparam PART_W = WIDTH / PARTS;
    integer p;

    always @(posedge clk_i)
        if (|we_i) begin
            for (p = 0; p < PARTS; p = p + 1) if (we_i[p]) mem[addr_i][p*PART_W+:PART_W] <= wdata_i[p*PART_W+:PART_W];
        end else if (re_i) rdata_q <= mem[addr_i];

    assign rdata_o = rdata_q;
endmodule
`default_nettype wire
