# SPDX-License-Identifier: Apache-2.0
# Colorlight i5 v7.0 with the bitstream that learns in mode `local` alone: as colorlight-i5.mk, without low rank.
FAMILY := ecp5
PINS := colorlight-i5
DEVICE := --25k --package CABGA381 --speed 6
PROG := -b colorlight-i5
OSC_MHZ := 25
CLOCK_MHZ := 60
SEEDS := 1 2 3 4
SYNTH_FLAGS :=
CLOCK_PARAMS := BAUD=921600 LED_INVERT=1 PLL_REF=1 PLL_FB=24 PLL_OUT=10
# Two multipliers a lane, 28 in all. A sample takes twenty times longer on the wire than in 8 lanes: more would bring nothing.
PARAMS := CLOCK_HZ=60000000 LANES=8 RANK_LANES=1 PROJ_UNITS=8 FRAC_W=4 \
          BUFFERS=1 INPUTS_MAX=592 HIDDEN_MAX=64 CLASSES_MAX=10 STEPS_MAX=14 RANK_MAX=2 PAIRS_MAX=64 SAMPLE_WORDS=16384 \
          RWEIGHT_WORDS=128 BATCH_MAX=64 SCORE_WORDS=128 PACKET_MAX=512 \
          FACTORS=64 BASE_LUT=0 LUT_RAM=1 LEAK_MUL=0 SUBTRACT=0 LOCAL=1 LOWRANK=0 NOISE_ROUNDS=4
# What `make report-tables` trains here: a network and batch that the build holds. The step was chosen on a tenth of the training recordings.
DEMO_LOCAL := --mode local --hidden 64 --theta 256 --temperature 100 --local-step 0.032 --local-readout-step 0.1 --step-final 0.05 --batch 44
