# SPDX-License-Identifier: Apache-2.0
# Radiona ULX3S: ECP5-85F CABGA381 speed grade 6, 25 MHz, FT231X (up to 3 Mbaud).
FAMILY := ecp5
DEVICE := --85k --package CABGA381 --speed 6
PROG := -b ulx3s
CLOCK_MHZ := 50
SEEDS := 1 2 3 4
SYNTH_FLAGS :=
CLOCK_PARAMS := BAUD=3000000 LED_INVERT=0 PLL_REF=1 PLL_FB=2 PLL_OUT=12
SOFT_MUL := yes
PARAMS := CLOCK_HZ=50000000 LANES=8 ENGINES=1 COL_LANES=8 RANK_LANES=1 PROJ_UNITS=4 PROJ_HASH=1 UPD_ROWS=1 SAMPLE_W=16 FRAC_W=4 BUFFERS=1 \
          LAYERS_MAX=1 INPUTS_MAX=1023 HIDDEN_MAX=64 CLASSES_MAX=10 STEPS_MAX=16 RANK_MAX=32 PAIRS_MAX=128 SAMPLE_WORDS=4096 \
          WEIGHT_WORDS=5120 RWEIGHT_WORDS=128 BATCH_MAX=64 SCORE_WORDS=512 CBUF_WORDS=512 PACKET_MAX=512 STEP_READOUT=0 SPIKE_WORDS=1
# What `make report-tables` trains here: a network, population and batch that the build holds, for
# at most so many generations.
DEMO := --hidden 64 --population 256 --batch 11 --batch-every 4 --step 0.35 --readout-step 0.35 --generations 8000 --eval-every 50
