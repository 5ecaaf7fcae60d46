// SPDX-License-Identifier: Apache-2.0
// sr_delay: y is x of STAGES cycles ago. No reset: the consumer's valid bits are reset. Test: tests/test_sim.c
`default_nettype none

module sr_delay #(
    parameter WIDTH  = 1,
    parameter STAGES = 1
) (
    input  wire             clk_i,
    input  wire [WIDTH-1:0] x_i,
    output wire [WIDTH-1:0] y_o
);
    reg [WIDTH*STAGES-1:0] line_q;
    generate
        if (STAGES == 1) begin : g_one
            always @(posedge clk_i) line_q <= x_i;
        end else begin : g_many
            always @(posedge clk_i) line_q <= {line_q[WIDTH*(STAGES-1)-1:0], x_i};
        end
    endgenerate
    assign y_o = line_q[WIDTH*STAGES-1-:WIDTH];
endmodule

`default_nettype wire
