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
    reg [7:0] mem_q [0:511];
    initial begin
        mem_q[0] = 8'd255; mem_q[1] = 8'd251; mem_q[2] = 8'd247; mem_q[3] = 8'd243;
        mem_q[4] = 8'd240; mem_q[5] = 8'd236; mem_q[6] = 8'd232; mem_q[7] = 8'd229;
        mem_q[8] = 8'd225; mem_q[9] = 8'd222; mem_q[10] = 8'd218; mem_q[11] = 8'd215;
        mem_q[12] = 8'd211; mem_q[13] = 8'd208; mem_q[14] = 8'd205; mem_q[15] = 8'd202;
        mem_q[16] = 8'd199; mem_q[17] = 8'd196; mem_q[18] = 8'd192; mem_q[19] = 8'd189;
        mem_q[20] = 8'd187; mem_q[21] = 8'd184; mem_q[22] = 8'd181; mem_q[23] = 8'd178;
        mem_q[24] = 8'd175; mem_q[25] = 8'd173; mem_q[26] = 8'd170; mem_q[27] = 8'd167;
        mem_q[28] = 8'd165; mem_q[29] = 8'd162; mem_q[30] = 8'd160; mem_q[31] = 8'd157;
        mem_q[32] = 8'd155; mem_q[33] = 8'd152; mem_q[34] = 8'd150; mem_q[35] = 8'd148;
        mem_q[36] = 8'd145; mem_q[37] = 8'd143; mem_q[38] = 8'd141; mem_q[39] = 8'd139;
        mem_q[40] = 8'd136; mem_q[41] = 8'd134; mem_q[42] = 8'd132; mem_q[43] = 8'd130;
        mem_q[44] = 8'd128; mem_q[45] = 8'd126; mem_q[46] = 8'd124; mem_q[47] = 8'd122;
        mem_q[48] = 8'd120; mem_q[49] = 8'd119; mem_q[50] = 8'd117; mem_q[51] = 8'd115;
        mem_q[52] = 8'd113; mem_q[53] = 8'd111; mem_q[54] = 8'd110; mem_q[55] = 8'd108;
        mem_q[56] = 8'd106; mem_q[57] = 8'd105; mem_q[58] = 8'd103; mem_q[59] = 8'd101;
        mem_q[60] = 8'd100; mem_q[61] = 8'd98; mem_q[62] = 8'd97; mem_q[63] = 8'd95;
        mem_q[64] = 8'd94; mem_q[65] = 8'd92; mem_q[66] = 8'd91; mem_q[67] = 8'd90;
        mem_q[68] = 8'd88; mem_q[69] = 8'd87; mem_q[70] = 8'd85; mem_q[71] = 8'd84;
        mem_q[72] = 8'd83; mem_q[73] = 8'd82; mem_q[74] = 8'd80; mem_q[75] = 8'd79;
        mem_q[76] = 8'd78; mem_q[77] = 8'd77; mem_q[78] = 8'd75; mem_q[79] = 8'd74;
        mem_q[80] = 8'd73; mem_q[81] = 8'd72; mem_q[82] = 8'd71; mem_q[83] = 8'd70;
        mem_q[84] = 8'd69; mem_q[85] = 8'd68; mem_q[86] = 8'd67; mem_q[87] = 8'd65;
        mem_q[88] = 8'd64; mem_q[89] = 8'd63; mem_q[90] = 8'd62; mem_q[91] = 8'd62;
        mem_q[92] = 8'd61; mem_q[93] = 8'd60; mem_q[94] = 8'd59; mem_q[95] = 8'd58;
        mem_q[96] = 8'd57; mem_q[97] = 8'd56; mem_q[98] = 8'd55; mem_q[99] = 8'd54;
        mem_q[100] = 8'd53; mem_q[101] = 8'd53; mem_q[102] = 8'd52; mem_q[103] = 8'd51;
        mem_q[104] = 8'd50; mem_q[105] = 8'd49; mem_q[106] = 8'd49; mem_q[107] = 8'd48;
        mem_q[108] = 8'd47; mem_q[109] = 8'd46; mem_q[110] = 8'd46; mem_q[111] = 8'd45;
        mem_q[112] = 8'd44; mem_q[113] = 8'd44; mem_q[114] = 8'd43; mem_q[115] = 8'd42;
        mem_q[116] = 8'd42; mem_q[117] = 8'd41; mem_q[118] = 8'd40; mem_q[119] = 8'd40;
        mem_q[120] = 8'd39; mem_q[121] = 8'd38; mem_q[122] = 8'd38; mem_q[123] = 8'd37;
        mem_q[124] = 8'd37; mem_q[125] = 8'd36; mem_q[126] = 8'd36; mem_q[127] = 8'd35;
        mem_q[128] = 8'd35; mem_q[129] = 8'd34; mem_q[130] = 8'd33; mem_q[131] = 8'd33;
        mem_q[132] = 8'd32; mem_q[133] = 8'd32; mem_q[134] = 8'd31; mem_q[135] = 8'd31;
        mem_q[136] = 8'd30; mem_q[137] = 8'd30; mem_q[138] = 8'd30; mem_q[139] = 8'd29;
        mem_q[140] = 8'd29; mem_q[141] = 8'd28; mem_q[142] = 8'd28; mem_q[143] = 8'd27;
        mem_q[144] = 8'd27; mem_q[145] = 8'd26; mem_q[146] = 8'd26; mem_q[147] = 8'd26;
        mem_q[148] = 8'd25; mem_q[149] = 8'd25; mem_q[150] = 8'd24; mem_q[151] = 8'd24;
        mem_q[152] = 8'd24; mem_q[153] = 8'd23; mem_q[154] = 8'd23; mem_q[155] = 8'd23;
        mem_q[156] = 8'd22; mem_q[157] = 8'd22; mem_q[158] = 8'd22; mem_q[159] = 8'd21;
        mem_q[160] = 8'd21; mem_q[161] = 8'd21; mem_q[162] = 8'd20; mem_q[163] = 8'd20;
        mem_q[164] = 8'd20; mem_q[165] = 8'd19; mem_q[166] = 8'd19; mem_q[167] = 8'd19;
        mem_q[168] = 8'd18; mem_q[169] = 8'd18; mem_q[170] = 8'd18; mem_q[171] = 8'd18;
        mem_q[172] = 8'd17; mem_q[173] = 8'd17; mem_q[174] = 8'd17; mem_q[175] = 8'd17;
        mem_q[176] = 8'd16; mem_q[177] = 8'd16; mem_q[178] = 8'd16; mem_q[179] = 8'd16;
        mem_q[180] = 8'd15; mem_q[181] = 8'd15; mem_q[182] = 8'd15; mem_q[183] = 8'd15;
        mem_q[184] = 8'd14; mem_q[185] = 8'd14; mem_q[186] = 8'd14; mem_q[187] = 8'd14;
        mem_q[188] = 8'd14; mem_q[189] = 8'd13; mem_q[190] = 8'd13; mem_q[191] = 8'd13;
        mem_q[192] = 8'd13; mem_q[193] = 8'd12; mem_q[194] = 8'd12; mem_q[195] = 8'd12;
        mem_q[196] = 8'd12; mem_q[197] = 8'd12; mem_q[198] = 8'd12; mem_q[199] = 8'd11;
        mem_q[200] = 8'd11; mem_q[201] = 8'd11; mem_q[202] = 8'd11; mem_q[203] = 8'd11;
        mem_q[204] = 8'd11; mem_q[205] = 8'd10; mem_q[206] = 8'd10; mem_q[207] = 8'd10;
        mem_q[208] = 8'd10; mem_q[209] = 8'd10; mem_q[210] = 8'd10; mem_q[211] = 8'd9;
        mem_q[212] = 8'd9; mem_q[213] = 8'd9; mem_q[214] = 8'd9; mem_q[215] = 8'd9;
        mem_q[216] = 8'd9; mem_q[217] = 8'd9; mem_q[218] = 8'd8; mem_q[219] = 8'd8;
        mem_q[220] = 8'd8; mem_q[221] = 8'd8; mem_q[222] = 8'd8; mem_q[223] = 8'd8;
        mem_q[224] = 8'd8; mem_q[225] = 8'd8; mem_q[226] = 8'd7; mem_q[227] = 8'd7;
        mem_q[228] = 8'd7; mem_q[229] = 8'd7; mem_q[230] = 8'd7; mem_q[231] = 8'd7;
        mem_q[232] = 8'd7; mem_q[233] = 8'd7; mem_q[234] = 8'd7; mem_q[235] = 8'd6;
        mem_q[236] = 8'd6; mem_q[237] = 8'd6; mem_q[238] = 8'd6; mem_q[239] = 8'd6;
        mem_q[240] = 8'd6; mem_q[241] = 8'd6; mem_q[242] = 8'd6; mem_q[243] = 8'd6;
        mem_q[244] = 8'd6; mem_q[245] = 8'd6; mem_q[246] = 8'd5; mem_q[247] = 8'd5;
        mem_q[248] = 8'd5; mem_q[249] = 8'd5; mem_q[250] = 8'd5; mem_q[251] = 8'd5;
        mem_q[252] = 8'd5; mem_q[253] = 8'd5; mem_q[254] = 8'd5; mem_q[255] = 8'd5;
        mem_q[256] = 8'd5; mem_q[257] = 8'd5; mem_q[258] = 8'd5; mem_q[259] = 8'd4;
        mem_q[260] = 8'd4; mem_q[261] = 8'd4; mem_q[262] = 8'd4; mem_q[263] = 8'd4;
        mem_q[264] = 8'd4; mem_q[265] = 8'd4; mem_q[266] = 8'd4; mem_q[267] = 8'd4;
        mem_q[268] = 8'd4; mem_q[269] = 8'd4; mem_q[270] = 8'd4; mem_q[271] = 8'd4;
        mem_q[272] = 8'd4; mem_q[273] = 8'd4; mem_q[274] = 8'd4; mem_q[275] = 8'd3;
        mem_q[276] = 8'd3; mem_q[277] = 8'd3; mem_q[278] = 8'd3; mem_q[279] = 8'd3;
        mem_q[280] = 8'd3; mem_q[281] = 8'd3; mem_q[282] = 8'd3; mem_q[283] = 8'd3;
        mem_q[284] = 8'd3; mem_q[285] = 8'd3; mem_q[286] = 8'd3; mem_q[287] = 8'd3;
        mem_q[288] = 8'd3; mem_q[289] = 8'd3; mem_q[290] = 8'd3; mem_q[291] = 8'd3;
        mem_q[292] = 8'd3; mem_q[293] = 8'd3; mem_q[294] = 8'd3; mem_q[295] = 8'd3;
        mem_q[296] = 8'd2; mem_q[297] = 8'd2; mem_q[298] = 8'd2; mem_q[299] = 8'd2;
        mem_q[300] = 8'd2; mem_q[301] = 8'd2; mem_q[302] = 8'd2; mem_q[303] = 8'd2;
        mem_q[304] = 8'd2; mem_q[305] = 8'd2; mem_q[306] = 8'd2; mem_q[307] = 8'd2;
        mem_q[308] = 8'd2; mem_q[309] = 8'd2; mem_q[310] = 8'd2; mem_q[311] = 8'd2;
        mem_q[312] = 8'd2; mem_q[313] = 8'd2; mem_q[314] = 8'd2; mem_q[315] = 8'd2;
        mem_q[316] = 8'd2; mem_q[317] = 8'd2; mem_q[318] = 8'd2; mem_q[319] = 8'd2;
        mem_q[320] = 8'd2; mem_q[321] = 8'd2; mem_q[322] = 8'd2; mem_q[323] = 8'd2;
        mem_q[324] = 8'd2; mem_q[325] = 8'd2; mem_q[326] = 8'd2; mem_q[327] = 8'd2;
        mem_q[328] = 8'd2; mem_q[329] = 8'd1; mem_q[330] = 8'd1; mem_q[331] = 8'd1;
        mem_q[332] = 8'd1; mem_q[333] = 8'd1; mem_q[334] = 8'd1; mem_q[335] = 8'd1;
        mem_q[336] = 8'd1; mem_q[337] = 8'd1; mem_q[338] = 8'd1; mem_q[339] = 8'd1;
        mem_q[340] = 8'd1; mem_q[341] = 8'd1; mem_q[342] = 8'd1; mem_q[343] = 8'd1;
        mem_q[344] = 8'd1; mem_q[345] = 8'd1; mem_q[346] = 8'd1; mem_q[347] = 8'd1;
        mem_q[348] = 8'd1; mem_q[349] = 8'd1; mem_q[350] = 8'd1; mem_q[351] = 8'd1;
        mem_q[352] = 8'd1; mem_q[353] = 8'd1; mem_q[354] = 8'd1; mem_q[355] = 8'd1;
        mem_q[356] = 8'd1; mem_q[357] = 8'd1; mem_q[358] = 8'd1; mem_q[359] = 8'd1;
        mem_q[360] = 8'd1; mem_q[361] = 8'd1; mem_q[362] = 8'd1; mem_q[363] = 8'd1;
        mem_q[364] = 8'd1; mem_q[365] = 8'd1; mem_q[366] = 8'd1; mem_q[367] = 8'd1;
        mem_q[368] = 8'd1; mem_q[369] = 8'd1; mem_q[370] = 8'd1; mem_q[371] = 8'd1;
        mem_q[372] = 8'd1; mem_q[373] = 8'd1; mem_q[374] = 8'd1; mem_q[375] = 8'd1;
        mem_q[376] = 8'd1; mem_q[377] = 8'd1; mem_q[378] = 8'd1; mem_q[379] = 8'd1;
        mem_q[380] = 8'd1; mem_q[381] = 8'd1; mem_q[382] = 8'd1; mem_q[383] = 8'd1;
        mem_q[384] = 8'd255; mem_q[385] = 8'd255; mem_q[386] = 8'd254; mem_q[387] = 8'd254;
        mem_q[388] = 8'd253; mem_q[389] = 8'd253; mem_q[390] = 8'd252; mem_q[391] = 8'd252;
        mem_q[392] = 8'd251; mem_q[393] = 8'd251; mem_q[394] = 8'd250; mem_q[395] = 8'd250;
        mem_q[396] = 8'd249; mem_q[397] = 8'd249; mem_q[398] = 8'd248; mem_q[399] = 8'd248;
        mem_q[400] = 8'd247; mem_q[401] = 8'd247; mem_q[402] = 8'd247; mem_q[403] = 8'd246;
        mem_q[404] = 8'd246; mem_q[405] = 8'd245; mem_q[406] = 8'd245; mem_q[407] = 8'd244;
        mem_q[408] = 8'd244; mem_q[409] = 8'd244; mem_q[410] = 8'd243; mem_q[411] = 8'd243;
        mem_q[412] = 8'd242; mem_q[413] = 8'd242; mem_q[414] = 8'd242; mem_q[415] = 8'd241;
        mem_q[416] = 8'd241; mem_q[417] = 8'd240; mem_q[418] = 8'd240; mem_q[419] = 8'd240;
        mem_q[420] = 8'd239; mem_q[421] = 8'd239; mem_q[422] = 8'd238; mem_q[423] = 8'd238;
        mem_q[424] = 8'd238; mem_q[425] = 8'd237; mem_q[426] = 8'd237; mem_q[427] = 8'd236;
        mem_q[428] = 8'd236; mem_q[429] = 8'd236; mem_q[430] = 8'd235; mem_q[431] = 8'd235;
        mem_q[432] = 8'd235; mem_q[433] = 8'd234; mem_q[434] = 8'd234; mem_q[435] = 8'd234;
        mem_q[436] = 8'd233; mem_q[437] = 8'd233; mem_q[438] = 8'd232; mem_q[439] = 8'd232;
        mem_q[440] = 8'd232; mem_q[441] = 8'd231; mem_q[442] = 8'd231; mem_q[443] = 8'd231;
        mem_q[444] = 8'd230; mem_q[445] = 8'd230; mem_q[446] = 8'd230; mem_q[447] = 8'd229;
        mem_q[448] = 8'd229; mem_q[449] = 8'd229; mem_q[450] = 8'd228; mem_q[451] = 8'd228;
        mem_q[452] = 8'd228; mem_q[453] = 8'd227; mem_q[454] = 8'd227; mem_q[455] = 8'd227;
        mem_q[456] = 8'd226; mem_q[457] = 8'd226; mem_q[458] = 8'd226; mem_q[459] = 8'd225;
        mem_q[460] = 8'd225; mem_q[461] = 8'd225; mem_q[462] = 8'd225; mem_q[463] = 8'd224;
        mem_q[464] = 8'd224; mem_q[465] = 8'd224; mem_q[466] = 8'd223; mem_q[467] = 8'd223;
        mem_q[468] = 8'd223; mem_q[469] = 8'd222; mem_q[470] = 8'd222; mem_q[471] = 8'd222;
        mem_q[472] = 8'd222; mem_q[473] = 8'd221; mem_q[474] = 8'd221; mem_q[475] = 8'd221;
        mem_q[476] = 8'd220; mem_q[477] = 8'd220; mem_q[478] = 8'd220; mem_q[479] = 8'd219;
        mem_q[480] = 8'd219; mem_q[481] = 8'd219; mem_q[482] = 8'd219; mem_q[483] = 8'd218;
        mem_q[484] = 8'd218; mem_q[485] = 8'd218; mem_q[486] = 8'd217; mem_q[487] = 8'd217;
        mem_q[488] = 8'd217; mem_q[489] = 8'd217; mem_q[490] = 8'd216; mem_q[491] = 8'd216;
        mem_q[492] = 8'd216; mem_q[493] = 8'd216; mem_q[494] = 8'd215; mem_q[495] = 8'd215;
        mem_q[496] = 8'd215; mem_q[497] = 8'd215; mem_q[498] = 8'd214; mem_q[499] = 8'd214;
        mem_q[500] = 8'd214; mem_q[501] = 8'd213; mem_q[502] = 8'd213; mem_q[503] = 8'd213;
        mem_q[504] = 8'd213; mem_q[505] = 8'd212; mem_q[506] = 8'd212; mem_q[507] = 8'd212;
        mem_q[508] = 8'd212; mem_q[509] = 8'd211; mem_q[510] = 8'd211; mem_q[511] = 8'd211;
    end
    always @(posedge clk_i)
        data_o <= mem_q[addr_i];
endmodule

`default_nettype wire
