// SPDX-License-Identifier: Apache-2.0
// sr_engine: one member engine: LANES pair lanes with their noise, the store of what they spiked, the readout of both
// members, fitness, and the fitness sums of the pairs it owns (pair p of the share: engine p % ENGINES, row p / ENGINES).
// Control comes from sr_lif_ctl, sr_lif_fire and sr_readout_walk at the age named in the port; engines differ in their
// number only. LIF ages: 0 noise counter, 6 projection word, 9 entries and c', then term, acc, fire (RANK_LANES > 1: 11,
// else 10). Test: tests/test_sim.c
`default_nettype none

module sr_engine #(
    parameter NUMBER     = 0,
    parameter LANES      = 64,
    parameter COL_LANES  = 128,
    parameter RANK_LANES = 4,
    parameter RANK_MAX   = 32,
    parameter PROJ_UNITS = 32,
    parameter PC_W       = 14,   // bits of a projection count
    parameter CNT_W      = 9,
    parameter SUM_W      = 26,
    parameter SCORE_W    = 32,
    parameter STEP_W     = 9,
    parameter BLOCK_W    = 1,
    parameter REGION_W   = 2,
    parameter STEP_EN    = 1,    // spike store
    parameter RSTEP_EN   = 1,    // readout kinds membrane and spikes
    parameter PAIR_AW    = 11    // bits of a row of the fitness sums
) (
    input  wire                     clk_i,
    input  wire                     rst_i,
    // configuration, stable during a run
    input  wire [63:0]              key_i,
    input  wire                     bell_i,
    input  wire                     full_i,
    input  wire [ 5:0]              rank_i,
    input  wire [11:0]              scale_i,
    input  wire [11:0]              rscale_i,
    input  wire [ 7:0]              leak_i,
    input  wire [15:0]              theta_i,
    input  wire                     subtract_i,
    input  wire [ 1:0]              layer_i,
    input  wire [12:0]              cols_i,
    input  wire [ 1:0]              readout_i,
    input  wire [ 7:0]              rleak_i,
    input  wire [15:0]              rtheta_i,
    input  wire [10:0]              fitness_i,
    // LIF lanes
    input  wire                     n_valid_i,
    input  wire [15:0]              n_pair_i,
    input  wire [ 5:0]              n_k_i,
    input  wire [12:0]              n_row_i,
    input  wire [ 7:0]              n_nb_i,
    input  wire [RANK_LANES*PROJ_UNITS*PC_W-1:0] c6_i,
    input  wire [ 7:0]              unit6_i,
    input  wire                     item8_i,
    input  wire                     term_en_i,
    input  wire                     acc_en_i,
    input  wire                     acc_first_i,
    input  wire                     fire_i,
    input  wire                     fire_first_i,
    input  wire [LANES*16-1:0]      b_i,
    input  wire                     on_last_i,
    // store
    input  wire [ 1:0]              count_we_i,
    input  wire [ 1:0]              spike_we_i,
    input  wire                     out_half_i,
    input  wire [ 1:0]              out_slot_i,
    input  wire [ 9:0]              out_step_i,
    input  wire [ 7:0]              out_nb_i,
    input  wire                     vec_re_i,
    input  wire                     vec_spikes_i,
    input  wire                     vec_half_i,
    input  wire [ 1:0]              vec_region_i,
    input  wire [ 1:0]              vec_slot_i,
    input  wire [ 9:0]              vec_step_i,
    input  wire [ 7:0]              vec_block_i,
    input  wire [ 7:0]              vec_nb_last_i,
    output wire [COL_LANES-1:0]     bits_p_o,
    output wire [COL_LANES-1:0]     bits_m_o,
    // readout
    input  wire                     r0_noise_i,
    input  wire                     r0_draw_i,
    input  wire                     r0_factor_i,
    input  wire [ 7:0]              r0_part_i,
    input  wire [ 5:0]              r0_k_i,
    input  wire [ 3:0]              r0_class_i,
    input  wire [15:0]              r0_pair_i,     // of engine 0
    input  wire                     r8_noise_i,
    input  wire                     r8_mac_i,
    input  wire                     r8_factor_i,
    input  wire [ 7:0]              r8_part_i,
    input  wire [ 3:0]              r8_class_i,
    input  wire                     r8_first_i,
    input  wire [COL_LANES*8-1:0]   r8_weight_i,
    input  wire                     r11_noise_end_i,
    input  wire                     r11_draw_end_i,
    input  wire                     r11_class_end_i,
    input  wire [ 5:0]              r11_k_i,
    input  wire                     r13_valid_i,
    input  wire [ 3:0]              r13_class_i,
    input  wire                     r13_first_step_i,
    input  wire                     r13_score_i,   // scores of this step count (last step)
    input  wire                     r13_last_i,    // last class
    input  wire [ 3:0]              label_i,
    input  wire [PAIR_AW-1:0]       r13_row_i,
    input  wire                     r13_mine_i,    // the pair is there
    input  wire                     r13_clear_i,   // first sample: the sums start anew
    output wire                     fit_busy_o,
    output wire                     score_valid_o, // of the plus member
    output wire signed [SCORE_W-1:0] score_o,
    output wire                     pred_valid_o,
    output wire [ 3:0]              pred_o,
    // fitness sums, read when idle: data one cycle after sum_re_i
    input  wire                     sum_re_i,
    input  wire [PAIR_AW-1:0]       sum_row_i,
    output wire [47:0]              sum_p_o,       // {correct u16, fitness s32}
    output wire [47:0]              sum_m_o
);
    `include "sr_map.vh"

    // ---- noise of the lanes: one word a rank lane ----
    wire [15:0] pair   = n_pair_i + NUMBER[15:0];
    wire [15:0] column = {8'd0, n_nb_i} * LANES[15:0];
    wire [RANK_LANES-1:0]    word_valid;
    wire [RANK_LANES*64-1:0] neg, one, two;
    genvar k, n;
    generate
        for (k = 0; k < RANK_LANES; k = k + 1) begin : g_noise
            wire [ 6:0] kk  = {1'b0, n_k_i} + k[6:0];
            wire        use_it = n_valid_i && (full_i ? k == 0 : kk < {1'b0, rank_i});
            wire [63:0] ctr = full_i
                ? {SR_KIND_FULL[3:0], 2'b00, layer_i, 3'd0, n_row_i, pair, 16'd0, column[13:6]}
                : {SR_KIND_COL[3:0], 2'b00, layer_i, 16'd0, pair, 9'd0, kk, column[13:6]};
            wire [63:0] word;
            sr_noise u_noise (
                .clk_i(clk_i), .rst_i(rst_i), .valid_i(use_it), .ctr_i(ctr), .key_i(key_i),
                .valid_o(word_valid[k]), .word_o(word)
            );
            sr_entries u_entries (
                .word_i(word), .bell_i(bell_i), .neg_o(neg[k*64+:64]), .one_o(one[k*64+:64]), .two_o(two[k*64+:64])
            );
        end
    endgenerate

    // ---- age 8: the lanes' slice of the words, registered at 9 ----
    reg [RANK_LANES*LANES-1:0] neg_q9, one_q9, two_q9;
    reg                        single_q9;
    localparam SLICES = 64 / LANES;
    wire [5:0] at;
    generate
        if (SLICES == 1) begin : g_whole
            assign at = 6'd0;
        end else begin : g_slice
            wire [7:0] nb8;
            sr_delay #(.WIDTH(8), .STAGES(8)) u_nb (.clk_i(clk_i), .x_i(n_nb_i), .y_o(nb8));
            assign at = {nb8[$clog2(SLICES)-1:0], {6 - $clog2(SLICES) {1'b0}}};
            wire _unused = &{1'b0, nb8};
        end
        for (k = 0; k < RANK_LANES; k = k + 1) begin : g_entry
            wire [63:0] word_neg = neg[k*64+:64], word_one = one[k*64+:64], word_two = two[k*64+:64];
            always @(posedge clk_i) begin
                if (item8_i) begin
                    neg_q9[k*LANES+:LANES] <= word_neg[at+:LANES];
                    one_q9[k*LANES+:LANES] <= word_valid[k] ? word_one[at+:LANES] : {LANES{1'b0}};
                    two_q9[k*LANES+:LANES] <= word_valid[k] ? word_two[at+:LANES] : {LANES{1'b0}};
                end
            end
        end
        if (RANK_LANES > 1) begin : g_single
            always @(posedge clk_i) if (item8_i) single_q9 <= !(|word_valid[RANK_LANES-1:1]);
        end else begin : g_always
            always @(posedge clk_i) single_q9 <= 1'b1;
        end
    endgenerate

    // ---- ages 6 to 9: a = c' << 4, c' = sat_16((c * S) >> 4); full rank: S ----
    wire [RANK_LANES*20-1:0] a;
    wire [7:0] unit = unit6_i + NUMBER[7:0];
    generate
        for (k = 0; k < RANK_LANES; k = k + 1) begin : g_scale
            reg  signed [PC_W-1:0]  c_q7;
            reg  signed [PC_W+12:0] prod_q8;
            reg  signed [15:0]      a_q9;
            wire signed [15:0]      scaled;
            sr_sat #(.IN_W(PC_W + 9), .OUT_W(16)) u_sat (.x_i(prod_q8[PC_W+12:4]), .y_o(scaled));
            wire [PROJ_UNITS*PC_W-1:0] word = c6_i[k*PROJ_UNITS*PC_W+:PROJ_UNITS*PC_W];
            always @(posedge clk_i) begin
                c_q7    <= word[unit*PC_W+:PC_W];
                prod_q8 <= c_q7 * $signed({1'b0, scale_i});
                a_q9    <= scaled;
            end
            assign a[k*20+:20] = full_i ? {8'd0, scale_i} : {a_q9, 4'd0};
            wire _unused = &{1'b0, prod_q8[3:0]};
        end
    endgenerate

    // ---- lanes ----
    wire [LANES-1:0]       spike_p, spike_m;
    wire [LANES*CNT_W-1:0] count_p, count_m;
    wire [12:0]            nb_last_first = (cols_i - 13'd1) & ~(LANES[12:0] - 13'd1);
    generate
        for (n = 0; n < LANES; n = n + 1) begin : g_lane
            wire [RANK_LANES-1:0] e_neg, e_one, e_two;
            for (k = 0; k < RANK_LANES; k = k + 1) begin : g_e
                assign e_neg[k] = neg_q9[k*LANES+n];
                assign e_one[k] = one_q9[k*LANES+n];
                assign e_two[k] = two_q9[k*LANES+n];
            end
            wire signed [15:0] d;
            sr_pert_lane #(.RANK_LANES(RANK_LANES)) u_pert (
                .clk_i(clk_i), .term_en_i(term_en_i), .one_i(single_q9), .neg_i(e_neg), .mag1_i(e_one), .mag2_i(e_two),
                .a_i(a), .acc_en_i(acc_en_i), .first_i(acc_first_i), .d_o(d)
            );
            reg on_q;  // 0 in the last column block beyond the layer's width
            always @(posedge clk_i) on_q <= {nb_last_first} + n[12:0] < cols_i;
            sr_lif_lane #(.CNT_W(CNT_W)) u_lif (
                .clk_i(clk_i), .fire_i(fire_i), .first_i(fire_first_i), .on_i(on_q || !on_last_i),
                .b_i(b_i[n*16+:16]), .d_i(d), .leak_i(leak_i), .theta_i(theta_i), .subtract_i(subtract_i),
                .spike_p_o(spike_p[n]), .spike_m_o(spike_m[n]),
                .count_p_o(count_p[n*CNT_W+:CNT_W]), .count_m_o(count_m[n*CNT_W+:CNT_W])
            );
        end
    endgenerate

    // ---- store ----
    wire [COL_LANES*CNT_W-1:0] vec_p, vec_m;
    sr_vec_store #(
        .LANES(LANES), .COL_LANES(COL_LANES), .CNT_W(CNT_W), .STEP_W(STEP_W), .BLOCK_W(BLOCK_W), .REGION_W(REGION_W),
        .STEP_EN(STEP_EN)
    ) u_store (
        .clk_i(clk_i), .spike_p_i(spike_p), .spike_m_i(spike_m), .count_p_i(count_p), .count_m_i(count_m),
        .count_we_i(count_we_i), .spike_we_i(spike_we_i), .half_i(out_half_i), .region_i(layer_i), .slot_i(out_slot_i),
        .step_i(out_step_i), .nb_i(out_nb_i),
        .re_i(vec_re_i), .spikes_i(vec_spikes_i), .rhalf_i(vec_half_i), .rregion_i(vec_region_i), .rslot_i(vec_slot_i),
        .rstep_i(vec_step_i), .rblock_i(vec_block_i), .rnb_last_i(vec_nb_last_i), .vec_p_o(vec_p), .vec_m_o(vec_m),
        .bits_p_o(bits_p_o), .bits_m_o(bits_m_o)
    );

    // ---- noise of the readout ----
    localparam WORDS = COL_LANES > 64 ? COL_LANES / 64 : 1;
    localparam UNITS = WORDS > RANK_LANES ? WORDS : RANK_LANES;
    wire [15:0] rpair   = r0_pair_i + NUMBER[15:0];
    wire [15:0] rcolumn = {8'd0, r0_part_i} * COL_LANES[15:0];
    wire [UNITS-1:0]    rword_valid;
    wire [UNITS*64-1:0] rword;
    generate
        for (k = 0; k < UNITS; k = k + 1) begin : g_rnoise
            wire [13:0] kk    = {6'd0, r0_part_i} * RANK_LANES[13:0] + k[13:0];
            wire [ 7:0] block = rcolumn[13:6] + k[7:0];
            wire        use_it = (k < WORDS && (r0_noise_i || r0_draw_i)) ||
                                 (k < RANK_LANES && r0_factor_i && kk < {8'd0, rank_i});
            wire [63:0] ctr = r0_factor_i
                ? {SR_KIND_ROW[3:0], 2'b00, SR_LAYER_READOUT[1:0], 16'd0, rpair, 2'd0, kk, 8'd0}
                : r0_draw_i ? {SR_KIND_FULL[3:0], 2'b00, SR_LAYER_READOUT[1:0], 12'd0, r0_class_i, rpair, 16'd0, block}
                            : {SR_KIND_COL[3:0], 2'b00, SR_LAYER_READOUT[1:0], 16'd0, rpair, 10'd0, r0_k_i, block};
            sr_noise u_noise (
                .clk_i(clk_i), .rst_i(rst_i), .valid_i(use_it), .ctr_i(ctr), .key_i(key_i),
                .valid_o(rword_valid[k]), .word_o(rword[k*64+:64])
            );
        end
    endgenerate

    // ---- readout ----
    wire signed [SCORE_W-1:0] current_p, current_m, score_p, score_m;
    wire                      score_p_valid, score_m_valid;
    sr_readout #(
        .COL_LANES(COL_LANES), .RANK_LANES(RANK_LANES), .RANK_MAX(RANK_MAX), .UNITS(UNITS), .CNT_W(CNT_W), .SUM_W(SUM_W),
        .SCORE_W(SCORE_W)
    ) u_readout (
        .clk_i(clk_i), .bell_i(bell_i), .scale_i(rscale_i), .word_i(rword), .word_valid_i(rword_valid),
        .noise8_i(r8_noise_i), .mac8_i(r8_mac_i), .factor8_i(r8_factor_i), .part8_i(r8_part_i), .class8_i(r8_class_i),
        .first8_i(r8_first_i), .weight8_i(r8_weight_i), .vec_p8_i(vec_p), .vec_m8_i(vec_m),
        .noise_end11_i(r11_noise_end_i), .draw_end11_i(r11_draw_end_i), .class_end11_i(r11_class_end_i),
        .k11_i(r11_k_i), .current_p13_o(current_p), .current_m13_o(current_m)
    );
    sr_readout_neuron #(.SCORE_W(SCORE_W), .STEP_EN(RSTEP_EN)) u_neuron_p (
        .clk_i(clk_i), .rst_i(rst_i), .valid_i(r13_valid_i), .class_i(r13_class_i), .first_i(r13_first_step_i),
        .current_i(current_p), .kind_i(readout_i), .leak_i(rleak_i), .theta_i(rtheta_i), .subtract_i(subtract_i),
        .score_valid_o(score_p_valid), .score_o(score_p)
    );
    sr_readout_neuron #(.SCORE_W(SCORE_W), .STEP_EN(RSTEP_EN)) u_neuron_m (
        .clk_i(clk_i), .rst_i(rst_i), .valid_i(r13_valid_i), .class_i(r13_class_i), .first_i(r13_first_step_i),
        .current_i(current_m), .kind_i(readout_i), .leak_i(rleak_i), .theta_i(rtheta_i), .subtract_i(subtract_i),
        .score_valid_o(score_m_valid), .score_o(score_m)
    );

    // ---- fitness ----
    reg               score_q14, last_q14, mine_q14, clear_q14;
    reg [3:0]         class_q14;
    reg [PAIR_AW-1:0] row_q14;
    always @(posedge clk_i) begin
        score_q14 <= r13_valid_i && r13_score_i && r13_mine_i && !rst_i;
        last_q14  <= r13_last_i;
        class_q14 <= r13_class_i;
        row_q14   <= r13_row_i;
        clear_q14 <= r13_clear_i;
        mine_q14  <= r13_mine_i;
    end
    wire score_valid = score_q14 && score_p_valid && score_m_valid;
    wire done_p, done_m, hit_p, hit_m, pred_m_valid;
    wire [3:0] pred_m;
    wire signed [16:0] fit_p, fit_m;
    sr_fitness #(.SCORE_W(SCORE_W)) u_fitness_p (
        .clk_i(clk_i), .rst_i(rst_i), .valid_i(score_valid), .last_i(last_q14), .class_i(class_q14), .score_i(score_p),
        .label_i(label_i), .kind_i(fitness_i[1:0]), .mul_i(fitness_i[5:2]), .shift_i(fitness_i[10:6]),
        .pred_valid_o(pred_valid_o), .pred_o(pred_o), .done_o(done_p), .fitness_o(fit_p), .hit_o(hit_p)
    );
    sr_fitness #(.SCORE_W(SCORE_W)) u_fitness_m (
        .clk_i(clk_i), .rst_i(rst_i), .valid_i(score_valid), .last_i(last_q14), .class_i(class_q14), .score_i(score_m),
        .label_i(label_i), .kind_i(fitness_i[1:0]), .mul_i(fitness_i[5:2]), .shift_i(fitness_i[10:6]),
        .pred_valid_o(pred_m_valid), .pred_o(pred_m), .done_o(done_m), .fitness_o(fit_m), .hit_o(hit_m)
    );
    assign score_valid_o = score_valid;
    assign score_o       = score_p;

    // The rows of samples on their way through the fitness pipeline, in order; sum = old + new, or new.
    sr_fitness_sums #(.PAIR_AW(PAIR_AW)) u_sums (
        .clk_i(clk_i), .rst_i(rst_i), .push_i(score_valid && last_q14), .row_i(row_q14), .clear_i(clear_q14),
        .done_i(done_p), .fit_p_i(fit_p), .fit_m_i(fit_m), .hit_p_i(hit_p), .hit_m_i(hit_m), .busy_o(fit_busy_o),
        .re_i(sum_re_i), .rrow_i(sum_row_i), .sum_p_o(sum_p_o), .sum_m_o(sum_m_o)
    );
    wire _unused = &{1'b0, done_m, pred_m, pred_m_valid, mine_q14, column[5:0], column[15:14], rcolumn[5:0], rcolumn[15:14]};
endmodule

`default_nettype wire
