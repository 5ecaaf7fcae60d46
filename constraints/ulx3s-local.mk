# SPDX-License-Identifier: Apache-2.0
# Radiona ULX3S with the bitstream that learns in mode `local` alone: as ulx3s.mk, without low rank, in less than two thirds of its cells.
FAMILY := ecp5
PINS := ulx3s
DEVICE := --85k --package CABGA381 --speed 6
PROG := -b ulx3s
OSC_MHZ := 25
CLOCK_MHZ := 50
SEEDS := 1 2 3 4
SYNTH_FLAGS :=
CLOCK_PARAMS := BAUD=3000000 LED_INVERT=0 PLL_REF=1 PLL_FB=24 PLL_OUT=12
PARAMS := CLOCK_HZ=50000000 LANES=32 RANK_LANES=1 PROJ_UNITS=8 FRAC_W=4 \
          BUFFERS=1 INPUTS_MAX=1008 HIDDEN_MAX=128 CLASSES_MAX=10 STEPS_MAX=16 RANK_MAX=2 PAIRS_MAX=128 SAMPLE_WORDS=32768 \
          RWEIGHT_WORDS=64 BATCH_MAX=128 SCORE_WORDS=128 PACKET_MAX=512 \
          FACTORS=64 BASE_LUT=0 LUT_RAM=2 LEAK_MUL=0 SUBTRACT=0 LOCAL=1 DENSE=1 LOWRANK=0 NOISE_ROUNDS=8
# What `make report-tables` trains here: a network and batch that the build holds.
DEMO_LOCAL := --mode local --hidden 128 --theta 256 --temperature 100 --local-step 0.016 --local-readout-step 0.1 --step-final 0.05 --batch 88
