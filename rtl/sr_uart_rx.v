// SPDX-License-Identifier: Apache-2.0
//
// sr_uart_rx: serial receiver, 8 data bits, no parity, 1 stop bit, least significant bit first.
// Rate       CLOCK_HZ / BAUD clocks a bit, to 1/256 clock; at least 4. Tolerates 2 % of mismatch (from 6 clocks a bit on).
// Line       rxd_i is asynchronous: two flip-flops, then the majority of three clocks; each bit is sampled in its middle.
// Errors     frame_o (stop bit low, or a start bit that was a spike: the byte is dropped; the receiver waits for the line to
//            rise) and overrun_o (a byte came while the last one was not taken: the new one is dropped) are one-clock pulses.
// Handshake  valid/ready; the byte is stable while stalled.
// Latency    the middle of the stop bit + 4 clocks.
// Reset      rst_i: waits for an idle line.
// Test       tests/rtl/tb_uart.cpp; proofs: tests/formal
`default_nettype none

module sr_uart_rx #(
    parameter CLOCK_HZ = 24000000,
    parameter BAUD     = 3000000
) (
    input  wire       clk_i,
    input  wire       rst_i,
    input  wire       rxd_i,
    output wire [7:0] m_data_o,
    output wire       m_valid_o,
    input  wire       m_ready_i,
    output wire       frame_o,
    output wire       overrun_o
);
    localparam PERIOD  = (CLOCK_HZ / BAUD) * 256 + ((CLOCK_HZ % BAUD) * 256 + BAUD / 2) / BAUD;  // a bit, in 1/256 clock
    localparam LOW     = (PERIOD | 512) & -(PERIOD | 512);
    localparam DROP    = LOW > 1 ? $clog2(LOW) - 1 : 0;  // low bits that are 0 in half of it: the timer goes without
    localparam START_T = (PERIOD / 2 - 256) >> DROP;     // the start bit is seen a clock after it fell
    localparam FULL_T  = PERIOD >> DROP;
    localparam ONE_T   = 256 >> DROP;
    localparam TIMER_W = $clog2(FULL_T);
    localparam [TIMER_W-1:0] FULL = FULL_T[TIMER_W-1:0];
    localparam [TIMER_W-1:0] HALF = START_T[TIMER_W-1:0];
    localparam [TIMER_W-1:0] ONE  = ONE_T[TIMER_W-1:0];
    localparam [3:0] IDLE  = 4'd0;    // then 1 start, 2..9 data, 10 stop
    localparam [3:0] START = 4'd1;
    localparam [3:0] STOP  = 4'd10;
    localparam [3:0] BREAK = 4'd15;   // wait for the line to rise

    generate
        if (PERIOD < 4 * 256) begin : g_check
            SR_UART_NEEDS_4_CLOCKS_A_BIT u_rule ();
        end
    endgenerate

    reg [3:0]         sync_q;
    reg               line_q;
    reg [3:0]         state_q;
    reg [TIMER_W-1:0] timer_q;
    reg [7:0]         shift_q;
    reg [7:0]         data_q;
    reg               valid_q;
    reg               frame_q;
    reg               overrun_q;

    wire tick = timer_q < ONE;

    assign m_data_o  = data_q;
    assign m_valid_o = valid_q;
    assign frame_o   = frame_q;
    assign overrun_o = overrun_q;

    always @(posedge clk_i) begin
        sync_q <= {sync_q[2:0], rxd_i};
        line_q <= (sync_q[1] & sync_q[2]) | (sync_q[2] & sync_q[3]) | (sync_q[1] & sync_q[3]);

        if (state_q == IDLE || state_q == BREAK)
            timer_q <= HALF;
        else if (tick)
            timer_q <= timer_q + FULL - ONE;
        else
            timer_q <= timer_q - ONE;

        if (tick)
            shift_q <= {line_q, shift_q[7:1]};

        frame_q   <= 1'b0;
        overrun_q <= 1'b0;
        if (m_ready_i)
            valid_q <= 1'b0;
        case (state_q)
            IDLE:
                if (!line_q)
                    state_q <= START;
            BREAK:
                if (line_q)
                    state_q <= IDLE;
            START:
                if (tick) begin
                    state_q <= line_q ? IDLE : START + 4'd1;
                    frame_q <= line_q;
                end
            STOP:
                if (tick) begin
                    state_q <= line_q ? IDLE : BREAK;
                    frame_q <= ~line_q;
                    if (line_q) begin
                        overrun_q <= valid_q & ~m_ready_i;
                        if (!valid_q || m_ready_i) begin
                            valid_q <= 1'b1;
                            data_q  <= shift_q;
                        end
                    end
                end
            default:
                if (tick)
                    state_q <= state_q + 4'd1;
        endcase

        if (rst_i) begin
            state_q   <= BREAK;
            valid_q   <= 1'b0;
            frame_q   <= 1'b0;
            overrun_q <= 1'b0;
        end
    end

`ifdef FORMAL
    // formal: CLOCK_HZ=17 BAUD=4 DEPTH=50
    // On any line. That whole frames come as they were sent is tested, not proved.
    reg       past_q = 1'b0;
    always @(posedge clk_i) begin
        past_q <= 1'b1;
    end
    always @(posedge clk_i) begin
        if (!past_q) assume (rst_i);
        if (past_q) begin
            assert (state_q <= STOP || state_q == BREAK);
            assert (!(frame_o && overrun_o));
            if (frame_o || overrun_o) assert (state_q == IDLE || state_q == BREAK);
            if ($past(frame_o || overrun_o)) assert (!frame_o && !overrun_o);
            if ($past(rst_i)) assert (!m_valid_o && !frame_o && !overrun_o);
            else begin
                // a byte waits unchanged; it comes, or is told of, after a stop bit alone
                if ($past(m_valid_o && !m_ready_i)) assert (m_valid_o && m_data_o == $past(m_data_o));
                else assert (m_valid_o == $past(state_q == STOP && tick && line_q));
                if (overrun_o) assert ($past(m_valid_o && !m_ready_i));
                assert ((frame_o || overrun_o) <= $past(tick));
            end
        end
        cover (past_q && m_valid_o && $past(!m_valid_o && !rst_i) && m_data_o == 8'ha5);
        cover (past_q && frame_o && state_q == BREAK);
    end
`endif
endmodule

`default_nettype wire
