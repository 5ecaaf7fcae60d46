# SPDX-License-Identifier: Apache-2.0
# The compact core that learns in mode `local` in simulation: 64 lanes, because wide words simulate cheaply, weights of 16 bits, a
# noise word a cycle. What `train --mode local --engine sim` takes where no build is named.
PARAMS := COMPACT=1 LANES=64 ENGINES=1 COL_LANES=64 RANK_LANES=1 PROJ_UNITS=16 PROJ_HASH=1 UPD_ROWS=1 SAMPLE_W=16 FRAC_W=8 BUFFERS=2 \
          LAYERS_MAX=1 INPUTS_MAX=1007 HIDDEN_MAX=256 CLASSES_MAX=16 STEPS_MAX=31 RANK_MAX=8 PAIRS_MAX=1024 SAMPLE_WORDS=524288 \
          RWEIGHT_WORDS=64 BATCH_MAX=1024 SCORE_WORDS=1024 PACKET_MAX=1024 STEP_READOUT=0 \
          FACTORS=256 FIT_BESIDE=1 LEAK_MUL=1 LOCAL=1 NOISE_ROUNDS=16
