# SPDX-License-Identifier: Apache-2.0
# Radiona ULX3S: ECP5-85F CABGA381 speed grade 6, 25 MHz, FT231X (up to 3 Mbaud).
FAMILY := ecp5
# router1, the default, did not come to an end when this took more cells (docs/boards.md). Without --tmg-ripup router2 does not route again what misses the clock.
DEVICE := --85k --package CABGA381 --speed 6 --router router2 --tmg-ripup
PROG := -b ulx3s
OSC_MHZ := 25
CLOCK_MHZ := 50
SEEDS := 1 2 3 4
SYNTH_FLAGS :=
CLOCK_PARAMS := BAUD=3000000 LED_INVERT=0 PLL_REF=1 PLL_FB=24 PLL_OUT=12
PARAMS := CLOCK_HZ=50000000 LANES=32 RANK_LANES=1 PROJ_UNITS=16 FRAC_W=4 \
          BUFFERS=2 INPUTS_MAX=1008 HIDDEN_MAX=128 CLASSES_MAX=10 STEPS_MAX=16 RANK_MAX=8 PAIRS_MAX=256 SAMPLE_WORDS=32768 \
          RWEIGHT_WORDS=64 BATCH_MAX=256 SCORE_WORDS=512 PACKET_MAX=512 \
          FACTORS=256 LUT_RAM=2 FIT_UNITS=2 LEAK_MUL=0 NOISE_ROUNDS=8
# What `make report-tables` trains here: a network, population and batch that the build holds, for
# at most so many generations.
DEMO := --hidden 128 --population 512 --batch 88 --batch-every 4 --step 0.35 --readout-step 0.35 --generations 3000 --eval-every 50
