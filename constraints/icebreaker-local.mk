# SPDX-License-Identifier: Apache-2.0
# 1BitSquared iCEBreaker with the bitstream that learns in mode `local` alone: iCE40 UP5K, 12 MHz, FT2232H (up to 12 Mbaud).
FAMILY := ice40
PINS := icebreaker
DEVICE := --up5k --package sg48
PROG := -b ice40_generic
OSC_MHZ := 12
CLOCK_MHZ := 21
SEEDS := 1 2 3 4 5 6 7 8
SYNTH_FLAGS := -dsp -spram
LUT_ADD := yes
LUT_AREA := yes
CLOCK_PARAMS := BAUD=4000000 LED_INVERT=1 PLL_REF=0 PLL_FB=55 PLL_OUT=5 PLL_FILTER=1 PLL_PAD=1
# One neuron a column, one product for all columns of readout and learning in turn (SERIAL), the leaks in
# four SB_MAC16.
PARAMS := CLOCK_HZ=21000000 $(UP5K) STEPS_MAX=10 COUNTERS=0 SERIAL=1 LEAK_DSP=4 LOCAL=1 DENSE=1 LOWRANK=0
# What `make report-tables` trains here: a network and batch that the build holds. The step was chosen on a tenth of the training recordings.
DEMO_LOCAL := --mode local --hidden 64 --theta 256 --temperature 100 --local-step 0.032 --local-readout-step 0.1 --step-final 0.05 --batch 44
