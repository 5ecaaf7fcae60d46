// SPDX-License-Identifier: Apache-2.0
// Made by `make map` (host/map/mapgen.c) from host/map/sr_map.def; do not edit.
//
// sr_regs: the register file.
// RO and RW registers are read from one RAM of bytes, little endian, {register, byte}: RO as initial contents, RW as
// a copy of what was written. RW registers are flip-flops beside it, as wide as the list says; of those that have a
// limit, no more bits than that needs, and a value that does not fit is held as all ones, beyond the limit as well. ST
// is read live.
// Bundles  st_i, cfg_o: 32 bits an address, from 0x20 and from 0x40 on. sr_cfg.vh names the fields of cfg.
// Latency  read 1 cycle: rdata_o belongs to the raddr_i of the cycle before.
//          we_i: one register from wdata_i; bwe_i: one byte of the copy. The writer does both.
// Reset    none: an RW register is undefined until it is written.
// Test     tests/rtl/tb_host.cpp
`default_nettype none

module sr_regs #(
    `include "sr_params.vh"
    parameter PACKET_MAX = 256,
    parameter CLOCK_HZ   = 0,
    parameter BUILD      = 0,
    parameter DENSE      = 0,
    `include "sr_engine.vh"
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

    // identity that follows from parameters
    localparam SAMPLE_W  = 16;
    localparam ROW_WORDS = BLOCKS;
    localparam MODES     = (FULL != 0 ? 1 : 0) | (LOCAL != 0 ? 4 : 0) | (LEAK_MUL != 0 ? 8 : 0) | (SUBTRACT != 0 ? 16 : 0) |
                           (LOWRANK != 0 ? 32 : 0) | (DENSE != 0 ? 128 : 0);

    reg  [9:0] cfg_steps_q;
    reg  [4:0] cfg_classes_q;
    reg  [0:0] cfg_reset_kind_q;
    reg  [12:0] cfg_rows0_q;
    reg  [12:0] cfg_cols0_q;
    reg  [15:0] cfg_theta0_q;
    reg  [7:0] cfg_leak0_q;
    reg  [31:0] cfg_key_lo_q;
    reg  [31:0] cfg_key_hi_q;
    reg  [15:0] cfg_pairs_q;
    reg  [15:0] cfg_pair_first_q;
    reg  [15:0] cfg_pair_count_q;
    reg  [5:0] cfg_rank_q;
    reg  [2:0] cfg_mode_q;
    reg  [15:0] cfg_batch_q;
    reg  [10:0] cfg_fitness_q;
    reg  [15:0] cfg_place_q;
    reg  [11:0] cfg_scale0_q;
    reg  [11:0] cfg_scale3_q;
    reg  [19:0] cfg_step0_q;
    reg  [19:0] cfg_step3_q;
    reg  [31:0] cfg_epoch_q;
    assign cfg_o = {
        cfg_epoch_q,
        556'd0, cfg_step3_q,
        12'd0, cfg_step0_q,
        20'd0, cfg_scale3_q,
        20'd0, cfg_scale0_q,
        16'd0, cfg_place_q,
        21'd0, cfg_fitness_q,
        16'd0, cfg_batch_q,
        29'd0, cfg_mode_q,
        26'd0, cfg_rank_q,
        16'd0, cfg_pair_count_q,
        16'd0, cfg_pair_first_q,
        16'd0, cfg_pairs_q,
        cfg_key_hi_q,
        cfg_key_lo_q,
        824'd0, cfg_leak0_q,
        16'd0, cfg_theta0_q,
        19'd0, cfg_cols0_q,
        19'd0, cfg_rows0_q,
        31'd0, cfg_reset_kind_q,
        27'd0, cfg_classes_q,
        22'd0, cfg_steps_q};

    // what can be held
    localparam [9:0] FIT_STEPS = ~(10'd1023 << $clog2(STEPS_MAX + 2));
    localparam [4:0] FIT_CLASSES = ~(5'd31 << $clog2(CLASSES_MAX + 2));
    localparam [12:0] FIT_ROWS0 = ~(13'd8191 << $clog2(INPUTS_MAX + 2));
    localparam [12:0] FIT_COLS0 = ~(13'd8191 << $clog2(HIDDEN_MAX + 2));
    localparam [15:0] FIT_PAIRS = ~(16'd65535 << $clog2(PAIRS_MAX + 2));
    localparam [15:0] FIT_PAIR_COUNT = ~(16'd65535 << $clog2(PAIRS_MAX + 2));
    localparam [5:0] FIT_RANK = ~(6'd63 << $clog2(RANK_MAX + 2));
    localparam [15:0] FIT_BATCH = ~(16'd65535 << $clog2(BATCH_MAX + 2));

    function [7:0] identity;
        input [8:0] n;
        reg [31:0]  value;
        begin
            case ({1'b0, n[8:2]})
                SR_REG_MAGIC: value = SR_MAGIC_VALUE;
                SR_REG_PROTOCOL: value = SR_PROTOCOL_VALUE;
                SR_REG_MAP_HASH: value = SR_MAP_HASH;
                SR_REG_LANES: value = LANES;
                SR_REG_RANK_LANES: value = RANK_LANES;
                SR_REG_PROJ_UNITS: value = PROJ_UNITS;
                SR_REG_SAMPLE_W: value = SAMPLE_W;
                SR_REG_FRAC_W: value = FRAC_W;
                SR_REG_BUFFERS: value = BUFFERS;
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
                SR_REG_PACKET_MAX: value = PACKET_MAX;
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
            SR_REG_CYC_LIF: st = st_i[127:96];
            SR_REG_CYC_LIF_BUSY: st = st_i[159:128];
            SR_REG_CYC_READOUT: st = st_i[191:160];
            SR_REG_CYC_UPDATE: st = st_i[223:192];
            SR_REG_EVENTS: st = st_i[255:224];
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
                SR_REG_STEPS: cfg_steps_q <= FIT_STEPS & (wdata_i[9:0] | {10{(wdata_i[9:0] & ~FIT_STEPS) != 10'd0}});
                SR_REG_CLASSES: cfg_classes_q <= FIT_CLASSES & (wdata_i[4:0] | {5{(wdata_i[4:0] & ~FIT_CLASSES) != 5'd0}});
                SR_REG_RESET_KIND: cfg_reset_kind_q <= wdata_i[0:0];
                SR_REG_ROWS0: cfg_rows0_q <= FIT_ROWS0 & (wdata_i[12:0] | {13{(wdata_i[12:0] & ~FIT_ROWS0) != 13'd0}});
                SR_REG_COLS0: cfg_cols0_q <= FIT_COLS0 & (wdata_i[12:0] | {13{(wdata_i[12:0] & ~FIT_COLS0) != 13'd0}});
                SR_REG_THETA0: cfg_theta0_q <= wdata_i[15:0];
                SR_REG_LEAK0: cfg_leak0_q <= wdata_i[7:0];
                SR_REG_KEY_LO: cfg_key_lo_q <= wdata_i[31:0];
                SR_REG_KEY_HI: cfg_key_hi_q <= wdata_i[31:0];
                SR_REG_PAIRS: cfg_pairs_q <= FIT_PAIRS & (wdata_i[15:0] | {16{(wdata_i[15:0] & ~FIT_PAIRS) != 16'd0}});
                SR_REG_PAIR_FIRST: cfg_pair_first_q <= wdata_i[15:0];
                SR_REG_PAIR_COUNT: cfg_pair_count_q <= FIT_PAIR_COUNT & (wdata_i[15:0] | {16{(wdata_i[15:0] & ~FIT_PAIR_COUNT) != 16'd0}});
                SR_REG_RANK: cfg_rank_q <= FIT_RANK & (wdata_i[5:0] | {6{(wdata_i[5:0] & ~FIT_RANK) != 6'd0}});
                SR_REG_MODE: cfg_mode_q <= wdata_i[2:0];
                SR_REG_BATCH: cfg_batch_q <= FIT_BATCH & (wdata_i[15:0] | {16{(wdata_i[15:0] & ~FIT_BATCH) != 16'd0}});
                SR_REG_FITNESS: cfg_fitness_q <= wdata_i[10:0];
                SR_REG_PLACE: cfg_place_q <= wdata_i[15:0];
                SR_REG_SCALE0: cfg_scale0_q <= wdata_i[11:0];
                SR_REG_SCALE3: cfg_scale3_q <= wdata_i[11:0];
                SR_REG_STEP0: cfg_step0_q <= wdata_i[19:0];
                SR_REG_STEP3: cfg_step3_q <= wdata_i[19:0];
                SR_REG_EPOCH: cfg_epoch_q <= wdata_i[31:0];
                default: ;
            endcase
        end
    end
endmodule

`default_nettype wire
