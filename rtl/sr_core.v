// SPDX-License-Identifier: Apache-2.0
// sr_core: the device: LIF networks trained by evolution strategies, spoken to over one byte stream each way.
// The same module runs in simulation and on every board; parameters are named as in host/sr_map.def.
// COMPACT    0: sr_wide, throughput first, for simulation and larger FPGAs
//            1: sr_compact, for boards: one hidden layer, low rank, sign entries, readout kind sum. It holds the factors of a
//               generation, FACTORS of them (pairs x rank); sr_wide holds none and takes no bound.
//               COUNTERS 0: it counts cycles in total only. SOFT_LANES, BASE_LUT: what is built of LUTs. WEIGHT_HOLD,
//               FIT_BESIDE: see there.
// Both speak the same packets and give the same numbers wherever both can; what is built shows in MODES, FACTORS, ROW_WORDS (how
// weights lie) and the limits.
// rx and tx are valid/ready, data stable while stalled. Reset: synchronous, control only. Test: tests/test_sim.c
`default_nettype none

module sr_core #(
    parameter LANES         = 64,
    parameter ENGINES       = 1,
    parameter COL_LANES     = 128,
    parameter RANK_LANES    = 4,
    parameter PROJ_UNITS    = 32,
    parameter PROJ_HASH     = 4,
    parameter UPD_ROWS      = 4,
    parameter SAMPLE_W      = 64,
    parameter FRAC_W        = 8,
    parameter BUFFERS       = 2,
    parameter LAYERS_MAX    = 3,
    parameter INPUTS_MAX    = 4095,
    parameter HIDDEN_MAX    = 256,
    parameter CLASSES_MAX   = 16,
    parameter STEPS_MAX     = 512,
    parameter RANK_MAX      = 32,
    parameter PAIRS_MAX     = 2048,
    parameter SAMPLE_WORDS  = 1048576,
    parameter WEIGHT_WORDS  = 8192,
    parameter RWEIGHT_WORDS = 32,
    parameter BATCH_MAX     = 4096,
    parameter SCORE_WORDS   = 16384,
    parameter CBUF_WORDS    = 8192,
    parameter PACKET_MAX    = 1024,
    parameter STEP_READOUT  = 1,
    parameter SPIKE_WORDS   = 32768,
    parameter CLOCK_HZ      = 0,
    parameter COMPACT       = 0,
    parameter FACTORS       = 0,
    parameter COUNTERS      = 1,
    parameter SOFT_LANES    = 0,
    parameter BASE_LUT      = 0,
    parameter WEIGHT_HOLD   = 1,
    parameter FIT_BESIDE    = 0
) (
    input  wire       clk_i,
    input  wire       rst_i,
    input  wire [7:0] rx_data_i,
    input  wire       rx_valid_i,
    output wire       rx_ready_o,
    output wire [7:0] tx_data_o,
    output wire       tx_valid_o,
    input  wire       tx_ready_i
);
    generate
        if (COMPACT != 0) begin : g_compact
            sr_compact #(
                .LANES(LANES), .ENGINES(ENGINES), .COL_LANES(COL_LANES), .RANK_LANES(RANK_LANES), .PROJ_UNITS(PROJ_UNITS),
                .PROJ_HASH(PROJ_HASH), .UPD_ROWS(UPD_ROWS), .SAMPLE_W(SAMPLE_W), .FRAC_W(FRAC_W), .BUFFERS(BUFFERS),
                .LAYERS_MAX(LAYERS_MAX), .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX),
                .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .SAMPLE_WORDS(SAMPLE_WORDS),
                .WEIGHT_WORDS(WEIGHT_WORDS), .RWEIGHT_WORDS(RWEIGHT_WORDS), .BATCH_MAX(BATCH_MAX), .SCORE_WORDS(SCORE_WORDS),
                .CBUF_WORDS(CBUF_WORDS), .PACKET_MAX(PACKET_MAX), .STEP_READOUT(STEP_READOUT), .SPIKE_WORDS(SPIKE_WORDS),
                .CLOCK_HZ(CLOCK_HZ), .FACTORS(FACTORS), .COUNTERS(COUNTERS), .SOFT_LANES(SOFT_LANES), .BASE_LUT(BASE_LUT),
                .WEIGHT_HOLD(WEIGHT_HOLD), .FIT_BESIDE(FIT_BESIDE)
            ) u_core (
                .clk_i(clk_i), .rst_i(rst_i), .rx_data_i(rx_data_i), .rx_valid_i(rx_valid_i), .rx_ready_o(rx_ready_o),
                .tx_data_o(tx_data_o), .tx_valid_o(tx_valid_o), .tx_ready_i(tx_ready_i)
            );
        end else begin : g_wide
            if (FACTORS != 0) begin : g_rule_factors
                SR_FACTORS_ARE_HELD_BY_THE_COMPACT_CORE_ONLY u ();
            end
            sr_wide #(
                .LANES(LANES), .ENGINES(ENGINES), .COL_LANES(COL_LANES), .RANK_LANES(RANK_LANES), .PROJ_UNITS(PROJ_UNITS),
                .PROJ_HASH(PROJ_HASH), .UPD_ROWS(UPD_ROWS), .SAMPLE_W(SAMPLE_W), .FRAC_W(FRAC_W), .BUFFERS(BUFFERS),
                .LAYERS_MAX(LAYERS_MAX), .INPUTS_MAX(INPUTS_MAX), .HIDDEN_MAX(HIDDEN_MAX), .CLASSES_MAX(CLASSES_MAX),
                .STEPS_MAX(STEPS_MAX), .RANK_MAX(RANK_MAX), .PAIRS_MAX(PAIRS_MAX), .SAMPLE_WORDS(SAMPLE_WORDS),
                .WEIGHT_WORDS(WEIGHT_WORDS), .RWEIGHT_WORDS(RWEIGHT_WORDS), .BATCH_MAX(BATCH_MAX), .SCORE_WORDS(SCORE_WORDS),
                .CBUF_WORDS(CBUF_WORDS), .PACKET_MAX(PACKET_MAX), .STEP_READOUT(STEP_READOUT), .SPIKE_WORDS(SPIKE_WORDS),
                .CLOCK_HZ(CLOCK_HZ)
            ) u_core (
                .clk_i(clk_i), .rst_i(rst_i), .rx_data_i(rx_data_i), .rx_valid_i(rx_valid_i), .rx_ready_o(rx_ready_o),
                .tx_data_o(tx_data_o), .tx_valid_o(tx_valid_o), .tx_ready_i(tx_ready_i)
            );
        end
    endgenerate
endmodule

`default_nettype wire
