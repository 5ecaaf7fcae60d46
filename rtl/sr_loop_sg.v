// SPDX-License-Identifier: Apache-2.0
// sr_loop_sg: S g[k] of a pair's members, and the sum of RANK_LANES of them with the signs of the class factors, for simulators
// (sr_loop_lif says why): what sr_readout adds up to q, an item a cycle.
//
// we_i        stores S g[k_i] of both members.
// valid_i     an item, in the cycle in which its factors' bits are there (bits_i, 1 is -1): S g from at_i on, those below count_i.
//             The terms are there from the cycle after on; without an item they are 0. The minus member's has the other sign.
// Reset       none. Test: tests/rtl/tb_loop_sg.cpp
`default_nettype none

module sr_loop_sg #(
    parameter RANK_LANES = 4,
    parameter K_AW       = 4,    // bits of k
    parameter K_W        = 5,    // of their number
    parameter G_W        = 28,
    parameter Q_W        = 32
) (
    input  wire                  clk_i,
    input  wire                  we_i,
    input  wire [K_AW-1:0]       k_i,
    input  wire [G_W-1:0]        p_i,
    input  wire [G_W-1:0]        m_i,
    input  wire                  valid_i,
    input  wire [K_W-1:0]        at_i,
    input  wire [K_W-1:0]        count_i,
    input  wire [RANK_LANES-1:0] bits_i,
    output wire [Q_W-1:0]        term_p_o,
    output wire [Q_W-1:0]        term_m_o
);
    reg  signed [63:0] of_p [0:(1<<K_AW)-1];
    reg  signed [63:0] of_m [0:(1<<K_AW)-1];
    reg  [Q_W-1:0]     term_p_q, term_m_q;
    // verilator tracing_off
    integer            j, at;
    reg  signed [63:0] sum_p, sum_m;
    // verilator tracing_on
    always @(posedge clk_i) begin
        j     = 0;
        at    = {{32 - K_W{1'b0}}, at_i};
        sum_p = 64'sd0;
        sum_m = 64'sd0;
        if (valid_i)
            for (j = 0; j < RANK_LANES; j = j + 1)
                if (at + j < {{32 - K_W{1'b0}}, count_i}) begin
                    sum_p = bits_i[j] ? sum_p - of_p[at+j] : sum_p + of_p[at+j];
                    sum_m = bits_i[j] ? sum_m + of_m[at+j] : sum_m - of_m[at+j];
                end
        term_p_q <= sum_p[Q_W-1:0];
        term_m_q <= sum_m[Q_W-1:0];
        if (we_i) begin
            of_p[k_i] = {{64 - G_W{p_i[G_W-1]}}, p_i};
            of_m[k_i] = {{64 - G_W{m_i[G_W-1]}}, m_i};
        end
    end
    assign term_p_o = term_p_q;
    assign term_m_o = term_m_q;
endmodule

`default_nettype wire
