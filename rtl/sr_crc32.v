// SPDX-License-Identifier: Apache-2.0
//
// sr_crc32: next state of CRC-32/ISO-HDLC (reflected 0xEDB88320) for one byte.
// Start from all ones; the check value sent is the complement of the state, low byte first. A byte that equals the low byte
// of the state only shifts the state, so feeding the complement of a good check value leaves 0.
// Latency  combinational.
// Test     tests/rtl/tb_crc32.cpp
`default_nettype none

module sr_crc32 (
    input  wire [31:0] crc_i,
    input  wire [7:0]  data_i,
    output reg  [31:0] crc_o
);
    integer n;
    always @* begin
        crc_o = crc_i ^ {24'd0, data_i};
        for (n = 0; n < 8; n = n + 1)
            crc_o = {1'b0, crc_o[31:1]} ^ (crc_o[0] ? 32'hEDB88320 : 32'd0);
    end
endmodule

`default_nettype wire
