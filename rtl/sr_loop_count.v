// SPDX-License-Identifier: Apache-2.0
// sr_loop_count: counters of +1 and -1 as one loop, for simulators (sr_loop_lif says why): those of the projection.
//
// add_i       adds +1 to each counter, or -1 where its bit of bits_i is set.
// mark_i      counts_o takes the counters, valid from the cycle after until the next mark; they begin anew.
// A mark of a step without events, which is every one of mode `local`, finds the planes empty.
// The ones of every counter are kept as bit planes: an addition is a carry through a few words, not a turn for each counter.
// Formats     counts_o signed C_W each, exact while they hold it. Reset: none. Test: tests/rtl/tb_loop_count.cpp
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
    reg  [UNITS-1:0]     plane [0:C_W-1];
    reg  [C_W-1:0]       added_q;
    reg  [UNITS*C_W-1:0] counts_q;
    // verilator tracing_off
    integer              u, p;
    reg  [UNITS-1:0]     carry, from;
    reg  [C_W-1:0]       count [0:UNITS-1];
    // verilator tracing_on
    initial begin
        for (p = 0; p < C_W; p = p + 1) plane[p] = {UNITS{1'b0}};
        added_q = {C_W{1'b0}};
    end
    always @(posedge clk_i) begin
        u     = 0;
        p     = 0;
        carry = {UNITS{1'b0}};
        from  = {UNITS{1'b0}};
        if (mark_i && added_q == {C_W{1'b0}}) counts_q <= {UNITS * C_W{1'b0}};
        else if (mark_i) begin
            for (u = 0; u < UNITS; u = u + 1) count[u] = added_q;
            for (p = 0; p < C_W - 1; p = p + 1) begin
                from     = plane[p];
                plane[p] = {UNITS{1'b0}};
                if (|from)
                    for (u = 0; u < UNITS; u = u + 1) count[u] = count[u] - ({{C_W - 1{1'b0}}, from[u]} << (p + 1));
            end
            for (u = 0; u < UNITS; u = u + 1) counts_q[u*C_W+:C_W] <= count[u];
            added_q <= {C_W{1'b0}};
        end else if (add_i) begin
            added_q <= added_q + 1'b1;
            carry   = bits_i;
            for (p = 0; p < C_W - 1 && |carry; p = p + 1) begin
                from     = plane[p];
                plane[p] = from ^ carry;
                carry    = from & carry;
            end
        end
    end
    assign counts_o = counts_q;
endmodule

`default_nettype wire
