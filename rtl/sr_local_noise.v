// SPDX-License-Identifier: Apache-2.0
// sr_local_noise: the draws of mode `local` (docs/numerics.md, sections 2 and 8): the perturbation of a pair, kept a bit an entry,
// and the dither words of the update, from the same noise unit.
//
// Draw        start_i (pulse) with key_i, pair_i, place_i, steps_i and blocks_i, which stay while busy_o. For each step and each 64
//             columns a LOCAL word of 16 / ROUNDS + 2 cycles (ROUNDS 16: 2), and a cycle for each column block in it.
// Store       a word for each column block: bit step * LANES + lane, 1 is -1; bits of steps that were not drawn are undefined.
//             bits_o is the word of block_i, a cycle after re_i, then held.
// Dither      dither_i (pulse, not during a draw) with dither_readout_i, dither_row_i, dither_group_i (64 columns): the ROUND word is
//             word_o while ready_o, until the next draw or dither_i. ready_o falls in the cycle after dither_i (not with ROUNDS 16).
// Wide        a block of more than 64 columns has a noise unit for each 64, side by side; dither_group_i then counts blocks.
// Reset       control only. Test: tests/rtl/tb_local_noise.cpp; proofs: tests/formal
`default_nettype none

module sr_local_noise #(
    parameter LANES     = 4,      // a power of two, 256 at most
    parameter BLOCK_W   = 5,      // bits of a number of column blocks
    parameter BLOCK_AW  = 4,      // of a column block
    parameter STEPS_MAX = 14,
    parameter STEP_W    = 4,      // of a number of steps
    parameter ROUNDS    = 1,      // of the noise unit in a cycle
    parameter LUT_RAM   = 0,
    parameter WORD_W    = LANES < 64 ? 64 : LANES
) (
    input  wire                       clk_i,
    input  wire                       rst_i,
    input  wire [63:0]                key_i,
    input  wire [15:0]                place_i,
    input  wire [15:0]                pair_i,
    input  wire                       start_i,
    input  wire [STEP_W-1:0]          steps_i,
    input  wire [BLOCK_W-1:0]         blocks_i,
    output wire                       busy_o,
    input  wire                       re_i,
    input  wire [BLOCK_AW-1:0]        block_i,
    output wire [STEPS_MAX*LANES-1:0] bits_o,
    input  wire                       dither_i,
    input  wire                       dither_readout_i,
    input  wire [12:0]                dither_row_i,
    input  wire [7:0]                 dither_group_i,
    output wire                       ready_o,
    output wire [WORD_W-1:0]          word_o
);
    `include "sr_map.vh"
    localparam LANES_LOG = LANES < 64 ? $clog2(LANES) : 6;
    localparam WORDS     = WORD_W / 64;             // noise words of a column block
    localparam WORDS_LOG = $clog2(WORDS);
    localparam PARTS     = LANES < 64 ? 64 / LANES : 1;   // column blocks of a noise word
    localparam PARTS_LOG = $clog2(PARTS);
    localparam PART_W    = PARTS > 1 ? PARTS_LOG : 1;
    generate
        if (LANES > 256 || (1 << $clog2(LANES)) != LANES) begin : g_rule
            SR_LANES_MUST_BE_A_POWER_OF_TWO_AND_AT_MOST_256 u ();
        end
    endgenerate

    localparam [1:0] IDLE = 2'd0, DRAW = 2'd1, WAIT = 2'd2, KEEP = 2'd3;
    reg  [1:0]          state_q;
    reg  [STEP_W-1:0]   step_q;
    reg  [BLOCK_W-1:0]  block_q;
    wire                ready;
    wire                keep      = state_q == KEEP;
    wire                step_end  = keep && block_q == blocks_i - 1'b1;
    wire [7:0]          block8    = {{8 - BLOCK_W{1'b0}}, block_q};
    wire [PART_W-1:0]   part      = block8[PART_W-1:0] & (PARTS[PART_W-1:0] - 1'b1);   // of the noise word
    wire                word_end  = part == PARTS[PART_W-1:0] - 1'b1;
    wire                draw_end  = step_end && step_q == steps_i - 1'b1;
    always @(posedge clk_i) begin
        case (state_q)
            IDLE: begin
                step_q  <= {STEP_W{1'b0}};
                block_q <= {BLOCK_W{1'b0}};
                if (start_i) state_q <= DRAW;
            end
            DRAW: state_q <= WAIT;
            WAIT: if (ready) state_q <= KEEP;
            default: begin
                block_q <= step_end ? {BLOCK_W{1'b0}} : block_q + 1'b1;
                if (step_end) step_q <= step_q + 1'b1;
                if (draw_end) state_q <= IDLE;
                else if (step_end || word_end) state_q <= DRAW;
            end
        endcase
        if (rst_i) state_q <= IDLE;
    end
    assign busy_o = state_q != IDLE;

    // ---- noise unit ----
    wire [7:0]  group   = block8 >> PARTS_LOG;
    wire [15:0] row     = busy_o ? {{16 - STEP_W{1'b0}}, step_q} : {3'd0, dither_row_i};
    wire [3:0]  kind    = busy_o ? SR_KIND_LOCAL : SR_KIND_ROUND;
    wire        readout = !busy_o && dither_readout_i;
    wire [15:0] pair    = readout ? 16'd0 : pair_i;
    wire [7:0]  first   = (busy_o ? group : dither_group_i) << WORDS_LOG;
    wire [WORDS-1:0] readies;
    genvar w;
    generate
        for (w = 0; w < WORDS; w = w + 1) begin : g_unit
            sr_noise_serial #(.ROUNDS(ROUNDS)) u_noise (
                .clk_i(clk_i), .rst_i(rst_i), .start_i(dither_i || state_q == DRAW),
                .ctr_i({kind, 2'd0, {2{readout}}, row, pair, place_i, first | w[7:0]}), .key_i(key_i),
                .ready_o(readies[w]), .word_o(word_o[w*64+:64])
            );
        end
    endgenerate
    assign ready   = readies[0];        // all alike
    assign ready_o = ready;

    // ---- store ----
    wire [WORD_W-1:0]      cut   = word_o >> ({{6 - PART_W{1'b0}}, part} << LANES_LOG);
    wire [STEPS_MAX-1:0]   which = {{STEPS_MAX - 1{1'b0}}, keep} << step_q;
    sr_ram #(
        .WIDTH(STEPS_MAX * LANES), .DEPTH(1 << BLOCK_AW), .ADDR_W(BLOCK_AW), .PARTS(STEPS_MAX), .LUT(LUT_RAM), .LOOP(WORDS > 1 ? 1 : 0)
    ) u_store (
        .clk_i(clk_i), .we_i(which), .waddr_i(block_q[BLOCK_AW-1:0]), .wdata_i({STEPS_MAX{cut[LANES-1:0]}}), .re_i(re_i),
        .raddr_i(block_i), .rdata_o(bits_o)
    );
    wire _unused = &{1'b0, cut, readies};

`ifdef FORMAL
    // formal: LANES=32 BLOCK_W=3 BLOCK_AW=2 STEPS_MAX=3 STEP_W=2 ROUNDS=4 DEPTH=20
    // formal: LANES=32 BLOCK_W=3 BLOCK_AW=2 STEPS_MAX=3 STEP_W=2 ROUNDS=16 DEPTH=14
    // Assumed: start_i and dither_i not while busy_o and not together, settings legal and stable while busy_o.
    reg                past_q = 1'b0;
    reg  [STEP_W-1:0]  next_step_q, drawn_step_q;       // of the next word to be stored; of the noise word that was drawn last
    reg  [BLOCK_W-1:0] next_block_q;
    reg  [7:0]         drawn_group_q;
    wire               block_end = next_block_q == blocks_i - 1'b1;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (start_i && !busy_o) {next_step_q, next_block_q} <= {STEP_W + BLOCK_W{1'b0}};
        else if (keep) begin
            next_block_q <= block_end ? {BLOCK_W{1'b0}} : next_block_q + 1'b1;
            if (block_end) next_step_q <= next_step_q + 1'b1;
        end
        if (state_q == DRAW) {drawn_step_q, drawn_group_q} <= {step_q, group};
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i && !dither_i);
        assume (!(start_i && dither_i));
        assume (steps_i != 0 && steps_i <= STEPS_MAX && blocks_i != 0 && blocks_i <= 1 << BLOCK_AW);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o))) assume ($stable(steps_i) && $stable(blocks_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o && ready_o);
            if (!busy_o) assert (which == 0);
            // Words are stored in order, each of its own step, while the noise word of its step and columns is there.
            if (busy_o) assert (step_q == next_step_q && block_q == next_block_q && step_q < steps_i && block_q < blocks_i);
            if (keep) assert (ready && drawn_step_q == step_q && drawn_group_q == group && which == 1 << step_q);
            if (!keep) assert (which == 0);
            // A draw ends with the last word of the last step.
            if (!busy_o && $past(busy_o && !rst_i)) assert ($past(keep) && next_step_q == steps_i && next_block_q == 0);
            // for the induction
            if (state_q == WAIT) assert (drawn_step_q == step_q && drawn_group_q == group);
        end
        cover (past_q && !busy_o && $past(keep && step_q == 1 && !rst_i));
        cover (past_q && keep && group == 1);
    end
`endif
endmodule

`default_nettype wire
