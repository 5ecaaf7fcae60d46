// SPDX-License-Identifier: Apache-2.0
// sr_readout: readout layer of one engine, both members of a pair at once (docs/numerics.md, section 5). sr_readout_walk
// gives the order; control arrives at the age named in the port.
//
//   NOISE row k   g[k]  = sum_n C[n,k] y[n]                kept in the factor store
//   CLASS row o   I_w   = sum_n w[o,n] y[n], and in the same cycles q = sum_k R[o,k] g[k]
//   DRAW  row o   q     = sum_n D[o,n] y[n]                before the class's CLASS row
//   then          I     = I_w +- ((q * S) >> 8)            into the neuron (sr_readout_neuron)
// Ages: 8 operands (memory and noise words), 9 products, 10 lane sum, 11 row sum and q, 12 q * S, 13 I.
// Widths hold every sum exactly. Throughput: one row part of COL_LANES products a sign a cycle. No stall.
// Reset: none needed (control comes from the walk). Test: tests/test_sim.c
`default_nettype none

module sr_readout #(
    parameter COL_LANES  = 128,
    parameter RANK_LANES = 4,
    parameter RANK_MAX   = 32,
    parameter UNITS      = 4,    // noise words: at least RANK_LANES and COL_LANES / 64
    parameter CNT_W      = 9,
    parameter SUM_W      = 26,   // sum over a row
    parameter SCORE_W    = 32
) (
    input  wire                        clk_i,
    input  wire                        bell_i,
    input  wire [11:0]                 scale_i,
    input  wire [UNITS*64-1:0]         word_i,      // age 8
    input  wire [UNITS-1:0]            word_valid_i,
    input  wire                        noise8_i,    // NOISE or DRAW row
    input  wire                        mac8_i,      // a part with products
    input  wire                        factor8_i,
    input  wire [7:0]                  part8_i,
    input  wire [3:0]                  class8_i,
    input  wire                        first8_i,
    input  wire [COL_LANES*8-1:0]      weight8_i,
    input  wire [COL_LANES*CNT_W-1:0]  vec_p8_i,
    input  wire [COL_LANES*CNT_W-1:0]  vec_m8_i,
    input  wire                        noise_end11_i,   // last part of a NOISE row
    input  wire                        draw_end11_i,
    input  wire                        class_end11_i,
    input  wire [5:0]                  k11_i,
    output wire signed [SCORE_W-1:0]   current_p13_o,
    output wire signed [SCORE_W-1:0]   current_m13_o
);
    localparam WORDS  = COL_LANES > 64 ? COL_LANES / 64 : 1;
    localparam SLICES = COL_LANES < 64 ? 64 / COL_LANES : 1;
    localparam Q_DEEP = RANK_MAX / RANK_LANES;
    localparam Q_AW   = Q_DEEP > 1 ? $clog2(Q_DEEP) : 1;

    // Age 8: entries of every word, the operand of each lane, its product with the spike count or spike
    wire [UNITS*64-1:0] neg, one, two;
    genvar u, n;
    generate
        for (u = 0; u < UNITS; u = u + 1) begin : g_entries
            sr_entries u_entries (
                .word_i(word_i[u*64+:64]), .bell_i(bell_i),
                .neg_o(neg[u*64+:64]), .one_o(one[u*64+:64]), .two_o(two[u*64+:64])
            );
        end
    endgenerate
    wire [COL_LANES-1:0] lane_neg, lane_one, lane_two;
    generate
        if (SLICES == 1) begin : g_words
            assign lane_neg = neg[WORDS*64-1:0];
            assign lane_one = one[WORDS*64-1:0];
            assign lane_two = two[WORDS*64-1:0];
        end else begin : g_slice
            wire [5:0] at = {part8_i[$clog2(SLICES)-1:0], {6 - $clog2(SLICES) {1'b0}}};
            wire [63:0] slice_neg = neg[63:0], slice_one = one[63:0], slice_two = two[63:0];
            assign lane_neg = slice_neg[at+:COL_LANES];
            assign lane_one = slice_one[at+:COL_LANES];
            assign lane_two = slice_two[at+:COL_LANES];
        end
    endgenerate

    wire [COL_LANES*(CNT_W+8)-1:0] prod_p_q, prod_m_q;
    generate
        for (n = 0; n < COL_LANES; n = n + 1) begin : g_mac
            reg  signed [CNT_W+7:0] p_q, m_q;
            wire signed [2:0] entry   = lane_neg[n] ? -$signed({1'b0, lane_two[n], lane_one[n]})
                                                    : $signed({1'b0, lane_two[n], lane_one[n]});
            wire signed [7:0] operand = noise8_i ? {{5{entry[2]}}, entry} : weight8_i[n*8+:8];
            wire signed [CNT_W+8:0] p = operand * $signed({1'b0, vec_p8_i[n*CNT_W+:CNT_W]});
            wire signed [CNT_W+8:0] m = operand * $signed({1'b0, vec_m8_i[n*CNT_W+:CNT_W]});
            always @(posedge clk_i) begin
                if (mac8_i) begin
                    p_q <= p[CNT_W+7:0];
                    m_q <= m[CNT_W+7:0];
                end
            end
            assign prod_p_q[n*(CNT_W+8)+:CNT_W+8] = p_q;
            assign prod_m_q[n*(CNT_W+8)+:CNT_W+8] = m_q;
            wire _unused = &{1'b0, p[CNT_W+8], m[CNT_W+8]};
        end
    endgenerate

    // Age 9: sum of the lanes
    wire signed [SUM_W-1:0] tree_p, tree_m;
    sr_sum #(.COUNT(COL_LANES), .IN_W(CNT_W + 8), .OUT_W(SUM_W)) u_sum_p (.x_i(prod_p_q), .y_o(tree_p));
    sr_sum #(.COUNT(COL_LANES), .IN_W(CNT_W + 8), .OUT_W(SUM_W)) u_sum_m (.x_i(prod_m_q), .y_o(tree_m));
    reg mac_q9, mac_q10, first_q9, first_q10, factor_q9, factor_q10;
    reg signed [SUM_W-1:0] lane_p_q10, lane_m_q10, row_p_q11, row_m_q11, row_p_q12, row_m_q12;
    always @(posedge clk_i) begin
        mac_q9     <= mac8_i;
        first_q9   <= first8_i;
        factor_q9  <= factor8_i;
        mac_q10    <= mac_q9;
        first_q10  <= first_q9;
        factor_q10 <= factor_q9;
        if (mac_q9) begin
            lane_p_q10 <= tree_p;
            lane_m_q10 <= tree_m;
        end
        if (mac_q10) begin
            row_p_q11 <= first_q10 ? lane_p_q10 : row_p_q11 + lane_p_q10;
            row_m_q11 <= first_q10 ? lane_m_q10 : row_m_q11 + lane_m_q10;
        end
    end

    // Factor store and q: bank k % RANK_LANES, row k / RANK_LANES; read at age 8, used at age 9
    wire [5:0] k_row = k11_i / RANK_LANES[5:0];
    wire [5:0] k_bank = k11_i & (RANK_LANES[5:0] - 6'd1);
    wire [RANK_LANES*SCORE_W-1:0] terms_p, terms_m;
    generate
        for (u = 0; u < RANK_LANES; u = u + 1) begin : g_factor
            wire signed [SUM_W-1:0] g_p, g_m;
            sr_ram #(.WIDTH(2 * SUM_W), .DEPTH(1 << Q_AW), .ADDR_W(Q_AW)) u_store (
                .clk_i(clk_i), .we_i(noise_end11_i && k_bank == u[5:0]), .waddr_i(k_row[Q_AW-1:0]),
                .wdata_i({row_m_q11, row_p_q11}),
                .re_i(factor8_i), .raddr_i(part8_i[Q_AW-1:0]), .rdata_o({g_m, g_p})
            );
            reg neg_q9, one_q9, two_q9;
            always @(posedge clk_i) begin
                if (factor8_i) begin
                    neg_q9 <= neg[u*64+{2'b00, class8_i}];
                    one_q9 <= one[u*64+{2'b00, class8_i}] && word_valid_i[u];
                    two_q9 <= two[u*64+{2'b00, class8_i}] && word_valid_i[u];
                end
            end
            sr_times_entry #(.IN_W(SUM_W), .OUT_W(SCORE_W)) u_times_p (
                .x_i(g_p), .neg_i(neg_q9), .one_i(one_q9), .two_i(two_q9), .y_o(terms_p[u*SCORE_W+:SCORE_W])
            );
            sr_times_entry #(.IN_W(SUM_W), .OUT_W(SCORE_W)) u_times_m (
                .x_i(g_m), .neg_i(neg_q9), .one_i(one_q9), .two_i(two_q9), .y_o(terms_m[u*SCORE_W+:SCORE_W])
            );
        end
    endgenerate

    wire signed [SCORE_W-1:0] term_p, term_m;
    sr_sum #(.COUNT(RANK_LANES), .IN_W(SCORE_W), .OUT_W(SCORE_W)) u_term_p (.x_i(terms_p), .y_o(term_p));
    sr_sum #(.COUNT(RANK_LANES), .IN_W(SCORE_W), .OUT_W(SCORE_W)) u_term_m (.x_i(terms_m), .y_o(term_m));
    reg signed [SCORE_W-1:0] term_p_q10, term_m_q10, q_p_q11, q_m_q11;
    always @(posedge clk_i) begin
        if (factor_q9) begin
            term_p_q10 <= term_p;
            term_m_q10 <= term_m;
        end
        if (factor_q10) begin
            q_p_q11 <= first_q10 ? term_p_q10 : q_p_q11 + term_p_q10;
            q_m_q11 <= first_q10 ? term_m_q10 : q_m_q11 + term_m_q10;
        end else if (draw_end11_i) begin
            q_p_q11 <= {{SCORE_W - SUM_W{row_p_q11[SUM_W-1]}}, row_p_q11};
            q_m_q11 <= {{SCORE_W - SUM_W{row_m_q11[SUM_W-1]}}, row_m_q11};
        end
    end

    // Ages 11 to 13: scale, add to plus, subtract from minus
    reg  signed [SCORE_W+12:0] scaled_p_q12, scaled_m_q12;
    reg  signed [SCORE_W-1:0]  current_p_q13, current_m_q13;
    reg                        end_q12;
    wire signed [SCORE_W-1:0]  wide_p = {{SCORE_W - SUM_W{row_p_q12[SUM_W-1]}}, row_p_q12};
    wire signed [SCORE_W-1:0]  wide_m = {{SCORE_W - SUM_W{row_m_q12[SUM_W-1]}}, row_m_q12};
    always @(posedge clk_i) begin
        end_q12 <= class_end11_i;
        if (class_end11_i) begin
            scaled_p_q12 <= q_p_q11 * $signed({1'b0, scale_i});
            scaled_m_q12 <= q_m_q11 * $signed({1'b0, scale_i});
            row_p_q12    <= row_p_q11;
            row_m_q12    <= row_m_q11;
        end
        if (end_q12) begin
            current_p_q13 <= wide_p + scaled_p_q12[SCORE_W+7:8];
            current_m_q13 <= wide_m - scaled_m_q12[SCORE_W+7:8];
        end
    end
    assign current_p13_o = current_p_q13;
    assign current_m13_o = current_m_q13;
    wire _unused = &{1'b0, neg, one, two, word_valid_i, k_row, part8_i, scaled_p_q12, scaled_m_q12};
endmodule

`default_nettype wire
