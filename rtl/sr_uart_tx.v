// SPDX-License-Identifier: Apache-2.0
//
// sr_uart_tx: serial transmitter, 8 data bits, no parity, 1 stop bit, least significant bit first.
// Rate       CLOCK_HZ / BAUD clocks a bit, to 1/256 clock; a byte takes ten bits and one clock.
// Handshake  valid/ready; s_ready_o depends on flip-flops only.
// Reset      rst_i: the line idles high.
// Test       tests/rtl/tb_uart.cpp; proofs: tests/formal
`default_nettype none

module sr_uart_tx #(
    parameter CLOCK_HZ = 24000000,
    parameter BAUD     = 3000000
) (
    input  wire       clk_i,
    input  wire       rst_i,
    input  wire [7:0] s_data_i,
    input  wire       s_valid_i,
    output wire       s_ready_o,
    output wire       txd_o
);
    localparam PERIOD  = (CLOCK_HZ / BAUD) * 256 + ((CLOCK_HZ % BAUD) * 256 + BAUD / 2) / BAUD;  // a bit, in 1/256 clock
    localparam LOW     = (PERIOD | 256) & -(PERIOD | 256);
    localparam DROP    = $clog2(LOW);                    // low bits that are 0: the timer goes without
    localparam FULL_T  = PERIOD >> DROP;
    localparam ONE_T   = 256 >> DROP;
    localparam TIMER_W = $clog2(FULL_T);
    localparam [TIMER_W-1:0] FULL = FULL_T[TIMER_W-1:0];
    localparam [TIMER_W-1:0] ONE  = ONE_T[TIMER_W-1:0];

    reg [3:0]         left_q;   // bits still to send, 0 when idle
    reg [8:0]         shift_q;
    reg               txd_q;
    reg [TIMER_W-1:0] timer_q;

    wire tick = timer_q < ONE;

    assign s_ready_o = left_q == 4'd0;
    assign txd_o     = txd_q;

    always @(posedge clk_i) begin
        if (s_ready_o)
            timer_q <= FULL - ONE;
        else if (tick)
            timer_q <= timer_q + FULL - ONE;
        else
            timer_q <= timer_q - ONE;

        if (s_ready_o)
            shift_q <= {1'b1, s_data_i};
        else if (tick)
            shift_q <= {1'b1, shift_q[8:1]};

        if (rst_i) begin
            left_q <= 4'd0;
            txd_q  <= 1'b1;
        end else if (s_ready_o) begin
            if (s_valid_i) begin
                left_q <= 4'd10;
                txd_q  <= 1'b0;
            end
        end else if (tick) begin
            left_q <= left_q - 4'd1;
            txd_q  <= shift_q[0];
        end
    end

`ifdef FORMAL
    // formal: CLOCK_HZ=9 BAUD=4 DEPTH=26
    // formal: CLOCK_HZ=2 BAUD=1 DEPTH=24
    // The byte taken as the frame it must become, and the clocks since.
    reg        past_q = 1'b0;
    reg [9:0]  frame_q;
    reg [15:0] age_q;
    wire [3:0]  place = 4'd10 - left_q;   // of the bit on the line
    wire [18:0] rest  = {9'h1ff, frame_q} >> (place + 4'd1);
    wire [31:0] spent = ({16'd0, age_q} + 32'd1) << 8;   // time up to the end of this clock, in 1/256 clock
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        age_q  <= age_q + 16'd1;
        if (s_ready_o) begin
            frame_q <= {1'b1, s_data_i, 1'b0};
            age_q   <= 16'd0;
        end
    end
    always @(posedge clk_i) begin
        if (!past_q) assume (rst_i);
        if (past_q) begin
            assert (left_q <= 4'd10);
            assert (s_ready_o == (left_q == 4'd0));
            if (s_ready_o) assert (txd_o);
            else begin
                assert (txd_o == frame_q[place]);
                assert (shift_q == rest[8:0]);
                // bit n is on the line from n to n + 1 bit times, to a clock, without drift
                assert ({16'd0, timer_q} < FULL_T);   // FULL itself may wrap to 0
                assert (spent > place * PERIOD && spent <= (place + 1) * PERIOD);
                assert ({16'd0, timer_q} + ONE_T * (age_q + 32'd1) == FULL_T * (place + 32'd1));
            end
            if ($past(rst_i)) assert (s_ready_o && txd_o);
            if (!$past(rst_i) && $past(s_ready_o)) assert (s_ready_o == !$past(s_valid_i));
        end
        cover (past_q && !rst_i && s_ready_o && s_valid_i && $past(left_q == 4'd1 && !rst_i) && frame_q == 10'h34a);
    end
`endif
endmodule

`default_nettype wire
