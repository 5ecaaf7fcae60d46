# SPDX-License-Identifier: Apache-2.0
# A build about as small as the boards', for tests: one buffer, one layer, narrow words, few fraction bits.
PARAMS := LANES=4 ENGINES=1 COL_LANES=4 RANK_LANES=1 PROJ_UNITS=4 PROJ_HASH=1 UPD_ROWS=1 SAMPLE_W=16 FRAC_W=4 BUFFERS=1 \
          LAYERS_MAX=1 INPUTS_MAX=1023 HIDDEN_MAX=64 CLASSES_MAX=10 STEPS_MAX=16 PAIRS_MAX=64
