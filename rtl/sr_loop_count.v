// SPDX-License-Identifier: Apache-2.0
// sr_loop_count: the projection's counters as one loop, for simulators (sr_loop_lif says why).
//
// add_i       adds +1 to each counter, or -1 where its bit of bits_i is set.
// mark_i      counts_o takes the counters, valid from the cycle after until the next mark; they begin anew.
// Formats     counts_o signed C_W each, exact while they hold it. Reset: none. Test: tests/test_sim.c (simulation build `loops`)
`default_nettype none

module sr_loop_count #(
    parameter UNITS = 64,
    parameter C_W   = 12
) (
    input  wire                 clk_i,
    input  wire                 mark_i,
    input  wire                 add_i,
    input  wire [UNITS-1:0]     bits_i,
    output wire [UNITS*C_W-1:0] counts_o
);
    reg  [C_W-1:0]       count [0:UNITS-1];
    reg  [UNITS*C_W-1:0] counts_q;
    // verilator tracing_off
    integer              u;
    // verilator tracing_on
    always @(posedge clk_i)
        if (mark_i)
            for (u = 0; u < UNITS; u = u + 1) begin
                counts_q[u*C_W+:C_W] <= count[u];
                count[u] = {C_W{1'b0}};
            end
        else if (add_i)
            for (u = 0; u < UNITS; u = u + 1) count[u] = count[u] + {{C_W - 1{bits_i[u]}}, 1'b1};
    assign counts_o = counts_q;
endmodule

`default_nettype wire
