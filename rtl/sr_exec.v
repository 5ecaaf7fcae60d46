// SPDX-License-Identifier: Apache-2.0
//
// sr_exec: obeys packets: registers, memories, RUN and WAIT (docs/protocol.md). A packet is checked whole, then obeyed whole.
// Link       request and reply side of sr_link.
// Registers  one port of sr_regs; addresses count registers, wr_word_o is their data.
// Memories   mem_we_o: one word, in the low bits of wr_word_o. mem_re_o: one word; mem_rvalid_i brings it in mem_rdata_i, a
//            cycle later or any time after. Sizes in bytes by memory: SAMPLE_W/8, 4, 2*COL_LANES (both weight memories), 1, 4, 2, 4.
// Run        run_start_o pulses with run_flags_o; run_busy_i from the cycle after; run_code_i is the reply code when it falls.
//            A repeated RUN is answered and not run again; RUN with no flags starts nothing but is remembered.
// Rates      1 byte a cycle into memories and registers, 1 out of memories, 1 in 2 cycles out of registers.
// Reset      rst_i: idle, no RUN remembered.
// Test       tests/rtl/tb_host.cpp
`default_nettype none

module sr_exec #(
    parameter COL_LANES     = 4,
    parameter SAMPLE_W      = 16,
    parameter WORD_W        = 64,
    parameter PACKET_MAX    = 256,
    parameter LEN_W         = 9,
    parameter SAMPLE_WORDS  = 1024,
    parameter BATCH_MAX     = 64,
    parameter WEIGHT_WORDS  = 1024,
    parameter RWEIGHT_WORDS = 256,
    parameter PAIRS_MAX     = 64,
    parameter SCORE_WORDS   = 128
) (
    input  wire              clk_i,
    input  wire              rst_i,
    input  wire              req_valid_i,
    input  wire [1:0]        req_fault_i,
    input  wire [7:0]        req_op_i,
    input  wire [7:0]        req_seq_i,
    input  wire [LEN_W-1:0]  req_len_i,
    output wire              req_drop_o,
    input  wire              arg_valid_i,
    input  wire [LEN_W-1:0]  arg_index_i,
    input  wire [7:0]        arg_data_i,
    output wire [LEN_W-2:0]  pkt_addr_o,
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
    output wire [4:0]        run_flags_o,
    input  wire              run_busy_i,
    input  wire [7:0]        run_code_i
);
    `include "sr_map.vh"

    // log2 of a word's bytes
    localparam integer K_SAMPLE = $clog2(SAMPLE_W) - 3;
    localparam integer K_WEIGHT = $clog2(COL_LANES) + 1;
    localparam integer K_MAX    = $clog2(WORD_W) - 3;

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
    localparam [15:0]  ID_REGS = SR_ID_REGS[15:0];

    generate
        if (SAMPLE_W != (8 << K_SAMPLE) || COL_LANES != (1 << (K_WEIGHT - 1))) begin : g_check_power
            SR_SAMPLE_W_AND_COL_LANES_MUST_BE_POWERS_OF_TWO u_illegal ();
        end
        if (WORD_W != (8 << K_MAX) || K_MAX < 2 || K_MAX < K_SAMPLE || K_MAX < K_WEIGHT) begin : g_check_word
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
    localparam [3:0] S_SIZE  = 4'd1;   // words of a write
    localparam [3:0] S_RANGE = 4'd2;
    localparam [3:0] S_CHECK = 4'd3;
    localparam [3:0] S_WRITE = 4'd4;
    localparam [3:0] S_REPLY = 4'd5;   // no payload
    localparam [3:0] S_READ  = 4'd6;   // reply with payload
    localparam [3:0] S_SEND  = 4'd7;
    localparam [3:0] S_WAIT  = 4'd8;   // an unanswered WAIT
    localparam [3:0] S_START = 4'd9;

    reg [3:0]        state_q;
    reg [7:0]        status_q;
    reg [7:0]        first_q;       // first payload byte: memory, register or flags
    reg [31:0]       addr_q;        // bits beyond ADDR_W are always 0
    reg              addr_over_q;   // one of them was asked for
    reg [15:0]       words_q;       // bits beyond LEN_W are always 0
    reg              words_over_q;
    reg              part_q;        // not whole words
    reg              range_q;       // ends beyond the last word
    reg              long_q;        // the answer would exceed PACKET_MAX
    reg [K_MAX-1:0]  byte_q;        // byte of the word, counted on through smaller words
    reg [LEN_W-1:0]  read_ptr_q;    // next payload byte of a write
    reg              in_valid_q;    // pkt_data_i is a byte of it
    reg              copy_q;        // the top byte of a register word is new
    reg              word_done_q;   // word_q is whole: write it
    reg              have_q;        // a byte for the reply is there
    reg              asked_q;       // mem_re_o given, word not here yet
    reg [7:0]        run_seq_q;
    reg              run_seen_q;
    reg [4:0]        flags_q;
    reg [WORD_W-1:0] word_q;

    // ---- what is asked
    wire op_identify  = req_op_i == SR_OP_IDENTIFY;
    wire op_write_reg = req_op_i == SR_OP_WRITE_REG;
    wire op_write_mem = req_op_i == SR_OP_WRITE_MEM;
    wire op_read_mem  = req_op_i == SR_OP_READ_MEM;
    wire op_run       = req_op_i == SR_OP_RUN;
    wire op_wait      = req_op_i == SR_OP_WAIT;
    wire is_mem       = op_write_mem | op_read_mem;
    wire is_write     = op_write_mem | op_write_reg;

    reg [3:0]  size;                // log2 of the bytes of a word
    reg [31:0] depth;
    always @* begin
        size  = 4'd2;
        depth = 32'd128;
        if (is_mem) begin
            case (first_q[2:0])
                SR_MEM_SAMPLE: begin
                    size  = K_SAMPLE[3:0];
                    depth = SAMPLE_WORDS;
                end
                SR_MEM_BATCH: depth = BATCH_MAX;
                SR_MEM_WEIGHT: begin
                    size  = K_WEIGHT[3:0];
                    depth = WEIGHT_WORDS;
                end
                SR_MEM_RWEIGHT: begin
                    size  = K_WEIGHT[3:0];
                    depth = RWEIGHT_WORDS;
                end
                SR_MEM_CREDIT: begin
                    size  = 4'd0;
                    depth = PAIRS_MAX;
                end
                SR_MEM_FITNESS: depth = 2 * PAIRS_MAX;
                SR_MEM_CORRECT: begin
                    size  = 4'd1;
                    depth = 2 * PAIRS_MAX;
                end
                default: depth = SCORE_WORDS;
            endcase
        end
    end
    wire [15:0]      size_bytes = 16'd1 << size;
    wire [15:0]      size_mask  = size_bytes - 16'd1;
    wire             last_byte  = (byte_q | ~size_mask[K_MAX-1:0]) == {K_MAX{1'b1}};

    wire [15:0]      req_len    = {{(16 - LEN_W){1'b0}}, req_len_i};
    wire [15:0]      head       = op_write_mem ? 16'd5 : 16'd1;     // payload bytes before the words
    wire [15:0]      data_bytes = req_len - head;
    wire [END_W-1:0] range_end  = addr_q[END_W-1:0] + {{(END_W - LEN_W){1'b0}}, words_q[LEN_W-1:0]};
    wire [31:0]      read_bytes = {16'd0, words_q} << size;
    wire             _unused    = &{1'b0, depth[31:END_W], read_bytes[31:LEN_W+K_MAX]};
    wire             repeated   = run_seen_q & (run_seq_q == req_seq_i);

    reg bad_length;
    always @* begin
        case (req_op_i)
            SR_OP_IDENTIFY, SR_OP_WAIT: bad_length = req_len != 16'd0;
            SR_OP_READ_REG: bad_length = (req_len != 16'd2) | long_q;
            SR_OP_READ_MEM: bad_length = (req_len != 16'd7) | long_q;
            SR_OP_RUN: bad_length = req_len != 16'd1;
            default: bad_length = part_q;
        endcase
    end
    wire bad_address = ~(op_run | op_wait) & (range_q
                     | (is_mem & (first_q[7:3] != 5'd0))
                     | (op_write_mem & (first_q[2:0] > SR_MEM_CREDIT))
                     | (op_write_reg & (first_q < SR_REG_LAYERS)));
    reg [7:0] fault;
    always @* begin
        if (req_op_i < SR_OP_IDENTIFY || req_op_i > SR_OP_WAIT)
            fault = SR_REPLY_BAD_OP;
        else if (bad_length)
            fault = SR_REPLY_BAD_LENGTH;
        else if (run_busy_i && (is_mem || op_write_reg || (op_run && !repeated)))
            fault = SR_REPLY_BUSY;
        else if (bad_address)
            fault = SR_REPLY_BAD_ADDRESS;
        else
            fault = SR_REPLY_OK;
    end

    // ---- one request after another
    wire take = have_q & pay_ready_i;
    wire more = read_ptr_q != req_len_i;
    wire ask  = (state_q == S_SEND) & is_mem & pay_open_i & ~have_q & ~asked_q;

    always @(posedge clk_i) begin
        if (rst_i) begin
            state_q    <= S_IDLE;
            run_seen_q <= 1'b0;
        end else begin
            case (state_q)
                S_IDLE:
                    if (req_valid_i) begin
                        status_q <= req_fault_i[1] ? SR_REPLY_BAD_LENGTH : SR_REPLY_BAD_CRC;
                        state_q  <= (req_fault_i != 2'd0) ? S_REPLY : S_SIZE;
                    end
                S_SIZE: state_q <= S_RANGE;
                S_RANGE: state_q <= S_CHECK;
                S_CHECK: begin
                    status_q <= (op_wait && fault == SR_REPLY_OK) ? run_code_i : fault;
                    if (fault != SR_REPLY_OK || (op_run && repeated)) begin
                        state_q <= S_REPLY;
                    end else if (op_run) begin
                        run_seq_q  <= req_seq_i;
                        run_seen_q <= 1'b1;
                        flags_q    <= first_q[4:0];
                        state_q    <= S_START;
                    end else if (op_wait) begin
                        state_q <= run_busy_i ? S_WAIT : S_REPLY;
                    end else begin
                        state_q <= is_write ? S_WRITE : S_READ;
                    end
                end
                S_START: state_q <= S_REPLY;
                S_WRITE:
                    if (!more && !in_valid_q && !word_done_q)
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

    // ---- arguments, as they arrive, then counted on
    always @(posedge clk_i) begin
        if (arg_valid_i && arg_index_i[LEN_W-1:3] == {(LEN_W - 3){1'b0}}) begin
            case (arg_index_i[2:0])
                3'd0: begin
                    first_q     <= arg_data_i;
                    addr_q      <= {24'd0, arg_data_i};
                    addr_over_q <= 1'b0;
                end
                3'd1: begin
                    words_q      <= {8'd0, arg_data_i};
                    words_over_q <= 1'b0;
                    if (is_mem)
                        addr_q[7:0] <= arg_data_i;
                end
                3'd5: words_q[7:0] <= arg_data_i;
                3'd6: begin
                    words_q[15:8] <= arg_data_i & WORDS_MASK[15:8];
                    words_over_q  <= (arg_data_i & ~WORDS_MASK[15:8]) != 8'd0;
                end
                default: ;
            endcase
            if (is_mem) begin
                case (arg_index_i[2:0])
                    3'd2: begin
                        addr_q[15:8] <= arg_data_i & ADDR_MASK[15:8];
                        addr_over_q  <= (arg_data_i & ~ADDR_MASK[15:8]) != 8'd0;
                    end
                    3'd3: begin
                        addr_q[23:16] <= arg_data_i & ADDR_MASK[23:16];
                        addr_over_q   <= addr_over_q | ((arg_data_i & ~ADDR_MASK[23:16]) != 8'd0);
                    end
                    3'd4: begin
                        addr_q[31:24] <= arg_data_i & ADDR_MASK[31:24];
                        addr_over_q   <= addr_over_q | ((arg_data_i & ~ADDR_MASK[31:24]) != 8'd0);
                    end
                    default: ;
                endcase
            end
        end
        if (state_q == S_SIZE) begin
            part_q <= (req_len <= head) | ((data_bytes & size_mask) != 16'd0);
            if (is_write) begin
                words_q      <= (data_bytes >> size) & WORDS_MASK;
                words_over_q <= 1'b0;
            end
            if (op_identify) begin
                addr_q       <= 32'd0;
                addr_over_q  <= 1'b0;
                words_q      <= ID_REGS;
                words_over_q <= 1'b0;
            end
        end
        range_q <= addr_over_q | (range_end > depth[END_W-1:0]);
        long_q  <= words_over_q | (read_bytes[LEN_W+K_MAX-1:0] > PACKET_MAX[LEN_W+K_MAX-1:0]);
        if (word_done_q || (take && last_byte))
            addr_q <= (addr_q + 32'd1) & ADDR_MASK;
    end

    // ---- payload to words and back
    always @(posedge clk_i) begin
        if (state_q == S_WRITE) begin
            in_valid_q <= more;
            if (more)
                read_ptr_q <= read_ptr_q + {{(LEN_W - 1){1'b0}}, 1'b1};
        end else begin
            in_valid_q <= 1'b0;
            read_ptr_q <= head[LEN_W-1:0];
        end
        word_done_q <= in_valid_q & last_byte;
        copy_q      <= in_valid_q & op_write_reg;

        if (state_q != S_SEND) begin
            have_q  <= 1'b0;
            asked_q <= 1'b0;
        end else begin
            asked_q <= (asked_q | ask) & ~mem_rvalid_i;
            have_q  <= is_mem ? (mem_rvalid_i | (have_q & ~(take & last_byte))) : ~take;
        end

        if (state_q == S_CHECK)
            byte_q <= {K_MAX{1'b0}};
        else if (in_valid_q || take)
            byte_q <= byte_q + {{(K_MAX - 1){1'b0}}, 1'b1};
    end

    // Bytes enter at the top byte of a word of this size and move down; replies leave at the bottom.
    wire move = mem_rvalid_i | in_valid_q | take;
    genvar g;
    generate
        for (g = 0; g < WORD_W / 8; g = g + 1) begin : g_byte
            wire [7:0] above;
            if (g + 1 < WORD_W / 8) begin : g_above
                assign above = word_q[8*g+8 +: 8];
            end else begin : g_top
                assign above = pkt_data_i;
            end
            if (g == 0 || g == 1 || g == 3 || g + 1 == (1 << K_SAMPLE) || g + 1 == (1 << K_WEIGHT)) begin : g_entry
                wire enter = in_valid_q & size_bytes[$clog2(g + 1)];
                always @(posedge clk_i)
                    if (move)
                        word_q[8*g +: 8] <= mem_rvalid_i ? mem_rdata_i[8*g +: 8] : enter ? pkt_data_i : above;
            end else begin : g_inner
                always @(posedge clk_i)
                    if (move)
                        word_q[8*g +: 8] <= mem_rvalid_i ? mem_rdata_i[8*g +: 8] : above;
            end
        end
    endgenerate

    assign req_drop_o   = (state_q == S_CHECK) & op_wait & run_busy_i & (fault == SR_REPLY_OK);
    assign pkt_addr_o   = read_ptr_q[LEN_W-2:0];
    assign rep_valid_o  = (state_q == S_REPLY) | (state_q == S_READ) | ((state_q == S_WAIT) & ~run_busy_i & ~req_valid_i);
    assign rep_status_o = (state_q == S_WAIT) ? run_code_i : status_q;
    assign rep_len_o    = (state_q == S_READ) ? read_bytes[LEN_W-1:0] : {LEN_W{1'b0}};
    assign pay_valid_o  = have_q;
    assign pay_data_o   = is_mem ? word_q[7:0] : reg_rdata_i;
    assign reg_we_o     = word_done_q & op_write_reg;
    assign reg_waddr_o  = addr_q[6:0];
    assign reg_bwe_o = copy_q & ~rst_i;
    assign reg_bsel_o   = byte_q[1:0] - 2'd1;
    assign reg_raddr_o  = {addr_q[6:0], byte_q[1:0]};
    assign mem_sel_o    = first_q[2:0];
    assign mem_addr_o   = addr_q[27:0];
    assign mem_we_o     = word_done_q & op_write_mem;
    assign wr_word_o    = word_q;
    assign mem_re_o     = ask;
    assign run_start_o  = (state_q == S_START) & (flags_q != 5'd0);
    assign run_flags_o  = flags_q;
endmodule

`default_nettype wire
