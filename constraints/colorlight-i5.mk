# SPDX-License-Identifier: Apache-2.0
# Colorlight i5 v7.0 on its extension board: ECP5-25F CABGA381 speed grade 6, 25 MHz. The USB bridge of the extension board is a
# microcontroller (DAPLink) of which no rate beyond 921,600 baud is documented.
FAMILY := ecp5
DEVICE := --25k --package CABGA381 --speed 6
PROG := -b colorlight-i5
OSC_MHZ := 25
CLOCK_MHZ := 60
SEEDS := 1 2 3 4
SYNTH_FLAGS :=
CLOCK_PARAMS := BAUD=921600 LED_INVERT=1 PLL_REF=1 PLL_FB=24 PLL_OUT=10
PARAMS := CLOCK_HZ=60000000 LANES=16 RANK_LANES=1 PROJ_UNITS=16 FRAC_W=4 \
          BUFFERS=2 INPUTS_MAX=592 HIDDEN_MAX=64 CLASSES_MAX=10 STEPS_MAX=10 RANK_MAX=4 PAIRS_MAX=128 SAMPLE_WORDS=8192 \
          RWEIGHT_WORDS=64 BATCH_MAX=128 SCORE_WORDS=256 PACKET_MAX=512 \
          FACTORS=128 BASE_LUT=1 LUT_RAM=1 FIT_UNITS=1 SCALE_OWN=1 QUAD=2 NOISE_ROUNDS=4 LEAK_MUL=0 SUBTRACT=0 MEMBERS=1
# What `make report-tables` trains here: a network, population and batch that the build holds, for
# at most so many generations.
DEMO := --hidden 64 --population 256 --batch 22 --batch-every 4 --step 0.35 --readout-step 0.35 --generations 6000 --eval-every 50
