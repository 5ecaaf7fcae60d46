// SPDX-License-Identifier: Apache-2.0
// sr_readout_neuron: the readout's neurons of one member: current of a class -> score (docs/numerics.md, section 5).
// kind 0 sum: score = current. 1 membrane: leaky sum, sat_24. 2 spikes: LIF neuron, score = spikes so far.
// valid_i with class_i and first_i (first step of the sample); score_o one cycle later with score_valid_o.
// A class comes again no sooner than three cycles later. STEP_EN = 0 builds kind 0 only. Reset: control only.
// Test: tests/rtl/tb_readout_neuron.cpp
`default_nettype none

module sr_readout_neuron #(
    parameter SCORE_W = 32,
    parameter STEP_EN = 1
) (
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      valid_i,
    input  wire        [3:0]         class_i,
    input  wire                      first_i,
    input  wire signed [SCORE_W-1:0] current_i,
    input  wire        [1:0]         kind_i,
    input  wire        [7:0]         leak_i,
    input  wire        [15:0]        theta_i,
    input  wire                      subtract_i,
    output wire                      score_valid_o,
    output wire signed [SCORE_W-1:0] score_o
);
    reg valid_q;
    reg signed [SCORE_W-1:0] score_q;
    always @(posedge clk_i) valid_q <= valid_i && !rst_i;
    assign score_valid_o = valid_q;
    assign score_o       = score_q;

    generate
        if (STEP_EN == 0) begin : g_sum
            always @(posedge clk_i) if (valid_i) score_q <= current_i;
            wire _unused = &{1'b0, class_i, first_i, kind_i, leak_i, theta_i, subtract_i};
        end else begin : g_step
            reg signed [23:0] v_q [0:15];
            reg        [ 9:0] count_q [0:15];
            wire signed [23:0] v      = first_i ? 24'sd0 : v_q[class_i];
            wire        [ 9:0] count  = first_i ? 10'd0 : count_q[class_i];
            wire signed [32:0] leaked = v * $signed({1'b0, leak_i});
            wire signed [SCORE_W+1:0] sum = {{SCORE_W - 22{v[23]}}, v} - {{SCORE_W - 22{leaked[31]}}, leaked[31:8]}
                                          + {{2{current_i[SCORE_W-1]}}, current_i};
            wire signed [23:0] u;
            sr_sat #(.IN_W(SCORE_W + 2), .OUT_W(24)) u_sat (.x_i(sum), .y_o(u));
            wire        spike  = kind_i == 2'd2 && u >= $signed({8'd0, theta_i});
            wire [ 9:0] spikes = count + {9'd0, spike};
            always @(posedge clk_i) begin
                if (valid_i) begin
                    v_q[class_i]     <= !spike ? u : subtract_i ? u - $signed({8'd0, theta_i}) : 24'sd0;
                    count_q[class_i] <= spikes;
                    score_q <= kind_i == 2'd0 ? current_i : kind_i == 2'd1 ? {{SCORE_W - 24{u[23]}}, u}
                                                                           : {{SCORE_W - 10{1'b0}}, spikes};
                end
            end
            wire _unused = &{1'b0, leaked[32], leaked[7:0]};
        end
    endgenerate
endmodule

`default_nettype wire
