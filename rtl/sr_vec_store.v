// SPDX-License-Identifier: Apache-2.0
// sr_vec_store: what the LIF lanes of one engine put out, until the readout (or the next layer) reads it.
//
// Counts (readout kind sum): a vector of LANES counts a thread at its last step, for each sign, two group halves.
// Spikes (STEP_EN: other readout kinds, several layers): a vector of LANES bits a thread and step, a region a layer.
// A read gives COL_LANES values of both signs one cycle after re_i; counts and spikes are both CNT_W wide on the port.
// Column block nb goes to bank nb % (COL_LANES / LANES). Read and write of one address in one cycle do not occur.
// Row of spikes: {region, slot, step, column block / banks}. No reset. Test: tests/rtl/tb_vec_store.cpp
`default_nettype none

module sr_vec_store #(
    parameter LANES     = 64,
    parameter COL_LANES = 128,
    parameter CNT_W     = 9,
    parameter STEP_W    = 9,    // bits of a step number, as built
    parameter BLOCK_W   = 2,    // bits of a column block number (COL_LANES), as built
    parameter REGION_W  = 2,    // bits of a layer number, as built (at least 1)
    parameter STEP_EN   = 1
) (
    input  wire                       clk_i,
    // write
    input  wire [LANES-1:0]           spike_p_i,
    input  wire [LANES-1:0]           spike_m_i,
    input  wire [LANES*CNT_W-1:0]     count_p_i,
    input  wire [LANES*CNT_W-1:0]     count_m_i,
    input  wire [1:0]                 count_we_i,   // plus, minus
    input  wire [1:0]                 spike_we_i,
    input  wire                       half_i,
    input  wire [1:0]                 region_i,
    input  wire [1:0]                 slot_i,
    input  wire [9:0]                 step_i,
    input  wire [7:0]                 nb_i,
    // read
    input  wire                       re_i,
    input  wire                       spikes_i,     // 1 spikes, 0 counts; stable from re_i to the data
    input  wire                       rhalf_i,
    input  wire [1:0]                 rregion_i,
    input  wire [1:0]                 rslot_i,
    input  wire [9:0]                 rstep_i,
    input  wire [7:0]                 rblock_i,
    input  wire [7:0]                 rnb_last_i,   // last column block of LANES that was written: what lies beyond reads as 0
    output wire [COL_LANES*CNT_W-1:0] vec_p_o,
    output wire [COL_LANES*CNT_W-1:0] vec_m_o,
    output wire [COL_LANES-1:0]       bits_p_o,
    output wire [COL_LANES-1:0]       bits_m_o
);
    localparam SUB     = COL_LANES / LANES;
    localparam COUNT_A = 3 + BLOCK_W;
    localparam SPIKE_A = REGION_W + 2 + STEP_W + BLOCK_W;

    wire [7:0] nb_bank  = nb_i & (SUB[7:0] - 8'd1);
    wire [7:0] nb_block = nb_i / SUB[7:0];
    wire [COUNT_A-1:0] c_waddr = {half_i, slot_i, nb_block[BLOCK_W-1:0]};
    wire [COUNT_A-1:0] c_raddr = {rhalf_i, rslot_i, rblock_i[BLOCK_W-1:0]};
    wire [SPIKE_A-1:0] s_waddr = {region_i[REGION_W-1:0], slot_i, step_i[STEP_W-1:0], nb_block[BLOCK_W-1:0]};
    wire [SPIKE_A-1:0] s_raddr = {rregion_i[REGION_W-1:0], rslot_i, rstep_i[STEP_W-1:0], rblock_i[BLOCK_W-1:0]};

    wire [COL_LANES*CNT_W-1:0] counts_p, counts_m, held_p, held_m;
    wire [SUB-1:0]             bank_on;
    wire _unused_high = &{1'b0, step_i, rstep_i, rblock_i, nb_block, region_i, rregion_i, rnb_last_i};
    genvar b, n;
    generate
        for (b = 0; b < SUB; b = b + 1) begin : g_bank
            wire here = nb_bank == b[7:0];
            if (SUB > 1) begin : g_on
                reg on_q;
                always @(posedge clk_i) if (re_i) on_q <= {8'd0, rblock_i} * SUB[15:0] + b[15:0] <= {8'd0, rnb_last_i};
                assign bank_on[b] = on_q;
            end else begin : g_always
                assign bank_on[b] = 1'b1;
            end
            sr_ram #(.WIDTH(LANES * CNT_W), .DEPTH(1 << COUNT_A), .ADDR_W(COUNT_A)) u_count_p (
                .clk_i(clk_i), .we_i(count_we_i[0] && here), .waddr_i(c_waddr), .wdata_i(count_p_i),
                .re_i(re_i && !spikes_i), .raddr_i(c_raddr), .rdata_o(counts_p[b*LANES*CNT_W+:LANES*CNT_W])
            );
            sr_ram #(.WIDTH(LANES * CNT_W), .DEPTH(1 << COUNT_A), .ADDR_W(COUNT_A)) u_count_m (
                .clk_i(clk_i), .we_i(count_we_i[1] && here), .waddr_i(c_waddr), .wdata_i(count_m_i),
                .re_i(re_i && !spikes_i), .raddr_i(c_raddr), .rdata_o(counts_m[b*LANES*CNT_W+:LANES*CNT_W])
            );
            if (STEP_EN != 0) begin : g_spikes
                sr_ram #(.WIDTH(LANES), .DEPTH(1 << SPIKE_A), .ADDR_W(SPIKE_A)) u_spike_p (
                    .clk_i(clk_i), .we_i(spike_we_i[0] && here), .waddr_i(s_waddr), .wdata_i(spike_p_i),
                    .re_i(re_i && spikes_i), .raddr_i(s_raddr), .rdata_o(bits_p_o[b*LANES+:LANES])
                );
                sr_ram #(.WIDTH(LANES), .DEPTH(1 << SPIKE_A), .ADDR_W(SPIKE_A)) u_spike_m (
                    .clk_i(clk_i), .we_i(spike_we_i[1] && here), .waddr_i(s_waddr), .wdata_i(spike_m_i),
                    .re_i(re_i && spikes_i), .raddr_i(s_raddr), .rdata_o(bits_m_o[b*LANES+:LANES])
                );
            end
        end
        for (b = 0; b < SUB; b = b + 1) begin : g_out
            localparam W = LANES * CNT_W;
            assign vec_p_o[b*W+:W] = bank_on[b] ? held_p[b*W+:W] : {W{1'b0}};
            assign vec_m_o[b*W+:W] = bank_on[b] ? held_m[b*W+:W] : {W{1'b0}};
        end
        if (STEP_EN != 0) begin : g_mux
            for (n = 0; n < COL_LANES; n = n + 1) begin : g_lane
                assign held_p[n*CNT_W+:CNT_W] = spikes_i ? {{CNT_W - 1{1'b0}}, bits_p_o[n]} : counts_p[n*CNT_W+:CNT_W];
                assign held_m[n*CNT_W+:CNT_W] = spikes_i ? {{CNT_W - 1{1'b0}}, bits_m_o[n]} : counts_m[n*CNT_W+:CNT_W];
            end
        end else begin : g_counts
            assign held_p   = counts_p;
            assign held_m   = counts_m;
            assign bits_p_o = {COL_LANES{1'b0}};
            assign bits_m_o = {COL_LANES{1'b0}};
            wire _unused = &{1'b0, spike_p_i, spike_m_i, spike_we_i, s_waddr, s_raddr};
        end
    endgenerate
endmodule

`default_nettype wire
