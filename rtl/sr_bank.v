// SPDX-License-Identifier: Apache-2.0
// sr_bank: the bank memory: {0, member} sums {correct, fitness}, {2, entry} batch list, {3, pair} pair weight in the low byte. One port to
// read and one to write, which the units of a run use in turns, and the host between runs.
// Latency    data a cycle after an enable. No two enables at once, but the sequencer's, which waits for the fitness unit (sr_seq).
// Reset      no write in reset; nothing else. Test: tests/test_sim.c
`default_nettype none

module sr_bank #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               run_i,           // a run is under way: the host has no part in it
    // host
    input  wire               host_re_i,
    input  wire               host_we_i,
    input  wire [2:0]         host_sel_i,
    input  wire [PAIR_AW:0]   host_addr_i,
    input  wire [31:0]        host_wdata_i,
    // batch list, for the check of limits; it has the port while it is busy
    input  wire               check_i,
    input  wire               check_re_i,
    input  wire [PAIR_AW-1:0] check_addr_i,
    // pair weights, for the update
    input  wire               weight_re_i,
    input  wire [PAIR_AW-1:0] weight_addr_i,
    // sequencer: batch list; sums, of which it makes pair weights
    input  wire               seq_re_i,
    input  wire [PAIR_AW+1:0] seq_raddr_i,
    input  wire               seq_we_i,
    input  wire [PAIR_AW+1:0] seq_waddr_i,
    input  wire [7:0]         seq_wdata_i,
    // fitness
    input  wire               fit_re_i,
    input  wire [PAIR_AW+1:0] fit_raddr_i,
    input  wire               fit_we_i,
    input  wire [PAIR_AW+1:0] fit_waddr_i,
    input  wire [47:0]        fit_wdata_i,
    // mode `local`: batch list; sums
    input  wire               learn_re_i,
    input  wire [PAIR_AW+1:0] learn_raddr_i,
    input  wire               learn_we_i,
    input  wire [PAIR_AW+1:0] learn_waddr_i,
    input  wire [47:0]        learn_wdata_i,
    output wire [47:0]        rdata_o
);
    `include "sr_map.vh"
    wire               host_list   = host_sel_i == SR_MEM_BATCH[2:0];
    wire               host_credit = host_sel_i == SR_MEM_CREDIT[2:0];
    wire [PAIR_AW+1:0] host_at     = host_list ? {2'b10, host_addr_i[PAIR_AW-1:0]} : host_credit ? {2'b11, host_addr_i[PAIR_AW-1:0]} : {1'b0, host_addr_i};
    reg  [47:0]        wdata;          // a pair weight is the low byte alone, and the host has 32 bits
    always @* begin
        wdata = learn_we_i ? learn_wdata_i : fit_wdata_i;
        if (!fit_we_i && !learn_we_i) wdata[31:0] = {host_wdata_i[31:8], seq_we_i ? seq_wdata_i : host_wdata_i[7:0]};
    end
    sr_ram #(.WIDTH(48), .DEPTH(4 * PAIRS_MAX), .ADDR_W(PAIR_AW + 2), .HOLD(WEIGHT_HOLD)) u_ram (
        .clk_i(clk_i), .we_i((seq_we_i || fit_we_i || learn_we_i || (host_we_i && (host_list || host_credit))) && !rst_i),
        .waddr_i(learn_we_i ? learn_waddr_i : fit_we_i ? fit_waddr_i : seq_we_i ? seq_waddr_i : host_at), .wdata_i(wdata),
        .re_i(seq_re_i || fit_re_i || weight_re_i || check_re_i || learn_re_i || host_re_i),
        .raddr_i(!run_i ? host_at : check_i ? {2'b10, check_addr_i} : weight_re_i ? {2'b11, weight_addr_i} : fit_re_i ? fit_raddr_i :
                 learn_re_i ? learn_raddr_i : seq_raddr_i),
        .rdata_o(rdata_o)
    );
endmodule

`default_nettype wire
