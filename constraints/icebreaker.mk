# SPDX-License-Identifier: Apache-2.0
# 1BitSquared iCEBreaker: iCE40 UP5K, 12 MHz, FT2232H (up to 12 Mbaud).
FAMILY := ice40
DEVICE := --up5k --package sg48
PROG := -b ice40_generic
OSC_MHZ := 12
CLOCK_MHZ := 21
SEEDS := 2 1 3 4 5 6 7 8
SYNTH_FLAGS := -dsp -spram
LUT_ADD := yes
LUT_AREA := yes
CLOCK_PARAMS := BAUD=3000000 LED_INVERT=1 PLL_REF=0 PLL_FB=55 PLL_OUT=5 PLL_FILTER=1 PLL_PAD=1
# Weights: 16,384 words of 4 x 12 bits in three SPRAMs, 256 of them the readout's; samples: 16,384 words of 16 bits in the fourth.
PARAMS := COUNTERS=0 CLOCK_HZ=21000000 LANES=4 RANK_LANES=1 PROJ_UNITS=4 FRAC_W=4 \
          BUFFERS=1 INPUTS_MAX=592 HIDDEN_MAX=64 CLASSES_MAX=10 STEPS_MAX=14 RANK_MAX=1 PAIRS_MAX=64 SAMPLE_WORDS=16384 \
          RWEIGHT_WORDS=256 BATCH_MAX=64 SCORE_WORDS=256 PACKET_MAX=256 \
          FACTORS=64 WEIGHT_HOLD=0 LEAK_MUL=0 SUBTRACT=0 MEMBERS=1 LEAK_DSP=2 CFG_RAM=1
# What `make report-tables` trains here: a network, population and batch that the build holds, for
# at most so many generations.
DEMO := --hidden 64 --population 128 --batch 44 --batch-every 10 --step 0.35 --readout-step 0.35 --generations 12000 --eval-every 50
