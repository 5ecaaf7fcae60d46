// SPDX-License-Identifier: Apache-2.0
// sr_rules: what the core can be built with. A parameter that breaks a rule stops elaboration, in all tools, with the rule as the name of a module
// that there is none of. It holds no logic. Test: tests/params.sh
`default_nettype none

module sr_rules #(
    `include "sr_params.vh"
    parameter PORT = 0,
    `include "sr_engine.vh"
) ();
    generate
        // what the registers can say
        if (CLASSES_MAX < 2 || CLASSES_MAX > 16) begin : g_classes SR_CLASSES_MAX_MUST_BE_2_TO_16 u (); end
        if (INPUTS_MAX < 1 || INPUTS_MAX > 4095) begin : g_inputs SR_INPUTS_MAX_MUST_BE_1_TO_4095 u (); end
        if (FRAC_W < 1 || FRAC_W > 8) begin : g_frac SR_FRAC_W_MUST_BE_1_TO_8 u (); end
        if (PAIRS_MAX < 2 || PAIRS_MAX > 32767 || BATCH_MAX < 2 || BATCH_MAX > 65534) begin : g_pairs
            SR_PAIRS_MAX_MUST_BE_2_TO_32767_AND_BATCH_MAX_2_TO_65534 u ();
        end
        if (STEPS_MAX < 1 || STEPS_MAX > 1022 || RANK_MAX < 1 || RANK_MAX > 62) begin : g_steps
            SR_STEPS_MAX_MUST_BE_1_TO_1022_AND_RANK_MAX_1_TO_62 u ();
        end
        if (PORT != 0 && PORT != 1) begin : g_port SR_PORT_MUST_BE_0_OR_1 u (); end
        // widths and memories of the engine
        if (LANES < 2 || LANES > 256 || (1 << LANES_LOG) != LANES || (1 << PAIR_AW) != PAIRS_MAX || PAIRS_MAX < 2 || BATCH_MAX > PAIRS_MAX) begin : g_pow
            SR_LANES_AND_PAIRS_MAX_ARE_POWERS_OF_TWO_BATCH_MAX_AT_MOST_PAIRS_MAX u ();
        end
        if (CNT_W > 7 || RANK_MAX > 16 || G_W > 28 || C_W > (LOOPS != 0 ? 13 : 12) || BLOCK_W > 8) begin : g_width
            SR_STEPS_127_RANK_16_INPUTS_2047_GROUPS_255_HIDDEN_BY_STEPS_32767_AT_MOST u ();
        end
        if (RANK_LANES != 1 && LOOPS == 0) begin : g_rank_lanes SR_RANK_LANES_ABOVE_1_NEED_MORE_THAN_64_LANES u (); end
        if (RANK_LANES < 1 || RANK_LANES > 16 || (1 << $clog2(RANK_LANES)) != RANK_LANES || RANK_MAX % RANK_LANES != 0) begin : g_rank
            SR_RANK_LANES_MUST_BE_A_POWER_OF_TWO_AND_DIVIDE_RANK_MAX u ();
        end
        if (GROUPS < RANK_MAX || FACTOR_AW < RANK_W) begin : g_factors
            SR_FACTORS_IS_AT_LEAST_PROJ_UNITS_BY_RANK_MAX_AND_ABOVE_RANK_MAX u ();
        end
        if (LOOPS != 0 && FACTORS > 16384) begin : g_sums_loops SR_FACTORS_IS_AT_MOST_16384_SO_THAT_SUMS_HAVE_24_BITS u (); end
        if (LOOPS == 0 && FACTORS > 256) begin : g_sums SR_FACTORS_IS_AT_MOST_256_SO_THAT_SUMS_HAVE_16_BITS u (); end
        if (RWEIGHT_WORDS < CLASSES_MAX * BLOCKS) begin : g_weights SR_RWEIGHT_WORDS_MUST_HOLD_CLASSES_MAX_ROWS u (); end
        if (SCORE_WORDS > CBUF_WORDS && LOOPS == 0) begin : g_score SR_SCORE_WORDS_IS_AT_MOST_CBUF_WORDS u (); end
        // what goes together
        if (BUFFERS < 1 || BUFFERS > 2) begin : g_buffers SR_BUFFERS_IS_1_OR_2 u (); end
        if (LOOPS != 0 && (BUFFERS != 2 || MEMBERS != 2 || SUBTRACT != 1 || SOFT_LANES != 0)) begin : g_loops
            SR_WITH_MORE_THAN_64_LANES_HAS_BUFFERS_2_MEMBERS_2_SUBTRACT_1_AND_NO_SOFT_LANES u ();
        end
        if (FULL != 0 && (LOOPS == 0 || LOWRANK == 0 || FACTOR_AW < 5)) begin : g_full
            SR_FULL_NEEDS_MORE_THAN_64_LANES_LOWRANK_AND_32_FACTORS u ();
        end
        if (FIT_UNITS < 0 || FIT_UNITS > 2) begin : g_fitness SR_FIT_UNITS_IS_0_TO_2 u (); end
        if (SCALE_OWN < 0 || SCALE_OWN > 1 || (QUAD != 2 && QUAD != 4)) begin : g_quad SR_SCALE_OWN_IS_0_OR_1_AND_QUAD_2_OR_4 u (); end
        if (MEMBERS < 1 || MEMBERS > 2 || (MEMBERS == 1 && (FIT_UNITS == 2 || (LOCAL != 0 && LOWRANK != 0)))) begin : g_members
            SR_MEMBERS_IS_1_OR_2_AND_1_HAS_ONE_FITNESS_UNIT_AND_NOT_BOTH_RULES u ();
        end
        if (LOCAL != 0 && MEMBERS > 1 && RANK_MAX < 2) begin : g_local
            SR_LOCAL_WITH_MEMBERS_2_NEEDS_RANK_MAX_OF_2_SO_THAT_SIGMA_FITS u ();
        end
        if (LOWRANK == 0 && (LOCAL == 0 || SOFT_LANES != 0 || LOOPS != 0)) begin : g_lowrank SR_WITHOUT_LOWRANK_HAS_LOCAL_AND_ITS_PRODUCTS u (); end
        if (SERIAL != 0 && (LOWRANK != 0 || BUFFERS != 1 || WEIGHT_HOLD != 0 || LANES > 32)) begin : g_serial
            SR_SERIAL_HAS_NO_LOWRANK_BUFFERS_1_WEIGHT_HOLD_0_AND_32_LANES_AT_MOST u ();
        end
        if (DSP_CHAIN != 0 && (LOWRANK == 0 || LOOPS != 0 || SOFT_LANES != 0 || SCALE_OWN != 0)) begin : g_chain
            SR_DSP_CHAIN_IS_FOR_LOW_RANK_IN_64_LANES_AT_MOST_WITHOUT_SOFT_LANES_OR_SCALE_OWN u ();
        end
        if (CFG_RAM != 0 && LOCAL != 0) begin : g_cfg SR_CFG_RAM_IS_FOR_ONE_UNIT_AT_A_TIME_AND_LOCAL_HAS_TWO u (); end
    endgenerate
endmodule

`default_nettype wire
