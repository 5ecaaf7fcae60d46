// SPDX-License-Identifier: Apache-2.0
// sr_spike_store: the spike counts of some pairs, {bank, block}, between LIF and readout. Mode `local`, which knows of two banks, reads them too,
// for f and for the readout's update. SERIAL: they are read for one column, {bank, column}.
// Latency    data a cycle after an enable. Reset: none. Test: tests/test_sim.c
`default_nettype none

module sr_spike_store #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                           clk_i,
    input  wire                           learning_i,
    input  wire                           we_i,
    input  wire [Y_AW-1:0]                waddr_i,
    input  wire [LANES*MEMBERS*CNT_W-1:0] wdata_i,
    input  wire                           read_re_i,       // the readout's
    input  wire [Y_AW+TURN_LOG-1:0]       read_addr_i,
    input  wire                           learn_re_i,
    input  wire [ITEM_AW:0]               learn_addr_i,
    output wire [COLS*MEMBERS*CNT_W-1:0]  rdata_o
);
    localparam [Y_AW-1:0] TWO_BANKS = (2 << BLOCK_AW) - 1;
    wire [Y_AW+ITEM_AW:0]           learn_wide = {{Y_AW{1'b0}}, learn_addr_i} >> TURN_LOG;
    wire [Y_AW+TURN_LOG-1:0]        read_at    = read_addr_i >> TURN_LOG;
    wire [LANES*MEMBERS*CNT_W-1:0]  word;
    sr_ram #(.WIDTH(LANES * MEMBERS * CNT_W), .DEPTH(Y_BANKS << BLOCK_AW), .ADDR_W(Y_AW), .LUT(LUT_RAM)) u_ram (
        .clk_i(clk_i), .we_i(we_i), .waddr_i(waddr_i & (Y_BANKS > 2 && learning_i ? TWO_BANKS : {Y_AW{1'b1}})), .wdata_i(wdata_i),
        .re_i(read_re_i || learn_re_i), .raddr_i(learn_re_i ? learn_wide[Y_AW-1:0] : read_at[Y_AW-1:0]), .rdata_o(word)
    );
    generate
        if (SERIAL != 0) begin : g_serial
            reg [TURN_LOG-1:0] turn_q;
            always @(posedge clk_i)
                if (read_re_i || learn_re_i) turn_q <= learn_re_i ? learn_addr_i[TURN_LOG-1:0] : read_addr_i[TURN_LOG-1:0];
            assign rdata_o = word[turn_q*MEMBERS*CNT_W+:MEMBERS*CNT_W];
        end else begin : g_parallel
            assign rdata_o = word;
        end
    endgenerate
    wire _unused = &{1'b0, learning_i, learn_wide, read_at};
endmodule

`default_nettype wire
