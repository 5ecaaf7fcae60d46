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
PARAMS := CLOCK_HZ=62500000 LANES=16 ENGINES=1 COL_LANES=16 RANK_LANES=1 PROJ_UNITS=8 PROJ_HASH=1 UPD_ROWS=1 SAMPLE_W=32 FRAC_W=8 BUFFERS=2 \
          LAYERS_MAX=2 INPUTS_MAX=1023 HIDDEN_MAX=128 CLASSES_MAX=16 STEPS_MAX=32 PAIRS_MAX=256
