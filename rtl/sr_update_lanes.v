// SPDX-License-Identifier: Apache-2.0
// sr_update_lanes: datapath of sr_update: UPD_ROWS x COL_LANES accumulators, their copy that is finished meanwhile, and UPD_MULS
// finishing lanes: delta = (A * 2^e * K + dither) >> 16, M <- sat(M + delta) (docs/numerics.md, section 7).
//
// Formats     A signed 24, exact while pairs * rank <= 16384; master weights signed 8 + FRAC_W, saturated symmetrically.
// Items       with col_en_i: COL (or FULL) words; with row_en_i (same cycle or later): ROW words, credit u, and the sum goes on.
//             slot_i: rank slots of this job; on_i: slots of this item; full_i: slot s serves row phase_i * RANK_LANES + s.
// Finishing   round_en_i: dither words of the next row, at least 3 cycles after the last item (last_i) and GAP after the row
//             before, GAP = 2 for UPD_MULS = COL_LANES, else COL_LANES / UPD_MULS; the next last item GAP after the last row.
//             No item in the cycle after a last one.
//             read_pre_o: read the row's weights in the next cycle; write_pre_o: write them in the next.
// Latency     item to accumulator 3 cycles; dither to write 6 cycles, or 4 + COL_LANES / UPD_MULS.
// Reset       control only; clear_i at the start of a job.
// Test        tests/rtl/tb_update.cpp
`default_nettype none
module sr_update_lanes #(
    parameter COL_LANES  = 128,
    parameter UPD_ROWS   = 4,
    parameter RANK_LANES = 4,
    parameter FRAC_W     = 8,
    parameter UPD_MULS   = 128,
    parameter GROUPS     = 2
) (
    input  wire                            clk_i,
    input  wire                            rst_i,
    input  wire                            clear_i,
    input  wire                            bell_i,
    input  wire                            full_i,
    input  wire [RANK_LANES-1:0]           slot_i,
    input  wire [15:0]                     step_i,
    input  wire [3:0]                      doublings_i,  // 0..8
    input  wire                            col_en_i,
    input  wire [64*RANK_LANES*GROUPS-1:0] col_words_i,
    input  wire [5:0]                      col_bit_i,    // of the first lane, COL_LANES < 64
    input  wire                            row_en_i,
    input  wire [64*RANK_LANES-1:0]        row_words_i,
    input  wire [5:0]                      row_bit_i,    // of the first row
    input  wire [7:0]                      credit_i,
    input  wire [RANK_LANES-1:0]           on_i,
    input  wire [5:0]                      phase_i,
    input  wire                            last_i,
    input  wire                            round_en_i,
    output wire                            read_pre_o,
    output wire                            write_pre_o,
    output wire                            idle_o,
    input  wire [COL_LANES*(8+FRAC_W)-1:0] w_rdata_i,
    output wire [COL_LANES*(8+FRAC_W)-1:0] w_wdata_o
);
    localparam W      = 8 + FRAC_W;
    localparam LANES  = UPD_ROWS * COL_LANES;
    localparam BEATS  = COL_LANES / UPD_MULS;
    localparam GROUP  = COL_LANES < 64 ? COL_LANES : 64;    // lanes of a noise word
    localparam WORDS  = RANK_LANES * GROUPS;
    localparam DITHER = COL_LANES < 64 ? COL_LANES + 16 : 64;

    // An entry as negative, two, not zero: b0 + b1 - b2 - b3 of the word, or its sign alone
    function [63:0] rotated(input [63:0] w, input [5:0] bits);
        reg [63:0] unused;
        {unused, rotated} = {w, w} >> bits;
    endfunction
    function [63:0] negative(input [63:0] w, input bell);
        reg [63:0] b1, b2, b3;
        begin
            b1 = w ^ {w[20:0], w[63:21]};
            b2 = w ^ {w[10:0], w[63:11]};
            b3 = w ^ {w[26:0], w[63:27]};
            negative = bell ? (b2 & b3 & ~(w & b1)) | ((b2 | b3) & ~(w | b1)) : w;
        end
    endfunction
    function [63:0] two(input [63:0] w, input bell);
        reg [63:0] b1, b2, b3;
        begin
            b1 = w ^ {w[20:0], w[63:21]};
            b2 = w ^ {w[10:0], w[63:11]};
            b3 = w ^ {w[26:0], w[63:27]};
            two = bell ? (w & b1 & ~b2 & ~b3) | (~w & ~b1 & b2 & b3) : 64'd0;
        end
    endfunction
    function [63:0] odd(input [63:0] w, input bell);
        odd = bell ? {w[20:0], w[63:21]} ^ {w[10:0], w[63:11]} ^ {w[26:0], w[63:27]} : ~64'd0;
    endfunction
    // credit times the ROW entry at a bit
    function [8:0] times(input [7:0] credit, input [63:0] w, input [5:0] at, input bell);
        reg       b0, b1, b2, b3;
        reg [2:0] entry;
        reg [8:0] u;
        begin
            b0 = w[at];
            b1 = b0 ^ w[at + 6'd21];
            b2 = b0 ^ w[at + 6'd11];
            b3 = b0 ^ w[at + 6'd27];
            entry = bell ? {2'd0, b0} + {2'd0, b1} - {2'd0, b2} - {2'd0, b3} : {b0, 2'd1} ^ {1'b0, b0, 1'b0};
            u     = {credit[7], credit};
            times = entry == 3'd1 ? u : entry == 3'd2 ? {u[7:0], 1'b0} : entry == 3'd7 ? -u
                  : entry == 3'd6 ? {-u[7:0], 1'b0} : 9'd0;
        end
    endfunction
    // u or -u, both shared by the lanes, times an entry
    function [9:0] term(input [8:0] pos, input [8:0] neg, input is_neg, input is_two, input is_odd);
        reg [8:0] s;
        begin
            s    = is_neg ? neg : pos;
            term = is_two ? {s, 1'b0} : is_odd ? {s[8], s} : 10'd0;
        end
    endfunction

    // q1: entries and credits; q2: terms; q3: accumulators; then the copy
    reg item_q1, item_q2, last_q1, last_q2, load_q3;
    reg [RANK_LANES*COL_LANES-1:0] negative_q, two_q, odd_q;

    always @(posedge clk_i)
        if (rst_i) begin
            item_q1 <= 1'b0;
            item_q2 <= 1'b0;
            load_q3 <= 1'b0;
        end else begin
            item_q1 <= row_en_i;
            item_q2 <= item_q1;
            load_q3 <= item_q2 && last_q2;
        end

    always @(posedge clk_i) begin
        last_q1 <= last_i;
        last_q2 <= last_q1;
    end

    genvar i, k, n, j;
    generate
        for (k = 0; k < WORDS; k = k + 1) begin : g_code
            wire [63:0] word = col_words_i[64*k +: 64];
            if (COL_LANES < 64) begin : g_slice
                wire [63:0] slice = rotated(word, col_bit_i);
                wire [63:0] slice_negative = negative(slice, bell_i), slice_two = two(slice, bell_i);
                wire [63:0] slice_odd      = odd(slice, bell_i);
                wire unused = &{1'b0, slice_negative, slice_two, slice_odd};
                always @(posedge clk_i)
                    if (col_en_i && slot_i[k]) begin
                        negative_q[GROUP*k +: GROUP] <= slice_negative[GROUP-1:0];
                        two_q[GROUP*k +: GROUP]      <= slice_two[GROUP-1:0];
                        odd_q[GROUP*k +: GROUP]      <= slice_odd[GROUP-1:0];
                    end
            end else begin : g_whole
                always @(posedge clk_i)
                    if (col_en_i && slot_i[k/GROUPS]) begin
                        negative_q[GROUP*k +: GROUP] <= negative(word, bell_i);
                        two_q[GROUP*k +: GROUP]      <= two(word, bell_i);
                        odd_q[GROUP*k +: GROUP]      <= odd(word, bell_i);
                    end
            end
        end

        for (i = 0; i < UPD_ROWS; i = i + 1) begin : g_row
            reg [9*RANK_LANES-1:0] u_q1, minus_q1;
            for (k = 0; k < RANK_LANES; k = k + 1) begin : g_slot
                localparam PHASE = i / RANK_LANES;
                wire [8:0] u = u_q1[9*k +: 9];
                wire       unused = &{1'b0, u};
                always @(posedge clk_i)
                    if (row_en_i && slot_i[k]) begin
                        if (!on_i[k] || (full_i && (i % RANK_LANES != k || phase_i != PHASE[5:0]))) begin
                            u_q1[9*k +: 9]     <= 9'd0;
                            minus_q1[9*k +: 9] <= 9'd0;
                        end else if (full_i) begin
                            u_q1[9*k +: 9]     <= {credit_i[7], credit_i};
                            minus_q1[9*k +: 9] <= -{credit_i[7], credit_i};
                        end else begin
                            u_q1[9*k +: 9]     <= times(credit_i, row_words_i[64*k +: 64], row_bit_i + i[5:0], bell_i);
                            minus_q1[9*k +: 9] <= -times(credit_i, row_words_i[64*k +: 64], row_bit_i + i[5:0], bell_i);
                        end
                    end
            end
        end
    endgenerate

    generate
        if (COL_LANES >= 64) begin : g_no_slice
            wire unused = &{1'b0, col_bit_i};
        end
    endgenerate

    // finishing control: F0 takes the copy's first lanes and moves the rest on, F1 multiplies, F2 shifts, F3 adds to the weight
    localparam BEAT_W   = BEATS > 1 ? $clog2(BEATS) : 1;
    localparam BEAT_END = BEATS - 1;
    reg              beat_q1, beat_q2, beat_q3, beat_q4;      // F0..F3 at work
    reg              head_q1, head_q2, head_q3, head_q4;      // on the first lanes of a row
    reg [BEAT_W-1:0] left_q1;
    reg              tail_q2, tail_q3, tail_q4, tail_q5;
    wire             tail = beat_q1 && left_q1 == {BEAT_W{1'b0}};

    always @(posedge clk_i)
        if (rst_i) begin
            beat_q1 <= 1'b0;
            beat_q2 <= 1'b0;
            beat_q3 <= 1'b0;
            beat_q4 <= 1'b0;
            tail_q2 <= 1'b0;
            tail_q3 <= 1'b0;
            tail_q4 <= 1'b0;
            tail_q5 <= 1'b0;
        end else begin
            beat_q1 <= round_en_i || (beat_q1 && !tail);
            beat_q2 <= beat_q1;
            beat_q3 <= beat_q2;
            beat_q4 <= beat_q3;
            tail_q2 <= tail;
            tail_q3 <= tail_q2;
            tail_q4 <= tail_q3;
            tail_q5 <= tail_q4;
        end

    always @(posedge clk_i) begin
        head_q1 <= round_en_i;
        head_q2 <= head_q1;
        head_q3 <= head_q2;
        head_q4 <= head_q3;
        if (round_en_i) left_q1 <= BEAT_END[BEAT_W-1:0];
        else left_q1 <= left_q1 - {{(BEAT_W - 1){1'b0}}, 1'b1};
    end

    assign read_pre_o  = beat_q2 && head_q2;
    assign write_pre_o = BEATS == 1 ? tail_q5 : tail_q4;
    assign idle_o      = !(beat_q1 || beat_q2 || beat_q3 || beat_q4 || tail_q5 || item_q1 || item_q2 || load_q3);

    // dither words: the lanes being finished lie at the bottom
    reg [DITHER*GROUPS-1:0] dither_q;
    generate
        if (COL_LANES < 64) begin : g_dither_slice
            wire [63:0] slice = rotated(col_words_i[63:0], col_bit_i);
            wire        unused = &{1'b0, slice};
            always @(posedge clk_i)
                if (round_en_i) dither_q <= slice[DITHER-1:0];
                else if (beat_q1) dither_q <= dither_q >> UPD_MULS;
        end else if (UPD_MULS >= 64) begin : g_dither_words
            always @(posedge clk_i)
                if (round_en_i) dither_q <= col_words_i[64*GROUPS-1:0];
                else if (beat_q1) dither_q <= dither_q >> UPD_MULS;
        end else begin : g_dither_rotate
            localparam WORD_END = 64 / UPD_MULS - 1;     // beats of a word, less one
            wire word_end = (left_q1 & WORD_END[BEAT_W-1:0]) == {BEAT_W{1'b0}};
            always @(posedge clk_i)
                if (round_en_i) dither_q <= col_words_i[64*GROUPS-1:0];
                else if (beat_q1 && word_end) dither_q <= dither_q >> 64;
                else if (beat_q1) dither_q[63:0] <= dither_q[63:0] << (64 - UPD_MULS) | dither_q[63:0] >> UPD_MULS;
        end
    endgenerate

    // 16 bits of dither of the lane at a bit of its word
    function [15:0] dither(input [63:0] w, input [5:0] at);
        reg [47:0] unused;
        {unused, dither} = rotated(w, at + 6'd1) ^ {64{w[at]}};
    endfunction
    // (product * 2^e + dither) >> 16, clamped to W + 1 bits: what lies beyond saturates any weight
    function [W:0] delta(input [40:0] product, input [15:0] offset, input [4:0] amount);
        reg signed [41:0] sum, moved;
        begin
            sum   = $signed({product[40], product}) + $signed({26'd0, offset});
            moved = sum >>> amount;
            delta = (moved[41:W] == {(42 - W){moved[41]}}) ? moved[W:0] : {moved[41], {W{!moved[41]}}};
        end
    endfunction
    function [W-1:0] saturated(input [W-1:0] weight, input [W:0] change);
        reg signed [W+1:0] sum;
        begin
            sum       = $signed({{2{weight[W-1]}}, weight}) + $signed({change[W], change});
            saturated = sum > $signed({3'd0, {(W - 1){1'b1}}}) ? {1'b0, {(W - 1){1'b1}}}
                      : sum < $signed({3'd7, {(W - 2){1'b0}}, 1'b1}) ? {1'b1, {(W - 2){1'b0}}, 1'b1} : sum[W-1:0];
        end
    endfunction

    wire [4:0] amount = 5'd16 - {1'b0, doublings_i};    // of the product without its doublings

    wire sum_clear = clear_i || load_q3;
    wire sum_en = sum_clear || item_q2;

    generate
        for (n = 0; n < LANES; n = n + 1) begin : g_lane
            localparam ROW = n / COL_LANES;
            localparam COL = n % COL_LANES;
            reg [23:0] sum_q3, copy_q;
            for (k = 0; k < RANK_LANES; k = k + 1) begin : g_term
                reg  [9:0]  term_q2;
                wire [23:0] total;
                if (k == 0) begin : g_first
                    assign total = {{14{term_q2[9]}}, term_q2};
                end else begin : g_next
                    assign total = g_term[k-1].total + {{14{term_q2[9]}}, term_q2};
                end
                always @(posedge clk_i)
                    if (clear_i) term_q2 <= 10'd0;
                    else if (item_q1 && slot_i[k])
                        term_q2 <= term(g_row[ROW].u_q1[9*k +: 9], g_row[ROW].minus_q1[9*k +: 9], negative_q[COL_LANES*k+COL],
                                        two_q[COL_LANES*k+COL], odd_q[COL_LANES*k+COL]);
            end
            wire [23:0] moved;
            if (n + UPD_MULS < LANES) begin : g_move
                assign moved = g_lane[n+UPD_MULS].copy_q;
            end else begin : g_end
                assign moved = 24'd0;
            end
            always @(posedge clk_i) begin
                if (load_q3 || beat_q1) copy_q <= load_q3 ? sum_q3 : moved;
                if (sum_en) sum_q3 <= sum_clear ? 24'd0 : sum_q3 + g_term[RANK_LANES-1].total;
            end
        end

        for (j = 0; j < UPD_MULS; j = j + 1) begin : g_finish
            localparam AT = j % 64;
            reg signed [23:0] a_q2;
            reg        [15:0] rho_q2;
            reg signed [40:0] product_q3;
            reg        [15:0] offset_q3;
            reg        [W:0]  delta_q4;
            always @(posedge clk_i) begin
                if (beat_q1) a_q2 <= g_lane[j].copy_q;
                if (beat_q2) begin
                    product_q3 <= $signed({{17{a_q2[23]}}, a_q2}) * $signed({25'd0, step_i});
                    offset_q3  <= rho_q2 >> doublings_i;
                end
                if (beat_q3) delta_q4 <= delta(product_q3, offset_q3, amount);
            end
            if (COL_LANES < 64) begin : g_rho_slice
                always @(posedge clk_i) if (beat_q1) rho_q2 <= dither_q[j+1 +: 16] ^ {16{dither_q[j]}};
            end else begin : g_rho
                always @(posedge clk_i) if (beat_q1) rho_q2 <= dither(dither_q[64*(j/64) +: 64], AT[5:0]);
            end
        end
    endgenerate

    // the row's word: taken whole, its lanes replaced from below, UPD_MULS a beat
    reg [COL_LANES*W-1:0] wdata_q;
    generate
        if (BEATS == 1) begin : g_whole_word
            wire unused = &{1'b0, head_q4};
            for (j = 0; j < COL_LANES; j = j + 1) begin : g_weight
                always @(posedge clk_i)
                    if (beat_q4) wdata_q[W*j +: W] <= saturated(w_rdata_i[W*j +: W], g_finish[j].delta_q4);
            end
        end else begin : g_turning_word
            wire [COL_LANES*W-1:0] word = head_q4 ? w_rdata_i : wdata_q;
            always @(posedge clk_i) if (beat_q4) wdata_q[W*(COL_LANES-UPD_MULS)-1:0] <= word[W*COL_LANES-1:W*UPD_MULS];
            for (j = 0; j < UPD_MULS; j = j + 1) begin : g_weight
                always @(posedge clk_i)
                    if (beat_q4) wdata_q[W*(COL_LANES-UPD_MULS+j) +: W] <= saturated(word[W*j +: W], g_finish[j].delta_q4);
            end
        end
    endgenerate

    assign w_wdata_o = wdata_q;
endmodule
`default_nettype wire
