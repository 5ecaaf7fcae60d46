# SPDX-License-Identifier: Apache-2.0
# Colorlight i5 v7.0 on its extension board: ECP5-25F CABGA381 speed grade 6, 25 MHz. The USB bridge of the extension board is a
# microcontroller (DAPLink) of which no rate beyond 921,600 baud is documented.
FAMILY := ecp5
DEVICE := --25k --package CABGA381 --speed 6
PROG := -b colorlight-i5
CLOCK_MHZ := 62.5
SEEDS := 1 2 3 4
SYNTH_FLAGS :=
CLOCK_PARAMS := BAUD=921600 LED_INVERT=1 PLL_REF=2 PLL_FB=5 PLL_OUT=10
SOFT_MUL := yes
PARAMS := CLOCK_HZ=62500000 LANES=8 ENGINES=1 COL_LANES=8 RANK_LANES=1 PROJ_UNITS=4 PROJ_HASH=1 UPD_ROWS=1 SAMPLE_W=16 FRAC_W=4 BUFFERS=1 \
          LAYERS_MAX=1 INPUTS_MAX=1023 HIDDEN_MAX=64 CLASSES_MAX=10 STEPS_MAX=16 RANK_MAX=32 PAIRS_MAX=128 SAMPLE_WORDS=4096 \
          WEIGHT_WORDS=5120 RWEIGHT_WORDS=128 BATCH_MAX=64 SCORE_WORDS=512 CBUF_WORDS=512 PACKET_MAX=512 STEP_READOUT=0 SPIKE_WORDS=1
# What `make report-tables` trains here: a network, population and batch that the build holds, for
# at most so many generations.
DEMO := --hidden 64 --population 256 --batch 11 --batch-every 4 --step 0.35 --readout-step 0.35 --generations 8000 --eval-every 50
