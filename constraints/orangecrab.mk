# SPDX-License-Identifier: Apache-2.0
# OrangeCrab r0.2 with ECP5-25F: CSFBGA285 speed grade 8, 48 MHz. Its USB socket is wired to the FPGA itself and carries the loader (DFU); the
# UART is on GPIO 0 and 1 of the header, for an adapter of 3.3 V (an FT232R or FT232H makes 3 Mbaud). The core is colorlight-i5-local's: mode
# `local` and inference.
FAMILY := ecp5
DEVICE := --25k --package CSFBGA285 --speed 8
PROG := -b orangeCrab
OSC_MHZ := 48
CLOCK_MHZ := 60
SEEDS := 1 2 3 4
SYNTH_FLAGS :=
CLOCK_PARAMS := BAUD=3000000 LED_INVERT=1 PLL_REF=1 PLL_FB=15 PLL_OUT=12
PARAMS := CLOCK_HZ=60000000 $(LOCAL_25F)
# What `make report-tables` trains here: a network and batch that the build holds. The step was chosen on a tenth of the training recordings.
DEMO_LOCAL := --mode local --hidden 64 --theta 256 --temperature 100 --local-step 0.032 --local-readout-step 0.1 --step-final 0.05 --batch 44
