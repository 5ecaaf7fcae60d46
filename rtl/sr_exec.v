// SPDX-License-Identifier: Apache-2.0
//
// sr_exec: obeys packets: registers, memories, RUN and what goes with it (docs/protocol.md). A packet is checked whole, then obeyed
//             whole.
// Link       request and reply side of sr_link.
// Registers  one port of sr_regs; addresses count registers, wr_word_o is their data.
// Memories   mem_we_o: one word, in the low bits of wr_word_o. mem_re_o: one word; mem_rvalid_i brings it in mem_rdata_i, a
//            cycle later or any time after. Bytes of a word, by memory: 2, 4, 2*LANES (twice), 1, 4, 2, 4.
// Run        run_start_o pulses with run_flags_o; run_busy_i from the cycle after; run_code_i is the reply code when it falls.
//            A repeated RUN is answered and not run again; RUN with no flags starts nothing but is remembered.
//            run_abort_o: ABORT came; it stays until the run ends.
// Resets     engine_rst_o: RESET came; four clocks long or longer, and answered after it.
// Arguments  are taken from arg_* as they arrive, and the words of a write counted; req_head_i clears them. A write's bytes
//            are then drawn from the packet RAM, from the first on.
// Dense      DENSE 1: WRITE_DENSE is obeyed. mask_q counts its masks down as bytes arrive, to know the words and whether the last group
//            is whole; and then, as a shift register, says of eight bytes of words one after another which is 0 and which the packet's.
// Rates      1 byte a cycle into memories and registers (WRITE_DENSE: 8 in 9), 1 out of memories, 1 in 2 cycles out of registers.
// Idle       idle_o: nothing to do before a request comes or the run ends.
// Reset      rst_i: idle, no RUN remembered. Of a write that it interrupts no word is written but those whose bytes had all been taken.
// Test       tests/rtl/tb_host.cpp; proofs: tests/formal
`default_nettype none

module sr_exec #(
    parameter LANES         = 4,
    parameter WORD_W        = 64,
    parameter PACKET_MAX    = 256,
    parameter LEN_W         = 9,
    parameter SAMPLE_WORDS  = 1024,
    parameter BATCH_MAX     = 64,
    parameter WEIGHT_WORDS  = 1024,
    parameter RWEIGHT_WORDS = 256,
    parameter PAIRS_MAX     = 64,
    parameter SCORE_WORDS   = 128,
    parameter DENSE         = 1
) (
    input  wire              clk_i,
    input  wire              rst_i,
    input  wire              req_valid_i,
    input  wire [1:0]        req_fault_i,
    input  wire [7:0]        req_op_i,
    input  wire [7:0]        req_seq_i,
    input  wire [LEN_W-1:0]  req_len_i,
    output wire              req_drop_o,
    input  wire              req_head_i,
    input  wire              arg_valid_i,
    input  wire [7:0]        arg_data_i,
    input  wire [LEN_W-1:0]  index_i,
    input  wire              index_last_i,
    output wire              pkt_next_o,
    output wire              pkt_hold_o,
    input  wire [7:0]        pkt_data_i,
    output wire              rep_valid_o,
    input  wire              rep_ready_i,
    output wire [7:0]        rep_status_o,
    output wire [LEN_W-1:0]  rep_len_o,
    input  wire              pay_open_i,
    output wire              pay_valid_o,
    input  wire              pay_ready_i,
    output wire [7:0]        pay_data_o,
    output wire              reg_we_o,
    output wire [6:0]        reg_waddr_o,
    output wire              reg_bwe_o,
    output wire [1:0]        reg_bsel_o,
    output wire [8:0]        reg_raddr_o,
    input  wire [7:0]        reg_rdata_i,
    output wire [2:0]        mem_sel_o,
    output wire [27:0]       mem_addr_o,
    output wire              mem_we_o,
    output wire [WORD_W-1:0] wr_word_o,
    output wire              mem_re_o,
    input  wire [WORD_W-1:0] mem_rdata_i,
    input  wire              mem_rvalid_i,
    output wire              run_start_o,
    output wire [5:0]        run_flags_o,
    output wire              run_abort_o,
    input  wire              run_busy_i,
    input  wire [7:0]        run_code_i,
    output wire              engine_rst_o,
    output wire              idle_o
);
    `include "sr_map.vh"

    // log2 of a word's bytes
    localparam integer K_SAMPLE = 1;
    localparam integer K_WEIGHT = $clog2(LANES) + 1;
    localparam integer K_MAX    = $clog2(WORD_W) - 3;
    localparam integer K_GROUP  = 3 - K_SAMPLE;   // log2 of the sample words that a mask stands for

    // address bits that any memory needs
    localparam integer DEPTH_A = SAMPLE_WORDS > WEIGHT_WORDS ? SAMPLE_WORDS : WEIGHT_WORDS;
    localparam integer DEPTH_B = RWEIGHT_WORDS > SCORE_WORDS ? RWEIGHT_WORDS : SCORE_WORDS;
    localparam integer DEPTH_C = 2 * PAIRS_MAX > BATCH_MAX ? 2 * PAIRS_MAX : BATCH_MAX;
    localparam integer DEPTH_D = DEPTH_A > DEPTH_B ? DEPTH_A : DEPTH_B;
    localparam integer DEPTH_E = DEPTH_C > DEPTH_D ? DEPTH_C : DEPTH_D;
    localparam integer ADDR_W  = DEPTH_E > 128 ? $clog2(DEPTH_E + 1) : 8;
    localparam integer END_W   = (ADDR_W > LEN_W ? ADDR_W : LEN_W) + 1;
    localparam [31:0]  ADDR_MASK = (32'd1 << ADDR_W) - 32'd1;
    localparam [15:0]  WORDS_MASK = ~(16'hFFFE << (LEN_W - 1));
    localparam [LEN_W-1:0] ONE = {{(LEN_W - 1){1'b0}}, 1'b1};
    localparam [LEN_W-1:0] ID_REGS = SR_ID_REGS[LEN_W-1:0];

    generate
        if (LANES != (1 << (K_WEIGHT - 1))) begin : g_check_power
            SR_LANES_MUST_BE_A_POWER_OF_TWO u_illegal ();
        end
        if (WORD_W != (8 << K_MAX) || K_MAX < 2 || K_MAX < K_WEIGHT) begin : g_check_word
            SR_WORD_W_MUST_HOLD_EVERY_WORD u_illegal ();
        end
        if (PACKET_MAX < WORD_W / 8 + 5 || PACKET_MAX < 128) begin : g_check_packet
            SR_PACKET_MAX_MUST_HOLD_A_WORD_AND_IDENTIFY u_illegal ();
        end
        if (ADDR_W > 28) begin : g_check_depth
            SR_MEMORIES_MUST_BE_BELOW_2_28_WORDS u_illegal ();
        end
    endgenerate

    localparam [3:0] S_IDLE  = 4'd0;
    localparam [3:0] S_SIZE  = 4'd1;   // words to bytes, of a read
    localparam [3:0] S_CHECK = 4'd2;
    localparam [3:0] S_WRITE = 4'd3;
    localparam [3:0] S_FLUSH = 4'd4;   // the last byte of a write is on its way
    localparam [3:0] S_REPLY = 4'd5;   // no payload
    localparam [3:0] S_READ  = 4'd6;   // reply with payload
    localparam [3:0] S_SEND  = 4'd7;
    localparam [3:0] S_WAIT  = 4'd8;   // an unanswered WAIT
    localparam [3:0] S_START = 4'd9;
    localparam [3:0] S_RESET = 4'd10;  // the engine is held in reset

    reg [3:0]        state_q;
    reg [2:0]        status_q;      // reply code, if not that of the run
    reg              code_q;        // WAIT: that of the run
    reg [2:0]        mem_q;         // low bits of the first payload byte: the memory
    reg              mem_over_q;    // the others
    reg [ADDR_W-1:0] addr_q;        // word or register
    reg              addr_over_q;   // bits beyond were asked for
    reg [LEN_W-1:0]  count_q;       // words; of a read, bytes after S_SIZE
    reg              count_over_q;  // bits beyond
    reg              whole_q;       // a write: its last byte was the last of a word
    reg              range_q;       // ends beyond the last word
    reg [K_MAX-1:0]  byte_q;        // byte of the word, counted on through smaller words
    reg              in_valid_q;    // pkt_data_i is a byte of a word
    reg              copy_q;        // the top byte of a register word is new
    reg              word_done_q;   // word_q is whole: write it
    reg              have_q;        // a byte for the reply is there
    reg              asked_q;       // mem_re_o given, word not here yet
    reg [7:0]        run_seq_q;
    reg              run_seen_q;
    reg              abort_q;
    reg [5:0]        flags_q;
    reg [WORD_W-1:0] word_q;

    // ---- what is asked
    wire op_identify  = req_op_i == SR_OP_IDENTIFY;
    wire op_read_reg  = req_op_i == SR_OP_READ_REG;
    wire op_write_reg = req_op_i == SR_OP_WRITE_REG;
    wire op_write_mem = req_op_i == SR_OP_WRITE_MEM;
    wire op_read_mem  = req_op_i == SR_OP_READ_MEM;
    wire op_run       = req_op_i == SR_OP_RUN;
    wire op_wait      = req_op_i == SR_OP_WAIT;
    wire op_abort     = req_op_i == SR_OP_ABORT;
    wire op_reset     = req_op_i == SR_OP_RESET;
    wire op_dense     = (DENSE != 0) & (req_op_i == SR_OP_WRITE_DENSE);
    wire is_mem       = op_write_mem | op_read_mem | op_dense;
    wire is_write     = op_write_mem | op_write_reg | op_dense;
    wire is_read      = op_read_mem | op_read_reg | op_identify;

    wire [3:0]  mem_size;            // log2 of the bytes of a word
    wire [31:0] mem_depth;
    sr_sizes #(
        .LANES(LANES), .SAMPLE_WORDS(SAMPLE_WORDS), .BATCH_MAX(BATCH_MAX), .WEIGHT_WORDS(WEIGHT_WORDS),
        .RWEIGHT_WORDS(RWEIGHT_WORDS), .PAIRS_MAX(PAIRS_MAX), .SCORE_WORDS(SCORE_WORDS)
    ) u_sizes (.mem_i(mem_q), .size_o(mem_size), .depth_o(mem_depth));
    wire [3:0]  size  = is_mem ? mem_size : 4'd2;     // of a register 4
    wire [31:0] depth = is_mem ? mem_depth : 32'd128;
    wire [K_MAX-1:0] size_mask  = ~({K_MAX{1'b1}} << size);
    wire             last_byte  = (byte_q | ~size_mask) == {K_MAX{1'b1}};

    wire [END_W-1:0] range_end  = {{(END_W - ADDR_W){1'b0}}, addr_q} + {{(END_W - LEN_W){1'b0}}, count_q};
    wire             too_long   = count_over_q | (count_q[LEN_W-1] & (count_q[LEN_W-2:0] != {(LEN_W - 1){1'b0}}));
    wire             repeated   = run_seen_q & (run_seq_q == req_seq_i);
    wire             _unused    = &{1'b0, depth[31:END_W]};

    reg [2:0] exact;                // payload bytes, of all but writes
    always @* begin
        case (req_op_i[2:0])
            SR_OP_READ_REG[2:0]: exact = 3'd2;
            SR_OP_READ_MEM[2:0]: exact = 3'd7;
            SR_OP_RUN[2:0]: exact = 3'd1;
            default: exact = 3'd0;
        endcase
    end
    wire bad_length  = is_write ? ~whole_q | (op_dense & (mask_left | too_long)) : (req_len_i != {{(LEN_W - 3){1'b0}}, exact}) | (is_read & too_long);
    wire bad_flags   = (pkt_data_i[7:6] != 2'd0) | (pkt_data_i[5] & (pkt_data_i[4:0] != 5'd0)) |
                       (pkt_data_i[4] & (pkt_data_i[3:0] != 4'd0));
    wire bad_address = ~(op_run | op_wait | op_abort | op_reset) & (range_q
                     | (is_mem & mem_over_q)
                     | (op_dense & (mem_q != SR_MEM_SAMPLE[2:0]))
                     | (op_write_mem & (mem_q == SR_MEM_FITNESS | mem_q == SR_MEM_CORRECT | mem_q == SR_MEM_SCORE))
                     | (op_write_reg & (addr_q[7:6] == 2'd0)));
    reg [7:0] fault;
    always @* begin
        if (req_op_i < SR_OP_IDENTIFY || req_op_i > (DENSE != 0 ? SR_OP_WRITE_DENSE : SR_OP_RESET))
            fault = SR_REPLY_BAD_OP;
        else if (bad_length)
            fault = SR_REPLY_BAD_LENGTH;
        else if (run_busy_i && (is_mem || op_write_reg || (op_run && !repeated)))
            fault = SR_REPLY_BUSY;
        else if (op_run && !repeated && bad_flags)
            fault = SR_REPLY_BAD_FLAGS;
        else if (bad_address)
            fault = SR_REPLY_BAD_ADDRESS;
        else
            fault = SR_REPLY_OK;
    end

    // ---- one request after another
    wire take  = have_q & pay_ready_i;
    wire ask   = (state_q == S_SEND) & is_mem & pay_open_i & ~have_q & ~asked_q;
    wire words = op_write_reg ? index_i != ONE : (index_i[LEN_W-1:3] != {(LEN_W - 3){1'b0}}) | (index_i[2:1] == 2'd3);
    wire twice = (state_q == S_SIZE) & is_read & ~last_byte;

    always @(posedge clk_i) begin
        if (rst_i) begin
            state_q    <= S_IDLE;
            run_seen_q <= 1'b0;
            abort_q    <= 1'b0;
        end else begin
            if (!run_busy_i)
                abort_q <= 1'b0;
            case (state_q)
                S_IDLE:
                    if (req_valid_i) begin
                        status_q <= req_fault_i[1] ? SR_REPLY_BAD_LENGTH[2:0] : SR_REPLY_BAD_CRC[2:0];
                        code_q   <= 1'b0;
                        state_q  <= (req_fault_i != 2'd0) ? S_REPLY : S_SIZE;
                    end
                S_SIZE:
                    if (!twice)
                        state_q <= S_CHECK;
                S_CHECK: begin
                    status_q <= fault[2:0];
                    code_q   <= op_wait && fault == SR_REPLY_OK;
                    if (fault != SR_REPLY_OK || (op_run && repeated)) begin
                        state_q <= S_REPLY;
                    end else if (op_run) begin
                        run_seq_q  <= req_seq_i;
                        run_seen_q <= 1'b1;
                        flags_q    <= pkt_data_i[5:0];
                        state_q    <= S_START;
                    end else if (op_wait) begin
                        state_q <= run_busy_i ? S_WAIT : S_REPLY;
                    end else if (op_abort) begin
                        abort_q <= run_busy_i;
                        state_q <= S_REPLY;
                    end else if (op_reset) begin
                        run_seen_q <= 1'b0;
                        state_q    <= S_RESET;
                    end else begin
                        state_q <= is_write ? S_WRITE : S_READ;
                    end
                end
                S_START: state_q <= S_REPLY;
                S_RESET:
                    if (&byte_q)
                        state_q <= S_REPLY;
                S_WRITE:
                    if (index_last_i && !pkt_hold_o)
                        state_q <= S_FLUSH;
                S_FLUSH:
                    if (!in_valid_q && !word_done_q && !group_open)
                        state_q <= S_REPLY;
                S_REPLY:
                    if (rep_ready_i)
                        state_q <= S_IDLE;
                S_READ:
                    if (rep_ready_i)
                        state_q <= S_SEND;
                S_SEND:
                    if (!pay_open_i)
                        state_q <= S_IDLE;
                S_WAIT:
                    if (req_valid_i || rep_ready_i)
                        state_q <= S_IDLE;
                default: state_q <= S_IDLE;
            endcase
        end
    end

    // ---- arguments, as they arrive; the words of a write are counted
    wire       arg      = arg_valid_i & (index_i[LEN_W-1:3] == {(LEN_W - 3){1'b0}});
    wire [7:1] arg_at   = {arg & index_i[2:0] == 3'd7, arg & index_i[2:0] == 3'd6, arg & index_i[2:0] == 3'd5,
                           arg & index_i[2:0] == 3'd4, arg & index_i[2:0] == 3'd3, arg & index_i[2:0] == 3'd2,
                           arg & index_i[2:0] == 3'd1};
    wire       arg_word = arg_valid_i & is_write & words;
    wire       load_low = is_mem ? arg_at[2] : arg_at[1];
    wire [3:0] load     = {{3{is_mem}} & arg_at[5:3], load_low};
    wire       next     = word_done_q | (take & last_byte);
    genvar b;
    generate
        for (b = 0; b < ADDR_W; b = b + 1) begin : g_addr
            wire carry;
            if (b == 0) begin : g_first
                assign carry = 1'b1;
            end else begin : g_later
                assign carry = &addr_q[b-1:0];
            end
            always @(posedge clk_i)
                if (req_head_i)
                    addr_q[b] <= 1'b0;
                else if (load[b/8] | next)
                    addr_q[b] <= load[b/8] ? arg_data_i[b%8] : addr_q[b] ^ carry;
        end
    endgenerate
    always @(posedge clk_i) begin
        if (req_head_i)
            addr_over_q <= 1'b0;
        else if ((load[1] && (arg_data_i & ~ADDR_MASK[15:8]) != 8'd0) || (load[2] && (arg_data_i & ~ADDR_MASK[23:16]) != 8'd0)
            || (load[3] && (arg_data_i & ~ADDR_MASK[31:24]) != 8'd0))
            addr_over_q <= 1'b1;
        if (arg_at[1]) begin
            mem_q      <= arg_data_i[2:0];
            mem_over_q <= arg_data_i[7:3] != 5'd0;
        end
        if (req_head_i)
            whole_q <= 1'b0;
        else if (arg_word)
            whole_q <= last_byte | op_dense;
        if (state_q == S_IDLE)
            range_q <= addr_over_q | (range_end > depth[END_W-1:0]);
    end

    // ---- WRITE_DENSE: masks, as they arrive and as they are obeyed ----
    wire       mask_left;            // as they arrive: bytes of a group are still to come
    wire       group_open;           // obeyed: of eight bytes of words, some are to come
    wire       byte_zero;            // and the next of them is 0
    generate
        if (DENSE != 0) begin : g_dense
            reg [7:0] mask_q;        // what arrives loads it, and each byte takes its lowest bit; obeyed, it moves down
            reg [3:0] place_q;       // 8 to 15: the byte of the group; 0: no group is open
            wire [7:0] lowest;       // a one below: all but the lowest of mask_q stay
            assign lowest = {|mask_q[6:0], |mask_q[5:0], |mask_q[4:0], |mask_q[3:0], |mask_q[2:0], |mask_q[1:0], mask_q[0], 1'b0};
            wire       arrive = arg_word & op_dense;
            wire       mask_load = op_dense & in_valid_q & ~group_open;
            always @(posedge clk_i) begin
                if (req_head_i)
                    mask_q <= 8'd0;
                else if (arrive | mask_load | group_open)
                    mask_q <= arrive && !mask_left ? arg_data_i : mask_load ? pkt_data_i : group_open ? mask_q >> 1 : mask_q & lowest;
                if (req_head_i || rst_i)    // a reset ends the group, the rest of which would be written otherwise
                    place_q <= 4'd0;
                else if (mask_load | group_open)
                    place_q <= mask_load ? 4'd8 : place_q + 4'd1;
            end
            assign mask_left  = mask_q != 8'd0;
            assign group_open = place_q[3];
            assign byte_zero  = group_open & ~mask_q[0];
        end else begin : g_plain
            assign {mask_left, group_open, byte_zero} = 3'd0;
        end
    endgenerate
    wire       byte_in = op_dense ? group_open : in_valid_q;     // of a word
    wire [7:0] byte_of = byte_zero ? 8'd0 : pkt_data_i;

    wire count_low = is_read & (is_mem ? arg_at[6] : arg_at[2]);
    wire count_top = is_read & is_mem & arg_at[7];
    wire mask_came = arg_word & op_dense & ~mask_left;           // it stands for 1 << K_GROUP words: lower bits stay 0
    localparam [LEN_W-1:0] GROUP_BITS = ~({LEN_W{1'b1}} << K_GROUP);
    generate
        for (b = 0; b < LEN_W; b = b + 1) begin : g_count
            wire carry, below;
            if (b == 0) begin : g_first
                assign carry = 1'b1;
                assign below = 1'b0;
            end else begin : g_later
                assign carry = &(count_q[b-1:0] | GROUP_BITS[b-1:0] & {b{op_dense}});
                assign below = count_q[b-1];
            end
            wire arg_here = b < 8 ? count_low : count_top;
            wire counts   = op_dense ? mask_came & (b >= K_GROUP) : arg_word & last_byte;
            always @(posedge clk_i)
                if (req_head_i)
                    count_q[b] <= op_identify & ID_REGS[b];
                else if (arg_here | twice | counts)
                    count_q[b] <= arg_here ? arg_data_i[b%8] : twice ? below : count_q[b] ^ carry;
        end
    endgenerate
    always @(posedge clk_i)
        if (req_head_i)
            count_over_q <= 1'b0;
        else if ((count_top && (arg_data_i & ~WORDS_MASK[15:8]) != 8'd0) || (twice && count_q[LEN_W-1]) || (mask_came && too_long))
            count_over_q <= 1'b1;

    // ---- payload to words and back
    always @(posedge clk_i) begin
        in_valid_q  <= (pkt_hold_o ? in_valid_q : (state_q == S_WRITE) & words) & ~(DENSE != 0 && rst_i);
        word_done_q <= byte_in & last_byte;
        copy_q      <= in_valid_q & op_write_reg;

        if (state_q != S_SEND) begin
            have_q  <= 1'b0;
            asked_q <= 1'b0;
        end else begin
            asked_q <= (asked_q | ask) & ~mem_rvalid_i;
            have_q  <= is_mem ? (mem_rvalid_i | (have_q & ~(take & last_byte))) : ~take;
        end

        if (req_head_i || state_q == S_CHECK)
            byte_q <= {K_MAX{1'b0}};
        else if (twice)
            byte_q <= {byte_q[K_MAX-2:0], 1'b1};
        else if (arg_word || byte_in || take || state_q == S_RESET)
            byte_q <= byte_q + {{(K_MAX - 1){1'b0}}, 1'b1};
    end

    // Bytes enter at the top byte of a word of this size and move down; replies leave at the bottom.
    wire move = mem_rvalid_i | byte_in | take;
    integer k;
    always @(posedge clk_i)
        if (move) begin
            word_q <= mem_rvalid_i ? mem_rdata_i : {pkt_data_i, word_q[WORD_W-1:8]};
            for (k = 0; k <= K_MAX; k = k + 1)
                if ((k <= 2 || k == K_SAMPLE || k == K_WEIGHT) && !mem_rvalid_i && byte_in && {28'd0, size} == k)
                    word_q[8*(1<<k)-8 +: 8] <= byte_of;
        end

    // A WAIT can be of a wrong length and nothing else, which is known a cycle before: the way to the link's state is short.
    reg wait_fine_q;
    always @(posedge clk_i)
        wait_fine_q <= op_wait & ~bad_length;
    assign req_drop_o   = (state_q == S_CHECK) & wait_fine_q & run_busy_i;
    assign pkt_hold_o   = byte_zero;
    assign pkt_next_o   = (state_q == S_WRITE) & ~pkt_hold_o;
    assign rep_valid_o  = (state_q == S_REPLY) | (state_q == S_READ) | ((state_q == S_WAIT) & ~run_busy_i & ~req_valid_i);
    assign rep_status_o = code_q ? run_code_i : {5'd0, status_q};
    assign rep_len_o    = (state_q == S_READ) ? count_q : {LEN_W{1'b0}};
    assign pay_valid_o  = have_q;
    assign pay_data_o   = is_mem ? word_q[7:0] : reg_rdata_i;
    assign reg_we_o     = word_done_q & op_write_reg;
    assign reg_waddr_o  = addr_q[6:0];
    assign reg_bwe_o = copy_q & ~rst_i;
    assign reg_bsel_o   = byte_q[1:0] - 2'd1;
    assign reg_raddr_o  = {addr_q[6:0], byte_q[1:0]};
    assign mem_sel_o    = mem_q;
    assign mem_addr_o   = {{(28 - ADDR_W){1'b0}}, addr_q};
    assign mem_we_o     = word_done_q & (op_write_mem | op_dense);
    assign wr_word_o    = word_q;
    assign mem_re_o     = ask;
    assign run_start_o  = (state_q == S_START) & (flags_q != 6'd0);
    assign run_flags_o  = flags_q;
    assign run_abort_o  = abort_q;
    assign engine_rst_o = state_q == S_RESET;
    assign idle_o       = (state_q == S_IDLE) | (state_q == S_WAIT);

`ifdef FORMAL
    // formal: PACKET_MAX=128 LEN_W=8 DEPTH=12
    // Assumed of the link: a request stays, with its fault, until it is answered or let go; op, seq and length change only while a header comes;
    // bytes of a payload pass by between requests alone, and an answer's payload is open after the answer alone. Of the engine: run_busy_i
    // rises with a start alone, and a memory answers what it was asked for.
    // Resets come at any time, and may be of one clock. What is written in the clock after one had passed every check before it.
    reg        past_q = 1'b0;
    reg  [1:0] hunt_q;               // clocks after a reset in which the link has no header yet: it waits for two bytes before
    reg  [8:0] held_q;               // clocks of the engine's reset so far
    wire       refused  = op_write_mem & (mem_q == SR_MEM_FITNESS | mem_q == SR_MEM_CORRECT | mem_q == SR_MEM_SCORE);
    wire       writes   = state_q == S_WRITE || state_q == S_FLUSH;
    wire       answered = rep_valid_o && rep_ready_i;
    wire       bad_address_at_write = (is_mem & mem_over_q) | (op_dense && mem_q != SR_MEM_SAMPLE[2:0]) | refused;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        held_q <= engine_rst_o && !rst_i ? held_q + 9'd1 : 9'd0;
        hunt_q <= rst_i ? 2'd3 : hunt_q - {1'b0, hunt_q != 2'd0};
        if (!past_q) assume (rst_i && !req_valid_i && !pay_open_i && state_q == S_IDLE && !in_valid_q && !word_done_q && !group_open && !copy_q);
        if (past_q) begin
            if ($past(rst_i)) assume (!req_valid_i && !run_busy_i && !pay_open_i);
            if (hunt_q != 2'd0) assume (!req_valid_i && !req_head_i && !arg_valid_i);
            else begin
                assume (req_valid_i == ($past(req_valid_i) ? $past(!answered && !req_drop_o) : req_valid_i));
                if ($past(req_valid_i && !answered && !req_drop_o)) assume ($stable(req_fault_i));
                assume (!run_busy_i || $past(run_busy_i || run_start_o));
            end
            if (!$past(req_head_i)) assume ($stable(req_op_i) && $stable(req_seq_i) && $stable(req_len_i));
            if (!run_busy_i && !$past(run_busy_i)) assume ($stable(run_code_i));
            if (!$past(rst_i)) assume ($past(answered) ? pay_open_i : !pay_open_i || $past(pay_open_i));
        end
        if (pay_open_i || (past_q && $past(pay_open_i))) assume (!req_valid_i);
        if (req_valid_i || pay_open_i || (past_q && $past(pay_open_i))) assume (!arg_valid_i && !req_head_i);
        if (rep_ready_i) assume (rep_valid_o && !(!req_valid_i && (arg_valid_i || req_head_i)));
        if (!pay_open_i) assume (!pay_ready_i);
        if (!asked_q && !ask) assume (!mem_rvalid_i);
        if (past_q) begin
            if ($past(rst_i)) assert (idle_o && !rep_valid_o && !req_drop_o && !run_start_o && !run_abort_o && !engine_rst_o);
            else begin
                // An answer waits unchanged, but for that to a WAIT, which a new request takes the place of.
                if ($past(rep_valid_o && !rep_ready_i)) assert (rep_valid_o || ($past(state_q == S_WAIT) && req_valid_i));
                if ($past(rep_valid_o && !rep_ready_i) && rep_valid_o) assert ($stable(rep_status_o) && $stable(rep_len_o));
                if ($past(run_start_o)) assert (!run_start_o);
                if (!engine_rst_o) assert (held_q == 9'd0 || held_q >= 9'd4);
            end
            // A run starts between runs alone, with flags that go together, and nothing is read or written while there is one.
            if (run_start_o) assert (!run_busy_i && op_run && run_flags_o != 6'd0);
            if (run_start_o) assert (!(run_flags_o[5] && run_flags_o[4:0] != 5'd0) && !(run_flags_o[4] && run_flags_o[3:0] != 4'd0));
            if (mem_we_o || mem_re_o || reg_we_o) assert (!run_busy_i);
            if (run_abort_o && !$past(run_abort_o)) assert (op_abort);
            if (engine_rst_o) assert (op_reset);
            if (req_drop_o) assert (op_wait && run_busy_i && req_valid_i);
            if (state_q == S_CHECK) assert (req_drop_o == (op_wait && run_busy_i && fault == SR_REPLY_OK));
            // A damaged packet has no effect, and what is written has passed every check.
            if (req_valid_i && req_fault_i != 2'd0) assert (!mem_we_o && !mem_re_o && !reg_we_o && !run_start_o && !engine_rst_o && !req_drop_o);
            if (mem_we_o) assert ((writes || $past(rst_i)) && (op_write_mem || op_dense) && !refused && !mem_over_q);
            if (mem_we_o && op_dense) assert (mem_q == SR_MEM_SAMPLE[2:0]);
            if (reg_we_o) assert ((writes || $past(rst_i)) && op_write_reg);
            if (mem_re_o) assert (op_read_mem && pay_open_i);
            // One word is asked for at a time.
            if (mem_re_o) assert (!asked_q && !have_q);
        end
        cover (past_q && mem_re_o);
        cover (past_q && run_start_o);
    end
    // for the induction
    always @(posedge clk_i)
        if (past_q) begin
            assert (state_q <= S_RESET);
            if (state_q != S_IDLE && state_q != S_SEND && state_q != S_WAIT) assert (req_valid_i);
            if (state_q != S_IDLE && state_q != S_SEND && state_q != S_WAIT && state_q != S_REPLY) assert (req_fault_i == 2'd0);
            if (writes) assert (is_write && !run_busy_i && !bad_address_at_write);
            if (state_q == S_READ || state_q == S_SEND) assert (is_read && !(op_read_mem && run_busy_i));
            if (state_q == S_START) assert (op_run && !run_busy_i && !(flags_q[5] && flags_q[4:0] != 5'd0) && !(flags_q[4] && flags_q[3:0] != 4'd0));
            if (state_q == S_RESET) assert (op_reset && held_q == {{9 - K_MAX{1'b0}}, byte_q});
            if (in_valid_q || group_open) assert (writes);
            if (word_done_q) assert (writes || $past(rst_i));
            if (word_done_q) assert (is_write && !bad_address_at_write);
            if (state_q != S_IDLE && state_q != S_SEND && state_q != S_WAIT && state_q != S_REPLY) assert (!code_q);
            if (state_q == S_REPLY && code_q) assert (!run_busy_i);
        end
`endif
endmodule

`default_nettype wire
