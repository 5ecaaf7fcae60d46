// SPDX-License-Identifier: Apache-2.0
// sr_count_store: the count buffer, between front and LIF: the projection counts of a factor group and step, {bank, group, step}. An inference
// has none, and its results lie there instead: the scores of a sample and its prediction, one after the other from 0 on.
// LOOPS      results alone: counts are in sr_loop_terms.
// Latency    data a cycle after an enable. Reset: no write in reset; nothing else. Test: tests/test_sim.c
`default_nettype none

module sr_count_store #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      run_i,           // a run is under way; else the host reads
    input  wire                      clear_i,         // a run begins
    input  wire                      infer_i,
    input  wire                      keep_i,
    input  wire [COUNT_AW:0]         addr_i,          // {bank, group, step}
    input  wire [PROJ_UNITS*C_W-1:0] counts_i,
    input  wire                      score_i,         // a score, or a prediction, comes
    input  wire signed [SCORE_W-1:0] score_p_i,
    input  wire                      pred_valid_i,
    input  wire [3:0]                pred_i,
    input  wire                      re_i,
    input  wire [COUNT_AW:0]         raddr_i,
    input  wire                      host_re_i,
    input  wire [27:0]                host_addr_i,
    output wire [COUNT_W-1:0]        rdata_o
);
    localparam RESULT_AW = LOOPS != 0 ? $clog2(SCORE_WORDS) : CBUF_AW;
    reg  [RESULT_AW-1:0] result_q;
    wire                 result = infer_i && (score_i || pred_valid_i);
    always @(posedge clk_i)
        if (clear_i) result_q <= {RESULT_AW{1'b0}};
        else if (result) result_q <= result_q + 1'b1;
    wire [COUNT_W-1:0]   counts = {{COUNT_W - PROJ_UNITS*C_W{1'b0}}, counts_i & {PROJ_UNITS*C_W{LOWRANK != 0}}};
    wire [SCORE_W-1:0]   word   = pred_valid_i ? {{SCORE_W - 4{1'b0}}, pred_i} : score_p_i;
    generate
        if (LOOPS != 0) begin : g_results
            wire [SCORE_W-1:0] rdata;
            sr_ram #(.WIDTH(SCORE_W), .DEPTH(SCORE_WORDS), .ADDR_W(RESULT_AW)) u_results (
                .clk_i(clk_i), .we_i(result && !rst_i), .waddr_i(result_q), .wdata_i(word), .re_i(host_re_i),
                .raddr_i(host_addr_i[RESULT_AW-1:0]), .rdata_o(rdata)
            );
            assign rdata_o = {{COUNT_W - SCORE_W{1'b0}}, rdata};
        end else begin : g_counts
            sr_ram #(.WIDTH(COUNT_W), .DEPTH(CBUF_WORDS), .ADDR_W(CBUF_AW), .HOLD(WEIGHT_HOLD)) u_counts (
                .clk_i(clk_i), .we_i((keep_i || result) && !rst_i), .waddr_i(infer_i ? result_q : addr_i[CBUF_AW-1:0]),
                .wdata_i(infer_i ? {counts[COUNT_W-1:SCORE_W], word} : counts), .re_i(re_i || host_re_i),
                .raddr_i(run_i ? raddr_i[CBUF_AW-1:0] : host_addr_i[CBUF_AW-1:0]), .rdata_o(rdata_o)
            );
        end
    endgenerate
    wire _unused = &{1'b0, counts, keep_i, addr_i, run_i, re_i, raddr_i, host_addr_i};
endmodule

`default_nettype wire
