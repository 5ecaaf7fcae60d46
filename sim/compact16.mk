# SPDX-License-Identifier: Apache-2.0
# The core with 16 lanes, about as the ECP5 boards build it, for tests: the sum over lanes in two stages, factor words
# of 16 entries, more factors a pass, products of LUTs in two lanes, two fitness units,
# products of their own for the readout's S g, two lanes a product of the update, the front beside the pairs, any leak.
PARAMS := LANES=16 RANK_LANES=1 PROJ_UNITS=16 FRAC_W=4 BUFFERS=2 \
          INPUTS_MAX=592 HIDDEN_MAX=128 CLASSES_MAX=10 STEPS_MAX=29 RANK_MAX=8 PAIRS_MAX=128 SAMPLE_WORDS=16384 \
          RWEIGHT_WORDS=128 BATCH_MAX=64 SCORE_WORDS=256 PACKET_MAX=512 \
          FACTORS=128 SOFT_LANES=2 BASE_LUT=1 LUT_RAM=1 FIT_UNITS=2 SCALE_OWN=1 QUAD=2 LEAK_MUL=1 LOCAL=1 DENSE=1 NOISE_ROUNDS=4
