// SPDX-License-Identifier: Apache-2.0
//
// sr_reset: the reset of a board, from the lock of its PLL.
// Reset     rst_o from power-up on, until the PLL has been locked for 2^RESET_W clocks: iCE40 block RAM misreads for 3 us after
//           configuration. Again when it loses lock.
// Blink     blink_o alternates every 2^(BLINK_W - 1) clocks while there is no lock, so that a board whose PLL never locks shows it
//           on an LED; else it is 0. (The clock of a PLL without lock runs, at some frequency.)
// locked_i  is asynchronous: two flip-flops. Flip-flops are 0 at configuration in both families.
// Test      tests/rtl/tb_reset.cpp; proofs: tests/formal
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

`ifdef FORMAL
    // formal: RESET_W=2 BLINK_W=4 DEPTH=24
    reg [RESET_W:0] since_q = 0;      // clocks, as many as it holds, for which the PLL has been locked without a break
    always @(posedge clk_i) begin
        since_q <= !locked ? 0 : since_q + !(&since_q);
        // The reset is on until the PLL has been locked for 2^RESET_W clocks, ends 3 clocks later at most, and is on again as soon as the lock is lost.
        if (since_q <= 1 << RESET_W) assert (rst_o);
        if (&since_q) assert (!rst_o);
        if (!locked_q[2]) assert (rst_o);
        if (locked) assert (!blink_o);
        // for the induction
        assert ((since_q == 0) == !locked_q[2]);
        if (run_q) assert (since_q > (1 << RESET_W) + 1);
        if (locked_q[2] && locked && !run_q) assert (count_q + 1 == since_q);
        cover (blink_o);
        cover (rst_o && since_q == 0 && count_q == 3 && locked);
    end
`endif
endmodule

`default_nettype wire
