# SPDX-License-Identifier: Apache-2.0
# Lattice iCE40-HX8K breakout board: iCE40 HX8K CT256, 12 MHz, FT2232H (up to 12 Mbaud). No DSP blocks, 32 block RAMs: two lanes.
FAMILY := ice40
DEVICE := --hx8k --package ct256
PROG := -b ice40_generic
OSC_MHZ := 12
CLOCK_MHZ := 50.25
SEEDS := 1 2 3 4 5 6 7 8
SYNTH_FLAGS :=
CLOCK_PARAMS := BAUD=12000000 LED_INVERT=0 PLL_REF=0 PLL_FB=66 PLL_OUT=4 PLL_FILTER=1
# Block RAMs: weights 6 (1,024 words of 2 x 12 bits), samples 7, base buffer 3, counts 3, sums 3, row factors 4, others 6.
PARAMS := COUNTERS=0 SOFT_LANES=2 CLOCK_HZ=50250000 LANES=2 RANK_LANES=1 PROJ_UNITS=4 \
          FRAC_W=4 BUFFERS=1 INPUTS_MAX=112 HIDDEN_MAX=16 CLASSES_MAX=10 STEPS_MAX=13 RANK_MAX=4 \
          PAIRS_MAX=64 SAMPLE_WORDS=1792 RWEIGHT_WORDS=128 BATCH_MAX=64 SCORE_WORDS=256 PACKET_MAX=256 \
          FACTORS=64 FIT_UNITS=1 LEAK_MUL=0
# What `make report-tables` trains here: a network, population and batch that the build holds, for
# at most so many generations.
DEMO := --pool 5 --hidden 16 --population 128 --batch 25 --batch-every 4 --step 0.4 --readout-step 0.4 --generations 6000 --eval-every 50
