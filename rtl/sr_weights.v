// SPDX-License-Identifier: Apache-2.0
// sr_weights: a weight store. One port: it reads in every cycle but a write's.
//
// Latency    rdata_o three cycles after walk_addr_i (walk_i high); later after addr_i, which stays until then. A write (we_i) goes to
//            addr_i, a cycle later, and wdata_i comes a cycle after we_i, which has
//            a bit for each of PARTS equal parts of a word. HOLD 1: the word is registered behind the memory; 0: walk_addr_i in front of it.
// Reset      none; we_i low in reset. Test: tests/test_sim.c
`default_nettype none

module sr_weights #(
    parameter WIDTH  = 48,
    parameter DEPTH  = 1024,
    parameter ADDR_W = 10,
    parameter HOLD   = 1,
    parameter LUT    = 0,    // 1: LUT RAM; 2: block RAM with a port for writes besides, whose words are twice as wide on ECP5
    parameter PARTS  = 1
) (
    input  wire              clk_i,
    input  wire [PARTS-1:0]  we_i,
    input  wire              walk_i,
    input  wire [ADDR_W-1:0] walk_addr_i,
    input  wire [ADDR_W-1:0] addr_i,
    input  wire [WIDTH-1:0]  wdata_i,
    output wire [WIDTH-1:0]  rdata_o
);
    reg [PARTS-1:0]  we_q;
    reg [ADDR_W-1:0] addr_q;
    wire [WIDTH-1:0] rdata;
    always @(posedge clk_i) we_q <= we_i;
    generate
        if (LUT != 0) begin : g_lut
            sr_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH), .ADDR_W(ADDR_W), .LUT(LUT == 1 ? 1 : 0), .PARTS(PARTS)) u_ram (
                .clk_i(clk_i), .we_i(we_q), .waddr_i(addr_q), .wdata_i(wdata_i), .re_i(!(|we_q)), .raddr_i(addr_q), .rdata_o(rdata)
            );
        end else begin : g_block
            sr_ram_sp #(.WIDTH(WIDTH), .DEPTH(DEPTH), .ADDR_W(ADDR_W), .PARTS(PARTS)) u_ram (
                .clk_i(clk_i), .we_i(we_q), .re_i(1'b1), .addr_i(addr_q), .wdata_i(wdata_i), .rdata_o(rdata)
            );
        end
        if (HOLD != 0) begin : g_word
            reg [WIDTH-1:0] rdata_q;
            always @(posedge clk_i) begin
                addr_q  <= walk_i ? walk_addr_i : addr_i;
                rdata_q <= rdata;
            end
            assign rdata_o = rdata_q;
        end else begin : g_address
            reg [ADDR_W-1:0] walk_addr_q;
            reg              walk_q;
            always @(posedge clk_i) begin
                walk_q      <= walk_i;
                walk_addr_q <= walk_addr_i;
                addr_q      <= walk_q ? walk_addr_q : addr_i;
            end
            assign rdata_o = rdata;
        end
    endgenerate
endmodule

`default_nettype wire
