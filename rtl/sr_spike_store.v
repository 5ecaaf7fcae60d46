// SPDX-License-Identifier: Apache-2.0
// sr_spike_store: the spike counts of some pairs, {bank, block}, between LIF and readout. Mode `local` says itself which bank the LIF unit writes,
// and reads them for f and for the readout's update. SERIAL: they are read for one column, {bank, column}.
// Latency    data a cycle after an enable. Reset: none. Test: tests/test_sim.c
`default_nettype none

module sr_spike_store #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                           clk_i,
    input  wire                           learning_i,
    input  wire [1:0]                     learn_bank_i,
    input  wire                           we_i,
    input  wire [Y_AW-1:0]                waddr_i,
    input  wire [LANES*MEMBERS*CNT_W-1:0] wdata_i,
    input  wire                           read_re_i,       // the readout's
    input  wire [Y_AW+TURN_LOG-1:0]       read_addr_i,
    input  wire                           learn_re_i,
    input  wire [ITEM_AW+1:0]             learn_addr_i,    // {bank, block or column}
    output wire [COLS*MEMBERS*CNT_W-1:0]  rdata_o
);
    localparam BANKS  = LOCAL != 0 && MEMBERS == 1 && Y_BANKS < 3 ? 3 : Y_BANKS;     // mode `local` needs one more for the minus members
    localparam ADDR_W = $clog2(BANKS) + BLOCK_AW;
    wire [BLOCK_AW+1:0]             waddr   = learning_i ? {learn_bank_i, waddr_i[BLOCK_AW-1:0]} : {{BLOCK_AW + 2 - Y_AW{1'b0}}, waddr_i};
    wire [ITEM_AW+1:0]              read_at = {{BLOCK_AW + 2 - Y_AW{1'b0}}, read_addr_i};
    wire [ITEM_AW+1:0]              raddr   = (learn_re_i ? learn_addr_i : read_at) >> TURN_LOG;
    wire [LANES*MEMBERS*CNT_W-1:0]  word;
    sr_ram #(.WIDTH(LANES * MEMBERS * CNT_W), .DEPTH(BANKS << BLOCK_AW), .ADDR_W(ADDR_W), .LUT(LUT_RAM)) u_ram (
        .clk_i(clk_i), .we_i(we_i), .waddr_i(waddr[ADDR_W-1:0]), .wdata_i(wdata_i), .re_i(read_re_i || learn_re_i), .raddr_i(raddr[ADDR_W-1:0]),
        .rdata_o(word)
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
    wire _unused = &{1'b0, learn_bank_i, waddr, raddr};
endmodule

`default_nettype wire
