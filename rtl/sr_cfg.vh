// SPDX-License-Identifier: Apache-2.0
// Made by `make map` from host/map/sr_map.def; do not edit. For inclusion in the body of a module that has an input
// cfg_i[2047:0] (sr_regs): its registers by name. A module uses some of them.
// verilator lint_off UNUSEDSIGNAL
wire [1:0] cfg_layers = cfg_i[1:0];
wire [9:0] cfg_steps = cfg_i[41:32];
wire [4:0] cfg_classes = cfg_i[68:64];
wire [0:0] cfg_reset_kind = cfg_i[96:96];
wire [1:0] cfg_readout = cfg_i[129:128];
wire [15:0] cfg_r_theta = cfg_i[175:160];
wire [7:0] cfg_r_leak = cfg_i[199:192];
wire [15:0] cfg_x_stride = cfg_i[239:224];
wire [12:0] cfg_rows0 = cfg_i[268:256];
wire [12:0] cfg_rows1 = cfg_i[300:288];
wire [12:0] cfg_rows2 = cfg_i[332:320];
wire [12:0] cfg_cols0 = cfg_i[396:384];
wire [12:0] cfg_cols1 = cfg_i[428:416];
wire [12:0] cfg_cols2 = cfg_i[460:448];
wire [23:0] cfg_wbase1 = cfg_i[567:544];
wire [23:0] cfg_wbase2 = cfg_i[599:576];
wire [15:0] cfg_theta0 = cfg_i[655:640];
wire [15:0] cfg_theta1 = cfg_i[687:672];
wire [15:0] cfg_theta2 = cfg_i[719:704];
wire [7:0] cfg_leak0 = cfg_i[775:768];
wire [7:0] cfg_leak1 = cfg_i[807:800];
wire [7:0] cfg_leak2 = cfg_i[839:832];
wire [31:0] cfg_key_lo = cfg_i[1055:1024];
wire [31:0] cfg_key_hi = cfg_i[1087:1056];
wire [15:0] cfg_pairs = cfg_i[1103:1088];
wire [15:0] cfg_pair_first = cfg_i[1135:1120];
wire [15:0] cfg_pair_count = cfg_i[1167:1152];
wire [15:0] cfg_chunk = cfg_i[1199:1184];
wire [5:0] cfg_rank = cfg_i[1221:1216];
wire [2:0] cfg_mode = cfg_i[1250:1248];
wire [15:0] cfg_batch = cfg_i[1295:1280];
wire [10:0] cfg_fitness = cfg_i[1322:1312];
wire [15:0] cfg_place = cfg_i[1359:1344];
wire [11:0] cfg_scale0 = cfg_i[1419:1408];
wire [11:0] cfg_scale1 = cfg_i[1451:1440];
wire [11:0] cfg_scale2 = cfg_i[1483:1472];
wire [11:0] cfg_scale3 = cfg_i[1515:1504];
wire [19:0] cfg_step0 = cfg_i[1555:1536];
wire [19:0] cfg_step1 = cfg_i[1587:1568];
wire [19:0] cfg_step2 = cfg_i[1619:1600];
wire [19:0] cfg_step3 = cfg_i[1651:1632];
wire [31:0] cfg_epoch = cfg_i[2047:2016];
wire _unused_cfg = &{1'b0, cfg_i};
// verilator lint_on UNUSEDSIGNAL
