// SPDX-License-Identifier: Apache-2.0
// Made by `make map` (host/map/mapgen.c) from host/map/sr_map.def; do not edit.
//
// sr_regs: the register file.
// RO and RW registers are read from one RAM of bytes, little endian, {register, byte}: RO as initial contents, RW as
// a copy of what was written. RW registers are flip-flops beside it, as wide as the list says; of those that have a
// limit, no more bits than that needs, and a value that does not fit is held as all ones, beyond the limit as well
// (but the low bits of CHUNK as they are). ST is read live.
// Bundles  st_i, cfg_o: 32 bits an address, from 0x20 and from 0x40 on. sr_cfg.vh names the fields of cfg.
// Latency  read 1 cycle: rdata_o belongs to the raddr_i of the cycle before.
//          we_i: one register from wdata_i; bwe_i: one byte of the copy. The writer does both.
// Reset    none: an RW register is undefined until it is written.
// Test     tests/rtl/tb_host.cpp
`default_nettype none

module sr_regs #(
    parameter LANES = 0,
    parameter ENGINES = 0,
    parameter COL_LANES = 0,
    parameter RANK_LANES = 0,
    parameter PROJ_UNITS = 0,
    parameter UPD_ROWS = 0,
    parameter SAMPLE_W = 0,
    parameter FRAC_W = 0,
    parameter BUFFERS = 0,
    parameter LAYERS_MAX = 0,
    parameter INPUTS_MAX = 0,
    parameter HIDDEN_MAX = 0,
    parameter CLASSES_MAX = 0,
    parameter STEPS_MAX = 0,
    parameter RANK_MAX = 0,
    parameter PAIRS_MAX = 0,
    parameter SAMPLE_WORDS = 0,
    parameter WEIGHT_WORDS = 0,
    parameter RWEIGHT_WORDS = 0,
    parameter BATCH_MAX = 0,
    parameter SCORE_WORDS = 0,
    parameter CBUF_WORDS = 0,
    parameter PACKET_MAX = 0,
    parameter STEP_READOUT = 0,
    parameter SPIKE_WORDS = 0,
    parameter CLOCK_HZ = 0,
    parameter MODES = 0,
    parameter FACTORS = 0,
    parameter ROW_WORDS = 0,
    parameter BUILD = 0
) (
    input  wire        clk_i,
    input  wire        we_i,
    input  wire [6:0]  waddr_i,
    input  wire [31:0] wdata_i,
    input  wire        bwe_i,
    input  wire [1:0]  bsel_i,
    input  wire [7:0]  bdata_i,
    input  wire [8:0]  raddr_i,
    output wire [7:0]  rdata_o,
    input  wire [511:0]  st_i,
    output wire [2047:0] cfg_o
);
    `include "sr_map.vh"

    reg  [1:0] cfg_layers_q;
    reg  [9:0] cfg_steps_q;
    reg  [4:0] cfg_classes_q;
    reg  [0:0] cfg_reset_kind_q;
    reg  [1:0] cfg_readout_q;
    reg  [15:0] cfg_r_theta_q;
    reg  [7:0] cfg_r_leak_q;
    reg  [15:0] cfg_x_stride_q;
    reg  [12:0] cfg_rows0_q;
    reg  [12:0] cfg_rows1_q;
    reg  [12:0] cfg_rows2_q;
    reg  [12:0] cfg_cols0_q;
    reg  [12:0] cfg_cols1_q;
    reg  [12:0] cfg_cols2_q;
    reg  [23:0] cfg_wbase1_q;
    reg  [23:0] cfg_wbase2_q;
    reg  [15:0] cfg_theta0_q;
    reg  [15:0] cfg_theta1_q;
    reg  [15:0] cfg_theta2_q;
    reg  [7:0] cfg_leak0_q;
    reg  [7:0] cfg_leak1_q;
    reg  [7:0] cfg_leak2_q;
    reg  [31:0] cfg_key_lo_q;
    reg  [31:0] cfg_key_hi_q;
    reg  [15:0] cfg_pairs_q;
    reg  [15:0] cfg_pair_first_q;
    reg  [15:0] cfg_pair_count_q;
    reg  [15:0] cfg_chunk_q;
    reg  [5:0] cfg_rank_q;
    reg  [2:0] cfg_mode_q;
    reg  [15:0] cfg_batch_q;
    reg  [10:0] cfg_fitness_q;
    reg  [15:0] cfg_place_q;
    reg  [11:0] cfg_scale0_q;
    reg  [11:0] cfg_scale1_q;
    reg  [11:0] cfg_scale2_q;
    reg  [11:0] cfg_scale3_q;
    reg  [19:0] cfg_step0_q;
    reg  [19:0] cfg_step1_q;
    reg  [19:0] cfg_step2_q;
    reg  [19:0] cfg_step3_q;
    reg  [31:0] cfg_epoch_q;
    assign cfg_o = {
        cfg_epoch_q,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        12'd0, cfg_step3_q,
        12'd0, cfg_step2_q,
        12'd0, cfg_step1_q,
        12'd0, cfg_step0_q,
        20'd0, cfg_scale3_q,
        20'd0, cfg_scale2_q,
        20'd0, cfg_scale1_q,
        20'd0, cfg_scale0_q,
        32'd0,
        16'd0, cfg_place_q,
        21'd0, cfg_fitness_q,
        16'd0, cfg_batch_q,
        29'd0, cfg_mode_q,
        26'd0, cfg_rank_q,
        16'd0, cfg_chunk_q,
        16'd0, cfg_pair_count_q,
        16'd0, cfg_pair_first_q,
        16'd0, cfg_pairs_q,
        cfg_key_hi_q,
        cfg_key_lo_q,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        32'd0,
        24'd0, cfg_leak2_q,
        24'd0, cfg_leak1_q,
        24'd0, cfg_leak0_q,
        32'd0,
        16'd0, cfg_theta2_q,
        16'd0, cfg_theta1_q,
        16'd0, cfg_theta0_q,
        32'd0,
        8'd0, cfg_wbase2_q,
        8'd0, cfg_wbase1_q,
        32'd0,
        32'd0,
        19'd0, cfg_cols2_q,
        19'd0, cfg_cols1_q,
        19'd0, cfg_cols0_q,
        32'd0,
        19'd0, cfg_rows2_q,
        19'd0, cfg_rows1_q,
        19'd0, cfg_rows0_q,
        16'd0, cfg_x_stride_q,
        24'd0, cfg_r_leak_q,
        16'd0, cfg_r_theta_q,
        30'd0, cfg_readout_q,
        31'd0, cfg_reset_kind_q,
        27'd0, cfg_classes_q,
        22'd0, cfg_steps_q,
        30'd0, cfg_layers_q};

    // what can be held, and what of that is not made ones
    localparam [9:0] FIT_STEPS = ~(10'd1023 << ($clog2(STEPS_MAX + 2)));
    localparam [31:0] KEEP_STEPS = 0;
    localparam [4:0] FIT_CLASSES = ~(5'd31 << ($clog2(CLASSES_MAX + 2)));
    localparam [31:0] KEEP_CLASSES = 0;
    localparam [12:0] FIT_ROWS0 = ~(13'd8191 << (LAYERS_MAX > 1 ? 13 : $clog2(INPUTS_MAX + 2)));
    localparam [31:0] KEEP_ROWS0 = 0;
    localparam [12:0] FIT_COLS0 = ~(13'd8191 << (LAYERS_MAX > 1 ? 13 : $clog2(HIDDEN_MAX + 2)));
    localparam [31:0] KEEP_COLS0 = 0;
    localparam [15:0] FIT_PAIRS = ~(16'd65535 << ($clog2(PAIRS_MAX + 2)));
    localparam [31:0] KEEP_PAIRS = 0;
    localparam [15:0] FIT_PAIR_COUNT = ~(16'd65535 << ($clog2(PAIRS_MAX + 2)));
    localparam [31:0] KEEP_PAIR_COUNT = 0;
    localparam [15:0] FIT_CHUNK = ~(16'd65535 << ($clog2(PAIRS_MAX + PROJ_UNITS + 1)));
    localparam [31:0] KEEP_CHUNK = PROJ_UNITS - 1;
    localparam [5:0] FIT_RANK = ~(6'd63 << ($clog2(RANK_MAX + 2)));
    localparam [31:0] KEEP_RANK = 0;
    localparam [15:0] FIT_BATCH = ~(16'd65535 << ($clog2(BATCH_MAX + 2)));
    localparam [31:0] KEEP_BATCH = 0;

    function [7:0] identity;
        input [8:0] n;
        reg [31:0]  value;
        begin
            case ({1'b0, n[8:2]})
                SR_REG_MAGIC: value = SR_MAGIC_VALUE;
                SR_REG_PROTOCOL: value = SR_PROTOCOL_VALUE;
                SR_REG_MAP_HASH: value = SR_MAP_HASH;
                SR_REG_LANES: value = LANES;
                SR_REG_ENGINES: value = ENGINES;
                SR_REG_COL_LANES: value = COL_LANES;
                SR_REG_RANK_LANES: value = RANK_LANES;
                SR_REG_PROJ_UNITS: value = PROJ_UNITS;
                SR_REG_UPD_ROWS: value = UPD_ROWS;
                SR_REG_SAMPLE_W: value = SAMPLE_W;
                SR_REG_FRAC_W: value = FRAC_W;
                SR_REG_BUFFERS: value = BUFFERS;
                SR_REG_LAYERS_MAX: value = LAYERS_MAX;
                SR_REG_INPUTS_MAX: value = INPUTS_MAX;
                SR_REG_HIDDEN_MAX: value = HIDDEN_MAX;
                SR_REG_CLASSES_MAX: value = CLASSES_MAX;
                SR_REG_STEPS_MAX: value = STEPS_MAX;
                SR_REG_RANK_MAX: value = RANK_MAX;
                SR_REG_PAIRS_MAX: value = PAIRS_MAX;
                SR_REG_SAMPLE_WORDS: value = SAMPLE_WORDS;
                SR_REG_WEIGHT_WORDS: value = WEIGHT_WORDS;
                SR_REG_RWEIGHT_WORDS: value = RWEIGHT_WORDS;
                SR_REG_BATCH_MAX: value = BATCH_MAX;
                SR_REG_SCORE_WORDS: value = SCORE_WORDS;
                SR_REG_CBUF_WORDS: value = CBUF_WORDS;
                SR_REG_PACKET_MAX: value = PACKET_MAX;
                SR_REG_STEP_READOUT: value = STEP_READOUT;
                SR_REG_SPIKE_WORDS: value = SPIKE_WORDS;
                SR_REG_CLOCK_HZ: value = CLOCK_HZ;
                SR_REG_MODES: value = MODES;
                SR_REG_FACTORS: value = FACTORS;
                SR_REG_ROW_WORDS: value = ROW_WORDS;
                SR_REG_BUILD: value = BUILD;
                default: value = 32'd0;
            endcase
            value = value >> {n[1:0], 3'd0};
            identity = value[7:0];
        end
    endfunction

    (* no_rw_check *) reg [7:0] mem_q [0:511];
    integer   n;
    initial begin
        for (n = 0; n < 512; n = n + 1)
            mem_q[n] = identity(n[8:0]);
    end

    reg [31:0] st;
    always @* begin
        case ({1'b0, raddr_i[8:2]})
            SR_REG_STATUS: st = {16'd0, st_i[15:0]};
            SR_REG_CYC_TOTAL: st = st_i[63:32];
            SR_REG_CYC_BASE: st = st_i[95:64];
            SR_REG_CYC_PROJECT: st = st_i[127:96];
            SR_REG_CYC_LIF: st = st_i[159:128];
            SR_REG_CYC_LIF_BUSY: st = st_i[191:160];
            SR_REG_CYC_READOUT: st = st_i[223:192];
            SR_REG_CYC_UPDATE: st = st_i[255:224];
            SR_REG_EVENTS: st = st_i[287:256];
            default: st = 32'd0;
        endcase
    end

    wire _unused = &{1'b0, st_i};  // a status register may be shorter than its place

    // ST has 0 in the RAM, as it is never written there
    reg [7:0] mem_rdata_q;
    reg [7:0] st_rdata_q;
    always @(posedge clk_i) begin
        if (bwe_i)
            mem_q[{waddr_i, bsel_i}] <= bdata_i;
        mem_rdata_q <= mem_q[raddr_i];
        st_rdata_q  <= raddr_i[1] ? (raddr_i[0] ? st[31:24] : st[23:16]) : (raddr_i[0] ? st[15:8] : st[7:0]);
    end
    assign rdata_o = st_rdata_q | mem_rdata_q;  // one of them is 0

    always @(posedge clk_i) begin
        if (we_i) begin
            case ({1'b0, waddr_i})
                SR_REG_LAYERS: cfg_layers_q <= wdata_i[1:0];
                SR_REG_STEPS: cfg_steps_q <= FIT_STEPS &
                    (wdata_i[9:0] | ((wdata_i[9:0] & ~FIT_STEPS) != 10'd0 ? ~KEEP_STEPS[9:0] : 10'd0));
                SR_REG_CLASSES: cfg_classes_q <= FIT_CLASSES &
                    (wdata_i[4:0] | ((wdata_i[4:0] & ~FIT_CLASSES) != 5'd0 ? ~KEEP_CLASSES[4:0] : 5'd0));
                SR_REG_RESET_KIND: cfg_reset_kind_q <= wdata_i[0:0];
                SR_REG_READOUT: cfg_readout_q <= wdata_i[1:0];
                SR_REG_R_THETA: cfg_r_theta_q <= wdata_i[15:0];
                SR_REG_R_LEAK: cfg_r_leak_q <= wdata_i[7:0];
                SR_REG_X_STRIDE: cfg_x_stride_q <= wdata_i[15:0];
                SR_REG_ROWS0: cfg_rows0_q <= FIT_ROWS0 &
                    (wdata_i[12:0] | ((wdata_i[12:0] & ~FIT_ROWS0) != 13'd0 ? ~KEEP_ROWS0[12:0] : 13'd0));
                SR_REG_ROWS1: cfg_rows1_q <= wdata_i[12:0];
                SR_REG_ROWS2: cfg_rows2_q <= wdata_i[12:0];
                SR_REG_COLS0: cfg_cols0_q <= FIT_COLS0 &
                    (wdata_i[12:0] | ((wdata_i[12:0] & ~FIT_COLS0) != 13'd0 ? ~KEEP_COLS0[12:0] : 13'd0));
                SR_REG_COLS1: cfg_cols1_q <= wdata_i[12:0];
                SR_REG_COLS2: cfg_cols2_q <= wdata_i[12:0];
                SR_REG_WBASE1: cfg_wbase1_q <= wdata_i[23:0];
                SR_REG_WBASE2: cfg_wbase2_q <= wdata_i[23:0];
                SR_REG_THETA0: cfg_theta0_q <= wdata_i[15:0];
                SR_REG_THETA1: cfg_theta1_q <= wdata_i[15:0];
                SR_REG_THETA2: cfg_theta2_q <= wdata_i[15:0];
                SR_REG_LEAK0: cfg_leak0_q <= wdata_i[7:0];
                SR_REG_LEAK1: cfg_leak1_q <= wdata_i[7:0];
                SR_REG_LEAK2: cfg_leak2_q <= wdata_i[7:0];
                SR_REG_KEY_LO: cfg_key_lo_q <= wdata_i[31:0];
                SR_REG_KEY_HI: cfg_key_hi_q <= wdata_i[31:0];
                SR_REG_PAIRS: cfg_pairs_q <= FIT_PAIRS &
                    (wdata_i[15:0] | ((wdata_i[15:0] & ~FIT_PAIRS) != 16'd0 ? ~KEEP_PAIRS[15:0] : 16'd0));
                SR_REG_PAIR_FIRST: cfg_pair_first_q <= wdata_i[15:0];
                SR_REG_PAIR_COUNT: cfg_pair_count_q <= FIT_PAIR_COUNT &
                    (wdata_i[15:0] | ((wdata_i[15:0] & ~FIT_PAIR_COUNT) != 16'd0 ? ~KEEP_PAIR_COUNT[15:0] : 16'd0));
                SR_REG_CHUNK: cfg_chunk_q <= FIT_CHUNK &
                    (wdata_i[15:0] | ((wdata_i[15:0] & ~FIT_CHUNK) != 16'd0 ? ~KEEP_CHUNK[15:0] : 16'd0));
                SR_REG_RANK: cfg_rank_q <= FIT_RANK &
                    (wdata_i[5:0] | ((wdata_i[5:0] & ~FIT_RANK) != 6'd0 ? ~KEEP_RANK[5:0] : 6'd0));
                SR_REG_MODE: cfg_mode_q <= wdata_i[2:0];
                SR_REG_BATCH: cfg_batch_q <= FIT_BATCH &
                    (wdata_i[15:0] | ((wdata_i[15:0] & ~FIT_BATCH) != 16'd0 ? ~KEEP_BATCH[15:0] : 16'd0));
                SR_REG_FITNESS: cfg_fitness_q <= wdata_i[10:0];
                SR_REG_PLACE: cfg_place_q <= wdata_i[15:0];
                SR_REG_SCALE0: cfg_scale0_q <= wdata_i[11:0];
                SR_REG_SCALE1: cfg_scale1_q <= wdata_i[11:0];
                SR_REG_SCALE2: cfg_scale2_q <= wdata_i[11:0];
                SR_REG_SCALE3: cfg_scale3_q <= wdata_i[11:0];
                SR_REG_STEP0: cfg_step0_q <= wdata_i[19:0];
                SR_REG_STEP1: cfg_step1_q <= wdata_i[19:0];
                SR_REG_STEP2: cfg_step2_q <= wdata_i[19:0];
                SR_REG_STEP3: cfg_step3_q <= wdata_i[19:0];
                SR_REG_EPOCH: cfg_epoch_q <= wdata_i[31:0];
                default: ;
            endcase
        end
    end
endmodule

`default_nettype wire
