// SPDX-License-Identifier: Apache-2.0
// sr_weight_store: the weights of both layers and who uses their port. With APART 0 the readout's words lie behind the hidden layer's
// in one memory, and front and readout share its port; with APART 1 they are in a memory of their own.
//
// Ports      walks (the front's, the readout's, and that of mode `local` for its credit) have an address a cycle. Whoever changes a weight, the
//            update of pairs or mode `local`, says the address of the word at work, and so does the host between runs.
// Latency    A word is there three cycles after a walk's address. What is to be written is registered here (w_wdata_o): a write that is
//            asked for in one cycle takes the word of the next. In an update a word turns in that register: turned_i is what it will be.
// Formats    words of LANES weights of 8 + FRAC_W bits, lane 0 lowest. The host's have 16 bits a weight.
// SERIAL     The readout and the credit are given one weight of the word. The update of mode `local` takes a word two cycles after its address
//            (learn_take_i) and is given its weight learn_col_i from the cycle after on; what they become gathers in the register here, each with
//            learn_put_i, until learn_we_i writes those that did.
// Reset      no write in reset; nothing else. Test: tests/rtl/tb_weight_store.cpp
`default_nettype none

module sr_weight_store #(
    `include "sr_params.vh"
    `include "sr_engine.vh"
) (
    input  wire                       clk_i,
    input  wire                       rst_i,
    // host
    input  wire                       host_i,            // it has its words of the hidden layer at hand
    input  wire                       host_readout_i,    // ... of the readout
    input  wire                       host_we_i,
    input  wire [W_AW-1:0]            host_addr_i,
    input  wire [LANES*16-1:0]        host_wdata_i,
    output wire [LANES*16-1:0]        host_rdata_o,
    // walks
    input  wire                       front_walk_i,
    input  wire [XW_W+3+BLOCK_AW:0]   front_addr_i,      // {row, block}
    input  wire                       read_walk_i,
    input  wire [ITEM_AW+3:0]         read_addr_i,       // {class, block}
    input  wire                       credit_walk_i,
    input  wire [ITEM_AW+3:0]         credit_addr_i,
    output wire [LANES*MASTER_W-1:0]  hidden_o,          // the hidden layer's word
    output wire [COLS*READ_W_W-1:0]   read_o,            // the readout's, for COLS columns: what readout and credit take of it
    // the update of pairs
    input  wire                       update_i,          // it is at work
    input  wire                       readout_i,         // on the readout's weights
    input  wire                       update_we_i,
    input  wire [W_AW-1:0]            update_addr_i,
    input  wire                       turn_i,
    input  wire [LANES*MASTER_W-1:0]  turned_i,
    output wire [LANES*MASTER_W-1:0]  word_o,            // the word at update_addr_i
    output wire [LANES*MASTER_W-1:0]  wdata_o,           // the register in front of the memory
    // mode `local`
    input  wire                       learn_i,           // its update is at work
    input  wire                       learn_readout_i,
    input  wire                       learn_we_i,
    input  wire [XW_W+3+ITEM_AW:0]    learn_addr_i,      // {row, block}
    input  wire [COLS*MASTER_W-1:0]   learn_wdata_i,
    output wire [COLS*MASTER_W-1:0]   learn_word_o,
    input  wire                       learn_take_i,
    input  wire                       learn_put_i,
    input  wire [TURN_W-1:0]          learn_col_i
);
    localparam W_WORDS = WEIGHT_WORDS + RWEIGHT_WORDS;
    localparam RW_AW   = $clog2(RWEIGHT_WORDS);
    localparam HW_AW   = APART != 0 ? $clog2(WEIGHT_WORDS) : W_AW;     // of the hidden layer's memory
    localparam PARTS   = LANES / COLS;

    // ---- addresses ----
    wire [W_AW+XW_W+3+BLOCK_AW:0] front_at = {{W_AW{1'b0}}, front_addr_i};
    wire [W_AW+ITEM_AW+3:0]       read_at  = {{W_AW{1'b0}}, credit_walk_i ? credit_addr_i : read_addr_i} >> TURN_LOG;
    wire                          walk     = read_walk_i || credit_walk_i;
    wire [W_AW+XW_W+4+ITEM_AW-1:0] learn_wide = {{W_AW{1'b0}}, learn_addr_i} >> TURN_LOG;
    wire [W_AW-1:0]               change_at = learn_i ? learn_wide[W_AW-1:0] : update_addr_i;
    wire                          changing  = update_i || learn_i;
    wire                          hidden_we  = (update_we_i && !readout_i) || (learn_we_i && !learn_readout_i);
    wire                          readout_we = (update_we_i && readout_i) || (learn_we_i && learn_readout_i);

    // ---- what is written ----
    wire [LANES*MASTER_W-1:0] host_weight;
    wire [LANES*MASTER_W-1:0] learned;
    reg  [LANES*MASTER_W-1:0] wdata_q;
    reg                       turned_q, learned_q;     // LOOPS: new weights come registered
    always @(posedge clk_i) begin
        turned_q  <= update_we_i;
        learned_q <= learn_we_i;
        if (turn_i && LOOPS == 0) wdata_q <= turned_i;
        else if (!update_i) wdata_q <= learn_i && LOOPS == 0 ? learned : host_weight;
    end
    wire [LANES*MASTER_W-1:0] wdata = LOOPS == 0 ? wdata_q : turned_q ? turned_i : learned_q ? learned : wdata_q;
    assign wdata_o = wdata_q;
    genvar n, b;
    wire [PARTS-1:0] parts;                            // which of its columns a word is written to
    generate
        if (PARTS > 1) begin : g_parts
            reg  [PARTS-1:0] parts_q;
            wire [PARTS-1:0] changed = parts_q | {{PARTS - 1{1'b0}}, 1'b1} << learn_col_i;
            always @(posedge clk_i)
                if (!learn_i || learn_we_i) parts_q <= {PARTS{1'b0}};
                else if (learn_put_i) parts_q <= changed;
            assign parts = learn_i ? changed : {PARTS{1'b1}};
        end else begin : g_whole
            assign parts = 1'b1;
        end
        for (n = 0; n < PARTS; n = n + 1) begin : g_learned
            localparam AT = n * COLS * MASTER_W;
            assign learned[AT+:COLS*MASTER_W] = PARTS == 1 || (learn_put_i && learn_col_i == n[TURN_W-1:0]) ? learn_wdata_i : wdata_q[AT+:COLS*MASTER_W];
        end
    endgenerate

    // ---- the memories ----
    wire [LANES*MASTER_W-1:0] w_q, rw_q;               // the hidden layer's word, the readout's
    generate
        if (APART != 0) begin : g_apart
            sr_weights #(.WIDTH(LANES * MASTER_W), .DEPTH(WEIGHT_WORDS), .ADDR_W(HW_AW), .HOLD(WEIGHT_HOLD), .PARTS(PARTS)) u_hidden (
                .clk_i(clk_i), .we_i(parts & {PARTS{(hidden_we || (host_we_i && host_i)) && !rst_i}}), .walk_i(front_walk_i),
                .walk_addr_i(front_at[HW_AW-1:0]), .addr_i(changing ? change_at[HW_AW-1:0] : host_addr_i[HW_AW-1:0]),
                .wdata_i(wdata), .rdata_o(w_q)
            );
            sr_weights #(.WIDTH(LANES * MASTER_W), .DEPTH(RWEIGHT_WORDS), .ADDR_W(RW_AW), .HOLD(WEIGHT_HOLD), .LUT(LUT_RAM), .PARTS(PARTS)) u_readout (
                .clk_i(clk_i), .we_i(parts & {PARTS{(readout_we || (host_we_i && host_readout_i)) && !rst_i}}), .walk_i(walk),
                .walk_addr_i(read_at[RW_AW-1:0]), .addr_i(changing ? change_at[RW_AW-1:0] : host_addr_i[RW_AW-1:0]),
                .wdata_i(wdata), .rdata_o(rw_q)
            );
        end else begin : g_together
            wire [W_AW-1:0]  host_at = host_addr_i + (host_readout_i ? WEIGHT_WORDS[W_AW-1:0] : {W_AW{1'b0}});
            sr_weights #(.WIDTH(LANES * MASTER_W), .DEPTH(W_WORDS), .ADDR_W(W_AW), .HOLD(WEIGHT_HOLD)) u_all (
                .clk_i(clk_i), .we_i((hidden_we || readout_we || (host_we_i && (host_i || host_readout_i))) && !rst_i),
                .walk_i(front_walk_i || walk),
                .walk_addr_i(front_walk_i ? front_at[W_AW-1:0] : read_at[W_AW-1:0] | WEIGHT_WORDS[W_AW-1:0]),
                .addr_i(changing ? change_at : host_at), .wdata_i(wdata), .rdata_o(w_q)
            );
            assign rw_q = w_q;
        end
    endgenerate
    assign hidden_o = w_q;
    assign word_o   = APART != 0 && readout_i ? rw_q : w_q;

    // ---- the host's words. SERIAL: out of the register that mode `local` takes words into ----
    wire [LANES*MASTER_W-1:0] taken;
    wire [LANES*MASTER_W-1:0] host_word = SERIAL != 0 ? taken : APART != 0 && host_readout_i ? rw_q : w_q;
    generate
        if (MASTER_W == 16) begin : g_host_whole
            assign host_weight  = host_wdata_i;
            assign host_rdata_o = host_word;
        end else for (n = 0; n < LANES; n = n + 1) begin : g_host
            assign host_weight[n*MASTER_W+:MASTER_W] = host_wdata_i[n*16+:MASTER_W];
            assign host_rdata_o[n*16+:16] = {{16 - MASTER_W{host_word[n*MASTER_W+MASTER_W-1]}}, host_word[n*MASTER_W+:MASTER_W]};
        end
    endgenerate

    // ---- for readout, credit and learning: COLS columns ----
    wire [COLS*MASTER_W-1:0] read, learn;
    generate
        if (SERIAL != 0) begin : g_serial
            // One weight of the word, which comes three cycles after its address, or of the word that was taken.
            reg  [TURN_LOG-1:0] turn_q1, turn_q2, turn_q3;
            always @(posedge clk_i) begin
                turn_q1 <= credit_walk_i ? credit_addr_i[TURN_LOG-1:0] : read_addr_i[TURN_LOG-1:0];
                turn_q2 <= turn_q1;
                turn_q3 <= turn_q2;
            end
            // Selected bit by bit: an offset that is no power of two would be a shifter.
            reg [LANES*MASTER_W-1:0] taken_q;
            wire                    take_readout = learn_i ? learn_readout_i : host_readout_i;
            always @(posedge clk_i) if (learn_take_i || !learn_i) taken_q <= take_readout ? rw_q : w_q;
            assign taken = taken_q;
            for (b = 0; b < MASTER_W; b = b + 1) begin : g_bit
                wire [LANES-1:0] bits, learns;
                for (n = 0; n < LANES; n = n + 1) begin : g_lane
                    assign bits[n]  = rw_q[n*MASTER_W+b];
                    assign learns[n] = taken_q[n*MASTER_W+b];
                end
                assign read[b]  = bits[turn_q3];
                assign learn[b] = learns[learn_col_i];
            end
        end else begin : g_parallel
            assign taken = {LANES * MASTER_W{1'b0}};
            assign read  = rw_q;
            assign learn = learn_readout_i ? rw_q : w_q;
        end
        for (n = 0; n < COLS; n = n + 1) begin : g_read
            assign read_o[n*READ_W_W+:READ_W_W] = read[n*MASTER_W+MASTER_W-READ_W_W+:READ_W_W];
        end
        // Three cycles after its address too, whatever the memory does.
        if (WEIGHT_HOLD != 0 || LOCAL == 0 || SERIAL != 0) begin : g_held
            assign learn_word_o = learn;
        end else begin : g_hold
            reg [COLS*MASTER_W-1:0] learn_q;
            always @(posedge clk_i) learn_q <= learn;
            assign learn_word_o = learn_q;
        end
    endgenerate
    wire _unused = &{1'b0, host_addr_i, host_wdata_i, front_at, read_at, read_addr_i, credit_addr_i, learn_wide, learn_addr_i, change_at, turned_q, learned_q, read, taken, learn_take_i, learn_put_i, learn_col_i, parts};
endmodule

`default_nettype wire
