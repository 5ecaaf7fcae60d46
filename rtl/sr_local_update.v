// SPDX-License-Identifier: Apache-2.0
// sr_local_update: walks the weights that mode `local` (docs/numerics.md, 8.6) changes, an item each two cycles. An item is a word of
// LANES weights: of a hidden row that has an event, in a column block of the list (sr_local_credit); or, with readout_i, of a class
// that has an error, in every column block.
//
// Two machines, the first ahead of the second by one segment: the items of one row within 64 columns, which share a dither word.
//   fetch   LOAD   steps + 1   16 rows: a word of the sample for each step, turned into a bit a step for each row. LANES above 64: they are
//                              read during the items of the 16 rows before, and where those took as long, LOAD takes 1
//           NEXT   1           a word's first row that has a bit; or the next word
//           DRAW   1           its dither word is asked for
//           WAIT               until the second machine takes the segment; then the row's next, or the next row. LANES 1: the row's
//                              bits are read again meanwhile, in steps + 1 cycles, and LOAD only looks which rows have one
//   items   slot 0 issue: age 0 of an item; slot 1: the next item, entry of the list or segment
// Ages of an item
//   0 block_o: spike counts and entries of the noise are read; the list's entry (entry_block_i, f) is valid to age 1
//   1 operands (v_o[1]); row_o and events_o valid    3 w_addr_o of the read, data three cycles later    4 rho_o valid
//   6 the old word is there, and the new one: w_we_o with w_addr_o.    Reads fall into slot 1, writes into slot 0.
// Turning     With LANES 1 an item is one weight of a word of 2^WORD_LOG, and there is an item a cycle. Its list entry is valid at age 0 alone.
//             The word is read once for all of its items that follow one another, w_addr_o at age 2 of the first, and is there at age 5 of that
//             one, from m_take_o in the cycle before on; m_put_o with m_col_o, at age 5, says whose new weight is there; w_we_o comes with the
//             last one's. Reads that would meet a write wait for a cycle.
//             The dither word stands in a register that turns by eight columns a cycle, up to the item's eight, which it has reached at
//             age 1: a shift by up to 63 takes more cells than anything else here.
// Cycles      2 an item, where a dither word takes no longer than the items of a segment; LOAD in between. LANES 1: a cycle an item and one a
//             row, but 2 a word where words of one item follow one another, and one for every eight columns that have no item, but for the first.
// Job         start_i (pulse) with the inputs, which stay while busy_o; there is an entry, or a class.
// Reset       control only. Test: tests/rtl/tb_local_update.cpp; proofs: tests/formal
`default_nettype none

module sr_local_update #(
    parameter LANES     = 4,
    parameter STEPS_MAX = 14,
    parameter STEP_W    = 4,
    parameter CNT_W     = 4,
    parameter BLOCK_W   = 5,
    parameter BLOCK_AW  = 4,
    parameter XW_W      = 6,
    parameter X_AW      = 14,
    parameter WORD_LOG  = 0,     // LANES 1: of the weights in a word
    parameter GROUPS    = 1,                         // segments: of 64 columns, or of a block that has more
    parameter ROW_W     = XW_W + 4,
    parameter COL_W     = WORD_LOG > 0 ? WORD_LOG : 1,
    parameter DITHER_W  = LANES < 64 ? 64 : LANES
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      start_i,
    input  wire                      readout_i,
    output wire                      busy_o,
    input  wire [X_AW-1:0]           x_base_i,
    input  wire [XW_W-1:0]           x_words_i,      // of a step
    input  wire [3:0]                rest_i,         // inputs in a step's last word, 0: all 16
    input  wire [STEP_W-1:0]         steps_i,
    input  wire [BLOCK_W-1:0]        blocks_i,
    input  wire [GROUPS*BLOCK_W-1:0] ends_i,
    input  wire [15:0]               nonzero_i,      // classes that have an error
    output wire                      x_re_o,
    output wire [X_AW-1:0]           x_addr_o,
    input  wire [15:0]               x_data_i,       // a cycle after
    output wire                      noise_o,
    output wire [12:0]               noise_row_o,
    output wire [7:0]                noise_group_o,
    input  wire                      noise_ready_i,
    input  wire [DITHER_W-1:0]       noise_i,        // the dither words of the segment
    output wire                      e_re_o,         // the error of the class whose items come
    output wire [3:0]                e_addr_o,
    output wire                      entry_re_o,
    output wire [BLOCK_AW-1:0]       entry_addr_o,
    input  wire [BLOCK_AW-1:0]       entry_block_i,  // a cycle after, then held
    output wire                      issue_o,
    output wire [BLOCK_AW-1:0]       block_o,
    output wire [5:1]                v_o,
    output wire [STEPS_MAX-1:0]      row_o,
    output wire [CNT_W-1:0]          events_o,
    output wire [LANES*16-1:0]       rho_o,          // LANES above 64: 0, and dither_o, the words of each 64 columns, in its place
    output wire [DITHER_W-1:0]       dither_o,
    output wire                      m_take_o,       // LANES 1
    output wire                      m_put_o,
    output wire [COL_W-1:0]          m_col_o,        // of the word's
    output wire                      w_we_o,
    output wire [ROW_W+BLOCK_AW-1:0] w_addr_o        // {row, block}
);
    localparam LANES_LOG = LANES < 64 ? $clog2(LANES) : 6;
    localparam PARTS     = LANES < 64 ? 64 / LANES : 1;   // column blocks in 64 columns
    localparam PARTS_LOG = 6 - LANES_LOG;
    localparam PART_W    = PARTS_LOG > 0 ? PARTS_LOG : 1;
    localparam GROUP_W   = GROUPS > 1 ? $clog2(GROUPS) : 1;
    localparam TURNING   = LANES == 1 ? 1 : 0;
    localparam AHEAD     = LANES > 64 ? 1 : 0;         // the next 16 rows are read while items of these are at work
    localparam WINDOW    = LANES + 16 < 64 ? LANES + 16 : DITHER_W;

    function [3:0] lowest(input [15:0] x);
        integer n;
        begin
            lowest = 4'd0;
            for (n = 15; n >= 0; n = n - 1) if (x[n]) lowest = n[3:0];
        end
    endfunction

    // ---- the list: entries before the end of each 64 columns ----
    wire [GROUPS*BLOCK_W-1:0] ends;
    wire [GROUPS-1:0]         live;
    genvar g;
    generate
        for (g = 0; g < GROUPS; g = g + 1) begin : g_group
            localparam ALL = (g + 1) * PARTS;
            wire [BLOCK_W-1:0] all  = ALL < {{32 - BLOCK_W{1'b0}}, blocks_i} ? ALL[BLOCK_W-1:0] : blocks_i;
            wire [BLOCK_W-1:0] mine = readout_i ? all : ends_i[g*BLOCK_W+:BLOCK_W];
            assign ends[g*BLOCK_W+:BLOCK_W] = mine;
            if (g == 0) begin : g_first
                assign live[g] = mine != {BLOCK_W{1'b0}};
            end else begin : g_later
                assign live[g] = mine != ends[(g-1)*BLOCK_W+:BLOCK_W];
            end
        end
    endgenerate

    // ---- fetch ----
    localparam [2:0] IDLE = 3'd0, LOAD = 3'd1, NEXT = 3'd2, DRAW = 3'd3, WAIT = 3'd4;
    reg  [2:0]              fetch_q;
    reg  [XW_W-1:0]         word_q;
    reg  [X_AW-1:0]         x_addr_q;
    reg  [STEP_W-1:0]       load_q, load_q1;        // step that is read; that comes
    reg                     come_q;
    reg  [15:0]             left_q;                 // rows that have an event, or classes that have an error
    reg  [3:0]              bit_q;
    reg  [GROUP_W-1:0]      group_q;
    reg                     new_q;                  // the segment is its row's first
    reg  [XW_W-1:0]         ahead_word_q;           // AHEAD: the word that is read ahead
    reg                     ahead_q, loaded_q;      // it is read; it has been
    reg  [15:0]             any_q;                  // its rows that have an event
    wire                    handed    = AHEAD != 0 && fetch_q == LOAD && loaded_q;
    wire                    word_last = word_q == x_words_i - 1'b1;
    wire                    x_last    = AHEAD != 0 ? ahead_word_q == x_words_i - 1'b1 : word_last;
    wire [15:0]             rest      = rest_i == 4'd0 ? 16'hffff : ~(16'hffff << rest_i);
    wire [15:0]             x         = x_last ? x_data_i & rest : x_data_i;
    wire                    gathering = TURNING != 0 && !readout_i && fetch_q == WAIT;
    wire                    reading   = (AHEAD != 0 ? ahead_q : fetch_q == LOAD || gathering) && load_q != steps_i;
    wire                    gathered  = TURNING == 0 || readout_i || (load_q == steps_i && !come_q);
    wire                    take;
    reg  [GROUP_W-1:0]      first_group, next_group;
    reg                     more;                   // the row has another segment
    integer                 n;
    always @* begin
        first_group = {GROUP_W{1'b0}};
        next_group  = {GROUP_W{1'b0}};
        more        = 1'b0;
        for (n = GROUPS - 1; n >= 0; n = n - 1)
            if (live[n]) begin
                first_group = n[GROUP_W-1:0];
                if (n[GROUP_W-1:0] > group_q) begin
                    next_group = n[GROUP_W-1:0];
                    more       = 1'b1;
                end
            end
    end
    always @(posedge clk_i) begin
        come_q  <= reading && !rst_i;
        load_q1 <= load_q;
        case (fetch_q)
            IDLE: begin
                word_q   <= {XW_W{1'b0}};
                x_addr_q <= x_base_i;
                load_q   <= {STEP_W{1'b0}};
                left_q   <= readout_i ? nonzero_i : 16'd0;
                if (start_i) fetch_q <= readout_i ? NEXT : LOAD;
            end
            LOAD: if (AHEAD != 0) begin
                if (handed) begin
                    left_q  <= any_q;
                    word_q  <= ahead_word_q;
                    fetch_q <= NEXT;
                end
            end else begin
                if (reading) begin
                    load_q   <= load_q + 1'b1;
                    x_addr_q <= x_addr_q + {{X_AW - XW_W{1'b0}}, x_words_i};
                end
                if (come_q) begin
                    left_q <= left_q | x;
                    if (load_q1 == steps_i - 1'b1) fetch_q <= NEXT;
                end
            end
            NEXT:
                if (left_q != 16'd0) fetch_q <= DRAW;
                else if (readout_i || word_last) fetch_q <= IDLE;
                else if (AHEAD != 0) fetch_q <= LOAD;
                else begin
                    word_q   <= word_q + 1'b1;
                    x_addr_q <= x_base_i + {{X_AW - XW_W{1'b0}}, word_q} + 1'b1;
                    load_q   <= {STEP_W{1'b0}};
                    fetch_q  <= LOAD;
                end
            DRAW: begin
                fetch_q <= WAIT;
                if (TURNING != 0) begin
                    load_q   <= {STEP_W{1'b0}};
                    x_addr_q <= x_base_i + {{X_AW - XW_W{1'b0}}, word_q};
                end
            end
            default: begin
                if (reading && AHEAD == 0) begin
                    load_q   <= load_q + 1'b1;
                    x_addr_q <= x_addr_q + {{X_AW - XW_W{1'b0}}, x_words_i};
                end
                if (take) fetch_q <= more || left_q != 16'd0 ? DRAW : NEXT;
            end
        endcase
        if (AHEAD != 0) begin
            if (handed) begin
                load_q   <= {STEP_W{1'b0}};
                x_addr_q <= x_base_i + {{X_AW - XW_W{1'b0}}, ahead_word_q} + 1'b1;
            end else if (reading) begin
                load_q   <= load_q + 1'b1;
                x_addr_q <= x_addr_q + {{X_AW - XW_W{1'b0}}, x_words_i};
            end
            if (come_q) any_q <= any_q | x;
            if (come_q && load_q1 == steps_i - 1'b1) begin
                ahead_q  <= 1'b0;
                loaded_q <= 1'b1;
            end
            if (fetch_q == IDLE || handed) begin
                ahead_word_q <= handed ? ahead_word_q + 1'b1 : {XW_W{1'b0}};
                ahead_q      <= handed ? !x_last : start_i && !readout_i && !rst_i;
                loaded_q     <= 1'b0;
                any_q        <= 16'd0;
            end
            if (rst_i) ahead_q <= 1'b0;
        end
        if (take && more) begin
            group_q <= next_group;
            new_q   <= 1'b0;
        end else if (take || fetch_q == NEXT) begin
            bit_q   <= lowest(left_q);
            left_q  <= left_q & (left_q - 16'd1);
            group_q <= first_group;
            new_q   <= 1'b1;
        end
        if (rst_i) fetch_q <= IDLE;
    end
    // The events of row bit_q, a bit a step.
    wire [STEPS_MAX-1:0] row_bits;
    generate
        if (TURNING != 0) begin : g_gather
            reg [STEPS_MAX-1:0] gather_q;
            always @(posedge clk_i)
                if (fetch_q == DRAW) gather_q <= {STEPS_MAX{1'b0}};
                else if (come_q) gather_q[load_q1] <= x[bit_q];
            assign row_bits = gather_q;
        end else begin : g_keep
            reg [STEPS_MAX*16-1:0] rows_q;          // of 16 rows, {step, row}
            genvar s;
            if (AHEAD != 0) begin : g_ahead
                reg [STEPS_MAX*16-1:0] next_q;
                always @(posedge clk_i) begin
                    if (handed) rows_q <= next_q;
                    if (fetch_q == IDLE || handed) next_q <= {STEPS_MAX * 16{1'b0}};
                    else if (come_q) next_q[{load_q1, 4'd0}+:16] <= x;
                end
            end else begin : g_now
                always @(posedge clk_i)
                    if (fetch_q == IDLE || fetch_q == NEXT && left_q == 16'd0) rows_q <= {STEPS_MAX * 16{1'b0}};
                    else if (come_q) rows_q[{load_q1, 4'd0}+:16] <= x;
            end
            if (LANES > 64) begin : g_look          // for simulators: looked at only when it is taken
                reg [STEPS_MAX-1:0] look;
                reg [31:0]          i;
                always @* begin
                    i    = 32'd0;
                    look = {STEPS_MAX{1'b0}};
                    if (fetch_q == WAIT)
                        for (i = 0; i < {{32 - STEP_W{1'b0}}, steps_i}; i = i + 1) look[i[STEP_W-1:0]] = rows_q[{i[STEP_W-1:0], bit_q}];
                end
                assign row_bits = look;
            end else for (s = 0; s < STEPS_MAX; s = s + 1) begin : g_row
                assign row_bits[s] = rows_q[{s[STEP_W-1:0], bit_q}];
            end
        end
    endgenerate
    wire [ROW_W-1:0] row = readout_i ? {{ROW_W - 4{1'b0}}, bit_q} : {word_q, bit_q};
    assign x_re_o        = reading;
    assign x_addr_o      = x_addr_q;
    assign noise_o       = fetch_q == DRAW;
    assign noise_row_o   = {{13 - ROW_W{1'b0}}, row};
    assign noise_group_o = {{8 - GROUP_W{1'b0}}, group_q};

    // ---- items ----
    reg                  slot_q, run_q;
    reg  [ROW_W-1:0]     row_q;
    reg  [BLOCK_W-1:0]   entry_q, end_q;
    reg  [DITHER_W-1:0]  dither_q;
    reg  [STEPS_MAX-1:0] bits_q;
    reg  [CNT_W-1:0]     events_q, events;
    reg  [6:1]           v_q;
    wire [BLOCK_W-1:0]   entry_up = entry_q + 1'b1;
    wire                 over     = entry_up == end_q;         // the item is its segment's last
    wire                 ahead, turn;                         // the dither turns on; it is not where an item can be issued yet
    wire                 stall;                               // the item's word would be read in the cycle of a write
    wire                 issue    = run_q && !ahead && !stall && (TURNING != 0 || !slot_q);
    wire                 step_on  = TURNING != 0 ? issue : run_q && v_q[1];          // the item was issued
    wire [BLOCK_W-1:0]   entry    = take && new_q ? {BLOCK_W{1'b0}} : entry_up;
    integer              t;
    assign take = fetch_q == WAIT && noise_ready_i && gathered && (TURNING != 0 ? !run_q : slot_q && (!run_q || (step_on && over)));
    always @* begin
        events = {CNT_W{1'b0}};
        if (LANES <= 64 || issue)                   // more lanes are for simulators: counted only when it is taken
            for (t = 0; t < STEPS_MAX; t = t + 1) events = events + {{CNT_W - 1{1'b0}}, bits_q[t]};
    end
    always @(posedge clk_i) begin
        slot_q <= !slot_q && !rst_i;
        v_q    <= {v_q[5:1], issue};
        if (take) begin
            run_q    <= 1'b1;
            row_q    <= row;
            end_q    <= ends[group_q*BLOCK_W+:BLOCK_W];
            dither_q <= noise_i;
            bits_q   <= row_bits;
        end else begin
            if (step_on && over) run_q <= 1'b0;
            if (TURNING != 0 && turn) dither_q <= {dither_q[7:0], dither_q[DITHER_W-1:8]};
        end
        if (take || (step_on && !over)) entry_q <= entry;
        if (issue) events_q <= events;
        if (rst_i) begin
            run_q <= 1'b0;
            v_q   <= 6'd0;
        end
    end
    assign busy_o       = fetch_q != IDLE || run_q || |v_q[5:1] || (TURNING == 0 && v_q[6]);
    assign e_re_o       = take && readout_i;
    assign e_addr_o     = bit_q;
    assign entry_re_o   = !readout_i && (take || (step_on && !over));
    assign entry_addr_o = entry[BLOCK_AW-1:0];
    assign issue_o      = issue;
    assign block_o      = readout_i ? entry_q[BLOCK_AW-1:0] : entry_block_i;
    assign v_o          = v_q[5:1];
    assign row_o        = bits_q;
    assign events_o     = events_q;

    // ---- what travels with an item: its place, and the dither from its first column on ----
    wire [BLOCK_AW-1:0]        block_q1;                       // TURNING
    wire [WINDOW-1:0]          window_q4;                      // at age 4, and LANES above 64: at age 3
    wire [PART_W+BLOCK_AW-1:0] block  = {{PART_W{1'b0}}, TURNING != 0 ? block_q1 : block_o};
    wire [PART_W-1:0]          part   = block[PART_W-1:0] & (PARTS[PART_W-1:0] - 1'b1);
    // The larger shifts first, so that few bits are left for the others.
    reg  [DITHER_W+15:0]       shifted;
    integer                    s;
    always @* begin
        shifted = {dither_q[15:0], dither_q};
        for (s = PART_W - 1; s >= 0; s = s - 1)
            if (part[s] && (TURNING == 0 || s < 3)) shifted = shifted >> (1 << (s + LANES_LOG));
    end
    genvar b;
    generate
        if (TURNING != 0) begin : g_turning
            // Places and windows wait for their ages in block RAM, written and read in every cycle: flip-flops would take a cell each. A place, written
            // at age 0, is read for age 2 or, where a word is written, for age 5; a window, with the item's column, at age 1 for age 4.
            localparam AW = 8;                                 // a smaller memory would be built of flip-flops
            reg  [2:0]                now_q;                   // where this cycle's are written
            wire [2:0]                place_at  = now_q - (last_q[4] ? 3'd4 : 3'd1);
            wire [2:0]                window_at = now_q - 3'd2;
            wire [COL_W-1:0]          col_4;
            reg  [COL_W-1:0]          col_q5;
            reg  [BLOCK_AW-1:0]       item_q1;
            reg                       new_row_q;
            reg  [4:1]                first_q;                 // of its word's items
            reg  [5:2]                last_q;
            reg  [2:0]                turned_q;
            wire [5+BLOCK_AW:0]       place = {6'd0, block_o};
            wire [2:0]                eight = place[5:3];
            wire                      other = block_o >> WORD_LOG != item_q1 >> WORD_LOG;      // than the one before
            wire                      first = new_row_q || other;
            assign turn  = run_q && turned_q != eight;
            assign ahead = turn && turned_q + 3'd1 != eight;
            assign stall = first && last_q[3];
            sr_ram #(.WIDTH(ROW_W + BLOCK_AW), .DEPTH(1 << AW), .ADDR_W(AW)) u_places (
                .clk_i(clk_i), .we_i(1'b1), .waddr_i({{AW - 3{1'b0}}, now_q}), .wdata_i({row_q, block_o}), .re_i(1'b1),
                .raddr_i({{AW - 3{1'b0}}, place_at}), .rdata_o(w_addr_o)
            );
            sr_ram #(.WIDTH(COL_W + WINDOW), .DEPTH(1 << AW), .ADDR_W(AW)) u_windows (
                .clk_i(clk_i), .we_i(1'b1), .waddr_i({{AW - 3{1'b0}}, now_q}), .wdata_i({item_q1[COL_W-1:0], shifted[WINDOW-1:0]}), .re_i(1'b1),
                .raddr_i({{AW - 3{1'b0}}, window_at}), .rdata_o({col_4, window_q4})
            );
            always @(posedge clk_i) begin
                now_q    <= rst_i ? 3'd0 : now_q + 3'd1;
                turned_q <= take ? 3'd0 : turned_q + {2'd0, turn};
                if (take || issue) new_row_q <= take;
                first_q  <= {first_q[3:1], issue && first};
                last_q   <= {last_q[4:2], v_q[1] && (!run_q || other)};
                if (issue) item_q1 <= block_o;
                col_q5   <= col_4;
                if (rst_i) begin
                    first_q <= 4'd0;
                    last_q  <= 4'd0;
                end
            end
            assign block_q1  = item_q1;
            assign m_col_o   = col_q5;
            assign m_take_o  = first_q[4];
            wire _unused_place = &{1'b0, place};
            assign m_put_o   = v_q[5];
            assign w_we_o    = last_q[5];
        end else begin : g_still
            reg  [ROW_W+BLOCK_AW-1:0] at_q1, at_q3, at_q5;     // by two ages, and so
            reg  [WINDOW-1:0]         window_q1, window_q3;
            always @(posedge clk_i) begin
                if (issue) begin
                    at_q1     <= {row_q, block_o};
                    window_q1 <= shifted[WINDOW-1:0];
                end
                if (v_q[2]) begin
                    at_q3     <= at_q1;
                    window_q3 <= window_q1;
                end
                if (v_q[4]) at_q5 <= at_q3;
            end
            assign {ahead, turn, stall, m_take_o, m_put_o, m_col_o, block_q1} = 0;
            assign window_q4 = window_q3;
            assign w_we_o    = v_q[6];
            assign w_addr_o  = v_q[6] ? at_q5 : at_q3;
        end
    endgenerate
    generate
        if (LANES > 64) begin : g_words
            reg [WINDOW-1:0] window_q5;
            always @(posedge clk_i) if (v_q[4]) window_q5 <= window_q4;
            assign rho_o    = {LANES * 16{1'b0}};
            assign dither_o = window_q5;
        end else begin : g_rhos
            assign dither_o = {DITHER_W{1'b0}};
            for (g = 0; g < LANES; g = g + 1) begin : g_rho
                for (b = 0; b < 16; b = b + 1) begin : g_bit
                    assign rho_o[16*g+b] = window_q4[g] ^ window_q4[(g + 1 + b) % 64];
                end
            end
        end
    endgenerate
    wire _unused = &{1'b0, shifted, block, block_q1, n, ahead_word_q, ahead_q, loaded_q, any_q};

`ifdef FORMAL
    // formal: LANES=32 STEPS_MAX=3 STEP_W=2 CNT_W=2 BLOCK_W=3 BLOCK_AW=2 XW_W=2 X_AW=4 GROUPS=2 DEPTH=20
    // formal: LANES=1 STEPS_MAX=3 STEP_W=2 CNT_W=2 BLOCK_W=6 BLOCK_AW=5 XW_W=2 X_AW=4 GROUPS=1 WORD_LOG=1 DEPTH=20
    // Assumed: start_i only while not busy, inputs legal and stable while busy_o, of the noise unit nothing, as
    // noise_ready_i may be up in any cycle (sr_noise_serial with ROUNDS 16).
    reg past_q = 1'b0;
    reg asked_q;            // a dither word was asked for and not taken
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        asked_q <= (noise_o || (asked_q && !take)) && !rst_i;
        if (!past_q) assume (rst_i);
        if (busy_o) assume (!start_i);
        assume (steps_i != 0 && steps_i <= STEPS_MAX && x_words_i != 0 && blocks_i != 0 && blocks_i <= 1 << BLOCK_AW);
        assume (live != 0 && ends_i[BLOCK_W-1:0] <= ends_i[(GROUPS-1)*BLOCK_W+:BLOCK_W] && ends_i[(GROUPS-1)*BLOCK_W+:BLOCK_W] <= blocks_i);
        if (past_q && !$past(rst_i) && ($past(start_i) || $past(busy_o)))
            assume ($stable(readout_i) && $stable(ends_i) && $stable(blocks_i) && $stable(steps_i) && $stable(x_words_i));
        if (past_q) begin
            if ($past(rst_i)) assert (!busy_o);
            if (!busy_o) assert (!x_re_o && !noise_o && !issue_o && !w_we_o && !entry_re_o && !e_re_o);
            // Items are two cycles apart and keep to their slots, so that no word is written in the cycle of a read's address.
            if (TURNING == 0) assert ((slot_q ? {v_q[6], v_q[4], v_q[2]} : {v_q[5], v_q[3], v_q[1]}) == 3'd0);
            if (TURNING == 0) assert (!(w_we_o && v_q[3]));
            // A segment is taken with its word of dither, when the one before has issued all it has.
            // A word of dither is asked for before it is taken, in a cycle before, and once.
            if (take) assert (asked_q);
            if (noise_o) assert (!asked_q);
            assert (asked_q == (fetch_q == WAIT));      // for the induction
            if (take) assert (noise_ready_i && (!run_q || (TURNING == 0 && v_q[1] && entry_q + 1'b1 == end_q)));
            if (TURNING == 0) assert (run_q == 1'b0 || !slot_q || v_q[1]);
            if (x_re_o) assert (load_q < steps_i);
        end
        cover (past_q && !busy_o && $past(w_we_o) && !$past(rst_i));
        if (GROUPS > 1) cover (past_q && take && run_q && !new_q);
        if (TURNING != 0) cover (past_q && issue && $past(ahead));
    end
    generate
        if (TURNING != 0) begin : g_formal_turning
            // A word is read with an item and written with an item, and never both in a cycle.
            always @(posedge clk_i)
                if (past_q) begin
                    assert ((g_turning.first_q & ~v_q[4:1]) == 4'd0 && (g_turning.last_q & ~v_q[5:2]) == 4'd0);
                    assert (!(w_we_o && g_turning.first_q[2]));
                    cover (m_take_o && w_we_o && !$past(m_take_o));
                    cover (stall);
                    cover (w_we_o && $past(m_put_o && !w_we_o) && !$past(m_take_o));
                end
        end
    endgenerate
`endif
endmodule

`default_nettype wire
