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
PARAMS := CLOCK_HZ=60000000 $(LOCAL_25F)
# What `make report-tables` trains here: a network and batch that the build holds. The step was chosen on a tenth of the training recordings.
DEMO_LOCAL := --mode local --hidden 64 --theta 256 --temperature 100 --local-step 0.032 --local-readout-step 0.1 --step-final 0.05 --batch 44
