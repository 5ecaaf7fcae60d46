// SPDX-License-Identifier: Apache-2.0
// sr_entries: the entries of a perturbation of full rank (FULL 1, lanes as loops), which are not kept but drawn where they are needed, LANES a
// cycle: in the front those of an event's row, in the update those of a row and pair, in the readout those of a class.
// Latency    entries_o: the cycle after event_i or upd_re_i; read_o: the cycle after read_re_i. FULL 0: nothing is built.
// Reset      none. Test: tests/rtl/tb_entries.cpp
`default_nettype none

module sr_entries #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                     clk_i,
    input  wire [2047:0]            cfg_i,
    input  wire                     full_i,
    // front: an event comes, two cycles after the address of its weights; the pair of the run
    input  wire                     event_i,
    input  wire [XW_W+3+BLOCK_AW:0] event_addr_i,     // {row, block}
    input  wire [PAIR_AW-1:0]       event_pair_i,
    // update
    input  wire                     turn_i,
    input  wire                     readout_i,
    input  wire                     upd_re_i,
    input  wire [ROWS_W-1:0]        upd_row_i,
    input  wire [PAIR_AW-1:0]       upd_pair_i,
    input  wire [COL_AW-1:0]        upd_addr_i,       // {factor, block}
    output wire [LANES-1:0]         entries_o,
    // readout: read_i begins a pair, the sample's first or the next
    input  wire                     read_i,
    input  wire                     read_first_i,
    input  wire                     read_re_i,
    input  wire [COL_AW-1:0]        read_addr_i,      // {class, block}
    output wire [LANES-1:0]         read_o
);
    generate
        if (FULL != 0) begin : g_full
            `include "sr_map.vh"
            `include "sr_cfg.vh"
            wire [63:0]              key = {cfg_key_hi, cfg_key_lo};
            reg  [XW_W+3+BLOCK_AW:0] at_q1, at_q2;         // of the event, as old as event_i
            reg  [15:0]              read_pair_q;          // of which the readout walks rows of entries
            wire [FACTOR_AW-1:0]     read_row = read_addr_i[BLOCK_AW+:FACTOR_AW];
            wire [BLOCK_AW-1:0]      block    = turn_i ? upd_addr_i[BLOCK_AW-1:0] : at_q2[BLOCK_AW-1:0];
            always @(posedge clk_i) begin
                at_q1 <= event_addr_i;
                at_q2 <= at_q1;
                if (read_i) read_pair_q <= read_first_i ? cfg_pair_first : read_pair_q + 16'd1;
            end
            sr_loop_noise #(.LANES(LANES)) u_entries (
                .clk_i(clk_i), .en_i(full_i && (event_i || upd_re_i)), .key_i(key), .layer_i(turn_i && readout_i ? SR_LAYER_READOUT : 4'd0),
                .row_i(turn_i ? {{16 - ROWS_W{1'b0}}, upd_row_i} : {{12 - XW_W{1'b0}}, at_q2[BLOCK_AW+:XW_W+4]}),
                .pair_i(turn_i ? {{16 - PAIR_AW{1'b0}}, upd_pair_i} : cfg_pair_first + {{16 - PAIR_AW{1'b0}}, event_pair_i}),
                .block_i({{8 - BLOCK_AW{1'b0}}, block}), .bits_o(entries_o)
            );
            sr_loop_noise #(.LANES(LANES)) u_read_entries (
                .clk_i(clk_i), .en_i(full_i && read_re_i), .key_i(key), .layer_i(SR_LAYER_READOUT), .row_i({{16 - FACTOR_AW{1'b0}}, read_row}),
                .pair_i(read_pair_q), .block_i({{8 - BLOCK_AW{1'b0}}, read_addr_i[BLOCK_AW-1:0]}), .bits_o(read_o)
            );
            wire _unused = &{1'b0, upd_addr_i};
        end else begin : g_none
            assign entries_o = {LANES{1'b0}};
            assign read_o    = {LANES{1'b0}};
            wire _unused = &{1'b0, clk_i, cfg_i, full_i, event_i, event_addr_i, event_pair_i, turn_i, readout_i, upd_re_i, upd_row_i, upd_pair_i, upd_addr_i,
                             read_i, read_first_i, read_re_i, read_addr_i};
        end
    endgenerate
endmodule

`default_nettype wire
