// SPDX-License-Identifier: Apache-2.0
// sr_pert_lane: perturbation of one neuron's current, shared by both members of a pair (docs/numerics.md, section 3).
//   acc = sum over the items of a thread of  sum_k entry_k * a_k,   d = sat_16(acc >> 8)
// Low-rank: a_k = c'_k << 4, RANK_LANES terms an item. Full rank: a_0 = S, one event an item.
// Formats: a signed 20; acc signed 26, exact (numerics, section 3). One item a cycle.
// term_en_i: entries and a are valid (one_i: only term 0 is); acc_en_i with first_i: one cycle later (RANK_LANES > 1) or
// in the same cycle (RANK_LANES = 1). d_o is combinational from acc. No reset. Test: tests/rtl/tb_pert_lane.cpp
`default_nettype none

module sr_pert_lane #(
    parameter RANK_LANES = 4
) (
    input  wire                     clk_i,
    input  wire                     term_en_i,
    input  wire                     one_i,
    input  wire [RANK_LANES-1:0]    neg_i,
    input  wire [RANK_LANES-1:0]    mag1_i,
    input  wire [RANK_LANES-1:0]    mag2_i,
    input  wire [RANK_LANES*20-1:0] a_i,
    input  wire                     acc_en_i,
    input  wire                     first_i,
    output wire signed [15:0]       d_o
);
    reg signed [25:0] acc_q;

    generate
        if (RANK_LANES == 1) begin : g_one
            // entry * a without its +1 of the negation, which enters as the carry of the addition below
            wire [20:0] m0   = ({21{mag1_i[0]}} & {a_i[19], a_i[19:0]}) | ({21{mag2_i[0]}} & {a_i[19:0], 1'b0});
            wire [20:0] x0   = m0 ^ {21{neg_i[0]}};
            wire [25:0] old  = first_i ? 26'd0 : acc_q;
            wire [26:0] next = {old, 1'b1} + {{5{x0[20]}}, x0, neg_i[0]};
            always @(posedge clk_i) if (acc_en_i) acc_q <= next[26:1];
            wire _unused = &{1'b0, term_en_i, one_i, next[0]};
        end else begin : g_many
            reg signed [25:0] term_q;
            function signed [25:0] times(input signed [19:0] a, input neg, input mag1, input mag2);
                reg signed [25:0] m;
                begin
                    m     = mag2 ? {{5{a[19]}}, a, 1'b0} : mag1 ? {{6{a[19]}}, a} : 26'sd0;
                    times = neg ? -m : m;
                end
            endfunction
            function signed [25:0] terms(input [RANK_LANES*20-1:0] a, input [RANK_LANES-1:0] neg, mag1, mag2, input one);
                integer k;
                begin
                    terms = times(a[19:0], neg[0], mag1[0], mag2[0]);
                    if (!one)
                        for (k = 1; k < RANK_LANES; k = k + 1)
                            terms = terms + times(a[20*k+:20], neg[k], mag1[k], mag2[k]);
                end
            endfunction
            always @(posedge clk_i) begin
                if (acc_en_i) acc_q <= first_i ? term_q : acc_q + term_q;
                if (term_en_i) term_q <= terms(a_i, neg_i, mag1_i, mag2_i, one_i);
            end
        end
    endgenerate

    sr_sat #(.IN_W(18), .OUT_W(16)) u_sat (.x_i(acc_q[25:8]), .y_o(d_o));
endmodule

`default_nettype wire
