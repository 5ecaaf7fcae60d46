// SPDX-License-Identifier: Apache-2.0
// Made by `make map` from host/map/sr_map.def; do not edit. For inclusion in the body of a module that has an input
// cfg_i[2047:0] (sr_regs): its registers by name. A module uses some of them.
// verilator lint_off UNUSEDSIGNAL
wire [9:0] cfg_steps = cfg_i[9:0];
wire [4:0] cfg_classes = cfg_i[36:32];
wire [0:0] cfg_reset_kind = cfg_i[64:64];
wire [12:0] cfg_rows0 = cfg_i[108:96];
wire [12:0] cfg_cols0 = cfg_i[140:128];
wire [15:0] cfg_theta0 = cfg_i[175:160];
wire [7:0] cfg_leak0 = cfg_i[199:192];
wire [31:0] cfg_key_lo = cfg_i[1055:1024];
wire [31:0] cfg_key_hi = cfg_i[1087:1056];
wire [15:0] cfg_pairs = cfg_i[1103:1088];
wire [15:0] cfg_pair_first = cfg_i[1135:1120];
wire [15:0] cfg_pair_count = cfg_i[1167:1152];
wire [5:0] cfg_rank = cfg_i[1189:1184];
wire [2:0] cfg_mode = cfg_i[1218:1216];
wire [15:0] cfg_batch = cfg_i[1263:1248];
wire [10:0] cfg_fitness = cfg_i[1290:1280];
wire [15:0] cfg_place = cfg_i[1327:1312];
wire [11:0] cfg_scale0 = cfg_i[1355:1344];
wire [11:0] cfg_scale3 = cfg_i[1387:1376];
wire [19:0] cfg_step0 = cfg_i[1427:1408];
wire [19:0] cfg_step3 = cfg_i[1459:1440];
wire [31:0] cfg_epoch = cfg_i[2047:2016];
wire _unused_cfg = &{1'b0, cfg_i};
// verilator lint_on UNUSEDSIGNAL
