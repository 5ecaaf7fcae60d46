// SPDX-License-Identifier: Apache-2.0
// sr_factor_rows: the store of row factors: UNITS parts of CUT bits in parallel, each written by itself, all read at once.
//
// Built as    SPLIT 0: a memory for each part, or for two where they fit into 512 words of 32 bits, which is a block RAM of an ECP5. SPLIT 1, for block RAMs of 4,096 bits that write single bits only where they are 16 wide
//             (iCE40): the largest power of two of words lies in a memory for each part, and what is beyond in one for all parts, as
//             many small ends would each take a block of their own. Where all parts together have less than 16 bits, several words
//             share one of 16 bits.
// Latency     rdata_o a cycle after re_i; a read of what is written in that cycle is undefined.
// Reset       none. Test: tests/rtl/tb_factor_rows.cpp
`default_nettype none

module sr_factor_rows #(
    parameter CUT    = 4,
    parameter UNITS  = 4,
    parameter DEPTH  = 2432,
    parameter ADDR_W = 12,
    parameter SPLIT  = 1
) (
    input  wire                 clk_i,
    input  wire [UNITS-1:0]     we_i,
    input  wire [ADDR_W-1:0]    waddr_i,
    input  wire [CUT-1:0]       wdata_i,
    input  wire                 re_i,
    input  wire [ADDR_W-1:0]    raddr_i,
    output wire [UNITS*CUT-1:0] rdata_o
);
    localparam WIDTH    = UNITS * CUT;
    localparam FLOOR_W  = $clog2(DEPTH + 1) - 1;      // log2 of DEPTH, rounded down
    localparam LOW      = 1 << FLOOR_W;
    localparam HIGH     = DEPTH - LOW;
    localparam SHARE    = WIDTH < 16 ? 16 / WIDTH : 1;   // words in one
    localparam SHARE_W  = $clog2(SHARE);
    localparam PAIR     = CUT == 16 && DEPTH <= 512 && UNITS % 2 == 0 ? 2 : 1;    // SPLIT 0: parts in a memory
    genvar u;
    generate
        if (SPLIT != 0 && SHARE > 1) begin : g_shared
            wire [SHARE*UNITS-1:0] we;
            wire [SHARE*WIDTH-1:0] word;
            reg  [SHARE_W-1:0]     at_q;
            for (u = 0; u < SHARE; u = u + 1) begin : g_word
                assign we[u*UNITS+:UNITS] = we_i & {UNITS{waddr_i[SHARE_W-1:0] == u[SHARE_W-1:0]}};
            end
            sr_ram #(.WIDTH(SHARE * WIDTH), .PARTS(SHARE * UNITS), .DEPTH((DEPTH + SHARE - 1) / SHARE), .ADDR_W(ADDR_W - SHARE_W)) u_ram (
                .clk_i(clk_i), .we_i(we), .waddr_i(waddr_i[ADDR_W-1:SHARE_W]), .wdata_i({SHARE * UNITS{wdata_i}}), .re_i(re_i),
                .raddr_i(raddr_i[ADDR_W-1:SHARE_W]), .rdata_o(word)
            );
            always @(posedge clk_i) if (re_i) at_q <= raddr_i[SHARE_W-1:0];
            assign rdata_o = word[at_q*WIDTH+:WIDTH];
        end else if (SPLIT != 0 && HIGH > 0) begin : g_split
            localparam HIGH_W = HIGH > 1 ? $clog2(HIGH) : 1;
            wire [WIDTH-1:0] low, high;
            wire             whigh = waddr_i >= LOW[ADDR_W-1:0];
            reg              high_q;
            for (u = 0; u < UNITS; u = u + 1) begin : g_part
                sr_ram #(.WIDTH(CUT), .DEPTH(LOW), .ADDR_W(FLOOR_W)) u_ram (
                    .clk_i(clk_i), .we_i(we_i[u] && !whigh), .waddr_i(waddr_i[FLOOR_W-1:0]), .wdata_i(wdata_i), .re_i(re_i),
                    .raddr_i(raddr_i[FLOOR_W-1:0]), .rdata_o(low[u*CUT+:CUT])
                );
            end
            sr_ram #(.WIDTH(WIDTH), .PARTS(UNITS), .DEPTH(HIGH), .ADDR_W(HIGH_W)) u_high (
                .clk_i(clk_i), .we_i(we_i & {UNITS{whigh}}), .waddr_i(waddr_i[HIGH_W-1:0]), .wdata_i({UNITS{wdata_i}}), .re_i(re_i),
                .raddr_i(raddr_i[HIGH_W-1:0]), .rdata_o(high)
            );
            always @(posedge clk_i) if (re_i) high_q <= raddr_i >= LOW[ADDR_W-1:0];
            assign rdata_o = high_q ? high : low;
        end else begin : g_parts
            for (u = 0; u < UNITS; u = u + PAIR) begin : g_part
                sr_ram #(.WIDTH(PAIR * CUT), .PARTS(PAIR), .DEPTH(DEPTH), .ADDR_W(ADDR_W)) u_ram (
                    .clk_i(clk_i), .we_i(we_i[u+:PAIR]), .waddr_i(waddr_i), .wdata_i({PAIR{wdata_i}}), .re_i(re_i), .raddr_i(raddr_i),
                    .rdata_o(rdata_o[u*CUT+:PAIR*CUT])
                );
            end
        end
    endgenerate
endmodule

`default_nettype wire
