// SPDX-License-Identifier: Apache-2.0
// sr_compact_pair: control of what the lanes do for one pair and sample: scaling, LIF, readout (docs/numerics.md, 3 to 5).
//
// SCALE  each k, each step: count c from the count buffer -> lane 0's multiplier -> c' = sat_16((c * S) >> 4) -> operand memory,
//        word {step, k}.
// LIF    two column blocks side by side, each step, each k: acc +- c'; after the last k, fire. A block's counts leave the ring
//        with the fire after its last step's.
// ROWS   each k: g = sum C y, one row of column blocks; S g is kept in the count buffer, behind the counts.
//        Then each class: sum w y, then +- S g[k]; a row takes blocks + rank + GAP cycles, row behind row.
// Ages   0 first addresses, 1 data; scaling: 2 multiplier's operands, 3 products; rows, whose factors are held for a cycle: 3
//        operands, 4 products, ROW_AGE sum over the lanes, DONE_AGE sum of the row. A control signal's age stands at its port.
// Job    start_i (pulse) with the inputs, held while busy_o; clear_i before a sample's first pair.
// Reset  control only. Test: tests/test_sim.c
`default_nettype none

module sr_compact_pair #(
    parameter STEP_W    = 4,
    parameter BLOCK_W   = 5,
    parameter RANK_W    = 3,
    // bits of an address: step, column block, k, factor, operand, class factor word, weight
    parameter STEP_AW   = 4,
    parameter BLOCK_AW  = 4,
    parameter RANK_AW   = 2,
    parameter FACTOR_AW = 6,
    parameter GROUP_AW  = 4,
    parameter OP_AW     = 6,
    parameter CLASS_AW  = 8,
    parameter W_AW      = 14,
    parameter CUT_LOG   = 2,
    parameter UNIT_LOG  = 2,    // log2 PROJ_UNITS
    parameter UNIT_W    = 2,
    parameter TREE      = 1,    // cycles of the sum over lanes
    parameter GAP       = 1,    // 1: the row's sum is cleared between rows; 0: its first addition replaces it
    // places in the base buffer and the count buffer; the low bits count
    parameter Y_AT      = 224,  // spike counts
    parameter SCORE_AT  = 240,  // scores
    parameter G_AT      = 15,   // S g, 2^STEP_AW apart
    parameter W_READOUT = 16128, // first readout weight word
    parameter BASE_AW   = STEP_AW + BLOCK_AW,
    parameter COUNT_AW  = GROUP_AW + STEP_AW
) (
    input  wire                clk_i,
    input  wire                rst_i,
    input  wire                start_i,
    input  wire                clear_i,
    output wire                busy_o,
    output wire                lif_busy_o,
    output wire                rows_busy_o,
    input  wire [STEP_W-1:0]   steps_i,
    input  wire [RANK_W-1:0]   rank_i,
    input  wire [BLOCK_W-1:0]  blocks_i,
    input  wire [4:0]          classes_i,
    // scaling
    output wire                count_re_o,    // age 0; S g: ROW_AGE - 2
    output wire [COUNT_AW-1:0] count_addr_o,
    output wire                put_scale_o,   // age 1
    output wire [UNIT_W-1:0]   put_unit_o,
    output wire                scale_o,       // the next factor is S
    output wire                product_o,     // age 2; of rows: 3
    output wire                op_we_o,       // age 3
    output wire [OP_AW-1:0]    op_waddr_o,
    // LIF
    output wire                op_re_o,
    output wire [OP_AW-1:0]    op_raddr_o,
    output wire                col_re_o,      // age 0
    output wire [FACTOR_AW+BLOCK_AW:0] col_addr_o,    // top bit: of the readout
    output wire                acc_next_o,    // age 1: the operand and the columns' bits are taken
    output wire                acc_en_o,      // age 2
    output wire                acc_first_o,
    output wire                base_re_o,     // base current: age 2; spike counts: age 1
    output wire [BASE_AW-1:0]  base_addr_o,
    output wire                lif_o,
    output wire                lif_clear_o,
    output wire                load_o,        // age 3
    output wire                fire_o,        // age 4
    output wire                last_o,
    output wire                edge_o,        // what leaves the ring is of the last column block
    output wire                y_we_o,        // a cycle after the fire
    output wire [BASE_AW-1:0]  y_addr_o,
    // rows
    output wire                put_y_o,       // age 2
    output wire                g_row_o,       // age 2: the next factor is +-1
    output wire                w_row_o,       // age 2: the next factor is a weight
    output wire [W_AW-1:0]     w_addr_o,      // a cycle before age 0
    output wire                row_en_o,      // row sum takes what is held
    output wire                row_first_o,
    output wire                row_clear_o,
    output wire                put_g_o,       // g into lane 0
    output wire                g_we_o,        // S g into the count buffer
    output wire [COUNT_AW-1:0] g_addr_o,
    output wire                class_re_o,    // ROW_AGE - 3
    output wire [CLASS_AW-1:0] class_addr_o,
    output wire [3:0]          class_bit_o,   // with the data
    output wire                q_en_o,        // ROW_AGE - 1: +- S g is held, not the lanes' sum
    output wire                score_we_o,
    output wire [BASE_AW-1:0]  score_addr_o
);
    localparam ROW_AGE  = 5 + TREE;     // the row's sum takes the lanes' sum or S g, held since ROW_AGE - 1
    localparam DONE_AGE = 6 + TREE;

    // ---- loops ----
    localparam [2:0] IDLE = 3'd0, SCALE = 3'd1, LIF = 3'd2, GROW = 3'd3, CLASS = 3'd4, DRAIN = 3'd5;
    localparam OUT_W  = STEP_W > 5 ? STEP_W : 5;
    reg  [2:0]         state_q, phase_q;      // phase_q: the state, also while it drains
    reg  [3:0]         drain_q;
    reg                thread_q, more_q;
    reg  [RANK_W-1:0]  k_q;
    reg  [OUT_W-1:0]   out_q;                 // step; class
    reg  [BLOCK_W-1:0] block_q;
    wire               scaling   = state_q == SCALE;
    wire               lif       = state_q == LIF;
    wire               g_row     = state_q == GROW;
    wire               w_row     = state_q == CLASS;
    wire               k_end     = k_q == rank_i - 1'b1;
    reg  [OUT_W-1:0]   out_last_q;            // held: chosen a cycle before it counts; a g row does not look at it
    wire               out_end   = out_q == out_last_q;
    wire [BLOCK_W-1:0] block     = block_q + {{BLOCK_W - 1{1'b0}}, thread_q};
    wire [BLOCK_W-1:0] block_up  = block + 1'b1;
    wire               there     = block < blocks_i;
    wire               block_end = block_up >= blocks_i;
    wire [BLOCK_W-1:0] items     = blocks_i + {{BLOCK_W - RANK_W{1'b0}}, rank_i};    // of a class row
    wire               q_item    = w_row && !there && block_q != items;
    wire               row_last  = w_row && block_up == items;
    wire               row_end   = GAP != 0 ? block_q == items : row_last;
    wire               turn      = k_end && thread_q && out_end;   // a couple of blocks is done
    wire               lif_end   = lif && turn && block_end;
    wire [BLOCK_W-1:0] block_next = turn ? block_end ? {BLOCK_W{1'b0}} : block_up : block_q;
    wire [BLOCK_W-1:0] row_next   = row_end ? {BLOCK_W{1'b0}} : block_up;
    always @(posedge clk_i) begin
        if (state_q != DRAIN) phase_q <= state_q;
        out_last_q <= (phase_q == GROW || g_row || w_row ? {{OUT_W - 5{1'b0}}, classes_i}
                       : {{OUT_W - STEP_W{1'b0}}, steps_i}) - 1'b1;
        case (state_q)
            SCALE: begin            // k, step
                out_q <= out_end ? {OUT_W{1'b0}} : out_q + 1'b1;
                if (out_end) k_q <= k_end ? {RANK_W{1'b0}} : k_q + 1'b1;
                if (out_end && k_end) state_q <= DRAIN;
                drain_q <= 4'd2;
            end
            LIF: begin              // couple of blocks, step, thread, k
                k_q <= k_end ? {RANK_W{1'b0}} : k_q + 1'b1;
                if (k_end) thread_q <= !thread_q;
                if (k_end && thread_q) out_q <= out_end ? {OUT_W{1'b0}} : out_q + 1'b1;
                block_q <= block_next;
                if (lif_end) state_q <= DRAIN;
                drain_q <= 4'd4;
            end
            GROW: begin             // block; a row and its product at a time
                block_q <= block_end ? {BLOCK_W{1'b0}} : block_up;
                if (block_end) k_q <= k_end ? {RANK_W{1'b0}} : k_q + 1'b1;
                if (block_end) state_q <= DRAIN;
                more_q  <= !k_end;
                drain_q <= DONE_AGE[3:0];
            end
            CLASS: begin            // class, block
                block_q <= row_next;
                if (row_end) out_q <= out_end ? {OUT_W{1'b0}} : out_q + 1'b1;
                if (row_end && out_end) state_q <= DRAIN;
                drain_q <= DONE_AGE[3:0];
            end
            DRAIN: begin
                drain_q <= drain_q - 4'd1;
                if (drain_q == 4'd0)
                    state_q <= phase_q == SCALE ? LIF : phase_q == LIF || (phase_q == GROW && more_q) ? GROW
                             : phase_q == GROW ? CLASS : IDLE;
            end
            default: begin
                k_q      <= {RANK_W{1'b0}};
                out_q    <= {OUT_W{1'b0}};
                block_q  <= {BLOCK_W{1'b0}};
                thread_q <= 1'b0;
                if (start_i) state_q <= SCALE;
            end
        endcase
        if (rst_i) state_q <= IDLE;
    end
    wire idle   = state_q == IDLE;
    wire in_lif = (lif || state_q == DRAIN) && phase_q == LIF;
    assign busy_o      = !idle;
    assign lif_busy_o  = in_lif;
    assign rows_busy_o = !idle && (phase_q == GROW || phase_q == CLASS);

    // ---- ages: x_q[n] is x of n cycles ago ----
    reg [3:1]          scale_q;
    reg [4:1]          kend_q, step_end_q, there_q, edge_q;
    reg [2:1]          lif_q, first_k_q;
    reg [5:1]          lif_end_q;
    reg [2:1]          g_q, w_q;
    reg [ROW_AGE:1]    mac_q, begin_q, q_q;
    reg [DONE_AGE:1]   row_last_q;
    reg [DONE_AGE+1:1] g_end_q;
    always @(posedge clk_i) begin
        scale_q    <= {scale_q[2:1], scaling && !rst_i};
        step_end_q <= {step_end_q[3:1], out_end};
        lif_q      <= {lif_q[1], lif};
        first_k_q  <= {first_k_q[1], k_q == {RANK_W{1'b0}}};
        kend_q     <= {kend_q[3:1], lif && k_end && !rst_i};
        there_q    <= {there_q[3:1], there};
        edge_q     <= {edge_q[3:1], block_end};
        lif_end_q  <= {lif_end_q[4:1], lif_end && !rst_i};
        g_q        <= {g_q[1], g_row};
        w_q        <= {w_q[1], w_row};
        mac_q      <= {mac_q[ROW_AGE-1:1], (g_row || w_row) && there};
        begin_q    <= {begin_q[ROW_AGE-1:1], block_q == {BLOCK_W{1'b0}}};
        q_q        <= {q_q[ROW_AGE-1:1], q_item};
        row_last_q <= {row_last_q[DONE_AGE-1:1], row_last && !rst_i};
        g_end_q    <= {g_end_q[DONE_AGE:1], g_row && block_end && !rst_i};
    end

    // ---- factor of the pair: its first and k ----
    reg  [FACTOR_AW-1:0] factor_q;
    reg  [UNIT_W-1:0]    unit_q1;
    wire [FACTOR_AW-1:0] factor = factor_q + {{FACTOR_AW - RANK_W{1'b0}}, k_q};
    wire [FACTOR_AW-1:0] group  = factor >> UNIT_LOG;
    localparam [FACTOR_AW-1:0] UNIT_MASK = (1 << UNIT_LOG) - 1;
    always @(posedge clk_i) begin
        unit_q1 <= factor[UNIT_W-1:0] & UNIT_MASK[UNIT_W-1:0];
        if (state_q == DRAIN && phase_q == CLASS && drain_q == 4'd0) factor_q <= factor_q + {{FACTOR_AW - RANK_W{1'b0}}, rank_i};
        if (clear_i) factor_q <= {FACTOR_AW{1'b0}};
    end

    // ---- scaling ----
    reg  [OUT_W-1:0]    op_out_q;             // what is written: step or pair, k
    reg  [RANK_W-1:0]   op_k_q;
    wire                q_re;
    reg  [RANK_W-1:0]   q_k_q;
    always @(posedge clk_i) begin
        if (op_we_o) op_out_q <= step_end_q[3] ? {OUT_W{1'b0}} : op_out_q + 1'b1;
        if (op_we_o && step_end_q[3]) op_k_q <= op_k_q + 1'b1;
        if (idle) begin
            op_out_q <= {OUT_W{1'b0}};
            op_k_q   <= {RANK_W{1'b0}};
        end
    end
    wire [GROUP_AW+RANK_W-1:0] q_place = {{GROUP_AW{1'b0}}, q_k_q1};
    assign count_re_o    = scaling || q_re;
    assign count_addr_o  = scaling ? {group[GROUP_AW-1:0], out_q[STEP_AW-1:0]}
                                   : {q_place[GROUP_AW-1:0], {STEP_AW{1'b0}}} | G_AT[COUNT_AW-1:0];
    assign put_scale_o   = scale_q[1];
    assign put_unit_o    = unit_q1;
    assign scale_o       = (!idle && phase_q == SCALE) || put_g_o;
    assign product_o     = scale_q[2] || mac_q[3];
    assign op_we_o       = scale_q[3];
    assign op_waddr_o    = op_step[OP_AW-1:0];
    wire [OP_AW+OUT_W+RANK_AW-1:0] op_step = {{OP_AW{1'b0}}, op_out_q, op_k_q[RANK_AW-1:0]};

    // ---- LIF ----
    reg  [STEP_AW-1:0]  step_q1, step_q2;
    reg  [BLOCK_AW-1:0] block_q1, block_q2;
    reg  [BLOCK_W-1:0]  y_q;
    reg                 left_last_q, left_there_q, left_edge_q, y_we_q;
    always @(posedge clk_i) begin
        step_q1      <= out_q[STEP_AW-1:0];
        step_q2      <= step_q1;
        block_q1     <= block[BLOCK_AW-1:0];
        block_q2     <= block_q1;
        if (fire_o) begin
            left_last_q  <= step_end_q[4] && !lif_end_q[5];
            left_there_q <= there_q[4];
            left_edge_q  <= edge_q[4];
        end
        y_we_q <= fire_o && left_last_q && left_there_q && !rst_i;
        if (y_we_o) y_q <= y_q + 1'b1;
        if (idle) begin
            left_last_q <= 1'b0;
            y_q         <= {BLOCK_W{1'b0}};
        end
    end
    assign op_re_o     = lif;
    wire [OP_AW+OUT_W+RANK_AW-1:0] op_item = {{OP_AW{1'b0}}, out_q, k_q[RANK_AW-1:0]};
    assign op_raddr_o  = op_item[OP_AW-1:0];
    assign col_re_o    = lif || g_row;
    assign col_addr_o  = {!lif, factor, block[BLOCK_AW-1:0]};
    assign acc_next_o  = lif_q[1] || g_q[1];
    assign acc_en_o    = lif_q[2];
    assign acc_first_o = first_k_q[2];
    assign base_re_o   = kend_q[2] || g_q[1] || w_q[1];
    assign base_addr_o = kend_q[2] ? {step_q2, block_q2} : Y_AT[BASE_AW-1:0] | {{BASE_AW - BLOCK_AW{1'b0}}, block_q1};
    assign lif_o       = in_lif;
    assign lif_clear_o = lif && phase_q != LIF;
    assign load_o      = kend_q[3];
    assign fire_o      = kend_q[4] || lif_end_q[5];
    assign last_o      = left_last_q;
    assign edge_o      = left_edge_q;
    assign y_we_o      = y_we_q;
    assign y_addr_o    = Y_AT[BASE_AW-1:0] | {{BASE_AW - BLOCK_W{1'b0}}, y_q};

    // ---- rows ----
    localparam Q_AGE = ROW_AGE - 2;
    reg  [RANK_W-1:0]   g_k_q, q_k_q1;
    reg  [3:0]          q_class_q, q_bit_q, score_class_q;
    wire [FACTOR_AW-1:0] q_factor = factor_q + {{FACTOR_AW - RANK_W{1'b0}}, q_k_q};
    assign q_re = q_q[Q_AGE];           // S g: a cycle after the class factor, whose bit is held
    always @(posedge clk_i) begin
        if (g_we_o) g_k_q <= g_k_q + 1'b1;
        if (score_we_o) score_class_q <= score_class_q + 4'd1;
        if (class_re_o) q_k_q <= q_k_q + 1'b1;
        if (row_last_q[Q_AGE-1]) q_k_q <= {RANK_W{1'b0}};
        if (row_last_q[Q_AGE-1]) q_class_q <= q_class_q + 4'd1;
        q_k_q1  <= q_k_q;
        q_bit_q <= q_class_q;
        if (idle) begin
            g_k_q         <= {RANK_W{1'b0}};
            q_k_q         <= {RANK_W{1'b0}};
            q_class_q     <= 4'd0;
            score_class_q <= 4'd0;
        end
    end
    wire [3:0]          class_next = out_q[3:0] + {3'd0, row_end};
    assign put_y_o      = mac_q[2];
    assign g_row_o      = g_q[2];
    assign w_row_o      = w_q[2];
    assign w_addr_o     = W_READOUT[W_AW-1:0]
                        | {{W_AW - 4 - BLOCK_AW{1'b0}}, class_next & {4{w_row}}, row_next[BLOCK_AW-1:0] & {BLOCK_AW{w_row}}};
    assign row_en_o     = mac_q[ROW_AGE] || q_q[ROW_AGE];
    assign row_first_o  = GAP == 0 && begin_q[ROW_AGE];
    assign row_clear_o  = GAP != 0 && (idle || put_g_o || score_we_o);
    assign put_g_o      = g_end_q[DONE_AGE];
    assign g_we_o       = g_end_q[DONE_AGE+1];
    wire [GROUP_AW+RANK_W-1:0] g_place = {{GROUP_AW{1'b0}}, g_k_q};
    assign g_addr_o     = {g_place[GROUP_AW-1:0], {STEP_AW{1'b0}}} | G_AT[COUNT_AW-1:0];
    assign class_re_o   = q_q[Q_AGE-1];
    assign class_addr_o = {{CLASS_AW - FACTOR_AW{1'b0}}, q_factor} << (4 - CUT_LOG)
                        | {{CLASS_AW - 4{1'b0}}, q_class_q >> CUT_LOG};
    assign class_bit_o  = q_bit_q;
    assign q_en_o       = q_q[ROW_AGE-1];
    assign score_we_o   = row_last_q[DONE_AGE];
    assign score_addr_o = {SCORE_AT[BASE_AW-1:4], score_class_q};
    wire _unused = &{1'b0, group, op_step, op_item, op_k_q, k_q, q_place, g_place};
endmodule

`default_nettype wire
