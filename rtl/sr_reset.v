// SPDX-License-Identifier: Apache-2.0
//
// sr_reset: the reset of a board, from the lock of its PLL.
// Reset     rst_o from power-up on, until the PLL has been locked for 2^RESET_W clocks: iCE40 block RAM misreads for 3 us after
//           configuration. Again when it loses lock.
// Blink     blink_o alternates every 2^(BLINK_W - 1) clocks while there is no lock, so that a board whose PLL never locks shows it
//           on an LED; else it is 0. (The clock of a PLL without lock runs, at some frequency.)
// locked_i  is asynchronous: two flip-flops. Flip-flops are 0 at configuration in both families.
// Test      tests/rtl/tb_reset.cpp
`default_nettype none

module sr_reset #(
    parameter RESET_W = 12,
    parameter BLINK_W = 22   // above RESET_W
) (
    input  wire clk_i,
    input  wire locked_i,
    output wire rst_o,
    output wire blink_o
);
    generate
        if (BLINK_W <= RESET_W) begin : g_check
            SR_BLINK_W_MUST_BE_ABOVE_RESET_W u_illegal ();
        end
    endgenerate

    reg [2:0]         locked_q = 3'd0;                // the third: a clock ago
    reg [BLINK_W-1:0] count_q  = {BLINK_W{1'b0}};     // clocks without lock, or with it until the reset ends
    reg               run_q    = 1'b0;                // the reset has ended
    wire locked = locked_q[1];
    always @(posedge clk_i) begin
        locked_q <= {locked_q[1:0], locked_i};
        if (locked != locked_q[2])
            count_q <= {BLINK_W{1'b0}};
        else if (!run_q)
            count_q <= count_q + 1'b1;
        run_q <= locked && locked_q[2] && (run_q || count_q[RESET_W]);
    end
    assign rst_o   = !run_q;
    assign blink_o = !locked && count_q[BLINK_W-1];
endmodule

`default_nettype wire
