// SPDX-License-Identifier: Apache-2.0
// sr_local_credit: walks the column blocks for what mode `local` (docs/numerics.md, 8.3 and 8.4) wants of every neuron, once a job:
//
//   form_i 0   q = the credit of each neuron, out of the readout's weights and the errors; class after class in each block
//   form_i 1   f = q times the difference of a pair's spike counts. A block in which some f is not 0 becomes an entry of the list
//              that sr_local_update works on.
//
// Ages (cycles since an item left the walk)
//   q   0 address of the weights; 2 the error is read; 3 both valid, x_en_o; 5 acc_en_o; 6, after a block's last class, q_we_o
//   f   0 q and spike counts are read; 1 both valid, x_en_o; 3 f valid: entry_we_o if live_i. MEMBERS 1: a block
//       is two items, the first with the plus members' counts, the second with the minus members' (minus_o); the second is the one that counts
// List        entry_addr_o counts from 0; ends_o: of each 64 columns, how many entries there are up to their end.
// any_o       after a job with form_i 0: some q is not 0.
// Cycles      blocks * classes + 6; blocks + 6 (MEMBERS 1: 2 blocks + 6), the last entry 3 before the end. Job: start_i (pulse) with the inputs, which stay while busy_o.
// Reset       control only. Test: tests/rtl/tb_local_credit.cpp; proofs: tests/formal
`default_nettype none

module sr_local_credit #(
    parameter LANES    = 4,
    parameter BLOCK_W  = 5,
    parameter BLOCK_AW = 4,
    parameter MEMBERS  = 2,     // of a pair, whose spike counts come together
    parameter GROUPS   = 1      // of 64 columns, or of one block where that has more
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      start_i,
    input  wire                      form_i,
    output wire                      busy_o,
    input  wire [BLOCK_W-1:0]        blocks_i,
    input  wire [4:0]                classes_i,
    output wire                      walk_o,        // the address of weights counts
    output wire [BLOCK_AW+3:0]       w_addr_o,      // {class, block}
    output wire                      e_re_o,
    output wire [3:0]                e_addr_o,
    output wire                      re_o,          // spike counts, q
    output wire                      minus_o,       // MEMBERS 1: the minus member's
    output wire [BLOCK_AW-1:0]       block_o,
    output wire                      x_en_o,
    output wire                      acc_en_o,
    output wire                      acc_first_o,
    output wire                      q_we_o,
    output wire [BLOCK_AW-1:0]       q_addr_o,
    input  wire                      q_any_i,       // with q_we_o: some q of the block is not 0
    input  wire                      live_i,        // f, at age 3
    output wire                      entry_we_o,
    output wire [BLOCK_AW-1:0]       entry_addr_o,
    output wire [BLOCK_AW-1:0]       entry_block_o,
    output wire [GROUPS*BLOCK_W-1:0] ends_o,
    output wire                      any_o
);
    localparam PARTS_LOG = LANES < 64 ? 6 - $clog2(LANES) : 0;

    // ---- the walk ----
    reg                walk_q, form_q;
    reg  [BLOCK_W-1:0] block_q;
    reg  [3:0]         class_q;
    wire               block_last = block_q == blocks_i - 1'b1;
    wire               class_last = form_q ? MEMBERS > 1 || class_q[0] : class_q == classes_i[3:0] - 4'd1;
    always @(posedge clk_i) begin
        if (start_i) begin
            walk_q  <= 1'b1;
            form_q  <= form_i;
            block_q <= {BLOCK_W{1'b0}};
            class_q <= 4'd0;
        end else if (walk_q) begin
            class_q <= class_last ? 4'd0 : class_q + 4'd1;
            if (class_last) block_q <= block_q + 1'b1;
            if (class_last && block_last) walk_q <= 1'b0;
        end
        if (rst_i) walk_q <= 1'b0;
    end

    // ---- ages ----
    reg  [5:1] item_q;
    reg  [5:1] first_q;
    reg  [6:1] last_q;
    reg  [3:0] class_q1, class_q2;
    always @(posedge clk_i) begin
        item_q   <= {item_q[4:1], walk_q};
        first_q  <= {first_q[4:1], class_q == 4'd0};
        last_q   <= {last_q[5:1], walk_q && class_last};
        class_q1 <= class_q;
        class_q2 <= class_q1;
        if (rst_i) begin
            item_q <= 5'd0;
            last_q <= 6'd0;
        end
    end
    assign busy_o      = walk_q || |item_q || |last_q;
    assign walk_o      = walk_q && !form_q;
    assign w_addr_o    = {class_q, block_q[BLOCK_AW-1:0]};
    assign e_re_o      = item_q[2] && !form_q;
    assign e_addr_o    = class_q2;
    assign re_o        = walk_q && form_q;
    assign minus_o     = class_q[0];
    assign block_o     = block_q[BLOCK_AW-1:0];
    assign x_en_o      = form_q ? item_q[1] : item_q[3];
    assign acc_en_o    = item_q[5] && !form_q;
    assign acc_first_o = first_q[5];
    assign q_we_o      = last_q[6] && !form_q;

    // ---- what comes out, block after block ----
    reg  [BLOCK_W-1:0]        done_q;      // blocks
    reg  [BLOCK_W-1:0]        count_q;     // entries
    reg  [GROUPS*BLOCK_W-1:0] ends_q;
    reg                       any_q;
    wire                      formed = form_q && last_q[3];
    wire [BLOCK_W-1:0]        count  = count_q + {{BLOCK_W - 1{1'b0}}, live_i};
    wire [BLOCK_W-1:0]        group  = done_q >> PARTS_LOG;
    integer                   g;
    always @(posedge clk_i) begin
        if (start_i) begin
            done_q  <= {BLOCK_W{1'b0}};
            count_q <= {BLOCK_W{1'b0}};
        end else if (formed || q_we_o) done_q <= done_q + 1'b1;
        if (start_i && !form_i) any_q <= 1'b0;
        else if (q_we_o && q_any_i) any_q <= 1'b1;
        if (formed) begin
            count_q <= count;
            for (g = 0; g < GROUPS; g = g + 1)
                if (group < g[BLOCK_W-1:0] + 1'b1) ends_q[g*BLOCK_W+:BLOCK_W] <= count;
        end
    end
    assign q_addr_o      = done_q[BLOCK_AW-1:0];
    assign entry_we_o    = formed && live_i;
    assign entry_addr_o  = count_q[BLOCK_AW-1:0];
    assign entry_block_o = done_q[BLOCK_AW-1:0];
    assign ends_o        = ends_q;
    assign any_o         = any_q;
    wire _unused = &{1'b0, classes_i[4], g};

`ifdef FORMAL
    // formal: LANES=32 BLOCK_W=3 BLOCK_AW=2 GROUPS=2 DEPTH=20
    // formal: LANES=32 BLOCK_W=3 BLOCK_AW=2 GROUPS=2 MEMBERS=1 DEPTH=20
    // Assumed: start_i only while not busy, settings legal and stable while busy_o.
    reg past_q = 1'b0;
    wire [BLOCK_W-1:0] last_end = ends_q[(GROUPS-1)*BLOCK_W+:BLOCK_W];
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (blocks_i != 0 && blocks_i <= 1 << BLOCK_AW && classes_i >= 2 && classes_i <= 16);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o))) assume ($stable(blocks_i) && $stable(classes_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (!busy_o) assert (!walk_o && !re_o && !e_re_o && !x_en_o && !acc_en_o && !q_we_o && !entry_we_o);
            // one of the two jobs at a time
            assert (!(q_we_o && entry_we_o) && !(walk_o && re_o));
            if (q_we_o) assert (last_q[6] && $past(acc_en_o));
            if (walk_q) assert (block_q < blocks_i);
            if ($past(formed && !rst_i)) assert (last_end == count_q);
            if (walk_q && form_q) assert (class_q < (MEMBERS > 1 ? 1 : 2));
            assert ((last_q[5:1] & ~item_q) == 5'd0);
        end
        cover (past_q && !busy_o && $past(q_we_o) && !$past(rst_i));
        cover (past_q && $past(entry_we_o) && ends_q[0+:BLOCK_W] == 1 && last_end == 2);
    end
`endif
endmodule

`default_nettype wire
