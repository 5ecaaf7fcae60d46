// SPDX-License-Identifier: Apache-2.0
// Ones of a 64-bit word, to be included inside a module. Fours of bits by logic (three LUT4 each), then narrow fields of a wide
// word: small in LUTs, and a handful of 64-bit operations in simulation. Narrower words: zeros above, folded away by synthesis.
function [6:0] popcount(input [63:0] word);
    reg [63:0] a, b, c, d, nibble;
    reg [31:0] half, quarter;
    begin
        a       = word & 64'h1111111111111111;
        b       = word >> 1 & 64'h1111111111111111;
        c       = word >> 2 & 64'h1111111111111111;
        d       = word >> 3 & 64'h1111111111111111;
        nibble  = (a ^ b ^ c ^ d) | ((a & b) ^ (c & d) ^ ((a ^ b) & (c ^ d))) << 1 | (a & b & c & d) << 2;
        half    = nibble[63:32] + nibble[31:0];
        quarter = (half & 32'h0f0f0f0f) + (half >> 4 & 32'h0f0f0f0f);
        quarter = quarter + (quarter >> 16);
        popcount = quarter[6:0] + {1'b0, quarter[13:8]};
    end
endfunction
