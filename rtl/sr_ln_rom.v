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
    reg [5:0] mem_q [0:127];
    initial begin
        mem_q[0] = 6'd0; mem_q[1] = 6'd0; mem_q[2] = 6'd1; mem_q[3] = 6'd1;
        mem_q[4] = 6'd2; mem_q[5] = 6'd2; mem_q[6] = 6'd3; mem_q[7] = 6'd3;
        mem_q[8] = 6'd4; mem_q[9] = 6'd4; mem_q[10] = 6'd5; mem_q[11] = 6'd5;
        mem_q[12] = 6'd6; mem_q[13] = 6'd6; mem_q[14] = 6'd7; mem_q[15] = 6'd7;
        mem_q[16] = 6'd8; mem_q[17] = 6'd8; mem_q[18] = 6'd8; mem_q[19] = 6'd9;
        mem_q[20] = 6'd9; mem_q[21] = 6'd10; mem_q[22] = 6'd10; mem_q[23] = 6'd11;
        mem_q[24] = 6'd11; mem_q[25] = 6'd11; mem_q[26] = 6'd12; mem_q[27] = 6'd12;
        mem_q[28] = 6'd13; mem_q[29] = 6'd13; mem_q[30] = 6'd13; mem_q[31] = 6'd14;
        mem_q[32] = 6'd14; mem_q[33] = 6'd15; mem_q[34] = 6'd15; mem_q[35] = 6'd15;
        mem_q[36] = 6'd16; mem_q[37] = 6'd16; mem_q[38] = 6'd17; mem_q[39] = 6'd17;
        mem_q[40] = 6'd17; mem_q[41] = 6'd18; mem_q[42] = 6'd18; mem_q[43] = 6'd19;
        mem_q[44] = 6'd19; mem_q[45] = 6'd19; mem_q[46] = 6'd20; mem_q[47] = 6'd20;
        mem_q[48] = 6'd20; mem_q[49] = 6'd21; mem_q[50] = 6'd21; mem_q[51] = 6'd21;
        mem_q[52] = 6'd22; mem_q[53] = 6'd22; mem_q[54] = 6'd23; mem_q[55] = 6'd23;
        mem_q[56] = 6'd23; mem_q[57] = 6'd24; mem_q[58] = 6'd24; mem_q[59] = 6'd24;
        mem_q[60] = 6'd25; mem_q[61] = 6'd25; mem_q[62] = 6'd25; mem_q[63] = 6'd26;
        mem_q[64] = 6'd26; mem_q[65] = 6'd26; mem_q[66] = 6'd27; mem_q[67] = 6'd27;
        mem_q[68] = 6'd27; mem_q[69] = 6'd28; mem_q[70] = 6'd28; mem_q[71] = 6'd28;
        mem_q[72] = 6'd29; mem_q[73] = 6'd29; mem_q[74] = 6'd29; mem_q[75] = 6'd30;
        mem_q[76] = 6'd30; mem_q[77] = 6'd30; mem_q[78] = 6'd30; mem_q[79] = 6'd31;
        mem_q[80] = 6'd31; mem_q[81] = 6'd31; mem_q[82] = 6'd32; mem_q[83] = 6'd32;
        mem_q[84] = 6'd32; mem_q[85] = 6'd33; mem_q[86] = 6'd33; mem_q[87] = 6'd33;
        mem_q[88] = 6'd33; mem_q[89] = 6'd34; mem_q[90] = 6'd34; mem_q[91] = 6'd34;
        mem_q[92] = 6'd35; mem_q[93] = 6'd35; mem_q[94] = 6'd35; mem_q[95] = 6'd36;
        mem_q[96] = 6'd36; mem_q[97] = 6'd36; mem_q[98] = 6'd36; mem_q[99] = 6'd37;
        mem_q[100] = 6'd37; mem_q[101] = 6'd37; mem_q[102] = 6'd38; mem_q[103] = 6'd38;
        mem_q[104] = 6'd38; mem_q[105] = 6'd38; mem_q[106] = 6'd39; mem_q[107] = 6'd39;
        mem_q[108] = 6'd39; mem_q[109] = 6'd39; mem_q[110] = 6'd40; mem_q[111] = 6'd40;
        mem_q[112] = 6'd40; mem_q[113] = 6'd40; mem_q[114] = 6'd41; mem_q[115] = 6'd41;
        mem_q[116] = 6'd41; mem_q[117] = 6'd42; mem_q[118] = 6'd42; mem_q[119] = 6'd42;
        mem_q[120] = 6'd42; mem_q[121] = 6'd43; mem_q[122] = 6'd43; mem_q[123] = 6'd43;
        mem_q[124] = 6'd43; mem_q[125] = 6'd44; mem_q[126] = 6'd44; mem_q[127] = 6'd44;
    end
    always @(posedge clk_i)
        data_o <= mem_q[addr_i];
endmodule

`default_nettype wire
