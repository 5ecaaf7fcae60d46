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
CLOCK_PARAMS := BAUD=4000000 LED_INVERT=1 PLL_REF=0 PLL_FB=55 PLL_OUT=5 PLL_FILTER=1 PLL_PAD=1
PARAMS := CLOCK_HZ=21000000 $(UP5K) STEPS_MAX=14 COUNTERS=0 LEAK_DSP=2 DSP_CHAIN=1 CFG_RAM=1
# What `make report-tables` trains here: a network, population and batch that the build holds, for
# at most so many generations.
DEMO := --hidden 64 --population 128 --batch 44 --batch-every 10 --step 0.35 --readout-step 0.35 --generations 12000 --eval-every 50
