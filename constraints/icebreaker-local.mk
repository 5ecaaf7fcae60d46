# SPDX-License-Identifier: Apache-2.0
# 1BitSquared iCEBreaker with the bitstream that learns in mode `local` alone: iCE40 UP5K, 12 MHz, FT2232H (up to 12 Mbaud).
FAMILY := ice40
PINS := icebreaker
DEVICE := --up5k --package sg48
PROG := -b ice40_generic
OSC_MHZ := 12
CLOCK_MHZ := 18
SEEDS := 1 2 3 4 5 6 7 8
SYNTH_FLAGS := -dsp -spram
LUT_ADD := yes
LUT_AREA := yes
CLOCK_PARAMS := BAUD=3000000 LED_INVERT=1 PLL_REF=0 PLL_FB=47 PLL_OUT=5 PLL_FILTER=1 PLL_PAD=1
# Weights and samples as in icebreaker.mk. One neuron a column, one product for all columns of readout and learning in turn (SERIAL), the leaks in
# four SB_MAC16.
PARAMS := COUNTERS=0 CLOCK_HZ=18000000 LANES=4 RANK_LANES=1 PROJ_UNITS=4 FRAC_W=4 \
          BUFFERS=1 INPUTS_MAX=592 HIDDEN_MAX=64 CLASSES_MAX=10 STEPS_MAX=10 RANK_MAX=1 PAIRS_MAX=64 SAMPLE_WORDS=16384 \
          RWEIGHT_WORDS=256 BATCH_MAX=64 SCORE_WORDS=256 PACKET_MAX=256 \
          FACTORS=64 WEIGHT_HOLD=0 LEAK_MUL=0 SUBTRACT=0 MEMBERS=1 SERIAL=1 LEAK_DSP=4 LOCAL=1 LOWRANK=0
# What `make report-tables` trains here: a network and batch that the build holds. The step was chosen on a tenth of the training recordings.
DEMO_LOCAL := --mode local --hidden 64 --theta 256 --temperature 100 --local-step 0.032 --local-readout-step 0.1 --step-final 0.05 --batch 44
