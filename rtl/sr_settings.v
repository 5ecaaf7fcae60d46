// SPDX-License-Identifier: Apache-2.0
// sr_settings: what the engine derives from its registers, ready for its units: sizes of the network in words and column blocks, PAIR_FIRST of a
// draw, K and e of an update's layer. Settings do not change during a run, so sizes are registered.
//
// CFG_RAM 1  The low halves of all registers are in a block RAM as well, from which PAIR_FIRST or K comes, a cycle after draw_i or readout_i, and
//            so that the flip-flops that hold them otherwise are left out. Whether they are 0, which the sequencer asks any time, is kept.
// Reset      none. Test: tests/rtl/tb_settings.cpp
`default_nettype none

module sr_settings #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire               clk_i,
    input  wire [2047:0]      cfg_i,
    input  wire               cfg_we_i,
    input  wire [6:0]         cfg_addr_i,
    input  wire [15:0]        cfg_wdata_i,
    input  wire               draw_i,           // a draw begins or is at work
    input  wire               readout_i,        // the update is of the readout
    output reg  [XW_W-1:0]    x_words_o,        // sample words of a step
    output reg  [BLOCK_W-1:0] blocks_o,         // column blocks
    output reg  [LANES-1:0]   last_present_o,   // columns of the last block
    output wire [15:0]        pair_first_o,
    output wire [19:0]        step_o,           // e and K of the layer
    output wire               pair_zero_o,      // PAIR_FIRST is 0
    output wire               step_hidden_o,    // the hidden layer's K is not 0, the readout's
    output wire               step_readout_o
);
    `include "sr_map.vh"
    `include "sr_cfg.vh"
    wire [12:0]          rows_up = cfg_rows0 + 13'd15;
    wire [20:0]          cols_up = {8'd0, cfg_cols0} + {8'd0, LANES[12:0]} - 21'd1;
    wire [LANES_LOG-1:0] rest    = cfg_cols0[LANES_LOG-1:0];
    always @(posedge clk_i) begin
        x_words_o      <= rows_up[4+:XW_W];
        blocks_o       <= cols_up[LANES_LOG+:BLOCK_W];
        last_present_o <= rest == {LANES_LOG{1'b0}} ? {LANES{1'b1}} : ~({LANES{1'b1}} << rest);
    end
    assign step_o[19:16] = readout_i ? cfg_step3[19:16] : cfg_step0[19:16];
    generate
        if (CFG_RAM != 0) begin : g_ram
            reg         first_zero_q, hidden_zero_q, readout_zero_q;
            wire        of_first   = cfg_addr_i == SR_REG_PAIR_FIRST[6:0];
            wire        of_hidden  = cfg_addr_i == SR_REG_STEP0[6:0];
            wire        of_readout = cfg_addr_i == SR_REG_STEP3[6:0];
            wire        zero       = cfg_wdata_i == 16'd0;
            wire [15:0] word;
            always @(posedge clk_i)
                if (cfg_we_i) begin
                    if (of_first) first_zero_q <= zero;
                    if (of_hidden) hidden_zero_q <= zero;
                    if (of_readout) readout_zero_q <= zero;
                end
            // All registers: a memory that is too small would be built of flip-flops.
            sr_ram #(.WIDTH(16), .DEPTH(128), .ADDR_W(7)) u_ram (
                .clk_i(clk_i), .we_i(cfg_we_i), .waddr_i(cfg_addr_i), .wdata_i(cfg_wdata_i), .re_i(1'b1),
                .raddr_i(draw_i ? SR_REG_PAIR_FIRST[6:0] : readout_i ? SR_REG_STEP3[6:0] : SR_REG_STEP0[6:0]), .rdata_o(word)
            );
            assign pair_first_o   = word;
            assign step_o[15:0]   = word;
            assign pair_zero_o    = first_zero_q;
            assign step_hidden_o  = !hidden_zero_q;
            assign step_readout_o = !readout_zero_q;
        end else begin : g_registers
            assign pair_first_o   = cfg_pair_first;
            assign step_o[15:0]   = readout_i ? cfg_step3[15:0] : cfg_step0[15:0];
            assign pair_zero_o    = cfg_pair_first == 16'd0;
            assign step_hidden_o  = |cfg_step0[15:0];
            assign step_readout_o = |cfg_step3[15:0];
            wire _unused_write = &{1'b0, cfg_we_i, cfg_addr_i, cfg_wdata_i, draw_i};
        end
    endgenerate
    wire _unused = &{1'b0, rows_up, cols_up};
endmodule

`default_nettype wire
