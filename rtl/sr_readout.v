// SPDX-License-Identifier: Apache-2.0
// sr_readout: class scores of a pair from its spike counts (docs/numerics.md, section 5), a pair behind the LIF unit.
//
//   I[o] = sum w[o] y      S g[k] = S * sum C[k] y      q[o] = (sum over k of R[o,k] S g[k]) >> 8      score = I +- q
//
//   state   cycles                 what happens
//   GROW    blocks                 A row with factors +-1 in place of weights gives g[k] of both members.
//   GAP     5                      The row drains; lane 0's two products multiply it by S, and S g[k] is stored. GROW and GAP
//                                  repeat for every k. Inference does neither: its q is 0. SCALE_OWN: see below.
//   CLASS   max(blocks, items)     A row of weights gives I[o], while RANK_LANES of the S g[k] a cycle, an item, are added up to q[o]. It
//                                  repeats for every class. The next pair may start in the last cycle.
// With LANES above 64 (for simulators) the products with S are no lane's, and all rows of factors follow one another before one GAP.
// SCALE_OWN 1  The products with S are no lane's here either, and a class's items of q are the last of its row in place of the first. With rows of four
//              blocks or more the first class row follows the rows of factors at once, and S g is looked at in the very cycle in which it is
//              stored; shorter rows wait in GAP, 7 cycles less two rows, as rows of factors would catch up with those of the pair before.
//
// Pipeline    The age of an item is the number of cycles since it left the walk. A row's item is one column block.
//   age 0        the address of its weights (w_addr_o)
//   age 2        the spike counts and the column factors are read
//   age 3        w_i, y_i and col_i are valid
//   age 4        operands registered; products (sr_readout_lanes)
//   age 5        products registered; sum over the lanes, TREE cycles
//   age 5 + TREE the row's sum takes it.            q: age 2 + TREE class factor read, 3 + TREE S g read, 4 + TREE both valid,
//   age 6 + TREE the row's sum and q are complete                     5 + TREE the term is registered and added
//   age 7 + TREE score_we_o
// Rank 1 (RANK_W 1)  q has one term, so nothing is added up: what age 4 + TREE has, the S g, is there an age later, and its upper bits are registered
//             for the score, complemented where they are subtracted. What its lower eight bits carry there depends on the member.
// CHAIN 1     the sum over the lanes is made by the DSP blocks of the products, each of which adds what the one before gives (sr_readout_lanes): TREE 0.
// Full rank: k is a class, a row of factors its entries (col_i), and class o has one item of q, k = o, with sign plus.
// The minus member's q starts from 255 and subtracts: I - (q >> 8) = I + ((255 - q) >> 8).
// Memories    y_* spike counts {bank, block}, the plus member's in a lane's low half; weights; factors: data a cycle after the
//             read enable. Banks of spike counts and of scores alternate from pair to pair, from 0 after clear_i.
// MEMBERS     2: both members of a pair. 1: one, whose ports are the plus member's; minus_i says which, and a pair's minus member
//             follows its plus member.
// Scores      come out one a score_we_o, class 0 first. KEEP_SCORES 1: they are stored as well, and fit_re_i reads {bank, class},
//             data a cycle after, unless fit_wait_o: then the port is taken by S g, and the reader asks again. SCALE_OWN: it never is.
// Handshake   start_i (pulse, only while ready_o) with first_i (the sample's first pair). done_o pulses with the last score.
//             Settings stay while busy_o.
// Reset       control only. Test: tests/rtl/tb_readout.cpp; proofs: tests/formal
`default_nettype none

module sr_readout #(
    parameter LANES       = 4,
    parameter CNT_W       = 4,
    parameter BLOCK_W     = 5,
    parameter BLOCK_AW    = 4,
    parameter RANK_W      = 3,
    parameter RANK_AW     = 2,
    parameter FACTOR_AW   = 6,
    parameter CLASS_AW    = 8,
    parameter CUT_LOG     = 2,
    parameter SUM_W       = 18,
    parameter G_W         = 23,
    parameter Q_W         = 25,
    parameter SCORE_W     = 19,
    parameter TREE        = 1,
    parameter SOFT_LANES  = 0,
    parameter CHAIN       = 0,    // 1: TREE 0
    parameter MEMBERS     = 2,
    parameter RANK_LANES  = 1,    // above 1: LANES above 64, KEEP_SCORES 0
    parameter YBANK_W     = 1,    // log2 of the banks of spike counts
    parameter SBANK_W     = 1,    // log2 of the banks of scores
    parameter KEEP_SCORES = 1,
    parameter SCALE_OWN   = 0,    // 1: S g has products of its own, and no GAP where a row has four blocks
    parameter LUT_RAM     = 0,
    parameter W_W         = 8,    // of w_i, a column: the integer part, or all of a weight where LANES is above 64
    parameter FULL        = 0,    // 1: full rank is built
    parameter LOWRANK     = 1     // 0: class rows alone, infer_i is high; products come from outside
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      clear_i,
    input  wire                      start_i,
    input  wire                      first_i,
    input  wire                      minus_i,
    output wire                      ready_o,
    output wire                      busy_o,
    output wire                      done_o,
    output wire                      free_o,       // the pair's last spike counts have been read
    input  wire                      infer_i,
    input  wire                      full_i,       // FULL: rank_i is classes_i, a row of factors is a class's entries
    input  wire [BLOCK_W-1:0]        blocks_i,
    input  wire [RANK_W-1:0]         rank_i,
    input  wire [4:0]                classes_i,
    input  wire [11:0]               scale_i,
    // weights' integer parts: data three cycles after the address
    output wire                      walk_o,       // the address counts
    output wire [BLOCK_AW+3:0]       w_addr_o,     // {class, block}
    input  wire [LANES*W_W-1:0]      w_i,
    output wire                      y_re_o,
    output wire [YBANK_W+BLOCK_AW-1:0] y_addr_o,
    input  wire [LANES*MEMBERS*CNT_W-1:0] y_i,
    output wire                      col_re_o,
    output wire [FACTOR_AW+BLOCK_AW-1:0] col_addr_o,
    input  wire [LANES-1:0]          col_i,
    output wire                      class_re_o,
    output wire [CLASS_AW-1:0]       class_addr_o,
    output wire [3:0]                class_sel_o,  // with the data: which bit of its word
    input  wire [RANK_LANES-1:0]     class_bit_i,  // of the factor and those that follow it; full rank: 0
    // scores
    output wire                      score_we_o,
    output wire [3:0]                score_class_o,
    output wire signed [SCORE_W-1:0] score_p_o,
    output wire signed [SCORE_W-1:0] score_m_o,
    input  wire                      fit_re_i,
    input  wire [SBANK_W+3:0]        fit_addr_i,
    output wire                      fit_wait_o,
    output wire signed [SCORE_W-1:0] fit_p_o,
    output wire signed [SCORE_W-1:0] fit_m_o,
    output wire                      x_en_o,       // LOWRANK 0: w_i and the plus member's counts are operands; products_i two cycles later
    input  wire [LANES*16-1:0]       products_i
);
    localparam SINGLE   = RANK_W == 1 && LOWRANK != 0 && SCALE_OWN == 0 ? 1 : 0;
    localparam Q_READ   = 2 + TREE + SINGLE;   // ages, see above
    localparam ROW_ADD  = 5 + TREE;
    localparam ROW_DONE = 6 + TREE;

    // ---- the walk ----
    localparam [1:0] IDLE = 2'd0, GROW = 2'd1, GAP = 2'd2, CLASS = 2'd3;
    reg  [1:0]         state_q;
    reg  [YBANK_W-1:0] bank_q;
    reg  [2:0]         gap_q;
    reg  [RANK_W-1:0]  k_q;
    reg  [3:0]         class_q;
    reg  [BLOCK_W-1:0] item_q;
    reg  [BLOCK_W-1:0] g_last_q, c_last_q;        // the last item of a row of factors, of weights: registered settings
    reg  [BLOCK_W-1:0] q_first_q;                 // SCALE_OWN: the first item of a class row that is one of q as well
    localparam STREAM = LANES > 64 || SCALE_OWN != 0 ? 1 : 0;       // no gap between rows of factors
    wire [2:0]         gap_cycles = SCALE_OWN == 0 ? 3'd5 : c_last_q > 2 ? 3'd0 : 3'd5 - {c_last_q[1:0], 1'b0};
    localparam RANK_LOG = $clog2(RANK_LANES);
    wire [RANK_W:0]    items     = ({1'b0, rank_i} + RANK_LANES[RANK_W:0] - 1'b1) >> RANK_LOG;
    wire [BLOCK_W-1:0] rank_up   = RANK_LANES > 1 ? {{BLOCK_W - RANK_W{1'b0}}, items[RANK_W-1:0]} : {{BLOCK_W - RANK_W{1'b0}}, rank_i};
    wire               grow      = LOWRANK != 0 && state_q == GROW;
    wire               class_row = state_q == CLASS;
    wire               mac       = (grow || class_row) && item_q < blocks_i;
    wire               full      = FULL != 0 && full_i;
    wire               q_begun   = RANK_W == 1 || full ? row_first : item_q < rank_up;
    wire               q_item    = LOWRANK != 0 && class_row && !infer_i && (SCALE_OWN != 0 ? item_q >= q_first_q : q_begun);
    wire               row_first = item_q == {BLOCK_W{1'b0}};
    wire               row_last  = item_q == (grow ? g_last_q : c_last_q);
    wire               k_last    = RANK_W == 1 || k_q == rank_i - 1'b1;    // one bit: rank 1 alone
    wire               class_last = class_q == classes_i[3:0] - 4'd1;
    wire               walk_last = class_row && row_last && class_last;
    always @(posedge clk_i) begin
        g_last_q <= blocks_i - 1'b1;
        c_last_q <= (infer_i || full || blocks_i > rank_up ? blocks_i : rank_up) - 1'b1;
        q_first_q <= c_last_q - rank_up + 1'b1;
        if (grow || class_row) item_q <= row_last ? {BLOCK_W{1'b0}} : item_q + 1'b1;
        case (state_q)
            GROW: if (row_last) begin
                state_q <= STREAM != 0 && !k_last ? GROW : gap_cycles == 3'd0 ? CLASS : GAP;
                if (STREAM != 0) k_q <= k_q + 1'b1;
            end
            GAP: begin
                gap_q <= gap_q - 3'd1;
                if (gap_q == 3'd1) begin
                    if (STREAM == 0) k_q <= k_q + 1'b1;
                    state_q <= k_last || STREAM != 0 ? CLASS : GROW;
                end
            end
            CLASS: begin
                if (row_last) class_q <= class_q + 4'd1;
                if (walk_last) state_q <= IDLE;
            end
            default: ;
        endcase
        if (grow) gap_q <= gap_cycles;
        if (start_i) begin
            state_q <= infer_i || LOWRANK == 0 ? CLASS : GROW;
            item_q  <= {BLOCK_W{1'b0}};
            k_q     <= {RANK_W{1'b0}};
            class_q <= 4'd0;
        end
        if (clear_i) bank_q <= {YBANK_W{1'b0}};
        else if (walk_last) bank_q <= YBANK_W > 1 ? bank_q + 1'b1 : ~bank_q;
        if (rst_i) state_q <= IDLE;
    end
    assign ready_o  = state_q == IDLE || walk_last;
    assign walk_o   = class_row;
    assign w_addr_o = {class_q, item_q[BLOCK_AW-1:0]};
    assign x_en_o   = mac_q[3];

    // ---- ages ----
    reg [2*YBANK_W:1]  y_bank_q;            // of ages 1 and 2
    reg [BLOCK_AW-1:0] block_q1, block_q2;
    reg [3:1]          grow_q;
    reg [2:1]          first_pair_q, again_q;
    reg [ROW_ADD:1]    minus_age_q;
    reg                walk_minus_q;        // the member on the walk is a minus member (MEMBERS 1)
    reg [ROW_ADD:1]    mac_q, first_q;
    reg [ROW_DONE:1]   g_last_age_q;
    reg [ROW_DONE+1:1] c_last_age_q, pair_last_q;
    reg [ROW_ADD:1]    q_q;
    reg                pair_first_q;        // the pair on the walk is its sample's first
    always @(posedge clk_i) begin
        if (start_i) pair_first_q <= first_i;
        if (start_i) walk_minus_q <= minus_i;
        minus_age_q  <= {minus_age_q[ROW_ADD-1:1], walk_minus_q};
        again_q      <= {again_q[1], grow && walk_minus_q && row_first && k_q == {RANK_W{1'b0}} && !rst_i};
        y_bank_q     <= {y_bank_q[YBANK_W:1], bank_q};
        block_q1     <= item_q[BLOCK_AW-1:0];
        block_q2     <= block_q1;
        grow_q       <= {grow_q[2:1], grow};
        first_pair_q <= {first_pair_q[1], grow && (pair_first_q || full) && row_first && k_q == {RANK_W{1'b0}} && !rst_i};
        mac_q        <= {mac_q[ROW_ADD-1:1], mac && !rst_i};
        first_q      <= {first_q[ROW_ADD-1:1], row_first && (grow || class_row) && !rst_i};
        q_q          <= {q_q[ROW_ADD-1:1], q_item && !rst_i};
        g_last_age_q <= {g_last_age_q[ROW_DONE-1:1], grow && row_last && !rst_i};
        c_last_age_q <= {c_last_age_q[ROW_DONE:1], class_row && row_last && !rst_i};
        pair_last_q  <= {pair_last_q[ROW_DONE:1], walk_last && !rst_i};
        if (rst_i) begin
            grow_q       <= 3'd0;
            mac_q        <= {ROW_ADD{1'b0}};
            first_q      <= {ROW_ADD{1'b0}};
            q_q          <= {ROW_ADD{1'b0}};
            g_last_age_q <= {ROW_DONE{1'b0}};
            c_last_age_q <= {ROW_DONE + 1{1'b0}};
            pair_last_q  <= {ROW_DONE + 1{1'b0}};
        end
    end
    assign done_o = pair_last_q[ROW_DONE+1];
    assign free_o = pair_last_q[3];
    assign busy_o = state_q != IDLE || |pair_last_q;

    // ---- age 2 and 3: spike counts, column factors. Rows of factors come in the order of the factors. ----
    reg  [FACTOR_AW-1:0] g_factor_q;
    reg  [FACTOR_AW-1:0] c_factor_q;            // first factor of the pair whose classes are at work
    wire [FACTOR_AW-1:0] g_factor = first_pair_q[2] ? {FACTOR_AW{1'b0}} : again_q[2] ? c_factor_q : g_factor_q;
    always @(posedge clk_i)
        if (g_last_age_q[2]) g_factor_q <= g_factor + 1'b1;
        else g_factor_q <= g_factor;
    assign y_re_o     = mac_q[2];
    assign y_addr_o   = {y_bank_q[YBANK_W+1+:YBANK_W], block_q2};
    assign col_re_o   = grow_q[2];
    assign col_addr_o = {g_factor, block_q2};

    // ---- ages 4 and 5: products, sum over the lanes; g times S ----
    reg  signed [SUM_W-1:0] row_p_q, row_m_q;
    wire                    g_put = g_last_age_q[ROW_DONE];
    wire signed [SUM_W-1:0] lanes_p, lanes_m;
    wire [G_W-1:0]          sg_p, sg_m;             // S g, two cycles after g_put
    sr_readout_lanes #(
        .LANES(LANES), .CNT_W(CNT_W), .SUM_W(SUM_W), .G_W(G_W), .TREE(TREE), .SOFT_LANES(SOFT_LANES), .MEMBERS(MEMBERS), .W_W(W_W), .LOWRANK(LOWRANK),
        .SCALE_OWN(SCALE_OWN), .CHAIN(CHAIN)
    ) u_lanes (
        .clk_i(clk_i), .en_i(mac_q[3]), .grow_i(grow_q[3]), .w_i(w_i), .y_i(y_i), .col_i(col_i), .products_i(products_i), .p_o(lanes_p), .m_o(lanes_m),
        .scale_en_i(g_put), .scale_i(scale_i), .g_p_i(row_p_q), .g_m_i(row_m_q), .sg_p_o(sg_p), .sg_m_o(sg_m)
    );

    // ---- sum over the row ----
    always @(posedge clk_i)
        if (mac_q[ROW_ADD]) begin
            row_p_q <= first_q[ROW_ADD] ? lanes_p : row_p_q + lanes_p;      // in this form one logic cell a bit
            row_m_q <= first_q[ROW_ADD] ? lanes_m : row_m_q + lanes_m;
        end

    // ---- q: S g[k] with the sign of the class factor ----
    localparam KEEP_W = MEMBERS * (SCALE_OWN == 0 && (G_W > SCORE_W || KEEP_SCORES == 0) ? G_W : SCORE_W);
    localparam KEEP_AW = KEEP_SCORES == 0 ? RANK_AW : SBANK_W + 4 + (SCALE_OWN != 0 ? 0 : 1);
    reg  [RANK_W-1:0]    q_k_q, q_k_q1, q_k_q2, g_k_q;
    reg  [3:0]           q_class_q, q_sel_q;
    reg                  scaled_q, store_q;          // store_q: S g is to be stored
    reg  [RANK_LANES-1:0] bit_q;
    wire [FACTOR_AW-1:0] q_factor = c_factor_q + {{FACTOR_AW - RANK_W{1'b0}}, q_k_q};
    wire [KEEP_W-1:0]    kept;
    wire                 q_re = q_q[Q_READ+1];
    reg  [SBANK_W+3:0]   score_at_q;            // {bank, class} of the next score
    wire [SBANK_W-1:0]   score_bank_up = score_at_q[SBANK_W+3:4] + 1'b1;
    always @(posedge clk_i) begin
        if (q_q[Q_READ]) q_k_q <= RANK_W == 1 ? {RANK_W{1'b0}} : q_k_q + (full ? {{RANK_W - 1{1'b0}}, 1'b1} : RANK_LANES[RANK_W-1:0]);
        if (c_last_age_q[Q_READ]) begin
            if (!full || pair_last_q[Q_READ]) q_k_q <= {RANK_W{1'b0}};
            q_class_q <= pair_last_q[Q_READ] ? 4'd0 : q_class_q + 4'd1;
        end
        // The first pair of a sample begins at factor 0. Its rows of factors are at this age after the last class of the pair before
        // has read its factors, and before the next pair can start, however short the rows are.
        if (g_last_age_q[Q_READ] && pair_first_q) c_factor_q <= {FACTOR_AW{1'b0}};
        else if (pair_last_q[Q_READ] && (MEMBERS > 1 || minus_age_q[Q_READ])) c_factor_q <= c_factor_q + {{FACTOR_AW - RANK_W{1'b0}}, rank_i};
        q_k_q1  <= q_k_q;
        q_k_q2  <= q_k_q1;
        q_sel_q <= q_class_q;
        bit_q   <= class_bit_i;
        scaled_q <= g_put && !rst_i;
        store_q  <= scaled_q && !rst_i;
        // The next pair may start before this one's last S g is stored, so k begins anew with the last class, not with the start.
        if (store_q) g_k_q <= RANK_W == 1 ? {RANK_W{1'b0}} : g_k_q + 1'b1;
        else if (pair_last_q[Q_READ]) g_k_q <= {RANK_W{1'b0}};
        if (score_we_o) score_at_q <= done_o ? {score_bank_up, 4'd0} : score_at_q + 1'b1;
        if (clear_i || rst_i) begin
            g_k_q      <= {RANK_W{1'b0}};
            q_k_q      <= {RANK_W{1'b0}};
            q_class_q  <= 4'd0;
            score_at_q <= {SBANK_W + 4{1'b0}};
        end
    end
    assign class_re_o   = q_q[Q_READ];
    assign class_addr_o = {{CLASS_AW - FACTOR_AW{1'b0}}, q_factor} << (4 - CUT_LOG)
                        | {{CLASS_AW - 4{1'b0}}, q_class_q >> CUT_LOG};
    assign class_sel_o  = q_sel_q;

    wire           q_valid = q_q[Q_READ+2];
    wire [MEMBERS*G_W-1:0] kept_sg;             // S g of both members
    wire [Q_W-1:0] kept_p  = {{Q_W - G_W{kept_sg[G_W-1]}}, kept_sg[G_W-1:0]};
    wire [Q_W-1:0] kept_m  = {{Q_W - G_W{kept_sg[MEMBERS*G_W-1]}}, kept_sg[MEMBERS*G_W-1:(MEMBERS-1)*G_W]};
    wire           flip    = MEMBERS == 1 && minus_age_q[Q_READ+2];
    wire [SCORE_W-1:0] high_p, high_m;         // q >> 8, less
    wire               carry_p, carry_m;       // what the score still adds to it
    generate
        if (SINGLE != 0) begin : g_single
            wire                  sign_p = bit_q[0] ^ flip, sign_m = !bit_q[0];
            wire                  whole_p = kept_p[7:0] == 8'd0, whole_m = kept_m[7:0] == 8'd0;
            reg  [Q_W-9:0]        high_p_q, high_m_q;
            reg                   carry_p_q, carry_m_q;
            wire [SCORE_W+Q_W-9:0] wide_p = {{SCORE_W{high_p_q[Q_W-9]}}, high_p_q}, wide_m = {{SCORE_W{high_m_q[Q_W-9]}}, high_m_q};
            always @(posedge clk_i)
                if (first_q[ROW_ADD]) begin
                    high_p_q  <= (kept_p[Q_W-1:8] ^ {Q_W - 8{sign_p}}) & {Q_W - 8{q_valid}};
                    high_m_q  <= (kept_m[Q_W-1:8] ^ {Q_W - 8{sign_m}}) & {Q_W - 8{q_valid}};
                    carry_p_q <= q_valid && (sign_p ? whole_p || flip : !whole_p && flip);
                    carry_m_q <= q_valid && (sign_m || !whole_m);
                end
            assign high_p = wide_p[SCORE_W-1:0];
            assign high_m = wide_m[SCORE_W-1:0];
            assign {carry_p, carry_m} = {carry_p_q, carry_m_q};
            wire _unused = &{1'b0, wide_p, wide_m};
        end else begin : g_sum
            reg  [Q_W-1:0] q_p_q, q_m_q;
            wire [Q_W-1:0] term_p, term_m;
            wire           plus, minus;                 // of the terms: the carries that complete a complement
            localparam [Q_W-1:0] FROM_M = 255;
            wire           anew    = first_q[ROW_ADD];  // q's first term
            wire [Q_W-1:0] from_p  = anew ? FROM_M & {Q_W{MEMBERS == 1 && minus_age_q[ROW_ADD]}} : q_p_q;
            wire [Q_W-1:0] from_m  = anew ? FROM_M : q_m_q;
            wire [Q_W:0]   q_sum_p = {from_p, 1'b1} + {term_p, plus}, q_sum_m = {from_m, 1'b1} + {term_m, minus};
            wire [SCORE_W+Q_W-1:0] q_p = {{SCORE_W{q_p_q[Q_W-1]}}, q_p_q} & {SCORE_W + Q_W{LOWRANK != 0}};
            wire [SCORE_W+Q_W-1:0] q_m = {{SCORE_W{q_m_q[Q_W-1]}}, q_m_q} & {SCORE_W + Q_W{LOWRANK != 0}};
            always @(posedge clk_i)
                if (q_q[ROW_ADD] || first_q[ROW_ADD]) begin
                    q_p_q <= q_sum_p[Q_W:1];
                    q_m_q <= q_sum_m[Q_W:1];
                end
            assign high_p = q_p[8+:SCORE_W];
            assign high_m = q_m[8+:SCORE_W];
            assign {carry_p, carry_m} = 2'd0;
            wire _unused_q = &{1'b0, q_p, q_m, q_sum_p[0], q_sum_m[0]};
            if (RANK_LANES > 1) begin : g_terms
                wire [Q_W-1:0]    sum_p, sum_m;
                wire [RANK_W-1:0] one_more = q_k_q2 + 1'b1;      // full rank: an item is one
                sr_loop_sg #(.RANK_LANES(RANK_LANES), .K_AW(RANK_AW), .K_W(RANK_W), .G_W(G_W), .Q_W(Q_W)) u_sg (
                    .clk_i(clk_i), .we_i(store_q), .k_i(g_k_q[RANK_AW-1:0]), .p_i(sg_p), .m_i(sg_m), .valid_i(q_valid), .at_i(q_k_q2),
                    .count_i(full ? one_more : rank_i), .bits_i(bit_q), .term_p_o(sum_p), .term_m_o(sum_m)
                );
                assign {term_p, term_m, plus, minus} = {sum_p, sum_m, 2'd0};
            end else begin : g_term
                reg  [Q_W-1:0] term_p_q, term_m_q;
                reg            plus_q, minus_q;
                always @(posedge clk_i) begin
                    term_p_q <= (kept_p ^ {Q_W{bit_q[0] ^ flip}}) & {Q_W{q_valid}};
                    term_m_q <= (kept_m ^ {Q_W{!bit_q[0]}}) & {Q_W{q_valid}};
                    plus_q   <= q_valid && (bit_q[0] ^ flip);
                    minus_q  <= q_valid && !bit_q[0];
                end
                assign {term_p, term_m, plus, minus} = {term_p_q, term_m_q, plus_q, minus_q};
            end
        end
    endgenerate

    // ---- scores ----
    reg  signed [SCORE_W-1:0] score_p_q, score_m_q;
    wire [SCORE_W:0] score_p = {{SCORE_W - SUM_W{row_p_q[SUM_W-1]}}, row_p_q, 1'b1} + {high_p, carry_p};
    wire [SCORE_W:0] score_m = {{SCORE_W - SUM_W{row_m_q[SUM_W-1]}}, row_m_q, 1'b1} + {high_m, carry_m};
    always @(posedge clk_i) begin
        score_p_q <= score_p[SCORE_W:1];
        score_m_q <= score_m[SCORE_W:1];
    end
    assign score_we_o    = c_last_age_q[ROW_DONE+1];
    assign score_class_o = score_at_q[3:0];
    assign score_p_o     = score_p_q;
    assign score_m_o     = score_m_q;

    // ---- S g of the pair; where they are kept, the scores of some pairs. One memory, {0, bank, class} and {1, k}, or with SCALE_OWN two ----
    wire [2*G_W-1:0]     sg = {sg_m, sg_p};
    wire [2*SCORE_W-1:0] scores = {score_m_q, score_p_q};
    wire [KEEP_AW-1:0]   waddr, raddr;
    wire                 keep_we, keep_re;
    reg  [KEEP_W-1:0]    wdata;
    generate
        if (SCALE_OWN != 0) begin : g_own
            reg  [MEMBERS*G_W-1:0] sg_q [0:(1<<RANK_AW)-1];
            wire                   now = store_q && g_k_q[RANK_AW-1:0] == q_k_q2[RANK_AW-1:0];     // it is on its way into sg_q
            always @(posedge clk_i) if (store_q) sg_q[g_k_q[RANK_AW-1:0]] <= sg[MEMBERS*G_W-1:0];
            assign kept_sg    = now ? sg[MEMBERS*G_W-1:0] : sg_q[q_k_q2[RANK_AW-1:0]];
            assign fit_wait_o = 1'b0;
            assign waddr      = score_at_q[KEEP_AW-1:0];
            assign raddr      = fit_addr_i[KEEP_AW-1:0];
            assign keep_we    = KEEP_SCORES != 0 && score_we_o;
            assign keep_re    = KEEP_SCORES != 0 && fit_re_i;
            always @* wdata = scores[MEMBERS*SCORE_W-1:0];
        end else begin : g_shared
            wire [KEEP_AW+RANK_W-1:0] sg_w = {{KEEP_AW{1'b0}}, g_k_q}, sg_r = {{KEEP_AW{1'b0}}, q_k_q1};
            wire [KEEP_AW+SBANK_W+3:0] score_w = {{KEEP_AW{1'b0}}, score_at_q}, score_r = {{KEEP_AW{1'b0}}, fit_addr_i};
            localparam [KEEP_AW-1:0] SG_AT = KEEP_SCORES != 0 ? 1 << (KEEP_AW - 1) : 0;
            assign kept_sg    = kept[MEMBERS*G_W-1:0];
            assign fit_wait_o = q_re;
            assign waddr      = KEEP_SCORES != 0 && score_we_o ? score_w[KEEP_AW-1:0] : sg_w[KEEP_AW-1:0] | SG_AT;
            assign raddr      = KEEP_SCORES == 0 || q_re ? sg_r[KEEP_AW-1:0] | SG_AT : score_r[KEEP_AW-1:0];
            assign keep_we    = store_q || (KEEP_SCORES != 0 && score_we_o);
            assign keep_re    = q_re || (KEEP_SCORES != 0 && fit_re_i);
            always @* begin
                wdata = {KEEP_W{1'b0}};
                wdata[MEMBERS*G_W-1:0] = sg[MEMBERS*G_W-1:0];
                if (KEEP_SCORES != 0 && score_we_o) wdata[MEMBERS*SCORE_W-1:0] = scores[MEMBERS*SCORE_W-1:0];
            end
            wire _unused = &{1'b0, sg_w, sg_r, score_w, score_r};
        end
    endgenerate
    sr_ram #(.WIDTH(KEEP_W), .DEPTH(1 << KEEP_AW), .ADDR_W(KEEP_AW), .LUT(LUT_RAM)) u_kept (
        .clk_i(clk_i), .we_i(keep_we), .waddr_i(waddr), .wdata_i(wdata), .re_i(keep_re), .raddr_i(raddr), .rdata_o(kept)
    );
    assign fit_p_o    = kept[SCORE_W-1:0];
    assign fit_m_o    = kept[MEMBERS*SCORE_W-1:(MEMBERS-1)*SCORE_W];
    wire _unused = &{1'b0, items, q_k_q2, classes_i[4], sg, scores, kept, minus_age_q, score_p[0], score_m[0], kept_p, kept_m, flip, q_valid, bit_q, q_begun, q_first_q, q_re,
                     fit_re_i, fit_addr_i};

`ifdef FORMAL
    // formal: MEMBERS=1 LANES=2 CNT_W=2 BLOCK_W=3 BLOCK_AW=2 RANK_W=2 RANK_AW=1 FACTOR_AW=3 CLASS_AW=5 SUM_W=12 G_W=16 Q_W=17 SCORE_W=13 DEPTH=24
    // formal: MEMBERS=1 LANES=2 CNT_W=2 BLOCK_W=3 BLOCK_AW=2 RANK_W=1 RANK_AW=1 FACTOR_AW=3 CLASS_AW=5 SUM_W=12 G_W=16 Q_W=16 SCORE_W=13 TREE=0 CHAIN=1 DEPTH=24
    // formal: FULL=1 LANES=2 CNT_W=2 BLOCK_W=3 BLOCK_AW=2 RANK_W=3 RANK_AW=2 FACTOR_AW=3 CLASS_AW=5 SUM_W=12 G_W=16 Q_W=17 SCORE_W=13 DEPTH=20
    // formal: LANES=2 CNT_W=2 BLOCK_W=3 BLOCK_AW=2 RANK_W=2 RANK_AW=1 FACTOR_AW=3 CLASS_AW=5 SUM_W=12 G_W=16 Q_W=17 SCORE_W=13 DEPTH=24
    // formal: SCALE_OWN=1 LANES=2 CNT_W=2 BLOCK_W=3 BLOCK_AW=2 RANK_W=2 RANK_AW=1 FACTOR_AW=3 CLASS_AW=5 SUM_W=12 G_W=16 Q_W=17 SCORE_W=13 DEPTH=24
    // Assumed: start_i only while ready_o, settings legal and stable while busy_o.
    reg  past_q = 1'b0;
    reg  [RANK_W-1:0] k_1_q, k_2_q;
    reg  [4:0] pending;         // rows of classes on their way to that age
    integer    n_f;
    always @* begin
        pending = 5'd0;
        for (n_f = 1; n_f <= Q_READ; n_f = n_f + 1) pending = pending + {4'd0, c_last_age_q[n_f]};
    end
    reg  [7:0] apart_q;         // cycles since the last item of the pair before; 255: or longer
    wire [7:0] row_cycles = {{8 - BLOCK_W{1'b0}}, c_last_q} + 8'd1;
    wire [7:0] to_class   = {{8 - BLOCK_W{1'b0}}, g_last_q} + 8'd2 + {5'd0, gap_cycles};       // to the first item of a class, or more
    reg  middle_q;              // full rank: of the class at this age q has been asked for, and its row goes on
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        apart_q <= rst_i ? 8'd255 : walk_last ? 8'd1 : apart_q + {7'd0, apart_q != 8'd255};
        k_1_q  <= k_q;
        k_2_q  <= k_1_q;
        if (clear_i || rst_i || c_last_age_q[Q_READ]) middle_q <= 1'b0;
        else if (q_q[Q_READ]) middle_q <= 1'b1;
        if (!past_q) assume (rst_i && clear_i);
        if (!ready_o) assume (!start_i);
        if (busy_o) assume (!clear_i);
        assume (blocks_i != 0 && blocks_i <= 1 << BLOCK_AW && rank_i != 0 && classes_i >= 2);
        assume (full ? rank_i == classes_i[RANK_W-1:0] && classes_i <= 1 << RANK_AW && !infer_i : rank_i <= 2 && classes_i <= 16);
        if (past_q && ($past(start_i) || $past(busy_o)))
            assume ($stable(blocks_i) && $stable(rank_i) && $stable(classes_i) && $stable(infer_i) && $stable(full_i) && $stable(scale_i));
        if (past_q && $past(!busy_o && !start_i) && start_i)
            assume ($stable(blocks_i) && $stable(rank_i) && $stable(infer_i) && $stable(full_i));      // settings were there a cycle before
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o && ready_o && !score_we_o);
            if (!busy_o) assert (!score_we_o && !done_o && !y_re_o && !col_re_o && !class_re_o && !g_put && !store_q);
            assert (!(store_q && score_we_o));
            if (done_o) assert (score_we_o);
            // Last scores of two pairs are as far apart as sr_member_fitness wants them, as the last items of their walks are.
            if (walk_last && !infer_i) assert (apart_q >= {3'd0, classes_i} + 8'd6);
            // lane 0 has no other work while it multiplies g
            if (g_put && STREAM == 0) assert (!mac_q[3]);
            // S g is there before it is read
            if (q_re && SCALE_OWN == 0) assert (!g_put && !scaled_q && !store_q);
            // full rank: a class's row of entries is that of its number, and so is the S g that is added
            if (full && col_re_o) assert (col_addr_o[BLOCK_AW+:FACTOR_AW] == k_2_q);
            if (full && q_re) assert (q_k_q1 == q_sel_q);
            // for the induction
            if (grow) assert (apart_q >= 8'd1 + {{8 - BLOCK_W{1'b0}}, item_q} && item_q <= g_last_q);
            if (state_q == GAP) assert (gap_q != 3'd0 && gap_q <= gap_cycles && apart_q >= to_class - {5'd0, gap_q});
            if (class_row && !infer_i) assert (apart_q >= to_class + {4'd0, class_q} * row_cycles + {{8 - BLOCK_W{1'b0}}, item_q});
            assert ((pair_last_q & ~c_last_age_q) == 0);
            if (class_row) assert ({1'b0, class_q} < classes_i && item_q <= c_last_q);
            if (grow || state_q == GAP) assert (class_q == 4'd0 && (STREAM != 0 && state_q == GAP ? k_q == rank_i : k_q < rank_i));
            if (full || !busy_o) assert ({1'b0, q_class_q} + pending == (|pair_last_q[Q_READ:1] ? classes_i : class_row ? {1'b0, class_q} : 5'd0));
            if (middle_q) assert ((class_row && !row_first) || pending != 5'd0);
            if (full || !busy_o) assert ({2'd0, q_k_q} == {1'b0, q_class_q} + {4'd0, middle_q});
        end
        cover (past_q && done_o && score_class_o == 4'd1 && state_q == GROW);
        cover (past_q && store_q && (RANK_W == 1 || g_k_q == 1));
    end
`endif
endmodule

`default_nettype wire
