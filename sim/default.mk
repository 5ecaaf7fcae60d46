# SPDX-License-Identifier: Apache-2.0
# The default simulation build: the core as simulators run it fast, with 128 lanes, each a turn of a loop (rtl/sr_loop_*.v), so
# that a cycle does much. Names as in host/map/sr_map.def.
PARAMS := LANES=128 RANK_LANES=4 PROJ_UNITS=256 FRAC_W=8 BUFFERS=2 \
          INPUTS_MAX=4095 HIDDEN_MAX=256 CLASSES_MAX=16 STEPS_MAX=63 RANK_MAX=16 PAIRS_MAX=4096 SAMPLE_WORDS=4194304 \
          RWEIGHT_WORDS=32 BATCH_MAX=4096 SCORE_WORDS=16384 PACKET_MAX=1024 \
          FULL=1 FACTORS=8192 WEIGHT_HOLD=0 FIT_UNITS=2 LEAK_MUL=1 LOCAL=1 NOISE_ROUNDS=16 GATE=1 DENSE=1
