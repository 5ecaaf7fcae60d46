// SPDX-License-Identifier: Apache-2.0
// sr_ram: memory with one write port and one read port, one clock.
//
// Latency     rdata_o one cycle after re_i, then held until the next re_i. HOLD 1: the write port is held, so that a word is
//             written a cycle later and what computes it does not share a cycle with the way to the memory; we_i low in reset.
// Handshake   none; both ports every cycle. Reading the address that is written in the same cycle gives an undefined word
//             (no_rw_check: no bypass logic is built): users avoid it. Addresses from DEPTH up are undefined.
// PARTS       parts of a word, equally wide, each with its own bit of we_i.
// Reset       none; contents undefined until written.
// Built as    see the table in sr_ram_sp.v.
// Test        tests/rtl/tb_ram.cpp
`default_nettype none
module sr_ram #(
    parameter WIDTH  = 16,
    parameter DEPTH  = 256,
    parameter ADDR_W = 8,
    parameter LUT    = 0,   // 1: LUT RAM where the family has it (ECP5)
    parameter HOLD   = 0,   // 1: the write port is held for a cycle
    parameter PARTS  = 1,
    parameter LOOP   = 0    // 1: parts are written in a loop, which simulators run fast
) (
    input  wire              clk_i,
    input  wire [PARTS-1:0]  we_i,
    input  wire [ADDR_W-1:0] waddr_i,
    input  wire [WIDTH-1:0]  wdata_i,
    input  wire              re_i,
    input  wire [ADDR_W-1:0] raddr_i,
    output wire [WIDTH-1:0]  rdata_o
);
    generate
        if ((1 << ADDR_W) < DEPTH) begin : g_check
            SR_RAM_ADDR_W_MUST_COVER_DEPTH u();
        end
        if (WIDTH % PARTS != 0) begin : g_check_parts
            SR_RAM_PARTS_MUST_DIVIDE_WIDTH u();
        end
    endgenerate

    localparam PART_W = WIDTH / PARTS;
    wire [PARTS-1:0]  we;
    wire [ADDR_W-1:0] waddr;
    wire [WIDTH-1:0]  wdata;
    generate
        if (HOLD != 0) begin : g_hold
            reg [PARTS-1:0]  we_q;
            reg [ADDR_W-1:0] waddr_q;
            reg [WIDTH-1:0]  wdata_q;
            always @(posedge clk_i) begin
                we_q    <= we_i;
                waddr_q <= waddr_i;
                wdata_q <= wdata_i;
            end
            assign {we, waddr, wdata} = {we_q, waddr_q, wdata_q};
        end else begin : g_now
            assign {we, waddr, wdata} = {we_i, waddr_i, wdata_i};
        end
    endgenerate

    reg [WIDTH-1:0] rdata_q;
    generate
        if (LUT != 0) begin : g_lut
            (* no_rw_check, ram_style = "distributed" *) reg [WIDTH-1:0] mem [0:DEPTH-1];
            integer p;
            always @(posedge clk_i) begin
                for (p = 0; p < PARTS; p = p + 1) if (we[p]) mem[waddr][p*PART_W+:PART_W] <= wdata[p*PART_W+:PART_W];
                if (re_i) rdata_q <= mem[raddr_i];
            end
        end else if (LOOP != 0) begin : g_parts
            (* no_rw_check *) reg [WIDTH-1:0] mem [0:DEPTH-1];
            integer p;
            always @(posedge clk_i) begin
                if (re_i) rdata_q <= mem[raddr_i];
                if (|we)
                    for (p = 0; p < PARTS; p = p + 1) if (we[p]) mem[waddr][p*PART_W+:PART_W] = wdata[p*PART_W+:PART_W];
            end
        end else begin : g_block
            (* no_rw_check *) reg [WIDTH-1:0] mem [0:DEPTH-1];
            integer p;
            always @(posedge clk_i) begin
                for (p = 0; p < PARTS; p = p + 1) if (we[p]) mem[waddr][p*PART_W+:PART_W] <= wdata[p*PART_W+:PART_W];
                if (re_i) rdata_q <= mem[raddr_i];
            end
        end
    endgenerate

    assign rdata_o = rdata_q;
endmodule
`default_nettype wire
