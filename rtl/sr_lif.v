// SPDX-License-Identifier: Apache-2.0
// sr_lif: control of the LIF unit: every column block, every step, every term of a pair (docs/numerics.md, 3 and 4).
//
// Order       column block, step, item; an item is RANK_LANES terms of the perturbation, the last one of what is left of them (valid_o). One item a cycle without a gap, also from
//             one pair to the next: a pair takes blocks * steps * items cycles.
// Pipeline    The age of an item is the number of cycles since it left the walk. What happens at which age:
//   age 0   the counts and the column factors of the item are read (count_re_o, col_re_o)
//   age 1   the count buffer's word is there: unit_o selects the item's counts     } the datapath registers a stage a cycle:
//   age 2   the counts are registered; products with S                             } counts, products, terms; the column
//   age 3   the products are registered; saturation                                } factors wait in step with them
//   age 4   terms: LIF_SUM. A step's last item: its base current is read (base_re_o)
//   age 5   LIF_LOAD
//   age 6   LIF_FIRE
//   age 7   after a block's last step: the spike counts are written (y_we_o)
// With MEMBERS 1 a step's sum begins with its base current, which is read at age 3 of the step's first item. There is no LIF_LOAD then,
// and what is told of ages 6 and 7 comes at ages 5 and 6.
// Banks       base_bank_i is the bank of base current and counts that the pair uses. Banks of spike counts alternate from pair to
//             pair, beginning with 0 after clear_i.
// Handshake   start_i (pulse, only while ready_o) with first_i (the sample's first pair: factors from 0), base_bank_i, and minus_i
//             (MEMBERS 1: the pair's second member, with the factors of the pass before; else low). ready_o is
//             high in the walk's last cycle already. done_o pulses a cycle after the pair's last spike counts were written.
//             Settings stay while busy_o. While hold_i nothing leaves the walk: what it needs of the column block is not there yet.
// Reset       control only. Test: tests/rtl/tb_lif.cpp; proofs: tests/formal
`default_nettype none

module sr_lif #(
    parameter RANK_LANES = 1,
    parameter MEMBERS    = 2,
    parameter STEP_W     = 4,
    parameter BLOCK_W    = 5,
    parameter RANK_W     = 3,
    parameter STEP_AW    = 4,    // bits of an address: step, column block, factor, factor group
    parameter BLOCK_AW   = 4,
    parameter FACTOR_AW  = 6,
    parameter GROUP_AW   = 4,
    parameter UNIT_LOG   = 2,    // log2 PROJ_UNITS
    parameter UNIT_W     = 2,
    parameter YBANK_W    = 1     // log2 of the banks of spike counts
) (
    input  wire                clk_i,
    input  wire                rst_i,
    input  wire                clear_i,       // a run begins
    input  wire                start_i,
    input  wire                first_i,
    input  wire                base_bank_i,
    input  wire                minus_i,
    input  wire                hold_i,
    output wire                ready_o,
    output wire                busy_o,
    output wire                done_o,
    input  wire [STEP_W-1:0]   steps_i,
    input  wire [RANK_W-1:0]   rank_i,
    input  wire [BLOCK_W-1:0]  blocks_i,
    output wire                count_re_o,    // age 0
    output wire [GROUP_AW+STEP_AW:0] count_addr_o,     // {bank, group, step}
    output wire [UNIT_W-1:0]   unit_o,        // age 1
    output wire [RANK_LANES-1:0] valid_o,     // age 1: terms that there are
    output wire                col_re_o,      // age 0
    output wire [FACTOR_AW+BLOCK_AW-1:0] col_addr_o,   // {factor, block}
    output wire                base_re_o,     // age 4; MEMBERS 1: age 3
    output wire [STEP_AW+BLOCK_AW:0] base_addr_o,      // {bank, step, block}
    output wire [7:0]          ctl_o,         // to the lanes, each field at its age
    output wire                block_last_o,  // age 6: the column block that fires is the last
    output wire                y_we_o,        // age 7
    output wire [YBANK_W+BLOCK_AW-1:0] y_addr_o    // {bank, block}
);
    `include "sr_lif.vh"

    // ---- the walk ----
    reg                  walk_q, bank_q, minus_q;
    reg  [RANK_W-1:0]    k_q;
    reg  [STEP_W-1:0]    step_q;
    reg  [BLOCK_W-1:0]   block_q;
    reg  [FACTOR_AW-1:0] pair_factor_q, factor_q;    // the pair's first factor; the item's
    wire [RANK_W-1:0]    k_up      = k_q + RANK_LANES[RANK_W-1:0];
    wire                 k_first   = k_q == {RANK_W{1'b0}};
    wire                 k_last    = RANK_W == 1 || (RANK_LANES > 1 ? k_up >= rank_i : k_up == rank_i);    // one bit: rank 1 alone
    wire                 step_last = step_q == steps_i - 1'b1;
    wire                 block_last = block_q == blocks_i - 1'b1;
    wire                 walk      = walk_q && !hold_i;
    wire                 walk_last = walk && k_last && step_last && block_last;
    wire [FACTOR_AW-1:0] factor_up = factor_q + RANK_LANES[FACTOR_AW-1:0];
    wire [FACTOR_AW-1:0] factor_next  = RANK_LANES > 1 ? pair_factor_q + {{FACTOR_AW - RANK_W{1'b0}}, rank_i} : factor_up;
    wire [FACTOR_AW-1:0] factor_begin = first_i ? {FACTOR_AW{1'b0}} : minus_i ? pair_factor_q : factor_next;  // of what start_i brings
    always @(posedge clk_i) begin
        if (start_i) begin
            walk_q        <= 1'b1;
            bank_q        <= base_bank_i;
            minus_q       <= minus_i;
            k_q           <= {RANK_W{1'b0}};
            step_q        <= {STEP_W{1'b0}};
            block_q       <= {BLOCK_W{1'b0}};
            pair_factor_q <= factor_begin;
            factor_q      <= factor_begin;
        end else if (walk) begin
            if (walk_last) walk_q <= 1'b0;    // factor_q stays: the next pair's factors follow this one's
            else begin
                k_q      <= k_last ? {RANK_W{1'b0}} : k_up;
                factor_q <= k_last ? pair_factor_q : factor_up;
                if (k_last) step_q <= step_last ? {STEP_W{1'b0}} : step_q + 1'b1;
                if (k_last && step_last) block_q <= block_q + 1'b1;
            end
        end
        if (rst_i) walk_q <= 1'b0;
    end
    assign ready_o = !walk_q || walk_last;

    // ---- ages ----
    localparam EARLY = MEMBERS > 1 ? 0 : 1;
    localparam BASE  = 4 - EARLY, FIRE = 6 - EARLY, COUNT = 7 - EARLY;
    reg [4:1] item_q, k_first_q;
    reg [FIRE:1]  k_last_q, step_first_q, block_last_q;
    reg [COUNT:1] step_last_q, pair_last_q;
    reg [BASE:1]  step_end_q;      // of every item of a step, where step_last_q is of its last
    reg [4:1] bank_age_q, minus_age_q;
    reg       done_q;
    always @(posedge clk_i) begin
        item_q       <= {item_q[3:1], walk && !rst_i};
        k_first_q    <= {k_first_q[3:1], k_first};
        k_last_q     <= {k_last_q[FIRE-1:1], walk && k_last && !rst_i};
        step_first_q <= {step_first_q[FIRE-1:1], step_q == {STEP_W{1'b0}}};
        step_last_q  <= {step_last_q[COUNT-1:1], walk && k_last && step_last && !rst_i};
        step_end_q   <= {step_end_q[BASE-1:1], step_last};
        pair_last_q  <= {pair_last_q[COUNT-1:1], walk_last && !rst_i};
        block_last_q <= {block_last_q[FIRE-1:1], block_last};
        bank_age_q   <= {bank_age_q[3:1], bank_q};
        minus_age_q  <= {minus_age_q[3:1], minus_q};
        done_q       <= pair_last_q[COUNT] && !rst_i;
        if (rst_i) begin
            item_q      <= 4'd0;
            k_last_q    <= {FIRE{1'b0}};
            step_last_q <= {COUNT{1'b0}};
            pair_last_q <= {COUNT{1'b0}};
        end
    end
    assign done_o = done_q;
    assign busy_o = walk_q || |item_q || |pair_last_q || done_q;

    // Base current and spike counts count steps and blocks again: a counter is smaller than four ages of an address.
    reg [STEP_AW-1:0]  base_step_q;
    reg [BLOCK_AW-1:0] base_block_q, y_block_q;
    reg [YBANK_W-1:0]  y_bank_q;
    always @(posedge clk_i) begin
        if (base_re_o) begin
            base_step_q <= step_end_q[BASE] ? {STEP_AW{1'b0}} : base_step_q + 1'b1;
            if (step_end_q[BASE]) base_block_q <= block_last_q[BASE] ? {BLOCK_AW{1'b0}} : base_block_q + 1'b1;
        end
        if (y_we_o) begin
            y_block_q <= pair_last_q[COUNT] ? {BLOCK_AW{1'b0}} : y_block_q + 1'b1;
            if (pair_last_q[COUNT]) y_bank_q <= YBANK_W > 1 ? y_bank_q + 1'b1 : ~y_bank_q;
        end
        if (clear_i || rst_i) begin
            base_step_q  <= {STEP_AW{1'b0}};
            base_block_q <= {BLOCK_AW{1'b0}};
            y_block_q    <= {BLOCK_AW{1'b0}};
            y_bank_q     <= {YBANK_W{1'b0}};
        end
    end

    // ---- addresses ----
    reg  [UNIT_W-1:0]    unit_q;
    wire [FACTOR_AW-1:0] group = factor_q >> UNIT_LOG;
    localparam [FACTOR_AW-1:0] UNIT_MASK = (1 << UNIT_LOG) - 1;
    always @(posedge clk_i) unit_q <= factor_q[UNIT_W-1:0] & UNIT_MASK[UNIT_W-1:0];
    assign unit_o       = unit_q;
    generate
        if (RANK_LANES > 1) begin : g_valid
            reg  [RANK_LANES-1:0] valid_q;
            wire [RANK_W-1:0]     left = rank_i - k_q;
            always @(posedge clk_i) valid_q <= ~({RANK_LANES{1'b1}} << left);
            assign valid_o = valid_q;
        end else begin : g_always
            assign valid_o = 1'b1;
        end
    endgenerate
    assign count_re_o   = walk;
    assign count_addr_o = {bank_q, group[GROUP_AW-1:0], step_q[STEP_AW-1:0]};
    assign col_re_o     = walk;
    assign col_addr_o   = {factor_q, block_q[BLOCK_AW-1:0]};
    assign base_re_o    = MEMBERS > 1 ? k_last_q[BASE] : item_q[BASE] && k_first_q[BASE];
    assign base_addr_o  = {bank_age_q[BASE], base_step_q, base_block_q};
    assign block_last_o = block_last_q[FIRE];
    assign y_we_o       = step_last_q[COUNT];
    assign y_addr_o     = {y_bank_q, y_block_q};

    assign ctl_o[LIF_SUM]        = item_q[4];
    assign ctl_o[LIF_SUM_FIRST]  = k_first_q[4];
    assign ctl_o[LIF_LOAD]       = k_last_q[5];
    assign ctl_o[LIF_FIRE]       = k_last_q[FIRE];
    assign ctl_o[LIF_STEP_FIRST] = step_first_q[FIRE];
    assign ctl_o[LIF_STEP_LAST]  = step_last_q[FIRE];
    assign ctl_o[LIF_CLEAR]      = clear_i;
    assign ctl_o[LIF_MINUS]      = minus_age_q[4];
    wire _unused = &{1'b0, group};

`ifdef FORMAL
    // formal: DEPTH=14
    // formal: RANK_LANES=2 DEPTH=14
    // formal: MEMBERS=1 DEPTH=14
    // Assumed: start_i only while ready_o, settings legal and stable while busy_o.
    reg  past_q = 1'b0;
    reg  [7:0]  wait_q;      // cycles since the walk of the newest pair ended, for its done_o
    wire [RANK_W-1:0] rest = rank_i - k_q;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (!past_q) assume (rst_i);
        if (!ready_o) assume (!start_i);
        if (busy_o) assume (!clear_i);
        assume (steps_i != 0 && blocks_i != 0 && rank_i != 0 && rank_i <= 4);
        assume (blocks_i <= 1 << BLOCK_AW && steps_i <= 1 << STEP_AW);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o)))
            assume ($stable(steps_i) && $stable(blocks_i) && $stable(rank_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o && ready_o);
            if (!busy_o) assert (!count_re_o && !col_re_o && !base_re_o && !y_we_o && !done_o && ctl_o[3:0] == (ctl_o[3:0] & 4'd2));
            if (walk_q) assert (k_q < rank_i && step_q < steps_i && block_q < blocks_i);
            if (walk_q) assert (k_q % RANK_LANES == 0 && factor_q == pair_factor_q + k_q);
            // every step is summed, loaded, fired in this order; a block's counts follow its last fire, a pair's end its last count
            if (ctl_o[LIF_LOAD]) assert ($past(ctl_o[LIF_SUM] && (base_re_o || MEMBERS == 1)));
            if (MEMBERS == 1) assert (ctl_o[LIF_FIRE] == ctl_o[LIF_LOAD] && (ctl_o[LIF_SUM] && ctl_o[LIF_SUM_FIRST]) == $past(base_re_o && !rst_i));
            else if (ctl_o[LIF_FIRE]) assert ($past(ctl_o[LIF_LOAD]));
            if (y_we_o) assert ($past(ctl_o[LIF_FIRE] && ctl_o[LIF_STEP_LAST]));
            if (done_o) assert ($past(y_we_o));
            // for the induction
            assert ((pair_last_q & ~step_last_q) == 0 && (step_last_q[FIRE:1] & ~k_last_q) == 0 && (k_last_q[4:1] & ~item_q) == 0);
        end
        cover (past_q && done_o && walk_q && $past(start_i, 2));
        cover (past_q && y_we_o && !pair_last_q[COUNT] && y_bank_q == 1'b1);
    end
`endif
endmodule

`default_nettype wire
