// SPDX-License-Identifier: Apache-2.0
//
// sr_link: packets in, packets out (docs/protocol.md). Half duplex: while a reply leaves, no byte is taken.
// Request    req_valid_o: a packet is complete; op, seq, len and the payload RAM hold still until it is answered
//            (rep_valid_i) or let go unanswered (req_drop_i). req_fault_o: {length, crc}, then only a reply is due.
//            Payload bytes also pass by on arg_* as they arrive, before their CRC is known; req_head_o before the first.
// Bytes      of a payload are counted from 1: index_o. In req_valid_o it stands at 1 and moves on with pkt_next_i;
//            pkt_data_o is the byte at the index of the cycle before, or with pkt_hold_i stays what it is; index_last_o says that
//            index_o is the length.
// Reply      rep_valid_i with its length is taken with rep_ready_o: in req_valid_o, or while hunting (a late answer to
//            a dropped request, op and seq still being its own). Then len bytes are drawn by pay_valid_i/pay_ready_o
//            while pay_open_o; CRC and framing are added here. rep_status_i holds until the next req_valid_o.
// Time-out   a request of which no byte comes for 2^TIMEOUT_W clocks is forgotten: its host has died, and the next one's first
//            request must not end in it. TIMEOUT_W 0: never.
// Idle       idle_o: hunting, and every byte of a reply has left: nothing changes until a byte or rep_valid_i comes.
// Handshake  rx_ready_o and tx_valid_o, tx_data_o are flip-flops.
// Reset      rst_i: hunting. Any garbage is over after PACKET_MAX + 16 zero bytes.
// Test       tests/rtl/tb_host.cpp; proofs: tests/formal
`default_nettype none

module sr_link #(
    parameter PACKET_MAX = 256,
    parameter LEN_W      = 9,
    parameter TIMEOUT_W  = 0
) (
    input  wire             clk_i,
    input  wire             rst_i,
    input  wire [7:0]       rx_data_i,
    input  wire             rx_valid_i,
    output wire             rx_ready_o,
    output wire [7:0]       tx_data_o,
    output wire             tx_valid_o,
    input  wire             tx_ready_i,
    output wire             req_valid_o,
    output wire [1:0]       req_fault_o,
    output wire [7:0]       req_op_o,
    output wire [7:0]       req_seq_o,
    output wire [LEN_W-1:0] req_len_o,
    input  wire             req_drop_i,
    output wire             req_head_o,
    output wire             arg_valid_o,
    output wire [LEN_W-1:0] index_o,
    output wire             index_last_o,
    input  wire             pkt_next_i,
    input  wire             pkt_hold_i,
    output wire [7:0]       pkt_data_o,
    input  wire             rep_valid_i,
    output wire             rep_ready_o,
    input  wire [7:0]       rep_status_i,
    input  wire [LEN_W-1:0] rep_len_i,
    output wire             pay_open_o,
    input  wire             pay_valid_i,
    output wire             pay_ready_o,
    input  wire [7:0]       pay_data_i,
    output wire             idle_o
);
    `include "sr_map.vh"

    // bit 3: the device's turn; bits 1:0: 1 header, 3 payload, 2 CRC, either way
    localparam [3:0] S_HUNT = 4'd0;   // first sync byte
    localparam [3:0] S_SYNC = 4'd4;   // second sync byte
    localparam [3:0] S_HEAD = 4'd1;   // op, seq, length
    localparam [3:0] S_PAY  = 4'd3;
    localparam [3:0] S_CRC  = 4'd2;
    localparam [3:0] S_REQ  = 4'd8;   // waits for an answer
    localparam [3:0] S_THEAD = 4'd9;  // sync, op, seq, status, length
    localparam [3:0] S_TPAY = 4'd11;
    localparam [3:0] S_TCRC = 4'd10;

    localparam [LEN_W-1:0] ONE = {{(LEN_W - 1){1'b0}}, 1'b1};

    generate
        if (PACKET_MAX != (1 << (LEN_W - 1)) || LEN_W < 8 || LEN_W > 16) begin : g_check
            SR_PACKET_MAX_MUST_BE_A_POWER_OF_TWO_128_TO_32768 u_illegal ();
        end
    endgenerate

    (* fsm_encoding = "none" *)
    reg [3:0]       state_q;
    reg [LEN_W-1:0] count_q;     // byte of the part that state_q names, from 1
    reg [7:0]       op_q;
    reg [7:0]       seq_q;
    reg [LEN_W-1:0] len_q;
    reg             bad_crc_q;
    reg             bad_len_q;
    reg             rx_ready_q;
    reg [7:0]       tx_data_q;
    reg             tx_valid_q;
    reg [31:0]      crc_q;

    wire rx_fire = rx_valid_i & rx_ready_q;
    wire tx_slot = ~tx_valid_q | tx_ready_i;
    wire sending = (state_q == S_THEAD) | (state_q == S_TCRC) | ((state_q == S_TPAY) & pay_valid_i);
    wire tx_fire = sending & tx_slot;
    wire step    = rx_fire | tx_fire;

    // PACKET_MAX is a power of two
    wire [15:0] length    = {rx_data_i, len_q[7:0]};
    wire [16:0] beyond    = {1'b0, length} >> LEN_W;
    wire        too_long  = (beyond != 17'd0) | (length[LEN_W-1] & (length[LEN_W-2:0] != {(LEN_W - 1){1'b0}}));
    wire        last_four = count_q[1:0] == 2'd0;
    wire        last_pay  = count_q == len_q;

    // what goes out
    wire [15:0] len16 = {{(16 - LEN_W){1'b0}}, len_q};
    reg  [7:0]  tx_byte;
    always @* begin
        case (count_q[2:0])
            3'd1:    tx_byte = SR_SYNC0_REPLY;
            3'd2:    tx_byte = ~SR_SYNC0_REPLY;
            3'd3:    tx_byte = op_q;
            3'd4, 3'd5: tx_byte = seq_q;
            3'd6:    tx_byte = len16[7:0];
            default: tx_byte = len16[15:8];
        endcase
        if (state_q == S_TPAY)
            tx_byte = pay_data_i;
        if (state_q == S_TCRC)
            tx_byte = ~crc_q[7:0];
    end

    // one CRC for both ways; in the CRC itself the complement goes in, which shifts the state out
    wire        in_crc   = (state_q == S_CRC) | (state_q == S_TCRC);
    wire [7:0]  crc_byte = (rx_ready_q ? rx_data_i : tx_byte) ^ {8{in_crc}};
    wire [31:0] crc_next;
    sr_crc32 u_crc (.crc_i(crc_q), .data_i(crc_byte), .crc_o(crc_next));
    wire crc_hold = (state_q == S_HUNT) | (state_q == S_SYNC) | ((state_q == S_THEAD) & ~count_q[2] & ~(count_q[1] & count_q[0]));
    always @(posedge clk_i) begin
        if (crc_hold)
            crc_q <= 32'hFFFFFFFF;
        else if (step)
            crc_q <= crc_next;
    end

    // clocks since the last byte of a request that has begun
    wire expired;
    generate
        if (TIMEOUT_W > 0) begin : g_timeout
            reg [TIMEOUT_W:0] idle_q;
            always @(posedge clk_i)
                idle_q <= rx_fire || state_q == S_HUNT || rst_i ? {TIMEOUT_W + 1{1'b0}} : idle_q + 1'b1;
            assign expired = idle_q[TIMEOUT_W] & rx_ready_q & ~rx_fire;
        end else begin : g_patient
            assign expired = 1'b0;
        end
    endgenerate

    reg [3:0] state_d;
    reg       restart;           // count_q from 1
    always @* begin
        state_d = state_q;
        restart = 1'b0;
        case (state_q)
            S_HUNT:
                if (rx_fire && rx_data_i == SR_SYNC0_REQUEST) begin
                    state_d = S_SYNC;
                end else if (rep_valid_i) begin
                    state_d = S_THEAD;
                    restart = 1'b1;
                end
            S_SYNC:
                if (rx_fire) begin
                    restart = 1'b1;
                    if (rx_data_i == ~SR_SYNC0_REQUEST)
                        state_d = S_HEAD;
                    else if (rx_data_i != SR_SYNC0_REQUEST)
                        state_d = S_HUNT;
                end
            S_HEAD:
                if (rx_fire && last_four) begin
                    restart = 1'b1;
                    state_d = too_long ? S_REQ : (length == 16'd0) ? S_CRC : S_PAY;
                end
            S_PAY:
                if (rx_fire && last_pay) begin
                    restart = 1'b1;
                    state_d = S_CRC;
                end
            S_CRC:
                if (rx_fire && last_four) begin
                    restart = 1'b1;
                    state_d = S_REQ;
                end
            S_REQ:
                if (req_drop_i) begin
                    state_d = S_HUNT;
                end else if (rep_valid_i) begin
                    state_d = S_THEAD;
                    restart = 1'b1;
                end
            S_THEAD:
                if (tx_fire && count_q[2:0] == 3'd7) begin
                    restart = 1'b1;
                    state_d = (len_q == {LEN_W{1'b0}}) ? S_TCRC : S_TPAY;
                end
            S_TPAY:
                if (tx_fire && last_pay) begin
                    restart = 1'b1;
                    state_d = S_TCRC;
                end
            S_TCRC:
                if (tx_fire && last_four) begin
                    restart = 1'b1;
                    state_d = S_HUNT;
                end
            default:
                state_d = S_HUNT;
        endcase
        if (expired)
            state_d = S_HUNT;
    end

    always @(posedge clk_i) begin
        if (rst_i) begin
            state_q    <= S_HUNT;
            rx_ready_q <= 1'b0;
            tx_valid_q <= 1'b0;
        end else begin
            state_q    <= state_d;
            rx_ready_q <= (state_d == S_HUNT) | (state_d == S_SYNC) | (state_d == S_HEAD) | (state_d == S_PAY)
                        | (state_d == S_CRC);
            if (tx_slot)
                tx_valid_q <= sending;
        end
        if (tx_slot)
            tx_data_q <= tx_byte;
        if (restart)
            count_q <= ONE;
        else if (step || pkt_next_i)
            count_q <= count_q + ONE;
        if (rx_fire && state_q == S_HEAD) begin
            bad_crc_q <= 1'b0;
            bad_len_q <= too_long;
            case (count_q[1:0])
                2'd1: op_q <= rx_data_i;
                2'd2: seq_q <= rx_data_i;   // and, once sent, the status
                2'd3: len_q[7:0] <= rx_data_i;
                default: len_q <= length[LEN_W-1:0];
            endcase
        end
        if (rx_fire && state_q == S_CRC && rx_data_i != ~crc_q[7:0])
            bad_crc_q <= 1'b1;
        if (tx_fire && state_q == S_THEAD && count_q[2:0] == 3'd4)
            seq_q <= rep_status_i;
        if (rep_ready_o)
            len_q <= rep_len_i;
    end

    // payload; never read where it is being written
    (* no_rw_check *) reg [7:0] pkt_q [0:PACKET_MAX-1];
    reg [7:0] pkt_data_q;
    always @(posedge clk_i) begin
        if (arg_valid_o)
            pkt_q[count_q[LEN_W-2:0]] <= rx_data_i;
        if (!pkt_hold_i)
            pkt_data_q <= pkt_q[count_q[LEN_W-2:0]];
    end

    assign rx_ready_o  = rx_ready_q;
    assign tx_data_o   = tx_data_q;
    assign tx_valid_o  = tx_valid_q;
    assign req_valid_o = state_q == S_REQ;
    assign req_fault_o = {bad_len_q, bad_crc_q};
    assign req_op_o    = op_q;
    assign req_seq_o   = seq_q;
    assign req_len_o   = len_q;
    assign arg_valid_o = rx_fire & (state_q == S_PAY);
    assign req_head_o  = state_q == S_HEAD;
    assign index_o     = count_q;
    assign index_last_o = last_pay;
    assign pkt_data_o  = pkt_data_q;
    assign rep_ready_o = (state_d == S_THEAD) & (state_q != S_THEAD);
    assign idle_o      = (state_q == S_HUNT) & ~tx_valid_q;
    assign pay_open_o  = (state_q == S_THEAD) | (state_q == S_TPAY);
    assign pay_ready_o = (state_q == S_TPAY) & tx_slot;

`ifdef FORMAL
    // formal: PACKET_MAX=128 LEN_W=8 DEPTH=18
    // formal: PACKET_MAX=128 LEN_W=8 TIMEOUT_W=2 DEPTH=12
    // Assumed: an answer waits with its length until it is taken, and the payload RAM is read in req_valid_o alone.
    reg              past_q = 1'b0;
    reg  [LEN_W:0]   sent_q;           // bytes of the reply at work that were put out
    wire             receives = state_q == S_SYNC || state_q == S_HEAD || state_q == S_PAY || state_q == S_CRC;
    wire             replies  = state_q == S_THEAD || state_q == S_TPAY || state_q == S_TCRC;
    wire [LEN_W:0]   count    = {1'b0, count_q}, len = {1'b0, len_q};
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (rep_ready_o) sent_q <= {LEN_W + 1{1'b0}};
        else if (tx_fire) sent_q <= sent_q + 1'b1;
        if (!past_q) assume (rst_i);
        if (past_q && $past(rep_valid_i && !rep_ready_o && !rst_i)) assume (rep_valid_i && $stable(rep_len_i));
        assume (rep_len_i <= PACKET_MAX);
        if (!req_valid_o) assume (!pkt_next_i);
        if (past_q) begin
            assert (state_q == S_HUNT || receives || req_valid_o || replies);
            if ($past(rst_i)) assert (state_q == S_HUNT && !tx_valid_o && !rx_ready_o);
            else begin
                // What goes out waits unchanged, and in every state the line has one direction.
                if ($past(tx_valid_o && !tx_ready_i)) assert (tx_valid_o && $stable(tx_data_o));
                assert (rx_ready_o == (state_q == S_HUNT || receives));
                if ($past(state_q == S_REQ) && req_valid_o) assert ($stable({req_op_o, req_seq_o, req_len_o, req_fault_o}));
                if ($past(expired)) assert (state_q == S_HUNT);
                if ($past(state_q != S_REQ) && req_valid_o) assert ($past(rx_valid_i && rx_ready_o) && index_o == ONE);
            end
            assert (!(rx_ready_o && (pay_open_o || pay_ready_o || req_valid_o)));
            // A request is taken with an answer, or let go; an answer without a request is taken between two requests alone.
            if (rep_ready_o) assert (rep_valid_i && (state_q == S_HUNT || (req_valid_o && !req_drop_i)));
            if (pay_ready_o) assert (pay_open_o && tx_slot);
            // Every part of a packet has its bytes: a payload as many as its length says, none beyond the payload RAM.
            if (state_q == S_HEAD || state_q == S_CRC || state_q == S_TCRC) assert (count_q >= 1 && count_q <= 4);
            if (state_q == S_PAY || state_q == S_TPAY) assert (count_q >= 1 && count_q <= len_q && len_q <= PACKET_MAX);
            if (state_q == S_CRC || (req_valid_o && !req_fault_o[1])) assert (len_q <= PACKET_MAX && !bad_len_q);
            if (state_q == S_PAY) assert (!bad_len_q);
            if (state_q == S_THEAD) assert (count_q >= 1 && count_q <= 7);
            if (replies) assert (len_q <= PACKET_MAX);
            // A reply has its header of 7 bytes, its payload and 4 bytes of CRC.
            if (state_q == S_THEAD) assert (sent_q + 1'b1 == count);
            if (state_q == S_TPAY) assert (sent_q == count + 6);
            if (state_q == S_TCRC) assert (sent_q == len + count + 6);
            if (!$past(rst_i) && $past(replies) && state_q == S_HUNT) assert (sent_q == len + 11);
            if (idle_o) assert (!tx_valid_o);
        end
        if (TIMEOUT_W == 0) cover (past_q && idle_o && $past(tx_valid_o) && $past(state_q == S_TCRC, 2) && len_q == 1);
        if (TIMEOUT_W == 0) cover (past_q && req_valid_o && req_len_o == 1 && !$past(rst_i));
        if (TIMEOUT_W > 0) cover (past_q && $past(expired && state_q == S_HEAD));
    end
    generate
        if (TIMEOUT_W > 0) begin : g_formal_timeout
            // A request that has begun has a byte in 2^TIMEOUT_W clocks, or is forgotten.
            reg [TIMEOUT_W:0] since_q;
            always @(posedge clk_i) begin
                since_q <= rst_i || !receives || rx_fire ? {TIMEOUT_W + 1{1'b0}} : since_q + 1'b1;
                if (past_q && receives) assert (since_q <= (1 << TIMEOUT_W) && g_timeout.idle_q == since_q);
            end
        end
    endgenerate
`endif
endmodule

`default_nettype wire
