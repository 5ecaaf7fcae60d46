// SPDX-License-Identifier: Apache-2.0
// sr_base_store: the base buffer, between front and LIF: the base current of a sample, {bank, step, block}, and with FULL the sums of a pair's
// entries beside it. BUFFERS banks: the front fills one while LIF reads the other.
// Latency    data a cycle after re_i; a written word can be read the cycle after that of sr_ram (HOLD). LOOPS: keep_i comes a cycle before its data.
// Reset      no write in reset; nothing else. Test: tests/test_sim.c
`default_nettype none

module sr_base_store #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                 clk_i,
    input  wire                 rst_i,
    input  wire                 full_i,
    input  wire                 keep_i,
    input  wire [BASE_AW:0]     addr_i,     // {bank, step, block}
    input  wire [LANES*16-1:0]  base_i,
    input  wire [LANES*C_W-1:0] sums_i,
    input  wire                 re_i,
    input  wire [BASE_AW:0]     raddr_i,
    output wire [LANES*16-1:0]  base_o,
    output wire [LANES*C_W-1:0] sums_o
);
    wire             we;
    wire [BASE_AW:0] waddr;
    // The bank is the lowest bit of an address, so that only the steps that are built take words: RAM of LUTs comes in rows of 16.
    localparam ADDR_W = BASE_AW + BANK_AW;
    localparam DEPTH  = STEPS_MAX * (BUFFERS << BLOCK_AW);
    wire [BASE_AW+1:0] rplace = BUFFERS > 1 ? {1'b0, raddr_i[BASE_AW-1:0], raddr_i[BASE_AW]} : {2'b00, raddr_i[BASE_AW-1:0]};
    wire [BASE_AW+1:0] wplace = BUFFERS > 1 ? {1'b0, waddr[BASE_AW-1:0], waddr[BASE_AW]} : {2'b00, waddr[BASE_AW-1:0]};
    generate
        if (LOOPS != 0) begin : g_late
            reg             we_q;
            reg [BASE_AW:0] waddr_q;
            always @(posedge clk_i) begin
                we_q    <= keep_i && !rst_i;
                waddr_q <= addr_i;
            end
            assign we    = we_q;
            assign waddr = waddr_q;
        end else begin : g_now
            assign we    = keep_i && !rst_i;
            assign waddr = addr_i;
        end
    endgenerate
    sr_ram #(.WIDTH(LANES * 16), .DEPTH(DEPTH), .ADDR_W(ADDR_W), .LUT(BASE_LUT), .HOLD(LOOPS != 0 ? 0 : WEIGHT_HOLD)) u_base (
        .clk_i(clk_i), .we_i(we), .waddr_i(wplace[ADDR_W-1:0]), .wdata_i(base_i), .re_i(re_i), .raddr_i(rplace[ADDR_W-1:0]), .rdata_o(base_o)
    );
    generate
        if (FULL != 0) begin : g_full
            sr_ram #(.WIDTH(LANES * C_W), .DEPTH(DEPTH), .ADDR_W(ADDR_W)) u_sums (
                .clk_i(clk_i), .we_i(we && full_i), .waddr_i(wplace[ADDR_W-1:0]), .wdata_i(sums_i), .re_i(re_i && full_i),
                .raddr_i(rplace[ADDR_W-1:0]), .rdata_o(sums_o)
            );
        end else begin : g_no_full
            assign sums_o = {LANES * C_W{1'b0}};
            wire _unused_full = &{1'b0, full_i, sums_i};
        end
    endgenerate
    wire _unused = &{1'b0, waddr, raddr_i, wplace, rplace};
endmodule

`default_nettype wire
