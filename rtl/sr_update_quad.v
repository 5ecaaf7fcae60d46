// SPDX-License-Identifier: Apache-2.0
// sr_update_quad: the data path of an update for a quad of QUAD lanes: M <- sat(M + ((A 2^e K + rho) >> 16)), a weight at a time
// on one product of 16 x 8 bits. Its control is sr_update_finish, whose header says what happens in which cycle.
//
//   hand_i     the sums A 2^e of the quad's lanes are taken over; put_i gives one after the other to the product
//   load_i     i <- the upper byte of rho, or with weigh_i M + (t >> 8)
//   product_i  u <- (A * k + 256 i + low) >> 8; low is the lower byte of rho (low_rho_i) or of t. k_i is registered first.
// Formats      sums_i s16 each, lane 0 lowest; k_i u8; window_i: a dither word's bits from the lane's column on; word_i the
//              weights; weight_o the clamped new weight, valid from the cycle after the second product_i.
//              |A k + 256 i + low| < 2^24, and t = (A k + rho) >> 8 has 16 bits.
// Reset        none. Test: tests/rtl/tb_update_quad.cpp; proofs: tests/formal
`default_nettype none

module sr_update_quad #(
    parameter QUAD   = 4,
    parameter FRAC_W = 4
) (
    input  wire                     clk_i,
    input  wire                     hand_i,
    input  wire [QUAD*16-1:0]       sums_i,
    input  wire                     put_i,
    input  wire                     load_i,
    input  wire                     product_i,
    input  wire                     low_rho_i,
    input  wire                     weigh_i,
    input  wire [1:0]               at_i,
    input  wire [7:0]               k_i,
    input  wire [16:0]              window_i,
    input  wire [QUAD*(8+FRAC_W)-1:0] word_i,
    output wire [7+FRAC_W:0]        weight_o
);
    localparam MASTER_W = 8 + FRAC_W;
    localparam AT_W     = $clog2(QUAD);

    reg  [QUAD*16-1:0]         sums_q;
    reg  signed [15:0]         a_q;
    reg  signed [8:0]          k_q;
    reg  signed [16:0]         i_q;
    reg  signed [24:0]         product_q;   // whole, so that it is the register of a DSP block
    wire signed [16:0]         u_q = product_q[24:8];
    wire [15:0]                rho    = window_i[16:1] ^ {16{window_i[0]}};
    wire signed [MASTER_W-1:0] weight = word_i[at_i[AT_W-1:0]*MASTER_W+:MASTER_W];
    wire signed [16:0]         step   = {{9{u_q[15]}}, u_q[15:8]};
    wire [7:0]                 low    = low_rho_i ? rho[7:0] : u_q[7:0];
    wire signed [24:0]         sum    = a_q * k_q + $signed({i_q, low});
    always @(posedge clk_i) begin
        if (hand_i) sums_q <= sums_i;
        else if (put_i) sums_q <= sums_q >> 16;
        if (put_i) a_q <= sums_q[15:0];
        k_q <= {1'b0, k_i};
        if (load_i) i_q <= weigh_i ? {{17 - MASTER_W{weight[MASTER_W-1]}}, weight} + step : {9'd0, rho[15:8]};
        if (product_i) product_q <= sum;
    end
    sr_sat #(.IN_W(17), .OUT_W(MASTER_W)) u_weight (.x_i(u_q), .y_o(weight_o));
    wire _unused = &{1'b0, at_i, product_q[7:0]};

`ifdef FORMAL
    // formal: DEPTH=7
    // A weight in the order of sr_update_finish, against the formula of numerics.md, section 7.
    reg  [2:0]  age_q = 3'd0;     // 0: idle; 1 to 4: cycles since put_i
    reg  signed [15:0] a_f;
    reg  [15:0] k_f, rho_f;
    reg  signed [MASTER_W-1:0] w_f;
    wire signed [34:0] change = (a_f * $signed({1'b0, k_f}) + $signed({1'b0, rho_f})) >>> 16;
    wire signed [34:0] whole  = w_f + change;
    localparam signed [34:0] MOST = (1 << (MASTER_W - 1)) - 1;
    always @(posedge clk_i) begin
        assume (put_i == (age_q == 3'd0 || age_q == 3'd3));
        assume (load_i == (put_i || age_q == 3'd2));
        assume (product_i == (age_q == 3'd1 || age_q == 3'd3));
        assume (low_rho_i == (age_q == 3'd1) && weigh_i == (age_q == 3'd2));
        age_q <= age_q == 3'd3 ? 3'd4 : age_q + 3'd1;
        if (age_q == 3'd0) begin
            a_f   <= sums_q[15:0];
            k_f[7:0] <= k_i;
            rho_f <= rho;
        end
        if (age_q == 3'd1) assume (rho == rho_f);
        if (age_q == 3'd2) begin
            k_f[15:8] <= k_i;
            w_f       <= weight;
        end
        if (age_q == 3'd4) begin
            assert ($signed(weight_o) == (whole > MOST ? MOST : whole < -MOST ? -MOST : whole));
            assume (0);
        end
        cover (age_q == 3'd3 && a_f < -16'sd9 && k_f > 16'd300 && rho_f > 16'd300);
    end
`endif
endmodule

`default_nettype wire
